/* One case of each kind of way: what the report names, that it ends the loss when it is done for
 * real, and that what is less than that does not. */
#include "run_script.h"

#include "sim/predict/try.h"
#include "sim/report/report.h"

#define ONE_NODE(version)                                                                          \
    "hq = cluster { name = 'HQ', version = '" version "', nodes = { 'pub' } } "                    \
    "f = hq:phones { count = 4, model = '7965' } f:power('on') settle() step('x') "
#define TWO_NODES(version)                                                                         \
    "hq = cluster { name = 'HQ', version = '" version "', nodes = { 'pub', 'sub' } } "             \
    "f = hq:phones { count = 4, model = '7965' } f:power('on') settle() step('x') "
#define RESET     " settle() f:power('off') f:power('on') settle() "
#define RESETS    RESET RESET
#define BOTH_KEYS "hq.pub:regenerate('CallManager', 'TVS') settle() "
/* A phone of another cluster that was moved there unprepared. */
#define MOVED                                                                                      \
    "hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "                            \
    "br = cluster { name = 'BR', version = '8.6', nodes = { 'b1' } } "                             \
    "f = hq:phones { count = 4, model = '7965' } f:power('on') settle() step('x') "                \
    "f:insert { cluster = br } f:move { tftp = { br.b1 } } " RESET

struct way_case {
    const char *what, *before;
    const char *after; /* way_after() of each phone */
    const char *less;  /* what does not bring them back; NULL: there is nothing less */
    const char *mend;  /* what does; NULL: nothing */
};

static const struct way_case cases[] = {
    { "none", ONE_NODE("8.6"), "came back by itself", NULL, "" },
    { "boot",
      ONE_NODE(
          "8.6") "hq.pub:regenerate('CallManager') hq.pub:restart('Cisco Tftp') "
                 "hq.pub:stop('TVS') settle() f:reset() settle() hq.pub:start('TVS') settle() ",
      "its next boot", "wait('1h')", RESET },
    { "start", ONE_NODE("8.6") "hq.pub:stop('Cisco CallManager') settle() ",
      "`utils service start Cisco CallManager` on pub",
      RESET "hq.pub:restart('Cisco Tftp', 'TVS')" RESET,
      "hq.pub:start('Cisco CallManager')" RESET },
    { "one service of a cluster that has more that is old",
      ONE_NODE("8.6") BOTH_KEYS "hq.pub:regenerate('tomcat') f:press('Directories') settle() "
                                "hq.pub:regenerate('TVS') ",
      "`utils service restart Cisco Tomcat` on pub", "hq.pub:restart('Cisco Tftp')" RESET,
      "hq.pub:restart('Cisco Tomcat')" RESET },
    { "one service on one node",
      TWO_NODES("8.6") "hq.pub:regenerate('TVS') hq.sub:regenerate('TVS') "
                       "hq.pub:restart('Cisco Tftp') hq.sub:restart('Cisco Tftp') settle() "
                       "f:reset() settle() ",
      "`utils service restart Cisco Trust Verification Service` on pub", RESET,
      "hq.pub:restart('TVS')" RESET },
    { "localkey", ONE_NODE("10.5(2)") BOTH_KEYS "hq.pub:restart('Cisco Tftp', 'TVS') " RESET,
      "`utils itl reset localkey` on pub, then a reset",
      "hq.pub:restart('Cisco Tftp', 'TVS')" RESETS, "hq:itl('reset localkey')" RESETS },
    { "ctl update",
      "hq = cluster { name = 'HQ', version = '11.5', nodes = { 'pub', 'sub' } } "
      "hq:ctl('mixed-mode') hq.pub:restart('Cisco Tftp', 'Cisco CallManager') "
      "hq.sub:restart('Cisco Tftp', 'Cisco CallManager') settle() "
      "f = hq:phones { count = 4, model = '7965', security = 'encrypted', lsc = true } "
      "f:power('on') settle() step('x') "
      "hq.pub:regenerate('CallManager') hq.sub:regenerate('CallManager') settle() "
      "hq.pub:restart('Cisco Tftp', 'Cisco CallManager') "
      "hq.sub:restart('Cisco Tftp', 'Cisco CallManager') " RESET,
      "`utils ctl update CTLFile` on pub, restart Cisco Tftp and Cisco CallManager on every node",
      "hq.pub:restart('Cisco Tftp', 'TVS', 'Cisco CallManager') "
      "hq.sub:restart('Cisco Tftp', 'TVS', 'Cisco CallManager')" RESETS,
      "hq:ctl('update') hq.pub:restart('Cisco Tftp', 'Cisco CallManager') "
      "hq.sub:restart('Cisco Tftp', 'Cisco CallManager')" RESETS },
    { "two acts", ONE_NODE("10.5(2)") BOTH_KEYS "hq.pub:restart('TVS') " RESET,
      "`utils service restart Cisco Tftp` on pub, then a reset; `utils itl reset localkey` on pub, "
      "then a reset",
      "hq:itl('reset localkey')" RESETS "hq.pub:restart('TVS')" RESETS,
      "hq.pub:restart('Cisco Tftp')" RESETS "hq:itl('reset localkey')" RESETS },
    { "a service on every node, then another act",
      "hq = cluster { name = 'HQ', version = '10.0', nodes = { 'pub', 'sub' } } "
      "f = hq:phones { count = 4, model = '7965' } f:power('on') settle() "
      "f:move { tftp = { hq.sub } } step('x') hq.pub:regenerate('CallManager', 'TVS') "
      "hq.sub:regenerate('CallManager', 'TVS') settle() hq.pub:restart('TVS') "
      "hq.sub:restart('TVS') " RESET,
      "`utils service restart Cisco Tftp` on every node, then a reset; `utils itl reset localkey` "
      "on "
      "pub, then a reset",
      "hq.sub:restart('Cisco Tftp')" RESETS "hq:itl('reset localkey')" RESETS,
      "hq.pub:restart('Cisco Tftp') hq.sub:restart('Cisco Tftp')" RESETS
      "hq:itl('reset localkey')" RESETS },
    { "a link mended",
      "hq = cluster { name = 'HQ', version = '8.6', nodes = { 'n1', 'n2', 'n3' } } "
      "hq:group('G', { 'n2', 'n3' }) hq:pool('P', 'G') "
      "f = hq:phones { count = 4, model = '7965', pool = 'P' } f:move { tftp = { hq.n3, hq.n2 } } "
      "f:power('on') settle() step('x') hq.n2:regenerate('TVS') settle() hq.n2:restart('TVS') "
      "settle() hq.n3:link { down = true } settle() ",
      "mend the network of n3", RESET, "hq.n3:link {}" RESETS },
    { "a phone's link mended", ONE_NODE("8.6") "f:link { down = true } " RESET,
      "mend the phone's network", RESETS, "f:link {}" RESET },
    { "option 150", MOVED, "point DHCP option 150 to HQ/pub, then a reset",
      "br.b1:restart('Cisco Tftp', 'TVS') hq.pub:restart('TVS')" RESETS,
      "f:move { tftp = { hq.pub } }" RESETS },
    /* The CTL has both nodes, n1 with its old key: its lists are refused, and without an ITL nobody
     * can be asked; those of n2 are taken. */
    { "the other TFTP server first",
      "hq = cluster { name = 'HQ', version = '10.5(2)', nodes = { 'n1', 'n2' } } "
      "hq:ctl('mixed-mode') for _, n in ipairs { hq.n1, hq.n2 } do "
      "n:restart('Cisco Tftp', 'Cisco CallManager') end settle() "
      "f = hq:phones { count = 4, model = '8861' } f:move { tftp = { hq.n1, hq.n2 } } "
      "f:power('on') settle() step('x') hq.n1:regenerate('CallManager', 'ITLRecovery') settle() "
      "hq.n1:restart('Cisco Tftp') settle() f:delete_trust_list() " RESET,
      "point DHCP option 150 to n2 before n1, then a reset",
      "hq:ctl('update') hq.n1:restart('Cisco Tftp') hq.n2:restart('Cisco Tftp')" RESETS,
      "f:move { tftp = { hq.n2, hq.n1 } }" RESETS },
    /* There is no way back: nobody serves files there any more. */
    { "bulk exchange", MOVED "hq.pub:stop('Cisco Tftp') settle() ",
      "exchange certificates between HQ and BR (Bulk Certificate Management: export on both, "
      "consolidate on one, import on both), restart Cisco Trust Verification Service on every "
      "node, then a reset",
      "f:move { tftp = { hq.pub } } hq.pub:restart('TVS')" RESETS,
      "for _, c in ipairs { hq, br } do c:bulk('sftp', 'd') c:bulk('export') end "
      "br:bulk('consolidate') br:bulk('import') hq:bulk('import') hq.pub:restart('TVS')" RESETS },
    /* A defect is in the way of that. */
    { "upload",
      "hq = cluster { name = 'HQ', version = '9.1', nodes = { 'pub' } } "
      "br = cluster { name = 'BR', version = '10.5(2)', nodes = { 'b1' } } "
      "f = hq:phones { count = 4, model = '7965' } f:power('on') settle() step('x') "
      "hq:set('cscUy43181', true) "
      "f:insert { cluster = br } f:move { tftp = { br.b1 } } " RESET
      "hq.pub:stop('Cisco Tftp') settle() ",
      "upload the CallManager, ITLRecovery, CAPF and tomcat certificates of BR, each to its trust "
      "store in HQ (CAPF-trust: on every node), restart Cisco Trust Verification Service on every "
      "node, then a reset",
      "f:move { tftp = { hq.pub } } hq.pub:restart('TVS')" RESETS,
      "hq.pub:upload('CallManager-trust', br.b1:certificate('CallManager')) "
      "hq.pub:upload('Phone-SAST-trust', br.b1:certificate('CallManager')) "
      "hq.pub:restart('TVS')" RESETS },
    { "rollback off",
      ONE_NODE("8.6") "hq:set('rollback', true) hq.pub:restart('TVS', 'Cisco Tftp') " RESET,
      "set \"Prepare Cluster for Rollback to pre 8.0\" to False, restart Cisco Trust Verification "
      "Service and Cisco Tftp on every node, then a reset",
      "hq.pub:restart('TVS', 'Cisco Tftp')" RESETS,
      "hq:set('rollback', false) hq.pub:restart('TVS', 'Cisco Tftp')" RESETS },
    { "rollback off, which does the rest by itself",
      ONE_NODE("12.5") "hq:set('rollback', true) settle() f:press('Directories') settle() ",
      "set \"Prepare Cluster for Rollback to pre 8.0\" to False",
      "hq.pub:restart('TVS', 'Cisco Tftp')" RESETS, "hq:set('rollback', false)" RESETS },
    { "ctl update, which needs no restart",
      "hq = cluster { name = 'HQ', version = '14SU1', nodes = { 'pub', 'sub' } } "
      "hq:ctl('mixed-mode') settle() "
      "f = hq:phones { count = 4, model = '8861', security = 'encrypted', lsc = true } "
      "f:power('on') settle() step('x') hq.pub:regenerate('CallManager') "
      "hq.sub:regenerate('CallManager') settle('1h') ",
      "`utils ctl update CTLFile` on pub",
      "hq.pub:restart('Cisco Tftp', 'Cisco CallManager')" RESETS, "hq:ctl('update')" RESETS },
    { "hands", ONE_NODE("8.6") BOTH_KEYS "hq.pub:restart('Cisco Tftp', 'TVS') " RESET,
      "deleting its trust lists by hand", "hq.pub:restart('Cisco Tftp', 'TVS')" RESETS,
      "f:delete_trust_list()" RESET },
    { "hands behind an act",
      ONE_NODE("8.6") BOTH_KEYS "hq.pub:restart('Cisco Tftp', 'TVS') " RESET
                                "hq.pub:stop('Cisco CallManager') settle() wait('1h') ",
      "`utils service start Cisco CallManager` on pub; deleting its trust lists by hand",
      "f:delete_trust_list()" RESET,
      "hq.pub:start('Cisco CallManager') settle() "
      "f:delete_trust_list()" RESET },
    { "an LSC of a CAPF that nobody trusts any more",
      "hq = cluster { name = 'HQ', version = '11.5', nodes = { 'pub' } } "
      "hq:ctl('mixed-mode') hq.pub:restart('Cisco Tftp', 'Cisco CallManager') settle() "
      "f = hq:phones { count = 4, model = '7965', security = 'encrypted', lsc = true } "
      "f:power('on') settle() step('x') hq.pub:regenerate('CAPF') settle() "
      "hq.pub:restart('CAPF', 'Cisco CallManager') " RESET,
      "have CAPF of HQ install the LSC anew (Phone Configuration: Install/Upgrade, By Null String)",
      "hq:ctl('update') hq.pub:restart('Cisco Tftp', 'Cisco CallManager')" RESETS
      "f:delete_trust_list()" RESETS,
      "f:install_lsc {}" RESETS },
    /* Who asks in the very instant before they answer gets the one and not the other, and n2, which
     * is asked next, costs it a minute. */
    { "two services that answer from one instant on",
      "hq = cluster { name = 'HQ', version = '8.6', nodes = { 'n1', 'n2' } } "
      "hq:group('G', { 'n1' }) hq:pool('P', 'G') "
      "f = hq:phones { count = 4, model = '7965', pool = 'P' } "
      "f:move { tftp = { hq.n1, hq.n2 } } f:power('on') settle() step('x') hq.n2:link { down = "
      "true } "
      "hq.n1:stop('Cisco Tftp') hq.n1:stop('Cisco CallManager') " RESET,
      "start every service that is stopped, on every node, then a reset", RESETS,
      "hq.n1:start('Cisco Tftp') hq.n1:start('Cisco CallManager')" RESET },
    /* A plain phone of a group whose only node is gone for good. */
    { "a configuration that never came, in a lab of two clusters",
      "hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
      "br = cluster { name = 'BR', version = '8.6', nodes = { 'b1' } } "
      "hq.pub:stop('Cisco Tftp') settle() f = hq:phones { count = 4, model = '7965' } step('x') "
      "f:power('on') settle() wait('1h') ",
      "`utils service start Cisco Tftp` on HQ/pub, then a reset", RESETS,
      "hq.pub:start('Cisco Tftp')" RESET },
};

static uint32_t lost_behind(const struct way_case *c, const char *then)
{
    struct run r = { 0 };
    char text[4000];
    uint32_t lost = 0;
    snprintf(text, sizeof text, "%s %s", c->before, then);
    run(&r, text);
    if (r.e.text[0] != '\0')
        fail_msg("%s: %s", c->what, r.e.text);
    for (uint32_t i = 0; i < r.lab->state.phone_count; i++)
        lost += losses_now(&r.session->losses, i) != 0;
    done(&r);
    return lost;
}

/* Where the words name no reset none is needed: what mends does so without. */
static void without_resets(const struct way_case *c)
{
    char then[1000];
    size_t n = 0;
    for (const char *p = c->mend; *p != '\0';) {
        bool reset = strncmp(p, RESET, strlen(RESET)) == 0;
        n += (size_t)snprintf(then + n, sizeof then - n, reset ? " settle() " : "%c", *p);
        p += reset ? strlen(RESET) : 1;
    }
    if (lost_behind(c, then) != 0)
        fail_msg("%s: not without a reset", c->what);
}

/* Each service stands in the order of restarts, once. */
static void test_restarts(void **state)
{
    uint32_t all = 0;
    (void)state;
    for (int i = 0; i < SERVICES; i++)
        all |= SERVICE_BIT(way_restarts[i]);
    assert_int_equal(all, SERVICE_BIT(SERVICES) - 1);
}

static void test_each(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const struct way_case *c = &cases[k];
        struct run r = { 0 };
        bool alone = false;
        run(&r, c->before);
        if (r.e.text[0] != '\0')
            fail_msg("%s: %s", c->what, r.e.text);
        const struct remedies *remedies = losses_remedies(&r.session->losses);
        for (uint32_t i = 0; i < r.lab->state.phone_count; i++) {
            char text[WAY_TEXT];
            const struct way *w = remedies_of(remedies, i);
            assert_int_equal(w->why, REJECT_NONE);
            alone = w->alone;
            way_after(r.lab, w, text);
            if (strcmp(text, c->after) != 0)
                fail_msg("%s: %s", c->what, text);
            assert_int_equal(w->harm.phones, 0);
        }
        done(&r);
        if (c->less != NULL && lost_behind(c, c->less) != 4)
            fail_msg("%s: less would do", c->what);
        if (c->mend != NULL && lost_behind(c, c->mend) != 0)
            fail_msg("%s: that does not bring all back", c->what);
        if (alone)
            without_resets(c);
    }
}

/* ---- what an act of a way takes in ---- */

/* Which services of a node work with another certificate than before: SERVICE_BIT of each. */
static uint32_t renewed(const struct lab *lab, uint32_t node, const uint32_t used[SERVICES])
{
    uint32_t bits = 0;
    for (int s = 0; s < SERVICES; s++) {
        if (lab->state.clusters[0].nodes[node].run.used[s] != used[s])
            bits |= SERVICE_BIT(s);
    }
    return bits;
}

static void takes_in(uint8_t width, uint8_t service, uint8_t node, uint32_t pub, uint32_t sub)
{
    struct run r = { 0 };
    uint32_t used[2][SERVICES];
    run(&r, TWO_NODES("8.6") "for _, n in ipairs { hq.pub, hq.sub } do "
                             "n:regenerate('CallManager', 'TVS', 'tomcat') end settle() "
                             "hq.sub:stop('Cisco Tomcat') settle() ");
    assert_string_equal(r.e.text, "");
    for (uint32_t n = 0; n < 2; n++)
        memcpy(used[n], r.lab->state.clusters[0].nodes[n].run.used, sizeof used[n]);
    struct way_act a = { .act = { .kind = DO_RESTART, .node = node, .arg = { service } },
                         .width = width };
    try_act(r.lab, &a, NULL, 0);
    try_quiet(r.lab);
    assert_int_equal(renewed(r.lab, 0, used[0]), pub);
    assert_int_equal(renewed(r.lab, 1, used[1]), sub);
    done(&r);
}

static void test_widths(void **state)
{
    (void)state;
    const uint32_t tvs = SERVICE_BIT(SERVICE_TVS), tomcat = SERVICE_BIT(SERVICE_TOMCAT);
    const uint32_t ccm = SERVICE_BIT(SERVICE_CALLMANAGER), tftp = SERVICE_BIT(SERVICE_TFTP);
    takes_in(WIDTH_ONE, SERVICE_TVS, 0, tvs, 0);
    takes_in(WIDTH_ONE, SERVICE_TVS, 1, 0, tvs);
    takes_in(WIDTH_EVERYWHERE, SERVICE_TVS, 0, tvs, tvs);
    takes_in(WIDTH_EVERYWHERE, SERVICE_TOMCAT, 0, tomcat, 0); /* where it runs */
    takes_in(WIDTH_ALL, 0, 0, tftp | tvs | ccm | tomcat, tftp | tvs | ccm);
}

/* What could be of use, the narrowest first of each service; nothing that is of none. */
static void test_candidates(void **state)
{
    (void)state;
    struct run r = { 0 };
    struct way_act acts[64];
    char text[2000] = "", one[WAY_TEXT];
    run(&r, TWO_NODES("10.5(2)") "hq.pub:regenerate('tomcat') hq.sub:stop('TVS') "
                                 "hq.sub:link { down = true } settle() ");
    assert_string_equal(r.e.text, "");
    struct try_places none = { 0 };
    uint32_t n = try_acts(r.lab, &none, acts, 64);
    for (uint32_t i = 0; i < n; i++) {
        way_act_words(r.lab, &acts[i], one);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s\n", one);
    }
    assert_string_equal(
        text, "`utils service start Cisco Trust Verification Service` on sub\n"
              "`utils service restart Cisco Tftp` on pub\n"
              "`utils service restart Cisco Tftp` on every node\n"
              "`utils service restart Cisco Trust Verification Service` on pub\n"
              "`utils service restart Cisco Tomcat` on pub\n"
              "`utils service restart Cisco Tftp` on sub\n"
              "restart Cisco Tftp, Cisco Trust Verification Service and every service that works "
              "with an old certificate, on every node\n"
              "mend the network of sub\n"
              "set \"Secured Phone URL Parameters\" to http:// URLs (port 8080)\n"
              "`utils itl reset localkey` on pub\n");
    done(&r);
}

/* No reset is asked for where it leaves as much undone: a phone whose lists are
 * stuck registers as soon as its network is there, and lacks its secured pages either way. */
static void stuck_behind_a_cut_network(void **state)
{
    (void)state;
    struct run r = { 0 };
    char text[WAY_TEXT];
    run(&r, ONE_NODE("8.6") "f:link { down = true } settle() hq.pub:regenerate('CallManager') "
                            "hq.pub:restart('Cisco Tftp') settle() hq.pub:regenerate('TVS') "
                            "hq.pub:restart('Cisco Tftp', 'TVS') settle() ");
    assert_string_equal(r.e.text, "");
    const struct remedies *found = losses_remedies(&r.session->losses);
    assert_int_equal(remedies_of(found, 1)->kind, WAY_HANDS);
    way_after(r.lab, remedies_for(found, 1, FUNCTION_REGISTRATION), text);
    assert_string_equal(text, "mend the phone's network");
    done(&r);
}

/* Moved to a cluster that has no row of it, the old one cut off. With the network first the phone
 * takes the new cluster's list, which TVS vouches for, and hands alone bring it home. */
static void leaves_everything_open(void **state)
{
    (void)state;
    struct run r = { 0 };
    char text[WAY_TEXT];
    run(&r, "a = cluster { name = 'A', version = '12.5', nodes = { 'old' } } "
            "b = cluster { name = 'B', version = '14', nodes = { 'new' } } "
            "f = a:phones { count = 2, model = '8861' } settle() "
            "for _, kind in ipairs { 'CallManager', 'ITLRecovery' } do "
            "  for _, store in ipairs { 'CallManager-trust', 'Phone-SAST-trust' } do "
            "    a.old:upload(store, b.new:certificate(kind)) end end "
            "a.old:restart('TVS') settle() step('x') f:move { tftp = b.new } "
            "a.old:link { down = true } f:power('off') f:power('on') settle() ");
    assert_string_equal(r.e.text, "");
    const struct remedies *found = losses_remedies(&r.session->losses);
    static const uint8_t lost[] = { FUNCTION_REGISTRATION, FUNCTION_CONFIGURATION,
                                    FUNCTION_TRUST_LIST };
    for (size_t i = 0; i < sizeof lost; i++) {
        way_after(r.lab, remedies_for(found, 1, lost[i]), text);
        assert_string_equal(text, "point DHCP option 150 to A/old, then a power cycle; mend the "
                                  "network of A/old, then a reset");
    }
    done(&r);
}

/* A reset comes from the CallManager where a phone is registered: these are nowhere. */
static void reset_reaches_nobody(void **state)
{
    (void)state;
    static const char lost[] =
        "gone = cluster { name = 'GONE', version = '12.5', nodes = { 'g' } } "
        "gone.g:link { down = true } f:move { tftp = gone.g } "
        "step('x') f:factory_reset() settle() ";
    static const struct {
        const char *then, *after, *sentence;
    } told[] = {
        { "", "point DHCP option 150 to HQ/pub, then a power cycle",
          "Point DHCP option 150 to HQ/pub, then unplug the phone." },
        { "f:move { tftp = hq.pub } hq:reset() settle() ", "a power cycle",
          "Unplug the phone: it is registered nowhere, so that no reset reaches it." },
    };
    for (size_t i = 0; i < 2; i++) {
        struct run r = { 0 };
        char text[WAY_TEXT], scenario[1000];
        snprintf(scenario, sizeof scenario, "%s%s%s", ONE_NODE("12.5"), lost, told[i].then);
        run(&r, scenario);
        assert_string_equal(r.e.text, "");
        const struct way *w = remedies_of(losses_remedies(&r.session->losses), 1);
        way_after(r.lab, w, text);
        assert_string_equal(text, told[i].after);
        way_sentence(r.lab, w, text);
        assert_string_equal(text, told[i].sentence);
        done(&r);
    }
}

/* What no page has is set by a command. */
static void in_words_of_the_command(void **state)
{
    (void)state;
    struct run r = { 0 };
    char text[WAY_TEXT];
    run(&r, ONE_NODE("11.5(1)SU3") "hq:set('tls_min', '1.2') hq.pub:regenerate('CallManager') "
                                   "hq.pub:restart('Cisco Tftp') " RESET);
    assert_string_equal(r.e.text, "");
    way_after(r.lab, remedies_of(losses_remedies(&r.session->losses), 1), text);
    assert_string_equal(text, "`set tls min-version 1.0` on every node, then a reset");
    done(&r);
}

/* The CTL comes before the ITL: the first boot behind localkey heals the one, the second the other.
 */
static void test_boots_are_said(void **state)
{
    (void)state;
    struct run r = { 0 };
    char text[WAY_TEXT];
    run(&r, "hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub' } } "
            "hq:ctl('mixed-mode') hq.pub:restart('Cisco Tftp', 'Cisco CallManager') settle() "
            "f = hq:phones { count = 4, model = '7965' } f:power('on') settle() step('x') "
            "hq.pub:regenerate('ITLRecovery', 'TVS') hq:ctl('update') "
            "hq.pub:restart('Cisco Tftp', 'TVS', 'Cisco CallManager') " RESET);
    assert_string_equal(r.e.text, "");
    way_sentence(r.lab, remedies_of(losses_remedies(&r.session->losses), 1), text);
    assert_string_equal(text, "`utils itl reset localkey` on pub, then reset the phone twice.");
    way_after(r.lab, remedies_of(losses_remedies(&r.session->losses), 1), text);
    assert_string_equal(text, "`utils itl reset localkey` on pub, then two resets");
    struct way boots = { .kind = WAY_BOOT, .boots = 2 };
    way_after(r.lab, &boots, text);
    assert_string_equal(text, "its next two boots");
    boots.boots = 1;
    way_after(r.lab, &boots, text);
    assert_string_equal(text, "its next boot");
    done(&r);
}

/* A reset before another node knows of the new certificates brings nothing: said while it is so, of
 * boots and of acts. */
static void test_replication_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *renew, *wait, *after, *sentence;
    } told[] = {
        { "hq.pub:regenerate('ITLRecovery') hq.pub:restart('Cisco Tftp', 'TVS') wait('1m') "
          "f:reset() ",
          "wait('4m') ", "its next boot, when the database is replicated",
          "When the database is replicated: reset the phone, or wait until it boots: it comes back "
          "by itself." },
        { "hq.pub:regenerate('ITLRecovery') hq.pub:restart('Cisco Tftp', 'TVS') wait('1m') "
          "f:reset() ",
          "wait('10m') ", "its next boot",
          "Reset the phone, or wait until it boots: it comes back by itself." },
        { "hq.pub:stop('Cisco CallManager') hq.sub:stop('Cisco CallManager') "
          "hq.pub:regenerate('CAPF') ",
          "wait('4m') ",
          "`utils service start Cisco CallManager` on pub, when the database is replicated",
          "When the database is replicated: `utils service start Cisco CallManager` on pub." },
    };
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct run r = { 0 };
        char text[600], said[WAY_TEXT];
        snprintf(text, sizeof text,
                 "hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub' } } "
                 "hq:set('replication_us', '10m') hq:pool('P', { 'sub', 'pub' }) "
                 "f = hq:phones { count = 4, model = '8845', pool = 'P' } settle() "
                 "step('x') %s %s",
                 told[i].renew, told[i].wait);
        run(&r, text);
        assert_string_equal(r.e.text, "");
        const struct way *w = remedies_of(losses_remedies(&r.session->losses), 1);
        way_after(r.lab, w, said);
        assert_string_equal(said, told[i].after);
        way_sentence(r.lab, w, said);
        assert_string_equal(said, told[i].sentence);
        done(&r);
    }
}

/* ---- whom it harms, and what each function needs ---- */

/* One whom a way is not for is measured by what boots alone would leave it, though it lacks that
 * now; one whom it is for by what it has now, and without registration there are no services. */
static void test_the_rule_of_harm(void **state)
{
    (void)state;
    const uint8_t calls = FSM_BIT(FUNCTION_REGISTRATION), list = FSM_BIT(FUNCTION_TRUST_LIST);
    const uint8_t config = FSM_BIT(FUNCTION_CONFIGURATION);
    const uint8_t services = FSM_BIT(FUNCTION_SECURE_SERVICES);
    assert_int_equal(way_costs(0, 0), 0);
    assert_int_equal(way_costs(calls | list, list), calls);
    assert_int_equal(way_costs(list, list | calls), 0);
    assert_int_equal(way_takes(0, list), 0);
    assert_int_equal(way_takes(list | config, list), config);
    assert_int_equal(way_takes(services, list), services);
    assert_int_equal(way_takes(services | list, calls), list);
    assert_int_equal(way_takes(calls | services, services), calls);
}

/* Behind a central TFTP phones refuse its common files, and later their configuration too: they ask
 * for no common file any more, and a boot, of which they say nothing, brings none back. */
static void test_common_files_that_nobody_asks_for(void **state)
{
    (void)state;
    struct run r = { 0 };
    char said[WAY_TEXT];
    const uint8_t all = FSM_BIT(FUNCTION_CONFIGURATION) | FSM_BIT(FUNCTION_COMMON_FILES);
    run(&r, "hq = cluster { name = 'Central', version = '12.5', nodes = { 'hq' } } "
            "east = cluster { name = 'East', version = '12.5', nodes = { 'east' } } "
            "hq:add_remote_tftp { tftp = east.east } "
            "f = east:phones { count = 4, model = '8845' } f:power('off') "
            "f:move { tftp = hq.hq } f:power('on') settle() "
            "step('x') east.east:regenerate('CallManager', 'TVS', 'ITLRecovery') settle() "
            "east.east:restart('Cisco Tftp', 'TVS') wait('1h') f:reset() settle()");
    assert_string_equal(r.e.text, "");
    assert_int_equal(losses_now(&r.session->losses, 1) & all, all);
    way_after(r.lab, remedies_for(losses_remedies(&r.session->losses), 1, FUNCTION_COMMON_FILES),
              said);
    assert_string_not_equal(said, "its next boot");
    done(&r);
    assert_int_equal(way_with_common(FSM_BIT(FUNCTION_CONFIGURATION)), all);
    assert_int_equal(way_with_common(FSM_BIT(FUNCTION_TRUST_LIST)), FSM_BIT(FUNCTION_TRUST_LIST));
}

/* Two nodes; on sub CallManager and TVS are new on disk and not in service.  Whoever has lost
 * Directories to Tomcat is told to restart that, and nothing that locks the others out. */
static void test_nobody_harmed(void **state)
{
    (void)state;
    struct run r = { 0 };
    char text[WAY_TEXT];
    run(&r, "hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub', 'sub' } } "
            "hq:group('A', { 'pub' }) hq:pool('A', 'A') hq:group('B', { 'sub' }) hq:pool('B', 'B') "
            "a = hq:phones { count = 5, model = '7965', pool = 'A' } "
            "b = hq:phones { count = 5, model = '7965', pool = 'B' } a:power('on') b:power('on') "
            "b:move { tftp = { hq.sub } } settle() b:power('off') b:power('on') settle() "
            "step('x') hq.sub:regenerate('CallManager', 'TVS') hq.pub:stop('TVS') settle() "
            "wait('1h')");
    assert_string_equal(r.e.text, "");
    const struct remedies *remedies = losses_remedies(&r.session->losses);
    for (uint32_t i = 0; i < 10; i++) {
        const struct way *w = remedies_of(remedies, i);
        way_after(r.lab, w, text);
        assert_string_equal(text,
                            i < 5 ? "`utils service start Cisco Trust Verification Service` on pub"
                                  : "came back by itself");
        assert_int_equal(w->harm.phones, 0);
    }
    done(&r);
}

/* What is the only way and costs others something is named, with what it costs: n1 is the only one
 * that takes some phones, and serves a list that others do not know while it is away.  With one act
 * more nobody is harmed: the others get a list that vouches for it first; the same two the other
 * way round end in the same clusters, and harm them. */
static void test_harm_is_told(void **state)
{
    (void)state;
    struct run r = { 0 };
    char text[WAY_TEXT];
    run(&r,
        "knob('register_at_tftp', false) hq = cluster { name = 'HQ', version = '8.6', nodes = { "
        "'n1', 'n2' } } "
        "hq:group('A', { 'n1' }) hq:pool('A', 'A') hq:group('B', { 'n2' }) hq:pool('B', 'B') "
        "hq.n1:stop('Cisco Tftp') settle() "
        "f = hq:phones { count = 2, model = '7965', pool = 'B' } f:power('on') settle() "
        "hq.n1:start('Cisco Tftp') settle() "
        "g = hq:phones { count = 3, model = '7960', pool = 'A' } g:power('on') settle() "
        "step('x') hq.n2:regenerate('TVS') settle() hq.n2:restart('TVS') settle() "
        "hq.n1:link { down = true } settle() wait('1h') g:power('off') g:power('on') settle() ");
    assert_string_equal(r.e.text, "");
    uint8_t lost[5];
    for (uint32_t i = 0; i < 5; i++)
        lost[i] = losses_now(&r.session->losses, i);
    way_sentence(r.lab, remedies_of(losses_remedies(&r.session->losses), 4), text);
    assert_string_equal(text, "`utils service restart Cisco Tftp` on n2; then mend the network of "
                              "n1.");
    struct remedies one;
    remedies_search(r.lab, lost, (struct remedies_wish){ .longest = 1 }, &one);
    const struct way *w = remedies_of(&one, 4);
    way_sentence(r.lab, w, text);
    assert_string_equal(text, "Mend the network of n1. It would cost 2 other phones "
                              "configuration, trust list.");
    assert_int_equal(w->harm.phones, 2);
    assert_int_equal(w->harm.functions,
                     FSM_BIT(FUNCTION_CONFIGURATION) | FSM_BIT(FUNCTION_TRUST_LIST));
    remedies_free(&one);
    done(&r);
}

/* Each lost function by itself. */
static void test_functions(void **state)
{
    (void)state;
    struct run r = { 0 };
    char text[WAY_TEXT];
    run(&r, ONE_NODE("8.6") BOTH_KEYS "hq.pub:restart('Cisco Tftp', 'TVS') " RESET
                                      "hq.pub:stop('Cisco CallManager') settle() wait('1h') ");
    assert_string_equal(r.e.text, "");
    const struct remedies *remedies = losses_remedies(&r.session->losses);
    way_after(r.lab, remedies_for(remedies, 2, FUNCTION_REGISTRATION), text);
    assert_string_equal(text, "`utils service start Cisco CallManager` on pub");
    way_after(r.lab, remedies_for(remedies, 2, FUNCTION_TRUST_LIST), text);
    assert_string_equal(text, "deleting its trust lists by hand");
    way_after(r.lab, remedies_for(remedies, 2, FUNCTION_SECURE_SERVICES), text);
    assert_string_equal(
        text, "`utils service start Cisco CallManager` on pub; deleting its trust lists by hand");
    assert_int_equal(remedies_worst(remedies), WAY_HANDS);
    assert_int_equal(remedies_groups(remedies, WAY_HANDS), 1);
    assert_true(remedies->bound.whole);
    assert_int_equal(remedies->bound.longest, 3);
    assert_in_range(remedies->bound.sequences, 10, 300);
    done(&r);
}

/* Where a boot brings all back no act is tried; where one act does, none behind another. */
static void test_stops_when_found(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, ONE_NODE("8.6") "hq.pub:regenerate('CallManager') hq.pub:restart('Cisco Tftp') "
                            "hq.pub:stop('TVS') settle() f:reset() settle() "
                            "hq.pub:start('TVS') settle() ");
    assert_string_equal(r.e.text, "");
    const struct remedies *remedies = losses_remedies(&r.session->losses);
    assert_int_equal(remedies_of(remedies, 0)->kind, WAY_BOOT);
    assert_int_equal(remedies->bound.sequences, 0);
    assert_int_equal(remedies->bound.longest, 0);
    done(&r);
    run(&r, ONE_NODE("8.6") "hq.pub:stop('Cisco CallManager') settle() wait('1h') ");
    remedies = losses_remedies(&r.session->losses);
    assert_int_equal(remedies_of(remedies, 0)->kind, WAY_ACTS);
    assert_int_equal(remedies->bound.longest, 1);
    assert_int_equal(remedies->bound.sequences, 1); /* a start is the narrowest */
    done(&r);
}

/* Phones alike but for their network are not alike. */
static void test_links(void **state)
{
    (void)state;
    for (int swapped = 0; swapped < 2; swapped++) {
        struct run r = { 0 };
        char text[600];
        snprintf(text, sizeof text,
                 ONE_NODE("8.6") "hq.pub:stop('Cisco CallManager') settle() wait('1h') "
                                 "x = f:first(2) y = f:except(x) %s:link { down = true } settle() ",
                 swapped == 0 ? "x" : "y");
        run(&r, text);
        assert_string_equal(r.e.text, "");
        const struct remedies *remedies = losses_remedies(&r.session->losses);
        for (uint32_t i = 0; i < 4; i++) {
            bool down = (i < 2) == (swapped == 0);
            assert_int_equal(remedies_of(remedies, i)->count, down ? 2 : 1);
        }
        done(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_candidates),
        cmocka_unit_test(stuck_behind_a_cut_network),
        cmocka_unit_test(leaves_everything_open),
        cmocka_unit_test(reset_reaches_nobody),
        cmocka_unit_test(in_words_of_the_command),
        cmocka_unit_test(test_boots_are_said),
        cmocka_unit_test(test_replication_is_said),
        cmocka_unit_test(test_the_rule_of_harm),
        cmocka_unit_test(test_common_files_that_nobody_asks_for),
        cmocka_unit_test(test_nobody_harmed),
        cmocka_unit_test(test_harm_is_told),
        cmocka_unit_test(test_functions),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_stops_when_found),
        cmocka_unit_test(test_restarts),
        cmocka_unit_test(test_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
