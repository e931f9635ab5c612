/* What `show itl` and `show ctl` print on a node: the list that lies there, as bytes, read and
 * verified again.  Called by --dump and the shell. */
#ifndef CUCMLAB_REPORT_LISTING_H
#define CUCMLAB_REPORT_LISTING_H

#include "sim/lab.h"
#include "sim/report/tlshow.h"

/* False and `e` where its bytes cannot be made. */
bool listing_print(FILE *out, struct lab *lab, uint32_t cluster, uint32_t node,
                   enum tlshow_kind kind, struct err *e);

#endif
