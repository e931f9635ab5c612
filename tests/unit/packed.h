/* Archives in memory for tests, made by libarchive: one is open at a time. */
#ifndef CUCMLAB_TESTS_PACKED_H
#define CUCMLAB_TESTS_PACKED_H

#include "sim/base/buf.h"

#include <archive.h>
#include <archive_entry.h>
#include <stddef.h>
#include <string.h>

#define PACKED_ROOM (8u << 20)

static uint8_t packed_bytes[4][PACKED_ROOM];
static size_t packed_used;
static struct archive *packed;
static int packed_at;

/* Formats: ARCHIVE_FORMAT_TAR_USTAR, _ZIP, _RAW; filters: ARCHIVE_FILTER_NONE, _GZIP, _XZ, ... */
static inline void pack_begin(int format, int filter)
{
    packed_at = (packed_at + 1) % 4;
    packed_used = 0;
    packed = archive_write_new();
    assert_int_equal(archive_write_set_format(packed, format), ARCHIVE_OK);
    assert_int_equal(archive_write_add_filter(packed, filter), ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(packed, 1);
    assert_int_equal(
        archive_write_open_memory(packed, packed_bytes[packed_at], PACKED_ROOM, &packed_used),
        ARCHIVE_OK);
}

/* A member of another type than a file has `to` as what it leads to. */
static inline void pack_as(const char *name, unsigned type, const char *to, struct view bytes)
{
    struct archive_entry *e = archive_entry_new();
    archive_entry_set_pathname(e, name);
    archive_entry_set_filetype(e, type);
    archive_entry_set_perm(e, 0644);
    if (type == AE_IFLNK)
        archive_entry_set_symlink(e, to);
    else if (to != NULL)
        archive_entry_set_hardlink(e, to);
    else
        archive_entry_set_size(e, (la_int64_t)bytes.n);
    assert_true(archive_write_header(packed, e) >= ARCHIVE_WARN);
    if (bytes.n > 0)
        assert_int_equal(archive_write_data(packed, bytes.p, bytes.n), bytes.n);
    archive_entry_free(e);
}

static inline void pack(const char *name, struct view bytes)
{
    pack_as(name, AE_IFREG, NULL, bytes);
}

/* Good until the fourth archive behind it begins. */
static inline struct view pack_end(void)
{
    assert_int_equal(archive_write_close(packed), ARCHIVE_OK);
    archive_write_free(packed);
    return view_of(packed_bytes[packed_at], packed_used);
}

/* One file alone, in a filter. */
static inline struct view pack_alone(int filter, struct view bytes)
{
    pack_begin(ARCHIVE_FORMAT_RAW, filter);
    pack("data", bytes);
    return pack_end();
}

#endif
