/* Why it refused what it refused: the decision is run again, nothing of a chain is kept. */
#include "phones/phone.h"

#include "sim/base/check.h"

struct phone phone_then(const struct phone *p, const struct phone_env *env,
                        enum trust_purpose purpose)
{
    struct ct_said said = content_said_of(env->content, p->refused[purpose]);
    struct phone then = *p;
    if (said.over) {
        then.ctl = said.ctl;
        then.itl = said.itl;
        then.config = said.config;
    }
    return then;
}

uint32_t phone_explain(const struct phone *p, const struct phone_env *env,
                       enum trust_purpose purpose, struct trust_chain *chain,
                       enum trust_verdict *verdict)
{
    CHECK(purpose < TRUST_JUDGED);
    struct ct_said said = content_said_of(env->content, p->refused[purpose]);
    chain->count = 0;
    if (said.about == 0)
        return 0;
    struct phone then = phone_then(p, env, purpose);
    struct trust_question q = phone_question(&then, env, purpose, said.about, &said);
    *verdict = trust_decide(&q, chain);
    return said.about;
}
