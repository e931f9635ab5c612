#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

bool text_same(struct view v, const char *word)
{
    if (v.n != strlen(word))
        return false;
    for (size_t i = 0; i < v.n; i++)
        if (lower(v.p[i]) != lower((uint8_t)word[i]))
            return false;
    return true;
}

static bool blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct view text_trim(struct view v)
{
    while (v.n > 0 && blank(v.p[0]))
        v = view_of(v.p + 1, v.n - 1);
    while (v.n > 0 && blank(v.p[v.n - 1]))
        v.n--;
    return v;
}

bool text_number(struct view v, uint64_t max, uint64_t *out)
{
    if (v.n == 0)
        return false;
    uint64_t x = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9')
            return false;
        uint64_t digit = v.p[i] - '0';
        if (digit > max || x > (max - digit) / 10)
            return false;
        x = x * 10 + digit;
    }
    *out = x;
    return true;
}

uint32_t text_address(const char *text)
{
    uint32_t address = 0, part = 0;
    int parts = 0, digits = 0;
    for (;; text++) {
        if (*text >= '0' && *text <= '9') {
            part = part * 10 + (uint32_t)(*text - '0');
            if (++digits > 3 || part > 255)
                return 0;
        } else if ((*text == '.' || *text == '\0') && digits > 0) {
            address = address << 8 | part;
            parts++;
            part = 0;
            digits = 0;
            if (*text == '\0')
                return parts == 4 ? address : 0;
        } else {
            return 0;
        }
    }
}

uint32_t text_host(const char *text)
{
    uint32_t address = text_address(text), h = 2166136261u; /* FNV-1a */
    if (address != 0 || *text == '\0')
        return address;
    for (; *text != '\0'; text++)
        h = (h ^ (uint8_t)(*text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text)) * 16777619u;
    h = (h >> 24 ^ h) & 0xffffff;
    return h != 0 ? h : 1;
}

void text_put_address(uint32_t ip, char out[16])
{
    snprintf(out, 16, "%u.%u.%u.%u", (unsigned)(ip >> 24), (unsigned)(ip >> 16 & 255),
             (unsigned)(ip >> 8 & 255), (unsigned)(ip & 255));
}

bool text_token(struct view v)
{
    for (size_t i = 0; i < v.n; i++) {
        uint8_t c = v.p[i];
        bool alphanumeric = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
        if (!alphanumeric && (c == 0 || c > 126 || strchr("!#$%&'*+-.^_`|~", c) == NULL))
            return false;
    }
    return v.n > 0;
}

int text_hex(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void text_escape(char *to, size_t room, struct view v)
{
    static const char hex[] = "0123456789abcdef";
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++) {
        uint8_t c = v.p[i];
        bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
        const char escaped[] = { '\\', 'x', hex[c >> 4], hex[c & 15] };
        size_t k = plain ? 1 : sizeof escaped;
        if (n + k + 1 > room)
            break;
        memcpy(to + n, plain ? (const char *)&v.p[i] : escaped, k);
        n += k;
    }
    to[n] = '\0';
}

struct view text_cut(struct view *v, uint8_t separator)
{
    struct view part = *v;
    if (v->n == 0)
        return part;
    const uint8_t *at = memchr(v->p, separator, v->n);
    if (at == NULL) {
        *v = view_of(v->p + v->n, 0);
        return part;
    }
    part.n = (size_t)(at - v->p);
    *v = view_of(at + 1, v->n - part.n - 1);
    return part;
}

bool text_line(struct view *v, struct view *line)
{
    if (v->n == 0 || memchr(v->p, '\n', v->n) == NULL)
        return false;
    *line = text_cut(v, '\n');
    if (line->n > 0 && line->p[line->n - 1] == '\r')
        line->n--;
    return true;
}

size_t text_utf8(const uint8_t *p)
{
    static const struct {
        uint8_t mask, lead, n;
        uint32_t min;
    } forms[] = { { 0xe0, 0xc0, 2, 0x80 }, { 0xf0, 0xe0, 3, 0x800 }, { 0xf8, 0xf0, 4, 0x10000 } };
    for (size_t i = 0; i < 3; i++) {
        if ((p[0] & forms[i].mask) != forms[i].lead)
            continue;
        uint32_t c = p[0] & (uint8_t)~forms[i].mask;
        for (size_t k = 1; k < forms[i].n; k++) {
            if ((p[k] & 0xc0) != 0x80) /* the closing NUL too */
                return 0;
            c = c << 6 | (p[k] & 0x3f);
        }
        bool surrogate = c >= 0xd800 && c <= 0xdfff;
        bool excluded = c == 0xfffe || c == 0xffff;
        return c < forms[i].min || c > 0x10ffff || surrogate || excluded ? 0 : forms[i].n;
    }
    return 0;
}

char *text_whole(char *text)
{
    for (uint8_t *p = (uint8_t *)text; *p != 0;) {
        size_t n = *p < 0x80 ? 1 : text_utf8(p);
        if (n == 0)
            *p = '?';
        p += n == 0 ? 1 : n;
    }
    return text;
}
