#include "sim/report/story_parts.h"

#include "sim/report/fmt.h"
#include "sim/wire/shown.h"
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

struct view story_common_name(const struct content *c, uint32_t cert)
{
    struct view name = content_get_text(c, content_get_cert(c, cert)->subject);
    return text_cut(&name, ';');
}

void story_put_cert(FILE *out, const struct content *c, uint32_t cert)
{
    if (cert == 0) {
        fputs("no certificate", out);
        return;
    }
    struct view cn = story_common_name(c, cert);
    char hex[FMT_ROOM], name[400];
    fprintf(out, "%s, serial %s", shown_text(name, sizeof name, cn),
            fmt_serial(content_get_text(c, content_get_cert(c, cert)->serial), hex));
}

/* ---- nodes, and what the phone holds ---- */

void story_put_node(const struct story *s, uint32_t ip)
{
    char text[FMT_ROOM], name[LAB_NODE_NAME];
    uint32_t node;
    if (lab_node_at(s->lab, ip, &node))
        fputs(lab_node_name(s->lab, node, name), s->out);
    else
        fprintf(s->out, "%s%s", fmt_ip(ip, text),
                s->lab->base->options.alone ? "" : " (no node of this lab)");
}

const struct cnf *story_config(const struct story *s)
{
    return s->p->config == 0 ? NULL : content_get_cnf(s->c, s->p->config);
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
        story_put_cert(s->out, s->c, r->cert);
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
        story_put_cert(out, s->c, check->cert);
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

/* Why a node refused a handshake, as things are now. */
void story_put_refused(const struct story *s, uint32_t ip)
{
    const struct model *m = &model_table[s->p->model];
    uint32_t node;
    bool known = lab_node_at(s->lab, ip, &node);
    const struct cluster *cl = known ? &s->lab->state.clusters[node >> 8] : NULL;
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
    const struct cnf *cnf = story_config(s);
    fprintf(out, "TVS %u, ", check->server + 1u);
    story_put_node(s, cnf == NULL ? 0 : text_host(cnf->tvs[check->server].address));
    fputs(": ", out);
    switch (check->outcome) {
    case TVS_NO_ANSWER:
        fprintf(out, "no answer within %u s",
                (unsigned)(s->env.knobs->value[KNOB_TVS_TIMEOUT_US] / 1000000));
        break;
    case TVS_CONN_REFUSED:
        story_put_refused(s, cnf == NULL ? 0 : text_host(cnf->tvs[check->server].address));
        break;
    case TVS_CERT_REFUSED:
        fputs("it showed ", out);
        story_put_cert(out, s->c, check->cert);
        fputs(",\n         which is in neither list as TVS, so the phone broke off", out);
        if (s->p->itl != 0)
            put_instead(s, s->p->itl, ROLE_BIT(TL_TVS), "TVS");
        break;
    case TVS_CERT_EXPIRED:
    case TVS_CERT_NOT_YET:
        fputs("it showed ", out);
        story_put_cert(out, s->c, check->cert);
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
void story_put_check(const struct story *s, enum trust_purpose purpose, uint32_t number,
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
            story_put_check(s, purpose, i + 1, check);
        } else if (is_told(told, check)) {
            const struct cnf *cnf = story_config(s);
            fprintf(s->out, "      %u. TVS %u, ", i + 1, check->server + 1u);
            story_put_node(s, cnf == NULL ? 0 : text_host(cnf->tvs[check->server].address));
            fputs(": as above\n", s->out);
        } else {
            story_put_check(s, purpose, i + 1, check);
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

void story_put_refusal(const struct story *now, const struct story_refusal *r)
{
    const struct content *c = now->c;
    struct phone then = phone_then(now->p, &now->env, (enum trust_purpose)r->purpose);
    struct story as_then = *now, *s = &as_then;
    bool common = is_common(c, r);
    const char *keeps = common ? common_words[1] : purposes[r->purpose].keeps;
    as_then.p = &then;
    fprintf(s->out, "  It was offered %s, ", common ? common_words[0] : purposes[r->purpose].thing);
    if (r->purpose > TRUST_CONFIG) {
        story_put_cert(s->out, c, r->offered);
        fputs(":\n", s->out);
    } else if (content_envelope(c, r->offered)->cert == 0) {
        fputs("without a signature.\n", s->out);
    } else {
        fputs("signed by ", s->out);
        story_put_cert(s->out, c, content_envelope(c, r->offered)->cert);
        fputs(":\n", s->out);
    }
    put_chain(s, (enum trust_purpose)r->purpose, &r->chain);
    if (r->verdict == TRUST_REFUSED)
        fprintf(s->out, "      Refused in the box \"%s\": %s.\n",
                trust_boxes[r->chain.stopped].name, keeps);
    else if (r->verdict == TRUST_ASK_TVS)
        fprintf(s->out, "      Refused then: %s. Now it would ask TVS again.\n", keeps);
    else
        fprintf(s->out, "      Its signature is good (%s), but the phone cannot read it.\n",
                story_verdict((enum trust_verdict)r->verdict));
}
