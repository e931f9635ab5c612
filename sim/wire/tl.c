#include "sim/wire/tl_impl.h"

#include "sim/base/check.h"

#include <string.h>

/* ---- what the tags are: docs/FORMATS.md, sections 1 and 3 ---- */

enum { HEADER_LENGTH_AT = 5, HEADER_MIN = 10, RECORD_LENGTH_SIZE = 5, TAGS = 32 };

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

const uint16_t tl_modulus_bytes[TL_MODULUS_CODES] = { 64, 128, 256, 512 };
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

size_t tl_digest_bytes(uint8_t digest)
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

bool tl_is_version(uint16_t version)
{
    return version_bit(version) != 0;
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
    while (at + n < end && s->file.p[at + n] == TL_PADDING)
        n++;
    keep(s, TL_PADDING, 0, view_of(s->file.p + at, n));
    return at + n;
}

static bool check_name(struct scan *s, const struct rule *r, size_t at, struct view v)
{
    if (v.n == 0 || v.p[v.n - 1] != 0)
        return err_set(s->e, "offset %zu: %s (tag %u) does not end in a NUL (FORMATS section %u)",
                       at, r->name, r->tag, r->section);
    const uint8_t *nul = memchr(v.p, 0, v.n);
    if (r->kind == NAME && nul != v.p + v.n - 1)
        return err_set(s->e, "offset %zu: %s (tag %u) has a NUL inside (FORMATS section %u)", at,
                       r->name, r->tag, r->section);
    return true;
}

static bool check_known(struct scan *s, const struct rule *r, uint8_t parent, size_t at,
                        struct view v)
{
    if (r->parent != parent) {
        if (parent == 0)
            return err_set(
                s->e, "offset %zu: %s (tag %u) outside its container, tag %u (FORMATS section %u)",
                at, r->name, r->tag, r->parent, r->section);
        return err_set(s->e, "offset %zu: %s (tag %u) inside container %u (FORMATS section %u)", at,
                       r->name, r->tag, parent, r->section);
    }
    if (s->seen[r->tag] != 0)
        return err_set(
            s->e, "offset %zu: second %s (tag %u), the first is at offset %zu (FORMATS section %u)",
            at, r->name, r->tag, s->seen[r->tag] - 1, r->section);
    s->seen[r->tag] = at + 1;
    if (r->length != 0 && v.n != r->length)
        return err_set(s->e, "offset %zu: %s (tag %u) has length %zu, not %u (FORMATS section %u)",
                       at, r->name, r->tag, v.n, r->length, r->section);
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
        return err_set(s->e,
                       "offset %zu: tag %u runs past the end of container %u (FORMATS section 1)",
                       at, tag, parent);
    if (left < 3 ? s->file.n - at < 3 : length > s->file.n - at - 3)
        return err_set(
            s->e, "offset %zu: tag %u runs past the end of the file, %zu bytes (FORMATS section 1)",
            at, tag, s->file.n);
    return err_set(s->e,
                   "offset %zu: %s length %zu does not meet the end of a TLV (FORMATS section 1)",
                   at, s->what, s->end - s->start);
}

/* Recursion ends because a container's tag must stand in its own parent: at most three deep. */
static bool scan_range(struct scan *s, size_t at, size_t end, uint8_t depth, uint8_t parent)
{
    while (at < end) {
        uint8_t tag = s->file.p[at];
        if (tag == TL_PADDING) {
            if (depth != 0)
                return err_set(s->e, "offset %zu: padding inside container %u (FORMATS section 1)",
                               at, parent);
            size_t behind = scan_padding(s, at, end);
            if (s->strict && (behind != end || s->rules != header_rules))
                return err_set(
                    s->e, "offset %zu: padding that does not end the header (FORMATS section 1)",
                    at);
            at = behind;
            continue;
        }
        struct view v = { NULL, 0 };
        if (!scan_head(s, at, end, parent, &v))
            return false;
        const struct rule *r = rule_of(s, tag);
        if (r == NULL && s->strict)
            return err_set(s->e, "offset %zu: unknown tag %u in the %s (FORMATS section 1, strict)",
                           at, tag, s->what);
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
            return err_set(s->e, "offset %zu: %s without %s (tag %u) (FORMATS section %u)",
                           s->start, s->what, r->name, r->tag, r->section);
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
        return err_set(e, "offset 0: %zu bytes hold no header (FORMATS section 1)", file.n);
    if (memcmp(file.p, front, 3) != 0)
        return err_set(e, "offset 0: no version (tag 1, 2 bytes) at the front (FORMATS section 1)");
    struct rd r = { file, 3 };
    rd_u16(&r, version);
    if (version_bit(*version) == 0)
        return err_set(e,
                       "offset 3: version %u.%u is none of 1.2, 1.0, 1.1, 2.0 (FORMATS section 1)",
                       *version >> 8, *version & 0xff);
    if (memcmp(file.p + HEADER_LENGTH_AT, second, 3) != 0)
        return err_set(
            e,
            "offset %d: no header length (tag 2, 2 bytes) behind the version (FORMATS section 1)",
            HEADER_LENGTH_AT);
    r.at = HEADER_LENGTH_AT + 3;
    rd_u16(&r, length);
    if (*length > file.n)
        return err_set(e,
                       "offset %d: header length %u runs past the end of the file, %zu bytes "
                       "(FORMATS section 1)",
                       HEADER_LENGTH_AT, *length, file.n);
    if (*length < HEADER_MIN)
        return err_set(e, "offset %d: header length %u is less than %d (FORMATS section 1)",
                       HEADER_LENGTH_AT, *length, HEADER_MIN);
    return true;
}

static size_t value_at(const struct scan *s, uint8_t tag)
{
    return s->seen[tag] - 1 + 3;
}

static bool check_header(const struct scan *s, const struct tl_header *h)
{
    if (tl_digest_bytes(h->digest) == 0)
        return err_set(s->e,
                       "offset %zu: digest algorithm %u is none of 1, 2, 3 (FORMATS section 1)",
                       value_at(s, 8), h->digest);
    if (h->signature_algorithm != 0)
        return err_set(s->e, "offset %zu: signature algorithm %u is not 0, RSA (FORMATS section 1)",
                       value_at(s, 10), h->signature_algorithm);
    bool known = h->modulus < TL_MODULUS_CODES;
    if (!known && h->signature.n != TL_BYTES_3072)
        return err_set(s->e,
                       "offset %zu: signature modulus %u is none of 0, 1, 2, 3 (FORMATS section 1)",
                       value_at(s, 11), h->modulus);
    if (known && h->signature.n != tl_modulus_bytes[h->modulus])
        return err_set(s->e,
                       "offset %zu: signature of %zu bytes under modulus code %u, %u bytes "
                       "(FORMATS section 1)",
                       s->seen[12] - 1, h->signature.n, h->modulus, tl_modulus_bytes[h->modulus]);
    if (s->strict && h->length % 4 != 0)
        return err_set(
            s->e, "offset %d: header length %u is no multiple of 4 (FORMATS section 1, strict)",
            HEADER_LENGTH_AT, h->length);
    if (!h->has_enc)
        return true;
    if (h->enc.padding < 1 || h->enc.padding > 16)
        return err_set(s->e, "offset %zu: padding length %u is not 1 to 16 (FORMATS section 3)",
                       value_at(s, 20), h->enc.padding);
    if (tl_digest_bytes(h->enc.digest) == 0)
        return err_set(s->e,
                       "offset %zu: digest algorithm %u is none of 1, 2, 3 (FORMATS section 3)",
                       value_at(s, 26), h->enc.digest);
    if (h->enc.plain_digest.n != tl_digest_bytes(h->enc.digest))
        return err_set(s->e,
                       "offset %zu: digest of %zu bytes under algorithm %u (FORMATS section 3)",
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
                       "(FORMATS section 1)",
                       at);
    *length = (size_t)file.p[at + 3] << 8 | file.p[at + 4];
    if (*length > left)
        return err_set(e,
                       "offset %zu: record length %zu runs past the end of the file, %zu bytes "
                       "(FORMATS section 1)",
                       at, *length, file.n);
    if (*length < RECORD_LENGTH_SIZE)
        return err_set(e, "offset %zu: record length %zu is less than %d (FORMATS section 1)", at,
                       *length, RECORD_LENGTH_SIZE);
    return true;
}

static bool check_record(const struct scan *s, const struct tl_record *r)
{
    if ((s->seen[11] == 0) != (s->seen[12] == 0))
        return err_set(s->e, "offset %zu: record with %s (FORMATS section 1)", s->start,
                       s->seen[11] != 0
                           ? "a certificate hash (tag 11) without its algorithm (tag 12)"
                           : "a hash algorithm (tag 12) without the hash (tag 11)");
    if (r->hash_algorithm == 1 && r->hash.n != 20)
        return err_set(s->e,
                       "offset %zu: certificate hash of %zu bytes under algorithm 1, 20 bytes "
                       "(FORMATS section 1)",
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
        return err_set(
            e, "offset 3: version %u.%u is no trust list, which has 1.2 (FORMATS section 1)",
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
        if (t->tag == TL_PADDING) {
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
