#include "nodes/capf.h"
#include "sim/report/story.h"

#include "sim/report/fmt.h"
#include "sim/wire/text.h"

#include <string.h>

/* ---- words ---- */

static const struct {
    const char *name, *thing, *keeps;
    const char *ctl_roles, *itl_roles; /* trust_roles() in words */
} purposes[TRUST_PURPOSES] = {
    [TRUST_CTL] = { "ctl", "a new CTL", "it keeps the CTL that it has", "SAST", "SAST" },
    [TRUST_ITL] = { "itl", "a new ITL", "it keeps the ITL that it has", "SAST or CCM+TFTP",
                    "SAST" },
    [TRUST_CONFIG] = { "configuration", "its configuration file",
                       "it keeps the configuration that it has", "TFTP or CCM+TFTP",
                       "TFTP or CCM+TFTP" },
    [TRUST_HTTPS] = { "https", "the certificate of an HTTPS server",
                      "\"Host Not Found\" on its display", "APP-SERVER", "APP-SERVER" },
    [TRUST_CAPF] = { "capf", "the certificate of CAPF", "it gets no LSC", "CAPF", "CAPF" },
    [TRUST_TVS_SERVER] = { "tvs", "the certificate of a TVS", "it breaks the connection off", "TVS",
                           "TVS" },
    [TRUST_CCM_SERVER] = { "callmanager", "the certificate of a CallManager",
                           "it breaks the connection off", "CCM or CCM+TFTP", "CCM or CCM+TFTP" },
};

const char *story_purpose(enum trust_purpose purpose)
{
    return purposes[purpose].name;
}

const char *story_where(enum trust_where where)
{
    static const char *const names[] = { "first-trust", "ctl", "itl", "tvs-cache", "tvs" };
    return names[where];
}

const char *story_result(enum trust_result result)
{
    static const char *const names[] = { "absent",
                                         "no-match",
                                         "wrong-role",
                                         "bad-signature",
                                         "not-signed",
                                         "bad-hash",
                                         "expired",
                                         "no-server",
                                         "asked",
                                         "match",
                                         "certificate-expired",
                                         "certificate-not-yet-valid" };
    return names[result];
}

const char *story_outcome(enum tvs_outcome outcome)
{
    static const char *const names[TVS_OUTCOMES] = {
        "not-asked",   "no-answer", "nobody-listens",      "certificate-refused",
        "not-trusted", "trusted",   "certificate-expired", "certificate-not-yet-valid"
    };
    return names[outcome];
}

const char *story_verdict(enum trust_verdict verdict)
{
    static const char *const names[] = { "first trust", "by CTL",  "by ITL", "by TVS cache",
                                         "by TVS",      "ask TVS", "refused" };
    return names[verdict];
}

/* ---- certificates ---- */

static struct view common_name(struct view name)
{
    return text_cut(&name, ';');
}

struct view story_common_name(const struct content *c, uint32_t cert)
{
    return common_name(content_get_text(c, content_get_cert(c, cert)->subject));
}

static void put_names(FILE *out, struct view subject, struct view serial)
{
    char hex[FMT_ROOM];
    fprintf(out, "%.*s, serial %s", (int)subject.n, (const char *)subject.p,
            fmt_serial(serial, hex));
}

static void put_cert(FILE *out, const struct content *c, uint32_t cert)
{
    if (cert == 0) {
        fputs("no certificate", out);
        return;
    }
    put_names(out, story_common_name(c, cert),
              content_get_text(c, content_get_cert(c, cert)->serial));
}

/* ---- the story's phone ---- */

#define NEXT_BOOT_US 3600000000ull /* by then it has booted and settled */

#define STORY_TOLD 8

/* What the story has told already: what TVS servers said, and which records a list has. */
struct story_told {
    struct trust_check checks[STORY_TOLD];
    uint32_t count;
    struct {
        uint32_t list, roles;
    } instead[STORY_TOLD];
    uint32_t instead_count;
};

struct story {
    FILE *out;
    struct lab *lab;
    const struct phone *p;
    struct phone_env env;
    struct content *c;
    struct story_told *told;
};

/* "pub", "HQ/pub" where there are several clusters, or the address where no node has it. */
static void put_node(const struct story *s, uint32_t ip)
{
    char text[FMT_ROOM];
    for (uint32_t k = 0; k < s->lab->state.cluster_count; k++) {
        uint32_t node;
        if (!cluster_node_at(&s->lab->state.clusters[k], ip, &node))
            continue;
        const struct cluster *cl = &s->lab->state.clusters[k];
        bool several = s->lab->state.cluster_count > 1;
        fprintf(s->out, "%s%s%s", several ? cl->name : "", several ? "/" : "",
                cl->nodes[node].disk.name);
        return;
    }
    fprintf(s->out, "%s (no node of this lab)", fmt_ip(ip, text));
}

static const struct cnf *config_of(const struct story *s)
{
    return s->p->config == 0 ? NULL : content_get_cnf(s->c, s->p->config);
}

static bool is_full(const struct story *s, uint32_t list)
{
    return list != 0 && !content_get_list(s->c, list)->empty;
}

/* Not while one of its lists has something in it. */
static bool trusts_anybody(const struct story *s)
{
    return !is_full(s, s->p->ctl) && !is_full(s, s->p->itl);
}

static void put_list(const struct story *s, const char *name, uint32_t list)
{
    fprintf(s->out, "    %-14s ", name);
    if (list == 0) {
        fputs("none\n", s->out);
        return;
    }
    const struct ct_list *l = content_get_list(s->c, list);
    char date[FMT_ROOM];
    fputs("signed by ", s->out);
    put_cert(s->out, s->c, l->envelope.cert);
    fprintf(s->out, ", of %s%s\n",
            date_iso(l->envelope.timestamp, s->lab->base->options.offset_s, date),
            !l->empty           ? ""
            : trusts_anybody(s) ? " (empty: it trusts whoever comes first)"
                                : " (empty)");
}

/* Where it is wrong. */
static void put_clock(const struct story *s)
{
    int64_t ahead_s = s->env.ahead_s, now_s = s->env.start_s + (int64_t)(s->env.now_us / 1000000);
    char span[FACT_TEXT], date[FMT_ROOM];
    if (ahead_s == 0)
        return;
    time_print((uint64_t)(ahead_s < 0 ? -ahead_s : ahead_s) * 1000000, span);
    fprintf(s->out, "  Its clock is %s %s: %s.\n", span, ahead_s < 0 ? "behind" : "ahead",
            date_iso(now_s + ahead_s, s->lab->base->options.offset_s, date));
}

static void put_holds(const struct story *s)
{
    const struct cnf *cnf = config_of(s);
    put_clock(s);
    fputs("  It holds\n", s->out);
    if (model_table[s->p->model].ctl)
        put_list(s, "CTL", s->p->ctl);
    if (model_table[s->p->model].itl)
        put_list(s, "ITL", s->p->itl);
    fprintf(s->out, "    %-14s ", "configuration");
    if (cnf == NULL) {
        fputs("none\n", s->out);
        return;
    }
    uint32_t tvs = phone_tvs_servers(s->p, s->c);
    fprintf(s->out, "%s, %s", cnf->is_default ? "XMLDefault" : "its own",
            COUNTED_OF(cnf->server_count, "CallManager"));
    for (uint32_t i = 0; i < tvs; i++) {
        fprintf(s->out, "%s", i == 0 ? "; TVS " : ", ");
        put_node(s, text_host(cnf->tvs[i].address));
    }
    fputs(tvs == 0 ? "; no TVS\n" : "\n", s->out);
}

/* As its page has it, where CAPF was told to do something: why its LSC is what it is. */
static void put_operation(const struct story *s, uint32_t phone)
{
    const struct cluster *cl = lab_listed_in(s->lab, phone);
    const struct device_class *row = cl == NULL ? NULL : config_class_of(cl, phone);
    if (row != NULL && row->capf.status != CAPF_STATUS_NONE)
        fprintf(s->out, "  Certificate Operation Status on its page: %s.\n",
                capf_status_name((enum capf_status)row->capf.status));
}

/* ---- checks ---- */

/* What the list has instead: its records of a role that would do. */
static void put_instead(const struct story *s, uint32_t list, uint32_t roles, const char *name)
{
    const struct ct_list *l = content_get_list(s->c, list);
    for (uint32_t i = 0; i < s->told->instead_count; i++) {
        if (s->told->instead[i].list == list && s->told->instead[i].roles == roles) {
            fprintf(s->out, ";\n         what it has as %s stands above", name);
            return;
        }
    }
    if (s->told->instead_count < STORY_TOLD) {
        s->told->instead[s->told->instead_count].list = list;
        s->told->instead[s->told->instead_count++].roles = roles;
    }
    uint32_t shown = 0, more = 0;
    for (uint32_t i = 0; i < l->count; i++) {
        const struct ct_record *r = &l->records[i];
        if (r->cert == 0 || r->role >= 32 || (ROLE_BIT(r->role) & roles) == 0)
            continue;
        if (shown == 3) {
            more++;
            continue;
        }
        fprintf(s->out, "%s", shown++ == 0 ? ";\n         it has " : "; ");
        put_cert(s->out, s->c, r->cert);
        fprintf(s->out, " (%s)",
                tl_role_name(r->role) != NULL && r->role != TL_SAST ? tl_role_name(r->role)
                                                                    : "SAST");
    }
    if (shown == 0)
        fprintf(s->out, ";\n         it has none for %s", name);
    if (more > 0)
        fprintf(s->out, " and %u more", more);
}

/* Of one that is known, and not within its time. */
static void put_dates(const struct story *s, const struct trust_check *check)
{
    const struct ct_cert *k = content_get_cert(s->c, check->cert);
    char date[FMT_ROOM];
    int32_t offset_s = s->lab->base->options.offset_s;
    bool over = check->result == CHECK_CERT_EXPIRED || check->outcome == TVS_CERT_EXPIRED;
    fprintf(s->out, "by the phone's clock that certificate %s on %s",
            over ? "has expired," : "is not valid yet, it begins",
            date_iso(over ? k->not_after_s : k->not_before_s, offset_s, date));
}

static void put_in_list(const struct story *s, enum trust_purpose purpose, bool ctl,
                        const struct trust_check *check)
{
    const char *roles = ctl ? purposes[purpose].ctl_roles : purposes[purpose].itl_roles;
    struct trust_rules rules = phone_rules(s->env.knobs);
    struct trust_roles serving = trust_roles(purpose, &rules);
    uint32_t wanted = ctl ? serving.in_ctl : serving.in_itl;
    FILE *out = s->out;
    fprintf(out, "in its %s, as %s: ", ctl ? "CTL" : "ITL", roles);
    switch (check->result) {
    case CHECK_ABSENT:
        fprintf(out, "it has no %s", ctl ? "CTL" : "ITL");
        break;
    case CHECK_NO_MATCH:
        fputs("no, no record has this issuer and serial", out);
        put_instead(s, ctl ? s->p->ctl : s->p->itl, wanted, roles);
        break;
    case CHECK_WRONG_ROLE:
        fprintf(out, "no, record %u has it for another role", check->record);
        break;
    case CHECK_BAD_SIGNATURE:
        fprintf(out, "record %u has this issuer and serial, but its key did not sign this file",
                check->record);
        break;
    case CHECK_BAD_HASH:
        fprintf(out, "record %u has this issuer and serial, but is another certificate",
                check->record);
        break;
    case CHECK_CERT_EXPIRED:
    case CHECK_NOT_YET_VALID:
        put_dates(s, check);
        break;
    case CHECK_NOT_SIGNED:
        fputs("the file has no signature, and this phone asks for one", out);
        break;
    default:
        fprintf(out, "yes, record %u: ", check->record);
        put_cert(out, s->c, check->cert);
        break;
    }
}

static void put_in_cache(const struct story *s, const struct trust_check *check)
{
    FILE *out = s->out;
    fputs("among the answers of TVS that it remembers: ", out);
    switch (check->result) {
    case CHECK_EXPIRED:
        fputs("one, past its time to live", out);
        break;
    case CHECK_WRONG_ROLE:
        fputs("one, for another role", out);
        break;
    case CHECK_MATCH:
        fputs("yes", out);
        break;
    case CHECK_CERT_EXPIRED:
    case CHECK_NOT_YET_VALID:
        put_dates(s, check);
        break;
    case CHECK_BAD_SIGNATURE:
    case CHECK_BAD_HASH:
        fputs("one of this name, but of another key", out);
        break;
    default:
        fputs("none", out);
        break;
    }
}

static bool node_of(const struct story *s, uint32_t ip, uint32_t *cluster, uint32_t *node)
{
    for (*cluster = 0; *cluster < s->lab->state.cluster_count; (*cluster)++) {
        if (cluster_node_at(&s->lab->state.clusters[*cluster], ip, node))
            return true;
    }
    return false;
}

/* Why a node refused a handshake, as things are now. */
static void put_refused(const struct story *s, uint32_t ip)
{
    const struct model *m = &model_table[s->p->model];
    uint32_t cluster, node;
    bool known = node_of(s, ip, &cluster, &node);
    const struct cluster *cl = known ? &s->lab->state.clusters[cluster] : NULL;
    if (known && m->tls < cl->db.params[PARAM_TLS_MIN])
        fprintf(s->out, "its newest TLS, %s, is older than that node takes (%s)",
                model_tls_name((enum model_tls)m->tls),
                model_tls_name((enum model_tls)cl->db.params[PARAM_TLS_MIN]));
    else
        fputs("nobody listens there", s->out);
}

static void put_tvs(const struct story *s, const struct trust_check *check)
{
    FILE *out = s->out;
    if (check->result == CHECK_NONE_LEFT) {
        fputs("TVS: its configuration names none", out);
        return;
    }
    const struct cnf *cnf = config_of(s);
    fprintf(out, "TVS %u, ", check->server + 1u);
    put_node(s, cnf == NULL ? 0 : text_host(cnf->tvs[check->server].address));
    fputs(": ", out);
    switch (check->outcome) {
    case TVS_NO_ANSWER:
        fprintf(out, "no answer within %u s",
                (unsigned)(s->env.knobs->value[KNOB_TVS_TIMEOUT_US] / 1000000));
        break;
    case TVS_CONN_REFUSED:
        put_refused(s, cnf == NULL ? 0 : text_host(cnf->tvs[check->server].address));
        break;
    case TVS_CERT_REFUSED:
        fputs("it showed ", out);
        put_cert(out, s->c, check->cert);
        fputs(",\n         which is in neither list as TVS, so the phone broke off", out);
        if (s->p->itl != 0)
            put_instead(s, s->p->itl, ROLE_BIT(TL_TVS), "TVS");
        break;
    case TVS_CERT_EXPIRED:
    case TVS_CERT_NOT_YET:
        fputs("it showed ", out);
        put_cert(out, s->c, check->cert);
        fputs(",\n         ", out);
        put_dates(s, check);
        fputs(", so the phone broke off", out);
        break;
    case TVS_NOT_TRUSTED:
        fputs("it answered \"not trusted\": no store of its has that certificate for this use",
              out);
        break;
    case TVS_TRUSTED:
        fputs("it vouched for the certificate", out);
        break;
    default:
        fputs("not asked", out);
        break;
    }
}

/* `number` 0: a check inside another item. */
static void put_check(const struct story *s, enum trust_purpose purpose, uint32_t number,
                      const struct trust_check *check)
{
    if (number == 0)
        fputs("         ", s->out);
    else
        fprintf(s->out, "      %u. ", number);
    switch (check->where) {
    case WHERE_EMPTY_LISTS:
        fputs(check->result == CHECK_MATCH ? "first trust: it holds no list, and takes what comes"
                                           : "first trust: no, it holds a list",
              s->out);
        break;
    case WHERE_CTL:
    case WHERE_ITL:
        put_in_list(s, purpose, check->where == WHERE_CTL, check);
        break;
    case WHERE_CACHE:
        put_in_cache(s, check);
        break;
    default:
        put_tvs(s, check);
        break;
    }
    fputc('\n', s->out);
}

/* What a TVS said is said once in a story: it was mostly asked for one refusal after the other. */
static bool is_told(const struct story_told *told, const struct trust_check *check)
{
    for (uint32_t i = 0; i < told->count; i++) {
        const struct trust_check *t = &told->checks[i];
        if (t->server == check->server && t->outcome == check->outcome && t->cert == check->cert)
            return true;
    }
    return false;
}

static void put_chain(const struct story *s, enum trust_purpose purpose,
                      const struct trust_chain *chain)
{
    struct story_told *told = s->told;
    for (uint32_t i = 0; i < chain->count; i++) {
        const struct trust_check *check = &chain->checks[i];
        if (check->where != WHERE_TVS || check->result != CHECK_TVS) {
            put_check(s, purpose, i + 1, check);
        } else if (is_told(told, check)) {
            const struct cnf *cnf = config_of(s);
            fprintf(s->out, "      %u. TVS %u, ", i + 1, check->server + 1u);
            put_node(s, cnf == NULL ? 0 : text_host(cnf->tvs[check->server].address));
            fputs(": as above\n", s->out);
        } else {
            put_check(s, purpose, i + 1, check);
            if (told->count < STORY_TOLD)
                told->checks[told->count++] = *check;
        }
    }
}

/* What was refused in words: a signed file is the phone's configuration, or one that all share. */
static const char *const common_words[] = { "its ring list and locale",
                                            "it keeps those that it has" };

static bool is_common(const struct content *c, const struct story_refusal *r)
{
    return r->purpose == TRUST_CONFIG &&
           content_kind(c, content_get_file(c, r->offered)->payload) == CT_BLOB;
}

static void put_refusal(const struct story *now, const struct story_refusal *r)
{
    const struct content *c = now->c;
    struct phone then = phone_then(now->p, &now->env, (enum trust_purpose)r->purpose);
    struct story as_then = *now, *s = &as_then;
    bool common = is_common(c, r);
    const char *keeps = common ? common_words[1] : purposes[r->purpose].keeps;
    as_then.p = &then;
    fprintf(s->out, "  It was offered %s, ", common ? common_words[0] : purposes[r->purpose].thing);
    if (r->purpose > TRUST_CONFIG) {
        put_cert(s->out, c, r->offered);
        fputs(":\n", s->out);
    } else if (content_envelope(c, r->offered)->cert == 0) {
        fputs("without a signature.\n", s->out);
    } else {
        fputs("signed by ", s->out);
        put_cert(s->out, c, content_envelope(c, r->offered)->cert);
        fputs(":\n", s->out);
    }
    put_chain(s, (enum trust_purpose)r->purpose, &r->chain);
    if (r->verdict == TRUST_REFUSED)
        fprintf(s->out, "      Refused: %s.\n", keeps);
    else if (r->verdict == TRUST_ASK_TVS)
        fprintf(s->out, "      Refused then: %s. Now it would ask TVS again.\n", keeps);
    else
        fprintf(s->out, "      Its signature is good (%s), but the phone cannot read it.\n",
                story_verdict((enum trust_verdict)r->verdict));
}

/* ---- registration and files that did not come ---- */

static void put_tls_server(const struct story *s, const struct cluster *cl, uint32_t node)
{
    uint32_t cert = serve_certificate(cl, node, SERVICE_CALLMANAGER);
    if (cert == 0) {
        fputs("has no certificate to show\n", s->out);
        return;
    }
    struct trust_question q = phone_question(s->p, &s->env, TRUST_CCM_SERVER, cert, NULL);
    struct trust_chain chain = { .count = 0 };
    enum trust_verdict v = trust_decide(&q, &chain);
    fputs("shows ", s->out);
    put_cert(s->out, s->c, cert);
    fprintf(s->out, v == TRUST_REFUSED ? ": refused\n" : ": accepted\n");
    for (uint32_t i = 0; i < chain.count; i++)
        put_check(s, TRUST_CCM_SERVER, 0, &chain.checks[i]);
}

/* The network, as it is now: of the node, or the phone's own. */
/* Whose network is cut off between them, in words; NULL: nobody's. */
static const char *cut_off(const struct story *s, uint32_t phone, uint32_t cluster, uint32_t node,
                           enum ask_kind kind)
{
    const struct driver *d = s->lab->driver;
    struct link own = d->phone_link_of(d->self, phone),
                its = d->node_link_of(d->self, cluster << 8 | node);
    enum lab_way way = lab_way_to(s->lab, phone, cluster << 8 | node, kind);
    return link_is_cut(&own)       ? "the phone's own network is cut off"
           : link_is_cut(&its)     ? "its network is cut off"
           : way == LAB_WAY_CUT    ? "nothing passes between the phone's site and it"
           : way == LAB_WAY_CLOSED ? "a firewall between them closes the port"
                                   : NULL;
}

/* It never gets that far. */
static bool put_gate(const struct story *s)
{
    static const char *const gates[PHONE_GATES] = {
        [PHONE_DOT1X] = "802.1X fails, and its port is closed: the RADIUS server",
        [PHONE_VPN] = "its VPN fails, and it has no other way: the gateway",
    };
    enum phone_gates gate = phone_cut_by(s->p, &s->env);
    if (gate == PHONE_GATES)
        return false;
    uint32_t shown = phone_identity(s->p);
    fprintf(s->out, "  It has no network. %s %s.\n", gates[gate],
            shown == CONTENT_NOBODY ? "wants a certificate, and it has neither an LSC nor a MIC"
            : shown == CONTENT_MIC  ? "does not take its MIC"
                                    : "does not take its LSC");
    return true;
}

/* Each CallManager as it is now: runs it, would it take the phone? */
static void put_registration(const struct story *s, uint32_t device)
{
    static const char *const reasons[REJECT_REASONS] = {
        [REJECT_NONE] = "takes it",
        [REJECT_UNKNOWN_DEVICE] = "does not know this device",
        [REJECT_LSC] = "does not trust the CAPF of its LSC",
        [REJECT_SECURITY] = "asks for another security mode",
        [REJECT_GROUP] = "takes nobody whose CallManager group does not name it",
        [REJECT_DATES] = "refuses its LSC or MIC: not within its time",
    };
    const struct cnf *cnf = config_of(s);
    bool tls = cnf != NULL && cnf->security_mode >= CNF_AUTHENTICATED;
    if (put_gate(s))
        return;
    fprintf(s->out, "  It could not register%s. As things are now:\n",
            tls ? " (over TLS: its profile is secure)" : "");
    uint32_t ip, i = 0;
    for (; i <= CNF_SERVERS && (ip = phone_server(s->p, &s->env, i)) != 0; i++) {
        uint32_t cluster, node;
        fprintf(s->out, "      %u. CallManager ", i + 1);
        put_node(s, ip);
        fputs(": ", s->out);
        if (!node_of(s, ip, &cluster, &node)) {
            fputs("nobody there\n", s->out);
            continue;
        }
        const struct cluster *cl = &s->lab->state.clusters[cluster];
        const char *cut = cut_off(s, device, cluster, node, ASK_REGISTER);
        if (cut != NULL) {
            fprintf(s->out, "%s\n", cut);
            continue;
        }
        if (!serve_running(cl, node, SERVICE_CALLMANAGER)) {
            fputs("the service does not run\n", s->out);
            continue;
        }
        if (tls && !lab_speaks_tls(s->lab, device, cl)) {
            put_refused(s, ip);
            fputc('\n', s->out);
            continue;
        }
        enum reject_reason why =
            serve_register(cl, node, device, tls ? TRANSPORT_TLS : TRANSPORT_TCP,
                           lab_shown(s->lab, device, phone_identity(s->p)), s->env.now_us);
        if (tls)
            put_tls_server(s, cl, node);
        if (!tls || why != REJECT_NONE)
            fprintf(s->out, "%s%s\n", tls ? "         and " : "",
                    why == REJECT_LSC && phone_identity(s->p) == CONTENT_NOBODY
                        ? "asks for a certificate, and it has neither an LSC nor a MIC"
                        : reasons[why]);
    }
    if (i == 0)
        fputs("      It knows no CallManager: it holds no configuration.\n", s->out);
}

/* Lost without a refusal: no file came. */
static void put_tftp(const struct story *s, uint32_t phone)
{
    const struct phone_place *place = &s->env.places[s->p->place];
    fputs("  It refused nothing: files did not come. As things are now:\n", s->out);
    for (int i = 0; i < 2 && place->tftp[i] != 0; i++) {
        uint32_t cluster, node;
        fputs("      TFTP server ", s->out);
        put_node(s, place->tftp[i]);
        if (!node_of(s, place->tftp[i], &cluster, &node))
            fputs(": nobody there\n", s->out);
        else if (cut_off(s, phone, cluster, node, ASK_FILE) != NULL)
            fprintf(s->out, ": %s\n", cut_off(s, phone, cluster, node, ASK_FILE));
        else
            fprintf(s->out, ": Cisco Tftp %s\n",
                    serve_running(&s->lab->state.clusters[cluster], node, SERVICE_TFTP)
                        ? "runs now"
                        : "does not run");
    }
    if (place->tftp[0] == 0)
        fputs("      It has no TFTP server: DHCP option 150 names none.\n", s->out);
}

/* ---- the whole ---- */

const char *story_server(const struct lab *lab, uint32_t phone, char out[STORY_SERVER])
{
    uint32_t at = lab->state.cold[phone].node;
    if (at == 0 || !phone_is_registered(&lab->state.phones[phone]))
        return NULL;
    const struct cluster *cl = &lab->state.clusters[(at - 1) >> 8];
    bool several = lab->state.cluster_count > 1;
    snprintf(out, STORY_SERVER, "%s%s%s", several ? cl->name : "", several ? "/" : "",
             cl->nodes[(at - 1) & 255].disk.name);
    return out;
}

static uint32_t own_refusals(const struct phone *p, const struct phone_env *env,
                             uint32_t purposes_of, struct story_refusal *out)
{
    uint32_t n = 0;
    for (int k = TRUST_CTL; k < TRUST_JUDGED; k++) {
        enum trust_verdict verdict;
        if ((purposes_of & FSM_BIT(k)) == 0 ||
            (out[n].offered =
                 phone_explain(p, env, (enum trust_purpose)k, &out[n].chain, &verdict)) == 0)
            continue;
        out[n].purpose = (uint8_t)k;
        out[n++].verdict = (uint8_t)verdict;
    }
    return n;
}

/* What it comes by at a boot. */
#define BOOT_PURPOSES                                                                              \
    (FSM_BIT(TRUST_CTL) | FSM_BIT(TRUST_ITL) | FSM_BIT(TRUST_CONFIG) | FSM_BIT(TRUST_CAPF))

uint32_t story_refusals(struct losses *losses, uint32_t phone,
                        struct story_refusal out[STORY_REFUSALS])
{
    struct lab *lab = losses->lab;
    struct phone_env env = lab_env_of(lab, phone);
    const struct phone *p = &lab->state.phones[phone];
    uint32_t n = own_refusals(p, &env, BOOT_PURPOSES, out);
    if ((losses_now(losses, phone) & FSM_BIT(FUNCTION_SECURE_SERVICES)) == 0)
        return n;
    /* Mostly nobody pressed the key: pressed now, in a trial. */
    struct lab *trial = lab_trial(lab, &phone, 1);
    lab_press(trial, 0, KEY_DIRECTORIES, lab_now_us(trial));
    lab_settle(trial, lab_now_us(trial) + 600000000u);
    struct phone_env trial_env = lab_env_of(trial, 0);
    n += own_refusals(&trial->state.phones[0], &trial_env, FSM_BIT(TRUST_HTTPS), out + n);
    lab_free(trial);
    return n;
}

/* Its date, where the run has dates. */
static const char *begun(const struct lab *lab, uint64_t us, char out[FMT_ROOM])
{
    return lab->base->options.dated ? lab_date(lab, us, out) : fmt_short_clock(us, out);
}

static void put_loss(const struct story *s, enum phone_function f, bool open, uint32_t step)
{
    fprintf(s->out, "  It %s %s %s%s%s", open ? "has lost" : "lost", lab_function_name(f),
            step == 0 ? "before the first step" : "after \"",
            step == 0 ? "" : s->lab->record.steps[step].name, step == 0 ? "" : "\"");
}

/* The rows of the table: what is over with the step in which it was lost first, then what is lost
 * still. */
static void put_losses(const struct story *s, struct losses *losses, uint32_t phone)
{
    struct lab_loss loss;
    bool any = losses_of(losses, phone, &loss);
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((loss.ever & FSM_BIT(f)) == 0)
            continue;
        char minutes[FMT_ROOM];
        bool open = (loss.open & FSM_BIT(f)) != 0;
        if (!open || loss.total_us[f] > 0) {
            put_loss(s, (enum phone_function)f, false, loss.first_step[f]);
            fprintf(s->out, ", for %s.\n", fmt_minutes_words(loss.total_us[f], minutes));
        }
        if (open) {
            put_loss(s, (enum phone_function)f, true, loss.step[f]);
            fprintf(s->out, ", at %s, and has it not back.\n",
                    begun(s->lab, loss.since_us[f], minutes));
        }
    }
    if (!any)
        fputs("  It lost nothing.\n", s->out);
}

/* What it would refuse at its next boot, where it has not refused anything yet: that is why hands
 * are needed.  Found by trying. */
static void put_next_boot(FILE *out, struct lab *lab, uint32_t phone, struct story_told *told)
{
    struct lab *trial = lab_trial(lab, &phone, 1);
    lab_power(trial, 0, false, lab_now_us(trial));
    lab_power(trial, 0, true, lab_now_us(trial));
    lab_settle(trial, lab_now_us(trial) + NEXT_BOOT_US);
    struct story s = {
        out, trial, &trial->state.phones[0], lab_env_of(trial, 0), trial->base->content, told
    };
    struct story_refusal refusals[STORY_REFUSALS];
    uint32_t n = own_refusals(s.p, &s.env, BOOT_PURPOSES, refusals);
    if (n > 0)
        fputs("  At its next boot:\n", out);
    for (uint32_t i = 0; i < n; i++)
        put_refusal(&s, &refusals[i]);
    lab_free(trial);
}

/* What it will lack then and does not yet. */
static void put_more(FILE *out, const char *when, uint8_t functions, uint8_t way)
{
    static const char *const ends[WAY_KINDS] = {
        [WAY_NONE] = "; it comes back by itself",
        [WAY_BOOT] = "; the boot behind that brings it back",
        [WAY_ACTS] = "; an act on the cluster brings it back",
        [WAY_HANDS] = "; that needs hands",
        [WAY_UNKNOWN] = "; nothing that was tried brings it back",
    };
    const char *between = " ";
    if (functions == 0)
        return;
    fprintf(out, "  %s it loses", when);
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((functions & FSM_BIT(f)) == 0)
            continue;
        fprintf(out, "%s%s", between, lab_function_name((enum phone_function)f));
        between = ", ";
    }
    fprintf(out, "%s.\n", ends[way]);
}

static void put_way_back(FILE *out, struct losses *losses, const struct verdict_phone *p)
{
    const struct way *way = remedies_of(losses_remedies(losses), p->phone);
    char text[WAY_TEXT];
    if (p->ever == 0)
        return;
    if (way->kind != WAY_NONE) {
        way_sentence(losses->lab, way, text);
        fprintf(out, "  What brings it back: %s\n", text);
    } else if (p->back_kind == BACK_NOT) {
        fputs("  It was switched off when it lacked that.\n", out);
    } else if (p->back_kind == BACK_BY_ITSELF) {
        fputs("  It came back by itself.\n", out);
    } else {
        const struct back *b = returns_back(&losses->returns, p->back);
        fprintf(out, "  It came back after: %s.\n", back_words(losses->lab, b, text));
    }
}

void story_print(FILE *out, struct losses *losses, uint32_t phone)
{
    struct lab *lab = losses->lab;
    struct verdict_phone ahead = losses_ahead_of(losses, phone);
    char name[DEVICE_NAME], server[STORY_SERVER];
    const struct phone *p = &lab->state.phones[phone];
    struct story_told told = { .count = 0 };
    struct story s = { out, lab, p, lab_env_of(lab, phone), lab->base->content, &told };
    lab_phone_name(lab, phone, name);
    bool listed = lab_listed_in(lab, phone) != NULL;
    fprintf(out, "  %s, %s, %s%s, is %s", name, model_table[p->model].product,
            listed ? "pool " : "in no database", lab_pool_of(lab, phone),
            phone_states[p->state].name);
    const char *at = story_server(lab, phone, server);
    fprintf(out, "%s%s.\n", at == NULL ? "" : " at ", at == NULL ? "" : at);
    put_losses(&s, losses, phone);
    put_holds(&s);
    put_operation(&s, phone);
    struct story_refusal refusals[STORY_REFUSALS];
    uint32_t n = story_refusals(losses, phone, refusals);
    for (uint32_t i = 0; i < n; i++)
        put_refusal(&s, &refusals[i]);
    uint8_t lost = losses_now(losses, phone);
    if (n == 0 && (lost & (FSM_BIT(FUNCTION_CONFIGURATION) | FSM_BIT(FUNCTION_TRUST_LIST))) != 0)
        put_tftp(&s, phone);
    if ((lost & FSM_BIT(FUNCTION_REGISTRATION)) != 0)
        put_registration(&s, phone);
    if (n == 0 && (ahead.way == WAY_HANDS || ahead.boot.more != 0))
        put_next_boot(out, lab, phone, &told);
    put_more(out, "Left alone", ahead.left.more | ahead.left.passing, ahead.left.way);
    put_more(out, "At its next boot", ahead.boot.more, ahead.boot.way);
    put_way_back(out, losses, &ahead);
}
