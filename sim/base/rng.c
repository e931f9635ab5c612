#include "sim/base/rng.h"

#include "sim/base/check.h"

#include <string.h>

#define GOLDEN 0x9e3779b97f4a7c15u

uint64_t rng_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* The same on either endianness; written out, so that compilers see one load in it. */
static uint64_t word_at(const uint8_t *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}

uint64_t rng_hash(uint64_t h, struct view v)
{
    h = rng_mix(h + GOLDEN + v.n);
    size_t i = 0;
    for (; i + 8 <= v.n; i += 8)
        h = rng_mix(h ^ word_at(v.p + i)) + GOLDEN;
    uint64_t tail = 0;
    for (int b = 0; i < v.n; i++, b++)
        tail |= (uint64_t)v.p[i] << (8 * b);
    return rng_mix(h ^ tail);
}

/* Four lanes, which a processor works on at a time. */
uint64_t rng_digest(uint64_t h, struct view v)
{
    uint64_t lanes[4] = { h, h + GOLDEN, h + 2 * GOLDEN, h + 3 * GOLDEN };
    size_t i = 0;
    for (; i + 32 <= v.n; i += 32) {
        for (int k = 0; k < 4; k++)
            lanes[k] = rng_mix(lanes[k] ^ word_at(v.p + i + 8 * k)) + GOLDEN;
    }
    for (int k = 0; k < 4 && i > 0; k++)
        h = rng_mix(h ^ lanes[k]);
    return rng_hash(h + i, view_sub(v, i, v.n - i));
}

struct rng rng_of(uint64_t seed, const char *label, uint64_t number)
{
    uint64_t h = rng_hash(seed, view_str(label));
    return (struct rng){ rng_mix(h ^ rng_mix(number + GOLDEN)) };
}

uint64_t rng_next(struct rng *r)
{
    r->state += GOLDEN;
    return rng_mix(r->state);
}

/* The high half of a 128-bit product; from products of halves where the compiler has no number of
 * 128 bits. */
#ifdef __SIZEOF_INT128__
static uint64_t high_half(uint64_t a, uint64_t b)
{
    return (uint64_t)((unsigned __int128)a * b >> 64);
}
#else
static uint64_t high_half(uint64_t a, uint64_t b)
{
    uint64_t a_low = (uint32_t)a, a_high = a >> 32, b_low = (uint32_t)b, b_high = b >> 32;
    uint64_t low = a_low * b_low, middle = a_high * b_low + (low >> 32);
    uint64_t other = a_low * b_high + (uint32_t)middle;
    return a_high * b_high + (middle >> 32) + (other >> 32);
}
#endif

/* The high half of a product; the low half says when a draw would come once too often (Lemire's
 * method: a division only then). */
uint64_t rng_below(struct rng *r, uint64_t n)
{
    CHECK(n > 0);
    for (;;) {
        uint64_t drawn = rng_next(r), low = drawn * n;
        if (low >= n || low >= (0 - n) % n)
            return high_half(drawn, n);
    }
}

bool rng_chance(struct rng *r, uint32_t ppm)
{
    return ppm != 0 && rng_below(r, 1000000) < ppm;
}

void rng_bytes(struct rng *r, void *out, size_t n)
{
    uint8_t *p = out;
    while (n > 0) {
        uint64_t x = rng_next(r);
        for (int i = 0; i < 8 && n > 0; i++, n--, x >>= 8)
            *p++ = (uint8_t)x;
    }
}
