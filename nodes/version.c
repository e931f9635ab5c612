#include "nodes/version.h"

#include <string.h>

#define R1 KEY_RSA_1024
#define R2 KEY_RSA_2048
#define E3 KEY_EC_P384
#define NO KEY_NONE

#define KEYS(ccm, ecdsa, tvs, capf, tomcat, itlr, ipsec)                                           \
    {                                                                                              \
        [OWN_CALLMANAGER] = ccm, [OWN_CALLMANAGER_ECDSA] = ecdsa, [OWN_TVS] = tvs,                 \
        [OWN_CAPF] = capf, [OWN_TOMCAT] = tomcat, [OWN_ITLRECOVERY] = itlr, [OWN_IPSEC] = ipsec    \
    }
#define KEYS_8  KEYS(R1, NO, R2, R1, R1, NO, R1)
#define KEYS_10 KEYS(R1, NO, R2, R1, R2, R1, R1)
#define KEYS_11 KEYS(R2, E3, R2, R2, R2, R2, R2)

#define CCM  OWN_CALLMANAGER
#define REC  OWN_ITLRECOVERY
#define NONE OWN_NONE

/* Columns and how sure they are:
 * itl signer, ctl signer and second SAST   documented: technote 214231, Security Guide 12.5 and 14
 * second SAST of a 10.x ITL                documented in part: technote 117598
 * localkey                                 12.0 on documented (Security Guide 14); before: inferred
 * publisher only: ITLRecovery              12.5 on documented (technote 214231); before: inferred
 * publisher only: CAPF                     14 on documented (Security Guide 14)
 * full TVS and CAPF records                8.x hashed observed (technote 116232); 12.5 on full
 *                                          inferred (64 KiB over 39 certificates); between: assumed
 * what restarts, resets by itself          14 on documented (Security Guide 14, technote 221070)
 * a new CTL served at once                 14 on documented (Security Guide 14); before: TFTP
 * restart CallManager uses a new certificate       14SU1 on documented (Security Guide 14) keys 8.x
 * and 10.5 observed (technotes 116232, 118893); 11.0 on assumed 2048; CallManager-ECDSA from 11.0
 *                                          documented
 * digest of certificates                   assumed: SHA-1 before 11.0
 * signer version (tag 28)                  assumed: none before 11.0, 1.0 from there */
const struct version version_table[] = {
    /* name, itl, itl 2nd, ctl, ctl 2nd, localkey, publisher only, full, tvs restarts, rebuilds, ctl
     * at once, ccm new, resets, keys, digest, tag 28 */
    { "8.0", CCM, NONE, NONE, NONE, NONE, 0, false, false, false, false, false, false, KEYS_8,
      DIGEST_SHA1, -1 },
    { "8.6", CCM, NONE, NONE, NONE, NONE, 0, false, false, false, false, false, false, KEYS_8,
      DIGEST_SHA1, -1 },
    { "9.1", CCM, NONE, NONE, NONE, NONE, 0, false, false, false, false, false, false, KEYS_8,
      DIGEST_SHA1, -1 },
    { "10.0", CCM, REC, CCM, NONE, REC, 0, false, false, false, false, false, false, KEYS_10,
      DIGEST_SHA1, -1 },
    { "10.5(1)", CCM, REC, CCM, NONE, REC, 0, false, false, false, false, false, false, KEYS_10,
      DIGEST_SHA1, -1 },
    { "10.5(2)", CCM, REC, CCM, REC, REC, 0, false, false, false, false, false, false, KEYS_10,
      DIGEST_SHA1, -1 },
    { "11.0", CCM, REC, CCM, REC, REC, 0, false, false, false, false, false, false, KEYS_11,
      DIGEST_SHA256, 0x0100 },
    { "11.5", CCM, REC, CCM, REC, REC, 0, false, false, false, false, false, false, KEYS_11,
      DIGEST_SHA256, 0x0100 },
    { "12.0", REC, CCM, REC, CCM, CCM, 0, false, false, false, false, false, false, KEYS_11,
      DIGEST_SHA256, 0x0100 },
    { "12.5", REC, CCM, REC, CCM, CCM, OWN_BIT(REC), true, false, false, false, false, false,
      KEYS_11, DIGEST_SHA256, 0x0100 },
    { "14", REC, CCM, REC, CCM, CCM, OWN_BIT(REC) | OWN_BIT(OWN_CAPF), true, true, true, true,
      false, true, KEYS_11, DIGEST_SHA256, 0x0100 },
    { "14SU1", REC, CCM, REC, CCM, CCM, OWN_BIT(REC) | OWN_BIT(OWN_CAPF), true, true, true, true,
      true, true, KEYS_11, DIGEST_SHA256, 0x0100 },
    { "14SU3", REC, CCM, REC, CCM, CCM, OWN_BIT(REC) | OWN_BIT(OWN_CAPF), true, true, true, true,
      true, true, KEYS_11, DIGEST_SHA256, 0x0100 },
    { "15", REC, CCM, REC, CCM, CCM, OWN_BIT(REC) | OWN_BIT(OWN_CAPF), true, true, true, true, true,
      true, KEYS_11, DIGEST_SHA256, 0x0100 },
};

const uint32_t version_count = sizeof version_table / sizeof version_table[0];

const struct version *version_find(const char *name)
{
    for (uint32_t i = 0; i < version_count; i++) {
        if (strcmp(version_table[i].name, name) == 0)
            return &version_table[i];
    }
    return NULL;
}
