/* Services of a node: which belong there, their starts and stops, and what they take up then.
 * Inside nodes/; sim/predict and tests ask the questions. */
#ifndef CUCMLAB_NODES_SERVICES_H
#define CUCMLAB_NODES_SERVICES_H

#include "nodes/model.h"

bool services_is_activated(const struct cluster *cl, uint32_t node, enum service s);
/* It runs with another certificate than the one on disk. */
bool services_is_outdated(const struct cluster *cl, uint32_t node, enum service s);

/* Of a service that is activated; whether it makes sense is decided before (acts_services.c). */
void services_start(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us);
void services_stop(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us);
/* Starts what is stopped. */
void services_restart(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us);
/* Everything that is activated on the node starts anew. */
void services_reboot(struct cluster *cl, uint32_t node, uint64_t now_us);
/* The same where the node is away for so long. */
void services_away(struct cluster *cl, uint32_t node, uint64_t away_us, uint64_t now_us);
/* Without power nothing starts, whatever asks for it. */
void services_shut_down(struct cluster *cl, uint32_t node, uint64_t now_us);
void services_switch_on(struct cluster *cl, uint32_t node, uint64_t now_us);
/* The page Service Activation: these feature services (SERVICE_BIT) are activated from now on. What
 * comes is started, what goes is stopped, with the network services that follow them. */
void services_activate(struct cluster *cl, uint32_t node, uint32_t activated, uint64_t now_us);
/* As after an installation: it runs, and nothing was waited for. */
void services_run(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us);

/* Time: the next deadline of a node's services (0: none), and what is due. */
uint64_t services_deadline_us(const struct cluster *cl, uint32_t node);
void services_tick(struct cluster *cl, uint32_t node, uint64_t now_us);
/* What happens by itself, by the version table: after an own certificate changed, after the CTL was
 * made (with another mode, by `utils ctl update CTLFile`, by `utils ctl reset localkey`) or
 * deleted, after the rollback parameter was set. */
enum ctl_change { CTL_OF_NEW_MODE, CTL_UPDATED, CTL_SIGNED_ANEW, CTL_DELETED };
void services_after_change(struct cluster *cl, uint32_t node, enum own own, uint64_t now_us);
/* Of whom lists have records: a node came or went, CAPF was activated or deactivated.  Phones are
 * not reset (assumed). */
void services_after_records(struct cluster *cl, uint64_t now_us);
void services_after_ctl(struct cluster *cl, enum ctl_change change, uint64_t now_us);
void services_after_rollback(struct cluster *cl, uint64_t now_us);
/* The rebuild that a node's TFTP waits for is done now. */
void services_rebuild_now(struct cluster *cl, uint32_t node, uint64_t now_us);

#endif
