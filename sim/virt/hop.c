/* --bytes: what a node sends is encoded, and what the phone gets is decoded from those bytes.  The
 * outcome must be the very same content: a difference is our own bug, and shows in the trace. */
#include "sim/base/check.h"
#include "sim/virt/said.h"

#include <string.h>

static void hop_file(struct virt *v, uint32_t phone, const struct slot *s, struct event *answer)
{
    struct forge_device device = said_device(v, phone);
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

static void hop_tvs(struct virt *v, const struct slot *s, struct event *answer)
{
    struct content *c = v->world->content;
    bool query = s->ask == ASK_TVS_QUERY;
    struct tvs_msg m = said_tvs_request(v, s, &v->scratch), got = decoded(&m, &v->scratch);
    if (query)
        CHECK(content_signer(c, content_text(c, got.issuer), content_text(c, got.serial)) == s->a);
    struct tvs_told told;
    m = said_tvs_reply(v, &got, answer, &v->scratch);
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

static uint8_t capf_said(const struct slot *s)
{
    return s->ask == ASK_CAPF_AUTH  ? TALK_CAPF_HELLO
           : s->ask == ASK_CAPF_KEY ? CAPF_SAYS_KEY
                                    : (uint8_t)s->b;
}

static void hop_capf(struct virt *v, const struct slot *s, struct event *answer)
{
    struct capf_told heard;
    struct capf_msg m = said_capf_first(s), got = sent(&m, &v->scratch);
    CHECK(talk_capf_heard(&got, s->request, &heard) && heard.says == TALK_CAPF_HELLO);
    m = said_capf_phone(v, s, answer, &v->scratch);
    got = sent(&m, &v->scratch);
    CHECK(talk_capf_came(&got, s->request, capf_said(s)) == CAPF_CAME_ANSWER);
    if (s->ask == ASK_CAPF_AUTH && s->b != 0)
        CHECK(content_text(v->world->content, got.password) == s->b);
    if (got.signed_sha1.p != NULL)
        CHECK(forge_capf_proven(s->request, &got));
    struct capf_msg node = said_capf_node(v, s, answer);
    got = sent(&node, &v->scratch);
    CHECK(talk_capf_heard(&got, s->request, &heard) && heard.says == answer->b);
    if (answer->b == CAPF_SAYS_STORE)
        CHECK(view_eq(heard.certificate, node.certificate));
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
        hop_tvs(v, s, answer);
        break;
    case EVENT_CAPF:
        hop_capf(v, s, answer);
        break;
    default:
        break;
    }
    arena_free(&v->scratch);
}
