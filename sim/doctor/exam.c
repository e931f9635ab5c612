#include "sim/doctor/exam.h"

#include "sim/base/sys.h"
#include "sim/bytes/cnf_read.h"
#include "sim/core/contract.h"
#include "sim/doctor/look.h"
#include "sim/talk/tvs.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

enum { PORT_HTTP = 6970, PORT_TFTP = 69, PORT_TFTP_LAB = 10069, PORT_TVS = 2445 };

/* ---- what was told ---- */

/* "001121000000", "SEP00:11:21:...", "0011.2100.0000": twelve hex digits are left. */
static bool read_device(const char *mac, char device[EXAM_DEVICE], struct err *e)
{
    const char *p = mac;
    size_t n = 0;
    if ((p[0] | 32) == 's' && (p[1] | 32) == 'e' && (p[2] | 32) == 'p')
        p += 3;
    memcpy(device, "SEP", 3);
    for (; *p != '\0'; p++) {
        int digit = text_hex((uint8_t)*p);
        if (digit < 0 && strchr(":.-", *p) != NULL)
            continue;
        if (digit < 0 || n == 12)
            break;
        device[3 + n++] = "0123456789ABCDEF"[digit];
    }
    device[3 + n] = '\0';
    return (*p == '\0' && n == 12) ||
           err_set(e, "--mac %.60s: a MAC address of 12 hex digits was expected", mac);
}

static bool read_checksum(struct exam *x, struct err *e)
{
    size_t n = 0;
    for (const char *p = x->told.checksum; *p != '\0'; p++) {
        int digit = text_hex((uint8_t)*p);
        if (digit < 0 && strchr(": ", *p) != NULL)
            continue;
        if (digit < 0 || n == 2 * sizeof x->sum)
            return err_set(e,
                           "--phone-itl-checksum: 32 hex digits (MD5) or 40 (SHA-1) were expected");
        x->sum[n / 2] = (uint8_t)(x->sum[n / 2] << 4 | digit);
        n++;
    }
    x->sum_n = n / 2;
    return n == 32 || n == 40 ||
           err_set(e,
                   "--phone-itl-checksum: 32 hex digits (MD5) or 40 (SHA-1) were expected, not %zu",
                   n);
}

/* Both are trust lists, and a slip of the two would be taken for another ITL. */
static bool is_named(const struct exam_file *f, const char *kind)
{
    return f->header.file_name.n >= 3 && memcmp(f->header.file_name.p, kind, 3) == 0;
}

static bool read_list(struct exam *x, const char *path, const char *other, struct exam_file *f,
                      struct err *e)
{
    if (path == NULL)
        return true;
    if (!sys_read_file(path, ASK_FILE_MAX, x->arena, &f->bytes, e))
        return false;
    f->end = FETCHED_CAME;
    snprintf(f->name, sizeof f->name, "%s", "of the phone");
    look_at_list(f, x->arena);
    if (f->good && is_named(f, other))
        return err_set(e, "%.200s: that is the %s file", path, other);
    return f->good || err_set(e, "%.200s: %.180s", path, f->why.text);
}

static bool read_told(struct exam *x, struct err *e)
{
    const struct exam_told *t = &x->told;
    if (t->phone_itl != NULL && t->checksum != NULL)
        return err_set(e, "--phone-itl and --phone-itl-checksum: one of them, please");
    return (t->mac == NULL || read_device(t->mac, x->device, e)) &&
           (t->checksum == NULL || read_checksum(x, e)) &&
           read_list(x, t->phone_itl, "CTL", &x->phone_itl, e) &&
           read_list(x, t->phone_ctl, "ITL", &x->phone_ctl, e);
}

/* ---- files ---- */

struct way {
    bool http;
    uint16_t port;
    uint16_t tftp; /* where http: the port on which TFTP answers beside it; 0: not known */
    bool sought;   /* it was looked for */
};

static bool answers(enum fetched_end end)
{
    return end == FETCHED_CAME || end == FETCHED_MISSING;
}

static void keep(struct exam_file *f, const char *name, const struct fetched *got)
{
    snprintf(f->name, sizeof f->name, "%s", name);
    f->end = got->end;
    f->why = got->why;
    f->bytes = got->end == FETCHED_CAME ? got->bytes : view_of(NULL, 0);
}

static bool try_way(struct exam *x, struct ask *a, bool http, uint16_t port, const char *name,
                    struct fetched *got)
{
    if (!ask_file(a, http, x->ip, port, name, got))
        return false;
    if (x->try_count < EXAM_TRIES)
        x->tries[x->try_count++] = (struct exam_try){ http, port, got->end };
    return true;
}

/* The way to this server, by the first file: HTTP as newer phones do, else TFTP. */
static bool find_way(struct exam *x, struct ask *a, uint16_t port, const char *name,
                     struct exam_file *f, struct way *way)
{
    const struct way all[EXAM_TRIES] = { { true, PORT_HTTP, 0, false },
                                         { false, PORT_TFTP, 0, false },
                                         { false, PORT_TFTP_LAB, 0, false } };
    const struct way own = { port == PORT_HTTP, port, 0, false };
    const struct way *ways = port != 0 ? &own : all;
    uint32_t count = port != 0 ? 1 : EXAM_TRIES;
    for (uint32_t i = 0; i < count; i++) {
        struct fetched got = { .end = FETCHED_SILENT };
        if (i == 2 && x->tries[1].end != FETCHED_REFUSED)
            break; /* the lab's own port: only where 69 is free */
        *way = ways[i];
        if (!try_way(x, a, way->http, way->port, name, &got))
            break;
        keep(f, name, &got);
        if (answers(got.end))
            return true;
    }
    return false;
}

/* By TFTP, beside HTTP.  False: it does not say whether there is such a file. */
static bool by_tftp(struct exam *x, struct ask *a, struct way *way, const char *name,
                    struct fetched *got)
{
    static const uint16_t ports[] = { PORT_TFTP, PORT_TFTP_LAB };
    if (way->sought)
        return way->tftp != 0 && ask_file(a, false, x->ip, way->tftp, name, got) &&
               answers(got->end);
    way->sought = true;
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        if (!try_way(x, a, false, ports[i], name, got))
            return false;
        if (answers(got->end))
            way->tftp = ports[i];
        if (got->end != FETCHED_REFUSED)
            break;
    }
    return way->tftp != 0;
}

/* HTTP says 503 where there is no such file (observed, 214535), and where it has no transfer free
 * (inferred): a phone asks TFTP then, and so does this.  Where TFTP says
 * nothing the 503 stands for "no such file" if HTTP gave another one, and for nothing else. */
static void doubt(struct exam *x, struct ask *a, struct way *way, const char *name,
                  struct exam_file *f)
{
    struct fetched got = { .end = FETCHED_SILENT };
    if (!way->http || f->end != FETCHED_MISSING)
        return;
    if (by_tftp(x, a, way, name, &got)) {
        x->http_busy |= got.end == FETCHED_CAME;
        keep(f, name, &got);
    } else if (f == &x->itl || x->itl.end != FETCHED_CAME) {
        f->end = FETCHED_BROKEN;
        err_set(&f->why, "503 by HTTP, which is no such file or no transfer free, and TFTP says "
                         "nothing");
    }
}

static void fetch(struct exam *x, struct ask *a, const struct way *way, const char *name,
                  struct exam_file *f)
{
    struct fetched got = { .end = FETCHED_BROKEN };
    if (ask_file(a, way->http, x->ip, way->port, name, &got))
        keep(f, name, &got);
}

static const char *name_of(const struct exam *x, enum file_kind kind, char room[128])
{
    file_name(kind, x->device, "", room);
    return room;
}

/* CallManager answers for a phone's own CTL with the common one (observed, TFTP trace): where HTTP
 * has not the first, TFTP is asked for the second at once. */
static void fetch_ctl(struct exam *x, struct ask *a, struct way *way)
{
    char name[128];
    bool own = x->device[0] != '\0';
    if (own)
        fetch(x, a, way, name_of(x, FILE_CTL, name), &x->ctl);
    (void)name_of(x, FILE_CTL_COMMON, name);
    if (!own || (x->ctl.end == FETCHED_MISSING && !way->http))
        fetch(x, a, way, name, &x->ctl);
    doubt(x, a, way, name, &x->ctl);
    look_at_list(&x->ctl, x->arena);
}

/* By the phone's own name, then by the common one, as a phone asks. */
static void fetch_files(struct exam *x, struct ask *a, uint16_t port)
{
    char name[128];
    struct way way;
    bool own = x->device[0] != '\0';
    if (!find_way(x, a, port, name_of(x, own ? FILE_ITL : FILE_ITL_COMMON, name), &x->itl, &way))
        return;
    doubt(x, a, &way, name, &x->itl);
    if (!answers(x->itl.end))
        return; /* it is asked no more */
    if (way.tftp != 0)
        way = (struct way){ .port = way.tftp }; /* HTTP gave not even this one */
    if (own && x->itl.end == FETCHED_MISSING)
        fetch(x, a, &way, name_of(x, FILE_ITL_COMMON, name), &x->itl);
    look_at_list(&x->itl, x->arena);
    fetch_ctl(x, a, &way);
    if (own) {
        fetch(x, a, &way, name_of(x, FILE_CNF_SGN, name), &x->config);
        doubt(x, a, &way, name, &x->config);
    }
    look_at_signed(&x->config, x->arena);
}

/* ---- TVS ---- */

static void add_tvs(struct exam *x, const char *host, uint16_t port)
{
    struct exam_tvs *t = &x->tvs[x->tvs_count++];
    t->port = port;
    (void)ask_address(host, &t->ip, &t->port, &t->unknown);
    snprintf(t->host, sizeof t->host, "%.*s", (int)strcspn(host, ":"), host);
}

/* Those of the phone's configuration; where there is none, the file server's own. */
static void find_tvs(struct exam *x)
{
    struct cnf cnf;
    struct view xml;
    char device[64], line[64], uuid[64], host[16];
    if (x->tvs_count > 0)
        return; /* told */
    if (x->config.good && envelope_sgn_strip(x->config.bytes, &xml, NULL) &&
        cnf_read(xml, &cnf, device, line, uuid, NULL)) {
        for (uint32_t i = 0; i < cnf.tvs_count && x->tvs_count < CNF_SERVERS; i++)
            add_tvs(x, cnf.tvs[i].address, cnf.tvs[i].port);
        x->tvs_of_config = x->tvs_count > 0;
    }
    if (x->tvs_count == 0) {
        text_put_address(x->ip, host);
        add_tvs(x, host, PORT_TVS);
    }
}

/* What is asked of one TVS, in order. */
enum question { ASK_SIGNER, ASK_CONFIG_SIGNER, ASK_SHOWN, ASK_LISTED, QUESTIONS };

struct interview {
    struct exam *x;
    struct exam_tvs *tvs;
    struct ask *ask;
    uint32_t at;      /* the next question */
    uint32_t asked;   /* the last one that was asked */
    uint32_t reserve; /* requests that the other TVS still need */
    const struct tl_record *listed;
};

static struct view device_text(const struct exam *x, char room[48])
{
    const char *device = x->device[0] != '\0' ? x->device : "SEP000000000000";
    int n = snprintf(room, 48, "CP-8861-%s", device);
    return view_of(room, (size_t)n);
}

static bool same_signer(const struct tl_header *a, const struct tl_header *b)
{
    return view_eq(a->signer_issuer, b->signer_issuer) &&
           view_eq(a->signer_serial, b->signer_serial);
}

/* Whether that question is to be asked now, and as what. */
static bool put_question(struct interview *v, enum question q, struct view device,
                         struct tvs_msg *m)
{
    struct exam *x = v->x;
    const struct tl_header *itl = &x->itl.list.header, *config = &x->config.header;
    bool spare = v->ask->requests + v->reserve < ASK_REQUESTS;
    bool differs =
        x->itl.good && v->tvs->talk.der.p != NULL && !look_has_tvs(&x->itl.list, v->tvs->talk.der);
    switch (q) {
    case ASK_SIGNER:
        *m =
            talk_tvs_query(device, q + 1, itl->signer_name, itl->signer_issuer, itl->signer_serial);
        return x->itl.good;
    case ASK_CONFIG_SIGNER:
        *m = talk_tvs_query(device, q + 1, config->signer_name, config->signer_issuer,
                            config->signer_serial);
        return spare && x->itl.good && x->config.good && !same_signer(itl, config);
    case ASK_SHOWN:
        *m = talk_tvs_verify(device, q + 1, v->tvs->talk.der);
        return spare && differs;
    default:
        if (v->listed == NULL)
            return false;
        *m =
            talk_tvs_query(device, q + 1, v->listed->subject, v->listed->issuer, v->listed->serial);
        return spare && differs && v->tvs->knows_shown != ANSWER_YES;
    }
}

static void take_answer(struct interview *v, const struct tvs_told *told)
{
    struct exam_tvs *t = v->tvs;
    uint8_t answer = told->status == 0 ? ANSWER_YES : ANSWER_NO;
    const uint32_t files = ROLE_BIT(TL_TFTP) | ROLE_BIT(TL_CCM_TFTP);
    switch (v->asked) {
    case ASK_SIGNER:
        /* One that is vouched for as something else signs no list for a phone. */
        t->vouches = (told->roles & ROLE_BIT(TL_SAST)) != 0 ? answer : ANSWER_NO;
        t->vouched = told->status == 0 ? told->certificate : view_of(NULL, 0);
        t->roles = told->roles;
        t->ttl_s = told->ttl_s;
        break;
    case ASK_CONFIG_SIGNER:
        t->vouches_config = (told->roles & files) != 0 ? answer : ANSWER_NO;
        break;
    case ASK_SHOWN:
        t->knows_shown = answer;
        break;
    default:
        t->knows_listed = answer;
    }
}

/* The record of the ITL that a TVS of this name should have; the only one, where no name fits. */
static const struct tl_record *listed_tvs(struct exam *x, struct exam_tvs *t)
{
    struct cert cert;
    const struct tl_record *found = NULL;
    struct err e = { "" };
    bool read = t->talk.der.p != NULL && cert_parse(t->talk.der, x->arena, &cert, &e);
    for (uint32_t i = 0; x->itl.good && i < x->itl.list.count; i++) {
        const struct tl_record *r = &x->itl.list.records[i];
        bool named = read && r->role == TL_TVS && view_eq(r->subject, cert.subject);
        if (named && found == NULL) {
            found = r;
            t->record = i + 1;
        }
    }
    return found;
}

static bool next_question(struct ask_tvs *talk, const struct tvs_msg *asked,
                          const struct tvs_msg *reply, struct tvs_msg *request)
{
    struct interview *v = talk->ctx;
    struct tvs_told told;
    char *room = arena_take(v->x->arena, 48);
    struct view device = device_text(v->x, room);
    if (asked == NULL)
        v->listed = listed_tvs(v->x, v->tvs);
    else if (!talk_tvs_heard(asked, reply, &told))
        return false; /* no reply to that */
    else
        take_answer(v, &told);
    while (v->at < QUESTIONS) {
        v->asked = v->at++;
        if (put_question(v, (enum question)v->asked, device, request))
            return true;
    }
    return false;
}

static void ask_all_tvs(struct exam *x, struct ask *a)
{
    for (uint32_t i = 0; i < x->tvs_count; i++) {
        struct exam_tvs *t = &x->tvs[i];
        struct interview v = { .x = x, .tvs = t, .ask = a, .reserve = x->tvs_count - 1 - i };
        if (t->ip == 0)
            continue;
        t->talk = (struct ask_tvs){ .next = next_question, .ctx = &v };
        t->asked = ask_tvs(a, t->ip, t->port, &t->talk);
        t->talk.ctx = NULL;
    }
}

/* ---- the whole ---- */

bool exam_run(struct exam *x, const struct exam_told *told, struct arena *arena, struct err *e)
{
    struct ask ask;
    uint16_t port = 0;
    *x = (struct exam){ .told = *told, .arena = arena };
    if (!read_told(x, e))
        return false;
    if (!ask_address(told->tftp, &x->ip, &port, e))
        return err_prefix(e, "--tftp");
    if (told->tvs != NULL) {
        add_tvs(x, told->tvs, PORT_TVS);
        if (x->tvs[0].ip == 0) {
            *e = x->tvs[0].unknown;
            return err_prefix(e, "--tvs");
        }
    }
    ask_open(&ask, arena, told->wait_us);
    fetch_files(x, &ask, port);
    if (answers(x->itl.end)) {
        find_tvs(x);
        ask_all_tvs(x, &ask);
    }
    x->requests = ask.requests;
    x->handshakes = ask.handshakes;
    ask_close(&ask);
    look(x);
    return true;
}
