/* Answers: each a member "ok", or "error". */
#include "sim/control/control.h"

#include "sim/net/usage.h"
#include "sim/report/fmt.h"
#include "sim/wire/text.h"

#include <cjson/cJSON.h>
#include <string.h>

/* ---- JSON ---- */

static void end_text(FILE *f)
{
    fputc('\0', f);
    fclose(f);
}

/* What prints many lines of JSON has no line feed inside a text. */
static cJSON *raw(struct sys_text *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) { /* and its NUL */
        if (t->p[i] != '\n')
            t->p[n++] = t->p[i];
    }
    cJSON *v = cJSON_CreateRaw(t->p);
    sys_text_free(t);
    return v;
}

static void put_time(cJSON *to, const char *key, uint64_t us)
{
    cJSON_AddNumberToObject(to, key, (double)us);
}

/* ---- questions ---- */

static cJSON *report(struct control *c)
{
    struct report r;
    struct sys_text text;
    session_report(c->session, c->hands_minutes, c->people, &r);
    FILE *f = sys_text_open(&text);
    report_json(f, &r);
    end_text(f);
    report_free(&r);
    return raw(&text);
}

static cJSON *verdict(struct control *c)
{
    char text[VERDICT_TEXT];
    const struct verdict *v = losses_verdict(&c->session->losses);
    cJSON *o = cJSON_CreateObject();
    verdict_text(v, c->session->lab, text);
    cJSON_AddStringToObject(o, "verdict", text);
    cJSON_AddBoolToObject(o, "at_risk", verdict_at_risk(v));
    return o;
}

static void put_lost(cJSON *o, uint8_t lost)
{
    cJSON *list = cJSON_AddArrayToObject(o, "lost");
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((lost & FSM_BIT(f)) != 0)
            cJSON_AddItemToArray(list,
                                 cJSON_CreateString(lab_function_name((enum phone_function)f)));
    }
}

static bool find(const struct control *c, const char *name, uint32_t *phone, struct err *e)
{
    return lab_find_phone(c->session->lab, name, phone) ||
           err_set(e, "no phone \"%.60s\" in this lab", name);
}

static cJSON *phone(struct control *c, const char *name, struct err *e)
{
    struct lab *lab = c->session->lab;
    uint32_t n;
    if (!find(c, name, &n, e))
        return NULL;
    const struct phone *p = &lab->state.phones[n];
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", name);
    cJSON_AddStringToObject(o, "cluster", lab->state.clusters[lab_fleet_of(lab, n)->cluster].name);
    cJSON_AddStringToObject(o, "model", model_table[p->model].name);
    cJSON_AddStringToObject(o, "pool", lab_pool_of(lab, n));
    cJSON_AddStringToObject(o, "state", phone_states[p->state].name);
    cJSON_AddBoolToObject(o, "registered", phone_is_registered(p));
    cJSON_AddStringToObject(o, "server", lab_server_of(lab, n));
    put_lost(o, losses_now(&c->session->losses, n));
    cJSON_AddBoolToObject(o, "needs_hands", losses_need_hands(&c->session->losses, n));
    return o;
}

/* What it holds, and why it decides as it does; its history is known of those that --explain named
 * from the start. */
static cJSON *explain(struct control *c, const char *name, struct err *e)
{
    struct explain x;
    struct sys_text text;
    uint32_t n;
    if (!find(c, name, &n, e))
        return NULL;
    explain_init(&x, c->session->lab, &name, 1);
    FILE *f = sys_text_open(&text);
    (void)explain_print(f, &x, &c->session->losses, e);
    end_text(f);
    explain_free(&x);
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", name);
    cJSON_AddStringToObject(o, "text", text.p);
    sys_text_free(&text);
    return o;
}

static cJSON *count(struct control *c, const struct control_request *r, struct err *e)
{
    uint32_t *phones, found;
    bool ok = script_filter(c->session->script, r->filters, r->filter_count, &phones, &found, e);
    mem_free(&sys_mem, phones);
    if (!ok)
        return NULL;
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "count", found);
    cJSON_AddNumberToObject(o, "of", c->session->lab->state.phone_count);
    return o;
}

static cJSON *steps(const struct control *c)
{
    const struct lab_record *record = &c->session->lab->record;
    cJSON *list = cJSON_CreateArray();
    for (uint32_t i = 0; i < record->step_count; i++) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddNumberToObject(o, "step", i);
        cJSON_AddStringToObject(o, "name", record->steps[i].name);
        put_time(o, "start_us", record->steps[i].start_us);
        if (i + 1 < record->step_count)
            put_time(o, "end_us", record->steps[i].end_us);
        cJSON_AddItemToArray(list, o);
    }
    return list;
}

/* How things stand: after each change of them too. */
static cJSON *stands(const struct control *c)
{
    const struct lab *lab = c->session->lab;
    const char *held = script_held(c->session->script);
    char clock[FMT_ROOM], date[DATE_TEXT];
    uint64_t now_us = lab_now_us(lab);
    cJSON *o = cJSON_CreateObject();
    put_time(o, "now_us", now_us);
    cJSON_AddStringToObject(o, "clock", fmt_clock(now_us, clock));
    cJSON_AddStringToObject(o, "date", lab_iso(lab, now_us, date));
    cJSON_AddNumberToObject(o, "speed", c->speed);
    cJSON_AddNumberToObject(o, "step", lab->record.step_count - 1);
    cJSON_AddStringToObject(o, "scenario",
                            c->over        ? "over"
                            : c->paused    ? "paused"
                            : held != NULL ? "held"
                            : c->stop      ? "stops"
                                           : "runs");
    if (held != NULL)
        cJSON_AddStringToObject(o, "next", held);
    return o;
}

/* Of the process, when what is free has gone back to the system. */
static cJSON *memory(void)
{
    usage_give_back();
    struct usage u = usage_now();
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "in_use", (double)u.in_use);
    cJSON_AddNumberToObject(o, "held", (double)u.held);
    cJSON_AddNumberToObject(o, "resident", (double)u.resident);
    cJSON_AddNumberToObject(o, "files", u.files);
    return o;
}

/* ---- changes ---- */

bool control_holds(void *ctx, const char *step)
{
    (void)step;
    return ((const struct control *)ctx)->steps;
}

static cJSON *act(struct control *c, const struct control_request *r, struct err *e)
{
    uint32_t phones;
    if (!control_do(c, r, &phones, e))
        return NULL;
    cJSON *o = cJSON_CreateObject();
    put_time(o, "at_us", lab_now_us(c->session->lab));
    cJSON_AddNumberToObject(o, "phones", phones);
    return o;
}

static cJSON *go(struct control *c, enum control_kind kind, double speed)
{
    if (kind == CONTROL_SPEED) {
        c->speed = speed;
        return stands(c);
    }
    c->paused = kind == CONTROL_PAUSE;
    c->steps = kind == CONTROL_STEP;
    c->stop |= kind == CONTROL_STOP;
    if (kind == CONTROL_CONTINUE || kind == CONTROL_STEP)
        script_release(c->session->script);
    return stands(c);
}

/* ---- all of them ---- */

static cJSON *result(struct control *c, const struct control_request *r, struct err *e)
{
    switch (r->kind) {
    case CONTROL_DO:
        return act(c, r, e);
    case CONTROL_REPORT:
        return report(c);
    case CONTROL_VERDICT:
        return verdict(c);
    case CONTROL_PHONE:
        return phone(c, r->text, e);
    case CONTROL_EXPLAIN:
        return explain(c, r->text, e);
    case CONTROL_COUNT:
        return count(c, r, e);
    case CONTROL_STEPS:
        return steps(c);
    case CONTROL_TIME:
        return stands(c);
    case CONTROL_MEMORY:
        return memory();
    default:
        return go(c, r->kind, r->speed);
    }
}

void control_answer(struct control *c, struct view line, struct sys_text *answer)
{
    struct control_request r;
    struct err e = { "" };
    cJSON *ok = control_read(line, &r, &e) ? result(c, &r, &e) : NULL, *o = cJSON_CreateObject();
    if (r.id[0] != '\0')
        cJSON_AddItemToObject(o, "id", cJSON_CreateRaw(r.id));
    if (ok != NULL)
        cJSON_AddItemToObject(o, "ok", ok);
    else
        cJSON_AddStringToObject(o, "error", e.text);
    char *text = text_whole(cJSON_PrintUnformatted(o));
    FILE *f = sys_text_open(answer);
    fprintf(f, "%s\n", text);
    fclose(f);
    cJSON_free(text);
    cJSON_Delete(o);
}
