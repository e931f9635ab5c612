#include "sim/crypto/crypto.h"
#include "sim/crypto/impl.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <openssl/crypto.h>

static void *take(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return sys_malloc(n);
}

static void *resize(void *old, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return sys_realloc(old, n);
}

static void give(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    sys_free(p);
}

/* OpenSSL takes another allocator only before it has used its own: before main(). */
/* Before every other constructor: some of them have OpenSSL allocate. */
__attribute__((constructor(101))) static void take_memory(void)
{
    CHECK(CRYPTO_set_mem_functions(take, resize, give) == 1);
}

static const struct {
    const char *name, *fetch;
    size_t size;
} digests[] = {
    [DIGEST_SHA1] = { "SHA-1", "SHA1", 20 },
    [DIGEST_SHA256] = { "SHA-256", "SHA2-256", 32 },
    [DIGEST_SHA512] = { "SHA-512", "SHA2-512", 64 },
};
#define DIGESTS (sizeof digests / sizeof digests[0])

/* Fetched once: an implicit fetch costs more than the digest of a short message. */
static EVP_MD *fetched[DIGESTS];
static EVP_MD *fetched_md5;
static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;

static void fetch_all(void)
{
    for (size_t i = DIGEST_SHA1; i < DIGESTS; i++)
        fetched[i] = EVP_MD_fetch(NULL, digests[i].fetch, NULL);
    fetched_md5 = EVP_MD_fetch(NULL, "MD5", NULL);
}

static bool known(enum digest d)
{
    return d >= DIGEST_SHA1 && d <= DIGEST_SHA512;
}

const EVP_MD *digest_md(enum digest d)
{
    CHECK(known(d));
    CHECK(CRYPTO_THREAD_run_once(&once, fetch_all) == 1);
    CHECK(fetched[d] != NULL);
    return fetched[d];
}

size_t digest_size(enum digest d)
{
    return known(d) ? digests[d].size : 0;
}

const char *digest_name(enum digest d)
{
    return known(d) ? digests[d].name : "unknown digest";
}

size_t digest_of(enum digest d, const struct view *parts, size_t count, uint8_t out[64])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    CHECK(ctx != NULL && EVP_DigestInit_ex2(ctx, digest_md(d), NULL) == 1);
    for (size_t i = 0; i < count; i++)
        CHECK(parts[i].n == 0 || EVP_DigestUpdate(ctx, parts[i].p, parts[i].n) == 1);
    unsigned n = 0;
    CHECK(EVP_DigestFinal_ex(ctx, out, &n) == 1);
    EVP_MD_CTX_free(ctx);
    return n;
}

void digest_md5(struct view v, uint8_t out[16])
{
    CHECK(CRYPTO_THREAD_run_once(&once, fetch_all) == 1);
    CHECK(fetched_md5 != NULL);
    CHECK(EVP_Digest(v.n == 0 ? (const void *)"" : v.p, v.n, out, NULL, fetched_md5, NULL) == 1);
}
