/* Facts put in by hand, and the site that comes of them: included by the tests of sim/import/site,
 * behind cmocka.h. */
#ifndef CUCMLAB_TESTS_SITE_FIXTURE_H
#define CUCMLAB_TESTS_SITE_FIXTURE_H

#include "sim/base/sys.h"
#include "sim/core/date.h"
#include "sim/crypto/crypto.h"
#include "sim/import/kinds.h"
#include "sim/import/site.h"
#include "sim/wire/tl_make.h"

#include <string.h>

#define TODAY_S INT64_C(1790000000) /* 2026-09-21 */

static struct facts facts;
static struct site site;
static struct keyring *ring;
static struct arena kept; /* of the test */

static int site_begin(void **state)
{
    (void)state;
    facts_init(&facts, &sys_mem);
    site = (struct site){ 0 };
    kept = arena_of(&sys_mem);
    ring = keyring_new(1, NULL);
    return 0;
}

static int site_end(void **state)
{
    (void)state;
    site_free(&site);
    facts_free(&facts);
    keyring_free(ring);
    arena_free(&kept);
    return 0;
}

/* A reading begins; further facts are of it. */
static struct said reading_of(const char *path, enum sure sure, int64_t made_s, uint32_t session)
{
    struct reading r = { .path = path,
                         .kind = "by hand",
                         .sure = (uint8_t)sure,
                         .session = session,
                         .line = 1,
                         .made_s = made_s };
    return (struct said){ .facts = &facts, .reading = facts_begin(&facts, &r), .line = 7 };
}

static void say(struct said *s, enum fact_kind kind, const char *about, const char *about2,
                const char *value)
{
    facts_say_str(s, kind, about, about2, 0, value);
}

static inline void say_nth(struct said *s, enum fact_kind kind, const char *about, uint32_t nth,
                           const char *value)
{
    facts_say_str(s, kind, about, NULL, nth, value);
}

static void make_site(void)
{
    struct err e = { "" };
    bool good = site_of(&facts, NULL, TODAY_S, &site, &e);
    assert_string_equal(e.text, "");
    assert_true(good);
}

/* A self-signed certificate, or one that a CA of that name signed; its SHA-256. */
static const char *cert_by(struct said *s, const char *subject, const char *issuer,
                           const char *serial, int64_t not_before_s, enum key_type type)
{
    const struct key *key = keyring_key(ring, subject, type);
    struct cert_spec spec = { .subject = view_str(subject),
                              .issuer = view_str(issuer),
                              .serial = view_str(serial),
                              .not_before_s = not_before_s,
                              .not_after_s = not_before_s + 157680000,
                              .key = key,
                              .issuer_key = strcmp(subject, issuer) == 0
                                                ? key
                                                : keyring_key(ring, issuer, KEY_EC_P256),
                              .digest = DIGEST_SHA256 };
    char *sha256 = arena_take(&kept, 65);
    assert_true(facts_cert(s, cert_make(&spec, &kept), sha256));
    return sha256;
}

static inline const char *cert_of(struct said *s, const char *subject, const char *serial)
{
    return cert_by(s, subject, subject, serial, 1700000000, KEY_RSA_1024);
}

/* A list with the CallManager record of a node: its SHA-256. */
static inline const char *list_of(struct said *s, const char *file, uint16_t role, struct view der,
                                  uint32_t made_s)
{
    struct cert c;
    struct err e = { "" };
    assert_true(cert_parse(der, &kept, &c, &e));
    struct tl_new_header h = { .version = TL_LIST,
                               .signer_version = -1,
                               .signer_name = view_str("CN=a"),
                               .signer_serial = view_str("\x01"),
                               .signer_issuer = view_str("CN=a"),
                               .digest = 1,
                               .signature_bytes = 64,
                               .file_name = view_str(file),
                               .timestamp = made_s };
    struct tl_new_record r = { .form = TL_FULL,
                               .role = role,
                               .dns = view_str("d"),
                               .subject = c.subject,
                               .issuer = c.issuer,
                               .serial = c.serial,
                               .public = c.public,
                               .signature = c.signature,
                               .certificate = der };
    size_t at;
    uint8_t *bytes = arena_take(&kept, 8192);
    struct wr w = wr_of(bytes, 8192);
    assert_true(tl_write_header(&h, &w, &at, &e));
    assert_true(tl_write_record(&r, &w, &e));
    char *sha256 = arena_take(&kept, 65);
    assert_true(facts_list(s, view_of(bytes, w.n), sha256));
    return sha256;
}

static inline const char *sha1_of(const char *sha256)
{
    char *text = arena_take(&kept, 41);
    uint8_t digest[64];
    size_t n = digest_of(DIGEST_SHA1, &facts_blob(&facts, sha256, true)->bytes, 1, digest);
    for (size_t i = 0; i < n; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return text;
}

static inline const struct site_node *node(const char *name)
{
    for (uint32_t i = 0; i < site.node_count; i++) {
        if (strcmp(site.nodes[i].name, name) == 0)
            return &site.nodes[i];
    }
    fail_msg("no node %s", name);
    return NULL;
}

/* The first claim of that kind whose `what` begins so; NULL: there is none. */
static const struct site_claim *claim_of(enum site_how how, const char *what)
{
    for (uint32_t i = 0; i < site.claim_count; i++) {
        const struct site_claim *c = &site.claims[i];
        if (c->how == how && strncmp(c->what, what, strlen(what)) == 0)
            return c;
    }
    return NULL;
}

static inline const struct site_claim *claim(enum site_how how, const char *what)
{
    const struct site_claim *c = claim_of(how, what);
    if (c == NULL)
        fail_msg("no claim \"%s\"", what);
    return c;
}

static inline const struct site_phone *phone(const char *name)
{
    for (uint32_t i = 0; i < site.phone_count; i++) {
        if (strcmp(site.phones[i].name, name) == 0)
            return &site.phones[i];
    }
    fail_msg("no phone %s", name);
    return NULL;
}

#endif
