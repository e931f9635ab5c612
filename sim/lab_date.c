/* When a run is: its times as dates. */
#include "sim/core/fact.h"
#include "sim/lab_impl.h"

bool lab_start(struct lab *lab, int64_t start_s, int32_t offset_s, struct err *e)
{
    struct lab_options *o = &lab->base->options;
    if (o->dated)
        return err_set(e, "the start is said already");
    if (lab->state.cluster_count > 0 || lab->record.step_count > 1 || lab_now_us(lab) > 0)
        return err_set(e, "it comes before the first cluster and the first step");
    o->start_s = lab->cluster_env.start_s = start_s;
    o->offset_s = offset_s;
    o->dated = true;
    return true;
}

bool lab_instant(const struct lab *lab, const char *text, uint64_t *us, struct err *e)
{
    const struct lab_options *o = &lab->base->options;
    int64_t local_s;
    if (!date_is_meant(text))
        return time_parse(text, us) ||
               err_set(e,
                       "a time from the start (\"2h\", \"1d6h\") or a date (\"2026-03-14 08:00\") "
                       "is expected, not %.60s",
                       text);
    if (!date_parse(text, &local_s, e))
        return false;
    if (!o->dated)
        return err_set(e, "%.60s is a date, and nothing says when the run begins: start(date)",
                       text);
    int64_t since_s = local_s - o->offset_s - o->start_s;
    if (since_s < 0)
        return err_set(e, "%.60s is before the start", text);
    *us = (uint64_t)since_s * 1000000;
    return true;
}

char *lab_date(const struct lab *lab, uint64_t us, char out[DATE_TEXT])
{
    const struct lab_options *o = &lab->base->options;
    return date_print(o->start_s + (int64_t)(us / 1000000), o->offset_s, out);
}

char *lab_iso(const struct lab *lab, uint64_t us, char out[DATE_TEXT])
{
    const struct lab_options *o = &lab->base->options;
    return date_iso(o->start_s + (int64_t)(us / 1000000), o->offset_s, out);
}
