#include "sim/lab_trace.h"

#include "sim/base/sys.h"

#include <stdio.h>

static void put(struct lab_trace *t, struct trace_line line)
{
    trace_put(&t->trace, &line);
    if (t->line != NULL)
        t->line(t->ctx, &line);
}

static void phone(void *ctx, uint32_t n, const struct phone *before, const struct event *event,
                  const struct outbox *out, const struct phone *after, uint64_t now_us)
{
    uint32_t at = 0;
    const struct action *note;
    (void)before, (void)event, (void)after;
    while ((note = lab_next_note(out, &at)) != NULL)
        put(ctx, (struct trace_line){ .at_us = now_us,
                                      .who = TRACE_PHONE,
                                      .what = note->kind,
                                      .id = n,
                                      .a = note->a,
                                      .b = note->b });
}

/* "SEP001121000000: power off", "10 phones (SEP001121000000 first): power off". */
static void act_on_phones(const struct lab *lab, const struct lab_whom *whom, const char *words,
                          char out[ACT_TEXT + 64])
{
    char name[DEVICE_NAME];
    lab_phone_name(lab, whom->phones != NULL ? whom->phones[0] : whom->first, name);
    if (whom->count == 1)
        snprintf(out, ACT_TEXT + 64, "%s: %s", name, words);
    else
        snprintf(out, ACT_TEXT + 64, "%u phones (%s first): %s", (unsigned)whom->count, name,
                 words);
}

static void act(void *ctx, uint32_t cluster, const struct act *act, const struct lab_whom *whom,
                uint64_t now_us)
{
    struct lab_trace *t = ctx;
    char words[ACT_TEXT], text[ACT_TEXT + 64];
    bool on_node = act_table[act->kind]->scope == ON_NODE;
    act_print(&t->lab->state.clusters[cluster], act, words);
    if (whom != NULL)
        act_on_phones(t->lab, whom, words, text);
    put(t, (struct trace_line){ .at_us = now_us,
                                .who = TRACE_ACT,
                                .id = cluster << 8 | (on_node ? act->node : TRACE_NO_NODE),
                                .text = whom != NULL ? text : words });
}

static void node(void *ctx, const struct trace_line *line)
{
    put(ctx, *line);
}

static void step(void *ctx, uint32_t i)
{
    struct lab_trace *t = ctx;
    const struct lab_step *s = &t->lab->record.steps[i];
    put(t,
        (struct trace_line){ .at_us = s->start_us, .who = TRACE_ADMIN, .id = i, .text = s->name });
}

void lab_trace_begin(struct lab_trace *t, struct lab *lab,
                     void (*line)(void *ctx, const struct trace_line *line), void *ctx)
{
    *t = (struct lab_trace){
        .observer = { .ctx = t, .phone = phone, .act = act, .node = node, .step = step },
        .lab = lab,
        .trace = trace_of(&sys_mem),
        .line = line,
        .ctx = ctx
    };
    lab_observe(lab, &t->observer);
}

void lab_trace_end(struct lab_trace *t, struct lab *lab)
{
    lab_unobserve(lab, &t->observer);
    trace_free(&t->trace);
}
