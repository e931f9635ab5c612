/* The facts of files, and the certificates and lists that they name. */
#include "sim/lab_found.h"

#include "nodes/certs.h"
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/bytes/foreign.h"
#include "sim/lab_impl.h"

#include <stdio.h>
#include <string.h>

struct lab_found_all {
    struct lab_found told;
    struct arena arena;
    struct foreign *foreign;
    struct lab_found_blob *certs, *lists;
    uint32_t *numbers; /* of each certificate, as foreign.h counts */
    struct lab_found_list *by_hash;
    struct lab_found_phone *phones; /* by number; line 0: in no file */
    uint32_t *past;
    uint32_t cert_cap, number_cap, list_cap, hash_cap, phone_cap, past_cap;
    struct table names; /* hash of a SHA-256 -> 2 * index, + 1: of a list */
};

static bool looks(const struct lab_options *o)
{
    return o->bytes || o->live || o->looks;
}

static struct lab_found_all *all_of(struct lab *lab)
{
    struct lab_found_all *all = lab->base->found;
    if (all != NULL)
        return all;
    all = mem_take(&sys_mem, sizeof *all);
    *all = (struct lab_found_all){
        .told = { .present_us = UINT64_MAX },
        .arena = arena_of(&sys_mem),
        .foreign = foreign_new(lab->base->forge, looks(&lab->base->options)),
        .names = table_of(&sys_mem),
    };
    lab->base->found = all;
    return all;
}

void lab_found_free(struct lab_base *base)
{
    struct lab_found_all *all = base->found;
    if (all == NULL)
        return;
    foreign_free(all->foreign);
    table_free(&all->names);
    void *const arrays[] = { all->certs,   all->lists,  all->numbers,
                             all->by_hash, all->phones, all->past };
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        mem_free(&sys_mem, arrays[i]);
    arena_free(&all->arena);
    mem_free(&sys_mem, all);
    base->found = NULL;
}

/* ---- asking ---- */

const struct lab_found *lab_found(const struct lab *lab)
{
    const struct lab_found_all *all = lab->base->found;
    return all == NULL ? NULL : &all->told;
}

const struct lab_found_cluster *lab_found_cluster(const struct lab *lab, uint32_t cluster)
{
    const struct lab_found *f = lab_found(lab);
    return f == NULL || !f->clusters[cluster].found ? NULL : &f->clusters[cluster];
}

const struct lab_found_phone *lab_found_phone(const struct lab *lab, uint32_t phone)
{
    const struct lab_found_all *all = lab->base->found;
    bool there = all != NULL && phone < all->phone_cap && all->phones[phone].line != 0;
    return there ? &all->phones[phone] : NULL;
}

bool lab_is_before_present(const struct lab *lab)
{
    const struct lab_found_all *all = lab->base->found;
    return all != NULL && all->told.present_us == UINT64_MAX;
}

void lab_found_is_present(struct lab *lab)
{
    lab->base->found->told.present_us = lab_now_us(lab);
}

uint32_t *lab_found_backup_unknown(struct lab *lab, uint32_t cluster)
{
    return lab->base->found->told.clusters[cluster].backup_unknown;
}

/* ---- certificates and lists ---- */

struct arena *lab_found_arena(struct lab *lab)
{
    return &all_of(lab)->arena;
}

static uint64_t name_key(const char *sha256)
{
    uint64_t h = rng_hash(7, view_str(sha256));
    return h == 0 ? 1 : h;
}

static const struct lab_found_blob *find(const struct lab_found_all *all, const char *sha256,
                                         bool list, uint32_t *index)
{
    uint32_t at = 0, value;
    while (table_next(&all->names, name_key(sha256), &at, &value)) {
        const struct lab_found_blob *b = value % 2 != 0 ? all->lists : all->certs;
        *index = value / 2;
        if ((value % 2 != 0) == list && strcmp(b[*index].sha256, sha256) == 0)
            return &b[*index];
    }
    return NULL;
}

static bool is_named(const char *sha256, struct view bytes, struct err *e)
{
    uint8_t hash[64];
    char text[LAB_SHA256 + 1];
    size_t n = digest_of(DIGEST_SHA256, &bytes, 1, hash);
    for (size_t i = 0; i < n; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    return strcmp(text, sha256) == 0 ||
           err_set(e, "its SHA-256 is %s, another one than its name says", text);
}

static bool has_room(uint32_t count, const char *what, struct err *e)
{
    return count < LAB_FOUND_CERTS || err_set(e, "more than %d %s", LAB_FOUND_CERTS, what);
}

bool lab_found_add_cert(struct lab *lab, const char *sha256, struct view der, struct err *e)
{
    struct lab_found_all *all = all_of(lab);
    struct lab_found *t = &all->told;
    struct lab_found_blob b = { .content = 0 };
    uint32_t index, number;
    if (find(all, sha256, false, &index) != NULL)
        return true;
    if (!is_named(sha256, der, e) || !has_room(t->cert_count, "certificates", e) ||
        !foreign_add(all->foreign, der, &number, e))
        return false;
    memcpy(b.sha256, sha256, sizeof b.sha256);
    mem_reserve(&sys_mem, (void **)&all->certs, &all->cert_cap, (size_t)t->cert_count + 1,
                sizeof b);
    mem_reserve(&sys_mem, (void **)&all->numbers, &all->number_cap, (size_t)t->cert_count + 1,
                sizeof number);
    table_add(&all->names, name_key(sha256), 2 * t->cert_count);
    all->numbers[t->cert_count] = number;
    all->certs[t->cert_count++] = b;
    t->certs = all->certs;
    return true;
}

bool lab_found_has_cert(struct lab *lab, const char *sha256)
{
    uint32_t index;
    return find(all_of(lab), sha256, false, &index) != NULL;
}

uint32_t lab_found_cert(struct lab *lab, const char *sha256)
{
    struct lab_found_all *all = all_of(lab);
    uint32_t index;
    if (find(all, sha256, false, &index) == NULL)
        return 0;
    struct lab_found_blob *b = &all->certs[index];
    b->content = foreign_cert(all->foreign, all->numbers[index]);
    b->stand_in = foreign_has_stand_in(all->foreign, all->numbers[index]);
    return b->content;
}

bool lab_found_add_list(struct lab *lab, const char *sha256, struct view bytes, struct err *e)
{
    struct lab_found_all *all = all_of(lab);
    struct lab_found *t = &all->told;
    struct lab_found_blob b = { .content = 0 };
    uint32_t index;
    bool verified;
    if (find(all, sha256, true, &index) != NULL)
        return true;
    if (!is_named(sha256, bytes, e) || !has_room(t->list_count, "lists", e) ||
        !foreign_list(all->foreign, bytes, &b.content, &verified, e))
        return false;
    b.unverified = !verified;
    memcpy(b.sha256, sha256, sizeof b.sha256);
    mem_reserve(&sys_mem, (void **)&all->lists, &all->list_cap, (size_t)t->list_count + 1,
                sizeof b);
    table_add(&all->names, name_key(sha256), 2 * t->list_count + 1);
    all->lists[t->list_count++] = b;
    t->lists = all->lists;
    t->stand_ins = foreign_stand_ins(all->foreign);
    return true;
}

uint32_t lab_found_list(struct lab *lab, const char *sha256)
{
    uint32_t index;
    const struct lab_found_blob *b = find(all_of(lab), sha256, true, &index);
    return b == NULL ? 0 : b->content;
}

/* ---- certificates that nobody has ---- */

uint32_t lab_found_nobody(struct lab *lab, uint32_t like, const char *label, const char *name)
{
    return foreign_stranger(all_of(lab)->foreign, like, label, name);
}

uint32_t lab_found_stranger(struct lab *lab, uint32_t cluster, uint32_t node, enum service s,
                            uint32_t like)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    char label[3 * CLUSTER_NAME];
    if (like == 0)
        like = cl->nodes[node].disk.own[service_kinds[s].own];
    snprintf(label, sizeof label, "%s/%s %s", cl->name, cl->nodes[node].disk.name,
             service_kinds[s].shorter);
    return lab_found_nobody(lab, like, label, NULL);
}

bool lab_is_called(const struct lab *lab, uint32_t cert, const char *name)
{
    struct view cn = certs_common_name(lab->base->content, cert), v = view_str(name);
    for (size_t i = 0; i < cn.n && cn.n == v.n; i++) {
        uint8_t a = cn.p[i], b = v.p[i];
        a = a >= 'A' && a <= 'Z' ? (uint8_t)(a + 32) : a;
        b = b >= 'A' && b <= 'Z' ? (uint8_t)(b + 32) : b;
        if (a != b)
            return false;
    }
    return cn.n == v.n;
}

uint32_t lab_found_named(struct lab *lab, const char *name)
{
    const struct lab_found_all *all = all_of(lab);
    for (uint32_t i = 0; i < all->told.cert_count; i++) {
        uint32_t cert = lab_found_cert(lab, all->certs[i].sha256);
        if (lab_is_called(lab, cert, name))
            return cert;
    }
    return 0;
}

uint32_t lab_found_token(const struct lab *lab, const char *name)
{
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        for (uint32_t i = 0; lab_found_cluster(lab, c) != NULL && i < cl->token_count; i++) {
            if (lab_is_called(lab, cl->tokens[i], name))
                return cl->tokens[i];
        }
    }
    return 0;
}

/* ---- the cluster ---- */

bool lab_found_can(const struct lab *lab, uint32_t cluster, struct err *e)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    if (lab_found_cluster(lab, cluster) != NULL)
        return err_set(e, "%s: it is said already how it was found", cl->name);
    if (lab_now_us(lab) != 0 || lab->record.step_count > 1)
        return err_set(e, "%s: how it was found is said before time passes", cl->name);
    for (uint32_t i = 0; i < lab->state.fleet_count; i++) {
        if (lab->state.fleets[i].cluster == cluster)
            return err_set(e, "%s: how it was found is said before its phones", cl->name);
    }
    return true;
}

static bool is_told(const uint64_t told[FOUND_PARAMS], uint32_t param)
{
    return (told[param / 64] >> param % 64 & 1) != 0;
}

/* The parameter is one for all nodes: where they differ, what every phone can still do. */
static void tell_tls(const struct lab_found_cluster *c, uint64_t params[PARAMS],
                     uint64_t told[FOUND_PARAMS])
{
    int least = -1;
    for (uint32_t i = 0; i < c->model.node_count; i++) {
        int tls = c->nodes[i].tls;
        if (tls >= 0 && (least < 0 || tls < least))
            least = tls;
    }
    if (least < 0)
        return;
    params[PARAM_TLS_MIN] = (uint64_t)least;
    told[PARAM_TLS_MIN / 64] |= UINT64_C(1) << PARAM_TLS_MIN % 64;
}

/* What somebody said, else what lists and nodes tell.  A fact that is turned stays so. */
static void put_params(struct lab *lab, uint32_t cluster, const struct lab_found_cluster *c)
{
    struct cluster *cl = &lab->state.clusters[cluster];
    const struct lab_turn *turn = &lab->base->options.turn;
    bool here = turn->facts == LAB_PARAM && (turn->cluster == 0 || turn->cluster == cluster + 1);
    uint64_t params[PARAMS] = { 0 }, told[FOUND_PARAMS] = { 0 };
    found_tells(cl, &c->model, params, told);
    tell_tls(c, params, told);
    for (uint32_t p = 0; p < PARAMS; p++) {
        bool said = is_told(c->params_told, p);
        if ((said || is_told(told, p)) && !(here && turn->index == p))
            cl->db.params[p] = said ? c->params[p] : params[p];
    }
}

/* The group and the pool that were made with the cluster: it has its own of these names (installed
 * with them), or none says so, and the group has nodes with CallManager alone. */
static void renew_default(struct cluster *cl)
{
    uint16_t index;
    uint8_t members[CNF_SERVERS] = { 0 }, count = 0;
    if (config_find_pool(cl, "Default", &index))
        cl->db.pools[index].made = true;
    if (!config_find_group(cl, "Default", &index))
        return;
    cl->db.groups[index].made = true;
    FOR_EACH_NODE(cl, i)
    {
        if (count < CNF_SERVERS && services_is_activated(cl, i, SERVICE_CALLMANAGER))
            members[count++] = (uint8_t)i;
    }
    if (count == 0)
        return;
    memcpy(cl->db.groups[index].members, members, sizeof members);
    cl->db.groups[index].count = count;
}

/* Whoever asks for one later finds it: nothing is added to the content behind the load. */
static void make_all(struct lab *lab)
{
    struct lab_found_all *all = all_of(lab);
    for (uint32_t i = 0; i < all->told.cert_count; i++)
        lab_found_cert(lab, all->certs[i].sha256);
    all->told.stand_ins = foreign_stand_ins(all->foreign);
}

void lab_found_put(struct lab *lab, uint32_t cluster, const struct lab_found_cluster *c)
{
    struct cluster *cl = &lab->state.clusters[cluster];
    struct lab_found_cluster *to = &all_of(lab)->told.clusters[cluster];
    make_all(lab);
    CHECK(c->model.node_count == cl->node_count);
    *to = *c;
    to->found = true;
    put_params(lab, cluster, c);
    found_put(cl, &c->model, lab_now_us(lab));
    renew_default(cl);
    if (c->itlrecovery_saved == LAB_YES)
        cl->p12 = cl->nodes[0].disk.own[OWN_ITLRECOVERY];
    lab_cluster_changed(lab);
}

/* ---- lists known by their hash, and phones ---- */

void lab_found_keep_list(struct lab *lab, const struct lab_found_list *l)
{
    struct lab_found_all *all = all_of(lab);
    struct lab_found *t = &all->told;
    mem_reserve(&sys_mem, (void **)&all->by_hash, &all->hash_cap, (size_t)t->by_hash_count + 1,
                sizeof *l);
    all->by_hash[t->by_hash_count++] = *l;
    t->by_hash = all->by_hash;
}

void lab_found_keep_past(struct lab *lab, uint32_t list)
{
    struct lab_found_all *all = all_of(lab);
    struct lab_found *t = &all->told;
    mem_reserve(&sys_mem, (void **)&all->past, &all->past_cap, (size_t)t->past_count + 1,
                sizeof list);
    all->past[t->past_count++] = list;
    t->past = all->past;
}

void lab_found_put_phone(struct lab *lab, uint32_t phone, const struct lab_found_phone *p)
{
    struct lab_found_all *all = all_of(lab);
    CHECK(phone < lab->state.phone_count && p->line != 0);
    mem_reserve(&sys_mem, (void **)&all->phones, &all->phone_cap, lab->state.phone_count,
                sizeof *all->phones);
    all->phones[phone] = *p;
}

void lab_found_tftp(struct lab *lab, uint32_t phone, const uint32_t ip[2])
{
    lab_move(lab, phone, lab_dhcp(lab, ip[0], ip[1]));
}

void lab_found_count_rows(struct lab *lab, uint32_t bent, uint32_t nothing)
{
    all_of(lab)->told.bent += bent;
    all_of(lab)->told.nothing += nothing;
}

bool lab_found_date(const struct lab *lab, const char *text, int64_t *unix_s, struct err *e)
{
    char room[DATE_TEXT] = "";
    size_t n = strlen(text);
    bool utc = n > 0 && n < sizeof room && text[n - 1] == 'Z';
    if (utc) {
        memcpy(room, text, n - 1);
        room[n - 1] = '\0';
    }
    if (!date_parse(utc ? room : text, unix_s, e))
        return false;
    *unix_s -= utc ? 0 : lab->base->options.offset_s;
    return true;
}
