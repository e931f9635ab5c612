/* The verbs that are acts, for docs/SCENARIOS.md and for editors: from the table of acts. */
#include "sim/script/impl.h"

#include <string.h>

static const struct {
    const char *title, *self; /* of the page; how a scenario calls one */
    const char *class;        /* of editors */
} scopes[] = { [ON_NODE] = { "Acts on a node", "node", "Node" },
               [ON_CLUSTER] = { "Acts on a cluster", "cluster", "Cluster" },
               [ON_PHONES] = { "Acts on phones", "fleet", "Fleet" } };

static void print_verb(FILE *out, const struct act_row *row)
{
    fprintf(out, "%.*s", (int)act_verb_length(row), row->name);
}

static void print_words(FILE *out, enum arg_type type, const char *between)
{
    const char *words[ACT_WORDS];
    uint32_t n = act_words(type, words);
    for (uint32_t i = 0; i < n; i++)
        fprintf(out, "%s\"%s\"", i == 0 ? "" : between, words[i]);
}

/* The first argument of this name. */
static const struct act_form *form_of(const struct act_row *row, const char *name)
{
    uint32_t i = 0;
    while (strcmp(row->args[i].name, name) != 0)
        i++;
    return &act_forms[row->args[i].type];
}

/* ---- the page ---- */

static void page_fields(FILE *out, const struct act_row *row)
{
    const char *names[ACT_ARGS + 1];
    uint32_t n = act_fields(row, names);
    for (uint32_t i = 0; i < n; i++) {
        bool cluster = i == 0 && strcmp(names[0], "cluster") == 0;
        fprintf(out, "%s%s = %s", i == 0 ? " { " : ", ", names[i],
                cluster ? "cluster" : form_of(row, names[i])->noun);
    }
    fputs(" }", out);
}

/* One of the acts that the verb chooses from has arguments. */
static bool choices_have_args(const struct act_row *row)
{
    bool any = false;
    for (int i = 0; i < ACTS; i++)
        any = any || (act_same_verb(row, act_table[i]) && act_table[i]->args[0].type != ARG_NONE);
    return any;
}

/* Behind the word that chooses: `, [unit]`, `, { pool = text }`. */
static void page_choice_args(FILE *out, const struct act_row *row)
{
    if (row->args[0].type == ARG_NONE)
        return;
    if (act_in_fields(row)) {
        fputc(',', out);
        page_fields(out, row);
        return;
    }
    for (uint32_t i = 0; i < ACT_ARGS && row->args[i].type != ARG_NONE; i++)
        fprintf(out, act_forms[row->args[i].type].optional ? "[, %s]" : ", %s", row->args[i].name);
}

static void page_signature(FILE *out, const struct act_row *row)
{
    fprintf(out, "\n### `%s:", scopes[row->scope].self);
    print_verb(out, row);
    if (act_choice(row) != NULL) {
        fputs(choices_have_args(row) ? "(act, ...)" : "(act)", out);
    } else if (act_in_fields(row)) {
        page_fields(out, row);
    } else {
        const char *between = "";
        fputc('(', out);
        for (uint32_t i = 0; i < ACT_ARGS && row->args[i].type != ARG_NONE; i++) {
            bool optional = act_forms[row->args[i].type].optional;
            fprintf(out, optional ? "[%s%s]" : "%s%s", between, row->args[i].name);
            between = ", ";
        }
        if (row->spread)
            fprintf(out, "%s", between[0] == '\0' ? "[over]" : " [, over]");
        fputs(act_repeats(row) ? ", ...)" : ")", out);
    }
    fputs("`\n\n", out);
}

static void page_where(FILE *out, const struct act_row *row)
{
    fprintf(out, "Where: *%s*", row->words);
    if (row->since != NULL)
        fprintf(out, " (%s)", row->since);
}

/* What CUCM warns of, `{0}` by the name of the argument, whom it concerns besides phones, and
 * whether it is a remedy. */
static void page_warns(FILE *out, const struct act_row *row)
{
    const char *at = row->warns == NULL ? NULL : strstr(row->warns, "{0}");
    if (at != NULL)
        fprintf(out, "- CUCM warns: *%.*s\\<%s>%s*\n", (int)(at - row->warns), row->warns,
                row->args[0].name, at + 3);
    else if (row->warns != NULL)
        fprintf(out, "- CUCM warns: *%s*\n", row->warns);
    if (row->others != NULL)
        fprintf(out, "- Besides phones: %s\n", row->others);
    if (row->remedy.never != NULL)
        fprintf(out, "- As a way back it is never tried: %s\n", row->remedy.never);
    else
        fprintf(out, "- As a way back it is tried: `\"%s\"`\n", row->remedy.name);
}

static void page_args(FILE *out, const struct act_row *row)
{
    const char *names[ACT_WORDS];
    for (uint32_t i = 0; i < ACT_ARGS && row->args[i].type != ARG_NONE; i++) {
        enum arg_type type = (enum arg_type)row->args[i].type;
        const struct act_form *form = &act_forms[type];
        uint32_t words = type == ARG_FLAG ? 0 : act_words(type, names);
        if (words == 0 && form->doc == NULL)
            continue;
        fprintf(out, "- `%s`: ", row->args[i].name);
        if (words > 0)
            print_words(out, type, ", ");
        if (form->doc != NULL)
            fprintf(out, "%s%s", words > 0 ? "; " : "", form->doc);
        fputc('\n', out);
    }
    if (row->spread)
        fputs("- `over`: a time over which the phones are spread evenly; without it, all at once\n",
              out);
}

static bool is_first(enum act_kind kind)
{
    return act_first(act_table[kind]) == kind;
}

static void page_verb(FILE *out, enum act_kind kind)
{
    const struct act_row *row = act_table[kind];
    page_signature(out, row);
    if (act_choice(row) == NULL) {
        fprintf(out, "%s\n\n", row->doc);
        page_args(out, row);
        fputs("- ", out);
        page_where(out, row);
        fputc('\n', out);
        page_warns(out, row);
        return;
    }
    for (int i = 0; i < ACTS; i++) {
        if (!act_same_verb(row, act_table[i]))
            continue;
        fprintf(out, "- `\"%s\"", act_choice(act_table[i]));
        page_choice_args(out, act_table[i]);
        fprintf(out, "`: %s ", act_table[i]->doc);
        page_where(out, act_table[i]);
        fputc('\n', out);
        page_warns(out, act_table[i]);
    }
}

static void page(FILE *out)
{
    static const enum act_scope order[] = { ON_CLUSTER, ON_NODE, ON_PHONES };
    for (uint32_t s = 0; s < COUNT_OF(order); s++) {
        fprintf(out, "\n## %s\n", scopes[order[s]].title);
        for (int i = 0; i < ACTS; i++) {
            if (act_table[i]->scope == order[s] && is_first((enum act_kind)i))
                page_verb(out, (enum act_kind)i);
        }
    }
}

/* ---- types for editors ---- */

static void types_fields(FILE *out, const struct act_row *row)
{
    const char *names[ACT_ARGS + 1];
    uint32_t n = act_fields(row, names);
    fputs("---@param spec {", out);
    for (uint32_t i = 0; i < n; i++) {
        bool cluster = i == 0 && strcmp(names[0], "cluster") == 0;
        const struct act_form *form = cluster ? NULL : form_of(row, names[i]);
        fprintf(out, "%s %s%s: %s", i == 0 ? "" : ",", names[i],
                (cluster ? act_may_name_cluster(row) : form->optional) ? "?" : "",
                cluster ? "Cluster" : form->type);
    }
    fputs(" }\n", out);
}

/* The verb's parameters; returns their list for the function's head. */
static void types_args(FILE *out, const struct act_row *row, char list[64])
{
    size_t n = 0;
    list[0] = '\0';
    for (uint32_t i = 0; i < ACT_ARGS && row->args[i].type != ARG_NONE; i++) {
        const char *name = act_repeats(row) ? "..." : row->args[i].name;
        const struct act_form *form = &act_forms[row->args[i].type];
        fprintf(out, "---@param %s%s %s\n", name, form->optional ? "?" : "", form->type);
        n += (size_t)snprintf(list + n, 64 - n, "%s%s", n > 0 ? ", " : "", name);
    }
    if (row->spread) {
        fputs("---@param over? Time\n", out);
        snprintf(list + n, 64 - n, "%sover", n > 0 ? ", " : "");
    }
}

static void types_verb(FILE *out, enum act_kind kind)
{
    const struct act_row *row = act_table[kind];
    char list[64] = "spec";
    fprintf(out, "\n---%s\n", act_choice(row) == NULL ? row->doc : row->words);
    if (act_choice(row) == NULL && act_in_fields(row)) {
        types_fields(out, row);
    } else if (act_choice(row) == NULL) {
        types_args(out, row, list);
    } else {
        fputs("---@param act ", out);
        for (int i = 0, n = 0; i < ACTS; i++) {
            if (act_same_verb(row, act_table[i]))
                fprintf(out, "%s\"%s\"", n++ == 0 ? "" : "|", act_choice(act_table[i]));
        }
        fputc('\n', out);
        fputs(choices_have_args(row) ? "---@param ... any\n" : "", out);
        snprintf(list, sizeof list, "%s", choices_have_args(row) ? "act, ..." : "act");
    }
    fprintf(out, "function %s:", scopes[row->scope].class);
    print_verb(out, row);
    fprintf(out, "(%s) end\n", list);
}

static void types(FILE *out)
{
    const char *words[ACT_WORDS];
    for (int i = 0; i < ARG_TYPES; i++) {
        if (i == ARG_FLAG || act_words((enum arg_type)i, words) == 0)
            continue;
        fprintf(out, "---@alias %s ", act_forms[i].type);
        print_words(out, (enum arg_type)i, "|");
        fputs(act_forms[i].others ? "|string\n" : "\n", out);
    }
    for (int i = 0; i < ACTS; i++) {
        if (is_first((enum act_kind)i))
            types_verb(out, (enum act_kind)i);
    }
}

void script_print_acts(FILE *out, bool for_editors)
{
    if (for_editors)
        types(out);
    else
        page(out);
}
