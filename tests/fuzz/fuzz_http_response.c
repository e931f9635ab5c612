/* HTTP responses: what decodes stays in its bounds, a part of it is never a response; where the
 * status is one of ours, writing and reading it again tells the same. */
#include "sim/base/check.h"
#include "sim/wire/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[1024];
    struct http_response r, again;
    struct err e = { "" };
    bool whole;
    if (!http_response_decode(view_of(data, size), &whole, &r, &e)) {
        CHECK(e.text[0] != '\0' && !whole);
        return 0;
    }
    if (!whole) {
        CHECK(size < HTTP_HEAD_MAX);
        return 0;
    }
    CHECK(r.head <= size && r.head <= HTTP_HEAD_MAX && r.status >= 100 && r.status <= 599);
    CHECK(http_response_decode(view_of(data, r.head), &whole, &again, &e) && whole);
    CHECK(http_response_decode(view_of(data, r.head - 1), &whole, &again, &e) && !whole);
    if (r.status != 200 && r.status != 400 && r.status != 404 && r.status != 405 && r.status != 503)
        return 0;
    struct wr w = wr_of(out, sizeof out);
    http_response_encode(r.status, r.body, !r.close, &w);
    CHECK(!w.over && http_response_decode(view_of(out, w.n), &whole, &again, &e) && whole);
    CHECK(again.status == r.status && again.body == r.body && again.close == r.close);
    return 0;
}
