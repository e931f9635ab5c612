/* The plan on a terminal: the verdict, and a line a step. */
#include "sim/base/count.h"
#include "sim/plan/pictures.h"
#include "sim/report/fmt.h"
#include "sim/wire/shown.h"

static void put_runs(FILE *out, const struct plan *p)
{
    const struct plan_run *usual = &p->runs.list[p->runs.usual];
    const struct plan_run *worst = &p->runs.list[p->runs.worst];
    if (p->runs.count < 2)
        return;
    fprintf(out, "\n%s: usually %s to visit, at worst %s (%s).\n", COUNTED_OF(p->runs.seeds, "run"),
            COUNTED_OF(usual->hands, "phone"), COUNTED(worst->hands), worst->name);
    if (p->guide != 0)
        fprintf(out, "%s: %s to visit, %s lose something.\n", p->runs.list[p->guide - 1].name,
                COUNTED_OF(p->runs.list[p->guide - 1].hands, "phone"),
                COUNTED(p->runs.list[p->guide - 1].lost));
}

#define LINE 5000

/* Text of strangers, as a terminal takes it. */
static const char *line_of(char line[LINE], const char *before, const char *text)
{
    int n = snprintf(line, LINE, "%s", before);
    shown_text(line + n, LINE - (size_t)n, view_str(text));
    return line;
}

void plan_verdict(FILE *out, const struct plan *p)
{
    char line[LINE];
    fprintf(out, "%s\n", line_of(line, "VERDICT: ", p->head.verdict));
}

void plan_words(FILE *out, const struct plan *p)
{
    const struct plan_head *h = &p->head;
    char clock[PLAN_CLOCK], line[LINE], number[16];
    fmt_wrapped(out, view_str(line_of(line, "VERDICT: ", h->verdict)));
    fputc('\n', out);
    fprintf(out, "%-44s %9s %8s %9s %9s  %s\n", "Step", "Out", "Longest", "Lose", "Lasts",
            "Way back");
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct plan_step *s = &p->steps[i];
        char lasts[PLAN_CLOCK];
        snprintf(number, sizeof number, "%u  ", i + 1);
        fmt_first(out, line_of(line, number, s->name), 44);
        fprintf(out, " %9s %8s %9s %9s  %s\n", COUNTED(s->out.phones),
                plan_clock(s->out.most_us, clock), COUNTED(s->lose),
                plan_clock(s->end_us - s->start_us, lasts), plan_return_name(s->returns));
    }
    put_runs(out, p);
    for (uint32_t i = 0; i < p->preflight_count; i++) {
        if (p->preflight[i].stops != 0)
            fprintf(out, "DO NOT BEGIN: step %u must wait for this: %s.\n", p->preflight[i].stops,
                    p->preflight[i].fact);
    }
    if (p->no_return != 0)
        fprintf(out,
                "Point of no return: behind step %u phones lack something until somebody visits "
                "them, whatever was tried.\n",
                p->no_return);
    if (p->risk_count > 0)
        fprintf(out, "%s at risk; --csv FILE names them.\n", COUNTED_OF(p->risk_count, "phone"));
    for (uint32_t i = 0; i < h->failed.count; i++)
        fmt_wrapped(out, view_str(line_of(line, "FAILED: ", h->failed.list[i])));
}
