/* The commands of the program.  Each gives back its exit status.  Called by sim/main. */
#ifndef CUCMLAB_CMD_CMD_H
#define CUCMLAB_CMD_CMD_H

#include "sim/cmd/args.h"

int cmd_run(const struct args *a);      /* a scenario in virtual time, and its report */
int cmd_serve(const struct args *a);    /* a scenario on real sockets, until a signal */
int cmd_control(const struct args *a);  /* acts and questions for one that serves */
int cmd_list(const struct args *a);     /* every scenario with its one line */
int cmd_diff(const struct args *a);     /* two reports of --json */
int cmd_states(const struct args *a);   /* the states of a phone */
int cmd_trust(const struct args *a);    /* the boxes of the trust decision */
int cmd_knobs(const struct args *a);    /* what can be set */
int cmd_models(const struct args *a);   /* what is known of each model */
int cmd_versions(const struct args *a); /* what differs between CUCM versions */
int cmd_acts(const struct args *a);     /* what can be done */

/* With words and options of their own: argv[0] is the first word behind the command's name.
 * Results go to `out`, messages to `problems`. */
int cmd_load(int argc, char *const *argv, FILE *out, FILE *problems);   /* load on a server */
int cmd_merge(int argc, char *const *argv, FILE *out, FILE *problems);  /* its results, added */
int cmd_phones(int argc, char *const *argv, FILE *out, FILE *problems); /* phones alone */
int cmd_import(int argc, char *const *argv, FILE *out, FILE *problems); /* a real cluster */
int cmd_plan(int argc, char *const *argv, FILE *out, FILE *problems);   /* the change page */
int cmd_new(int argc, char *const *argv, FILE *out, FILE *problems);    /* a typical cluster */
void cmd_control_help(FILE *out); /* behind its options: its commands */
void cmd_load_help(FILE *out);
void cmd_merge_help(FILE *out);
void cmd_phones_help(FILE *out);
void cmd_import_help(FILE *out);
void cmd_plan_help(FILE *out);
void cmd_new_help(FILE *out);

#endif
