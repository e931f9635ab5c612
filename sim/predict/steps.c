#include "sim/predict/steps.h"

#include "sim/base/sys.h"
#include "sim/lab_observe.h"
#include "sim/predict/try.h"

struct listener {
    struct observer observer;
    struct way_steps *out;
    uint8_t of;
};

static void hear(void *ctx, uint32_t cluster, const struct act *act, const struct lab_whom *whom,
                 uint64_t now_us)
{
    struct listener *l = ctx;
    struct way_steps *s = l->out;
    (void)whom, (void)now_us;
    mem_reserve(&sys_mem, (void **)&s->list, &s->cap, (size_t)s->count + 1, sizeof *s->list);
    s->list[s->count++] = (struct way_step){ *act, l->of, (uint8_t)cluster };
}

void way_steps(struct lab *lab, const struct way *w, uint32_t phone, struct way_steps *out)
{
    *out = (struct way_steps){ 0 };
    if (w->count == 0)
        return;
    struct lab_mark mark = lab_mark(lab);
    struct lab *trial = try_as_they_stand(lab, &phone, 1);
    struct listener l = { .observer = { .ctx = &l, .act = hear }, .out = out };
    lab_observe(trial, &l.observer);
    for (uint32_t i = 0; i < w->count; i++) {
        uint32_t first = 0;
        l.of = (uint8_t)i;
        try_act(trial, &w->acts[i], &first, 1);
        try_quiet(trial);
    }
    lab_unobserve(trial, &l.observer);
    lab_free(trial);
    lab_rewind(lab, &mark);
}

void way_steps_free(struct way_steps *s)
{
    mem_free(&sys_mem, s->list);
    *s = (struct way_steps){ 0 };
}
