/* Wire formats at their very limits: the last value that is taken and the first that is not, and
 * tables of words compared whole. */
#include "sim/base/rng.h"
#include "sim/wire/cnf.h"
#include "sim/wire/http.h"
#include "sim/wire/sip.h"
#include "sim/wire/text.h"
#include "sim/wire/tftp.h"
#include "sim/wire/tl.h"
#include "sim/wire/tvs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static char out[2 * SIP_MAX];

/* ---- text ---- */

/* Code points at the edge of each form, of the surrogates and of Unicode; XML has no U+FFFE. */
static void utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t taken;
    } rows[] = {
        { "\xc1\xbf", 0 },
        { "\xc2\x80", 2 },
        { "\xdf\xbf", 2 },
        { "\xe0\x9f\xbf", 0 },
        { "\xe0\xa0\x80", 3 },
        { "\xed\x9f\xbf", 3 },
        { "\xed\xa0\x80", 0 },
        { "\xed\xbf\xbf", 0 },
        { "\xee\x80\x80", 3 },
        { "\xef\xbf\xbd", 3 },
        { "\xef\xbf\xbe", 0 },
        { "\xef\xbf\xbf", 0 },
        { "\xf0\x8f\xbf\xbf", 0 },
        { "\xf0\x90\x80\x80", 4 },
        { "\xf4\x8f\xbf\xbf", 4 },
        { "\xf4\x90\x80\x80", 0 },
        { "\xf8\x88\x80\x80", 0 },
        { "\x80", 0 },
        { "\xc3", 0 },
        { "\xc3(", 0 },
        { "\xe2\x82", 0 },
        { "\xf0\x9f\x98", 0 },
        { "\xf0\x9f\x98\x80", 4 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(text_utf8((const uint8_t *)rows[i].text), rows[i].taken);
}

/* Bytes of no character are '?' each, all others stay. */
static void whole_text(void **state)
{
    (void)state;
    char text[] = "a\xff\xc3\xbc\xed\xa0\x80z\xf0\x9f\x98\x80\xc3";
    assert_ptr_equal(text_whole(text), text);
    assert_string_equal(text, "a?\xc3\xbc???z\xf0\x9f\x98\x80?");
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t max;
        bool ok;
        uint64_t value;
    } rows[] = {
        { "0", 0, true, 0 },
        { "1", 0, false, 0 },
        { "9", 9, true, 9 },
        { "10", 9, false, 0 },
        { "255", 255, true, 255 },
        { "256", 255, false, 0 },
        { "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
        { "18446744073709551616", UINT64_MAX, false, 0 },
        { "", 9, false, 0 },
        { "/", 9, false, 0 },
        { ":", 99, false, 0 },
        { "-0", 9, false, 0 },
        { "007", 7, true, 7 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t x = 0;
        assert_int_equal(text_number(view_str(rows[i].text), rows[i].max, &x), rows[i].ok);
        assert_true(x == rows[i].value);
    }
    static const struct {
        uint8_t c;
        int value;
    } hex[] = { { '/', -1 }, { '0', 0 },  { '9', 9 },  { ':', -1 }, { '@', -1 }, { 'A', 10 },
                { 'F', 15 }, { 'G', -1 }, { '`', -1 }, { 'a', 10 }, { 'f', 15 }, { 'g', -1 } };
    for (size_t i = 0; i < sizeof hex / sizeof hex[0]; i++)
        assert_int_equal(text_hex(hex[i].c), hex[i].value);
}

/* ---- HTTP ---- */

static bool http_taken(const char *text, struct http_request *r)
{
    struct err e = { "" };
    bool whole;
    return http_request_decode(view_str(text), &whole, r, &e) && whole;
}

static void http(void **state)
{
    (void)state;
    struct http_request r;
    struct err e = { "" };
    bool whole;
    assert_false(http_taken("GET http:// HTTP/1.1\r\n\r\n", &r));
    assert_true(http_taken("GET http://h HTTP/1.1\r\n\r\n", &r));
    assert_string_equal(r.name, "");
    assert_true(http_taken("GET /a%41%7e HTTP/1.1\r\n\r\n", &r));
    assert_string_equal(r.name, "aA~");
    assert_false(http_taken("GET /a%4?4 HTTP/1.1\r\n\r\n", &r));
    assert_false(http_taken("GET /%1f HTTP/1.1\r\n\r\n", &r));
    assert_true(http_taken("GET /%20 HTTP/1.1\r\n\r\n", &r));
    /* Nothing whole in HTTP_HEAD_MAX bytes; one less may still become it. */
    memset(out, 'a', sizeof out);
    assert_true(http_request_decode(view_of(out, HTTP_HEAD_MAX - 1), &whole, &r, &e));
    assert_false(http_request_decode(view_of(out, HTTP_HEAD_MAX), &whole, &r, &e));
    /* What needs no escape, at both ends of each range. */
    struct wr w = wr_of(out, sizeof out);
    http_request_encode("09azAZ/:@[`{-._~", "h", &w);
    wr_u8(&w, 0);
    assert_string_equal(out,
                        "GET /09azAZ/:@%5B%60%7B-._~ HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n");
}

/* ---- SIP ---- */

#define REQUEST "Via: v\r\nFrom: f\r\nTo: t\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n"

static bool sip_taken(const char *fields, size_t body, struct sip_msg *m)
{
    struct err e = { "" };
    int n = snprintf(out, sizeof out, "REGISTER sip:b SIP/2.0\r\n" REQUEST "%s\r\n", fields);
    memset(out + n, 'x', body);
    return sip_decode(view_of(out, (size_t)n + body), m, &e);
}

static void sip(void **state)
{
    (void)state;
    struct sip_msg m;
    assert_true(sip_taken("l: 0\r\nExpires: 4294967295\r\n", 0, &m));
    assert_int_equal(m.expires_s, UINT32_MAX);
    assert_false(sip_taken("l: 0\r\nExpires: 4294967296\r\n", 0, &m));
    assert_true(sip_taken("l: 0\r\nExpires: 0\r\n", 0, &m));
    assert_int_equal(m.expires_s, 0);
    assert_true(sip_taken("l: 0\r\n", 0, &m));
    assert_int_equal(m.expires_s, -1);
    /* SIP_MAX bytes with the body, and one more. */
    size_t head = sizeof "REGISTER sip:b SIP/2.0\r\n" REQUEST "l: 65536\r\n\r\n" - 1;
    char length[40];
    snprintf(length, sizeof length, "l: %zu\r\n", SIP_MAX - head);
    assert_true(sip_taken(length, SIP_MAX - head, &m));
    assert_int_equal(m.body.n, SIP_MAX - head);
    snprintf(length, sizeof length, "l: %zu\r\n", SIP_MAX - head + 1);
    assert_false(sip_taken(length, SIP_MAX - head + 1, &m));
}

static void sip_words(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *line;
    } rows[] = { { 100, "SIP/2.0 100 Trying\r\n" },
                 { 200, "SIP/2.0 200 OK\r\n" },
                 { 202, "SIP/2.0 202 Accepted\r\n" },
                 { 400, "SIP/2.0 400 Bad Request\r\n" },
                 { 403, "SIP/2.0 403 Forbidden\r\n" },
                 { 404, "SIP/2.0 404 Not Found\r\n" },
                 { 503, "SIP/2.0 503 Service Unavailable\r\n" },
                 { 699, "SIP/2.0 699 \r\n" } };
    static const char text[] =
        "REGISTER sip:b SIP/2.0\r\n" REQUEST "Contact: <sip:x>\r\nl: 0\r\n\r\n";
    struct sip_msg m;
    struct err e = { "" };
    assert_true(sip_decode(view_str(text), &m, &e));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wr w = wr_of(out, sizeof out);
        sip_response_encode(&m, rows[i].status, NULL, -1, &w);
        assert_memory_equal(out, rows[i].line, strlen(rows[i].line));
    }
    /* An end of registration is told with its Contact too; without a time there is none. */
    for (int64_t expires_s = -1; expires_s < 2; expires_s++) {
        struct wr w = wr_of(out, sizeof out);
        sip_response_encode(&m, 200, NULL, expires_s, &w);
        wr_u8(&w, 0);
        char want[32];
        snprintf(want, sizeof want, "Expires: %d\r\n", (int)expires_s);
        assert_int_equal(strstr(out, want) != NULL, expires_s >= 0);
        assert_int_equal(strstr(out, "Contact: <sip:x>\r\n") != NULL, expires_s >= 0);
    }
}

/* A device name of the length of SEP and a MAC that is none: 48 bits of its hash instead. */
static void sip_instance(void **state)
{
    (void)state;
    static const struct {
        const char *device;
        bool mac;
    } rows[] = { { "SEP0011215A1AE3", true },  { "SEP0011215A1AEG", false },
                 { "SEPG011215A1AE3", false }, { "SEP0011215A1AE", false },
                 { "BOT0011215A1AE3", false }, { "SEP0011215A1AE30", false } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sip_register r = { .device = rows[i].device,
                                  .line = "1",
                                  .uuid = "u",
                                  .local = "l",
                                  .server = "s",
                                  .user_agent = "a",
                                  .call_id = "c",
                                  .branch = "b",
                                  .tag = "t" };
        char want[100];
        if (rows[i].mac)
            snprintf(want, sizeof want, "0000-0000-%s>", "0011215a1ae3");
        else
            snprintf(
                want, sizeof want, "0000-0000-%012llx>",
                (unsigned long long)(rng_hash(0, view_str(rows[i].device)) & 0xffffffffffffULL));
        struct wr w = wr_of(out, sizeof out);
        sip_register_encode(&r, &w);
        wr_u8(&w, 0);
        assert_non_null(strstr(out, want));
    }
}

/* ---- TFTP ---- */

static const struct tftp_packet none = { .blksize = -1, .timeout_s = -1, .tsize = -1 };

static struct tftp_packet decoded(size_t n)
{
    struct tftp_packet p;
    struct err e = { "" };
    assert_true(tftp_decode(view_of(out, n), &p, &e));
    return p;
}

static void tftp_sender(void **state)
{
    (void)state;
    struct tftp_send s;
    struct tftp_packet rrq = none, ack = none;
    rrq.op = TFTP_RRQ;
    rrq.mode = view_str("octet");
    rrq.timeout_s = 1; /* the only option: still an OACK, and nothing that was not asked for */
    ack.op = TFTP_ACK;
    struct wr w = wr_of(out, sizeof out);
    tftp_send_start(&s, &rrq, view_str("12345678"), 5, &w);
    struct tftp_packet p = decoded(w.n);
    assert_int_equal(p.op, TFTP_OACK);
    assert_int_equal(p.timeout_s, 1);
    assert_true(p.blksize == -1 && p.tsize == -1);
    assert_int_equal(s.deadline_us, 1000005);
    /* The largest block, and one that would be larger. */
    for (int32_t more = 0; more < 2; more++) {
        rrq.blksize = TFTP_BLKSIZE_MAX + more;
        w = wr_of(out, sizeof out);
        tftp_send_start(&s, &rrq, view_str("12345678"), 5, &w);
        assert_int_equal(decoded(w.n).blksize, TFTP_BLKSIZE_MAX);
    }
    /* Each block has its own tries. */
    rrq = none;
    rrq.op = TFTP_RRQ;
    rrq.mode = view_str("octet");
    rrq.blksize = 8;
    w = wr_of(out, sizeof out);
    tftp_send_start(&s, &rrq, view_str("12345678"), 5, &w);
    for (uint16_t block = 0; block < 3; block++) {
        for (int try = 1; try < TFTP_TRIES; try++) {
            w = wr_of(out, sizeof out);
            tftp_send_timeout(&s, s.deadline_us, &w);
            p = decoded(w.n);
            assert_int_equal(p.op, block == 0 ? TFTP_OACK : TFTP_DATA);
            assert_int_equal(p.block, block);
            assert_int_equal(p.data.n, block == 1 ? 8 : 0);
        }
        ack.block = block;
        w = wr_of(out, sizeof out);
        tftp_send_packet(&s, &ack, 9, &w);
    }
    assert_true(s.done && !s.failed);
    assert_int_equal(w.n, 0);
    tftp_send_packet(&s, &ack, 9, &w); /* behind the end */
    assert_int_equal(w.n, 0);
}

static size_t receives(struct tftp_receive *r, uint16_t op, uint16_t block, size_t n)
{
    static const char data[600];
    struct tftp_packet p = none;
    p.op = op;
    p.block = block;
    p.data = view_of(data, n);
    struct wr w = wr_of(out, sizeof out);
    tftp_receive_packet(r, &p, 50, &w);
    return w.n;
}

static void tftp_receiver(void **state)
{
    (void)state;
    struct tftp_receive r;
    static char into[520];
    struct wr w = wr_of(out, sizeof out);
    tftp_receive_start(&r, view_str("x"), 0, into, sizeof into, 0, &w);
    assert_int_equal(receives(&r, TFTP_DATA, 0, 9), 0); /* before the first: nothing to repeat */
    assert_int_equal(receives(&r, TFTP_DATA, 1, 512), 4);
    assert_int_equal(receives(&r, TFTP_OACK, 0, 0), 0); /* too late */
    assert_false(r.failed);
    assert_int_equal(r.deadline_us, 500050);
    w = wr_of(out, sizeof out);
    tftp_receive_timeout(&r, 500049, &w);
    assert_int_equal(w.n, 0);
    for (int try = 1; try < TFTP_TRIES; try++) {
        w = wr_of(out, sizeof out);
        tftp_receive_timeout(&r, r.deadline_us, &w);
        assert_int_equal(decoded(w.n).block, 1);
    }
    assert_int_equal(receives(&r, TFTP_DATA, 2, 8), 4); /* exactly the room */
    assert_true(r.done && r.into.n == sizeof into);
    w = wr_of(out, sizeof out);
    tftp_receive_start(&r, view_str("x"), 0, into, sizeof into, 0, &w);
    assert_int_equal(receives(&r, TFTP_DATA, 1, 512), 4);
    receives(&r, TFTP_DATA, 2, 9);
    assert_int_equal(decoded(19).code, TFTP_ERR_FULL);
    assert_true(r.failed && r.into.n == 512);
}

/* ---- TVS, lists, configuration ---- */

static void tvs(void **state)
{
    (void)state;
    struct tvs_msg m = { .type = TVS_CERT_VERIFICATION_RES, .status = 255, .ttl_s = UINT32_MAX };
    struct err e = { "" };
    static const uint8_t roles[] = { 0, 4 };
    m.roles = view_of(roles, 2);
    static const struct {
        int status;
        int64_t ttl_s;
        const char *text;
    } rows[] = { { 255, UINT32_MAX, "" },
                 { 256, 1, "TVS message: status 256 does not fit a byte" },
                 { 0, (int64_t)UINT32_MAX + 1,
                   "TVS message: time to live 4294967296 does not fit 4 bytes" } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        m.status = rows[i].status;
        m.ttl_s = rows[i].ttl_s;
        struct wr w = wr_of(out, sizeof out);
        e.text[0] = '\0';
        assert_int_equal(tvs_encode(&m, &w, &e), rows[i].text[0] == '\0');
        assert_string_equal(e.text, rows[i].text);
    }
    /* An order that leaves out the second of the two that it needs. */
    m = (struct tvs_msg){ .type = TVS_QUERY_CERT_REQ, .status = -1, .ttl_s = -1 };
    m.issuer = m.subject = m.serial = view_str("x");
    m.order[0] = 3;
    m.order[1] = 4;
    struct wr w = wr_of(out, sizeof out);
    assert_false(tvs_encode(&m, &w, &e));
    assert_non_null(strstr(e.text, "in its order"));
    /* One byte more than the length of all elements can say. */
    static uint8_t large[65536];
    for (size_t n = 65532; n < 65534; n++) {
        m = (struct tvs_msg){ .type = TVS_CERT_VERIFICATION_REQ, .status = -1, .ttl_s = -1 };
        m.certificate = view_of(large, n);
        w = wr_of(out, sizeof out);
        assert_int_equal(tvs_encode(&m, &w, &e), n == 65532);
    }
}

static void configuration(void **state)
{
    (void)state;
    static const struct cnf_own own = { .device = "d", .line = "l", .uuid = "u" };
    struct cnf c;
    cnf_init(&c);
    assert_true(cnf_text(c.user_locale, sizeof c.user_locale, "English_United_States"));
    struct wr w = wr_of(out, sizeof out);
    cnf_write(&c, &own, &w);
    wr_u8(&w, 0);
    assert_non_null(strstr(out, "<userLocale>\n<name>English_United_States</name>\n"));
    assert_non_null(strstr(out, "<langCode>en_US</langCode>\n"));
    char room[4];
    assert_true(cnf_text(room, sizeof room, "abc"));
    assert_false(cnf_text(room, sizeof room, "abcd"));
    assert_string_equal(room, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8),          cmocka_unit_test(whole_text),
        cmocka_unit_test(numbers),       cmocka_unit_test(http),
        cmocka_unit_test(sip),           cmocka_unit_test(sip_words),
        cmocka_unit_test(sip_instance),  cmocka_unit_test(tftp_sender),
        cmocka_unit_test(tftp_receiver), cmocka_unit_test(tvs),
        cmocka_unit_test(configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
