/* What nodes are asked, told to the lab one by one: who, what, the answer. */
#include "sim/live/impl.h"

#include "sim/wire/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct access *access_wanted(const struct listener *li, struct access *room)
{
    *room = (struct access){ 0 };
    return li->desk->access == NULL ? NULL : room;
}

void access_asked(struct access *a, const char *verb, struct view what)
{
    if (a == NULL)
        return;
    int n = snprintf(a->asked, sizeof a->asked, "%s%s", verb, what.n > 0 ? " " : "");
    CHECK(n > 0 && (size_t)n < sizeof a->asked);
    text_escape(a->asked + n, sizeof a->asked - (size_t)n, what);
}

/* "query 5C3D..., CN=pub", "verify CN=pub": what names the certificate on the wire. */
void access_tvs(struct access *a, const struct tvs_msg *m, struct view subject)
{
    uint8_t text[80];
    struct wr w = wr_of(text, sizeof text);
    bool query = m->type == TVS_QUERY_CERT_REQ;
    if (a == NULL)
        return;
    if (query)
        subject = m->subject;
    for (size_t i = 0; query && i < m->serial.n && i < 16; i++)
        wr_fmt(&w, "%02X", m->serial.p[i]);
    struct view first = text_cut(&subject, ';');
    if (first.n > 0)
        wr_str(&w, query ? ", " : "");
    wr_view(&w, view_sub(first, 0, first.n < 40 ? first.n : 40));
    if (!query && first.n == 0)
        wr_fmt(&w, "a certificate of %zu bytes", m->certificate.n);
    access_asked(a, query ? "query" : "verify", view_of(text, w.n));
}

void access_answer(struct access *a, uint64_t bytes, const char *format, ...)
{
    char text[sizeof a->answer];
    va_list args;
    if (a == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_escape(a->answer, sizeof a->answer, view_str(text));
    a->bytes = bytes;
}

void access_phone(struct access *a, struct live *l, uint32_t device)
{
    if (a != NULL && device != NO_DEVICE)
        l->world->name(l->world->ctx, device, a->phone);
}

void access_named(struct access *a, struct view name)
{
    if (a != NULL && name.n < sizeof a->phone)
        text_escape(a->phone, sizeof a->phone, name);
}

void access_known(struct access *a, struct live *l)
{
    uint32_t device;
    if (a->phone[0] != '\0' && !l->world->find(l->world->ctx, a->phone, &device))
        a->phone[0] = '\0';
}

void access_refused(struct access *a)
{
    if (a == NULL)
        return;
    if (a->asked[0] == '\0')
        access_asked(a, "what is no request", view_of(NULL, 0));
    if (a->answer[0] == '\0')
        access_answer(a, 0, "closed");
}

void access_tell(struct listener *li, const struct sockaddr_in *peer, struct access *a)
{
    if (a == NULL || a->asked[0] == '\0')
        return;
    a->node = li->host->node;
    a->service = live_service_name(li->service);
    a->ip = ntohl(peer->sin_addr.s_addr);
    a->port = ntohs(peer->sin_port);
    if (li->desk->access != NULL)
        li->desk->access(li->desk, a);
    *a = (struct access){ 0 };
}
