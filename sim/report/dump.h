/* `--dump DIR`: the bytes of every list and signed file that a node served.  The newest of a name
 * is DIR/CLUSTER/NODE/NAME; those before it are NAME.TIME, by when each was served first
 * ("ITLSEP001121000000.tlv.0-00-53.003514"), so that `itl diff` compares old and new.  A '/' in a
 * name (a locale's folder) becomes '_'.  At the end each node that runs TFTP has what `show itl`
 * and `show ctl` print there, as its version does, in show-itl.txt and show-ctl.txt.  Called by
 * sim/session. */
#ifndef CUCMLAB_REPORT_DUMP_H
#define CUCMLAB_REPORT_DUMP_H

#include "sim/base/table.h"
#include "sim/lab.h"

struct dump_newest {
    uint32_t content;
    uint64_t since_us; /* when it was served first */
};

struct dump {
    struct observer observer;
    struct lab *lab;
    const char *folder; /* borrowed */
    struct table names; /* hash of node and file: index into newest */
    struct dump_newest *newest;
    uint32_t count, cap;
    struct err failed; /* the first file that could not be written; no other is tried then */
};

/* Makes the folder where it is not there, and tries a file in it; from here on every answer with a
 * file is written. */
bool dump_open(struct dump *d, struct lab *lab, const char *folder, struct err *e);
/* Nothing where it was not opened.  False: a file could not be written. */
bool dump_close(struct dump *d, struct err *e);

#endif
