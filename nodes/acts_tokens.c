/* The CTL client and its USB tokens: how a CTL was made before there was `utils ctl`. */
#include "nodes/acts_impl.h"
#include "nodes/authority.h"
#include "nodes/lists.h"
#include "nodes/services.h"

#include <string.h>

static bool has_client(const struct version *v)
{
    return v->token_ctl != TOKENS_NONE;
}

static bool holds(const uint32_t *tokens, uint32_t count, uint64_t token)
{
    uint32_t i = 0;
    while (i < count && tokens[i] != token)
        i++;
    return i < count;
}

/* The tokens that are plugged in, one after the other: arguments behind the task. */
#define TOKEN_ARGS (ACT_ARGS - 1)

static bool are_tokens(const struct cluster *cl, const struct act *a, struct err *e)
{
    const struct content *c = cl->env->content;
    if (a->arg[1] == 0)
        return err_set(e, "%s: no security token is plugged in", cl->name);
    for (uint32_t i = 1; i <= TOKEN_ARGS; i++) {
        uint32_t token = (uint32_t)a->arg[i];
        if (token != 0 && !token_is(c, token))
            return err_set(e, "%s: %s is no security token", cl->name,
                           content_get_str(c, content_get_cert(c, token)->subject));
    }
    return true;
}

/* Texts of the client: technote 118893 (observed). */
static bool can_begin(const struct cluster *cl, const struct act *a, struct err *e)
{
    bool second = false;
    for (uint32_t i = 2; i <= TOKEN_ARGS; i++)
        second = second || (a->arg[i] != 0 && a->arg[i] != a->arg[1]);
    if (a->arg[0] == CLIENT_UPDATE && cl->db.mixed_mode)
        return err_set(e,
                       "%s: No CTL File exists on the server but the Call Manager Cluster Security "
                       "Mode is in Secure Mode. For the system to function, you must create the "
                       "CTL File and set Call Manager Cluster the Secure Mode.",
                       cl->name);
    if (a->arg[0] == CLIENT_UPDATE)
        return err_set(e, "%s: there is no CTL file to update", cl->name);
    return second || err_set(e,
                             "%s: Please remove any Security Tokens already inserted and insert "
                             "another Security Token. Click Ok when done. (two are needed)",
                             cl->name);
}

static bool can_run(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    uint32_t tokens[CLUSTER_TOKENS], count = lists_tokens(cl, tokens);
    (void)now_us;
    if (!are_tokens(cl, a, e))
        return false;
    if (!acts_makes_ctl(cl, e))
        return false;
    if (count > CLUSTER_TOKENS - TOKEN_ARGS)
        return err_set(e, "%s: the CTL file has %u tokens already", cl->name, count);
    if (lists_ctl_on(cl, 0) == 0)
        return can_begin(cl, a, e);
    return holds(tokens, count, a->arg[1]) ||
           err_set(e, "%s: The Security Token you have inserted does not exist in the CTL File",
                   cl->name);
}

/* They lie in a drawer until they are lost. */
static void keep(struct cluster *cl, uint32_t token)
{
    if (!holds(cl->tokens, cl->token_count, token) && cl->token_count < CLUSTER_TOKENS)
        cl->tokens[cl->token_count++] = token;
}

static void run_client(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    uint32_t tokens[CLUSTER_TOKENS], count = lists_tokens(cl, tokens);
    for (uint32_t i = 1; i <= TOKEN_ARGS; i++) {
        uint32_t token = (uint32_t)a->arg[i];
        if (token == 0)
            continue;
        keep(cl, token);
        if (!holds(tokens, count, token))
            tokens[count++] = token;
    }
    bool updates = a->arg[0] == CLIENT_UPDATE;
    if (!updates)
        cl->db.mixed_mode = a->arg[0] == CLIENT_MIXED;
    lists_put_token_ctl(cl, tokens, count, (uint32_t)a->arg[1], now_us);
    services_after_ctl(cl, updates ? CTL_SIGNED_ANEW : CTL_OF_NEW_MODE, now_us);
}

/* Each token of the drawer: for the CTL file that there is, and, where an installation took that
 * along, for the first one, with the next token beside it. */
static bool at_hand(const struct cluster *cl, uint32_t i, struct act *act)
{
    uint32_t n = cl->token_count;
    bool first = i >= n;
    if (i >= 2 * n)
        return false;
    act->arg[0] = first ? CLIENT_MIXED : CLIENT_UPDATE;
    act->arg[1] = cl->tokens[i % n];
    act->arg[2] = first ? cl->tokens[(i + 1) % n] : 0;
    return true;
}

static bool is_of_use(const struct cluster *cl, const struct act *a)
{
    uint32_t tokens[CLUSTER_TOKENS];
    if (a->arg[0] == CLIENT_MIXED)
        return !cl->db.mixed_mode && lists_ctl_on(cl, 0) == 0;
    return cl->db.mixed_mode && lists_tokens(cl, tokens) > 0;
}

static bool can_lose(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    (void)now_us;
    return holds(cl->tokens, cl->token_count, a->arg[0]) ||
           err_set(e, "%s: this token was never plugged in here, or is lost already", cl->name);
}

static void lose(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    uint32_t kept = 0;
    (void)now_us;
    for (uint32_t i = 0; i < cl->token_count; i++) {
        if (cl->tokens[i] != a->arg[0])
            cl->tokens[kept++] = cl->tokens[i];
    }
    cl->token_count = kept;
}

const struct act_row act_row_ctl_client = {
    .name = "ctl_client",
    .words = "Cisco CTL Client",
    .scope = ON_CLUSTER,
    .args = { { ARG_TASK, "task" },
              { ARG_TOKEN, "token" },
              { ARG_TOKEN, "second" },
              { ARG_TOKEN, "third" },
              { ARG_TOKEN, "fourth" } },
    .touches = TOUCHES_LISTS | TOUCHES_CONFIG,
    .has = has_client,
    .since = "it is there up to 14SU2",
    .run = run_client,
    .can = can_run,
    .doc = "Runs the CTL client with the tokens that are plugged in one after the other: the first "
           "signs, the others are added. The CTL file lists all tokens that were ever added. The "
           "first run needs two; later the first must be one of the CTL file. Restarts nothing.",
    .remedy = { .narrow = 4,
                .then = acts_behind_ctl,
                .name = "ctl-client",
                .title = "CTL client",
                .how = "run the CTL client ({0}) with token {1}",
                .useful = is_of_use,
                .choice = at_hand }
};

const struct act_row act_row_lose_token = {
    .name = "lose_token",
    .words = "a security token is lost",
    .scope = ON_CLUSTER,
    .args = { { ARG_TOKEN, "token" } },
    .touches = TOUCHES_LISTS,
    .run = lose,
    .can = can_lose,
    .doc = "A security token is lost: nobody can run the CTL client with it any more, and phones "
           "go on trusting it."
};
