/* `--dump DIR`: the bytes of every list and signed file that a node served, DIR/CLUSTER/NODE/NAME;
 * the last one of a name stays.  A '/' in a name (a locale's folder) becomes '_'.  Called by
 * sim/main. */
#ifndef CUCMLAB_REPORT_DUMP_H
#define CUCMLAB_REPORT_DUMP_H

#include "sim/lab.h"

struct dump {
    struct observer observer;
    struct lab *lab;
    const char *folder; /* borrowed */
    struct err failed;  /* the first file that could not be written */
};

/* Makes the folder where it is not there; from here on every answer with a file is written. */
bool dump_open(struct dump *d, struct lab *lab, const char *folder, struct err *e);
/* Nothing where it was not opened.  False: a file could not be written. */
bool dump_close(struct dump *d, struct err *e);

#endif
