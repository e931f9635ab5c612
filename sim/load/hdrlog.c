#include "sim/load/hdrlog.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/base/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <zlib.h>

#define COOKIE_V2         0x1c849313u /* words of eight bytes are told by 0x10 */
#define COOKIE_COMPRESSED 0x1c849314u
#define HEADER            40

/* ZigZag LEB128 of 64 bits, nine bytes at the most: the ninth has eight bits. */
static void put_count(struct wr *w, int64_t n)
{
    uint64_t v = (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0);
    for (int i = 0; i < 8 && v >= 0x80; i++) {
        wr_u8(w, (uint8_t)(v | 0x80));
        v >>= 7;
        if (i == 7) {
            wr_u8(w, (uint8_t)v);
            return;
        }
    }
    wr_u8(w, (uint8_t)v);
}

/* Counts up to the last that is not 0; a run of zeros is its length, negative. */
static void put_counts(struct wr *w, const struct hist *h)
{
    uint32_t end = HIST_SLOTS;
    while (end > 0 && hist_in(h, end - 1) == 0)
        end--;
    for (uint32_t i = 0; i < end;) {
        uint64_t n = hist_in(h, i);
        uint32_t zeros = 0;
        while (n == 0 && hist_in(h, i + zeros) == 0)
            zeros++;
        put_count(w, zeros > 0 ? -(int64_t)zeros : (int64_t)n);
        i += zeros > 0 ? zeros : 1;
    }
}

static void put_u64(struct wr *w, uint64_t v)
{
    wr_u32(w, (uint32_t)(v >> 32));
    wr_u32(w, (uint32_t)v);
}

static void put_all(struct wr *w, const struct hist *h, size_t counts)
{
    wr_u32(w, COOKIE_V2);
    wr_u32(w, (uint32_t)counts);
    wr_u32(w, 0); /* no normalizing offset */
    wr_u32(w, HIST_DIGITS);
    put_u64(w, 1);
    put_u64(w, HIST_HIGHEST);
    put_u64(w, 0x3ff0000000000000u); /* 1.0: integers are values */
    put_counts(w, h);
}

struct view hdrlog_encode(const struct hist *h, struct arena *a)
{
    struct wr m = wr_measure();
    put_all(&m, h, 0);
    uint8_t *p = arena_take(a, m.n);
    struct wr w = wr_of(p, m.n);
    put_all(&w, h, m.n - HEADER);
    CHECK(!w.over);
    return view_of(p, w.n);
}

static struct view compress_it(struct view plain, struct arena *a)
{
    uLongf n = compressBound(plain.n);
    uint8_t *p = arena_take(a, n + 8);
    CHECK(compress(p + 8, &n, plain.p, plain.n) == Z_OK);
    struct wr w = wr_of(p, 8);
    wr_u32(&w, COOKIE_COMPRESSED);
    wr_u32(&w, (uint32_t)n);
    return view_of(p, n + 8);
}

static void put_base64(FILE *f, struct view v)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < v.n; i += 3) {
        size_t left = v.n - i;
        uint32_t three = (uint32_t)v.p[i] << 16 | (left > 1 ? (uint32_t)v.p[i + 1] << 8 : 0) |
                         (left > 2 ? v.p[i + 2] : 0);
        fputc(letters[three >> 18], f);
        fputc(letters[three >> 12 & 63], f);
        fputc(left > 1 ? letters[three >> 6 & 63] : '=', f);
        fputc(left > 2 ? letters[three & 63] : '=', f);
    }
}

struct view hdrlog_write(const struct result *r, struct arena *a)
{
    struct sys_text t;
    FILE *f = sys_text_open(&t);
    fprintf(f,
            "#[Histogram log format version 1.3]\n#[StartTime: %" PRId64
            ".000 (seconds since epoch)]\n#[cucmlab %s; values are microseconds]\n"
            "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
            "\"Interval_Compressed_Histogram\"\n",
            r->began_s, CUCMLAB_VERSION);
    for (uint32_t i = 0; i < r->phase_count; i++) {
        const struct result_phase *p = &r->phases[i];
        uint64_t begin = (uint64_t)r->began_s * 1000 + p->begin_us / 1000, length = p->length_us;
        fprintf(f, "%" PRIu64 ".%03" PRIu64 ",%" PRIu64 ".%03" PRIu64 ",%" PRIu64 ".000,",
                begin / 1000, begin % 1000, length / 1000000, length / 1000 % 1000,
                p->tally.latency.max_us);
        put_base64(f, compress_it(hdrlog_encode(&p->tally.latency, a), a));
        fputc('\n', f);
    }
    fclose(f);
    struct view out = arena_copy(a, view_of(t.p, t.n));
    sys_text_free(&t);
    return out;
}
