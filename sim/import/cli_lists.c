/* `show itl` and `show ctl`: a trust list as the node that serves it shows it.  The bytes are not
 * in it: its digests, its signer and the fields of each record are. */
#include "sim/import/cli_impl.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

/* The column headed BYTEPOS holds the tag; names are misspelt and cut, so that the tag counts and
 * the name is compared by its beginning alone. */
static const struct {
    const char *begins;
    uint8_t tag;
} header_tags[] = { { "SIGNERID", 3 },   { "SIGNERNAME", 4 },  { "SERIAL", 5 },
                    { "CANAME", 6 },     { "SIGNATUREI", 7 },  { "DIGEST", 8 },
                    { "SIGNATUREA", 9 }, { "SIGNATUREA", 10 }, { "SIGNATUREM", 11 },
                    { "SIGNATURE", 12 }, { "FILENAME", 14 },   { "TIMESTAMP", 15 } },
  record_tags[] = { { "RECORD", 1 },     { "DNSNAME", 2 },   { "SUBJECT", 3 },
                    { "FUNCTION", 4 },   { "ISSUE", 5 },     { "SERIAL", 6 },
                    { "PUBLIC", 7 },     { "SIGNATURE", 8 }, { "CERTIFICATE", 9 },
                    { "IPADDRESS", 10 }, { "CERTHASH", 11 }, { "HASH", 12 } };

enum { TAGS = 16 };

/* A row: the tag, its length, and the value as far as it stands on lines of its own. */
struct row {
    struct view value, spaced; /* without and with blanks between its lines */
    uint64_t length;
    bool there;
};

struct reader {
    const struct said *s;
    struct arena *arena;
    const char *file; /* "ITLFile.tlv" */
    const char *kind; /* "ITL" */
    struct row rows[TAGS];
    uint32_t tag; /* of the row that a line without one goes on with; 0: none */
    bool in_record;
    bool in_header;
    uint32_t record, record_line; /* its number, from 1 */
    uint64_t length, sum;         /* of the file, as said; of header and records */
    bool has_length, ended;
    uint32_t records;
};

static struct view about2(const struct reader *r)
{
    return view_str(r->file);
}

static void say(struct reader *r, uint32_t line, enum fact_kind kind, uint32_t nth, struct view v)
{
    struct said at = cli_at(r->s, line);
    cli_say(&at, kind, about2(r), nth, v);
}

/* ---- values ---- */

/* A text, whose length counts its NUL. */
static struct view text_of(const struct row *row)
{
    return row->value.n + 1 == row->length ? row->value : row->spaced;
}

/* "CN=a; OU=b": a line that was wrapped behind a semicolon. */
static struct view as_name(struct reader *r, const struct row *row)
{
    uint8_t *out = arena_take(r->arena, row->spaced.n + 1);
    size_t n = 0;
    struct view v = text_trim(text_of(row));
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == ' ' && n > 0 && out[n - 1] == ';')
            continue;
        out[n++] = v.p[i];
    }
    return view_of(out, n);
}

/* Hexadecimal pairs, whatever stands between them; up to what is none. */
static struct view as_hex(struct reader *r, const struct row *row, bool upper)
{
    static const char digits[2][17] = { "0123456789abcdef", "0123456789ABCDEF" };
    uint8_t *out = arena_take(r->arena, row->value.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < row->value.n; i++) {
        uint8_t c = row->value.p[i];
        int digit = text_hex(c);
        if (digit >= 0)
            out[n++] = (uint8_t)digits[upper][digit];
        else if (c != ' ' && c != ':' && c != '\t')
            break;
    }
    return view_of(out, n & ~(size_t)1);
}

static struct view as_role(const struct row *row)
{
    struct view v = text_trim(row->spaced);
    return cli_begins(v, "System Administrator") ? view_str("SAST") : v;
}

/* ---- what a header and a record say ---- */

static void say_text(struct reader *r, uint32_t line, enum fact_kind kind, uint32_t nth,
                     struct view v)
{
    if (v.n > 0)
        say(r, line, kind, nth, v);
}

static void end_header(struct reader *r)
{
    uint32_t line = r->record_line;
    if (r->rows[4].there)
        say_text(r, line, FACT_LIST_SIGNER, 0, as_name(r, &r->rows[4]));
    if (r->rows[6].there)
        say_text(r, line, FACT_LIST_SIGNER_ISSUER, 0, as_name(r, &r->rows[6]));
    if (r->rows[5].there)
        say_text(r, line, FACT_LIST_SIGNER_SERIAL, 0, as_hex(r, &r->rows[5], true));
}

static void end_record(struct reader *r)
{
    uint32_t line = r->record_line, nth = r->record - 1;
    struct row *rows = r->rows;
    uint64_t length;
    if (!rows[4].there) {
        struct said at = cli_at(r->s, line);
        facts_note(&at, true, "record %u of the %s has no FUNCTION: it breaks off", r->record,
                   r->kind);
        return;
    }
    r->records++;
    if (rows[1].there && text_number(text_trim(rows[1].value), 65535, &length))
        r->sum += length;
    say_text(r, line, FACT_RECORD_ROLE, nth, as_role(&rows[4]));
    say_text(r, line, FACT_RECORD_DNS, nth, text_trim(rows[2].value));
    say_text(r, line, FACT_RECORD_SUBJECT, nth, as_name(r, &rows[3]));
    say_text(r, line, FACT_RECORD_ISSUER, nth, as_name(r, &rows[5]));
    say_text(r, line, FACT_RECORD_SERIAL, nth, as_hex(r, &rows[6], true));
    struct view hash = as_hex(r, rows[9].there ? &rows[9] : &rows[11], false);
    if (hash.n == 40)
        say(r, line, FACT_RECORD_SHA1, nth, hash);
    else if (rows[9].there || rows[11].there || hash.n != 0) {
        struct said at = cli_at(r->s, line);
        facts_note(&at, true, "record %u of the %s: the hash of its certificate breaks off",
                   r->record, r->kind);
    }
}

static void end_part(struct reader *r)
{
    if (r->in_record)
        end_record(r);
    else if (r->in_header)
        end_header(r);
    memset(r->rows, 0, sizeof r->rows);
    r->in_record = r->in_header = false;
    r->tag = 0;
}

/* ---- rows of the two tables ---- */

/* "3       SUBJECTNAME     62      CN=..." */
static bool row_of(const struct reader *r, struct view line, uint32_t *tag, struct row *row)
{
    uint64_t number, length;
    struct view left = line, first = cli_word(&left), name = cli_word(&left);
    if (!text_number(first, TAGS - 1, &number) || name.n == 0)
        return false;
    struct view third = cli_word(&left);
    if (text_same(third, "ALGORITHM"))
        third = cli_word(&left);
    if (!text_number(third, 65535, &length))
        return false;
    size_t count = r->in_record ? sizeof record_tags / sizeof *record_tags
                                : sizeof header_tags / sizeof *header_tags;
    for (size_t i = 0; i < count; i++) {
        uint8_t is = r->in_record ? record_tags[i].tag : header_tags[i].tag;
        if (is == number &&
            cli_begins(name, r->in_record ? record_tags[i].begins : header_tags[i].begins)) {
            *tag = (uint32_t)number;
            *row = (struct row){ .value = text_trim(left), .length = length, .there = true };
            row->spaced = row->value;
            return true;
        }
    }
    return false;
}

static struct view joined(struct reader *r, struct view a, const char *between, struct view b)
{
    size_t n = strlen(between);
    uint8_t *out = arena_take(r->arena, a.n + n + b.n + 1);
    if (a.n > 0)
        memcpy(out, a.p, a.n);
    memcpy(out + a.n, between, n);
    if (b.n > 0)
        memcpy(out + a.n + n, b.p, b.n);
    return view_of(out, a.n + n + b.n);
}

/* A value that goes on.  Whether a blank was lost where it was wrapped, its length says in the end
 * (text_of()).  No name and no hash is longer than a fact may be. */
static void go_on(struct reader *r, struct view line)
{
    struct row *row = &r->rows[r->tag];
    struct view more = text_trim(line);
    if (row->spaced.n + more.n > FACTS_TEXT)
        return;
    row->value = joined(r, row->value, "", more);
    row->spaced = joined(r, row->spaced, " ", more);
}

/* ---- sentences ---- */

static bool checksum(struct reader *r, const struct cli_line *l)
{
    bool md5 = cli_find(l->text, "(MD5)") != NULL, sha1 = cli_find(l->text, "(SHA1)") != NULL;
    if (!md5 && !sha1)
        return false;
    struct view left = l->text;
    for (struct view word; (word = cli_word(&left)).n != 0;) {
        struct row row = { .value = word };
        struct view hash = as_hex(r, &row, false);
        if (hash.n == 32 && cli_find(word, "(MD5)") != NULL)
            say(r, l->line, FACT_LIST_MD5, 0, hash);
        else if (hash.n == 40 && cli_find(word, "(SHA1)") != NULL)
            say(r, l->line, FACT_LIST_SHA1, 0, hash);
    }
    return true;
}

static bool length_of_file(struct reader *r, const struct cli_line *l)
{
    struct view left =
        cli_begins(l->text, "Length of") ? cli_behind(l->text, "file:") : (struct view){ NULL, 0 };
    struct view word = cli_word(&left);
    if (!text_number(word, UINT32_MAX, &r->length))
        return false;
    r->has_length = true;
    say(r, l->line, FACT_LIST_LENGTH, 0, word);
    return true;
}

static bool modified(struct reader *r, const struct cli_line *l)
{
    struct view date = cli_behind(l->text, "last modified on ");
    struct said at = cli_at(r->s, l->line);
    struct cli_date d;
    if (date.p == NULL)
        return false;
    if (cli_date_read(&at, date, &d))
        say(r, l->line, FACT_LIST_MADE, 0, view_str(d.text));
    else
        facts_note(&at, true, "no date that can be read behind \"last modified on\"");
    return true;
}

static bool header(struct reader *r, const struct cli_line *l)
{
    struct view left = cli_behind(l->text, "HeaderLength:"), word = cli_word(&left);
    uint64_t length;
    if (!text_number(word, 65535, &length))
        return false;
    r->sum += length;
    r->in_header = true;
    r->record_line = l->line;
    return true;
}

static bool record(struct reader *r, const struct cli_line *l)
{
    struct view left = cli_behind(l->text, "Record #:"), word = cli_word(&left);
    uint64_t number;
    if (!text_number(word, 100000, &number) || number == 0)
        return false;
    end_part(r);
    r->in_record = true;
    r->record = (uint32_t)number;
    r->record_line = l->line;
    return true;
}

static bool verdict(struct reader *r, const struct cli_line *l)
{
    bool good = cli_find(l->text, "was verified successfully") != NULL;
    bool bad = cli_begins(l->text, "Verification of the") && cli_find(l->text, "failed") != NULL;
    if (!good && !bad)
        return false;
    end_part(r);
    r->ended = true;
    say(r, l->line, FACT_LIST_VERIFIES, 0, view_str(good ? "yes" : "no"));
    return true;
}

/* Sentences that say nothing of their own, and end a value that goes on. */
static bool aside(struct reader *r, const struct cli_line *l)
{
    static const char *const begin[] = { "BYTEPOS", "----",         "This etoken",  "Parse",
                                         "Version", "The checksum", "Error parsing" };
    bool is = text_trim(l->text).n == 0;
    for (size_t i = 0; !is && i < sizeof begin / sizeof *begin; i++)
        is = cli_begins(l->text, begin[i]);
    if (is)
        r->tag = 0;
    if (cli_begins(l->text, "Error parsing"))
        r->ended = true;
    return is;
}

static void one_line(struct reader *r, const struct cli_line *l)
{
    static bool (*const sentences[])(struct reader *, const struct cli_line *) = {
        aside, record, checksum, length_of_file, modified, header, verdict
    };
    struct row row;
    uint32_t tag;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        if (sentences[i](r, l))
            return;
    }
    if (!r->in_record && !r->in_header)
        return;
    if (row_of(r, l->text, &tag, &row)) {
        r->rows[tag] = row;
        r->tag = tag;
    } else if (r->tag != 0) {
        go_on(r, l->text);
    }
}

static void read_list(const struct said *s, const struct piece *p, const char *file,
                      const char *kind)
{
    struct cli_text t;
    cli_open(&t, s, p);
    struct reader r = { .s = s, .arena = &t.arena, .file = file, .kind = kind };
    for (uint32_t i = 0; i < t.count; i++)
        one_line(&r, &t.lines[i]);
    end_part(&r);
    struct said last = cli_at(s, t.count == 0 ? s->line : t.lines[t.count - 1].line);
    if (r.has_length && r.length != 0 && r.sum != r.length)
        facts_note(&last, true,
                   "%s: header and the %u records that stand here have %llu bytes of %llu: some "
                   "are missing",
                   kind, r.records, (unsigned long long)r.sum, (unsigned long long)r.length);
    else if (!r.has_length)
        facts_note(&last, true, "%s: no length, no list: \"show %s\" said something else", kind,
                   kind[0] == 'I' ? "itl" : "ctl");
    else if (!r.ended)
        facts_note(&last, true, "%s: the output breaks off", kind);
    cli_close(&t);
}

void cli_read_itl(const struct said *s, const struct piece *p)
{
    read_list(s, p, "ITLFile.tlv", "ITL");
}

void cli_read_ctl(const struct said *s, const struct piece *p)
{
    read_list(s, p, "CTLFile.tlv", "CTL");
}
