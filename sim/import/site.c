#include "sim/import/site.h"

bool site_of(const struct facts *f, const char *name, int64_t today_s, struct site *out,
             struct err *e)
{
    *out = (struct site){ .facts = f, .arena = arena_of(f->mem), .name = name };
    out->present_s = today_s;
    return f->count > 0 || err_set(e, "nothing that tells of a cluster");
}

void site_free(struct site *s)
{
    if (s->facts == NULL)
        return;
    arena_free(&s->arena);
    *s = (struct site){ 0 };
}
