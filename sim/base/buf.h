/* Views, a bounded reader and a bounded writer over bytes.  All integers big-endian.  Nothing here
 * allocates; a view borrows from whoever made the bytes.  Pure. */
#ifndef CUCMLAB_BASE_BUF_H
#define CUCMLAB_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes.  {NULL, 0} is "absent"; {p, 0} with p set is "present and empty". */
struct view {
    const uint8_t *p;
    size_t n;
};

struct view view_of(const void *p, size_t n);
struct view view_str(const char *text);  /* without the NUL */
struct view view_strz(const char *text); /* with the NUL, as wire strings have it */
bool view_eq(struct view a, struct view b);
int view_cmp(struct view a, struct view b); /* by bytes, the shorter first where one is a prefix */
struct view view_sub(struct view v, size_t at, size_t n); /* CHECKs the bounds */

/* Reads forward; every call that would run past the end returns false and moves nothing. */
struct rd {
    struct view in;
    size_t at;
};

struct rd rd_of(struct view in);
size_t rd_left(const struct rd *r);
bool rd_u8(struct rd *r, uint8_t *out);
bool rd_u16(struct rd *r, uint16_t *out);
bool rd_u32(struct rd *r, uint32_t *out);
bool rd_view(struct rd *r, size_t n, struct view *out);

/* Writes forward into `p`; past `cap` it only counts and sets `over`.  With p == NULL and cap == 0
 * it measures: `n` is the length that the same calls would write. */
struct wr {
    uint8_t *p;
    size_t cap;
    size_t n;
    bool over; /* something did not fit (never set while measuring) */
};

struct wr wr_of(void *p, size_t cap);
struct wr wr_measure(void);
void wr_u8(struct wr *w, uint8_t v);
void wr_u16(struct wr *w, uint16_t v);
void wr_u32(struct wr *w, uint32_t v);
void wr_view(struct wr *w, struct view v);
void wr_str(struct wr *w, const char *text); /* without the NUL */
void wr_fmt(struct wr *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
void wr_put_u16(struct wr *w, size_t at, uint16_t v); /* patches bytes already written */

#endif
