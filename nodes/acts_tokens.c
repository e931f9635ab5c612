/* The CTL client and its USB tokens: how a CTL was made before there was `utils ctl`. */
#include "nodes/acts_impl.h"
#include "nodes/authority.h"
#include "nodes/lists.h"
#include "nodes/serve.h"
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

static bool is_listed(const struct cluster *cl, const struct client_ctl *ctl, uint64_t token,
                      struct err *e)
{
    return holds(ctl->tokens, ctl->token_count, token) ||
           err_set(e, "%s: The Security Token you have inserted does not exist in the CTL File",
                   cl->name);
}

static bool can_run(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    struct client_ctl ctl;
    (void)now_us;
    lists_client_ctl(cl, &ctl);
    if (!are_tokens(cl, a, e))
        return false;
    if (!acts_makes_ctl(cl, e))
        return false;
    if (ctl.token_count > CLUSTER_TOKENS - TOKEN_ARGS)
        return err_set(e, "%s: the CTL file has %u tokens already", cl->name, ctl.token_count);
    if (lists_ctl_on(cl, 0) == 0)
        return can_begin(cl, a, e);
    return is_listed(cl, &ctl, a->arg[1], e);
}

/* They lie in a drawer until they are lost. */
static void keep(struct cluster *cl, uint32_t token)
{
    if (!holds(cl->tokens, cl->token_count, token) && cl->token_count < CLUSTER_TOKENS)
        cl->tokens[cl->token_count++] = token;
}

static void run_client(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    struct client_ctl ctl;
    lists_client_ctl(cl, &ctl);
    ctl.signer = (uint32_t)a->arg[1];
    for (uint32_t i = 1; i <= TOKEN_ARGS; i++) {
        uint32_t token = (uint32_t)a->arg[i];
        if (token == 0)
            continue;
        keep(cl, token);
        if (!holds(ctl.tokens, ctl.token_count, token))
            ctl.tokens[ctl.token_count++] = token;
    }
    bool updates = a->arg[0] == CLIENT_UPDATE;
    if (!updates)
        cl->db.mixed_mode = a->arg[0] == CLIENT_MIXED;
    lists_put_client_ctl(cl, &ctl, now_us);
    services_after_ctl(cl, updates ? CTL_SIGNED_ANEW : CTL_OF_NEW_MODE, now_us);
}

/* Each token of the drawer: for the CTL file that there is, and, where an installation or the
 * client itself took the cluster out of mixed mode, for that, with the next token beside it. */
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
    struct client_ctl ctl;
    lists_client_ctl(cl, &ctl);
    if (a->arg[0] == CLIENT_MIXED)
        return !cl->db.mixed_mode &&
               (lists_ctl_on(cl, 0) == 0 || holds(ctl.tokens, ctl.token_count, a->arg[1]));
    return cl->db.mixed_mode && ctl.token_count > 0;
}

/* ---- TFTP servers of other clusters ---- */

static bool can_add_tftp(const struct cluster *cl, const struct act *a, uint64_t now_us,
                         struct err *e)
{
    struct client_ctl ctl;
    (void)now_us;
    lists_client_ctl(cl, &ctl);
    if (!acts_makes_ctl(cl, e))
        return false;
    if (lists_ctl_on(cl, 0) == 0)
        return err_set(e, "%s: there is no CTL file to add a TFTP server to", cl->name);
    if (!is_listed(cl, &ctl, a->arg[0], e))
        return false;
    if (holds(ctl.tftps, ctl.tftp_count, a->arg[1]))
        return err_set(e, "%s: the CTL file has this TFTP server already", cl->name);
    return ctl.tftp_count < CLUSTER_TOKENS ||
           err_set(e, "%s: the CTL file has %u TFTP servers already", cl->name, ctl.tftp_count);
}

static void add_tftp(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    struct client_ctl ctl;
    lists_client_ctl(cl, &ctl);
    ctl.signer = (uint32_t)a->arg[0];
    ctl.tftps[ctl.tftp_count++] = (uint32_t)a->arg[1];
    lists_put_client_ctl(cl, &ctl, now_us);
    services_after_ctl(cl, CTL_SIGNED_ANEW, now_us);
}

/* The TFTP servers of the peer, one run of the client after the other, with the first token of the
 * drawer that the file lists. */
static enum act_step add_next(const struct cluster *cl, const struct cluster *peer, uint32_t i,
                              uint64_t now_us, struct act *act)
{
    struct client_ctl ctl;
    uint32_t token = 0;
    if (i >= peer->node_count)
        return STEP_END;
    lists_client_ctl(cl, &ctl);
    while (token < cl->token_count && !holds(ctl.tokens, ctl.token_count, cl->tokens[token]))
        token++;
    if (token == cl->token_count || !cl->db.mixed_mode)
        return STEP_END;
    *act = (struct act){ .kind = DO_ADD_CTL_TFTP,
                         .arg = { cl->tokens[token], peer->nodes[i].disk.own[OWN_CALLMANAGER] } };
    bool useful = !peer->nodes[i].removed && act->arg[1] != 0 &&
                  serve_running(peer, i, SERVICE_TFTP) && can_add_tftp(cl, act, now_us, NULL);
    return useful ? STEP_HERE : STEP_NOTHING;
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

const struct act_row act_row_add_ctl_tftp = {
    .name = "add_ctl_tftp",
    .words = "Cisco CTL Client: Add TFTP Server",
    .scope = ON_CLUSTER,
    .args = { { ARG_TOKEN, "token" }, { ARG_CERT, "certificate" } },
    .touches = TOUCHES_LISTS,
    .has = has_client,
    .since = "it is there up to 14SU2",
    .run = add_tftp,
    .can = can_add_tftp,
    .doc = "Adds a TFTP server of another cluster (a central TFTP) to the CTL file, by its "
           "CallManager certificate, and signs the file with this token, which must be one of it: "
           "phones take what that TFTP signs. It stays there when the client is run again (a CTL "
           "file that `utils ctl` makes has it no more: assumed). Restarts nothing.",
    .remedy = { .narrow = 8,
                .needs = NEEDS_PEER,
                .then = acts_behind_ctl,
                .name = "add-ctl-tftp",
                .title = "CTL client",
                .how = "add the TFTP server with the certificate {1} to the CTL file (CTL client, "
                       "with token {0})",
                .everything = "add the TFTP servers of {peer} to the CTL file of {cluster} (CTL "
                              "client: Add TFTP Server)",
                .exchange = add_next }
};

const struct act_row act_row_lose_token = {
    .name = "lose_token",
    .words = "a security token is lost",
    .scope = ON_CLUSTER,
    .power = POWER_NONE,
    .args = { { ARG_TOKEN, "token" } },
    .touches = TOUCHES_LISTS,
    .run = lose,
    .can = can_lose,
    .doc = "A security token is lost: nobody can run the CTL client with it any more, and phones "
           "go on trusting it.",
    .remedy = { .never = NEVER_TAKES }
};
