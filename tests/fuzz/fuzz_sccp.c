/* SCCP: what decodes encodes, and decodes again to the same; framing one byte less is never a
 * message; whatever a phone asks has an answer that can be read, or none. */
#include "sim/base/check.h"
#include "sim/core/contract.h"
#include "sim/talk/sccp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t out[SCCP_MAX + 256];

static void answered(const struct sccp_msg *m)
{
    struct sccp_msg back;
    struct wr w = wr_of(out, sizeof out);
    uint32_t reason;
    talk_sccp_reply(m, &(struct talk_sccp_station){ "SEP001121000000", "1000", 1773468428 }, &w);
    CHECK(!w.over);
    CHECK(w.n == 0 || sccp_decode(view_of(out, w.n), &back, NULL));
    if (talk_sccp_reason(m, &reason))
        CHECK(reason < REJECT_REASONS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sccp_msg m, again;
    struct err e = { "" };
    size_t whole;
    if (!sccp_whole(view_of(data, size), &whole, &e)) {
        CHECK(e.text[0] != '\0' && whole == 0);
        return 0;
    }
    if (whole == 0)
        return 0;
    struct view in = view_of(data, whole);
    CHECK(whole <= size && whole <= SCCP_MAX);
    CHECK(!sccp_decode(view_sub(in, 0, whole - 1), &m, NULL));
    if (!sccp_decode(in, &m, &e)) {
        CHECK(e.text[0] != '\0');
        return 0;
    }
    answered(&m);
    if (m.rest.n > SCCP_MAX - 128)
        return 0; /* a short body may have grown past the bound */
    struct wr w = wr_of(out, sizeof out);
    sccp_encode(&m, &w);
    CHECK(!w.over && sccp_decode(view_of(out, w.n), &again, &e));
    CHECK(again.id == m.id && again.version == m.version && again.value == m.value);
    CHECK(view_eq(again.device, m.device) && again.address == m.address);
    CHECK(view_eq(again.text, m.text) && again.keepalive_s == m.keepalive_s);
    CHECK(again.protocol == m.protocol && again.features == m.features);
    CHECK(again.rest.n == m.rest.n);
    return 0;
}
