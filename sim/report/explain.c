#include "sim/report/explain.h"

#include "sim/base/sys.h"
#include "sim/report/fmt.h"
#include "sim/report/story.h"
#include "sim/report/tracefile.h"
#include "sim/wire/text.h"

#include <string.h>

/* CUCM has MAC addresses in upper case; who types one need not. */
static const char *as_cucm(const char *name, char out[DEVICE_NAME])
{
    size_t n = strlen(name);
    if (n != DEVICE_NAME - 1 || !text_same(view_of(name, 3), "SEP"))
        return name;
    for (size_t i = 0; i <= n; i++)
        out[i] = (char)(name[i] >= 'a' && name[i] <= 'z' ? name[i] - 'a' + 'A' : name[i]);
    return out;
}

/* The scenario adds phones as it runs. */
static void look_up(struct explain *x)
{
    if (x->known_for == x->lab->state.phone_count)
        return;
    x->known_for = x->lab->state.phone_count;
    for (uint32_t i = 0; i < x->name_count; i++) {
        char name[DEVICE_NAME];
        lab_find_phone(x->lab, as_cucm(x->names[i], name), &x->phones[i]);
    }
}

static void stepped(void *ctx, uint32_t phone, const struct phone *before,
                    const struct event *event, const struct outbox *out, const struct phone *after,
                    uint64_t now_us)
{
    struct explain *x = ctx;
    (void)before, (void)event, (void)after;
    look_up(x);
    for (uint32_t i = 0; i < x->name_count; i++) {
        uint32_t at = 0;
        const struct action *note;
        while (x->phones[i] == phone && (note = lab_next_note(out, &at)) != NULL) {
            mem_reserve(&sys_mem, (void **)&x->notes, &x->cap, (size_t)x->count + 1,
                        sizeof *x->notes);
            x->notes[x->count++] = (struct explain_note){ now_us, i, note->a, note->b, note->kind };
        }
    }
}

void explain_init(struct explain *x, struct lab *lab, const char *const *names, uint32_t count)
{
    *x = (struct explain){
        .observer = { .ctx = x, .phone = stepped }, .lab = lab, .names = names, .name_count = count
    };
    x->phones = sys_mem.resize(NULL, NULL, ((size_t)count + 1) * sizeof *x->phones);
    for (uint32_t i = 0; i < count; i++)
        x->phones[i] = UINT32_MAX;
    if (count > 0)
        lab_observe(lab, &x->observer);
}

void explain_free(struct explain *x)
{
    if (x->lab != NULL)
        lab_unobserve(x->lab, &x->observer);
    mem_free(&sys_mem, x->phones);
    mem_free(&sys_mem, x->notes);
    memset(x, 0, sizeof *x);
}

/* The time of the run, and the date where the scenario has start(), as a trace has them. */
static void put_when(FILE *out, const struct lab *lab, uint64_t at_us)
{
    char clock[FMT_ROOM], date[DATE_TEXT];
    bool dated = lab->base->options.dated;
    fprintf(out, "  %16s %s%s", fmt_clock(at_us, clock), dated ? lab_date(lab, at_us, date) : "",
            dated ? " " : "");
}

static void print_one(FILE *out, const struct explain *x, uint32_t who, struct losses *losses)
{
    struct lab *lab = x->lab;
    uint32_t step = 0;
    fprintf(out, "%s\n", x->names[who]);
    for (uint32_t i = 0; i < x->count; i++) {
        const struct explain_note *n = &x->notes[i];
        char text[256];
        if (n->who != who)
            continue;
        while (step + 1 < lab->record.step_count &&
               lab->record.steps[step + 1].start_us <= n->at_us) {
            step++;
            put_when(out, lab, lab->record.steps[step].start_us);
            fprintf(out, "-- step %u: %s\n", step, lab->record.steps[step].name);
        }
        tracefile_note(lab, x->phones[who], n->kind, n->a, n->b, 0, text);
        put_when(out, lab, n->at_us);
        fprintf(out, "%s\n", text);
    }
    fputc('\n', out);
    if (losses != NULL)
        story_print(out, losses, x->phones[who]);
    else
        story_alone(out, lab, x->phones[who]);
    fputc('\n', out);
}

bool explain_print(FILE *out, struct explain *x, struct losses *losses, struct err *e)
{
    bool ok = true;
    struct sys_text text;
    FILE *f = sys_text_open(&text);
    look_up(x);
    for (uint32_t i = 0; i < x->name_count; i++) {
        if (x->phones[i] != UINT32_MAX)
            print_one(f, x, i, losses);
        else
            ok = err_set(e, "--explain: the scenario has no phone \"%s\"", x->names[i]);
    }
    fclose(f);
    fmt_wrapped(out, view_of(text.p, text.n));
    sys_text_free(&text);
    return ok;
}
