#include "sim/report/tables.h"

#include "nodes/cluster.h"
#include "phones/phone.h"

#include <inttypes.h>

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

void tables_states(FILE *out, bool dot)
{
    static const char *const events[EV_TYPES] = {
        [EV_POWER_ON] = "power on",   [EV_POWER_OFF] = "power off",
        [EV_RESET] = "reset",         [EV_TIMER] = "timer",
        [EV_FILE] = "file",           [EV_NO_FILE] = "no file",
        [EV_REFUSED] = "refused",     [EV_TLS_CERT] = "certificate shown",
        [EV_TVS_REPLY] = "TVS reply", [EV_REGISTERED] = "registered",
        [EV_REJECTED] = "rejected",   [EV_SERVER_LOST] = "server lost",
        [EV_PAGE] = "page",           [EV_PRESS] = "key pressed",
        [EV_ERASE] = "lists deleted",
    };
    const char *states[PHONE_STATES];
    for (int i = 0; i < PHONE_STATES; i++)
        states[i] = phone_states[i].name;
    fputs(dot ? "digraph phone {\n  node [shape=box];\n"
              : "| State | What it does | Takes | May go to | Timer |\n"
                "| --- | --- | --- | --- | --- |\n",
          out);
    for (int i = 0; i < PHONE_STATES; i++) {
        const struct fsm_state *s = &phone_states[i];
        for (int k = 0; dot && k < PHONE_STATES; k++) {
            if ((s->goes & FSM_BIT(k)) != 0)
                fprintf(out, "  \"%s\" -> \"%s\";\n", s->name, states[k]);
        }
        if (dot)
            continue;
        fprintf(out, "| %s | %s | ", s->name, s->doc);
        print_names(out, s->takes, events, EV_TYPES);
        fputs(" | ", out);
        print_names(out, s->goes, states, PHONE_STATES);
        fprintf(out, " | %s |\n", s->timer == NULL ? "" : s->timer);
    }
    if (dot)
        fputs("}\n", out);
}

void tables_knobs(FILE *out)
{
    fputs("| Knob of the phones | Default | What it is | How sure |\n| --- | --- | --- | --- |\n",
          out);
    for (int i = 0; i < KNOBS; i++) {
        const struct knob_info *k = &knob_table[i];
        fprintf(out, "| `%s` | %" PRIu64 " | %s | %s%s%s |\n", k->name, k->value, k->doc,
                sureness_name((enum sureness)k->sure), k->source[0] == '\0' ? "" : ": ", k->source);
    }
    fputs("\n| Parameter of a cluster | Default | On the administration page | What it is | "
          "How sure |\n| --- | --- | --- | --- | --- |\n",
          out);
    for (int i = 0; i < PARAMS; i++) {
        const struct param_info *p = &param_table[i];
        fprintf(out, "| `%s` | %" PRIu64 " | %s | %s | %s |\n", p->name, p->initial, p->title,
                p->doc, p->sure);
    }
}
