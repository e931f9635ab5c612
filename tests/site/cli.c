/* What the command line of a node prints.  Shapes: observed outputs of 10.5 to 15 (`show network
 * cluster`, `show version active`, `utils service list`, `run sql`), Cisco's guides (`utils
 * dbreplication runtimestate`; `utils disaster_recovery history backup` and `show tls min-version`
 * of the CLI reference); `utils fips status` assumed. */
#include "tests/site/shapes.h"

#include <string.h>

static void version_active(FILE *f, const struct truth *t, uint32_t node)
{
    (void)node;
    fprintf(f,
            "Active Master Version: %s\nActive Version Installed Software Options:\n"
            "No Installed Software Options Found.\n",
            t->version);
}

static void network_cluster(FILE *f, const struct truth *t, uint32_t node)
{
    char ip[64], since[64];
    for (uint32_t k = 0; k < t->node_count; k++) {
        uint32_t i = t->node_count - 1 - k; /* the publisher stood last in what was seen */
        const struct truth_node *n = &t->nodes[i];
        fprintf(f, "%s %s %s %s callmanager %s authenticated", say_ip(n->address, ip), n->fqdn,
                n->name, n->publisher ? "Publisher" : "Subscriber",
                n->publisher ? "DBPub" : "DBSub");
        if (i != node)
            fprintf(f, " using TCP since %s",
                    say_when(n->joined_s + 86400, "%a %b %e %H:%M:%S %Y", since));
        fputc('\n', f);
    }
    if (!t->nodes[node].publisher)
        return;
    fputs("\nServer Table (processnode) Entries\n----------------------------------\n", f);
    for (uint32_t i = 0; i < t->node_count; i++)
        fprintf(f, "%s\n", t->nodes[i].fqdn);
}

static void service_list(FILE *f, const struct truth *t, uint32_t node)
{
    static const char *const states[] = { [SERVICE_STARTED] = "[STARTED]",
                                          [SERVICE_STOPPED] = "[STOPPED]  Commanded Out of Service",
                                          [SERVICE_NOT_ACTIVATED] =
                                              "[STOPPED]  Service Not Activated" };
    const struct truth_node *n = &t->nodes[node];
    fputs("Requesting service status, please wait...\n"
          "System SSH [STARTED]\nCluster Manager [STARTED]\n"
          "Name Service Cache [STOPPED] Service Not Activated\n"
          "Entropy Monitoring Daemon [STARTED]\nCisco SCSI Watchdog [STARTED]\n"
          "Service Manager [STARTED]\nService Manager is running\n"
          "Getting list of all services\n>> Return code = 0\n"
          "A Cisco DB[STARTED]\nA Cisco DB Replicator[STARTED]\n",
          f);
    for (uint32_t k = 0; k < TRUTH_SERVICES; k++) {
        if (n->services[k].state != SERVICE_ABSENT)
            fprintf(f, "%s%s\n", service_rows[k].name, states[n->services[k].state]);
    }
    fprintf(f, "Primary Node =%s\n", n->publisher ? "true" : "false");
}

static const char *setup(uint8_t state)
{
    return state == 2 ? "(2) Setup Completed" : state == 3 ? "(3) Out Of Sync" : "(0) Init State";
}

static void replication(FILE *f, const struct truth *t, uint32_t node)
{
    char text[64];
    int64_t now = t->options.now_s;
    fprintf(f, "\nServer Time: %s\n\n", say_when(now, "%a %b %e %H:%M:%S UTC %Y", text));
    fprintf(f, "Cluster Replication State: BROADCAST SYNC ended at: %s\n",
            say_when(now - 13 * 86400, "%Y-%m-%d-%H-%M", text));
    fputs("     Sync Result: SYNC COMPLETED on 749 tables out of 749\n"
          "     Sync Status: All Tables are in sync\n",
          f);
    fprintf(f,
            "     Use CLI to see detail: 'file view activelog "
            "cm/trace/dbl/%s_dbl_repl_output_Broadcast.log'\n\n",
            say_when(now - 13 * 86400, "%Y%m%d_%H%M%S", text));
    fputs("DB Version: ccm", f);
    for (const char *c = t->version; *c != '\0'; c++)
        fputc(*c == '.' || *c == '-' ? '_' : *c, f);
    fputs("\n\nRepltimeout set to: 300s\nPROCESS option set to: 1\n\n", f);
    fprintf(f, "Cluster Detailed View from %s (%u Servers):\n\n", t->nodes[node].name,
            t->node_count);
    fputs("                                           PING      DB/RPC/   REPL.    Replication    "
          "REPLICATION SETUP\n"
          "SERVER-NAME              IP ADDRESS        (msec)    DbMon?    QUEUE    Group ID       "
          "(RTMT) & Details\n"
          "-----------              ----------        ------    -------   -----    -----------    "
          "------------------\n",
          f);
    for (uint32_t i = 0; i < t->node_count; i++) {
        const struct truth_node *n = &t->nodes[i];
        fprintf(f, "%-24s %-17s 0.%03u     Y/Y/Y     %-8u (g_%u)          %s\n", n->name,
                say_ip(n->address, text), 16 + 7 * i, n->replication == 2 ? 0u : 39169u, 2 + i,
                setup(n->replication));
    }
}

static void backups(FILE *f, const struct truth *t, uint32_t node)
{
    char tar[64], done[64];
    (void)node;
    fputs("Tar Filename: Backup Device: Completed On: Result: Backup Type: Features Backed Up:\n",
          f);
    const int64_t at[] = { t->backup_s - 14 * 86400, t->backup_s - 7 * 86400, t->backup_s };
    for (int i = 0; i < 3; i++)
        fprintf(f, "%s.tar NETWORK %s SUCCESS SCHEDULED UCM,CDR_CAR,PLM\n",
                say_when(at[i] - 540, "%Y-%m-%d-%H-%M-%S", tar), say_date(at[i], done));
    fprintf(f, "%s.tar NETWORK %s ERROR SCHEDULED\n",
            say_when(t->backup_failed_s - 60, "%Y-%m-%d-%H-%M-%S", tar),
            say_date(t->backup_failed_s, done));
}

static void tls(FILE *f, const struct truth *t, uint32_t node)
{
    (void)node;
    fprintf(f, "Configured TLS minimum version: %s\n", t->tls);
}

static void fips(FILE *f, const struct truth *t, uint32_t node)
{
    (void)t;
    (void)node;
    fputs("The system is operating in NON-FIPS mode.\n", f);
}

static void nothing(FILE *f, const struct truth *t, uint32_t node)
{
    (void)f;
    (void)t;
    (void)node;
}

static void show_itl(FILE *f, const struct truth *t, uint32_t node)
{
    cli_list(f, t, t->nodes[node].itl);
}

/* Where there is none: documented (technote 118893, of 10.x). */
static void show_ctl(FILE *f, const struct truth *t, uint32_t node)
{
    (void)node;
    if (t->mixed_mode)
        cli_list(f, t, LIST_CTL);
    else
        fputs("Length of CTL file: 0\nCTL File not found. Please run CTLClient plugin or run the "
              "CLI - utils ctl.. to generate the CTL file.\nError parsing the CTL File.\n",
              f);
}

/* On which nodes somebody runs it. */
enum on { EVERYWHERE, PUBLISHER, TFTP, FILES };

static const struct command {
    const char *name;
    enum on on;
    bool single;    /* its output alone says something */
    uint16_t since; /* enum train; 0: of all releases */
    void (*print)(FILE *, const struct truth *, uint32_t node);
} commands[] = {
    { "set cli pagination off", EVERYWHERE, false, 0, nothing },
    { "show version active", EVERYWHERE, false, 0, version_active },
    { "show network cluster", EVERYWHERE, true, 0, network_cluster },
    { "utils service list", EVERYWHERE, false, 0, service_list },
    { "utils dbreplication runtimestate", EVERYWHERE, true, 0, replication },
    { "show tls min-version", EVERYWHERE, false, TRAIN_TOMCAT_EC, tls },
    { "utils fips status", EVERYWHERE, false, 0, fips },
    { "utils disaster_recovery history backup", PUBLISHER, true, 0, backups },
    { "show itl", TFTP, true, TRAIN_ITL, show_itl },
    { "show ctl", FILES, true, 0, show_ctl },
    { "show cert list own", EVERYWHERE, false, 0, cli_cert_list_own },
    { "show cert list trust", EVERYWHERE, false, 0, cli_cert_list_trust },
};
#define COMMANDS (sizeof commands / sizeof *commands)

static bool runs(const struct truth *t, const struct truth_node *n, const struct command *c)
{
    return t->train >= c->since && (c->on == EVERYWHERE || (n->publisher && c->on != TFTP) ||
                                    (n->tftp && c->on != PUBLISHER));
}

/* What `show cert` prints of each certificate, made once: all nodes have most of them. */
struct shown {
    struct view *texts; /* by certificate */
    struct arena arena;
};

static void show_cert(FILE *f, const struct truth *t, uint32_t cert, struct shown *shown)
{
    struct view *text = &shown->texts[cert];
    if (text->n == 0) {
        struct sys_text made;
        FILE *to = sys_text_open(&made);
        cli_cert(to, &t->certs[cert], &shown->arena);
        fclose(to);
        *text = arena_copy(&shown->arena, view_of(made.p, made.n));
        sys_text_free(&made);
    }
    fwrite(text->p, 1, text->n, f);
    fputc('\n', f);
}

static void certificates(FILE *f, const struct truth *t, uint32_t node, struct shown *shown)
{
    for (int unit = 0; unit < UNITS; unit++) {
        uint32_t cert = t->nodes[node].own[unit];
        if (cert == 0)
            continue;
        fprintf(f, "admin:show cert own %s/%s.pem\n", unit_names[unit], unit_names[unit]);
        show_cert(f, t, cert, shown);
    }
    for (uint32_t i = 0; i < t->trust_count; i++) {
        const struct truth_trust *r = &t->trust[i];
        if ((r->on >> node & 1) == 0)
            continue;
        fprintf(f, "admin:show cert trust %s/%s\n", store_names[r->store], t->certs[r->cert].file);
        show_cert(f, t, r->cert, shown);
    }
}

static void begin_log(FILE *f, const struct truth *t, uint32_t node)
{
    char text[64];
    if (node % 2 == 1)
        fprintf(f, "=~=~=~=~=~=~=~=~=~=~=~= PuTTY log %s =~=~=~=~=~=~=~=~=~=~=~=\n",
                say_when(t->options.now_s, "%Y.%m.%d %H:%M:%S", text));
    fputs("Command Line Interface is starting up, please wait ...\n\n"
          "   Welcome to the Platform Command Line Interface\n\n"
          "VMware Installation:\n\t4 vCPU: Intel(R) Xeon(R) Gold\n\tDisk 1: 110GB\n"
          "\t8192 Mbytes RAM\n\n",
          f);
}

void write_cli(struct out *o, const struct truth *t)
{
    struct shown shown = { .arena = arena_of(&sys_mem) };
    shown.texts = arena_take(&shown.arena, (t->cert_count + 1) * sizeof *shown.texts);
    for (uint32_t i = 0; i < t->node_count; i++) {
        FILE *f = out_text(o);
        begin_log(f, t, i);
        for (size_t k = 0; k < COMMANDS; k++) {
            if (!runs(t, &t->nodes[i], &commands[k]))
                continue;
            fprintf(f, "admin:%s\n", commands[k].name);
            commands[k].print(f, t, i);
        }
        for (uint32_t k = 0; k < CLI_QUERIES && t->nodes[i].publisher; k++) {
            fprintf(f, "admin:run sql %s\n", cli_queries[k]);
            cli_sql(f, t, k);
        }
        certificates(f, t, i, &shown);
        fputs("admin:exit\n", f);
        out_end(o, true, "cli/%s.log", t->nodes[i].name);
    }
    arena_free(&shown.arena);
}

void write_single(struct out *o, const struct truth *t)
{
    for (uint32_t i = 0; i < t->node_count; i++) {
        for (size_t k = 0; k < COMMANDS; k++) {
            bool here = t->nodes[i].publisher || commands[k].on == TFTP;
            if (!commands[k].single || !here || !runs(t, &t->nodes[i], &commands[k]))
                continue;
            commands[k].print(out_text(o), t, i);
            out_end(o, false, "single/%s-%zu.txt", t->nodes[i].name, k);
        }
    }
    for (uint32_t k = 0; k < CLI_QUERIES; k++) {
        FILE *f = out_text(o);
        fprintf(f, "admin:run sql %s\n", cli_queries[k]);
        cli_sql(f, t, k);
        out_end(o, true, "single/sql-%u.txt", k);
    }
}
