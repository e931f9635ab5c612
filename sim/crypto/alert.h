/* Alerts of TLS by name, as RFC 5246 and the registry of IANA have them.  For sim/crypto alone. */
#ifndef CUCMLAB_CRYPTO_ALERT_H
#define CUCMLAB_CRYPTO_ALERT_H

#include <stdint.h>

enum alert {
    ALERT_CLOSE_NOTIFY = 0,
    ALERT_UNEXPECTED_MESSAGE = 10,
    ALERT_BAD_RECORD_MAC = 20,
    ALERT_RECORD_OVERFLOW = 22,
    ALERT_HANDSHAKE_FAILURE = 40,
    ALERT_BAD_CERTIFICATE = 42,
    ALERT_ILLEGAL_PARAMETER = 47,
    ALERT_UNKNOWN_CA = 48,
    ALERT_DECODE_ERROR = 50,
    ALERT_DECRYPT_ERROR = 51,
    ALERT_PROTOCOL_VERSION = 70,
    ALERT_NO_RENEGOTIATION = 100,
    ALERT_UNSUPPORTED_EXTENSION = 110
};

/* "handshake_failure"; "of no known name" where it has none.  Static storage. */
const char *alert_name(uint8_t number);

#endif
