/* What comes of facts about a cluster: the rule of two sources, versions, certificates and
 * services, trust stores, TVS, parameters, groups and pools (sim/import/site_*.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sim/wire/text.h"
#include "sim/import/recognise.h"
#include "tests/unit/site_fixture.h"

#define DAY INT64_C(86400)

static struct said two_nodes(void)
{
    struct said s = reading_of("pub.log", SURE_ANSWER, 0, 1);
    say(&s, FACT_NODE_ROLE, "pub", NULL, "publisher");
    say(&s, FACT_NODE_ROLE, "sub", NULL, "subscriber");
    return s;
}

/* ---- the rule ---- */

static void test_the_surer_source_goes(void **state)
{
    (void)state;
    (void)two_nodes();
    struct said s = reading_of("a.csv", SURE_EXPORT, 2000, 0);
    say(&s, FACT_NODE_TLS, "sub", NULL, "1.0");
    s = reading_of("b.log", SURE_ANSWER, 1000, 2);
    say(&s, FACT_NODE_TLS, "sub", NULL, "1.2");
    make_site();
    assert_string_equal(node("sub")->tls.text, "1.2");
    const struct site_claim *c = claim(SITE_CONTRADICTS, "minimum TLS version of sub");
    assert_string_equal(c->value, "1.2");
    assert_non_null(strstr(c->why, "a.csv:7 says \"1.0\""));
    assert_int_equal(c->source_count, 2);
    char where[SITE_WHERE];
    assert_string_equal(site_where(&site, site.sources[c->sources], where), "b.log:7");
    assert_string_equal(site_where(&site, site.sources[c->sources + 1], where), "a.csv:7");
}

static void test_then_the_younger_then_the_first(void **state)
{
    (void)state;
    (void)two_nodes();
    struct said s = reading_of("old", SURE_ANSWER, 1000, 2);
    say(&s, FACT_NODE_TLS, "sub", NULL, "1.0");
    say(&s, FACT_NODE_FIPS, "sub", NULL, "yes");
    s = reading_of("new", SURE_ANSWER, 2000, 3);
    say(&s, FACT_NODE_TLS, "sub", NULL, "1.1");
    s = reading_of("undated", SURE_ANSWER, 0, 4);
    say(&s, FACT_NODE_TLS, "sub", NULL, "1.2");
    s = reading_of("as old", SURE_ANSWER, 1000, 5);
    say(&s, FACT_NODE_FIPS, "sub", NULL, "no");
    make_site();
    assert_string_equal(node("sub")->tls.text, "1.1");
    assert_string_equal(node("sub")->fips.text, "yes");
    assert_non_null(strstr(claim(SITE_CONTRADICTS, "minimum TLS")->why, "undated:7"));
    assert_non_null(strstr(claim(SITE_CONTRADICTS, "minimum TLS")->why, "old:7"));
}

static void test_sources_that_agree_do_not_contradict(void **state)
{
    (void)state;
    (void)two_nodes();
    struct said s = reading_of("a.csv", SURE_EXPORT, 0, 0);
    say(&s, FACT_NODE_TLS, "sub", NULL, "1.2");
    s = reading_of("b.log", SURE_ANSWER, 0, 2);
    say(&s, FACT_NODE_TLS, "SUB", NULL, "1.2");
    make_site();
    assert_null(claim_of(SITE_CONTRADICTS, ""));
    char where[SITE_WHERE]; /* of the surer one */
    uint32_t fact = node("sub")->tls.fact;
    assert_string_equal(site_where(&site, site_source_of(&site, fact), where), "b.log:7");
}

/* ---- versions ---- */

static void test_builds_are_releases(void **state)
{
    (void)state;
    static const char *const builds[][2] = {
        /* pairs as Cisco publishes them (release notes, field notice 70613) */
        { "12.5.1.13900-152", "12.5(1)SU3" }, { "12.5.1.10000-22", "12.5(1)" },
        { "11.5.1.11900-26", "11.5(1)SU1" },  { "10.5.2.10000-5", "10.5(2)" },
        { "7.1.5.10000-12", "7.1(5)" },       { "14.0.1.10000-20", "14" },
        { "14.0.1.13900-155", "14SU3" },      { "15.0.1.11900-40", "15SU1" },
        { "8.6.2.20000-2", "8.6(2)" },        { "9.1.2.10000-28", "9.1(2)" },
        { "12.5(1)SU4", "12.5(1)SU4" },
    };
    for (size_t i = 0; i < sizeof builds / sizeof *builds; i++) {
        struct said s = two_nodes();
        say(&s, FACT_VERSION, "pub", NULL, builds[i][0]);
        make_site();
        assert_string_equal(site.version, builds[i][1]);
        assert_non_null(claim_of(SITE_KNOWN, "version"));
        site_free(&site);
        facts_free(&facts);
        facts_init(&facts, &sys_mem);
    }
}

static void test_versions_that_nobody_knows(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_VERSION, "pub", NULL, "99.1.2.3-4");
    say(&s, FACT_VERSION, "sub", NULL, "14.0.1.10000-20");
    make_site();
    assert_non_null(version_find(site.version));
    assert_non_null(claim_of(SITE_ASSUMED, "version"));
    assert_non_null(claim_of(SITE_CONTRADICTS, "version of sub"));
}

/* ---- certificates and services ---- */

static void test_own_certificates(void **state)
{
    (void)state;
    struct said s = two_nodes();
    const char *tvs = cert_of(&s, "CN=sub", "a"), *other = cert_of(&s, "CN=sub", "b");
    say(&s, FACT_OWN, "sub", "TVS", tvs);
    say(&s, FACT_OWN, "sub", "tomcat/tomcat.pem", other);
    say(&s, FACT_OWN, "sub", "no such unit", other);
    say(&s, FACT_OWN_LISTED, "sub", "TVS", "Self-signed");
    say(&s, FACT_OWN_LISTED, "sub", "ipsec", "Self-signed");
    make_site();
    assert_string_equal(node("sub")->own[OWN_TVS].text, tvs);
    assert_string_equal(node("sub")->own[OWN_TOMCAT].text, other);
    assert_int_equal(node("sub")->own_missing, 1);
    assert_non_null(claim_of(SITE_CANNOT_KNOW, "own certificate ipsec of sub"));
    assert_null(claim_of(SITE_CANNOT_KNOW, "own certificate TVS of sub"));
}

static const struct site_service *service(const char *of, enum service which)
{
    const struct site_node *n = node(of);
    for (uint32_t i = 0; i < n->service_count; i++) {
        if (n->services[i].service == which)
            return &n->services[i];
    }
    fail_msg("no such service");
    return NULL;
}

static void test_the_wire_says_what_a_service_works_with(void **state)
{
    (void)state;
    struct said s = two_nodes();
    const char *disk = cert_of(&s, "CN=sub", "a"), *wire = cert_of(&s, "CN=sub", "b");
    say(&s, FACT_OWN, "sub", "TVS", disk);
    say(&s, FACT_OWN, "sub", "tomcat", disk);
    say(&s, FACT_SHOWN, "sub", "2445", wire);
    say(&s, FACT_SHOWN, "sub", "8443", disk);
    say(&s, FACT_SHOWN, "pub", "8443", wire);
    make_site();
    assert_string_equal(service("sub", SERVICE_TVS)->runs.text, wire);
    for (uint32_t i = 0; i < node("sub")->service_count; i++)
        assert_true(node("sub")->services[i].service != SERVICE_TOMCAT ||
                    node("sub")->services[i].runs.text == NULL);
    /* nobody says what lies on the disk of pub */
    assert_string_equal(node("pub")->own[OWN_TOMCAT].text, wire);
    assert_non_null(claim_of(SITE_ASSUMED, "own certificate tomcat of pub"));
}

/* 2023-11-14T22:13:20Z is 1700000000. */
static void test_a_service_older_than_its_certificate(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_VERSION, "pub", NULL, "12.5.1.10000-22");
    const char *cert = cert_of(&s, "CN=x", "a");
    static const struct {
        const char *service, *unit, *since;
        enum service kind;
        bool unknown;
    } cases[] = {
        { "Cisco Trust Verification Service", "TVS", "2023-11-14T22:13:19Z", SERVICE_TVS, true },
        { "Cisco Tftp", "CallManager", "2023-11-14T22:13:20Z", SERVICE_TFTP, false },
        /* without a zone it may be the day's other end */
        { "Cisco Tomcat", "tomcat", "2023-11-14T09:00:00", SERVICE_TOMCAT, false },
        { "Cisco Certificate Authority Proxy Function", "CAPF", "2023-11-14T08:00:00", SERVICE_CAPF,
          true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        say(&s, FACT_OWN, "pub", cases[i].unit, cert);
        say(&s, FACT_SERVICE, "pub", cases[i].service, "started");
        say(&s, FACT_SERVICE_SINCE, "pub", cases[i].service, cases[i].since);
    }
    make_site();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *runs = service("pub", cases[i].kind)->runs.text;
        assert_true(cases[i].unknown == (runs != NULL));
        assert_true(runs == NULL || strcmp(runs, "unknown") == 0);
    }
    assert_non_null(claim_of(SITE_CANNOT_KNOW, "certificate that Cisco Trust Verification"));
}

/* 14SU1 on: CallManager takes up a new certificate by itself. */
static void test_what_takes_up_a_certificate_by_itself(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_VERSION, "pub", NULL, "14.0.1.13900-155");
    say(&s, FACT_OWN, "pub", "CallManager", cert_of(&s, "CN=pub", "a"));
    say(&s, FACT_SERVICE_SINCE, "pub", "Cisco CallManager", "2020-01-01T00:00:00Z");
    make_site();
    assert_null(service("pub", SERVICE_CALLMANAGER)->runs.text);
}

static void test_services_by_any_name(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_SERVICE, "sub", "Cisco Tftp", "not-activated");
    say(&s, FACT_SERVICE, "sub", "TFTP", "not-activated");
    say(&s, FACT_SERVICE, "sub", "Cisco DRF Local", "stopped");
    make_site();
    assert_int_equal(node("sub")->service_count, 2);
    assert_string_equal(node("sub")->services[0].name, "Cisco Tftp");
    assert_int_equal(node("sub")->services[1].service, SERVICES);
}

/* ---- trust ---- */

static const struct site_trust *trusted(const char *store, const char *sha256)
{
    for (uint32_t i = 0; i < site.trust_count; i++) {
        if (strcmp(site.trust[i].store, store) == 0 && strcmp(site.trust[i].sha256, sha256) == 0)
            return &site.trust[i];
    }
    return NULL;
}

static void test_trust_stores(void **state)
{
    (void)state;
    struct said s = two_nodes();
    const char *a = cert_of(&s, "CN=same", "a"), *b = cert_of(&s, "CN=same", "b");
    say(&s, FACT_TRUSTED, "pub", "CallManager-trust", a);
    say(&s, FACT_TRUSTED, "sub", "CallManager", a);       /* as the snapshot has it */
    say(&s, FACT_TRUSTED, "pub", "callmanager-trust", b); /* the same subject twice */
    say(&s, FACT_TRUSTED, "pub", "directory-trust", b);
    make_site();
    assert_int_equal(site.trust_count, 3);
    assert_true(trusted("CallManager-trust", a)->everywhere);
    assert_false(trusted("CallManager-trust", b)->everywhere);
    assert_int_equal(trusted("CallManager-trust", b)->on, 1);
    assert_int_equal(trusted("CallManager-trust", b)->kind, STORE_CALLMANAGER_TRUST);
    assert_int_equal(trusted("directory-trust", b)->kind, STORES);
}

/* Where a node's stores are not known, it counts for nothing. */
static void test_nodes_without_stores(void **state)
{
    (void)state;
    struct said s = two_nodes();
    const char *a = cert_of(&s, "CN=a", "a");
    say(&s, FACT_TRUSTED, "pub", "CAPF-trust", a);
    say(&s, FACT_TRUSTED_LISTED, "pub", "CAPF-trust", "a.pem");
    say(&s, FACT_TRUSTED_LISTED, "pub", "CAPF-trust", "a.pem");
    say(&s, FACT_TRUSTED_LISTED, "pub", "CAPF-trust", "b.pem");
    make_site();
    assert_true(trusted("CAPF-trust", a)->everywhere);
    assert_int_equal(node("pub")->trust_missing, 1);
    assert_int_equal(claim(SITE_CANNOT_KNOW, "trust stores of pub")->count, 1);
    assert_non_null(claim_of(SITE_CANNOT_KNOW, "trust stores of sub"));
}

static void test_tvs_by_issuer_and_serial(void **state)
{
    (void)state;
    struct said s = two_nodes();
    /* two of one subject and issuer: the serial number tells, however it is written */
    const char *a = cert_of(&s, "CN=same;O=X;C=NL", "\x0a\xbc");
    const char *b = cert_of(&s, "CN=same;O=X;C=NL", "\x0a\xbd");
    static const char issuer[] = "C=NL,O=X,CN=same";
    say(&s, FACT_TVS_SUBJECT, issuer, "0ABC", "CN=same");
    say(&s, FACT_TVS_TTL, issuer, "0ABC", "3600");
    say(&s, FACT_TVS_ROLE, issuer, "0ABC", "SAST");
    say(&s, FACT_TVS_ROLE, issuer, "0ABC", "TFTP");
    say(&s, FACT_TVS_ROLE, issuer, "0ABC", "TFTP");
    say(&s, FACT_TVS_SUBJECT, issuer, "a:bd", "CN=same");
    say(&s, FACT_TVS_SUBJECT, "CN=other", "0abc", "CN=same");
    make_site();
    assert_int_equal(site.tvs_count, 3);
    assert_string_equal(site.tvs[0].sha256, a);
    assert_string_equal(site.tvs[1].sha256, b);
    assert_null(site.tvs[2].sha256);
    assert_true(site.tvs[0].has_ttl && !site.tvs[1].has_ttl);
    assert_int_equal(site.tvs[0].ttl_s, 3600);
    assert_string_equal(site.tvs[0].roles, "SAST,TFTP");
    assert_int_equal(claim(SITE_CANNOT_KNOW, "certificates of the TVS store")->count, 1);
}

/* ---- parameters, groups, pools, backups ---- */

static void test_parameters(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_PARAMETER, "ClusterSecurityMode", NULL, "1");
    say(&s, FACT_PARAMETER, "RollBackToPreGrayback", NULL, "T");
    say(&s, FACT_PARAMETER, "Maximum Serving Count", NULL, "3000");
    say(&s, FACT_PARAMETER, "NoSuchThing", NULL, "1");
    make_site();
    assert_string_equal(site.mixed_mode.text, "yes");
    assert_int_equal(site.parameter_count, 2);
    assert_int_equal(site.parameters[0].param, PARAM_ROLLBACK);
    assert_int_equal(site.parameters[0].value, 1);
    assert_int_equal(site.parameters[1].param, PARAM_MAX_SERVING);
    assert_int_equal(site.parameters[1].value, 3000);
}

static void test_the_mode_that_lists_tell(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_PHONE_ITL_RECORD, "SEP001122334455", NULL, "TVS pub");
    say(&s, FACT_PHONE_ITL_RECORD, "SEP001122334455", NULL, "CCM+TFTP pub");
    make_site();
    assert_string_equal(site.mixed_mode.text, "yes");
    assert_non_null(claim_of(SITE_ASSUMED, "mixed mode"));
}

/* `show ctl` says what there is, or that there is nothing. */
static void test_the_mode_that_show_ctl_tells(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_RECORD_ROLE, "pub", "CTLFile.tlv", "SAST");
    say(&s, FACT_RECORD_ROLE, "pub", "CTLFile.tlv", "CCM+TFTP");
    say(&s, FACT_PHONE_CTL, "SEP001122334455", NULL, "none"); /* it was off */
    make_site();
    assert_string_equal(site.mixed_mode.text, "yes");
    const struct site_claim *c = claim(SITE_ASSUMED, "mixed mode");
    assert_non_null(strstr(c->why, "CTL"));
    assert_int_equal(c->source_count, 1);
    site_end(state);
    site_begin(state);
    s = two_nodes();
    say(&s, FACT_LIST_LENGTH, "pub", "CTLFile.tlv", "0");
    make_site();
    assert_string_equal(site.mixed_mode.text, "no");
    assert_int_equal(claim(SITE_ASSUMED, "mixed mode")->source_count, 1);
}

/* The ITL before a CTL, which an earlier mixed mode may have left. */
static void test_the_mode_that_an_itl_tells(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_RECORD_ROLE, "pub", "CTLFile.tlv", "CCM+TFTP");
    say(&s, FACT_RECORD_ROLE, "pub", "ITLFile.tlv", "TFTP");
    make_site();
    assert_string_equal(site.mixed_mode.text, "no");
}

/* Nothing but a CTL: its servers are the nodes, and mixed mode made it. */
static void test_a_ctl_alone(void **state)
{
    (void)state;
    struct said s = reading_of("ctl.tlv", SURE_BYTES, 0, 0);
    const char *cm = cert_of(&s, "CN=cucm-pub.example.com;O=X", "a");
    const char *ctl =
        list_of(&s, "CTLFile.tlv", TL_CCM_TFTP, facts_blob(&facts, cm, false)->bytes, 1000);
    say(&s, FACT_LIST_FOUND, NULL, NULL, ctl);
    make_site();
    assert_int_equal(site.node_count, 1);
    assert_string_equal(site.nodes[0].name, "cucm-pub");
    assert_string_equal(site.nodes[0].domain, "example.com");
    assert_string_equal(site.nodes[0].ctl.text, ctl);
    assert_non_null(strstr(claim(SITE_ASSUMED, "nodes")->why, "trust lists"));
    assert_string_equal(site.mixed_mode.text, "yes");
    assert_int_equal(claim(SITE_ASSUMED, "mixed mode")->source_count, 1);
}

static void test_phones_that_hold_a_ctl(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_PHONE_CTL, "SEP001122334455", NULL, "installed");
    make_site();
    assert_string_equal(site.mixed_mode.text, "yes");
}

static void assert_group(const char *name, const char *const members[CNF_SERVERS])
{
    for (uint32_t i = 0; i < site.group_count; i++) {
        const struct site_group *g = &site.groups[i];
        if (strcmp(g->name, name) != 0)
            continue;
        for (uint32_t k = 0; k < CNF_SERVERS; k++) {
            assert_true((members[k] == NULL) == (k >= g->count));
            if (members[k] != NULL)
                assert_string_equal(site.nodes[g->members[k]].name, members[k]);
        }
        return;
    }
    fail_msg("no group %s", name);
}

static struct said four_nodes(void)
{
    struct said s = two_nodes();
    say(&s, FACT_NODE_ROLE, "c", NULL, "subscriber");
    say(&s, FACT_NODE_ROLE, "d", NULL, "subscriber");
    return s;
}

static void test_groups_have_an_order(void **state)
{
    (void)state;
    struct said s = four_nodes();
    say(&s, FACT_CALLMANAGER, "CM-one", NULL, "pub"); /* a name of its own */
    say_nth(&s, FACT_GROUP_MEMBER, "G", 2, "CM_sub");
    say_nth(&s, FACT_GROUP_MEMBER, "G", 0, "CM-one");
    say_nth(&s, FACT_GROUP_MEMBER, "G", 1, "c.example.com");
    say_nth(&s, FACT_GROUP_MEMBER, "G", 3, "d");
    say_nth(&s, FACT_GROUP_MEMBER, "G", 3, "d");
    make_site();
    assert_group("G", (const char *[]){ "pub", "c", "sub" });
    assert_non_null(strstr(claim(SITE_CONTRADICTS, "CallManager group G")->why, "three"));
}

/* Priorities count from 0 or from 1, rows come in any order: "run sql" and AXL. */
static void test_priorities_from_0_or_1(void **state)
{
    static const int orders[][3] = { { 0, 1, 2 }, { 2, 0, 1 }, { 1, 2, 0 }, { 2, 1, 0 } };
    static const char *const members[] = { "sub", "c", "pub" }; /* by priority */
    for (int from = 0; from < 2; from++) {
        for (size_t o = 0; o < 2 * (sizeof orders / sizeof *orders); o++) {
            const int *order = orders[o / 2];
            char text[800];
            bool axl = o % 2 == 1;
            int n = snprintf(text, sizeof text, "%s",
                             axl ? "<return><callManagerGroup><name>G</name><members>"
                                 : "cmgname servername priority\n======= ========== ========\n");
            for (int i = 0; i < 3; i++)
                n += snprintf(text + n, sizeof text - (size_t)n,
                              axl ? "<member><callManagerName>%s</callManagerName>"
                                    "<priority>%d</priority></member>"
                                  : "G       %-10s %d\n",
                              members[order[i]], order[i] + from);
            snprintf(text + n, sizeof text - (size_t)n, "%s",
                     axl ? "</members></callManagerGroup></return>" : "");
            struct recognised r;
            (void)four_nodes();
            recognise_begin(&r, &facts, &unpack_usual);
            recognise_bytes(&r, "groups", view_str(text));
            assert_int_equal(r.as[RECOGNISED], 1);
            make_site();
            assert_group("G", members);
            assert_null(claim_of(SITE_CONTRADICTS, "CallManager group"));
            recognise_free(&r);
            site_end(state);
            site_begin(state);
        }
    }
}

static void test_groups_that_contradict(void **state)
{
    (void)state;
    (void)four_nodes();
    struct said s = reading_of("tar", SURE_EXPORT, 0, 0);
    say_nth(&s, FACT_GROUP_MEMBER, "G", 0, "sub");
    say_nth(&s, FACT_GROUP_MEMBER, "G", 1, "pub");
    say_nth(&s, FACT_GROUP_MEMBER, "H", 0, "pub");
    s = reading_of("axl", SURE_ANSWER, 0, 0);
    say_nth(&s, FACT_GROUP_MEMBER, "G", 0, "pub");
    say_nth(&s, FACT_GROUP_MEMBER, "G", 1, "sub");
    say_nth(&s, FACT_GROUP_MEMBER, "H", 1, "pub"); /* counts from 1: the same order */
    make_site();
    assert_group("G", (const char *[]){ "pub", "sub", NULL });
    assert_group("H", (const char *[]){ "pub", NULL, NULL });
    assert_non_null(strstr(claim(SITE_CONTRADICTS, "CallManager group G")->why, "tar:7"));
    assert_null(claim_of(SITE_CONTRADICTS, "CallManager group H"));
}

static void test_a_member_that_is_no_node(void **state)
{
    (void)state;
    struct said s = four_nodes();
    say_nth(&s, FACT_GROUP_MEMBER, "G", 0, "gone");
    say_nth(&s, FACT_GROUP_MEMBER, "G", 1, "sub");
    say_nth(&s, FACT_GROUP_MEMBER, "E", 0, "gone too");
    make_site();
    assert_group("G", (const char *[]){ "sub", NULL, NULL });
    assert_non_null(strstr(claim(SITE_CONTRADICTS, "CallManager group G")->why, "gone"));
    assert_int_equal(site.groups[1].count, 3); /* nobody is left: the usual ones */
    assert_true(site.groups[1].assumed);
}

static void test_pools(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say_nth(&s, FACT_GROUP_MEMBER, "G", 0, "sub");
    say_nth(&s, FACT_GROUP_MEMBER, "H", 0, "pub");
    say(&s, FACT_POOL_GROUP, "A", NULL, "H");
    say(&s, FACT_POOL_GROUP, "B", NULL, "no such group");
    make_site();
    assert_int_equal(site.pool_count, 2);
    assert_string_equal(site.groups[site.pools[0].group].name, "H");
    assert_false(site.pools[0].assumed);
    assert_true(site.pools[1].assumed);
    assert_non_null(claim_of(SITE_CONTRADICTS, "device pool B"));
}

/* Names that the lab cannot have become others, and stay apart. */
static void test_names_of_pools(void **state)
{
    (void)state;
    struct said s = two_nodes();
    char text[101];
    memset(text, 'x', 100);
    text[100] = '\0';
    say_nth(&s, FACT_GROUP_MEMBER, "G", 0, "sub");
    say(&s, FACT_POOL_GROUP, text, NULL, "G");
    text[99] = 'y';
    say(&s, FACT_POOL_GROUP, text, NULL, "G");
    say(&s, FACT_POOL_GROUP, " blank ", NULL, "G");
    say(&s, FACT_POOL_GROUP, "blank", NULL, "G");
    say(&s, FACT_POOL_GROUP, "li\nne", NULL, "G");
    make_site();
    assert_int_equal(site.pool_count, 5);
    for (uint32_t i = 0; i < site.pool_count; i++) {
        assert_true(strlen(site.pools[i].name) < CLUSTER_NAME);
        for (uint32_t k = 0; k < i; k++)
            assert_string_not_equal(site.pools[i].name, site.pools[k].name);
    }
    assert_string_equal(site.pools[2].name, "blank");
    assert_string_equal(site.pools[4].name, "li?ne");
}

static void test_the_newest_backup(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_BACKUP, NULL, NULL, "2026-03-01T02:00:00");
    say(&s, FACT_BACKUP, NULL, NULL, "2026-04-01T02:00:00");
    say(&s, FACT_BACKUP_FAILED, NULL, NULL, "2026-05-01T02:00:00");
    make_site();
    assert_string_equal(site.backup.text, "2026-04-01T02:00:00");
}

static void test_no_backup_succeeded(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_BACKUP_FAILED, NULL, NULL, "2026-05-01T02:00:00");
    make_site();
    assert_string_equal(site.backup.text, "none");
}

static void test_no_source_has_backups(void **state)
{
    (void)state;
    (void)two_nodes();
    make_site();
    assert_null(site.backup.text);
    assert_non_null(claim_of(SITE_CANNOT_KNOW, "last backup"));
    assert_non_null(claim_of(SITE_CANNOT_KNOW, "whether ITLRecovery.p12"));
}

/* ---- the present ---- */

static void test_the_present(void **state)
{
    (void)state;
    (void)two_nodes();
    (void)reading_of("a", SURE_ANSWER, TODAY_S - 3 * DAY, 0);
    (void)reading_of("b", SURE_ANSWER, TODAY_S - 9 * DAY, 0);
    (void)reading_of("c", SURE_ANSWER, TODAY_S + 300 * DAY, 0); /* a clock that is wrong */
    make_site();
    assert_true(site.present_said);
    assert_int_equal(site.present_s, TODAY_S - 3 * DAY);
    assert_non_null(claim_of(SITE_CONTRADICTS, "the present"));
}

/* What a source tells of was before the present: an export that has no date of its own is younger
 * than the log beside it.  A date without a zone may be 14 hours off. */
static void test_nothing_was_after_the_present(void **state)
{
    (void)state;
    struct said s = two_nodes();
    (void)reading_of("a", SURE_ANSWER, TODAY_S - 300 * DAY, 0);
    say(&s, FACT_PHONE_SEEN, "SEP001122334455", NULL, "2026-03-14T06:00:00Z");
    say(&s, FACT_BACKUP, NULL, NULL, "2026-03-14T07:00:00");
    make_site();
    assert_int_equal(site.present_s, 1773468000);
}

/* Two logs without a date of their own: each is younger than what it holds. */
static void test_what_a_log_holds_dates_it(void **state)
{
    (void)state;
    (void)two_nodes();
    struct said s = reading_of("a.json", SURE_BYTES, 0, 0);
    say(&s, FACT_OWN, "pub", "TVS", cert_by(&s, "CN=pub", "CN=pub", "a", 1700000000, KEY_RSA_1024));
    s = reading_of("b.json", SURE_BYTES, 0, 0);
    const char *now = cert_by(&s, "CN=pub", "CN=pub", "b", 1760000000, KEY_RSA_1024);
    say(&s, FACT_OWN, "pub", "TVS", now);
    s = reading_of("old.log", SURE_ANSWER, 0, 2);
    say(&s, FACT_LIST_SHA1, "pub", "ITLFile.tlv", "1111111111111111111111111111111111111111");
    say(&s, FACT_LIST_MADE, "pub", "ITLFile.tlv", "2026-01-01T06:00:00");
    s = reading_of("new.log", SURE_ANSWER, 0, 3);
    say(&s, FACT_LIST_SHA1, "pub", "ITLFile.tlv", "2222222222222222222222222222222222222222");
    s = reading_of("new.log", SURE_ANSWER, 0, 3); /* another command of that log */
    say(&s, FACT_BACKUP, NULL, NULL, "2026-05-01T06:00:00");
    s = reading_of("ahead.log", SURE_ANSWER, 0, 4); /* is not believed */
    say(&s, FACT_LIST_SHA1, "pub", "ITLFile.tlv", "3333333333333333333333333333333333333333");
    say(&s, FACT_LIST_MADE, "pub", "ITLFile.tlv", "2036-01-01T06:00:00");
    make_site();
    assert_string_equal(node("pub")->own[OWN_TVS].text, now);
    assert_string_equal(node("pub")->itl_sha1.text, "2222222222222222222222222222222222222222");
    assert_non_null(claim_of(SITE_CONTRADICTS, "own certificate TVS"));
}

/* It can be in no group, and the lab takes none with it. */
static void test_members_without_callmanager(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_SERVICE, "sub", "Cisco CallManager", "not-activated");
    say_nth(&s, FACT_GROUP_MEMBER, "G", 0, "sub");
    say_nth(&s, FACT_GROUP_MEMBER, "G", 1, "pub");
    make_site();
    assert_int_equal(site.groups[0].count, 1);
    assert_string_equal(site.nodes[site.groups[0].members[0]].name, "pub");
    assert_non_null(claim_of(SITE_CONTRADICTS, "CallManager group G"));
}

static void test_names_that_are_cut(void **state)
{
    char a[200] = "a", b[208];
    for (size_t i = 0; i < 40; i++)
        memcpy(a + 1 + 2 * i, "\xc3\xa9", 2);
    snprintf(b, sizeof b, "%s other", a);
    struct said s = two_nodes();
    (void)state;
    say_nth(&s, FACT_GROUP_MEMBER, a, 0, "pub");
    say_nth(&s, FACT_GROUP_MEMBER, b, 0, "sub");
    make_site();
    assert_int_equal(site.group_count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        const char *name = site.groups[i].name;
        assert_true(strlen(name) < 64);
        for (const uint8_t *p = (const uint8_t *)name; *p != 0; p += *p < 0x80 ? 1 : text_utf8(p))
            assert_true(*p < 0x80 || text_utf8(p) > 0);
    }
    assert_string_not_equal(site.groups[0].name, site.groups[1].name);
}

static void test_nobody_says_the_present(void **state)
{
    (void)state;
    (void)two_nodes();
    make_site();
    assert_false(site.present_said);
    assert_int_equal(site.present_s, TODAY_S);
    assert_non_null(claim_of(SITE_ASSUMED, "the present"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, site_begin, site_end)
    const struct CMUnitTest tests[] = {
        TEST(test_the_surer_source_goes),
        TEST(test_then_the_younger_then_the_first),
        TEST(test_sources_that_agree_do_not_contradict),
        TEST(test_builds_are_releases),
        TEST(test_versions_that_nobody_knows),
        TEST(test_own_certificates),
        TEST(test_the_wire_says_what_a_service_works_with),
        TEST(test_a_service_older_than_its_certificate),
        TEST(test_what_takes_up_a_certificate_by_itself),
        TEST(test_services_by_any_name),
        TEST(test_trust_stores),
        TEST(test_nodes_without_stores),
        TEST(test_tvs_by_issuer_and_serial),
        TEST(test_parameters),
        TEST(test_the_mode_that_lists_tell),
        TEST(test_the_mode_that_show_ctl_tells),
        TEST(test_the_mode_that_an_itl_tells),
        TEST(test_a_ctl_alone),
        TEST(test_phones_that_hold_a_ctl),
        TEST(test_groups_have_an_order),
        TEST(test_priorities_from_0_or_1),
        TEST(test_groups_that_contradict),
        TEST(test_a_member_that_is_no_node),
        TEST(test_pools),
        TEST(test_names_of_pools),
        TEST(test_the_newest_backup),
        TEST(test_no_backup_succeeded),
        TEST(test_no_source_has_backups),
        TEST(test_the_present),
        TEST(test_nobody_says_the_present),
        TEST(test_nothing_was_after_the_present),
        TEST(test_names_that_are_cut),
        TEST(test_what_a_log_holds_dates_it),
        TEST(test_members_without_callmanager),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
