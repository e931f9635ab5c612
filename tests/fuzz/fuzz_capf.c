/* CAPF messages: what decodes without an unknown element encodes to the same bytes; what encodes
 * decodes; measuring and writing agree. */
#include "sim/base/check.h"
#include "sim/wire/capf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t out[CAPF_MAX];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view in = view_of(data, size);
    struct capf_msg m, again;
    struct err e = { "" };
    size_t whole;
    if (capf_whole(in, &whole, &e) && whole > 0) {
        CHECK(whole <= size);
        in.n = whole; /* a stream may hold more */
    }
    if (!capf_decode(in, &m, &e)) {
        CHECK(e.text[0] != '\0');
        return 0;
    }
    struct wr w = wr_of(out, sizeof out), measure = wr_measure();
    CHECK(capf_encode(&m, &w, &e) && capf_encode(&m, &measure, &e));
    CHECK(!w.over && w.n == measure.n);
    CHECK(m.unknown ? w.n < in.n : view_eq(view_of(out, w.n), in));
    CHECK(capf_decode(view_of(out, w.n), &again, &e));
    CHECK(again.command == m.command && again.session == m.session && again.reason == m.reason);
    CHECK(again.key_size == m.key_size && again.auth_type == m.auth_type);
    CHECK(view_eq(again.device, m.device) && view_eq(again.password, m.password));
    CHECK(view_eq(again.certificate, m.certificate) && view_eq(again.public_key, m.public_key));
    CHECK(view_eq(again.sudi.sha512, m.sudi.sha512));
    return 0;
}
