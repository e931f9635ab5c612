#include "sim/lab_capture.h"

#include "sim/base/check.h"
#include "sim/lab_live.h"
#include "sim/virt/virt.h"

static void phone(void *ctx, uint32_t n, struct virt_phone *out)
{
    const struct lab *lab = ctx;
    const struct phone *p = &lab->state.phones[n];
    const struct model *m = &model_table[p->model];
    const struct cnf *cnf = phone_config(p, lab->base->content);
    *out = (struct virt_phone){ .user_agent = m->agent,
                                .type = m->device_type,
                                .load = cnf == NULL ? "" : cnf->load,
                                .sccp = phone_protocol(p, lab->base->content) == CNF_SCCP,
                                .newest = lab_newest_tls(m),
                                .identity = phone_identity(p) };
}

static uint32_t node(void *ctx, uint32_t n, char name[64])
{
    const struct lab *lab = ctx;
    const struct node_disk *disk = &lab->state.clusters[n >> 8].nodes[n & 255].disk;
    snprintf(name, 64, "%s", disk->name);
    return disk->ip;
}

static uint64_t epoch_us(void *ctx)
{
    return (uint64_t)((const struct lab *)ctx)->base->options.start_s * 1000000;
}

void lab_capture(struct lab *lab, struct capture *capture)
{
    CHECK(!lab->base->options.live);
    virt_capture(
        lab->driver,
        &(struct virt_capture){
            .capture = capture, .phone = phone, .node = node, .epoch_us = epoch_us, .ctx = lab });
}

uint32_t lab_capture_ip(const struct lab *lab, uint32_t phone)
{
    return lab->base->options.live ? 0x7f000001 : VIRT_PHONE_IP(phone);
}
