/* Where the servers of a fleet are: what its phones ask is an address or the name of a host in
 * their configurations, with the port that stands beside it.  Called by fleet; asked by the driver.
 */
#ifndef CUCMLAB_FLEET_PLACE_H
#define CUCMLAB_FLEET_PLACE_H

#include "sim/fleet/names.h"
#include "sim/lab.h"
#include "sim/live/live.h"

#define PLACE_TFTP 2 /* that option 150 names, as a phone has them */

struct place_tftp {
    uint32_t ip;   /* host order */
    uint16_t port; /* 0: the usual one */
};

struct places {
    const struct lab *lab;
    struct place_tftp tftp[PLACE_TFTP];
    struct names *names;
    struct live_outside outside; /* for the driver */
};

/* `remote`, `from`, `from_count` as in struct live_outside. */
void place_begin(struct places *p, const struct lab *lab, const struct place_tftp tftp[PLACE_TFTP],
                 bool remote);
/* Once the driver is there, and before it is gone. */
void place_names(struct places *p);
void place_end(struct places *p);
/* The name of a host that was looked for; "?" where it was not. */
const char *place_name(const struct places *p, uint32_t number);
/* What a phone asks somewhere: `sccp` of a CallManager, else by SIP. */
struct place_ask {
    uint32_t server;
    enum ask_kind kind;
    bool sccp;
};
/* The first host of that number in a configuration that it could be asked, and its port (0: the
 * usual one).  False: it names none. */
bool place_of_config(const struct cnf *cnf, const struct place_ask *ask, char host[CNF_URL],
                     uint16_t *port);

#endif
