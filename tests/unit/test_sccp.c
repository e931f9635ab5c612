/* SCCP messages (sim/wire/sccp) and the registration that both sides make of them (sim/talk/sccp).
 * The bytes are those that Wireshark 4.0 reads as the message and fields named here. */
#include "sim/core/contract.h"
#include "sim/talk/sccp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static uint8_t room[SCCP_MAX];

static struct view encoded(const struct sccp_msg *m)
{
    struct wr w = wr_of(room, sizeof room), measure = wr_measure();
    sccp_encode(m, &w);
    sccp_encode(m, &measure);
    assert_false(w.over);
    assert_int_equal(measure.n, w.n);
    return view_of(room, w.n);
}

static struct sccp_msg decoded(struct view v)
{
    struct sccp_msg m;
    struct err e = { "" };
    if (!sccp_decode(v, &m, &e))
        fail_msg("%s", e.text);
    return m;
}

static void is_text(struct view v, const char *text)
{
    assert_true(view_eq(v, view_str(text)));
}

/* What a phone of the lab sends first: Wireshark reads "RegisterReq, DeviceName SEP001121000005,
 * stationIpAddr 127.0.0.1, Device Type 7965 (0x1b4), Maximum Number of Concurrent RTP Streams 5".
 */
static void golden_register(void **state)
{
    (void)state;
    static const uint8_t golden[] = {
        48,  0,   0,   0,   0,   0,   0,   0,   1,   0,   0,   0,                      /* header */
        'S', 'E', 'P', '0', '0', '1', '1', '2', '1', '0', '0', '0', '0',  '0', '5', 0, /* device */
        0,   0,   0,   0,   0,   0,   0,   0,   127, 0,   0,   1,   0xb4, 1,   0,   0,
        5,   0,   0,   0,   0,   0,   0,   0,   11,  0,   0,   0,
    };
    struct sccp_msg m = { .id = SCCP_REGISTER,
                          .device = view_str("SEP001121000005"),
                          .address = 0x7f000001,
                          .device_type = 436,
                          .max_streams = 5,
                          .protocol = 11 };
    assert_true(view_eq(encoded(&m), view_of(golden, sizeof golden)));
    m = decoded(view_of(golden, sizeof golden));
    is_text(m.device, "SEP001121000005");
    assert_int_equal(m.address, 0x7f000001);
    assert_int_equal(m.device_type, 436);
    assert_int_equal(m.max_streams, 5);
    assert_int_equal(m.protocol, 11);
}

/* "RegisterAck, keepAliveInterval 30, dateTemplate D/M/YA, secondaryKeepAliveInterval 60,
 * maxProtocolVer 11". */
static void golden_answers(void **state)
{
    (void)state;
    static const uint8_t golden[] = {
        24, 0, 0,  0, 0, 0, 0,  0, 0x81, 0, 0, 0, 30, 0, 0, 0, 'D', '/', 'M',  '/', 'Y', 'A',
        0,  0, 60, 0, 0, 0, 11, 0, 0,    0, 4, 0, 0,  0, 0, 0, 0,   0,   0x9b, 0,   0,   0,
    };
    struct wr w = wr_of(room, sizeof room);
    talk_sccp_answer(REJECT_NONE, &w);
    assert_true(view_eq(view_of(room, w.n), view_of(golden, sizeof golden)));
    static const uint8_t keepalive[] = { 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
                         ack[] = { 4, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0 };
    w = wr_of(room, sizeof room);
    talk_sccp_bare(SCCP_KEEPALIVE, &w);
    assert_true(view_eq(view_of(room, w.n), view_of(keepalive, sizeof keepalive)));
    struct sccp_msg m = decoded(view_of(room, w.n));
    w = wr_of(room, sizeof room);
    talk_sccp_reply(&m, &(struct talk_sccp_station){ .wall_s = 0 }, &w);
    assert_true(view_eq(view_of(room, w.n), view_of(ack, sizeof ack)));
}

/* Phones of before, and clients that send less, or more, than this program does. */
static void shorter_and_longer(void **state)
{
    (void)state;
    struct sccp_msg m = { .id = SCCP_REGISTER,
                          .device = view_str("SEP001121000005"),
                          .device_type = 7,
                          .features = 0x1234,
                          .rest = view_str("0123456789") };
    struct view v = encoded(&m);
    struct sccp_msg back = decoded(v);
    is_text(back.rest, "0123456789");
    assert_int_equal(back.features, 0x1234);
    room[0] = 4 + 32; /* of a 12 SP+: nothing behind the device type */
    back = decoded(view_of(room, 8 + 4 + 32));
    assert_int_equal(back.device_type, 7);
    assert_int_equal(back.features, 0);
    assert_null(back.rest.p);
    struct err e = { "" };
    room[0] = 4 + 31;
    assert_false(sccp_decode(view_of(room, 8 + 4 + 31), &back, &e));
    assert_non_null(strstr(e.text, "RegisterReq with a body of 31 bytes, expected 32"));
    /* A text that fills its field has no NUL, one that ends with the message neither. */
    m = (struct sccp_msg){ .id = SCCP_REGISTER_REJECT,
                           .text = view_str("0123456789012345678901234567890123456789") };
    back = decoded(encoded(&m));
    is_text(back.text, "01234567890123456789012345678901");
    room[0] = 4 + 3;
    back = decoded(view_of(room, 8 + 4 + 3));
    is_text(back.text, "012");
}

static void framing(void **state)
{
    (void)state;
    struct sccp_msg m = { .id = SCCP_RESET, .value = SCCP_RESET_RESTART };
    struct view v = encoded(&m);
    size_t n = 1;
    for (size_t cut = 0; cut < v.n; cut++) {
        assert_true(sccp_whole(view_sub(v, 0, cut), &n, NULL));
        assert_int_equal(n, 0);
        assert_false(sccp_decode(view_sub(v, 0, cut), &m, NULL));
    }
    assert_true(sccp_whole(v, &n, NULL));
    assert_int_equal(n, v.n);
    assert_int_equal(decoded(v).value, SCCP_RESET_RESTART);
    static const struct {
        uint32_t length;
        bool good;
    } lengths[] = { { 0, false },
                    { 3, false },
                    { 4, true },
                    { SCCP_MAX - 8, true },
                    { SCCP_MAX - 7, false },
                    { UINT32_MAX, false } };
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct err e = { "" };
        uint8_t head[4];
        for (int k = 0; k < 4; k++)
            head[k] = (uint8_t)(lengths[i].length >> 8 * k);
        assert_int_equal(sccp_whole(view_of(head, 4), &n, &e), lengths[i].good);
        assert_int_equal(e.text[0] == '\0', lengths[i].good);
        assert_int_equal(n, 0);
    }
    assert_string_equal(sccp_name(SCCP_REGISTER), "RegisterReq");
    assert_null(sccp_name(0x7777));
}

/* What a message of an id that nobody knows holds is kept as it is. */
static void unknown(void **state)
{
    (void)state;
    struct sccp_msg m = { .id = 0x7777, .version = 22, .rest = view_str("body") };
    struct sccp_msg back = decoded(encoded(&m));
    assert_int_equal(back.id, 0x7777);
    assert_int_equal(back.version, 22);
    is_text(back.rest, "body");
    struct wr w = wr_of(room, sizeof room);
    talk_sccp_reply(&back, &(struct talk_sccp_station){ .wall_s = 0 }, &w);
    assert_int_equal(w.n, 0);
}

/* The next message in `room`, from *at on. */
static struct sccp_msg next(size_t *at, size_t n)
{
    size_t length;
    struct view in = view_of(room + *at, n - *at);
    assert_true(sccp_whole(in, &length, NULL) && length > 0);
    *at += length;
    return decoded(view_sub(in, 0, length));
}

static void a_phone_registers(void **state)
{
    (void)state;
    struct sccp_phone p = { "SEP001121000005", "SCCP45.9-4-2SR3-1S", 0x7f000001, 436, 20000 };
    struct wr w = wr_of(room, sizeof room);
    size_t at = 0;
    talk_sccp_register(&p, &w);
    struct sccp_msg m = next(&at, w.n);
    assert_int_equal(m.id, SCCP_ALARM);
    is_text(m.text, "25: Name=SEP001121000005 Load=SCCP45.9-4-2SR3-1S Last=Initialized");
    m = next(&at, w.n);
    assert_int_equal(m.id, SCCP_REGISTER);
    is_text(m.device, "SEP001121000005");
    m = next(&at, w.n);
    assert_int_equal(m.id, SCCP_IP_PORT);
    assert_int_equal(m.value, 20000);
    assert_int_equal(at, w.n);
    w = wr_of(room, sizeof room);
    talk_sccp_capabilities(&w);
    m = decoded(view_of(room, w.n));
    assert_int_equal(m.value, 2);
    assert_int_equal(m.rest.n, 32);
}

/* What a node says is what the phone hears, for each reason. */
static void answers_there_and_back(void **state)
{
    (void)state;
    for (uint32_t reason = REJECT_NONE; reason < REJECT_REASONS; reason++) {
        struct wr w = wr_of(room, sizeof room);
        size_t at = 0;
        uint32_t heard = 99;
        talk_sccp_answer(reason, &w);
        struct sccp_msg m = next(&at, w.n);
        assert_true(talk_sccp_reason(&m, &heard));
        assert_int_equal(heard, reason);
        if (reason != REJECT_NONE)
            continue;
        assert_int_equal(m.keepalive_s, 30);
        m = next(&at, w.n);
        assert_int_equal(m.id, SCCP_CAPABILITIES_REQ);
        assert_false(talk_sccp_reason(&m, &heard));
    }
    struct sccp_msg other = { .id = SCCP_REGISTER_REJECT, .text = view_str("Nobody home") };
    uint32_t heard;
    assert_true(talk_sccp_reason(&other, &heard));
    assert_int_equal(heard, REJECT_OTHER);
}

/* What else a phone asks: 2026-03-14 06:07:08 was a Saturday. */
static void replies(void **state)
{
    (void)state;
    static const struct {
        uint32_t asked, answered;
        size_t bytes;
    } rows[] = {
        { SCCP_BUTTON_TEMPLATE_REQ, SCCP_BUTTON_TEMPLATE_RES, 12 + 12 + 84 },
        { SCCP_SOFT_KEY_TEMPLATE_REQ, SCCP_SOFT_KEY_TEMPLATE_RES, 12 + 12 + 32 * 20 },
        { SCCP_SOFT_KEY_SET_REQ, SCCP_SOFT_KEY_SET_RES, 12 + 12 + 16 * 48 },
        { SCCP_UNREGISTER, SCCP_UNREGISTER_ACK, 12 + 4 },
        { SCCP_VERSION_REQ, SCCP_VERSION_RES, 12 + 16 },
        { SCCP_FORWARD_STAT_REQ, SCCP_FORWARD_STAT_RES, 12 + 8 + 3 * (4 + 24) },
        { SCCP_SPEED_DIAL_STAT_REQ, SCCP_SPEED_DIAL_STAT_RES, 12 + 4 + 24 + 40 },
        { SCCP_LINE_STAT_REQ, SCCP_LINE_STAT_RES, 12 + 4 + 24 + 2 * 40 + 4 },
        { SCCP_CONFIG_STAT_REQ, SCCP_CONFIG_STAT_RES, 12 + 16 + 8 + 2 * 40 + 8 },
        { SCCP_TIME_DATE_REQ, SCCP_TIME_DATE_RES, 12 + 36 },
    };
    const struct talk_sccp_station station = { "SEP0011215A1AE3", "1000", 1773468428 };
    struct sccp_msg m;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wr w = wr_of(room, sizeof room);
        talk_sccp_reply(&(struct sccp_msg){ .id = rows[i].asked, .value = 1 }, &station, &w);
        m = decoded(view_of(room, w.n));
        assert_int_equal(m.id, rows[i].answered);
        assert_int_equal(w.n, rows[i].bytes);
        if (m.id == SCCP_LINE_STAT_RES)
            assert_string_equal((const char *)m.rest.p, "1000");
        if (m.id == SCCP_CONFIG_STAT_RES)
            assert_true(view_eq(m.device, view_str("SEP0011215A1AE3")));
    }
    static const uint16_t date[] = { 2026, 3, 6, 14, 6, 7, 8, 0 };
    for (size_t i = 0; i < sizeof date / sizeof date[0]; i++)
        assert_int_equal(m.rest.p[4 * i] | m.rest.p[4 * i + 1] << 8, date[i]);
    /* It has one line; and nobody is registered yet who could have a name. */
    static const uint16_t nobody[] = { SCCP_LINE_STAT_REQ, SCCP_CONFIG_STAT_REQ };
    for (size_t i = 0; i < 2; i++) {
        struct wr w = wr_of(room, sizeof room);
        const struct talk_sccp_station none = { NULL, i == 0 ? "1000" : NULL, 0 };
        struct sccp_msg q = { .id = nobody[i], .value = 2 }, back;
        talk_sccp_reply(&q, &none, &w);
        back = decoded(view_of(room, w.n));
        assert_int_equal(back.device.n, 0);
        assert_int_equal(back.rest.p[i == 0 ? 0 : 8], 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_register),
        cmocka_unit_test(golden_answers),
        cmocka_unit_test(shorter_and_longer),
        cmocka_unit_test(framing),
        cmocka_unit_test(unknown),
        cmocka_unit_test(a_phone_registers),
        cmocka_unit_test(answers_there_and_back),
        cmocka_unit_test(replies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
