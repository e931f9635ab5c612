#include "sim/core/mic.h"

/* Of the first the day is documented; the others are those of the certificates themselves
 * (observed). */
const struct mic_ca_row mic_cas[MIC_CAS] = {
    [MIC_CA_1] = { "Cisco_Manufacturing_CA", CONTENT_MIC_UNTIL_S },
    [MIC_CA_SHA2] = { "Cisco_Manufacturing_CA_SHA2", 2141643617 }, /* 2037-11-12 */
    [MIC_CAP_RTP_001] = { "CAP-RTP-001", 1675726593 },             /* 2023-02-06 */
    [MIC_CAP_RTP_002] = { "CAP-RTP-002", 1696969657 },             /* 2023-10-10 */
};

#define FIRST 0xffffff00u /* of indices that no content ever has */

uint32_t mic_of(enum mic_ca ca)
{
    return FIRST + (uint32_t)ca;
}

bool mic_is(uint32_t shown, enum mic_ca *ca)
{
    bool numbered = shown >= FIRST && shown < FIRST + MIC_CAS;
    *ca = numbered ? (enum mic_ca)(shown - FIRST) : MIC_CA_1;
    return numbered || shown == CONTENT_MIC;
}
