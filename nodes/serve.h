/* What the services of a node answer when a request arrives: pure functions of (cluster, node,
 * now). Both drivers call these and nothing else of a node. */
#ifndef CUCMLAB_NODES_SERVE_H
#define CUCMLAB_NODES_SERVE_H

#include "nodes/model.h"
#include "sim/core/driver.h"

bool serve_running(const struct cluster *cl, uint32_t node, enum service s);
uint32_t serve_epoch(const struct cluster *cl, uint32_t node, enum service s);

/* The content behind a name: CT_LIST or CT_FILE; 0: no such file.  `device` UINT32_MAX: none named,
 * or one that no directory knows.  `locale`: CT_TEXT of the folder, 0: the default one. */
uint32_t serve_file(struct cluster *cl, uint32_t node, enum file_kind kind, uint32_t device,
                    uint32_t locale);
/* The same for somebody who asks.  A TFTP that has no such file asks the TFTP servers of remote
 * clusters, one after the other, where there are some (remote.h): then `elsewhere` is the address
 * of the next, and what came of it goes into the question that follows. */
struct file_asked {
    uint8_t kind; /* enum file_kind */
    bool by_node; /* another TFTP asks: it is asked no further (documented: a single level) */
    uint8_t came; /* enum ask_came, from `place` */
    uint32_t device, locale;
    uint32_t content, place;
};
struct served {
    uint32_t content;          /* 0: there is no such file, or not yet */
    uint32_t elsewhere, place; /* IPv4, host order; 0: nobody else is to be asked */
};
struct served serve_asked(struct cluster *cl, uint32_t node, const struct file_asked *a,
                          uint64_t now_us);
/* True where one more transfer may begin (Maximum Serving Count). */
bool serve_slot(const struct cluster *cl, uint32_t node);

struct tvs_answer {
    bool trusted;
    uint32_t cert;  /* CT_CERT */
    uint32_t roles; /* ROLE_BIT of each */
    uint32_t ttl_s;
};

/* Query by names (CT_SIGNER) or verification of a certificate (CT_CERT). */
struct tvs_answer serve_tvs_query(const struct cluster *cl, uint32_t node, uint32_t signer,
                                  uint64_t now_us);
struct tvs_answer serve_tvs_verify(const struct cluster *cl, uint32_t node, uint32_t cert,
                                   uint64_t now_us);

/* Every certificate that it may know stands among these: rows of its database and of its CTL file.
 * False: there is no i-th; *cert 0: it is none. */
bool serve_tvs_row(const struct cluster *cl, uint32_t node, uint32_t i, uint32_t *cert);

/* The EC certificate that TFTP shows on port 6971 (inferred); 0: it has none. */
uint32_t serve_file_certificate(const struct cluster *cl, uint32_t node);
/* The certificate that a service shows in TLS; 0: it has none. */
uint32_t serve_certificate(const struct cluster *cl, uint32_t node, enum service s);

/* An LSC (CT_CERT), a MIC (mic_of(), CONTENT_MIC) or CONTENT_NOBODY, as CallManager and CAPF judge
 * what a phone shows; `store`: where the CAs of MICs have to lie. */
enum reject_reason serve_judge(const struct cluster *cl, uint32_t node, uint32_t shown,
                               enum store store, uint64_t now_us);
/* CallManager's answer to a registration; REJECT_NONE: taken.  `lsc`: the phone's LSC
 * (CT_CERT) or CONTENT_MIC. */
/* What CallManager does before it answers a phone that its database does not have, where
 * auto-registration lets it in: a row of this protocol in the first device pool, `fresh` until it
 * is reset.  `devices`: how many there are in the lab. */
void serve_auto_register(struct cluster *cl, uint32_t node, uint32_t device, uint8_t protocol,
                         uint32_t devices);
/* Its configuration as it is now: CT_CNF, in full; 0: it is in no database. */
uint32_t serve_configuration(struct cluster *cl, uint32_t device);
/* It has registered: true where it is to be reset for its own configuration, asked once. */
bool serve_is_fresh(struct cluster *cl, uint32_t device);
enum reject_reason serve_register(const struct cluster *cl, uint32_t node, uint32_t device,
                                  enum transport transport, uint32_t lsc, uint64_t now_us);

#endif
