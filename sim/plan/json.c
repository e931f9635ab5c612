/* The plan as JSON: docs/plan.schema.json, docs/PLAN.md.  Keys stay. */
#include "sim/base/sys.h"
#include "sim/plan/pictures.h"
#include "sim/wire/text.h"

#include <cjson/cJSON.h>
#include <inttypes.h>

/* ---- small things ---- */

static void add_text(cJSON *to, const char *key, const char *text)
{
    if (text != NULL)
        cJSON_AddStringToObject(to, key, text);
}

static void add_number(cJSON *to, const char *key, uint64_t n)
{
    cJSON_AddNumberToObject(to, key, (double)n);
}

static void add_seconds(cJSON *to, const char *key, uint64_t us)
{
    add_number(to, key, (us + 500000) / 1000000);
}

/* 64 bits do not fit a JSON number. */
static void add_wide(cJSON *to, const char *key, uint64_t n)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, n);
    cJSON_AddStringToObject(to, key, text);
}

static cJSON *add_object(cJSON *list)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToArray(list, o);
    return o;
}

static void add_texts(cJSON *to, const char *key, const struct plan_texts *t)
{
    cJSON *list = cJSON_AddArrayToObject(to, key);
    for (uint32_t i = 0; i < t->count; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(t->list[i]));
}

/* ---- the head ---- */

static void add_clusters(cJSON *root, const struct plan_head *h)
{
    cJSON *list = cJSON_AddArrayToObject(root, "clusters");
    for (uint32_t i = 0; i < h->cluster_count; i++) {
        const struct plan_cluster *c = &h->clusters[i];
        cJSON *o = add_object(list);
        add_text(o, "name", c->name);
        add_text(o, "version", c->version);
        cJSON_AddBoolToObject(o, "mixed_mode", c->mixed_mode);
        add_texts(o, "nodes", &c->nodes);
    }
}

static void add_file(cJSON *root, const char *key, const char *path, const char *sha256)
{
    cJSON *o = cJSON_AddObjectToObject(root, key);
    add_text(o, "file", path);
    add_text(o, "sha256", sha256);
}

static void add_verdict(cJSON *root, const struct plan *p)
{
    const struct plan_head *h = &p->head;
    struct plan_sums sums = plan_sums(p);
    cJSON *v = cJSON_AddObjectToObject(root, "verdict");
    add_text(v, "text", h->verdict);
    add_text(v, "error", h->error);
    add_text(v, "uncertain", h->uncertain);
    cJSON_AddBoolToObject(v, "at_risk", h->at_risk);
    cJSON_AddBoolToObject(v, "do_not_begin", h->refused);
    add_number(v, "phones", h->phones);
    add_number(v, "lost_before", h->lost_before);
    add_number(v, "need_hands_anyway", h->hands_before);
    add_number(v, "lost_something", h->lost);
    add_number(v, "lost_now", h->lost_now);
    add_number(v, "unregistered", h->unregistered);
    add_number(v, "out_of_service", h->out);
    add_number(v, "need_hands", h->hands);
    add_number(v, "need_hands_or_restore", h->undone);
    add_number(v, "need_hands_off", h->hands_off);
    add_number(v, "lost_now_off", h->lost_off);
    add_number(v, "hands_minutes", h->hands_minutes);
    add_number(v, "people", h->people);
    add_seconds(v, "most_seconds", sums.most_us);
    add_seconds(v, "phone_seconds", sums.total_us);
    add_number(v, "no_return", p->no_return);
}

static void add_facts(cJSON *root, const struct plan_facts *f)
{
    cJSON *list = cJSON_AddArrayToObject(root, "assumed");
    for (uint32_t i = 0; i < f->count; i++) {
        cJSON *o = add_object(list);
        add_text(o, "name", f->list[i].name);
        add_text(o, "value", f->list[i].value);
        add_text(o, "doc", f->list[i].doc);
    }
}

static void add_head(cJSON *root, const struct plan *p)
{
    const struct plan_head *h = &p->head;
    add_number(root, "format", PLAN_FORMAT);
    add_text(root, "title", h->title);
    add_verdict(root, p);
    add_text(root, "program", h->program);
    add_text(root, "made", h->made);
    add_text(root, "command", h->command);
    add_file(root, "cluster", h->cluster_file, h->cluster_sha256);
    add_file(root, "change", h->change_file, h->change_sha256);
    add_wide(root, "seed", h->seed);
    add_wide(root, "identity", h->identity);
    add_text(root, "begin", h->begin);
    add_text(root, "end", h->end);
    add_clusters(root, h);
    add_facts(root, &h->assumed);
    add_texts(root, "cannot_know", &h->cannot_know);
    add_texts(root, "failed", &h->failed);
    add_texts(root, "others", &h->others);
    cJSON *preflight = cJSON_AddArrayToObject(root, "preflight");
    for (uint32_t i = 0; i < p->preflight_count; i++) {
        cJSON *o = add_object(preflight);
        cJSON_AddBoolToObject(o, "fails", p->preflight[i].fails);
        add_text(o, "check", p->preflight[i].check);
        add_text(o, "fact", p->preflight[i].fact);
        add_text(o, "what", p->preflight[i].what);
        add_number(o, "phones", p->preflight[i].phones);
        add_number(o, "stops_step", p->preflight[i].stops);
        add_number(o, "mended_in_step", p->preflight[i].mended);
    }
    add_number(root, "checks_passed", p->checks_passed);
}

/* ---- steps ---- */

static void add_acts(cJSON *to, const struct plan_step *s)
{
    cJSON *list = cJSON_AddArrayToObject(to, "acts");
    for (uint32_t i = 0; i < s->act_count; i++) {
        cJSON *o = add_object(list);
        add_text(o, "what", s->acts[i].what);
        add_text(o, "where", s->acts[i].where);
        add_text(o, "doc", s->acts[i].doc);
        add_text(o, "warns", s->acts[i].warns);
    }
}

static void add_losses(cJSON *to, const struct plan_step *s)
{
    cJSON *list = cJSON_AddArrayToObject(to, "losses");
    for (uint32_t i = 0; i < s->loss_count; i++) {
        const struct plan_loss *l = &s->losses[i];
        cJSON *o = add_object(list);
        add_text(o, "function", l->function);
        add_number(o, "phones", l->phones);
        cJSON_AddBoolToObject(o, "open", l->open);
        add_seconds(o, "phone_seconds", l->lost_us);
        add_text(o, "back", l->back);
    }
}

static void add_ways(cJSON *to, const struct plan_step *s)
{
    static const char *const names[] = {
        [RETURN_NOTHING] = "nothing", [RETURN_WORKS] = "works",    [RETURN_KEEPS] = "keeps",
        [RETURN_BY_ACTS] = "by-acts", [RETURN_BY_HANDS] = "hands", [RETURN_NONE] = "none"
    };
    cJSON *back = cJSON_AddObjectToObject(to, "back");
    add_text(back, "kind", names[s->returns]);
    add_text(back, "stop_here", s->stop);
    cJSON *list = cJSON_AddArrayToObject(back, "tried");
    for (uint32_t i = 0; i < s->way_count; i++) {
        cJSON *o = add_object(list);
        add_text(o, "what", s->ways[i].what);
        add_text(o, "result", s->ways[i].result);
        add_text(o, "leads", names[s->ways[i].leads]);
    }
}

static void add_wait(cJSON *to, const struct plan_step *s)
{
    cJSON *w = cJSON_AddObjectToObject(to, "wait");
    add_text(w, "text", s->wait);
    add_text(w, "see", s->see);
    add_number(w, "registered", s->registered);
    add_number(w, "on", s->on);
    add_number(w, "hold_itl", s->match);
    add_number(w, "keep_itl", s->of_match);
}

static void add_outage(cJSON *to, const struct plan_outage *out)
{
    cJSON *o = cJSON_AddObjectToObject(to, "out_of_service");
    add_number(o, "phones", out->phones);
    add_seconds(o, "median_seconds", out->median_us);
    add_seconds(o, "most_seconds", out->most_us);
    add_seconds(o, "phone_seconds", out->total_us);
    add_number(o, "reboots", out->reboots);
    add_number(o, "failovers", out->failovers);
}

static void add_steps(cJSON *root, const struct plan *p)
{
    cJSON *list = cJSON_AddArrayToObject(root, "steps");
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct plan_step *s = &p->steps[i];
        cJSON *o = add_object(list);
        add_number(o, "number", i + 1);
        add_text(o, "name", s->name);
        add_text(o, "start", s->start);
        add_seconds(o, "seconds", s->end_us - s->start_us);
        add_texts(o, "refused", &s->refused);
        add_acts(o, s);
        add_texts(o, "restarts", &s->restarts);
        add_texts(o, "old_certificates", &s->old);
        cJSON_AddBoolToObject(o, "under_way", s->under_way);
        add_wait(o, s);
        add_outage(o, &s->out);
        add_number(o, "lose_something", s->lose);
        add_losses(o, s);
        add_ways(o, s);
    }
}

/* ---- the rest ---- */

static void add_places(cJSON *root, const struct plan *p)
{
    cJSON *list = cJSON_AddArrayToObject(root, "places");
    for (uint32_t i = 0; i < p->place_count; i++) {
        const struct plan_place *k = &p->places[i];
        cJSON *o = add_object(list);
        add_text(o, "site", k->site);
        add_text(o, "pool", k->pool);
        add_number(o, "phones", k->phones);
        add_number(o, "out_of_service", k->out);
        add_number(o, "at_a_time", k->at_a_time);
        add_seconds(o, "most_seconds", k->most_us);
        add_number(o, "lost_something", k->lost);
        add_number(o, "need_hands", k->hands);
        cJSON *notices = cJSON_AddArrayToObject(o, "notices");
        for (uint32_t n = 0; n < k->notice_count; n++)
            cJSON_AddItemToArray(notices, cJSON_CreateString(k->notices[n].text));
    }
}

static void add_timeline(cJSON *root, const struct plan *p)
{
    static const char *const keys[PLAN_STATES] = { "good", "lacks", "away", "lost", "off" };
    cJSON *list = cJSON_AddArrayToObject(root, "timeline");
    for (uint32_t i = 0; i < p->sample_count; i++) {
        cJSON *o = add_object(list);
        add_seconds(o, "second", p->samples[i].us - p->head.begin_us);
        for (int k = 0; k < PLAN_STATES; k++)
            add_number(o, keys[k], p->samples[i].phones[k]);
    }
}

static void add_signer(cJSON *to, const char *key, const struct plan_signer *s)
{
    if (s->name == NULL)
        return;
    cJSON *o = cJSON_AddObjectToObject(to, key);
    add_text(o, "name", s->name);
    add_text(o, "serial", s->serial);
    cJSON_AddBoolToObject(o, "renewed", s->renewed);
}

static void add_trust(cJSON *root, const char *key, const struct plan_trust *t)
{
    static const char *const keys[PLAN_TAKES] = { "same",  "by_own_list", "by_tvs",
                                                  "first", "refuse",      "no_list" };
    cJSON *o = cJSON_AddObjectToObject(root, key);
    cJSON *nodes = cJSON_AddArrayToObject(o, "nodes");
    for (uint32_t i = 0; i < t->node_count; i++) {
        const struct plan_node *n = &t->nodes[i];
        cJSON *node = add_object(nodes);
        add_text(node, "name", n->name);
        add_signer(node, "itl", &n->itl);
        add_signer(node, "files", &n->files);
        add_signer(node, "tvs", &n->tvs);
        add_number(node, "know_tvs", n->knows_tvs);
        add_number(node, "hold_itl", n->holds_itl);
    }
    add_signer(o, "ctl", &t->ctl);
    cJSON *takes = cJSON_AddObjectToObject(o, "phones_take_itl");
    for (int i = 0; i < PLAN_TAKES; i++)
        add_number(takes, keys[i], t->takes[i]);
}

static void add_runs(cJSON *root, const struct plan *p)
{
    static const char *const kinds[] = { "seed", "off", "node", "lists", "guide" };
    cJSON *runs = cJSON_AddObjectToObject(root, "runs");
    add_number(runs, "seeds", p->runs.seeds);
    add_number(runs, "usual", p->runs.usual);
    add_number(runs, "worst", p->runs.worst);
    add_text(runs, "sampled", p->runs.sampled);
    add_texts(runs, "guide_steps", &p->guide_order);
    cJSON *list = cJSON_AddArrayToObject(runs, "list");
    for (uint32_t i = 0; i < p->runs.count; i++) {
        const struct plan_run *r = &p->runs.list[i];
        cJSON *o = add_object(list);
        add_text(o, "kind", kinds[r->kind]);
        add_text(o, "name", r->name);
        add_wide(o, "seed", r->seed);
        add_number(o, "phones", r->phones);
        cJSON_AddBoolToObject(o, "whole", r->whole);
        add_text(o, "error", r->error);
        add_number(o, "out_of_service", r->out);
        add_seconds(o, "most_seconds", r->most_us);
        add_seconds(o, "phone_seconds", r->total_us);
        add_number(o, "lost_something", r->lost);
        add_number(o, "lost_now", r->lost_now);
        add_number(o, "need_hands", r->hands);
        add_seconds(o, "seconds", r->took_us);
    }
}

static void add_risks(cJSON *root, const struct plan *p)
{
    cJSON *list = cJSON_AddArrayToObject(root, "risks");
    for (uint32_t i = 0; i < p->risk_count; i++) {
        const struct plan_risk *k = &p->risks[i];
        cJSON *o = add_object(list);
        add_text(o, "name", k->name);
        add_text(o, "model", k->model);
        add_text(o, "pool", k->pool);
        add_text(o, "site", k->site);
        add_text(o, "lost", k->lost);
        add_text(o, "since", k->since);
        add_text(o, "back", k->back);
        add_number(o, "minutes", k->minutes);
    }
}

void plan_json(FILE *out, const struct plan *p)
{
    cJSON *root = cJSON_CreateObject();
    add_head(root, p);
    add_steps(root, p);
    add_places(root, p);
    add_timeline(root, p);
    add_trust(root, "before", &p->before);
    add_trust(root, "after", &p->after);
    add_runs(root, p);
    add_risks(root, p);
    char *text = text_whole(cJSON_Print(root));
    fputs(text, out);
    fputc('\n', out);
    cJSON_free(text);
    cJSON_Delete(root);
}
