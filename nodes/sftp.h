/* SFTP servers outside the clusters, as far as clusters meet there: the directories that Bulk
 * Certificate Management exports to, consolidates in and imports from.  One for all clusters of a
 * lab (cluster_env); a fork has a copy.  Called by nodes/acts_bulk, sim/lab_life and those that try
 * acts on a copy of a cluster.  Pure. */
#ifndef CUCMLAB_NODES_SFTP_H
#define CUCMLAB_NODES_SFTP_H

#include "nodes/kinds.h"

/* What is tried as a remedy meets there, where no cluster has a directory yet. */
#define SFTP_DIRECTORY "sftp:/bulk"

/* A certificate in a PKCS #12 file there: in the one that its cluster exported, or in the
 * consolidated one. */
struct sftp_cert {
    uint32_t directory; /* CT_TEXT */
    uint32_t cert;      /* CT_CERT */
    uint8_t cluster;    /* its number: who exported it */
    uint8_t own;        /* enum own */
    bool old_format;    /* as its version exports: see struct version */
    bool consolidated;
    bool fresh; /* exported since that directory was consolidated last */
};

struct sftp {
    struct sftp_cert *certs;
    uint32_t count, cap;
};

void sftp_copy(const struct mem *mem, struct sftp *to, const struct sftp *from);
void sftp_free(const struct mem *mem, struct sftp *s);
uint64_t sftp_hash(const struct sftp *s, const struct content *c);

/* Certificates of a bulk unit: of one kind, or of every kind (BULK_ALL). */
bool sftp_belongs(const struct sftp_cert *k, uint32_t directory, enum bulk_unit unit);

void sftp_put(const struct mem *mem, struct sftp *s, const struct sftp_cert *k);
/* What this cluster exported of that unit before goes. */
void sftp_begin_export(struct sftp *s, uint32_t directory, enum bulk_unit unit, uint8_t cluster);
/* How many clusters have exported there. */
uint32_t sftp_exporters(const struct sftp *s, uint32_t directory, enum bulk_unit unit);
/* Something was exported since it was consolidated last. */
bool sftp_is_fresh(const struct sftp *s, uint32_t directory, enum bulk_unit unit);
/* One file of all that was exported, in place of the one before. */
void sftp_consolidate(const struct mem *mem, struct sftp *s, uint32_t directory,
                      enum bulk_unit unit);

#endif
