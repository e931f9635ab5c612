/* Which certificate is this?  Those that content has already are found by their names and then
 * compared byte for byte; a stranger's becomes new content. */
#include "sim/bytes/forge_impl.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <string.h>

static struct view text(const struct forge *f, uint32_t id)
{
    return content_get_text(f->content, id);
}

/* ---- indices over content ---- */

static uint64_t signer_hash(struct view issuer, struct view serial)
{
    return forge_hash(rng_hash(1, issuer), serial);
}

static void note_key(struct forge *f, uint32_t key)
{
    const struct ct_key *k = content_get_key(f->content, key);
    enum key_type type;
    if (!forge_is_ours(f, key, &type)) {
        if (k->public != 0)
            forge_add(f, &f->by_public, forge_hash(2, text(f, k->public)), key);
        return;
    }
    struct forge_pending *p = &f->pending[type];
    mem_reserve(&sys_mem, (void **)&p->keys, &p->cap, (size_t)p->count + 1, sizeof *p->keys);
    p->keys[p->count++] = key;
}

/* Takes what was added to content since the last time. */
static void scan(struct forge *f)
{
    for (; f->scanned < f->content->count; f->scanned++) {
        enum ct_kind kind = content_kind(f->content, f->scanned);
        if (kind == CT_KEY)
            note_key(f, f->scanned);
        if (kind != CT_CERT)
            continue;
        const struct ct_cert *k = content_get_cert(f->content, f->scanned);
        forge_add(f, &f->by_signer, signer_hash(text(f, k->issuer), text(f, k->serial)),
                  f->scanned);
    }
}

bool forge_named(struct forge *f, struct view issuer, struct view serial, uint32_t *at,
                 uint32_t *cert)
{
    scan(f);
    while (table_next(&f->by_signer, signer_hash(issuer, serial), at, cert)) {
        const struct ct_cert *k = content_get_cert(f->content, *cert);
        if (view_eq(text(f, k->issuer), issuer) && view_eq(text(f, k->serial), serial))
            return true;
    }
    return false;
}

/* ---- keys ---- */

/* Our keys of the type that this public half could be of: all of them are made, so that the answer
 * does not depend on which were needed before. */
static void make_pending(struct forge *f, struct view public)
{
    for (int t = 0; t < KEY_TYPES; t++) {
        if (key_info[t].public_n != public.n)
            continue;
        struct forge_pending *p = &f->pending[t];
        for (; p->done < p->count; p->done++)
            forge_add(f, &f->by_public, forge_hash(2, forge_public(f, p->keys[p->done])),
                      p->keys[p->done]);
    }
}

static uint32_t key_of(struct forge *f, struct view public)
{
    if (public.n == 0)
        return 0;
    scan(f);
    make_pending(f, public);
    uint32_t at = 0, key;
    while (table_next(&f->by_public, forge_hash(2, public), &at, &key))
        if (view_eq(forge_public(f, key), public))
            return key;
    struct ct_key stranger = { .public = content_text(f->content, public), .type = KEY_NONE };
    return content_key(f->content, &stranger);
}

/* ---- what came in: a certificate, a record ---- */

struct told {
    struct view subject, issuer, serial; /* present, if empty */
    struct view public;
    struct view der, hash; /* either may be absent */
    int64_t not_before_s, not_after_s;
};

static struct view present(struct view v)
{
    return v.p != NULL ? v : view_str("");
}

static bool hash_is_of(struct view hash, struct view der)
{
    uint8_t out[64];
    for (enum digest d = DIGEST_SHA1; d <= DIGEST_SHA512; d++)
        if (hash.n == digest_size(d))
            return view_eq(view_of(out, digest_of(d, &der, 1, out)), hash);
    return false;
}

/* The hash that stands for a certificate not seen yet; absent where it was seen or is ours. */
static struct view hash_only(struct forge *f, uint32_t cert)
{
    const struct ct_cert *k = content_get_cert(f->content, cert);
    bool known = k->der == 0 || forge_cert(f, cert)->der.p != NULL;
    return known ? view_of(NULL, 0) : text(f, k->der);
}

static bool same(struct forge *f, uint32_t cert, const struct told *t)
{
    const struct ct_cert *k = content_get_cert(f->content, cert);
    if (!view_eq(text(f, k->subject), t->subject) || !view_eq(forge_public(f, k->key), t->public))
        return false;
    struct view der = forge_cert(f, cert)->der, hash = hash_only(f, cert);
    if (t->der.p != NULL)
        return der.p != NULL ? view_eq(der, t->der) : hash.p != NULL && hash_is_of(hash, t->der);
    return der.p != NULL ? hash_is_of(t->hash, der) : view_eq(hash, t->hash);
}

static uint32_t find(struct forge *f, const struct told *t)
{
    uint32_t at = 0, cert;
    while (forge_named(f, t->issuer, t->serial, &at, &cert)) {
        if (!same(f, cert, t))
            continue;
        if (t->der.p != NULL && forge_cert(f, cert)->der.p == NULL)
            forge_cert_arrived(f, cert, t->der);
        return cert;
    }
    return 0;
}

static uint32_t find_or_add(struct forge *f, const struct told *t)
{
    uint32_t cert = find(f, t);
    if (cert != 0)
        return cert;
    struct content *c = f->content;
    return content_cert(
        c, (struct ct_cert){ .subject = content_text(c, t->subject),
                             .issuer = content_text(c, t->issuer),
                             .serial = content_text(c, t->serial),
                             .key = key_of(f, t->public),
                             .not_before_s = t->not_before_s,
                             .not_after_s = t->not_after_s,
                             .der = content_text(c, t->der.p != NULL ? t->der : t->hash) });
}

/* Ours, whose names may be written in a way that a parser does not give back. */
static uint32_t made_as(struct forge *f, struct view der)
{
    uint32_t at = 0, cert;
    while (table_next(&f->by_der, forge_hash(0, der), &at, &cert))
        if (content_get_cert(f->content, cert)->der == 0 && view_eq(forge_der(f, cert), der))
            return cert;
    return 0;
}

static struct told told_by(const struct cert *parsed)
{
    return (struct told){ .subject = parsed->subject,
                          .issuer = parsed->issuer,
                          .serial = present(parsed->serial),
                          .public = parsed->public,
                          .der = parsed->der,
                          .not_before_s = parsed->not_before_s,
                          .not_after_s = parsed->not_after_s };
}

bool forge_adopt_cert(struct forge *f, struct view der, uint32_t *cert, struct err *e)
{
    uint32_t ours = made_as(f, der);
    if (ours != 0) {
        *cert = ours;
        return true;
    }
    struct arena scratch = arena_of(&sys_mem);
    struct cert parsed;
    bool ok = cert_parse(der, &scratch, &parsed, e);
    if (ok) {
        struct told t = told_by(&parsed);
        *cert = find_or_add(f, &t);
    }
    arena_free(&scratch);
    return ok;
}

/* A phone goes by the names and the key in the record, so they come before the certificate's own
 * (which a cluster writes alike). */
uint32_t forge_cert_of(struct forge *f, const struct tl_record *r)
{
    if (r->certificate.p == NULL && r->hash.p == NULL)
        return 0;
    struct arena scratch = arena_of(&sys_mem);
    struct cert parsed;
    struct told t = { .der = view_of(NULL, 0) };
    uint8_t digest[64];
    if (r->certificate.p != NULL && cert_parse(r->certificate, &scratch, &parsed, NULL))
        t = told_by(&parsed);
    else if (r->certificate.n > FORGE_HASH_MAX)
        t.der = r->certificate;
    else if (r->certificate.p != NULL) /* too short for one: it matches nothing */
        t.hash = r->certificate;
    else if (r->hash.n <= FORGE_HASH_MAX)
        t.hash = r->hash;
    else
        t.hash = view_of(digest, digest_of(DIGEST_SHA512, &r->hash, 1, digest));
    t.subject = present(r->subject.p != NULL ? r->subject : t.subject);
    t.issuer = present(r->issuer.p != NULL ? r->issuer : t.issuer);
    t.serial = present(r->serial.p != NULL ? r->serial : t.serial);
    if (r->public.n != 0)
        t.public = r->public;
    uint32_t cert = find_or_add(f, &t);
    arena_free(&scratch);
    return cert;
}

uint32_t forge_cert_unknown(struct forge *f, const struct tl_header *h)
{
    struct content *c = f->content;
    return content_cert(c,
                        (struct ct_cert){ .subject = content_text(c, present(h->signer_name)),
                                          .issuer = content_text(c, present(h->signer_issuer)),
                                          .serial = content_text(c, present(h->signer_serial)) });
}
