/* What the services of a node answer, value by value: every name that a phone may ask for, who may
 * register how, services of a second node; names and counts at their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "nodes/services.h"
#include "tests/unit/nodes_fixture.h"

#define NOW_US (1000 * SECOND_US)

/* Device 0 in a pool of all nodes; device 1 is nobody's. */
static void add_device(enum cnf_security security, bool encrypted, uint32_t lsc)
{
    struct err e = { "" };
    uint8_t members[] = { 0, 1 };
    uint16_t group, pool, class;
    must(config_add_group(&cl, "g", members, cl.node_count < 2 ? 1 : 2, &group, &e), &e);
    must(config_add_pool(&cl, "p", group, &pool, &e), &e);
    struct device_class k;
    memset(&k, 0, sizeof k);
    k.pool = pool;
    k.security_mode = (uint8_t)security;
    k.encrypted = encrypted;
    k.lsc = lsc;
    must(config_class(&cl, &k, &class, &e), &e);
    config_set_class(&cl, 0, class, 2);
}

static const struct ct_file *file_of(uint32_t node, enum file_kind kind, uint32_t device)
{
    return content_get_file(&content, serve_file(&cl, node, kind, device, 0));
}

/* ---- files ---- */

static void lists_by_name(void **state)
{
    (void)state;
    make("14", 2);
    add_device(CNF_NON_SECURE, false, 0);
    assert_int_equal(serve_file(&cl, 1, FILE_CTL_COMMON, 0, 0), 0);
    do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, NOW_US);
    for (uint32_t n = 0; n < 2; n++) {
        for (uint32_t d = 0; d < 2; d++) {
            assert_int_equal(serve_file(&cl, n, FILE_CTL, d, 0), d == 0 ? cl.db.ctl : 0);
            assert_int_equal(serve_file(&cl, n, FILE_ITL, d, 0), d == 0 ? cl.nodes[n].run.itl : 0);
            assert_int_equal(serve_file(&cl, n, FILE_CTL_COMMON, d, 0), cl.db.ctl);
            assert_int_equal(serve_file(&cl, n, FILE_ITL_COMMON, d, 0), cl.nodes[n].run.itl);
        }
    }
    assert_true(cl.nodes[0].run.itl != cl.nodes[1].run.itl);
    unmake();
}

static void configurations_by_name(void **state)
{
    (void)state;
    for (int encrypted = 0; encrypted < 2; encrypted++) {
        make("12.5", 2);
        add_device(CNF_ENCRYPTED, encrypted != 0, own_of(0, OWN_CAPF));
        static const struct {
            enum file_kind kind;
            bool sign;
        } kinds[] = { { FILE_CNF, false }, { FILE_CNF_SGN, true }, { FILE_CNF_ENC, true } };
        for (uint32_t n = 0; n < 2; n++) {
            for (size_t i = 0; i < 3; i++) {
                assert_int_equal(serve_file(&cl, n, kinds[i].kind, 1, 0), 0);
                if (kinds[i].kind == FILE_CNF_ENC && !encrypted) {
                    assert_int_equal(serve_file(&cl, n, FILE_CNF_ENC, 0, 0), 0);
                    continue;
                }
                const struct ct_file *f = file_of(n, kinds[i].kind, 0);
                const struct device_class *k = config_class_of(&cl, 0);
                bool enc = kinds[i].kind == FILE_CNF_ENC;
                assert_int_equal(f->payload, encrypted && !enc ? k->short_profile : k->profile);
                assert_int_equal(f->encrypted_to, enc ? own_of(0, OWN_CAPF) : 0);
                assert_int_equal(f->envelope.cert, kinds[i].sign ? own_of(n, OWN_CALLMANAGER) : 0);
                assert_int_equal(f->envelope.signer_version, -1);
            }
        }
        const struct device_class *k = config_class_of(&cl, 0);
        assert_int_equal(k->short_profile != 0, encrypted);
        unmake();
    }
}

static void common_files(void **state)
{
    (void)state;
    make("12.5", 2);
    add_device(CNF_NON_SECURE, false, 0);
    uint32_t dutch = content_str(&content, "Dutch_Netherlands");
    static const struct {
        enum file_kind plain, sgn;
        uint32_t locales;
    } rows[] = { { FILE_DEFAULT, FILE_DEFAULT_SGN, 1 },
                 { FILE_RINGLIST, FILE_RINGLIST_SGN, 1 },
                 { FILE_LOCALE, FILE_LOCALE_SGN, 2 } };
    uint32_t seen[4], count = 0;
    for (size_t i = 0; i < 3; i++) {
        for (uint32_t other = 0; other < rows[i].locales; other++) {
            uint32_t locale = other == 1 ? dutch : 0;
            uint32_t plain = serve_file(&cl, 1, rows[i].plain, UINT32_MAX, locale);
            uint32_t sgn = serve_file(&cl, 1, rows[i].sgn, UINT32_MAX, locale);
            const struct ct_file *p = content_get_file(&content, plain);
            const struct ct_file *s = content_get_file(&content, sgn);
            assert_int_equal(p->payload, s->payload);
            assert_int_equal(p->encrypted_to | s->encrypted_to, 0);
            assert_int_equal(p->envelope.cert, 0);
            assert_int_equal(s->envelope.cert, own_of(1, OWN_CALLMANAGER));
            seen[count++] = p->payload;
        }
    }
    static const char *const paths[] = { "ringlist.xml", "English_United_States/g3-tones.xml",
                                         "Dutch_Netherlands/g3-tones.xml" };
    for (uint32_t i = 1; i < 4; i++) {
        const struct ct_blob *b = content_get_blob(&content, seen[i]);
        assert_string_equal(content_get_str(&content, b->name), paths[i - 1]);
        for (uint32_t k = 0; k < i; k++)
            assert_int_not_equal(seen[i], seen[k]);
    }
    assert_true(content_get_cnf(&content, seen[0])->is_default);
    unmake();
}

/* Signed with the key in service, kept until TFTP starts again. */
static void signed_with_what_is_in_service(void **state)
{
    (void)state;
    make("9.1", 1);
    add_device(CNF_NON_SECURE, false, 0);
    uint32_t before = serve_file(&cl, 0, FILE_CNF_SGN, 0, 0), old = own_of(0, OWN_CALLMANAGER);
    do_act((struct act){ .kind = DO_REGENERATE, .arg = { OWN_CALLMANAGER } }, NOW_US);
    assert_int_equal(serve_file(&cl, 0, FILE_CNF_SGN, 0, 0), before);
    assert_int_equal(content_envelope(&content, before)->cert, old);
    restart_service(0, SERVICE_TFTP, NOW_US);
    uint64_t ready_us = run_out(NOW_US);
    const struct ct_file *f = file_of(0, FILE_CNF_SGN, 0);
    assert_int_equal(f->envelope.cert, own_of(0, OWN_CALLMANAGER));
    assert_int_equal(f->envelope.timestamp, START_S + ready_us / SECOND_US);
    assert_int_equal(f->envelope.digest, DIGEST_SHA1);
    /* The page names the services that are to be restarted behind it (Security Guide). */
    uint32_t sha1 = serve_file(&cl, 0, FILE_CNF_SGN, 0, 0);
    cluster_set_param(&cl, PARAM_SHA512, 1);
    assert_int_equal(serve_file(&cl, 0, FILE_CNF_SGN, 0, 0), sha1);
    uint64_t hash = cluster_hash(&cl, 1000 * NOW_US);
    restart_service(0, SERVICE_TFTP, NOW_US);
    run_out(NOW_US);
    assert_int_equal(file_of(0, FILE_CNF_SGN, 0)->envelope.digest, DIGEST_SHA512);
    assert_true(cluster_hash(&cl, 1000 * NOW_US) != hash);
    unmake();
}

static void concurrent_transfers(void **state)
{
    (void)state;
    make("9.1", 2);
    cluster_set_param(&cl, PARAM_MAX_SERVING, 2);
    cl.nodes[1].run.transfers = 1;
    assert_true(serve_slot(&cl, 1));
    cl.nodes[1].run.transfers = 2;
    assert_false(serve_slot(&cl, 1));
    assert_true(serve_slot(&cl, 0)); /* each node for itself */
    unmake();
}

/* ---- CallManager ---- */

static void registrations(void **state)
{
    (void)state;
    make("12.5", 2);
    add_device(CNF_ENCRYPTED, false, 0);
    uint32_t capf = own_of(0, OWN_CAPF), other = own_of(0, OWN_TOMCAT);
    const struct {
        bool mixed;
        uint32_t device;
        enum transport transport;
        uint32_t lsc;
        enum reject_reason reason;
    } rows[] = { { false, 0, TRANSPORT_TCP, CONTENT_MIC, REJECT_NONE },
                 { false, 0, TRANSPORT_TLS, CONTENT_MIC, REJECT_SECURITY },
                 { false, 1, TRANSPORT_TCP, CONTENT_MIC, REJECT_UNKNOWN_DEVICE },
                 { true, 0, TRANSPORT_TCP, CONTENT_MIC, REJECT_SECURITY },
                 { true, 0, TRANSPORT_TLS, CONTENT_MIC, REJECT_NONE },
                 { true, 0, TRANSPORT_TLS, capf, REJECT_NONE },
                 { true, 0, TRANSPORT_TLS, other, REJECT_LSC },
                 { true, 1, TRANSPORT_TLS, capf, REJECT_UNKNOWN_DEVICE } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].mixed && !cl.db.mixed_mode)
            do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, NOW_US);
        for (uint32_t n = 0; n < 2; n++)
            assert_int_equal(
                serve_register(&cl, n, rows[i].device, rows[i].transport, rows[i].lsc, NOW_US),
                rows[i].reason);
    }
    /* The CAPF of another cluster, uploaded: on the other node after replication, where it does not
     * stay on one; by a parameter. */
    cluster_set_param(&cl, PARAM_CAPF_TRUST_HERE, 0);
    struct act upload = { .kind = DO_UPLOAD, .arg = { STORE_CAPF_TRUST, other } };
    do_act(upload, NOW_US);
    for (uint64_t after = 0; after < 2; after++) {
        uint64_t at = NOW_US + 5 * SECOND_US - 1 + after;
        assert_int_equal(serve_register(&cl, 0, 0, TRANSPORT_TLS, other, at), REJECT_NONE);
        assert_int_equal(serve_register(&cl, 1, 0, TRANSPORT_TLS, other, at),
                         after ? REJECT_NONE : REJECT_LSC);
    }
    cluster_set_param(&cl, PARAM_ACCEPT_FOREIGN_LSC, 0);
    assert_int_equal(serve_register(&cl, 0, 0, TRANSPORT_TLS, other, NOW_US), REJECT_LSC);
    assert_int_equal(serve_register(&cl, 0, 0, TRANSPORT_TLS, capf, NOW_US), REJECT_NONE);
    /* In CallManager-trust, where an import puts it, it is good for LSCs by another one alone. */
    upload.arg[0] = STORE_CALLMANAGER_TRUST;
    do_act(upload, NOW_US);
    assert_int_equal(serve_register(&cl, 0, 0, TRANSPORT_TLS, other, NOW_US), REJECT_LSC);
    cluster_set_param(&cl, PARAM_CCM_TRUST_LSC, 1);
    assert_int_equal(serve_register(&cl, 0, 0, TRANSPORT_TLS, other, NOW_US), REJECT_NONE);
    unmake();
}

/* By the other reading a node takes those alone whose group names it, first or last. */
static void outside_its_group(void **state)
{
    (void)state;
    make("12.5", 3);
    add_device(CNF_NON_SECURE, false, 0);
    for (uint64_t takes = 0; takes < 2; takes++) {
        cluster_set_param(&cl, PARAM_OUTSIDE_GROUP, takes);
        for (uint32_t n = 0; n < 3; n++)
            assert_int_equal(serve_register(&cl, n, 0, TRANSPORT_TCP, CONTENT_MIC, NOW_US),
                             n < 2 || takes ? REJECT_NONE : REJECT_GROUP);
        assert_int_equal(serve_register(&cl, 2, 1, TRANSPORT_TCP, CONTENT_MIC, NOW_US),
                         REJECT_UNKNOWN_DEVICE);
    }
    unmake();
}

/* A profile written anew from the documents: who is named, by which addresses, in which order. */
static void put_pages(struct cnf *c, const char *publisher, const char *first, bool https)
{
    char secure[32], plain[32];
    snprintf(plain, sizeof plain, "http://%s:8080", publisher);
    snprintf(secure, sizeof secure, https ? "https://%s:8443" : "http://%s:8080", publisher);
    snprintf(c->directory_url, CNF_URL, "http://%s:8080/ccmcip/xmldirectory.jsp", first);
    snprintf(c->services_url, CNF_URL, "%s/ccmcip/getservicesmenu.jsp", plain);
    snprintf(c->authentication_url, CNF_URL, "%s/ccmcip/authenticate.jsp", plain);
    snprintf(c->information_url, CNF_URL, "%s/ccmcip/GetTelecasterHelpText.jsp", plain);
    snprintf(c->secure_directory_url, CNF_URL,
             https ? "https://%s:8443/ccmcip/xmldirectory.jsp"
                   : "http://%s:8080/ccmcip/xmldirectory.jsp",
             first);
    snprintf(c->secure_services_url, CNF_URL, "%s/ccmcip/getservicesmenu.jsp", secure);
    snprintf(c->secure_authentication_url, CNF_URL, "%s/ccmcip/authenticate.jsp", secure);
    snprintf(c->secure_information_url, CNF_URL, "%s/ccmcip/GetTelecasterHelpText.jsp", secure);
}

static void put_servers(struct cnf *c)
{
    static const char *const names[] = { "sub1", "pub" }, *const addresses[] = { "127.0.0.12",
                                                                                 "127.0.0.11" };
    c->server_count = c->tvs_count = 2;
    for (int i = 0; i < 2; i++) {
        cnf_server_init(&c->servers[i]);
        cnf_tvs_init(&c->tvs[i]);
        cnf_text(c->servers[i].name, sizeof c->servers[i].name, names[i]);
        cnf_text(c->servers[i].address, sizeof c->servers[i].address, addresses[i]);
        cnf_text(c->tvs[i].address, sizeof c->tvs[i].address, addresses[i]);
    }
}

static void is_profile(uint32_t file, const struct cnf *want)
{
    const struct cnf *is = content_get_cnf(&content, content_get_file(&content, file)->payload);
    assert_memory_equal(is, want, sizeof *is);
}

/* The full one, the short one beside an encrypted one, that of whoever is unknown: each byte, by
 * security profile, mode, and where the pages lie (Directories at the first server of the group or
 * at the publisher, the rest at the publisher: technote 118699). */
static void profiles(void **state)
{
    static const char load[] = "SCCP45.9-4-2SR3-1S";
    static const uint8_t members[] = { 1, 0 };
    char longest[CLUSTER_NAME] = "";
    memset(longest, 'p', sizeof longest - 1);
    (void)state;
    for (int k = 0; k < 3 * 16; k++) {
        static const uint8_t profile_of[] = { CNF_NON_SECURE, CNF_AUTHENTICATED, CNF_ENCRYPTED };
        uint8_t security = profile_of[k % 3];
        bool mixed = k / 3 & 1, encrypted = k / 6 & 1, host = k / 12 & 1, https = k / 24 & 1;
        struct err e = { "" };
        struct cnf full, part, any;
        struct device_class class;
        uint16_t group, pool, index;
        make("12.5", 2);
        cluster_set_param(&cl, PARAM_DIRECTORY_HOST, host);
        cluster_set_param(&cl, PARAM_HTTPS_SERVICES, https);
        cnf_init(&any);
        any.is_default = 1;
        put_pages(&any, "127.0.0.11", "127.0.0.11", https);
        is_profile(serve_file(&cl, 0, FILE_DEFAULT_SGN, 0, NOW_US), &any);

        must(config_add_group(&cl, longest, members, 2, &group, &e), &e);
        must(config_add_pool(&cl, longest, group, &pool, &e), &e);
        memset(&class, 0, sizeof class);
        class.pool = pool;
        class.protocol = k % 2 == 0 ? CNF_SCCP : CNF_SIP;
        class.security_mode = security;
        class.encrypted = encrypted;
        memcpy(class.load, load, sizeof load);
        must(config_class(&cl, &class, &index, &e), &e);
        config_set_class(&cl, 0, index, 1);
        if (mixed)
            do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, NOW_US);

        put_servers(&any);
        cnf_text(any.group, sizeof any.group, longest);
        put_pages(&any, "127.0.0.11", host ? "127.0.0.11" : "127.0.0.12", https);
        full = any;
        full.is_default = 0;
        full.protocol = class.protocol;
        full.security_mode = mixed ? security : CNF_NON_SECURE;
        full.transport = mixed && security != CNF_NON_SECURE ? 3 : 1;
        full.web_access = 1;
        full.version_stamp = START_S;
        cnf_text(full.device_pool, sizeof full.device_pool, longest);
        cnf_text(full.load, sizeof full.load, load);
        cnf_text(full.capf_address, sizeof full.capf_address, "127.0.0.11");
        cnf_text(full.user_locale, sizeof full.user_locale, "English_United_States");
        cnf_text(full.network_locale, sizeof full.network_locale, "English_United_States");
        cnf_init(&part);
        part.full_config = 0;
        part.encr_config = 1;
        cnf_text(part.load, sizeof part.load, load);
        cnf_text(part.capf_address, sizeof part.capf_address, "127.0.0.11");
        is_profile(serve_file(&cl, 0, FILE_CNF_SGN, 0, NOW_US), encrypted ? &part : &full);
        uint32_t enc = serve_file(&cl, 0, FILE_CNF_ENC, 0, NOW_US);
        assert_int_equal(enc != 0, encrypted);
        if (encrypted)
            is_profile(enc, &full);
        is_profile(serve_file(&cl, 0, FILE_DEFAULT_SGN, 0, NOW_US), &any);
        unmake();
    }
}

/* ---- services of a second node ---- */

static void services_of_a_second_node(void **state)
{
    (void)state;
    make("11.5", 3);
    uint32_t epochs[3][SERVICES];
    for (uint32_t n = 0; n < 3; n++) {
        for (int s = 0; s < SERVICES; s++)
            epochs[n][s] = serve_epoch(&cl, n, (enum service)s);
    }
    restart_service(1, SERVICE_CALLMANAGER, NOW_US);
    do_act((struct act){ .kind = DO_STOP, .node = 2, .arg = { SERVICE_TVS } }, NOW_US);
    for (uint32_t n = 0; n < 3; n++) {
        for (int s = 0; s < SERVICES; s++) {
            bool restarted = n == 1 && s == SERVICE_CALLMANAGER,
                 stopped = n == 2 && s == SERVICE_TVS;
            assert_int_equal(serve_epoch(&cl, n, (enum service)s), epochs[n][s] + (restarted ? 2
                                                                                   : stopped ? 1
                                                                                             : 0));
            bool activated = services_is_activated(&cl, n, (enum service)s);
            assert_int_equal(serve_running(&cl, n, (enum service)s),
                             activated && !restarted && !stopped);
        }
    }
    assert_false(services_is_activated(&cl, 2, SERVICE_TFTP));
    assert_true(services_is_activated(&cl, 2, SERVICE_TVS));
    assert_false(services_is_activated(&cl, 1, SERVICE_CAPF)); /* the publisher's */
    assert_int_equal(run_out(NOW_US), NOW_US + 20 * SECOND_US);
    assert_true(serve_running(&cl, 1, SERVICE_CALLMANAGER));
    assert_false(serve_running(&cl, 2, SERVICE_TVS));
    unmake();
}

/* Of two deadlines the sooner, in whichever order they came. */
/* A service that takes no time to start runs at once, at the very beginning too. */
static void at_once(void **state)
{
    (void)state;
    for (uint64_t now_us = 0; now_us <= NOW_US; now_us += NOW_US) {
        make("12.5", 2);
        cluster_set_param(&cl, PARAM_SERVICE_START_US, 0);
        for (int s = 0; s < SERVICES; s++) {
            if (!services_is_activated(&cl, 1, (enum service)s))
                continue;
            uint32_t epoch = serve_epoch(&cl, 1, (enum service)s);
            restart_service(1, (enum service)s, now_us);
            assert_true(serve_running(&cl, 1, (enum service)s));
            assert_true(serve_epoch(&cl, 1, (enum service)s) > epoch);
        }
        assert_int_equal(cluster_deadline_us(&cl), 0);
        unmake();
    }
}

static void the_sooner_deadline(void **state)
{
    (void)state;
    for (uint32_t first = 0; first < 2; first++) {
        make("11.5", 2);
        restart_service(first, SERVICE_TVS, NOW_US);
        restart_service(1 - first, SERVICE_TVS, NOW_US + SECOND_US);
        assert_int_equal(cluster_deadline_us(&cl), NOW_US + 20 * SECOND_US);
        cluster_tick(&cl, NOW_US + 20 * SECOND_US);
        assert_true(serve_running(&cl, first, SERVICE_TVS));
        assert_false(serve_running(&cl, 1 - first, SERVICE_TVS));
        assert_int_equal(cluster_deadline_us(&cl), NOW_US + 21 * SECOND_US);
        unmake();
    }
}

/* ---- limits ---- */

static bool new_cluster(const char *cluster, const char *node, const char *domain, uint32_t count,
                        struct err *e)
{
    static char names[CLUSTER_NODES + 1][8];
    struct node_spec specs[CLUSTER_NODES + 1];
    for (uint32_t i = 0; i <= CLUSTER_NODES; i++) {
        snprintf(names[i], sizeof names[i], "n%u", i);
        specs[i] = (struct node_spec){ i == 0 ? node : names[i], domain, i + 1, true, true };
    }
    content_init(&content, &sys_mem);
    env = (struct cluster_env){ &content, &sys_mem, nobody_listens, NULL, 1, START_S, NULL, 0 };
    bool ok = cluster_init(
        &cl, &env,
        &(struct cluster_spec){
            .name = cluster, .version = version_find("9.1"), .nodes = specs, .count = count },
        0, e);
    unmake();
    return ok;
}

static void names_and_counts_of_nodes(void **state)
{
    (void)state;
    char longest[CLUSTER_NAME], longer[CLUSTER_NAME + 1];
    memset(longest, 'a', sizeof longest);
    memset(longer, 'a', sizeof longer);
    longest[sizeof longest - 1] = longer[sizeof longer - 1] = '\0';
    const struct {
        const char *cluster, *node, *domain;
        uint32_t count;
        const char *error; /* NULL: taken */
    } rows[] = {
        { "HQ", "pub", "", CLUSTER_NODES, NULL },
        { "HQ", "pub", "", CLUSTER_NODES + 1, "HQ: 22 nodes, 1 to 21 expected" },
        { "HQ", "pub", "", 0, "HQ: 0 nodes, 1 to 21 expected" },
        { "HQ", longest, longest, 1, NULL },
        { longest, "pub", "", 1, NULL },
        { "HQ", longer, "", 1, ": 1 to 63 characters expected" },
        { "HQ", "pub", longer, 1, ": 1 to 63 characters expected" },
        { longer, "pub", "", 1, ": 1 to 63 characters expected" },
        { "HQ", "", "", 1, "node \"\": 1 to 63 characters expected" },
        { "HQ", "a_b.c-9Z", "lab.example.org", 1, NULL },
        { "HQ", "..", "", 1, "node \"..\": more than dots expected" },
        { "HQ", "pub", ".", 1, "domain \".\": more than dots expected" },
        { "HQ", "a/b", "", 1, "node \"a/b\": letters, digits, '-', '.', '_' expected" },
        { "HQ", " a", "", 1, "node \" a\": a blank at an end" },
        { "HQ", "n1", "", 2, "HQ: two nodes named \"n1\"" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err e = { "" };
        bool ok = new_cluster(rows[i].cluster, rows[i].node, rows[i].domain, rows[i].count, &e);
        if (ok != (rows[i].error == NULL) || (!ok && strstr(e.text, rows[i].error) == NULL))
            fail_msg("row %zu: \"%s\", expected \"%s\"", i, e.text,
                     rows[i].error == NULL ? "none" : rows[i].error);
    }
}

static void counts_of_groups_pools_and_kinds(void **state)
{
    (void)state;
    make("9.1", 3);
    struct err e = { "" };
    char name[16];
    uint8_t members[] = { 2, 0, 1, 0 };
    uint16_t index;
    assert_false(config_add_group(&cl, "four", members, 4, &index, &e));
    assert_string_equal(e.text, "HQ: CallManager group \"four\" has 4 members, 1 to 3 expected");
    members[2] = 2;
    assert_false(config_add_group(&cl, "twice", members, 3, &index, &e));
    assert_string_equal(e.text, "HQ: CallManager group \"twice\" names sub2 twice");
    cl.nodes[1].disk.activated &= ~SERVICE_BIT(SERVICE_CALLMANAGER);
    members[2] = 1;
    assert_false(config_add_group(&cl, "no", members, 3, &index, &e));
    assert_string_equal(e.text, "HQ: sub1 does not run Cisco CallManager");
    for (uint32_t i = 0; i <= CLUSTER_GROUPS; i++) {
        snprintf(name, sizeof name, "g%u", i);
        assert_int_equal(config_add_group(&cl, name, members, 2, &index, &e), i < CLUSTER_GROUPS);
    }
    assert_string_equal(e.text, "HQ: more than 200 CallManager groups");
    for (uint32_t i = 0; i <= CLUSTER_POOLS; i++) {
        snprintf(name, sizeof name, "p%u", i);
        assert_int_equal(config_add_pool(&cl, name, 0, &index, &e), i < CLUSTER_POOLS);
    }
    assert_string_equal(e.text, "HQ: more than 2000 device pools");
    struct device_class k;
    memset(&k, 0, sizeof k);
    for (uint32_t i = 0; i <= CLUSTER_CLASSES; i++) {
        k.pool = (uint16_t)(i % CLUSTER_POOLS);
        k.lsc = i / CLUSTER_POOLS;
        assert_int_equal(config_class(&cl, &k, &index, &e), i < CLUSTER_CLASSES);
        if (i < CLUSTER_CLASSES)
            config_set_class(&cl, i, index, CLUSTER_CLASSES);
    }
    assert_string_equal(e.text,
                        "HQ: more than 4000 kinds of phones (pool, protocol, security, load)");
    k.pool = 0; /* one that is there is there */
    k.lsc = 0;
    must(config_class(&cl, &k, &index, &e), &e);
    assert_int_equal(index, 0);
    config_unset_class(&cl, 7); /* of which there is no device any more makes room */
    k.lsc = 3;
    must(config_class(&cl, &k, &index, &e), &e);
    assert_int_equal(index, 7);
    assert_int_equal(cl.db.classes[7].lsc, 3);
    assert_int_equal(cl.db.class_count, CLUSTER_CLASSES);
    config_set_class(&cl, 7, index, CLUSTER_CLASSES);
    k.lsc = 4;
    assert_false(config_class(&cl, &k, &index, &e));
    unmake();
}

/* Two that differ in one thing alone are two kinds. */
static void kinds_differ_in_one_thing(void **state)
{
    (void)state;
    make("9.1", 1);
    struct err e = { "" };
    struct device_class base, other;
    memset(&base, 0, sizeof base);
    uint16_t index;
    must(config_class(&cl, &base, &index, &e), &e);
    for (int i = 0; i < 6; i++) {
        other = base;
        other.pool = i == 0;
        other.protocol = i == 1;
        other.security_mode = i == 2 ? CNF_ENCRYPTED : 0;
        other.encrypted = i == 3;
        other.lsc = i == 4;
        strncpy(other.load, i == 5 ? "sip88xx" : "", sizeof other.load - 1);
        for (int again = 0; again < 2; again++) {
            must(config_class(&cl, &other, &index, &e), &e);
            assert_int_equal(index, i + 1);
        }
    }
    unmake();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_by_name),
        cmocka_unit_test(configurations_by_name),
        cmocka_unit_test(common_files),
        cmocka_unit_test(signed_with_what_is_in_service),
        cmocka_unit_test(concurrent_transfers),
        cmocka_unit_test(registrations),
        cmocka_unit_test(outside_its_group),
        cmocka_unit_test(profiles),
        cmocka_unit_test(services_of_a_second_node),
        cmocka_unit_test(at_once),
        cmocka_unit_test(the_sooner_deadline),
        cmocka_unit_test(names_and_counts_of_nodes),
        cmocka_unit_test(counts_of_groups_pools_and_kinds),
        cmocka_unit_test(kinds_differ_in_one_thing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
