/* Symmetric keys: on record and typed in at phones, what they decide, and that copies have them. */
#include "tests/unit/run_script.h"

#include "nodes/serve.h"

#define KEY_A "0123456789ABCDEF0123456789ABCDEF"
#define KEY_B "0123456789ABCDEF0123456789ABCDE0"
#define KEYS                                                                                       \
    "local hq = cluster { name = 'HQ', version = '10.5(2)', nodes = { 'pub' } } "                  \
    "local f = hq:phones { count = 4, model = '7960', encrypted = true } "                         \
    "local boot = function() f:power('off') f:power('on') settle() end settle() "

static uint32_t encrypted_to(struct lab *lab, uint32_t phone)
{
    uint32_t file = serve_file(&lab->state.clusters[0], 0, FILE_CNF_ENC, phone, 0);
    return content_get_file(lab->base->content, file)->encrypted_to;
}

/* Who has both, one, the other, none: two that differ are as good as none. */
static void both_must_be_the_same(void **state)
{
    (void)state;
    expect_output(KEYS "f:first(3):symmetric_key('" KEY_A "') f[1]:type_key('" KEY_A
                       "') f[2]:type_key('" KEY_B "') f[4]:type_key('" KEY_A "') boot() "
                       "for _, p in ipairs(f) do print(p.config, p.lost) end",
                  "encrypted\t\nnone\tregistration, configuration\n"
                  "none\tregistration, configuration\nnone\tregistration, configuration\n");
}

static void kept_by_copies(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, KEYS "f:symmetric_key('" KEY_A "') boot()");
    struct lab *lab = r.lab;
    struct err e = { "" };
    uint32_t a = lab_key(lab, content_str(lab->base->content, KEY_A));
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(encrypted_to(lab, i), a);
        assert_int_equal(lab_typed_key(lab, i), 0);
    }
    assert_string_equal(content_get_str(lab->base->content, lab_key_digits(lab, a)), KEY_A);
    uint64_t before = lab_hash(lab);
    struct act type = { .kind = DO_TYPE_KEY, .arg = { content_str(lab->base->content, KEY_B) } };
    struct lab_whom one = { .first = 2, .count = 1 };
    assert_true(lab_do_phones(lab, 0, &type, &one, &e));
    assert_true(lab_hash(lab) != before);
    uint32_t b = lab_typed_key(lab, 2);
    assert_true(b != 0 && b != a);
    assert_int_equal(lab_typed_key(lab, 1), 0);
    struct phone_env env = lab_env_of(lab, 2), other = lab_env_of(lab, 1);
    assert_true(phone_hash(&lab->state.phones[2], &env) !=
                phone_hash(&lab->state.phones[2], &other));
    struct lab *fork = lab_fork(lab);
    assert_true(lab_hash(fork) == lab_hash(lab));
    assert_int_equal(lab_typed_key(fork, 2), b);
    lab_free(fork);
    const uint32_t chosen[] = { 3, 2 };
    struct lab *trial = lab_trial(lab, chosen, 2);
    assert_int_equal(lab_typed_key(trial, 0), 0);
    assert_int_equal(lab_typed_key(trial, 1), b);
    lab_free(trial);
    /* Another key on record is another database. */
    struct act put = { .kind = DO_SYMMETRIC_KEY, .arg = { type.arg[0] } };
    before = lab_hash(lab);
    uint64_t cluster = cluster_hash(&lab->state.clusters[0], lab_now_us(lab));
    assert_true(lab_do_phones(lab, 0, &put, &one, &e));
    assert_true(lab_hash(lab) != before);
    assert_true(cluster_hash(&lab->state.clusters[0], lab_now_us(lab)) != cluster);
    assert_int_equal(encrypted_to(lab, 2), b);
    assert_int_equal(encrypted_to(lab, 1), a);
    done(&r);
}

static void who_has_none(void **state)
{
    (void)state;
    expect_error(KEYS "f:symmetric_key('0123')", 1,
                 "symmetric_key: HQ: a symmetric key is 32 hex digits in upper case, not \"0123\"");
    expect_error(KEYS "f:type_key('"
                      "0123456789abcdef0123456789abcdef"
                      "')",
                 1,
                 "type_key: HQ: a symmetric key is 32 hex digits in upper case, not "
                 "\"0123456789abcdef0123456789abcdef\"");
    expect_error(KEYS "hq:phones { count = 1, model = '8845' }:type_key('" KEY_A "')", 1,
                 "type_key: Cisco 8845 has a certificate and no symmetric key");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(both_must_be_the_same),
                                        cmocka_unit_test(kept_by_copies),
                                        cmocka_unit_test(who_has_none) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
