/* The verbs of a scenario that are acts: what they do, their errors, their page. */
#include "tests/unit/run_script.h"

static void test_acts(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, LAB "settle() local old = hq.pub:certificate('TVS') hq.pub:regenerate('TVS', 'tomcat') "
                "expect(hq.pub:certificate('TVS') == old):is_false() "
                "expect(old.subject):equals(hq.pub:certificate('TVS').subject) "
                "hq.sub1:upload('Phone-SAST-trust', hq.pub:certificate('CallManager')) "
                "hq.pub:stop('TVS', 'Cisco Tftp') hq.sub1:stop('Tomcat')");
    assert_string_equal(r.e.text, "");
    assert_int_equal(r.result, SCRIPT_PASSED);
    const struct cluster *cl = &r.lab->state.clusters[0];
    assert_int_equal(cl->nodes[0].run.services[SERVICE_TVS].state, SERVICE_STOPPED);
    assert_int_equal(cl->nodes[0].run.services[SERVICE_TFTP].state, SERVICE_STOPPED);
    assert_int_equal(cl->nodes[1].run.services[SERVICE_TFTP].state, SERVICE_RUNNING);
    assert_int_equal(cl->nodes[1].run.services[SERVICE_TOMCAT].state, SERVICE_STOPPED);
    assert_int_equal(cl->nodes[0].made[OWN_TVS], cl->nodes[0].made[OWN_TOMCAT]);
    assert_true(cl->nodes[0].made[OWN_TVS] > cl->nodes[0].made[OWN_CALLMANAGER]);
    done(&r);
    static const struct {
        const char *text, *said;
    } bad[] = {
        { LAB "hq.pub:regenerate('CallManger')",
          "regenerate: no certificate \"CallManger\" (one of CallManager, CallManager-ECDSA, TVS, "
          "CAPF, tomcat, tomcat-ECDSA, ITLRecovery, ipsec)" },
        { LAB "hq.pub:regenerate()",
          "regenerate: a certificate is expected, not nothing (one of " },
        { LAB "hq.pub:regenerate('ITLRecovery')", "regenerate: " }, /* not in 8.6 */
        { LAB "hq.pub.regenerate('TVS')", "regenerate: it is called with a colon" },
        { LAB "hq.pub:restart('Cisco TVS2')",
          "restart: no service \"Cisco TVS2\" (one of Cisco Tf" },
        { LAB "hq.pub:stop()", "stop: a service is expected" },
        { LAB "hq.pub:upload('trust', hq.pub:certificate('TVS'))", "upload: no trust store" },
        { LAB "hq.pub:upload('tomcat-trust', 'x')", "upload: a certificate is expected" },
        { LAB "hq.pub:link { delay = '1d' }", "at most 10m" },
        { LAB "hq.pub:link { los = 1 }", "link: no field \"los\"" },
        { LAB "hq.pub:link { loss = 2 }", "loss is a number from 0 to 1" },
        { LAB "hq.pub:link { rate = 0.5 }", "link: rate is a whole number, not 0.5" },
        { LAB "hq.pub:ping()", "node: no field or verb \"ping\"" },
        { LAB "fleet:power('up')", "power: no state \"up\" (one of off, on)" },
        { LAB "fleet:press('Menu')", "press: no key \"Menu\" (one of Directories, Services)" },
        { LAB "fleet:part(11)", "whole number up to 10 is expected" },
        { LAB "fleet:part(1.5)", "a share from 0.0 to 1.0" },
        { LAB "fleet:part()", "not nothing" },
        { LAB "fleet:except(3)", "except: a fleet is expected" },
        { LAB "fleet:move { tftp = 'pub2' }", "move: no node \"pub2\" (one of pub, sub1" },
        { LAB "fleet:move { tftp = {} }", "tftp is one node or two" },
        { LAB "fleet:insert { }", "insert: cluster = a cluster is expected" },
        { LAB "fleet:install_lsc { cluster = 5 }", "install_lsc: cluster = a cluster is expected" },
        { LAB "fleet:install_lsc { by = 'MIC' }",
          "install_lsc: no authentication mode \"MIC\" (one of By Null String, By Authentication "
          "String, By Existing Certificate (Precedence to LSC), By Existing Certificate "
          "(Precedence to MIC))" },
        { LAB "local br = cluster { name = 'BR', version = '8.6', nodes = 'b' } "
              "fleet:install_lsc { cluster = br }",
          "install_lsc: BR: SEP001121000000 is not in its database" },
        { LAB "fleet:insert { cluster = hq, pool = 'x' }", "no device pool \"x\"" },
        { LAB "fleet:count { lost = 'calls' }",
          "count: no function of a phone \"calls\" (one of "
          "registration, configuration, trust list, "
          "secure services, 802.1X, phone VPN, common files)" },
        { LAB "fleet:count { state = 'registered' }",
          "count: no state \"registered\" (one of Off," },
        { LAB "fleet:count { itl_by = 'itl' }",
          "count: no itl_by \"itl\" (one of first trust, CTL" },
        { LAB "fleet:count { registered = 1 }", "registered is true or false, not 1" },
        { LAB "fleet:count { fast = true }", "count: no field \"fast\"" },
        { LAB "fleet:count { true }", "count: fields are named" },
        { LAB "fleet:where()", "where: filters are expected" },
        { LAB "print(fleet.name)", "fleet: name is a field of one phone, fleet[1].name" },
        { LAB "fleet:lost_minutes('calls')", "lost_minutes: no function of a phone" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_error(bad[i].text, 1, bad[i].said);
}

/* Each way to read an argument of an act says what it expected. */
static void test_act_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } bad[] = {
        /* words: none, no text, not one of them */
        { LAB "hq.pub:restart()", "restart: a service is expected, not nothing (one of " },
        { LAB "hq.pub:restart('TVS', 5)", "restart: a service is expected, not 5 (one of " },
        { LAB "hq.pub:upload()", "upload: a trust store is expected, not nothing (one of " },
        { LAB "hq:set()", "set: a parameter is expected" },
        { LAB "hq:set('rolback', true)", "set: no parameter \"rolback\" (one of rollback, " },
        { LAB "fleet:power(true)", "power: a state is expected, not true (one of " },
        { LAB "fleet:press()", "press: a key is expected" },
        /* a choice between rows */
        { LAB "hq:regenerate('TVS')", "cluster: no field or verb \"regenerate\"; it is a verb of a "
                                      "node, node:regenerate(...)" },
        { LAB "hq.pub:ctl('update')", "node: no field or verb \"ctl\"; it is a verb of a cluster" },
        { LAB "hq.pub:regenerate('tvs')", "ipsec): did you mean TVS?" },
        { LAB "hq:upgrade('16')", "14SU3, 15, 15SU2)" },
        { LAB "hq:upgrade('14su3')", "did you mean 14SU3?" },
        { LAB "hq:upgrade(15)", "upgrade: a version is expected, a text, not 15" },
        { LAB "hq:bulk('sftp')", "bulk: a directory is expected, a text, not nothing" },
        { LAB "hq:reset_group { group = 'default' }",
          "reset_group: HQ: no CallManager group \"default\" (there is Default): did you mean "
          "Default?" },
        { LAB "hq:ctl()", "ctl: an act is expected, not nothing (one of " },
        { LAB "hq:ctl('updates')", "ctl: no act \"updates\" (one of mixed-mode, " },
        /* certificates, values */
        { LAB "hq.pub:upload('CAPF-trust')", "upload: a certificate is expected" },
        { LAB "hq.pub:delete('CAPF-trust', hq)",
          "delete: a certificate is expected, as in node:certificate(\"TVS\"), not cluster HQ" },
        { LAB "hq:set('rollback')", "set: the value of rollback is true or false, not nothing" },
        { LAB "hq:set('max_serving', true)", "max_serving is a whole number, not true" },
        { LAB "hq:set('max_serving', -1)", "max_serving is a whole number, not -1" },
        { LAB "hq:set('tvs_ttl_s', {})", "set: the value of tvs_ttl_s is a time in whole seconds" },
        { LAB "hq:set('tvs_ttl_s', 'soon')",
          "set: the value of tvs_ttl_s is a time in whole seconds" },
        { LAB "hq:set('rollback', 2)", "set: rollback is at most 1" },
        /* fields */
        { LAB "hq.pub:link()", "link: a table is expected, link { delay = ... }" },
        { LAB "fleet:link { delay = 'x' }", "link: delay is a time, " },
        { LAB "fleet:link { jitter = '11m' }", "link: jitter is at most 10m" },
        { LAB "fleet:link { loss = '1' }", "link: loss is a number, not \"1\"" },
        { LAB "fleet:link { rate = -1 }", "link: rate is a number from 0 to 4000000000" },
        { LAB "fleet:link { rate = 0.5 }", "link: rate is a whole number, not 0.5" },
        { LAB "fleet:link { down = 1 }", "link: down is true or false, not 1" },
        { LAB "fleet:move {}", "move: tftp is needed" },
        { LAB "fleet:move { tftp = { hq.pub, 5 } }", "move: a node (hq.pub, or \"pub\") is" },
        { LAB "fleet:move { tftp = { hq.pub, hq.sub1, hq.pub } }", "tftp is one node or two" },
        { LAB "fleet:move { tftp = hq.pub, over = 1 }", "move: no field \"over\" (there is tftp)" },
        { LAB "fleet:insert { cluster = hq, pool = 5 }", "insert: pool is a text, not 5" },
        { LAB "fleet:insert { pool = 'Default' }", "insert: cluster = a cluster is expected" },
        /* the time that it is spread over, the receiver, what the cluster says */
        { LAB "fleet:power('off', 'soon')", "power: a time is expected" },
        { LAB "fleet:delete_trust_list({})", "delete_trust_list: a time is expected" },
        { LAB "hq.reset()", "reset: it is called with a colon on a cluster, cluster:reset(...)" },
        { LAB "fleet.press('Services')", "press: it is called with a colon on a fleet" },
        { LAB "hq.pub:start('TVS')", "start: HQ: Cisco Trust Verification Service is already" },
        { LAB "hq.pub:delete('CAPF-trust', hq.pub:certificate('TVS'))",
          "delete: HQ: CAPF-trust does not hold this certificate" },
        { LAB "local all = {} for i = 1, 65 do all[i] = 'TVS' end "
              "hq.pub:restart(table.unpack(all))",
          "restart: more than 64 arguments" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_error(bad[i].text, 1, bad[i].said);
    /* All or nothing: the second is no certificate of a subscriber. */
    expect_output(
        "local hq = cluster { name = 'HQ', version = '14', nodes = { 'pub', 'sub' } }\n"
        "local old = hq.sub:certificate('TVS')\n"
        "local ok, why = pcall(function() hq.sub:regenerate('TVS', 'ITLRecovery') end)\n"
        "print(ok, why:match('regenerate: .*'))\n"
        "print(old == hq.sub:certificate('TVS'))\n"
        "hq.sub:upload('CAPF-trust', old) hq.sub:delete('CAPF-trust', old)\n"
        "local all = {} for i = 1, 64 do all[i] = 'TVS' end\n"
        "hq.sub:restart(table.unpack(all))\n",
        "false\tregenerate: HQ: sub has no certificate ITLRecovery of its own in version 14\n"
        "true\n");
}

static void print_acts(char **text, bool for_editors)
{
    size_t n;
    FILE *out = open_memstream(text, &n);
    script_print_acts(out, for_editors);
    fclose(out);
}

/* Every row of the table of acts is a verb of its object, and on the page and among the types. */
static void test_act_pages(void **state)
{
    (void)state;
    static const char *const values[] = {
        [ON_NODE] = "hq.pub", [ON_CLUSTER] = "hq", [ON_PHONES] = "fleet"
    };
    static const char *const classes[] = {
        [ON_NODE] = "Node", [ON_CLUSTER] = "Cluster", [ON_PHONES] = "Fleet"
    };
    static const char *const selves[] = {
        [ON_NODE] = "node", [ON_CLUSTER] = "cluster", [ON_PHONES] = "fleet"
    };
    char *page, *types;
    print_acts(&page, false);
    print_acts(&types, true);
    for (int i = 0; i < ACTS; i++) {
        const struct act_row *row = act_table[i];
        char verb[32], text[400], line[200];
        snprintf(verb, sizeof verb, "%.*s", (int)strcspn(row->name, " "), row->name);
        snprintf(text, sizeof text, LAB "print(type(%s.%s))", values[row->scope], verb);
        expect_output(text, "function\n");
        snprintf(line, sizeof line, "### `%s:%s", selves[row->scope], verb);
        assert_non_null(strstr(page, line));
        assert_non_null(strstr(page, row->doc));
        assert_non_null(strstr(page, row->words));
        snprintf(line, sizeof line, "\nfunction %s:%s(", classes[row->scope], verb);
        const char *head = strstr(types, line);
        assert_non_null(head);
        assert_null(strstr(head + 1, line));         /* once */
        const char *choice = strchr(row->name, ' '); /* "ctl update" is ctl("update") */
        if (choice == NULL)
            continue;
        snprintf(line, sizeof line, "\"%s\"", choice + 1);
        assert_true(strstr(types, line) != NULL && strstr(page, line) != NULL);
    }
    free(page);
    free(types);
}

/* Nodes are objects or names, wherever nodes are said. */
static void test_nodes_by_object_or_name(void **state)
{
    (void)state;
    static const char *const groups[] = { "{ 'sub1', 'pub' }", "{ hq.sub1, hq.pub }",
                                          "{ 'sub1', hq.pub }", "{ 'HQ/sub1', 'HQ/pub' }" };
    static const char *const servers[] = { "{ 'sub1', 'pub' }", "{ hq.sub1, hq.pub }",
                                           "{ hq.sub1, 'pub' }", "{ 'HQ/sub1', 'pub' }" };
    for (size_t i = 0; i < 4; i++) {
        char text[600];
        struct run r = { 0 };
        snprintf(text, sizeof text,
                 "hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub1' } } "
                 "hq:pool('P', %s) hq:pool('Q', %s) hq:group('G', %s) hq:pool('R', 'G') "
                 "f = hq:phones { count = 1, model = '8845', pool = 'P' } "
                 "f:move { tftp = %s } f:move { tftp = %s } f:move { tftp = %s }",
                 groups[i], i == 0 ? "{ 'sub1' }" : "hq.sub1", groups[i],
                 i == 0 ? "'pub'" : "hq.pub", i == 0 ? "{ 'pub' }" : "{ hq.pub }", servers[i]);
        run(&r, text);
        assert_string_equal(r.e.text, "");
        const struct database *db = &r.lab->state.clusters[0].db;
        for (uint32_t g = 0; g < db->group_count; g++) {
            if (strcmp(db->groups[g].name, "Default") == 0)
                continue;
            bool one = strcmp(db->groups[g].name, "Q") == 0;
            assert_int_equal(db->groups[g].count, one ? 1 : 2);
            assert_int_equal(db->groups[g].members[0], 1);
        }
        const struct phone_place *place = &r.lab->state.dhcp[r.lab->state.phones[0].dhcp];
        for (uint32_t k = 0; k < 2; k++)
            assert_int_equal(place->tftp[k], r.lab->state.clusters[0].nodes[1 - k].disk.ip);
        done(&r);
    }
    /* Where a phone is registered; two clusters may have a node of that name. */
    expect_output(LAB "local br = cluster { name = 'BR', version = '8.6', nodes = { 'pub' } } "
                      "local far = br:phones { count = 3, model = '7965' } settle() "
                      "far:first(1):power('off') settle('1m') "
                      "print(fleet:count { server = 'pub' }, far:count { server = 'pub' }, "
                      "fleet:count { server = 'HQ/pub' }, far:count { server = 'HQ/pub' }, "
                      "far:count { server = 'BR/pub' }, far:count { server = br.pub }, "
                      "far:count { server = hq.pub }, far:count { server = '' }, "
                      "fleet:count { server = 'HQ/sub1' }) "
                      "far:move { tftp = 'BR/pub' } fleet:move { tftp = { 'HQ/pub', 'sub1' } }",
                  "10\t2\t10\t0\t2\t2\t0\t1\t0\n");
    expect_error(LAB "fleet:count { server = 'sub2' }", 1,
                 "count: no node \"sub2\" (one of pub, sub1)");
    expect_error(LAB "fleet:count { server = true }", 1,
                 "count: a node (hq.pub, or \"pub\") is expected, not true");
    expect_error(LAB "fleet:move { tftp = 'BR/pub' }", 1, "move: no node \"BR/pub\"");
    expect_error(LAB "hq:pool('P', { 'BR/pub' })", 1, "names no node \"BR/pub\"");
}

/* The editor's types have every filter: those that an error names. */
static void test_filters_have_types(void **state)
{
    (void)state;
    struct run r = { 0 };
    struct arena arena = arena_of(&sys_mem);
    struct view types;
    struct err e = { "" };
    uint32_t filters = 0;
    assert_true(sys_read_file("scenarios/cucmlab.d.lua", 1 << 20, &arena, &types, &e));
    char *text = strdup(arena_text(&arena, types));
    char *class = strstr(text, "---@class Filters\n"), *end = strstr(class, "\n\n");
    assert_non_null(end);
    *end = '\0';
    run(&r, LAB "fleet:count { nothing = 1 }");
    char *names = strstr(r.e.text, "(one of ");
    assert_non_null(names);
    names += strlen("(one of ");
    for (size_t n = 0; *names != '\0' && *names != ')'; names += n + strspn(names + n, ", ")) {
        char field[80];
        n = strcspn(names, ", )");
        snprintf(field, sizeof field, "---@field %.*s? ", (int)n, names);
        if (strstr(class, field) == NULL)
            fail_msg("scenarios/cucmlab.d.lua has no %s", field);
        filters++;
    }
    assert_int_equal(filters, 22);
    free(text);
    arena_free(&arena);
    done(&r);
}

/* An organisation may have as many letters as a certificate takes; no address is given twice. */
static void names_and_addresses(void **state)
{
    (void)state;
    expect_output("local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub' } } "
                  "cluster { name = 'BR', version = '12.5', nodes = { 'b1' } } "
                  "hq.pub:web_security('OU=Information Technology;O=Example Corporation;"
                  "L=Amsterdam;ST=Noord-Holland;C=NL') "
                  "print(hq.pub:certificate('tomcat').subject) "
                  "print(select(2, pcall(hq.pub.address, hq.pub, '127.0.1.11')))",
                  "CN=pub;OU=Information Technology;O=Example Corporation;L=Amsterdam;"
                  "ST=Noord-Holland;C=NL\n"
                  "address: HQ: BR/b1 has that address already\n");
}

/* settle() says so too where the link of the node loses packets, or that of their site. */
static void losses_of_any_link(void **state)
{
    (void)state;
    static const char *const links[] = { "hq.pub:link { loss = 0.999 }",
                                         "hq:link { site = 'A', loss = 0.999 }" };
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        char text[400];
        snprintf(text, sizeof text,
                 "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub' } } local f "
                 "= hq:phones { count = 3, model = '7965' } f:site('A')\n"
                 "%s f:power('on')\nsettle()",
                 links[i]);
        expect_error(text, 3,
                     "settle: not quiet after 1 day: 3 of 3 phones under way (3 failed to register "
                     "15 times or more, 3 over a link that loses packets); settle(limit) goes on "
                     "after its limit");
    }
}

static void test_nodes_called_like_verbs(void **state)
{
    (void)state;
    expect_output("local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'backup', 'name', "
                  "'nodes', 'node', 'end', '007' } } hq:node('backup'):restart('TVS') settle() "
                  "print(hq.name, #hq.nodes, hq:node('name') == hq.nodes[2], "
                  "hq:node('nodes').name, hq:node('node').name, hq['end'].name, hq['007'].name)",
                  "HQ\t6\ttrue\tnodes\tnode\tend\t007\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes_called_like_verbs),
        cmocka_unit_test(test_acts),
        cmocka_unit_test(test_nodes_by_object_or_name),
        cmocka_unit_test(test_filters_have_types),
        cmocka_unit_test(test_act_errors),
        cmocka_unit_test(test_act_pages),
        cmocka_unit_test(losses_of_any_link),
        cmocka_unit_test(names_and_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
