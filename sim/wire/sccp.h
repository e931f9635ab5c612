/* SCCP as far as registration needs it (docs/FORMATS.md, section 8): the messages of TCP 2000, or
 * 2443 over TLS.  Little-endian.  Zero copy: views borrow from the input.  Pure. */
#ifndef CUCMLAB_WIRE_SCCP_H
#define CUCMLAB_WIRE_SCCP_H

#include "sim/base/buf.h"
#include "sim/base/err.h"

enum sccp_id {
    SCCP_KEEPALIVE = 0x0000,
    SCCP_REGISTER = 0x0001,
    SCCP_IP_PORT = 0x0002,
    SCCP_FORWARD_STAT_REQ = 0x0009,
    SCCP_SPEED_DIAL_STAT_REQ = 0x000a,
    SCCP_LINE_STAT_REQ = 0x000b,
    SCCP_CONFIG_STAT_REQ = 0x000c,
    SCCP_TIME_DATE_REQ = 0x000d,
    SCCP_BUTTON_TEMPLATE_REQ = 0x000e,
    SCCP_VERSION_REQ = 0x000f,
    SCCP_CAPABILITIES_RES = 0x0010,
    SCCP_ALARM = 0x0020,
    SCCP_SOFT_KEY_SET_REQ = 0x0025,
    SCCP_UNREGISTER = 0x0027,
    SCCP_SOFT_KEY_TEMPLATE_REQ = 0x0028,
    SCCP_HEADSET_STATUS = 0x002b,
    SCCP_REGISTER_AVAILABLE_LINES = 0x002d,
    SCCP_REGISTER_ACK = 0x0081,
    SCCP_FORWARD_STAT_RES = 0x0090,
    SCCP_SPEED_DIAL_STAT_RES = 0x0091,
    SCCP_LINE_STAT_RES = 0x0092,
    SCCP_CONFIG_STAT_RES = 0x0093,
    SCCP_TIME_DATE_RES = 0x0094,
    SCCP_BUTTON_TEMPLATE_RES = 0x0097,
    SCCP_VERSION_RES = 0x0098,
    SCCP_CAPABILITIES_REQ = 0x009b,
    SCCP_REGISTER_REJECT = 0x009d,
    SCCP_RESET = 0x009f,
    SCCP_KEEPALIVE_ACK = 0x0100,
    SCCP_SOFT_KEY_TEMPLATE_RES = 0x0108,
    SCCP_SOFT_KEY_SET_RES = 0x0109,
    SCCP_UNREGISTER_ACK = 0x0118
};

enum sccp_reset { SCCP_RESET_RESET = 1, SCCP_RESET_RESTART = 2 };

#define SCCP_HEADER 12   /* bytes: length, version, id */
#define SCCP_MAX    8192 /* bytes of one message; no station sends as much */
#define SCCP_DEVICE 15   /* characters of a device name, of 16 bytes */
#define SCCP_REASON 32   /* bytes of the text of RegisterReject */

/* What a message does not have is 0 and absent.  Texts end at their first NUL. */
struct sccp_msg {
    uint32_t id;      /* enum sccp_id, or any other */
    uint32_t version; /* of the header: 0 for what was there from the beginning */
    /* Register */
    struct view device;
    uint32_t user, instance;
    uint32_t address; /* IPv4, host order */
    uint32_t device_type, max_streams, streams;
    uint8_t protocol; /* the newest that it speaks, in RegisterAck too */
    uint16_t features;
    /* RegisterAck */
    uint32_t keepalive_s,
        second_keepalive_s;    /* at the first, and at the next server of its group */
    struct view date_template; /* 6 bytes: "D/M/YA" */
    /* Alarm; RegisterReject has the text alone */
    uint32_t severity;
    struct view text;
    uint32_t parameters[2];
    uint32_t value; /* IpPort: port; Reset: enum sccp_reset; UnregisterAck: 0 is good; of others the
                       first number (a count, a line) */
    struct view rest; /* whatever is behind that; what id has no row for has all of its body here */
};

const char *sccp_name(uint32_t id); /* "RegisterReq"; NULL: not known here */

/* How long the message at the front of `in` is, once its length is there: 0 while it is not whole
 * yet, the whole length when it is; false and `e` when it never will be one. */
bool sccp_whole(struct view in, size_t *length, struct err *e);
/* One whole message.  False and `e` where it is shorter than its kind can be. */
bool sccp_decode(struct view message, struct sccp_msg *out, struct err *e);
/* Texts that are too long are cut. */
void sccp_encode(const struct sccp_msg *m, struct wr *w);

#endif
