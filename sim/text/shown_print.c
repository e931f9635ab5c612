#include "sim/text/shown_print.h"

void shown_print(FILE *out, struct view text)
{
    for (size_t i = 0; i < text.n;) {
        size_t n = shown_as_is(text, i);
        if (n == 0)
            (void)fprintf(out, "\\x%02x", text.p[i]);
        else
            (void)fwrite(text.p + i, 1, n, out);
        i += n == 0 ? 1 : n;
    }
}
