/* Answers of AXL, as XML and as JSON, from one description: an envelope, what it returns, and
 * elements with fields.  JSON is the form in which Python's SOAP client hands answers out
 * (observed): a reference to another object is an object of "_value_1" and "uuid". */
#ifndef CUCMLAB_TESTS_SITE_ANSWER_H
#define CUCMLAB_TESTS_SITE_ANSWER_H

#include "tests/site/out.h"

#include <stdbool.h>
#include <stdio.h>

struct answer {
    FILE *f;
    bool json;
    const char *operation;
    const char *names[8]; /* of what is open */
    int depth;
    bool any; /* something stands there already: a comma first */
};

void answer_begin(struct answer *a, FILE *f, bool json, const char *operation);
void answer_end(struct answer *a);

/* Elements of one name, one behind the other. */
void answer_list(struct answer *a, const char *name);
void answer_list_end(struct answer *a);
/* One of them, or one alone under its name.  `uuid`: a number that it is made of; 0: it has none.
 */
void answer_item(struct answer *a, uint32_t uuid);
void answer_item_end(struct answer *a);
void answer_open(struct answer *a, const char *name, uint32_t uuid);
void answer_close(struct answer *a);
void answer_field(struct answer *a, const char *name, const char *value);
void answer_ref(struct answer *a, const char *name, const char *value, uint32_t uuid);

#endif
