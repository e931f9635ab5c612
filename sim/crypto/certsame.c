/* The same certificate with another key: what stands in for one whose private key nobody has.  Only
 * the key and the signature are others, and both have the lengths that they had, so that no length
 * of anything changes. */
#include "sim/crypto/crypto.h"
#include "sim/crypto/der.h"
#include "sim/crypto/impl.h"

#include "sim/base/check.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

/* Where the parts of a certificate stand in its DER; ends behind the last byte. */
struct places {
    size_t tbs, tbs_end, spki, spki_end, signature, signature_end;
};

/* The element at *at: its value's beginning, and *at behind it. */
static bool element(struct view der, size_t *at, uint8_t *tag, size_t *value)
{
    struct rd r = rd_of(view_sub(der, *at, der.n - *at));
    struct view inside;
    if (!der_next(&r, 0, tag, &inside, NULL))
        return false;
    *value = (size_t)(inside.p - der.p);
    *at += r.at;
    return true;
}

static bool find_places(struct view der, struct places *p)
{
    uint8_t tag;
    size_t at = 0, value, inner;
    if (!element(der, &at, &tag, &p->tbs))
        return false;
    at = p->tbs;
    if (!element(der, &at, &tag, &inner))
        return false;
    p->tbs_end = at;
    if (!element(der, &at, &tag, &value) || !element(der, &at, &tag, &value) || tag != DER_BITS ||
        at != der.n || at - value < 2)
        return false;
    p->signature = value + 1; /* behind the count of unused bits */
    p->signature_end = at;
    at = inner;
    size_t first = at;
    if (!element(der, &at, &tag, &value))
        return false;
    if (tag != 0xa0) /* version 1 does not say so */
        at = first;
    for (int i = 0; i < 5; i++) { /* serial, algorithm, issuer, validity, subject */
        if (!element(der, &at, &tag, &value))
            return false;
    }
    p->spki = at;
    bool ok = element(der, &at, &tag, &value);
    p->spki_end = at;
    return ok && at <= p->tbs_end;
}

static X509 *decode(struct view der)
{
    const uint8_t *p = der.p;
    return d2i_X509(NULL, &p, (long)der.n);
}

/* What it was signed over; SHA-256 where that is nothing known. */
static const EVP_MD *digest_in(struct view der)
{
    int digest = NID_undef;
    X509 *x = decode(der);
    if (x != NULL)
        OBJ_find_sigid_algs(X509_get_signature_nid(x), &digest, NULL);
    X509_free(x);
    ERR_clear_error();
    const EVP_MD *md = EVP_get_digestbynid(digest);
    return md == NULL ? EVP_sha256() : md;
}

enum digest cert_digest(struct view der)
{
    switch (EVP_MD_get_type(digest_in(der))) {
    case NID_sha1:
        return DIGEST_SHA1;
    case NID_sha512:
        return DIGEST_SHA512;
    default:
        return DIGEST_SHA256;
    }
}

/* Appends a name, with a comma in front of all but the first. */
static void add_name(struct wr *w, const ASN1_IA5STRING *name)
{
    if (w->n > 0)
        wr_u8(w, ',');
    wr_view(w, view_of(ASN1_STRING_get0_data(name), (size_t)ASN1_STRING_length(name)));
}

struct view cert_names(struct view der, struct arena *a)
{
    X509 *x = decode(der);
    GENERAL_NAMES *names = x == NULL ? NULL : X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    struct wr w = wr_of(arena_take(a, der.n), der.n); /* they stand in there */
    for (int i = 0; names != NULL && i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DNS)
            add_name(&w, name->d.dNSName);
    }
    GENERAL_NAMES_free(names);
    X509_free(x);
    ERR_clear_error();
    return w.n == 0 || w.over ? view_of(NULL, 0) : view_of(w.p, w.n);
}

static size_t sign_rsa(const struct key *k, const EVP_MD *md, struct view hash, uint8_t out[600])
{
    size_t n = 600;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
    CHECK(ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
          EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1);
    bool ok = EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
              EVP_PKEY_sign(ctx, out, &n, hash.p, hash.n) == 1;
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return ok ? n : 0;
}

/* A signature of `n` bytes; false where that key makes none of that length. */
static bool sign_in(const struct key *k, const EVP_MD *md, struct view tbs, uint8_t *to, size_t n)
{
    uint8_t out[600], bytes[EVP_MAX_MD_SIZE];
    unsigned hash_n = 0;
    CHECK(EVP_Digest(tbs.p, tbs.n, bytes, &hash_n, md, NULL) == 1);
    struct view hash = view_of(bytes, hash_n);
    struct ecdsa_want want = { .bytes = n };
    /* The nonce may come of any digest. */
    size_t made = key_info[k->type].rsa ? sign_rsa(k, md, hash, out)
                                        : ecdsa_sign(k, DIGEST_SHA512, hash, &want, out);
    if (made == n)
        memcpy(to, out, n);
    return made == n;
}

struct view cert_with_key(struct view der, const struct key *key, const struct key *issuer_key,
                          struct arena *a)
{
    struct places p;
    if (!find_places(der, &p) || p.spki_end - p.spki != key->spki.n)
        return view_of(NULL, 0);
    uint8_t *to = arena_take(a, der.n);
    memcpy(to, der.p, der.n);
    memcpy(to + p.spki, key->spki.p, key->spki.n);
    if (!sign_in(issuer_key, digest_in(der), view_of(to + p.tbs, p.tbs_end - p.tbs),
                 to + p.signature, p.signature_end - p.signature))
        return view_of(NULL, 0);
    return view_of(to, der.n);
}
