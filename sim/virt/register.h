/* What a phone says to CallManager where it registers, by SIP or SCCP as its line has it, and what
 * it hears, as bytes for a capture.  Inside sim/virt/ only.  Views borrow from the arena. */
#ifndef CUCMLAB_VIRT_REGISTER_H
#define CUCMLAB_VIRT_REGISTER_H

#include "sim/virt/line.h"

/* By the phone's configuration, or its model where it has none. */
bool register_by_sccp(struct virt *v, uint32_t phone);
struct view register_asks(struct virt *v, const struct slot *s, const struct line *n,
                          struct arena *a);
/* `e`: EVENT_REGISTERED or EVENT_REJECTED. */
struct view register_answer(struct virt *v, const struct slot *s, const struct line *n,
                            const struct event *e, struct arena *a);
/* What the phone says to that; empty: nothing. */
struct view register_says_more(const struct line *n, const struct event *e, struct arena *a);

#endif
