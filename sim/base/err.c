#include "sim/base/err.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Behind the character of UTF-8 that begins at `at`; at + 1 where it is not whole. */
static size_t behind_character(const char *text, size_t at)
{
    uint8_t lead = (uint8_t)text[at];
    size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0;
    for (size_t i = 1; i <= more; i++) {
        if (((uint8_t)text[at + i] & 0xc0) != 0x80)
            return at + 1;
    }
    return at + 1 + more;
}

/* Breaks lines or steers terminals: C0, DEL, and C1 as UTF-8 has it. */
static bool is_control(const char *text, size_t at)
{
    uint8_t c = (uint8_t)text[at], next = c == 0 ? 0 : (uint8_t)text[at + 1];
    return c < 0x20 || c == 0x7f || (c == 0xc2 && next >= 0x80 && next < 0xa0);
}

/* What others said stands in a message, which is one line: a control character is a ?.  A name that
 * was cut to have room may end within a character: what is left of it is one ?, too. */
static void whole_characters(char *text)
{
    size_t to = 0;
    for (size_t at = 0; text[at] != '\0';) {
        size_t n = behind_character(text, at) - at;
        if (is_control(text, at)) {
            text[to++] = '?';
            at += n;
            continue;
        }
        if (n == 1 && (text[at] & 0x80) != 0) {
            text[to++] = '?';
            for (at++; ((uint8_t)text[at] & 0xc0) == 0x80;)
                at++;
            continue;
        }
        memmove(text + to, text + at, n);
        to += n;
        at += n;
    }
    text[to] = '\0';
}

bool err_set(struct err *e, const char *format, ...)
{
    if (e == NULL)
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(e->text, sizeof e->text, format, args);
    va_end(args);
    whole_characters(e->text);
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
    whole_characters(e->text);
    return false;
}
