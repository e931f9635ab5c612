/* Certificates, trust lists and stores as files: the things themselves, which say nothing of where
 * in the cluster they lie.  Whose they are is found by who names them. */
#include "sim/crypto/crypto.h"
#include "sim/import/kinds.h"
#include "sim/wire/text.h"
#include "sim/wire/tl.h"

#include <string.h>

static bool holds(struct view v, const char *text)
{
    return v.n > 0 && memmem(v.p, v.n, text, strlen(text)) != NULL;
}

/* ---- certificates ---- */

static const char begins[] = "-----BEGIN ", ends[] = "-----END ";

/* At the beginning of a line, or behind what `show cert` prints before it: not a block that stands
 * in a string of another form. */
static bool begins_line(struct view whole, const uint8_t *at)
{
    return at == whole.p || at[-1] == '\n' || at[-1] == ']' || at[-1] == ' ' || at[-1] == '\t';
}

static bool is_pem(const struct piece *p)
{
    const uint8_t *at =
        p->bytes.n == 0 ? NULL : memmem(p->bytes.p, p->bytes.n, begins, sizeof begins - 1);
    return at != NULL && begins_line(p->bytes, at) && holds(p->bytes, "CERTIFICATE-----");
}

/* Moves *v to where `text` begins, and counts the lines that it passes. */
static bool move_to(struct view *v, const char *text, uint32_t *line)
{
    const uint8_t *at = v->n == 0 ? NULL : memmem(v->p, v->n, text, strlen(text));
    if (at == NULL)
        return false;
    size_t n = (size_t)(at - v->p);
    for (size_t i = 0; i < n; i++)
        *line += v->p[i] == '\n';
    *v = view_sub(*v, n, v->n - n);
    return true;
}

/* The block that *v begins with, to the end of its last line, or up to the next one's begin where
 * it has no end; moves behind its first word. */
static struct view block_of(struct view *v)
{
    struct view rest = view_sub(*v, sizeof begins - 1, v->n - sizeof begins + 1), next = rest;
    struct view block = *v, line;
    uint32_t lines = 0;
    if (move_to(&next, begins, &lines))
        block = view_sub(block, 0, block.n - next.n);
    struct view end = block;
    if (move_to(&end, ends, &lines)) {
        size_t before = block.n - end.n;
        line = end;
        line = text_cut(&line, '\n');
        block = view_sub(block, 0, before + line.n);
    }
    *v = rest;
    return block;
}

static void read_pem(const struct said *s, const struct piece *p)
{
    struct view left = p->bytes;
    struct said here = *s;
    here.line = p->line;
    while (move_to(&left, begins, &here.line)) {
        struct arena a = arena_of(s->facts->mem);
        struct cert cert;
        struct err e = { "" };
        char sha256[65];
        struct view head = left;
        head = text_cut(&head, '\n');
        struct view block = block_of(&left);
        if (!holds(head, "CERTIFICATE-----"))
            facts_note(&here, false, "a block of PEM that is no certificate");
        else if (!cert_from_file(block, &a, &cert, &e))
            facts_note(&here, true, "certificate: %s", e.text);
        else if (facts_cert(&here, cert.der, sha256))
            facts_say_str(&here, FACT_CERT_FOUND, NULL, NULL, 0, sha256);
        arena_free(&a);
    }
}

/* SEQUENCE, of a length that is that of the file, of a SEQUENCE: what begins with an INTEGER is a
 * key or a store of them, what begins with an OID a PKCS#7. */
static bool is_der(const struct piece *p)
{
    const uint8_t *b = p->bytes.p;
    size_t n = p->bytes.n;
    return n > 128 && b[0] == 0x30 &&
           ((b[1] == 0x82 && ((size_t)b[2] << 8 | b[3]) + 4 == n && b[4] == 0x30) ||
            (b[1] == 0x81 && (size_t)b[2] + 3 == n && b[3] == 0x30));
}

static void read_der(const struct said *s, const struct piece *p)
{
    char sha256[65];
    if (facts_cert(s, p->bytes, sha256))
        facts_say_str(s, FACT_CERT_FOUND, NULL, NULL, 0, sha256);
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
