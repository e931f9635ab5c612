/* The expectations of a scenario as JUnit XML, for whoever collects tests. */
#include "sim/report/report.h"

#include <inttypes.h>
#include <string.h>

/* XML 1.0 has no way to write a control character. */
static void put_xml(FILE *out, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        const char *name = *p == '&' ? "&amp;" : *p == '<' ? "&lt;" : *p == '>' ? "&gt;" : NULL;
        if (*p == '"')
            name = "&quot;";
        if (name != NULL)
            fputs(name, out);
        else
            fputc(*p < 0x20 && *p != '\t' ? ' ' : *p, out);
    }
}

static void put_attribute(FILE *out, const char *name, const char *text)
{
    fprintf(out, " %s=\"", name);
    put_xml(out, text);
    fputc('"', out);
}

static void put_case(FILE *out, const struct report *r, const struct script_expect *e)
{
    fputs("    <testcase", out);
    put_attribute(out, "classname", r->in.scenario);
    put_attribute(out, "name", e->text);
    put_attribute(out, "file", r->in.scenario);
    fprintf(out, " line=\"%" PRIu32 "\" time=\"%" PRIu64 ".%06u\"", e->line, e->at_us / 1000000,
            (unsigned)(e->at_us % 1000000));
    if (e->passed) {
        fputs("/>\n", out);
        return;
    }
    fputs(">\n      <failure", out);
    char text[512];
    snprintf(text, sizeof text, "expected %.200s, got %.200s", e->expected, e->actual);
    put_attribute(out, "message", text);
    fputs("/>\n    </testcase>\n", out);
}

void report_junit(FILE *out, const struct report *r)
{
    uint32_t failed = 0;
    for (uint32_t i = 0; i < r->in.expect_count; i++)
        failed += !r->in.expects[i].passed;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite", out);
    put_attribute(out, "name", r->in.scenario);
    fprintf(out, " tests=\"%" PRIu32 "\" failures=\"%" PRIu32 "\" errors=\"0\" skipped=\"0\">\n",
            r->in.expect_count, failed);
    fputs("    <properties>\n      <property name=\"verdict\"", out);
    put_attribute(out, "value", r->verdict);
    fputs("/>\n    </properties>\n", out);
    for (uint32_t i = 0; i < r->in.expect_count; i++)
        put_case(out, r, &r->in.expects[i]);
    fputs("  </testsuite>\n</testsuites>\n", out);
}
