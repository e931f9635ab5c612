/* What an administrator does on web pages, as commands of the lab's own: parameters, phones, groups
 * and pools, the certificate page.  That page shows what lies on the disk of the node, which `run
 * sql` need not: behind a restore that CSCtn50405 spoilt one compares the two. */
#include "nodes/authority.h"
#include "nodes/cluster.h"
#include "nodes/settings.h"
#include "sim/base/sys.h"
#include "sim/cli/command.h"
#include "sim/core/content.h"
#include "sim/crypto/pem.h"
#include "sim/report/certshow.h"

#include <string.h>

/* An act of the cluster that is done at once, and a line that says so. */
static bool do_now(struct cli *c, enum act_kind kind, const char *args, const char *done)
{
    if (!cli_can(c, kind, args) || !cli_do_asked(c))
        return false;
    cli_print(c, "%s\n", done);
    return true;
}

/* ---- parameters ---- */

static bool rollback(struct cli *c, uint32_t count, const char *const *args)
{
    char text[ACT_TEXT];
    bool on = strcmp(args[0], "true") == 0;
    (void)count;
    if (!on && strcmp(args[0], "false") != 0)
        return cli_fail(c, "admin rollback: true or false is expected, not %s", args[0]);
    snprintf(text, sizeof text, "%s %d", param_table[PARAM_ROLLBACK].name, on);
    return do_now(c, DO_SET, text, "Prepare Cluster for Rollback to pre 8.0: saved");
}

static bool parameter(struct cli *c, uint32_t count, const char *const *args)
{
    char text[ACT_TEXT];
    (void)count;
    snprintf(text, sizeof text, "%.100s %.100s", args[0], args[1]);
    return do_now(c, DO_SET, text, "Saved");
}

static const char *param_choice(const struct cli *c, uint32_t arg, uint32_t i)
{
    (void)c;
    return arg == 0 && i < PARAMS ? param_table[i].name : NULL;
}

/* ---- phones ---- */

/* Those of this cluster's database that are called so, or all of them. */
static bool choose(struct cli *c, const char *name, uint32_t **phones, uint32_t *count)
{
    const struct lab *lab = c->options.lab;
    uint32_t one, cap = 0;
    *phones = NULL;
    *count = 0;
    bool all = strcmp(name, "all") == 0;
    if (!all && !lab_find_phone(lab, name, &one))
        return cli_fail(c, "%s: no such phone", name);
    for (uint32_t i = all ? 0 : one; i < (all ? lab->state.phone_count : one + 1); i++) {
        if (config_class_of(cli_cluster(c), i) == NULL)
            continue;
        mem_reserve(&sys_mem, (void **)phones, &cap, *count + 1, sizeof **phones);
        (*phones)[(*count)++] = i;
    }
    return *count > 0 || cli_fail(c, "%s: no phone of this cluster", name);
}

static bool on_phones(struct cli *c, enum act_kind kind, const char *name, const char *args)
{
    struct err e = { "" };
    uint32_t *phones, count;
    struct act act;
    if (!cli_parse(c, kind, args, &act, &e))
        return cli_fail(c, "%s", e.text);
    if (!choose(c, name, &phones, &count))
        return false;
    struct lab_whom whom = { .phones = phones, .count = count };
    bool ok = lab_do_phones(c->options.lab, c->options.cluster, &act, &whom, &e);
    mem_free(&sys_mem, phones);
    if (!ok)
        return cli_fail(c, "%s", e.text);
    c->done++;
    cli_print(c, "%u phone%s\n", (unsigned)count, count == 1 ? "" : "s");
    return true;
}

static bool reset(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    return on_phones(c, DO_RESET, args[0], "");
}

static bool restart(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    return on_phones(c, DO_RESTART_PHONES, args[0], "");
}

static bool apply(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    return on_phones(c, DO_APPLY_CONFIG, args[0], "");
}

static bool set_phones(struct cli *c, uint32_t count, const char *const *args)
{
    char text[ACT_TEXT];
    (void)count;
    snprintf(text, sizeof text, "%.60s %.100s", args[1], args[2]);
    return on_phones(c, DO_SET_PHONES, args[0], text);
}

static const char *setting_choice(const struct cli *c, uint32_t arg, uint32_t i)
{
    (void)c;
    return arg == 0                   ? i == 0 ? "all" : NULL
           : arg == 1 && i < SETTINGS ? setting_table[i].name
                                      : NULL;
}

static const char *all_choice(const struct cli *c, uint32_t arg, uint32_t i)
{
    (void)c;
    return arg == 0 && i == 0 ? "all" : NULL;
}

/* ---- groups and pools ---- */

static bool reset_group(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    return do_now(c, DO_RESET_GROUP, args[0], "Reset");
}

static bool reset_pool(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    return do_now(c, DO_RESET_POOL, args[0], "Reset");
}

/* "sub1 pub": its servers in this order. */
static bool set_group(struct cli *c, uint32_t count, const char *const *args)
{
    struct err e = { "" };
    uint32_t node;
    uint16_t group;
    struct act act = { .kind = DO_CHANGE_GROUP };
    if (!config_find_group(cli_cluster(c), args[0], &group))
        return cli_fail(c, "%s: no such CallManager group", args[0]);
    uint32_t at = 0;
    for (uint32_t i = 1; i < count; i++) {
        if (!cluster_node(cli_cluster(c), args[i], &node))
            return cli_fail(c, "%s: no such server", args[i]);
        while (act_table[act.kind]->args[at].type != ARG_NODE)
            at++;
        act.arg[at++] = node + 1;
    }
    for (uint32_t i = 0; i < ACT_ARGS; i++) {
        if (act_table[act.kind]->args[i].type == ARG_GROUP)
            act.arg[i] = group;
    }
    if (!cluster_can(cli_cluster(c), &act, cli_now_us(c), &e))
        return cli_fail(c, "%s", e.text);
    if (!cli_do(c, &act))
        return false;
    cli_print(c, "Saved\n");
    return true;
}

static const char *group_choice(const struct cli *c, uint32_t arg, uint32_t i)
{
    const struct database *db = &cli_cluster(c)->db;
    return arg == 0 && i < db->group_count ? db->groups[i].name : NULL;
}

static const char *pool_choice(const struct cli *c, uint32_t arg, uint32_t i)
{
    const struct database *db = &cli_cluster(c)->db;
    return arg == 0 && i < db->pool_count ? db->pools[i].name : NULL;
}

/* ---- the certificate page ---- */

static const struct content *content_of(const struct cli *c)
{
    return c->options.lab->base->content;
}

static bool list_certificates(struct cli *c, uint32_t count, const char *const *args)
{
    char date[DATE_TEXT];
    (void)count, (void)args;
    cli_print(c, "%-18s %-30s %-34s %s\n", "Certificate", "Common Name", "Serial Number",
              "Expiration");
    for (int own = 0; own < OWNS; own++) {
        uint32_t cert = cli_node(c)->disk.own[own];
        if (cert == 0)
            continue;
        const struct ct_cert *k = content_get_cert(content_of(c), cert);
        struct view name =
            k->subject == 0 ? view_str("") : content_get_text(content_of(c), k->subject);
        struct view serial = content_get_text(content_of(c), k->serial);
        char hex[80] = "";
        for (size_t i = 0; i < serial.n && 2 * i + 3 < sizeof hex; i++)
            snprintf(hex + 2 * i, 3, "%02x", serial.p[i]);
        size_t n = name.n > 3 ? name.n - 3 : 0;
        const uint8_t *end = n == 0 ? NULL : memchr(name.p + 3, ';', n);
        n = end == NULL ? n : (size_t)(end - name.p) - 3;
        cli_print(c, "%-18s %-30.*s %-34s %.10s\n", own_name((enum own)own), (int)n,
                  n == 0 ? "" : (const char *)name.p + 3, hex, date_print(k->not_after_s, 0, date));
    }
    return true;
}

static bool show_certificate(struct cli *c, uint32_t count, const char *const *args)
{
    enum own own;
    struct err e = { "" };
    (void)count;
    if (!own_find(args[0], &own) || cli_node(c)->disk.own[own] == 0)
        return cli_fail(c, "%s: no such certificate", args[0]);
    struct view der = forge_der(c->options.lab->base->forge, cli_node(c)->disk.own[own]);
    if (der.p == NULL)
        return cli_fail(c, "Only the names of this certificate are known here, not its bytes");
    return certshow_fields(c->out, der, &e) || cli_fail(c, "%s", e.text);
}

static const char *own_choice(const struct cli *c, uint32_t arg, uint32_t i)
{
    (void)c;
    return arg == 0 && i < OWNS ? own_name((enum own)i) : NULL;
}

/* ---- an authority that signs ---- */

#define AUTHORITY "Lab CA"

static int64_t now_s(const struct cli *c)
{
    return c->options.lab->cluster_env.start_s + (int64_t)(cli_now_us(c) / 1000000);
}

static bool print_pem(struct cli *c, uint32_t cert)
{
    struct arena a = arena_of(&sys_mem);
    struct view der = forge_der(c->options.lab->base->forge, cert);
    bool ok = der.p != NULL;
    if (ok)
        cli_print(c, "%s", pem_write(der, "CERTIFICATE", &a));
    arena_free(&a);
    return ok || cli_fail(c, "The key of this certificate is not known here");
}

/* The same whenever it is asked for: dated from the beginning of the run. */
static uint32_t authority(struct cli *c)
{
    const struct cluster_env *env = &c->options.lab->cluster_env;
    return authority_make(env, &(struct authority_spec){ .name = AUTHORITY }, env->start_s);
}

static bool show_authority(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    c->done++; /* as below */
    return print_pem(c, authority(c));
}

static bool sign(struct cli *c, uint32_t count, const char *const *args)
{
    enum own own;
    struct err e = { "" };
    (void)count;
    if (!own_find(args[0], &own))
        return cli_fail(c, "%s: no such certificate", args[0]);
    uint32_t cert = authority_sign(&c->options.lab->cluster_env, authority(c),
                                   &cli_node(c)->disk.csr[own], 2, now_s(c), &e);
    if (cert == 0)
        return cli_fail(c, "%s: %s", args[0], e.text);
    c->done++; /* a scenario has to have it as well: what is pasted later is this one */
    return print_pem(c, cert);
}

#define OWN .own = true

const struct command commands_admin[] = {
    { .words = "admin rollback",
      .args = "state",
      OWN,
      .where = ON_PUBLISHER,
      .run = rollback,
      .help = "Enterprise Parameters: Prepare Cluster for Rollback to pre 8.0: true, false" },
    { .words = "admin parameter",
      .args = "name value",
      OWN,
      .where = ON_PUBLISHER,
      .run = parameter,
      .choice = param_choice,
      .help = "Enterprise and Service Parameters: sets one, by the name that scenarios have" },
    { .words = "admin phone reset",
      .args = "name",
      OWN,
      .run = reset,
      .choice = all_choice,
      .help = "Phone Configuration: Reset, of one phone or of all of this cluster" },
    { .words = "admin phone restart",
      .args = "name",
      OWN,
      .run = restart,
      .choice = all_choice,
      .help = "Phone Configuration: Restart" },
    { .words = "admin phone apply",
      .args = "name",
      OWN,
      .run = apply,
      .choice = all_choice,
      .help = "Phone Configuration: Apply Config" },
    { .words = "admin phone set",
      .args = "name setting value",
      OWN,
      .run = set_phones,
      .choice = setting_choice,
      .help = "Phone Configuration: a setting (Device Security Profile: security encrypted) of one "
              "phone or of all" },
    { .words = "admin group reset",
      .args = "...",
      OWN,
      .run = reset_group,
      .choice = group_choice,
      .help = "Cisco Unified CM Group: Reset" },
    { .words = "admin group set",
      .args = "name server [server] [server]",
      OWN,
      .run = set_group,
      .choice = group_choice,
      .help = "Cisco Unified CM Group: its servers, in this order" },
    { .words = "admin pool reset",
      .args = "...",
      OWN,
      .run = reset_pool,
      .choice = pool_choice,
      .help = "Device Pool: Reset" },
    { .words = "admin certificate list",
      .args = "",
      OWN,
      .run = list_certificates,
      .help = "Certificate Management: the own certificates that lie on the disk of this node" },
    { .words = "admin certificate show",
      .args = "unit",
      OWN,
      .run = show_certificate,
      .choice = own_choice,
      .help = "Certificate Management: the fields of one of them" },
    { .words = "admin ca show",
      .args = "",
      OWN,
      .run = show_authority,
      .help = "An authority of the lab, outside the cluster: its certificate, to be uploaded" },
    { .words = "admin ca sign",
      .args = "unit",
      OWN,
      .run = sign,
      .choice = own_choice,
      .help = "It signs this node's CSR, for two years: the certificate, to be imported" },
    { .words = NULL },
};
