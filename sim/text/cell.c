#include "sim/text/cell.h"

#include <string.h>

static bool has(const char *set, uint8_t byte)
{
    return byte != 0 && strchr(set, byte) != NULL;
}

/* What a spreadsheet would work out, whatever ' stand before it. */
static bool is_formula(struct view text)
{
    size_t at = 0;
    while (at < text.n && text.p[at] == '\'')
        at++;
    return at < text.n && has("=+-@\t\r", text.p[at]);
}

static bool wants_quotes(struct view text)
{
    if (text.n > 0 && (has(" \t", text.p[0]) || has(" \t", text.p[text.n - 1])))
        return true;
    for (size_t i = 0; i < text.n; i++) {
        if (has(",;\"\t\r\n", text.p[i]))
            return true;
    }
    return false;
}

void cell_write(struct wr *w, struct view text)
{
    bool quotes = wants_quotes(text);
    if (quotes)
        wr_u8(w, '"');
    if (is_formula(text))
        wr_u8(w, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            wr_u8(w, '"');
        wr_u8(w, text.p[i]);
    }
    if (quotes)
        wr_u8(w, '"');
}

struct view cell_text(struct view field)
{
    bool marked = field.n > 1 && field.p[0] == '\'' && is_formula(field);
    return marked ? view_sub(field, 1, field.n - 1) : field;
}
