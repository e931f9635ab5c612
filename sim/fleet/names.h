/* Names of hosts, each looked up once, by a thread of its own: a slow name server stops nobody.
 * Called by place. */
#ifndef CUCMLAB_FLEET_NAMES_H
#define CUCMLAB_FLEET_NAMES_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

#define NAMES_MOST 64 /* of different ones; nobody knows a further one, for each is a thread */

struct names;
/* `done` comes on the loop's thread each time that a name is known. */
struct names *names_new(struct ev_loop *loop, void (*done)(void *ctx), void *ctx);
void names_free(struct names *n); /* NULL: nothing */

/* False: it is being looked up; `done` will come.  *ip 0: nobody knows it.  `number`: its own
 * (text_host()). */
bool names_find(struct names *n, uint32_t number, const char *host, uint32_t *ip);
/* The text of one that was asked for; NULL: none was. */
const char *names_text(const struct names *n, uint32_t number);

#endif
