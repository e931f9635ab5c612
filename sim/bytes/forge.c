/* The forge itself: keys, certificates, and what is a device's own. */
#include "sim/bytes/forge_impl.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <stdio.h>
#include <string.h>

#define DECK 64 /* keys that all phones share: making one costs a tenth of a second */

/* A MIC is good for longer than any scenario lasts (assumed; real ones end in 2029 or later). */
enum { MIC_FROM_S = 1136073600 /* 2006 */ };
#define MIC_UNTIL_S 3471292799 /* the end of 2079 */

static const char mic_issuer[] = "CN=Cisco Manufacturing CA;O=Cisco Systems";

struct forge *forge_new(struct content *content, uint64_t identity, const char *cache_dir)
{
    struct forge *f = sys_mem.resize(sys_mem.ctx, NULL, sizeof *f);
    *f = (struct forge){ .content = content,
                         .identity = identity,
                         .ring = keyring_new(identity, cache_dir),
                         .arena = arena_of(&sys_mem),
                         .scanned = 1,
                         .by_signer = table_of(&sys_mem),
                         .by_public = table_of(&sys_mem),
                         .certs = table_of(&sys_mem),
                         .by_der = table_of(&sys_mem),
                         .phones = table_of(&sys_mem),
                         .strangers = table_of(&sys_mem),
                         .kept = table_of(&sys_mem),
                         .lengths = table_of(&sys_mem),
                         .hints = table_of(&sys_mem),
                         .adopted = table_of(&sys_mem),
                         .verified = table_of(&sys_mem) };
    return f;
}

void forge_free(struct forge *f)
{
    if (f == NULL)
        return;
    struct table *const tables[] = { &f->by_signer, &f->by_public, &f->certs,   &f->by_der,
                                     &f->phones,    &f->strangers, &f->kept,    &f->lengths,
                                     &f->hints,     &f->adopted,   &f->verified };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        table_free(tables[i]);
    for (int t = 0; t < KEY_TYPES; t++)
        sys_mem.resize(sys_mem.ctx, f->pending[t].keys, 0);
    sys_mem.resize(sys_mem.ctx, f->made, 0);
    sys_mem.resize(sys_mem.ctx, f->phone, 0);
    sys_mem.resize(sys_mem.ctx, f->stranger, 0);
    sys_mem.resize(sys_mem.ctx, f->files, 0);
    sys_mem.resize(sys_mem.ctx, f->undo, 0);
    keyring_free(f->ring);
    arena_free(&f->arena);
    sys_mem.resize(sys_mem.ctx, f, 0);
}

uint64_t forge_hash(uint64_t h, struct view v)
{
    h = rng_hash(h, v);
    return h == 0 ? 1 : h;
}

/* ---- keys ---- */

uint32_t forge_keys_made(const struct forge *f)
{
    return keyring_made(f->ring);
}

bool forge_is_ours(const struct forge *f, uint32_t key, enum key_type *type)
{
    if (key == 0)
        return false;
    const struct ct_key *k = content_get_key(f->content, key);
    if (k->label == 0 || k->type >= KEY_TYPES)
        return false;
    *type = (enum key_type)k->type;
    return true;
}

const struct key *forge_private(struct forge *f, uint32_t key)
{
    enum key_type type;
    if (!forge_is_ours(f, key, &type))
        return NULL;
    uint32_t label = content_get_key(f->content, key)->label;
    return keyring_key(f->ring, content_get_str(f->content, label), type);
}

struct view forge_public(struct forge *f, uint32_t key)
{
    const struct key *k = forge_private(f, key);
    if (k != NULL)
        return k->public;
    return content_get_text(f->content, key == 0 ? 0 : content_get_key(f->content, key)->public);
}

const struct key *forge_key(struct forge *f, uint32_t cert)
{
    return forge_private(f, content_get_cert(f->content, cert)->key);
}

struct view forge_csr(struct forge *f, const struct forge_request *r, struct arena *a)
{
    const struct key *key = forge_private(f, r->key);
    if (key == NULL)
        return view_of(NULL, 0);
    struct cert_spec spec = { .subject = content_get_text(f->content, r->subject),
                              .dns_name = content_get_text(f->content, r->dns),
                              .key = key,
                              .digest = DIGEST_SHA256,
                              .ca = r->ca,
                              .ipsec = r->ipsec };
    return cert_request(&spec, a);
}

/* ---- certificates ---- */

static void set_der(struct forge *f, struct forge_cert *c, uint32_t cert, struct view der)
{
    struct arena scratch = arena_of(&sys_mem);
    struct cert parsed;
    c->der = der;
    if (cert_parse(der, &scratch, &parsed, NULL))
        c->signature = arena_copy(&f->arena, parsed.signature);
    arena_free(&scratch);
    forge_add(f, &f->by_der, forge_hash(0, der), cert);
}

static uint32_t issuer_key_of(const struct forge *f, const struct ct_cert *k)
{
    return k->issuer_cert == 0 ? k->key : content_get_cert(f->content, k->issuer_cert)->key;
}

/* All but the keys. */
static struct cert_spec spec_of(const struct forge *f, const struct ct_cert *k)
{
    return (struct cert_spec){ .subject = content_get_text(f->content, k->subject),
                               .issuer = content_get_text(f->content, k->issuer),
                               .serial = content_get_text(f->content, k->serial),
                               .not_before_s = k->not_before_s,
                               .not_after_s = k->not_after_s,
                               .digest = (enum digest)k->digest,
                               .ca = k->ca && !k->unmarked,
                               .ipsec = k->ipsec,
                               .dns_name = content_get_text(f->content, k->dns) };
}

/* Nothing happens where a private key that it takes is not ours. */
static void make_der(struct forge *f, struct forge_cert *c, uint32_t cert, const struct ct_cert *k)
{
    struct cert_spec spec = spec_of(f, k);
    spec.key = forge_private(f, k->key);
    spec.issuer_key = forge_private(f, issuer_key_of(f, k));
    if (spec.key == NULL || spec.issuer_key == NULL)
        return;
    c->der = cert_make(&spec, &f->arena);
    size_t n = key_info[spec.issuer_key->type].signature_n; /* it stands at the end */
    c->signature = view_sub(c->der, c->der.n - n, n);
    forge_add(f, &f->by_der, forge_hash(0, c->der), cert);
}

struct forge_cert *forge_cert(struct forge *f, uint32_t cert)
{
    const uint32_t *at = table_get(&f->certs, forge_id(cert));
    if (at != NULL)
        return f->made[*at];
    const struct ct_cert *k = content_get_cert(f->content, cert);
    struct forge_cert *c = arena_take(&f->arena, sizeof *c);
    struct view came = content_get_text(f->content, k->der);
    if (k->der == 0)
        make_der(f, c, cert, k);
    else if (came.n > FORGE_HASH_MAX)
        set_der(f, c, cert, came);
    mem_reserve(&sys_mem, (void **)&f->made, &f->made_cap, (size_t)f->made_count + 1,
                sizeof *f->made);
    forge_put(f, &f->certs, forge_id(cert), f->made_count);
    f->made[f->made_count++] = c;
    return c;
}

static bool is_same_key(const struct forge *f, uint32_t a, uint32_t b)
{
    const struct ct_key *x = content_get_key(f->content, a), *y = content_get_key(f->content, b);
    return x->label == y->label && x->type == y->type;
}

/* Views over nothing, of the lengths that make_der() would give. */
static bool measure_der(const struct forge *f, const struct ct_cert *k, struct forge_parts *out)
{
    static const uint8_t there[1];
    uint32_t issuer_key = issuer_key_of(f, k);
    enum key_type type, issuer_type;
    if (!forge_is_ours(f, k->key, &type) || !forge_is_ours(f, issuer_key, &issuer_type))
        return false;
    struct key key = key_stand_in(type), issuer = key_stand_in(issuer_type);
    struct cert_spec spec = spec_of(f, k);
    spec.key = &key;
    spec.issuer_key = is_same_key(f, issuer_key, k->key) ? &key : &issuer;
    out->der = view_of(there, cert_length(&spec));
    out->signature = view_of(there, key_info[issuer_type].signature_n);
    return true;
}

static struct view measure_public(struct forge *f, uint32_t key)
{
    static const uint8_t there[1];
    enum key_type type;
    return forge_is_ours(f, key, &type) ? view_of(there, key_info[type].public_n)
                                        : forge_public(f, key);
}

bool forge_cert_parts(struct forge *f, uint32_t cert, bool measure, struct forge_parts *out)
{
    const struct ct_cert *k = content_get_cert(f->content, cert);
    out->public = measure ? measure_public(f, k->key) : forge_public(f, k->key);
    if (measure && k->der == 0)
        return measure_der(f, k, out);
    const struct forge_cert *c = forge_cert(f, cert);
    out->der = c->der;
    out->signature = c->signature;
    return c->der.p != NULL;
}

size_t forge_der_length(struct forge *f, uint32_t cert)
{
    struct forge_parts parts;
    return forge_cert_parts(f, cert, true, &parts) ? parts.der.n : 0;
}

void forge_cert_arrived(struct forge *f, uint32_t cert, struct view der)
{
    struct forge_cert *c = forge_cert(f, cert);
    CHECK(c->der.p == NULL);
    forge_note_arrival(f, *table_get(&f->certs, forge_id(cert)));
    set_der(f, c, cert, arena_copy(&f->arena, der));
}

struct view forge_der(struct forge *f, uint32_t cert)
{
    return forge_cert(f, cert)->der;
}

/* ---- devices ---- */

/* By hand: it is done for each request of a file, and printf() would be most of that. */
static void put_uuid(const uint8_t b[16], struct wr *w)
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            wr_u8(w, '-');
        wr_u8(w, (uint8_t)digits[b[i] >> 4]);
        wr_u8(w, (uint8_t)digits[b[i] & 15]);
    }
}

struct forge_device forge_device_of(uint32_t number, const char *name)
{
    struct forge_device d = { .number = number };
    CHECK(strlen(name) < sizeof d.name);
    memcpy(d.name, name, strlen(name));
    for (uint32_t i = 8, left = number % 100000000u; i-- > 0; left /= 10)
        d.line[i] = (char)('0' + left % 10);
    struct rng r = rng_of(0, "device", number);
    uint8_t b[16];
    rng_bytes(&r, b, sizeof b);
    b[6] = (b[6] & 0x0f) | 0x40; /* version 4, as CUCM's own */
    b[8] = (b[8] & 0x3f) | 0x80;
    struct wr w = wr_of(d.uuid, sizeof d.uuid);
    put_uuid(b, &w);
    CHECK(w.n == 36);
    return d;
}

static uint8_t nibble(char digit)
{
    return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'A' + 10);
}

bool forge_symmetric(const struct forge *f, uint32_t id, uint8_t key[ENVELOPE_SYMMETRIC])
{
    char digits[SYMMETRIC_DIGITS + 1];
    if (id == 0 || id == CONTENT_MIC || id == CONTENT_NOBODY ||
        content_kind(f->content, id) != CT_KEY || !content_symmetric_digits(f->content, id, digits))
        return false;
    for (size_t i = 0; i < ENVELOPE_SYMMETRIC; i++)
        key[i] = (uint8_t)(nibble(digits[2 * i]) << 4 | nibble(digits[2 * i + 1]));
    return true;
}

/* A phone makes a new key for an LSC (documented), so that each CAPF shifts the deck by another
 * number, never by 0: what is encrypted to a MIC does not open with an LSC. */
static uint32_t deck_shift(struct forge *f, uint32_t lsc)
{
    if (lsc == 0 || lsc == CONTENT_MIC)
        return 0;
    const struct ct_cert *capf = content_get_cert(f->content, content_lsc_issuer(f->content, lsc));
    uint64_t h = rng_hash(0, content_get_text(f->content, capf->subject));
    h = rng_hash(h, content_get_text(f->content, capf->serial));
    return 1 + (uint32_t)(h % (DECK - 1));
}

const struct key *forge_phone_key(struct forge *f, const struct forge_device *device, uint32_t lsc)
{
    char label[32];
    snprintf(label, sizeof label, "phone deck %u",
             (unsigned)((device->number % DECK + deck_shift(f, lsc)) % DECK));
    return keyring_key(f->ring, label, KEY_RSA_2048);
}

struct view forge_phone_cert_for(struct forge *f, const struct forge_device *device, uint32_t lsc,
                                 const struct key *key, struct arena *a)
{
    char subject[64];
    snprintf(subject, sizeof subject, "CN=%s;O=Cisco Systems", device->name);
    uint32_t capf_cert = lsc == CONTENT_MIC ? 0 : content_lsc_issuer(f->content, lsc);
    uint64_t issuer = lsc == CONTENT_MIC ? lsc : content_meaning(f->content, capf_cert);
    if (lsc != CONTENT_MIC && capf_cert != lsc && content_get_cert(f->content, lsc)->der != 0)
        return forge_der(f, lsc); /* another CAPF's, which came in as bytes */
    if (key->pkey == NULL) /* a stranger's: another certificate, and so another serial number */
        issuer = rng_mix(rng_hash(issuer, key->public));
    struct rng r = rng_of(f->identity, device->name, issuer);
    uint8_t serial[8];
    rng_bytes(&r, serial, sizeof serial);
    serial[0] = (serial[0] & 0x3f) | 0x40; /* positive, and always of 8 bytes */
    struct cert_spec spec = { .subject = view_str(subject),
                              .serial = view_of(serial, sizeof serial),
                              .key = key,
                              .digest = DIGEST_SHA256 };
    if (lsc == CONTENT_MIC) {
        spec.issuer = view_str(mic_issuer);
        spec.issuer_key = keyring_key(f->ring, "Cisco Manufacturing CA", KEY_RSA_2048);
        spec.not_before_s = MIC_FROM_S;
        spec.not_after_s = MIC_UNTIL_S;
    } else {
        const struct ct_cert *capf = content_get_cert(f->content, capf_cert),
                             *own = content_get_cert(f->content, lsc);
        spec.issuer = content_get_text(f->content, capf->subject);
        spec.issuer_key = forge_private(f, capf->key);
        spec.not_before_s = own->not_before_s;
        spec.not_after_s = own->not_after_s;
        spec.digest = (enum digest)own->digest;
    }
    return spec.issuer_key == NULL ? view_of(NULL, 0) : cert_make(&spec, a);
}

struct view forge_phone_cert_once(struct forge *f, const struct forge_device *device, uint32_t lsc,
                                  const struct key **key, struct arena *a)
{
    uint32_t issuer = lsc == 0 ? CONTENT_MIC : lsc;
    *key = forge_phone_key(f, device, issuer);
    return forge_phone_cert_for(f, device, issuer, *key, a);
}

struct view forge_phone_cert(struct forge *f, const struct forge_device *device, uint32_t lsc,
                             const struct key **key)
{
    uint32_t issuer = lsc == 0 ? CONTENT_MIC : lsc;
    const struct key *own = forge_phone_key(f, device, issuer);
    if (key != NULL)
        *key = own;
    uint64_t h = forge_hash((uint64_t)device->number << 32 | issuer, view_str(device->name));
    uint32_t at = 0, index;
    while (table_next(&f->phones, h, &at, &index)) {
        const struct forge_phone *p = f->phone[index];
        if (p->number == device->number && p->lsc == issuer && strcmp(p->name, device->name) == 0)
            return p->der;
    }
    struct forge_phone *p = arena_take(&f->arena, sizeof *p);
    memcpy(p->name, device->name, sizeof p->name);
    p->number = device->number;
    p->lsc = issuer;
    p->der = forge_phone_cert_for(f, device, issuer, own, &f->arena);
    mem_reserve(&sys_mem, (void **)&f->phone, &f->phone_cap, (size_t)f->phone_count + 1,
                sizeof *f->phone);
    forge_add(f, &f->phones, h, f->phone_count);
    f->phone[f->phone_count++] = p;
    return p->der;
}
