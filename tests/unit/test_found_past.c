/* Phones that are off, of which no file says what they hold: what was served when they were seen
 * last. */
#include "tests/unit/run_script.h"
#include "tests/unit/site_maker.h"

#include "sim/lab_found.h"

static char folder[32];

static void put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* A site of which CallManager and TVS of the publisher are new since day 100; the SHA-256 of what
 * was there before and is now. */
struct renewed {
    struct site_maker m;
    const char *old_tvs, *old_ccm, *old_itl, *tvs, *ccm, *recovery, *itl;
};

static void renew_site(struct renewed *z)
{
    static const char *const nodes[] = { "cucm-pub", "cucm-sub1" };
    char path[200];
    *z = (struct renewed){ .m = { .lab = site_lab(79, nodes, 2), .folder = folder } };
    z->m.arena = arena_of(&sys_mem);
    snprintf(path, sizeof path, "%s/cluster.certs", folder);
    assert_int_equal(mkdir(path, 0777), 0);
    z->old_tvs = site_cert(&z->m, 0, OWN_TVS);
    z->old_ccm = site_cert(&z->m, 0, OWN_CALLMANAGER);
    z->recovery = site_cert(&z->m, 0, OWN_ITLRECOVERY);
    z->old_itl = site_itl(&z->m, 0);
    lab_run_until(z->m.lab, UINT64_C(100) * 86400 * 1000000);
    regenerate(z->m.lab, 0, OWN_TVS);
    regenerate(z->m.lab, 0, OWN_CALLMANAGER);
    settled(z->m.lab);
    restart_everywhere(z->m.lab);
    settled(z->m.lab);
    z->tvs = site_cert(&z->m, 0, OWN_TVS);
    z->ccm = site_cert(&z->m, 0, OWN_CALLMANAGER);
    z->itl = site_itl(&z->m, 0);
    lab_free(z->m.lab);
}

static void remove_site(struct renewed *z)
{
    char path[200];
    const char *const files[] = { z->old_tvs,  z->old_ccm, z->tvs, z->ccm,
                                  z->recovery, z->old_itl, z->itl };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/cluster.certs/%s.%s", folder, files[i],
                 i < 5 ? "der" : "tlv");
        assert_int_equal(remove(path), 0);
    }
    snprintf(path, sizeof path, "%s/cluster.certs", folder);
    assert_int_equal(rmdir(path), 0);
    arena_free(&z->m.arena);
}

static bool itl_has(const struct run *r, const char *phone, const char *sha256)
{
    uint32_t i, cert = lab_found_cert(r->lab, sha256);
    assert_true(lab_find_phone(r->lab, phone, &i));
    assert_int_not_equal(cert, 0);
    const struct ct_list *l =
        content_get_list(r->lab->state.clusters[0].env->content, r->lab->state.phones[i].itl);
    for (uint32_t k = 0; k < l->count; k++) {
        if (l->records[k].cert == cert)
            return true;
    }
    return false;
}

/* A phone that is off, of which nobody says what it holds, cannot hold what was made since. */
static void test_off_since(void **state)
{
    struct renewed z;
    char text[2000], path[128];
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/test_past-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/site.lua", folder);
    renew_site(&z);
    put("phones.csv", "name,model,pool,state,since\r\n"
                      "SEP001121000001,8845,Default,on,\r\n"
                      "SEP001121000002,8845,Default,off,2025-02-01T00:00:00Z\r\n"
                      "SEP001121000003,8845,Default,off,2025-05-30T00:00:00Z\r\n"
                      "SEP001121000004,8845,Default,off,\r\n");
    for (int known = 0; known < 2; known++) {
        snprintf(
            text, sizeof text,
            "start('2025-06-01 06:00') hq = cluster { name = 'HQ', version = '12.5', domain = "
            "'example.com', nodes = { 'cucm-pub', 'cucm-sub1' } }\n"
            "found { files = 'cluster', nodes = { ['cucm-pub'] = { own = { CallManager = '%s', "
            "TVS = '%s', ITLRecovery = '%s' }, itl = '%s', %s%s%s } } } "
            "hq:phones { file = 'phones.csv' } settle()\n",
            z.ccm, z.tvs, z.recovery, z.itl, known ? "runs = { TVS = '" : "",
            known ? z.old_tvs : "", known ? "' }" : "");
        struct run r = { .result = SCRIPT_PASSED };
        put("site.lua", text);
        struct session_options o = options_for(&r, path, 1);
        run_file(&r, &o);
        assert_string_equal(r.e.text, "");
        assert_true(itl_has(&r, "SEP001121000001", z.tvs));
        assert_true(itl_has(&r, "SEP001121000003", z.ccm));
        assert_true(itl_has(&r, "SEP001121000004", z.ccm));
        assert_false(itl_has(&r, "SEP001121000002", z.ccm));
        assert_false(itl_has(&r, "SEP001121000002", z.tvs));
        assert_true(itl_has(&r, "SEP001121000002", z.recovery));
        if (known)
            assert_true(itl_has(&r, "SEP001121000002", z.old_tvs));
        assert_int_equal(lab_found(r.lab)->past_count, 1);
        done(&r);
    }
    remove_site(&z);
    assert_int_equal(remove(path), 0);
    snprintf(path, sizeof path, "%s/phones.csv", folder);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_off_since) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
