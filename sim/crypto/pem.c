#include "sim/crypto/pem.h"

#include <openssl/evp.h>
#include <string.h>

#define BEGIN "-----BEGIN "
#define END   "-----END "
#define TAIL  "-----"

static const uint8_t *find(const uint8_t *p, const uint8_t *end, const char *what)
{
    return memmem(p, (size_t)(end - p), what, strlen(what));
}

bool pem_next(struct view text, size_t *from, struct pem *out)
{
    if (text.n == 0 || *from >= text.n)
        return false;
    const uint8_t *end = text.p + text.n, *begin = text.p + *from;
    while ((begin = find(begin, end, BEGIN)) != NULL) {
        const uint8_t *label = begin + strlen(BEGIN), *tail = find(label, end, TAIL);
        const uint8_t *line = tail != NULL ? memchr(label, '\n', (size_t)(tail - label)) : NULL;
        if (tail == NULL || line != NULL) { /* a BEGIN that is none */
            begin = label;
            continue;
        }
        const uint8_t *body = tail + strlen(TAIL), *stop = find(body, end, END);
        const uint8_t *next = find(body, stop != NULL ? stop : end, BEGIN);
        *out = (struct pem){ .label = view_of(label, (size_t)(tail - label)),
                             .at = (size_t)(begin - text.p),
                             .whole = stop != NULL && next == NULL };
        if (next != NULL)
            stop = next;
        if (stop == NULL)
            stop = end;
        out->body = view_of(body, (size_t)(stop - body));
        *from = (size_t)(stop - text.p);
        return true;
    }
    return false;
}

bool pem_is(const struct pem *p, const char *label)
{
    return view_eq(p->label, view_str(label));
}

static bool is_base64(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
}

bool pem_decode(const struct pem *p, struct arena *a, struct view *out)
{
    uint8_t *text = arena_take(a, p->body.n + 1), *to = arena_take(a, p->body.n + 1);
    size_t n = 0, padding = 0;
    for (size_t i = 0; i < p->body.n; i++) {
        uint8_t c = p->body.p[i];
        if (c == '\\' && i + 1 < p->body.n && (p->body.p[i + 1] == 'n' || p->body.p[i + 1] == 'r'))
            i++;
        else if (is_base64(c))
            text[n++] = c;
        else if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return false;
    }
    while (padding < n && text[n - 1 - padding] == '=')
        padding++;
    if (n == 0 || n % 4 != 0 || padding > 2 || n > INT32_MAX)
        return false;
    int got = EVP_DecodeBlock(to, text, (int)n);
    if (got < (int)padding)
        return false;
    *out = view_of(to, (size_t)got - padding);
    return out->n > 0;
}
