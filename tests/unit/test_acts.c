/* The table of acts: words and back, what can be done, and that who a cluster is does not depend on
 * the order in which things were done to it. */
#include "tests/unit/act_sample.h"
#include "tests/unit/act_table.h"
#include "tests/unit/acts.h"
#include "nodes/authority.h"
#include "nodes/certs.h"
#include "nodes/gate.h"
#include "nodes/settings.h"
#include "sim/base/sys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define SECOND_US 1000000ull

static struct content content;

static void nobody_listens(void *ctx, const struct trace_line *line)
{
    (void)ctx, (void)line;
}

static struct cluster_env env;

static void make_as(struct cluster *cl, const char *version, uint64_t identity)
{
    static const struct node_spec specs[] = { { "pub", "", 0x7f00000b, true, true },
                                              { "sub1", "", 0x7f00000c, true, true } };
    struct err e = { "" };
    env = (struct cluster_env){ &content, &sys_mem,   nobody_listens, NULL,
                                identity, 1736143200, NULL,           0 };
    if (!cluster_init(
            cl, &env,
            &(struct cluster_spec){
                .name = "HQ", .version = version_find(version), .nodes = specs, .count = 2 },
            0, &e))
        fail_msg("%s", e.text);
    uint8_t members[] = { 0, 1 };
    uint16_t group, pool;
    assert_true(config_add_group(cl, "a group", members, 2, &group, &e));
    assert_true(config_add_pool(cl, "two words", group, &pool, &e));
}

static void make(struct cluster *cl, const char *version)
{
    make_as(cl, version, 1);
}

static int up(void **state)
{
    (void)state;
    content_init(&content, &sys_mem);
    return 0;
}

static int down(void **state)
{
    (void)state;
    content_free(&content);
    return 0;
}

static void doing(struct cluster *cl, struct act act, uint64_t now_us)
{
    struct err e = { "" };
    if (!cluster_do(cl, &act, now_us, &e))
        fail_msg("%s", e.text);
}

/* ---- the rows ---- */

static void rows_are_whole(void **state)
{
    (void)state;
    for (int k = 0; k < ACTS; k++) {
        const struct act_row *row = act_table[k];
        assert_non_null(row->name);
        assert_non_null(row->words);
        assert_true(row->doc != NULL && row->doc[strlen(row->doc) - 1] == '.');
        assert_true(row->touches != 0);
        for (int other = 0; other < k; other++) /* one name, one row of a scope */
            assert_true(act_table[other]->scope != row->scope ||
                        strcmp(act_table[other]->name, row->name) != 0);
        assert_int_equal(row->has == NULL, row->since == NULL);
        bool some = k == DO_RESET_POOL || k == DO_RESET_GROUP; /* the lab knows whom */
        bool resets = k == DO_RESET || k == DO_RESET_ALL || k == DO_RESTART_PHONES;
        assert_int_equal(row->resets, resets || k == DO_APPLY_CONFIG || some);
        bool hands = row->remedy.needs == NEEDS_HANDS;
        assert_int_equal(row->after != NULL, row->resets || hands);
        bool of_driver = k == DO_NODE_LINK /* which keeps it */ || some;
        assert_int_equal(row->run == NULL, row->scope == ON_PHONES || of_driver);
        for (uint32_t i = act_arg_count((enum act_kind)k); i < ACT_ARGS; i++)
            assert_int_equal(row->args[i].type, ARG_NONE); /* no gap */
        if (row->remedy.narrow != 0) {
            assert_non_null(row->remedy.name);
            assert_non_null(row->remedy.title);
            assert_non_null(row->remedy.how);
        }
    }
}

static void as_the_second_table(void **state)
{
    (void)state;
    for (int k = 0; k < ACTS; k++) {
        static const char touched[] = "clfsnpbr";
        const struct act_row *row = act_table[k];
        const struct act_remedy *r = &row->remedy;
        char text[600], touches[9] = "";
        for (uint32_t i = 0, n = 0; i < 8; i++) {
            if ((row->touches >> i & 1) != 0)
                touches[n++] = touched[i];
        }
        size_t n = (size_t)snprintf(text, sizeof text, "%s: %s %s", row->name,
                                    row->scope == ON_NODE      ? "n"
                                    : row->scope == ON_CLUSTER ? "c"
                                    : row->spread              ? "s"
                                                               : "p",
                                    touches);
        if (r->narrow != 0)
            snprintf(text + n, sizeof text - n, ", %u %u %s, %s, %s; %s", r->narrow, r->needs,
                     r->name, r->title, r->how, r->everything == NULL ? "-" : r->everything);
        assert_string_equal(text, second_table[k]);
    }
}

static void words_and_back(void **state)
{
    (void)state;
    struct cluster cl;
    struct err e = { "" };
    make(&cl, "12.5");
    uint32_t n = 0;
    for (int k = 0; k < ACTS; k++) {
        for (int again = 0; again < 20; again++) {
            struct act act = { .kind = (uint8_t)k }, back;
            char text[ACT_TEXT], second[ACT_TEXT];
            bool on_node = act_table[k]->scope == ON_NODE;
            act.node = on_node ? 1 : 0;
            for (uint32_t i = 0; i < act_arg_count((enum act_kind)k); i++)
                act.arg[i] = sample(&cl, (enum arg_type)act_table[k]->args[i].type, n++);
            act_print(&cl, &act, text);
            if (!act_parse(&cl, (enum act_scope)act_table[k]->scope, act.node, text, &back, &e))
                fail_msg("%s: %s", text, e.text);
            act_print(&cl, &back, second);
            assert_string_equal(text, second);
            assert_memory_equal(&act, &back, sizeof act);
        }
    }
    cluster_free(&cl);
}

static void bad_words(void **state)
{
    (void)state;
    static const struct {
        enum act_scope scope;
        const char *text, *said;
    } rows[] = {
        { ON_NODE, "", "no such act: \"\"" },
        { ON_NODE, "regenerat TVS", "no such act: \"regenerat TVS\"" },
        { ON_CLUSTER, "regenerate TVS", "no such act: \"regenerate TVS\"" },
        { ON_NODE, "regenerate", "regenerate: \"\" is no certificate" },
        { ON_NODE, "regenerate TVT", "regenerate: \"TVT\" is no certificate" },
        { ON_NODE, "regenerate TVS now", "regenerate: \"TVS now\" is no certificate" },
        { ON_NODE, "restart Cisco Tftpd", "restart: \"Cisco Tftpd\" is no service" },
        { ON_NODE, "upload own pub/00", "upload: \"own\" is no store" },
        { ON_NODE, "upload CAPF-trust pub/00", "upload: \"pub/00\" is no certificate" },
        { ON_CLUSTER, "set rollbak 1", "set: \"rollbak\" is no parameter" },
        { ON_CLUSTER, "set rollback 18446744073709551616",
          "set: \"18446744073709551616\" is no value" },
        { ON_CLUSTER, "ctl update all", "ctl update: \"all\" is too much" },
        { ON_CLUSTER, "itl reset", "no such act: \"itl reset\"" },
        { ON_NODE, "link delay=1us jitter=1ms", "link: \"1ms\" is no jitter" },
        { ON_NODE, "link xelay=1us jitter=1us", "link: \"xelay=1us\" is no delay" },
        { ON_NODE, "link delay1us jitter=1us", "link: \"delay1us\" is no delay" },
        { ON_NODE, "link delay1=1us jitter=1us", "link: \"delay1=1us\" is no delay" },
        { ON_CLUSTER, "set parameter=rollback 1", "set: \"parameter=rollback\" is no parameter" },
        { ON_PHONES, "move 1.2.3 none", "move: \"1.2.3\" is no tftp" },
        { ON_PHONES, "move 1.2.3.256 none", "move: \"1.2.3.256\" is no tftp" },
        { ON_PHONES, "insert nowhere", "insert: \"nowhere\" is no security" },
        { ON_PHONES, "insert encrypted nowhere", "insert: \"nowhere\" is no pool" },
    };
    struct cluster cl;
    make(&cl, "12.5");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct act act;
        struct err e = { "" };
        assert_false(act_parse(&cl, rows[i].scope, 0, rows[i].text, &act, &e));
        if (strncmp(e.text, rows[i].said, strlen(rows[i].said)) != 0)
            fail_msg("%s: expected %s", e.text, rows[i].said);
    }
    cluster_free(&cl);
}

/* What there is instead is said, and what is near. */
static void bad_words_have_hints(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } rows[] = {
        { "regenerat TVS",
          "no such act: \"regenerat TVS\": did you mean regenerate? (`cucmlab acts` "
          "shows them)" },
        { "frob", "no such act: \"frob\" (`cucmlab acts` shows them)" },
        { "regenerate TVT", "regenerate: \"TVT\" is no certificate (one of CallManager, "
                            "CallManager-ECDSA, TVS, CAPF, tomcat, tomcat-ECDSA, ITLRecovery, "
                            "ipsec): did you mean TVS?" },
        { "link", "link: its delay is missing (`cucmlab acts` shows all)" },
    };
    struct cluster cl;
    make(&cl, "12.5");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct act act;
        struct err e = { "" };
        assert_false(act_parse(&cl, ON_NODE, 0, rows[i].text, &act, &e));
        assert_string_equal(e.text, rows[i].said);
    }
    cluster_free(&cl);
}

/* ---- what can be done ---- */

static void what_cannot_be_done(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        struct act act;
        const char *said;
    } rows[] = {
        { "8.6",
          { DO_REGENERATE, 0, { OWN_ITLRECOVERY } },
          "HQ: pub has no certificate ITLRecovery of its own in version 8.6" },
        { "12.5",
          { DO_REGENERATE, 1, { OWN_ITLRECOVERY } },
          "HQ: sub1 has no certificate ITLRecovery of its own in version 12.5" },
        { "14",
          { DO_REGENERATE, 1, { OWN_CAPF } },
          "HQ: sub1 has no certificate CAPF of its own in version 14" },
        { "14", { DO_REGENERATE, 2, { OWN_TVS } }, "HQ: no node 2" },
        { "14", { DO_REGENERATE, 0, { OWNS } }, "HQ: regenerate: no such certificate" },
        { "14", { DO_START, 0, { SERVICE_TFTP } }, "HQ: Cisco Tftp is already started on pub" },
        { "14",
          { DO_RESTART, 1, { SERVICE_CTL_PROVIDER } },
          "HQ: Cisco CTL Provider is not activated on sub1" },
        { "14",
          { DO_STOP, 1, { SERVICE_CTL_PROVIDER } },
          "HQ: Cisco CTL Provider is not started on sub1" },
        { "14", { DO_UPLOAD, 0, { STORE_OWN, 1 } }, "HQ: upload: no such store" },
        { "14", { DO_UPLOAD, 0, { STORE_CAPF_TRUST, 0 } }, "HQ: upload: no such certificate" },
        { "14", { DO_SET, 0, { PARAM_ROLLBACK, 2 } }, "rollback is at most 1" },
        { "9.1",
          { DO_CTL_UPDATE, 0, { 0 } },
          "HQ: version 9.1 has no utils ctl update CTLFile (utils ctl is there from 10.0)" },
        { "10.0",
          { DO_CTL_UPDATE, 0, { 0 } },
          "HQ: the cluster is not in mixed mode, there is no CTL file to update" },
        { "9.1",
          { DO_ITL_RESET_LOCALKEY, 0, { 0 } },
          "HQ: version 9.1 has no utils itl reset localkey (it is there from 10.0)" },
        { "11.5",
          { DO_CTL_RESET_LOCALKEY, 0, { 0 } },
          "HQ: version 11.5 has no utils ctl reset localkey (it is there from 12.0)" },
        { "12.0",
          { DO_CTL_RESET_LOCALKEY, 0, { 0 } },
          "HQ: the cluster is not in mixed mode, there is no CTL file to update" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cluster cl;
        struct err e = { "" };
        make(&cl, rows[i].version);
        uint64_t before = cluster_hash(&cl, SECOND_US), change = cl.change;
        assert_false(cluster_do(&cl, &rows[i].act, SECOND_US, &e));
        assert_string_equal(e.text, rows[i].said);
        assert_true(cluster_hash(&cl, SECOND_US) == before && cl.change == change);
        cluster_free(&cl);
    }
}

static void no_list_to_sign(void **state)
{
    (void)state;
    struct cluster cl;
    struct err e = { "" };
    struct act act = { .kind = DO_ITL_RESET_LOCALKEY };
    make(&cl, "12.5");
    assert_true(cluster_can(&cl, &act, 0, &e));
    cl.nodes[1].run.itl = 0; /* the publisher's is the one that counts */
    assert_true(cluster_can(&cl, &act, 0, &e));
    cl.nodes[0].run.itl = 0;
    assert_false(cluster_can(&cl, &act, 0, &e));
    assert_string_equal(e.text, "HQ: pub has no ITL file");
    cluster_free(&cl);
}

/* The largest number of each type of argument, and one more. */
static void bounds_of_arguments(void **state)
{
    (void)state;
    static const struct {
        struct act act;
        uint32_t arg;
        uint64_t most;
        const char *said;
    } rows[] = {
        { { DO_NODE_LINK, 1, { 0 } }, 0, UINT64_MAX / 4, "HQ: link: no such delay" },
        { { DO_NODE_LINK, 1, { 0 } }, 1, UINT64_MAX / 4, "HQ: link: no such jitter" },
        { { DO_NODE_LINK, 1, { 0 } }, 2, 1000000, "HQ: link: no such loss" },
        { { DO_NODE_LINK, 1, { 0 } }, 3, UINT32_MAX, "HQ: link: no such rate" },
        { { DO_NODE_LINK, 1, { 0 } }, 4, 1, "HQ: link: no such down" },
        { { DO_PHONE_LINK, 0, { 0 } }, 2, 1000000, "HQ: link: no such loss" },
        { { DO_POWER, 0, { 0 } }, 0, 1, "HQ: power: no such state" },
        { { DO_PRESS, 0, { 0 } }, 0, KEY_SERVICES, "HQ: press: no such key" },
        { { DO_MOVE, 0, { 0 } }, 1, UINT32_MAX, "HQ: move: no such tftp" },
        { { DO_INSERT, 0, { 0, 0 } }, 1, 0, "HQ: insert: no such pool" },
        { { DO_INSERT, 0, { 0, 0 } }, 0, 2, "HQ: insert: no such security" },
        { { DO_SET, 0, { PARAM_MAX_SERVING, 0 } }, 1, 1000000, "max_serving is at most 1000000" },
        { { DO_SET, 0, { 0, 0 } }, 0, PARAMS - 1, "HQ: set: no such parameter" },
        { { DO_RESTART, 0, { 0 } }, 0, SERVICES - 1, "HQ: restart: no such service" },
        { { DO_REGENERATE, 0, { 0 } }, 0, OWNS - 1, "HQ: regenerate: no such certificate" },
    };
    struct cluster cl;
    make(&cl, "12.5");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct act act = rows[i].act;
        struct err e = { "" };
        act.arg[rows[i].arg] = rows[i].most;
        if (!cluster_can(&cl, &act, 0, &e))
            fail_msg("%zu: %s", i, e.text);
        act.arg[rows[i].arg]++;
        assert_false(cluster_can(&cl, &act, 0, &e));
        assert_string_equal(e.text, rows[i].said);
    }
    struct act ttl = { .kind = DO_TVS_TTL, .arg = { cl.nodes[0].disk.own[OWN_TVS], UINT32_MAX } };
    struct act store = { .kind = DO_DELETE, .arg = { STORES, ttl.arg[0] } };
    struct err e = { "" };
    assert_true(cluster_can(&cl, &ttl, 0, &e));
    ttl.arg[1]++;
    assert_false(cluster_can(&cl, &ttl, 0, &e));
    assert_string_equal(e.text, "HQ: tvs_ttl: no such time");
    assert_false(cluster_can(&cl, &store, 0, &e));
    assert_string_equal(e.text, "HQ: delete: no such store");
    store.arg[0]--;
    assert_false(cluster_can(&cl, &store, 0, &e));
    assert_string_equal(e.text, "HQ: ipsec-trust does not hold this certificate");
    /* A number that is no certificate, and one behind all. */
    store.arg[1] = content_str(&content, "no certificate");
    assert_false(cluster_can(&cl, &store, 0, &e));
    assert_string_equal(e.text, "HQ: delete: no such certificate");
    store.arg[1] = content.count;
    assert_false(cluster_can(&cl, &store, 0, &e));
    assert_string_equal(e.text, "HQ: delete: no such certificate");
    assert_false(cluster_can(&cl, &(struct act){ .kind = ACTS }, 0, &e));
    char said[32];
    snprintf(said, sizeof said, "HQ: no act %d", ACTS);
    assert_string_equal(e.text, said);
    cluster_free(&cl);
}

/* Of one common name the later upload replaces the earlier one, RSA and EC each for itself; a
 * certificate whose key nobody knows counts as RSA. */
static void one_name_one_kind(void **state)
{
    (void)state;
    static const uint8_t types[] = { KEY_NONE,     KEY_RSA_1024, KEY_RSA_2048, KEY_RSA_3072,
                                     KEY_RSA_4096, KEY_EC_P256,  KEY_EC_P384,  KEY_EC_P521 };
    const uint32_t count = sizeof types, first_ec = 5;
    for (uint32_t i = 0; i < count * count; i++) {
        uint32_t kinds[] = { i / count, i % count }, certs[2];
        struct cluster cl;
        make(&cl, "12.5");
        for (uint32_t k = 0; k < 2; k++) {
            struct ct_key key = { .label = content_str(&content, k == 0 ? "a" : "b"),
                                  .type = types[kinds[k]] };
            uint32_t subject = content_str(&content, "O=x;CN=same;C=NL");
            certs[k] = content_cert(
                &content,
                (struct ct_cert){ .subject = subject,
                                  .issuer = subject,
                                  .serial = content_str(&content, k == 0 ? "1" : "2"),
                                  .not_after_s = INT64_MAX,
                                  .key = key.type == KEY_NONE ? 0 : content_key(&content, &key) });
            doing(&cl, (struct act){ DO_UPLOAD, 0, { STORE_TOMCAT_TRUST, certs[k] } }, SECOND_US);
        }
        bool both = (kinds[0] >= first_ec) != (kinds[1] >= first_ec);
        assert_int_equal(certs_in_store(&cl, STORE_TOMCAT_TRUST, certs[0]) != NULL, both);
        assert_non_null(certs_in_store(&cl, STORE_TOMCAT_TRUST, certs[1]));
        cluster_free(&cl);
    }
}

/* How long phones may keep what TVS says of it: of what lies in the database now, wherever. */
static void time_to_live(void **state)
{
    (void)state;
    struct cluster cl, other;
    struct err e = { "" };
    make_as(&other, "12.5", 2);
    make(&cl, "12.5");
    uint32_t cert = other.nodes[0].disk.own[OWN_CALLMANAGER];
    struct act ttl = { .kind = DO_TVS_TTL, .arg = { cert, 60 } };
    static const char no[] = "HQ: the database does not hold this certificate";
    assert_false(cluster_can(&cl, &ttl, 0, &e));
    assert_string_equal(e.text, no);
    doing(&cl, (struct act){ DO_UPLOAD, 1, { STORE_PHONE_SAST_TRUST, cert } }, SECOND_US);
    doing(&cl, (struct act){ DO_UPLOAD, 0, { STORE_CALLMANAGER_TRUST, cert } }, SECOND_US);
    doing(&cl, ttl, 2 * SECOND_US);
    uint32_t told = 0;
    for (uint32_t i = 0; i < cl.db.row_count; i++) {
        const struct cert_row *r = &cl.db.rows[i];
        assert_int_equal(r->has_ttl, r->cert == cert);
        assert_int_equal(r->ttl_s, r->cert == cert ? 60 : 0);
        told += r->has_ttl;
    }
    assert_int_equal(told, 2);
    doing(&cl, (struct act){ DO_DELETE, 0, { STORE_PHONE_SAST_TRUST, cert } }, 3 * SECOND_US);
    assert_true(cluster_can(&cl, &ttl, 0, &e));
    doing(&cl, (struct act){ DO_DELETE, 0, { STORE_CALLMANAGER_TRUST, cert } }, 3 * SECOND_US);
    e.text[0] = '\0';
    assert_false(cluster_can(&cl, &ttl, 0, &e));
    assert_string_equal(e.text, no);
    cluster_free(&cl);
    cluster_free(&other);
}

/* Parameters that are set back where that helps: each where it differs, with what has to be
 * restarted behind it, and whether something is given up by that. */
static void parameters_set_back(void **state)
{
    (void)state;
    static const struct {
        enum param param;
        uint32_t then;
        bool gives_up;
    } cures[] = {
        { PARAM_ROLLBACK, SERVICE_BIT(SERVICE_TVS) | SERVICE_BIT(SERVICE_TFTP), false },
        { PARAM_HTTPS_SERVICES, 0, true },
        { PARAM_TLS_MIN, 0, true },
    };
    for (uint32_t set = 0; set < 16; set++) {
        struct cluster cl;
        struct act acts[8];
        uint32_t want = 0;
        bool by_itself = (set & 8) != 0; /* what is behind the rollback parameter */
        make(&cl, by_itself ? "12.5" : "12.0");
        for (uint32_t k = 0; k < 3; k++)
            cluster_set_param(&cl, cures[k].param, set >> k & 1);
        uint32_t n = act_candidates(&cl, DO_SET, 0, acts, 8);
        for (uint32_t k = 0; k < 3; k++) {
            if ((set >> k & 1) == 0)
                continue;
            assert_true(want < n);
            const struct act *a = &acts[want++];
            assert_int_equal(a->node, 0);
            assert_int_equal(a->arg[0], cures[k].param);
            assert_int_equal(a->arg[1], 0);
            assert_int_equal(act_table[DO_SET]->remedy.then(&cl, a), by_itself ? 0 : cures[k].then);
            assert_int_equal(act_table[DO_SET]->remedy.gives_up(a), cures[k].gives_up);
        }
        assert_int_equal(n, want);
        /* One that is no remedy, which a plan may set all the same. */
        const struct act other = { .kind = DO_SET, .arg = { PARAM_PHONE_INTERACTION, 1 } };
        assert_int_equal(act_table[DO_SET]->remedy.then(&cl, &other), 0);
        assert_false(act_table[DO_SET]->remedy.gives_up(&other));
        cluster_free(&cl);
    }
}

/* A certificate may be named by where it is: it is the one that is there when the act is done. */
static void certificates_of_then(void **state)
{
    (void)state;
    struct cluster cl;
    struct err e = { "" };
    char text[ACT_TEXT];
    struct act add = { .kind = DO_RADIUS_ADD, .arg = { CERT_OWN_NOW(0, OWN_CAPF) } }, back;
    make(&cl, "12.5");
    uint32_t old = cl.nodes[0].disk.own[OWN_CAPF];
    act_print(&cl, &add, text);
    assert_string_equal(text, "radius_add CAPF of pub");
    assert_true(act_parse(&cl, ON_CLUSTER, 0, text, &back, &e));
    assert_true(back.arg[0] == add.arg[0]);
    assert_int_equal(certs_now(&cl, add.arg[0]), old);
    assert_int_equal(certs_now(&cl, old), old);
    assert_int_equal(certs_now(&cl, CERT_OWN_NOW(9, OWN_CAPF)), 0);
    assert_false(cluster_can(&cl, &add, SECOND_US, &e)); /* it trusts that one from the beginning */
    assert_true(cluster_do(&cl, &(struct act){ DO_REGENERATE, 0, { OWN_CAPF } }, SECOND_US, &e));
    assert_true(cluster_do(&cl, &add, SECOND_US, &e));
    assert_true(gate_trusts(&cl, GATE_RADIUS, cl.nodes[0].disk.own[OWN_CAPF]));
    assert_int_not_equal(cl.nodes[0].disk.own[OWN_CAPF], old);
    cl.nodes[0].disk.own[OWN_CAPF] = 0;
    assert_false(cluster_can(&cl, &add, SECOND_US, &e));
    assert_string_equal(e.text, "HQ: radius_add: no such certificate");
    cluster_free(&cl);
}

/* What cluster_can() allows cluster_do() does, and what it refuses changes nothing: a thousand acts
 * drawn at random in each version. */
static void can_and_do_agree(void **state)
{
    (void)state;
    struct rng rng = rng_of(1, "acts", 0);
    for (uint32_t v = 0; v < version_count; v++) {
        struct cluster cl;
        make(&cl, version_table[v].name);
        uint32_t done = 0;
        for (uint32_t i = 0; i < 1000; i++) {
            uint64_t now_us = (i + 1) * 7 * SECOND_US;
            cluster_tick(&cl, now_us);
            struct act act = { .kind = (uint8_t)rng_below(&rng, ACTS),
                               .node = (uint8_t)rng_below(&rng, 3) };
            for (int a = 0; a < ACT_ARGS; a++)
                act.arg[a] = rng_below(&rng, 9);
            if (act_table[act.kind]->run == NULL)
                continue;
            struct err e = { "" };
            uint64_t before = cluster_hash(&cl, now_us);
            bool can = cluster_can(&cl, &act, now_us, &e);
            assert_true(cluster_hash(&cl, now_us) == before);
            assert_int_equal(cluster_do(&cl, &act, now_us, &e), can);
            assert_true(can || cluster_hash(&cl, now_us) == before);
            assert_true(can || e.text[0] != '\0');
            done += can;
        }
        assert_true(done > 50);
        cluster_free(&cl);
    }
}

static void candidates(void **state)
{
    (void)state;
    struct cluster cl;
    struct act acts[8];
    make(&cl, "12.5");
    assert_int_equal(act_candidates(&cl, DO_START, 0, acts, 8), 0);
    doing(&cl, (struct act){ DO_STOP, 1, { SERVICE_TFTP } }, 1);
    assert_int_equal(act_candidates(&cl, DO_START, 0, acts, 8), 1);
    assert_int_equal(acts[0].node, 1);
    assert_int_equal(acts[0].arg[0], SERVICE_TFTP);
    /* TFTP of pub, TVS of both, and nothing else that is out of date. */
    assert_int_equal(act_candidates(&cl, DO_RESTART, 0, acts, 8), 3);
    doing(&cl, (struct act){ DO_REGENERATE, 0, { OWN_TOMCAT } }, 2);
    memset(acts, 0xff, sizeof acts);
    assert_int_equal(act_candidates(&cl, DO_RESTART, 0, acts, 4), 4);
    assert_int_equal(act_candidates(&cl, DO_RESTART, 0, acts + 4, 3),
                     4); /* more than there is room */
    assert_memory_equal(acts, acts + 4, 3 * sizeof acts[0]);
    assert_int_equal(acts[3].kind, DO_RESTART);
    assert_int_equal(acts[7].kind, 0xff);
    static const struct {
        enum param param;
        uint64_t value;
    } cures[] = { { PARAM_ROLLBACK, 1 }, { PARAM_HTTPS_SERVICES, 1 }, { PARAM_TLS_MIN, 2 } };
    for (uint32_t set = 0; set < 8; set++) { /* each where it is on, in this order */
        uint32_t on = 0;
        for (uint32_t i = 0; i < 3; i++)
            cluster_set_param(&cl, cures[i].param, (set >> i & 1) != 0 ? cures[i].value : 0);
        uint32_t count = act_candidates(&cl, DO_SET, 0, acts, 8);
        for (uint32_t i = 0; i < 3; i++) {
            if ((set >> i & 1) == 0)
                continue;
            assert_true(on < count);
            assert_int_equal(acts[on].arg[0], cures[i].param);
            assert_int_equal(acts[on++].arg[1], 0);
        }
        assert_int_equal(count, on);
    }
    assert_int_equal(act_candidates(&cl, DO_CTL_UPDATE, 0, acts, 8), 0);
    doing(&cl, (struct act){ .kind = DO_CTL_MIXED_MODE }, 3);
    assert_int_equal(act_candidates(&cl, DO_CTL_UPDATE, 0, acts, 8), 1);
    cluster_free(&cl);
}

/* ---- who somebody is ---- */

static const struct act changes[] = {
    { DO_REGENERATE, 0, { OWN_CALLMANAGER } }, { DO_REGENERATE, 0, { OWN_TVS } },
    { DO_REGENERATE, 1, { OWN_TVS } },         { DO_REGENERATE, 0, { OWN_CAPF } },
    { DO_REGENERATE, 1, { OWN_TOMCAT } },      { DO_SET, 0, { PARAM_SHA512, 1 } },
};
#define CHANGES (sizeof changes / sizeof changes[0])

static void in_order(struct cluster *cl, const uint32_t *order, uint64_t now_us)
{
    for (uint32_t i = 0; i < CHANGES; i++)
        doing(cl, changes[order[i]], now_us);
    for (uint32_t n = 0; n < 2; n++) {
        doing(cl, (struct act){ DO_RESTART, (uint8_t)n, { SERVICE_TFTP } }, now_us);
        doing(cl, (struct act){ DO_RESTART, (uint8_t)n, { SERVICE_TVS } }, now_us);
    }
    cluster_tick(cl, now_us + 60 * SECOND_US);
}

/* The same acts in another order: the same certificates, lists and hash, in every version. */
static void order_does_not_matter(void **state)
{
    (void)state;
    struct rng rng = rng_of(7, "orders", 0);
    for (uint32_t v = 0; v < version_count; v++) {
        uint32_t order[CHANGES] = { 0, 1, 2, 3, 4, 5 };
        struct cluster first, cl;
        make(&first, version_table[v].name);
        if (certs_has_own(&first, 1, OWN_TVS))
            in_order(&first, order, 100 * SECOND_US);
        uint64_t hash = cluster_hash(&first, 200 * SECOND_US);
        for (int again = 0; again < 10; again++) {
            for (uint32_t i = CHANGES; i-- > 1;) {
                uint32_t k = (uint32_t)rng_below(&rng, i + 1), t = order[i];
                order[i] = order[k];
                order[k] = t;
            }
            make(&cl, version_table[v].name);
            /* At another time as well: dates are no part of it. */
            in_order(&cl, order, (100 + 50u * (uint32_t)again) * SECOND_US);
            for (int n = 0; n < 2; n++) {
                for (int own = 0; own < OWNS; own++)
                    assert_true(content_meaning(&content, cl.nodes[n].disk.own[own]) ==
                                content_meaning(&content, first.nodes[n].disk.own[own]));
                assert_true(content_meaning(&content, cl.nodes[n].run.itl) ==
                            content_meaning(&content, first.nodes[n].run.itl));
            }
            assert_true(cluster_hash(&cl, 9999 * SECOND_US) == hash);
            cluster_free(&cl);
        }
        cluster_free(&first);
    }
}

static void hashes_tell_apart(void **state)
{
    (void)state;
    struct cluster cl;
    make(&cl, "14");
    uint64_t now_us = SECOND_US, seen[64];
    uint32_t count = 0;
    seen[count++] = cluster_hash(&cl, now_us);
    static const struct act acts[] = {
        { DO_REGENERATE, 0, { OWN_CALLMANAGER } },
        { DO_RESTART, 0, { SERVICE_TFTP } },
        { DO_STOP, 1, { SERVICE_TVS } },
        { DO_SET, 0, { PARAM_ROLLBACK, 1 } },
        { DO_CTL_MIXED_MODE, 0, { 0 } },
        { DO_ITL_RESET_LOCALKEY, 0, { 0 } },
        { DO_RESET_ALL, 0, { 0 } },
    };
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        doing(&cl, acts[i], now_us);
        uint64_t h = cluster_hash(&cl, now_us);
        for (uint32_t k = 0; k < count; k++)
            assert_true(seen[k] != h);
        seen[count++] = h;
    }
    /* A service that is starting and one that has started are not the same. */
    cluster_tick(&cl, now_us + 300 * SECOND_US);
    assert_true(cluster_hash(&cl, now_us + 300 * SECOND_US) != seen[count - 1]);
    cluster_free(&cl);
}

/* A certificate that came and went leaves nothing behind, once every node knows. */
static void what_is_over(void **state)
{
    (void)state;
    for (uint64_t at_start = 0; at_start < 2; at_start++) {
        struct cluster cl, other;
        make_as(&other, "12.5", 2);
        make(&cl, "12.5");
        cluster_set_param(&cl, PARAM_TVS_DB_ON_RESTART, at_start);
        uint32_t cert = other.nodes[0].disk.own[OWN_CALLMANAGER];
        uint64_t before = cluster_hash(&cl, 999 * SECOND_US);
        doing(&cl, (struct act){ DO_UPLOAD, 0, { STORE_PHONE_SAST_TRUST, cert } }, SECOND_US);
        assert_true(cluster_hash(&cl, 999 * SECOND_US) != before);
        doing(&cl, (struct act){ DO_DELETE, 0, { STORE_PHONE_SAST_TRUST, cert } }, 2 * SECOND_US);
        assert_true(cluster_hash(&cl, 3 * SECOND_US) != before);
        assert_true(cluster_hash(&cl, 999 * SECOND_US) == before);
        cluster_free(&cl);
        cluster_free(&other);
    }
}

/* Where a certificate lies, and every kind of devices, not the first alone. */
static void where_and_who(void **state)
{
    (void)state;
    uint64_t seen[16];
    uint32_t count = 0;
    for (uint32_t k = 0; k < STORES + 3; k++) {
        struct cluster cl, other;
        struct err e = { "" };
        make_as(&other, "12.5", 2);
        make(&cl, "12.5");
        uint32_t cert = other.nodes[0].disk.own[OWN_CALLMANAGER];
        if (k > 0 && k < STORES)
            doing(&cl, (struct act){ DO_UPLOAD, 0, { k, cert } }, SECOND_US);
        for (uint32_t i = 0; i < (k > STORES ? 2 : 0); i++) {
            struct device_class class;
            uint16_t index;
            memset(&class, 0, sizeof class);
            class.security_mode = (uint8_t)(i == 0 ? 0 : k - STORES);
            assert_true(config_class(&cl, &class, &index, &e));
        }
        seen[count++] = cluster_hash(&cl, 999 * SECOND_US);
        cluster_free(&cl);
        cluster_free(&other);
    }
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < i;
             k++) /* number STORES is the cluster as it was, as number 0 is */
            assert_int_equal(seen[i] == seen[k], i == STORES && k == 0);
    }
}

static void other_identity_other_keys(void **state)
{
    (void)state;
    struct cluster a, b;
    make_as(&a, "12.5", 1);
    make_as(&b, "12.5", 2);
    for (int own = 0; own < OWNS; own++)
        assert_true(content_meaning(&content, a.nodes[0].disk.own[own]) !=
                    content_meaning(&content, b.nodes[0].disk.own[own]));
    cluster_free(&a);
    cluster_free(&b);
}

static uint32_t key_of(const struct cluster *cl, enum own own)
{
    return content_get_cert(&content, cl->nodes[0].disk.own[own])->key;
}

/* A disk and a database brought back from a backup: the old key is back with them, and the next
 * regeneration gives a third, never the second again. */
static void no_key_comes_twice(void **state)
{
    (void)state;
    struct cluster cl, backup;
    make(&cl, "12.5");
    cluster_clone(&backup, &cl, &env);
    uint32_t first = key_of(&cl, OWN_CALLMANAGER);
    doing(&cl, changes[0], SECOND_US);
    uint32_t second = key_of(&cl, OWN_CALLMANAGER);
    cl.nodes[0].disk = backup.nodes[0].disk; /* a restore is a copy */
    assert_int_equal(key_of(&cl, OWN_CALLMANAGER), first);
    doing(&cl, changes[0], 2 * SECOND_US);
    uint32_t third = key_of(&cl, OWN_CALLMANAGER);
    assert_true(first != second && second != third && first != third);

    /* The hostname is no part of it: another node of that name has its own. */
    memcpy(cl.nodes[1].disk.name, "pub", 4);
    doing(&cl, (struct act){ DO_REGENERATE, 1, { OWN_CALLMANAGER } }, 3 * SECOND_US);
    uint32_t other = content_get_cert(&content, cl.nodes[1].disk.own[OWN_CALLMANAGER])->key;
    assert_true(other != first && other != second && other != third);
    cluster_free(&cl);
    cluster_free(&backup);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, up, down)
    const struct CMUnitTest tests[] = {
        TEST(rows_are_whole),
        TEST(as_the_second_table),
        TEST(no_list_to_sign),
        TEST(words_and_back),
        TEST(bad_words),
        TEST(bad_words_have_hints),
        TEST(what_cannot_be_done),
        TEST(can_and_do_agree),
        TEST(certificates_of_then),
        TEST(candidates),
        TEST(order_does_not_matter),
        TEST(hashes_tell_apart),
        TEST(other_identity_other_keys),
        TEST(what_is_over),
        TEST(one_name_one_kind),
        TEST(where_and_who),
        TEST(no_key_comes_twice),
        TEST(time_to_live),
        TEST(bounds_of_arguments),
        TEST(parameters_set_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
