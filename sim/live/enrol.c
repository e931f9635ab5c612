/* Sessions of phones with CAPF.  It speaks first, and what it says first gives the session its
 * number: the phone is told that the connection is open once that is there. */
#include "sim/live/call.h"

#include "sim/talk/capf.h"

/* A certificate that CAPF has for the phone.  0: it is none that this phone could have. */
static uint32_t stored(struct call *c, struct view der)
{
    struct forge_device device = call_device(c);
    return certs_stored(c->live, &device, c->shown, der);
}

/* False: that was the end. */
static bool heard(struct call *c, const struct capf_told *told)
{
    struct event e = { .type = EVENT_CAPF, .a = told->with, .b = told->says };
    if (told->says == TALK_CAPF_HELLO)
        e = (struct event){ .type = EVENT_TLS_OPEN };
    else if (told->says == CAPF_SAYS_STORE)
        e.a = stored(c, told->certificate);
    if (told->says == CAPF_SAYS_END) {
        call_answer(c, e);
        return false;
    }
    if (told->says == CAPF_SAYS_STORE && e.a == 0) {
        call_over(c, true); /* no answer that a phone could use */
        return false;
    }
    call_emit(c, e);
    return true;
}

static bool next(struct call *c)
{
    struct stream *s = c->stream;
    struct capf_msg m;
    struct capf_told told;
    size_t n = 0;
    bool good = capf_whole(stream_in(s), &n, NULL);
    if (good && n == 0 && !stream_eof(s))
        return false;
    good = good && n > 0 && capf_decode(view_sub(stream_in(s), 0, n), &m, NULL);
    if (good && c->session == 0)
        c->session = m.session;
    good = good && talk_capf_heard(&m, c->session, &told);
    if (!good) {
        call_over(c, true);
        return false;
    }
    if (!heard(c, &told)) /* the certificate was a view of what came */
        return false;
    stream_consume(s, n);
    return true;
}

static void input(struct stream *s)
{
    struct call *c = call_of(s);
    while (next(c))
        continue;
}

void enrol_begin(struct call *c)
{
    static const struct stream_ops ops = { call_nothing, call_judge, input, call_nothing,
                                           call_ended };
    call_tls(c, LIVE_CAPF, CAPF_MAX, &ops, 0);
}

static struct capf_msg auth(struct call *c, const struct action *a, struct arena *scratch)
{
    struct forge_device device = call_device(c);
    const char *string = content_get_str(c->live->world->content, a->b);
    const char *name = arena_text(scratch, view_str(device.name));
    struct capf_msg m = talk_capf_auth(c->session, name, view_str(string));
    if (a->a != 0 && a->a != CONTENT_NOBODY)
        forge_capf_proof(c->live->options.forge, &device, a->a, c->session, &m, scratch);
    return m;
}

/* The key of the LSC that this CAPF will issue. */
static struct capf_msg made_key(struct call *c)
{
    struct forge_device device = call_device(c);
    const struct key *key;
    (void)forge_phone_cert(c->live->options.forge, &device, c->shown, &key);
    return talk_capf_key(c->session, key->spki);
}

static struct capf_msg done(struct call *c, const struct action *a)
{
    struct forge_device device = call_device(c);
    bool shows = a->b == CAPF_SAYS_FETCH && a->a != 0 && a->a != CONTENT_NOBODY;
    struct view der = { NULL, 0 };
    if (shows)
        der = forge_phone_cert(c->live->options.forge, &device, a->a, NULL);
    return talk_capf_done(c->session, (uint8_t)a->b, der,
                          a->a == CONTENT_MIC ? CAPF_MIC : CAPF_LSC);
}

void enrol_say(struct call *c, const struct action *a)
{
    struct arena scratch = arena_of(&sys_mem);
    struct view bytes;
    struct capf_msg m = a->type == ACT_CAPF_AUTH  ? auth(c, a, &scratch)
                        : a->type == ACT_CAPF_KEY ? made_key(c)
                                                  : done(c, a);
    if (talk_capf_bytes(&m, &scratch, &bytes))
        stream_write(c->stream, bytes);
    else
        call_over(c, false);
    arena_free(&scratch);
}
