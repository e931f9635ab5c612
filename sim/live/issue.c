/* What the CAPF of a node says to whoever comes: phones of the lab and real clients alike. */
#include "sim/live/impl.h"

#include "sim/talk/capf.h"

#include <string.h>

void issue_begin(struct live *l, struct capf_session *s, struct wr *hello)
{
    struct capf_told told = { .says = TALK_CAPF_HELLO };
    *s = (struct capf_session){ .number = ++l->capf_sessions,
                                .device = NO_DEVICE,
                                .said = told.says };
    struct capf_msg m = talk_capf_say(s->number, &told);
    CHECK(capf_encode(&m, hello, NULL));
}

static struct forge_device device_of(struct live *l, const struct capf_session *s)
{
    char name[16];
    l->world->name(l->world->ctx, s->device, name);
    return forge_device_of(s->device, name);
}

/* What a client proves itself with: nothing, where its signed data is not of its certificate. */
static uint32_t proven(struct live *l, const struct capf_session *s, const struct capf_msg *m)
{
    if (s->device == NO_DEVICE)
        return CONTENT_NOBODY;
    struct forge_device device = device_of(l, s);
    return forge_capf_proven(s->number, m) ? certs_lsc(l, &device, m->certificate) : CONTENT_NOBODY;
}

/* Who it is that answered the first word. */
static uint32_t who(struct live *l, struct view device)
{
    char name[16] = "";
    if (device.n > 0 && device.n < sizeof name)
        memcpy(name, device.p, device.n);
    return live_device(l, name);
}

static struct ask ask_of(struct live *l, struct capf_session *s, const struct capf_msg *m)
{
    if (s->said == TALK_CAPF_HELLO) {
        s->device = who(l, m->device);
        return (struct ask){ .kind = ASK_CAPF_AUTH,
                             .device = s->device,
                             .a = proven(l, s, m),
                             .b = content_known_text(l->world->content, m->password) };
    }
    struct ask ask = { .kind = s->said == CAPF_SAYS_KEY ? ASK_CAPF_KEY : ASK_CAPF_DONE,
                       .device = s->device,
                       .b = s->said };
    if (s->said == CAPF_SAYS_STORE)
        ask.a = s->lsc;
    else if (s->said == CAPF_SAYS_FETCH)
        ask.a = m->certificate.p == NULL ? CONTENT_NOBODY : CONTENT_MIC;
    return ask;
}

/* What the node says, as the client hears it.  An LSC goes out over the key that came. */
static struct capf_told told_of(struct live *l, struct capf_session *s, const struct capf_msg *m,
                                const struct event *e, struct arena *a)
{
    struct capf_told told = { .says = (uint8_t)e->b, .with = e->a };
    if (told.says != CAPF_SAYS_STORE)
        return told;
    struct forge_device device = device_of(l, s);
    s->lsc = e->a;
    told.certificate = forge_capf_issue(l->options.forge, &device, e->a, m->public_key, a);
    if (told.certificate.p == NULL)
        told = (struct capf_told){ .says = CAPF_SAYS_END, .with = CAPF_INVALID_ELEMENT };
    return told;
}

static bool say(struct capf_session *s, const struct capf_told *told, struct arena *a,
                struct view *reply)
{
    struct capf_msg m = talk_capf_say(s->number, told);
    CHECK(talk_capf_bytes(&m, a, reply)); /* certificates of ours are small */
    s->said = told->says;
    return told->says != CAPF_SAYS_END;
}

bool issue_answer(struct live *l, uint32_t node, struct capf_session *s, struct view message,
                  struct arena *a, struct view *reply)
{
    struct capf_told told = { .says = CAPF_SAYS_END, .with = CAPF_INVALID_ELEMENT };
    struct capf_msg m;
    struct event e;
    enum capf_came came = CAPF_CAME_OTHER;
    *reply = view_of(NULL, 0);
    if (capf_decode(message, &m, NULL))
        came = talk_capf_came(&m, s->number, s->said);
    if (came == CAPF_CAME_WAIT)
        return true;
    if (came != CAPF_CAME_ANSWER)
        return say(s, &told, a, reply);
    struct ask ask = ask_of(l, s, &m);
    if (live_ask(l, node, &ask, &e) != ASK_ANSWERED)
        return false; /* stopped meanwhile: nothing is said */
    told = told_of(l, s, &m, &e, a);
    return say(s, &told, a, reply);
}
