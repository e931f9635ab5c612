/* What `openssl s_client` printed: the certificate that a server showed, at a port of it.  One
 * connection or several behind each other, with the commands that made them or without.  And who
 * signed a file that TFTP serves. */
#include "sim/crypto/pem.h"
#include "sim/import/kinds.h"
#include "sim/wire/text.h"
#include "sim/wire/tl.h"

#include <stdio.h>
#include <string.h>

#define HEAD_BYTES 65536

static bool holds(struct view v, const char *text)
{
    return v.n > 0 && memmem(v.p, v.n, text, strlen(text)) != NULL;
}

static bool begins(struct view v, const char *text)
{
    return v.n >= strlen(text) && memcmp(v.p, text, strlen(text)) == 0;
}

static bool is_client(const struct piece *p)
{
    struct view head = view_sub(p->bytes, 0, p->bytes.n < HEAD_BYTES ? p->bytes.n : HEAD_BYTES);
    if (p->command != NULL)
        return false;
    return (holds(head, "CONNECTED(") && (holds(head, "\n---\n") || holds(head, "-----BEGIN "))) ||
           (holds(head, "openssl s_client") && holds(head, " -connect "));
}

/* ---- where it was connected to ---- */

struct client {
    struct said said;
    struct view text;
    struct view host, port; /* empty: nobody says */
    bool shown, told;       /* of this connection: its certificate, that there is none */
};

/* The word behind an option of the command line; absent: it has none. */
static struct view option(struct view line, const char *name)
{
    const uint8_t *at = memmem(line.p, line.n, name, strlen(name));
    if (at == NULL)
        return view_of(NULL, 0);
    size_t from = (size_t)(at - line.p) + strlen(name);
    struct view rest = text_trim(view_sub(line, from, line.n - from));
    struct view word = text_cut(&rest, ' ');
    while (word.n > 0 && strchr("\"'`;)", word.p[word.n - 1]) != NULL)
        word.n--;
    while (word.n > 0 && strchr("\"'`", word.p[0]) != NULL)
        word = view_sub(word, 1, word.n - 1);
    return word;
}

/* "host:port", "[2001:db8::1]:port" */
static void address(struct client *c, struct view v)
{
    size_t colon = v.n;
    while (colon > 0 && v.p[colon - 1] != ':')
        colon--;
    c->host = v;
    c->port = view_of(NULL, 0);
    if (colon > 0) {
        c->host = view_sub(v, 0, colon - 1);
        c->port = view_sub(v, colon, v.n - colon);
    }
    if (c->host.n > 2 && c->host.p[0] == '[' && c->host.p[c->host.n - 1] == ']')
        c->host = view_sub(c->host, 1, c->host.n - 2);
}

static void command(struct client *c, struct view line)
{
    struct view to = option(line, " -connect "), name = option(line, " -servername ");
    c->host = c->port = view_of(NULL, 0);
    c->shown = c->told = false;
    if (to.n > 0)
        address(c, to);
    else if (name.n > 0)
        c->host = name;
}

/* ---- what came ---- */

/* The certificate of the server comes first; those behind it are of who signed it. */
static void certificate(struct client *c, const struct pem *p)
{
    struct arena a = arena_of(c->said.facts->mem);
    struct view der;
    char sha256[65], here[FACTS_HERE_ROOM];
    if (!pem_is(p, "CERTIFICATE"))
        facts_note(&c->said, false, "a block of PEM that is no certificate");
    else if (!pem_decode(p, &a, &der))
        facts_note(&c->said, true, "a certificate that is cut or no base64");
    else if (!facts_cert(&c->said, der, sha256))
        ; /* it is told */
    else if (c->shown)
        facts_say_str(&c->said, FACT_CERT_FOUND, NULL, NULL, 0, sha256);
    else if (c->host.n == 0)
        facts_say_str(&c->said, FACT_SHOWN, facts_here(&c->said, here), NULL, 0, sha256);
    else
        facts_say(&c->said, FACT_SHOWN, c->host, c->port, 0, view_str(sha256));
    c->shown = true;
    arena_free(&a);
}

static void refused(struct client *c, struct view line)
{
    char shown[200], host[100];
    if (c->told || c->shown)
        return;
    text_escape(shown, sizeof shown, line);
    text_escape(host, sizeof host, c->host);
    facts_note(&c->said, false, "%s%s%s", host, host[0] != '\0' ? ": " : "", shown);
    c->told = true;
}

static void line_of(struct client *c, struct view line)
{
    if (holds(line, "s_client")) {
        command(c, line);
    } else if (begins(line, "Connecting to ") && c->host.n == 0) {
        c->host = text_trim(view_sub(line, 14, line.n - 14));
    } else if (begins(line, "CONNECTED(")) {
        c->shown = c->told = false;
    } else if (begins(line, "connect:errno") || holds(line, "Connection refused") ||
               begins(line, "no peer certificate available")) {
        refused(c, text_trim(line));
    }
}

/* The next block from `from` on, looked for once; `to`: behind it, SIZE_MAX where there is none. */
struct ahead {
    struct pem block;
    size_t to;
};

static void look_ahead(struct ahead *a, struct view text, size_t from)
{
    if (a->to != SIZE_MAX && (a->to == 0 || a->block.at < from)) {
        a->to = from;
        if (!pem_next(text, &a->to, &a->block))
            a->to = SIZE_MAX;
    }
}

static void read_client(const struct said *s, const struct piece *p)
{
    struct client c = { .said = *s, .text = p->bytes };
    struct ahead next = { .to = 0 };
    size_t from = 0;
    c.said.line = p->line;
    while (from < c.text.n) {
        struct view rest = view_sub(c.text, from, c.text.n - from), line = text_cut(&rest, '\n');
        size_t to = from;
        look_ahead(&next, c.text, from);
        if (next.to != SIZE_MAX && next.block.at < from + line.n) {
            to = next.to;
            certificate(&c, &next.block);
            rest = view_sub(c.text, to, c.text.n - to);
            struct view end = text_cut(&rest, '\n');
            to += end.n;
        } else {
            line_of(&c, line);
            to = from + line.n;
        }
        to = to < c.text.n ? to + 1 : to;
        for (; from < to; from++)
            c.said.line += c.text.p[from] == '\n';
    }
}

/* ---- signed files ---- */

/* Version 1.0, or 2.0 of what is encrypted as well; trust lists are 1.2. */
static bool is_signed(const struct piece *p)
{
    return p->bytes.n > 8 && (memcmp(p->bytes.p, "\1\0\2\1\0\2\0\2", 8) == 0 ||
                              memcmp(p->bytes.p, "\1\0\2\2\0\2\0\2", 8) == 0);
}

static void read_signed(const struct said *s, const struct piece *p)
{
    struct arena a = arena_of(s->facts->mem);
    struct tl_header h;
    struct err e = { "" };
    char serial[2 * 64 + 1] = "";
    if (!tl_decode_header(p->bytes, false, &a, &h, &e)) {
        facts_note(s, true, "signed file: %s", e.text);
    } else {
        for (size_t i = 0; i < h.signer_serial.n && i < 64; i++)
            (void)snprintf(serial + 2 * i, 3, "%02X", h.signer_serial.p[i]);
        facts_say(s, FACT_FILE_SIGNER, h.file_name, view_str(serial), 0, h.signer_name);
        facts_say(s, FACT_FILE_SIGNER_ISSUER, h.file_name, view_str(serial), 0, h.signer_issuer);
    }
    arena_free(&a);
}

static const struct file_kind_row rows[] = {
    { .name = "openssl s_client",
      .gives = "the certificate that a server shows, with -showcerts those of its signers too",
      .source = "observed",
      .sure = SURE_BYTES,
      .text = true,
      .is = is_client,
      .read = read_client },
    { .name = "signed file",
      .gives = "who signed it: SEP...cnf.xml.sgn, also encrypted ones; not what is in it",
      .source = "observed",
      .sure = SURE_BYTES,
      .is = is_signed,
      .read = read_signed },
};

const struct file_kind_rows kinds_bytes = { rows, sizeof rows / sizeof *rows };
