/* Arguments of acts, for tests: of each type a value, another one each time. */
#ifndef CUCMLAB_TESTS_ACT_SAMPLE_H
#define CUCMLAB_TESTS_ACT_SAMPLE_H

#include "nodes/acts.h"
#include "nodes/authority.h"
#include "nodes/network.h"
#include "nodes/settings.h"

/* Another value of the type at each call. */
static uint64_t sample(const struct cluster *cl, enum arg_type type, uint32_t n)
{
    const uint64_t many[] = { 0, 1, 3000, 127u << 24 | 11, 999999 };
    switch (type) {
    case ARG_OWN:
        return n % OWNS;
    case ARG_SERVICE:
        return n % SERVICES;
    case ARG_STORE:
        return 1 + n % (STORES - 1);
    case ARG_TASK:
        return n % (CLIENT_UPDATE + 1);
    case ARG_TOKEN:
        return n % 3 == 0 ? 0 : token_make(cl->env, n % 2 == 0 ? "SAST-A" : "SAST-B");
    case ARG_CERT:
        return cl->nodes[n % 2].disk.own[n % 3 == 0 ? OWN_TVS : OWN_CALLMANAGER];
    case ARG_PARAM:
        return n % PARAMS;
    case ARG_FLAG:
    case ARG_POWER:
    case ARG_KEY:
    case ARG_POOL:
    case ARG_GROUP:
    case ARG_SPREAD:
        return n % 2 == 0 || type == ARG_POOL || type == ARG_GROUP ? 0 : 1;
    case ARG_NODE:
        return n % 3;
    case ARG_KEY_TYPE:
        return n % (KEY_TYPES + 1);
    case ARG_BULK:
        return n % BULK_UNITS;
    case ARG_SECURITY:
        return n % 3;
    case ARG_VERSION:
        return n % version_count;
    case ARG_SETTING:
        return n % SETTINGS;
    case ARG_CHOICE: /* of the setting before it: all but names have a first word */
        return (n - 1) % SETTINGS == SETTING_LOAD ? content_str(cl->env->content, "a load") : 0;
    case ARG_ADDRESS:
        return 0x7f000001 + n;
    case ARG_NTH:
        return 1 + n % 3;
    case ARG_MIC_CA:
        return n % 4;
    case ARG_CAPF_MODE:
        return n % ACT_CAPF_MODES;
    case ARG_STRING:
        return n % 2 == 0 ? 0 : content_str(cl->env->content, "4711");
    case ARG_PORT:
        return n % PORTS;
    case ARG_SITE:
        return n % 2 == 0 ? 0 : content_str(cl->env->content, "Branch 2");
    case ARG_TEXT:
        return content_str(cl->env->content, n % 2 == 0 ? "other" : "some.where");
    default:
        return many[n % 5];
    }
}

#endif
