#include "sim/report/outage.h"

#include "sim/base/sys.h"
#include "sim/lab_outage.h"
#include "sim/report/fmt.h"

#include <inttypes.h>

static struct lab_outage_step *steps_of(const struct report *r)
{
    uint32_t count = r->lab->record.step_count;
    struct lab_outage_step *steps = mem_take(&sys_mem, (count + 1) * sizeof *steps);
    lab_outage_steps(r->lab, steps);
    return steps;
}

/* "1:05": minutes and seconds. */
static const char *minutes(uint64_t us, char out[FMT_ROOM])
{
    uint64_t s = (us + 500000) / 1000000;
    snprintf(out, FMT_ROOM, "%" PRIu64 ":%02u", s / 60, (unsigned)(s % 60));
    return out;
}

/* When a step began: its date where there is one. */
static const char *begun(const struct lab *lab, uint32_t step, char out[FMT_ROOM])
{
    uint64_t us = lab->record.steps[step].start_us;
    char date[DATE_TEXT];
    if (!lab->base->options.dated)
        return fmt_short_clock(us, out);
    snprintf(out, FMT_ROOM, "%.16s", lab_date(lab, us, date));
    return out;
}

static void put_step(FILE *out, const struct lab *lab, uint32_t i, const struct lab_outage_step *s)
{
    char step[160], from[FMT_ROOM], phones[FMT_ROOM], median[FMT_ROOM], most[FMT_ROOM],
        total[FMT_ROOM], reboots[FMT_ROOM], over[FMT_ROOM], back[FMT_ROOM];
    snprintf(step, sizeof step, "%u  %s", i, lab->record.steps[i].name);
    fmt_first(out, step, 30);
    fprintf(out, " %-16s %8s %7s %7s %13s %8s %9s %9s\n", begun(lab, i, from),
            count_print(s->phones, phones), minutes(s->median_us, median),
            minutes(s->most_us, most), fmt_minutes(s->total_us, total),
            count_print(s->reboots, reboots), count_print(s->failovers, over),
            count_print(s->failbacks, back));
}

void outage_print(FILE *out, const struct report *r)
{
    struct lab_outage_step *steps = steps_of(r);
    uint32_t lines = 0, open = 0;
    char count[FMT_ROOM];
    for (uint32_t i = 0; i < r->lab->record.step_count; i++) {
        if (steps[i].phones == 0)
            continue;
        if (lines++ == 0)
            fprintf(out, "%-30s %-16s %8s %7s %7s %13s %8s %9s %9s\n", "Out of service in step",
                    "From", "Phones", "Median", "Longest", "Phone-minutes", "Reboots", "Failovers",
                    "Failbacks");
        put_step(out, r->lab, i, &steps[i]);
        open += steps[i].open;
    }
    if (lines > 0)
        fputs("Median and longest of one phone, in minutes and seconds; nobody can call there "
              "meanwhile.\n",
              out);
    if (steps[0].phones > 0)
        fputs("Step 0 is what the scenario did before its first step: its set-up.\n", out);
    if (open > 0)
        fprintf(out, "%s of these %s out of service still.\n", count_print(open, count),
                open == 1 ? "is" : "are");
    if (lines > 0)
        fputc('\n', out);
    mem_free(&sys_mem, steps);
}

static void add_seconds(cJSON *to, const char *key, uint64_t us)
{
    cJSON_AddNumberToObject(to, key, (double)((us + 500000) / 1000000));
}

void outage_json(cJSON *root, const struct report *r)
{
    struct lab_outage_step *steps = steps_of(r);
    cJSON *list = cJSON_AddArrayToObject(root, "outages");
    for (uint32_t i = 0; i < r->lab->record.step_count; i++) {
        const struct lab_outage_step *s = &steps[i];
        if (s->phones == 0)
            continue;
        cJSON *o = cJSON_CreateObject();
        cJSON_AddNumberToObject(o, "step", i);
        cJSON_AddNumberToObject(o, "phones", s->phones);
        cJSON_AddNumberToObject(o, "lost_registration", s->lost);
        cJSON_AddNumberToObject(o, "open", s->open);
        add_seconds(o, "phone_seconds", s->total_us);
        add_seconds(o, "median_seconds", s->median_us);
        add_seconds(o, "most_seconds", s->most_us);
        cJSON_AddNumberToObject(o, "interruptions", s->times);
        cJSON_AddNumberToObject(o, "reboots", s->reboots);
        cJSON_AddNumberToObject(o, "failovers", s->failovers);
        cJSON_AddNumberToObject(o, "failbacks", s->failbacks);
        cJSON_AddItemToArray(list, o);
    }
    mem_free(&sys_mem, steps);
}
