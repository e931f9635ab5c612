/* What phones and nodes say to each other in virtual time, as messages: for --bytes, which sends
 * each through its codec, and for captures. */
#include "sim/virt/said.h"

struct forge_device said_device(const struct virt *v, uint32_t phone)
{
    char name[16];
    v->world->name(v->world->ctx, phone, name);
    return forge_device_of(phone, name);
}

/* ---- TVS ---- */

struct tvs_msg said_tvs_request(const struct virt *v, const struct slot *s, struct arena *a)
{
    struct content *c = v->world->content;
    char name[TVS_NAME];
    v->world->tvs_name(v->world->ctx, (uint32_t)(s - v->slots), name);
    struct view device = arena_copy(a, view_str(name));
    if (s->ask != ASK_TVS_QUERY)
        return talk_tvs_verify(device, s->request, forge_der(v->options.forge, s->a));
    const struct ct_cert *named = content_get_cert(c, s->b);
    return talk_tvs_query(device, s->request, content_get_text(c, named->subject),
                          content_get_text(c, named->issuer), content_get_text(c, named->serial));
}

struct tvs_msg said_tvs_reply(const struct virt *v, const struct tvs_msg *request,
                              const struct event *answer, struct arena *a)
{
    struct tvs_told told = { .status = answer->status, .roles = answer->roles, .ttl_s = answer->b };
    if (answer->status == 0 && request->type == TVS_QUERY_CERT_REQ)
        told.certificate = forge_der(v->options.forge, answer->a);
    return talk_tvs_reply(request, &told, arena_take(a, 32));
}

/* ---- CAPF ---- */

struct capf_msg said_capf_first(const struct slot *s)
{
    return talk_capf_say(s->request, &(struct capf_told){ .says = TALK_CAPF_HELLO });
}

/* What the phone says: who it is, with its string or its certificate; its key, of which it will get
 * the LSC; that it is done. */
struct capf_msg said_capf_phone(const struct virt *v, const struct slot *s,
                                const struct event *answer, struct arena *a)
{
    struct forge *f = v->options.forge;
    struct forge_device own = said_device(v, (uint32_t)(s - v->slots)), *device = &own;
    const struct key *key;
    struct view none = { NULL, 0 };
    bool shows = s->a != 0 && s->a != CONTENT_NOBODY;
    if (s->ask == ASK_CAPF_KEY) {
        (void)forge_phone_cert(
            f, device, answer != NULL && answer->b == CAPF_SAYS_STORE ? answer->a : CONTENT_MIC,
            &key);
        return talk_capf_key(s->request, key->spki);
    }
    if (s->ask == ASK_CAPF_DONE)
        return talk_capf_done(
            s->request, (uint8_t)s->b,
            shows && s->b == CAPF_SAYS_FETCH ? forge_phone_cert(f, device, s->a, NULL) : none,
            s->a == CONTENT_MIC ? CAPF_MIC : CAPF_LSC);
    struct capf_msg m =
        talk_capf_auth(s->request, (const char *)arena_copy(a, view_strz(device->name)).p,
                       view_str(content_get_str(v->world->content, s->b)));
    if (shows)
        forge_capf_proof(f, device, s->a, s->request, &m, a);
    return m;
}

struct capf_msg said_capf_node(const struct virt *v, const struct slot *s,
                               const struct event *answer)
{
    struct forge_device device = said_device(v, (uint32_t)(s - v->slots));
    struct capf_told told = { .says = (uint8_t)answer->b, .with = answer->a };
    if (answer->b == CAPF_SAYS_STORE)
        told.certificate = forge_phone_cert(v->options.forge, &device, answer->a, NULL);
    return talk_capf_say(s->request, &told);
}
