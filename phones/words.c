/* The words on a phone's display: status messages and restart causes, in the dialect of its family.
 * Wording: Cisco IP Phone 8800 and 7832 guides (documented), 79xx (field reports), 8945 (observed).
 */
#include "phones/phone.h"

#include <stdio.h>

static const char *const secureapp[STATUS_MESSAGES] = {
    [STATUS_CTL_AND_ITL_INSTALLED] = "CTL and ITL installed",
    [STATUS_CTL_INSTALLED] = "CTL Installed",
    [STATUS_ITL_INSTALLED] = "ITL installed",
    [STATUS_TRUST_LIST_UPDATED] = "Trust List updated",
    [STATUS_TRUST_LIST_UPDATE_FAILED] = "Trust List update failed",
    [STATUS_NO_TRUST_LIST] = "No Trust List installed",
    [STATUS_ERASING] = "Erasing CTL and ITL files",
    [STATUS_FILE_NOT_FOUND] = "File Not Found <%s>",
    [STATUS_TFTP_TIMEOUT] = "TFTP timeout : %s",
    [STATUS_TFTP_ERROR] = "TFTP error : %s",
    [STATUS_FILE_REFUSED] = "File auth error : %s",
    [STATUS_CONFIG_USED] = "%s",
    [STATUS_SIZE_ERROR] = "CFG TFTP Size Error : %s",
    [STATUS_RESTART_REQUESTED] = "Restart requested by Cisco Unified Communications Manager",
    [STATUS_HOST_NOT_FOUND] = "Host Not Found",
    [STATUS_DOT1X_FAILED] = "802.1x Authentication: Failed",
};

/* What other families say differently; NULL: the same. */
static const char *const secd[STATUS_MESSAGES] = {
    [STATUS_TRUST_LIST_UPDATE_FAILED] = "Trust List Update Failed",
    [STATUS_NO_TRUST_LIST] = "No Trust List Installed",
    [STATUS_TFTP_TIMEOUT] = "TFTP Timeout : %s",
    [STATUS_TFTP_ERROR] = "TFTP Error : %s",
    [STATUS_FILE_REFUSED] = "File Auth Failed : %s",
    [STATUS_SIZE_ERROR] = "TFTP Size Error : %s",
};

static const char *const d89xx[STATUS_MESSAGES] = {
    [STATUS_TRUST_LIST_UPDATE_FAILED] = "Trust List Update Failed",
    [STATUS_FILE_REFUSED] = "invalid file %s, authenticated fail. Reason:14.",
};

void phone_status_text(enum status_message m, uint8_t model, const char *file, char out[160])
{
    static const char *const *const dialects[] = {
        [DIALECT_SECD] = secd, [DIALECT_SECUREAPP] = secureapp, [DIALECT_89XX] = d89xx
    };
    const char *text = dialects[model_table[model].dialect][m];
    if (text == NULL)
        text = secureapp[m];
    size_t n = 0;
    for (const char *p = text; *p != '\0' && n + 1 < 160; p++) {
        if (p[0] == '%' && p[1] == 's') {
            for (const char *f = file; *f != '\0' && n + 1 < 160; f++)
                out[n++] = *f;
            p++;
        } else {
            out[n++] = *p;
        }
    }
    out[n] = '\0';
}

const char *phone_cause_name(enum restart_cause cause)
{
    static const char *const names[CAUSES] = { "Initialized",   "Reset-Reset",  "KeepaliveTO",
                                               "CM-closed-TCP", "Failback",     "Phone-Keypad",
                                               "Power off",     "Reset-Restart" };
    return names[cause];
}
