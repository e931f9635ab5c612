#include "sim/text/xml.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdio.h>
#include <string.h>

#if LIBXML_VERSION >= 21200
typedef const xmlError raised;
#else
typedef xmlError raised;
#endif

static char *copy_text(const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(sys_malloc(n), text, n);
}

/* libxml2 takes another allocator only before it has used its own, and wants to be begun before
 * there are threads: before main(). */
__attribute__((constructor(102))) static void begin_library(void)
{
    CHECK(xmlMemSetup(sys_free, sys_malloc, sys_realloc, copy_text) == 0);
    xmlInitParser();
}

struct xml {
    xmlParserCtxt *parser;
    const struct xml_calls *calls;
    void *ctx;
    struct view bytes;
    size_t at;          /* of what the parser was given */
    uint32_t from_line; /* of its first line, less one */
    uint32_t depth;
    bool only_one; /* stop behind the root */
    size_t end;    /* of the root */
    bool ended, failed;
    bool equals;         /* the last byte that was given, blanks apart, is a '=' */
    uint32_t attributes; /* since the last '<' */
    char root[64];       /* "<soapenv:Envelope"; "": none yet, or too long */
    struct err *e;
};

uint32_t xml_line(const struct xml *x)
{
    const xmlParserInput *in = x->parser->input;
    return x->from_line + (in != NULL && in->line > 0 ? (uint32_t)in->line : 1);
}

static void fail_at(struct xml *x, uint32_t line, const char *what)
{
    if (x->failed)
        return;
    x->failed = true;
    err_set(x->e, "line %u: %s", line, what);
}

void xml_fail(struct xml *x, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fail_at(x, xml_line(x), text);
    xmlStopParser(x->parser);
}

struct view xml_attribute(const struct xml_tag *tag, const char *name)
{
    /* Five pointers each: name, prefix, namespace, value, its end. */
    for (uint32_t i = 0; i < tag->count; i++) {
        const uint8_t **a = tag->xml_internal + 5 * i;
        if (a[1] == NULL && strcmp((const char *)a[0], name) == 0)
            return view_of(a[3], (size_t)(a[4] - a[3]));
    }
    return (struct view){ NULL, 0 };
}

/* ---- what libxml2 calls ---- */

static void keep_root(struct xml *x, const struct xml_tag *tag)
{
    int n = snprintf(x->root, sizeof x->root, "<%s%s%s", tag->prefix != NULL ? tag->prefix : "",
                     tag->prefix != NULL ? ":" : "", tag->name);
    if (n < 0 || (size_t)n >= sizeof x->root)
        x->root[0] = '\0';
}

static void on_begin(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespaces, const xmlChar **namespace, int count, int defaulted,
                     const xmlChar **attributes)
{
    struct xml *x = ctx;
    (void)uri, (void)namespaces, (void)namespace, (void)defaulted;
    if (x->failed || x->ended)
        return;
    if (++x->depth > x->calls->depth) {
        xml_fail(x, "elements nested deeper than %u", x->calls->depth);
        return;
    }
    struct xml_tag tag = { .name = (const char *)name,
                           .prefix = (const char *)prefix,
                           .depth = x->depth,
                           .count = (uint32_t)count,
                           .xml_internal = attributes };
    if (x->depth == 1)
        keep_root(x, &tag);
    if (x->calls->begin != NULL)
        x->calls->begin(x, x->ctx, &tag);
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml *x = ctx;
    (void)name, (void)prefix, (void)uri;
    if (x->failed || x->ended)
        return;
    if (x->calls->end != NULL)
        x->calls->end(x, x->ctx, x->depth);
    if (--x->depth > 0 || !x->only_one || x->failed)
        return;
    long consumed = xmlByteConsumed(x->parser);
    CHECK(consumed > 0 && (size_t)consumed <= x->bytes.n);
    x->ended = true;
    x->end = (size_t)consumed;
    xmlStopParser(x->parser);
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
    struct xml *x = ctx;
    if (!x->failed && !x->ended && n > 0 && x->calls->text != NULL)
        x->calls->text(x, x->ctx, view_of(text, (size_t)n));
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *public_id,
                       const xmlChar *system)
{
    (void)name, (void)public_id, (void)system;
    xml_fail(ctx, "a document type is not allowed");
}

/* Words for the usual faults; releases of libxml2 differ in theirs. */
static const struct {
    int code;
    const char *words;
} faults[] = {
    { XML_ERR_DOCUMENT_EMPTY, "no element found" },
    { XML_ERR_TAG_NOT_FINISHED, "no element found" },
    { XML_ERR_TAG_NAME_MISMATCH, "mismatched tag" },
    { XML_ERR_DOCUMENT_END, "junk after document element" },
    { XML_ERR_INVALID_CHAR, "not well-formed (invalid token)" },
    { XML_ERR_INVALID_ENCODING, "not well-formed (invalid token)" },
    { XML_ERR_UNDECLARED_ENTITY, "undefined entity" },
};

/* Only what makes it no XML: a prefix that nobody declares is no matter. */
static void on_error(void *ctx, raised *error)
{
    struct xml *x = ctx;
    char text[200];
    if (error->level != XML_ERR_FATAL || error->code == XML_ERR_USER_STOP || x->ended)
        return;
    (void)snprintf(text, sizeof text, "%s", error->message != NULL ? error->message : "no XML");
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (faults[i].code == error->code)
            (void)snprintf(text, sizeof text, "%s", faults[i].words);
    }
    for (char *c = text; *c != '\0'; c++) {
        if ((uint8_t)*c < 0x20)
            *c = c[1] == '\0' ? '\0' : ' ';
    }
    fail_at(x, x->from_line + (error->line > 0 ? (uint32_t)error->line : 1), text);
}

/* Whether a tag has more attributes than XML_ATTRIBUTES: libxml2 compares each with all before it.
 * A '<' stands in no tag but at its beginning; what looks like one in a text counts as well. */
static bool too_many(struct xml *x, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t c = p[i];
        if (c == '<')
            x->attributes = 0;
        else if ((c == '"' || c == '\'') && x->equals)
            x->attributes++;
        if (x->attributes > XML_ATTRIBUTES)
            return true;
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
            x->equals = c == '=';
    }
    return false;
}

/* What the parser wants to read next.  Behind an error there is nothing more. */
static int give(void *ctx, char *to, int room)
{
    struct xml *x = ctx;
    size_t left = x->bytes.n - x->at, n = (size_t)room < left ? (size_t)room : left;
    if (x->failed || x->ended || room <= 0)
        return 0;
    if (n > 0)
        memcpy(to, x->bytes.p + x->at, n);
    if (too_many(x, x->bytes.p + x->at, n)) {
        fail_at(x, xml_line(x), "a tag with too many attributes");
        return 0;
    }
    x->at += n;
    return (int)n;
}

/* ---- the whole ---- */

/* As XML in UTF-8 begins; libxml2 looks at the first bytes for other encodings as well. */
static bool begins_well(struct view v)
{
    if (v.n >= 3 && memcmp(v.p, "\xef\xbb\xbf", 3) == 0)
        v = view_sub(v, 3, v.n - 3);
    return v.n >= 2 && v.p[0] != 0 && strchr("< \t\r\n", v.p[0]) != NULL && v.p[1] != 0;
}

/* The root's end is left in x->end. */
static bool parse(struct xml *x)
{
    xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC,
                          .startElementNs = on_begin,
                          .endElementNs = on_end,
                          .characters = on_text,
                          .ignorableWhitespace = on_text,
                          .cdataBlock = on_text,
                          .internalSubset = on_doctype,
                          .serror = on_error };
    x->end = x->bytes.n;
    if (!begins_well(x->bytes)) {
        fail_at(x, x->from_line + 1, "syntax error");
        return false;
    }
    x->parser = xmlCreateIOParserCtxt(&sax, x, give, NULL, x, XML_CHAR_ENCODING_NONE);
    CHECK(x->parser != NULL);
    xmlCtxtUseOptions(x->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    (void)xmlParseDocument(x->parser);
    if (!x->ended && (!x->parser->wellFormed || (x->only_one && x->depth > 0)))
        fail_at(x, xml_line(x), "no XML");
    xmlFreeParserCtxt(x->parser);
    return !x->failed;
}

bool xml_read(struct view bytes, const struct xml_calls *calls, void *ctx, struct err *e)
{
    struct xml x = { .calls = calls, .ctx = ctx, .bytes = bytes, .e = e };
    CHECK(calls->depth < 256);
    return parse(&x);
}

/* ---- several documents ---- */

static void move(struct view bytes, struct xml_place *place, size_t to)
{
    for (; place->at < to; place->at++)
        place->line += bytes.p[place->at] == '\n';
}

static bool begins(struct view v)
{
    uint8_t c = v.n > 1 && v.p[0] == '<' ? v.p[1] : 0, letter = c | 0x20;
    return c == '?' || c == '_' || (letter >= 'a' && letter <= 'z') || c >= 0x80;
}

bool xml_find(struct view bytes, struct xml_place *place)
{
    for (size_t at = place->at; at < bytes.n; at++) {
        if (begins(view_sub(bytes, at, bytes.n - at))) {
            move(bytes, place, at);
            return true;
        }
    }
    move(bytes, place, bytes.n);
    return false;
}

/* Where another one begins behind one that is broken: its declaration, or its root, called alike.
 */
static size_t next_document(const struct xml *x)
{
    const uint8_t *from = x->bytes.p + 1, *end = x->bytes.p + x->bytes.n, *p, *q = NULL;
    p = memmem(from, (size_t)(end - from), "<?xml ", 6);
    if (x->root[0] != '\0')
        q = memmem(from, (size_t)(end - from), x->root, strlen(x->root));
    /* The root itself, behind its declaration, is no other one. */
    if (q != NULL && x->bytes.p[1] == '?')
        q = memmem(q + 1, (size_t)(end - q - 1), x->root, strlen(x->root));
    if (p == NULL || (q != NULL && q < p))
        p = q;
    return p == NULL ? x->bytes.n : (size_t)(p - x->bytes.p);
}

bool xml_read_at(struct view bytes, struct xml_place *place, const struct xml_calls *calls,
                 void *ctx, struct err *e)
{
    size_t from = place->at;
    struct xml x = { .calls = calls,
                     .ctx = ctx,
                     .bytes = view_sub(bytes, from, bytes.n - from),
                     .from_line = place->line - 1,
                     .only_one = true,
                     .e = e };
    CHECK(calls->depth < 256);
    bool good = parse(&x);
    move(bytes, place, from + (good ? x.end : next_document(&x)));
    return good;
}
