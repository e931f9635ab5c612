/* The tables of the program as Markdown: what `cucmlab states`, `knobs`, `models` and `versions`
 * print, and what the pages of those names in docs/ are made of.  Called by sim/cmd. */
#ifndef CUCMLAB_REPORT_TABLES_H
#define CUCMLAB_REPORT_TABLES_H

#include <stdbool.h>
#include <stdio.h>

/* The states of a phone; `dot`: as a graph for graphviz. */
void tables_states(FILE *out, bool dot);
/* The boxes of the trust decision, likewise. */
void tables_trust(FILE *out, bool dot);
/* Knobs of the phones and parameters of a cluster. */
void tables_knobs(FILE *out);
/* Models of phones, families, and devices that hold no trust list. */
void tables_models(FILE *out);
/* What differs between CUCM versions; those that differ in nothing share a column. */
void tables_versions(FILE *out);

#endif
