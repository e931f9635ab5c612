/* CTL files: what is left of one without mixed mode, the licence, and CTLFile.tlv deleted by node.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "nodes/certs.h"
#include "nodes/lists.h"
#include "tests/unit/nodes_fixture.h"

static const struct ct_list *ctl(void)
{
    return content_get_list(&content, cl.db.ctl);
}

struct want {
    uint16_t role;
    enum tl_form form;
    uint32_t cert; /* 0: emptied */
    const char *dns;
};

static void holds(const struct want *want, uint32_t count)
{
    assert_true(ctl()->is_ctl);
    assert_int_equal(ctl()->count, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct ct_record *r = &ctl()->records[i];
        assert_int_equal(r->role, want[i].role);
        assert_int_equal(r->form, want[i].form);
        assert_int_equal(r->cert, want[i].cert);
        assert_string_equal(content_get_str(&content, r->dns), want[i].dns);
    }
}

#define HOLDS(...)                                                                                 \
    holds((const struct want[]){ __VA_ARGS__ },                                                    \
          sizeof((const struct want[]){ __VA_ARGS__ }) / sizeof(struct want))

/* ---- without mixed mode ---- */

/* Technotes 221657 and 118892, Security Guide 12.5. */
static void what_is_left(void **state)
{
    (void)state;
    for (uint64_t rest = CTL_CAPF_ALONE; rest <= CTL_ALL_EMPTIED; rest++) {
        make("12.5", 2);
        uint32_t capf = own_of(0, OWN_CAPF), rec = own_of(0, OWN_ITLRECOVERY),
                 ccm = own_of(0, OWN_CALLMANAGER);
        do_act((struct act){ .kind = DO_SET, .arg = { PARAM_CTL_NON_SECURE, rest } }, SECOND_US);
        do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, SECOND_US);
        assert_false(ctl()->empty);
        do_act((struct act){ .kind = DO_CTL_NON_SECURE_MODE }, SECOND_US);
        if (rest == CTL_CAPF_ALONE)
            HOLDS({ TL_CAPF, TL_FULL, capf, "pub" });
        if (rest == CTL_SERVERS_EMPTIED)
            HOLDS({ TL_SAST, TL_FULL, rec, "pub" }, { TL_SAST, TL_FULL, ccm, "pub" },
                  { TL_CCM_TFTP, TL_EMPTIED, 0, "pub" }, { TL_CAPF, TL_FULL, capf, "pub" },
                  { TL_CCM_TFTP, TL_EMPTIED, 0, "sub1" });
        if (rest == CTL_ALL_EMPTIED)
            HOLDS({ TL_SAST, TL_EMPTIED, 0, "pub" }, { TL_SAST, TL_EMPTIED, 0, "pub" },
                  { TL_CCM_TFTP, TL_EMPTIED, 0, "pub" }, { TL_CAPF, TL_EMPTIED, 0, "pub" },
                  { TL_CCM_TFTP, TL_EMPTIED, 0, "sub1" });
        assert_true(ctl()->empty);
        assert_int_equal(ctl()->envelope.cert, rec);
        unmake();
    }
}

/* ---- the licence ---- */

static bool can(struct act act, struct err *e)
{
    return cluster_can(&cl, &act, SECOND_US, e);
}

static void asks_for_a_licence(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        bool asks;
    } rows[] = { { "11.5", false }, { "12.0", true }, { "15", true } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err e = { "" };
        make(rows[i].version, 1);
        struct act licence = { .kind = DO_SET, .arg = { PARAM_EXPORT_CONTROLLED, 0 } };
        do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, SECOND_US);
        do_act(licence, SECOND_US);
        assert_int_equal(can((struct act){ .kind = DO_CTL_UPDATE }, &e), !rows[i].asks);
        assert_true(can((struct act){ .kind = DO_CTL_NON_SECURE_MODE }, &e));
        do_act((struct act){ .kind = DO_CTL_NON_SECURE_MODE }, SECOND_US);
        assert_int_equal(can((struct act){ .kind = DO_CTL_MIXED_MODE }, &e), !rows[i].asks);
        if (rows[i].asks)
            assert_string_equal(
                e.text,
                "HQ: Command cannot be executed because the Unified Communications Manager "
                "cluster is not registered to a Smart/Virtual Account with Allow "
                "export-controlled functionality. Please ensure Product Token received from the "
                "Smart/Virtual Account has Allow export-controlled functionality checked when "
                "registering the UCM Cluster.");
        licence.arg[1] = 1;
        do_act(licence, SECOND_US);
        assert_true(can((struct act){ .kind = DO_CTL_MIXED_MODE }, &e));
        unmake();
    }
}

/* ---- CTLFile.tlv by node ---- */

static void deleted_by_node(void **state)
{
    (void)state;
    struct err e = { "" };
    make("10.5(2)", 2);
    struct act delete = { .kind = DO_DELETE_CTL, .node = 1 };
    assert_false(can(delete, &e));
    assert_string_equal(e.text, "HQ: sub1 has no CTLFile.tlv (files: found = 0, deleted = 0)");
    do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, SECOND_US);
    restart_service(0, SERVICE_TFTP, SECOND_US);
    restart_service(1, SERVICE_TFTP, SECOND_US);
    uint64_t now_us = run_out(SECOND_US), hash = cluster_hash(&cl, now_us);
    uint32_t file = cl.db.ctl;
    do_act(delete, now_us);
    assert_true(cluster_hash(&cl, now_us) != hash);
    assert_int_equal(lists_ctl_on(&cl, 0), file);
    assert_int_equal(lists_ctl_on(&cl, 1), 0);
    assert_int_equal(cl.nodes[1].run.ctl, file); /* until TFTP starts */
    restart_service(0, SERVICE_TFTP, now_us);
    restart_service(1, SERVICE_TFTP, now_us);
    now_us = run_out(now_us);
    assert_int_equal(cl.nodes[0].run.ctl, file);
    assert_int_equal(cl.nodes[1].run.ctl, 0);
    assert_false(can(delete, &e));
    do_act((struct act){ .kind = DO_CTL_UPDATE }, now_us); /* copied to all nodes again */
    assert_int_equal(lists_ctl_on(&cl, 1), cl.db.ctl);
    unmake();
}

static void deleted_at_once(void **state)
{
    (void)state;
    make("14", 2);
    do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, SECOND_US);
    do_act((struct act){ .kind = DO_DELETE_CTL, .node = 1 }, SECOND_US);
    assert_int_equal(cl.nodes[0].run.ctl, cl.db.ctl);
    assert_int_equal(cl.nodes[1].run.ctl, 0);
    assert_false(cl.want_reset || cl.reset_us != 0); /* nobody is told */
    unmake();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_left),
                                        cmocka_unit_test(asks_for_a_licence),
                                        cmocka_unit_test(deleted_by_node),
                                        cmocka_unit_test(deleted_at_once) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
