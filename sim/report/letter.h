/* `--letter DIR`: a letter to the users of phones that need hands, a file a language, a paragraph a
 * model with its keys; and the phones that their users cannot help.  Called by sim/cmd and tests.
 */
#ifndef CUCMLAB_REPORT_LETTER_H
#define CUCMLAB_REPORT_LETTER_H

#include "sim/report/report.h"

/* How many users do as a letter says, and how fast: assumed. */
#define LETTER_FOLLOW 60 /* of a hundred */
#define LETTER_HOURS  48

/* Phones that need hands: those that a letter can be about, and the others. */
struct letter_count {
    uint32_t by_users, by_reset; /* a factory reset: no keys known, or the settings barred */
    uint32_t by_web;             /* on its web page, by an administrator */
    uint32_t by_key;             /* by somebody who knows its symmetric key */
    uint32_t follow;             /* of by_users, the part that does as the letter says */
    uint64_t left_minutes;       /* of work that remains for people */
};
/* Why the user of such a phone cannot help it. */
extern const char letter_by_web[], letter_by_key[];
/* Of each phone that needs hands why its user cannot help it, NULL where he can; "" where it needs
 * none.  The caller frees it. */
const char **letter_why_not(const struct report *r);
struct letter_count letter_count(const struct report *r);

/* Makes the folder and tries a file in it, before anything runs. */
bool letter_folder(const char *folder, struct err *e);
/* DIR/letter-en.txt, DIR/letter-nl.txt; DIR/factory-reset.csv, DIR/web-page.csv,
 * DIR/symmetric-key.csv: the others.  What nobody needs is not written. */
bool letter_write(const struct report *r, const char *folder, struct err *e);

#endif
