/* What messages of TVS and CAPF have in common, as tables: a header that ends in the length of what
 * follows, then elements of a tag (one byte), a length (two) and a value.  An element of a tag that
 * nobody knows is passed over, a second one of a tag is an error.  Called by tvs.c and capf.c,
 * whose structs are written through offsets; nothing is copied, views borrow from the input.  Pure.
 */
#ifndef CUCMLAB_WIRE_BODY_H
#define CUCMLAB_WIRE_BODY_H

#include "sim/base/buf.h"
#include "sim/base/err.h"

/* How a value looks, and the field that holds it.  Absent are numbers of -1 and views without p. */
enum body_form {
    BODY_U8,    /* int16_t */
    BODY_U16,   /* int32_t */
    BODY_U32,   /* int64_t */
    BODY_ANY,   /* struct view, as all that follow; any bytes or none */
    BODY_BYTES, /* not empty */
    BODY_TEXT,  /* ends in its only NUL, which the view lacks */
    BODY_NAME,  /* the same, and something is before it */
    BODY_LED,   /* 01, which the view lacks, then text without NUL */
    BODY_CERT,  /* 01, length of what follows, 00, type, DER: the view, and the type behind it */
    BODY_PARTS  /* tag, length and bytes, as `parts` says: as many views, none empty */
};

struct body_element {
    uint8_t tag;
    uint8_t form; /* enum body_form */
    const char *name;
    size_t at; /* of the field in the message's struct */
    struct {
        uint8_t n, tag[3];
        const char *text; /* "its parts 0, 1 and 3" */
    } parts;
};

/* A kind of message: its name, and the tags that it must hold, up to a 0. */
struct body_kind {
    const char *name;
    uint8_t needs[4];
};

struct body_protocol {
    const char *name;     /* "TVS message": errors begin so */
    unsigned section;     /* of docs/FORMATS.md: errors end so */
    uint8_t first;        /* the first byte of every message */
    uint8_t header;       /* bytes; the last two are the length of the elements */
    uint8_t kind_at;      /* the byte of the header that is the kind */
    const char *kind;     /* what it is called */
    uint8_t kind_count;   /* of `kinds`, of which 0 is none */
    const uint8_t *usual; /* tags in the order in which they are written, element_count of them */
    size_t element_count;
    size_t order_at;   /* uint8_t [element_count]: tags in the order that was read, up to a 0;
                          all zero asks for the usual one */
    size_t unknown_at; /* bool: an element was passed over */
    const struct body_kind *kinds;
    const struct body_element *elements;
};

const char *body_kind_name(const struct body_protocol *p, uint8_t kind); /* NULL: none */
/* How long the message at the front of `in` is, once its header is there: 0 while it is not whole
 * yet, the whole length when it is; false and `e` when it never will be one. */
bool body_whole(const struct body_protocol *p, struct view in, size_t *length, struct err *e);
/* The elements of one whole message into `m`, in which nothing is there yet.  False and `e` where
 * its length is wrong, a value is, or something is missing that its kind needs. */
bool body_decode(const struct body_protocol *p, struct view message, void *m, struct err *e);
/* What body_put() will write behind its length.  False and `e` where it cannot: what the kind needs
 * is missing, decoding would refuse a value, or one or all of them do not fit two bytes' length. */
bool body_measure(const struct body_protocol *p, uint8_t kind, const void *m, size_t *length,
                  struct err *e);
/* The length and the elements of a message that was measured. */
void body_put(const struct body_protocol *p, const void *m, size_t length, struct wr *w);

#endif
