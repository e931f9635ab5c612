/* A TLS client for load: TLS 1.0 to 1.2 with RSA key exchange, AES-CBC and SHA, which is what a
 * 79xx speaks to TVS ("AES256-SHA", observed in TVS traces), and nothing else.  The shape of
 * sim/crypto/tls.h: bytes from the network go in, bytes for it come out; no socket, no clock.
 *
 * It costs a fraction of a libssl client: a certificate that was seen before is not parsed again,
 * contexts are used again, nothing is fetched or allocated for a handshake.  In exchange it
 * protects nobody: no certificate is verified here (the caller judges it, or nobody), every random
 * value is drawn from the seed, and it takes as long as it takes.  Finished messages and MACs are
 * checked.
 *
 * Source: RFC 2246, 4346, 5246; no extension is sent, so none may come but an empty
 * renegotiation_info (RFC 5746; the signalling suite is offered).  A renegotiation is refused with
 * no_renegotiation; a request for a certificate is answered with none. */
#ifndef CUCMLAB_CRYPTO_RSATLS_H
#define CUCMLAB_CRYPTO_RSATLS_H

#include "sim/crypto/tls.h"

enum rsatls_suite { RSATLS_AES128 = 1, RSATLS_AES256 = 2 };

struct rsatls_options {
    enum tls_version min, max; /* TLS_1_0 to TLS_1_2 */
    unsigned suites;           /* of enum rsatls_suite, or-ed; AES256 is offered first */
    bool hold;                 /* a full handshake stops at TLS_JUDGE until rsatls_judge() */
    uint64_t seed;             /* two configurations of one seed say the same */
};

/* What its connections share, and what is left of those that are over.  One thread at a time; it
 * must outlive its connections. */
struct rsatls_config;
struct rsatls; /* one connection */

struct rsatls_config *rsatls_config_new(const struct rsatls_options *o);
void rsatls_config_free(struct rsatls_config *c);

/* What a later connection may resume: plain data. */
struct rsatls_session {
    uint8_t id[32], id_n;
    uint8_t master[48];
    enum tls_version version;
    enum rsatls_suite suite;
};

/* `resume` NULL: a full handshake.  A server that does not know the session makes a full one too.
 */
struct rsatls *rsatls_new(struct rsatls_config *c, const struct rsatls_session *resume);
void rsatls_free(struct rsatls *t); /* NULL: nothing */
enum tls_state rsatls_state(const struct rsatls *t);
/* Why it failed: in words, with the name of the alert that was sent or came; else "". */
const char *rsatls_why(const struct rsatls *t);

/* As those of tls.h.  More than RSATLS_UNREAD bytes that nobody reads, or that come while
 * TLS_JUDGE, end in TLS_FAILED; nothing else grows by what a server sends. */
#define RSATLS_UNREAD 65536
enum tls_state rsatls_feed(struct rsatls *t, struct view bytes);
size_t rsatls_take(struct rsatls *t, uint8_t *out, size_t cap);
bool rsatls_write(struct rsatls *t, struct view clear);
size_t rsatls_read(struct rsatls *t, uint8_t *out, size_t cap);
void rsatls_close(struct rsatls *t);
/* Absent before it came, and in a resumed session, in which none is shown. */
struct view rsatls_peer_cert(const struct rsatls *t);
enum tls_state rsatls_judge(struct rsatls *t, bool accept); /* refused: unknown_ca, as in tls.h */

/* From ServerHello on. */
const char *rsatls_cipher(const struct rsatls *t); /* "AES256-SHA"; NULL before */
enum tls_version rsatls_version(const struct rsatls *t);
bool rsatls_resumed(const struct rsatls *t);
/* False before the handshake is done, and where the server keeps no sessions. */
bool rsatls_session(const struct rsatls *t, struct rsatls_session *out);

#endif
