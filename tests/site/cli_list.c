/* `show itl` and `show ctl` as observed on 10.5: columns of 8, 16 and 8 characters, serial numbers
 * with colons, signatures in hexadecimal without leading zeroes. */
#include "tests/site/shapes.h"

#include <string.h>

static void columns(FILE *f)
{
    fprintf(f, "%-8s%-16s%-8s%s\n%-8s%-16s%-8s%s\n", "BYTEPOS", "TAG", "LENGTH", "VALUE", "-------",
            "---", "------", "-----");
}

static void row(FILE *f, uint32_t tag, const char *name, size_t length, const char *value)
{
    /* Long names push the rest to the next of eight columns (observed). */
    fprintf(f, "%-8u%-*s%-8zu%s\n", tag, strlen(name) < 16 ? 16 : 24, name, length, value);
}

static void name_row(FILE *f, uint32_t tag, const char *name, struct view v)
{
    char text[256];
    snprintf(text, sizeof text, "%.*s", (int)v.n, (const char *)v.p);
    row(f, tag, name, v.n + 1, text);
}

static void serial_row(FILE *f, uint32_t tag, struct view serial)
{
    char text[128];
    row(f, tag, "SERIALNUMBER", serial.n, say_hex(serial, ":", text, sizeof text));
}

static const char *function_name(uint16_t role)
{
    return role == TL_SAST ? "System Administrator Security Token" : tl_role_name(role);
}

static void record(FILE *f, const struct truth_list *l, const struct tl_record *r, uint32_t number,
                   bool signer, const char *sha1)
{
    const char *kind = l->ctl ? "CTL" : "ITL";
    char text[64];
    fprintf(f, "\n        %s Record #:%u\n                  ----\n", kind, number);
    columns(f);
    snprintf(text, sizeof text, "%u", r->length);
    row(f, 1, "RECORDLENGTH", 2, text);
    name_row(f, 2, "DNSNAME", r->dns);
    name_row(f, 3, "SUBJECTNAME", r->subject);
    row(f, 4, "FUNCTION", 2, function_name(r->role));
    name_row(f, 5, "ISSUERNAME", r->issuer);
    serial_row(f, 6, r->serial);
    row(f, 7, "PUBLICKEY", r->public.n, "");
    row(f, 8, "SIGNATURE", r->signature.n, "");
    fprintf(f, "%-8d%-16s%-8zu", 9, "CERTIFICATE", r->certificate.n);
    for (size_t i = 0; i < 40; i += 2)
        fprintf(f, "%.2s ", sha1 + i);
    fputs("(SHA1 Hash HEX)\n", f);
    if (r->role == TL_SAST)
        fprintf(f, "This etoken was %sused to sign the %s file.\n", signer ? "" : "not ", kind);
}

static void signature(FILE *f, struct view v)
{
    row(f, 12, "SIGNATURE", v.n, "");
    for (size_t i = 0; i < v.n; i++)
        fprintf(f, "%s%x%s", i % 8 == 0 ? "        " : "", v.p[i], i % 8 == 7 ? "\n" : "  ");
}

static void header_rows(FILE *f, const struct tl_header *h)
{
    char text[32];
    snprintf(text, sizeof text, "%zu",
             h->signer_name.n + 1 + h->signer_serial.n + h->signer_issuer.n + 1 + 9);
    row(f, 3, "SIGNERID", 2, text);
    name_row(f, 4, "SIGNERNAME", h->signer_name);
    serial_row(f, 5, h->signer_serial);
    name_row(f, 6, "CANAME", h->signer_issuer);
    row(f, 7, "SIGNATUREINFO", 2, "15");
    row(f, 8, "DIGESTALGORTITHM", 1, "");
    row(f, 9, "SIGNATUREALGOINFO", 2, "8");
    row(f, 10, "SIGNATUREALGORTITHM", 1, "");
    row(f, 11, "SIGNATUREMODULUS", 1, "");
    signature(f, h->signature);
    row(f, 14, "FILENAME", 12, "");
    row(f, 15, "TIMESTAMP", 4, "");
}

void cli_list(FILE *f, const struct truth *t, uint32_t list)
{
    const struct truth_list *l = &t->lists[list];
    const char *kind = l->ctl ? "CTL" : "ITL";
    struct arena a = arena_of(&sys_mem);
    char date[64];
    struct tl tl;
    struct err e;
    if (!tl_decode(l->bytes, true, &a, &tl, &e))
        return;
    fprintf(f, "The checksum value of the %s file:\n%s(MD5)\n%s(SHA1)\n\n\n", kind, l->md5,
            l->sha1);
    fprintf(f, "Length of %s file: %zu\n", kind, l->bytes.n);
    fprintf(f, "The %s File was last modified on %s\n\n", kind, say_date(l->made_s, date));
    fprintf(f, "        Parse %s File\n        ----------------\n", kind);
    fprintf(f, "\nVersion:        1.2\nHeaderLength:   %u (BYTES)\n\n", tl.header.length);
    columns(f);
    header_rows(f, &tl.header);
    for (uint32_t i = 0; i < tl.count; i++)
        record(f, l, &tl.records[i], i + 1, l->records[i].cert == l->signer,
               t->certs[l->records[i].cert].sha1);
    fprintf(f, "\nThe %s file was verified successfully.\n\n", kind);
    arena_free(&a);
}
