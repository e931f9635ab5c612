/* The packets of a lab in virtual time, into a capture. */
#ifndef CUCMLAB_LAB_CAPTURE_H
#define CUCMLAB_LAB_CAPTURE_H

#include "sim/lab.h"

struct capture;

/* From here on; before the first cluster.  Borrowed until the lab is freed.  Forks write nothing,
 * and what happens is the same with and without it. */
void lab_capture(struct lab *lab, struct capture *capture);
/* The address of a phone in a capture of this lab, live or not, host order. */
uint32_t lab_capture_ip(const struct lab *lab, uint32_t phone);

#endif
