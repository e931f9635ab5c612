#include "sim/wire/http.h"

#include "sim/base/check.h"
#include "sim/wire/text.h"

#include <string.h>

#define BODY_MAX ((uint64_t)1 << 40) /* far over any file; keeps sums from wrapping */

/* Cuts the head at the front of `in`: the lines with their endings, without the empty one.
 * *whole is false while it is not there.  Refuses what no head may hold as soon as it is there,
 * so that a TLS hello on this port does not wait for a line ending. */
static bool head_of(struct view in, const char *what, bool *whole, struct view *head,
                    size_t *length, struct err *e)
{
    *whole = false;
    size_t start = 0;
    while (start < in.n && start < 4 && (in.p[start] == '\r' || in.p[start] == '\n'))
        start++; /* a few clients send an empty line behind the last request */
    size_t line = start;
    for (size_t i = start; i < in.n && i < HTTP_HEAD_MAX; i++) {
        uint8_t c = in.p[i];
        if (c == '\n') {
            size_t n = i - line;
            if (n == 0 || (n == 1 && in.p[line] == '\r')) {
                *whole = true;
                *head = view_sub(in, start, line - start);
                *length = i + 1;
                return true;
            }
            line = i + 1;
        } else if (i > start && in.p[i - 1] == '\r') {
            return err_set(e, "%s: byte %zu: CR without LF (FORMATS section 6)", what, i - 1);
        } else if ((c < ' ' && c != '\t' && c != '\r') || c == 0x7f) {
            return err_set(e, "%s: byte %zu: control character 0x%02x (FORMATS section 6)", what, i,
                           c);
        }
    }
    if (in.n >= HTTP_HEAD_MAX)
        return err_set(e, "%s: head of more than %d bytes (FORMATS section 6)", what,
                       HTTP_HEAD_MAX);
    return true;
}

/* What both heads tell. */
struct fields {
    bool close, keep_alive;
    bool has_length, encoded; /* encoded: a body in some Transfer-Encoding */
    bool via;
    uint64_t length;
};

static bool take_field(struct view name, struct view value, const char *what, struct fields *f,
                       struct err *e)
{
    if (text_same(name, "Connection")) {
        while (value.n > 0) {
            struct view option = text_trim(text_cut(&value, ','));
            f->close = f->close || text_same(option, "close");
            f->keep_alive = f->keep_alive || text_same(option, "keep-alive");
        }
    } else if (text_same(name, "Content-Length")) {
        if (f->has_length)
            return err_set(e, "%s: second Content-length (FORMATS section 6)", what);
        if (!text_number(value, BODY_MAX, &f->length))
            return err_set(e, "%s: Content-length is not a number up to %llu (FORMATS section 6)",
                           what, (unsigned long long)BODY_MAX);
        f->has_length = true;
    } else if (text_same(name, "Transfer-Encoding")) {
        f->encoded = true;
    } else if (text_same(name, "Via")) {
        f->via = true;
    }
    return true;
}

/* The lines behind the first one. */
static bool fields_of(struct view lines, const char *what, struct fields *f, struct err *e)
{
    *f = (struct fields){ 0 };
    struct view line;
    for (unsigned n = 2; text_line(&lines, &line); n++) {
        if (line.n == 0 || memchr(line.p, ':', line.n) == NULL)
            return err_set(e, "%s: line %u without a colon (FORMATS section 6)", what, n);
        struct view name = text_cut(&line, ':');
        if (!text_token(name)) /* a folded line too */
            return err_set(e, "%s: line %u: bad field name (FORMATS section 6)", what, n);
        if (!take_field(name, text_trim(line), what, f, e))
            return false;
    }
    return true;
}

/* "HTTP/1.0" or 1.1 and later: the digit behind the point, or -1. */
static int minor_of(struct view version)
{
    if (version.n != 8 || memcmp(version.p, "HTTP/1.", 7) != 0)
        return -1;
    return version.p[7] >= '0' && version.p[7] <= '9' ? version.p[7] - '0' : -1;
}

static bool keeps(int minor, const struct fields *f)
{
    return !f->close && (minor >= 1 || f->keep_alive);
}

/* --- request ---------------------------------------------------------------------------------- */

/* Refuses a name that could leave a folder; the server looks names up in a table, but the next
 * user of this parser may not. */
static bool name_safe(const char *name, struct err *e)
{
    if (name[0] == '\0')
        return true; /* "/" */
    for (const char *at = name;; at++) {
        size_t n = strcspn(at, "/\\");
        if (n == 0 || (n == 1 && at[0] == '.') || (n == 2 && at[0] == '.' && at[1] == '.'))
            return err_set(
                e, "HTTP request: path with an empty, '.' or '..' part (FORMATS section 6)");
        at += n;
        if (*at == '\0')
            return true;
    }
}

static bool name_of(struct view path, char name[256], struct err *e)
{
    size_t n = 0;
    memset(name, 0, 256);
    for (size_t i = 0; i < path.n; i++) {
        uint8_t c = path.p[i];
        if (c == '%') {
            bool fits = path.n - i > 2;
            int high = fits ? text_hex(path.p[i + 1]) : -1;
            int low = fits ? text_hex(path.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return err_set(e,
                               "HTTP request: bad percent escape in the path (FORMATS section 6)");
            c = (uint8_t)(high << 4 | low);
            i += 2;
        }
        if (c < ' ' || c == 0x7f)
            return err_set(
                e, "HTTP request: control character 0x%02x in the path (FORMATS section 6)", c);
        if (n == 255)
            return err_set(e, "HTTP request: path of more than 255 bytes (FORMATS section 6)");
        name[n++] = (char)c;
    }
    return name_safe(name, e);
}

/* The target's path, its first '/' cut off: "/NAME", "http://HOST/NAME" or, over TLS, https. */
static bool path_of(struct view target, struct view *path, struct err *e)
{
    static const char *const schemes[] = { "http://", "https://" };
    size_t cut = target.n > 0 && target.p[0] == '/' ? 1 : 0;
    for (size_t i = 0; cut == 0 && i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t n = strlen(schemes[i]);
        if (target.n > n && text_same(view_of(target.p, n), schemes[i]))
            cut = n;
    }
    if (cut == 0)
        return err_set(e, "HTTP request: target without '/' (FORMATS section 6)");
    target = view_of(target.p + cut, target.n - cut);
    if (cut > 1) /* the host */
        (void)text_cut(&target, '/');
    target = text_cut(&target, '#');
    *path = text_cut(&target, '?');
    return true;
}

static bool request_line(struct view line, struct http_request *r, int *minor, struct err *e)
{
    struct view rest = line;
    struct view method = text_cut(&rest, ' ');
    struct view target = text_cut(&rest, ' ');
    struct view path;
    if (!text_token(method))
        return err_set(e, "HTTP request: bad method (FORMATS section 6)");
    *minor = minor_of(rest);
    if (*minor < 0)
        return err_set(e, "HTTP request: no HTTP/1.x behind the target (FORMATS section 6)");
    r->get = view_eq(method, view_str("GET"));
    r->head = view_eq(method, view_str("HEAD"));
    return path_of(target, &path, e) && name_of(path, r->name, e);
}

bool http_request_decode(struct view in, bool *whole, struct http_request *out, struct err *e)
{
    static const char what[] = "HTTP request";
    struct view head, line;
    struct http_request r = { 0 };
    struct fields f;
    int minor = -1;
    if (!head_of(in, what, whole, &head, &r.length, e))
        return false;
    if (!*whole)
        return true;
    *whole = false;
    if (!text_line(&head, &line))
        return err_set(e, "%s: no request line (FORMATS section 6)", what);
    if (!request_line(line, &r, &minor, e) || !fields_of(head, what, &f, e))
        return false;
    bool served = r.get || r.head; /* else 405, whatever it brings, and the connection is over */
    if (served && f.encoded)
        return err_set(e, "%s: Transfer-Encoding is not served (FORMATS section 6)", what);
    if (served && f.length > 0)
        return err_set(e, "%s: a body of %llu bytes is not taken (FORMATS section 6)", what,
                       (unsigned long long)f.length);
    r.keep_alive = served && keeps(minor, &f);
    r.passed_on = f.via;
    *out = r;
    *whole = true;
    return true;
}

static void put_request(const char *name, const char *host, const char *via, struct wr *w)
{
    wr_str(w, "GET /");
    for (const char *at = name; *at != '\0'; at++) {
        uint8_t c = (uint8_t)*at;
        uint8_t letter = c | 0x20;
        bool plain = (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') ||
                     strchr("-._~/!$&'()*+,;=:@", c) != NULL;
        if (plain)
            wr_u8(w, c);
        else
            wr_fmt(w, "%%%02X", c);
    }
    wr_str(w, " HTTP/1.1\r\nHost: ");
    wr_str(w, host);
    if (via != NULL)
        wr_fmt(w, "\r\nVia: 1.1 %s", via);
    wr_str(w, "\r\nAccept: */*\r\n\r\n");
}

void http_request_encode(const char *name, const char *host, struct wr *w)
{
    put_request(name, host, NULL, w);
}

void http_request_pass_on(const char *name, const char *host, const char *via, struct wr *w)
{
    put_request(name, host, via, w);
}

/* --- response --------------------------------------------------------------------------------- */

static bool status_line(struct view line, int *status, int *minor, struct err *e)
{
    struct view rest = line;
    *minor = minor_of(text_cut(&rest, ' '));
    if (*minor < 0)
        return err_set(e, "HTTP response: no HTTP/1.x at its front (FORMATS section 6)");
    struct view code = text_cut(&rest, ' ');
    uint64_t x;
    if (code.n != 3 || !text_number(code, 599, &x) || x < 100)
        return err_set(e,
                       "HTTP response: status is not a number from 100 to 599 (FORMATS section 6)");
    *status = (int)x;
    return true;
}

bool http_response_decode(struct view in, bool *whole, struct http_response *out, struct err *e)
{
    static const char what[] = "HTTP response";
    struct view head, line;
    struct http_response r = { 0 };
    struct fields f;
    int minor = -1;
    if (!head_of(in, what, whole, &head, &r.head, e))
        return false;
    if (!*whole)
        return true;
    *whole = false;
    if (!text_line(&head, &line))
        return err_set(e, "%s: no status line (FORMATS section 6)", what);
    if (!status_line(line, &r.status, &minor, e) || !fields_of(head, what, &f, e))
        return false;
    if (f.encoded)
        return err_set(e, "%s: Transfer-Encoding is not served (FORMATS section 6)", what);
    if (r.status == 200 && !f.has_length)
        return err_set(e, "%s: 200 without Content-length (FORMATS section 6)", what);
    r.body = (size_t)f.length;
    r.close = !f.has_length || !keeps(minor, &f);
    *out = r;
    *whole = true;
    return true;
}

void http_response_encode(int status, size_t body, bool keep_alive, struct wr *w)
{
    static const struct {
        int status;
        const char *line;
    } known[] = {
        { 200, "200 OK" },
        { 400, "400 Bad Request" },
        { 404, "404 Not Found" },
        { 405, "405 Method Not Allowed" },
        { 503, "503 Service Unavailable" },
    };
    const char *line = NULL;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].status == status)
            line = known[i].line;
    }
    CHECK(line != NULL);
    /* These four lines, in this order and spelling, are what a 7821 logged of an 11.5 node. */
    wr_fmt(w, "HTTP/1.1 %s\r\nContent-length: %zu\r\n", line, body);
    wr_str(w, "Cache-Control: no-store\r\nContent-type: */*\r\n");
    if (status == 405)
        wr_str(w, "Allow: GET, HEAD\r\n");
    if (!keep_alive)
        wr_str(w, "Connection: close\r\n");
    wr_str(w, "\r\n");
}
