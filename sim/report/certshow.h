/* A certificate as an administrator reads it: what `show cert own` and `show cert trust` print,
 * fields first, the PEM last.  Called by sim/cli.  Writes to a stream that the caller owns; keeps
 * nothing.
 *
 * The form is that of a complete output of 2018 (observed): names in the reverse order of the DER,
 * serial in capitals without colons, dates as Java writes them (in UTC), lists that end in a comma,
 * the closing bracket on the line of BEGIN.  Extensions that were not in it (basicConstraints, the
 * alternative names, the authority's key) have its form (assumed).  Bytes of names that no terminal
 * should see are escaped. */
#ifndef CUCMLAB_REPORT_CERTSHOW_H
#define CUCMLAB_REPORT_CERTSHOW_H

#include "sim/base/err.h"
#include "sim/base/mem.h"

#include <stdio.h>

/* False and `e` where it is no certificate; then nothing is printed. */
bool certshow_print(FILE *out, struct view der, struct err *e);
/* Its fields alone, as the page Certificate Management shows them: without the PEM. */
bool certshow_fields(FILE *out, struct view der, struct err *e);

#endif
