/* A lab of one cluster and one fleet for tests, and what every test of it does. */
#ifndef CUCMLAB_TESTS_LAB_FIXTURE_H
#define CUCMLAB_TESTS_LAB_FIXTURE_H

#include "tests/unit/acts.h"
#include "sim/lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define SECOND_US 1000000ull
#define HOUR_US   3600000000ull
#define DAY_US    (24 * HOUR_US)
#define UNUSED    __attribute__((unused))

struct fixture {
    const char *version;
    uint32_t nodes, group, phones;
    const char *model; /* NULL: 7965 */
    uint8_t security;
    bool encrypted, lsc, mixed, bytes;
    uint64_t seed; /* 0: 1 */
};

/* Two nodes in mixed mode, five encrypted phones with an LSC. */
static const struct fixture encrypted_pair UNUSED = { .version = "12.5",
                                                      .nodes = 2,
                                                      .group = 2,
                                                      .phones = 5,
                                                      .model = "8861",
                                                      .security = CNF_ENCRYPTED,
                                                      .lsc = true,
                                                      .mixed = true };

/* How often each phone (up to 64) said each thing; how the last file of a kind was accepted. */
struct heard {
    uint32_t status[STATUS_MESSAGES];
    uint32_t not_found[FILE_KINDS];
    uint32_t config_used[FILE_KINDS];
    uint32_t unregistered[CAUSES], rejected[REJECT_REASONS], tvs[TVS_OUTCOMES],
        states[PHONE_STATES];
    uint32_t page[2];
    uint64_t lost_us; /* of the last NOTE_UNREGISTERED */
    uint64_t hash;    /* of all notes and their times */
};

static struct heard heard[64];

static void hear_note(uint32_t phone, const struct action *note, uint64_t now_us)
{
    if (phone >= 64)
        return;
    struct heard *h = &heard[phone];
    h->hash = rng_mix(h->hash ^ now_us) + rng_mix(((uint64_t)note->a << 32 | note->b) + note->kind);
    switch (note->kind) {
    case NOTE_STATUS:
        h->status[note->a]++;
        h->not_found[note->b] += note->a == STATUS_FILE_NOT_FOUND;
        h->config_used[note->b] += note->a == STATUS_CONFIG_USED;
        break;
    case NOTE_UNREGISTERED:
        h->unregistered[note->a]++;
        h->lost_us = now_us;
        break;
    case NOTE_REJECTED:
        h->rejected[note->a]++;
        break;
    case NOTE_TVS:
        h->tvs[note->b]++;
        break;
    case NOTE_STATE:
        h->states[note->a]++;
        break;
    case NOTE_SERVICE:
        h->page[note->b]++;
        break;
    default:
        break;
    }
}

static void hear(void *ctx, uint32_t phone, const struct phone *before, const struct event *event,
                 const struct outbox *out, const struct phone *after, uint64_t now_us)
{
    uint32_t at = 0;
    const struct action *note;
    (void)ctx, (void)before, (void)event, (void)after;
    while ((note = lab_next_note(out, &at)) != NULL)
        hear_note(phone, note, now_us);
}

static struct observer ears[16]; /* of the labs that there are at once */

static UNUSED void listen_to(struct lab *lab)
{
    static uint32_t next;
    struct observer *ear = &ears[next++ % 16];
    *ear = (struct observer){ .phone = hear };
    lab_observe(lab, ear);
}

static UNUSED void forget(void)
{
    memset(heard, 0, sizeof heard);
}

static UNUSED void settled(struct lab *lab)
{
    assert_true(lab_settle(lab, lab_now_us(lab) + 3 * HOUR_US).quiet);
}

/* Directories, on every phone. */
static UNUSED void press_all(struct lab *lab)
{
    forget();
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        lab_press(lab, i, KEY_DIRECTORIES, lab_now_us(lab));
    settled(lab);
}

static UNUSED void service(struct lab *lab, uint32_t cluster, uint32_t node, enum service s,
                           enum act_kind act)
{
    struct err e = { "" };
    if (!lab_service(lab, cluster, node, s, act, &e))
        fail_msg("%s", e.text);
}

static UNUSED void restart(struct lab *lab, uint32_t node)
{
    service(lab, 0, node, SERVICE_TFTP, DO_RESTART);
    service(lab, 0, node, SERVICE_TVS, DO_RESTART);
}

static UNUSED void restart_everywhere(struct lab *lab)
{
    for (uint32_t n = 0; n < lab->state.clusters[0].node_count; n++)
        restart(lab, n);
}

static UNUSED void regenerate(struct lab *lab, uint32_t node, enum own own)
{
    struct err e = { "" };
    if (!lab_regenerate(lab, 0, node, own, &e))
        fail_msg("%s", e.text);
}

static UNUSED void reset(struct lab *lab)
{
    settled(lab);
    lab_reset_all(lab, 0);
    settled(lab);
}

static UNUSED void ctl(struct lab *lab, enum act_kind act)
{
    struct err e = { "" };
    if (!lab_plain(lab, 0, act, &e))
        fail_msg("%s", e.text);
    for (uint32_t n = 0; n < lab->state.clusters[0].node_count; n++) {
        service(lab, 0, n, SERVICE_TFTP, DO_RESTART);
        service(lab, 0, n, SERVICE_CALLMANAGER, DO_RESTART);
    }
    settled(lab);
}

static UNUSED struct lab *make_off(struct fixture f)
{
    static const char *const names[] = { "pub", "sub1", "sub2" };
    struct lab_options o = lab_defaults();
    o.seed = f.seed == 0 ? 1 : f.seed;
    o.bytes = f.bytes;
    struct lab *lab = lab_new(&o);
    listen_to(lab);
    forget();
    struct err e = { "" };
    uint32_t cluster, first;
    struct lab_cluster_spec spec = { "HQ", f.version, names, f.nodes, "" };
    assert_true(lab_cluster(lab, &spec, &cluster, &e));
    assert_true(lab_group(lab, cluster, "g", names, f.group, &e));
    assert_true(lab_pool(lab, cluster, "p", "g", &e));
    if (f.mixed)
        ctl(lab, DO_CTL_MIXED_MODE);
    struct lab_phones_spec p = { .count = f.phones,
                                 .model = f.model == NULL ? "7965" : f.model,
                                 .pool = "p",
                                 .security_mode = f.security,
                                 .encrypted = f.encrypted,
                                 .lsc = f.lsc };
    assert_true(lab_phones(lab, cluster, &p, &first, &e));
    return lab;
}

static UNUSED void power_all(struct lab *lab, bool on)
{
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        lab_power(lab, i, on, lab_now_us(lab));
}

static UNUSED struct lab *make(struct fixture f)
{
    struct lab *lab = make_off(f);
    power_all(lab, true);
    settled(lab);
    return lab;
}

static UNUSED uint32_t lost(const struct lab *lab, enum phone_function f)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        n += (lab->state.phones[i].lost & FSM_BIT(f)) != 0;
    return n;
}

static UNUSED uint32_t registered(const struct lab *lab)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        n += phone_is_registered(&lab->state.phones[i]);
    return n;
}

/* All phones hold the ITL that the node serves now, and it came to them this way. */
static UNUSED void holds_itl(const struct lab *lab, uint32_t node, enum trust_verdict by)
{
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        assert_int_equal(lab->state.phones[i].itl, lab->state.clusters[0].nodes[node].run.itl);
        assert_int_equal(phone_accepted_by(&lab->state.phones[i], TRUST_ITL), by);
    }
}

static UNUSED void fine(const struct lab *lab)
{
    assert_int_equal(registered(lab), lab->state.phone_count);
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        assert_int_equal(lab->state.phones[i].lost, 0);
}

/* Registered, but list and configuration stay the old ones. */
static UNUSED void stuck(const struct lab *lab)
{
    assert_int_equal(registered(lab), lab->state.phone_count);
    assert_int_equal(lost(lab, FUNCTION_TRUST_LIST), lab->state.phone_count);
    assert_int_equal(lost(lab, FUNCTION_CONFIGURATION), lab->state.phone_count);
}

/* For worlds of no lab: the event that answers each question. */
static const UNUSED uint8_t answers_of[ASK_KINDS] = {
    [ASK_FILE] = EVENT_FILE,           [ASK_TVS_CERT] = EVENT_TLS_CERT,
    [ASK_TVS_QUERY] = EVENT_TVS_REPLY, [ASK_TVS_VERIFY] = EVENT_TVS_REPLY,
    [ASK_CCM_CERT] = EVENT_TLS_CERT,   [ASK_REGISTER] = EVENT_REGISTERED,
    [ASK_HTTPS_CERT] = EVENT_TLS_CERT, [ASK_HTTPS_PAGE] = EVENT_PAGE,
    [ASK_CAPF_CERT] = EVENT_TLS_CERT,  [ASK_CAPF_AUTH] = EVENT_CAPF,
    [ASK_CAPF_KEY] = EVENT_CAPF,       [ASK_CAPF_DONE] = EVENT_CAPF,
    [ASK_FILE_CERT] = EVENT_TLS_CERT,
};

#endif
