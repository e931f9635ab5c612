/* What a node prints, `cucmlab import` reads: each command's output goes through the readers, and
 * the facts that come of it are those of the lab. */
#include "tests/unit/typed.h"

#include "tests/unit/import_cli.h"

#include "nodes/certs.h"
#include "sim/cli/sql.h"

static const char scenario[] =
    "hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub1' },\n"
    "               domain = 'lab.example' }\n"
    "hq:phones { count = 2, model = '8845' }\n"
    "settle()\n"
    "hq:backup()\n"
    "hq:ctl('mixed-mode')\n"
    "hq.pub:restart('Cisco Tftp')\n"
    "hq.sub1:stop('Cisco Tftp')\n"
    "wait('10m')\n";

/* A log of these lines. */
static const char *log_of(struct typed *t, const char *const *lines, uint32_t count)
{
    const char *log = "";
    for (uint32_t i = 0; i < count; i++) {
        log = join(log, "admin:", lines[i]);
        log = join(log, "\n", type(t, lines[i], true));
    }
    return join(log, "admin:exit\n", "");
}

static void read_lines(struct typed *t, const char *const *lines, uint32_t count)
{
    read_log(log_of(t, lines, count), 1);
    for (uint32_t i = 0; i < facts.note_count; i++) {
        if (facts.notes[i].bad)
            fail_msg("line %u: %s", facts.notes[i].line, facts.notes[i].text);
    }
    for (uint32_t i = 0; i < piece_count; i++) {
        if (piece_kinds[i][0] == '\0')
            fail_msg("%s: nobody reads it", piece_commands[i]);
    }
}

#define READ(t, ...)                                                                               \
    read_lines((t), (const char *const[]){ __VA_ARGS__ },                                          \
               sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static const char *sha256_of(struct typed *t, uint32_t cert)
{
    return hex_of(DIGEST_SHA256, forge_der(t->run.lab->base->forge, cert));
}

static void the_node(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, scenario, 0);
    READ(&t, "show network cluster", "show version active", "show status", "show network eth0",
         "show tls min-version", "utils fips status");
    assert_string_equal(value_of(FACT_NODE_ADDRESS, "sub1", "", 0), "127.0.0.12");
    assert_string_equal(value_of(FACT_NODE_FQDN, "pub", "", 0), "pub.lab.example");
    assert_string_equal(value_of(FACT_NODE_ROLE, "sub1", "", 0), "subscriber");
    assert_int_equal(said_of(FACT_NODE_LISTED, "sub1.lab.example", "", "yes"), 1);
    assert_int_equal(said_of(FACT_HERE, NULL, "", "pub"), 2);
    assert_int_equal(said_of(FACT_VERSION, NULL, "", "12.5"), 2);
    assert_int_equal(said_of(FACT_NODE_ADDRESS, NULL, "", "127.0.0.11"), 2);
    assert_int_equal(said_of(FACT_NODE_DOMAIN, NULL, "", "lab.example"), 1);
    assert_int_equal(said_of(FACT_NODE_TLS, NULL, "", "1.0"), 1);
    assert_int_equal(said_of(FACT_NODE_FIPS, NULL, "", "no"), 1);
    close_it(&t);
}

static void its_services_and_backups(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, scenario, 0);
    READ(&t, "utils service list", "utils dbreplication runtimestate",
         "utils disaster_recovery history backup");
    assert_int_equal(said_of(FACT_SERVICE, NULL, "Cisco Tftp", "started"), 1);
    assert_string_equal(value_of(FACT_NODE_REPLICATION, "sub1", "", 0), "2");
    assert_string_equal(value_of(FACT_NODE_REPLICATION, "pub", "", 0), "2");
    assert_int_equal(said_of(FACT_BACKUP, NULL, NULL, NULL), 1);
    assert_int_equal(said_of(FACT_BACKUP_FAILED, NULL, NULL, NULL), 0);
    close_it(&t);
    open_at(&t, scenario, 1);
    READ(&t, "utils service list");
    assert_int_equal(said_of(FACT_SERVICE, NULL, "Cisco Tftp", "out-of-service"), 1);
    close_it(&t);
}

static void a_backup_alone(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, scenario, 0);
    READ(&t, "utils disaster_recovery status backup");
    assert_int_equal(said_of(FACT_BACKUP, NULL, NULL, NULL), 1);
    close_it(&t);
}

static void stopped_replication(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, scenario, 1);
    type(&t, "utils dbreplication stop", true);
    READ(&t, "utils dbreplication runtimestate");
    assert_string_equal(value_of(FACT_NODE_REPLICATION, "sub1", "", 0), "3");
    close_it(&t);
}

static void its_lists(void **state)
{
    (void)state;
    struct typed t;
    struct view bytes;
    struct err e = { "" };
    open_at(&t, scenario, 0);
    READ(&t, "show itl", "show ctl");
    const struct node_run *run = &t.run.lab->state.clusters[0].nodes[0].run;
    assert_true(
        lab_file_bytes(t.run.lab, run->itl, FILE_ITL_COMMON, NO_DEVICE, &arena, &bytes, &e));
    assert_int_equal(said_of(FACT_LIST_SHA1, NULL, "ITLFile.tlv", hex_of(DIGEST_SHA1, bytes)), 1);
    assert_true(
        lab_file_bytes(t.run.lab, run->ctl, FILE_CTL_COMMON, NO_DEVICE, &arena, &bytes, &e));
    assert_int_equal(said_of(FACT_LIST_SHA1, NULL, "CTLFile.tlv", hex_of(DIGEST_SHA1, bytes)), 1);
    assert_int_equal(said_of(FACT_LIST_VERIFIES, NULL, NULL, "yes"), 2);
    close_it(&t);
}

static void its_certificates(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t, scenario, 0);
    const struct cluster *cl = &t.run.lab->state.clusters[0];
    READ(&t, "show cert list own", "show cert list trust", "show cert own TVS",
         "show cert own CallManager-ECDSA/CallManager-ECDSA.pem");
    assert_int_equal(said_of(FACT_OWN_LISTED, NULL, "tomcat", NULL), 1);
    assert_int_equal(said_of(FACT_OWN, NULL, "TVS", sha256_of(&t, cl->nodes[0].disk.own[OWN_TVS])),
                     1);
    assert_int_equal(said_of(FACT_OWN, NULL, "CallManager-ECDSA",
                             sha256_of(&t, cl->nodes[0].disk.own[OWN_CALLMANAGER_ECDSA])),
                     1);
    close_it(&t);
}

/* One that a store holds, by the name that the list has for it; of two with one name each. */
static void trust_certificates(void **state)
{
    (void)state;
    struct typed t;
    open_at(&t,
            "hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub' } }\n"
            "hq:set('one_per_name', 0)\n"
            "hq.pub:upload('CallManager-trust', authority { name = 'Lab Root' })\n"
            "wait('1h')\n"
            "hq.pub:upload('CallManager-trust', authority { name = 'Lab Root' })\n",
            0);
    const struct cluster *cl = &t.run.lab->state.clusters[0];
    READ(&t, "show cert list trust", "show cert trust CallManager-trust/Lab_Root.pem",
         "show cert trust CallManager-trust/Lab_Root-1.pem");
    assert_int_equal(said_of(FACT_TRUSTED_LISTED, NULL, "CallManager-trust", "Lab_Root.pem"), 1);
    assert_int_equal(said_of(FACT_TRUSTED_LISTED, NULL, "CallManager-trust", "Lab_Root-1.pem"), 1);
    uint32_t found = 0;
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        if (cl->db.rows[i].store == STORE_CALLMANAGER_TRUST)
            found += said_of(FACT_TRUSTED, NULL, "CallManager-trust",
                             sha256_of(&t, cl->db.rows[i].cert));
    }
    assert_int_equal(found, 2);
    close_it(&t);
}

/* The queries that tools run. */
static void the_database(void **state)
{
    (void)state;
    struct typed t;
    if (!sql_is_there())
        skip();
    open_at(&t, scenario, 0);
    READ(&t,
         "run sql select cmg.name as cmgname, pn.name as servername, cmgm.priority from "
         "callmanagergroup cmg join callmanagergroupmember cmgm on cmgm.fkcallmanagergroup = "
         "cmg.pkid join callmanager cm on cmgm.fkcallmanager = cm.pkid join processnode pn on "
         "cm.fkprocessnode = pn.pkid order by cmg.name, cmgm.priority",
         "run sql select dp.name as dpname, cmg.name as cmgname from devicepool dp join "
         "callmanagergroup cmg on dp.fkcallmanagergroup = cmg.pkid",
         "run sql select name from processnode",
         "run sql select pn.name, tnu.name from processnode pn join typenodeusage tnu on "
         "pn.tknodeusage = tnu.enum",
         "run sql select paramname,paramvalue from processconfig",
         "run sql select d.name, tm.name, dp.name, tdp.name, sp.name from device d join typemodel "
         "tm on d.tkmodel = tm.enum join devicepool dp on d.fkdevicepool = dp.pkid join "
         "typedeviceprotocol tdp on d.tkdeviceprotocol = tdp.enum join securityprofile sp on "
         "d.fksecurityprofile = sp.pkid",
         "run sql select sp.name, tm.name, sp.tftpencryptedconfig from securityprofile sp join "
         "typedevicesecuritymode tm on sp.tkdevicesecuritymode = tm.enum where sp.name like "
         "'Cisco 8845%Encrypted Profile'",
         "run sql select d.name as devicename, rd.lastknownucm, rd.lastseen, rs.name as risstatus "
         "from registrationdynamic rd join device d on rd.fkdevice = d.pkid join typerisstatus rs "
         "on rd.tkrisstatus = rs.enum");
    assert_string_equal(value_of(FACT_GROUP_MEMBER, "Default", "", 1), "pub.lab.example");
    assert_string_equal(value_of(FACT_GROUP_MEMBER, "Default", "", 2), "sub1.lab.example");
    assert_string_equal(value_of(FACT_POOL_GROUP, "Default", "", 0), "Default");
    assert_true(said_of(FACT_NODE_LISTED, "sub1.lab.example", "", "yes") >= 1);
    assert_string_equal(value_of(FACT_NODE_ROLE, "sub1.lab.example", "", 0), "subscriber");
    assert_string_equal(value_of(FACT_PARAMETER, "ClusterSecurityMode", "", 0), "1");
    char phone[DEVICE_NAME];
    lab_phone_name(t.run.lab, 1, phone);
    assert_string_equal(value_of(FACT_PHONE_MODEL, phone, "", 0), "Cisco 8845");
    assert_string_equal(value_of(FACT_PHONE_POOL, phone, "", 0), "Default");
    assert_string_equal(value_of(FACT_PHONE_PROTOCOL, phone, "", 0), "SIP");
    assert_string_equal(value_of(FACT_PHONE_PROFILE, phone, "", 0),
                        "Cisco 8845 - Standard SIP Non-Secure Profile");
    assert_string_equal(
        value_of(FACT_PROFILE_MODE, "Cisco 8845 - Standard SIP Encrypted Profile", "", 0),
        "encrypted");
    assert_string_equal(value_of(FACT_PHONE_SERVER, phone, "", 0), lab_server_of(t.run.lab, 1));
    assert_string_equal(value_of(FACT_PHONE_STATUS, phone, "", 0), "registered");
    assert_int_equal(said_of(FACT_PHONE_SEEN, phone, "", NULL), 1);
    close_it(&t);
}

static void certificates_of_the_database(void **state)
{
    (void)state;
    struct typed t;
    if (!sql_is_there())
        skip();
    open_at(&t, scenario, 0);
    const struct cluster *cl = &t.run.lab->state.clusters[0];
    READ(&t,
         "run sql select c.servername, tcs.name, dist.moniker, c.ipv4address, c.certificate from "
         "certificate as c inner join certificateservicecertificatemap as cscm on c.pkid = "
         "cscm.fkcertificate inner join typecertificateservice as tcs on "
         "cscm.tkcertificateservice = tcs.enum inner join typecertificatedistribution as dist on "
         "c.tkcertificatedistribution = dist.enum",
         "run sql select c.subjectname, c.issuername, c.serialnumber, c.ipv4address, t.name from "
         "certificate as c, certificatetrustrolemap as r, typetrustrole as t where c.pkid = "
         "r.fkcertificate and t.enum = r.tktrustrole");
    const char *sha256 = sha256_of(&t, cl->nodes[1].disk.own[OWN_CALLMANAGER]);
    assert_int_equal(said_of(FACT_IN_DATABASE, "sub1.lab.example", "CallManager", sha256), 1);
    assert_int_equal(said_of(FACT_OWN, "sub1.lab.example", "CallManager", sha256), 1);
    assert_true(said_of(FACT_TVS_ROLE, NULL, NULL, "Authentication and Authorization") >= 4);
    close_it(&t);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_facts, end_facts)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_node),
        TEST(its_services_and_backups),
        TEST(a_backup_alone),
        TEST(stopped_replication),
        TEST(its_lists),
        TEST(its_certificates),
        TEST(trust_certificates),
        TEST(the_database),
        TEST(certificates_of_the_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
