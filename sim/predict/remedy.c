#include "sim/predict/remedy.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <stdlib.h>
#include <string.h>

#define SECOND 1000000ull
#define TRY_US (24ull * 3600 * SECOND) /* a trial that is not quiet by then has not helped */

/* ---- words ---- */

static const struct {
    const char *name, *title, *sentence;
} words[REMEDIES] = {
    [REMEDY_NONE] = { "none", "back already", "Nothing to do: it came back during the run." },
    [REMEDY_BOOT] = { "boot", "next boot",
                      "Reset the phone, or wait until it boots: it comes back by itself." },
    [REMEDY_START] = { "start-services", "start services",
                       "Start the services that are stopped, then reset the phone." },
    [REMEDY_RESTART] = { "restart-services", "restart services",
                         "Restart Cisco Tftp, Cisco Trust Verification Service and every service "
                         "that works with an old certificate on all nodes (and start what is "
                         "stopped), then reset the phone." },
    [REMEDY_LOCALKEY] = { "reset-localkey", "itl reset localkey",
                          "On the publisher, `utils itl reset localkey` (and start what is "
                          "stopped), then reset the phone." },
    [REMEDY_CTL] = { "ctl-update", "ctl update",
                     "On the publisher, `utils ctl update CTLFile`, restart Cisco Tftp and Cisco "
                     "CallManager, then reset the phone." },
    [REMEDY_HANDS] = { "hands", "needs hands",
                       "Somebody must delete the trust lists on the phone itself: none of the acts "
                       "on the cluster that were tried helps." },
    [REMEDY_UNKNOWN] = { "unknown", "not found",
                         "Nothing that was tried helps, not even deleting the trust lists on the "
                         "phone: look at its network and its row in the database." },
};

const char *remedy_name(enum remedy r)
{
    return words[r].name;
}

const char *remedy_title(enum remedy r)
{
    return words[r].title;
}

const char *remedy_sentence(enum remedy r)
{
    return words[r].sentence;
}

/* ---- acts ---- */

/* Services that belong on the node and are stopped. Returns how many. */
static uint32_t start_stopped(struct lab *lab, bool really)
{
    uint32_t found = 0;
    for (uint32_t c = 0; c < lab->cluster_count; c++) {
        for (uint32_t n = 0; n < lab->clusters[c].node_count; n++) {
            const struct node *node = &lab->clusters[c].nodes[n];
            for (int s = 0; s < SERVICES; s++) {
                bool off = (s == SERVICE_TFTP && !node->tftp) ||
                           (s == SERVICE_CALLMANAGER && !node->callmanager);
                if (off || node->services[s].state != SERVICE_STOPPED)
                    continue;
                struct err e = { "" };
                found += !really || lab_service(lab, c, n, (enum service)s, ACT_START, &e);
            }
        }
    }
    return found;
}

/* Restarts what runs of the given services, on all nodes of a cluster. */
static void restart(struct lab *lab, uint32_t cluster, uint32_t services)
{
    for (uint32_t n = 0; n < lab->clusters[cluster].node_count; n++) {
        for (int s = 0; s < SERVICES; s++) {
            struct err e = { "" };
            if ((services & FSM_BIT(s)) != 0 &&
                lab->clusters[cluster].nodes[n].services[s].state != SERVICE_STOPPED)
                lab_service(lab, cluster, n, (enum service)s, ACT_RESTART, &e);
        }
    }
}

/* Services that run with another certificate than the one on disk. */
static void restart_outdated(struct lab *lab, uint32_t cluster)
{
    for (uint32_t n = 0; n < lab->clusters[cluster].node_count; n++) {
        for (int s = 0; s < SERVICES; s++) {
            struct err e = { "" };
            if (cluster_service_outdated(&lab->clusters[cluster], n, (enum service)s))
                lab_service(lab, cluster, n, (enum service)s, ACT_RESTART, &e);
        }
    }
}

static uint32_t settle(struct lab *lab)
{
    return lab_settle(lab, lab_now_us(lab) + TRY_US).idle_retries;
}

static bool can_always(struct lab *lab)
{
    (void)lab;
    return true;
}

static bool can_start(struct lab *lab)
{
    return start_stopped(lab, false) > 0;
}

static bool can_localkey(struct lab *lab)
{
    bool can = false;
    for (uint32_t c = 0; c < lab->cluster_count; c++)
        can |= lab->clusters[c].version->localkey != OWN_NONE;
    return can;
}

static bool can_ctl(struct lab *lab)
{
    bool can = false;
    for (uint32_t c = 0; c < lab->cluster_count; c++)
        can |= lab->clusters[c].mixed_mode;
    return can;
}

static void act_nothing(struct lab *lab)
{
    (void)lab;
}

static void act_start(struct lab *lab)
{
    start_stopped(lab, true);
    settle(lab);
}

static void act_restart(struct lab *lab)
{
    act_start(lab);
    for (uint32_t c = 0; c < lab->cluster_count; c++) {
        restart_outdated(lab, c);
        restart(lab, c, FSM_BIT(SERVICE_TFTP) | FSM_BIT(SERVICE_TVS));
    }
    settle(lab);
}

static void act_localkey(struct lab *lab)
{
    act_start(lab);
    for (uint32_t c = 0; c < lab->cluster_count; c++) {
        struct err e = { "" };
        if (lab->clusters[c].version->localkey != OWN_NONE)
            lab_itl_reset_localkey(lab, c, &e);
    }
    settle(lab);
}

static void act_ctl(struct lab *lab)
{
    act_start(lab);
    for (uint32_t c = 0; c < lab->cluster_count; c++) {
        struct err e = { "" };
        if (lab->clusters[c].mixed_mode && lab_ctl(lab, c, CTL_UPDATE, &e))
            restart(lab, c, FSM_BIT(SERVICE_TFTP) | FSM_BIT(SERVICE_CALLMANAGER));
    }
    settle(lab);
}

/* The phones are off when the acts are done and boot behind them; hands come last of all. */
static const struct {
    bool (*can)(struct lab *lab);
    void (*act)(struct lab *lab);
    bool hands;
} acts[REMEDIES] = {
    [REMEDY_BOOT] = { can_always, act_nothing, false },
    [REMEDY_START] = { can_start, act_start, false },
    [REMEDY_RESTART] = { can_always, act_restart, false },
    [REMEDY_LOCALKEY] = { can_localkey, act_localkey, false },
    [REMEDY_CTL] = { can_ctl, act_ctl, false },
    [REMEDY_HANDS] = { can_always, act_restart, true },
};

/* ---- groups ---- */

uint8_t remedy_lost(const struct lab *lab, uint32_t phone)
{
    const struct lab_loss *loss = lab_loss_of(lab, phone);
    return loss == NULL ? 0 : loss->open;
}

uint64_t remedy_state(const struct lab *lab, uint32_t phone)
{
    uint32_t now_s = (uint32_t)(lab_now_us(lab) / SECOND);
    uint64_t h = phone_trust_hash(&lab->phones[phone], now_s);
    for (uint32_t c = 0; c < lab->cluster_count; c++) {
        uint16_t class = lab->device_class[c] == NULL || phone >= lab->class_cap[c]
                             ? 0
                             : lab->device_class[c][phone];
        h = rng_mix(h ^ ((uint64_t) class << 8 | c));
    }
    return h;
}

static uint32_t group_for(struct lab *lab, struct remedies *out, struct table *index,
                          uint32_t phone, uint8_t lost)
{
    bool off = lab->phones[phone].state == PHONE_OFF;
    uint64_t key = rng_mix(remedy_state(lab, phone) ^ ((uint64_t)lost << 1 | off)) | 1;
    uint32_t *found = table_get(index, key);
    if (found != NULL)
        return *found;
    mem_reserve(&sys_mem, (void **)&out->groups, &out->cap, (size_t)out->count + 1,
                sizeof *out->groups);
    out->groups[out->count] =
        (struct remedy_group){ .phone = phone, .lost = lost, .remedy = REMEDY_UNKNOWN };
    table_put(index, key, out->count);
    return out->count++;
}

static void group_phones(struct lab *lab, struct remedies *out)
{
    struct table index = table_of(&sys_mem);
    out->phones = lab->phone_count;
    out->group_of = sys_mem.resize(NULL, NULL, ((size_t)out->phones + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; i < out->phones; i++) {
        uint8_t lost = remedy_lost(lab, i);
        out->group_of[i] = lost == 0 ? 0 : group_for(lab, out, &index, i, lost) + 1;
        if (lost != 0)
            out->groups[out->group_of[i] - 1].phones++;
    }
    table_free(&index);
}

/* ---- trying ---- */

static void for_all(struct lab *trial, void (*act)(struct lab *, uint32_t, uint64_t))
{
    for (uint32_t i = 0; i < trial->phone_count; i++)
        act(trial, i, lab_now_us(trial));
    settle(trial);
}

static void power_off(struct lab *lab, uint32_t phone, uint64_t at_us)
{
    lab_power(lab, phone, false, at_us);
}

static void power_on(struct lab *lab, uint32_t phone, uint64_t at_us)
{
    lab_power(lab, phone, true, at_us);
}

/* One act for all groups that have no remedy yet: they do not touch each other. */
static void try_act(struct lab *lab, struct remedies *out, enum remedy remedy)
{
    uint32_t *open = sys_mem.resize(NULL, NULL, ((size_t)out->count + 1) * sizeof *open);
    uint32_t *phones = sys_mem.resize(NULL, NULL, ((size_t)out->count + 1) * sizeof *phones);
    uint32_t n = 0;
    for (uint32_t g = 0; g < out->count; g++) {
        if (out->groups[g].remedy != REMEDY_UNKNOWN)
            continue;
        open[n] = g;
        phones[n++] = out->groups[g].phone;
    }
    if (n > 0 && acts[remedy].can(lab)) {
        struct lab *trial = lab_trial(lab, phones, n);
        for_all(trial, power_off);
        acts[remedy].act(trial);
        for_all(trial, power_on);
        if (acts[remedy].hands)
            for_all(trial, lab_erase);
        for (uint32_t i = 0; i < n; i++) {
            if ((out->groups[open[i]].lost & FSM_BIT(FUNCTION_SECURE_SERVICES)) != 0)
                lab_press(trial, i, KEY_DIRECTORIES, lab_now_us(trial));
        }
        settle(trial);
        for (uint32_t i = 0; i < n; i++) {
            if (trial->phones[i].lost == 0 && phone_is_registered(&trial->phones[i]))
                out->groups[open[i]].remedy = (uint8_t)remedy;
        }
        lab_trial_free(trial);
    }
    free(open);
    free(phones);
}

void remedies_find(struct lab *lab, struct remedies *out)
{
    memset(out, 0, sizeof *out);
    group_phones(lab, out);
    for (int r = REMEDY_BOOT; r <= REMEDY_HANDS; r++)
        try_act(lab, out, (enum remedy)r);
}

void remedies_free(struct remedies *r)
{
    free(r->groups);
    free(r->group_of);
    memset(r, 0, sizeof *r);
}

enum remedy remedies_of(const struct remedies *r, uint32_t phone)
{
    if (phone >= r->phones || r->group_of[phone] == 0)
        return REMEDY_NONE;
    return (enum remedy)r->groups[r->group_of[phone] - 1].remedy;
}

uint32_t remedies_phones(const struct remedies *r, enum remedy remedy)
{
    uint32_t n = 0;
    for (uint32_t g = 0; g < r->count; g++)
        n += r->groups[g].remedy == remedy ? r->groups[g].phones : 0;
    return n;
}

/* ---- kept between questions ---- */

/* Anything that could change an answer. */
static uint64_t stamp_of(const struct lab *lab)
{
    uint64_t h = rng_mix(lab_now_us(lab) + 1);
    h = rng_mix(h ^ lab->driver->events(lab->driver->self));
    h = rng_mix(h ^ ((uint64_t)lab->phone_count << 32 | lab->step_count));
    for (uint32_t c = 0; c < lab->cluster_count; c++)
        h = rng_mix(h ^ lab->clusters[c].change);
    return h;
}

const struct remedies *remedy_cache_get(struct remedy_cache *c)
{
    uint64_t stamp = stamp_of(c->lab);
    if (!c->known || c->stamp != stamp) {
        remedies_free(&c->remedies);
        remedies_find(c->lab, &c->remedies);
        c->known = true;
        c->stamp = stamp;
    }
    return &c->remedies;
}

void remedy_cache_free(struct remedy_cache *c)
{
    remedies_free(&c->remedies);
    c->known = false;
}

uint32_t remedy_cache_needs_hands(void *ctx, struct lab *lab, const uint32_t *phones, uint32_t n,
                                  bool *out)
{
    struct remedy_cache *c = ctx;
    CHECK(c->lab == lab);
    const struct remedies *r = remedy_cache_get(c);
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        out[i] = remedies_of(r, phones[i]) == REMEDY_HANDS;
        found += out[i];
    }
    return found;
}
