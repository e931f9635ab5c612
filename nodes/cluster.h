/* A cluster as a whole: how it begins and ends, its names, its time, its identity.  Plain data
 * (model.h) and functions of (cluster, now): no clock, no socket, no randomness but what the
 * identity gives.  sim/lab*.c own clusters and hand time in; drivers ask serve.h when a request
 * arrives; what an administrator does is in acts.h. */
#ifndef CUCMLAB_NODES_CLUSTER_H
#define CUCMLAB_NODES_CLUSTER_H

#include "nodes/model.h"

struct cluster_spec {
    uint8_t number; /* of the lab */
    const char *name;
    const struct version *version;
    const struct node_spec *nodes; /* the first is the publisher */
    uint32_t count;
    const uint64_t *params; /* PARAMS of them; NULL: as in the table */
    int64_t installed_s;    /* Unix seconds: when its certificates were made; 0: now */
};

struct node_spec {
    const char *name, *domain; /* domain may be "" */
    uint32_t ip;
    bool callmanager, tftp;
};

/* All services run, all certificates made, lists built, at `now_us`.  The names are checked:
 * letters, digits, '-', '.', '_'.  Where it fails cluster_free() is still to be called. */
bool cluster_init(struct cluster *cl, const struct cluster_env *env,
                  const struct cluster_spec *spec, uint64_t now_us, struct err *e);
void cluster_free(struct cluster *cl);
/* A copy that shares content alone: what is done to one is not done to the other. */
void cluster_clone(struct cluster *to, const struct cluster *from, const struct cluster_env *env);

/* Where its node of that number is: <network>.<cluster>.<11 + node>, 127.0.0.11 the first, in
 * virtual time as well as live. */
uint32_t cluster_address(const struct cluster_env *env, uint8_t number, uint32_t node);
/* Whether the cluster can have one more node, this one. */
bool cluster_check_node(const struct cluster *cl, const struct node_spec *spec, struct err *e);
/* It is there, without certificates and with nothing running; returns its number. */
uint32_t cluster_put_node(struct cluster *cl, const struct node_spec *spec);

/* Letters, digits, '-', '.', '_'; `what` it is the name of. */
bool cluster_check_name(const char *name, const char *what, struct err *e);
uint32_t cluster_nodes(const struct cluster *cl); /* that are there */
/* By its name, or as reports and traces call it: "HQ/pub". */
bool cluster_node(const struct cluster *cl, const char *name, uint32_t *node);
/* By its address, or by the number of its name (text_host()). */
bool cluster_node_at(const struct cluster *cl, uint32_t ip, uint32_t *node);
/* "sub1.example.com" */
void cluster_host_name(const struct cluster *cl, uint32_t node, char out[2 * CLUSTER_NAME]);

/* What decides the future of the cluster, over meaning: two clusters that got to the same state by
 * other ways, or at other times, have the same.  `now_us`: deadlines count as what is left.  Which
 * devices are of which kind is no part of it (lab_hash() has that). */
uint64_t cluster_hash(const struct cluster *cl, uint64_t now_us);
/* The same without the kinds of devices: what one phone sees of it, whose own row is hashed beside
 * it (config_row_hash_at()). */
uint64_t cluster_servers_hash(const struct cluster *cl, uint64_t now_us);

/* ---- time ---- */

uint64_t cluster_deadline_us(const struct cluster *cl); /* 0: none */
/* Some node does not know yet what another one's database has. */
bool cluster_replicates(const struct cluster *cl, uint64_t now_us);
void cluster_tick(struct cluster *cl, uint64_t now_us); /* what is due */

#endif
