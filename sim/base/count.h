/* Numbers as people read them, in all text that is for people; files for programs (JSON, CSV,
 * traces, the language of scenarios) have digits alone.  Pure. */
#ifndef CUCMLAB_BASE_COUNT_H
#define CUCMLAB_BASE_COUNT_H

#include <stdint.h>

#define COUNT_ROOM 64

/* Both return `out`. */
char *count_print(uint64_t n, char out[COUNT_ROOM]); /* "41,250" */
/* "1 phone", "41,250 phones"; `what` is of one and has its plural in s. */
char *count_words(uint64_t n, const char *what, char out[COUNT_ROOM]);

/* The same in an argument of a call: they live as long as the block that they stand in. */
#define COUNTED(n)          count_print((n), (char[COUNT_ROOM]){ 0 })
#define COUNTED_OF(n, what) count_words((n), (what), (char[COUNT_ROOM]){ 0 })

#endif
