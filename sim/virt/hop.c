/* --bytes: what a node sends is encoded, and what the phone gets is decoded from those bytes.  The
 * outcome must be the very same content: a difference is our own bug, and shows in the trace. */
#include "sim/base/check.h"
#include "sim/talk/tvs.h"
#include "sim/virt/slot.h"
#include "sim/wire/capf.h"

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
    struct err e = { "" };
    struct wr length = wr_measure();
    CHECK(capf_encode(m, &length, &e));
    uint8_t *room = arena_take(a, length.n);
    struct wr w = wr_of(room, length.n);
    CHECK(capf_encode(m, &w, &e) && !w.over);
    struct capf_msg out;
    CHECK(capf_decode(view_of(room, w.n), &out, &e));
    return out;
}

/* What the phone says: who it is, with its string or its certificate; its key; that it is done. */
static void capf_says(struct virt *v, const struct forge_device *device, const struct slot *s)
{
    static const uint8_t dones[] = { [CAPF_SAYS_STORE] = CAPF_STORE_CERT_RES,
                                     [CAPF_SAYS_FETCH] = CAPF_FETCH_CERT_RES,
                                     [CAPF_SAYS_DELETE] = CAPF_DELETE_CERT_RES };
    struct content *c = v->world->content;
    struct forge *f = v->options.forge;
    const struct key *key;
    struct capf_msg m = capf_msg_of(s->ask == ASK_CAPF_AUTH  ? CAPF_AUTH_RES
                                    : s->ask == ASK_CAPF_KEY ? CAPF_KEY_GEN_RES
                                                             : (enum capf_command)dones[s->b],
                                    s->request);
    bool shows = s->ask != ASK_CAPF_KEY && s->a != 0 && s->a != CONTENT_NOBODY &&
                 m.command != CAPF_STORE_CERT_RES && m.command != CAPF_DELETE_CERT_RES;
    if (s->ask != ASK_CAPF_KEY)
        m.reason = CAPF_UPDATE_CERT;
    if (s->ask == ASK_CAPF_AUTH) {
        m.version = CAPF_VERSION;
        m.device = view_str(device->name);
        m.password = view_str(content_get_str(c, s->b));
    }
    if (shows) {
        m.certificate = forge_phone_cert(f, device, s->a, &key);
        m.certificate_kind = s->a == CONTENT_MIC ? CAPF_MIC : CAPF_LSC;
    }
    if (shows && s->ask == ASK_CAPF_AUTH)
        forge_capf_proof(f, device, s->a, s->request, &m, &v->scratch);
    if (s->ask == ASK_CAPF_KEY) {
        (void)forge_phone_cert(f, device, CONTENT_MIC, &key);
        m.public_key = key->spki;
    }
    struct capf_msg got = sent(&m, &v->scratch);
    if (s->ask == ASK_CAPF_AUTH && s->b != 0)
        CHECK(content_text(c, got.password) == s->b);
}

static void hop_capf(struct virt *v, uint32_t phone, const struct slot *s, struct event *answer)
{
    static const uint8_t commands[] = { [CAPF_SAYS_KEY] = CAPF_KEY_GEN_REQ,
                                        [CAPF_SAYS_STORE] = CAPF_STORE_CERT_REQ,
                                        [CAPF_SAYS_FETCH] = CAPF_FETCH_CERT_REQ,
                                        [CAPF_SAYS_DELETE] = CAPF_DELETE_CERT_REQ,
                                        [CAPF_SAYS_END] = CAPF_END_SESSION };
    struct forge_device device = device_of(v, phone);
    struct capf_msg m;
    if (s->ask == ASK_CAPF_AUTH) { /* what the server began with */
        m = capf_msg_of(CAPF_AUTH_REQ, s->request);
        m.version = CAPF_VERSION;
        m.auth_type = CAPF_AUTH_NONE;
        (void)sent(&m, &v->scratch);
    }
    capf_says(v, &device, s);
    m = capf_msg_of((enum capf_command)commands[answer->b], s->request);
    if (answer->b == CAPF_SAYS_KEY) {
        m.key_type = CAPF_RSA;
        m.key_size = (int32_t)answer->a;
    } else if (answer->b == CAPF_SAYS_STORE) {
        m.certificate_type = CAPF_LSC;
        m.certificate = forge_phone_cert(v->options.forge, &device, answer->a, NULL);
    } else if (answer->b == CAPF_SAYS_END) {
        m.reason = (int16_t)answer->a;
    }
    struct capf_msg got = sent(&m, &v->scratch);
    if (answer->b == CAPF_SAYS_STORE)
        CHECK(view_eq(got.certificate, m.certificate));
    if (answer->b == CAPF_SAYS_END)
        answer->a = (uint32_t)got.reason;
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
