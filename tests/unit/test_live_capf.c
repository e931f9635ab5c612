/* CAPF of a node on real sockets, with a raw client that is no phone of the lab: keys that the lab
 * does not have, and what no phone would say. */
#include "tests/unit/live_client.h"

#include "nodes/capf.h"
#include "nodes/config.h"
#include "sim/talk/capf.h"

static struct arena room;
static struct keyring *strangers;

static struct lab *with_order(uint32_t by, const char *string)
{
    struct lab *lab = served(2);
    struct cluster *cl = &lab->state.clusters[0];
    struct capf_order order = { .operation = CAPF_INSTALL,
                                .by = (uint8_t)by,
                                .bits = 2048,
                                .string = content_str(lab->base->content, string) };
    for (uint32_t i = 0; i < 2; i++)
        assert_true(capf_order(cl, i, order, 10, lab_now_us(lab), NULL));
    room = arena_of(&sys_mem);
    return lab;
}

static void over(void)
{
    arena_free(&room);
    done();
}

static const struct device_class *row(uint32_t device)
{
    return config_class_of(&current.lab->state.clusters[0], device);
}

/* What CAPF says next; END with 99 where it closed instead. */
static struct capf_told hears(struct tls_client *c, uint32_t *session)
{
    static uint8_t in[CAPF_MAX];
    size_t n = 0, whole = 0;
    struct capf_msg m;
    struct capf_told told = { .says = CAPF_SAYS_END, .with = 99 };
    for (int i = 0; i < 2000 && whole == 0; i++) {
        tls_turn(c);
        n += tls_read(c->tls, in + n, sizeof in - n);
        assert_true(capf_whole(view_of(in, n), &whole, NULL));
        if (whole == 0 && c->closed)
            return told;
    }
    assert_int_equal(whole, n); /* it waits for us */
    assert_true(capf_decode(arena_copy(&room, view_of(in, n)), &m, NULL));
    if (*session == 0)
        *session = m.session;
    assert_true(talk_capf_heard(&m, *session, &told));
    return told;
}

/* Whatever the server shows is good. */
static struct tls_client open_at(uint16_t port)
{
    struct tls_client c = tls_dial(port);
    tls_until(&c, TLS_JUDGE);
    tls_judge(c.tls, true);
    tls_until(&c, TLS_OPEN);
    return c;
}

static struct tls_client comes(uint32_t *session)
{
    struct tls_client c = open_at(3804);
    *session = 0;
    assert_int_equal(hears(&c, session).says, TALK_CAPF_HELLO);
    assert_int_not_equal(*session, 0);
    return c;
}

static void says(struct tls_client *c, const struct capf_msg *m)
{
    struct view bytes;
    assert_true(talk_capf_bytes(m, &room, &bytes));
    assert_true(tls_write(c->tls, bytes));
    tls_turn(c);
}

static const char *name_of_phone(uint32_t phone)
{
    static char name[16];
    lab_phone_name(current.lab, phone, name);
    return name;
}

static const struct key *stranger(void)
{
    return keyring_key(strangers, "stranger", KEY_RSA_2048);
}

/* A client of somebody else's: its key is signed, by the CAPF that the node has in service. */
static void key_of_a_stranger(void **state)
{
    (void)state;
    struct lab *lab = with_order(CAPF_AUTH_PASSWORD, "4711");
    struct cert lsc, capf;
    uint32_t session, wrong;
    struct tls_client c = comes(&session);
    assert_true(cert_parse(tls_peer_cert(c.tls), &room, &capf, NULL));
    struct capf_msg m = talk_capf_auth(session, name_of_phone(0), view_str("4711"));
    says(&c, &m);
    struct capf_told told = hears(&c, &session);
    assert_int_equal(told.says, CAPF_SAYS_KEY);
    assert_int_equal(told.with, 2048);
    m = capf_msg_of(CAPF_REQUEST_IN_PROGRESS, session);
    says(&c, &m);
    m = talk_capf_key(session, stranger()->spki);
    says(&c, &m);
    told = hears(&c, &session);
    assert_int_equal(told.says, CAPF_SAYS_STORE);
    assert_true(cert_parse(told.certificate, &room, &lsc, NULL));
    assert_true(view_eq(lsc.public, stranger()->public));
    assert_true(view_eq(lsc.issuer, capf.subject));
    assert_true(cert_signed_by(&lsc, capf.public, &room));
    assert_int_equal(row(0)->capf.status, CAPF_PENDING);
    m = talk_capf_done(session, CAPF_SAYS_STORE, view_of(NULL, 0), CAPF_LSC);
    says(&c, &m);
    told = hears(&c, &session);
    assert_int_equal(told.says, CAPF_SAYS_END);
    assert_int_equal(told.with, CAPF_UPDATE_CERT);
    assert_int_equal(row(0)->capf.status, CAPF_UPGRADE_SUCCESS);
    /* The string of somebody else, and who is in no database, is told so; nothing is kept of it. */
    uint32_t count = lab->base->content->count;
    tls_hang_up(&c);
    c = comes(&session);
    m = talk_capf_auth(session, name_of_phone(1), view_str("never heard"));
    says(&c, &m);
    assert_int_equal(hears(&c, &session).with, CAPF_INVALID_ELEMENT);
    assert_int_equal(row(1)->capf.status, CAPF_UPGRADE_FAILED);
    tls_hang_up(&c);
    c = comes(&wrong);
    assert_int_not_equal(wrong, session);
    m = talk_capf_auth(wrong, "SEPFFFFFFFFFFFF", view_str("never heard"));
    says(&c, &m);
    assert_int_equal(hears(&c, &wrong).with, CAPF_UNKNOWN_DEVICE);
    assert_int_equal(lab->base->content->count, count);
    tls_hang_up(&c);
    over();
}

/* Somebody else's certificate proves nothing without its key, nor a proof of another session. */
static void proofs(void **state)
{
    (void)state;
    struct lab *lab = with_order(CAPF_AUTH_MIC, "");
    static const struct {
        bool names_other, other_session, no_signature, good;
    } rows[] = { { .names_other = true },
                 { .other_session = true },
                 { .no_signature = true },
                 { .good = true } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t session;
        struct capf_order order = { .operation = CAPF_INSTALL, .by = CAPF_AUTH_MIC, .bits = 2048 };
        assert_true(capf_order(&lab->state.clusters[0], 0, order, 10, lab_now_us(lab), NULL));
        struct tls_client c = comes(&session);
        struct forge_device phone = forge_device_of(0, name_of_phone(0)),
                            other = forge_device_of(1, name_of_phone(1));
        struct capf_msg m = talk_capf_auth(session, name_of_phone(0), view_str(""));
        forge_capf_proof(lab->base->forge, rows[i].names_other ? &other : &phone, CONTENT_MIC,
                         session + rows[i].other_session, &m, &room);
        if (rows[i].no_signature)
            m.signed_sha1 = view_of(NULL, 0);
        says(&c, &m);
        struct capf_told told = hears(&c, &session);
        assert_int_equal(told.says, rows[i].good ? CAPF_SAYS_KEY : CAPF_SAYS_END);
        assert_int_equal(told.with, rows[i].good ? 2048 : CAPF_INVALID_ELEMENT);
        tls_hang_up(&c);
    }
    over();
}

/* What is no answer ends the session, and leaves the order as it was. */
static void no_answers(void **state)
{
    (void)state;
    struct lab *lab = with_order(CAPF_AUTH_NULL_STRING, "");
    uint32_t session;
    for (int i = 0; i < 4; i++) {
        struct tls_client c = comes(&session);
        struct capf_msg m = talk_capf_auth(session + (i == 0), name_of_phone(0), view_str(""));
        says(&c, &m);
        if (i > 0)
            assert_int_equal(hears(&c, &session).says, CAPF_SAYS_KEY);
        if (i == 1)
            m = talk_capf_key(session, view_str("no key at all"));
        else if (i == 2)
            m = talk_capf_done(session, CAPF_SAYS_STORE, view_of(NULL, 0), CAPF_LSC);
        else
            m = capf_msg_of(CAPF_KEY_GEN_RES, session); /* it could not make one */
        if (i > 0)
            says(&c, &m);
        assert_int_equal(hears(&c, &session).with, CAPF_INVALID_ELEMENT);
        for (int k = 0; k < 500 && !c.closed; k++)
            tls_turn(&c);
        assert_true(c.closed);
        assert_int_equal(row(0)->capf.status, CAPF_PENDING);
        tls_hang_up(&c);
    }
    /* Bytes that are no message, and a client that goes in the middle. */
    struct tls_client c = comes(&session);
    assert_true(tls_write(c.tls, view_str("GET / HTTP/1.0\r\n\r\n")));
    for (int k = 0; k < 500 && !c.closed; k++)
        tls_turn(&c);
    assert_true(c.closed);
    tls_hang_up(&c);
    c = comes(&session);
    assert_true(tls_write(c.tls, view_of("\x55\x02\x00", 3)));
    tls_turn(&c);
    tls_hang_up(&c);
    for (int k = 0; k < 5; k++)
        turn();
    /* The real phones take the order up all the same. */
    act_reset(lab);
    assert_int_equal(row(0)->capf.status, CAPF_UPGRADE_SUCCESS);
    assert_int_equal(row(1)->capf.status, CAPF_UPGRADE_SUCCESS);
    assert_good_client();
    over();
}

/* A client without a certificate that registers over TLS is refused. */
static void registers_without_certificate(void **state)
{
    (void)state;
    (void)served(1);
    char text[1000];
    uint8_t in[4096];
    size_t n = 0;
    struct tls_client c = open_at(5061);
    snprintf(text, sizeof text,
             "REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bK1\r\n"
             "From: <sip:1@127.0.0.1>;tag=a\r\nTo: <sip:1@127.0.0.1>\r\nCall-ID: x\r\n"
             "CSeq: 101 REGISTER\r\nContact: <sip:1@127.0.0.1>;"
             "+u.sip!devicename.ccm.cisco.com=\"%s\"\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n",
             name_of_phone(0));
    assert_true(tls_write(c.tls, view_str(text)));
    for (int i = 0; i < 500 && strstr((char *)in, "403") == NULL; i++) {
        tls_turn(&c);
        n += tls_read(c.tls, in + n, sizeof in - 1 - n);
        in[n] = '\0';
    }
    assert_non_null(strstr((char *)in, "SIP/2.0 403 Forbidden"));
    tls_hang_up(&c);
    done();
}

static int make_strangers(void **state)
{
    (void)state;
    strangers = keyring_new(4711, keyring_default_cache());
    return 0;
}

static int free_strangers(void **state)
{
    (void)state;
    keyring_free(strangers);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(key_of_a_stranger), TEST(proofs), TEST(no_answers),
                                        TEST(registers_without_certificate) };
    return cmocka_run_group_tests(tests, make_strangers, free_strangers);
}
