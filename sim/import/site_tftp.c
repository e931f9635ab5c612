/* Which TFTP servers phones ask: by their own pages, else as most phones of their pool do. */
#include "sim/import/site_phones.h"

#include "sim/base/count.h"
#include "sim/base/rng.h"

#include <string.h>

/* One or two nodes as one number, in order: (first + 1) << 8 | second + 1. */
static uint32_t packed(const struct site_phone *p)
{
    uint32_t second = p->tftp_count > 1 ? p->tftp[1] + 1u : 0;
    return p->tftp_count == 0 ? 0 : (p->tftp[0] + 1u) << 8 | second;
}

static void take_servers(struct phoning *p)
{
    struct site_work *w = p->w;
    uint32_t strangers = 0, first = SITE_NONE;
    FOR_FACTS(w, FACT_PHONE_TFTP, i)
    {
        const struct fact_said *f = work_fact(w, w->order[i]);
        uint32_t phone = w->phone_of[f->about], node = who_is_text(w, f->value);
        if (phone == 0 || f->value == 0)
            continue;
        struct site_phone *to = &w->site->phones[phone - 1];
        bool has = to->tftp_count > 0 && to->tftp[0] == node;
        if (node == SITE_NONE)
            first = strangers++ == 0 ? w->order[i] : first;
        else if (!has && f->nth >= to->tftp_count && to->tftp_count < 2)
            to->tftp[to->tftp_count++] = (uint8_t)node;
    }
    if (strangers == 0)
        return;
    work_claim(w, SITE_CONTRADICTS, strangers, "TFTP servers of phones", "",
               work_print(w, "%u times a phone's page names one that is no node here",
                          (unsigned)strangers));
    work_because(w, first);
}

/* By pool: what most of its phones with a page have. */
static uint32_t *usual_servers(struct site_work *w)
{
    const struct site *s = w->site;
    size_t pools = (size_t)s->pool_count + 1;
    uint32_t *best = mem_take(w->mem, pools * sizeof *best);
    uint32_t *most = mem_take(w->mem, pools * sizeof *most);
    struct table count = table_of(w->mem);
    memset(best, 0, pools * sizeof *best);
    memset(most, 0, pools * sizeof *most);
    for (uint32_t i = 0; i < s->phone_count; i++) {
        uint32_t servers = packed(&s->phones[i]), pool = s->phones[i].pool;
        if (servers == 0)
            continue;
        uint64_t key = rng_mix((uint64_t)(pool + 1) << 32 | servers);
        const uint32_t *had = table_get(&count, key);
        uint32_t n = had == NULL ? 1 : *had + 1;
        table_put(&count, key, n);
        if (n <= most[pool])
            continue;
        most[pool] = n;
        best[pool] = servers;
    }
    table_free(&count);
    mem_free(w->mem, most);
    return best;
}

static bool serves(const struct site_list *l, uint32_t node)
{
    return (l->served_by >> node & 1) != 0;
}

static bool serves_another(const struct site *s, const struct site_list *than, uint32_t node)
{
    bool another = false;
    for (uint32_t i = 0; i < s->list_count; i++) {
        const struct site_list *l = &s->lists[i];
        another = another || (l != than && l->is_ctl == than->is_ctl && serves(l, node));
    }
    return another;
}

/* Does the phone get that list at a boot? The server that it asks first decides: a second one is
 * asked only where the first is silent. Each TFTP signs an ITL of its own; a CTL is one for the
 * cluster, so that what any node shows counts, but where the phone's own shows another. */
static bool is_served(const struct site *s, const struct site_phone *p, const struct site_list *l)
{
    if (p->tftp_count == 0)
        return true; /* nobody says whom it asks */
    return serves(l, p->tftp[0]) || (l->is_ctl && !serves_another(s, l, p->tftp[0]));
}

/* What a node serves and nobody has the bytes of is "served" where the phone gets it. */
static void look_at_held(struct site *s, const struct site_phone *p, struct site_held *h)
{
    struct site_list *l = h->how == SITE_HOLDS_LIST ? &s->lists[h->list] : NULL;
    if (l == NULL || l->sha256 != NULL || l->served_by == 0)
        return;
    if (is_served(s, p, l))
        *h = (struct site_held){ SITE_HOLDS_SERVED, SITE_NONE, h->fact };
    else
        l->elsewhere++;
}

void tftp_fill(struct phoning *p)
{
    struct site_work *w = p->w;
    struct site *s = w->site;
    take_servers(p);
    uint32_t *usual = usual_servers(w), assumed = 0;
    for (uint32_t i = 0; i < s->phone_count; i++) {
        struct site_phone *to = &s->phones[i];
        uint32_t servers = usual[to->pool];
        if (to->tftp_count > 0 || servers == 0)
            continue;
        to->tftp[to->tftp_count++] = (uint8_t)((servers >> 8) - 1);
        if ((servers & 0xff) != 0)
            to->tftp[to->tftp_count++] = (uint8_t)((servers & 0xff) - 1);
        to->tftp_assumed = true;
        assumed++;
    }
    mem_free(w->mem, usual);
    for (uint32_t i = 0; i < s->phone_count; i++) {
        look_at_held(s, &s->phones[i], &s->phones[i].itl);
        look_at_held(s, &s->phones[i], &s->phones[i].ctl);
    }
    if (assumed > 0)
        work_claim(w, SITE_ASSUMED, assumed, "TFTP servers of phones", "as the pages of their pool",
                   work_print(w, "%s without a page: option 150 of each site",
                              COUNTED_OF(assumed, "phone")));
}
