/* Content becomes bytes and bytes become the same content; what somebody touched becomes something
 * else, and verifies under no key. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/bytes/cnf_read.h"
#include "sim/bytes/envelope.h"
#include "sim/bytes/forge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SEED 7

static struct content content;
static struct forge *forge;
static struct arena arena;
static struct err error;

/* A cluster's certificates. */
static uint32_t ccm, tvs, capf, recovery, other_tvs;

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

/* ---- content by hand ---- */

static uint32_t key_in(struct content *c, const char *label, enum key_type type)
{
    struct ct_key k = { .label = content_str(c, label), .type = (uint8_t)type };
    return content_key(c, &k);
}

static uint32_t cert_in(struct content *c, const char *cn, const char *label, enum key_type type,
                        uint8_t number, uint32_t issuer)
{
    char subject[128];
    snprintf(subject, sizeof subject, "CN=%s;OU=Voice;O=Lab;L=Bern;ST=BE;C=CH", cn);
    const uint8_t serial[] = { 0x4b, number, 0x11, 0x9a, 0xc0, 0xff, 0xee, 0x01 };
    uint32_t name = content_str(c, subject);
    return content_cert(
        c, (struct ct_cert){ .subject = name,
                             .issuer = issuer != 0 ? content_get_cert(c, issuer)->subject : name,
                             .serial = content_text(c, view_of(serial, sizeof serial)),
                             .key = key_in(c, label, type),
                             .issuer_cert = issuer,
                             .dns = number % 2 != 0 ? content_str(c, "pub.lab.test") : 0,
                             .not_before_s = 1600000000,
                             .not_after_s = 1757679999,
                             .digest = number % 2 != 0 ? DIGEST_SHA256 : DIGEST_SHA1,
                             .ca = number == 4 });
}

static void fill(struct content *c)
{
    ccm = cert_in(c, "pub", "HQ/pub/CallManager/1", KEY_RSA_1024, 1, 0);
    tvs = cert_in(c, "pub-TVS", "HQ/pub/TVS/1", KEY_RSA_2048, 2, 0);
    other_tvs = cert_in(c, "sub-TVS", "HQ/sub/TVS/1", KEY_EC_P256, 3, 0);
    capf = cert_in(c, "CAPF-4711", "HQ/pub/CAPF/1", KEY_RSA_1024, 4, 0);
    recovery = cert_in(c, "ITLRECOVERY_pub", "HQ/ITLRecovery/1", KEY_RSA_2048, 5, 0);
}

static struct ct_envelope envelope_by(struct content *c, uint32_t cert, int16_t version)
{
    const struct ct_cert *k = content_get_cert(c, cert);
    return (struct ct_envelope){ .cert = cert,
                                 .signer = k->signer,
                                 .key = k->key,
                                 .timestamp = 1600000123,
                                 .signer_version = version,
                                 .digest = DIGEST_SHA1 };
}

static struct ct_record record_in(struct content *c, uint16_t role, enum tl_form form,
                                  uint32_t cert, const char *dns, uint32_t ip)
{
    return (struct ct_record){ .role = role,
                               .form = (uint8_t)form,
                               .cert = form == TL_EMPTIED ? 0 : cert,
                               .dns = content_str(c, dns),
                               .ip = ip };
}

/* The records of a node's ITL; `form` is that of TVS and CAPF. */
static uint32_t itl_records(struct content *c, enum tl_form form, struct ct_record out[8])
{
    uint32_t n = 0;
    out[n++] = record_in(c, TL_SAST, TL_FULL, ccm, "pub", 0);
    out[n++] = record_in(c, TL_SAST, TL_FULL, recovery, "pub", 0);
    out[n++] = record_in(c, TL_CCM_TFTP, TL_FULL, ccm, "pub", 0);
    out[n++] = record_in(c, TL_TVS, form, tvs, "pub", 0);
    out[n++] = record_in(c, TL_TVS, form, other_tvs, "sub", 0);
    out[n++] = record_in(c, TL_CAPF, form, capf, " ", 0);
    return n;
}

static uint32_t itl_in(struct content *c, enum tl_form form, const struct ct_envelope *env)
{
    struct ct_record records[8];
    uint32_t n = itl_records(c, form, records);
    return content_list(c, false, env, records, n);
}

static uint32_t itl_of(enum tl_form form, uint32_t signer, int16_t version)
{
    struct ct_envelope env = envelope_by(&content, signer, version);
    return itl_in(&content, form, &env);
}

static uint32_t ctl_of(void)
{
    struct ct_record records[] = {
        record_in(&content, TL_SAST, TL_FULL, recovery, "pub", 0x0a010b0c),
        record_in(&content, TL_CCM_TFTP, TL_FULL, ccm, "pub", 0x0a010b0c),
        record_in(&content, TL_CAPF, TL_TOKEN, capf, "10.1.11.12", 0x0a010b0d),
        record_in(&content, TL_CCM_TFTP, TL_EMPTIED, 0, "sub", 0x0a010b0d),
    };
    struct ct_envelope env = envelope_by(&content, recovery, 0x0101);
    env.digest = DIGEST_SHA512;
    return content_list(&content, true, &env, records, 4);
}

static void profile(struct cnf *c)
{
    cnf_init(c);
    c->protocol = CNF_SIP;
    c->security_mode = CNF_ENCRYPTED;
    ok(cnf_text(c->device_pool, sizeof c->device_pool, "Default & others"));
    ok(cnf_text(c->group, sizeof c->group, "Default"));
    ok(cnf_text(c->load, sizeof c->load, "sip88xx.12-1-1"));
    ok(cnf_text(c->network_locale, sizeof c->network_locale, "New_Zealand"));
    cnf_server_init(&c->servers[0]);
    ok(cnf_text(c->servers[0].name, CNF_NAME, "pub"));
    ok(cnf_text(c->servers[0].address, CNF_NAME, "10.1.11.12"));
    cnf_tvs_init(&c->tvs[0]);
    ok(cnf_text(c->tvs[0].address, CNF_NAME, "10.1.11.12"));
    c->server_count = c->tvs_count = 1;
    c->version_stamp = 1600000000;
}

enum form { FULL, SHORT, DEFAULT };

static uint32_t profile_of(enum form form)
{
    struct cnf c;
    profile(&c);
    if (form == DEFAULT) { /* what such a file holds, and nothing else */
        struct cnf d;
        cnf_init(&d);
        d.is_default = 1;
        d.servers[0] = c.servers[0];
        d.tvs[0] = c.tvs[0];
        d.server_count = d.tvs_count = 1;
        return content_cnf(&content, &d);
    }
    if (form == SHORT) {
        cnf_init(&c);
        c.full_config = 0;
        c.encr_config = 1;
    }
    return content_cnf(&content, &c);
}

static uint32_t blob_of(const char *name, const char *bytes)
{
    return content_blob(&content, content_str(&content, name), view_str(bytes));
}

static uint32_t plain_of(uint32_t payload)
{
    struct ct_file file = { .payload = payload, .envelope = { .signer_version = -1 } };
    return content_file(&content, &file);
}

static uint32_t signed_of(uint32_t payload, uint32_t signer, uint32_t encrypted_to)
{
    struct ct_file file = { .payload = payload,
                            .envelope = envelope_by(&content, signer, -1),
                            .encrypted_to = encrypted_to };
    return content_file(&content, &file);
}

/* ---- the way there and back ---- */

static struct view bytes_of(uint32_t id, enum file_kind kind, const struct forge_device *d)
{
    struct view v;
    ok(forge_bytes(forge, id, kind, d, &arena, &v, &error));
    return v;
}

static uint32_t adopted(struct forge *f, struct view v, enum file_kind kind,
                        const struct forge_device *d, uint32_t lsc)
{
    uint32_t id = 0;
    ok(forge_adopt(f, v, kind, d, lsc, &id, &error));
    assert_true(id != 0 && id < content.count);
    return id;
}

/* Length before bytes, the same bytes twice, the same index back, and nothing new in content. */
static struct view there_and_back(uint32_t id, enum file_kind kind, const struct forge_device *d,
                                  uint32_t lsc)
{
    uint32_t count = content.count;
    uint32_t length = forge_length(forge, id, kind, d, &error);
    struct view v = bytes_of(id, kind, d);
    assert_int_equal(length, v.n);
    assert_true(view_eq(bytes_of(id, kind, d), v));
    assert_int_equal(adopted(forge, v, kind, d, lsc), id);
    assert_int_equal(adopted(forge, v, kind, d, lsc), id);
    assert_int_equal(content.count, count);
    return v;
}

/* The same by a forge that did not make the bytes: everything comes from the file itself. */
static void by_another_forge(struct view v, uint32_t id, enum file_kind kind,
                             const struct forge_device *d, uint32_t lsc)
{
    uint32_t count = content.count;
    struct forge *other = forge_new(&content, SEED, NULL);
    assert_int_equal(adopted(other, v, kind, d, lsc), id);
    assert_int_equal(content.count, count);
    forge_free(other);
}

static const struct forge_device *device(uint32_t number)
{
    static struct forge_device d[8];
    static int next;
    char name[16];
    snprintf(name, sizeof name, "SEP0011215A%04X", number);
    struct forge_device *out = &d[next++ % 8];
    *out = forge_device_of(number, name);
    return out;
}

static int set_up(void **state)
{
    (void)state;
    content_init(&content, &sys_mem);
    arena = arena_of(&sys_mem);
    fill(&content);
    forge = forge_new(&content, SEED, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    forge_free(forge);
    content_free(&content);
    arena_free(&arena);
    return 0;
}

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

/* A certificate as somebody else would make it; `label` in our ring or in his. */
static struct view foreign(uint64_t seed, const char *label, const char *subject, uint8_t serial)
{
    struct keyring *ring = keyring_new(seed, NULL);
    const struct key *k = keyring_key(ring, label, KEY_RSA_1024);
    struct cert_spec spec = { .subject = view_str(subject),
                              .issuer = view_str(subject),
                              .serial = view_of(&serial, 1),
                              .not_before_s = 1500000000,
                              .not_after_s = 1900000000,
                              .key = k,
                              .issuer_key = k,
                              .digest = DIGEST_SHA256 };
    struct view der = cert_make(&spec, &arena);
    keyring_free(ring);
    return der;
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
        "a 3072-bit key cannot sign: the format has no code for a 384-byte signature";
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
            "an EC key cannot sign: the format knows RSA signatures alone");
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
        /* A forge that never saw it: encrypted to nobody it knows, and signed all the same. */
        struct forge *other = forge_new(&content, SEED, NULL);
        uint32_t shut = adopted(other, v, FILE_CNF_ENC, d, to[1 - i]);
        assert_int_equal(content_get_file(&content, shut)->encrypted_to, CONTENT_NOBODY);
        assert_int_equal(content_kind(&content, content_get_file(&content, shut)->payload), CT_CNF);
        assert_true(content_signed_by(&content, shut, ccm));
        assert_int_equal(forge_length(other, shut, FILE_CNF_ENC, d, &error), v.n);
        forge_free(other);
        refused(forge_length(forge, shut, FILE_CNF_ENC, d, &error) != 0,
                "encrypted to a key that nobody knows");
    }
    struct ct_file bare = { .payload = full, .encrypted_to = CONTENT_MIC };
    refused(forge_length(forge, content_file(&content, &bare), FILE_CNF_ENC, device(1), &error) !=
                0,
            "encrypted, but not signed: there is no such format (section 3)");
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

/* ---- certificates of phones ---- */

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

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(certificates),
        TEST(strangers_certificates),
        TEST(certificates_that_cannot_be_made),
        TEST(lists),
        TEST(records_on_the_wire),
        TEST(wrong_signatures),
        TEST(signers_without_a_code),
        TEST(plain_and_signed_files),
        TEST(a_configuration_holds_its_own_device),
        TEST(encrypted_files),
        TEST(lengths_of_many_devices),
        TEST(devices),
        TEST(tampered_files),
        TEST(tampered_plain_files),
        TEST(not_what_was_asked_for),
        TEST(a_strangers_list),
        TEST(a_signer_that_comes_later),
        TEST(files_of_a_peer),
        TEST(hints),
        TEST(same_seed_same_bytes),
        TEST(phones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
