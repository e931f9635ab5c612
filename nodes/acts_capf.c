/* Acts on the certificates of phones: what a phone's page orders of CAPF. */
#include "nodes/acts_impl.h"
#include "nodes/capf.h"
#include "nodes/serve.h"
#include "sim/core/mic.h"
#include "sim/wire/capf.h"

#include <string.h>

#define PAGE "Phone Configuration, Certification Authority Proxy Function (CAPF) Information: "
#define ORDER                                                                                      \
    {                                                                                              \
        { ARG_NUMBER, "key_size" }, { ARG_NUMBER, "days" }, { ARG_STRING, "string" },              \
        {                                                                                          \
            ARG_CAPF_MODE, "by"                                                                    \
        }                                                                                          \
    }
#define ORDER_DOC                                                                                  \
    " The phone learns of it with its next configuration (reset it), and goes to CAPF by itself: " \
    "a secure phone before it registers, any other once it is registered. By Authentication "      \
    "String somebody must enter the string on the phone (`enter_string`). `days` until Operation " \
    "Completes By (10 where it is left out), `key_size` in bits (2048); `cluster`: whose page, "   \
    "where "                                                                                       \
    "it is not that of the phones."

enum { ARG_OF_KEY, ARG_OF_DAYS, ARG_OF_STRING, ARG_OF_MODE };

/* 4 to 10 digits (documented). */
static bool is_string(const struct content *c, uint64_t text)
{
    const char *s = text == 0 ? "" : content_get_str(c, (uint32_t)text);
    size_t n = strlen(s);
    return n >= 4 && n <= 10 && strspn(s, "0123456789") == n;
}

static bool can_order(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    static const uint64_t sizes[] = { 0, 512, 1024, 2048, 3072, 4096 };
    bool known = false;
    (void)now_us;
    if (cl->version->key[OWN_CAPF] == KEY_NONE)
        return err_set(e, "%s: version %s has no CAPF", cl->name, cl->version->name);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        known = known || a->arg[ARG_OF_KEY] == sizes[i];
    if (!known)
        return err_set(e, "%s: a key size of 512, 1024, 2048, 3072 or 4096 bits is expected",
                       cl->name);
    if (a->arg[ARG_OF_DAYS] > 3650)
        return err_set(e, "%s: at most 3650 days until the operation is to be completed", cl->name);
    return acts_capf_mode(a->arg[ARG_OF_MODE]) != CAPF_AUTH_PASSWORD ||
           is_string(cl->env->content, a->arg[ARG_OF_STRING]) ||
           err_set(e, "%s: an authentication string of 4 to 10 digits is expected", cl->name);
}

/* In the order of the words of ARG_CAPF_MODE; the first is the one where nothing is said. */
uint8_t acts_capf_mode(uint64_t word)
{
    static const uint8_t modes[ACT_CAPF_MODES] = { CAPF_AUTH_NULL_STRING, CAPF_AUTH_PASSWORD,
                                                   CAPF_AUTH_LSC, CAPF_AUTH_MIC };
    return modes[word];
}

bool acts_order(struct cluster *cl, uint32_t device, const struct act *a, uint64_t now_us,
                struct err *e)
{
    static const uint8_t operations[ACTS] = { [DO_INSTALL_LSC] = CAPF_INSTALL,
                                              [DO_DELETE_LSC] = CAPF_DELETE,
                                              [DO_TROUBLESHOOT_LSC] = CAPF_TROUBLESHOOT };
    uint64_t days = a->arg[ARG_OF_DAYS], bits = a->arg[ARG_OF_KEY];
    struct capf_order order = { .operation = operations[a->kind],
                                .by = acts_capf_mode(a->arg[ARG_OF_MODE]),
                                .bits = (uint16_t)(bits == 0 ? 2048 : bits),
                                .string = (uint32_t)a->arg[ARG_OF_STRING] };
    return capf_order(cl, device, order, days == 0 ? CAPF_DAYS : (uint32_t)days, now_us, e);
}

/* ---- as a remedy ---- */

static bool wants_certificate(const struct cluster *cl, const struct device_class *k)
{
    return (cl->db.mixed_mode && k->security_mode >= CNF_AUTHENTICATED) || k->encrypted ||
           k->dot1x || k->vpn;
}

bool acts_want_certificate(const struct cluster *cl)
{
    bool wanted = false;
    for (uint32_t i = 0; i < cl->db.class_count && !wanted; i++)
        wanted = wants_certificate(cl, &cl->db.classes[i]);
    return wanted;
}

/* CAPF answers, and some phone shows a certificate somewhere. */
static bool install_helps(const struct cluster *cl, const struct act *a)
{
    (void)a;
    return acts_want_certificate(cl) && serve_running(cl, 0, SERVICE_CAPF);
}

/* By null string alone: what nobody has to be there for, and what needs no certificate. */
static bool by_null_string(const struct cluster *cl, uint32_t i, struct act *act)
{
    (void)cl;
    memset(act->arg, 0, sizeof act->arg);
    return i == 0;
}

const struct act_row act_row_install_lsc = {
    .name = "install_lsc",
    .words = PAGE "Install/Upgrade",
    .scope = ON_PHONES,
    .args = ORDER,
    .touches = TOUCHES_CONFIG,
    .can = can_order,
    .doc = "CAPF issues a new LSC to the phones, in place of the one that they have." ORDER_DOC,
    .remedy = { .narrow = 7,
                .name = "install-lsc",
                .title = "install an LSC",
                .how = "have CAPF of {cluster} install the LSC anew (Phone Configuration: "
                       "Install/Upgrade, "
                       "By Null String)",
                .useful = install_helps,
                .choice = by_null_string }
};

const struct act_row act_row_delete_lsc = {
    .name = "delete_lsc",
    .words = PAGE "Delete",
    .scope = ON_PHONES,
    .args = ORDER,
    .touches = TOUCHES_CONFIG,
    .can = can_order,
    .doc = "CAPF deletes the phones' LSC." ORDER_DOC,
    .remedy = { .never = "`install_lsc` puts a good one in its place" }
};

const struct act_row act_row_troubleshoot_lsc = {
    .name = "troubleshoot_lsc",
    .words = PAGE "Troubleshoot",
    .scope = ON_PHONES,
    .args = ORDER,
    .touches = TOUCHES_CONFIG,
    .can = can_order,
    .doc = "CAPF has the phones show their LSC or MIC." ORDER_DOC,
    .remedy = { .never = "it only looks" }
};

const struct act_row act_row_enter_string = {
    .name = "enter_string",
    .words = "Settings, Security Configuration, LSC: Update",
    .scope = ON_PHONES,
    .spread = true,
    .args = { { ARG_TEXT, "string" } },
    .touches = TOUCHES_PHONES,
    .doc = "Somebody enters this authentication string on each phone, which goes to CAPF with it. "
           "Hands on the phone; one that is busy takes none.",
    .remedy = { .never = "hands on the phone, where `install_lsc` by null string needs none" }
};

/* ---- the CAs of MICs ---- */

static bool is_gone(const struct cluster *cl, const struct act *a)
{
    return (cl->db.mic_cas_gone[a->arg[0]] & MIC_CA_BIT(a->arg[1])) != 0;
}

static bool holds_mic_cas(const struct cluster *cl, const struct act *a, struct err *e)
{
    return a->arg[0] == STORE_CALLMANAGER_TRUST || a->arg[0] == STORE_CAPF_TRUST ||
           err_set(e, "%s: %s does not hold the CAs of MICs", cl->name,
                   store_name((enum store)a->arg[0]));
}

static bool can_delete(const struct cluster *cl, const struct act *a, uint64_t now_us,
                       struct err *e)
{
    (void)now_us;
    return holds_mic_cas(cl, a, e) &&
           (!is_gone(cl, a) || err_set(e, "%s: %s does not hold %s", cl->name,
                                       store_name((enum store)a->arg[0]), mic_cas[a->arg[1]].name));
}

static void delete_mic_ca(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    cl->db.mic_cas_gone[a->arg[0]] |= (uint8_t)MIC_CA_BIT(a->arg[1]);
}

static bool can_upload(const struct cluster *cl, const struct act *a, uint64_t now_us,
                       struct err *e)
{
    (void)now_us;
    return holds_mic_cas(cl, a, e) &&
           (is_gone(cl, a) || err_set(e, "%s: %s holds %s already", cl->name,
                                      store_name((enum store)a->arg[0]), mic_cas[a->arg[1]].name));
}

static void upload_mic_ca(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    cl->db.mic_cas_gone[a->arg[0]] &= (uint8_t)~MIC_CA_BIT(a->arg[1]);
}

/* Those that can be uploaded are those that are gone. */
static bool each_mic_ca(const struct cluster *cl, uint32_t i, struct act *act)
{
    (void)cl;
    act->arg[0] = i / MIC_CAS % 2 == 0 ? STORE_CALLMANAGER_TRUST : STORE_CAPF_TRUST;
    act->arg[1] = i % MIC_CAS;
    return i < 2 * MIC_CAS;
}

const struct act_row act_row_delete_mic_ca = {
    .name = "delete_mic_ca",
    .words = "OS Administration, Certificate Management: Delete",
    .scope = ON_CLUSTER,
    .args = { { ARG_STORE, "store" }, { ARG_MIC_CA, "ca" } },
    .touches = TOUCHES_CERTIFICATES,
    .run = delete_mic_ca,
    .can = can_delete,
    .doc = "Deletes a CA that signed MICs from CallManager-trust or CAPF-trust, where all of them "
           "lie from the beginning on. CallManager, or CAPF, does not take its MICs any more.",
    .remedy = { .never = NEVER_TAKES }
};

const struct act_row act_row_upload_mic_ca = {
    .name = "upload_mic_ca",
    .words = "OS Administration, Certificate Management: Upload",
    .scope = ON_CLUSTER,
    .args = { { ARG_STORE, "store" }, { ARG_MIC_CA, "ca" } },
    .touches = TOUCHES_CERTIFICATES,
    .run = upload_mic_ca,
    .can = can_upload,
    .doc = "Uploads one that was deleted there.",
    .remedy = { .narrow = 6,
                .name = "upload-mic-ca",
                .title = "upload a CA",
                .how = "upload {1} to {0}",
                .choice = each_mic_ca }
};
