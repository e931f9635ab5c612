/* ITL File Status: a phone's ITL against the one that is served to it. */
#include "nodes/remote.h"
#include "sim/lab_impl.h"

enum status { MATCH, MISMATCH, NOT_KNOWN };

/* Against the list of the TFTP at this address; where `listed`, of a cluster that has the phone. */
static enum status against(const struct lab *lab, uint32_t phone, uint32_t tftp, bool listed)
{
    uint32_t node;
    if (!lab_node_at(lab, tftp, &node))
        return NOT_KNOWN;
    const struct cluster *cl = &lab->state.clusters[node >> 8];
    if (listed && config_class_of(cl, phone) == NULL)
        return NOT_KNOWN;
    return cl->nodes[node & 255].run.itl == lab->state.phones[phone].itl ? MATCH : MISMATCH;
}

/* Against those of the remote cluster that has it, the first in the order in which they are asked,
 * where the TFTP at this address is a central one: the column goes by the server that the phone
 * names, whichever of its addresses answered. */
static enum status against_remote(const struct lab *lab, uint32_t phone, uint32_t tftp)
{
    enum status all = NOT_KNOWN;
    uint32_t node, place = 0;
    if (!lab_node_at(lab, tftp, &node) || against(lab, phone, tftp, true) != NOT_KNOWN)
        return NOT_KNOWN;
    const struct cluster *cl = &lab->state.clusters[node >> 8];
    uint32_t has = UINT32_MAX; /* the remote cluster that does */
    while ((tftp = remote_next(cl, place, false, &place)) != 0) {
        uint32_t remote = (place - 1) / REMOTE_TFTPS;
        enum status one = remote > has ? NOT_KNOWN : against(lab, phone, tftp, true);
        has = one != NOT_KNOWN ? remote : has;
        all = one < all ? one : all;
    }
    return all;
}

enum lab_itl_status lab_itl_status(const struct lab *lab, uint32_t phone)
{
    const struct phone *p = &lab->state.phones[phone];
    uint32_t tftp = lab->state.dhcp[p->place].tftp[p->tftp];
    if (p->itl == 0)
        return LAB_ITL_NOT_INSTALLED;
    enum status status = against_remote(lab, phone, tftp);
    if (status == NOT_KNOWN)
        status = against(lab, phone, tftp, false);
    return status == MATCH ? LAB_ITL_MATCH : LAB_ITL_MISMATCH;
}
