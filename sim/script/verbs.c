/* The verbs that belong to no object: making clusters, parameters and knobs, steps and time. */
#include "sim/script/impl.h"
#include "sim/base/sys.h"

#include <string.h>

#define RUN_MOST_US (500ull * 365 * 86400 * 1000000)
#define TASKS_MOST  10000
#define KNOB_COST   1000

/*# Building
 *
 *  A scenario makes one cluster or several, gives them phones, and declares what may be varied from
 *  outside.
 */

/*: cluster { name = text, version = text, nodes = { text, ... }, domain = text, installed = date }
 *
 *  A cluster whose first node is the publisher; all nodes run CallManager, TFTP and TVS, and all
 *  certificates and lists are made. `version` is one of the version table ("8.6", "10.5(2)",
 *  "14SU1"), or another release ("12.5(1)SU8", "15SU4"), which is read as the newest of the table
 *  that is not after it; "7.1" or "file server" beside them (docs/VERSIONS.md). `domain` may be
 * left out, and so may `installed`, the day on which its certificates were made ("2026-03-14
 * 06:00"): without it they are made when the scenario makes the cluster. Its nodes are fields of
 * the result, by name: `hq.pub`, `hq["cucm-sub-1"]`.
 *
 *  `cluster "HQ"` is the cluster of that name that is there already.
 */
static int verb_cluster(lua_State *L)
{
    args_most(L, 1, "cluster");
    if (lua_type(L, 1) == LUA_TSTRING)
        return lookup_cluster(L);
    static const char *const keys[] = { "name", "version", "nodes", "domain", "installed" };
    static const char verb[] = "cluster";
    const char *nodes[CLUSTER_NODES];
    struct lab *lab = script_of(L)->lab;
    struct err e = { "" };
    args_table(L, 1, verb, keys, COUNT_OF(keys));
    struct lab_cluster_spec spec = { .nodes = nodes };
    spec.name = args_field_text(L, 1, verb, "name");
    spec.version = args_field_text(L, 1, verb, "version");
    const char *domain = args_field_text(L, 1, verb, "domain");
    spec.domain = domain == NULL ? "" : domain;
    if (spec.name == NULL || spec.version == NULL)
        return args_fail(L, "cluster: name and version are needed");
    int64_t installed_s = args_field_date(L, 1, verb, "installed");
    if (version_find(spec.version) == NULL)
        return args_no_version(L, verb, spec.version, true);
    lua_getfield(L, 1, "nodes");
    spec.node_count = args_texts(L, lua_gettop(L), verb, "nodes", nodes, CLUSTER_NODES);
    uint32_t cluster;
    if (!lab_cluster_since(lab, &spec, installed_s, &cluster, &e))
        return args_fail(L, "cluster: %s", e.text);
    object_push_cluster(L, cluster);
    return 1;
}

/* ---- parameters ---- */

/* Pushes what --set gave, in the type of the standard value at index 2. */
static void push_override(lua_State *L, const char *name, const char *text)
{
    switch (lua_type(L, 2)) {
    case LUA_TNUMBER:
        if (lua_stringtonumber(L, text) == 0 || (lua_isinteger(L, 2) && !lua_isinteger(L, -1)))
            args_fail(L, "--set %s=%.60s: %s is expected", name, text,
                      lua_isinteger(L, 2) ? "a whole number" : "a number");
        break;
    case LUA_TBOOLEAN:
        if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
            args_fail(L, "--set %s=%.60s: true or false is expected", name, text);
        lua_pushboolean(L, strcmp(text, "true") == 0);
        break;
    default:
        lua_pushstring(L, text);
        break;
    }
}

/*: param(name, standard)
 *
 *  Declares a parameter and gives its value: the standard one, or what `--set name=value` says, in
 *  the type of the standard value (number, text, boolean). A `--set` that no `param` declares is an
 *  error.
 */
static int verb_param(lua_State *L)
{
    args_most(L, 2, "param");
    struct script *s = script_of(L);
    const char *name = args_text(L, 1, "param", "a name");
    int type = lua_type(L, 2);
    if (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TBOOLEAN)
        return args_fail(
            L, "param: the standard value of \"%.60s\" is a number, a text or a boolean", name);
    if (strcmp(name, "people") == 0 || strcmp(name, "hands_minutes") == 0 ||
        strcmp(name, "users_follow") == 0 || strcmp(name, "users_hours") == 0)
        return args_fail(L, "param: \"%s\" is what --set says of the report", name);
    for (uint32_t i = 0; i < s->param_count; i++) {
        if (strcmp(s->params[i].name, name) == 0)
            return args_fail(L, "param: \"%.60s\" is declared already", name);
    }
    lua_settop(L, 2);
    struct script_set *set = NULL; /* the last one counts */
    for (uint32_t i = 0; i < s->set_count; i++) {
        if (strlen(name) == s->sets[i].name_len &&
            memcmp(s->sets[i].text, name, s->sets[i].name_len) == 0) {
            set = &s->sets[i];
            set->used = true;
        }
    }
    if (set != NULL)
        push_override(L, name, set->text + set->name_len + 1);
    else
        lua_pushvalue(L, 2);
    const char *standard = sandbox_tostring(L, 2), *value = sandbox_tostring(L, 3);
    mem_reserve(&sys_mem, (void **)&s->params, &s->param_cap, (size_t)s->param_count + 1,
                sizeof *s->params);
    s->params[s->param_count++] =
        (struct script_param){ script_keep(s, name), script_keep(s, value),
                               script_keep(s, standard) };
    lua_pushvalue(L, 3);
    return 1;
}

/*: knob(name, value)
 *
 *  Sets a knob of the phones' model ("tvs_timeout_us", "next_tvs_on_unknown") or what work and
 *  network cost ("link_delay_us", "reset_rate"); docs/KNOBS.md has them all. The value is a number
 *  in the knob's own unit, true or false, or for a time a text such as "10s". Of a range, such as
 *  "boot_min_us" and "boot_max_us", an end that is set beyond the other one pulls it along; the
 *  report names both.
 */
static int verb_knob(lua_State *L)
{
    args_most(L, 2, "knob");
    sandbox_charge(L, KNOB_COST + script_of(L)->lab->state.phone_count / 4); /* all are looked at */
    struct lab *lab = script_of(L)->lab;
    const char *name = args_text(L, 1, "knob", "a name"), *names[KNOBS + COSTS];
    enum knob knob;
    uint32_t cost;
    for (int i = 0; i < KNOBS + COSTS; i++)
        names[i] = i < KNOBS ? knob_table[i].name : cost_table[i - KNOBS].name;
    const struct lab_turn *turn = &lab->base->options.turn; /* stays, whatever is said here */
    if (knob_find(name, &knob)) {
        uint64_t value = args_fact(L, 2, "knob", &knob_table[knob]);
        if (turn->facts != LAB_KNOB || turn->index != (uint32_t)knob)
            lab_set_knob(lab, knob, value);
    } else if (fact_find(cost_table, COSTS, name, &cost)) {
        uint64_t value = args_fact(L, 2, "knob", &cost_table[cost]);
        if (turn->facts != LAB_COST || turn->index != cost)
            lab_set_cost(lab, (enum cost)cost, value);
    } else {
        return args_unknown(L, "knob", "knob", name, names, KNOBS + COSTS);
    }
    return 0;
}

/* ---- steps and time ---- */

/*# Steps and time
 *
 *  A scenario runs over the lab's time, which begins at 0. Verbs act at once; time passes only in
 *  `wait` and `settle`, and between the functions given to `at`.
 */

static int step_over(lua_State *L, int status, lua_KContext outer)
{
    (void)status;
    sandbox_leave(L, (uint32_t)outer);
    return 0;
}

/* Whoever was held goes on here as well. */
static int begin_step(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct lab *lab = script_of(L)->lab;
    if (lab->record.step_count >= LAB_STEPS)
        return args_fail(L, "step: more than %d steps", LAB_STEPS - 1);
    script_switch_off(script_of(L));
    lab_step(lab, lua_tostring(L, 1));
    if (lua_isnil(L, 2))
        return 0;
    lua_KContext outer = sandbox_enter(L);
    lua_callk(L, 0, 0, outer, step_over);
    return step_over(L, LUA_OK, outer);
}

/*: step(name [, function])
 *
 *  Names what the administrator does now. The report says after which step a phone was lost; a
 *  step lasts until the next one begins. With a function, calls it.
 */
static int verb_step(lua_State *L)
{
    args_most(L, 2, "step");
    struct lab *lab = script_of(L)->lab;
    const char *name = args_text(L, 1, "step", "a name");
    if (name[strspn(name, " ")] == '\0')
        return args_fail(L, "step: a name is expected, not an empty one");
    if (strlen(name) >= sizeof lab->record.steps[0].name)
        return args_fail(L, "step: a name has at most %zu bytes",
                         sizeof lab->record.steps[0].name - 1);
    if (!lua_isnoneornil(L, 2) && !lua_isfunction(L, 2))
        return args_fail(L, "step: a function is expected, not %s", sandbox_tostring(L, 2));
    lua_settop(L, 2);
    struct script *s = script_of(L);
    if (s->options.hold == NULL || !lua_isyieldable(L) ||
        !s->options.hold(s->options.hold_ctx, name))
        return begin_step(L, LUA_OK, 0);
    struct task *t = &s->tasks[s->current];
    t->state = TASK_HELD;
    t->held = script_keep(s, name);
    return lua_yieldk(L, 0, 0, begin_step);
}

/*: start(date [, offset])
 *
 *  Says when the run begins, at the head of a scenario: `start("2026-03-14 06:00", "+01:00")`. The
 *  offset from UTC is fixed, there is no summer time; left out it is UTC. Report, trace, CSV and
 *  JSON then show dates, and `at` and `--until` take them. Keys, serial numbers and names are the
 *  same with every start. Without it a run begins on 2025-01-06 at 06:00 UTC.
 */
static int verb_start(lua_State *L)
{
    args_most(L, 2, "start");
    struct err e = { "" };
    int64_t local_s = 0;
    int32_t offset_s = 0;
    const char *date = args_text(L, 1, "start", "a date");
    if (!date_parse(date, &local_s, &e) ||
        (!lua_isnoneornil(L, 2) &&
         !date_offset_parse(args_text(L, 2, "start", "an offset from UTC"), &offset_s, &e)) ||
        !lab_start(script_of(L)->lab, local_s - offset_s, offset_s, &e))
        return args_fail(L, "start: %s", e.text);
    return 0;
}

static int over(lua_State *L, const struct lab *lab)
{
    char date[DATE_TEXT] = "";
    uint64_t now_us = lab_now_us(lab);
    if (lab->base->options.dated)
        lab_date(lab, now_us, date);
    return args_fail(L, "at: %s is over: it is %.15g seconds%s%s", sandbox_tostring(L, 1),
                     (double)now_us / 1e6, date[0] == '\0' ? "" : ", ", date);
}

/*: at(time, function)
 *
 *  Calls the function when `now()` is `time`, while the scenario goes on; `time` may be a date
 *  ("2026-03-14 08:30") where `start` says when the run begins. A scenario ends when all of them
 *  have ended.
 */
static int verb_at(lua_State *L)
{
    args_most(L, 2, "at");
    struct script *s = script_of(L);
    uint64_t due = args_instant(L, 1, "at");
    if (!lua_isfunction(L, 2))
        return args_fail(L, "at: a function is expected, not %s", sandbox_tostring(L, 2));
    if (due < lab_now_us(s->lab))
        return over(L, s->lab);
    if (s->task_count >= TASKS_MOST)
        return args_fail(L, "at: more than %d functions", TASKS_MOST);
    lua_settop(L, 2);
    script_add_task(L, s, due);
    return 0;
}

static struct task *waiting_task(lua_State *L, const char *verb)
{
    struct script *s = script_of(L);
    if (!lua_isyieldable(L))
        args_fail(L, "%s: time cannot pass inside a function that sort, gsub or a for loop calls",
                  verb);
    return &s->tasks[s->current];
}

/* The end of a time from now on; a run is a thousand years long at most. */
static uint64_t end_of(lua_State *L, uint64_t time_us, const char *verb)
{
    uint64_t end_us = lab_now_us(script_of(L)->lab) + time_us;
    if (end_us > RUN_MOST_US)
        args_fail(L, "%s: a run lasts five hundred years at most", verb);
    return end_us;
}

/*: wait(time)
 *
 *  Lets the time pass.
 */
static int verb_wait(lua_State *L)
{
    args_most(L, 1, "wait");
    struct task *t = waiting_task(L, "wait");
    uint64_t time = args_time(L, 1, "wait");
    t->state = TASK_READY_AT;
    t->due_us = end_of(L, time, "wait");
    return lua_yield(L, 0);
}

static int settle_over(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    const struct script *s = script_of(L);
    if (!lua_isnil(L, -2))
        return 2;
    struct err e;
    settle_words(s->lab, s->tasks[s->current].begun_us, script_to_come(s) - 1, &e); /* but itself */
    return args_fail(L, "settle: not quiet after %s; settle(limit) goes on after its limit",
                     e.text);
}

/*: settle([limit])
 *
 *  Lets time pass until nothing is pending: every phone is registered, asleep or off, and no
 *  function of `at` is left. Returns true and how many phones sleep between retries that would end
 *  as the last one did; after the limit, a time, false and that number. Without a limit, not
 *  getting quiet within 30 days (10 minutes on real sockets) is an error that says what is under
 *  way; so is a day after which nothing is but phones that failed to register 15 times and more and
 *  still have hope, as over a link that loses most packets.
 */
static int verb_settle(lua_State *L)
{
    args_most(L, 1, "settle");
    struct lab *lab = script_of(L)->lab;
    struct task *t = waiting_task(L, "settle");
    bool limited = !lua_isnoneornil(L, 1);
    t->state = TASK_SETTLING;
    t->no_limit = !limited;
    t->begun_us = lab_now_us(lab);
    t->due_us = limited ? end_of(L, args_time(L, 1, "settle"), "settle")
                        : settle_looks_us(lab, t->begun_us, t->begun_us);
    lua_settop(L, 0);
    return lua_yieldk(L, 0, 0, settle_over);
}

void verbs_push_settle(lua_State *L)
{
    lua_pushcfunction(L, verb_settle);
}

/*: now()
 *
 *  The time since the run began, in seconds.
 */
static int verb_now(lua_State *L)
{
    args_most(L, 0, "now");
    args_push_time(L, lab_now_us(script_of(L)->lab));
    return 1;
}

static const luaL_Reg verbs[] = { { "cluster", verb_cluster }, { "param", verb_param },
                                  { "knob", verb_knob },       { "step", verb_step },
                                  { "at", verb_at },           { "wait", verb_wait },
                                  { "settle", verb_settle },   { "now", verb_now },
                                  { "start", verb_start },     { NULL, NULL } };

void verbs_open(lua_State *L)
{
    lua_pushglobaltable(L);
    luaL_setfuncs(L, verbs, 0);
    lua_pop(L, 1);
}
