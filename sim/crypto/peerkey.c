#include "sim/crypto/peerkey.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define BITS_MIN 512
#define BITS_MAX (8 * PEER_RSA_MAX)

struct peer_key {
    uint32_t users;
    uint8_t *der;
    size_t der_n, size;
    EVP_PKEY_CTX *rsa;
};

/* The context that encrypts; NULL where the certificate has no RSA key of a size that is taken. */
static EVP_PKEY_CTX *rsa_of(struct view der, const char **why)
{
    const uint8_t *p = der.p;
    X509 *x = d2i_X509(NULL, &p, (long)der.n);
    EVP_PKEY *pkey = x != NULL ? X509_get0_pubkey(x) : NULL;
    EVP_PKEY_CTX *ctx = NULL;
    if (x == NULL || p != der.p + der.n)
        *why = "the server's certificate cannot be read";
    else if (pkey == NULL || EVP_PKEY_is_a(pkey, "RSA") != 1)
        *why = "the server's certificate has no RSA key";
    else if (EVP_PKEY_get_bits(pkey) < BITS_MIN || EVP_PKEY_get_bits(pkey) > BITS_MAX)
        *why = "the server's RSA key is shorter than 512 bits or longer than 4096";
    else
        ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL); /* holds the key on its own */
    if (ctx != NULL && (EVP_PKEY_encrypt_init(ctx) != 1 ||
                        EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1)) {
        EVP_PKEY_CTX_free(ctx);
        ctx = NULL;
        *why = "the server's RSA key is of no use";
    }
    X509_free(x);
    return ctx;
}

/* A key with an even modulus, or an exponent that OpenSSL does not take, shows only here. */
static bool works(EVP_PKEY_CTX *rsa, size_t size)
{
    uint8_t one[PEER_RSA_MAX] = { 0 }, out[PEER_RSA_MAX];
    size_t n = sizeof out;
    one[size - 1] = 1;
    return EVP_PKEY_encrypt(rsa, out, &n, one, size) == 1 && n == size;
}

static struct peer_key *peer_key_new(struct view der, const char **why)
{
    ERR_clear_error();
    EVP_PKEY_CTX *rsa = der.n != 0 && der.n <= PEER_CERT_MAX ? rsa_of(der, why) : NULL;
    if (rsa == NULL) {
        ERR_clear_error();
        return NULL;
    }
    size_t size = ((size_t)EVP_PKEY_get_bits(EVP_PKEY_CTX_get0_pkey(rsa)) + 7) / 8;
    if (!works(rsa, size)) {
        *why = "the server's RSA key is of no use";
        EVP_PKEY_CTX_free(rsa);
        ERR_clear_error();
        return NULL;
    }
    struct peer_key *k = sys_malloc(sizeof *k);
    *k = (struct peer_key){
        .users = 1, .der = sys_malloc(der.n), .der_n = der.n, .size = size, .rsa = rsa
    };
    memcpy(k->der, der.p, der.n);
    return k;
}

struct peer_key *peer_keys_find(struct peer_keys *all, struct view der, const char **why)
{
    for (size_t i = 0; i < PEER_KEYS; i++) {
        struct peer_key *k = all->slot[i];
        if (k != NULL && k->der_n == der.n && memcmp(k->der, der.p, der.n) == 0) {
            k->users++;
            return k;
        }
    }
    *why = "the server's certificate is too long";
    struct peer_key *k = peer_key_new(der, why);
    if (k == NULL)
        return NULL;
    peer_key_drop(all->slot[all->next]);
    all->slot[all->next] = k;
    all->next = (all->next + 1) % PEER_KEYS;
    k->users++;
    return k;
}

void peer_keys_forget(struct peer_keys *all)
{
    for (size_t i = 0; i < PEER_KEYS; i++) {
        peer_key_drop(all->slot[i]);
        all->slot[i] = NULL;
    }
}

void peer_key_drop(struct peer_key *k)
{
    if (k == NULL || --k->users != 0)
        return;
    EVP_PKEY_CTX_free(k->rsa);
    sys_free(k->der);
    sys_free(k);
}

struct view peer_key_cert(const struct peer_key *k)
{
    return view_of(k->der, k->der_n);
}

size_t peer_key_size(const struct peer_key *k)
{
    return k->size;
}

void peer_key_encrypt(struct peer_key *k, const uint8_t *block, uint8_t out[PEER_RSA_MAX])
{
    size_t n = PEER_RSA_MAX;
    CHECK(EVP_PKEY_encrypt(k->rsa, out, &n, block, k->size) == 1 && n == k->size);
}
