/* Signed and encrypted files: what decodes encodes again to the same bytes, a header made anew from
 * the decoded fields decodes to the same fields, and opening reads nothing that is not there. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/bytes/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same_bytes(struct view file, const struct tl_header *h, struct arena *a)
{
    struct wr m = wr_measure();
    tl_encode_header(h, &m);
    CHECK(m.n == h->length);
    struct wr w = wr_of(arena_take(a, m.n), m.n);
    tl_encode_header(h, &w);
    CHECK(!w.over && view_eq(view_of(w.p, w.n), view_sub(file, 0, h->length)));
}

static void check_same_fields(const struct tl_header *h, const struct tl_header *b)
{
    CHECK(b->version == h->version && b->signer_version == h->signer_version);
    CHECK(view_eq(b->signer_name, h->signer_name) && view_eq(b->signer_serial, h->signer_serial));
    CHECK(view_eq(b->signer_issuer, h->signer_issuer) && view_eq(b->file_name, h->file_name));
    CHECK(b->digest == h->digest && b->modulus == h->modulus && b->timestamp == h->timestamp);
    CHECK(b->has_enc == h->has_enc && b->has_timestamp == h->has_timestamp);
    if (!h->has_enc)
        return;
    CHECK(view_eq(b->enc.iv, h->enc.iv) && b->enc.padding == h->enc.padding);
    CHECK(b->enc.key_bits == h->enc.key_bits && b->enc.key_algorithm == h->enc.key_algorithm);
    CHECK(view_eq(b->enc.wrapped_key, h->enc.wrapped_key) && b->enc.digest == h->enc.digest);
    CHECK(view_eq(b->enc.plain_digest, h->enc.plain_digest));
}

static void check_made_anew(const struct tl_header *h, struct arena *a)
{
    struct tl_new_header n = { .version = h->version,
                               .signer_version = h->signer_version,
                               .signer_name = h->signer_name,
                               .signer_serial = h->signer_serial,
                               .signer_issuer = h->signer_issuer,
                               .digest = h->digest,
                               .signature_bytes = (uint16_t)h->signature.n,
                               .file_name = h->file_name,
                               .no_timestamp = !h->has_timestamp,
                               .timestamp = h->timestamp,
                               .enc = h->has_enc ? &h->enc : NULL };
    if (h->has_enc && h->enc.wrapped_key.n > 512)
        return; /* no RSA key of the format wraps to more */
    struct err e = { "" };
    size_t length = tl_header_length(&n, &e), signature_at;
    if (length == 0) /* unknown tags gave room to names that do not fit with the padding */
        return;
    struct wr w = wr_of(arena_take(a, length), length);
    bool written = tl_write_header(&n, &w, &signature_at, &e);
    CHECK(written && w.n == length);
    struct tl_header b;
    bool decoded = tl_decode_header(view_of(w.p, w.n), true, a, &b, &e);
    CHECK(decoded && b.signature_at + 3 == signature_at);
    check_same_fields(h, &b);
}

/* The key that the vector in tests/vectors/peer is encrypted to: mutations of it open. */
static const struct key *phone_key(void)
{
    static const struct key *key;
    if (key != NULL)
        return key;
    static struct arena a;
    static struct keyring *ring;
    struct view pem;
    struct err e = { "" };
    a = arena_of(&sys_mem);
    ring = keyring_new(1, NULL);
    bool there = sys_read_file("tests/vectors/peer/phone.pem", 1 << 16, &a, &pem, &e);
    CHECK(there); /* run from the root of the repository */
    key = keyring_load_pem(ring, pem, &e);
    CHECK(key != NULL);
    return key;
}

static void check_opening(struct view file, const struct tl_header *h, struct arena *a)
{
    struct view plain;
    struct err e = { "" };
    bool stripped = envelope_sgn_strip(file, &plain, &e);
    CHECK(stripped == tl_is_plain(h->version));
    CHECK(!stripped || plain.n == file.n - h->length);
    if (!h->has_enc)
        return;
    if (envelope_enc_open(file, phone_key(), a, &plain, &e))
        CHECK(plain.n == file.n - h->length - h->enc.padding);
    else
        CHECK(e.text[0] != '\0');
    static const uint8_t symmetric[ENVELOPE_SYMMETRIC] = { 1 };
    if (envelope_sym_open(file, symmetric, a, &plain, &e))
        CHECK(h->enc.wrapped_key.n == 0 && plain.n == file.n - h->length - h->enc.padding);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view file = view_of(data, size);
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    struct tl_header h;
    bool strict = tl_decode_header(file, true, &a, &h, &e);
    CHECK(strict || e.text[0] != '\0');
    bool lenient = tl_decode_header(file, false, &a, &h, &e);
    CHECK(lenient || !strict);
    if (lenient) {
        check_same_bytes(file, &h, &a);
        check_made_anew(&h, &a);
        check_opening(file, &h, &a);
    }
    arena_free(&a);
    return 0;
}
