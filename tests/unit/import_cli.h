/* Logs and outputs of a command line, read into facts: included by tests, behind cmocka.h.  Texts
 * are in the product's shapes with names, addresses and certificates of our own. */
#ifndef CUCMLAB_TESTS_IMPORT_CLI_H
#define CUCMLAB_TESTS_IMPORT_CLI_H

#include "sim/base/sys.h"
#include "sim/crypto/crypto.h"
#include "sim/import/cli.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct facts facts;
static struct arena arena;

static int begin_facts(void **state)
{
    (void)state;
    facts_init(&facts, &sys_mem);
    arena = arena_of(&sys_mem);
    return 0;
}

static int end_facts(void **state)
{
    (void)state;
    facts_free(&facts);
    arena_free(&arena);
    return 0;
}

/* ---- reading ---- */

#define PIECES 64
static char piece_kinds[PIECES][64]; /* name of the row that read each; "" where none did */
static char piece_commands[PIECES][200];
static uint32_t piece_count, piece_lines[PIECES], piece_sessions[PIECES];

/* To the first row that says yes, as the recogniser does. */
static inline void read_piece(void *ctx, const struct piece *p)
{
    (void)ctx;
    assert_true(piece_count < PIECES);
    uint32_t at = piece_count++;
    piece_kinds[at][0] = piece_commands[at][0] = 0;
    piece_lines[at] = p->line;
    piece_sessions[at] = p->session;
    if (p->command != NULL)
        (void)snprintf(piece_commands[at], sizeof *piece_commands, "%s", p->command);
    for (uint32_t i = 0; i < kinds_cli.count; i++) {
        const struct file_kind_row *row = &kinds_cli.rows[i];
        if (!row->is(p))
            continue;
        struct reading r = { .path = p->path,
                             .kind = row->name,
                             .sure = row->sure,
                             .session = p->session,
                             .line = p->line };
        struct said s = { .facts = &facts, .reading = facts_begin(&facts, &r), .line = p->line };
        (void)snprintf(piece_kinds[at], sizeof *piece_kinds, "%s", row->name);
        row->read(&s, p);
        return;
    }
}

static inline void read_log(const char *text, uint32_t session)
{
    piece_count = 0;
    assert_true(cli_is_log(view_str(text)));
    cli_log_cut(view_str(text), "a.log", session, read_piece, NULL);
}

/* An output in a file of its own; command NULL: without one. */
static inline void read_output(const char *command, const char *text)
{
    struct piece p = {
        .bytes = view_str(text), .path = "a.txt", .command = command, .line = 1, .session = 1
    };
    piece_count = 0;
    read_piece(NULL, &p);
}

/* ---- what came of it ---- */

static inline bool is_text(uint32_t text, const char *wanted)
{
    return wanted == NULL || view_eq(facts_view(&facts, text), view_str(wanted));
}

/* How many facts say so; NULL: whatever it is. */
static inline uint32_t said_of(enum fact_kind kind, const char *about, const char *about2,
                               const char *value)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < facts.count; i++)
        n += facts.list[i].kind == kind && is_text(facts.list[i].about, about) &&
             is_text(facts.list[i].about2, about2) && is_text(facts.list[i].value, value);
    return n;
}

/* The only value of a fact; "" where there is none or more than one. */
static inline const char *value_of(enum fact_kind kind, const char *about, const char *about2,
                                   uint32_t nth)
{
    const char *value = "";
    uint32_t n = 0;
    for (uint32_t i = 0; i < facts.count; i++) {
        if (facts.list[i].kind != kind || !is_text(facts.list[i].about, about) ||
            !is_text(facts.list[i].about2, about2) || facts.list[i].nth != nth)
            continue;
        value = facts_text(&facts, facts.list[i].value);
        n++;
    }
    return n == 1 ? value : "";
}

static inline uint32_t line_of(enum fact_kind kind, const char *value)
{
    for (uint32_t i = 0; i < facts.count; i++) {
        if (facts.list[i].kind == kind && is_text(facts.list[i].value, value))
            return facts.list[i].line;
    }
    return 0;
}

/* How many notes have it in their text. */
static inline uint32_t noted(const char *part, bool bad)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < facts.note_count; i++)
        n += facts.notes[i].bad == bad && strstr(facts.notes[i].text, part) != NULL;
    return n;
}

/* ---- certificates ---- */

/* A self-signed certificate of that subject, "CN=a;O=b". */
static inline struct view made_cert(const char *subject)
{
    struct keyring *ring = keyring_new(7, NULL);
    struct cert_spec spec = { .subject = view_str(subject),
                              .issuer = view_str(subject),
                              .serial = view_str("\x2b\x6e\x11"),
                              .not_before_s = 1700000000,
                              .not_after_s = 1900000000,
                              .key = keyring_key(ring, "a", KEY_EC_P256),
                              .digest = DIGEST_SHA256 };
    spec.issuer_key = spec.key;
    struct view der = cert_make(&spec, &arena);
    keyring_free(ring);
    return der;
}

static inline const char *hex_of(enum digest d, struct view v)
{
    uint8_t digest[64];
    char *out = arena_take(&arena, 130);
    size_t n = digest_of(d, &v, 1, digest);
    for (size_t i = 0; i < n; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return out;
}

/* As `show cert` ends: no line of its own for BEGIN. */
static inline const char *pem_of(struct view der)
{
    size_t room = 2 * der.n + 200, n = 0;
    char *out = arena_take(&arena, room), *base64 = arena_take(&arena, room);
    int length = EVP_EncodeBlock((uint8_t *)base64, der.p, (int)der.n);
    n += (size_t)snprintf(out, room, "-----BEGIN CERTIFICATE-----\n");
    for (int i = 0; i < length; i += 64)
        n += (size_t)snprintf(out + n, room - n, "%.64s\n", base64 + i);
    (void)snprintf(out + n, room - n, "-----END CERTIFICATE-----\n");
    return out;
}

static inline const char *join(const char *a, const char *b, const char *c)
{
    size_t room = strlen(a) + strlen(b) + strlen(c) + 1;
    char *out = arena_take(&arena, room);
    (void)snprintf(out, room, "%s%s%s", a, b, c);
    return out;
}

#endif
