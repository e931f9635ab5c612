#include "sim/preflight/text.h"

#include "sim/base/count.h"

#include <string.h>

#define WIDTH     110
#define SAME_MOST 8 /* findings of one check and severity that are printed, without `whole` */

/* A text with its lines broken between words; each begins with so many spaces. */
static void put_wrapped(FILE *out, const char *label, const char *text, const char *end)
{
    int column = fprintf(out, "    %s", label);
    for (const char *word = text; *word != '\0';) {
        int n = (int)strcspn(word, " ");
        if (column + 1 + n > WIDTH) {
            fputs("\n     ", out);
            column = 5;
        }
        column += fprintf(out, "%s%.*s", word == text ? "" : " ", n, word);
        word += n + strspn(word + n, " ");
    }
    fprintf(out, "%s\n", end);
}

/* What is to be done for several findings of one check is said behind the last of them. */
static bool goes_on(const struct preflight *p, const struct preflight_finding *f)
{
    const struct preflight_finding *next = f + 1;
    return next < p->list + p->count && next->severity == f->severity && next->check == f->check &&
           next->cluster == f->cluster && next->what == f->what;
}

static bool went_on(const struct preflight *p, const struct preflight_finding *f)
{
    return f > p->list && f[-1].severity == f->severity && f[-1].check == f->check &&
           f[-1].cluster == f->cluster;
}

static void put_finding(FILE *out, const struct preflight *p, const struct preflight_finding *f,
                        bool whole, bool last)
{
    bool several = p->lab->state.cluster_count > 1;
    if (!went_on(p, f))
        fprintf(out, "  %s%s%s\n", f->check->name, several ? " of " : "",
                several ? p->lab->state.clusters[f->cluster].name : "");
    put_wrapped(out, "", f->fact, ".");
    if (whole && f->source != NULL)
        put_wrapped(out, "Source: ", f->source, ".");
    if (whole && f->why != NULL)
        put_wrapped(out, "Why: ", f->why, "");
    if (f->what != NULL && f->severity != PREFLIGHT_PASS && (last || !goes_on(p, f)))
        put_wrapped(out, f->severity == PREFLIGHT_UNKNOWN ? "To collect: " : "To do: ", f->what,
                    f->severity == PREFLIGHT_UNKNOWN ? "." : "");
}

/* Findings of one check, cluster and severity that stand one after the other. */
static uint32_t same_as(const struct preflight *p, uint32_t i)
{
    uint32_t n = 1;
    while (i + n < p->count && went_on(p, &p->list[i + n]))
        n++;
    return n;
}

static void put_severity(FILE *out, const struct preflight *p, enum preflight_severity severity,
                         const char *title, bool whole)
{
    if (p->counts[severity] == 0)
        return;
    fprintf(out, "\n%s\n", title);
    for (uint32_t i = 0, n = 1; i < p->count; i += n) {
        n = same_as(p, i);
        uint32_t most = whole || n < SAME_MOST ? n : SAME_MOST;
        for (uint32_t k = 0; k < most && p->list[i].severity == severity; k++)
            put_finding(out, p, &p->list[i + k], whole, k + 1 == most);
        if (most < n && p->list[i].severity == severity)
            fprintf(out, "    and %s more like it (--why, --json)\n", COUNTED(n - most));
    }
}

static void put_passes(FILE *out, const struct preflight *p, bool whole)
{
    if (p->counts[PREFLIGHT_PASS] == 0)
        return;
    fputs("\nPass\n", out);
    for (uint32_t i = 0; i < p->count; i++) {
        if (p->list[i].severity == PREFLIGHT_PASS && whole)
            put_finding(out, p, &p->list[i], true, false);
        else if (p->list[i].severity == PREFLIGHT_PASS)
            put_wrapped(out, "", p->list[i].fact, "");
    }
}

static void put_head(FILE *out, const struct preflight *p)
{
    char date[DATE_TEXT];
    for (uint32_t c = 0; c < p->lab->state.cluster_count; c++) {
        const struct cluster *cl = &p->lab->state.clusters[c];
        fprintf(out, "%s%s (%s, %s)", c == 0 ? "" : ", ", cl->name,
                cl->asked[0] == '\0' ? cl->version->name : cl->asked,
                COUNTED_OF(cluster_nodes(cl), "node"));
    }
    fprintf(out, ", %s, as of %s\n", COUNTED_OF(p->lab->state.phone_count, "phone"),
            date_print(p->now_s, p->lab->base->options.offset_s, date));
    fprintf(out, "%u fail, %u warn, %u cannot know, %u pass\n", p->counts[PREFLIGHT_FAIL],
            p->counts[PREFLIGHT_WARN], p->counts[PREFLIGHT_UNKNOWN], p->counts[PREFLIGHT_PASS]);
}

void preflight_text(FILE *out, const struct preflight *p, bool whole)
{
    put_head(out, p);
    put_severity(out, p, PREFLIGHT_FAIL, "Fail", whole);
    put_severity(out, p, PREFLIGHT_WARN, "Warn", whole);
    put_severity(out, p, PREFLIGHT_UNKNOWN, "Cannot know", whole);
    put_passes(out, p, whole);
}

/* ---- the table ---- */

void preflight_table(FILE *out)
{
    struct preflight_row at = { 0, 0 };
    const struct preflight_check *c;
    char stops[PREFLIGHT_STOPS_TEXT];
    fputs("| check | asks | at worst | stops | why it matters | what to do | what to collect |\n"
          "| --- | --- | --- | --- | --- | --- | --- |\n",
          out);
    while ((c = preflight_next(&at)) != NULL)
        fprintf(out, "| `%s` | %s | %s | %s | %s | %s | %s |\n", c->name, c->title,
                preflight_severity_name((enum preflight_severity)c->worst),
                preflight_stops_words(c->stops, stops), c->why, c->what,
                c->collect == NULL ? "" : c->collect);
}
