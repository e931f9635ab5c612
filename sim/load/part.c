#include "sim/load/part.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/base/version.h"
#include "sim/wire/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#define FORMAT  "cucmlab load"
#define VERSION 2
#define MOST    9007199254740992.0 /* 2^53: whole numbers up to here are exact in JSON's doubles */

/* ---- writing ---- */

static void add_number(cJSON *to, const char *key, uint64_t n)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, n);
    cJSON_AddRawToObject(to, key, text);
}

/* Pairs of the lowest value of a slot and its count, as one text: a tree of them would be large. */
static void add_slots(cJSON *to, const struct hist *h)
{
    struct sys_text t;
    FILE *f = sys_text_open(&t);
    const char *between = "";
    fputc('[', f);
    for (uint32_t i = 0; i < HIST_SLOTS; i++) {
        uint64_t n = hist_in(h, i);
        if (n == 0)
            continue;
        fprintf(f, "%s[%" PRIu64 ",%" PRIu64 "]", between, hist_lowest(i), n);
        between = ",";
    }
    fputs("]", f);
    fputc('\0', f);
    fclose(f);
    cJSON_AddRawToObject(to, "counts", t.p);
    sys_text_free(&t);
}

static void add_hist(cJSON *to, const char *key, const struct hist *h)
{
    cJSON *o = cJSON_AddObjectToObject(to, key);
    add_number(o, "count", h->count);
    add_number(o, "over", h->over);
    add_number(o, "sum_us", h->sum_us);
    add_number(o, "min_us", h->min_us);
    add_number(o, "max_us", h->max_us);
    add_slots(o, h);
}

static void add_named(cJSON *to, const char *key, const uint64_t *n, const char *const *names,
                      int count)
{
    cJSON *o = cJSON_AddObjectToObject(to, key);
    for (int i = 0; i < count; i++) {
        if (n[i] > 0)
            add_number(o, names[i], n[i]);
    }
}

static void add_tally(cJSON *to, const struct tally *t)
{
    struct tally copy = *t;
    for (int i = 0; i < TALLY_COUNTERS; i++)
        add_number(to, tally_counters[i].name, *tally_counter(&copy, i));
    add_named(to, "errors", t->faults, tally_fault_names, FAULTS);
    add_named(to, "alerts", t->alerts, tally_alert_names, TALLY_ALERTS);
    for (int i = 0; i < TALLY_HISTS; i++)
        add_hist(to, tally_hists[i].name, tally_hist(&copy, i));
}

static void add_phase(cJSON *to, const struct result_phase *p)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToArray(to, o);
    add_number(o, "begin_us", p->begin_us);
    add_number(o, "length_us", p->length_us);
    add_number(o, "from_milli", p->from_milli);
    add_number(o, "to_milli", p->to_milli);
    add_tally(o, &p->tally);
}

static void add_time(cJSON *to, const char *key, uint64_t us)
{
    if (us == TALLY_NEVER)
        cJSON_AddNullToObject(to, key);
    else
        add_number(to, key, us);
}

/* For readers that want numbers and no histograms; never read back.  null: never. */
static void add_summary(cJSON *root, const struct result *r)
{
    const struct tally *t = &r->total;
    cJSON *o = cJSON_AddObjectToObject(root, "summary");
    add_number(o, "answers", tally_answers(t));
    add_number(o, "errors", tally_errors(t));
    add_number(o, "unanswered", t->unanswered);
    add_number(o, "rate_milli", result_done_milli(t, result_length_us(r)));
    for (int i = 0; i < RESULT_PERCENTILES; i++) {
        char key[24];
        snprintf(key, sizeof key, "%s_us", result_percentiles[i].name);
        add_time(o, key, tally_latency_at(t, result_percentiles[i].ppm10));
    }
    cJSON_AddBoolToObject(o, "generator_was_the_bottleneck", result_own_limits(r, NULL) > 0);
    cJSON_AddBoolToObject(o, "generator_was_late", result_was_late(r));
}

static void add_slo(cJSON *root, const struct result *r, const struct slo *slo)
{
    cJSON *list = cJSON_AddArrayToObject(root, "slo");
    for (uint32_t i = 0; i < slo->count; i++) {
        const struct slo_term *t = &slo->terms[i];
        uint64_t length = result_length_us(r);
        char value[48];
        cJSON *o = cJSON_CreateObject();
        cJSON_AddItemToArray(list, o);
        cJSON_AddStringToObject(o, "objective", t->text);
        cJSON_AddStringToObject(o, "value", slo_print(t, slo_value(t, &r->total, length), value));
        cJSON_AddBoolToObject(o, "met", slo_met(t, &r->total, length));
    }
}

static void add_parts(cJSON *root, const struct result *r)
{
    cJSON *list = cJSON_AddArrayToObject(root, "parts");
    for (uint32_t i = 0; i < r->part_count; i++) {
        char id[24];
        snprintf(id, sizeof id, "%016" PRIx64, r->parts[i]);
        cJSON_AddItemToArray(list, cJSON_CreateString(id));
    }
}

struct view part_write(const struct result *r, const struct slo *slo, const char *command,
                       struct arena *a)
{
    cJSON_InitHooks(&(cJSON_Hooks){ sys_malloc, sys_free });
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "format", FORMAT);
    add_number(root, "version", VERSION);
    cJSON_AddStringToObject(root, "program", CUCMLAB_VERSION);
    if (command != NULL)
        cJSON_AddStringToObject(root, "command", command);
    cJSON *conditions = cJSON_AddObjectToObject(root, "conditions");
    for (uint32_t i = 0; i < r->condition_count; i++)
        cJSON_AddStringToObject(conditions, r->conditions[i].key, r->conditions[i].value);
    add_parts(root, r);
    add_summary(root, r);
    add_slo(root, r, slo);
    add_number(root, "began_s", (uint64_t)r->began_s);
    add_number(root, "ended_s", (uint64_t)r->ended_s);
    add_number(root, "wall_us", r->wall_us);
    add_number(root, "concurrency", r->concurrency);
    add_number(root, "phones", r->phones);
    add_number(root, "threads", r->threads);
    add_number(root, "busiest_permille", r->busiest_permille);
    add_number(root, "occupied_permille", r->occupied_permille);
    cJSON_AddBoolToObject(root, "broken_off", r->broken_off);
    add_number(root, "limit_holds_milli", r->limit_good);
    add_number(root, "limit_too_much_milli", r->limit_bad);
    cJSON *phases = cJSON_AddArrayToObject(root, "phases");
    for (uint32_t i = 0; i < r->phase_count; i++)
        add_phase(phases, &r->phases[i]);
    char *text = text_whole(cJSON_Print(root));
    struct view out = arena_copy(a, view_str(text));
    cJSON_free(text);
    cJSON_Delete(root);
    return out;
}

/* ---- reading ---- */

static bool number_of(const cJSON *item, uint64_t *out)
{
    double d = cJSON_IsNumber(item) ? item->valuedouble : -1;
    if (!(d >= 0 && d <= MOST) || (double)(uint64_t)d != d)
        return false;
    *out = (uint64_t)d;
    return true;
}

static bool take(const cJSON *from, const char *key, uint64_t most, uint64_t *out, struct err *e)
{
    return (number_of(cJSON_GetObjectItemCaseSensitive(from, key), out) && *out <= most) ||
           err_set(e, "%s: a whole number up to %" PRIu64 " was expected", key, most);
}

static bool take_u32(const cJSON *from, const char *key, uint32_t *out, struct err *e)
{
    uint64_t n = 0;
    bool ok = take(from, key, UINT32_MAX, &n, e);
    *out = (uint32_t)n;
    return ok;
}

#define ALL (1ull << 53)

static bool read_slots(const cJSON *list, struct hist *h, struct err *e)
{
    const cJSON *pair;
    uint32_t after = 0; /* slots come in their order, each once */
    if (!cJSON_IsArray(list))
        return err_set(e, "counts: a list was expected");
    cJSON_ArrayForEach(pair, list)
    {
        uint64_t value, n;
        if (!cJSON_IsArray(pair) || cJSON_GetArraySize(pair) != 2 ||
            !number_of(pair->child, &value) || !number_of(pair->child->next, &n) || n == 0 ||
            value > HIST_HIGHEST || hist_lowest(hist_slot(value)) != value ||
            hist_slot(value) < after || n > ALL - h->count)
            return err_set(e, "counts: pairs of the least value of a slot and its count, in "
                              "order, were expected");
        after = hist_slot(value) + 1;
        hist_put(h, hist_slot(value), n);
    }
    return true;
}

/* Least and greatest are in the first and the last slot that has any. */
static bool fits(const struct hist *h)
{
    if (h->count == 0)
        return h->over == 0 && h->sum_us == 0 && h->min_us == 0 && h->max_us == 0;
    uint32_t first = hist_slot(h->min_us), last = hist_slot(h->max_us);
    for (uint32_t i = 0; i < HIST_SLOTS; i++) {
        if (hist_in(h, i) != 0 && (i < first || i > last))
            return false;
    }
    return h->over <= h->count && h->min_us <= h->max_us && hist_in(h, first) != 0 &&
           hist_in(h, last) != 0;
}

static bool read_hist(const cJSON *from, const char *key, struct hist *h, struct err *e)
{
    const cJSON *o = cJSON_GetObjectItemCaseSensitive(from, key);
    uint64_t count = 0;
    if (!cJSON_IsObject(o))
        return err_set(e, "%s: a histogram was expected", key);
    if (!take(o, "count", ALL, &count, e) || !take(o, "over", ALL, &h->over, e) ||
        !take(o, "sum_us", ALL, &h->sum_us, e) || !take(o, "min_us", ALL, &h->min_us, e) ||
        !take(o, "max_us", ALL, &h->max_us, e) ||
        !read_slots(cJSON_GetObjectItemCaseSensitive(o, "counts"), h, e))
        return err_prefix(e, "%s", key);
    return (h->count == count && fits(h)) ||
           err_set(e, "%s: its counts do not add up, or are none of its least and greatest", key);
}

static bool read_named(const cJSON *from, const char *key, uint64_t *n, const char *const *names,
                       int count, struct err *e)
{
    const cJSON *o = cJSON_GetObjectItemCaseSensitive(from, key), *item;
    if (!cJSON_IsObject(o))
        return err_set(e, "%s: an object was expected", key);
    cJSON_ArrayForEach(item, o)
    {
        int i = 0;
        while (i < count && strcmp(names[i], item->string) != 0)
            i++;
        if (i == count || n[i] != 0 || !number_of(item, &n[i]))
            return err_set(e, "%s: an unknown name, or no whole number", key);
    }
    return true;
}

static bool read_phase(const cJSON *from, struct result_phase *p, struct err *e)
{
    const uint64_t month = 30ull * 86400 * 1000000, rate = ALL;
    if (!take(from, "begin_us", PLAN_PHASES * month, &p->begin_us, e) ||
        !take(from, "length_us", month, &p->length_us, e) ||
        !take(from, "from_milli", rate, &p->from_milli, e) ||
        !take(from, "to_milli", rate, &p->to_milli, e))
        return false;
    struct tally *t = &p->tally;
    for (int i = 0; i < TALLY_COUNTERS; i++) {
        if (!take(from, tally_counters[i].name, ALL, tally_counter(t, i), e))
            return false;
    }
    for (int i = 0; i < TALLY_HISTS; i++) {
        if (!read_hist(from, tally_hists[i].name, tally_hist(t, i), e))
            return false;
    }
    return read_named(from, "errors", t->faults, tally_fault_names, FAULTS, e) &&
           read_named(from, "alerts", t->alerts, tally_alert_names, TALLY_ALERTS, e) &&
           (t->latency.count == tally_answers(t) ||
            err_set(e, "latency: not as many as there are answers")) &&
           (t->unanswered <= tally_errors(t) ||
            err_set(e, "unanswered: more than there are errors"));
}

/* They are printed: nothing that a terminal would obey. */
static bool is_key(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "abcdefghijklmnopqrstuvwxyz ")] == '\0';
}

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((uint8_t)*text < 0x20 || (uint8_t)*text > 0x7e)
            return false;
    }
    return true;
}

static bool read_conditions(const cJSON *root, struct result *r, struct err *e)
{
    const cJSON *o = cJSON_GetObjectItemCaseSensitive(root, "conditions"), *item;
    cJSON_ArrayForEach(item, o)
    {
        if (!cJSON_IsString(item) || r->condition_count == RESULT_CONDITIONS ||
            strlen(item->string) >= sizeof r->conditions[0].key ||
            strlen(item->valuestring) >= sizeof r->conditions[0].value || !is_key(item->string) ||
            !is_plain(item->valuestring))
            return err_set(e, "conditions: short texts were expected");
        result_condition(r, item->string, item->valuestring);
    }
    return r->condition_count > 0 || err_set(e, "conditions: missing");
}

static bool read_id(const char *text, uint64_t *id)
{
    *id = 0;
    for (int i = 0; i < 16; i++) {
        const char *hex = "0123456789abcdef", *at = strchr(hex, text[i]);
        if (text[i] == '\0' || at == NULL)
            return false;
        *id = *id << 4 | (uint64_t)(at - hex);
    }
    return text[16] == '\0';
}

static bool read_parts(const cJSON *root, struct result *r, struct err *e)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "parts"), *item;
    cJSON_ArrayForEach(item, list)
    {
        if (!cJSON_IsString(item) || r->part_count == RESULT_PARTS ||
            !read_id(item->valuestring, &r->parts[r->part_count]))
            return err_set(e, "parts: numbers of 16 hexadecimal digits were expected");
        r->part_count++;
    }
    return r->part_count > 0 || err_set(e, "parts: missing");
}

static bool read_phases(const cJSON *root, struct result *r, struct err *e)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "phases"), *item;
    uint64_t end = 0;
    cJSON_ArrayForEach(item, list)
    {
        struct result_phase *p = &r->phases[r->phase_count];
        if (r->phase_count == PLAN_PHASES)
            return err_set(e, "phases: more than %d", PLAN_PHASES);
        if (!read_phase(item, p, e))
            return err_prefix(e, "phase %u", r->phase_count + 1);
        if (p->begin_us != end || p->length_us == 0)
            return err_set(e, "phase %u: it does not begin where the last one ends",
                           r->phase_count + 1);
        end = p->begin_us + p->length_us;
        r->phase_count++;
    }
    return r->phase_count > 0 || err_set(e, "phases: missing");
}

static bool read_root(const cJSON *root, struct result *r, struct err *e)
{
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(root, "format");
    uint64_t version = 0, began = 0, ended = 0;
    if (!cJSON_IsString(format) || strcmp(format->valuestring, FORMAT) != 0)
        return err_set(e, "no result of `cucmlab load --json`");
    if (!take(root, "version", ALL, &version, e))
        return false;
    if (version != VERSION)
        return err_set(e, "version %" PRIu64 ": a result of another cucmlab, not of this one",
                       version);
    if (!take(root, "began_s", ALL, &began, e) || !take(root, "ended_s", ALL, &ended, e) ||
        !take(root, "wall_us", ALL, &r->wall_us, e) ||
        !take(root, "concurrency", ALL, &r->concurrency, e) ||
        !take(root, "phones", ALL, &r->phones, e) || !take(root, "threads", ALL, &r->threads, e) ||
        !take_u32(root, "busiest_permille", &r->busiest_permille, e) ||
        !take_u32(root, "occupied_permille", &r->occupied_permille, e))
        return false;
    if (!take(root, "limit_holds_milli", ALL, &r->limit_good, e) ||
        !take(root, "limit_too_much_milli", ALL, &r->limit_bad, e))
        return false;
    r->began_s = (int64_t)began;
    r->ended_s = (int64_t)ended;
    r->broken_off = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(root, "broken_off"));
    if (!read_conditions(root, r, e) || !read_parts(root, r, e) || !read_phases(root, r, e))
        return false;
    result_total(r);
    return true;
}

/* Two results in one file, or half of another one behind it, are no result. */
static bool nothing_behind(struct view json, const char *end)
{
    for (; end < (const char *)json.p + json.n; end++) {
        if (strchr(" \t\r\n", *end) == NULL || *end == '\0')
            return false;
    }
    return true;
}

struct result *part_read(struct view json, struct err *e)
{
    cJSON_InitHooks(&(cJSON_Hooks){ sys_malloc, sys_free });
    const char *end = NULL;
    cJSON *root = cJSON_ParseWithLengthOpts((const char *)json.p, json.n, &end, 0);
    struct result *r = result_new();
    bool ok = root == NULL                 ? err_set(e, "not JSON")
              : !nothing_behind(json, end) ? err_set(e, "more than one result, or more than JSON")
                                           : read_root(root, r, e);
    cJSON_Delete(root);
    if (ok)
        return r;
    result_free(r);
    return NULL;
}
