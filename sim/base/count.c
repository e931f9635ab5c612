#include "sim/base/count.h"

#include <inttypes.h>
#include <stdio.h>

char *count_print(uint64_t n, char out[COUNT_ROOM])
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%" PRIu64, n);
    int to = 0;
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            out[to++] = ',';
        out[to++] = digits[i];
    }
    out[to] = '\0';
    return out;
}

char *count_words(uint64_t n, const char *what, char out[COUNT_ROOM])
{
    char number[COUNT_ROOM];
    snprintf(out, COUNT_ROOM, "%.30s %.30s%s", count_print(n, number), what, n == 1 ? "" : "s");
    return out;
}
