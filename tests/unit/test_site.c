/* A small cluster as it was found (tests/vectors/site-small): the present, phones whose lists are
 * not those that are served, and a run and its bytes that are one. */
#include "tests/unit/run_script.h"
#include "tests/unit/site_maker.h"

#include "sim/lab_found.h"

#define SITE       "tests/vectors/site-small/cluster.lua"
#define OLD_TVS    "11229a33bbf992f3812f6f8b02ad084234cb78678a79f85c73222ca2e6dec092"
#define NEW_TVS    "02be919c60939802b35d3467429b7e51abe11541e61cb668bd3e5d298538e9db"
#define SERVED_PUB "0e0b2a00b210bc1a02559436be98dc6b11d397018b850085e7acd5ddc38f34d0"

enum { SERVED, OLDER, OTHERS, OFF, BY_HASH, UNTOLD, PHONES }; /* in the order of the file */

struct site_run {
    struct run run;
    uint32_t phones[PHONES]; /* their numbers */
};

struct how {
    bool bytes, looks, strangers;
};

/* Up to the present, and on with `then` (NULL: nothing); free it with done(). */
static void go(struct site_run *s, struct how how, const char *then)
{
    memset(s, 0, sizeof *s);
    struct session_options o = options_for(&s->run, SITE, 1);
    o.lab.bytes = how.bytes;
    o.lab.looks = how.looks;
    o.lab.strangers = how.strangers;
    if (then != NULL) {
        o.script.then = "change";
        o.script.then_text = view_str(then);
    }
    open_file(&s->run, &o);
    lab_trace_begin(&s->run.trace, s->run.lab, NULL, NULL);
    s->run.result = session_run(s->run.session, &s->run.e);
    assert_string_equal(s->run.e.text, "");
    for (uint32_t i = 0; i < PHONES; i++) {
        char name[DEVICE_NAME];
        snprintf(name, sizeof name, "SEP00112100000%u", (unsigned)i + 1);
        assert_true(lab_find_phone(s->run.lab, name, &s->phones[i]));
    }
}

static const struct phone *phone(const struct site_run *s, uint32_t which)
{
    return &s->run.lab->state.phones[s->phones[which]];
}

static const struct node *node(const struct site_run *s, uint32_t i)
{
    return &s->run.lab->state.clusters[0].nodes[i];
}

static void test_make(void **state)
{
    (void)state;
    if (getenv("SITE") != NULL)
        site_make(getenv("SITE"));
}

/* What is on the disks has the bytes of the files, and no key was made for it. */
static void test_own(void **state)
{
    struct site_run s;
    (void)state;
    go(&s, (struct how){ 0 }, NULL);
    struct forge *f = s.run.lab->base->forge;
    char sha256[65];
    assert_int_equal(node(&s, 1)->disk.own[OWN_TVS], lab_found_cert(s.run.lab, NEW_TVS));
    inventory_checksum(forge_der(f, node(&s, 1)->disk.own[OWN_TVS]), sha256);
    assert_string_equal(sha256, NEW_TVS);
    assert_null(forge_key(f, node(&s, 1)->disk.own[OWN_TVS]));
    assert_int_equal(forge_keys_made(f), 0);
    assert_int_equal(lab_found(s.run.lab)->stand_ins, 0);
    /* ITLRecovery is copied to the subscriber (12.5). */
    assert_int_equal(node(&s, 1)->disk.own[OWN_ITLRECOVERY],
                     node(&s, 0)->disk.own[OWN_ITLRECOVERY]);
    assert_string_equal(content_get_str(s.run.lab->base->content, node(&s, 0)->disk.organisation),
                        "OU=Lab;O=cucmlab;L=Utrecht;ST=Utrecht;C=NL");
    done(&s.run);
}

static void test_services(void **state)
{
    struct site_run s;
    (void)state;
    go(&s, (struct how){ 0 }, NULL);
    assert_int_equal(node(&s, 1)->run.used[SERVICE_TVS], lab_found_cert(s.run.lab, OLD_TVS));
    assert_true(services_is_outdated(&s.run.lab->state.clusters[0], 1, SERVICE_TVS));
    assert_false(services_is_outdated(&s.run.lab->state.clusters[0], 0, SERVICE_TVS));
    assert_int_equal(node(&s, 1)->run.services[SERVICE_CTIMANAGER].state, SERVICE_STOPPED);
    assert_int_equal(node(&s, 0)->run.services[SERVICE_CTIMANAGER].state, SERVICE_RUNNING);
    done(&s.run);
}

static void test_phones(void **state)
{
    struct site_run s;
    (void)state;
    go(&s, (struct how){ 0 }, NULL);
    const struct lab *lab = s.run.lab;
    uint32_t served = lab_found_list(s.run.lab, SERVED_PUB);
    assert_int_equal(node(&s, 0)->run.itl, served);
    assert_int_equal(phone(&s, SERVED)->itl, served);
    assert_int_equal(phone(&s, UNTOLD)->itl, served);
    assert_int_not_equal(phone(&s, OLDER)->itl, served);
    assert_int_equal(phone(&s, OLDER)->itl, phone(&s, OFF)->itl);
    assert_int_equal(phone(&s, OFF)->state, PHONE_OFF);
    assert_int_equal(phone(&s, OTHERS)->itl, lab_found_phone(lab, s.phones[OTHERS])->itl.list);
    assert_int_equal(phone(&s, BY_HASH)->itl, lab_found(lab)->by_hash[0].list);
    for (uint32_t i = 0; i < PHONES; i++) {
        assert_int_equal(phone(&s, i)->ctl, 0);
        assert_int_equal(phone_is_registered(phone(&s, i)), i != OFF);
        assert_int_equal(phone(&s, i)->cache[0].vouch, 0);
        assert_null(lab_loss_of(lab, s.phones[i]));
    }
    assert_int_equal(lab->record.outage_count, 0);
    done(&s.run);
}

static void test_told(void **state)
{
    struct site_run s;
    (void)state;
    go(&s, (struct how){ 0 }, NULL);
    const struct lab *lab = s.run.lab;
    const struct lab_found_cluster *c = lab_found_cluster(lab, 0);
    const struct lab_found_phone *off = lab_found_phone(lab, s.phones[OFF]);
    assert_int_equal(c->backup, LAB_NO);
    assert_int_equal(c->itlrecovery_saved, LAB_UNTOLD);
    assert_string_equal(c->nodes[1].address, "10.1.1.11");
    assert_int_equal(c->nodes[1].replication, 2);
    assert_int_equal(c->model.nodes[1].services[SERVICE_CTIMANAGER].since_s, 1788256800);
    assert_int_equal(off->on, LAB_NO);
    assert_int_equal(off->since_s, 1733041800); /* 2024-12-01 08:30 UTC */
    assert_string_equal(off->source, "assumed");
    assert_int_equal(off->itl.how, HOLDS_LIST);
    const struct lab_found_phone *older = lab_found_phone(lab, s.phones[OLDER]);
    assert_int_equal(older->itl_status, ITL_STATUS_MISMATCH);
    assert_int_equal(older->web, LAB_YES);
    assert_string_equal(older->description, "Desk 2, left");
    assert_int_equal(lab_found_phone(lab, s.phones[UNTOLD])->itl.how, HOLDS_UNTOLD);
    assert_int_equal(lab_found_phone(lab, s.phones[BY_HASH])->itl.how, HOLDS_BY_HASH);
    assert_string_equal(lab_found(lab)->by_hash[0].sha1,
                        "0123456789abcdef0123456789abcdef01234567");
    done(&s.run);
}

#define RESET "step('reset', function() phones {}:reset() end) settle()"

static bool lacks(const struct site_run *s, uint32_t which)
{
    return (phone(s, which)->lost & FSM_BIT(FUNCTION_TRUST_LIST)) != 0;
}

/* Who holds the list of another cluster is refused everything; an older one is helped by a TVS that
 * it knows. */
static void test_reset(void **state)
{
    struct site_run s;
    (void)state;
    go(&s, (struct how){ 0 }, RESET);
    uint32_t served = node(&s, 0)->run.itl;
    assert_int_equal(phone(&s, SERVED)->itl, served);
    assert_int_equal(phone(&s, OLDER)->itl, served);
    assert_int_equal(phone_accepted_by(phone(&s, OLDER), TRUST_ITL), TRUST_BY_TVS);
    assert_true(lacks(&s, OTHERS));
    assert_int_not_equal(phone(&s, OTHERS)->itl, served);
    assert_false(lacks(&s, OLDER));
    done(&s.run);
}

/* The same list, known by its hash alone, is one of two things. */
static void test_by_hash(void **state)
{
    struct site_run s;
    (void)state;
    for (int strangers = 0; strangers < 2; strangers++) {
        go(&s, (struct how){ .strangers = strangers != 0 }, RESET);
        assert_int_equal(lacks(&s, BY_HASH), strangers);
        assert_int_equal(phone(&s, BY_HASH)->itl == node(&s, 0)->run.itl, !strangers);
        done(&s.run);
    }
}

/* Phones of the subscriber's TVS do not know what it shows, but those with an older list do: with
 * the publisher's away, they alone are helped. */
static void test_old_tvs(void **state)
{
    struct site_run s;
    (void)state;
    go(&s, (struct how){ 0 },
       "cluster('HQ')['cucm-pub']:stop('TVS') "
       "cluster('HQ')['cucm-pub']:regenerate('ITLRecovery') "
       "cluster('HQ')['cucm-pub']:restart('Cisco Tftp') settle() " RESET);
    assert_true(lacks(&s, SERVED));
    assert_false(lacks(&s, OLDER));
    done(&s.run);
}

/* TFTP finds the list that it would build to be the one that it serves; a certificate that is
 * renewed is the lab's, with the names of the one before. */
static void test_renewal(void **state)
{
    struct site_run s;
    (void)state;
    go(&s, (struct how){ 0 }, "cluster('HQ')['cucm-pub']:restart('Cisco Tftp') settle()");
    assert_int_equal(node(&s, 0)->run.itl, lab_found_list(s.run.lab, SERVED_PUB));
    done(&s.run);
    go(&s, (struct how){ 0 },
       "cluster('HQ')['cucm-pub']:regenerate('CallManager') settle() " RESET);
    const struct content *c = s.run.lab->base->content;
    const struct ct_cert *renewed = content_get_cert(c, node(&s, 0)->disk.own[OWN_CALLMANAGER]);
    assert_int_equal(renewed->der, 0);
    assert_string_equal(content_get_str(c, renewed->subject),
                        "CN=cucm-pub.example.com;OU=Lab;O=cucmlab;L=Utrecht;ST=Utrecht;C=NL");
    assert_false(lacks(&s, SERVED));
    assert_int_equal(phone(&s, SERVED)->itl, node(&s, 0)->run.itl);
    done(&s.run);
}

/* Stand-ins where somebody looks; not a line of the trace is another one. */
static void test_bytes(void **state)
{
    static const char change[] = RESET " cluster('HQ')['cucm-pub']:regenerate('CallManager') "
                                       "cluster('HQ')['cucm-sub1']:restart('TVS') settle() " RESET;
    struct site_run plain, bytes, looks;
    (void)state;
    for (int strangers = 0; strangers < 2; strangers++) {
        go(&plain, (struct how){ .strangers = strangers != 0 }, change);
        go(&bytes, (struct how){ .bytes = true, .strangers = strangers != 0 }, change);
        go(&looks, (struct how){ .looks = true, .strangers = strangers != 0 }, change);
        assert_true(plain.run.trace.trace.lines > 200);
        assert_true(plain.run.trace.trace.hash == bytes.run.trace.trace.hash);
        assert_true(plain.run.trace.trace.hash == looks.run.trace.trace.hash);
        assert_int_equal(lab_found(bytes.run.lab)->stand_ins, 22);
        assert_non_null(forge_key(bytes.run.lab->base->forge, node(&bytes, 1)->disk.own[OWN_TVS]));
        done(&plain.run);
        done(&bytes.run);
        done(&looks.run);
    }
}

/* It ends in the present without a settle(), and with one at the same instant. */
static void test_present(void **state)
{
    struct site_run s;
    (void)state;
    go(&s, (struct how){ 0 }, NULL);
    uint64_t present_us = lab_found(s.run.lab)->present_us;
    assert_int_equal(lab_now_us(s.run.lab), present_us);
    assert_false(lab_is_before_present(s.run.lab));
    done(&s.run);
    go(&s, (struct how){ 0 }, "wait(10) settle()");
    assert_int_equal(lab_found(s.run.lab)->present_us, present_us);
    done(&s.run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_make),     cmocka_unit_test(test_own),
        cmocka_unit_test(test_services), cmocka_unit_test(test_phones),
        cmocka_unit_test(test_told),     cmocka_unit_test(test_reset),
        cmocka_unit_test(test_by_hash),  cmocka_unit_test(test_old_tvs),
        cmocka_unit_test(test_renewal),  cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_present),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
