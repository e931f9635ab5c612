#include "sim/load/tvs.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/net/stream.h"
#include "sim/talk/tvs.h"
#include "sim/wire/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A connection, or the place of one: of a phone, of a request, or of whoever comes. */
struct line {
    struct worker *w;
    struct stream *stream;       /* NULL: none is open */
    struct call *call;           /* under way on it */
    struct call *first, *last;   /* behind that one: requests of the same phone */
    struct tls_session *session; /* to be offered by its next connection */
    uint64_t connect_us;
    uint32_t phase, session_number;
    struct line *next;     /* of the idle ones, or of the spare ones */
    struct line *all_next; /* of all there ever were */
};

struct talks {
    struct tls_config *config;
    struct line *idle, *spare, *all;
    struct line **of_phone;        /* LOAD_PER_PHONE: by worker_phone() */
    struct tls_session **sessions; /* LOAD_PER_REQUEST with resume: likewise */
    struct arena arena;            /* of one message */
};

static const struct stream_ops ops;

/* ---- lines ---- */

static struct talks *talks_of(const struct worker *w)
{
    return w->client;
}

static struct line *line_new(struct worker *w)
{
    struct talks *t = talks_of(w);
    struct line *l = t->spare;
    if (l != NULL) {
        t->spare = l->next;
        l->next = NULL;
        return l;
    }
    l = reactor_take(sizeof *l);
    l->w = w;
    l->all_next = t->all;
    t->all = l;
    return l;
}

static struct line *line_of(struct worker *w, const struct call *c)
{
    struct talks *t = talks_of(w);
    struct line *l;
    switch (w->job->connection) {
    case LOAD_PER_PHONE:
        l = t->of_phone[worker_phone(w, c->phone)];
        if (l == NULL)
            l = t->of_phone[worker_phone(w, c->phone)] = line_new(w);
        return l;
    case LOAD_KEEP:
        l = t->idle;
        if (l == NULL)
            return line_new(w);
        t->idle = l->next;
        l->next = NULL;
        return l;
    default:
        l = line_new(w);
        if (t->sessions != NULL) {
            l->session = t->sessions[worker_phone(w, c->phone)];
            t->sessions[worker_phone(w, c->phone)] = NULL;
        }
        return l;
    }
}

static void keep_session(struct line *l)
{
    struct tls_session *s = l->w->job->resume ? tls_session_take(l->stream->tls) : NULL;
    if (s == NULL)
        return;
    tls_session_free(l->session);
    l->session = s;
}

/* ---- a request ---- */

static void ask(struct line *l);

static void next_of_phone(struct line *l)
{
    l->call = l->first;
    l->first = l->call->next;
}

/* The line has no request any more: it goes on with the next one of its phone, or to the others. */
static void line_free(struct line *l, uint32_t phone)
{
    struct worker *w = l->w;
    struct talks *t = talks_of(w);
    if (w->job->connection == LOAD_PER_REQUEST) {
        if (t->sessions != NULL) {
            tls_session_free(t->sessions[worker_phone(w, phone)]);
            t->sessions[worker_phone(w, phone)] = l->session;
        }
        l->session = NULL;
        l->next = t->spare;
        t->spare = l;
    } else if (w->job->connection == LOAD_KEEP) {
        l->next = t->idle;
        t->idle = l;
    } else if (l->first != NULL) {
        next_of_phone(l);
        ask(l);
    }
}

static struct call *let_go(struct line *l)
{
    struct call *c = l->call;
    l->call = NULL;
    return c;
}

static void fail(struct line *l, enum load_fault fault, int alert)
{
    struct call *c = let_go(l);
    uint32_t phone = c->phone;
    l->stream = NULL;
    line_free(l, phone);
    worker_failed(l->w, c, fault, alert);
}

/* False: this machine has no socket for it. */
static bool connect_line(struct line *l)
{
    struct worker *w = l->w;
    const struct target *t = &w->job->target;
    const struct stream_way way = { target_source(t, l->call->phone), t->ip, t->port };
    struct tls *tls = tls_resume(talks_of(w)->config, w->job->resume ? l->session : NULL);
    l->connect_us = reactor_clock_us();
    l->phase = l->call->phase;
    worker_connects(w, l->phase);
    l->stream = stream_connect_by(&w->reactor, &way, tls, TVS_MAX, &ops, l);
    if (l->stream != NULL)
        stream_deadline(l->stream, w->job->timeout_us);
    return l->stream != NULL;
}

static struct tvs_msg message(const struct line *l, char device[64])
{
    const struct load_job *job = l->w->job;
    snprintf(device, 64, "CP-%.32s-SEP%012" PRIX64, job->model,
             UINT64_C(0x001121000000) + l->call->phone);
    const struct cert *cert = &job->cert;
    return job->query ? talk_tvs_query(view_str(device), l->session_number, cert->subject,
                                       cert->issuer, cert->serial)
                      : talk_tvs_verify(view_str(device), l->session_number, cert->der);
}

static void send_request(struct line *l)
{
    struct talks *t = talks_of(l->w);
    char device[64];
    struct view bytes;
    l->session_number++;
    struct tvs_msg m = message(l, device);
    struct arena_mark mark = arena_mark(&t->arena);
    CHECK(talk_tvs_bytes(&m, &t->arena, &bytes)); /* tried before the run */
    stream_write(l->stream, bytes);
    arena_rewind(&t->arena, mark);
    stream_deadline(l->stream, l->w->job->timeout_us);
}

/* Also of all that wait behind it, as long as no socket is to be had. */
static void ask(struct line *l)
{
    if (l->stream != NULL) {
        send_request(l);
        return;
    }
    while (l->call != NULL && !connect_line(l)) {
        struct call *c = let_go(l);
        if (l->first == NULL) {
            line_free(l, c->phone);
            worker_failed(l->w, c, FAULT_LOCAL, -1);
            return;
        }
        next_of_phone(l);
        worker_failed(l->w, c, FAULT_LOCAL, -1);
    }
}

static bool is_busy(const struct line *l)
{
    return l->call != NULL;
}

static bool has_room(const struct worker *w, const struct call *c)
{
    struct talks *t = talks_of(w);
    if (w->job->connection == LOAD_KEEP && t->idle != NULL)
        return true;
    const struct line *l =
        w->job->connection == LOAD_PER_PHONE ? t->of_phone[worker_phone(w, c->phone)] : NULL;
    return (l != NULL && (l->stream != NULL || is_busy(l))) || worker_has_room(w);
}

static void begin(struct worker *w, struct call *c)
{
    struct line *l = line_of(w, c);
    c->next = NULL;
    if (!is_busy(l)) {
        l->call = c;
        ask(l);
        return;
    }
    if (l->first == NULL)
        l->first = c;
    else
        l->last->next = c;
    l->last = c;
}

/* ---- what the stream says ---- */

static void judge(struct stream *s)
{
    stream_judge(s, true); /* load is no matter of trust: what the server shows is taken */
}

static void opened(struct stream *s)
{
    struct line *l = s->owner;
    worker_shook(l->w, l->phase, tls_resumed(s->tls), reactor_clock_us() - l->connect_us);
    if (l->call != NULL)
        send_request(l);
}

/* `over`: the server has ended the connection behind its reply. */
static void answered(struct line *l, bool trusted, bool over)
{
    struct worker *w = l->w;
    struct call *c = let_go(l);
    keep_session(l);
    if (over || w->job->connection == LOAD_PER_REQUEST) {
        stream_finish(l->stream);
        l->stream = NULL;
    } else {
        stream_deadline(l->stream, 0);
    }
    line_free(l, c->phone); /* first: what begins now may take it */
    worker_answered(w, c, trusted);
}

/* False: what came is no reply. */
static bool reply(struct line *l, struct view bytes, bool *trusted)
{
    struct tvs_msg m,
        request = { .type = l->w->job->query ? TVS_QUERY_CERT_REQ : TVS_CERT_VERIFICATION_REQ,
                    .session = l->session_number };
    struct tvs_told told;
    if (l->call == NULL || !tvs_decode(bytes, &m, NULL) || !talk_tvs_heard(&request, &m, &told))
        return false;
    *trusted = told.status == 0;
    return true;
}

static void gone(struct line *l)
{
    l->stream = NULL;
    if (l->call != NULL)
        fail(l, FAULT_CLOSED, -1);
    else
        worker_reconnects(l->w, l->phase); /* its next request opens another one */
}

static void bad_reply(struct line *l)
{
    stream_abort(l->stream);
    l->stream = NULL;
    if (l->call != NULL)
        fail(l, FAULT_REPLY, -1);
}

static void input(struct stream *s)
{
    struct line *l = s->owner;
    struct view in = stream_in(s);
    size_t whole = 0;
    bool trusted = false, over = stream_eof(s);
    if (in.n > 0 && (!tvs_whole(in, &whole, NULL) ||
                     (whole != 0 && !reply(l, view_sub(in, 0, whole), &trusted)))) {
        bad_reply(l);
    } else if (whole != 0) {
        stream_consume(s, whole);
        answered(l, trusted, over);
    } else if (over) {
        stream_finish(s);
        gone(l);
    }
}

static void drained(struct stream *s)
{
    (void)s;
}

static enum load_fault fault_of(const struct stream *s, enum stream_end end, int *alert)
{
    static const struct {
        int error;
        enum load_fault fault;
    } errors[] = {
        { ECONNREFUSED, FAULT_REFUSED },
        { ECONNRESET, FAULT_RESET },
        { EPIPE, FAULT_RESET },
        { ETIMEDOUT, FAULT_TIMEOUT },
        { EHOSTUNREACH, FAULT_UNREACHABLE },
        { ENETUNREACH, FAULT_UNREACHABLE },
    };
    *alert = -1;
    if (end == STREAM_LATE)
        return FAULT_TIMEOUT;
    if (s->tls != NULL && tls_state(s->tls) == TLS_FAILED) {
        *alert = tally_alert(tls_why(s->tls));
        return *alert >= 0 ? FAULT_ALERT : FAULT_TLS;
    }
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (s->error == errors[i].error)
            return errors[i].fault;
    }
    return s->error == 0 ? FAULT_CLOSED : FAULT_LOCAL;
}

static void ended(struct stream *s, enum stream_end end)
{
    struct line *l = s->owner;
    int alert;
    enum load_fault fault = fault_of(s, end, &alert);
    l->stream = NULL;
    if (l->call != NULL)
        fail(l, fault, alert);
    else
        worker_reconnects(l->w, l->phase);
}

static const struct stream_ops ops = { opened, judge, input, drained, ended };

/* ---- life ---- */

/* Which of its two suites a list asks for. */
static struct tls_config *own_client(const struct load_job *job, uint32_t thread, struct err *e)
{
    const char *list = job->cipher == NULL ? "AES256-SHA:AES128-SHA" : job->cipher;
    struct view rest = view_str(list);
    bool aes128 = false, aes256 = false, other = false;
    while (rest.n > 0) {
        struct view word = text_cut(&rest, ':');
        bool is128 = view_eq(word, view_str("AES128-SHA"));
        bool is256 = view_eq(word, view_str("AES256-SHA"));
        aes128 |= is128;
        aes256 |= is256;
        other |= !is128 && !is256;
    }
    struct tls_config *c = other ? NULL
                                 : tls_config_own(job->tls_min, job->tls_max, aes128, aes256,
                                                  rng_mix(job->plan.seed + thread));
    if (c == NULL)
        err_set(e, "--client own speaks TLS 1.0 to 1.2 with AES256-SHA and AES128-SHA alone");
    return c;
}

struct tls_config *load_tls(const struct load_job *job, uint32_t thread, struct err *e)
{
    if (job->own)
        return own_client(job, thread, e);
    struct tls_config *c =
        tls_config_new(false, view_of(NULL, 0), NULL, job->tls_min, job->tls_max);
    if (job->cipher == NULL || tls_config_ciphers(c, job->cipher))
        return c;
    tls_config_free(c);
    err_set(e, "--cipher %.200s: OpenSSL has no such cipher suite", job->cipher);
    return NULL;
}

static void *open_talks(struct worker *w)
{
    struct talks *t = reactor_take(sizeof *t);
    uint32_t phones = worker_phones(w);
    t->config = load_tls(w->job, w->index, NULL);
    CHECK(t->config != NULL); /* tried before the run */
    t->arena = arena_of(&sys_mem);
    if (w->job->connection == LOAD_PER_PHONE)
        t->of_phone = reactor_take(phones * sizeof(struct line *));
    else if (w->job->connection == LOAD_PER_REQUEST && w->job->resume)
        t->sessions = reactor_take(phones * sizeof(struct tls_session *));
    return t;
}

static void close_talks(struct worker *w)
{
    struct talks *t = talks_of(w);
    stream_drop_all(&w->reactor);
    reactor_reap(&w->reactor); /* connections go before their configuration */
    for (struct line *l = t->all; l != NULL;) {
        struct line *next = l->all_next;
        for (struct call *c = l->call != NULL ? l->call : l->first; c != NULL;) {
            struct call *behind = c == l->call ? l->first : c->next;
            reactor_give(c);
            c = behind;
        }
        tls_session_free(l->session);
        reactor_give(l);
        l = next;
    }
    for (uint32_t i = 0; t->sessions != NULL && i < worker_phones(w); i++)
        tls_session_free(t->sessions[i]);
    tls_config_free(t->config);
    arena_free(&t->arena);
    reactor_give(t->of_phone);
    reactor_give(t->sessions);
    reactor_give(t);
}

const struct client load_tvs = { open_talks, has_room, begin, close_talks };

/* ---- a look before the run ---- */

struct look {
    struct arena *arena;
    struct view der;
    bool done;
    struct err *e;
};

static void look_judge(struct stream *s)
{
    struct look *l = s->owner;
    l->der = arena_copy(l->arena, tls_peer_cert(s->tls));
    stream_judge(s, true);
}

static void look_opened(struct stream *s)
{
    struct look *l = s->owner;
    l->done = true;
    stream_finish(s);
}

static void look_nothing(struct stream *s)
{
    (void)s;
}

static void look_ended(struct stream *s, enum stream_end end)
{
    struct look *l = s->owner;
    int alert;
    enum load_fault fault = fault_of(s, end, &alert);
    l->done = true;
    l->der = view_of(NULL, 0);
    err_set(l->e, "no TLS handshake: %s%s%s", tally_fault_names[fault], alert >= 0 ? " " : "",
            alert >= 0 ? tally_alert_names[alert] : "");
}

static bool take_a_look(const struct load_job *job, struct arena *a, struct view *der,
                        struct err *e)
{
    static const struct stream_ops look_ops = { look_opened, look_judge, look_nothing, look_nothing,
                                                look_ended };
    struct look look = { .arena = a, .e = e };
    const struct stream_way way = { target_source(&job->target, 0), job->target.ip,
                                    job->target.port };
    struct load_job by_openssl = *job; /* one of our own holds no handshake */
    by_openssl.own = false;
    struct tls_config *config = load_tls(&by_openssl, 0, e);
    if (config == NULL)
        return false;
    struct reactor r;
    reactor_open(&r);
    reactor_enter(&r);
    struct stream *s = stream_connect_by(&r, &way, tls_new(config), TVS_MAX, &look_ops, &look);
    if (s != NULL)
        stream_deadline(s, job->timeout_us);
    else
        err_set(e, "no socket is left");
    while (s != NULL && !look.done)
        reactor_turn(&r);
    stream_drop_all(&r);
    reactor_reap(&r);
    reactor_leave(&r);
    reactor_close(&r);
    tls_config_free(config);
    *der = look.der;
    return look.der.p != NULL;
}

#define CERT_FILE_MOST 65536

bool load_tvs_certificate(struct load_job *job, const char *path, struct arena *a, struct err *e)
{
    struct view file;
    if (path == NULL && !take_a_look(job, a, &file, e))
        return err_prefix(e, "%s:%u", job->target.host, job->target.port);
    if (path != NULL && !sys_read_file(path, CERT_FILE_MOST, a, &file, e))
        return err_prefix(e, "--cert");
    if (!cert_from_file(file, a, &job->cert, e))
        return err_prefix(e, "%s", path == NULL ? "the certificate that the target shows" : path);
    const struct cert *c = &job->cert;
    struct view bytes, name = view_str("CP-0123456789012345678901234567890-SEP001121000000");
    struct tvs_msg m = job->query ? talk_tvs_query(name, 1, c->subject, c->issuer, c->serial)
                                  : talk_tvs_verify(name, 1, c->der);
    return talk_tvs_bytes(&m, a, &bytes) ||
           err_set(e, "a certificate or names that no TVS message holds");
}
