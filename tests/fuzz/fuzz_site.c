/* Facts of any kind in any order: a site comes of them, and its files, its JSON and its table.  The
 * input is lines: a byte for the kind, one for source and number, then about, about2 and value
 * between tabs, of which some stand for names that belong together. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/import/kinds.h"
#include "sim/import/write.h"
#include "sim/wire/text.h"

#include <cjson/cJSON.h>
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One letter stands for a name: so the names of facts meet. */
static struct view word(struct view v)
{
    static const char *const words[] = { "pub",
                                         "pub.example.com",
                                         "10.0.0.1",
                                         "@1",
                                         "@0",
                                         "sub",
                                         "CM_sub",
                                         "10.0.0.2",
                                         "G",
                                         "SEP001122334455",
                                         "SEP0011223344AA",
                                         "CallManager",
                                         "TVS",
                                         "2445",
                                         "1",
                                         "publisher",
                                         "started",
                                         "Cisco Tftp",
                                         "ClusterSecurityMode",
                                         "match",
                                         "fabdf758968791895609e4ccfea72fb10a799d03",
                                         "2026-03-01T00:00:00Z",
                                         "yes",
                                         "none" };
    if (v.n == 1 && v.p[0] >= 'a' && v.p[0] < 'a' + sizeof words / sizeof *words)
        return view_str(words[v.p[0] - 'a']);
    return v;
}

static void add(struct facts *f, const uint32_t readings[8], struct view line)
{
    if (line.n < 2)
        return;
    uint8_t kind = line.p[0] % FACT_KINDS, from = line.p[1];
    struct view left = view_sub(line, 2, line.n - 2);
    struct view about = word(text_cut(&left, '\t')), about2 = word(text_cut(&left, '\t'));
    struct said s = { .facts = f, .reading = readings[from % 8], .line = from };
    facts_say(&s, (enum fact_kind)kind, about, about2, from / 8 % 5, word(left));
}

static int any(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    return 1;
}

/* With verbs that take anything it runs to its end, and gives the cluster. */
static void check_lua(const struct site *s)
{
    static const char *const verbs[] = { "start", "cluster", "found", "list" };
    static const char *const methods[] = { "group", "pool", "phones" };
    struct sys_text text;
    FILE *out = sys_text_open(&text);
    write_lua(s, "cluster", out);
    (void)fclose(out);
    lua_State *L = luaL_newstate();
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, any, 1);
    for (size_t i = 0; i < 3; i++) {
        lua_pushvalue(L, -1);
        lua_setfield(L, 1, methods[i]);
    }
    for (size_t i = 0; i < 4; i++) {
        lua_pushvalue(L, -1);
        lua_setglobal(L, verbs[i]);
    }
    CHECK(luaL_loadbufferx(L, text.p, text.n, "=cluster.lua", "t") == LUA_OK);
    CHECK(lua_pcall(L, 0, 1, 0) == LUA_OK && lua_istable(L, -1));
    lua_close(L);
    sys_text_free(&text);
}

static void check_words(const struct site *s)
{
    struct sys_text text;
    FILE *out = sys_text_open(&text);
    CHECK(site_json(s, out));
    (void)fclose(out);
    cJSON *json = cJSON_ParseWithLength(text.p, text.n);
    CHECK(json != NULL);
    cJSON_Delete(json);
    sys_text_free(&text);
    out = sys_text_open(&text);
    site_print(s, out);
    write_phones(s, out);
    (void)fclose(out);
    sys_text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct facts f;
    struct site s;
    struct err e = { "" };
    uint32_t readings[8];
    facts_init(&f, &sys_mem);
    for (uint32_t i = 0; i < 8; i++) {
        struct reading r = { .path = i % 2 == 0 ? "a\n.log" : "b",
                             .kind = "x",
                             .sure = (uint8_t)(1 + i % 5),
                             .session = i % 3,
                             .line = i % 2,
                             .made_s = (int64_t)(i % 4) * 500000000 };
        readings[i] = facts_begin(&f, &r);
    }
    struct view left = view_of(data, size);
    while (left.n > 0)
        add(&f, readings, text_cut(&left, '\n'));
    if (site_of(&f, NULL, 1790000000, &s, &e)) {
        CHECK(s.node_count > 0 && s.node_count <= CLUSTER_NODES && s.group_count > 0);
        check_lua(&s);
        check_words(&s);
    } else {
        CHECK(f.count == 0 && e.text[0] != '\0');
    }
    site_free(&s);
    facts_free(&f);
    return 0;
}
