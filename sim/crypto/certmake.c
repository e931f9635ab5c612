/* Makes certificates as CUCM's own look, written byte by byte here: OpenSSL's builder would put the
 * release's habits into them. */
#include "sim/crypto/crypto.h"
#include "sim/crypto/der.h"
#include "sim/crypto/impl.h"

#include "sim/base/check.h"

#include <string.h>

#define OID(...)                                                                                   \
    {                                                                                              \
        (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })                 \
    }

static const struct view rsa_oid[] = {
    [DIGEST_SHA1] = OID(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05),
    [DIGEST_SHA256] = OID(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b),
    [DIGEST_SHA512] = OID(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d),
};
static const struct view ecdsa_oid[] = {
    [DIGEST_SHA1] = OID(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01),
    [DIGEST_SHA256] = OID(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02),
    [DIGEST_SHA512] = OID(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04),
};
static const struct view oid_basic_constraints = OID(0x55, 0x1d, 0x13);
static const struct view oid_key_usage = OID(0x55, 0x1d, 0x0f);
static const struct view oid_extended_usage = OID(0x55, 0x1d, 0x25);
static const struct view oid_subject_key = OID(0x55, 0x1d, 0x0e);
static const struct view oid_authority_key = OID(0x55, 0x1d, 0x23);
static const struct view oid_alternative_name = OID(0x55, 0x1d, 0x11);
static const struct view oid_request = OID(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e);
static const struct view oid_server = OID(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01);
static const struct view oid_ipsec = OID(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x05);
static const struct view oid_client = OID(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02);

enum usage {
    USAGE_SIGNATURE = 0x80,
    USAGE_KEY_ENCIPHERMENT = 0x20,
    USAGE_DATA_ENCIPHERMENT = 0x10,
    USAGE_KEY_AGREEMENT = 0x08,
    USAGE_CERT_SIGN = 0x04
};

static struct view oid(struct arena *a, struct view bytes)
{
    return DER(a, DER_OID, bytes);
}

static struct view algorithm(const struct cert_spec *spec, struct arena *a)
{
    CHECK(digest_size(spec->digest) != 0);
    if (!key_info[spec->issuer_key->type].rsa)
        return DER(a, DER_SEQUENCE, oid(a, ecdsa_oid[spec->digest]));
    return DER(a, DER_SEQUENCE, oid(a, rsa_oid[spec->digest]), DER(a, DER_NULL, view_of(NULL, 0)));
}

/* RFC 5280, 4.1.2.5: UTCTime from 1950 to 2049, GeneralizedTime for all other years. */
static struct view date(int64_t unix_s, struct arena *a)
{
    char text[16];
    certtime_text(unix_s, text);
    bool utc = memcmp(text, "1950", 4) >= 0 && memcmp(text, "2050", 4) < 0;
    if (utc)
        return DER(a, DER_UTC_TIME, view_of(text + 2, 13));
    return DER(a, DER_GENERALIZED_TIME, view_of(text, 15));
}

static struct view extension(struct arena *a, struct view id, bool critical, struct view value)
{
    static const uint8_t yes[3] = { DER_BOOLEAN, 1, 0xff };
    return DER(a, DER_SEQUENCE, oid(a, id), view_of(yes, critical ? 3 : 0),
               DER(a, DER_OCTETS, value));
}

static struct view key_usage(const struct cert_spec *spec, struct arena *a)
{
    uint8_t usage = USAGE_SIGNATURE;
    if (key_info[spec->key->type].rsa)
        usage |= USAGE_KEY_ENCIPHERMENT | USAGE_DATA_ENCIPHERMENT;
    if (spec->ca || spec->issuer_key == spec->key)
        usage |= USAGE_CERT_SIGN;
    if (spec->ipsec && spec->issuer_key == spec->key && key_info[spec->key->type].rsa)
        usage |= USAGE_KEY_AGREEMENT;
    uint8_t unused = 0; /* a named bit list ends with its last bit that is set */
    while ((usage >> unused & 1) == 0)
        unused++;
    const uint8_t bits[2] = { unused, usage };
    return extension(a, oid_key_usage, false, DER(a, DER_BITS, view_of(bits, 2)));
}

/* RFC 5280, 4.2.1.2, method 1: SHA-1 of the public key's bits. */
static struct view key_identifier(const struct key *k, struct arena *a)
{
    uint8_t hash[64];
    if (a == NULL)
        return view_of(NULL, digest_size(DIGEST_SHA1));
    size_t n = digest_of(DIGEST_SHA1, &k->public, 1, hash);
    return arena_copy(a, view_of(hash, n));
}

#define NAMES_MOST 64

static struct view alternative_names(const struct cert_spec *spec, struct arena *a)
{
    struct view names[NAMES_MOST], rest = spec->dns_name;
    size_t count = 0;
    while (count < NAMES_MOST) {
        const uint8_t *comma = memchr(rest.p, ',', rest.n);
        size_t n = comma == NULL ? rest.n : (size_t)(comma - rest.p);
        names[count++] = DER(a, 0x82, view_sub(rest, 0, n)); /* [2] dNSName */
        if (comma == NULL)
            break;
        rest = view_sub(rest, n + 1, rest.n - n - 1);
    }
    return der_join(a, DER_SEQUENCE, names, count);
}

/* Usages and key identifier stand in all of CUCM's certificates (observed on its pages); where a
 * certificate authority's own are critical is assumed. */
static struct view extensions(const struct cert_spec *spec, struct arena *a)
{
    static const uint8_t true_der[3] = { DER_BOOLEAN, 1, 0xff };
    struct view list[6];
    size_t count = 0;
    if (spec->ca)
        list[count++] = extension(a, oid_basic_constraints, true,
                                  DER(a, DER_SEQUENCE, view_of(true_der, sizeof true_der)));
    list[count++] = key_usage(spec, a);
    const struct view uses[] = { oid(a, oid_server), oid(a, oid_client), oid(a, oid_ipsec) };
    list[count++] = extension(a, oid_extended_usage, false,
                              der_join(a, DER_SEQUENCE, uses, spec->ipsec ? 3 : 2));
    list[count++] =
        extension(a, oid_subject_key, false, DER(a, DER_OCTETS, key_identifier(spec->key, a)));
    if (spec->issuer_key != spec->key) /* [0] keyIdentifier */
        list[count++] =
            extension(a, oid_authority_key, false,
                      DER(a, DER_SEQUENCE, DER(a, 0x80, key_identifier(spec->issuer_key, a))));
    if (spec->dns_name.p != NULL)
        list[count++] = extension(a, oid_alternative_name, false, alternative_names(spec, a));
    return DER(a, 0xa3, der_join(a, DER_SEQUENCE, list, count));
}

static size_t sign(const struct cert_spec *spec, struct view tbs, uint8_t out[600])
{
    size_t n = key_info[spec->issuer_key->type].signature_n;
    CHECK(tbs.p == NULL || key_sign(spec->issuer_key, spec->digest, &tbs, 1, out) == n);
    return n;
}

/* Measures where there is no arena, as everything of der.h. */
static struct view write(const struct cert_spec *spec, struct arena *s)
{
    static const uint8_t three[1] = { 2 }; /* version 3 is written as 2 */
    struct view signed_by = algorithm(spec, s);
    struct view tbs =
        DER(s, DER_SEQUENCE, DER(s, 0xa0, DER(s, DER_INTEGER, view_of(three, 1))),
            der_magnitude(s, spec->serial), signed_by, name_encode(spec->issuer, s),
            DER(s, DER_SEQUENCE, date(spec->not_before_s, s), date(spec->not_after_s, s)),
            name_encode(spec->subject, s), spec->key->spki, extensions(spec, s));
    uint8_t signature[600];
    size_t n = sign(spec, tbs, signature);
    return DER(s, DER_SEQUENCE, tbs, signed_by, der_bits(s, view_of(signature, n)));
}

struct view cert_make(const struct cert_spec *spec, struct arena *a)
{
    struct arena scratch = arena_of(a->mem);
    struct view made = arena_copy(a, write(spec, &scratch));
    arena_free(&scratch);
    return made;
}

/* PKCS #10 (RFC 2986), with what the certificate is to have as its extension request: usages and
 * alternative names. */
static struct view request(const struct cert_spec *spec, struct arena *s)
{
    static const uint8_t version[1] = { 0 };
    const struct view uses[] = { oid(s, oid_server), oid(s, oid_client), oid(s, oid_ipsec) };
    struct view list[3];
    size_t count = 0;
    list[count++] = extension(s, oid_extended_usage, false,
                              der_join(s, DER_SEQUENCE, uses, spec->ipsec ? 3 : 2));
    list[count++] = key_usage(spec, s);
    if (spec->dns_name.n > 0)
        list[count++] = extension(s, oid_alternative_name, false, alternative_names(spec, s));
    struct view asked = DER(s, DER_SEQUENCE, oid(s, oid_request),
                            DER(s, DER_SET, der_join(s, DER_SEQUENCE, list, count)));
    struct view info = DER(s, DER_SEQUENCE, DER(s, DER_INTEGER, view_of(version, 1)),
                           name_encode(spec->subject, s), spec->key->spki, DER(s, 0xa0, asked));
    uint8_t signature[600];
    size_t n = sign(spec, info, signature);
    return DER(s, DER_SEQUENCE, info, algorithm(spec, s), der_bits(s, view_of(signature, n)));
}

struct view cert_request(const struct cert_spec *spec, struct arena *a)
{
    struct arena scratch = arena_of(a->mem);
    struct cert_spec own = *spec;
    own.issuer_key = spec->key;
    struct view made = arena_copy(a, request(&own, &scratch));
    arena_free(&scratch);
    return made;
}

size_t cert_length(const struct cert_spec *spec)
{
    return write(spec, NULL).n;
}
