/* Fleets: sets of phones, what people do to them and what can be asked of them. */
#include "sim/script/impl.h"

#include "nodes/capf.h"
#include "nodes/settings.h"
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
 *  | `itl_status = text` | "Match": its ITL is the one that its TFTP server has now; "Mismatch"; "Not Installed": it has none. CUCM's own column *ITL File Status* says so from 14 on, of SIP phones |
 *  | `certificate = text` | that show an "LSC", their "MIC", or "none" in TLS |
 *  | `certificate_operation = text` | whose Certificate Operation Status, on their page in the cluster that they are of, is "None", "Operation Pending", "Upgrade Success", "Upgrade Failed", ... |
 *  | `config = text` | whose configuration came "signed", "encrypted" or "plain"; "none": it has none |
 */
/* clang-format on */

static const char *const verdict_names[] = {
    [TRUST_FIRST] = "first trust",  [TRUST_BY_CTL] = "CTL", [TRUST_BY_ITL] = "ITL",
    [TRUST_BY_CACHE] = "TVS cache", [TRUST_BY_TVS] = "TVS", [TRUST_ASK_TVS] = "none"
};
static const char *const status_names[] = { "Match", "Mismatch", "Not Installed" };
static const char *const certificate_names[] = { "none", "MIC", "LSC" };
static const char *const config_names[] = { "none", "plain", "signed", "encrypted" };

static const struct object_fleet *self_fleet(lua_State *L, const char *verb)
{
    return object_self(L, OBJECT_FLEET, verb);
}

static uint32_t phone_at(const struct object_fleet *f, uint32_t i)
{
    return f->listed ? f->phones[i] : f->first + i;
}

/* ---- what a phone is asked ---- */

static const struct phone *phone_of(lua_State *L, uint32_t n)
{
    return &script_of(L)->lab->state.phones[n];
}

/* Index into verdict_names. `which`: 0 CTL, 1 ITL. */
static uint8_t list_by(const struct lab *lab, uint32_t n, int which)
{
    const struct phone *p = &lab->state.phones[n];
    return (which == 0 ? p->ctl : p->itl) == 0
               ? (uint8_t)TRUST_ASK_TVS
               : (uint8_t)phone_accepted_by(p, (enum trust_purpose)which);
}

/* Index into status_names. */
static uint8_t itl_status(const struct lab *lab, uint32_t n)
{
    const struct phone *p = &lab->state.phones[n];
    if (p->itl == 0)
        return 2;
    uint32_t tftp = lab->state.dhcp[p->place].tftp[p->tftp], node;
    for (uint32_t i = 0; i < lab->state.cluster_count; i++) {
        if (cluster_node_at(&lab->state.clusters[i], tftp, &node))
            return p->itl != lab->state.clusters[i].nodes[node].run.itl;
    }
    return 1;
}

/* Index into config_names. */
static uint8_t config_by(const struct script *s, uint32_t n)
{
    enum file_kind kind;
    if (!heard_config(s, n, &kind))
        return 0;
    return kind == FILE_CNF_ENC ? 3 : kind == FILE_CNF_SGN || kind == FILE_DEFAULT_SGN ? 2 : 1;
}

/* Index into certificate_names. */
static uint8_t certificate_of(const struct lab *lab, uint32_t n)
{
    uint32_t shown = phone_identity(&lab->state.phones[n]);
    return shown == CONTENT_NOBODY ? 0 : shown == CONTENT_MIC ? 1 : 2;
}

/* enum capf_status, in the cluster that it is of. */
static uint8_t operation_of(const struct lab *lab, uint32_t n)
{
    const struct lab_fleet *fleet = lab_fleet_of(lab, n);
    const struct device_class *row =
        fleet == NULL ? NULL : config_class_of(&lab->state.clusters[fleet->cluster], n);
    return row == NULL ? (uint8_t)CAPF_STATUS_NONE : row->capf.status;
}

/* ---- filters ---- */

enum {
    ASKED_HANDS = 1,
    ASKED_REGISTERED = 2,
    ASKED_STATE = 4,
    ASKED_MODEL = 8,
    ASKED_ITL_BY = 16,
    ASKED_CTL_BY = 32,
    ASKED_STATUS = 64,
    ASKED_CONFIG = 128,
    ASKED_CERTIFICATE = 256,
    ASKED_OPERATION = 512
};

/* Of lost and ever_lost: bits of which one is enough, or nothing at all. */
struct lost_filter {
    bool asked, nothing;
    uint8_t any;
};

struct filter {
    uint32_t asked;
    bool hands, registered;
    uint8_t state, model, itl_by, ctl_by, status, config, certificate, operation;
    struct lost_filter lost, ever;
    const char *remedy;             /* NULL: any */
    const char *settings[SETTINGS]; /* NULL: any */
    const char *pool;               /* NULL: any */
    const char *server;             /* name of a node; "": none; NULL: any */
    uint32_t server_cluster;        /* + 1; 0: any */
};

/* The text field `key` as an index into `names`. */
static bool choice(lua_State *L, int arg, const char *verb, const char *key,
                   const char *const *names, uint32_t count, uint8_t *out)
{
    const char *text = args_field_text(L, arg, verb, key);
    if (text == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = (uint8_t)i;
            return true;
        }
    }
    args_unknown(L, verb, key, text, names, count);
    return false;
}

static uint8_t function_bit(lua_State *L, const char *verb, const char *name)
{
    const char *names[FUNCTIONS];
    for (int i = 0; i < FUNCTIONS; i++)
        names[i] = lab_function_name((enum phone_function)i);
    for (int i = 0; i < FUNCTIONS; i++) {
        if (strcmp(name, names[i]) == 0)
            return FSM_BIT(i);
    }
    args_unknown(L, verb, "function of a phone", name, names, FUNCTIONS);
    return 0;
}

static struct lost_filter lost_filter(lua_State *L, int arg, const char *verb, const char *key)
{
    struct lost_filter f = { .asked = true };
    switch (lua_getfield(L, arg, key)) {
    case LUA_TNIL:
        f.asked = false;
        break;
    case LUA_TBOOLEAN:
        f.nothing = !lua_toboolean(L, -1);
        f.any = FSM_BIT(FUNCTIONS) - 1;
        break;
    case LUA_TSTRING:
        f.any = function_bit(L, verb, lua_tostring(L, -1));
        break;
    default:
        args_fail(L, "%s: %s is a text, true or false, not %.60s", verb, key,
                  sandbox_tostring(L, -1));
    }
    lua_pop(L, 1);
    return f;
}

static void model_filter(lua_State *L, int arg, const char *verb, struct filter *f)
{
    const char *text = args_field_text(L, arg, verb, "model");
    if (text == NULL)
        return;
    f->asked |= ASKED_MODEL;
    if (!model_find(text, &f->model))
        args_no_model(L, verb, text);
}

/* A pool that no cluster has is a slip of the pen. */
static const char *known_pool(lua_State *L, const char *name, const char *verb)
{
    const struct lab *lab = script_of(L)->lab;
    uint16_t pool;
    for (uint32_t i = 0; name != NULL && i < lab->state.cluster_count; i++) {
        if (config_find_pool(&lab->state.clusters[i], name, &pool))
            return name;
    }
    if (name != NULL)
        args_fail(L, "%s: no device pool \"%.60s\"", verb, name);
    return NULL;
}

/* A node, its name, "" for none.  Where several clusters have a node of that name, any of them. */
static void server_filter(lua_State *L, int arg, const char *verb, struct filter *f)
{
    const struct lab *lab = script_of(L)->lab;
    struct object_node node = { 0, 0 };
    uint32_t clusters = 1;
    int type = lua_getfield(L, arg, "server");
    if (type == LUA_TSTRING && lua_rawlen(L, -1) == 0)
        f->server = "";
    else if (type == LUA_TSTRING)
        clusters = object_nodes_named(L, lua_tostring(L, -1), verb, &node);
    else if (type != LUA_TNIL)
        node = object_check_node(L, lua_gettop(L), verb);
    if (type != LUA_TNIL && f->server == NULL) {
        f->server = lab->state.clusters[node.cluster].nodes[node.node].disk.name;
        f->server_cluster = clusters == 1 ? node.cluster + 1 : 0;
    }
    lua_pop(L, 1);
}

/* Those that a phone's configuration tells of are filters, by their names. */
static uint32_t with_settings(const char *const *own, uint32_t count, const char **keys)
{
    memcpy(keys, own, count * sizeof *own);
    for (int i = 0; i < SETTINGS; i++) {
        if (setting_table[i].in_force != NULL)
            keys[count++] = setting_table[i].name;
    }
    return count;
}

static void settings_filter(lua_State *L, int arg, const char *verb, struct filter *f)
{
    for (int i = 0; i < SETTINGS; i++) {
        const struct setting_row *row = &setting_table[i];
        uint8_t word;
        if (row->in_force == NULL)
            continue;
        f->settings[i] = args_field_text(L, arg, verb, row->name);
        if (f->settings[i] != NULL && row->words != NULL)
            choice(L, arg, verb, row->name, row->words, row->count, &word);
    }
}

static void certificate_filters(lua_State *L, int arg, const char *verb, struct filter *f)
{
    const char *statuses[CAPF_STATUSES];
    for (int i = 0; i < CAPF_STATUSES; i++)
        statuses[i] = capf_status_name((enum capf_status)i);
    f->asked |= choice(L, arg, verb, "certificate", certificate_names, COUNT_OF(certificate_names),
                       &f->certificate)
                    ? ASKED_CERTIFICATE
                    : 0;
    f->asked |=
        choice(L, arg, verb, "certificate_operation", statuses, CAPF_STATUSES, &f->operation)
            ? ASKED_OPERATION
            : 0;
}

static bool is_among(const char *const *names, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* A way that nothing is called by would never be found. */
static const char *known_remedy(lua_State *L, const char *remedy, const char *verb)
{
    const char *names[ACTS + WAY_KINDS], *acts[ACTS];
    uint32_t count = 0, act_count = 0;
    if (remedy == NULL)
        return NULL;
    for (int i = 0; i < ACTS; i++) {
        const char *name = act_table[i]->remedy.name;
        if (name != NULL && !is_among(acts, act_count, name))
            acts[act_count++] = name;
    }
    for (int i = 0; i < WAY_KINDS; i++) {
        if (i != WAY_ACTS)
            names[count++] = way_kind_name((enum way_kind)i);
    }
    memcpy(names + count, acts, act_count * sizeof *acts);
    count += act_count;
    if (is_among(names, count, remedy))
        return remedy;
    for (const char *at = remedy;; at++) {
        char one[64];
        size_t n = strcspn(at, "+");
        snprintf(one, sizeof one, "%.*s", (int)(n < sizeof one ? n : sizeof one - 1), at);
        if (!is_among(acts, act_count, one))
            args_unknown(L, verb, "remedy", one, names, count);
        at += n;
        if (*at == '\0')
            return remedy;
    }
}

static struct filter read_filter(lua_State *L, int arg, const char *verb)
{
    static const char *const own_keys[] = { "needs_hands", "lost",        "ever_lost",
                                            "registered",  "state",       "pool",
                                            "model",       "itl_by",      "ctl_by",
                                            "config",      "itl_status",  "server",
                                            "remedy",      "certificate", "certificate_operation" };
    const char *keys[COUNT_OF(own_keys) + SETTINGS];
    uint32_t count = with_settings(own_keys, COUNT_OF(own_keys), keys);
    struct filter f = { 0 };
    if (lua_isnoneornil(L, arg))
        return f;
    args_table(L, arg, verb, keys, count);
    const char *states[PHONE_STATES];
    for (int i = 0; i < PHONE_STATES; i++)
        states[i] = phone_states[i].name;
    f.asked |= args_field_bool(L, arg, verb, "needs_hands", &f.hands) ? ASKED_HANDS : 0;
    f.asked |= args_field_bool(L, arg, verb, "registered", &f.registered) ? ASKED_REGISTERED : 0;
    f.asked |= choice(L, arg, verb, "state", states, PHONE_STATES, &f.state) ? ASKED_STATE : 0;
    f.asked |= choice(L, arg, verb, "itl_by", verdict_names, COUNT_OF(verdict_names), &f.itl_by)
                   ? ASKED_ITL_BY
                   : 0;
    f.asked |= choice(L, arg, verb, "ctl_by", verdict_names, COUNT_OF(verdict_names), &f.ctl_by)
                   ? ASKED_CTL_BY
                   : 0;
    f.asked |= choice(L, arg, verb, "itl_status", status_names, COUNT_OF(status_names), &f.status)
                   ? ASKED_STATUS
                   : 0;
    f.asked |= choice(L, arg, verb, "config", config_names, COUNT_OF(config_names), &f.config)
                   ? ASKED_CONFIG
                   : 0;
    certificate_filters(L, arg, verb, &f);
    model_filter(L, arg, verb, &f);
    server_filter(L, arg, verb, &f);
    f.pool = known_pool(L, args_field_text(L, arg, verb, "pool"), verb);
    settings_filter(L, arg, verb, &f);
    f.remedy = known_remedy(L, args_field_text(L, arg, verb, "remedy"), verb);
    f.lost = lost_filter(L, arg, verb, "lost");
    f.ever = lost_filter(L, arg, verb, "ever_lost");
    return f;
}

static bool lost_passes(const struct lost_filter *f, uint8_t lost)
{
    return !f->asked || ((lost & f->any) != 0) == !f->nothing;
}

/* What was lost is found by trying, so it is asked last. */
static bool losses_pass(struct losses *losses, const struct filter *f, uint32_t n)
{
    struct lab_loss loss;
    if (!f->lost.asked && !f->ever.asked)
        return true;
    losses_of(losses, n, &loss);
    return lost_passes(&f->lost, loss.open) && lost_passes(&f->ever, loss.ever);
}

static bool remedy_passes(const struct script *s, const struct filter *f, uint32_t n)
{
    char name[WAY_TEXT];
    if (f->remedy == NULL)
        return true;
    way_name(remedies_of(losses_remedies(s->options.losses), n), name);
    return strcmp(name, f->remedy) == 0;
}

static bool settings_pass(const struct lab *lab, const struct filter *f, uint32_t n)
{
    const struct cnf *c = phone_config(&lab->state.phones[n], lab->base->content);
    bool pass = true;
    for (int i = 0; i < SETTINGS && pass; i++)
        pass = f->settings[i] == NULL ||
               (c != NULL && strcmp(setting_table[i].in_force(c), f->settings[i]) == 0);
    return pass;
}

static bool server_passes(const struct lab *lab, const struct filter *f, uint32_t n)
{
    if (f->server == NULL)
        return true;
    uint32_t node = lab->state.cold[n].node; /* + 1 */
    return strcmp(lab_server_of(lab, n), f->server) == 0 &&
           (f->server_cluster == 0 || node == 0 || (node - 1) >> 8 == f->server_cluster - 1);
}

static bool passes(const struct script *s, const struct filter *f, uint32_t n)
{
    const struct lab *lab = s->lab;
    const struct phone *p = &lab->state.phones[n];
    return ((f->asked & ASKED_REGISTERED) == 0 || phone_is_registered(p) == f->registered) &&
           ((f->asked & ASKED_STATE) == 0 || p->state == f->state) &&
           ((f->asked & ASKED_MODEL) == 0 || model_same(p->model, f->model)) &&
           ((f->asked & ASKED_ITL_BY) == 0 || list_by(lab, n, 1) == f->itl_by) &&
           ((f->asked & ASKED_CTL_BY) == 0 || list_by(lab, n, 0) == f->ctl_by) &&
           ((f->asked & ASKED_STATUS) == 0 || itl_status(lab, n) == f->status) &&
           ((f->asked & ASKED_CERTIFICATE) == 0 || certificate_of(lab, n) == f->certificate) &&
           ((f->asked & ASKED_OPERATION) == 0 || operation_of(lab, n) == f->operation) &&
           ((f->asked & ASKED_CONFIG) == 0 || config_by(s, n) == f->config) &&
           server_passes(lab, f, n) && settings_pass(lab, f, n) &&
           (f->pool == NULL || strcmp(lab_pool_of(lab, n), f->pool) == 0) &&
           losses_pass(s->options.losses, f, n) && remedy_passes(s, f, n) &&
           ((f->asked & ASKED_HANDS) == 0 || losses_need_hands(s->options.losses, n) == f->hands);
}

/* The phones of a fleet that pass, in memory of Lua that stays on the stack. */
static uint32_t select_phones(lua_State *L, const struct object_fleet *from, const struct filter *f,
                              const uint32_t **out)
{
    struct script *s = script_of(L);
    uint32_t *phones = lua_newuserdatauv(L, ((size_t)from->count + 1) * sizeof *phones, 0);
    uint32_t n = 0;
    sandbox_charge(L, 1 + from->count);
    for (uint32_t i = 0; i < from->count; i++) {
        uint32_t phone = phone_at(from, i);
        if (passes(s, f, phone))
            phones[n++] = phone;
    }
    sandbox_charge(L, script_worked(s)); /* an answer may have to be found by trying */
    *out = phones;
    return n;
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
    struct filter filter = read_filter(L, 2, "count");
    lua_pushinteger(L, select_phones(L, f, &filter, &phones));
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
    struct filter filter = read_filter(L, 2, "where");
    uint32_t n = select_phones(L, f, &filter, &phones);
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
            part->phones[taken++] = phone_at(f, i);
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
        out[phone_at(other, i)] = 1;
    for (uint32_t i = 0; i < f->count; i++) {
        if (!out[phone_at(f, i)])
            kept[n++] = phone_at(f, i);
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
    uint8_t bit = function_bit(L, "lost_minutes", args_text(L, 2, "lost_minutes", "a function"));
    int function = 0;
    while (FSM_BIT(function) != bit)
        function++;
    uint64_t us = 0;
    sandbox_charge(L, 1 + f->count);
    for (uint32_t i = 0; i < f->count; i++)
        us += losses_us(losses, phone_at(f, i), (enum phone_function)function);
    sandbox_charge(L, script_worked(script_of(L)));
    lua_pushnumber(L, (double)us / 60e6);
    return 1;
}

/* ---- one phone ---- */

static void push_lost(lua_State *L, uint32_t n)
{
    uint8_t lost = losses_now(script_of(L)->options.losses, n);
    sandbox_charge(L, script_worked(script_of(L)));
    lua_pushliteral(L, "");
    for (int i = 0; i < FUNCTIONS; i++) {
        if ((lost & FSM_BIT(i)) == 0)
            continue;
        lua_pushfstring(L, "%s%s%s", lua_tostring(L, -1), lua_rawlen(L, -1) > 0 ? ", " : "",
                        lab_function_name((enum phone_function)i));
        lua_remove(L, -2);
    }
}

enum phone_field {
    FIELD_NAME,
    FIELD_MODEL,
    FIELD_POOL,
    FIELD_STATE,
    FIELD_REGISTERED,
    FIELD_LOST,
    FIELD_ITL_BY,
    FIELD_CTL_BY,
    FIELD_ITL_STATUS,
    FIELD_CONFIG,
    FIELD_SERVER,
    FIELD_CERTIFICATE,
    FIELD_OPERATION,
    FIELDS
};

static const char *const phone_fields[FIELDS] = { "name",
                                                  "model",
                                                  "pool",
                                                  "state",
                                                  "registered",
                                                  "lost",
                                                  "itl_by",
                                                  "ctl_by",
                                                  "itl_status",
                                                  "config",
                                                  "server",
                                                  "certificate",
                                                  "certificate_operation" };

static void push_field(lua_State *L, uint32_t n, enum phone_field field)
{
    const struct script *s = script_of(L);
    const struct phone *p = phone_of(L, n);
    char name[DEVICE_NAME];
    switch (field) {
    case FIELD_NAME:
        lab_phone_name(s->lab, n, name);
        lua_pushstring(L, name);
        break;
    case FIELD_MODEL:
        lua_pushstring(L, model_table[p->model].name);
        break;
    case FIELD_POOL:
        lua_pushstring(L, lab_pool_of(s->lab, n));
        break;
    case FIELD_STATE:
        lua_pushstring(L, phone_states[p->state].name);
        break;
    case FIELD_REGISTERED:
        lua_pushboolean(L, phone_is_registered(p));
        break;
    case FIELD_LOST:
        push_lost(L, n);
        break;
    case FIELD_ITL_BY:
    case FIELD_CTL_BY:
        lua_pushstring(L, verdict_names[list_by(s->lab, n, field == FIELD_ITL_BY)]);
        break;
    case FIELD_ITL_STATUS:
        lua_pushstring(L, status_names[itl_status(s->lab, n)]);
        break;
    case FIELD_CERTIFICATE:
        lua_pushstring(L, certificate_names[certificate_of(s->lab, n)]);
        break;
    case FIELD_OPERATION:
        lua_pushstring(L, capf_status_name((enum capf_status)operation_of(s->lab, n)));
        break;
    case FIELD_SERVER:
        lua_pushstring(L, lab_server_of(s->lab, n));
        break;
    default:
        lua_pushstring(L, config_names[config_by(s, n)]);
        break;
    }
}

/* A setting by its name, as its configuration says; "" where it has none. */
static bool push_setting(lua_State *L, uint32_t n, const char *key)
{
    const struct lab *lab = script_of(L)->lab;
    const struct cnf *c = phone_config(&lab->state.phones[n], lab->base->content);
    enum setting s;
    if (!setting_find(key, &s) || setting_table[s].in_force == NULL)
        return false;
    lua_pushstring(L, c == NULL ? "" : setting_table[s].in_force(c));
    return true;
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
        object_push_fleet(L, f->cluster, phone_at(f, (uint32_t)i - 1), 1)->single = true;
        return 1;
    }
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : sandbox_tostring(L, 2);
    if (object_method(L, OBJECT_FLEET, key))
        return 1;
    for (int i = 0; i < FIELDS; i++) {
        if (strcmp(key, phone_fields[i]) != 0)
            continue;
        if (!f->single)
            return args_fail(L, "fleet: %s is a field of one phone, fleet[1].%s", key, key);
        push_field(L, phone_at(f, 0), (enum phone_field)i);
        return 1;
    }
    if (f->single && push_setting(L, phone_at(f, 0), key))
        return 1;
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
        push_field(L, phone_at(f, 0), FIELD_NAME);
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
        same = phone_at(a, i) == phone_at(b, i);
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
