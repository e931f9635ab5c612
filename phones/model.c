#include "phones/model.h"

#include <string.h>

#define KB64 65535u

/* Sources: Security by Default support and 64 KB: Cisco Security Guide 14 "Default Security"
 * (documented); 7940/7960 and Jabber without ITL and TVS: technote 118893 (documented); HTTP first
 * on 78xx/88xx: technote 214535 (observed on a 7821); TFTP on 79xx: technote 116232 (observed);
 * CTLFile.tlv never asked by a 7942 (observed), other orders assumed alike; newest TLS of each
 * family assumed from its age; device type numbers as CUCM's typemodel table has them (observed);
 * minutes to erase assumed. */
const struct model model_table[] = {
    /* name, product, agent, type, ctl, itl, ctl common, itl common, order, protocol, tls, dialect,
     * itl_max, minutes */
    { "7940", "Cisco 7940", "Cisco-CP7940G/8.0", 8, true, false, true, false, FETCH_TFTP, CNF_SCCP,
      MODEL_TLS_1_0, DIALECT_SECD, KB64, 4 },
    { "7960", "Cisco 7960", "Cisco-CP7960G/8.0", 7, true, false, true, false, FETCH_TFTP, CNF_SCCP,
      MODEL_TLS_1_0, DIALECT_SECD, KB64, 4 },
    { "7942", "Cisco 7942", "Cisco-CP7942G/9.3.1", 434, true, true, false, true, FETCH_TFTP,
      CNF_SCCP, MODEL_TLS_1_0, DIALECT_SECD, KB64, 3 },
    { "7965", "Cisco 7965", "Cisco-CP7965G/9.3.1", 436, true, true, false, true, FETCH_TFTP,
      CNF_SCCP, MODEL_TLS_1_0, DIALECT_SECD, KB64, 3 },
    { "7975", "Cisco 7975", "Cisco-CP7975G/9.3.1", 437, true, true, false, true, FETCH_TFTP,
      CNF_SCCP, MODEL_TLS_1_0, DIALECT_SECD, KB64, 3 },
    { "7821", "Cisco 7821", "Cisco-CP7821/12.1.1", 621, true, true, false, true, FETCH_HTTP_TFTP,
      CNF_SIP, MODEL_TLS_1_2, DIALECT_SECUREAPP, KB64, 3 },
    { "8845", "Cisco 8845", "Cisco-CP8845/12.1.1", 36216, true, true, false, true, FETCH_HTTP_TFTP,
      CNF_SIP, MODEL_TLS_1_2, DIALECT_SECUREAPP, KB64, 3 },
    { "8861", "Cisco 8861", "Cisco-CP8861/12.1.1", 684, true, true, false, true, FETCH_HTTP_TFTP,
      CNF_SIP, MODEL_TLS_1_2, DIALECT_SECUREAPP, KB64, 3 },
    { "8945", "Cisco 8945", "Cisco-CP8945/9.4.2", 585, true, true, false, true, FETCH_TFTP, CNF_SIP,
      MODEL_TLS_1_0, DIALECT_89XX, KB64, 3 },
    { "9971", "Cisco 9971", "Cisco-CP9971/9.4.2", 493, true, true, false, true, FETCH_HTTP_TFTP,
      CNF_SIP, MODEL_TLS_1_0, DIALECT_89XX, KB64, 3 },
    { "Jabber", "Cisco Unified Client Services Framework", "Cisco-CSF/12.5", 503, false, false,
      false, false, FETCH_HTTP_TFTP, CNF_SIP, MODEL_TLS_1_2, DIALECT_SECUREAPP, KB64, 1 },
};

const uint32_t model_count = sizeof model_table / sizeof model_table[0];

/* Exports name hardware revisions: "Cisco 7965G" is a 7965. */
static bool same_product(const char *product, const char *name)
{
    size_t n = strlen(product);
    return strncmp(product, name, n) == 0 &&
           (name[n] == '\0' || (strcmp(name + n, "G") == 0) || strcmp(name + n, "G-GE") == 0);
}

bool model_find(const char *name, uint8_t *index)
{
    for (uint32_t i = 0; i < model_count; i++) {
        if (same_product(model_table[i].name, name) || same_product(model_table[i].product, name)) {
            *index = (uint8_t)i;
            return true;
        }
    }
    return false;
}
