/* The access log of nodes on real sockets: who asked which node for what, and the answer, one line
 * a request, written at once, fit for `tail -f`.  Called by sim/session for `--access-log`.
 *
 *   0:00:00.286408 pub HTTP 127.0.0.1:51934 SEP001121000002 "GET ITLSEP001121000002.tlv" 200 5426
 *
 * Time from the start, node, service, client, the phone that the request names (-: none that the
 * lab has), what was asked, the answer, bytes of it.  Answer and question stand in quotes; what a
 * client sent is escaped, so that a line is always one request. */
#ifndef CUCMLAB_REPORT_ACCESSLOG_H
#define CUCMLAB_REPORT_ACCESSLOG_H

#include "sim/lab.h"

#include <stdio.h>

struct accesslog {
    struct lab *lab;
    struct observer observer;
    FILE *out;
    const char *path;
    int error; /* of the first line that could not be written; 0: none */
};

/* Opens the file, or what stands there (a FIFO); `path` "-" is standard output. */
bool accesslog_open(struct accesslog *l, struct lab *lab, const char *path, struct err *e);
/* False where not all could be written, which was said when it began.  Nothing where it is not
 * open. */
bool accesslog_close(struct accesslog *l, struct err *e);

#endif
