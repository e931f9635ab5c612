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

enum { LISTS_UNKNOWN, LISTS_FIRST, LISTS_CTL, LISTS_ITL, LISTS_REFUSE };

/* First trust, then CTL, then ITL. */
static uint32_t ask_lists(const struct trust_question *q, struct trust_chain *chain)
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
    if (decisive(check.result))
        return check.result == CHECK_MATCH ? LISTS_CTL : LISTS_REFUSE;

    if (wanted.in_itl == 0)
        return LISTS_UNKNOWN;
    check = search_list(q, q->itl, wanted.in_itl, WHERE_ITL);
    note(chain, check);
    if (decisive(check.result))
        return check.result == CHECK_MATCH ? LISTS_ITL : LISTS_REFUSE;
    return LISTS_UNKNOWN;
}

/* What the lists say depends on these four alone: decided once for all phones that hold them. */
static uint32_t ask_lists_once(const struct trust_question *q)
{
    uint64_t key =
        rng_mix(((uint64_t)q->ctl << 32 | q->itl) +
                rng_mix(((uint64_t)q->what << 8 | (uint64_t)q->purpose << 1 | q->rules.ccm_in_itl) +
                        0x7472757374u));
    uint32_t result;
    if (!content_recall(q->content, key, &result)) {
        result = ask_lists(q, NULL);
        content_remember(q->content, key, result);
    }
    return result;
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

enum trust_verdict trust_decide(const struct trust_question *q, struct trust_chain *chain)
{
    CHECK(q->servers <= TRUST_TVS_SERVERS && q->purpose < TRUST_PURPOSES);
    uint32_t lists = chain != NULL ? ask_lists(q, chain) : ask_lists_once(q);
    static const enum trust_verdict of_lists[] = { [LISTS_FIRST] = TRUST_FIRST,
                                                   [LISTS_CTL] = TRUST_BY_CTL,
                                                   [LISTS_ITL] = TRUST_BY_ITL,
                                                   [LISTS_REFUSE] = TRUST_REFUSED };
    if (lists != LISTS_UNKNOWN)
        return of_lists[lists];
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
    if (check.result != CHECK_MATCH)
        return TRUST_REFUSED;
    return server >= 0 ? TRUST_BY_TVS : TRUST_BY_CACHE;
}
