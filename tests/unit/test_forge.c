/* Content becomes bytes, and bytes become the same content. */
#include "tests/unit/forge_fixture.h"

/* ---- certificates ---- */

static void certificates(void **state)
{
    (void)state;
    uint32_t signed_cert = cert_in(&content, "sub", "HQ/sub/CallManager/1", KEY_RSA_1024, 6, capf);
    const uint32_t certs[] = { ccm, tvs, other_tvs, capf, recovery, signed_cert };
    uint32_t count = content.count;
    for (size_t i = 0; i < 6; i++) {
        const struct ct_cert *k = content_get_cert(&content, certs[i]);
        struct view der = forge_der(forge, certs[i]);
        assert_ptr_equal(forge_der(forge, certs[i]).p, der.p);
        struct cert parsed;
        ok(cert_parse(der, &arena, &parsed, &error));
        assert_true(view_eq(parsed.subject, content_get_text(&content, k->subject)));
        assert_true(view_eq(parsed.issuer, content_get_text(&content, k->issuer)));
        assert_true(view_eq(parsed.serial, content_get_text(&content, k->serial)));
        assert_int_equal(parsed.not_before_s, 1600000000);
        assert_true(view_eq(parsed.public, forge_key(forge, certs[i])->public));
        uint32_t issuer = i == 5 ? capf : certs[i];
        assert_true(cert_signed_by(&parsed, forge_key(forge, issuer)->public, &arena));
        uint32_t found;
        ok(forge_adopt_cert(forge, der, &found, &error));
        assert_int_equal(found, certs[i]);
        struct forge *other = forge_new(&content, SEED, NULL); /* which never made it */
        ok(forge_adopt_cert(other, der, &found, &error));
        assert_int_equal(found, certs[i]);
        forge_free(other);
    }
    assert_int_equal(content.count, count);
}

static void strangers_certificates(void **state)
{
    (void)state;
    struct view der = foreign(99, "far away", "CN=far;O=Away", 5);
    uint32_t cert, again;
    ok(forge_adopt_cert(forge, der, &cert, &error));
    const struct ct_cert *k = content_get_cert(&content, cert);
    assert_string_equal(content_get_str(&content, k->subject), "CN=far;O=Away");
    assert_int_equal(k->not_after_s, 1900000000);
    assert_null(forge_key(forge, cert));
    assert_true(view_eq(forge_der(forge, cert), der));
    uint32_t count = content.count;
    ok(forge_adopt_cert(forge, arena_copy(&arena, der), &again, &error));
    assert_int_equal(again, cert);
    assert_int_equal(content.count, count);

    /* Our own key in a certificate that we did not make: the key is the same one. */
    der = foreign(SEED, "HQ/pub/CallManager/1", "CN=pub;O=Renamed", 6);
    ok(forge_adopt_cert(forge, der, &cert, &error));
    assert_int_not_equal(cert, ccm);
    assert_int_equal(content_get_cert(&content, cert)->key, content_get_cert(&content, ccm)->key);
    assert_non_null(forge_key(forge, cert));

    assert_false(forge_adopt_cert(forge, view_str("no certificate"), &cert, &error));
    assert_memory_equal(error.text, "certificate: ", 13);
    assert_int_equal(cert, cert);
}

/* Signed by a CA whose private half is elsewhere: our key, but no certificate that we could make.
 */
static void certificates_that_cannot_be_made(void **state)
{
    (void)state;
    uint32_t ca;
    ok(forge_adopt_cert(forge, foreign(99, "ca", "CN=ca", 1), &ca, &error));
    uint32_t cert = cert_in(&content, "node", "HQ/node/CallManager/1", KEY_RSA_1024, 8, ca);
    assert_null(forge_der(forge, cert).p);
    struct ct_record r = record_in(&content, TL_SAST, TL_FULL, cert, "node", 0);
    struct ct_envelope env = envelope_by(&content, ccm, -1);
    uint32_t list = content_list(&content, false, &env, &r, 1);
    struct view v;
    static const char why[] =
        "ITLFile.tlv: record 1: the certificate of CN=node;OU=Voice;O=Lab;L=Bern;ST=BE;C=CH cannot "
        "be made: a private key is not ours";
    refused(forge_bytes(forge, list, FILE_ITL, device(1), &arena, &v, &error), why);
    refused(forge_length(forge, list, FILE_ITL, device(1), &error) != 0, why);
    /* And a list that such a CA signed. */
    env = envelope_by(&content, ca, -1);
    list = content_list(&content, false, &env, NULL, 0);
    refused(forge_bytes(forge, list, FILE_ITL, device(1), &arena, &v, &error),
            "ITLFile.tlv: the private key of CN=ca is not ours");
    refused(forge_length(forge, list, FILE_ITL, device(1), &error) != 0,
            "ITLFile.tlv: the private key of CN=ca is not ours");
}

/* ---- trust lists ---- */

static void lists(void **state)
{
    (void)state;
    const struct {
        uint32_t id;
        bool ctl;
    } all[] = { { itl_of(TL_HASH, ccm, -1), false },
                { itl_of(TL_FULL, recovery, 0x0100), false },
                { itl_of(TL_TOKEN, recovery, 0x0101), false },
                { ctl_of(), true } };
    for (size_t i = 0; i < 4; i++) {
        enum file_kind kind = all[i].ctl ? FILE_CTL : FILE_ITL;
        struct view v = there_and_back(all[i].id, kind, device(1), CONTENT_MIC);
        by_another_forge(v, all[i].id, kind, device(1), CONTENT_MIC);
        /* The same for everybody, under either name. */
        assert_true(view_eq(bytes_of(all[i].id, (enum file_kind)(kind + 1), device(2)), v));
        struct tl t;
        struct envelope_verdict verdict;
        ok(tl_decode(v, true, &arena, &t, &error));
        assert_true(envelope_list_verify(&t, &verdict));
        struct view name = view_str(all[i].ctl ? "CTLFile.tlv" : "ITLFile.tlv");
        assert_true(view_eq(t.header.file_name, name));
        const struct ct_list *l = content_get_list(&content, all[i].id);
        assert_int_equal(t.header.signer_version, l->envelope.signer_version);
        assert_int_equal(tl_is_empty(&t), l->empty);
        assert_int_equal(t.count, l->count);
    }
}

static void records_on_the_wire(void **state)
{
    (void)state;
    struct tl t;
    ok(tl_decode(bytes_of(itl_of(TL_HASH, ccm, -1), FILE_ITL, device(1)), true, &arena, &t,
                 &error));
    struct cert c;
    uint8_t sha1[64];
    struct view der = forge_der(forge, tvs);
    ok(cert_parse(der, &arena, &c, &error));
    const struct tl_record *r = &t.records[3];
    assert_int_equal(r->role, TL_TVS);
    assert_null(r->certificate.p);
    assert_true(view_eq(r->hash, view_of(sha1, digest_of(DIGEST_SHA1, &der, 1, sha1))));
    assert_true(view_eq(r->public, c.public));
    assert_true(view_eq(r->signature, c.signature));
    assert_true(view_eq(r->dns, view_str("pub")));
    assert_true(view_eq(t.records[2].certificate, forge_der(forge, ccm)));
    ok(tl_decode(bytes_of(ctl_of(), FILE_CTL, device(1)), true, &arena, &t, &error));
    assert_true(view_eq(t.records[0].ip, view_of("\x0a\x01\x0b\x0c", 4)));
    assert_null(t.records[2].signature.p);
    assert_null(t.records[3].certificate.p);
}

/* The signature by another key than that of the certificate that the header names, and by none. */
static void wrong_signatures(void **state)
{
    (void)state;
    struct ct_envelope env = envelope_by(&content, ccm, -1);
    env.key = content_get_cert(&content, recovery)->key;
    uint32_t stolen = itl_in(&content, TL_HASH, &env);
    struct view v = there_and_back(stolen, FILE_ITL, device(1), CONTENT_MIC);
    ok(envelope_verify(v, forge_key(forge, recovery)->public, &error));
    assert_false(envelope_verify(v, forge_key(forge, ccm)->public, &error));

    env.key = 0;
    uint32_t nobodys = itl_in(&content, TL_HASH, &env);
    v = there_and_back(nobodys, FILE_ITL, device(1), CONTENT_MIC);
    by_another_forge(v, nobodys, FILE_ITL, device(1), CONTENT_MIC);
    assert_false(envelope_verify(v, forge_key(forge, ccm)->public, &error));
    struct ct_file file = { .payload = profile_of(FULL), .envelope = env };
    file.envelope.signer_version = -1;
    uint32_t id = content_file(&content, &file);
    by_another_forge(there_and_back(id, FILE_CNF_SGN, device(1), CONTENT_MIC), id, FILE_CNF_SGN,
                     device(1), CONTENT_MIC);
}

static void signers_without_a_code(void **state)
{
    (void)state;
    uint32_t big = cert_in(&content, "big", "HQ/big/1", KEY_RSA_3072, 9, 0);
    struct view v;
    static const char why[] =
        "SEP0011215A0001.cnf.xml.sgn: a 3072-bit key cannot sign: the format has no code for a "
        "384-byte signature";
    uint32_t id = signed_of(profile_of(FULL), big, 0);
    refused(forge_bytes(forge, id, FILE_CNF_SGN, device(1), &arena, &v, &error), why);
    refused(forge_length(forge, id, FILE_CNF_SGN, device(1), &error) != 0, why);
    struct ct_envelope env = envelope_by(&content, big, -1);
    id = itl_in(&content, TL_HASH, &env);
    refused(forge_length(forge, id, FILE_ITL, device(1), &error) != 0,
            "ITLFile.tlv: a 3072-bit key cannot sign: the format has no code for a 384-byte "
            "signature");
    id = signed_of(profile_of(FULL), other_tvs, 0);
    refused(forge_length(forge, id, FILE_CNF_SGN, device(1), &error) != 0,
            "SEP0011215A0001.cnf.xml.sgn: an EC key cannot sign: the format knows RSA signatures "
            "alone");
}

/* ---- files ---- */

static void plain_and_signed_files(void **state)
{
    (void)state;
    uint32_t full = profile_of(FULL), small = profile_of(SHORT), def = profile_of(DEFAULT);
    uint32_t tones = blob_of("New_Zealand/g3-tones.xml", "<tones/>\n");
    uint32_t rings = blob_of("ringlist.xml", "<CiscoIPPhoneRingList/>");
    const struct {
        uint32_t id;
        enum file_kind kind;
        const char *name;
    } files[] = { { plain_of(full), FILE_CNF, NULL },
                  { plain_of(small), FILE_CNF, NULL },
                  { plain_of(def), FILE_DEFAULT, NULL },
                  { plain_of(tones), FILE_LOCALE, NULL },
                  { plain_of(rings), FILE_RINGLIST, NULL },
                  { signed_of(full, ccm, 0), FILE_CNF_SGN, "SEP0011215A00%02X.cnf.xml.sgn" },
                  { signed_of(small, ccm, 0), FILE_CNF_SGN, "SEP0011215A00%02X.cnf.xml.sgn" },
                  { signed_of(def, ccm, 0), FILE_DEFAULT_SGN, "XMLDefault.cnf.xml.sgn" },
                  { signed_of(tones, ccm, 0), FILE_LOCALE_SGN, "New_Zealand/g3-tones.xml.sgn" },
                  { signed_of(rings, recovery, 0), FILE_RINGLIST_SGN, "ringlist.xml.sgn" } };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        for (uint32_t n = 1; n < 4; n++) {
            const struct forge_device *d = device(n * 37);
            struct view v = there_and_back(files[i].id, files[i].kind, d, CONTENT_MIC);
            if (files[i].kind != FILE_LOCALE) /* a plain one does not say its folder */
                by_another_forge(v, files[i].id, files[i].kind, d, CONTENT_MIC);
            if (files[i].name == NULL)
                continue;
            char name[64];
            snprintf(name, sizeof name, files[i].name, n * 37);
            struct tl_header h;
            ok(tl_decode_header(v, true, &arena, &h, &error));
            assert_int_equal(h.version, TL_SGN);
            assert_true(view_eq(h.file_name, view_str(name)));
            ok(envelope_verify(v, forge_key(forge, i == 9 ? recovery : ccm)->public, &error));
        }
    }
    assert_true(view_eq(bytes_of(files[4].id, FILE_RINGLIST, device(1)),
                        view_str("<CiscoIPPhoneRingList/>")));
}

static void a_configuration_holds_its_own_device(void **state)
{
    (void)state;
    struct cnf cnf;
    char name[64], line[64], uuid[64];
    uint32_t id = plain_of(profile_of(FULL));
    for (uint32_t n = 0; n < 3; n++) {
        const struct forge_device *d = device(n);
        ok(cnf_read(bytes_of(id, FILE_CNF, d), &cnf, name, line, uuid, &error));
        assert_string_equal(name, d->name);
        assert_string_equal(line, d->line);
        assert_string_equal(uuid, d->uuid);
    }
}

/* Under a key that somebody types in: whoever has it reads the file, by its bytes alone. */
static void symmetric_files(void **state)
{
    (void)state;
    static const uint8_t bytes[ENVELOPE_SYMMETRIC] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
                                                       0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98,
                                                       0x76, 0x54, 0x32, 0x10 };
    uint32_t key = content_symmetric(&content, "0123456789ABCDEFFEDCBA9876543210"),
             wrong = content_symmetric(&content, "0123456789ABCDEFFEDCBA9876543211"),
             full = profile_of(FULL), id = signed_of(full, ccm, key);
    const struct forge_device *d = device(3);
    char digits[SYMMETRIC_DIGITS + 1];
    assert_true(key != wrong && content_symmetric_digits(&content, key, digits));
    assert_string_equal(digits, "0123456789ABCDEFFEDCBA9876543210");
    assert_false(content_symmetric_digits(&content, content_get_cert(&content, ccm)->key, digits));
    struct view v = there_and_back(id, FILE_CNF_ENC, d, key), xml;
    by_another_forge(v, id, FILE_CNF_ENC, d, key);
    ok(envelope_sym_open(v, bytes, &arena, &xml, &error));
    assert_true(view_eq(xml, bytes_of(plain_of(full), FILE_CNF, d)));
    /* Without it, or with another one: the same content, which is not for this phone; of a
     * stranger's file nobody knows what is in it. */
    static const uint32_t none[] = { CONTENT_NOBODY, CONTENT_MIC, 0 };
    struct forge *other = forge_new(&content, SEED, NULL);
    for (size_t i = 0; i < 3; i++) {
        uint32_t has = i == 2 ? wrong : none[i];
        assert_int_equal(adopted(forge, v, FILE_CNF_ENC, d, has), id);
        uint32_t shut = adopted(other, v, FILE_CNF_ENC, d, has);
        assert_int_equal(content_get_file(&content, shut)->encrypted_to, CONTENT_NOBODY);
    }
    forge_free(other);
}

static void encrypted_files(void **state)
{
    (void)state;
    uint32_t full = profile_of(FULL);
    const uint32_t to[] = { CONTENT_MIC, capf };
    for (size_t i = 0; i < 2; i++) {
        uint32_t id = signed_of(full, ccm, to[i]);
        const struct forge_device *d = device(64 * (uint32_t)i + 5);
        struct view v = there_and_back(id, FILE_CNF_ENC, d, to[i]), xml;
        by_another_forge(v, id, FILE_CNF_ENC, d, to[i]);
        const struct key *key;
        forge_phone_cert(forge, d, to[i], &key);
        ok(envelope_enc_open(v, key, &arena, &xml, &error));
        assert_true(view_eq(xml, bytes_of(plain_of(full), FILE_CNF, d)));
        /* A phone with another key: the same content, which is not for it. */
        assert_int_equal(adopted(forge, v, FILE_CNF_ENC, d, to[1 - i]), id);
        forge_phone_cert(forge, d, to[1 - i], &key);
        assert_false(envelope_enc_open(v, key, &arena, &xml, &error));
        /* One without LSC and MIC has no key at all. */
        assert_int_equal(adopted(forge, v, FILE_CNF_ENC, d, CONTENT_NOBODY), id);
        /* A forge that never saw it: encrypted to nobody it knows, and signed all the same. */
        struct forge *other = forge_new(&content, SEED, NULL);
        uint32_t shut = adopted(other, v, FILE_CNF_ENC, d, to[1 - i]);
        assert_int_equal(content_get_file(&content, shut)->encrypted_to, CONTENT_NOBODY);
        assert_int_equal(content_kind(&content, content_get_file(&content, shut)->payload), CT_CNF);
        assert_true(content_signed_by(&content, shut, ccm));
        assert_int_equal(forge_length(other, shut, FILE_CNF_ENC, d, &error), v.n);
        assert_int_equal(adopted(other, v, FILE_CNF_ENC, d, CONTENT_NOBODY), shut);
        forge_free(other);
        refused(forge_length(forge, shut, FILE_CNF_ENC, d, &error) != 0,
                i == 0 ? "SEP0011215A0005.cnf.xml.enc.sgn: encrypted to a key that nobody knows"
                       : "SEP0011215A0045.cnf.xml.enc.sgn: encrypted to a key that nobody knows");
    }
    struct ct_file bare = { .payload = full, .encrypted_to = CONTENT_MIC };
    refused(forge_length(forge, content_file(&content, &bare), FILE_CNF_ENC, device(1), &error) !=
                0,
            "SEP0011215A0001.cnf.xml.enc.sgn: encrypted, but not signed: there is no such format "
            "(FORMATS section 3)");
}

/* A client of somebody else's that enrolled with our CAPF over a key of its own can read what is
 * encrypted to that LSC, until CAPF issues another one. */
static void encrypted_to_an_lsc_over_a_key_from_outside(void **state)
{
    (void)state;
    const struct forge_device *d = device(7);
    struct keyring *theirs = keyring_new(SEED + 1, NULL);
    const struct key *key = keyring_key(theirs, "a client", KEY_RSA_2048), *deck,
                     *curve = keyring_key(theirs, "a client", KEY_EC_P256);
    uint32_t full = profile_of(FULL), id = signed_of(full, ccm, capf);
    struct view xml;
    uint32_t length = forge_length(forge, id, FILE_CNF_ENC, d, &error);
    assert_non_null(forge_capf_issue(forge, d, capf, key->spki, &arena).p);
    struct view v = bytes_of(id, FILE_CNF_ENC, d);
    forge_phone_cert(forge, d, capf, &deck);
    assert_int_equal(v.n, length);
    ok(envelope_enc_open(v, key, &arena, &xml, &error));
    assert_true(view_eq(xml, bytes_of(plain_of(full), FILE_CNF, d)));
    assert_false(envelope_enc_open(v, deck, &arena, &xml, NULL));
    /* Nobody else's file, and nothing that goes to a MIC. */
    v = bytes_of(id, FILE_CNF_ENC, device(8));
    assert_false(envelope_enc_open(v, key, &arena, &xml, NULL));
    v = bytes_of(signed_of(full, ccm, CONTENT_MIC), FILE_CNF_ENC, d);
    assert_false(envelope_enc_open(v, key, &arena, &xml, NULL));
    /* A key that cannot be one of these, and the phone's own again. */
    assert_non_null(forge_capf_issue(forge, d, capf, curve->spki, &arena).p);
    ok(envelope_enc_open(bytes_of(id, FILE_CNF_ENC, d), deck, &arena, &xml, &error));
    assert_non_null(forge_capf_issue(forge, d, capf, key->spki, &arena).p);
    ok(envelope_enc_open(bytes_of(id, FILE_CNF_ENC, d), key, &arena, &xml, &error));
    assert_non_null(forge_capf_issue(forge, d, capf, deck->spki, &arena).p);
    ok(envelope_enc_open(bytes_of(id, FILE_CNF_ENC, d), deck, &arena, &xml, &error));
    keyring_free(theirs);
}

/* Lengths are remembered by the length of the name, so many devices come past the same answer. */
static void lengths_of_many_devices(void **state)
{
    (void)state;
    uint32_t full = profile_of(FULL);
    const uint32_t ids[] = { plain_of(full), signed_of(full, ccm, 0),
                             signed_of(full, ccm, CONTENT_MIC) };
    const enum file_kind kinds[] = { FILE_CNF, FILE_CNF_SGN, FILE_CNF_ENC };
    static const char *const names[] = { "SEP0011215A1AE3", "SEP0011215A1AE4", "A",
                                         "ATA&FAX",         "ATA-FAX",         "CSFHANS",
                                         "TCT<1>",          "BOT_9.9",         "TABLET12345678" };
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct forge_device d = forge_device_of(3 + 64 * i, names[i]); /* one key of the deck */
        size_t length[3];
        for (size_t k = 0; k < 3; k++) {
            length[k] = forge_length(forge, ids[k], kinds[k], &d, &error);
            assert_int_equal(length[k], bytes_of(ids[k], kinds[k], &d).n);
        }
        assert_true(length[0] < length[1] && length[1] < length[2]);
    }
    struct forge_device first = forge_device_of(0, "SEP000000000000");
    uint32_t length = forge_length(forge, ids[1], FILE_CNF_SGN, &first, &error);
    for (uint32_t n = 1; n < 100000; n += 997) {
        struct forge_device d = forge_device_of(n, "SEPFFFFFFFFFFFF");
        assert_int_equal(strlen(d.line), 8);
        assert_int_equal(strlen(d.uuid), 36);
        assert_int_equal(forge_length(forge, ids[1], FILE_CNF_SGN, &d, &error), length);
    }
}

static void devices(void **state)
{
    (void)state;
    struct forge_device a = forge_device_of(4711, "SEP0011215A1AE3");
    struct forge_device b = forge_device_of(4711, "SEP0011215A1AE3");
    struct forge_device c = forge_device_of(4712, "SEP0011215A1AE3");
    assert_memory_equal(&a, &b, sizeof a);
    assert_string_equal(a.name, "SEP0011215A1AE3");
    assert_string_equal(a.line, "00004711");
    assert_string_not_equal(a.uuid, c.uuid);
    for (int i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        assert_true(dash ? a.uuid[i] == '-' : strchr("0123456789abcdef", a.uuid[i]) != NULL);
    }
    assert_int_equal(strlen(forge_device_of(UINT32_MAX, "X").line), 8);
}

/* ---- what bytes cannot tell ---- */

/* Profiles that hold more than their form writes, a plain locale file, equal names: the index is
 * the one that the bytes were made from. */
static void hints(void **state)
{
    (void)state;
    struct cnf c;
    profile(&c);
    c.full_config = 0; /* the short form writes no servers */
    uint32_t a = content_cnf(&content, &c);
    c.security_mode = CNF_NON_SECURE;
    uint32_t b = content_cnf(&content, &c);
    assert_int_not_equal(a, b);
    const uint32_t payloads[] = { a, b, a };
    for (uint32_t i = 0; i < 3; i++) {
        there_and_back(plain_of(payloads[i]), FILE_CNF, device(i), CONTENT_MIC);
        there_and_back(signed_of(payloads[i], ccm, 0), FILE_CNF_SGN, device(i), CONTENT_MIC);
    }
    uint32_t nz = plain_of(blob_of("New_Zealand/g3-tones.xml", "<same/>"));
    uint32_t fi = plain_of(blob_of("Finland/g3-tones.xml", "<same/>"));
    there_and_back(nz, FILE_LOCALE, device(1), CONTENT_MIC);
    there_and_back(fi, FILE_LOCALE, device(1), CONTENT_MIC);

    /* Two certificates with the same issuer and serial number, and two keys. */
    uint32_t twin = cert_in(&content, "pub", "HQ/pub/CallManager/2", KEY_RSA_1024, 1, 0);
    assert_int_not_equal(twin, ccm);
    for (size_t i = 0; i < 2; i++) {
        uint32_t id = itl_of(TL_HASH, i == 0 ? ccm : twin, -1);
        by_another_forge(there_and_back(id, FILE_ITL, device(1), CONTENT_MIC), id, FILE_ITL,
                         device(1), CONTENT_MIC);
    }
}

static void same_seed_same_bytes(void **state)
{
    (void)state;
    uint32_t full = profile_of(FULL);
    const uint32_t ids[] = { itl_of(TL_FULL, ccm, 0x0100), ctl_of(), signed_of(full, ccm, 0),
                             signed_of(full, ccm, CONTENT_MIC) };
    const enum file_kind kinds[] = { FILE_ITL, FILE_CTL, FILE_CNF_SGN, FILE_CNF_ENC };
    struct forge *same = forge_new(&content, SEED, NULL);
    struct forge *other = forge_new(&content, SEED + 1, NULL);
    for (int i = 3; i >= 0; i--) { /* in another order: what was made before makes no difference */
        struct view v;
        ok(forge_bytes(same, ids[i], kinds[i], device(9), &arena, &v, &error));
        assert_true(view_eq(v, bytes_of(ids[i], kinds[i], device(9))));
        ok(forge_bytes(other, ids[i], kinds[i], device(9), &arena, &v, &error));
        assert_false(view_eq(v, bytes_of(ids[i], kinds[i], device(9))));
    }
    /* Each device has its own file, of the same length. */
    struct view a = bytes_of(ids[3], FILE_CNF_ENC, device(9));
    struct view b = bytes_of(ids[3], FILE_CNF_ENC, device(9 + 64));
    assert_int_equal(a.n, b.n);
    assert_false(view_eq(a, b));
    forge_free(same);
    forge_free(other);
}

/* What content was there before, and so every index, makes no difference either. */
static void bytes_follow_from_what_content_says(void **state)
{
    (void)state;
    static const enum file_kind kinds[] = { FILE_ITL, FILE_CNF_SGN, FILE_CNF_ENC, FILE_CNF_ENC };
    struct view first[6];
    for (int round = 0; round < 2; round++) {
        forge_free(forge);
        content_free(&content);
        content_init(&content, &sys_mem);
        if (round == 1)
            content_str(&content, "something that comes before all else");
        fill(&content);
        forge = forge_new(&content, SEED, NULL);
        uint32_t full = profile_of(FULL);
        const uint32_t ids[] = { itl_of(TL_FULL, ccm, -1), signed_of(full, ccm, 0),
                                 signed_of(full, ccm, CONTENT_MIC), signed_of(full, ccm, capf) };
        struct view v[6];
        for (int i = 0; i < 4; i++)
            v[i] = bytes_of(ids[i], kinds[i], device(9));
        v[4] = arena_copy(&arena, forge_phone_cert(forge, device(9), CONTENT_MIC, NULL));
        v[5] = arena_copy(&arena, forge_phone_cert(forge, device(9), capf, NULL));
        for (int i = 0; i < 6 && round == 1; i++)
            assert_true(view_eq(v[i], first[i]));
        memcpy(first, v, sizeof first);
    }
}

/* Nothing comes out, and nothing stays behind. */
static void no_half_files(void **state)
{
    (void)state;
    uint32_t big = cert_in(&content, "big", "HQ/big/1", KEY_RSA_3072, 9, 0);
    uint32_t file = signed_of(profile_of(FULL), big, 0);
    struct ct_envelope env = envelope_by(&content, big, -1);
    uint32_t list = itl_in(&content, TL_FULL, &env);
    struct view v = view_str("as it was");
    for (int i = 0; i < 2; i++) {
        error.text[0] = '\0';
        assert_false(forge_bytes(forge, i == 0 ? file : list, i == 0 ? FILE_CNF_SGN : FILE_ITL,
                                 device(1), &arena, &v, &error));
        assert_string_not_equal(error.text, "");
        assert_true(view_eq(v, view_str("as it was")));
        assert_false(forge_bytes(forge, i == 0 ? file : list, i == 0 ? FILE_CNF_SGN : FILE_ITL,
                                 device(1), &arena, &v, NULL));
        assert_int_equal(forge_length(forge, i == 0 ? file : list, i == 0 ? FILE_CNF_SGN : FILE_ITL,
                                      device(1), NULL),
                         0);
    }
    /* A file of no bytes is one. */
    uint32_t empty = plain_of(blob_of("empty.xml", ""));
    error.text[0] = '\0';
    assert_int_equal(forge_length(forge, empty, FILE_RINGLIST, device(1), &error), 0);
    assert_string_equal(error.text, "");
    ok(forge_bytes(forge, empty, FILE_RINGLIST, device(1), &arena, &v, &error));
    assert_int_equal(v.n, 0);
}

/* ---- certificates of phones ---- */

/* sha1WithRSAEncryption is 1.2.840.113549.1.1.5, sha256WithRSAEncryption ends in 11. */
static bool is_signed_with(struct view der, uint8_t last)
{
    const uint8_t oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, last };
    for (size_t i = 0; i + sizeof oid <= der.n; i++) {
        if (memcmp(der.p + i, oid, sizeof oid) == 0)
            return true;
    }
    return false;
}

/* An LSC is signed as its cluster's CAPF does. */
static void digest_of_lscs(void **state)
{
    (void)state;
    uint32_t old = content_lsc(&content, capf, DIGEST_SHA1, 1, 2000000000);
    uint32_t new = content_lsc(&content, capf, DIGEST_SHA256, 1, 2000000000);
    struct view before = forge_phone_cert(forge, device(70), old, NULL);
    struct view since = forge_phone_cert(forge, device(70), new, NULL);
    assert_true(is_signed_with(before, 5) && !is_signed_with(before, 11));
    assert_true(is_signed_with(since, 11) && !is_signed_with(since, 5));
}

static void phones(void **state)
{
    (void)state;
    uint32_t count = content.count;
    const struct key *mic_key, *lsc_key, *again;
    const struct forge_device *d = device(70);
    struct view mic = forge_phone_cert(forge, d, CONTENT_MIC, &mic_key);
    struct view lsc = forge_phone_cert(forge, d, capf, &lsc_key);
    assert_ptr_not_equal(mic_key, lsc_key);
    assert_ptr_equal(forge_phone_cert(forge, d, 0, &again).p, mic.p);
    assert_ptr_equal(again, mic_key);
    assert_ptr_equal(forge_phone_cert(forge, d, capf, NULL).p, lsc.p);
    assert_true(view_eq(forge_phone_cert_once(forge, d, 0, &again, &arena), mic));
    assert_ptr_equal(again, mic_key);
    assert_true(view_eq(forge_phone_cert_once(forge, d, capf, &again, &arena), lsc));
    assert_ptr_equal(again, lsc_key);
    struct cert c;
    ok(cert_parse(mic, &arena, &c, &error));
    assert_true(view_eq(c.subject, view_str("CN=SEP0011215A0046;O=Cisco Systems")));
    assert_true(view_eq(c.issuer, view_str("CN=Cisco Manufacturing CA;O=Cisco Systems")));
    assert_true(view_eq(c.public, mic_key->public));
    ok(cert_parse(lsc, &arena, &c, &error));
    const struct ct_cert *k = content_get_cert(&content, capf);
    assert_true(view_eq(c.issuer, content_get_text(&content, k->subject)));
    assert_true(cert_signed_by(&c, forge_key(forge, capf)->public, &arena));
    assert_true(view_eq(c.public, lsc_key->public));
    /* The deck has 64 keys; each device has a certificate of its own. */
    struct view other = forge_phone_cert(forge, device(6), CONTENT_MIC, &again);
    assert_ptr_equal(again, mic_key);
    assert_false(view_eq(other, mic));
    assert_int_equal(content.count, count);
    uint32_t ca;
    ok(forge_adopt_cert(forge, foreign(99, "ca", "CN=ca", 1), &ca, &error));
    assert_null(forge_phone_cert(forge, d, ca, NULL).p);
}

/* What another CAPF issued is what came; the key is the one that the phone made for that CAPF. */
static void lsc_of_another_capf(void **state)
{
    (void)state;
    const struct forge_device *d = device(70);
    const struct key *key, *again;
    uint32_t cert;
    (void)forge_phone_cert(forge, d, capf, &key);
    struct cert_spec spec = { .subject = view_str("CN=SEP;O=Somebody"),
                              .issuer = view_str("CN=CAPF-4711;O=Somebody"),
                              .serial = view_str("\x07"),
                              .not_after_s = 1900000000,
                              .key = key,
                              .issuer_key = key,
                              .digest = DIGEST_SHA256 };
    struct view der = cert_make(&spec, &arena);
    assert_true(forge_adopt_cert(forge, der, &cert, NULL));
    uint32_t lsc = content_lsc_of(&content, capf, cert);
    assert_int_equal(content_lsc_issuer(&content, lsc), capf);
    assert_int_equal(content_lsc_issuer(&content, cert), cert);
    assert_int_equal(content_lsc_of(&content, capf, cert), lsc);
    assert_true(view_eq(forge_phone_cert(forge, d, lsc, &again), der));
    assert_ptr_equal(again, key);
    assert_int_equal(content_get_cert(&content, lsc)->not_after_s, 1900000000);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(certificates),
        TEST(digest_of_lscs),
        TEST(strangers_certificates),
        TEST(certificates_that_cannot_be_made),
        TEST(lists),
        TEST(records_on_the_wire),
        TEST(wrong_signatures),
        TEST(signers_without_a_code),
        TEST(plain_and_signed_files),
        TEST(a_configuration_holds_its_own_device),
        TEST(encrypted_files),
        TEST(encrypted_to_an_lsc_over_a_key_from_outside),
        TEST(symmetric_files),
        TEST(lengths_of_many_devices),
        TEST(devices),
        TEST(hints),
        TEST(same_seed_same_bytes),
        TEST(bytes_follow_from_what_content_says),
        TEST(no_half_files),
        TEST(phones),
        TEST(lsc_of_another_capf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
