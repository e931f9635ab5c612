/* How long certificates, lists and files are is known before any key is made, in every version; and
 * as long as nobody looks at bytes, no key is made at all. */
#include "nodes/certs.h"
#include "nodes/lists.h"
#include "sim/base/sys.h"
#include "tests/unit/lab_fixture.h"

#include <stdlib.h>
#include <unistd.h>

static char cache[] = "/tmp/cucmlab-lengths-XXXXXX";

static int make_cache(void **state)
{
    (void)state;
    return mkdtemp(cache) == NULL;
}

static int drop_cache(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", cache);
    return system(command);
}

static enum file_kind kind_of(const struct content *c, uint32_t id)
{
    if (content_kind(c, id) == CT_LIST)
        return content_get_list(c, id)->is_ctl ? FILE_CTL : FILE_ITL;
    const struct ct_file *f = content_get_file(c, id);
    bool blob = content_kind(c, f->payload) == CT_BLOB;
    if (f->encrypted_to != 0)
        return FILE_CNF_ENC;
    if (f->envelope.cert != 0)
        return blob ? FILE_LOCALE_SGN : FILE_CNF_SGN;
    return blob ? FILE_LOCALE : FILE_CNF;
}

struct seen {
    uint32_t certs, lists, files, encrypted;
};

/* One forge is asked for lengths alone, another for the bytes. */
static struct seen compare(struct content *c)
{
    struct seen seen = { 0 };
    struct forge *tells = forge_new(c, 1, NULL), *makes = forge_new(c, 1, cache);
    struct forge_device d = forge_device_of(0, "SEP0011215A0000");
    uint32_t count = c->count;
    for (uint32_t id = 1; id < count; id++) {
        struct arena a = arena_of(&sys_mem);
        struct err e = { "" };
        struct view v;
        enum ct_kind kind = content_kind(c, id);
        if (kind == CT_CERT) {
            seen.certs++;
            assert_int_not_equal(forge_der_length(tells, id), 0);
            assert_int_equal(forge_der_length(tells, id), forge_der(makes, id).n);
        } else if (kind == CT_LIST || kind == CT_FILE) {
            enum file_kind file = kind_of(c, id);
            uint32_t n = forge_length(tells, id, file, &d, &e);
            assert_string_equal(e.text, "");
            assert_true(forge_bytes(makes, id, file, &d, &a, &v, &e));
            assert_int_equal(n, v.n);
            seen.lists += kind == CT_LIST;
            seen.files += kind == CT_FILE;
            seen.encrypted += file == FILE_CNF_ENC;
        }
        arena_free(&a);
    }
    assert_int_equal(c->count, count);
    assert_int_equal(forge_keys_made(tells), 0);
    assert_true(forge_keys_made(makes) > 0);
    forge_free(tells);
    forge_free(makes);
    return seen;
}

/* A secure cluster where the version has a CTL without tokens: everybody registers, a certificate
 * of each kind is made anew, everybody comes back. */
static struct lab *run(const struct version *v, bool bytes)
{
    bool secure = v->ctl_signer != OWN_NONE;
    struct fixture f = { .version = v->name,
                         .nodes = 2,
                         .group = 2,
                         .phones = 2,
                         .mixed = secure,
                         .security = secure ? CNF_ENCRYPTED : CNF_NON_SECURE,
                         .encrypted = secure,
                         .bytes = bytes };
    struct lab *lab = make(f);
    for (int own = 0; own < OWNS; own++)
        if (certs_has_own(&lab->state.clusters[0], 0, (enum own)own))
            regenerate(lab, 0, (enum own)own);
    settled(lab);
    restart_everywhere(lab);
    reset(lab);
    return lab;
}

static void every_version(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < version_count; i++) {
        const struct version *v = &version_table[i];
        struct lab *lab = run(v, false);
        assert_int_equal(forge_keys_made(lab->base->forge), 0);
        uint32_t kinds = 0;
        for (int own = 0; own < OWNS; own++)
            kinds += certs_has_own(&lab->state.clusters[0], 0, (enum own)own);
        struct seen seen = compare(lab->base->content);
        assert_true(seen.certs >= 2 * kinds); /* of the publisher alone: the old and the new */
        assert_true(seen.lists >= 2 && seen.files >= 2);
        assert_int_equal(seen.encrypted != 0, v->ctl_signer != OWN_NONE);
        lab_free(lab);
    }
}

/* The other way, keys are made: the counter counts. */
static void with_bytes(void **state)
{
    (void)state;
    struct lab *lab = run(version_find("8.6"), true);
    assert_true(forge_keys_made(lab->base->forge) > 0);
    lab_free(lab);
}

/* Technote 214535: the ITL of a cluster of one node, release 11.5, has 7,879 bytes, and the subject
 * of its CallManager 59 with the NUL.  With names of that length ours has as many but a few; with
 * keys of 1024 bits, whole certificates of TVS and CAPF, or P-256, it is some 100 to 2,000 off. */
static void itl_of_11_5(void **state)
{
    (void)state;
    static const char *const nodes[] = { "cucm-emcc-01" };
    struct err e = { "" };
    uint32_t cluster;
    struct lab *lab = lab_new(&(struct lab_options){ .identity = 1 });
    assert_non_null(lab);
    struct lab_cluster_spec spec = { "HQ", "11.5", nodes, 1, "" };
    assert_true(lab_cluster(lab, &spec, &cluster, &e));
    uint32_t itl = lab->state.clusters[0].nodes[0].run.itl;
    struct forge *forge = forge_new(lab->base->content, 1, NULL);
    struct forge_device d = forge_device_of(0, "SEP0011215A0000");
    int64_t n = forge_length(forge, itl, FILE_ITL, &d, &e);
    assert_in_range(n, 7879 - 16, 7879 + 16);
    forge_free(forge);
    lab_free(lab);
}

/* Technote 118893: the CTL of two nodes of 10.5(1) without tokens has 4,947 bytes, and these
 * records (whole listing: `show ctl`); with CallManager of the publisher anew, of RSA 2048, 6,113.
 * Names and addresses here are as long as those there. */
static void ctl_of_10_5(void **state)
{
    (void)state;
    static const char *const nodes[] = { "cucm-1051-a-pub", "cucm-1051-a-sub1" };
    static const struct {
        uint32_t whole, certificates[4];
    } rows[] = { { 4947, { 694, 694, 680, 696 } }, { 6113, { 955, 955, 680, 696 } } };
    struct err e = { "" };
    uint32_t id;
    struct lab *lab = lab_new(&(struct lab_options){ .identity = 1 });
    assert_non_null(lab);
    struct lab_cluster_spec spec = { "HQ", "10.5(1)", nodes, 2, "" };
    assert_true(lab_cluster(lab, &spec, &id, &e));
    struct cluster *cl = &lab->state.clusters[0];
    for (int k = 0; k < 2; k++) {
        struct forge *forge = forge_new(lab->base->content, 1, cache);
        struct forge_device d = forge_device_of(0, "SEP0011215A0000");
        struct arena a = arena_of(&sys_mem);
        struct view v;
        struct tl list;
        if (k == 0)
            assert_true(lab_plain(lab, 0, DO_CTL_MIXED_MODE, &e));
        else
            certs_generate(cl, 0, OWN_CALLMANAGER,
                           &(struct cert_wish){ .key = KEY_RSA_2048, .years = 5 }, lab_now_us(lab));
        lists_put_ctl(cl, OWN_CALLMANAGER, lab_now_us(lab));
        assert_true(forge_bytes(forge, cl->db.ctl, FILE_CTL, &d, &a, &v, &e));
        assert_int_equal(v.n, rows[k].whole);
        assert_true(tl_decode(v, true, &a, &list, &e));
        assert_int_equal(list.count, 4);
        for (int i = 0; i < 4; i++)
            assert_int_equal(list.records[i].certificate.n, rows[k].certificates[i]);
        arena_free(&a);
        forge_free(forge);
    }
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_version),
                                        cmocka_unit_test(with_bytes), cmocka_unit_test(itl_of_11_5),
                                        cmocka_unit_test(ctl_of_10_5) };
    return cmocka_run_group_tests(tests, make_cache, drop_cache);
}
