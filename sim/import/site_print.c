/* A site on a screen or two: how it is known, and what to collect next. */
#include "sim/import/site.h"

#include "sim/base/count.h"
#include "sim/core/date.h"
#include "sim/wire/shown.h"

#include <string.h>

#define WIDTH         110
#define CLAIMS_SHOWN  14 /* of each kind */
#define KNOWN_SHOWN   40 /* of those that are known: a line a node, and the rest */
#define CLASSES_SHOWN 12
#define NAMES_SHOWN   6
#define LINE          2400 /* bytes of a claim */

/* Words of `text` from column `at` on, further lines behind `indent` blanks. */
static void put_words(FILE *out, const char *text, int at, int indent)
{
    for (bool first = true; *text != '\0'; first = false) {
        int n = (int)strcspn(text, " ");
        bool breaks = at + 1 + n > WIDTH && at > indent;
        if (breaks)
            at = fprintf(out, "\n%*s", indent, "") - 1;
        else if (!first)
            at += fprintf(out, " ");
        at += (int)fwrite(text, 1, (size_t)n, out);
        text += n + (text[n] == ' ');
    }
    fputc('\n', out);
}

/* `alike`: of so many others the same is said. */
static void put_claim(const struct site *s, const struct site_claim *c, uint32_t alike, FILE *out)
{
    char line[LINE], where[SITE_WHERE], text[1100], more[40] = "";
    if (alike > 0)
        (void)snprintf(more, sizeof more, " and %s more", COUNTED(alike));
    size_t n =
        (size_t)snprintf(line, sizeof line, "%s%s%s", shown_text(text, 300, view_str(c->what)),
                         more, c->value[0] != '\0' ? ": " : "");
    n += (size_t)snprintf(line + n, sizeof line - n, "%s",
                          shown_text(text, 200, view_str(c->value)));
    n += (size_t)snprintf(line + n, sizeof line - n, "%s%s",
                          c->why[0] == '\0'     ? ""
                          : c->value[0] != '\0' ? "; "
                                                : ": ",
                          shown_text(text, sizeof text, view_str(c->why)));
    if (c->source_count > 0)
        n += (size_t)snprintf(line + n, sizeof line - n, " [%s%s]",
                              site_where(s, s->sources[c->sources], where),
                              c->source_count > 1 ? ", ..." : "");
    fputs("  ", out);
    put_words(out, line, 2, 6);
}

static void put_claims(const struct site *s, enum site_how how, const char *title, FILE *out)
{
    uint32_t count = 0, left = 0, most = how == SITE_KNOWN ? KNOWN_SHOWN : CLAIMS_SHOWN;
    for (uint32_t i = 0; i < s->claim_count; i++) {
        if (s->claims[i].how != how)
            continue;
        if (count == 0)
            fprintf(out, "\n%s\n", title);
        uint32_t alike = site_claims_alike(s, i);
        if (count++ < most)
            put_claim(s, &s->claims[i], alike, out);
        else
            left += 1 + alike;
        i += alike;
    }
    if (left > 0)
        fprintf(out, "  and %s more (--json has all)\n", COUNTED(left));
}

/* A hash is told by its beginning. */
static const char *list_word(const struct site *s, const struct site_held *h, char out[20])
{
    const char *text = site_held_text(s, h);
    (void)snprintf(out, 20, "%.12s%s", *text == '\0' ? "-" : text, strlen(text) > 12 ? "..." : "");
    return out;
}

static void put_classes(const struct site *s, FILE *out)
{
    if (s->class_count == 0)
        return;
    fprintf(out, "\n%s of phones that are alike\n", COUNTED_OF(s->class_count, "kind"));
    fprintf(out, "  %7s  %-14s %-18s %-13s %-4s %-15s  %-15s\n", "phones", "model", "group",
            "security", "", "ITL", "CTL");
    for (uint32_t i = 0; i < s->class_count && i < CLASSES_SHOWN; i++) {
        const struct site_phone *p = &s->phones[s->classes[i].first];
        char itl[20], ctl[20], model[40], group[40];
        const char *type = p->model.text == NULL ? "-" : p->model.text;
        const char *cmg = s->groups[s->pools[p->pool].group].name;
        fprintf(out, "  %7s  %-14.14s %-18.18s %-13.13s %-4.4s %-15s  %-15s\n",
                COUNTED(s->classes[i].phones), shown_text(model, sizeof model, view_str(type)),
                shown_text(group, sizeof group, view_str(cmg)),
                p->security.text == NULL ? "-" : p->security.text,
                p->state.text == NULL ? "-" : p->state.text, list_word(s, &p->itl, itl),
                list_word(s, &p->ctl, ctl));
    }
    if (s->class_count > CLASSES_SHOWN)
        fprintf(out, "  and %s more\n", COUNTED(s->class_count - CLASSES_SHOWN));
}

static bool holds(const struct site_held *h, uint32_t list)
{
    return h->how == SITE_HOLDS_LIST && h->list == list;
}

static void put_holders(const struct site *s, uint32_t list, FILE *out)
{
    const struct site_list *l = &s->lists[list];
    uint32_t n = 0;
    fprintf(out, "  %7s  %s %.12s...: ", COUNTED(l->holders), l->is_ctl ? "CTL" : "ITL",
            l->sha1 == NULL ? "unknown" : l->sha1);
    for (uint32_t i = 0; i < s->phone_count && n < NAMES_SHOWN; i++) {
        const struct site_phone *p = &s->phones[i];
        if (holds(l->is_ctl ? &p->ctl : &p->itl, list))
            fprintf(out, "%s%s", n++ == 0 ? "" : ", ", p->name);
    }
    fputs(l->holders > n ? ", ...\n" : "\n", out);
}

static void put_unserved(const struct site *s, FILE *out)
{
    uint32_t shown = 0, more = 0;
    for (uint32_t i = 0; i < s->list_count; i++) {
        if (s->lists[i].holders == 0 || s->lists[i].served_by != 0)
            continue;
        if (shown == 0)
            fputs("\nPhones whose list no node is known to serve\n", out);
        if (shown++ < CLASSES_SHOWN)
            put_holders(s, i, out);
        else
            more++;
    }
    if (more > 0)
        fprintf(out, "  and %s more\n", COUNTED_OF(more, "list"));
}

void site_print(const struct site *s, FILE *out)
{
    char date[DATE_TEXT], name[80];
    date_print(s->present_s, 0, date);
    fprintf(out, "\n%s, CUCM %s, as of %.16s: %s, %s, %s, %s\n",
            shown_text(name, sizeof name, view_str(s->name)), s->version, date,
            COUNTED_OF(s->node_count, "node"), COUNTED_OF(s->group_count, "group"),
            COUNTED_OF(s->pool_count, "pool"), COUNTED_OF(s->phone_count, "phone"));
    put_claims(s, SITE_KNOWN, "Known", out);
    put_claims(s, SITE_ASSUMED, "Assumed: no source says it", out);
    put_claims(s, SITE_CONTRADICTS, "Contradicts", out);
    put_classes(s, out);
    put_unserved(s, out);
    put_claims(s, SITE_CANNOT_KNOW, "Cannot know: what to collect next", out);
}
