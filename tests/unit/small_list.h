/* One small list, to be damaged: included by the tests of trust lists, behind cmocka.h.
 * Header: 0 version, 5 length, 10 signer info {13 name, 21 serial, 25 issuer}, 33 signature info
 * {36 digest, 40 {43 algorithm, 47 modulus}}, 51 signature, 118 file name, 123 timestamp, 130
 * padding; records at 132 (hash form: 137 DNS, 142 subject, 150 function, 155 issuer, 163 serial,
 * 167 key, 172 signature, 177 hash, 200 algorithm) and 204 (emptied: 209 DNS, 214 function, 219
 * address). */

#ifndef CUCMLAB_TESTS_SMALL_LIST_H
#define CUCMLAB_TESTS_SMALL_LIST_H

#include "sim/wire/tl_make.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { SMALL_RECORD = 132, SMALL_EMPTIED = 204, SMALL = 226 };

static inline size_t small_list(uint8_t *file, size_t cap)
{
    static const uint8_t address[4] = { 10, 0, 0, 1 };
    static const uint8_t hash[20] = { 1, 2, 3 };
    struct tl_new_header h = { .version = TL_LIST,
                               .signer_version = -1,
                               .signer_name = view_str("CN=a"),
                               .signer_serial = view_str("\x01"),
                               .signer_issuer = view_str("CN=b"),
                               .digest = 1,
                               .signature_bytes = 64,
                               .file_name = view_str("F"),
                               .timestamp = 1 };
    struct tl_new_record r = { .form = TL_HASH,
                               .role = TL_TVS,
                               .dns = view_str("d"),
                               .subject = view_str("CN=s"),
                               .issuer = view_str("CN=i"),
                               .serial = view_str("\x07"),
                               .public = view_str("pk"),
                               .signature = view_str("sg"),
                               .hash = view_of(hash, 20) };
    struct tl_new_record emptied = {
        .form = TL_EMPTIED, .role = TL_TVS, .dns = view_str("d"), .ip = view_of(address, 4)
    };
    struct wr w = wr_of(file, cap);
    size_t signature_at;
    struct err e = { "" };
    assert_true(tl_write_header(&h, &w, &signature_at, &e));
    assert_int_equal(w.n, SMALL_RECORD);
    assert_true(tl_write_record(&r, &w, &e));
    assert_int_equal(w.n, SMALL_EMPTIED);
    assert_true(tl_write_record(&emptied, &w, &e));
    assert_int_equal(w.n, SMALL);
    return w.n;
}

/* Takes `remove` bytes out at `at`, puts `insert` in; returns the new length. */
static inline size_t splice(uint8_t *file, size_t n, size_t at, size_t remove, struct view insert)
{
    memmove(file + at + insert.n, file + at + remove, n - at - remove);
    if (insert.n != 0)
        memcpy(file + at, insert.p, insert.n);
    return n - remove + insert.n;
}

#endif
