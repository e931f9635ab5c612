#include "sim/preflight/files.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/preflight/say.h"
#include "sim/preflight/touch.h"
#include "sim/text/cell.h"
#include "sim/wire/text.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

/* ---- JSON ---- */

static void add_nodes(cJSON *to, const struct cluster *cl, const struct preflight_who *who)
{
    cJSON *list = cJSON_AddArrayToObject(to, "nodes");
    FOR_EACH_NODE(cl, i)
    {
        if (who_has(who, i))
            cJSON_AddItemToArray(list, cJSON_CreateString(cl->nodes[i].disk.name));
    }
}

static void add_phones(cJSON *to, const struct lab *lab, const struct preflight_who *who)
{
    cJSON_AddNumberToObject(to, "phones", who->phones);
    cJSON *list = cJSON_AddArrayToObject(to, "phone_names");
    for (uint32_t i = 0; i < who->named_count; i++) {
        char name[DEVICE_NAME];
        lab_phone_name(lab, who->named[i], name);
        cJSON_AddItemToArray(list, cJSON_CreateString(name));
    }
}

static void add_text(cJSON *to, const char *key, const char *text)
{
    if (text == NULL)
        cJSON_AddNullToObject(to, key);
    else
        cJSON_AddStringToObject(to, key, text);
}

static cJSON *finding(const struct preflight *p, const struct preflight_finding *f)
{
    const struct cluster *cl = &p->lab->state.clusters[f->cluster];
    cJSON *o = cJSON_CreateObject();
    bool pass = f->severity == PREFLIGHT_PASS;
    add_text(o, "check", f->check->name);
    add_text(o, "severity", preflight_severity_name((enum preflight_severity)f->severity));
    add_text(o, "cluster", cl->name);
    add_text(o, "fact", f->fact);
    add_text(o, "source", f->source);
    add_text(o, "why", f->why);
    add_text(o, f->severity == PREFLIGHT_UNKNOWN ? "collect" : "do", pass ? NULL : f->what);
    add_nodes(o, cl, &f->who);
    add_phones(o, p->lab, &f->who);
    return o;
}

static void add_counts(cJSON *root, const struct preflight *p)
{
    cJSON *o = cJSON_AddObjectToObject(root, "counts");
    for (int s = PREFLIGHT_SEVERITIES - 1; s >= 0; s--)
        cJSON_AddNumberToObject(o, preflight_severity_name((enum preflight_severity)s),
                                p->counts[s]);
}

static void add_clusters(cJSON *root, const struct preflight *p)
{
    cJSON *list = cJSON_AddArrayToObject(root, "clusters");
    for (uint32_t c = 0; c < p->lab->state.cluster_count; c++) {
        const struct cluster *cl = &p->lab->state.clusters[c];
        cJSON *o = cJSON_CreateObject();
        add_text(o, "name", cl->name);
        add_text(o, "version", cl->asked[0] == '\0' ? cl->version->name : cl->asked);
        cJSON_AddItemToArray(list, o);
    }
}

void preflight_json(FILE *out, const struct preflight *p)
{
    char date[DATE_TEXT];
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "preflight", PREFLIGHT_FORMAT);
    add_text(root, "as_of", date_iso(p->now_s, p->lab->base->options.offset_s, date));
    add_clusters(root, p);
    cJSON_AddNumberToObject(root, "phones", p->lab->state.phone_count);
    cJSON_AddNumberToObject(root, "days", p->days);
    add_counts(root, p);
    cJSON *list = cJSON_AddArrayToObject(root, "findings");
    for (uint32_t i = 0; i < p->count; i++)
        cJSON_AddItemToArray(list, finding(p, &p->list[i]));
    char *text = text_whole(cJSON_Print(root));
    fprintf(out, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(root);
}

/* ---- CSV ---- */

static void put_cell(FILE *out, const char *text, bool last)
{
    uint8_t room[2 * SAY_TEXT];
    struct wr w = wr_of(room, sizeof room);
    cell_write(&w, view_str(text));
    CHECK(!w.over);
    fprintf(out, "%.*s%s", (int)w.n, (const char *)room, last ? "\r\n" : ",");
}

/* What is known of one phone. */
struct row {
    uint32_t phone;
    bool untold; /* it holds another ITL, and no file says which */
    struct touch_end known, strangers;
};

static bool differs(const struct row *r, const struct phone *p, const struct lab *lab)
{
    return p->itl != touch_served(lab, r->phone, false) ||
           p->ctl != touch_served(lab, r->phone, true);
}

static const char *touch_word(const struct row *r)
{
    bool known = touch_needed(&r->known), strangers = touch_needed(&r->strangers);
    if (r->untold || known != strangers)
        return "cannot-know";
    return known ? "yes" : "no";
}

static const char *held_words(struct preflight_see *s, const struct row *r, const struct phone *p)
{
    uint32_t served = touch_served(s->lab, r->phone, false);
    if (r->untold)
        return "another ITL, which no file has";
    if (p->itl == served && p->ctl != touch_served(s->lab, r->phone, true))
        return p->ctl == 0 ? "no CTL" : see_list(s, p->ctl);
    return p->itl == 0 ? "no ITL" : see_list(s, p->itl);
}

static const char *back_words(const struct row *r)
{
    const struct touch_end *worse = r->strangers.way > r->known.way ? &r->strangers : &r->known;
    if (r->untold)
        return "";
    return worse->words == NULL ? "Its next reset." : worse->words;
}

static void put_phone(FILE *out, struct preflight_see *s, const struct row *r)
{
    const struct phone *p = &s->lab->state.phones[r->phone];
    char name[DEVICE_NAME], lost[160];
    uint32_t node;
    lab_phone_name(s->lab, r->phone, name);
    put_cell(out, name, false);
    put_cell(out, model_table[p->model].name, false);
    put_cell(out, lab_pool_of(s->lab, r->phone), false);
    put_cell(out, touch_word(r), false);
    put_cell(out, held_words(s, r, p), false);
    put_cell(out, see_tftp(s, r->phone, &node) ? s->cl->nodes[node].disk.name : "", false);
    put_cell(out, r->untold ? "" : touch_lost(r->known.lost | r->strangers.lost, lost), false);
    put_cell(out, back_words(r), true);
}

static bool is_row(struct preflight_see *s, struct row *r)
{
    const struct phone *p = &s->lab->state.phones[r->phone];
    const struct lab_found_phone *f = see_told(s, r->phone);
    r->known = touch_of(s->known, r->phone);
    r->strangers = s->strangers == NULL ? r->known : touch_of(s->strangers, r->phone);
    r->untold = see_mismatch(f);
    return r->untold || differs(r, p, s->lab) || r->known.lost != 0 || r->strangers.lost != 0;
}

void preflight_csv(FILE *out, const struct preflight *p)
{
    struct preflight texts = { .arena = arena_of(&sys_mem) };
    fputs("name,model,pool,touch,holds,served_by,loses,brings_back\r\n", out);
    for (uint32_t i = 0; i < p->lab->state.phone_count; i++) {
        const struct lab_fleet *fleet = lab_fleet_of(p->lab, i);
        struct row r = { .phone = i };
        if (fleet == NULL || p->lab->state.cold[i].absent)
            continue;
        struct preflight_see s = { .out = &texts,
                                   .lab = p->lab,
                                   .cl = &p->lab->state.clusters[fleet->cluster],
                                   .cluster = fleet->cluster,
                                   .found = p->found,
                                   .phone = p->phone,
                                   .known = p->known,
                                   .strangers = p->strangers };
        struct arena_mark mark = arena_mark(&texts.arena);
        if (is_row(&s, &r))
            put_phone(out, &s, &r);
        arena_rewind(&texts.arena, mark);
    }
    arena_free(&texts.arena);
}
