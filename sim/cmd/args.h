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
    CONTROL = 128
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
    const char *access_log;
    const char *addresses;
    const char *control;
    const char *csv;
    const char *dump;
    const char *json;
    const char *junit;
    const char *letter;
    const char *metrics;
    const char *off;
    const char *pcap;
    const char *report_every;
    const char *speed;
    const char *trace;
    const char *until;
    bool bytes;
    bool dot;
    bool fail_on_risk;
    bool no_cache;
    bool no_what_if;
    bool pause;
    bool quiet;
    bool short_registrations;
    bool strict;
    bool strangers;
    bool tvs_resumption;
    bool types;
    bool what_if;
    struct args_list as;
    struct args_list explains;
    struct args_list inventories;
    struct args_list pools;
    struct args_list sets;
    uint32_t hands_minutes, people; /* --set hands_minutes=, --set people= */
    uint32_t users_follow, users_hours;
    uint32_t tvs_workers;
    const char *command; /* as it was typed: how to repeat this run */
};

/* One more of an option that may be given again; the error names the option. */
bool args_add(struct args_list *list, const char *option, const char *value, struct err *e);
/* The reader of these words for one command. */
struct options args_options(struct args *a, unsigned of);

/* How to repeat this run: what it begins with and the words, as one text that a shell would take.
 */
#define ARGS_COMMAND 4096
const char *args_command_line(const char *begins, int argc, char *const *argv,
                              char out[ARGS_COMMAND]);

/* Prints the error; the exit status of it. */
int cmd_fail(const struct err *e);

#endif
