/* Changes that everybody makes, written for a cluster as it is: ordinary Lua, in the language of
 * scenarios, with its nodes by name.  `cucmlab plan --change`, `--print-change`; and the order that
 * the guides give for that version, to be run beside a plan.  Called by sim/cmd, sim/plan, tests.
 */
#ifndef CUCMLAB_PLAN_RECIPE_H
#define CUCMLAB_PLAN_RECIPE_H

#include "sim/lab.h"

/* What `--change` takes, for help: "renew:all|callmanager|...", a line each. */
struct recipe_row {
    const char *name, *argument, *doc;
};
extern const struct recipe_row recipe_rows[];
extern const uint32_t recipe_count;

/* The Lua of it in `a`, for the first cluster of the lab: what preflight finds wrong there, and in
 * a cluster that phones move to, is mended first.  The lab stays as it is.  False and `e`: no such
 * change, or not on this cluster. */
bool recipe_write(struct lab *lab, const char *change, struct arena *a, struct view *text,
                  struct err *e);

/* The order in which the guides for its version renew these certificates (OWN_BIT); absent: none of
 * them is of any guide.  `title`: which guide. */
struct view recipe_guide(struct lab *lab, uint32_t cluster, uint32_t own, struct arena *a,
                         const char **title);

#endif
