/* SIP: what is framed and decodes can be answered, and the answer decodes and tells the same;
 * framing one byte less is never a message. */
#include "sim/base/check.h"
#include "sim/talk/reset.h"
#include "sim/wire/sip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool inside(struct view v, const uint8_t *data, size_t size)
{
    return v.p == NULL || (v.p >= data && v.n <= size && v.p + v.n <= data + size);
}

static void answer(const struct sip_msg *m, int status, int64_t expires_s)
{
    static uint8_t out[SIP_MAX * 3];
    struct sip_msg r;
    struct err e;
    size_t length;
    struct wr w = wr_of(out, sizeof out);
    sip_response_encode(m, status, NULL, expires_s, &w);
    CHECK(!w.over);
    if (w.n > SIP_MAX)
        return; /* longer than what it answers by the tag and the first line */
    struct view v = view_of(out, w.n);
    CHECK(sip_whole(v, &length, &e) && length == w.n && sip_decode(v, &r, &e));
    CHECK(r.status == status && !r.request && r.expires_s == expires_s && r.body.n == 0);
    CHECK(r.call_id.n <= m->call_id.n && r.via.n <= m->via.n);
    CHECK(sip_whole(view_of(out, w.n - 1), &length, &e) && length == 0);
}

/* What cannot be read may be answered, and that answer can be read. */
static void refuse(struct view v)
{
    static uint8_t out[SIP_MAX * 3];
    struct sip_msg r;
    struct wr w = wr_of(out, sizeof out);
    size_t length;
    if (!sip_refuse(v, &w)) {
        CHECK(w.n == 0);
        return;
    }
    CHECK(!w.over);
    if (w.n <= SIP_MAX)
        CHECK(sip_whole(view_of(out, w.n), &length, NULL) && length == w.n);
    if (w.n <= SIP_MAX && sip_decode(view_of(out, w.n), &r, NULL))
        CHECK(r.status == 400 || r.status == 505);
}

/* In two pieces it is the same as in one. */
static void bit_by_bit(const uint8_t *data, size_t size, bool good, size_t whole)
{
    struct sip_seen seen = { 0 };
    size_t length = 0;
    if (!sip_goes_on(view_of(data, size / 2), &seen, &length, NULL)) {
        CHECK(!good);
        return;
    }
    if (length > 0) {
        CHECK(good && length == whole);
        return;
    }
    CHECK(sip_goes_on(view_of(data, size), &seen, &length, NULL) == good && length == whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sip_msg m;
    struct err e = { "" };
    size_t length = 0;
    bool good = sip_whole(view_of(data, size), &length, &e);
    bit_by_bit(data, size, good, length);
    refuse(view_of(data, size));
    if (!good) {
        CHECK(e.text[0] != '\0' && length == 0);
        CHECK(!sip_decode(view_of(data, size), &m, &e));
        return 0;
    }
    if (length == 0) {
        CHECK(!sip_decode(view_of(data, size), &m, &e));
        return 0;
    }
    CHECK(length <= size && length <= SIP_MAX);
    CHECK(!sip_decode(view_of(data, length - 1), &m, &e));
    if (!sip_decode(view_of(data, length), &m, &e))
        return 0;
    const struct view views[] = {
        m.method,  m.uri,  m.reason,  m.via,        m.from,        m.to,
        m.call_id, m.cseq, m.contact, m.user_agent, m.device_name, m.body
    };
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
        CHECK(inside(views[i], data, length));
    enum reset_kind kind = RESET_APPLY;
    CHECK(!talk_reset_sip_heard(&m, &kind) || (m.request && kind != RESET_APPLY));
    if (!m.request)
        return 0;
    answer(&m, 100, -1);
    answer(&m, 200, 120);
    answer(&m, 403, -1);
    return 0;
}
