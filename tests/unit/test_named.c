/* Every act of the table is a way back that some scenario has the search name, or its row says why
 * it never is.  What a scenario expects holds, and a kept report is what the program says: the runs
 * of scenarios and the goldens see to both, so that this one only reads. */
#include "nodes/acts.h"
#include "sim/base/sys.h"

#include <ctype.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define FILE_MOST (8u << 20)

static struct arena arena;
static char **scenarios, **reports; /* NULL behind the last */

static char **texts_of(const char *pattern)
{
    glob_t files;
    struct err e = { "" };
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    char **texts = arena_take(&arena, (files.gl_pathc + 1) * sizeof *texts);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct view text;
        if (!sys_read_file(files.gl_pathv[i], FILE_MOST, &arena, &text, &e))
            fail_msg("%s", e.text);
        texts[i] = arena_text(&arena, text);
    }
    globfree(&files);
    return texts;
}

#define SENTENCE "What brings it back"
#define HISTORY  "came back after: "

/* What was done in the run itself the search did not find: blanks, up to the end of that item of
 * the table, whose further lines are indented by 8. */
static void forget_history(char *text)
{
    for (char *at = text; (at = strstr(at, HISTORY)) != NULL;) {
        for (; *at != '\0' && (*at != '\n' || strncmp(at + 1, "        ", 8) == 0); at++)
            *at = ' ';
    }
}

static int up(void **state)
{
    (void)state;
    arena = arena_of(&sys_mem);
    scenarios = texts_of("scenarios/*/*.lua");
    reports = texts_of("tests/golden/*.txt");
    for (char **text = reports; *text != NULL; text++)
        forget_history(*text);
    return 0;
}

static int down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* ---- what scenarios expect ---- */

/* One of the acts of a way, "activate-services" of "activate-services+install-lsc": nothing else of
 * a name stands before it, nor behind. */
static bool is_whole(const char *line, const char *at, size_t n)
{
    return at > line && strchr("\"+", at[-1]) != NULL && strchr("\"+", at[n]) != NULL;
}

/* `expect(fleet:count { remedy = "restore" }):equals(n)`; equals(0) says that it is none. */
static bool expects(const char *line, size_t length, const char *name)
{
    char text[400];
    if (length >= sizeof text)
        return false;
    memcpy(text, line, length);
    text[length] = '\0';
    if (strstr(text, "remedy = ") == NULL || strstr(text, "equals(0)") != NULL)
        return false;
    for (const char *at = text; (at = strstr(at, name)) != NULL; at++) {
        if (is_whole(text, at, strlen(name)))
            return true;
    }
    return false;
}

static bool is_expected(const char *name)
{
    for (char **text = scenarios; *text != NULL; text++) {
        for (const char *line = *text; *line != '\0';) {
            size_t n = strcspn(line, "\n");
            if (expects(line, n, name))
                return true;
            line += n + (line[n] != '\0');
        }
    }
    return false;
}

/* ---- what reports say ---- */

/* The text of `how` from here to its next `{`, where a report may break a line between words and
 * begin with a capital; NULL: it is another one. */
static const char *passed(const char *at, const char *how, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool same = tolower((unsigned char)*at) == tolower((unsigned char)how[i]);
        if (how[i] == ' ' ? !isspace((unsigned char)*at) : !same)
            return NULL;
        at++;
        while (how[i] == ' ' && isspace((unsigned char)*at))
            at++;
    }
    return at;
}

static const char *find(const char *at, const char *end, const char *how, size_t n)
{
    const char *behind = NULL;
    while (at < end && (behind = passed(at, how, n)) == NULL)
        at++;
    return behind;
}

/* All of it in order, with something for each `{0}`. */
static bool says(const char *at, const char *end, const char *how)
{
    while (how != NULL && *how != '\0' && at != NULL) {
        size_t n = strcspn(how, "{");
        at = find(at, end, how, n);
        how = strchr(how, '}');
        how = how == NULL ? NULL : how + 1;
    }
    return at != NULL;
}

static bool is_reported(const char *how)
{
    for (char **text = reports; *text != NULL && how != NULL; text++) {
        for (const char *at = *text; (at = strstr(at, SENTENCE)) != NULL;) {
            at += strlen(SENTENCE);
            const char *end = strstr(at, "\n\n");
            if (says(at, end == NULL ? at + strlen(at) : end, how))
                return true;
        }
    }
    return false;
}

/* ---- the table ---- */

static void acts_are_named_or_say_why_never(void **state)
{
    (void)state;
    for (int i = 0; i < ACTS; i++) {
        const struct act_row *row = act_table[i];
        const struct act_remedy *r = &row->remedy;
        assert_int_equal(r->narrow == 0, r->never != NULL);
        bool named = r->narrow != 0 &&
                     (is_expected(r->name) || is_reported(r->how) || is_reported(r->everything));
        if (named == (r->never != NULL))
            fail_msg("%s (%s): %s", row->name, row->words,
                     named ? "it is named, and says why never"
                           : "no scenario has the search name it");
    }
}

/* The words above find what they are meant to, and nothing else. */
static void found_as_it_is_written(void **state)
{
    (void)state;
    static const char line[] = "expect(a:count { remedy = \"x-open+y\" }):equals(n)";
    static const char none[] = "expect(a:count { remedy = \"y\" }):equals(0)";
    static const char report[] = "Restart A on the\n      node pub, then reset.";
    const char *end = report + strlen(report);
    assert_true(expects(line, strlen(line), "x-open"));
    assert_true(expects(line, strlen(line), "y"));
    assert_false(expects(line, strlen(line), "open"));
    assert_false(expects(line, strlen(line), "x"));
    assert_false(expects(none, strlen(none), "y"));
    assert_true(says(report, end, "restart {0} on the node {node}"));
    assert_true(says(report, end, "on the node {node}, then"));
    assert_false(says(report, end, "restart {0} in the node {node}"));
    assert_false(says(report, end, "on {node} restart"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_as_it_is_written),
        cmocka_unit_test(acts_are_named_or_say_why_never),
    };
    return cmocka_run_group_tests(tests, up, down);
}
