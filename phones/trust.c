#include "phones/trust.h"

#include "sim/base/check.h"
#include "sim/core/contract.h"

#include <string.h>

/* Which roles serve a purpose, in which list.  Documented: a list needs SAST, an ITL also the CTL's
 * CCM+TFTP, a file TFTP or CCM+TFTP; a TVS its own role.  Assumed: HTTPS servers as APP-SERVER. */
static const struct {
    uint32_t in_ctl, in_itl, from_tvs;
} roles[TRUST_PURPOSES] = {
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

static uint32_t signer_of(const struct content *c, enum trust_purpose purpose, uint32_t what)
{
    return is_file(purpose) ? content_envelope(c, what)->signer : content_get_cert(c, what)->signer;
}

/* Does `cert`, found under the right names, really vouch for `what`? */
static enum trust_result compare(const struct content *c, enum trust_purpose purpose, uint32_t what,
                                 uint32_t cert)
{
    if (is_file(purpose))
        return content_signed_by(c, what, cert) ? CHECK_MATCH : CHECK_BAD_SIGNATURE;
    return cert == what ? CHECK_MATCH : CHECK_BAD_HASH;
}

/* findByIssuerAndSerialAndRoleInTL: the first record with these names and a fitting role. */
static struct trust_check search_list(const struct content *c, enum trust_purpose purpose,
                                      uint32_t what, uint32_t list, uint32_t wanted,
                                      enum trust_where where)
{
    struct trust_check check = { .where = (uint8_t)where, .result = CHECK_ABSENT };
    if (list == 0)
        return check;
    uint32_t signer = signer_of(c, purpose, what);
    check.result = CHECK_NO_MATCH;
    const struct ct_list *l = content_get_list(c, list);
    for (uint32_t i = 0; i < l->count; i++) {
        const struct ct_record *r = &l->records[i];
        if (r->cert == 0 || r->signer != signer)
            continue;
        check.record = (uint16_t)(i + 1);
        check.cert = r->cert;
        if (r->role < 32 && (ROLE_BIT(r->role) & wanted) != 0) {
            check.result = (uint8_t)compare(c, purpose, what, r->cert);
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
static uint32_t ask_lists(const struct content *c, const struct trust_rules *rules,
                          enum trust_purpose purpose, uint32_t what, const struct trust_held *held,
                          struct trust_chain *chain)
{
    if (is_file(purpose)) {
        bool first = trust_is_first(c, held->ctl, held->itl);
        note(chain, (struct trust_check){ .where = WHERE_EMPTY_LISTS,
                                          .result = first ? CHECK_MATCH : CHECK_NO_MATCH });
        if (first)
            return LISTS_FIRST;
        if (content_envelope(c, what)->cert == 0) {
            note(chain, (struct trust_check){ .where = WHERE_CTL, .result = CHECK_NOT_SIGNED });
            return LISTS_REFUSE;
        }
    }
    struct trust_check check =
        search_list(c, purpose, what, held->ctl, roles[purpose].in_ctl, WHERE_CTL);
    note(chain, check);
    if (decisive(check.result))
        return check.result == CHECK_MATCH ? LISTS_CTL : LISTS_REFUSE;

    uint32_t in_itl = roles[purpose].in_itl;
    if (purpose == TRUST_CCM_SERVER && rules->ccm_in_itl)
        in_itl = roles[purpose].in_ctl;
    if (in_itl == 0)
        return LISTS_UNKNOWN;
    check = search_list(c, purpose, what, held->itl, in_itl, WHERE_ITL);
    note(chain, check);
    if (decisive(check.result))
        return check.result == CHECK_MATCH ? LISTS_ITL : LISTS_REFUSE;
    return LISTS_UNKNOWN;
}

/* What the lists say depends on these four alone: decided once for all phones that hold them. */
static uint32_t ask_lists_once(struct content *c, const struct trust_rules *rules,
                               enum trust_purpose purpose, uint32_t what,
                               const struct trust_held *held)
{
    uint64_t key =
        rng_mix(((uint64_t)held->ctl << 32 | held->itl) +
                rng_mix(((uint64_t)what << 8 | (uint64_t)purpose << 1 | rules->ccm_in_itl) +
                        0x7472757374u));
    uint32_t result;
    if (!content_recall(c, key, &result)) {
        result = ask_lists(c, rules, purpose, what, held, NULL);
        content_remember(c, key, result);
    }
    return result;
}

static struct trust_check search_cache(const struct content *c, enum trust_purpose purpose,
                                       uint32_t what, const struct trust_cached *cache,
                                       uint32_t now_s)
{
    struct trust_check check = { .where = WHERE_CACHE, .result = CHECK_NO_MATCH };
    uint32_t signer = signer_of(c, purpose, what);
    for (int i = 0; i < TRUST_CACHE; i++) {
        if (cache[i].cert == 0 || content_get_cert(c, cache[i].cert)->signer != signer)
            continue;
        check.cert = cache[i].cert;
        if (cache[i].until_s <= now_s)
            check.result = CHECK_EXPIRED;
        else if ((cache[i].roles & roles[purpose].from_tvs) == 0)
            check.result = CHECK_WRONG_ROLE;
        else
            check.result = (uint8_t)compare(c, purpose, what, cache[i].cert);
        if (check.result != CHECK_EXPIRED)
            return check;
    }
    return check;
}

static enum trust_verdict ask_tvs(const struct trust_rules *rules, const struct trust_said *said,
                                  uint32_t servers, struct trust_chain *chain)
{
    if (servers == 0)
        note(chain, (struct trust_check){ .where = WHERE_TVS, .result = CHECK_NONE_LEFT });
    for (uint32_t i = 0; i < servers; i++) {
        if (said->outcome[i] == TVS_NOT_ASKED)
            return TRUST_ASK_TVS;
        note(chain, (struct trust_check){ .where = WHERE_TVS,
                                          .result = CHECK_TVS,
                                          .server = (uint8_t)i,
                                          .outcome = said->outcome[i],
                                          .cert = said->shown[i] });
        if (said->outcome[i] == TVS_NOT_TRUSTED && !rules->next_tvs_on_unknown)
            return TRUST_REFUSED;
    }
    return TRUST_REFUSED;
}

/* The server that vouched, or -1. */
static int vouched(const struct trust_said *said, uint32_t servers)
{
    for (uint32_t i = 0; i < servers; i++) {
        if (said->outcome[i] == TVS_TRUSTED)
            return (int)i;
    }
    return -1;
}

enum trust_verdict trust_decide(struct content *c, const struct trust_rules *rules,
                                enum trust_purpose purpose, uint32_t what,
                                const struct trust_held *held, const struct trust_said *said,
                                uint32_t servers, uint32_t now_s, struct trust_chain *chain)
{
    CHECK(servers <= TRUST_TVS_SERVERS);
    uint32_t lists = chain != NULL ? ask_lists(c, rules, purpose, what, held, chain)
                                   : ask_lists_once(c, rules, purpose, what, held);
    static const enum trust_verdict of_lists[] = { [LISTS_FIRST] = TRUST_FIRST,
                                                   [LISTS_CTL] = TRUST_BY_CTL,
                                                   [LISTS_ITL] = TRUST_BY_ITL,
                                                   [LISTS_REFUSE] = TRUST_REFUSED };
    if (lists != LISTS_UNKNOWN)
        return of_lists[lists];
    if (roles[purpose].from_tvs == 0)
        return TRUST_REFUSED;

    struct trust_check check = search_cache(c, purpose, what, held->cache, now_s);
    int server = vouched(said, servers);
    if (server < 0)
        note(chain, check);
    if (check.result == CHECK_NO_MATCH || check.result == CHECK_EXPIRED)
        return ask_tvs(rules, said, servers, chain);
    if (server >= 0) {
        /* The answer was put into the cache a moment ago: the chain shows where it came from. */
        if (server > 0)
            ask_tvs(rules, said, (uint32_t)server, chain);
        note(chain, (struct trust_check){ .where = WHERE_TVS,
                                          .result = CHECK_TVS,
                                          .server = (uint8_t)server,
                                          .outcome = TVS_TRUSTED,
                                          .cert = said->shown[server] });
        note(chain, check);
    }
    if (check.result != CHECK_MATCH)
        return TRUST_REFUSED;
    return server >= 0 ? TRUST_BY_TVS : TRUST_BY_CACHE;
}
