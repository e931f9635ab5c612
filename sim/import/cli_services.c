/* Outputs that say how a node does: `utils service list`, `utils dbreplication runtimestate`,
 * `utils disaster_recovery history|status backup`. */
#include "sim/import/cli_impl.h"
#include "sim/wire/text.h"

#include <string.h>

static const struct view none = { NULL, 0 };

/* ---- utils service list ---- */

/* What stands in the brackets, and behind them. */
static const struct {
    const char *state, *behind, *word;
} states[] = {
    { "STARTED", "", "started" },
    { "STOPPED", "Service Not Activated", "not-activated" },
    { "STOPPED", "Commanded Out of Service", "out-of-service" },
    { "STOPPED", "", "stopped" }, /* Component is not running, or nothing */
    { "NOTRUNNING", "", "stopped" },
};

static const char *word_of(struct view state, struct view behind)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (text_same(state, states[i].state) && cli_begins(behind, states[i].behind))
            return states[i].word;
    }
    return NULL;
}

/* What may stand behind a state, longest first; then the next name begins on the same line, where
 * somebody's paste lost the end of it. */
static struct view off_detail(struct view behind)
{
    static const char *const details[] = { "Service Not Activated", "Commanded Out of Service",
                                           "Component is not running", "Service not activated" };
    behind = text_trim(behind);
    for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
        size_t n = strlen(details[i]);
        if (cli_begins(behind, details[i]))
            return view_sub(behind, n, behind.n - n);
    }
    return behind;
}

static uint32_t services_of(const struct said *s, struct view line)
{
    uint32_t found = 0;
    while (line.n > 0 && memchr(line.p, '[', line.n) != NULL) {
        struct view name = text_trim(text_cut(&line, '['));
        bool closed = line.n > 0 && memchr(line.p, ']', line.n) != NULL;
        struct view state = text_trim(text_cut(&line, ']'));
        struct view detail = text_trim(line);
        const char *word = closed ? word_of(state, detail) : NULL;
        line = off_detail(line);
        if (word != NULL && name.n > 0) {
            cli_say(s, FACT_SERVICE, name, 0, view_str(word));
            found++;
        } else if (name.n > 0) {
            char shown[60];
            text_escape(shown, sizeof shown, name);
            facts_note(s, !closed, "%s: neither started nor stopped", shown);
        }
        if (!closed)
            break;
    }
    return found;
}

void cli_read_services(const struct said *s, const struct piece *p)
{
    struct cli_text t;
    uint32_t found = 0;
    cli_open(&t, s, p);
    for (uint32_t i = 0; i < t.count; i++) {
        struct said at = cli_at(s, t.lines[i].line);
        struct view line = t.lines[i].text;
        found += services_of(&at, line);
        struct view primary = cli_behind(line, "Primary Node");
        if (primary.n > 0)
            cli_say(&at, FACT_NODE_ROLE, none, 0,
                    view_str(cli_find(primary, "true") != NULL ? "publisher" : "subscriber"));
    }
    if (found == 0)
        facts_note(s, true, "no service is in it: NAME[STARTED]");
    cli_close(&t);
}

/* ---- utils dbreplication runtimestate ---- */

/* "(2)", "(-)": what RTMT has of a node; the group "(g_3)" is none. */
static struct view setup_of(struct view line)
{
    for (struct view word; (word = cli_word(&line)).n != 0;) {
        if (word.n >= 3 && word.p[0] == '(' && word.p[2] == ')' &&
            (word.p[1] == '-' || (word.p[1] >= '0' && word.p[1] <= '9')))
            return view_sub(word, 1, 1);
    }
    return none;
}

static bool has_dots(struct view v)
{
    size_t dots = 0, digits = 0;
    for (size_t i = 0; i < v.n; i++) {
        dots += v.p[i] == '.';
        digits += v.p[i] >= '0' && v.p[i] <= '9';
    }
    return dots == 3 && dots + digits == v.n;
}

/* Rows stand below the rule of dashes.  One that the terminal wrapped is two lines: the second has
 * the setup. */
static uint32_t rows_of(const struct said *s, const struct cli_text *t, uint32_t i)
{
    struct view name = none, address = none;
    uint32_t found = 0;
    for (; i < t->count; i++) {
        struct said at = cli_at(s, t->lines[i].line);
        struct view words[2], setup = setup_of(t->lines[i].text);
        if (cli_words(t->lines[i].text, words, 2) == 2 &&
            (has_dots(words[1]) || (setup.n > 0 && name.n == 0))) {
            name = words[0];
            address = has_dots(words[1]) ? words[1] : none;
        }
        if (setup.n == 0 || name.n == 0)
            continue;
        facts_say(&at, FACT_NODE_REPLICATION, name, none, 0, setup);
        if (address.n > 0)
            facts_say(&at, FACT_NODE_ADDRESS, name, none, 0, address);
        name = none;
        found++;
    }
    return found;
}

void cli_read_replication(const struct said *s, const struct piece *p)
{
    struct cli_text t;
    uint32_t found = 0;
    cli_open(&t, s, p);
    for (uint32_t i = 0; i < t.count; i++) {
        struct said at = cli_at(s, t.lines[i].line);
        struct view line = t.lines[i].text, left;
        struct cli_date d;
        if (cli_begins(line, "Server Time:") && cli_date_read(&at, line, &d))
            cli_made(&at, d.unix_s);
        left = cli_behind(line, "Cluster Detailed View from ");
        struct view from = cli_word(&left);
        if (from.n > 0)
            cli_say(&at, FACT_HERE, none, 0, from);
        if (cli_begins(line, "-----------")) {
            found = rows_of(s, &t, i + 1);
            break;
        }
    }
    if (found == 0)
        facts_note(s, true, "no row with a replication setup is in it");
    cli_close(&t);
}

/* ---- backups ---- */

static bool tar_name(struct view line, struct view *name)
{
    for (struct view word; (word = cli_word(&line)).n != 0;) {
        if (cli_find(word, ".tar") != NULL) {
            *name = word;
            return true;
        }
    }
    return false;
}

/* "2026-10-01-02-00-00.tar NETWORK Thu Oct 01 02:14:03 CEST 2026 SUCCESS ...": the end of the
 * backup where the line has it, else the name of its file, which is its beginning. */
static bool backup_date(const struct said *s, struct view line, struct view tar,
                        struct cli_date *out)
{
    struct view behind = line;
    if (tar.n > 0) {
        behind.p = tar.p + tar.n;
        behind.n = (size_t)(line.p + line.n - behind.p);
    }
    return cli_date_read(s, behind, out) || cli_date_read(s, line, out);
}

enum result { RESULT_NONE, RESULT_GOOD, RESULT_BAD };

static enum result result_of(struct view line)
{
    static const char *const bad[] = { "FAIL", "ERROR", "CANCEL", "TAR file not created" };
    if (cli_find(line, "SUCCESS") != NULL)
        return RESULT_GOOD;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (cli_find(line, bad[i]) != NULL)
            return RESULT_BAD;
    }
    return RESULT_NONE;
}

/* One line of the history, or two where it was wrapped; false: none begins here. */
static bool backup_of(const struct said *s, struct cli_text *t, uint32_t *i)
{
    struct view line = t->lines[*i].text, tar = none, next;
    struct cli_date d;
    enum result result = result_of(line);
    bool named = tar_name(line, &tar);
    if (named && result == RESULT_NONE && *i + 1 < t->count &&
        !tar_name(t->lines[*i + 1].text, &next)) {
        line = cli_with_next(t, *i);
        (void)tar_name(line, &tar);
        result = result_of(line);
        *i += result != RESULT_NONE;
    }
    if (!named && result == RESULT_NONE)
        return false;
    if (!backup_date(s, line, tar, &d)) {
        facts_note(s, true, "a backup has no date that can be read");
    } else if (result == RESULT_NONE) {
        facts_note(s, true, "a backup without a result");
    } else {
        enum fact_kind kind = result == RESULT_GOOD ? FACT_BACKUP : FACT_BACKUP_FAILED;
        facts_say_str(s, kind, NULL, NULL, 0, d.text);
    }
    return true;
}

void cli_read_backup_history(const struct said *s, const struct piece *p)
{
    struct cli_text t;
    uint32_t found = 0;
    cli_open(&t, s, p);
    for (uint32_t i = 0; i < t.count; i++) {
        struct said at = cli_at(s, t.lines[i].line);
        found += backup_of(&at, &t, &i);
    }
    if (found == 0)
        facts_note(s, false, "no backup is in it");
    cli_close(&t);
}

void cli_read_backup_status(const struct said *s, const struct piece *p)
{
    struct cli_text t;
    struct cli_date d = { 0 };
    bool good = false, bad = false, dated = false;
    uint32_t line = s->line;
    cli_open(&t, s, p);
    for (uint32_t i = 0; i < t.count; i++) {
        struct said at = cli_at(s, t.lines[i].line);
        struct view text = t.lines[i].text, tar = none;
        if (cli_begins(text, "Status") || cli_begins(text, "Result")) {
            good = good || cli_find(text, "SUCCESS") != NULL;
            bad = bad || cli_find(text, "FAIL") != NULL || cli_find(text, "ERROR") != NULL;
        }
        bool names = tar_name(text, &tar) || cli_begins(text, "End");
        if (!dated && names && backup_date(&at, text, tar, &d)) {
            dated = true;
            line = at.line;
        }
    }
    struct said at = cli_at(s, line);
    if (dated && (good || bad))
        facts_say_str(&at, bad ? FACT_BACKUP_FAILED : FACT_BACKUP, NULL, NULL, 0, d.text);
    else
        facts_note(&at, false, "no backup that came to an end is in it");
    cli_close(&t);
}
