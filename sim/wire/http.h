/* The HTTP that CUCM's file service on 6970 speaks, and no more: GET in, a whole file out.  Pure.
 * Answers are those of a real node (docs/FORMATS.md, section 6): 200 with Content-length,
 * Cache-Control: no-store and Content-type, and 503 Service Unavailable for a file that is not
 * there. */
#ifndef CUCMLAB_WIRE_HTTP_H
#define CUCMLAB_WIRE_HTTP_H

#include "sim/base/err.h"
#include "sim/base/buf.h"

#define HTTP_HEAD_MAX 8192 /* bytes of a request or response head; more is an error */

struct http_request {
    bool get, head;
    char name[256];  /* path without the leading '/', percent-decoded; NUL-terminated */
    bool keep_alive; /* HTTP/1.1 without Connection: close, or 1.0 with keep-alive */
    bool passed_on;  /* somebody asks for somebody else: Via (RFC 9110, section 7.6.3) */
    size_t length;   /* bytes of the whole request */
};

/* *whole says whether the head is there (`out` is filled only then); false and `e` for rubbish
 * (answer 400 and close), as soon as it is seen.  Neither `get` nor `head`: answer 405 and
 * close, there may be a body.  A GET or HEAD with a body is refused.  A `?` and what follows is no
 * part of the name. */
bool http_request_decode(struct view in, bool *whole, struct http_request *out, struct err *e);
/* Every byte of the name that a path may not hold is percent-encoded. */
void http_request_encode(const char *name, const char *host, struct wr *w);
/* The same of one that is passed on by the server `via`, an address or a name. */
void http_request_pass_on(const char *name, const char *host, const char *via, struct wr *w);

struct http_response {
    int status;
    size_t head; /* bytes of the head */
    size_t body; /* Content-length */
    bool close;
};

/* A 200 must tell its Content-length; where another status does not, the body is what comes until
 * the peer closes: `body` 0, `close` true. */
bool http_response_decode(struct view in, bool *whole, struct http_response *out, struct err *e);
/* The head alone; the body follows from the caller. 200, 400, 404, 405, 503. */
void http_response_encode(int status, size_t body, bool keep_alive, struct wr *w);

#endif
