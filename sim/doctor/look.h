/* Looking at what came: pure functions over an exam.  Called by exam and words. */
#ifndef CUCMLAB_DOCTOR_LOOK_H
#define CUCMLAB_DOCTOR_LOOK_H

#include "sim/doctor/exam.h"

/* Decodes and verifies what `f` holds, as a list or as a signed file. */
void look_at_list(struct exam_file *f, struct arena *a);
void look_at_signed(struct exam_file *f, struct arena *a);
/* The record of a list with that issuer and serial number and one of these roles; NULL: none. */
const struct tl_record *look_record(const struct tl *list, struct view issuer, struct view serial,
                                    uint32_t roles);
/* Whether the list has this very certificate with role TVS, whole or by its hash. */
bool look_has_tvs(const struct tl *list, struct view der);
/* All findings of an exam whose asking is over. */
void look(struct exam *x);

#endif
