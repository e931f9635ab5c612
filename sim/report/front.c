#include "sim/report/front.h"

#include "sim/base/sys.h"
#include "sim/report/fmt.h"
#include "sim/report/rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MODELS_SHOWN 12

static void label(FILE *out, const char *name)
{
    fprintf(out, "%-*s", FMT_LABEL, name);
}

static void put_program(FILE *out, const struct report_about *a)
{
    char date[DATE_TEXT];
    if (a->version == NULL)
        return;
    label(out, "Program");
    fprintf(out, "cucmlab %s", a->version);
    if (a->date_s >= 0)
        fprintf(out, ", on %.16s UTC", date_print(a->date_s, 0, date));
    fputc('\n', out);
    if (a->command != NULL) {
        label(out, "Command");
        fprintf(out, "%s\n", a->command);
    }
}

static void put_scenario(FILE *out, const struct report *r)
{
    label(out, "Scenario");
    fputs(strcmp(r->in.scenario, "-") == 0 ? "standard input" : r->in.scenario, out);
    for (uint32_t i = 0; i < r->in.param_count; i++) {
        const struct script_param *p = &r->in.params[i];
        bool standard = strcmp(p->value, p->standard) == 0;
        fprintf(out, "%s%s=%s%s%s%s", i == 0 ? ", with " : ", ", p->name, p->value,
                standard ? "" : " (default ", standard ? "" : p->standard, standard ? "" : ")");
    }
    fputc('\n', out);
}

static void put_clusters(FILE *out, const struct lab *lab)
{
    for (uint32_t i = 0; i < lab->state.cluster_count; i++) {
        const struct cluster *cl = &lab->state.clusters[i];
        label(out, "Cluster");
        fprintf(out, "%s, %s%s", cl->name, cl->version->cucm ? "CUCM " : "", cl->version->name);
        if (cl->asked[0] != '\0')
            fprintf(out, " (which %s is read as)", cl->asked);
        fprintf(out, ", %s: ", COUNTED_OF(cluster_nodes(cl), "node"));
        FOR_EACH_NODE(cl, k)
        fprintf(out, "%s%s", k == 0 ? "" : ", ", cl->nodes[k].disk.name);
        fputc('\n', out);
    }
}

/* ---- phones ---- */

struct of_model {
    uint32_t model, phones;
};

static int most_first(const void *x, const void *y)
{
    const struct of_model *a = x, *b = y;
    if (a->phones != b->phones)
        return a->phones < b->phones ? 1 : -1;
    return a->model < b->model ? -1 : 1;
}

/* Cisco's own bound, from its sizing guides: what is simulated beyond it is no real cluster. */
#define PHONES_A_NODE 10000

bool front_is_overloaded(const struct report *r)
{
    uint32_t nodes = 0;
    for (uint32_t i = 0; i < r->lab->state.cluster_count; i++)
        nodes += cluster_nodes(&r->lab->state.clusters[i]);
    return r->phones > nodes * PHONES_A_NODE;
}

static void put_load(FILE *out, const struct report *r)
{
    if (front_is_overloaded(r))
        fprintf(out, "%*smore than CUCM takes: at most %s a node\n", FMT_LABEL, "",
                COUNTED(PHONES_A_NODE));
}

static void put_phones(FILE *out, const struct report *r)
{
    char count[FMT_ROOM];
    struct of_model *models = mem_take(&sys_mem, (model_count + 1) * sizeof *models);
    uint32_t *counts = mem_take(&sys_mem, (model_count + 1) * sizeof *counts);
    memset(counts, 0, (model_count + 1) * sizeof *counts);
    for (uint32_t i = 0; i < r->phones; i++)
        counts[r->lab->state.phones[i].model]++;
    report_by_product(counts);
    for (uint32_t i = 0; i < model_count; i++)
        models[i] = (struct of_model){ i, counts[i] };
    mem_free(&sys_mem, counts);
    qsort(models, model_count, sizeof *models, most_first);
    label(out, "Phones");
    fprintf(out, "%s", COUNTED_OF(r->phones, "phone"));
    for (uint32_t i = 0; i < model_count && models[i].phones > 0; i++) {
        if (i == MODELS_SHOWN) {
            fputs(", and other models", out);
            break;
        }
        fprintf(out, "%s%s %s", i == 0 ? ": " : ", ", count_print(models[i].phones, count),
                model_table[models[i].model].product);
    }
    fputc('\n', out);
    mem_free(&sys_mem, models);
    put_load(out, r);
}

static void put_file(FILE *out, const char *name, const struct report_file *f, const char *what,
                     const char *left)
{
    char over[FMT_ROOM];
    if (f->path == NULL)
        return;
    label(out, name);
    fputs(f->path, out);
    if (what != NULL)
        fprintf(out, ": %s %s", COUNTED_OF(f->phones, "phone"), what);
    if (f->left_over > 0)
        fprintf(out, ", %s %s", count_print(f->left_over, over), left);
    fprintf(out, "\n%*sSHA-256 %s\n", FMT_LABEL, "", f->sha256);
}

/* In one line; the paragraph of each file follows behind the stories' table. */
static void put_inventories(FILE *out, const struct report *r)
{
    for (uint32_t i = 0; i < r->in.inventory_count; i++) {
        const struct inventory_file *f = &r->in.inventories[i];
        char line[ROWS_TEXT];
        label(out, "Inventory");
        fprintf(out, "%s%s%s: %s\n%*sSHA-256 %s\n", r->in.inventory_count > 1 ? f->cluster : "",
                r->in.inventory_count > 1 ? "=" : "", f->path, rows_line(&f->phones, line),
                FMT_LABEL, "", f->sha256);
    }
}

/* ---- the run ---- */

static void put_run(FILE *out, const struct report *r)
{
    const struct lab *lab = r->lab;
    const struct lab_options *o = &lab->base->options;
    uint64_t end_us = lab_now_us(lab);
    char clock[FMT_ROOM], from[DATE_TEXT], to[DATE_TEXT], offset[DATE_TEXT];
    label(out, "Run");
    fmt_short_clock(end_us, clock);
    if (o->dated)
        fprintf(out, "%s, from %s to %s (%s)", clock, lab_date(lab, 0, from),
                lab_date(lab, end_us, to), date_offset(o->offset_s, offset));
    else
        fputs(clock, out);
    fprintf(out, ", seed %" PRIu64 ", identity %" PRIu64 "%s\n", o->seed, o->identity,
            o->live ? ", on real sockets" : "");
}

static void put_stopped(FILE *out, const struct report *r)
{
    const struct lab *lab = r->lab;
    char clock[FMT_ROOM];
    uint32_t step = lab->record.step_count - 1;
    if (r->in.about.stopped == NULL)
        return;
    label(out, "Stopped");
    fprintf(out, "by %s at %s, in step %u (%s): what stands here is how far it came\n",
            r->in.about.stopped, fmt_short_clock(lab_now_us(lab), clock), step,
            lab->record.steps[step].name);
}

/* One with which the verdict is another, and that has not been named yet: its values follow each
 * other. */
static bool is_new(const struct report_turns *t, uint32_t i)
{
    for (uint32_t k = i; k-- > 0 && strcmp(t->list[k].name, t->list[i].name) == 0;) {
        if (t->list[k].other)
            return false;
    }
    return t->list[i].other;
}

/* What the last part says in full. */
static void put_rests(FILE *out, const struct report *r)
{
    const struct report_turns *t = r->in.turns;
    uint32_t others = 0;
    if (t == NULL || t->facts == 0)
        return;
    label(out, "Rests on");
    fprintf(out, "%s (named below); ", COUNTED_OF(t->facts, "assumed fact"));
    if (t->facts == t->not_tried) {
        fputs("what the verdict turns on was not tried (--what-if does)\n", out);
        return;
    }
    if (t->not_tried > 0 || t->phones > 0)
        fprintf(out, "of %s that were turned ", COUNTED(t->facts - t->not_tried));
    if (t->phones > 0)
        fprintf(out, "with %s of the phones ", COUNTED(t->phones));
    fputs("the verdict turns on ", out);
    for (uint32_t i = 0; i < t->count; i++) {
        if (is_new(t, i))
            fprintf(out, "%s%s", others++ == 0 ? "" : ", ", t->list[i].name);
    }
    fputs(others == 0 ? "none\n" : "\n", out);
}

void front_print(FILE *out, const struct report *r)
{
    const struct report_about *a = &r->in.about;
    put_stopped(out, r);
    put_program(out, a);
    put_scenario(out, r);
    put_clusters(out, r->lab);
    put_phones(out, r);
    put_inventories(out, r);
    put_file(out, "Off", &a->off, "off from the start", "of its names no phone has");
    put_run(out, r);
    put_rests(out, r);
    fputc('\n', out);
}
