#include "sim/base/sys.h"
#include "sim/core/contract.h"
#include "sim/talk/capf.h"
#include "sim/talk/http.h"
#include "sim/talk/sip.h"
#include "sim/talk/tvs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct arena room;

/* Over the wire and back. */
static struct tvs_msg sent(const struct tvs_msg *m)
{
    struct tvs_msg out;
    struct view bytes;
    struct err e = { "" };
    assert_true(talk_tvs_bytes(m, &room, &bytes));
    if (!tvs_decode(bytes, &out, &e))
        fail_msg("%s", e.text);
    return out;
}

static struct tvs_msg query(uint32_t session)
{
    return talk_tvs_query(view_str("CP-8861-SEP0011215A1AE3"), session, view_str("CN=subject"),
                          view_str("CN=issuer"), view_str("\x01\x02"));
}

static void query_and_reply(void **state)
{
    (void)state;
    uint8_t roles[32];
    struct tvs_msg asked = query(77), at_tvs = sent(&asked);
    struct tvs_told told = { .roles = ROLE_BIT(7) | ROLE_BIT(21),
                             .ttl_s = 3600,
                             .certificate = view_str("0\x03\x02\x01\x05") },
                    heard;
    assert_true(view_eq(at_tvs.issuer, view_str("CN=issuer")));
    assert_true(view_eq(talk_tvs_device(at_tvs.device), view_str("SEP0011215A1AE3")));
    struct tvs_msg reply = talk_tvs_reply(&at_tvs, &told, roles), back = sent(&reply);
    assert_true(talk_tvs_heard(&asked, &back, &heard));
    assert_int_equal(heard.status, 0);
    assert_int_equal(heard.roles, told.roles);
    assert_int_equal(heard.ttl_s, 3600);
    assert_true(view_eq(heard.certificate, told.certificate));
}

static void verification_has_no_certificate_in_its_reply(void **state)
{
    (void)state;
    uint8_t roles[32];
    struct tvs_msg asked =
        talk_tvs_verify(view_str("CP-7965-SEP0011215A1AE3"), 5, view_str("0\x03\x02\x01\x05"));
    struct tvs_told told = { .ttl_s = 60, .certificate = view_str("not this") }, heard;
    struct tvs_msg reply = talk_tvs_reply(&asked, &told, roles), back = sent(&reply);
    assert_int_equal(back.type, TVS_CERT_VERIFICATION_RES);
    assert_true(talk_tvs_heard(&asked, &back, &heard));
    assert_int_equal(heard.certificate.n, 0);
    assert_int_equal(heard.ttl_s, 60);
}

/* Not trusted: nothing else is said. */
static void refusal_says_nothing_more(void **state)
{
    (void)state;
    uint8_t roles[32];
    struct tvs_msg asked = query(9);
    struct tvs_told told = { .status = 1,
                             .roles = ROLE_BIT(7),
                             .ttl_s = 60,
                             .certificate = view_str("0\x03\x02\x01\x05") },
                    heard;
    struct tvs_msg reply = talk_tvs_reply(&asked, &told, roles), back = sent(&reply);
    assert_int_equal(back.certificate.n, 0);
    assert_int_equal(back.ttl_s, -1);
    assert_true(talk_tvs_heard(&asked, &back, &heard));
    assert_int_equal(heard.status, 1);
    assert_int_equal(heard.roles, 0);
}

/* Of another session, or to the other kind of request: no reply to this one. */
static void reply_to_another_is_none(void **state)
{
    (void)state;
    uint8_t roles[32];
    struct tvs_msg asked = query(9), other = query(10),
                   verify = talk_tvs_verify(view_str("x"), 9, view_str("0\x03\x02\x01\x05"));
    struct tvs_told told = { .status = 1 }, heard;
    struct tvs_msg reply = talk_tvs_reply(&other, &told, roles);
    assert_false(talk_tvs_heard(&asked, &reply, &heard));
    reply = talk_tvs_reply(&verify, &told, roles);
    assert_false(talk_tvs_heard(&asked, &reply, &heard));
}

static void device_behind_the_last_dash(void **state)
{
    (void)state;
    assert_true(view_eq(talk_tvs_device(view_str("CP-7961G-GE-SEPA")), view_str("SEPA")));
    assert_true(view_eq(talk_tvs_device(view_str("SEPA")), view_str("SEPA")));
    assert_int_equal(talk_tvs_device(view_str("CP-")).n, 0);
    assert_int_equal(talk_tvs_device(view_of(NULL, 0)).n, 0);
}

/* Names that no message holds. */
static void too_long_for_a_message(void **state)
{
    (void)state;
    static uint8_t name[70000];
    struct view bytes;
    memset(name, 'x', sizeof name);
    struct tvs_msg m = talk_tvs_query(view_str("CP-8861-SEPA"), 1, view_of(name, sizeof name),
                                      view_str("CN=issuer"), view_str("\x01"));
    assert_false(talk_tvs_bytes(&m, &room, &bytes));
}

/* What a node says of a rejected phone is what the phone hears, for each reason. */
static void rejections_there_and_back(void **state)
{
    (void)state;
    static const char request[] = "REGISTER sip:127.0.0.1 SIP/2.0\r\n"
                                  "Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK1\r\n"
                                  "From: <sip:1@127.0.0.1>;tag=a\r\n"
                                  "To: <sip:1@127.0.0.1>\r\n"
                                  "Call-ID: x\r\n"
                                  "CSeq: 101 REGISTER\r\n"
                                  "Content-Length: 0\r\n\r\n";
    static const uint8_t reasons[] = { REJECT_UNKNOWN_DEVICE, REJECT_LSC,   REJECT_SECURITY,
                                       REJECT_GROUP,          REJECT_DATES, REJECT_OTHER };
    struct sip_msg asked, heard;
    assert_true(sip_decode(view_str(request), &asked, NULL));
    for (size_t i = 0; i < sizeof reasons; i++) {
        uint8_t text[2048];
        struct wr w = wr_of(text, sizeof text);
        talk_sip_reject(&asked, reasons[i], &w);
        assert_false(w.over);
        assert_true(sip_decode(view_of(text, w.n), &heard, NULL));
        assert_int_equal(talk_sip_reason(&heard), reasons[i]);
    }
}

/* Words of somebody else's server are read by the number. */
static void words_of_others(void **state)
{
    (void)state;
    struct sip_msg m = { .status = 404, .reason = view_str("Who?") };
    assert_int_equal(talk_sip_reason(&m), REJECT_UNKNOWN_DEVICE);
    m.status = 403;
    assert_int_equal(talk_sip_reason(&m), REJECT_SECURITY);
    for (m.status = 301; m.status < 700; m.status += 101)
        assert_int_equal(talk_sip_reason(&m), REJECT_OTHER);
    m.status = 200;
    assert_int_equal(talk_sip_reason(&m), REJECT_NONE);
}

/* ---- CAPF ---- */

static struct capf_msg carried(const struct capf_msg *m)
{
    struct capf_msg out;
    struct view bytes;
    struct err e = { "" };
    assert_true(talk_capf_bytes(m, &room, &bytes));
    if (!capf_decode(bytes, &out, &e))
        fail_msg("%s", e.text);
    return out;
}

/* Whatever CAPF says is heard as that, and by no other session. */
static void capf_says_and_is_heard(void **state)
{
    (void)state;
    struct capf_told all[] = {
        { .says = TALK_CAPF_HELLO },
        { .says = CAPF_SAYS_KEY, .with = 2048 },
        { .says = CAPF_SAYS_STORE, .certificate = view_str("0\x03\x02\x01\x05") },
        { .says = CAPF_SAYS_FETCH },
        { .says = CAPF_SAYS_DELETE },
        { .says = CAPF_SAYS_END, .with = CAPF_UNKNOWN_DEVICE },
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct capf_msg m = talk_capf_say(7, &all[i]), at_phone = carried(&m);
        struct capf_told heard;
        assert_true(talk_capf_heard(&at_phone, 7, &heard));
        assert_int_equal(heard.says, all[i].says);
        assert_int_equal(heard.with, all[i].with);
        assert_true(view_eq(heard.certificate, all[i].certificate));
        assert_false(talk_capf_heard(&at_phone, 8, &heard));
        /* Its own words are no answer to it. */
        assert_int_equal(talk_capf_came(&at_phone, 7, all[i].says), CAPF_CAME_OTHER);
    }
    struct capf_msg phones = talk_capf_key(7, view_str("key"));
    struct capf_told heard;
    assert_false(talk_capf_heard(&phones, 7, &heard));
}

static void capf_answers(void **state)
{
    (void)state;
    struct view der = view_str("0\x03\x02\x01\x05"), none = { NULL, 0 };
    static const uint8_t all[] = { TALK_CAPF_HELLO, CAPF_SAYS_KEY,    CAPF_SAYS_STORE,
                                   CAPF_SAYS_FETCH, CAPF_SAYS_DELETE, CAPF_SAYS_END };
    const struct {
        uint8_t said;
        struct capf_msg answer;
    } rows[] = {
        { TALK_CAPF_HELLO, talk_capf_auth(7, "SEP0011215A1AE3", view_str("4711")) },
        { CAPF_SAYS_KEY, talk_capf_key(7, view_str("key")) },
        { CAPF_SAYS_STORE, talk_capf_done(7, CAPF_SAYS_STORE, none, CAPF_LSC) },
        { CAPF_SAYS_FETCH, talk_capf_done(7, CAPF_SAYS_FETCH, der, CAPF_MIC) },
        { CAPF_SAYS_FETCH, talk_capf_done(7, CAPF_SAYS_FETCH, none, CAPF_LSC) },
        { CAPF_SAYS_DELETE, talk_capf_done(7, CAPF_SAYS_DELETE, none, CAPF_LSC) },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct capf_msg at_capf = carried(&rows[i].answer);
        for (size_t k = 0; k < sizeof all; k++)
            assert_int_equal(talk_capf_came(&at_capf, 7, all[k]),
                             all[k] == rows[i].said ? CAPF_CAME_ANSWER : CAPF_CAME_OTHER);
        assert_int_equal(talk_capf_came(&at_capf, 6, rows[i].said), CAPF_CAME_OTHER);
        assert_int_equal(talk_capf_came(&at_capf, 7, 200), CAPF_CAME_OTHER);
    }
    assert_int_equal(rows[4].answer.reason, CAPF_INVALID_ELEMENT); /* nothing to show */
    struct capf_msg m = carried(&rows[3].answer);
    assert_true(view_eq(m.certificate, der));
    assert_int_equal(m.certificate_kind, CAPF_MIC);
}

/* At work, and what could not be done. */
static void capf_waits_and_fails(void **state)
{
    (void)state;
    struct capf_msg m = capf_msg_of(CAPF_REQUEST_IN_PROGRESS, 7);
    assert_int_equal(talk_capf_came(&m, 7, CAPF_SAYS_KEY), CAPF_CAME_WAIT);
    m = capf_msg_of(CAPF_KEY_GEN_RES, 7);
    m.reason = CAPF_INVALID_ELEMENT;
    assert_int_equal(talk_capf_came(&m, 7, CAPF_SAYS_KEY), CAPF_CAME_FAILED);
    m = capf_msg_of(CAPF_STORE_CERT_RES, 7);
    m.reason = CAPF_INVALID_ELEMENT;
    assert_int_equal(talk_capf_came(&m, 7, CAPF_SAYS_STORE), CAPF_CAME_FAILED);
}

static int take_room(void **state)
{
    (void)state;
    room = arena_of(&sys_mem);
    return 0;
}

static void http_is_asked_and_refused(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        enum talk_http_came came;
        int status;
        size_t length;
    } rows[] = {
        { "", TALK_HTTP_MORE, 0, 0 },
        { "GET /a HTTP/1.1\r\n", TALK_HTTP_MORE, 0, 0 },
        { "GET /a HTTP/1.1\r\n\r\nGET", TALK_HTTP_ASKS, 200, 19 },
        { "HEAD /a HTTP/1.0\r\n\r\n", TALK_HTTP_ASKS, 200, 20 },
        { "POST /a HTTP/1.1\r\n\r\n", TALK_HTTP_REFUSE, 405, 20 },
        { "GET a\r\n\r\n", TALK_HTTP_REFUSE, 400, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct talk_http t = talk_http_next(view_str(rows[i].in));
        assert_int_equal(t.came, rows[i].came);
        assert_int_equal(t.status, rows[i].status);
        if (t.came != TALK_HTTP_MORE)
            assert_int_equal(t.request.length, rows[i].length);
    }
    uint8_t head[200];
    struct wr w = wr_of(head, sizeof head);
    struct http_response back;
    bool whole = false;
    talk_http_page(&(struct http_request){ .get = true, .keep_alive = true }, 17, "text/plain", &w);
    assert_true(http_response_decode(view_of(head, w.n), &whole, &back, NULL) && whole);
    assert_true(back.status == 200 && back.body == 17 && !back.close && back.head == w.n);
    w = wr_of(head, sizeof head);
    talk_http_page(&(struct http_request){ .get = true }, 0, "text/plain", &w);
    assert_true(http_response_decode(view_of(head, w.n), &whole, &back, NULL) && back.close);
}

static int free_room(void **state)
{
    (void)state;
    arena_free(&room);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(query_and_reply),
        cmocka_unit_test(verification_has_no_certificate_in_its_reply),
        cmocka_unit_test(refusal_says_nothing_more),
        cmocka_unit_test(reply_to_another_is_none),
        cmocka_unit_test(device_behind_the_last_dash),
        cmocka_unit_test(too_long_for_a_message),
        cmocka_unit_test(rejections_there_and_back),
        cmocka_unit_test(words_of_others),
        cmocka_unit_test(capf_says_and_is_heard),
        cmocka_unit_test(capf_answers),
        cmocka_unit_test(capf_waits_and_fails),
        cmocka_unit_test(http_is_asked_and_refused),
    };
    return cmocka_run_group_tests(tests, take_room, free_room);
}
