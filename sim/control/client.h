/* The other end of a control socket: words of a command line become requests, answers are printed.
 * Called by `cucmlab control`. */
#ifndef CUCMLAB_CONTROL_CLIENT_H
#define CUCMLAB_CONTROL_CLIENT_H

#include "sim/base/sys.h"

/* "do", "HQ/pub", "restart", "Cisco", "Tftp" or "count", "model=8861" or one word that is a request
 * itself, "{...}": the request, a line without its end. */
bool client_request(const char *const *words, int count, struct sys_text *request, struct err *e);

/* One socket, one request, one answer: what is "ok" is printed for people, "error" is the error.
 * *refused: it answered, with an error. */
bool client_ask(const char *path, const struct sys_text *request, FILE *out, bool *refused,
                struct err *e);
/* Each line of `in` is a request, or the words of one; each answer is printed as it comes, a line.
 * *refused: one of them was an error, or a line was no command. */
bool client_talk(const char *path, FILE *in, FILE *out, bool *refused, struct err *e);

#endif
