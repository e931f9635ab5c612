/* Filters of fleets: reading them from a table, and which phones pass.  docs/SCENARIOS.md has them
 * from the comment in fleet.c. */
#include "sim/script/impl.h"

#include "nodes/settings.h"
#include "sim/predict/losses.h"

#include <string.h>

/* Of lost and ever_lost: bits of which one is enough, or nothing at all. */
struct lost_filter {
    bool asked, nothing;
    uint8_t any;
};

struct filter {
    bool hands_asked, hands, registered_asked, registered, model_asked;
    uint8_t model;
    struct lost_filter lost, ever;
    const char *remedy;             /* NULL: any */
    const char *settings[SETTINGS]; /* NULL: any */
    const char *pool;               /* NULL: any */
    const char *server;             /* name of a node; "": none; NULL: any */
    uint32_t server_cluster;        /* + 1; 0: any */
    uint32_t words[ASKED_ROWS];     /* + 1; 0: any */
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
        f.any = FSM_BIT(args_function(L, verb, lua_tostring(L, -1)));
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
    f->model_asked = true;
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

static const char *const own_keys[] = { "needs_hands", "lost",  "ever_lost", "registered",
                                        "pool",        "model", "server",    "remedy" };
#define OWN_KEYS COUNT_OF(own_keys)

/* Those of its own, the questions, and what a phone's configuration tells of. */
static uint32_t known_keys(const char **keys)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < OWN_KEYS; i++)
        keys[count++] = own_keys[i];
    for (int i = 0; i < ASKED_ROWS; i++)
        keys[count++] = asked_table[i].name;
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

static void word_filters(lua_State *L, int arg, const char *verb, struct filter *f)
{
    for (int i = 0; i < ASKED_ROWS; i++) {
        const struct asked_row *row = &asked_table[i];
        const char *words[ASKED_WORDS];
        uint8_t word;
        for (uint32_t k = 0; k < row->count; k++)
            words[k] = row->word(k);
        if (choice(L, arg, verb, row->name, words, row->count, &word))
            f->words[i] = word + 1u;
    }
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
    struct filter f = { 0 };
    const char *keys[OWN_KEYS + ASKED_ROWS + SETTINGS];
    if (lua_isnoneornil(L, arg))
        return f;
    args_table(L, arg, verb, keys, known_keys(keys));
    f.hands_asked = args_field_bool(L, arg, verb, "needs_hands", &f.hands);
    f.registered_asked = args_field_bool(L, arg, verb, "registered", &f.registered);
    word_filters(L, arg, verb, &f);
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

static bool words_pass(const struct script *s, const struct filter *f, uint32_t n)
{
    bool pass = true;
    for (int i = 0; i < ASKED_ROWS && pass; i++)
        pass = f->words[i] == 0 || asked_table[i].answer(s, n) + 1 == f->words[i];
    return pass;
}

static bool passes(const struct script *s, const struct filter *f, uint32_t n)
{
    const struct lab *lab = s->lab;
    const struct phone *p = &lab->state.phones[n];
    return (!f->registered_asked || phone_is_registered(p) == f->registered) &&
           (!f->model_asked || model_same(p->model, f->model)) && words_pass(s, f, n) &&
           server_passes(lab, f, n) && settings_pass(lab, f, n) &&
           (f->pool == NULL || strcmp(lab_pool_of(lab, n), f->pool) == 0) &&
           losses_pass(s->options.losses, f, n) && remedy_passes(s, f, n) &&
           (!f->hands_asked || losses_need_hands(s->options.losses, n) == f->hands);
}

uint32_t filter_phones(lua_State *L, const struct object_fleet *from, int arg, const char *verb,
                       const uint32_t **out)
{
    struct script *s = script_of(L);
    struct filter filter = read_filter(L, arg, verb);
    uint32_t *phones = lua_newuserdatauv(L, ((size_t)from->count + 1) * sizeof *phones, 0);
    uint32_t n = 0;
    sandbox_charge(L, 1 + from->count);
    for (uint32_t i = 0; i < from->count; i++) {
        uint32_t phone = object_phone_at(from, i);
        if (passes(s, &filter, phone))
            phones[n++] = phone;
    }
    sandbox_charge(L, script_worked(s)); /* an answer may have to be found by trying */
    *out = phones;
    return n;
}
