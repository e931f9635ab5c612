/* Foreign certificates: which of them have stand-ins, and what becomes of lists that hold them. */
#include "sim/bytes/foreign.h"
#include "sim/bytes/forge_impl.h"

#include "sim/base/sys.h"

#include <stdio.h>
#include <string.h>

struct foreign_cert {
    struct cert parsed; /* views into the arena */
    uint8_t type;       /* enum key_type: what its key is, or what stands in for it */
    bool exact;         /* its key is of that type to the byte */
    bool stand_in;      /* ... as content has it */
    bool asked;         /* its content is being made */
    uint32_t cert;      /* CT_CERT; 0: nobody asked for it yet */
};

struct foreign {
    struct forge *forge;
    bool stand_ins;
    struct arena arena;
    struct foreign_cert *certs;
    uint32_t count, cap;
    struct table by_hash; /* hash of a digest of the DER, of each size -> number */
};

struct foreign *foreign_new(struct forge *forge, bool stand_ins)
{
    struct foreign *x = mem_take(&sys_mem, sizeof *x);
    *x = (struct foreign){ .forge = forge,
                           .stand_ins = stand_ins,
                           .arena = arena_of(&sys_mem),
                           .by_hash = table_of(&sys_mem) };
    return x;
}

void foreign_free(struct foreign *x)
{
    if (x == NULL)
        return;
    table_free(&x->by_hash);
    mem_free(&sys_mem, x->certs);
    arena_free(&x->arena);
    mem_free(&sys_mem, x);
}

/* ---- taking certificates in ---- */

static const enum digest digests[] = { DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512 };
#define DIGESTS (sizeof digests / sizeof digests[0])

static struct view digest_by(enum digest d, struct view der, uint8_t out[64])
{
    return view_of(out, digest_of(d, &der, 1, out));
}

/* The one with this SHA-1, SHA-256 or SHA-512; false: none. */
static bool find_by_hash(const struct foreign *x, struct view hash, uint32_t *number)
{
    uint32_t at = 0;
    uint8_t out[64];
    while (table_next(&x->by_hash, forge_hash(4, hash), &at, number)) {
        for (size_t i = 0; i < DIGESTS; i++) {
            if (digest_size(digests[i]) == hash.n &&
                view_eq(digest_by(digests[i], x->certs[*number].parsed.der, out), hash))
                return true;
        }
    }
    return false;
}

/* The type that a key is; where it is of none the next larger one of its kind. */
static uint8_t type_of(const struct cert *k, bool *exact)
{
    for (uint8_t t = 0; t < KEY_TYPES; t++) {
        if (key_info[t].rsa != k->rsa || key_info[t].bits < k->bits)
            continue;
        *exact = key_info[t].bits == k->bits && key_info[t].public_n == k->public.n;
        return t;
    }
    *exact = false;
    return KEY_RSA_4096;
}

static void copy_views(struct foreign *x, struct cert *k)
{
    struct view *const views[] = { &k->der,    &k->subject, &k->issuer,
                                   &k->serial, &k->public,  &k->signature };
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
        *views[i] = arena_copy(&x->arena, *views[i]);
}

bool foreign_add(struct foreign *x, struct view der, uint32_t *number, struct err *e)
{
    uint8_t out[64];
    if (find_by_hash(x, digest_by(DIGEST_SHA256, der, out), number))
        return true;
    struct arena scratch = arena_of(&sys_mem);
    struct foreign_cert k = { .cert = 0 };
    bool ok = cert_parse(der, &scratch, &k.parsed, e);
    if (ok) {
        copy_views(x, &k.parsed);
        k.type = type_of(&k.parsed, &k.exact);
        mem_reserve(&sys_mem, (void **)&x->certs, &x->cap, (size_t)x->count + 1, sizeof k);
        for (size_t i = 0; i < DIGESTS; i++)
            table_add(&x->by_hash, forge_hash(4, digest_by(digests[i], der, out)), x->count);
        *number = x->count;
        x->certs[x->count++] = k;
    }
    arena_free(&scratch);
    return ok;
}

/* ---- keys ---- */

/* Of a real public key: known to nobody but by its hash. */
static uint32_t stand_in_key(struct foreign *x, struct view public, uint8_t type)
{
    char label[80] = "stand-in ";
    uint8_t hash[64];
    size_t n = digest_of(DIGEST_SHA256, &public, 1, hash), at = strlen(label);
    for (size_t i = 0; i < n; i++)
        snprintf(label + at + 2 * i, 3, "%02x", hash[i]);
    struct content *c = x->forge->content;
    return content_key(c, &(struct ct_key){ .label = content_str(c, label), .type = type });
}

static uint32_t own_key(struct foreign *x, const struct foreign_cert *k)
{
    struct content *c = x->forge->content;
    return content_key(
        c, &(struct ct_key){ .public = content_text(c, k->parsed.public), .type = k->type });
}

/* By the length of what it signed. */
static uint8_t type_by_signature(size_t n)
{
    static const struct {
        size_t most;
        uint8_t type;
    } lengths[] = { { 72, KEY_EC_P256 },  { 104, KEY_EC_P384 },  { 128, KEY_RSA_1024 },
                    { 139, KEY_EC_P521 }, { 256, KEY_RSA_2048 }, { 384, KEY_RSA_3072 } };
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        if (n <= lengths[i].most)
            return lengths[i].type;
    }
    return KEY_RSA_4096;
}

/* ---- who issued whom ---- */

/* `self` where it signed itself; x->count: nobody who is here did. */
static uint32_t issuer_of(const struct foreign *x, uint32_t self)
{
    const struct cert *k = &x->certs[self].parsed;
    struct arena scratch = arena_of(&sys_mem);
    uint32_t by = 0;
    if (view_eq(k->subject, k->issuer))
        return self;
    while (by < x->count && !(by != self && view_eq(x->certs[by].parsed.subject, k->issuer) &&
                              cert_signed_by(k, x->certs[by].parsed.public, &scratch)))
        by++;
    arena_free(&scratch);
    return by;
}

/* A signature of that length is one that such a key of the lab makes. */
static bool signs_alike(uint8_t type, size_t n)
{
    return key_info[type].rsa ? key_info[type].signature_n == n
                              : n <= (size_t)key_info[type].signature_n + 2;
}

/* ---- content ---- */

struct parts {
    uint8_t signer_type; /* enum key_type of whoever signed it */
    uint32_t issuer;     /* as issuer_of() */
    uint32_t key, issuer_cert;
};

/* Its own bytes with the lab's key in them; absent where that cannot be. */
static struct view with_own_key(struct foreign *x, const struct foreign_cert *k,
                                const struct parts *p)
{
    struct forge *f = x->forge;
    char label[600];
    uint32_t by = p->key;
    if (p->issuer < x->count && &x->certs[p->issuer] != k)
        by = stand_in_key(x, x->certs[p->issuer].parsed.public, x->certs[p->issuer].type);
    else if (p->issuer == x->count) {
        snprintf(label, sizeof label, "stand-in of %.*s",
                 (int)(k->parsed.issuer.n < 500 ? k->parsed.issuer.n : 500),
                 (const char *)k->parsed.issuer.p);
        by = content_key(f->content, &(struct ct_key){ .label = content_str(f->content, label),
                                                       .type = p->signer_type });
    }
    return cert_with_key(k->parsed.der, forge_private(f, p->key), forge_private(f, by), &x->arena);
}

/* Everything but key and DER. */
static struct ct_cert told_by(struct foreign *x, const struct foreign_cert *k)
{
    struct content *c = x->forge->content;
    struct arena scratch = arena_of(&sys_mem);
    struct ct_cert out = { .subject = content_text(c, k->parsed.subject),
                           .issuer = content_text(c, k->parsed.issuer),
                           .serial = content_text(c, k->parsed.serial),
                           .dns = content_text(c, cert_names(k->parsed.der, &scratch)),
                           .not_before_s = k->parsed.not_before_s,
                           .not_after_s = k->parsed.not_after_s,
                           .digest = (uint8_t)cert_digest(k->parsed.der) };
    arena_free(&scratch);
    return out;
}

static uint32_t make(struct foreign *x, uint32_t number)
{
    struct foreign_cert *k = &x->certs[number];
    struct parts p = { .issuer = issuer_of(x, number) };
    if (p.issuer < x->count && p.issuer != number)
        p.issuer_cert = foreign_cert(x, p.issuer);
    k = &x->certs[number];
    p.signer_type =
        p.issuer < x->count ? x->certs[p.issuer].type : type_by_signature(k->parsed.signature.n);
    bool fits = k->exact && signs_alike(p.signer_type, k->parsed.signature.n);
    k->stand_in = x->stand_ins || !fits;
    p.key = k->stand_in ? stand_in_key(x, k->parsed.public, k->type) : own_key(x, k);
    struct view der = !fits         ? view_of(NULL, 0)
                      : k->stand_in ? with_own_key(x, k, &p)
                                    : k->parsed.der;
    struct ct_cert cert = told_by(x, k);
    cert.key = p.key;
    cert.issuer_cert = p.issuer_cert;
    cert.der = content_text(x->forge->content, der);
    return content_cert(x->forge->content, cert);
}

/* A chain that bites its own tail ends where it began. */
uint32_t foreign_cert(struct foreign *x, uint32_t number)
{
    if (x->certs[number].cert == 0 && !x->certs[number].asked) {
        x->certs[number].asked = true;
        x->certs[number].cert = make(x, number);
    }
    return x->certs[number].cert;
}

bool foreign_has_stand_in(const struct foreign *x, uint32_t number)
{
    return x->certs[number].stand_in;
}

uint32_t foreign_stand_ins(const struct foreign *x)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < x->count; i++)
        count += x->certs[i].cert != 0 && x->certs[i].stand_in;
    return count;
}

/* ---- trust lists ---- */

static struct view present(struct view v)
{
    return v.p != NULL ? v : view_str("");
}

static struct view without_zeros(struct view serial)
{
    while (serial.n > 1 && serial.p[0] == 0)
        serial = view_sub(serial, 1, serial.n - 1);
    return serial;
}

static bool find_by_key(const struct foreign *x, const struct tl_record *r, uint32_t *number)
{
    for (*number = 0; *number < x->count; ++*number) {
        const struct cert *k = &x->certs[*number].parsed;
        if (r->public.n != 0 && view_eq(k->public, r->public) &&
            view_eq(without_zeros(k->serial), without_zeros(present(r->serial))))
            return true;
    }
    return false;
}

/* Nobody has its bytes: what the record says of it. */
static uint32_t by_names(struct foreign *x, const struct tl_record *r)
{
    struct content *c = x->forge->content;
    struct view public = present(r->public);
    uint8_t type = KEY_RSA_2048;
    for (uint8_t t = 0; t < KEY_TYPES; t++)
        type = key_info[t].public_n == public.n ? t : type;
    return content_cert(c, (struct ct_cert){ .subject = content_text(c, present(r->subject)),
                                             .issuer = content_text(c, present(r->issuer)),
                                             .serial = content_text(c, present(r->serial)),
                                             .key = stand_in_key(x, public, type),
                                             .digest = DIGEST_SHA256 });
}

static uint32_t cert_of(struct foreign *x, const struct tl_record *r)
{
    uint32_t number;
    if (r->certificate.p == NULL && r->hash.p == NULL)
        return 0;
    if (r->certificate.p != NULL && foreign_add(x, r->certificate, &number, NULL))
        return foreign_cert(x, number);
    if (r->hash.p != NULL && find_by_hash(x, r->hash, &number))
        return foreign_cert(x, number);
    return find_by_key(x, r, &number) ? foreign_cert(x, number) : by_names(x, r);
}

static struct ct_record record_of(struct foreign *x, const struct tl_record *r)
{
    struct ct_record out = { .role = r->role, .cert = cert_of(x, r) };
    if (out.cert == 0)
        out.form = TL_EMPTIED;
    else if (r->certificate.p == NULL)
        out.form = TL_HASH;
    else
        out.form = r->signature.p != NULL ? TL_FULL : TL_TOKEN;
    if (r->dns.n != 0)
        out.dns = content_text(x->forge->content, r->dns);
    struct rd rd = rd_of(r->ip);
    if (r->ip.n == 4)
        (void)rd_u32(&rd, &out.ip);
    return out;
}

static bool signed_by(const struct tl *t, struct view public)
{
    struct view parts[2];
    size_t count = tl_signed(t->file, &t->header, parts);
    return public.n != 0 && public.p[0] == 0x30 &&
           key_verify(public, (enum digest)t->header.digest, parts, count, t->header.signature);
}

/* Of those with the serial number that the header has: whoever signed it, else one of its names. */
static void find_signer(struct foreign *x, const struct tl *t, struct ct_envelope *env)
{
    struct content *c = x->forge->content;
    const struct tl_header *h = &t->header;
    for (uint32_t i = 0; i < x->count && env->key == 0; i++) {
        const struct cert *k = &x->certs[i].parsed;
        if (!view_eq(without_zeros(k->serial), without_zeros(present(h->signer_serial))))
            continue;
        bool verified = signed_by(t, k->public);
        if (!verified && !view_eq(k->issuer, present(h->signer_issuer)))
            continue;
        env->cert = foreign_cert(x, i);
        env->key = verified ? content_get_cert(c, env->cert)->key : 0;
    }
    if (env->cert == 0)
        env->cert = forge_cert_unknown(x->forge, h);
    env->signer = content_get_cert(c, env->cert)->signer;
}

static bool is_ctl(const struct tl_header *h)
{
    return h->file_name.n >= 3 && memcmp(h->file_name.p, "CTL", 3) == 0;
}

bool foreign_list(struct foreign *x, struct view bytes, uint32_t *list, bool *verified,
                  struct err *e)
{
    struct arena scratch = arena_of(&sys_mem);
    struct tl t;
    bool ok = tl_decode(bytes, false, &scratch, &t, e);
    if (ok) {
        struct ct_record *records = arena_take(&scratch, (t.count + 1) * sizeof *records);
        uint32_t number;
        for (uint32_t i = 0; i < t.count; i++) { /* one may stand there by its hash before */
            if (t.records[i].certificate.p != NULL)
                (void)foreign_add(x, t.records[i].certificate, &number, NULL);
        }
        for (uint32_t i = 0; i < t.count; i++)
            records[i] = record_of(x, &t.records[i]);
        struct ct_envelope env = { .timestamp = t.header.timestamp,
                                   .signer_version = (int16_t)t.header.signer_version,
                                   .modulus_code =
                                       t.header.modulus < TL_MODULUS_CODES ? 0 : t.header.modulus,
                                   .digest = t.header.digest };
        find_signer(x, &t, &env);
        *verified = env.key != 0;
        *list = content_list(x->forge->content, is_ctl(&t.header), &env, records, t.count);
    }
    arena_free(&scratch);
    return ok;
}

/* ---- certificates that nobody has ---- */

uint32_t foreign_stranger(struct foreign *x, uint32_t like, const char *label, const char *name)
{
    struct content *c = x->forge->content;
    struct ct_cert k = *content_get_cert(c, like);
    struct rng rng = rng_of(x->forge->identity, label, 0);
    char text[600];
    uint8_t serial[16], type = content_get_key(c, k.key)->type;
    rng_bytes(&rng, serial, sizeof serial);
    serial[0] = (uint8_t)(0x40 | (serial[0] & 0x3f));
    if (name != NULL) {
        snprintf(text, sizeof text, "CN=%.500s", name);
        k.subject = content_str(c, text);
    }
    snprintf(text, sizeof text, "stranger %.500s", label);
    return content_cert(
        c, (struct ct_cert){ .subject = k.subject,
                             .issuer = k.subject,
                             .serial = content_text(c, view_of(serial, sizeof serial)),
                             .key = content_key(c, &(struct ct_key){ .label = content_str(c, text),
                                                                     .type = type }),
                             .not_before_s = k.not_before_s,
                             .not_after_s = k.not_after_s,
                             .digest = k.digest });
}
