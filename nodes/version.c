#include "nodes/version.h"

#include "nodes/kinds.h"

#include <stdio.h>
#include <string.h>

#define R1 KEY_RSA_1024
#define R2 KEY_RSA_2048
#define E3 KEY_EC_P384
#define NO KEY_NONE

#define KEYS(ccm, ecdsa, tvs, capf, tomcat, tomcat_ecdsa, itlr, ipsec)                             \
    .key = { [OWN_CALLMANAGER] = ccm,  [OWN_CALLMANAGER_ECDSA] = ecdsa,                            \
             [OWN_TVS] = tvs,          [OWN_CAPF] = capf,                                          \
             [OWN_TOMCAT] = tomcat,    [OWN_TOMCAT_ECDSA] = tomcat_ecdsa,                          \
             [OWN_ITLRECOVERY] = itlr, [OWN_IPSEC] = ipsec }

#define CCM  OWN_CALLMANAGER
#define REC  OWN_ITLRECOVERY
#define NONE OWN_NONE

#define SIGN(itl, itl_2nd, ctl, ctl_2nd, key)                                                      \
    .itl_signer = itl, .itl_second_sast = itl_2nd, .ctl_signer = ctl, .ctl_second_sast = ctl_2nd,  \
    .localkey = key

/* What came with a release and stayed; a row of the table may say otherwise of its own. */
#define IS_SBD .cucm = true, .sbd = true
#define MADE_8                                                                                     \
    IS_SBD, KEYS(R1, NO, R2, R1, R1, NO, NO, R1), .cert_digest = DIGEST_SHA1,                      \
                                                  .signer_version = -1, .token_ctl = TOKENS_ALONE, \
                                                  .ipsec_usage = true, .old_bulk = true
#define MADE_10                                                                                    \
    IS_SBD, KEYS(R1, NO, R2, R1, R2, NO, R1, R1),                                                  \
        .cert_digest = DIGEST_SHA1, .signer_version = -1, .recovery_years = 5,                     \
        .ipsec_usage = true, .shows_checksums = true, .token_ctl = TOKENS_ALONE
#define MADE_EC(tomcat_ecdsa)                                                                      \
    IS_SBD, KEYS(R2, E3, R2, R2, R2, tomcat_ecdsa, R2, R2),                                        \
        .cert_digest = DIGEST_SHA256, .signer_version = 0x0100, .shows_checksums = true
#define MADE_11   MADE_EC(NO)
#define MADE_11_5 MADE_EC(E3)
#define YEARS_5   .recovery_years = 5
#define YEARS_20  .recovery_years = 20
#define DOES_11   DOES_10_5, .deletes = DELETED_EITHER, .standard_from = "10.0"
#define DOES_11_5 DOES_11, .auto_registers_mixed = true
#define DOES_12_0                                                                                  \
    DOES_10_5, .auto_registers_mixed = true, .deletes = DELETED_EVERYWHERE, .asks_licence = true
#define DOES_12_5                                                                                  \
    DOES_12_0, .publisher_only = OWN_BIT(REC), .full_records = true, .rollback_by_itself = true,   \
               .standard_from = "12.5"
#define SINCE_8_6 .has_fips = true, .keeps_itl = true
#define DOES_10_5 SINCE_8_6, .multi_server = true
#define DOES_14                                                                                    \
    DOES_12_0, .publisher_only = OWN_BIT(REC) | OWN_BIT(OWN_CAPF), .full_records = true,           \
               .restarts = OWN_BIT(OWN_TVS) | OWN_BIT(OWN_CAPF), .ctl_served = CTL_AT_ONCE,        \
               .itl_rebuilds = true, .resets_phones = true, .ctl_update_resets = true,             \
               .rollback_by_itself = true, .one_per_name = true, .reuses_tomcat = true,            \
               .years_set = true, .itl_status = true, .shares_also = OWN_BIT(OWN_TVS),             \
               .self_signed_shared = true, .standard_from = "12.5"
#define DOES_14SU1 DOES_14, .ccm_uses_new = true
#define DOES_15                                                                                    \
    DOES_14SU1, .refuses_own_subject = true, .drops_expired = true, .upgrades_from = "12.5"
#define BESIDE  .token_ctl = TOKENS_BESIDE
#define LSC_2   .lsc_sha256 = true
#define HAS_1_2 .tls_newest = 2
#define TLS_1_2 HAS_1_2, .tls_highest = 2
#define TLS_1_3 .tls_highest = 3, .tls_oldest = 2, .tls_newest = 3

const struct version version_table[] = {
    { "8.0", SIGN(CCM, NONE, NONE, NONE, NONE), MADE_8, .standard_from = "7.1" },
    { "8.6", SIGN(CCM, NONE, NONE, NONE, NONE), MADE_8, SINCE_8_6, .standard_from = "8.6" },
    { "9.1", SIGN(CCM, NONE, NONE, NONE, NONE), MADE_8, SINCE_8_6, .shows_checksums = true,
      .standard_from = "8.6" },
    { "10.0", SIGN(CCM, REC, CCM, NONE, REC), MADE_10, SINCE_8_6, .standard_from = "10.0" },
    { "10.5(1)", SIGN(CCM, REC, CCM, NONE, REC), MADE_10, DOES_10_5, .standard_from = "10.0" },
    { "10.5(2)", SIGN(CCM, REC, CCM, REC, REC), MADE_10, DOES_10_5, .standard_from = "10.0",
      HAS_1_2 },
    { "11.0", SIGN(CCM, REC, CCM, REC, REC), MADE_11, HAS_1_2, YEARS_5, DOES_11,
      .token_ctl = TOKENS_ALONE },
    { "11.5", SIGN(CCM, REC, CCM, REC, REC), MADE_11_5, HAS_1_2, YEARS_5, DOES_11_5, BESIDE },
    { "11.5(1)SU1", SIGN(CCM, REC, CCM, REC, REC), MADE_11_5, HAS_1_2, YEARS_5, LSC_2, DOES_11_5,
      BESIDE },
    { "11.5(1)SU3", SIGN(CCM, REC, CCM, REC, REC), MADE_11_5, YEARS_5, LSC_2, TLS_1_2, DOES_11_5,
      BESIDE },
    { "12.0", SIGN(REC, CCM, REC, CCM, CCM), MADE_11_5, YEARS_20, LSC_2, TLS_1_2,
      .ctl_served = CTL_EITHER, DOES_12_0, .standard_from = "10.0", BESIDE },
    { "12.5", SIGN(REC, CCM, REC, CCM, CCM), MADE_11_5, YEARS_20, LSC_2, TLS_1_2,
      .ctl_served = CTL_EITHER, DOES_12_5, .renews_itlrecovery = true, BESIDE },
    { "12.5(1)SU3", SIGN(REC, CCM, REC, CCM, CCM), MADE_11_5, YEARS_20, LSC_2, TLS_1_2,
      .ctl_served = CTL_EITHER, DOES_12_5, BESIDE },
    { "12.5(1)SU6", SIGN(REC, CCM, REC, CCM, CCM), MADE_11_5, YEARS_20, LSC_2, TLS_1_2,
      .ctl_served = CTL_EITHER, DOES_12_5, .one_per_name = true, .drops_expired = true, BESIDE },
    { "14", SIGN(REC, CCM, REC, CCM, CCM), MADE_11_5, LSC_2, TLS_1_2, DOES_14, BESIDE },
    { "14SU1", SIGN(REC, CCM, REC, CCM, CCM), MADE_11_5, LSC_2, TLS_1_2, DOES_14SU1, BESIDE },
    { "14SU2", SIGN(REC, CCM, REC, CCM, CCM), MADE_11_5, LSC_2, TLS_1_2, DOES_14SU1,
      .drops_expired = true, BESIDE },
    { "14SU3", SIGN(REC, CCM, REC, CCM, CCM), MADE_11_5, LSC_2, TLS_1_2, DOES_14SU1,
      .drops_expired = true },
    { "15", SIGN(REC, CCM, REC, CCM, CCM), MADE_11_5, LSC_2, TLS_1_2, DOES_15 },
    { "15SU2", SIGN(REC, CCM, REC, CCM, CCM), MADE_11_5, LSC_2, TLS_1_3, DOES_15 },
};

const uint32_t version_count = sizeof version_table / sizeof version_table[0];

/* 7.1: its certificates as in 8.x without TVS (assumed); a CTL there is made with tokens alone. */
const struct version other_versions[] = {
    { "7.1", SIGN(NONE, NONE, NONE, NONE, NONE), KEYS(R1, NO, NO, R1, R1, NO, NO, R1), .cucm = true,
      .token_ctl = TOKENS_ALONE, .cert_digest = DIGEST_SHA1, .signer_version = -1,
      .doc = "CUCM before Security By Default, whatever 7.1(x) (D, 116232): no ITL, no TVS, no "
             "secured URLs; signed "
             "files in mixed mode alone, whose CTL takes tokens" },
    { "file server", SIGN(NONE, NONE, NONE, NONE, NONE), KEYS(NO, NO, NO, NO, NO, NO, NO, NO),
      .signer_version = -1,
      .doc = "no CUCM: a TFTP server with a plain SEP<MAC>.cnf.xml for each phone that is inserted "
             "there and an XMLDefault.cnf.xml, and beside it whoever registers its phones (CME, "
             "Asterisk) as \"Cisco CallManager\"; no certificate, no list, no URL (A)" },
};

const uint32_t other_version_count = sizeof other_versions / sizeof other_versions[0];

bool version_later(const struct version *v, const struct version *than)
{
    bool other = than >= other_versions && than < other_versions + other_version_count;
    return other ? v->sbd && than->cucm : v > than;
}

bool version_refreshes(const struct version *from, const struct version *to)
{
    return to->standard_from != NULL && version_later(version_find(to->standard_from), from);
}

/* ---- names ---- */

/* Majors and minors of which there were releases; from 14 on there is no minor. */
static const uint8_t trains[][2] = { { 8, 0 },  { 8, 5 },  { 8, 6 },  { 9, 0 },  { 9, 1 },
                                     { 10, 0 }, { 10, 5 }, { 11, 0 }, { 11, 5 }, { 12, 0 },
                                     { 12, 5 }, { 14, 0 }, { 15, 0 } };

/* The number that begins there, of two digits at most, and a letter behind it ("SU4a", "(1a)").
 * Above 99: there is none. */
static uint32_t read_number(const char **at, bool letter)
{
    const char *p = *at;
    uint32_t n = 0;
    while (*p >= '0' && *p <= '9' && p - *at < 2)
        n = 10 * n + (uint32_t)(*p++ - '0');
    if (p == *at)
        return UINT32_MAX;
    *at = p + (letter && *p >= 'a' && *p <= 'z');
    return n;
}

/* "12.5(1)SU3": 12, 5, 1, 3; later releases are greater.  0: it does not read as one. */
static uint32_t release_of(const char *name)
{
    uint32_t part[4] = { 0, 0, 1, 0 };
    part[0] = read_number(&name, false);
    bool dotted = part[0] < 14;
    if (dotted && *name++ != '.')
        return 0;
    if (dotted)
        part[1] = read_number(&name, false);
    if (dotted && *name == '(') {
        name++;
        part[2] = read_number(&name, true);
        if (*name++ != ')')
            return 0;
    }
    if (strncmp(name, "SU", 2) == 0) {
        name += 2;
        part[3] = read_number(&name, true);
    }
    if (part[0] > 99 || part[1] > 99 || part[2] - 1 > 98 || part[3] > 99 || *name != '\0')
        return 0;
    return part[0] << 24 | part[1] << 16 | part[2] << 8 | part[3];
}

const struct version *version_find(const char *name)
{
    const struct version *found = NULL;
    for (uint32_t i = 0; i < other_version_count; i++) {
        if (strcmp(other_versions[i].name, name) == 0)
            return &other_versions[i];
    }
    uint32_t release = release_of(name);
    bool known = false;
    if (release >> 16 == (7 << 8 | 1)) /* "7.1(5)": beside the table, all of them alike */
        return version_find("7.1");
    for (size_t i = 0; i < sizeof trains / sizeof trains[0]; i++)
        known = known || release >> 16 == (uint32_t)(trains[i][0] << 8 | trains[i][1]);
    for (uint32_t i = 0; i < version_count && known; i++) {
        if (release_of(version_table[i].name) <= release)
            found = &version_table[i];
    }
    return found;
}

/* ---- in words ---- */

static void put(char out[VERSION_CELL], const char *text)
{
    snprintf(out, VERSION_CELL, "%s", text);
}

static void put_own(char out[VERSION_CELL], uint8_t own)
{
    put(out, own == OWN_NONE ? "none" : own_name((enum own)own));
}

static void put_owns(char out[VERSION_CELL], uint32_t owns)
{
    put(out, owns == 0 ? "none" : "");
    for (int i = 0; i < OWNS; i++) {
        size_t n = strlen(out);
        if ((owns & OWN_BIT(i)) != 0)
            snprintf(out + n, VERSION_CELL - n, "%s%s", n == 0 ? "" : ", ", own_name((enum own)i));
    }
}

#define PRINTS(name, statement)                                                                    \
    static void name(const struct version *v, uint8_t own, char out[VERSION_CELL])                 \
    {                                                                                              \
        (void)own;                                                                                 \
        statement;                                                                                 \
    }

PRINTS(itl_signer, put_own(out, v->itl_signer))
PRINTS(itl_second, put_own(out, v->itl_second_sast))
PRINTS(ctl_signer, put_own(out, v->ctl_signer))
PRINTS(ctl_second, put_own(out, v->ctl_second_sast))
PRINTS(localkey, put_own(out, v->localkey))
PRINTS(publisher_only, put_owns(out, v->publisher_only))
PRINTS(records, put(out, v->full_records ? "certificate" : "hash"))
PRINTS(restarts, put_owns(out, v->restarts))
PRINTS(itl_rebuilt, put(out, v->itl_rebuilds ? "by itself" : "when TFTP starts"))
PRINTS(ccm_takes, put(out, v->ccm_uses_new ? "by itself" : "when it starts"))
PRINTS(resets, put(out, v->resets_phones ? "by itself" : "by hand"))
PRINTS(update_resets, put(out, v->ctl_update_resets ? "by itself" : "by hand"))
PRINTS(rollback, put(out, v->rollback_by_itself ? "by itself" : "when TFTP starts; reset by hand"))
PRINTS(own_subject, put(out, v->refuses_own_subject ? "refused" : "taken"))
PRINTS(per_name, put(out, v->one_per_name ? "one" : "`one_per_name`"))
PRINTS(self_shared, put(out, v->self_signed_shared ? "yes" : "no"))
PRINTS(reuse, put(out, v->reuses_tomcat ? "yes" : "no"))
PRINTS(keeps, put(out, v->keeps_itl ? "kept for Cisco TAC" : "no"))
PRINTS(fips, put(out, v->has_fips ? "yes" : "no"))
PRINTS(upgrades_from, put(out, v->upgrades_from == NULL ? "anywhere" : v->upgrades_from))
PRINTS(standard_from, put(out, v->standard_from))
PRINTS(recovery_upgraded, put(out, v->renews_itlrecovery ? "`fn70613`" : "kept"))
PRINTS(server_years, put(out, v->years_set ? "`tls_certificate_years`" : "5 years"))
PRINTS(checksums, put(out, v->shows_checksums ? "yes" : "`cscTo60209`"))
PRINTS(expired, put(out, v->drops_expired ? "left behind" : "kept"))
PRINTS(licence, put(out, v->asks_licence ? "yes" : "no"))
PRINTS(itl_status, put(out, v->itl_status ? "yes" : "no"))
PRINTS(lsc_digest, put(out, v->lsc_sha256 ? "SHA-256" : "SHA-1"))
PRINTS(auto_mixed, put(out, v->auto_registers_mixed ? "as without" : "off"))
PRINTS(bulk, put(out, v->old_bulk ? "of 8.x and 9.x" : "of 10.0 on"))
PRINTS(usages, put(out, v->ipsec_usage ? "server, client, IPsec" : "server, client"))
PRINTS(digest, put(out, v->cert_digest == DIGEST_SHA1 ? "SHA-1" : "SHA-256"))

static void tls_highest(const struct version *v, uint8_t own, char out[VERSION_CELL])
{
    (void)own;
    put(out, "none");
    if (v->tls_highest != 0)
        snprintf(out, VERSION_CELL, "up to 1.%u", v->tls_highest);
}

static void tls_oldest(const struct version *v, uint8_t own, char out[VERSION_CELL])
{
    (void)own;
    snprintf(out, VERSION_CELL, "1.%u", v->tls_oldest);
}

static void tls_newest(const struct version *v, uint8_t own, char out[VERSION_CELL])
{
    (void)own;
    snprintf(out, VERSION_CELL, "1.%u", v->tls_newest);
}

static void deletes(const struct version *v, uint8_t own, char out[VERSION_CELL])
{
    static const char *const words[] = { [DELETED_HERE] = "from that node",
                                         [DELETED_EITHER] = "`deletes_on_one_node`",
                                         [DELETED_EVERYWHERE] = "from every node" };
    (void)own;
    put(out, words[v->deletes]);
}

static void token_ctl(const struct version *v, uint8_t own, char out[VERSION_CELL])
{
    static const char *const words[] = { [TOKENS_NONE] = "none",
                                         [TOKENS_ALONE] = "tokens",
                                         [TOKENS_BESIDE] = "tokens, ITLRecovery, CallManager" };
    (void)own;
    put(out, words[v->token_ctl]);
}

static void shared(const struct version *v, uint8_t own, char out[VERSION_CELL])
{
    uint32_t kinds = 0;
    (void)own;
    for (int i = 0; i < OWNS && v->multi_server; i++) {
        if (v->key[i] != KEY_NONE)
            kinds |= own_kinds[i].shared ? OWN_BIT(i) : v->shares_also & OWN_BIT(i);
    }
    put_owns(out, kinds);
}

static void ctl_served(const struct version *v, uint8_t own, char out[VERSION_CELL])
{
    static const char *const words[] = { [CTL_AT_START] = "when TFTP starts",
                                         [CTL_EITHER] = "`ctl_served_at_once`",
                                         [CTL_AT_ONCE] = "at once" };
    (void)own;
    put(out, words[v->ctl_served]);
}

static void mode_taken(const struct version *v, uint8_t own, char out[VERSION_CELL])
{
    if (v->ctl_served == CTL_AT_START)
        put(out, "when it starts");
    else
        ctl_served(v, own, out);
}

static void recovery_years(const struct version *v, uint8_t own, char out[VERSION_CELL])
{
    (void)own;
    put(out, v->years_set ? "`itlrecovery_years`" : "none");
    if (v->recovery_years != 0)
        snprintf(out, VERSION_CELL, "%u years", v->recovery_years);
}

static void key(const struct version *v, uint8_t own, char out[VERSION_CELL])
{
    static const char *const names[KEY_TYPES] = {
        [KEY_RSA_1024] = "RSA 1024", [KEY_RSA_2048] = "RSA 2048", [KEY_RSA_3072] = "RSA 3072",
        [KEY_RSA_4096] = "RSA 4096", [KEY_EC_P256] = "P-256",     [KEY_EC_P384] = "P-384",
        [KEY_EC_P521] = "P-521"
    };
    put(out, v->key[own] < KEY_TYPES ? names[v->key[own]] : "none");
}

static void signer_version(const struct version *v, uint8_t own, char out[VERSION_CELL])
{
    (void)own;
    put(out, "none");
    if (v->signer_version >= 0)
        snprintf(out, VERSION_CELL, "%d.%d", v->signer_version >> 8, v->signer_version & 0xff);
}

/* ---- how sure, and from where ---- */

#define D DOCUMENTED
#define O OBSERVED
#define I INFERRED
#define A ASSUMED

/* Numbers are technotes; SG a Security Guide, RN the release notes of that version. */
const struct version_column version_columns[] = {
    { "ITL signed by", itl_signer, 0, { { "8.0", D, "214231" } } },
    { "second SAST of the ITL",
      itl_second,
      0,
      { { "8.0", O, "116232" },
        { "9.1", I, "ITLRecovery came with 10.0 (117598)" },
        { "10.0", I, "117598" },
        { "12.0", I, "the SG of 12.5" },
        { "12.5", D, "SG 12.5(1)SU1" } } },
    { "tokenless CTL signed by",
      ctl_signer,
      0,
      { { "8.0", D, "it came with 10.0 (117598)" },
        { "10.0", D, "SG 12.5(1)SU1" },
        { "11.0", I, "10.5(2) and 11.5 are alike" },
        { "11.5", D, "SG 12.5(1)SU1" },
        { "12.0", D, "SG 12.5(1)SU1, 214231" } } },
    { "second SAST of the CTL",
      ctl_second,
      0,
      { { "8.0", D, "it came with 10.0 (117598)" },
        { "10.0", D, "SG 12.5(1)SU1" },
        { "11.0", I, "10.5(2) and 11.5 are alike" },
        { "11.5", D, "SG 12.5(1)SU1" },
        { "12.5", D, "FN70613" } } },
    { "SAST records of a CTL by tokens",
      token_ctl,
      0,
      { { "8.0", I, "as in 9.1(2)" },
        { "9.1", D, "SG 12.5(1)SU1" },
        { "11.0", A, "" },
        { "11.5", D, "SG 12.5(1)SU1" },
        { "12.5", I, "as in 12.0" },
        { "14", D, "214231: none from 14SU3; SG 14 has no CTL client" } } },
    { "`utils itl reset localkey` signs with",
      localkey,
      0,
      { { "8.0", D, "it came with 10.0 (117598)" },
        { "10.0", I, "117598" },
        { "12.0", I, "the SG of 12.5" },
        { "12.5", D, "SG 12.5(1)SU6, CLI reference 12.5(1)SU5" } } },
    { "made on the publisher alone",
      publisher_only,
      0,
      { { "8.0", D, "SG 14" }, { "12.5", D, "214231" }, { "14", D, "SG 14" } } },
    { "a new ITLRecovery lives",
      recovery_years,
      0,
      { { "8.0", D, "it came with 10.0 (117598)" },
        { "10.0", I, "SG 12.5(1)SU1: 5 years once" },
        { "12.0", A, "from which release on it is longer" },
        { "12.5", D, "SG 12.5(1)SU1, FN70613" },
        { "14", D, "RN 14: 20 years; SG 14: 5, and 5 to 20 can be chosen" } } },
    { "new CallManager, TVS, tomcat, ipsec live",
      server_years,
      0,
      { { "8.0", A, "" },
        { "12.5", D, "SG 12.5(1)SU6" },
        { "14", D, "SG 14: 5 years; RN 14: 3 of TLS servers, 5 of what signs" } } },
    { "TVS and CAPF records of the ITL hold",
      records,
      0,
      { { "8.0", O, "116232" },
        { "9.1", I, "8.x and 11.5 are alike" },
        { "11.5", I, "an ITL of 7,879 bytes (214535)" },
        { "12.0", A, "" },
        { "12.5", I, "64 KB above 39 certificates (SG 12.5(1)SU1)" } } },
    { "ITL is rebuilt after a certificate change",
      itl_rebuilt,
      0,
      { { "8.0", D, "116232" },
        { "10.0", A, "" },
        { "12.5", A, "SG 12.5(1)SU1 has what 14 has" },
        { "14", D, "SG 14; 214231 (15) restarts TFTP" } } },
    { "services that restart after it",
      restarts,
      0,
      { { "8.0", D, "116232" },
        { "10.0", I, "RN 14 has it as new of CAPF" },
        { "12.5", I, "RN 14 has it as new of CAPF; SG 12.5(1)SU1 has what 14 has" },
        { "14", D, "SG 14, RN 14; 214231 (15) restarts them by hand" } } },
    { "CallManager takes up a new certificate",
      ccm_takes,
      0,
      { { "8.0", D, "RN 14 has it as new that no restart is needed" },
        { "14", D, "SG 14; RN 14 needs no restart" },
        { "14SU1", D, "SG 14; 214231 (15) restarts it" } } },
    { "phones are reset after it",
      resets,
      0,
      { { "8.0", D, "116232; of \"newer versions\" it says by itself" },
        { "10.0", I, "RN 14 has it as new" },
        { "12.5", D, "RN 14 has it as new; SG 12.5(1)SU1 has what 14 has" },
        { "14", D, "RN 14: *Phone Interaction on Certificate Update*" } } },
    { "a new CTL is served",
      ctl_served,
      0,
      { { "8.0", A, "" },
        { "10.0", O, "118893" },
        { "11.0", A, "" },
        { "12.0", D, "what the CLI prints against 118893" },
        { "14", D, "SG 14" } } },
    { "CallManager goes by a new mode",
      mode_taken,
      0,
      { { "8.0", A, "" },
        { "10.0", D, "118893" },
        { "11.0", A, "" },
        { "12.0", D, "what the CLI asks for against 118893" },
        { "14", A, "" } } },
    { "phones are reset after `utils ctl update CTLFile`",
      update_resets,
      0,
      { { "8.0", D, "it came with 10.0 (117598)" },
        { "10.0", D, "118893" },
        { "11.0", A, "" },
        { "12.0", D, "221657" },
        { "14", D, "SG 14; that it follows the parameter I" } } },
    { "rollback parameter: new ITL, phones reset",
      rollback,
      0,
      { { "8.0", D, "116232" }, { "10.0", A, "" }, { "12.5", D, "SG 12.5(1)SU1" } } },
    { "a trust store and the subject of a node's own certificate",
      own_subject,
      0,
      { { "8.0", A, "" }, { "15", D, "SG 15, in part" } } },
    { "multi-server certificates",
      shared,
      0,
      { { "8.0", D, "118731: from 10.5 on" },
        { "10.5(1)", D, "118731" },
        { "14", D, "SG 14, where a table of key usages leaves TVS out" } } },
    { "multi-server certificates that are self-signed",
      self_shared,
      0,
      { { "8.0", A, "" }, { "14", D, "221070: self-signed ones of tomcat can be reused" } } },
    { "certificates of one name in a trust store",
      per_name,
      0,
      { { "8.0", A, "" }, { "12.5(1)SU6", D, "SG 12.5(1)SU6" }, { "14", D, "217138, SG 14" } } },
    { "a trust certificate is deleted",
      deletes,
      0,
      { { "8.0", D, "211300: per node before 11.0" },
        { "11.0", D, "214231: up to 11.5 stop Certificate Change Notification; against 211300" },
        { "12.0", D, "211300, 214231" } } },
    { "reuse of the tomcat certificate for CallManager",
      reuse,
      0,
      { { "8.0", D, "221070: from 14 on" }, { "14", D, "221070, SG 14" } } },
    { "`set tls min-version`",
      tls_highest,
      0,
      { { "8.0", D, "the paper on TLS 1.2: from 11.5(1)SU3 on" },
        { "11.5(1)SU3", D, "the paper on TLS 1.2" },
        { "12.0", D, "CLI reference" },
        { "15", D, "RN 15SU2: TLS 1.3 from then on" },
        { "15SU2", D, "RN 15SU2, SG 15" } } },
    { "newest TLS of its services",
      tls_newest,
      0,
      { { "8.0", I, "9.x has no TLS 1.2 (SG 15)" },
        { "9.1", D, "SG 15" },
        { "10.0", I, "1.2 is new in 10.5(2)" },
        { "10.5(2)", D, "RN 10.5(2), of SIP; of TVS and HTTPS the same" },
        { "11.0", I, "10.5(2) and 11.5(1)SU3 are alike" },
        { "11.5(1)SU3", D, "the paper on TLS 1.2" },
        { "15SU2", D, "RN 15SU2, SG 15" } } },
    { "oldest TLS after an installation",
      tls_oldest,
      0,
      { { "8.0", A, "" },
        { "11.5(1)SU3", D, "the paper on TLS 1.2" },
        { "12.0", A, "" },
        { "15SU2", D, "SG 15; an upgrade keeps what it was" } } },
    { "an upgrade to it is a standard one from, and a refresh upgrade from before",
      standard_from,
      0,
      { { "8.0", A, "" },
        { "8.6", I, "refresh upgrades came with 8.6 (ucguerrilla.com)" },
        { "10.0", A, "" },
        { "12.5", D, "compatibility matrices 12.5, 14 and 15" } } },
    { "an upgrade to it begins at", upgrades_from, 0, { { "8.0", A, "" }, { "15", D, "RN 15" } } },
    { "ITLRecovery in an upgrade from before 12.5",
      recovery_upgraded,
      0,
      { { "8.0", D, "FN70613: 12.5(1) before SU3 alone" },
        { "12.5", D, "FN70613, of refresh upgrades" },
        { "12.5(1)SU3", D, "FN70613, SG 12.5(1)SU2" },
        { "14", I, "it is mended" } } },
    { "expired trust certificates in an upgrade",
      expired,
      0,
      { { "8.0", A, "" },
        { "12.5(1)SU6", D, "SG 14" },
        { "14", I, "SG 14 names 14SU2" },
        { "14SU2", D, "SG 14" } } },
    { "the ITL before, on the server",
      keeps,
      0,
      { { "8.0", A, "" }, { "8.6", A, "116232 (CSCts01319) names no version" } } },
    { "FIPS mode",
      fips,
      0,
      { { "8.0", D, "SG 9.1: from 8.6 on" },
        { "8.6", D, "SG 9.1; not every release was certified" } } },
    { "mixed mode asks for the export-controlled licence",
      licence,
      0,
      { { "8.0", D, "118893; 11.5(1)SU3 asks for an encryption licence, not here" },
        { "12.0", I, "the CLI reference of 12.5" },
        { "12.5", D, "CLI reference 12.5(1)SU5" } } },
    { "column ITL File Status of phones",
      itl_status,
      0,
      { { "8.0", D, "Release Notes 14: it is new there" },
        { "14", D, "Release Notes 14, SG 14: of SIP phones" } } },
    { "auto-registration in mixed mode",
      auto_mixed,
      0,
      { { "8.0", D, "System Guide 9.1, 200716" },
        { "10.0", D, "200716" },
        { "11.5", D, "200716" },
        { "12.0", I, "11.5 and 12.5 are alike" },
        { "12.5", D, "System Configuration Guide 12.5(1)SU4" } } },
    { "format of a bulk export",
      bulk,
      0,
      { { "8.0", D, "defect CSCuy43181 (215539)" },
        { "10.0", I, "CSCuy43181 (215539) names 10.5(2) on" },
        { "10.5(2)", D, "CSCuy43181 (215539)" } } },
    { "CallManager key",
      key,
      OWN_CALLMANAGER,
      { { "8.0", O, "116232" },
        { "9.1", D, "200180" },
        { "10.0", O, "118892" },
        { "10.5(1)", O, "118893" },
        { "10.5(2)", D, "200180" },
        { "11.0", A, "" },
        { "11.5", I, "an ITL of 7,879 bytes (214535)" },
        { "12.0", A, "" } } },
    { "CallManager-ECDSA key",
      key,
      OWN_CALLMANAGER_ECDSA,
      { { "8.0", D, "SG 12.5(1)SU1: from 11.0 on" },
        { "11.0", A, "that there is one D (SG 12.5(1)SU1), its length nowhere" },
        { "11.5", I, "an ITL of 7,879 bytes (214535)" },
        { "12.0", A, "" } } },
    { "TVS key",
      key,
      OWN_TVS,
      { { "8.0", O, "116232" },
        { "10.0", A, "" },
        { "11.5", I, "an ITL of 7,879 bytes (214535)" },
        { "12.0", A, "" } } },
    { "CAPF key",
      key,
      OWN_CAPF,
      { { "8.0", O, "116232" },
        { "9.1", A, "" },
        { "10.0", O, "118892" },
        { "10.5(1)", O, "118893" },
        { "11.0", A, "" },
        { "11.5", I, "an ITL of 7,879 bytes (214535)" },
        { "12.0", A, "" } } },
    { "tomcat key", key, OWN_TOMCAT, { { "8.0", A, "" } } },
    { "tomcat-ECDSA key",
      key,
      OWN_TOMCAT_ECDSA,
      { { "8.0", D, "200930: from 11.5 on" },
        { "11.5", A, "that there is one D (200930), its length nowhere" } } },
    { "ITLRecovery key",
      key,
      OWN_ITLRECOVERY,
      { { "8.0", D, "it came with 10.0 (117598)" },
        { "10.0", I, "214231: once 1024" },
        { "11.0", A, "" },
        { "11.5", I, "an ITL of 7,879 bytes (214535)" },
        { "12.0", A, "" } } },
    { "ipsec key", key, OWN_IPSEC, { { "8.0", A, "" } } },
    { "extended usages of CallManager, TVS, tomcat, ipsec",
      usages,
      0,
      { { "8.0", I, "116232 shows one that a CA signed" },
        { "10.5(1)", O, "of CallManager: 118893, by the lengths" },
        { "10.5(2)", I, "10.5(1)" },
        { "11.0", I, "as 11.5" },
        { "11.5", I, "214535, by the length of an ITL" },
        { "12.0", A, "" } } },
    { "digest of its certificates",
      digest,
      0,
      { { "8.0", A, "" },
        { "9.1", O, "200180" },
        { "10.0", A, "" },
        { "12.5", D, "RN 12.5(1)" } } },
    { "digest of LSCs",
      lsc_digest,
      0,
      { { "8.0", D, "SG 12.5: SHA-256 from 11.5(1)SU1 on" }, { "11.5(1)SU1", D, "SG 12.5" } } },
    { "tag 28 of lists", signer_version, 0, { { "8.0", A, "" } } },
    { "`show itl` and `show ctl` print checksums",
      checksums,
      0,
      { { "8.0", D, "116232: not before the fix of CSCto60209" },
        { "9.1", I, "the fix is of 8.x" },
        { "10.0", O, "118892" },
        { "10.5(1)", O, "118893" },
        { "10.5(2)", I, "before and later" },
        { "12.5", D, "SG 12.5(1)SU1" } } },
};

const uint32_t version_column_count = sizeof version_columns / sizeof version_columns[0];

const struct version_mark *version_mark(const struct version_column *c, const struct version *v)
{
    const struct version_mark *mark = c->marks;
    for (uint32_t i = 1; i < VERSION_MARKS && c->marks[i].from != NULL; i++) {
        if (version_find(c->marks[i].from) <= v)
            mark = &c->marks[i];
    }
    return mark;
}
