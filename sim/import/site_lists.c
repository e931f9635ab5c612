/* Trust lists: those at hand, who serves which, and what they say of the cluster. */
#include "sim/import/site_impl.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"
#include "sim/wire/text.h"
#include "sim/wire/tl.h"

#include <stdio.h>
#include <string.h>

/* What a list at hand says: of `site.lists` with the same index. */
struct looked {
    uint32_t node; /* whose CallManager record it has; SITE_NONE: of none here */
    uint32_t made_s;
    struct view callmanager; /* DER of its RSA record; absent: none */
    bool by_tftp, by_both;   /* it has records of role TFTP; CCM+TFTP */
    bool stranger;           /* one of them is of a host that is no node here */
};

struct listing {
    struct site_work *w;
    struct looked *looked;
    uint32_t count; /* lists with bytes */
};

/* ---- lists at hand ---- */

static const char *sha1_of(struct site_work *w, struct view bytes)
{
    uint8_t digest[64];
    char *text = arena_take(&w->site->arena, 41);
    size_t n = digest_of(DIGEST_SHA1, &bytes, 1, digest);
    for (size_t i = 0; i < n; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return text;
}

static uint64_t sha1_key(const char *sha1, bool ctl)
{
    return rng_hash(ctl, view_str(sha1)) | 1;
}

uint32_t lists_by_sha1(const struct site_work *w, const char *sha1, bool ctl)
{
    uint32_t at = 0, list;
    while (table_next(&w->list_of, sha1_key(sha1, ctl), &at, &list)) {
        const struct site_list *l = &w->site->lists[list];
        if (l->is_ctl == ctl && strcmp(l->sha1, sha1) == 0)
            return list;
    }
    return SITE_NONE;
}

uint32_t lists_add(struct site_work *w, const char *sha1, bool ctl, uint32_t fact)
{
    struct site *s = w->site;
    mem_reserve(w->mem, (void **)&s->lists, &s->list_cap, (size_t)s->list_count + 1,
                sizeof *s->lists);
    s->lists[s->list_count] = (struct site_list){ .is_ctl = ctl, .sha1 = sha1, .fact = fact };
    if (sha1 != NULL)
        table_add(&w->list_of, sha1_key(sha1, ctl), s->list_count);
    return s->list_count++;
}

bool lists_is_record(struct view v)
{
    static const char *const roles[] = { "TVS ", "CAPF ", "TFTP ", "CCM ", "CCM+TFTP ", "SAST " };
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        size_t n = strlen(roles[i]);
        if (v.n > n && memcmp(v.p, roles[i], n) == 0)
            return true;
    }
    return false;
}

static bool is_ctl(const struct tl *list)
{
    struct view name = list->header.file_name;
    return name.n >= 3 && text_same(view_sub(name, 0, 3), "CTL");
}

static void look_at_record(struct listing *l, const struct tl_record *r, struct looked *to)
{
    struct site_work *w = l->w;
    struct cert c;
    if (r->role != TL_TFTP && r->role != TL_CCM_TFTP)
        return;
    to->by_tftp |= r->role == TL_TFTP;
    to->by_both |= r->role == TL_CCM_TFTP;
    if (r->certificate.p == NULL || !cert_parse(r->certificate, &w->site->arena, &c, NULL))
        return;
    const char *host = who_host_of(w, &c);
    uint32_t node = host == NULL ? SITE_NONE : who_is_host(w, host);
    to->stranger |= host != NULL && node == SITE_NONE;
    if (to->node == SITE_NONE)
        to->node = node;
    if (c.rsa && to->callmanager.p == NULL)
        to->callmanager = r->certificate;
}

static void look_at(struct listing *l, uint32_t i)
{
    struct site_work *w = l->w;
    const struct facts_blob *b = &w->facts->lists[i];
    struct looked *to = &l->looked[i];
    struct arena a = arena_of(w->mem);
    struct tl list;
    struct err e = { "" };
    *to = (struct looked){ .node = SITE_NONE };
    CHECK(tl_decode(b->bytes, false, &a, &list, &e)); /* facts_list() took no other */
    uint32_t at = lists_add(w, sha1_of(w, b->bytes), is_ctl(&list), SITE_NONE);
    w->site->lists[at].sha256 = b->sha256;
    to->made_s = list.header.has_timestamp ? list.header.timestamp : 0;
    for (uint32_t k = 0; k < list.count; k++)
        look_at_record(l, &list.records[k], to);
    arena_free(&a);
}

/* By the SHA-256 of a list at hand. */
static uint32_t index_of(const struct site_work *w, const char *sha256)
{
    const struct facts_blob *b = facts_blob(w->facts, sha256, true);
    return b == NULL ? SITE_NONE : (uint32_t)(b - w->facts->lists);
}

/* ---- who serves which ---- */

static bool names_ctl(struct view file)
{
    return file.n >= 3 && text_same(view_sub(file, 0, 3), "CTL");
}

static void take_served(struct site_work *w)
{
    struct site *s = w->site;
    FOR_FACTS(w, FACT_LIST_SERVED, i)
    {
        uint32_t fact = w->order[i], node = who_is(w, fact);
        uint32_t list = index_of(w, work_value(w, fact));
        if (list == SITE_NONE)
            continue;
        if (s->lists[list].fact == SITE_NONE)
            s->lists[list].fact = fact;
        if (node != SITE_NONE)
            work_take(w, s->lists[list].is_ctl ? &s->nodes[node].ctl : &s->nodes[node].itl, fact);
    }
    FOR_FACTS(w, FACT_LIST_SHA1, i)
    {
        uint32_t fact = w->order[i], node = who_is(w, fact);
        if (node == SITE_NONE)
            continue;
        bool ctl = names_ctl(facts_view(w->facts, work_fact(w, fact)->about2));
        work_take(w, ctl ? &s->nodes[node].ctl_sha1 : &s->nodes[node].itl_sha1, fact);
    }
    FOR_FACTS(w, FACT_LIST_FOUND, i)
    {
        uint32_t list = index_of(w, work_value(w, w->order[i]));
        if (list != SITE_NONE && s->lists[list].fact == SITE_NONE)
            s->lists[list].fact = w->order[i];
    }
}

/* A hash that the node prints, and the bytes. */
static void match_hash(struct site_work *w, struct site_node *n, bool ctl)
{
    struct site *s = w->site;
    struct site_value *bytes = ctl ? &n->ctl : &n->itl;
    const struct site_value *hash = ctl ? &n->ctl_sha1 : &n->itl_sha1;
    if (hash->text == NULL)
        return;
    uint32_t list = lists_by_sha1(w, hash->text, ctl);
    if (bytes->text == NULL && list != SITE_NONE && s->lists[list].sha256 != NULL) {
        *bytes = (struct site_value){ s->lists[list].sha256, hash->fact };
        return;
    }
    if (bytes->text == NULL) {
        if (list == SITE_NONE)
            list = lists_add(w, hash->text, ctl, hash->fact);
        return;
    }
    uint32_t have = index_of(w, bytes->text);
    if (have == SITE_NONE || strcmp(s->lists[have].sha1, hash->text) == 0)
        return;
    work_claim(w, SITE_CONTRADICTS, 1, work_print(w, "%s of %s", ctl ? "CTL" : "ITL", n->name),
               s->lists[have].sha1,
               work_print(w, "the node itself says that the SHA-1 of its file is %s", hash->text));
    work_because(w, bytes->fact);
    work_because(w, hash->fact);
}

/* A list that lies beside is that of the TFTP node whose certificate it has, the newest of them
 * (inferred: an ITL has the CallManager records of the node that built it). */
static void match_found(struct listing *l)
{
    struct site_work *w = l->w;
    struct site *s = w->site;
    uint32_t newest[CLUSTER_NODES];
    for (uint32_t i = 0; i < s->node_count; i++)
        newest[i] = SITE_NONE;
    for (uint32_t i = 0; i < l->count; i++) {
        uint32_t node = l->looked[i].node;
        if (node == SITE_NONE || s->lists[i].is_ctl || s->lists[i].fact == SITE_NONE)
            continue;
        if (newest[node] == SITE_NONE || l->looked[i].made_s > l->looked[newest[node]].made_s)
            newest[node] = i;
    }
    for (uint32_t i = 0; i < s->node_count; i++) {
        struct site_node *n = &s->nodes[i];
        if (newest[i] == SITE_NONE || n->itl.text != NULL || n->itl_sha1.text != NULL)
            continue;
        const struct site_list *list = &s->lists[newest[i]];
        n->itl = (struct site_value){ list->sha256, list->fact };
        work_claim(w, SITE_ASSUMED, 1, work_print(w, "ITL that %s serves", n->name), list->sha1,
                   "it has the certificate of that node; nobody says from where the file is");
        work_because(w, list->fact);
    }
}

static bool may_serve(const struct site_node *n)
{
    for (uint32_t i = 0; i < n->service_count; i++) {
        const struct site_service *s = &n->services[i];
        if (s->service == SERVICE_TFTP && s->state.text != NULL)
            return strcmp(s->state.text, "not-activated") != 0;
    }
    return true;
}

/* Of the lists that lie beside, which nobody says to be served: the newest that is of this cluster,
 * by the servers that it names; SITE_NONE. */
static uint32_t newest_ctl(const struct listing *l)
{
    const struct site *s = l->w->site;
    uint32_t newest = SITE_NONE;
    for (uint32_t i = 0; i < l->count; i++) {
        bool is_other = l->looked[i].node == SITE_NONE && l->looked[i].stranger;
        if (!s->lists[i].is_ctl || s->lists[i].fact == SITE_NONE || is_other)
            continue;
        if (newest == SITE_NONE || l->looked[i].made_s > l->looked[newest].made_s)
            newest = i;
    }
    return newest;
}

/* One CTL serves the whole cluster (documented). */
static void share_ctl(struct listing *l)
{
    struct site *s = l->w->site;
    struct site_value ctl = { NULL, SITE_NONE };
    for (uint32_t i = 0; i < s->node_count && ctl.text == NULL; i++)
        ctl = s->nodes[i].ctl;
    uint32_t newest = ctl.text == NULL ? newest_ctl(l) : SITE_NONE, takers = 0;
    if (newest != SITE_NONE)
        ctl = (struct site_value){ s->lists[newest].sha256, s->lists[newest].fact };
    for (uint32_t i = 0; i < s->node_count && ctl.text != NULL; i++) {
        struct site_node *n = &s->nodes[i];
        if (n->ctl.text == NULL && n->ctl_sha1.text == NULL && may_serve(n)) {
            n->ctl = ctl;
            takers++;
        }
    }
    if (newest == SITE_NONE || takers == 0)
        return;
    work_claim(l->w, SITE_ASSUMED, takers, "CTL that the nodes serve", s->lists[newest].sha1,
               "it is the newest at hand; nobody says from where the file is");
    work_because(l->w, ctl.fact);
}

static void count_served(struct site_work *w)
{
    struct site *s = w->site;
    for (uint32_t i = 0; i < s->node_count; i++) {
        const struct site_node *n = &s->nodes[i];
        const struct site_value *bytes[] = { &n->itl, &n->ctl };
        const struct site_value *hash[] = { &n->itl_sha1, &n->ctl_sha1 };
        for (int k = 0; k < 2; k++) {
            uint32_t list = SITE_NONE;
            if (bytes[k]->text != NULL)
                list = index_of(w, bytes[k]->text);
            else if (hash[k]->text != NULL)
                list = lists_by_sha1(w, hash[k]->text, k == 1);
            if (list != SITE_NONE)
                s->lists[list].served_by |= UINT64_C(1) << i;
        }
    }
}

/* ---- what lists say of the cluster ---- */

/* TFTP signs with the certificate that stands in its list. */
static void find_signer(struct listing *l, uint32_t node)
{
    struct site_work *w = l->w;
    struct site_node *n = &w->site->nodes[node];
    uint32_t list = n->itl.text == NULL ? SITE_NONE : index_of(w, n->itl.text);
    if (list == SITE_NONE || l->looked[list].node != node || l->looked[list].callmanager.p == NULL)
        return;
    struct view der = arena_copy(&w->site->arena, l->looked[list].callmanager);
    const char *sha256 = certs_extra(w, der);
    struct site_value *own = &n->own[OWN_CALLMANAGER];
    if (sha256 == NULL || (own->text != NULL && strcmp(own->text, sha256) == 0))
        return;
    if (own->text == NULL) {
        *own = (struct site_value){ sha256, n->itl.fact };
        work_claim(w, SITE_ASSUMED, 1, work_print(w, "own certificate CallManager of %s", n->name),
                   sha256, "it stands in the ITL that the node serves");
        work_because(w, n->itl.fact);
        return;
    }
    struct site_service *tftp = nodes_service(w, node, view_str(service_name(SERVICE_TFTP)));
    if (tftp == NULL)
        return;
    tftp->runs = (struct site_value){ sha256, n->itl.fact };
    tftp->runs_why = "it stands in the ITL that TFTP serves, and another one lies on the disk";
    work_claim(w, SITE_KNOWN, 1,
               work_print(w, "certificate that Cisco Tftp of %s works with", n->name), sha256, "");
    work_because(w, n->itl.fact);
    work_because(w, own->fact);
}

/* ---- the mode of the cluster, where no source has the parameter ---- */

/* What speaks for mixed mode, and against it. */
struct votes {
    uint32_t yes, no, fact; /* the first */
};

static void vote(struct votes *v, bool yes, bool no, uint32_t fact)
{
    if (!yes && !no)
        return;
    v->yes += yes;
    v->no += no && !yes;
    v->fact = v->fact == SITE_NONE ? fact : v->fact;
}

static bool begins(struct view v, const char *with)
{
    size_t n = strlen(with);
    return v.n >= n && memcmp(v.p, with, n) == 0;
}

/* Roles of CallManager records in an ITL follow the mode: documented from 12.5 on, inferred before.
 */
static void ask_itls(struct listing *l, struct votes *v)
{
    struct site_work *w = l->w;
    for (uint32_t i = 0; i < l->count; i++) {
        const struct site_list *list = &w->site->lists[i];
        if (list->served_by != 0 && !list->is_ctl)
            vote(v, l->looked[i].by_both, l->looked[i].by_tftp, list->fact);
    }
    FOR_FACTS(w, FACT_RECORD_ROLE, i)
    {
        struct view role = work_view(w, w->order[i]);
        if (!names_ctl(facts_view(w->facts, work_fact(w, w->order[i])->about2)))
            vote(v, text_same(role, "CCM+TFTP"), text_same(role, "TFTP"), w->order[i]);
    }
}

/* One that nobody is known to serve. */
static void ask_other_itls(struct listing *l, struct votes *v)
{
    for (uint32_t i = 0; i < l->count; i++) {
        const struct site_list *list = &l->w->site->lists[i];
        if (list->fact != SITE_NONE && !list->is_ctl)
            vote(v, l->looked[i].by_both, l->looked[i].by_tftp, list->fact);
    }
}

/* Servers get into a CTL by mixed mode alone, and it is there still where that was left since. */
static void ask_ctls(struct listing *l, struct votes *v)
{
    struct site_work *w = l->w;
    for (uint32_t i = 0; i < l->count; i++) {
        const struct site_list *list = &w->site->lists[i];
        if (list->served_by != 0 && list->is_ctl)
            vote(v, l->looked[i].by_both || l->looked[i].by_tftp, false, list->fact);
    }
    FOR_FACTS(w, FACT_RECORD_ROLE, i)
    {
        struct view role = work_view(w, w->order[i]);
        if (names_ctl(facts_view(w->facts, work_fact(w, w->order[i])->about2)))
            vote(v, text_same(role, "CCM+TFTP"), false, w->order[i]);
    }
    FOR_FACTS(w, FACT_LIST_LENGTH, i)
    {
        bool ctl = names_ctl(facts_view(w->facts, work_fact(w, w->order[i])->about2));
        vote(v, false, ctl && strcmp(work_value(w, w->order[i]), "0") == 0, w->order[i]);
    }
}

static void ask_phones_itls(struct listing *l, struct votes *v)
{
    FOR_FACTS(l->w, FACT_PHONE_ITL_RECORD, i)
    {
        struct view record = work_view(l->w, l->w->order[i]);
        vote(v, begins(record, "CCM+TFTP "), begins(record, "TFTP "), l->w->order[i]);
    }
}

static void ask_phones_ctls(struct listing *l, struct votes *v)
{
    FOR_FACTS(l->w, FACT_PHONE_CTL, i)
    {
        bool none = strcmp(work_value(l->w, l->w->order[i]), "none") == 0;
        vote(v, !none, none, l->w->order[i]);
    }
}

/* The first that has anything to say is believed. */
static void guess_mode(struct listing *l)
{
    static const struct {
        void (*ask)(struct listing *l, struct votes *v);
        const char *why;
    } witnesses[] = {
        { ask_itls, "role of the CallManager records in the ITL that is served" },
        { ask_ctls, "CallManager records in the CTL, or that there is none" },
        { ask_other_itls, "role of the CallManager records in an ITL at hand" },
        { ask_phones_itls, "role of the CallManager records in the ITLs of phones" },
        { ask_phones_ctls, "whether phones hold a CTL" },
    };
    struct site_work *w = l->w;
    struct votes v = { .fact = SITE_NONE };
    size_t k = 0;
    if (w->site->mixed_mode.text != NULL)
        return;
    for (; k < sizeof witnesses / sizeof *witnesses && v.yes + v.no == 0; k++)
        witnesses[k].ask(l, &v);
    bool known = v.yes + v.no > 0;
    w->site->mixed_mode.text = v.yes > v.no ? "yes" : "no";
    work_claim(w, SITE_ASSUMED, 1, "mixed mode", w->site->mixed_mode.text,
               known ? work_print(w, "%s; no source has ClusterSecurityMode", witnesses[k - 1].why)
                     : "no source has the parameter ClusterSecurityMode");
    work_because(w, v.fact);
}

void lists_fill(struct site_work *w)
{
    struct site *s = w->site;
    struct listing l = { .w = w, .count = w->facts->list_count };
    l.looked = mem_take(w->mem, ((size_t)l.count + 1) * sizeof *l.looked);
    for (uint32_t i = 0; i < l.count; i++)
        look_at(&l, i);
    take_served(w);
    work_tell_clashes(w, 0);
    for (uint32_t i = 0; i < s->node_count; i++) {
        match_hash(w, &s->nodes[i], false);
        match_hash(w, &s->nodes[i], true);
    }
    match_found(&l);
    share_ctl(&l);
    count_served(w);
    for (uint32_t i = 0; i < s->node_count; i++)
        find_signer(&l, i);
    guess_mode(&l);
    mem_free(w->mem, l.looked);
}
