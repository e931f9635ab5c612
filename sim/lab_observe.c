/* Telling whoever listens. */
#include "sim/base/check.h"
#include "sim/lab_impl.h"

/* One question where nobody listens, and a million phones ask it at every step. */
static void count_ears(struct lab *lab)
{
    lab->record.hears_phones = lab->record.hears_asks = false;
    for (const struct observer *o = lab->record.observers; o != NULL; o = o->next) {
        lab->record.hears_phones |= o->phone != NULL;
        lab->record.hears_asks |= o->ask != NULL;
    }
}

void lab_observe(struct lab *lab, struct observer *o)
{
    struct observer **at = &lab->record.observers;
    while (*at != NULL) {
        CHECK(*at != o);
        at = &(*at)->next;
    }
    o->next = NULL;
    *at = o;
    count_ears(lab);
}

void lab_unobserve(struct lab *lab, struct observer *o)
{
    struct observer **at = &lab->record.observers;
    while (*at != NULL && *at != o)
        at = &(*at)->next;
    if (*at == NULL)
        return;
    *at = o->next;
    count_ears(lab);
}

const struct action *lab_next_note(const struct outbox *out, uint32_t *at)
{
    while (*at < out->count) {
        const struct action *a = &out->actions[(*at)++];
        if (a->type == ACT_NOTE)
            return a;
    }
    return NULL;
}

void lab_tell_phone(struct lab *lab, uint32_t phone, const struct phone *before,
                    const struct event *event, const struct outbox *out, uint64_t now_us)
{
    for (const struct observer *o = lab->record.observers; o != NULL; o = o->next) {
        if (o->phone != NULL)
            o->phone(o->ctx, phone, before, event, out, &lab->state.phones[phone], now_us);
    }
}

void lab_tell_ask(struct lab *lab, uint32_t node, const struct ask *ask, enum ask_result result,
                  const struct event *answer, uint64_t now_us)
{
    for (const struct observer *o = lab->record.observers; o != NULL; o = o->next) {
        if (o->ask != NULL)
            o->ask(o->ctx, node, ask, result, answer, now_us);
    }
}

void lab_tell_node(void *ctx, const struct trace_line *line)
{
    const struct lab *lab = ctx;
    for (const struct observer *o = lab->record.observers; o != NULL; o = o->next) {
        if (o->node != NULL)
            o->node(o->ctx, line);
    }
}

void lab_tell_access(struct lab *lab, const struct access *access)
{
    for (const struct observer *o = lab->record.observers; o != NULL; o = o->next) {
        if (o->access != NULL)
            o->access(o->ctx, access, lab_now_us(lab));
    }
}

void lab_tell_act(struct lab *lab, uint32_t cluster, const struct act *act,
                  const struct lab_whom *whom)
{
    for (const struct observer *o = lab->record.observers; o != NULL; o = o->next) {
        if (o->act != NULL)
            o->act(o->ctx, cluster, act, whom, lab_now_us(lab));
    }
}

void lab_tell_step_over(struct lab *lab)
{
    for (const struct observer *o = lab->record.observers; o != NULL; o = o->next) {
        if (o->step_over != NULL)
            o->step_over(o->ctx);
    }
}

void lab_tell_step(struct lab *lab, uint32_t step)
{
    for (const struct observer *o = lab->record.observers; o != NULL; o = o->next) {
        if (o->step != NULL)
            o->step(o->ctx, step);
    }
}
