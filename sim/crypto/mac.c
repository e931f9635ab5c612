#include "sim/crypto/mac.h"

#include "sim/base/check.h"

#include <string.h>

#define BLOCK 64 /* bytes that each of the three takes at a time */

/* ---- the three functions, as one table ---- */

static void md5_begin(struct hash_state *s)
{
    MD5_Init(&s->of.md5);
}

static void md5_add(struct hash_state *s, struct view v)
{
    MD5_Update(&s->of.md5, v.p, v.n);
}

static void md5_end(struct hash_state *s, uint8_t *out)
{
    MD5_Final(out, &s->of.md5);
}

static void sha1_begin(struct hash_state *s)
{
    SHA1_Init(&s->of.sha1);
}

static void sha1_add(struct hash_state *s, struct view v)
{
    SHA1_Update(&s->of.sha1, v.p, v.n);
}

static void sha1_end(struct hash_state *s, uint8_t *out)
{
    SHA1_Final(out, &s->of.sha1);
}

static void sha256_begin(struct hash_state *s)
{
    SHA256_Init(&s->of.sha256);
}

static void sha256_add(struct hash_state *s, struct view v)
{
    SHA256_Update(&s->of.sha256, v.p, v.n);
}

static void sha256_end(struct hash_state *s, uint8_t *out)
{
    SHA256_Final(out, &s->of.sha256);
}

static const struct {
    size_t size;
    void (*begin)(struct hash_state *s);
    void (*add)(struct hash_state *s, struct view v);
    void (*end)(struct hash_state *s, uint8_t *out);
} hashes[HASHES] = {
    [HASH_MD5] = { 16, md5_begin, md5_add, md5_end },
    [HASH_SHA1] = { 20, sha1_begin, sha1_add, sha1_end },
    [HASH_SHA256] = { 32, sha256_begin, sha256_add, sha256_end },
};

struct hash_state hash_begin(enum hash h)
{
    struct hash_state s;
    hashes[h].begin(&s);
    return s;
}

void hash_add(enum hash h, struct hash_state *s, struct view v)
{
    if (v.n != 0)
        hashes[h].add(s, v);
}

size_t hash_end(enum hash h, struct hash_state *s, uint8_t out[HASH_MAX])
{
    hashes[h].end(s, out);
    return hashes[h].size;
}

/* ---- HMAC (RFC 2104) ---- */

static struct hash_state padded(enum hash h, const uint8_t key[BLOCK], uint8_t pad)
{
    uint8_t block[BLOCK];
    for (size_t i = 0; i < BLOCK; i++)
        block[i] = key[i] ^ pad;
    struct hash_state s = hash_begin(h);
    hash_add(h, &s, view_of(block, BLOCK));
    return s;
}

struct mac_key mac_key_of(enum hash h, struct view key)
{
    uint8_t block[BLOCK] = { 0 };
    if (key.n > BLOCK) {
        struct hash_state s = hash_begin(h);
        hash_add(h, &s, key);
        hash_end(h, &s, block);
    } else if (key.n != 0) {
        memcpy(block, key.p, key.n);
    }
    return (struct mac_key){ .hash = h,
                             .inner = padded(h, block, 0x36),
                             .outer = padded(h, block, 0x5c) };
}

size_t mac_of(const struct mac_key *k, const struct view *parts, size_t count,
              uint8_t out[HASH_MAX])
{
    struct hash_state s = k->inner;
    for (size_t i = 0; i < count; i++)
        hash_add(k->hash, &s, parts[i]);
    size_t n = hash_end(k->hash, &s, out);
    s = k->outer;
    hash_add(k->hash, &s, view_of(out, n));
    return hash_end(k->hash, &s, out);
}

/* ---- the PRF ---- */

/* P_hash: A(0) = seed, A(i) = HMAC(A(i-1)), output HMAC(A(i) + seed); xored into `out`. */
static void expand(enum hash h, struct view secret, struct view seed, uint8_t *out, size_t n)
{
    struct mac_key k = mac_key_of(h, secret);
    uint8_t a[HASH_MAX], piece[HASH_MAX];
    size_t size = mac_of(&k, &seed, 1, a);
    for (size_t at = 0; at < n; at += size) {
        const struct view parts[] = { { a, size }, seed };
        mac_of(&k, parts, 2, piece);
        for (size_t i = 0; i < size && at + i < n; i++)
            out[at + i] ^= piece[i];
        if (at + size < n) {
            const struct view before = { a, size };
            mac_of(&k, &before, 1, a);
        }
    }
}

void prf(bool sha256, struct view secret, const char *label, const struct view seed[2],
         uint8_t *out, size_t n)
{
    uint8_t bytes[PRF_SEED_MAX];
    struct wr w = wr_of(bytes, sizeof bytes);
    wr_str(&w, label);
    wr_view(&w, seed[0]);
    wr_view(&w, seed[1]);
    CHECK(!w.over);
    struct view whole = view_of(bytes, w.n);
    memset(out, 0, n);
    if (sha256) {
        expand(HASH_SHA256, secret, whole, out, n);
        return;
    }
    size_t half = (secret.n + 1) / 2; /* the halves share the middle byte of an odd length */
    expand(HASH_MD5, view_of(secret.p, half), whole, out, n);
    expand(HASH_SHA1, view_of(secret.p + secret.n - half, half), whole, out, n);
}
