/* Why it refused what it refused: the decision is run again, nothing of a chain is kept. */
#include "phones/phone.h"

#include "sim/base/check.h"

uint32_t phone_explain(const struct phone *p, const struct phone_env *env,
                       enum trust_purpose purpose, struct trust_chain *chain,
                       enum trust_verdict *verdict)
{
    CHECK(purpose <= TRUST_HTTPS);
    struct ct_said said = content_said_of(env->content, p->refused[purpose]);
    chain->count = 0;
    if (said.about == 0)
        return 0;
    struct trust_question q = phone_question(p, env, purpose, said.about, &said);
    *verdict = trust_decide(&q, chain);
    return said.about;
}
