#include "sim/talk/reset.h"

#include "sim/wire/text.h"

/* By enum reset_kind.  A new configuration is applied by SCCP as a restart (assumed), and a phone
 * that hears apply-config fetches its configuration as at a restart. */
static const struct {
    const char *action;
    uint32_t value; /* of SCCP: enum sccp_reset */
} kinds[] = {
    [RESET_RESET] = { "action=reset", SCCP_RESET_RESET },
    [RESET_RESTART] = { "action=restart", SCCP_RESET_RESTART },
    [RESET_APPLY] = { "action=apply-config", SCCP_RESET_RESTART },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

#define CSEQ_MOST 0x7fffffffu /* RFC 3261, 8.1.1.5 */

static void put_host(struct wr *w, uint32_t ip, uint16_t port)
{
    char text[16];
    text_put_address(ip, text);
    wr_fmt(w, "%s:%u", text, port);
}

void talk_reset_sip(const struct talk_reset_to *to, enum reset_kind kind, struct wr *w)
{
    char server[16];
    struct view body = view_str(kinds[kind].action);
    text_put_address(to->server_ip, server);
    wr_fmt(w, "NOTIFY sip:%s@", to->device);
    put_host(w, to->phone_ip, to->phone_port);
    wr_fmt(w, " SIP/2.0\r\nVia: SIP/2.0/%s ", to->tls ? "TLS" : "TCP");
    put_host(w, to->server_ip, to->server_port);
    wr_fmt(w, ";branch=z9hG4bKreset%s%u\r\n", to->device, to->number);
    wr_fmt(w, "From: <sip:%s>;tag=%u\r\nTo: <sip:%s@%s>\r\n", server, to->number + 1, to->device,
           server);
    wr_fmt(w, "Call-ID: reset-%s-%u@%s\r\nCSeq: %u NOTIFY\r\nMax-Forwards: 70\r\n", to->device,
           to->number, server, to->number % CSEQ_MOST + 1);
    wr_str(w, "Event: service-control\r\nSubscription-State: active\r\nContact: <sip:");
    put_host(w, to->server_ip, to->server_port);
    wr_fmt(w, ">\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", body.n + 2);
    wr_fmt(w, "%s\r\n", kinds[kind].action);
}

void talk_reset_sccp(enum reset_kind kind, struct wr *w)
{
    sccp_encode(&(struct sccp_msg){ .id = SCCP_RESET, .value = kinds[kind].value }, w);
}

bool talk_reset_sip_heard(const struct sip_msg *m, enum reset_kind *kind)
{
    struct view rest = m->body, line;
    if (!m->request || !view_eq(m->method, view_str("NOTIFY")))
        return false;
    line = text_trim(text_cut(&rest, '\n'));
    for (int k = 0; k < KINDS; k++) {
        if (!text_same(line, kinds[k].action))
            continue;
        *kind = k == RESET_APPLY ? RESET_RESTART : (enum reset_kind)k;
        return true;
    }
    return false;
}

bool talk_reset_sccp_heard(const struct sccp_msg *m, enum reset_kind *kind)
{
    bool known = m->value == SCCP_RESET_RESET || m->value == SCCP_RESET_RESTART;
    if (m->id != SCCP_RESET || !known)
        return false;
    *kind = m->value == SCCP_RESET_RESET ? RESET_RESET : RESET_RESTART;
    return true;
}
