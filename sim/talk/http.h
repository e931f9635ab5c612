/* A talk over HTTP as the server's side has it: bytes in, what is asked for or how it is refused
 * out.  For whoever serves HTTP: files and pages of nodes, metrics.  Pure. */
#ifndef CUCMLAB_TALK_HTTP_H
#define CUCMLAB_TALK_HTTP_H

#include "sim/wire/http.h"

enum talk_http_came {
    TALK_HTTP_MORE,  /* it is not whole yet */
    TALK_HTTP_ASKS,  /* GET or HEAD: the first `length` bytes are this request */
    TALK_HTTP_REFUSE /* answered with `status`, 400 or 405, and then the connection ends; `length`
                        bytes are the request, 0: it is none */
};

struct talk_http {
    enum talk_http_came came;
    int status;
    struct http_request request;
};

struct talk_http talk_http_next(struct view in);

/* The head of a page of this type; the body follows from the caller. */
void talk_http_page(const struct http_request *r, size_t body, const char *type, struct wr *w);

#endif
