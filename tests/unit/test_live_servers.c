/* The servers of the live driver, against clients that behave and clients that do not. */
#include "tests/unit/live_client.h"

#include "sim/wire/sip.h"
#include "sim/wire/tvs.h"

static void http_files(void **state)
{
    (void)state;
    static const enum file_kind kinds[] = { FILE_ITL,     FILE_ITL_COMMON, FILE_CNF,
                                            FILE_CNF_SGN, FILE_DEFAULT,    FILE_LOCALE_SGN,
                                            FILE_RINGLIST };
    struct arena a = arena_of(&sys_mem);
    char name[128], request[4096] = "";
    bool closed, whole;
    size_t at_byte = 0, count = sizeof kinds / sizeof kinds[0];
    served(2);
    /* All at once on one connection, then a missing file, a HEAD and the end. */
    for (size_t i = 0; i < count; i++) {
        name_of(kinds[i], 1, name);
        snprintf(request + strlen(request), sizeof request - strlen(request),
                 "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n", name);
    }
    snprintf(request + strlen(request), sizeof request - strlen(request),
             "GET /nothing HTTP/1.1\r\n\r\nHEAD /ITLFile.tlv HTTP/1.1\r\nConnection: "
             "close\r\n\r\n");
    int fd = dial(6970);
    say(fd, request, strlen(request));
    size_t n = hear(fd, heard, sizeof heard, 2 * SECOND, &closed);
    assert_true(closed);
    for (size_t i = 0; i < count; i++) {
        struct http_response r;
        struct view rest = view_of(heard + at_byte, n - at_byte), file = expected(kinds[i], 1, &a);
        assert_true(http_response_decode(rest, &whole, &r, NULL) && whole);
        assert_int_equal(r.status, 200);
        assert_int_equal(r.body, file.n);
        assert_true(view_eq(view_sub(rest, r.head, r.body), file));
        at_byte += r.head + r.body;
    }
    static const int last[] = { 503, 200 };
    for (int i = 0; i < 2; i++) {
        struct http_response r;
        assert_true(http_response_decode(view_of(heard + at_byte, n - at_byte), &whole, &r, NULL) &&
                    whole);
        assert_int_equal(r.status, last[i]);
        at_byte += r.head;
    }
    assert_int_equal(at_byte, n);
    close(fd);
    arena_free(&a);
    done();
}

/* ---- TFTP ---- */

static size_t tftp_get(int fd, const char *name, int32_t blksize, uint8_t *out)
{
    struct tftp_packet p;
    uint16_t port = 0;
    size_t n = 0, block = blksize > 0 ? (size_t)blksize : 512;
    put_rrq(fd, name, blksize);
    for (;;) {
        assert_true(get_packet(fd, &p, &port, 3 * SECOND));
        assert_int_not_equal(p.op, TFTP_ERROR);
        if (p.op == TFTP_OACK)
            assert_int_equal(p.blksize, blksize);
        bool end = p.op == TFTP_DATA && p.data.n < block;
        if (p.data.n > 0)
            memcpy(out + n, p.data.p, p.data.n);
        n += p.data.n;
        struct tftp_packet ack = { .op = TFTP_ACK, .block = p.op == TFTP_OACK ? 0 : p.block };
        put_packet(fd, &ack, port);
        if (end)
            return n;
    }
}

static void tftp_files(void **state)
{
    (void)state;
    static uint8_t file[1 << 20];
    struct arena a = arena_of(&sys_mem);
    char name[128];
    struct tftp_packet p;
    uint16_t port = 0, first = 0;
    served(2);
    name_of(FILE_CNF_SGN, 1, name);
    struct view wanted = expected(FILE_CNF_SGN, 1, &a);
    for (int i = 0; i < 3; i++) {
        static const int32_t sizes[] = { -1, 8, 1428 };
        int fd = udp();
        size_t n = tftp_get(fd, name, sizes[i], file);
        assert_true(view_eq(view_of(file, n), wanted));
        close(fd);
    }
    int fd = udp(), stray = udp();
    put_rrq(fd, "SEP000000000000.cnf.xml.sgn", -1);
    assert_true(get_packet(fd, &p, &port, SECOND));
    assert_int_equal(p.op, TFTP_ERROR);
    assert_int_equal(p.code, TFTP_ERR_NOT_FOUND);
    /* A request sent twice is one transfer; a stranger on its port is told so and harms nothing. */
    put_rrq(fd, name, -1);
    put_rrq(fd, name, -1);
    assert_true(get_packet(fd, &p, &first, SECOND));
    assert_int_equal(p.block, 1);
    assert_false(get_packet(fd, &p, &port, 200 * MS));
    struct tftp_packet ack = { .op = TFTP_ACK, .block = 1 };
    put_packet(stray, &ack, first);
    assert_true(get_packet(stray, &p, &port, SECOND));
    assert_int_equal(p.op, TFTP_ERROR);
    assert_int_equal(p.code, TFTP_ERR_TID);
    put_packet(fd, &ack, first);
    assert_true(get_packet(fd, &p, &port, SECOND));
    assert_int_equal(port, first);
    assert_int_equal(p.block, 2);
    assert_true(get_packet(fd, &p, &port, 2 * SECOND)); /* not acknowledged: again */
    assert_int_equal(p.block, 2);
    close(stray);
    close(fd);
    arena_free(&a);
    done();
}

/* Over the limit UDP is silent and HTTP says 503; busy is never "no such file". */
static void transfers_are_limited(void **state)
{
    (void)state;
    struct tftp_packet p;
    uint16_t port = 0;
    bool closed, whole;
    struct http_response r;
    struct lab *lab = served(1);
    int one = udp(), two = udp();
    lab_param(lab, 0, PARAM_MAX_SERVING, 1);
    put_rrq(one, "ITLFile.tlv", -1);
    assert_true(get_packet(one, &p, &port, SECOND));
    assert_int_equal(lab->state.clusters[0].nodes[0].run.transfers, 1);
    uint16_t ours = port;
    put_rrq(two, "ITLFile.tlv", -1);
    assert_false(get_packet(two, &p, &port, 300 * MS));
    int fd = dial(6970);
    static const char request[] = "GET /ITLFile.tlv HTTP/1.0\r\n\r\n";
    say(fd, request, sizeof request - 1);
    size_t n = hear(fd, heard, sizeof heard, SECOND, &closed);
    assert_true(http_response_decode(view_of(heard, n), &whole, &r, NULL) && whole);
    assert_int_equal(r.status, 503);
    close(fd);
    struct tftp_packet stop = { .op = TFTP_ERROR, .message = view_str("enough") };
    put_packet(one, &stop, ours);
    turn();
    assert_int_equal(lab->state.clusters[0].nodes[0].run.transfers, 0);
    put_rrq(two, "ITLFile.tlv", -1);
    assert_true(get_packet(two, &p, &port, SECOND));
    close(one);
    close(two);
    done();
}

/* A restart breaks transfers off, and each gives its place back, whichever protocol it had. */
static void a_restart_gives_transfers_back(void **state)
{
    (void)state;
    struct tftp_packet p;
    uint16_t port = 0;
    struct lab *lab = served(1);
    int one = udp(), two = udp();
    lab_param(lab, 0, PARAM_MAX_SERVING, 1);
    put_rrq(one, "ITLFile.tlv", -1);
    assert_true(get_packet(one, &p, &port, SECOND)); /* and is never acknowledged */
    assert_int_equal(lab->state.clusters[0].nodes[0].run.transfers, 1);
    act_service(lab, SERVICE_TFTP, DO_RESTART);
    turn();
    assert_int_equal(lab->state.clusters[0].nodes[0].run.transfers, 0);
    put_rrq(two, "ITLFile.tlv", -1);
    assert_true(get_packet(two, &p, &port, SECOND));
    assert_int_equal(p.op, TFTP_DATA);
    act_service(lab, SERVICE_TFTP, DO_RESTART);
    turn();
    assert_good_client(); /* over HTTP */
    close(one);
    close(two);
    done();
}

/* A transfer begun under another epoch gets no answer; what is stopped refuses. */
static void stopped_services(void **state)
{
    (void)state;
    static const uint16_t ports[] = { 6970, 2445, 5060, 5061, 8443 };
    struct tftp_packet p;
    uint16_t port = 0;
    struct lab *lab = served(1);
    int fd = udp();
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        int tcp = dial(ports[i]);
        assert_true(tcp >= 0);
        close(tcp);
    }
    put_rrq(fd, "ITLFile.tlv", -1);
    assert_true(get_packet(fd, &p, &port, SECOND));
    act_service(lab, SERVICE_TFTP, DO_RESTART);
    struct tftp_packet ack = { .op = TFTP_ACK, .block = 1 };
    put_packet(fd, &ack, port);
    assert_false(get_packet(fd, &p, &port, 1500 * MS));
    assert_good_client();
    act_service(lab, SERVICE_TFTP, DO_STOP);
    act_service(lab, SERVICE_TVS, DO_STOP);
    act_service(lab, SERVICE_CALLMANAGER, DO_STOP);
    act_service(lab, SERVICE_TOMCAT, DO_STOP);
    turn();
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
        assert_int_equal(dial(ports[i]), -1);
    close(fd);
    done();
}

static void count_files(void *ctx, uint32_t node, const struct ask *ask, enum ask_result result,
                        const struct event *answer, uint64_t now_us)
{
    (void)node, (void)result, (void)answer, (void)now_us;
    *(uint32_t *)ctx += ask->kind == ASK_FILE;
}

/* Listeners are opened by what runs, which is asked without serving anything. */
static void asking_what_runs_serves_nothing(void **state)
{
    (void)state;
    uint32_t files = 0;
    struct observer ear = { .ctx = &files, .ask = count_files };
    struct lab *lab = served(1);
    lab_observe(lab, &ear);
    act_service(lab, SERVICE_TFTP, DO_RESTART);
    turn();
    int fd = dial(6970);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(files, 0);
    assert_good_client();
    assert_true(files > 0);
    done();
}

/* ---- bad clients ---- */

static void bad_clients(void **state)
{
    (void)state;
    static const uint16_t ports[] = { 6970, 2445, 5060, 5061, 8443 };
    static const char *const rubbish[] = { "",
                                           "GET /ITLFile.tlv HT",
                                           "\x16\x03\x01\x02",
                                           "\r\n\r\n\r\n\r\n",
                                           "REGISTER sip:x SIP/2.0\r\nVia: x",
                                           "\x57\x01\x03",
                                           "POST / HTTP/1.1\r\n\r\n",
                                           "\x80\xff\x01\xff\xff\xff\xff\xff\xff\xff" };
    int fds[sizeof ports / sizeof ports[0] * (sizeof rubbish / sizeof rubbish[0])];
    size_t count = 0;
    bool closed;
    served(1);
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        for (size_t k = 0; k < sizeof rubbish / sizeof rubbish[0]; k++) {
            int fd = dial(ports[i]);
            assert_true(fd >= 0);
            say(fd, rubbish[k], strlen(rubbish[k]));
            fds[count++] = fd;
            if (count % 8 == 0)
                assert_good_client();
        }
    }
    int fd = udp();
    struct sockaddr_in tftp = at(live_tftp_port(current.lab->driver));
    static const char *const datagrams[] = { "", "\x01", "abcdefgh", "\xff\xff\xff\xff" };
    for (size_t i = 0; i < sizeof datagrams / sizeof datagrams[0]; i++)
        (void)sendto(fd, datagrams[i], strlen(datagrams[i]), 0, (const struct sockaddr *)&tftp,
                     sizeof tftp);
    assert_good_client();
    close(fd);
    for (size_t i = 0; i < count; i++) { /* bounded in time, every one, whatever they sent */
        hear(fds[i], heard, sizeof heard, 3 * SECOND, &closed);
        assert_true(closed);
        close(fds[i]);
    }
    done();
}

/* One byte at a time is still one request, and its time is counted from the last whole one. */
static void slow_client(void **state)
{
    (void)state;
    static const char request[] = "GET /ITLFile.tlv HTTP/1.1\r\n\r\n";
    bool closed = false;
    uint8_t byte;
    served(1);
    int fd = dial(6970);
    uint64_t begin = lab_now_us(current.lab);
    for (size_t i = 0; i < sizeof request - 1 && !closed; i++) {
        if (send(fd, request + i, 1, MSG_NOSIGNAL) != 1)
            break;
        hear(fd, &byte, 1, 30 * MS, &closed); /* 29 of them are more than the 300 ms allowed */
    }
    assert_true(closed);
    assert_true(lab_now_us(current.lab) - begin < SECOND);
    close(fd);
    assert_good_client();
    done();
}

/* More connections than allowed: the oldest go, a new one is always served. */
static void many_silent_clients(void **state)
{
    (void)state;
    int fds[40];
    bool closed;
    served(1);
    for (int i = 0; i < 40; i++) {
        fds[i] = dial(i % 2 == 0 ? 6970 : 2445);
        assert_true(fds[i] >= 0);
    }
    assert_good_client();
    hear(fds[0], heard, 1, 20 * MS, &closed);
    assert_true(closed);
    for (int i = 0; i < 40; i++)
        close(fds[i]);
    assert_good_client();
    done();
}

/* ---- what nodes say ---- */

static char said[256];

static void node_said(void *ctx, const struct trace_line *line)
{
    (void)ctx;
    if (line->what != TRACE_FAILURE)
        return;
    assert_int_equal(line->id, 0);
    snprintf(said, sizeof said, "%s", line->text);
}

static void listen_to_nodes(struct lab *lab)
{
    static struct observer ear;
    said[0] = '\0';
    ear = (struct observer){ .node = node_said };
    lab_observe(lab, &ear);
}

/* A list signed by a key of 384 bytes, for which the format has no code. */
static uint32_t list_that_cannot_be_made(struct content *c)
{
    struct ct_key k = { .label = content_str(c, "x"), .type = KEY_RSA_3072 };
    uint32_t name = content_str(c, "CN=x");
    uint32_t cert = content_cert(c, (struct ct_cert){ .subject = name,
                                                      .issuer = name,
                                                      .serial = content_str(c, "1"),
                                                      .key = content_key(c, &k),
                                                      .not_after_s = 1757679999,
                                                      .digest = DIGEST_SHA256 });
    struct ct_envelope by = { .cert = cert,
                              .signer = content_get_cert(c, cert)->signer,
                              .key = content_get_cert(c, cert)->key,
                              .signer_version = -1,
                              .digest = DIGEST_SHA256 };
    return content_list(c, false, &by, NULL, 0);
}

/* It is missing, by either protocol, and never empty; the node says why. */
static void a_file_that_cannot_be_made(void **state)
{
    (void)state;
    static const char request[] = "GET /ITLFile.tlv HTTP/1.0\r\n\r\n";
    struct tftp_packet p;
    struct http_response r;
    uint16_t port = 0;
    bool closed, whole = false;
    struct lab *lab = served(1);
    listen_to_nodes(lab);
    lab->state.clusters[0].nodes[0].run.itl = list_that_cannot_be_made(lab->base->content);
    int udp_fd = udp();
    put_rrq(udp_fd, "ITLFile.tlv", -1);
    assert_true(get_packet(udp_fd, &p, &port, SECOND));
    assert_int_equal(p.op, TFTP_ERROR);
    assert_int_equal(p.code, TFTP_ERR_NOT_FOUND);
    assert_non_null(strstr(said, "cannot make ITLFile.tlv: "));
    assert_non_null(strstr(said, "3072"));
    said[0] = '\0';
    int fd = dial(6970);
    say(fd, request, sizeof request - 1);
    size_t n = hear(fd, heard, sizeof heard, SECOND, &closed);
    assert_true(http_response_decode(view_of(heard, n), &whole, &r, NULL) && whole);
    assert_int_equal(r.status, 503);
    assert_non_null(strstr(said, "cannot make ITLFile.tlv: "));
    close(fd);
    close(udp_fd);
    done();
}

/* ---- TLS clients ---- */

/* The service shows what the node has in service, and the client has the last word. */
static void certificates_shown(void **state)
{
    (void)state;
    static const struct {
        uint16_t port;
        enum ask_kind ask;
    } rows[] = { { 2445, ASK_TVS_CERT }, { 5061, ASK_CCM_CERT }, { 8443, ASK_HTTPS_CERT } };
    struct lab *lab = served(1);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < 3; i++) {
            struct ask ask = { .kind = (uint8_t)rows[i].ask, .device = NO_DEVICE };
            struct event e = { 0 };
            lab->world.ask(lab->world.ctx, 0, &ask, lab_now_us(lab), &e);
            for (int accept = 0; accept < 2; accept++) {
                struct tls_client c = tls_dial(rows[i].port);
                tls_until(&c, TLS_JUDGE);
                assert_true(view_eq(tls_peer_cert(c.tls), forge_der(lab->base->forge, e.a)));
                tls_judge(c.tls, accept == 1);
                tls_until(&c, accept == 1 ? TLS_OPEN : TLS_FAILED);
                for (int k = 0; k < 50 && accept == 0 && !c.closed; k++)
                    tls_turn(&c);
                assert_int_equal(c.closed, accept == 0); /* our alert ended it there */
                tls_hang_up(&c);
            }
        }
        act_regenerate(lab, OWN_TVS);
        act_regenerate(lab, OWN_CALLMANAGER);
        act_regenerate(lab, OWN_TOMCAT);
        act_service(lab, SERVICE_TVS, DO_RESTART);
        act_service(lab, SERVICE_CALLMANAGER, DO_RESTART);
        act_service(lab, SERVICE_TOMCAT, DO_RESTART);
        turn();
    }
    assert_good_client();
    done();
}

static size_t tvs_put(struct wr *w, uint32_t cert, bool query, uint32_t session, bool known)
{
    struct lab *lab = current.lab;
    const struct ct_cert *k = content_get_cert(lab->base->content, cert);
    struct tvs_msg m = { .type = query ? TVS_QUERY_CERT_REQ : TVS_CERT_VERIFICATION_REQ,
                         .session = session,
                         .status = -1,
                         .ttl_s = -1,
                         .device = view_str("CP-8861-SEP001121000000") };
    if (query) {
        m.subject = content_get_text(lab->base->content, k->subject);
        m.issuer = content_get_text(lab->base->content, k->issuer);
        m.serial = known ? content_get_text(lab->base->content, k->serial) : view_str("\x01\x02");
    } else {
        m.certificate = forge_der(lab->base->forge, cert);
    }
    assert_true(tvs_encode(&m, w, NULL));
    assert_false(w->over);
    return w->n;
}

/* Both requests, four of them in one write; then what the lab does not know. */
static void tvs_answers(void **state)
{
    (void)state;
    static uint8_t out[1 << 16], in[1 << 16];
    struct lab *lab = served(1);
    uint32_t cert = lab->state.clusters[0].nodes[0].disk.own[OWN_CALLMANAGER];
    uint32_t texts = lab->base->content->count;
    struct wr w = wr_of(out, sizeof out);
    struct tls_client c = tls_dial(2445);
    tls_until(&c, TLS_JUDGE);
    tls_judge(c.tls, true);
    tls_until(&c, TLS_OPEN);
    tvs_put(&w, cert, true, 1, true);
    tvs_put(&w, cert, false, 2, true);
    tvs_put(&w, cert, true, 3, false);
    tvs_put(&w, cert, true, 4, true);
    assert_true(tls_write(c.tls, view_of(out, w.n)));
    size_t n = 0, at_byte = 0;
    for (uint32_t session = 1; session <= 4; session++) {
        size_t length = 0;
        struct tvs_msg m;
        for (int i = 0; i < 500 && length == 0; i++) {
            tls_turn(&c);
            n += tls_read(c.tls, in + n, sizeof in - n);
            assert_true(tvs_whole(view_of(in + at_byte, n - at_byte), &length, NULL));
        }
        assert_int_not_equal(length, 0);
        assert_true(tvs_decode(view_of(in + at_byte, length), &m, NULL));
        at_byte += length;
        assert_int_equal(m.session, session);
        assert_int_equal(m.type, session == 2 ? TVS_CERT_VERIFICATION_RES : TVS_QUERY_CERT_RES);
        assert_int_equal(m.status, session == 3 ? 1 : 0);
        assert_int_equal(m.ttl_s, session == 3 ? -1 : 86400);
        if (session == 1 || session == 4)
            assert_true(view_eq(m.certificate, forge_der(lab->base->forge, cert)));
    }
    assert_int_equal(lab->base->content->count, texts); /* nothing that a stranger asks is kept */
    tls_hang_up(&c);
    done();
}

/* A handshake that fails is a line of the node, with the reason. */
static void failed_handshakes(void **state)
{
    (void)state;
    listen_to_nodes(served(1));
    int fd = dial(2445);
    close(fd);
    turn();
    assert_string_equal(said, ""); /* asked for nothing */
    struct tls_client c = tls_dial(2445);
    tls_until(&c, TLS_JUDGE);
    tls_judge(c.tls, false);
    for (int i = 0; i < 500 && said[0] == '\0'; i++)
        tls_turn(&c);
    assert_string_equal(said, "TVS: TLS handshake failed: tlsv1 alert unknown ca");
    tls_hang_up(&c);
    said[0] = '\0';
    fd = dial(5061);
    say(fd, "REGISTER", 8);
    for (int i = 0; i < 500 && said[0] == '\0'; i++)
        turn();
    assert_memory_equal(said, "SIPS: TLS handshake failed: ", 28);
    close(fd);
    c = tls_dial(8443);
    tls_until(&c, TLS_JUDGE);
    said[0] = '\0';
    tls_hang_up(&c);
    for (int i = 0; i < 500 && said[0] == '\0'; i++)
        turn();
    assert_string_equal(said, "HTTPS: TLS handshake failed: the client hung up");
    done();
}

/* Who judges the certificate of HTTPS, or of CAPF, may ask others first: it has longer than a
 * request takes. */
static void judged_slowly(void **state)
{
    (void)state;
    static const struct {
        uint16_t port;
        bool longer;
    } rows[] = { { 8443, true }, { 3804, true }, { 2445, false }, { 5061, false } };
    struct lab *lab = served(1);
    struct tls_client c[4];
    for (int i = 0; i < 4; i++) {
        c[i] = tls_dial(rows[i].port);
        tls_until(&c[i], TLS_JUDGE);
    }
    lab_run_until(lab, lab_now_us(lab) + 900 * MS); /* silence ends a connection after 300 */
    for (int i = 0; i < 4; i++) {
        tls_judge(c[i].tls, true);
        if (rows[i].longer)
            tls_until(&c[i], TLS_OPEN);
        for (int k = 0; k < (rows[i].longer ? 20 : 500) && !c[i].closed; k++)
            tls_turn(&c[i]);
        assert_int_equal(c[i].closed, !rows[i].longer);
        tls_hang_up(&c[i]);
    }
    done();
}

static void https_page(void **state)
{
    (void)state;
    static const char request[] = "GET /ccmcip/xmldirectory.jsp HTTP/1.0\r\n\r\n";
    struct http_response r;
    bool whole = false;
    size_t n = 0;
    served(1);
    struct tls_client c = tls_dial(8443);
    tls_until(&c, TLS_JUDGE);
    tls_judge(c.tls, true);
    tls_until(&c, TLS_OPEN);
    assert_true(tls_write(c.tls, view_str(request)));
    for (int i = 0; i < 500 && tls_state(c.tls) == TLS_OPEN; i++)
        tls_turn(&c);
    n = tls_read(c.tls, heard, sizeof heard);
    assert_true(http_response_decode(view_of(heard, n), &whole, &r, NULL) && whole);
    assert_int_equal(r.status, 200);
    assert_int_equal(r.head + r.body, n);
    assert_int_equal(tls_state(c.tls), TLS_CLOSED); /* in order, not by a cut */
    tls_hang_up(&c);
    done();
}

/* Who asks and says goodbye in one breath hears nothing, and holds nothing until silence is over.
 */
static void asks_and_is_gone(void **state)
{
    (void)state;
    static const char request[] = "GET /ITLFile.tlv HTTP/1.1\r\nHost: a\r\n\r\n";
    struct setup s = { true, "12.5", 1, 1, 0, "8861", 0, false, false, NULL };
    struct lab *lab = booted(&s);
    struct tls_client c = tls_dial(6972);
    tls_until(&c, TLS_JUDGE);
    tls_judge(c.tls, true);
    tls_until(&c, TLS_OPEN);
    turn();
    assert_true(tls_write(c.tls, view_str(request)));
    tls_close(c.tls);
    uint64_t until = lab_now_us(lab) + 5 * SECOND; /* a silent one has 10 s */
    while (!c.closed && lab_now_us(lab) < until)
        tls_turn(&c);
    assert_true(c.closed);
    assert_int_equal(lab->state.clusters[0].nodes[0].run.transfers, 0);
    tls_hang_up(&c);
    done();
}

/* ---- SIP ---- */

static void sip_answers(void **state)
{
    (void)state;
    static const struct {
        const char *device;
        unsigned expires_s;
        int status;
        int64_t granted_s;
    } rows[] = { { "SEP001121000000", 3600, 200, 120 },
                 { "SEP001121000000", 0, 200, 0 },
                 { "SEPFFFFFFFFFFFF", 3600, 404, -1 } };
    served(1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t out[2048];
        struct wr w = wr_of(out, sizeof out);
        struct sip_register r = { .device = rows[i].device,
                                  .line = "1000",
                                  .uuid = "u",
                                  .local = "127.0.0.1",
                                  .server = "127.0.0.11",
                                  .local_port = 5555,
                                  .user_agent = "test",
                                  .model = 684,
                                  .call_id = "c",
                                  .branch = "z9hG4bK1",
                                  .tag = "t",
                                  .cseq = 1,
                                  .expires_s = rows[i].expires_s };
        sip_register_encode(&r, &w);
        int fd = dial(5060);
        struct sip_msg m;
        bool closed;
        size_t n, first = 0, second = 0;
        say(fd, out, w.n / 2); /* in two pieces */
        turn();
        say(fd, out + w.n / 2, w.n - w.n / 2);
        n = hear(fd, heard, sizeof heard, 200 * MS, &closed);
        assert_true(sip_whole(view_of(heard, n), &first, NULL) && first > 0);
        assert_true(sip_decode(view_of(heard, first), &m, NULL));
        assert_int_equal(m.status, 100);
        assert_true(sip_whole(view_of(heard + first, n - first), &second, NULL) && second > 0);
        assert_true(sip_decode(view_of(heard + first, second), &m, NULL));
        assert_int_equal(m.status, rows[i].status);
        assert_int_equal(m.expires_s, rows[i].granted_s);
        assert_int_equal(first + second, n);
        close(fd);
    }
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(http_files),
        TEST(tftp_files),
        TEST(transfers_are_limited),
        TEST(stopped_services),
        TEST(bad_clients),
        TEST(slow_client),
        TEST(many_silent_clients),
        TEST(certificates_shown),
        TEST(asking_what_runs_serves_nothing),
        TEST(tvs_answers),
        TEST(failed_handshakes),
        TEST(a_file_that_cannot_be_made),
        TEST(judged_slowly),
        TEST(asks_and_is_gone),
        TEST(https_page),
        TEST(sip_answers),
        TEST(a_restart_gives_transfers_back),
        TEST_WITH_WORKERS(stopped_services),
        TEST_WITH_WORKERS(bad_clients),
        TEST_WITH_WORKERS(slow_client),
        TEST_WITH_WORKERS(many_silent_clients),
        TEST_WITH_WORKERS(certificates_shown),
        TEST_WITH_WORKERS(tvs_answers),
        TEST_WITH_WORKERS(failed_handshakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
