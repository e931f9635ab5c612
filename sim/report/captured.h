/* What phones, nodes and the administrator say, as lines between the packets of a capture: those of
 * the trace but for states; a refusal has each check behind it in its comment.  Called by
 * sim/session for `--pcap`. */
#ifndef CUCMLAB_REPORT_CAPTURED_H
#define CUCMLAB_REPORT_CAPTURED_H

#include "sim/lab_trace.h"

struct capture;

struct captured {
    struct lab *lab;
    struct capture *capture;
    struct lab_trace trace;
};

/* From here on; the capture is borrowed until the end. */
void captured_begin(struct captured *k, struct lab *lab, struct capture *capture);
void captured_end(struct captured *k); /* nothing where it did not begin */

#endif
