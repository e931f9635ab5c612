/* Who is who: names of nodes in every form, made one where something says that they are one. */
#include "sim/import/site_impl.h"

#include "sim/base/rng.h"
#include "sim/base/sys.h"
#include "sim/import/kinds.h"
#include "sim/wire/text.h"
#include "sim/wire/tl.h"

#include <string.h>

/* ---- names ---- */

static bool is_address(struct view v)
{
    char text[48];
    if (v.n == 0 || v.n >= sizeof text)
        return false;
    if (memchr(v.p, ':', v.n) != NULL)
        return true; /* IPv6; no name has one */
    memcpy(text, v.p, v.n);
    text[v.n] = '\0';
    return strspn(text, "0123456789.") == v.n && text_address(text) != 0;
}

static enum name_form form_of(struct view v)
{
    if (v.p[0] == '@')
        return NAME_SESSION;
    if (is_address(v))
        return NAME_ADDRESS;
    return memchr(v.p, '.', v.n) != NULL ? NAME_FULL : NAME_HOST;
}

/* Names that stand in server tables and are nobody: the row of all of them together, and addresses
 * that every machine has. */
static bool is_nobody(struct view v)
{
    static const char *const nobody[] = { "enterprisewidedata", "127.0.0.1", "0.0.0.0", "::1",
                                          "localhost",          "not set",   "-" };
    for (size_t i = 0; i < sizeof nobody / sizeof *nobody; i++) {
        if (text_same(v, nobody[i]))
            return true;
    }
    return v.n == 0 || v.n > 255;
}

static struct view plain(struct view v)
{
    v = text_trim(v);
    if (v.n > 2 && v.p[0] == '[' && v.p[v.n - 1] == ']')
        v = view_sub(v, 1, v.n - 2);
    while (v.n > 1 && v.p[v.n - 1] == '.')
        v.n--;
    return v;
}

static struct view lower(struct view v, uint8_t out[256])
{
    for (size_t i = 0; i < v.n; i++)
        out[i] = v.p[i] >= 'A' && v.p[i] <= 'Z' ? (uint8_t)(v.p[i] + 32) : v.p[i];
    return view_of(out, v.n);
}

static uint32_t find_name(const struct site_work *w, struct view text)
{
    uint8_t room[256];
    uint32_t at = 0, name;
    text = plain(text);
    if (is_nobody(text))
        return SITE_NONE;
    text = lower(text, room);
    while (table_next(&w->by_name, rng_hash(1, text) | 1, &at, &name)) {
        if (view_eq(w->names[name].text, text))
            return name;
    }
    return SITE_NONE;
}

static uint32_t add_name(struct site_work *w, struct view text, uint32_t fact)
{
    uint8_t room[256];
    uint32_t name = w->name_count++;
    text = plain(text);
    mem_reserve(w->mem, (void **)&w->names, &w->name_cap, w->name_count, sizeof *w->names);
    struct site_name *n = &w->names[name];
    *n = (struct site_name){ .text = arena_copy(&w->site->arena, lower(text, room)),
                             .shown = arena_text(&w->site->arena, text),
                             .parent = name,
                             .fact = fact,
                             .host = SITE_NONE,
                             .node = SITE_NONE,
                             .here = SITE_NONE,
                             .form = (uint8_t)form_of(text) };
    if (n->form == NAME_HOST)
        n->host = name;
    table_add(&w->by_name, rng_hash(1, n->text) | 1, name);
    return name;
}

static uint32_t name_for(struct site_work *w, struct view text, uint32_t fact)
{
    uint32_t name = find_name(w, text);
    return name != SITE_NONE || is_nobody(plain(text)) ? name : add_name(w, text, fact);
}

/* Of a text of the facts.  "@0" is a file by itself: one name for each reading. */
static uint32_t name_of_text(struct site_work *w, uint32_t text, uint32_t fact)
{
    struct view v = facts_view(w->facts, text);
    uint32_t *kept = &w->name_of[text];
    if (view_eq(v, view_str("@0")))
        kept = &w->name_of_reading[work_fact(w, fact)->reading];
    if (*kept == 0) {
        bool alone = kept != &w->name_of[text];
        *kept = (alone ? add_name(w, v, fact) : name_for(w, v, fact)) + 1;
    }
    return *kept - 1;
}

static uint32_t root_of(const struct site_work *w, uint32_t name)
{
    while (name != SITE_NONE && w->names[name].parent != name)
        name = w->names[name].parent;
    return name;
}

/* The same, and the way there is shorter next time. */
static uint32_t shorten(struct site_work *w, uint32_t name)
{
    while (name != SITE_NONE && w->names[name].parent != name) {
        w->names[name].parent = w->names[w->names[name].parent].parent;
        name = w->names[name].parent;
    }
    return name;
}

/* The older root stays; False: both have a host name, and not the same. */
static bool join(struct site_work *w, uint32_t a, uint32_t b, bool force)
{
    a = shorten(w, a);
    b = shorten(w, b);
    if (a == SITE_NONE || b == SITE_NONE || a == b)
        return true;
    struct site_name *x = &w->names[a < b ? a : b], *y = &w->names[a < b ? b : a];
    if (!force && x->host != SITE_NONE && y->host != SITE_NONE)
        return false;
    y->parent = x->parent;
    if (x->host == SITE_NONE)
        x->host = y->host;
    return true;
}

static struct view label_of(struct view full)
{
    struct view left = full;
    return text_cut(&left, '.');
}

/* ---- what the facts name ---- */

static bool is_about_node(const struct fact_row *row)
{
    return strcmp(row->about, "node") == 0;
}

/* Two nodes in one log without a login between them: whose each output is nobody can say. */
static void join_here(struct site_work *w, uint32_t fact)
{
    const struct fact_said *f = work_fact(w, fact);
    uint32_t session = name_of_text(w, f->about, fact), host = name_of_text(w, f->value, fact);
    if (session == SITE_NONE || host == SITE_NONE)
        return;
    struct site_name *s = &w->names[session];
    bool same_form = s->here != SITE_NONE && w->names[s->here].form == w->names[host].form;
    if (s->here == SITE_NONE)
        s->here = host;
    if (s->here == host || (!same_form && join(w, session, host, false))) {
        (void)join(w, session, host, false);
        return;
    }
    work_claim(w, SITE_CONTRADICTS, 1, "whose output a log is", w->names[s->here].shown,
               work_print(w,
                          "a command in it ran on %.100s, and no login stands between them: what "
                          "its outputs say of their node is taken as of the first; a log of each "
                          "node by itself is needed",
                          w->names[host].shown));
    work_because(w, w->names[s->here].fact);
    work_because(w, fact);
}

static void add_fact_names(struct site_work *w, uint32_t fact)
{
    const struct fact_said *f = work_fact(w, fact);
    uint32_t name = SITE_NONE;
    if (is_about_node(&fact_rows[f->kind])) {
        name = name_of_text(w, f->about, fact);
        if (name != SITE_NONE)
            w->names[name].told = true;
    }
    if (f->kind == FACT_HERE)
        join_here(w, fact);
    if (f->kind == FACT_NODE_FQDN)
        (void)join(w, name, name_of_text(w, f->value, fact), true);
    if (f->kind == FACT_CALLMANAGER) {
        name = name_of_text(w, f->value, fact);
        if (name != SITE_NONE)
            w->names[name].told = true;
    }
    bool listed = f->kind == FACT_NODE_ROLE ||
                  (f->kind == FACT_NODE_LISTED && strcmp(work_value(w, fact), "yes") == 0);
    if (listed && name != SITE_NONE) {
        w->names[name].listed = true;
        w->has_table = true;
    }
}

/* "cucm-pub.example.com" is "cucm-pub": host names are one of a kind in a cluster. */
static void join_labels(struct site_work *w)
{
    for (uint32_t i = 0, n = w->name_count; i < n; i++) {
        if (w->names[i].form != NAME_FULL)
            continue;
        uint32_t host = name_for(w, label_of(view_str(w->names[i].shown)), w->names[i].fact);
        if (host == SITE_NONE)
            continue;
        w->names[host].listed |= w->names[i].listed;
        (void)join(w, i, host, true);
    }
}

/* An address that two hosts are said to have stays with the one of the surer source. */
static void join_address(struct site_work *w, uint32_t fact)
{
    const struct fact_said *f = work_fact(w, fact);
    uint32_t name = name_of_text(w, f->about, fact), address = name_of_text(w, f->value, fact);
    if (name == SITE_NONE || address == SITE_NONE)
        return;
    bool is_new = root_of(w, address) != root_of(w, name);
    if (join(w, name, address, false)) {
        w->names[address].fact = is_new ? fact : w->names[address].fact;
        return;
    }
    const struct site_name *other = &w->names[w->names[root_of(w, address)].host];
    work_claim(w, SITE_CONTRADICTS, 1, work_print(w, "address %s", work_value(w, fact)),
               other->shown,
               work_print(w, "another source has it as that of %s", w->names[name].shown));
    work_because(w, w->names[address].fact);
    work_because(w, fact);
}

static void join_addresses(struct site_work *w)
{
    for (int sure = SURE_BYTES; sure >= 0; sure--) {
        FOR_FACTS(w, FACT_NODE_ADDRESS, i)
        {
            const struct fact_said *f = work_fact(w, w->order[i]);
            if (w->facts->readings[f->reading].sure == sure ||
                (sure == SURE_BYTES && w->facts->readings[f->reading].sure > sure))
                join_address(w, w->order[i]);
        }
    }
}

/* ---- whose log it is, where certificates alone tell ---- */

/* Its other names are of other hosts: a multi-server certificate, whatever its common name is; the
 * domain stands among them too (documented). */
static bool names_others(const struct cert *c, struct view cn, struct view host)
{
    struct arena a = arena_of(&sys_mem);
    struct view left = cert_names(c->der, &a), domain = cn;
    (void)text_cut(&domain, '.');
    bool others = false;
    while (left.n > 0 && !others) {
        uint8_t one[256], two[256];
        struct view name = text_trim(text_cut(&left, ','));
        if (name.n == 0 || name.n > 255 || is_address(name))
            continue;
        others = !view_eq(lower(name, one), lower(domain, two)) &&
                 !view_eq(lower(label_of(name), one), lower(host, two));
    }
    arena_free(&a);
    return others;
}

struct view who_common_name(struct view name)
{
    for (size_t i = 0; i + 3 <= name.n; i++) {
        bool begins = i == 0 || strchr(",; /", name.p[i - 1]) != NULL;
        if (!begins || !text_same(view_sub(name, i, 3), "CN="))
            continue;
        size_t end = i + 3;
        while (end < name.n && name.p[end] != ',' && name.p[end] != ';')
            end++;
        return text_trim(view_sub(name, i + 3, end - i - 3));
    }
    return view_of(NULL, 0);
}

const char *who_host_of(struct site_work *w, const struct cert *c)
{
    struct view cn = who_common_name(c->subject);
    struct view label = is_address(cn) ? cn : label_of(cn);
    if (label.n == 0 || label.n >= CLUSTER_NAME || cn.n > 255)
        return NULL;
    /* A multi-server certificate is nobody's alone; CAPF and ITLRecovery have names of their own;
     * that for EC is named after the other. */
    if (label.n > 3 && text_same(view_sub(label, label.n - 3, 3), "-ms"))
        return NULL;
    if (label.n > 5 && text_same(view_sub(label, 0, 5), "CAPF-"))
        return NULL;
    if (label.n > 12 && text_same(view_sub(label, 0, 12), "ITLRECOVERY_"))
        return NULL;
    if (!c->rsa && label.n > 3 && text_same(view_sub(label, label.n - 3, 3), "-EC"))
        label.n -= 3;
    if (!is_address(cn) && names_others(c, cn, label))
        return NULL;
    return arena_text(&w->site->arena, label);
}

/* Self-signed: then the subject is what CUCM made of the node's name.  A CA may have been given any
 * name: it counts where it is one that is known. */
static void join_by_cert(struct site_work *w, uint32_t fact)
{
    uint32_t name = name_of_text(w, work_fact(w, fact)->about, fact);
    uint32_t root = root_of(w, name);
    const struct cert *c = work_cert(w, work_value(w, fact));
    if (root == SITE_NONE || w->names[root].host != SITE_NONE || c == NULL)
        return;
    const char *host = who_host_of(w, c);
    if (host == NULL)
        return;
    uint32_t known = find_name(w, view_str(host));
    if (known == SITE_NONE && view_eq(c->subject, c->issuer))
        known = name_for(w, view_str(host), fact);
    if (known != SITE_NONE)
        (void)join(w, root, known, false);
}

static void join_by_certs(struct site_work *w)
{
    static const enum fact_kind kinds[] = { FACT_OWN, FACT_SHOWN };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        FOR_FACTS(w, kinds[k], i)
        join_by_cert(w, w->order[i]);
    }
}

/* ---- asked by the others ---- */

static uint32_t node_of_name(const struct site_work *w, uint32_t name)
{
    uint32_t root = root_of(w, name);
    return root == SITE_NONE ? SITE_NONE : w->names[root].node;
}

uint32_t who_name(const struct site_work *w, uint32_t fact)
{
    const struct fact_said *f = work_fact(w, fact);
    uint32_t name = w->name_of[f->about];
    if (name == 0 && view_eq(facts_view(w->facts, f->about), view_str("@0")))
        name = w->name_of_reading[f->reading];
    return name == 0 ? SITE_NONE : name - 1;
}

uint32_t who_is(const struct site_work *w, uint32_t fact)
{
    return node_of_name(w, who_name(w, fact));
}

const char *who_shown(const struct site_work *w, uint32_t name)
{
    const struct site_name *n = &w->names[root_of(w, name)];
    return n->host != SITE_NONE ? w->names[n->host].shown : n->shown;
}

uint32_t who_is_view(const struct site_work *w, struct view v)
{
    uint32_t name = find_name(w, v);
    v = plain(v);
    if (name == SITE_NONE && v.n > 0 && form_of(v) == NAME_FULL)
        name = find_name(w, label_of(v));
    return node_of_name(w, name);
}

uint32_t who_is_text(const struct site_work *w, uint32_t text)
{
    return who_is_view(w, facts_view(w->facts, text));
}

uint32_t who_is_host(const struct site_work *w, const char *host)
{
    return who_is_view(w, view_str(host));
}

static struct view without_cm(struct view v)
{
    bool has = v.n > 3 && text_same(view_sub(v, 0, 3), "CM_");
    return has ? view_sub(v, 3, v.n - 3) : v;
}

uint32_t who_is_member(const struct site_work *w, uint32_t text)
{
    uint32_t node = SITE_NONE;
    if (w->manager_of[text] != 0)
        node = who_is_text(w, work_fact(w, w->manager_of[text] - 1)->value);
    if (node == SITE_NONE)
        node = who_is_text(w, text);
    return node != SITE_NONE ? node : who_is_view(w, without_cm(facts_view(w->facts, text)));
}

/* ---- CallManagers ---- */

static void find_managers(struct site_work *w)
{
    FOR_FACTS(w, FACT_CALLMANAGER, i)
    {
        uint32_t *of = &w->manager_of[work_fact(w, w->order[i])->about];
        if (*of == 0 || work_surer(w, w->order[i], *of - 1))
            *of = w->order[i] + 1;
    }
}

void who_find(struct site_work *w)
{
    for (uint32_t i = 0; i < w->facts->count; i++)
        add_fact_names(w, i);
    find_managers(w);
    join_labels(w);
    join_addresses(w);
    join_by_certs(w);
    join_labels(w);
}

/* Where nothing says which nodes there are: those that groups and phones name. */
void who_find_elsewhere(struct site_work *w)
{
    static const enum fact_kind kinds[] = { FACT_GROUP_MEMBER, FACT_PHONE_CM, FACT_PHONE_SERVER,
                                            FACT_PHONE_TFTP };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        FOR_FACTS(w, kinds[k], i)
        {
            const struct fact_said *f = work_fact(w, w->order[i]);
            uint32_t name = name_for(w, without_cm(facts_view(w->facts, f->value)), w->order[i]);
            if (name != SITE_NONE)
                w->names[name].told = true;
        }
    }
    join_labels(w);
}

/* The host that a record of a server is for, by its subject, or where it has none its DNS name:
 * "cucm-pub-EC" and "cucm-pub-ms" are none of their own. */
static void add_record_name(struct site_work *w, const struct tl_record *r, uint32_t fact)
{
    struct view cn = r->subject.n > 0 ? who_common_name(r->subject) : r->dns,
                label = is_address(cn) ? cn : label_of(cn);
    if (r->role != TL_TVS && r->role != TL_TFTP && r->role != TL_CCM_TFTP && r->role != TL_CCM)
        return;
    if (label.n > 3 && (text_same(view_sub(label, label.n - 3, 3), "-EC") ||
                        text_same(view_sub(label, label.n - 3, 3), "-ms")))
        return;
    uint32_t name = name_for(w, cn, fact);
    if (name != SITE_NONE)
        w->names[name].told = true;
}

void who_find_in_lists(struct site_work *w)
{
    static const enum fact_kind kinds[] = { FACT_LIST_SERVED, FACT_LIST_FOUND };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        FOR_FACTS(w, kinds[k], i)
        {
            struct arena a = arena_of(w->mem);
            struct tl list;
            struct err e = { "" };
            const struct facts_blob *b = facts_blob(w->facts, work_value(w, w->order[i]), true);
            bool good = b != NULL && tl_decode(b->bytes, false, &a, &list, &e);
            for (uint32_t r = 0; good && r < list.count; r++)
                add_record_name(w, &list.records[r], w->order[i]);
            arena_free(&a);
        }
    }
    join_labels(w);
}

uint32_t who_root(const struct site_work *w, uint32_t name)
{
    return root_of(w, name);
}
