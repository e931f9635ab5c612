/* What `cucmlab doctor --json` found: lists as they are served, the certificate that TVS shows, and
 * the phone's own list. */
#include "sim/import/axl_impl.h"

#include "sim/core/date.h"
#include "sim/crypto/pem.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

/* Where the doctor says when it looked, the reading is of then. */
void axl_say_clock(struct axl_walk *w)
{
    char text[DATE_TEXT];
    int64_t s;
    (void)snprintf(text, sizeof text, "%.19s", w->clock);
    if (date_parse(text, &s, NULL))
        w->said.facts->readings[w->said.reading].made_s = s;
}

void axl_say_shown(struct axl_walk *w, const struct axl_record *r)
{
    struct arena a = arena_of(w->mem);
    struct said s = w->said;
    struct view host = axl_value(r, "host", NULL), port = axl_value(r, "port", NULL), der;
    struct view text = axl_value(r, "certificate", &s.line), end = axl_value(r, "end", NULL);
    char sha256[65], shown[80];
    struct pem p;
    size_t from = 0;
    text_escape(shown, sizeof shown, host);
    if (text.n == 0)
        facts_note(&s, false, "TVS of %s: %s", shown,
                   text_same(end, "talked") ? "its certificate is not in this file"
                                            : "it did not talk");
    else if (!pem_next(text, &from, &p) || !pem_decode(&p, &a, &der))
        facts_note(&s, true, "TVS of %s: its certificate is cut or no base64", shown);
    else if (facts_cert(&s, der, sha256))
        facts_say(&s, FACT_SHOWN, host, port, 0, view_str(sha256));
    arena_free(&a);
}

/* "AB:CD" and "abcd" as the fact has it; 0: it is no hexadecimal number. */
static size_t hex_of(struct view v, bool upper, char *out, size_t room)
{
    static const char *const digits[] = { "0123456789abcdef", "0123456789ABCDEF" };
    size_t n = 0;
    for (size_t i = 0; i < v.n && n < room; i++) {
        int h = text_hex(v.p[i]);
        if (h >= 0)
            out[n++] = digits[upper][h];
        else if (v.p[i] != ':')
            return 0;
    }
    return n;
}

static const struct {
    const char *path;
    enum fact_kind fact;
    uint8_t hex; /* 1: lower case, 2: upper */
} list_says[] = {
    { "bytes", FACT_LIST_LENGTH, 0 },
    { "md5", FACT_LIST_MD5, 1 },
    { "sha1", FACT_LIST_SHA1, 1 },
    { "signer", FACT_LIST_SIGNER, 0 },
    { "issuer", FACT_LIST_SIGNER_ISSUER, 0 },
    { "serial", FACT_LIST_SIGNER_SERIAL, 2 },
    { "made", FACT_LIST_MADE, 0 },
};

static bool list_bytes(const struct said *s, const struct axl_record *r, char sha256[65])
{
    struct arena a = arena_of(s->facts->mem);
    struct view text = axl_value(r, "base64", NULL), bytes;
    bool good = false;
    if (text.n > 0 && !pem_base64_read(text, &a, &bytes))
        facts_note(s, true, "the bytes of a list are no base64");
    else if (text.n > 0)
        good = facts_list(s, bytes, sha256);
    arena_free(&a);
    return good;
}

static void say_served(struct axl_walk *w, const struct axl_record *r, const char *file)
{
    struct said s = w->said;
    char sha256[65], out[100];
    /* HOST or HOST:PORT */
    struct view node = view_str(r->node), rest = node;
    node = text_cut(&rest, ':');
    if (memchr(rest.p != NULL ? rest.p : (const uint8_t *)"", ':', rest.n) != NULL)
        node = view_str(r->node); /* IPv6 */
    if (text_same(axl_value(r, "end", NULL), "missing"))
        facts_say(&s, FACT_LIST_LENGTH, node, view_str(file), 0, view_str("0"));
    for (size_t i = 0; i < sizeof list_says / sizeof *list_says; i++) {
        struct view v = axl_value(r, list_says[i].path, &s.line);
        if (v.n > 0 && list_says[i].hex != 0)
            v = view_of(out, hex_of(v, list_says[i].hex == 2, out, sizeof out));
        if (v.n > 0)
            facts_say(&s, list_says[i].fact, node, view_str(file), 0, v);
    }
    if (list_bytes(&s, r, sha256))
        facts_say(&s, FACT_LIST_SERVED, node, view_str(file), 0, view_str(sha256));
}

static void say_held(struct axl_walk *w, const struct axl_record *r)
{
    struct said s = w->said;
    char sha256[65], out[100];
    struct view sha1 = axl_value(r, "sha1", &s.line);
    size_t n = hex_of(sha1, false, out, sizeof out);
    if (list_bytes(&s, r, sha256))
        facts_say_str(&s, FACT_LIST_FOUND, NULL, NULL, 0, sha256);
    if (n == 40 && w->ris_node[0] != '\0')
        facts_say(&s, FACT_PHONE_ITL, view_str(w->ris_node), view_of(NULL, 0), 0, view_of(out, n));
}

void axl_say_list(struct axl_walk *w, const struct axl_record *r)
{
    if (strcmp(r->name, "phoneitl") == 0)
        say_held(w, r);
    else
        say_served(w, r, strcmp(r->name, "itl") == 0 ? "ITLFile.tlv" : "CTLFile.tlv");
}
