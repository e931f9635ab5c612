/* What a way comes down to, as data: every act on every node, in order, that the words stand for;
 * and that doing it brings back what the way brings back. */
#include "run_script.h"

#include "sim/predict/steps.h"
#include "sim/report/report.h"

#include <cjson/cJSON.h>

#define RESET " settle() f:power('off') f:power('on') settle() "
#define FLEET "f:power('on') settle() step('x') "
#define TWO_NODES(version)                                                                         \
    "hq = cluster { name = 'HQ', version = '" version "', nodes = { 'pub', 'sub' } } "             \
    "f = hq:phones { count = 4, model = '7965' } " FLEET

/* The acts of the first outcome, to be freed. */
static cJSON *acts_of(struct run *r)
{
    struct report report;
    struct report_input in = { .scenario = "s.lua", .losses = &r->session->losses };
    char *text = NULL;
    size_t n = 0;
    report_build(&in, &report);
    FILE *f = open_memstream(&text, &n);
    report_json(f, &report);
    fclose(f);
    report_free(&report);
    cJSON *root = cJSON_Parse(text);
    cJSON *outcome = cJSON_GetObjectItemCaseSensitive(root, "outcomes")->child;
    cJSON *acts = cJSON_DetachItemFromObjectCaseSensitive(outcome, "acts");
    assert_non_null(acts);
    cJSON_Delete(root);
    free(text);
    return acts;
}

#define TWO_CLUSTERS MOVED_TO("8.6")
#define MOVED_TO(version)                                                                          \
    "hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "                            \
    "br = cluster { name = 'BR', version = '" version "', nodes = { 'b1' } } "                     \
    "f = hq:phones { count = 4, model = '7965' } " FLEET                                           \
    "f:insert { cluster = br } f:move { tftp = { br.b1, br.b1 } } "

static const struct {
    const char *script;
    const char *acts; /* with ' for " */
} cases[] = {
    { TWO_NODES("8.6") "hq.pub:stop('Cisco CallManager') hq.pub:stop('Cisco Tftp') "
                       "hq.sub:stop('Cisco CallManager') hq.sub:stop('Cisco Tftp') settle() "
                       "wait('1h') ",
      "[{'cluster':'HQ','act':'start','width':'all','words':'start every service that is "
      "stopped, on every "
      "node','resets':1,'resets_reach':'all','does':[{'on':'node','node':'pub','act':'start "
      "Cisco Tftp'},{'on':'node','node':'pub','act':'start Cisco CallManager'},"
      "{'on':'node','node':'sub','act':'start Cisco Tftp'},{'on':'node','node':'sub',"
      "'act':'start Cisco CallManager'}]}]" },
    { TWO_NODES("8.6") "hq:set('rollback', true) hq.pub:restart('TVS', 'Cisco Tftp') "
                       "hq.sub:restart('TVS', 'Cisco Tftp') " RESET,
      "[{'cluster':'HQ','node':'pub','act':'set rollback 0','width':'one','words':'set "
      "\\'Prepare Cluster for Rollback to pre 8.0\\' to False, restart Cisco Trust "
      "Verification Service and Cisco Tftp on every node','resets':1,'resets_reach':'all',"
      "'does':[{'on':'cluster','act':'set rollback 0'},{'on':'node','node':'pub',"
      "'act':'restart Cisco Trust Verification Service'},{'on':'node','node':'sub',"
      "'act':'restart Cisco Trust Verification Service'},{'on':'node','node':'pub',"
      "'act':'restart Cisco Tftp'},{'on':'node','node':'sub','act':'restart Cisco Tftp'}]}]" },
    { "hq = cluster { name = 'HQ', version = '11.5', nodes = { 'pub', 'sub' } } "
      "hq:ctl('mixed-mode') hq.pub:restart('Cisco Tftp', 'Cisco CallManager') "
      "hq.sub:restart('Cisco Tftp', 'Cisco CallManager') settle() "
      "f = hq:phones { count = 4, model = '7965', security = 'encrypted', lsc = true } " FLEET
      "hq.pub:regenerate('CallManager') hq.sub:regenerate('CallManager') settle() "
      "hq.pub:restart('Cisco CallManager') hq.sub:restart('Cisco CallManager') settle('1h') " RESET,
      "[{'cluster':'HQ','node':'pub','act':'ctl update','width':'one','words':'`utils ctl "
      "update CTLFile` on pub, restart Cisco Tftp and Cisco CallManager on every node',"
      "'resets':0,'does':[{'on':'cluster','act':'ctl update'},{'on':'node','node':'pub',"
      "'act':'restart Cisco Tftp'},{'on':'node','node':'sub','act':'restart Cisco Tftp'},"
      "{'on':'node','node':'pub','act':'restart Cisco CallManager'},{'on':'node',"
      "'node':'sub','act':'restart Cisco CallManager'}]}]" },
    { TWO_CLUSTERS RESET "hq.pub:stop('Cisco Tftp') settle() ",
      "[{'cluster':'HQ','act':'bulk import','width':'all','words':'exchange certificates between "
      "HQ and BR (Bulk Certificate Management: export on both, consolidate on one, import on "
      "both), restart Cisco Trust Verification Service on every "
      "node','resets':1,'resets_reach':'all',"
      "'does':[{'on':'cluster','act':'bulk sftp sftp:/bulk'},{'on':'cluster','cluster':'BR',"
      "'act':'bulk sftp sftp:/bulk'},{'on':'cluster','act':'bulk export all'},{'on':'cluster',"
      "'cluster':'BR','act':'bulk export all'},{'on':'cluster','act':'bulk consolidate all'},"
      "{'on':'cluster','cluster':'BR','act':'bulk import all'},{'on':'cluster','act':'bulk import "
      "all'},{'on':'node','node':'pub','act':'restart Cisco Trust Verification Service'}]}]" },
    { MOVED_TO("10.0") "hq:set('cscUy43181', true) " RESET "hq.pub:stop('Cisco Tftp') settle() ",
      "[{'cluster':'HQ','act':'upload','width':'all','words':'upload the CallManager, "
      "ITLRecovery, CAPF and tomcat certificates of BR, each to its trust store in HQ (CAPF-trust: "
      "on every node), restart Cisco Trust Verification Service on every "
      "node','resets':1,'resets_reach':'all',"
      "'does':[{'on':'node','node':'pub','act':'upload CallManager-trust "
      "b1/59281C55096FD66EFD0C3AC1E4BD64BD'},{'on':'node','node':'pub','act':'upload "
      "Phone-SAST-trust b1/59281C55096FD66EFD0C3AC1E4BD64BD'},{'on':'node','node':'pub',"
      "'act':'upload CAPF-trust CAPF-df9ebcd7/5838372EA12230793B9CC088B0CE656B'},"
      "{'on':'node','node':'pub','act':'upload tomcat-trust "
      "b1/49293D26D50A142F8E7A61B7B35B95A4'},"
      "{'on':'node','node':'pub','act':'upload Phone-SAST-trust "
      "ITLRECOVERY_b1/4F618F08DA5C5D2444E0AFA137642332'},{'on':'node','node':'pub','act':'restart "
      "Cisco Trust Verification Service'}]}]" },
    { TWO_NODES("8.6") "f:link { down = true, delay = '3ms' } " RESET,
      "[{'cluster':'HQ','act':'link','width':'all','words':'mend the phone's network',"
      "'resets':0,'does':[{'on':'phones','act':'link delay=3000us jitter=500us loss=0ppm "
      "rate=0 down=no mtu=0'}]}]" },
    { TWO_CLUSTERS RESET,
      "[{'cluster':'HQ','act':'move 127.0.0.11 none','width':'one','words':'point DHCP "
      "option 150 to HQ/pub','resets':1,'resets_reach':'all','does':[{'on':'phones','act':'move "
      "127.0.0.11 "
      "none'}]}]" },
};

static void test_json(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct run r = { 0 };
        run(&r, cases[k].script);
        assert_string_equal(r.e.text, "");
        cJSON *acts = acts_of(&r);
        char *text = cJSON_PrintUnformatted(acts);
        for (char *p = text; *p != '\0'; p++)
            *p = *p == '"' ? '\'' : *p;
        assert_string_equal(text, cases[k].acts);
        free(text);
        cJSON_Delete(acts);
        done(&r);
    }
}

/* ---- a program that applies it ---- */

static const char *text_of(const cJSON *o, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(o, key)->valuestring;
}

static void apply(struct lab *lab, const char *cluster, const cJSON *step)
{
    struct err e = { "" };
    struct act act;
    uint32_t c = 0, node = 0, scope = 0;
    static const char *const scopes[] = { "node", "cluster", "phones" };
    while (strcmp(lab->state.clusters[c].name, cluster) != 0)
        c++;
    while (strcmp(scopes[scope], text_of(step, "on")) != 0)
        scope++;
    const struct cluster *cl = &lab->state.clusters[c];
    while (scope == ON_NODE && strcmp(cl->nodes[node].disk.name, text_of(step, "node")) != 0)
        node++;
    if (!act_parse(cl, (enum act_scope)scope, node, text_of(step, "act"), &act, &e))
        fail_msg("%s", e.text);
    struct lab_whom all = { .first = 0, .count = lab->state.phone_count };
    assert_true(scope == ON_PHONES ? lab_do_phones(lab, c, &act, &all, &e)
                                   : lab_do(lab, c, &act, &e));
}

/* Nothing of sim/predict is asked what an act means. */
static void test_a_program_applies_it(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct run r = { 0 };
        const cJSON *a, *step;
        run(&r, cases[k].script);
        cJSON *acts = acts_of(&r);
        assert_int_not_equal(losses_now(&r.session->losses, 0), 0);
        cJSON_ArrayForEach(a, acts)
        {
            cJSON_ArrayForEach(step, cJSON_GetObjectItemCaseSensitive(a, "does"))
            {
                bool elsewhere = cJSON_HasObjectItem(step, "cluster");
                apply(r.lab, text_of(elsewhere ? step : a, "cluster"), step);
            }
            lab_settle(r.lab, lab_now_us(r.lab) + 86400000000ull);
            int resets = cJSON_GetObjectItemCaseSensitive(a, "resets")->valueint;
            for (int i = 0; i < resets; i++) {
                for (uint32_t p = 0; p < r.lab->state.phone_count; p++) {
                    lab_power(r.lab, p, false, lab_now_us(r.lab));
                    lab_power(r.lab, p, true, lab_now_us(r.lab) + 1000000);
                }
                lab_settle(r.lab, lab_now_us(r.lab) + 86400000000ull);
            }
        }
        for (uint32_t p = 0; p < r.lab->state.phone_count; p++)
            assert_int_equal(r.lab->state.phones[p].lost, 0);
        cJSON_Delete(acts);
        done(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_a_program_applies_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
