/* A row a command, and what they all use.  Inside sim/cli. */
#ifndef CUCMLAB_CLI_COMMAND_H
#define CUCMLAB_CLI_COMMAND_H

#include "sim/base/sys.h"
#include "sim/cli/cli.h"

#define CLI_ARGS 8 /* words behind a command; the last takes the rest where the row says so */

/* Where a command can be given. */
enum command_where { ANYWHERE, ON_PUBLISHER };

struct command {
    const char *words; /* "set cert regen" */
    /* Names of what stands behind them: "unit", "[unit]" may be left out, "..." the rest of the
     * line as one. */
    const char *args;
    uint8_t where;                        /* enum command_where */
    bool own;                             /* of the lab: no CUCM has it */
    bool (*has)(const struct version *v); /* NULL: every version */
    bool (*run)(struct cli *c, uint32_t count, const char *const *args);
    /* What an argument may be, for completion: the i-th; NULL: past the last, or anything. */
    const char *(*choice)(const struct cli *c, uint32_t arg, uint32_t i);
    const char *help;
    const char *source; /* of words and output, with how sure it is */
};

/* Tables, each ended by a row without words. */
extern const struct command commands_lists[], commands_certs[], commands_services[],
    commands_node[], commands_session[], commands_query[], commands_network[], commands_modes[],
    commands_recovery[], commands_csr[], commands_admin[], commands_lab[];
extern const struct command *const command_tables[];
extern const uint32_t command_table_count;

/* An answer to what was asked last: the same as a command returns. */
typedef bool command_answer(struct cli *c, const char *answer);

struct cli {
    struct cli_options options;
    FILE *out; /* during a line */
    char prompt[200];
    char line[CLI_LINE]; /* of the command, cut into words */
    const char *args[CLI_ARGS];
    uint32_t arg_count;
    command_answer *answer; /* NULL: a command comes next */
    bool closed, paged;
    uint32_t done;   /* acts, and times that passed */
    struct err why;  /* that it failed */
    struct act act;  /* that a question is about */
    struct act then; /* done behind it; kind ACTS: nothing */
    char *pasted;    /* a certificate, line by line */
    uint32_t pasted_n, pasted_cap;
    struct arena words; /* of completion */
};

/* ---- where one is ---- */

struct cluster *cli_cluster(const struct cli *c);
struct node *cli_node(const struct cli *c);
uint64_t cli_now_us(const struct cli *c);
bool cli_is_publisher(const struct cli *c);

/* The certificate that `show cert list trust` calls so, with or without ".pem": CT_CERT; 0: none.
 */
uint32_t cli_trusted(const struct cli *c, enum store store, const char *name);

/* ---- asking and telling ---- */

void cli_ready(struct cli *c); /* a command comes next */
__attribute__((format(printf, 2, 3))) void cli_print(struct cli *c, const char *format, ...);
/* The line "Executed command unsuccessfully" behind the reason; returns false. */
__attribute__((format(printf, 2, 3))) bool cli_fail(struct cli *c, const char *format, ...);
/* The next line is for `answer`; returns true. */
bool cli_ask(struct cli *c, const char *question, command_answer *answer);
/* "y", "yes", "Y": what the product takes for a yes. */
bool cli_is_yes(const char *answer);

/* ---- acts ---- */

/* An act of this node or cluster with what act_parse() reads ("regenerate TVS"). */
bool cli_parse(const struct cli *c, enum act_kind kind, const char *args, struct act *act,
               struct err *e);
/* The same, and whether it could be done now: false where not, with what the product prints. */
bool cli_can(struct cli *c, enum act_kind kind, const char *args);
/* Does it; where it cannot be done, says why and fails. */
bool cli_do(struct cli *c, const struct act *act);
/* The act that was asked about, and the one behind it. */
bool cli_do_asked(struct cli *c);
/* An answer that does what was asked about: `no` fails with "Operation cancelled". */
bool cli_yes_do(struct cli *c, const char *answer);

#endif
