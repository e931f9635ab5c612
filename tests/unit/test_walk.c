/* Where to walk and what is pressed there, whole: text and JSON, of an inventory with barred
 * settings and more models than a line of a pool names. */
#include "tests/unit/told.h"

#include "sim/report/walk.h"

#include <unistd.h>

#define HEADER                                                                                     \
    "Device Name,Device Pool,Device Type,Security Profile,Phone Load Name,Device "                 \
    "Protocol,Settings Access\n"

static void rows(FILE *f, const char *type, const char *pool, int first, int count,
                 const char *settings)
{
    for (int i = first; i < first + count; i++)
        fprintf(f, "SEP0000000000%02X,%s,%s,,,,%s\n", (unsigned)i, pool, type, settings);
}

/* Everybody needs hands. */
static const char plan[] = "local hq = cluster { name = 'HQ', version = '9.1', nodes = { 'pub' } } "
                           "hq:pool('North', { 'pub' }) hq:pool('South', { 'pub' }) "
                           "hq:phones { count = 1, model = '8845' } settle() "
                           "hq.pub:regenerate('CallManager') hq.pub:regenerate('TVS') "
                           "hq.pub:restart('Cisco Tftp', 'TVS') settle() hq:reset() settle()";

static void run_with(struct told *t, const char *csv)
{
    static char path[64];
    static const char *files[] = { path };
    memset(t, 0, sizeof *t);
    put_file(path, csv, strlen(csv));
    put_file(t->run.path, plan, strlen(plan));
    struct session_options o = options_for(&t->run, t->run.path, 1);
    o.inventories = files;
    o.inventory_count = 1;
    run_file(&t->run, &o);
    unlink(path);
    assert_string_equal(t->run.e.text, "");
    session_report(t->run.session, 0, 0, &t->report);
    t->text = written(&t->report, report_print);
    t->json = written(&t->report, report_json);
    t->csv = written(&t->report, report_csv);
}

static void walked(const struct told *t, const char *want)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    walk_print(out, &t->report);
    fclose(out);
    if (strcmp(text, want) != 0)
        fail_msg("not\n%s\nbut\n%s", want, text);
    free(text);
}

static void json(const struct told *t, const char *want)
{
    cJSON *root = cJSON_CreateObject();
    walk_json(root, &t->report);
    char *text = cJSON_PrintUnformatted(root);
    if (strcmp(text, want) != 0)
        fail_msg("not\n%s\nbut\n%s", want, text);
    cJSON_free(text);
    cJSON_Delete(root);
}

static void many_models(void **state)
{
    (void)state;
    struct told t;
    char *csv;
    size_t n;
    FILE *f = open_memstream(&csv, &n);
    fputs(HEADER, f);
    rows(f, "Cisco 7841", "North", 1, 1, "");
    rows(f, "Cisco 8845", "North", 2, 3, "");
    rows(f, "Cisco 8861", "North", 5, 2, "Restricted");
    rows(f, "Cisco 7965", "North", 7, 2, "");
    rows(f, "Cisco 7821", "North", 9, 1, "Disabled");
    rows(f, "Cisco 9851", "North", 10, 1, "");
    rows(f, "Cisco 8811", "North", 11, 1, "Enabled");
    rows(f, "Cisco 7965", "South", 12, 1, "Restricted");
    fclose(f);
    run_with(&t, csv);
    free(csv);
    walked(&t,
           "Phones to walk to, pool by pool (--csv FILE has every name):\n"
           "  North: 11 phones (3 Cisco 8845, 2 Cisco 7965, 2 Cisco 8861, 1 Cisco 7821, 1 Cisco "
           "7841, 2 of 2 other models): SEP000000000009, SEP000000000001, SEP000000000007, ...\n"
           "  South: 1 phone (1 Cisco 7965): SEP00000000000C\n"
           "What is pressed there:\n"
           "  Settings > Admin settings > Reset settings > Security settings:\n"
           "    5 phones: 3 Cisco 8845, 1 Cisco 7841, 1 Cisco 8811\n"
           "  Factory reset, as the guide of the phone says (its settings are restricted):\n"
           "    3 phones: 2 Cisco 8861, 1 Cisco 7965\n"
           "  Settings > Security Configuration > Trust List, **# to unlock it, Erase:\n"
           "    2 Cisco 7965\n"
           "  Factory reset, as the guide of the phone says (its settings are disabled):\n"
           "    1 Cisco 7821\n"
           "  Factory reset, as the guide of the phone says (no keys known for this model):\n"
           "    1 Cisco 9851\n\n");
    json(&t, "{\"walk\":{\"pools\":["
             "{\"pool\":\"North\",\"phones\":11,\"models\":{\"Cisco 8845\":3,\"Cisco "
             "7965\":2,\"Cisco 8861\":2,\"Cisco 7821\":1,\"Cisco 7841\":1,\"Cisco 8811\":1,\"Cisco "
             "9851\":1}},"
             "{\"pool\":\"South\",\"phones\":1,\"models\":{\"Cisco 7965\":1}}],"
             "\"pressed\":["
             "{\"keys\":\"Settings > Admin settings > Reset settings > Security "
             "settings\",\"phones\":5,\"models\":{\"Cisco 8845\":3,\"Cisco 7841\":1,\"Cisco "
             "8811\":1}},"
             "{\"keys\":\"factory reset, as the guide of the phone says\",\"why\":\"its settings "
             "are restricted\",\"phones\":3,\"models\":{\"Cisco 8861\":2,\"Cisco 7965\":1}},"
             "{\"keys\":\"Settings > Security Configuration > Trust List, **# to unlock it, "
             "Erase\",\"phones\":2,\"models\":{\"Cisco 7965\":2}},"
             "{\"keys\":\"factory reset, as the guide of the phone says\",\"why\":\"its settings "
             "are disabled\",\"phones\":1,\"models\":{\"Cisco 7821\":1}},"
             "{\"keys\":\"factory reset, as the guide of the phone says\",\"why\":\"no keys known "
             "for this model\",\"phones\":1,\"models\":{\"Cisco 9851\":1}}]}}");
    told_over(&t);
}

/* Twenty pools are shown; nothing where nobody needs hands. */
static void many_pools(void **state)
{
    (void)state;
    struct told t;
    char scenario[2000], *text;
    size_t n;
    struct wr w = wr_of(scenario, sizeof scenario - 1);
    wr_fmt(&w, "local hq = cluster { name = 'HQ', version = '9.1', nodes = { 'pub' } } for i = 1, "
               "22 do hq:pool('P' .. i, { 'pub' }) hq:phones { count = 1, model = "
               "'7965', pool = 'P' .. i } end settle() ");
    scenario[w.n] = '\0';
    tell(&t, scenario);
    walked(&t, "");
    told_over(&t);
    wr_fmt(&w, "hq.pub:regenerate('CallManager') hq.pub:regenerate('TVS') "
               "hq.pub:restart('Cisco Tftp', 'TVS') settle() hq:reset() settle()");
    scenario[w.n] = '\0';
    tell(&t, scenario);
    FILE *out = open_memstream(&text, &n);
    walk_print(out, &t.report);
    fclose(out);
    has(text, "\n  P7: 1 phone (1 Cisco 7965): SEP001121000006\n  and 2 pools more (--json has "
              "all)\nWhat is pressed there:\n");
    assert_null(strstr(text, "  P8: "));
    free(text);
    told_over(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(many_models),
                                        cmocka_unit_test(many_pools) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
