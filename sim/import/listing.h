/* What an import read, for people and programs: kinds of files, facts with their sources, notes.
 * Texts of strangers are shown, never sent: control characters and what turns lines around are
 * written as \xNN.  Called by `cucmlab import`. */
#ifndef CUCMLAB_IMPORT_LISTING_H
#define CUCMLAB_IMPORT_LISTING_H

#include "sim/import/recognise.h"

#include <stdio.h>

/* A line a fact: where it stands, kind of file, fact, about what, its number where it has an order,
 * value; between them tabs, behind a header. */
void listing_facts(FILE *out, const struct facts *f);
/* How many files of each kind, and what could not be read by name: a screen at most. */
void listing_summary(FILE *out, const struct recognised *r);
/* "pub.log:12: ...", the first few of each kind of file, and how many more there are. */
void listing_notes(FILE *out, const struct recognised *r);
/* The table of all kinds that can be read, in Markdown. */
void listing_kinds(FILE *out);
/* An array: an object a file or piece. */
void listing_json(FILE *out, const struct recognised *r);

#endif
