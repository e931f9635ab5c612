#include "sim/import/html.h"

#include "sim/base/check.h"

#include <libxml/HTMLparser.h>
#include <strings.h>

struct cell {
    uint8_t text[HTML_CELL];
    size_t n;
};

struct reader {
    htmlParserCtxtPtr parser;
    void (*row)(void *ctx, const struct html_row *r);
    void *ctx;
    struct cell cells[HTML_CELLS];
    uint32_t cell; /* that is open, from 1; 0: none; HTML_CELLS + 1: one too many */
    uint32_t filled;
    uint32_t depth, line;
    bool too_deep;
};

static bool is(const xmlChar *name, const char *tag)
{
    return strcasecmp((const char *)name, tag) == 0;
}

/* ---- text ---- */

static void put(struct reader *r, uint8_t c)
{
    if (r->cell == 0 || r->cell > HTML_CELLS)
        return;
    struct cell *to = &r->cells[r->cell - 1];
    bool blank = c == ' ' || c == '\n', after = to->n > 0 && to->text[to->n - 1] <= ' ';
    if (blank && to->n == 0)
        return;
    if (blank && after) {
        if (c == '\n')
            to->text[to->n - 1] = c;
        return;
    }
    if (to->n < HTML_CELL)
        to->text[to->n++] = c;
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
    struct reader *r = ctx;
    for (int i = 0; i < n; i++) {
        uint8_t c = text[i];
        if (c == 0xc2 && i + 1 < n && text[i + 1] == 0xa0) { /* &nbsp; */
            put(r, ' ');
            i++;
            continue;
        }
        put(r, c == '\t' || c == '\n' || c == '\r' ? ' ' : c);
    }
}

/* ---- tags ---- */

static void begin_row(struct reader *r)
{
    r->cell = r->filled = 0;
    r->line = r->parser->input == NULL ? 1 : (uint32_t)r->parser->input->line;
}

/* Empty cells are only there for their width: the next one takes its place. */
static void end_cell(struct reader *r)
{
    if (r->cell == 0)
        return;
    if (r->cell <= HTML_CELLS) {
        struct cell *c = &r->cells[r->cell - 1];
        while (c->n > 0 && c->text[c->n - 1] <= ' ')
            c->n--;
        r->filled += c->n > 0;
    }
    r->cell = 0;
}

static void begin_cell(struct reader *r)
{
    end_cell(r);
    r->cell = r->filled + 1;
    if (r->cell <= HTML_CELLS)
        r->cells[r->cell - 1].n = 0;
}

static void end_row(struct reader *r)
{
    end_cell(r);
    struct html_row row = { .line = r->line, .count = r->filled };
    for (uint32_t i = 0; i < r->filled; i++)
        row.cells[i] = view_of(r->cells[i].text, r->cells[i].n);
    if (row.count > 0)
        r->row(r->ctx, &row);
    begin_row(r);
}

static void on_begin(void *ctx, const xmlChar *name, const xmlChar **attributes)
{
    struct reader *r = ctx;
    (void)attributes;
    if (++r->depth > HTML_DEPTH) {
        r->too_deep = true;
        xmlStopParser(r->parser);
    } else if (is(name, "tr")) {
        begin_row(r);
    } else if (is(name, "td") || is(name, "th")) {
        begin_cell(r);
    } else if (is(name, "p") || is(name, "br") || is(name, "div") || is(name, "li")) {
        put(r, '\n');
    }
}

static void on_end(void *ctx, const xmlChar *name)
{
    struct reader *r = ctx;
    r->depth -= r->depth > 0;
    if (is(name, "td") || is(name, "th"))
        end_cell(r);
    else if (is(name, "tr"))
        end_row(r);
}

bool html_rows(struct view html, void (*row)(void *ctx, const struct html_row *r), void *ctx,
               struct err *e)
{
    static const int how = HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                           HTML_PARSE_IGNORE_ENC | HTML_PARSE_RECOVER;
    struct reader r = { .row = row, .ctx = ctx };
    if (html.n > HTML_MOST)
        return err_set(e, "a page of %zu bytes: at most %u are read", html.n, HTML_MOST);
    r.parser = htmlNewParserCtxt();
    CHECK(r.parser != NULL);
    /* Called alone: without the other functions no tree is made. */
    htmlSAXHandler calls = { .startElement = on_begin,
                             .endElement = on_end,
                             .characters = on_text,
                             .ignorableWhitespace = on_text,
                             .cdataBlock = NULL };
    *r.parser->sax = calls;
    r.parser->userData = &r;
    (void)htmlCtxtReadMemory(r.parser, (const char *)html.p, (int)html.n, NULL, "UTF-8", how);
    htmlFreeParserCtxt(r.parser);
    return !r.too_deep ||
           err_set(e, "tags in tags, over %d of them: the rest is not read", HTML_DEPTH);
}
