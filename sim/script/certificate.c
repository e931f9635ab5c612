/* Certificates and the authorities that sign them. */
#include "sim/script/impl.h"
#include "nodes/authority.h"
#include "sim/lab_found.h"

#include <string.h>

#define CERT_COST 1000 /* instructions that a new certificate counts as: it stays for good */

/*# Certificates
 *
 *  Fields of a certificate: `subject`, `issuer`, `from` and `to` (when it is valid, as dates),
 *  `key` ("RSA-2048"; "" where nobody here has it) and `names` (its subjectAltName, with commas;
 *  "": it has none).
 */

static int64_t now_s(const struct lab *lab)
{
    return lab->cluster_env.start_s + (int64_t)(lab_now_us(lab) / 1000000);
}

static void push_date(lua_State *L, int64_t unix_s)
{
    char text[DATE_TEXT];
    date_print(unix_s, script_of(L)->lab->base->options.offset_s, text);
    lua_pushstring(L, text);
}

static const char *key_type_text(uint8_t type)
{
    return type < KEY_TYPES ? key_type_name((enum key_type)type) : "";
}

static int cert_index(lua_State *L)
{
    const uint32_t *cert = luaL_checkudata(L, 1, OBJECT_CERT);
    const struct content *c = script_of(L)->lab->base->content;
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : sandbox_tostring(L, 2);
    const struct ct_cert *k = content_get_cert(c, *cert);
    if (object_method(L, OBJECT_CERT, key))
        return 1;
    if (strcmp(key, "subject") == 0)
        lua_pushstring(L, content_get_str(c, k->subject));
    else if (strcmp(key, "issuer") == 0)
        lua_pushstring(L, content_get_str(c, k->issuer));
    else if (strcmp(key, "from") == 0)
        push_date(L, k->not_before_s);
    else if (strcmp(key, "to") == 0)
        push_date(L, k->not_after_s);
    else if (strcmp(key, "key") == 0)
        lua_pushstring(L, k->key == 0 ? "" : key_type_text(content_get_key(c, k->key)->type));
    else if (strcmp(key, "names") == 0)
        lua_pushstring(L, k->dns == 0 ? "" : content_get_str(c, k->dns));
    else
        return args_fail(
            L, "certificate: no field \"%.60s\" (one of from, issuer, key, names, subject, to)",
            key);
    return 1;
}

static uint32_t field_years(lua_State *L, int at, const char *verb, uint32_t standard)
{
    double years;
    if (!args_field_number(L, at, verb, "years", 1, 100, &years))
        return standard;
    if (years != (double)(uint32_t)years)
        args_fail(L, "%s: years is a whole number, not %.15g", verb, years);
    return (uint32_t)years;
}

/*: certificate:sign { node = node, certificate = text, years = number }
 *
 *  Of an authority: signs the CSR that the node made for this kind of certificate (`node:csr()`),
 *  for two years where nothing else is said. What comes back is for `node:install()`.
 */
static int cert_sign(lua_State *L)
{
    static const char *const keys[] = { "node", "certificate", "years" };
    const uint32_t *authority = object_self(L, OBJECT_CERT, "sign");
    struct lab *lab = script_of(L)->lab;
    struct err e = { "" };
    args_most(L, 2, "sign");
    args_table(L, 2, "sign", keys, COUNT_OF(keys));
    uint32_t years = field_years(L, 2, "sign", 2);
    lua_getfield(L, 2, "node");
    struct object_node n = object_check_node(L, lua_gettop(L), "sign");
    lua_getfield(L, 2, "certificate");
    enum own own = (enum own)args_word(L, lua_gettop(L), "sign", ARG_OWN, "certificate");
    const struct node *node = &lab->state.clusters[n.cluster].nodes[n.node];
    sandbox_charge(L, CERT_COST);
    uint32_t cert =
        authority_sign(&lab->cluster_env, *authority, &node->disk.csr[own], years, now_s(lab), &e);
    if (cert == 0)
        return args_fail(L, "sign: %s %s: %s", node->disk.name, own_name(own), e.text);
    object_push_cert(L, cert);
    return 1;
}

/*: authority { name = text, issuer = certificate, years = number }
 *
 *  A certificate authority outside the clusters, as its certificate: upload it to trust stores, let
 * it sign CSRs. With `issuer` it is an intermediate one; it is valid ten years where nothing else
 * is said.
 */
static int verb_authority(lua_State *L)
{
    static const char *const keys[] = { "name", "issuer", "years" };
    struct lab *lab = script_of(L)->lab;
    struct err e = { "" };
    args_most(L, 1, "authority");
    args_table(L, 1, "authority", keys, COUNT_OF(keys));
    struct authority_spec spec = { .name = args_field_text(L, 1, "authority", "name") };
    spec.years = field_years(L, 1, "authority", 0);
    if (spec.name == NULL || spec.name[0] == '\0' || strlen(spec.name) >= CLUSTER_NAME)
        return args_fail(L, "authority: name is a text of 1 to %d letters", CLUSTER_NAME - 1);
    if (strpbrk(spec.name, ";,=") != NULL)
        return args_fail(L, "authority: name \"%.60s\": without ';', ',' and '='", spec.name);
    if (lua_getfield(L, 1, "issuer") != LUA_TNIL)
        spec.issuer = object_check_cert(L, lua_gettop(L), "authority");
    if (spec.issuer != 0 && !authority_signs(lab->base->content, spec.issuer, &e))
        return args_fail(L, "authority: %s", e.text);
    sandbox_charge(L, CERT_COST);
    object_push_cert(L, authority_make(&lab->cluster_env, &spec, now_s(lab)));
    return 1;
}

/*: token { name = text }
 *
 *  A USB security token (eToken) for the CTL client, as its certificate: plug it in with
 *  `hq:ctl_client()`. Its name is what its certificate says, "SAST-ADN0054f509"; of one that the
 *  CTL file of a cluster lists that was found, it is that one.
 */
static int verb_token(lua_State *L)
{
    static const char *const keys[] = { "name" };
    struct lab *lab = script_of(L)->lab;
    args_most(L, 1, "token");
    args_table(L, 1, "token", keys, COUNT_OF(keys));
    const char *name = args_field_text(L, 1, "token", "name");
    if (name == NULL || name[0] == '\0' || strlen(name) > 24 || strpbrk(name, ";,=\" ") != NULL)
        return args_fail(L, "token: name is a text of 1 to 24 letters without blanks");
    sandbox_charge(L, CERT_COST);
    uint32_t found = lab_found_token(lab, name);
    object_push_cert(L, found != 0 ? found : token_make(&lab->cluster_env, name));
    return 1;
}

void certificate_open(lua_State *L)
{
    static const luaL_Reg methods[] = { { "sign", cert_sign }, { NULL, NULL } };
    static const luaL_Reg meta[] = { { "__index", cert_index },
                                     { "__eq", object_same },
                                     { NULL, NULL } };
    object_open(L, OBJECT_CERT, methods, meta);
    lua_pushcfunction(L, verb_authority);
    lua_setglobal(L, "authority");
    lua_pushcfunction(L, verb_token);
    lua_setglobal(L, "token");
}
