/* Between the files of the lab.  Inside sim/lab*.c only.  Who calls whom:
 *
 *   lab_life  -> lab_act, lab_world, lab_found, lab
 *   lab_act   -> lab_emcc, lab_clock, lab_network, lab_change, lab_observe, lab
 *   lab_world -> lab_clock, lab_network, lab_change, lab_loss, lab_outage, lab_observe, lab
 *   lab_emcc  -> lab_change, lab
 *   lab_clock, lab_network -> lab_change
 *   lab_present -> lab_past, lab_found, lab_change, lab_outage, lab; lab_past, lab_lists ->
 * lab_found lab_found -> lab_emcc, lab_change, lab lab_change, lab_loss -> lab_outage
 */
#ifndef CUCMLAB_LAB_IMPL_H
#define CUCMLAB_LAB_IMPL_H

#include "sim/base/table.h"
#include "sim/lab.h"

struct lab_found_list;

/* ---- lab_world.c: what the drivers see ---- */

struct world lab_world(struct lab *lab);

/* ---- lab_change.c: what changed is told to phones and driver ---- */

/* Of a cluster, or of the links of its nodes: lost servers, sleepers, wanted resets. */
void lab_cluster_changed(struct lab *lab);
/* Of what one phone alone depends on: its access link, its DHCP options. */
void lab_phone_changed(struct lab *lab, uint32_t phone);
/* Is the CallManager where this phone registered gone, restarted, or out of reach? */
bool lab_server_is_lost(const struct lab *lab, uint32_t phone);
/* What is due in the clusters, and the resets whose turn has come. */
void lab_nodes_tick(struct lab *lab, uint64_t now_us);
/* True for a phone that the reset under way in this cluster reaches. */
bool lab_is_registered_at(const struct lab *lab, uint32_t phone, uint32_t cluster);
/* How long after the first one the i-th phone has its turn, where so many have theirs a second. */
uint64_t lab_turn_us(const struct lab *lab, enum cost rate, uint64_t i);
/* A server that comes before its own in the group answers this phone, and has done so since
 * `since_us` at the earliest: after a while the phone goes back to it. */
void lab_fails_back(struct lab *lab, uint32_t phone, uint64_t since_us);
/* The same at this instant; *index: which one. */
bool lab_better_answers(const struct lab *lab, uint32_t phone, uint32_t *index);

/* ---- lab_past.c ---- */

/* Lists as they were at other times: one for all phones. */
struct lab_past {
    struct lab *lab;
    struct table lists; /* of a list and a date -> the list of then */
};
void lab_past_begin(struct lab_past *p, struct lab *lab);
void lab_past_end(struct lab_past *p);
/* What a phone holds that was seen last at `since_s` (Unix seconds), where its TFTP serves this
 * list now: the same list, with the certificates of then in the place of those that began later.
 * The one that a file has, else one that nobody knows. */
uint32_t lab_past_list(struct lab_past *p, uint32_t list, int64_t since_s);

struct lab_found_cluster;
/* At the present: the cluster has the backup that it was found with. */
void lab_found_backup(struct lab *lab, uint32_t cluster, const struct lab_found_cluster *f);
/* lab_found.c: `backup_unknown` of that cluster, to be filled in. */
uint32_t *lab_found_backup_unknown(struct lab *lab, uint32_t cluster);

/* ---- lab_clock.c ---- */

/* It has registered, and takes the time from there where its clock is not wrong by itself. */
void lab_clock_of_server(struct lab *lab, uint32_t phone);
/* Wrong by itself; 0: it is left to its CallManager. */
void lab_set_clock(struct lab *lab, uint32_t phone, int64_t ahead_s);

/* ---- lab_emcc.c ---- */

/* A user of the cluster `home` logs in and out, at a phone; what is not registered is left alone.
 */
bool lab_can_login(const struct lab *lab, uint32_t home, uint32_t phone, struct err *e);
bool lab_login(struct lab *lab, uint32_t home, uint32_t phone, const char *pool, struct err *e);
void lab_logout(struct lab *lab, uint32_t phone);
/* DHCP option 150 of this phone names that place now. */
void lab_move(struct lab *lab, uint32_t phone, uint16_t dhcp);

/* ---- lab_network.c ---- */

bool lab_set_site(struct lab *lab, uint32_t phone, uint32_t site); /* false: it stands there */
bool lab_has_paths(const struct lab *lab);
void lab_network_changed(struct lab *lab); /* what drivers are told of it */
/* A firewall lets it register there. */
bool lab_passes(const struct lab *lab, uint32_t phone, uint32_t node);
struct between lab_between(void *ctx, uint32_t phone, uint32_t node, enum ask_kind kind,
                           uint8_t how);
bool lab_resolves(void *ctx, uint32_t phone, uint32_t node);
uint32_t lab_size(void *ctx, const struct ask *ask, const struct event *answer);

/* ---- lab_found.c ---- */

void lab_found_free(struct lab_base *base);
/* A certificate that nobody has, as foreign_stranger(). */
uint32_t lab_found_nobody(struct lab *lab, uint32_t like, const char *label, const char *name);
/* That is its common name, letters of either case. */
bool lab_is_called(const struct lab *lab, uint32_t cert, const char *name);
/* One that was added and is called so; 0: none. */
uint32_t lab_found_named(struct lab *lab, const char *name);
void lab_found_keep_past(struct lab *lab, uint32_t list);
void lab_found_keep_list(struct lab *lab, const struct lab_found_list *l);
void lab_found_is_present(struct lab *lab);

/* ---- lab_loss.c ---- */

/* What a phone said of its functions, at `now_us`. */
void lab_phone_lost(struct lab *lab, uint32_t phone, enum phone_function f, uint64_t now_us);

/* ---- lab_outage.c ---- */

/* Out of service and back; no change where it is so already. */
void lab_out_begins(struct lab *lab, uint32_t phone, uint64_t now_us);
void lab_out_ends(struct lab *lab, uint32_t phone, uint64_t now_us);
/* What became of it in an outage; `node` as in struct lab_cold. */
enum lab_out { OUT_SERVER_LOST, OUT_REGISTERED, OUT_REBOOTS, OUT_FAILS_BACK, OUT_LOST };
void lab_out_says(struct lab *lab, uint32_t phone, enum lab_out what, uint32_t node);

/* ---- lab_observe.c: tells whoever listens ---- */

/* Of phones and asks only where hears_… says that somebody does. */
void lab_tell_phone(struct lab *lab, uint32_t phone, const struct phone *before,
                    const struct event *event, const struct outbox *out, uint64_t now_us);
void lab_tell_ask(struct lab *lab, uint32_t node, const struct ask *ask, enum ask_result result,
                  const struct event *answer, uint64_t now_us);
void lab_tell_access(struct lab *lab, const struct access *access);
void lab_tell_act(struct lab *lab, uint32_t cluster, const struct act *act,
                  const struct lab_whom *whom);
void lab_tell_node(void *ctx, const struct trace_line *line); /* ctx: the lab (cluster_env.say) */
void lab_tell_step(struct lab *lab, uint32_t step);
void lab_tell_step_over(struct lab *lab);

/* ---- lab.c ---- */

struct lab_names *lab_names_new(void); /* for one lab */
void lab_names_leave(struct lab_names *names);
/* Whom RADIUS server and VPN gateway trust, by what the clusters say. */
void lab_find_gates(struct lab *lab);
void lab_grow_phones(struct lab *lab, uint32_t count);
uint16_t lab_dhcp(struct lab *lab, uint32_t tftp1, uint32_t tftp2);

/* To a phone that this lab has at all: a trial has few. */
void lab_deliver(struct lab *lab, uint32_t phone, struct event event, uint64_t at_us);
void lab_reset_as(struct lab *lab, uint32_t phone, enum reset_kind kind, uint64_t at_us);

#endif
