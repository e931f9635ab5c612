/* What proves a client of CAPF, and the keys that it sends (sim/crypto). */
#include "sim/base/sys.h"
#include "sim/crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Signed data of CAPF: the digest alone in the padding. */
static void bare_signatures(void **state)
{
    (void)state;
    struct keyring *r = keyring_new(1, NULL);
    const struct key *k = keyring_key(r, "bare", KEY_RSA_1024),
                     *ec = keyring_key(r, "bare", KEY_EC_P256);
    const struct view parts[] = { view_str("name"), view_str("certificate") };
    uint8_t out[600];
    size_t n = key_sign_bare(k, DIGEST_SHA1, parts, 2, out);
    struct view good = view_of(out, n);
    assert_true(key_verify_bare(k->public, DIGEST_SHA1, parts, 2, good));
    assert_false(key_verify_bare(k->public, DIGEST_SHA1, parts, 1, good));
    assert_false(key_verify_bare(k->public, DIGEST_SHA256, parts, 2, good));
    assert_false(key_verify_bare(k->public, DIGEST_SHA1, parts, 2, view_of(out, n - 1)));
    assert_false(key_verify_bare(ec->public, DIGEST_SHA1, parts, 2, good));
    assert_false(key_verify_bare(view_str("no key"), DIGEST_SHA1, parts, 2, good));
    n = key_sign(k, DIGEST_SHA1, parts, 2, out); /* with a DigestInfo */
    assert_false(key_verify_bare(k->public, DIGEST_SHA1, parts, 2, view_of(out, n)));
    keyring_free(r);
}

static void keys_of_strangers(void **state)
{
    (void)state;
    static const enum key_type types[] = { KEY_RSA_1024, KEY_EC_P256, KEY_EC_P384, KEY_EC_P521 };
    struct keyring *r = keyring_new(1, NULL);
    struct arena a = arena_of(&sys_mem);
    struct key k;
    uint8_t longer[1300] = { 0 };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const struct key *own = keyring_key(r, "own", types[i]);
        struct err e = { "" };
        assert_true(key_of_spki(&k, own->spki, &a, NULL));
        assert_null(k.pkey);
        assert_int_equal(k.type, types[i]);
        assert_true(view_eq(k.public, own->public) && view_eq(k.spki, own->spki));
        memcpy(longer, own->spki.p, own->spki.n);
        assert_false(key_of_spki(&k, view_of(longer, own->spki.n + 1), &a, &e));
        assert_non_null(strstr(e.text, "no public key"));
        assert_false(key_of_spki(&k, view_of(longer, own->spki.n - 1), &a, NULL));
    }
    assert_false(key_of_spki(&k, view_of(NULL, 0), &a, NULL));
    assert_false(key_of_spki(&k, view_of(longer, sizeof longer), &a, NULL));
    arena_free(&a);
    keyring_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(bare_signatures),
                                        cmocka_unit_test(keys_of_strangers) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
