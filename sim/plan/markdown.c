/* The plan as Markdown, for change requests that take text alone. */
#include "sim/base/count.h"
#include "sim/plan/pictures.h"
#include "sim/plan/put.h"

#include <stdarg.h>
#include <string.h>

/* Like put_markup(), for Markdown: %s text of strangers, %r our own, %n numbers, %m minutes, %c
 * times. */
static void put(FILE *out, const char *format, ...)
{
    char clock[PLAN_CLOCK], minutes[COUNT_ROOM];
    va_list ap;
    va_start(ap, format);
    for (const char *p = format; *p != '\0'; p++) {
        if (*p != '%') {
            fputc(*p, out);
            continue;
        }
        switch (*++p) {
        case 's':
            put_markdown(out, va_arg(ap, const char *));
            break;
        case 'r':
            fputs(va_arg(ap, const char *), out);
            break;
        case 'k':
            fputs(COUNTED_OF(va_arg(ap, uint32_t), "phone"), out);
            break;
        case 'n':
            fputs(COUNTED(va_arg(ap, uint32_t)), out);
            break;
        case 'm':
            fputs(put_minutes(va_arg(ap, uint64_t), minutes), out);
            break;
        default:
            fputs(plan_clock(va_arg(ap, uint64_t), clock), out);
        }
    }
    va_end(ap);
}

static void put_texts(FILE *out, const char *title, const struct plan_texts *t)
{
    if (t->count == 0)
        return;
    put(out, "\n%r\n\n", title);
    for (uint32_t i = 0; i < t->count; i++)
        put(out, "- %s\n", t->list[i]);
}

static void put_head(FILE *out, const struct plan *p)
{
    const struct plan_head *h = &p->head;
    put(out, "# %s\n\n**Verdict:** %s.\n\n", h->title, h->verdict);
    for (uint32_t i = 0; i < h->cluster_count; i++) {
        const struct plan_cluster *c = &h->clusters[i];
        put(out, "- Cluster %s, CUCM %s, %r:", c->name, c->version,
            c->mixed_mode ? "mixed mode" : "not in mixed mode");
        for (uint32_t n = 0; n < c->nodes.count; n++)
            put(out, "%r %s", n == 0 ? "" : ",", c->nodes.list[n]);
        fputc('\n', out);
    }
    put(out, "- Change from %s to %s\n- Made of %s (SHA-256 %r) and %s (SHA-256 %r)\n", h->begin,
        h->end, h->cluster_file, h->cluster_sha256, h->change_file, h->change_sha256);
    put(out, "- Made by %r%r%r\n", h->program, h->made == NULL ? "" : ", ",
        h->made == NULL ? "" : h->made);
    if (h->lost_before > 0)
        put(out,
            "- %k lacked something before the change began, or would have lost it at any boot "
            "without it; that is not counted.\n",
            h->lost_before);
    put_texts(out, "## What the change expects and does not get", &h->failed);
}

static void put_preflight(FILE *out, const struct plan *p)
{
    put(out, "\n## Preflight\n\n%n checks pass.\n", p->checks_passed);
    for (uint32_t i = 0; i < p->preflight_count; i++) {
        put(out, "%r- %r: %s. %s", i == 0 ? "\n" : "",
            p->preflight[i].fails ? "**fails**" : "warns", p->preflight[i].fact,
            p->preflight[i].what);
        if (p->preflight[i].stops != 0)
            put(out, " **Step %n must wait for it.**", p->preflight[i].stops);
        else if (p->preflight[i].mended != 0)
            put(out, " Mended in step %n.", p->preflight[i].mended);
        fputc('\n', out);
    }
}

static void put_glance(FILE *out, const struct plan *p)
{
    put(out, "\n## The plan at a glance\n\n| Step | Begins | Lasts | Out of service | Longest | "
             "Phone-minutes | Lose something | Way back |\n|---|---|--:|--:|--:|--:|--:|---|\n");
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct plan_step *s = &p->steps[i];
        put(out, "| %n. %s | %r | %c | %n | %c | %m | %n | %r |\n", i + 1, s->name, s->start,
            s->end_us - s->start_us, s->out.phones, s->out.most_us, s->out.total_us, s->lose,
            plan_return_name(s->returns));
    }
    put(out, "\nTimes are minutes:seconds, or hours:minutes:seconds. Longest: of one phone, of an "
             "outage that began in that step, to its end or to that of the change.\n");
    if (p->no_return != 0)
        put(out,
            "\n**Point of no return:** behind step %n phones lack something until somebody visits "
            "them, whatever was tried: to stop there, to take it back, a backup.\n",
            p->no_return);
}

static void put_step(FILE *out, const struct plan *p, uint32_t step)
{
    const struct plan_step *s = &p->steps[step];
    uint32_t like = plan_ways_as(p, step);
    put(out, "\n### %n. %s\n\n", step + 1, s->name);
    for (uint32_t i = 0; i < s->refused.count; i++)
        put(out, "**Do not do this step while preflight fails in this:** %s\n\n",
            s->refused.list[i]);
    for (uint32_t i = 0; i < s->act_count; i++)
        put(out, "- [ ] **%s** (%s)\n", s->acts[i].what, s->acts[i].where);
    put(out, "- [ ] Wait for: %s\n", s->wait);
    if (s->under_way)
        put(out, "\n%r\n", plan_under_way_words);
    if (s->out.phones > 0)
        put(out, "\nOut of service: %k, one of them %c, at most %c.\n", s->out.phones,
            s->out.median_us, s->out.most_us);
    for (uint32_t i = 0; i < s->loss_count; i++) {
        const struct plan_loss *l = &s->losses[i];
        put(out, "\nLost: %s, %k, %r: %s\n", l->function, l->phones, l->open ? "open" : "back",
            l->back);
    }
    put_texts(out, "Work with an old certificate still:", &s->old);
    put(out, "\nWay back: %r.", plan_return_name(s->returns));
    if (s->stop != NULL)
        put(out, " If the work stops here and phones are reset: %s.", s->stop);
    if (s->way_count > 0 && like != 0)
        put(out, " What was tried came to the same as behind step %n.", like);
    fputs("\n\n", out);
    for (uint32_t i = 0; i < s->way_count && like == 0; i++)
        put(out, "- %r %s: %s\n",
            s->ways[i].leads < RETURN_BY_HANDS ? "works:" : "tried:", s->ways[i].what,
            s->ways[i].result);
}

static void put_steps(FILE *out, const struct plan *p)
{
    fputs("\n## Step by step\n", out);
    if (p->step_count > 0)
        put(out, "\nHow to see what to wait for: %s\n", p->steps[0].see);
    for (uint32_t i = 0; i < p->step_count; i++)
        put_step(out, p, i);
}

static void put_places(FILE *out, const struct plan *p)
{
    fputs("\n## What users notice\n\n| Site, device pool | Phones | Out of service | At a "
          "time | One phone, in all | Visits | What and when "
          "|\n|---|--:|--:|--:|--:|--:|---|\n",
          out);
    for (uint32_t i = 0; i < p->place_count; i++) {
        const struct plan_place *k = &p->places[i];
        put(out, "| %s%r%s | %n | %n | %n | %c | %n | ", k->site, k->site[0] == '\0' ? "" : ", ",
            k->pool, k->phones, k->out, k->at_a_time, k->most_us, k->hands);
        for (uint32_t n = 0; n < k->notice_count; n++)
            put(out, "%r%s", n == 0 ? "" : "; ", k->notices[n].text);
        fputs(" |\n", out);
    }
}

static void put_risks(FILE *out, const struct plan *p)
{
    put(out, "\n## Phones at risk\n\n");
    if (p->head.searched != NULL)
        put(out, "%s\n\n", p->head.searched);
    if (p->risk_count == 0) {
        fputs("None.\n", out);
        return;
    }
    if (p->risk_count > PLAN_RISK_ROWS)
        put(out, "The first %n of %n.\n\n", (uint32_t)PLAN_RISK_ROWS, p->risk_count);
    fputs("| Phone | Model | Device pool | Site | Lost | Since | Comes back by | Minutes |\n"
          "|---|---|---|---|---|---|---|--:|\n",
          out);
    for (uint32_t i = 0; i < p->risk_count && i < PLAN_RISK_ROWS; i++) {
        const struct plan_risk *k = &p->risks[i];
        put(out, "| %s | %s | %s | %s | %s | %s | %s | %n |\n", k->name, k->model, k->pool, k->site,
            k->lost, k->since, k->back, k->minutes);
    }
}

static void put_runs(FILE *out, const struct plan *p)
{
    if (p->runs.count < 2)
        return;
    fputs(
        "\n## The plan again\n\n| Run | Phones in it | Out of service | Longest | Phone-minutes | "
        "Lose something | Lack it at the end | Visits |\n|---|--:|--:|--:|--:|--:|--:|--:|\n",
        out);
    for (uint32_t i = 0; i < p->runs.count; i++) {
        const struct plan_run *r = &p->runs.list[i];
        bool named = i == p->runs.usual || i == p->runs.worst || i >= p->runs.seeds;
        if (!named)
            continue;
        const char *tag = i == p->runs.worst ? " (worst)" : i == p->runs.usual ? " (usual)" : "";
        if (r->error != NULL)
            put(out, "| %s%r | %n | %s ||||||\n", r->name, tag, r->phones, r->error);
        else
            put(out, "| %s%r | %n%r | %n | %c | %m | %n | %n | %n |\n", r->name, tag, r->phones,
                r->whole ? "" : " (sample)", r->out, r->most_us, r->total_us, r->lost, r->lost_now,
                r->hands);
    }
    if (p->runs.sampled != NULL)
        put(out, "\n%s\n", p->runs.sampled);
}

static void put_guide(FILE *out, const struct plan *p)
{
    if (p->guide == 0)
        return;
    const struct plan_run *g = &p->runs.list[p->guide - 1];
    put(out, "\n## Beside the order of the guides\n\n%s.\n\n", g->name);
    if (g->error != NULL)
        put(out, "It stops at an error: %s\n\n", g->error);
    put(out,
        "This plan: %k out of service, longest %c, %m phone-minutes, %n lose something, "
        "%n need a visit.\n",
        p->runs.list[0].out, p->runs.list[0].most_us, p->runs.list[0].total_us,
        p->runs.list[0].lost, p->runs.list[0].hands);
    put(out,
        "The guides: %k out of service, longest %c, %m phone-minutes, %n lose something, "
        "%n need a visit.\n",
        g->out, g->most_us, g->total_us, g->lost, g->hands);
    put_texts(out, "In steps:", &p->guide_order);
}

static void put_rests(FILE *out, const struct plan *p)
{
    const struct plan_facts *f = &p->head.assumed;
    put_texts(out, "## Cannot be known from the files", &p->head.cannot_know);
    put_texts(out, "## Besides phones (told, not simulated)", &p->head.others);
    if (f->count > 0)
        fputs("\n## Assumed\n\n| Fact | Value | What it is |\n|---|---|---|\n", out);
    for (uint32_t i = 0; i < f->count; i++)
        put(out, "| %s | %s | %s |\n", f->list[i].name, f->list[i].value, f->list[i].doc);
}

void plan_markdown(FILE *out, const struct plan *p)
{
    put_head(out, p);
    put_preflight(out, p);
    put_glance(out, p);
    put_steps(out, p);
    put_places(out, p);
    put_runs(out, p);
    put_guide(out, p);
    put_rests(out, p);
    put_risks(out, p);
}
