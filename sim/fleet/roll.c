#include "sim/fleet/roll.h"

#include "sim/base/sys.h"
#include "sim/report/story.h"
#include "sim/wire/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

const char *fleet_state_name(enum fleet_state s)
{
    static const char *const names[FLEET_STATES] = { "waits", "boots", "registered", "tries again",
                                                     "gave up" };
    return names[s];
}

const char *fleet_service_name(enum fleet_service s)
{
    static const char *const names[FLEET_SERVICES] = { "files", "TVS", "CallManager", "CAPF" };
    return names[s];
}

const char *fleet_reject_name(uint8_t reason)
{
    static const char *const names[REJECT_REASONS] = {
        [REJECT_NONE] = "",
        [REJECT_UNKNOWN_DEVICE] = "unknown device",
        [REJECT_LSC] = "certificate not trusted",
        [REJECT_SECURITY] = "security profile",
        [REJECT_GROUP] = "not in its CallManager group",
        [REJECT_DATES] = "certificate not within its time",
        [REJECT_OTHER] = "refused for a reason of its own",
    };
    return names[reason];
}

/* ---- answers ---- */

static void count(struct roll *r, enum fleet_service service, uint32_t server, bool good,
                  const char *words)
{
    for (uint32_t i = 0; i < r->answer_count; i++) {
        struct fleet_answer *a = &r->answers[i];
        if (a->service == service && a->server == server && strcmp(a->words, words) == 0) {
            a->count++;
            return;
        }
    }
    mem_reserve(&sys_mem, (void **)&r->answers, &r->answer_cap, (size_t)r->answer_count + 1,
                sizeof *r->answers);
    r->answers[r->answer_count++] = (struct fleet_answer){
        .server = server, .service = (uint8_t)service, .good = good, .words = words, .count = 1
    };
}

static const struct cnf *config_of(const struct roll *r, const struct phone *p)
{
    return phone_capf_config(p, r->lab->base->content);
}

#define FILE_STATES                                                                                \
    (FSM_BIT(PHONE_CTL) | FSM_BIT(PHONE_ITL) | FSM_BIT(PHONE_CONFIG) | FSM_BIT(PHONE_FILES))

static void file_answered(struct roll *r, const struct phone *before, const struct event *event)
{
    static const char *const words[EVENT_TYPES] = { [EVENT_FILE] = "sent",
                                                    [EVENT_NO_FILE] = "no such file",
                                                    [EVENT_REFUSED] = "nobody listens",
                                                    [EVENT_TIMER] = "no answer" };
    uint32_t server = r->lab->state.dhcp[before->place].tftp[before->tftp];
    bool good = event->type == EVENT_FILE || event->type == EVENT_NO_FILE;
    if (words[event->type] != NULL)
        count(r, FLEET_FILES, server, good, words[event->type]);
}

static bool refuses_tls(const struct outbox *out)
{
    for (uint32_t i = 0; i < out->count; i++)
        if (out->actions[i].type == ACT_TLS_REFUSE)
            return true;
    return false;
}

static void registering(struct roll *r, const struct phone *before, const struct event *event,
                        const struct outbox *out)
{
    struct phone_env env = lab_phone_env(r->lab);
    uint32_t server = phone_server(before, &env, before->server);
    const char *words = event->type == EVENT_REGISTERED ? "registered"
                        : event->type == EVENT_REJECTED ? fleet_reject_name((uint8_t)event->a)
                        : event->type == EVENT_REFUSED  ? "nobody listens"
                        : event->type == EVENT_TIMER    ? "no answer"
                        : event->type == EVENT_TLS_CERT && refuses_tls(out)
                            ? "its certificate is refused"
                            : NULL;
    if (words != NULL)
        count(r, FLEET_CALLMANAGER, server, event->type == EVENT_REGISTERED, words);
}

/* Answers that are stale reach a phone too, and change nothing. */
static void answered(struct roll *r, const struct phone *before, const struct event *event,
                     const struct outbox *out)
{
    static const char *const lost[SERVER_GONE] = { [SERVER_SILENT] = "answers no keepalive",
                                                   [SERVER_CLOSED] = "closed the connection",
                                                   [SERVER_REFUSED] = "refused to renew" };
    bool wanted = event->type == EVENT_TIMER || event->request == before->request[GOAL_WORK];
    struct phone_env env = lab_phone_env(r->lab);
    if (event->type == EVENT_SERVER_LOST)
        count(r, FLEET_CALLMANAGER, phone_server(before, &env, before->server), false,
              lost[event->a]);
    else if (wanted && (FSM_BIT(before->state) & FILE_STATES) != 0)
        file_answered(r, before, event);
    else if (wanted && before->state == PHONE_REGISTERING)
        registering(r, before, event, out);
}

/* ---- notes ---- */

static void tvs_said(struct roll *r, uint32_t n, const struct phone *before,
                     const struct action *note)
{
    const struct cnf *cnf = phone_config(before, r->lab->base->content);
    uint32_t server = cnf == NULL ? 0 : text_host(cnf->tvs[note->a].address);
    r->phones[n].tvs |= (uint8_t)FSM_BIT(note->b);
    count(r, FLEET_TVS, server, note->b == TVS_TRUSTED, story_outcome((enum tvs_outcome)note->b));
}

static void capf_said(struct roll *r, const struct phone *before, const struct action *note)
{
    static const char *const words[CAPF_OUTCOMES] = {
        "LSC installed", "LSC deleted", "certificate shown",   "nothing to be done",
        "refused",       "not trusted", "no answer, or nobody"
    };
    const struct cnf *cnf = config_of(r, before);
    count(r, FLEET_CAPF, cnf == NULL ? 0 : text_host(cnf->capf_address), note->a <= CAPF_NOTHING,
          words[note->a]);
}

static void take_registered(struct roll *r, uint32_t n, const struct phone *after, uint64_t now_us)
{
    struct fleet_phone *f = &r->phones[n];
    struct phone_env env = lab_phone_env(r->lab);
    f->server = phone_server(after, &env, after->server);
    f->rejected = REJECT_NONE;
    if (f->took_ms != NEVER_MS)
        return;
    f->took_ms = (uint32_t)(now_us / 1000) - f->on_ms;
    r->last_us = now_us;
}

static void take_notes(struct roll *r, uint32_t n, const struct phone *before,
                       const struct outbox *out, const struct phone *after, uint64_t now_us)
{
    uint32_t at = 0;
    const struct action *note;
    while ((note = lab_next_note(out, &at)) != NULL) {
        if (note->kind == NOTE_TVS)
            tvs_said(r, n, before, note);
        else if (note->kind == NOTE_CAPF)
            capf_said(r, before, note);
        else if (note->kind == NOTE_REJECTED)
            r->phones[n].rejected = (uint8_t)note->a;
        else if (note->kind == NOTE_REGISTERED)
            take_registered(r, n, after, now_us);
    }
}

static void stepped(void *ctx, uint32_t n, const struct phone *before, const struct event *event,
                    const struct outbox *out, const struct phone *after, uint64_t now_us)
{
    struct roll *r = ctx;
    const uint32_t over = FSM_BIT(PHONE_REGISTERED) | FSM_BIT(PHONE_UNREGISTERED);
    answered(r, before, event, out);
    take_notes(r, n, before, out, after, now_us);
    if (!r->phones[n].booting || (FSM_BIT(after->state) & over) == 0)
        return;
    r->phones[n].booting = false;
    r->booting--;
    r->boot_over(r->ctx);
}

/* ---- life ---- */

void roll_begin(struct roll *r, struct lab *lab, void (*boot_over)(void *ctx), void *ctx)
{
    *r = (struct roll){ .observer = { .ctx = r, .phone = stepped },
                        .lab = lab,
                        .count = lab->state.phone_count,
                        .boot_over = boot_over,
                        .ctx = ctx };
    r->phones = mem_take(&sys_mem, ((size_t)r->count + 1) * sizeof *r->phones);
    for (uint32_t i = 0; i < r->count; i++)
        r->phones[i] = (struct fleet_phone){ .on_ms = NEVER_MS, .took_ms = NEVER_MS };
    lab_observe(lab, &r->observer);
}

void roll_end(struct roll *r)
{
    if (r->lab != NULL)
        lab_unobserve(r->lab, &r->observer);
    mem_free(&sys_mem, r->phones);
    mem_free(&sys_mem, r->answers);
    *r = (struct roll){ .lab = NULL };
}

void roll_boots(struct roll *r, uint32_t phone)
{
    r->phones[phone].on_ms = (uint32_t)(lab_now_us(r->lab) / 1000);
    r->phones[phone].booting = true;
    r->booting++;
}

/* ---- asking ---- */

enum fleet_state roll_state(const struct roll *r, uint32_t phone)
{
    const struct phone *p = &r->lab->state.phones[phone];
    if (phone_is_registered(p))
        return FLEET_REGISTERED;
    if (r->phones[phone].on_ms == NEVER_MS)
        return FLEET_WAITS;
    if (r->phones[phone].booting)
        return FLEET_BOOTS;
    return p->idle || p->fails >= FLEET_ATTEMPTS ? FLEET_GAVE_UP : FLEET_TRIES;
}

struct fleet_counts roll_counts(const struct roll *r)
{
    struct fleet_counts c = { .asked_tvs = 0 };
    for (uint32_t i = 0; i < r->count; i++) {
        c.of[roll_state(r, i)]++;
        c.asked_tvs += r->phones[i].tvs != 0;
        c.vouched += (r->phones[i].tvs & FSM_BIT(TVS_TRUSTED)) != 0;
    }
    return c;
}

static int in_order(const void *x, const void *y)
{
    const struct fleet_answer *a = x, *b = y;
    if (a->service != b->service)
        return a->service < b->service ? -1 : 1;
    if (a->server != b->server)
        return a->server < b->server ? -1 : 1;
    return a->good != b->good ? b->good - a->good : strcmp(a->words, b->words);
}

void roll_sort(struct roll *r)
{
    if (r->answer_count > 0)
        qsort(r->answers, r->answer_count, sizeof *r->answers, in_order);
}
