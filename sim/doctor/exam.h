/* The examination: what was asked of a cluster and what came, and what that means as findings.
 * exam.c asks, look.c looks; the words are words.c's.  Everything lies in the arena of the exam. */
#ifndef CUCMLAB_DOCTOR_EXAM_H
#define CUCMLAB_DOCTOR_EXAM_H

#include "sim/bytes/envelope.h"
#include "sim/doctor/ask.h"
#include "sim/doctor/findings.h"
#include "sim/wire/cnf.h"

#define EXAM_TRIES  3
#define EXAM_DEVICE 16

/* What the user told. */
struct exam_told {
    const char *tftp, *tvs;            /* HOST or HOST:PORT; tvs NULL: those of the configuration */
    const char *mac;                   /* NULL: none */
    const char *phone_itl, *phone_ctl; /* files; NULL: none */
    const char *checksum;              /* of the phone's ITL, hex; NULL: none */
    uint8_t refuses, backup;           /* enum answer */
    uint64_t wait_us;                  /* for each answer */
    int64_t now_s;                     /* Unix seconds: this machine's clock */
};

/* One way to the file server that was tried. */
struct exam_try {
    bool http;
    uint16_t port;
    enum fetched_end end;
};

/* A list or a signed file. */
struct exam_file {
    char name[FETCH_NAME]; /* "": not asked */
    enum fetched_end end;
    struct err why;    /* of FETCHED_BROKEN, or why it is bad */
    struct view bytes; /* absent: none came */
    uint8_t md5[16], sha1[20];
    bool good;               /* it decodes, and a list verifies */
    struct tl list;          /* of a list that is good */
    struct tl_header header; /* of a configuration that is good */
};

struct exam_cert { /* one that was looked at */
    bool known;
    struct cert cert;
};

struct exam_tvs {
    char host[CNF_NAME];
    uint32_t ip;
    uint16_t port;
    struct err unknown; /* its name has no address: it was not asked */
    bool asked;
    struct ask_tvs talk;
    struct exam_cert shown;
    uint8_t vouches;        /* enum answer, for the signer of the ITL */
    uint8_t vouches_config; /* likewise of the configuration, where that has another */
    uint8_t knows_shown, knows_listed;
    struct view vouched; /* the certificate that it gave for the ITL's signer */
    uint32_t roles, ttl_s;
    uint8_t served, phone; /* enum same: its certificate against the ITL served, and the phone's */
    uint32_t record;       /* of the ITL served: for TVS, of the same name; 0: none */
};

struct exam {
    struct exam_told told;
    struct arena *arena;
    char device[EXAM_DEVICE]; /* "SEP001121000000", or "" */
    uint32_t ip;
    struct exam_try tries[EXAM_TRIES];
    uint32_t try_count;
    bool http_busy; /* TFTP gave a file for which HTTP answered 503 */
    struct exam_file ctl, itl, config, phone_itl, phone_ctl;
    struct exam_cert itl_signer, config_signer; /* certificates of the records that sign */
    uint32_t config_record;                     /* of the ITL: whose key signed it; 0: none */
    uint8_t sum[20];                            /* the checksum that was told */
    size_t sum_n;                               /* 16, 20, or 0 */
    struct exam_tvs tvs[CNF_SERVERS];
    uint32_t tvs_count;
    bool tvs_of_config; /* they are those that the phone's configuration names, all of them */
    uint32_t requests, handshakes;
    struct findings found;
    bool decided; /* the phone's own decision about the ITL served: */
    bool takes;
    uint8_t box; /* enum trust_box: where it ended */
};

/* False, with `e`: what was told cannot be (a bad address, a file that is no ITL): nothing was
 * asked then. */
bool exam_run(struct exam *x, const struct exam_told *told, struct arena *arena, struct err *e);

#endif
