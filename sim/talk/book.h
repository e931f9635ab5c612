/* The book of a TVS: every certificate that it vouches for, with what it says of each, as things
 * are at one instant.  Made whole, then only read, so that any number of threads may; another takes
 * its place when something changes.  Answers out of it are those of the lab, asked beforehand.
 *
 * Pure.  What an entry names is borrowed and must live as long as the book. */
#ifndef CUCMLAB_TALK_BOOK_H
#define CUCMLAB_TALK_BOOK_H

#include "sim/base/table.h"
#include "sim/talk/tvs.h"

struct book_entry {
    struct view der, issuer, serial;
    struct tvs_told verified; /* said of the whole certificate */
    struct tvs_told queried;  /* said where only issuer and serial number are given */
};

struct book {
    const struct mem *mem;
    struct book_entry *entries;
    uint32_t count, cap;
    struct table by_der, by_names; /* hash -> entry; bytes decide */
};

struct book *book_new(const struct mem *mem);
void book_free(struct book *b); /* NULL: nothing */
/* Where two have the same names the first is the one that is found by them. */
void book_add(struct book *b, const struct book_entry *entry);
bool book_same(const struct book *a, const struct book *b);

/* What TVS says to a request (verification or query).  What is not in the book is not trusted. */
struct tvs_told book_tells(const struct book *b, const struct tvs_msg *request);

#endif
