/* SIP as far as registration needs it (docs/FORMATS.md, section 8): REGISTER, its responses, and
 * the framing of a TCP stream.  Pure. */
#ifndef CUCMLAB_WIRE_SIP_H
#define CUCMLAB_WIRE_SIP_H

#include "sim/base/err.h"
#include "sim/base/buf.h"

#define SIP_MAX 65536 /* bytes of one message, body included */

struct sip_msg {
    bool request;
    struct view method, uri; /* request */
    int status;              /* response */
    struct view reason;
    struct view via, from, to, call_id, cseq, contact, user_agent,
        warning;             /* first of each; {NULL,0} absent */
    int64_t expires_s;       /* Expires header; -1 absent.  A Contact's own is not read */
    struct view device_name; /* +u.sip!devicename.ccm.cisco.com of the Contact, without quotes */
    struct view body;
};

/* *length is 0 while the message is not whole yet.  Empty lines before a message belong to it. */
bool sip_whole(struct view in, size_t *length, struct err *e);

/* How far a message that comes bit by bit was read, so that no byte is read twice; all 0 before its
 * first. */
struct sip_seen {
    size_t at, line, length;
};
/* The same, of bytes that are those of the last call and what came behind them. */
bool sip_goes_on(struct view in, struct sip_seen *seen, size_t *length, struct err *e);
/* One whole message.  Via, From, To, Call-ID, CSeq and Content-Length must be there; a folded line
 * is part of its header's view as it stands; compact names v f t i m l are known.  A phone talks to
 * its CallManager directly, so only the first Via matters. */
bool sip_decode(struct view message, struct sip_msg *out, struct err *e);

struct sip_register {
    const char *device;         /* "SEP0011215A1AE3" */
    const char *line;           /* user part of From and To */
    const char *uuid;           /* Contact user */
    const char *local, *server; /* addresses, dotted */
    uint16_t local_port;
    const char *user_agent; /* "Cisco-CP8851/12.1.1" */
    unsigned model;         /* CUCM's device type number */
    const char *call_id, *branch, *tag;
    unsigned cseq;
    unsigned expires_s;
    bool tls, udp; /* else TCP */
};

/* Characters that would end a quoted part or a line are percent-encoded. */
void sip_register_encode(const struct sip_register *r, struct wr *w);
/* A response to `request`: Via, From, To, Call-ID, CSeq copied; `expires_s` -1 for none.  From 101
 * on, a To without tag gets one made from the Call-ID; a 200 with Expires repeats the Contact.
 * `warning`: why, as the text of a Warning header (RFC 3261, 20.43), without quotes; NULL: none.
 * The words of the status are those of 100, 200, 202, 400, 403, 404, 405, 503, 505.  405, and 200
 * to OPTIONS, say what is served. */
void sip_response_encode(const struct sip_msg *request, int status, const char *warning,
                         int64_t expires_s, struct wr *w);

/* 200 to a REGISTER that is taken.  Where CallManager had no registration of the phone before, it
 * says x-cisco-newreg behind the Contact (observed, 214535): a phone that only renewed learns by
 * that that CallManager was restarted. */
void sip_registered_encode(const struct sip_msg *request, bool is_new, int64_t expires_s,
                           struct wr *w);

/* 400 (505 for another version) to a request that sip_whole() or sip_decode() refused, where its
 * head is there and has what an answer repeats; else false, and nothing is written. */
bool sip_refuse(struct view in, struct wr *w);

#endif
