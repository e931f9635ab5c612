#include "sim/base/near.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LONGEST (NEAR_ROOM / 2 - 1)

struct near near_of(const char *word)
{
    size_t n = strlen(word);
    return (struct near){ .word = word, .distance = n < 5 ? 2 : n / 3 + 1 };
}

struct near near_in_case(const char *word)
{
    return (struct near){ .word = word, .distance = 1 };
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_but_case(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to put in, take out or change; two that changed places count once. */
static size_t distance(const char *a, size_t m, const char *b, size_t n)
{
    size_t rows[3][LONGEST + 1];
    for (size_t k = 0; k <= n; k++)
        rows[0][k] = k;
    for (size_t i = 1; i <= m; i++) {
        size_t *now = rows[i % 3], *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t k = 1; k <= n; k++) {
            now[k] = least(least(now[k - 1], up[k]) + 1, up[k - 1] + (a[i - 1] != b[k - 1]));
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                now[k] = least(now[k], up2[k - 2] + 1);
        }
    }
    return rows[m % 3][n];
}

void near_try(struct near *n, const char *name)
{
    size_t m = strlen(n->word), k = strlen(name);
    if (m > LONGEST || k > LONGEST || m == 0)
        return;
    size_t d = same_but_case(n->word, name)              ? 0
               : k > m && strncmp(n->word, name, m) == 0 ? 1
                                                         : distance(n->word, m, name, k);
    if (d < n->distance && d < k) {
        n->distance = d;
        memcpy(n->best, name, k + 1);
    }
}

const char *near_text(const struct near *n, char out[NEAR_ROOM])
{
    out[0] = '\0';
    if (n->best[0] != '\0')
        snprintf(out, NEAR_ROOM, ": did you mean %s?", n->best);
    return out;
}

const char *near_list(const char *const *names, uint32_t count, char out[NEAR_LIST])
{
    size_t n = (size_t)snprintf(out, NEAR_LIST, count == 1 ? "there is " : "one of ");
    for (uint32_t i = 0; i < count; i++) {
        bool fits = n + strlen(names[i]) + 2 < NEAR_LIST - 5;
        n += (size_t)snprintf(out + n, NEAR_LIST - n, "%s%s", i == 0 ? "" : ", ",
                              fits ? names[i] : "...");
        if (!fits)
            break;
    }
    return out;
}
