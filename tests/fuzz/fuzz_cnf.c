/* Configuration files: what reads is written, and reads again as the same bytes of struct cnf. */
#include "sim/base/check.h"
#include "sim/bytes/cnf_read.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct read {
    struct cnf cnf;
    char device[64], line[64], uuid[64];
};

static bool read_into(struct view v, struct read *r, struct err *e)
{
    memset(r, 0, sizeof *r);
    return cnf_read(v, &r->cnf, r->device, r->line, r->uuid, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[262144]; /* a text grows sixfold at most */
    struct read r, again;
    struct err e = { "" };
    if (!read_into(view_of(data, size), &r, &e)) {
        CHECK(e.text[0] != '\0');
        return 0;
    }
    struct cnf_own own = { r.device, r.line, r.uuid };
    struct wr w = wr_of(out, sizeof out), measure = wr_measure();
    cnf_write(&r.cnf, &own, &w);
    cnf_write(&r.cnf, &own, &measure);
    CHECK(!w.over && w.n == measure.n);
    CHECK(read_into(view_of(out, w.n), &again, &e));
    CHECK(memcmp(&again, &r, sizeof r) == 0);
    return 0;
}
