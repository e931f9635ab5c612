#include "sim/talk/sip.h"

#include "sim/core/contract.h"
#include "sim/wire/text.h"

/* What tells a rejected phone why: CallManager answers 403 with a Warning header that says it in
 * words (observed of another reason); these words are ours (assumed). */
static const struct {
    uint8_t reason; /* enum reject_reason */
    int status;
    const char *words; /* of the Warning; NULL: none */
} rejections[] = {
    { REJECT_UNKNOWN_DEVICE, 404, NULL },
    { REJECT_LSC, 403, "certificate" },
    { REJECT_SECURITY, 403, "security profile" },
    { REJECT_GROUP, 403, "CallManager group" },
    { REJECT_DATES, 403, "certificate not within its time" },
    { REJECT_OTHER, 503, NULL },
};

void talk_sip_register(const struct talk_sip_phone *p, struct wr *w)
{
    char from[16], to[16], id[64], branch[16];
    struct wr mark = wr_of(branch, sizeof branch);
    struct wr name = wr_of(id, sizeof id - 1);
    text_put_address(p->ip, from);
    text_put_address(p->server, to);
    wr_fmt(&name, "%s-%u-%u", p->device, p->request, p->port);
    id[name.n < sizeof id ? name.n : sizeof id - 1] = '\0';
    wr_fmt(&mark, "z9hG4bK%u%c", p->count + 1u, 0);
    struct sip_register r = {
        .device = p->device,
        .line = p->line,
        .uuid = p->uuid,
        .local = from,
        .server = to,
        .local_port = p->port,
        .user_agent = p->user_agent,
        .model = p->model,
        .call_id = id,
        .branch = branch,
        .tag = id,
        .cseq = 101u + p->count,
        .expires_s = p->leaves ? 0 : 3600,
        .tls = p->tls,
        .udp = p->udp,
    };
    sip_register_encode(&r, w);
}

void talk_sip_reject(const struct sip_msg *request, uint32_t reason, struct wr *reply)
{
    for (size_t i = 0; i < sizeof rejections / sizeof rejections[0]; i++)
        if (rejections[i].reason == reason)
            sip_response_encode(request, rejections[i].status, rejections[i].words, -1, reply);
}

/* The text between the quotes of: 399 cucm1 "certificate". */
static struct view warned(struct view warning)
{
    (void)text_cut(&warning, '"');
    return text_cut(&warning, '"');
}

uint32_t talk_sip_reason(const struct sip_msg *response)
{
    if (response->status == 200)
        return REJECT_NONE;
    struct view words = warned(response->warning);
    for (size_t i = 0; i < sizeof rejections / sizeof rejections[0]; i++)
        if (rejections[i].status == response->status && rejections[i].words != NULL &&
            view_eq(words, view_str(rejections[i].words)))
            return rejections[i].reason;
    return response->status == 404   ? REJECT_UNKNOWN_DEVICE
           : response->status == 403 ? REJECT_SECURITY
                                     : REJECT_OTHER;
}
