#include "sim/talk/sccp.h"

#include "sim/core/contract.h"
#include "sim/core/date.h"

#include <stdio.h>

/* The texts that tell a rejected phone why, in place of a number: of a device that is not in the
 * database as phones show it ("Registration Rejected: Error DB Config", documented), the others
 * are ours (assumed). */
static const struct {
    uint8_t reason; /* enum reject_reason */
    const char *text;
} rejections[] = {
    { REJECT_UNKNOWN_DEVICE, "Error: DB Config" }, { REJECT_LSC, "Error: Certificate" },
    { REJECT_SECURITY, "Error: Security Mode" },   { REJECT_GROUP, "Error: CallManager Group" },
    { REJECT_DATES, "Error: Certificate Date" },
};

#define INFORMATIONAL 2  /* severity of an alarm */
#define PROTOCOL      11 /* what 7940 and 7960 speak last; newer ones go on (assumed of all) */
#define STREAMS       5  /* media streams of a phone (assumed) */
#define G711_A        2
#define G711_U        4
#define FRAMES        40 /* of 1 ms in a packet, at most */
#define DATE_TEMPLATE "D/M/YA"

/* ---- the phone ---- */

void talk_sccp_register(const struct sccp_phone *p, struct wr *w)
{
    char text[80];
    snprintf(text, sizeof text, "25: Name=%s Load=%s Last=Initialized", p->device, p->load);
    sccp_encode(&(struct sccp_msg){ .id = SCCP_ALARM,
                                    .severity = INFORMATIONAL,
                                    .text = view_str(text),
                                    .parameters = { 0, p->address } },
                w);
    sccp_encode(&(struct sccp_msg){ .id = SCCP_REGISTER,
                                    .device = view_str(p->device),
                                    .address = p->address,
                                    .device_type = p->device_type,
                                    .max_streams = STREAMS,
                                    .protocol = PROTOCOL },
                w);
    sccp_encode(&(struct sccp_msg){ .id = SCCP_IP_PORT, .value = p->port }, w);
}

static void put_number(struct wr *w, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        wr_u8(w, (uint8_t)(n >> 8 * i));
}

void talk_sccp_capabilities(struct wr *w)
{
    static const uint8_t codecs[] = { G711_U, G711_A };
    uint8_t room[2 * 16];
    struct wr caps = wr_of(room, sizeof room);
    for (size_t i = 0; i < sizeof codecs; i++) {
        put_number(&caps, codecs[i]);
        put_number(&caps, FRAMES);
        put_number(&caps, 0);
        put_number(&caps, 0);
    }
    sccp_encode(&(struct sccp_msg){ .id = SCCP_CAPABILITIES_RES,
                                    .value = sizeof codecs,
                                    .rest = view_of(room, caps.n) },
                w);
}

void talk_sccp_bare(enum sccp_id id, struct wr *w)
{
    sccp_encode(&(struct sccp_msg){ .id = id }, w);
}

/* ---- CallManager ---- */

void talk_sccp_answer(uint32_t reason, struct wr *w)
{
    if (reason == REJECT_NONE) {
        sccp_encode(&(struct sccp_msg){ .id = SCCP_REGISTER_ACK,
                                        .keepalive_s = TALK_SCCP_KEEPALIVE_S,
                                        .date_template = view_str(DATE_TEMPLATE),
                                        .second_keepalive_s = TALK_SCCP_SECOND_KEEPALIVE_S,
                                        .protocol = PROTOCOL },
                    w);
        talk_sccp_bare(SCCP_CAPABILITIES_REQ, w);
        return;
    }
    for (size_t i = 0; i < sizeof rejections / sizeof rejections[0]; i++)
        if (rejections[i].reason == reason)
            sccp_encode(&(struct sccp_msg){ .id = SCCP_REGISTER_REJECT,
                                            .text = view_str(rejections[i].text) },
                        w);
}

bool talk_sccp_reason(const struct sccp_msg *m, uint32_t *reason)
{
    *reason = REJECT_NONE;
    if (m->id == SCCP_REGISTER_ACK)
        return true;
    if (m->id != SCCP_REGISTER_REJECT)
        return false;
    *reason = REJECT_SECURITY; /* words of somebody else's server */
    for (size_t i = 0; i < sizeof rejections / sizeof rejections[0]; i++)
        if (view_eq(m->text, view_str(rejections[i].text)))
            *reason = rejections[i].reason;
    return true;
}

/* ---- what a registered phone asks ---- */

/* A number in front, `numbers` more, and so many bytes of nothing behind. */
static void put_numbers(enum sccp_id id, uint32_t value, const uint32_t *numbers, size_t count,
                        size_t nothing, struct wr *w)
{
    uint8_t room[256] = { 0 };
    struct wr rest = wr_of(room, sizeof room);
    for (size_t i = 0; i < count; i++)
        put_number(&rest, numbers[i]);
    sccp_encode(
        &(struct sccp_msg){ .id = id, .value = value, .rest = view_of(room, rest.n + nothing) }, w);
}

static void buttons(int64_t wall_s, struct wr *w)
{
    enum { LINE = 9, BUTTONS = 42 };
    static const uint32_t numbers[] = { 1, 1, LINE << 8 | 1 }; /* one of one: line 1 */
    (void)wall_s;
    put_numbers(SCCP_BUTTON_TEMPLATE_RES, 0, numbers, 3, 2 * BUTTONS - 4, w);
}

static void no_soft_keys(int64_t wall_s, struct wr *w)
{
    static const uint32_t none[] = { 0, 0 };
    (void)wall_s;
    put_numbers(SCCP_SOFT_KEY_TEMPLATE_RES, 0, none, 2, 0, w);
}

static void no_soft_key_sets(int64_t wall_s, struct wr *w)
{
    static const uint32_t none[] = { 0, 0 };
    (void)wall_s;
    put_numbers(SCCP_SOFT_KEY_SET_RES, 0, none, 2, 0, w);
}

static uint32_t digits(const char *text, int n)
{
    uint32_t number = 0;
    for (int i = 0; i < n; i++)
        number = number * 10 + (uint32_t)(text[i] - '0');
    return number;
}

/* In UTC: what the phone's time zone is its configuration says.  Day 0 of 1970 was a Thursday. */
static void time_date(int64_t wall_s, struct wr *w)
{
    char text[DATE_TEXT]; /* "2026-03-14 06:00:00" */
    uint8_t room[9 * 4];
    struct wr rest = wr_of(room, sizeof room);
    (void)date_print(wall_s, 0, text);
    put_number(&rest, digits(text, 4));
    put_number(&rest, digits(text + 5, 2));
    put_number(&rest, (uint32_t)((wall_s / 86400 + 4) % 7));
    for (int at = 8; at < 19; at += 3)
        put_number(&rest, digits(text + at, 2));
    put_number(&rest, 0);
    put_number(&rest, (uint32_t)wall_s);
    sccp_encode(&(struct sccp_msg){ .id = SCCP_TIME_DATE_RES, .rest = view_of(room, rest.n) }, w);
}

static void alive(int64_t wall_s, struct wr *w)
{
    (void)wall_s;
    talk_sccp_bare(SCCP_KEEPALIVE_ACK, w);
}

static void unregistered(int64_t wall_s, struct wr *w)
{
    (void)wall_s;
    talk_sccp_bare(SCCP_UNREGISTER_ACK, w);
}

void talk_sccp_reply(const struct sccp_msg *m, int64_t wall_s, struct wr *w)
{
    static const struct {
        uint16_t id; /* enum sccp_id */
        void (*reply)(int64_t wall_s, struct wr *w);
    } replies[] = {
        { SCCP_KEEPALIVE, alive },
        { SCCP_UNREGISTER, unregistered },
        { SCCP_BUTTON_TEMPLATE_REQ, buttons },
        { SCCP_SOFT_KEY_TEMPLATE_REQ, no_soft_keys },
        { SCCP_SOFT_KEY_SET_REQ, no_soft_key_sets },
        { SCCP_TIME_DATE_REQ, time_date },
    };
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++)
        if (replies[i].id == m->id)
            replies[i].reply(wall_s, w);
}
