#include "sim/crypto/pkcs7.h"

#include "sim/crypto/der.h"

#include <string.h>

#define CONTENT      0xa0 /* [0], of the whole: what the object identifier says */
#define CERTIFICATES 0xa0 /* [0], of signed data */

/* 1.2.840.113549.1.7.2: signed data. */
static const uint8_t signed_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02 };

/* What is in the next element, where it has that tag. */
static bool inside(struct rd *r, uint8_t tag, struct view *v, struct err *e)
{
    uint8_t is;
    if (!der_next(r, 0, &is, v, e))
        return false;
    return is == tag || err_set(e, "DER tag 0x%02x, expected 0x%02x", is, tag);
}

bool pkcs7_is(struct view der)
{
    struct rd r = rd_of(der);
    struct view whole, oid;
    struct err e;
    if (!inside(&r, DER_SEQUENCE, &whole, &e))
        return false;
    r = rd_of(whole);
    return inside(&r, DER_OID, &oid, &e) && view_eq(oid, view_of(signed_data, sizeof signed_data));
}

/* The elements of a set, each whole. */
static bool each(struct view set, struct arena *a, struct view **certs, uint32_t *count,
                 struct err *e)
{
    struct rd r = rd_of(set);
    struct view value;
    uint8_t tag;
    uint32_t n = 0;
    while (rd_left(&r) > 0) {
        if (!der_next(&r, 0, &tag, &value, e))
            return false;
        n++;
    }
    *certs = arena_take(a, ((size_t)n + 1) * sizeof **certs);
    r = rd_of(set);
    for (*count = 0; *count < n; (*count)++) {
        size_t at = r.at;
        if (!der_next(&r, 0, &tag, &value, e))
            return false;
        (*certs)[*count] = view_sub(set, at, r.at - at);
    }
    return true;
}

/* SEQUENCE { OID, [0] { SEQUENCE { version, digests, content, [0] certificates, ... } } } */
static bool find(struct view der, struct view *set, struct err *e)
{
    struct rd r = rd_of(der);
    struct view whole, v;
    uint8_t tag;
    if (!inside(&r, DER_SEQUENCE, &whole, e))
        return false;
    r = rd_of(whole);
    if (!inside(&r, DER_OID, &v, e) || !inside(&r, CONTENT, &whole, e))
        return false;
    r = rd_of(whole);
    if (!inside(&r, DER_SEQUENCE, &whole, e))
        return false;
    r = rd_of(whole);
    if (!inside(&r, DER_INTEGER, &v, e) || !inside(&r, DER_SET, &v, e) ||
        !inside(&r, DER_SEQUENCE, &v, e) || !der_next(&r, 0, &tag, set, e))
        return false;
    return tag == CERTIFICATES || err_set(e, "no certificate is in it");
}

bool pkcs7_certs(struct view der, struct arena *a, struct view **certs, uint32_t *count,
                 struct err *e)
{
    struct view set;
    *count = 0;
    return (find(der, &set, e) && each(set, a, certs, count, e)) || err_prefix(e, "PKCS#7");
}
