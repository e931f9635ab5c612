/* What the tests of the forge share: a cluster's certificates and lists, configurations and blobs,
 * made by hand as content, and the way to bytes and back.  Included by test_forge*.c alone. */
#ifndef CUCMLAB_TESTS_FORGE_FIXTURE_H
#define CUCMLAB_TESTS_FORGE_FIXTURE_H

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

static inline void ok(bool result)
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

static inline uint32_t key_in(struct content *c, const char *label, enum key_type type)
{
    struct ct_key k = { .label = content_str(c, label), .type = (uint8_t)type };
    return content_key(c, &k);
}

static inline uint32_t cert_in(struct content *c, const char *cn, const char *label,
                               enum key_type type, uint8_t number, uint32_t issuer)
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

static inline void fill(struct content *c)
{
    ccm = cert_in(c, "pub", "HQ/pub/CallManager/1", KEY_RSA_1024, 1, 0);
    tvs = cert_in(c, "pub-TVS", "HQ/pub/TVS/1", KEY_RSA_2048, 2, 0);
    other_tvs = cert_in(c, "sub-TVS", "HQ/sub/TVS/1", KEY_EC_P256, 3, 0);
    capf = cert_in(c, "CAPF-4711", "HQ/pub/CAPF/1", KEY_RSA_1024, 4, 0);
    recovery = cert_in(c, "ITLRECOVERY_pub", "HQ/ITLRecovery/1", KEY_RSA_2048, 5, 0);
}

static inline struct ct_envelope envelope_by(struct content *c, uint32_t cert, int16_t version)
{
    const struct ct_cert *k = content_get_cert(c, cert);
    return (struct ct_envelope){ .cert = cert,
                                 .signer = k->signer,
                                 .key = k->key,
                                 .timestamp = 1600000123,
                                 .signer_version = version,
                                 .digest = DIGEST_SHA1 };
}

static inline struct ct_record record_in(struct content *c, uint16_t role, enum tl_form form,
                                         uint32_t cert, const char *dns, uint32_t ip)
{
    return (struct ct_record){ .role = role,
                               .form = (uint8_t)form,
                               .cert = form == TL_EMPTIED ? 0 : cert,
                               .dns = content_str(c, dns),
                               .ip = ip };
}

/* The records of a node's ITL; `form` is that of TVS and CAPF. */
static inline uint32_t itl_records(struct content *c, enum tl_form form, struct ct_record out[8])
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

static inline uint32_t itl_in(struct content *c, enum tl_form form, const struct ct_envelope *env)
{
    struct ct_record records[8];
    uint32_t n = itl_records(c, form, records);
    return content_list(c, false, env, records, n);
}

static inline uint32_t itl_of(enum tl_form form, uint32_t signer, int16_t version)
{
    struct ct_envelope env = envelope_by(&content, signer, version);
    return itl_in(&content, form, &env);
}

static inline uint32_t ctl_of(void)
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

static inline void profile(struct cnf *c)
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

static inline uint32_t profile_of(enum form form)
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

static inline uint32_t blob_of(const char *name, const char *bytes)
{
    return content_blob(&content, content_str(&content, name), view_str(bytes));
}

static inline uint32_t plain_of(uint32_t payload)
{
    struct ct_file file = { .payload = payload, .envelope = { .signer_version = -1 } };
    return content_file(&content, &file);
}

static inline uint32_t signed_of(uint32_t payload, uint32_t signer, uint32_t encrypted_to)
{
    struct ct_file file = { .payload = payload,
                            .envelope = envelope_by(&content, signer, -1),
                            .encrypted_to = encrypted_to };
    return content_file(&content, &file);
}

/* ---- the way there and back ---- */

static inline struct view bytes_of(uint32_t id, enum file_kind kind, const struct forge_device *d)
{
    struct view v;
    ok(forge_bytes(forge, id, kind, d, &arena, &v, &error));
    return v;
}

static inline uint32_t adopted(struct forge *f, struct view v, enum file_kind kind,
                               const struct forge_device *d, uint32_t lsc)
{
    uint32_t id = 0;
    ok(forge_adopt(f, v, kind, d, lsc, &id, &error));
    assert_true(id != 0 && id < content.count);
    return id;
}

/* Length before bytes, the same bytes twice, the same index back, and nothing new in content. */
static inline struct view there_and_back(uint32_t id, enum file_kind kind,
                                         const struct forge_device *d, uint32_t lsc)
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
static inline void by_another_forge(struct view v, uint32_t id, enum file_kind kind,
                                    const struct forge_device *d, uint32_t lsc)
{
    uint32_t count = content.count;
    struct forge *other = forge_new(&content, SEED, NULL);
    assert_int_equal(adopted(other, v, kind, d, lsc), id);
    assert_int_equal(content.count, count);
    forge_free(other);
}

static inline const struct forge_device *device(uint32_t number)
{
    static struct forge_device d[8];
    static int next;
    char name[16];
    snprintf(name, sizeof name, "SEP0011215A%04X", number);
    struct forge_device *out = &d[next++ % 8];
    *out = forge_device_of(number, name);
    return out;
}

static inline int set_up(void **state)
{
    (void)state;
    content_init(&content, &sys_mem);
    arena = arena_of(&sys_mem);
    fill(&content);
    forge = forge_new(&content, SEED, NULL);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    forge_free(forge);
    content_free(&content);
    arena_free(&arena);
    return 0;
}

/* A certificate as somebody else would make it; `label` in our ring or in his. */
static inline struct view foreign(uint64_t seed, const char *label, const char *subject,
                                  uint8_t serial)
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

#endif
