#include "sim/base/rng.h"
#include "sim/bytes/cnf_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static char out[65536];

static const struct cnf_own own = { "SEP0011215A1AE3", "1001",
                                    "b0ec918f-b9ee-994b-57ae-345883c1fde8" };

struct read {
    struct cnf cnf;
    char device[64], line[64], uuid[64];
};

static bool read_into(struct view v, struct read *r, struct err *e)
{
    return cnf_read(v, &r->cnf, r->device, r->line, r->uuid, e);
}

static struct read read_text(const char *text)
{
    struct read r;
    struct err e = { "" };
    memset(&r, 0xee, sizeof r);
    if (!read_into(view_str(text), &r, &e))
        fail_msg("%s: %s", text, e.text);
    return r;
}

static struct view written(const struct cnf *c, const struct cnf_own *o)
{
    struct wr w = wr_of(out, sizeof out - 1), measure = wr_measure();
    cnf_write(c, o, &w);
    cnf_write(c, o, &measure);
    assert_false(w.over);
    assert_int_equal(measure.n, w.n);
    out[w.n] = '\0';
    return view_of(out, w.n);
}

static void set(char *to, size_t size, const char *from)
{
    assert_true(cnf_text(to, size, from));
}

#define SET(field, value) set(field, sizeof(field), value)

/* Every field differs from what cnf_init() gives. */
static struct cnf sample(void)
{
    struct cnf c;
    cnf_init(&c);
    c.protocol = CNF_SIP;
    c.security_mode = CNF_ENCRYPTED;
    c.transport = 3;
    c.encr_config = 1;
    c.capf_auth_mode = 2;
    c.server_count = 2;
    c.tvs_count = 2;
    c.web_access = 1;
    c.capf_port = 3805;
    SET(c.device_pool, "Default");
    SET(c.group, "HQ & \"branch\"");
    for (unsigned i = 0; i < 2; i++) {
        cnf_server_init(&c.servers[i]);
        cnf_tvs_init(&c.tvs[i]);
    }
    SET(c.servers[0].name, "pub.lab.example");
    SET(c.servers[0].address, "127.0.0.11");
    SET(c.servers[1].name, "<sub>");
    SET(c.servers[1].address, "sub'1");
    c.servers[1].sccp_port = 12000;
    c.servers[1].sip_port = 0;
    c.servers[1].secure_sip_port = 65535;
    SET(c.tvs[0].address, "127.0.0.11");
    SET(c.tvs[1].address, "127.0.0.12");
    c.tvs[1].port = 12445;
    SET(c.load, "sip88xx.12-1-1");
    SET(c.capf_address, "127.0.0.11");
    SET(c.cert_hash, "91b5c0f9d92cd2b0cfd4e579cdd9d0fd");
    SET(c.user_locale, "\xc3\x96sterreich");
    SET(c.network_locale, " New_Zealand\t");
    SET(c.secure_directory_url, "https://pub:8443/ccmcip/xmldirectory.jsp?a=1&b=2");
    SET(c.secure_services_url, "https://pub:8443/ccmcip/getservicesmenu.jsp");
    SET(c.secure_authentication_url, "https://pub:8443/ccmcip/authenticate.jsp");
    SET(c.secure_information_url, "https://pub:8443/ccmcip/GetTelecasterHelpText.jsp");
    SET(c.directory_url, "http://pub:8080/ccmcip/xmldirectory.jsp");
    SET(c.services_url, "http://pub:8080/ccmcip/getservicesmenu.jsp");
    SET(c.authentication_url, "http://pub:8080/ccmcip/authenticate.jsp");
    SET(c.information_url, "http://pub:8080/ccmcip/GetTelecasterHelpText.jsp");
    c.version_stamp = 4294967295;
    c.register_expires_s = 1800;
    c.keepalive_expires_s = 4294967295;
    return c;
}

static void assert_same(const struct cnf *a, const struct cnf *b)
{
    for (size_t i = 0; i < sizeof *a; i++)
        if (((const uint8_t *)a)[i] != ((const uint8_t *)b)[i])
            fail_msg("byte %zu of struct cnf differs", i);
}

static void round_trip_full(void **state)
{
    (void)state;
    struct cnf c = sample();
    struct read r = read_text((const char *)written(&c, &own).p);
    assert_same(&r.cnf, &c);
    assert_string_equal(r.device, own.device);
    assert_string_equal(r.line, own.line);
    assert_string_equal(r.uuid, own.uuid);
    for (size_t i = strlen(r.device); i < 64; i++)
        assert_int_equal(r.device[i], 0);
    cnf_init(&c); /* and everything at rest */
    r = read_text((const char *)written(&c, &(struct cnf_own){ NULL, NULL, NULL }).p);
    assert_same(&r.cnf, &c);
    assert_string_equal(r.device, "");
}

/* Texts as long as they may be, and of every character that needs care. */
static void round_trip_random(void **state)
{
    (void)state;
    static const char *const pieces[] = { "a",
                                          "<",
                                          ">",
                                          "&",
                                          "\"",
                                          "'",
                                          "\n",
                                          "\r",
                                          "\t",
                                          "]]>",
                                          "\xc3\xa4",
                                          "\xe2\x82\xac",
                                          "\xf0\x9f\x93\x9e",
                                          " ",
                                          "&amp;",
                                          "\x7f",
                                          "\xef\xbf\xbd" };
    struct rng rng = rng_of(1, "cnf", 0);
    for (int round = 0; round < 300; round++) {
        struct cnf c = sample();
        char *texts[] = { c.device_pool, c.group,       c.servers[0].name, c.servers[1].address,
                          c.load,        c.user_locale, c.tvs[1].address,  c.capf_address };
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            char text[CNF_NAME + 8] = "";
            size_t n = rng_below(&rng, CNF_NAME);
            for (;;) {
                const char *piece = pieces[rng_below(&rng, 17)];
                if (strlen(text) + strlen(piece) > n)
                    break;
                memcpy(text + strlen(text), piece, strlen(piece) + 1);
            }
            set(texts[i], CNF_NAME, text);
        }
        c.protocol = (uint8_t)rng_below(&rng, 2);
        c.security_mode = (uint8_t)(1 + rng_below(&rng, 3));
        c.transport = (uint8_t)(1 + rng_below(&rng, 4));
        c.version_stamp = (uint32_t)rng_next(&rng);
        c.web_access = (uint8_t)rng_next(&rng);
        struct read r = read_text((const char *)written(&c, &own).p);
        assert_same(&r.cnf, &c);
    }
}

static void round_trip_short(void **state)
{
    (void)state;
    struct cnf c, full = sample();
    cnf_init(&c);
    c.full_config = 0;
    c.encr_config = 1;
    c.capf_auth_mode = 2;
    c.capf_port = 13804;
    SET(c.load, "sip88xx.12-1-1");
    SET(c.capf_address, "127.0.0.11");
    SET(c.cert_hash, "91b5c0f9d92cd2b0cfd4e579cdd9d0fd");
    struct view v = written(&c, &own);
    static const char golden[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                 "<device>\n"
                                 "<fullConfig>false</fullConfig>\n"
                                 "<ipAddressMode>0</ipAddressMode>\n"
                                 "<loadInformation>sip88xx.12-1-1</loadInformation>\n"
                                 "<capfAuthMode>2</capfAuthMode>\n"
                                 "<capfList>\n<capf>\n"
                                 "<phonePort>13804</phonePort>\n"
                                 "<processNodeName>127.0.0.11</processNodeName>\n"
                                 "</capf>\n</capfList>\n"
                                 "<certHash>91b5c0f9d92cd2b0cfd4e579cdd9d0fd</certHash>\n"
                                 "<encrConfig>true</encrConfig>\n"
                                 "</device>\n";
    assert_string_equal((const char *)v.p, golden);
    struct read r = read_text(golden);
    assert_same(&r.cnf, &c);
    assert_string_equal(r.line, "");
    /* A short file that holds more: what it should not hold does not count. */
    static char text[65536];
    memcpy(text, written(&full, &own).p, sizeof text);
    char *at = strstr(text, "<fullConfig>true");
    assert_non_null(at);
    memmove(at + 17, at + 16, strlen(at + 16) + 1);
    memcpy(at, "<fullConfig>false", 17);
    r = read_text(text);
    assert_int_equal(r.cnf.full_config, 0);
    assert_int_equal(r.cnf.server_count, 0);
    assert_string_equal(r.cnf.servers[0].name, "");
    assert_string_equal(r.cnf.cert_hash, full.cert_hash);
    assert_string_equal(r.cnf.directory_url, "");
    assert_int_equal(r.cnf.security_mode, 1);
    assert_string_equal(r.device, "");
}

static void round_trip_default(void **state)
{
    (void)state;
    struct cnf c, full = sample();
    cnf_init(&c);
    c.is_default = 1;
    c.server_count = full.server_count;
    memcpy(c.servers, full.servers, sizeof c.servers);
    c.tvs_count = full.tvs_count;
    memcpy(c.tvs, full.tvs, sizeof c.tvs);
    SET(c.group, "Default");
    SET(c.load, "sip88xx.12-1-1");
    SET(c.directory_url, full.directory_url);
    SET(c.services_url, full.services_url);
    SET(c.authentication_url, full.authentication_url);
    SET(c.information_url, full.information_url);
    SET(c.secure_directory_url, full.secure_directory_url);
    SET(c.secure_services_url, full.secure_services_url);
    SET(c.secure_authentication_url, full.secure_authentication_url);
    SET(c.secure_information_url, full.secure_information_url);
    struct view v = written(&c, &own);
    assert_non_null(strstr(out, "<Default>\n<callManagerGroup>\n<name>Default</name>"));
    assert_null(strstr(out, "SEP0011215A1AE3"));
    struct read r = read_text((const char *)v.p);
    assert_same(&r.cnf, &c);
}

/* The order of a real 11.5 file. */
static void order(void **state)
{
    (void)state;
    static const char *const in_order[] = {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<device>\n<fullConfig>true</fullConfig>",
        "<deviceProtocol>SIP</deviceProtocol>",
        "<devicePool>\n<name>Default</name>",
        "<callManagerGroup>\n<name>HQ &amp; &quot;branch&quot;</name>\n<members>",
        "<member priority=\"0\">\n<callManager>\n<name>pub.lab.example</name>",
        "<ports>\n<ethernetPhonePort>2000</ethernetPhonePort>\n<sipPort>5060</sipPort>\n"
        "<securedSipPort>5061</securedSipPort>\n</ports>\n"
        "<processNodeName>127.0.0.11</processNodeName>\n</callManager>\n</member>",
        "<member priority=\"1\">\n<callManager>\n<name>&lt;sub&gt;</name>",
        "</members>\n</callManagerGroup>\n</devicePool>",
        "<TVS>\n<members>\n<member priority=\"0\">\n<port>2445</port>",
        "<address>127.0.0.11</address>\n</member>\n<member priority=\"1\">\n<port>12445</port>",
        "<sipProfile>\n<sipStack>\n<timerRegisterExpires>1800</timerRegisterExpires>",
        "<line button=\"1\"",
        "<name>1001</name>",
        "<contact>b0ec918f-b9ee-994b-57ae-345883c1fde8</contact>",
        "<softKeyFile>SKb0ec918f-b9ee-994b-57ae-345883c1fde8.xml</softKeyFile>\n</sipProfile>",
        "<loadInformation>sip88xx.12-1-1</loadInformation>",
        "<commonConfig>\n<webAccess>1</webAccess>",
        "<enterpriseConfig>\n<webAccess>1</webAccess>",
        "<versionStamp>4294967295-b0ec918f-b9ee-994b-57ae-345883c1fde8</versionStamp>",
        "<userLocale>",
        "<networkLocaleInfo>\n<name> New_Zealand&#9;</name>",
        "<deviceSecurityMode>3</deviceSecurityMode>",
        "<authenticationURL>",
        "<directoryURL>",
        "<informationURL>",
        "<servicesURL>",
        "<secureAuthenticationURL>",
        "<secureDirectoryURL>",
        "<secureInformationURL>",
        "<secureServicesURL>",
        "<transportLayerProtocol>3</transportLayerProtocol>",
        "<capfAuthMode>2</capfAuthMode>\n<capfList>\n<capf>\n<phonePort>3805</phonePort>",
        "<certHash>",
        "<encrConfig>true</encrConfig>",
        "<phoneServices>\n<phoneService",
        "</device>\n",
    };
    struct cnf c = sample();
    const char *at = (const char *)written(&c, &own).p;
    for (size_t i = 0; i < sizeof in_order / sizeof in_order[0]; i++) {
        const char *next = strstr(at, in_order[i]);
        if (next == NULL) {
            fail_msg("%s is missing or out of order", in_order[i]);
            return;
        }
        at = next + strlen(in_order[i]);
    }
    assert_string_equal(at, "");
}

static void bad_text_is_replaced(void **state)
{
    (void)state;
    static const struct {
        const char *text, *as;
    } rows[] = {
        { "a\x01z", "a?z" },
        { "\xff", "?" },
        { "\xc3", "?" },
        { "\xc0\x80", "??" },
        { "\xed\xa0\x80", "???" },
        { "\xef\xbf\xbf", "???" },
        { "\xf4\x90\x80\x80", "????" },
        { "\xe2\x82", "??" },
        { "\x1f\xc3\xa4", "?\xc3\xa4" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cnf c;
        cnf_init(&c);
        SET(c.load, rows[i].text);
        struct read r = read_text((const char *)written(&c, &own).p);
        assert_string_equal(r.cnf.load, rows[i].as);
    }
    struct cnf c;
    assert_false(cnf_text(c.cert_hash, sizeof c.cert_hash, "123456789012345678901234567890123"));
    assert_string_equal(c.cert_hash, "");
    assert_true(cnf_text(c.cert_hash, sizeof c.cert_hash, "12345678901234567890123456789012"));
}

/* What the usecallmanager.nz tools' test configuration holds, on one line as there. */
static void peer_file(void **state)
{
    (void)state;
    struct read r = read_text(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<device><fullConfig>true</fullConfig>"
        "<deviceProtocol>SCCP</deviceProtocol><ipAddressMode>0</ipAddressMode>"
        "<loadInformation>SCCP45.9-4-2SR4-3S</loadInformation><devicePool><callManagerGroup>"
        "<members><member priority=\"0\"><callManager><processNodeName>cucm-pub.lab.example"
        "</processNodeName></callManager></member></members></callManagerGroup></devicePool>"
        "<TVS><members><member priority=\"0\"><port>2445</port><address>127.0.0.11</address>"
        "</member></members></TVS></device>\r\r\r\r");
    struct cnf c;
    cnf_init(&c);
    SET(c.load, "SCCP45.9-4-2SR4-3S");
    c.server_count = 1;
    cnf_server_init(&c.servers[0]);
    SET(c.servers[0].address, "cucm-pub.lab.example");
    c.tvs_count = 1;
    cnf_tvs_init(&c.tvs[0]);
    SET(c.tvs[0].address, "127.0.0.11");
    assert_same(&r.cnf, &c);
}

static void reads_leniently(void **state)
{
    (void)state;
    struct cnf c;
    cnf_init(&c);
    struct read r = read_text("<device/>");
    assert_same(&r.cnf, &c);
    r = read_text("<device a=\"b\"><!-- c --><?p i?><TVS><members/></TVS><x><load"
                  "Information>no</loadInformation><a><b/></a></x>text<loadInformation>"
                  "<![CDATA[a<b]]>&#x41;&amp;</loadInformation><devicePoolX><name>n</name>"
                  "</devicePoolX></device>");
    assert_string_equal(r.cnf.load, "a<bA&");
    assert_string_equal(r.cnf.device_pool, "");
    /* Members by priority, equal ones as they stand. */
    r = read_text("<device><TVS><members><member priority=\"2\"><address>c</address></member>"
                  "<member priority=\"0\"><address>a</address><port>1</port></member>"
                  "<member priority=\"0\"><address>b</address></member></members></TVS></device>");
    assert_int_equal(r.cnf.tvs_count, 3);
    assert_string_equal(r.cnf.tvs[0].address, "a");
    assert_int_equal(r.cnf.tvs[0].port, 1);
    assert_string_equal(r.cnf.tvs[1].address, "b");
    assert_string_equal(r.cnf.tvs[2].address, "c");
    assert_int_equal(r.cnf.tvs[2].port, 2445);
    r = read_text("<Default><callManagerGroup><members><member priority=\"1\"><callManager>"
                  "<name>b</name></callManager></member><member priority=\"0\"><callManager>"
                  "<name>a</name><ports><sipPort>5</sipPort></ports></callManager></member>"
                  "</members></callManagerGroup><loadInformation684 model=\"Cisco 8851\">x"
                  "</loadInformation684><servicesURL>u</servicesURL>"
                  "<deviceSecurityMode>3</deviceSecurityMode></Default>");
    assert_int_equal(r.cnf.is_default, 1);
    assert_int_equal(r.cnf.server_count, 2);
    assert_string_equal(r.cnf.servers[0].name, "a");
    assert_int_equal(r.cnf.servers[0].sip_port, 5);
    assert_string_equal(r.cnf.servers[1].name, "b");
    assert_string_equal(r.cnf.load, "");
    assert_string_equal(r.cnf.services_url, "u");
    assert_int_equal(r.cnf.security_mode, 1);
    /* The common setting stands over the enterprise's, in either order; the first line counts. */
    r = read_text("<device><commonConfig><webAccess>1</webAccess></commonConfig>"
                  "<enterpriseConfig><webAccess>0</webAccess></enterpriseConfig></device>");
    assert_int_equal(r.cnf.web_access, 1);
    r = read_text("<device><enterpriseConfig><webAccess>0</webAccess></enterpriseConfig>"
                  "<commonConfig><webAccess>1</webAccess></commonConfig></device>");
    assert_int_equal(r.cnf.web_access, 1);
    r = read_text("<device><sipProfile><sipLines><line button=\"1\"><name>1001</name></line>"
                  "<line button=\"2\"><name>1002</name><contact>x</contact></line></sipLines>"
                  "</sipProfile><versionStamp>{Jan 01 2002 00:00:00}</versionStamp></device>");
    assert_string_equal(r.line, "1001");
    assert_string_equal(r.uuid, "");
    assert_int_equal(r.cnf.version_stamp, 0);
}

#define TVS6 "<member/><member/><member/><member/><member/>\n<member/>"

static const struct bad {
    const char *text, *error;
} bad[] = {
    { "", "configuration: empty" },
    { "<device>", "configuration: line 1: no element found" },
    { "x", "configuration: line 1: syntax error" },
    { "<device>\n<a></b></device>", "configuration: line 2: mismatched tag" },
    { "<device/><device/>", "configuration: line 1: junk after document element" },
    { "<device>\xff</device>", "configuration: line 1: not well-formed (invalid token)" },
    { "<phone/>", "configuration: line 1: root is neither device nor Default" },
    { "<!DOCTYPE device>\n<device/>", "configuration: line 1: a document type is not allowed" },
    { "<!DOCTYPE d [<!ENTITY a \"b\">]><device>&a;</device>",
      "configuration: line 1: a document type is not allowed" },
    { "<!DOCTYPE d SYSTEM \"file:///etc/passwd\"><device/>",
      "configuration: line 1: a document type is not allowed" },
    { "<device>&a;</device>", "configuration: line 1: undefined entity" },
    { "<device>\n\n<fullConfig>yes</fullConfig></device>",
      "configuration: line 3: fullConfig: not true or false" },
    { "<device><encrConfig/></device>", "configuration: line 1: encrConfig: not true or false" },
    { "<device><deviceProtocol>H323</deviceProtocol></device>",
      "configuration: line 1: deviceProtocol: not SIP or SCCP" },
    { "<device><deviceSecurityMode>0</deviceSecurityMode></device>",
      "configuration: line 1: deviceSecurityMode: not a number in its range" },
    { "<device><deviceSecurityMode>4</deviceSecurityMode></device>",
      "configuration: line 1: deviceSecurityMode: not a number in its range" },
    { "<device><transportLayerProtocol>5</transportLayerProtocol></device>",
      "configuration: line 1: transportLayerProtocol: not a number in its range" },
    { "<device><capfAuthMode>256</capfAuthMode></device>",
      "configuration: line 1: capfAuthMode: not a number in its range" },
    { "<device><TVS><members><member><port>65536</port></member></members></TVS></device>",
      "configuration: line 1: port: not a number in its range" },
    { "<device><TVS><members><member><port></port></member></members></TVS></device>",
      "configuration: line 1: port: not a number in its range" },
    { "<device><TVS><members><member priority=\"x\"/></members></TVS></device>",
      "configuration: line 1: member: priority is not a number up to 255" },
    { "<device><TVS><members>" TVS6 "</members></TVS></device>",
      "configuration: line 2: TVS: more than 5 members" },
    { "<device><devicePool><callManagerGroup><members><member/><member/><member/>\n<member/>"
      "</members></callManagerGroup></devicePool></device>",
      "configuration: line 2: callManagerGroup: more than 3 members" },
    { "<Default><callManagerGroup><members><member/><member/><member/>\n<member/></members>"
      "</callManagerGroup></Default>",
      "configuration: line 2: callManagerGroup: more than 3 members" },
    { "<device><certHash>123456789012345678901234567890123</certHash></device>",
      "configuration: line 1: certHash: text too long" },
    { "<device><loadInformation>1234567890123456789012345678901234567890123456789012345678901234"
      "</loadInformation></device>",
      "configuration: line 1: loadInformation: text too long" },
    { "<device><certHash/>\n<certHash/></device>", "configuration: line 2: certHash: there twice" },
    { "<device><TVS><members><member><port>1</port><port>1</port></member></members></TVS>"
      "</device>",
      "configuration: line 1: port: there twice" },
    { "<device><certHash>a<b/></certHash></device>",
      "configuration: line 1: certHash: an element inside it" },
};

static void bad_input(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct read r, before;
        struct err e = { "" };
        char expected[256];
        memset(&r, 0xee, sizeof r);
        memset(&before, 0xee, sizeof before);
        assert_false(read_into(view_str(bad[i].text), &r, &e));
        snprintf(expected, sizeof expected, "%s (FORMATS section 7)", bad[i].error);
        assert_string_equal(e.text, expected);
        assert_memory_equal(&r, &before, sizeof r);
    }
}

/* Nesting, length and the sum of small texts are bounded. */
static void limits(void **state)
{
    (void)state;
    static char text[CNF_READ_MAX + 2];
    struct read r;
    struct err e = { "" };
    for (int depth = 63; depth <= 64; depth++) {
        struct wr w = wr_of(text, sizeof text);
        wr_str(&w, "<device>");
        for (int i = 0; i < depth; i++)
            wr_str(&w, "<TVS>");
        for (int i = 0; i < depth; i++)
            wr_str(&w, "</TVS>");
        wr_str(&w, "</device>");
        assert_int_equal(read_into(view_of(text, w.n), &r, &e), depth == 63);
    }
    assert_string_equal(
        e.text, "configuration: line 1: elements nested deeper than 64 (FORMATS section 7)");
    /* A name longer than any path, in and out again. */
    struct wr w = wr_of(text, sizeof text);
    wr_str(&w, "<device><TVS><");
    for (int i = 0; i < 5000; i++)
        wr_u8(&w, 'n');
    wr_str(&w, "><port>1</port></");
    for (int i = 0; i < 5000; i++)
        wr_u8(&w, 'n');
    wr_str(&w, "></TVS><certHash>x</certHash></device>");
    assert_true(read_into(view_of(text, w.n), &r, &e));
    assert_string_equal(r.cnf.cert_hash, "x");
    w = wr_of(text, sizeof text);
    wr_str(&w, "<device><certHash>");
    for (int i = 0; i < 600; i++)
        wr_str(&w, "&#65;");
    wr_str(&w, "</certHash></device>");
    assert_false(read_into(view_of(text, w.n), &r, &e));
    assert_string_equal(e.text,
                        "configuration: line 1: certHash: text too long (FORMATS section 7)");
    memset(text, ' ', sizeof text);
    memcpy(text, "<device/>", 9);
    assert_true(read_into(view_of(text, CNF_READ_MAX), &r, &e));
    assert_false(read_into(view_of(text, CNF_READ_MAX + 1), &r, &e));
    assert_string_equal(e.text, "configuration: 2097153 bytes, a phone takes at most 2097152 "
                                "(FORMATS section 7)");
}

/* A part of a file is no file; only the newline at its end may be missing. */
/* The least and the most of every number, and the ones beside them: written into the first element
 * of that name. */
static void bounds_of_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *tag;
        size_t at, size; /* in struct cnf */
        long long least, most;
    } rows[] = {
#define NUMBER(field) offsetof(struct cnf, field), sizeof(((struct cnf *)NULL)->field)
        { "<ethernetPhonePort>", NUMBER(servers[0].sccp_port), 0, 65535 },
        { "<sipPort>", NUMBER(servers[0].sip_port), 0, 65535 },
        { "<securedSipPort>", NUMBER(servers[0].secure_sip_port), 0, 65535 },
        { "<port>", NUMBER(tvs[0].port), 0, 65535 },
        { "<timerRegisterExpires>", NUMBER(register_expires_s), 0, UINT32_MAX },
        { "<timerKeepAliveExpires>", NUMBER(keepalive_expires_s), 0, UINT32_MAX },
        { "<webAccess>", NUMBER(web_access), 0, 255 },
        { "<deviceSecurityMode>", NUMBER(security_mode), 1, 3 },
        { "<transportLayerProtocol>", NUMBER(transport), 1, 4 },
        { "<capfAuthMode>", NUMBER(capf_auth_mode), 0, 255 },
        { "<phonePort>", NUMBER(capf_port), 0, 65535 },
#undef NUMBER
    };
    struct cnf c = sample();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const long long values[] = { rows[i].least, rows[i].most, rows[i].least - 1,
                                     rows[i].most + 1 };
        for (int k = 0; k < 4; k++) {
            static char text[sizeof out];
            struct read r;
            struct err e = { "" };
            const char *whole = (const char *)written(&c, &own).p, *at = strstr(whole, rows[i].tag);
            assert_non_null(at);
            at += strlen(rows[i].tag);
            snprintf(text, sizeof text, "%.*s%lld%s", (int)(at - whole), whole, values[k],
                     strchr(at, '<'));
            assert_int_equal(read_into(view_str(text), &r, &e), k < 2);
            if (k >= 2)
                continue;
            const uint8_t *field = (const uint8_t *)&r.cnf + rows[i].at;
            uint8_t byte = field[0];
            uint16_t two;
            uint32_t four;
            memcpy(&two, field, sizeof two);
            memcpy(&four, field, sizeof four);
            assert_int_equal(rows[i].size == 1 ? byte : rows[i].size == 2 ? two : four, values[k]);
        }
    }
}

static void truncation(void **state)
{
    (void)state;
    struct cnf c = sample();
    struct view v = written(&c, &own);
    for (size_t n = 0; n < v.n; n++) {
        struct read r;
        struct err e = { "" };
        uint8_t *part = malloc(n + 1);
        memcpy(part, v.p, n);
        assert_int_equal(read_into(view_of(part, n), &r, &e), n == v.n - 1);
        assert_true(n == v.n - 1 || strlen(e.text) > 0);
        free(part);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip_full),
        cmocka_unit_test(round_trip_random),
        cmocka_unit_test(round_trip_short),
        cmocka_unit_test(round_trip_default),
        cmocka_unit_test(order),
        cmocka_unit_test(bad_text_is_replaced),
        cmocka_unit_test(peer_file),
        cmocka_unit_test(reads_leniently),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(limits),
        cmocka_unit_test(bounds_of_numbers),
        cmocka_unit_test(truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
