/* Keys from a seeded stream.  The same stream gives the same key everywhere: the candidates, their
 * order and the bases of the primality test are all fixed here, and OpenSSL only does arithmetic.
 */
#include "sim/crypto/impl.h"

#include "sim/base/check.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

#define PUBLIC_EXPONENT 65537
#define SIEVE_LIMIT     65536 /* primes below it are sieved out */
#define SIEVE_PRIMES    6541  /* odd primes below SIEVE_LIMIT */
#define WINDOW          8192  /* odd candidates behind one start: 15 mean gaps at 2048 bits */

static void small_primes(uint16_t out[SIEVE_PRIMES])
{
    uint8_t composite[SIEVE_LIMIT / 2] = { 0 }; /* [i] stands for 2i + 1 */
    size_t n = 0;
    for (uint32_t i = 1; i < SIEVE_LIMIT / 2; i++) {
        if (composite[i])
            continue;
        uint32_t prime = 2 * i + 1;
        CHECK(n < SIEVE_PRIMES);
        out[n++] = (uint16_t)prime;
        for (uint64_t j = (uint64_t)prime * prime / 2; j < SIEVE_LIMIT / 2; j += prime)
            composite[j] = 1;
    }
    CHECK(n == SIEVE_PRIMES);
}

/* Marks which of start, start + 2, … have a small divisor. */
static void sieve(const BIGNUM *start, const uint16_t primes[SIEVE_PRIMES], uint8_t out[WINDOW])
{
    memset(out, 0, WINDOW);
    for (size_t k = 0; k < SIEVE_PRIMES; k++) {
        uint32_t prime = primes[k];
        uint32_t distance = (prime - (uint32_t)BN_mod_word(start, prime)) % prime;
        if (distance % 2 != 0)
            distance += prime;
        for (uint32_t i = distance / 2; i < WINDOW; i += prime)
            out[i] = 1;
    }
}

/* Miller-Rabin with fixed bases.  The candidates are random and no adversary picks them: the chance
 * that a composite of 512 bits or more gets through eight bases is far below 2^-100, and even then
 * every machine would take the same number. */
static bool is_prime(const BIGNUM *n, BN_CTX *ctx)
{
    static const BN_ULONG bases[] = { 2, 3, 5, 7, 11, 13, 17, 19 };
    BN_CTX_start(ctx);
    BIGNUM *minus_one = BN_CTX_get(ctx);
    BIGNUM *odd = BN_CTX_get(ctx);
    BIGNUM *base = BN_CTX_get(ctx);
    BIGNUM *x = BN_CTX_get(ctx);
    BN_MONT_CTX *mont = BN_MONT_CTX_new();
    CHECK(x != NULL && mont != NULL && BN_MONT_CTX_set(mont, n, ctx));
    CHECK(BN_copy(minus_one, n) != NULL && BN_sub_word(minus_one, 1));
    int twos = 0;
    while (!BN_is_bit_set(minus_one, twos))
        twos++;
    CHECK(BN_rshift(odd, minus_one, twos));

    bool prime = true;
    for (size_t i = 0; prime && i < sizeof bases / sizeof bases[0]; i++) {
        CHECK(BN_set_word(base, bases[i]));
        CHECK(BN_mod_exp_mont(x, base, odd, n, ctx, mont));
        prime = BN_is_one(x) || BN_cmp(x, minus_one) == 0;
        for (int j = 1; !prime && j < twos; j++) {
            CHECK(BN_mod_sqr(x, x, n, ctx));
            prime = BN_cmp(x, minus_one) == 0;
        }
    }
    BN_MONT_CTX_free(mont);
    BN_CTX_end(ctx);
    return prime;
}

static void prime_search(struct rng *r, unsigned bits, const uint16_t primes[SIEVE_PRIMES],
                         BIGNUM *out, BN_CTX *ctx)
{
    uint8_t bytes[4096 / 2 / 8];
    uint8_t composite[WINDOW];
    CHECK(bits % 8 == 0 && bits / 8 <= sizeof bytes);
    for (;;) {
        rng_bytes(r, bytes, bits / 8);
        bytes[0] |= 0xc0; /* the product of two such has exactly twice the bits */
        bytes[bits / 8 - 1] |= 1;
        CHECK(BN_bin2bn(bytes, (int)(bits / 8), out) != NULL);
        sieve(out, primes, composite);
        unsigned done = 0;
        for (unsigned i = 0; i < WINDOW; i++) {
            if (composite[i])
                continue;
            CHECK(BN_add_word(out, 2 * (BN_ULONG)(i - done)));
            done = i;
            if (BN_num_bits(out) != (int)bits)
                break; /* ran over the top */
            if (BN_mod_word(out, PUBLIC_EXPONENT) == 1)
                continue; /* the public exponent would have no inverse */
            if (is_prime(out, ctx))
                return;
        }
    }
}

void keygen_primes(struct rng *r, unsigned bits, BIGNUM *p, BIGNUM *q)
{
    uint16_t primes[SIEVE_PRIMES];
    small_primes(primes);
    BN_CTX *ctx = BN_CTX_new();
    CHECK(ctx != NULL);
    prime_search(r, bits / 2, primes, p, ctx);
    do
        prime_search(r, bits / 2, primes, q, ctx);
    while (BN_cmp(p, q) == 0);
    if (BN_cmp(p, q) < 0)
        BN_swap(p, q);
    BN_CTX_free(ctx);
}

bool keygen_plausible(unsigned bits, const BIGNUM *p, const BIGNUM *q)
{
    const BIGNUM *both[2] = { p, q };
    int half = (int)bits / 2;
    for (int i = 0; i < 2; i++) {
        const BIGNUM *n = both[i];
        if (BN_num_bits(n) != half || !BN_is_bit_set(n, half - 2) || !BN_is_odd(n) ||
            BN_mod_word(n, PUBLIC_EXPONENT) <= 1)
            return false;
    }
    return BN_cmp(p, q) > 0;
}

static EVP_PKEY *from_params(const char *kind, OSSL_PARAM_BLD *build)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    EVP_PKEY *pkey = NULL;
    CHECK(params != NULL && ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1);
    CHECK(EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params) == 1);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    return pkey;
}

EVP_PKEY *keygen_rsa(const BIGNUM *p, const BIGNUM *q)
{
    BN_CTX *ctx = BN_CTX_secure_new();
    CHECK(ctx != NULL);
    BN_CTX_start(ctx);
    BIGNUM *n = BN_CTX_get(ctx), *e = BN_CTX_get(ctx), *d = BN_CTX_get(ctx);
    BIGNUM *p1 = BN_CTX_get(ctx), *q1 = BN_CTX_get(ctx), *gcd = BN_CTX_get(ctx);
    BIGNUM *lcm = BN_CTX_get(ctx), *dp = BN_CTX_get(ctx), *dq = BN_CTX_get(ctx);
    BIGNUM *qi = BN_CTX_get(ctx);
    CHECK(qi != NULL);
    CHECK(BN_mul(n, p, q, ctx) && BN_set_word(e, PUBLIC_EXPONENT));
    CHECK(BN_sub(p1, p, BN_value_one()) && BN_sub(q1, q, BN_value_one()));
    CHECK(BN_gcd(gcd, p1, q1, ctx) && BN_mul(lcm, p1, q1, ctx) && BN_div(lcm, NULL, lcm, gcd, ctx));
    CHECK(BN_mod_inverse(d, e, lcm, ctx) != NULL && BN_mod_inverse(qi, q, p, ctx) != NULL);
    CHECK(BN_mod(dp, d, p1, ctx) && BN_mod(dq, d, q1, ctx));

    const struct {
        const char *name;
        const BIGNUM *value;
    } part[] = {
        { OSSL_PKEY_PARAM_RSA_N, n },          { OSSL_PKEY_PARAM_RSA_E, e },
        { OSSL_PKEY_PARAM_RSA_D, d },          { OSSL_PKEY_PARAM_RSA_FACTOR1, p },
        { OSSL_PKEY_PARAM_RSA_FACTOR2, q },    { OSSL_PKEY_PARAM_RSA_EXPONENT1, dp },
        { OSSL_PKEY_PARAM_RSA_EXPONENT2, dq }, { OSSL_PKEY_PARAM_RSA_COEFFICIENT1, qi },
    };
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    CHECK(build != NULL);
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++)
        CHECK(OSSL_PARAM_BLD_push_BN(build, part[i].name, part[i].value));
    EVP_PKEY *pkey = from_params("RSA", build);
    OSSL_PARAM_BLD_free(build);
    BN_CTX_end(ctx);
    BN_CTX_free(ctx);
    return pkey;
}

EVP_PKEY *keygen_ec(struct rng *r, enum key_type type)
{
    const struct key_info *info = &key_info[type];
    EC_GROUP *group = EC_GROUP_new_by_curve_name(OBJ_sn2nid(info->curve));
    CHECK(group != NULL);
    const BIGNUM *order = EC_GROUP_get0_order(group);
    int bits = BN_num_bits(order);
    size_t n = (size_t)(bits + 7) / 8;
    uint8_t bytes[66];
    BIGNUM *d = BN_new();
    CHECK(d != NULL && n <= sizeof bytes);
    do { /* drawn again, never reduced: every scalar is as likely */
        rng_bytes(r, bytes, n);
        if (bits % 8 != 0)
            bytes[0] &= (uint8_t)((1 << (bits % 8)) - 1);
        CHECK(BN_bin2bn(bytes, (int)n, d) != NULL);
    } while (BN_is_zero(d) || BN_cmp(d, order) >= 0);

    EC_POINT *point = EC_POINT_new(group);
    uint8_t encoded[133];
    CHECK(point != NULL && EC_POINT_mul(group, point, d, NULL, NULL, NULL));
    size_t encoded_n = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, encoded,
                                          sizeof encoded, NULL);
    CHECK(encoded_n == info->public_n);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    CHECK(build != NULL);
    CHECK(OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, info->curve, 0));
    CHECK(OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, encoded, encoded_n));
    CHECK(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, d));
    EVP_PKEY *pkey = from_params("EC", build);
    OSSL_PARAM_BLD_free(build);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    BN_free(d);
    return pkey;
}
