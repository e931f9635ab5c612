/* Certificate authorities outside the clusters: a company's own, or one that sells certificates.
 * Called by sim/script and tests.  Pure. */
#ifndef CUCMLAB_NODES_AUTHORITY_H
#define CUCMLAB_NODES_AUTHORITY_H

#include "nodes/model.h"

struct authority_spec {
    const char *name; /* its common name */
    uint32_t issuer;  /* CT_CERT of who signed it; 0: a root */
    uint32_t years;   /* 0: ten */
};

/* Its certificate: CT_CERT.  Equal specs give equal certificates at the same instant; later
 * ones have the same key and a serial number of their own. */
uint32_t authority_make(const struct cluster_env *env, const struct authority_spec *spec,
                        int64_t now_s);

/* Whether it may sign others: a certificate authority's, with a key of ours. */
bool authority_signs(const struct content *c, uint32_t cert, struct err *e);

/* What `authority` makes of a CSR: CT_CERT; 0 where it is none of ours that may sign, or the CSR is
 * none.  Names and key are the CSR's, validity is from an hour ago on. */
uint32_t authority_sign(const struct cluster_env *env, uint32_t authority, const struct csr *csr,
                        uint32_t years, int64_t now_s, struct err *e);

/* A USB security token (System Administrator Security Token): the certificate in it, CT_CERT,
 * signed by the authority that signs those of all tokens; one of a name, whenever it is asked for.
 * `name`: "SAST-ADN0054f509". */
uint32_t token_make(const struct cluster_env *env, const char *name);
/* By its issuer, as TVS does it (observed, technote 118893). */
bool token_is(const struct content *c, uint32_t cert);

#endif
