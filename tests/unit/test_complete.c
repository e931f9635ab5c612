/* JSON has all that the text of a report says: whoever keeps the one needs not read the other. */
#include "tests/unit/told.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <math.h>

#define INVENTORY "tests/vectors/fleet.csv"
#define POOLS     "tests/vectors/fleet-pools.txt"

/* ---- what the JSON has ---- */

struct has {
    double numbers[20000];
    size_t count;
    char *text; /* all strings and keys, a line each */
    FILE *out;
};

static void collect(struct has *has, const cJSON *o)
{
    const cJSON *v;
    if (o->string != NULL)
        fprintf(has->out, "%s\n", o->string);
    if (cJSON_IsString(o))
        fprintf(has->out, "%s\n", o->valuestring);
    if (cJSON_IsNumber(o)) {
        assert_true(has->count < sizeof has->numbers / sizeof *has->numbers);
        has->numbers[has->count++] = o->valuedouble;
    }
    cJSON_ArrayForEach(v, o)
    {
        collect(has, v);
    }
}

/* As it stands there, or of seconds the minutes, rounded. */
static bool has_number(const struct has *has, double n)
{
    for (size_t i = 0; i < has->count; i++) {
        if (fabs(has->numbers[i] - n) < 0.001 || floor((has->numbers[i] + 30) / 60) == n ||
            fabs(floor(has->numbers[i] / 6) / 10 - n) < 0.001)
            return true;
    }
    return false;
}

static bool has_word(const struct has *has, const char *word)
{
    return strstr(has->text, word) != NULL;
}

/* ---- what the text says ---- */

/* Of "1:05" or "0:24:29" the seconds; -1: it is no such time. */
static long seconds_of(const char *text, int *parts)
{
    long s = 0;
    *parts = 0;
    for (const char *p = text;; p++) {
        char *end;
        if (!isdigit((unsigned char)*p))
            return -1;
        s = s * 60 + strtol(p, &end, 10);
        ++*parts;
        if (*end == '\0')
            return *parts == 2 || *parts == 3 ? s : -1;
        if (*end != ':')
            return -1;
        p = end;
    }
}

/* "3,422", "1:05" of minutes and seconds, "0:24:29" from the start, or any word with a digit. */
static bool is_told(const struct has *has, const char *word)
{
    char plain[200], *after;
    size_t n = 0;
    int parts;
    for (const char *p = word; *p != '\0' && n + 1 < sizeof plain; p++) {
        if (*p != ',')
            plain[n++] = *p;
    }
    plain[n] = '\0';
    double number = strtod(plain, &after);
    if (*after == '\0')
        return has_number(has, number) || has_word(has, plain);
    long s = seconds_of(plain, &parts);
    if (s >= 0 && parts == 2 && has_number(has, (double)s))
        return true;
    for (size_t i = 0; i < has->count && s >= 0 && parts == 3; i++) {
        if (floor(has->numbers[i] / 1e6) == (double)s)
            return true;
    }
    const char *colon = strrchr(word, ':'); /* file:line */
    if (colon != NULL && isdigit((unsigned char)colon[1])) {
        snprintf(plain, sizeof plain, "%.*s", (int)(colon - word), word);
        if (has_word(has, plain) && has_number(has, (double)strtol(colon + 1, NULL, 10)))
            return true;
    }
    return has_word(has, word);
}

static bool of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == ',' || c == ':' || c == '-' ||
           c == '/' || c == '+';
}

static void all_told(const struct has *has, char *text)
{
    for (char *p = text; *p != '\0';) {
        if (!of_word(*p)) {
            p++;
            continue;
        }
        char *begin = p;
        bool digit = false;
        for (; of_word(*p); p++)
            digit |= isdigit((unsigned char)*p) != 0;
        char *end = p;
        while (end > begin && (end[-1] == '.' || end[-1] == ',' || end[-1] == ':'))
            end--;
        char word[200];
        snprintf(word, sizeof word, "%.*s", (int)(end - begin), begin);
        if (digit && strcmp(word, "SHA-256") != 0 && !is_told(has, word))
            fail_msg("\"%s\" stands in the text and not in the JSON:\n%.300s", word,
                     begin - text > 150 ? begin - 150 : text);
    }
}

/* ---- reports ---- */

static void complete(struct told *t)
{
    struct has *has = calloc(1, sizeof *has);
    size_t n;
    cJSON *root = cJSON_Parse(t->json);
    assert_non_null(root);
    has->out = open_memstream(&has->text, &n);
    collect(has, root);
    fclose(has->out);
    all_told(has, t->text);
    cJSON_Delete(root);
    free(has->text);
    free(has);
    told_over(t);
}

static void of_everything(void **state)
{
    (void)state;
    struct told t;
    static const char *const files[] = { INVENTORY }, *const pools[] = { POOLS };
    static const char plan[] =
        "start('2026-03-14 22:00', '+01:00') "
        "local hq = cluster { name = 'HQ', version = '9.1', "
        "nodes = { 'pub', 'sub1', 'sub2', 'sub3' } } "
        "hq:phones { count = param('phones', 77), model = '8845' } settle() "
        "for _, n in ipairs { hq.pub, hq.sub1, hq.sub2, hq.sub3 } do "
        "n:regenerate('CallManager') n:regenerate('TVS') end "
        "step('restart all of them') for _, n in ipairs { hq.pub, hq.sub1, hq.sub2, hq.sub3 } do "
        "n:restart('Cisco CallManager', 'Cisco Tftp', 'TVS') end settle() "
        "step('reset') hq:reset() settle() expect(1):equals(2)";
    memset(&t, 0, sizeof t);
    put_file(t.run.path, plan, strlen(plan));
    struct session_options o = options_for(&t.run, t.run.path, 1);
    o.inventories = files;
    o.inventory_count = 1;
    o.pools = pools;
    o.pools_count = 1;
    o.letter = true;
    run_file(&t.run, &o);
    assert_string_equal(t.run.e.text, "");
    session_report(t.run.session, 0, 3, &t.report);
    t.report.in.about.version = "1.2.3";
    t.report.in.about.command = "cucmlab run plan.lua";
    t.text = written(&t.report, report_print);
    t.json = written(&t.report, report_json);
    t.csv = written(&t.report, report_csv);
    has(t.text, "with phones=77");
    has(t.text, "Hands: ");
    has(t.text, "Letter: ");
    has(t.text, "What is pressed there:");
    complete(&t);
}

static void of_many_fates(void **state)
{
    (void)state;
    struct told t;
    struct arena a = arena_of(&sys_mem);
    struct view file;
    struct err e = { "" };
    assert_true(sys_read_file("tests/reports/fates.lua", 1 << 20, &a, &file, &e));
    tell(&t, arena_text(&a, file));
    arena_free(&a);
    complete(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_everything),
        cmocka_unit_test(of_many_fates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
