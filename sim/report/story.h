/* One phone's story in words: what it holds, what it was offered, each check that led to the
 * refusal with the certificates that differed, each TVS server; then what brings it back.  Called
 * by the report, its JSON and `--explain`.  The decision is run again from what the phone kept
 * (phone_explain); what the phone has not tried itself is tried in a trial. */
#ifndef CUCMLAB_REPORT_STORY_H
#define CUCMLAB_REPORT_STORY_H

#include "sim/predict/losses.h"

#include <stdio.h>

/* Several lines, indented by two spaces. */
void story_print(FILE *out, struct losses *losses, uint32_t phone);

/* One refused thing, for those who print it otherwise. */
#define STORY_REFUSALS TRUST_JUDGED /* one of each purpose */
struct story_refusal {
    uint8_t purpose;  /* enum trust_purpose */
    uint32_t offered; /* CT_LIST, CT_FILE or CT_CERT */
    struct trust_chain chain;
    uint8_t verdict; /* enum trust_verdict */
};

/* What the phone refused last, by purpose, returns how many.  A refused HTTPS
 * certificate that nobody pressed a key for is found in a trial. */
uint32_t story_refusals(struct losses *losses, uint32_t phone,
                        struct story_refusal out[STORY_REFUSALS]);

/* What the phone refused last of that purpose, with each check behind it, as the story has it; for
 * who listens to a lab: asks nothing that takes time.  Nothing where it refused nothing. */
void story_refused(FILE *out, struct lab *lab, uint32_t phone, enum trust_purpose purpose);

/* What it holds, and what it refused last; for phones whose servers are no nodes of the lab. */
void story_alone(FILE *out, struct lab *lab, uint32_t phone);

const char *story_purpose(enum trust_purpose purpose); /* stable: "ctl", "itl", "configuration" */
const char *story_where(enum trust_where where);       /* "ctl", "tvs" */
const char *story_result(enum trust_result result);    /* "no-match" */
const char *story_outcome(enum tvs_outcome outcome);   /* "certificate-refused" */
const char *story_verdict(enum trust_verdict verdict); /* "refused", "by ITL" */
/* "CN=pub" of "CN=pub;OU=…"; borrowed from the content. */
struct view story_common_name(const struct content *c, uint32_t cert);

/* The node where the phone is registered, "sub1", "HQ/sub1" where there are several clusters; NULL:
 * nowhere. */
const char *story_server(const struct lab *lab, uint32_t phone, char out[LAB_NODE_NAME]);

#endif
