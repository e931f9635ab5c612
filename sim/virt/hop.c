/* --bytes: what a node sends is encoded, and what the phone gets is decoded from those bytes.  The
 * outcome must be the very same content: a difference is our own bug, and shows in the trace. */
#include "sim/base/check.h"
#include "sim/talk/capf.h"
#include "sim/talk/tvs.h"
#include "sim/virt/slot.h"

#include <string.h>

static struct forge_device device_of(struct virt *v, uint32_t phone)
{
    char name[16];
    v->world->name(v->world->ctx, phone, name);
    return forge_device_of(phone, name);
}

static void hop_file(struct virt *v, uint32_t phone, const struct slot *s, struct event *answer)
{
    struct forge_device device = device_of(v, phone);
    struct view bytes;
    struct err e = { "" };
    uint32_t content = answer->a, adopted = 0;
    enum file_kind kind = (enum file_kind)s->kind;
    uint32_t lsc = CONTENT_MIC;
    if (content_kind(v->world->content, content) == CT_FILE &&
        content_get_file(v->world->content, content)->encrypted_to != 0)
        lsc = content_get_file(v->world->content, content)->encrypted_to;
    CHECK(forge_bytes(v->options.forge, content, kind, &device, &v->scratch, &bytes, &e));
    CHECK(bytes.n == answer->b);
    CHECK(forge_adopt(v->options.forge, bytes, kind, &device, lsc, &adopted, &e));
    CHECK(adopted == content);
    answer->a = adopted;
}

static void hop_cert(struct virt *v, struct event *answer)
{
    if (answer->a == 0)
        return;
    uint32_t adopted = 0;
    struct err e = { "" };
    CHECK(forge_adopt_cert(v->options.forge, forge_der(v->options.forge, answer->a), &adopted, &e));
    CHECK(adopted == answer->a);
    answer->a = adopted;
}

static struct tvs_msg decoded(const struct tvs_msg *m, struct arena *a)
{
    struct tvs_msg out;
    struct view bytes;
    CHECK(talk_tvs_bytes(m, a, &bytes));
    CHECK(tvs_decode(bytes, &out, NULL));
    return out;
}

static struct tvs_msg tvs_request(struct virt *v, const struct slot *s, struct view device)
{
    struct content *c = v->world->content;
    if (s->ask != ASK_TVS_QUERY)
        return talk_tvs_verify(device, s->request, forge_der(v->options.forge, s->a));
    const struct ct_cert *named = content_get_cert(c, s->b);
    return talk_tvs_query(device, s->request, content_get_text(c, named->subject),
                          content_get_text(c, named->issuer), content_get_text(c, named->serial));
}

static void hop_tvs(struct virt *v, uint32_t phone, const struct slot *s, struct event *answer)
{
    struct content *c = v->world->content;
    char name[TVS_NAME];
    uint8_t roles[32];
    bool query = s->ask == ASK_TVS_QUERY;
    v->world->tvs_name(v->world->ctx, phone, name);
    struct tvs_msg m = tvs_request(v, s, view_str(name)), got = decoded(&m, &v->scratch);
    if (query)
        CHECK(content_signer(c, content_text(c, got.issuer), content_text(c, got.serial)) == s->a);
    struct tvs_told told = { .status = answer->status, .roles = answer->roles, .ttl_s = answer->b };
    if (answer->status == 0 && query)
        told.certificate = forge_der(v->options.forge, answer->a);
    m = talk_tvs_reply(&got, &told, roles);
    m = decoded(&m, &v->scratch);
    CHECK(talk_tvs_heard(&got, &m, &told));
    answer->status = told.status;
    answer->roles = told.roles;
    if (query)
        hop_cert(v, answer);
}

/* ---- CAPF ---- */

/* Both ends of the connection have the same bytes. */
static struct capf_msg sent(const struct capf_msg *m, struct arena *a)
{
    struct capf_msg out;
    struct view bytes;
    CHECK(talk_capf_bytes(m, a, &bytes));
    CHECK(capf_decode(bytes, &out, NULL));
    return out;
}

/* What the phone says: who it is, with its string or its certificate; its key, of which it will get
 * the LSC; that it is done. */
static struct capf_msg capf_says(struct virt *v, const struct forge_device *device,
                                 const struct slot *s, const struct event *answer)
{
    struct forge *f = v->options.forge;
    const struct key *key;
    struct view none = { NULL, 0 };
    bool shows = s->a != 0 && s->a != CONTENT_NOBODY;
    if (s->ask == ASK_CAPF_KEY) {
        (void)forge_phone_cert(f, device, answer->b == CAPF_SAYS_STORE ? answer->a : CONTENT_MIC,
                               &key);
        return talk_capf_key(s->request, key->spki);
    }
    if (s->ask == ASK_CAPF_DONE)
        return talk_capf_done(
            s->request, (uint8_t)s->b,
            shows && s->b == CAPF_SAYS_FETCH ? forge_phone_cert(f, device, s->a, NULL) : none,
            s->a == CONTENT_MIC ? CAPF_MIC : CAPF_LSC);
    struct capf_msg m = talk_capf_auth(s->request, device->name,
                                       view_str(content_get_str(v->world->content, s->b)));
    if (shows)
        forge_capf_proof(f, device, s->a, s->request, &m, &v->scratch);
    return m;
}

static uint8_t capf_said(const struct slot *s)
{
    return s->ask == ASK_CAPF_AUTH  ? TALK_CAPF_HELLO
           : s->ask == ASK_CAPF_KEY ? CAPF_SAYS_KEY
                                    : (uint8_t)s->b;
}

static void hop_capf(struct virt *v, uint32_t phone, const struct slot *s, struct event *answer)
{
    struct forge_device device = device_of(v, phone);
    struct capf_told told = { .says = TALK_CAPF_HELLO }, heard;
    struct capf_msg m = talk_capf_say(s->request, &told), got = sent(&m, &v->scratch);
    CHECK(talk_capf_heard(&got, s->request, &heard) && heard.says == TALK_CAPF_HELLO);
    m = capf_says(v, &device, s, answer);
    got = sent(&m, &v->scratch);
    CHECK(talk_capf_came(&got, s->request, capf_said(s)) == CAPF_CAME_ANSWER);
    if (s->ask == ASK_CAPF_AUTH && s->b != 0)
        CHECK(content_text(v->world->content, got.password) == s->b);
    if (got.signed_sha1.p != NULL)
        CHECK(forge_capf_proven(s->request, &got));
    told = (struct capf_told){ .says = (uint8_t)answer->b, .with = answer->a };
    if (answer->b == CAPF_SAYS_STORE)
        told.certificate = forge_phone_cert(v->options.forge, &device, answer->a, NULL);
    m = talk_capf_say(s->request, &told);
    got = sent(&m, &v->scratch);
    CHECK(talk_capf_heard(&got, s->request, &heard) && heard.says == answer->b);
    if (answer->b == CAPF_SAYS_STORE)
        CHECK(view_eq(heard.certificate, told.certificate));
    else
        answer->a = heard.with;
}

void virt_hop(struct virt *v, uint32_t phone, struct slot *s, struct event *answer)
{
    v->scratch = arena_of(v->mem);
    switch (answer->type) {
    case EVENT_FILE:
        hop_file(v, phone, s, answer);
        break;
    case EVENT_TLS_CERT:
        hop_cert(v, answer);
        break;
    case EVENT_TVS_REPLY:
        hop_tvs(v, phone, s, answer);
        break;
    case EVENT_CAPF:
        hop_capf(v, phone, s, answer);
        break;
    default:
        break;
    }
    arena_free(&v->scratch);
}
