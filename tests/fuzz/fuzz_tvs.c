/* TVS messages: what decodes without an unknown element encodes to the same bytes; what encodes
 * decodes; measuring and writing agree. */
#include "sim/base/check.h"
#include "sim/wire/tvs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t out[TVS_MAX];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view in = view_of(data, size);
    struct tvs_msg m, again;
    struct err e = { "" };
    size_t whole;
    if (tvs_whole(in, &whole, &e) && whole > 0) {
        CHECK(whole <= size);
        in.n = whole; /* a stream may hold more */
    }
    if (!tvs_decode(in, &m, &e)) {
        CHECK(e.text[0] != '\0');
        return 0;
    }
    struct wr w = wr_of(out, sizeof out), measure = wr_measure();
    CHECK(tvs_encode(&m, &w, &e) && tvs_encode(&m, &measure, &e));
    CHECK(!w.over && w.n == measure.n);
    CHECK(m.unknown ? w.n < in.n : view_eq(view_of(out, w.n), in));
    CHECK(tvs_decode(view_of(out, w.n), &again, &e));
    CHECK(again.type == m.type && again.session == m.session && again.status == m.status);
    CHECK(view_eq(again.subject, m.subject) && view_eq(again.issuer, m.issuer));
    CHECK(view_eq(again.serial, m.serial) && view_eq(again.certificate, m.certificate));
    CHECK(view_eq(again.device, m.device) && view_eq(again.roles, m.roles));
    CHECK(again.ttl_s == m.ttl_s);
    return 0;
}
