/* XML as strangers write it, as a stream of tags and texts and never as a tree.  The one place that
 * knows libxml2's parser of XML; configurations (sim/bytes/cnf_read.h) and answers of a cluster are
 * read through it.  Bytes are UTF-8, whatever their declaration says.
 *
 * Nothing is fetched: no network, no external entity, no document type (one is an error, so that no
 * entity is ever declared, let alone expanded).  Nesting, names and attribute values are bounded:
 * by `depth`, XML_ATTRIBUTES and libxml2's own limits.  Memory is the program's own
 * (sim/base/sys.h) and does not grow with the input.  Any thread, each reading by itself. */
#ifndef CUCMLAB_TEXT_XML_H
#define CUCMLAB_TEXT_XML_H

#include "sim/base/buf.h"
#include "sim/base/err.h"

#define XML_ATTRIBUTES 500 /* of a tag, about */

struct xml; /* one that is being read */

struct xml_tag {
    const char *name;             /* without its prefix; valid until the document's end */
    const char *prefix;           /* NULL: none */
    uint32_t depth;               /* 1: the root */
    uint32_t count;               /* of attributes */
    const uint8_t **xml_internal; /* attributes: xml_attribute() */
};

struct xml_calls {
    uint32_t depth; /* most elements inside each other, at most 255 */
    /* Any of them NULL: it is not wanted.  Texts come in pieces, CDATA as text. */
    void (*begin)(struct xml *x, void *ctx, const struct xml_tag *tag);
    void (*end)(struct xml *x, void *ctx, uint32_t depth);
    void (*text)(struct xml *x, void *ctx, struct view text);
};

/* The value of an attribute without prefix; absent: there is none. */
struct view xml_attribute(const struct xml_tag *tag, const char *name);

/* For calls: the line of the input, from 1; and to give up: the reading fails with "line N: what",
 * and nothing more is called. */
uint32_t xml_line(const struct xml *x);
void xml_fail(struct xml *x, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The whole is one document.  What was called before an error was called. */
bool xml_read(struct view bytes, const struct xml_calls *calls, void *ctx, struct err *e);

/* Several documents behind each other, with anything between them: begin with { 0, 1 }. */
struct xml_place {
    size_t at;
    uint32_t line;
};
/* Moves to where the next document may begin; false: there is none. */
bool xml_find(struct view bytes, struct xml_place *place);
/* Reads that one, and moves behind the end of its root; on failure to the next XML declaration or
 * begin of a root of that name, so that a document that breaks off costs no other one. */
bool xml_read_at(struct view bytes, struct xml_place *place, const struct xml_calls *calls,
                 void *ctx, struct err *e);

#endif
