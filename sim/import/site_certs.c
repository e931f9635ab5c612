/* Certificates that have bytes: what they say of themselves. */
#include "sim/import/site_impl.h"

#include "sim/base/check.h"

#include <stdio.h>
#include <string.h>

#define EXTRA_MOST 1000 /* certificates that only lists hold */

static const char *hex_of(struct arena *a, struct view bytes)
{
    char *text = arena_take(a, 2 * bytes.n + 1);
    for (size_t i = 0; i < bytes.n; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", bytes.p[i]);
    return text;
}

static bool add(struct site_work *w, const struct facts_blob *b)
{
    struct site *s = w->site;
    struct arena *a = &s->arena;
    struct cert c;
    if (!cert_parse(b->bytes, a, &c, NULL))
        return false;
    mem_reserve(w->mem, (void **)&w->certs, &w->cert_cap, (size_t)s->cert_count + 1,
                sizeof *w->certs);
    mem_reserve(w->mem, (void **)&s->certs, &s->cert_cap, (size_t)s->cert_count + 1,
                sizeof *s->certs);
    w->certs[s->cert_count] = c;
    s->certs[s->cert_count++] = (struct site_cert){ .sha256 = b->sha256,
                                                    .subject = arena_text(a, c.subject),
                                                    .issuer = arena_text(a, c.issuer),
                                                    .serial = hex_of(a, c.serial),
                                                    .not_before_s = c.not_before_s,
                                                    .not_after_s = c.not_after_s,
                                                    .bits = c.bits,
                                                    .rsa = c.rsa };
    return true;
}

void certs_read(struct site_work *w)
{
    for (uint32_t i = 0; i < w->facts->cert_count; i++)
        CHECK(add(w, &w->facts->certs[i])); /* facts_cert() took no other */
}

/* By its place in facts.certs or behind them; SITE_NONE. */
static uint32_t place_of(const struct site *s, const char *sha256)
{
    const struct facts_blob *b = facts_blob(s->facts, sha256, false);
    if (b != NULL)
        return (uint32_t)(b - s->facts->certs);
    for (uint32_t i = 0; i < s->extra_count; i++) {
        if (strcmp(s->extra[i].sha256, sha256) == 0)
            return s->facts->cert_count + i;
    }
    return SITE_NONE;
}

const char *certs_extra(struct site_work *w, struct view der)
{
    struct site *s = w->site;
    uint8_t digest[64];
    size_t n = digest_of(DIGEST_SHA256, &der, 1, digest);
    const char *sha256 = hex_of(&s->arena, view_of(digest, n));
    if (place_of(s, sha256) != SITE_NONE)
        return sha256;
    if (s->extra_count == EXTRA_MOST)
        return NULL;
    mem_reserve(w->mem, (void **)&s->extra, &s->extra_cap, (size_t)s->extra_count + 1,
                sizeof *s->extra);
    struct facts_blob *b = &s->extra[s->extra_count];
    memcpy(b->sha256, sha256, sizeof b->sha256);
    b->bytes = der;
    if (!add(w, b))
        return NULL;
    s->certs[s->cert_count - 1].sha256 = sha256; /* `extra` may move */
    s->extra_count++;
    return sha256;
}

const struct cert *work_cert(const struct site_work *w, const char *sha256)
{
    uint32_t at = place_of(w->site, sha256);
    return at == SITE_NONE ? NULL : &w->certs[at];
}

const struct site_cert *site_cert_of(const struct site *s, const char *sha256)
{
    uint32_t at = place_of(s, sha256);
    return at == SITE_NONE ? NULL : &s->certs[at];
}

const struct facts_blob *site_blob(const struct site *s, const char *sha256, bool list)
{
    if (list)
        return facts_blob(s->facts, sha256, true);
    uint32_t at = place_of(s, sha256), known = s->facts->cert_count;
    return at == SITE_NONE ? NULL : at < known ? &s->facts->certs[at] : &s->extra[at - known];
}
