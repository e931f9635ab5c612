/* Certificates, trust lists and stores as files: the things themselves, which say nothing of where
 * in the cluster they lie.  Whose they are is found by who names them. */
#include "sim/crypto/pem.h"
#include "sim/crypto/pkcs7.h"
#include "sim/import/kinds.h"
#include "sim/wire/text.h"
#include "sim/wire/tl.h"

#include <string.h>

static bool holds(struct view v, const char *text)
{
    return v.n > 0 && memmem(v.p, v.n, text, strlen(text)) != NULL;
}

/* ---- certificates ---- */

/* At the beginning of a line, or behind what `show cert` prints before it: not a block that stands
 * in a string of another form. */
static bool begins_line(struct view whole, size_t at)
{
    return at == 0 || strchr("\n] \t", whole.p[at - 1]) != NULL;
}

static bool is_cert_block(const struct pem *p)
{
    return pem_is(p, "CERTIFICATE") || pem_is(p, "X509 CERTIFICATE") || pem_is(p, "PKCS7") ||
           pem_is(p, "CMS");
}

static bool is_pem(const struct piece *p)
{
    struct pem block;
    size_t from = 0;
    if (!pem_next(p->bytes, &from, &block) || !begins_line(p->bytes, block.at))
        return false;
    for (bool more = true; more && !is_cert_block(&block);)
        more = pem_next(p->bytes, &from, &block);
    return is_cert_block(&block);
}

static void say_cert(const struct said *s, struct view der)
{
    char sha256[65];
    if (facts_cert(s, der, sha256))
        facts_say_str(s, FACT_CERT_FOUND, NULL, NULL, 0, sha256);
}

/* One certificate or a chain as PKCS#7, which some CAs call a certificate too. */
static void say_der(const struct said *s, struct view der)
{
    struct arena a = arena_of(s->facts->mem);
    struct view *certs;
    uint32_t count;
    struct err e = { "" };
    if (!pkcs7_is(der))
        say_cert(s, der);
    else if (!pkcs7_certs(der, &a, &certs, &count, &e))
        facts_note(s, true, "certificates: %s", e.text);
    else
        for (uint32_t i = 0; i < count; i++)
            say_cert(s, certs[i]);
    arena_free(&a);
}

static void read_pem(const struct said *s, const struct piece *p)
{
    struct said here = *s;
    struct pem block;
    here.line = p->line;
    for (size_t from = 0, at = 0; pem_next(p->bytes, &from, &block);) {
        struct arena a = arena_of(s->facts->mem);
        struct view der;
        for (; at < block.at; at++)
            here.line += p->bytes.p[at] == '\n';
        if (!is_cert_block(&block))
            facts_note(&here, false, "a block of PEM that is no certificate");
        else if (!block.whole || !pem_decode(&block, &a, &der))
            facts_note(&here, true, "certificate: it is cut, or no base64");
        else
            say_der(&here, der);
        arena_free(&a);
    }
}

/* SEQUENCE, of a length that is that of the file, of a SEQUENCE: what begins with an INTEGER is a
 * key or a store of them. */
static bool is_der(const struct piece *p)
{
    const uint8_t *b = p->bytes.p;
    size_t n = p->bytes.n;
    return n > 128 && b[0] == 0x30 &&
           ((b[1] == 0x82 && ((size_t)b[2] << 8 | b[3]) + 4 == n && b[4] == 0x30) ||
            (b[1] == 0x81 && (size_t)b[2] + 3 == n && b[3] == 0x30));
}

static bool is_chain(const struct piece *p)
{
    return pkcs7_is(p->bytes);
}

static void read_der(const struct said *s, const struct piece *p)
{
    say_der(s, p->bytes);
}

/* ---- trust lists ---- */

/* Tag 1: version 1.2; tag 2: the length of the header. */
static bool is_list(const struct piece *p)
{
    return p->bytes.n > 8 && memcmp(p->bytes.p, "\1\0\2\1\2\2\0\2", 8) == 0;
}

static void read_list(const struct said *s, const struct piece *p)
{
    char sha256[65];
    if (facts_list(s, p->bytes, sha256))
        facts_say_str(s, FACT_LIST_FOUND, NULL, NULL, 0, sha256);
}

/* ---- configurations ---- */

/* Of a phone; its name stands in the name of the file alone, which says nothing here. */
static bool is_configuration(const struct piece *p)
{
    struct view head = view_sub(p->bytes, 0, p->bytes.n < 4096 ? p->bytes.n : 4096);
    return holds(head, "<device") &&
           (holds(p->bytes, "<callManagerGroup") || holds(p->bytes, "<vendorConfig>"));
}

static void read_configuration(const struct said *s, const struct piece *p)
{
    (void)s;
    (void)p;
}

static const struct file_kind_row rows[] = {
    { .name = "trust list",
      .gives = "the ITL or CTL itself: ITLFile.tlv, CTLFile.tlv, ITLSEP...tlv",
      .source = "documented",
      .sure = SURE_BYTES,
      .is = is_list,
      .read = read_list },
    { .name = "certificate (DER)",
      .gives = "the certificate itself",
      .source = "documented",
      .sure = SURE_BYTES,
      .is = is_der,
      .read = read_der },
    { .name = "certificates (PKCS#7)",
      .gives = "the certificates of a chain as a CA hands it out, .p7b, in DER or PEM",
      .source = "documented: RFC 2315",
      .sure = SURE_BYTES,
      .is = is_chain,
      .read = read_der },
    { .name = "phone's configuration",
      .gives = "nothing: it does not say whose it is",
      .source = "observed",
      .sure = SURE_OWN_FORM,
      .text = true,
      .is = is_configuration,
      .read = read_configuration },
    { .name = "certificates (PEM)",
      .gives = "the certificates themselves, any number, with any text between them",
      .source = "documented",
      .sure = SURE_BYTES,
      .text = true,
      .is = is_pem,
      .read = read_pem },
};

const struct file_kind_rows kinds_papers = { rows, sizeof rows / sizeof *rows };
