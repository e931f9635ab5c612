/* What the phones make of it: words of the lab's own that no CUCM has.  They change nothing. */
#include "sim/cli/command.h"
#include "sim/report/explain.h"

#include <stdlib.h>
#include <string.h>

/* ---- kinds of phones ---- */

static bool is_registered(const struct lab *lab, uint32_t p)
{
    return lab->state.phones[p].state == PHONE_REGISTERED;
}

static bool is_off(const struct lab *lab, uint32_t p)
{
    return lab->state.phones[p].state == PHONE_OFF;
}

static bool is_unregistered(const struct lab *lab, uint32_t p)
{
    return !is_registered(lab, p) && !is_off(lab, p);
}

static bool matches(const struct lab *lab, uint32_t p)
{
    return lab_itl_status(lab, p) == LAB_ITL_MATCH;
}

static bool mismatches(const struct lab *lab, uint32_t p)
{
    return lab_itl_status(lab, p) == LAB_ITL_MISMATCH;
}

static bool has_no_itl(const struct lab *lab, uint32_t p)
{
    return lab_itl_status(lab, p) == LAB_ITL_NOT_INSTALLED;
}

static const struct kind {
    const char *name;
    bool (*is)(const struct lab *lab, uint32_t phone);
} kinds[] = {
    { "registered", is_registered },
    { "unregistered", is_unregistered },
    { "off", is_off },
    { "match", matches },
    { "mismatch", mismatches },
    { "not-installed", has_no_itl },
};
#define KINDS ((uint32_t)(sizeof kinds / sizeof *kinds))

/* Of this cluster's database. */
static bool is_ours(const struct cli *c, uint32_t phone)
{
    return config_class_of(cli_cluster(c), phone) != NULL;
}

static uint32_t count_of(const struct cli *c, bool (*is)(const struct lab *, uint32_t))
{
    const struct lab *lab = c->options.lab;
    uint32_t n = 0;
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        n += is_ours(c, i) && (is == NULL || is(lab, i));
    return n;
}

/* ---- phones ---- */

#define PHONES_TOLD 50u

static void say_phone(struct cli *c, uint32_t phone)
{
    static const char *const itl[] = { "Match", "Mismatch", "Not Installed" };
    const struct lab *lab = c->options.lab;
    const struct phone *p = &lab->state.phones[phone];
    char name[DEVICE_NAME];
    lab_phone_name(lab, phone, name);
    cli_print(c, "%-16s %-14s %-28s %-14s %s\n", name, model_table[p->model].name,
              phone_states[p->state].name, itl[lab_itl_status(lab, phone)],
              lab_server_of(lab, phone));
}

static bool phones(struct cli *c, uint32_t count, const char *const *args)
{
    uint32_t told = 0, all = count_of(c, NULL);
    (void)count, (void)args;
    cli_print(c, "%-16s %-14s %-28s %-14s %s\n", "Device Name", "Model", "State", "ITL File Status",
              "Server");
    for (uint32_t i = 0; i < c->options.lab->state.phone_count && told < PHONES_TOLD; i++) {
        if (is_ours(c, i)) {
            say_phone(c, i);
            told++;
        }
    }
    if (told < all)
        cli_print(c, "... and %u more\n", (unsigned)(all - told));
    cli_print(c, "%u phones", (unsigned)all);
    for (uint32_t k = 0; k < KINDS; k++)
        cli_print(c, ", %u %s", (unsigned)count_of(c, kinds[k].is), kinds[k].name);
    cli_print(c, "\n");
    return true;
}

/* ---- expect ---- */

static bool expect(struct cli *c, uint32_t count, const char *const *args)
{
    uint32_t k = 0, all = count_of(c, NULL);
    char *end = NULL;
    (void)count;
    while (k < KINDS && strcmp(kinds[k].name, args[0]) != 0)
        k++;
    if (k == KINDS)
        return cli_fail(c,
                        "expect: %s: registered, unregistered, off, match, mismatch or "
                        "not-installed is expected",
                        args[0]);
    unsigned long wanted = strcmp(args[1], "all") == 0    ? all
                           : strcmp(args[1], "none") == 0 ? 0
                                                          : strtoul(args[1], &end, 10);
    if (end == args[1] || (end != NULL && *end != '\0'))
        return cli_fail(c, "expect: %s: a number, all or none is expected", args[1]);
    uint32_t is = count_of(c, kinds[k].is);
    if (is != wanted)
        return cli_fail(c, "expect: %u of %u phones %s, not %lu", (unsigned)is, (unsigned)all,
                        kinds[k].name, wanted);
    cli_print(c, "%u of %u phones %s, as expected\n", (unsigned)is, (unsigned)all, kinds[k].name);
    return true;
}

static const char *kind_choice(const struct cli *c, uint32_t arg, uint32_t i)
{
    static const char *const counts[] = { "all", "none" };
    (void)c;
    return arg == 0 && i < KINDS ? kinds[i].name : arg == 1 && i < 2 ? counts[i] : NULL;
}

/* ---- explain ---- */

static bool explain(struct cli *c, uint32_t count, const char *const *args)
{
    struct err e = { "" };
    struct explain x;
    struct losses losses;
    uint32_t phone;
    (void)count;
    if (!lab_find_phone(c->options.lab, args[0], &phone))
        return cli_fail(c, "%s: no such phone", args[0]);
    losses_init(&losses, c->options.lab);
    explain_init(&x, c->options.lab, args, 1);
    bool ok = explain_print(c->out, &x, &losses, &e);
    explain_free(&x);
    losses_free(&losses);
    return ok || cli_fail(c, "%s", e.text);
}

const struct command commands_lab[] = {
    { .words = "phones",
      .args = "",
      .own = true,
      .run = phones,
      .help = "The phones of this cluster, and how many are in which state" },
    { .words = "explain",
      .args = "name",
      .own = true,
      .run = explain,
      .help = "What a phone holds, what it refused and why, and what brings it back" },
    { .words = "expect",
      .args = "state count",
      .own = true,
      .run = expect,
      .choice = kind_choice,
      .help = "Fails unless so many phones are so: expect registered all" },
    { .words = NULL },
};
