/* HTTP requests: a name that came out is safe and comes out again when asked for; a part of a good
 * head is never an error and never a request. */
#include "sim/base/check.h"
#include "sim/wire/http.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void name_is_safe(const struct http_request *r)
{
    CHECK(memchr(r->name, '\0', sizeof r->name) != NULL);
    CHECK(r->name[0] != '/' && strstr(r->name, "//") == NULL);
    CHECK(strncmp(r->name, "../", 3) != 0 && strstr(r->name, "/../") == NULL);
    size_t n = strlen(r->name);
    CHECK(strcmp(r->name, "..") != 0 && (n < 3 || strcmp(r->name + n - 3, "/..") != 0));
    for (size_t i = 0; i < n; i++)
        CHECK((uint8_t)r->name[i] >= ' ' && r->name[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[1024];
    struct http_request r, again;
    struct err e = { "" };
    bool whole;
    if (!http_request_decode(view_of(data, size), &whole, &r, &e)) {
        CHECK(e.text[0] != '\0' && !whole);
        return 0;
    }
    if (!whole) {
        CHECK(size < HTTP_HEAD_MAX);
        return 0;
    }
    CHECK(r.length <= size && r.length <= HTTP_HEAD_MAX && !(r.get && r.head));
    name_is_safe(&r);
    CHECK(http_request_decode(view_of(data, r.length), &whole, &again, &e) && whole);
    CHECK(http_request_decode(view_of(data, r.length - 1), &whole, &again, &e) && !whole);
    struct wr w = wr_of(out, sizeof out);
    http_request_encode(r.name, "127.0.0.1:6970", &w);
    CHECK(!w.over && http_request_decode(view_of(out, w.n), &whole, &again, &e) && whole);
    CHECK(strcmp(again.name, r.name) == 0 && again.get && again.keep_alive);
    return 0;
}
