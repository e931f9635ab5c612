/* What people hand over beside, or in place of, what can be read: which thing it is and what makes
 * something readable of it.  Known by its first bytes, as everything here; the recogniser says it
 * of files that no row knows. */
#ifndef CUCMLAB_IMPORT_STRANGE_H
#define CUCMLAB_IMPORT_STRANGE_H

#include "sim/base/buf.h"

/* "a PDF: what was copied out of it as text can be read"; NULL: it is nothing that is known. */
const char *strange_words(struct view bytes);
/* The same of an archive that is no folder of files but one document (an Excel workbook), which is
 * not to be opened; NULL: it is none. */
const char *strange_document(struct view bytes);

#endif
