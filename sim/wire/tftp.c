#include "sim/wire/tftp.h"

#include "sim/base/check.h"
#include "sim/wire/text.h"

#include <string.h>

#define SEND_TIMEOUT_US    1000000 /* assumed */
#define RECEIVE_TIMEOUT_US 500000  /* observed: a 7821 retransmits after half a second */

static const char *const op_names[] = { NULL, "RRQ", "WRQ", "DATA", "ACK", "ERROR", "OACK" };

/* --- packets ---------------------------------------------------------------------------------- */

static bool text_z(struct rd *r, const char *what, uint16_t op, struct view *out, struct err *e)
{
    struct view left = view_of(r->in.p + r->at, rd_left(r));
    const uint8_t *nul = left.n > 0 ? memchr(left.p, 0, left.n) : NULL;
    if (nul == NULL)
        return err_set(e, "TFTP %s: byte %zu: %s without NUL (FORMATS section 6)", op_names[op],
                       r->at, what);
    *out = view_of(left.p, (size_t)(nul - left.p));
    r->at += out->n + 1;
    return true;
}

/* One option and its value; unknown names are passed over.  In a request so is what cannot be
 * taken, a second one too: RFC 2347 has it left out of the answer.  An answer with it is none. */
static bool decode_option(struct rd *r, struct tftp_packet *p, struct err *e)
{
    static const struct {
        const char *name;
        uint64_t min, max;
    } known[] = { { "blksize", 8, INT32_MAX },
                  { "timeout", 1, 255 },
                  { "tsize", 0, INT64_MAX },
                  { "windowsize", 1, UINT16_MAX } };
    const bool had[] = { p->blksize >= 0, p->timeout_s >= 0, p->tsize >= 0, p->windowsize != 0 };
    struct view name, value;
    size_t at = r->at;
    if (!text_z(r, "option name", p->op, &name, e))
        return false;
    if (name.n == 0)
        return err_set(e, "TFTP %s: byte %zu: empty option name (FORMATS section 6)",
                       op_names[p->op], at);
    size_t value_at = r->at;
    if (!text_z(r, "option value", p->op, &value, e))
        return false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint64_t x;
        if (!text_same(name, known[i].name))
            continue;
        bool taken = !had[i] && text_number(value, known[i].max, &x) && x >= known[i].min;
        if (!taken && p->op != TFTP_OACK)
            return true;
        if (had[i])
            return err_set(e, "TFTP %s: byte %zu: second option %s (FORMATS section 6)",
                           op_names[p->op], at, known[i].name);
        if (!taken)
            return err_set(e,
                           "TFTP %s: byte %zu: option %s is not a number from %llu to %llu "
                           "(FORMATS section 6)",
                           op_names[p->op], value_at, known[i].name,
                           (unsigned long long)known[i].min, (unsigned long long)known[i].max);
        if (i == 0)
            p->blksize = (int32_t)x;
        else if (i == 1)
            p->timeout_s = (int32_t)x;
        else if (i == 2)
            p->tsize = (int64_t)x;
        else
            p->windowsize = (uint32_t)x;
    }
    return true;
}

static bool decode_request(struct rd *r, struct tftp_packet *p, struct err *e)
{
    if (p->op != TFTP_OACK) {
        if (!text_z(r, "file name", p->op, &p->name, e))
            return false;
        if (p->name.n == 0)
            return err_set(e, "TFTP %s: byte 2: empty file name (FORMATS section 6)",
                           op_names[p->op]);
        if (!text_z(r, "mode", p->op, &p->mode, e))
            return false;
    }
    while (rd_left(r) > 0)
        if (!decode_option(r, p, e))
            return false;
    return true;
}

static const struct tftp_packet empty = { .blksize = -1, .timeout_s = -1, .tsize = -1 };

bool tftp_decode(struct view datagram, struct tftp_packet *out, struct err *e)
{
    struct tftp_packet p = empty;
    struct rd r = rd_of(datagram);
    if (!rd_u16(&r, &p.op))
        return err_set(e, "TFTP packet: %zu bytes, expected at least 4 (FORMATS section 6)",
                       datagram.n);
    if (p.op < TFTP_RRQ || p.op > TFTP_OACK)
        return err_set(e, "TFTP packet: byte 0: operation %u, expected 1 to 6 (FORMATS section 6)",
                       p.op);
    bool ok = true;
    if (p.op == TFTP_DATA || p.op == TFTP_ACK || p.op == TFTP_ERROR) {
        if (!rd_u16(&r, p.op == TFTP_ERROR ? &p.code : &p.block))
            return err_set(e, "TFTP %s: %zu bytes, expected at least 4 (FORMATS section 6)",
                           op_names[p.op], datagram.n);
        if (p.op == TFTP_DATA)
            ok = rd_view(&r, rd_left(&r), &p.data);
        if (p.op == TFTP_ERROR)
            ok = text_z(&r, "message", p.op, &p.message, e);
        if (ok && rd_left(&r) > 0)
            ok = err_set(e, "TFTP %s: byte %zu: %zu bytes too many (FORMATS section 6)",
                         op_names[p.op], r.at, rd_left(&r));
    } else {
        ok = decode_request(&r, &p, e);
    }
    if (ok)
        *out = p;
    return ok;
}

/* Digits by hand: printf() would be a good part of what a request costs. */
static void encode_option(struct wr *w, const char *name, int64_t value)
{
    char text[24], *p = text + sizeof text;
    if (value < 0)
        return;
    *--p = '\0';
    do
        *--p = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    wr_view(w, view_strz(name));
    wr_view(w, view_strz(p));
}

void tftp_encode(const struct tftp_packet *p, struct wr *w)
{
    CHECK(p->op >= TFTP_RRQ && p->op <= TFTP_OACK);
    wr_u16(w, p->op);
    switch (p->op) {
    case TFTP_DATA:
        wr_u16(w, p->block);
        wr_view(w, p->data);
        return;
    case TFTP_ACK:
        wr_u16(w, p->block);
        return;
    case TFTP_ERROR:
        wr_u16(w, p->code);
        wr_view(w, p->message);
        wr_u8(w, 0);
        return;
    case TFTP_OACK:
        break;
    default:
        wr_view(w, p->name);
        wr_u8(w, 0);
        wr_view(w, p->mode);
        wr_u8(w, 0);
    }
    encode_option(w, "blksize", p->blksize);
    encode_option(w, "timeout", p->timeout_s);
    encode_option(w, "tsize", p->tsize);
    encode_option(w, "windowsize", p->windowsize != 0 ? (int64_t)p->windowsize : -1);
}

static void put_error(struct wr *out, uint16_t code, const char *message)
{
    struct tftp_packet p = empty;
    p.op = TFTP_ERROR;
    p.code = code;
    p.message = view_str(message);
    tftp_encode(&p, out);
}

/* --- netascii --------------------------------------------------------------------------------- */

bool tftp_is_netascii(struct view mode)
{
    return text_same(mode, "netascii");
}

void tftp_netascii(struct view file, struct wr *out)
{
    size_t from = 0; /* what is as it is goes in one piece */
    for (size_t i = 0; i < file.n; i++) {
        bool line = file.p[i] == '\n';
        if (!line && file.p[i] != '\r')
            continue;
        wr_view(out, view_sub(file, from, i - from));
        wr_view(out, line ? view_str("\r\n") : view_strz("\r"));
        from = i + 1;
    }
    if (from < file.n)
        wr_view(out, view_sub(file, from, file.n - from));
}

/* --- sender ----------------------------------------------------------------------------------- */

static uint64_t last_block(const struct tftp_send *s)
{
    return s->file.n / s->blksize + 1; /* an exact multiple ends with an empty block */
}

static void send_data(struct tftp_send *s, uint64_t now_us, struct wr *out)
{
    struct tftp_packet p = empty;
    size_t at = (size_t)s->block * s->blksize, left = s->file.n - at;
    s->block++;
    p.op = TFTP_DATA;
    p.block = (uint16_t)s->block;
    struct view bytes =
        view_of(s->file.n > 0 ? s->file.p + at : NULL, left < s->blksize ? left : s->blksize);
    *(s->apart ? &s->body : &p.data) = bytes;
    tftp_encode(&p, out);
    s->deadline_us = now_us + s->timeout_us;
}

/* The OACK, or the first block that is not acknowledged. */
static void send_first(struct tftp_send *s, uint64_t now_us, struct wr *out)
{
    s->block = s->acked;
    if (s->open) {
        send_data(s, now_us, out);
        return;
    }
    struct tftp_packet p = s->request;
    p.op = TFTP_OACK;
    tftp_encode(&p, out);
    s->body = view_of(NULL, 0);
    s->deadline_us = now_us + s->timeout_us;
}

static void send_fail(struct tftp_send *s)
{
    s->failed = true;
    s->deadline_us = 0;
}

/* Is it a request that is served?  Else it is answered, and that is all. */
static bool send_takes(struct tftp_send *s, const struct tftp_packet *rrq, struct wr *out)
{
    bool octet = text_same(rrq->mode, "octet") || tftp_is_netascii(rrq->mode);
    if (rrq->op == TFTP_RRQ && octet)
        return true;
    bool write = rrq->op == TFTP_WRQ;
    put_error(out, write ? TFTP_ERR_ACCESS : TFTP_ERR_ILLEGAL,
              write ? "Access violation" : "Illegal TFTP operation");
    send_fail(s);
    return false;
}

static uint32_t window_of(uint32_t asked, uint32_t blksize)
{
    uint32_t most = TFTP_WINDOW_BYTES / blksize;
    most = most < TFTP_WINDOW_MAX ? most : TFTP_WINDOW_MAX;
    uint32_t window = asked < most ? asked : most;
    return window > 0 ? window : 1;
}

void tftp_send_start(struct tftp_send *s, const struct tftp_packet *rrq, struct view file,
                     uint64_t now_us, struct wr *out)
{
    *s = (struct tftp_send){ .file = file,
                             .blksize = TFTP_BLKSIZE,
                             .timeout_us = SEND_TIMEOUT_US,
                             .request = *rrq,
                             .tries = 1 };
    s->request.name = s->request.mode = (struct view){ NULL, 0 };
    if (!send_takes(s, rrq, out))
        return;
    if (rrq->blksize >= 0) {
        s->blksize = rrq->blksize < TFTP_BLKSIZE_MAX ? (uint32_t)rrq->blksize : TFTP_BLKSIZE_MAX;
        s->request.blksize = (int32_t)s->blksize;
    }
    CHECK(s->blksize > 0); /* decoding refuses less than 8 */
    s->window = window_of(rrq->windowsize, s->blksize);
    if (rrq->windowsize != 0)
        s->request.windowsize = s->window;
    if (rrq->tsize >= 0)
        s->request.tsize = (int64_t)file.n;
    if (rrq->timeout_s > 0)
        s->timeout_us = (uint32_t)rrq->timeout_s * 1000000U;
    s->oack = rrq->blksize >= 0 || rrq->tsize >= 0 || rrq->timeout_s >= 0 || rrq->windowsize != 0;
    s->open = !s->oack;
    send_first(s, now_us, out);
}

/* What an ACK says; true: the window that follows is due. */
static bool send_acked(struct tftp_send *s, uint16_t block)
{
    if (!s->open) {
        s->open = block == 0;
        return s->open;
    }
    /* Fewer than 65536 blocks are on the way: the low half says which one it is. */
    uint16_t ahead = (uint16_t)(block - (uint16_t)s->acked);
    if (ahead > s->block - s->acked)
        return false; /* none of those on the way */
    if (ahead == 0 && (s->window == 1 || s->again))
        return false; /* to answer it would double every packet from here on */
    s->again = ahead == 0;
    s->acked += ahead;
    return true;
}

void tftp_send_packet(struct tftp_send *s, const struct tftp_packet *p, uint64_t now_us,
                      struct wr *out)
{
    if (s->done || s->failed)
        return;
    if (p->op == TFTP_ERROR) {
        send_fail(s);
        return;
    }
    if (p->op != TFTP_ACK || !send_acked(s, p->block))
        return;
    if (s->acked == last_block(s)) {
        s->done = true;
        s->deadline_us = 0;
        return;
    }
    if (!s->again)
        s->tries = 1;
    send_first(s, now_us, out);
}

void tftp_send_more(struct tftp_send *s, uint64_t now_us, struct wr *out)
{
    if (s->open && !s->done && !s->failed && s->block < s->acked + s->window &&
        s->block < last_block(s))
        send_data(s, now_us, out);
}

void tftp_send_timeout(struct tftp_send *s, uint64_t now_us, struct wr *out)
{
    if (s->deadline_us == 0 || now_us < s->deadline_us)
        return;
    if (s->tries >= TFTP_TRIES) {
        send_fail(s);
        return;
    }
    s->tries++;
    send_first(s, now_us, out);
}

/* --- receiver --------------------------------------------------------------------------------- */

/* The request while nothing has come, then the ACK of what came last. */
static void put_current(const struct tftp_receive *r, struct wr *out)
{
    struct tftp_packet p = empty;
    if (r->block == 0 && !r->oack) {
        p.op = TFTP_RRQ;
        p.name = r->name;
        p.mode = view_str("octet");
        p.blksize = r->asked ? (int32_t)r->blksize : -1;
        p.tsize = r->asked ? 0 : -1;
    } else {
        p.op = TFTP_ACK;
        p.block = (uint16_t)r->block;
    }
    tftp_encode(&p, out);
}

static void receive_current(struct tftp_receive *r, uint64_t now_us, struct wr *out)
{
    put_current(r, out);
    r->tries++;
    r->deadline_us = r->done ? 0 : now_us + r->timeout_us;
}

static void receive_fail(struct tftp_receive *r, uint16_t code)
{
    r->failed = true;
    r->error_code = code;
    r->deadline_us = 0;
}

static void receive_refuse(struct tftp_receive *r, uint16_t code, const char *message,
                           struct wr *out)
{
    put_error(out, code, message);
    receive_fail(r, code);
}

void tftp_receive_start(struct tftp_receive *r, struct view name, uint32_t blksize, void *into,
                        size_t cap, uint64_t now_us, struct wr *out)
{
    bool asked = blksize != 0 && blksize != TFTP_BLKSIZE;
    CHECK(!asked || (blksize >= 8 && blksize <= TFTP_BLKSIZE_MAX));
    *r = (struct tftp_receive){ .name = name,
                                .blksize = asked ? blksize : TFTP_BLKSIZE,
                                .asked = asked,
                                .timeout_us = RECEIVE_TIMEOUT_US,
                                .into = wr_of(into, cap) };
    receive_current(r, now_us, out);
}

static void receive_oack(struct tftp_receive *r, const struct tftp_packet *p, uint64_t now_us,
                         struct wr *out)
{
    if (r->block > 0)
        return;
    if (r->oack) {
        put_current(r, out); /* our ACK was lost; a duplicate is no progress and no try */
        return;
    }
    if (!r->asked || p->timeout_s >= 0 || p->windowsize != 0 || p->blksize > (int32_t)r->blksize) {
        receive_refuse(r, TFTP_ERR_OPTION, "Option was not asked for", out);
        return;
    }
    if (p->tsize >= 0 && (uint64_t)p->tsize > r->into.cap) {
        receive_refuse(r, TFTP_ERR_FULL, "File too large", out);
        return;
    }
    r->blksize = p->blksize >= 0 ? (uint32_t)p->blksize : TFTP_BLKSIZE;
    r->oack = true;
    r->tries = 0;
    receive_current(r, now_us, out);
}

static void receive_data(struct tftp_receive *r, const struct tftp_packet *p, uint64_t now_us,
                         struct wr *out)
{
    if (r->block > 0 && p->block == (uint16_t)r->block) {
        put_current(r, out); /* as above */
        return;
    }
    if (r->done || p->block != (uint16_t)(r->block + 1))
        return;
    if (r->block == 0 && !r->oack)
        r->blksize = TFTP_BLKSIZE; /* the server knows no options */
    if (p->data.n > r->blksize) {
        receive_refuse(r, TFTP_ERR_ILLEGAL, "Block too long", out);
        return;
    }
    if (p->data.n > r->into.cap - r->into.n) {
        receive_refuse(r, TFTP_ERR_FULL, "File too large", out);
        return;
    }
    wr_view(&r->into, p->data);
    r->block++;
    r->tries = 0;
    r->done = p->data.n < r->blksize;
    receive_current(r, now_us, out);
}

void tftp_receive_packet(struct tftp_receive *r, const struct tftp_packet *p, uint64_t now_us,
                         struct wr *out)
{
    if (r->failed)
        return;
    if (p->op == TFTP_DATA)
        receive_data(r, p, now_us, out);
    if (r->done)
        return;
    if (p->op == TFTP_OACK)
        receive_oack(r, p, now_us, out);
    if (p->op == TFTP_ERROR) {
        receive_fail(r, p->code);
        r->not_found = p->code == TFTP_ERR_NOT_FOUND;
    }
}

void tftp_receive_timeout(struct tftp_receive *r, uint64_t now_us, struct wr *out)
{
    if (r->deadline_us == 0 || now_us < r->deadline_us)
        return;
    if (r->tries >= TFTP_TRIES)
        receive_fail(r, TFTP_ERR_UNDEFINED);
    else
        receive_current(r, now_us, out);
}
