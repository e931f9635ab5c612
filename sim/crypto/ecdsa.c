/* ECDSA with the deterministic nonces of RFC 6979, section 3.2: OpenSSL would draw one at random,
 * and the lab's files must come out the same every time.  Not hardened against timing: lab keys. */
#include "sim/crypto/impl.h"

#include "sim/base/check.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>

#define ORDER_BYTES 66   /* of P-521, the largest */
#define NONCES_MOST 4096 /* tried for a signature of a length that few have */

/* bits2int: the leftmost bits of `v`, as many as the order has. */
static void bits_to_int(BIGNUM *out, struct view v, int order_bits)
{
    CHECK(BN_bin2bn(v.p, (int)v.n, out) != NULL);
    int over = (int)v.n * 8 - order_bits;
    if (over > 0)
        CHECK(BN_rshift(out, out, over));
}

/* The generator of section 3.2: HMAC_DRBG's two registers. */
struct drbg {
    const EVP_MD *md;
    size_t n; /* bytes of the digest */
    uint8_t key[64], value[64];
};

static void drbg_value(struct drbg *g)
{
    uint8_t next[64];
    CHECK(HMAC(g->md, g->key, (int)g->n, g->value, g->n, next, NULL) != NULL);
    memcpy(g->value, next, g->n);
}

/* K = HMAC(K, V || separator || more), then V = HMAC(K, V). */
static void drbg_mix(struct drbg *g, uint8_t separator, struct view more)
{
    uint8_t input[64 + 1 + 2 * ORDER_BYTES], next[64];
    struct wr w = wr_of(input, sizeof input);
    wr_view(&w, view_of(g->value, g->n));
    wr_u8(&w, separator);
    wr_view(&w, more);
    CHECK(!w.over);
    CHECK(HMAC(g->md, g->key, (int)g->n, input, w.n, next, NULL) != NULL);
    memcpy(g->key, next, g->n);
    drbg_value(g);
}

static void drbg_start(struct drbg *g, enum digest d, const BIGNUM *secret, const BIGNUM *hash,
                       const BIGNUM *order)
{
    int order_n = BN_num_bytes(order);
    uint8_t seed[2 * ORDER_BYTES];
    BIGNUM *reduced = BN_new();
    CHECK(reduced != NULL && order_n <= ORDER_BYTES);
    if (BN_cmp(hash, order) >= 0) /* bits2octets: at most one subtraction is needed */
        CHECK(BN_sub(reduced, hash, order));
    else
        CHECK(BN_copy(reduced, hash) != NULL);
    CHECK(BN_bn2binpad(secret, seed, order_n) == order_n);
    CHECK(BN_bn2binpad(reduced, seed + order_n, order_n) == order_n);
    BN_free(reduced);

    *g = (struct drbg){ .md = digest_md(d), .n = digest_size(d) };
    memset(g->value, 1, g->n);
    drbg_mix(g, 0, view_of(seed, 2 * (size_t)order_n));
    drbg_mix(g, 1, view_of(seed, 2 * (size_t)order_n));
}

static void drbg_nonce(struct drbg *g, BIGNUM *k, int order_bits)
{
    uint8_t bytes[ORDER_BYTES + 64];
    size_t n = 0;
    while (n * 8 < (size_t)order_bits) {
        drbg_value(g);
        memcpy(bytes + n, g->value, g->n);
        n += g->n;
    }
    bits_to_int(k, view_of(bytes, n), order_bits);
}

/* r and s for the nonce; false when the nonce will not do and the next one must be drawn. */
static bool try_nonce(const EC_GROUP *group, const BIGNUM *k, const BIGNUM *secret,
                      const BIGNUM *hash, BIGNUM *r, BIGNUM *s, BN_CTX *ctx)
{
    const BIGNUM *order = EC_GROUP_get0_order(group);
    if (BN_is_zero(k) || BN_cmp(k, order) >= 0)
        return false;
    EC_POINT *point = EC_POINT_new(group);
    CHECK(point != NULL && EC_POINT_mul(group, point, k, NULL, NULL, ctx));
    CHECK(EC_POINT_get_affine_coordinates(group, point, r, NULL, ctx));
    EC_POINT_free(point);
    CHECK(BN_nnmod(r, r, order, ctx));
    if (BN_is_zero(r))
        return false;
    BN_CTX_start(ctx);
    BIGNUM *inverse = BN_CTX_get(ctx);
    CHECK(inverse != NULL && BN_mod_inverse(inverse, k, order, ctx) != NULL);
    CHECK(BN_mod_mul(s, r, secret, order, ctx) && BN_mod_add(s, s, hash, order, ctx) &&
          BN_mod_mul(s, s, inverse, order, ctx));
    BN_CTX_end(ctx);
    return !BN_is_zero(s);
}

/* As long as the order, and no zero octet in front of it in DER: half of all numbers. */
static bool is_full(const BIGNUM *n, const BIGNUM *order)
{
    return BN_num_bytes(n) == BN_num_bytes(order) && BN_num_bits(n) % 8 != 0;
}

/* Bytes of both numbers in DER. */
static size_t der_bytes(const BIGNUM *r, const BIGNUM *s)
{
    size_t inside = 6 + (size_t)BN_num_bits(r) / 8 + (size_t)BN_num_bits(s) / 8;
    return inside + (inside < 128 ? 2 : 3);
}

static bool is_wanted(const BIGNUM *r, const BIGNUM *s, const BIGNUM *order,
                      const struct ecdsa_want *want)
{
    if (want->bytes != 0)
        return der_bytes(r, s) == want->bytes;
    return !want->full || (is_full(r, order) && is_full(s, order));
}

static size_t write_signature(const BIGNUM *r, const BIGNUM *s, uint8_t out[600])
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    CHECK(sig != NULL && ECDSA_SIG_set0(sig, BN_dup(r), BN_dup(s)) == 1); /* now owns both */
    uint8_t *p = out;
    int n = i2d_ECDSA_SIG(sig, NULL);
    CHECK(n > 0 && n <= 600 && i2d_ECDSA_SIG(sig, &p) == n);
    ECDSA_SIG_free(sig);
    return (size_t)n;
}

size_t ecdsa_sign(const struct key *key, enum digest d, struct view hash,
                  const struct ecdsa_want *want, uint8_t out[600])
{
    char curve[32];
    CHECK(EVP_PKEY_get_group_name(key->pkey, curve, sizeof curve, NULL) == 1);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(OBJ_sn2nid(curve));
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *secret = NULL, *h = BN_new(), *k = BN_new(), *r = BN_new(), *s = BN_new();
    CHECK(group != NULL && ctx != NULL && h != NULL && k != NULL && r != NULL && s != NULL);
    CHECK(EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_PRIV_KEY, &secret) == 1);
    const BIGNUM *order = EC_GROUP_get0_order(group);
    int order_bits = BN_num_bits(order);
    bits_to_int(h, hash, order_bits);

    struct drbg g;
    uint32_t tries = 0;
    drbg_start(&g, d, secret, h, order);
    for (drbg_nonce(&g, k, order_bits);
         tries < NONCES_MOST &&
         (!try_nonce(group, k, secret, h, r, s, ctx) || !is_wanted(r, s, order, want));
         drbg_nonce(&g, k, order_bits), tries++)
        drbg_mix(&g, 0, view_of(NULL, 0));
    size_t n = tries == NONCES_MOST ? 0 : write_signature(r, s, out);
    BN_free(r);
    BN_free(s);
    BN_clear_free(secret);
    BN_clear_free(k);
    BN_free(h);
    BN_CTX_free(ctx);
    EC_GROUP_free(group);
    return n;
}
