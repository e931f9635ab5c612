/* A phone alone whose every answer is compared whole: a step is an event and the text of all that
 * comes of it, in order, with the numbers of requests and the deadline.
 *
 *   "#3 fetch ITL @1"        request, what, where (last number of the address), about what
 *   ">TVS"                   the state that it goes to
 *   "'TRUST_LIST_UPDATED"    what its display says
 *   "; until 10"             seconds to its deadline, at the end
 */
#ifndef CUCMLAB_TESTS_PHONE_ALONE_H
#define CUCMLAB_TESTS_PHONE_ALONE_H

#include "phones/phone.h"

#include "sim/base/sys.h"
#include "sim/wire/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ADDRESS(n) (0x0a000000u + (n))

static struct content c;
static struct knobs knobs;
static const struct phone_place places[] = { { { ADDRESS(1), 0 } },
                                             { { ADDRESS(9), ADDRESS(8) } } };
static struct phone_env env;
static struct phone phone;
static struct outbox out;

/* What a test calls by name. */
static struct {
    uint32_t id;
    const char *name;
} named[40];
static uint32_t named_count;

static uint32_t name(const char *text, uint32_t id)
{
    named[named_count].id = id;
    named[named_count++].name = text;
    return id;
}

static const char *name_of(uint32_t id)
{
    for (uint32_t i = 0; i < named_count; i++) {
        if (named[i].id == id)
            return named[i].name;
    }
    return id == 0 ? "-" : id == CONTENT_MIC ? "MIC" : "?";
}

/* ---- what there is ---- */

static uint32_t make_cert(const char *text)
{
    uint32_t id = content_str(&c, text);
    struct ct_key key = { .label = id };
    uint32_t cert = content_cert(
        &c, (struct ct_cert){
                .subject = id, .issuer = id, .serial = id, .key = content_key(&c, &key) });
    name(text, content_get_cert(&c, cert)->signer);
    return name(text, cert);
}

static struct ct_envelope signed_by(uint32_t cert)
{
    const struct ct_cert *k = content_get_cert(&c, cert);
    return (struct ct_envelope){
        .cert = cert, .signer = k->signer, .key = k->key, .signer_version = -1
    };
}

static inline uint32_t make_list(const char *text, bool ctl, uint32_t signer,
                                 const struct ct_record *records, uint32_t count)
{
    struct ct_envelope e = signed_by(signer);
    return name(text, content_list(&c, ctl, &e, records, count));
}

static inline uint32_t make_file(const char *text, uint32_t signer, uint32_t payload,
                                 uint32_t encrypted_to)
{
    struct ct_file f = { .payload = payload,
                         .envelope = signed_by(signer),
                         .encrypted_to = encrypted_to };
    return name(text, content_file(&c, &f));
}

/* CallManager and TVS on `servers` nodes, from address 1. */
static inline struct cnf config_of(uint8_t servers)
{
    struct cnf k;
    cnf_init(&k);
    k.server_count = k.tvs_count = servers;
    for (uint8_t i = 0; i < servers; i++) {
        char text[16];
        snprintf(text, sizeof text, "10.0.0.%u", i + 1u);
        cnf_server_init(&k.servers[i]);
        cnf_tvs_init(&k.tvs[i]);
        cnf_text(k.servers[i].address, sizeof k.servers[i].address, text);
        cnf_text(k.tvs[i].address, sizeof k.tvs[i].address, text);
    }
    cnf_text(k.secure_directory_url, sizeof k.secure_directory_url, "https://10.0.0.1:8443/d");
    cnf_text(k.secure_services_url, sizeof k.secure_services_url, "https://10.0.0.2/s");
    return k;
}

static void phone_begins(const char *model)
{
    uint8_t index;
    named_count = 0;
    content_init(&c, &sys_mem);
    knobs = knobs_default();
    static const struct {
        enum knob knob;
        uint32_t seconds;
    } times[] = { { KNOB_BOOT_MIN_US, 5 },
                  { KNOB_BOOT_MAX_US, 5 },
                  { KNOB_FETCH_TIMEOUT_US, 11 },
                  { KNOB_TVS_TIMEOUT_US, 12 },
                  { KNOB_REGISTER_TIMEOUT_US, 13 },
                  { KNOB_HTTPS_TIMEOUT_US, 14 },
                  { KNOB_RETRY_US, 20 },
                  { KNOB_RETRY_MAX_US, 70 } };
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        knobs.value[times[i].knob] = times[i].seconds * 1000000ull;
    env = (struct phone_env){ .content = &c, .knobs = &knobs, .places = places, .now_us = 1000000 };
    assert_true(model_find(model, &index));
    phone_init(&phone, 3, index, 0, 1);
}

/* ---- what it answers, as text ---- */

static const char *const file_words[FILE_KINDS] = {
    "CTL",     "CTLFile",     "ITL",    "ITLFile",    "cnf",  "cnf.sgn", "cnf.enc",
    "default", "default.sgn", "locale", "locale.sgn", "ring", "ring.sgn"
};

static size_t put_note(char *text, size_t room, const struct action *a)
{
    static const char *const states[PHONE_STATES] = {
        "Off",         "Starting",   "CTL",          "ITL",     "Config", "Files",    "TVS",
        "Registering", "Registered", "Unregistered", "Service", "CAPF",   "CAPF wait"
    };
    static const char *const says[STATUS_MESSAGES] = { "CTL_AND_ITL_INSTALLED",
                                                       "CTL_INSTALLED",
                                                       "ITL_INSTALLED",
                                                       "TRUST_LIST_UPDATED",
                                                       "UPDATE_FAILED",
                                                       "NO_TRUST_LIST",
                                                       "ERASING",
                                                       "NOT_FOUND",
                                                       "TIMEOUT",
                                                       "TFTP_ERROR",
                                                       "AUTH_FAILED",
                                                       "USED",
                                                       "SIZE_ERROR",
                                                       "RESTART",
                                                       "HOST_NOT_FOUND",
                                                       "DOT1X_FAILED" };
    static const char *const verdicts[] = {
        "first", "CTL", "ITL", "cache", "TVS", "ask", "refused"
    };
    static const char *const outcomes[] = { "not asked", "silent",      "closed",
                                            "stranger",  "not trusted", "trusted" };
    static const char *const functions[] = { "registration", "configuration", "lists", "services",
                                             "802.1X",       "VPN",           "common" };
    static const char *const rejects[] = { "-", "unknown", "LSC", "security", "group" };
    static const char *const causes[CAUSES] = {
        [CAUSE_INITIALIZED] = "initialized", [CAUSE_RESET_RESET] = "reset",
        [CAUSE_RESET_RESTART] = "restart",   [CAUSE_KEEPALIVE_TO] = "keepalive",
        [CAUSE_CM_CLOSED_TCP] = "closed",    [CAUSE_FAILBACK] = "failback",
        [CAUSE_PHONE_KEYPAD] = "keypad",     [CAUSE_POWER] = "power"
    };
    static const char *const capf[CAPF_OUTCOMES] = { "installed", "deleted",  "shown", "nothing",
                                                     "refused",   "stranger", "silent" };
    switch (a->kind) {
    case NOTE_STATE:
        return (size_t)snprintf(text, room, ">%s", states[a->a]);
    case NOTE_STATUS:
        return (size_t)snprintf(text, room, "'%s%s%s", says[a->a], a->b != 0 ? " " : "",
                                a->b != 0 ? file_words[a->b] : "");
    case NOTE_ACCEPTED:
        return (size_t)snprintf(text, room, "takes %s by %s", name_of(a->a), verdicts[a->b]);
    case NOTE_REFUSED_FILE:
        return (size_t)snprintf(text, room, "refuses %s as %s", name_of(a->a), file_words[a->b]);
    case NOTE_TVS:
        return (size_t)snprintf(text, room, "tvs %u %s", a->a + 1, outcomes[a->b]);
    case NOTE_LOST:
        return (size_t)snprintf(text, room, "lost %s", functions[a->a]);
    case NOTE_REGAINED:
        return (size_t)snprintf(text, room, "regained %s", functions[a->a]);
    case NOTE_REGISTERED:
        return (size_t)snprintf(text, room, "registered %u", a->a + 1);
    case NOTE_REJECTED:
        return (size_t)snprintf(text, room, "rejected %s by %u", rejects[a->a], a->b + 1);
    case NOTE_UNREGISTERED:
        return (size_t)snprintf(text, room, "unregistered %s", causes[a->a]);
    case NOTE_CAPF:
        return (size_t)snprintf(text, room, "capf %s", capf[a->a]);
    default: /* NOTE_SERVICE */
        return (size_t)snprintf(text, room, "%s %s",
                                a->a == KEY_DIRECTORIES ? "Directories" : "Services",
                                a->b ? "opened" : "failed");
    }
}

static size_t put_action(char *text, size_t room, const struct action *a)
{
    static const char *const words[] = { "fetch",    "tvs?",      "ccm?",   "https?",
                                         "accept",   "refuse",    "query",  "verify",
                                         "register", "get",       "capf?",  "capf-auth",
                                         "capf-key", "capf-done", "cancel", "unregister" };
    if (a->type == ACT_NOTE)
        return put_note(text, room, a);
    size_t n = (size_t)snprintf(text, room, "#%u %s", a->request, words[a->type]);
    if (a->type == ACT_FETCH)
        n += (size_t)snprintf(text + n, room - n, " %s", file_words[a->kind]);
    else if (a->kind != 0)
        n += (size_t)snprintf(text + n, room - n, " TLS");
    if (a->server != 0)
        n += (size_t)snprintf(text + n, room - n, " @%u", a->server & 255);
    if (a->type == ACT_FETCH)
        return n + (size_t)snprintf(text + n, room - n, "%s", a->a == FETCH_TFTP ? "" : " http");
    if (a->a != 0)
        n += (size_t)snprintf(text + n, room - n, " %s", name_of(a->a));
    bool names = a->type != ACT_TLS_ACCEPT && a->type != ACT_TLS_REFUSE && a->type != ACT_CAPF_DONE;
    if (a->b != 0 && names)
        n += (size_t)snprintf(text + n, room - n, " %s", name_of(a->b));
    return n;
}

static void is(const char *want)
{
    char text[1200];
    size_t n = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < out.count; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%s", i == 0 ? "" : "; ");
        n += put_action(text + n, sizeof text - n, &out.actions[i]);
    }
    if (phone.deadline_us != 0)
        snprintf(text + n, sizeof text - n, "; until %u",
                 (unsigned)((phone.deadline_us - env.now_us) / 1000000));
    assert_string_equal(text, want);
}

static void tell(struct event e, const char *want)
{
    out.count = 0;
    phone_step(&phone, &env, &e, &out);
    phone_check(&phone, &env);
    is(want);
}

static inline void timer(const char *want)
{
    env.now_us = phone.deadline_us;
    tell((struct event){ .type = EVENT_TIMER }, want);
}

/* An answer to what its state waits for. */
static inline void answer(enum event_type type, uint32_t a, const char *want)
{
    tell((struct event){ .type = (uint8_t)type,
                         .request = phone.request[phone_states[phone.state].goal],
                         .a = a,
                         .b = type == EVENT_FILE ? 5000 : 0 },
         want);
}

static inline void vouches(uint32_t cert, uint32_t roles, uint32_t seconds, const char *want)
{
    tell((struct event){ .type = EVENT_TVS_REPLY,
                         .request = phone.request[GOAL_WORK],
                         .a = cert,
                         .b = seconds,
                         .roles = roles },
         want);
}

static inline int phone_ends(void **state)
{
    (void)state;
    content_free(&c);
    return 0;
}

#endif
