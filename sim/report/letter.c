#include "sim/report/letter.h"

#include "sim/base/sys.h"
#include "sim/report/fmt.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* ---- who can ---- */

static const char *const barred[] = { [SETTINGS_ENABLED] = NULL,
                                      [SETTINGS_RESTRICTED] = "its settings are restricted",
                                      [SETTINGS_DISABLED] = "its settings are disabled" };

const char letter_by_web[] = "by an administrator, from a desk";
const char letter_by_key[] = "the symmetric key of its page is typed in";

/* By its model, and by the configuration that it has. */
static const char *why_not_of(const struct report *r, uint32_t phone)
{
    const struct phone *p = &r->lab->state.phones[phone];
    const struct model *m = &model_table[p->model];
    const struct cnf *cnf = phone_config(p, r->lab->base->content);
    if (lab_key_to_type(r->lab, phone) != 0)
        return letter_by_key;
    if (m->keys == NULL)
        return "no keys known for this model";
    if (m->by_web)
        return letter_by_web;
    if (cnf == NULL || cnf->settings_access == CNF_SETTINGS_ENABLED)
        return NULL;
    return barred[cnf->settings_access == CNF_SETTINGS_RESTRICTED ? SETTINGS_RESTRICTED
                                                                  : SETTINGS_DISABLED];
}

const char **letter_why_not(const struct report *r)
{
    const char **why = mem_take(&sys_mem, ((size_t)r->phones + 1) * sizeof *why);
    for (uint32_t i = 0; i < r->phones; i++)
        why[i] = !losses_need_hands(r->in.losses, i) ? "" : why_not_of(r, i);
    for (uint32_t f = 0; f < r->in.inventory_count; f++) {
        const struct inventory *v = &r->in.inventories[f].phones;
        for (uint32_t i = 0; i < v->count; i++) {
            const struct inventory_row *row = &v->rows[i];
            if (row->taken && row->phone < r->phones && why[row->phone] == NULL)
                why[row->phone] = barred[row->settings];
        }
    }
    return why;
}

struct letter_count letter_count(const struct report *r)
{
    struct letter_count c = { 0 };
    uint64_t users_minutes = 0;
    const char **why = letter_why_not(r);
    for (uint32_t i = 0; i < r->phones; i++) {
        bool can = why[i] == NULL;
        if (!can && why[i][0] == '\0')
            continue;
        c.by_users += can;
        c.by_web += why[i] == letter_by_web;
        c.by_key += why[i] == letter_by_key;
        c.by_reset += !can && why[i] != letter_by_web && why[i] != letter_by_key;
        *(can ? &users_minutes : &c.left_minutes) += report_hands_minutes(r, i);
    }
    c.follow = (uint32_t)((uint64_t)c.by_users * r->in.users_follow / 100);
    if (c.by_users > 0)
        c.left_minutes += users_minutes * (c.by_users - c.follow) / c.by_users;
    mem_free(&sys_mem, why);
    return c;
}

/* ---- the letters ---- */

static const struct {
    const char *file, *before;
    const char *press; /* before the keys of a model */
    const char *behind;
} letters[] = {
    { "letter-en.txt",
      "Subject: please clear the security settings of your desk phone\n\n"
      "Dear colleague,\n\n"
      "The certificates of our telephone system have been renewed, and your phone does not know "
      "the\n"
      "new ones yet. Until you have helped it once it takes no new settings, and its directories "
      "may\n"
      "not open. It takes a minute or two, and nothing that you have stored is lost. Look up the\n"
      "model of your phone: it stands above or below the display.\n\n",
      "  Press: ",
      "The phone then starts again by itself. When the time and your number are back on its "
      "display\n"
      "it is done. If your phone is not in the list, or does not come back within ten minutes,\n"
      "please tell the service desk, and try nothing else.\n" },
    { "letter-nl.txt",
      "Onderwerp: wilt u de beveiligingsinstellingen van uw bureautelefoon wissen?\n\n"
      "Beste collega,\n\n"
      "De certificaten van onze telefooncentrale zijn vernieuwd, en uw toestel kent de nieuwe nog\n"
      "niet. Totdat u het eenmaal hebt geholpen neemt het geen nieuwe instellingen over, en het\n"
      "telefoonboek opent misschien niet. Het kost een paar minuten, en niets wat u hebt "
      "opgeslagen\n"
      "gaat verloren. Zoek het model van uw toestel op: het staat boven of onder het scherm. De\n"
      "namen hieronder zijn Engels; een scherm in een andere taal toont ze vertaald.\n\n",
      "  Druk op: ",
      "Daarna start het toestel vanzelf opnieuw. Staan de tijd en uw nummer weer op het scherm, "
      "dan\n"
      "is het klaar. Staat uw toestel niet in de lijst, of is het na tien minuten niet terug, "
      "meld\n"
      "het dan bij de servicedesk, en probeer verder niets.\n" },
};

/* A paragraph a model, in the order of the table of models. */
static void put_letter(FILE *out, const struct report *r, size_t language)
{
    const char **why = letter_why_not(r);
    uint32_t *used = mem_take(&sys_mem, (model_count + 1) * sizeof *used);
    memset(used, 0, (model_count + 1) * sizeof *used);
    for (uint32_t i = 0; i < r->phones; i++)
        used[r->lab->state.phones[i].model] += why[i] == NULL;
    report_by_product(used);
    fputs(letters[language].before, out);
    for (uint32_t m = 0; m < model_count; m++) {
        if (used[m] > 0)
            fprintf(out, "%s\n%s%s\n\n", model_table[m].product, letters[language].press,
                    model_table[m].keys);
    }
    fputs(letters[language].behind, out);
    mem_free(&sys_mem, why);
    mem_free(&sys_mem, used);
}

/* Those that no letter can be about, by what they need instead. */
static const struct other {
    const char *file;
    const char *why; /* NULL: every other reason, which stands in the file */
    const char *column;
} others[] = {
    { "factory-reset.csv", NULL, "why" },
    { "web-page.csv", letter_by_web, "what" },
    { "symmetric-key.csv", letter_by_key, "what" },
};

static bool is_of(const struct other *o, const char *why)
{
    bool reset = why != letter_by_web && why != letter_by_key;
    return o->why == NULL ? reset : o->why == why;
}

/* False: there is none. */
static bool put_others(FILE *out, const struct report *r, const struct other *o)
{
    char name[DEVICE_NAME];
    const char **why = letter_why_not(r);
    bool some = false;
    fprintf(out, "name,model,pool,%s\n", o->column);
    for (uint32_t i = 0; i < r->phones; i++) {
        uint8_t model = r->lab->state.phones[i].model;
        if (why[i] == NULL || why[i][0] == '\0' || !is_of(o, why[i]))
            continue;
        some = true;
        lab_phone_name(r->lab, i, name);
        fprintf(out, "%s,%s,", name, model_table[model].product);
        report_put_csv(out, lab_pool_of(r->lab, i), ',');
        fprintf(out, "%s\n", why[i] == letter_by_web ? report_keys(model) : why[i]);
    }
    mem_free(&sys_mem, why);
    return some;
}

static bool write_one(const char *folder, const char *name, struct sys_text *text, struct err *e)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    bool ok = sys_write_file(path, view_of(text->p, text->n), e);
    sys_text_free(text);
    return ok;
}

bool letter_folder(const char *folder, struct err *e)
{
    char path[4096];
    if (sys_is_stdout(folder))
        return err_set(e, "--letter %s: a folder is expected, not standard output", folder);
    snprintf(path, sizeof path, "%s/%s", folder, letters[0].file);
    return (mkdir(folder, 0777) == 0 || errno == EEXIST ||
            err_set(e, "--letter %s: %s", folder, strerror(errno))) &&
           (sys_can_write(path, e) || err_prefix(e, "--letter"));
}

/* What another run left of this name would be taken for a letter of this one. */
static bool take_away(const char *folder, const char *name, struct err *e)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return remove(path) == 0 || errno == ENOENT || err_set(e, "%s: %s", path, strerror(errno));
}

bool letter_write(const struct report *r, const char *folder, struct err *e)
{
    struct letter_count c = letter_count(r);
    struct sys_text text;
    bool ok = letter_folder(folder, e);
    for (size_t i = 0; i < sizeof letters / sizeof *letters && ok; i++) {
        if (c.by_users == 0) {
            ok = take_away(folder, letters[i].file, e);
            continue;
        }
        FILE *f = sys_text_open(&text);
        put_letter(f, r, i);
        fclose(f);
        ok = write_one(folder, letters[i].file, &text, e);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others && ok; i++) {
        FILE *f = sys_text_open(&text);
        bool some = put_others(f, r, &others[i]);
        fclose(f);
        if (some)
            ok = write_one(folder, others[i].file, &text, e);
        else
            sys_text_free(&text), ok = take_away(folder, others[i].file, e);
    }
    return ok;
}
