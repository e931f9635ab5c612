/* A diagnosis as an administrator reads it: the verdict, what each check found, the four conditions
 * under which an ITL is erased, what to do; and the same as JSON.  Called by sim/cmd/doctor. */
#ifndef CUCMLAB_DOCTOR_WORDS_H
#define CUCMLAB_DOCTOR_WORDS_H

#include "sim/doctor/exam.h"

#include <stdio.h>

void words_text(FILE *out, const struct exam *x);
void words_json(FILE *out, const struct exam *x);

#endif
