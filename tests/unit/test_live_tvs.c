/* TVS on threads of its own says what the lab says, of every certificate, whatever was changed. */
#include "tests/unit/live_client.h"

#include "sim/talk/tvs.h"

#include <poll.h>

/* The reply to a message, over the connection. */
static struct tvs_told told(struct tls_client *c, const struct tvs_msg *m)
{
    static uint8_t in[1 << 16];
    struct arena a = arena_of(&sys_mem);
    struct tvs_msg reply;
    struct tvs_told t = { .status = 9 };
    struct view bytes;
    size_t n = 0, whole = 0;
    assert_true(talk_tvs_bytes(m, &a, &bytes) && tls_write(c->tls, bytes));
    for (int i = 0; i < 2000 && whole == 0; i++) {
        tls_turn(c);
        n += tls_read(c->tls, in + n, sizeof in - n);
        assert_true(tvs_whole(view_of(in, n), &whole, NULL));
    }
    assert_true(tvs_decode(view_of(in, whole), &reply, NULL) && talk_tvs_heard(m, &reply, &t));
    arena_free(&a);
    return t;
}

static struct event by_lab(enum ask_kind kind, uint32_t a, uint32_t b)
{
    struct lab *lab = current.lab;
    struct ask ask = { .kind = (uint8_t)kind, .device = 0, .a = a, .b = b };
    struct event e = { 0 };
    assert_int_equal(lab->world.ask(lab->world.ctx, 0, &ask, lab_now_us(lab), &e), ASK_ANSWERED);
    return e;
}

static void same(const struct tvs_told *t, const struct event *e)
{
    assert_int_equal(t->status, e->status);
    if (e->status != 0)
        return;
    assert_int_equal(t->roles, e->roles);
    assert_int_equal(t->ttl_s, e->b);
}

/* How many are trusted, of those that content has. */
static uint32_t every_certificate(void)
{
    struct content *k = current.lab->base->content;
    struct view name = view_str("CP-8861-SEP001121000000");
    struct tls_client c = tls_dial(2445);
    uint32_t trusted = 0;
    tls_until(&c, TLS_JUDGE);
    tls_judge(c.tls, true);
    tls_until(&c, TLS_OPEN);
    for (uint32_t id = 1; id < k->count; id++) {
        if (content_kind(k, id) != CT_CERT || forge_der(current.lab->base->forge, id).p == NULL)
            continue;
        const struct ct_cert *cert = content_get_cert(k, id);
        struct tvs_msg verify = talk_tvs_verify(name, id, forge_der(current.lab->base->forge, id));
        struct tvs_msg query =
            talk_tvs_query(name, id, content_get_text(k, cert->subject),
                           content_get_text(k, cert->issuer), content_get_text(k, cert->serial));
        struct event verified = by_lab(ASK_TVS_VERIFY, id, 0),
                     queried = by_lab(ASK_TVS_QUERY, cert->signer, id);
        struct tvs_told t = told(&c, &verify);
        same(&t, &verified);
        trusted += t.status == 0;
        t = told(&c, &query);
        same(&t, &queried);
        if (t.status == 0)
            assert_true(view_eq(t.certificate, forge_der(current.lab->base->forge, queried.a)));
    }
    tls_hang_up(&c);
    return trusted;
}

static void says_what_the_lab_says(void **state)
{
    (void)state;
    struct err e = { "" };
    struct setup s = { true, "12.5", 2, 2, 2, "8861", CNF_AUTHENTICATED, false, false, small };
    struct lab *lab = booted(&s);
    uint32_t before = every_certificate();
    assert_true(before > 4);
    assert_true(lab_regenerate(lab, 0, 1, OWN_CALLMANAGER, &e)); /* on the other node: replicated */
    lab_run_until(lab, lab_now_us(lab) + 100 * MS);
    assert_int_equal(every_certificate(), before);
    lab->state.clusters[0].db.params[PARAM_TVS_CTL_CACHE] = 0; /* nobody said so: the book stands */
    lab->driver->changed(lab->driver->self);
    uint32_t without_ctl = every_certificate();
    assert_true(without_ctl <= before);
    act_regenerate(lab, OWN_TVS);
    act_service(lab, SERVICE_TVS, DO_RESTART);
    quiet(lab);
    (void)every_certificate();
    done();
}

/* ---- what is told of workers ---- */

static uint32_t told_of;

static void count_tvs(void *ctx, const struct access *a, uint64_t now_us)
{
    (void)ctx, (void)now_us;
    told_of += strcmp(a->service, "TVS") == 0 && !a->handshake;
}

static void with_access(struct live_options *o)
{
    o->access = true;
}

/* By its own thread alone, without a turn of the driver. */
static void tls_blocking_until(struct tls_client *c, bool (*there)(struct tls_client *c))
{
    uint8_t piece[4096];
    size_t n;
    while (!there(c)) {
        while ((n = tls_take(c->tls, piece, sizeof piece)) > 0)
            assert_int_equal(send(c->fd, piece, n, MSG_NOSIGNAL), n);
        struct pollfd p = { .fd = c->fd, .events = POLLIN };
        assert_int_equal(poll(&p, 1, 20000), 1);
        ssize_t got = recv(c->fd, piece, sizeof piece, 0);
        assert_true(got > 0);
        tls_feed(c->tls, view_of(piece, (size_t)got));
        if (tls_state(c->tls) == TLS_JUDGE)
            tls_judge(c->tls, true);
    }
}

static bool is_open(struct tls_client *c)
{
    return tls_state(c->tls) == TLS_OPEN;
}

static bool has_reply(struct tls_client *c)
{
    uint8_t byte;
    return tls_read(c->tls, &byte, 1) == 1;
}

/* What a worker has answered is told before a run is over, though the driver had no turn for it:
 * after a signal there is no other. */
static void tells_all(void **state)
{
    (void)state;
    struct setup s = { true, "12.5", 1, 1, 0, "8861", 0, false, false, with_access };
    struct observer ear = { .access = count_tvs };
    struct lab *lab = booted(&s);
    struct arena a = arena_of(&sys_mem);
    struct tls_client c = tls_dial(2445);
    struct tvs_msg m = talk_tvs_query(view_str("CP-8861-SEP001121000000"), 1, view_str("CN=pub"),
                                      view_str("CN=pub"), view_of((const uint8_t *)"\x01\x02", 2));
    struct view bytes;
    lab_observe(lab, &ear);
    told_of = 0;
    tls_blocking_until(&c, is_open);
    assert_true(talk_tvs_bytes(&m, &a, &bytes) && tls_write(c.tls, bytes));
    tls_blocking_until(&c, has_reply);
    lab_run_until(lab, lab_now_us(lab));
    assert_int_equal(told_of, 1);
    lab_unobserve(lab, &ear);
    tls_hang_up(&c);
    arena_free(&a);
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(says_what_the_lab_says),
        TEST_WITH_WORKERS(says_what_the_lab_says),
        TEST_WITH_WORKERS(tells_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
