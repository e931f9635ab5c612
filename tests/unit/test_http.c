#include "sim/wire/http.h"
#include "sim/wire/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static char out[HTTP_HEAD_MAX * 4];

/* --- text helpers ----------------------------------------------------------------------------- */

static void text_helpers(void **state)
{
    (void)state;
    uint64_t x = 7;
    assert_true(text_number(view_str("18446744073709551615"), UINT64_MAX, &x));
    assert_true(x == UINT64_MAX);
    assert_false(text_number(view_str("18446744073709551616"), UINT64_MAX, &x));
    assert_true(text_number(view_str("000255"), 255, &x));
    assert_int_equal(x, 255);
    assert_false(text_number(view_str("256"), 255, &x));
    assert_true(text_number(view_str("5"), 5, &x));
    assert_false(text_number(view_str("6"), 5, &x));
    assert_false(text_number(view_str(""), 5, &x));
    assert_false(text_number(view_str(" 1"), 5, &x));
    assert_false(text_number(view_str("+1"), 5, &x));
    assert_int_equal(x, 5);
    assert_true(text_same(view_str("cOnTeNt-1"), "CoNtEnT-1"));
    assert_false(text_same(view_str("[x"), "{x")); /* only letters have a case */
    assert_false(text_same(view_str("ab"), "abc"));
    assert_true(view_eq(text_trim(view_str(" \t\r\n a b \r\n")), view_str("a b")));
    assert_int_equal(text_trim(view_str(" \t")).n, 0);
    assert_true(text_token(view_str("REGISTER")));
    assert_true(text_token(view_str("a!#$%&'*+-.^_`|~Z09")));
    assert_false(text_token(view_str("")));
    assert_false(text_token(view_str("a b")));
    assert_false(text_token(view_str("a:b")));
    assert_false(text_token(view_of("a\0b", 3)));
    assert_false(text_token(view_str("\xe4")));
    assert_int_equal(text_hex('f'), 15);
    assert_int_equal(text_hex('A'), 10);
    assert_int_equal(text_hex('g'), -1);
    struct view v = view_str("a,b"), line;
    assert_true(view_eq(text_cut(&v, ','), view_str("a")));
    assert_true(view_eq(text_cut(&v, ','), view_str("b")));
    assert_int_equal(text_cut(&v, ',').n, 0);
    v = view_str("one\r\ntwo\nthree");
    assert_true(text_line(&v, &line) && view_eq(line, view_str("one")));
    assert_true(text_line(&v, &line) && view_eq(line, view_str("two")));
    assert_false(text_line(&v, &line));
}

/* --- requests --------------------------------------------------------------------------------- */

static const struct good {
    const char *text;
    const char *name;
    bool get, head, keep_alive;
} good[] = {
    /* curl 7.88 */
    { "GET /ITLFile.tlv HTTP/1.1\r\nHost: 127.0.0.1:6970\r\nUser-Agent: curl/7.88.1\r\n"
      "Accept: */*\r\n\r\n",
      "ITLFile.tlv", true, false, true },
    { "HEAD /x HTTP/1.1\r\n\r\n", "x", false, true, true },
    { "POST /x HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "x", false, false, false },
    { "POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\n", "x", false, false, false },
    { "PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "x", false, false, false },
    { "GET /x HTTP/1.0\r\n\r\n", "x", true, false, false },
    { "GET /x HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "x", true, false, true },
    { "GET /x HTTP/1.1\r\nconnection:  foo ,CLOSE\r\n\r\n", "x", true, false, false },
    { "GET /x HTTP/1.1\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", "x", true, false,
      false },
    { "GET /x HTTP/1.1\n\n", "x", true, false, true },
    { "\r\nGET /x HTTP/1.1\r\n\r\n", "x", true, false, true },
    { "GET /New_Zealand/g3-tones.xml.sgn HTTP/1.1\r\n\r\n", "New_Zealand/g3-tones.xml.sgn", true,
      false, true },
    { "GET /a%20b%2Fc%2f%C3%bc HTTP/1.1\r\n\r\n", "a b/c/\xc3\xbc", true, false, true },
    { "GET / HTTP/1.1\r\n\r\n", "", true, false, true },
    { "GET /x?y=/../z HTTP/1.1\r\n\r\n", "x", true, false, true },
    { "GET http://127.0.0.1:6970/a/b HTTP/1.1\r\n\r\n", "a/b", true, false, true },
    { "GET https://cucm:6971/a/b HTTP/1.1\r\nHost: cucm\r\n\r\n", "a/b", true, false, true },
    { "GET /.hidden/..x/... HTTP/1.1\r\n\r\n", ".hidden/..x/...", true, false, true },
};

/* Every part of a good message is no message yet, and no error; with more behind it, the same. */
static void requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct view v = view_str(good[i].text);
        struct http_request r;
        struct err e = { "" };
        bool whole;
        for (size_t n = 0; n < v.n; n++) {
            assert_true(http_request_decode(view_of(v.p, n), &whole, &r, &e));
            assert_false(whole);
        }
        snprintf(out, sizeof out, "%s\x01garbage", good[i].text);
        for (int more = 0; more < 2; more++) {
            memset(&r, 0xaa, sizeof r);
            if (!http_request_decode(more ? view_str(out) : v, &whole, &r, &e))
                fail_msg("%s: %s", good[i].text, e.text);
            assert_true(whole);
            assert_string_equal(r.name, good[i].name);
            assert_int_equal(r.get, good[i].get);
            assert_int_equal(r.head, good[i].head);
            assert_int_equal(r.keep_alive, good[i].keep_alive);
            assert_int_equal(r.length, v.n);
        }
    }
}

struct bad {
    const char *bytes;
    size_t n;
    const char *text;
};

#define BAD(bytes, text)                                                                           \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, text " (FORMATS section 6)"                                      \
    }
#define PATH(path, text)                                                                           \
    {                                                                                              \
        "GET " path " HTTP/1.1\r\n\r\n", sizeof("GET " path " HTTP/1.1\r\n\r\n") - 1,              \
            "HTTP request: " text " (FORMATS section 6)"                                           \
    }

static const struct bad bad_requests[] = {
    BAD("\x16\x03\x01", "HTTP request: byte 0: control character 0x16"),
    BAD("GET /\0", "HTTP request: byte 5: control character 0x00"),
    BAD("GET /\x7f", "HTTP request: byte 5: control character 0x7f"),
    BAD("GET /x\rHTTP", "HTTP request: byte 6: CR without LF"),
    BAD("\r\n\r\n\r\n", "HTTP request: no request line"),
    BAD("GET /x\r\n\r\n", "HTTP request: no HTTP/1.x behind the target"),
    BAD("GET /x HTTP/2.0\r\n\r\n", "HTTP request: no HTTP/1.x behind the target"),
    BAD("GET /x HTTP/1.\r\n\r\n", "HTTP request: no HTTP/1.x behind the target"),
    BAD("GET /x HTTP/1.1 \r\n\r\n", "HTTP request: no HTTP/1.x behind the target"),
    BAD("GET /x y HTTP/1.1\r\n\r\n", "HTTP request: no HTTP/1.x behind the target"),
    BAD(" /x HTTP/1.1\r\n\r\n", "HTTP request: bad method"),
    BAD("G(T /x HTTP/1.1\r\n\r\n", "HTTP request: bad method"),
    PATH("x", "target without '/'"),
    PATH("", "target without '/'"),
    PATH("*", "target without '/'"),
    PATH("/..", "path with an empty, '.' or '..' part"),
    PATH("/../x", "path with an empty, '.' or '..' part"),
    PATH("/a/../x", "path with an empty, '.' or '..' part"),
    PATH("/a/%2e%2E/x", "path with an empty, '.' or '..' part"),
    PATH("/a%2f..%2fx", "path with an empty, '.' or '..' part"),
    PATH("/a/..%5Cx", "path with an empty, '.' or '..' part"),
    PATH("/a/.", "path with an empty, '.' or '..' part"),
    PATH("//etc/passwd", "path with an empty, '.' or '..' part"),
    PATH("/a/", "path with an empty, '.' or '..' part"),
    PATH("/%", "bad percent escape in the path"),
    PATH("/%4", "bad percent escape in the path"),
    PATH("/%4g", "bad percent escape in the path"),
    PATH("/x%00", "control character 0x00 in the path"),
    PATH("/x%0a", "control character 0x0a in the path"),
    PATH("/x%7F", "control character 0x7f in the path"),
    BAD("GET /x HTTP/1.1\r\nHost\r\n\r\n", "HTTP request: line 2 without a colon"),
    BAD("GET /x HTTP/1.1\r\nA: b\r\n: c\r\n\r\n", "HTTP request: line 3: bad field name"),
    BAD("GET /x HTTP/1.1\r\nA : b\r\n\r\n", "HTTP request: line 2: bad field name"),
    BAD("GET /x HTTP/1.1\r\nA: b\r\n c: d\r\n\r\n", "HTTP request: line 3: bad field name"),
    BAD("GET /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP request: a body of 5 bytes is not taken"),
    BAD("GET /x HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
        "HTTP request: second Content-length"),
    BAD("GET /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "HTTP request: Content-length is not a number up to 1099511627776"),
    BAD("GET /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP request: Transfer-Encoding is not served"),
};

static void bad_request_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_requests / sizeof bad_requests[0]; i++) {
        struct http_request r;
        struct err e = { "" };
        bool whole = true;
        struct view v = view_of(bad_requests[i].bytes, bad_requests[i].n);
        assert_false(http_request_decode(v, &whole, &r, &e));
        assert_string_equal(e.text, bad_requests[i].text);
        assert_false(whole);
    }
}

static void long_requests(void **state)
{
    (void)state;
    struct http_request r;
    struct err e = { "" };
    bool whole;
    /* A name of 255 bytes, and of 256. */
    memset(out, 'a', sizeof out);
    memcpy(out, "GET /", 5);
    memcpy(out + 5 + 255, " HTTP/1.1\r\n\r\n", sizeof " HTTP/1.1\r\n\r\n");
    assert_true(http_request_decode(view_str(out), &whole, &r, &e) && whole);
    assert_int_equal(strlen(r.name), 255);
    out[5 + 255] = 'a';
    memcpy(out + 5 + 256, " HTTP/1.1\r\n\r\n", sizeof " HTTP/1.1\r\n\r\n");
    assert_false(http_request_decode(view_str(out), &whole, &r, &e));
    assert_string_equal(e.text, "HTTP request: path of more than 255 bytes (FORMATS section 6)");
    /* A head of HTTP_HEAD_MAX bytes, and one more. */
    memset(out, 'a', sizeof out);
    memcpy(out, "GET /x HTTP/1.1\r\nA: ", 20);
    memcpy(out + HTTP_HEAD_MAX - 4, "\r\n\r\n", 4);
    assert_true(http_request_decode(view_of(out, HTTP_HEAD_MAX), &whole, &r, &e) && whole);
    assert_true(http_request_decode(view_of(out, HTTP_HEAD_MAX - 1), &whole, &r, &e));
    assert_false(whole);
    memset(out + HTTP_HEAD_MAX - 4, 'a', 4);
    memcpy(out + HTTP_HEAD_MAX - 3, "\r\n\r\n", 4);
    assert_false(http_request_decode(view_of(out, HTTP_HEAD_MAX + 1), &whole, &r, &e));
    assert_string_equal(e.text, "HTTP request: head of more than 8192 bytes (FORMATS section 6)");
}

static void request_encodes(void **state)
{
    (void)state;
    struct wr w = wr_of(out, sizeof out);
    http_request_encode("a b/\xc3\xbc%?#\"\\", "127.0.0.11:6970", &w);
    wr_u8(&w, 0);
    assert_string_equal(out, "GET /a%20b/%C3%BC%25%3F%23%22%5C HTTP/1.1\r\n"
                             "Host: 127.0.0.11:6970\r\nAccept: */*\r\n\r\n");
    static const char *const names[] = { "SEP0011215A1AE3.cnf.xml.sgn", "a b", "x/y%z?#",
                                         "German_Germany/\xc3\xa4" };
    for (size_t i = 0; i < 4; i++) {
        struct http_request r;
        struct err e = { "" };
        bool whole;
        w = wr_of(out, sizeof out);
        http_request_encode(names[i], "h", &w);
        assert_true(http_request_decode(view_of(out, w.n), &whole, &r, &e) && whole);
        assert_string_equal(r.name, names[i]);
        assert_true(r.get && r.keep_alive && !r.passed_on);
        w = wr_of(out, sizeof out);
        http_request_pass_on(names[i], "h", "127.0.0.11", &w);
        assert_true(http_request_decode(view_of(out, w.n), &whole, &r, &e) && whole);
        assert_string_equal(r.name, names[i]);
        assert_true(r.get && r.keep_alive && r.passed_on);
        assert_non_null(memmem(out, w.n, "\r\nVia: 1.1 127.0.0.11\r\n", 23));
    }
}

/* --- responses -------------------------------------------------------------------------------- */

static void response_encodes(void **state)
{
    (void)state;
    static const struct {
        int status;
        size_t body;
        bool keep_alive;
        const char *text;
    } rows[] = {
        { 200, 7879, true,
          "HTTP/1.1 200 OK\r\nContent-length: 7879\r\nCache-Control: no-store\r\n"
          "Content-type: */*\r\n\r\n" },
        { 200, 0, false,
          "HTTP/1.1 200 OK\r\nContent-length: 0\r\nCache-Control: no-store\r\n"
          "Content-type: */*\r\nConnection: close\r\n\r\n" },
        { 503, 0, true,
          "HTTP/1.1 503 Service Unavailable\r\nContent-length: 0\r\nCache-Control: no-store\r\n"
          "Content-type: */*\r\n\r\n" },
        { 400, 0, false,
          "HTTP/1.1 400 Bad Request\r\nContent-length: 0\r\nCache-Control: no-store\r\n"
          "Content-type: */*\r\nConnection: close\r\n\r\n" },
        { 404, 0, true,
          "HTTP/1.1 404 Not Found\r\nContent-length: 0\r\nCache-Control: no-store\r\n"
          "Content-type: */*\r\n\r\n" },
        { 405, 0, true,
          "HTTP/1.1 405 Method Not Allowed\r\nContent-length: 0\r\nCache-Control: no-store\r\n"
          "Content-type: */*\r\nAllow: GET, HEAD\r\n\r\n" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wr w = wr_of(out, sizeof out);
        http_response_encode(rows[i].status, rows[i].body, rows[i].keep_alive, &w);
        wr_u8(&w, 0);
        assert_string_equal(out, rows[i].text);
        struct http_response r;
        struct err e = { "" };
        bool whole;
        for (size_t n = 0; n < w.n - 1; n++) {
            assert_true(http_response_decode(view_of(out, n), &whole, &r, &e));
            assert_false(whole);
        }
        assert_true(http_response_decode(view_str(out), &whole, &r, &e) && whole);
        assert_int_equal(r.status, rows[i].status);
        assert_int_equal(r.body, rows[i].body);
        assert_int_equal(r.head, strlen(out));
        assert_int_equal(r.close, !rows[i].keep_alive);
    }
}

static void responses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int status;
        size_t body;
        bool close;
    } rows[] = {
        { "HTTP/1.0 200 OK\r\nCONTENT-LENGTH:5\r\n\r\nhello", 200, 5, true },
        { "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n", 200, 5, false },
        { "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\n", 200, 5, false },
        { "HTTP/1.1 503 Service Unavailable\r\n\r\n", 503, 0, true },
        { "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nConnection: close\r\n\r\n", 404, 5,
          true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_response r;
        struct err e = { "" };
        bool whole;
        if (!http_response_decode(view_str(rows[i].text), &whole, &r, &e))
            fail_msg("%s", e.text);
        assert_true(whole);
        assert_int_equal(r.status, rows[i].status);
        assert_int_equal(r.body, rows[i].body);
        assert_int_equal(r.close, rows[i].close);
    }
}

static const struct bad bad_responses[] = {
    BAD("\x15\x03", "HTTP response: byte 0: control character 0x15"),
    BAD("HTTP/2 200\r\n\r\n", "HTTP response: no HTTP/1.x at its front"),
    BAD("ICY 200 OK\r\n\r\n", "HTTP response: no HTTP/1.x at its front"),
    BAD("HTTP/1.1 20 OK\r\n\r\n", "HTTP response: status is not a number from 100 to 599"),
    BAD("HTTP/1.1 099 OK\r\n\r\n", "HTTP response: status is not a number from 100 to 599"),
    BAD("HTTP/1.1 600 OK\r\n\r\n", "HTTP response: status is not a number from 100 to 599"),
    BAD("HTTP/1.1  200 OK\r\n\r\n", "HTTP response: status is not a number from 100 to 599"),
    BAD("HTTP/1.1 200 OK\r\n\r\n", "HTTP response: 200 without Content-length"),
    BAD("HTTP/1.1 200 OK\r\nContent-length: 1099511627777\r\n\r\n",
        "HTTP response: Content-length is not a number up to 1099511627776"),
    BAD("HTTP/1.1 200 OK\r\nContent-length: 99999999999999999999999999\r\n\r\n",
        "HTTP response: Content-length is not a number up to 1099511627776"),
    BAD("HTTP/1.1 200 OK\r\nContent-length: 1\r\ncontent-length: 2\r\n\r\n",
        "HTTP response: second Content-length"),
    BAD("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP response: Transfer-Encoding is not served"),
    BAD("HTTP/1.1 200 OK\r\nx\r\n\r\n", "HTTP response: line 2 without a colon"),
};

static void bad_response_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_responses / sizeof bad_responses[0]; i++) {
        struct http_response r;
        struct err e = { "" };
        bool whole = true;
        struct view v = view_of(bad_responses[i].bytes, bad_responses[i].n);
        assert_false(http_response_decode(v, &whole, &r, &e));
        assert_string_equal(e.text, bad_responses[i].text);
        assert_false(whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_helpers),      cmocka_unit_test(requests),
        cmocka_unit_test(bad_request_table), cmocka_unit_test(long_requests),
        cmocka_unit_test(request_encodes),   cmocka_unit_test(response_encodes),
        cmocka_unit_test(responses),         cmocka_unit_test(bad_response_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
