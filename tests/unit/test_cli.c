/* The command line of a node: its table, its questions, what it does and what it refuses. */
#include "tests/unit/typed.h"
#include "sim/cli/command.h"
#include "sim/cmd/shell_journal.h"

/* ---- the table ---- */

static void rows_are_whole(void **state)
{
    (void)state;
    uint32_t rows = 0;
    for (uint32_t t = 0; t < command_table_count; t++) {
        for (const struct command *a = command_tables[t]; a->words != NULL; a++, rows++) {
            assert_non_null(a->run);
            assert_non_null(a->args);
            assert_true(a->help != NULL && a->help[0] != '\0');
            if (a->source == NULL && !a->own)
                fail_msg("%s: nobody says where it is from", a->words);
            for (uint32_t u = 0; u < command_table_count; u++) {
                for (const struct command *b = command_tables[u]; b->words != NULL; b++)
                    assert_true(a == b || strcmp(a->words, b->words) != 0);
            }
        }
    }
    assert_true(rows > 20);
}

static const struct node_disk *disk(struct typed *t, uint32_t node)
{
    return &t->run.lab->state.clusters[0].nodes[node].disk;
}

/* ---- questions and acts ---- */

static void regenerates_after_yes(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, two_nodes, 0);
    uint32_t before = disk(&t, 0)->own[OWN_TVS];
    has(type(&t, "set cert regen TVS", true), "overwrite any CA signed certificate");
    assert_int_equal(cli_state(t.cli), CLI_ASKS);
    assert_string_equal(cli_prompt(t.cli), "Proceed with regeneration (yes|no)? ");
    type(&t, "no", false);
    assert_int_equal(disk(&t, 0)->own[OWN_TVS], before);
    assert_int_equal(cli_done(t.cli), 0);
    type(&t, "set cert regen TVS", true);
    has(type(&t, "yes", true), "Successfully Regenerated Certificate for TVS.");
    assert_int_not_equal(disk(&t, 0)->own[OWN_TVS], before);
    assert_int_equal(cli_done(t.cli), 1);
    assert_string_equal(cli_prompt(t.cli), "admin:");
    close_it(&t);
}

static void is_of_its_own_node(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, two_nodes, 1);
    uint32_t pub = disk(&t, 0)->own[OWN_TVS], sub = disk(&t, 1)->own[OWN_TVS];
    type(&t, "set cert regen TVS", true);
    type(&t, "y", true);
    assert_int_equal(disk(&t, 0)->own[OWN_TVS], pub);
    assert_int_not_equal(disk(&t, 1)->own[OWN_TVS], sub);
    has(type(&t, "utils ctl set-cluster mixed-mode", false), "only on the publisher");
    has(type(&t, "show network cluster", true),
        "sub1 Subscriber callmanager DBSub authenticated\n");
    assert_null(strstr(t.text, "processnode"));
    close_it(&t);
}

static void changes_the_mode(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, two_nodes, 0);
    has(type(&t, "show ctl", true), "CTL File not found");
    type(&t, "utils ctl set-cluster mixed-mode", true);
    assert_string_equal(cli_prompt(t.cli), "Do you want to continue? (y/n):");
    assert_false(t.run.lab->state.clusters[0].db.mixed_mode);
    has(type(&t, "y", true), "Cluster set to Mixed Mode");
    assert_true(t.run.lab->state.clusters[0].db.mixed_mode);
    type(&t, "utils service restart Cisco Tftp", true);
    type(&t, "wait 10m", true);
    has(type(&t, "show ctl", true), "The CTL file was verified successfully.");
    close_it(&t);
}

static void services_stop_and_start(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, two_nodes, 0);
    has(type(&t, "utils service list", true), "Cisco Tftp[STARTED]\n");
    type(&t, "utils service stop Cisco Tftp", true);
    has(type(&t, "utils service list", true), "Cisco Tftp[STOPPED]  Commanded Out of Service\n");
    has(type(&t, "utils service stop Cisco Tftp", false), "is not started");
    has(type(&t, "utils service start Cisco Tftp", true), "Cisco Tftp[START");
    has(type(&t, "utils service restart Cisco Nonsense", false), "Service name is not valid");
    has(t.text, "Executed command unsuccessfully");
    close_it(&t);
}

static void lines_that_are_none(void **state)
{
    (void)state;
    struct typed t;
    char longest[CLI_LINE + 10];
    open_at(&t, two_nodes, 0);
    has(type(&t, "sho itl", false), "No valid command entered");
    has(type(&t, "show itl now", false), "Incorrect number of optional parameters");
    has(type(&t, "set cert regen", false), "Incorrect number of mandatory parameters");
    has(type(&t, "set cert regen nonsense", false), "nonsense");
    type(&t, "   ", true);
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    has(type(&t, longest, false), "longer than");
    has(type(&t, "  show   itl \r", true), "The ITL file was verified successfully.");
    type(&t, "set cert regen TVS", true);
    FILE *none = fopen("/dev/null", "w");
    cli_interrupt(t.cli, none);
    fclose(none);
    assert_int_equal(cli_state(t.cli), CLI_READY);
    type(&t, "exit", true);
    assert_int_equal(cli_state(t.cli), CLI_CLOSED);
    close_it(&t);
}

static void certificates_are_listed(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, two_nodes, 0);
    type(&t, "show cert list own", true);
    assert_string_equal(
        t.text, "tomcat/tomcat.pem: Self-signed certificate generated by system\n"
                "tomcat-ECDSA/tomcat-ECDSA.pem: Self-signed certificate generated by system\n"
                "ipsec/ipsec.pem: Self-signed certificate generated by system\n"
                "ITLRecovery/ITLRecovery.pem: Self-signed certificate generated by system\n"
                "CallManager-ECDSA/CallManager-ECDSA.pem: Self-signed certificate generated "
                "by system\n"
                "CallManager/CallManager.pem: Self-signed certificate generated by system\n"
                "CAPF/CAPF.pem: Self-signed certificate generated by system\n"
                "TVS/TVS.pem: Self-signed certificate generated by system\n");
    has(type(&t, "show cert own TVS/TVS.pem", true), "-----BEGIN CERTIFICATE-----\n");
    type(&t, "show cert own TVS", true);
    type(&t, "show cert own TVS/tomcat.pem", false);
    type(&t, "show cert trust TVS", false);
    close_it(&t);
}

/* ---- completion ---- */

static void completes(void **state)
{
    (void)state;
    struct typed t;
    const char *words[CLI_WORDS];
    open_at(&t, two_nodes, 0);
    assert_int_equal(cli_complete(t.cli, "show c", words), 3);
    assert_string_equal(words[0], "cert");
    assert_string_equal(words[1], "csr");
    assert_string_equal(words[2], "ctl");
    assert_int_equal(cli_complete(t.cli, "set cert regen TV", words), 1);
    assert_string_equal(words[0], "TVS");
    assert_true(cli_complete(t.cli, "utils service restart Cisco T", words) >= 2);
    assert_string_equal(words[0], "Cisco Tftp");
    assert_int_equal(cli_complete(t.cli, "nonsense", words), 0);
    assert_true(cli_complete(t.cli, "", words) > 5);
    close_it(&t);
}

/* ---- in a scenario, and saved ---- */

static void scenarios_type(void **state)
{
    (void)state;
    struct run r = { 0 };
    run_seeded(&r,
               "hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub1' } }\n"
               "print(hq.pub:cli('set cert regen TVS', 'yes'))\n"
               "print(pcall(hq.pub.cli, hq.pub, 'set cert regen TVS'))\n"
               "print(pcall(hq.pub.cli, hq.pub, 'show itl', 'yes'))\n"
               "print(pcall(hq.sub1.cli, hq.sub1, 'utils ctl update CTLFile'))\n"
               "print(pcall(hq.pub.cli, hq.pub, 'wait 10m'))\n",
               1);
    assert_int_equal(r.result, SCRIPT_PASSED);
    has(r.out, "Successfully Regenerated Certificate for TVS.");
    has(r.out, "it asks \"Proceed with regeneration (yes|no)? \", and there is no answer");
    has(r.out, "\"yes\" answers nothing");
    has(r.out, "only on the publisher");
    has(r.out, "no command lets time pass here");
    done(&r);
}

/* The journal does again what was done, and so does the scenario that is saved. */
static void saved_is_the_same(void **state)
{
    (void)state;
    struct typed t;
    struct run again = { 0 };
    struct err e = { "" };
    static const char *const lines[] = { "set cert regen CallManager",
                                         "yes",
                                         "wait 10m",
                                         "utils service restart Cisco Tftp",
                                         "wait 90s",
                                         "utils ctl set-cluster mixed-mode",
                                         "y",
                                         "wait 1h" };
    char path[64];
    open_at(&t, two_nodes, 0);
    lab_settle(t.run.lab, lab_now_us(t.run.lab) + SESSION_PRESENT_US);
    struct shell_journal j = shell_journal_of(0, 0);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        uint32_t count = cli_done(t.cli);
        if (cli_state(t.cli) == CLI_READY)
            shell_journal_begin(&j, t.run.session);
        shell_journal_line(&j, lines[i]);
        type(&t, lines[i], true);
        if (cli_done(t.cli) != count)
            shell_journal_keep(&j, t.run.session);
    }
    assert_int_equal(j.count, 6);
    put_file(path, "", 0);
    if (!shell_journal_save(&j, t.run.session, path, &e))
        fail_msg("%s", e.text);
    struct session_options o = options_for(&again, path, 1);
    run_file(&again, &o);
    if (again.result != SCRIPT_PASSED)
        fail_msg("%s", again.e.text);
    assert_true(lab_now_us(again.lab) == lab_now_us(t.run.lab));
    assert_true(lab_hash(again.lab) == lab_hash(t.run.lab));
    done(&again);

    again = (struct run){ 0 };
    run_seeded(&again, two_nodes, 1);
    lab_settle(again.lab, lab_now_us(again.lab) + SESSION_PRESENT_US);
    if (!shell_journal_replay(&j, again.session, &e))
        fail_msg("%s", e.text);
    assert_true(lab_hash(again.lab) == lab_hash(t.run.lab));
    done(&again);
    unlink(path);
    shell_journal_free(&j);
    close_it(&t);
}

/* What reads files beside it is saved beside them, or not at all. */
static void found_is_saved_beside(void **state)
{
    (void)state;
    struct run r = { 0 };
    struct err e = { "" };
    struct session_options o = options_for(&r, "tests/vectors/site-small/cluster.lua", 1);
    run_file(&r, &o);
    assert_int_equal(r.result, SCRIPT_PASSED);
    struct shell_journal j = shell_journal_of(0, 0);
    assert_false(shell_journal_save(&j, r.session, "/tmp/test_cli-elsewhere.lua", &e));
    has(e.text, "it has to be saved there");
    assert_int_equal(access("/tmp/test_cli-elsewhere.lua", F_OK), -1);
    static const char path[] = "tests/vectors/../vectors/site-small/test_cli.lua";
    if (!shell_journal_save(&j, r.session, path, &e))
        fail_msg("%s", e.text);
    struct run again = { 0 };
    o = options_for(&again, path, 1);
    run_file(&again, &o);
    unlink(path);
    assert_int_equal(again.result, SCRIPT_PASSED);
    done(&again);
    shell_journal_free(&j);
    done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_whole),          cmocka_unit_test(regenerates_after_yes),
        cmocka_unit_test(is_of_its_own_node),      cmocka_unit_test(changes_the_mode),
        cmocka_unit_test(services_stop_and_start), cmocka_unit_test(lines_that_are_none),
        cmocka_unit_test(certificates_are_listed), cmocka_unit_test(completes),
        cmocka_unit_test(scenarios_type),          cmocka_unit_test(saved_is_the_same),
        cmocka_unit_test(found_is_saved_beside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
