/* The files of a result: as JSON, as pictures, as a log of HdrHistogram. */
#ifndef CUCMLAB_LOAD_OUTPUTS_H
#define CUCMLAB_LOAD_OUTPUTS_H

#include "sim/load/result.h"
#include "sim/load/slo.h"

/* Paths, borrowed; NULL: not wanted; "-": standard output. */
struct outputs {
    const char *json, *svg, *html, *hdr;
};

/* Tried before a long run: each can be written, and no two are one. */
bool outputs_can_write(const struct outputs *o, struct err *e);
/* False: one of them would write over that file, which is read as `as` ("--cert"); NULL: none
 * is read. */
bool outputs_keep(const struct outputs *o, const char *read, const char *as, struct err *e);
/* One of them is standard output, so that words for people go elsewhere. */
bool outputs_on_stdout(const struct outputs *o);
/* Writes all that can be written; false, with the last error, where one could not.  `command`: how
 * to repeat the run; NULL: that is not one command. */
bool outputs_write(const struct outputs *o, const struct result *r, const struct slo *slo,
                   const char *command, struct err *e);

#endif
