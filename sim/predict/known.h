/* Boots that were done before are not done again.  A phone is a machine: from the same state, given
 * the same answers, it does the same.  What it asked, what it was told and what became of it is
 * kept, as a tree: a question, its answers, the question that follows each.  A phone that begins
 * alike, in clusters that give it the answers of one path, ends as the path does, and nothing has
 * to happen for it: most acts change what few phones ever see.  Answers are the same by what they
 * mean (content_meaning()), and where it holds one of them, or was told it before, in that too.
 *
 * Not kept: what changes clusters (CAPF, auto-registration), and nothing at all where a clock is
 * wrong, a date begins or ends, or something is under way.  Called by sim/predict/search. */
#ifndef CUCMLAB_PREDICT_KNOWN_H
#define CUCMLAB_PREDICT_KNOWN_H

#include "sim/lab.h"

struct known;

/* For trials of this lab, until what they made is given back (lab_rewind()). */
struct known *known_new(const struct lab *lab);
void known_free(struct known *k); /* NULL: nothing */

/* try_boots() of a trial whose phones are without power.  who[]: by phone of the trial, a number
 * that belongs to one phone in all of them.  Phones of which it is known are without power behind
 * it, with what they would hold; the others as they booted. */
void known_boots(struct known *k, struct lab *trial, const uint32_t *who, const uint8_t *had,
                 uint8_t *lost, uint8_t *boots);

#endif
