#include "sim/import/axl_impl.h"

#include "sim/base/rng.h"
#include "sim/crypto/pem.h"
#include "sim/import/sql.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

/* ---- the store of TVS ---- */

static void say_each(const struct said *at, const struct axl_record *r, const char *path,
                     enum fact_kind fact, struct view issuer, struct view serial)
{
    struct said s = *at;
    struct view value;
    uint32_t nth = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        s.line = r->values[i].line;
        if (axl_is(r, i, path, &value))
            facts_say(&s, fact, issuer, serial, nth++, value);
    }
}

void axl_say_tvs(struct axl_walk *w, const struct axl_record *r)
{
    struct said s = w->said;
    struct view issuer = axl_value(r, "issuername", &s.line);
    struct view serial = axl_value(r, "serialnumber", NULL);
    if (issuer.n == 0 || serial.n == 0) {
        facts_note(&s, true, "a certificate of the TVS store without issuer or serial number");
        return;
    }
    say_each(&s, r, "subjectname", FACT_TVS_SUBJECT, issuer, serial);
    say_each(&s, r, "timetolive", FACT_TVS_TTL, issuer, serial);
    say_each(&s, r, "roles/role/rolename", FACT_TVS_ROLE, issuer, serial);
    say_each(&s, r, "services/service/servicename", FACT_TVS_SERVICE, issuer, serial);
}

/* ---- groups ---- */

#define GROUP_MOST 64 /* read; a group has three (documented) */

struct member {
    struct view name;
    uint64_t priority;
    uint32_t line;
};

/* Members begin with whichever comes first of name and priority; from 0 or from 1, the order is
 * what counts. */
static uint32_t members_of(const struct axl_record *r, struct member out[GROUP_MOST])
{
    uint32_t names = 0, priorities = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        struct view value;
        if (names < GROUP_MOST && axl_is(r, i, "members/member/callmanagername", &value)) {
            out[names].name = value;
            out[names++].line = r->values[i].line;
        } else if (priorities < GROUP_MOST && axl_is(r, i, "members/member/priority", &value)) {
            if (!text_number(value, UINT32_MAX, &out[priorities].priority))
                out[priorities].priority = UINT32_MAX;
            priorities++;
        }
    }
    for (uint32_t i = 0; i < names && priorities != names; i++)
        out[i].priority = i;
    return names;
}

void axl_say_group(struct axl_walk *w, const struct axl_record *r)
{
    struct said s = w->said;
    struct member members[GROUP_MOST];
    struct view name = axl_value(r, "name", NULL);
    uint32_t count = members_of(r, members);
    for (uint32_t i = 1; i < count; i++) {
        for (uint32_t k = i; k > 0 && members[k].priority < members[k - 1].priority; k--) {
            struct member m = members[k];
            members[k] = members[k - 1];
            members[k - 1] = m;
        }
    }
    for (uint32_t i = 0; i < count && name.n > 0; i++) {
        s.line = members[i].line;
        facts_say(&s, FACT_GROUP_MEMBER, name, view_of(NULL, 0), i, members[i].name);
    }
}

/* ---- rows of SQL ---- */

#define SQL_CELLS 256

void axl_say_sql(struct axl_walk *w, const struct axl_record *r)
{
    struct sql_cell cells[SQL_CELLS];
    uint32_t count = r->count < SQL_CELLS ? r->count : SQL_CELLS;
    for (uint32_t i = 0; i < count; i++) {
        const struct axl_value *v = &r->values[i];
        cells[i] = (struct sql_cell){ .column = view_of(r->text + v->path, v->path_n),
                                      .value = view_of(r->text + v->at, v->n) };
    }
    if (count < r->count)
        facts_note(&w->said, true, "a row of over %d columns: cut", SQL_CELLS);
    if (count > 0)
        sql_row(&w->said, cells, count);
}

/* ---- services ---- */

/* "Fri Oct  9 06:58:03 2026", in the node's own time. */
static bool is_start(struct view v, char out[20])
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct view words[5] = { { NULL, 0 } };
    uint32_t count = 0;
    uint64_t day, year;
    while (v.n > 0 && count < 5) {
        struct view word = text_cut(&v, ' ');
        if (word.n > 0)
            words[count++] = word;
    }
    if (count < 5 || words[1].n != 3 || words[3].n != 8 || !text_number(words[2], 31, &day) ||
        !text_number(words[4], 9999, &year))
        return false;
    const char *month = memmem(months, 36, words[1].p, 3);
    if (month == NULL || (month - months) % 3 != 0)
        return false;
    (void)snprintf(out, 20, "%04u-%02u-%02uT%.8s", (unsigned)year,
                   (unsigned)((month - months) / 3 + 1), (unsigned)day, (const char *)words[3].p);
    return true;
}

/* Why it does not run: by the words of Control Center Services (observed on the command line, which
 * has the same ones), and where they are missing by the one code that is known. */
static const char *state_of(const struct axl_record *r)
{
    struct view status = axl_value(r, "servicestatus", NULL);
    struct view code = axl_value(r, "reasoncode", NULL);
    struct view why = axl_value(r, "reasoncodestring", NULL);
    if (text_same(status, "Started") || text_same(status, "Starting"))
        return "started";
    if (text_same(why, "Commanded Out of Service"))
        return "out-of-service";
    if (text_same(why, "Service Not Activated") || (why.n == 0 && text_same(code, "-1068")))
        return "not-activated";
    if (text_same(status, "Stopped") || text_same(status, "Stopping"))
        return "stopped";
    return NULL;
}

void axl_say_service(struct axl_walk *w, const struct axl_record *r)
{
    struct said s = w->said;
    struct view name = axl_value(r, "servicename", &s.line), node = view_str(r->node);
    const char *state = state_of(r);
    char text[20], date[40];
    struct view start = axl_value(r, "starttime", NULL);
    if (name.n == 0)
        return;
    if (state == NULL) {
        facts_note(&s, true, "a service whose status is none that is known");
        return;
    }
    facts_say(&s, FACT_SERVICE, node, name, 0, view_str(state));
    if (start.n == 0 || strcmp(state, "started") != 0)
        return;
    size_t n = axl_date(start, date, sizeof date);
    if (n > 0)
        facts_say(&s, FACT_SERVICE_SINCE, node, name, 0, view_of(date, n));
    else if (is_start(start, text))
        facts_say(&s, FACT_SERVICE_SINCE, node, name, 0, view_str(text));
}

/* ---- snapshots of Certificate Management ---- */

/* Certificates of a text, each as a fact; how many. */
static uint32_t say_certs(const struct said *s, struct view text, enum fact_kind fact,
                          struct view node, struct view unit, bool first_only)
{
    struct arena a = arena_of(s->facts->mem);
    size_t from = 0;
    uint32_t count = 0;
    struct pem p;
    while (pem_next(text, &from, &p)) {
        char sha256[65];
        struct view der;
        if (!pem_is(&p, "CERTIFICATE"))
            continue;
        count++;
        if (!pem_decode(&p, &a, &der))
            facts_note(s, true, "a certificate that is cut or no base64");
        else if (facts_cert(s, der, sha256))
            facts_say(s, fact, node, unit, 0, view_str(sha256));
        if (first_only)
            break;
    }
    arena_free(&a);
    return count;
}

/* The certificate itself comes first, whoever signed it behind it. */
void axl_say_identity(struct axl_walk *w, const struct axl_record *r)
{
    struct said s = w->said;
    struct view service = axl_value(r, "service", NULL);
    struct view pem = axl_value(r, "certificate", &s.line);
    if (service.n == 0)
        return;
    if (pem.n == 0 || say_certs(&s, pem, FACT_OWN, view_str(r->node), service, true) == 0)
        facts_note(&s, false, "%.*s has no certificate here", (int)service.n,
                   (const char *)service.p);
}

/* "CallManager", "CallManager-trust": one store (which of them it is, no document says). */
static struct view store_of(struct view service, char out[100])
{
    bool has = service.n >= 6 && text_same(view_sub(service, service.n - 6, 6), "-trust");
    if (has || service.n > 90)
        return service;
    (void)snprintf(out, 100, "%.*s-trust", (int)service.n, (const char *)service.p);
    return view_str(out);
}

void axl_say_trust(struct axl_walk *w, const struct axl_record *r)
{
    struct said s = w->said;
    char name[100];
    struct view service = axl_value(r, "service", NULL), pem;
    if (service.n == 0) {
        facts_note(&s, true, "a trust store without a name");
        return;
    }
    struct view store = store_of(service, name);
    for (uint32_t i = 0; i < r->count; i++) {
        s.line = r->values[i].line;
        if (axl_is(r, i, "certificatedata/certificate", &pem))
            (void)say_certs(&s, pem, FACT_TRUSTED, view_str(r->node), store, false);
    }
}

/* ---- refusals ---- */

void axl_say_fault(struct axl_walk *w, const struct axl_record *r)
{
    struct said s = w->said;
    char shown[160];
    struct view text = axl_value(r, "faultstring", &s.line);
    if (text.n == 0)
        text = axl_value(r, "reason/text", &s.line);
    text_escape(shown, sizeof shown, text);
    facts_note(&s, true, "an error in place of an answer: %s", shown);
}

/* ---- RIS ---- */

static const char *kept(struct axl_walk *w, struct view v)
{
    return v.n > 0 ? arena_text(&w->arena, v) : "";
}

static uint64_t key_of(struct view name)
{
    uint64_t h = 1;
    for (size_t i = 0; i < name.n; i++)
        h = rng_mix(h ^ name.p[i]);
    return h | 1;
}

static struct axl_device *device_of(struct axl_walk *w, struct view name)
{
    uint64_t key = key_of(name);
    uint32_t at = 0, i;
    while (table_next(&w->by_device, key, &at, &i)) {
        if (view_eq(view_str(w->devices[i].name), name))
            return &w->devices[i];
    }
    mem_reserve(w->mem, (void **)&w->devices, &w->device_cap, (size_t)w->device_count + 1,
                sizeof *w->devices);
    table_add(&w->by_device, key, w->device_count);
    w->devices[w->device_count].name = kept(w, name);
    return &w->devices[w->device_count++];
}

/* Each node that a device was registered at may have a row of it. */
void axl_keep_device(struct axl_walk *w, const struct axl_record *r)
{
    struct view name = axl_value(r, "name", NULL), status = axl_value(r, "status", NULL), ip;
    uint64_t since = 0;
    if (name.n == 0)
        return;
    (void)text_number(axl_value(r, "timestamp", NULL), UINT32_MAX, &since);
    struct axl_device *d = device_of(w, name);
    bool registered = text_same(status, "Registered");
    bool before = d->status != NULL && text_same(view_str(d->status), "Registered");
    if (d->status != NULL && (before > registered || (before == registered && since <= d->since_s)))
        return;
    ip = axl_value(r, "ipaddress/item/ip", NULL);
    if (ip.n == 0)
        ip = axl_value(r, "ipaddress/ip", NULL);
    if (ip.n == 0)
        ip = axl_value(r, "ipaddress", NULL);
    *d = (struct axl_device){ .name = d->name,
                              .node = kept(w, view_str(r->node)),
                              .status = kept(w, status),
                              .address = kept(w, ip),
                              .load = kept(w, axl_value(r, "activeloadid", NULL)),
                              .protocol = kept(w, axl_value(r, "protocol", NULL)),
                              .model = kept(w, axl_value(r, "model", NULL)),
                              .web = kept(w, axl_value(r, "httpd", NULL)),
                              .since_s = since,
                              .line = r->line };
}

static void say_text(const struct said *s, enum fact_kind fact, const char *name, const char *text)
{
    if (text[0] != '\0' && strcmp(text, "Unknown") != 0 && strcmp(text, "None") != 0)
        facts_say_str(s, fact, name, NULL, 0, text);
}

static void say_device(const struct said *s, const struct axl_device *d)
{
    char text[64], number[24];
    size_t n = axl_status(view_str(d->status), text, sizeof text);
    if (n > 0)
        facts_say(s, FACT_PHONE_STATUS, view_str(d->name), view_of(NULL, 0), 0, view_of(text, n));
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)d->since_s);
    n = axl_date(view_str(number), text, sizeof text);
    if (n > 0)
        facts_say(s, FACT_PHONE_STATUS_SINCE, view_str(d->name), view_of(NULL, 0), 0,
                  view_of(text, n));
    say_text(s, FACT_PHONE_SERVER, d->name, d->node);
    say_text(s, FACT_PHONE_ADDRESS, d->name, d->address);
    say_text(s, FACT_PHONE_LOAD, d->name, d->load);
    say_text(s, FACT_PHONE_MODEL, d->name, d->model);
    if (strcmp(d->protocol, "SIP") == 0 || strcmp(d->protocol, "SCCP") == 0)
        say_text(s, FACT_PHONE_PROTOCOL, d->name, d->protocol);
    if (text_same(view_str(d->web), "yes") || text_same(view_str(d->web), "no"))
        say_text(s, FACT_PHONE_WEB, d->name, text_same(view_str(d->web), "yes") ? "yes" : "no");
}

void axl_say_devices(struct axl_walk *w)
{
    struct said s = w->said;
    for (uint32_t i = 0; i < w->device_count; i++) {
        s.line = w->devices[i].line;
        say_device(&s, &w->devices[i]);
    }
}
