/* Bulk Certificate Management: what lies in the directory, what is imported where, what is refused.
 * Values are written from technote 215539 and the CLI reference. */
#include "nodes/acts.h"
#include "nodes/certs.h"
#include "nodes/cluster.h"
#include "sim/base/sys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SECOND_US 1000000ull

static struct content content;
static struct sftp sftp;
static struct cluster_env env;
static struct cluster hq, br;

static void nobody_listens(void *ctx, const struct trace_line *line)
{
    (void)ctx, (void)line;
}

static void make(struct cluster *cl, uint8_t number, const char *version, const char *pub)
{
    const struct node_spec specs[] = { { pub, "", 0x7f00000bu + number * 256u, true, true },
                                       { "sub", "", 0x7f00000cu + number * 256u, true, true } };
    struct cluster_spec spec = { .number = number,
                                 .name = number == 0 ? "HQ" : "BR",
                                 .version = version_find(version),
                                 .nodes = specs,
                                 .count = 2 };
    struct err e = { "" };
    if (!cluster_init(cl, &env, &spec, 0, &e))
        fail_msg("%s", e.text);
}

static void begin(const char *of_hq, const char *of_br, const char *br_pub)
{
    content_init(&content, &sys_mem);
    env = (struct cluster_env){ &content, &sys_mem, nobody_listens, NULL, 1, 1736143200, &sftp, 0 };
    make(&hq, 0, of_hq, "hqpub");
    make(&br, 1, of_br, br_pub);
}

static void end(void)
{
    cluster_free(&hq);
    cluster_free(&br);
    sftp_free(&sys_mem, &sftp);
    content_free(&content);
}

static void doing(struct cluster *cl, enum act_kind kind, uint64_t arg)
{
    struct err e = { "" };
    struct act act = { .kind = (uint8_t)kind, .arg = { arg } };
    if (!cluster_do(cl, &act, SECOND_US, &e))
        fail_msg("%s", e.text);
}

static void refused(struct cluster *cl, enum act_kind kind, uint64_t arg, const char *said)
{
    struct err e = { "" };
    struct act act = { .kind = (uint8_t)kind, .arg = { arg } };
    uint64_t before = cluster_hash(cl, SECOND_US), outside = sftp_hash(&sftp, &content);
    assert_false(cluster_do(cl, &act, SECOND_US, &e));
    assert_string_equal(e.text, said);
    assert_int_equal(cluster_hash(cl, SECOND_US), before);
    assert_int_equal(sftp_hash(&sftp, &content), outside);
}

static void both_export(enum bulk_unit unit)
{
    uint32_t directory = content_str(&content, "sftp:/certs");
    doing(&hq, DO_BULK_SFTP, directory);
    doing(&br, DO_BULK_SFTP, directory);
    doing(&hq, DO_BULK_EXPORT, unit);
    doing(&br, DO_BULK_EXPORT, unit);
}

/* "CallManager-trust CallManager brpub" of each certificate of BR that lies in a store of HQ. */
static void held(const struct cluster *at, const struct cluster *of, char *out, size_t room)
{
    size_t n = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < at->db.row_count; i++) {
        const struct cert_row *r = &at->db.rows[i];
        for (uint32_t k = 0; k < of->db.row_count && r->store != STORE_OWN; k++) {
            const struct cert_row *own = &of->db.rows[k];
            if (own->store != STORE_OWN || own->cert != r->cert || own->until_us != UINT64_MAX ||
                r->until_us != UINT64_MAX)
                continue;
            n += (size_t)snprintf(out + n, room - n, "%s %s %s\n", store_name(r->store),
                                  own_name(own->own), of->nodes[own->node].disk.name);
            break;
        }
    }
}

static void where_it_goes(void **state)
{
    static const struct {
        const char *hq, *br;
        enum bulk_unit unit;
        uint8_t param, value;
        const char *text;
    } rows[] = {
        { "11.5", "10.5(2)", BULK_ALL, PARAMS, 0,
          "CallManager-trust CallManager brpub\nPhone-SAST-trust CallManager brpub\n"
          "CallManager-trust CAPF brpub\ntomcat-trust tomcat brpub\n"
          "CallManager-trust ITLRecovery brpub\nPhone-SAST-trust ITLRecovery brpub\n"
          "CallManager-trust CallManager sub\nPhone-SAST-trust CallManager sub\n"
          "CallManager-trust CAPF sub\ntomcat-trust tomcat sub\n"
          "CallManager-trust ITLRecovery sub\nPhone-SAST-trust ITLRecovery sub\n" },
        { "11.5", "8.6", BULK_ALL, PARAMS, 0,
          "CallManager-trust CallManager brpub\nPhone-SAST-trust CallManager brpub\n"
          "CallManager-trust CAPF brpub\ntomcat-trust tomcat brpub\n"
          "CallManager-trust CallManager sub\nPhone-SAST-trust CallManager sub\n"
          "CallManager-trust CAPF sub\ntomcat-trust tomcat sub\n" },
        { "11.5", "12.5", BULK_TFTP, PARAMS, 0,
          "CallManager-trust CallManager brpub\nPhone-SAST-trust CallManager brpub\n"
          "CallManager-trust CallManager-ECDSA brpub\nPhone-SAST-trust CallManager-ECDSA brpub\n"
          "CallManager-trust CallManager sub\nPhone-SAST-trust CallManager sub\n"
          "CallManager-trust CallManager-ECDSA sub\nPhone-SAST-trust CallManager-ECDSA sub\n" },
        { "11.5", "12.5", BULK_ITLRECOVERY, PARAMS, 0,
          "CallManager-trust ITLRecovery brpub\nPhone-SAST-trust ITLRecovery brpub\n" },
        { "11.5", "14", BULK_CAPF, PARAMS, 0, "CallManager-trust CAPF brpub\n" },
        { "11.5", "14", BULK_CAPF, PARAM_BULK_CAPF_TRUST, 1,
          "CallManager-trust CAPF brpub\nCAPF-trust CAPF brpub\n" },
        { "11.5", "14", BULK_TOMCAT, PARAM_BULK_ITLRECOVERY, 0,
          "tomcat-trust tomcat brpub\ntomcat-trust tomcat-ECDSA brpub\n"
          "tomcat-trust tomcat sub\ntomcat-trust tomcat-ECDSA sub\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[1000];
        begin(rows[i].hq, rows[i].br, "brpub");
        if (rows[i].param != PARAMS)
            hq.db.params[rows[i].param] = br.db.params[rows[i].param] = rows[i].value;
        both_export(rows[i].unit);
        doing(&br, DO_BULK_CONSOLIDATE, rows[i].unit);
        doing(&hq, DO_BULK_IMPORT, rows[i].unit);
        held(&hq, &br, text, sizeof text);
        assert_string_equal(text, rows[i].text);
        doing(&hq, DO_BULK_IMPORT, rows[i].unit); /* again: nothing more */
        held(&hq, &br, text, sizeof text);
        assert_string_equal(text, rows[i].text);
        held(&br, &hq, text, sizeof text);
        assert_string_equal(text, "");
        end();
    }
}

static void in_order(void **state)
{
    (void)state;
    uint32_t directory, other;
    begin("9.1", "12.5", "brpub");
    directory = content_str(&content, "sftp:/certs");
    other = content_str(&content, "sftp:/other");
    static const char none[] = "HQ: no SFTP server is configured for Bulk Certificate Management";
    refused(&hq, DO_BULK_EXPORT, BULK_ALL, none);
    refused(&hq, DO_BULK_CONSOLIDATE, BULK_ALL, none);
    refused(&hq, DO_BULK_IMPORT, BULK_ALL, none);
    refused(&hq, DO_BULK_EXPORT, BULK_UNITS, "HQ: bulk export: no such unit");
    doing(&hq, DO_BULK_SFTP, directory);
    refused(&hq, DO_BULK_EXPORT, BULK_ITLRECOVERY,
            "HQ: version 9.1 exports no ITLRecovery certificates");
    refused(&hq, DO_BULK_CONSOLIDATE, BULK_ALL,
            "HQ: sftp:/certs holds what no cluster exported, there is nothing to consolidate (two "
            "are needed)");
    doing(&hq, DO_BULK_EXPORT, BULK_ALL);
    doing(&hq, DO_BULK_EXPORT, BULK_ALL);
    refused(&hq, DO_BULK_CONSOLIDATE, BULK_ALL,
            "HQ: sftp:/certs holds what one cluster exported, there is nothing to consolidate (two "
            "are needed)");
    doing(&br, DO_BULK_SFTP, other);
    doing(&br, DO_BULK_EXPORT, BULK_TFTP); /* elsewhere */
    refused(&hq, DO_BULK_CONSOLIDATE, BULK_ALL,
            "HQ: sftp:/certs holds what one cluster exported, there is nothing to consolidate (two "
            "are needed)");
    doing(&br, DO_BULK_SFTP, directory);
    doing(&br, DO_BULK_EXPORT, BULK_TFTP);
    refused(&hq, DO_BULK_CONSOLIDATE, BULK_CAPF,
            "HQ: sftp:/certs holds what one cluster exported, there is nothing to consolidate (two "
            "are needed)");
    refused(&hq, DO_BULK_IMPORT, BULK_ALL,
            "HQ: sftp:/certs holds no consolidated file with any certificates of another cluster");
    doing(&hq, DO_BULK_CONSOLIDATE, BULK_TFTP);
    refused(&br, DO_BULK_CONSOLIDATE, BULK_TFTP,
            "BR: what lies in sftp:/certs has been consolidated already");
    refused(&hq, DO_BULK_IMPORT, BULK_TOMCAT,
            "HQ: sftp:/certs holds no consolidated file with tomcat certificates of another "
            "cluster");
    hq.db.params[PARAM_CSCUY43181] = 1;
    refused(&hq, DO_BULK_IMPORT, BULK_ALL,
            "HQ: the consolidated file is not imported (CSCuy43181): it holds what 8.x or 9.x and "
            "what a later version exported");
    hq.db.params[PARAM_CSCUY43181] = 0;
    doing(&hq, DO_BULK_IMPORT, BULK_ALL);
    end();
}

/* What is exported anew is imported once it has been consolidated anew, in place of the one before.
 */
static void exported_anew(void **state)
{
    (void)state;
    begin("14", "14", "brpub");
    both_export(BULK_ALL);
    doing(&hq, DO_BULK_CONSOLIDATE, BULK_ALL);
    doing(&hq, DO_BULK_IMPORT, BULK_ALL);
    uint32_t before = br.nodes[0].disk.own[OWN_CALLMANAGER], now;
    doing(&br, DO_REGENERATE, OWN_CALLMANAGER);
    now = br.nodes[0].disk.own[OWN_CALLMANAGER];
    doing(&br, DO_BULK_EXPORT, BULK_ALL);
    doing(&hq, DO_BULK_IMPORT, BULK_ALL);
    assert_null(certs_in_store(&hq, STORE_PHONE_SAST_TRUST, now));
    doing(&br, DO_BULK_CONSOLIDATE, BULK_ALL);
    doing(&hq, DO_BULK_IMPORT, BULK_ALL);
    assert_non_null(certs_in_store(&hq, STORE_PHONE_SAST_TRUST, now));
    assert_null(certs_in_store(&hq, STORE_PHONE_SAST_TRUST, before));
    end();
}

static void one_subject(void **state)
{
    (void)state;
    begin("15", "14", "hqpub");
    both_export(BULK_ALL);
    doing(&hq, DO_BULK_CONSOLIDATE, BULK_ALL);
    refused(&hq, DO_BULK_IMPORT, BULK_ALL,
            "HQ: version 15 takes no certificate into CallManager-trust whose subject is that of a "
            "node's own");
    doing(&br, DO_BULK_IMPORT, BULK_ALL);
    end();
}

/* 7.1 has none of it. */
static void before_8(void **state)
{
    (void)state;
    begin("7.1", "14", "brpub");
    refused(&hq, DO_BULK_SFTP, content_str(&content, "sftp:/certs"),
            "HQ: version 7.1 has no Bulk Certificate Management (it is there from 8.0)");
    end();
}

/* How many SAST records of the CTL are of this cluster's own certificates. */
static uint32_t sasts_of(const struct cluster *at, const struct cluster *of)
{
    const struct ct_list *l = content_get_list(&content, at->db.ctl);
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->count; i++) {
        for (uint32_t k = 0; k < of->db.row_count && l->records[i].role == TL_SAST; k++) {
            const struct cert_row *own = &of->db.rows[k];
            n += own->store == STORE_OWN && own->node == 0 && own->cert == l->records[i].cert;
        }
    }
    return n;
}

/* Security Guide 12.5: behind an update the CTL of 12.0 and later has who lies in Phone-SAST-trust.
 */
static void in_the_ctl(void **state)
{
    static const struct {
        const char *version;
        uint64_t holds;
        uint32_t sasts; /* of the publisher of BR: ITLRecovery, CallManager, its EC one */
    } rows[] = { { "12.5", 1, 3 }, { "12.5", 0, 0 }, { "11.5", 1, 0 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(rows[i].version, "12.5", "brpub");
        hq.db.params[PARAM_CTL_SAST_TRUST] = rows[i].holds;
        doing(&hq, DO_CTL_MIXED_MODE, 0);
        assert_int_equal(sasts_of(&hq, &hq), 2);
        assert_int_equal(sasts_of(&hq, &br), 0);
        both_export(BULK_ALL);
        doing(&hq, DO_BULK_CONSOLIDATE, BULK_ALL);
        doing(&hq, DO_BULK_IMPORT, BULK_ALL);
        assert_int_equal(sasts_of(&hq, &br), 0); /* not yet */
        doing(&hq, DO_CTL_UPDATE, 0);
        assert_int_equal(sasts_of(&hq, &hq), 2);
        assert_int_equal(sasts_of(&hq, &br), rows[i].sasts);
        end();
    }
}

/* Who tries it on a copy of a cluster has a directory of its own. */
static void copies(void **state)
{
    (void)state;
    struct sftp copy;
    begin("14", "14", "brpub");
    both_export(BULK_ALL);
    sftp_copy(&sys_mem, &copy, &sftp);
    assert_int_equal(sftp_hash(&copy, &content), sftp_hash(&sftp, &content));
    sftp_consolidate(&sys_mem, &copy, hq.db.bulk_directory, BULK_ALL);
    assert_int_equal(copy.count, 2 * sftp.count);
    assert_int_not_equal(sftp_hash(&copy, &content), sftp_hash(&sftp, &content));
    assert_true(sftp_is_fresh(&sftp, hq.db.bulk_directory, BULK_ALL));
    assert_false(sftp_is_fresh(&copy, hq.db.bulk_directory, BULK_ALL));
    sftp_free(&sys_mem, &copy);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_it_goes), cmocka_unit_test(in_order),
        cmocka_unit_test(exported_anew), cmocka_unit_test(one_subject),
        cmocka_unit_test(before_8),      cmocka_unit_test(in_the_ctl),
        cmocka_unit_test(copies)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
