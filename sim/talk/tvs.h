/* A talk with TVS as both sides have it, between the message on the wire (sim/wire/tvs) and what a
 * machine means: one request, one reply.  For whoever asks or answers: phones, nodes, --bytes.
 * Pure; views are borrowed. */
#ifndef CUCMLAB_TALK_TVS_H
#define CUCMLAB_TALK_TVS_H

#include "sim/base/mem.h"
#include "sim/wire/tvs.h"

/* A request by names, as a phone sends it that has nothing else of a signer, and one with the whole
 * certificate.  `device`: "CP-8861-SEPB000B4BA0AEE". */
struct tvs_msg talk_tvs_query(struct view device, uint32_t session, struct view subject,
                              struct view issuer, struct view serial);
struct tvs_msg talk_tvs_verify(struct view device, uint32_t session, struct view der);
/* The device's own name, behind the last '-'; empty where there is none. */
struct view talk_tvs_device(struct view device);

struct tvs_told {
    uint8_t status; /* 0: trusted; what follows is only looked at then */
    uint32_t roles; /* ROLE_BIT each */
    uint32_t ttl_s;
    struct view certificate; /* of a query's reply */
};

/* What a server takes: a whole message that is a request.  False: it gets no answer. */
bool talk_tvs_asked(struct view message, struct tvs_msg *request);

/* The reply to a request of that type and session; `roles` is room for what it names. */
struct tvs_msg talk_tvs_reply(const struct tvs_msg *request, const struct tvs_told *told,
                              uint8_t roles[32]);
/* False: this is no reply to that request. */
bool talk_tvs_heard(const struct tvs_msg *request, const struct tvs_msg *reply,
                    struct tvs_told *told);

/* The message's bytes; false where names or certificates are longer than any message holds. */
bool talk_tvs_bytes(const struct tvs_msg *m, struct arena *a, struct view *bytes);

#endif
