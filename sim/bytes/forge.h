/* The forge makes the bytes of content when somebody looks, and content of bytes that came in.
 * It owns the keys.  Deterministic: the same content gives the same bytes on every machine.
 * Called by drivers (--bytes, sockets), `--dump`, tools and tests; one a lab. */
#ifndef CUCMLAB_BYTES_FORGE_H
#define CUCMLAB_BYTES_FORGE_H

#include "sim/core/contract.h"
#include "sim/crypto/crypto.h"
#include "sim/wire/capf.h"

struct forge;

#define FORGE_FILE_MAX (16u << 20) /* bytes of a file that forge_adopt() looks at */

/* `content` is borrowed and must outlive the forge; `identity` and `cache_dir` as in keyring_new().
 * Bytes follow from the identity and from what content says, never from luck or from its indices.
 * Making bytes never adds to the content: a run with them and one without have the same indices. */
struct forge *forge_new(struct content *content, uint64_t identity, const char *cache_dir);
void forge_free(struct forge *f);

/* How far the forge and its content have come. */
struct forge_mark {
    struct content_mark content;
    struct arena_mark arena;
    uint32_t undo_count, scanned, made_count, phone_count, file_count;
    struct {
        uint32_t count, done;
    } pending[KEY_TYPES];
};
/* Takes both back: content, and whatever was made, measured, adopted or verified since.  Keys stay.
 * What the forge gave out since then is gone. */
struct forge_mark forge_mark(struct forge *f);
void forge_rewind(struct forge *f, const struct forge_mark *mark);

/* DER of a CT_CERT; lives as long as the forge.  Absent where it cannot be made: only its names,
 * its public key or its hash came in, or its issuer's private key is a stranger's. */
struct view forge_der(struct forge *f, uint32_t cert);
/* Its length, without making it or a key; 0: it cannot be made. */
size_t forge_der_length(struct forge *f, uint32_t cert);
/* NULL: known by its public half only. */
const struct key *forge_key(struct forge *f, uint32_t cert);
/* A request for a certificate of this subject, key and names (CT_TEXT, CT_KEY, CT_TEXT or 0), in
 * `a`; absent where the key is not ours. */
struct forge_request {
    uint32_t subject, key, dns;
    bool ca, ipsec; /* as in struct cert_spec */
};
struct view forge_csr(struct forge *f, const struct forge_request *r, struct arena *a);
/* How many keys it has had to make so far: none, as long as nobody looks at bytes. */
uint32_t forge_keys_made(const struct forge *f);
/* The CT_CERT of a DER that the forge made or could make, or a new one for a stranger's, whose key
 * is ours where the public halves are equal; its issuer_cert, dns and digest stay 0.  False: no
 * certificate. */
bool forge_adopt_cert(struct forge *f, struct view der, uint32_t *cert, struct err *e);

/* What is a device's own in its files.  Line and UUID have one length for all devices. */
struct forge_device {
    uint32_t number; /* chooses its key of the deck */
    char name[16];
    char line[16];
    char uuid[40];
};
/* `name` has at most 15 characters. */
struct forge_device forge_device_of(uint32_t number, const char *name);

/* Length of a file as served, without encoding it or making a key, but equal to what forge_bytes()
 * gives; 0 and `e` where it cannot be made (a file may be empty: then `e` stays as it was). `kind`
 * gives its name (a header holds it).  Errors name the file and why: "ITLFile.tlv: record 2: ...".
 */
uint32_t forge_length(struct forge *f, uint32_t content, enum file_kind kind,
                      const struct forge_device *device, struct err *e);
/* The bytes, in `a`.  False where it cannot be made (a 3072-bit signer), with the error of
 * forge_length(); nothing is kept then, and `out` stays as it was. */
bool forge_bytes(struct forge *f, uint32_t content, enum file_kind kind,
                 const struct forge_device *device, struct arena *a, struct view *out,
                 struct err *e);
/* Content of bytes that came in: decoded, its signature verified with the key of the certificate
 * that its header names where that is known (key 0 where it is not valid).  Gives the very index
 * that forge_bytes() was called with, when nobody touched the bytes.  `lsc`: what the phone
 * decrypts with (CT_CERT, CONTENT_MIC, CONTENT_NOBODY, or its symmetric CT_KEY).
 *
 * What cannot be decoded becomes an unsigned CT_FILE with the raw bytes as its blob, which a phone
 * with lists refuses; an encrypted file of a stranger's that this phone cannot open is encrypted to
 * CONTENT_NOBODY.  New content remembers its bytes: forge_bytes() gives them again.  A signer has
 * to be known before the file (the records of a list are adopted before its own signature is
 * judged). False, with `e`: more than FORGE_FILE_MAX bytes. */
bool forge_adopt(struct forge *f, struct view bytes, enum file_kind kind,
                 const struct forge_device *device, uint32_t lsc, uint32_t *content, struct err *e);
/* Content of a file that a server passes on for another one: what forge_bytes() was called with,
 * else the bytes as they came, nothing of them read.  (forge_adopt() takes two phones' files of one
 * configuration for the same content, and that content gives the bytes of the first of them.) */
bool forge_pass_on(struct forge *f, struct view bytes, enum file_kind kind,
                   const struct forge_device *device, uint32_t *content, struct err *e);

/* A phone's own certificate and key, from a deck of 64 keys: its MIC (CONTENT_MIC or 0), or its LSC
 * of that CAPF (CT_CERT), which has another key.  Absent where the CAPF's private key is not ours;
 * `key` may be NULL.  Lives as long as the forge. */
struct view forge_phone_cert(struct forge *f, const struct forge_device *device, uint32_t lsc,
                             const struct key **key);

/* The same, made in `a` and kept nowhere else: thousands of phones that show theirs now and then.
 */
struct view forge_phone_cert_once(struct forge *f, const struct forge_device *device, uint32_t lsc,
                                  const struct key **key, struct arena *a);

/* What the phone proves itself to CAPF with in that session, by its MIC or LSC: the certificate and
 * the signed data of an auth response, in `a`. */
void forge_capf_proof(struct forge *f, const struct forge_device *device, uint32_t lsc,
                      uint32_t session, struct capf_msg *m, struct arena *a);
/* Whether the signed data of an auth response is there and is the certificate's, whoever that is
 * of: who signed the certificate is not looked at. */
bool forge_capf_proven(uint32_t session, const struct capf_msg *m);
/* What CAPF issues to a device for a public key (SubjectPublicKeyInfo), in `a`: where it is the
 * phone's own of the deck, the certificate of forge_phone_cert().  `lsc` is a CT_CERT of
 * content_lsc().  Absent where that is no key, or the CAPF's private key is not ours.  Of a
 * stranger's key its public half is kept, one a device, where it is RSA-2048: configurations that
 * are encrypted to that LSC are encrypted to it from then on (of another size: to the deck's). */
struct view forge_capf_issue(struct forge *f, const struct forge_device *device, uint32_t lsc,
                             struct view spki, struct arena *a);

#endif
