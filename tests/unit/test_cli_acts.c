/* Commands that change something: each does its act once, asks before it where the product does,
 * and a session that is saved makes the same lab again. */
#include "tests/unit/typed.h"

#include "nodes/backup.h"
#include "nodes/certs.h"
#include "sim/base/sys.h"
#include "sim/cmd/shell_journal.h"

static struct cluster *hq(struct typed *t)
{
    return &t->run.lab->state.clusters[0];
}

static const struct node *node_of(struct typed *t, uint32_t node)
{
    return &hq(t)->nodes[node];
}

/* ---- names and addresses ---- */

static void renames(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, two_nodes, 1);
    uint32_t tvs = node_of(&t, 1)->disk.own[OWN_TVS];
    type(&t, "set network hostname", true);
    assert_string_equal(cli_prompt(t.cli), "Continue (y/n)?");
    type(&t, "y", true);
    assert_string_equal(cli_prompt(t.cli), "Enter the hostname:: ");
    type(&t, "sub9", true);
    type(&t, "", true); /* as it proposes: the address too */
    assert_string_equal(cli_prompt(t.cli), "Enter the ip address:: ");
    type(&t, "127.0.0.77", true);
    type(&t, "255.255.255.0", true);
    has(type(&t, "127.0.0.1", true), "Hostname:       sub9\nIP Address:     127.0.0.77\n");
    assert_string_equal(node_of(&t, 1)->disk.name, "sub1");
    has(type(&t, "yes", true), "regenerate_all_certs.sh");
    assert_string_equal(node_of(&t, 1)->disk.name, "sub9");
    assert_int_equal(node_of(&t, 1)->disk.ip & 255, 77);
    assert_int_not_equal(node_of(&t, 1)->disk.own[OWN_TVS], tvs);
    assert_int_equal(cli_done(t.cli), 2);
    close_it(&t);
}

static void no_is_no(void **state)
{
    (void)state;
    struct typed t;
    static const char *const asked[] = { "set network hostname",
                                         "set network domain lab.example",
                                         "set network ip eth0 127.0.0.77 255.255.255.0 127.0.0.1",
                                         "utils fips enable",
                                         "set tls min-version 1.2",
                                         "utils system restart",
                                         "utils system shutdown" };
    open_at(&t, two_nodes, 0);
    uint64_t before = lab_hash(t.run.lab);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        type(&t, asked[i], true);
        assert_int_equal(cli_state(t.cli), CLI_ASKS);
        type(&t, "no", false);
        assert_int_equal(cli_state(t.cli), CLI_READY);
    }
    assert_true(lab_hash(t.run.lab) == before);
    type(&t, "set network ip eth0 127.0.0.77 nonsense 127.0.0.1", false);
    has(type(&t, "set tls min-version 1.4", false), "1.4");
    has(type(&t, "utils system switch-version", false), "unsuccessfully");
    close_it(&t);
}

/* ---- modes ---- */

static void modes(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, two_nodes, 0);
    type(&t, "set tls min-version 1.2", true);
    has(type(&t, "yes", true), "Successfully set the minimum TLS version to 1.2");
    has(type(&t, "show tls min-version", true), "Configured TLS minimum version: 1.2");
    assert_int_equal(cli_done(t.cli), 2);
    type(&t, "wait 1h", true);
    type(&t, "utils fips enable", true);
    has(type(&t, "yes", true), "FIPS mode enabled successfully.");
    has(type(&t, "utils fips status", true), "operating in FIPS mode");
    has(type(&t, "utils fips enable", false), "unsuccessfully");
    close_it(&t);
}

/* ---- backups ---- */

static void restores(void **state)
{
    (void)state;
    struct typed t;
    char line[200], tar[40];
    open_at(&t, two_nodes, 0);
    uint32_t tvs = node_of(&t, 0)->disk.own[OWN_TVS];
    type(&t, "utils disaster_recovery restore network pub nothing.tar", false);
    type(&t, "utils disaster_recovery backup network UCM device", true);
    assert_non_null(backup_nth(hq(&t), 1));
    type(&t, "set cert regen TVS", true);
    type(&t, "yes", true);
    const char *at = strstr(type(&t, "utils disaster_recovery history backup", true), "\n20");
    snprintf(tar, sizeof tar, "%.*s", (int)strcspn(at + 1, " "), at + 1);
    snprintf(line, sizeof line, "utils disaster_recovery restore network pub %s device", tar);
    type(&t, line, true);
    type(&t, "y", true);
    assert_int_equal(node_of(&t, 0)->disk.own[OWN_TVS], tvs);
    close_it(&t);
}

/* ---- certificates from elsewhere ---- */

/* Pastes what a command prints. */
static void paste(struct typed *t, const char *from, const char *to)
{
    char *pem = strdup(type(t, from, true)), *save = NULL;
    type(t, to, true);
    for (char *line = strtok_r(pem, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save))
        type(t, line, true);
    assert_int_equal(cli_state(t->cli), CLI_READY);
    free(pem);
}

static void signed_by_a_ca(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, two_nodes, 0);
    has(type(&t, "show csr own tomcat", false), "no such CSR");
    has(type(&t, "set cert import own tomcat", false), "tomcat.csr Does Not Exist");
    has(type(&t, "set csr gen tomcat", true), "Successfully Generated CSR for tomcat.");
    assert_string_equal(type(&t, "show csr list own", true), "tomcat/tomcat.csr\n");
    has(type(&t, "show csr own tomcat/tomcat.csr", true), "-----BEGIN CERTIFICATE REQUEST-----\n");
    type(&t, "set csr gen TVSS", false);
    paste(&t, "admin ca show", "set cert import trust tomcat");
    has(t.text, "Successfully imported certificate for tomcat-trust.");
    paste(&t, "admin ca sign tomcat", "set cert import own tomcat");
    has(t.text, "Successfully imported certificate for tomcat.");
    has(type(&t, "show cert list own", true), "tomcat/tomcat.pem: Certificate Signed by Lab CA\n");
    has(type(&t, "show cert list trust", true), "tomcat-trust/Lab_CA.pem");
    has(type(&t, "set cert delete tomcat Lab_CA.pem", true), "Successfully deleted");
    assert_null(strstr(type(&t, "show cert list trust", true), "Lab_CA"));
    type(&t, "set cert delete tomcat Lab_CA.pem", false);
    close_it(&t);
}

static void what_is_no_certificate(void **state)
{
    (void)state;
    struct typed t;
    char line[1000];
    open_at(&t, two_nodes, 0);
    type(&t, "set cert import trust CallManager-trust", true);
    type(&t, "-----BEGIN CERTIFICATE-----", true);
    type(&t, "bm9uc2Vuc2U=", true);
    has(type(&t, "-----END CERTIFICATE-----", false), "cannot be read");
    type(&t, "set cert import trust CallManager-trust", true);
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    for (int i = 0; i < 65; i++)
        type(&t, line, true);
    has(type(&t, line, false), "longer than");
    assert_int_equal(cli_state(t.cli), CLI_READY);
    assert_int_equal(cli_done(t.cli), 0);
    close_it(&t);
}

/* ---- pages ---- */

static void pages(void **state)
{
    (void)state;
    struct typed t;
    char line[100], name[DEVICE_NAME];
    open_at(&t, two_nodes, 0);
    lab_phone_name(t.run.lab, 0, name);
    has(type(&t, "phones", true), "2 phones, 2 registered");
    has(type(&t, "expect registered all", true), "2 of 2 phones registered, as expected");
    has(type(&t, "expect match 1", false), "2 of 2 phones match, not 1");
    type(&t, "expect nonsense 1", false);
    type(&t, "expect registered x", false);
    snprintf(line, sizeof line, "admin phone reset %s", name);
    has(type(&t, line, true), "1 phone\n");
    type(&t, "wait 1s", true);
    has(type(&t, "expect registered 1", true), "1 of 2");
    type(&t, "admin phone set all web_access enabled", true);
    type(&t, "admin phone reset nobody", false);
    type(&t, "admin group set Default sub1 pub", true);
    assert_int_equal(hq(&t)->db.groups[0].members[0], 1);
    type(&t, "admin group set Default nobody", false);
    type(&t, "admin rollback true", true);
    assert_int_equal(hq(&t)->db.params[PARAM_ROLLBACK], 1);
    type(&t, "admin rollback perhaps", false);
    snprintf(line, sizeof line, "explain %s", name);
    uint64_t before = lab_hash(t.run.lab);
    has(type(&t, line, true), name);
    assert_true(lab_hash(t.run.lab) == before);
    type(&t, "explain nobody", false);
    has(type(&t, "admin certificate show TVS", true), "Subject Name:");
    assert_null(strstr(t.text, "BEGIN"));
    close_it(&t);
}

/* ---- saved ---- */

static void keep_line(struct typed *t, struct shell_journal *j, const char *line)
{
    uint32_t count = cli_done(t->cli);
    if (cli_state(t->cli) == CLI_READY)
        shell_journal_begin(j, t->run.session);
    shell_journal_line(j, line);
    type(t, line, true);
    if (cli_done(t->cli) != count)
        shell_journal_keep(j, t->run.session);
}

static void keep_pasted(struct typed *t, struct shell_journal *j, const char *from, const char *to)
{
    keep_line(t, j, from);
    char *pem = strdup(t->text), *save = NULL;
    keep_line(t, j, to);
    for (char *line = strtok_r(pem, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save))
        keep_line(t, j, line);
    free(pem);
}

static const char *const session[] = { "utils disaster_recovery backup network UCM device",
                                       "wait 10m",
                                       "utils fips enable",
                                       "yes",
                                       "wait 1h",
                                       "set network domain lab.example",
                                       "y",
                                       "wait 1h",
                                       "set network hostname",
                                       "y",
                                       "pub9",
                                       "no",
                                       "yes",
                                       "wait 1h",
                                       "set tls min-version 1.2",
                                       "yes",
                                       "utils dbreplication stop",
                                       "admin rollback true",
                                       "admin parameter sha512 1",
                                       "admin phone set all web_access enabled",
                                       "admin phone reset all",
                                       "wait 90s",
                                       "admin group set Default sub1",
                                       "admin group reset Default",
                                       "admin pool reset Default",
                                       "set cert bulk sftp",
                                       "sftp:/elsewhere",
                                       "set cert bulk export all",
                                       "utils dbreplication reset sub1",
                                       "utils system shutdown",
                                       "yes",
                                       "wait 5m" };

static void every_act_is_saved(void **state)
{
    (void)state;
    struct typed t;
    struct run again = { 0 };
    struct err e = { "" };
    char path[64];
    open_at(&t, two_nodes, 0);
    lab_settle(t.run.lab, lab_now_us(t.run.lab) + SESSION_PRESENT_US);
    struct shell_journal j = shell_journal_of(0, 0);
    keep_line(&t, &j, "set csr gen tomcat");
    keep_pasted(&t, &j, "admin ca show", "set cert import trust tomcat");
    keep_pasted(&t, &j, "admin ca sign tomcat", "set cert import own tomcat");
    keep_line(&t, &j, "set cert delete tomcat Lab_CA");
    for (size_t i = 0; i < sizeof session / sizeof *session; i++)
        keep_line(&t, &j, session[i]);
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
    unlink(path);
    shell_journal_free(&j);
    close_it(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renames),        cmocka_unit_test(no_is_no),
        cmocka_unit_test(modes),          cmocka_unit_test(restores),
        cmocka_unit_test(signed_by_a_ca), cmocka_unit_test(what_is_no_certificate),
        cmocka_unit_test(pages),          cmocka_unit_test(every_act_is_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
