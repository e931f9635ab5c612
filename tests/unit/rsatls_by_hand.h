/* The server's side of a resumed session, made by hand from the record layer and the PRF: it says
 * whatever it is told to, protected as it must be.  For tests of sim/crypto/rsatls.h. */
#ifndef CUCMLAB_TESTS_RSATLS_BY_HAND_H
#define CUCMLAB_TESTS_RSATLS_BY_HAND_H

#include "sim/base/check.h"
#include "sim/crypto/cbcsha.h"
#include "sim/crypto/rsatls.h"

#include <string.h>

#define BY_HAND_UNUSED __attribute__((unused))

struct by_hand {
    struct rng rng;
    struct cbcsha writes;
    EVP_CIPHER *aes;
    uint16_t version;
};

/* The session that it resumes: TLS 1.2, AES128. */
static BY_HAND_UNUSED struct rsatls_session by_hand_session(void)
{
    return (struct rsatls_session){
        .id = "by hand", .id_n = 7, .master = "m", .version = TLS_1_2, .suite = RSATLS_AES128
    };
}

static BY_HAND_UNUSED void by_hand_say(struct by_hand *h, struct rsatls *t, uint8_t type,
                                       struct view clear)
{
    static uint8_t record[5 + 65535 + CBCSHA_MORE];
    size_t n = clear.n;
    if (h->writes.on)
        n = cbcsha_seal(&h->writes, type, h->version, clear, &h->rng, record + 5);
    else if (n != 0)
        memcpy(record + 5, clear.p, n);
    struct wr w = wr_of(record, 5);
    wr_u8(&w, type);
    wr_u16(&w, h->version);
    wr_u16(&w, (uint16_t)n);
    rsatls_feed(t, view_of(record, 5 + n));
}

/* ServerHello, ChangeCipherSpec and Finished for a client that resumes by_hand_session(): it is
 * open behind that. */
static BY_HAND_UNUSED struct by_hand by_hand_open(struct rsatls *t)
{
    struct by_hand h = { .rng = rng_of(1, "by hand", 0), .version = 0x0303 };
    struct rsatls_session s = by_hand_session();
    uint8_t said[256], hello[64], block[72], verify[12], digest[HASH_MAX], finished[16];
    const uint8_t change = 1;
    size_t said_n = rsatls_take(t, said, sizeof said);
    CHECK(said_n > 43 && said_n < sizeof said);
    struct wr w = wr_of(hello, sizeof hello);
    wr_u32(&w, 2u << 24 | (2 + 32 + 1 + 7 + 2 + 1));
    wr_u16(&w, h.version);
    wr_view(&w, view_of("a random value of thirty-two byte", 32));
    wr_u8(&w, s.id_n);
    wr_view(&w, view_of(s.id, s.id_n));
    wr_u16(&w, 0x002f);
    wr_u8(&w, 0);
    struct hash_state all = hash_begin(HASH_SHA256);
    hash_add(HASH_SHA256, &all, view_of(said + 5, said_n - 5));
    hash_add(HASH_SHA256, &all, view_of(hello, w.n));
    hash_end(HASH_SHA256, &all, digest);
    const struct view master = { s.master, sizeof s.master };
    const struct view randoms[] = { { hello + 6, 32 }, { said + 5 + 6, 32 } };
    const struct view hashed[] = { { digest, 32 }, { NULL, 0 } };
    prf(true, master, "key expansion", randoms, block, sizeof block);
    prf(true, master, "server finished", hashed, verify, sizeof verify);
    h.aes = EVP_CIPHER_fetch(NULL, "AES-128-CBC", NULL);
    cbcsha_ready(&h.writes, h.aes, true, (struct cbcsha_keys){ block + 20, block + 56, NULL });
    by_hand_say(&h, t, 22, view_of(hello, w.n));
    by_hand_say(&h, t, 20, view_of(&change, 1));
    h.writes.on = true;
    w = wr_of(finished, sizeof finished);
    wr_u32(&w, 20u << 24 | 12);
    wr_view(&w, view_of(verify, sizeof verify));
    by_hand_say(&h, t, 22, view_of(finished, w.n));
    CHECK(rsatls_state(t) == TLS_OPEN);
    return h;
}

static BY_HAND_UNUSED void by_hand_free(struct by_hand *h)
{
    cbcsha_free(&h->writes);
    EVP_CIPHER_free(h->aes);
}

#endif
