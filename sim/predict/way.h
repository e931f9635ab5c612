/* What brings a phone back, as data: nothing, a boot, a short sequence of acts with boots behind
 * each, hands on the phone behind such a sequence, or nothing that was tried; with what it would
 * cost others, and in words.  Found and handed out by sim/predict/remedy; called
 * by sim/report and tests too.  Pure but for the names that it reads in the lab. */
#ifndef CUCMLAB_PREDICT_WAY_H
#define CUCMLAB_PREDICT_WAY_H

#include "sim/lab.h"

/* From the best to the worst. */
enum way_kind {
    WAY_NONE,   /* nothing is lost */
    WAY_BOOT,   /* the phone's next boot */
    WAY_ACTS,   /* acts of an administrator */
    WAY_HANDS,  /* somebody deletes the trust lists on the phone, behind the acts, if any */
    WAY_UNKNOWN /* nothing that was tried */
};
#define WAY_KINDS (WAY_UNKNOWN + 1)

#define WAY_LONGEST 3

/* How much of a cluster one act of a way takes in. */
enum way_width {
    WIDTH_ONE,        /* as it stands */
    WIDTH_EVERYWHERE, /* with these arguments on every node where it can be of use */
    WIDTH_ALL         /* with all arguments with which it can be of use, on all nodes */
};

/* What somebody does at the phone. */
enum way_hand {
    HAND_ERASES, /* the trust lists, with the keys of the model */
    HAND_RESETS, /* to factory settings: no keys erase the lists */
    HAND_TYPES   /* the symmetric key that is on record for it */
};

/* Whom a reset that it asks for reaches: who is registered when its turn comes. */
enum way_reach {
    REACHES_ALL,
    REACHES_SOME,
    REACHES_NOBODY /* they have to be unplugged */
};

struct way_act {
    struct act act;
    uint8_t cluster;
    uint8_t width; /* enum way_width */
    uint8_t boots; /* of the phone behind it, one after the other; 0: as many as it takes */
    uint8_t reach; /* enum way_reach, of resets that give it these boots */
};

/* What a way would cost the phones that it is not for: way_costs() of each. */
struct way_harm {
    uint32_t phones;
    uint8_t functions; /* FSM_BIT of each that one of them would lose */
};

struct way {
    uint8_t kind;  /* enum way_kind */
    uint8_t why;   /* WAY_UNKNOWN: enum refusal of the CallManager that it asks, where known */
    uint8_t boots; /* WAY_BOOT: how many it takes */
    uint8_t count; /* of acts */
    uint8_t hand;  /* WAY_HANDS: enum way_hand */
    bool alone;    /* WAY_ACTS: the acts do it, no reset behind them is needed */
    uint8_t reach; /* WAY_BOOT: enum way_reach */
    struct way_act acts[WAY_LONGEST];
    struct way_harm harm;
};

/* A set of FSM_BIT with what its phone lacks besides: without a new configuration it asks for no
 * common file, and says nothing of them. */
uint8_t way_with_common(uint8_t lost);
/* The rule of harm, for sets of FSM_BIT.  A phone that a way is not for is harmed by what it lacks
 * behind it and would not lack behind boots alone, whether it has that now or not; one that it is
 * for, by what it lacks behind it and has now.  Who is not registered has no services either. */
uint8_t way_costs(uint8_t behind, uint8_t boots_alone);
uint8_t way_takes(uint8_t behind, uint8_t now);

/* Below 0: `a` is better.  Kind, harm, what it gives up, whether somebody must go through the
 * phones one by one, number of acts, how narrow they are. */
int way_compare(const struct way *a, const struct way *b);
bool way_gives_up(const struct way *w);    /* one of its acts leaves something off */
bool way_is_dear(const struct way *w);     /* one of its acts is done phone by phone */
uint32_t way_breadth(const struct way *w); /* of its acts: how narrow they are */
bool way_same(const struct way *a, const struct way *b); /* the acts; harm and resets apart */

/* Services behind an act are restarted in this order (documented: TVS before TFTP, TFTP before
 * CallManager). */
extern const uint8_t way_restarts[SERVICES];

#define WAY_TEXT 900

/* "pub", "HQ/pub" where there are several clusters; its address where it is no node of the lab. */
void way_put_server(struct wr *w, const struct lab *lab, uint32_t ip);

/* An act that was done, in the words of a remedy; its row has some (`how`). */
void way_put_act(struct wr *w, const struct lab *lab, uint8_t cluster, const struct act *act);

const char *way_reach_name(enum way_reach reach); /* stable: "all", "some", "nobody" */
const char *way_kind_name(enum way_kind kind);    /* stable: "none", "boot", "acts", "hands" */
const char *way_kind_title(enum way_kind kind);   /* "needs hands" */
/* Stable: the name of its kind, or of each act: "restart", "restart+reset-localkey". */
void way_name(const struct way *w, char out[WAY_TEXT]);
/* For a column: "itl reset localkey", "2 acts", "needs hands". */
void way_title(const struct way *w, char out[WAY_TEXT]);
/* What an administrator does: "`utils service restart Cisco Tftp` on pub, then reset the phone." */
void way_sentence(const struct lab *lab, const struct way *w, char out[WAY_TEXT]);
/* What it came back after: "`utils service restart Cisco Tftp` on pub, then a reset". */
void way_after(const struct lab *lab, const struct way *w, char out[WAY_TEXT]);
/* One act of it, in CUCM's own words. */
void way_act_words(const struct lab *lab, const struct way_act *a, char out[WAY_TEXT]);

#endif
