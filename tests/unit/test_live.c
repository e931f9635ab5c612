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
#define HISTORY_MAX 200

/* ---- labs ---- */

struct history {
    uint8_t states[HISTORY_MAX];
    uint32_t count;
};

struct bench {
    struct lab *lab;
    struct history *of;
};

static struct bench current; /* the lab of the test that runs */

static void note_taken(void *ctx, uint32_t phone, const struct action *note, uint64_t now_us)
{
    struct history *h = &((struct bench *)ctx)->of[phone];
    (void)now_us;
    if (note->kind != NOTE_STATE)
        return;
    CHECK(h->count < HISTORY_MAX);
    h->states[h->count++] = (uint8_t)note->a;
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
