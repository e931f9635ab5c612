/* Who is who in facts of several files: names of nodes in every form (sim/import/site_who.c), which
 * of them are nodes of the cluster (site_choose.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/site_fixture.h"

/* Signed by a CA, with these names besides. */
static const char *cert_for(struct said *s, const char *subject, const char *names)
{
    const struct key *key = keyring_key(ring, subject, KEY_RSA_1024);
    struct cert_spec spec = { .subject = view_str(subject),
                              .issuer = view_str("CN=Corp CA"),
                              .serial = view_str(names),
                              .not_before_s = 1700000000,
                              .not_after_s = 1800000000,
                              .key = key,
                              .issuer_key = keyring_key(ring, "CN=Corp CA", KEY_EC_P256),
                              .digest = DIGEST_SHA256,
                              .dns_name = view_str(names) };
    spec.serial.n = 8;
    char *sha256 = arena_take(&kept, 65);
    assert_true(facts_cert(s, cert_make(&spec, &kept), sha256));
    return sha256;
}

static struct said table_of_two(void)
{
    struct said s = reading_of("pub.log", SURE_ANSWER, 0, 1);
    say(&s, FACT_NODE_ADDRESS, "cucm-pub", NULL, "10.1.1.10");
    say(&s, FACT_NODE_FQDN, "cucm-pub", NULL, "cucm-pub.example.com");
    say(&s, FACT_NODE_ROLE, "cucm-pub", NULL, "publisher");
    say(&s, FACT_NODE_ADDRESS, "cucm-sub1", NULL, "10.1.1.11");
    say(&s, FACT_NODE_FQDN, "cucm-sub1", NULL, "cucm-sub1.example.com");
    say(&s, FACT_NODE_ROLE, "cucm-sub1", NULL, "subscriber");
    return s;
}

static void test_every_form_of_a_name_is_one_node(void **state)
{
    (void)state;
    (void)table_of_two();
    struct said s = reading_of("sub.log", SURE_ANSWER, 0, 2);
    say(&s, FACT_HERE, "@2", NULL, "cucm-sub1");
    say(&s, FACT_VERSION, "@2", NULL, "14.0.1.13900-155");
    say(&s, FACT_NODE_TLS, "CUCM-SUB1.example.com", NULL, "1.2");
    say(&s, FACT_NODE_FIPS, "10.1.1.11", NULL, "no");
    say(&s, FACT_NODE_REPLICATION, "cucm-sub1.example.com.", NULL, "2");
    make_site();
    assert_int_equal(site.node_count, 2);
    assert_true(site.nodes[0].publisher);
    assert_string_equal(site.nodes[0].name, "cucm-pub");
    const struct site_node *sub = node("cucm-sub1");
    assert_string_equal(sub->version.text, "14.0.1.13900-155");
    assert_string_equal(sub->tls.text, "1.2");
    assert_string_equal(sub->fips.text, "no");
    assert_string_equal(sub->replication.text, "2");
    assert_string_equal(sub->address.text, "10.1.1.11");
    assert_string_equal(sub->domain, "example.com");
    assert_string_equal(site.domain, "example.com");
    assert_string_equal(site.name, "EXAMPLE");
}

static void test_a_log_is_known_by_its_certificate(void **state)
{
    (void)state;
    (void)table_of_two();
    struct said s = reading_of("sub.log", SURE_ANSWER, 0, 2);
    say(&s, FACT_OWN, "@2", "CallManager", cert_of(&s, "CN=cucm-sub1.example.com;O=X", "a"));
    say(&s, FACT_NODE_TLS, "@2", NULL, "1.2");
    make_site();
    assert_string_equal(node("cucm-sub1")->tls.text, "1.2");
    assert_null(node("cucm-pub")->tls.text);
    assert_null(claim_of(SITE_CANNOT_KNOW, "whose output"));
}

static void test_a_log_that_nothing_names_is_said(void **state)
{
    (void)state;
    (void)table_of_two();
    struct said s = reading_of("nobody.log", SURE_ANSWER, 0, 2);
    say(&s, FACT_NODE_TLS, "@2", NULL, "1.0");
    say(&s, FACT_OWN, "@2", "CAPF", cert_of(&s, "CN=CAPF-12345678", "a"));
    make_site();
    assert_int_equal(site.node_count, 2);
    assert_null(node("cucm-sub1")->tls.text);
    assert_null(node("cucm-pub")->tls.text);
    const struct site_claim *c = claim(SITE_CANNOT_KNOW, "whose output");
    assert_int_equal(c->count, 1);
    assert_int_equal(c->source_count, 1);
}

/* A multi-server certificate is of all nodes, and one for EC is named after the other. */
static void test_which_certificates_name_a_host(void **state)
{
    (void)state;
    (void)table_of_two();
    struct said s = reading_of("a.log", SURE_ANSWER, 0, 2);
    say(&s, FACT_OWN, "@2", "tomcat", cert_of(&s, "CN=cucm-sub1-ms.example.com", "a"));
    say(&s, FACT_NODE_TLS, "@2", NULL, "1.1");
    s = reading_of("b.log", SURE_ANSWER, 0, 3);
    say(&s, FACT_OWN, "@3", "CallManager-ECDSA",
        cert_by(&s, "CN=cucm-pub-EC.example.com", "CN=cucm-pub-EC.example.com", "b", 1700000000,
                KEY_EC_P384));
    say(&s, FACT_NODE_TLS, "@3", NULL, "1.3");
    s = reading_of("c.log", SURE_ANSWER, 0, 4); /* a CA may write any name */
    say(&s, FACT_OWN, "@4", "tomcat",
        cert_by(&s, "CN=portal.example.com", "CN=Corp CA", "c", 1700000000, KEY_RSA_1024));
    make_site();
    assert_int_equal(site.node_count, 2);
    assert_null(node("cucm-sub1")->tls.text);
    assert_string_equal(node("cucm-pub")->tls.text, "1.3");
    assert_int_equal(claim(SITE_CANNOT_KNOW, "whose output")->count, 2);
}

/* Signed by a CA for several nodes, with the name of one of them as common name: it says nothing of
 * whose log it is in.  One for a node and its domain does. */
static void test_a_multi_server_certificate_names_nobody(void **state)
{
    (void)state;
    (void)table_of_two();
    struct said s = reading_of("sub.log", SURE_ANSWER, 0, 2);
    say(&s, FACT_OWN, "@2", "tomcat",
        cert_for(&s, "CN=cucm-pub.example.com", "cucm-pub.example.com,CUCM-SUB1.example.com"));
    say(&s, FACT_OWN, "@2", "TVS", cert_of(&s, "CN=cucm-sub1.example.com", "a"));
    s = reading_of("pub.log", SURE_ANSWER, 0, 3);
    say(&s, FACT_OWN, "@3", "tomcat",
        cert_for(&s, "CN=CUCM-pub.example.com", "example.com,cucm-pub.example.com"));
    say(&s, FACT_NODE_TLS, "@3", NULL, "1.3");
    make_site();
    assert_null(node("cucm-pub")->own[OWN_TVS].text);
    assert_non_null(node("cucm-sub1")->own[OWN_TVS].text);
    assert_non_null(node("cucm-sub1")->own[OWN_TOMCAT].text);
    assert_string_equal(node("cucm-pub")->tls.text, "1.3");
}

/* Two logs behind each other, and no login between them. */
static void test_a_log_of_two_nodes_is_said(void **state)
{
    static const char *const both[][2] = { { "cucm-pub", "cucm-sub1" },
                                           { "cucm-pub.example.com", "cucm-sub1.example.com" },
                                           { "10.1.1.10", "10.1.1.11" },
                                           { "cucm-pub", "cucm-sub1.example.com" } };
    for (size_t i = 0; i < sizeof both / sizeof *both; i++) {
        (void)table_of_two();
        struct said s = reading_of("both.log", SURE_ANSWER, 0, 2);
        say(&s, FACT_HERE, "@2", NULL, both[i][0]);
        say(&s, FACT_HERE, "@2", NULL, both[i][1]);
        say(&s, FACT_HERE, "@2", NULL, "CUCM-pub"); /* as the first, whatever its form */
        say(&s, FACT_NODE_TLS, "@2", NULL, "1.2");
        make_site();
        assert_int_equal(site.node_count, 2);
        assert_string_equal(node("cucm-pub")->tls.text, "1.2");
        assert_null(node("cucm-sub1")->tls.text);
        assert_non_null(claim_of(SITE_CONTRADICTS, "whose output a log is"));
        site_end(state);
        site_begin(state);
    }
}

static void test_files_of_the_only_node_are_its(void **state)
{
    (void)state;
    struct said s = reading_of("pub.log", SURE_ANSWER, 0, 1);
    say(&s, FACT_NODE_ROLE, "one", NULL, "publisher");
    s = reading_of("tls.txt", SURE_ANSWER, 0, 0);
    say(&s, FACT_NODE_TLS, "@0", NULL, "1.2");
    s = reading_of("fips.txt", SURE_ANSWER, 0, 2);
    say(&s, FACT_NODE_FIPS, "@2", NULL, "no");
    say(&s, FACT_VERSION, "@2", NULL, "12.5.1.14900-63");
    s = reading_of("own.log", SURE_ANSWER, 0, 3);
    say(&s, FACT_HERE, "@3", NULL, "one");
    say(&s, FACT_NODE_REPLICATION, "@3", NULL, "2");
    make_site();
    assert_string_equal(node("one")->tls.text, "1.2");
    assert_string_equal(node("one")->fips.text, "no");
    const struct site_claim *c = claim(SITE_ASSUMED, "whose output some files are");
    assert_int_equal(c->count, 2); /* each said once, the log that names its node not */
    assert_string_equal(c->value, "one");
}

/* Files without a session are files apart. */
static void test_two_files_of_nobody_are_not_one(void **state)
{
    (void)state;
    (void)table_of_two();
    struct said s = reading_of("a.txt", SURE_ANSWER, 0, 0);
    say(&s, FACT_OWN, "@0", "TVS", cert_of(&s, "CN=cucm-sub1.example.com", "a"));
    s = reading_of("b.txt", SURE_ANSWER, 0, 0);
    say(&s, FACT_NODE_TLS, "@0", NULL, "1.0");
    make_site();
    assert_non_null(node("cucm-sub1")->own[OWN_TVS].text);
    assert_null(node("cucm-sub1")->tls.text);
}

static void test_other_products_are_left_out(void **state)
{
    (void)state;
    struct said s = table_of_two();
    say(&s, FACT_NODE_ROLE, "imp1", NULL, "publisher");
    say(&s, FACT_NODE_PRODUCT, "imp1", NULL, "cups");
    say(&s, FACT_NODE_PRODUCT, "cucm-pub", NULL, "callmanager");
    say(&s, FACT_NODE_LISTED, "EnterpriseWideData", NULL, "yes");
    make_site();
    assert_int_equal(site.node_count, 2);
    assert_int_equal(site.other_count, 1);
    assert_string_equal(site.others[0].name, "imp1");
    assert_non_null(strstr(site.others[0].why, "cups"));
    assert_non_null(claim_of(SITE_KNOWN, "imp1 is left out"));
    assert_null(claim_of(SITE_CONTRADICTS, "publisher"));
}

static void test_two_publishers(void **state)
{
    (void)state;
    struct said s = reading_of("old.csv", SURE_EXPORT, 0, 0);
    say(&s, FACT_NODE_ROLE, "a", NULL, "publisher");
    s = reading_of("new.log", SURE_ANSWER, 0, 1);
    say(&s, FACT_NODE_ROLE, "b", NULL, "publisher");
    make_site();
    assert_string_equal(site.nodes[0].name, "b");
    assert_true(site.nodes[0].publisher);
    assert_false(site.nodes[1].publisher);
    const struct site_claim *c = claim(SITE_CONTRADICTS, "publisher");
    assert_int_equal(c->source_count, 2);
    assert_string_equal(c->value, "b");
}

static void test_no_publisher(void **state)
{
    (void)state;
    struct said s = reading_of("x.log", SURE_ANSWER, 0, 1);
    say(&s, FACT_NODE_LISTED, "a", NULL, "yes");
    say(&s, FACT_NODE_LISTED, "b", NULL, "yes");
    say(&s, FACT_SERVICE, "a", "Cisco DRF Master", "stopped");
    say(&s, FACT_SERVICE, "b", "Cisco DRF Master", "started");
    make_site();
    assert_string_equal(site.nodes[0].name, "b");
    assert_string_equal(claim(SITE_ASSUMED, "publisher")->value, "b");
}

static void test_a_node_known_by_its_address_alone(void **state)
{
    (void)state;
    struct said s = reading_of("x.csv", SURE_ANSWER, 0, 0);
    say(&s, FACT_NODE_LISTED, "10.1.1.10", NULL, "yes");
    say(&s, FACT_VERSION, "10.1.1.10", NULL, "12.5.1.14900-63");
    make_site();
    assert_int_equal(site.node_count, 1);
    assert_string_equal(site.nodes[0].name, "10.1.1.10");
    assert_string_equal(site.version, "12.5(1)SU4");
}

static void test_an_address_of_two_hosts(void **state)
{
    (void)state;
    struct said s = reading_of("old.csv", SURE_EXPORT, 0, 0);
    say(&s, FACT_NODE_LISTED, "a", NULL, "yes");
    say(&s, FACT_NODE_LISTED, "b", NULL, "yes");
    say(&s, FACT_NODE_ADDRESS, "a", NULL, "10.0.0.1");
    s = reading_of("new.log", SURE_ANSWER, 0, 1);
    say(&s, FACT_NODE_ADDRESS, "b", NULL, "10.0.0.1");
    say(&s, FACT_NODE_TLS, "10.0.0.1", NULL, "1.2");
    make_site();
    assert_int_equal(site.node_count, 2);
    assert_string_equal(node("b")->tls.text, "1.2");
    assert_null(node("a")->tls.text);
    assert_int_equal(claim(SITE_CONTRADICTS, "address 10.0.0.1")->source_count, 2);
}

static void test_who_is_in_no_list_of_servers(void **state)
{
    (void)state;
    (void)table_of_two();
    struct said s = reading_of("other.log", SURE_ANSWER, 0, 5);
    say(&s, FACT_HERE, "@5", NULL, "elsewhere");
    say(&s, FACT_NODE_TLS, "@5", NULL, "1.0");
    make_site();
    assert_int_equal(site.node_count, 2);
    assert_int_equal(site.other_count, 1);
    assert_string_equal(site.others[0].name, "elsewhere");
}

static void test_more_than_a_cluster_can_have(void **state)
{
    (void)state;
    struct said s = reading_of("x.log", SURE_ANSWER, 0, 1);
    char name[32];
    for (int i = 0; i < 2000; i++) {
        (void)snprintf(name, sizeof name, "node%d", i);
        say(&s, FACT_NODE_ROLE, name, NULL, i == 1999 ? "publisher" : "subscriber");
        (void)snprintf(name, sizeof name, "n%d.example.com", i);
        say(&s, FACT_NODE_TLS, name, NULL, "1.2");
        (void)snprintf(name, sizeof name, "@%d", i + 10);
        say(&s, FACT_NODE_FIPS, name, NULL, "yes");
    }
    make_site();
    assert_int_equal(site.node_count, CLUSTER_NODES);
    assert_string_equal(site.nodes[0].name, "node1999");
    assert_string_equal(site.nodes[1].name, "node0");
    assert_int_equal(site.other_count, 2000 - CLUSTER_NODES + 2000);
}

static void test_nodes_that_groups_alone_name(void **state)
{
    (void)state;
    struct said s = reading_of("group.xml", SURE_ANSWER, 0, 0);
    say_nth(&s, FACT_GROUP_MEMBER, "CMG", 1, "CM_sub1");
    say_nth(&s, FACT_GROUP_MEMBER, "CMG", 2, "CM_pub");
    make_site();
    assert_int_equal(site.node_count, 2);
    assert_string_equal(node("sub1")->name, "sub1");
    assert_int_equal(site.groups[0].count, 2);
    assert_non_null(claim_of(SITE_ASSUMED, "nodes"));
}

static void test_phones_alone_make_a_cluster(void **state)
{
    (void)state;
    struct said s = reading_of("page.html", SURE_PAGE, 0, 0);
    say(&s, FACT_PHONE_MODEL, "SEP001122334455", NULL, "Cisco 8845");
    make_site();
    assert_int_equal(site.node_count, 1);
    assert_true(site.nodes[0].publisher && site.nodes[0].assumed);
    assert_non_null(claim_of(SITE_CANNOT_KNOW, "nodes"));
    assert_string_equal(site.name, "HQ");
}

static void test_nothing_is_no_site(void **state)
{
    (void)state;
    struct err e = { "" };
    assert_false(site_of(&facts, NULL, TODAY_S, &site, &e));
    assert_non_null(strstr(e.text, "nothing"));
}

static void test_names_that_no_node_can_have(void **state)
{
    (void)state;
    struct said s = reading_of("x.log", SURE_ANSWER, 0, 1);
    say(&s, FACT_NODE_ROLE, "good", NULL, "publisher");
    say(&s, FACT_NODE_ROLE, "a\"}) os.exit()", NULL, "subscriber");
    say(&s, FACT_NODE_ROLE, "", NULL, "subscriber");
    say(&s, FACT_NODE_ROLE, "127.0.0.1", NULL, "subscriber");
    make_site();
    assert_int_equal(site.node_count, 1);
    assert_int_equal(site.other_count, 1);
}

/* ---- files of two clusters ---- */

static void assert_two_clusters(bool two)
{
    assert_true(two == (claim_of(SITE_CONTRADICTS, "which cluster files are of") != NULL));
}

/* The same names elsewhere: other addresses, or another domain. */
static void test_equal_names_of_two_clusters(void **state)
{
    (void)table_of_two();
    struct said s = reading_of("far.log", SURE_ANSWER, 0, 2);
    say(&s, FACT_NODE_ROLE, "cucm-pub", NULL, "publisher");
    say(&s, FACT_NODE_ADDRESS, "cucm-pub", NULL, "10.9.1.10");
    say(&s, FACT_NODE_ROLE, "cucm-sub1", NULL, "subscriber");
    say(&s, FACT_NODE_ADDRESS, "cucm-sub1", NULL, "10.9.1.11");
    make_site();
    const struct site_claim *c = claim(SITE_CONTRADICTS, "which cluster files are of");
    assert_int_equal(c->source_count, 2);
    assert_non_null(strstr(c->why, "cucm-pub has the address 10.1.1.10 (pub.log:7) and the "
                                   "address 10.9.1.10 (far.log:7)"));
    site_end(state);
    site_begin(state);
    (void)table_of_two();
    s = reading_of("far.log", SURE_ANSWER, 0, 2);
    say(&s, FACT_HERE, "@2", NULL, "cucm-sub1");
    say(&s, FACT_OWN, "@2", "TVS", cert_of(&s, "CN=cucm-sub1.example.org", "a"));
    make_site();
    assert_two_clusters(true);
}

/* A node that was given another address, one with two; answers of each node by itself. */
static void test_one_cluster(void **state)
{
    (void)state;
    struct said s = table_of_two();
    say(&s, FACT_NODE_ADDRESS, "cucm-pub", NULL, "2001:db8::10");
    say(&s, FACT_NODE_ADDRESS, "cucm-pub", NULL, "10.1.1.110");
    s = reading_of("sub.log", SURE_ANSWER, 0, 2);
    say(&s, FACT_HERE, "@2", NULL, "cucm-sub1");
    say(&s, FACT_NODE_ADDRESS, "cucm-pub", NULL, "2001:db8::10");
    say(&s, FACT_NODE_ADDRESS, "cucm-pub", NULL, "10.1.1.10");
    say(&s, FACT_NODE_ADDRESS, "@2", NULL, "10.1.1.99");
    say(&s, FACT_OWN, "@2", "TVS", cert_of(&s, "CN=CUCM-sub1.Example.com", "a"));
    say(&s, FACT_OWN, "@2", "ITLRecovery", cert_of(&s, "CN=ITLRECOVERY_cucm-pub.x.org", "b"));
    s = reading_of("one.xml", SURE_ANSWER, 0, 3);
    say(&s, FACT_NODE_ROLE, "cucm-sub1", NULL, "subscriber");
    say(&s, FACT_PARAMETER, "ClusterID", NULL, "StandAloneCluster");
    make_site();
    assert_two_clusters(false);
    const struct site_claim *c = claim(SITE_CONTRADICTS, "node cucm-sub1");
    assert_non_null(strstr(c->why, "10.1.1.99"));
}

static void test_two_publishers_of_two_clusters(void **state)
{
    (void)state;
    struct said s = table_of_two();
    say(&s, FACT_NODE_ROLE, "imp1", NULL, "publisher");
    say(&s, FACT_NODE_PRODUCT, "imp1", NULL, "cups");
    make_site();
    assert_two_clusters(false);
    site_end(state);
    site_begin(state);
    (void)table_of_two();
    s = reading_of("far.log", SURE_ANSWER, 0, 2);
    say(&s, FACT_NODE_ROLE, "far-pub", NULL, "publisher");
    make_site();
    assert_two_clusters(true);
}

static void test_two_cluster_ids(void **state)
{
    (void)state;
    struct said s = table_of_two();
    say(&s, FACT_PARAMETER, "ClusterID", NULL, "HQ");
    s = reading_of("far.log", SURE_ANSWER, 0, 2);
    say(&s, FACT_PARAMETER, "ClusterID", NULL, "Far");
    make_site();
    assert_two_clusters(true);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, site_begin, site_end)
    const struct CMUnitTest tests[] = {
        TEST(test_every_form_of_a_name_is_one_node),
        TEST(test_a_log_is_known_by_its_certificate),
        TEST(test_a_log_that_nothing_names_is_said),
        TEST(test_which_certificates_name_a_host),
        TEST(test_a_multi_server_certificate_names_nobody),
        TEST(test_a_log_of_two_nodes_is_said),
        TEST(test_files_of_the_only_node_are_its),
        TEST(test_two_files_of_nobody_are_not_one),
        TEST(test_other_products_are_left_out),
        TEST(test_two_publishers),
        TEST(test_no_publisher),
        TEST(test_a_node_known_by_its_address_alone),
        TEST(test_an_address_of_two_hosts),
        TEST(test_who_is_in_no_list_of_servers),
        TEST(test_more_than_a_cluster_can_have),
        TEST(test_nodes_that_groups_alone_name),
        TEST(test_phones_alone_make_a_cluster),
        TEST(test_nothing_is_no_site),
        TEST(test_names_that_no_node_can_have),
        TEST(test_equal_names_of_two_clusters),
        TEST(test_one_cluster),
        TEST(test_two_publishers_of_two_clusters),
        TEST(test_two_cluster_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
