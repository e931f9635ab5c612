/* The live driver: phones of a lab over real sockets against the same in virtual time, and servers
 * against clients that behave and clients that do not.
 *
 * Every process has a loopback network of its own (127.a.b.x by process number), so that two runs
 * on one machine do not meet. */
#include "sim/lab_live.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/wire/http.h"
#include "sim/wire/sip.h"
#include "sim/wire/tftp.h"
#include "sim/wire/tvs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MS          1000u
#define SECOND      1000000u
#define PHONES      20
#define HISTORY_MAX 400

/* ---- labs ---- */

struct said {
    uint8_t kind; /* enum note */
    uint32_t a, b;
};

struct history {
    struct said said[HISTORY_MAX];
    uint32_t count;
};

struct bench {
    struct lab *lab;
    struct history *of;
};

static struct bench current; /* the lab of the test that runs */

/* All that a phone says, but for the indices of contents, which differ. */
static void note_taken(void *ctx, uint32_t phone, const struct action *note, uint64_t now_us)
{
    struct history *h = &((struct bench *)ctx)->of[phone];
    bool content = note->kind == NOTE_ACCEPTED || note->kind == NOTE_REFUSED_FILE;
    (void)now_us;
    CHECK(h->count < HISTORY_MAX);
    h->said[h->count++] = (struct said){ note->kind, content ? 0 : note->a, note->b };
}

static uint32_t address(uint32_t node)
{
    uint32_t pid = (uint32_t)getpid();
    return 127u << 24 | (1 + pid % 250) << 16 | (pid / 250 % 250) << 8 | (11 + node);
}

static void faster(struct lab *lab)
{
    lab->knobs.value[KNOB_BOOT_MIN_US] = 1 * MS;
    lab->knobs.value[KNOB_BOOT_MAX_US] = 50 * MS;
    lab->knobs.value[KNOB_FETCH_TIMEOUT_US] = 4 * SECOND;
    lab->knobs.value[KNOB_TVS_TIMEOUT_US] = 2 * SECOND;
    lab->knobs.value[KNOB_KEEPALIVE_US] = 200 * MS;
    lab->knobs.value[KNOB_RETRY_US] = 100 * MS;
    lab->knobs.value[KNOB_RETRY_MAX_US] = 200 * MS;
}

struct setup {
    bool live;
    const char *version;
    uint32_t nodes, group, phones;
    const char *model;
    uint8_t security_mode;
    bool encrypted, lsc;
    void (*options)(struct live_options *o);
};

static struct lab *build(const struct setup *s, struct err *e)
{
    static const char *const names[] = { "pub", "sub1", "sub2" };
    struct lab_options o = lab_defaults();
    o.live = s->live;
    o.cache_dir = keyring_default_cache();
    struct lab *lab = lab_new(&o);
    uint32_t cluster, first;
    faster(lab);
    if (s->live) {
        struct live_options options = lab_live_options(lab);
        if (s->options != NULL)
            s->options(&options);
        if (!lab_live(lab, &options, e)) {
            lab_free(lab);
            return NULL;
        }
    }
    struct lab_cluster_spec spec = { "HQ", s->version, names, s->nodes, "" };
    assert_true(lab_cluster(lab, &spec, &cluster, e));
    for (uint32_t i = 0; i < s->nodes; i++)
        lab->clusters[0].nodes[i].ip = address(i);
    lab->clusters[0].params[PARAM_SERVICE_START_US] = 20 * MS;
    assert_true(lab_group(lab, cluster, "g", names, s->group, e));
    assert_true(lab_pool(lab, cluster, "p", "g", e));
    if (s->security_mode != 0)
        assert_true(lab_ctl(lab, cluster, CTL_MIXED_MODE, e));
    struct lab_phones_spec p = { .count = s->phones,
                                 .model = s->model,
                                 .pool = "p",
                                 .security_mode = s->security_mode,
                                 .encrypted = s->encrypted,
                                 .lsc = s->lsc };
    if (s->phones > 0)
        assert_true(lab_phones(lab, cluster, &p, &first, e));
    current.lab = lab;
    current.of = calloc(s->phones + 1, sizeof *current.of);
    lab->on_note = note_taken;
    lab->on_note_ctx = &current;
    return lab;
}

static void quiet(struct lab *lab)
{
    assert_true(lab_settle(lab, lab_now_us(lab) + 60 * SECOND).quiet);
}

static struct lab *booted(const struct setup *s)
{
    struct err e = { "" };
    struct lab *lab = build(s, &e);
    assert_string_equal(e.text, "");
    assert_non_null(lab);
    for (uint32_t i = 0; i < s->phones; i++)
        lab_power(lab, i, true, 0);
    quiet(lab);
    return lab;
}

static void done(void)
{
    lab_free(current.lab);
    free(current.of);
    current = (struct bench){ NULL, NULL };
}

static void act_regenerate(struct lab *lab, enum own own)
{
    struct err e = { "" };
    for (uint32_t n = 0; n < lab->clusters[0].node_count; n++)
        assert_true(lab_regenerate(lab, 0, n, own, &e));
}

static void act_service(struct lab *lab, enum service s, enum service_act act)
{
    struct err e = { "" };
    for (uint32_t n = 0; n < lab->clusters[0].node_count; n++)
        assert_true(lab_service(lab, 0, n, s, act, &e));
}

static void act_reset(struct lab *lab)
{
    quiet(lab);
    lab_reset_all(lab, 0);
    quiet(lab);
}

/* ---- the same in virtual time and live ---- */

static void only_boot(struct lab *lab)
{
    (void)lab;
}

static void callmanager(struct lab *lab)
{
    act_regenerate(lab, OWN_CALLMANAGER);
    act_service(lab, SERVICE_TFTP, ACT_RESTART);
    act_service(lab, SERVICE_TVS, ACT_RESTART);
    act_reset(lab);
}

static void both(struct lab *lab)
{
    act_regenerate(lab, OWN_CALLMANAGER);
    act_regenerate(lab, OWN_TVS);
    act_service(lab, SERVICE_TFTP, ACT_RESTART);
    act_service(lab, SERVICE_TVS, ACT_RESTART);
    act_reset(lab);
}

static void without_tvs(struct lab *lab)
{
    act_service(lab, SERVICE_TVS, ACT_STOP);
    callmanager(lab);
    act_service(lab, SERVICE_TVS, ACT_STOP);
    act_reset(lab);
}

static void without_tftp(struct lab *lab)
{
    act_service(lab, SERVICE_TFTP, ACT_STOP);
    act_reset(lab);
    act_service(lab, SERVICE_TFTP, ACT_START);
    act_reset(lab);
}

static void without_callmanager(struct lab *lab)
{
    act_service(lab, SERVICE_CALLMANAGER, ACT_STOP);
    quiet(lab);
    act_service(lab, SERVICE_CALLMANAGER, ACT_START);
    quiet(lab);
}

static void press_all(struct lab *lab)
{
    for (uint32_t i = 0; i < lab->phone_count; i++)
        lab_press(lab, i, KEY_DIRECTORIES, lab_now_us(lab));
    quiet(lab);
}

static void directories(struct lab *lab)
{
    press_all(lab);
    act_regenerate(lab, OWN_TOMCAT);
    act_service(lab, SERVICE_TOMCAT, ACT_RESTART);
    quiet(lab);
    press_all(lab);
    act_service(lab, SERVICE_TVS, ACT_STOP);
    quiet(lab);
    for (uint32_t i = 0; i < lab->phone_count; i++) /* without what TVS said before */
        lab_reset_phone(lab, i, lab_now_us(lab));
    quiet(lab);
    press_all(lab);
}

static void node_is_down(struct lab *lab)
{
    struct link cut = { .down = true }, whole = { 0 };
    quiet(lab);
    lab_node_link(lab, 0, 0, &cut);
    quiet(lab);
    lab_node_link(lab, 0, 0, &whole);
    quiet(lab);
}

static void one_phone_powered_off(struct lab *lab)
{
    lab_power(lab, 3, false, lab_now_us(lab));
    both(lab);
    lab_power(lab, 3, true, lab_now_us(lab));
    lab_erase(lab, 4, lab_now_us(lab));
    quiet(lab);
}

static const struct parity {
    const char *what;
    struct setup setup;
    void (*acts)(struct lab *lab);
} parities[] = {
    { "first boot, HTTP", { false, "8.6", 1, 1, PHONES, "8861", 0, false, false, NULL },
      only_boot },
    { "first boot, TFTP", { false, "8.6", 1, 1, PHONES, "7965", 0, false, false, NULL },
      only_boot },
    { "first boot, no Security by Default",
      { false, "8.6", 1, 1, PHONES, "7960", 0, false, false, NULL },
      only_boot },
    { "CallManager", { false, "8.6", 1, 1, PHONES, "8861", 0, false, false, NULL }, callmanager },
    { "both at once", { false, "8.6", 1, 1, PHONES, "7965", 0, false, false, NULL }, both },
    { "both on every node of three", { false, "9.1", 3, 3, PHONES, "8861", 0, false, false, NULL },
      both },
    { "group of one of two nodes", { false, "11.5", 2, 1, PHONES, "8861", 0, false, false, NULL },
      callmanager },
    { "without TVS", { false, "8.6", 2, 2, PHONES, "8861", 0, false, false, NULL }, without_tvs },
    { "without TFTP", { false, "8.6", 2, 2, PHONES, "8861", 0, false, false, NULL },
      without_tftp },
    { "without CallManager", { false, "8.6", 1, 1, PHONES, "7965", 0, false, false, NULL },
      without_callmanager },
    { "directories", { false, "11.5", 1, 1, PHONES, "8861", 0, false, false, NULL }, directories },
    { "node down", { false, "11.5", 2, 2, PHONES, "8861", 0, false, false, NULL }, node_is_down },
    { "one off, one erased", { false, "8.6", 1, 1, PHONES, "8861", 0, false, false, NULL },
      one_phone_powered_off },
    { "secure with MIC", { false, "11.5", 1, 1, PHONES, "8861", CNF_ENCRYPTED, false, false, NULL },
      callmanager },
    { "secure and encrypted with LSC",
      { false, "11.5", 2, 2, PHONES, "8861", CNF_ENCRYPTED, true, true, NULL },
      both },
};

static const char *text_of(const struct said *s, char out[80])
{
    if (s->kind == NOTE_STATE)
        snprintf(out, 80, "state %s", phone_states[s->a].name);
    else
        snprintf(out, 80, "note %u: %u %u", s->kind, s->a, s->b);
    return out;
}

static bool same_history(const struct history *v, const struct history *l, const char *what,
                         uint32_t phone)
{
    char a[80], b[80];
    for (uint32_t i = 0; i < v->count || i < l->count; i++) {
        bool both_there = i < v->count && i < l->count;
        if (both_there && memcmp(&v->said[i], &l->said[i], sizeof v->said[i]) == 0)
            continue;
        print_error("%s, phone %u, note %u: virtual \"%s\", live \"%s\"\n", what, phone, i,
                    i < v->count ? text_of(&v->said[i], a) : "(end)",
                    i < l->count ? text_of(&l->said[i], b) : "(end)");
        return false;
    }
    return true;
}

static void parity(void **state)
{
    (void)state;
    uint32_t bad = 0;
    for (size_t r = 0; r < sizeof parities / sizeof parities[0]; r++) {
        struct setup s = parities[r].setup;
        parities[r].acts(booted(&s));
        struct history *expected = current.of;
        assert_true(expected[0].count >= 5);
        current.of = NULL;
        done();
        s.live = true;
        parities[r].acts(booted(&s));
        for (uint32_t i = 0; i < s.phones; i++) {
            if (!same_history(&expected[i], &current.of[i], parities[r].what, i)) {
                bad++;
                break;
            }
        }
        free(expected);
        done();
    }
    assert_int_equal(bad, 0);
}
