/* The command line of a node as an administrator knows it: lines in, text and acts out.  No
 * terminal, no socket, no clock of its own: sim/cmd/shell is the front on a terminal, a scenario
 * has `node:cli()`.  It adds no rule: what is changed is an act of nodes/acts.h, what is shown is
 * asked of the lab.
 *
 * A command may ask back ("Continue (y/n)?"): then the next line is the answer.
 *
 * Prompts, confirmations and outputs are Cisco's where a document or a listing has them (observed
 * or documented, said beside each row); what the lab adds of its own says so in its help. */
#ifndef CUCMLAB_CLI_CLI_H
#define CUCMLAB_CLI_CLI_H

#include "sim/lab.h"

#include <stdio.h>

#define CLI_LINE 1024 /* characters of a line; a longer one is refused */

/* All borrowed until cli_free(). */
struct cli_options {
    struct lab *lab;
    uint32_t cluster, node; /* where one is logged in */
    /* `wait`: lets so much time pass; false: it was told to stop.  NULL: time is the wall clock's,
     * and `wait` is refused. */
    bool (*wait)(void *ctx, uint64_t us);
    /* `save`: writes what was done so far as a scenario; `undo`: takes the last act back, with
     * cli_moved() where the lab is another one then.  NULL: refused. */
    bool (*save)(void *ctx, const char *path, struct err *e);
    bool (*undo)(void *ctx, struct err *e);
    void *ctx;
};

enum cli_state {
    CLI_READY, /* the next line is a command */
    CLI_ASKS,  /* the next line is an answer */
    CLI_CLOSED /* `exit` or `quit` */
};

struct cli;

struct cli *cli_new(const struct cli_options *options);
void cli_free(struct cli *c);

enum cli_state cli_state(const struct cli *c);
/* What stands before the cursor: "admin:", or the end of the question. */
const char *cli_prompt(const struct cli *c);
/* A line without its end; its text goes to `out`, lines end in '\n'.  False: the command failed, in
 * the words that `out` has. */
bool cli_line(struct cli *c, const char *line, FILE *out);
/* A session of these lines alone: a command, and the answers to what it asks.  False and `e` where
 * one fails, or there are too few or too many. */
bool cli_type(const struct cli_options *options, const char *const *lines, uint32_t count,
              FILE *out, struct err *e);
/* Gives up a question, as Ctrl-C does. */
void cli_interrupt(struct cli *c, FILE *out);

/* What a terminal shows when somebody has logged in (observed; of the machine only what the lab
 * has: that it is simulated). */
void cli_banner(FILE *out);

/* How many acts this session did, and how often it let time pass. */
uint32_t cli_done(const struct cli *c);
/* Output is to stop at each page: `set cli pagination on`, which is how a session begins. */
bool cli_is_paged(const struct cli *c);
/* The lab is this one from now on. */
void cli_moved(struct cli *c, struct lab *lab);

/* What may stand in place of the last word of `line`: to *most* of them, in order.  Valid until the
 * next call for this session. */
#define CLI_WORDS 128
uint32_t cli_complete(struct cli *c, const char *line, const char *words[CLI_WORDS]);

/* Every command, as a table of docs/SHELL.md. */
void cli_print_commands(FILE *out);

#endif
