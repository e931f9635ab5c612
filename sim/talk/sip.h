/* A registration by SIP as both sides have it: the words that tell a rejected phone why.  Pure. */
#ifndef CUCMLAB_TALK_SIP_H
#define CUCMLAB_TALK_SIP_H

#include "sim/wire/sip.h"

/* The final response to a REGISTER that is not taken; `reason` is an enum reject_reason. */
void talk_sip_reject(const struct sip_msg *request, uint32_t reason, struct wr *reply);
/* enum reject_reason behind a final response; REJECT_NONE for 200. */
uint32_t talk_sip_reason(const struct sip_msg *response);

#endif
