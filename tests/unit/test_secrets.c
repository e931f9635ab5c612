/* Names of secrets, and bytes that hold keys (sim/import/secrets.h). */
#include "sim/base/sys.h"
#include "sim/import/secrets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void names_of_secrets(void **state)
{
    (void)state;
    /* Columns of exports, elements of AXL, columns of the database. */
    static const char *const yes[] = {
        "Secure Shell Password",
        "Authentication String",
        "authenticationString",
        "password",
        "Password",
        "PIN",
        "pin",
        "User PIN 1",
        "userPin",
        "UserPIN",
        "pinReverse",
        "pin_reverse",
        "pinCredentials",
        "digestCredentials",
        "DigestCredentials",
        "Digest Credentials",
        "sshPassword",
        "passwordreverse",
        "AUTHENTICATION_STRING",
        "sharedSecret",
        "Pre-Shared Key",
        "adminPassword",
        "SNMPCommunityString",
        "Default PIN",
        "tkcredential",
        "ldappassword",
    };
    static const char *const no[] = {
        "",
        "name",
        "Device Pool",
        "authenticationUrl",
        "Authentication Server",
        "Authentication Mode",
        "Certificate Operation",
        "Shipping",
        "mapping",
        "Pinned",
        "pingInterval",
        "spin",
        "certificate",
        "securityProfileName",
        "Device Security Profile",
        "keySize",
        "Secure Shell User",
        "ClusterSecurityMode",
    };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (!secrets_is(view_str(yes[i])))
            fail_msg("\"%s\" is a secret", yes[i]);
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        if (secrets_is(view_str(no[i])))
            fail_msg("\"%s\" is none", no[i]);
    }
}

static void what_is_dropped_is_counted(void **state)
{
    (void)state;
    struct facts f;
    facts_init(&f, &sys_mem);
    assert_true(secrets_drop(&f, view_str("PIN"), view_str("12345")));
    assert_true(secrets_drop(&f, view_str("PIN"), view_str("")));
    assert_false(secrets_drop(&f, view_str("name"), view_str("12345")));
    assert_int_equal(f.secrets_dropped, 1);
    facts_free(&f);
}

static void bytes_of_keys(void **state)
{
    (void)state;
#define BYTES(text)                                                                                \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
    static const struct {
        struct view bytes;
        const char *words;
    } rows[] = {
        { BYTES("x\n-----BEGIN RSA PRIVATE KEY-----\nMII"), "a private key" },
        { BYTES("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), "a private key" },
        { BYTES("-----BEGIN CERTIFICATE-----\nMII"), NULL },
        { BYTES("-----BEGIN PUBLIC KEY-----\nMII"), NULL },
        /* PFX: version 3, then a ContentInfo. */
        { BYTES("\x30\x82\x0a\x00\x02\x01\x03\x30\x82\x09\x00\x06\x09"), "a PKCS#12 store" },
        /* PrivateKeyInfo: version 0, an algorithm. */
        { BYTES("\x30\x82\x04\xbe\x02\x01\x00\x30\x0d\x06\x09"), "a private key" },
        /* ECPrivateKey: version 1, octets. */
        { BYTES("\x30\x77\x02\x01\x01\x04\x20\x01\x02\x03"), "a private key" },
        /* RSAPrivateKey: version 0, a long modulus. */
        { BYTES("\x30\x82\x04\xa3\x02\x01\x00\x02\x82\x01\x01\x00"
                "0123456789012345678901234567890123456789"),
          "a private key" },
        /* EncryptedPrivateKeyInfo: PBES2, octets. */
        { BYTES("\x30\x1f\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d\x30\x00\x04\x02\x61"
                "\x62"),
          "an encrypted private key" },
        { BYTES("\xfe\xed\xfe\xed\x00\x00\x00\x02"), "a key store of Java" },
        /* A certificate: a sequence of a sequence that begins with [0]. */
        { BYTES("\x30\x82\x03\xa7\x30\x82\x02\x8f\xa0\x03\x02\x01\x02"), NULL },
        { BYTES("\x30\x84\xff\xff\xff\xff\x02"), NULL },
        { BYTES("\x30"), NULL },
        { BYTES(""), NULL },
    };
#undef BYTES
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *words = secrets_key(rows[i].bytes);
        if (rows[i].words == NULL)
            assert_null(words);
        else if (words == NULL)
            fail_msg("row %zu is not seen", i);
        else
            assert_string_equal(words, rows[i].words);
    }
}

static void commands_as_they_are_shown(void **state)
{
    (void)state;
    static const char *const shown[][2] = {
        { "show version active", "show version active" },
        { "utils snmp config 1/2c community-string add S3cret",
          "utils snmp config 1/2c community-string" },
        { "run sql update enduser set pin='12345' where a=1", "run sql update enduser set pin" },
        { "set password user security", "set password" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        assert_true(view_eq(secrets_shown(view_str(shown[i][0])), view_str(shown[i][1])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_secrets),
        cmocka_unit_test(what_is_dropped_is_counted),
        cmocka_unit_test(bytes_of_keys),
        cmocka_unit_test(commands_as_they_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
