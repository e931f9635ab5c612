/* CAPF: what a phone's page orders of it, and what it says to the phone that comes.  An order is
 * part of the phone's row in the database: phones with the same row share it (nodes/config.h).
 * Called by sim/lab_act.c, sim/lab_world.c and tests.  Pure. */
#ifndef CUCMLAB_NODES_CAPF_H
#define CUCMLAB_NODES_CAPF_H

#include "nodes/model.h"

#define CAPF_DAYS 10 /* CAPF Operation Expires in (days), documented default */

/* As the page has it: "Operation Pending". */
const char *capf_status_name(enum capf_status status);
/* "By Null String"; of enum capf_auth, but for none. */
const char *capf_mode_name(uint32_t mode);

/* The phone's row has this order from now on; `days`: Operation Completes By.  False: there are as
 * many kinds of phones as there may be. */
bool capf_order(struct cluster *cl, uint32_t device, struct capf_order order, uint32_t days,
                uint64_t now_us, struct err *e);

/* What CAPF on this node says to a phone that shows itself, has a key, or has done what it was
 * told: enum capf_says, and what goes with it.  `shown`: an LSC (CT_CERT), CONTENT_MIC or
 * CONTENT_NOBODY; `string`: CT_TEXT, 0: none. */
struct capf_answer {
    uint8_t says;
    uint32_t with; /* CAPF_SAYS_KEY: bits; CAPF_SAYS_STORE: the LSC; CAPF_SAYS_END: enum capf_reason
                    */
};
struct capf_answer capf_auth(struct cluster *cl, uint32_t node, uint32_t device, uint32_t shown,
                             uint32_t string, uint64_t now_us);
struct capf_answer capf_key(struct cluster *cl, uint32_t node, uint32_t device, uint64_t now_us);
/* `with`: the LSC that was stored, or what the phone showed. */
struct capf_answer capf_done(struct cluster *cl, uint32_t node, uint32_t device, uint32_t with);

/* The LSC that it issues now (CT_CERT); 0: its own certificate is not within its time, and it
 * issues none. */
uint32_t capf_issue(const struct cluster *cl, uint32_t node, uint64_t now_us);

#endif
