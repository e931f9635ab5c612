/* The network as an administrator of it sees it: sites where phones stand, and what lies between a
 * site and the nodes of a cluster: a link, a firewall.  It is kept with the cluster, so that copies
 * have it and acts can mend it.  Asked by sim/lab_network.c, which says at which site a phone
 * stands.  Pure. */
#ifndef CUCMLAB_NODES_NETWORK_H
#define CUCMLAB_NODES_NETWORK_H

#include "nodes/model.h"

/* What phones connect to (documented: Cisco's list of TCP and UDP ports). */
enum port {
    PORT_TFTP,        /* UDP 69 */
    PORT_HTTP_FILES,  /* TCP 6970 */
    PORT_TVS,         /* TCP 2445 */
    PORT_SCCP,        /* TCP 2000 */
    PORT_SCCP_TLS,    /* TCP 2443 */
    PORT_SIP,         /* TCP 5060 */
    PORT_SIP_TLS,     /* TCP 5061 */
    PORT_TOMCAT,      /* TCP 8443 */
    PORT_TOMCAT_HTTP, /* TCP 8080 */
    PORT_CAPF,        /* TCP 3804 */
    PORTS
};

struct port_kind {
    const char *name; /* of the service: "TVS" */
    uint16_t number;
    bool udp;
};

extern const struct port_kind port_kinds[PORTS];
/* By its name or its number; false: no phone connects there. */
bool port_find(const char *text, enum port *port);

#define SITE_EVERYBODY 0u

/* What all that is said of phones of this site (CT_STR; 0: of no site, without what is said of
 * everybody) and this node makes together. */
struct path network_between(const struct cluster *cl, uint32_t site, uint32_t node);
/* Whether it says anything at all: of most clusters nobody has to ask. */
bool network_says_something(const struct cluster *cl);
/* The entry of exactly that site and node, made where there is none. */
struct path *network_path(struct cluster *cl, uint32_t site, uint8_t node);
/* Over meaning, in any order. */
uint64_t network_hash(const struct cluster *cl);

#endif
