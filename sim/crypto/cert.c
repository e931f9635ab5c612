/* Reads certificates that anybody may have sent.  The DER is checked strictly first, then OpenSSL
 * takes it apart; what leaves here is bytes, never an OpenSSL object. */
#include "sim/crypto/crypto.h"
#include "sim/crypto/der.h"
#include "sim/crypto/impl.h"

#include "sim/base/check.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static const char *reason(void)
{
    const char *text = ERR_reason_error_string(ERR_peek_last_error());
    return text != NULL ? text : "unknown reason";
}

static X509 *decode(struct view der, struct err *e)
{
    ERR_clear_error();
    if (der.n == 0 || der.n > CERT_LIMIT) {
        err_set(e, "a certificate of %zu bytes, expected 1 to %d", der.n, CERT_LIMIT);
        return NULL;
    }
    if (!der_check(der, e))
        return NULL;
    const uint8_t *p = der.p;
    X509 *x = d2i_X509(NULL, &p, (long)der.n);
    if (x == NULL || p != der.p + der.n) {
        err_set(e, "offset %zu: no X.509 certificate (%s)", (size_t)(p - der.p), reason());
        X509_free(x);
        return NULL;
    }
    return x;
}

/* The serial's own bytes: OpenSSL would give a negative number's magnitude, which nobody else sees.
 * The element is there: d2i_X509 has accepted the whole. */
static struct view serial_of(struct view der)
{
    uint8_t tag;
    struct view outer, tbs, value;
    struct rd r = rd_of(der);
    CHECK(der_next(&r, 0, &tag, &outer, NULL));
    r = rd_of(outer);
    CHECK(der_next(&r, 0, &tag, &tbs, NULL));
    r = rd_of(tbs);
    CHECK(der_next(&r, 0, &tag, &value, NULL));
    if (tag == 0xa0) /* the version comes first, but not in version 1 */
        CHECK(der_next(&r, 0, &tag, &value, NULL));
    CHECK(tag == DER_INTEGER);
    while (value.n > 1 && value.p[0] == 0)
        value = view_of(value.p + 1, value.n - 1);
    return value;
}

/* A BIT STRING of whole bytes, copied; absent where bits are left over. */
static struct view bits_of(const ASN1_BIT_STRING *s, struct arena *a)
{
    if (s == NULL || s->length <= 0 || (s->flags & 7) != 0)
        return view_of(NULL, 0);
    return arena_copy(a, view_of(s->data, (size_t)s->length));
}

static bool same_encoding(const EVP_PKEY *pkey, struct view bits)
{
    unsigned char *again = NULL;
    int n = i2d_PublicKey(pkey, &again);
    bool same = n > 0 && view_eq(view_of(again, (size_t)n), bits);
    OPENSSL_free(again);
    return same;
}

static bool public_of(const X509 *x, struct arena *a, struct cert *out, struct err *e)
{
    out->public = bits_of(X509_get0_pubkey_bitstr(x), a);
    const EVP_PKEY *pkey = X509_get0_pubkey(x);
    if (pkey == NULL || out->public.p == NULL)
        return err_set(e, "public key cannot be read (%s)", reason());
    int bits = EVP_PKEY_get_bits(pkey);
    if (EVP_PKEY_is_a(pkey, "RSA") == 1) {
        if (bits < 512 || bits > 4096)
            return err_set(e, "RSA key of %d bits, expected 512 to 4096", bits);
        if (!same_encoding(pkey, out->public))
            return err_set(e, "RSA public key is not in DER");
        out->rsa = true;
        out->bits = (uint16_t)bits;
        return true;
    }
    char curve[64] = "";
    if (EVP_PKEY_is_a(pkey, "EC") == 1)
        EVP_PKEY_get_group_name(pkey, curve, sizeof curve, NULL);
    for (int t = 0; t < KEY_TYPES; t++) {
        const struct key_info *info = &key_info[t];
        if (info->rsa || strcmp(info->curve, curve) != 0)
            continue;
        if (out->public.n != info->public_n || out->public.p[0] != 4)
            return err_set(e, "EC point of %zu bytes, expected an uncompressed one of %u",
                           out->public.n, info->public_n);
        out->rsa = false;
        out->bits = info->bits;
        return true;
    }
    return err_set(e, "public key is neither RSA nor of the curves P-256, P-384 or P-521");
}

static bool read_all(const X509 *x, struct view der, struct arena *a, struct cert *out,
                     struct err *e)
{
    *out = (struct cert){ .der = der, .serial = serial_of(der) };
    if (!name_flatten(X509_get_subject_name(x), a, &out->subject, e))
        return err_prefix(e, "subject");
    if (!name_flatten(X509_get_issuer_name(x), a, &out->issuer, e))
        return err_prefix(e, "issuer");
    if (!certtime_read(X509_get0_notBefore(x), &out->not_before_s))
        return err_set(e, "the date of notBefore cannot be read");
    if (!certtime_read(X509_get0_notAfter(x), &out->not_after_s))
        return err_set(e, "the date of notAfter cannot be read");
    const ASN1_BIT_STRING *signature = NULL;
    X509_get0_signature(&signature, NULL, x);
    out->signature = bits_of(signature, a);
    if (out->signature.p == NULL)
        return err_set(e, "the signature is empty or not of whole bytes");
    return public_of(x, a, out, e);
}

bool cert_parse(struct view der, struct arena *a, struct cert *out, struct err *e)
{
    *out = (struct cert){ 0 };
    X509 *x = decode(der, e);
    bool ok = x != NULL && read_all(x, der, a, out, e);
    X509_free(x);
    ERR_clear_error();
    return ok || err_prefix(e, "certificate");
}

static bool is_certificate(const char *name)
{
    return strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0;
}

bool cert_from_file(struct view file, struct arena *a, struct cert *out, struct err *e)
{
    /* Text never has a second byte above 0x7f here; DER of 128 bytes and more always does. */
    if (file.n > 1 && file.p[0] == DER_SEQUENCE && file.p[1] >= 0x80)
        return cert_parse(file, a, out, e);
    if (file.n == 0 || file.n > CERT_LIMIT * 16)
        return err_set(e, "a certificate file of %zu bytes, expected 1 to %d", file.n,
                       CERT_LIMIT * 16);
    ERR_clear_error();
    BIO *bio = BIO_new_mem_buf(file.p, (int)file.n);
    CHECK(bio != NULL);
    struct view der = { NULL, 0 };
    for (bool more = true; more && der.p == NULL;) {
        char *name = NULL, *header = NULL;
        unsigned char *data = NULL;
        long n = 0;
        more = PEM_read_bio(bio, &name, &header, &data, &n) == 1;
        if (more && is_certificate(name) && n > 0)
            der = arena_copy(a, view_of(data, (size_t)n));
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    BIO_free(bio);
    bool found = der.p != NULL;
    if (!found)
        err_set(e, "neither DER nor a PEM file with a CERTIFICATE block (%s)", reason());
    ERR_clear_error();
    return found && cert_parse(der, a, out, e);
}

bool cert_signed_by(const struct cert *cert, struct view issuer_public, struct arena *a)
{
    (void)a;
    X509 *x = decode(cert->der, NULL);
    EVP_PKEY *pkey = key_public(issuer_public);
    bool ok = x != NULL && pkey != NULL && X509_verify(x, pkey) == 1;
    EVP_PKEY_free(pkey);
    X509_free(x);
    ERR_clear_error();
    return ok;
}
