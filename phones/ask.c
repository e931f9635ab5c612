/* What others ask of a phone, and its own handlers: reads alone. */
#include "phones/step.h"

#include "sim/wire/capf.h"
#include "sim/wire/text.h"

const struct cnf *phone_config(const struct phone *p, const struct content *c)
{
    return p->config == 0 ? NULL : content_get_cnf(c, p->config);
}

uint8_t phone_protocol(const struct phone *p, const struct content *c)
{
    const struct model *m = &model_table[p->model];
    const struct cnf *cnf = phone_config(p, c);
    bool can = cnf != NULL && (m->transports & SPEAKS(cnf->protocol)) != 0;
    return can ? cnf->protocol : m->protocol;
}

bool phone_is_secure(const struct phone *p, const struct content *c)
{
    const struct cnf *cnf = phone_config(p, c);
    return cnf != NULL && cnf->security_mode >= CNF_AUTHENTICATED;
}

enum key_press phone_page(const struct phone *p)
{
    return p->key == KEY_ERASE ? KEY_DIRECTORIES : (enum key_press)p->key;
}

bool phone_settings_are_open(const struct phone *p, const struct content *c)
{
    const struct cnf *cnf = phone_config(p, c);
    return cnf == NULL || cnf->settings_access == CNF_SETTINGS_ENABLED;
}

bool phone_erases_by_keys(const struct phone *p, const struct content *c)
{
    return model_table[p->model].keys != NULL && phone_settings_are_open(p, c);
}

bool phone_takes_remote_keys(const struct phone *p, const struct content *c)
{
    const struct cnf *cnf = phone_config(p, c);
    /* XMLDefault says nothing of it: off, as since 8.x (assumed of what the firmware does). */
    return model_table[p->model].remote && cnf != NULL && !cnf->is_default && cnf->web_access == 0;
}

uint32_t phone_tvs_servers(const struct phone *p, const struct content *c)
{
    const struct cnf *cnf = phone_config(p, c);
    /* Phones ignore TVS entries of XMLDefault (CSCuq33297, documented). */
    if (cnf == NULL || cnf->is_default || !model_table[p->model].itl)
        return 0;
    return cnf->tvs_count < TRUST_TVS_SERVERS ? cnf->tvs_count : TRUST_TVS_SERVERS;
}

/* Whether it may go to its TFTP server at last, by what became of its configuration this time. */
static enum knob last_resort(const struct phone *p)
{
    return (p->boot & BOOT_CONFIG_OK) != 0 ? KNOB_REGISTER_AT_TFTP_VALID : KNOB_REGISTER_AT_TFTP;
}

uint32_t phone_server(const struct phone *p, const struct phone_env *env, uint32_t index)
{
    const struct cnf *cnf = phone_config(p, env->content);
    uint32_t count = cnf == NULL ? 0 : cnf->server_count;
    if (index < count)
        return text_host(cnf->servers[index].address);
    /* The last resort: the TFTP server, where it is not in the group already. */
    uint32_t tftp = env->places[p->place].tftp[p->tftp];
    if (index > count || cnf == NULL || phone_is_secure(p, env->content) ||
        env->knobs->value[last_resort(p)] == 0)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        if (text_host(cnf->servers[i].address) == tftp)
            return 0;
    }
    return tftp;
}

bool phone_is_registered(const struct phone *p)
{
    return p->registered;
}

bool phone_is_overfed(const struct phone *p, const struct knobs *k)
{
    return (p->boot & BOOT_TOO_LARGE) != 0 && k->value[KNOB_REGISTER_TOO_LARGE] == 0;
}

enum trust_verdict phone_accepted_by(const struct phone *p, enum trust_purpose purpose)
{
    return purpose == TRUST_CTL ? p->ctl_by : p->itl_by;
}

uint32_t phone_identity(const struct phone *p)
{
    if (p->lsc != 0)
        return p->lsc;
    return model_table[p->model].mic ? CONTENT_MIC : CONTENT_NOBODY;
}

#define SIGNERS (FSM_BIT(TRUST_CTL) | FSM_BIT(TRUST_ITL) | FSM_BIT(TRUST_CONFIG))

const struct cnf *phone_capf_config(const struct phone *p, const struct content *c)
{
    return content_kind(c, p->told) == CT_CNF ? content_get_cnf(c, p->told) : phone_config(p, c);
}

uint32_t phone_capf_identity(const struct phone *p, const struct content *c)
{
    const struct cnf *cnf = phone_capf_config(p, c);
    bool mic = model_table[p->model].mic;
    uint8_t mode = cnf == NULL ? CAPF_AUTH_NONE : cnf->capf_auth_mode;
    if (mode == CAPF_AUTH_MIC && mic)
        return CONTENT_MIC;
    return mode == CAPF_AUTH_LSC || mode == CAPF_AUTH_MIC ? phone_identity(p) : CONTENT_NOBODY;
}

/* As TLS does it: an issuer that is trusted, and all within their time (documented: an expired CAPF
 * breaks both). */
bool phone_is_refused_at(const struct phone *p, const struct phone_env *env, enum phone_gates gate)
{
    const struct cnf *cnf = phone_config(p, env->content);
    bool goes = cnf != NULL && env->gates != NULL && (gate == PHONE_DOT1X ? cnf->dot1x : cnf->vpn);
    if (!goes)
        return false;
    const struct phone_gate *g = &env->gates[gate];
    int64_t now_s = env->start_s + (int64_t)(env->now_us / 1000000);
    uint32_t shown = phone_identity(p);
    if (shown == CONTENT_MIC)
        return !g->mics || now_s > mic_cas[model_table[p->model].mic_ca].until_s;
    if (shown == CONTENT_NOBODY)
        return true;
    uint32_t capf = content_lsc_issuer(env->content, shown);
    bool known = false;
    for (uint32_t i = 0; i < g->count; i++)
        known = known || g->cas[i] == capf;
    return !known || content_date(env->content, shown, now_s) != DATE_WITHIN ||
           content_date(env->content, capf, now_s) != DATE_WITHIN;
}

enum phone_gates phone_cut_by(const struct phone *p, const struct phone_env *env)
{
    static const uint8_t knobs[PHONE_GATES] = {
        [PHONE_DOT1X] = KNOB_DOT1X_CLOSED, [PHONE_VPN] = KNOB_VPN_ONLY
    };
    int gate = 0;
    while (gate < PHONE_GATES &&
           (env->knobs->value[knobs[gate]] == 0 || env->gates == NULL || env->gates[gate].open ||
            !phone_is_refused_at(p, env, (enum phone_gates)gate)))
        gate++;
    return (enum phone_gates)gate;
}

bool phone_capf_is_due(const struct phone *p, const struct content *c)
{
    const struct cnf *cnf = phone_capf_config(p, c);
    return cnf != NULL && cnf->capf_auth_mode > CAPF_AUTH_PASSWORD && p->capf == 0 &&
           model_table[p->model].ctl && cnf->capf_address[0] != '\0';
}

struct trust_rules phone_rules(const struct knobs *k)
{
    const uint64_t *v = k->value; /* of switches: 0 or 1 */
    struct trust_rules rules = { .next_tvs_on_unknown = v[KNOB_NEXT_TVS_ON_UNKNOWN] != 0,
                                 .ccm_in_itl = v[KNOB_CCM_IN_ITL] != 0,
                                 .ctl_by_ctl_alone = v[KNOB_CTL_BY_CTL_ALONE] != 0 };
    rules.dates =
        (uint8_t)(v[KNOB_DATES_OF_SIGNERS] * SIGNERS | v[KNOB_DATES_OF_TVS] << TRUST_TVS_SERVER |
                  v[KNOB_DATES_OF_HTTPS] << TRUST_HTTPS | v[KNOB_DATES_OF_CCM] << TRUST_CCM_SERVER);
    return rules;
}

struct trust_question phone_question(const struct phone *p, const struct phone_env *env,
                                     enum trust_purpose purpose, uint32_t what,
                                     const struct ct_said *said)
{
    return (struct trust_question){
        .content = env->content,
        .what = what,
        .purpose = (uint8_t)purpose,
        .servers = (uint8_t)phone_tvs_servers(p, env->content),
        .ctl = p->ctl,
        .itl = p->itl,
        .cache = p->cache,
        .said = said,
        .now_s = (uint32_t)(env->now_us / 1000000),
        .clock_s = env->start_s + env->ahead_s + (int64_t)(env->now_us / 1000000),
        .rules = phone_rules(env->knobs),
    };
}

/* ---- its own points of time ---- */

/* The next instant after `now` at the phone's own offset of an interval. */
static uint64_t own_point(const struct phone *p, uint64_t interval_us, uint64_t now_us)
{
    if (interval_us == 0)
        return now_us + 1;
    uint64_t offset = (interval_us >> 16) * p->point + ((interval_us & 0xffff) * p->point >> 16);
    uint64_t point = now_us - now_us % interval_us + offset;
    return point > now_us ? point : point + interval_us;
}

uint64_t phone_wake_us(const struct phone *p, const struct knobs *k, uint64_t now_us)
{
    return own_point(p, k->value[KNOB_RETRY_US], now_us);
}

uint64_t phone_keepalive_us(const struct phone *p, const struct content *content,
                            const struct knobs *k, uint64_t now_us)
{
    const struct cnf *c = phone_config(p, content);
    uint8_t protocol = c != NULL ? c->protocol : model_table[p->model].protocol;
    if (protocol == CNF_SIP)
        return own_point(p, k->value[KNOB_KEEPALIVE_US], now_us);
    uint64_t interval_us = k->value[KNOB_KEEPALIVE_SCCP_US];
    uint64_t more = k->value[KNOB_KEEPALIVE_SCCP_MISSED] - 1;
    return own_point(p, interval_us, now_us) + more * interval_us;
}

/* ---- identity ---- */

uint64_t phone_hash(const struct phone *p, const struct phone_env *env)
{
    const struct content *c = env->content;
    const uint32_t held[] = { p->ctl, p->itl, p->config, p->lsc };
    const struct phone_place *place = &env->places[p->place], *next = &env->places[p->dhcp];
    uint64_t h = rng_mix(p->model + 1u);
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++)
        h = rng_mix(h ^ content_meaning(c, held[i]));
    h = rng_mix(h ^ ((uint64_t)place->tftp[0] << 32 | place->tftp[1]));
    h = rng_mix(h ^ ((uint64_t)next->tftp[0] << 32 | next->tftp[1]));
    uint64_t cache = 0; /* a sum: which slot an entry is in means nothing */
    for (int i = 0; i < TRUST_CACHE; i++) {
        const struct trust_cached *k = &p->cache[i];
        if (k->vouch != 0 && k->until_s > env->now_us / 1000000)
            cache += rng_mix(content_meaning(c, k->vouch) ^ 0x63616368u);
    }
    if (p->told != 0)
        h = rng_mix(h ^ content_meaning(c, p->told));
    if (env->ahead_s != 0) /* a wrong clock */
        h = rng_mix(h ^ (uint64_t)env->ahead_s);
    if (env->key != 0)
        h = rng_mix(h ^ content_meaning(c, env->key));
    return rng_mix(h ^ cache);
}

uint32_t phone_remembers_until_s(const struct phone *p, const struct content *c, uint32_t cert)
{
    uint32_t until_s = 0;
    for (int i = 0; i < TRUST_CACHE; i++) {
        const struct trust_cached *k = &p->cache[i];
        if (k->vouch != 0 && content_get_vouch(c, k->vouch)->cert == cert && k->until_s > until_s)
            until_s = k->until_s;
    }
    return until_s;
}
