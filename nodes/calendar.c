#include "nodes/calendar.h"

#include "nodes/certs.h"
#include "nodes/remote.h"
#include "sim/core/date.h"
#include "sim/wire/shown.h"

#include <stdio.h>
#include <string.h>

#define SECOND_US 1000000ll
#define HOUR_US   (3600 * SECOND_US)
#define DAY_US    (24 * HOUR_US)

/* ---- dates as machine time ---- */

/* When a clock that is so much ahead shows it. */
static int64_t at_us(const struct cluster *cl, int64_t unix_s, int64_t ahead_s)
{
    return (unix_s - cl->env->start_s - ahead_s) * SECOND_US;
}

static const struct ct_cert *cert_of(const struct cluster *cl, uint32_t cert)
{
    return content_get_cert(cl->env->content, cert);
}

/* There still, and somebody told how long it lasts. */
static bool is_live(const struct cluster *cl, const struct cert_row *r)
{
    return r->until_us == UINT64_MAX && cert_of(cl, r->cert)->not_after_s != 0;
}

/* Whose monitor watches it. */
static uint32_t watched_by(const struct cert_row *r)
{
    return r->store == STORE_OWN ? r->node : 0;
}

int64_t calendar_end_us(const struct cluster *cl, const struct cert_row *r)
{
    return at_us(cl, cert_of(cl, r->cert)->not_after_s + 1, cl->nodes[watched_by(r)].ahead_s);
}

/* ---- where dates begin and end ---- */

struct edges {
    const struct cluster *cl;
    uint64_t after_us, least;
};

static void add_edges(struct edges *e, uint32_t cert, int64_t ahead_s)
{
    const struct ct_cert *k = cert_of(e->cl, cert);
    const int64_t both[] = { at_us(e->cl, k->not_before_s, ahead_s),
                             at_us(e->cl, k->not_after_s + 1, ahead_s) };
    for (int i = 0; i < 2 && k->not_after_s != 0; i++) {
        if (both[i] > 0 && (uint64_t)both[i] > e->after_us)
            e->least = cluster_sooner(e->least, (uint64_t)both[i]);
    }
}

/* By one clock: what is in the database, and what a service works with still. */
static void add_clock(struct edges *e, int64_t ahead_s)
{
    const struct cluster *cl = e->cl;
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        if (is_live(cl, &cl->db.rows[i]))
            add_edges(e, cl->db.rows[i].cert, ahead_s);
    }
    FOR_EACH_NODE(cl, n)
    {
        for (int s = 0; s < SERVICES; s++) {
            uint32_t used = cl->nodes[n].run.used[s];
            uint8_t own = service_kinds[s].own;
            if (used != 0 && own != OWN_NONE && used != cl->nodes[n].disk.own[own])
                add_edges(e, used, ahead_s);
        }
    }
}

static uint64_t next_edge(const struct cluster *cl, uint64_t now_us, const int64_t *ahead_s,
                          uint32_t count)
{
    struct edges e = { .cl = cl, .after_us = now_us };
    add_clock(&e, 0);
    FOR_EACH_NODE(cl, n)
    {
        if (cl->nodes[n].ahead_s != 0)
            add_clock(&e, cl->nodes[n].ahead_s);
    }
    for (uint32_t i = 0; i < count; i++)
        add_clock(&e, ahead_s[i]);
    return e.least;
}

/* ---- the monitor ---- */

static int64_t up_to(int64_t us, int64_t grid)
{
    return us <= grid ? grid : (us + grid - 1) / grid * grid;
}

static int64_t later(int64_t a, uint64_t b)
{
    return a > (int64_t)b ? a : (int64_t)b;
}

/* From which of its daily runs on the monitor of each node runs every hour. */
struct monitors {
    int64_t hourly_us[CLUSTER_PLACES];
};

static void find_hourly(const struct cluster *cl, struct monitors *m)
{
    for (uint32_t n = 0; n < cl->node_count; n++)
        m->hourly_us[n] = INT64_MAX;
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        const struct cert_row *r = &cl->db.rows[i];
        if (!is_live(cl, r))
            continue;
        int64_t from_us = later(calendar_end_us(cl, r) - DAY_US, r->since_us);
        int64_t *hourly_us = &m->hourly_us[watched_by(r)];
        if (up_to(from_us, DAY_US) < *hourly_us)
            *hourly_us = up_to(from_us, DAY_US);
    }
}

/* The run that sees what is so from then on. */
static int64_t run_us(const struct monitors *m, const struct cert_row *r, int64_t from_us)
{
    int64_t us = later(from_us, r->since_us);
    return up_to(us, us > m->hourly_us[watched_by(r)] ? HOUR_US : DAY_US);
}

enum { STEP_OVER, STEP_DAY, STEP_WEEK, STEP_NOTIFY };

/* Names and severities but for the first: assumed. */
static const struct {
    int64_t left_us;
    const char *name, *text;
} steps[] = {
    [STEP_OVER] = { 0, "0-CertExpired",
                    "Certificate has Expired and needs to be changed at the earliest" },
    [STEP_DAY] = { DAY_US, "1-CertValidLessThanADay", "Certificate expires in less than a day" },
    [STEP_WEEK] = { 7 * DAY_US, "2-CertValidFor7Days", "Certificate expires in 7 days or less" },
    [STEP_NOTIFY] = { 0, "4-CertValidLessThanMonth", "Certificate is about to expire" },
};

/* Not before "Notification Start Time", and again as often as "Notification Frequency" says until
 * the last week; `i` counts from 0.  False: there is no such step. */
static bool step_us(const struct cluster *cl, const struct cert_row *r, uint32_t i, int64_t *us)
{
    int64_t end_us = calendar_end_us(cl, r),
            notify_us = (int64_t)cl->db.params[PARAM_CERT_NOTIFY_DAYS] * DAY_US,
            every_us = (int64_t)cl->db.params[PARAM_CERT_NOTIFY_EVERY] * DAY_US;
    if (i < STEP_NOTIFY) {
        *us = end_us - steps[i].left_us;
        return steps[i].left_us <= DAY_US || steps[i].left_us <= notify_us;
    }
    *us = end_us - notify_us + (int64_t)(i - STEP_NOTIFY) * every_us;
    return *us < end_us - steps[STEP_WEEK].left_us;
}

static uint64_t next_alarm(const struct cluster *cl, uint64_t now_us)
{
    struct monitors m;
    uint64_t least = 0;
    find_hourly(cl, &m);
    for (uint32_t k = 0; k < cl->db.row_count; k++) {
        const struct cert_row *r = &cl->db.rows[k];
        int64_t us;
        for (uint32_t i = 0; is_live(cl, r) && (i < STEP_NOTIFY || step_us(cl, r, i, &us)); i++) {
            if (!step_us(cl, r, i, &us))
                continue;
            us = run_us(&m, r, us);
            if ((uint64_t)us > now_us)
                least = cluster_sooner(least, (uint64_t)us);
        }
    }
    return least;
}

static const char *alarm_name(const struct cluster *cl, const struct cert_row *r, char out[100])
{
    if (r->store == STORE_OWN)
        return own_name((enum own)r->own);
    return shown_text(out, 100, certs_common_name(cl->env->content, r->cert));
}

void calendar_name(const struct cluster *cl, const struct cert_row *r, char out[160])
{
    char name[100];
    snprintf(out, 160, "%s%s%s", alarm_name(cl, r, name), r->store == STORE_OWN ? "" : " in ",
             r->store == STORE_OWN ? "" : store_name((enum store)r->store));
}

/* "Sun Mar 26 12:30:59:000 UTC", as the alarm has it. */
static void print_expiration(int64_t unix_s, char out[48])
{
    static const char days[] = "ThuFriSatSunMonTueWed",
                      months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char date[DATE_TEXT];
    date_print(unix_s, 0, date); /* "2026-03-14 06:00:00" */
    int month = (date[5] - '0') * 10 + (date[6] - '0') - 1;
    int64_t day = unix_s / 86400 - (unix_s % 86400 < 0); /* certificates may end before 1970 */
    int64_t of_week = (day % 7 + 7) % 7;
    snprintf(out, 48, "%.3s %.3s %.2s %.8s:000 UTC", days + of_week * 3, months + month * 3,
             date + 8, date + 11);
}

static void say(const struct cluster *cl, const struct cert_row *r, uint32_t step, uint64_t now_us)
{
    char name[100], expiration[48], text[TRACE_TEXT];
    bool own = r->store == STORE_OWN;
    print_expiration(cert_of(cl, r->cert)->not_after_s, expiration);
    snprintf(text, sizeof text,
             "%%UC_CERT-%s: %%[Message=Certificate expiration Notification. Certificate "
             "name:%.100s.der Unit:%.30s Type:%s Expiration:%s][AppID=Cisco Certificate Monitor]"
             "[ClusterID=][NodeID=%.63s]: %s",
             steps[step].name, alarm_name(cl, r, name),
             own ? own_name((enum own)r->own) : store_name((enum store)r->store),
             own ? "own-cert" : "trust-cert", expiration, cl->nodes[watched_by(r)].disk.name,
             steps[step].text);
    struct trace_line line = { .at_us = now_us,
                               .who = TRACE_NODE,
                               .what = TRACE_ALARM,
                               .id = (uint32_t)cl->number << 8 | watched_by(r),
                               .text = text };
    cl->env->say(cl->env->say_ctx, &line);
}

/* The nearest step that a run at this instant sees for the first time. */
static void run_monitors(const struct cluster *cl, uint64_t now_us)
{
    struct monitors m;
    find_hourly(cl, &m);
    for (uint32_t k = 0; k < cl->db.row_count; k++) {
        const struct cert_row *r = &cl->db.rows[k];
        bool said = !is_live(cl, r);
        int64_t us;
        for (uint32_t i = 0; !said && (i < STEP_NOTIFY || step_us(cl, r, i, &us)); i++) {
            said = step_us(cl, r, i, &us) && (uint64_t)run_us(&m, r, us) == now_us;
            if (said)
                say(cl, r, i < STEP_NOTIFY ? i : STEP_NOTIFY, now_us);
        }
    }
}

/* ---- both ---- */

uint64_t calendar_us(struct cluster *cl, uint64_t now_us, const int64_t *ahead_s, uint32_t count)
{
    if (cl->dates_for != cl->change + 1) {
        cl->edge_us = next_edge(cl, now_us, ahead_s, count);
        cl->alarm_us = next_alarm(cl, now_us);
        cl->dates_for = cl->change + 1;
        cl->looked_us = now_us;
    }
    return cluster_sooner(cluster_sooner(cl->edge_us, cl->alarm_us), cl->relays.due_us);
}

void calendar_tick(struct cluster *cl, uint64_t now_us)
{
    cl->looked_us = now_us;
    if (cl->alarm_us != 0 && cl->alarm_us <= now_us) {
        run_monitors(cl, cl->alarm_us);
        cl->alarm_us = cl->dates_for = 0;
    }
    if (cl->edge_us != 0 && cl->edge_us <= now_us) {
        cl->edge_us = cl->dates_for = 0;
        cl->done.dated = true;
        cl->change++; /* what a handshake or a signature is worth may be something else from now on
                       */
    }
}

bool calendar_is_within(const struct cluster *cl, uint32_t node, uint32_t cert)
{
    return content_date(cl->env->content, cert, cluster_wall_s(cl, node, cl->looked_us)) ==
           DATE_WITHIN;
}

bool calendar_matters(const struct cluster *cl, uint64_t now_us)
{
    bool matters = cl->done.dated;
    for (uint32_t i = 0; i < cl->db.row_count && !matters; i++) {
        const struct cert_row *r = &cl->db.rows[i];
        matters = is_live(cl, r) &&
                  content_date(cl->env->content, r->cert,
                               cluster_wall_s(cl, watched_by(r), now_us)) != DATE_WITHIN;
    }
    int64_t now_s = cluster_wall_s(cl, 0, now_us);
    for (uint32_t i = 0; i < cl->db.class_count && !matters; i++) {
        uint32_t lsc = cl->db.classes[i].lsc;
        matters = lsc == 0 ? cl->db.mixed_mode && now_s > CONTENT_MIC_UNTIL_S
                           : content_date(cl->env->content, lsc, now_s) != DATE_WITHIN;
    }
    return matters;
}
