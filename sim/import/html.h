/* Rows of the tables of an HTML page, as strangers write it: a stream of rows and never a tree.
 * libxml2's parser of HTML, with network and entities of documents off; tags that are nested too
 * deep end the reading.  Called by pages.c. */
#ifndef CUCMLAB_IMPORT_HTML_H
#define CUCMLAB_IMPORT_HTML_H

#include "sim/base/buf.h"
#include "sim/base/err.h"

#define HTML_CELLS 4
#define HTML_CELL  2000       /* bytes of a cell; what is behind them is cut */
#define HTML_DEPTH 200        /* tags in tags */
#define HTML_MOST  (1u << 20) /* bytes of a page */

/* Cells that are not empty, without blanks at their ends; between words one blank, between
 * paragraphs a LF.  Borrowed for the call. */
struct html_row {
    uint32_t line; /* of the page, from 1 */
    uint32_t count;
    struct view cells[HTML_CELLS];
};

/* Each row of each table, the inner ones first, in the order in which they end.  `html` is UTF-8,
 * whatever it says of itself.  False: it is too long or nested too deep; rows came until there. */
bool html_rows(struct view html, void (*row)(void *ctx, const struct html_row *r), void *ctx,
               struct err *e);

#endif
