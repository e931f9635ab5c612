#include "sim/doctor/look.h"

#include "sim/base/sys.h"
#include "sim/bytes/forge.h"
#include "phones/phone.h"
#include "phones/trust.h"

#include <string.h>

#define ITL_BYTES 65535 /* that phones load (documented: "64 KB", Security Guide 12.5) */
#define SLACK_S   300   /* by how much two clocks may differ before anything is said (assumed) */

/* ---- one file ---- */

static void add_up(struct exam_file *f)
{
    uint8_t digest[64];
    digest_md5(f->bytes, f->md5);
    (void)digest_of(DIGEST_SHA1, &f->bytes, 1, digest);
    memcpy(f->sha1, digest, sizeof f->sha1);
}

/* The CTL of a cluster that left mixed mode: CAPF alone, and no record of who signed it
 * (documented, 221657). */
static bool left_mixed_mode(const struct tl *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->records[i].role != TL_CAPF)
            return false;
    return list->count > 0 && list->header.file_name.n >= 3 &&
           memcmp(list->header.file_name.p, "CTL", 3) == 0;
}

void look_at_list(struct exam_file *f, struct arena *a)
{
    struct envelope_verdict v;
    if (f->bytes.p == NULL)
        return;
    add_up(f);
    if (!tl_decode(f->bytes, false, a, &f->list, &f->why))
        return;
    f->header = f->list.header;
    f->good = envelope_list_verify(&f->list, &v) || left_mixed_mode(&f->list);
    if (!f->good)
        f->why = v.error;
}

void look_at_signed(struct exam_file *f, struct arena *a)
{
    if (f->bytes.p == NULL)
        return;
    add_up(f);
    f->good = tl_decode_header(f->bytes, false, a, &f->header, &f->why);
    if (f->good && f->header.version == TL_LIST)
        f->good = err_set(&f->why, "it is a trust list, not a configuration");
}

/* ---- records ---- */

const struct tl_record *look_record(const struct tl *list, struct view issuer, struct view serial,
                                    uint32_t roles)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct tl_record *r = &list->records[i];
        if (r->role < 32 && (roles & ROLE_BIT(r->role)) != 0 && view_eq(r->issuer, issuer) &&
            view_eq(r->serial, serial))
            return r;
    }
    return NULL;
}

static bool is_hash_of(struct view hash, struct view der)
{
    static const enum digest all[] = { DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512 };
    uint8_t out[64];
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (hash.n == digest_size(all[i]) &&
            view_eq(hash, view_of(out, digest_of(all[i], &der, 1, out))))
            return true;
    return false;
}

bool look_has_tvs(const struct tl *list, struct view der)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct tl_record *r = &list->records[i];
        if (r->role == TL_TVS &&
            (r->certificate.p != NULL ? view_eq(r->certificate, der) : is_hash_of(r->hash, der)))
            return true;
    }
    return false;
}

static struct exam_cert cert_of(const struct tl_record *r, struct arena *a)
{
    struct exam_cert c = { .known = false };
    struct err ignored;
    if (r != NULL && r->certificate.p != NULL)
        c.known = cert_parse(r->certificate, a, &c.cert, &ignored);
    return c;
}

/* ---- the servers ---- */

static enum files files_of(const struct exam *x)
{
    bool silent = false, refused = false, strange = false;
    for (uint32_t i = 0; i < x->try_count; i++) {
        enum fetched_end end = x->tries[i].end;
        if (end == FETCHED_CAME || end == FETCHED_MISSING)
            return silent || strange ? FILES_BY_TFTP : x->http_busy ? FILES_BUSY : FILES_ANSWER;
        silent |= end == FETCHED_SILENT;
        refused |= end == FETCHED_REFUSED;
        strange |= end == FETCHED_BROKEN;
    }
    return silent ? FILES_SILENT : refused ? FILES_REFUSED : FILES_STRANGE;
}

static enum itl_is itl_of(const struct exam *x)
{
    if (x->itl.end == FETCHED_MISSING)
        return ITL_ABSENT;
    if (x->itl.bytes.p == NULL)
        return ITL_UNKNOWN;
    return !x->itl.good                 ? ITL_BAD
           : tl_is_empty(&x->itl.list)  ? ITL_EMPTY
           : x->itl.bytes.n > ITL_BYTES ? ITL_LARGE
                                        : ITL_GOOD;
}

/* It was asked for, and neither it nor "no such file" came. */
static bool did_not_come(const struct exam_file *f)
{
    return f->name[0] != '\0' && f->bytes.p == NULL && f->end != FETCHED_MISSING;
}

/* CallManager of this server, as the ITL has it, is in no record of the CTL: it was renewed, and
 * the CTL was not. */
static bool is_stale(const struct tl *ctl, const struct tl *itl)
{
    const uint32_t roles = ROLE_BIT(TL_CCM) | ROLE_BIT(TL_TFTP) | ROLE_BIT(TL_CCM_TFTP);
    bool there = false;
    if (tl_is_empty(ctl))
        return false;
    for (uint32_t i = 0; i < itl->count; i++) {
        const struct tl_record *r = &itl->records[i];
        bool files = r->role == TL_TFTP || r->role == TL_CCM_TFTP;
        if (files && look_record(ctl, r->issuer, r->serial, roles) != NULL)
            return false;
        there |= files;
    }
    return there;
}

static enum ctl_is ctl_of(const struct exam *x)
{
    if (did_not_come(&x->ctl))
        return CTL_DID_NOT_COME;
    if (x->ctl.bytes.p == NULL)
        return CTL_FINE;
    return !x->ctl.good ? CTL_BAD
           : x->itl.good && !tl_is_empty(&x->itl.list) && is_stale(&x->ctl.list, &x->itl.list)
               ? CTL_STALE
               : CTL_FINE;
}

/* The record of the ITL whose key signed the configuration. */
static enum config_is config_of(struct exam *x)
{
    const uint32_t roles = ROLE_BIT(TL_TFTP) | ROLE_BIT(TL_CCM_TFTP);
    const struct tl_header *h = &x->config.header;
    if (x->config.name[0] == '\0')
        return CONFIG_UNKNOWN;
    if (x->config.end == FETCHED_MISSING)
        return CONFIG_ABSENT;
    if (did_not_come(&x->config))
        return CONFIG_DID_NOT_COME;
    if (!x->itl.good)
        return CONFIG_UNKNOWN;
    if (!x->config.good)
        return CONFIG_NOT_THE_ITLS;
    const struct tl_record *r =
        look_record(&x->itl.list, h->signer_issuer, h->signer_serial, roles);
    if (r == NULL) {
        err_set(&x->config.why, "its signer is in no record for TFTP of this ITL");
        return CONFIG_NOT_THE_ITLS;
    }
    x->config_record = (uint32_t)(r - x->itl.list.records) + 1;
    x->config_signer = cert_of(r, x->arena);
    return envelope_verify(x->config.bytes, r->public, &x->config.why) ? CONFIG_GOOD
                                                                       : CONFIG_NOT_THE_ITLS;
}

static void look_at_servers(struct exam *x)
{
    struct findings *f = &x->found;
    const struct tl_header *h = &x->itl.header;
    f->is[FIND_FILES] = (uint8_t)files_of(x);
    f->is[FIND_CTL] = (uint8_t)ctl_of(x);
    f->is[FIND_ITL] = (uint8_t)itl_of(x);
    f->is[FIND_CONFIG] = (uint8_t)config_of(x);
    if (x->itl.good)
        x->itl_signer = cert_of(
            look_record(&x->itl.list, h->signer_issuer, h->signer_serial, ROLE_BIT(TL_SAST)),
            x->arena);
}

/* ---- TVS ---- */

/* A handshake that showed a certificate is an answer, whatever came of it. */
static bool talked(const struct exam_tvs *t)
{
    return t->talk.der.p != NULL;
}

static enum tvs_is tvs_of(const struct exam *x)
{
    uint32_t good = 0, counts[ASK_BROKEN + 1] = { 0 };
    for (uint32_t i = 0; i < x->tvs_count; i++) {
        good += talked(&x->tvs[i]);
        counts[x->tvs[i].talk.end] += !talked(&x->tvs[i]);
    }
    if (good > 0)
        return good == x->tvs_count ? TVS_ANSWERS : TVS_SOME;
    return counts[ASK_REFUSED] > 0  ? TVS_REFUSES
           : counts[ASK_SILENT] > 0 ? TVS_SILENT
           : counts[ASK_BROKEN] > 0 ? TVS_STRANGE
                                    : TVS_IS_UNKNOWN;
}

/* One "no" is told whatever the others say: a phone that hears it asks no further. */
static enum answer vouches_of(const struct exam *x)
{
    enum answer all = ANSWER_UNKNOWN;
    for (uint32_t i = 0; i < x->tvs_count; i++) {
        const struct exam_tvs *t = &x->tvs[i];
        if (t->vouches == ANSWER_NO || t->vouches_config == ANSWER_NO)
            return ANSWER_NO;
        if (t->vouches == ANSWER_YES)
            all = ANSWER_YES;
    }
    return all;
}

/* Whether these are all TVS that the phone may ask: those of its own configuration, or as many as
 * its ITL lists.  A phone that came from another cluster still has the configuration from there.
 * The TVS of one node says nothing of another's, whose certificate may be the one that the phone
 * still knows. */
static bool are_all(const struct exam *x, uint32_t seen, uint32_t compared)
{
    uint32_t listed = 0;
    for (uint32_t i = 0; i < x->phone_itl.list.count; i++)
        listed += x->phone_itl.list.records[i].role == TL_TVS;
    bool its_own = x->tvs_of_config && x->found.is[FIND_NAMES] != NAMES_OTHER;
    return seen > 0 && seen == x->tvs_count && compared == seen && (its_own || seen >= listed);
}

/* Whether any record of the phone's ITL is named as one of the ITL served. */
static enum names names_of(const struct exam *x)
{
    if (!x->phone_itl.good || !x->itl.good)
        return NAMES_UNKNOWN;
    const struct tl *mine = &x->phone_itl.list, *theirs = &x->itl.list;
    for (uint32_t i = 0; i < mine->count; i++)
        for (uint32_t k = 0; k < theirs->count; k++)
            if (mine->records[i].subject.n > 0 &&
                view_eq(mine->records[i].subject, theirs->records[k].subject))
                return NAMES_SHARED;
    return NAMES_OTHER;
}

/* Against the ITL served any that differs is told; against the phone's any that fits is enough, and
 * none is only said where all were seen. */
static void compare_tvs(struct exam *x)
{
    struct findings *f = &x->found;
    uint32_t seen = 0, compared = 0, fit_phone = 0, differ = 0, alike = 0;
    for (uint32_t i = 0; i < x->tvs_count; i++) {
        struct exam_tvs *t = &x->tvs[i];
        struct err ignored;
        if (!talked(t))
            continue;
        seen++;
        t->shown.known = cert_parse(t->talk.der, x->arena, &t->shown.cert, &ignored);
        if (x->itl.good)
            t->served = look_has_tvs(&x->itl.list, t->talk.der) ? SAME_YES : SAME_NO;
        /* One of the phone's old cluster is in no list of the new one, and need not be. */
        bool old = f->is[FIND_NAMES] == NAMES_OTHER && t->phone == SAME_YES;
        differ += t->served == SAME_NO && !old;
        alike += t->served == SAME_YES;
        compared += t->phone != SAME_UNKNOWN;
        fit_phone += t->phone == SAME_YES;
        if (t->served == SAME_NO && f->is[FIND_KNOWS] == KNOWS_UNKNOWN)
            f->is[FIND_KNOWS] = t->knows_shown == ANSWER_YES    ? KNOWS_SHOWN
                                : t->knows_listed == ANSWER_YES ? KNOWS_LISTED
                                                                : KNOWS_UNKNOWN;
    }
    if (x->itl.good)
        f->is[FIND_TVS_SERVED] = differ > 0 ? SAME_NO : alike > 0 ? SAME_YES : SAME_UNKNOWN;
    if (x->phone_itl.good && fit_phone > 0)
        f->is[FIND_TVS_PHONE] = SAME_YES;
    else if (x->phone_itl.good && are_all(x, seen, compared))
        f->is[FIND_TVS_PHONE] = SAME_NO;
}

/* ---- dates ---- */

static void look_at_cert_dates(struct exam *x, const struct exam_cert *c, enum finding finding)
{
    int64_t now = x->told.now_s;
    if (c->known && c->cert.not_after_s < now)
        x->found.is[finding] = DATE_EXPIRED;
    if (c->known && c->cert.not_before_s > now + SLACK_S)
        x->found.is[FIND_CLOCK] = CLOCK_WRONG;
}

static void look_at_dates(struct exam *x)
{
    const struct exam_file *files[] = { &x->itl, &x->ctl, &x->config };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const struct tl_header *h = &files[i]->header;
        if (files[i]->good && h->has_timestamp && (int64_t)h->timestamp > x->told.now_s + SLACK_S)
            x->found.is[FIND_CLOCK] = CLOCK_WRONG;
    }
    look_at_cert_dates(x, &x->itl_signer, FIND_SIGNER);
    look_at_cert_dates(x, &x->config_signer, FIND_SIGNER);
    for (uint32_t i = 0; i < x->tvs_count; i++)
        look_at_cert_dates(x, &x->tvs[i].shown, FIND_TVS_DATE);
}

/* ---- the phone ---- */

static enum same phone_itl_of(const struct exam *x)
{
    if (x->itl.bytes.p == NULL)
        return SAME_UNKNOWN;
    if (x->phone_itl.good)
        return view_eq(x->phone_itl.bytes, x->itl.bytes) ? SAME_YES : SAME_NO;
    if (x->sum_n == 0)
        return SAME_UNKNOWN;
    const uint8_t *own = x->sum_n == sizeof x->itl.md5 ? x->itl.md5 : x->itl.sha1;
    return memcmp(own, x->sum, x->sum_n) == 0 ? SAME_YES : SAME_NO;
}

/* What stands in for the phone: the content of all files, and the phone's own decision over it. */
struct stand_in {
    struct content content;
    struct forge *forge;
    uint32_t ctl, itl, served; /* CT_LIST: held, held, offered */
};

static uint32_t adopt(struct stand_in *s, const struct exam_file *f, enum file_kind kind)
{
    struct forge_device device = forge_device_of(0, "SEP000000000000");
    uint32_t id = 0;
    if (!f->good || !forge_adopt(s->forge, f->bytes, kind, &device, CONTENT_MIC, &id, NULL))
        return 0;
    return content_kind(&s->content, id) == CT_LIST ? id : 0;
}

static enum trust_verdict decide(struct stand_in *s, const struct exam *x, uint32_t what,
                                 enum trust_purpose purpose)
{
    struct knobs knobs = knobs_default();
    struct trust_question q = { .content = &s->content,
                                .what = what,
                                .purpose = (uint8_t)purpose,
                                .ctl = s->ctl,
                                .itl = s->itl,
                                .clock_s = x->told.now_s,
                                .rules = phone_rules(&knobs) };
    q.rules.dates = 0; /* dates are findings of their own */
    return trust_decide(&q, NULL);
}

static bool taken(enum trust_verdict v)
{
    return v == TRUST_FIRST || v == TRUST_BY_CTL || v == TRUST_BY_ITL;
}

/* A SAST that the phone has and that the cluster has too. */
static bool has_spare(const struct stand_in *s)
{
    const struct ct_list *mine = content_get_list(&s->content, s->itl);
    const struct ct_list *theirs = content_get_list(&s->content, s->served);
    for (uint32_t i = 0; i < mine->count; i++)
        for (uint32_t k = 0; k < theirs->count; k++)
            if (mine->records[i].role == TL_SAST && theirs->records[k].role == TL_SAST &&
                mine->records[i].cert != 0 && mine->records[i].cert == theirs->records[k].cert)
                return true;
    return false;
}

/* A phone of a cluster with a CTL may know the signer by that: who does not tell the phone's CTL
 * gets no "no". */
static enum by_itself by_itself_of(struct stand_in *s, const struct exam *x)
{
    if (taken(decide(s, x, s->served, TRUST_ITL)))
        return BY_ITSELF_SIGNER;
    if (has_spare(s))
        return BY_ITSELF_SPARE;
    return x->ctl.good && !x->phone_ctl.good ? BY_ITSELF_UNKNOWN : BY_ITSELF_NO;
}

/* What one TVS would be to the phone. */
static enum tvs_outcome outcome_of(const struct exam *x, const struct exam_tvs *t)
{
    bool known = t->shown.known && t->phone == SAME_YES;
    if (t->talk.end == ASK_REFUSED)
        return TVS_CONN_REFUSED;
    if (!talked(t))
        return TVS_NO_ANSWER;
    if (!known)
        return TVS_CERT_REFUSED;
    if (t->shown.cert.not_after_s < x->told.now_s)
        return TVS_CERT_EXPIRED;
    return t->vouches == ANSWER_YES  ? TVS_TRUSTED
           : t->vouches == ANSWER_NO ? TVS_NOT_TRUSTED
                                     : TVS_NO_ANSWER;
}

/* The whole decision of a phone that asks these TVS: what it does with the ITL served, and in which
 * box that ends. */
static void decide_all(struct stand_in *s, struct exam *x)
{
    struct knobs knobs = knobs_default();
    struct ct_said said = { .about = s->served };
    struct trust_cached cache[TRUST_CACHE] = { { 0 } };
    struct trust_chain chain = { .count = 0 };
    for (uint32_t i = 0; i < x->tvs_count; i++) {
        const struct exam_tvs *t = &x->tvs[i];
        uint32_t cert;
        said.outcome[i] = (uint8_t)outcome_of(x, t);
        if (said.outcome[i] == TVS_TRUSTED && cache[0].vouch == 0 &&
            forge_adopt_cert(s->forge, t->vouched, &cert, NULL))
            cache[0] = (struct trust_cached){ content_vouch(&s->content, cert, t->roles), 1 };
    }
    struct trust_question q = { .content = &s->content,
                                .what = s->served,
                                .purpose = TRUST_ITL,
                                .servers = (uint8_t)x->tvs_count,
                                .ctl = s->ctl,
                                .itl = s->itl,
                                .cache = cache,
                                .said = &said,
                                .clock_s = x->told.now_s,
                                .rules = phone_rules(&knobs) };
    x->decided = true;
    x->takes = trust_decide(&q, &chain) < TRUST_ASK_TVS;
    x->box = chain.stopped;
}

static void stand_in(struct exam *x)
{
    struct stand_in s = { .ctl = 0 };
    content_init(&s.content, &sys_mem);
    s.forge = forge_new(&s.content, 1, NULL);
    s.ctl = adopt(&s, &x->phone_ctl, FILE_CTL);
    s.itl = adopt(&s, &x->phone_itl, FILE_ITL);
    s.served = adopt(&s, &x->itl, FILE_ITL);
    for (uint32_t i = 0; s.itl != 0 && i < x->tvs_count; i++) {
        struct exam_tvs *t = &x->tvs[i];
        uint32_t cert;
        if (talked(t) && forge_adopt_cert(s.forge, t->talk.der, &cert, NULL))
            t->phone = taken(decide(&s, x, cert, TRUST_TVS_SERVER)) ? SAME_YES : SAME_NO;
    }
    if (s.itl != 0 && s.served != 0) {
        x->found.is[FIND_BY_ITSELF] = (uint8_t)by_itself_of(&s, x);
        decide_all(&s, x);
    }
    forge_free(s.forge);
    content_free(&s.content);
}

void look(struct exam *x)
{
    struct findings *f = &x->found;
    look_at_servers(x);
    f->is[FIND_TVS] = (uint8_t)tvs_of(x);
    f->is[FIND_VOUCHES] = (uint8_t)vouches_of(x);
    f->is[FIND_PHONE_ITL] = (uint8_t)phone_itl_of(x);
    f->is[FIND_REFUSES] = x->told.refuses;
    f->is[FIND_BACKUP] = x->told.backup;
    f->is[FIND_NAMES] = (uint8_t)names_of(x);
    stand_in(x);
    compare_tvs(x);
    look_at_dates(x);
    if (f->is[FIND_PHONE_ITL] == SAME_YES) {
        f->is[FIND_BY_ITSELF] = BY_ITSELF_SIGNER;
        f->is[FIND_TVS_PHONE] = f->is[FIND_TVS_SERVED];
    }
}
