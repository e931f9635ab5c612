/* Certificates of a cluster: the rows of its database and what a node makes for itself.  Inside
 * nodes/; sim/script asks cert_row_seen(). */
#ifndef CUCMLAB_NODES_CERTS_H
#define CUCMLAB_NODES_CERTS_H

#include "nodes/model.h"

/* Whether a node sees this row now: its own at once, those of others after replication. */
bool cert_row_seen(const struct cluster *cl, const struct cert_row *r, uint32_t node,
                   uint64_t now_us);
/* The own certificate of `node` as `from` knows it through the database; 0: none. */
uint32_t certs_known(const struct cluster *cl, uint32_t from, uint32_t node, enum own own,
                     uint64_t now_us);
/* The node has another one on its disk than the database says: behind a restore that CSCtn50405
 * spoilt alone. */
bool certs_is_spoilt(const struct cluster *cl, uint32_t node, enum own own);
/* The row of a trust store that holds this certificate now; NULL: none does. */
struct cert_row *certs_in_store(const struct cluster *cl, enum store store, uint32_t cert);
struct cert_row *certs_add(struct cluster *cl, enum store store, uint32_t node, uint32_t cert,
                           uint64_t now_us);
/* Whether what is uploaded to that store lies on that node alone, and a row that does. */
bool certs_stays(const struct cluster *cl, enum store store);
void certs_keep_on(struct cert_row *row, uint32_t node);
/* Its disk is empty: what lay there alone is gone, and nobody brings it back. */
void certs_lose(const struct cluster *cl, uint32_t node, uint64_t now_us);

#define TOKEN_CN "cn=\"" /* a security token's subject begins so (observed) */
/* "pub.example.com", "SAST-ADN0054f509" */
struct view certs_common_name(const struct content *c, uint32_t cert);
/* Bits of its RSA modulus; 0: its key is none of RSA, or nobody knows. */
uint32_t certs_rsa_bits(const struct content *c, uint32_t cert);
/* Of the ITLRecovery of that node; 0: it has none.  An upgrade may have left it at 1024 (the
 * parameter `itlrecovery_1024`). */
uint32_t certs_recovery_bits(const struct cluster *cl, uint32_t node);
/* The row of an own certificate, and one as it was in another database. */
void certs_own_row(struct cluster *cl, uint32_t node, enum own own, uint32_t cert, uint64_t now_us);
void certs_put_row(struct cluster *cl, const struct cert_row *row);
/* The row that an upload of `cert` on this node would replace: one of the same common name and kind
 * of key lies there (documented for 14 and 15, before inferred); NULL: none. */
struct cert_row *certs_replaced(const struct cluster *cl, enum store store, uint32_t cert,
                                uint32_t node);
/* It gives way to one that is uploaded there: on that node, where it stays on some; else on all. */
void certs_replace(const struct cluster *cl, struct cert_row *row, uint32_t node, uint64_t now_us);
/* Whether one of the nodes' own certificates has the subject of `cert`, and a key of its kind. */
bool certs_is_own_subject(const struct cluster *cl, uint32_t cert);

/* It is there no more: on this node from now on, elsewhere after replication. */
void certs_end(const struct cluster *cl, struct cert_row *row, uint32_t node, uint64_t now_us);

/* Whether this version deletes a trust certificate from one node alone. */
bool certs_delete_here(const struct cluster *cl);
/* A row of a trust store is deleted on this node: from all of them, or from that one alone until
 * Certificate Change Notification brings it back from another. */
void certs_delete(const struct cluster *cl, struct cert_row *row, uint32_t node, uint64_t now_us);
void certs_undelete(struct cert_row *row, uint32_t node); /* uploaded there again */
/* That service runs on a node that has it: those that lack it get it back after replication. */
void certs_bring_back(const struct cluster *cl, struct cert_row *row, uint64_t now_us);

/* Its own ones are in the database no more: it left the cluster. */
void certs_end_own(struct cluster *cl, uint32_t node, uint64_t now_us);
/* What the publisher makes for all lies on their disks too. */
void certs_copy_to_subscribers(struct cluster *cl);

/* Which nodes have a certificate of this kind of their own, by the version. */
bool certs_has_own(const struct cluster *cl, uint32_t node, enum own own);
#define CERT_EARLY_S 3600 /* a certificate begins so long before it is made (assumed) */
/* For how many years a self-signed one is made where nobody says. */
uint8_t certs_years(const struct cluster *cl, enum own own);
/* enum digest that its CAPF signs LSCs with. */
uint8_t certs_lsc_digest(const struct cluster *cl);
/* What a self-signed one is to be. */
struct cert_wish {
    uint8_t key; /* enum key_type */
    uint32_t years;
    bool multi_server; /* one for all nodes, with the names of all */
};
/* Makes a new self-signed one, puts it on the disk, or on all of them, and into the database: as
 * is wished, or as the version does it. */
void certs_generate(struct cluster *cl, uint32_t node, enum own own, const struct cert_wish *wish,
                    uint64_t now_us);
void certs_renew(struct cluster *cl, uint32_t node, enum own own, uint64_t now_us);

/* A CSR with a new key, in place of the one before: for this node, or for all of them. */
void certs_request(struct cluster *cl, uint32_t node, enum own own, bool multi_server,
                   uint8_t key_type);
/* Takes the certificate that the node's CSR was made for; the CSR is gone. */
void certs_install(struct cluster *cl, uint32_t node, enum own own, uint32_t cert, uint64_t now_us);
/* Every node has it as its own, as one that they share. */
void certs_share(struct cluster *cl, enum own own, uint32_t cert, uint64_t now_us);
/* The first of those who signed it that the store of this node does not hold: CT_CERT; 0: none. */
uint32_t certs_missing_issuer(const struct cluster *cl, enum store store, uint32_t cert,
                              uint32_t node);

/* A certificate by where it is, beside a CT_CERT: the own one that a node has when somebody looks,
 * "CAPF of pub".  So a sequence of acts can name one that an act before it makes. */
#define CERT_OWN_NOW(node, own) (1ull << 63 | (uint64_t)(node) << 8 | (uint64_t)(own))
/* The CT_CERT that it is now; 0: the node has none.  A CT_CERT stays what it is. */
uint64_t certs_now(const struct cluster *cl, uint64_t cert);

#endif
