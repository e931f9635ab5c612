/* What an administrator hands on: the whole report of several fates at once, the letter to users,
 * JUnit, the diff by phone, and what the verdict turns on. */
#include "tests/unit/told.h"

#include "sim/base/sys.h"
#include "sim/report/fmt.h"
#include "sim/predict/standby.h"
#include "sim/report/letter.h"
#include "sim/whatif.h"

#include <cjson/cJSON.h>

/* Three fates: the publisher's group needs hands, the pair loses nothing, one is off. */
static const char fates[] =
    "start('2026-03-14 06:00', '+01:00') "
    "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub', 'sub1' } } "
    "pool { name = 'Alone', group = { 'pub' } } pool { name = 'Pair', group = { 'pub', 'sub1' } } "
    "local a = hq:phones { count = 4, model = '7965', pool = 'Alone' } "
    "local b = hq:phones { count = 3, model = '8861', pool = 'Pair' } settle() "
    "step('power') a[1]:power('off') settle() "
    "step('both') hq.pub:regenerate('CallManager') hq.pub:regenerate('TVS') "
    "hq.pub:restart('Cisco Tftp', 'Cisco Trust Verification Service') settle() "
    "step('reset') hq:reset() settle() expect(a:count { needs_hands = true }):equals(4) "
    "expect(b:count { needs_hands = true }, 'nobody <of> \"the\" pair'):equals(1)";

struct paper {
    struct run run;
    struct report report;
};

static void make_paper(struct paper *p, const char *text, const char *until)
{
    memset(p, 0, sizeof *p);
    put_file(p->run.path, text, strlen(text));
    struct session_options o = options_for(&p->run, p->run.path, 1);
    o.until = until;
    o.version = "1.2.3";
    o.date_s = 1767225600;
    o.command = "cucmlab run plan.lua";
    run_file(&p->run, &o);
    assert_string_equal(p->run.e.text, "");
    session_report(p->run.session, 0, 0, &p->report);
    p->report.in.scenario = "plan.lua";
}

static void end_paper(struct paper *p)
{
    report_free(&p->report);
    done(&p->run);
}

/* Compared whole, up to where the story begins; tests/golden has stories. */
static void first_screen(void **state)
{
    (void)state;
    static const char want[] =
        "VERDICT: 3 of 7 phones need hands; 1 more phone that is off will need hands when it "
        "boots\n"
        "\n"
        "Program     cucmlab 1.2.3, on 2026-01-01 00:00 UTC\n"
        "Command     cucmlab run plan.lua\n"
        "Scenario    plan.lua\n"
        "Cluster     HQ, CUCM 8.6, 2 nodes: pub, sub1\n"
        "Phones      7 phones: 4 Cisco 7965, 3 Cisco 8861\n"
        "Run         26:00:00, from 2026-03-14 06:00:00 to 2026-03-15 08:00:00 (+01:00), seed 1, "
        "identity 1\n"
        "\n";
    struct paper p;
    make_paper(&p, fates, "2026-03-15 08:00");
    char *text = written(&p.report, report_print);
    if (strncmp(text, want, strlen(want)) != 0)
        fail_msg("%s", text);
    static const char *const parts[] = {
        "Out of service in step         From               Phones  Median Longest Phone-minutes  "
        "Reboots Failovers Failbacks\n",
        "3  reset                       2026-03-14 06:0",
        "Device pool                                     Phones Lost some  Lost now  Need hands\n"
        "Alone                                                4         3         3           4\n"
        "Pair                                                 3         0         0           "
        "0\n\n",
        "Model                                           Phones Lost some  Lost now  Need hands\n"
        "Cisco 7965                                           4         3         3           4\n"
        "Cisco 8861                                           3         0         0           "
        "0\n\n",
        "Minutes of what is lost still are those up to 2026-03-15 08:00:00.\n",
        "Phones to walk to, pool by pool (--csv FILE has every name):\n"
        "  Alone: 4 phones (4 Cisco 7965): SEP001121000000, SEP001121000001, SEP001121000002, ...\n"
        "What is pressed there:\n"
        "  Settings > Security Configuration > Trust List, **# to unlock it, Erase:\n"
        "    4 Cisco 7965\n\n",
        "  SEP001121000001, Cisco 7965, pool Alone, is Registered at pub.\n",
        "5. TVS 1, pub: it showed CN=pub, serial ",
        "5. TVS 1, pub: as above\n",
        "plan.lua:1: FAILED: nobody <of> \"the\" pair: expected 1, got 0\n",
        "Expected: 1 passed, 1 failed.\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strstr(text, parts[i]) == NULL)
            fail_msg("no \"%s\" in:\n%s", parts[i], text);
    }
    assert_null(strstr(text, "127.0."));
    for (const char *line = text, *next; *line != '\0'; line = next) {
        next = strchr(line, '\n') + 1;
        assert_true(next - line <= 121);
    }
    free(text);
    end_paper(&p);
}

static void junit(void **state)
{
    (void)state;
    static const char want[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        "  <testsuite name=\"plan.lua\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\">\n"
        "    <properties>\n      <property name=\"verdict\" value=\"3 of 7 phones need hands; 1 "
        "more "
        "phone that is off will need hands when it boots\"/>\n    </properties>\n"
        "    <testcase classname=\"plan.lua\" name=\"";
    static const char failed[] =
        "    <testcase classname=\"plan.lua\" name=\"nobody &lt;of&gt; &quot;the&quot; pair\" "
        "file=\"plan.lua\" line=\"1\" time=\"";
    struct paper p;
    make_paper(&p, fates, NULL);
    char *text = written(&p.report, report_junit);
    assert_memory_equal(text, want, strlen(want));
    const char *second = strstr(text, failed);
    assert_non_null(second);
    assert_string_equal(strchr(second + strlen(failed), '\n') - 2,
                        "\">\n      <failure message=\"expected 1, got 0\"/>\n    </testcase>\n"
                        "  </testsuite>\n</testsuites>\n");
    free(text);
    end_paper(&p);
}

/* ---- the letter ---- */

static char *read_and_remove(const char *folder, const char *name)
{
    char path[200];
    struct arena a = arena_of(&sys_mem);
    struct view v;
    struct err e = { "" };
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!sys_read_file(path, 1 << 20, &a, &v, &e))
        return NULL;
    char *text = strndup((const char *)v.p, v.n);
    arena_free(&a);
    assert_int_equal(unlink(path), 0);
    return text;
}

/* A release that the table of versions does not name is told as how it is read. */
static void release_read_as(void **state)
{
    (void)state;
    static const struct {
        const char *asked, *line, *json;
    } rows[] = {
        { "15SU3", "Cluster     HQ, CUCM 15SU2 (which 15SU3 is read as), 1 node: pub\n",
          "\"version\":\t\"15SU2\",\n\t\t\t\"version_asked\":\t\"15SU3\"" },
        { "15SU2", "Cluster     HQ, CUCM 15SU2, 1 node: pub\n",
          "\"version\":\t\"15SU2\",\n\t\t\t\"nodes\"" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char scenario[256];
        struct paper p;
        snprintf(scenario, sizeof scenario,
                 "local hq = cluster { name = 'HQ', version = '%s', nodes = { 'pub' } } "
                 "hq:phones { count = 1, model = '8861' } settle()",
                 rows[i].asked);
        make_paper(&p, scenario, NULL);
        char *text = written(&p.report, report_print);
        if (strstr(text, rows[i].line) == NULL)
            fail_msg("%s", text);
        free(text);
        text = written(&p.report, report_json);
        if (strstr(text, rows[i].json) == NULL)
            fail_msg("%s", text);
        free(text);
        end_paper(&p);
    }
}

static void letters(void **state)
{
    (void)state;
    char folder[] = "/tmp/test_papers-XXXXXX";
    struct err e = { "" };
    struct paper p;
    make_paper(&p, fates, NULL);
    struct letter_count c = letter_count(&p.report);
    assert_int_equal(c.by_users, 4);
    assert_int_equal(c.by_reset, 0);
    assert_int_equal(c.follow, 2);       /* 60 of a hundred */
    assert_int_equal(c.left_minutes, 6); /* two phones, 3 minutes */
    assert_non_null(mkdtemp(folder));
    assert_true(letter_write(&p.report, folder, &e));
    char *en = read_and_remove(folder, "letter-en.txt"),
         *nl = read_and_remove(folder, "letter-nl.txt");
    assert_memory_equal(en, "Subject: please clear the security settings", 43);
    assert_non_null(strstr(en, "\nCisco 7965\n  Press: Settings > Security Configuration > "));
    assert_null(strstr(en, "8861")); /* nobody with one needs hands */
    assert_memory_equal(nl, "Onderwerp: wilt u de beveiligingsinstellingen", 45);
    assert_non_null(strstr(nl, "\nCisco 7965\n  Druk op: Settings > Security Configuration > "));
    free(en);
    free(nl);
    assert_int_equal(rmdir(folder), 0); /* no list for a factory reset */
    p.report.in.letter = true;
    char *text = written(&p.report, report_print);
    assert_non_null(strstr(text,
                           "Letter: the users of 4 phones can do it themselves; if 60 of a hundred "
                           "do, 2 phones are back within 48 hours"));
    free(text);
    assert_false(letter_folder("/proc/self/letter", &e));
    end_paper(&p);
}

/* Keys of a product stand once, whatever its load. */
static void one_product(void **state)
{
    (void)state;
    char folder[] = "/tmp/test_papers-XXXXXX";
    struct err e = { "" };
    struct paper p;
    make_paper(&p,
               "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
               "hq:phones { count = 2, model = '7965' } "
               "hq:phones { count = 1, model = '7965', load = 'SCCP45.9-2-1S' } settle() "
               "hq.pub:regenerate('CallManager') hq.pub:regenerate('TVS') "
               "hq.pub:restart('Cisco Tftp', 'Cisco Trust Verification Service') settle() "
               "hq:reset() settle()",
               NULL);
    char *text = written(&p.report, report_print);
    assert_non_null(strstr(text, "\n  Default: 3 phones (3 Cisco 7965): "));
    assert_non_null(strstr(text, "Erase:\n    3 Cisco 7965\n\n"));
    free(text);
    assert_non_null(mkdtemp(folder));
    assert_true(letter_write(&p.report, folder, &e));
    char *en = read_and_remove(folder, "letter-en.txt"),
         *nl = read_and_remove(folder, "letter-nl.txt");
    char *keys = strstr(en, "\nCisco 7965\n");
    assert_non_null(keys);
    assert_null(strstr(keys + 1, "\nCisco 7965\n"));
    free(en);
    free(nl);
    assert_int_equal(rmdir(folder), 0);
    end_paper(&p);
}

/* Users cannot open Settings where the export says so: in a column of its own or in the vendor's
 * XML. */
static void barred_settings(void **state)
{
    (void)state;
    char folder[] = "/tmp/test_papers-XXXXXX";
    struct err e = { "" };
    struct paper p;
    make_paper(&p,
               "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
               "local a = hq:phones { count = 7, model = '7965' } settle() "
               "hq.pub:regenerate('CallManager') hq.pub:regenerate('TVS') "
               "hq.pub:restart('Cisco Tftp', 'Cisco Trust Verification Service') settle() "
               "hq:reset() settle()",
               NULL);
    struct inventory_file f = { .path = "f.csv" };
    assert_true(inventory_read(
        view_str("Device Name,Device Pool,Device Type,Settings Access,XML\n"
                 "SEP000000000001,Default,Cisco 7965,Enabled,<settingsAccess>0</settingsAccess>\n"
                 "SEP000000000002,Default,Cisco 7965,Disabled,\n"
                 "SEP000000000003,Default,Cisco 7965,restricted,\n"
                 "SEP000000000004,Default,Cisco 7965,,<a>2</a><settingsAccess>0</settingsAccess>\n"
                 "SEP000000000005,Default,Cisco 7965,,<SettingsAccess>2</SettingsAccess>\n"
                 "SEP000000000006,Default,Cisco 7965,,<settingsAccess>1</settingsAccess>\n"
                 "SEP000000000007,Default,Cisco 7965,,<settingsAccess>\n"),
        "f.csv", (struct inventory_as){ NULL, 0 }, &f.phones, &e));
    for (uint32_t i = 0; i < f.phones.count; i++) {
        f.phones.rows[i].taken = true;
        f.phones.rows[i].phone = i;
    }
    p.report.in.inventories = &f;
    p.report.in.inventory_count = 1;
    struct letter_count c = letter_count(&p.report);
    assert_int_equal(c.by_users, 3);
    assert_int_equal(c.by_reset, 4);
    assert_non_null(mkdtemp(folder));
    assert_true(letter_write(&p.report, folder, &e));
    char *en = read_and_remove(folder, "letter-en.txt"),
         *nl = read_and_remove(folder, "letter-nl.txt"),
         *list = read_and_remove(folder, "factory-reset.csv");
    assert_string_equal(list, "name,model,pool,why\n"
                              "SEP001121000001,Cisco 7965,Default,its settings are disabled\n"
                              "SEP001121000002,Cisco 7965,Default,its settings are restricted\n"
                              "SEP001121000003,Cisco 7965,Default,its settings are disabled\n"
                              "SEP001121000004,Cisco 7965,Default,its settings are restricted\n");
    free(en);
    free(nl);
    free(list);
    assert_int_equal(rmdir(folder), 0);
    p.report.in.inventory_count = 0;
    inventory_free(&f.phones);
    end_paper(&p);
}

/* A load that makes a model another row of the table leaves the product what it is; groups made for
 * pools have the names of their nodes; a serial number is not broken in its middle. */
static void as_the_owner_knows_it(void **state)
{
    (void)state;
    struct paper p;
    make_paper(&p,
               "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 's1' } } "
               "pool { name = 'A', group = { 's1', 'pub' } } pool { name = 'B', group = { 's1' } } "
               "hq:phones { count = 2, model = '7965', pool = 'A' } "
               "hq:phones { count = 1, model = '7965', pool = 'B', load = 'SCCP45.9-2-1S' } "
               "settle() hq.s1:stop('CallManager') settle()",
               NULL);
    char *text = written(&p.report, report_print);
    assert_non_null(strstr(text, "\nPhones      3 phones: 3 Cisco 7965\n"));
    assert_non_null(strstr(text, "\ns1, pub                  "));
    assert_non_null(strstr(text, "\ns1                       "));
    free(text);
    end_paper(&p);

    struct sys_text broken;
    FILE *out = sys_text_open(&broken);
    fmt_wrapped(
        out, view_str("         in its CTL, as CCM or CCM+TFTP: yes, record 6: CN=cucm-s2, serial "
                      "51:51:20:8F:25:7E:AF:D7:37:EE:0A:E0:5B:19:28:D8\n"));
    fclose(out);
    assert_non_null(strstr(broken.p, "serial\n"));
    assert_non_null(strstr(broken.p, " 51:51:20:8F:25:7E:AF:D7:37:EE:0A:E0:5B:19:28:D8\n"));
    sys_text_free(&broken);
}

/* A model without keys: no letter, a list. */
static void factory_resets(void **state)
{
    (void)state;
    char folder[] = "/tmp/test_papers-XXXXXX", text[1200];
    struct err e = { "" };
    struct paper p;
    uint8_t m = 0;
    while (m < model_count && (model_table[m].keys != NULL || !model_table[m].itl))
        m++;
    assert_true(m < model_count);
    snprintf(text, sizeof text,
             "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
             "local a = hq:phones { count = 1, model = '%s' } settle() "
             "hq.pub:regenerate('CallManager') hq.pub:regenerate('TVS') "
             "hq.pub:restart('Cisco Tftp', 'Cisco Trust Verification Service') settle() "
             "hq:reset() settle()",
             model_table[m].name);
    make_paper(&p, text, NULL);
    assert_int_equal(letter_count(&p.report).by_reset, 1);
    assert_non_null(mkdtemp(folder));
    assert_true(letter_write(&p.report, folder, &e));
    char *list = read_and_remove(folder, "factory-reset.csv"), want[200];
    snprintf(want, sizeof want,
             "name,model,pool,why\nSEP001121000000,%s,Default,no keys known for this model\n",
             model_table[m].product);
    assert_string_equal(list, want);
    free(list);
    assert_int_equal(rmdir(folder), 0);
    end_paper(&p);
}

/* Nobody but who knows the key can type it in, and it is no reset. */
static void symmetric_keys(void **state)
{
    (void)state;
    char folder[] = "/tmp/test_papers-XXXXXX";
    struct err e = { "" };
    struct paper p;
    make_paper(&p,
               "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub' } } "
               "local f = hq:phones { count = 1, model = '7940', encrypted = true } settle() "
               "f:symmetric_key('0123456789ABCDEF0123456789ABCDEF') "
               "f:power('off') f:power('on') settle()",
               NULL);
    struct letter_count c = letter_count(&p.report);
    assert_int_equal(c.by_users + c.by_reset + c.by_web, 0);
    assert_int_equal(c.by_key, 1);
    assert_non_null(mkdtemp(folder));
    assert_true(letter_write(&p.report, folder, &e));
    char *list = read_and_remove(folder, "symmetric-key.csv");
    assert_string_equal(list, "name,model,pool,what\nSEP001121000000,Cisco 7940,Default,the "
                              "symmetric key of its page is typed in\n");
    free(list);
    assert_int_equal(rmdir(folder), 0);
    char *text = written(&p.report, report_print);
    assert_non_null(strstr(text, "typing in its symmetric key by hand"));
    assert_non_null(strstr(text, "Settings, Security Configuration: Symmetric Key"));
    free(text);
    end_paper(&p);
}

/* A room system is helped on its web page, by whoever has its password: no letter tells its users
 * to press anything, and it is no factory reset. */
static void web_pages(void **state)
{
    (void)state;
    char folder[] = "/tmp/test_papers-XXXXXX";
    struct err e = { "" };
    struct paper p;
    make_paper(&p,
               "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
               "hq:phones { count = 2, model = 'Webex Room Kit' } "
               "hq:phones { count = 1, model = '7965' } settle() "
               "hq.pub:regenerate('CallManager') hq.pub:regenerate('TVS') "
               "hq.pub:restart('Cisco Tftp', 'Cisco Trust Verification Service') settle() "
               "hq:reset() settle()",
               NULL);
    p.report.in.letter = true;
    p.report.in.users_follow = LETTER_FOLLOW;
    p.report.in.users_hours = LETTER_HOURS;
    struct letter_count c = letter_count(&p.report);
    assert_int_equal(c.by_users, 1);
    assert_int_equal(c.by_reset, 0);
    assert_int_equal(c.by_web, 2);
    assert_non_null(mkdtemp(folder));
    assert_true(letter_write(&p.report, folder, &e));
    char *en = read_and_remove(folder, "letter-en.txt"),
         *nl = read_and_remove(folder, "letter-nl.txt"),
         *list = read_and_remove(folder, "web-page.csv"), *text = written(&p.report, report_print);
    static const char page[] =
        "web page of the device > Security > CUCM Certificates > Delete CTL/ITL";
    char want[400];
    snprintf(want, sizeof want,
             "name,model,pool,what\nSEP001121000000,Cisco Webex Room Kit,Default,%s\n"
             "SEP001121000001,Cisco Webex Room Kit,Default,%s\n",
             page, page);
    assert_string_equal(list, want);
    assert_null(strstr(en, "Room"));
    assert_null(strstr(nl, "Room"));
    assert_int_equal(rmdir(folder), 0); /* and nothing else */
    assert_non_null(strstr(text, "; 2 of these are done on their web page.\n"));
    assert_non_null(strstr(text,
                           "\n  Web page of the device > Security > CUCM Certificates > Delete "
                           "CTL/ITL (by an administrator, from a desk):\n"
                           "    2 Cisco Webex Room Kit\n"));
    free(en);
    free(nl);
    free(list);
    free(text);
    end_paper(&p);
}

/* Who refuses whom stands in the remedy too: the network is blamed where nobody refuses. */
static void why_not_registered(void **state)
{
    static const struct {
        const char *model, *acts;
        uint8_t refusal;
        const char *says;
    } cases[] = {
        { "7937", "", REFUSAL_MODEL, "CTL, so that it can have no secure profile.\n" },
        { "7965", "", REJECT_NONE, NULL },
        { "7965", "hq:set('tls_min', 2)", REFUSAL_TLS, NULL },
        { "7965", "hq.pub:stop('Tftp') f:delete_trust_list() settle()", REFUSAL_NO_CTL, NULL },
        { "7965", "hq.pub:regenerate('CallManager') hq.pub:restart('CallManager') settle()",
          REFUSAL_CERTIFICATE, NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct paper p;
        char text[600];
        snprintf(
            text, sizeof text,
            "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub' } } local f = "
            "hq:phones { count = 1, model = '%s', security = 'encrypted', lsc = true } "
            "settle() hq:ctl('mixed-mode') hq.pub:restart('Cisco Tftp', 'CallManager') "
            "settle() hq:reset() settle() %s",
            cases[i].model, cases[i].acts);
        make_paper(&p, text, NULL);
        assert_int_equal(standby_refusal(p.report.lab, 0, 0, 0), cases[i].refusal);
        char *said = written(&p.report, report_print);
        if (cases[i].says != NULL)
            assert_non_null(strstr(said, cases[i].says));
        assert_null(strstr(said, "look at its network"));
        free(said);
        end_paper(&p);
    }
}

/* ---- what it turns on ---- */

static void turned(void **state)
{
    (void)state;
    struct report_turns t;
    struct paper p;
    make_paper(&p, fates, NULL);
    whatif_find(p.run.session, &p.report, 0, &t);
    assert_true(t.facts > 10 && t.not_tried == t.facts && t.count == 0);
    whatif_free(&t);
    whatif_find(p.run.session, &p.report, UINT64_MAX, &t);
    assert_true(t.not_tried < 3 && t.count > t.facts);
    bool found = false;
    for (uint32_t i = 0; i < t.count; i++) {
        assert_int_equal(t.list[i].other, strcmp(t.list[i].verdict, p.report.verdict) != 0);
        found |= strcmp(t.list[i].name, "tvs_db_on_restart") == 0 && t.list[i].other &&
                 strcmp(t.list[i].was, "0") == 0 && strcmp(t.list[i].is, "1") == 0;
    }
    assert_true(found);
    for (uint32_t i = 0; i < t.count; i++) { /* 45 s to 90 s: an end is not turned onto the other */
        assert_false(strcmp(t.list[i].name, "boot_min_us") == 0 &&
                     strcmp(t.list[i].is, "90 s") == 0);
        assert_false(strcmp(t.list[i].name, "boot_max_us") == 0 &&
                     strcmp(t.list[i].is, "45 s") == 0);
    }
    p.report.in.turns = &t;
    char *text = written(&p.report, report_print);
    assert_non_null(strstr(text, "\nRests on    "));
    assert_non_null(strstr(text, "The verdict turns on:\n  tvs_db_on_restart: "));
    free(text);
    whatif_free(&t);
    end_paper(&p);
}

/* A turned fact stays turned, whatever the scenario says of it. */
/* Whatever the scenario says of it, with knob() or with set(); all else is as the scenario says. */
static void stays_turned(void **state)
{
    (void)state;
    static const char text[] = "knob('tvs_timeout_us', '5s') knob('link_delay_us', '3ms') " LAB
                               "hq:set('replication_us', '9s') hq:set('max_serving', 77)";
    static const struct lab_turn turns[] = { { LAB_KNOB, 0, KNOB_TVS_TIMEOUT_US, 7000000 },
                                             { LAB_COST, 0, COST_LINK_DELAY_US, 7000 },
                                             { LAB_PARAM, 0, PARAM_REPLICATION_US, 7000000 } };
    static const uint64_t as_said[] = { 5000000, 3000, 9000000, 77 };
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        struct run r = { 0 };
        put_file(r.path, text, strlen(text));
        struct session_options o = options_for(&r, r.path, 1);
        o.lab.turn = turns[i];
        run_file(&r, &o);
        assert_string_equal(r.e.text, "");
        const uint64_t *params = r.lab->state.clusters[0].db.params,
                       is[] = { r.lab->state.knobs.value[KNOB_TVS_TIMEOUT_US],
                                r.lab->state.costs[COST_LINK_DELAY_US],
                                params[PARAM_REPLICATION_US], params[PARAM_MAX_SERVING] };
        for (size_t k = 0; k < sizeof as_said / sizeof *as_said; k++)
            assert_int_equal(is[k], k == i ? turns[i].value : as_said[k]);
        done(&r);
    }
}

/* ---- by phone, both ways ---- */

static char *diff_of(const char *a, const char *b, int *found)
{
    struct err e = { "" };
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    *found = report_diff(out, a, b, &e);
    fclose(out);
    assert_string_equal(e.text, "");
    return text;
}

static void by_phone(void **state)
{
    (void)state;
    static const char *const names[] = { "/tmp/test_papers-a.json", "/tmp/test_papers-b.json" };
    struct err e = { "" };
    char other[sizeof fates];
    memcpy(other, fates, sizeof fates);
    memcpy(strstr(other, "a[1]:power('off')"), "a[2]:power('off')", 17);
    for (int i = 0; i < 2; i++) {
        struct paper p;
        make_paper(&p, i == 0 ? fates : other, NULL);
        char *json = written(&p.report, report_json);
        assert_true(sys_write_file(names[i], view_str(json), &e));
        free(json);
        end_paper(&p);
    }
    int found;
    char *text = diff_of(names[0], names[1], &found);
    assert_true(found >= 4);
    assert_non_null(strstr(text, "Newly lost something: 1 phone: SEP001121000000\n"
                                 "No longer lost anything: 1 phone: SEP001121000001\n"));
    assert_null(strstr(text, "needing hands")); /* the same four */
    free(text);
    text = diff_of(names[1], names[0], &found);
    assert_non_null(strstr(text, "Newly lost something: 1 phone: SEP001121000001\n"
                                 "No longer lost anything: 1 phone: SEP001121000000\n"));
    free(text);
    unlink(names[0]);
    unlink(names[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_screen),          cmocka_unit_test(junit),
        cmocka_unit_test(release_read_as),       cmocka_unit_test(letters),
        cmocka_unit_test(factory_resets),        cmocka_unit_test(web_pages),
        cmocka_unit_test(symmetric_keys),        cmocka_unit_test(why_not_registered),
        cmocka_unit_test(barred_settings),       cmocka_unit_test(one_product),
        cmocka_unit_test(as_the_owner_knows_it), cmocka_unit_test(turned),
        cmocka_unit_test(stays_turned),          cmocka_unit_test(by_phone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
