/* What CallManager says to a phone that shall start again, by SCCP and by SIP, and what a phone
 * makes of it. */
#include "sim/talk/reset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct talk_reset_to to = { .device = "SEP001121000000",
                                         .phone_ip = 0x7f000001,
                                         .server_ip = 0x7f00000b,
                                         .phone_port = 40000,
                                         .server_port = 5060,
                                         .number = 7 };

static bool heard(const char *message, enum reset_kind *kind)
{
    struct sip_msg m;
    size_t n = 0;
    assert_true(sip_whole(view_str(message), &n, NULL));
    assert_int_equal(n, strlen(message));
    assert_true(sip_decode(view_str(message), &m, NULL));
    return talk_reset_sip_heard(&m, kind);
}

static void by_sip(void **state)
{
    static const enum reset_kind kinds[] = { RESET_RESET, RESET_RESTART, RESET_APPLY };
    (void)state;
    for (int i = 0; i < 3; i++) {
        char text[TALK_RESET_ROOM + 1];
        struct wr w = wr_of((uint8_t *)text, TALK_RESET_ROOM);
        enum reset_kind kind = RESET_APPLY;
        talk_reset_sip(&to, kinds[i], &w);
        assert_false(w.over);
        text[w.n] = '\0';
        assert_non_null(strstr(text, "\r\nEvent: service-control\r\n"));
        assert_non_null(strstr(text, "NOTIFY sip:SEP001121000000@127.0.0.1:40000 SIP/2.0\r\n"));
        assert_true(heard(text, &kind));
        assert_int_equal(kind, i == 0 ? RESET_RESET : RESET_RESTART);
    }
}

/* However many were sent: a CSeq stays below 2^31 (RFC 3261, 8.1.1.5). */
static void of_any_number(void **state)
{
    static const uint32_t numbers[] = { 0, 0x7ffffffe, 0x7fffffff, UINT32_MAX };
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char text[TALK_RESET_ROOM + 1];
        struct wr w = wr_of((uint8_t *)text, TALK_RESET_ROOM);
        struct talk_reset_to other = to;
        enum reset_kind kind = RESET_APPLY;
        other.number = numbers[i];
        talk_reset_sip(&other, RESET_RESET, &w);
        text[w.n] = '\0';
        assert_true(heard(text, &kind));
        assert_int_equal(kind, RESET_RESET);
    }
}

#define HEAD(method)                                                                               \
    method " sip:x SIP/2.0\r\nVia: SIP/2.0/TCP x\r\nFrom: <sip:y>\r\nTo: <sip:x>\r\n"              \
           "Call-ID: 1\r\nCSeq: 1 " method "\r\n"

static void by_sip_otherwise(void **state)
{
    enum reset_kind kind;
    (void)state;
    assert_false(heard(HEAD("NOTIFY") "Content-Length: 0\r\n\r\n", &kind));
    assert_false(heard(HEAD("NOTIFY") "Content-Length: 13\r\n\r\naction=resets", &kind));
    assert_false(heard(HEAD("OPTIONS") "Content-Length: 12\r\n\r\naction=reset", &kind));
    assert_true(heard(HEAD("NOTIFY") "Content-Length: 18\r\n\r\naction=restart\nx=y", &kind));
    assert_int_equal(kind, RESET_RESTART);
}

static void by_sccp(void **state)
{
    static const enum reset_kind kinds[] = { RESET_RESET, RESET_RESTART, RESET_APPLY };
    (void)state;
    for (int i = 0; i < 3; i++) {
        uint8_t room[64];
        struct wr w = wr_of(room, sizeof room);
        struct sccp_msg m;
        enum reset_kind kind = RESET_APPLY;
        size_t n = 0;
        talk_reset_sccp(kinds[i], &w);
        assert_true(sccp_whole(view_of(room, w.n), &n, NULL));
        assert_int_equal(n, w.n);
        assert_true(sccp_decode(view_of(room, n), &m, NULL));
        assert_true(talk_reset_sccp_heard(&m, &kind));
        assert_int_equal(kind, i == 0 ? RESET_RESET : RESET_RESTART);
        m.value = 9;
        assert_false(talk_reset_sccp_heard(&m, &kind));
        m.value = SCCP_RESET_RESET;
        m.id = SCCP_KEEPALIVE_ACK;
        assert_false(talk_reset_sccp_heard(&m, &kind));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_sip),
        cmocka_unit_test(of_any_number),
        cmocka_unit_test(by_sip_otherwise),
        cmocka_unit_test(by_sccp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
