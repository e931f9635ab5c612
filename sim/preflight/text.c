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

static void put_finding(FILE *out, const struct preflight *p, const struct preflight_finding *f,
                        bool whole)
{
    bool several = p->lab->state.cluster_count > 1;
    fprintf(out, "  %s%s%s\n", f->check->name, several ? " of " : "",
            several ? p->lab->state.clusters[f->cluster].name : "");
    put_wrapped(out, "", f->fact, ".");
    if (whole && f->source != NULL)
        put_wrapped(out, "Source: ", f->source, ".");
    if (whole && f->why != NULL)
        put_wrapped(out, "Why: ", f->why, "");
    if (f->what != NULL)
        put_wrapped(out, f->severity == PREFLIGHT_UNKNOWN ? "To collect: " : "To do: ", f->what,
                    f->severity == PREFLIGHT_UNKNOWN ? "." : "");
}

static void put_severity(FILE *out, const struct preflight *p, enum preflight_severity severity,
                         const char *title, bool whole)
{
    const struct preflight_check *of = NULL;
    uint32_t same = 0;
    if (p->counts[severity] == 0)
        return;
    fprintf(out, "\n%s\n", title);
    for (uint32_t i = 0; i < p->count; i++) {
        const struct preflight_finding *f = &p->list[i];
        if (f->severity != severity)
            continue;
        same = f->check == of ? same + 1 : 0;
        of = f->check;
        if (whole || same < SAME_MOST)
            put_finding(out, p, f, whole);
        bool last =
            i + 1 == p->count || p->list[i + 1].check != of || p->list[i + 1].severity != severity;
        if (!whole && last && same >= SAME_MOST)
            fprintf(out, "    and %s more like it (--why, --json)\n",
                    COUNTED(same + 1 - SAME_MOST));
    }
}

static void put_passes(FILE *out, const struct preflight *p, bool whole)
{
    if (p->counts[PREFLIGHT_PASS] == 0)
        return;
    fputs("\nPass\n", out);
    for (uint32_t i = 0; i < p->count; i++) {
        if (p->list[i].severity == PREFLIGHT_PASS && whole)
            put_finding(out, p, &p->list[i], false);
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
    fputs("| check | asks | at worst | why it matters | what to do | what to collect |\n"
          "| --- | --- | --- | --- | --- | --- |\n",
          out);
    while ((c = preflight_next(&at)) != NULL)
        fprintf(out, "| `%s` | %s | %s | %s | %s | %s |\n", c->name, c->title,
                preflight_severity_name((enum preflight_severity)c->worst), c->why, c->what,
                c->collect == NULL ? "" : c->collect);
}
