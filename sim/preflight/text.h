/* Findings as an administrator reads them.  Called by sim/cmd/preflight and tests. */
#ifndef CUCMLAB_PREFLIGHT_TEXT_H
#define CUCMLAB_PREFLIGHT_TEXT_H

#include "sim/preflight/judge.h"

#include <stdio.h>

/* `whole`: with the source of each fact, and why it matters; and every finding, however many. */
void preflight_text(FILE *out, const struct preflight *p, bool whole);
/* The table of checks, a row each: what docs/PREFLIGHT.md is made of. */
void preflight_table(FILE *out);

#endif
