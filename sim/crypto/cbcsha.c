#include "sim/crypto/cbcsha.h"

#include "sim/base/check.h"

#include <string.h>

void cbcsha_ready(struct cbcsha *c, const EVP_CIPHER *aes, bool encrypt, struct cbcsha_keys keys)
{
    static const uint8_t none[CBCSHA_BLOCK];
    if (c->cipher == NULL)
        c->cipher = EVP_CIPHER_CTX_new();
    CHECK(c->cipher != NULL);
    bool same = EVP_CIPHER_CTX_get0_cipher(c->cipher) == aes; /* then nothing is allocated anew */
    CHECK(EVP_CipherInit_ex2(c->cipher, same ? NULL : aes, keys.key,
                             keys.iv != NULL ? keys.iv : none, encrypt ? 1 : 0, NULL) == 1);
    CHECK(EVP_CIPHER_CTX_set_padding(c->cipher, 0) == 1);
    c->mac = mac_key_of(HASH_SHA1, view_of(keys.mac, CBCSHA_MAC));
    c->sequence = 0;
    c->vectors = keys.iv == NULL;
    c->on = false;
}

void cbcsha_free(struct cbcsha *c)
{
    EVP_CIPHER_CTX_free(c->cipher);
    c->cipher = NULL;
}

/* The MAC of the next record. */
static void record_mac(struct cbcsha *c, uint8_t type, uint16_t version, struct view clear,
                       uint8_t out[HASH_MAX])
{
    uint8_t head[13];
    struct wr w = wr_of(head, sizeof head);
    wr_u32(&w, (uint32_t)(c->sequence >> 32));
    wr_u32(&w, (uint32_t)c->sequence);
    wr_u8(&w, type);
    wr_u16(&w, version);
    wr_u16(&w, (uint16_t)clear.n);
    const struct view parts[] = { { head, w.n }, clear };
    mac_of(&c->mac, parts, 2, out);
    c->sequence++;
}

/* The context chains on over records, as TLS 1.0 wants it.  A vector of its own is then the first
 * block of the text, enciphered: whatever stands there, nobody looks at it. */
static void cipher(struct cbcsha *c, uint8_t *bytes, size_t n)
{
    int done = 0;
    CHECK(EVP_CipherUpdate(c->cipher, bytes, &done, bytes, (int)n) == 1 && (size_t)done == n);
}

size_t cbcsha_seal(struct cbcsha *c, uint8_t type, uint16_t version, struct view clear,
                   struct rng *r, uint8_t *out)
{
    uint8_t mac[HASH_MAX];
    size_t n = 0;
    if (c->vectors) {
        rng_bytes(r, out, CBCSHA_BLOCK);
        n = CBCSHA_BLOCK;
    }
    if (clear.n != 0)
        memcpy(out + n, clear.p, clear.n);
    record_mac(c, type, version, clear, mac);
    n += clear.n;
    memcpy(out + n, mac, CBCSHA_MAC);
    n += CBCSHA_MAC;
    size_t padding = CBCSHA_BLOCK - n % CBCSHA_BLOCK;
    memset(out + n, (int)padding - 1, padding);
    n += padding;
    cipher(c, out, n);
    return n;
}

bool cbcsha_open(struct cbcsha *c, uint8_t type, uint16_t version, uint8_t *body, size_t n,
                 struct view *clear)
{
    size_t vector = c->vectors ? CBCSHA_BLOCK : 0;
    if (n % CBCSHA_BLOCK != 0 || n < vector + CBCSHA_MAC + 1)
        return false;
    cipher(c, body, n);
    size_t padding = (size_t)body[n - 1] + 1;
    if (padding > n - vector - CBCSHA_MAC)
        return false;
    for (size_t i = 2; i <= padding; i++)
        if (body[n - i] != body[n - 1])
            return false;
    uint8_t mac[HASH_MAX];
    size_t clear_n = n - vector - padding - CBCSHA_MAC;
    *clear = view_of(body + vector, clear_n);
    record_mac(c, type, version, *clear, mac);
    return memcmp(mac, body + vector + clear_n, CBCSHA_MAC) == 0;
}
