#include "tests/hostile/hostile.h"

#include "sim/wire/capf.h"
#include "sim/wire/sccp.h"
#include "sim/wire/tvs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct port all[] = {
    { "HTTP", 6970, HTTP, false },        { "HTTPS files", 6971, HTTP, true },
    { "HTTPS Tomcat", 6972, HTTP, true }, { "TVS", 2445, TVS, true },
    { "SIP", 5060, SIP, false },          { "SIPS", 5061, SIP, true },
    { "SCCP", 2000, SCCP, false },        { "SCCPS", 2443, SCCP, true },
    { "HTTPS", 8443, PAGES, true },       { "pages", 8080, PAGES, false },
    { "CAPF", 3804, CAPF, true },
};

struct sockaddr_in ports_address(const struct target *t, uint16_t port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
    a.sin_addr.s_addr = t->ip;
    return a;
}

void ports_find(struct target *t)
{
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        int fd = dial(t, all[i].port, 2000);
        if (fd < 0)
            continue;
        close(fd);
        t->ports[t->count++] = all[i];
    }
    if (t->metrics != 0)
        t->ports[t->count++] = (struct port){ "metrics", t->metrics, HTTP, false };
    if (t->control != NULL)
        t->ports[t->count++] = (struct port){ "control", 1, CONTROL, false };
}

static struct bytes requests[PROTOS];

static void text(enum proto p, const char *said)
{
    requests[p].n = strlen(said);
    memcpy(requests[p].p, said, requests[p].n);
}

static void made(enum proto p, const struct wr *w)
{
    if (w->over || w->n == 0)
        abort(); /* a kind would be none */
    requests[p].n = w->n;
}

/* Of nobody that the lab has. */
static void make_sccp(void)
{
    struct sccp_msg m = { .id = SCCP_REGISTER,
                          .device = view_str("SEPFFFFFFFFFFFF"),
                          .device_type = 437,
                          .protocol = 20 };
    struct wr w = wr_of(requests[SCCP].p, sizeof requests[SCCP].p);
    sccp_encode(&m, &w);
    made(SCCP, &w);
}

static void make_tvs(void)
{
    struct tvs_msg m = { .type = TVS_QUERY_CERT_REQ,
                         .session = 7,
                         .device = view_str("CP-8861-SEPFFFFFFFFFFFF"),
                         .subject = view_str("CN=nobody"),
                         .issuer = view_str("CN=nobody"),
                         .serial = view_str("\x12\x34"),
                         .status = -1,
                         .ttl_s = -1 };
    struct wr w = wr_of(requests[TVS].p, sizeof requests[TVS].p);
    (void)tvs_encode(&m, &w, NULL);
    made(TVS, &w);
}

static void make_capf(void)
{
    struct capf_msg m = capf_msg_of(CAPF_AUTH_RES, 1);
    struct wr w = wr_of(requests[CAPF].p, sizeof requests[CAPF].p);
    m.device = view_str("SEPFFFFFFFFFFFF");
    m.auth_type = CAPF_AUTH_NULL_STRING;
    m.password = view_str("");
    m.version = CAPF_VERSION;
    m.reason = CAPF_NO_ACTION;
    (void)capf_encode(&m, &w, NULL);
    made(CAPF, &w);
}

void ports_make(void)
{
    text(HTTP, "GET /ITLFile.tlv HTTP/1.1\r\nHost: x\r\n\r\n");
    text(PAGES, "GET /ccmcip/xmldirectory.jsp HTTP/1.1\r\nHost: x\r\n\r\n");
    text(SIP, "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5;branch=z9hG4bKh\r\n"
              "From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:a@127.0.0.1>\r\nCall-ID: h\r\n"
              "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
    text(CONTROL, "{\"ask\":\"time\"}\n");
    make_sccp();
    make_tvs();
    make_capf();
}

const struct bytes *ports_request(enum proto p)
{
    return &requests[p];
}
