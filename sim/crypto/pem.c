#include "sim/crypto/pem.h"

#include "sim/base/check.h"

#include <openssl/evp.h>
#include <string.h>

#define BEGIN "-----BEGIN "
#define END   "-----END "
#define TAIL  "-----"
#define LABEL 80 /* bytes of a label, with its tail */

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
        const uint8_t *label = begin + strlen(BEGIN);
        const uint8_t *most = (size_t)(end - label) > LABEL ? label + LABEL : end;
        const uint8_t *tail = find(label, most, TAIL);
        const uint8_t *line = tail != NULL ? memchr(label, '\n', (size_t)(tail - label)) : NULL;
        if (tail == NULL || line != NULL) { /* a BEGIN that is none */
            begin = label;
            continue;
        }
        /* The next BEGIN first: what has no END is not searched to the end of the text. */
        const uint8_t *body = tail + strlen(TAIL), *next = find(body, end, BEGIN);
        const uint8_t *stop = find(body, next != NULL ? next : end, END);
        *out = (struct pem){ .label = view_of(label, (size_t)(tail - label)),
                             .at = (size_t)(begin - text.p),
                             .whole = stop != NULL };
        if (stop == NULL)
            stop = next != NULL ? next : end;
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

bool pem_base64_read(struct view in, struct arena *a, struct view *out)
{
    uint8_t *text = arena_take(a, in.n + 1), *to = arena_take(a, in.n + 1);
    size_t n = 0, padding = 0;
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        if (c == '\\' && i + 1 < in.n && (in.p[i + 1] == 'n' || in.p[i + 1] == 'r'))
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

bool pem_decode(const struct pem *p, struct arena *a, struct view *out)
{
    return pem_base64_read(p->body, a, out);
}

char *pem_base64(struct view bytes, struct arena *a)
{
    char *out = arena_take(a, (bytes.n + 2) / 3 * 4 + 1);
    CHECK(bytes.n <= INT32_MAX / 2);
    if (bytes.n > 0)
        EVP_EncodeBlock((unsigned char *)out, bytes.p, (int)bytes.n);
    return out;
}

char *pem_write(struct view bytes, const char *label, struct arena *a)
{
    const char *text = pem_base64(bytes, a);
    size_t n = strlen(text), room = n + n / 64 + 2 * strlen(label) + 64;
    struct wr w = wr_of(arena_take(a, room), room - 1);
    wr_fmt(&w, BEGIN "%s" TAIL "\n", label);
    for (size_t i = 0; i < n; i += 64) {
        wr_view(&w, view_of(text + i, n - i < 64 ? n - i : 64));
        wr_u8(&w, '\n');
    }
    wr_fmt(&w, END "%s" TAIL "\n", label);
    CHECK(!w.over);
    return (char *)w.p;
}
