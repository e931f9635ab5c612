/* What the files of a phone's story share: story_chain.c has the names, and what was offered with
 * each check that led to its refusal; story_now.c what a phone without registration or files meets
 * as things are now; story.c the whole, in order.  Nobody else needs this. */
#ifndef CUCMLAB_REPORT_STORY_PARTS_H
#define CUCMLAB_REPORT_STORY_PARTS_H

#include "sim/report/story.h"

#define STORY_TOLD 8

/* What the story has told already: what TVS servers said, and which records a list has. */
struct story_told {
    struct trust_check checks[STORY_TOLD];
    uint32_t count;
    struct {
        uint32_t list, roles;
    } instead[STORY_TOLD];
    uint32_t instead_count;
};

struct story {
    FILE *out;
    struct lab *lab;
    const struct phone *p;
    struct phone_env env;
    struct content *c;
    struct story_told *told;
};

/* ---- story_chain.c ---- */

void story_put_cert(FILE *out, const struct content *c, uint32_t cert); /* 0: "no certificate" */
/* "pub", "HQ/pub" where there are several clusters, or the address where no node has it. */
void story_put_node(const struct story *s, uint32_t ip);
const struct cnf *story_config(const struct story *s); /* that it holds; NULL: none */
/* Why a node refused a handshake, as things are now. */
void story_put_refused(const struct story *s, uint32_t ip);
/* One line.  `number` 0: a check inside another item. */
void story_put_check(const struct story *s, enum trust_purpose purpose, uint32_t number,
                     const struct trust_check *check);
/* One refused thing, with its checks. */
void story_put_refusal(const struct story *now, const struct story_refusal *r);

/* ---- story_now.c ---- */

/* Each CallManager as it is now: runs it, would it take the phone? */
void story_put_registration(const struct story *s, uint32_t device);
/* Lost without a refusal: no file came. */
void story_put_tftp(const struct story *s, uint32_t phone);

#endif
