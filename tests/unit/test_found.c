/* found {}, list {}, phones { file = }: what they take, what they refuse and where, and what
 * becomes of a cluster (tests/vectors/site-small has the certificates). */
#include "tests/unit/run_script.h"

#include "nodes/backup.h"
#include "nodes/certs.h"
#include "nodes/serve.h"
#include "sim/inventory/shelf.h"
#include "tests/unit/site_maker.h"

#include <pthread.h>
#include <sys/stat.h>

/* Of tests/vectors/site-small/cluster.certs. */
#define CCM_PUB  "1423a5b1c29692c5f6f3dd115204b4b286f09b30714b2c1f0825ab52a718c7ad"
#define CCM_SUB  "b8557110e1c3fa192839b0d658de4fa5c5ade97395a810d38ac3146a3b90a275"
#define TVS_PUB  "b1533c5e90e73da64311beb6acbd0f9e6daa303231f5f18fcf09c97ba177b36b"
#define TVS_OLD  "11229a33bbf992f3812f6f8b02ad084234cb78678a79f85c73222ca2e6dec092"
#define CAPF_PUB "c5d9410080ffcdfa6e475934a854d2ed027f5acce83516e7f76547d86af0e6ea"
#define CAPF_SUB "fde2ff484c22cc0e6cd61a598f300aa5eccd67e3616c0a7276fd6a139a3df7d6"
#define RECOVERY "67553349bf3568a275779c700c37681c0f6c069d04c6e9f696aa521c725576c0"
#define ITL_PUB  "0e0b2a00b210bc1a02559436be98dc6b11d397018b850085e7acd5ddc38f34d0"
#define NOBODYS  "00000000000000000000000000000000000000000000000000000000deadbeef"

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

static int setup(void **state)
{
    char path[256], here[200], to[400];
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/test_found-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_non_null(getcwd(here, sizeof here));
    snprintf(path, sizeof path, "%s/site.certs", folder);
    snprintf(to, sizeof to, "%s/tests/vectors/site-small/cluster.certs", here);
    assert_int_equal(symlink(to, path), 0);
    snprintf(path, sizeof path, "%s/bad.certs", folder);
    assert_int_equal(mkdir(path, 0777), 0);
    put("bad.certs/" NOBODYS ".der", "no certificate");
    put("bad.certs/" NOBODYS ".tlv", "no list");
    snprintf(path, sizeof path, "%s/bad.certs/" TVS_OLD ".der", folder);
    snprintf(to, sizeof to, "%s/tests/vectors/site-small/cluster.certs/" TVS_OLD ".der", here);
    return symlink(to, path);
}

static int teardown(void **state)
{
    static const char *const names[] = { "bad.certs/" NOBODYS ".der",
                                         "bad.certs/" NOBODYS ".tlv",
                                         "bad.certs/" TVS_OLD ".der",
                                         "bad.certs",
                                         "site.certs",
                                         "site.lua",
                                         "phones.csv" };
    char path[200];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(path);
    }
    return rmdir(folder);
}

#define HQ                                                                                         \
    "hq = cluster { name = 'HQ', version = '12.5', domain = 'example.com', "                       \
    "nodes = { 'cucm-pub', 'cucm-sub1' } }\n"
#define FOUND(text) HQ "found { files = 'site', " text " }\n"

static void go(struct run *r, const char *text)
{
    static char path[128];
    memset(r, 0, sizeof *r);
    put("site.lua", text);
    snprintf(path, sizeof path, "%s/site.lua", folder);
    struct session_options o = options_for(r, path, 1);
    run_file(r, &o);
}

static struct run went(const char *text)
{
    struct run r;
    go(&r, text);
    assert_string_equal(r.e.text, "");
    return r;
}

/* The error names the file and line 2 and says this. */
static void refused(const char *text, const char *said)
{
    struct run r;
    char where[128];
    go(&r, text);
    snprintf(where, sizeof where, "%s/site.lua:2: ", folder);
    if (r.result != SCRIPT_ERROR || strncmp(r.e.text, where, strlen(where)) != 0 ||
        strstr(r.e.text, said) == NULL)
        fail_msg("in %s\n  expected %s\n  is       %s", text, said, r.e.text);
    done(&r);
}

/* ---- errors ---- */

static void test_refused(void **state)
{
    static const struct {
        const char *text, *said;
    } bad[] = {
        { HQ "found {}\nfound {}", "found: HQ: it is said already how it was found" },
        { HQ "found { file = 'site' }", "found: no field \"file\"" },
        { HQ "found { files = '../site' }", "found: files is the name of a file beside" },
        { HQ "found { files = '.site' }", "without a folder, not \".site\"" },
        { HQ "found { nodes = { pub = {} } }", "found: no field \"pub\" (one of cucm-pub" },
        { FOUND("nodes = { ['cucm-pub'] = { own = { CallManger = '" CCM_PUB "' } } }"),
          "found: no field \"CallManger\" (one of CallManager" },
        { FOUND("nodes = { ['cucm-pub'] = { own = { TVS = 'abc' } } }"),
          "found: TVS is a certificate's SHA-256, 64 hexadecimal digits, not \"abc\"" },
        { FOUND("nodes = { ['cucm-pub'] = { own = { TVS = '" NOBODYS "' } } }"),
          "deadbeef.der: No such file" },
        { HQ "found { nodes = { ['cucm-pub'] = { own = { TVS = '" TVS_PUB "' } } } }",
          "found: files says where certificates and lists lie" },
        { HQ "found { files = 'bad', nodes = { ['cucm-pub'] = { own = { TVS = '" NOBODYS
             "' } } } }",
          ".der: its SHA-256 is " },
        { HQ "found { files = 'bad', nodes = { ['cucm-pub'] = { itl = '" NOBODYS "' } } }",
          ".tlv: its SHA-256 is " },
        { HQ "found { files = 'bad', nodes = { ['cucm-pub'] = { own = { TVS = '" TVS_OLD
             "' } } } }",
          ".der: a plain file is expected, no link" },
        { FOUND("nodes = { ['cucm-pub'] = { ctl = '" ITL_PUB "' } }"), "is no CTL" },
        { FOUND("nodes = { ['cucm-pub'] = { services = { ['Cisco Tftp'] = 'sleeping' } } }"),
          "found: Cisco Tftp is \"started\", \"stopped\", \"out of service\" or \"not "
          "activated\"" },
        { FOUND("nodes = { ['cucm-pub'] = { runs = { ['Cisco CTIManager'] = 'unknown' } } }"),
          "found: runs: no service \"Cisco CTIManager\" works with a certificate" },
        { FOUND("nodes = { ['cucm-pub'] = { tls = '1.4' } }"), "found: no TLS version \"1.4\"" },
        { FOUND("nodes = { ['cucm-pub'] = { replication = 5 } }"),
          "found: replication is a number from 0 to 4" },
        { FOUND("nodes = { ['cucm-pub'] = { domain = 'a b' } }"), "domain \"a b\"" },
        { FOUND("nodes = { ['cucm-pub'] = { since = { ['Cisco Tftp'] = 'today' } } }"),
          "found: Cisco Tftp: " },
        { FOUND("trust = { ['tomcat'] = {} }"), "found: no field \"tomcat\" (one of" },
        { FOUND("trust = { ['CAPF-trust'] = { { '" CAPF_PUB "', on = { 'sub9' } } } }"),
          "found: on: no node \"sub9\"" },
        { FOUND("trust = { ['CAPF-trust'] = { {} } }"), "CAPF-trust: a certificate is expected" },
        { FOUND("tvs = { '" CAPF_PUB "' }"), "found: tvs has tables" },
        { FOUND("parameters = { rolback = true }"), "found: no field \"rolback\"" },
        { FOUND("parameters = { rollback = 7 }"), "found: rollback" },
        { FOUND("backup = 'yesterday'"), "found: backup: " },
        { FOUND("mixed_mode = 'no'"), "found: mixed_mode is true or false" },
        { HQ "list { name = 'a', file = 'ITL', records = { 'TVS b' } }",
          "list: found {} of its cluster comes before it" },
        { HQ "hq:phones { file = 'phones.csv' }", "phones: found {} of its cluster comes before" },
        { HQ "hq:phones { count = 1, model = '8845' } found {}",
          "found: HQ: how it was found is said before its phones" },
        { HQ "settle() wait(1) found {}",
          "found: HQ: how it was found is said before time passes" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (i > 0) {
            refused(bad[i].text, bad[i].said);
            continue;
        }
        struct run r; /* two lines below */
        go(&r, bad[i].text);
        assert_non_null(strstr(r.e.text, bad[i].said));
        assert_non_null(strstr(r.e.text, "site.lua:3: "));
        done(&r);
    }
}

static void test_refused_lists(void **state)
{
    static const struct {
        const char *text, *said;
    } bad[] = {
        { "list { name = 'a', file = 'XTL', records = { 'TVS b' } }", "list: no file \"XTL\"" },
        { "list { file = 'ITL', records = { 'TVS b' } }", "list: name and file are needed" },
        { "list { name = 'a', file = 'ITL' }", "list: records are expected" },
        { "list { name = 'a', file = 'ITL', records = { 'b' } }",
          "list \"a\": a record is \"TVS cucm1.example.com\"" },
        { "list { name = 'a', file = 'ITL', records = { 'TVS ' } }", "not \"TVS \"" },
        { "list { name = 'a', file = 'ITL', sha1 = 'AB', records = { 'TVS b' } }",
          "list: sha1 is 40 hexadecimal digits, not \"AB\"" },
        { "for i = 1, 2 do list { name = 'a', file = 'ITL', records = { 'TVS b' } } end",
          "list: two lists named \"a\"" },
    };
    char text[600];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(text, sizeof text, HQ "found {} %s", bad[i].text);
        refused(text, bad[i].said);
    }
}

/* ---- the cluster ---- */

static const struct cluster *hq(const struct run *r)
{
    return &r->lab->state.clusters[0];
}

static uint32_t cert(const struct run *r, const char *sha256)
{
    uint32_t c = lab_found_cert(r->lab, sha256);
    assert_int_not_equal(c, 0);
    return c;
}

static void test_trust(void **state)
{
    struct run r =
        went(FOUND("trust = { ['CAPF-trust'] = { '" CAPF_SUB "', { '" CAPF_PUB "', on = { "
                   "'cucm-sub1' } } }, ['Phone-SAST-trust'] = { '" CCM_SUB "' } }, "
                   "tvs = { { '" CCM_SUB "', ttl = 60, roles = { 'SAST' } }, "
                   "{ '" TVS_OLD "', roles = { 'SAST', 'Certificate Authority' } } }"));
    (void)state;
    const struct cluster *cl = hq(&r);
    struct tvs_answer all = serve_tvs_verify(cl, 0, cert(&r, CAPF_SUB), 0);
    assert_true(all.trusted);
    assert_int_equal(all.roles, ROLE_BIT(TL_CAPF));
    assert_int_equal(all.ttl_s, 86400);
    assert_false(serve_tvs_verify(cl, 0, cert(&r, CAPF_PUB), 0).trusted);
    assert_true(serve_tvs_verify(cl, 1, cert(&r, CAPF_PUB), 0).trusted);
    struct tvs_answer sast = serve_tvs_verify(cl, 0, cert(&r, CCM_SUB), 0);
    assert_int_equal(sast.roles, ROLE_BIT(TL_SAST));
    assert_int_equal(sast.ttl_s, 60);
    /* Known to the TVS store alone. */
    assert_int_equal(serve_tvs_verify(cl, 1, cert(&r, TVS_OLD), 0).roles, ROLE_BIT(TL_SAST));
    assert_true(lab_found_cluster(r.lab, 0)->model.trust_told);
    assert_int_equal(lab_found_cluster(r.lab, 0)->model.trust_count, 3);
    done(&r);
}

/* The system's own copy of an own certificate goes with it. */
static void test_own_copy(void **state)
{
    struct run r =
        went(FOUND("nodes = { ['cucm-sub1'] = { own = { CallManager = '" CCM_SUB "' } } }, "
                   "trust = { ['CallManager-trust'] = { '" CCM_SUB "', '" CCM_PUB "' } }"));
    (void)state;
    struct cluster *cl = &r.lab->state.clusters[0];
    assert_null(certs_in_store(cl, STORE_CALLMANAGER_TRUST, cert(&r, CCM_SUB)));
    assert_non_null(certs_in_store(cl, STORE_CALLMANAGER_TRUST, cert(&r, CCM_PUB)));
    assert_true(serve_tvs_verify(cl, 0, cert(&r, CCM_SUB), 0).trusted);
    done(&r);
}

static void test_services(void **state)
{
    struct run r = went(
        FOUND("nodes = { ['cucm-pub'] = { services = { ['Cisco CallManager'] = 'not activated', "
              "['Cisco Tftp'] = 'stopped', ['Cisco DRF Master'] = 'out of service' }, "
              "since = { ['Cisco DRF Master'] = '2020-01-02 03:04', "
              "['Cisco Trust Verification Service'] = '2020-01-02T03:04:00Z' }, "
              "runs = { TVS = 'unknown', tomcat = '" TVS_OLD "' } }, "
              "['cucm-sub1'] = { services = { ['Cisco CallManager'] = 'stopped', "
              "['Cisco Certificate Authority Proxy Function'] = 'started' } } }"));
    (void)state;
    const struct cluster *cl = hq(&r);
    const struct node *pub = &cl->nodes[0], *sub = &cl->nodes[1];
    assert_false(services_is_activated(cl, 0, SERVICE_CALLMANAGER));
    assert_int_equal(pub->run.services[SERVICE_CALLMANAGER].state, SERVICE_STOPPED);
    assert_true(services_is_activated(cl, 0, SERVICE_TFTP));
    assert_int_equal(pub->run.services[SERVICE_TFTP].state, SERVICE_STOPPED);
    assert_int_equal(sub->run.services[SERVICE_CALLMANAGER].state, SERVICE_STOPPED);
    assert_int_equal(sub->run.services[SERVICE_TFTP].state, SERVICE_RUNNING);
    assert_false(services_is_activated(cl, 1, SERVICE_CAPF)); /* on the publisher alone */
    assert_int_equal(pub->run.used[SERVICE_TOMCAT], cert(&r, TVS_OLD));
    assert_int_not_equal(pub->run.used[SERVICE_TVS], pub->disk.own[OWN_TVS]);
    assert_int_equal(content_get_cert(r.lab->base->content, pub->run.used[SERVICE_TVS])->subject,
                     content_get_cert(r.lab->base->content, pub->disk.own[OWN_TVS])->subject);
    const struct lab_found_node *told = &lab_found_cluster(r.lab, 0)->nodes[0];
    assert_int_equal(told->service_count, 1);
    assert_string_equal(told->services[0].name, "Cisco DRF Master");
    assert_int_equal(told->services[0].state, FOUND_STOPPED);
    assert_int_equal(told->services[0].since_s, 1577934240);
    assert_int_equal(lab_found_cluster(r.lab, 0)->model.nodes[0].services[SERVICE_TVS].since_s,
                     1577934240);
    /* The group that the cluster had from the beginning has who runs CallManager. */
    assert_int_equal(cl->db.groups[0].count, 1);
    assert_int_equal(cl->db.groups[0].members[0], 1);
    done(&r);
}

static void test_rest(void **state)
{
    struct run r = went(FOUND("mixed_mode = true, parameters = { rollback = true, "
                              "['Maximum Serving Count'] = 7 }, backup = 'none', "
                              "itlrecovery_saved = true, nodes = { ['cucm-pub'] = { fips = true, "
                              "tls = '1.2', domain = 'other.example' }, ['cucm-sub1'] = { tls = "
                              "'1.1', replication = 3 } }"));
    (void)state;
    const struct cluster *cl = hq(&r);
    const struct lab_found_cluster *told = lab_found_cluster(r.lab, 0);
    assert_true(cl->db.mixed_mode && cl->nodes[1].run.mixed_mode);
    assert_int_not_equal(cl->db.ctl, 0);
    assert_int_equal(cl->nodes[1].run.ctl, cl->db.ctl);
    assert_int_equal(cl->db.params[PARAM_ROLLBACK], 1);
    assert_int_equal(cl->db.params[PARAM_MAX_SERVING], 7);
    assert_int_equal(cl->db.params[PARAM_TLS_MIN], 1);
    assert_int_equal(cl->p12, cl->nodes[0].disk.own[OWN_ITLRECOVERY]);
    assert_true(cl->nodes[0].disk.fips && !cl->nodes[1].disk.fips);
    assert_string_equal(cl->nodes[0].disk.domain, "other.example");
    assert_string_equal(cl->nodes[1].disk.domain, "example.com");
    assert_int_equal(cl->nodes[0].stopped_us, 0);
    assert_int_not_equal(cl->nodes[1].stopped_us, 0);
    assert_null(cl->backup);
    assert_int_equal(told->backup, LAB_NO);
    assert_int_equal(told->itlrecovery_saved, LAB_YES);
    assert_int_equal(told->backup_restores, LAB_UNTOLD);
    assert_int_equal(told->nodes[0].tls, 2);
    assert_int_equal(told->nodes[1].replication, 3);
    assert_int_equal(told->nodes[1].fips, LAB_UNTOLD);
    done(&r);
}

static const struct backup *backup_of(const struct run *r)
{
    const struct backup *b = backup_nth(hq(r), 1);
    assert_non_null(b);
    return b;
}

static uint32_t own_in(const struct backup *b, uint32_t node, enum own own)
{
    return b->disks[node].own[own];
}

/* What the lab made has no date, and says nothing of a backup. */
static void test_backup(void **state)
{
    (void)state;
    struct run r = went("start('2025-06-01 06:00')\n" FOUND("backup = '2025-05-01 02:00'"));
    assert_int_equal(backup_of(&r)->unknown, 0);
    assert_int_equal(backup_of(&r)->made_s, 1746064800);
    assert_null(backup_nth(hq(&r), 2));
    done(&r);
    r = went("start('2025-06-01 06:00')\n" FOUND(
        "backup = '2025-05-01 02:00', backup_restores = false"));
    assert_null(hq(&r)->backup);
    done(&r);
}

#define OWN_OLD_BACKUP                                                                             \
    "start('2025-06-01 06:00')\n" FOUND(                                                           \
        "backup = '2025-01-05 02:00', nodes = { ['cucm-pub'] = { own = { CallManager = '" CCM_PUB  \
        "', TVS = '" TVS_PUB "', ITLRecovery = '" RECOVERY "' } } }")

/* One that is older than own certificates: those that stand for what it has in their place are
 * known to nobody, and the cluster itself has what was found. */
static void test_older_backup(void **state)
{
    static const enum own newer[] = { OWN_CALLMANAGER, OWN_TVS, OWN_ITLRECOVERY };
    (void)state;
    struct run r = went(OWN_OLD_BACKUP);
    const struct cluster *cl = hq(&r);
    const struct backup *b = backup_of(&r);
    assert_int_equal(b->unknown, 3);
    assert_int_equal(cl->nodes[0].disk.own[OWN_CALLMANAGER], lab_found_cert(r.lab, CCM_PUB));
    for (size_t i = 0; i < sizeof newer / sizeof newer[0]; i++) {
        uint32_t now = cl->nodes[0].disk.own[newer[i]], was = own_in(b, 0, newer[i]);
        assert_int_not_equal(now, was);
        assert_true(content_get_cert(cl->env->content, now)->subject ==
                    content_get_cert(cl->env->content, was)->subject);
    }
    /* what the publisher makes for all is one there too; what nobody found stays */
    assert_int_equal(own_in(b, 1, OWN_ITLRECOVERY), own_in(b, 0, OWN_ITLRECOVERY));
    assert_int_equal(own_in(b, 0, OWN_TOMCAT), cl->nodes[0].disk.own[OWN_TOMCAT]);
    done(&r);
}

/* What somebody says of it is so, whatever its date. */
static void test_backup_as_told(void **state)
{
    (void)state;
    struct run r = went("start('2025-06-01 06:00')\n" FOUND(
        "backup = '2025-01-05 02:00', nodes = { ['cucm-pub'] = { own = { CallManager = '" CCM_PUB
        "', TVS = '" TVS_PUB "' }, in_backup = { TVS = '" TVS_OLD "', CAPF = '" CAPF_PUB
        "' } } }"));
    const struct lab_found_cluster *told = lab_found_cluster(r.lab, 0);
    assert_int_equal(backup_of(&r)->unknown, 1);
    assert_int_equal(told->backup_unknown[0], OWN_BIT(OWN_CALLMANAGER));
    assert_int_equal(own_in(backup_of(&r), 0, OWN_TVS), cert(&r, TVS_OLD));
    assert_int_equal(own_in(backup_of(&r), 0, OWN_CAPF), cert(&r, CAPF_PUB));
    assert_int_equal(hq(&r)->nodes[0].disk.own[OWN_TVS], cert(&r, TVS_PUB));
    done(&r);
}

/* Where a file has the one from before, that is what the backup holds: a service that works with
 * it, or a list that is still served. */
static void test_backup_that_is_known(void **state)
{
    static const char *const nodes[] = { "cucm-pub", "cucm-sub1" };
    struct site_maker m = { .lab = site_lab(79, nodes, 2), .arena = arena_of(&sys_mem) };
    char text[2000], path[200];
    (void)state;
    snprintf(path, sizeof path, "%s/cluster.certs", folder);
    assert_int_equal(mkdir(path, 0777), 0);
    m.folder = folder;
    const char *old_tvs = site_cert(&m, 0, OWN_TVS), *old_ccm = site_cert(&m, 0, OWN_CALLMANAGER);
    const char *old_itl = site_itl(&m, 0);
    lab_run_until(m.lab, UINT64_C(100) * 86400 * 1000000);
    regenerate(m.lab, 0, OWN_TVS);
    regenerate(m.lab, 0, OWN_CALLMANAGER);
    const char *tvs = site_cert(&m, 0, OWN_TVS), *ccm = site_cert(&m, 0, OWN_CALLMANAGER);
    lab_free(m.lab);
    snprintf(
        text, sizeof text,
        "start('2025-06-01 06:00')\n" HQ
        "found { files = 'cluster', backup = '2025-02-01 02:00', nodes = { ['cucm-pub'] = "
        "{ own = { CallManager = '%s', TVS = '%s' }, runs = { TVS = '%s' }, itl = '%s' } } }\n",
        ccm, tvs, old_tvs, old_itl);
    struct run r = went(text);
    assert_int_equal(backup_of(&r)->unknown, 0);
    assert_int_equal(own_in(backup_of(&r), 0, OWN_TVS), lab_found_cert(r.lab, old_tvs));
    const struct ct_list *l =
        content_get_list(hq(&r)->env->content, lab_found_list(r.lab, old_itl));
    bool signs_files = false;
    for (uint32_t i = 0; i < l->count; i++)
        signs_files =
            signs_files || (l->records[i].role == TL_TFTP &&
                            l->records[i].cert == own_in(backup_of(&r), 0, OWN_CALLMANAGER));
    assert_true(signs_files);
    done(&r);
    const char *const files[] = { old_tvs, old_ccm, tvs, ccm, old_itl };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/cluster.certs/%s.%s", folder, files[i],
                 i < 4 ? "der" : "tlv");
        assert_int_equal(remove(path), 0);
    }
    snprintf(path, sizeof path, "%s/cluster.certs", folder);
    assert_int_equal(rmdir(path), 0);
    arena_free(&m.arena);
}

/* Who signed a list of which a page tells no more than names: where CallManager signs, the one of
 * its TFTP record, whoever has that; the publisher's ITLRecovery where that is one for all. */
static void test_signer_by_names(void **state)
{
    static const struct {
        const char *version, *tftp;
        bool ours, second_ours; /* the signer, the other SAST */
        uint8_t signer;
    } cases[] = {
        { "8.6", "gone.example.com", false, false, OWN_CALLMANAGER },
        { "8.6", "pub.example.com", true, false, OWN_CALLMANAGER },
        { "11.5", "gone.example.com", false, false, OWN_CALLMANAGER },
        { "11.5", "pub.example.com", true, true, OWN_CALLMANAGER },
        { "12.5", "gone.example.com", true, false, OWN_ITLRECOVERY },
        { "15", "pub.example.com", true, true, OWN_ITLRECOVERY },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[500];
        snprintf(
            text, sizeof text,
            "hq = cluster { name = 'HQ', version = '%s', domain = 'example.com', nodes = 'pub' "
            "} found {} list { name = 'a', file = 'ITL', records = { 'TVS pub.example.com', "
            "'TFTP %s' } }",
            cases[i].version, cases[i].tftp);
        struct run r = went(text);
        const struct content *c = hq(&r)->env->content;
        const struct ct_list *l = content_get_list(c, lab_found(r.lab)->by_hash[0].list);
        const struct node_disk *d = &hq(&r)->nodes[0].disk;
        bool two = hq(&r)->version->itl_second_sast != OWN_NONE;
        uint8_t other = cases[i].signer == OWN_CALLMANAGER ? OWN_ITLRECOVERY : OWN_CALLMANAGER;
        assert_int_equal(l->count, two ? 4 : 3);
        assert_int_equal(l->envelope.cert, l->records[2].cert);
        assert_int_equal(l->envelope.cert == d->own[cases[i].signer], cases[i].ours);
        if (two)
            assert_int_equal(l->records[3].cert == d->own[other], cases[i].second_ours);
        done(&r);
    }
}

/* What is left out is as the lab makes it. */
static void test_nothing_told(void **state)
{
    struct run r = went(HQ "found {}");
    (void)state;
    const struct cluster *cl = hq(&r);
    assert_false(cl->db.mixed_mode);
    assert_int_equal(cl->db.ctl, 0);
    assert_int_equal(cl->db.params[PARAM_TLS_MIN], cl->version->tls_oldest);
    assert_int_equal(lab_found_cluster(r.lab, 0)->backup, LAB_UNTOLD);
    assert_int_equal(lab_found_cluster(r.lab, 0)->nodes[1].replication, -1);
    assert_string_equal(lab_found_cluster(r.lab, 0)->nodes[1].address, "");
    assert_int_equal(lab_found(r.lab)->present_us, 0); /* without phones all is quiet at once */
    done(&r);
}

/* ---- phones ---- */

#define HEADER "name,model,pool,security,protocol,itl,ctl,state,since,tftp\n"
#define SITE   HQ "found { files = 'site' }\nhq:pool('p', 'Default') "

static void test_phones(void **state)
{
    (void)state;
    put("phones.csv", HEADER "SEP001121000001,8845,p,,SIP,none,,on,,cucm-sub1\n"
                             "SEP001121000002,Cisco 7965,p,,SCCP," ITL_PUB ",none,off,2020-01-02 "
                             "03:04,cucm-sub1 cucm-pub\n"
                             "SEP001121000003,Cisco 8899,p,,SIP,served,served,,,\n"
                             "SEP001121000004,Analog Phone,p,,,,,,,\n");
    struct run r = went(SITE "local f = hq:phones { file = 'phones.csv' } settle() "
                             "print(#f, f:count { state = 'Off' }, f:count { registered = true }, "
                             "f:count { itl_by = 'none' })");
    assert_string_equal(r.out, "3\t1\t2\t1\n");
    assert_int_equal(lab_found(r.lab)->bent, 1);
    assert_int_equal(lab_found(r.lab)->nothing, 1);
    uint32_t first, second, third;
    assert_true(lab_find_phone(r.lab, "SEP001121000001", &first));
    assert_true(lab_find_phone(r.lab, "SEP001121000002", &second));
    assert_true(lab_find_phone(r.lab, "SEP001121000003", &third));
    const struct lab_state *s = &r.lab->state;
    const uint32_t *tftp = s->dhcp[s->phones[first].place].tftp;
    assert_int_equal(tftp[0], s->clusters[0].nodes[1].disk.ip);
    assert_int_equal(tftp[1], 0);
    assert_int_equal(s->dhcp[s->phones[third].place].tftp[0], s->clusters[0].nodes[0].disk.ip);
    assert_int_equal(s->phones[second].itl, lab_found_list(r.lab, ITL_PUB));
    assert_int_equal(s->phones[first].itl, 0);
    assert_string_equal(lab_found_phone(r.lab, third)->model, "Cisco 8899");
    assert_null(lab_found_phone(r.lab, first)->model);
    assert_int_equal(lab_found_phone(r.lab, second)->since_s, 1577934240);
    done(&r);
}

static uint32_t phones_of(const struct session_options *o)
{
    struct run r = { 0 };
    struct session_options copy = *o;
    run_file(&r, &copy);
    assert_string_equal(r.e.text, "");
    uint32_t count = r.lab->state.phone_count;
    done(&r);
    return count;
}

/* A session that is made of the options of another one has its table, not what the file says now;
 * who is made of none reads it. */
static void test_table_once(void **state)
{
    char path[128];
    struct run r = { 0 };
    (void)state;
    put("phones.csv", HEADER "SEP001121000001,8845,p,,,,,,,\nSEP001121000002,7965,p,,,,,,,\n");
    put("site.lua", SITE "hq:phones { file = 'phones.csv' } settle()");
    snprintf(path, sizeof path, "%s/site.lua", folder);
    struct session_options fresh = options_for(&r, path, 1);
    run_file(&r, &fresh);
    assert_string_equal(r.e.text, "");
    put("phones.csv", HEADER "SEP001121000003,8845,p,,,,,,,\n");
    struct session_options again = r.session->options;
    again.lab.seed = 2;
    assert_int_equal(phones_of(&again), 2);
    fresh = options_for(&r, path, 1);
    assert_int_equal(phones_of(&fresh), 1);
    done(&r);
}

static void *ask_shelf(void *shelf)
{
    struct err e = { "" };
    char path[128];
    snprintf(path, sizeof path, "%s/phones.csv", folder);
    return (void *)shelf_table(shelf, path, "phones.csv", &e);
}

/* All threads get one table; a file that cannot be used is not remembered. */
static void test_shelf(void **state)
{
    pthread_t threads[4];
    void *table, *first = NULL;
    struct shelf *shelf = shelf_new();
    (void)state;
    put("phones.csv", HEADER "SEP00112100000,8845,p,,,,,,,\n");
    assert_null(ask_shelf(shelf));
    put("phones.csv",
        HEADER "SEP001121000002,8861,b,,,,,,,\nSEP001121000001,Analog Phone,p,,,,,,,\n"
               "SEP001121000003,8845,b,,,,,,,\nSEP001121000004,8861,a,,,,,,,\n"
               "SEP001121000005,8861,b,,,,,,,\n");
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_shelf, shelf), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], &table), 0);
        assert_non_null(table);
        assert_true(first == NULL || table == first);
        first = table;
    }
    const struct found_rows *rows = first;
    assert_int_equal(rows->count, 5);
    assert_int_equal(rows->nothing, 1);
    assert_int_equal(rows->phone_count, 4); /* by pool, then what else is of one configuration */
    assert_string_equal(rows->phones[0]->name, "SEP001121000004");
    for (uint32_t i = 1; i < 4; i++)
        assert_string_equal(rows->phones[i]->pool, "b");
    bool between = rows->phones[2]->model != rows->phones[1]->model &&
                   rows->phones[2]->model != rows->phones[3]->model;
    assert_false(between);
    shelf_free(shelf);
}

/* Every cluster has a group and a pool of that name: what is said of them is what they are, once.
 */
static void test_default(void **state)
{
    (void)state;
    struct run r =
        went(HQ "found {} hq:group('Default', { 'cucm-sub1' }) hq:group('b', { 'cucm-pub' "
                "}) hq:pool('Default', 'b')");
    const struct cluster *cl = &r.lab->state.clusters[0];
    assert_int_equal(cl->db.group_count, 2);
    assert_int_equal(cl->db.pool_count, 1);
    assert_int_equal(cl->db.groups[0].count, 1);
    assert_int_equal(cl->db.groups[0].members[0], 1);
    assert_int_equal(cl->db.pools[0].group, 1);
    done(&r);
    refused(HQ "found {} hq:group('Default', { 'cucm-sub1' }) hq:group('Default', { 'cucm-pub' })",
            "there is already a CallManager group \"Default\"");
    refused(HQ "found {} hq:pool('Default', 'Default') hq:pool('Default', 'Default')",
            "there is already a device pool \"Default\"");
}

static void test_refused_phones(void **state)
{
    static const struct {
        const char *row, *said;
    } bad[] = {
        { "SEP00112100000X,8845,p,,,,,,,", "phones.csv:2: a device name is expected" },
        { "SEP001121000001,8845,,,,,,,,", "phones.csv:2: a device pool is expected" },
        { "SEP001121000001,,p,,,,,,,", "phones.csv:2: a model is expected" },
        { "SEP001121000001,8845,p,sometimes,,,,,,",
          "phones.csv:2: column \"security\": non-secure, authenticated, encrypted or nothing is "
          "expected, not \"sometimes\"" },
        { "SEP001121000001,8845,p,,,,,away,,", "column \"state\": off, on or nothing" },
        { "SEP001121000001,8845,p,,,itl-9,,,,",
          "phones.csv:2: \"none\", \"served\", a SHA-256 of cluster.certs or the name of a list {} "
          "is expected, not \"itl-9\"" },
        { "SEP001121000001,8845,p,,,," ITL_PUB ",,,", "phones.csv:2: 0e0b2a00b210bc1a0255....tlv "
                                                      "is no CTL" },
        /* known already, as an ITL */
        { "SEP001121000001,8845,p,,," ITL_PUB ",,,,\nSEP001121000002,8845,p,,,," ITL_PUB ",,,",
          "phones.csv:3: 0e0b2a00b210bc1a0255....tlv is no CTL" },
        { "SEP001121000001,8845,p,,," ITL_PUB "," ITL_PUB ",,,",
          "phones.csv:2: 0e0b2a00b210bc1a0255....tlv is no CTL" },
        { "SEP001121000001,8845,p,,,itl-1,,,,\nSEP001121000002,8845,p,,,,itl-1,,,",
          "phones.csv:3: \"itl-1\" is no CTL" },
        { "SEP001121000001,8845,p,,,,,,,cucm-pub cucm-sub1 cucm-pub",
          "phones.csv:2: one or two nodes with Cisco Tftp are expected, not \"cucm-pub cucm-sub1 "
          "cucm-pub\"" },
        { "SEP001121000001,8845,p,,,,,,2020,", "phones.csv:2: " },
        { "SEP001121000001,8845,p,,,,,,,sub9",
          "phones.csv:2: one or two nodes with Cisco Tftp are expected, not \"sub9\"" },
        { "SEP001121000001,8845,q,,,,,,,", "phones.csv:2: HQ: no device pool \"q\"" },
        { "SEP001121000001,8845,p,,,,,,,\nSEP001121000001,8845,p,,,,,,,",
          "phones.csv:3: second row of SEP001121000001, the first is in line 2" },
        { "\"SEP001121000001,8845,p,,,,,,,", "phones.csv:2: the quote that begins here" },
    };
    char text[600];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct run r;
        snprintf(text, sizeof text, HEADER "%s\n", bad[i].row);
        put("phones.csv", text);
        go(&r, SITE "list { name = 'itl-1', file = 'ITL', records = { 'TVS cucm-pub' } } "
                    "hq:phones { file = 'phones.csv' }");
        if (r.result != SCRIPT_ERROR || strstr(r.e.text, bad[i].said) == NULL ||
            strstr(r.e.text, "site.lua:3: phones: ") == NULL)
            fail_msg("in %s\n  expected %s\n  is       %s", bad[i].row, bad[i].said, r.e.text);
        done(&r);
    }
    put("phones.csv", "name,pool\n");
    struct run r;
    go(&r, SITE "hq:phones { file = 'phones.csv' }");
    assert_non_null(strstr(r.e.text, "phones.csv:1: no column \"model\" in the header"));
    done(&r);
    go(&r, SITE "hq:phones { file = 'phones.csv', count = 3 }");
    assert_non_null(strstr(r.e.text, "phones: no field \"count\" (there is file)"));
    done(&r);
}

/* Rows, certificates and lists cost what they are worth: a scenario that reads again and again ends
 * as any other loop does. */
static void test_budget(void **state)
{
    char path[128];
    (void)state;
    FILE *f = fopen((snprintf(path, sizeof path, "%s/phones.csv", folder), path), "wb");
    assert_non_null(f);
    fputs(HEADER, f);
    for (int i = 0; i < 2000; i++)
        fprintf(f, "SEP0011210%05X,8845,p,,SIP,,,,,\n", (unsigned)i);
    fclose(f);
    put("site.lua", SITE "hq:phones { file = 'phones.csv' }");
    snprintf(path, sizeof path, "%s/site.lua", folder);
    for (int i = 0; i < 2; i++) {
        struct run r = { 0 };
        struct session_options o = options_for(&r, path, 1);
        o.script.instructions = i == 0 ? 60000 : 2000000;
        run_file(&r, &o);
        assert_int_equal(r.result == SCRIPT_ERROR, i == 0);
        assert_int_equal(strstr(r.e.text, "too many instructions") != NULL, i == 0);
        done(&r);
    }
}

/* ---- finding what is there ---- */

static void test_lookups(void **state)
{
    struct run r =
        went(HQ "hq:phones { count = 4, model = '8845' } hq:phones { count = 2, model = '7965' }\n"
                "print(cluster 'HQ' == hq, #phones {}, #phones { model = '7965' }, "
                "#phones { cluster = hq, pool = 'Default' })\n"
                "local far = cluster { name = 'Far', version = '14', nodes = { 'f' } }\n"
                "far:phones { count = 3, model = '8845' } hq:phones { count = 1, model = '8861' }\n"
                "print(#phones { cluster = hq }, #phones { cluster = far, model = '8845' })");
    (void)state;
    assert_string_equal(r.out, "true\t6\t2\t6\n7\t3\n");
    done(&r);
    refused(HQ "cluster 'HX'", "cluster: no cluster \"HX\" (there is HQ): did you mean HQ?");
    refused(HQ "phones { modl = 'a' }", "phones: no field \"modl\"");
    refused(HQ "phones()",
            "phones: filters are expected, phones { pool = \"DP-HQ\" }, not nothing");
    refused(HQ "cluster { name = 'Far', version = '14', nodes = { 'f' } } phones {}",
            "phones: there are 2 clusters: which one?");
}

/* A scenario that nobody keeps in a file has nothing beside it. */
static void test_no_folder(void **state)
{
    char path[128];
    struct run r = { 0 };
    (void)state;
    put("site.lua", HQ "found { files = 'site', nodes = { ['cucm-pub'] = { own = { TVS = '" TVS_PUB
                       "' } } } }");
    snprintf(path, sizeof path, "%s/site.lua", folder);
    assert_non_null(freopen(path, "r", stdin));
    struct session_options o = options_for(&r, "-", 1);
    run_file(&r, &o);
    assert_int_equal(r.result, SCRIPT_ERROR);
    assert_non_null(
        strstr(r.e.text, "found: a scenario from standard input has no files beside it"));
    done(&r);
}

/* ---- a run and its bytes are one ---- */

/* Mixed mode: a CTL, LSCs and encrypted files in the name of certificates that are not ours. */
static const char mixed[] =
    "hq = cluster { name = 'HQ', version = '%s', domain = 'example.com', "
    "nodes = { 'cucm-pub', 'cucm-sub1' } }\n"
    "found { files = 'site', mixed_mode = true, nodes = {\n"
    "['cucm-pub'] = { own = { CallManager = '" CCM_PUB "', TVS = '" TVS_PUB "', CAPF = '" CAPF_PUB
    "', ITLRecovery = '" RECOVERY "' }, runs = { TVS = 'unknown' } },\n"
    "['cucm-sub1'] = { own = { CallManager = '" CCM_SUB "', TVS = '" TVS_OLD "' } } } }\n"
    "local f = hq:phones { count = 3, model = '8845', security = 'encrypted', encrypted = true, "
    "lsc = true }\n"
    "hq:phones { count = 2, model = '7965', security = 'authenticated' }\n"
    "settle() expect(f:count { config = 'encrypted', registered = true }):equals(3)\n"
    "step('renew', function() hq['cucm-pub']:regenerate('CallManager') end) settle()\n"
    "step('reset', function() phones {}:reset() end) settle()\n"
    "step('TVS', function() hq['cucm-pub']:regenerate('TVS') hq['cucm-pub']:restart('Cisco Tftp', "
    "'TVS') end) settle() phones {}:reset() settle()\n"
    "print(phones {}:count { lost = true }, phones {}:count { registered = true })";

static uint64_t traced(const char *version, bool bytes, bool looks, char out[64])
{
    static char path[128];
    char text[sizeof mixed + 20];
    struct run r = { 0 };
    size_t n;
    snprintf(text, sizeof text, mixed, version);
    put("site.lua", text);
    snprintf(path, sizeof path, "%s/site.lua", folder);
    struct session_options o = options_for(&r, path, 1);
    o.lab.bytes = bytes;
    o.lab.looks = looks;
    FILE *printed = open_memstream(&r.out, &n);
    o.script.out = printed;
    open_file(&r, &o);
    lab_trace_begin(&r.trace, r.lab, NULL, NULL);
    r.result = session_run(r.session, &r.e);
    fclose(printed);
    assert_string_equal(r.e.text, "");
    assert_int_equal(r.result, SCRIPT_PASSED);
    snprintf(out, 64, "%s", r.out);
    uint64_t hash = r.trace.trace.hash;
    done(&r);
    return hash;
}

static void test_bytes(void **state)
{
    static const char *const versions[] = { "8.6", "10.5(2)", "12.5", "15" };
    char plain[64], bytes[64], looks[64];
    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        uint64_t hash = traced(versions[i], false, false, plain);
        assert_true(traced(versions[i], true, false, bytes) == hash);
        assert_true(traced(versions[i], false, true, looks) == hash);
        assert_string_equal(bytes, plain);
        assert_string_equal(looks, plain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_refused_lists),
        cmocka_unit_test(test_trust),          cmocka_unit_test(test_own_copy),
        cmocka_unit_test(test_services),       cmocka_unit_test(test_rest),
        cmocka_unit_test(test_backup),         cmocka_unit_test(test_older_backup),
        cmocka_unit_test(test_backup_as_told), cmocka_unit_test(test_backup_that_is_known),
        cmocka_unit_test(test_nothing_told),   cmocka_unit_test(test_signer_by_names),
        cmocka_unit_test(test_phones),         cmocka_unit_test(test_refused_phones),
        cmocka_unit_test(test_budget),         cmocka_unit_test(test_lookups),
        cmocka_unit_test(test_no_folder),      cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_default),        cmocka_unit_test(test_table_once),
        cmocka_unit_test(test_shelf),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
