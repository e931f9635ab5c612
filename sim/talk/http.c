#include "sim/talk/http.h"

struct talk_http talk_http_next(struct view in)
{
    struct talk_http t = { .came = TALK_HTTP_MORE };
    bool whole = false;
    if (!http_request_decode(in, &whole, &t.request, NULL)) {
        t.came = TALK_HTTP_REFUSE;
        t.status = 400;
        t.request = (struct http_request){ .length = 0 };
    } else if (whole) {
        bool served = t.request.get || t.request.head;
        t.came = served ? TALK_HTTP_ASKS : TALK_HTTP_REFUSE;
        t.status = served ? 200 : 405;
    }
    return t;
}

void talk_http_page(const struct http_request *r, size_t body, const char *type, struct wr *w)
{
    wr_fmt(w, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nContent-Type: %s\r\n", body, type);
    wr_str(w, r->keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
}
