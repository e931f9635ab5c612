/* A session with CAPF as both sides have it, between the message on the wire (sim/wire/capf) and
 * what a machine means.  CAPF speaks first, and from then on says something that the phone answers,
 * until it ends the session.  For whoever says or hears: phones, nodes, --bytes.  Pure; views are
 * borrowed. */
#ifndef CUCMLAB_TALK_CAPF_H
#define CUCMLAB_TALK_CAPF_H

#include "sim/base/mem.h"
#include "sim/core/contract.h"
#include "sim/wire/capf.h"

/* What CAPF says: that of enum capf_says, or the first word of all. */
#define TALK_CAPF_HELLO (CAPF_SAYS_END + 1)

struct capf_told {
    uint8_t says;            /* enum capf_says, or TALK_CAPF_HELLO */
    uint32_t with;           /* bits of the key; at the end enum capf_reason */
    struct view certificate; /* to be stored */
};

struct capf_msg talk_capf_say(uint32_t session, const struct capf_told *told);
/* False: nothing that CAPF says in that session. */
bool talk_capf_heard(const struct capf_msg *m, uint32_t session, struct capf_told *told);

/* What a phone answers: who it is (its proof is forge_capf_proof()'s), with the authentication
 * string that somebody entered, if any; its key; what is done, with the certificate where it shows
 * one (`asked`: enum capf_says). */
struct capf_msg talk_capf_auth(uint32_t session, const char *device, struct view string);
struct capf_msg talk_capf_key(uint32_t session, struct view spki);
struct capf_msg talk_capf_done(uint32_t session, uint8_t asked, struct view certificate,
                               enum capf_cert kind);

enum capf_came {
    CAPF_CAME_ANSWER,
    CAPF_CAME_WAIT,   /* not yet: the phone is at work */
    CAPF_CAME_FAILED, /* the phone could not do it */
    CAPF_CAME_OTHER   /* no answer to that */
};

/* What came in answer to `said` (as `says` above). */
enum capf_came talk_capf_came(const struct capf_msg *m, uint32_t session, uint8_t said);

/* The message's bytes; false where what it holds is longer than any message. */
bool talk_capf_bytes(const struct capf_msg *m, struct arena *a, struct view *bytes);

#endif
