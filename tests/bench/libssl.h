/* What benchmarks share that put something of ours beside plain libssl. */
#ifndef CUCMLAB_TESTS_BENCH_LIBSSL_H
#define CUCMLAB_TESTS_BENCH_LIBSSL_H

#include "tests/bench/process.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

/* What a TVS trace shows (observed). */
#define BENCH_CIPHER "AES256-SHA"

/* Of one version, without resumption; the caller's. */
static BENCH_UNUSED SSL_CTX *libssl_context(bool server, int version)
{
    SSL_CTX *ctx = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    need(ctx != NULL && SSL_CTX_set_cipher_list(ctx, BENCH_CIPHER ":@SECLEVEL=0") == 1, "cipher");
    SSL_CTX_set_min_proto_version(ctx, version);
    SSL_CTX_set_max_proto_version(ctx, version);
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    return ctx;
}

/* A fresh key of RSA-2048, and a certificate of its own. */
static BENCH_UNUSED void libssl_certify(SSL_CTX *ctx)
{
    EVP_PKEY *key = EVP_RSA_gen(2048);
    X509 *x = X509_new();
    need(key != NULL && x != NULL, "key");
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const uint8_t *)"bare", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    need(X509_sign(x, key, EVP_sha256()) > 0 && SSL_CTX_use_certificate(ctx, x) == 1 &&
             SSL_CTX_use_PrivateKey(ctx, key) == 1,
         "certificate");
    X509_free(x);
    EVP_PKEY_free(key);
}

/* Whether what a TLS call returned means: later. */
static BENCH_UNUSED bool libssl_later(SSL *ssl, int got)
{
    int why = SSL_get_error(ssl, got);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

/* ---- what RSA alone would take: it depends on the vector units of the processor ---- */

/* 36 bytes, as `openssl speed` has them. */
struct rsa {
    EVP_PKEY *key;
    EVP_PKEY_CTX *sign, *verify;
    uint8_t digest[36], signature[256];
};

static BENCH_UNUSED struct rsa rsa_new(void)
{
    struct rsa r = { .key = EVP_RSA_gen(2048) };
    need(r.key != NULL, "key");
    r.sign = EVP_PKEY_CTX_new(r.key, NULL);
    r.verify = EVP_PKEY_CTX_new(r.key, NULL);
    need(r.sign != NULL && r.verify != NULL && EVP_PKEY_sign_init(r.sign) == 1 &&
             EVP_PKEY_verify_init(r.verify) == 1 &&
             EVP_PKEY_CTX_set_rsa_padding(r.sign, RSA_PKCS1_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_padding(r.verify, RSA_PKCS1_PADDING) == 1,
         "RSA");
    return r;
}

static BENCH_UNUSED void rsa_free(struct rsa *r)
{
    EVP_PKEY_CTX_free(r->sign);
    EVP_PKEY_CTX_free(r->verify);
    EVP_PKEY_free(r->key);
}

static BENCH_UNUSED void rsa_sign(struct rsa *r)
{
    size_t n = sizeof r->signature;
    need(EVP_PKEY_sign(r->sign, r->signature, &n, r->digest, sizeof r->digest) == 1, "RSA sign");
}

static BENCH_UNUSED void rsa_verify(struct rsa *r)
{
    need(EVP_PKEY_verify(r->verify, r->signature, sizeof r->signature, r->digest,
                         sizeof r->digest) == 1,
         "RSA verify");
}

/* Of the processor, for one. */
static BENCH_UNUSED double rsa_cost(struct rsa *r, void (*what)(struct rsa *r), double length_s)
{
    double from = seconds();
    int n = 0;
    for (; seconds() - from < length_s; n++)
        what(r);
    return (seconds() - from) / n;
}

/* A line for the end of a bench of handshakes. */
static BENCH_UNUSED void rsa_print(void)
{
    struct rsa r = rsa_new();
    double sign_s = rsa_cost(&r, rsa_sign, 0.4), verify_s = rsa_cost(&r, rsa_verify, 0.1);
    printf("RSA-2048 alone, on a core of this processor: sign %.0f us, verify %.1f us\n",
           sign_s * 1e6, verify_s * 1e6);
    rsa_free(&r);
}

#endif
