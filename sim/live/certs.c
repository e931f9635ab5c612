#include "sim/live/impl.h"

#include "sim/base/rng.h"

#include <string.h>

/* The wire names a certificate by issuer and serial.  Nothing that a stranger sends is kept: what
 * the lab does not have is not trusted anyway. */

static uint64_t hash_of(struct view issuer, struct view serial)
{
    uint64_t h = rng_mix(rng_hash(rng_hash(0x6365727473ull, issuer), serial) ^ issuer.n);
    return h == 0 ? 1 : h;
}

static void scan(struct live *l)
{
    struct content *c = l->world->content;
    if (l->certs.scanned == 0)
        l->certs.scanned = 1;
    for (; l->certs.scanned < c->count; l->certs.scanned++) {
        uint32_t id = l->certs.scanned;
        if (content_kind(c, id) != CT_CERT)
            continue;
        const struct ct_cert *k = content_get_cert(c, id);
        table_add(&l->certs.index,
                  hash_of(content_get_text(c, k->issuer), content_get_text(c, k->serial)), id);
    }
}

bool certs_next(struct live *l, struct view issuer, struct view serial, uint32_t *at,
                uint32_t *cert)
{
    struct content *c = l->world->content;
    if (*at == 0)
        scan(l);
    while (table_next(&l->certs.index, hash_of(issuer, serial), at, cert)) {
        const struct ct_cert *k = content_get_cert(c, *cert);
        if (view_eq(content_get_text(c, k->issuer), issuer) &&
            view_eq(content_get_text(c, k->serial), serial))
            return true;
    }
    return false;
}

static uint64_t hash_of_der(struct view der)
{
    uint64_t h = rng_hash(0x646572ull, der);
    return h == 0 ? 1 : h;
}

/* One that was found before: the same bytes, so that nothing has to be read again. */
static uint32_t known_der(struct live *l, struct view der)
{
    uint32_t at = 0, cert;
    while (table_next(&l->certs.ders, hash_of_der(der), &at, &cert)) {
        if (view_eq(forge_der(l->options.forge, cert), der))
            return cert;
    }
    return 0;
}

uint32_t certs_of_der(struct live *l, struct view der)
{
    uint32_t known = known_der(l, der);
    if (known != 0)
        return known;
    struct arena a = arena_of(&sys_mem);
    struct cert parsed;
    uint32_t at = 0, cert, found = 0;
    if (cert_parse(der, &a, &parsed, NULL)) {
        while (found == 0 && certs_next(l, parsed.issuer, parsed.serial, &at, &cert))
            if (view_eq(forge_der(l->options.forge, cert), der))
                found = cert;
    }
    arena_free(&a);
    if (found != 0)
        table_add(&l->certs.ders, hash_of_der(der), found);
    return found;
}

/* The next LSC of that CAPF and that time, from *id on; 0: the lab has issued none such. */
static uint32_t next_issued(const struct content *c, uint32_t capf, const struct cert *parsed,
                            uint32_t id)
{
    for (; id < c->count; id++) {
        if (content_kind(c, id) != CT_CERT || id == capf || content_lsc_issuer(c, id) != capf)
            continue;
        const struct ct_cert *k = content_get_cert(c, id);
        if (k->not_before_s == parsed->not_before_s && k->not_after_s == parsed->not_after_s)
            return id;
    }
    return 0;
}

static uint32_t issued(struct live *l, const struct forge_device *device, uint32_t capf,
                       struct view der)
{
    struct arena a = arena_of(&sys_mem);
    struct cert parsed;
    uint32_t lsc = 0;
    if (cert_parse(der, &a, &parsed, NULL))
        lsc = next_issued(l->world->content, capf, &parsed, 1);
    while (lsc != 0 && !view_eq(forge_phone_cert(l->options.forge, device, lsc, NULL), der))
        lsc = next_issued(l->world->content, capf, &parsed, lsc + 1);
    arena_free(&a);
    return lsc;
}

/* What another CAPF issued, over the key that the phone made for it. */
static uint32_t adopted(struct live *l, const struct forge_device *device, uint32_t capf,
                        struct view der)
{
    struct arena a = arena_of(&sys_mem);
    struct cert parsed;
    const struct key *key;
    uint32_t cert = 0;
    (void)forge_phone_cert(l->options.forge, device, capf, &key);
    bool good = cert_parse(der, &a, &parsed, NULL) && view_eq(parsed.public, key->public) &&
                forge_adopt_cert(l->options.forge, der, &cert, NULL);
    arena_free(&a);
    return good ? content_lsc_of(l->world->content, capf, cert) : 0;
}

uint32_t certs_stored(struct live *l, const struct forge_device *device, uint32_t capf,
                      struct view der)
{
    uint32_t lsc = issued(l, device, capf, der);
    return lsc != 0 ? lsc : adopted(l, device, capf, der);
}

/* Whether the common name is that device's, alone or behind its model: "CP-8861-SEP..." (observed;
 * that CallManager compares it with the name that registers is inferred). */
static bool is_of_device(struct view subject, const struct forge_device *device)
{
    struct view name = view_str(device->name), cn = view_of(NULL, 0);
    for (size_t at = 0, end; at < subject.n; at = end + 1) {
        for (end = at; end < subject.n && subject.p[end] != ';'; end++)
            continue;
        struct view part = view_sub(subject, at, end - at);
        if (part.n > 3 && memcmp(part.p, "CN=", 3) == 0)
            cn = view_sub(part, 3, part.n - 3);
    }
    return cn.n >= name.n && view_eq(view_sub(cn, cn.n - name.n, name.n), name) &&
           (cn.n == name.n || cn.p[cn.n - name.n - 1] == '-');
}

uint32_t certs_lsc(struct live *l, const struct forge_device *device, struct view der)
{
    struct content *c = l->world->content;
    struct arena a = arena_of(&sys_mem);
    struct cert parsed, issuer;
    const struct key *key;
    uint32_t found = 0, count = c->count;
    if (der.p == NULL)
        return CONTENT_NOBODY;
    if (view_eq(forge_phone_cert(l->options.forge, device, CONTENT_MIC, &key), der))
        return CONTENT_MIC;
    if (!cert_parse(der, &a, &parsed, NULL) || !is_of_device(parsed.subject, device))
        count = 0;
    for (uint32_t id = 1; id < count && found == 0; id++) {
        if (content_kind(c, id) != CT_CERT ||
            !view_eq(content_get_text(c, content_get_cert(c, id)->subject), parsed.issuer))
            continue;
        if (content_lsc_issuer(c, id) == id &&
            cert_parse(forge_der(l->options.forge, id), &a, &issuer, NULL) &&
            cert_signed_by(&parsed, issuer.public, &a))
            found = id;
    }
    uint32_t lsc = found == 0 ? CONTENT_NOBODY : next_issued(c, found, &parsed, 1);
    arena_free(&a);
    return lsc != 0 ? lsc : found;
}
