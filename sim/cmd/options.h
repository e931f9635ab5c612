/* The one reader of a command line: options by a table, in any order with the other words.  Called
 * by every command of the program. */
#ifndef CUCMLAB_CMD_OPTIONS_H
#define CUCMLAB_CMD_OPTIONS_H

#include "sim/base/err.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct option {
    const char *name, *value; /* "--seed", "N"; a flag has no value: NULL */
    unsigned of;              /* bits of the commands that have it */
    /* What it does with its value; NULL: sets the text or the flag at `at`. */
    bool (*take)(void *to, const char *value, struct err *e);
    size_t at; /* in what is filled in */
    const char *help;
};

struct options {
    const struct option *table;
    uint32_t count;
    unsigned of;        /* the bit of this command */
    void *to;           /* filled in */
    const char **words; /* those that are no options */
    int most, found;    /* room for them, and how many there are */
};

/* The option at argv[*i], "--x value" or "--x=value"; *i is then at its last word. */
bool options_take(struct options *o, int argc, char *const *argv, int *i, struct err *e);
/* All of argv; behind "--" nothing is an option. */
bool options_read(struct options *o, int argc, char *const *argv, struct err *e);
/* A name, what stands behind it (NULL or "": nothing) and what it does.  Between them are two
 * blanks at least, or the end of the line: shells complete by it (scripts/cucmlab.bash). */
void options_line(FILE *out, const char *name, const char *value, const char *help);
/* A number as the value of an option; NULL: it was not given, and *out stays. */
bool options_number(const char *option, const char *value, uint64_t least, uint64_t most,
                    uint64_t *out, struct err *e);
/* A line for each option of this command. */
void options_help(const struct options *o, FILE *out);

#endif
