/* A reactor: one event loop (libev) with its clock, for one thread.  Everything that waits for a
 * socket or for an instant on it is that thread's alone.
 *
 * Time: integer microseconds of a monotonic clock that runs only between reactor_enter() and
 * reactor_leave(), so that what is done in between takes none.
 *
 * Memory: what ends inside a callback is put aside with reactor_bury() and freed by reactor_reap(),
 * when no callback is on the stack. */
#ifndef CUCMLAB_NET_REACTOR_H
#define CUCMLAB_NET_REACTOR_H

#include "sim/base/buf.h"

#include <ev.h>

#define REACTOR_SCRATCH 65536u /* a datagram, or a message, as large as there are any */

struct capture;
struct stream;

struct grave {
    void (*free)(void *);
    void *what;
};

struct reactor {
    struct ev_loop *loop;
    /* The machine's clock when it was entered, and its own then; outside its own alone. */
    uint64_t base_us, frozen_us;
    double speed; /* microseconds of it in one of the machine's */
    bool inside;
    /* To be served in this turn, by what the first stream sets. */
    struct stream **ready;
    uint32_t ready_n, ready_cap;
    void (*serve_ready)(struct reactor *r);
    struct grave *graves;
    uint32_t grave_n, grave_cap;
    struct stream *streams; /* the youngest first, but for: */
    /* Accepted ones whose owner let go, for what they still send and wait for; the oldest first. */
    struct stream *leaving, *leaving_last;
    uint32_t open;    /* how many they all are */
    uint64_t begun;   /* how many there ever were */
    uint32_t closing; /* of those that are open, the leaving ones */
    uint8_t *scratch; /* REACTOR_SCRATCH bytes, used and left within a call */
    /* Gives up a descriptor, the one that is missed least, where none is left; false: it has none.
     * NULL: nobody does. */
    bool (*give_up)(void *owner);
    void *give_up_owner;
    struct capture *capture; /* of what goes through its sockets, borrowed; NULL: nobody asks */
};

/* Its clock stands at 0. */
void reactor_open(struct reactor *r);
/* No stream may be left (stream_drop_all()).  Frees what was buried. */
void reactor_close(struct reactor *r);

uint64_t reactor_now_us(const struct reactor *r);
uint64_t
reactor_wall_us(void); /* since 1970, for captures: what any other capture here would say */
/* The clock that all reactors' run by, whether one is inside or not: what threads have in common.
 */
uint64_t reactor_clock_us(void);
void reactor_enter(struct reactor *r);
void reactor_leave(struct reactor *r);
/* Of the clock from here on; 1 where nobody says.  Outside alone; timers that run keep their
 * instants on the machine's clock until they are set anew.  Deadlines of streams are the network's:
 * they go by the machine's. */
void reactor_speed(struct reactor *r, double speed);
/* One round: waits for what comes first, and calls back. */
void reactor_turn(struct reactor *r);

/* A timer that rings once, at that instant (at once where it is past); one that runs is set anew.
 */
void reactor_ring(struct reactor *r, struct ev_timer *timer, uint64_t at_us);

/* After a call that failed, errno is its: true where that was for want of a descriptor or of
 * memory, and something was given up, so that the call may be tried again. */
bool reactor_may_retry(const struct reactor *r);
/* It was for want of these. */
bool reactor_is_short(void);
/* The next who waits at the socket that `io` watches; -1: nobody, or no descriptor is left.  Then
 * `io` stops and `pause` rings in 0.1 s, for whoever waits would be told again at once, for ever.
 */
int reactor_accept(struct reactor *r, struct ev_io *io, struct ev_timer *pause);

void reactor_bury(struct reactor *r, void (*free_it)(void *), void *what);
void reactor_reap(struct reactor *r);

/* Memory of the loop's owners: zeroed; the program ends where there is none. */
void *reactor_take(size_t n);
void reactor_give(void *p);

#endif
