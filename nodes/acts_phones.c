/* Acts on phones and on networks: what they do is in sim/lab_act.c. */
#include "nodes/acts_impl.h"
#include "nodes/settings.h"

#include <string.h>

#define LINK_ARGS                                                                                  \
    {                                                                                              \
        { ARG_TIME, "delay" }, { ARG_TIME, "jitter" }, { ARG_PPM, "loss" },                        \
            { ARG_NUMBER, "rate" }, { ARG_FLAG, "down" }, { ARG_NUMBER, "mtu" },                   \
    }
#define LINK_DOC                                                                                   \
    " Delay one way, uniform jitter on top of it, loss of a packet (0 to 1), bytes a second (0: "  \
    "no limit), or nothing passes at all; larger IP packets than `mtu` (0: no limit) are lost "    \
    "without a word. What is left out is as at the start: `link {}` mends "                        \
    "everything."

static void reset_all(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)a, (void)now_us;
    cl->want_reset = true;
}

const struct act_row act_row_node_link = {
    .name = "link",
    .words = "the node's network",
    .scope = ON_NODE,
    .power = POWER_NONE,
    .args = LINK_ARGS,
    .touches = TOUCHES_NETWORK,
    .doc = "The node's link to the network." LINK_DOC,
    .remedy = { .narrow = 1,
                .name = "mend-network",
                .title = "mend the network",
                .how = "mend the network of {node}",
                .everything = "mend the network of every node of {cluster} "
                              "that is cut off" }
};

const struct act_row act_row_phone_link = {
    .name = "link",
    .words = "the phone's network",
    .scope = ON_PHONES,
    .args = LINK_ARGS,
    .touches = TOUCHES_NETWORK,
    .doc = "The access link of each phone." LINK_DOC
           " The knobs \"link_delay_us\" and \"link_jitter_us\" say "
           "how that is.",
    .remedy = { .narrow = 1,
                .name = "mend-phone-network",
                .title = "mend the network",
                .how = "mend the phone's network",
                .everything = "mend the phone's network" }
};

const struct act_row act_row_site = {
    .name = "site",
    .words = "where the phone is plugged in",
    .scope = ON_PHONES,
    .args = { { ARG_TEXT, "name" } },
    .touches = TOUCHES_NETWORK,
    .doc =
        "The phones stand at this site from now on: what is said of it holds for them, that is "
        "the link of a site, a port that a firewall blocks, names that DNS does not know there. "
        "\"\": at none. A site of which something is said, and where no phone ever stands, is an "
        "error when the scenario ends.",
    .remedy = { .never = "somebody would have to carry the phone elsewhere" }
};

const struct act_row act_row_power = { .name = "power",
                                       .words = "the phone's power",
                                       .scope = ON_PHONES,
                                       .args = { { ARG_POWER, "state" } },
                                       .touches = TOUCHES_PHONES,
                                       .doc = "Switches the phones on or off.",
                                       .spread = true,
                                       .remedy = { .never = NEVER_BOOTS } };

/* The page Device Reset (troubleshooting guide for CUCM, Managing Phone Reset, documented).  Of its
 * note each act has what concerns those whom it reaches. */
#define NOT_REGISTERED                                                                             \
    "If a device is not registered with Cisco Unified Communications Manager, you cannot reset "   \
    "or "                                                                                          \
    "restart it."
#define PAGE_RESET                                                                                 \
    NOT_REGISTERED " To shut down a device and bring it back up, click the Reset button. "
#define PAGE_RESTART                                                                               \
    NOT_REGISTERED                                                                                 \
    " If a device is registered, to restart a device without shutting it down, click the Restart " \
    "button. "
#define WAITS_FOR_CALLS                                                                            \
    "Other devices wait until calls are complete before restarting or resetting."
#define DROPS_CALLS                                                                                \
    "Resetting a gateway/trunk/media devices drops any calls in progress that are using that "     \
    "gateway/trunk/media devices. " WAITS_FOR_CALLS

const struct act_row act_row_reset = {
    .name = "reset",
    .words = "Phone Configuration: Reset",
    .scope = ON_PHONES,
    .resets = true,
    .after = "a reset",
    .touches = TOUCHES_PHONES,
    .warns = PAGE_RESET WAITS_FOR_CALLS,
    .doc = "Resets the phones one after the other (200 a second). It reaches "
           "those that are registered. Nobody is in a call here (not simulated).",
    .remedy = { .never = NEVER_BOOTS }
};

const struct act_row act_row_restart_phones = {
    .name = "restart",
    .words = "Phone Configuration: Restart",
    .scope = ON_PHONES,
    .resets = true,
    .after = "a restart",
    .touches = TOUCHES_PHONES,
    .warns = PAGE_RESTART WAITS_FOR_CALLS,
    .doc = "Restarts the phones without shutting them down, one after the other (200 a second). "
           "Each asks for its lists (the knob \"restart_asks_lists\") and its configuration, and "
           "registers again. It keeps what TVS said, and asks no DHCP server: another option 150 "
           "takes a reset. It reaches those that are registered.",
    .remedy = { .never = NEVER_BOOTS }
};

const struct act_row act_row_apply_config = {
    .name = "apply_config",
    .words = "Phone Configuration: Apply Config",
    .scope = ON_PHONES,
    .resets = true,
    .after = "Apply Config",
    .touches = TOUCHES_PHONES,
    .doc = "CallManager tells the phones, one after the other (200 a second), which configuration "
           "it has for them. One that has it already does nothing at all: it asks for no list "
           "either. Any other goes on as after `restart` (assumed: what CUCM has a phone take in "
           "service, without leaving its CallManager, is not told apart). It reaches those that "
           "are registered.",
    .remedy = { .never = NEVER_BOOTS }
};

const struct act_row act_row_reset_all = {
    .name = "reset",
    .words = "Enterprise Parameters: Reset",
    .scope = ON_CLUSTER,
    .resets = true,
    .after = "a reset",
    .touches = TOUCHES_PHONES,
    .run = reset_all,
    .doc = "Resets all phones registered at the cluster, one after the other "
           "(200 a second).",
    .remedy = { .never = NEVER_BOOTS }
};

const struct act_row act_row_reset_pool = {
    .name = "reset_pool",
    .words = "Device Pool: Reset",
    .scope = ON_CLUSTER,
    .resets = true,
    .after = "a reset",
    .args = { { ARG_POOL, "pool" } },
    .touches = TOUCHES_PHONES,
    .doc = "Resets the phones of a device pool that are registered at the cluster, one after the "
           "other (200 a second): by the pool that they have in the database now.",
    .warns = DROPS_CALLS,
    .others = "gateways, trunks and media resources of the device pool are reset as well",
    .remedy = { .never = NEVER_BOOTS }
};

const struct act_row act_row_reset_group = {
    .name = "reset_group",
    .words = "System: Cisco Unified CM Group: Reset",
    .scope = ON_CLUSTER,
    .resets = true,
    .after = "a reset",
    .args = { { ARG_GROUP, "group" } },
    .touches = TOUCHES_PHONES,
    .doc = "Resets the phones of all device pools that have this CallManager group and that are "
           "registered at the cluster, at whichever server, one after the other (200 a second).",
    .warns = DROPS_CALLS,
    .others = "gateways, trunks and media resources of those device pools are reset as well",
    .remedy = { .never = NEVER_BOOTS }
};

const struct act_row act_row_press = {
    .name = "press",
    .words = "a key of the phone",
    .scope = ON_PHONES,
    .args = { { ARG_KEY, "key" } },
    .touches = TOUCHES_PHONES,
    .doc = "Somebody presses a key on each phone.",
    .spread = true,
    .remedy = { .never = "a key shows what is lost, and mends nothing" }
};

#define ERASES "Keys of the model that erase CTL and ITL are sent to each phone over the network"

const struct act_row act_row_send_keys = {
    .name = "send_keys",
    .words = "CiscoIPPhoneExecute to http://PHONE/CGI/Execute",
    .scope = ON_PHONES,
    .spread = true,
    .touches = TOUCHES_PHONES,
    .doc = ERASES
    ". A phone takes them where its model does, its web server is on (Web Access), its settings "
    "are not restricted, and its authentication URL says that it may: where that is HTTPS the "
    "phone must trust the server, through TVS.",
    .remedy = { .narrow = 40,
                .name = "send-keys",
                .title = "keys sent",
                .how = "send the keys that erase the trust lists to the phone over the network "
                       "(CiscoIPPhoneExecute)",
                .everything = "send the keys that erase the trust lists to the phone over the "
                              "network (CiscoIPPhoneExecute)",
                .dear = true,
                .awake = true }
};

static bool has_tool(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    (void)a, (void)now_us;
    return cl->db.params[PARAM_THIRD_PARTY_KEYS] != 0 ||
           err_set(e,
                   "%s: nobody has a tool that presses keys without the authentication URL "
                   "(parameter \"third_party_keys\")",
                   cl->name);
}

const struct act_row act_row_third_party_keys = {
    .name = "third_party_keys",
    .words = "a tool of somebody else that presses keys",
    .scope = ON_PHONES,
    .spread = true,
    .touches = TOUCHES_PHONES,
    .can = has_tool,
    .doc = ERASES
    " by a tool that needs neither web server nor authentication URL, but a phone that is "
    "registered (assumed). Where the parameter `third_party_keys` says that somebody has one.",
    .remedy = { .narrow = 41,
                .name = "third-party-keys",
                .title = "keys sent",
                .how = "press the keys that erase the trust lists with a tool of somebody else",
                .everything = "press the keys that erase the trust lists with a tool of somebody "
                              "else",
                .dear = true,
                .awake = true }
};

const struct act_row act_row_delete_trust_list = {
    .name = "delete_trust_list",
    .words = "Settings, Security, Trust List: Erase",
    .scope = ON_PHONES,
    .after = "deleted by hand",
    .spread = true,
    .touches = TOUCHES_PHONES,
    .doc = "Somebody deletes CTL and ITL with the keys of the model. "
           "Hands on the phone. Where its settings are restricted the keys do nothing.",
    .remedy = { .narrow = 100,
                .needs = NEEDS_HANDS,
                .name = "hands",
                .title = "needs hands",
                .how = "somebody must delete the trust lists on the "
                       "phone itself" }
};

/* 128 bits, as digits in upper case (documented, manual key distribution). */

static bool can_enter_key(const struct cluster *cl, const struct act *a, uint64_t now_us,
                          struct err *e)
{
    const char *key = content_get_str(cl->env->content, (uint32_t)a->arg[0]);
    (void)now_us;
    return (strlen(key) == SYMMETRIC_DIGITS &&
            strspn(key, "0123456789ABCDEF") == SYMMETRIC_DIGITS) ||
           err_set(e, "%s: a symmetric key is %d hex digits in upper case, not \"%.40s\"", cl->name,
                   SYMMETRIC_DIGITS, key);
}

const struct act_row act_row_symmetric_key = {
    .name = "symmetric_key",
    .words = "Phone Configuration: Symmetric Key",
    .scope = ON_PHONES,
    .args = { { ARG_TEXT, "key" } },
    .touches = TOUCHES_CONFIG,
    .can = can_enter_key,
    .doc = "Puts a symmetric key on record for phones without certificate, 32 hex digits: TFTP "
           "encrypts their configuration with it where their profile says TFTP Encrypted Config.",
    .remedy = { .narrow = 5,
                .name = "symmetric-key",
                .title = "symmetric key",
                .how = "put the symmetric key on record that was typed in at the phone",
                .everything = "put the symmetric key on record that was typed in at the phone" }
};

const struct act_row act_row_type_key = {
    .name = "type_key",
    .words = "Settings, Security Configuration: Symmetric Key",
    .scope = ON_PHONES,
    .after = "a symmetric key typed in by hand",
    .args = { { ARG_TEXT, "key" } },
    .touches = TOUCHES_PHONES,
    .can = can_enter_key,
    .doc = "Somebody types a symmetric key in at each phone. Hands on the phone.",
    .remedy = { .narrow = 102,
                .needs = NEEDS_HANDS,
                .name = "type-key",
                .title = "needs hands",
                .how =
                    "somebody must type in the symmetric key of its page on the phone itself" }
};

const struct act_row act_row_factory_reset = {
    .name = "factory_reset",
    .words = "hold # while it starts, then 123456789*0#",
    .scope = ON_PHONES,
    .after = "reset to factory settings by hand",
    .spread = true,
    .touches = TOUCHES_PHONES,
    .doc =
        "Somebody resets each phone to its factory settings: CTL, ITL, LSC and configuration are "
        "gone. Hands on the phone, whatever its settings allow.",
    .remedy = { .narrow = 101,
                .needs = NEEDS_HANDS,
                .name = "factory-reset",
                .title = "needs hands",
                .how = "somebody must reset the phone to its factory settings" }
};

const struct act_row act_row_unplug = {
    .name = "unplug",
    .words = "the phone's cable, or the port of its switch",
    .scope = ON_PHONES,
    .spread = true,
    .touches = TOUCHES_PHONES,
    .doc = "Each phone loses power and has it again after ten seconds: it boots, whether CUCM "
           "reaches it or not.",
    .remedy = { .never = NEVER_BOOTS }
};

const struct act_row act_row_move = {
    .name = "move",
    .words = "DHCP option 150",
    .scope = ON_PHONES,
    .args = { { ARG_SERVER, "tftp" }, { ARG_SERVER, "tftp" } },
    .touches = TOUCHES_PHONES,
    .doc = "DHCP option 150 names these TFTP servers from now on. A phone uses them at "
           "its next boot.",
    .remedy = { .narrow = 6,
                .name = "option-150",
                .title = "option 150",
                .how = "point DHCP option 150 to {servers}" }
};

/* Each setting that can be turned off, as its row has it. */
static bool turned_off(const struct cluster *cl, uint32_t i, struct act *act)
{
    (void)cl;
    act->arg[0] = i;
    act->arg[1] = i < SETTINGS ? setting_table[i].off : 0;
    return i < SETTINGS;
}

/* Some kind of phones has it on. */
static bool is_on(const struct cluster *cl, const struct act *act)
{
    bool found = false;
    for (uint32_t k = 0; k < cl->db.class_count && !found; k++)
        found = setting_is_on(cl, &cl->db.classes[k], (enum setting)act->arg[0]);
    return found;
}

static bool gives_up(const struct act *act)
{
    (void)act;
    return true;
}

#define SETS                                                                                       \
    "set {0} of the phone to {1} (Phone Configuration, or Bulk Administration: Update Phones)"

const struct act_row act_row_set_phones = {
    .name = "set",
    .words = "Phone Configuration: Save; Bulk Administration: Update Phones",
    .scope = ON_PHONES,
    .args = { { ARG_SETTING, "setting" }, { ARG_CHOICE, "value" } },
    .touches = TOUCHES_CONFIG,
    .doc = "Changes a setting of the phones in the database of their cluster. A phone takes it "
           "with its next configuration, at a reset (Apply Config, Reset), and one that trusts "
           "the configuration no more never does.",
    .remedy = { .narrow = 7,
                .name = "set-phones",
                .title = "set phones",
                .how = SETS,
                .everything = SETS,
                .useful = is_on,
                .choice = turned_off,
                .gives_up = gives_up }
};

#define INSERTS "put the phone into the database of {cluster} (Bulk Administration: Insert Phones)"

const struct act_row act_row_insert = {
    .name = "insert",
    .words = "Bulk Administration: Insert Phones",
    .scope = ON_PHONES,
    .of_cluster = true,
    .args = { { ARG_SECURITY, "security" }, { ARG_POOL, "pool" } },
    .touches = TOUCHES_CONFIG,
    .doc = "Puts the phones into the database of another cluster as well, not secure where nothing "
           "else is said, so that they may move there (as an export and import does). An LSC stays "
           "on the phone; that cluster has none on record.",
    .remedy = { .narrow = 5,
                .name = "insert-phones",
                .title = "insert phones",
                .how = INSERTS,
                .everything = INSERTS }
};

const struct act_row act_row_delete_phones = {
    .name = "delete",
    .words = "Bulk Administration: Delete Phones",
    .scope = ON_PHONES,
    .of_cluster = true,
    .touches = TOUCHES_CONFIG,
    .doc = "Takes the phones out of the database of a cluster. Those that are registered there are "
           "reset and not taken again.",
    .remedy = { .never = NEVER_TAKES }
};
