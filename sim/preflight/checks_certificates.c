/* Checks of certificates themselves: their dates, names and keys. */
#include "sim/preflight/say.h"

#include "nodes/certs.h"
#include "sim/base/count.h"
#include "sim/base/sys.h"

#include <stdlib.h>
#include <string.h>

#define DAY_S 86400

static const struct ct_cert *cert_of(const struct preflight_see *s, uint32_t cert)
{
    return content_get_cert(s->lab->base->content, cert);
}

static bool is_current(const struct cert_row *r)
{
    return r->until_us == UINT64_MAX;
}

/* ---- own certificates that no file has ---- */

static void look_own_untold(struct preflight_see *s)
{
    struct say_list l = { .count = 0 };
    struct preflight_who who = { .phones = 0 };
    if (s->told == NULL) {
        say(s, PREFLIGHT_UNKNOWN, NULL,
            "No file has certificates of %s: they are those that the lab makes", s->cl->name);
        return;
    }
    FOR_EACH_NODE(s->cl, i)
    {
        for (int own = 0; own < OWNS && i < s->told->model.node_count; own++) {
            if (!see_made(s, i, (enum own)own))
                continue;
            who_node(&who, i);
            say_add(&l,
                    say_text(s, "%s of %s", own_name((enum own)own), s->cl->nodes[i].disk.name));
        }
    }
    if (l.count > 0)
        say(s, PREFLIGHT_UNKNOWN, &who,
            "No file has %s: the lab's own stand for them, and their dates are not known",
            say_end(s, &l));
}

/* ---- dates ---- */

/* A certificate whose time ends: an own one of several nodes, or one of a trust store. */
struct ending {
    int64_t end_s;
    uint8_t store, own;
    uint32_t cert; /* the first */
    struct preflight_who who;
};

struct endings {
    struct ending *list;
    uint32_t count, cap;
};

/* Of two that end on one day the one that goes first: nobody leans on what stands before
 * CallManager, and the signer of the lists is last (Security Guide 14: TVS before CallManager;
 * technote 214231 has another order, the invariant of both is that never the signer and every TVS
 * of a phone's list change between two lists that it took). */
static const uint8_t turn[OWNS] = {
    [OWN_TOMCAT] = 0, [OWN_TOMCAT_ECDSA] = 1,      [OWN_IPSEC] = 2,       [OWN_CAPF] = 3,
    [OWN_TVS] = 4,    [OWN_CALLMANAGER_ECDSA] = 5, [OWN_CALLMANAGER] = 6, [OWN_ITLRECOVERY] = 7,
};

static int by_end(const void *a, const void *b)
{
    const struct ending *x = a, *y = b;
    if (x->end_s / DAY_S != y->end_s / DAY_S)
        return x->end_s < y->end_s ? -1 : 1;
    if (x->store != y->store)
        return x->store < y->store ? -1 : 1;
    if (x->store == STORE_OWN && x->own != y->own)
        return turn[x->own] < turn[y->own] ? -1 : 1;
    return x->cert < y->cert ? -1 : x->cert > y->cert;
}

static struct ending *ending_of(struct endings *e, const struct cert_row *r, int64_t end_s)
{
    for (uint32_t i = 0; i < e->count; i++) {
        struct ending *x = &e->list[i];
        bool own = x->store == STORE_OWN && r->store == STORE_OWN && x->own == r->own;
        if (x->end_s / DAY_S == end_s / DAY_S && (own || x->cert == r->cert))
            return x;
    }
    mem_reserve(&sys_mem, (void **)&e->list, &e->cap, (size_t)e->count + 1, sizeof *e->list);
    e->list[e->count] = (struct ending){ end_s, r->store, r->own, r->cert, { .phones = 0 } };
    return &e->list[e->count++];
}

static void find_endings(struct preflight_see *s, struct endings *e)
{
    memset(e, 0, sizeof *e);
    for (uint32_t i = 0; i < s->cl->db.row_count; i++) {
        const struct cert_row *r = &s->cl->db.rows[i];
        int64_t end_s = cert_of(s, r->cert)->not_after_s;
        if (!is_current(r) || end_s == 0 || end_s >= s->now_s + (int64_t)s->days * DAY_S)
            continue;
        if (r->store == STORE_OWN && see_made(s, r->node, (enum own)r->own))
            continue;
        who_node(&ending_of(e, r, end_s)->who, r->node);
    }
    if (e->count > 0)
        qsort(e->list, e->count, sizeof *e->list, by_end);
}

static const char *ending_name(struct preflight_see *s, const struct ending *x)
{
    if (x->store == STORE_OWN)
        return say_text(s, "%s of %s", own_name((enum own)x->own), say_nodes(s, &x->who));
    return say_text(s, "%s in %s", say_cert(s, x->cert), store_name((enum store)x->store));
}

static void look_ended(struct preflight_see *s)
{
    struct endings e;
    find_endings(s, &e);
    for (uint32_t i = 0; i < e.count; i++) {
        const struct ending *x = &e.list[i];
        if (x->end_s >= s->now_s)
            continue;
        say(s, x->store == STORE_OWN ? PREFLIGHT_FAIL : PREFLIGHT_WARN, &x->who,
            "%s ended on %s, %s ago", ending_name(s, x), say_day(s, x->end_s),
            COUNTED_OF((uint64_t)(s->now_s - x->end_s) / DAY_S, "day"));
    }
    mem_free(&sys_mem, e.list);
}

static void look_ending(struct preflight_see *s)
{
    struct endings e;
    uint32_t nth = 0;
    find_endings(s, &e);
    for (uint32_t i = 0; i < e.count; i++) {
        const struct ending *x = &e.list[i];
        uint64_t days = (uint64_t)(x->end_s - s->now_s) / DAY_S;
        if (x->end_s < s->now_s)
            continue;
        if (x->store == STORE_OWN)
            say(s, PREFLIGHT_WARN, &x->who, "%u. to renew: %s, which ends on %s, in %s", ++nth,
                ending_name(s, x), say_day(s, x->end_s), COUNTED_OF(days, "day"));
        else
            say(s, PREFLIGHT_WARN, &x->who, "%s ends on %s, in %s", ending_name(s, x),
                say_day(s, x->end_s), COUNTED_OF(days, "day"));
    }
    mem_free(&sys_mem, e.list);
}

static void look_not_yet(struct preflight_see *s)
{
    for (uint32_t i = 0; i < s->cl->db.row_count; i++) {
        const struct cert_row *r = &s->cl->db.rows[i];
        int64_t from_s = cert_of(s, r->cert)->not_before_s;
        struct preflight_who who = { .phones = 0 };
        if (!is_current(r) || r->store != STORE_OWN || from_s <= s->now_s)
            continue;
        who_node(&who, r->node);
        say(s, PREFLIGHT_FAIL, &who, "%s of %s begins on %s, after the present",
            own_name((enum own)r->own), s->cl->nodes[r->node].disk.name, say_day(s, from_s));
    }
}

/* LSCs of one CAPF and one age end together. */
static void look_lsc_ending(struct preflight_see *s)
{
    struct endings e = { .count = 0 };
    FOR_EACH_PHONE(s, i)
    {
        uint32_t lsc = s->lab->state.phones[i].lsc;
        int64_t end_s = lsc == 0 ? 0 : cert_of(s, lsc)->not_after_s;
        struct cert_row like = { .cert = lsc, .store = STORES };
        if (end_s != 0 && end_s < s->now_s + (int64_t)s->days * DAY_S)
            who_phone(&ending_of(&e, &like, end_s)->who, i);
    }
    for (uint32_t i = 0; i < e.count; i++) {
        const struct ending *x = &e.list[i];
        bool over = x->end_s < s->now_s;
        struct preflight_finding *f =
            say(s, over ? PREFLIGHT_FAIL : PREFLIGHT_WARN, &x->who, "The LSC of %s %s on %s (%s)",
                COUNTED_OF(x->who.phones, "phone"), over ? "ended" : "ends", say_day(s, x->end_s),
                say_phones(s, &x->who));
        if (s->told != NULL)
            f->source = "no file has an LSC: it lasts no longer than the CAPF of now (assumed)";
    }
    mem_free(&sys_mem, e.list);
}

/* ---- names ---- */

/* One kind of own ones, one store, or an own one and the store that has a copy of it. */
static bool in_one_place(const struct cert_row *a, const struct cert_row *b)
{
    if (a->store == STORE_OWN && b->store != STORE_OWN)
        return own_kinds[a->own].trust == b->store;
    if (b->store == STORE_OWN && a->store != STORE_OWN)
        return own_kinds[b->own].trust == a->store;
    return a->store == b->store && (a->store != STORE_OWN || a->own == b->own);
}

static bool same_name(const struct preflight_see *s, const struct cert_row *a,
                      const struct cert_row *b)
{
    const struct ct_cert *x = cert_of(s, a->cert), *y = cert_of(s, b->cert);
    const struct content *c = s->lab->base->content;
    return in_one_place(a, b) && x->subject == y->subject &&
           content_get_key(c, x->key)->type == content_get_key(c, y->key)->type;
}

static const char *place_name(const struct cert_row *a, const struct cert_row *b)
{
    if (a->store == STORE_OWN && b->store == STORE_OWN)
        return own_name((enum own)a->own);
    return store_name((enum store)(a->store == STORE_OWN ? b->store : a->store));
}

/* A row of the database among those of its subject. */
struct named {
    uint32_t subject, row;
    uint32_t first; /* of its subject, as a place in the list by subject */
    uint32_t place; /* of this row in that list */
};

static int by_subject(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    if (x->subject != y->subject)
        return x->subject < y->subject ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static int by_row(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return x->row < y->row ? -1 : x->row > y->row;
}

static void say_twice(struct preflight_see *s, const struct cert_row *a, const struct cert_row *b)
{
    struct preflight_who who = { .phones = 0 };
    if (a->cert == b->cert || !same_name(s, a, b))
        return;
    who_node(&who, a->node);
    who_node(&who, b->node);
    say(s, PREFLIGHT_WARN, &who, "%s and %s have one subject in %s", say_cert(s, b->cert),
        say_cert(s, a->cert), place_name(a, b));
}

/* Only rows of one subject meet: a store may have thousands of certificates.  Told as the rows
 * stand. */
static void look_subject_twice(struct preflight_see *s)
{
    const struct cert_row *rows = s->cl->db.rows;
    struct named *list = mem_take(&sys_mem, (s->cl->db.row_count + 1) * sizeof *list);
    struct named *told = mem_take(&sys_mem, (s->cl->db.row_count + 1) * sizeof *told);
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->cl->db.row_count; i++) {
        if (is_current(&rows[i]))
            list[count++] = (struct named){ cert_of(s, rows[i].cert)->subject, i, 0, 0 };
    }
    qsort(list, count, sizeof *list, by_subject);
    for (uint32_t i = 0; i < count; i++) {
        bool again = i > 0 && list[i].subject == list[i - 1].subject;
        list[i].first = again ? list[i - 1].first : i;
        list[i].place = i;
        told[i] = list[i];
    }
    qsort(told, count, sizeof *told, by_row);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = told[i].first; k < told[i].place; k++)
            say_twice(s, &rows[told[i].row], &rows[list[k].row]);
    }
    mem_free(&sys_mem, told);
    mem_free(&sys_mem, list);
}

/* The common names of a multi-server certificate are in its subjectAltName, or it says so. */
static bool names_both(const struct preflight_see *s, uint32_t cert, uint32_t a, uint32_t b)
{
    const struct content *c = s->lab->base->content;
    const char *dns = content_get_str(c, cert_of(s, cert)->dns);
    const char *subject = content_get_str(c, cert_of(s, cert)->subject);
    return strstr(subject, "-ms") != NULL || (strstr(dns, s->cl->nodes[a].disk.name) != NULL &&
                                              strstr(dns, s->cl->nodes[b].disk.name) != NULL);
}

/* What one node makes and the others get a copy of is meant to be the same. */
static bool is_copied(const struct preflight_see *s, int own)
{
    return own_kinds[own].copied && (s->cl->version->publisher_only & OWN_BIT(own)) != 0;
}

static void look_same_certificate(struct preflight_see *s)
{
    for (int own = 0; own < OWNS; own++) {
        struct preflight_who who = { .phones = 0 };
        uint32_t of = 0;
        FOR_EACH_NODE(s->cl, i)
        {
            FOR_EACH_NODE(s->cl, k)
            {
                uint32_t cert = s->cl->nodes[i].disk.own[own];
                if (k >= i || is_copied(s, own) || cert == 0 ||
                    cert != s->cl->nodes[k].disk.own[own] || names_both(s, cert, i, k))
                    continue;
                who_node(&who, i);
                who_node(&who, k);
                of = cert;
            }
        }
        if (of != 0)
            say(s, PREFLIGHT_WARN, &who, "%s have the same %s, %s, which does not name them all",
                say_nodes(s, &who), own_name((enum own)own), say_cert(s, of));
    }
}

const struct preflight_check preflight_checks_certificates[] = {
    { .name = "certificate-ended",
      .title = "certificates that ended",
      .good = "No certificate that is known is past its time",
      .source = "validity of own certificates and trust stores",
      .why = "With CallManager past its time secure phones do not register and files are not "
             "trusted; with TVS, nobody vouches; with ipsec, no backup is made (technote 214231).",
      .what = "Renew it before anything else; delete it where it lies in a trust store and nobody "
              "needs it: Cisco Unified OS Administration > Security > Certificate Management.",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_NODES | PREFLIGHT_STOPS_MOVE | PREFLIGHT_STOPS_MODE,
      .look = look_ended },
    { .name = "certificate-ending",
      .title = "certificates that end within the days of `--days`, in the order of renewal",
      .good = "No certificate that is known ends soon",
      .source = "validity of own certificates and trust stores",
      .why = "What ends soon has to be renewed soon, and one renewal at a time is what phones "
             "survive: never the signer of the list and every TVS between two lists that they "
             "took.",
      .what = "Renew in this order, one kind at a time; behind each, restart what belongs to it, "
              "reset phones, and wait until they hold the new list.",
      .worst = PREFLIGHT_WARN,
      .look = look_ending },
    { .name = "certificate-not-yet",
      .title = "certificates that have not begun",
      .good = "No certificate begins later than the present",
      .source = "validity of own certificates",
      .why = "It was made under a wrong clock, or the present of this file is too early.",
      .what = "utils ntp status on the publisher; mend NTP, then renew that certificate.",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_MOST,
      .look = look_not_yet },
    { .name = "certificate-untold",
      .title = "own certificates that no file has",
      .good = "Files have every own certificate",
      .source = "own certificates of found {}",
      .why = "Of a certificate that no file has neither dates nor key are known; checks of dates "
             "pass it over.",
      .what = "Collect them.",
      .collect = "`show cert own NAME/NAME.pem` for each line of `show cert list own`, on each "
                 "node; 14 on: the snapshot of Certificate Management",
      .worst = PREFLIGHT_UNKNOWN,
      .look = look_own_untold },
    { .name = "lsc-ending",
      .title = "LSCs that ended, or end within the days of `--days`",
      .good = "No LSC ends soon",
      .source = "LSCs of the phones",
      .why = "A phone with a secure profile, 802.1X or VPN that shows an LSC past its time is "
             "refused.",
      .what = "Have CAPF issue new ones before: phone page, Certificate Operation "
              "Install/Upgrade.",
      .worst = PREFLIGHT_FAIL,
      .look = look_lsc_ending },
    { .name = "subject-twice",
      .title = "one subject twice",
      .good = "No two certificates of one kind or store have the same subject",
      .source = "own certificates and trust stores",
      .why = "Who looks one up by its name may find the other. From 14 on a store holds one of a "
             "name, and an upload replaces it (technote 217138).",
      .what = "Find out which of them is in use, and delete the other.",
      .worst = PREFLIGHT_WARN,
      .look = look_subject_twice },
    { .name = "same-certificate",
      .title = "nodes with the same certificate",
      .good = "No two nodes share a certificate that is not made for both",
      .source = "own certificates of the nodes",
      .why = "One that is on several nodes and names one of them is a copy, of a cloned machine "
             "or a restore: renewed there, the others go on with the old key.",
      .what = "Renew it on all but one of these nodes, one after the other, with phones reset "
              "between.",
      .worst = PREFLIGHT_WARN,
      .look = look_same_certificate },
    { .name = NULL },
};
