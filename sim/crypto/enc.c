/* The encryption of configurations (docs/FORMATS.md, section 3), with padding from a seeded stream:
 * the same file every time, which is what a lab wants and nobody else should. */
#include "sim/crypto/crypto.h"
#include "sim/crypto/impl.h"

#include "sim/base/check.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/rsa.h>

#define RSA_MAX 512 /* bytes of a 4096-bit modulus */
#define PAD_MIN 11  /* 00 02, eight bytes of padding, 00 */

/* RSA of one block as it is; false where the key is not RSA or the block is not below the modulus.
 */
static bool raw_rsa(EVP_PKEY *pkey, bool encrypt, struct view in, uint8_t out[RSA_MAX], size_t *n)
{
    ERR_clear_error();
    *n = RSA_MAX;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    CHECK(ctx != NULL);
    bool ok = (encrypt ? EVP_PKEY_encrypt_init(ctx) : EVP_PKEY_decrypt_init(ctx)) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
              (encrypt ? EVP_PKEY_encrypt(ctx, out, n, in.p, in.n)
                       : EVP_PKEY_decrypt(ctx, out, n, in.p, in.n)) == 1;
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return ok;
}

size_t rsa_wrap(struct view public, struct view plain, struct rng *r, uint8_t out[RSA_MAX])
{
    EVP_PKEY *pkey = key_public(public);
    if (pkey == NULL)
        return 0;
    size_t size = (size_t)(EVP_PKEY_get_bits(pkey) + 7) / 8, n = 0;
    bool ok = EVP_PKEY_is_a(pkey, "RSA") == 1 && size >= PAD_MIN && plain.n <= size - PAD_MIN;
    if (ok) {
        uint8_t block[RSA_MAX];
        size_t padding = size - 3 - plain.n;
        block[0] = 0;
        block[1] = 2;
        for (size_t i = 0; i < padding; i++)
            block[2 + i] = (uint8_t)(1 + rng_below(r, 255));
        block[2 + padding] = 0;
        if (plain.n != 0)
            memcpy(block + 3 + padding, plain.p, plain.n);
        ok = raw_rsa(pkey, true, view_of(block, size), out, &n);
    }
    EVP_PKEY_free(pkey);
    return ok ? n : 0;
}

bool rsa_unwrap(const struct key *k, struct view wrapped, uint8_t *out, size_t cap, size_t *n)
{
    if (!key_info[k->type].rsa || wrapped.n != key_info[k->type].bits / 8u)
        return false;
    /* The padding is taken off here: what OpenSSL does with bad padding changed between releases.
     */
    uint8_t block[RSA_MAX];
    size_t size;
    if (!raw_rsa(k->pkey, false, wrapped, block, &size))
        return false;
    if (size < PAD_MIN || block[0] != 0 || block[1] != 2)
        return false;
    const uint8_t *end = memchr(block + 2, 0, size - 2);
    if (end == NULL || end - (block + 2) < 8)
        return false;
    size_t plain_n = size - (size_t)(end + 1 - block);
    if (plain_n > cap)
        return false;
    if (plain_n != 0)
        memcpy(out, end + 1, plain_n);
    *n = plain_n;
    return true;
}

void aes128_cbc(bool encrypt, const uint8_t key[16], const uint8_t iv[16], struct view in,
                uint8_t *out)
{
    CHECK(in.n % 16 == 0);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    CHECK(ctx != NULL);
    CHECK(EVP_CipherInit_ex2(ctx, EVP_aes_128_cbc(), key, iv, encrypt ? 1 : 0, NULL) == 1);
    CHECK(EVP_CIPHER_CTX_set_padding(ctx, 0) == 1);
    for (size_t at = 0; at < in.n;) {
        size_t piece = in.n - at < (1u << 24) ? in.n - at : 1u << 24; /* OpenSSL counts in int */
        int n = 0;
        CHECK(EVP_CipherUpdate(ctx, out + at, &n, in.p + at, (int)piece) == 1);
        CHECK((size_t)n == piece);
        at += piece;
    }
    EVP_CIPHER_CTX_free(ctx);
}
