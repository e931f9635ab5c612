/* Holds what an import found against the truth. */
#ifndef CUCMLAB_TESTS_SITE_CHECK_H
#define CUCMLAB_TESTS_SITE_CHECK_H

#include "tests/site/truth.h"

/* The output of `cucmlab import --facts` over files of these shapes: says what is missing and what
 * is wrong, at most 20 lines of each.  True where nothing is. */
bool check_facts(const struct truth *t, uint32_t shapes, const char *path, FILE *out);

/* The same of cluster.phones.csv. */
bool check_phones(const struct truth *t, uint32_t shapes, const char *path, FILE *out);

/* And of the cluster in what --json writes. */
bool check_site(const struct truth *t, uint32_t shapes, const char *path, FILE *out);

/* What preflight writes with --json of a cluster out of all shapes: the faults that are planted. */
bool check_preflight(const struct truth *t, uint32_t shapes, const char *path, FILE *out);

#endif
