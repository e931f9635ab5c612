#include "sim/core/trace.h"

void trace_put(struct trace *t, const struct trace_line *line)
{
    if (!t->on)
        return;
    uint64_t h = t->hash;
    h = rng_mix(h ^ line->at_us) + 0x9e3779b97f4a7c15u;
    h = rng_mix(h ^ ((uint64_t)line->who << 40 | (uint64_t)line->what << 32 | line->id));
    h = rng_mix(h ^ ((uint64_t)line->a << 32 | line->b));
    if (line->text != NULL)
        h = rng_hash(h, view_str(line->text));
    t->hash = h;
    t->lines++;
    if (t->sink != NULL)
        t->sink(t->ctx, line);
}
