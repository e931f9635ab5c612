/* How a phone proves itself to CAPF, and what CAPF issues (docs/FORMATS.md, section 5). */
#include "sim/bytes/forge_impl.h"

#include "sim/base/sys.h"

#include <string.h>

static struct view bare(const struct key *key, enum digest d, const struct view *parts,
                        struct arena *a)
{
    uint8_t out[600];
    size_t n = key_sign_bare(key, d, parts, 2, out);
    uint8_t *kept = arena_take(a, n);
    memcpy(kept, out, n);
    return view_of(kept, n);
}

/* The session counts as the server's processor has it. */
static struct view little(uint32_t session, uint8_t out[4])
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(session >> 8 * i);
    return view_of(out, 4);
}

void forge_capf_proof(struct forge *f, const struct forge_device *device, uint32_t lsc,
                      uint32_t session, struct capf_msg *m, struct arena *a)
{
    const struct key *key;
    uint8_t number[4];
    m->certificate = forge_phone_cert(f, device, lsc, &key);
    m->certificate_kind = lsc == CONTENT_MIC ? CAPF_MIC : CAPF_LSC;
    const struct view named[] = { view_strz(device->name), m->certificate },
                      sudi[] = { little(session, number), m->certificate };
    m->signed_sha1 = bare(key, DIGEST_SHA1, named, a);
    m->signed_sha512 = bare(key, DIGEST_SHA512, named, a);
    m->sudi = (struct capf_sudi){ m->certificate, bare(key, DIGEST_SHA1, sudi, a),
                                  bare(key, DIGEST_SHA512, sudi, a) };
}

/* RSA keys sign the bare digest, others as they always do. */
static bool is_signed(const struct cert *cert, enum digest d, const struct view *parts,
                      struct view signature)
{
    if (!cert->rsa)
        return key_verify(cert->public, d, parts, 2, signature);
    return key_verify_bare(cert->public, d, parts, 2, signature);
}

static bool both_signed(struct view der, struct view first, struct view sha1, struct view sha512)
{
    struct arena a = arena_of(&sys_mem);
    struct cert cert;
    const struct view parts[] = { first, der };
    bool good = sha1.p != NULL && cert_parse(der, &a, &cert, NULL) &&
                is_signed(&cert, DIGEST_SHA1, parts, sha1) &&
                (sha512.p == NULL || is_signed(&cert, DIGEST_SHA512, parts, sha512));
    arena_free(&a);
    return good;
}

bool forge_capf_proven(uint32_t session, const struct capf_msg *m)
{
    uint8_t number[4];
    struct arena a = arena_of(&sys_mem);
    struct view name = view_strz(arena_text(&a, m->device));
    bool good = m->certificate.p != NULL &&
                both_signed(m->certificate, name, m->signed_sha1, m->signed_sha512);
    arena_free(&a);
    return good && (m->sudi.certificate.p == NULL ||
                    both_signed(m->sudi.certificate, little(session, number), m->sudi.sha1,
                                m->sudi.sha512));
}

static struct forge_stranger *stranger_of(struct forge *f, uint32_t device, bool make)
{
    uint32_t *at = table_get(&f->strangers, forge_id(device + 1));
    if (at == NULL && make) {
        mem_reserve(&sys_mem, (void **)&f->stranger, &f->stranger_cap,
                    (size_t)f->stranger_count + 1, sizeof *f->stranger);
        table_put(&f->strangers, forge_id(device + 1), f->stranger_count);
        return &f->stranger[f->stranger_count++];
    }
    return at == NULL ? NULL : &f->stranger[*at];
}

/* `key` NULL: the phone's own of the deck. */
static void keep_public(struct forge *f, uint32_t device, uint32_t lsc, const struct key *key)
{
    bool fits = key != NULL && key->type == KEY_RSA_2048 && key->public.n <= FORGE_PUBLIC;
    struct forge_stranger *s = stranger_of(f, device, fits);
    if (s == NULL)
        return;
    s->capf = fits ? content_lsc_issuer(f->content, lsc) : 0;
    s->n = fits ? key->public.n : 0;
    if (fits)
        memcpy(s->public, key->public.p, s->n);
}

struct view forge_phone_opens(struct forge *f, const struct forge_device *device, uint32_t lsc)
{
    const struct forge_stranger *s = stranger_of(f, device->number, false);
    if (s != NULL && s->capf != 0 && lsc != 0 && lsc != CONTENT_MIC &&
        s->capf == content_lsc_issuer(f->content, lsc))
        return view_of(s->public, s->n);
    return forge_phone_key(f, device, lsc)->public;
}

struct view forge_capf_issue(struct forge *f, const struct forge_device *device, uint32_t lsc,
                             struct view spki, struct arena *a)
{
    const struct key *own;
    struct key key;
    struct view der = forge_phone_cert(f, device, lsc, &own);
    if (view_eq(own->spki, spki)) {
        keep_public(f, device->number, lsc, NULL);
        return der;
    }
    if (!key_of_spki(&key, spki, a, NULL))
        return view_of(NULL, 0);
    struct view issued = forge_phone_cert_for(f, device, lsc, &key, a);
    if (issued.p != NULL)
        keep_public(f, device->number, lsc, &key);
    return issued;
}
