/* How long a Lua pattern may take.  Lua's matcher goes back and tries again: each repetition in a
 * pattern may try every length, so that a short pattern can take hours on a short text, in C where
 * no instruction is counted.  The bound here is what sandbox.c refuses or charges by. */
#include "sim/script/impl.h"

static uint64_t times(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* Behind a set "[...]" that begins at `at`; the length where it does not end. */
static size_t skip_set(const char *pattern, size_t length, size_t at)
{
    at++;
    if (at < length && pattern[at] == '^')
        at++;
    bool first = true; /* a ] that comes first is a member */
    while (at < length && (first || pattern[at] != ']')) {
        at += pattern[at] == '%' ? 2 : 1;
        first = false;
    }
    return at < length ? at + 1 : length;
}

uint64_t pattern_cost(size_t n, const char *pattern, size_t length)
{
    uint64_t cost = (uint64_t)length + 1;
    size_t at = 0;
    if (length > 0 && pattern[0] == '^')
        at = 1;
    else
        cost = times(cost, (uint64_t)n + 1); /* from every place */
    while (at < length) {
        char c = pattern[at];
        if (c == '[') {
            at = skip_set(pattern, length, at);
        } else if (c == '%' && at + 1 < length) {
            char what = pattern[at + 1];
            at += 2;
            /* Balanced pairs and back references look through the text once. */
            if (what == 'b' || (what >= '0' && what <= '9'))
                cost = times(cost, (uint64_t)n + 1);
            if (what == 'b')
                at += 2; /* its delimiters */
            if (what == 'f' && at < length && pattern[at] == '[')
                at = skip_set(pattern, length, at);
        } else {
            at++;
        }
        if (at < length && (pattern[at] == '*' || pattern[at] == '+' || pattern[at] == '-')) {
            cost = times(cost, (uint64_t)n + 1);
            at++;
        } else if (at < length && pattern[at] == '?') {
            cost = times(cost, 2);
            at++;
        }
    }
    return cost;
}
