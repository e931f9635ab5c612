/* What the command line prints: a row each.  In a log the command decides; an output that stands
 * alone is known by a sentence that no other has. */
#include "sim/import/cli_impl.h"
#include "sim/wire/text.h"

#include <string.h>

/* How a row is known.  Commands: beginnings, with '|' between; marks of an output whose command is
 * not known: all of them stand in its beginning, '|' between, or all of those behind a ';'. */
struct known {
    const char *commands, *marks;
};

#define CLI_LOOK 6000 /* bytes of an output that are looked at */

static bool any_command(const char *commands, struct view command)
{
    struct view left = view_str(commands);
    while (left.n > 0) {
        struct view words = text_cut(&left, '|');
        char text[80] = { 0 };
        memcpy(text, words.p, words.n < sizeof text ? words.n : sizeof text - 1);
        if (cli_is_command(command, text, NULL))
            return true;
    }
    return false;
}

static bool all_marks(struct view marks, struct view bytes)
{
    bytes.n = bytes.n < CLI_LOOK ? bytes.n : CLI_LOOK;
    bool all = marks.n > 0 && bytes.n > 0;
    while (all && marks.n > 0) {
        struct view mark = text_cut(&marks, '|');
        all = memmem(bytes.p, bytes.n, mark.p, mark.n) != NULL;
    }
    return all;
}

/* No words, but a table. */
#define SQL_MARK "\n="

static bool any_marks(const char *marks, struct view bytes)
{
    struct view left = view_str(marks);
    while (left.n > 0) {
        if (all_marks(text_cut(&left, ';'), bytes))
            return true;
    }
    return false;
}

static bool is(const struct known *k, const struct piece *p)
{
    struct view first = text_trim(view_sub(p->bytes, 0, p->bytes.n < 100 ? p->bytes.n : 100));
    /* What is marked up is nobody's terminal. */
    if (p->command == NULL && (first.n == 0 || first.p[0] == '<' || first.p[0] == '{'))
        return false;
    return p->command != NULL ? any_command(k->commands, view_str(p->command))
                              : any_marks(k->marks, p->bytes) &&
                                    (strcmp(k->marks, SQL_MARK) != 0 || cli_sql_is(p));
}

/* X(reader, "name", "commands", "marks", sureness, "gives", "source"). */
#define CLI_ROWS(X)                                                                                \
    X(itl, "show itl", "show itl", "Length of ITL file:", SURE_ANSWER,                             \
      "the ITL that the node serves: its digests, date, signer and records",                       \
      "documented: technote 116232 (8.x); observed: show ctl of 10.x, whose form it has")          \
    X(ctl, "show ctl", "show ctl", "Length of CTL file:", SURE_ANSWER,                             \
      "the CTL that the node serves, or that there is none",                                       \
      "documented: technotes 118892, 118893 (10.x)")                                               \
    X(cert_list_own, "show cert list own", "show cert list own|show cert list type own",           \
      "CallManager/CallManager.pem:;tomcat/tomcat.pem:", SURE_ANSWER,                              \
      "which own certificates the node has, and who signed them", "observed: 15")                  \
    X(cert_list_trust, "show cert list trust", "show cert list trust|show cert list type trust",   \
      "-trust/|.pem: ", SURE_ANSWER, "which certificates its trust stores hold",                   \
      "observed: 15, form alone")                                                                  \
    X(cert, "show cert own, show cert trust", "show cert own|show cert trust",                     \
      "Serial Number:|SignatureAlgorithm:|Issuer Name:", SURE_BYTES,                               \
      "one certificate of the node, with its bytes", "observed: a certificate of 2018")            \
    X(cluster, "show network cluster", "show network cluster", "callmanager DBPub|Publisher",      \
      SURE_ANSWER, "nodes: addresses, names, roles; which of them was asked; the server table",    \
      "observed: 10.x to 15")                                                                      \
    X(eth0, "show network eth0", "show network eth0", "IP Address|IP Mask|Gateway", SURE_ANSWER,   \
      "address and domain of the node", "assumed")                                                 \
    X(status, "show status", "show status", "Host Name|Product Ver|Unified OS Version",            \
      SURE_ANSWER, "the node's name, version, time zone and clock", "observed: 12.5")              \
    X(version, "show version active, show version inactive",                                       \
      "show version active|show version inactive", "ctive Master Version:", SURE_ANSWER,           \
      "the version on the active and on the other partition", "observed: 11.5, 15")                \
    X(services, "utils service list", "utils service list",                                        \
      "Getting list of all services|Return code", SURE_ANSWER,                                     \
      "services: started, stopped, not activated; whether the node is the publisher",              \
      "observed: several versions")                                                                \
    X(replication, "utils dbreplication runtimestate", "utils dbreplication runtimestate",         \
      "Cluster Detailed View|REPLICATION SETUP", SURE_ANSWER,                                      \
      "replication setup of each node, addresses, the clock", "documented: 15; observed: 10.5")    \
    X(backup_status, "utils disaster_recovery status backup",                                      \
      "utils disaster_recovery status backup", "Tar Filename:|Percentage Complete", SURE_ANSWER,   \
      "the last backup", "inferred from what tools read of it")                                    \
    X(backup_history, "utils disaster_recovery history backup",                                    \
      "utils disaster_recovery history backup",                                                    \
      "Tar Filename|Backup Device;TAR|COMPLETED ON;.tar|SUCCESS", SURE_ANSWER,                     \
      "backups: when, and whether they succeeded", "inferred from what tools read of it")          \
    X(tls, "show tls min-version", "show tls min-version", "TLS minimum version:", SURE_ANSWER,    \
      "the lowest version of TLS that the node speaks", "documented: CLI reference 12.5")          \
    X(fips, "utils fips status", "utils fips status", "system is|operating in|FIPS mode",          \
      SURE_ANSWER, "whether the node is in FIPS mode", "assumed")                                  \
    X(ctl_mode, "utils ctl", "utils ctl", "Cluster set to |Mode", SURE_ANSWER,                     \
      "the mode to which the cluster was set", "documented: technotes 118892, 118893")             \
    X(sql, "run sql", "run sql", SQL_MARK, SURE_ANSWER,                                            \
      "rows of the database: nodes, groups with their order, pools, parameters, certificates, "    \
      "phones, profiles, when phones were seen last",                                              \
      "observed: listings of several versions")                                                    \
    X(aside, "set cli, exit, quit", "set cli|exit|quit|help", "", SURE_OWN_FORM,                   \
      "nothing: settings of the terminal", "documented: CLI reference")

#define IS(reader, name, commands, marks, ...)                                                     \
    static bool is_##reader(const struct piece *p)                                                 \
    {                                                                                              \
        return is(&(struct known){ (commands), (marks) }, p);                                      \
    }
CLI_ROWS(IS)

#define ROW(reader, called, commands, marks, how_sure, what, where)                                \
    { .name = (called),                                                                            \
      .gives = (what),                                                                             \
      .source = (where),                                                                           \
      .sure = (how_sure),                                                                          \
      .text = true,                                                                                \
      .is = is_##reader,                                                                           \
      .read = cli_read_##reader },
static const struct file_kind_row rows[] = { CLI_ROWS(ROW) };

const struct file_kind_rows kinds_cli = { rows, sizeof rows / sizeof *rows };
