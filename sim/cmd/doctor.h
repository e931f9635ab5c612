/* `cucmlab doctor`: the manual check of Cisco technote 116232 against a cluster, real or simulated.
 * Called by sim/main. */
#ifndef CUCMLAB_CMD_DOCTOR_H
#define CUCMLAB_CMD_DOCTOR_H

#include <stdio.h>

/* `argv` are the words behind "doctor".  The exit status: 0 healthy, 1 sick, 4 cannot tell, 2 wrong
 * use. */
int doctor_run(int argc, char *const *argv, FILE *out, FILE *problems);
void doctor_help(FILE *out);

#endif
