#include "sim/preflight/say.h"

#include "nodes/certs.h"
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/wire/shown.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAMED_MOST 5

/* Names come from strangers: nothing of them steers a terminal. */
static const char *text_of(struct preflight *p, const char *format, va_list args)
{
    char text[SAY_TEXT / 4], shown[SAY_TEXT];
    if (vsnprintf(text, sizeof text, format, args) < 0)
        text[0] = '\0';
    return arena_text(&p->arena, view_str(shown_text(shown, sizeof shown, view_str(text))));
}

const char *say_text(struct preflight_see *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = text_of(s->out, format, args);
    va_end(args);
    return text;
}

struct preflight_finding *say(struct preflight_see *s, enum preflight_severity severity,
                              const struct preflight_who *who, const char *format, ...)
{
    struct preflight *p = s->out;
    const struct preflight_check *c = s->check;
    bool unknown = severity == PREFLIGHT_UNKNOWN && c->collect != NULL;
    mem_reserve(&sys_mem, (void **)&p->list, &p->cap, (size_t)p->count + 1, sizeof *p->list);
    struct preflight_finding *f = &p->list[p->count++];
    *f = (struct preflight_finding){ .check = c,
                                     .severity = (uint8_t)severity,
                                     .cluster = (uint8_t)s->cluster,
                                     .source = c->source,
                                     .why = c->why,
                                     .what = unknown ? c->collect : c->what };
    if (who != NULL)
        f->who = *who;
    va_list args;
    va_start(args, format);
    f->fact = text_of(p, format, args);
    va_end(args);
    p->counts[severity]++;
    return f;
}

/* ---- whom ---- */

void who_node(struct preflight_who *who, uint32_t node)
{
    who->nodes[node / 64] |= UINT64_C(1) << node % 64;
}

bool who_has(const struct preflight_who *who, uint32_t node)
{
    return (who->nodes[node / 64] >> node % 64 & 1) != 0;
}

uint32_t who_nodes(const struct preflight_who *who)
{
    uint32_t n = 0;
    for (int i = 0; i < FOUND_NODES; i++)
        n += (uint32_t)__builtin_popcountll(who->nodes[i]);
    return n;
}

void who_phone(struct preflight_who *who, uint32_t phone)
{
    if (who->named_count < PREFLIGHT_NAMED)
        who->named[who->named_count++] = phone;
    who->phones++;
}

/* ---- names ---- */

void say_add(struct say_list *l, const char *name)
{
    size_t at = strlen(l->text), more = strlen(name);
    bool first = l->named == 0, fits = at + more + 4 < sizeof l->text;
    l->count++;
    if (l->named != l->count - 1 || l->named == NAMED_MOST || (!first && !fits))
        return;
    snprintf(l->text + at, sizeof l->text - at, "%s%s", first ? "" : ", ", name);
    l->named++;
}

const char *say_end(struct preflight_see *s, struct say_list *l)
{
    if (l->count == l->named)
        return say_text(s, "%s", l->text);
    return say_text(s, "%s and %s more", l->text, COUNTED(l->count - l->named));
}

const char *say_nodes(struct preflight_see *s, const struct preflight_who *who)
{
    struct say_list l = { .count = 0 };
    FOR_EACH_NODE(s->cl, i)
    {
        if (who_has(who, i))
            say_add(&l, s->cl->nodes[i].disk.name);
    }
    return say_end(s, &l);
}

const char *say_phones(struct preflight_see *s, const struct preflight_who *who)
{
    struct say_list l = { .count = 0 };
    uint32_t some = who->named_count < 3 ? who->named_count : 3;
    for (uint32_t i = 0; i < some; i++) {
        char name[DEVICE_NAME];
        lab_phone_name(s->lab, who->named[i], name);
        say_add(&l, name);
    }
    l.count = who->phones;
    return say_end(s, &l);
}

const char *say_day(struct preflight_see *s, int64_t unix_s)
{
    char date[DATE_TEXT];
    date_print(unix_s, s->lab->base->options.offset_s, date);
    return say_text(s, "%.10s", date);
}

const char *say_cert(struct preflight_see *s, uint32_t cert)
{
    const struct content *c = s->lab->base->content;
    struct view cn = certs_common_name(c, cert);
    struct view serial = content_get_text(c, content_get_cert(c, cert)->serial);
    char hex[2 * 20 + 1] = "";
    for (size_t i = 0; i < serial.n && i < 20; i++)
        snprintf(hex + 2 * i, 3, "%02X", serial.p[i]);
    return say_text(s, "%.*s (%s)", (int)(cn.n < 100 ? cn.n : 100), (const char *)cn.p, hex);
}

/* ---- phones ---- */

bool see_phone(const struct preflight_see *s, uint32_t phone)
{
    const struct lab_fleet *fleet = lab_fleet_of(s->lab, phone);
    bool here = fleet != NULL ? fleet->cluster == s->cluster
                              : config_class_of(s->cl, phone) != NULL; /* a lab_trial() has none */
    return here && !s->lab->state.cold[phone].absent;
}

bool see_group(const struct preflight_see *s, uint32_t phone, uint16_t *group)
{
    const struct device_class *k = config_class_of(s->cl, phone);
    if (k == NULL)
        return false;
    *group = s->cl->db.pools[k->pool].group;
    return true;
}

const struct lab_found_phone *see_told(const struct preflight_see *s, uint32_t phone)
{
    static const struct lab_found_phone nothing;
    const struct lab_found_phone *f = s->phone == NULL ? NULL : s->phone(s->lab, phone);
    return f == NULL ? &nothing : f;
}

bool see_mismatch(const struct lab_found_phone *f)
{
    return f->itl_status == ITL_STATUS_MISMATCH && f->itl.how <= HOLDS_SERVED;
}

bool see_tftp(const struct preflight_see *s, uint32_t phone, uint32_t *node)
{
    const struct phone *p = &s->lab->state.phones[phone];
    uint32_t at, ip = s->lab->state.dhcp[p->place].tftp[p->tftp];
    if (ip == 0 || !lab_node_at(s->lab, ip, &at) || at >> 8 != s->cluster)
        return false;
    *node = at & 255;
    return true;
}

static const struct lab_found_list *by_hash(const struct lab_found *f, uint32_t list)
{
    for (uint32_t i = 0; f != NULL && i < f->by_hash_count; i++) {
        if (f->by_hash[i].list == list)
            return &f->by_hash[i];
    }
    return NULL;
}

static const char *sha256_of(const struct lab_found *f, uint32_t list)
{
    for (uint32_t i = 0; f != NULL && i < f->list_count; i++) {
        if (f->lists[i].content == list)
            return f->lists[i].sha256;
    }
    return NULL;
}

/* ", which cm-tftp1 serves": of the lists of two TFTP nodes the one is told from the other. */
static const char *served_by(struct preflight_see *s, uint32_t list)
{
    FOR_EACH_NODE(s->cl, n)
    {
        const struct node *node = &s->cl->nodes[n];
        if (node->run.itl == list || node->run.ctl == list)
            return say_text(s, ", which %s serves", node->disk.name);
    }
    return "";
}

const char *see_list(struct preflight_see *s, uint32_t list)
{
    const struct lab_found_list *l = by_hash(s->found, list);
    const struct content *c = s->lab->base->content;
    const struct ct_list *t = content_get_list(c, list);
    const char *what = t->is_ctl ? "CTL" : "ITL", *sha = sha256_of(s->found, list);
    if (l != NULL && l->sha1[0] != '\0')
        return say_text(s, "the unknown %s %.60s (SHA-1 %.8s...)", what, l->name, l->sha1);
    if (l != NULL)
        return say_text(s, "the unknown %s %.60s", what, l->name);
    for (uint32_t i = 0; s->found != NULL && i < s->found->past_count && sha == NULL; i++) {
        if (s->found->past[i] == list)
            return say_text(s,
                            "the %s as it was when they were seen last (assumed: its newest "
                            "certificate of %s)",
                            what, say_day(s, t->envelope.timestamp));
    }
    if (t->envelope.cert == 0)
        return say_text(s, "the unsigned %s", what);
    struct view cn = certs_common_name(c, t->envelope.cert);
    return say_text(s, "the %s that %.*s signed on %s%s%.8s%s%s", what,
                    (int)(cn.n < 100 ? cn.n : 100), (const char *)cn.p,
                    say_day(s, t->envelope.timestamp), sha == NULL ? "" : " (SHA-256 ",
                    sha == NULL ? "" : sha, sha == NULL ? "" : "...)", served_by(s, list));
}

/* ---- nodes ---- */

bool see_runs(const struct preflight_see *s, uint32_t node, enum service service)
{
    return s->cl->nodes[node].run.services[service].state == SERVICE_RUNNING;
}

bool see_told_service(const struct preflight_see *s, uint32_t node, enum service service)
{
    return s->told != NULL && node < s->told->model.node_count &&
           s->told->model.nodes[node].services[service].state != FOUND_BY_HABIT;
}

/* What the publisher makes for all is told where the publisher's is. */
bool see_made(const struct preflight_see *s, uint32_t node, enum own own)
{
    return s->told != NULL && node < s->told->model.node_count &&
           s->cl->nodes[node].disk.own[own] != 0 &&
           !found_has_own(s->cl, &s->told->model, node, own);
}
