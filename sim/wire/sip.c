#include "sim/wire/sip.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"
#include "sim/wire/text.h"

#include <string.h>

#define DEVICE_PARAMETER "+u.sip!devicename.ccm.cisco.com"

/* --- reading ---------------------------------------------------------------------------------- */

static size_t empty_lines(struct view in)
{
    size_t n = 0;
    while (n < in.n && (in.p[n] == '\r' || in.p[n] == '\n'))
        n++;
    return n;
}

/* Finds the head [start, *end), the empty line left out; *whole is false while it is not there, and
 * `seen` says how far it was looked for. */
static bool head_of(struct view in, struct sip_seen *seen, bool *whole, struct view *head,
                    size_t *body_at, struct err *e)
{
    size_t start = empty_lines(in), line = seen->line > start ? seen->line : start;
    *whole = false;
    for (size_t i = seen->at > start ? seen->at : start; i < in.n && i < SIP_MAX; i++) {
        uint8_t c = in.p[i];
        bool after_cr = i > start && in.p[i - 1] == '\r';
        if ((c == '\n') != after_cr)
            return err_set(e, "SIP message: byte %zu: CR and LF not together (FORMATS section 8)",
                           i);
        if (c == '\n' && i == line + 1) {
            *whole = true;
            *head = view_sub(in, start, line - start);
            *body_at = i + 1;
            return true;
        }
        if (c == '\n')
            line = i + 1;
        else if ((c < ' ' && c != '\t' && c != '\r') || c == 0x7f)
            return err_set(e, "SIP message: byte %zu: control character 0x%02x (FORMATS section 8)",
                           i, c);
    }
    seen->at = in.n;
    seen->line = line;
    if (in.n >= SIP_MAX)
        return err_set(e, "SIP message: head of more than %d bytes (FORMATS section 8)", SIP_MAX);
    return true;
}

/* One header with its continuation lines, the ending of the last one left out. */
static bool next_header(struct view *lines, struct view *header)
{
    struct view line;
    if (!text_line(lines, header))
        return false;
    while (lines->n > 0 && (lines->p[0] == ' ' || lines->p[0] == '\t')) {
        CHECK(text_line(lines, &line)); /* a head is whole lines */
        header->n = (size_t)(line.p + line.n - header->p);
    }
    return true;
}

/* Where a header of struct sip_msg goes; `once`: a second one is refused. */
static const struct header {
    const char *name;
    const char *compact;
    size_t at;
    bool once, needed;
} headers[] = {
    { "Via", "v", offsetof(struct sip_msg, via), false, true },
    { "From", "f", offsetof(struct sip_msg, from), true, true },
    { "To", "t", offsetof(struct sip_msg, to), true, true },
    { "Call-ID", "i", offsetof(struct sip_msg, call_id), true, true },
    { "CSeq", "", offsetof(struct sip_msg, cseq), true, true },
    { "Contact", "m", offsetof(struct sip_msg, contact), false, false },
    { "User-Agent", "", offsetof(struct sip_msg, user_agent), false, false },
    { "Warning", "", offsetof(struct sip_msg, warning), false, false },
};

#define HEADERS (sizeof headers / sizeof headers[0])

struct lengths {
    bool has_length;
    uint64_t length;
};

static bool number_field(struct view value, const char *name, uint64_t max, bool had, uint64_t *out,
                         struct err *e)
{
    if (had)
        return err_set(e, "SIP message: second %s (FORMATS section 8)", name);
    if (!text_number(value, max, out))
        return err_set(e, "SIP message: %s is not a number up to %llu (FORMATS section 8)", name,
                       (unsigned long long)max);
    return true;
}

static bool take_header(struct view name, struct view value, struct sip_msg *m, struct lengths *l,
                        struct err *e)
{
    if (text_same(name, "Content-Length") || text_same(name, "l")) {
        bool had = l->has_length;
        l->has_length = true;
        return number_field(value, "Content-Length", SIP_MAX, had, &l->length, e);
    }
    if (text_same(name, "Expires")) {
        uint64_t x = 0;
        if (!number_field(value, "Expires", UINT32_MAX, m->expires_s >= 0, &x, e))
            return false;
        m->expires_s = (int64_t)x;
        return true;
    }
    for (size_t i = 0; i < HEADERS; i++) {
        const struct header *h = &headers[i];
        if (!text_same(name, h->name) && !text_same(name, h->compact))
            continue;
        struct view *field = (struct view *)((char *)m + h->at);
        if (field->p != NULL && h->once)
            return err_set(e, "SIP message: second %s (FORMATS section 8)", h->name);
        if (value.n == 0)
            return err_set(e, "SIP message: empty %s (FORMATS section 8)", h->name);
        if (field->p == NULL)
            *field = value;
    }
    return true;
}

static bool headers_of(struct view lines, struct sip_msg *m, struct lengths *l, struct err *e)
{
    struct view header;
    for (unsigned n = 1; next_header(&lines, &header); n++) {
        if (header.n == 0 || memchr(header.p, ':', header.n) == NULL)
            return err_set(e, "SIP message: header %u without a colon (FORMATS section 8)", n);
        bool indented = header.p[0] == ' ' || header.p[0] == '\t';
        struct view name = text_trim(text_cut(&header, ':'));
        if (indented || !text_token(name)) /* nothing goes before a colon but the name and blanks */
            return err_set(e, "SIP message: header %u: bad name (FORMATS section 8)", n);
        if (!take_header(name, text_trim(header), m, l, e))
            return false;
    }
    return l->has_length || err_set(e, "SIP message: no Content-Length (FORMATS section 8)");
}

static bool first_line(struct view line, struct sip_msg *m, struct err *e)
{
    static const char version[] = "SIP/2.0";
    struct view rest = line;
    struct view first = text_cut(&rest, ' ');
    if (text_same(first, version)) {
        uint64_t status;
        struct view code = text_cut(&rest, ' ');
        if (code.n != 3 || !text_number(code, 699, &status) || status < 100)
            return err_set(
                e, "SIP message: status is not a number from 100 to 699 (FORMATS section 8)");
        m->status = (int)status;
        m->reason = rest;
        return true;
    }
    m->request = true;
    m->method = first;
    m->uri = text_cut(&rest, ' ');
    if (!text_token(m->method))
        return err_set(e, "SIP message: bad method (FORMATS section 8)");
    if (m->uri.n == 0 || !text_same(rest, version))
        return err_set(e, "SIP message: no URI and SIP/2.0 behind the method (FORMATS section 8)");
    return true;
}

/* What both readers need: the first line and the headers.  *whole as in head_of(). */
static bool read_head(struct view in, struct sip_seen *seen, bool *whole, struct sip_msg *m,
                      size_t *length, size_t *body_at, struct err *e)
{
    struct view head, line;
    struct lengths l = { 0 };
    *m = (struct sip_msg){ .expires_s = -1 };
    if (!head_of(in, seen, whole, &head, body_at, e))
        return false;
    if (!*whole)
        return true;
    if (!text_line(&head, &line))
        return err_set(e, "SIP message: no first line (FORMATS section 8)");
    if (!first_line(line, m, e) || !headers_of(head, m, &l, e))
        return false;
    if (l.length > SIP_MAX - *body_at)
        return err_set(e, "SIP message: %zu bytes, at most %d are taken (FORMATS section 8)",
                       *body_at + (size_t)l.length, SIP_MAX);
    *length = *body_at + (size_t)l.length;
    return true;
}

bool sip_goes_on(struct view in, struct sip_seen *seen, size_t *length, struct err *e)
{
    struct sip_msg m;
    bool whole = false;
    size_t body_at = 0;
    *length = 0;
    if (seen->length == 0 && !read_head(in, seen, &whole, &m, &seen->length, &body_at, e))
        return false;
    if (seen->length == 0 || in.n < seen->length)
        return true;
    *length = seen->length;
    *seen = (struct sip_seen){ 0 };
    return true;
}

bool sip_whole(struct view in, size_t *length, struct err *e)
{
    struct sip_seen seen = { 0 };
    return sip_goes_on(in, &seen, length, e);
}

/* The end of a part: up to `end`, quoted strings and <...> passed over. */
static size_t part_end(struct view v, size_t at, uint8_t end)
{
    bool quoted = false, angle = false;
    for (; at < v.n; at++) {
        uint8_t c = v.p[at];
        if (quoted && c == '\\')
            at++;
        else if (c == '"' && !angle)
            quoted = !quoted;
        else if (!quoted && (c == '<' || c == '>'))
            angle = c == '<';
        else if (!quoted && !angle && (c == end || c == ','))
            break;
    }
    return at < v.n ? at : v.n;
}

/* The value of a header parameter (";name=value") of the first entry; {NULL, 0} where absent. */
static struct view parameter(struct view v, const char *name)
{
    size_t at = part_end(v, 0, ';');
    while (at < v.n && v.p[at] == ';') {
        size_t end = part_end(v, at + 1, ';');
        struct view value = view_of(v.p + at + 1, end - at - 1);
        struct view key = text_trim(text_cut(&value, '='));
        if (text_same(key, name))
            return text_trim(value);
        at = end;
    }
    return (struct view){ NULL, 0 };
}

/* The device name between its quotes; absent where it is no such name. */
static struct view device_of(struct view contact)
{
    struct view v = contact.p != NULL ? parameter(contact, DEVICE_PARAMETER) : contact;
    if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
        v = view_of(v.p + 1, v.n - 2);
    return text_token(v) ? v : (struct view){ NULL, 0 };
}

/* "101 REGISTER": a number and the method of the request. */
static bool judge_cseq(const struct sip_msg *m, struct err *e)
{
    size_t n = 0;
    while (n < m->cseq.n && strchr(" \t\r\n", m->cseq.p[n]) == NULL) /* a fold is white space too */
        n++;
    struct view digits = view_sub(m->cseq, 0, n), rest = view_sub(m->cseq, n, m->cseq.n - n);
    uint64_t number;
    if (!text_number(digits, 0x7fffffff, &number) || !text_token(text_trim(rest)))
        return err_set(e, "SIP message: CSeq is not a number and a method (FORMATS section 8)");
    if (m->request && !view_eq(text_trim(rest), m->method))
        return err_set(e, "SIP message: CSeq is of another method (FORMATS section 8)");
    return true;
}

bool sip_decode(struct view message, struct sip_msg *out, struct err *e)
{
    struct sip_msg m;
    bool whole;
    size_t n = 0, body_at = 0;
    struct sip_seen seen = { 0 };
    if (!read_head(message, &seen, &whole, &m, &n, &body_at, e))
        return false;
    if (!whole)
        return err_set(e, "SIP message: head without its empty line (FORMATS section 8)");
    if (n != message.n)
        return err_set(
            e, "SIP message: body of %zu bytes, Content-Length says %zu (FORMATS section 8)",
            message.n - body_at, n - body_at);
    for (size_t i = 0; i < HEADERS; i++) {
        const struct view *field = (const struct view *)((const char *)&m + headers[i].at);
        if (headers[i].needed && field->p == NULL)
            return err_set(e, "SIP message: no %s (FORMATS section 8)", headers[i].name);
    }
    if (!judge_cseq(&m, e))
        return false;
    m.device_name = device_of(m.contact);
    m.body = view_sub(message, body_at, n - body_at);
    *out = m;
    return true;
}

/* What a 7821 says of itself in every REGISTER (observed, technote 214535, firmware 12.1). */
#define SUPPORTED                                                                                  \
    "Supported: replaces,join,sdp-anat,norefersub,resource-priority,extended-refer,"               \
    "X-cisco-callinfo,X-cisco-serviceuri,X-cisco-escapecodes,X-cisco-service-control,"             \
    "X-cisco-srtp-fallback,X-cisco-monrec,X-cisco-config,X-cisco-sis-7.0.0,"                       \
    "X-cisco-xsi-8.5.1\r\n"

/* --- writing ---------------------------------------------------------------------------------- */

/* A value of ours inside <>, quotes or a URI: what could end it is percent-encoded. */
static void put(struct wr *w, const char *text)
{
    for (; *text != '\0'; text++) {
        uint8_t c = (uint8_t)*text;
        if (c <= ' ' || c >= 0x7f || strchr("\"<>\\%@;,?", c) != NULL)
            wr_fmt(w, "%%%02X", c);
        else
            wr_u8(w, c);
    }
}

/* A header's value as text: what could end the line becomes a space. */
static void put_text(struct wr *w, const char *text)
{
    for (; *text != '\0'; text++)
        wr_u8(w, (uint8_t)*text < ' ' || *text == 0x7f ? ' ' : (uint8_t)*text);
}

/* The last part of +sip.instance: the MAC of SEP<MAC> in lower case (observed, technote 214535);
 * for a name without one (a soft phone) 48 bits of its hash (assumed). */
static void put_instance(struct wr *w, const char *device)
{
    size_t n = strlen(device);
    bool mac = n == 15 && memcmp(device, "SEP", 3) == 0;
    for (size_t i = 3; mac && i < n; i++)
        mac = text_hex((uint8_t)device[i]) >= 0;
    for (size_t i = 3; mac && i < n; i++)
        wr_u8(w, (uint8_t)device[i] | 0x20); /* digits have that bit */
    if (!mac)
        wr_fmt(w, "%012llx",
               (unsigned long long)(rng_hash(0, view_str(device)) & 0xffffffffffffULL));
}

static void put_address(struct wr *w, const char *header, const struct sip_register *r)
{
    wr_str(w, header);
    wr_str(w, ": <sip:");
    put(w, r->line);
    wr_u8(w, '@');
    put(w, r->server);
    wr_u8(w, '>');
}

void sip_register_encode(const struct sip_register *r, struct wr *w)
{
    wr_str(w, "REGISTER sip:");
    put(w, r->server);
    wr_fmt(w, " SIP/2.0\r\nVia: SIP/2.0/%s ", r->tls ? "TLS" : r->udp ? "UDP" : "TCP");
    put(w, r->local);
    wr_fmt(w, ":%u;branch=", r->local_port);
    put(w, r->branch);
    wr_str(w, "\r\n");
    put_address(w, "From", r);
    wr_str(w, ";tag=");
    put(w, r->tag);
    wr_str(w, "\r\n");
    put_address(w, "To", r);
    wr_str(w, "\r\nCall-ID: ");
    put_text(w, r->call_id);
    wr_fmt(w, "\r\nMax-Forwards: 70\r\nCSeq: %u REGISTER\r\nUser-Agent: ", r->cseq);
    put_text(w, r->user_agent);
    wr_str(w, "\r\nContact: <sip:");
    put(w, r->uuid);
    wr_u8(w, '@');
    put(w, r->local);
    wr_fmt(w, ":%u;transport=%s>;+sip.instance=\"<urn:uuid:00000000-0000-0000-0000-", r->local_port,
           r->tls   ? "tls"
           : r->udp ? "udp"
                    : "tcp");
    put_instance(w, r->device);
    wr_str(w, ">\";" DEVICE_PARAMETER "=\"");
    put(w, r->device);
    wr_fmt(w, "\";+u.sip!model.ccm.cisco.com=\"%u\"\r\n", r->model);
    wr_fmt(w, SUPPORTED "Expires: %u\r\nContent-Length: 0\r\n\r\n", r->expires_s);
}

/* A received value on one line, without the line's ending: a fold becomes one space. */
static void put_value(struct wr *w, const char *name, struct view v)
{
    wr_str(w, name);
    wr_str(w, ": ");
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] != '\r') {
            wr_u8(w, v.p[i]);
            continue;
        }
        while (i + 1 < v.n && strchr("\r\n\t ", v.p[i + 1]) != NULL)
            i++;
        wr_u8(w, ' ');
    }
}

static void put_received(struct wr *w, const char *name, struct view v)
{
    if (v.p == NULL)
        return;
    put_value(w, name, v);
    wr_str(w, "\r\n");
}

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } known[] = {
        { 100, "Trying" },
        { 200, "OK" },
        { 202, "Accepted" },
        { 400, "Bad Request" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 503, "Service Unavailable" },
        { 505, "Version Not Supported" },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].status == status)
            return known[i].reason;
    return "";
}

/* Why, in words, from the host that was asked: code 399 has no meaning of its own. */
static void put_warning(struct wr *w, const struct sip_msg *request, const char *text)
{
    struct view uri = request->uri;
    (void)text_cut(&uri, ':'); /* the scheme */
    struct view host = text_cut(&uri, ':');
    wr_str(w, "Warning: 399 ");
    wr_view(w, text_token(host) ? host : view_str("CallManager"));
    wr_str(w, " \"");
    put_text(w, text);
    wr_str(w, "\"\r\n");
}

/* `more`: what stands behind the Contact that a 200 repeats. */
static void respond(const struct sip_msg *request, int status, const char *warning,
                    int64_t expires_s, const char *more, struct wr *w)
{
    CHECK(status >= 100 && status <= 699);
    wr_fmt(w, "SIP/2.0 %d %s\r\n", status, reason_of(status));
    put_received(w, "Via", request->via);
    put_received(w, "From", request->from);
    if (request->to.p != NULL) {
        put_value(w, "To", request->to);
        if (status > 100 && parameter(request->to, "tag").p == NULL)
            wr_fmt(w, ";tag=%016llx", (unsigned long long)rng_hash(1, request->call_id));
        wr_str(w, "\r\n");
    }
    put_received(w, "Call-ID", request->call_id);
    put_received(w, "CSeq", request->cseq);
    if (status == 405 || (status == 200 && view_eq(request->method, view_str("OPTIONS"))))
        wr_str(w, "Allow: REGISTER, REFER, OPTIONS, ACK\r\n");
    if (expires_s >= 0)
        wr_fmt(w, "Expires: %lld\r\n", (long long)expires_s);
    if (status == 200 && expires_s >= 0 && request->contact.p != NULL) {
        put_value(w, "Contact", request->contact);
        wr_str(w, more);
        wr_str(w, "\r\n");
    }
    if (warning != NULL)
        put_warning(w, request, warning);
    wr_str(w, "Content-Length: 0\r\n\r\n");
}

void sip_response_encode(const struct sip_msg *request, int status, const char *warning,
                         int64_t expires_s, struct wr *w)
{
    respond(request, status, warning, expires_s, "", w);
}

void sip_registered_encode(const struct sip_msg *request, bool is_new, int64_t expires_s,
                           struct wr *w)
{
    respond(request, 200, NULL, expires_s, is_new ? ";x-cisco-newreg" : "", w);
}

/* ---- what is answered though it cannot be read ------------------------------------------------
 */

/* The headers that an answer repeats, out of lines of which some may be nonsense: the first of
 * each. */
static void take_what_there_is(struct view lines, struct sip_msg *m)
{
    struct view header;
    while (next_header(&lines, &header)) {
        struct view name = text_trim(text_cut(&header, ':')), value = text_trim(header);
        for (size_t i = 0; i < HEADERS; i++) {
            struct view *field = (struct view *)((char *)m + headers[i].at);
            bool is = text_same(name, headers[i].name) || text_same(name, headers[i].compact);
            if (is && name.n > 0 && value.n > 0 && field->p == NULL)
                *field = value;
        }
    }
}

bool sip_refuse(struct view in, struct wr *w)
{
    struct sip_msg m = { .expires_s = -1 };
    struct sip_seen seen = { 0 };
    struct view head, line;
    size_t body_at;
    bool whole;
    if (!head_of(in, &seen, &whole, &head, &body_at, NULL) || !whole || !text_line(&head, &line))
        return false;
    m.method = text_cut(&line, ' ');
    (void)text_cut(&line, ' '); /* the URI */
    bool sip = line.n > 4 && text_same(view_sub(line, 0, 4), "SIP/");
    if (!sip || !text_token(m.method) || view_eq(m.method, view_str("ACK")))
        return false;
    take_what_there_is(head, &m);
    if (m.via.p == NULL || m.from.p == NULL || m.to.p == NULL || m.call_id.p == NULL ||
        m.cseq.p == NULL)
        return false;
    sip_response_encode(&m, text_same(line, "SIP/2.0") ? 400 : 505, NULL, -1, w);
    return true;
}
