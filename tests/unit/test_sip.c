#include "sim/wire/sip.h"

#include "sim/base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static char out[SIP_MAX * 2];

static const struct sip_register phone = {
    .device = "SEP0011215A1AE3",
    .line = "1001",
    .uuid = "b0ec918f-b9ee-994b-57ae-345883c1fde8",
    .local = "127.0.1.7",
    .server = "127.0.0.11",
    .local_port = 49152,
    .user_agent = "Cisco-CP8851/12.1.1",
    .model = 684,
    .call_id = "0011215a-1ae30002@127.0.1.7",
    .branch = "z9hG4bK1b2c",
    .tag = "0011215a1ae3",
    .cseq = 101,
    .expires_s = 3600,
};

static const char golden_register[] =
    "REGISTER sip:127.0.0.11 SIP/2.0\r\n"
    "Via: SIP/2.0/TCP 127.0.1.7:49152;branch=z9hG4bK1b2c\r\n"
    "From: <sip:1001@127.0.0.11>;tag=0011215a1ae3\r\n"
    "To: <sip:1001@127.0.0.11>\r\n"
    "Call-ID: 0011215a-1ae30002@127.0.1.7\r\n"
    "Max-Forwards: 70\r\n"
    "CSeq: 101 REGISTER\r\n"
    "User-Agent: Cisco-CP8851/12.1.1\r\n"
    "Contact: <sip:b0ec918f-b9ee-994b-57ae-345883c1fde8@127.0.1.7:49152;transport=tcp>;"
    "+sip.instance=\"<urn:uuid:00000000-0000-0000-0000-0011215a1ae3>\";"
    "+u.sip!devicename.ccm.cisco.com=\"SEP0011215A1AE3\";"
    "+u.sip!model.ccm.cisco.com=\"684\"\r\n"
    "Supported: replaces,join,sdp-anat,norefersub,resource-priority,extended-refer,"
    "X-cisco-callinfo,X-cisco-serviceuri,X-cisco-escapecodes,X-cisco-service-control,"
    "X-cisco-srtp-fallback,X-cisco-monrec,X-cisco-config,X-cisco-sis-7.0.0,X-cisco-xsi-8.5.1\r\n"
    "Expires: 3600\r\n"
    "Content-Length: 0\r\n"
    "\r\n";

static struct sip_msg decoded(struct view v)
{
    struct sip_msg m = { 0 };
    struct err e = { "" };
    size_t length = 0;
    if (!sip_whole(v, &length, &e) || !sip_decode(v, &m, &e))
        fail_msg("%s", e.text);
    assert_int_equal(length, v.n);
    return m;
}

static void assert_view(struct view v, const char *text)
{
    assert_non_null(v.p);
    if (!view_eq(v, view_str(text)))
        fail_msg("'%.*s' is not '%s'", (int)v.n, (const char *)v.p, text);
}

/* No part of a message is one. */
static void assert_no_part(struct view v)
{
    for (size_t n = 0; n < v.n; n++) {
        struct sip_msg m;
        struct err e = { "" };
        size_t length = 99;
        assert_true(sip_whole(view_of(v.p, n), &length, &e));
        assert_int_equal(length, 0);
        assert_false(sip_decode(view_of(v.p, n), &m, &e));
        assert_true(strlen(e.text) > 0);
    }
}

static void register_golden(void **state)
{
    (void)state;
    struct wr w = wr_of(out, sizeof out), measure = wr_measure();
    sip_register_encode(&phone, &w);
    sip_register_encode(&phone, &measure);
    assert_int_equal(measure.n, w.n);
    out[w.n] = '\0';
    assert_string_equal(out, golden_register);
    struct view v = view_of(out, w.n);
    assert_no_part(v);
    struct sip_msg m = decoded(v);
    assert_true(m.request);
    assert_view(m.method, "REGISTER");
    assert_view(m.uri, "sip:127.0.0.11");
    assert_view(m.via, "SIP/2.0/TCP 127.0.1.7:49152;branch=z9hG4bK1b2c");
    assert_view(m.from, "<sip:1001@127.0.0.11>;tag=0011215a1ae3");
    assert_view(m.to, "<sip:1001@127.0.0.11>");
    assert_view(m.call_id, phone.call_id);
    assert_view(m.cseq, "101 REGISTER");
    assert_view(m.user_agent, phone.user_agent);
    assert_view(m.device_name, "SEP0011215A1AE3");
    assert_int_equal(m.expires_s, 3600);
    assert_int_equal(m.body.n, 0);
}

/* A new registration is told from one that was renewed. */
static void new_or_renewed(void **state)
{
    (void)state;
    struct sip_msg request = decoded(view_str(golden_register));
    for (int is_new = 0; is_new < 2; is_new++) {
        char want[64];
        struct wr w = wr_of(out, sizeof out);
        sip_registered_encode(&request, is_new == 1, 120, &w);
        struct sip_msg m = decoded(view_of(out, w.n));
        assert_int_equal(m.status, 200);
        assert_int_equal(m.expires_s, 120);
        assert_view(m.device_name, "SEP0011215A1AE3");
        snprintf(want, sizeof want, "\"684\"%s\r\n", is_new == 1 ? ";x-cisco-newreg" : "");
        out[w.n] = '\0';
        assert_non_null(strstr(out, want));
    }
}

/* Over TLS both the Via and the Contact say so (observed of Jabber). */
static void register_over_tls(void **state)
{
    (void)state;
    struct sip_register r = phone;
    struct wr w = wr_of(out, sizeof out);
    r.tls = true;
    sip_register_encode(&r, &w);
    struct sip_msg m = decoded(view_of(out, w.n));
    assert_view(m.via, "SIP/2.0/TLS 127.0.1.7:49152;branch=z9hG4bK1b2c");
    out[w.n] = '\0';
    assert_non_null(strstr(out, "@127.0.1.7:49152;transport=tls>;"));
    assert_null(strstr(out, "tcp"));
}

static void warning_names_the_host(void **state)
{
    (void)state;
    static const struct {
        const char *uri, *host;
    } rows[] = { { "sip:cucm1.lab", "cucm1.lab" },
                 { "sip:10.1.1.11:5060", "10.1.1.11" },
                 { "sip:1000@cucm1", "CallManager" },
                 { "sip:", "CallManager" } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[256], want[64];
        snprintf(text, sizeof text,
                 "REGISTER %s SIP/2.0\r\nv: v\r\nf: f\r\nt: t\r\ni: c\r\n"
                 "CSeq: 1 REGISTER\r\nl: 0\r\n\r\n",
                 rows[i].uri);
        struct sip_msg m = decoded(view_str(text));
        struct wr w = wr_of(out, sizeof out);
        sip_response_encode(&m, 403, "why", -1, &w);
        snprintf(want, sizeof want, "399 %s \"why\"", rows[i].host);
        assert_view(decoded(view_of(out, w.n)).warning, want);
    }
}

static void register_escapes(void **state)
{
    (void)state;
    struct sip_register r = phone;
    r.device = "CSF\"a<b>\r\n";
    r.line = "1\r\nX: y@\xc3\xa4";
    r.call_id = "a\r\nb";
    r.user_agent = "c\nd";
    struct wr w = wr_of(out, sizeof out);
    sip_register_encode(&r, &w);
    struct sip_msg m = decoded(view_of(out, w.n));
    assert_view(m.to, "<sip:1%0D%0AX:%20y%40%C3%A4@127.0.0.11>");
    assert_view(m.device_name, "CSF%22a%3Cb%3E%0D%0A");
    assert_view(m.call_id, "a  b");
    assert_view(m.user_agent, "c d");
    /* Without a MAC the instance comes from the name: another name, another instance. */
    r.device = "CSFALICE";
    w = wr_of(out, sizeof out);
    sip_register_encode(&r, &w);
    out[w.n] = '\0';
    char instance[13] = { 0 };
    static const char before[] = "urn:uuid:00000000-0000-0000-0000-";
    char *at = strstr(out, before);
    assert_non_null(at);
    memcpy(instance, at + strlen(before), 12);
    assert_int_equal(strspn(instance, "0123456789abcdef"), 12);
    r.device = "CSFBOB";
    w = wr_of(out, sizeof out);
    sip_register_encode(&r, &w);
    out[w.n] = '\0';
    assert_null(strstr(out, instance));
}

/* Over what it goes stands in Via and in Contact. */
static void register_transports(void **state)
{
    static const struct {
        bool tls, udp;
        const char *via, *contact;
    } ways[] = { { false, false, "Via: SIP/2.0/TCP ", ";transport=tcp>" },
                 { true, false, "Via: SIP/2.0/TLS ", ";transport=tls>" },
                 { false, true, "Via: SIP/2.0/UDP ", ";transport=udp>" } };
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct sip_register r = phone;
        struct wr w = wr_of(out, sizeof out - 1);
        r.tls = ways[i].tls;
        r.udp = ways[i].udp;
        sip_register_encode(&r, &w);
        out[w.n] = '\0';
        assert_non_null(strstr(out, ways[i].via));
        assert_non_null(strstr(out, ways[i].contact));
    }
}

static void responses_golden(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *warning;
        int64_t expires_s;
        const char *first, *behind_to, *last;
    } rows[] = {
        { 100, NULL, -1, "SIP/2.0 100 Trying", "", "" },
        { 200, NULL, 120, "SIP/2.0 200 OK", ";tag=TAG",
          "Expires: 120\r\n"
          "Contact: <sip:b0ec918f-b9ee-994b-57ae-345883c1fde8@127.0.1.7:49152;transport=tcp>;"
          "+sip.instance=\"<urn:uuid:00000000-0000-0000-0000-0011215a1ae3>\";"
          "+u.sip!devicename.ccm.cisco.com=\"SEP0011215A1AE3\";"
          "+u.sip!model.ccm.cisco.com=\"684\"\r\n" },
        { 403, NULL, -1, "SIP/2.0 403 Forbidden", ";tag=TAG", "" },
        { 404, NULL, -1, "SIP/2.0 404 Not Found", ";tag=TAG", "" },
        { 503, NULL, -1, "SIP/2.0 503 Service Unavailable", ";tag=TAG", "" },
        { 403, "No\r\nway", -1, "SIP/2.0 403 Forbidden", ";tag=TAG",
          "Warning: 399 127.0.0.11 \"No  way\"\r\n" },
    };
    struct sip_msg request = decoded(view_str(golden_register));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wr w = wr_of(out, sizeof out);
        sip_response_encode(&request, rows[i].status, rows[i].warning, rows[i].expires_s, &w);
        struct view v = view_of(out, w.n);
        struct sip_msg m = decoded(v);
        assert_false(m.request);
        assert_int_equal(m.status, rows[i].status);
        assert_int_equal(m.expires_s, rows[i].expires_s);
        assert_no_part(v);
        /* The tag is 16 hex digits, made from the Call-ID. */
        char tag[32] = "", expected[2048];
        if (rows[i].behind_to[0] != '\0')
            snprintf(tag, sizeof tag, ";tag=%.16s", (const char *)m.to.p + m.to.n - 16);
        snprintf(expected, sizeof expected,
                 "%s\r\n"
                 "Via: SIP/2.0/TCP 127.0.1.7:49152;branch=z9hG4bK1b2c\r\n"
                 "From: <sip:1001@127.0.0.11>;tag=0011215a1ae3\r\n"
                 "To: <sip:1001@127.0.0.11>%s\r\n"
                 "Call-ID: 0011215a-1ae30002@127.0.1.7\r\n"
                 "CSeq: 101 REGISTER\r\n%sContent-Length: 0\r\n\r\n",
                 rows[i].first, tag, rows[i].last);
        out[w.n] = '\0';
        assert_string_equal(out, expected);
    }
}

#define NEEDED "Via: v\r\nFrom: <sip:a;tag=x>;tag=f\r\nTo: \"b;tag=q\" <sip:b>\r\nCall-ID: c\r\n"

static void to_keeps_its_tag(void **state)
{
    (void)state;
    static const struct {
        const char *to;
        bool has;
    } rows[] = {
        { "<sip:b>;tag=t", true },
        { "<sip:b>;x=y ; TAG = t", true },
        { "<sip:b;tag=t>", false },
        { "\"a;tag=t\" <sip:b>", false },
        { "\"a\\\";tag=t\" <sip:b>;y", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "OPTIONS sip:b SIP/2.0\r\nv: v\r\nf: f\r\nt: %s\r\ni: c\r\n"
                 "CSeq: 1 OPTIONS\r\nl: 0\r\n\r\n",
                 rows[i].to);
        struct sip_msg m = decoded(view_str(text));
        struct wr w = wr_of(out, sizeof out);
        sip_response_encode(&m, 200, NULL, -1, &w);
        struct sip_msg r = decoded(view_of(out, w.n));
        assert_int_equal(r.to.n, strlen(rows[i].to) + (rows[i].has ? 0 : 21));
        assert_memory_equal(r.to.p, rows[i].to, strlen(rows[i].to));
    }
}

static void compact_and_folded(void **state)
{
    (void)state;
    static const char text[] =
        "\r\n\r\nREGISTER sip:h SIP/2.0\r\n"
        "v: SIP/2.0/TCP a\r\nVIA: second\r\nF: \r\n <sip:a>\r\n\t;tag=1\r\nt : <sip:a>\r\n"
        "i:x\r\ncseq:\r\n 7  REGISTER\r\nm: \"x\" <sip:a,b>;q=1;"
        "+U.SIP!devicename.ccm.cisco.com=\"SEPAABBCCDDEEFF\", <sip:z>\r\n"
        "X-Other: \x80\xff\r\nexpires: 0\r\nl:\r\n 3\r\n\r\nabc";
    struct view v = view_of(text, sizeof text - 1);
    struct sip_msg m = decoded(v);
    assert_view(m.via, "SIP/2.0/TCP a");
    assert_view(m.from, "<sip:a>\r\n\t;tag=1");
    assert_view(m.to, "<sip:a>");
    assert_view(m.call_id, "x");
    assert_view(m.cseq, "7  REGISTER");
    assert_view(m.device_name, "SEPAABBCCDDEEFF");
    assert_view(m.body, "abc");
    assert_int_equal(m.expires_s, 0);
    assert_null(m.user_agent.p);
    assert_no_part(v);
    struct wr w = wr_of(out, sizeof out); /* a fold is answered on one line */
    sip_response_encode(&m, 200, NULL, 120, &w);
    m = decoded(view_of(out, w.n));
    assert_view(m.from, "<sip:a> ;tag=1");
    /* Two messages in one read: the first is cut off. */
    char two[1024];
    memcpy(two, text, v.n);
    memcpy(two + v.n, text, v.n);
    struct err e = { "" };
    size_t length;
    assert_true(sip_whole(view_of(two, 2 * v.n), &length, &e));
    assert_int_equal(length, v.n);
}

static void device_names(void **state)
{
    (void)state;
    static const struct {
        const char *contact, *name;
    } rows[] = {
        { "<sip:a>;+u.sip!devicename.ccm.cisco.com=\"CSFALICE\"", "CSFALICE" },
        { "<sip:a>;+u.sip!devicename.ccm.cisco.com=CSFALICE", "CSFALICE" },
        { "<sip:a;+u.sip!devicename.ccm.cisco.com=\"X\">", NULL },
        { "\";+u.sip!devicename.ccm.cisco.com=X;\" <sip:a>", NULL },
        { "<sip:a>;+u.sip!devicename.ccm.cisco.com=\"\"", NULL },
        { "<sip:a>;+u.sip!devicename.ccm.cisco.com=\"a b\"", NULL },
        { "<sip:a>;+u.sip!devicename.ccm.cisco.com=\"open", NULL },
        { "<sip:a>;+u.sip!devicename.ccm.cisco.com", NULL },
        { "<sip:a>, <sip:b>;+u.sip!devicename.ccm.cisco.com=X", NULL },
        { "<sip:a>", NULL },
        { "*", NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "REGISTER sip:b SIP/2.0\r\n" NEEDED "CSeq: 1 REGISTER\r\nm: %s\r\nl: 0\r\n\r\n",
                 rows[i].contact);
        struct sip_msg m = decoded(view_str(text));
        if (rows[i].name != NULL)
            assert_view(m.device_name, rows[i].name);
        else
            assert_null(m.device_name.p);
    }
}

/* A tab or a folded line between number and method is white space like any other (RFC 3261, section
 * 25.1). */
static void cseq_white_space(void **state)
{
    (void)state;
    static const char *const values[] = { "1 REGISTER", "1\tREGISTER", "1  \t REGISTER",
                                          "1\r\n REGISTER", "1 \r\n\tREGISTER" };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, "REGISTER sip:b SIP/2.0\r\n" NEEDED "CSeq: %s\r\nl: 0\r\n\r\n",
                 values[i]);
        assert_view(decoded(view_str(text)).cseq, values[i]);
    }
}

/* A message that comes byte by byte: found at the same place, and no byte is looked at again. */
static void byte_by_byte(void **state)
{
    (void)state;
    static const char text[] =
        "\r\n\r\nREGISTER sip:b SIP/2.0\r\n" NEEDED "CSeq: 1 REGISTER\r\nl: 4\r\n\r\nbodyOPTIONS";
    struct sip_seen seen = { 0 };
    size_t whole = sizeof text - 1 - 7, length = 0;
    for (size_t n = 1; n < whole; n++) {
        assert_true(sip_goes_on(view_of(text, n), &seen, &length, NULL));
        assert_int_equal(length, 0);
        assert_true(seen.at == n || seen.length == whole);
    }
    assert_true(sip_goes_on(view_of(text, sizeof text - 1), &seen, &length, NULL));
    assert_int_equal(length, whole);
    assert_int_equal(seen.at + seen.line + seen.length, 0); /* for the next one */
}

/* What is refused though it can be answered. */
static void refusals(void **state)
{
    (void)state;
#define PARTS "From: x\r\nTo: y\r\nCall-ID: c\r\n"
#define ANSWER(line)                                                                               \
    "SIP/2.0 " line "\r\nVia: v\r\nFrom: x\r\nTo: y;tag=%016llx\r\nCall-ID: c\r\n"                 \
    "CSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n"
    static const struct {
        const char *text, *answer; /* NULL: none */
    } rows[] = {
        { "REGISTER sip:b SIP/2.0\r\nVia: v\r\n" PARTS "CSeq: 1 REGISTER\r\nl: x\r\n\r\n",
          ANSWER("400 Bad Request") },
        { "REGISTER sip:b SIP/2.0\r\nVia: v\r\n" PARTS "CSeq: 1 REGISTER\r\nl: 0\r\nl: 0\r\n\r\n",
          ANSWER("400 Bad Request") },
        { "REGISTER sip:b SIP/7.0\r\nv: v\r\n" PARTS "CSeq: 1 REGISTER\r\nl: 0\r\n\r\n",
          ANSWER("505 Version Not Supported") },
        { "REGISTER sip:b SIP/2.0\r\nVia: v\r\n" PARTS "nonsense\r\nCSeq: 1 REGISTER\r\n\r\n",
          ANSWER("400 Bad Request") },
        { "REGISTER sip:b SIP/2.0\r\n" PARTS "CSeq: 1 REGISTER\r\nl: x\r\n\r\n", NULL },
        { "REGISTER sip:b SIP/2.0\r\nVia: v\r\n" PARTS "l: x\r\n\r\n", NULL },
        { "ACK sip:b SIP/2.0\r\nVia: v\r\n" PARTS "CSeq: 1 ACK\r\nl: x\r\n\r\n", NULL },
        { "SIP/2.0 200 OK\r\nVia: v\r\n" PARTS "CSeq: 1 REGISTER\r\nl: x\r\n\r\n", NULL },
        { "GET / HTTP/1.1\r\nHost: x\r\n\r\n", NULL },
        { "REGISTER sip:b SIP/2.0\r\nVia: v\r\n" PARTS "CSeq: 1 REGISTER\r\nl: x\r\n", NULL },
        { "\x16\x03\x01", NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t answer[1000];
        char want[1000] = "";
        struct wr w = wr_of(answer, sizeof answer);
        assert_int_equal(sip_refuse(view_str(rows[i].text), &w), rows[i].answer != NULL);
        if (rows[i].answer != NULL)
            snprintf(want, sizeof want, rows[i].answer,
                     (unsigned long long)rng_hash(1, view_str("c")));
        assert_view(view_of(answer, w.n), want);
    }
}

/* What is served stands in the answer to OPTIONS and in 405. */
static void allowed(void **state)
{
    (void)state;
    static const struct {
        const char *method;
        int status;
        bool allow;
    } rows[] = { { "OPTIONS", 200, true },
                 { "INVITE", 405, true },
                 { "REGISTER", 200, false },
                 { "INVITE", 400, false } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512];
        uint8_t answer[1000];
        struct wr w = wr_of(answer, sizeof answer);
        snprintf(text, sizeof text, "%s sip:b SIP/2.0\r\n" NEEDED "CSeq: 1 %s\r\nl: 0\r\n\r\n",
                 rows[i].method, rows[i].method);
        struct sip_msg m = decoded(view_str(text));
        sip_response_encode(&m, rows[i].status, NULL, -1, &w);
        assert_int_equal(memmem(answer, w.n, "\r\nAllow: REGISTER, REFER, OPTIONS, ACK\r\n", 40) !=
                             NULL,
                         rows[i].allow);
    }
}

static const struct bad {
    const char *bytes;
    size_t n;
    bool framed; /* sip_whole() takes it, sip_decode() does not */
    const char *text;
} bad[] = {
#define BAD(bytes, framed, text)                                                                   \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, framed, "SIP message: " text " (FORMATS section 8)"              \
    }
#define REG "REGISTER sip:b SIP/2.0\r\n"
#define SEQ "CSeq: 1 REGISTER\r\n"
    BAD("\x16\x03\x01", false, "byte 0: control character 0x16"),
    BAD("REGISTER\0", false, "byte 8: control character 0x00"),
    BAD("REGISTER\n", false, "byte 8: CR and LF not together"),
    BAD("REGISTER\rx", false, "byte 9: CR and LF not together"),
    BAD("REGISTER\r\n\r\n", false, "no URI and SIP/2.0 behind the method"),
    BAD("REGISTER  SIP/2.0\r\n\r\n", false, "no URI and SIP/2.0 behind the method"),
    BAD("REGISTER sip:b SIP/3.0\r\n\r\n", false, "no URI and SIP/2.0 behind the method"),
    BAD("GET / HTTP/1.1\r\n\r\n", false, "no URI and SIP/2.0 behind the method"),
    BAD(" x SIP/2.0\r\n\r\n", false, "bad method"),
    BAD("SIP/2.0 99 x\r\n\r\n", false, "status is not a number from 100 to 699"),
    BAD("SIP/2.0 700 x\r\n\r\n", false, "status is not a number from 100 to 699"),
    BAD("SIP/2.0\r\n\r\n", false, "status is not a number from 100 to 699"),
    BAD(REG NEEDED SEQ "\r\n", false, "no Content-Length"),
    BAD(REG "x\r\n\r\n", false, "header 1 without a colon"),
    BAD(REG "l: 0\r\nA B: x\r\n\r\n", false, "header 2: bad name"),
    BAD(REG " x: y\r\n\r\n", false, "header 1: bad name"),
    BAD(REG ": y\r\n\r\n", false, "header 1: bad name"),
    BAD(REG "l: 0\r\nContent-Length: 0\r\n\r\n", false, "second Content-Length"),
    BAD(REG "l: x\r\n\r\n", false, "Content-Length is not a number up to 65536"),
    BAD(REG "l: -1\r\n\r\n", false, "Content-Length is not a number up to 65536"),
    BAD(REG "l: 65537\r\n\r\n", false, "Content-Length is not a number up to 65536"),
    BAD(REG "l: 65536\r\n\r\n", false, "65572 bytes, at most 65536 are taken"),
    BAD(REG "Expires: x\r\nl: 0\r\n\r\n", false, "Expires is not a number up to 4294967295"),
    BAD(REG "Expires: 1\r\nexpires: 1\r\nl: 0\r\n\r\n", false, "second Expires"),
    BAD(REG "i: a\r\nCall-ID: b\r\nl: 0\r\n\r\n", false, "second Call-ID"),
    BAD(REG "t: a\r\nt: a\r\nl: 0\r\n\r\n", false, "second To"),
    BAD(REG "Via:\r\nl: 0\r\n\r\n", false, "empty Via"),
    BAD(REG "l: 0\r\n\r\n", true, "no Via"),
    BAD(REG "v: x\r\nl: 0\r\n\r\n", true, "no From"),
    BAD(REG "v: x\r\nf: x\r\nl: 0\r\n\r\n", true, "no To"),
    BAD(REG "v: x\r\nf: x\r\nt: x\r\nl: 0\r\n\r\n", true, "no Call-ID"),
    BAD(REG NEEDED "l: 0\r\n\r\n", true, "no CSeq"),
    BAD(REG NEEDED "CSeq: x REGISTER\r\nl: 0\r\n\r\n", true, "CSeq is not a number and a method"),
    BAD(REG NEEDED "CSeq: 1\r\nl: 0\r\n\r\n", true, "CSeq is not a number and a method"),
    BAD(REG NEEDED "CSeq: 2147483648 REGISTER\r\nl: 0\r\n\r\n", true,
        "CSeq is not a number and a method"),
    BAD(REG NEEDED "CSeq: 1 INVITE\r\nl: 0\r\n\r\n", true, "CSeq is of another method"),
};

static void bad_input(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sip_msg m;
        struct err e = { "" };
        size_t length;
        struct view v = view_of(bad[i].bytes, bad[i].n);
        assert_int_equal(sip_whole(v, &length, &e), bad[i].framed);
        assert_int_equal(length, bad[i].framed ? v.n : 0);
        e.text[0] = '\0';
        assert_false(sip_decode(v, &m, &e));
        assert_string_equal(e.text, bad[i].text);
    }
}

static void too_long(void **state)
{
    (void)state;
    struct err e = { "" };
    size_t length;
    memset(out, 'a', sizeof out);
    assert_true(sip_whole(view_of(out, SIP_MAX - 1), &length, &e));
    assert_int_equal(length, 0);
    assert_false(sip_whole(view_of(out, SIP_MAX), &length, &e));
    assert_string_equal(e.text, "SIP message: head of more than 65536 bytes (FORMATS section 8)");
    memset(out, '\r', sizeof out);
    assert_false(sip_whole(view_of(out, SIP_MAX), &length, &e));
    /* More behind a whole message, or a part of its body only. */
    static const char text[] = "SIP/2.0 200 OK\r\n" NEEDED SEQ "l: 2\r\n\r\nxyz";
    struct sip_msg m;
    assert_false(sip_decode(view_of(text, sizeof text - 1), &m, &e));
    assert_string_equal(e.text,
                        "SIP message: body of 3 bytes, Content-Length says 2 (FORMATS section 8)");
    assert_false(sip_decode(view_of(text, sizeof text - 3), &m, &e));
    assert_string_equal(e.text,
                        "SIP message: body of 1 bytes, Content-Length says 2 (FORMATS section 8)");
    assert_true(sip_decode(view_of(text, sizeof text - 2), &m, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(register_golden),
        cmocka_unit_test(register_escapes),
        cmocka_unit_test(register_over_tls),
        cmocka_unit_test(new_or_renewed),
        cmocka_unit_test(warning_names_the_host),
        cmocka_unit_test(register_transports),
        cmocka_unit_test(responses_golden),
        cmocka_unit_test(to_keeps_its_tag),
        cmocka_unit_test(compact_and_folded),
        cmocka_unit_test(device_names),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(cseq_white_space),
        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(refusals),
        cmocka_unit_test(allowed),
        cmocka_unit_test(too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
