/* Archives, one level at a time, through libarchive: tar, zip, and a file or a tar in gzip, bzip2
 * or xz.  Nothing is written anywhere: each member goes whole, in memory, to whoever asked, and an
 * archive in an archive is a member like any other.
 *
 * An archive is a stranger's: links, devices and names that would lead out of a folder are refused
 * and told, and so is whatever unpacks to more than the limits say.  What came before is used. */
#ifndef CUCMLAB_IMPORT_UNPACK_H
#define CUCMLAB_IMPORT_UNPACK_H

#include "sim/base/mem.h"

struct unpack_limits {
    uint32_t files;  /* of all archives and folders together */
    uint32_t depth;  /* of an archive in an archive: 8 is the eighth */
    uint64_t bytes;  /* unpacked, of all together */
    uint64_t one;    /* of one file */
    uint64_t little; /* bytes that an archive may unpack to, however small it is */
    uint32_t ratio;  /* beyond that: so many times its own length */
};

/* What an administrator may have: 100,000 pages of phones, the export of 60,000 phones (which xz
 * makes 150 times smaller; what nothing but a bomb does is 1,000 times). */
extern const struct unpack_limits unpack_usual;

/* Who takes what comes, and what all of them together took so far. */
struct unpack {
    const struct mem *mem;
    const struct unpack_limits *limits;
    uint32_t files;
    uint64_t bytes;
    /* A member; `name` NULL: what was packed is one file without a name of its own.  `fault` NULL:
     * it is whole; else what is missing.  `name` and `bytes` are borrowed for the call. */
    void (*member)(void *ctx, const char *name, struct view bytes, const char *fault);
    /* A member that is not given (name NULL: the archive goes no further), and why. */
    void (*refused)(void *ctx, const char *name, const char *why);
    void *ctx;
};

/* What kind of archive the bytes are, "tar", "zip", "gzip", "bzip2", "xz"; NULL: none. */
const char *unpack_kind(struct view bytes);
/* All members of an archive, in their order. */
void unpack(struct unpack *u, struct view bytes);
/* Whether one more file of `n` bytes is within the limits; counts it.  Else why not, as a text. */
const char *unpack_count(struct unpack *u, uint64_t n);

#endif
