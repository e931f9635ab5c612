#include "sim/cmd/today.h"

#include "sim/core/date.h"
#include "sim/wire/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

bool today(int64_t *out, struct err *e)
{
    uint64_t said;
    struct timespec now;
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    *out = clock_gettime(CLOCK_REALTIME, &now) == 0 ? (int64_t)now.tv_sec : -1;
    if (fixed == NULL || fixed[0] == '\0')
        return true;
    if (!text_number(view_str(fixed), DATE_LAST_S, &said))
        return err_set(e,
                       "SOURCE_DATE_EPOCH: whole seconds since 1970 are expected, 0 to %" PRId64
                       ", not %.60s",
                       DATE_LAST_S, fixed);
    *out = (int64_t)said;
    return true;
}
