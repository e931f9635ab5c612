/* From a cluster in good order, in which all phones have booted, to what was found. */
#include "sim/lab_found.h"

#include "sim/lab_impl.h"

#include <string.h>

/* ---- what phones hold ---- */

/* What the TFTP server that it uses serves now; 0: nothing, or there is none. */
static uint32_t served_to(const struct lab *lab, const struct phone *p, bool ctl)
{
    uint32_t ip = lab->state.dhcp[p->place].tftp[p->tftp], node;
    if (ip == 0 || !lab_node_at(lab, ip, &node))
        return 0;
    const struct node_run *run = &lab->state.clusters[node >> 8].nodes[node & 255].run;
    return ctl ? run->ctl : run->itl;
}

/* Of a phone that is off nobody says more than since when: it holds what was served then. */
static bool is_of_then(const struct lab_found_phone *f, const struct lab_found_holds *holds)
{
    return holds->how == HOLDS_UNTOLD && f->on == LAB_NO && f->since_s != 0;
}

static uint32_t held(struct lab_past *past, const struct phone *p, const struct lab_found_phone *f,
                     bool ctl)
{
    const struct lab *lab = past->lab;
    const struct model *m = &model_table[p->model];
    const struct lab_found_holds *holds = ctl ? &f->ctl : &f->itl;
    if (!(ctl ? m->ctl : m->itl))
        return 0;
    if (is_of_then(f, holds))
        return lab_past_list(past, served_to(lab, p, ctl), f->since_s);
    switch (holds->how) {
    case HOLDS_NONE:
        return 0;
    case HOLDS_LIST:
    case HOLDS_BY_HASH:
        return holds->list;
    default:
        return served_to(lab, p, ctl);
    }
}

static void hold(struct lab_past *past, uint32_t phone, const struct lab_found_phone *f)
{
    struct phone *p = &past->lab->state.phones[phone];
    p->ctl = held(past, p, f, true);
    p->itl = held(past, p, f, false);
    memset(p->cache, 0, sizeof p->cache);
    memset(p->refused, 0, sizeof p->refused);
}

/* ---- what was before the present ---- */

/* What it lost and has back is nothing; what it lacks still it lacks from now on. */
static void forget_loss(struct lab *lab, uint32_t phone)
{
    if (lab_loss_of(lab, phone) == NULL)
        return;
    struct lab_loss *l = lab_loss_for(lab, phone);
    uint8_t open = l->open;
    uint32_t step = lab->record.step_count - 1;
    memset(l, 0, sizeof *l);
    if (open == 0)
        lab->state.cold[phone].loss = 0; /* the record stays behind, of nobody */
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((open & FSM_BIT(f)) != 0)
            lab_loss_begins(l, (enum phone_function)f, step, lab_now_us(lab));
    }
}

static void forget_outages(struct lab *lab)
{
    struct lab_record *r = &lab->record;
    uint64_t now_us = lab_now_us(lab);
    r->outage_count = 0;
    if (r->outage_of_cap != 0)
        memset(r->outage_of, 0, r->outage_of_cap * sizeof *r->outage_of);
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        struct lab_cold *cold = &lab->state.cold[i];
        bool out = cold->out;
        cold->out = 0;
        if (out)
            lab_out_begins(lab, i, now_us);
    }
}

void lab_present(struct lab *lab)
{
    if (!lab_is_before_present(lab))
        return;
    lab_found_is_present(lab);
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct lab_found_cluster *f = lab_found_cluster(lab, c);
        if (f == NULL)
            continue;
        found_run(&lab->state.clusters[c], &f->model, lab_now_us(lab));
        lab_found_backup(lab, c, f);
    }
    struct lab_past past;
    lab_past_begin(&past, lab);
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        const struct lab_found_phone *f = lab_found_phone(lab, i);
        if (f == NULL)
            continue;
        hold(&past, i, f);
        forget_loss(lab, i);
    }
    lab_past_end(&past);
    forget_outages(lab);
    lab_cluster_changed(lab);
}
