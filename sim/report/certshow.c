#include "sim/report/certshow.h"

#include "sim/base/sys.h"
#include "sim/crypto/crypto.h"
#include "sim/crypto/der.h"
#include "sim/crypto/pem.h"
#include "sim/report/tlshow.h"
#include "sim/wire/text.h"

#include <ctype.h>
#include <string.h>

/* ---- object identifiers ---- */

#define OID_TEXT 80

/* "1.2.840.113549.1.1.5"; arcs that have no end are left out. */
static void oid_text(struct view v, char out[OID_TEXT])
{
    size_t n = 0;
    uint64_t arc = 0;
    out[0] = '\0';
    for (size_t i = 0; i < v.n && n + 24 < OID_TEXT; i++) {
        arc = arc << 7 | (v.p[i] & 0x7f);
        if ((v.p[i] & 0x80) != 0)
            continue;
        if (n == 0) {
            unsigned first = arc < 80 ? (unsigned)arc / 40 : 2;
            n += (size_t)snprintf(out, OID_TEXT, "%u.", first);
            arc -= 40 * first;
        } else {
            out[n++] = '.';
        }
        n += (size_t)snprintf(out + n, OID_TEXT - n, "%llu", (unsigned long long)arc);
        arc = 0;
    }
}

struct oid_name {
    const char *oid, *name;
};

static const struct oid_name algorithms[] = {
    { "1.2.840.113549.1.1.1", "RSA" },
    { "1.2.840.113549.1.1.4", "MD5withRSA" },
    { "1.2.840.113549.1.1.5", "SHA1withRSA" },
    { "1.2.840.113549.1.1.11", "SHA256withRSA" },
    { "1.2.840.113549.1.1.12", "SHA384withRSA" },
    { "1.2.840.113549.1.1.13", "SHA512withRSA" },
    { "1.2.840.10045.2.1", "EC" },
    { "1.2.840.10045.4.1", "SHA1withECDSA" },
    { "1.2.840.10045.4.3.2", "SHA256withECDSA" },
    { "1.2.840.10045.4.3.3", "SHA384withECDSA" },
    { "1.2.840.10045.4.3.4", "SHA512withECDSA" },
    { NULL, NULL },
};

static const struct oid_name attributes[] = {
    { "2.5.4.3", "CN" }, { "2.5.4.11", "OU" }, { "2.5.4.10", "O" }, { "2.5.4.7", "L" },
    { "2.5.4.8", "ST" }, { "2.5.4.6", "C" },   { NULL, NULL },
};

/* The number itself where it has no name here. */
static const char *name_of(const struct oid_name *names, const char *oid)
{
    while (names->oid != NULL && strcmp(names->oid, oid) != 0)
        names++;
    return names->oid == NULL ? oid : names->name;
}

/* ---- elements ---- */

/* The next element; false: there is none, and *v is absent. */
static bool next(struct rd *r, uint8_t *tag, struct view *v)
{
    struct err e = { "" };
    *v = view_of(NULL, 0);
    return rd_left(r) > 0 && der_next(r, 0, tag, v, &e);
}

static struct view inner(struct rd *r)
{
    uint8_t tag;
    struct view v;
    (void)next(r, &tag, &v);
    return v;
}

static void put_text(FILE *out, struct view v)
{
    char text[512];
    text_escape(text, sizeof text, v);
    fputs(text, out);
}

static void put_hex(FILE *out, struct view v, const char *digit)
{
    for (size_t i = 0; i < v.n; i++)
        fprintf(out, digit, v.p[i]);
}

/* "SHA1withRSA (1.2.840.113549.1.1.5)" */
static void put_algorithm(FILE *out, struct view sequence)
{
    char oid[OID_TEXT];
    struct rd r = rd_of(sequence);
    oid_text(inner(&r), oid);
    fprintf(out, "%s (%s)\n", name_of(algorithms, oid), oid);
}

/* ---- names ---- */

#define NAME_PARTS 32

static void put_name(FILE *out, struct view name)
{
    struct view parts[NAME_PARTS];
    uint32_t count = 0;
    struct rd r = rd_of(name);
    uint8_t tag;
    while (count < NAME_PARTS && next(&r, &tag, &parts[count]))
        count++;
    for (uint32_t i = count; i > 0; i--) {
        char oid[OID_TEXT];
        struct rd set = rd_of(parts[i - 1]), pair = rd_of(inner(&set));
        oid_text(inner(&pair), oid);
        fprintf(out, "%s%s=", i == count ? "" : ", ", name_of(attributes, oid));
        put_text(out, inner(&pair));
    }
    fputc('\n', out);
}

/* ---- extensions ---- */

static void put_usage(FILE *out, struct view value)
{
    static const char *const usages[] = { "digitalSignature", "nonRepudiation", "keyEncipherment",
                                          "dataEncipherment", "keyAgreement",   "keyCertSign",
                                          "cRLSign",          "encipherOnly",   "decipherOnly" };
    struct rd r = rd_of(value);
    struct view bits = inner(&r);
    fputs("     Usages: ", out);
    for (size_t i = 0; i < sizeof usages / sizeof *usages && 1 + i / 8 < bits.n; i++) {
        if ((bits.p[1 + i / 8] & 0x80 >> i % 8) != 0)
            fprintf(out, "%s, ", usages[i]);
    }
    fputc('\n', out);
}

static void put_extended(FILE *out, struct view value)
{
    struct rd whole = rd_of(value), r = rd_of(inner(&whole));
    struct view v;
    uint8_t tag;
    fputs("     Usage oids: ", out);
    for (bool more = false; next(&r, &tag, &v); more = true) {
        char oid[OID_TEXT];
        oid_text(v, oid);
        fprintf(out, "%s%s,", more ? " " : "", oid);
    }
    fputc('\n', out);
}

static void put_subject_key(FILE *out, struct view value)
{
    struct rd r = rd_of(value);
    fputs("     keyID: ", out);
    put_hex(out, inner(&r), "%02x");
    fputc('\n', out);
}

static void put_authority_key(FILE *out, struct view value)
{
    struct rd whole = rd_of(value), r = rd_of(inner(&whole));
    fputs("     keyID: ", out);
    put_hex(out, inner(&r), "%02x");
    fputc('\n', out);
}

static void put_constraints(FILE *out, struct view value)
{
    struct rd whole = rd_of(value), r = rd_of(inner(&whole));
    struct view ca = inner(&r);
    fprintf(out, "     CA: %s\n", ca.n == 1 && ca.p[0] != 0 ? "true" : "false");
}

static void put_alternative(FILE *out, struct view value)
{
    struct rd whole = rd_of(value), r = rd_of(inner(&whole));
    struct view v;
    uint8_t tag;
    fputs("     Names: ", out);
    while (next(&r, &tag, &v)) {
        if ((tag & 0x1f) == 2)
            put_text(out, v);
        else
            put_hex(out, v, "%02x");
        fputs(", ", out);
    }
    fputc('\n', out);
}

static const struct extension {
    const char *oid, *name;
    void (*put)(FILE *out, struct view value);
} extensions[] = {
    { "2.5.29.15", "KeyUsage", put_usage },
    { "2.5.29.37", "ExtKeyUsageSyntax", put_extended },
    { "2.5.29.14", "SubjectKeyIdentifier", put_subject_key },
    { "2.5.29.35", "AuthorityKeyIdentifier", put_authority_key },
    { "2.5.29.19", "BasicConstraints", put_constraints },
    { "2.5.29.17", "SubjectAltName", put_alternative },
};

static const struct extension *extension_of(const char *oid)
{
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        if (strcmp(extensions[i].oid, oid) == 0)
            return &extensions[i];
    }
    return NULL;
}

static void put_extension(FILE *out, struct view extension)
{
    char oid[OID_TEXT];
    struct rd r = rd_of(extension);
    oid_text(inner(&r), oid);
    const struct extension *known = extension_of(oid);
    uint8_t tag = 0;
    struct view v;
    bool critical = false;
    while (next(&r, &tag, &v) && tag == DER_BOOLEAN)
        critical = v.n == 1 && v.p[0] != 0;
    fprintf(out, "  [\n     Extension: %s (OID.%s)\n     Critical: %s\n",
            known == NULL ? "UnknownExtension" : known->name, oid, critical ? "true" : "false");
    if (known != NULL) {
        known->put(out, v);
    } else {
        fputs("     Value: ", out);
        put_hex(out, v, "%02x");
        fputc('\n', out);
    }
    fputs("  ]\n", out);
}

static void put_extensions(FILE *out, struct view list)
{
    struct rd r = rd_of(list);
    struct view v;
    uint8_t tag;
    uint32_t count = 0;
    while (next(&r, &tag, &v))
        count++;
    fprintf(out, "  Extensions: %u present\n", (unsigned)count);
    for (r = rd_of(list); next(&r, &tag, &v);)
        put_extension(out, v);
}

/* ---- the whole ---- */

static void put_signature(FILE *out, struct view v)
{
    fputs("\n  Signature:\n", out);
    for (size_t at = 0; at < v.n; at += 16) {
        fprintf(out, "  %04zx: ", at);
        for (size_t i = at; i < at + 16; i++)
            fprintf(out, i < v.n ? "%02x " : "   ", i < v.n ? v.p[i] : 0u);
        fputc('[', out);
        for (size_t i = at; i < at + 16 && i < v.n; i++)
            fputc(v.p[i] < 128 && isprint(v.p[i]) ? v.p[i] : '.', out);
        fputs("]\n", out);
    }
}

static void put_head(FILE *out, const struct cert *c, struct rd *tbs)
{
    char from[TLSHOW_DATE], to[TLSHOW_DATE];
    uint8_t tag = 0;
    struct view v;
    (void)next(tbs, &tag, &v);
    if (tag == 0xa0) /* the version; a first one has none */
        (void)next(tbs, &tag, &v);
    fputs("[\n  Version: V3\n  Serial Number: ", out);
    put_hex(out, c->serial, "%02X");
    fputs("\n  SignatureAlgorithm: ", out);
    put_algorithm(out, inner(tbs));
    fputs("  Issuer Name: ", out);
    put_name(out, inner(tbs));
    (void)inner(tbs); /* the validity, which cert_parse() read */
    tlshow_date(c->not_before_s, from);
    tlshow_date(c->not_after_s, to);
    fprintf(out, "  Validity From: %s\n           To:   %s\n  Subject Name: ", from, to);
    put_name(out, inner(tbs));
}

static void put_fields(FILE *out, const struct cert *c)
{
    struct rd whole = rd_of(c->der), certificate = rd_of(inner(&whole));
    struct rd tbs = rd_of(inner(&certificate));
    uint8_t tag;
    struct view v;
    put_head(out, c, &tbs);
    struct rd spki = rd_of(inner(&tbs));
    fputs("  Key: ", out);
    put_algorithm(out, inner(&spki));
    fputs("    Key value: ", out);
    put_hex(out, c->public, "%02x");
    fputc('\n', out);
    while (next(&tbs, &tag, &v)) {
        struct rd r = rd_of(v);
        if (tag == 0xa3)
            put_extensions(out, inner(&r));
    }
    put_signature(out, c->signature);
    fputs("\n]", out);
}

static bool print(FILE *out, struct view der, bool pem, struct err *e)
{
    struct arena a = arena_of(&sys_mem);
    struct cert c;
    bool ok = cert_parse(der, &a, &c, e);
    if (ok) {
        put_fields(out, &c);
        fputs(pem ? pem_write(der, "CERTIFICATE", &a) : "\n", out);
    }
    arena_free(&a);
    return ok;
}

bool certshow_print(FILE *out, struct view der, struct err *e)
{
    return print(out, der, true, e);
}

bool certshow_fields(FILE *out, struct view der, struct err *e)
{
    return print(out, der, false, e);
}
