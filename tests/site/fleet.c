/* The phones of the site. */
#include "tests/site/truth.h"

#include <string.h>

#define DAY_S INT64_C(86400)

/* Names as CUCM has them; loads are made up in the form of the family. */
const struct model_row model_rows[TRUTH_MODELS] = {
    { "Cisco 7811", 36213, "sip78xx.14-2-1-0201-7", FAMILY_78XX, true, true, true, true, 14 },
    { "Cisco 7821", 621, "sip78xx.14-2-1-0201-7", FAMILY_78XX, true, true, true, true, 8 },
    { "Cisco 7832", 36247, "sip7832.14-2-1-0201-7", FAMILY_78XX, true, true, true, true, 3 },
    { "Cisco 7841", 622, "sip78xx.14-2-1-0201-7", FAMILY_78XX, true, true, true, true, 10 },
    { "Cisco 7861", 623, "sip78xx.12-8-1-0001-455", FAMILY_78XX, true, true, true, true, 3 },
    { "Cisco 8811", 36217, "sip88xx.14-2-1-0201-7", FAMILY_88XX, true, true, true, true, 8 },
    { "Cisco 8841", 683, "sip88xx.14-2-1-0201-7", FAMILY_88XX, true, true, true, true, 14 },
    { "Cisco 8845", 36224, "sip8845_65.14-2-1-0201-7", FAMILY_88XX, true, true, true, true, 8 },
    { "Cisco 8851", 684, "sip88xx.12-8-1-0001-455", FAMILY_88XX, true, true, true, true, 8 },
    { "Cisco 8861", 685, "sip88xx.14-2-1-0201-7", FAMILY_88XX, true, true, true, true, 4 },
    { "Cisco 8865", 36225, "sip8845_65.14-2-1-0201-7", FAMILY_88XX, true, true, true, true, 4 },
    { "Cisco 8945", 585, "SCCP894x.9-4-2SR4-1", FAMILY_89XX, false, true, true, false, 2 },
    { "Cisco 7942", 434, "SCCP42.9-4-2SR3-1S", FAMILY_79XX, false, true, false, false, 2 },
    { "Cisco 7945", 435, "SCCP45.9-4-2SR3-1S", FAMILY_79XX, false, true, false, false, 3 },
    { "Cisco 7965", 436, "SCCP45.9-4-2SR3-1S", FAMILY_79XX, false, true, false, false, 3 },
    { "Cisco 7975", 437, "SIP75.9-4-2SR3-1S", FAMILY_79XX, true, true, false, false, 1 },
    { "Cisco 6921", 495, "SCCP69xx.9-4-1-3SR3", FAMILY_69XX, false, true, false, false, 2 },
    { "Cisco DX80", 36042, "sipdx80.10-2-5-212", FAMILY_DX, true, true, true, false, 1 },
    { "Cisco 7940", 8, "P00308010200", FAMILY_79X0, false, false, false, false, 1 },
    { "Cisco 7960", 7, "P00308010200", FAMILY_79X0, false, false, false, false, 1 },
};

/* Strangers' texts: what a description may hold and no file, page, script or table may act on. */
static const char *const hostile[] = {
    "]]>end of data",
    "say \"hello\", twice",
    "=cmd|' /C calc'!A0",
    "first line\nsecond line",
    "\xe2\x80\xaegnp.exe right to left",
    "<script>alert(1)</script>",
    "]]--os.exit()",
    "semi;colon,comma\ttab",
    "Caf\xc3\xa9 \xe2\x98\x95 & Tea <3",
    "@SUM(1+1)*cmd",
};
#define HOSTILE (sizeof hostile / sizeof *hostile)

static uint8_t draw_model(const struct truth *t, struct rng *r)
{
    uint32_t sum = 0;
    uint32_t models = truth_has(t, FAULT_NO_SBD) ? TRUTH_MODELS : TRUTH_MODELS - 2;
    for (uint32_t i = 0; i < models; i++)
        sum += model_rows[i].weight;
    uint64_t at = rng_below(r, sum);
    uint8_t m = 0;
    while (at >= model_rows[m].weight)
        at -= model_rows[m++].weight;
    return m;
}

/* One in `n` phones, by its number alone: the same phones whatever else is planted. */
static bool one_in(const struct truth *t, enum fault f, uint32_t i, uint32_t n, uint32_t at)
{
    n = n > 2u * t->options.dense ? n / t->options.dense : 2;
    return truth_has(t, f) && i % n == at % n;
}

static void draw_lists(const struct truth *t, struct truth_phone *p, uint32_t i)
{
    const struct model_row *m = &model_rows[p->model];
    uint8_t served = t->nodes[t->pools[p->pool].tftp].itl;
    p->itl = m->sbd ? served : LIST_NONE;
    p->ctl = t->mixed_mode ? LIST_CTL : LIST_NONE;
    if (!m->sbd || t->train < TRAIN_ITL)
        return;
    if (one_in(t, FAULT_OTHER_TFTP, i, 75, 11))
        p->itl = served == LIST_ITL_1 ? LIST_ITL_2 : LIST_ITL_1;
    if (one_in(t, FAULT_STALE, i, 60, 7))
        p->itl = LIST_OLD;
    if (one_in(t, FAULT_UNKNOWN_LIST, i, 250, 3))
        p->itl = LIST_UNKNOWN;
    if (i % (400u / t->options.dense) == 17) /* erased by hand, and nobody restarted it */
        p->itl = p->ctl = LIST_NONE;
}

static void draw_presence(const struct truth *t, struct truth_phone *p, uint32_t i, struct rng *r)
{
    const struct truth_group *g = &t->groups[t->pools[p->pool].group];
    int64_t now = t->options.now_s;
    p->on = true;
    p->server = g->members[i % 20 == 9 && g->count > 1 ? 1 : 0];
    p->since_s = now - 3600 - (int64_t)rng_below(r, 20 * DAY_S);
    if (i % 90 == 41) {
        p->on = false; /* since this morning */
        p->since_s = now - 1800 - (int64_t)rng_below(r, 10000);
    }
    if (one_in(t, FAULT_OFF_LONG, i, 50, 23)) {
        p->on = false;
        p->since_s = now - 2 * DAY_S - (int64_t)rng_below(r, 400 * DAY_S);
    }
}

static const char *describe(struct truth *t, uint32_t i)
{
    static const char *const rooms[] = { "Reception", "Office", "Meeting room", "Workshop", "Lab" };
    if (truth_has(t, FAULT_HOSTILE) && i < HOSTILE)
        return hostile[i];
    char text[64];
    snprintf(text, sizeof text, "%s %u.%02u", rooms[i % 5], 1 + i / 200 % 9, i % 97);
    return arena_text(&t->arena, view_str(text));
}

/* A page is kept of phones that are on and let somebody look; those with other lists first, for
 * what they hold is what pages are for. */
static void choose_pages(struct truth *t)
{
    uint32_t left = t->options.pages;
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < t->phone_count && left > 0; i++) {
            struct truth_phone *p = &t->phones[i];
            bool usual = p->itl == t->nodes[t->pools[p->pool].tftp].itl;
            if (!p->on || !p->web || p->page || (round == 0 && usual))
                continue;
            p->page = true;
            left--;
        }
    }
}

void fleet_make(struct truth *t)
{
    t->phone_count = t->options.phones;
    t->phones = mem_take(&sys_mem, (t->phone_count + 1) * sizeof *t->phones);
    struct rng r = rng_of(t->options.seed, "fleet", 0);
    for (uint32_t i = 0; i < t->phone_count; i++) {
        struct truth_phone *p = &t->phones[i];
        *p = (struct truth_phone){ .dn = 20000 + i, .settings = 1 };
        snprintf(p->name, sizeof p->name, "SEP0011CC%06X", i * 7 + 0x100);
        p->model = draw_model(t, &r);
        const struct model_row *m = &model_rows[p->model];
        p->pool = (uint8_t)rng_below(&r, t->pool_count);
        uint64_t kind = rng_below(&r, 10);
        if (m->tls_1_2 && t->mixed_mode) /* the others could not register by TLS */
            p->security = (uint8_t)(kind < 6   ? SECURITY_NONE
                                    : kind < 9 ? SECURITY_ENCRYPTED
                                               : SECURITY_AUTHENTICATED);
        p->encrypted_config = p->security == SECURITY_ENCRYPTED && kind == 8;
        p->lsc = p->security != SECURITY_NONE;
        p->web = !one_in(t, FAULT_WEB_OFF, i, 100, 29);
        p->settings = i % 150 == 77 ? 2 : i % 300 == 101 ? 0 : 1;
        p->address = (10u << 24) + (64u << 16) + 256 + i + 2 * (i / 250);
        p->description = describe(t, i);
        draw_lists(t, p, i);
        draw_presence(t, p, i, &r);
    }
    choose_pages(t);
}

const char *truth_itl_status(const struct truth *t, const struct truth_phone *p)
{
    if (!p->on || !model_rows[p->model].sip)
        return "Unknown";
    if (p->itl == LIST_NONE)
        return "Not Installed";
    return p->itl == t->nodes[t->pools[p->pool].tftp].itl ? "Match" : "Mismatch";
}
