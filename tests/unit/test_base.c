/* sim/base: buffers, errors, memory, random streams, and the half that reads and writes files. */
#include "sim/base/buf.h"
#include "sim/base/check.h"
#include "sim/base/err.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/base/sys.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- a child, for what ends the program ---- */

struct child {
    int status;
    char said[2048]; /* standard error */
};

/* Runs `act` in a child with `in` as its standard input; it exits 42 where `act` returns. */
static struct child child_run(void (*act)(void), const char *in)
{
    struct child c = { 0, "" };
    int out[2], feed[2];
    assert_int_equal(pipe(out), 0);
    assert_int_equal(pipe(feed), 0);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(feed[0], STDIN_FILENO);
        dup2(out[1], STDERR_FILENO);
        close(feed[1]);
        close(out[0]);
        act();
        _exit(42);
    }
    close(out[1]);
    close(feed[0]);
    assert_int_equal(write(feed[1], in, strlen(in)), (long)strlen(in));
    close(feed[1]);
    size_t n = 0;
    for (ssize_t got = 1; got > 0 && n < sizeof c.said - 1; n += (size_t)got)
        if ((got = read(out[0], c.said + n, sizeof c.said - 1 - n)) <= 0)
            break;
    close(out[0]);
    assert_int_equal(waitpid(pid, &c.status, 0), pid);
    return c;
}

/* A CHECK failed: exit 3, or an abort in a build whose tool wants to see one. */
static void assert_check_failed(struct child c, const char *expression)
{
#if defined(__SANITIZE_ADDRESS__) || defined(CUCMLAB_ABORT)
    assert_true(WIFSIGNALED(c.status));
#else
    assert_true(WIFEXITED(c.status));
    assert_int_equal(WEXITSTATUS(c.status), 3);
#endif
    assert_non_null(strstr(c.said, "internal error"));
    assert_non_null(strstr(c.said, expression));
}

/* ---- buf ---- */

static void view_absent_is_not_empty(void **state)
{
    (void)state;
    struct view absent = view_of(NULL, 0);
    struct view empty = view_str("");
    assert_null(absent.p);
    assert_non_null(empty.p);
    assert_int_equal(empty.n, 0);
    assert_int_equal(view_strz("").n, 1);
    assert_int_equal(view_strz("ITL").n, 4);
    assert_int_equal(view_strz("ITL").p[3], 0);
    assert_true(view_eq(absent, empty));
    assert_int_equal(view_cmp(absent, empty), 0);
}

static void view_compares_bytes(void **state)
{
    (void)state;
    struct view low = view_of("\x01\xff", 2), high = view_of("\x80", 1);
    assert_true(view_eq(view_str("abc"), view_str("abc")));
    assert_false(view_eq(view_str("abc"), view_str("abd")));
    assert_false(view_eq(view_str("abc"), view_str("ab")));
    assert_true(view_cmp(view_str("ab"), view_str("abc")) < 0);
    assert_true(view_cmp(view_str("abc"), view_str("ab")) > 0);
    assert_true(view_cmp(view_str("b"), view_str("abc")) > 0);
    assert_true(view_cmp(low, high) < 0); /* bytes are unsigned */
    assert_true(view_cmp(view_of("a\0b", 3), view_of("a\0c", 3)) < 0);
}

static void view_sub_borrows(void **state)
{
    (void)state;
    struct view v = view_str("abcdef");
    assert_true(view_eq(view_sub(v, 2, 3), view_str("cde")));
    assert_ptr_equal(view_sub(v, 2, 3).p, v.p + 2);
    assert_int_equal(view_sub(v, 6, 0).n, 0);
}

static void cut_after_the_end(void)
{
    view_sub(view_str("abcdef"), 2, 5);
}

static void cut_with_an_overflow(void)
{
    view_sub(view_str("abcdef"), 2, SIZE_MAX);
}

static void cut_from_after_the_end(void)
{
    view_sub(view_str("abcdef"), 7, 0);
}

static void view_sub_checks_its_bounds(void **state)
{
    (void)state;
    assert_check_failed(child_run(cut_after_the_end, ""), "n <= v.n - at");
    assert_check_failed(child_run(cut_with_an_overflow, ""), "n <= v.n - at");
    assert_check_failed(child_run(cut_from_after_the_end, ""), "at <= v.n");
}

static void rd_reads_big_endian(void **state)
{
    (void)state;
    static const uint8_t bytes[] = { 0xfe, 0x01, 0x02, 0xff, 0xfe, 0xfd, 0xfc, 'a', 'b' };
    struct rd r = rd_of(view_of(bytes, sizeof bytes));
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    struct view v;
    assert_true(rd_u8(&r, &u8));
    assert_int_equal(u8, 0xfe);
    assert_true(rd_u16(&r, &u16));
    assert_int_equal(u16, 0x0102);
    assert_true(rd_u32(&r, &u32));
    assert_int_equal(u32, 0xfffefdfc);
    assert_int_equal(rd_left(&r), 2);
    assert_true(rd_view(&r, 2, &v));
    assert_true(view_eq(v, view_str("ab")));
    assert_int_equal(rd_left(&r), 0);
    assert_true(rd_view(&r, 0, &v));
    assert_int_equal(v.n, 0);
}

static void rd_past_the_end_moves_nothing(void **state)
{
    (void)state;
    static const uint8_t bytes[] = { 1, 2, 3 };
    struct rd r = rd_of(view_of(bytes, sizeof bytes));
    uint8_t u8 = 9;
    uint16_t u16 = 9;
    uint32_t u32 = 9;
    struct view v = view_str("untouched");
    assert_false(rd_u32(&r, &u32));
    assert_int_equal(u32, 9);
    assert_false(rd_view(&r, 4, &v));
    assert_false(rd_view(&r, SIZE_MAX, &v));
    assert_true(view_eq(v, view_str("untouched")));
    assert_int_equal(r.at, 0);
    assert_true(rd_u16(&r, &u16));
    assert_false(rd_u16(&r, &u16));
    assert_int_equal(u16, 0x0102);
    assert_true(rd_u8(&r, &u8));
    assert_false(rd_u8(&r, &u8));
    assert_int_equal(u8, 3);
    assert_int_equal(r.at, 3);
    r = rd_of(view_of(NULL, 0));
    assert_false(rd_u8(&r, &u8));
}

/* The same calls, for measuring and for writing. */
static void write_all(struct wr *w)
{
    wr_u8(w, 0xab);
    wr_u16(w, 0x0102);
    wr_u32(w, 0x03040506);
    wr_str(w, "xy");
    wr_view(w, view_of(NULL, 0));
    wr_fmt(w, "%d/%s", 7, "z");
}

static void wr_writes_what_it_measures(void **state)
{
    (void)state;
    static const uint8_t want[] = "\xab\x01\x02\x03\x04\x05\x06xy7/z";
    uint8_t bytes[64];
    memset(bytes, 0xee, sizeof bytes);
    struct wr m = wr_measure(), w = wr_of(bytes, sizeof bytes);
    write_all(&m);
    write_all(&w);
    assert_int_equal(w.n, sizeof want - 1);
    assert_int_equal(m.n, w.n);
    assert_false(m.over);
    assert_false(w.over);
    assert_memory_equal(bytes, want, w.n);
    assert_int_equal(bytes[w.n], 0xee);
}

static void wr_never_writes_past_its_end(void **state)
{
    (void)state;
    for (size_t cap = 0; cap <= 12; cap++) {
        uint8_t bytes[16];
        memset(bytes, 0xee, sizeof bytes);
        struct wr w = wr_of(bytes, cap);
        write_all(&w);
        assert_int_equal(w.n, 12);
        assert_int_equal(w.over, cap < 12);
        for (size_t i = cap; i < sizeof bytes; i++)
            assert_int_equal(bytes[i], 0xee);
    }
    /* What comes after a piece that did not fit is not written into its place. */
    uint8_t bytes[4] = { 0, 0, 0, 0 };
    struct wr w = wr_of(bytes, sizeof bytes);
    wr_str(&w, "12345");
    wr_u8(&w, 0xaa);
    assert_true(w.over);
    assert_int_equal(w.n, 6);
    assert_memory_equal(bytes, "\0\0\0\0", 4);
}

static void wr_patches_a_length(void **state)
{
    (void)state;
    uint8_t bytes[4];
    struct wr w = wr_of(bytes, sizeof bytes), m = wr_measure(), small = wr_of(bytes + 3, 1);
    wr_u32(&w, 0);
    wr_put_u16(&w, 2, 0xbeef);
    assert_memory_equal(bytes, "\x00\x00\xbe\xef", 4);
    assert_int_equal(w.n, 4);
    wr_u32(&m, 0);
    wr_put_u16(&m, 2, 0xbeef);
    assert_int_equal(m.n, 4);
    wr_u32(&small, 0);
    wr_put_u16(&small, 2, 0x1111);
    assert_int_equal(bytes[3], 0xef);
}

static void patch_after_the_end(void)
{
    uint8_t bytes[4];
    struct wr w = wr_of(bytes, sizeof bytes);
    wr_u16(&w, 0);
    wr_put_u16(&w, 1, 0xbeef);
}

static void format_a_long_line(void)
{
    char line[1100];
    memset(line, 'a', sizeof line);
    line[sizeof line - 1] = '\0';
    struct wr w = wr_measure();
    wr_fmt(&w, "%s", line);
}

static void wr_checks_its_caller(void **state)
{
    (void)state;
    assert_check_failed(child_run(patch_after_the_end, ""), "at + 2 <= w->n");
    assert_check_failed(child_run(format_a_long_line, ""), "sizeof line");
}

/* ---- err ---- */

static void err_is_a_line(void **state)
{
    (void)state;
    struct err e = { "" };
    assert_false(err_set(&e, "offset %d: tag %d", 12, 3));
    assert_string_equal(e.text, "offset 12: tag 3");
    assert_false(err_prefix(&e, "%s", "ITL.tlv"));
    assert_string_equal(e.text, "ITL.tlv: offset 12: tag 3");
    assert_false(err_set(NULL, "nobody asked"));
    assert_false(err_prefix(NULL, "nobody asked"));
}

static void err_is_cut_not_overrun(void **state)
{
    (void)state;
    char line[1000];
    memset(line, 'a', sizeof line);
    line[sizeof line - 1] = '\0';
    struct err e = { "" };
    err_set(&e, "%s", line);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    err_prefix(&e, "file:%d", 7);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    assert_memory_equal(e.text, "file:7: aaa", 11);
    line[500] = '\0';
    err_set(&e, "short");
    err_prefix(&e, "%s", line);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    assert_memory_equal(e.text + sizeof e.text - 4, "a: ", 4);
}

/* Names are cut to have room: no half of a character is left. */
static void err_is_whole_characters(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        { "pool \"x\xc3\xa9\xc3\"", "pool \"x\xc3\xa9?\"" },
        { "\xe2\x82\xac \xe2\x82", "\xe2\x82\xac ?" },
        { "\xf0\x9f\x93\x9e\xf0\x9f\x93", "\xf0\x9f\x93\x9e?" },
        { "\xa9\x82x", "?x" },
        { "no field \"a\nb\x1b[2J\x7f\"", "no field \"a?b?[2J?\"" }, /* one line, whoever said it */
        { "c\xc2\x9b\xc2\xa0\xc2\x85", "c?\xc2\xa0?" },
    };
    struct err e = { "" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        err_set(&e, "%s", texts[i][0]);
        assert_string_equal(e.text, texts[i][1]);
    }
    char line[sizeof e.text + 2];
    memset(line, 'a', sizeof line);
    memcpy(line + sizeof e.text - 2, "\xc3\xa9", 3);
    err_set(&e, "%s", line);
    assert_string_equal(e.text + sizeof e.text - 3, "a?");
    err_set(&e, "\xc3\xa9");
    line[sizeof e.text - 4] = '\0';
    err_prefix(&e, "%s", line);
    assert_string_equal(e.text + sizeof e.text - 4, ": ?");
}

/* ---- mem ---- */

struct counter {
    int taken, freed;
};

static void *count_resize(void *ctx, void *old, size_t n)
{
    struct counter *c = ctx;
    c->taken += old == NULL && n != 0;
    c->freed += old != NULL && n == 0;
    void *p = sys_mem.resize(sys_mem.ctx, old, n);
    if (old == NULL && n != 0)
        memset(p, 0xa5, n); /* so that zeroing is somebody's work */
    return p;
}

static void arena_gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    struct counter c = { 0, 0 };
    struct mem mem = { count_resize, &c };
    struct arena a = arena_of(&mem);
    uint8_t *first = arena_take(&a, 3);
    for (size_t i = 1; i < 200; i++) {
        uint8_t *p = arena_take(&a, i * 7);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t b = 0; b < i * 7; b++)
            assert_int_equal(p[b], 0);
        memset(p, 0xff, i * 7);
    }
    uint8_t *large = arena_take(&a, 1000000);
    assert_int_equal(large[0] | large[999999], 0);
    assert_memory_equal(first, "\0\0\0", 3); /* nobody wrote over the first piece */
    assert_true(a.bytes >= 1000000);
    assert_true(c.taken > 2);
    arena_free(&a);
    assert_int_equal(c.taken, c.freed);
    assert_int_equal(a.bytes, 0);
    assert_non_null(arena_take(&a, 1)); /* of use again */
    arena_free(&a);
    assert_int_equal(c.taken, c.freed);
}

/* What is taken after going back is as zeroed as before, lies in the same places, and takes no more
 * memory however often. */
static void arena_goes_back(void **state)
{
    (void)state;
    struct counter c = { 0, 0 };
    struct mem mem = { count_resize, &c };
    struct arena a = arena_of(&mem);
    struct arena_mark nothing = arena_mark(&a);
    uint8_t *first = arena_take(&a, 100);
    memset(first, 0x11, 100);
    struct arena_mark mark = arena_mark(&a);
    size_t bytes = a.bytes, taken = 0;
    uint8_t *again = NULL;
    for (int round = 0; round < 50; round++) {
        for (size_t i = 1; i < 100; i++) { /* over several chunks, one of them large */
            size_t n = i == 50 ? 100000 : i * 11;
            uint8_t *p = arena_take(&a, n);
            assert_true(i != 1 || round == 0 || p == again);
            again = i == 1 ? p : again;
            for (size_t b = 0; b < n; b++)
                assert_int_equal(p[b], 0);
            memset(p, 0xff, n);
        }
        assert_true(taken == 0 || a.bytes == taken);
        taken = a.bytes;
        arena_rewind(&a, mark);
        assert_int_equal(a.bytes, bytes);
        assert_int_equal(first[0] & first[99], 0x11);
    }
    assert_int_equal(c.taken, c.freed + 1);
    arena_rewind(&a, nothing);
    assert_int_equal(a.bytes, 0);
    assert_int_equal(c.taken, c.freed);
    assert_non_null(arena_take(&a, 1));
    arena_free(&a);
}

static void arena_copies(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    char text[] = "SEP0011215A1AE3";
    struct view v = arena_copy(&a, view_str(text));
    char *z = arena_text(&a, view_of(text, 3));
    text[0] = 'x';
    assert_true(view_eq(v, view_str("SEP0011215A1AE3")));
    assert_string_equal(z, "SEP");
    assert_string_equal(arena_text(&a, view_of(NULL, 0)), "");
    assert_null(arena_copy(&a, view_of(NULL, 0)).p);
    struct view empty = arena_copy(&a, view_str(""));
    assert_non_null(empty.p);
    assert_int_equal(empty.n, 0);
    arena_free(&a);
}

static void take_too_much(void)
{
    struct arena a = arena_of(&sys_mem);
    arena_take(&a, SIZE_MAX);
}

static void arena_checks_its_caller(void **state)
{
    (void)state;
    assert_check_failed(child_run(take_too_much, ""), "SIZE_MAX / 2");
}

static void mem_reserve_doubles_and_keeps(void **state)
{
    (void)state;
    void *p = NULL;
    uint32_t cap = 0;
    mem_reserve(&sys_mem, &p, &cap, 0, sizeof(uint32_t));
    assert_null(p);
    mem_reserve(&sys_mem, &p, &cap, 1, sizeof(uint32_t));
    assert_int_equal(cap, 8);
    uint32_t *n = p;
    for (uint32_t i = 0; i < cap; i++) {
        assert_int_equal(n[i], 0);
        n[i] = i + 1;
    }
    mem_reserve(&sys_mem, &p, &cap, 8, sizeof *n);
    assert_int_equal(cap, 8);
    mem_reserve(&sys_mem, &p, &cap, 33, sizeof *n);
    assert_int_equal(cap, 64);
    n = p;
    for (uint32_t i = 0; i < cap; i++)
        assert_int_equal(n[i], i < 8 ? i + 1 : 0);
    assert_null(sys_mem.resize(sys_mem.ctx, p, 0));
}

/* ---- rng ---- */

static void rng_is_splitmix64(void **state)
{
    (void)state;
    struct rng r = { 0 }; /* the first outputs of the published generator from state 0 */
    assert_true(rng_next(&r) == 0xe220a8397b1dcdafu);
    assert_true(rng_next(&r) == 0x6e789e6aa1b965f4u);
    assert_true(rng_next(&r) == 0x06c45d188009454fu);
}

static void rng_streams_are_their_own(void **state)
{
    (void)state;
    struct rng a = rng_of(1, "phone", 17), same = rng_of(1, "phone", 17);
    struct rng others[] = { rng_of(2, "phone", 17), rng_of(1, "phone", 18), rng_of(1, "link", 17),
                            rng_of(17, "phone", 1) };
    assert_true(a.state == same.state);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(a.state == others[i].state);
    /* A golden value: a change would change every file of every scenario. */
    assert_true(rng_next(&a) == rng_next(&same));
    assert_true(rng_of(1, "phone", 17).state == 0xa434a483e317ece7u);
}

static void rng_below_is_even(void **state)
{
    (void)state;
    struct rng r = rng_of(7, "dice", 0);
    int seen[6] = { 0 };
    for (int i = 0; i < 60000; i++) {
        uint64_t x = rng_below(&r, 6);
        assert_true(x < 6);
        seen[x]++;
    }
    for (int i = 0; i < 6; i++)
        assert_in_range(seen[i], 9600, 10400); /* over four standard deviations each way */
    for (int i = 0; i < 100; i++)
        assert_int_equal(rng_below(&r, 1), 0);
    uint64_t large = (UINT64_C(1) << 63) + 1; /* nearly half of all draws are drawn again */
    for (int i = 0; i < 1000; i++)
        assert_true(rng_below(&r, large) < large);
}

/* The high half of a product, one bit at a time. */
static uint64_t slow_high_half(uint64_t a, uint64_t b)
{
    uint64_t high = 0, low = 0;
    for (int bit = 63; bit >= 0; bit--) {
        high = high << 1 | low >> 63;
        low <<= 1;
        uint64_t sum = low + ((b >> bit & 1) != 0 ? a : 0);
        high += sum < low;
        low = sum;
    }
    return high;
}

static void rng_below_is_the_high_half_of_a_product(void **state)
{
    (void)state;
    struct rng r = rng_of(11, "halves", 0), bounds = rng_of(11, "bounds", 0);
    for (int i = 0; i < 20000; i++) {
        uint64_t n = (rng_next(&bounds) >> (i % 64)) | 1, want;
        struct rng slow = r;
        do /* a low half below 2^64 modulo n would come once too often */
            want = rng_next(&slow);
        while (want * n < (0 - n) % n);
        assert_true(rng_below(&r, n) == slow_high_half(want, n));
        assert_true(r.state == slow.state);
    }
}

static void draw_below_nothing(void)
{
    struct rng r = { 1 };
    rng_below(&r, 0);
}

static void rng_checks_its_caller(void **state)
{
    (void)state;
    assert_check_failed(child_run(draw_below_nothing, ""), "n > 0");
}

static void rng_chance_is_in_ppm(void **state)
{
    (void)state;
    struct rng r = rng_of(7, "coin", 0), before = r;
    int hits = 0;
    for (int i = 0; i < 100; i++) {
        assert_false(rng_chance(&r, 0));
        assert_true(before.state == r.state); /* never: costs no draw */
    }
    for (int i = 0; i < 100000; i++)
        hits += rng_chance(&r, 250000);
    assert_in_range(hits, 24400, 25600);
    for (int i = 0; i < 100; i++)
        assert_true(rng_chance(&r, 1000000));
}

static void rng_bytes_are_a_prefix(void **state)
{
    (void)state;
    uint8_t whole[32], part[32];
    struct rng r = rng_of(3, "bytes", 0);
    struct rng words = r;
    rng_bytes(&r, whole, sizeof whole);
    uint64_t first = rng_next(&words);
    for (int i = 0; i < 8; i++)
        assert_int_equal(whole[i], (uint8_t)(first >> (8 * i)));
    for (size_t n = 0; n < sizeof part; n++) {
        memset(part, 0xee, sizeof part);
        r = rng_of(3, "bytes", 0);
        rng_bytes(&r, part, n);
        assert_memory_equal(part, whole, n);
        assert_int_equal(part[n], 0xee);
    }
}

static void rng_hash_tells_apart(void **state)
{
    (void)state;
    static const char *texts[] = { "",  "a",        "b",         "ab",       "ba",
                                   "a", "abcdefgh", "abcdefghi", "abcdefgi", "abcdefgh\1" };
    uint64_t seen[10];
    for (size_t i = 0; i < 10; i++)
        seen[i] = rng_hash(0, view_str(texts[i]));
    for (size_t i = 0; i < 10; i++)
        for (size_t j = 0; j < i; j++)
            assert_int_equal(seen[i] == seen[j], strcmp(texts[i], texts[j]) == 0);
    assert_false(rng_hash(0, view_of("\0", 1)) == rng_hash(0, view_of("\0\0", 2)));
    assert_false(rng_hash(1, view_str("a")) == rng_hash(2, view_str("a")));
    assert_true(rng_hash(0, view_str("ITL")) == 0xbda91b2d366b16dfu);
    /* Each byte of a long text counts for a digest too, wherever it stands. */
    uint8_t text[99] = { 0 };
    uint64_t digest[sizeof text + 1] = { rng_digest(1, view_of(text, sizeof text)) };
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = 1;
        digest[i + 1] = rng_digest(1, view_of(text, sizeof text));
        text[i] = 0;
        for (size_t k = 0; k <= i; k++)
            assert_false(digest[i + 1] == digest[k]);
    }
    assert_true(rng_mix(0) == 0);
}

/* ---- sys ---- */

/* A folder of its own a test; removed with what is in it. */
static int folder_make(void **state)
{
    char *path = strdup("/tmp/test_base.XXXXXX");
    *state = path;
    return path == NULL || mkdtemp(path) == NULL;
}

static int folder_remove(void **state)
{
    int failed = rmdir(*state); /* fails where a test, or the code, left something behind */
    free(*state);
    return failed;
}

static const char *in_folder(void **state, const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", (const char *)*state, name);
    return path;
}

static void sys_reads_what_it_wrote(void **state)
{
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    struct view back;
    const char *path = in_folder(state, "list.tlv");
    uint8_t *bytes = arena_take(&a, 200001); /* more than one step of the reader */
    struct rng r = rng_of(1, "file", 0);
    rng_bytes(&r, bytes, 200001);
    static const size_t sizes[] = { 200001, 65536, 1, 0 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct view v = view_of(bytes, sizes[i]);
        assert_true(sys_write_file(path, v, &e));
        assert_true(sys_read_file(path, sizes[i], &a, &back, &e));
        assert_true(view_eq(back, v));
        assert_non_null(back.p);
    }
    assert_string_equal(e.text, "");
    assert_int_equal(unlink(path), 0);
    arena_free(&a);
}

static void sys_read_says_what_is_wrong(void **state)
{
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    struct view v = view_str("untouched");
    char want[300];
    const char *path = in_folder(state, "file");

    assert_false(sys_read_file(path, 10, &a, &v, &e));
    snprintf(want, sizeof want, "%s: No such file or directory", path);
    assert_string_equal(e.text, want);

    assert_true(sys_write_file(path, view_str("0123456789"), &e));
    assert_false(sys_read_file(path, 9, &a, &v, &e));
    snprintf(want, sizeof want, "%s: larger than 9 bytes", path);
    assert_string_equal(e.text, want);
    assert_int_equal(unlink(path), 0);

    assert_false(sys_read_file(*state, 10, &a, &v, &e));
    snprintf(want, sizeof want, "%s: Is a directory", (const char *)*state);
    assert_string_equal(e.text, want);
    assert_true(view_eq(v, view_str("untouched")));
    arena_free(&a);
}

static void sys_write_leaves_nothing_behind(void **state)
{
    struct err e = { "" };
    char want[300];
    const char *path = in_folder(state, "none/file");
    assert_false(sys_write_file(path, view_str("x"), &e));
    snprintf(want, sizeof want, "%s: No such file or directory", path);
    assert_string_equal(e.text, want);

    path = in_folder(state, "folder");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_false(sys_write_file(path, view_str("x"), &e)); /* a file cannot replace a folder */
    snprintf(want, sizeof want, "%s: Is a directory", path);
    assert_string_equal(e.text, want);
    assert_int_equal(rmdir(path), 0); /* folder_remove() sees a temporary file */

    char deep[5000];
    memset(deep, 'a', sizeof deep);
    deep[sizeof deep - 1] = '\0';
    assert_false(sys_write_file(deep, view_str("x"), &e));
    assert_memory_equal(e.text, "aaaa", 4);
}

static void fifo_reader(const char *path, const char *want)
{
    char got[64] = "";
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    struct err e = { "" };
    assert_true(sys_write_file(path, view_str(want), &e));
    assert_int_equal(read(fd, got, sizeof got - 1), (ssize_t)strlen(want));
    assert_string_equal(got, want);
    close(fd);
}

static void is_still(const char *path, mode_t type)
{
    struct stat s;
    assert_int_equal(lstat(path, &s), 0);
    assert_int_equal(s.st_mode & S_IFMT, type);
}

/* What is no file of its own is written in place, and stays what it is. */
static void sys_write_replaces_files_alone(void **state)
{
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    struct view back;
    char target[200], path[200], fd_path[64];
    snprintf(target, sizeof target, "%s", in_folder(state, "target"));
    snprintf(path, sizeof path, "%s", in_folder(state, "there"));
    assert_true(sys_write_file(target, view_str("a longer text"), &e));

    assert_int_equal(symlink("target", path), 0);
    assert_true(sys_can_write(path, &e) && sys_write_file(path, view_str("short"), &e));
    is_still(path, S_IFLNK);
    assert_true(sys_read_file(target, 99, &a, &back, &e));
    assert_true(view_eq(back, view_str("short")));
    assert_int_equal(unlink(target), 0);
    assert_true(sys_can_write(path, &e) && sys_write_file(path, view_str("new"), &e));
    is_still(path, S_IFLNK);
    is_still(target, S_IFREG);
    assert_int_equal(unlink(path), 0);

    assert_int_equal(mkfifo(path, 0600), 0);
    assert_true(sys_can_write(path, &e));
    fifo_reader(path, "through it");
    is_still(path, S_IFIFO);
    assert_int_equal(unlink(path), 0);

    int fd = open(target, O_WRONLY | O_TRUNC);
    assert_int_equal(write(fd, "before, ", 8), 8);
    snprintf(fd_path, sizeof fd_path, "/dev/fd/%d", fd);
    assert_true(sys_can_write(fd_path, &e) && sys_write_file(fd_path, view_str("behind"), &e));
    close(fd);
    assert_true(sys_read_file(target, 99, &a, &back, &e));
    assert_true(view_eq(back, view_str("before, behind")));
    assert_int_equal(unlink(target), 0);

    assert_true(sys_can_write("/dev/null", &e) && sys_write_file("/dev/null", view_str("x"), &e));
    is_still("/dev/null", S_IFCHR);
    assert_false(sys_write_file("/dev/full", view_str("x"), &e));
    assert_string_equal(e.text, "/dev/full: No space left on device");
    is_still("/dev/full", S_IFCHR);
    arena_free(&a);
}

/* Before a run: the same words as after it, and nothing is left behind. */
static void sys_can_write_says_why_not(void **state)
{
    struct err e = { "" };
    char want[300];
    const char *path = in_folder(state, "none/file");
    assert_false(sys_can_write(path, &e));
    snprintf(want, sizeof want, "%s: No such file or directory", path);
    assert_string_equal(e.text, want);
    assert_false(sys_can_write(*state, &e));
    snprintf(want, sizeof want, "%s: Is a directory", (const char *)*state);
    assert_string_equal(e.text, want);
    assert_false(sys_can_write("/dev/null/file", &e));
    assert_string_equal(e.text, "/dev/null/file: Not a directory");
    assert_false(sys_can_write("/dev/fd/999", &e));
    assert_string_equal(e.text, "/dev/fd/999: Bad file descriptor");
    path = in_folder(state, "file");
    assert_true(sys_can_write(path, &e)); /* folder_remove() sees a file left */
    assert_true(sys_is_stdout("-") && sys_is_stdout("/dev/stdout") && sys_is_stdout("/dev/fd/1"));
    assert_false(sys_is_stdout("/dev/fd/2") || sys_is_stdout("/dev/fd/1x") || sys_is_stdout(NULL));
}

static void read_standard_input(void)
{
    struct arena a = arena_of(&sys_mem);
    struct view v = { NULL, 0 };
    struct err e = { "" };
    bool ok = sys_read_file("-", 100, &a, &v, &e) && view_eq(v, view_str("from a pipe"));
    arena_free(&a);
    _exit(ok ? 0 : 1);
}

static void sys_reads_standard_input(void **state)
{
    (void)state;
    struct child c = child_run(read_standard_input, "from a pipe");
    assert_true(WIFEXITED(c.status));
    assert_int_equal(WEXITSTATUS(c.status), 0);
}

static uint64_t some_time(void *ctx)
{
    return *(const uint64_t *)ctx;
}

static void fail_a_check(void)
{
    uint64_t now_us = 123456;
    const struct check_context other = { .seed = 7 };
    const struct check_context c = { 42, 3, "cucmlab run x.lua --seed 42", some_time, &now_us };
    assert_null(sys_check_context(&c));
    assert_ptr_equal(sys_check_context(&other), &c);
    assert_ptr_equal(sys_check_context(&c), &other);
    CHECK(1 + 1 == 3);
}

static void hold_a_check(void)
{
    CHECK(1 + 1 == 2);
}

static void check_says_how_to_repeat(void **state)
{
    (void)state;
    struct child c = child_run(fail_a_check, "");
    assert_check_failed(c, "1 + 1 == 3");
    assert_non_null(strstr(c.said, "tests/unit/test_base.c:"));
    assert_non_null(strstr(c.said, "seed 42, identity 3"));
    assert_non_null(strstr(c.said, "cucmlab run x.lua --seed 42"));
    assert_non_null(strstr(c.said, "123456 us"));

    c = child_run(hold_a_check, "");
    assert_true(WIFEXITED(c.status));
    assert_int_equal(WEXITSTATUS(c.status), 42);
    assert_string_equal(c.said, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(view_absent_is_not_empty),
        cmocka_unit_test(view_compares_bytes),
        cmocka_unit_test(view_sub_borrows),
        cmocka_unit_test(view_sub_checks_its_bounds),
        cmocka_unit_test(rd_reads_big_endian),
        cmocka_unit_test(rd_past_the_end_moves_nothing),
        cmocka_unit_test(wr_writes_what_it_measures),
        cmocka_unit_test(wr_never_writes_past_its_end),
        cmocka_unit_test(wr_patches_a_length),
        cmocka_unit_test(wr_checks_its_caller),
        cmocka_unit_test(err_is_a_line),
        cmocka_unit_test(err_is_cut_not_overrun),
        cmocka_unit_test(err_is_whole_characters),
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(arena_goes_back),
        cmocka_unit_test(arena_copies),
        cmocka_unit_test(arena_checks_its_caller),
        cmocka_unit_test(mem_reserve_doubles_and_keeps),
        cmocka_unit_test(rng_is_splitmix64),
        cmocka_unit_test(rng_streams_are_their_own),
        cmocka_unit_test(rng_below_is_even),
        cmocka_unit_test(rng_below_is_the_high_half_of_a_product),
        cmocka_unit_test(rng_checks_its_caller),
        cmocka_unit_test(rng_chance_is_in_ppm),
        cmocka_unit_test(rng_bytes_are_a_prefix),
        cmocka_unit_test(rng_hash_tells_apart),
        cmocka_unit_test_setup_teardown(sys_reads_what_it_wrote, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(sys_read_says_what_is_wrong, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(sys_write_leaves_nothing_behind, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(sys_write_replaces_files_alone, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(sys_can_write_says_why_not, folder_make, folder_remove),
        cmocka_unit_test(sys_reads_standard_input),
        cmocka_unit_test(check_says_how_to_repeat),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
