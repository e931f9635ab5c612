/* The table of models as Markdown (tables.h). */
#include "phones/model.h"
#include "sim/report/tables.h"

#include <stdarg.h>
#include <string.h>

/* A cell, and behind it the first letter of how sure that is. */
__attribute__((format(printf, 4, 5))) static void
cell(FILE *out, const struct model *m, enum model_fact fact, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("| ", out);
    vfprintf(out, format, args);
    va_end(args);
    fprintf(out, " %c ", sureness_name((enum sureness)m->sure[fact])[0]);
}

static const char *yes(bool is)
{
    return is ? "yes" : "no";
}

static void print_fetch(FILE *out, const struct model *m)
{
    static const char *const names[] = { "", ", CTLFile.tlv", ", ITLFile.tlv",
                                         ", CTLFile.tlv, ITLFile.tlv" };
    int which = (m->ctl && m->asks_ctl_common) | (m->itl && m->asks_itl_common) << 1;
    cell(out, m, FACT_FETCH, "%s%s", m->order == FETCH_TFTP ? "TFTP" : "HTTP, then TFTP",
         names[which]);
}

static void print_speaks(FILE *out, const struct model *m)
{
    static const char *const names[] = { [SPEAKS(CNF_SCCP)] = "SCCP", [SPEAKS(CNF_SIP)] = "SIP" };
    if (m->transports != (SPEAKS(CNF_SCCP) | SPEAKS(CNF_SIP)))
        cell(out, m, FACT_SPEAKS, "%s", names[m->transports]);
    else
        cell(out, m, FACT_SPEAKS, "%s", m->protocol == CNF_SCCP ? "SCCP, SIP" : "SIP, SCCP");
}

static void print_model(FILE *out, const struct model *m)
{
    static const char *const words[] = {
        [DIALECT_SECD] = "79xx", [DIALECT_SECUREAPP] = "88xx", [DIALECT_89XX] = "89xx"
    };
    char before[16];
    if (m->before.major != 0)
        fprintf(out, "| %s before %s ", m->name, model_load_print(m->before, before));
    else
        fprintf(out, "| %s ", m->name);
    fprintf(out, "| %s%s%s | %s ", m->product, m->also == NULL ? "" : ", ",
            m->also == NULL ? "" : m->also, model_table[m->family].name);
    if (m->device_type == 0)
        fputs("| not known ", out);
    else
        cell(out, m, FACT_TYPE, "%u", m->device_type);
    cell(out, m, FACT_ITL, "%s", yes(m->itl));
    cell(out, m, FACT_CTL, "%s", yes(m->ctl));
    cell(out, m, FACT_MIC, "%s", m->mic ? mic_cas[m->mic_ca].name : "no");
    print_speaks(out, m);
    cell(out, m, FACT_TLS, "%s", model_tls_name((enum model_tls)m->tls));
    cell(out, m, FACT_HTTPS, "%s", yes(m->https));
    fprintf(out, "| %s ", words[m->dialect]);
    print_fetch(out, m);
    cell(out, m, FACT_LIMIT, "%u", (unsigned)m->itl_max);
    cell(out, m, FACT_MINUTES, "%u", m->erase_minutes);
    cell(out, m, FACT_RESET, "%u", m->reset_minutes);
    cell(out, m, FACT_REMOTE, "%s", yes(m->remote));
    fputs("|\n", out);
}

/* '|' would end a cell. */
static void print_list(FILE *out, const char *list)
{
    for (const char *p = list; *p != '\0'; p++)
        fputs(*p == '|' ? ", " : (char[]){ *p, '\0' }, out);
}

static bool keys_of_its_own(const struct model *m)
{
    const char *family = model_table[m->family].keys;
    return m->keys != NULL && (family == NULL || strcmp(m->keys, family) != 0);
}

static void print_keys(FILE *out)
{
    fputs("| Family | Stands for products | Keys to erase the lists |\n| --- | --- | --- |\n", out);
    for (uint32_t i = 0; i < model_count; i++) {
        const struct model *m = &model_table[i];
        if (i >= FAMILIES && !keys_of_its_own(m))
            continue;
        fprintf(out, "| %s | ", m->name);
        print_list(out, m->patterns == NULL ? "" : m->patterns);
        fputc(' ', out);
        if (!m->ctl && !m->itl)
            fputs("| holds none ", out);
        else if (m->keys == NULL)
            fputs("| none known: factory reset ", out);
        else
            cell(out, m, FACT_KEYS, "%s", m->keys);
        fputs("|\n", out);
    }
}

void tables_models(FILE *out)
{
    fputs("| Model | In CUCM | Family | Type | ITL | CTL | MIC | Speaks | TLS | HTTPS | Words | "
          "Fetches | "
          "List, bytes | Minutes | Reset | Keys sent |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | "
          "--- | --- |\n",
          out);
    for (uint32_t i = FAMILIES; i < model_count; i++)
        print_model(out, &model_table[i]);
    fputc('\n', out);
    print_keys(out);
    fputs("\n| Devices that hold no trust list | What they are |\n| --- | --- |\n", out);
    for (uint32_t i = 0; i < model_bystander_count; i++) {
        fputs("| ", out);
        print_list(out, model_bystanders[i].products);
        fprintf(out, " | %s |\n", model_bystanders[i].why);
    }
}
