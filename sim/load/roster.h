/* A fleet of several models: which phone is which, in an order in which models are mixed, and what
 * their models and knobs say of how they ask (phones/model.h, phones/knobs.h). */
#ifndef CUCMLAB_LOAD_ROSTER_H
#define CUCMLAB_LOAD_ROSTER_H

#include "phones/knobs.h"
#include "phones/model.h"
#include "sim/load/job.h"

#define ROSTER_KINDS 64 /* models of one fleet */
#define ROSTER_NAME  16 /* "SEP001121000000" and its NUL */

/* What a load asks of a model. */
enum load_asks {
    ROSTER_TVS, /* it has Security by Default */
    ROSTER_SIP,
    ROSTER_SCCP
};

struct load_fleet {
    struct {
        uint8_t model; /* of model_table */
        uint32_t count;
    } kinds[ROSTER_KINDS];
    uint32_t kind_count, count;
    uint32_t left_out;          /* phones that ask no such thing */
    uint8_t *kind_of;           /* of each phone */
    char (*names)[ROSTER_NAME]; /* NULL: LINES_MAC and those behind it */
    uint32_t kind_cap, name_cap;
};

/* A phone of that model, called so (NULL: by its number).  False: more models, or phones, than a
 * fleet has.  One that asks no such thing is counted as left out. */
bool roster_add(struct load_fleet *f, uint8_t model, const char *name, enum load_asks asks,
                struct err *e);
/* "7965=300,8861=700", names as `cucmlab models` has them; each must ask such a thing. */
bool roster_read(struct load_fleet *f, const char *words, enum load_asks asks, struct err *e);
/* Mixes the phones: by the seed alone. */
void roster_shuffle(struct load_fleet *f, uint64_t seed);
void roster_free(struct load_fleet *f);

const struct model *roster_model(const struct load_fleet *f, uint32_t phone);
/* "7965 300, 8861 700", cut where there is no more room. */
void roster_print(const struct load_fleet *f, char *text, size_t room);

/* How phones of the lab go about it, by their knobs. */
struct load_pace {
    uint64_t boot_min_us, boot_max_us; /* from power to the first request */
    uint64_t timeout_us;               /* for one server */
    uint32_t retries;                  /* further servers, asked at once: all are this target */
    uint64_t round_us, round_most_us;  /* from an attempt at all of them to the next, doubled up to
                                          the second; 0: there is none */
};
struct load_pace roster_pace(enum load_asks asks);

#endif
