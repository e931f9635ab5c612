#include "sim/capture/impl.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

enum interface { INTERFACE_PACKETS, INTERFACE_LAB };

/* ---- the file ---- */

static struct wr block(struct capture *c)
{
    return wr_of(c->block, sizeof c->block);
}

static const char *name_of(const struct capture *c)
{
    return sys_is_stdout(c->path) ? "standard output" : c->path;
}

/* Told at once, for a capture may be read long before its end. */
static void failed(struct capture *c, int error)
{
    c->error = error != 0 ? error : EIO;
    fprintf(stderr, "cucmlab: %s: %s; it has no packets from here on\n", name_of(c),
            strerror(c->error));
}

/* The first write that fails is the last one. */
static void write_block(struct capture *c, const struct wr *w)
{
    CHECK(!w->over);
    if (c->out == NULL || c->error != 0)
        return;
    errno = 0;
    if (fwrite(w->p, 1, w->n, c->out) != w->n)
        failed(c, errno);
    c->written = true;
}

void capture_hold(struct capture *c)
{
    CHECK(pthread_mutex_lock(&c->lock) == 0);
}

void capture_release(struct capture *c)
{
    CHECK(pthread_mutex_unlock(&c->lock) == 0);
}

static void make_lock(struct capture *c)
{
    pthread_mutexattr_t how;
    CHECK(pthread_mutexattr_init(&how) == 0);
    CHECK(pthread_mutexattr_settype(&how, PTHREAD_MUTEX_RECURSIVE) == 0);
    CHECK(pthread_mutex_init(&c->lock, &how) == 0);
    pthread_mutexattr_destroy(&how);
}

/* ---- what waits ---- */

static void wait_in_order(struct capture *c, uint64_t at_us, const struct wr *w)
{
    uint32_t n = c->waiting_free;
    CHECK(!w->over);
    if (n != FLOW_NONE) {
        c->waiting_free = c->waiting[n].next_free;
    } else {
        n = c->waiting_count++;
        mem_reserve(&sys_mem, (void **)&c->waiting, &c->waiting_cap, c->waiting_count,
                    sizeof *c->waiting);
    }
    struct waiting *k = &c->waiting[n];
    *k = (struct waiting){ mem_take(&sys_mem, w->n), c->mark, (uint32_t)w->n, 0 };
    memcpy(k->block, w->p, w->n);
    heap_push(&c->order, (struct heap_entry){ at_us > c->order.last ? at_us : c->order.last, n });
}

/* A packet: now, or when its time has come. */
static void write_packet(struct capture *c, uint64_t at_us, const struct wr *w)
{
    if (c->out == NULL || c->error != 0)
        return;
    c->packets++;
    if (c->ordered)
        wait_in_order(c, at_us, w);
    else
        write_block(c, w);
}

void capture_order(struct capture *c)
{
    c->ordered = true;
}

void capture_mark(struct capture *c, uint64_t mark)
{
    c->mark = mark;
}

void capture_until(struct capture *c, uint64_t at_us, bool (*passes)(void *ctx, uint64_t mark),
                   void *ctx)
{
    struct heap_entry e;
    capture_hold(c);
    while (heap_pop_until(&c->order, at_us, &e)) {
        struct waiting *k = &c->waiting[e.id];
        struct wr w = { .p = k->block, .cap = k->n, .n = k->n };
        if (passes == NULL || passes(ctx, k->mark))
            write_block(c, &w);
        mem_free(&sys_mem, k->block);
        *k = (struct waiting){ .next_free = c->waiting_free };
        c->waiting_free = e.id;
    }
    capture_release(c);
}

/* ---- beginning and end ---- */

struct capture *capture_open(const char *path, const char *program, struct err *e)
{
    FILE *out = sys_is_stdout(path) ? stdout : sys_open(path, "wb");
    if (out == NULL) {
        err_set(e, "%s: %s", path, strerror(errno));
        return NULL;
    }
    struct capture *c = mem_take(&sys_mem, sizeof *c);
    memset(c, 0, sizeof *c);
    make_lock(c);
    c->out = out;
    c->path = mem_take(&sys_mem, strlen(path) + 1);
    memcpy(c->path, path, strlen(path) + 1);
    c->on_the_way = table_of(&sys_mem);
    c->by_ends = table_of(&sys_mem);
    c->flow_free = c->waiting_free = FLOW_NONE;
    c->order = heap_of(&sys_mem);
    c->secrets = mem_take(&sys_mem, CAPTURE_SECRETS * sizeof *c->secrets);
    memset(c->secrets, 0, CAPTURE_SECRETS * sizeof *c->secrets);
    struct wr w = block(c);
    pcapng_section(&w, program);
    pcapng_interface(&w, PCAPNG_RAW, "cucmlab",
                     "packets of the lab's nodes, phones and clients (made, not sniffed)");
    pcapng_interface(&w, PCAPNG_UPPER_PDU, "cucmlab-says",
                     "what phones and nodes say of themselves: no traffic");
    write_block(c, &w);
    return c;
}

void capture_flush(struct capture *c)
{
    capture_hold(c);
    if (c->written && c->out != NULL && c->error == 0) {
        c->written = false;
        if (fflush(c->out) != 0)
            failed(c, errno);
    }
    capture_release(c);
}

bool capture_close(struct capture *c, struct err *e)
{
    if (c == NULL || c->out == NULL)
        return true;
    capture_hold(c);
    capture_flush(c);
    if (c->out != stdout && fclose(c->out) != 0 && c->error == 0)
        c->error = errno;
    c->out = NULL;
    capture_release(c);
    return c->error == 0 ||
           err_set(e, "%s: could not write all packets: %s", name_of(c), strerror(c->error));
}

void capture_free(struct capture *c)
{
    if (c == NULL)
        return;
    (void)capture_close(c, NULL);
    pthread_mutex_destroy(&c->lock);
    table_free(&c->on_the_way);
    table_free(&c->by_ends);
    for (uint32_t i = 0; i < c->waiting_count; i++)
        mem_free(&sys_mem, c->waiting[i].block);
    mem_free(&sys_mem, c->waiting);
    heap_free(&c->order);
    mem_free(&sys_mem, c->secrets);
    mem_free(&sys_mem, c->flows);
    mem_free(&sys_mem, c->path);
    mem_free(&sys_mem, c);
}

void capture_clock(struct capture *c, uint64_t epoch_us)
{
    c->epoch_us = epoch_us;
}

void capture_wall(struct capture *c, uint64_t (*now_us)(void))
{
    c->wall_us = now_us;
}

void capture_port(struct capture *c, uint16_t bound, uint16_t standard)
{
    c->bound = bound;
    c->standard = standard;
}

/* ---- words ---- */

void capture_name(struct capture *c, uint32_t ip, const char *name)
{
    capture_hold(c);
    struct wr w = block(c);
    pcapng_name(&w, ip, name);
    write_block(c, &w);
    capture_release(c);
}

void capture_comment(struct capture *c, const char *format, ...)
{
    va_list args;
    capture_hold(c);
    va_start(args, format);
    (void)vsnprintf(c->comment, sizeof c->comment, format, args);
    va_end(args);
    capture_release(c);
}

/* Tags of an exported PDU (Wireshark's epan/exported_pdu.h), each a number, a length, a value. */
static void pdu_tag(struct wr *w, uint16_t tag, struct view value)
{
    wr_u16(w, tag);
    wr_u16(w, (uint16_t)((value.n + 3) & ~(size_t)3));
    wr_view(w, value);
    for (size_t i = value.n; i % 4 != 0; i++)
        wr_u8(w, 0);
}

void capture_says(struct capture *c, uint64_t at_us, uint32_t ip, const char *text,
                  const char *comment)
{
    enum { TAG_END, TAG_DISSECTOR = 12, TAG_FROM_IPV4 = 20 };
    const uint8_t from[4] = { (uint8_t)(ip >> 24), (uint8_t)(ip >> 16), (uint8_t)(ip >> 8),
                              (uint8_t)ip };
    capture_hold(c);
    struct wr pdu = wr_of(c->frame, sizeof c->frame), w = block(c);
    uint64_t then_us = c->wall_us != NULL ? c->wall_us() : c->epoch_us + at_us, mark = c->mark;
    pdu_tag(&pdu, TAG_DISSECTOR, view_str("syslog"));
    if (ip != 0)
        pdu_tag(&pdu, TAG_FROM_IPV4, view_of(from, sizeof from));
    pdu_tag(&pdu, TAG_END, view_of(NULL, 0));
    wr_str(&pdu, "<133>"); /* local0, notice: what phones log with (assumed) */
    wr_view(&pdu, view_of(text, strnlen(text, PCAPNG_TEXT_MAX)));
    pcapng_packet(&w, INTERFACE_LAB, then_us, view_of(pdu.p, pdu.n), comment);
    c->mark = 0; /* of no packet */
    write_packet(c, at_us, &w);
    c->mark = mark;
    capture_release(c);
}

/* ---- secrets ---- */

void capture_secret(struct capture *c, const char *line)
{
    uint64_t hash = rng_hash(1, view_str(line)) | 1,
             *place = &c->secrets[hash / 2 % CAPTURE_SECRETS];
    capture_hold(c);
    if (*place != hash) {
        *place = hash;
        struct wr w = block(c);
        pcapng_secret(&w, line);
        write_block(c, &w);
    }
    capture_release(c);
}

/* ---- packets ---- */

void capture_put(struct capture *c, uint64_t at_us, struct view frame)
{
    struct wr w = block(c);
    pcapng_packet(&w, INTERFACE_PACKETS, c->epoch_us + at_us, frame, c->comment);
    c->comment[0] = '\0';
    write_packet(c, at_us, &w);
}

uint64_t capture_ends_hash(struct frame_end from, struct frame_end to)
{
    uint64_t h = rng_mix((uint64_t)from.ip << 32 | to.ip);
    h = rng_mix(h + ((uint64_t)from.port << 16 | to.port));
    return h != 0 ? h : 1; /* no key is 0 */
}

static struct frame_end as_written(const struct capture *c, struct frame_end end)
{
    if (c->bound != 0 && end.port == c->bound)
        end.port = c->standard;
    return end;
}

static void datagram(struct capture *c, uint64_t at_us, struct frame_end from, struct frame_end to,
                     struct view payload)
{
    struct wr w = wr_of(c->frame, sizeof c->frame);
    frame_udp(&w, c->id++, as_written(c, from), as_written(c, to), payload);
    capture_put(c, at_us, view_of(w.p, w.n));
}

void capture_datagram(struct capture *c, uint64_t at_us, struct frame_end from, struct frame_end to,
                      struct view payload)
{
    capture_hold(c);
    datagram(c, at_us, from, to, payload);
    capture_release(c);
}

void capture_no_port(struct capture *c, uint64_t at_us, struct frame_end from, struct frame_end to,
                     struct view payload)
{
    capture_hold(c);
    struct wr w = wr_of(c->frame, sizeof c->frame);
    frame_no_port(&w, c->id++, as_written(c, from), as_written(c, to), payload);
    capture_put(c, at_us, view_of(w.p, w.n));
    capture_release(c);
}

/* Of what this process sent to itself each datagram comes back.  What goes to others never does:
 * what is kept of that is thrown away where it grows. */
void capture_sent(struct capture *c, uint64_t at_us, struct frame_end from, struct frame_end to,
                  struct view payload)
{
    uint64_t key = capture_ends_hash(from, to);
    capture_hold(c);
    uint32_t *count = table_get(&c->on_the_way, key);
    if (count != NULL) {
        ++*count;
    } else {
        if (c->on_the_way.count >= CAPTURE_ON_THE_WAY)
            table_free(&c->on_the_way);
        table_put(&c->on_the_way, key, 1);
    }
    datagram(c, at_us, from, to, payload);
    capture_release(c);
}

void capture_came(struct capture *c, uint64_t at_us, struct frame_end from, struct frame_end to,
                  struct view payload)
{
    uint64_t key = capture_ends_hash(from, to);
    capture_hold(c);
    uint32_t *count = table_get(&c->on_the_way, key);
    if (count == NULL)
        datagram(c, at_us, from, to, payload);
    else if (--*count == 0)
        table_drop(&c->on_the_way, key, 0);
    capture_release(c);
}
