/* Strangers' text on a stream, as sim/wire/shown.h shows it.  Called by sim/import, which prints
 * what it read. */
#ifndef CUCMLAB_TEXT_SHOWN_PRINT_H
#define CUCMLAB_TEXT_SHOWN_PRINT_H

#include "sim/wire/shown.h"

#include <stdio.h>

void shown_print(FILE *out, struct view text);

#endif
