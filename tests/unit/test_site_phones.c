/* What comes of facts about phones: which source goes, who is there, which lists they hold, classes
 * (sim/import/site_phones.c, site_classes.c, site_lists.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/site_fixture.h"

#define A    "SEP001122334455"
#define B    "SEP001122334466"
#define C    "SEP001122334477"
#define SHA1 "fabdf758968791895609e4ccfea72fb10a799d03"
#define NEXT "f6a4f758968791895609e4ccfea72fb10a799d03"

static struct said cluster_of_two(void)
{
    struct said s = reading_of("pub.log", SURE_ANSWER, 0, 1);
    say(&s, FACT_NODE_ROLE, "pub", NULL, "publisher");
    say(&s, FACT_NODE_FQDN, "pub", NULL, "pub.example.com");
    say(&s, FACT_NODE_ROLE, "sub", NULL, "subscriber");
    say_nth(&s, FACT_GROUP_MEMBER, "G", 0, "sub");
    say_nth(&s, FACT_GROUP_MEMBER, "G", 1, "pub");
    say(&s, FACT_POOL_GROUP, "P", NULL, "G");
    return s;
}

static struct view der_of(const char *sha256)
{
    return facts_blob(&facts, sha256, false)->bytes;
}

/* ---- columns ---- */

static void test_two_sources_of_one_phone(void **state)
{
    (void)state;
    (void)cluster_of_two();
    struct said s = reading_of("bat.csv", SURE_EXPORT, 0, 0);
    say(&s, FACT_PHONE_MODEL, "sep001122334455", NULL, "Cisco 8841");
    say(&s, FACT_PHONE_POOL, "sep001122334455", NULL, "Old");
    say(&s, FACT_PHONE_LOAD, "sep001122334455", NULL, "sip88xx.12-8-1-0001-455");
    s = reading_of("axl.xml", SURE_ANSWER, 0, 0);
    say(&s, FACT_PHONE_MODEL, A, NULL, "Cisco 8841");
    say(&s, FACT_PHONE_POOL, A, NULL, "P");
    make_site();
    assert_int_equal(site.phone_count, 1);
    const struct site_phone *p = phone(A);
    assert_string_equal(p->model.text, "8841");
    assert_string_equal(site.pools[p->pool].name, "P");
    assert_string_equal(p->load.text, "sip88xx.12-8-1-0001-455");
    assert_int_equal(claim(SITE_CONTRADICTS, "device pool of phones")->count, 1);
    assert_null(claim_of(SITE_CONTRADICTS, "model of phones"));
}

static void test_models(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    say(&s, FACT_PHONE_MODEL, A, NULL, "Cisco 7965");
    say(&s, FACT_PHONE_MODEL, B, NULL, "436"); /* CUCM's number of a 7965 */
    say(&s, FACT_PHONE_MODEL, C, NULL, "Cisco Telepathy 3");
    say(&s, FACT_PHONE_LOAD, "SEP001122334488", NULL, "x");
    make_site();
    assert_string_equal(phone(A)->model.text, "7965");
    assert_string_equal(phone(B)->model.text, "7965");
    assert_string_equal(phone(C)->model.text, "Cisco Telepathy 3");
    assert_string_equal(site.usual_model, "7965");
    assert_int_equal(claim(SITE_ASSUMED, "model of phones")->count, 1);
}

static void test_security_of_profiles(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    say(&s, FACT_PHONE_PROFILE, A, NULL, "Head office");
    say(&s, FACT_PROFILE_MODE, "Head office", NULL, "authenticated");
    say(&s, FACT_PROFILE_ENCRYPTED, "Head office", NULL, "yes");
    say(&s, FACT_PHONE_PROFILE, B, NULL, "Cisco 8841 - Standard SIP Non-Secure Profile");
    say(&s, FACT_PHONE_PROFILE, C, NULL, "Secure for all, Encrypted Config");
    make_site();
    assert_string_equal(phone(A)->security.text, "authenticated");
    assert_string_equal(phone(A)->encrypted.text, "yes");
    assert_string_equal(phone(B)->security.text, "non-secure");
    assert_null(phone(B)->encrypted.text);
    assert_string_equal(phone(C)->security.text, "encrypted");
    assert_string_equal(phone(C)->encrypted.text, "yes");
    assert_int_equal(claim(SITE_ASSUMED, "security of phones")->count, 1);
}

/* What a profile says goes; what the phone's page shows before what the profile is called. */
static void test_security_mode_of_pages(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    const char *const of[] = { A, B, C };
    say(&s, FACT_PROFILE_MODE, "known", NULL, "encrypted");
    for (size_t i = 0; i < 3; i++) {
        if (i < 2)
            say(&s, FACT_PHONE_PROFILE, of[i], NULL, i == 0 ? "known" : "Secure by its name");
        say(&s, FACT_PHONE_MODE, of[i], NULL, "authenticated");
    }
    make_site();
    assert_string_equal(phone(A)->security.text, "encrypted");
    assert_string_equal(phone(B)->security.text, "authenticated");
    assert_string_equal(phone(C)->security.text, "authenticated");
    assert_int_equal(claim(SITE_CONTRADICTS, "security of phones")->count, 1);
    assert_null(claim_of(SITE_ASSUMED, "security of phones"));
}

static void test_who_is_there(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    say(&s, FACT_PHONE_STATUS, A, NULL, "registered");
    say(&s, FACT_PHONE_STATUS_SINCE, A, NULL, "2026-03-01T00:00:00Z");
    say(&s, FACT_PHONE_STATUS, B, NULL, "unregistered");
    say(&s, FACT_PHONE_STATUS_SINCE, B, NULL, "2026-03-02T00:00:00Z");
    say(&s, FACT_PHONE_SEEN, B, NULL, "2026-02-01T00:00:00Z");
    say(&s, FACT_PHONE_STATUS, C, NULL, "rejected");
    say(&s, FACT_PHONE_MODEL, "SEP001122334488", NULL, "Cisco 8841"); /* no node has a row */
    make_site();
    assert_string_equal(phone(A)->state.text, "on");
    assert_string_equal(phone(A)->since.text, "2026-03-01T00:00:00Z");
    assert_string_equal(phone(B)->state.text, "off");
    assert_string_equal(phone(B)->since.text, "2026-02-01T00:00:00Z");
    assert_string_equal(phone(C)->state.text, "on");
    assert_string_equal(phone("SEP001122334488")->state.text, "off");
    assert_int_equal(phone("SEP001122334488")->state.fact, SITE_NONE);
    assert_int_equal(claim(SITE_ASSUMED, "phones without a registration")->count, 1);
}

static void test_nobody_says_who_is_there(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    say(&s, FACT_PHONE_MODEL, A, NULL, "Cisco 8841");
    say(&s, FACT_PHONE_STATUS, B, NULL, "registered");
    say(&s, FACT_PHONE_MODEL, C, NULL, "Cisco 8841");
    make_site();
    assert_null(phone(A)->state.text); /* most have no row: the list is not whole */
    assert_int_equal(claim(SITE_CANNOT_KNOW, "which phones are on")->count, 2);
}

static void test_names_that_are_none(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    say(&s, FACT_PHONE_MODEL, "", NULL, "Cisco 8841");
    say(&s, FACT_PHONE_MODEL, "=cmd|' /C calc'!A0", NULL, "Cisco 8841");
    say(&s, FACT_PHONE_MODEL, "SEPnomacaddress", NULL, "Cisco 8841");
    say(&s, FACT_PHONE_MODEL, A, NULL, "Cisco 8841");
    say(&s, FACT_PHONE_CONFIG_BUILT, C, "pub", "yes");
    make_site();
    assert_int_equal(site.phone_count, 1);
    assert_int_equal(claim(SITE_CONTRADICTS, "names of devices")->count, 3);
    assert_int_equal(claim(SITE_CANNOT_KNOW, "phones known to TFTP alone")->count, 1);
}

/* ---- lists ---- */

static void test_lists_by_their_signature(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    const char *cm = cert_of(&s, "CN=pub.example.com", "a");
    const char *now = list_of(&s, "ITLFile.tlv", TL_TFTP, der_of(cm), 2000);
    const char *old = list_of(&s, "ITLFile.tlv", TL_TFTP, der_of(cm), 1000);
    const char *ctl = list_of(&s, "CTLFile.tlv", TL_CCM_TFTP, der_of(cm), 1000);
    say(&s, FACT_LIST_SERVED, "pub", "ITLFile.tlv", now);
    say(&s, FACT_LIST_FOUND, NULL, NULL, old);
    say(&s, FACT_LIST_FOUND, NULL, NULL, ctl);
    say(&s, FACT_PHONE_ITL, A, NULL, sha1_of(now));
    say(&s, FACT_PHONE_CTL, A, NULL, sha1_of(ctl));
    say(&s, FACT_PHONE_ITL, B, NULL, sha1_of(old));
    say(&s, FACT_PHONE_CTL, B, NULL, "none");
    make_site();
    assert_string_equal(node("pub")->itl.text, now);
    assert_string_equal(node("pub")->ctl.text, ctl);
    assert_string_equal(node("sub")->ctl.text, ctl); /* one for the cluster */
    assert_non_null(claim_of(SITE_ASSUMED, "CTL that the nodes serve"));
    assert_string_equal(site_held_text(&site, &phone(A)->itl), now);
    assert_string_equal(site_held_text(&site, &phone(A)->ctl), ctl);
    assert_string_equal(site_held_text(&site, &phone(B)->itl), old);
    assert_string_equal(site_held_text(&site, &phone(B)->ctl), "none");
    const struct site_claim *c = claim(SITE_CONTRADICTS, "ITL of phones");
    assert_int_equal(c->count, 1);
    assert_string_equal(c->value, sha1_of(old));
}

/* Whose servers are no nodes here. */
static void test_a_ctl_of_another_cluster(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    const char *cm = cert_of(&s, "CN=elsewhere.example.org", "a");
    say(&s, FACT_LIST_FOUND, NULL, NULL, list_of(&s, "CTLFile.tlv", TL_CCM_TFTP, der_of(cm), 1000));
    make_site();
    assert_null(node("pub")->ctl.text);
    assert_null(claim_of(SITE_ASSUMED, "CTL that the nodes serve"));
}

/* A list that lies beside is that of the node whose certificate it has, the newest one. */
static void test_a_list_that_nobody_is_said_to_serve(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    const char *cm = cert_of(&s, "CN=sub", "a");
    const char *old = list_of(&s, "ITLFile.tlv", TL_TFTP, der_of(cm), 1000);
    const char *now = list_of(&s, "ITLFile.tlv", TL_TFTP, der_of(cm), 2000);
    say(&s, FACT_LIST_FOUND, NULL, NULL, now);
    say(&s, FACT_LIST_FOUND, NULL, NULL, old);
    make_site();
    assert_string_equal(node("sub")->itl.text, now);
    assert_null(node("pub")->itl.text);
    assert_non_null(claim_of(SITE_ASSUMED, "ITL that sub serves"));
    /* TFTP works with the certificate of its list, and nobody says what lies on the disk */
    assert_string_equal(node("sub")->own[OWN_CALLMANAGER].text, cm);
}

/* TFTP was not started since its node got another CallManager certificate. */
static void test_tftp_works_with_the_certificate_of_its_list(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    const char *disk = cert_of(&s, "CN=sub", "a");
    struct facts other;
    facts_init(&other, &sys_mem);
    struct said elsewhere = s; /* its bytes are in the list alone */
    elsewhere.facts = &other;
    struct reading r = { .path = "x", .kind = "x" };
    elsewhere.reading = facts_begin(&other, &r);
    const char *old = cert_of(&elsewhere, "CN=sub", "b");
    struct view der = arena_copy(&kept, facts_blob(&other, old, false)->bytes);
    say(&s, FACT_OWN, "sub", "CallManager", disk);
    say(&s, FACT_LIST_SERVED, "sub", "ITLFile.tlv",
        list_of(&s, "ITLFile.tlv", TL_CCM_TFTP, der, 1000));
    make_site();
    facts_free(&other);
    const struct site_node *n = node("sub");
    assert_int_equal(n->service_count, 1);
    assert_int_equal(n->services[0].service, SERVICE_TFTP);
    assert_string_equal(n->services[0].runs.text, old);
    assert_true(view_eq(site_blob(&site, old, false)->bytes, der));
    assert_string_equal(site_cert_of(&site, old)->subject, "CN=sub");
    assert_string_equal(site.mixed_mode.text, "yes"); /* by the role of the record */
}

static void test_hashes_that_nodes_print(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    const char *cm = cert_of(&s, "CN=pub", "a");
    const char *list = list_of(&s, "ITLFile.tlv", TL_TFTP, der_of(cm), 1000);
    say(&s, FACT_LIST_FOUND, NULL, NULL, list);
    say(&s, FACT_LIST_SHA1, "pub", "ITLFile.tlv", sha1_of(list));
    say(&s, FACT_LIST_SHA1, "sub", "ITLFile.tlv", SHA1);
    say(&s, FACT_PHONE_ITL, A, NULL, SHA1);
    make_site();
    assert_string_equal(node("pub")->itl.text, list);
    assert_null(node("sub")->itl.text);
    assert_string_equal(node("sub")->itl_sha1.text, SHA1);
    /* it is what its node serves: the lab builds it */
    assert_string_equal(site_held_text(&site, &phone(A)->itl), "served");
    assert_null(claim_of(SITE_CANNOT_KNOW, "ITL of phones"));
}

static void test_a_list_and_another_hash(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    const char *cm = cert_of(&s, "CN=pub", "a");
    const char *list = list_of(&s, "ITLFile.tlv", TL_TFTP, der_of(cm), 1000);
    say(&s, FACT_LIST_SERVED, "pub", "ITLFile.tlv", list);
    say(&s, FACT_LIST_SHA1, "pub", "ITLFile.tlv", SHA1);
    make_site();
    assert_string_equal(node("pub")->itl.text, list);
    assert_int_equal(claim(SITE_CONTRADICTS, "ITL of pub")->source_count, 1); /* one line */
}

static void say_record(struct said *s, const char *node, uint32_t nth, const char *role,
                       const char *subject, const char *sha1)
{
    facts_say_str(s, FACT_RECORD_ROLE, node, "ITLFile.tlv", nth, role);
    facts_say_str(s, FACT_RECORD_SUBJECT, node, "ITLFile.tlv", nth, subject);
    if (sha1 != NULL)
        facts_say_str(s, FACT_RECORD_SHA1, node, "ITLFile.tlv", nth, sha1);
}

/* Two logs of one node: phones that hold the list of the older one hold what it showed. */
static void test_records_that_a_node_showed(void **state)
{
    (void)state;
    (void)cluster_of_two();
    struct said s = reading_of("now.log", SURE_ANSWER, 2000, 1);
    say(&s, FACT_LIST_SHA1, "pub", "ITLFile.tlv", NEXT);
    say_record(&s, "pub", 0, "TVS", "CN=pub.example.com;O=X", NULL);
    s = reading_of("old.log", SURE_ANSWER, 1000, 2);
    say(&s, FACT_LIST_SHA1, "pub", "ITLFile.tlv", SHA1);
    say_record(&s, "pub", 0, "SAST", "CN=ITLRECOVERY_pub;O=X", NULL);
    say_record(&s, "pub", 1, "TVS", "CN=gone.example.com;O=X", NULL);
    say_record(&s, "pub", 2, "no role", "CN=x", NULL);
    facts_say_str(&s, FACT_RECORD_ROLE, "pub", "ITLFile.tlv", 3, "TFTP");
    facts_say_str(&s, FACT_RECORD_DNS, "pub", "ITLFile.tlv", 3, "pub");
    s = reading_of("page.html", SURE_PAGE, 3000, 3);
    say(&s, FACT_PHONE_ITL, A, NULL, SHA1);
    say(&s, FACT_PHONE_ITL, B, NULL, NEXT);
    make_site();
    const struct site_list *l = &site.lists[phone(A)->itl.list];
    assert_string_equal(site_held_text(&site, &phone(A)->itl), "itl-1");
    assert_int_equal(l->record_count, 3);
    assert_string_equal(l->records[0], "SAST ITLRECOVERY_pub");
    assert_string_equal(l->records[1], "TVS gone.example.com");
    assert_string_equal(l->records[2], "TFTP pub");
    assert_string_equal(site_held_text(&site, &phone(B)->itl), "served");
}

/* Each TFTP has a list of its own: a phone that holds that of another one does not hold what its
 * own serves. */
static void test_a_list_of_another_tftp(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    say(&s, FACT_LIST_SHA1, "sub", "ITLFile.tlv", SHA1);
    say_record(&s, "sub", 0, "TFTP", "CN=sub", NULL);
    for (int i = 0; i < 2; i++) {
        const char *of = i == 0 ? A : B;
        say(&s, FACT_PHONE_ITL, of, NULL, SHA1);
        say_nth(&s, FACT_PHONE_TFTP, of, 0, i == 0 ? "pub" : "sub");
    }
    make_site();
    assert_string_equal(site_held_text(&site, &phone(A)->itl), "itl-1");
    assert_string_equal(site.lists[phone(A)->itl.list].records[0], "TFTP sub");
    assert_string_equal(site_held_text(&site, &phone(B)->itl), "served");
    assert_int_equal(claim(SITE_CONTRADICTS, "ITL of phones")->count, 1);
}

/* The server that a phone asks first decides: the second is asked where that one is silent. */
static void test_a_list_of_the_second_tftp(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    say(&s, FACT_LIST_SHA1, "sub", "ITLFile.tlv", SHA1);
    say(&s, FACT_PHONE_ITL, A, NULL, SHA1);
    say_nth(&s, FACT_PHONE_TFTP, A, 0, "pub");
    say_nth(&s, FACT_PHONE_TFTP, A, 1, "sub");
    make_site();
    assert_string_equal(site_held_text(&site, &phone(A)->itl), "itl-1");
    assert_int_equal(claim(SITE_CONTRADICTS, "ITL of phones")->count, 1);
}

static void test_names_of_lists_in_any_order(void **state)
{
    for (int i = 0; i < 2; i++) {
        if (i > 0 && (site_end(state) != 0 || site_begin(state) != 0))
            fail();
        struct said s = cluster_of_two();
        say(&s, FACT_PHONE_ITL, i == 0 ? A : B, NULL, i == 0 ? SHA1 : NEXT);
        say(&s, FACT_PHONE_ITL, i == 0 ? B : A, NULL, i == 0 ? NEXT : SHA1);
        make_site();
        bool first = strcmp(SHA1, NEXT) < 0;
        assert_string_equal(site_held_text(&site, &phone(A)->itl), first ? "itl-1" : "itl-2");
        assert_string_equal(site_held_text(&site, &phone(B)->itl), first ? "itl-2" : "itl-1");
    }
}

/* A phone that asks pub, and holds the CTL that sub showed. */
static const char *ctl_held_of_sub(const char *of_pub)
{
    struct said s = cluster_of_two();
    say(&s, FACT_LIST_SHA1, "sub", "CTLFile.tlv", SHA1);
    if (of_pub != NULL)
        say(&s, FACT_LIST_SHA1, "pub", "CTLFile.tlv", of_pub);
    say(&s, FACT_PHONE_CTL, A, NULL, SHA1);
    say_nth(&s, FACT_PHONE_TFTP, A, 0, "pub");
    make_site();
    return site_held_text(&site, &phone(A)->ctl);
}

/* A CTL is one for the cluster: what sub shows of it is what pub serves... */
static void test_a_ctl_that_another_node_shows(void **state)
{
    (void)state;
    assert_string_equal(ctl_held_of_sub(NULL), "served");
}

/* ... if pub shows no other. */
static void test_a_ctl_that_is_another_here(void **state)
{
    (void)state;
    assert_string_equal(ctl_held_of_sub(NEXT), "ctl-1");
}

static const char *sha1_of_cert(const char *sha256)
{
    char *text = arena_take(&kept, 41);
    uint8_t digest[64];
    struct view der = der_of(sha256);
    size_t n = digest_of(DIGEST_SHA1, &der, 1, digest);
    for (size_t i = 0; i < n; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return text;
}

/* The ITL that TFTP serves has the certificate that it works with, its bytes or not. */
static void test_tftp_works_with_what_show_itl_has(void **state)
{
    for (int i = 0; i < 3; i++) {
        struct said s = cluster_of_two();
        const char *disk = cert_of(&s, "CN=pub.example.com", "a");
        const char *old = cert_of(&s, "CN=pub.example.com", "b");
        say(&s, FACT_OWN, "pub", "CallManager", disk);
        say_record(&s, "pub", 0, "TFTP", "CN=pub-EC.example.com", SHA1);
        say_record(&s, "pub", 1, "TFTP", "CN=pub.example.com",
                   i == 0   ? sha1_of_cert(disk)
                   : i == 1 ? sha1_of_cert(old)
                            : SHA1);
        make_site();
        const struct site_node *n = node("pub");
        assert_int_equal(n->service_count, i > 0);
        if (i > 0)
            assert_string_equal(n->services[0].runs.text, i == 1 ? old : "unknown");
        assert_true((claim_of(SITE_CANNOT_KNOW, "certificate that Cisco Tftp") != NULL) ==
                    (i == 2));
        site_end(state);
        site_begin(state);
    }
}

/* Equal signatures are one list; its records are those of a page that shows it. */
static void test_lists_known_by_their_hash(void **state)
{
    (void)state;
    (void)cluster_of_two();
    const char *const holders[] = { A, B, C };
    for (size_t i = 0; i < 3; i++) {
        struct said s = reading_of(holders[i], SURE_PAGE, 0, 0);
        say(&s, FACT_PHONE_ITL, holders[i], NULL, i == 0 ? NEXT : SHA1);
        say(&s, FACT_PHONE_CTL, holders[i], NULL, SHA1);
        say_nth(&s, FACT_PHONE_ITL_RECORD, holders[i], 0, i == 0 ? "TVS a" : "TVS b");
        say_nth(&s, FACT_PHONE_ITL_RECORD, holders[i], 1, "TFTP c");
    }
    make_site();
    assert_int_equal(site.list_count, 3); /* a CTL of that hash is another list */
    const struct site_list *most = &site.lists[phone(B)->itl.list];
    assert_string_equal(most->name, "itl-1");
    assert_string_equal(most->sha1, SHA1);
    assert_int_equal(most->holders, 2);
    assert_int_equal(most->record_count, 2);
    assert_string_equal(most->records[0], "TVS b");
    assert_string_equal(most->records[1], "TFTP c");
    assert_string_equal(site_held_text(&site, &phone(A)->itl), "itl-2");
    assert_string_equal(site_held_text(&site, &phone(A)->ctl), "ctl-1");
    assert_int_equal(claim(SITE_CANNOT_KNOW, "ITL of phones: itl-1")->count, 2);
}

static void test_itl_file_status(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    say(&s, FACT_PHONE_ITL_STATUS, A, NULL, "match");
    say(&s, FACT_PHONE_ITL_STATUS, B, NULL, "not-installed");
    say(&s, FACT_PHONE_ITL_STATUS, C, NULL, "mismatch");
    say(&s, FACT_PHONE_ITL_STATUS, "SEP001122334488", NULL, "unknown");
    say(&s, FACT_PHONE_ITL_STATUS, "SEP001122334499", NULL, "match");
    say(&s, FACT_PHONE_ITL, "SEP001122334499", NULL, SHA1); /* its own page before that */
    make_site();
    assert_string_equal(site_held_text(&site, &phone(A)->itl), "served");
    assert_string_equal(site_held_text(&site, &phone(B)->itl), "none");
    assert_string_equal(site_held_text(&site, &phone(C)->itl), "itl-mismatch");
    assert_string_equal(site_held_text(&site, &phone("SEP001122334488")->itl), "");
    assert_string_equal(site_held_text(&site, &phone("SEP001122334499")->itl), "itl-1");
    const struct site_list *l = &site.lists[phone(C)->itl.list];
    assert_null(l->sha1);
    assert_int_equal(l->record_count, 3); /* as this cluster's own */
    assert_string_equal(l->records[0], "TVS pub.example.com");
    assert_string_equal(l->records[2], "TFTP pub.example.com");
}

/* ---- pools and classes ---- */

static void test_pages_tell_the_group(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    const char *const of[] = { A, B, C };
    for (size_t i = 0; i < 3; i++) {
        s = reading_of(of[i], SURE_PAGE, 0, 0);
        say(&s, FACT_PHONE_POOL, of[i], NULL, "Q");
        say_nth(&s, FACT_PHONE_CM, of[i], 0, i == 0 ? "sub" : "pub.example.com");
        say_nth(&s, FACT_PHONE_CM, of[i], 1, i == 0 ? "pub" : "sub");
    }
    make_site();
    const struct site_pool *q = &site.pools[phone(A)->pool];
    assert_string_equal(q->name, "Q");
    assert_true(q->assumed);
    const struct site_group *g = &site.groups[q->group];
    assert_int_equal(g->count, 2);
    assert_string_equal(site.nodes[g->members[0]].name, "pub");
    assert_non_null(strstr(claim(SITE_ASSUMED, "group of device pool Q")->why, "2 phones"));
}

/* Of many the same is told once: the table for people is no list of 400 pools. */
static void test_claims_alike(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    char *text, name[24], pool[24];
    size_t n;
    for (unsigned i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "SEP0011223355%02X", i);
        snprintf(pool, sizeof pool, "Floor %u", i);
        say(&s, FACT_PHONE_POOL, name, NULL, pool);
    }
    make_site();
    uint32_t first = 0;
    while (strncmp(site.claims[first].what, "group of device pool", 20) != 0)
        first++;
    assert_int_equal(site_claims_alike(&site, first), 39);
    assert_int_equal(site_claims_alike(&site, first + 39), 0);
    FILE *out = open_memstream(&text, &n);
    site_print(&site, out);
    fclose(out);
    assert_non_null(strstr(text, "group of device pool Floor 0 and 39 more: "));
    assert_null(strstr(text, "Floor 1"));
    free(text);
}

static void test_pages_that_have_another_order(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    say(&s, FACT_PHONE_POOL, A, NULL, "P");
    say_nth(&s, FACT_PHONE_CM, A, 0, "pub");
    say_nth(&s, FACT_PHONE_CM, A, 1, "sub");
    say(&s, FACT_PHONE_POOL, B, NULL, "P");
    say_nth(&s, FACT_PHONE_CM, B, 0, "somebody else");
    make_site();
    assert_string_equal(site.groups[site.pools[phone(A)->pool].group].name, "G");
    assert_int_equal(site.group_count, 1);
    uint32_t odd = 0;
    for (uint32_t i = 0; i < site.claim_count; i++)
        odd += strcmp(site.claims[i].what, "servers of phones") == 0;
    assert_int_equal(odd, 2);
}

/* Phones without a page ask as most of their pool do. */
static void test_tftp_servers(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    say(&s, FACT_PHONE_POOL, A, NULL, "P");
    say_nth(&s, FACT_PHONE_TFTP, A, 0, "sub");
    say_nth(&s, FACT_PHONE_TFTP, A, 1, "pub.example.com");
    say(&s, FACT_PHONE_POOL, B, NULL, "P");
    say(&s, FACT_PHONE_POOL, C, NULL, "Q");
    say_nth(&s, FACT_PHONE_TFTP, C, 0, "10.9.9.9"); /* nobody here */
    make_site();
    assert_int_equal(phone(A)->tftp_count, 2);
    assert_string_equal(site.nodes[phone(A)->tftp[0]].name, "sub");
    assert_string_equal(site.nodes[phone(A)->tftp[1]].name, "pub");
    assert_false(phone(A)->tftp_assumed);
    assert_int_equal(phone(B)->tftp_count, 2);
    assert_true(phone(B)->tftp_assumed);
    assert_int_equal(phone(C)->tftp_count, 0);
    assert_int_equal(claim(SITE_CONTRADICTS, "TFTP servers of phones")->count, 1);
    assert_int_equal(claim(SITE_ASSUMED, "TFTP servers of phones")->count, 1);
}

static void test_classes(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    const char *const of[] = { A, B, C };
    for (size_t i = 0; i < 3; i++) {
        say(&s, FACT_PHONE_MODEL, of[i], NULL, "Cisco 8841");
        say(&s, FACT_PHONE_POOL, of[i], NULL, "P");
        say(&s, FACT_PHONE_STATUS, of[i], NULL, i == 1 ? "unregistered" : "registered");
        say(&s, FACT_PHONE_DESCRIPTION, of[i], NULL, of[i]);
    }
    make_site();
    assert_int_equal(site.class_count, 2);
    assert_int_equal(site.classes[0].phones, 2);
    assert_int_equal(phone(A)->cls, 0);
    assert_int_equal(phone(C)->cls, 0);
    assert_int_equal(phone(B)->cls, 1);
    assert_int_equal(site.pools[phone(A)->pool].phones, 3);
}

static void test_phones_are_sorted(void **state)
{
    (void)state;
    struct said s = cluster_of_two();
    char name[16];
    for (uint32_t i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "SEP0000%08X", (i * 7919) % 100003);
        say(&s, FACT_PHONE_MODEL, name, NULL, "Cisco 8841");
    }
    make_site();
    assert_int_equal(site.phone_count, 1000);
    for (uint32_t i = 1; i < site.phone_count; i++)
        assert_true(strcmp(site.phones[i - 1].name, site.phones[i].name) < 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, site_begin, site_end)
    const struct CMUnitTest tests[] = {
        TEST(test_two_sources_of_one_phone),
        TEST(test_models),
        TEST(test_security_of_profiles),
        TEST(test_who_is_there),
        TEST(test_nobody_says_who_is_there),
        TEST(test_names_that_are_none),
        TEST(test_a_ctl_of_another_cluster),
        TEST(test_lists_by_their_signature),
        TEST(test_a_list_that_nobody_is_said_to_serve),
        TEST(test_tftp_works_with_the_certificate_of_its_list),
        TEST(test_hashes_that_nodes_print),
        TEST(test_a_list_and_another_hash),
        TEST(test_records_that_a_node_showed),
        TEST(test_a_list_of_another_tftp),
        TEST(test_a_list_of_the_second_tftp),
        TEST(test_names_of_lists_in_any_order),
        TEST(test_a_ctl_that_another_node_shows),
        TEST(test_a_ctl_that_is_another_here),
        TEST(test_tftp_works_with_what_show_itl_has),
        TEST(test_security_mode_of_pages),
        TEST(test_lists_known_by_their_hash),
        TEST(test_itl_file_status),
        TEST(test_pages_tell_the_group),
        TEST(test_claims_alike),
        TEST(test_pages_that_have_another_order),
        TEST(test_tftp_servers),
        TEST(test_classes),
        TEST(test_phones_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
