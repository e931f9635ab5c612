#include "sim/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *e, const char *format, ...)
{
    if (e == NULL)
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(e->text, sizeof e->text, format, args);
    va_end(args);
    return false;
}

bool err_prefix(struct err *e, const char *format, ...)
{
    if (e == NULL)
        return false;
    char head[sizeof e->text];
    va_list args;
    va_start(args, format);
    vsnprintf(head, sizeof head, format, args);
    va_end(args);

    size_t used = strlen(head);
    if (used + 3 > sizeof head)
        used = sizeof head - 3;
    memcpy(head + used, ": ", 3);
    used += 2;
    size_t room = sizeof head - used - 1;
    size_t tail = strlen(e->text);
    if (tail > room)
        tail = room;
    memcpy(head + used, e->text, tail);
    head[used + tail] = '\0';
    memcpy(e->text, head, used + tail + 1);
    return false;
}
