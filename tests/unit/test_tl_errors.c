/* Every way in which a trust list or an encrypted header can be wrong, with the exact text. */
#include "sim/base/sys.h"
#include "sim/wire/tl.h"
#include "tests/unit/small_list.h"

#include <stdio.h>

struct bad {
    const char *what;
    bool strict;
    size_t at, remove, insert_n;
    const char *insert;
    struct {
        size_t at;
        int value;
    } patch[3]; /* bytes set afterwards, until { 0, 0 } */
    const char *text;
};

/* Low bytes of lengths: 9 header, 12 signer info, 35 signature info, 136 and 208 records. */
static const struct bad bads[] = {
    { "nothing", .at = 0, .remove = 226,
      .text = "offset 0: 0 bytes hold no header (FORMATS section 1)" },
    { "nine bytes", .at = 9, .remove = 217,
      .text = "offset 0: 9 bytes hold no header (FORMATS section 1)" },
    { "no version in front", .patch = { { 0, 3 } },
      .text = "offset 0: no version (tag 1, 2 bytes) at the front (FORMATS section 1)" },
    { "version of three bytes", .patch = { { 2, 3 } },
      .text = "offset 0: no version (tag 1, 2 bytes) at the front (FORMATS section 1)" },
    { "version 1.3", .patch = { { 4, 3 } },
      .text = "offset 3: version 1.3 is none of 1.2, 1.0, 1.1, 2.0 (FORMATS section 1)" },
    { "no header length", .patch = { { 5, 28 } },
      .text =
          "offset 5: no header length (tag 2, 2 bytes) behind the version (FORMATS section 1)" },
    { "header longer than the file", .patch = { { 8, 1 }, { 9, 0 } },
      .text = "offset 5: header length 256 runs past the end of the file, 226 bytes (FORMATS "
              "section 1)" },
    { "header of four bytes", .patch = { { 9, 4 } },
      .text = "offset 5: header length 4 is less than 10 (FORMATS section 1)" },
    { "header cut inside the timestamp", .patch = { { 9, 128 } },
      .text = "offset 123: header length 128 does not meet the end of a TLV (FORMATS section 1)" },
    { "header cut inside a TLV's head", .patch = { { 9, 125 } },
      .text = "offset 123: header length 125 does not meet the end of a TLV (FORMATS section 1)" },
    { "file cut inside the signature", .at = 60, .remove = 166, .patch = { { 9, 60 } },
      .text = "offset 51: tag 12 runs past the end of the file, 60 bytes (FORMATS section 1)" },
    { "file cut inside a TLV's head", .at = 53, .remove = 173, .patch = { { 9, 53 } },
      .text = "offset 51: tag 12 runs past the end of the file, 53 bytes (FORMATS section 1)" },
    { "header that ends before the file name", .patch = { { 9, 118 } },
      .text = "offset 0: header without file name (tag 14) (FORMATS section 1)" },
    { "header that runs into the first record", .patch = { { 9, 134 } },
      .text = "offset 132: header length 134 does not meet the end of a TLV (FORMATS section 1)" },
    { "signer name past its container", .patch = { { 15, 30 } },
      .text = "offset 13: tag 4 runs past the end of container 3 (FORMATS section 1)" },
    { "signer info that ends inside the issuer", .patch = { { 12, 19 } },
      .text = "offset 25: tag 6 runs past the end of container 3 (FORMATS section 1)" },
    { "signer info that swallows the digest", .patch = { { 12, 38 } },
      .text = "offset 33: signature info (tag 7) inside container 3 (FORMATS section 1)" },
    { "signer name outside the signer info", .at = 118, .insert = "\x04\0\2b\0", .insert_n = 5,
      .patch = { { 9, 137 } },
      .text = "offset 118: signer name (tag 4) outside its container, tag 3 (FORMATS section 1)" },
    { "file name inside the signer info", .patch = { { 13, 14 } },
      .text = "offset 13: file name (tag 14) inside container 3 (FORMATS section 1)" },
    { "serial inside the signature info", .patch = { { 36, 5 } },
      .text = "offset 36: serial number (tag 5) inside container 7 (FORMATS section 1)" },
    { "padding inside a container", .at = 21, .insert = "\r", .insert_n = 1,
      .patch = { { 9, 133 }, { 12, 21 } },
      .text = "offset 21: padding inside container 3 (FORMATS section 1)" },
    { "no signer name", .at = 13, .remove = 8, .patch = { { 9, 124 }, { 12, 12 } },
      .text = "offset 0: header without signer name (tag 4) (FORMATS section 1)" },
    { "no serial", .at = 21, .remove = 4, .patch = { { 9, 128 }, { 12, 16 } },
      .text = "offset 0: header without serial number (tag 5) (FORMATS section 1)" },
    { "no issuer", .at = 25, .remove = 8, .patch = { { 9, 124 }, { 12, 12 } },
      .text = "offset 0: header without issuer name (tag 6) (FORMATS section 1)" },
    { "no signer info", .at = 10, .remove = 23, .patch = { { 9, 109 } },
      .text = "offset 0: header without signer info (tag 3) (FORMATS section 1)" },
    { "no digest algorithm", .at = 36, .remove = 4, .patch = { { 9, 128 }, { 35, 11 } },
      .text = "offset 0: header without digest algorithm (tag 8) (FORMATS section 1)" },
    { "no signature algorithm", .at = 43, .remove = 4,
      .patch = { { 9, 128 }, { 35, 11 }, { 42, 4 } },
      .text = "offset 0: header without signature algorithm (tag 10) (FORMATS section 1)" },
    { "no signature", .at = 51, .remove = 67, .patch = { { 9, 65 } },
      .text = "offset 0: header without signature (tag 12) (FORMATS section 1)" },
    { "no file name", .at = 118, .remove = 5, .patch = { { 9, 127 } },
      .text = "offset 0: header without file name (tag 14) (FORMATS section 1)" },
    { "no timestamp", .at = 123, .remove = 7, .patch = { { 9, 125 } },
      .text = "offset 0: header without timestamp (tag 15) (FORMATS section 1)" },
    { "two timestamps", .at = 123, .insert = "\x0f\0\4\0\0\0\1", .insert_n = 7,
      .patch = { { 9, 139 } },
      .text =
          "offset 130: second timestamp (tag 15), the first is at offset 123 (FORMATS section 1)" },
    { "two serials", .at = 21, .insert = "\5\0\1\1", .insert_n = 4,
      .patch = { { 9, 136 }, { 12, 24 } },
      .text = "offset 25: second serial number (tag 5), the first is at offset 21 (FORMATS section "
              "1)" },
    { "timestamp of three bytes", .at = 123, .remove = 7, .insert = "\x0f\0\3\0\0\1", .insert_n = 6,
      .patch = { { 9, 131 } },
      .text = "offset 123: timestamp (tag 15) has length 3, not 4 (FORMATS section 1)" },
    { "digest algorithm of two bytes", .at = 36, .remove = 4, .insert = "\x08\0\2\0\1",
      .insert_n = 5, .patch = { { 9, 133 }, { 35, 16 } },
      .text = "offset 36: digest algorithm (tag 8) has length 2, not 1 (FORMATS section 1)" },
    { "file name without NUL", .patch = { { 122, 66 } },
      .text = "offset 118: file name (tag 14) does not end in a NUL (FORMATS section 1)" },
    { "empty file name without NUL", .at = 118, .remove = 5, .insert = "\x0e\0\0", .insert_n = 3,
      .patch = { { 9, 130 } },
      .text = "offset 118: file name (tag 14) does not end in a NUL (FORMATS section 1)" },
    { "signer name with a NUL inside", .patch = { { 17, 0 } },
      .text = "offset 13: signer name (tag 4) has a NUL inside (FORMATS section 1)" },
    { "digest algorithm 0", .patch = { { 39, 0 } },
      .text = "offset 39: digest algorithm 0 is none of 1, 2, 3 (FORMATS section 1)" },
    { "digest algorithm 4", .patch = { { 39, 4 } },
      .text = "offset 39: digest algorithm 4 is none of 1, 2, 3 (FORMATS section 1)" },
    { "signature algorithm 1", .patch = { { 46, 1 } },
      .text = "offset 46: signature algorithm 1 is not 0, RSA (FORMATS section 1)" },
    { "modulus code 4", .patch = { { 50, 4 } },
      .text = "offset 50: signature modulus 4 is none of 0, 1, 2, 3 (FORMATS section 1)" },
    { "modulus code of another length", .patch = { { 50, 1 } },
      .text =
          "offset 51: signature of 64 bytes under modulus code 1, 128 bytes (FORMATS section 1)" },
    { "unknown tag, strict", .strict = true, .at = 130, .insert = "\x63\0\0", .insert_n = 3,
      .patch = { { 9, 135 } },
      .text = "offset 130: unknown tag 99 in the header (FORMATS section 1, strict)" },
    { "unknown tag in a container, strict", .strict = true, .at = 21, .insert = "\x63\0\0",
      .insert_n = 3, .patch = { { 9, 135 }, { 12, 23 } },
      .text = "offset 21: unknown tag 99 in the header (FORMATS section 1, strict)" },
    { "encryption info in a list, strict", .strict = true, .at = 130, .insert = "\x10\0\0",
      .insert_n = 3, .patch = { { 9, 135 } },
      .text = "offset 130: unknown tag 16 in the header (FORMATS section 1, strict)" },
    { "padding in the middle, strict", .strict = true, .at = 118, .insert = "\r", .insert_n = 1,
      .patch = { { 9, 133 } },
      .text = "offset 118: padding that does not end the header (FORMATS section 1)" },
    { "no padding, strict", .strict = true, .at = 130, .remove = 2, .patch = { { 9, 130 } },
      .text = "offset 5: header length 130 is no multiple of 4 (FORMATS section 1, strict)" },
    { "record without a length", .at = 132, .remove = 72, .patch = { { 132, 2 } },
      .text = "record 1: offset 132: no record length (tag 1, 2 bytes) where a record starts "
              "(FORMATS section 1)" },
    { "four bytes behind the header", .at = 136, .remove = 90,
      .text = "record 1: offset 132: no record length (tag 1, 2 bytes) where a record starts "
              "(FORMATS section 1)" },
    { "record longer than the file", .patch = { { 208, 23 } },
      .text = "record 2: offset 204: record length 23 runs past the end of the file, 226 bytes "
              "(FORMATS section 1)" },
    { "record of four bytes", .patch = { { 136, 4 } },
      .text = "record 1: offset 132: record length 4 is less than 5 (FORMATS section 1)" },
    { "record length that meets no TLV", .patch = { { 136, 70 } },
      .text = "record 1: offset 200: record length 70 does not meet the end of a TLV (FORMATS "
              "section 1)" },
    { "TLV that runs past the file", .patch = { { 220, 1 } },
      .text = "record 2: offset 219: tag 10 runs past the end of the file, 226 bytes (FORMATS "
              "section 1)" },
    { "record without function", .at = 214, .remove = 5, .patch = { { 208, 17 } },
      .text = "record 2: offset 204: record without function (tag 4) (FORMATS section 1)" },
    { "record with its length alone", .at = 209, .remove = 17, .patch = { { 208, 5 } },
      .text = "record 2: offset 204: record without function (tag 4) (FORMATS section 1)" },
    { "two functions", .at = 214, .insert = "\4\0\2\0\2", .insert_n = 5, .patch = { { 208, 27 } },
      .text = "record 2: offset 219: second function (tag 4), the first is at offset 214 "
              "(FORMATS section 1)" },
    { "two record lengths", .at = 209, .insert = "\1\0\2\0\x1b", .insert_n = 5,
      .patch = { { 208, 27 } },
      .text = "record 2: offset 209: second record length (tag 1), the first is at offset 204 "
              "(FORMATS section 1)" },
    { "function of one byte", .at = 214, .remove = 5, .insert = "\4\0\1\2", .insert_n = 4,
      .patch = { { 208, 21 } },
      .text = "record 2: offset 214: function (tag 4) has length 1, not 2 (FORMATS section 1)" },
    { "address of three bytes", .at = 219, .remove = 7, .insert = "\x0a\0\3\1\2\3", .insert_n = 6,
      .patch = { { 208, 21 } },
      .text = "record 2: offset 219: IP address (tag 10) has length 3, not 4 (FORMATS section 1)" },
    { "DNS name without NUL", .patch = { { 213, 65 } },
      .text = "record 2: offset 209: DNS name (tag 2) does not end in a NUL (FORMATS section 1)" },
    { "DNS name of no bytes", .at = 209, .remove = 5, .insert = "\2\0\0", .insert_n = 3,
      .patch = { { 208, 20 } },
      .text = "record 2: offset 209: DNS name (tag 2) does not end in a NUL (FORMATS section 1)" },
    { "subject without NUL", .patch = { { 149, 65 } },
      .text =
          "record 1: offset 142: subject name (tag 3) does not end in a NUL (FORMATS section 1)" },
    { "subject with a NUL inside", .patch = { { 146, 0 } },
      .text = "record 1: offset 142: subject name (tag 3) has a NUL inside (FORMATS section 1)" },
    { "issuer with a NUL inside", .patch = { { 159, 0 } },
      .text = "record 1: offset 155: issuer name (tag 5) has a NUL inside (FORMATS section 1)" },
    { "hash without algorithm", .at = 200, .remove = 4, .patch = { { 136, 68 } },
      .text = "record 1: offset 132: record with a certificate hash (tag 11) without its "
              "algorithm (tag 12) (FORMATS section 1)" },
    { "hash algorithm without hash", .at = 177, .remove = 23, .patch = { { 136, 49 } },
      .text = "record 1: offset 132: record with a hash algorithm (tag 12) without the hash "
              "(tag 11) (FORMATS section 1)" },
    { "hash of 19 bytes", .at = 180, .remove = 1, .patch = { { 136, 71 }, { 179, 19 } },
      .text = "record 1: offset 177: certificate hash of 19 bytes under algorithm 1, 20 bytes "
              "(FORMATS section 1)" },
    { "unknown tag in a record, strict", .strict = true, .at = 226, .insert = "\x63\0\0",
      .insert_n = 3, .patch = { { 208, 25 } },
      .text = "record 2: offset 226: unknown tag 99 in the record (FORMATS section 1, strict)" },
    { "padding in a record, strict", .strict = true, .at = 226, .insert = "\r", .insert_n = 1,
      .patch = { { 208, 23 } },
      .text = "record 2: offset 226: padding that does not end the header (FORMATS section 1)" },
    { "bytes behind the last record", .at = 226, .insert = "\1\0", .insert_n = 2,
      .text = "record 3: offset 226: no record length (tag 1, 2 bytes) where a record starts "
              "(FORMATS section 1)" },
};

static void every_error_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        const struct bad *b = &bads[i];
        uint8_t file[SMALL + 64];
        size_t n = small_list(file, sizeof file);
        n = splice(file, n, b->at, b->remove, view_of(b->insert, b->insert_n));
        for (size_t k = 0; k < 3 && (b->patch[k].at != 0 || b->patch[k].value != 0); k++)
            file[b->patch[k].at] = (uint8_t)b->patch[k].value;
        /* A copy of the exact size: one byte read too far is seen by the sanitizer. */
        struct arena a = arena_of(&sys_mem);
        uint8_t *copy = sys_mem.resize(NULL, NULL, n + 1);
        memcpy(copy + 1, file, n);
        struct tl t;
        struct err e = { "" };
        if (tl_decode(view_of(copy + 1, n), b->strict, &a, &t, &e))
            fail_msg("%s: decoded", b->what);
        if (strcmp(e.text, b->text) != 0)
            fail_msg("%s:\n  %s\ninstead of\n  %s", b->what, e.text, b->text);
        if (b->strict && !tl_decode(view_of(copy + 1, n), false, &a, &t, &e))
            fail_msg("%s: %s though not strict", b->what, e.text);
        sys_mem.resize(NULL, copy, 0);
        arena_free(&a);
    }
}

/* ---- the encrypted header, damaged ----
 * The peer's: 485 encryption info {488 IV info {491, 495 IV, 514 padding}, 519 key info {522, 526
 * size, 531 algorithm, 535 key}}, 794 digest algorithm, 798 digest, 821 padding, 824. */

static void errors_of_the_encrypted_header(void **state)
{
    (void)state;
    static const struct {
        size_t at, remove; /* bytes taken out */
        struct {
            size_t at;
            uint8_t value;
        } patch[4];
        const char *text;
    } cases[] = {
        { 0, 0, { { 518, 0 } }, "offset 517: padding length 0 is not 1 to 16 (FORMATS section 3)" },
        { 0,
          0,
          { { 518, 17 } },
          "offset 517: padding length 17 is not 1 to 16 (FORMATS section 3)" },
        { 0,
          0,
          { { 797, 4 } },
          "offset 797: digest algorithm 4 is none of 1, 2, 3 (FORMATS section 3)" },
        { 0,
          0,
          { { 797, 3 } },
          "offset 798: digest of 20 bytes under algorithm 3 (FORMATS section 3)" },
        { 498,
          1,
          { { 9, 0x37 }, { 487, 49 }, { 490, 27 }, { 497, 15 } },
          "offset 495: IV (tag 19) has length 15, not 16 (FORMATS section 3)" },
        { 495,
          19,
          { { 9, 0x25 }, { 487, 31 }, { 490, 9 } },
          "offset 0: header without IV (tag 19) (FORMATS section 3)" },
        { 491,
          4,
          { { 9, 0x34 }, { 487, 46 }, { 490, 24 } },
          "offset 0: header without first byte of the IV info (tag 18) (FORMATS section 3)" },
        { 0,
          0,
          { { 489, 2 } },
          "offset 488: tag 17 runs past the end of container 16 (FORMATS section 1)" },
        { 0,
          0,
          { { 522, 19 } },
          "offset 522: IV (tag 19) inside container 21 (FORMATS section 3)" },
        { 0,
          0,
          { { 519, 17 } },
          "offset 519: second IV info (tag 17), the first is at offset 488 (FORMATS section 3)" },
        { 0,
          0,
          { { 794, 24 } },
          "offset 794: key algorithm (tag 24) outside its container, tag 21 (FORMATS section 3)" },
        { 0,
          0,
          { { 4, 1 } },
          "offset 3: version 2.1 is none of 1.2, 1.0, 1.1, 2.0 (FORMATS section 1)" },
        { 485,
          309,
          { { 8, 2 }, { 9, 3 } },
          "offset 0: header without encryption info (tag 16) (FORMATS section 3)" },
    };
    struct arena a = arena_of(&sys_mem);
    struct view file;
    struct err missing = { "" };
    if (!sys_read_file("tests/vectors/peer/enc/SEP0011215A1AE3.cnf.xml.enc.sgn", 1 << 16, &a, &file,
                       &missing))
        fail_msg("%s", missing.text);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t bad[2048];
        memcpy(bad, file.p, file.n);
        size_t n = splice(bad, file.n, cases[i].at, cases[i].remove, view_of(NULL, 0));
        for (size_t k = 0; k < 4 && cases[i].patch[k].at != 0; k++)
            bad[cases[i].patch[k].at] = cases[i].patch[k].value;
        struct tl_header h;
        struct err e = { "" };
        if (tl_decode_header(view_of(bad, n), false, &a, &h, &e))
            fail_msg("%zu: decoded", i);
        assert_string_equal(e.text, cases[i].text);
    }
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_is_named),
        cmocka_unit_test(errors_of_the_encrypted_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
