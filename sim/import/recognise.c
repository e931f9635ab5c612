#include "sim/import/recognise.h"

#include "sim/base/sys.h"
#include "sim/import/cli.h"
#include "sim/import/secrets.h"
#include "sim/import/strange.h"
#include "sim/import/walk.h"
#include "sim/text/encoding.h"
#include "sim/wire/tl.h"

#include <stdio.h>
#include <string.h>

#define PATH_ROOM 4096

/* ---- the table ---- */

/* A reading begins: what is noted from here on is of it. */
static struct said begin(struct recognised *r, const struct reading *what, uint64_t bytes)
{
    struct said s = { .facts = r->facts, .line = what->line };
    s.reading = facts_begin(r->facts, what);
    mem_reserve(&sys_mem, (void **)&r->rows, &r->cap, (size_t)r->count + 1, sizeof *r->rows);
    r->rows[r->count++] = (struct recognised_row){ .reading = s.reading, .bytes = bytes };
    return s;
}

static uint32_t bad_notes(const struct facts *f, uint32_t from)
{
    uint32_t bad = 0;
    for (uint32_t i = from; i < f->note_count && i < FACTS_NOTES; i++)
        bad += f->notes[i].bad;
    return bad;
}

static void end(struct recognised *r, uint32_t row, enum recognised_as as)
{
    r->rows[row].as = as;
    r->as[as]++;
}

static void refuse(struct recognised *r, const char *path, uint64_t bytes, const char *why)
{
    struct said s = begin(r, &(struct reading){ .path = path, .kind = "refused" }, bytes);
    facts_note(&s, true, "%s", why);
    r->rows[r->count - 1].notes = r->rows[r->count - 1].bad = 1;
    end(r, r->count - 1, RECOGNISED_REFUSED);
}

/* ---- one piece ---- */

static const struct file_kind_row *kind_of(const struct piece *raw, const struct piece *text)
{
    for (uint32_t i = 0; i < file_kind_families; i++) {
        for (uint32_t k = 0; k < file_kinds[i]->count; k++) {
            const struct file_kind_row *row = &file_kinds[i]->rows[k];
            const struct piece *p = row->text ? text : raw;
            if (p != NULL && row->is(p))
                return row;
        }
    }
    return NULL;
}

/* Nothing of it is kept, not even where only a part is a key. */
static void refuse_key(struct recognised *r, const struct piece *p, const char *key)
{
    char why[200];
    (void)snprintf(why, sizeof why, "%s: it is not read; no key is needed here, keep it safe", key);
    refuse(r, p->path, p->bytes.n, why);
}

/* `text` NULL: it is none.  `fault`: what is missing of it; NULL: nothing. */
static void read_piece(struct recognised *r, const struct piece *raw, const struct piece *text,
                       const char *fault)
{
    const char *key = secrets_key(raw->bytes);
    if (key == NULL && text != NULL) /* in UTF-16 */
        key = secrets_key(text->bytes);
    if (key != NULL) {
        refuse_key(r, raw, key);
        return;
    }
    const struct file_kind_row *row = kind_of(raw, text);
    bool passed = row == NULL && raw->command != NULL;
    struct reading what = { .path = raw->path,
                            .kind = passed        ? "other command"
                                    : row == NULL ? RECOGNISED_NOT
                                                  : row->name,
                            .sure = row == NULL ? 0 : row->sure,
                            .session = raw->session,
                            .line = text == NULL ? 0 : raw->line };
    uint32_t facts = r->facts->count, notes = r->facts->note_count, at = r->count;
    struct said s = begin(r, &what, raw->bytes.n);
    if (fault != NULL)
        facts_note(&s, true, "%s", fault);
    const char *strange = row == NULL && !passed ? strange_words(raw->bytes) : NULL;
    if (strange != NULL)
        facts_note(&s, false, "%s", strange);
    if (row != NULL)
        row->read(&s, row->text ? text : raw);
    struct recognised_row *to = &r->rows[at];
    if (raw->command != NULL)
        to->command = arena_text(&r->arena, secrets_shown(view_str(raw->command)));
    to->facts = r->facts->count - facts;
    to->notes = r->facts->note_count - notes;
    to->bad = bad_notes(r->facts, notes);
    end(r, at, passed ? RECOGNISED_PASSED : row == NULL ? RECOGNISED_UNKNOWN : RECOGNISED);
}

/* ---- text ---- */

/* Bytes that no text has, in the first ones; the marks and zeros of UTF-16 are text. */
static bool is_binary(struct view v)
{
    size_t n = v.n < 4096 ? v.n : 4096, odd = 0, zeros = 0;
    for (size_t i = 0; i < n; i++) {
        zeros += v.p[i] == 0;
        odd += v.p[i] < 0x20 && v.p[i] != 0 && (v.p[i] < '\b' || v.p[i] > '\r') && v.p[i] != 0x1b;
    }
    return odd > n / 20 || (zeros > n / 20 && zeros < n * 2 / 5);
}

/* CR LF, and the CR CR LF of some terminals, become LF, and so does a CR alone where no line ends
 * otherwise. */
static struct view with_line_feeds(struct view v, struct arena *a)
{
    if (v.n == 0 || memchr(v.p, '\r', v.n) == NULL)
        return v;
    bool alone = memchr(v.p, '\n', v.n) == NULL;
    uint8_t *out = arena_take(a, v.n);
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++) {
        size_t k = i;
        while (k < v.n && v.p[k] == '\r')
            k++;
        if (k > i && k < v.n && v.p[k] == '\n')
            i = k;
        out[n++] = alone && v.p[i] == '\r' ? '\n' : v.p[i];
    }
    return view_of(out, n);
}

struct log_reader {
    struct recognised *to;
    const char *fault; /* told with the first output */
};

static void on_output(void *ctx, const struct piece *p)
{
    struct log_reader *log = ctx;
    read_piece(log->to, p, p, log->fault);
    log->fault = NULL;
}

static void look_at(struct recognised *r, const char *path, struct view bytes, const char *fault)
{
    struct arena a = arena_of(&sys_mem);
    struct piece raw = { .bytes = bytes, .path = path, .line = 1 }, text = raw;
    struct err e = { "" };
    bool is_text = !is_binary(bytes) && text_from_file(bytes, &a, &text.bytes, &e);
    if (is_text) {
        text.bytes = with_line_feeds(text.bytes, &a);
        raw.session = text.session = ++r->facts->sessions;
    }
    struct log_reader log = { r, fault };
    if (is_text && cli_is_log(text.bytes))
        cli_log_cut(text.bytes, path, text.session, on_output, &log);
    else
        read_piece(r, &raw, is_text ? &text : NULL, fault);
    arena_free(&a);
}

/* ---- files and archives ---- */

static void look(struct recognised *r, const char *path, struct view bytes, const char *fault);

static void on_member(void *ctx, const char *name, struct view bytes, const char *fault)
{
    struct recognised *r = ctx;
    const char *outer = r->path;
    char path[PATH_ROOM];
    (void)snprintf(path, sizeof path, name == NULL ? "%s" : "%s:%s", outer, name);
    look(r, path, bytes, fault);
    r->path = outer;
}

static void on_refused(void *ctx, const char *name, const char *why)
{
    struct recognised *r = ctx;
    char path[PATH_ROOM];
    (void)snprintf(path, sizeof path, name == NULL ? "%s" : "%s:%s", r->path, name);
    refuse(r, path, 0, why);
}

/* One document, whatever lies in it. */
static void pass_document(struct recognised *r, const char *path, struct view bytes,
                          const char *words)
{
    struct said s = begin(r, &(struct reading){ .path = path, .kind = RECOGNISED_NOT }, bytes.n);
    facts_note(&s, false, "%s", words);
    r->rows[r->count - 1].notes = 1;
    end(r, r->count - 1, RECOGNISED_UNKNOWN);
}

static void open_archive(struct recognised *r, const char *path, struct view bytes,
                         const char *kind, const char *fault)
{
    if (r->depth == r->unpack.limits->depth) {
        refuse(r, path, bytes.n, "an archive in an archive, and so on: it is not opened");
        return;
    }
    struct said s = begin(r, &(struct reading){ .path = path, .kind = kind }, bytes.n);
    if (fault != NULL)
        facts_note(&s, true, "%s", fault);
    end(r, r->count - 1, RECOGNISED_OPENED);
    uint32_t before = r->count;
    r->path = path;
    r->depth++;
    unpack(&r->unpack, bytes);
    r->depth--;
    if (r->count == before)
        facts_note(&s, false, "there is nothing in it");
}

/* What was signed, behind the header of a signed file; absent where it is none.  The header itself
 * has a row of bytes.c. */
static struct view signed_in(struct view bytes)
{
    struct arena a = arena_of(&sys_mem);
    struct tl_header h;
    struct err e = { "" };
    struct view payload = { NULL, 0 };
    /* Version 1.0: every trust list is 1.2. */
    if (bytes.n > 8 && memcmp(bytes.p, "\1\0\2\1\0", 5) == 0 &&
        tl_decode_header(bytes, false, &a, &h, &e))
        payload = view_sub(bytes, h.length, bytes.n - h.length);
    arena_free(&a);
    return payload;
}

static void look(struct recognised *r, const char *path, struct view bytes, const char *fault)
{
    if (bytes.n == 0)
        bytes = view_of("", 0); /* there, and empty */
    const char *kind = unpack_kind(bytes);
    struct view payload = signed_in(bytes);
    if (r->count >= RECOGNISE_PIECES)
        return;
    const char *document = strange_document(bytes);
    if (document != NULL)
        pass_document(r, path, bytes, document);
    else if (kind != NULL)
        open_archive(r, path, bytes, kind, fault);
    else
        look_at(r, path, bytes, fault);
    if (kind == NULL && payload.n > 0)
        look_at(r, path, payload, NULL);
}

void recognise_bytes(struct recognised *r, const char *path, struct view bytes)
{
    const char *why = unpack_count(&r->unpack, bytes.n);
    if (why == NULL) {
        look(r, path, bytes, NULL);
        return;
    }
    if (!r->full)
        refuse(r, path, bytes.n, why);
    r->full = true;
}

/* ---- paths ---- */

static bool read_file(struct recognised *r, const char *path, struct err *e)
{
    struct arena a = arena_of(&sys_mem);
    struct view bytes;
    bool ok = sys_read_file(path, r->unpack.limits->one, &a, &bytes, e);
    if (ok)
        recognise_bytes(r, path, bytes);
    arena_free(&a);
    return ok;
}

static bool on_file(void *ctx, const char *path)
{
    struct recognised *r = ctx;
    struct err e = { "" };
    if (!read_file(r, path, &e))
        refuse(r, path, 0, e.text);
    return !r->full;
}

static void on_odd(void *ctx, const char *path, const char *why)
{
    refuse(ctx, path, 0, why);
}

bool recognise_path(struct recognised *r, const char *path, struct err *e)
{
    struct walk w = { .file = on_file, .odd = on_odd, .ctx = r };
    if (!walk_is_folder(path))
        return read_file(r, path, e);
    return walk(&w, path, e);
}

void recognise_begin(struct recognised *r, struct facts *facts, const struct unpack_limits *limits)
{
    *r = (struct recognised){ .facts = facts, .arena = arena_of(&sys_mem) };
    r->unpack = (struct unpack){
        .mem = &sys_mem, .limits = limits, .member = on_member, .refused = on_refused, .ctx = r
    };
}

void recognise_free(struct recognised *r)
{
    mem_free(&sys_mem, r->rows);
    arena_free(&r->arena);
    *r = (struct recognised){ 0 };
}
