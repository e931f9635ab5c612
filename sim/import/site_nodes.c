/* What is said of each node: version, own certificates, services and what they work with. */
#include "sim/import/site_impl.h"

#include "nodes/cluster.h"
#include "sim/core/date.h"
#include "sim/wire/text.h"

#include <string.h>

#define ZONES_S (14 * 3600) /* a date without a zone may be so much off */

/* ---- plain facts ---- */

static void take_plain(struct site_work *w)
{
    static const struct {
        uint8_t kind;
        size_t at;
    } plain[] = { { FACT_NODE_FQDN, offsetof(struct site_node, fqdn) },
                  { FACT_NODE_ADDRESS, offsetof(struct site_node, address) },
                  { FACT_VERSION, offsetof(struct site_node, version) },
                  { FACT_NODE_FIPS, offsetof(struct site_node, fips) },
                  { FACT_NODE_TLS, offsetof(struct site_node, tls) },
                  { FACT_NODE_REPLICATION, offsetof(struct site_node, replication) } };
    for (size_t k = 0; k < sizeof plain / sizeof *plain; k++) {
        FOR_FACTS(w, plain[k].kind, i)
        {
            uint32_t fact = w->order[i], node = who_is(w, fact);
            if (node == SITE_NONE)
                continue;
            struct site_value *slot =
                (struct site_value *)((char *)&w->site->nodes[node] + plain[k].at);
            bool many = fact_rows[plain[k].kind].many; /* another address is no other opinion */
            const char *text = work_value(w, fact);
            bool same = slot->text != NULL && text_same(view_str(text), slot->text);
            work_offer(w, slot, fact, text, same || many);
            if (many && slot->fact == fact)
                slot->text = text;
        }
    }
}

/* "15.0.1.11900-40" is 15SU1: thousands of the build above ten are the service update, up to 8.x
 * above twenty (inferred from published pairs). */
static const char *release_of(struct site_work *w, const char *build)
{
    uint32_t part[4] = { 0 };
    struct view left = view_str(build);
    struct view number = text_cut(&left, '-');
    for (int i = 0; i < 4; i++) {
        uint64_t n;
        if (!text_number(text_trim(text_cut(&number, '.')), 99999, &n))
            return version_find(build) != NULL ? build : NULL;
        part[i] = (uint32_t)n;
    }
    uint32_t base = part[0] < 9 && part[3] >= 20000 ? 20 : 10;
    uint32_t su = part[3] >= base * 1000 + 900 ? (part[3] - 900) / 1000 - base : 0;
    char update[16] = "";
    if (su > 0)
        (void)snprintf(update, sizeof update, "SU%u", (unsigned)su);
    const char *name = part[0] >= 14
                           ? work_print(w, "%u%s", (unsigned)part[0], update)
                           : work_print(w, "%u.%u(%u)%s", (unsigned)part[0], (unsigned)part[1],
                                        (unsigned)(part[2] == 0 ? 1 : part[2]), update);
    return version_find(name) != NULL ? name : NULL;
}

static void find_version(struct site_work *w)
{
    struct site *s = w->site;
    s->version_said.fact = SITE_NONE;
    for (uint32_t i = 0; i < s->node_count && s->version_said.text == NULL; i++)
        s->version_said = s->nodes[i].version; /* the publisher first */
    FOR_FACTS(w, FACT_VERSION, i)              /* of a node that nothing names: all have the same */
    {
        if (s->version_said.text == NULL)
            s->version_said = (struct site_value){ work_value(w, w->order[i]), w->order[i] };
    }
    const char *said = s->version_said.text;
    s->version = said == NULL ? NULL : release_of(w, said);
    if (s->version == NULL) {
        s->version = "12.5";
        work_claim(w, SITE_ASSUMED, 1, "version", s->version,
                   said == NULL ? "no source says it: `show version active`"
                                : work_print(w, "\"%.60s\" is none that the lab knows", said));
        work_because(w, s->version_said.fact);
    } else {
        work_claim(w, SITE_KNOWN, 1, "version", work_print(w, "%s (%s)", s->version, said), "");
        work_because(w, s->version_said.fact);
    }
    w->version = version_find(s->version);
    for (uint32_t i = 0; i < s->node_count; i++) {
        const struct site_value *v = &s->nodes[i].version;
        if (v->text == NULL || said == NULL || strcmp(v->text, said) == 0)
            continue;
        work_claim(w, SITE_CONTRADICTS, 1, work_print(w, "version of %s", s->nodes[i].name),
                   s->version, work_print(w, "%s is installed there", v->text));
        work_because(w, v->fact);
    }
}

/* ---- own certificates ---- */

/* "CallManager", "CallManager.pem", "CallManager-ECDSA/CallManager-ECDSA.pem", whatever the case.
 */
static bool read_unit(struct view unit, enum own *own)
{
    struct view left = unit, first = text_cut(&left, '/');
    if (first.n > 4 && text_same(view_sub(first, first.n - 4, 4), ".pem"))
        first.n -= 4;
    for (int i = 0; i < OWNS; i++) {
        if (text_same(first, own_name((enum own)i))) {
            *own = (enum own)i;
            return true;
        }
    }
    return false;
}

static void take_own(struct site_work *w)
{
    FOR_FACTS(w, FACT_OWN, i)
    {
        enum own own;
        uint32_t fact = w->order[i], node = who_is(w, fact);
        if (node != SITE_NONE && read_unit(facts_view(w->facts, work_fact(w, fact)->about2), &own))
            work_take(w, &w->site->nodes[node].own[own], fact);
    }
}

/* Known by name alone: the lab makes one. */
static void count_missing(struct site_work *w)
{
    uint32_t listed[CLUSTER_NODES] = { 0 };
    _Static_assert(OWNS <= 32, "a bit for each");
    FOR_FACTS(w, FACT_OWN_LISTED, i)
    {
        enum own own;
        uint32_t fact = w->order[i], node = who_is(w, fact);
        if (node == SITE_NONE || !read_unit(facts_view(w->facts, work_fact(w, fact)->about2), &own))
            continue;
        struct site_node *n = &w->site->nodes[node];
        bool first = (listed[node] & OWN_BIT(own)) == 0;
        listed[node] |= OWN_BIT(own);
        if (!first || n->own[own].text != NULL)
            continue;
        n->own_missing++;
        work_claim(w, SITE_CANNOT_KNOW, 1,
                   work_print(w, "own certificate %s of %s", own_name(own), n->name), "",
                   work_print(w,
                              "it is listed, its bytes are not: `show cert own %s/%s.pem`; the "
                              "lab makes one",
                              own_name(own), own_name(own)));
        work_because(w, fact);
    }
}

/* ---- services ---- */

struct site_service *nodes_service(struct site_work *w, uint32_t node, struct view name)
{
    char text[CLUSTER_NAME];
    struct site_node *n = &w->site->nodes[node];
    enum service found = SERVICES;
    if (name.n == 0 || name.n >= sizeof text)
        return NULL;
    memcpy(text, name.p, name.n);
    text[name.n] = '\0';
    if (!service_find(text, &found))
        found = SERVICES;
    for (uint32_t i = 0; i < n->service_count; i++) {
        struct site_service *s = &n->services[i];
        if (found < SERVICES ? s->service == found : text_same(name, s->name))
            return s;
    }
    if (n->service_count == SITE_SERVICES)
        return NULL;
    if (n->services == NULL)
        n->services = arena_take(&w->site->arena, SITE_SERVICES * sizeof *n->services);
    struct site_service *s = &n->services[n->service_count++];
    *s = (struct site_service){ .service = (uint8_t)found };
    s->name = found < SERVICES ? service_name(found) : arena_text(&w->site->arena, name);
    s->state.fact = s->since.fact = s->runs.fact = SITE_NONE;
    return s;
}

bool nodes_lack_callmanager(const struct site_node *n)
{
    for (uint32_t k = 0; k < n->service_count; k++) {
        const char *state = n->services[k].state.text;
        if (n->services[k].service == SERVICE_CALLMANAGER && state != NULL)
            return strcmp(state, "not-activated") == 0;
    }
    return false;
}

static void take_services(struct site_work *w)
{
    static const enum fact_kind kinds[] = { FACT_SERVICE, FACT_SERVICE_SINCE };
    for (int k = 0; k < 2; k++) {
        FOR_FACTS(w, kinds[k], i)
        {
            uint32_t fact = w->order[i], node = who_is(w, fact);
            if (node == SITE_NONE)
                continue;
            struct site_service *s =
                nodes_service(w, node, facts_view(w->facts, work_fact(w, fact)->about2));
            if (s != NULL)
                work_take(w, k == 0 ? &s->state : &s->since, fact);
        }
    }
}

/* ---- which certificate a service works with ---- */

/* Whose certificate is shown on a port of a node: documented (TCP and UDP port usage). */
static const struct {
    const char *port;
    uint8_t service, own, own_ec; /* for RSA and EC ciphers */
} ports[] = { { "2443", SERVICE_CALLMANAGER, OWN_CALLMANAGER, OWN_CALLMANAGER_ECDSA },
              { "5061", SERVICE_CALLMANAGER, OWN_CALLMANAGER, OWN_CALLMANAGER_ECDSA },
              { "2445", SERVICE_TVS, OWN_TVS, OWN_NONE },
              { "3804", SERVICE_CAPF, OWN_CAPF, OWN_NONE },
              { "443", SERVICE_TOMCAT, OWN_TOMCAT, OWN_TOMCAT_ECDSA },
              { "8443", SERVICE_TOMCAT, OWN_TOMCAT, OWN_TOMCAT_ECDSA },
              { "6971", SERVICE_TFTP, OWN_CALLMANAGER, OWN_CALLMANAGER_ECDSA },
              { "6972", SERVICES, OWN_TOMCAT, OWN_TOMCAT_ECDSA } };

enum { PORTS = sizeof ports / sizeof *ports };

static uint32_t port_of(struct view text)
{
    uint32_t k = 0;
    while (k < PORTS && !view_eq(text, view_str(ports[k].port)))
        k++;
    return k;
}

/* What is on the wire is what the service works with.  Nobody says what lies on the disk: then it
 * is that. */
static void take_shown(struct site_work *w, uint32_t fact)
{
    uint32_t node = who_is(w, fact), k = port_of(facts_view(w->facts, work_fact(w, fact)->about2));
    const char *sha256 = work_value(w, fact);
    const struct cert *c = work_cert(w, sha256);
    if (node == SITE_NONE || k == PORTS || c == NULL)
        return;
    uint8_t own = c->rsa ? ports[k].own : ports[k].own_ec;
    if (own == OWN_NONE)
        return;
    struct site_node *n = &w->site->nodes[node];
    struct site_value *disk = &n->own[own];
    if (disk->text == NULL) {
        *disk = (struct site_value){ sha256, fact };
        work_claim(w, SITE_ASSUMED, 1,
                   work_print(w, "own certificate %s of %s", own_name((enum own)own), n->name),
                   sha256, "shown on the wire; that it lies on the disk as well nobody says");
        work_because(w, fact);
        return;
    }
    if (strcmp(disk->text, sha256) == 0 || !c->rsa || ports[k].service == SERVICES)
        return;
    struct site_service *s =
        nodes_service(w, node, view_str(service_name((enum service)ports[k].service)));
    if (s == NULL)
        return;
    work_take(w, &s->runs, fact);
    s->runs_why = "shown on the wire, and another one lies on the disk";
}

static bool takes_up_by_itself(const struct site_work *w, uint8_t service)
{
    const struct version *v = w->version;
    return (service == SERVICE_CALLMANAGER && v->ccm_uses_new) ||
           (service == SERVICE_TFTP && v->itl_rebuilds);
}

/* It was there before its certificate was made: it works with the one before, whichever that was.
 */
static void check_start(struct site_work *w, struct site_node *n, struct site_service *s)
{
    if (s->service == SERVICES || s->runs.text != NULL || s->since.text == NULL)
        return;
    uint8_t own = service_kinds[s->service].own;
    bool stopped = s->state.text != NULL && strcmp(s->state.text, "started") != 0;
    if (own == OWN_NONE || n->own[own].text == NULL || stopped || takes_up_by_itself(w, s->service))
        return;
    const struct cert *c = work_cert(w, n->own[own].text);
    int64_t since_s = work_date(s->since.text);
    bool zone = strchr(s->since.text, 'Z') != NULL;
    if (c == NULL || since_s < 0 || since_s + (zone ? 0 : ZONES_S) >= c->not_before_s)
        return;
    /* A CA may date back, never ahead; a self-signed one is made the second before. */
    s->runs = (struct site_value){ "unknown", s->since.fact };
    s->runs_why = "it runs since before its certificate was made";
    work_claim(w, SITE_CANNOT_KNOW, 1,
               work_print(w, "certificate that %s of %s works with", s->name, n->name), "",
               "it runs since before the one on the disk was made: `openssl s_client -connect` to "
               "its port shows which it is");
    work_because(w, s->since.fact);
    work_because(w, n->own[own].fact);
}

static void find_running(struct site_work *w)
{
    FOR_FACTS(w, FACT_SHOWN, i)
    take_shown(w, w->order[i]);
    for (uint32_t i = 0; i < w->site->node_count; i++) {
        struct site_node *n = &w->site->nodes[i];
        for (uint32_t k = 0; k < n->service_count; k++)
            check_start(w, n, &n->services[k]);
    }
}

/* ---- names ---- */

static const char *after_label(const char *full)
{
    const char *dot = strchr(full, '.');
    return dot == NULL || dot[1] == '\0' ? NULL : dot + 1;
}

/* Domains that the lab can have; others are said. */
static void check_domain(struct site_work *w, struct site_node *n)
{
    struct err e = { "" };
    if (n->domain == NULL ||
        (strlen(n->domain) < CLUSTER_NAME && cluster_check_name(n->domain, "domain", &e)))
        return;
    work_claim(w, SITE_CONTRADICTS, 1, work_print(w, "domain of %s", n->name), "",
               work_print(w, "\"%.100s\" is none that the lab can have: left out", n->domain));
    work_because(w, n->fqdn.fact == SITE_NONE ? n->source : n->fqdn.fact);
    n->domain = NULL;
}

/* The domain of most nodes is that of the cluster. */
static void find_domain(struct site_work *w)
{
    struct site *s = w->site;
    uint32_t most = 0;
    for (uint32_t i = 0; i < s->node_count; i++) {
        struct site_node *n = &s->nodes[i];
        if (n->fqdn.text != NULL && after_label(n->fqdn.text) != NULL)
            n->domain = after_label(n->fqdn.text);
        check_domain(w, n);
    }
    for (uint32_t i = 0; i < s->node_count; i++) {
        uint32_t same = 0;
        for (uint32_t k = 0; k < s->node_count && s->nodes[i].domain != NULL; k++)
            same += s->nodes[k].domain != NULL &&
                    text_same(view_str(s->nodes[k].domain), s->nodes[i].domain);
        if (same > most) {
            most = same;
            s->domain = s->nodes[i].domain;
        }
    }
}

static void tell_nodes(struct site_work *w)
{
    struct site *s = w->site;
    for (uint32_t i = 0; i < s->node_count; i++) {
        const struct site_node *n = &s->nodes[i];
        uint32_t own = 0;
        for (int k = 0; k < OWNS; k++)
            own += n->own[k].text != NULL;
        if (n->source != SITE_NONE)
            work_claim(w, n->assumed ? SITE_ASSUMED : SITE_KNOWN, 1,
                       work_print(w, "node %s", n->name),
                       work_print(w, "%s%s%s, %u own certificates with bytes",
                                  n->publisher ? "publisher" : "subscriber",
                                  n->address.text == NULL ? "" : ", ",
                                  n->address.text == NULL ? "" : n->address.text, (unsigned)own),
                       n->assumed ? "no list of servers has it" : "");
        work_because(w, n->source);
        work_because(w, n->address.fact);
    }
    for (uint32_t i = 0; i < s->other_count; i++) {
        work_claim(w, SITE_KNOWN, 1, work_print(w, "%.200s is left out", s->others[i].name), "",
                   s->others[i].why);
        work_because(w, s->others[i].fact);
    }
}

void nodes_fill(struct site_work *w)
{
    take_plain(w);
    find_version(w);
    find_domain(w);
    take_own(w);
    take_services(w);
    find_running(w);
    count_missing(w);
    tell_nodes(w);
    work_tell_clashes(w, 0);
}
