#include "sim/wire/capf.h"

#include "sim/wire/body.h"

#define PROTOCOL 0x55
#define FIELD(f) offsetof(struct capf_msg, f)

static const struct body_element elements[] = {
    { 1, BODY_U8, "reason", FIELD(reason), { 0 } },
    { 2, BODY_BYTES, "reason information", FIELD(reason_info), { 0 } },
    { 3, BODY_U8, "certificate type", FIELD(certificate_type), { 0 } },
    { 4, BODY_CERT, "certificate", FIELD(certificate), { 0 } },
    { 5, BODY_BYTES, "certificate id", FIELD(certificate_id), { 0 } },
    { 6, BODY_BYTES, "signed data", FIELD(signed_sha1), { 0 } },
    { 7, BODY_U8, "version", FIELD(version), { 0 } },
    { 8, BODY_U8, "auth type", FIELD(auth_type), { 0 } },
    { 9, BODY_BYTES, "public key", FIELD(public_key), { 0 } },
    { 10, BODY_U16, "key size", FIELD(key_size), { 0 } },
    { 11, BODY_TEXT, "password", FIELD(password), { 0 } },
    { 12, BODY_BYTES, "retry delay", FIELD(retry_delay), { 0 } },
    { 13, BODY_NAME, "device name", FIELD(device), { 0 } },
    { 16, BODY_PARTS, "SUDI data", FIELD(sudi), { 3, { 0, 1, 3 }, "its parts 0, 1 and 3" } },
    { 17, BODY_U8, "key type", FIELD(key_type), { 0 } },
    { 18, BODY_U8, "curve", FIELD(curve), { 0 } },
    { 19, BODY_BYTES, "digest type", FIELD(digest_type), { 0 } },
    { 20,
      BODY_PARTS,
      "signed data SHA-512",
      FIELD(signed_sha512),
      { 1, { 3 }, "03, its length and signed data" } },
};

#define ELEMENTS (sizeof elements / sizeof elements[0])

/* The order in which both ends of the peer write theirs. */
static const uint8_t usual[ELEMENTS] = { 1,  2,  3,  4,  5,  6, 7,  8,  10,
                                         17, 18, 11, 13, 16, 9, 20, 12, 19 };

static const struct body_kind commands[] = {
    [CAPF_AUTH_REQ] = { "auth request", { 7, 8 } },
    [CAPF_AUTH_RES] = { "auth response", { 1, 7, 13 } },
    [CAPF_KEY_GEN_REQ] = { "key generate request", { 17 } },
    [CAPF_KEY_GEN_RES] = { "key generate response", { 0 } }, /* 9, or the reason why not */
    [CAPF_ENCRYPT_RES] = { "encrypt response", { 0 } },
    [CAPF_ENCRYPT_REQ] = { "encrypt request", { 0 } },
    [CAPF_DECRYPT_REQ] = { "decrypt request", { 0 } },
    [CAPF_DECRYPT_RES] = { "decrypt response", { 0 } },
    [CAPF_STORE_CERT_REQ] = { "store certificate request", { 4 } },
    [CAPF_STORE_CERT_RES] = { "store certificate response", { 1 } },
    [CAPF_FETCH_CERT_REQ] = { "fetch certificate request", { 0 } },
    [CAPF_FETCH_CERT_RES] = { "fetch certificate response", { 1 } },
    [CAPF_DELETE_CERT_REQ] = { "delete certificate request", { 0 } },
    [CAPF_DELETE_CERT_RES] = { "delete certificate response", { 1 } },
    [CAPF_END_SESSION] = { "end session", { 1 } },
    [CAPF_RETRY_LATER] = { "retry later", { 0 } },
    [CAPF_REQUEST_IN_PROGRESS] = { "request in progress", { 0 } },
    [CAPF_STATUS_REQ] = { "status request", { 0 } },
    [CAPF_STATUS_RES] = { "status response", { 0 } },
    [CAPF_ABORT_REQ] = { "abort request", { 0 } },
    [CAPF_ABORT_RES] = { "abort response", { 0 } },
    [CAPF_SIGN_CERT_REQ] = { "sign certificate request", { 0 } },
    [CAPF_SIGN_CERT_RES] = { "sign certificate response", { 0 } },
};

static const struct body_protocol protocol = {
    .name = "CAPF message",
    .section = 5,
    .first = PROTOCOL,
    .header = CAPF_HEADER,
    .kind_at = 1,
    .kind = "command",
    .kinds = commands,
    .kind_count = sizeof commands / sizeof commands[0],
    .elements = elements,
    .element_count = ELEMENTS,
    .usual = usual,
    .order_at = FIELD(order),
    .unknown_at = FIELD(unknown),
};

_Static_assert(FIELD(certificate_kind) == FIELD(certificate) + sizeof(struct view),
               "the type stands behind its certificate");
_Static_assert(sizeof((struct capf_msg *)0)->order == ELEMENTS, "a place for each element");

const char *capf_command_name(uint8_t command)
{
    return body_kind_name(&protocol, command);
}

struct capf_msg capf_msg_of(enum capf_command command, uint32_t session)
{
    return (struct capf_msg){ .command = (uint8_t)command,
                              .session = session,
                              .reason = -1,
                              .certificate_type = -1,
                              .version = -1,
                              .auth_type = -1,
                              .key_type = -1,
                              .curve = -1,
                              .key_size = -1,
                              .certificate_kind = CAPF_LSC };
}

bool capf_whole(struct view in, size_t *length, struct err *e)
{
    return body_whole(&protocol, in, length, e);
}

bool capf_decode(struct view message, struct capf_msg *out, struct err *e)
{
    size_t whole;
    if (!capf_whole(message, &whole, e))
        return false;
    struct capf_msg m = capf_msg_of((enum capf_command)0, 0);
    if (!body_decode(&protocol, message, &m, e))
        return false;
    struct rd r = { message, 1 };
    *out = m;
    return rd_u8(&r, &out->command) && rd_u32(&r, &out->session);
}

bool capf_encode(const struct capf_msg *m, struct wr *w, struct err *e)
{
    size_t length;
    if (!body_measure(&protocol, m->command, m, &length, e))
        return false;
    wr_u8(w, PROTOCOL);
    wr_u8(w, m->command);
    wr_u32(w, m->session);
    body_put(&protocol, m, length, w);
    return true;
}
