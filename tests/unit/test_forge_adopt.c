/* Bytes that somebody touched, or that somebody else made: content all the same, which verifies
 * under the key that signed it or under none. */
#include "tests/unit/forge_fixture.h"

/* ---- bytes that somebody touched ---- */

/* Every `step`th byte in turn: never a crash, and never the signature of a key. */
static void tampered(struct view v, uint32_t id, enum file_kind kind, const struct forge_device *d,
                     size_t step)
{
    uint8_t *bad = (uint8_t *)arena_copy(&arena, v).p;
    for (size_t i = 0; i < v.n; i += step) {
        bad[i] ^= (uint8_t)(1u << i % 8);
        uint32_t other = adopted(forge, view_of(bad, v.n), kind, d, CONTENT_MIC);
        assert_int_not_equal(other, id);
        assert_int_equal(content_envelope(&content, other)->key, 0);
        /* What came in goes out again. */
        if (other + 4 >= content.count) {
            struct view again = bytes_of(other, kind, d);
            assert_int_equal(forge_length(forge, other, kind, d, &error), again.n);
            assert_int_equal(adopted(forge, again, kind, d, CONTENT_MIC), other);
        }
        bad[i] ^= (uint8_t)(1u << i % 8);
    }
    for (size_t n = 0; n < v.n; n += step) {
        uint32_t other = adopted(forge, view_of(bad, n), kind, d, CONTENT_MIC);
        assert_int_not_equal(other, id);
        assert_int_equal(content_envelope(&content, other)->key, 0);
    }
    assert_int_equal(adopted(forge, view_of(bad, v.n), kind, d, CONTENT_MIC), id);
}

static void tampered_files(void **state)
{
    (void)state;
    const struct forge_device *d = device(3);
    uint32_t full = profile_of(FULL);
    const struct {
        uint32_t id;
        enum file_kind kind;
        size_t step;
    } files[] = { { itl_of(TL_HASH, ccm, 0x0101), FILE_ITL, 3 },
                  { ctl_of(), FILE_CTL, 7 },
                  { signed_of(full, ccm, 0), FILE_CNF_SGN, 5 },
                  { signed_of(full, ccm, CONTENT_MIC), FILE_CNF_ENC, 11 },
                  { signed_of(blob_of("New_Zealand/g3-tones.xml", "<tones/>"), ccm, 0),
                    FILE_LOCALE_SGN, 1 } };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        tampered(bytes_of(files[i].id, files[i].kind, d), files[i].id, files[i].kind, d,
                 files[i].step);
}

/* Nothing is signed here: another value is another configuration. */
static void tampered_plain_files(void **state)
{
    (void)state;
    uint32_t id = plain_of(profile_of(FULL));
    const struct forge_device *d = device(1);
    struct view v = bytes_of(id, FILE_CNF, d);
    char *bad = (char *)arena_copy(&arena, v).p;
    char *at = memmem(bad, v.n, "10.1.11.12", 10);
    memcpy(at, "10.6.66.66", 10);
    uint32_t other = adopted(forge, view_of(bad, v.n), FILE_CNF, d, CONTENT_MIC);
    const struct ct_file *file = content_get_file(&content, other);
    assert_int_equal(file->envelope.cert, 0);
    assert_string_equal(content_get_cnf(&content, file->payload)->servers[0].address, "10.6.66.66");
    /* Not XML any more. */
    other = adopted(forge, view_of(bad, 100), FILE_CNF, d, CONTENT_MIC);
    file = content_get_file(&content, other);
    assert_int_equal(content_kind(&content, file->payload), CT_BLOB);
    assert_true(
        view_eq(content_get_text(&content, content_get_blob(&content, file->payload)->bytes),
                view_of(bad, 100)));
}

/* A plain file, or none at all, in place of a signed one. */
static void not_what_was_asked_for(void **state)
{
    (void)state;
    const struct forge_device *d = device(1);
    struct view xml = bytes_of(plain_of(profile_of(FULL)), FILE_CNF, d);
    static const enum file_kind kinds[] = { FILE_CNF_SGN, FILE_CNF_ENC, FILE_ITL, FILE_CTL_COMMON };
    const struct view wrong[] = { xml, view_str(""), view_of(NULL, 0), view_str("404 Not Found") };
    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < 4; i++) {
            uint32_t id = adopted(forge, wrong[i], kinds[k], d, CONTENT_MIC);
            const struct ct_file *file = content_get_file(&content, id);
            assert_int_equal(file->envelope.cert, 0);
            const struct ct_blob *blob = content_get_blob(&content, file->payload);
            assert_true(view_eq(content_get_text(&content, blob->bytes), wrong[i]));
        }
    }
    uint32_t id;
    uint8_t *huge = arena_take(&arena, FORGE_FILE_MAX + 1);
    refused(forge_adopt(forge, view_of(huge, FORGE_FILE_MAX + 1), FILE_CNF, d, CONTENT_MIC, &id,
                        &error),
            "a file of 16777217 bytes, expected at most 16777216");
}

/* ---- files that are passed on ---- */

/* Two phones' files of a stranger's, the same configuration but for the phones' own names. */
static void each_phones_own_bytes(void **state)
{
    (void)state;
    static const enum file_kind kinds[] = { FILE_CNF, FILE_CNF_SGN };
    uint32_t made[] = { plain_of(profile_of(FULL)), signed_of(profile_of(FULL), ccm, 0) };
    for (size_t k = 0; k < 2; k++) {
        struct view theirs[2];
        uint32_t id[2];
        for (unsigned i = 0; i < 2; i++) {
            struct view v = bytes_of(made[k], kinds[k], device(i + 1));
            ok(forge_pass_on(forge, v, kinds[k], device(i + 1), &id[i], &error));
            assert_int_equal(id[i], made[k]); /* of the lab */
            theirs[i] = arena_copy(&arena, v);
            memcpy(memmem(theirs[i].p, v.n, "10.1.11.12", 10), "10.6.66.66", 10);
            ok(forge_pass_on(forge, theirs[i], kinds[k], device(i + 1), &id[i], &error));
        }
        for (unsigned i = 0; i < 2; i++)
            assert_true(view_eq(bytes_of(id[i], kinds[k], device(i + 1)), theirs[i]));
    }
    struct view list = bytes_of(itl_of(TL_HASH, ccm, 0x0101), FILE_ITL, device(1));
    uint32_t passed;
    ok(forge_pass_on(forge, list, FILE_ITL, device(2), &passed, &error));
    assert_int_equal(content_kind(&content, passed), CT_LIST);
    refused(forge_pass_on(forge,
                          view_of(arena_take(&arena, FORGE_FILE_MAX + 1), FORGE_FILE_MAX + 1),
                          FILE_CNF, device(1), &passed, &error),
            "a file of 16777217 bytes, expected at most 16777216");
}

/* ---- files of strangers ---- */

/* The list of another lab: its records become certificates, and its signature verifies with one. */
static void a_strangers_list(void **state)
{
    (void)state;
    struct content theirs;
    content_init(&theirs, &sys_mem);
    fill(&theirs);
    struct forge *their_forge = forge_new(&theirs, SEED + 1, NULL);
    struct ct_envelope env = envelope_by(&theirs, recovery, 0x0101);
    uint32_t list = itl_in(&theirs, TL_HASH, &env);
    struct view v;
    ok(forge_bytes(their_forge, list, FILE_ITL, device(1), &arena, &v, &error));

    uint32_t id = adopted(forge, v, FILE_ITL, device(1), CONTENT_MIC);
    const struct ct_list *l = content_get_list(&content, id);
    assert_int_equal(l->count, 6);
    assert_false(l->is_ctl || l->empty);
    assert_true(l->has_tftp);
    uint32_t signer = l->records[1].cert, hashed = l->records[3].cert;
    assert_true(content_signed_by(&content, id, signer));
    assert_int_equal(l->envelope.cert, signer);
    assert_int_equal(l->records[1].role, TL_SAST);
    assert_int_equal(l->records[0].cert, l->records[2].cert);
    assert_true(view_eq(forge_der(forge, signer), forge_der(their_forge, recovery)));
    assert_true(view_eq(bytes_of(id, FILE_ITL, device(2)), v));
    assert_int_equal(forge_length(forge, id, FILE_ITL, device(2), &error), v.n);

    /* A certificate that only its hash told of comes in: it is the same one. */
    assert_int_equal(l->records[3].form, TL_HASH);
    assert_null(forge_der(forge, hashed).p);
    uint32_t count = content.count, cert;
    ok(forge_adopt_cert(forge, forge_der(their_forge, tvs), &cert, &error));
    assert_int_equal(cert, hashed);
    assert_true(view_eq(forge_der(forge, hashed), forge_der(their_forge, tvs)));
    assert_int_equal(adopted(forge, v, FILE_ITL, device(3), CONTENT_MIC), id);
    assert_int_equal(content.count, count);
    forge_free(their_forge);
    content_free(&theirs);
}

/* A file whose signer comes later: first it verifies under no key, then under his. */
static void a_signer_that_comes_later(void **state)
{
    (void)state;
    struct content theirs;
    content_init(&theirs, &sys_mem);
    uint32_t theirs_ccm = cert_in(&theirs, "theirs", "X", KEY_RSA_1024, 1, 0);
    struct forge *their_forge = forge_new(&theirs, SEED + 1, NULL);
    struct cnf cnf;
    profile(&cnf);
    struct ct_file file = { .payload = content_cnf(&theirs, &cnf),
                            .envelope = envelope_by(&theirs, theirs_ccm, -1) };
    struct view v;
    ok(forge_bytes(their_forge, content_file(&theirs, &file), FILE_CNF_SGN, device(1), &arena, &v,
                   &error));
    uint32_t before = adopted(forge, v, FILE_CNF_SGN, device(1), CONTENT_MIC);
    const struct ct_envelope *env = content_envelope(&content, before);
    assert_int_equal(env->key, 0);
    assert_string_equal(content_get_str(&content, content_get_cert(&content, env->cert)->subject),
                        "CN=theirs;OU=Voice;O=Lab;L=Bern;ST=BE;C=CH");
    assert_null(forge_der(forge, env->cert).p);
    assert_true(view_eq(bytes_of(before, FILE_CNF_SGN, device(1)), v));

    uint32_t cert;
    ok(forge_adopt_cert(forge, forge_der(their_forge, theirs_ccm), &cert, &error));
    uint32_t after = adopted(forge, v, FILE_CNF_SGN, device(1), CONTENT_MIC);
    assert_int_not_equal(after, before);
    assert_true(content_signed_by(&content, after, cert));
    assert_int_equal(content_get_file(&content, after)->payload, profile_of(FULL));
    forge_free(their_forge);
    content_free(&theirs);
}

/* Files of another implementation, whose names have commas where ours have semicolons. */
static void files_of_a_peer(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum file_kind kind;
    } files[] = { { "ITLFile.tlv", FILE_ITL },
                  { "CTLFile.tlv", FILE_CTL },
                  { "ITLSEP0011215A1AE3.tlv", FILE_ITL },
                  { "SEP0011215A1AE3.cnf.xml.sgn", FILE_CNF_SGN },
                  { "SEP0011215A1AE3.cnf.xml", FILE_CNF } };
    struct forge_device d = forge_device_of(0, "SEP0011215A1AE3");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[128];
        struct view v;
        snprintf(path, sizeof path, "tests/vectors/peer/%s", files[i].path);
        ok(sys_read_file(path, 1 << 20, &arena, &v, &error));
        uint32_t id = adopted(forge, v, files[i].kind, &d, CONTENT_MIC);
        if (files[i].kind != FILE_CNF)
            assert_int_not_equal(content_envelope(&content, id)->key, 0);
        assert_true(view_eq(bytes_of(id, files[i].kind, &d), v));
        assert_int_equal(adopted(forge, v, files[i].kind, &d, CONTENT_MIC), id);
        if (content_kind(&content, id) != CT_LIST)
            continue;
        const struct ct_list *l = content_get_list(&content, id);
        bool in_a_record = false;
        for (uint32_t k = 0; k < l->count; k++)
            in_a_record |= l->records[k].signer == l->envelope.signer && l->records[k].role == 0;
        assert_true(in_a_record);
        assert_int_equal(l->is_ctl, files[i].kind == FILE_CTL);
    }
}

/* Signed firmware in place of a configuration: a signed file whose signer nobody knows. */
static void firmware_of_a_stranger(void **state)
{
    (void)state;
    struct view v;
    ok(sys_read_file("tests/vectors/firmware/term.sgn", 1 << 20, &arena, &v, &error));
    uint32_t id = adopted(forge, v, FILE_CNF_SGN, device(1), CONTENT_MIC);
    const struct ct_file *file = content_get_file(&content, id);
    assert_int_equal(file->envelope.key, 0);
    assert_int_equal(file->envelope.timestamp, 0);
    assert_int_equal(file->encrypted_to, 0);
    const struct ct_cert *signer = content_get_cert(&content, file->envelope.cert);
    assert_string_equal(content_get_str(&content, signer->subject), "CN=labSigner;OU=Test;O=Lab");
    const struct ct_blob *blob = content_get_blob(&content, file->payload);
    assert_string_equal(content_get_str(&content, blob->name), "term");
    assert_true(view_eq(content_get_text(&content, blob->bytes), view_sub(v, 372, 11)));
    assert_true(view_eq(bytes_of(id, FILE_CNF_SGN, device(2)), v));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(tampered_files),         TEST(tampered_plain_files),      TEST(not_what_was_asked_for),
        TEST(a_strangers_list),       TEST(a_signer_that_comes_later), TEST(files_of_a_peer),
        TEST(firmware_of_a_stranger), TEST(each_phones_own_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
