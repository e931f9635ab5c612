/* Names and addresses of nodes. */
#include "nodes/acts_impl.h"
#include "nodes/cluster.h"
#include "nodes/services.h"

#include <string.h>

static const char *text_of(const struct cluster *cl, const struct act *a)
{
    return content_get_str(cl->env->content, (uint32_t)a->arg[0]);
}

static bool can_have_hostname(const struct cluster *cl, const struct act *a, uint64_t now_us,
                              struct err *e)
{
    uint32_t other;
    char copy[CLUSTER_NAME];
    const char *name = text_of(cl, a);
    (void)now_us;
    if (!cluster_check_name(name, "hostname", e))
        return false;
    if (name[0] == '\0' || strchr(name, '.') != NULL)
        return err_set(e, "%s: a hostname without dots is expected", cl->name);
    if (!cluster_copy_name(copy, name, "hostname", e))
        return false;
    return !cluster_node(cl, name, &other) ||
           err_set(e, "%s: a node is named %s already", cl->name, name);
}

static bool can_have_domain(const struct cluster *cl, const struct act *a, uint64_t now_us,
                            struct err *e)
{
    char copy[CLUSTER_NAME];
    const char *name = text_of(cl, a);
    (void)now_us;
    if (!cluster_check_name(name, "domain", e) ||
        (name[0] != '\0' && !cluster_copy_name(copy, name, "domain", e)))
        return false;
    return strcmp(cl->nodes[a->node].disk.domain, text_of(cl, a)) != 0 ||
           err_set(e, "%s: %s is in that domain already", cl->name, node_name(cl, a));
}

static bool can_have_address(const struct cluster *cl, const struct act *a, uint64_t now_us,
                             struct err *e)
{
    uint32_t other;
    (void)now_us;
    if (a->arg[0] == 0)
        return err_set(e, "%s: an address is expected", cl->name);
    return !cluster_node_at(cl, (uint32_t)a->arg[0], &other) ||
           err_set(e, "%s: %s has that address already", cl->name, cl->nodes[other].disk.name);
}

/* Every certificate of the node is made anew, and it reboots (documented).  Requests for
 * certificates of the old name are good for nothing. */
static void renamed(struct cluster *cl, uint32_t node, uint64_t now_us)
{
    bool all = cl->db.params[PARAM_RENAME_RENEWS_REC] != 0;
    memset(cl->nodes[node].disk.csr, 0, sizeof cl->nodes[node].disk.csr);
    acts_renew_all(cl, node, all ? 0 : OWN_BIT(OWN_ITLRECOVERY), now_us);
    services_reboot(cl, node, now_us);
}

static void set_hostname(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    cluster_copy_name(cl->nodes[a->node].disk.name, text_of(cl, a), "hostname", NULL);
    renamed(cl, a->node, now_us);
}

static void set_domain(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    char *domain = cl->nodes[a->node].disk.domain;
    domain[0] = '\0'; /* there may be none */
    cluster_copy_name(domain, text_of(cl, a), "domain", NULL);
    renamed(cl, a->node, now_us);
}

static void set_address(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    cl->nodes[a->node].disk.ip = (uint32_t)a->arg[0];
    renamed(cl, a->node, now_us);
}

/* One value of a name: letters that need no escape in it. */
static size_t value_length(const char *text)
{
    size_t n = 0;
    while (text[n] >= ' ' && text[n] <= '~' && strchr(";,=+\"\\<>#", text[n]) == NULL)
        n++;
    return n;
}

/* "OU=Voice;O=Example;L=Delft;ST=ZH;C=NL": these, in this order, a country of two letters. */
static bool is_organisation(const char *text)
{
    static const char *const keys[] = { "OU=", "O=", "L=", "ST=", "C=" };
    const size_t count = sizeof keys / sizeof keys[0];
    for (size_t i = 0; i < count; i++) {
        bool country = i + 1 == count;
        if (strncmp(text, keys[i], strlen(keys[i])) != 0)
            return false;
        text += strlen(keys[i]);
        size_t n = value_length(text);
        if (n == 0 || n > 64 || (country && n != 2) || text[n] != (country ? '\0' : ';'))
            return false;
        text += n + 1;
    }
    return true;
}

static bool can_have_organisation(const struct cluster *cl, const struct act *a, uint64_t now_us,
                                  struct err *e)
{
    (void)now_us;
    return is_organisation(text_of(cl, a)) ||
           err_set(e,
                   "%s: OU=...;O=...;L=...;ST=...;C=.. is expected, each of 1 to 64 letters, "
                   "the country of two",
                   cl->name);
}

/* Tomcat has its new name at once, the others when they are made next (documented, 115957). */
static void set_organisation(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    cl->nodes[a->node].disk.organisation = (uint32_t)a->arg[0];
    acts_renew_all(cl, a->node, ~OWN_BIT(OWN_TOMCAT), now_us);
}

/* Observed (10.5); the first part stands in what CUCM asks before it goes on. */
#define WARNS                                                                                      \
    "Security Warning : This operation will regenerate all CUCM Certificates including any third " \
    "party signed Certificates that have been uploaded."
#define OTHERS                                                                                     \
    "a DRS backup made before cannot be restored; before 12.0 the product instance must be "       \
    "removed "                                                                                     \
    "from Prime License Manager and added again"
#define RENAMED TOUCHES_CERTIFICATES | TOUCHES_LISTS | TOUCHES_CONFIG | TOUCHES_SERVICES

const struct act_row act_row_hostname = {
    .name = "hostname",
    .words = "set network hostname",
    .scope = ON_NODE,
    .power = POWER_BOTH,
    .args = { { ARG_TEXT, "name" } },
    .touches = RENAMED,
    .run = set_hostname,
    .warns = WARNS,
    .others = OTHERS,
    .can = can_have_hostname,
    .doc =
        "Gives the node another hostname: all its certificates are regenerated and it reboots. The "
        "CTL file has to be updated afterwards.",
    .remedy = { .never = NEVER_NEW_KEYS }
};

const struct act_row act_row_domain = {
    .name = "domain",
    .words = "set network domain",
    .scope = ON_NODE,
    .power = POWER_BOTH,
    .args = { { ARG_TEXT, "name" } },
    .touches = RENAMED,
    .run = set_domain,
    .warns = WARNS,
    .others = OTHERS,
    .can = can_have_domain,
    .doc =
        "Puts the node into another domain: all its certificates are regenerated and it reboots.",
    .remedy = { .never = NEVER_NEW_KEYS }
};

const struct act_row act_row_address = {
    .name = "address",
    .words = "set network ip eth0",
    .scope = ON_NODE,
    .power = POWER_BOTH,
    .args = { { ARG_ADDRESS, "address" } },
    .touches = RENAMED,
    .run = set_address,
    .warns = WARNS,
    .others = OTHERS,
    .can = can_have_address,
    .doc =
        "Gives the node another IP address: all its certificates are regenerated and it reboots. "
        "Phones find its TFTP by DHCP option 150 (`move`).",
    .remedy = { .never = NEVER_NEW_KEYS }
};

const struct act_row act_row_web_security = {
    .name = "web_security",
    .words = "set web-security",
    .scope = ON_NODE,
    .args = { { ARG_TEXT, "organisation" } },
    .touches = TOUCHES_CERTIFICATES,
    .run = set_organisation,
    .can = can_have_organisation,
    .doc = "Unit, name, locality, state and country of the organisation, as "
           "`\"OU=Voice;O=Example;L=Delft;ST=ZH;C=NL\"`, for the subjects of the node's "
           "certificates: tomcat is regenerated at once, any other has them when it is made next.",
    .remedy = { .never = "it makes tomcat anew, as `regenerate` does; phones do not read the other "
                         "names" }
};
