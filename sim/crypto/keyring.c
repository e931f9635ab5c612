/* A ring makes each key once.  RSA primes cost tenths of a second, so that they are also kept in
 * files; a file is only ever a shortcut: whatever is wrong with it, the key is made again. */
#include "sim/crypto/crypto.h"
#include "sim/crypto/impl.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#define BUCKETS     256
#define PATH_BYTES  4096
#define CACHE_MAGIC "cucmlab-primes-1"
#define CACHE_BYTES (16 + 32 + 2 * 256 + 32) /* magic, owner, primes of RSA-4096, checksum */
#define OWNER_SIZE  32

struct entry {
    struct entry *next;
    uint64_t hash;
    const char *label; /* NULL: from a file */
    struct key key;
};

struct keyring {
    uint64_t identity;
    char *cache_dir;
    struct arena arena;
    struct entry *bucket[BUCKETS];
    uint32_t made;
};

struct keyring *keyring_new(uint64_t identity, const char *cache_dir)
{
    struct keyring *r = sys_mem.resize(sys_mem.ctx, NULL, sizeof *r);
    *r = (struct keyring){ .identity = identity, .arena = arena_of(&sys_mem) };
    if (cache_dir != NULL)
        r->cache_dir = arena_text(&r->arena, view_str(cache_dir));
    return r;
}

uint32_t keyring_made(const struct keyring *r)
{
    return r->made;
}

void keyring_free(struct keyring *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct entry *entry = r->bucket[i]; entry != NULL; entry = entry->next)
            EVP_PKEY_free(entry->key.pkey);
    arena_free(&r->arena);
    sys_mem.resize(sys_mem.ctx, r, 0);
}

const char *keyring_default_cache(void)
{
    static char path[PATH_BYTES];
    const char *base = getenv("XDG_CACHE_HOME");
    const char *rest = "cucmlab";
    if (base == NULL || base[0] != '/') { /* the XDG rule: a relative path does not count */
        base = getenv("HOME");
        rest = ".cache/cucmlab";
    }
    if (base == NULL || base[0] != '/')
        return NULL;
    int n = snprintf(path, sizeof path, "%s/%s", base, rest);
    return n > 0 && (size_t)n < sizeof path ? path : NULL;
}

/* ---- the cache ---- */

/* What a file belongs to: also inside it, so that a renamed file is noticed. */
static void owner_of(const struct keyring *r, const char *label, enum key_type type,
                     uint8_t out[64])
{
    uint8_t head[12];
    struct wr w = wr_of(head, sizeof head);
    wr_u32(&w, (uint32_t)(r->identity >> 32));
    wr_u32(&w, (uint32_t)r->identity);
    wr_u32(&w, (uint32_t)type);
    const struct view parts[] = { view_str(CACHE_MAGIC), view_of(head, w.n), view_str(label) };
    digest_of(DIGEST_SHA256, parts, 3, out);
}

static bool cache_path(const struct keyring *r, const uint8_t owner[64], char out[PATH_BYTES])
{
    char name[33];
    for (int i = 0; i < 16; i++)
        snprintf(name + 2 * i, 3, "%02x", owner[i]);
    int n = snprintf(out, PATH_BYTES, "%s/%s.key", r->cache_dir, name);
    return n > 0 && n < PATH_BYTES;
}

static bool cache_read(struct view file, const uint8_t owner[64], unsigned bits, BIGNUM *p,
                       BIGNUM *q)
{
    struct rd rd = rd_of(file);
    struct view magic, named, p_bytes, q_bytes, checksum;
    if (!rd_view(&rd, 16, &magic) || !rd_view(&rd, OWNER_SIZE, &named) ||
        !rd_view(&rd, bits / 16, &p_bytes) || !rd_view(&rd, bits / 16, &q_bytes))
        return false;
    struct view covered = view_sub(file, 0, rd.at);
    if (!rd_view(&rd, 32, &checksum) || rd_left(&rd) != 0)
        return false;
    uint8_t expected[64];
    digest_of(DIGEST_SHA256, &covered, 1, expected);
    if (!view_eq(magic, view_str(CACHE_MAGIC)) || !view_eq(named, view_of(owner, OWNER_SIZE)) ||
        !view_eq(checksum, view_of(expected, 32)))
        return false;
    CHECK(BN_bin2bn(p_bytes.p, (int)p_bytes.n, p) != NULL);
    CHECK(BN_bin2bn(q_bytes.p, (int)q_bytes.n, q) != NULL);
    return keygen_plausible(bits, p, q);
}

static bool cache_load(const struct keyring *r, const uint8_t owner[64], unsigned bits, BIGNUM *p,
                       BIGNUM *q)
{
    char path[PATH_BYTES];
    struct stat st;
    if (!cache_path(r, owner, path) || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return false; /* a pipe under that name would block for ever */
    struct arena scratch = arena_of(&sys_mem);
    struct view file;
    bool ok = sys_read_file(path, CACHE_BYTES, &scratch, &file, NULL) &&
              cache_read(file, owner, bits, p, q);
    arena_free(&scratch);
    return ok;
}

/* Makes the folder and those above it. */
static void folder_make(const char *path)
{
    char part[PATH_BYTES];
    size_t n = strlen(path);
    if (n >= sizeof part)
        return;
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        part[i] = '\0';
        mkdir(part, 0700); /* there already, or forbidden: the write that follows finds out */
        part[i] = path[i];
    }
}

/* Best effort: a key that cannot be kept is made again next time. */
static void cache_store(const struct keyring *r, const uint8_t owner[64], unsigned bits,
                        const BIGNUM *p, const BIGNUM *q)
{
    char path[PATH_BYTES];
    uint8_t bytes[CACHE_BYTES], prime[256], checksum[64];
    int prime_n = (int)bits / 16;
    if (!cache_path(r, owner, path))
        return;
    struct wr w = wr_of(bytes, sizeof bytes);
    wr_str(&w, CACHE_MAGIC);
    wr_view(&w, view_of(owner, OWNER_SIZE));
    const BIGNUM *both[2] = { p, q };
    for (int i = 0; i < 2; i++) {
        CHECK(BN_bn2binpad(both[i], prime, prime_n) == prime_n);
        wr_view(&w, view_of(prime, (size_t)prime_n));
    }
    struct view covered = view_of(bytes, w.n);
    digest_of(DIGEST_SHA256, &covered, 1, checksum);
    wr_view(&w, view_of(checksum, 32));
    CHECK(!w.over);
    folder_make(r->cache_dir);
    (void)sys_replace_file(path, view_of(bytes, w.n), NULL);
}

/* ---- keys ---- */

static EVP_PKEY *rsa_key(const struct keyring *r, const char *label, enum key_type type,
                         struct rng *stream)
{
    unsigned bits = key_info[type].bits;
    uint8_t owner[64];
    owner_of(r, label, type, owner);
    BIGNUM *p = BN_new(), *q = BN_new();
    CHECK(p != NULL && q != NULL);
    if (r->cache_dir == NULL || !cache_load(r, owner, bits, p, q)) {
        keygen_primes(stream, bits, p, q);
        if (r->cache_dir != NULL)
            cache_store(r, owner, bits, p, q);
    }
    EVP_PKEY *pkey = keygen_rsa(p, q);
    BN_clear_free(p);
    BN_clear_free(q);
    return pkey;
}

static struct entry *entry_add(struct keyring *r, uint64_t hash)
{
    struct entry *entry = arena_take(&r->arena, sizeof *entry);
    entry->hash = hash;
    entry->next = r->bucket[hash % BUCKETS];
    r->bucket[hash % BUCKETS] = entry;
    return entry;
}

const struct key *keyring_key(struct keyring *r, const char *label, enum key_type type)
{
    CHECK(type >= 0 && type < KEY_TYPES);
    uint64_t hash = rng_hash((uint64_t)type, view_str(label));
    for (struct entry *entry = r->bucket[hash % BUCKETS]; entry != NULL; entry = entry->next)
        if (entry->hash == hash && entry->label != NULL && entry->key.type == type &&
            strcmp(entry->label, label) == 0)
            return &entry->key;
    struct rng stream = rng_of(r->identity, label, (uint64_t)type);
    EVP_PKEY *pkey =
        key_info[type].rsa ? rsa_key(r, label, type, &stream) : keygen_ec(&stream, type);
    struct entry *entry = entry_add(r, hash);
    entry->label = arena_text(&r->arena, view_str(label));
    CHECK(key_adopt(&entry->key, pkey, &r->arena, NULL) && entry->key.type == type);
    CHECK(entry->key.public.n == key_info[type].public_n &&
          entry->key.spki.n == key_info[type].spki_n);
    r->made++;
    return &entry->key;
}

/* Never asks on the terminal: an encrypted key is simply not one of ours. */
static int no_passphrase(char *out, int size, int writing, void *user)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)user;
    return -1;
}

/* Does the private half belong to the public one?  One signature tells. */
static bool halves_match(const struct key *k)
{
    struct view text = view_str("cucmlab");
    uint8_t signature[600];
    ERR_clear_error();
    if (key_info[k->type].rsa) { /* key_sign would CHECK on a key that cannot sign */
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        size_t n = sizeof signature;
        bool ok = ctx != NULL &&
                  EVP_DigestSignInit(ctx, NULL, digest_md(DIGEST_SHA256), NULL, k->pkey) == 1 &&
                  EVP_DigestSign(ctx, signature, &n, text.p, text.n) == 1 &&
                  key_verify(k->public, DIGEST_SHA256, &text, 1, view_of(signature, n));
        EVP_MD_CTX_free(ctx);
        return ok;
    }
    size_t n = key_sign(k, DIGEST_SHA256, &text, 1, signature);
    return key_verify(k->public, DIGEST_SHA256, &text, 1, view_of(signature, n));
}

const struct key *keyring_load_pem(struct keyring *r, struct view pem, struct err *e)
{
    ERR_clear_error();
    if (pem.n == 0 || pem.n > CERT_LIMIT * 4) {
        err_set(e, "a PEM file of %zu bytes, expected 1 to %d", pem.n, CERT_LIMIT * 4);
        return NULL;
    }
    BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
    CHECK(bio != NULL);
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
    BIO_free(bio);
    if (pkey == NULL) {
        const char *why = ERR_reason_error_string(ERR_peek_last_error());
        err_set(e, "no private key in the PEM file (%s)", why != NULL ? why : "unknown reason");
        return NULL;
    }
    struct key key;
    bool ok = key_adopt(&key, pkey, &r->arena, e);
    if (ok && !halves_match(&key))
        ok = err_set(e, "the private key does not match its own public key");
    ERR_clear_error();
    if (!ok) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    struct entry *entry = entry_add(r, rng_hash(0, key.public));
    entry->key = key;
    return &entry->key;
}
