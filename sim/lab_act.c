/* Acts: of the administrator on nodes, of people on phones. */
#include "sim/base/check.h"
#include "sim/lab_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct cluster *cluster_of(struct lab *lab, uint32_t cluster)
{
    CHECK(cluster < lab->cluster_count);
    return &lab->clusters[cluster];
}

void lab_step(struct lab *lab, const char *name)
{
    CHECK(lab->step_count < LAB_STEPS); /* sim/script refuses more */
    if (lab->on_step_end != NULL)
        lab->on_step_end(lab->on_step_end_ctx, lab);
    lab->steps[lab->step_count - 1].end_us = lab_now_us(lab);
    struct lab_step *s = &lab->steps[lab->step_count];
    memset(s, 0, sizeof *s);
    snprintf(s->name, sizeof s->name, "%s", name);
    s->start_us = lab_now_us(lab);
    struct trace_line line = {
        .at_us = s->start_us, .who = TRACE_ADMIN, .id = lab->step_count, .text = s->name
    };
    lab->step_count++;
    trace_put(&lab->trace, line);
}

/* Every act is a line of the trace; `node` TRACE_NO_NODE: on the cluster. */
static void __attribute__((format(printf, 4, 5)))
trace_act(struct lab *lab, uint32_t cluster, uint32_t node, const char *format, ...)
{
    if (!lab->trace.on)
        return;
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct trace_line line = {
        .at_us = lab_now_us(lab), .who = TRACE_ACT, .id = cluster << 8 | node, .text = text
    };
    trace_put(&lab->trace, line);
}

/* A fleet whose links change is a million calls: sleepers are woken once, before time passes. */
static void flush(struct lab *lab)
{
    if (lab->dirty) {
        lab->dirty = false;
        lab->driver->changed(lab->driver->self);
    }
}

void lab_run_until(struct lab *lab, uint64_t until_us)
{
    flush(lab);
    lab->driver->run(lab->driver->self, until_us);
}

struct settled lab_settle(struct lab *lab, uint64_t limit_us)
{
    flush(lab);
    return lab->driver->settle(lab->driver->self, limit_us);
}

/* ---- phones ---- */

static void deliver(struct lab *lab, uint32_t phone, struct event event, uint64_t at_us)
{
    CHECK(phone < lab->phone_count);
    lab->driver->deliver(lab->driver->self, phone, &event, at_us);
}

void lab_power(struct lab *lab, uint32_t phone, bool on, uint64_t at_us)
{
    deliver(lab, phone, (struct event){ .type = on ? EV_POWER_ON : EV_POWER_OFF }, at_us);
}

void lab_reset_phone(struct lab *lab, uint32_t phone, uint64_t at_us)
{
    deliver(lab, phone, (struct event){ .type = EV_RESET }, at_us);
}

void lab_press(struct lab *lab, uint32_t phone, enum key_press key, uint64_t at_us)
{
    deliver(lab, phone, (struct event){ .type = EV_PRESS, .a = key }, at_us);
}

void lab_erase(struct lab *lab, uint32_t phone, uint64_t at_us)
{
    deliver(lab, phone, (struct event){ .type = EV_ERASE }, at_us);
}

void lab_option150(struct lab *lab, uint32_t phone, uint32_t tftp1, uint32_t tftp2)
{
    CHECK(phone < lab->phone_count);
    lab->phones[phone].place = lab_place(lab, tftp1, tftp2);
    lab_phone_changed(lab, phone);
}

bool lab_phone_link(struct lab *lab, uint32_t phone, const struct link *link, struct err *e)
{
    CHECK(phone < lab->phone_count);
    if (!lab->options.live && !virt_link_fits(lab->driver, link))
        return err_set(e, "more than 256 kinds of links at once");
    lab->driver->phone_link(lab->driver->self, phone, link);
    lab_phone_changed(lab, phone);
    return true;
}

void lab_begin_reset(struct lab *lab, uint32_t cluster)
{
    uint64_t now_us = lab_now_us(lab);
    lab->sweeps[cluster] = (struct lab_sweep){ .next = 0, .at_us = now_us == 0 ? 1 : now_us };
    lab->driver->changed(lab->driver->self); /* there is a new deadline */
}

void lab_reset_all(struct lab *lab, uint32_t cluster)
{
    trace_act(lab, cluster, TRACE_NO_NODE, "reset");
    lab_begin_reset(lab, cluster);
}

/* ---- nodes ---- */

static bool changed(struct lab *lab, bool ok)
{
    if (ok)
        lab_cluster_changed(lab);
    return ok;
}

bool lab_regenerate(struct lab *lab, uint32_t cluster, uint32_t node, enum own own, struct err *e)
{
    trace_act(lab, cluster, node, "regenerate %s", own_name(own));
    return changed(lab,
                   cluster_regenerate(cluster_of(lab, cluster), node, own, lab_now_us(lab), e));
}

bool lab_service(struct lab *lab, uint32_t cluster, uint32_t node, enum service s,
                 enum service_act act, struct err *e)
{
    static bool (*const acts[])(struct cluster *, uint32_t, enum service, uint64_t,
                                struct err *) = { [ACT_START] = cluster_service_start,
                                                  [ACT_STOP] = cluster_service_stop,
                                                  [ACT_RESTART] = cluster_service_restart };
    static const char *const words[] = { "start", "stop", "restart" };
    trace_act(lab, cluster, node, "%s %s", words[act], service_name(s));
    return changed(lab, acts[act](cluster_of(lab, cluster), node, s, lab_now_us(lab), e));
}

bool lab_upload(struct lab *lab, uint32_t cluster, uint32_t node, enum store store, uint32_t cert,
                struct err *e)
{
    trace_act(lab, cluster, node, "upload %s to %s",
              content_get_str(lab->content, content_get_cert(lab->content, cert)->subject),
              store_name(store));
    return changed(lab,
                   cluster_upload(cluster_of(lab, cluster), node, store, cert, lab_now_us(lab), e));
}

bool lab_ctl(struct lab *lab, uint32_t cluster, enum ctl_act act, struct err *e)
{
    static const char *const words[] = { "set-cluster mixed-mode", "set-cluster non-secure-mode",
                                         "update CTLFile" };
    trace_act(lab, cluster, TRACE_NO_NODE, "utils ctl %s", words[act]);
    return changed(lab, cluster_ctl(cluster_of(lab, cluster), act, lab_now_us(lab), e));
}

bool lab_itl_reset_localkey(struct lab *lab, uint32_t cluster, struct err *e)
{
    trace_act(lab, cluster, TRACE_NO_NODE, "utils itl reset localkey");
    return changed(lab, cluster_itl_reset_localkey(cluster_of(lab, cluster), lab_now_us(lab), e));
}

void lab_param(struct lab *lab, uint32_t cluster, enum param p, uint64_t value)
{
    trace_act(lab, cluster, TRACE_NO_NODE, "set %s %llu", param_table[p].name,
              (unsigned long long)value);
    cluster_set_param(cluster_of(lab, cluster), p, value);
    lab_cluster_changed(lab);
}

void lab_node_link(struct lab *lab, uint32_t cluster, uint32_t node, const struct link *link)
{
    CHECK(node < cluster_of(lab, cluster)->node_count);
    trace_act(lab, cluster, node, "link delay %llu us, jitter %llu us, loss %u ppm, rate %u%s",
              (unsigned long long)link->delay_us, (unsigned long long)link->jitter_us,
              (unsigned)link->loss_ppm, (unsigned)link->rate, link->down ? ", down" : "");
    lab->driver->node_link(lab->driver->self, cluster << 8 | node, link);
    lab_cluster_changed(lab);
}
