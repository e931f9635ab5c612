/* Distinguished names: CUCM's text form on one side, DER on the other (docs/FORMATS.md, section 1,
 * "Names").  In lists and messages a name is bytes, never parsed again; only the maker of a
 * certificate takes one apart. */
#include "sim/crypto/der.h"
#include "sim/crypto/impl.h"

#include "sim/base/check.h"

#include <string.h>

#include <openssl/objects.h>

enum attribute { CN, OU, O, L, ST, C, ATTRIBUTES };

/* In the order of the text form. */
static const struct {
    const char *prefix;
    int nid;
    uint8_t oid[3];
} attributes[ATTRIBUTES] = {
    [CN] = { "CN=", NID_commonName, { 0x55, 0x04, 0x03 } },
    [OU] = { "OU=", NID_organizationalUnitName, { 0x55, 0x04, 0x0b } },
    [O] = { "O=", NID_organizationName, { 0x55, 0x04, 0x0a } },
    [L] = { "L=", NID_localityName, { 0x55, 0x04, 0x07 } },
    [ST] = { "ST=", NID_stateOrProvinceName, { 0x55, 0x04, 0x08 } },
    [C] = { "C=", NID_countryName, { 0x55, 0x04, 0x06 } },
};

/* The order in a certificate that CUCM makes (inferred: its pages show "L=…, ST=…, CN=…, OU=…, O=…,
 * C=…", which is a certificate's order backwards). */
static const enum attribute der_order[ATTRIBUTES] = { C, O, OU, CN, ST, L };

static uint8_t upper(uint8_t c)
{
    return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

/* Which attribute begins at `at`?  ATTRIBUTES: none.  Tokens write "cn=" in small letters. */
static enum attribute attribute_at(struct view v, size_t at)
{
    for (int i = 0; i < ATTRIBUTES; i++) {
        size_t n = strlen(attributes[i].prefix), k = 0;
        if (v.n - at < n)
            continue;
        while (k < n && upper(v.p[at + k]) == (uint8_t)attributes[i].prefix[k])
            k++;
        if (k == n)
            return (enum attribute)i;
    }
    return ATTRIBUTES;
}

/* A semicolon ends a value only where an attribute follows; text before the first attribute is the
 * common name.  Of an attribute that comes twice the first counts. */
static void split(struct view v, struct view out[ATTRIBUTES])
{
    for (int i = 0; i < ATTRIBUTES; i++)
        out[i] = view_of(NULL, 0);
    size_t at = 0;
    while (at < v.n) {
        enum attribute which = attribute_at(v, at);
        if (which == ATTRIBUTES)
            which = CN;
        else
            at += strlen(attributes[which].prefix);
        size_t end = at;
        while (end < v.n && !(v.p[end] == ';' && attribute_at(v, end + 1) != ATTRIBUTES))
            end++;
        if (out[which].p == NULL)
            out[which] = view_sub(v, at, end - at);
        at = end + 1;
    }
}

static bool is_printable(struct view v)
{
    for (size_t i = 0; i < v.n; i++) {
        uint8_t c = v.p[i];
        bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alnum && (c == 0 || strchr(" '()+,-./:=?", c) == NULL))
            return false;
    }
    return true;
}

/* Well-formed UTF-8: shortest form, no surrogates, up to U+10FFFF. */
static bool is_utf8(struct view v)
{
    static const uint32_t least[4] = { 0, 0x80, 0x800, 0x10000 };
    for (size_t i = 0; i < v.n;) {
        uint8_t c = v.p[i++];
        int more = c < 0x80 ? 0 : (c & 0xe0) == 0xc0 ? 1 : (c & 0xf0) == 0xe0 ? 2 : 3;
        if (more == 3 && (c & 0xf8) != 0xf0)
            return false;
        uint32_t code = more == 0 ? c : c & (0x3fu >> more);
        if (v.n - i < (size_t)more)
            return false;
        for (int k = 0; k < more; k++, i++) {
            if ((v.p[i] & 0xc0) != 0x80)
                return false;
            code = code << 6 | (v.p[i] & 0x3f);
        }
        if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
            return false;
    }
    return true;
}

struct view name_encode(struct view cucm, struct arena *a)
{
    struct view value[ATTRIBUTES], rdn[ATTRIBUTES];
    size_t count = 0;
    split(cucm, value);
    for (int i = 0; i < ATTRIBUTES; i++) {
        enum attribute which = der_order[i];
        if (value[which].p == NULL)
            continue;
        uint8_t tag = which == C && is_printable(value[C]) ? DER_PRINTABLE
                      : is_utf8(value[which])              ? DER_UTF8
                                                           : DER_T61;
        struct view oid = DER(a, DER_OID, view_of(attributes[which].oid, 3));
        struct view text = DER(a, tag, value[which]);
        rdn[count++] = DER(a, DER_SET, DER(a, DER_SEQUENCE, oid, text));
    }
    return der_join(a, DER_SEQUENCE, rdn, count);
}

/* The bytes of an attribute's value.  The two-byte and four-byte alphabets become UTF-8; all others
 * are taken as they stand, T61String too (assumed: no source shows a phone with one). */
static bool value_bytes(const ASN1_STRING *s, struct arena *a, struct view *out)
{
    int type = ASN1_STRING_type(s);
    if (type != V_ASN1_BMPSTRING && type != V_ASN1_UNIVERSALSTRING) {
        *out = view_of(ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
        return true;
    }
    unsigned char *text = NULL;
    int n = ASN1_STRING_to_UTF8(&text, s);
    if (n < 0)
        return false;
    *out = arena_copy(a, view_of(text, (size_t)n));
    OPENSSL_free(text);
    return true;
}

bool name_flatten(const X509_NAME *name, struct arena *a, struct view *out, struct err *e)
{
    struct view value[ATTRIBUTES] = { { NULL, 0 } };
    size_t total = 0;
    for (int i = 0; i < ATTRIBUTES; i++) {
        int at = X509_NAME_get_index_by_NID(name, attributes[i].nid, -1);
        if (at < 0)
            continue;
        const ASN1_STRING *s = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
        if (!value_bytes(s, a, &value[i]))
            return err_set(e, "%.2s is no well-formed text", attributes[i].prefix);
        if (value[i].p == NULL)
            value[i] = view_str(""); /* there, and empty */
        if (value[i].n != 0 && memchr(value[i].p, 0, value[i].n) != NULL)
            return err_set(e, "a NUL inside the name"); /* names are NUL-terminated on the wire */
        total += strlen(attributes[i].prefix) + value[i].n + 1;
    }
    uint8_t *p = arena_take(a, total + 1);
    struct wr w = wr_of(p, total + 1);
    for (int i = 0; i < ATTRIBUTES; i++) {
        if (value[i].p == NULL)
            continue;
        wr_str(&w, w.n == 0 ? "" : ";");
        wr_str(&w, attributes[i].prefix);
        wr_view(&w, value[i]);
    }
    CHECK(!w.over);
    *out = view_of(p, w.n);
    return true;
}
