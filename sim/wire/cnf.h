/* The phone's configuration file, SEP<MAC>.cnf.xml and XMLDefault.cnf.xml: the values that a phone
 * reads and a cluster writes (docs/FORMATS.md, section 7).  Writing is here and pure; reading XML
 * needs an XML parser and is cnf_read() in sim/bytes. */
#ifndef CUCMLAB_WIRE_CNF_H
#define CUCMLAB_WIRE_CNF_H

#include "sim/base/err.h"
#include "sim/base/buf.h"

#define CNF_SERVERS 3  /* members of a CallManager group, documented */
#define CNF_TVS_MAX 5  /* TVS members a phone reads (usecallmanager.nz); CUCM writes at most 3 */
#define CNF_NAME    64 /* bytes of a name or address, NUL included */
#define CNF_URL     192

enum cnf_security { CNF_NON_SECURE = 1, CNF_AUTHENTICATED = 2, CNF_ENCRYPTED = 3 };
enum cnf_protocol { CNF_SCCP, CNF_SIP };
/* Settings Access of the phone's menu, by its number in the file. */
enum cnf_settings { CNF_SETTINGS_DISABLED, CNF_SETTINGS_ENABLED, CNF_SETTINGS_RESTRICTED };

struct cnf_server {
    char name[CNF_NAME];    /* callManager name */
    char address[CNF_NAME]; /* processNodeName */
    uint16_t sccp_port, sip_port, secure_sip_port;
};

struct cnf_tvs {
    char address[CNF_NAME];
    uint16_t port;
};

/* All that phones of one profile share.  Plain data: compared and hashed as bytes, so zero it
 * before filling it. */
struct cnf {
    uint8_t is_default;    /* XMLDefault.cnf.xml: root `Default`, TVS ignored by phones */
    uint8_t full_config;   /* 0 in the short file beside an encrypted one */
    uint8_t protocol;      /* enum cnf_protocol */
    uint8_t security_mode; /* enum cnf_security */
    uint8_t transport;     /* transportLayerProtocol: 1 TCP, 2 UDP, 3 TLS, 4 as the server likes */
    uint8_t encr_config;   /* 1: fetch .enc.sgn */
    uint8_t capf_auth_mode;
    uint8_t server_count, tvs_count;
    uint8_t web_access;      /* 0 on, 1 off */
    uint8_t dot1x;           /* 1: 802.1X at its port */
    uint8_t vpn;             /* 1: it comes through a VPN gateway */
    uint8_t settings_access; /* enum cnf_settings; a file that does not say: enabled */
    uint16_t capf_port;
    char device_pool[CNF_NAME], group[CNF_NAME];
    struct cnf_server servers[CNF_SERVERS];
    struct cnf_tvs tvs[CNF_TVS_MAX];
    char load[CNF_NAME]; /* loadInformation */
    char capf_address[CNF_NAME];
    char cert_hash[33]; /* MD5 hex of the certificate that the file was encrypted to, or "" */
    char user_locale[CNF_NAME], network_locale[CNF_NAME];
    char secure_directory_url[CNF_URL], secure_services_url[CNF_URL];
    char secure_authentication_url[CNF_URL], secure_information_url[CNF_URL];
    char directory_url[CNF_URL], services_url[CNF_URL];
    char authentication_url[CNF_URL], information_url[CNF_URL];
    uint32_t version_stamp;                           /* Unix seconds of versionStamp */
    uint32_t register_expires_s, keepalive_expires_s; /* 3600, 120 */
};

/* What is the phone's own in its file. */
struct cnf_own {
    const char *device; /* "SEP0011215A1AE3": the display name of line 1 (a real file has no better
                         * place; assumed) */
    const char *line;   /* directory number */
    const char *uuid;   /* versionStamp, Contact, soft key file: 36 characters */
};

/* All zero but what a phone takes where its file does not say: a full file, SCCP, security mode and
 * CAPF mode none, transport 4, CAPF 3804, 3600 and 120 seconds (assumed); ports of servers and TVS
 * are 2000, 5060, 5061 and 2445. */
void cnf_init(struct cnf *c);
void cnf_server_init(struct cnf_server *s);
void cnf_tvs_init(struct cnf_tvs *t);

/* The file in the order of a real 11.5 one.  Three forms: the full one; the short one of an
 * encrypted configuration (full_config 0: no servers, no URLs); `Default` (is_default: servers,
 * TVS, load and URLs).  What a form does not hold reads back as cnf_init() has it.  Every text is
 * escaped; bytes that XML cannot hold (control characters, broken UTF-8) are written as '?'. */
void cnf_write(const struct cnf *c, const struct cnf_own *own, struct wr *w);

/* A strict copy: zeroes `to`, then copies; false, and `to` empty, where it does not fit with its
 * NUL.  For every text of struct cnf, which is compared as bytes. */
bool cnf_text(char *to, size_t size, const char *from);

#endif
