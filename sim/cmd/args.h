/* What the words behind a command of the lab say, and what a command gives back.  Called by
 * sim/main and the commands. */
#ifndef CUCMLAB_CMD_ARGS_H
#define CUCMLAB_CMD_ARGS_H

#include "sim/cmd/options.h"

#define ARGS_WORDS 32  /* that are no options */
#define ARGS_LIST  256 /* --set, --explain, --inventory ...: each as often */

enum exit_status { EXIT_GOOD, EXIT_EXPECT, EXIT_INPUT, EXIT_SIGNAL = 128 /* and its number */ };

/* Bits of the commands, for options. */
enum {
    RUN = 1,
    SERVE = 2,
    LIST = 4,
    DIFF = 8,
    STATES = 16,
    TABLES = 32,
    VERBS = 64,
    CONTROL = 128,
    ANY = 255
};

/* An option that may be given again. */
struct args_list {
    const char *words[ARGS_LIST];
    uint32_t count;
};

struct args {
    const char *files[ARGS_WORDS];
    int file_count;
    uint64_t seed, identity;
    const char *json, *csv, *trace, *pcap, *dump, *off, *access_log, *addresses, *control, *speed,
        *report_every, *metrics, *until, *junit, *letter;
    bool pause;
    bool bytes, fail_on_risk, no_cache, quiet, dot, types, strict, what_if, no_what_if;
    bool tvs_resumption, short_registrations;
    struct args_list sets, explains, inventories, pools, as;
    uint32_t hands_minutes, people; /* --set hands_minutes=, --set people= */
    uint32_t users_follow, users_hours;
    uint32_t tvs_workers;
    const char *command; /* as it was typed: how to repeat this run */
};

/* The reader of these words for one command, or for ANY: what all have. */
struct options args_options(struct args *a, unsigned of);

/* Prints the error; the exit status of it. */
int cmd_fail(const struct err *e);

#endif
