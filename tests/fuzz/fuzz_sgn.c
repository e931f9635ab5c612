/* Headers of signed and encrypted files: what decodes encodes again to the same bytes, and a header
 * made anew from the decoded fields decodes to the same fields. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/wire/tl.h"

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
    CHECK(b->has_enc == h->has_enc);
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
    }
    arena_free(&a);
    return 0;
}
