/* --bytes: what a node sends is encoded, and what the phone gets is decoded from those bytes.  The
 * outcome must be the very same content: a difference is our own bug, and shows in the trace. */
#include "sim/base/check.h"
#include "sim/virt/slot.h"
#include "sim/wire/tvs.h"

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
    struct err e = { "" };
    struct wr length = wr_measure();
    CHECK(tvs_encode(m, &length, &e));
    uint8_t *room = arena_take(a, length.n);
    struct wr w = wr_of(room, length.n);
    CHECK(tvs_encode(m, &w, &e) && !w.over);
    struct tvs_msg out;
    CHECK(tvs_decode(view_of(room, w.n), &out, &e));
    return out;
}

static void hop_tvs(struct virt *v, uint32_t phone, const struct slot *s, struct event *answer)
{
    struct content *c = v->world->content;
    char name[TVS_NAME];
    bool query = s->ask == ASK_TVS_QUERY;
    struct tvs_msg m;
    memset(&m, 0, sizeof m);
    m.session = s->request;
    m.status = -1;
    m.ttl_s = -1;
    m.type = query ? TVS_QUERY_CERT_REQ : TVS_CERT_VERIFICATION_REQ;
    v->world->tvs_name(v->world->ctx, phone, name);
    m.device = view_str(name);
    if (query) {
        const struct ct_cert *named = content_get_cert(c, s->b);
        m.subject = content_get_text(c, named->subject);
        m.issuer = content_get_text(c, named->issuer);
        m.serial = content_get_text(c, named->serial);
    } else {
        m.certificate = forge_der(v->options.forge, s->a);
    }
    struct tvs_msg got = decoded(&m, &v->scratch);
    if (query)
        CHECK(content_signer(c, content_text(c, got.issuer), content_text(c, got.serial)) == s->a);

    uint8_t roles[32];
    uint32_t count = 0;
    for (uint8_t role = 0; role < 32; role++) {
        if ((answer->roles & ROLE_BIT(role)) != 0)
            roles[count++] = role;
    }
    memset(&m, 0, sizeof m);
    m.session = s->request;
    m.type = query ? TVS_QUERY_CERT_RES : TVS_CERT_VERIFICATION_RES;
    m.status = answer->status;
    m.ttl_s = -1;
    if (answer->status == 0) {
        if (query)
            m.certificate = forge_der(v->options.forge, answer->a);
        m.roles = view_of(roles, count);
        m.ttl_s = answer->b;
    }
    got = decoded(&m, &v->scratch);
    answer->status = (uint8_t)got.status;
    answer->roles = 0;
    for (size_t i = 0; i < got.roles.n; i++)
        answer->roles |= ROLE_BIT(got.roles.p[i]);
    if (query)
        hop_cert(v, answer);
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
    default:
        break;
    }
    arena_free(&v->scratch);
}
