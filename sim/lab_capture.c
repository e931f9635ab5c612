#include "sim/lab_capture.h"

#include "sim/base/check.h"
#include "sim/virt/virt.h"

static void phone(void *ctx, uint32_t n, struct virt_phone *out)
{
    static const enum tls_version newest[] = {
        [MODEL_TLS_1_0] = TLS_1_0,
        [MODEL_TLS_1_1] = TLS_1_1,
        [MODEL_TLS_1_2] = TLS_1_2,
        [MODEL_TLS_1_3] = TLS_1_3,
    };
    const struct lab *lab = ctx;
    const struct phone *p = &lab->state.phones[n];
    const struct model *m = &model_table[p->model];
    *out = (struct virt_phone){ m->agent, m->device_type, newest[m->tls], phone_identity(p) };
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
