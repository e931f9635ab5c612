/* Checks of trust stores, and of what TVS answers from them. */
#include "sim/preflight/say.h"

#include "nodes/certs.h"
#include "sim/base/count.h"
#include "sim/core/mic.h"

#include <string.h>

static uint64_t now_us(const struct preflight_see *s)
{
    return lab_now_us(s->lab);
}

/* ---- trust stores ---- */

static void look_trust_differs(struct preflight_see *s)
{
    for (uint32_t i = 0; i < s->cl->db.row_count; i++) {
        const struct cert_row *r = &s->cl->db.rows[i];
        struct preflight_who lacks = { .phones = 0 };
        if (r->store == STORE_OWN || r->until_us != UINT64_MAX)
            continue;
        FOR_EACH_NODE(s->cl, k)
        {
            if (!cert_row_seen(s->cl, r, k, now_us(s)))
                who_node(&lacks, k);
        }
        if (who_nodes(&lacks) > 0)
            say(s, PREFLIGHT_WARN, &lacks, "%s lies in %s, but not on %s", say_cert(s, r->cert),
                store_name((enum store)r->store), say_nodes(s, &lacks));
    }
    if (s->told == NULL || !s->told->model.trust_told)
        say(s, PREFLIGHT_UNKNOWN, NULL, "No file says what lies in the trust stores of %s",
            s->cl->name);
}

/* ---- what TVS answers ---- */

/* What the nodes whose TVS runs say of one certificate. */
struct answers {
    struct preflight_who yes, no, other; /* other: in other roles than the first */
    uint32_t roles;
};

static void ask(struct preflight_see *s, uint32_t cert, struct answers *a)
{
    memset(a, 0, sizeof *a);
    FOR_EACH_NODE(s->cl, i)
    {
        if (!see_runs(s, i, SERVICE_TVS))
            continue;
        struct tvs_answer t = serve_tvs_verify(s->cl, i, cert, now_us(s));
        bool first = who_nodes(&a->yes) == 0 && who_nodes(&a->other) == 0;
        if (!t.trusted)
            who_node(&a->no, i);
        else if (first || t.roles == a->roles)
            who_node(&a->yes, i);
        else
            who_node(&a->other, i);
        if (t.trusted && first)
            a->roles = t.roles;
    }
}

static bool seen_before(const struct database *db, uint32_t row)
{
    for (uint32_t i = 0; i < row; i++) {
        if (db->rows[i].until_us == UINT64_MAX && db->rows[i].cert == db->rows[row].cert)
            return true;
    }
    return false;
}

/* It lies on some nodes alone, which says why they answer differently. */
static bool lies_apart(const struct preflight_see *s, const struct cert_row *r)
{
    FOR_EACH_NODE(s->cl, i)
    {
        if (r->store != STORE_OWN && !cert_row_seen(s->cl, r, i, now_us(s)))
            return true;
    }
    return false;
}

static void look_tvs_differs(struct preflight_see *s)
{
    const struct database *db = &s->cl->db;
    for (uint32_t i = 0; i < db->row_count; i++) {
        const struct cert_row *r = &db->rows[i];
        struct answers a;
        if (r->until_us != UINT64_MAX || seen_before(db, i) || lies_apart(s, r))
            continue;
        ask(s, r->cert, &a);
        bool own = r->store == STORE_OWN;
        if (who_nodes(&a.no) > 0 && who_nodes(&a.yes) > 0)
            say(s, own ? PREFLIGHT_FAIL : PREFLIGHT_WARN, &a.no,
                "TVS on %s does not vouch for %s%s%s, that on %s does", say_nodes(s, &a.no),
                own ? own_name((enum own)r->own) : "", own ? " " : "", say_cert(s, r->cert),
                say_nodes(s, &a.yes));
        if (who_nodes(&a.other) > 0)
            say(s, PREFLIGHT_WARN, &a.other,
                "TVS on %s vouches for %s in other roles than that on %s", say_nodes(s, &a.other),
                say_cert(s, r->cert), say_nodes(s, &a.yes));
    }
}

/* ---- CAs of MICs ---- */

static bool same_letters(struct view name, const char *as)
{
    size_t n = strlen(as);
    for (size_t i = 0; i < n && name.n == n; i++) {
        uint8_t c = name.p[i] == ' ' || name.p[i] == '-' ? '_' : name.p[i];
        uint8_t d = as[i] == '-' ? '_' : (uint8_t)as[i];
        if (c != d)
            return false;
    }
    return name.n == n;
}

/* Of the stores that files have, some certificate is one of these CAs: every CUCM comes with them,
 * so that files without any have not all of the stores. */
static bool tells_mics(const struct preflight_see *s)
{
    const struct found *f = s->told == NULL ? NULL : &s->told->model;
    for (uint32_t i = 0; f != NULL && i < f->trust_count; i++) {
        struct view name = certs_common_name(s->lab->base->content, f->trust[i].cert);
        for (uint32_t ca = 0; ca < MIC_CAS; ca++) {
            if (same_letters(name, mic_cas[ca].name))
                return true;
        }
    }
    return false;
}

/* Where files have the trust stores, one that is not among them is not there. */
static bool is_missing(const struct preflight_see *s, enum store store, uint32_t ca)
{
    const struct lab_found_cluster *told = s->told;
    if ((s->cl->db.mic_cas_gone[store] & MIC_CA_BIT(ca)) != 0)
        return true;
    if (!tells_mics(s))
        return false;
    for (uint32_t i = 0; i < told->model.trust_count; i++) {
        const struct found_trust *t = &told->model.trust[i];
        if (t->store == store &&
            same_letters(certs_common_name(s->lab->base->content, t->cert), mic_cas[ca].name))
            return false;
    }
    return true;
}

/* Phones that show a MIC of that CA to a server: whose profile asks for TLS and that have no LSC,
 * and those that may. */
static void find_mics(struct preflight_see *s, uint32_t ca, struct preflight_who *use,
                      struct preflight_who *may)
{
    FOR_EACH_PHONE(s, i)
    {
        const struct phone *p = &s->lab->state.phones[i];
        const struct model *m = &model_table[p->model];
        const struct device_class *k = config_class_of(s->cl, i);
        if (!m->mic || m->mic_ca != ca || k == NULL)
            continue;
        bool secure = s->cl->db.mixed_mode && k->security_mode != CNF_NON_SECURE;
        who_phone(secure && p->lsc == 0 ? use : may, i);
    }
}

static void look_mic_ca(struct preflight_see *s)
{
    static const uint8_t stores[] = { STORE_CALLMANAGER_TRUST, STORE_CAPF_TRUST };
    if (s->told != NULL && !tells_mics(s))
        say(s, PREFLIGHT_UNKNOWN, NULL,
            "No file has any CA of MICs in a trust store (assumed: those that CUCM comes with)");
    for (uint32_t ca = 0; ca < MIC_CAS; ca++) {
        struct preflight_who use = { .phones = 0 }, may = { .phones = 0 };
        find_mics(s, ca, &use, &may);
        for (size_t k = 0; k < sizeof stores && use.phones + may.phones > 0; k++) {
            bool fails = use.phones > 0 && stores[k] == STORE_CALLMANAGER_TRUST;
            if (is_missing(s, (enum store)stores[k], ca))
                say(s, fails ? PREFLIGHT_FAIL : PREFLIGHT_WARN, fails ? &use : &may,
                    "%s is not in %s: it signed the MIC of %s, %s of which show it to CallManager "
                    "now",
                    mic_cas[ca].name, store_name((enum store)stores[k]),
                    COUNTED_OF(use.phones + may.phones, "phone"),
                    use.phones == 0 ? "none" : COUNTED(use.phones));
        }
    }
}

const struct preflight_check preflight_checks_trust[] = {
    { .name = "trust-differs",
      .title = "trust stores that differ between nodes",
      .good = "Every certificate of a trust store lies on every node",
      .source = "trust stores of each node: show cert list trust, Certificate Management",
      .why = "TVS answers from the stores of its own node: a phone gets another answer by which "
             "server it asks.",
      .what = "Upload it on the nodes that lack it, or delete it everywhere: Cisco Unified OS "
              "Administration > Security > Certificate Management of each node.",
      .collect = "`show cert list trust` and `show cert trust NAME` of each node; 14 on: the "
                 "snapshot of Certificate Management of each node",
      .worst = PREFLIGHT_WARN,
      .look = look_trust_differs },
    { .name = "tvs-differs",
      .title = "TVS answers that differ between nodes",
      .good = "TVS answers alike on every node where it runs",
      .source = "asked of each TVS in the model of the cluster",
      .why = "A phone asks the first TVS of its group that answers, and may take a no for the "
             "last word.",
      .what = "Repair replication, and restart Cisco Trust Verification Service on the node that "
              "does not know it.",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_RENEWAL | PREFLIGHT_STOPS_NODES | PREFLIGHT_STOPS_MOVE,
      .look = look_tvs_differs },
    { .name = "mic-ca",
      .title = "CAs of MICs in the trust stores",
      .good = "The CAs that signed the MICs of these phones are trusted",
      .source = "CallManager-trust and CAPF-trust; models of the phones",
      .why = "A phone that shows its MIC is refused where its CA is not trusted: by CallManager "
             "for a secure profile, by CAPF where it proves itself with it.",
      .what = "Upload the Cisco manufacturing CA to that store (it comes with CUCM, and can be had "
              "from Cisco PKI), and restart the service.",
      .collect = "`show cert list trust` and `show cert trust NAME` of the publisher",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_MODE,
      .look = look_mic_ca },
    { .name = NULL },
};
