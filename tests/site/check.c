#include "tests/site/check.h"

#include "tests/site/claims.h"

#include <stdlib.h>
#include <string.h>

#define MOST 20 /* lines of a kind that are told */

struct tally {
    FILE *out;
    uint32_t read, wrong, missing;
    char **here; /* session -> node */
    uint32_t sessions;
};

/* "\x0a" of a printed fact as the byte that it stands for. */
static void unescape(char *s)
{
    char *to = s;
    while (*s != '\0') {
        if (s[0] == '\\' && s[1] == 'x' && s[2] != '\0' && s[3] != '\0') {
            char digits[3] = { s[2], s[3], '\0' };
            *to++ = (char)strtoul(digits, NULL, 16);
            s += 4;
        } else if (s[0] == '\\' && s[1] == '\\') {
            *to++ = '\\';
            s += 2;
        } else {
            *to++ = *s++;
        }
    }
    *to = '\0';
}

enum column { WHERE, KIND, FACT, ABOUT, ABOUT2, NTH, VALUE, COLUMNS };

static bool split(char *line, char *cells[COLUMNS])
{
    line[strcspn(line, "\n")] = '\0';
    for (int k = 0; k < COLUMNS; k++) {
        cells[k] = line;
        if (k == COLUMNS - 1)
            break;
        line = strchr(line, '\t');
        if (line == NULL)
            return false;
        *line++ = '\0';
    }
    for (int k = ABOUT; k < COLUMNS; k++)
        unescape(cells[k]);
    return true;
}

static enum fact_kind kind_of(const char *name)
{
    int kind = 0;
    while (kind < FACT_KINDS && strcmp(fact_rows[kind].name, name) != 0)
        kind++;
    return (enum fact_kind)kind;
}

/* Lines of a log that say on which node its commands ran. */
static void hear(struct tally *y, char *const cells[COLUMNS])
{
    if (strcmp(cells[FACT], fact_rows[FACT_HERE].name) != 0 || cells[ABOUT][0] != '@')
        return;
    uint32_t session = (uint32_t)strtoul(cells[ABOUT] + 1, NULL, 10);
    if (session >= y->sessions) {
        y->here = realloc(y->here, (session + 1) * sizeof *y->here);
        memset(y->here + y->sessions, 0, (session + 1 - y->sessions) * sizeof *y->here);
        y->sessions = session + 1;
    }
    if (y->here[session] == NULL)
        y->here[session] = strdup(cells[VALUE]);
}

static const char *resolve(const struct tally *y, const char *about)
{
    uint32_t session = about[0] == '@' ? (uint32_t)strtoul(about + 1, NULL, 10) : y->sessions;
    return session < y->sessions && y->here[session] != NULL ? y->here[session] : about;
}

static bool is_passed_over(enum fact_kind kind)
{
    /* Who a log is of is judged by what is said of it; a message has a time before it or not. */
    return kind == FACT_HERE || kind == FACT_PHONE_MESSAGE;
}

static void judge(struct tally *y, struct claims *c, char *const cells[COLUMNS])
{
    char text[CLAIM_TEXT];
    enum fact_kind kind = kind_of(cells[FACT]);
    if (kind == FACT_KINDS || is_passed_over(kind))
        return;
    y->read++;
    uint32_t nth = (uint32_t)strtoul(cells[NTH], NULL, 10);
    const char *about = resolve(y, cells[ABOUT]);
    /* An output alone does not say where it is from: it is true where it is so of any node. */
    uint32_t tries = about[0] == '@' ? c->truth->node_count : 1;
    for (uint32_t i = 0; i < tries; i++) {
        claim_text(c->truth, kind, about[0] == '@' ? c->truth->nodes[i].name : about,
                   resolve(y, cells[ABOUT2]), nth, cells[VALUE], text);
        struct claim *claim = claim_find(c, text);
        if (claim != NULL) {
            claim->seen = true;
            return;
        }
    }
    if (y->wrong++ < MOST)
        fprintf(y->out, "wrong: %s (%s): %s\n", cells[WHERE], cells[KIND], text);
}

static void miss(struct tally *y, const struct claims *c, uint32_t shapes)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const struct claim *claim = &c->list[i];
        if ((claim->shapes & shapes) == 0 || claim->seen ||
            (claim->other != NULL && claim_find(c, claim->other)->seen))
            continue;
        if (y->missing++ < MOST)
            fprintf(y->out, "missing: %s\n", claim->text);
    }
}

static void each_line(const char *path, struct tally *y, struct claims *c)
{
    FILE *f = sys_open(path, "r");
    char *line = NULL, *cells[COLUMNS];
    size_t room = 0;
    while (f != NULL && getline(&line, &room, f) > 0) {
        if (!split(line, cells))
            continue;
        if (c == NULL)
            hear(y, cells);
        else
            judge(y, c, cells);
    }
    free(line);
    if (f != NULL)
        fclose(f);
}

/* Made once for all files; nothing of them has been seen. */
static struct claims *fresh(const struct truth *t)
{
    static struct claims c;
    if (c.truth != t)
        claims_make(&c, t);
    for (uint32_t i = 0; i < c.count; i++)
        c.list[i].seen = false;
    return &c;
}

bool check_facts(const struct truth *t, uint32_t shapes, const char *path, FILE *out)
{
    struct claims *c = fresh(t);
    struct tally y = { .out = out };
    each_line(path, &y, NULL);
    each_line(path, &y, c);
    miss(&y, c, shapes);
    fprintf(out, "%s: %u facts, %u wrong, %u missing\n", path, y.read, y.wrong, y.missing);
    for (uint32_t i = 0; i < y.sessions; i++)
        free(y.here[i]);
    free(y.here);
    return y.read > 0 && y.wrong == 0 && y.missing == 0;
}
