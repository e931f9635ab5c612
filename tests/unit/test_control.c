/* What is asked of a lab from outside: requests, acts, questions, and that questions change
 * nothing. */
#include "run_script.h"
#include "sim/control/client.h"
#include "sim/control/control.h"

#include <cjson/cJSON.h>

static struct view line_of(const char *text)
{
    return view_str(text);
}

/* ---- requests ---- */

static void requests_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum control_kind kind;
        const char *text;
    } good[] = {
        { "{\"do\":\"HQ/pub restart TVS\"}", CONTROL_DO, "HQ/pub restart TVS" },
        { "{\"ask\":\"report\"}", CONTROL_REPORT, "" },
        { "{\"ask\":\"verdict\"}", CONTROL_VERDICT, "" },
        { "{\"ask\":\"phone  SEP001121000000\"}", CONTROL_PHONE, "SEP001121000000" },
        { "{\"ask\":\"explain SEP001121000000\"}", CONTROL_EXPLAIN, "SEP001121000000" },
        { "{\"phones\":{},\"ask\":\"count\"}", CONTROL_COUNT, "" },
        { "{\"ask\":\"steps\"}", CONTROL_STEPS, "" },
        { " {\"ask\":\"time\"} \r", CONTROL_TIME, "" },
        { "{\"pause\":true}", CONTROL_PAUSE, "" },
        { "{\"continue\":true}", CONTROL_CONTINUE, "" },
        { "{\"step\":true}", CONTROL_STEP, "" },
        { "{\"stop\":true,\"id\":1}", CONTROL_STOP, "" },
        { "{\"speed\":2.5}", CONTROL_SPEED, "" },
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct control_request r;
        struct err e = { "" };
        if (!control_read(line_of(good[i].line), &r, &e))
            fail_msg("%s: %s", good[i].line, e.text);
        assert_int_equal(r.kind, good[i].kind);
        assert_string_equal(r.text, good[i].text);
    }
    struct control_request r;
    struct err e = { "" };
    assert_true(control_read(
        line_of("{\"ask\":\"count\",\"phones\":{\"model\":\"7965\",\"lost\":false},\"id\":\"a\"}"),
        &r, &e));
    assert_int_equal(r.filter_count, 2);
    assert_string_equal(r.filters[0].key, "model");
    assert_string_equal(r.filters[0].text, "7965");
    assert_string_equal(r.filters[1].key, "lost");
    assert_true(r.filters[1].text == NULL && !r.filters[1].flag);
    assert_string_equal(r.id, "\"a\"");
    assert_true(control_read(line_of("{\"speed\":2.5}"), &r, &e) && r.speed == 2.5);
}

static void requests_are_refused(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        { "", "one object of JSON" },
        { "[]", "one object of JSON" },
        { "{\"stop\":true} x", "one object of JSON" },
        { "{\"stop\":true", "one object of JSON" },
        { "{{{{{{{{{{", "one object of JSON" },
        { "{}", "one of do, ask" },
        { "{\"phones\":{}}", "one of do, ask" },
        { "{\"stop\":1}", "true is expected" },
        { "{\"stop\":false}", "true is expected" },
        { "{\"stop\":true,\"step\":true}", "stop and step in one request" },
        { "{\"stopp\":true}", "did you mean stop?" },
        { "{\"do\":7}", "a text is expected" },
        { "{\"do\":\"\"}", "whom and what" },
        { "{\"ask\":\"verdikt\"}", "did you mean verdict?" },
        { "{\"ask\":\"verdict now\"}", "nothing is expected behind" },
        { "{\"ask\":\"phone\"}", "of which phone" },
        { "{\"ask\":\"time\",\"phones\":{}}", "filters are of do and of count" },
        { "{\"ask\":\"count\",\"phones\":[]}", "an object of filters" },
        { "{\"ask\":\"count\",\"phones\":{\"lost\":1}}", "a text, true or false" },
        { "{\"ask\":\"count\",\"phones\":{},\"phones\":{}}", "two members phones" },
        { "{\"speed\":0}", "a number from 0.1 to 100" },
        { "{\"speed\":1e9}", "a number from 0.1 to 100" },
        { "{\"speed\":\"2\"}", "a number from 0.1 to 100" },
        { "{\"stop\":true,\"id\":[]}", "a number or a text" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct control_request r;
        struct err e = { "" };
        if (control_read(line_of(bad[i][0]), &r, &e))
            fail_msg("taken: %s", bad[i][0]);
        if (strstr(e.text, bad[i][1]) == NULL)
            fail_msg("%s: \"%s\" has no \"%s\"", bad[i][0], e.text, bad[i][1]);
    }
    struct control_request r;
    struct err e = { "" };
    assert_false(control_read(view_of("{\"stop\":true}\0", 14), &r, &e));
    char *wide = malloc(CONTROL_LINE_MAX + 2);
    memset(wide, ' ', CONTROL_LINE_MAX + 2);
    memcpy(wide, "{\"stop\":true}", 13);
    assert_true(control_read(view_of(wide, CONTROL_LINE_MAX), &r, &e));
    assert_false(control_read(view_of(wide, CONTROL_LINE_MAX + 1), &r, &e));
    free(wide);
}

static void words_are_requests(void **state)
{
    (void)state;
    static const struct {
        const char *words[8], *request;
    } rows[] = {
        { { "do", "HQ/pub", "restart", "Cisco", "Tftp" },
          "{\"do\":\"HQ/pub restart Cisco Tftp\"}" },
        { { "phone", "SEP001121000000" }, "{\"ask\":\"phone SEP001121000000\"}" },
        { { "count", "model=7965", "lost=false" },
          "{\"ask\":\"count\",\"phones\":{\"model\":\"7965\",\"lost\":false}}" },
        { { "pause" }, "{\"pause\":true}" },
        { { "speed", "2" }, "{\"speed\":2}" },
        { { "{\"ask\":", "\"time\"}" }, "{\"ask\": \"time\"}" },
        { { "stop", "now" }, NULL },
        { { "count", "model" }, NULL },
        { { "speed", "fast" }, NULL },
        { { "verdict", "\"" }, NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sys_text got;
        struct err e = { "" };
        int count = 0;
        while (count < 8 && rows[i].words[count] != NULL)
            count++;
        bool ok = client_request(rows[i].words, count, &got, &e);
        assert_int_equal(ok, rows[i].request != NULL);
        if (ok) {
            assert_int_equal(got.n, strlen(rows[i].request));
            assert_memory_equal(got.p, rows[i].request, got.n);
        } else {
            assert_string_not_equal(e.text, "");
        }
        sys_text_free(&got);
    }
}

/* ---- answers ---- */

static cJSON *schema;

static const cJSON *item(const cJSON *o, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(o, key);
}

/* Every member is in the schema's definition, and what is required is there. */
static void check_object(const cJSON *o, const cJSON *def)
{
    const cJSON *v;
    assert_true(cJSON_IsObject(o) && cJSON_IsObject(def));
    cJSON_ArrayForEach(v, o)
    {
        if (item(item(def, "properties"), v->string) == NULL)
            fail_msg("\"%s\" is not in docs/control-schema.json", v->string);
    }
    cJSON_ArrayForEach(v, item(def, "required"))
    {
        if (item(o, v->valuestring) == NULL)
            fail_msg("\"%s\" is not there", v->valuestring);
    }
}

static const cJSON *definition(const char *name)
{
    return item(item(schema, "$defs"), name);
}

/* The member "ok" of the answer, which is as `def` says; the answer is the caller's. */
static cJSON *asked(struct control *c, const char *line, const char *def, const cJSON **ok)
{
    struct sys_text text;
    control_answer(c, line_of(line), &text);
    assert_true(text.n > 0 && memchr(text.p, '\n', text.n) == text.p + text.n - 1);
    cJSON *o = cJSON_ParseWithLength(text.p, text.n);
    *ok = item(o, "ok");
    if (*ok == NULL)
        fail_msg("%s: %.*s", line, (int)text.n, text.p);
    check_object(o, definition("answer"));
    if (def != NULL)
        check_object(cJSON_IsArray(*ok) ? cJSON_GetArrayItem(*ok, 0) : *ok,
                     cJSON_IsArray(*ok) ? item(definition(def), "items") : definition(def));
    sys_text_free(&text);
    return o;
}

static void refused(struct control *c, const char *line, const char *said)
{
    struct sys_text text;
    control_answer(c, line_of(line), &text);
    cJSON *o = cJSON_ParseWithLength(text.p, text.n);
    check_object(o, definition("answer"));
    const cJSON *error = item(o, "error");
    if (!cJSON_IsString(error) || strstr(error->valuestring, said) == NULL)
        fail_msg("%s: %.*s has no \"%s\"", line, (int)text.n, text.p, said);
    cJSON_Delete(o);
    sys_text_free(&text);
}

static double number(struct control *c, const char *line, const char *def, const char *key)
{
    const cJSON *ok;
    cJSON *o = asked(c, line, def, &ok);
    double value = item(ok, key)->valuedouble;
    cJSON_Delete(o);
    return value;
}

static bool says(struct control *c, const char *line, const char *def, const char *key,
                 const char *text)
{
    const cJSON *ok;
    cJSON *o = asked(c, line, def, &ok);
    bool same = strcmp(item(ok, key)->valuestring, text) == 0;
    cJSON_Delete(o);
    return same;
}

static int read_schema(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    struct view v;
    struct err e = { "" };
    bool ok = sys_read_file("docs/control-schema.json", 1 << 20, &a, &v, &e);
    schema = ok ? cJSON_ParseWithLength((const char *)v.p, v.n) : NULL;
    arena_free(&a);
    return schema == NULL;
}

static int free_schema(void **state)
{
    (void)state;
    cJSON_Delete(schema);
    return 0;
}

#define BOOTED LAB "fleet:power('on') settle() step('one') wait('1s') "

static void questions_change_nothing(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, BOOTED "hq.pub:regenerate('CallManager') hq.pub:restart('Cisco Tftp')");
    struct control c = { .session = r.session, .speed = 1 };
    uint64_t hash = lab_hash(r.lab);
    const cJSON *ok;
    for (int i = 0; i < 2; i++) {
        cJSON_Delete(asked(&c, "{\"ask\":\"report\"}", NULL, &ok));
        cJSON_Delete(asked(&c, "{\"ask\":\"verdict\"}", "verdict", &ok));
        cJSON_Delete(asked(&c, "{\"ask\":\"phone SEP001121000000\"}", "phone", &ok));
        cJSON_Delete(asked(&c, "{\"ask\":\"explain SEP001121000000\"}", "explain", &ok));
        cJSON_Delete(asked(&c, "{\"ask\":\"steps\"}", "steps", &ok));
        cJSON_Delete(asked(&c, "{\"ask\":\"time\"}", "time", &ok));
        cJSON_Delete(asked(&c, "{\"ask\":\"memory\"}", "memory", &ok));
        assert_true(number(&c, "{\"ask\":\"count\"}", "count", "count") == 10);
        assert_true(number(&c, "{\"ask\":\"count\",\"phones\":{\"registered\":false}}", "count",
                           "count") == 0);
    }
    assert_true(lab_hash(r.lab) == hash);
    assert_true(says(&c, "{\"ask\":\"phone SEP001121000000\"}", "phone", "state", "Registered"));
    refused(&c, "{\"ask\":\"phone SEP000000000000\"}", "no phone");
    refused(&c, "{\"ask\":\"explain SEP000000000000\"}", "no phone");
    refused(&c, "{\"ask\":\"count\",\"phones\":{\"nix\":true}}", "no field \"nix\"");
    refused(&c, "{\"ask\":\"count\",\"phones\":{\"model\":\"7965x\"}}", "7965x");
    done(&r);
}

/* "phones" are those of all clusters: each changes them in its own database, under its own name. */
static void acts_on_phones_of_two_clusters(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, "local a = cluster { name = 'A', version = '8.6', nodes = { 'a' } }\n"
            "local b = cluster { name = 'B', version = '12.5', nodes = { 'b' } }\n"
            "a:phones { count = 2, model = '7965' }\n"
            "b:phones { count = 3, model = '8861' }\n"
            "settle()");
    struct control c = { .session = r.session, .speed = 1 };
    assert_true(number(&c, "{\"do\":\"phones set web_access enabled\"}", "done", "phones") == 5);
    for (uint32_t i = 0; i < 2; i++) {
        assert_true(r.lab->state.clusters[i].done.act[DO_SET_PHONES]);
    }
    assert_true(number(&c, "{\"do\":\"phones reset\"}", "done", "phones") == 5);
    assert_true(r.lab->state.clusters[1].done.act[DO_RESET]);
    done(&r);
}

static void acts_are_done(void **state)
{
    (void)state;
    struct run r = { 0 };
    const cJSON *ok;
    run(&r, BOOTED);
    struct control c = { .session = r.session, .speed = 1 };
    const struct cluster *cl = &r.lab->state.clusters[0];
    uint32_t before = cl->nodes[0].disk.own[OWN_CALLMANAGER];
    cJSON_Delete(asked(&c, "{\"do\":\"HQ/pub regenerate CallManager\"}", "done", &ok));
    assert_int_not_equal(cl->nodes[0].disk.own[OWN_CALLMANAGER], before);
    before = cl->nodes[1].disk.own[OWN_CALLMANAGER];
    cJSON_Delete(asked(&c, "{\"do\":\"sub1 regenerate CallManager\"}", "done", &ok));
    assert_int_not_equal(cl->nodes[1].disk.own[OWN_CALLMANAGER], before);
    assert_true(number(&c, "{\"do\":\"SEP001121000001: power off\"}", "done", "phones") == 1);
    lab_settle(r.lab, UINT64_MAX);
    assert_true(
        number(&c, "{\"ask\":\"count\",\"phones\":{\"registered\":true}}", "count", "count") == 9);
    assert_true(number(&c, "{\"do\":\"phones power off\",\"phones\":{\"registered\":true}}", "done",
                       "phones") == 9);
    lab_settle(r.lab, UINT64_MAX);
    assert_true(
        number(&c, "{\"ask\":\"count\",\"phones\":{\"registered\":true}}", "count", "count") == 0);
    refused(&c, "{\"do\":\"phones reset\",\"phones\":{\"registered\":true}}", "no phone passes");
    refused(&c, "{\"do\":\"HQ\"}", "whom and what");
    refused(&c, "{\"do\":\"NIX reset\"}", "\"NIX\" is no cluster, node or phone");
    refused(&c, "{\"do\":\"HQ/pub fly\"}", "no such act");
    refused(&c, "{\"do\":\"HQ/pub restart Cisco Nix\"}", "is no service");
    refused(&c, "{\"do\":\"HQ/pub restart Cisco Tftp\",\"phones\":{}}", "filters are for");
    done(&r);
}

static void a_node_may_have_a_namesake(void **state)
{
    (void)state;
    struct run r = { 0 };
    const cJSON *ok;
    run(&r, "for _, n in ipairs { 'HQ', 'EAST' } do cluster { name = n, version = '8.6', nodes = { "
            "'pub' } } end");
    struct control c = { .session = r.session, .speed = 1 };
    refused(&c, "{\"do\":\"pub regenerate TVS\"}", "2 clusters have a node \"pub\"");
    cJSON_Delete(asked(&c, "{\"do\":\"EAST/pub regenerate TVS\"}", "done", &ok));
    done(&r);
}

/* Pauses and steps are flags for whoever lets the time pass; held is held. */
static void a_scenario_is_stepped(void **state)
{
    (void)state;
    struct run r = { 0 };
    struct control c = { .steps = true, .speed = 1 };
    struct script_step step;
    put_file(r.path, BOOTED "step('two', function() hq.pub:regenerate('TVS') end) step('three')",
             strlen(BOOTED "step('two', function() hq.pub:regenerate('TVS') end) step('three')"));
    struct session_options o = options_for(&r, r.path, 1);
    o.script.hold = control_holds;
    o.script.hold_ctx = &c;
    open_file(&r, &o);
    c.session = r.session;
    refused(&c, "{\"ask\":\"count\"}", "has not begun");
    static const char *const names[] = { "one", "two", "three" };
    for (int i = 0; i < 3; i++) {
        while (script_held(r.script) == NULL) {
            assert_true(script_next(r.script, &step, &r.e));
            assert_int_not_equal(step.wants, SCRIPT_OVER);
            if (script_held(r.script) == NULL)
                script_pass(r.script, &step, UINT64_MAX);
        }
        assert_true(says(&c, "{\"ask\":\"time\"}", "time", "scenario", "held"));
        assert_true(says(&c, "{\"ask\":\"time\"}", "time", "next", names[i]));
        assert_int_equal(r.lab->record.step_count, i + 1); /* it has not begun */
        assert_true(says(&c, "{\"pause\":true}", "time", "scenario", "paused"));
        assert_true(c.paused);
        assert_true(says(&c, i < 2 ? "{\"step\":true}" : "{\"continue\":true}", "time", "scenario",
                         "runs"));
        assert_int_equal(c.steps, i < 2);
        assert_true(script_next(r.script, &step, &r.e) && !c.paused);
        assert_int_equal(r.lab->record.step_count, i + 2);
    }
    assert_int_equal(step.wants, SCRIPT_OVER);
    assert_false(c.stop);
    assert_true(says(&c, "{\"stop\":true}", "time", "scenario", "stops") && c.stop);
    assert_true(number(&c, "{\"speed\":4}", "time", "speed") == 4 && c.speed == 4);
    done(&r);
}

static void an_answer_bears_its_id(void **state)
{
    (void)state;
    struct run r = { 0 };
    const cJSON *ok;
    run(&r, BOOTED);
    struct control c = { .session = r.session, .speed = 1 };
    cJSON *o = asked(&c, "{\"ask\":\"time\",\"id\":\"a\\\"b\"}", "time", &ok);
    assert_string_equal(item(o, "id")->valuestring, "a\"b");
    cJSON_Delete(o);
    o = asked(&c, "{\"ask\":\"time\",\"id\":17}", "time", &ok);
    assert_true(item(o, "id")->valuedouble == 17);
    cJSON_Delete(o);
    done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_read),
        cmocka_unit_test(requests_are_refused),
        cmocka_unit_test(words_are_requests),
        cmocka_unit_test(questions_change_nothing),
        cmocka_unit_test(acts_are_done),
        cmocka_unit_test(acts_on_phones_of_two_clusters),
        cmocka_unit_test(a_node_may_have_a_namesake),
        cmocka_unit_test(a_scenario_is_stepped),
        cmocka_unit_test(an_answer_bears_its_id),
    };
    return cmocka_run_group_tests(tests, read_schema, free_schema);
}
