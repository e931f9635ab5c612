/* Times, rates and shares as people write them, and back.  Pure. */
#ifndef CUCMLAB_LOAD_UNITS_H
#define CUCMLAB_LOAD_UNITS_H

#include "sim/base/buf.h"

#define UNITS_ROOM 32

/* A decimal number at the front of *v, without a sign, times 10^`places` (at most 7), what is
 * finer cut off; what it was is cut from *v.  False where there is none, or it is above `most`. */
bool units_number(struct view *v, uint32_t places, uint64_t most, uint64_t *out);
/* "250us", "10ms", "1.5s", "2m", "1h"; a number alone is seconds.  Up to 30 days, in us. */
bool units_time(struct view v, uint64_t *us);
/* "200", "0.5", "200/s": thousandths a second, up to ten million a second. */
bool units_rate(struct view v, uint64_t *milli);

/* Both return `out`: "812 us", "1.23 ms", "12.3 s", of UINT64_MAX "never"; "200", "0.5",
 * "0.009". */
char *units_print_time(uint64_t us, char out[UNITS_ROOM]);
char *units_print_rate(uint64_t milli, char out[UNITS_ROOM]);
#define TIMED(us)    units_print_time((us), (char[UNITS_ROOM]){ 0 })
#define RATED(milli) units_print_rate((milli), (char[UNITS_ROOM]){ 0 })

#endif
