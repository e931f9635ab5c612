#include "sim/wire/tl_make.h"

#include "sim/base/check.h"
#include "sim/wire/tl_impl.h"

#include <string.h>

static void put_tlv(struct wr *w, uint8_t tag, struct view v)
{
    wr_u8(w, tag);
    wr_u16(w, (uint16_t)v.n);
    wr_view(w, v);
}

static void put_name(struct wr *w, uint8_t tag, struct view name)
{
    wr_u8(w, tag);
    wr_u16(w, (uint16_t)(name.n + 1));
    wr_view(w, name);
    wr_u8(w, 0);
}

static void put_u8(struct wr *w, uint8_t tag, uint8_t v)
{
    put_tlv(w, tag, view_of(&v, 1));
}

static void put_u16(struct wr *w, uint8_t tag, uint16_t v)
{
    wr_u8(w, tag);
    wr_u16(w, 2);
    wr_u16(w, v);
}

static void put_head(struct wr *w, uint8_t tag, size_t length)
{
    wr_u8(w, tag);
    wr_u16(w, (uint16_t)length);
}

static bool check_new_name(struct view name, const char *what, bool nul_inside, struct err *e)
{
    if (name.n > 65534)
        return err_set(e, "%s of %zu bytes does not fit its length field (FORMATS section 1)", what,
                       name.n);
    if (!nul_inside && name.n != 0 && memchr(name.p, 0, name.n) != NULL)
        return err_set(e, "%s with a NUL inside cannot be written (FORMATS section 1)", what);
    return true;
}

static bool check_new_bytes(struct view v, const char *what, struct err *e)
{
    if (v.n > 65535)
        return err_set(e, "%s of %zu bytes does not fit its length field (FORMATS section 1)", what,
                       v.n);
    return true;
}

static bool modulus_code(uint16_t bytes, uint8_t assumed, uint8_t *code, struct err *e)
{
    if (bytes == TL_BYTES_3072 && assumed >= TL_MODULUS_CODES) {
        *code = assumed;
        return true;
    }
    for (size_t i = 0; i < TL_MODULUS_CODES; i++) {
        if (tl_modulus_bytes[i] == bytes) {
            *code = (uint8_t)i;
            return true;
        }
    }
    return err_set(e, "a %u-bit key cannot sign: the format has no code for a %u-byte signature",
                   bytes * 8u, bytes);
}

static size_t signer_info_length(const struct tl_new_header *h)
{
    return 3 + h->signer_name.n + 1 + 3 + h->signer_serial.n + 3 + h->signer_issuer.n + 1;
}

static size_t key_info_length(const struct tl_enc *enc)
{
    return 3 + 1 + 3 + 2 + 3 + 1 + 3 + enc->wrapped_key.n;
}

enum { IV_INFO_LENGTH = 3 + 1 + 3 + 16 + 3 + 2 };

static void put_enc(struct wr *w, const struct tl_enc *enc)
{
    put_head(w, 16, 3 + IV_INFO_LENGTH + 3 + key_info_length(enc));
    put_head(w, 17, IV_INFO_LENGTH);
    put_u8(w, 18, 0);
    put_tlv(w, 19, enc->iv);
    put_u16(w, 20, enc->padding);
    put_head(w, 21, key_info_length(enc));
    put_u8(w, 22, 0);
    put_u16(w, 23, enc->key_bits);
    put_u8(w, 24, enc->key_algorithm);
    put_tlv(w, 25, enc->wrapped_key);
    put_u8(w, 26, enc->digest);
    put_tlv(w, 27, enc->plain_digest);
}

static bool check_new_header(const struct tl_new_header *h, uint8_t *code, struct err *e)
{
    CHECK(tl_is_version(h->version) && tl_digest_bytes(h->digest) != 0);
    CHECK((h->version == TL_ENC) == (h->enc != NULL));
    CHECK(h->version == TL_LIST || h->signer_version == -1);
    CHECK(h->version == TL_FIRMWARE || !h->no_timestamp);
    CHECK(h->signer_version >= -1 && h->signer_version <= 65535);
    if (h->enc != NULL)
        CHECK(h->enc->iv.n == 16 && h->enc->padding >= 1 && h->enc->padding <= 16 &&
              h->enc->plain_digest.n == tl_digest_bytes(h->enc->digest) &&
              h->enc->wrapped_key.n <= 512);
    return modulus_code(h->signature_bytes, h->modulus_code, code, e) &&
           check_new_name(h->signer_name, "signer name", false, e) &&
           check_new_bytes(h->signer_serial, "serial number", e) &&
           check_new_name(h->signer_issuer, "issuer name", false, e) &&
           check_new_name(h->file_name, "file name", false, e);
}

/* Writes a header that was checked and returns where the signature's value starts. `length` is what
 * goes into tag 2: 0 while measuring. */
static size_t put_header(const struct tl_new_header *h, uint8_t code, size_t length, struct wr *w)
{
    size_t start = w->n;
    put_u16(w, 1, h->version);
    put_u16(w, 2, (uint16_t)length);
    if (h->signer_version >= 0)
        put_u16(w, 28, (uint16_t)h->signer_version);
    put_head(w, 3, signer_info_length(h));
    put_name(w, 4, h->signer_name);
    put_tlv(w, 5, h->signer_serial);
    put_name(w, 6, h->signer_issuer);
    put_head(w, 7, 15);
    put_u8(w, 8, h->digest);
    put_head(w, 9, 8);
    put_u8(w, 10, 0);
    put_u8(w, 11, code);
    put_head(w, 12, h->signature_bytes);
    size_t signature_at = w->n - start;
    static const uint8_t zeroes[512];
    wr_view(w, view_of(zeroes, h->signature_bytes));
    put_name(w, 14, h->file_name);
    if (!h->no_timestamp) {
        put_head(w, 15, 4);
        wr_u32(w, h->timestamp);
    }
    if (h->enc != NULL)
        put_enc(w, h->enc);
    while ((w->n - start) % 4 != 0)
        wr_u8(w, TL_PADDING);
    return signature_at;
}

/* The length and the modulus code of a header that can be written; 0 where it cannot. */
static size_t measure_header(const struct tl_new_header *h, uint8_t *code, struct err *e)
{
    if (!check_new_header(h, code, e))
        return 0;
    if (signer_info_length(h) > 65535) {
        err_set(e, "signer info of %zu bytes does not fit its length field (FORMATS section 1)",
                signer_info_length(h));
        return 0;
    }
    struct wr w = wr_measure();
    put_header(h, *code, 0, &w);
    if (w.n > 65535) {
        err_set(e, "header of %zu bytes does not fit its length field (FORMATS section 1)", w.n);
        return 0;
    }
    return w.n;
}

size_t tl_header_length(const struct tl_new_header *h, struct err *e)
{
    uint8_t code = 0;
    return measure_header(h, &code, e);
}

bool tl_write_header(const struct tl_new_header *h, struct wr *w, size_t *signature_at,
                     struct err *e)
{
    uint8_t code = 0;
    size_t length = measure_header(h, &code, e);
    if (length == 0)
        return false;
    *signature_at = put_header(h, code, length, w);
    if (w->over)
        return err_set(e, "no room for a header of %zu bytes", length);
    return true;
}

/* Tags of each form, in CUCM's order (FORMATS section 1); 10 is written where there is an address.
 */
static const uint8_t form_tags[][10] = {
    [TL_FULL] = { 2, 3, 4, 5, 6, 7, 8, 9, 10 },
    [TL_HASH] = { 2, 3, 4, 5, 6, 7, 8, 11, 12 },
    [TL_TOKEN] = { 2, 3, 4, 5, 6, 7, 9, 10 },
    [TL_EMPTIED] = { 2, 4, 10 },
};

static bool check_new_record(const struct tl_new_record *r, struct err *e)
{
    CHECK((unsigned)r->form < sizeof form_tags / sizeof *form_tags);
    if (r->ip.p != NULL && r->ip.n != 4)
        return err_set(e, "IP address of %zu bytes, not 4 (FORMATS section 1)", r->ip.n);
    if (r->ip.p != NULL && r->form == TL_HASH)
        return err_set(e, "a record of the hash form holds no IP address (FORMATS section 1)");
    if (r->form == TL_HASH && r->hash.n != 20)
        return err_set(e, "certificate hash of %zu bytes, not 20 (FORMATS section 1)", r->hash.n);
    return check_new_name(r->dns, "DNS name", true, e) &&
           check_new_name(r->subject, "subject name", false, e) &&
           check_new_name(r->issuer, "issuer name", false, e) &&
           check_new_bytes(r->serial, "serial number", e) &&
           check_new_bytes(r->public, "public key", e) &&
           check_new_bytes(r->signature, "signature", e) &&
           check_new_bytes(r->certificate, "certificate", e);
}

static void put_record_tag(const struct tl_new_record *r, uint8_t tag, struct wr *w)
{
    const struct view names[] = { [2] = r->dns, [3] = r->subject, [5] = r->issuer };
    const struct view bytes[] = {
        [6] = r->serial, [7] = r->public, [8] = r->signature, [9] = r->certificate, [11] = r->hash
    };
    switch (tag) {
    case 2:
    case 3:
    case 5:
        put_name(w, tag, names[tag]);
        break;
    case 4:
        put_u16(w, tag, r->role);
        break;
    case 10:
        if (r->ip.p != NULL)
            put_tlv(w, tag, r->ip);
        break;
    case 12:
        put_u8(w, tag, 1); /* SHA-1 */
        break;
    default:
        put_tlv(w, tag, bytes[tag]);
    }
}

static void put_record(const struct tl_new_record *r, size_t length, struct wr *w)
{
    put_u16(w, 1, (uint16_t)length);
    const uint8_t *tags = form_tags[r->form];
    for (size_t i = 0; i < sizeof form_tags[0] && tags[i] != 0; i++)
        put_record_tag(r, tags[i], w);
}

size_t tl_record_length(const struct tl_new_record *r, struct err *e)
{
    if (!check_new_record(r, e))
        return 0;
    struct wr w = wr_measure();
    put_record(r, 0, &w);
    if (w.n > 65535) {
        err_set(e, "record of %zu bytes does not fit its length field (FORMATS section 1)", w.n);
        return 0;
    }
    return w.n;
}

bool tl_write_record(const struct tl_new_record *r, struct wr *w, struct err *e)
{
    size_t length = tl_record_length(r, e);
    if (length == 0)
        return false;
    put_record(r, length, w);
    if (w->over)
        return err_set(e, "no room for a record of %zu bytes", length);
    return true;
}
