#include "sim/talk/sccp.h"

#include "sim/core/contract.h"
#include "sim/core/date.h"

#include <stdio.h>
#include <string.h>

/* The texts that tell a rejected phone why, in place of a number: of a device that is not in the
 * database as phones show it ("Registration Rejected: Error DB Config", documented), the others
 * are ours (assumed). */
static const struct {
    uint8_t reason; /* enum reject_reason */
    const char *text;
} rejections[] = {
    { REJECT_UNKNOWN_DEVICE, "Error: DB Config" }, { REJECT_LSC, "Error: Certificate" },
    { REJECT_SECURITY, "Error: Security Mode" },   { REJECT_GROUP, "Error: CallManager Group" },
    { REJECT_DATES, "Error: Certificate Date" },   { REJECT_OTHER, "Error" },
};

#define INFORMATIONAL 2  /* severity of an alarm */
#define PROTOCOL      11 /* what 7940 and 7960 speak last; newer ones go on (assumed of all) */
#define STREAMS       5  /* media streams of a phone (assumed) */
#define G711_A        2
#define G711_U        4
#define FRAMES        40 /* of 1 ms in a packet, at most */
#define DATE_TEMPLATE "D/M/YA"
#define NUMBER_BYTES  24 /* of a directory number */
#define NAME_BYTES    40
#define SOFT_KEYS     32 /* that have room in their message, used or not (peer: Wireshark) */
#define SOFT_KEY_SETS 16

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
    *reason = REJECT_OTHER; /* words of somebody else's server */
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
    uint8_t room[1024] = { 0 };
    struct wr rest = wr_of(room, sizeof room);
    for (size_t i = 0; i < count; i++)
        put_number(&rest, numbers[i]);
    sccp_encode(
        &(struct sccp_msg){ .id = id, .value = value, .rest = view_of(room, rest.n + nothing) }, w);
}

/* A station, and what it asks. */
struct asked {
    const struct sccp_msg *m;
    const struct talk_sccp_station *station;
};

/* So many bytes, NUL behind it. */
static void put_text(struct wr *w, const char *text, size_t bytes)
{
    size_t n = text == NULL ? 0 : strlen(text);
    n = n < bytes ? n : bytes - 1;
    wr_view(w, view_of(text == NULL ? "" : text, n));
    for (; n < bytes; n++)
        wr_u8(w, 0);
}

/* Who it is, as the database has it: no user, one line, no speed dial. */
static void configuration(const struct asked *a, struct wr *w)
{
    uint8_t room[96];
    struct wr rest = wr_of(room, sizeof room);
    const char *device = a->station->device == NULL ? "" : a->station->device;
    put_number(&rest, 0);
    put_number(&rest, 1);
    put_text(&rest, NULL, NAME_BYTES);
    put_text(&rest, NULL, NAME_BYTES);
    put_number(&rest, 1);
    put_number(&rest, 0);
    sccp_encode(&(struct sccp_msg){ .id = SCCP_CONFIG_STAT_RES,
                                    .device = view_str(device),
                                    .rest = view_of(room, rest.n) },
                w);
}

/* Its one line; of others nothing. */
static void line(const struct asked *a, struct wr *w)
{
    uint8_t room[NUMBER_BYTES + 2 * NAME_BYTES + 4];
    struct wr rest = wr_of(room, sizeof room);
    const char *number = a->m->value == 1 ? a->station->line : NULL;
    put_text(&rest, number, NUMBER_BYTES);
    put_text(&rest, number, NAME_BYTES);
    put_text(&rest, NULL, NAME_BYTES);
    put_number(&rest, 0);
    sccp_encode(&(struct sccp_msg){ .id = SCCP_LINE_STAT_RES,
                                    .value = a->m->value,
                                    .rest = view_of(room, rest.n) },
                w);
}

/* None of three kinds of forwarding. */
static void not_forwarded(const struct asked *a, struct wr *w)
{
    uint8_t room[4 + 3 * (4 + NUMBER_BYTES)];
    struct wr rest = wr_of(room, sizeof room);
    put_number(&rest, a->m->value);
    for (int i = 0; i < 3; i++) {
        put_number(&rest, 0);
        put_text(&rest, NULL, NUMBER_BYTES);
    }
    sccp_encode(&(struct sccp_msg){ .id = SCCP_FORWARD_STAT_RES,
                                    .value = 0,
                                    .rest = view_of(room, rest.n) },
                w);
}

static void no_speed_dial(const struct asked *a, struct wr *w)
{
    uint8_t room[NUMBER_BYTES + NAME_BYTES];
    struct wr rest = wr_of(room, sizeof room);
    put_text(&rest, NULL, NUMBER_BYTES);
    put_text(&rest, NULL, NAME_BYTES);
    sccp_encode(&(struct sccp_msg){ .id = SCCP_SPEED_DIAL_STAT_RES,
                                    .value = a->m->value,
                                    .rest = view_of(room, rest.n) },
                w);
}

/* Which load it should run: it may ask, and here any will do. */
static void version(const struct asked *a, struct wr *w)
{
    (void)a;
    sccp_encode(&(struct sccp_msg){ .id = SCCP_VERSION_RES, .text = view_str("") }, w);
}

static void buttons(const struct asked *a, struct wr *w)
{
    enum { LINE = 9, BUTTONS = 42 };
    static const uint32_t numbers[] = { 1, 1, LINE << 8 | 1 }; /* one of one: line 1 */
    (void)a;
    put_numbers(SCCP_BUTTON_TEMPLATE_RES, 0, numbers, 3, 2 * BUTTONS - 4, w);
}

static void no_soft_keys(const struct asked *a, struct wr *w)
{
    static const uint32_t none[] = { 0, 0 };
    (void)a;
    put_numbers(SCCP_SOFT_KEY_TEMPLATE_RES, 0, none, 2, SOFT_KEYS * (16 + 4), w);
}

static void no_soft_key_sets(const struct asked *a, struct wr *w)
{
    static const uint32_t none[] = { 0, 0 };
    (void)a;
    put_numbers(SCCP_SOFT_KEY_SET_RES, 0, none, 2, SOFT_KEY_SETS * (16 + 16 * 2), w);
}

static uint32_t digits(const char *text, int n)
{
    uint32_t number = 0;
    for (int i = 0; i < n; i++)
        number = number * 10 + (uint32_t)(text[i] - '0');
    return number;
}

/* In UTC: what the phone's time zone is its configuration says.  Day 0 of 1970 was a Thursday. */
static void time_date(const struct asked *a, struct wr *w)
{
    int64_t wall_s = a->station->wall_s;
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

static void alive(const struct asked *a, struct wr *w)
{
    (void)a;
    talk_sccp_bare(SCCP_KEEPALIVE_ACK, w);
}

static void unregistered(const struct asked *a, struct wr *w)
{
    (void)a;
    talk_sccp_bare(SCCP_UNREGISTER_ACK, w);
}

void talk_sccp_reply(const struct sccp_msg *m, const struct talk_sccp_station *station,
                     struct wr *w)
{
    static const struct {
        uint16_t id; /* enum sccp_id */
        void (*reply)(const struct asked *a, struct wr *w);
    } replies[] = {
        { SCCP_KEEPALIVE, alive },
        { SCCP_UNREGISTER, unregistered },
        { SCCP_FORWARD_STAT_REQ, not_forwarded },
        { SCCP_SPEED_DIAL_STAT_REQ, no_speed_dial },
        { SCCP_LINE_STAT_REQ, line },
        { SCCP_CONFIG_STAT_REQ, configuration },
        { SCCP_VERSION_REQ, version },
        { SCCP_BUTTON_TEMPLATE_REQ, buttons },
        { SCCP_SOFT_KEY_TEMPLATE_REQ, no_soft_keys },
        { SCCP_SOFT_KEY_SET_REQ, no_soft_key_sets },
        { SCCP_TIME_DATE_REQ, time_date },
    };
    const struct asked asked = { m, station };
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++)
        if (replies[i].id == m->id)
            replies[i].reply(&asked, w);
}
