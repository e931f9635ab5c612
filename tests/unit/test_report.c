/* The report of a run, its JSON, CSV, trace and stories, the diff of two; the tools for files. */
#include "tests/unit/acts.h"
#include "sim/base/sys.h"
#include "sim/report/explain.h"
#include "sim/report/fmt.h"
#include "sim/report/report.h"
#include "sim/report/story.h"
#include "sim/report/tracefile.h"
#include "sim/cmd/tools.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/text_stream.h"

#define PHONES 12
#define HOUR   3600000000ull

static char folder[] = "/tmp/test_report.XXXXXX";

static int set_up(void **state)
{
    (void)state;
    arena = arena_of(&sys_mem);
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return rmdir(folder); /* fails where a test left a file */
}

static const char *path_of(const char *name)
{
    char *path = arena_take(&arena, 256);
    snprintf(path, 256, "%s/%s", folder, name);
    return path;
}

static const char *read_back(const char *path)
{
    struct view v;
    struct err e = { "" };
    if (!sys_read_file(path, 1 << 24, &arena, &v, &e))
        fail_msg("%s", e.text);
    unlink(path);
    return arena_text(&arena, v);
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in:\n%s", part, text);
}

/* ---- a run ---- */

struct run {
    struct lab *lab;
    struct losses losses;
    struct report_input in;
    struct report report;
};

static struct lab *new_lab(void)
{
    static const char *const nodes[] = { "pub" };
    struct lab_options o = lab_defaults();
    struct err e = { "" };
    uint32_t cluster, first;
    o.cache_dir = keyring_default_cache();
    struct lab *lab = lab_new(&o);
    struct lab_cluster_spec c = {
        .name = "HQ", .version = "8.6", .nodes = nodes, .node_count = 1, .domain = ""
    };
    struct lab_phones_spec p = { .count = PHONES, .model = "7965" };
    assert_true(lab_cluster(lab, &c, &cluster, &e));
    assert_true(lab_phones(lab, cluster, &p, &first, &e));
    return lab;
}

static void settle(struct lab *lab)
{
    assert_true(lab_settle(lab, lab_now_us(lab) + 24 * HOUR).quiet);
}

static void boot(struct lab *lab)
{
    for (uint32_t i = 0; i < PHONES; i++)
        lab_power(lab, i, true, 0);
    settle(lab);
}

static void regenerate(struct lab *lab)
{
    struct err e = { "" };
    lab_step(lab, "regenerate both");
    assert_true(lab_regenerate(lab, 0, 0, OWN_CALLMANAGER, &e));
    assert_true(lab_regenerate(lab, 0, 0, OWN_TVS, &e));
    assert_true(lab_service(lab, 0, 0, SERVICE_TFTP, DO_RESTART, &e));
    assert_true(lab_service(lab, 0, 0, SERVICE_TVS, DO_RESTART, &e));
    settle(lab);
}

static void reset(struct lab *lab)
{
    lab_step(lab, "reset the phones");
    lab_reset_all(lab, 0);
    settle(lab);
}

static struct run report_of(struct lab *lab)
{
    static const struct script_param params[] = { { "phones", "12", "5000" } };
    static const struct script_expect expects[] = {
        { 0, 20, true, "expect(a):equals(b)", "1", "1", "s.lua" },
        { 0, 21, false, "expect(c):equals(0)", "0", "12", "s.lua" },
    };
    struct run r = { .lab = lab };
    r.in = (struct report_input){ .scenario = "s.lua",
                                  .params = params,
                                  .param_count = 1,
                                  .expects = expects,
                                  .expect_count = 2 };
    return r;
}

/* The pointers inside must be those of the caller's struct. */
static void build(struct run *r)
{
    losses_init(&r->losses, r->lab);
    r->in.losses = &r->losses;
    report_build(&r->in, &r->report);
}

static void end(struct run *r)
{
    report_free(&r->report);
    losses_free(&r->losses);
    lab_free(r->lab);
}

static struct run locked_out(void)
{
    struct lab *lab = new_lab();
    boot(lab);
    regenerate(lab);
    reset(lab);
    lab_run_until(lab, lab_now_us(lab) + HOUR);
    return report_of(lab);
}

static const char *printed(struct run *r, void (*print)(FILE *, const struct report *))
{
    FILE *out = start_text();
    print(out, &r->report);
    return finish_text(out);
}

/* ---- text ---- */

/* Costs, links and the pace of a reset are named like all that is assumed; a parameter that the
 * clusters do not have alike with each. */
static void assumed_facts(void **state)
{
    (void)state;
    static const char *const nodes[] = { "brp" };
    struct err e = { "" };
    uint32_t cluster;
    struct run r = locked_out();
    struct lab_cluster_spec c = {
        .name = "BR", .version = "8.6", .nodes = nodes, .node_count = 1, .domain = ""
    };
    assert_true(lab_cluster(r.lab, &c, &cluster, &e));
    lab_param(r.lab, cluster, PARAM_SERVICE_START_US, 120 * 1000000ull);
    r.lab->state.costs[COST_LINK_DELAY_US] = 20000;
    build(&r);
    /* In words; the name is for scenarios. */
    const char *text = strstr(printed(&r, report_print), "This result rests on");
    assert_non_null(text);
    has(text, "This result rests on what is assumed:\n"
              "  45 s         shortest time from power or reset to the first request "
              "(boot_min_us)\n");
    has(text,
        "\n  20 s         from the start of a service until it answers (HQ service_start_us)\n"
        "  120 s        from the start of a service until it answers (BR service_start_us)\n");
    has(text, "\n  5 s          until another node sees a new certificate (replication_us)\n");
    has(text, "\n  200 a second phones that a cluster resets, one after the other (0: all at once) "
              "(reset_rate)\n");
    has(text, "\n  no           ask the next TVS after one that does not know the signer "
              "(next_tvs_on_unknown)\n");
    has(text, "\n  2            processors of a node: so much work at a time (processors)\n");
    end(&r);
}

static void all_need_hands(void **state)
{
    (void)state;
    struct run r = locked_out();
    build(&r);
    const char *text = printed(&r, report_print);
    assert_memory_equal(text, "VERDICT: 12 of 12 phones need hands\n", 36);
    has(text, "needs hands         configuration           12           open  2  reset the phones");
    has(text, "needs hands         trust list              12           open  2  reset the phones");
    has(text, "2  reset the phones");
    has(text, "Hands: 12 phones, 36 minutes of work at 3 a phone; with 2 people 0.3 hours");
    has(text, "needs hands: one of 12 phones\n  SEP001121000000, Cisco 7965, pool Default");
    has(text, "It was offered a new ITL, signed by CN=pub, serial ");
    has(text,
        "in its ITL, as SAST: no, no record has this issuer and serial;\n         it has CN=pub");
    has(text, "TVS 1, pub: it showed CN=pub, serial ");
    has(text, "Refused in the box \"TVS\": it keeps the ITL that it has.");
    has(text, "Refused in the box \"TVS\": it keeps the configuration that it has.");
    has(text, "What brings it back: Somebody must delete the trust lists on the phone itself");
    has(text, "This result rests on what is assumed:\n");
    has(text, "  10 s         how long a phone waits for one TVS server (tvs_timeout_us)\n");
    has(text, "  2            how many people go from phone to phone (people)\n");
    has(text, "s.lua:21: FAILED: expect(c):equals(0): expected 0, got 12\n");
    has(text, "Expected: 1 passed, 1 failed.\n");
    has(text, "with phones=12 (default 5000)");
    assert_null(strstr(text, "registration  "));
    assert_true(report_at_risk(&r.report));
    end(&r);
}

/* What is lost still has minutes where somebody said when the run ends. */
static void lost_until(void **state)
{
    (void)state;
    struct run r = locked_out();
    r.in.about.until = true;
    build(&r);
    const char *text = printed(&r, report_print);
    has(text, "needs hands         configuration           12            7");
    has(text, "Minutes of what is lost still are those up to the end of the run.\n");
    cJSON *root = cJSON_Parse(printed(&r, report_json));
    const cJSON *minutes = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(root, "losses")->child, "phone_minutes");
    assert_true(minutes->valuedouble > 720);
    cJSON_Delete(root);
    end(&r);
}

static void nothing_lost(void **state)
{
    (void)state;
    struct lab *lab = new_lab();
    boot(lab);
    struct run r = report_of(lab);
    build(&r);
    const char *text = printed(&r, report_print);
    assert_memory_equal(text, "VERDICT: no phone loses anything\n", 33);
    assert_null(strstr(text, "Outcome"));
    assert_null(strstr(text, "Besides phones"));
    /* That nothing is lost rests on as much as a loss does. */
    has(text, "This result rests on what is assumed:\n");
    has(text, "  10 s         how long a phone waits for one TVS server (tvs_timeout_us)\n");
    assert_false(report_at_risk(&r.report));
    assert_string_equal(printed(&r, report_csv),
                        "name,model,pool,function,since,step,remedy,when\n");
    end(&r);
}

static void lost_at_the_next_boot(void **state)
{
    (void)state;
    struct lab *lab = new_lab();
    struct err e = { "" };
    boot(lab);
    lab_step(lab, "stop TFTP");
    assert_true(lab_service(lab, 0, 0, SERVICE_TFTP, DO_STOP, &e));
    settle(lab);
    struct run r = report_of(lab);
    build(&r);
    const char *text = printed(&r, report_print);
    has(text,
        "VERDICT: no phone loses anything now; 12 phones would lose something at the next boot\n");
    has(text, "What happens next:\n"
              "  At the next boot: 12 phones lose configuration (12), trust list (12).\n"
              "    12 come back after an act on the cluster; one of them is SEP001121000000.\n\n");
    assert_false(report_at_risk(&r.report));
    end(&r);
}

/* Nobody has pressed a key yet. */
static void lost_unnoticed(void **state)
{
    (void)state;
    struct lab *lab = new_lab();
    boot(lab);
    regenerate(lab);
    struct run r = report_of(lab);
    build(&r);
    const char *text = printed(&r, report_print);
    has(text, "VERDICT: 12 of 12 phones need hands; 12 phones would lose more at the next boot, "
              "and 12 of them would need hands then\n");
    has(text, "needs hands         secure services         12");
    has(text, "  At the next boot: 12 phones lose configuration (12), trust list (12).\n"
              "    12 need hands; one of them is SEP001121000000.\n\n");
    assert_true(report_at_risk(&r.report));
    end(&r);
}

static void stop(struct lab *lab, enum act_kind act)
{
    struct err e = { "" };
    lab_step(lab, act == DO_STOP ? "stop CallManager" : "start CallManager");
    assert_true(lab_service(lab, 0, 0, SERVICE_CALLMANAGER, act, &e));
    settle(lab);
    lab_run_until(lab, lab_now_us(lab) + HOUR);
}

static void acts_and_returns(void **state)
{
    (void)state;
    struct lab *lab = new_lab();
    boot(lab);
    stop(lab, DO_STOP);
    struct run r = report_of(lab);
    build(&r);
    const char *text = printed(&r, report_print);
    has(text,
        "VERDICT: 12 of 12 phones lose something; 12 come back after an act on the cluster\n");
    has(text, "start services      registration            12");
    has(text, "CallManager pub: the service does not run\n");
    assert_false(report_at_risk(&r.report));
    report_free(&r.report);
    losses_free(&r.losses);

    stop(lab, DO_START);
    r = report_of(lab);
    build(&r);
    text = printed(&r, report_print);
    has(text, "VERDICT: 12 of 12 phones lose something; all come back by themselves\n");
    has(text, "back already        registration            12");
    assert_null(strstr(text, ">="));
    end(&r);
}

/* ---- JSON ---- */

static const cJSON *item(const cJSON *o, const char *key)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    if (v == NULL)
        fail_msg("no \"%s\"", key);
    return v;
}

static void json_of_a_run(void **state)
{
    (void)state;
    struct run r = locked_out();
    build(&r);
    const char *text = printed(&r, report_json);
    cJSON *root = cJSON_Parse(text);
    assert_non_null(root);
    assert_int_equal(item(root, "format")->valueint, REPORT_FORMAT);
    assert_int_equal(item(item(root, "verdict"), "need_hands")->valueint, 12);
    const cJSON *losses = item(root, "losses");
    assert_int_equal(cJSON_GetArraySize(losses), 3);
    assert_string_equal(item(losses->child, "outcome")->valuestring, "hands");
    assert_string_equal(item(losses->child, "function")->valuestring, "configuration");
    assert_true(cJSON_IsTrue(item(losses->child, "open")));
    assert_true(cJSON_IsNull(item(losses->child, "phone_minutes")));
    assert_string_equal(item(item(root, "steps")->child->next->next, "name")->valuestring,
                        "reset the phones");
    const cJSON *example = item(item(root, "outcomes")->child, "example");
    assert_string_equal(item(example, "name")->valuestring, "SEP001121000000");
    const cJSON *chain = item(example, "chains")->child;
    assert_string_equal(item(chain, "purpose")->valuestring, "itl");
    assert_string_equal(item(chain, "verdict")->valuestring, "refused");
    assert_true(cJSON_GetArraySize(item(chain, "checks")) >= 4);
    assert_true(cJSON_GetArraySize(item(example, "text")) > 10);
    assert_true(cJSON_IsFalse(item(item(root, "expects")->child->next, "passed")));
    cJSON_Delete(root);
    end(&r);
}

static const cJSON *defs; /* the schema whose $defs are meant */

/* Every key that the JSON has is in the schema, level by level. */
static void known_keys(const cJSON *o, const cJSON *schema, const char *where)
{
    const cJSON *ref = cJSON_GetObjectItemCaseSensitive(schema, "$ref");
    if (ref != NULL &&
        cJSON_IsObject(item(item(defs, "$defs"), strrchr(ref->valuestring, '/') + 1)))
        schema = item(item(defs, "$defs"), strrchr(ref->valuestring, '/') + 1);
    const cJSON *v, *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    if (cJSON_IsArray(o)) {
        cJSON_ArrayForEach(v, o)
        {
            known_keys(v, item(schema, "items"), where);
        }
        return;
    }
    if (!cJSON_IsObject(o))
        return;
    const cJSON *any = cJSON_GetObjectItemCaseSensitive(schema, "additionalProperties");
    cJSON_ArrayForEach(v, o)
    {
        const cJSON *s =
            properties == NULL ? NULL : cJSON_GetObjectItemCaseSensitive(properties, v->string);
        if (s == NULL && !cJSON_IsObject(any))
            fail_msg("\"%s\" of %s is not in docs/report.schema.json", v->string, where);
        known_keys(v, s == NULL ? any : s, v->string);
    }
    const cJSON *required = cJSON_GetObjectItemCaseSensitive(schema, "required");
    cJSON_ArrayForEach(v, required)
    {
        if (cJSON_GetObjectItemCaseSensitive(o, v->valuestring) == NULL)
            fail_msg("%s lacks \"%s\"", where, v->valuestring);
    }
}

static void json_is_as_the_schema_says(void **state)
{
    (void)state;
    struct view v;
    char sha256[65];
    struct err e = { "" };
    assert_true(sys_read_file("docs/report.schema.json", 1 << 20, &arena, &v, &e));
    cJSON *schema = cJSON_ParseWithLength((const char *)v.p, v.n);
    assert_non_null(schema);
    defs = schema;
    struct run r = locked_out();
    snprintf(sha256, sizeof sha256, "%064d", 0);
    struct report_file file = { "phones.csv", "", 12, 3 };
    memcpy(file.sha256, sha256, sizeof sha256);
    r.in.about = (struct report_about){
        .version = "1.2.3", .command = "cucmlab run s.lua", .stopped = "SIGTERM", .off = file
    };
    build(&r);
    cJSON *root = cJSON_Parse(printed(&r, report_json));
    known_keys(root, schema, "the report");
    cJSON_Delete(root);
    cJSON_Delete(schema);
    end(&r);
}

static void csv_of_a_run(void **state)
{
    (void)state;
    struct run r = locked_out();
    build(&r);
    const char *text = printed(&r, report_csv);
    has(text,
        "\nSEP001121000000,7965,Default,configuration; trust list; secure services,2025-01-06T0");
    size_t lines = 0;
    for (const char *p = text; *p != '\0'; p++)
        lines += *p == '\n';
    assert_int_equal(lines, PHONES + 1);
    assert_string_equal(text + strlen(text) - 28, ",reset the phones,hands,now\n");
    end(&r);
}

/* ---- diff ---- */

static const char *json_file(struct run *r, const char *name)
{
    const char *path = path_of(name);
    struct err e = { "" };
    assert_true(sys_write_file(path, view_str(printed(r, report_json)), &e));
    return path;
}

static void differences(void **state)
{
    (void)state;
    struct run a = locked_out();
    struct lab *lab = new_lab();
    boot(lab);
    struct run b = report_of(lab);
    build(&a);
    build(&b);
    const char *pa = json_file(&a, "a.json"), *pb = json_file(&b, "b.json");
    struct err e = { "" };
    FILE *out = start_text();
    assert_int_equal(report_diff(out, pa, pa, &e), 0);
    assert_string_equal(finish_text(out), "The two runs end the same.\n");
    out = start_text();
    assert_true(report_diff(out, pa, pb, &e) >= 4);
    const char *text = finish_text(out);
    has(text, "Verdict\n  was 12 of 12 phones need hands\n  is  no phone loses anything\n");
    has(text, "hands                        12 -> 0 phones (-12)\n");
    has(text, "hands, configuration");
    has(text, " -> 0 phone-minutes\n");
    has(text, "Hands: 0.3 -> 0 hours (-0.3)\n");
    unlink(pa);
    unlink(pb);
    end(&a);
    end(&b);
}

static void no_reports(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        { "", "offset 0: not JSON" },
        { "{\"format\":1,", "offset 11: not JSON" },
        { "[1]", "not a report of `cucmlab run --json`: no \"format\"" },
        { "{\"format\":2}", "format 2, this program reads 1" },
        { "{\"format\":1,\"verdict\":[]}", "no object \"verdict\" in it" },
        { "{\"format\":1,\"verdict\":{},\"losses\":{}}", "no array \"losses\" in it" },
    };
    const char *path = path_of("x.json");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = { "" };
        assert_true(sys_write_file(path, view_str(cases[i].text), &e));
        FILE *out = start_text();
        assert_int_equal(report_diff(out, path, path, &e), -1);
        assert_string_equal(finish_text(out), "");
        has(e.text, path);
        assert_string_equal(e.text + strlen(path) + 2, cases[i].error);
    }
    /* Members of the wrong type are read as nothing, not trusted. */
    struct err e = { "" };
    assert_true(sys_write_file(
        path,
        view_str("{\"format\":1,\"verdict\":{\"text\":7},\"losses\":[3,{\"phones\":\"x\"}],"
                 "\"outcomes\":[null],\"hands\":{\"hours\":{}},\"params\":{\"a\":1},"
                 "\"expects\":[1]}"),
        &e));
    FILE *out = start_text();
    assert_int_equal(report_diff(out, path, path, &e), 0);
    finish_text(out);
    unlink(path);
}

/* ---- trace and explain ---- */

static const char *traced(const char *name, uint64_t *hash)
{
    struct err e = { "" };
    struct tracefile t;
    const char *path = path_of(name);
    struct lab *lab = new_lab();
    assert_true(tracefile_open(&t, lab, path, &e));
    boot(lab);
    regenerate(lab);
    reset(lab);
    *hash = t.trace.trace.hash;
    assert_true(tracefile_close(&t, &e));
    lab_free(lab);
    return read_back(path);
}

static void traces(void **state)
{
    (void)state;
    uint64_t first, second, hash;
    const char *text = traced("trace", &first);
    char last[32];
    assert_string_equal(text, traced("trace", &second));
    assert_int_equal(first, second);
    snprintf(last, sizeof last, "\nhash %016llx\n", (unsigned long long)first);
    assert_string_equal(text + strlen(text) - strlen(last), last);
    has(text, " SEP001121000000 Requesting ITL\n");
    has(text, " SEP001121000000 \"Trust List Update Failed\"\n");
    has(text, " SEP001121000000 TVS 1: certificate-refused\n");
    has(text, " HQ/pub new TVS certificate, content ");
    has(text, " step 2 reset the phones\n");
    const char *json = traced("trace.jsonl", &hash);
    assert_int_equal(hash, first);
    char *line = strtok_r((char *)(uintptr_t)json, "\n", &(char *){ NULL });
    cJSON *o = cJSON_Parse(line);
    assert_non_null(o);
    assert_true(cJSON_IsString(item(o, "who")) && cJSON_IsNumber(item(o, "at_us")));
    cJSON_Delete(o);
}

static void explained(void **state)
{
    (void)state;
    static const char *const names[] = { "SEP001121000003", "SEP00112100FFFF" };
    struct explain explain;
    struct lab *lab = new_lab();
    explain_init(&explain, lab, names, 2);
    boot(lab);
    regenerate(lab);
    reset(lab);
    struct losses losses;
    struct err e = { "" };
    losses_init(&losses, lab);
    FILE *out = start_text();
    assert_false(explain_print(out, &explain, &losses, &e));
    const char *text = finish_text(out);
    assert_string_equal(e.text, "--explain: the scenario has no phone \"SEP00112100FFFF\"");
    assert_memory_equal(text, "SEP001121000003\n", 16);
    has(text, " \"ITL installed\"\n");
    has(text, " -- step 2: reset the phones\n");
    has(text, " \"Trust List Update Failed\"\n");
    has(text, "It was offered a new ITL");
    assert_null(strstr(text, "SEP001121000002"));
    losses_free(&losses);
    explain_free(&explain);
    lab_free(lab);
}

/* A chain tells of what the phone held when it refused, whatever it got later: its lists are
 * deleted by somebody else's hand here. */
static void explained_as_it_was(void **state)
{
    (void)state;
    struct lab *lab = new_lab();
    struct story_refusal before[STORY_REFUSALS], after[STORY_REFUSALS];
    struct losses losses;
    boot(lab);
    regenerate(lab);
    reset(lab);
    losses_init(&losses, lab);
    uint32_t n = story_refusals(&losses, 3, before);
    struct phone *p = &lab->state.phones[3];
    uint32_t itl = p->itl;
    p->itl = p->ctl = 0;
    assert_int_equal(story_refusals(&losses, 3, after), n);
    for (uint32_t i = 0; i < n && before[i].purpose != TRUST_HTTPS; i++) { /* found by trying */
        const struct trust_chain *x = &before[i].chain, *y = &after[i].chain;
        assert_int_equal(x->count, y->count);
        for (uint32_t k = 0; k < x->count; k++) {
            assert_int_equal(x->checks[k].result, y->checks[k].result);
            assert_int_equal(x->checks[k].cert, y->checks[k].cert);
            assert_int_equal(x->checks[k].record, y->checks[k].record);
        }
    }
    p->itl = itl;
    losses_free(&losses);
    lab_free(lab);
}

static uint32_t tvs_outcomes(const struct story_refusal *r)
{
    uint32_t outcomes = 0;
    for (uint32_t i = 0; i < r->chain.count; i++) {
        if (r->chain.checks[i].where == WHERE_TVS)
            outcomes |= FSM_BIT(r->chain.checks[i].outcome);
    }
    return outcomes;
}

/* A key pressed later takes nothing from what TVS said about a list refused before. */
static void explained_after_a_key(void **state)
{
    (void)state;
    struct lab *lab = new_lab();
    struct story_refusal out[STORY_REFUSALS];
    struct err e = { "" };
    boot(lab);
    regenerate(lab);
    reset(lab);
    assert_true(lab_service(lab, 0, 0, SERVICE_TVS, DO_STOP, &e));
    lab_run_until(lab, lab_now_us(lab) + 60000000);
    lab_press(lab, 3, KEY_DIRECTORIES, lab_now_us(lab));
    settle(lab);
    struct losses losses;
    losses_init(&losses, lab);
    uint32_t n = story_refusals(&losses, 3, out);
    assert_in_range(n, 2, 4);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(tvs_outcomes(&out[i]), out[i].purpose == TRUST_HTTPS
                                                    ? FSM_BIT(TVS_CONN_REFUSED)
                                                    : FSM_BIT(TVS_CERT_REFUSED));
    assert_int_equal(out[0].purpose, TRUST_ITL);
    assert_int_equal(out[n - 1].purpose, TRUST_HTTPS);
    losses_free(&losses);
    lab_free(lab);
}

/* ---- numbers ---- */

static void numbers(void **state)
{
    (void)state;
    char out[FMT_ROOM];
    assert_string_equal(count_print(0, out), "0");
    assert_string_equal(count_print(999, out), "999");
    assert_string_equal(count_print(1000, out), "1,000");
    assert_string_equal(count_print(UINT64_MAX, out), "18,446,744,073,709,551,615");
    assert_string_equal(fmt_minutes(0, out), "0");
    assert_string_equal(fmt_minutes(30000000, out), "0.5");
    assert_string_equal(fmt_minutes(90000000, out), "2");
    assert_string_equal(fmt_clock(3723004005u, out), "1:02:03.004005");
    assert_string_equal(fmt_iso(1736143200, out), "2025-01-06T06:00:00Z");
    assert_string_equal(fmt_iso(951782400, out), "2000-02-29T00:00:00Z");
    assert_string_equal(fmt_iso(-1, out), "1969-12-31T23:59:59Z");
    assert_string_equal(fmt_serial(view_of("\x5a\x01", 2), out), "5A:01");
    assert_string_equal(fmt_ip(0x7f00000b, out), "127.0.0.11");
}

/* ---- tools ---- */

#define PEER "tests/vectors/peer/"

static const char *problems;

static int tool(const char *name, const char **output, const char *const *words)
{
    int n = 0;
    char *argv[8], *text, *wrong;
    size_t text_n, wrong_n;
    while (words[n] != NULL) {
        argv[n] = (char *)(uintptr_t)words[n];
        n++;
    }
    FILE *out = open_memstream(&text, &text_n), *err = open_memstream(&wrong, &wrong_n);
    int status = tools_run(name, n, argv, out, err);
    fclose(out);
    fclose(err);
    *output = arena_text(&arena, view_of(text, text_n));
    problems = arena_text(&arena, view_of(wrong, wrong_n));
    free(text);
    free(wrong);
    return status;
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void lists_from_outside(void **state)
{
    (void)state;
    const char *out;
    assert_int_equal(tool("itl", &out, WORDS("show", PEER "ITLFile.tlv")), 0);
    has(out, "The checksum value of the ITL file:\n");
    has(out, "The ITL file was verified successfully.\n");
    assert_int_equal(tool("itl", &out, WORDS("show", "--release", "8", PEER "ITLFile.tlv")), 0);
    assert_null(strstr(out, "checksum"));
    assert_int_equal(tool("itl", &out, WORDS("show", "--release=8", PEER "ITLFile.tlv")), 0);
    assert_null(strstr(out, "checksum"));
    assert_int_equal(tool("ctl", &out, WORDS("show", PEER "CTLFile.tlv")), 0);
    has(out, "The CTL file was verified successfully.\n");
    assert_int_equal(tool("itl", &out, WORDS("verify", PEER "ITLFile.tlv")), 0);
    has(out, "Good: signed by the SAST in record 1 of 4.\n");
    assert_int_equal(
        tool("itl", &out, WORDS("verify", PEER "ITLFile.tlv", "--with", PEER "callmanager.pem")),
        0);
    assert_int_equal(
        tool("itl", &out, WORDS("verify", PEER "ITLFile.tlv", "--with", PEER "tvs.pem")), 1);
    has(out, "The file names another signer than this certificate");
    has(out, "FAILED: ");
    assert_int_equal(tool("itl", &out, WORDS("diff", PEER "ITLFile.tlv", PEER "ITLFile.tlv")), 0);
    assert_int_equal(
        tool("itl", &out, WORDS("diff", PEER "ITLFile.tlv", PEER "ITLSEP0011215A1AE3.tlv")), 1);
    has(out, "Signer: was C=US,");
}

static void tampered_lists(void **state)
{
    (void)state;
    struct view file;
    struct err e = { "" };
    const char *out, *path = path_of("x.tlv");
    assert_true(sys_read_file(PEER "ITLFile.tlv", 1 << 20, &arena, &file, &e));
    uint8_t *bytes = arena_take(&arena, file.n);
    memcpy(bytes, file.p, file.n);
    bytes[file.n - 5] ^= 1; /* in the last certificate */
    assert_true(sys_write_file(path, view_of(bytes, file.n), &e));
    assert_int_equal(tool("itl", &out, WORDS("verify", path)), 1);
    has(out, "FAILED: ");
    assert_int_equal(tool("itl", &out, WORDS("show", path)), 1);
    has(out, "Verification of the ITL file failed.\n");
    has(problems, path);
    assert_true(sys_write_file(path, view_of(bytes, file.n - 1), &e));
    assert_int_equal(tool("itl", &out, WORDS("verify", path)), 2);
    has(problems, "offset ");
    assert_string_equal(out, "");
    assert_true(sys_write_file(path, view_str("<html>404</html>"), &e));
    assert_int_equal(tool("itl", &out, WORDS("show", path)), 2);
    has(problems, "text that begins with '<'");
    assert_true(sys_write_file(path, view_of("", 0), &e));
    assert_int_equal(tool("itl", &out, WORDS("show", path)), 2);
    has(problems, "the file is empty");
    unlink(path);
    assert_int_equal(tool("itl", &out, WORDS("show", path)), 2);
    has(problems, "No such file");
    assert_int_equal(tool("itl", &out, WORDS("show", PEER "SEP0011215A1AE3.cnf.xml.sgn")), 2);
    has(problems, "a signed file, not a trust list");
}

static void signed_files(void **state)
{
    (void)state;
    const char *out, *sgn = PEER "SEP0011215A1AE3.cnf.xml.sgn";
    struct view xml;
    struct err e = { "" };
    assert_int_equal(tool("sgn", &out, WORDS("show", sgn)), 0);
    has(out, "SEP0011215A1AE3.cnf.xml");
    assert_int_equal(tool("sgn", &out, WORDS("verify", sgn)), 2);
    has(problems, "--with CERT.pem is needed");
    assert_int_equal(tool("sgn", &out, WORDS("verify", sgn, "--with", PEER "callmanager.pem")), 0);
    has(out, "Good: signed by the key of this certificate.\n");
    assert_int_equal(tool("sgn", &out, WORDS("verify", sgn, "--with", PEER "tomcat.pem")), 1);
    assert_int_equal(tool("sgn", &out, WORDS("strip", sgn)), 0);
    assert_true(sys_read_file(PEER "SEP0011215A1AE3.cnf.xml", 1 << 20, &arena, &xml, &e));
    assert_string_equal(out, arena_text(&arena, xml));
    assert_int_equal(tool("sgn", &out, WORDS("strip", sgn, "--with", PEER "tomcat.pem")), 1);
    assert_string_equal(out, ""); /* nothing of a file that does not verify */
    assert_int_equal(tool("sgn", &out, WORDS("strip", PEER "enc/SEP0011215A1AE3.cnf.xml.enc.sgn")),
                     2);
    has(problems, "only the phone's private key opens it");
}

static void wrong_use(void **state)
{
    (void)state;
    const char *out;
    static const struct {
        const char *words[5];
        const char *says;
    } cases[] = {
        { { "look", "x" }, "unknown action \"look\"" },
        { { "show" }, "a file is needed" },
        { { "show", "a", "b" }, "one word too many: b" },
        { { "show", "--release" }, "--release needs a value" },
        { { "show", "--release", "7", "x" }, "no release \"7\" of CUCM is known" },
        { { "show", "--with", "x", "y" }, "unknown option --with" },
        { { "diff", "x" }, "two files are needed" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(tool("itl", &out, cases[i].words), 2);
        has(problems, cases[i].says);
        assert_string_equal(out, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assumed_facts),
        cmocka_unit_test(all_need_hands),
        cmocka_unit_test(lost_until),
        cmocka_unit_test(nothing_lost),
        cmocka_unit_test(lost_at_the_next_boot),
        cmocka_unit_test(lost_unnoticed),
        cmocka_unit_test(acts_and_returns),
        cmocka_unit_test(json_of_a_run),
        cmocka_unit_test(json_is_as_the_schema_says),
        cmocka_unit_test(csv_of_a_run),
        cmocka_unit_test(differences),
        cmocka_unit_test(no_reports),
        cmocka_unit_test(traces),
        cmocka_unit_test(explained),
        cmocka_unit_test(explained_as_it_was),
        cmocka_unit_test(explained_after_a_key),
        cmocka_unit_test(numbers),
        cmocka_unit_test(lists_from_outside),
        cmocka_unit_test(tampered_lists),
        cmocka_unit_test(signed_files),
        cmocka_unit_test(wrong_use),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
