/* Messages of phones and nodes in virtual time.  Inside sim/virt/ only.  Views borrow from the
 * arena and from the forge. */
#ifndef CUCMLAB_VIRT_SAID_H
#define CUCMLAB_VIRT_SAID_H

#include "sim/talk/capf.h"
#include "sim/talk/tvs.h"
#include "sim/virt/slot.h"

struct forge_device said_device(const struct virt *v, uint32_t phone);

/* Of ASK_TVS_QUERY and ASK_TVS_VERIFY. */
struct tvs_msg said_tvs_request(const struct virt *v, const struct slot *s, struct arena *a);
struct tvs_msg said_tvs_reply(const struct virt *v, const struct tvs_msg *request,
                              const struct event *answer, struct arena *a);

/* What CAPF begins with; what the phone says in ASK_CAPF_... (its new key is the one of which
 * `answer` has the LSC; NULL: not known yet); what CAPF says to that. */
struct capf_msg said_capf_first(const struct slot *s);
struct capf_msg said_capf_phone(const struct virt *v, const struct slot *s,
                                const struct event *answer, struct arena *a);
struct capf_msg said_capf_node(const struct virt *v, const struct slot *s,
                               const struct event *answer);

#endif
