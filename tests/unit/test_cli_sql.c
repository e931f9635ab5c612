/* `run sql`: the words of Informix, what is refused, bounds, the layout, and the comparison of the
 * database with the disk that CSCtn50405 needs. */
#include "tests/unit/typed.h"

#include "nodes/certs.h"
#include "sim/cli/sql.h"

static void translated(const char *query, const char *wanted)
{
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    char *out;
    if (!sql_translate(query, &a, &out, &e))
        fail_msg("%s: %s", query, e.text);
    while (*out == ' ')
        out++;
    assert_string_equal(out, wanted);
    arena_free(&a);
}

static void refused(const char *query, const char *why)
{
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    char *out;
    if (sql_translate(query, &a, &out, &e))
        fail_msg("%s became %s", query, out);
    if (strstr(e.text, why) == NULL)
        fail_msg("%s: %s", query, e.text);
    arena_free(&a);
}

static void words_of_informix(void **state)
{
    (void)state;
    translated("select name from device", "select name from device");
    translated("select first 5 name from device", "select name from device limit 5");
    translated("SELECT SKIP 2 FIRST 5 name FROM device;",
               "SELECT name FROM device limit 5 offset 2");
    translated("select skip 3 name from device", "select name from device limit -1 offset 3");
    translated("select unique d.name from informix.device d",
               "select distinct d.name from device d");
    translated("select (select first 1 name from device) as x from t",
               "select (select name from device limit 1) as x from t");
    translated("select first from t", "select first from t");
    translated("select 'first 5 matches ; today' from t",
               "select 'first 5 matches ; today' from t");
    translated("select a from b where c<='x'", "select a from b where c<='x'");
    translated("select a from b left outer join c on b.x=c.x",
               "select a from b left outer join c on b.x=c.x");
    refused("select a from b, outer c", "LEFT OUTER JOIN");
    refused("select name from device where name matches 'S*'", "use LIKE");
    refused("select today from device", "no clock");
    refused("select {+ hint} name from device", "{}");
    refused("select first 5 a from b union select a from c", "UNION");
    refused("select first 99999999999 a from b", "number");
}

/* ---- asking ---- */

static void answers(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, two_nodes, 0);
    type(&t, "run sql select name, tkmodel from device order by name desc", true);
    char wanted[200], names[2][DEVICE_NAME];
    lab_phone_name(t.run.lab, 0, names[0]);
    lab_phone_name(t.run.lab, 1, names[1]);
    snprintf(wanted, sizeof wanted,
             "name            tkmodel\n=============== =======\n%s 36224  \n%s 36224  \n", names[1],
             names[0]);
    if (model_table[t.run.lab->state.phones[0].model].device_type == 36224)
        assert_string_equal(t.text, wanted);
    assert_string_equal(type(&t, "run sql select name from device where 1=0", true),
                        "name\n====\n\n");
    assert_string_equal(type(&t, "run sql select count(*) from device", true),
                        "(count(*))\n==========\n2         \n");
    assert_string_equal(
        type(&t,
             "run sql select name, tknodeusage from processnode where name='EnterpriseWideData'",
             true),
        "name               tknodeusage\n================== ===========\n"
        "EnterpriseWideData NULL       \n");
    assert_string_equal(
        type(&t,
             "run sql select upper(cast(priority as lvarchar)) as p, nvl(null, 'x') as n from "
             "callmanagergroupmember order by priority",
             true),
        "p n\n= =\n1 x\n2 x\n");
    type(&t, "run sql select name from device where name like 'sep%'", true);
    assert_string_equal(t.text, "name\n====\n\n"); /* letters as they are */
    close_it(&t);
}

static void only_select(void **state)
{
    (void)state;
    static const struct {
        const char *query, *why;
    } rows[] = {
        { "delete from device", "nothing but SELECT" },
        { "update device set name='x'", "nothing but SELECT" },
        { "insert into device (name) values ('x')", "not understood" },
        { "drop table device", "nothing but SELECT" },
        { "create table x (y text)", "nothing but SELECT" },
        { "attach 'x' as y", "nothing but SELECT" },
        { "pragma database_list", "nothing but SELECT" },
        { "vacuum", "nothing but SELECT" },
        { "begin", "nothing but SELECT" },
        { "select load_extension('x')", "can not be resolved" },
        { "select random() from device", "can not be resolved" },
        { "select randomblob(1000000000)", "can not be resolved" },
        { "select date('now')", "can not be resolved" },
        { "select readfile('/etc/passwd')", "can not be resolved" },
        { "select name from sqlite_master", "The specified table (sqlite_master) is not in the" },
        { "select * from pragma_database_list", "nothing but SELECT" },
        { "select * from nowhere", "The specified table (nowhere) is not in the database." },
        { "select noname from device", "Column (noname) not found in any table in the query" },
        { "select name from device d, devicepool p", "Ambiguous column (name)" },
        { "select from device", "A syntax error has occurred." },
        { "selec name from device", "A syntax error has occurred." },
        { "select 1; select 2", "one statement at a time" },
        { ";", "A syntax error has occurred." },
        { "with x as (select 1) select * from x", "not understood" },
        { "select count(*) from typemodel a, typemodel b, typemodel c, typemodel d, typemodel e",
          "takes too long" },
        { "select a.name from typemodel a, typemodel b, typemodel c", "more than" },
    };
    struct typed t;
    char line[CLI_LINE];
    open_at(&t, two_nodes, 0);
    uint64_t before = lab_hash(t.run.lab);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(line, sizeof line, "run sql %s", rows[i].query);
        has(type(&t, line, false), rows[i].why);
        has(t.text, "Executed command unsuccessfully");
    }
    assert_true(lab_hash(t.run.lab) == before);
    assert_int_equal(cli_done(t.cli), 0);
    close_it(&t);
}

/* What a node does not see yet is not in its database. */
static void replication_is_waited_for(void **state)
{
    (void)state;
    static const char query[] = "run sql select count(*) from certificate";
    struct typed pub, sub;
    char before[100];
    open_at(&pub, two_nodes, 0);
    struct cli_options o = { .lab = pub.run.lab, .node = 1 };
    sub = (struct typed){ .cli = cli_new(&o) };
    snprintf(before, sizeof before, "%s", type(&sub, query, true));
    type(&pub, "set cert regen tomcat", true);
    type(&pub, "yes", true);
    assert_string_equal(type(&sub, query, true), before);
    const char *tomcat = "run sql select c.serialnumber from certificate c join "
                         "certificateservicecertificatemap m on m.fkcertificate = c.pkid join "
                         "typecertificateservice s on s.enum = m.tkcertificateservice where s.name "
                         "= 'tomcat' and c.servername = 'pub'";
    char old[300];
    snprintf(old, sizeof old, "%s", type(&sub, tomcat, true));
    assert_string_not_equal(type(&pub, tomcat, true), old);
    type(&pub, "wait 10m", true);
    assert_string_not_equal(type(&sub, tomcat, true), old);
    cli_free(sub.cli);
    free(sub.text);
    close_it(&pub);
}

/* ---- CSCtn50405 ---- */

/* The serial number of the CallManager certificate in the query of technote 116232. */
static void in_query(struct typed *t, char out[80])
{
    const char *text = type(
        t,
        "run sql select c.subjectname, c.serialnumber, c.ipv4address, t.name from certificate "
        "as c, certificatetrustrolemap as r, typetrustrole as t where c.pkid = r.fkcertificate "
        "and t.enum = r.tktrustrole and t.name = 'CallManagerTFTP'",
        true);
    const char *at = strstr(strstr(text, "\n=") + 1, "C=NL ") + 5;
    snprintf(out, 80, "%.*s", (int)strcspn(at, " "), at);
}

static void on_page(struct typed *t, char out[80])
{
    const char *at = strstr(type(t, "admin certificate list", true), "\nCallManager ");
    at = strchr(at + 1, ' ');
    at += strspn(at, " ");
    at += strcspn(at, " ");
    at += strspn(at, " ");
    snprintf(out, 80, "%.*s", (int)strcspn(at, " "), at);
}

static const char backed_up[] = "hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } }\n"
                                "hq:phones { count = 2, model = '7965' }\n"
                                "hq:set('cscTn50405', %s)\n"
                                "settle()\n"
                                "hq:backup() hq.pub:rebuild() settle()\n"
                                "hq.pub:restore() settle()\n";

static void disk_and_database(void **state)
{
    (void)state;
    static const char *const spoilt[] = { "false", "true" };
    for (int i = 0; i < 2; i++) {
        struct typed t;
        char text[400], query[80], page[80];
        snprintf(text, sizeof text, backed_up, spoilt[i]);
        open_at(&t, text, 0);
        in_query(&t, query);
        on_page(&t, page);
        assert_int_equal(strlen(query), strlen(page));
        assert_int_equal(strcmp(query, page) == 0, i == 0);
        has(type(&t, "show itl", true), i == 0 ? "The ITL file was verified successfully."
                                               : "Verification of the ITL file failed.");
        type(&t, "set cert regen CallManager", true);
        type(&t, "yes", true);
        in_query(&t, query);
        on_page(&t, page);
        assert_string_equal(query, page);
        close_it(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_informix), cmocka_unit_test(answers),
        cmocka_unit_test(only_select),       cmocka_unit_test(replication_is_waited_for),
        cmocka_unit_test(disk_and_database),
    };
    const struct CMUnitTest without[] = { cmocka_unit_test(words_of_informix) };
    return sql_is_there() ? cmocka_run_group_tests(tests, NULL, NULL)
                          : cmocka_run_group_tests(without, NULL, NULL);
}
