/* Trust lists and the envelope of signed files: sizes that Cisco's listings print, files that
 * another implementation made, and what is odd and still right.  Errors: test_tl_errors.c. */
#include "sim/base/sys.h"
#include "sim/wire/tl_make.h"
#include "tests/unit/small_list.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static uint8_t filler[70000]; /* stands for bytes whose content does not matter */

/* A view of n bytes that are no NUL. */
static struct view some(size_t n)
{
    memset(filler, 'x', sizeof filler);
    return view_of(filler, n);
}

/* Lengths as `show itl` prints them: a name's length there counts its NUL. */
static struct view name_of(size_t shown)
{
    return some(shown - 1);
}

/* ---- sizes printed by the product ---- */

struct record_sizes {
    enum tl_form form;
    uint16_t role;
    size_t dns, subject, issuer, serial, key, signature, certificate;
    bool ip;
    size_t length; /* printed */
};

struct list_sizes {
    const char *what;
    size_t signer, serial, issuer;
    uint16_t signature;
    size_t signer_info, header, file; /* printed */
    struct record_sizes records[6];
};

static const struct list_sizes listings[] = {
    { "show itl of technote 116232",
      76,
      10,
      15,
      128,
      110,
      296,
      5438,
      { { TL_FULL, TL_SAST, 2, 76, 15, 10, 140, 256, 1442, false, 1972 },
        { TL_FULL, TL_CCM_TFTP, 2, 76, 15, 10, 140, 256, 1442, false, 1972 },
        { TL_HASH, TL_TVS, 2, 76, 76, 8, 270, 256, 0, false, 743 },
        { TL_HASH, TL_CAPF, 2, 61, 61, 8, 140, 128, 0, false, 455 } } },
    { "show ctl of 10.5.1 without tokens, technote 118893",
      62,
      16,
      62,
      128,
      149,
      336,
      4947,
      { { TL_FULL, TL_SAST, 16, 62, 62, 16, 140, 128, 694, true, 1156 },
        { TL_FULL, TL_CCM_TFTP, 16, 62, 62, 16, 140, 128, 694, true, 1156 },
        { TL_FULL, TL_CAPF, 16, 60, 60, 16, 140, 128, 680, true, 1138 },
        { TL_FULL, TL_CCM_TFTP, 17, 63, 63, 16, 140, 128, 696, true, 1161 } } },
    { "the same after CallManager became 2048 bits",
      62,
      16,
      62,
      256,
      149,
      464,
      6113,
      { { TL_FULL, TL_SAST, 16, 62, 62, 16, 270, 256, 955, true, 1675 },
        { TL_FULL, TL_CCM_TFTP, 16, 62, 62, 16, 270, 256, 955, true, 1675 },
        { TL_FULL, TL_CAPF, 16, 60, 60, 16, 140, 128, 680, true, 1138 },
        { TL_FULL, TL_CCM_TFTP, 17, 63, 63, 16, 140, 128, 696, true, 1161 } } },
    { "show ctl after mixed mode was left, technote 118892",
      56,
      10,
      42,
      128,
      117,
      304,
      3746,
      { { TL_TOKEN, TL_SAST, 1, 56, 42, 10, 140, 0, 902, true, 1186 },
        { TL_TOKEN, TL_SAST, 1, 56, 42, 10, 140, 0, 902, true, 1186 },
        { TL_EMPTIED, TL_CCM_TFTP, 13, 1, 1, 0, 0, 0, 0, true, 33 },
        { TL_TOKEN, TL_CAPF, 13, 60, 60, 16, 140, 0, 680, true, 1004 },
        { TL_EMPTIED, TL_CCM_TFTP, 13, 1, 1, 0, 0, 0, 0, true, 33 } } },
    { "show ctl of two tokens in mixed mode, technote 118893",
      56,
      10,
      42,
      128,
      117,
      304,
      5728,
      { { TL_TOKEN, TL_SAST, 1, 56, 42, 10, 140, 0, 902, true, 1186 },
        { TL_TOKEN, TL_SAST, 1, 56, 42, 10, 140, 0, 902, true, 1186 },
        { TL_TOKEN, TL_CCM_TFTP, 13, 62, 62, 16, 140, 0, 694, true, 1022 },
        { TL_TOKEN, TL_CAPF, 13, 60, 60, 16, 140, 0, 680, true, 1004 },
        { TL_TOKEN, TL_CCM_TFTP, 13, 63, 63, 16, 140, 0, 696, true, 1026 } } },
};

static struct tl_new_record new_record(const struct record_sizes *s)
{
    static const uint8_t address[4] = { 10, 48, 47, 153 };
    struct tl_new_record r = { .form = s->form,
                               .role = s->role,
                               .dns = name_of(s->dns),
                               .subject = name_of(s->subject),
                               .issuer = name_of(s->issuer),
                               .serial = some(s->serial),
                               .public = some(s->key),
                               .signature = some(s->signature),
                               .certificate = some(s->certificate),
                               .hash = some(20) };
    if (s->ip)
        r.ip = view_of(address, 4);
    return r;
}

static struct tl_new_header new_header(const struct list_sizes *s)
{
    return (struct tl_new_header){ .version = TL_LIST,
                                   .signer_version = -1,
                                   .signer_name = name_of(s->signer),
                                   .signer_serial = some(s->serial),
                                   .signer_issuer = name_of(s->issuer),
                                   .digest = 1,
                                   .signature_bytes = s->signature,
                                   .file_name = view_str("ITLFile.tlv"),
                                   .timestamp = 1311776184 };
}

static void check_listing(const struct list_sizes *s)
{
    static uint8_t file[8192], again[8192];
    struct err e = { "" };
    struct wr w = wr_of(file, sizeof file);
    struct tl_new_header h = new_header(s);
    size_t signature_at;
    assert_int_equal(tl_header_length(&h, &e), s->header);
    assert_true(tl_write_header(&h, &w, &signature_at, &e));
    assert_int_equal(w.n, s->header);
    size_t count = 0;
    for (; count < 6 && s->records[count].length != 0; count++) {
        struct tl_new_record r = new_record(&s->records[count]);
        assert_int_equal(tl_record_length(&r, &e), s->records[count].length);
        size_t before = w.n;
        assert_true(tl_write_record(&r, &w, &e));
        assert_int_equal(w.n - before, s->records[count].length);
    }
    assert_int_equal(w.n, s->file);

    struct arena a = arena_of(&sys_mem);
    struct tl t;
    assert_true(tl_decode(view_of(file, w.n), true, &a, &t, &e));
    assert_int_equal(t.count, count);
    assert_int_equal(t.header.length, s->header);
    assert_int_equal(t.header.signature_at + 3, signature_at);
    assert_int_equal(t.header.signature.n, s->signature);
    assert_int_equal(t.header.tlvs[2].tag, 3);
    assert_int_equal(t.header.tlvs[2].v.n, s->signer_info);
    for (size_t i = 0; i < count; i++) {
        const struct record_sizes *want = &s->records[i];
        const struct tl_record *r = &t.records[i];
        assert_int_equal(r->length, want->length);
        assert_int_equal(r->role, want->role);
        assert_int_equal(r->dns.n + 1, want->dns);
        assert_int_equal(r->public.n, want->form == TL_EMPTIED ? 0 : want->key);
        assert_int_equal(r->signature.n, want->signature);
        assert_int_equal(r->certificate.n, want->certificate);
        assert_int_equal(r->hash.n, want->form == TL_HASH ? 20 : 0);
        assert_int_equal(r->hash_algorithm, want->form == TL_HASH ? 1 : -1);
        assert_int_equal(r->ip.n, want->ip ? 4 : 0);
        assert_int_equal(r->subject.p == NULL, want->form == TL_EMPTIED);
    }
    struct wr back = wr_of(again, sizeof again);
    tl_encode(&t, &back);
    assert_true(view_eq(view_of(again, back.n), view_of(file, w.n)));
    arena_free(&a);
}

static void sizes_of_the_listings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof listings / sizeof *listings; i++) {
        print_message("%s\n", listings[i].what);
        check_listing(&listings[i]);
    }
}

/* ---- files of another implementation ---- */

static struct view load(const char *name, struct arena *a)
{
    char path[256];
    struct view v;
    struct err e = { "" };
    snprintf(path, sizeof path, "tests/vectors/peer/%s", name);
    if (!sys_read_file(path, 1 << 20, a, &v, &e))
        fail_msg("%s", e.text);
    return v;
}

static void peer_lists_decode(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int digest, signer_version;
        size_t header, count;
        uint16_t roles[6];
    } lists[] = {
        { "ITLFile.tlv", 1, 0x100, 472, 4, { TL_SAST, TL_CCM_TFTP, TL_TVS, TL_CAPF } },
        { "ITLSEP0011215A1AE3.tlv",
          3,
          0x101,
          504,
          6,
          { TL_SAST, TL_SAST, TL_CCM_TFTP, TL_TFTP, TL_TVS, TL_CAPF } },
        { "CTLFile.tlv",
          1,
          0x100,
          504,
          5,
          { TL_SAST, TL_SAST, TL_CCM_TFTP, TL_CAPF, TL_APP_SERVER } },
    };
    for (size_t i = 0; i < 3; i++) {
        struct arena a = arena_of(&sys_mem);
        struct view file = load(lists[i].name, &a);
        struct tl t;
        struct err e = { "" };
        for (int strict = 0; strict < 2; strict++)
            if (!tl_decode(file, strict, &a, &t, &e))
                fail_msg("%s: %s", lists[i].name, e.text);
        assert_int_equal(t.header.digest, lists[i].digest);
        assert_int_equal(t.header.signer_version, lists[i].signer_version);
        assert_int_equal(t.header.length, lists[i].header);
        assert_int_equal(t.count, lists[i].count);
        for (size_t r = 0; r < t.count; r++) {
            assert_int_equal(t.records[r].role, lists[i].roles[r]);
            assert_null(t.records[r].dns.p);
            assert_true(t.records[r].certificate.n > 0);
        }
        /* usecallmanager.nz: name, issuer, serial inside the signer info. */
        const uint8_t order[] = { 1, 2, 28, 3, 4, 6, 5, 7, 8, 9, 10, 11, 12, 14, 15, 13 };
        assert_int_equal(t.header.count, sizeof order);
        for (size_t k = 0; k < sizeof order; k++)
            assert_int_equal(t.header.tlvs[k].tag, order[k]);
        assert_false(tl_is_empty(&t));
        uint8_t *again = arena_take(&a, file.n);
        struct wr w = wr_of(again, file.n), m = wr_measure();
        tl_encode(&t, &w);
        tl_encode(&t, &m);
        assert_int_equal(m.n, file.n);
        assert_true(view_eq(view_of(again, w.n), file));
        arena_free(&a);
    }
}

static void peer_envelopes_decode(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint16_t version, header;
        uint8_t digest;
        const char *file_name;
    } files[] = {
        { "SEP0011215A1AE3.cnf.xml.sgn", TL_SGN, 484, 1, "SEP0011215A1AE3.cnf.xml.sgn" },
        { "sha512/SEP0011215A1AE3.cnf.xml.sgn", TL_SGN, 484, 3, "SEP0011215A1AE3.cnf.xml.sgn" },
        { "enc/SEP0011215A1AE3.cnf.xml.sgn", TL_SGN, 484, 1, "SEP0011215A1AE3.cnf.xml.sgn" },
        { "enc/SEP0011215A1AE3.cnf.xml.enc.sgn", TL_ENC, 824, 1,
          "SEP0011215A1AE3.cnf.xml.enc.sgn" },
    };
    for (size_t i = 0; i < 4; i++) {
        struct arena a = arena_of(&sys_mem);
        struct view file = load(files[i].name, &a);
        struct tl_header h;
        struct err e = { "" };
        if (!tl_decode_header(file, true, &a, &h, &e))
            fail_msg("%s: %s", files[i].name, e.text);
        assert_int_equal(h.version, files[i].version);
        assert_int_equal(h.length, files[i].header);
        assert_int_equal(h.digest, files[i].digest);
        assert_true(view_eq(h.file_name, view_str(files[i].file_name)));
        assert_int_equal(h.signer_version, -1);
        assert_int_equal(h.has_enc, files[i].version == TL_ENC);
        if (h.has_enc) {
            assert_int_equal(h.enc.iv.n, 16);
            assert_int_equal(h.enc.padding, 5);
            assert_int_equal(h.enc.key_bits, 2048);
            assert_int_equal(h.enc.key_algorithm, 1);
            assert_int_equal(h.enc.wrapped_key.n, 256);
            assert_int_equal(h.enc.digest, 1);
            assert_int_equal(h.enc.plain_digest.n, 20);
        }
        uint8_t again[1024];
        struct wr w = wr_of(again, sizeof again);
        tl_encode_header(&h, &w);
        assert_true(view_eq(view_of(again, w.n), view_sub(file, 0, h.length)));
        struct tl t;
        assert_false(tl_decode(file, false, &a, &t, &e));
        assert_non_null(strstr(e.text, "is no trust list, which has 1.2 (FORMATS section 1)"));
        arena_free(&a);
    }
}

/* ---- what is odd and still right ---- */

static void decode_again(const uint8_t *file, size_t n, struct arena *a, struct tl *t)
{
    struct err e = { "" };
    if (!tl_decode(view_of(file, n), false, a, t, &e))
        fail_msg("%s", e.text);
    uint8_t again[SMALL + 64];
    struct wr w = wr_of(again, sizeof again), m = wr_measure();
    tl_encode(t, &w);
    tl_encode(t, &m);
    assert_int_equal(m.n, n);
    assert_true(view_eq(view_of(again, w.n), view_of(file, n)));
}

static void unknown_tags_stay_where_they_stood(void **state)
{
    (void)state;
    uint8_t file[SMALL + 64];
    struct arena a = arena_of(&sys_mem);
    struct tl t;
    size_t n = small_list(file, sizeof file);
    n = splice(file, n, SMALL, 0, view_of("\x63\0\2zz\x63\0\0", 8)); /* twice: no single tag */
    file[208] = 22 + 8;
    n = splice(file, n, 40, 0, view_of("\x50\0\1q", 4)); /* inside the signature info */
    file[35] = 15 + 4;
    n = splice(file, n, 10, 0, view_of("\x10\0\4abcd", 7)); /* tag 16 is of version 2.0 alone */
    file[9] = 132 + 4 + 7;
    decode_again(file, n, &a, &t);
    assert_int_equal(t.header.tlvs[2].tag, 16);
    assert_int_equal(t.header.tlvs[2].v.n, 4);
    assert_false(t.header.has_enc);
    assert_int_equal(t.header.tlvs[9].tag, 0x50);
    assert_int_equal(t.header.tlvs[9].depth, 1);
    assert_int_equal(t.records[1].count, 6);
    assert_int_equal(t.records[1].tlvs[4].tag, 0x63);
    assert_true(view_eq(t.records[1].tlvs[4].v, view_str("zz")));
    arena_free(&a);
}

static void any_order_in_a_container_and_long_padding(void **state)
{
    (void)state;
    uint8_t file[SMALL + 64];
    struct arena a = arena_of(&sys_mem);
    struct tl t;
    size_t n = small_list(file, sizeof file);
    /* Issuer, name, serial; then algorithm info before the digest. */
    memcpy(file + 13, "\6\0\5CN=b\0\4\0\5CN=a\0\5\0\1\1", 20);
    memcpy(file + 36, "\x09\0\x08\x0b\0\1\0\x0a\0\1\0\x08\0\1\1", 15);
    n = splice(file, n, 132, 0, view_of("\r\r\r\r\r\r", 6));
    file[9] = 138;
    decode_again(file, n, &a, &t);
    assert_true(view_eq(t.header.signer_name, view_str("CN=a")));
    assert_true(view_eq(t.header.signer_issuer, view_str("CN=b")));
    assert_true(view_eq(t.header.signer_serial, view_str("\1")));
    assert_int_equal(t.header.digest, 1);
    const struct tl_tlv *last = &t.header.tlvs[t.header.count - 1];
    assert_int_equal(last->tag, 13);
    assert_int_equal(last->v.n, 8);
    arena_free(&a);
}

static void header_without_records_and_signer_version(void **state)
{
    (void)state;
    uint8_t file[SMALL + 64];
    struct arena a = arena_of(&sys_mem);
    struct tl t;
    small_list(file, sizeof file);
    decode_again(file, SMALL_RECORD, &a, &t);
    assert_int_equal(t.count, 0);
    assert_true(tl_is_empty(&t));
    size_t n = small_list(file, sizeof file);
    n = splice(file, n, 10, 0, view_of("\x1c\0\2\1\1", 5));
    file[9] = 137;
    decode_again(file, n, &a, &t);
    assert_int_equal(t.header.signer_version, 0x101);
    arena_free(&a);
}

static void dns_name_of_8x(void **state)
{
    (void)state;
    uint8_t file[SMALL + 64];
    struct arena a = arena_of(&sys_mem);
    struct tl t;
    size_t n = small_list(file, sizeof file);
    file[212] = 0; /* two NULs: shown as blank, length 2 */
    decode_again(file, n, &a, &t);
    assert_int_equal(t.records[1].dns.n, 1);
    arena_free(&a);
}

static void signed_parts_leave_the_signature_out(void **state)
{
    (void)state;
    uint8_t file[SMALL + 64];
    struct arena a = arena_of(&sys_mem);
    size_t n = small_list(file, sizeof file);
    struct tl t;
    struct view parts[2];
    decode_again(file, n, &a, &t);
    assert_int_equal(tl_signed(t.file, &t.header, parts), 2);
    assert_ptr_equal(parts[0].p, file);
    assert_int_equal(parts[0].n, 51);
    assert_ptr_equal(parts[1].p, file + 118);
    assert_int_equal(parts[1].n, n - 118);
    arena_free(&a);
}

static void what_makes_a_list_empty(void **state)
{
    (void)state;
    static const struct {
        uint16_t role;
        bool certificate, hash, empty;
    } cases[] = {
        { TL_SAST, true, false, true },       { TL_CAPF, true, true, true },
        { TL_APP_SERVER, true, false, true }, { TL_CCM, true, false, false },
        { TL_CCM_TFTP, false, true, false },  { TL_TFTP, true, false, false },
        { TL_TVS, false, true, false },       { TL_TVS, false, false, true },
        { TL_CCM_TFTP, false, false, true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tl_record records[2] = { { .role = TL_SAST, .certificate = view_str("c") },
                                        { .role = cases[i].role } };
        if (cases[i].certificate)
            records[1].certificate = view_str("c");
        if (cases[i].hash)
            records[1].hash = view_str("h");
        struct tl t = { .records = records, .count = 2 };
        assert_int_equal(tl_is_empty(&t), cases[i].empty);
    }
    struct tl_record present = { .role = TL_TVS, .certificate = view_of("", 0) };
    assert_true(tl_is_empty(&(struct tl){ .records = &present, .count = 1 }));
}

static void lists_over_64_kib(void **state)
{
    (void)state;
    static uint8_t file[400000], again[400000];
    struct tl_new_header h = new_header(&listings[2]);
    struct tl_new_record r = new_record(&listings[2].records[1]);
    struct wr w = wr_of(file, sizeof file);
    size_t signature_at;
    struct err e = { "" };
    assert_true(tl_write_header(&h, &w, &signature_at, &e));
    for (int i = 0; i < 200; i++)
        assert_true(tl_write_record(&r, &w, &e));
    assert_int_equal(w.n, 464 + 200 * 1675);
    struct arena a = arena_of(&sys_mem);
    struct tl t;
    assert_true(tl_decode(view_of(file, w.n), true, &a, &t, &e));
    assert_int_equal(t.count, 200);
    assert_int_equal(t.records[199].at, 464 + 199 * 1675);
    struct wr back = wr_of(again, sizeof again);
    tl_encode(&t, &back);
    assert_true(view_eq(view_of(again, back.n), view_of(file, w.n)));
    arena_free(&a);
}

/* ---- what cannot be written ---- */

static void what_cannot_be_written(void **state)
{
    (void)state;
    struct err e;
    struct tl_new_header h = new_header(&listings[0]), good = h;
    static const struct {
        uint16_t bytes;
        const char *text;
    } signers[] = {
        { 384, "a 3072-bit key cannot sign: the format has no code for a 384-byte signature" },
        { 96, "a 768-bit key cannot sign: the format has no code for a 96-byte signature" },
        { 0, "a 0-bit key cannot sign: the format has no code for a 0-byte signature" },
    };
    for (size_t i = 0; i < 3; i++) {
        h.signature_bytes = signers[i].bytes;
        assert_int_equal(tl_header_length(&h, &e), 0);
        assert_string_equal(e.text, signers[i].text);
    }
    h = good;
    h.signer_name = view_of("CN=a\0b", 6);
    assert_int_equal(tl_header_length(&h, &e), 0);
    assert_string_equal(e.text,
                        "signer name with a NUL inside cannot be written (FORMATS section 1)");
    h = good;
    h.file_name = some(65535);
    assert_int_equal(tl_header_length(&h, &e), 0);
    assert_string_equal(
        e.text, "file name of 65535 bytes does not fit its length field (FORMATS section 1)");
    h = good;
    h.signer_name = h.signer_issuer = some(40000);
    assert_int_equal(tl_header_length(&h, &e), 0);
    assert_string_equal(
        e.text, "signer info of 80021 bytes does not fit its length field (FORMATS section 1)");
    h = good;
    h.signer_name = h.file_name = some(40000);
    assert_int_equal(tl_header_length(&h, &e), 0);
    assert_string_equal(e.text,
                        "header of 80208 bytes does not fit its length field (FORMATS section 1)");
    uint8_t small[100];
    size_t signature_at;
    struct wr w = wr_of(small, sizeof small);
    assert_false(tl_write_header(&good, &w, &signature_at, &e));
    assert_string_equal(e.text, "no room for a header of 296 bytes");

    struct tl_new_record r = new_record(&listings[0].records[2]), fine = r;
    r.hash.n = 19;
    assert_int_equal(tl_record_length(&r, &e), 0);
    assert_string_equal(e.text, "certificate hash of 19 bytes, not 20 (FORMATS section 1)");
    r = fine;
    r.ip = some(4);
    assert_int_equal(tl_record_length(&r, &e), 0);
    assert_string_equal(e.text,
                        "a record of the hash form holds no IP address (FORMATS section 1)");
    r.form = TL_EMPTIED;
    r.ip = some(16);
    assert_int_equal(tl_record_length(&r, &e), 0);
    assert_string_equal(e.text, "IP address of 16 bytes, not 4 (FORMATS section 1)");
    r = new_record(&listings[0].records[0]);
    r.certificate = some(65536);
    assert_int_equal(tl_record_length(&r, &e), 0);
    assert_string_equal(
        e.text, "certificate of 65536 bytes does not fit its length field (FORMATS section 1)");
    r.certificate = some(65006);
    assert_false(tl_write_record(&r, &w, &e));
    assert_string_equal(e.text,
                        "record of 65536 bytes does not fit its length field (FORMATS section 1)");
    r.certificate = some(65005);
    assert_int_equal(tl_record_length(&r, &e), 65535);
    w = wr_of(small, sizeof small);
    assert_false(tl_write_record(&fine, &w, &e));
    assert_string_equal(e.text, "no room for a record of 743 bytes");
}

static void role_names(void **state)
{
    (void)state;
    assert_string_equal(tl_role_name(TL_SAST), "System Administrator Security Token");
    assert_string_equal(tl_role_name(TL_CCM), "CCM");
    assert_string_equal(tl_role_name(TL_CCM_TFTP), "CCM+TFTP");
    assert_string_equal(tl_role_name(TL_TFTP), "TFTP");
    assert_string_equal(tl_role_name(TL_CAPF), "CAPF");
    assert_string_equal(tl_role_name(TL_APP_SERVER), "APP-SERVER");
    assert_string_equal(tl_role_name(TL_TVS), "TVS");
    assert_null(tl_role_name(5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_of_the_listings),
        cmocka_unit_test(peer_lists_decode),
        cmocka_unit_test(peer_envelopes_decode),
        cmocka_unit_test(unknown_tags_stay_where_they_stood),
        cmocka_unit_test(any_order_in_a_container_and_long_padding),
        cmocka_unit_test(header_without_records_and_signer_version),
        cmocka_unit_test(dns_name_of_8x),
        cmocka_unit_test(signed_parts_leave_the_signature_out),
        cmocka_unit_test(what_makes_a_list_empty),
        cmocka_unit_test(lists_over_64_kib),
        cmocka_unit_test(what_cannot_be_written),
        cmocka_unit_test(role_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
