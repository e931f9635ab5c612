/* Central TFTP: the remote clusters whose TFTP servers are asked for what is not here. */
#include "nodes/acts_impl.h"
#include "nodes/cluster.h"
#include "nodes/remote.h"

static void tftps_of(const struct act *a, uint32_t tftp[REMOTE_TFTPS])
{
    for (int i = 0; i < REMOTE_TFTPS; i++)
        tftp[i] = (uint32_t)a->arg[i];
}

/* A cluster that asks itself goes round in a circle; what others ask is in sim/lab_act.c. */
static bool can_add(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    uint32_t tftp[REMOTE_TFTPS], node, other;
    (void)now_us;
    tftps_of(a, tftp);
    if (tftp[0] == 0)
        return err_set(e, "%s: a TFTP address of the remote cluster is expected", cl->name);
    if (cl->db.remote_count == CLUSTER_REMOTES)
        return err_set(e, "%s: more than %d remote clusters", cl->name, CLUSTER_REMOTES);
    for (int i = 0; i < REMOTE_TFTPS; i++) {
        if (tftp[i] != 0 && cluster_node_at(cl, tftp[i], &node))
            return err_set(e, "%s: %s is a node of this cluster, a loop", cl->name,
                           cl->nodes[node].disk.name);
        if (remote_find(cl, tftp[i], &other))
            return err_set(e, "%s: remote cluster %u has that TFTP address already", cl->name,
                           (unsigned)other + 1);
        for (int k = 0; k < i; k++) {
            if (tftp[i] != 0 && tftp[k] == tftp[i])
                return err_set(e, "%s: one TFTP address twice", cl->name);
        }
    }
    return true;
}

static void add(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    uint32_t tftp[REMOTE_TFTPS];
    (void)now_us;
    tftps_of(a, tftp);
    remote_add(cl, tftp);
}

/* By its place in the list, from 1. */
static uint32_t place_of(const struct act *a)
{
    return a->arg[0] == 0 ? 1 : (uint32_t)a->arg[0];
}

static bool can_delete(const struct cluster *cl, const struct act *a, uint64_t now_us,
                       struct err *e)
{
    (void)now_us;
    return place_of(a) <= cl->db.remote_count ||
           err_set(e, "%s: there is no remote cluster %u", cl->name, (unsigned)place_of(a));
}

static void delete (struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    remote_remove(cl, place_of(a) - 1);
}

/* Where there is a central TFTP already; whose addresses may be missing is the lab's to know. */
static bool is_central(const struct cluster *cl, const struct act *a)
{
    (void)a;
    return cl->db.remote_count != 0;
}

static bool each_remote(const struct cluster *cl, uint32_t i, struct act *act)
{
    if (i >= cl->db.remote_count)
        return false;
    act->arg[0] = i + 1;
    return true;
}

const struct act_row act_row_remote_tftp_add = {
    .name = "add_remote_tftp",
    .words = "Advanced Features: Cluster View: Add New Remote Cluster, TFTP",
    .scope = ON_CLUSTER,
    .args = { { ARG_SERVER, "tftp" }, { ARG_SERVER, "tftp" }, { ARG_SERVER, "tftp" } },
    .touches = TOUCHES_REMOTES,
    .run = add,
    .can = can_add,
    .doc =
        "Central (proxy) TFTP: whatever a TFTP here has not, in its database or from an answer of "
        "the last 30 minutes, it asks that cluster for; one to three of its TFTP addresses, the "
        "next where one does not answer (the parameter \"remote_timeout_us\"). Remote clusters are "
        "asked in the order in which they were added, a single level deep. Common files are its "
        "own. A restart of Cisco Tftp forgets what it was given.",
    .remedy = { .narrow = 5,
                .needs = NEEDS_PEER,
                .name = "add-remote-cluster",
                .title = "remote cluster",
                .how = "add a remote cluster with TFTP {servers} to Cluster View of {cluster}",
                .useful = is_central }
};

const struct act_row act_row_remote_tftp_delete = {
    .name = "delete_remote_tftp",
    .words = "Advanced Features: Cluster View: Delete Selected",
    .scope = ON_CLUSTER,
    .args = { { ARG_NTH, "number" } },
    .touches = TOUCHES_REMOTES,
    .run = delete,
    .can = can_delete,
    .doc = "The remote cluster of this number, the first of them where it is left out, is asked no "
           "more. What it gave is kept "
           "until its time is over.",
    .remedy = { .narrow = 5,
                .name = "delete-remote-cluster",
                .title = "remote cluster",
                .how = "delete remote cluster {0} from Cluster View of {cluster}",
                .choice = each_remote }
};
