#include "sim/live/impl.h"

static const struct {
    const char *name;
    uint16_t port;
} ports[LIVE_SERVICES] = {
    [LIVE_HTTP] = { "HTTP", 6970 },
    [LIVE_HTTPS_FILES] = { "HTTPS files", 6971 },
    [LIVE_HTTPS_TOMCAT] = { "HTTPS files", 6972 },
    [LIVE_TFTP] = { "TFTP", 69 },
    [LIVE_TVS] = { "TVS", 2445 },
    [LIVE_SIP] = { "SIP", 5060 },
    [LIVE_SIP_UDP] = { "SIP over UDP", 5060 },
    [LIVE_SIPS] = { "SIPS", 5061 },
    [LIVE_SCCP] = { "SCCP", 2000 },
    [LIVE_SCCPS] = { "SCCPS", 2443 },
    [LIVE_HTTPS] = { "HTTPS", 8443 },
    [LIVE_CAPF] = { "CAPF", 3804 },
    [LIVE_PAGES] = { "HTTP services", 8080 },
};

uint16_t live_port(const struct live *l, enum live_service s)
{
    return s == LIVE_TFTP && l->tftp_port != 0 ? l->tftp_port : ports[s].port;
}

const char *live_service_name(enum live_service s)
{
    return ports[s].name;
}
