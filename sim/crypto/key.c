#include "sim/crypto/crypto.h"
#include "sim/crypto/impl.h"

#include "sim/base/check.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

const struct key_info key_info[KEY_TYPES] = {
    [KEY_RSA_1024] = { true, 1024, 140, 162, 128, NULL },
    [KEY_RSA_2048] = { true, 2048, 270, 294, 256, NULL },
    [KEY_RSA_3072] = { true, 3072, 398, 422, 384, NULL },
    [KEY_RSA_4096] = { true, 4096, 526, 550, 512, NULL },
    [KEY_EC_P256] = { false, 256, 65, 91, 70, "prime256v1" },
    [KEY_EC_P384] = { false, 384, 97, 120, 102, "secp384r1" },
    [KEY_EC_P521] = { false, 521, 133, 158, 139, "secp521r1" },
};

static bool type_of(const EVP_PKEY *pkey, enum key_type *out, struct err *e)
{
    bool rsa = EVP_PKEY_is_a(pkey, "RSA") == 1;
    char curve[64] = "";
    if (!rsa && EVP_PKEY_is_a(pkey, "EC") == 1)
        EVP_PKEY_get_group_name(pkey, curve, sizeof curve, NULL);
    for (int t = 0; t < KEY_TYPES; t++) {
        const struct key_info *info = &key_info[t];
        if (info->rsa ? rsa && EVP_PKEY_get_bits(pkey) == info->bits
                      : strcmp(info->curve, curve) == 0) {
            *out = (enum key_type)t;
            return true;
        }
    }
    return err_set(e,
                   "%s key of %d bits, expected RSA of 1024, 2048, 3072 or 4096 bits or the curves "
                   "P-256, P-384 or P-521",
                   rsa ? "RSA" : "other", EVP_PKEY_get_bits(pkey));
}

typedef int encoder(const EVP_PKEY *, unsigned char **);

static struct view encoded(encoder *encode, const EVP_PKEY *pkey, struct arena *a)
{
    int n = encode(pkey, NULL);
    CHECK(n > 0);
    uint8_t *start = arena_take(a, (size_t)n), *p = start;
    CHECK(encode(pkey, &p) == n);
    return view_of(start, (size_t)n);
}

bool key_adopt(struct key *k, EVP_PKEY *pkey, struct arena *a, struct err *e)
{
    ERR_clear_error();
    if (!type_of(pkey, &k->type, e))
        return false;
    const struct key_info *info = &key_info[k->type];
    if (!info->rsa) /* a key from a file may remember that its point was compressed */
        CHECK(EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                             OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED) ==
              1);
    k->pkey = pkey;
    k->public = encoded(i2d_PublicKey, pkey, a);
    k->spki = encoded(i2d_PUBKEY, pkey, a);
    CHECK(info->rsa || k->public.n == info->public_n);
    return true;
}

static EVP_PKEY *public_rsa(struct view v)
{
    const uint8_t *p = v.p;
    EVP_PKEY *pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)v.n);
    if (pkey != NULL && p == v.p + v.n && EVP_PKEY_get_bits(pkey) >= 512 &&
        EVP_PKEY_get_bits(pkey) <= 4096)
        return pkey;
    EVP_PKEY_free(pkey);
    return NULL;
}

static EVP_PKEY *public_ec(const struct key_info *info, struct view v)
{
    OSSL_PARAM params[3] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)info->curve, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)v.p, v.n),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *pkey = NULL;
    CHECK(ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1);
    if (EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
        pkey = NULL; /* no point of the curve */
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

EVP_PKEY *key_public(struct view public)
{
    ERR_clear_error();
    if (public.n == 0 || public.n > 1100) /* two numbers of 4096 bits and their heads */
        return NULL;
    if (public.p[0] == 0x30)
        return public_rsa(public);
    for (int t = 0; t < KEY_TYPES; t++)
        if (!key_info[t].rsa && key_info[t].public_n == public.n && public.p[0] == 4)
            return public_ec(&key_info[t], public);
    return NULL;
}

static EVP_PKEY_CTX *signature_ctx(EVP_PKEY *pkey, enum digest d, bool sign)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    CHECK(ctx != NULL);
    bool ok = (sign ? EVP_PKEY_sign_init(ctx) : EVP_PKEY_verify_init(ctx)) == 1;
    if (ok && EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA)
        ok = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
    if (ok && EVP_PKEY_CTX_set_signature_md(ctx, digest_md(d)) == 1)
        return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

size_t key_sign(const struct key *k, enum digest d, const struct view *parts, size_t count,
                uint8_t out[600])
{
    uint8_t hash[64];
    size_t hash_n = digest_of(d, parts, count, hash);
    if (!key_info[k->type].rsa)
        return ecdsa_sign(k, d, view_of(hash, hash_n), &(struct ecdsa_want){ .full = true }, out);
    ERR_clear_error();
    EVP_PKEY_CTX *ctx = signature_ctx(k->pkey, d, true);
    size_t n = 600;
    CHECK(ctx != NULL && EVP_PKEY_sign(ctx, out, &n, hash, hash_n) == 1);
    EVP_PKEY_CTX_free(ctx);
    return n;
}

size_t key_sign_bare(const struct key *k, enum digest d, const struct view *parts, size_t count,
                     uint8_t out[600])
{
    uint8_t hash[64];
    size_t hash_n = digest_of(d, parts, count, hash), n = 600;
    CHECK(key_info[k->type].rsa);
    ERR_clear_error();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
    CHECK(ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
          EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
          EVP_PKEY_sign(ctx, out, &n, hash, hash_n) == 1);
    EVP_PKEY_CTX_free(ctx);
    return n;
}

size_t key_sign_rfc6979(const struct key *k, enum digest d, const struct view *parts, size_t count,
                        uint8_t out[600])
{
    uint8_t hash[64];
    size_t hash_n = digest_of(d, parts, count, hash);
    CHECK(!key_info[k->type].rsa);
    return ecdsa_sign(k, d, view_of(hash, hash_n), &(struct ecdsa_want){ .full = false }, out);
}

struct key key_stand_in(enum key_type type)
{
    CHECK((unsigned)type < KEY_TYPES);
    return (struct key){ .type = type,
                         .public = view_of(NULL, key_info[type].public_n),
                         .spki = view_of(NULL, key_info[type].spki_n) };
}

bool key_verify(struct view public, enum digest d, const struct view *parts, size_t count,
                struct view signature)
{
    if (digest_size(d) == 0 || signature.n == 0)
        return false;
    EVP_PKEY *pkey = key_public(public);
    if (pkey == NULL)
        return false;
    uint8_t hash[64];
    size_t hash_n = digest_of(d, parts, count, hash);
    EVP_PKEY_CTX *ctx = signature_ctx(pkey, d, false);
    bool ok = ctx != NULL && EVP_PKEY_verify(ctx, signature.p, signature.n, hash, hash_n) == 1;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    ERR_clear_error();
    return ok;
}

bool key_verify_bare(struct view public, enum digest d, const struct view *parts, size_t count,
                     struct view signature)
{
    uint8_t hash[64], found[600];
    size_t hash_n = digest_of(d, parts, count, hash), n = sizeof found;
    EVP_PKEY *pkey = key_public(public);
    EVP_PKEY_CTX *ctx = pkey == NULL || EVP_PKEY_get_base_id(pkey) != EVP_PKEY_RSA
                            ? NULL
                            : EVP_PKEY_CTX_new(pkey, NULL);
    bool ok = ctx != NULL && EVP_PKEY_verify_recover_init(ctx) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
              EVP_PKEY_verify_recover(ctx, found, &n, signature.p, signature.n) == 1 &&
              view_eq(view_of(found, n), view_of(hash, hash_n));
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    ERR_clear_error();
    return ok;
}

bool key_of_spki(struct key *k, struct view spki, struct arena *a, struct err *e)
{
    ERR_clear_error();
    const uint8_t *p = spki.p;
    EVP_PKEY *pkey = spki.n > 0 && spki.n <= 1200 ? d2i_PUBKEY(NULL, &p, (long)spki.n) : NULL;
    bool ok = pkey != NULL && p == spki.p + spki.n;
    if (!ok)
        err_set(e, "%zu bytes that are no public key", spki.n);
    ok = ok && key_adopt(k, pkey, a, e);
    EVP_PKEY_free(pkey);
    ERR_clear_error();
    if (ok)
        k->pkey = NULL;
    return ok;
}
