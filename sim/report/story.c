#include "sim/report/story_parts.h"

#include "nodes/capf.h"
#include "sim/report/fmt.h"
#include "sim/wire/text.h"

#include <string.h>

/* ---- the story's phone ---- */

#define NEXT_BOOT_US 3600000000ull /* by then it has booted and settled */

static bool is_full(const struct story *s, uint32_t list)
{
    return list != 0 && !content_get_list(s->c, list)->empty;
}

/* Not while one of its lists has something in it. */
static bool trusts_anybody(const struct story *s)
{
    return !is_full(s, s->p->ctl) && !is_full(s, s->p->itl);
}

static void put_list(const struct story *s, const char *name, uint32_t list)
{
    fprintf(s->out, "    %-14s ", name);
    if (list == 0) {
        fputs("none\n", s->out);
        return;
    }
    const struct ct_list *l = content_get_list(s->c, list);
    char date[FMT_ROOM];
    fputs("signed by ", s->out);
    story_put_cert(s->out, s->c, l->envelope.cert);
    fprintf(s->out, ", of %s%s\n",
            date_iso(l->envelope.timestamp, s->lab->base->options.offset_s, date),
            !l->empty           ? ""
            : trusts_anybody(s) ? " (empty: it trusts whoever comes first)"
                                : " (empty)");
}

/* Where it is wrong. */
static void put_clock(const struct story *s)
{
    int64_t ahead_s = s->env.ahead_s, now_s = s->env.start_s + (int64_t)(s->env.now_us / 1000000);
    char span[FACT_TEXT], date[FMT_ROOM];
    if (ahead_s == 0)
        return;
    time_print((uint64_t)(ahead_s < 0 ? -ahead_s : ahead_s) * 1000000, span);
    fprintf(s->out, "  Its clock is %s %s: %s.\n", span, ahead_s < 0 ? "behind" : "ahead",
            date_iso(now_s + ahead_s, s->lab->base->options.offset_s, date));
}

static void put_holds(const struct story *s)
{
    const struct cnf *cnf = story_config(s);
    put_clock(s);
    fputs("  It holds\n", s->out);
    if (model_table[s->p->model].ctl)
        put_list(s, "CTL", s->p->ctl);
    if (model_table[s->p->model].itl)
        put_list(s, "ITL", s->p->itl);
    fprintf(s->out, "    %-14s ", "configuration");
    if (cnf == NULL) {
        fputs("none\n", s->out);
        return;
    }
    uint32_t tvs = phone_tvs_servers(s->p, s->c);
    fprintf(s->out, "%s, %s", cnf->is_default ? "XMLDefault" : "its own",
            COUNTED_OF(cnf->server_count, "CallManager"));
    for (uint32_t i = 0; i < tvs; i++) {
        fprintf(s->out, "%s", i == 0 ? "; TVS " : ", ");
        story_put_node(s, text_host(cnf->tvs[i].address));
    }
    fputs(tvs == 0 ? "; no TVS\n" : "\n", s->out);
}

/* As its page has it, where CAPF was told to do something: why its LSC is what it is. */
static void put_operation(const struct story *s, uint32_t phone)
{
    const struct cluster *cl = lab_listed_in(s->lab, phone);
    const struct device_class *row = cl == NULL ? NULL : config_class_of(cl, phone);
    if (row != NULL && row->capf.status != CAPF_STATUS_NONE)
        fprintf(s->out, "  Certificate Operation Status on its page: %s.\n",
                capf_status_name((enum capf_status)row->capf.status));
}

/* ---- the whole ---- */

const char *story_server(const struct lab *lab, uint32_t phone, char out[LAB_NODE_NAME])
{
    uint32_t at = lab->state.cold[phone].node;
    if (at == 0 || !phone_is_registered(&lab->state.phones[phone]))
        return NULL;
    return lab_node_name(lab, at - 1, out);
}

static uint32_t own_refusals(const struct phone *p, const struct phone_env *env,
                             uint32_t purposes_of, struct story_refusal *out)
{
    uint32_t n = 0;
    for (int k = TRUST_CTL; k < TRUST_JUDGED; k++) {
        enum trust_verdict verdict;
        if ((purposes_of & FSM_BIT(k)) == 0 ||
            (out[n].offered =
                 phone_explain(p, env, (enum trust_purpose)k, &out[n].chain, &verdict)) == 0)
            continue;
        out[n].purpose = (uint8_t)k;
        out[n++].verdict = (uint8_t)verdict;
    }
    return n;
}

/* What it comes by at a boot. */
#define BOOT_PURPOSES                                                                              \
    (FSM_BIT(TRUST_CTL) | FSM_BIT(TRUST_ITL) | FSM_BIT(TRUST_CONFIG) | FSM_BIT(TRUST_CAPF))

uint32_t story_refusals(struct losses *losses, uint32_t phone,
                        struct story_refusal out[STORY_REFUSALS])
{
    struct lab *lab = losses->lab;
    struct phone_env env = lab_env_of(lab, phone);
    const struct phone *p = &lab->state.phones[phone];
    uint32_t n = own_refusals(p, &env, BOOT_PURPOSES, out);
    if ((losses_now(losses, phone) & FSM_BIT(FUNCTION_SECURE_SERVICES)) == 0)
        return n;
    /* Mostly nobody pressed the key: pressed now, in a trial. */
    struct lab *trial = lab_trial(lab, &phone, 1);
    lab_press(trial, 0, KEY_DIRECTORIES, lab_now_us(trial));
    lab_settle(trial, lab_now_us(trial) + 600000000u);
    struct phone_env trial_env = lab_env_of(trial, 0);
    n += own_refusals(&trial->state.phones[0], &trial_env, FSM_BIT(TRUST_HTTPS), out + n);
    lab_free(trial);
    return n;
}

void story_refused(FILE *out, struct lab *lab, uint32_t phone, enum trust_purpose purpose)
{
    struct story_refusal refusals[STORY_REFUSALS];
    struct story_told told = { .count = 0 };
    struct story s = {
        out, lab, &lab->state.phones[phone], lab_env_of(lab, phone), lab->base->content, &told
    };
    if (own_refusals(s.p, &s.env, FSM_BIT(purpose), refusals) > 0)
        story_put_refusal(&s, &refusals[0]);
}

void story_alone(FILE *out, struct lab *lab, uint32_t phone)
{
    struct story_refusal refusals[STORY_REFUSALS];
    struct story_told told = { .count = 0 };
    char name[DEVICE_NAME];
    const struct phone *p = &lab->state.phones[phone];
    struct story s = { out, lab, p, lab_env_of(lab, phone), lab->base->content, &told };
    lab_phone_name(lab, phone, name);
    fprintf(out, "  %s, %s, is %s.\n", name, model_table[p->model].product,
            phone_states[p->state].name);
    put_holds(&s);
    uint32_t n = own_refusals(p, &s.env, FSM_BIT(TRUST_JUDGED) - 1, refusals);
    for (uint32_t i = 0; i < n; i++)
        story_put_refusal(&s, &refusals[i]);
}

/* Its date, where the run has dates. */
static const char *begun(const struct lab *lab, uint64_t us, char out[FMT_ROOM])
{
    return lab->base->options.dated ? lab_date(lab, us, out) : fmt_short_clock(us, out);
}

static void put_loss(const struct story *s, enum phone_function f, bool open, uint32_t step)
{
    fprintf(s->out, "  It %s %s %s%s%s", open ? "has lost" : "lost", lab_function_name(f),
            step == 0 ? "before the first step" : "after \"",
            step == 0 ? "" : s->lab->record.steps[step].name, step == 0 ? "" : "\"");
}

/* The rows of the table: what is over with the step in which it was lost first, then what is lost
 * still. */
static void put_losses(const struct story *s, struct losses *losses, uint32_t phone)
{
    struct lab_loss loss;
    bool any = losses_of(losses, phone, &loss);
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((loss.ever & FSM_BIT(f)) == 0)
            continue;
        char minutes[FMT_ROOM];
        bool open = (loss.open & FSM_BIT(f)) != 0;
        if (!open || loss.total_us[f] > 0) {
            put_loss(s, (enum phone_function)f, false, loss.first_step[f]);
            fprintf(s->out, ", for %s.\n", fmt_minutes_words(loss.total_us[f], minutes));
        }
        if (open) {
            put_loss(s, (enum phone_function)f, true, loss.step[f]);
            fprintf(s->out, ", at %s, and does not have it back.\n",
                    begun(s->lab, loss.since_us[f], minutes));
        }
    }
    if (!any)
        fputs("  It lost nothing.\n", s->out);
}

/* What it would refuse at its next boot, where it has not refused anything yet: that is why hands
 * are needed.  Found by trying. */
static void put_next_boot(FILE *out, struct lab *lab, uint32_t phone, struct story_told *told)
{
    struct lab *trial = lab_trial(lab, &phone, 1);
    lab_power(trial, 0, false, lab_now_us(trial));
    lab_power(trial, 0, true, lab_now_us(trial));
    lab_settle(trial, lab_now_us(trial) + NEXT_BOOT_US);
    struct story s = {
        out, trial, &trial->state.phones[0], lab_env_of(trial, 0), trial->base->content, told
    };
    struct story_refusal refusals[STORY_REFUSALS];
    uint32_t n = own_refusals(s.p, &s.env, BOOT_PURPOSES, refusals);
    if (n > 0)
        fputs("  At its next boot:\n", out);
    for (uint32_t i = 0; i < n; i++)
        story_put_refusal(&s, &refusals[i]);
    lab_free(trial);
}

/* What it will lack then and does not yet. */
static void put_more(FILE *out, const char *when, uint8_t functions, uint8_t way)
{
    static const char *const ends[WAY_KINDS] = {
        [WAY_NONE] = "; it comes back by itself",
        [WAY_BOOT] = "; the boot after that brings it back",
        [WAY_ACTS] = "; an act on the cluster brings it back",
        [WAY_HANDS] = "; that needs hands",
        [WAY_UNKNOWN] = "; nothing that was tried brings it back",
    };
    const char *between = " ";
    if (functions == 0)
        return;
    fprintf(out, "  %s it loses", when);
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((functions & FSM_BIT(f)) == 0)
            continue;
        fprintf(out, "%s%s", between, lab_function_name((enum phone_function)f));
        between = ", ";
    }
    fprintf(out, "%s.\n", ends[way]);
}

static void put_way_back(FILE *out, struct losses *losses, const struct verdict_phone *p)
{
    const struct way *way = remedies_of(losses_remedies(losses), p->phone);
    char text[WAY_TEXT];
    if (p->ever == 0)
        return;
    if (way->kind != WAY_NONE) {
        way_sentence(losses->lab, way, text);
        fprintf(out, "  What brings it back: %s\n", text);
    } else if (p->back_kind == BACK_NOT) {
        fputs("  It was switched off when it lacked that.\n", out);
    } else if (p->back_kind == BACK_BY_ITSELF) {
        fputs("  It came back by itself.\n", out);
    } else {
        const struct back *b = returns_back(&losses->returns, p->back);
        fprintf(out, "  It came back after: %s.\n", back_words(losses->lab, b, text));
    }
}

void story_print(FILE *out, struct losses *losses, uint32_t phone)
{
    struct lab *lab = losses->lab;
    struct verdict_phone ahead = losses_ahead_of(losses, phone);
    char name[DEVICE_NAME], server[LAB_NODE_NAME];
    const struct phone *p = &lab->state.phones[phone];
    struct story_told told = { .count = 0 };
    struct story s = { out, lab, p, lab_env_of(lab, phone), lab->base->content, &told };
    lab_phone_name(lab, phone, name);
    bool listed = lab_listed_in(lab, phone) != NULL;
    fprintf(out, "  %s, %s, %s%s, is %s", name, model_table[p->model].product,
            listed ? "pool " : "in no database", lab_pool_of(lab, phone),
            phone_states[p->state].name);
    const char *at = story_server(lab, phone, server);
    fprintf(out, "%s%s.\n", at == NULL ? "" : " at ", at == NULL ? "" : at);
    put_losses(&s, losses, phone);
    put_holds(&s);
    put_operation(&s, phone);
    struct story_refusal refusals[STORY_REFUSALS];
    uint32_t n = story_refusals(losses, phone, refusals);
    for (uint32_t i = 0; i < n; i++)
        story_put_refusal(&s, &refusals[i]);
    uint8_t lost = losses_now(losses, phone);
    if (n == 0 && (lost & (FSM_BIT(FUNCTION_CONFIGURATION) | FSM_BIT(FUNCTION_TRUST_LIST))) != 0)
        story_put_tftp(&s, phone);
    if ((lost & FSM_BIT(FUNCTION_REGISTRATION)) != 0)
        story_put_registration(&s, phone);
    if (n == 0 && (ahead.way == WAY_HANDS || ahead.boot.more != 0))
        put_next_boot(out, lab, phone, &told);
    put_more(out, "Left alone", ahead.left.more | ahead.left.passing, ahead.left.way);
    put_more(out, "At its next boot", ahead.boot.more, ahead.boot.way);
    put_way_back(out, losses, &ahead);
}
