/* Servers beside the versions with Security By Default: CUCM before 8.0, and a file server that is
 * no CUCM.  What they serve, what runs there, and what cannot be done to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "nodes/authority.h"
#include "nodes/services.h"
#include "tests/unit/nodes_fixture.h"

/* With one phone, 0, in its database. */
static void with_phone(const char *version)
{
    static const uint8_t members[] = { 0 };
    struct err e = { "" };
    struct device_class class = { .protocol = CNF_SIP };
    uint16_t group, pool, index;
    make(version, 1);
    must(config_add_group(&cl, "g", members, 1, &group, &e), &e);
    must(config_add_pool(&cl, "p", group, &pool, &e), &e);
    class.pool = pool;
    must(config_class(&cl, &class, &index, &e), &e);
    config_set_class(&cl, 0, index, 1);
}

static const struct {
    const char *version;
    const char *files;    /* a letter for each kind of file, in their order: y, n */
    const char *services; /* likewise */
} rows[] = {
    { "8.0", "nnyyyynyyyyyy", "ttttttttt" },
    { "7.1", "nnnnynnynynyn", "tfttttttt" },
    { "file server", "nnnnynnynynyn", "tftffffff" },
};

static void what_is_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        with_phone(rows[i].version);
        char files[FILE_KINDS + 1] = "", services[SERVICES + 1] = "";
        for (int k = 0; k < FILE_KINDS; k++)
            files[k] = serve_file(&cl, 0, (enum file_kind)k, 0, 0) != 0 ? 'y' : 'n';
        for (int s = 0; s < SERVICES; s++)
            services[s] = services_is_activated(&cl, 0, (enum service)s) ? 't' : 'f';
        assert_string_equal(files, rows[i].files);
        assert_string_equal(services, rows[i].services);
        assert_int_equal(serve_register(&cl, 0, 0, TRANSPORT_TCP, CONTENT_MIC, 1), REJECT_NONE);
        assert_int_equal(serve_register(&cl, 0, 1, TRANSPORT_TCP, CONTENT_MIC, 1),
                         REJECT_UNKNOWN_DEVICE);
        unmake();
    }
}

/* A node for TFTP alone goes by the mode too, when its TFTP starts. */
static void signed_in_mixed_mode(void **state)
{
    (void)state;
    with_phone("7.1");
    const struct act client = { .kind = DO_CTL_CLIENT,
                                .arg = { CLIENT_MIXED, token_make(&env, "SAST-A"),
                                         token_make(&env, "SAST-B") } };
    do_act((struct act){ .kind = DO_DEACTIVATE, .arg = { SERVICE_CALLMANAGER } }, SECOND_US);
    do_act(client, SECOND_US);
    assert_int_equal(serve_file(&cl, 0, FILE_CNF_SGN, 0, 0), 0);
    assert_true(services_is_outdated(&cl, 0, SERVICE_TFTP));
    do_act((struct act){ .kind = DO_RESTART, .arg = { SERVICE_TFTP } }, SECOND_US);
    cluster_tick(&cl, 3600 * SECOND_US);
    assert_false(services_is_outdated(&cl, 0, SERVICE_TFTP));
    assert_int_not_equal(serve_file(&cl, 0, FILE_CNF_SGN, 0, 0), 0);
    unmake();
}

static const struct cnf *configuration(void)
{
    const struct ct_file *f = content_get_file(&content, serve_file(&cl, 0, FILE_CNF, 0, 0));
    assert_int_equal(f->envelope.cert, 0);
    return content_get_cnf(&content, f->payload);
}

/* Neither has a TVS, and secured URLs came with 8.0; who writes a file by hand names no URL. */
static void configurations(void **state)
{
    (void)state;
    with_phone("7.1");
    const struct cnf *c = configuration();
    assert_int_equal(c->server_count, 1);
    assert_int_equal(c->tvs_count, 0);
    assert_string_equal(c->secure_directory_url, "http://127.0.0.11:8080/ccmcip/xmldirectory.jsp");
    assert_string_equal(c->capf_address, "127.0.0.11");
    unmake();
    with_phone("file server");
    c = configuration();
    assert_int_equal(c->server_count, 1);
    assert_string_equal(c->servers[0].address, "127.0.0.11");
    assert_int_equal(c->tvs_count, 0);
    assert_string_equal(c->secure_directory_url, "");
    assert_string_equal(c->directory_url, "");
    assert_string_equal(c->capf_address, "");
    unmake();
}

static void refused(struct act act, const char *said)
{
    struct err e = { "" };
    assert_false(cluster_do(&cl, &act, SECOND_US, &e));
    assert_string_equal(e.text, said);
}

static void acts(void **state)
{
    static const uint8_t of_cucm[] = { DO_REGENERATE, DO_UPLOAD,          DO_BACKUP, DO_HOSTNAME,
                                       DO_TVS_TTL,    DO_REMOTE_TFTP_ADD, DO_UPGRADE };
    (void)state;
    make("file server", 1);
    for (size_t i = 0; i < sizeof of_cucm; i++)
        assert_false(
            cluster_can(&cl, &(struct act){ .kind = of_cucm[i], .arg = { 1, 1 } }, 1, NULL));
    refused((struct act){ .kind = DO_BACKUP }, "HQ: a file server is no CUCM and has no Disaster "
                                               "Recovery System: Backup; utils disaster_recovery "
                                               "backup network");
    do_act((struct act){ .kind = DO_STOP, .arg = { SERVICE_CALLMANAGER } }, SECOND_US);
    do_act((struct act){ .kind = DO_RESTART, .arg = { SERVICE_TFTP } }, SECOND_US);
    unmake();
    make("7.1", 1);
    refused((struct act){ .kind = DO_REGENERATE, .arg = { OWN_TVS } },
            "HQ: pub has no certificate TVS of its own in version 7.1");
    refused((struct act){ .kind = DO_START, .arg = { SERVICE_TVS } },
            "HQ: Cisco Trust Verification Service is not activated on pub");
    unmake();
}

/* From before 8.0 an upgrade goes to any version of the table, from a file server to none. */
static void later(void **state)
{
    (void)state;
    const struct version *old = version_find("7.1"), *server = version_find("file server");
    assert_int_equal(other_version_count, 2);
    assert_ptr_equal(old, &other_versions[0]);
    assert_ptr_equal(server, &other_versions[1]);
    for (uint32_t i = 0; i < version_count; i++) {
        const struct version *v = &version_table[i];
        assert_true(v->cucm && v->sbd);
        assert_true(version_later(v, old));
        assert_false(version_later(v, server));
        assert_false(version_later(v, v));
        for (uint32_t k = 0; k < i; k++) {
            assert_true(version_later(v, &version_table[k]));
            assert_false(version_later(&version_table[k], v));
        }
    }
    assert_true(old->cucm && !old->sbd && !server->cucm && !server->sbd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_there),  cmocka_unit_test(signed_in_mixed_mode),
        cmocka_unit_test(configurations), cmocka_unit_test(acts),
        cmocka_unit_test(later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
