/* What the doctor found: findings that each have few values.  Pure data: filled in by look, judged
 * by judge.  Value 0 of every finding is "not known", or what it is where nothing speaks against
 * it.
 */
#ifndef CUCMLAB_DOCTOR_FINDINGS_H
#define CUCMLAB_DOCTOR_FINDINGS_H

#include <stdint.h>

enum finding {
    FIND_FILES,      /* the file server as a whole */
    FIND_CLOCK,      /* this machine's clock against the dates of what was served */
    FIND_CTL,        /* as served */
    FIND_ITL,        /* as served */
    FIND_CONFIG,     /* of the phone, as served */
    FIND_SIGNER,     /* dates of the certificates that sign the ITL and the configuration */
    FIND_TVS_DATE,   /* dates of the certificate that TVS shows */
    FIND_TVS,        /* the TVS servers */
    FIND_VOUCHES,    /* TVS, of the signer of the ITL */
    FIND_TVS_SERVED, /* the certificate that TVS shows, against the ITL as served */
    FIND_KNOWS,      /* where those two differ: which one TVS knows */
    FIND_PHONE_ITL,  /* the ITL of the phone against the one served */
    FIND_NAMES,      /* whether those two name a server in common */
    FIND_BY_ITSELF,  /* whether the phone takes the served ITL without TVS */
    FIND_TVS_PHONE,  /* the certificate that TVS shows, against the ITL of the phone */
    FIND_REFUSES,    /* the phone refuses the ITL or its configuration: told by the user */
    FIND_BACKUP,     /* the old TFTP private key is in a backup: told by the user */
    FINDINGS
};

enum files {
    FILES_ANSWER,
    FILES_BY_TFTP, /* HTTP gives none */
    FILES_BUSY,    /* HTTP says 503 for a file that TFTP gives */
    FILES_REFUSED,
    FILES_SILENT,
    FILES_STRANGE
};
enum clock_is { CLOCK_RIGHT, CLOCK_WRONG };
/* Fine: good, or there is none.  Did not come: what is in it, or whether there is one, nobody
 * knows. */
enum ctl_is { CTL_FINE, CTL_BAD, CTL_DID_NOT_COME, CTL_STALE };
enum itl_is { ITL_UNKNOWN, ITL_GOOD, ITL_EMPTY, ITL_BAD, ITL_ABSENT, ITL_LARGE };
/* Not the ITL's: signed by a certificate that the ITL does not hold for it, or not by its key. */
enum config_is {
    CONFIG_UNKNOWN, /* not asked */
    CONFIG_GOOD,
    CONFIG_NOT_THE_ITLS,
    CONFIG_ABSENT,
    CONFIG_DID_NOT_COME
};
enum date_is { DATE_FINE, DATE_EXPIRED };
enum tvs_is { TVS_IS_UNKNOWN, TVS_ANSWERS, TVS_SOME, TVS_REFUSES, TVS_SILENT, TVS_STRANGE };
enum same { SAME_UNKNOWN, SAME_YES, SAME_NO };
enum names { NAMES_UNKNOWN, NAMES_SHARED, NAMES_OTHER };
enum knows { KNOWS_UNKNOWN, KNOWS_SHOWN, KNOWS_LISTED };
enum by_itself { BY_ITSELF_UNKNOWN, BY_ITSELF_SIGNER, BY_ITSELF_SPARE, BY_ITSELF_NO };
enum answer { ANSWER_UNKNOWN, ANSWER_YES, ANSWER_NO };

struct findings {
    uint8_t is[FINDINGS];
};

#endif
