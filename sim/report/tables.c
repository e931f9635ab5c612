#include "sim/report/tables.h"

#include "nodes/cluster.h"
#include "phones/phone.h"
#include "sim/core/costs.h"

#include <inttypes.h>
#include <string.h>

static void print_names(FILE *out, uint32_t bits, const char *const *names, int count)
{
    const char *between = "";
    for (int i = 0; i < count; i++) {
        if ((bits & FSM_BIT(i)) == 0)
            continue;
        fprintf(out, "%s%s", between, names[i]);
        between = ", ";
    }
}

static void print_timer(FILE *out, const struct phone_row *s)
{
    const char *from = knob_table[s->timer].name, *to = knob_table[s->timer_to].name;
    if (s->wait == WAIT_FIXED)
        fprintf(out, "`%s`", from);
    else if (s->wait == WAIT_DRAWN)
        fprintf(out, "drawn between `%s` and `%s`", from, to);
    else if (s->wait == WAIT_RETRY)
        fprintf(out, "`%s` from the attempt that failed, doubled with each up to `%s`", from, to);
}

void tables_states(FILE *out, bool dot)
{
    static const char *const events[EVENT_TYPES] = {
        [EVENT_POWER_ON] = "power on",
        [EVENT_POWER_OFF] = "power off",
        [EVENT_RESET] = "reset",
        [EVENT_TIMER] = "timer",
        [EVENT_FILE] = "file",
        [EVENT_NO_FILE] = "no file",
        [EVENT_REFUSED] = "refused",
        [EVENT_TLS_CERT] = "certificate shown",
        [EVENT_TLS_OPEN] = "handshake done",
        [EVENT_TVS_REPLY] = "TVS reply",
        [EVENT_REGISTERED] = "registered",
        [EVENT_REJECTED] = "rejected",
        [EVENT_SERVER_LOST] = "server lost",
        [EVENT_PAGE] = "page",
        [EVENT_PRESS] = "key pressed",
        [EVENT_ERASE] = "lists deleted",
        [EVENT_FACTORY] = "factory reset",
        [EVENT_SERVER_BACK] = "server back",
        [EVENT_CAPF] = "CAPF",
        [EVENT_CAPF_STRING] = "string entered",
    };
    const char *states[PHONE_STATES];
    for (int i = 0; i < PHONE_STATES; i++)
        states[i] = phone_states[i].name;
    fputs(dot ? "digraph phone {\n  node [shape=box];\n"
              : "| State | What it does | Takes | May go to | Timer |\n"
                "| --- | --- | --- | --- | --- |\n",
          out);
    for (int i = 0; i <= PHONE_ANY; i++) {
        const struct phone_row *s = &phone_states[i];
        for (int k = 0; dot && k < PHONE_STATES; k++) {
            if ((s->goes & FSM_BIT(k)) != 0)
                fprintf(out, "  \"%s\" -> \"%s\";\n", s->name, states[k]);
        }
        if (dot)
            continue;
        fprintf(out, "| %s | %s | ", s->name, s->doc);
        print_names(out, s->takes, events, EVENT_TYPES);
        fputs(" | ", out);
        print_names(out, s->goes, states, PHONE_STATES);
        fputs(" | ", out);
        print_timer(out, s);
        fputs(" |\n", out);
    }
    if (dot)
        fputs("}\n", out);
}

/* A value as a scenario may write it. */
static const char *written(const struct fact *f, uint64_t value, char out[FACT_TEXT])
{
    if (f->unit == UNIT_US || f->unit == UNIT_S)
        return time_print(f->unit == UNIT_S ? value * 1000000 : value, out);
    if (f->unit == UNIT_TLS)
        return fact_print(f, value, out);
    snprintf(out, FACT_TEXT, "%" PRIu64, value);
    return out;
}

static void print_facts(FILE *out, const char *what, const struct fact *table, uint32_t count,
                        bool titles)
{
    static const char *const units[] = {
        [UNIT_COUNT] = "", [UNIT_SWITCH] = "0 or 1",       [UNIT_US] = "us",
        [UNIT_S] = "s",    [UNIT_PER_SECOND] = "a second", [UNIT_TLS] = "TLS"
    };
    fprintf(out, "| %s | Default | From | To | Unit |%s What it is | How sure |\n", what,
            titles ? " On the administration page |" : "");
    fprintf(out, "| --- | --- | --- | --- | --- |%s --- | --- |\n", titles ? " --- |" : "");
    for (uint32_t i = 0; i < count; i++) {
        const struct fact *f = &table[i];
        char initial[FACT_TEXT], min[FACT_TEXT], max[FACT_TEXT];
        fprintf(out, "| `%s` | %s | %s | %s | %s |", f->name, written(f, f->initial, initial),
                written(f, f->min, min), written(f, f->max, max), units[f->unit]);
        if (titles)
            fprintf(out, " %s |", f->title);
        fprintf(out, " %s | %s%s%s |\n", f->doc, sureness_name((enum sureness)f->sure),
                f->source == NULL ? "" : ": ", f->source == NULL ? "" : f->source);
    }
}

/* ---- the trust decision ---- */

static const char *const trust_ends[] = {
    [TRUST_FIRST] = "taken: first trust", [TRUST_BY_CTL] = "taken: by the CTL",
    [TRUST_BY_ITL] = "taken: by the ITL", [TRUST_BY_CACHE] = "taken: by the TVS cache",
    [TRUST_BY_TVS] = "taken: by TVS",     [TRUST_ASK_TVS] = "asks that TVS",
    [TRUST_REFUSED] = "refused",
};

/* What an exit leads to: another box, or what the phone does then. */
static const char *where_to(uint32_t to)
{
    return to >= TRUST_BOXES ? trust_ends[to - TRUST_BOXES] : trust_boxes[to].name;
}

/* A label broken into lines of some thirty characters. */
static void put_label(FILE *out, const char *text)
{
    size_t at = 0;
    while (*text != '\0') {
        size_t n = strcspn(text, " ");
        if (at > 0 && at + n > 30) {
            fputs("\\n", out);
            at = 0;
        } else if (at > 0) {
            fputc(' ', out);
        }
        fprintf(out, "%.*s", (int)n, text);
        at += n + 1;
        text += n;
        text += *text == ' ';
    }
}

/* An end is drawn beside each box that leads there: one for all would be a knot. */
static void dot_exit(FILE *out, uint32_t box, uint32_t exit)
{
    const struct trust_box_row *b = &trust_boxes[box];
    uint32_t to = b->exits[exit].to;
    if (to < TRUST_BOXES) {
        fprintf(out, "  b%u -> b%u", box, to);
    } else {
        fprintf(out, "  b%u_%u [label=\"%s\", style=filled, fillcolor=\"%s\"];\n  b%u -> b%u_%u",
                box, exit, where_to(to), to == TRUST_BOXES + TRUST_REFUSED ? "#f4c7c3" : "#cfe8cf",
                box, box, exit);
    }
    fprintf(out, " [label=\"%s\"];\n", b->exits[exit].word);
}

static void dot_trust(FILE *out)
{
    fprintf(out,
            "digraph trust {\n  node [shape=box, style=rounded];\n"
            "  file [label=\"a list or a file\", shape=plaintext];\n"
            "  certificate [label=\"a certificate\", shape=plaintext];\n"
            "  file -> b%u;\n  certificate -> b%u;\n",
            (unsigned)trust_start(TRUST_ITL), (unsigned)trust_start(TRUST_HTTPS));
    for (uint32_t i = 0; i < TRUST_BOXES; i++) {
        fprintf(out, "  b%u [label=\"%u. %s\\n", i, i + 1, trust_boxes[i].name);
        put_label(out, trust_boxes[i].asks);
        fputs("\"];\n", out);
        for (uint32_t k = 0; k < TRUST_EXITS && trust_boxes[i].exits[k].word != NULL; k++)
            dot_exit(out, i, k);
    }
    fputs("}\n", out);
}

void tables_trust(FILE *out, bool dot)
{
    if (dot) {
        dot_trust(out);
        return;
    }
    fputs("| Box | Name | What it asks | What follows |\n| --- | --- | --- | --- |\n", out);
    for (uint32_t i = 0; i < TRUST_BOXES; i++) {
        const struct trust_box_row *b = &trust_boxes[i];
        fprintf(out, "| %u | %s | %s | ", i + 1, b->name, b->asks);
        for (uint32_t k = 0; k < TRUST_EXITS && b->exits[k].word != NULL; k++) {
            const char *mark = b->exits[k].to >= TRUST_BOXES ? "**" : "";
            fprintf(out, "%s%s: %s%s%s", k == 0 ? "" : "; ", b->exits[k].word, mark,
                    where_to(b->exits[k].to), mark);
        }
        fputs(" |\n", out);
    }
}

void tables_knobs(FILE *out)
{
    print_facts(out, "Knob of the phones", knob_table, KNOBS, false);
    fputc('\n', out);
    print_facts(out, "Parameter of a cluster", param_table, PARAMS, true);
    fputc('\n', out);
    print_facts(out, "Knob of nodes and network", cost_table, COSTS, false);
}

/* ---- versions ---- */

static char sureness_letter(uint8_t sure)
{
    return sureness_name((enum sureness)sure)[0];
}

static void print_cell(const struct version_column *c, const struct version *v,
                       char out[VERSION_CELL + 2])
{
    c->print(v, c->own, out);
    size_t n = strlen(out);
    snprintf(out + n, VERSION_CELL + 2 - n, " %c", sureness_letter(version_mark(c, v)->sure));
}

static bool same_version(const struct version *x, const struct version *y)
{
    char a[VERSION_CELL + 2], b[VERSION_CELL + 2];
    for (uint32_t i = 0; i < version_column_count; i++) {
        print_cell(&version_columns[i], x, a);
        print_cell(&version_columns[i], y, b);
        if (strcmp(a, b) != 0)
            return false;
    }
    return true;
}

static bool begins_group(uint32_t version)
{
    return version == 0 || !same_version(&version_table[version - 1], &version_table[version]);
}

/* "8.0: 116232; 10.0: none": what says so, from which version on. */
static void print_sources(FILE *out, const struct version_column *c)
{
    for (uint32_t i = 0; i < VERSION_MARKS && c->marks[i].from != NULL; i++) {
        const struct version_mark *m = &c->marks[i];
        fprintf(out, "%s%s: %s", i == 0 ? "" : "; ", m->from,
                m->source[0] == '\0' ? "none" : m->source);
    }
}

void tables_versions(FILE *out)
{
    fputs("| |", out);
    for (uint32_t i = 0; i < version_count; i++)
        fprintf(out, "%s%s", begins_group(i) && i != 0 ? " | " : " ", version_table[i].name);
    fputs(" | from that version on, says |\n| --- |", out);
    for (uint32_t i = 0; i < version_count; i++)
        fputs(begins_group(i) ? " --- |" : "", out);
    fputs(" --- |\n", out);
    for (uint32_t k = 0; k < version_column_count; k++) {
        const struct version_column *c = &version_columns[k];
        char cell[VERSION_CELL + 2];
        fprintf(out, "| %s |", c->title);
        for (uint32_t i = 0; i < version_count; i++) {
            if (!begins_group(i))
                continue;
            print_cell(c, &version_table[i], cell);
            fprintf(out, " %s |", cell);
        }
        fputc(' ', out);
        print_sources(out, c);
        fputs(" |\n", out);
    }
    fputs("\nOther servers that phones come from and go to are clusters of these:\n\n", out);
    for (uint32_t i = 0; i < other_version_count; i++)
        fprintf(out, "- \"%s\": %s.\n", other_versions[i].name, other_versions[i].doc);
}
