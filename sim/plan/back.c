#include "sim/plan/back.h"

#include "nodes/backup.h"
#include "nodes/services.h"
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/lab_found.h"
#include "sim/predict/remedy.h"
#include "sim/predict/try.h"

#include <string.h>

#define BACKUPS_MOST 3 /* the newest of them are tried */

/* What brings back those that lack something: hands are what counts. */
struct remedy_count {
    uint32_t hands, unknown, acts;
    const char *words; /* of the acts, the first that some need */
};

struct trying {
    struct table at; /* index of what was searched before, by state */
    struct remedy_count *counts;
    uint32_t count, cap;
    struct plan *plan;
    struct record *record;
    const struct recorded_point *point;
    struct lab *lab; /* the fork in which it is done */
    uint8_t *had;    /* by phone of the fork: what it lacked before the change */
    uint8_t *lost;   /* likewise: what it lacks behind the way, and lacked not before */
};

/* ---- is it as before? ---- */

static const char *same_node(struct arena *a, const struct node *before, const struct node *now)
{
    const struct node_disk *x = &before->disk, *y = &now->disk;
    if (before->removed != now->removed || strcmp(x->name, y->name) != 0 || x->ip != y->ip ||
        strcmp(x->domain, y->domain) != 0)
        return plan_fmt(a, "%s is not the node that it was", x->name);
    for (int own = 0; own < OWNS; own++) {
        if (x->own[own] != y->own[own])
            return plan_fmt(a, "%s has another %s certificate", y->name, own_name((enum own)own));
    }
    if (x->activated != y->activated || before->run.off != now->run.off)
        return plan_fmt(a, "other services run on %s", y->name);
    return NULL;
}

static bool same_groups(const struct cluster *before, const struct cluster *now)
{
    if (before->db.group_count != now->db.group_count ||
        before->db.pool_count != now->db.pool_count)
        return false;
    for (uint32_t i = 0; i < now->db.group_count; i++) {
        if (before->db.groups[i].count != now->db.groups[i].count ||
            memcmp(before->db.groups[i].members, now->db.groups[i].members,
                   now->db.groups[i].count) != 0)
            return false;
    }
    for (uint32_t i = 0; i < now->db.pool_count; i++) {
        if (before->db.pools[i].group != now->db.pools[i].group)
            return false;
    }
    return true;
}

/* The rollback parameter at True is what preflight wants mended: nobody wants it back. */
static bool same_params(const struct cluster *before, const struct cluster *now)
{
    for (int k = 0; k < PARAMS; k++) {
        bool mended = k == PARAM_ROLLBACK && now->db.params[k] == 0;
        if (before->db.params[k] != now->db.params[k] && !mended)
            return false;
    }
    return true;
}

/* NULL: it is what it was; else what is not. */
static const char *same_cluster(struct arena *a, const struct cluster *before,
                                const struct cluster *now)
{
    if (before->version != now->version)
        return plan_fmt(a, "%s runs %s", now->name, now->version->name);
    if (before->node_count != now->node_count)
        return plan_fmt(a, "%s has other nodes", now->name);
    for (uint32_t n = 0; n < now->node_count; n++) {
        const char *other = same_node(a, &before->nodes[n], &now->nodes[n]);
        if (other != NULL)
            return other;
    }
    if (before->db.mixed_mode != now->db.mixed_mode)
        return plan_fmt(a, "%s is in another mode", now->name);
    if (!same_params(before, now))
        return plan_fmt(a, "parameters of %s are not what they were", now->name);
    return same_groups(before, now)
               ? NULL
               : plan_fmt(a, "groups or pools of %s are not what they were", now->name);
}

static const char *what_differs(const struct trying *t)
{
    struct arena *a = &t->plan->arena;
    const struct lab *before = t->record->base;
    for (uint32_t c = 0; c < t->lab->state.cluster_count; c++) {
        const char *other =
            c >= before->state.cluster_count
                ? "there is another cluster"
                : same_cluster(a, &before->state.clusters[c], &t->lab->state.clusters[c]);
        if (other != NULL)
            return other;
    }
    for (uint32_t i = 0; i < t->point->phones; i++) {
        uint32_t phone = t->point->whom[i];
        if (phone < t->record->had_count && record_row(t->lab, i) != t->record->rows[phone])
            return "settings of phones are not what they were";
    }
    return NULL;
}

/* ---- what phones come to ---- */

static bool is_old(const struct lab *lab, enum service s)
{
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        FOR_EACH_NODE(&lab->state.clusters[c], n)
        {
            if (services_is_outdated(&lab->state.clusters[c], n, s))
                return true;
        }
    }
    return false;
}

static void restart_old(struct lab *lab, enum service s)
{
    struct err e;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        FOR_EACH_NODE(&lab->state.clusters[c], n)
        {
            struct act act = { .kind = DO_RESTART, .node = (uint8_t)n, .arg = { s } };
            if (services_is_outdated(&lab->state.clusters[c], n, s))
                lab_do(lab, c, &act, &e);
        }
    }
    try_quiet(lab);
}

static void reset_phones(struct lab *lab)
{
    const struct act reset = { .kind = DO_RESET_ALL };
    struct err e;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++)
        lab_do(lab, c, &reset, &e);
    try_quiet(lab);
}

/* What works with what is no more, in the order of the guides. */
static void restart_all_old(struct lab *lab)
{
    for (int k = 0; k < SERVICES; k++)
        restart_old(lab, (enum service)way_restarts[k]);
}

/* Fills in t->lost; how many phones of the fleet lack something that they had. */
static uint32_t look_at_phones(struct trying *t)
{
    uint32_t phones = 0;
    try_press(t->lab, t->had, t->lost);
    for (uint32_t i = 0; i < t->point->phones; i++) {
        if (t->lab->state.phones[i].state == PHONE_OFF)
            t->lost[i] = 0; /* as it was: what it meets is told elsewhere */
        t->lost[i] &= (uint8_t)~t->had[i];
        phones += t->lost[i] != 0 ? t->point->alike[i] : 0;
    }
    return phones;
}

/* What is lacked, and what is not asked for, in which state of the lab: equal ones have equal
 * remedies. */
static uint64_t state_of(const struct trying *t)
{
    uint64_t h = lab_hash(t->lab);
    for (uint32_t i = 0; i < t->point->phones; i++)
        h = rng_mix(h ^
                    ((uint64_t)t->point->alike[i] << 16 | (uint64_t)t->had[i] << 8 | t->lost[i]));
    return h | 1;
}

static struct remedy_count search(struct trying *t)
{
    struct remedy_count n = { 0, 0, 0, NULL };
    struct remedies found;
    char text[WAY_TEXT];
    struct remedies_wish wish = JUDGE_WISH;
    wish.without = t->had;
    remedies_search(t->lab, t->lost, wish, &found);
    for (uint32_t i = 0; i < t->point->phones; i++) {
        const struct way *w = remedies_of(&found, i);
        if (t->lost[i] == 0)
            continue;
        n.hands += w->kind == WAY_HANDS ? t->point->alike[i] : 0;
        n.unknown += w->kind == WAY_UNKNOWN || plan_leads_elsewhere(w) ? t->point->alike[i] : 0;
        n.acts += w->kind == WAY_ACTS || w->kind == WAY_BOOT ? t->point->alike[i] : 0;
        if ((w->kind == WAY_ACTS || w->kind == WAY_BOOT) && n.words == NULL) {
            way_sentence(t->lab, w, text);
            n.words = plan_keep(&t->plan->arena, text);
        }
    }
    remedies_free(&found);
    return n;
}

static struct remedy_count count_remedies(struct trying *t)
{
    uint64_t key = state_of(t);
    uint32_t *known = table_get(&t->at, key);
    if (known != NULL)
        return t->counts[*known];
    struct remedy_count *new =
        plan_more(&t->plan->arena, &t->counts, &t->count, &t->cap, sizeof *new);
    *new = search(t);
    table_put(&t->at, key, t->count - 1);
    return *new;
}

/* ---- one way ---- */

static struct plan_way *new_way(struct trying *t, struct plan_step *s, const char *what)
{
    struct plan_way *w =
        plan_more(&t->plan->arena, &s->ways, &s->way_count, &s->way_cap, sizeof *w);
    w->what = what;
    w->leads = RETURN_NONE;
    return w;
}

static void begin(struct trying *t)
{
    t->lab = lab_fork(t->point->lab);
    try_quiet(t->lab);
}

static void end(struct trying *t)
{
    lab_free(t->lab);
    t->lab = NULL;
}

static uint8_t leads_to(const struct remedy_count *n, const char *differs)
{
    return n->unknown > 0    ? RETURN_NONE
           : n->hands > 0    ? RETURN_BY_HANDS
           : n->acts > 0     ? RETURN_BY_ACTS
           : differs != NULL ? RETURN_KEEPS
                             : RETURN_WORKS;
}

/* What has come of a way, once services are restarted and phones reset. */
static void judge_end(struct trying *t, struct plan_way *w)
{
    struct arena *a = &t->plan->arena;
    const char *differs = what_differs(t);
    uint32_t lack = look_at_phones(t);
    struct remedy_count n = { 0, 0, 0, NULL };
    if (lack > 0)
        n = count_remedies(t);
    w->leads = leads_to(&n, differs);
    if (lack == 0)
        w->result = differs == NULL ? "all is as it was before the change"
                                    : plan_fmt(a, "phones keep everything, but %s", differs);
    else if (n.hands > 0 || n.unknown > 0)
        w->result =
            plan_fmt(a, "%s would lack something then, %s of them until somebody goes there%s%s",
                     COUNTED_OF(lack, "phone"), COUNTED(n.hands + n.unknown),
                     differs == NULL ? "" : "; and ", differs == NULL ? "" : differs);
    else
        w->result =
            plan_fmt(a, "%s would lack something then, until: %s%s%s", COUNTED_OF(lack, "phone"),
                     n.words, differs == NULL ? "" : " And ", differs == NULL ? "" : differs);
}

static void judge(struct trying *t, struct plan_way *w)
{
    restart_all_old(t->lab);
    reset_phones(t->lab);
    judge_end(t, w);
}

/* ---- act by act ---- */

/* The phones of the fork that an act was on. */
static uint32_t same_phones(const struct trying *t, const struct recorded_act *act, uint32_t *out)
{
    uint32_t most = t->record->lab->state.phone_count, count = 0;
    uint8_t *on = mem_take(&sys_mem, (size_t)most + 1);
    memset(on, 0, (size_t)most + 1);
    for (uint32_t i = 0; i < act->phones; i++)
        on[act->whom == NULL ? act->first + i : act->whom[i]] = 1;
    for (uint32_t i = 0; i < t->point->phones; i++) {
        if (on[t->point->whom[i]])
            out[count++] = i;
    }
    mem_free(&sys_mem, on);
    return count;
}

/* On every node where it is activated, in the order of the guides. */
static void restart_everywhere(struct lab *lab, uint32_t cluster, uint32_t services)
{
    struct err e;
    for (int k = 0; k < SERVICES; k++) {
        FOR_EACH_NODE(&lab->state.clusters[cluster], n)
        {
            struct act act = { .kind = DO_RESTART, .node = (uint8_t)n, .arg = { way_restarts[k] } };
            if ((services & SERVICE_BIT(way_restarts[k])) != 0)
                lab_do(lab, cluster, &act, &e);
        }
        try_quiet(lab);
    }
}

/* With the restarts that have to stand behind it. */
static bool do_back(struct lab *lab, uint32_t cluster, const struct act *act, struct err *e)
{
    const struct act_remedy *remedy = &act_table[act->kind]->remedy;
    if (!lab_do(lab, cluster, act, e))
        return false;
    try_quiet(lab);
    if (remedy->then != NULL)
        restart_everywhere(lab, cluster, remedy->then(&lab->state.clusters[cluster], act));
    return true;
}

/* A service that was started is no more to be taken back (reverse.c): it runs already. */
static bool runs_already(const struct lab *lab, uint32_t cluster, const struct act *act)
{
    return act->kind == DO_START &&
           lab->state.clusters[cluster].nodes[act->node].run.services[act->arg[0]].state !=
               SERVICE_STOPPED;
}

static bool take_back(struct trying *t, const struct recorded_act *act, struct err *e)
{
    struct act back = act->back;
    if (runs_already(t->lab, act->cluster, &back))
        return true;
    if (act->name != NULL)
        back.arg[0] = content_str(t->lab->base->content, act->name);
    if (act_table[back.kind]->scope != ON_PHONES)
        return do_back(t->lab, act->cluster, &back, e);
    uint32_t *whom = mem_take(&sys_mem, ((size_t)t->point->phones + 1) * sizeof *whom);
    struct lab_whom w = { .phones = whom };
    w.count = same_phones(t, act, whom);
    bool done = w.count == 0 || lab_do_phones(t->lab, act->cluster, &back, &w, e);
    mem_free(&sys_mem, whom);
    return done;
}

static void put_words(const struct trying *t, const struct recorded_act *act, char out[ACT_TEXT])
{
    const struct act_row *row = act_table[act->back.kind];
    struct wr w = wr_of(out, ACT_TEXT - 1);
    if (act->name != NULL)
        wr_fmt(&w, "%s %s", row->name, act->name);
    else if (row->scope != ON_NODE && row->remedy.how != NULL)
        way_put_act(&w, t->point->lab, act->cluster, &act->back);
    else
        act_print(&t->point->lab->state.clusters[act->cluster], &act->back, out);
    if (w.n > 0)
        out[w.n < w.cap ? w.n : w.cap] = '\0';
}

/* "set ... to False, ..." of the acts that are taken back, the last one first. */
static const char *words_of(const struct trying *t)
{
    struct arena *a = &t->plan->arena;
    const char *text = "";
    uint32_t count = 0;
    for (uint32_t i = t->point->acts; i-- > 0;) {
        const struct recorded_act *act = &t->record->acts[i];
        char words[ACT_TEXT], name[LAB_NODE_NAME] = "";
        if (act->reverse != REVERSE_ACT)
            continue;
        if (count++ == 6)
            return plan_fmt(a, "%s, ...", text);
        put_words(t, act, words);
        if (act_table[act->back.kind]->scope == ON_NODE)
            lab_node_name(t->point->lab, (uint32_t)act->cluster << 8 | act->back.node, name);
        text = plan_fmt(a, "%s%s%s%s%s", text, text[0] == '\0' ? "" : ", ", words,
                        name[0] == '\0' ? "" : " on ", name);
    }
    return text;
}

static void try_reverse(struct trying *t, struct plan_step *s)
{
    struct arena *a = &t->plan->arena;
    struct err e = { "" };
    const struct recorded_act *none = NULL;
    for (uint32_t i = 0; i < t->point->acts && none == NULL; i++)
        none = t->record->acts[i].reverse == REVERSE_NONE ? &t->record->acts[i] : NULL;
    if (none != NULL) {
        struct plan_way *w = new_way(t, s, "Take it back act by act");
        w->result = plan_fmt(a, "nothing takes back \"%s\"", none->words);
        return;
    }
    struct plan_way *w =
        new_way(t, s, plan_fmt(a, "Take it back: %s; restart services, reset phones", words_of(t)));
    begin(t);
    for (uint32_t i = t->point->acts; i-- > 0 && e.text[0] == '\0';) {
        if (t->record->acts[i].reverse != REVERSE_ACT)
            continue;
        if (take_back(t, &t->record->acts[i], &e))
            try_quiet(t->lab);
    }
    if (e.text[0] == '\0')
        judge(t, w);
    else
        w->result = plan_fmt(a, "it is refused: %s", e.text);
    end(t);
}

/* ---- a backup ---- */

static bool restore(struct lab *lab, uint32_t cluster, uint32_t nth, struct err *e)
{
    FOR_EACH_NODE(&lab->state.clusters[cluster], n)
    {
        struct act act = { .kind = DO_RESTORE, .node = (uint8_t)n, .arg = { nth } };
        if (!lab_do(lab, cluster, &act, e))
            return false;
        try_quiet(lab);
    }
    restart_everywhere(lab, cluster, SERVICE_BIT(SERVICE_TVS) | SERVICE_BIT(SERVICE_TFTP));
    return true;
}

static void try_backup(struct trying *t, struct plan_step *s, uint32_t cluster, uint32_t nth)
{
    struct arena *a = &t->plan->arena;
    const struct cluster *cl = &t->point->lab->state.clusters[cluster];
    const struct backup *b = backup_nth(cl, nth);
    struct err e = { "" };
    struct plan_way *w = new_way(t, s,
                                 plan_fmt(a,
                                          "Restore the backup of %s on every node of %s, restart "
                                          "TVS, then Cisco Tftp on every node, reset phones",
                                          plan_backup_time(a, t->record->lab, b), cl->name));
    const char *unknown = plan_backup_unknown(a, t->point->lab, cluster, b, PLAN_EVERY_NODE);
    begin(t);
    if (restore(t->lab, cluster, nth, &e))
        judge(t, w);
    else
        w->result = plan_fmt(a, "it is refused: %s", e.text);
    if (unknown != NULL)
        w->result = plan_fmt(a,
                             "cannot know: it is older than %s, and no file has what lay there "
                             "then; with one that no phone knows: %s",
                             unknown, w->result);
    end(t);
}

static const char *no_backup(const struct trying *t)
{
    for (uint32_t c = 0; c < t->point->lab->state.cluster_count; c++) {
        const struct lab_found_cluster *told = lab_found_cluster(t->point->lab, c);
        if (told != NULL && told->backup == LAB_YES && told->backup_restores == LAB_NO)
            return "the one from before the change cannot be restored";
    }
    return "there is none from before the change";
}

static void try_backups(struct trying *t, struct plan_step *s)
{
    uint32_t tried = 0;
    for (uint32_t c = 0; c < t->point->lab->state.cluster_count; c++) {
        for (uint32_t nth = 1; nth <= BACKUPS_MOST; nth++) {
            if (backup_nth(&t->point->lab->state.clusters[c], nth) == NULL)
                break;
            uint32_t at = s->way_count;
            try_backup(t, s, c, nth);
            tried++;
            if (s->ways[at].leads == RETURN_WORKS)
                return; /* older ones lead no nearer */
        }
    }
    if (tried == 0)
        new_way(t, s, "Restore a backup")->result = no_backup(t);
}

/* ---- all of it ---- */

static bool nothing_was_done(const struct trying *t)
{
    for (uint32_t i = 0; i < t->point->acts; i++) {
        if (t->record->acts[i].reverse != REVERSE_NOTHING)
            return false;
    }
    return true;
}

/* What comes of it where nobody goes on from here. */
static void try_stop(struct trying *t, struct plan_step *s)
{
    struct plan_way stop = { .what = "" };
    begin(t);
    judge(t, &stop);
    s->stop = stop.result;
    s->returns = stop.leads == RETURN_WORKS && nothing_was_done(t) ? RETURN_NOTHING : stop.leads;
    end(t);
}

/* The best of them, to stop here among them. */
static void choose(struct plan_step *s)
{
    for (uint32_t i = 0; i < s->way_count; i++)
        s->returns = s->ways[i].leads < s->returns ? s->ways[i].leads : s->returns;
}

/* Services that hold something old take up what is new one kind after the other, and phones follow
 * before the next one: what they know vouches meanwhile.  The order of the guides, and the other
 * way round. */
static void try_on(struct trying *t, struct plan_step *s, bool backwards)
{
    struct arena *a = &t->plan->arena;
    const char *text = "";
    uint32_t count = 0;
    begin(t);
    for (int k = 0; k < SERVICES; k++) {
        enum service service = (enum service)way_restarts[backwards ? SERVICES - 1 - k : k];
        if (!is_old(t->lab, service))
            continue;
        text = plan_fmt(a, "%s%srestart %s, reset phones", text, count++ == 0 ? "" : "; ",
                        service_name(service));
        restart_old(t->lab, service);
        reset_phones(t->lab);
    }
    if (count > 1) {
        struct plan_way *w = new_way(t, s, plan_fmt(a, "Go on: %s", text));
        judge_end(t, w);
        /* It is more acts, in that order: phones do not keep everything whatever is done. */
        w->leads = w->leads < RETURN_BY_ACTS ? RETURN_BY_ACTS : w->leads;
    }
    end(t);
}

/* Where all at once, back, and a backup lead to hands. */
static void try_going_on(struct trying *t, struct plan_step *s)
{
    for (int backwards = 0; backwards < 2 && s->returns >= RETURN_BY_HANDS; backwards++) {
        try_on(t, s, backwards == 1);
        choose(s);
    }
}

static void try_step(struct trying *t, struct plan_step *s)
{
    uint32_t n = t->point->phones;
    struct lab_mark mark = lab_mark(t->record->lab);
    t->had = mem_take(&sys_mem, (size_t)n + 1);
    t->lost = mem_take(&sys_mem, (size_t)n + 1);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t phone = t->point->whom[i];
        t->had[i] = phone < t->record->had_count
                        ? (uint8_t)(t->record->had[phone] | t->record->next[phone])
                        : 0;
    }
    try_stop(t, s);
    if (s->returns != RETURN_NOTHING) {
        try_reverse(t, s);
        try_backups(t, s);
        choose(s);
        try_going_on(t, s);
    }
    mem_free(&sys_mem, t->had);
    mem_free(&sys_mem, t->lost);
    lab_rewind(t->record->lab, &mark);
}

void back_try(struct plan *p, struct record *r)
{
    struct trying t = { .at = table_of(&sys_mem), .plan = p, .record = r };
    uint32_t k = 0;
    for (uint32_t i = 0; i < r->point_count && k < p->step_count; i++) {
        t.point = &r->points[i];
        if (t.point->step != p->steps[k].number)
            continue;
        struct plan_step *s = &p->steps[k++];
        if (t.point->lab == NULL)
            continue;
        try_step(&t, s);
        if (p->no_return == 0 && s->returns >= RETURN_BY_HANDS)
            p->no_return = k;
    }
    table_free(&t.at);
}
