/* Trust lists as an administrator reads them: the text of `show itl` and `show ctl`, what differs
 * between two lists, and the headers of signed files.  Called by sim/cmd/tools, `cucmlab itl`,
 * `ctl` and `sgn`.  Writes to a stream that the caller owns; keeps nothing.
 *
 * The columns and words are those of Cisco technotes 116232 (8.x: no checksums), 118892
 * and 118893 (10.x), observed; blank lines that the published pages lost are assumed.  Bytes below
 * 0x20 in names are shown as '?': a file must not write to a terminal. */
#ifndef CUCMLAB_REPORT_TLSHOW_H
#define CUCMLAB_REPORT_TLSHOW_H

#include "sim/wire/tl.h"

#include <stdio.h>

enum tlshow_kind { TLSHOW_ITL, TLSHOW_CTL };

struct tlshow {
    enum tlshow_kind kind;
    bool checksums;     /* prints them first: a column of the versions (nodes/version.h) */
    int64_t modified_s; /* Unix seconds; printed in UTC */
    bool verified;      /* what envelope_list_verify() said */
};

/* "Fri Mar 06 19:45:13 UTC 2015".  The years 0 to 9999; outside them the nearest end. */
#define TLSHOW_DATE 32
void tlshow_date(int64_t unix_s, char out[TLSHOW_DATE]);
/* The date of a header, in `out` or elsewhere; "none". */
const char *tlshow_timestamp(const struct tl_header *h, char out[TLSHOW_DATE]);

void tlshow_print(FILE *out, const struct tl *t, const struct tlshow *how);
/* Whether that release prints checksums; its major alone is its first ("8" is 8.0). */
bool tlshow_has_checksums(const char *release, bool *checksums, struct err *e);
/* What the command prints where there is no file; for the CTL observed (10.5.1), ITL inferred. */
void tlshow_absent(FILE *out, enum tlshow_kind kind);

/* What an administrator would say differs between an old and a new list.  Returns how many
 * differences it printed; 0 where the files are the same byte for byte, and says so. */
unsigned tlshow_diff(FILE *out, const struct tl *old, const struct tl *new);

/* The header of a .sgn or .enc.sgn, every value shown. `payload_n` is what stands behind it. */
void tlshow_sgn(FILE *out, const struct tl_header *h, size_t payload_n);

#endif
