#include "sim/wire/tl.h"

#include "sim/base/check.h"

#include <string.h>

/* ---- what the tags are: docs/FORMATS.md, sections 1 and 3 ---- */

enum { PADDING = 13, HEADER_LENGTH_AT = 5, HEADER_MIN = 10, RECORD_LENGTH_SIZE = 5, TAGS = 32 };

enum kind {
    CONTAINER,
    NAME,  /* ends in its only NUL; the field is the text before it */
    LABEL, /* ends in a NUL; what stands before is kept as it is (DNS names of 8.x: unknown) */
    BYTES,
    U8,
    U16,
    NUMBER /* of up to 4 bytes, in 4: int32_t fields have -1 where the tag is absent */
};

/* Versions that have the tag, or must have it. */
enum { NONE = 0, LIST = 1, SGN = 2, ENC = 4, FIRMWARE = 8, ALL = 15 };

struct rule {
    uint8_t tag, parent; /* parent 0: at the top */
    enum kind kind;
    uint16_t length; /* of the value; 0: any */
    uint8_t versions, required;
    uint8_t section;
    const char *name;
    uint16_t field; /* offset in struct tl_header or struct tl_record; NO_FIELD: not kept apart */
};

#define NO_FIELD 0xffff
#define H(field) offsetof(struct tl_header, field)
#define R(field) offsetof(struct tl_record, field)

static const struct rule header_rules[] = {
    { 1, 0, U16, 2, ALL, ALL, 1, "version", H(version) },
    { 2, 0, U16, 2, ALL, ALL, 1, "header length", H(length) },
    { 28, 0, NUMBER, 2, LIST, NONE, 1, "signer version", H(signer_version) },
    { 3, 0, CONTAINER, 0, ALL, ALL, 1, "signer info", NO_FIELD },
    { 4, 3, NAME, 0, ALL, ALL, 1, "signer name", H(signer_name) },
    { 5, 3, BYTES, 0, ALL, ALL, 1, "serial number", H(signer_serial) },
    { 6, 3, NAME, 0, ALL, ALL, 1, "issuer name", H(signer_issuer) },
    { 7, 0, CONTAINER, 0, ALL, ALL, 1, "signature info", NO_FIELD },
    { 8, 7, U8, 1, ALL, ALL, 1, "digest algorithm", H(digest) },
    { 9, 7, CONTAINER, 0, ALL, ALL, 1, "signature algorithm info", NO_FIELD },
    { 10, 9, U8, 1, ALL, ALL, 1, "signature algorithm", H(signature_algorithm) },
    { 11, 9, U8, 1, ALL, ALL, 1, "signature modulus", H(modulus) },
    { 12, 0, BYTES, 0, ALL, ALL, 1, "signature", H(signature) },
    { 14, 0, NAME, 0, ALL, ALL, 1, "file name", H(file_name) },
    { 15, 0, NUMBER, 4, ALL, LIST | SGN | ENC, 1, "timestamp", H(timestamp) },
    { 16, 0, CONTAINER, 0, ENC, ENC, 3, "encryption info", NO_FIELD },
    { 17, 16, CONTAINER, 0, ENC, ENC, 3, "IV info", NO_FIELD },
    { 18, 17, BYTES, 1, ENC, ENC, 3, "first byte of the IV info", NO_FIELD },
    { 19, 17, BYTES, 16, ENC, ENC, 3, "IV", H(enc.iv) },
    { 20, 17, U16, 2, ENC, ENC, 3, "padding length", H(enc.padding) },
    { 21, 16, CONTAINER, 0, ENC, ENC, 3, "key info", NO_FIELD },
    { 22, 21, BYTES, 1, ENC, ENC, 3, "first byte of the key info", NO_FIELD },
    { 23, 21, U16, 2, ENC, ENC, 3, "encrypted key size", H(enc.key_bits) },
    { 24, 21, U8, 1, ENC, ENC, 3, "key algorithm", H(enc.key_algorithm) },
    { 25, 21, BYTES, 0, ENC, ENC, 3, "encrypted key", H(enc.wrapped_key) },
    { 26, 0, U8, 1, ENC, ENC, 3, "digest algorithm of the plain text", H(enc.digest) },
    { 27, 0, BYTES, 0, ENC, ENC, 3, "digest of the plain text", H(enc.plain_digest) },
};

static const struct rule record_rules[] = {
    { 1, 0, U16, 2, LIST, LIST, 1, "record length", R(length) },
    { 2, 0, LABEL, 0, LIST, NONE, 1, "DNS name", R(dns) },
    { 3, 0, NAME, 0, LIST, NONE, 1, "subject name", R(subject) },
    { 4, 0, U16, 2, LIST, LIST, 1, "function", R(role) },
    { 5, 0, NAME, 0, LIST, NONE, 1, "issuer name", R(issuer) },
    { 6, 0, BYTES, 0, LIST, NONE, 1, "serial number", R(serial) },
    { 7, 0, BYTES, 0, LIST, NONE, 1, "public key", R(public) },
    { 8, 0, BYTES, 0, LIST, NONE, 1, "signature", R(signature) },
    { 9, 0, BYTES, 0, LIST, NONE, 1, "certificate", R(certificate) },
    { 10, 0, BYTES, 4, LIST, NONE, 1, "IP address", R(ip) },
    { 11, 0, BYTES, 0, LIST, NONE, 1, "certificate hash", R(hash) },
    { 12, 0, NUMBER, 1, LIST, NONE, 1, "hash algorithm", R(hash_algorithm) },
};

static const uint16_t modulus_bytes[] = { 64, 128, 256, 512 };
/* No source has a code for 3072 bits: any that is free may be assumed for them. */
enum { BYTES_3072 = 384 };
_Static_assert(sizeof modulus_bytes / sizeof *modulus_bytes == TL_MODULUS_CODES,
               "each has a length");

const char *tl_role_name(uint16_t role)
{
    static const char *const names[] = {
        [TL_SAST] = "System Administrator Security Token",
        [TL_CCM] = "CCM",
        [TL_CCM_TFTP] = "CCM+TFTP",
        [TL_TFTP] = "TFTP",
        [TL_CAPF] = "CAPF",
        [TL_APP_SERVER] = "APP-SERVER",
        [TL_TVS] = "TVS",
    };
    return role < sizeof names / sizeof *names ? names[role] : NULL;
}

/* Of SHA-1, SHA-256, SHA-512; 0 for a number that the format does not have. */
static size_t digest_bytes(uint8_t digest)
{
    static const uint8_t sizes[] = {
        [DIGEST_SHA1] = 20, [DIGEST_SHA256] = 32, [DIGEST_SHA512] = 64
    };
    return digest < sizeof sizes ? sizes[digest] : 0;
}

static uint8_t version_bit(uint16_t version)
{
    static const struct {
        uint16_t version;
        uint8_t bit;
    } bits[] = { { TL_LIST, LIST }, { TL_SGN, SGN }, { TL_FIRMWARE, FIRMWARE }, { TL_ENC, ENC } };
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        if (bits[i].version == version)
            return bits[i].bit;
    return 0;
}

bool tl_is_plain(uint16_t version)
{
    return version == TL_SGN || version == TL_FIRMWARE;
}

/* ---- scanning: one pass that checks and counts, a second that keeps ---- */

/* A run of TLVs between two offsets of the file: the header, or one record. */
struct scan {
    struct view file;
    const struct rule *rules;
    size_t rule_count;
    uint8_t version; /* bit */
    bool strict;
    const char *what; /* "header" or "record" */
    size_t start, end;
    size_t seen[TAGS];   /* offset + 1 of the first with this tag; 0: none */
    struct tl_tlv *tlvs; /* NULL: count only */
    uint32_t count;
    struct err *e;
};

static const struct rule *rule_of(const struct scan *s, uint8_t tag)
{
    for (size_t i = 0; i < s->rule_count; i++)
        if (s->rules[i].tag == tag && (s->rules[i].versions & s->version) != 0)
            return &s->rules[i];
    return NULL;
}

static void keep(struct scan *s, uint8_t tag, uint8_t depth, struct view v)
{
    if (s->tlvs != NULL)
        s->tlvs[s->count] = (struct tl_tlv){ tag, depth, v };
    s->count++;
}

/* A run of padding at `at`: one TLV however long it is. Returns the offset behind it. */
static size_t scan_padding(struct scan *s, size_t at, size_t end)
{
    size_t n = 0;
    while (at + n < end && s->file.p[at + n] == PADDING)
        n++;
    keep(s, PADDING, 0, view_of(s->file.p + at, n));
    return at + n;
}

static bool check_name(struct scan *s, const struct rule *r, size_t at, struct view v)
{
    if (v.n == 0 || v.p[v.n - 1] != 0)
        return err_set(s->e, "offset %zu: %s (tag %u) does not end in a NUL (section %u)", at,
                       r->name, r->tag, r->section);
    const uint8_t *nul = memchr(v.p, 0, v.n);
    if (r->kind == NAME && nul != v.p + v.n - 1)
        return err_set(s->e, "offset %zu: %s (tag %u) has a NUL inside (section %u)", at, r->name,
                       r->tag, r->section);
    return true;
}

static bool check_known(struct scan *s, const struct rule *r, uint8_t parent, size_t at,
                        struct view v)
{
    if (r->parent != parent) {
        if (parent == 0)
            return err_set(s->e,
                           "offset %zu: %s (tag %u) outside its container, tag %u (section %u)", at,
                           r->name, r->tag, r->parent, r->section);
        return err_set(s->e, "offset %zu: %s (tag %u) inside container %u (section %u)", at,
                       r->name, r->tag, parent, r->section);
    }
    if (s->seen[r->tag] != 0)
        return err_set(s->e,
                       "offset %zu: second %s (tag %u), the first is at offset %zu (section %u)",
                       at, r->name, r->tag, s->seen[r->tag] - 1, r->section);
    s->seen[r->tag] = at + 1;
    if (r->length != 0 && v.n != r->length)
        return err_set(s->e, "offset %zu: %s (tag %u) has length %zu, not %u (section %u)", at,
                       r->name, r->tag, v.n, r->length, r->section);
    if (r->kind == NAME || r->kind == LABEL)
        return check_name(s, r, at, v);
    return true;
}

/* Reads the head of the TLV at `at`, whose value must end by `end`. */
static bool scan_head(struct scan *s, size_t at, size_t end, uint8_t parent, struct view *v)
{
    uint8_t tag = s->file.p[at];
    size_t left = end - at;
    size_t length = 0;
    if (left >= 3)
        length = (size_t)s->file.p[at + 1] << 8 | s->file.p[at + 2];
    if (left >= 3 && length <= left - 3) {
        *v = view_of(s->file.p + at + 3, length);
        return true;
    }
    if (parent != 0)
        return err_set(s->e, "offset %zu: tag %u runs past the end of container %u (section 1)", at,
                       tag, parent);
    if (left < 3 ? s->file.n - at < 3 : length > s->file.n - at - 3)
        return err_set(s->e,
                       "offset %zu: tag %u runs past the end of the file, %zu bytes (section 1)",
                       at, tag, s->file.n);
    return err_set(s->e, "offset %zu: %s length %zu does not meet the end of a TLV (section 1)", at,
                   s->what, s->end - s->start);
}

/* Recursion ends because a container's tag must stand in its own parent: at most three deep. */
static bool scan_range(struct scan *s, size_t at, size_t end, uint8_t depth, uint8_t parent)
{
    while (at < end) {
        uint8_t tag = s->file.p[at];
        if (tag == PADDING) {
            if (depth != 0)
                return err_set(s->e, "offset %zu: padding inside container %u (section 1)", at,
                               parent);
            size_t behind = scan_padding(s, at, end);
            if (s->strict && (behind != end || s->rules != header_rules))
                return err_set(s->e, "offset %zu: padding that does not end the header (section 1)",
                               at);
            at = behind;
            continue;
        }
        struct view v = { NULL, 0 };
        if (!scan_head(s, at, end, parent, &v))
            return false;
        const struct rule *r = rule_of(s, tag);
        if (r == NULL && s->strict)
            return err_set(s->e, "offset %zu: unknown tag %u in the %s (section 1, strict)", at,
                           tag, s->what);
        if (r != NULL && !check_known(s, r, parent, at, v))
            return false;
        keep(s, tag, depth, v);
        if (r != NULL && r->kind == CONTAINER &&
            !scan_range(s, at + 3, at + 3 + v.n, (uint8_t)(depth + 1), tag))
            return false;
        at += 3 + v.n;
    }
    return true;
}

static bool scan_required(const struct scan *s)
{
    for (size_t i = 0; i < s->rule_count; i++) {
        const struct rule *r = &s->rules[i];
        if ((r->required & s->version) != 0 && s->seen[r->tag] == 0)
            return err_set(s->e, "offset %zu: %s without %s (tag %u) (section %u)", s->start,
                           s->what, r->name, r->tag, r->section);
    }
    return true;
}

/* Big-endian; the rules hold numbers to four bytes at most. */
static uint32_t number_of(struct view v)
{
    uint32_t n = 0;
    for (size_t i = 0; i < v.n && i < 4; i++)
        n = n << 8 | v.p[i];
    return n;
}

/* Fills the struct at `out` from the kept TLVs: one place for every field. */
static void scan_fields(const struct scan *s, void *out)
{
    for (uint32_t i = 0; i < s->count; i++) {
        const struct tl_tlv *t = &s->tlvs[i];
        const struct rule *r = rule_of(s, t->tag);
        if (r == NULL || r->field == NO_FIELD)
            continue;
        void *field = (uint8_t *)out + r->field;
        struct view text = t->v;
        uint32_t number = number_of(text);
        if (r->kind == NAME || r->kind == LABEL)
            text.n--; /* its NUL */
        if (r->kind == U8)
            memcpy(field, &(uint8_t){ (uint8_t)number }, 1);
        else if (r->kind == U16)
            memcpy(field, &(uint16_t){ (uint16_t)number }, 2);
        else if (r->kind == NUMBER)
            memcpy(field, &number, 4);
        else
            memcpy(field, &text, sizeof text);
    }
}

/* Checks and counts, then keeps: the array has the size of what is there, never of a claim. */
static bool scan_run(struct scan *s, struct arena *a, void *out)
{
    if (!scan_range(s, s->start, s->end, 0, 0) || !scan_required(s))
        return false;
    s->tlvs = arena_take(a, s->count * sizeof *s->tlvs);
    s->count = 0;
    memset(s->seen, 0, sizeof s->seen);
    bool again = scan_range(s, s->start, s->end, 0, 0);
    CHECK(again);
    scan_fields(s, out);
    return true;
}

/* ---- the header ---- */

/* Version and header length stand first, at fixed places: nothing else says where the header ends.
 */
static bool read_front(struct view file, uint16_t *version, uint16_t *length, struct err *e)
{
    static const uint8_t front[] = { 1, 0, 2 }, second[] = { 2, 0, 2 };
    if (file.n < HEADER_MIN)
        return err_set(e, "offset 0: %zu bytes hold no header (section 1)", file.n);
    if (memcmp(file.p, front, 3) != 0)
        return err_set(e, "offset 0: no version (tag 1, 2 bytes) at the front (section 1)");
    struct rd r = { file, 3 };
    rd_u16(&r, version);
    if (version_bit(*version) == 0)
        return err_set(e, "offset 3: version %u.%u is none of 1.2, 1.0, 1.1, 2.0 (section 1)",
                       *version >> 8, *version & 0xff);
    if (memcmp(file.p + HEADER_LENGTH_AT, second, 3) != 0)
        return err_set(
            e, "offset %d: no header length (tag 2, 2 bytes) behind the version (section 1)",
            HEADER_LENGTH_AT);
    r.at = HEADER_LENGTH_AT + 3;
    rd_u16(&r, length);
    if (*length > file.n)
        return err_set(e,
                       "offset %d: header length %u runs past the end of the file, %zu bytes "
                       "(section 1)",
                       HEADER_LENGTH_AT, *length, file.n);
    if (*length < HEADER_MIN)
        return err_set(e, "offset %d: header length %u is less than %d (section 1)",
                       HEADER_LENGTH_AT, *length, HEADER_MIN);
    return true;
}

static size_t value_at(const struct scan *s, uint8_t tag)
{
    return s->seen[tag] - 1 + 3;
}

static bool check_header(const struct scan *s, const struct tl_header *h)
{
    if (digest_bytes(h->digest) == 0)
        return err_set(s->e, "offset %zu: digest algorithm %u is none of 1, 2, 3 (section 1)",
                       value_at(s, 8), h->digest);
    if (h->signature_algorithm != 0)
        return err_set(s->e, "offset %zu: signature algorithm %u is not 0, RSA (section 1)",
                       value_at(s, 10), h->signature_algorithm);
    bool known = h->modulus < TL_MODULUS_CODES;
    if (!known && h->signature.n != BYTES_3072)
        return err_set(s->e, "offset %zu: signature modulus %u is none of 0, 1, 2, 3 (section 1)",
                       value_at(s, 11), h->modulus);
    if (known && h->signature.n != modulus_bytes[h->modulus])
        return err_set(s->e,
                       "offset %zu: signature of %zu bytes under modulus code %u, %u bytes "
                       "(section 1)",
                       s->seen[12] - 1, h->signature.n, h->modulus, modulus_bytes[h->modulus]);
    if (s->strict && h->length % 4 != 0)
        return err_set(s->e, "offset %d: header length %u is no multiple of 4 (section 1, strict)",
                       HEADER_LENGTH_AT, h->length);
    if (!h->has_enc)
        return true;
    if (h->enc.padding < 1 || h->enc.padding > 16)
        return err_set(s->e, "offset %zu: padding length %u is not 1 to 16 (section 3)",
                       value_at(s, 20), h->enc.padding);
    if (digest_bytes(h->enc.digest) == 0)
        return err_set(s->e, "offset %zu: digest algorithm %u is none of 1, 2, 3 (section 3)",
                       value_at(s, 26), h->enc.digest);
    if (h->enc.plain_digest.n != digest_bytes(h->enc.digest))
        return err_set(s->e, "offset %zu: digest of %zu bytes under algorithm %u (section 3)",
                       s->seen[27] - 1, h->enc.plain_digest.n, h->enc.digest);
    return true;
}

bool tl_decode_header(struct view file, bool strict, struct arena *a, struct tl_header *out,
                      struct err *e)
{
    uint16_t version, length;
    if (!read_front(file, &version, &length, e))
        return false;
    struct scan s = { .file = file,
                      .rules = header_rules,
                      .rule_count = sizeof header_rules / sizeof *header_rules,
                      .version = version_bit(version),
                      .strict = strict,
                      .what = "header",
                      .end = length,
                      .e = e };
    struct tl_header h = { .signer_version = -1, .has_enc = version == TL_ENC };
    if (!scan_run(&s, a, &h) || !check_header(&s, &h))
        return false;
    h.tlvs = s.tlvs;
    h.count = s.count;
    h.signature_at = s.seen[12] - 1;
    h.signature_end = h.signature_at + 3 + h.signature.n;
    h.has_timestamp = s.seen[15] != 0;
    *out = h;
    return true;
}

/* ---- records ---- */

/* Length of the record at `at`, checked against the file. */
static bool record_front(struct view file, size_t at, size_t *length, struct err *e)
{
    static const uint8_t front[] = { 1, 0, 2 };
    size_t left = file.n - at;
    if (left < RECORD_LENGTH_SIZE || memcmp(file.p + at, front, 3) != 0)
        return err_set(e,
                       "offset %zu: no record length (tag 1, 2 bytes) where a record starts "
                       "(section 1)",
                       at);
    *length = (size_t)file.p[at + 3] << 8 | file.p[at + 4];
    if (*length > left)
        return err_set(e,
                       "offset %zu: record length %zu runs past the end of the file, %zu bytes "
                       "(section 1)",
                       at, *length, file.n);
    if (*length < RECORD_LENGTH_SIZE)
        return err_set(e, "offset %zu: record length %zu is less than %d (section 1)", at, *length,
                       RECORD_LENGTH_SIZE);
    return true;
}

static bool check_record(const struct scan *s, const struct tl_record *r)
{
    if ((s->seen[11] == 0) != (s->seen[12] == 0))
        return err_set(s->e, "offset %zu: record with %s (section 1)", s->start,
                       s->seen[11] != 0
                           ? "a certificate hash (tag 11) without its algorithm (tag 12)"
                           : "a hash algorithm (tag 12) without the hash (tag 11)");
    if (r->hash_algorithm == 1 && r->hash.n != 20)
        return err_set(s->e,
                       "offset %zu: certificate hash of %zu bytes under algorithm 1, 20 bytes "
                       "(section 1)",
                       s->seen[11] - 1, r->hash.n);
    return true;
}

static bool decode_record(struct view file, size_t at, bool strict, struct arena *a,
                          struct tl_record *out, struct err *e)
{
    size_t length = 0;
    if (!record_front(file, at, &length, e))
        return false;
    struct scan s = { .file = file,
                      .rules = record_rules,
                      .rule_count = sizeof record_rules / sizeof *record_rules,
                      .version = LIST,
                      .strict = strict,
                      .what = "record",
                      .start = at,
                      .end = at + length,
                      .e = e };
    struct tl_record r = { .at = at, .hash_algorithm = -1 };
    if (!scan_run(&s, a, &r) || !check_record(&s, &r))
        return false;
    r.tlvs = s.tlvs;
    r.count = s.count;
    *out = r;
    return true;
}

bool tl_decode(struct view file, bool strict, struct arena *a, struct tl *out, struct err *e)
{
    struct tl t = { .file = file };
    if (!tl_decode_header(file, strict, a, &t.header, e))
        return false;
    if (t.header.version != TL_LIST)
        return err_set(e, "offset 3: version %u.%u is no trust list, which has 1.2 (section 1)",
                       t.header.version >> 8, t.header.version & 0xff);
    /* Counts as far as lengths lead.  Where that breaks, an earlier record may be to blame: its
     * own error is the better one, so the records before the break are decoded first. */
    struct err broken;
    bool whole = true;
    size_t length = 0;
    for (size_t at = t.header.length; at < file.n; at += length, t.count++) {
        whole = record_front(file, at, &length, &broken);
        if (!whole)
            break;
    }
    t.records = arena_take(a, (t.count == 0 ? 1 : t.count) * sizeof *t.records);
    size_t at = t.header.length;
    for (uint32_t i = 0; i < t.count; i++) {
        if (!decode_record(file, at, strict, a, &t.records[i], e))
            return err_prefix(e, "record %u", i + 1);
        at += t.records[i].length;
    }
    if (!whole)
        return err_set(e, "record %u: %s", t.count + 1, broken.text);
    *out = t;
    return true;
}

size_t tl_signed(struct view file, const struct tl_header *h, struct view parts[2])
{
    parts[0] = view_sub(file, 0, h->signature_at);
    parts[1] = view_sub(file, h->signature_end, file.n - h->signature_end);
    return 2;
}

bool tl_is_empty(const struct tl *t)
{
    for (uint32_t i = 0; i < t->count; i++) {
        const struct tl_record *r = &t->records[i];
        bool serves =
            r->role == TL_CCM || r->role == TL_CCM_TFTP || r->role == TL_TFTP || r->role == TL_TVS;
        if (serves && (r->certificate.n != 0 || r->hash.n != 0))
            return false;
    }
    return true;
}

/* ---- encoding what was decoded ---- */

static void encode_tlvs(const struct tl_tlv *tlvs, uint32_t count, struct wr *w)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct tl_tlv *t = &tlvs[i];
        if (t->tag == PADDING) {
            wr_view(w, t->v);
            continue;
        }
        wr_u8(w, t->tag);
        wr_u16(w, (uint16_t)t->v.n);
        bool has_children = i + 1 < count && tlvs[i + 1].depth > t->depth;
        if (!has_children) /* else the children follow as TLVs of their own */
            wr_view(w, t->v);
    }
}

void tl_encode_header(const struct tl_header *h, struct wr *w)
{
    encode_tlvs(h->tlvs, h->count, w);
}

void tl_encode(const struct tl *t, struct wr *w)
{
    tl_encode_header(&t->header, w);
    for (uint32_t i = 0; i < t->count; i++)
        encode_tlvs(t->records[i].tlvs, t->records[i].count, w);
}

/* ---- making new ones ---- */

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
        return err_set(e, "%s of %zu bytes does not fit its length field (section 1)", what,
                       name.n);
    if (!nul_inside && name.n != 0 && memchr(name.p, 0, name.n) != NULL)
        return err_set(e, "%s with a NUL inside cannot be written (section 1)", what);
    return true;
}

static bool check_new_bytes(struct view v, const char *what, struct err *e)
{
    if (v.n > 65535)
        return err_set(e, "%s of %zu bytes does not fit its length field (section 1)", what, v.n);
    return true;
}

static bool modulus_code(uint16_t bytes, uint8_t assumed, uint8_t *code, struct err *e)
{
    if (bytes == BYTES_3072 && assumed >= TL_MODULUS_CODES) {
        *code = assumed;
        return true;
    }
    for (size_t i = 0; i < TL_MODULUS_CODES; i++) {
        if (modulus_bytes[i] == bytes) {
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
    CHECK(version_bit(h->version) != 0 && digest_bytes(h->digest) != 0);
    CHECK((h->version == TL_ENC) == (h->enc != NULL));
    CHECK(h->version == TL_LIST || h->signer_version == -1);
    CHECK(h->version == TL_FIRMWARE || !h->no_timestamp);
    CHECK(h->signer_version >= -1 && h->signer_version <= 65535);
    if (h->enc != NULL)
        CHECK(h->enc->iv.n == 16 && h->enc->padding >= 1 && h->enc->padding <= 16 &&
              h->enc->plain_digest.n == digest_bytes(h->enc->digest) &&
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
        wr_u8(w, PADDING);
    return signature_at;
}

/* The length and the modulus code of a header that can be written; 0 where it cannot. */
static size_t measure_header(const struct tl_new_header *h, uint8_t *code, struct err *e)
{
    if (!check_new_header(h, code, e))
        return 0;
    if (signer_info_length(h) > 65535) {
        err_set(e, "signer info of %zu bytes does not fit its length field (section 1)",
                signer_info_length(h));
        return 0;
    }
    struct wr w = wr_measure();
    put_header(h, *code, 0, &w);
    if (w.n > 65535) {
        err_set(e, "header of %zu bytes does not fit its length field (section 1)", w.n);
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

/* Tags of each form, in CUCM's order (section 1); 10 is written where there is an address. */
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
        return err_set(e, "IP address of %zu bytes, not 4 (section 1)", r->ip.n);
    if (r->ip.p != NULL && r->form == TL_HASH)
        return err_set(e, "a record of the hash form holds no IP address (section 1)");
    if (r->form == TL_HASH && r->hash.n != 20)
        return err_set(e, "certificate hash of %zu bytes, not 20 (section 1)", r->hash.n);
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
        err_set(e, "record of %zu bytes does not fit its length field (section 1)", w.n);
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
