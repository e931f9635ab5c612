/* Acts of extension mobility across clusters: what they do is in sim/lab_emcc.c. */
#include "nodes/acts_impl.h"

const struct act_row act_row_emcc_login = {
    .name = "emcc login",
    .words = "Extension Mobility of the phone: login of a user of another cluster",
    .scope = ON_PHONES,
    .power = POWER_NONE,
    .of_cluster = true,
    .args = { { ARG_POOL, "pool" } },
    .touches = TOUCHES_PHONES | TOUCHES_CONFIG,
    .doc =
        "A user of that cluster, which is his home, logs in at each phone: it gets its lists and "
        "its configuration from the TFTP servers there, of this (roaming) device pool, and "
        "registers there. It needs a phone that is registered and whose secured services open. "
        "Refused where the clusters do not have each other's tomcat certificate in tomcat-trust, "
        "where the home cluster has the phone in its database (error 37), and for a secure phone "
        "where that is not in mixed mode.",
    .remedy = { .never = "what a user does, and `emcc logout` takes back" }
};

const struct act_row act_row_emcc_logout = {
    .name = "emcc logout",
    .words = "Extension Mobility of the phone: logout; Phone Configuration: Log Out",
    .scope = ON_PHONES,
    .power = POWER_NONE,
    .touches = TOUCHES_PHONES | TOUCHES_CONFIG,
    .doc = "The user logs out again: the home cluster forgets the phone, which goes back to the "
           "TFTP servers of DHCP option 150. Phones where nobody is logged in from another cluster "
           "are left alone.",
    .remedy = { .narrow = 2,
                .name = "emcc-logout",
                .title = "emcc logout",
                .how = "log the user of the other cluster out at the phone",
                .everything = "log the user of the other cluster out at the phone" }
};
