#include "sim/load/outputs.h"

#include "sim/base/sys.h"
#include "sim/load/hdrlog.h"
#include "sim/load/page.h"
#include "sim/load/part.h"

#include <string.h>

/* In the order of their options. */
enum { JSON, SVG, HTML, HDR, FILES };

static const char *const options[FILES] = { "--json", "--svg", "--html", "--hdr" };

struct paths {
    const char *of[FILES];
};

static struct paths paths_of(const struct outputs *o)
{
    return (struct paths){ { o->json, o->svg, o->html, o->hdr } };
}

bool outputs_can_write(const struct outputs *o, struct err *e)
{
    struct paths p = paths_of(o);
    for (int i = 0; i < FILES; i++) {
        for (int k = 0; k < i && p.of[i] != NULL; k++) {
            if (p.of[k] != NULL &&
                (strcmp(p.of[i], p.of[k]) == 0 || sys_same_file(p.of[i], p.of[k])))
                return err_set(e, "%s and %s would both write %.200s", options[k], options[i],
                               p.of[i]);
        }
        if (p.of[i] != NULL && !sys_can_write(p.of[i], e))
            return err_prefix(e, "%s", options[i]);
    }
    return true;
}

bool outputs_keep(const struct outputs *o, const char *read, const char *as, struct err *e)
{
    struct paths p = paths_of(o);
    for (int i = 0; i < FILES && read != NULL; i++) {
        if (p.of[i] != NULL && sys_same_file(p.of[i], read))
            return err_set(e, "%s would write over %.200s, which is read as %s", options[i],
                           p.of[i], as);
    }
    return true;
}

bool outputs_on_stdout(const struct outputs *o)
{
    struct paths p = paths_of(o);
    for (int i = 0; i < FILES; i++) {
        if (sys_is_stdout(p.of[i]))
            return true;
    }
    return false;
}

bool outputs_write(const struct outputs *o, const struct result *r, const struct slo *slo,
                   const char *command, struct err *e)
{
    struct paths p = paths_of(o);
    struct arena arena = arena_of(&sys_mem);
    bool ok = true;
    for (int i = 0; i < FILES; i++) {
        if (p.of[i] == NULL)
            continue;
        struct view bytes = i == JSON   ? part_write(r, slo, command, &arena)
                            : i == SVG  ? page_svg(r, &arena)
                            : i == HTML ? page_html(r, slo, &arena)
                                        : hdrlog_write(r, &arena);
        ok = sys_write_file(p.of[i], bytes, e) && ok; /* the others all the same */
    }
    arena_free(&arena);
    return ok;
}
