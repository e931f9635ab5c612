/* The report as JSON: keys and values are documented in docs/REPORT.md and docs/report.schema.json,
 * and stay. */
#include "sim/report/ahead.h"
#include "sim/report/expiry.h"
#include "sim/report/operations.h"
#include "sim/report/others.h"
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/predict/steps.h"
#include "sim/report/fmt.h"
#include "sim/report/front.h"
#include "sim/report/letter.h"
#include "sim/report/outage.h"
#include "sim/report/phones.h"
#include "sim/report/places.h"
#include "sim/report/report.h"
#include "sim/report/rows.h"
#include "sim/report/story.h"
#include "sim/report/walk.h"
#include "sim/wire/text.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

__attribute__((constructor)) static void take_memory(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){ sys_malloc, sys_free });
}

/* Minutes with one decimal: enough, and the same text everywhere. */
static void add_minutes(cJSON *to, const char *key, uint64_t us)
{
    uint64_t tenths = (us + 3000000) / 6000000;
    char text[FMT_ROOM];
    snprintf(text, sizeof text, "%llu.%llu", (unsigned long long)(tenths / 10),
             (unsigned long long)(tenths % 10));
    cJSON_AddRawToObject(to, key, text);
}

static void add_view(cJSON *to, const char *key, struct view v)
{
    char text[400];
    size_t n = v.n < sizeof text ? v.n : sizeof text - 1;
    if (n > 0)
        memcpy(text, v.p, n);
    text[n] = '\0';
    cJSON_AddStringToObject(to, key, text);
}

static void add_number(cJSON *to, const char *key, uint64_t n)
{
    cJSON_AddNumberToObject(to, key, (double)n);
}

/* ---- the parts ---- */

static void add_verdict(cJSON *root, const struct report *r)
{
    cJSON *v = cJSON_AddObjectToObject(root, "verdict");
    cJSON_AddStringToObject(v, "text", r->verdict);
    add_number(v, "phones", r->phones);
    add_number(v, "lost_something", r->said->lost);
    add_number(v, "lost_now", r->said->lost_now);
    add_number(v, "need_hands", r->said->need_hands);
    add_number(v, "need_hands_now", r->said->by_way[WAY_HANDS]);
    add_number(v, "off", r->said->boots[STANDS_OFF].all);
    add_number(v, "under_way", r->said->left.under_way);
    cJSON_AddBoolToObject(v, "at_risk", report_at_risk(r));
}

static void add_file(cJSON *to, const char *key, const struct report_file *f, const char *left)
{
    if (f->path == NULL)
        return;
    cJSON *o = cJSON_AddObjectToObject(to, key);
    cJSON_AddStringToObject(o, "file", f->path);
    cJSON_AddStringToObject(o, "sha256", f->sha256);
    if (left == NULL)
        return;
    add_number(o, "phones", f->phones);
    add_number(o, left, f->left_over);
}

/* Where it came from: what the first screen says. */
static void add_about(cJSON *root, const struct report_about *a)
{
    char date[DATE_TEXT];
    if (a->version != NULL)
        cJSON_AddStringToObject(root, "program", a->version);
    if (a->version != NULL && a->date_s >= 0)
        cJSON_AddStringToObject(root, "made", date_iso(a->date_s, 0, date));
    if (a->command != NULL)
        cJSON_AddStringToObject(root, "command", a->command);
    if (a->stopped != NULL)
        cJSON_AddStringToObject(root, "stopped", a->stopped);
    cJSON_AddBoolToObject(root, "until", a->until);
    add_file(root, "off", &a->off, "unknown");
}

static void add_run(cJSON *root, const struct report *r)
{
    const struct lab *lab = r->lab;
    cJSON_AddStringToObject(root, "scenario", r->in.scenario);
    char text[FMT_ROOM];
    /* 64 bits do not fit a JSON number. */
    snprintf(text, sizeof text, "%llu", (unsigned long long)lab->base->options.seed);
    cJSON_AddStringToObject(root, "seed", text);
    snprintf(text, sizeof text, "%llu", (unsigned long long)lab->base->options.identity);
    cJSON_AddStringToObject(root, "identity", text);
    cJSON_AddStringToObject(root, "start", lab_iso(lab, 0, text));
    cJSON_AddStringToObject(root, "end", lab_iso(lab, lab_now_us(lab), text));
    add_number(root, "end_us", lab_now_us(lab));
    cJSON_AddBoolToObject(root, "live", lab->base->options.live);
    cJSON_AddBoolToObject(root, "more_than_cucm_takes", front_is_overloaded(r));
    add_about(root, &r->in.about);
    cJSON *params = cJSON_AddObjectToObject(root, "params");
    for (uint32_t i = 0; i < r->in.param_count; i++)
        cJSON_AddStringToObject(params, r->in.params[i].name, r->in.params[i].value);
    cJSON *defaults = cJSON_AddObjectToObject(root, "param_defaults");
    for (uint32_t i = 0; i < r->in.param_count; i++)
        cJSON_AddStringToObject(defaults, r->in.params[i].name, r->in.params[i].standard);
    cJSON *clusters = cJSON_AddArrayToObject(root, "clusters");
    for (uint32_t i = 0; i < lab->state.cluster_count; i++) {
        cJSON *c = cJSON_CreateObject();
        cJSON_AddStringToObject(c, "name", lab->state.clusters[i].name);
        cJSON_AddStringToObject(c, "version", lab->state.clusters[i].version->name);
        if (lab->state.clusters[i].asked[0] != '\0')
            cJSON_AddStringToObject(c, "version_asked", lab->state.clusters[i].asked);
        add_number(c, "nodes", cluster_nodes(&lab->state.clusters[i]));
        cJSON *names = cJSON_AddArrayToObject(c, "node_names");
        FOR_EACH_NODE(&lab->state.clusters[i], k)
        cJSON_AddItemToArray(names, cJSON_CreateString(lab->state.clusters[i].nodes[k].disk.name));
        cJSON_AddItemToArray(clusters, c);
    }
    char date[DATE_TEXT];
    cJSON *steps = cJSON_AddArrayToObject(root, "steps");
    for (uint32_t i = 0; i < lab->record.step_count; i++) {
        cJSON *s = cJSON_CreateObject();
        uint64_t end =
            i + 1 < lab->record.step_count ? lab->record.steps[i].end_us : lab_now_us(lab);
        add_number(s, "number", i);
        cJSON_AddStringToObject(s, "name", lab->record.steps[i].name);
        add_number(s, "start_us", lab->record.steps[i].start_us);
        add_number(s, "end_us", end);
        cJSON_AddStringToObject(s, "start", lab_iso(lab, lab->record.steps[i].start_us, date));
        cJSON_AddStringToObject(s, "end", lab_iso(lab, end, date));
        cJSON_AddItemToArray(steps, s);
    }
}

static void add_name(cJSON *to, const struct way *w)
{
    char text[WAY_TEXT];
    way_name(w, text);
    cJSON_AddStringToObject(to, "outcome", text);
}

static void add_losses(cJSON *root, const struct report *r)
{
    const struct lab *lab = r->lab;
    cJSON *list = cJSON_AddArrayToObject(root, "losses");
    for (uint32_t i = 0; i < r->count; i++) {
        const struct report_row *row = &r->rows[i];
        cJSON *o = cJSON_CreateObject();
        add_name(o, &r->ways[row->way]);
        cJSON_AddStringToObject(o, "function",
                                lab_function_name((enum phone_function)row->function));
        add_number(o, "step", row->step);
        add_number(o, "phones", row->phones);
        if (row->open && !r->in.about.until)
            cJSON_AddNullToObject(o, "phone_minutes");
        else
            add_minutes(o, "phone_minutes", row->lost_us);
        cJSON_AddBoolToObject(o, "open", row->open);
        if (!row->open) {
            const struct back *b = returns_back(r->said->returns, row->back);
            char words[BACK_TEXT];
            cJSON_AddStringToObject(o, "back", back_name((enum back_kind)b->kind));
            cJSON_AddStringToObject(o, "back_after", back_words(lab, b, words));
            cJSON_AddBoolToObject(o, "back_others", row->others);
        }
        cJSON_AddItemToArray(list, o);
    }
}

static void add_letter(cJSON *hands, const struct report *r)
{
    struct letter_count c = letter_count(r);
    cJSON *o = cJSON_AddObjectToObject(hands, "letter");
    add_number(o, "by_users", c.by_users);
    add_number(o, "by_factory_reset", c.by_reset);
    add_number(o, "by_web_page", c.by_web);
    add_number(o, "by_symmetric_key", c.by_key);
    add_number(o, "follow", c.follow);
    add_number(o, "follow_of_a_hundred", r->in.users_follow);
    add_number(o, "within_hours", r->in.users_hours);
    add_number(o, "left", c.by_users + c.by_reset + c.by_web + c.by_key - c.follow);
    add_number(o, "left_work_minutes", c.left_minutes);
    cJSON_AddNumberToObject(o, "left_hours", (double)report_tenths(r, c.left_minutes) / 10);
}

static void add_hands(cJSON *root, const struct report *r)
{
    cJSON *o = cJSON_AddObjectToObject(root, "hands");
    add_number(o, "phones", r->hands_phones);
    add_number(o, "needed", r->said->need_hands);
    add_number(o, "done", r->hands_done);
    add_number(o, "work_minutes", r->hands_minutes);
    if (r->in.hands_minutes == 0)
        cJSON_AddStringToObject(o, "minutes_a_phone", "by model");
    else
        add_number(o, "minutes_a_phone", r->in.hands_minutes);
    add_number(o, "people", r->in.people);
    cJSON_AddNumberToObject(o, "hours", (double)report_hands_tenths(r) / 10);
    if (r->in.letter)
        add_letter(o, r);
}

static cJSON *json_check(const struct content *c, const struct trust_check *k)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "where", story_where((enum trust_where)k->where));
    cJSON_AddStringToObject(o, "result", story_result((enum trust_result)k->result));
    if (k->where == WHERE_TVS && k->result == CHECK_TVS) {
        add_number(o, "server", k->server + 1u);
        cJSON_AddStringToObject(o, "outcome", story_outcome((enum tvs_outcome)k->outcome));
    }
    if (k->record != 0)
        add_number(o, "record", k->record);
    if (k->cert != 0) {
        char serial[FMT_ROOM];
        const struct ct_cert *cert = content_get_cert(c, k->cert);
        add_view(o, "subject", content_get_text(c, cert->subject));
        cJSON_AddStringToObject(o, "serial", fmt_serial(content_get_text(c, cert->serial), serial));
    }
    return o;
}

static cJSON *json_refusal(const struct content *c, const struct story_refusal *r)
{
    char serial[FMT_ROOM];
    cJSON *o = cJSON_CreateObject();
    uint32_t cert = r->purpose > TRUST_CONFIG ? r->offered : content_envelope(c, r->offered)->cert;
    cJSON_AddStringToObject(o, "purpose", story_purpose((enum trust_purpose)r->purpose));
    cJSON_AddStringToObject(o, "verdict", story_verdict((enum trust_verdict)r->verdict));
    if (cert != 0) {
        const struct ct_cert *k = content_get_cert(c, cert);
        add_view(o, "offered_subject", content_get_text(c, k->subject));
        cJSON_AddStringToObject(o, "offered_serial",
                                fmt_serial(content_get_text(c, k->serial), serial));
    }
    cJSON_AddStringToObject(o, "box", trust_boxes[r->chain.stopped].name);
    cJSON *checks = cJSON_AddArrayToObject(o, "checks");
    for (uint32_t i = 0; i < r->chain.count; i++)
        cJSON_AddItemToArray(checks, json_check(c, &r->chain.checks[i]));
    return o;
}

static void add_text(cJSON *to, struct losses *losses, uint32_t phone)
{
    struct sys_text text;
    FILE *f = sys_text_open(&text);
    story_print(f, losses, phone);
    fputc('\0', f);
    fclose(f);
    cJSON *lines = cJSON_AddArrayToObject(to, "text");
    for (char *p = text.p, *end; *p != '\0'; p = end + 1) {
        end = strchr(p, '\n');
        CHECK(end != NULL); /* every line of a story ends in one */
        *end = '\0';
        cJSON_AddItemToArray(lines, cJSON_CreateString(p));
    }
    sys_text_free(&text);
}

/* Whom an act is done to: its row says it. */
static const char *const scopes[] = {
    [ON_NODE] = "node", [ON_CLUSTER] = "cluster", [ON_PHONES] = "phones"
};

/* Every single act that the i-th of a way comes down to; of another cluster than `at` with its
 * name. */
static void add_does(cJSON *to, const struct lab *lab, const struct way_steps *steps, uint32_t i,
                     uint8_t at)
{
    char text[ACT_TEXT];
    cJSON *does = cJSON_AddArrayToObject(to, "does");
    for (uint32_t k = 0; k < steps->count; k++) {
        const struct way_step *step = &steps->list[k];
        const struct cluster *cl = &lab->state.clusters[step->cluster];
        if (step->of != i)
            continue;
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "on", scopes[act_table[step->act.kind]->scope]);
        if (step->cluster != at)
            cJSON_AddStringToObject(o, "cluster", cl->name);
        if (act_table[step->act.kind]->scope == ON_NODE)
            cJSON_AddStringToObject(o, "node", cl->nodes[step->act.node].disk.name);
        act_print(cl, &step->act, text);
        cJSON_AddStringToObject(o, "act", text);
        cJSON_AddItemToArray(does, o);
    }
}

static cJSON *json_act(const struct lab *lab, const struct way *w, uint32_t i)
{
    static const char *const widths[] = { "one", "everywhere", "all" };
    const struct way_act *a = &w->acts[i];
    const struct cluster *cl = &lab->state.clusters[a->cluster];
    char text[WAY_TEXT];
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "cluster", cl->name);
    if (a->width == WIDTH_ONE && act_table[a->act.kind]->scope != ON_PHONES)
        cJSON_AddStringToObject(o, "node", cl->nodes[a->act.node].disk.name);
    act_print(cl, &a->act, text);
    cJSON_AddStringToObject(o, "act", a->width == WIDTH_ALL ? act_table[a->act.kind]->name : text);
    cJSON_AddStringToObject(o, "width", widths[a->width]);
    way_act_words(lab, a, text);
    cJSON_AddStringToObject(o, "words", text);
    add_number(o, "resets", w->alone ? 0 : a->boots > 1 ? a->boots : 1);
    if (!w->alone)
        cJSON_AddStringToObject(o, "resets_reach", way_reach_name((enum way_reach)a->reach));
    return o;
}

static void add_harm(cJSON *to, const struct way_harm *harm)
{
    if (harm->phones == 0)
        return;
    add_number(to, "harms_phones", harm->phones);
    cJSON *list = cJSON_AddArrayToObject(to, "harms");
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((harm->functions & FSM_BIT(f)) != 0)
            cJSON_AddItemToArray(list,
                                 cJSON_CreateString(lab_function_name((enum phone_function)f)));
    }
}

/* What an administrator does: the words, and each act as data. */
static void add_way(cJSON *to, struct lab *lab, const struct way *w, uint32_t phone)
{
    char text[WAY_TEXT];
    struct way_steps steps;
    way_sentence(lab, w, text);
    cJSON_AddStringToObject(to, "remedy", text);
    cJSON *acts = cJSON_AddArrayToObject(to, "acts");
    way_steps(lab, w, phone, &steps);
    for (uint32_t i = 0; i < w->count; i++) {
        cJSON *o = json_act(lab, w, i);
        add_does(o, lab, &steps, i, w->acts[i].cluster);
        cJSON_AddItemToArray(acts, o);
    }
    way_steps_free(&steps);
    if (w->kind == WAY_ACTS)
        cJSON_AddBoolToObject(to, "resets", !w->alone);
    if (w->kind == WAY_BOOT)
        add_number(to, "boots", w->boots);
    if (w->kind == WAY_BOOT)
        cJSON_AddStringToObject(to, "resets_reach", way_reach_name((enum way_reach)w->reach));
    add_harm(to, &w->harm);
}

/* How far was looked for what brings phones back. */
static void add_search(cJSON *root, const struct report *r)
{
    const struct way_bound *b = &losses_remedies(r->in.losses)->bound;
    cJSON *o = cJSON_AddObjectToObject(root, "search");
    add_number(o, "acts", b->acts);
    add_number(o, "sequences", b->sequences);
    add_number(o, "longest", b->longest);
    cJSON_AddBoolToObject(o, "whole", b->whole);
}

static void add_outcomes(cJSON *root, const struct report *r)
{
    struct lab *lab = r->lab;
    cJSON *list = cJSON_AddArrayToObject(root, "outcomes");
    for (uint32_t k = 0; k < r->outcome_count; k++) {
        char name[DEVICE_NAME];
        uint32_t phone = r->outcomes[k].example;
        struct story_refusal refusals[STORY_REFUSALS];
        uint32_t n = story_refusals(r->in.losses, phone, refusals);
        lab_phone_name(lab, phone, name);
        cJSON *o = cJSON_CreateObject();
        add_name(o, &r->ways[r->outcomes[k].way]);
        add_number(o, "phones", r->outcomes[k].phones);
        add_way(o, lab, &r->ways[r->outcomes[k].way], phone);
        cJSON *e = cJSON_AddObjectToObject(o, "example");
        cJSON_AddStringToObject(e, "name", name);
        cJSON_AddStringToObject(e, "model", model_table[lab->state.phones[phone].model].name);
        cJSON_AddStringToObject(e, "pool", lab_pool_of(lab, phone));
        char server[LAB_NODE_NAME];
        if (story_server(lab, phone, server) != NULL)
            cJSON_AddStringToObject(e, "registered_at", server);

        cJSON *chains = cJSON_AddArrayToObject(e, "chains");
        for (uint32_t i = 0; i < n; i++)
            cJSON_AddItemToArray(chains, json_refusal(lab->base->content, &refusals[i]));
        add_text(e, r->in.losses, phone);
        cJSON_AddItemToArray(list, o);
    }
}

static void add_assumption(void *ctx, const char *name, const char *value, const char *doc)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", name);
    cJSON_AddStringToObject(o, "value", value);
    cJSON_AddStringToObject(o, "doc", doc);
    cJSON_AddItemToArray(ctx, o);
}

static void add_turns(cJSON *root, const struct report *r)
{
    const struct report_turns *t = r->in.turns;
    if (t == NULL)
        return;
    cJSON *o = cJSON_AddObjectToObject(root, "what_if");
    add_number(o, "facts", t->facts);
    add_number(o, "not_tried", t->not_tried);
    if (t->phones > 0) {
        add_number(o, "phones", t->phones);
        cJSON_AddStringToObject(o, "phones_verdict", t->verdict);
    }
    cJSON *list = cJSON_AddArrayToObject(o, "turned");
    for (uint32_t i = 0; i < t->count; i++) {
        cJSON *turn = cJSON_CreateObject();
        cJSON_AddStringToObject(turn, "name", t->list[i].name);
        cJSON_AddStringToObject(turn, "was", t->list[i].was);
        cJSON_AddStringToObject(turn, "is", t->list[i].is);
        cJSON_AddStringToObject(turn, "verdict", t->list[i].verdict);
        cJSON_AddBoolToObject(turn, "same", !t->list[i].other);
        cJSON_AddItemToArray(list, turn);
    }
}

static void add_expects(cJSON *root, const struct report *r)
{
    cJSON *list = cJSON_AddArrayToObject(root, "expects");
    for (uint32_t i = 0; i < r->in.expect_count; i++) {
        const struct script_expect *e = &r->in.expects[i];
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "file", r->in.scenario);
        add_number(o, "line", e->line);
        cJSON_AddBoolToObject(o, "passed", e->passed);
        cJSON_AddStringToObject(o, "text", e->text);
        cJSON_AddStringToObject(o, "expected", e->expected);
        cJSON_AddStringToObject(o, "actual", e->actual);
        cJSON_AddItemToArray(list, o);
    }
}

void report_json(FILE *out, const struct report *r)
{
    cJSON *root = cJSON_CreateObject();
    add_number(root, "format", REPORT_FORMAT);
    add_verdict(root, r);
    add_run(root, r);
    rows_json(root, r->in.inventories, r->in.inventory_count);
    add_losses(root, r);
    add_outcomes(root, r);
    add_search(root, r);
    outage_json(root, r);
    places_json(root, r);
    walk_json(root, r);
    phones_json(root, r);
    add_hands(root, r);
    ahead_json(root, r);
    operations_json(root, r);
    expiry_json(root, r);
    others_json(root, r);
    report_assumed(r, add_assumption, cJSON_AddArrayToObject(root, "assumed"));
    add_turns(root, r);
    add_expects(root, r);
    char *text = text_whole(cJSON_Print(root));
    fprintf(out, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(root);
}
