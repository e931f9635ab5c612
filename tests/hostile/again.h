/* A client that asks for a new handshake in the middle of a connection of TLS 1.2, again and again.
 * OpenSSL's own sends the second ClientHello only when the first was answered; so this one makes
 * the records by itself, of the connection's keys (RFC 5246, section 6.3; RFC 5288). */
#ifndef CUCMLAB_TESTS_HOSTILE_AGAIN_H
#define CUCMLAB_TESTS_HOSTILE_AGAIN_H

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <string.h>

#define AGAIN_CIPHERS "AES128-GCM-SHA256"
#define AGAIN_RECORD  (5 + 8 + 4 + 16)

struct again {
    EVP_CIPHER_CTX *cipher;
    uint8_t salt[4];
    uint64_t sequence;
};

static inline int again_key_block(const SSL *ssl, uint8_t *out, size_t n)
{
    uint8_t master[48], seed[13 + 64] = "key expansion";
    OSSL_PARAM params[4];
    size_t size = SSL_SESSION_get_master_key(SSL_get_session(ssl), master, sizeof master);
    SSL_get_server_random(ssl, seed + 13, 32);
    SSL_get_client_random(ssl, seed + 45, 32);
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master, size);
    params[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed, sizeof seed);
    params[3] = OSSL_PARAM_construct_end();
    int good = EVP_KDF_derive(ctx, out, n, params);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return good == 1;
}

/* `ssl` is open, with AGAIN_CIPHERS, and has written nothing but its handshake; it is used no more.
 * 0: it cannot be. */
static inline int again_begin(struct again *a, const SSL *ssl)
{
    uint8_t block[16 + 16 + 4 + 4];
    *a = (struct again){ .sequence = 1 }; /* behind Finished */
    if (!again_key_block(ssl, block, sizeof block))
        return 0;
    memcpy(a->salt, block + 32, 4);
    a->cipher = EVP_CIPHER_CTX_new();
    return EVP_EncryptInit_ex(a->cipher, EVP_aes_128_gcm(), NULL, block, NULL) == 1;
}

/* One record: a ClientHello without a body, which is enough to be told no. */
static inline void again_put(struct again *a, uint8_t out[AGAIN_RECORD])
{
    static const uint8_t hello[4] = { 1, 0, 0, 0 };
    uint8_t nonce[12], aad[13];
    int n;
    memcpy(nonce, a->salt, 4);
    for (int i = 0; i < 8; i++)
        aad[i] = nonce[4 + i] = (uint8_t)(a->sequence >> (56 - 8 * i));
    memcpy(aad + 8, "\x16\x03\x03\x00\x04", 5);
    memcpy(out, "\x16\x03\x03\x00\x1c", 5);
    memcpy(out + 5, nonce + 4, 8);
    EVP_EncryptInit_ex(a->cipher, NULL, NULL, NULL, nonce);
    EVP_EncryptUpdate(a->cipher, NULL, &n, aad, sizeof aad);
    EVP_EncryptUpdate(a->cipher, out + 13, &n, hello, sizeof hello);
    EVP_EncryptFinal_ex(a->cipher, out + 17, &n);
    EVP_CIPHER_CTX_ctrl(a->cipher, EVP_CTRL_GCM_GET_TAG, 16, out + 17);
    a->sequence++;
}

static inline void again_end(struct again *a)
{
    EVP_CIPHER_CTX_free(a->cipher);
}

#endif
