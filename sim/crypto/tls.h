/* TLS as a filter over memory BIOs: bytes from the network go in, bytes for the network come out;
 * no socket, no clock of its own.  One object is one connection.  The peer's certificate of a
 * client is never judged here: the handshake is held until tls_judge() is called (the phone
 * decides).  Held with SSL_CTX_set_cert_verify_callback and SSL_set_retry_verify, TLS 1.0 to 1.3.
 * What a refusal sends is the alert unknown_ca (assumed of a phone). */
#ifndef CUCMLAB_CRYPTO_TLS_H
#define CUCMLAB_CRYPTO_TLS_H

#include "sim/crypto/crypto.h"

enum tls_version { TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 };

enum tls_state {
    TLS_HANDSHAKE, /* feed it */
    TLS_JUDGE,     /* client only: tls_peer_cert() is there, waiting for tls_judge() */
    TLS_OPEN,
    TLS_CLOSED, /* close_notify seen or sent */
    TLS_FAILED  /* tls_why() says why; an alert may still have to be sent */
};

struct tls_config;  /* a server's or a client's: key, certificate, versions; shared, immutable */
struct tls;         /* one connection */
struct tls_session; /* what a client may resume */

/* `der` may be absent for a client without a certificate.  @SECLEVEL=0 is set first: RSA-1024 and
 * SHA-1 certificates and TLS 1.0 are part of the lab.  A server takes any client certificate, asks
 * for one, and needs none.  NULL where `der` is no certificate of `key`.  Connections may outlive
 * their configuration; one may be shared by threads, a connection may not. */
struct tls_config *tls_config_new(bool server, struct view der, const struct key *key,
                                  enum tls_version min, enum tls_version max);
void tls_config_free(struct tls_config *c);
/* A server that asks no client for its certificate (a browser that has one would ask its user).
 * Before the first connection. */
void tls_config_ask_nobody(struct tls_config *c);
/* Other cipher suites than those that phones and servers have in common, in OpenSSL's words: a list
 * ("AES256-SHA:AES128-SHA"), or suites of TLS 1.3 ("TLS_AES_128_GCM_SHA256").  False, and nothing
 * changed, where it names none that there is.  Before the first connection. */
bool tls_config_ciphers(struct tls_config *c, const char *list);

/* Sessions that clients may take up again, by number or by a ticket that is such a number; shared
 * by the configurations of a server's threads.  At most `most`, the oldest go; none of a client
 * that showed more than 8 KiB of certificates, for a session holds them. */
struct tls_sessions;
struct tls_sessions *tls_sessions_new(uint32_t most);
void tls_sessions_free(struct tls_sessions *s); /* NULL: nothing.  Configurations keep their own */
/* A server that resumes them; before the first connection.  A client that resumes one shows no
 * certificate again, so that tls_peer_cert() has none: not for who must know it. */
void tls_config_resume(struct tls_config *c, struct tls_sessions *s);

/* A client of our own in place of OpenSSL's (sim/crypto/rsatls.h): RSA key exchange with
 * AES-CBC-SHA alone, TLS 1.0 to 1.2, a fraction of the cost; no handshake of it is held at
 * TLS_JUDGE.  It must outlive its connections, and is one thread's.  NULL where the versions are
 * others. */
struct tls_config *tls_config_own(enum tls_version min, enum tls_version max, bool aes128,
                                  bool aes256, uint64_t seed);

struct tls *tls_new(struct tls_config *c);
/* A client that shows this certificate where it is asked for one, whatever its configuration has:
 * clients share one that way.  `der` absent: as tls_new().  NULL where it is none of `key`. */
struct tls *tls_new_as(struct tls_config *c, struct view der, const struct key *key);
/* A client that offers to go on with a session of an earlier connection. */
struct tls *tls_resume(struct tls_config *c, struct tls_session *session);
void tls_free(struct tls *t);
enum tls_state tls_state(const struct tls *t);
const char *tls_why(const struct tls *t);

/* Bytes that came from the network.  Takes all of them; decrypts at once, so that TLS_CLOSED may be
 * reported while tls_read() still has something.  More than 8 MiB that nobody reads, or that come
 * while TLS_JUDGE, end in TLS_FAILED. */
enum tls_state tls_feed(struct tls *t, struct view bytes);
/* Bytes to send on the network: up to `cap` into `out`; 0 when there are none. */
size_t tls_take(struct tls *t, uint8_t *out, size_t cap);
/* Clear text in, while TLS_OPEN (else false: nothing was written), and out, in every state. */
bool tls_write(struct tls *t, struct view clear);
size_t tls_read(struct tls *t, uint8_t *out, size_t cap);
void tls_close(struct tls *t); /* queues close_notify */

/* Nothing will come or go for long: gives back buffers with nothing in them and, of a client, what
 * only its handshake needed; tls_peer_cert() has none then. */
void tls_rest(struct tls *t);

/* DER of the peer's certificate while TLS_JUDGE or after; absent when it showed none. */
struct view tls_peer_cert(const struct tls *t);
enum tls_state tls_judge(struct tls *t, bool accept); /* refused: an alert is queued */
const char *tls_cipher(const struct tls *t);          /* "AES256-SHA" */

/* Whether the handshake went on with an earlier session. */
bool tls_resumed(const struct tls *t);
/* The session that the server of an open connection would go on with, the caller's from here; NULL
 * where it gave none.  With TLS 1.3 it comes some time after the handshake. */
struct tls_session *tls_session_take(const struct tls *t);
void tls_session_free(struct tls_session *s); /* NULL: nothing */

/* For captures: connections of this configuration know their secrets as text.  Before the first
 * one. */
void tls_config_keep_secrets(struct tls_config *c);
/* Of such a connection: from here each secret is told as a line of a key log (NSS's format, without
 * line feed), from inside the calls above. */
void tls_tell_secrets(struct tls *t, void (*told)(void *ctx, const char *line), void *ctx);

#endif
