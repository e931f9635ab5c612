/* Sites come to be by being named, so that a name that is written otherwise once would do nothing,
 * and nobody would notice: what is said of a site must meet phones that stand there. */
#include "sim/script/impl.h"

#include "sim/base/near.h"
#include "sim/base/sys.h"

#include <string.h>

static struct script_site *site_of(struct script *s, uint32_t site)
{
    for (uint32_t i = 0; i < s->site_count; i++) {
        if (s->sites[i].site == site)
            return &s->sites[i];
    }
    mem_reserve(&sys_mem, (void **)&s->sites, &s->site_cap, (size_t)s->site_count + 1,
                sizeof *s->sites);
    s->sites[s->site_count] = (struct script_site){ .site = site };
    return &s->sites[s->site_count++];
}

void sites_said(lua_State *L, uint32_t site, const char *verb)
{
    struct script *s = script_of(L);
    if (site == 0 || site_of(s, site)->where != NULL)
        return;
    luaL_where(L, 1);
    lua_pushstring(L, verb);
    lua_concat(L, 2);
    site_of(s, site)->where = script_keep(s, lua_tostring(L, -1));
    lua_pop(L, 1);
}

void sites_stood(struct script *s, uint32_t site)
{
    if (site != 0)
        site_of(s, site)->stood = true;
}

static const char *name_of(const struct script *s, uint32_t i)
{
    return content_get_str(s->lab->base->content, s->sites[i].site);
}

bool sites_used(const struct script *s, struct err *e)
{
    for (uint32_t i = 0; i < s->site_count; i++) {
        if (s->sites[i].stood)
            continue;
        char mean[NEAR_ROOM];
        struct near near = near_of(name_of(s, i));
        for (uint32_t k = 0; k < s->site_count; k++) {
            if (s->sites[k].stood)
                near_try(&near, name_of(s, k));
        }
        return err_set(e, "%.200s: no phone ever stands at the site \"%.60s\" (fleet:site())%s",
                       s->sites[i].where, name_of(s, i), near_text(&near, mean));
    }
    return true;
}
