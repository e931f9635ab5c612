/* Fleets: sets of phones, how many of them pass filters (filter.c), parts of them, and the fields
 * of one phone (asked.c). */
#include "sim/script/impl.h"

#include "sim/predict/losses.h"

#include <string.h>

/* clang-format off */
/*# Fleets
 *
 *  A fleet is a set of phones in a fixed order. `fleet[i]` is one of them, a fleet of one that has
 *  fields as well: `name`, `model`, `pool`, `state` ("Registered"), `registered`, `server` (the name
 *  of the node where it is, "" where it is not), `lost` (the names of what it has lost now, with commas), `itl_by`, `ctl_by`, `itl_status`, `certificate`, `certificate_operation`, `config`, `security`, `web_access`, `urls`, `load` and `settings_access`, whose
 *  values are those of the filters below. `#fleet` counts, `ipairs(fleet)` goes through it.
 *
 *  Filters of `where` and `count` must all hold:
 *
 *  | filter | phones |
 *  | --- | --- |
 *  | `registered = boolean` | that are registered |
 *  | `server = node` | that are registered at the CallManager of this node (`hq.pub`, "pub", "HQ/pub"); `""`: at none |
 *  | `state = text` | in this state, "Registered", "Off", "Unregistered", ... |
 *  | `lost = text or boolean` | that have lost this now: "registration", "configuration", "trust list", "secure services", "802.1X", "phone VPN", "common files" (ring list and locale); `true`: anything, `false`: nothing |
 *  | `ever_lost = text or boolean` | that have lost it at some time; secure services that nobody tried to open are looked at when asked and when a step ends: one that was lost and mended within a step is not seen |
 *  | `needs_hands = boolean` | that only hands on the phone bring back, found by trying everything else: now, when all that is under way has ended, or, where it is off, when it has booted |
 *  | `remedy = text` | that come back by this way, found by trying: "none" where nothing is lost now, "boot", "hands", "unknown", or the names of its acts as in the report's JSON: "restart-services", "activate-services+change-group" |
 *  | `pool = text`, `model = text` | of this device pool, of this model |
 *  | `itl_by = text`, `ctl_by = text` | whose list was accepted by "first trust", "CTL", "ITL", "TVS" or "TVS cache"; "none": it has no list |
 *  | `security`, `web_access`, `urls`, `load`, `settings_access` `= text` | whose own configuration says this: "non-secure", "authenticated", "encrypted"; "disabled", "enabled"; "http", "https"; the name of a load, "" where it names none; "enabled", "restricted", "disabled". The database may say otherwise since; a phone without any configuration passes no such filter |
 *  | `itl_status = text` | "Match": its ITL is the one that its TFTP server has now, behind a central TFTP one of the cluster that has the phone; "Mismatch"; "Not Installed": it has none. CUCM's own column *ITL File Status* says so from 14 on, of SIP phones |
 *  | `certificate = text` | that show an "LSC", their "MIC", or "none" in TLS |
 *  | `certificate_operation = text` | whose Certificate Operation Status, on their page in the cluster that they are of, is "None", "Operation Pending", "Upgrade Success", "Upgrade Failed", ... |
 *  | `config = text` | whose configuration came "signed", "encrypted" or "plain"; "none": it has none |
 */
/* clang-format on */

static const struct object_fleet *self_fleet(lua_State *L, const char *verb)
{
    return object_self(L, OBJECT_FLEET, verb);
}

/*: fleet:count([filters])
 *
 *  How many phones there are, or how many of them pass: `fleet:count { lost = "registration" }`.
 */
static int fleet_count(lua_State *L)
{
    args_most(L, 2, "count");
    const struct object_fleet *f = self_fleet(L, "count");
    const uint32_t *phones;
    lua_settop(L, 2);
    lua_pushinteger(L, filter_phones(L, f, 2, "count", &phones));
    return 1;
}

/*: fleet:where(filters)
 *
 *  Those phones of the fleet that pass, as they are now.
 */
static int fleet_where(lua_State *L)
{
    args_most(L, 2, "where");
    const struct object_fleet *f = self_fleet(L, "where");
    const uint32_t *phones;
    lua_settop(L, 2);
    if (lua_isnil(L, 2))
        return args_fail(L, "where: filters are expected, where { state = \"Off\" }");
    uint32_t n = filter_phones(L, f, 2, "where", &phones);
    object_push_phones(L, f->cluster, phones, n);
    return 1;
}

/* ---- parts ---- */

static uint32_t part_size(lua_State *L, const struct object_fleet *f, const char *verb)
{
    double share = lua_type(L, 2) == LUA_TNUMBER ? lua_tonumber(L, 2) : -1;
    if (lua_isinteger(L, 2) && share >= 0 && share <= f->count)
        return (uint32_t)share;
    if (!lua_isinteger(L, 2) && share >= 0 && share <= 1)
        return (uint32_t)(share * f->count + 0.5);
    args_fail(L, "%s: a share from 0.0 to 1.0 or a whole number up to %u is expected, not %.60s",
              verb, f->count, lua_isnone(L, 2) ? "nothing" : sandbox_tostring(L, 2));
    return 0;
}

/*: fleet:part(share)
 *
 *  A part of the phones drawn from the seed: a share such as 0.2, or a whole number of phones.
 */
static int fleet_part(lua_State *L)
{
    args_most(L, 2, "part");
    const struct object_fleet *f = self_fleet(L, "part");
    struct script *s = script_of(L);
    uint32_t size = part_size(L, f, "part"), taken = 0;
    struct object_fleet *part = object_push_phones(L, f->cluster, NULL, size);
    /* Each of those left is as likely as any other: the order stays. */
    for (uint32_t i = 0; i < f->count && taken < size; i++) {
        if (rng_below(&s->parts, f->count - i) < size - taken)
            part->phones[taken++] = object_phone_at(f, i);
    }
    sandbox_charge(L, 1 + f->count);
    return 1;
}

/*: fleet:first(share)
 *
 *  The first phones: a share such as 0.2, or a whole number of them.
 */
static int fleet_first(lua_State *L)
{
    args_most(L, 2, "first");
    const struct object_fleet *f = self_fleet(L, "first");
    uint32_t size = part_size(L, f, "first");
    if (f->listed)
        object_push_phones(L, f->cluster, f->phones, size);
    else
        object_push_fleet(L, f->cluster, f->first, size);
    return 1;
}

/*: fleet:except(other)
 *
 *  The phones that are not in the other fleet.
 */
static int fleet_except(lua_State *L)
{
    args_most(L, 2, "except");
    const struct object_fleet *f = self_fleet(L, "except");
    const struct object_fleet *other = object_check_fleet(L, 2, "except");
    uint32_t phones = script_of(L)->lab->state.phone_count, n = 0;
    uint8_t *out = lua_newuserdatauv(L, (size_t)phones + 1, 0);
    uint32_t *kept = lua_newuserdatauv(L, ((size_t)f->count + 1) * sizeof *kept, 0);
    memset(out, 0, phones);
    sandbox_charge(L, 1 + (uint64_t)phones / 16 + f->count + other->count);
    for (uint32_t i = 0; i < other->count; i++)
        out[object_phone_at(other, i)] = 1;
    for (uint32_t i = 0; i < f->count; i++) {
        if (!out[object_phone_at(f, i)])
            kept[n++] = object_phone_at(f, i);
    }
    object_push_phones(L, f->cluster, kept, n);
    return 1;
}

/*: fleet:lost_minutes(function)
 *
 *  Phone-minutes without this function of a phone up to now, of all phones together.
 */
static int fleet_lost_minutes(lua_State *L)
{
    args_most(L, 2, "lost_minutes");
    const struct object_fleet *f = self_fleet(L, "lost_minutes");
    struct losses *losses = script_of(L)->options.losses;
    const char *name = args_text(L, 2, "lost_minutes", "a function");
    enum phone_function function = args_function(L, "lost_minutes", name);
    uint64_t us = 0;
    sandbox_charge(L, 1 + f->count);
    for (uint32_t i = 0; i < f->count; i++)
        us += losses_us(losses, object_phone_at(f, i), function);
    sandbox_charge(L, script_worked(script_of(L)));
    lua_pushnumber(L, (double)us / 60e6);
    return 1;
}

static int fleet_index(lua_State *L)
{
    const struct object_fleet *f = luaL_checkudata(L, 1, OBJECT_FLEET);
    if (lua_isinteger(L, 2)) {
        lua_Integer i = lua_tointeger(L, 2);
        if (i < 1 || i > f->count) {
            lua_pushnil(L);
            return 1;
        }
        object_push_fleet(L, f->cluster, object_phone_at(f, (uint32_t)i - 1), 1)->single = true;
        return 1;
    }
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : sandbox_tostring(L, 2);
    if (object_method(L, OBJECT_FLEET, key))
        return 1;
    if (f->single && asked_push(L, object_phone_at(f, 0), key))
        return 1;
    if (!f->single && asked_is_field(key))
        return args_fail(L, "fleet: %s is a field of one phone, fleet[1].%s", key, key);
    return object_no_field(L, OBJECT_FLEET, key, NULL, 0);
}

static int fleet_len(lua_State *L)
{
    const struct object_fleet *f = luaL_checkudata(L, 1, OBJECT_FLEET);
    lua_pushinteger(L, f->count);
    return 1;
}

static int fleet_tostring(lua_State *L)
{
    const struct object_fleet *f = luaL_checkudata(L, 1, OBJECT_FLEET);
    if (f->single)
        asked_push(L, object_phone_at(f, 0), "name");
    else
        lua_pushfstring(L, "fleet of %I phones", (lua_Integer)f->count);
    return 1;
}

static int fleet_eq(lua_State *L)
{
    const struct object_fleet *a = luaL_testudata(L, 1, OBJECT_FLEET),
                              *b = luaL_testudata(L, 2, OBJECT_FLEET);
    bool same = a != NULL && b != NULL && a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = object_phone_at(a, i) == object_phone_at(b, i);
    lua_pushboolean(L, same);
    return 1;
}

static const luaL_Reg fleet_methods[] = { { "count", fleet_count },
                                          { "where", fleet_where },
                                          { "part", fleet_part },
                                          { "first", fleet_first },
                                          { "except", fleet_except },
                                          { "lost_minutes", fleet_lost_minutes },
                                          { NULL, NULL } };

void fleet_open(lua_State *L)
{
    static const luaL_Reg meta[] = { { "__index", fleet_index },
                                     { "__len", fleet_len },
                                     { "__tostring", fleet_tostring },
                                     { "__eq", fleet_eq },
                                     { NULL, NULL } };
    object_open(L, OBJECT_FLEET, fleet_methods, meta);
}
