/* Running a scenario: its coroutines, what they wait for, its parameters. */
#include "sim/script/impl.h"
#include "sim/base/check.h"
#include "sim/base/near.h"
#include "sim/base/sys.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Time passes in slices of about so many events where somebody looks at it meanwhile. */
#define SLICE_EVENTS 50000
#define SLICE_LEAST  1000ull     /* us */
#define SLICE_FIRST  1000000ull  /* us */
#define SLICE_MOST   60000000ull /* us, or a thousandth of the wait */

/* Instructions that going on after a wait counts as. */
#define WAIT_COST 200

/* ---- making ---- */

struct script *script_new(const struct script_options *options)
{
    struct script *s = sys_mem.resize(NULL, NULL, sizeof *s);
    *s = (struct script){ .options = *options, .lab = options->lab };
    if (s->options.instructions == 0)
        s->options.instructions = SCRIPT_INSTRUCTIONS;
    if (s->options.memory == 0)
        s->options.memory = SCRIPT_MEMORY;
    s->budget = s->options.instructions;
    s->then_ref = LUA_NOREF;
    s->sources[0].path = options->path;
    s->sources[1].path = options->then;
    s->arena = arena_of(&sys_mem);
    s->random = rng_of(s->lab->base->options.seed, "scenario", 0);
    s->parts = rng_of(s->lab->base->options.seed, "part of a fleet", 0);
    return s;
}

const struct script_expect *script_expects(const struct script *s, uint32_t *count)
{
    *count = s->expect_count;
    return s->expects;
}

const struct script_param *script_params(const struct script *s, uint32_t *count)
{
    *count = s->param_count;
    return s->params;
}

/* ---- overrides ---- */

static bool take_sets(struct script *s, struct err *e)
{
    s->set_count = s->options.set_count;
    s->sets = arena_take(&s->arena, (s->set_count + 1) * sizeof *s->sets);
    for (uint32_t i = 0; i < s->set_count; i++) {
        const char *text = s->options.sets[i], *equals = strchr(text, '=');
        if (equals == NULL || equals == text)
            return err_set(e, "--set %.80s: NAME=VALUE is expected", text);
        s->sets[i] = (struct script_set){ text, (size_t)(equals - text), false };
    }
    return true;
}

static bool unknown_set(const struct script *s, const struct script_set *set, const char *known,
                        struct err *e)
{
    int n = (int)(set->name_len < 60 ? set->name_len : 60);
    if (known[0] == '\0' && s->sources[1].path != NULL)
        return err_set(e, "--set %.60s: neither %s nor %s declares parameters", set->text,
                       s->sources[0].path, s->sources[1].path);
    if (known[0] == '\0')
        return err_set(e, "--set %.60s: %s declares no parameters", set->text, s->options.path);
    return err_set(e, "--set %.60s: no parameter \"%.*s\" in %s (one of %s)", set->text, n,
                   set->text, s->options.path, known);
}

static bool is_letter(uint8_t c)
{
    return isalnum(c) != 0 || c == '_';
}

/* In quotes, or as a key of a table: what `phone` is not where "phones" is. */
static bool occurs(struct view text, const struct script_set *set)
{
    for (struct view left = text;;) {
        const uint8_t *at = left.n == 0 ? NULL : memmem(left.p, left.n, set->text, set->name_len);
        if (at == NULL)
            return false;
        const uint8_t *end = text.p + text.n, *behind = at + set->name_len;
        bool opens = at > text.p && strchr("\"'[", at[-1]) != NULL;
        bool closes = behind < end && strchr("\"']", *behind) != NULL;
        while (behind < end && (*behind == ' ' || *behind == '\t'))
            behind++;
        bool is_key = behind < end && *behind == '=' && (at == text.p || !is_letter(at[-1]));
        if ((opens && closes) || is_key)
            return true;
        left = view_sub(left, (size_t)(at - left.p) + 1, left.n - (size_t)(at - left.p) - 1);
    }
}

/* Before anything runs: a name that is nowhere in the text. */
static bool sets_occur(const struct script *s, struct err *e)
{
    struct script_header header;
    char known[400] = "";
    size_t n = 0;
    for (uint32_t i = 0; i < s->set_count; i++) {
        if (occurs(s->sources[0].text, &s->sets[i]) || occurs(s->sources[1].text, &s->sets[i]))
            continue;
        script_header(s->options.path, &header, NULL); /* its parameters, whatever else it lacks */
        for (uint32_t k = 0; k < header.param_count && n < sizeof known; k++)
            n += (size_t)snprintf(known + n, sizeof known - n, "%s%s", k == 0 ? "" : ", ",
                                  header.params[k].name);
        return unknown_set(s, &s->sets[i], known, e);
    }
    return true;
}

/* Names that --set gave and no param() took, once the scenario is over. */
static bool sets_used(const struct script *s, struct err *e)
{
    char known[300] = "";
    size_t n = 0;
    for (uint32_t i = 0; i < s->param_count && n < sizeof known; i++)
        n += (size_t)snprintf(known + n, sizeof known - n, "%s%s", i == 0 ? "" : ", ",
                              s->params[i].name);
    for (uint32_t i = 0; i < s->set_count; i++) {
        if (!s->sets[i].used)
            return unknown_set(s, &s->sets[i], known, e);
    }
    return true;
}

/* ---- loading ---- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static int open_language(lua_State *L)
{
    admin_open(L);
    certificate_open(L);
    fleet_open(L);
    found_open(L);
    lookup_open(L);
    acts_open(L);
    expect_open(L);
    verbs_open(L);
    return 0;
}

/* Hands the text to Lua line by line, so that it is known how far it had read. */
struct lines {
    struct view rest;
    unsigned read;
};

static const char *next_line(lua_State *L, void *ctx, size_t *n)
{
    struct lines *lines = ctx;
    (void)L;
    *n = lines->rest.n;
    if (*n == 0)
        return NULL;
    const char *p = (const char *)lines->rest.p, *end = memchr(p, '\n', *n);
    if (end != NULL)
        *n = (size_t)(end - p) + 1;
    lines->rest = view_sub(lines->rest, *n, lines->rest.n - *n);
    lines->read++;
    return p;
}

/* Where in the sources something is; line 0: nowhere. */
struct place {
    const char *name; /* of the source, as Lua names it */
    unsigned line;
    bool second; /* the source */
};

/* Does the text begin with a source and a line? */
static bool has_place(const struct script *s, const char *text)
{
    for (size_t i = 0; i < COUNT_OF(s->sources); i++) {
        const char *name = s->sources[i].chunk + 1;
        size_t n = s->sources[i].chunk[0] == '\0' ? 0 : strlen(name);
        if (n > 0 && strncmp(text, name, n) == 0 && text[n] == ':' && text[n + 1] >= '0' &&
            text[n + 1] <= '9')
            return true;
    }
    return false;
}

/* An error with its place, which Lua leaves out where its own limits are the reason. */
static bool failed_at(const struct script *s, struct place at, const char *text, struct err *e)
{
    if (at.line == 0 || has_place(s, text))
        return err_set(e, "%.390s", text);
    return err_set(e, "%s:%u: %.380s", at.name, at.line, text);
}

static bool no_memory(const struct script *s, struct place at, struct err *e)
{
    char text[100];
    if (s->long_text)
        snprintf(text, sizeof text, "a text of more than 1 MB");
    else
        snprintf(text, sizeof text, "the scenario needs more than its %zu MB of memory",
                 s->options.memory >> 20);
    return failed_at(s, at, text, e);
}

/* Lua cuts longer names. */
static const char *short_name(const char *path)
{
    return strlen(path) > LUA_IDSIZE - 2 ? base_name(path) : path;
}

/* Leaves the source as a function on the stack. */
static bool load_source(struct script *s, struct script_source *from, struct err *e)
{
    struct lines lines = { from->text, 0 };
    snprintf(from->chunk, sizeof from->chunk, "@%s", short_name(from->path));
    int status = lua_load(s->L, next_line, &lines, from->chunk, "t");
    struct place at = { from->chunk + 1, lines.read, from == &s->sources[1] };
    if (status == LUA_OK)
        return true;
    if (status == LUA_ERRMEM)
        return no_memory(s, at, e);
    const char *text = lua_tostring(s->L, -1);
    /* Lua reads what stands in something else by calling itself. */
    if (strstr(text, "C stack overflow") != NULL || strstr(text, "C levels") != NULL)
        text = "too many blocks, functions, tables, parentheses or operators in each other (Lua "
               "reads 200)";
    return failed_at(s, at, text, e);
}

static bool read_sources(struct script *s, struct err *e)
{
    struct script_source *first = &s->sources[0], *then = &s->sources[1];
    if (!script_source(first->path, &s->arena, &first->text, e))
        return false;
    then->text = s->options.then_text;
    return then->path == NULL || then->text.p != NULL ||
           script_source(then->path, &s->arena, &then->text, e);
}

/* The second source is read before the first one runs: its slips are told at once. */
static bool load(struct script *s, struct err *e)
{
    if (!read_sources(s, e) || !sets_occur(s, e))
        return false;
    s->L = sandbox_open(s, open_language);
    if (s->L == NULL)
        return err_set(e, "%s: the memory given to the scenario is too small",
                       short_name(s->options.path));
    if (s->sources[1].path != NULL) {
        if (!load_source(s, &s->sources[1], e))
            return false;
        s->then_ref = luaL_ref(s->L, LUA_REGISTRYINDEX);
    }
    return load_source(s, &s->sources[0], e);
}

/* The chunk is on the stack: the main part becomes the first task. */
static int start(lua_State *L)
{
    struct script *s = script_of(L);
    script_add_task(L, s, lab_now_us(s->lab));
    return 0;
}

/* ---- running ---- */

/* The one that is due first; the one made first of several. NULL: none. */
static struct task *first_due(struct script *s)
{
    struct task *first = NULL;
    for (uint32_t i = 0; i < s->task_count; i++) {
        struct task *t = &s->tasks[i];
        if (t->state == TASK_READY_AT && (first == NULL || t->due_us < first->due_us))
            first = t;
    }
    return first;
}

/* Where the innermost function of the scenario was; a coroutine that failed keeps its stack. */
static struct place place_of(const struct script *s, lua_State *co)
{
    lua_Debug at;
    for (int level = 0; lua_getstack(co, level, &at); level++) {
        if (!lua_getinfo(co, "Sl", &at) || at.currentline <= 0)
            continue;
        bool second = s->sources[1].path != NULL && strcmp(at.source, s->sources[1].chunk) == 0;
        return (struct place){ s->sources[second].chunk + 1, (unsigned)at.currentline, second };
    }
    return (struct place){ "", 0, false };
}

#define GLOBALS 128

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What other Lua has and no scenario. */
static bool is_kept_out(const char *name)
{
    static const char *const names[] = { "io",         "os",      "require", "dofile", "loadfile",
                                         "loadstring", "package", "debug",   "load" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* Lua's error about a global that is not there, with the one that was meant: a slip of the pen; or,
 * in the second source, a local of the first. */
static const char *with_global(const struct script *s, bool second, const char *text,
                               struct err *out)
{
    lua_State *L = s->L;
    static const char before[] = " a nil value (global '";
    const char *names[GLOBALS], *at = strstr(text, before), *end;
    char name[NEAR_ROOM], mean[NEAR_ROOM];
    int n = 0;
    if (at == NULL || (end = strchr(at += sizeof before - 1, '\'')) == NULL ||
        (size_t)(end - at) >= sizeof name)
        return text;
    snprintf(name, sizeof name, "%.*s", (int)(end - at), at);
    lua_pushglobaltable(L); /* nothing of this asks for memory: nobody would catch the error */
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING && n < GLOBALS)
            names[n++] = lua_tostring(L, -2);
    }
    lua_pop(L, 1);
    qsort(names, (size_t)n, sizeof names[0], compare_names); /* whatever Lua's order is */
    struct near near = near_of(name);
    for (int i = 0; i < n; i++)
        near_try(&near, names[i]);
    err_set(out, "%.300s%s", text, near_text(&near, mean));
    if (is_kept_out(name))
        err_set(out, "%.300s: it is not here: a scenario reads no other file and starts nothing",
                text);
    else if (mean[0] == '\0' && second && strstr(text, "index") != NULL)
        err_set(out,
                "%.300s: the locals of %.60s end with it; `local %s = cluster \"NAME\"` finds one",
                text, s->sources[0].path, name);
    return out->text;
}

static bool lua_failed(struct script *s, lua_State *co, int status, struct err *e)
{
    char text[60];
    struct err with = { "" };
    struct place at = place_of(s, co);
    if (status == LUA_ERRMEM)
        return no_memory(s, at, e);
    if (lua_type(co, -1) == LUA_TSTRING)
        return failed_at(s, at, with_global(s, at.second, lua_tostring(co, -1), &with), e);
    snprintf(text, sizeof text, "error() with a %s", luaL_typename(co, -1));
    return failed_at(s, at, text, e);
}

/* Time that passed is work too, so that a scenario whose loop waits ends as one that does not. */
static void charge_wait(struct script *s)
{
    uint64_t cost = WAIT_COST + script_worked(s);
    s->budget -= cost < s->budget ? cost : s->budget;
}

/* The second source begins now that all is quiet, or never. */
static bool then_begins(struct script *s, struct task *t, struct err *e)
{
    t->then = t->answers = false;
    if (!t->quiet) {
        struct err why;
        settle_words(s->lab, t->begun_us, 0, &why);
        return err_set(e, "%s: not quiet after %s", s->sources[0].path, why.text);
    }
    return s->options.then_begins == NULL || s->options.then_begins(s->options.then_ctx, e);
}

static bool resume(struct script *s, struct task *t, struct err *e)
{
    int given = t->values, results = 0;
    uint32_t index = (uint32_t)(t - s->tasks);
    lua_State *co = t->co;
    s->current = index;
    t->values = 0;
    if (t->then && !then_begins(s, t, e))
        return false;
    if (t->answers) {
        if (t->no_limit && !t->quiet)
            lua_pushnil(co); /* settle() raises the error, with its line */
        else
            lua_pushboolean(co, t->quiet);
        lua_pushinteger(co, t->idle);
        given = 2;
    }
    t->answers = false;
    s->nested = 0;
    charge_wait(s);
    int status = lua_resume(co, s->L, given, &results);
    t = &s->tasks[index]; /* the table may have grown */
    if (status == LUA_YIELD)
        return true; /* whatever waits said for what in its task */
    if (status != LUA_OK)
        return lua_failed(s, co, status, e);
    t->state = TASK_OVER;
    t->values = results;
    if (index > 0 || s->then_ref == LUA_NOREF)
        luaL_unref(s->L, LUA_REGISTRYINDEX, t->ref);
    return true;
}

static bool is_due(const struct script *s, const struct task *t)
{
    return t != NULL && t->due_us <= lab_now_us(s->lab);
}

/* Those whose settle() is over: all, where everything is quiet and nothing is planned any more,
 * else those that are at their limit.  True: there was one.  Asking whether all is quiet runs what
 * is due at this instant and lets no time pass. */
static bool wake_settling(struct script *s, bool *quiet)
{
    bool woken = false, settling = false;
    *quiet = false;
    for (uint32_t i = 0; i < s->task_count && !settling; i++)
        settling = s->tasks[i].state == TASK_SETTLING;
    if (!settling)
        return false;
    struct settled now = lab_settle(s->lab, lab_now_us(s->lab));
    if (now.quiet && script_switch_off(s))
        now = lab_settle(s->lab, lab_now_us(s->lab));
    uint64_t now_us = lab_now_us(s->lab);
    uint32_t to_come = script_to_come(s);
    bool over = now.quiet && to_come == 0;
    for (uint32_t i = 0; i < s->task_count; i++) {
        struct task *t = &s->tasks[i];
        if (t->state != TASK_SETTLING || (!over && t->due_us > now_us))
            continue;
        if (!over && t->no_limit && !settle_gives_up(s->lab, t->begun_us, to_come)) {
            t->due_us = settle_looks_us(s->lab, t->begun_us, now_us);
            continue;
        }
        t->state = TASK_READY_AT;
        t->due_us = now_us;
        t->answers = true;
        t->quiet = over;
        t->idle = now.idle_retries;
        woken = true;
    }
    *quiet = now.quiet;
    return woken;
}

/* Everybody whose turn it is, until all of them wait. */
static bool run_due(struct script *s, bool *quiet, struct err *e)
{
    for (;;) {
        bool woken = wake_settling(s, quiet);
        struct task *t = first_due(s);
        if (!woken && !is_due(s, t))
            return true;
        for (; is_due(s, t); t = first_due(s)) {
            if (!resume(s, t, e))
                return false;
        }
    }
}

static bool begin(struct script *s, struct err *e)
{
    if (!take_sets(s, e) || !load(s, e))
        return false;
    lua_pushcfunction(s->L, start);
    lua_insert(s->L, -2);
    if (lua_pcall(s->L, 1, 0, 0) != LUA_OK)
        return lua_failed(s, s->L, LUA_ERRMEM, e);
    heard_begin(s);
    s->stage = SCRIPT_RUNS;
    return true;
}

/* Both on the stack of L: the second source's function, and what the first gave back is moved. */
static int add_then(lua_State *L)
{
    struct script *s = script_of(L);
    uint64_t now_us = lab_now_us(s->lab);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->then_ref);
    luaL_unref(L, LUA_REGISTRYINDEX, s->then_ref);
    s->then_ref = LUA_NOREF;
    script_add_task(L, s, settle_looks_us(s->lab, now_us, now_us));
    struct task *first = &s->tasks[0], *t = &s->tasks[s->task_count - 1];
    int values = first->values < VALUES_MOST ? first->values : VALUES_MOST;
    luaL_checkstack(t->co, values, "too many results");
    lua_xmove(first->co, t->co, values);
    luaL_unref(L, LUA_REGISTRYINDEX, first->ref);
    t->values = values;
    t->then = t->no_limit = true;
    t->state = TASK_SETTLING;
    t->begun_us = now_us;
    return 0;
}

/* The first source is over: the second one waits for all to be quiet. */
static bool begin_then(struct script *s, struct err *e)
{
    lua_pushcfunction(s->L, add_then);
    return lua_pcall(s->L, 0, 0, 0) == LUA_OK || lua_failed(s, s->L, LUA_ERRMEM, e);
}

/* Nobody waited for what was found to become the present: the scenario does so by itself. */
static int add_settle(lua_State *L)
{
    struct script *s = script_of(L);
    verbs_push_settle(L);
    script_add_task(L, s, lab_now_us(s->lab));
    return 0;
}

static int nothing(lua_State *L)
{
    (void)L;
    return 0;
}

/* The second source is over, and what it did last may go on: as settle() waits, but that phones
 * which never come to rest are no error here. */
static int add_rest(lua_State *L)
{
    struct script *s = script_of(L);
    uint64_t now_us = lab_now_us(s->lab);
    lua_pushcfunction(L, nothing);
    script_add_task(L, s, settle_looks_us(s->lab, now_us, now_us));
    struct task *t = &s->tasks[s->task_count - 1];
    t->no_limit = true;
    t->state = TASK_SETTLING;
    t->begun_us = now_us;
    return 0;
}

/* What is still to do once everybody is done.  False and no error: nothing. */
static bool begin_more(struct script *s, bool *ok, struct err *e)
{
    bool then = s->then_ref != LUA_NOREF, settles = lab_is_before_present(s->lab) && !s->settled;
    bool rests = !then && !settles && s->sources[1].path != NULL && !s->rested;
    if (rests) {
        s->rested = true;
        lua_pushcfunction(s->L, add_rest);
        *ok = lua_pcall(s->L, 0, 0, 0) == LUA_OK || lua_failed(s, s->L, LUA_ERRMEM, e);
    } else if (then) {
        *ok = begin_then(s, e);
    } else if (settles) {
        s->settled = true;
        lua_pushcfunction(s->L, add_settle);
        *ok = lua_pcall(s->L, 0, 0, 0) == LUA_OK || lua_failed(s, s->L, LUA_ERRMEM, e);
    }
    return then || settles || rests;
}

static bool check_end(const struct script *s, struct err *e)
{
    if (s->expect_open != 0)
        return err_set(e, "%s:%u: expect: nothing is compared; add :equals(...)", s->expect_in,
                       (unsigned)s->expect_open);
    return sets_used(s, e) && sites_used(s, e);
}

static void end(struct script *s, enum script_stage stage)
{
    if (s->stage == SCRIPT_RUNS)
        heard_end(s);
    s->stage = stage;
}

/* What those who wait need next.  Quiet, but the administrator is not done yet: what at() has
 * planned is pending too, so it is time that must pass. */
static struct script_step next_step(const struct script *s, bool quiet)
{
    struct script_step step = { SCRIPT_OVER, UINT64_MAX };
    for (uint32_t i = 0; i < s->task_count; i++) {
        const struct task *t = &s->tasks[i];
        if (t->state == TASK_OVER)
            continue;
        if (t->state != TASK_HELD && t->due_us < step.until_us)
            step.until_us = t->due_us;
        if (step.wants != SCRIPT_WANTS_QUIET)
            step.wants =
                t->state == TASK_SETTLING && !quiet ? SCRIPT_WANTS_QUIET : SCRIPT_WANTS_TIME;
    }
    return step;
}

bool script_next(struct script *s, struct script_step *step, struct err *e)
{
    bool quiet = false;
    CHECK(s->stage != SCRIPT_BROKEN);
    *step = (struct script_step){ SCRIPT_OVER, UINT64_MAX };
    if (s->stage == SCRIPT_ENDED)
        return true;
    bool ok = s->stage == SCRIPT_RUNS || begin(s, e), more = ok;
    while (ok && more) {
        ok = run_due(s, &quiet, e);
        if (ok)
            *step = next_step(s, quiet);
        more = ok && step->wants == SCRIPT_OVER && begin_more(s, &ok, e);
    }
    if (ok && step->wants == SCRIPT_OVER)
        ok = check_end(s, e);
    if (!ok || step->wants == SCRIPT_OVER)
        end(s, ok ? SCRIPT_ENDED : SCRIPT_BROKEN);
    return ok;
}

void script_pass(struct script *s, const struct script_step *step, uint64_t most_us)
{
    uint64_t until_us = step->until_us < most_us ? step->until_us : most_us;
    if (step->wants == SCRIPT_WANTS_QUIET)
        lab_settle(s->lab, until_us);
    else if (step->wants == SCRIPT_WANTS_TIME)
        lab_run_until(s->lab, until_us);
}

const char *script_held(const struct script *s)
{
    for (uint32_t i = 0; i < s->task_count; i++) {
        if (s->tasks[i].state == TASK_HELD)
            return s->tasks[i].held;
    }
    return NULL;
}

void script_release(struct script *s)
{
    for (uint32_t i = 0; i < s->task_count; i++) {
        struct task *t = &s->tasks[i];
        if (t->state != TASK_HELD)
            continue;
        t->state = TASK_READY_AT;
        t->due_us = lab_now_us(s->lab);
    }
}

bool script_passed(const struct script *s)
{
    for (uint32_t i = 0; i < s->expect_count; i++) {
        if (!s->expects[i].passed)
            return false;
    }
    return true;
}

static uint64_t events(const struct script *s)
{
    return s->lab->driver->events(s->lab->driver->self);
}

/* The next slice: twice or half as long as this one, towards SLICE_EVENTS. */
static uint64_t next_slice(uint64_t slice_us, uint64_t events, uint64_t wait_us)
{
    uint64_t most = wait_us / 1000 > SLICE_MOST ? wait_us / 1000 : SLICE_MOST;
    if (events > 2 * SLICE_EVENTS)
        slice_us = slice_us / 2 > SLICE_LEAST ? slice_us / 2 : SLICE_LEAST;
    else if (events < SLICE_EVENTS / 2)
        slice_us = 2 * slice_us < most ? 2 * slice_us : most;
    return slice_us;
}

/* All of one wait, at once or in slices: a run in many short waits is the same run.  False: it was
 * told to stop. */
static bool pass(struct script *s, const struct script_step *step)
{
    uint64_t begin_us = lab_now_us(s->lab), slice_us = SLICE_FIRST;
    bool watched = s->options.progress != NULL || s->options.stop != NULL;
    for (uint64_t now_us = begin_us; !script_is_stopped(s);) {
        uint64_t most_us =
            watched && step->until_us - now_us > slice_us ? now_us + slice_us : UINT64_MAX;
        uint64_t before = events(s);
        script_pass(s, step, most_us);
        now_us = lab_now_us(s->lab);
        if (s->options.progress != NULL)
            s->options.progress(s->options.progress_ctx, now_us);
        /* Quiet before the slice was over, or all of it. */
        if (most_us == UINT64_MAX || now_us < most_us)
            break;
        slice_us = next_slice(slice_us, events(s) - before, step->until_us - begin_us);
    }
    return !script_is_stopped(s);
}

enum script_result script_run(struct script *s, struct err *e)
{
    struct script_step step;
    for (;;) {
        if (!script_next(s, &step, e))
            return s->stopped ? SCRIPT_STOPPED : SCRIPT_ERROR;
        if (step.wants == SCRIPT_OVER)
            return script_passed(s) ? SCRIPT_PASSED : SCRIPT_FAILED;
        if (!pass(s, &step))
            return SCRIPT_STOPPED;
    }
}

bool script_run_on(struct script *s, uint64_t until_us)
{
    const struct script_step step = { SCRIPT_WANTS_TIME, until_us };
    return pass(s, &step);
}

void script_free(struct script *s)
{
    if (s == NULL)
        return;
    end(s, SCRIPT_ENDED);
    if (s->L != NULL)
        lua_close(s->L);
    sys_mem.resize(NULL, s->tasks, 0);
    sys_mem.resize(NULL, s->expects, 0);
    sys_mem.resize(NULL, s->params, 0);
    sys_mem.resize(NULL, s->config, 0);
    sys_mem.resize(NULL, s->sites, 0);
    sys_mem.resize(NULL, s->off, 0);
    arena_free(&s->arena);
    sys_mem.resize(NULL, s, 0);
}
