/* Scenarios: Lua files that build clusters and fleets in a lab and say what an administrator does.
 * Called by sim/session and tests.  A scenario is a coroutine over the lab's time.  The loop is
 * outside: script_next() does what is due and says what it waits for, whoever calls it lets time
 * pass (virtual or live), at once or bit by bit, and may look at the lab in between.
 *
 * The sandbox (docs/SCENARIOS.md): no io, os, load, next; ordered pairs; no address in any text;
 * random numbers from the lab's seed; a budget of instructions and of memory.  Scenarios are input
 * like any other: whatever they do ends in an error with file and line. */
#ifndef CUCMLAB_SCRIPT_SCRIPT_H
#define CUCMLAB_SCRIPT_SCRIPT_H

#include "sim/lab.h"

#include <signal.h>
#include <stdio.h>

#define SCRIPT_SOURCE_MAX   (1u << 20)   /* bytes of a scenario file */
#define SCRIPT_INSTRUCTIONS 200000000ull /* of Lua, in a whole run */
#define SCRIPT_MEMORY       (256u << 20) /* bytes */

struct losses;
struct shelf;

struct script_options {
    const char *path; /* the file; errors name it so */
    struct lab *lab;  /* borrowed; new, or with what the caller put there before */
    const char *const
        *sets; /* "phones=20000": overrides of what the scenario declares by param() */
    uint32_t set_count;
    FILE *out;             /* where print() writes; NULL: nowhere */
    uint64_t instructions; /* 0: the default above */
    size_t memory;         /* 0: the default above */
    struct losses *losses; /* of this lab (sim/predict/losses.h) */
    struct shelf *shelf;   /* where tables of phones are read from (sim/inventory/shelf.h) */
    /* Adds real phones in place of those of a `phones {}`, of these device pools (NULL: all that
     * are left); none where the cluster has no file.  The script frees out->others in any case.
     * NULL: no inventory. */
    bool (*inventory)(void *ctx, struct lab *lab, uint32_t cluster, const char *pools,
                      struct lab_taken *out, struct err *e);
    void *inventory_ctx;
    /* `node:cli()`: types these lines at a node, one after the other; what they print goes to
     * `out`. False, with the reason, where one of them fails.  NULL: nodes have no command line. */
    bool (*cli)(void *ctx, uint32_t cluster, uint32_t node, const char *const *lines,
                uint32_t count, FILE *out, struct err *e);
    void *cli_ctx;
    /* Called again and again while time passes, a fraction of a second apart; NULL: no. */
    void (*progress)(void *ctx, uint64_t now_us);
    void *progress_ctx;
    const volatile sig_atomic_t *stop; /* not 0: stop as soon as can be; NULL: never */
    /* Phones that are off from the start: asked of each that `phones {}` adds; NULL: none.  They
     * boot as all do, to hold what a phone of the fleet holds, and go off at the first quiet
     * instant. */
    bool (*off)(void *ctx, const char *name);
    void *off_ctx;
    /* Asked before each step begins: true holds whoever begins it there, until script_release().
     * NULL: none is held. */
    bool (*hold)(void *ctx, const char *step);
    void *hold_ctx;
    /* A second source, in the same sandbox: it begins once the first is over and all is quiet, and
     * what the first returned is its `...`; behind it time goes on until all is quiet again, or
     * what is not can never be.  The file, which errors name too; NULL: there is none.
     * Its text where it is no file; absent: it is read. */
    const char *then;
    struct view then_text;
    /* Called just before; NULL: nobody is.  False and `e`: it does not begin. */
    bool (*then_begins)(void *ctx, struct err *e);
    void *then_ctx;
};

enum script_wants {
    SCRIPT_WANTS_TIME,  /* lab_run_until(until_us) */
    SCRIPT_WANTS_QUIET, /* lab_settle(until_us): it goes on as soon as all is quiet */
    SCRIPT_OVER         /* nothing is left to do */
};

struct script_step {
    enum script_wants wants;
    uint64_t until_us;
};

enum script_result {
    SCRIPT_PASSED,
    SCRIPT_FAILED,  /* some expect() does not hold */
    SCRIPT_STOPPED, /* it was told to stop: what was still to come is open */
    SCRIPT_ERROR    /* the scenario is wrong: `e` says where; exit code 2 */
};

/* One expect(), in the order in which they were made. */
struct script_expect {
    uint64_t at_us;
    uint32_t line;
    bool passed;
    const char *text;     /* the line of the scenario, or what expect() was given as its second */
    const char *expected; /* "at least 5000" */
    const char *actual;   /* "4999" */
    const char *path;     /* of the source where it stands */
};

/* What the scenario declared by param(). Values as the scenario would write them. */
struct script_param {
    const char *name, *value, *standard;
};

struct script;

/* `options` is copied, what it points to is borrowed until script_free(). */
struct script *script_new(const struct script_options *options);
/* Does whatever is due now and says what it waits for; then time must pass, as much of it as one
 * likes: a run in many short waits is the same run.  False: the scenario is wrong, `e` says where;
 * not to be called again. */
bool script_next(struct script *s, struct script_step *step, struct err *e);
/* Lets time pass as the step wants it, at most until `most_us`. */
void script_pass(struct script *s, const struct script_step *step, uint64_t most_us);
/* The step before which somebody is held; NULL: nobody is.  He goes on with the next script_next()
 * once he was released. */
const char *script_held(const struct script *s);
void script_release(struct script *s);
/* No expect() failed so far. */
bool script_passed(const struct script *s);
/* All of it: script_next() and script_pass() until it is over. */
enum script_result script_run(struct script *s, struct err *e);
/* Lets time go on until then, once it is over; false: it was told to stop before. */
bool script_run_on(struct script *s, uint64_t until_us);
/* A filter as the language has it: `fleet:count { KEY = VALUE }`. */
struct script_filter {
    const char *key, *text; /* text NULL: the flag is the value */
    bool flag;
};
/* The phones of the whole lab that pass all of them, in memory of sys_mem that whoever asked frees.
 * A question from outside: it costs the scenario nothing.  False: a filter is wrong, or nothing
 * runs yet. */
bool script_filter(struct script *s, const struct script_filter *filters, uint32_t count,
                   uint32_t **phones, uint32_t *found, struct err *e);
/* Valid until script_free(). */
const struct script_expect *script_expects(const struct script *s, uint32_t *count);
const struct script_param *script_params(const struct script *s, uint32_t *count);
void script_free(struct script *s);

/* The verbs that come from the table of acts (nodes/acts.h): as sections of docs/SCENARIOS.md, or
 * as types for editors. */
void script_print_acts(FILE *out, bool for_editors);

/* ---- the header of a scenario, without running it ---- */

#define SCRIPT_HEADER_PARAMS 16

/* The comment at the top of the file: the first line is the title, then "-- why: ...",
 * "-- expected: ...", "-- versions: ...", "-- source: ...", "-- confidence: ..." (each may go on in
 * lines that begin with "--   ") and "-- live = true".  What is missing is "". */
struct script_header {
    char title[200];
    char why[800], expected[800], versions[100], source[400], confidence[400];
    bool live; /* it can run on real sockets as well */
    struct {
        char name[40], standard[40];
    } params[SCRIPT_HEADER_PARAMS]; /* param("name", standard) as written in the text */
    uint32_t param_count;
};

/* A scenario as it was saved, in UTF-8 without a mark, in `a`. */
bool script_source(const char *path, struct arena *a, struct view *out, struct err *e);
bool script_header(const char *path, struct script_header *out, struct err *e);

#endif
