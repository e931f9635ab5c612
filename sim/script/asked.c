/* What a scenario can ask of one phone: its fields.  Those whose answer is one of some words are
 * filters of fleets too (filter.c), by the same name and words. */
#include "sim/script/impl.h"

#include "nodes/capf.h"
#include "nodes/settings.h"
#include "sim/predict/losses.h"

#include <string.h>

/* ---- words ---- */

static uint32_t state_of(const struct script *s, uint32_t n)
{
    return s->lab->state.phones[n].state;
}

static const char *state_word(uint32_t state)
{
    return phone_states[state].name;
}

static const char *verdict_word(uint32_t verdict)
{
    static const char *const words[] = {
        [TRUST_FIRST] = "first trust",  [TRUST_BY_CTL] = "CTL", [TRUST_BY_ITL] = "ITL",
        [TRUST_BY_CACHE] = "TVS cache", [TRUST_BY_TVS] = "TVS", [TRUST_ASK_TVS] = "none"
    };
    return words[verdict];
}

static uint32_t ctl_by(const struct script *s, uint32_t n)
{
    const struct phone *p = &s->lab->state.phones[n];
    return p->ctl == 0 ? TRUST_ASK_TVS : phone_accepted_by(p, TRUST_CTL);
}

static uint32_t itl_by(const struct script *s, uint32_t n)
{
    const struct phone *p = &s->lab->state.phones[n];
    return p->itl == 0 ? TRUST_ASK_TVS : phone_accepted_by(p, TRUST_ITL);
}

static const char *status_word(uint32_t status)
{
    static const char *const words[] = { "Match", "Mismatch", "Not Installed" };
    return words[status]; /* enum lab_itl_status */
}

static uint32_t itl_status(const struct script *s, uint32_t n)
{
    return lab_itl_status(s->lab, n);
}

static const char *config_word(uint32_t config)
{
    static const char *const words[] = { "none", "plain", "signed", "encrypted" };
    return words[config];
}

static uint32_t config_by(const struct script *s, uint32_t n)
{
    enum file_kind kind;
    if (!heard_config(s, n, &kind))
        return 0;
    return kind == FILE_CNF_ENC ? 3 : kind == FILE_CNF_SGN || kind == FILE_DEFAULT_SGN ? 2 : 1;
}

static const char *certificate_word(uint32_t certificate)
{
    static const char *const words[] = { "none", "MIC", "LSC" };
    return words[certificate];
}

static uint32_t certificate_of(const struct script *s, uint32_t n)
{
    uint32_t shown = phone_identity(&s->lab->state.phones[n]);
    return shown == CONTENT_NOBODY ? 0 : shown == CONTENT_MIC ? 1 : 2;
}

static const char *operation_word(uint32_t status)
{
    return capf_status_name((enum capf_status)status);
}

/* In the cluster that it is of. */
static uint32_t operation_of(const struct script *s, uint32_t n)
{
    const struct lab_fleet *fleet = lab_fleet_of(s->lab, n);
    const struct device_class *row =
        fleet == NULL ? NULL : config_class_of(&s->lab->state.clusters[fleet->cluster], n);
    return row == NULL ? CAPF_STATUS_NONE : row->capf.status;
}

const struct asked_row asked_table[ASKED_ROWS] = {
    { "state", PHONE_STATES, state_word, state_of },
    { "itl_by", TRUST_ASK_TVS + 1, verdict_word, itl_by },
    { "ctl_by", TRUST_ASK_TVS + 1, verdict_word, ctl_by },
    { "itl_status", 3, status_word, itl_status },
    { "config", 4, config_word, config_by },
    { "certificate", 3, certificate_word, certificate_of },
    { "certificate_operation", CAPF_STATUSES, operation_word, operation_of },
};

_Static_assert((int)PHONE_STATES <= (int)ASKED_WORDS && (int)CAPF_STATUSES <= (int)ASKED_WORDS,
               "room for the words of each");

/* ---- other fields ---- */

static void push_name(lua_State *L, uint32_t n)
{
    char name[DEVICE_NAME];
    lab_phone_name(script_of(L)->lab, n, name);
    lua_pushstring(L, name);
}

static void push_model(lua_State *L, uint32_t n)
{
    lua_pushstring(L, model_table[script_of(L)->lab->state.phones[n].model].name);
}

static void push_pool(lua_State *L, uint32_t n)
{
    lua_pushstring(L, lab_pool_of(script_of(L)->lab, n));
}

static void push_registered(lua_State *L, uint32_t n)
{
    lua_pushboolean(L, phone_is_registered(&script_of(L)->lab->state.phones[n]));
}

static void push_server(lua_State *L, uint32_t n)
{
    lua_pushstring(L, lab_server_of(script_of(L)->lab, n));
}

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

static const struct {
    const char *name;
    void (*push)(lua_State *L, uint32_t n);
} fields[] = {
    { "name", push_name }, { "model", push_model },
    { "pool", push_pool }, { "registered", push_registered },
    { "lost", push_lost }, { "server", push_server },
};

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

bool asked_is_field(const char *key)
{
    for (uint32_t i = 0; i < COUNT_OF(fields); i++) {
        if (strcmp(key, fields[i].name) == 0)
            return true;
    }
    for (uint32_t i = 0; i < ASKED_ROWS; i++) {
        if (strcmp(key, asked_table[i].name) == 0)
            return true;
    }
    return false;
}

bool asked_push(lua_State *L, uint32_t phone, const char *key)
{
    for (uint32_t i = 0; i < COUNT_OF(fields); i++) {
        if (strcmp(key, fields[i].name) == 0) {
            fields[i].push(L, phone);
            return true;
        }
    }
    for (uint32_t i = 0; i < ASKED_ROWS; i++) {
        const struct asked_row *row = &asked_table[i];
        if (strcmp(key, row->name) == 0) {
            lua_pushstring(L, row->word(row->answer(script_of(L), phone)));
            return true;
        }
    }
    return push_setting(L, phone, key);
}
