/* The rows of answers of web services; what they have in common is read by axl_walk.c. */
#include "sim/import/axl_impl.h"

static void read_answer(const struct said *s, const struct piece *p)
{
    (void)axl_file(s, p, false);
}

static bool is_kind(const struct piece *p, enum axl_kind kind)
{
    struct said nothing = { .facts = NULL };
    return p->command == NULL && axl_file(&nothing, p, true) == kind;
}

/* X(kind, sure, name, gives, source): a file is of the kind that comes first in it; the others in
 * it are read as well. */
#define ANSWERS(X)                                                                                 \
    X(AXL_PHONE, SURE_ANSWER, "AXL phones",                                                        \
      "listPhone, getPhone: name, model, description, device pool, protocol, security profile, "   \
      "load; of getPhone web and settings access, operation of CAPF",                              \
      "documented")                                                                                \
    X(AXL_REGISTRATION, SURE_ANSWER, "AXL registrations",                                          \
      "listRegistrationDynamic (11.5 and newer): who is on, who is off and since when, where it "  \
      "was registered",                                                                            \
      "documented")                                                                                \
    X(AXL_TVS, SURE_ANSWER, "AXL TVS store",                                                       \
      "listTvsCertificate, getTvsCertificate: what TVS knows, how long its answers live; of "      \
      "getTvsCertificate the roles that it answers",                                               \
      "documented; no answer was ever published")                                                  \
    X(AXL_GROUP, SURE_ANSWER, "AXL CallManager groups",                                            \
      "getCallManagerGroup: its members in their order; listCallManagerGroup: names alone",        \
      "documented")                                                                                \
    X(AXL_POOL, SURE_ANSWER, "AXL device pools", "listDevicePool: the group of each pool",         \
      "documented")                                                                                \
    X(AXL_NODE, SURE_ANSWER, "AXL nodes", "listProcessNode: nodes and who is the publisher",       \
      "documented")                                                                                \
    X(AXL_CALLMANAGER, SURE_ANSWER, "AXL CallManagers", "listCallManager: the node of each",       \
      "documented")                                                                                \
    X(AXL_PROFILE, SURE_ANSWER, "AXL security profiles",                                           \
      "listPhoneSecurityProfile: mode, encrypted configuration", "documented")                     \
    X(AXL_VERSION, SURE_ANSWER, "AXL version", "getCCMVersion: the version", "documented")         \
    X(AXL_SQL, SURE_ANSWER, "AXL SQL", "executeSQLQuery: what `run sql` gives", "documented")      \
    X(AXL_DEVICE, SURE_ANSWER, "RIS devices",                                                      \
      "selectCmDeviceExt: who is registered where, since when, with which load, web access",       \
      "observed")                                                                                  \
    X(AXL_SERVICE, SURE_ANSWER, "Control Center services",                                         \
      "soapGetServiceStatus: services of a node, and since when they run", "observed")             \
    X(AXL_IDENTITY, SURE_ANSWER, "certificate snapshot",                                           \
      "certmgr/config/snapshot/server (14 and newer): own certificates and trust stores of a "     \
      "node, with bytes",                                                                          \
      "observed in readers of it")                                                                 \
    X(AXL_FAULT, SURE_ANSWER, "SOAP fault", "nothing: an error in place of an answer",             \
      "documented")                                                                                \
    X(AXL_DOCTOR, SURE_BYTES, "cucmlab doctor",                                                    \
      "its --json: the certificate that TVS shows, the lists that are served, with bytes",         \
      "our own")

#define IS(kind, how_sure, called, what, from)                                                     \
    static bool is_##kind(const struct piece *p)                                                   \
    {                                                                                              \
        return is_kind(p, kind);                                                                   \
    }
ANSWERS(IS)

#define ROW(kind, how_sure, called, what, from)                                                    \
    { .name = (called),                                                                            \
      .gives = (what),                                                                             \
      .source = (from),                                                                            \
      .sure = (how_sure),                                                                          \
      .text = true,                                                                                \
      .is = is_##kind,                                                                             \
      .read = read_answer },
static const struct file_kind_row rows[] = { ANSWERS(ROW) };

const struct file_kind_rows kinds_axl = { rows, sizeof rows / sizeof *rows };
