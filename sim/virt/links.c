#include "sim/virt/slot.h"

static bool same_link(const struct link *a, const struct link *b)
{
    return a->delay_us == b->delay_us && a->jitter_us == b->jitter_us &&
           a->loss_ppm == b->loss_ppm && a->rate == b->rate && a->mtu == b->mtu &&
           a->down == b->down;
}

#define LINKS_MAX 256 /* a slot keeps the index in a byte */

/* A kind that no phone has any more; LINKS_MAX: all are in use.  Kind 0 is that of phones whose
 * link nobody set: virt_link(). */
static uint32_t unused_link(const struct virt *v)
{
    bool used[LINKS_MAX] = { true };
    for (uint32_t i = 0; i < v->slot_count; i++)
        used[v->slots[i].link] = true;
    uint32_t i = 0;
    while (i < LINKS_MAX && used[i])
        i++;
    return i;
}

/* The index of this kind of link, made where there is none; LINKS_MAX: there is no room. */
static uint32_t link_index(struct virt *v, const struct link *link)
{
    for (uint32_t i = 1; i < v->link_count; i++) {
        if (same_link(&v->links[i], link))
            return i;
    }
    uint32_t i = v->link_count < LINKS_MAX ? v->link_count++ : unused_link(v);
    if (i < LINKS_MAX) {
        mem_reserve(v->mem, (void **)&v->links, &v->link_cap, v->link_count, sizeof *v->links);
        v->links[i] = *link;
    }
    return i;
}

bool virt_phone_link(void *self, uint32_t phone, const struct link *link)
{
    struct virt *v = self;
    uint32_t i = link_index(v, link);
    if (i == LINKS_MAX)
        return false;
    v->slots[phone].link = i & 255;
    return true;
}

struct node_side *virt_node(struct virt *v, uint32_t node)
{
    mem_reserve(v->mem, (void **)&v->nodes, &v->node_cap, (size_t)node + 1, sizeof *v->nodes);
    return &v->nodes[node];
}

void virt_node_link(void *self, uint32_t node, const struct link *link)
{
    virt_node(self, node)->link = *link;
}

struct link virt_phone_link_of(void *self, uint32_t phone)
{
    const struct virt *v = self;
    return virt_link(v, v->slots[phone].link);
}

struct link virt_node_link_of(void *self, uint32_t node)
{
    return virt_node(self, node)->link;
}

bool virt_is_down(void *self, uint32_t phone, uint32_t node)
{
    struct virt *v = self;
    const struct world *w = v->world;
    if (link_is_cut(&v->links[v->slots[phone].link]) || link_is_cut(&virt_node(v, node)->link))
        return true;
    if (w->between == NULL)
        return false;
    struct between b = w->between(w->ctx, phone, node, ASK_REGISTER, TRANSPORT_TCP);
    return link_is_cut(&b.link);
}

void virt_no_links(struct virt *v)
{
    (void)link_index(v, &(struct link){ 0 });
    (void)virt_node(v, 0); /* where a slot points that never asked anybody */
}
