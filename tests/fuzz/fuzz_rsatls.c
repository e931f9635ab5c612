/* The TLS client for load: whatever a server says, it keeps its bounds, ends with a reason, and is
 * not open before a Finished that only somebody with the keys can make.
 *
 * The first byte says how: bit 0 the certificate is judged (and bit 1 with which answer), bit 2 the
 * bytes come one by one, bit 3 they come as records of an open session, protected by its keys, each
 * after a byte with its type and one with its length. */
#include "sim/base/check.h"
#include "sim/crypto/rsatls.h"
#include "tests/unit/rsatls_by_hand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must be so behind everything that came. */
static void looked_at(struct rsatls *t)
{
    static uint8_t out[1 << 20];
    enum tls_state s = rsatls_state(t);
    CHECK((s == TLS_FAILED) == (rsatls_why(t)[0] != '\0'));
    CHECK(s == TLS_OPEN || !rsatls_write(t, view_str("x")));
    CHECK(rsatls_take(t, out, sizeof out) < 200000); /* 32 alerts, an answer, what was written */
    CHECK(rsatls_read(t, out, sizeof out) <= RSATLS_UNREAD);
}

static void handshake(struct rsatls *t, uint8_t how, struct view all)
{
    size_t step = (how & 4) != 0 || all.n == 0 ? 1 : all.n;
    for (size_t at = 0; at < all.n; at += step) {
        if (rsatls_feed(t, view_sub(all, at, step)) == TLS_JUDGE)
            rsatls_judge(t, (how & 2) != 0);
        CHECK(rsatls_state(t) != TLS_OPEN);
    }
    looked_at(t);
}

static void open_session(struct rsatls *t, struct view all)
{
    struct by_hand h = by_hand_open(t);
    struct rd r = rd_of(all);
    uint8_t type, n;
    struct view v;
    while (rd_u8(&r, &type) && rd_u8(&r, &n) &&
           rd_view(&r, n < rd_left(&r) ? n : rd_left(&r), &v)) {
        by_hand_say(&h, t, type, v);
        looked_at(t);
    }
    by_hand_free(&h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rsatls_config *configs[2];
    struct rsatls_session s = by_hand_session();
    if (size == 0)
        return 0;
    bool hold = (data[0] & 1) != 0, open = (data[0] & 8) != 0;
    if (configs[hold] == NULL) {
        const struct rsatls_options o = { .min = TLS_1_0,
                                          .max = TLS_1_2,
                                          .suites = RSATLS_AES128 | RSATLS_AES256,
                                          .hold = hold,
                                          .seed = 1 };
        configs[hold] = rsatls_config_new(&o);
    }
    struct rsatls *t = rsatls_new(configs[hold], open ? &s : NULL);
    if (open)
        open_session(t, view_of(data + 1, size - 1));
    else
        handshake(t, data[0], view_of(data + 1, size - 1));
    rsatls_free(t);
    return 0;
}
