#include "sim/cmd/options.h"

#include "sim/base/near.h"
#include "sim/wire/text.h"

#include <inttypes.h>
#include <string.h>

static bool unknown(const struct options *o, const char *word, struct err *e)
{
    char hint[NEAR_ROOM], name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    struct near n = near_of(name);
    for (uint32_t k = 0; k < o->count; k++) {
        if ((o->table[k].of & o->of) != 0)
            near_try(&n, o->table[k].name);
    }
    return err_set(e, "unknown option %.200s%s", word, near_text(&n, hint));
}

bool options_take(struct options *o, int argc, char *const *argv, int *i, struct err *e)
{
    for (uint32_t k = 0; k < o->count; k++) {
        const struct option *option = &o->table[k];
        size_t n = strlen(option->name);
        if (strncmp(argv[*i], option->name, n) != 0 || (option->of & o->of) == 0)
            continue;
        bool joined = argv[*i][n] == '=' && option->value != NULL;
        if (argv[*i][n] != '\0' && !joined)
            continue;
        if (option->value != NULL && !joined && *i + 1 >= argc)
            return err_set(e, "%s needs a value: %s", option->name, option->value);
        const char *value = joined ? argv[*i] + n + 1 : option->value != NULL ? argv[++*i] : NULL;
        char *field = (char *)o->to + option->at;
        if (option->take != NULL)
            return option->take(o->to, value, e);
        const char *before = NULL;
        if (option->value != NULL)
            memcpy(&before, field, sizeof before);
        if (before != NULL)
            return err_set(e, "%s is given twice: %s, then %s", option->name, before, value);
        if (option->value != NULL)
            memcpy(field, &value, sizeof value);
        else
            *(bool *)(void *)field = true;
        return true;
    }
    return unknown(o, argv[*i], e);
}

bool options_read(struct options *o, int argc, char *const *argv, struct err *e)
{
    bool only_words = false;
    for (int i = 0; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!options_take(o, argc, argv, &i, e))
                return false;
        } else if (o->found == o->most) {
            return err_set(e, "one word too many: %s", argv[i]);
        } else {
            o->words[o->found++] = argv[i];
        }
    }
    return true;
}

/* Columns of a help line: a terminal has 80. */
enum { HELP_AT = 24, HELP_WIDTH = 80 };

/* Words of a text from column HELP_AT on, in as many lines as it takes. */
static void put_help(FILE *out, const char *text)
{
    int column = HELP_AT;
    for (const char *word = text; *word != '\0';) {
        int n = (int)strcspn(word, " ");
        if (column > HELP_AT && column + 1 + n > HELP_WIDTH) {
            fprintf(out, "\n%*s", HELP_AT, "");
            column = HELP_AT;
        }
        column += fprintf(out, "%s%.*s", column > HELP_AT ? " " : "", n, word);
        word += n + strspn(word + n, " ");
    }
    fputc('\n', out);
}

/* Between the option and its words are two blanks at least, or the end of the line: completion
 * reads it (scripts/cucmlab.bash). */
void options_line(FILE *out, const char *name, const char *value, const char *help)
{
    int column = fprintf(out, "  %s%s%s", name, value == NULL || value[0] == '\0' ? "" : " ",
                         value == NULL ? "" : value);
    if (column + 2 > HELP_AT) {
        fputc('\n', out);
        column = 0;
    }
    fprintf(out, "%*s", HELP_AT - column, "");
    put_help(out, help);
}

void options_help(const struct options *o, FILE *out)
{
    for (uint32_t i = 0; i < o->count; i++) {
        const struct option *option = &o->table[i];
        if ((option->of & o->of) != 0)
            options_line(out, option->name, option->value, option->help);
    }
    options_line(out, "-h, --help", NULL, "this");
}

bool options_number(const char *option, const char *value, uint64_t least, uint64_t most,
                    uint64_t *out, struct err *e)
{
    if (value == NULL)
        return true;
    return (text_number(view_str(value), most, out) && *out >= least) ||
           err_set(e, "%s %.100s: a number from %" PRIu64 " to %" PRIu64 " was expected", option,
                   value, least, most);
}
