/* Checks of phones: each healthy and sick, and what comes of an unknown list in both cases. */
#include "tests/unit/preflight_fixture.h"

#define PHONES "local f = hq:phones { count = 6, model = '8845' } settle() "
#define MIXED                                                                                      \
    TWO "hq:ctl('mixed-mode') for _, n in ipairs(hq.nodes) do "                                    \
        "n:restart('Cisco Tftp', 'Cisco CallManager') end settle() "

/* ---- held, and lost all the same ---- */

/* `set tls min-version 1.2` takes HTTPS from a 7965, which speaks 1.0 (data sheet). */
static void lost_at_the_next_boot(void **state)
{
    (void)state;
    expect_said(TWO PHONES, "next-boot", PREFLIGHT_PASS, "");
    expect_said(TWO "hq:phones { count = 4, model = '7965' } settle() "
                    "hq:set('set tls min-version', '1.2') "
                    "for _, n in ipairs(hq.nodes) do n:restart('CallManager', 'TVS', 'Tomcat') end "
                    "settle()",
                "next-boot", PREFLIGHT_FAIL, "4 phones that hold or take what is served");
}

/* Technote 116232: both renewed on the only node mean hands, and a restart takes both up. */
static void lost_at_the_next_restart(void **state)
{
#define ALONE "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
    (void)state;
    expect_said(ALONE PHONES, "next-restart", PREFLIGHT_PASS, "");
    /* The list has the new TVS then, and TVS works with the old one still. */
    expect_said(ALONE PHONES "hq.pub:regenerate('TVS') settle()", "next-restart", PREFLIGHT_WARN,
                "secure services at the next restart of Cisco Tftp on pub; none would need hands");
    expect_said(ALONE PHONES "hq.pub:regenerate('TVS', 'CallManager') settle()", "next-restart",
                PREFLIGHT_FAIL, "6 would need hands");
}

/* ---- who holds what nobody knows ---- */

static void lists_that_no_file_tells(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "lists-untold", PREFLIGHT_UNKNOWN, "what the scenario gave them");
    told_nothing();
    tell(2);
    for (int i = 0; i < 6; i++)
        told_phones[i].itl.how = HOLDS_SERVED;
    look_at(&l, TWO PHONES);
    passes(&l, "lists-untold");
    end_sight(&l);
    told_phones[0].itl.how = told_phones[1].itl.how = HOLDS_UNTOLD;
    look_at(&l, TWO PHONES);
    const struct preflight_finding *f =
        says(&l, "lists-untold", PREFLIGHT_UNKNOWN, "which list is held by 2 of 6 phones");
    assert_int_equal(f->who.phones, 2);
    end_sight(&l);
    told_phones[0].itl_status = told_phones[1].itl_status = ITL_STATUS_MATCH;
    look_at(&l, TWO PHONES);
    passes(&l, "lists-untold");
    end_sight(&l);
}

static void phones_without_a_page(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "web-off", PREFLIGHT_PASS, "");
    told_nothing();
    tell(2);
    for (int i = 0; i < 6; i++)
        told_phones[i].itl.how = HOLDS_SERVED;
    told_phones[1].web = told_phones[4].web = LAB_NO;
    told_phones[4].itl.how = HOLDS_UNTOLD;
    look_at(&l, TWO PHONES);
    const struct preflight_finding *f =
        says(&l, "web-off", PREFLIGHT_WARN, "2 phones with web access off");
    assert_int_equal(f->who.named[1], 4);
    assert_non_null(strstr(f->fact, "(of 1 nothing else says it either)"));
    end_sight(&l);
}

/* Mismatch says that it is another one, and not which. */
static void mismatch_of_an_unknown_list(void **state)
{
    struct sight l;
    (void)state;
    told_nothing();
    tell(2);
    told_phones[2].itl_status = told_phones[3].itl_status = ITL_STATUS_MISMATCH;
    look_at(&l, TWO PHONES);
    const struct preflight_finding *f =
        says(&l, "lists-held", PREFLIGHT_UNKNOWN, "2 phones with another ITL, which no file has");
    assert_int_equal(f->who.named[0], 2);
    assert_non_null(strstr(f->what, "the list itself"));
    end_sight(&l);
}

/* The lab's second case, made by hand: in one the phones' old list is that of their cluster, in the
 * other certificates that nobody has. */
static void an_unknown_list_in_both_cases(void **state)
{
    struct sight l;
    struct run strange = { 0 };
    static struct lab_found_list list;
    (void)state;
    told_nothing();
    tell(2);
    run_sight(&l, TWO PHONES OTHER);
    run(&strange, TWO PHONES OTHER);
    struct lab *a = l.r.lab, *b = strange.lab;
    /* Known under its names: the list of the other node. Strangers: that of another cluster. */
    uint32_t known = a->state.clusters[0].nodes[1].run.itl;
    uint32_t nobody = b->state.clusters[1].nodes[0].run.itl;
    list = (struct lab_found_list){ .name = "itl-1", .list = known, .sha1 = "fabdf75896" };
    told_lab.by_hash = &list;
    told_lab.by_hash_count = 1;
    for (int i = 0; i < 2; i++) {
        a->state.phones[i].itl = known;
        b->state.phones[i].itl = nobody;
        told_phones[i].itl = (struct lab_found_holds){ HOLDS_BY_HASH, known };
    }
    judge_sight(&l, b);
    const struct preflight_finding *f =
        says(&l, "lists-held", PREFLIGHT_UNKNOWN, "with the unknown ITL itl-1 (SHA-1 fabdf758...)");
    assert_int_equal(f->who.phones, 2);
    assert_non_null(strstr(f->fact, "each takes what is served at its next reset; if not, each"));
    assert_non_null(strstr(f->fact, "needs hands at the phone"));
    end_sight(&l);
    done(&strange);
}

/* Where both cases end alike it is said as one. */
static void an_unknown_list_that_makes_no_difference(void **state)
{
    struct sight l;
    struct run strange = { 0 };
    (void)state;
    told_nothing();
    tell(2);
    run_sight(&l, TWO PHONES);
    run(&strange, TWO PHONES);
    l.r.lab->state.phones[0].itl = l.r.lab->state.clusters[0].nodes[1].run.itl;
    strange.lab->state.phones[0].itl = strange.lab->state.clusters[0].nodes[1].run.itl;
    judge_sight(&l, strange.lab);
    says(&l, "lists-held", PREFLIGHT_WARN, "each takes what is served at its next reset");
    end_sight(&l);
    done(&strange);
}

/* Whose TFTP serves another list each, and who hold the same other one: one finding. */
static void one_list_held_beside_two_tftp_nodes(void **state)
{
    struct sight l;
    (void)state;
    told_nothing();
    tell(2);
    run_sight(&l, TWO PHONES);
    struct lab *lab = l.r.lab;
    const struct node *nodes = lab->state.clusters[0].nodes;
    lab_found_tftp(lab, 1, (uint32_t[2]){ nodes[1].disk.ip, nodes[0].disk.ip });
    assert_int_not_equal(nodes[0].run.itl, nodes[1].run.itl);
    lab->state.phones[0].itl = lab->state.phones[1].itl = 0;
    lab->state.phones[2].itl = nodes[1].run.itl;
    judge_sight(&l, NULL);
    const struct preflight_finding *f =
        says(&l, "lists-held", PREFLIGHT_WARN, "2 phones with no ITL");
    assert_int_equal(f->who.phones, 2);
    assert_non_null(strstr(f[1].fact, ", which sub1 serves ("));
    end_sight(&l);
}

/* ---- off ---- */

static void phones_that_are_off(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "off-long", PREFLIGHT_PASS, "");
    expect_said(TWO PHONES "f:first(2):power('off') wait('23h')", "off-long", PREFLIGHT_PASS, "");
    /* Answers of TVS live for 24 hours (observed). */
    expect_said(TWO PHONES "f:first(2):power('off') wait('25h')", "off-long", PREFLIGHT_WARN,
                "2 phones off for longer than an answer of TVS lives (24 hours)");
    told_nothing();
    tell(2);
    told_phones[1] = (struct lab_found_phone){ .on = LAB_NO, .line = 2 };
    look_at(&l, TWO PHONES);
    says(&l, "off-long", PREFLIGHT_UNKNOWN, "1 phone off since a time that no file says");
    end_sight(&l);
}

static void phones_off_since_before_a_renewal(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES "hq.pub:regenerate('TVS') settle() f:first(2):power('off') "
                           "wait('25h')",
                "off-before", PREFLIGHT_PASS, "");
    expect_said(TWO PHONES "f:first(2):power('off') wait('25h') hq.pub:regenerate('TVS') settle()",
                "off-before", PREFLIGHT_WARN, "2 phones off since before TVS of pub was made");
    told_nothing();
    tell(2);
    told_phones[1] = (struct lab_found_phone){ .on = LAB_NO, .line = 2, .since_s = 1000000000 };
    look_at(&l, TWO PHONES);
    says(&l, "off-before", PREFLIGHT_UNKNOWN, "when a certificate was renewed last: 1 phone off");
    end_sight(&l);
}

/* ---- models ---- */

/* 7960: no Security by Default (technote 118893). */
static void models_without_security_by_default(void **state)
{
    (void)state;
    expect_said(TWO "hq:phones { count = 3, model = '7960' } settle()", "no-sbd", PREFLIGHT_PASS,
                "");
    expect_said(MIXED "hq:phones { count = 3, model = '7960' } settle()", "no-sbd", PREFLIGHT_WARN,
                "3 phones without Security by Default");
    expect_said(MIXED PHONES, "no-sbd", PREFLIGHT_PASS, "");
}

static void least_tls(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES "hq:set('set tls min-version', '1.2')", "tls-minimum", PREFLIGHT_PASS,
                "");
    expect_said(TWO "hq:phones { count = 3, model = '7965' } settle() "
                    "hq:set('set tls min-version', '1.2')",
                "tls-minimum", PREFLIGHT_WARN, "3 phones without TLS 1.2");
    expect_said(MIXED "hq:phones { count = 3, model = '7965', security = 'encrypted' } settle() "
                      "hq:set('set tls min-version', '1.2')",
                "tls-minimum", PREFLIGHT_FAIL,
                "3 phones with a secure profile and without TLS 1.2");
    told_nothing();
    tell(2);
    look_at(&l, TWO PHONES);
    says(&l, "tls-minimum", PREFLIGHT_UNKNOWN, "which TLS");
    end_sight(&l);
    told_sides[0].tls = 2;
    look_at(&l, TWO PHONES);
    passes(&l, "tls-minimum");
    end_sight(&l);
    told_sides[0].tls = -1; /* 8.6 has no such command: nothing of it can be collected */
    look_at(&l, OLD PHONES);
    passes(&l, "tls-minimum");
    end_sight(&l);
}

static void secure_profiles(void **state)
{
    (void)state;
    expect_said(MIXED "hq:phones { count = 3, model = '8845', security = 'encrypted' } settle()",
                "secure-profile", PREFLIGHT_PASS, "");
    expect_said(TWO "hq:phones { count = 3, model = '8845', security = 'encrypted' } settle()",
                "secure-profile", PREFLIGHT_WARN, "3 phones with a secure profile");
}

static void models_that_nobody_knows(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "model-unknown", PREFLIGHT_PASS, "");
    told_nothing();
    tell(2);
    told_phones[0].model = told_phones[1].model = "Cisco 8899\x1b[2J";
    look_at(&l, TWO PHONES);
    const struct preflight_finding *f =
        says(&l, "model-unknown", PREFLIGHT_UNKNOWN, "Cisco 8899\\x1b[2J as 8845");
    assert_int_equal(f->who.phones, 2);
    assert_null(strchr(f->fact, '\x1b'));
    end_sight(&l);
}

/* ---- the same through the files of a cluster that was found ---- */

static void write_rows(const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("name,model,pool,security,encrypted,protocol,load,settings,lsc,itl,ctl,state,since,web,"
          "itl_status,description,source\n",
          f);
    for (int i = 0; i < 8; i++)
        fprintf(
            f, "SEP00112233440%d,8845,Default,non-secure,no,SIP,,,no,%s,none,%s,%s,yes,,,page\n", i,
            i < 4 ? "served" : "itl-1", i == 7 ? "off" : "on", i == 7 ? "2026-09-01 10:00" : "");
    fclose(f);
}

static void a_cluster_that_was_found(void **state)
{
    static const char text[] =
        "start('2026-11-30 09:00', '+01:00') "
        "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub1' } } "
        "found { cluster = hq, files = 'none', mixed_mode = false, nodes = { pub = { replication = "
        "2 }, "
        "sub1 = { replication = 4, services = { ['Cisco Trust Verification Service'] = 'stopped' } "
        "} } } "
        "list { cluster = hq, name = 'itl-1', file = 'ITL', "
        "sha1 = 'fabdf7589687c1895609e4ccfea72fb10a799d03', records = { 'SAST ITLRECOVERY_pub', "
        "'TVS pub', 'TVS sub1', 'TFTP pub' } } "
        "hq:phones { file = 'rows.csv' } ";
    char folder[] = "/tmp/test_preflight-XXXXXX", scenario[64], rows[64];
    char *words[] = { scenario };
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(scenario, sizeof scenario, "%s/c.lua", folder);
    snprintf(rows, sizeof rows, "%s/rows.csv", folder);
    write_rows(rows);
    FILE *f = fopen(scenario, "w");
    fputs(text, f);
    fclose(f);
    char *out, *problems;
    size_t n, m;
    FILE *o = open_memstream(&out, &n), *p = open_memstream(&problems, &m);
    int status = preflight_run(1, words, o, p);
    fclose(o);
    fclose(p);
    assert_string_equal(problems, "");
    assert_int_equal(status, 1);
    assert_non_null(strstr(out, "HQ (12.5, 2 nodes), 8 phones, as of 2026-11-30 09:0"));
    assert_non_null(strstr(out, "4 phones with the unknown ITL itl-1 (SHA-1 fabdf758...)"));
    assert_non_null(strstr(out, "Replication of the database to sub1 is setup failed (4)"));
    assert_non_null(strstr(out, "1 phone off for longer than"));
    assert_non_null(strstr(out, "does not run on sub1 of group Default"));
    free(out);
    free(problems);
    unlink(scenario);
    unlink(rows);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lost_at_the_next_boot),
        cmocka_unit_test(lost_at_the_next_restart),
        cmocka_unit_test(lists_that_no_file_tells),
        cmocka_unit_test(phones_without_a_page),
        cmocka_unit_test(mismatch_of_an_unknown_list),
        cmocka_unit_test(an_unknown_list_in_both_cases),
        cmocka_unit_test(one_list_held_beside_two_tftp_nodes),
        cmocka_unit_test(an_unknown_list_that_makes_no_difference),
        cmocka_unit_test(phones_that_are_off),
        cmocka_unit_test(phones_off_since_before_a_renewal),
        cmocka_unit_test(models_without_security_by_default),
        cmocka_unit_test(least_tls),
        cmocka_unit_test(secure_profiles),
        cmocka_unit_test(models_that_nobody_knows),
        cmocka_unit_test(a_cluster_that_was_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
