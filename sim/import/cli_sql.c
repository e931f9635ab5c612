/* `run sql ...`: a table with a line of names, a rule of `=` as wide as each column, and rows cut
 * where the rule is.  A terminal of 80 columns wraps all three alike. */
#include "sim/crypto/pem.h"
#include "sim/import/cli_impl.h"
#include "sim/import/cli_query.h"
#include "sim/import/sql.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

#define SQL_QUERY    8000 /* bytes of a query */
#define MOST_WRAPPED 400  /* lines of one row */
#define WIDEST       1000 /* columns of a terminal */

/* ---- the rule ---- */

static bool is_rule(struct view line)
{
    size_t marks = 0;
    while (line.n > 0 && line.p[line.n - 1] == ' ')
        line.n--;
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] != '=' && line.p[i] != ' ')
            return false;
        marks += line.p[i] == '=';
    }
    return marks > 0;
}

/* Names of columns: small letters, digits, "_", and what stands for an expression: "(count(*))". */
static bool is_heading(struct view line)
{
    bool letter = false;
    for (size_t i = 0; i < line.n; i++) {
        uint8_t c = line.p[i];
        letter = letter || (c >= 'a' && c <= 'z') || c == '(';
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && strchr(" _()*.,'", c) == NULL)
            return false;
    }
    return letter && line.n > 0;
}

struct column {
    size_t at, n; /* in bytes or in characters of the line */
    struct view name;
};

struct table_of {
    struct cli_text text;
    struct column *columns;
    uint32_t count;
    uint32_t heading; /* the first line of the names */
    uint32_t rows;    /* the first line behind the rule */
    uint32_t wrapped; /* lines that make one row */
    size_t width;     /* of the terminal; 0: nothing was wrapped */
};

/* Lines i, i + 1, ... of `many`, each but the last filled up to the width. */
static struct view joined(struct table_of *t, uint32_t i, uint32_t many)
{
    if (many == 1)
        return t->text.lines[i].text;
    size_t room = 1, n = 0;
    for (uint32_t k = i; k < i + many && k < t->text.count; k++)
        room += t->text.lines[k].text.n + t->width;
    uint8_t *out = arena_take(&t->text.arena, room);
    for (uint32_t k = i; k < i + many && k < t->text.count; k++) {
        struct view line = t->text.lines[k].text;
        if (line.n > 0)
            memcpy(out + n, line.p, line.n);
        n += line.n;
        for (size_t fill = line.n; fill < t->width && k + 1 < i + many; fill++)
            out[n++] = ' ';
    }
    return view_of(out, n);
}

static void columns_of(struct table_of *t, struct view names, struct view rule)
{
    t->columns = arena_take(&t->text.arena, QUERY_COLUMNS * sizeof *t->columns);
    for (size_t i = 0; i < rule.n && t->count < QUERY_COLUMNS;) {
        size_t begin = i;
        while (i < rule.n && rule.p[i] == '=')
            i++;
        if (i > begin) {
            struct column *c = &t->columns[t->count++];
            *c = (struct column){ .at = begin, .n = i - begin };
            if (begin < names.n)
                c->name = text_trim(
                    view_sub(names, begin, names.n - begin < c->n ? names.n - begin : c->n));
        } else {
            i++;
        }
    }
}

/* The first rule, as many lines as it has, with as many lines of names before it. */
static bool find_table(struct table_of *t)
{
    const struct cli_line *lines = t->text.lines;
    uint32_t i = 0, end;
    while (i < t->text.count && !is_rule(lines[i].text))
        i++;
    for (end = i; end < t->text.count && is_rule(lines[end].text);)
        end++;
    uint32_t many = end - i;
    if (many == 0 || many > MOST_WRAPPED || i < many || lines[i].text.p[0] != '=' ||
        (many > 1 && lines[i].text.n > WIDEST))
        return false;
    t->wrapped = many;
    t->width = many > 1 ? lines[i].text.n : 0;
    t->heading = i - many;
    t->rows = end;
    for (uint32_t k = t->heading; k < i; k++) {
        if (!is_heading(lines[k].text) && text_trim(lines[k].text).n > 0)
            return false;
    }
    columns_of(t, joined(t, t->heading, many), joined(t, i, many));
    for (uint32_t k = 0; k < t->count; k++) {
        if (t->columns[k].name.n == 0)
            return false;
    }
    return t->count > 0;
}

/* Of an output without a command: whether such a table is in its beginning. */
bool cli_sql_is(const struct piece *p)
{
    struct view left = p->bytes, before = { NULL, 0 }, line;
    left.n = left.n < 8000 ? left.n : 8000;
    for (int i = 0; i < 60 && text_line(&left, &line); i++) {
        if (is_rule(line) && line.p[0] == '=')
            return is_heading(before) && before.p[0] != ' ';
        before = line;
    }
    return false;
}

/* ---- rows ---- */

/* A place in a line, by bytes and by what is counted: bytes, or characters of UTF-8. */
struct place {
    size_t byte, at;
    bool characters;
};

static size_t go_to(struct place *p, struct view line, size_t at)
{
    if (!p->characters)
        return at < line.n ? at : line.n;
    while (p->byte < line.n && p->at < at) {
        do
            p->byte++;
        while (p->byte < line.n && (line.p[p->byte] & 0xc0) == 0x80);
        p->at++;
    }
    return p->byte;
}

/* False where the line does not fit: what stands before a column is no blank. */
static bool cells_of(const struct table_of *t, struct view line, bool characters,
                     struct sql_cell *cells)
{
    struct place place = { .characters = characters };
    for (uint32_t k = 0; k < t->count; k++) {
        const struct column *c = &t->columns[k];
        size_t from = go_to(&place, line, c->at), to = go_to(&place, line, c->at + c->n);
        if (from > 0 && from < line.n && line.p[from - 1] != ' ')
            return false;
        if (k + 1 == t->count)
            to = line.n;
        struct view v = text_trim(view_sub(line, from, to - from));
        bool null = view_eq(v, view_str("NULL"));
        cells[k].value = null ? view_of(v.p, 0) : v;
        cells[k].null = null;
    }
    return true;
}

/* One word a column, where blanks were lost on the way. */
static bool cells_by_words(const struct table_of *t, struct view line, struct sql_cell *cells)
{
    uint32_t k = 0;
    for (struct view word; (word = cli_word(&line)).n > 0; k++) {
        if (k == t->count)
            return false;
        cells[k].value = word;
        cells[k].null = view_eq(word, view_str("NULL"));
    }
    return k == t->count;
}

struct rows {
    const struct said *s;
    struct table_of *t;
    struct sql_cell *cells;
    uint32_t count, odd;
};

static void row(struct rows *r, struct view line, uint32_t number)
{
    struct said at = cli_at(r->s, number);
    if (!cells_of(r->t, line, false, r->cells) && !cells_of(r->t, line, true, r->cells) &&
        !cells_by_words(r->t, line, r->cells)) {
        if (r->odd++ == 0)
            facts_note(&at, true, "a row that does not stand below its columns");
        return;
    }
    r->count++;
    sql_row(&at, r->cells, r->t->count);
}

/* A certificate has ends of lines of its own: everything up to the end of its PEM is one value, and
 * what stands behind that are the columns behind it. */
static uint32_t row_with_pem(struct rows *r, uint32_t i)
{
    static const char begin[] = PEM_CERT_BEGIN, end[] = PEM_CERT_END;
    struct table_of *t = r->t;
    struct view first = t->text.lines[i].text, pem;
    struct said at = cli_at(r->s, t->text.lines[i].line);
    size_t before = (size_t)(cli_find(first, begin) - first.p), room = 1, n = 0;
    uint32_t k = i, last = i;
    while (last < t->text.count && cli_find(t->text.lines[last].text, end) == NULL)
        room += t->text.lines[last++].text.n + 1;
    if (last == t->text.count) {
        facts_note(&at, true, "a certificate breaks off in this row");
        return last;
    }
    uint8_t *out = arena_take(&t->text.arena, room + t->text.lines[last].text.n);
    struct view tail = t->text.lines[last].text;
    size_t ends = (size_t)(cli_find(tail, end) - tail.p) + sizeof end - 1;
    for (; k <= last; k++) {
        struct view line = t->text.lines[k].text;
        size_t from = k == i ? before : 0, to = k == last ? ends : line.n;
        memcpy(out + n, line.p + from, to - from);
        n += to - from;
        out[n++] = '\n';
    }
    pem = view_of(out, n);
    tail = text_trim(view_sub(tail, ends, tail.n - ends));
    (void)cells_of(t, view_sub(first, 0, before), false, r->cells);
    for (uint32_t c = 0; c < t->count; c++) {
        struct view called = r->cells[c].column;
        if (t->columns[c].at < before)
            continue;
        r->cells[c] = (struct sql_cell){ .column = called };
        r->cells[c].value = t->columns[c].at == before ? pem : cli_word(&tail);
    }
    r->count++;
    sql_row(&at, r->cells, t->count);
    return last + 1;
}

/* Lines that make a row.  Where blanks at the ends of lines were kept or the counts are right, as
 * many as the names have; else one that does not reach the edge ends it. */
static uint32_t lines_of_row(const struct table_of *t, uint32_t i, bool regular)
{
    uint32_t many = 1;
    while (many < t->wrapped && i + many < t->text.count &&
           (regular || t->text.lines[i + many - 1].text.n >= t->width))
        many++;
    return many;
}

static bool is_regular(const struct table_of *t)
{
    uint32_t end = t->text.count;
    while (end > t->rows && text_trim(t->text.lines[end - 1].text).n == 0)
        end--;
    return (end - t->rows) % t->wrapped == 0;
}

static void all_rows(struct rows *r)
{
    struct table_of *t = r->t;
    bool regular = t->wrapped == 1 || is_regular(t);
    for (uint32_t i = t->rows; i < t->text.count;) {
        struct view line = t->text.lines[i].text;
        if (cli_find(line, PEM_CERT_BEGIN) != NULL) {
            i = row_with_pem(r, i);
            continue;
        }
        if (text_trim(line).n == 0) {
            i++;
            continue;
        }
        uint32_t many = lines_of_row(t, i, regular);
        struct arena_mark mark = arena_mark(&t->text.arena);
        row(r, joined(t, i, many), t->text.lines[i].line);
        arena_rewind(&t->text.arena, mark);
        i += many;
    }
}

/* ---- the whole ---- */

/* How wide the screen was on which a command of `first` characters ran on over further lines: all
 * but the last one are as long, or lost one blank at their ends.  80 where they are not. */
static size_t edge_of(const struct table_of *t, size_t first)
{
    size_t most = first, least = first;
    if (t->width != 0)
        return t->width;
    for (uint32_t i = 0; i + 1 < t->heading; i++) {
        size_t n = t->text.lines[i].text.n;
        most = n > most ? n : most;
        least = n < least ? n : least;
    }
    bool alike = t->heading > 0 && most < WIDEST && least + 1 >= most && most > 20;
    return alike && (most != 79 || t->heading > 2) ? most : 80;
}

/* The command, and what of it ran on over the edge of the screen: all lines before the names.  One
 * that does not reach the edge lost a blank there. */
static struct view query_text(const struct table_of *t, const struct piece *p, struct arena *a)
{
    size_t before = p->command == NULL ? 0 : 6;
    uint8_t *out = arena_take(a, SQL_QUERY);
    struct wr w = wr_of(out, SQL_QUERY);
    if (p->command != NULL) {
        wr_str(&w, p->command);
        before += strlen(p->command);
    }
    size_t edge = edge_of(t, before);
    for (uint32_t i = 0; i < t->heading; i++) {
        struct view line = t->text.lines[i].text;
        if (before % edge != 0)
            wr_u8(&w, ' ');
        wr_view(&w, line);
        before = line.n;
    }
    return view_of(out, w.over ? 0 : w.n);
}

static void names_of(const struct table_of *t, char *out, size_t room)
{
    size_t n = 0;
    out[0] = 0;
    for (uint32_t k = 0; k < t->count && n + 4 < room; k++) {
        n += (size_t)snprintf(out + n, room - n, "%s", k == 0 ? "" : ", ");
        struct view name = t->columns[k].name;
        name.n = name.n < 40 ? name.n : 40;
        text_escape(out + n, room - n, name);
        n += strlen(out + n);
    }
}

static void read_table(const struct said *s, const struct piece *p, struct table_of *t)
{
    struct arena *a = &t->text.arena;
    struct rows r = { .s = s, .t = t, .cells = arena_take(a, t->count * sizeof *r.cells) };
    struct query *q = arena_take(a, sizeof *q);
    query_of(query_text(t, p, a), q);
    for (uint32_t k = 0; k < t->count; k++)
        r.cells[k].column = query_column(q, k, t->count, t->columns[k].name, a);
    uint32_t before = s->facts->count;
    all_rows(&r);
    if (r.odd > 1)
        facts_note(s, true, "%u rows do not stand below their columns", r.odd);
    if (r.count > 0 && s->facts->count == before) {
        char names[200];
        names_of(t, names, sizeof names);
        facts_note(s, false, "nothing is taken of %u rows with %s", r.count, names);
    }
}

void cli_read_sql(const struct said *s, const struct piece *p)
{
    struct table_of t = { 0 };
    cli_open(&t.text, s, p);
    if (find_table(&t))
        read_table(s, p, &t);
    else
        facts_note(s, true, "no table is in it: names, a rule of \"=\", rows");
    cli_close(&t.text);
}
