#include "phones/trust.h"

#include "sim/base/check.h"
#include "sim/core/contract.h"

#include <string.h>

/* Which roles serve a purpose, in which list.  Documented: a list needs SAST, an ITL also the CTL's
 * CCM+TFTP, a file TFTP or CCM+TFTP; a TVS its own role.  Assumed: HTTPS servers as APP-SERVER. */
static const struct trust_roles roles[TRUST_PURPOSES] = {
    [TRUST_CTL] = { ROLE_BIT(TL_SAST), ROLE_BIT(TL_SAST), ROLE_BIT(TL_SAST) },
    [TRUST_ITL] = { ROLE_BIT(TL_SAST) | ROLE_BIT(TL_CCM_TFTP), ROLE_BIT(TL_SAST),
                    ROLE_BIT(TL_SAST) },
    [TRUST_CONFIG] = { ROLE_BIT(TL_TFTP) | ROLE_BIT(TL_CCM_TFTP),
                       ROLE_BIT(TL_TFTP) | ROLE_BIT(TL_CCM_TFTP),
                       ROLE_BIT(TL_TFTP) | ROLE_BIT(TL_CCM_TFTP) },
    [TRUST_HTTPS] = { ROLE_BIT(TL_APP_SERVER), ROLE_BIT(TL_APP_SERVER), ROLE_BIT(TL_APP_SERVER) },
    [TRUST_CAPF] = { ROLE_BIT(TL_CAPF), ROLE_BIT(TL_CAPF), ROLE_BIT(TL_CAPF) },
    [TRUST_TVS_SERVER] = { ROLE_BIT(TL_TVS), ROLE_BIT(TL_TVS), 0 },
    [TRUST_CCM_SERVER] = { ROLE_BIT(TL_CCM) | ROLE_BIT(TL_CCM_TFTP), 0, 0 },
};

struct trust_roles trust_roles(enum trust_purpose purpose, const struct trust_rules *rules)
{
    struct trust_roles r = roles[purpose];
    if (purpose == TRUST_CCM_SERVER && rules->ccm_in_itl)
        r.in_itl = r.in_ctl;
    return r;
}

static bool is_file(enum trust_purpose purpose)
{
    return purpose <= TRUST_CONFIG;
}

bool trust_is_first(const struct content *c, uint32_t ctl, uint32_t itl)
{
    return (ctl == 0 || content_get_list(c, ctl)->empty) &&
           (itl == 0 || content_get_list(c, itl)->empty);
}

bool trust_asks_signed(const struct content *c, uint32_t ctl, uint32_t itl)
{
    return (ctl != 0 && content_get_list(c, ctl)->has_tftp) ||
           (itl != 0 && content_get_list(c, itl)->has_tftp);
}

static void note(struct trust_chain *chain, struct trust_check check)
{
    if (chain == NULL)
        return;
    CHECK(chain->count < sizeof chain->checks / sizeof chain->checks[0]);
    chain->checks[chain->count++] = check;
}

static uint32_t signer_of(const struct trust_question *q)
{
    return is_file(q->purpose) ? content_envelope(q->content, q->what)->signer
                               : content_get_cert(q->content, q->what)->signer;
}

/* Does `cert`, found under the right names, really vouch for what is asked about? */
static enum trust_result compare(const struct trust_question *q, uint32_t cert)
{
    if (is_file(q->purpose))
        return content_signed_by(q->content, q->what, cert) ? CHECK_MATCH : CHECK_BAD_SIGNATURE;
    return cert == q->what ? CHECK_MATCH : CHECK_BAD_HASH;
}

/* findByIssuerAndSerialAndRoleInTL: the first record with these names and a fitting role. */
static struct trust_check search_list(const struct trust_question *q, uint32_t list,
                                      uint32_t wanted, enum trust_where where)
{
    struct trust_check check = { .where = (uint8_t)where, .result = CHECK_ABSENT };
    if (list == 0)
        return check;
    uint32_t signer = signer_of(q);
    check.result = CHECK_NO_MATCH;
    const struct ct_list *l = content_get_list(q->content, list);
    for (uint32_t i = 0; i < l->count; i++) {
        const struct ct_record *r = &l->records[i];
        if (r->cert == 0 || r->signer != signer)
            continue;
        check.record = (uint16_t)(i + 1);
        check.cert = r->cert;
        if (r->role < 32 && (ROLE_BIT(r->role) & wanted) != 0) {
            check.result = (uint8_t)compare(q, r->cert);
            return check;
        }
        check.result = CHECK_WRONG_ROLE;
    }
    return check;
}

static bool decisive(uint8_t result)
{
    return result == CHECK_MATCH || result == CHECK_BAD_SIGNATURE || result == CHECK_BAD_HASH;
}

/* A phone that holds a CTL, and by the knob takes the next one by that alone. */
static bool by_ctl_alone(const struct trust_question *q)
{
    return q->purpose == TRUST_CTL && q->rules.ctl_by_ctl_alone && q->ctl != 0 &&
           !content_get_list(q->content, q->ctl)->empty;
}

enum { LISTS_UNKNOWN, LISTS_FIRST, LISTS_CTL, LISTS_ITL, LISTS_REFUSE };

/* First trust, then CTL, then ITL.  *cert: what matched there. */
static uint32_t ask_lists(const struct trust_question *q, struct trust_chain *chain, uint32_t *cert)
{
    if (is_file(q->purpose)) {
        bool first = trust_is_first(q->content, q->ctl, q->itl);
        note(chain, (struct trust_check){ .where = WHERE_EMPTY_LISTS,
                                          .result = first ? CHECK_MATCH : CHECK_NO_MATCH });
        if (first)
            return LISTS_FIRST;
        if (content_envelope(q->content, q->what)->cert == 0) {
            note(chain, (struct trust_check){ .where = WHERE_CTL, .result = CHECK_NOT_SIGNED });
            return LISTS_REFUSE;
        }
    }
    struct trust_roles wanted = trust_roles(q->purpose, &q->rules);
    struct trust_check check = search_list(q, q->ctl, wanted.in_ctl, WHERE_CTL);
    note(chain, check);
    *cert = check.cert;
    if (decisive(check.result))
        return check.result == CHECK_MATCH ? LISTS_CTL : LISTS_REFUSE;

    if (by_ctl_alone(q))
        return LISTS_REFUSE;
    if (wanted.in_itl == 0)
        return LISTS_UNKNOWN;
    check = search_list(q, q->itl, wanted.in_itl, WHERE_ITL);
    note(chain, check);
    *cert = check.cert;
    if (decisive(check.result))
        return check.result == CHECK_MATCH ? LISTS_ITL : LISTS_REFUSE;
    return LISTS_UNKNOWN;
}

#define LISTS_BITS 3 /* of what is remembered; the certificate stands above them */

/* What the lists say depends on these alone: decided once for all phones that hold them. */
static uint32_t ask_lists_once(const struct trust_question *q, uint32_t *cert)
{
    uint64_t key =
        rng_mix(((uint64_t)q->ctl << 32 | q->itl) +
                rng_mix(((uint64_t)q->what << 8 | (uint64_t)q->rules.ctl_by_ctl_alone << 7 |
                         (uint64_t)q->purpose << 1 | q->rules.ccm_in_itl) +
                        0x7472757374u));
    uint32_t known;
    if (!content_recall(q->content, key, &known)) {
        uint32_t result = ask_lists(q, NULL, cert);
        CHECK(*cert >> (32 - LISTS_BITS) == 0);
        known = *cert << LISTS_BITS | result;
        content_remember(q->content, key, known);
    }
    *cert = known >> LISTS_BITS;
    return known & ((1u << LISTS_BITS) - 1);
}

/* Of what matched: within its time by this phone's clock, where anybody looks.  Of a refusal that
 * is over: as the clock had it then. */
static bool in_time(const struct trust_question *q, uint32_t cert, enum trust_where where,
                    struct trust_chain *chain)
{
    if ((q->rules.dates & FSM_BIT(q->purpose)) == 0)
        return true;
    bool over = q->said != NULL && q->said->over;
    enum ct_date date =
        over ? (enum ct_date)q->said->dated : content_date(q->content, cert, q->clock_s);
    if (date == DATE_WITHIN)
        return true;
    uint8_t result = date == DATE_OVER ? CHECK_CERT_EXPIRED : CHECK_NOT_YET_VALID;
    note(chain, (struct trust_check){ .where = (uint8_t)where, .result = result, .cert = cert });
    return false;
}

static struct trust_check search_cache(const struct trust_question *q)
{
    struct trust_check check = { .where = WHERE_CACHE, .result = CHECK_NO_MATCH };
    uint32_t signer = signer_of(q);
    for (int i = 0; q->cache != NULL && i < TRUST_CACHE; i++) {
        if (q->cache[i].vouch == 0)
            continue;
        const struct ct_vouch *v = content_get_vouch(q->content, q->cache[i].vouch);
        if (content_get_cert(q->content, v->cert)->signer != signer)
            continue;
        check.cert = v->cert;
        if (q->cache[i].until_s <= q->now_s)
            check.result = CHECK_EXPIRED;
        else if ((v->roles & roles[q->purpose].from_tvs) == 0)
            check.result = CHECK_WRONG_ROLE;
        else
            check.result = (uint8_t)compare(q, v->cert);
        if (check.result != CHECK_EXPIRED)
            return check;
    }
    return check;
}

static enum tvs_outcome outcome_of(const struct trust_question *q, uint32_t server)
{
    return q->said == NULL ? TVS_NOT_ASKED : (enum tvs_outcome)q->said->outcome[server];
}

static void note_tvs(const struct trust_question *q, uint32_t server, struct trust_chain *chain)
{
    note(chain, (struct trust_check){ .where = WHERE_TVS,
                                      .result = CHECK_TVS,
                                      .server = (uint8_t)server,
                                      .outcome = q->said->outcome[server],
                                      .cert = q->said->shown[server] });
}

static enum trust_verdict ask_tvs(const struct trust_question *q, uint32_t servers,
                                  struct trust_chain *chain)
{
    if (servers == 0)
        note(chain, (struct trust_check){ .where = WHERE_TVS, .result = CHECK_NONE_LEFT });
    for (uint32_t i = 0; i < servers; i++) {
        if (outcome_of(q, i) == TVS_NOT_ASKED)
            return TRUST_ASK_TVS;
        note_tvs(q, i, chain);
        if (outcome_of(q, i) == TVS_NOT_TRUSTED && !q->rules.next_tvs_on_unknown)
            return TRUST_REFUSED;
    }
    return TRUST_REFUSED;
}

/* The server that vouched, or -1. */
static int vouched(const struct trust_question *q)
{
    for (uint32_t i = 0; i < q->servers; i++) {
        if (outcome_of(q, i) == TVS_TRUSTED)
            return (int)i;
    }
    return -1;
}

/* The lists know it: whoever vouches, a certificate must be within its time. */
static enum trust_verdict by_lists(const struct trust_question *q, uint32_t lists, uint32_t cert,
                                   struct trust_chain *chain)
{
    static const struct {
        uint8_t verdict, where;
    } ends[] = { [LISTS_FIRST] = { TRUST_FIRST, WHERE_EMPTY_LISTS },
                 [LISTS_CTL] = { TRUST_BY_CTL, WHERE_CTL },
                 [LISTS_ITL] = { TRUST_BY_ITL, WHERE_ITL },
                 [LISTS_REFUSE] = { TRUST_REFUSED, WHERE_CTL } };
    bool matched = lists == LISTS_CTL || lists == LISTS_ITL;
    if (matched && !in_time(q, cert, (enum trust_where)ends[lists].where, chain))
        return TRUST_REFUSED;
    return (enum trust_verdict)ends[lists].verdict;
}

enum trust_verdict trust_decide(const struct trust_question *q, struct trust_chain *chain)
{
    CHECK(q->servers <= TRUST_TVS_SERVERS && q->purpose < TRUST_PURPOSES);
    uint32_t cert = 0,
             lists = chain != NULL ? ask_lists(q, chain, &cert) : ask_lists_once(q, &cert);
    if (lists != LISTS_UNKNOWN)
        return by_lists(q, lists, cert, chain);
    if (roles[q->purpose].from_tvs == 0)
        return TRUST_REFUSED;

    struct trust_check check = search_cache(q);
    int server = vouched(q);
    if (server < 0)
        note(chain, check);
    if (check.result == CHECK_NO_MATCH || check.result == CHECK_EXPIRED)
        return ask_tvs(q, q->servers, chain);
    if (server >= 0) {
        /* The answer was put into the cache a moment ago: the chain shows where it came from. */
        if (server > 0)
            ask_tvs(q, (uint32_t)server, chain);
        note_tvs(q, (uint32_t)server, chain);
        note(chain, check);
    }
    if (check.result != CHECK_MATCH || !in_time(q, check.cert, WHERE_CACHE, chain))
        return TRUST_REFUSED;
    return server >= 0 ? TRUST_BY_TVS : TRUST_BY_CACHE;
}

enum ct_date trust_date(const struct trust_question *q)
{
    struct trust_chain chain = { .count = 0 };
    if ((q->rules.dates & FSM_BIT(q->purpose)) == 0 || trust_decide(q, &chain) != TRUST_REFUSED ||
        chain.count == 0)
        return DATE_WITHIN;
    uint8_t last = chain.checks[chain.count - 1].result;
    return last == CHECK_CERT_EXPIRED    ? DATE_OVER
           : last == CHECK_NOT_YET_VALID ? DATE_BEFORE
                                         : DATE_WITHIN;
}
