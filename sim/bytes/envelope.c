#include "sim/bytes/envelope.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <string.h>

enum { AES_BLOCK = 16, AES_KEY = 16, AES_128_CBC = 1, PADDING = 0x0d };

/* Bytes of an RSA operation; 0 for EC. */
static uint16_t rsa_bytes(enum key_type type)
{
    CHECK((unsigned)type < KEY_TYPES);
    return key_info[type].rsa ? key_info[type].signature_n : 0;
}

/* RSAPublicKey is a SEQUENCE, an EC point starts with 04. */
static bool is_rsa(struct view public)
{
    return public.n != 0 && public.p[0] == 0x30;
}

uint16_t envelope_signature_bytes(enum key_type type, uint8_t modulus_code, struct err *e)
{
    uint16_t bytes = rsa_bytes(type);
    if (bytes == 0) {
        err_set(e, "an EC key cannot sign: the format knows RSA signatures alone");
        return 0;
    }
    if (bytes == 384 && modulus_code == 0) {
        err_set(e, "a 3072-bit key cannot sign: the format has no code for a 384-byte signature");
        return 0;
    }
    return bytes;
}

/* ---- making ---- */

static bool header_of(const struct envelope_signer *s, uint16_t version, struct view name,
                      const struct tl_enc *enc, struct tl_new_header *out, struct err *e)
{
    *out = (struct tl_new_header){ .version = version,
                                   .signer_version = version == TL_LIST ? s->signer_version : -1,
                                   .signer_name = s->subject,
                                   .signer_serial = s->serial,
                                   .signer_issuer = s->issuer,
                                   .digest = (uint8_t)s->digest,
                                   .file_name = name,
                                   .timestamp = s->timestamp,
                                   .enc = enc };
    out->modulus_code = s->modulus_code;
    out->signature_bytes = envelope_signature_bytes(s->type, s->modulus_code, e);
    return out->signature_bytes != 0;
}

static void sign(uint8_t *file, size_t n, const struct tl_header *h, const struct key *signer)
{
    struct view parts[2];
    size_t count = tl_signed(view_of(file, n), h, parts);
    uint8_t signature[600];
    size_t made = key_sign(signer, (enum digest)h->digest, parts, count, signature);
    CHECK(made == h->signature.n);
    memcpy(file + h->signature_at + 3, signature, made);
}

bool envelope_seal(uint8_t *file, size_t n, const struct key *signer, struct err *e)
{
    uint16_t bytes = envelope_signature_bytes(signer->type, UINT8_MAX, e);
    if (bytes == 0)
        return false;
    struct arena a = arena_of(&sys_mem);
    struct tl_header h;
    bool ok = tl_decode_header(view_of(file, n), false, &a, &h, e);
    if (ok && h.signature.n != bytes)
        ok = err_set(
            e,
            "offset %zu: room for a signature of %zu bytes, the key makes %u (FORMATS section 1)",
            h.signature_at, h.signature.n, bytes);
    if (ok)
        sign(file, n, &h, signer);
    arena_free(&a);
    return ok;
}

/* A file of `length` bytes that starts with the header; `w` stands behind it.  The caller adds the
 * rest and calls finish(). */
static bool start(const struct tl_new_header *h, size_t length, struct arena *a, struct wr *w,
                  struct err *e)
{
    *w = wr_of(arena_take(a, length), length);
    size_t signature_at;
    return tl_write_header(h, w, &signature_at, e);
}

static bool finish(const struct envelope_signer *s, const struct wr *w, struct view *out,
                   struct err *e)
{
    CHECK(!w->over && w->n == w->cap);
    CHECK(s->key != NULL && s->key->type == s->type);
    *out = view_of(w->p, w->n);
    return envelope_seal(w->p, w->n, s->key, e);
}

/* ---- trust lists ---- */

static size_t list_length(const struct tl_new_header *h, const struct tl_new_record *records,
                          size_t count, struct err *e)
{
    size_t length = tl_header_length(h, e);
    for (size_t i = 0; length != 0 && i < count; i++) {
        size_t record = tl_record_length(&records[i], e);
        if (record == 0) {
            err_prefix(e, "record %zu", i + 1);
            return 0;
        }
        length += record;
    }
    return length;
}

size_t envelope_list_length(const struct envelope_signer *s, struct view name,
                            const struct tl_new_record *records, size_t count, struct err *e)
{
    struct tl_new_header h;
    return header_of(s, TL_LIST, name, NULL, &h, e) ? list_length(&h, records, count, e) : 0;
}

bool envelope_list_make(const struct envelope_signer *s, struct view name,
                        const struct tl_new_record *records, size_t count, struct arena *a,
                        struct view *out, struct err *e)
{
    struct tl_new_header h;
    struct wr w;
    if (!header_of(s, TL_LIST, name, NULL, &h, e))
        return false;
    size_t length = list_length(&h, records, count, e);
    if (length == 0 || !start(&h, length, a, &w, e))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!tl_write_record(&records[i], &w, e))
            return err_prefix(e, "record %zu", i + 1);
    return finish(s, &w, out, e);
}

static bool is_signer(const struct tl_header *h, const struct tl_record *r)
{
    return r->issuer.p != NULL && r->serial.p != NULL && view_eq(r->issuer, h->signer_issuer) &&
           view_eq(r->serial, h->signer_serial);
}

static bool verdict(struct envelope_verdict *out, enum envelope_fault fault, uint32_t record)
{
    out->fault = fault;
    out->record = record;
    return fault == ENVELOPE_GOOD;
}

/* No SAST record is the signer: says what comes nearest, for that is what an administrator needs.
 */
static bool no_signer(const struct tl *t, struct envelope_verdict *out)
{
    const struct tl_header *h = &t->header;
    for (uint32_t i = 0; i < t->count; i++) {
        const struct tl_record *r = &t->records[i];
        if (!is_signer(h, r))
            continue;
        const char *role = tl_role_name(r->role);
        err_set(&out->error,
                "record %u has the issuer and serial number of the signer, but its function is %s, "
                "not System Administrator Security Token",
                i + 1, role != NULL ? role : "unknown");
        return verdict(out, ENVELOPE_NOT_SAST, i + 1);
    }
    for (uint32_t i = 0; i < t->count; i++) {
        const struct tl_record *r = &t->records[i];
        if (r->role != TL_SAST || r->subject.p == NULL || !view_eq(r->subject, h->signer_name))
            continue;
        err_set(&out->error,
                "the signer is in no record: SAST record %u has its name, but another %s", i + 1,
                view_eq(r->issuer, h->signer_issuer) ? "serial number" : "issuer");
        return verdict(out, ENVELOPE_NO_SIGNER, i + 1);
    }
    err_set(&out->error, "no SAST record has the issuer and serial number of the signer");
    return verdict(out, ENVELOPE_NO_SIGNER, 0);
}

static bool header_verifies(struct view file, const struct tl_header *h, struct view public)
{
    struct view parts[2];
    size_t count = tl_signed(file, h, parts);
    return key_verify(public, (enum digest)h->digest, parts, count, h->signature);
}

bool envelope_list_verify(const struct tl *t, struct envelope_verdict *out)
{
    bool found = false;
    *out = (struct envelope_verdict){ .fault = ENVELOPE_NO_SIGNER };
    for (uint32_t i = 0; i < t->count; i++) {
        const struct tl_record *r = &t->records[i];
        if (r->role != TL_SAST || !is_signer(&t->header, r))
            continue;
        found = true;
        if (!is_rsa(r->public)) {
            err_set(&out->error, "SAST record %u is the signer, but holds no RSA public key",
                    i + 1);
            verdict(out, ENVELOPE_NO_KEY, i + 1);
        } else if (header_verifies(t->file, &t->header, r->public)) {
            out->error.text[0] = '\0';
            return verdict(out, ENVELOPE_GOOD, i + 1);
        } else {
            err_set(&out->error,
                    "the signature (%zu bytes, %s) does not verify with the public key of SAST "
                    "record %u",
                    t->header.signature.n, digest_name((enum digest)t->header.digest), i + 1);
            verdict(out, ENVELOPE_SIGNATURE, i + 1);
        }
    }
    return found ? false : no_signer(t, out);
}

bool envelope_verify(struct view file, struct view public, struct err *e)
{
    if (!is_rsa(public))
        return err_set(e, "the key is no RSA key: the format knows RSA signatures alone");
    struct arena a = arena_of(&sys_mem);
    struct tl_header h;
    bool ok = tl_decode_header(file, false, &a, &h, e);
    if (ok && !header_verifies(file, &h, public))
        ok = err_set(e,
                     "offset %zu: the signature (%zu bytes, %s) does not verify with this key "
                     "(FORMATS section 1)",
                     h.signature_at, h.signature.n, digest_name((enum digest)h.digest));
    arena_free(&a);
    return ok;
}

/* ---- signed files ---- */

size_t envelope_sgn_length(const struct envelope_signer *s, struct view name, size_t payload_n,
                           struct err *e)
{
    struct tl_new_header h;
    if (!header_of(s, TL_SGN, name, NULL, &h, e))
        return 0;
    size_t header = tl_header_length(&h, e);
    return header == 0 ? 0 : header + payload_n;
}

bool envelope_sgn_make(const struct envelope_signer *s, struct view name, struct view payload,
                       struct arena *a, struct view *out, struct err *e)
{
    struct tl_new_header h;
    struct wr w;
    if (!header_of(s, TL_SGN, name, NULL, &h, e))
        return false;
    size_t header = tl_header_length(&h, e);
    if (header == 0 || !start(&h, header + payload.n, a, &w, e))
        return false;
    wr_view(&w, payload);
    return finish(s, &w, out, e);
}

bool envelope_sgn_strip(struct view file, struct view *payload, struct err *e)
{
    struct arena a = arena_of(&sys_mem);
    struct tl_header h;
    bool ok = tl_decode_header(file, false, &a, &h, e);
    if (ok && !tl_is_plain(h.version))
        ok = err_set(
            e,
            "offset 3: version %u.%u is no signed file, which has 1.0 or 1.1 (FORMATS section 2)",
            h.version >> 8, h.version & 0xff);
    if (ok)
        *payload = view_sub(file, h.length, file.n - h.length);
    arena_free(&a);
    return ok;
}

/* ---- encrypted configurations ---- */

/* 1 to 16: a whole block of padding where the text ends on a block. */
static uint16_t padding_of(size_t xml_n)
{
    return (uint16_t)(AES_BLOCK - xml_n % AES_BLOCK);
}

/* Bytes of a file whose encrypted key has so many. */
static size_t enc_length(const struct envelope_signer *s, struct view name, size_t xml_n,
                         size_t wrapped_n, struct err *e)
{
    static const uint8_t anything[512];
    struct tl_enc enc = { .iv = view_of(anything, AES_BLOCK),
                          .padding = padding_of(xml_n),
                          .wrapped_key = view_of(anything, wrapped_n),
                          .digest = (uint8_t)s->digest,
                          .plain_digest = view_of(anything, digest_size(s->digest)) };
    struct tl_new_header h;
    if (!header_of(s, TL_ENC, name, &enc, &h, e))
        return 0;
    size_t header = tl_header_length(&h, e);
    return header == 0 ? 0 : header + xml_n + enc.padding;
}

size_t envelope_enc_length(const struct envelope_signer *s, struct view name, size_t xml_n,
                           enum key_type phone, struct err *e)
{
    if (rsa_bytes(phone) == 0) {
        err_set(e, "an EC key cannot open an encrypted configuration: the key wrap is RSA");
        return 0;
    }
    return enc_length(s, name, xml_n, rsa_bytes(phone), e);
}

size_t envelope_sym_length(const struct envelope_signer *s, struct view name, size_t xml_n,
                           struct err *e)
{
    return enc_length(s, name, xml_n, 0, e);
}

/* What the text is encrypted with, and how that is in the file. */
struct lock {
    uint8_t key[AES_KEY], iv[AES_BLOCK];
    struct view wrapped;
    uint16_t key_bits;
};

static bool enc_make(const struct envelope_signer *s, struct view name, struct view xml,
                     const struct lock *lock, struct arena *a, struct view *out, struct err *e)
{
    uint8_t digest[64];
    size_t digest_n = digest_of(s->digest, &xml, 1, digest);
    struct tl_enc enc = { .iv = view_of(lock->iv, sizeof lock->iv),
                          .padding = padding_of(xml.n),
                          .key_bits = lock->key_bits,
                          .key_algorithm = AES_128_CBC,
                          .wrapped_key = lock->wrapped,
                          .digest = (uint8_t)s->digest,
                          .plain_digest = view_of(digest, digest_n) };
    struct tl_new_header h;
    struct wr w;
    if (!header_of(s, TL_ENC, name, &enc, &h, e))
        return false;
    size_t header = tl_header_length(&h, e);
    if (header == 0 || !start(&h, header + xml.n + enc.padding, a, &w, e))
        return false;
    uint8_t *body = w.p + w.n;
    wr_view(&w, xml);
    for (uint16_t i = 0; i < enc.padding; i++)
        wr_u8(&w, PADDING);
    aes128_cbc(true, lock->key, lock->iv, view_of(body, xml.n + enc.padding), body);
    return finish(s, &w, out, e);
}

bool envelope_enc_make(const struct envelope_signer *s, struct view name, struct view xml,
                       struct view phone_public, struct rng *r, struct arena *a, struct view *out,
                       struct err *e)
{
    struct lock lock;
    uint8_t wrapped[512];
    if (!is_rsa(phone_public))
        return err_set(e, "an EC key cannot open an encrypted configuration: the key wrap is RSA");
    rng_bytes(r, lock.key, sizeof lock.key);
    rng_bytes(r, lock.iv, sizeof lock.iv);
    size_t wrapped_n = rsa_wrap(phone_public, view_of(lock.key, sizeof lock.key), r, wrapped);
    if (wrapped_n == 0)
        return err_set(e, "the phone's public key is no RSA key of 512 to 4096 bits");
    lock.wrapped = view_of(wrapped, wrapped_n);
    lock.key_bits = (uint16_t)(8 * wrapped_n);
    return enc_make(s, name, xml, &lock, a, out, e);
}

bool envelope_sym_make(const struct envelope_signer *s, struct view name, struct view xml,
                       const uint8_t symmetric[ENVELOPE_SYMMETRIC], struct rng *r, struct arena *a,
                       struct view *out, struct err *e)
{
    struct lock lock = { .wrapped = view_str(""), .key_bits = 8 * ENVELOPE_SYMMETRIC };
    memcpy(lock.key, symmetric, sizeof lock.key);
    rng_bytes(r, lock.iv, sizeof lock.iv);
    return enc_make(s, name, xml, &lock, a, out, e);
}

/* A phone has one of the two. */
struct opener {
    const struct key *rsa;
    const uint8_t *symmetric;
};

/* The AES key of a file. */
static bool unlock(const struct tl_header *h, const struct opener *o, uint8_t key[AES_KEY],
                   struct err *e)
{
    uint8_t room[512];
    size_t n;
    if (o->symmetric != NULL) {
        memcpy(key, o->symmetric, AES_KEY);
        return h->enc.wrapped_key.n == 0 ||
               err_set(e,
                       "an encrypted key (tag 25, %zu bytes) is in the file: it is for a "
                       "certificate, not for a symmetric key (FORMATS section 3)",
                       h->enc.wrapped_key.n);
    }
    if (!rsa_unwrap(o->rsa, h->enc.wrapped_key, room, sizeof room, &n))
        return err_set(e,
                       "the encrypted key (tag 25, %zu bytes) does not open with this private key "
                       "(FORMATS section 3)",
                       h->enc.wrapped_key.n);
    if (n != AES_KEY)
        return err_set(e, "the encrypted key (tag 25) holds %zu bytes, not 16 (FORMATS section 3)",
                       n);
    memcpy(key, room, AES_KEY);
    return true;
}

/* The padded text, decrypted; the header's numbers checked against it. */
static bool decrypt(struct view file, const struct tl_header *h, const struct opener *o,
                    struct arena *a, struct view *padded, struct err *e)
{
    struct view body = view_sub(file, h->length, file.n - h->length);
    uint8_t key[AES_KEY];
    if (h->enc.key_algorithm != AES_128_CBC)
        return err_set(e, "key algorithm %u is not 1, AES-128-CBC (FORMATS section 3)",
                       h->enc.key_algorithm);
    if (body.n == 0 || body.n % AES_BLOCK != 0)
        return err_set(
            e, "offset %u: body of %zu bytes is no whole number of AES blocks (FORMATS section 3)",
            h->length, body.n);
    if (!unlock(h, o, key, e))
        return false;
    uint8_t *text = arena_take(a, body.n);
    aes128_cbc(false, key, h->enc.iv.p, body, text);
    *padded = view_of(text, body.n);
    return true;
}

static bool open_decoded(struct view file, const struct tl_header *h, const struct opener *o,
                         struct arena *a, struct view *xml, struct err *e)
{
    struct view padded = { NULL, 0 };
    if (!h->has_enc)
        return err_set(
            e, "offset 3: version %u.%u is no encrypted file, which has 2.0 (FORMATS section 3)",
            h->version >> 8, h->version & 0xff);
    if (!decrypt(file, h, o, a, &padded, e))
        return false;
    size_t n = padded.n - h->enc.padding; /* 1 to 16 of at least 16: the decoder checked */
    for (size_t i = n; i < padded.n; i++)
        if (padded.p[i] != PADDING)
            return err_set(e, "the plain text does not end in %u bytes 0d (FORMATS section 3)",
                           h->enc.padding);
    struct view text = view_of(padded.p, n);
    uint8_t digest[64];
    size_t digest_n = digest_of((enum digest)h->enc.digest, &text, 1, digest);
    if (!view_eq(view_of(digest, digest_n), h->enc.plain_digest))
        return err_set(e,
                       "the %s digest of the plain text is not that of tag 27 (FORMATS section 3)",
                       digest_name((enum digest)h->enc.digest));
    *xml = text;
    return true;
}

static bool open_by(struct view file, const struct opener *o, struct arena *a, struct view *xml,
                    struct err *e)
{
    struct arena own = arena_of(&sys_mem);
    struct tl_header h;
    bool ok = tl_decode_header(file, false, &own, &h, e) && open_decoded(file, &h, o, a, xml, e);
    arena_free(&own);
    return ok;
}

bool envelope_enc_open(struct view file, const struct key *phone, struct arena *a, struct view *xml,
                       struct err *e)
{
    return open_by(file, &(struct opener){ .rsa = phone }, a, xml, e);
}

bool envelope_sym_open(struct view file, const uint8_t symmetric[ENVELOPE_SYMMETRIC],
                       struct arena *a, struct view *xml, struct err *e)
{
    return open_by(file, &(struct opener){ .symmetric = symmetric }, a, xml, e);
}
