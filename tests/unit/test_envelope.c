/* Signed lists, signed files and encrypted configurations: those of another implementation verify
 * and open, ours do the same, and every way to be wrong is told apart. */
#include "sim/base/sys.h"
#include "sim/bytes/envelope.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct keyring *ring;
static struct arena arena;
static struct err error;

static int set_up(void **state)
{
    (void)state;
    ring = keyring_new(7, NULL);
    arena = arena_of(&sys_mem);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    keyring_free(ring);
    arena_free(&arena);
    return 0;
}

static void ok(bool result)
{
    if (!result)
        fail_msg("%s", error.text);
}

#define refused(result, expected)                                                                  \
    do {                                                                                           \
        error.text[0] = '\0';                                                                      \
        assert_false(result);                                                                      \
        assert_string_equal(error.text, expected);                                                 \
    } while (0)

static struct view load(const char *name)
{
    char path[256];
    struct view v = { NULL, 0 };
    snprintf(path, sizeof path, "tests/vectors/peer/%s", name);
    ok(sys_read_file(path, 1 << 20, &arena, &v, &error));
    return v;
}

static const struct key *load_key(const char *name)
{
    const struct key *k = keyring_load_pem(ring, load(name), &error);
    ok(k != NULL);
    return k;
}

static uint8_t *copy_of(struct view v)
{
    return (uint8_t *)arena_copy(&arena, v).p;
}

static struct tl decoded(struct view file)
{
    struct tl t;
    ok(tl_decode(file, true, &arena, &t, &error));
    return t;
}

/* ---- files of another implementation ---- */

static void peer_lists_verify(void **state)
{
    (void)state;
    static const struct {
        const char *name, *signer, *other;
        uint32_t record;
    } lists[] = {
        { "ITLFile.tlv", "callmanager.pem", "tvs.pem", 1 },
        { "ITLSEP0011215A1AE3.tlv", "itlrecovery.pem", "callmanager.pem", 1 },
        { "CTLFile.tlv", "itlrecovery.pem", "callmanager.pem", 1 },
    };
    for (size_t i = 0; i < 3; i++) {
        struct view file = load(lists[i].name);
        ok(envelope_verify(file, load_key(lists[i].signer)->public, &error));
        assert_false(envelope_verify(file, load_key(lists[i].other)->public, &error));
        assert_non_null(strstr(error.text, "does not verify with this key (FORMATS section 1)"));
        struct tl t = decoded(file);
        struct envelope_verdict v;
        assert_true(envelope_list_verify(&t, &v));
        assert_int_equal(v.fault, ENVELOPE_GOOD);
        assert_int_equal(v.record, lists[i].record);
        assert_string_equal(v.error.text, "");
    }
}

/* One bit anywhere: the signature fails, or the codec refuses the file. */
static void every_damaged_byte_is_seen(void **state)
{
    (void)state;
    struct view file = load("ITLFile.tlv");
    struct view public = load_key("callmanager.pem")->public;
    uint8_t *bad = copy_of(file);
    for (size_t i = 0; i < file.n; i += 13) {
        bad[i] ^= 0x10;
        assert_false(envelope_verify(view_of(bad, file.n), public, &error));
        bad[i] ^= 0x10;
    }
    ok(envelope_verify(view_of(bad, file.n), public, &error));
}

static void peer_signed_files(void **state)
{
    (void)state;
    static const char *const names[] = { "SEP0011215A1AE3.cnf.xml.sgn",
                                         "sha512/SEP0011215A1AE3.cnf.xml.sgn",
                                         "enc/SEP0011215A1AE3.cnf.xml.sgn",
                                         "enc/SEP0011215A1AE3.cnf.xml.enc.sgn" };
    struct view plain = load("SEP0011215A1AE3.cnf.xml"), payload;
    for (size_t i = 0; i < 4; i++) {
        struct view file = load(names[i]);
        ok(envelope_verify(file, load_key("callmanager.pem")->public, &error));
        assert_false(envelope_verify(file, load_key("itlrecovery.pem")->public, &error));
        if (i < 3)
            ok(envelope_sgn_strip(file, &payload, &error));
        if (i < 2)
            assert_true(view_eq(payload, plain));
        if (i == 2)
            assert_true(payload.n == 754 - 484 && payload.p[0] == '<');
    }
    refused(envelope_sgn_strip(load(names[3]), &payload, &error),
            "offset 3: version 2.0 is no signed file, which has 1.0 or 1.1 (FORMATS section 2)");
}

static void peer_encrypted_file_opens(void **state)
{
    (void)state;
    struct view file = load("enc/SEP0011215A1AE3.cnf.xml.enc.sgn"), xml;
    ok(envelope_enc_open(file, load_key("phone.pem"), &arena, &xml, &error));
    assert_true(view_eq(xml, load("SEP0011215A1AE3.cnf.xml")));
    refused(envelope_enc_open(file, load_key("tvs.pem"), &arena, &xml, &error),
            "the encrypted key (tag 25, 256 bytes) does not open with this private key (FORMATS "
            "section 3)");
    refused(envelope_enc_open(load("SEP0011215A1AE3.cnf.xml.sgn"), load_key("phone.pem"), &arena,
                              &xml, &error),
            "offset 3: version 1.0 is no encrypted file, which has 2.0 (FORMATS section 3)");
}

/* Made again by us from what it holds, the file of the other implementation comes out the same but
 * for the order inside the signer info: so the signature is made over our order. */
static void peer_sgn_made_again(void **state)
{
    (void)state;
    struct view file = load("SEP0011215A1AE3.cnf.xml.sgn"), payload, ours;
    const struct key *k = load_key("callmanager.pem");
    struct tl_header h, m;
    ok(tl_decode_header(file, true, &arena, &h, &error));
    ok(envelope_sgn_strip(file, &payload, &error));
    struct envelope_signer s = {
        k->type, k, h.signer_name, h.signer_issuer, h.signer_serial, DIGEST_SHA1, h.timestamp, -1, 0
    };
    ok(envelope_sgn_make(&s, h.file_name, payload, &arena, &ours, &error));
    assert_int_equal(ours.n, file.n);
    ok(tl_decode_header(ours, true, &arena, &m, &error));
    assert_memory_equal(ours.p, file.p, 13 + 71);                  /* as far as the name */
    assert_memory_equal(ours.p + 166, file.p + 166, 184 - 166);    /* signature info */
    assert_memory_equal(ours.p + 443, file.p + 443, file.n - 443); /* behind the signature */
    /* Sealing the other order gives the other implementation's own signature, byte for byte. */
    uint8_t *again = copy_of(file);
    memset(again + h.signature_at + 3, 0, h.signature.n);
    ok(envelope_seal(again, file.n, k, &error));
    assert_memory_equal(again, file.p, file.n);
}

/* ---- ours ---- */

static struct envelope_signer signer_of(const struct key *k, enum digest d)
{
    return (struct envelope_signer){ k->type,
                                     k,
                                     view_str("CN=pub;OU=TAC;O=Cisco;L=RTP;ST=NC;C=US"),
                                     view_str("CN=pub;OU=TAC;O=Cisco;L=RTP;ST=NC;C=US"),
                                     view_str("\x5a\x1b\x2c"),
                                     d,
                                     1311776184,
                                     -1,
                                     0 };
}

static struct tl_new_record record_of(const struct envelope_signer *s, uint16_t role)
{
    return (struct tl_new_record){ .form = TL_FULL,
                                   .role = role,
                                   .dns = view_str("pub"),
                                   .subject = s->subject,
                                   .issuer = s->issuer,
                                   .serial = s->serial,
                                   .public = s->key->public,
                                   .signature = view_str("not judged"),
                                   .certificate = view_str("not judged") };
}

static void lists_of_every_key_and_digest(void **state)
{
    (void)state;
    static const enum key_type types[] = { KEY_RSA_1024, KEY_RSA_2048, KEY_RSA_4096 };
    static const enum digest digests[] = { DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512 };
    static const int32_t versions[] = { -1, 0x100, 0x101 };
    struct view name = view_str("ITLFile.tlv");
    for (size_t k = 0; k < 3; k++) {
        for (size_t d = 0; d < 3; d++) {
            struct envelope_signer s = signer_of(keyring_key(ring, "signer", types[k]), digests[d]);
            s.signer_version = versions[d];
            struct tl_new_record records[] = { record_of(&s, TL_SAST), record_of(&s, TL_CCM_TFTP),
                                               record_of(&s, TL_TVS) };
            struct view file, again;
            struct envelope_verdict v;
            ok(envelope_list_make(&s, name, records, 3, &arena, &file, &error));
            ok(envelope_list_make(&s, name, records, 3, &arena, &again, &error));
            assert_true(view_eq(file, again));
            struct envelope_signer keyless = s;
            keyless.key = NULL;
            assert_int_equal(envelope_list_length(&keyless, name, records, 3, &error), file.n);
            struct tl t = decoded(file);
            assert_true(envelope_list_verify(&t, &v));
            assert_int_equal(t.header.signer_version, versions[d]);
            ok(envelope_verify(file, s.key->public, &error));
        }
    }
}

static void a_list_says_what_failed(void **state)
{
    (void)state;
    struct envelope_signer s = signer_of(keyring_key(ring, "signer", KEY_RSA_1024), DIGEST_SHA1);
    const struct key *other = keyring_key(ring, "other", KEY_RSA_1024);
    const struct key *ec = keyring_key(ring, "ec", KEY_EC_P256);
    const struct tl_new_record sast = record_of(&s, TL_SAST), ccm = record_of(&s, TL_CCM_TFTP);
    struct tl_new_record another_serial = sast, another_issuer = sast, another_name = sast;
    struct tl_new_record another_key = sast, ec_key = sast, no_key = sast;
    another_serial.serial = view_str("\x5a");
    another_issuer.issuer = view_str("CN=CA");
    another_name.subject = view_str("CN=sub");
    another_name.serial = view_str("\x01");
    another_key.public = other->public;
    ec_key.public = ec->public;
    no_key.public = view_str("");
    const struct {
        struct tl_new_record records[2];
        size_t count;
        enum envelope_fault fault;
        uint32_t record;
        const char *text;
    } cases[] = {
        { { ccm, sast }, 2, ENVELOPE_GOOD, 2, "" },
        { { another_key, sast }, 2, ENVELOPE_GOOD, 2, "" }, /* the second SAST is right */
        { { sast },
          0,
          ENVELOPE_NO_SIGNER,
          0,
          "no SAST record has the issuer and serial number of the signer" },
        { { another_name },
          1,
          ENVELOPE_NO_SIGNER,
          0,
          "no SAST record has the issuer and serial number of the signer" },
        { { ccm, another_name },
          2,
          ENVELOPE_NOT_SAST,
          1,
          "record 1 has the issuer and serial number of the signer, but its function is CCM+TFTP, "
          "not System Administrator Security Token" },
        { { another_name, another_serial },
          2,
          ENVELOPE_NO_SIGNER,
          2,
          "the signer is in no record: SAST record 2 has its name, but another serial number" },
        { { another_issuer },
          1,
          ENVELOPE_NO_SIGNER,
          1,
          "the signer is in no record: SAST record 1 has its name, but another issuer" },
        { { ccm, no_key },
          2,
          ENVELOPE_NO_KEY,
          2,
          "SAST record 2 is the signer, but holds no RSA public key" },
        { { ec_key },
          1,
          ENVELOPE_NO_KEY,
          1,
          "SAST record 1 is the signer, but holds no RSA public key" },
        { { ccm, another_key },
          2,
          ENVELOPE_SIGNATURE,
          2,
          "the signature (128 bytes, SHA-1) does not verify with the public key of SAST record 2" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct view file;
        struct envelope_verdict v;
        ok(envelope_list_make(&s, view_str("CTLFile.tlv"), cases[i].records, cases[i].count, &arena,
                              &file, &error));
        struct tl t = decoded(file);
        assert_int_equal(envelope_list_verify(&t, &v), cases[i].fault == ENVELOPE_GOOD);
        assert_int_equal(v.fault, cases[i].fault);
        assert_int_equal(v.record, cases[i].record);
        assert_string_equal(v.error.text, cases[i].text);
    }
}

static void signed_files(void **state)
{
    (void)state;
    struct envelope_signer s = signer_of(keyring_key(ring, "signer", KEY_RSA_2048), DIGEST_SHA512);
    s.signer_version = 0x101; /* of lists alone: a signed file has none */
    static const char *const names[] = { "SEP0011215A1AE3.cnf.xml.sgn",
                                         "New_Zealand/g3-tones.xml.sgn", "a", "ab", "abc" };
    static uint8_t text[100000];
    memset(text, 'q', sizeof text);
    static const size_t sizes[] = { 0, 1, 507, 15000, sizeof text };
    for (size_t i = 0; i < 5; i++) {
        struct view file, payload, name = view_str(names[i]);
        ok(envelope_sgn_make(&s, name, view_of(text, sizes[i]), &arena, &file, &error));
        assert_int_equal(envelope_sgn_length(&s, name, sizes[i], &error), file.n);
        ok(envelope_verify(file, s.key->public, &error));
        ok(envelope_sgn_strip(file, &payload, &error));
        assert_true(view_eq(payload, view_of(text, sizes[i])));
        struct tl_header h;
        ok(tl_decode_header(file, true, &arena, &h, &error));
        assert_true(view_eq(h.file_name, name));
        assert_int_equal(h.signer_version, -1);
        assert_int_equal(h.length % 4, 0);
        if (sizes[i] != 0) { /* the payload is covered */
            uint8_t *bad = copy_of(file);
            bad[file.n - 1] ^= 1;
            assert_false(envelope_verify(view_of(bad, file.n), s.key->public, &error));
        }
    }
}

/* Under a key that both sides have, and that is not in the file. */
static void symmetric_files(void **state)
{
    (void)state;
    struct envelope_signer s = signer_of(keyring_key(ring, "signer", KEY_RSA_2048), DIGEST_SHA1);
    struct view name = view_str("SEP0011215A1AE3.cnf.xml.enc.sgn");
    const uint8_t key[ENVELOPE_SYMMETRIC] = { 1, 2, 3 }, other[ENVELOPE_SYMMETRIC] = { 1, 2, 4 };
    const struct key *phone = keyring_key(ring, "phone", KEY_RSA_2048);
    for (size_t n = 0; n <= 48; n++) {
        uint8_t text[48];
        memset(text, (int)n, sizeof text);
        struct rng r = rng_of(7, "sym", n), r2 = r;
        struct view file, again, xml;
        struct tl_header h;
        ok(envelope_sym_make(&s, name, view_of(text, n), key, &r, &arena, &file, &error));
        ok(envelope_sym_make(&s, name, view_of(text, n), key, &r2, &arena, &again, &error));
        assert_true(view_eq(file, again));
        assert_int_equal(envelope_sym_length(&s, name, n, &error), file.n);
        ok(envelope_verify(file, s.key->public, &error));
        ok(tl_decode_header(file, true, &arena, &h, &error));
        assert_int_equal(h.enc.wrapped_key.n, 0);
        assert_int_equal(h.enc.key_bits, 128);
        struct view body = view_sub(file, h.length, file.n - h.length);
        uint8_t plain[64];
        aes128_cbc(false, key, h.enc.iv.p, body, plain);
        assert_memory_equal(plain, text, n);
        ok(envelope_sym_open(file, key, &arena, &xml, &error));
        assert_true(view_eq(xml, view_of(text, n)));
        assert_false(envelope_sym_open(file, other, &arena, &xml, &error));
        refused(envelope_enc_open(file, phone, &arena, &xml, &error),
                "the encrypted key (tag 25, 0 bytes) does not open with this private key "
                "(FORMATS section 3)");
        ok(envelope_enc_make(&s, name, view_of(text, n), phone->public, &r, &arena, &file, &error));
        refused(envelope_sym_open(file, key, &arena, &xml, &error),
                "an encrypted key (tag 25, 256 bytes) is in the file: it is for a certificate, "
                "not for a symmetric key (FORMATS section 3)");
    }
}

static void encrypted_files(void **state)
{
    (void)state;
    struct envelope_signer s = signer_of(keyring_key(ring, "signer", KEY_RSA_1024), DIGEST_SHA1);
    static const enum key_type types[] = { KEY_RSA_1024, KEY_RSA_2048 };
    struct view name = view_str("SEP0011215A1AE3.cnf.xml.enc.sgn");
    for (size_t n = 0; n <= 64; n++) {
        uint8_t text[64];
        memset(text, 0x0d, sizeof text); /* a text that looks like padding */
        const struct key *phone = keyring_key(ring, "phone", types[n % 2]);
        struct rng r = rng_of(7, "enc", n), r2 = r;
        struct view file, again, xml;
        s.digest = n % 3 == 0 ? DIGEST_SHA512 : DIGEST_SHA1;
        ok(envelope_enc_make(&s, name, view_of(text, n), phone->public, &r, &arena, &file, &error));
        ok(envelope_enc_make(&s, name, view_of(text, n), phone->public, &r2, &arena, &again,
                             &error));
        assert_true(view_eq(file, again));
        assert_int_equal(envelope_enc_length(&s, name, n, phone->type, &error), file.n);
        ok(envelope_verify(file, s.key->public, &error));
        ok(envelope_enc_open(file, phone, &arena, &xml, &error));
        assert_true(view_eq(xml, view_of(text, n)));
        struct tl_header h;
        ok(tl_decode_header(file, true, &arena, &h, &error));
        assert_int_equal(h.enc.padding, 16 - n % 16);
        assert_int_equal(h.enc.key_bits, 8 * h.enc.wrapped_key.n);
        assert_int_equal(h.enc.plain_digest.n, n % 3 == 0 ? 64 : 20);
        assert_int_equal((file.n - h.length) % 16, 0);
    }
}

/* A file of ours, damaged inside the encryption and not signed again. */
static void encrypted_files_that_do_not_open(void **state)
{
    (void)state;
    struct envelope_signer s = signer_of(keyring_key(ring, "signer", KEY_RSA_1024), DIGEST_SHA1);
    const struct key *phone = keyring_key(ring, "phone", KEY_RSA_1024);
    const struct key *ec = keyring_key(ring, "ec", KEY_EC_P256);
    struct rng r = rng_of(7, "bad", 0);
    struct view file, xml, name = view_str("x.enc.sgn"),
                           text = view_str("<device>0123456789</device>");
    ok(envelope_enc_make(&s, name, text, phone->public, &r, &arena, &file, &error));
    struct tl_header h;
    ok(tl_decode_header(file, true, &arena, &h, &error));
    uint8_t *bad = copy_of(file);

    size_t digest_at = (size_t)(h.enc.plain_digest.p - file.p);
    bad[digest_at] ^= 1;
    refused(envelope_enc_open(view_of(bad, file.n), phone, &arena, &xml, &error),
            "the SHA-1 digest of the plain text is not that of tag 27 (FORMATS section 3)");
    bad[digest_at] ^= 1;

    size_t iv_at = (size_t)(h.enc.iv.p - file.p);
    bad[iv_at + 20] = 6; /* tag 20 behind the IV: 5 bytes of padding claimed to be 6 */
    refused(envelope_enc_open(view_of(bad, file.n), phone, &arena, &xml, &error),
            "the plain text does not end in 6 bytes 0d (FORMATS section 3)");
    bad[iv_at + 20] = (uint8_t)h.enc.padding;

    size_t algorithm_at = (size_t)(h.enc.wrapped_key.p - file.p) - 4;
    bad[algorithm_at] = 2;
    refused(envelope_enc_open(view_of(bad, file.n), phone, &arena, &xml, &error),
            "key algorithm 2 is not 1, AES-128-CBC (FORMATS section 3)");
    bad[algorithm_at] = 1;

    char expected[200];
    snprintf(expected, sizeof expected,
             "offset %u: body of 31 bytes is no whole number of AES blocks (FORMATS section 3)",
             h.length);
    refused(envelope_enc_open(view_of(bad, file.n - 1), phone, &arena, &xml, &error), expected);
    snprintf(expected, sizeof expected,
             "offset %u: body of 0 bytes is no whole number of AES blocks (FORMATS section 3)",
             h.length);
    refused(envelope_enc_open(view_of(bad, h.length), phone, &arena, &xml, &error), expected);

    /* A key of 15 bytes, wrapped as it should be. */
    uint8_t wrapped[512];
    assert_int_equal(rsa_wrap(phone->public, view_str("fifteen bytes!!"), &r, wrapped), 128);
    memcpy(bad + (h.enc.wrapped_key.p - file.p), wrapped, 128);
    refused(envelope_enc_open(view_of(bad, file.n), phone, &arena, &xml, &error),
            "the encrypted key (tag 25) holds 15 bytes, not 16 (FORMATS section 3)");

    refused(envelope_enc_make(&s, name, text, ec->public, &r, &arena, &file, &error),
            "an EC key cannot open an encrypted configuration: the key wrap is RSA");
    refused(envelope_enc_length(&s, name, text.n, KEY_EC_P256, &error) != 0,
            "an EC key cannot open an encrypted configuration: the key wrap is RSA");
    refused(envelope_enc_make(&s, name, text, view_of("0\1\2", 3), &r, &arena, &file, &error),
            "the phone's public key is no RSA key of 512 to 4096 bits");
}

static void keys_that_cannot_sign(void **state)
{
    (void)state;
    static const char *const bits_3072 =
        "a 3072-bit key cannot sign: the format has no code for a 384-byte signature";
    static const char *const ec_text =
        "an EC key cannot sign: the format knows RSA signatures alone";
    struct view file, name = view_str("F");
    struct rng r = rng_of(7, "x", 0);
    const struct key *good = keyring_key(ring, "signer", KEY_RSA_1024);
    struct envelope_signer s = signer_of(good, DIGEST_SHA1);
    struct tl_new_record record = record_of(&s, TL_SAST);
    static const enum key_type types[] = { KEY_RSA_3072, KEY_EC_P384 };
    for (size_t i = 0; i < 2; i++) {
        const char *text = i == 0 ? bits_3072 : ec_text;
        s.type = types[i];
        s.key = NULL;
        refused(envelope_signature_bytes(types[i], 0, &error) != 0, text);
        refused(envelope_list_make(&s, name, &record, 1, &arena, &file, &error), text);
        refused(envelope_list_length(&s, name, &record, 1, &error) != 0, text);
        refused(envelope_sgn_make(&s, name, name, &arena, &file, &error), text);
        refused(envelope_sgn_length(&s, name, 1, &error) != 0, text);
        refused(envelope_enc_make(&s, name, name, good->public, &r, &arena, &file, &error), text);
        refused(envelope_enc_length(&s, name, 1, KEY_RSA_2048, &error) != 0, text);
        struct key k = { .type = types[i] };
        uint8_t any[4] = { 0 };
        refused(envelope_seal(any, sizeof any, &k, &error),
                i == 0 ? "offset 0: 4 bytes hold no header (FORMATS section 1)" : text);
    }
    s = signer_of(good, DIGEST_SHA1);
    ok(envelope_sgn_make(&s, name, name, &arena, &file, &error));
    refused(envelope_seal(copy_of(file), file.n, keyring_key(ring, "signer", KEY_RSA_2048), &error),
            "offset 121: room for a signature of 128 bytes, the key makes 256 (FORMATS section 1)");
    refused(envelope_verify(file, keyring_key(ring, "ec", KEY_EC_P256)->public, &error),
            "the key is no RSA key: the format knows RSA signatures alone");
    record.ip = view_str("three");
    refused(envelope_list_make(&s, name, &record, 1, &arena, &file, &error),
            "record 1: IP address of 5 bytes, not 4 (FORMATS section 1)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peer_lists_verify),
        cmocka_unit_test(every_damaged_byte_is_seen),
        cmocka_unit_test(peer_signed_files),
        cmocka_unit_test(peer_encrypted_file_opens),
        cmocka_unit_test(peer_sgn_made_again),
        cmocka_unit_test(lists_of_every_key_and_digest),
        cmocka_unit_test(a_list_says_what_failed),
        cmocka_unit_test(signed_files),
        cmocka_unit_test(symmetric_files),
        cmocka_unit_test(encrypted_files),
        cmocka_unit_test(encrypted_files_that_do_not_open),
        cmocka_unit_test(keys_that_cannot_sign),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
