/* What an administrator reads of a trust list or a signed file: whatever it holds, nothing that a
 * terminal would obey comes out; a list is the same as itself, and one record less or two in
 * another order are one difference. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/report/tlshow.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct shown {
    FILE *out;
    char *text;
    size_t n;
};

static void begin(struct shown *s)
{
    s->out = open_memstream(&s->text, &s->n);
    CHECK(s->out != NULL);
}

/* Lines of what can be seen, with `words` among them. */
static void end(struct shown *s, const char *words)
{
    fclose(s->out);
    CHECK(s->n > 0 && s->text[s->n - 1] == '\n');
    for (size_t i = 0; i < s->n; i++) {
        uint8_t c = (uint8_t)s->text[i];
        CHECK(c == '\n' || (c >= 0x20 && c != 0x7f));
    }
    CHECK(strstr(s->text, words) != NULL);
    free(s->text);
}

static void check_print(const struct tl *t, const uint8_t *data)
{
    struct tlshow how = { .kind = data[0] & 1 ? TLSHOW_CTL : TLSHOW_ITL,
                          .checksums = (data[0] & 2) != 0,
                          .verified = (data[0] & 4) != 0 };
    memcpy(&how.modified_s, t->file.p + t->file.n - sizeof how.modified_s, sizeof how.modified_s);
    struct shown s;
    begin(&s);
    tlshow_print(s.out, t, &how);
    end(&s, how.verified ? "was verified successfully" : "Verification of the ");
}

/* `expected` differences, and a line that begins like this. */
static void check_diff(const struct tl *old, const struct tl *new, unsigned expected,
                       const char *line)
{
    struct shown s;
    begin(&s);
    CHECK(tlshow_diff(s.out, old, new) == expected);
    end(&s, line);
}

/* The same records in other bytes. */
static struct tl copy(const struct tl *t, struct arena *a)
{
    struct tl c = *t;
    c.records = arena_take(a, t->count * sizeof *t->records + 1);
    if (t->count != 0)
        memcpy(c.records, t->records, t->count * sizeof *t->records);
    return c;
}

static void write_file(struct tl *t, struct arena *a)
{
    struct wr m = wr_measure();
    tl_encode(t, &m);
    struct wr w = wr_of(arena_take(a, m.n), m.n);
    tl_encode(t, &w);
    t->file = view_of(w.p, w.n);
}

static void check_changes(const struct tl *t, struct arena *a)
{
    struct tl less = copy(t, a), swapped = copy(t, a);
    check_diff(t, &swapped, 0, "the same, byte for byte");
    if (t->count == 0)
        return;
    less.count--;
    write_file(&less, a);
    check_diff(t, &less, 1, "Removed: ");
    check_diff(&less, t, 1, "Added: ");
    if (t->count == 1)
        return;
    struct tl_record first = swapped.records[0];
    swapped.records[0] = swapped.records[1];
    swapped.records[1] = first;
    write_file(&swapped, a);
    bool same = view_eq(swapped.file, t->file);
    check_diff(t, &swapped, same ? 0 : 1, same ? "byte for byte" : "Order of the records");
}

/* A real list beside it: what differs is told or there is nothing that does. */
static void check_beside_another(const struct tl *t)
{
    static struct arena kept;
    static struct tl other;
    struct err e = { "" };
    struct view file;
    if (other.count == 0) {
        kept = arena_of(&sys_mem);
        bool there = sys_read_file("tests/fuzz/corpus/tl/ITLFile.tlv", 1 << 16, &kept, &file, &e);
        CHECK(there && tl_decode(file, true, &kept, &other, &e)); /* run from the root */
    }
    struct shown s;
    begin(&s);
    unsigned there = tlshow_diff(s.out, &other, t);
    end(&s, "");
    begin(&s);
    unsigned back = tlshow_diff(s.out, t, &other);
    end(&s, "");
    CHECK((there == 0) == view_eq(t->file, other.file) && (there == 0) == (back == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view file = view_of(data, size);
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    struct tl_header h;
    struct tl t;
    if (tl_decode_header(file, false, &a, &h, &e)) {
        struct shown s;
        begin(&s);
        tlshow_sgn(s.out, &h, size - h.length);
        end(&s, "File name:");
    }
    if (tl_decode(file, false, &a, &t, &e)) {
        check_print(&t, data + size - 1);
        check_changes(&t, &a);
        check_beside_another(&t);
    }
    arena_free(&a);
    return 0;
}
