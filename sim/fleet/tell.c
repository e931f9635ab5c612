#include "sim/fleet/tell.h"

#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/report/fmt.h"
#include "sim/report/report.h"
#include "sim/report/story.h"
#include "sim/wire/text.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is refused ---- */

static bool refusal_of(const struct fleet *f, uint32_t phone, enum trust_purpose purpose,
                       struct trust_chain *chain)
{
    struct phone_env env = lab_phone_env(f->lab);
    const struct phone *p = &f->lab->state.phones[phone];
    enum trust_verdict verdict;
    return p->refused[purpose] != 0 && phone_explain(p, &env, purpose, chain, &verdict) != 0;
}

static void count_refusal(struct tell_refusal *all, uint32_t *count, uint8_t purpose, uint8_t box,
                          uint32_t phone)
{
    uint32_t i = 0;
    while (i < *count && (all[i].purpose != purpose || all[i].box != box))
        i++;
    if (i == *count)
        all[(*count)++] = (struct tell_refusal){ purpose, box, 0, phone };
    all[i].phones++;
}

uint32_t tell_refusals(const struct fleet *f, struct tell_refusal out[TELL_REFUSALS])
{
    struct trust_chain chain;
    uint32_t count = 0;
    for (uint8_t purpose = 0; purpose < TRUST_JUDGED; purpose++)
        for (uint32_t i = 0; i < f->roll.count; i++)
            if (refusal_of(f, i, (enum trust_purpose)purpose, &chain))
                count_refusal(out, &count, purpose, chain.stopped, i);
    return count;
}

/* ---- times ---- */

static int by_time(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

uint32_t *tell_times(const struct fleet *f, uint32_t *count)
{
    uint32_t *times = mem_take(&sys_mem, ((size_t)f->roll.count + 1) * sizeof *times);
    *count = 0;
    for (uint32_t i = 0; i < f->roll.count; i++)
        if (f->roll.phones[i].took_ms != NEVER_MS)
            times[(*count)++] = f->roll.phones[i].took_ms;
    qsort(times, *count, sizeof *times, by_time);
    return times;
}

uint32_t tell_rank(const uint32_t *times, uint32_t count, uint32_t permille)
{
    if (count == 0)
        return 0;
    uint64_t rank = ((uint64_t)count * permille + 999) / 1000;
    return times[rank == 0 ? 0 : rank - 1];
}

static const struct {
    const char *name, *key;
    uint32_t permille;
} ranks[] = {
    { "p50", "p50", 500 }, { "p90", "p90", 900 }, { "p99", "p99", 990 }, { "longest", "max", 1000 }
};
enum { RANKS = sizeof ranks / sizeof *ranks };

/* ---- words ---- */

static void put_states(FILE *out, const struct fleet *f, const struct fleet_counts *c)
{
    fprintf(out, "%-12s%s of %s registered", "Phones", COUNTED(c->of[FLEET_REGISTERED]),
            COUNTED(f->roll.count));
    for (int s = 0; s < FLEET_STATES; s++)
        if (s != FLEET_REGISTERED && c->of[s] > 0)
            fprintf(out, ", %s: %s", fleet_state_name((enum fleet_state)s), COUNTED(c->of[s]));
    if (f->all_us != 0)
        fprintf(out, "; all were after %.2f s", (double)f->all_us / 1e6);
    fputc('\n', out);
}

static void put_times(FILE *out, const struct fleet *f)
{
    uint32_t count, *times = tell_times(f, &count);
    if (count > 0)
        fprintf(out, "%-12sfrom power on:", "");
    for (int i = 0; count > 0 && i < RANKS; i++)
        fprintf(out, "%s%s %.2f s", i == 0 ? " " : ", ", ranks[i].name,
                tell_rank(times, count, ranks[i].permille) / 1e3);
    if (count > 0)
        fputc('\n', out);
    mem_free(&sys_mem, times);
}

static void put_lacks(FILE *out, const struct fleet *f)
{
    uint32_t lacks[FUNCTIONS] = { 0 };
    const char *label = "Lacking";
    for (uint32_t i = 0; i < f->roll.count; i++)
        for (int k = 0; k < FUNCTIONS; k++)
            lacks[k] += (f->lab->state.phones[i].lost & FSM_BIT(k)) != 0;
    for (int k = 0; k < FUNCTIONS; k++) {
        if (lacks[k] == 0)
            continue;
        fprintf(out, "%-12s%s: %s\n", label, lab_function_name((enum phone_function)k),
                COUNTED_OF(lacks[k], "phone"));
        label = "";
    }
}

static void put_refusals(FILE *out, const struct fleet *f)
{
    struct tell_refusal all[TELL_REFUSALS];
    uint32_t count = tell_refusals(f, all);
    char name[DEVICE_NAME];
    for (uint32_t i = 0; i < count; i++) {
        lab_phone_name(f->lab, all[i].first, name);
        fprintf(out, "%-12s%s, in the box \"%s\": %s (%s first)\n", i == 0 ? "Refused" : "",
                story_purpose((enum trust_purpose)all[i].purpose), trust_boxes[all[i].box].name,
                COUNTED_OF(all[i].phones, "phone"), name);
    }
}

/* An address, or the name that stands for one. */
static const char *server_text(const struct fleet *f, uint32_t server, char out[CNF_URL])
{
    if (text_is_name(server)) {
        text_escape(out, CNF_URL, view_str(place_name(&f->places, server)));
        return out;
    }
    text_put_address(server, out);
    return server == 0 ? "-" : out;
}

static void put_servers(FILE *out, struct fleet *f)
{
    const struct roll *r = &f->roll;
    roll_sort(&f->roll);
    for (uint32_t i = 0; i < r->answer_count; i++) {
        const struct fleet_answer *a = &r->answers[i], *before = i == 0 ? NULL : a - 1;
        char text[CNF_URL];
        bool same = before != NULL && before->service == a->service && before->server == a->server;
        if (!same)
            fprintf(out, "%s%-12s%s %s: ", i == 0 ? "" : "\n", i == 0 ? "Servers" : "",
                    fleet_service_name((enum fleet_service)a->service),
                    server_text(f, a->server, text));
        fprintf(out, "%s%s %s", same ? ", " : "", a->words, COUNTED(a->count));
    }
    if (r->answer_count > 0)
        fputc('\n', out);
}

void tell_text(FILE *out, struct fleet *f)
{
    struct fleet_counts c = roll_counts(&f->roll);
    put_states(out, f, &c);
    put_times(out, f);
    if (c.asked_tvs > 0)
        fprintf(out, "%-12s%s asked, %s heard \"trusted\"\n", "TVS",
                COUNTED_OF(c.asked_tvs, "phone"), COUNTED(c.vouched));
    put_refusals(out, f);
    put_lacks(out, f);
    put_servers(out, f);
}

void tell_line(FILE *out, const struct fleet *f)
{
    struct fleet_counts c = roll_counts(&f->roll);
    fprintf(out, "%.1f s:", (double)lab_now_us(f->lab) / 1e6);
    for (int s = 0; s < FLEET_STATES; s++)
        fprintf(out, "%s %s %s", s == 0 ? "" : ",", fleet_state_name((enum fleet_state)s),
                COUNTED(c.of[s]));
    fprintf(out, "; asked TVS %s", COUNTED(c.asked_tvs));
}

/* ---- CSV ---- */

/* "itl (the TVS's answer); configuration (...)". */
static void refusals_text(const struct fleet *f, uint32_t phone, char *out, size_t room)
{
    struct trust_chain chain;
    size_t n = 0;
    out[0] = '\0';
    for (int k = 0; k < TRUST_JUDGED; k++) {
        if (!refusal_of(f, phone, (enum trust_purpose)k, &chain))
            continue;
        int got = snprintf(out + n, room - n, "%s%s (%s)", n == 0 ? "" : "; ",
                           story_purpose((enum trust_purpose)k), trust_boxes[chain.stopped].name);
        n += got > 0 && (size_t)got < room - n ? (size_t)got : 0;
    }
}

static void tvs_text(uint8_t met, char *out, size_t room)
{
    size_t n = 0;
    out[0] = '\0';
    for (int k = 0; k < TVS_OUTCOMES; k++) {
        if ((met & FSM_BIT(k)) == 0)
            continue;
        int got = snprintf(out + n, room - n, "%s%s", n == 0 ? "" : "; ",
                           story_outcome((enum tvs_outcome)k));
        n += got > 0 && (size_t)got < room - n ? (size_t)got : 0;
    }
}

void tell_csv(FILE *out, struct fleet *f)
{
    fputs("name,model,state,server,registered_after_ms,tvs,rejected,refused\n", out);
    for (uint32_t i = 0; i < f->roll.count; i++) {
        const struct fleet_phone *p = &f->roll.phones[i];
        char name[DEVICE_NAME], server[CNF_URL], text[512];
        lab_phone_name(f->lab, i, name);
        report_put_csv(out, name, ',');
        report_put_csv(out, model_table[f->lab->state.phones[i].model].name, ',');
        report_put_csv(out, fleet_state_name(roll_state(&f->roll, i)), ',');
        report_put_csv(out, p->server == 0 ? "" : server_text(f, p->server, server), ',');
        snprintf(text, sizeof text, "%u", p->took_ms);
        report_put_csv(out, p->took_ms == NEVER_MS ? "" : text, ',');
        tvs_text(p->tvs, text, sizeof text);
        report_put_csv(out, text, ',');
        report_put_csv(out, fleet_reject_name(p->rejected), ',');
        refusals_text(f, i, text, sizeof text);
        report_put_csv(out, text, '\n');
    }
}

/* ---- JSON ---- */

static void json_refusals(cJSON *phone, const struct fleet *f, uint32_t i)
{
    struct trust_chain chain;
    cJSON *all = cJSON_AddArrayToObject(phone, "refused");
    for (int k = 0; k < TRUST_JUDGED; k++) {
        if (!refusal_of(f, i, (enum trust_purpose)k, &chain))
            continue;
        cJSON *one = cJSON_CreateObject();
        cJSON_AddItemToArray(all, one);
        cJSON_AddStringToObject(one, "what", story_purpose((enum trust_purpose)k));
        cJSON_AddStringToObject(one, "box", trust_boxes[chain.stopped].name);
    }
}

static void json_words(cJSON *to, const char *key, uint32_t bits, int count,
                       const char *(*name)(int k))
{
    cJSON *all = cJSON_AddArrayToObject(to, key);
    for (int k = 0; k < count; k++)
        if ((bits & FSM_BIT(k)) != 0)
            cJSON_AddItemToArray(all, cJSON_CreateString(name(k)));
}

static const char *outcome_name(int k)
{
    return story_outcome((enum tvs_outcome)k);
}

static const char *function_name(int k)
{
    return lab_function_name((enum phone_function)k);
}

static void json_phone(cJSON *all, const struct fleet *f, uint32_t i)
{
    const struct fleet_phone *p = &f->roll.phones[i];
    char name[DEVICE_NAME], server[CNF_URL];
    cJSON *one = cJSON_CreateObject();
    cJSON_AddItemToArray(all, one);
    lab_phone_name(f->lab, i, name);
    cJSON_AddStringToObject(one, "name", name);
    cJSON_AddStringToObject(one, "model", model_table[f->lab->state.phones[i].model].name);
    cJSON_AddStringToObject(one, "state", fleet_state_name(roll_state(&f->roll, i)));
    cJSON_AddStringToObject(one, "server", p->server == 0 ? "" : server_text(f, p->server, server));
    if (p->took_ms != NEVER_MS)
        cJSON_AddNumberToObject(one, "registered_after_ms", p->took_ms);
    json_words(one, "tvs", p->tvs, TVS_OUTCOMES, outcome_name);
    cJSON_AddStringToObject(one, "rejected", fleet_reject_name(p->rejected));
    json_words(one, "lacks", f->lab->state.phones[i].lost, FUNCTIONS, function_name);
    json_refusals(one, f, i);
}

static void json_counts(cJSON *root, const struct fleet *f)
{
    struct fleet_counts c = roll_counts(&f->roll);
    uint32_t count, *times = tell_times(f, &count);
    cJSON *states = cJSON_AddObjectToObject(root, "states");
    for (int s = 0; s < FLEET_STATES; s++)
        cJSON_AddNumberToObject(states, fleet_state_name((enum fleet_state)s), c.of[s]);
    cJSON_AddNumberToObject(root, "asked_tvs", c.asked_tvs);
    cJSON_AddNumberToObject(root, "vouched", c.vouched);
    if (f->all_us != 0)
        cJSON_AddNumberToObject(root, "all_after_ms", (double)(f->all_us / 1000));
    cJSON *ms = cJSON_AddObjectToObject(root, "registered_after_ms");
    for (int i = 0; count > 0 && i < RANKS; i++)
        cJSON_AddNumberToObject(ms, ranks[i].key, tell_rank(times, count, ranks[i].permille));
    mem_free(&sys_mem, times);
}

static void json_servers(cJSON *root, struct fleet *f)
{
    cJSON *all = cJSON_AddArrayToObject(root, "answers");
    roll_sort(&f->roll);
    for (uint32_t i = 0; i < f->roll.answer_count; i++) {
        const struct fleet_answer *a = &f->roll.answers[i];
        char server[CNF_URL];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddItemToArray(all, one);
        cJSON_AddStringToObject(one, "service", fleet_service_name((enum fleet_service)a->service));
        cJSON_AddStringToObject(one, "server", server_text(f, a->server, server));
        cJSON_AddStringToObject(one, "answer", a->words);
        cJSON_AddBoolToObject(one, "good", a->good);
        cJSON_AddNumberToObject(one, "count", (double)a->count);
    }
}

void tell_json(FILE *out, struct fleet *f)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "count", f->roll.count);
    json_counts(root, f);
    json_servers(root, f);
    cJSON *phones = cJSON_AddArrayToObject(root, "phones");
    for (uint32_t i = 0; i < f->roll.count; i++)
        json_phone(phones, f, i);
    char *text = text_whole(cJSON_Print(root));
    fprintf(out, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(root);
}
