/* A fleet of phones without a cluster: they boot against whatever listens at the addresses that
 * their option 150 names, and go where the configurations that come from there send them.  The same
 * phones and the same client code as those of a lab; contents are made of the bytes that come.
 *
 *   fleet_new -> fleet_run -> words_..., fleet_roll -> fleet_free
 *
 * Called by sim/cmd/phones.c and tests.  Memory: sys_mem. */
#ifndef CUCMLAB_FLEET_FLEET_H
#define CUCMLAB_FLEET_FLEET_H

#include "sim/fleet/place.h"
#include "sim/fleet/roll.h"
#include "sim/inventory/inventory.h"

struct capture;

/* All borrowed until fleet_free(). */
struct fleet_options {
    uint64_t seed, identity;
    const char *cache_dir;              /* of keys; NULL: none */
    int64_t start_s;                    /* what the phones take for the time, Unix seconds */
    struct place_tftp tftp[PLACE_TFTP]; /* the second one may be absent */
    bool remote;                        /* others than this machine may be asked */
    uint32_t from, from_count;          /* addresses that the phones come from; 0: any */
    uint32_t count;                     /* phones; with an inventory: at most so many, 0: all */
    uint64_t mac;                       /* of the first */
    const char *model;                  /* of model_table */
    const struct inventory *inventory;  /* NULL: `count` of that model */
    bool is_short;                      /* no phone keeps the connection over which it registered */
    uint32_t at_once;                   /* boots under way, at most; 1 or more */
    uint64_t within_us;                 /* so long it waits until all are registered or gave up */
    uint64_t for_us; /* it stays so long, whatever comes of them; 0: until then */
    /* What all hold from the start, as files; absent: nothing.  A configuration without its
     * signature checked: they took it once. */
    struct view itl, ctl, config;
    struct capture *capture; /* NULL: nobody asks */
    /* Called ten times a second while it runs; NULL: nobody asks. */
    void (*progress)(void *ctx);
    void *ctx;
};

#define FLEET_AT_ONCE   256
#define FLEET_WITHIN_US UINT64_C(180000000)

struct fleet {
    struct fleet_options options;
    struct lab *lab;
    struct places places;
    struct roll roll;
    uint32_t next;    /* phone that boots next */
    uint64_t look_us; /* when it is looked again whether all are done */
    bool done;        /* all were registered, or gave up */
    uint64_t all_us;  /* when; 0: never */
};

/* NULL and `e` where the options do not fit together, a list is none, or there are not as many open
 * files as that fleet needs: the text has both numbers. */
struct fleet *fleet_new(const struct fleet_options *options, struct err *e);
void fleet_free(struct fleet *f); /* NULL: nothing */

/* Boots all, and stays as long as the options say, or until a signal. */
void fleet_run(struct fleet *f);
/* Every phone is registered now. */
bool fleet_is_whole(const struct fleet *f);

/* The port of TFTP on this machine where nobody listens on 69: 10069, as `cucmlab serve` has it
 * without the privilege; asked by a request for a file.  Elsewhere 69. */
uint16_t fleet_tftp_port(uint32_t ip);

#endif
