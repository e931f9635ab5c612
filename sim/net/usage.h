/* What the process takes of the machine: memory and open files.  For counters and questions of an
 * operator; nothing is decided by it but when free memory is given back. */
#ifndef CUCMLAB_NET_USAGE_H
#define CUCMLAB_NET_USAGE_H

#include <stdint.h>

struct usage {
    /* Bytes.  Of the C library's allocator: handed out, and taken from the system for that; both 0
     * where another one stands in its place (a sanitizer's). */
    uint64_t in_use, held;
    uint64_t resident;    /* of the process, as /proc has it; 0: it cannot be read */
    uint32_t files;       /* open; 0: cannot be counted (none is left to count with) */
    uint64_t files_limit; /* the soft one; UINT64_MAX: none */
};

struct usage usage_now(void);
/* What the allocator holds and nobody uses goes back to the system. */
void usage_give_back(void);
/* The same where that is much: more than 16 MiB, and than half of what is in use.  A program that
 * had many clients once would keep the pages of them for good. */
void usage_give_back_much(void);

#endif
