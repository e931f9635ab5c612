/* Files of every kind into facts: each is known by what is in it and never by its name.  Archives
 * are opened, logs of a terminal are cut into the outputs of their commands, text becomes UTF-8
 * with lines that end in LF; each piece goes to the first row of kinds.h that says it is its own.
 * What nobody knows, and what is refused, is kept by its name: nothing goes missing in silence.
 * Called by `cucmlab import`. */
#ifndef CUCMLAB_IMPORT_RECOGNISE_H
#define CUCMLAB_IMPORT_RECOGNISE_H

#include "sim/import/facts.h"
#include "sim/import/unpack.h"

enum recognised_as {
    RECOGNISED,         /* read, by a row of kinds.h */
    RECOGNISED_OPENED,  /* an archive: what is in it has rows of its own */
    RECOGNISED_PASSED,  /* in a log, the output of a command that no row reads: "exit" */
    RECOGNISED_UNKNOWN, /* no row is of this kind */
    RECOGNISED_REFUSED, /* not looked at: a key, a link, a bomb */
    RECOGNISED_KINDS
};

/* One piece that was looked at; path, kind, line and session are those of its reading. */
struct recognised_row {
    uint32_t reading; /* in facts->readings */
    uint32_t facts, notes, bad;
    uint64_t bytes;
    const char *command; /* of a piece of a log; else NULL */
    uint8_t as;          /* enum recognised_as */
};

/* The kind that stands in readings of RECOGNISED_UNKNOWN; a note of one says what it is all the
 * same.
 */
#define RECOGNISED_NOT "not recognised"

#define RECOGNISE_PIECES 1000000 /* looked at, of all files */

struct recognised {
    struct facts *facts;
    struct unpack unpack; /* limits, and what was taken of them */
    struct arena arena;
    struct recognised_row *rows;
    uint32_t count, cap;
    uint32_t as[RECOGNISED_KINDS]; /* how many rows of each */
    uint32_t depth;                /* of archives that are open */
    const char *path;              /* of what is open */
    bool full;                     /* a limit was reached; it is told */
};

/* `facts` and `limits` are borrowed.  Free it in any case; the facts stay. */
void recognise_begin(struct recognised *r, struct facts *facts, const struct unpack_limits *limits);
void recognise_free(struct recognised *r);

/* A file, a folder with all that is in it, or "-" for standard input.  False: it cannot be read,
 * and the error says why; whatever is wrong within is a note. */
bool recognise_path(struct recognised *r, const char *path, struct err *e);
/* The bytes of a file that is called `path`. */
void recognise_bytes(struct recognised *r, const char *path, struct view bytes);

#endif
