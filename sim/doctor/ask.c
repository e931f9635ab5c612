#include "sim/doctor/ask.h"

#include "sim/base/sys.h"
#include "sim/net/stream.h"
#include "sim/talk/tvs.h"
#include "sim/wire/text.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

void ask_open(struct ask *a, struct arena *arena, uint64_t wait_us)
{
    *a = (struct ask){ .arena = arena, .wait_us = wait_us };
    reactor_open(&a->reactor);
}

void ask_close(struct ask *a)
{
    stream_drop_all(&a->reactor);
    reactor_close(&a->reactor);
}

/* What was begun inside the reactor comes to its end: everything has a deadline. */
static void until(struct ask *a, const bool *done)
{
    while (!*done) {
        reactor_turn(&a->reactor);
        reactor_reap(&a->reactor);
    }
}

/* ---- names ---- */

static bool look_up(const char *host, uint32_t *ip, struct err *e)
{
    struct addrinfo wanted = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found = NULL;
    int error = getaddrinfo(host, NULL, &wanted, &found);
    if (error != 0)
        return err_set(e, "%s: no IPv4 address: %s", host, gai_strerror(error));
    struct sockaddr_in a;
    memcpy(&a, found->ai_addr, sizeof a);
    *ip = ntohl(a.sin_addr.s_addr);
    freeaddrinfo(found);
    return true;
}

bool ask_address(const char *text, uint32_t *ip, uint16_t *port, struct err *e)
{
    char host[256];
    const char *colon = strrchr(text, ':');
    size_t n = colon == NULL ? strlen(text) : (size_t)(colon - text);
    uint64_t number;
    if (n == 0 || n >= sizeof host || memchr(text, ':', n) != NULL)
        return err_set(e, "\"%.200s\": HOST or HOST:PORT was expected, IPv4", text);
    memcpy(host, text, n);
    host[n] = '\0';
    if (colon != NULL) {
        if (!text_number(view_str(colon + 1), 65535, &number) || number == 0)
            return err_set(e, "\"%.200s\": a port from 1 to 65535 was expected", text);
        *port = (uint16_t)number;
    }
    *ip = text_address(host);
    return *ip != 0 || look_up(host, ip, e);
}

/* ---- files ---- */

struct asking {
    struct ask *ask;
    struct fetched *got;
    bool done;
};

static void file_done(void *owner, const struct fetched *got)
{
    struct asking *q = owner;
    *q->got = *got;
    q->got->bytes = got->bytes.p != NULL ? arena_copy(q->ask->arena, got->bytes) : got->bytes;
    q->done = true;
}

bool ask_file(struct ask *a, bool http, uint32_t ip, uint16_t port, const char *name,
              struct fetched *got)
{
    if (a->requests == ASK_REQUESTS)
        return false;
    a->requests++;
    struct asking q = { a, got, false };
    struct fetch_request order = {
        .ip = ip, .port = port, .name = name, .limit = ASK_FILE_MAX, .wait_us = a->wait_us
    };
    reactor_enter(&a->reactor);
    if (http)
        fetch_http(&a->reactor, &order, file_done, &q);
    else
        fetch_tftp(&a->reactor, &order, file_done, &q);
    until(a, &q.done);
    reactor_leave(&a->reactor);
    return true;
}

/* ---- TVS ---- */

struct talk {
    struct ask *ask;
    struct ask_tvs *t;
    struct tvs_msg request; /* the one under way */
    bool done;
};

static void talk_over(struct talk *k, struct stream *s)
{
    k->done = true;
    stream_finish(s);
}

static void talk_broken(struct talk *k, struct stream *s, const char *why)
{
    k->t->end = ASK_BROKEN;
    err_set(&k->t->why, "%s", why);
    talk_over(k, s);
}

/* Asks the next thing, where there is one and the bound allows it. */
static void talk_on(struct talk *k, struct stream *s, const struct tvs_msg *reply)
{
    struct tvs_msg request;
    struct view bytes;
    const struct tvs_msg *asked = reply != NULL ? &k->request : NULL;
    bool more = k->t->next(k->t, asked, reply, &request);
    if (!more || k->ask->requests == ASK_REQUESTS) {
        talk_over(k, s);
        return;
    }
    k->request = request;
    if (!talk_tvs_bytes(&k->request, k->ask->arena, &bytes)) {
        talk_over(k, s); /* names that no message holds */
        return;
    }
    k->ask->requests++;
    stream_deadline(s, k->ask->wait_us);
    stream_write(s, bytes);
}

static void keep_cert(struct talk *k, struct stream *s)
{
    struct view der = tls_peer_cert(s->tls);
    if (der.p != NULL && k->t->der.p == NULL)
        k->t->der = arena_copy(k->ask->arena, der);
}

/* The doctor looks at every certificate, and judges it afterwards. */
static void tvs_judge(struct stream *s)
{
    keep_cert(s->owner, s);
    stream_judge(s, true);
}

static void tvs_opened(struct stream *s)
{
    struct talk *k = s->owner;
    keep_cert(k, s);
    k->t->end = ASK_TALKED;
    const char *cipher = tls_cipher(s->tls);
    k->t->cipher = cipher == NULL ? NULL : arena_text(k->ask->arena, view_str(cipher));
    talk_on(k, s, NULL);
}

static void tvs_input(struct stream *s)
{
    struct talk *k = s->owner;
    struct tvs_msg m;
    struct err e = { "" };
    size_t n = 0;
    if (!tvs_whole(stream_in(s), &n, &e)) {
        talk_broken(k, s, e.text);
    } else if (n == 0) {
        if (stream_eof(s))
            talk_broken(k, s, "it closed the connection without an answer");
    } else if (!tvs_decode(view_sub(stream_in(s), 0, n), &m, &e)) {
        talk_broken(k, s, e.text);
    } else {
        struct view copy = arena_copy(k->ask->arena, view_sub(stream_in(s), 0, n));
        stream_consume(s, n);
        if (tvs_decode(copy, &m, &e)) /* the same bytes, which stay */
            talk_on(k, s, &m);
    }
}

static void tvs_ended(struct stream *s, enum stream_end end)
{
    struct talk *k = s->owner;
    bool talked = k->t->end == ASK_TALKED;
    const char *tls = tls_why(s->tls);
    k->done = true;
    if (s->received == 0) { /* nothing ever came, not even half a handshake */
        k->t->end = end == STREAM_REFUSED ? ASK_REFUSED : ASK_SILENT;
        return;
    }
    k->t->end = ASK_BROKEN;
    if (end == STREAM_LATE)
        err_set(&k->t->why, talked ? "no answer to the request" : "the handshake stood still");
    else if (tls != NULL && tls[0] != '\0')
        err_set(&k->t->why, "TLS: %s", tls);
    else
        err_set(&k->t->why, "it broke the connection off");
}

static void nothing(struct stream *s)
{
    (void)s;
}

static const struct stream_ops tvs_ops = { tvs_opened, tvs_judge, tvs_input, nothing, tvs_ended };

bool ask_tvs(struct ask *a, uint32_t ip, uint16_t port, struct ask_tvs *t)
{
    if (a->handshakes == ASK_HANDSHAKES)
        return false;
    a->handshakes++;
    struct talk k = { .ask = a, .t = t };
    reactor_enter(&a->reactor);
    struct tls_config *config = tls_config_new(false, view_of(NULL, 0), NULL, TLS_1_0, TLS_1_3);
    struct stream *s = config == NULL
                           ? NULL
                           : stream_connect(&a->reactor, ip, port, config, TVS_MAX, &tvs_ops, &k);
    tls_config_free(config); /* the connection keeps what it needs */
    if (s != NULL) {
        stream_deadline(s, a->wait_us);
        until(a, &k.done);
    } else {
        t->end = ASK_BROKEN;
        err_set(&t->why, "no socket is to be had");
    }
    reactor_leave(&a->reactor);
    return true;
}
