/* A session: one lab with a scenario, and all that listens to it or is asked of it (losses, trace,
 * --explain, --dump, an inventory, the report), wired in one place for every command and for tests.
 *
 *   session_new -> session_run (the scenario, once) -> session_report, session_explain ->
 * session_free
 *
 * Sessions do not know of each other: there may be several at a time.  Called by sim/cmd and tests.
 */
#ifndef CUCMLAB_SESSION_H
#define CUCMLAB_SESSION_H

#include "sim/base/sys.h"
#include "sim/inventory/inventory.h"
#include "sim/inventory/off.h"
#include "sim/predict/losses.h"
#include "sim/report/accesslog.h"
#include "sim/report/captured.h"
#include "sim/report/dump.h"
#include "sim/report/explain.h"
#include "sim/report/report.h"
#include "sim/report/tracefile.h"
#include "sim/script/script.h"

struct capture;

/* All borrowed until session_free(). */
struct session_options {
    struct lab_options lab; /* lab.live: on real sockets, which are opened at once */
    /* The session fills in lab, losses and, with a file, inventory; and a shelf of its own where
     * none is given: a session that is made of the options of another one, and ends before it,
     * reads no table of phones again. */
    struct script_options script;
    const char *trace;      /* file of the trace; NULL: none */
    const char *pcap;       /* file of the packets; NULL: none */
    const char *access_log; /* live: file of it; NULL: none */
    bool access;            /* live: observers hear of every request */
    const char *dump;       /* folder of what is served; NULL: none */
    /* "FILE" or "CLUSTER=FILE" each (sim/inventory/inventory.h). */
    const char *const *inventories, *const *pools;
    uint32_t inventory_count, pools_count;
    struct inventory_as as;
    const char *off;            /* file of phones that are off from the start; NULL: none */
    const char *until;          /* when the run ends, at the earliest; NULL: with the scenario */
    const char *const *explain; /* names of phones whose story will be asked for */
    uint32_t explain_count;
    uint32_t tvs_workers; /* live: as in struct live_options */
    bool tvs_resumption;
    bool short_registrations; /* live: no phone keeps the connection over which it registered */
    FILE *announce;           /* live: what was bound; NULL: nowhere */
    FILE *notes;              /* what the inventory's reader says of rows; NULL: nowhere */
    const char *command;      /* how to repeat the run; NULL: not known */
    bool letter;              /* users get a letter: the report counts what they do */
    uint32_t users_follow, users_hours; /* as in struct report_input */
    const char *version; /* of the program, and the Unix seconds of now, for the report; NULL, -1:
                            not said */
    int64_t date_s;
};

struct session {
    struct session_options options;
    struct check_context check; /* what a failed CHECK prints inside */
    struct lab *lab;
    struct losses losses;
    struct script *script;
    struct explain explain;
    struct dump dump;
    struct tracefile trace;
    struct capture *capture;
    struct captured captured;
    struct accesslog access;
    struct inventory_file *files;
    uint32_t file_count;
    struct off off;
    struct shelf *shelf; /* its own; NULL: it has that of another session */
    struct report_file off_file;
    const char *stopped; /* by which signal, where it was; NULL: it was not */
};

/* lab_defaults(), no files, no output. */
struct session_options session_defaults(void);
/* NULL and `e` where a file cannot be used or a socket cannot be opened. */
struct session *session_new(const struct session_options *options, struct err *e);
void session_free(struct session *s); /* NULL: nothing */

/* Runs the scenario to its end, and on until the time given.  Live, a signal or a failure of the
 * driver ends it before (live_stopped(), live_failed()). */
enum script_result session_run(struct session *s, struct err *e);
#define SESSION_PRESENT_US (24ull * 3600 * 1000000) /* all is quiet long before */
/* A scenario as it stands when it is over and all is quiet: what a cluster is like before anything
 * is changed there.  NULL and `e`: it cannot be run, ends with an error, or builds no cluster. */
struct session *session_present(const struct session_options *options, struct err *e);
/* What was met in the files of phones, to options.notes: behind an error, where there is one. */
void session_notes(const struct session *s);
/* The two halves of it, for whoever lets the time pass by himself (script_next()): when the run
 * ends at the earliest, 0 where the scenario says; what there is to say once it is over. */
bool session_until(const struct session *s, uint64_t *until_us, struct err *e);
bool session_over(struct session *s, struct err *e);
/* Nothing more is traced or dumped: writes the hash of the trace and closes it, where there is one.
 * False where something could not be written. */
bool session_end_files(struct session *s, struct err *e);

/* As things are now; until it is freed the session must not go on.  `hands_minutes` and `people` as
 * in struct report_input. */
void session_report(struct session *s, uint32_t hands_minutes, uint32_t people, struct report *out);
/* The stories asked for; false where the lab has no phone of one of the names. */
bool session_explain(struct session *s, FILE *out, struct err *e);

#endif
