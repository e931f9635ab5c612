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
