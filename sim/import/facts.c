#include "sim/import/facts.h"
#include "sim/base/check.h"
#include "sim/base/rng.h"
#include "sim/crypto/crypto.h"
#include "sim/wire/text.h"
#include "sim/wire/tl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ROW(kind, called, of, of2, written, several, among, about_it)                              \
    [FACT_##kind] = { .name = (called),                                                            \
                      .about = (of),                                                               \
                      .about2 = (of2),                                                             \
                      .form = (written),                                                           \
                      .many = (several),                                                           \
                      .words = (among),                                                            \
                      .doc = (about_it) },
const struct fact_row fact_rows[FACT_KINDS] = { FACT_LIST(ROW) };

void facts_init(struct facts *f, const struct mem *mem)
{
    *f = (struct facts){ .mem = mem };
    f->arena = arena_of(mem);
    f->by_text = f->by_hash = table_of(mem);
    /* Text 0 is "", reading 0 is none. */
    mem_reserve(mem, (void **)&f->texts, &f->text_cap, 1, sizeof *f->texts);
    mem_reserve(mem, (void **)&f->lengths, &f->length_cap, 1, sizeof *f->lengths);
    mem_reserve(mem, (void **)&f->readings, &f->reading_cap, 1, sizeof *f->readings);
    f->texts[0] = "";
    f->text_count = f->reading_count = 1;
}

void facts_free(struct facts *f)
{
    if (f->mem == NULL)
        return;
    table_free(&f->by_text);
    table_free(&f->by_hash);
    mem_free(f->mem, (void *)f->texts);
    mem_free(f->mem, f->lengths);
    mem_free(f->mem, f->list);
    mem_free(f->mem, f->readings);
    mem_free(f->mem, f->notes);
    mem_free(f->mem, f->certs);
    mem_free(f->mem, f->lists);
    arena_free(&f->arena);
    *f = (struct facts){ 0 };
}

/* ---- texts ---- */

const char *facts_text(const struct facts *f, uint32_t text)
{
    CHECK(text < f->text_count);
    return f->texts[text];
}

struct view facts_view(const struct facts *f, uint32_t text)
{
    CHECK(text < f->text_count);
    return view_of(f->texts[text], f->lengths[text]);
}

/* Key 0 of a table is not used. */
static uint64_t key_of(struct view v)
{
    uint64_t h = rng_mix(v.n + 1);
    for (size_t i = 0; i < v.n; i += 8) {
        uint64_t word = 0;
        memcpy(&word, v.p + i, v.n - i < 8 ? v.n - i : 8);
        h = rng_mix(h ^ word);
    }
    return h | 1;
}

static uint32_t keep(struct facts *f, struct view v)
{
    uint32_t at = 0, text;
    if (v.n == 0)
        return 0;
    uint64_t key = key_of(v);
    while (table_next(&f->by_text, key, &at, &text)) {
        if (view_eq(facts_view(f, text), v))
            return text;
    }
    text = f->text_count++;
    mem_reserve(f->mem, (void **)&f->texts, &f->text_cap, f->text_count, sizeof *f->texts);
    mem_reserve(f->mem, (void **)&f->lengths, &f->length_cap, f->text_count, sizeof *f->lengths);
    f->texts[text] = arena_text(&f->arena, v);
    f->lengths[text] = (uint32_t)v.n;
    table_add(&f->by_text, key, text);
    return text;
}

/* ---- readings and notes ---- */

uint32_t facts_begin(struct facts *f, const struct reading *r)
{
    mem_reserve(f->mem, (void **)&f->readings, &f->reading_cap, (size_t)f->reading_count + 1,
                sizeof *f->readings);
    struct reading *to = &f->readings[f->reading_count];
    *to = *r;
    to->path = arena_text(&f->arena, view_str(r->path));
    return f->reading_count++;
}

void facts_note(const struct said *s, bool bad, const char *format, ...)
{
    struct facts *f = s->facts;
    char text[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (f->note_count++ >= FACTS_NOTES)
        return;
    mem_reserve(f->mem, (void **)&f->notes, &f->note_cap, f->note_count, sizeof *f->notes);
    f->notes[f->note_count - 1] =
        (struct facts_note){ .reading = s->reading,
                             .line = s->line,
                             .bad = bad,
                             .text = arena_text(&f->arena, view_str(text)) };
}

const char *facts_here(const struct said *s, char out[FACTS_HERE_ROOM])
{
    (void)snprintf(out, FACTS_HERE_ROOM, "@%u", s->facts->readings[s->reading].session);
    return out;
}

/* ---- forms ---- */

static bool is_digits(struct view v, size_t least, size_t most)
{
    if (v.n < least || v.n > most)
        return false;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9')
            return false;
    }
    return true;
}

static bool is_hex(struct view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (text_hex(v.p[i]) < 0 || (v.p[i] >= 'A' && v.p[i] <= 'F'))
            return false;
    }
    return v.n > 0;
}

static bool is_date(struct view v)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    if (v.n == sizeof form && v.p[v.n - 1] == 'Z')
        v.n--;
    if (v.n != sizeof form - 1)
        return false;
    for (size_t i = 0; i < v.n; i++) {
        if (form[i] == 'd' ? !is_digits(view_sub(v, i, 1), 1, 1) : v.p[i] != (uint8_t)form[i])
            return false;
    }
    return true;
}

static bool is_word(struct view v, const char *words)
{
    struct view left = view_str(words);
    while (left.n > 0) {
        if (view_eq(text_cut(&left, ' '), v))
            return true;
    }
    return false;
}

static bool has_form(const struct facts *f, const struct fact_row *row, struct view v)
{
    switch ((enum fact_form)row->form) {
    case FORM_TEXT:
        return true;
    case FORM_NUMBER:
        return is_digits(v, 1, 19);
    case FORM_DATE:
        return is_date(v);
    case FORM_YES_NO:
        return is_word(v, "yes no");
    case FORM_WORD:
        return is_word(v, row->words);
    case FORM_HASH:
        return (v.n == 32 || v.n == 40) && is_hex(v);
    case FORM_CERT:
    case FORM_LIST: {
        char sha256[65];
        if (v.n != 64)
            return false;
        memcpy(sha256, v.p, 64);
        sha256[64] = 0;
        return facts_blob(f, sha256, row->form == FORM_LIST) != NULL;
    }
    }
    return false;
}

/* ---- facts ---- */

void facts_say(const struct said *s, enum fact_kind kind, struct view about, struct view about2,
               uint32_t nth, struct view value)
{
    struct facts *f = s->facts;
    const struct fact_row *row = &fact_rows[kind];
    if (about.n > FACTS_TEXT || about2.n > FACTS_TEXT) {
        facts_note(s, true, "%s: a name of over %d bytes", row->name, FACTS_TEXT);
        return;
    }
    if (value.n > FACTS_TEXT) {
        facts_note(s, false, "%s: cut to %d bytes", row->name, FACTS_TEXT);
        value.n = FACTS_TEXT;
    }
    if (!has_form(f, row, value)) {
        char shown[80];
        text_escape(shown, sizeof shown, value);
        facts_note(s, true, "%s: \"%s\" is not what is expected here", row->name, shown);
        return;
    }
    mem_reserve(f->mem, (void **)&f->list, &f->cap, (size_t)f->count + 1, sizeof *f->list);
    f->list[f->count++] = (struct fact_said){ .about = keep(f, about),
                                              .about2 = keep(f, about2),
                                              .value = keep(f, value),
                                              .nth = nth,
                                              .line = s->line,
                                              .reading = s->reading & 0xffffff,
                                              .kind = (uint8_t)kind };
}

void facts_say_str(const struct said *s, enum fact_kind kind, const char *about, const char *about2,
                   uint32_t nth, const char *value)
{
    facts_say(s, kind, view_str(about != NULL ? about : ""), view_str(about2 != NULL ? about2 : ""),
              nth, view_str(value != NULL ? value : ""));
}

/* ---- certificates and lists ---- */

static void hash_of(struct view bytes, char sha256[65])
{
    uint8_t digest[64];
    size_t n = digest_of(DIGEST_SHA256, &bytes, 1, digest);
    for (size_t i = 0; i < n; i++)
        (void)snprintf(sha256 + 2 * i, 3, "%02x", digest[i]);
}

/* The two tables share one index: a list is found under another key than a certificate. */
static uint64_t blob_key(const char *sha256, bool list)
{
    return rng_mix(key_of(view_str(sha256)) ^ (list ? 2 : 4)) | 1;
}

const struct facts_blob *facts_blob(const struct facts *f, const char *sha256, bool list)
{
    uint32_t at = 0, i;
    while (table_next(&f->by_hash, blob_key(sha256, list), &at, &i)) {
        if (i < (list ? f->list_count : f->cert_count)) {
            const struct facts_blob *b = &(list ? f->lists : f->certs)[i];
            if (strcmp(b->sha256, sha256) == 0)
                return b;
        }
    }
    return NULL;
}

static void keep_blob(struct facts *f, struct view bytes, bool list, char sha256[65])
{
    hash_of(bytes, sha256);
    if (facts_blob(f, sha256, list) != NULL)
        return;
    struct facts_blob **all = list ? &f->lists : &f->certs;
    uint32_t *count = list ? &f->list_count : &f->cert_count;
    mem_reserve(f->mem, (void **)all, list ? &f->list_cap : &f->cert_cap, (size_t)*count + 1,
                sizeof **all);
    struct facts_blob *b = &(*all)[*count];
    memcpy(b->sha256, sha256, sizeof b->sha256);
    b->bytes = arena_copy(&f->arena, bytes);
    table_add(&f->by_hash, blob_key(sha256, list), (*count)++);
}

bool facts_cert(const struct said *s, struct view der, char sha256[65])
{
    struct arena a = arena_of(s->facts->mem);
    struct cert cert;
    struct err e = { "" };
    bool good = cert_parse(der, &a, &cert, &e);
    if (good)
        keep_blob(s->facts, der, false, sha256);
    else
        facts_note(s, true, "certificate: %s", e.text);
    arena_free(&a);
    return good;
}

bool facts_list(const struct said *s, struct view bytes, char sha256[65])
{
    struct arena a = arena_of(s->facts->mem);
    struct tl list;
    struct err e = { "" };
    bool good = tl_decode(bytes, false, &a, &list, &e);
    if (good)
        keep_blob(s->facts, bytes, true, sha256);
    else
        facts_note(s, true, "trust list: %s", e.text);
    arena_free(&a);
    return good;
}
