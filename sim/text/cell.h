/* A text of strangers in a cell of CSV: as RFC 4180 has it, and so that no spreadsheet takes it for
 * a formula.  Texts that begin with =, +, -, @, a tab or a CR, with any number of ' before it or
 * none, get one ' in front; cell_text() takes one off again, so that whatever was written loads
 * back to the same bytes.  Used by the import, which writes such files, and by who loads them. */
#ifndef CUCMLAB_TEXT_CELL_H
#define CUCMLAB_TEXT_CELL_H

#include "sim/base/buf.h"

/* Quoted where it has to be: separators, quotes, line ends, spaces at its ends. */
void cell_write(struct wr *w, struct view text);
/* The text of a field whose quotes are off already. */
struct view cell_text(struct view field);

#endif
