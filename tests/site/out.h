/* Where files of the site go: a folder or an archive, under their names or under names that say
 * nothing. */
#ifndef CUCMLAB_TESTS_SITE_OUT_H
#define CUCMLAB_TESTS_SITE_OUT_H

#include "sim/base/sys.h"

enum out_kind { OUT_FOLDER, OUT_TAR, OUT_TGZ, OUT_ZIP };

struct archive;
struct out {
    const char *path;
    enum out_kind kind;
    struct archive *archive;
    uint64_t shuffle; /* 0: names as they are */
    uint32_t files;
    uint64_t bytes;
    struct sys_text text; /* of the file that is being written */
    FILE *now;
};

bool out_open(struct out *o, const char *path, enum out_kind kind, uint64_t shuffle, struct err *e);
bool out_close(struct out *o, struct err *e);

/* A file of text: write to the stream, then end it.  Line ends are LF; `crlf` makes them CR LF. */
FILE *out_text(struct out *o);
void out_end(struct out *o, bool crlf, const char *name, ...) __attribute__((format(printf, 3, 4)));
void out_bytes(struct out *o, struct view bytes, const char *name, ...)
    __attribute__((format(printf, 3, 4)));

/* Files put one behind the other into a tar in memory. */
struct member {
    const char *name;
    struct view bytes;
};
struct view out_tar(const struct member *members, size_t count, struct arena *a);

#endif
