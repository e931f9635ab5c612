#include "sim/live/impl.h"

#include "sim/wire/capf.h"
#include "sim/wire/http.h"
#include "sim/wire/sccp.h"
#include "sim/wire/tvs.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG       4096
#define HTTPS_HOLD_US 60000000 /* a phone may ask three TVS before it judges the certificate */

/* ---- the services of a node ---- */

static const struct datagram_service tftp = { tftpd_open, tftpd_close, tftpd_link },
                                     sip_udp = { sipudp_open, sipudp_close, sipudp_link };

static const struct service_row rows[LIVE_SERVICES] = {
    [LIVE_HTTP] = { .asks = ASK_FILE,
                    .in_limit = HTTP_HEAD_MAX,
                    .ops = CONN_OPS(httpd_file_input) },
    [LIVE_HTTPS_FILES] = { .tls = true,
                           .asks = ASK_FILE,
                           .shows = ASK_FILE_CERT,
                           .in_limit = HTTP_HEAD_MAX,
                           .ops = CONN_OPS(httpd_tls_file_input) },
    [LIVE_HTTPS_TOMCAT] = { .tls = true,
                            .asks = ASK_FILE,
                            .shows = ASK_HTTPS_CERT,
                            .in_limit = HTTP_HEAD_MAX,
                            .ops = CONN_OPS(httpd_tls_file_input) },
    [LIVE_TFTP] = { .asks = ASK_FILE, .udp = &tftp },
    [LIVE_TVS] = { .tls = true,
                   .resumes = true,
                   .asks = ASK_TVS_CERT,
                   .shows = ASK_TVS_CERT,
                   .in_limit = TVS_MAX,
                   .ops = CONN_OPS(tvsd_input) },
    [LIVE_SIP] = { .asks = ASK_CCM_CERT,
                   .in_limit = SIP_MAX,
                   .ops = CONN_OPS(registrar_input),
                   .registrar = &sipd },
    [LIVE_SIP_UDP] = { .asks = ASK_CCM_CERT, .udp = &sip_udp },
    [LIVE_SIPS] = { .tls = true,
                    .asks = ASK_CCM_CERT,
                    .shows = ASK_CCM_CERT,
                    .in_limit = SIP_MAX,
                    .ops = CONN_OPS(registrar_input),
                    .registrar = &sipd },
    [LIVE_SCCP] = { .asks = ASK_CCM_CERT,
                    .in_limit = SCCP_MAX,
                    .ops = CONN_OPS(registrar_input),
                    .registrar = &sccpd },
    [LIVE_SCCPS] = { .tls = true,
                     .asks = ASK_CCM_CERT,
                     .shows = ASK_CCM_CERT,
                     .in_limit = SCCP_MAX,
                     .ops = CONN_OPS(registrar_input),
                     .registrar = &sccpd },
    [LIVE_HTTPS] = { .tls = true,
                     .asks_nobody = true,
                     .asks = ASK_HTTPS_CERT,
                     .shows = ASK_HTTPS_CERT,
                     .in_limit = HTTP_HEAD_MAX,
                     .hold_us = HTTPS_HOLD_US,
                     .ops = CONN_OPS(httpd_page_input) },
    [LIVE_CAPF] = { .tls = true,
                    .asks_nobody = true, /* what it wants to see is in its messages (peer) */
                    .asks = ASK_CAPF_CERT,
                    .shows = ASK_CAPF_CERT,
                    .in_limit = CAPF_MAX,
                    .hold_us = HTTPS_HOLD_US,
                    .ops = { capfd_opened, conn_no_judge, capfd_input, conn_drained, conn_ended } },
    [LIVE_PAGES] = { .asks = ASK_HTTPS_PAGE,
                     .in_limit = HTTP_HEAD_MAX,
                     .ops = CONN_OPS(httpd_page_input) },
};

static uint32_t epoch_now(const struct listener *li)
{
    return li->live->world->epoch(li->live->world->ctx, li->host->node, li->row->asks);
}

/* Served by workers, where there are any. */
static bool by_workers(const struct listener *li)
{
    return li->service == LIVE_TVS && li->live->worker_count > 0;
}

/* ---- what a listener shows ---- */

static bool fresh_config(struct listener *li)
{
    uint32_t cert = 0, speaks = 0;
    if (!li->row->tls)
        return true;
    if (!answer_shows(li->live, li->host->node, li->row->shows, &cert, &speaks))
        return false;
    if (li->config != NULL && li->cert == cert && li->speaks == speaks)
        return true;
    desk_shows(li, cert, speaks);
    return li->config != NULL;
}

static bool ready(struct listener *li)
{
    return epoch_now(li) == li->epoch && fresh_config(li);
}

/* ---- listeners ---- */

static bool open_tcp(struct listener *li, struct err *e)
{
    char ip[16];
    uint16_t port = live_port(li->live, li->service);
    net_text(li->host->ip, ip);
    li->fd = net_socket(SOCK_STREAM, li->host->ip, port);
    if (li->fd >= 0 && listen(li->fd, BACKLOG) == 0) {
        if (by_workers(li))
            workers_open(li);
        else
            desk_watch(li);
        return true;
    }
    err_set(e, "%s: cannot listen on %s port %u (%s): %s%s", li->host->name, ip, port,
            live_service_name(li->service), strerror(errno),
            errno == EADDRINUSE ? " (another lab? --addresses 127.N.0.0/16 moves this one)" : "");
    if (li->fd >= 0)
        close(li->fd);
    li->fd = -1;
    return false;
}

static void stop_watching(struct listener *li)
{
    if (by_workers(li))
        workers_close(li);
    else if (li->row->udp != NULL)
        li->row->udp->close(li);
    else
        desk_leave(li);
}

static void close_listener(struct listener *li)
{
    if (li->fd >= 0) {
        stop_watching(li);
        close(li->fd);
        li->fd = -1;
    }
    desk_drop(li);
}

/* A node that is shut down: what is sent there gets no answer.  No harm where it cannot be done:
 * then it is refused. */
static void open_dark(struct listener *li)
{
    bool udp = li->row->udp != NULL;
    if (li->dark >= 0)
        return;
    li->dark =
        net_socket(udp ? SOCK_DGRAM : SOCK_STREAM, li->host->ip, live_port(li->live, li->service));
    if (li->dark >= 0 && !udp)
        (void)listen(li->dark, BACKLOG);
}

static void close_dark(struct listener *li)
{
    if (li->dark >= 0)
        close(li->dark);
    li->dark = -1;
}

/* ---- links ---- */

/* A dead link says nothing to anybody: connections fall silent, and end when it is back. */
static void link_one(struct listener *li, bool down)
{
    if (by_workers(li)) {
        workers_link(li, down);
    } else if (li->row->udp != NULL) {
        li->row->udp->link(li, down);
    } else if (down) {
        desk_leave(li);
        desk_mute(li);
    } else if (!ev_is_active(&li->io)) {
        desk_drop(li);
        desk_discard(li);
        desk_watch(li);
    }
}

void server_link(struct host *p, bool down)
{
    p->down = down;
    for (int s = 0; s < LIVE_SERVICES; s++)
        if (p->listeners[s].fd >= 0)
            link_one(&p->listeners[s], down);
}

/* ---- as things stand ---- */

static bool refresh_one(struct listener *li, struct err *e)
{
    struct live *l = li->live;
    uint32_t epoch = epoch_now(li), shown = li->cert, before = li->speaks;
    bool running = answer_running(l, li->host->node, li->row->asks) && fresh_config(li);
    if (li->fd >= 0 && (!running || li->epoch != epoch)) {
        close_listener(li);
        if (li->sessions != NULL)
            desk_shows(li, li->cert, li->speaks); /* a service that starts knows none of before */
    }
    li->epoch = epoch;
    if (!running) {
        answer_silent(l, li->host->node) ? open_dark(li) : close_dark(li);
        return true;
    }
    close_dark(li);
    if (li->fd >= 0) {
        if (by_workers(li))
            workers_refresh(li, li->cert != shown || li->speaks != before);
        return true;
    }
    if (li->row->udp != NULL ? !li->row->udp->open(li, e) : !open_tcp(li, e))
        return false;
    if (li->host->down)
        link_one(li, true);
    return true;
}

bool server_refresh(struct live *l, struct host *p, struct err *e)
{
    for (int s = 0; s < LIVE_SERVICES; s++) {
        struct listener *li = &p->listeners[s];
        if (li->live == NULL) {
            li->live = l;
            li->host = p;
            li->desk = &l->desk;
            li->row = &rows[s];
            li->ready = ready;
            li->service = (enum live_service)s;
            li->fd = li->dark = -1;
        }
        if (!refresh_one(li, e))
            return false;
    }
    return true;
}

void server_close(struct host *p)
{
    for (int s = 0; s < LIVE_SERVICES; s++) {
        if (p->listeners[s].live == NULL)
            continue;
        close_listener(&p->listeners[s]);
        close_dark(&p->listeners[s]);
    }
}

void server_free(struct live *l)
{
    for (uint32_t i = 0; i < l->host_count; i++) {
        server_close(l->hosts[i]);
        for (int s = 0; s < LIVE_SERVICES; s++) {
            struct listener *li = &l->hosts[i]->listeners[s];
            if (li->live == NULL)
                continue;
            tls_config_free(li->config);
            tls_sessions_free(li->sessions);
        }
        reactor_give(l->hosts[i]);
    }
    reactor_give(l->hosts);
}
