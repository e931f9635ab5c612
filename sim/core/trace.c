#include "sim/core/trace.h"

struct trace trace_of(const struct mem *mem)
{
    return (struct trace){ .numbers = table_of(mem) };
}

void trace_free(struct trace *t)
{
    table_free(&t->numbers);
}

static bool speaks_of_content(const struct trace_line *l)
{
    if (l->who == TRACE_PHONE)
        return l->what == NOTE_ACCEPTED || l->what == NOTE_REFUSED_FILE;
    return l->who == TRACE_NODE && (l->what == TRACE_LIST || l->what == TRACE_CERT);
}

static uint32_t number_of(struct trace *t, uint32_t content)
{
    const uint32_t *known = table_get(&t->numbers, (uint64_t)content + 1);
    if (known != NULL)
        return *known;
    table_put(&t->numbers, (uint64_t)content + 1, ++t->contents);
    return t->contents;
}

void trace_put(struct trace *t, struct trace_line *line)
{
    line->content = speaks_of_content(line) ? number_of(t, line->a) : 0;
    uint32_t a = line->content != 0 ? line->content : line->a;
    uint64_t h = t->hash;
    h = rng_mix(h ^ line->at_us) + 0x9e3779b97f4a7c15u;
    h = rng_mix(h ^ ((uint64_t)line->who << 40 | (uint64_t)line->what << 32 | line->id));
    h = rng_mix(h ^ ((uint64_t)a << 32 | line->b));
    if (line->text != NULL)
        h = rng_hash(h, view_str(line->text));
    t->hash = h;
    t->lines++;
}
