/* What an import is to find in the files of each shape, fact by fact (sim/import/facts.h), made of
 * the truth alone.  Everything that is not among them is wrong, whoever says it. */
#ifndef CUCMLAB_TESTS_SITE_CLAIMS_H
#define CUCMLAB_TESTS_SITE_CLAIMS_H

#include "tests/site/shapes.h"

#include "sim/base/table.h"
#include "sim/import/facts.h"

struct claim {
    const char *text;  /* fact, about, and, value, with tabs between */
    const char *other; /* says the same as well; NULL: nothing does */
    uint32_t shapes;   /* those that are to say it, a bit each; 0: it is true, and nobody must */
    bool seen;
};

struct claims {
    const struct truth *truth;
    struct arena arena;
    struct table by_hash;
    struct claim *list;
    uint32_t count, cap;
};

void claims_make(struct claims *c, const struct truth *t);

/* A fact in the form of `text` above: names of one node are one, dates without their zone, order
 * where it matters. `out` has CLAIM_TEXT. */
#define CLAIM_TEXT 2600
void claim_text(const struct truth *t, enum fact_kind kind, const char *about, const char *about2,
                uint32_t nth, const char *value, char *out);
struct claim *claim_find(const struct claims *c, const char *text);

#endif
