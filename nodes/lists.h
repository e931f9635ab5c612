/* Trust lists of a cluster: what an ITL and a CTL hold, by the version table.  Inside nodes/ only.
 */
#ifndef CUCMLAB_NODES_LISTS_H
#define CUCMLAB_NODES_LISTS_H

#include "nodes/model.h"

/* The ITL that this node's TFTP would build now: CT_LIST. Where all but timestamp and signature
 * would be the same as `old`, it is `old`. */
uint32_t lists_itl(struct cluster *cl, uint32_t node, uint32_t old, uint64_t now_us);
/* What `utils ctl` makes now, signed with this kind of the publisher's (enum own) and put on every
 * node; none where the version has no such signer. */
void lists_put_ctl(struct cluster *cl, uint8_t signer, uint64_t now_us);
/* What the CTL client makes: signed by one of the tokens that it lists, with the certificates of
 * TFTP servers of other clusters that were added to it. */
struct client_ctl {
    uint32_t signer;
    uint32_t tokens[CLUSTER_TOKENS], tftps[CLUSTER_TOKENS]; /* CT_CERT */
    uint32_t token_count, tftp_count;
};
/* What the publisher's CTL file lists of both, in order; `signer` 0. */
void lists_client_ctl(const struct cluster *cl, struct client_ctl *out);
void lists_put_client_ctl(struct cluster *cl, const struct client_ctl *ctl, uint64_t now_us);
/* The CTLFile.tlv that lies on this node: CT_LIST; 0: none. */
uint32_t lists_ctl_on(const struct cluster *cl, uint32_t node);
/* Whether a record of one of these roles (ROLE_BIT of each) is of this certificate: by issuer and
 * serial number, as phones match it. */
bool lists_have(const struct cluster *cl, uint32_t list, uint32_t roles, uint32_t cert);
/* The publisher's CTL file is one that `utils ctl` made: by no token, and of the mode of now. */
bool lists_ctl_is_tokenless(const struct cluster *cl);
/* Whether its roots have this kind of the publisher's. */
bool lists_ctl_trusts(const struct cluster *cl, uint8_t own);
/* The ITL that this node's TFTP serves, signed by `cert`: what `utils itl reset` generates. */
uint32_t lists_itl_reset(struct cluster *cl, uint32_t node, uint32_t cert, uint64_t now_us);
/* The digest that the enterprise parameter asks for: enum digest. */
uint8_t lists_digest(const struct cluster *cl);
/* Envelope of something signed with `cert` over that digest at that time. */
struct ct_envelope lists_envelope(const struct cluster *cl, uint32_t cert, uint8_t digest,
                                  uint32_t timestamp_s);

#endif
