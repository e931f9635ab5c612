/* How a phone proves itself to CAPF (docs/FORMATS.md, section 5). */
#include "sim/bytes/forge_impl.h"

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

void forge_capf_proof(struct forge *f, const struct forge_device *device, uint32_t lsc,
                      uint32_t session, struct capf_msg *m, struct arena *a)
{
    const struct key *key;
    /* The session counts as the server's processor has it. */
    uint8_t *little = arena_take(a, 4);
    for (int i = 0; i < 4; i++)
        little[i] = (uint8_t)(session >> 8 * i);
    m->certificate = forge_phone_cert(f, device, lsc, &key);
    m->certificate_kind = lsc == CONTENT_MIC ? CAPF_MIC : CAPF_LSC;
    const struct view named[] = { view_strz(device->name), m->certificate },
                      sudi[] = { view_of(little, 4), m->certificate };
    m->signed_sha1 = bare(key, DIGEST_SHA1, named, a);
    m->signed_sha512 = bare(key, DIGEST_SHA512, named, a);
    m->sudi = (struct capf_sudi){ m->certificate, bare(key, DIGEST_SHA1, sudi, a),
                                  bare(key, DIGEST_SHA512, sudi, a) };
}
