/* What lets a phone into the network and is no part of the cluster: the RADIUS server behind the
 * switches (802.1X) and the gateway of phone VPN.  Each trusts some CAs, and hears of a new one
 * from nobody but an administrator.  Pure. */
#ifndef CUCMLAB_NODES_GATE_H
#define CUCMLAB_NODES_GATE_H

#include "nodes/model.h"

/* It trusts the publisher's CAPF from the beginning on (assumed). */
void gates_begin(struct cluster *cl);
bool gate_trusts(const struct cluster *cl, enum gate_kind gate, uint32_t ca);
void gate_add(struct cluster *cl, enum gate_kind gate, uint32_t ca);    /* where there is room */
void gate_remove(struct cluster *cl, enum gate_kind gate, uint32_t ca); /* one that it trusts */
uint64_t gates_hash(const struct cluster *cl);

#endif
