/* XML of strangers: what is read, what is refused, several documents (sim/text/xml.h). */
#include "sim/text/xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char told[4096];

static void tell(const char *text, size_t n)
{
    size_t at = strlen(told);
    assert_true(at + n < sizeof told);
    memcpy(told + at, text, n);
    told[at + n] = '\0';
}

static void on_begin(struct xml *x, void *ctx, const struct xml_tag *tag)
{
    char line[200];
    struct view a = xml_attribute(tag, "a");
    (void)ctx;
    int n = snprintf(line, sizeof line, "<%s@%u.%u", tag->name, xml_line(x), tag->depth);
    tell(line, (size_t)n);
    if (a.p != NULL) {
        tell("=", 1);
        tell((const char *)a.p, a.n);
    }
    if (strcmp(tag->name, "stop") == 0)
        xml_fail(x, "%s here", tag->name);
}

static void on_end(struct xml *x, void *ctx, uint32_t depth)
{
    (void)x, (void)ctx, (void)depth;
    tell(">", 1);
}

static void on_text(struct xml *x, void *ctx, struct view text)
{
    (void)x, (void)ctx;
    tell((const char *)text.p, text.n);
}

static const struct xml_calls calls = { 5, on_begin, on_end, on_text };

static void reads(void **state)
{
    (void)state;
    static const struct {
        const char *text, *told, *error; /* NULL: none */
    } rows[] = {
        { "<a/>", "<a@1.1>", NULL },
        { "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<a>\xc3\xa4</a>\n",
          "<a@2.1\xc3\xa4>", NULL },
        { "<s:a xmlns:s=\"u\">\n<s:b q:a=\"no\" a=\"&lt;1&#62;\"/></s:a>", "<a@1.1\n<b@2.2=<1>>>",
          NULL },
        { "<q:a><r:b xsi:nil=\"true\"/></q:a>", "<a@1.1<b@1.2>>", NULL },
        { "<a><![CDATA[<&]]>&amp;&#x41;<!-- no --><?no no?></a>", "<a@1.1<&&A>", NULL },
        { "<a>\n<b></a>", "<a@1.1\n<b@2.2", "line 2: mismatched tag" },
        { "<a>\n<b>", "<a@1.1\n<b@2.2", "line 2: no element found" },
        { "<a><b><c><d><e><f/></e></d></c></b></a>", "<a@1.1<b@1.2<c@1.3<d@1.4<e@1.5",
          "line 1: elements nested deeper than 5" },
        { "<a>\n\n<stop/><b/></a>", "<a@1.1\n\n<stop@3.2", "line 3: stop here" },
        { "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>", "",
          "line 1: a document type is not allowed" },
        { "<!DOCTYPE a [<!ENTITY % p SYSTEM \"file:///etc/passwd\">%p;]><a/>", "",
          "line 1: a document type is not allowed" },
        { "<!DOCTYPE a SYSTEM \"http://127.0.0.1/a.dtd\"><a/>", "",
          "line 1: a document type is not allowed" },
        { "<a>&b;</a>", "<a@1.1", "line 1: undefined entity" },
        { "<a a=\"&b;\"/>", "", "line 1: undefined entity" },
        { "<a>\xff</a>", "<a@1.1", "line 1: not well-formed (invalid token)" },
        { "<a>\x01</a>", "<a@1.1", "line 1: not well-formed (invalid token)" },
        { "a", "", "line 1: syntax error" },
        { "", "", "line 1: syntax error" },
        { "\xff\xfe<", "", "line 1: syntax error" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = { "" };
        told[0] = '\0';
        bool good = xml_read(view_str(rows[i].text), &calls, NULL, &e);
        assert_string_equal(told, rows[i].told);
        assert_string_equal(e.text, rows[i].error != NULL ? rows[i].error : "");
        assert_int_equal(good, rows[i].error == NULL);
    }
}

/* libxml2 would compare each with each. */
static void tags_with_many_attributes(void **state)
{
    (void)state;
    static char text[2000000];
    struct err e = { "" };
    for (int many = 400; many <= 100000; many *= 250) {
        size_t n = (size_t)snprintf(text, sizeof text, "<a>\n<b");
        for (int i = 0; i < many; i++)
            n += (size_t)snprintf(text + n, sizeof text - n, " a%d = '>'", i);
        n += (size_t)snprintf(text + n, sizeof text - n, "/></a>");
        told[0] = '\0';
        assert_int_equal(xml_read(view_of(text, n), &calls, NULL, &e), many == 400);
    }
    assert_string_equal(e.text, "line 2: a tag with too many attributes");
}

static void utf_16_is_none(void **state)
{
    (void)state;
    struct err e = { "" };
    assert_false(xml_read(view_of("<\0a\0/\0>\0", 8), &calls, NULL, &e));
    assert_string_equal(e.text, "line 1: syntax error");
}

/* Whatever stands between them; one that breaks off costs none behind it. */
static void several_documents(void **state)
{
    (void)state;
    static const struct {
        const char *text, *told;
        int good, bad;
    } rows[] = {
        { "<a/>\n\n<b/>", "<a@1.1><b@3.1>", 2, 0 },
        { "HTTP/1.1 200 OK\r\n\r\n<?xml version=\"1.0\"?>\n<a>1</a>\n$ next 1 < 2\n"
          "<?xml version=\"1.0\"?><b/>",
          "<a@4.11><b@6.1>", 2, 0 },
        { "<?xml version=\"1.0\"?><e><a>1</a><a>\n<?xml version=\"1.0\"?><e>2</e>",
          "<e@1.1<a@1.21><a@1.2\n<e@2.12>", 1, 1 },
        { "<s:e><a>1</a><a>\n<s:e>2</s:e>", "<e@1.1<a@1.21><a@1.2\n<e@2.32><e@2.12>", 1, 1 },
        { "<!DOCTYPE a><a/><?xml version=\"1.0\"?><b/>", "<a@1.1><b@1.1>", 2, 0 },
        { "no XML", "", 0, 0 },
        { "", "", 0, 0 },
        { "<", "", 0, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct xml_place place = { 0, 1 };
        int good = 0, bad = 0;
        told[0] = '\0';
        struct view v = view_str(rows[i].text);
        while (xml_find(v, &place)) {
            struct err e = { "" };
            bool fine = xml_read_at(v, &place, &calls, NULL, &e);
            good += fine;
            bad += !fine;
            assert_int_equal(e.text[0] == '\0', fine);
        }
        assert_string_equal(told, rows[i].told);
        assert_int_equal(good, rows[i].good);
        assert_int_equal(bad, rows[i].bad);
    }
}

static void on_many(struct xml *x, void *ctx, const struct xml_tag *tag)
{
    uint32_t *count = ctx;
    if (tag->depth == 2)
        assert_int_equal(xml_line(x), ++*count + 1);
}

/* Larger than any buffer of the parser: lines and texts are right to the end. */
static void long_documents(void **state)
{
    (void)state;
    enum { ROWS = 20000 };
    static char text[ROWS * 40 + 100];
    size_t n = (size_t)snprintf(text, sizeof text, "<rows>\n");
    for (int i = 0; i < ROWS; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "<row><name>SEP%012d</name></row>\n", i);
    n += (size_t)snprintf(text + n, sizeof text - n, "</rows>");
    uint32_t count = 0;
    struct err e = { "" };
    assert_true(
        xml_read(view_of(text, n), &(struct xml_calls){ 4, on_many, NULL, NULL }, &count, &e));
    assert_int_equal(count, ROWS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),          cmocka_unit_test(tags_with_many_attributes),
        cmocka_unit_test(utf_16_is_none), cmocka_unit_test(several_documents),
        cmocka_unit_test(long_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
