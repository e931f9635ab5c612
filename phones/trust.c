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

/* The same certificate, whatever names a list gives it: tools of others write them in another order
 * than Cisco's (inferred: phones trust the servers in lists of usecallmanager's tlvfile). */
static bool is_same(const struct content *c, uint32_t a, uint32_t b)
{
    uint32_t der = content_get_cert(c, a)->der;
    return a == b || (der != 0 && der == content_get_cert(c, b)->der);
}

/* By the names of the record, which are those of a file's header; a certificate also by itself. */
static bool is_about(const struct trust_question *q, const struct ct_record *r, uint32_t signer)
{
    return r->signer == signer || (!is_file(q->purpose) && is_same(q->content, r->cert, q->what));
}

/* Does `cert`, found under the right names, really vouch for what is asked about? */
static enum trust_result compare(const struct trust_question *q, uint32_t cert)
{
    if (is_file(q->purpose))
        return content_signed_by(q->content, q->what, cert) ? CHECK_MATCH : CHECK_BAD_SIGNATURE;
    return is_same(q->content, cert, q->what) ? CHECK_MATCH : CHECK_BAD_HASH;
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
        if (r->cert == 0 || !is_about(q, r, signer))
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

/* ---- the boxes: each asks one thing, and the table below says what follows ---- */

/* A decision on its way through the boxes. */
struct walk {
    const struct trust_question *q;
    struct trust_chain *chain; /* NULL: nobody wants it */
    uint32_t cert;             /* the one that matched last */
    enum trust_where known;    /* where that was */
    struct trust_check said;   /* what the cache of TVS answers has */
    int vouched;               /* the TVS that vouched in this very decision; -1: none */
};

/* What a box may answer; `exits` of its row has the words and where it leads. */
enum { YES, NO, OTHERWISE };

static uint32_t ask_first(struct walk *w)
{
    bool first = trust_is_first(w->q->content, w->q->ctl, w->q->itl);
    note(w->chain, (struct trust_check){ .where = WHERE_EMPTY_LISTS,
                                         .result = first ? CHECK_MATCH : CHECK_NO_MATCH });
    return first ? YES : NO;
}

static uint32_t ask_signed(struct walk *w)
{
    if (content_envelope(w->q->content, w->q->what)->cert != 0)
        return YES;
    note(w->chain, (struct trust_check){ .where = WHERE_CTL, .result = CHECK_NOT_SIGNED });
    return NO;
}

static uint32_t ask_list(struct walk *w, uint32_t list, uint32_t roles_there,
                         enum trust_where where)
{
    struct trust_check check = search_list(w->q, list, roles_there, where);
    note(w->chain, check);
    w->cert = check.cert;
    w->known = where;
    return !decisive(check.result) ? NO : check.result == CHECK_MATCH ? YES : OTHERWISE;
}

/* Asked where it is needed alone: most decisions are remembered as far as the lists go. */
static struct trust_roles wanted(const struct walk *w)
{
    return trust_roles((enum trust_purpose)w->q->purpose, &w->q->rules);
}

static uint32_t ask_ctl(struct walk *w)
{
    return ask_list(w, w->q->ctl, wanted(w).in_ctl, WHERE_CTL);
}

static uint32_t ask_alone(struct walk *w)
{
    return by_ctl_alone(w->q) ? YES : NO;
}

static uint32_t ask_itl(struct walk *w)
{
    uint32_t in_itl = wanted(w).in_itl;
    return in_itl == 0 ? NO : ask_list(w, w->q->itl, in_itl, WHERE_ITL);
}

static uint32_t ask_whether_tvs(struct walk *w)
{
    return wanted(w).from_tvs != 0 ? YES : NO;
}

static uint32_t of_answer(const struct walk *w)
{
    bool none = w->said.result == CHECK_NO_MATCH || w->said.result == CHECK_EXPIRED;
    return none ? NO : w->said.result == CHECK_MATCH ? YES : OTHERWISE;
}

/* An answer that TVS gave a moment ago lies in the cache already: the chain shows where it came
 * from. */
static uint32_t ask_cache(struct walk *w)
{
    w->said = search_cache(w->q);
    w->vouched = vouched(w->q);
    w->cert = w->said.cert;
    w->known = WHERE_CACHE;
    if (w->vouched >= 0)
        return NO;
    note(w->chain, w->said);
    return of_answer(w);
}

static uint32_t ask_servers(struct walk *w)
{
    if (w->vouched < 0 || of_answer(w) == NO)
        return ask_tvs(w->q, w->q->servers, w->chain) == TRUST_ASK_TVS ? OTHERWISE : NO;
    if (w->vouched > 0)
        ask_tvs(w->q, (uint32_t)w->vouched, w->chain);
    note_tvs(w->q, (uint32_t)w->vouched, w->chain);
    return YES;
}

static uint32_t ask_answer(struct walk *w)
{
    note(w->chain, w->said);
    w->known = WHERE_TVS;
    return of_answer(w) == YES ? YES : NO;
}

/* Whoever vouches, a certificate must be within its time. */
static uint32_t ask_date(struct walk *w)
{
    static const uint8_t exits[] = {
        [WHERE_CTL] = 0, [WHERE_ITL] = 1, [WHERE_CACHE] = 2, [WHERE_TVS] = 3
    };
    enum trust_where where = w->known == WHERE_TVS ? WHERE_CACHE : w->known;
    return in_time(w->q, w->cert, where, w->chain) ? exits[w->known] : 4;
}

#define END(verdict) (TRUST_BOXES + (verdict))

static uint32_t (*const ask_box[TRUST_BOXES])(struct walk *w) = {
    [BOX_FIRST] = ask_first,     [BOX_SIGNED] = ask_signed, [BOX_CTL] = ask_ctl,
    [BOX_CTL_ALONE] = ask_alone, [BOX_ITL] = ask_itl,       [BOX_MAY_ASK] = ask_whether_tvs,
    [BOX_CACHE] = ask_cache,     [BOX_TVS] = ask_servers,   [BOX_ANSWER] = ask_answer,
    [BOX_DATE] = ask_date,
};

const struct trust_box_row trust_boxes[TRUST_BOXES] = {
    [BOX_FIRST] = { "First trust",
                    "Are CTL and ITL each absent or empty?",
                    { { "yes", END(TRUST_FIRST) }, { "no", BOX_SIGNED } } },
    [BOX_SIGNED] = { "Signature",
                     "Has the file a signature?",
                     { { "yes", BOX_CTL }, { "no", END(TRUST_REFUSED) } } },
    [BOX_CTL] = { "CTL",
                  "Has the CTL a record with this issuer, serial number and a role that serves?",
                  { { "yes", BOX_DATE },
                    { "no", BOX_CTL_ALONE },
                    { "yes, of another key", END(TRUST_REFUSED) } } },
    [BOX_CTL_ALONE] = { "CTL alone",
                        "Is it a CTL that only the CTL held may vouch for (knob ctl_by_ctl_alone)?",
                        { { "yes", END(TRUST_REFUSED) }, { "no", BOX_ITL } } },
    [BOX_ITL] = { "ITL",
                  "Has the ITL a record with this issuer, serial number and a role that serves?",
                  { { "yes", BOX_DATE },
                    { "no", BOX_MAY_ASK },
                    { "yes, of another key", END(TRUST_REFUSED) } } },
    [BOX_MAY_ASK] = { "May TVS be asked?",
                      "Is it a thing that TVS is asked about? Not the certificates of TVS and "
                      "CallManager.",
                      { { "yes", BOX_CACHE }, { "no", END(TRUST_REFUSED) } } },
    [BOX_CACHE] = { "TVS cache",
                    "Is an answer of TVS about it remembered?",
                    { { "yes", BOX_DATE },
                      { "no", BOX_TVS },
                      { "yes, for another role or key", END(TRUST_REFUSED) } } },
    [BOX_TVS] = { "TVS",
                  "Does a TVS of the configuration vouch for it? Each in turn: known by CTL or "
                  "ITL, "
                  "reached, asked.",
                  { { "yes", BOX_ANSWER },
                    { "no", END(TRUST_REFUSED) },
                    { "one is left", END(TRUST_ASK_TVS) } } },
    [BOX_ANSWER] = { "Answer of TVS",
                     "Is its answer for a role that serves, and of the key that signed?",
                     { { "yes", BOX_DATE }, { "no", END(TRUST_REFUSED) } } },
    [BOX_DATE] = { "Date",
                   "Where dates are judged: is the certificate within its time?",
                   { { "yes, known by the CTL", END(TRUST_BY_CTL) },
                     { "yes, by the ITL", END(TRUST_BY_ITL) },
                     { "yes, by the cache", END(TRUST_BY_CACHE) },
                     { "yes, by TVS", END(TRUST_BY_TVS) },
                     { "no", END(TRUST_REFUSED) } } },
};

enum trust_box trust_start(enum trust_purpose purpose)
{
    return is_file(purpose) ? BOX_FIRST : BOX_CTL;
}

/* From box to box as long as `on` allows; where it is then: a box, or an end. */
static uint32_t go_on(struct walk *w, uint32_t at, uint32_t on)
{
    while (at < TRUST_BOXES && (on >> at & 1u) != 0) {
        if (w->chain != NULL)
            w->chain->stopped = (uint8_t)at;
        at = trust_boxes[at].exits[ask_box[at](w)].to;
    }
    return at;
}

#define LISTS                                                                                      \
    (FSM_BIT(BOX_FIRST) | FSM_BIT(BOX_SIGNED) | FSM_BIT(BOX_CTL) | FSM_BIT(BOX_CTL_ALONE) |        \
     FSM_BIT(BOX_ITL))

/* Of what is remembered: where the lists lead, and the list that had it (one bit); the certificate
 * stands above them. */
enum { AT_BITS = 5, KNOWN_BITS = AT_BITS + 1 };
_Static_assert(TRUST_BOXES + TRUST_REFUSED < 1 << AT_BITS, "a box or an end");

/* What the lists say depends on these alone: decided once for all phones that hold them. */
static uint32_t lists_once(struct walk *w)
{
    const struct trust_question *q = w->q;
    uint64_t key =
        rng_mix(((uint64_t)q->ctl << 32 | q->itl) +
                rng_mix(((uint64_t)q->what << 8 | (uint64_t)q->rules.ctl_by_ctl_alone << 7 |
                         (uint64_t)q->purpose << 1 | q->rules.ccm_in_itl) +
                        0x7472757374u));
    uint32_t known;
    if (!content_recall(q->content, key, &known)) {
        uint32_t at = go_on(w, trust_start((enum trust_purpose)q->purpose), LISTS);
        CHECK(w->cert >> (32 - KNOWN_BITS) == 0);
        known = w->cert << KNOWN_BITS | (uint32_t)(w->known == WHERE_ITL) << AT_BITS | at;
        content_remember(q->content, key, known);
    }
    w->cert = known >> KNOWN_BITS;
    w->known = (known >> AT_BITS & 1u) != 0 ? WHERE_ITL : WHERE_CTL;
    return known & ((1u << AT_BITS) - 1);
}

enum trust_verdict trust_decide(const struct trust_question *q, struct trust_chain *chain)
{
    CHECK(q->servers <= TRUST_TVS_SERVERS && q->purpose < TRUST_PURPOSES);
    struct walk w = { .q = q, .chain = chain };
    uint32_t at = chain != NULL ? trust_start((enum trust_purpose)q->purpose) : lists_once(&w);
    return (enum trust_verdict)(go_on(&w, at, UINT32_MAX) - TRUST_BOXES);
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
