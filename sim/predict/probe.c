#include "sim/predict/probe.h"

#include "sim/base/sys.h"

#include <string.h>

#define TRY_US (24ull * 3600 * 1000000)

static void settle(struct lab *lab)
{
    lab_settle(lab, lab_now_us(lab) + TRY_US);
}

/* ---- secure services ---- */

/* What a registered phone would open: behind HTTPS, or nothing that it could lose. */
static bool has_services(const struct lab *lab, const struct phone *p)
{
    const struct cnf *cnf = phone_config(p, lab->base->content);
    return model_table[p->model].itl && cnf != NULL &&
           strncmp(cnf->secure_directory_url, "https://", 8) == 0;
}

bool probe_can_press(const struct lab *lab, uint32_t phone)
{
    const struct phone *p = &lab->state.phones[phone];
    return p->state == PHONE_REGISTERED && has_services(lab, p);
}

enum key_press probe_key(const struct lab *lab, uint32_t phone)
{
    const struct phone *p = &lab->state.phones[phone];
    return (p->lost & FSM_BIT(FUNCTION_SECURE_SERVICES)) != 0 ? phone_page(p) : KEY_DIRECTORIES;
}

static bool can_press(void *ctx, const struct lab *lab, uint32_t phone, uint16_t *lost)
{
    (void)ctx;
    *lost = lab->state.phones[phone].lost;
    return probe_can_press(lab, phone);
}

/* One that is registered and has no such services has lost none. */
static enum probe_answer not_pressed(const struct lab *lab, uint32_t phone)
{
    const struct phone *p = &lab->state.phones[phone];
    return p->state == PHONE_REGISTERED && p->config != 0 ? PROBE_WORKS : PROBE_NOTHING;
}

/* When a certificate was over by this phone's clock. */
static uint64_t over_us(const struct lab *trial, const struct phone_env *env, uint32_t cert)
{
    int64_t end_s = content_get_cert(trial->base->content, cert)->not_after_s + 1;
    int64_t since_s = end_s - env->start_s - env->ahead_s;
    return since_s > 0 ? (uint64_t)since_s * 1000000 : 0;
}

/* What became of the page's server in the trial: which one it did not trust (0: it trusted the one
 * that it met, or met none), and since when that is so by the dates of certificates: of the server,
 * or of the TVS that was over last. */
static void explain(const struct lab *trial, uint32_t phone, struct phone_group *group)
{
    struct phone_env env = lab_env_of(trial, phone);
    struct trust_chain chain;
    enum trust_verdict verdict;
    group->asked = phone_explain(&trial->state.phones[phone], &env, TRUST_HTTPS, &chain, &verdict);
    for (uint32_t i = 0; i < chain.count && group->asked != 0; i++) {
        const struct trust_check *k = &chain.checks[i];
        bool server = k->result == CHECK_CERT_EXPIRED,
             tvs = k->result == CHECK_TVS && k->outcome == TVS_CERT_EXPIRED;
        uint64_t us = server || tvs ? over_us(trial, &env, k->cert) : 0;
        group->server_over |= server;
        group->over_us = server || us > group->over_us ? us : group->over_us;
    }
}

static void press(struct lab *lab, struct phone_groups *groups)
{
    struct lab_mark mark = lab_mark(lab);
    struct lab *trial = groups_trial(lab, groups);
    settle(trial);
    for (uint32_t g = 0; g < groups->count; g++) {
        if (trial->state.phones[g].state != PHONE_REGISTERED)
            continue;
        groups->list[g].answer = PROBE_WORKS;
        lab_press(trial, g, probe_key(trial, g), lab_now_us(trial));
    }
    settle(trial);
    for (uint32_t g = 0; g < groups->count; g++) {
        struct phone_group *group = &groups->list[g];
        if (group->answer == PROBE_WORKS &&
            (trial->state.phones[g].lost & FSM_BIT(FUNCTION_SECURE_SERVICES)) != 0)
            group->answer = PROBE_FAILS;
        explain(trial, g, group);
    }
    lab_free(trial);
    lab_rewind(lab, &mark);
}

/* A server whose time is over is trusted by nobody, whatever TVS said. */
static uint64_t worked(const struct lab *lab, uint32_t phone, const struct phone_group *group)
{
    uint64_t until_us = 1000000ull * phone_remembers_until_s(&lab->state.phones[phone],
                                                             lab->base->content, group->asked);
    return group->server_over || group->over_us > until_us ? group->over_us : until_us;
}

void probe_services(struct lab *lab, uint8_t *out, uint64_t *worked_us)
{
    struct phone_groups groups;
    groups_find(lab, can_press, NULL, &groups);
    if (groups.count > 0)
        press(lab, &groups);
    for (uint32_t i = 0; i < groups.phones; i++) {
        const struct phone_group *group = group_of(&groups, i);
        out[i] = group == NULL ? (uint8_t)not_pressed(lab, i) : group->answer;
        worked_us[i] = group == NULL || group->answer != PROBE_FAILS ? 0 : worked(lab, i, group);
    }
    groups_free(&groups);
}
