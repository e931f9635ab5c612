#include "sim/load/lines.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/load/roster.h"
#include "sim/load/secure.h"
#include "sim/net/net.h"

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
    uint32_t asked;        /* on this connection */
    struct line *next;     /* of the idle ones, or of the spare ones */
    struct line *all_next; /* of all there ever were */
};

struct talks {
    struct tls_config *configs[ROSTER_KINDS]; /* by the model; of one kind the first */
    struct line *idle, *spare, *all;
    struct line **of_phone;        /* LOAD_PER_PHONE: by worker_phone() */
    struct tls_session **sessions; /* LOAD_PER_REQUEST with resume: likewise */
    struct arena arena;            /* of one message */
};

#define UNSENT_MAX 65536 /* bytes that a server did not take yet: it is told no more */

static const struct stream_ops ops;

void lines_device(const struct load_job *job, uint32_t phone, char name[LINES_DEVICE])
{
    if (job->fleet != NULL && job->fleet->names != NULL)
        snprintf(name, LINES_DEVICE, "%s", job->fleet->names[phone]);
    else
        snprintf(name, LINES_DEVICE, "SEP%012" PRIX64, LINES_MAC + phone);
}

static const struct exchange *exchange_of(const struct worker *w)
{
    return w->job->client->exchange;
}

static bool is_secure(const struct worker *w)
{
    return exchange_of(w)->tls || w->job->secure;
}

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
    struct tls_session *s =
        l->w->job->resume && l->stream->tls != NULL ? tls_session_take(l->stream->tls) : NULL;
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

/* Who shows a certificate of its own has a configuration of its own; NULL: without TLS. */
static struct tls *tls_of(const struct line *l)
{
    const struct load_job *job = l->w->job;
    uint32_t phone = l->call->phone, kind = job->fleet == NULL ? 0 : job->fleet->kind_of[phone];
    struct tls_config *shared = talks_of(l->w)->configs[kind], *own = NULL;
    if (!is_secure(l->w))
        return NULL;
    if (job->badges != NULL)
        own = load_tls(job, l->w->index, kind, &job->badges[phone], NULL);
    struct tls *tls = tls_resume(own != NULL ? own : shared, job->resume ? l->session : NULL);
    tls_config_free(own); /* the connection keeps what it needs */
    return tls;
}

/* False: this machine has no socket for it. */
static bool connect_line(struct line *l)
{
    struct worker *w = l->w;
    const struct target *t = &w->job->target;
    const struct stream_way way = { target_source(t, l->call->phone), t->ip, t->port };
    struct tls *tls = tls_of(l);
    l->asked = 0;
    l->connect_us = reactor_clock_us();
    l->phase = l->call->phase;
    worker_connects(w, l->phase);
    l->stream = stream_connect_by(&w->reactor, &way, tls, exchange_of(w)->most, &ops, l);
    if (l->stream != NULL)
        stream_deadline(l->stream, w->job->timeout_us);
    return l->stream != NULL;
}

static struct asking asking_of(const struct line *l)
{
    struct asking a = { .job = l->w->job, .number = l->session_number, .before = l->asked };
    a.phone = l->call == NULL ? 0 : l->call->phone;
    if (exchange_of(l->w)->own_end)
        net_local(l->stream->fd, &a.ip, &a.port);
    return a;
}

static void send_request(struct line *l)
{
    struct talks *t = talks_of(l->w);
    l->session_number++;
    struct asking a = asking_of(l);
    struct arena_mark mark = arena_mark(&t->arena);
    stream_write(l->stream, exchange_of(l->w)->request(&a, &t->arena));
    arena_rewind(&t->arena, mark);
    l->asked++;
}

/* Its time counts from here: what a new connection takes is part of it.  Also of all that wait
 * behind it, as long as no socket is to be had. */
static void ask(struct line *l)
{
    if (l->stream != NULL) {
        stream_deadline(l->stream, l->w->job->timeout_us);
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

bool lines_have_room(const struct worker *w, const struct call *c)
{
    struct talks *t = talks_of(w);
    if (w->job->connection == LOAD_KEEP && t->idle != NULL)
        return true;
    const struct line *l =
        w->job->connection == LOAD_PER_PHONE ? t->of_phone[worker_phone(w, c->phone)] : NULL;
    return (l != NULL && (l->stream != NULL || is_busy(l))) || worker_has_room(w);
}

void lines_begin(struct worker *w, struct call *c)
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
    if (s->tls != NULL)
        worker_shook(l->w, l->phase, tls_resumed(s->tls), reactor_clock_us() - l->connect_us);
    if (l->call != NULL)
        send_request(l);
}

/* `over`: the connection ends behind its reply. */
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

/* A message that is no answer to what was asked. */
static void goes_on(struct line *l, size_t n)
{
    struct talks *t = talks_of(l->w);
    struct arena_mark mark = arena_mark(&t->arena);
    if (exchange_of(l->w)->say != NULL && stream_unsent(l->stream) < UNSENT_MAX)
        stream_write(l->stream,
                     exchange_of(l->w)->say(view_sub(stream_in(l->stream), 0, n), &t->arena));
    arena_rewind(&t->arena, mark);
    stream_consume(l->stream, n);
}

static void input(struct stream *s)
{
    struct line *l = s->owner;
    bool over = stream_eof(s);
    for (;;) {
        struct view in = stream_in(s);
        struct asking a = asking_of(l);
        size_t n = 0;
        enum heard heard = in.n == 0 ? HEARD_MORE : exchange_of(l->w)->reply(&a, in, &n);
        bool answer = heard == HEARD_YES || heard == HEARD_NO;
        if (heard == HEARD_WRONG || (answer && l->call == NULL)) {
            bad_reply(l);
            return;
        }
        if (heard == HEARD_MORE)
            break;
        if (heard == HEARD_ON) {
            goes_on(l, n);
            continue;
        }
        stream_consume(s, n);
        answered(l, heard == HEARD_YES, over || (heard == HEARD_NO && exchange_of(l->w)->leaves));
        return;
    }
    if (over) {
        stream_finish(s);
        gone(l);
    }
}

static void drained(struct stream *s)
{
    (void)s;
}

enum load_fault lines_fault(const struct stream *s, enum stream_end end, int *alert)
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
    enum load_fault fault = lines_fault(s, end, &alert);
    l->stream = NULL;
    if (l->call != NULL)
        fail(l, fault, alert);
    else
        worker_reconnects(l->w, l->phase);
}

static const struct stream_ops ops = { opened, judge, input, drained, ended };

/* ---- life ---- */

void *lines_open(struct worker *w)
{
    struct talks *t = reactor_take(sizeof *t);
    uint32_t phones = worker_phones(w);
    for (uint32_t k = 0; is_secure(w) && k < load_tls_kinds(w->job); k++) {
        t->configs[k] = load_tls(w->job, w->index, k, NULL, NULL);
        CHECK(t->configs[k] != NULL); /* tried before the run */
    }
    t->arena = arena_of(&sys_mem);
    if (w->job->connection == LOAD_PER_PHONE)
        t->of_phone = reactor_take(phones * sizeof(struct line *));
    else if (w->job->connection == LOAD_PER_REQUEST && w->job->resume)
        t->sessions = reactor_take(phones * sizeof(struct tls_session *));
    return t;
}

void lines_close(struct worker *w)
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
    for (uint32_t k = 0; k < ROSTER_KINDS; k++)
        tls_config_free(t->configs[k]);
    arena_free(&t->arena);
    reactor_give(t->of_phone);
    reactor_give(t->sessions);
    reactor_give(t);
}
