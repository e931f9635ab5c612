#include "sim/import/unpack.h"

#include "sim/base/sys.h"
#include "sim/wire/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <string.h>

#define MB (UINT64_C(1) << 20)

const struct unpack_limits unpack_usual = { .files = 100000,
                                            .depth = 8,
                                            .bytes = 4096 * MB,
                                            .one = 512 * MB,
                                            .little = 16 * MB,
                                            .ratio = 400 };

static const char too_many[] = "too many files: the rest is not read";
static const char too_much[] = "too much when unpacked: the rest is not read";
static const char a_bomb[] = "it unpacks to far more than an export does: the rest is not read";

const char *unpack_count(struct unpack *u, uint64_t n)
{
    if (u->files >= u->limits->files)
        return too_many;
    if (n > u->limits->bytes - u->bytes)
        return too_much;
    u->files++;
    u->bytes += n;
    return NULL;
}

/* ---- what it is ---- */

/* Formats by what stands at a place.  A filter has one file in it, which may be a tar. */
static const struct packed {
    const char *name;
    size_t at;
    const char *bytes;
    size_t n;
    int filter; /* ARCHIVE_FILTER_NONE: an archive of members */
} packed[] = {
    { "zip", 0, "PK\3\4", 4, ARCHIVE_FILTER_NONE },
    { "zip", 0, "PK\5\6", 4, ARCHIVE_FILTER_NONE }, /* without members */
    { "gzip", 0, "\x1f\x8b\x08", 3, ARCHIVE_FILTER_GZIP },
    { "bzip2", 0, "BZh", 3, ARCHIVE_FILTER_BZIP2 },
    { "xz", 0,
      "\xfd"
      "7zXZ\0",
      6, ARCHIVE_FILTER_XZ },
    { "tar", 257, "ustar", 5, ARCHIVE_FILTER_NONE },
};

/* Old tars have no word for themselves: a header of 512 bytes is known by its sum. */
static bool is_old_tar(struct view v)
{
    uint64_t sum = 0, said = 0;
    size_t i = 148;
    if (v.n < 512 || v.p[0] == 0)
        return false;
    while (i < 156 && v.p[i] == ' ')
        i++;
    for (; i < 156 && v.p[i] >= '0' && v.p[i] <= '7'; i++)
        said = said * 8 + (v.p[i] - '0');
    for (i = 0; i < 512; i++)
        sum += i >= 148 && i < 156 ? ' ' : v.p[i];
    return sum == said;
}

static const struct packed *find(struct view v)
{
    static const struct packed old = { "tar", 0, "", 0, ARCHIVE_FILTER_NONE };
    for (size_t i = 0; i < sizeof packed / sizeof *packed; i++) {
        const struct packed *p = &packed[i];
        if (v.n >= p->at + p->n && memcmp(v.p + p->at, p->bytes, p->n) == 0)
            return p;
    }
    return is_old_tar(v) ? &old : NULL;
}

const char *unpack_kind(struct view bytes)
{
    const struct packed *p = find(bytes);
    return p == NULL ? NULL : p->name;
}

/* ---- members ---- */

/* A name that stays below the folder that it is in, and can be printed. */
static const char *odd_name(const char *name)
{
    struct view left = view_str(name);
    if (left.n == 0)
        return "it has no name";
    if (left.n > 1000)
        return "its name is too long";
    for (size_t i = 0; i < left.n; i++) {
        if (left.p[i] < 0x20 || left.p[i] == 0x7f)
            return "control characters in its name";
    }
    if (name[0] == '/' || name[0] == '\\' || (left.n > 1 && name[1] == ':'))
        return "its name begins at the root";
    while (left.n > 0) {
        if (view_eq(text_cut(&left, '/'), view_str("..")))
            return "its name leads out of the archive";
    }
    return NULL;
}

/* Why a member is not read; NULL: it is. */
static const char *refuse(struct archive_entry *entry, const char *name)
{
    if (archive_entry_hardlink(entry) != NULL)
        return "a hard link";
    if (archive_entry_filetype(entry) == AE_IFLNK)
        return "a symbolic link";
    if (archive_entry_filetype(entry) != AE_IFREG)
        return "a device, or no file";
    if (archive_entry_is_encrypted(entry))
        return "it is encrypted";
    return odd_name(name);
}

struct opened {
    struct unpack *u;
    struct archive *archive;
    uint64_t out, most; /* bytes that came out of it, and may */
    uint8_t *room;      /* of the member */
    uint32_t cap;
};

/* libarchive takes memory of its own: none is no fault of the archive. */
static void check_memory(struct archive *a)
{
    if (a == NULL || archive_errno(a) == ENOMEM)
        sys_no_memory(0);
}

/* Why a member of so many bytes is one too many; NULL: it is not. */
static const char *beyond(const struct opened *o, uint64_t n, uint64_t out)
{
    const struct unpack_limits *most = o->u->limits;
    if (n > most->one)
        return "a file in it is too large: the rest is not read";
    if (n > most->bytes - o->u->bytes)
        return too_much;
    return out > o->most ? a_bomb : NULL;
}

/* The whole of a member into o->room, holes as zeros.  `fault`: what is missing of it.  False:
 * stop, for `why`. */
static bool take(struct opened *o, size_t *n, const char **fault, const char **why)
{
    const void *block;
    size_t length;
    la_int64_t at;
    for (*n = 0;;) {
        int status = archive_read_data_block(o->archive, &block, &length, &at);
        if (status == ARCHIVE_EOF)
            return true;
        if (status < ARCHIVE_WARN || at < 0 || (uint64_t)at < *n) {
            check_memory(o->archive);
            *fault = "it is damaged: what could be unpacked is used";
            return true;
        }
        uint64_t end = (uint64_t)at + length;
        *why = beyond(o, end, o->out + (end - *n));
        if (*why != NULL)
            return false;
        mem_reserve(o->u->mem, (void **)&o->room, &o->cap, end, 1);
        if ((size_t)at > *n) /* a hole; a block of nothing may come before there is any room */
            memset(o->room + *n, 0, (size_t)at - *n);
        if (length > 0)
            memcpy(o->room + at, block, length);
        o->out += end - *n;
        *n = (size_t)end;
    }
}

/* In UTF-8 where the archive says which encoding it is in, else as it stands. */
static const char *name_of(struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry);
    if (name == NULL)
        name = archive_entry_pathname(entry);
    return name != NULL ? name : "";
}

/* False: the archive goes no further. */
static bool give(struct opened *o, struct archive_entry *entry, bool alone)
{
    struct unpack *u = o->u;
    const char *name = alone ? NULL : name_of(entry);
    const char *fault = NULL, *why = NULL;
    size_t n = 0;
    if (!alone && archive_entry_filetype(entry) == AE_IFDIR)
        return true;
    why = alone ? NULL : refuse(entry, name);
    if (why != NULL) {
        u->refused(u->ctx, name, why);
        return true;
    }
    if (take(o, &n, &fault, &why))
        why = unpack_count(u, n);
    if (why != NULL) {
        u->refused(u->ctx, NULL, why);
        return false;
    }
    u->member(u->ctx, name, view_of(o->room, n), fault);
    return !alone || fault == NULL;
}

static bool open_it(struct archive *a, const struct packed *p, struct view bytes)
{
    bool one = p->filter != ARCHIVE_FILTER_NONE;
    bool ok = archive_read_support_format_tar(a) == ARCHIVE_OK;
    if (one) /* exactly this filter: what is packed again is a member of its own */
        ok = ok && archive_read_append_filter(a, p->filter) == ARCHIVE_OK &&
             archive_read_support_format_raw(a) == ARCHIVE_OK;
    else
        ok = ok && archive_read_support_format_zip(a) == ARCHIVE_OK;
    return ok && archive_read_open_memory(a, bytes.p, bytes.n) == ARCHIVE_OK;
}

static void run(struct opened *o)
{
    struct archive_entry *entry;
    for (;;) {
        int got = archive_read_next_header(o->archive, &entry);
        if (got == ARCHIVE_EOF)
            return;
        if (got != ARCHIVE_OK && got != ARCHIVE_WARN) {
            check_memory(o->archive);
            o->u->refused(o->u->ctx, NULL, "it is damaged: the rest of it is not read");
            return;
        }
        if (!give(o, entry, archive_format(o->archive) == ARCHIVE_FORMAT_RAW))
            return;
    }
}

/* libarchive drops a name that the locale cannot write, in that of C each with a letter beyond
 * ASCII; ours is UTF-8 here, whatever the program runs in.  (locale_t)0: the system has none such.
 */
static locale_t begin_utf8(locale_t *outer)
{
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (utf8 != (locale_t)0)
        *outer = uselocale(utf8);
    return utf8;
}

static void end_utf8(locale_t utf8, locale_t outer)
{
    if (utf8 == (locale_t)0)
        return;
    uselocale(outer);
    freelocale(utf8);
}

void unpack(struct unpack *u, struct view bytes)
{
    const struct packed *p = find(bytes);
    locale_t outer = (locale_t)0, utf8 = begin_utf8(&outer);
    struct opened o = { .u = u, .archive = archive_read_new() };
    uint64_t more = (uint64_t)bytes.n * u->limits->ratio;
    o.most = more > u->limits->little ? more : u->limits->little;
    check_memory(o.archive);
    if (p == NULL || !open_it(o.archive, p, bytes))
        u->refused(u->ctx, NULL, "it cannot be opened");
    else
        run(&o);
    mem_free(u->mem, o.room);
    archive_read_free(o.archive);
    end_utf8(utf8, outer);
}
