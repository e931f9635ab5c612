/* Digests, keys, signatures and the key wrap of sim/crypto. */
#include "sim/base/sys.h"
#include "sim/crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

static const char *hex_of(struct view v)
{
    static char text[4][2 * 600 + 1];
    static int next;
    char *out = text[next++ % 4];
    assert_true(v.n <= 600);
    out[0] = '\0';
    for (size_t i = 0; i < v.n; i++)
        snprintf(out + 2 * i, 3, "%02x", v.p[i]);
    return out;
}

static size_t unhex(const char *text, uint8_t *out, size_t size)
{
    BIGNUM *n = NULL;
    assert_int_not_equal(BN_hex2bn(&n, text), 0);
    assert_int_equal(BN_bn2binpad(n, out, (int)size), (int)size);
    BN_free(n);
    return size;
}

static const char *sha256_hex(struct view v)
{
    uint8_t out[64];
    return hex_of(view_of(out, digest_of(DIGEST_SHA256, &v, 1, out)));
}

static const char *private_hash(const struct key *k)
{
    uint8_t *der = NULL;
    int n = i2d_PrivateKey(k->pkey, &der);
    assert_true(n > 0);
    const char *hash = sha256_hex(view_of(der, (size_t)n));
    OPENSSL_free(der);
    return hash;
}

/* ---- digests ---- */

static void digests(void **state)
{
    (void)state;
    uint8_t out[64];
    const struct view parts[] = { view_str("a"), view_of(NULL, 0), view_str("bc") };
    assert_int_equal(digest_of(DIGEST_SHA1, parts, 3, out), 20);
    assert_string_equal(hex_of(view_of(out, 20)), "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_int_equal(digest_of(DIGEST_SHA256, parts, 3, out), 32);
    assert_string_equal(hex_of(view_of(out, 32)),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(digest_of(DIGEST_SHA512, parts, 3, out), 64);
    assert_string_equal(hex_of(view_of(out, 64)),
                        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    digest_md5(view_str("abc"), out);
    assert_string_equal(hex_of(view_of(out, 16)), "900150983cd24fb0d6963f7d28e17f72");
    digest_md5(view_of(NULL, 0), out);
    assert_string_equal(hex_of(view_of(out, 16)), "d41d8cd98f00b204e9800998ecf8427e");
    assert_int_equal(digest_size(DIGEST_SHA512), 64);
    assert_int_equal(digest_size((enum digest)0), 0);
    assert_int_equal(digest_size((enum digest)4), 0);
    assert_string_equal(digest_name(DIGEST_SHA1), "SHA-1");
    assert_string_equal(digest_name((enum digest)9), "unknown digest");
}

/* ---- keys from the seed ---- */

/* SHA-256 of the private key's DER: seed 1, label "test".  A change here changes every file that
 * the lab has ever made. */
static const char *const golden[KEY_TYPES] = {
    [KEY_RSA_1024] = "33e75616f98f83948164bbb3af5e27755b84af241c677ac4635843a595eda1bd",
    [KEY_RSA_2048] = "fcd3f3ec9534b913ff0c127de35a6456549fa205685ed124443dfacef2c43706",
    [KEY_RSA_3072] = "00931526cbf852ddd17c2399f0da7d77a693764261ce8e725adae786d1a297ac",
    [KEY_RSA_4096] = "1e3aeb0a36a02ab2a82dbbd902c396ae4cbdb294b3586168327ce0648fe9e6db",
    [KEY_EC_P256] = "941a6af4dd3de9b2accb771861ab40190130d7fc77e53337016fd559a6f74a40",
    [KEY_EC_P384] = "3f3e163907327a4b140b9e1a8698ac1b1bfe9602d3b248583da3234dd5f55e4f",
    [KEY_EC_P521] = "1ce0c452b4f24d1a872e93238246db4a4e8e102cae715f1d259d7c111e7136bb",
};

static char folder[] = "/tmp/cucmlab-test-crypto-XXXXXX";

static int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int folder_drop(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) != 0;
}

static const char *in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void keys_are_golden(void **state)
{
    (void)state;
    struct keyring *r = keyring_new(1, NULL);
    for (int t = 0; t < KEY_TYPES; t++) {
        const struct key *k = keyring_key(r, "test", (enum key_type)t);
        assert_int_equal(k->type, t);
        assert_string_equal(private_hash(k), golden[t]);
    }
    keyring_free(r);
}

static void keys_are_sound(void **state)
{
    (void)state;
    static const int bits[KEY_TYPES] = { 1024, 2048, 3072, 4096, 256, 384, 521 };
    struct keyring *r = keyring_new(2, NULL);
    for (int t = 0; t < KEY_TYPES; t++) {
        if (t == KEY_RSA_4096)
            continue; /* OpenSSL's check of its primes takes seconds under sanitizers */
        const struct key *k = keyring_key(r, "sound", (enum key_type)t);
        assert_int_equal(EVP_PKEY_get_bits(k->pkey), bits[t]);
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
        assert_int_equal(EVP_PKEY_check(ctx), 1); /* primality too */
        EVP_PKEY_CTX_free(ctx);
    }
    keyring_free(r);
}

static void keys_differ(void **state)
{
    (void)state;
    struct keyring *one = keyring_new(1, NULL), *two = keyring_new(2, NULL);
    const struct key *k = keyring_key(one, "a", KEY_RSA_1024);
    assert_ptr_equal(keyring_key(one, "a", KEY_RSA_1024), k);
    assert_false(view_eq(keyring_key(one, "b", KEY_RSA_1024)->public, k->public));
    assert_false(view_eq(keyring_key(two, "a", KEY_RSA_1024)->public, k->public));
    assert_int_equal(keyring_key(one, "a", KEY_EC_P256)->type, KEY_EC_P256);
    assert_ptr_equal(keyring_key(one, "a", KEY_RSA_1024), k);
    keyring_free(one);
    keyring_free(two);
    keyring_free(NULL);
}

static void public_forms(void **state)
{
    (void)state;
    static const struct {
        enum key_type type;
        size_t public, spki;
    } want[] = {
        { KEY_RSA_1024, 140, 162 }, /* 140 and 270: the golden numbers of a real list */
        { KEY_RSA_2048, 270, 294 }, { KEY_EC_P256, 65, 91 },
        { KEY_EC_P384, 97, 120 },   { KEY_EC_P521, 133, 158 },
    };
    struct keyring *r = keyring_new(1, NULL);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        const struct key *k = keyring_key(r, "forms", want[i].type);
        assert_int_equal(k->public.n, want[i].public);
        assert_int_equal(k->spki.n, want[i].spki);
        assert_int_equal(k->public.p[0], k->type <= KEY_RSA_4096 ? 0x30 : 0x04);
        /* The one ends with the other. */
        assert_memory_equal(k->spki.p + k->spki.n - k->public.n, k->public.p, k->public.n);
    }
    keyring_free(r);
}

/* ---- the cache ---- */

/* The one file in the folder; its inode tells whether it was written again. */
static ino_t only_file(const char *dir, char path[512])
{
    char command[400];
    snprintf(command, sizeof command, "ls '%s'/*.key", dir);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    assert_non_null(fgets(path, 512, f));
    path[strcspn(path, "\n")] = '\0';
    char more[8];
    assert_null(fgets(more, sizeof more, f));
    assert_int_equal(pclose(f), 0);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_ino;
}

static const char *cached(const char *dir, uint64_t seed)
{
    struct keyring *r = keyring_new(seed, dir);
    const char *hash = private_hash(keyring_key(r, "test", KEY_RSA_1024));
    keyring_free(r);
    return hash;
}

static void cache_is_used(void **state)
{
    (void)state;
    char dir[256], path[512];
    snprintf(dir, sizeof dir, "%s", in_folder("deep/er"));
    assert_string_equal(cached(dir, 1), golden[KEY_RSA_1024]);
    struct stat st;
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    ino_t before = only_file(dir, path);
    assert_string_equal(cached(dir, 1), golden[KEY_RSA_1024]);
    assert_int_equal(only_file(dir, path), before);
}

static void cache_damaged(void **state)
{
    (void)state;
    char dir[256], path[512];
    snprintf(dir, sizeof dir, "%s", in_folder("damaged"));
    cached(dir, 1);
    only_file(dir, path);
    struct arena a = arena_of(&sys_mem);
    struct view good;
    assert_true(sys_read_file(path, 4096, &a, &good, NULL));
    assert_int_equal(good.n, 16 + 32 + 64 + 64 + 32);
    uint8_t bad[4096] = { 0 };
    for (size_t at = 0; at < good.n; at += 5) { /* one bit in every field */
        memcpy(bad, good.p, good.n);
        bad[at] ^= 0x10;
        assert_true(sys_write_file(path, view_of(bad, good.n), NULL));
        assert_string_equal(cached(dir, 1), golden[KEY_RSA_1024]);
        struct view again;
        assert_true(sys_read_file(path, 4096, &a, &again, NULL));
        assert_true(view_eq(again, good)); /* and put right */
    }
    memcpy(bad, good.p, good.n);
    static const size_t sizes[] = { 0, 1, 15, 48, 112, 207, 209, 4096 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_true(sys_write_file(path, view_of(bad, sizes[i]), NULL));
        assert_string_equal(cached(dir, 1), golden[KEY_RSA_1024]);
    }
    arena_free(&a);
}

/* Right checksum, wrong content: somebody else's file, or primes that are none of ours. */
static void cache_foreign(void **state)
{
    (void)state;
    char mine[512], theirs[512], dir[256];
    snprintf(dir, sizeof dir, "%s", in_folder("foreign-2"));
    cached(dir, 2);
    only_file(dir, theirs);
    snprintf(dir, sizeof dir, "%s", in_folder("foreign-1"));
    cached(dir, 1);
    only_file(dir, mine);
    struct arena a = arena_of(&sys_mem);
    struct view other, good;
    assert_true(sys_read_file(theirs, 4096, &a, &other, NULL));
    assert_true(sys_read_file(mine, 4096, &a, &good, NULL));
    assert_true(sys_write_file(mine, other, NULL));
    assert_string_equal(cached(dir, 1), golden[KEY_RSA_1024]);

    uint8_t swapped[208], sum[64];
    memcpy(swapped, good.p, 48);
    memcpy(swapped + 48, good.p + 112, 64); /* q, p */
    memcpy(swapped + 112, good.p + 48, 64);
    struct view covered = view_of(swapped, 176);
    digest_of(DIGEST_SHA256, &covered, 1, sum);
    memcpy(swapped + 176, sum, 32);
    assert_true(sys_write_file(mine, view_of(swapped, 208), NULL));
    assert_string_equal(cached(dir, 1), golden[KEY_RSA_1024]);
    struct view again;
    assert_true(sys_read_file(mine, 4096, &a, &again, NULL));
    assert_true(view_eq(again, good));
    arena_free(&a);
}

static void cache_unusable(void **state)
{
    (void)state;
    /* A file where the folder should be, a folder where the file should be: no cache, same key. */
    assert_true(sys_write_file(in_folder("plain"), view_str("x"), NULL));
    assert_string_equal(cached(in_folder("plain"), 1), golden[KEY_RSA_1024]);
    assert_string_equal(cached(in_folder("plain/below"), 1), golden[KEY_RSA_1024]);
    char dir[256], path[512];
    snprintf(dir, sizeof dir, "%s", in_folder("blocked"));
    cached(dir, 1);
    only_file(dir, path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_string_equal(cached(dir, 1), golden[KEY_RSA_1024]);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0); /* would block a reader for ever */
    assert_string_equal(cached(dir, 1), golden[KEY_RSA_1024]);
}

static void default_cache(void **state)
{
    (void)state;
    setenv("XDG_CACHE_HOME", "/x", 1);
    setenv("HOME", "/h", 1);
    assert_string_equal(keyring_default_cache(), "/x/cucmlab");
    setenv("XDG_CACHE_HOME", "relative", 1);
    assert_string_equal(keyring_default_cache(), "/h/.cache/cucmlab");
    unsetenv("XDG_CACHE_HOME");
    assert_string_equal(keyring_default_cache(), "/h/.cache/cucmlab");
    unsetenv("HOME");
    assert_null(keyring_default_cache());
}

/* ---- PEM files ---- */

static struct view pem_of_ec(const char *curve_oid_hex, const char *scalar_hex, size_t scalar_n,
                             struct arena *a)
{
    /* RFC 5915: SEQUENCE { 1, OCTET STRING, [0] OID }, as a file with no public point has it. */
    uint8_t oid[16], scalar[66], der[128];
    size_t oid_n = strlen(curve_oid_hex) / 2;
    unhex(curve_oid_hex, oid, oid_n);
    unhex(scalar_hex, scalar, scalar_n);
    struct wr w = wr_of(der, sizeof der);
    wr_u8(&w, 0x30);
    wr_u8(&w, (uint8_t)(3 + 2 + scalar_n + 2 + oid_n));
    wr_view(&w, view_of("\x02\x01\x01\x04", 4));
    wr_u8(&w, (uint8_t)scalar_n);
    wr_view(&w, view_of(scalar, scalar_n));
    wr_u8(&w, 0xa0);
    wr_u8(&w, (uint8_t)oid_n);
    wr_view(&w, view_of(oid, oid_n));
    assert_false(w.over);
    BIO *bio = BIO_new(BIO_s_mem());
    assert_true(PEM_write_bio(bio, "EC PRIVATE KEY", "", der, (long)w.n) > 0);
    char *text;
    long n = BIO_get_mem_data(bio, &text);
    struct view pem = arena_copy(a, view_of(text, (size_t)n));
    BIO_free(bio);
    return pem;
}

static void pem_rejects(void **state)
{
    (void)state;
    struct keyring *r = keyring_new(1, NULL);
    struct err e = { "" };
    assert_null(keyring_load_pem(r, view_of(NULL, 0), &e));
    assert_non_null(strstr(e.text, "0 bytes"));
    assert_null(keyring_load_pem(r, view_str("rubbish"), &e));
    assert_non_null(strstr(e.text, "no private key"));
    struct arena a = arena_of(&sys_mem);
    /* secp256k1 is a curve, but none of ours */
    struct view pem = pem_of_ec("06052b8104000a", "2a", 32, &a);
    assert_null(keyring_load_pem(r, pem, &e));
    assert_non_null(strstr(e.text, "expected RSA"));
    static const char encrypted[] = "-----BEGIN RSA PRIVATE KEY-----\n"
                                    "Proc-Type: 4,ENCRYPTED\n"
                                    "DEK-Info: AES-128-CBC,00000000000000000000000000000000\n\n"
                                    "AAAAAAAAAAAAAAAAAAAAAA==\n-----END RSA PRIVATE KEY-----\n";
    assert_null(keyring_load_pem(r, view_str(encrypted), &e)); /* and asks nobody */
    arena_free(&a);
    keyring_free(r);
}

/* A private key of one pair under the public key of another. */
static void pem_of_two_halves(void **state)
{
    (void)state;
    struct keyring *r = keyring_new(1, NULL);
    const struct key *k = keyring_key(r, "halves", KEY_EC_P256);
    uint8_t *der = NULL;
    int n = i2d_PrivateKey(k->pkey, &der);
    assert_true(n > 100);
    uint8_t scalar_at = 7; /* 30 len 02 01 01 04 20 */
    assert_int_equal(der[scalar_at - 1], 0x20);
    for (int flip = 0; flip < 2; flip++) {
        der[scalar_at + 20] ^= (uint8_t)flip;
        BIO *bio = BIO_new(BIO_s_mem());
        PEM_write_bio(bio, "EC PRIVATE KEY", "", der, n);
        char *text;
        long text_n = BIO_get_mem_data(bio, &text);
        struct err e = { "" };
        const struct key *got = keyring_load_pem(r, view_of(text, (size_t)text_n), &e);
        assert_int_equal(got != NULL, flip == 0);
        assert_true(flip == 0 ? view_eq(got->public, k->public) : e.text[0] != '\0');
        BIO_free(bio);
    }
    OPENSSL_free(der);
    keyring_free(r);
}

/* ---- signatures ---- */

#define P256_OID "06082a8648ce3d030107"
#define P384_OID "06052b81040022"
#define P521_OID "06052b81040023"
#define P256_KEY "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"
#define P384_KEY                                                                                   \
    "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8"                             \
    "96D5724E4C70A825F872C9EA60D2EDF5"
#define P521_KEY                                                                                   \
    "0FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75C"                             \
    "AA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83"                             \
    "538"

struct ecdsa_vector {
    const char *oid, *key;
    size_t n;
    enum digest digest;
    const char *message, *r, *s;
};

/* RFC 6979, A.2.5 to A.2.7. */
static const struct ecdsa_vector rfc6979[] = {
    { P256_OID, P256_KEY, 32, DIGEST_SHA1, "sample",
      "61340C88C3AAEBEB4F6D667F672CA9759A6CCAA9FA8811313039EE4A35471D32",
      "6D7F147DAC089441BB2E2FE8F7A3FA264B9C475098FDCF6E00D7C996E1B8B7EB" },
    { P256_OID, P256_KEY, 32, DIGEST_SHA256, "sample",
      "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
      "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8" },
    { P256_OID, P256_KEY, 32, DIGEST_SHA512, "sample",
      "8496A60B5E9B47C825488827E0495B0E3FA109EC4568FD3F8D1097678EB97F00",
      "2362AB1ADBE2B8ADF9CB9EDAB740EA6049C028114F2460F96554F61FAE3302FE" },
    { P256_OID, P256_KEY, 32, DIGEST_SHA1, "test",
      "0CBCC86FD6ABD1D99E703E1EC50069EE5C0B4BA4B9AC60E409E8EC5910D81A89",
      "01B9D7B73DFAA60D5651EC4591A0136F87653E0FD780C3B1BC872FFDEAE479B1" },
    { P256_OID, P256_KEY, 32, DIGEST_SHA256, "test",
      "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
      "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083" },
    { P256_OID, P256_KEY, 32, DIGEST_SHA512, "test",
      "461D93F31B6540894788FD206C07CFA0CC35F46FA3C91816FFF1040AD1581A04",
      "39AF9F15DE0DB8D97E72719C74820D304CE5226E32DEDAE67519E840D1194E55" },
    { P384_OID, P384_KEY, 48, DIGEST_SHA1, "sample",
      "EC748D839243D6FBEF4FC5C4859A7DFFD7F3ABDDF72014540C16D73309834FA3"
      "7B9BA002899F6FDA3A4A9386790D4EB2",
      "A3BCFA947BEEF4732BF247AC17F71676CB31A847B9FF0CBC9C9ED4C1A5B3FACF"
      "26F49CA031D4857570CCB5CA4424A443" },
    { P384_OID, P384_KEY, 48, DIGEST_SHA256, "sample",
      "21B13D1E013C7FA1392D03C5F99AF8B30C570C6F98D4EA8E354B63A21D3DAA33"
      "BDE1E888E63355D92FA2B3C36D8FB2CD",
      "F3AA443FB107745BF4BD77CB3891674632068A10CA67E3D45DB2266FA7D1FEEB"
      "EFDC63ECCD1AC42EC0CB8668A4FA0AB0" },
    { P384_OID, P384_KEY, 48, DIGEST_SHA512, "sample",
      "ED0959D5880AB2D869AE7F6C2915C6D60F96507F9CB3E047C0046861DA4A799C"
      "FE30F35CC900056D7C99CD7882433709",
      "512C8CCEEE3890A84058CE1E22DBC2198F42323CE8ACA9135329F03C068E5112"
      "DC7CC3EF3446DEFCEB01A45C2667FDD5" },
    { P384_OID, P384_KEY, 48, DIGEST_SHA512, "test",
      "A0D5D090C9980FAF3C2CE57B7AE951D31977DD11C775D314AF55F76C676447D0"
      "6FB6495CD21B4B6E340FC236584FB277",
      "976984E59B4C77B0E8E4460DCA3D9F20E07B9BB1F63BEEFAF576F6B2E8B22463"
      "4A2092CD3792E0159AD9CEE37659C736" },
    { P521_OID, P521_KEY, 66, DIGEST_SHA1, "sample",
      "0343B6EC45728975EA5CBA6659BBB6062A5FF89EEA58BE3C80B619F322C87910"
      "FE092F7D45BB0F8EEE01ED3F20BABEC079D202AE677B243AB40B5431D497C55D"
      "75D",
      "0E7B0E675A9B24413D448B8CC119D2BF7B2D2DF032741C096634D6D65D0DBE3D"
      "5694625FB9E8104D3B842C1B0E2D0B98BEA19341E8676AEF66AE4EBA3D5475D5"
      "D16" },
    { P521_OID, P521_KEY, 66, DIGEST_SHA256, "sample",
      "1511BB4D675114FE266FC4372B87682BAECC01D3CC62CF2303C92B3526012659"
      "D16876E25C7C1E57648F23B73564D67F61C6F14D527D54972810421E7D87589E"
      "1A7",
      "04A171143A83163D6DF460AAF61522695F207A58B95C0644D87E52AA1A347916"
      "E4F7A72930B1BC06DBE22CE3F58264AFD23704CBB63B29B931F7DE6C9D949A7E"
      "CFC" },
    { P521_OID, P521_KEY, 66, DIGEST_SHA512, "sample",
      "0C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F1"
      "74E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E37"
      "7FA",
      "0617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF2"
      "82623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A"
      "67A" },
};

/* The first nonces after which r and s have full length: the generator of RFC 6979, section 3.2,
 * gone on with.  Worked out by another program, which gives the vectors above as well.  The second
 * and the third are the RFC's own, the others took 3, 7, 4, 6 and 2 nonces. */
static const struct ecdsa_vector full_length[] = {
    { P256_OID, P256_KEY, 32, DIGEST_SHA256, "sample",
      "57D2BBEB6B5F3DBEA89E3D3D7CB0DFE5CDB91CCD3BE320EF3192A3D5BD88D417",
      "24D18FCBCCBEE85055BD25AC78C959F47DE832A212AA6E259011EBAEA05DB30F" },
    { P256_OID, P256_KEY, 32, DIGEST_SHA1, "sample",
      "61340C88C3AAEBEB4F6D667F672CA9759A6CCAA9FA8811313039EE4A35471D32",
      "6D7F147DAC089441BB2E2FE8F7A3FA264B9C475098FDCF6E00D7C996E1B8B7EB" },
    { P256_OID, P256_KEY, 32, DIGEST_SHA512, "test",
      "461D93F31B6540894788FD206C07CFA0CC35F46FA3C91816FFF1040AD1581A04",
      "39AF9F15DE0DB8D97E72719C74820D304CE5226E32DEDAE67519E840D1194E55" },
    { P384_OID, P384_KEY, 48, DIGEST_SHA256, "sample",
      "483214B9BBF13FC24DB40A188EF6B5615DA0AEB48780C21C0BD3676D8A81BDD2"
      "E01E74975DA611AC25C7D403AEA7CDC7",
      "284632C4E916EF544755F98EFD97F50E4DBED82FEA068DF0215FF9730441E86F"
      "E5B318BC469D71C30C1EB2AEE64CA83D" },
    { P384_OID, P384_KEY, 48, DIGEST_SHA512, "sample",
      "31D2DF3C1117D43FF273121396DC985E97C2BD1AA6601940F8479625D272F857"
      "BFC7D2084AE9BF91A4573725714C8A59",
      "440C4B922A63654F21110F9D6A35F2DA4833E17AB823A3B7386D394CDE01A0CA"
      "E78ABCAD5F094BAD617D8C7AC7FF381D" },
    { P521_OID, P521_KEY, 66, DIGEST_SHA1, "sample",
      "017A9B8850AC4974B2B44EBE0DFE084CAFFB3D9043FBC0A9B5F5841F76E59C86"
      "22CB30ED819963E6B736F0FC727F8BBEC1C025C756151851EEB9733674BDD57F"
      "FF7A",
      "01990BFA4AD410D30628FA9D90176A3CA6867D54248BED3CB5CB370BA774573E"
      "AEA14156EB6A2BF6260014C2CACF86F0D4443CFDF435886350590E25655B5D57"
      "8079" },
    { P521_OID, P521_KEY, 66, DIGEST_SHA512, "sample",
      "0144629ADA7CA7F14F8FDC797B6D4F138519B77974848B6F9004CF111959147C"
      "455A6B2908AB92FF5DCBA266C9CDCF522CFC2FB165337CA2AF85D189836F725B"
      "92B8",
      "012BC3FD69AF98E9346ADF7072A0829CC1D6902A47F9DBC9EE51CE4510A3DB6F"
      "BCC138603BE2D567B891214A9A4F00010C5E831F9491EFD85C562FEDE217C933"
      "BACD" },
};

typedef size_t signer(const struct key *k, enum digest d, const struct view *parts, size_t count,
                      uint8_t out[600]);

static void assert_vector(const struct ecdsa_vector *v, signer *sign, bool full)
{
    struct arena a = arena_of(&sys_mem);
    struct keyring *ring = keyring_new(1, NULL);
    struct err e = { "" };
    const struct key *k = keyring_load_pem(ring, pem_of_ec(v->oid, v->key, v->n, &a), &e);
    assert_string_equal(e.text, "");
    assert_non_null(k);
    uint8_t signature[600];
    struct view message = view_str(v->message);
    size_t n = sign(k, v->digest, &message, 1, signature);
    assert_true(key_verify(k->public, v->digest, &message, 1, view_of(signature, n)));
    if (full)
        assert_int_equal(n, key_info[k->type].signature_n);

    const uint8_t *p = signature;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)n);
    assert_non_null(sig);
    assert_ptr_equal(p, signature + n);
    BIGNUM *want_r = NULL, *want_s = NULL;
    BN_hex2bn(&want_r, v->r);
    BN_hex2bn(&want_s, v->s);
    assert_int_equal(BN_cmp(want_r, ECDSA_SIG_get0_r(sig)), 0);
    assert_int_equal(BN_cmp(want_s, ECDSA_SIG_get0_s(sig)), 0);
    BN_free(want_r);
    BN_free(want_s);
    ECDSA_SIG_free(sig);
    keyring_free(ring);
    arena_free(&a);
}

static void ecdsa_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rfc6979 / sizeof rfc6979[0]; i++)
        assert_vector(&rfc6979[i], key_sign_rfc6979, false);
    for (size_t i = 0; i < sizeof full_length / sizeof full_length[0]; i++)
        assert_vector(&full_length[i], key_sign, true);
}

/* What is known of a key and its signatures before it is made. */
static void sizes_are_constants(void **state)
{
    (void)state;
    struct keyring *r = keyring_new(3, NULL);
    uint8_t signature[600];
    for (int t = 0; t < KEY_TYPES; t++) {
        const struct key_info *info = &key_info[t];
        int rounds = info->rsa ? 1 : 40;
        for (int i = 0; i < rounds; i++) {
            char label[16];
            snprintf(label, sizeof label, "size %d", i / 4);
            const struct key *k = keyring_key(r, label, (enum key_type)t);
            struct view message = view_of(&i, sizeof i);
            assert_int_equal(k->public.n, info->public_n);
            assert_int_equal(k->spki.n, info->spki_n);
            size_t n = key_sign(k, (enum digest)(1 + i % 3), &message, 1, signature);
            assert_int_equal(n, info->signature_n);
            assert_true(key_verify(k->public, (enum digest)(1 + i % 3), &message, 1,
                                   view_of(signature, n)));
        }
        struct key none = key_stand_in((enum key_type)t);
        assert_int_equal(none.type, t);
        assert_int_equal(none.public.n, info->public_n);
        assert_int_equal(none.spki.n, info->spki_n);
    }
    assert_int_equal(keyring_made(r), 4 + 3 * 10);
    keyring_free(r);
}

static void sign_and_verify(void **state)
{
    (void)state;
    struct keyring *r = keyring_new(1, NULL);
    const struct view whole = view_str("one and two"), other = view_str("one and twO");
    const struct view parts[] = { view_str("one "), view_str("and two") };
    for (int t = 0; t < KEY_TYPES; t++) {
        if (t == KEY_RSA_3072 || t == KEY_RSA_4096)
            continue; /* nothing that 2048 bits do not show, and slow to make */
        const struct key *k = keyring_key(r, "signer", (enum key_type)t);
        for (int d = DIGEST_SHA1; d <= DIGEST_SHA512; d++) {
            uint8_t one[600], two[600];
            size_t n = key_sign(k, (enum digest)d, &whole, 1, one);
            assert_int_equal(key_sign(k, (enum digest)d, parts, 2, two), n);
            assert_memory_equal(one, two, n); /* the same every time, and cut anywhere */
            struct view s = view_of(one, n);
            assert_true(key_verify(k->public, (enum digest)d, parts, 2, s));
            assert_false(key_verify(k->public, (enum digest)d, &other, 1, s));
            assert_false(key_verify(k->public, (enum digest)(d % 3 + 1), &whole, 1, s));
            assert_false(key_verify(k->public, (enum digest)d, &whole, 1, view_sub(s, 0, n - 1)));
            assert_false(key_verify(k->public, (enum digest)d, &whole, 1, view_of(one, n + 1)));
            assert_false(key_verify(k->public, (enum digest)d, &whole, 1, view_of(NULL, 0)));
            one[n - 1] ^= 1;
            assert_false(key_verify(k->public, (enum digest)d, &whole, 1, s));
        }
    }
    keyring_free(r);
}

static void verify_takes_no_nonsense(void **state)
{
    (void)state;
    struct keyring *r = keyring_new(1, NULL);
    struct view text = view_str("text");
    static const enum key_type types[] = { KEY_RSA_1024, KEY_EC_P256 };
    for (size_t i = 0; i < 2; i++) {
        const struct key *k = keyring_key(r, "nonsense", types[i]);
        const struct key *another = keyring_key(r, "another", types[i]);
        uint8_t signature[600], public[200];
        struct view s = view_of(signature, key_sign(k, DIGEST_SHA256, &text, 1, signature));
        assert_true(key_verify(k->public, DIGEST_SHA256, &text, 1, s));
        assert_false(key_verify(another->public, DIGEST_SHA256, &text, 1, s));
        assert_false(key_verify(k->public, (enum digest)0, &text, 1, s));
        assert_false(key_verify(k->public, (enum digest)7, &text, 1, s));
        assert_false(key_verify(k->spki, DIGEST_SHA256, &text, 1, s)); /* not the record's form */
        for (size_t n = 0; n < k->public.n; n++)
            assert_false(key_verify(view_of(k->public.p, n), DIGEST_SHA256, &text, 1, s));
        memcpy(public, k->public.p, k->public.n);
        public[k->public.n] = 0;
        assert_false(key_verify(view_of(public, k->public.n + 1), DIGEST_SHA256, &text, 1, s));
        for (size_t at = 0; at < k->public.n; at++) { /* heads, numbers, a point off the curve */
            public[at] ^= 0x40;
            assert_false(key_verify(view_of(public, k->public.n), DIGEST_SHA256, &text, 1, s));
            public[at] ^= 0x40;
        }
    }
    static const uint8_t huge[2000] = { 0x30, 0x82, 0x07, 0xcc, 0x02, 0x82, 0x07, 0xc0, 0x7f };
    assert_false(key_verify(view_of(huge, sizeof huge), DIGEST_SHA1, &text, 1, view_str("s")));
    assert_false(key_verify(view_of(NULL, 0), DIGEST_SHA1, &text, 1, view_str("s")));
    keyring_free(r);
}

/* ---- encryption of configurations ---- */

static void wrap_and_unwrap(void **state)
{
    (void)state;
    struct keyring *r = keyring_new(1, NULL);
    struct view secret = view_str("sixteen bytes ..");
    static const enum key_type types[] = { KEY_RSA_1024, KEY_RSA_2048 };
    for (size_t i = 0; i < 2; i++) {
        const struct key *k = keyring_key(r, "wrap", types[i]);
        uint8_t one[512], two[512], out[512];
        struct rng a = rng_of(1, "wrap", 0), b = rng_of(1, "wrap", 0), c = rng_of(2, "wrap", 0);
        size_t n = rsa_wrap(k->public, secret, &a, one), got = 0;
        assert_int_equal(n, i == 0 ? 128 : 256);
        assert_int_equal(rsa_wrap(k->public, secret, &b, two), n);
        assert_memory_equal(one, two, n);
        assert_int_equal(rsa_wrap(k->public, secret, &c, two), n);
        assert_memory_not_equal(one, two, n);
        assert_true(rsa_unwrap(k, view_of(one, n), out, 16, &got));
        assert_true(view_eq(view_of(out, got), secret));
        assert_true(rsa_unwrap(k, view_of(two, n), out, sizeof out, &got));
        assert_true(view_eq(view_of(out, got), secret));

        /* OpenSSL's own unpadding agrees. */
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
        size_t theirs = sizeof out;
        assert_int_equal(EVP_PKEY_decrypt_init(ctx), 1);
        assert_int_equal(EVP_PKEY_decrypt(ctx, out, &theirs, one, n), 1);
        assert_true(view_eq(view_of(out, theirs), secret));
        EVP_PKEY_CTX_free(ctx);

        assert_false(rsa_unwrap(k, view_of(one, n), out, 15, &got)); /* no room */
        assert_false(rsa_unwrap(k, view_of(one, n - 1), out, 512, &got));
        assert_false(rsa_unwrap(k, view_of(NULL, 0), out, 512, &got));
        one[0] ^= 1;
        assert_false(rsa_unwrap(k, view_of(one, n), out, 512, &got));
        memset(one, 0xff, n); /* above the modulus */
        assert_false(rsa_unwrap(k, view_of(one, n), out, 512, &got));
    }
    keyring_free(r);
}

static void wrap_limits(void **state)
{
    (void)state;
    struct keyring *r = keyring_new(1, NULL);
    const struct key *k = keyring_key(r, "wrap", KEY_RSA_1024);
    const struct key *ec = keyring_key(r, "wrap", KEY_EC_P256);
    uint8_t plain[200] = { 0 }, out[512], back[512];
    struct rng s = rng_of(1, "wrap", 0);
    size_t n = 0;
    assert_int_equal(rsa_wrap(k->public, view_of(plain, 118), &s, out), 0);
    assert_int_equal(rsa_wrap(k->public, view_of(plain, 117), &s, out), 128);
    assert_true(rsa_unwrap(k, view_of(out, 128), back, sizeof back, &n));
    assert_int_equal(n, 117);
    assert_int_equal(rsa_wrap(k->public, view_of(NULL, 0), &s, out), 128);
    assert_true(rsa_unwrap(k, view_of(out, 128), back, sizeof back, &n));
    assert_int_equal(n, 0);
    assert_int_equal(rsa_wrap(ec->public, view_of(plain, 16), &s, out), 0);
    assert_int_equal(rsa_wrap(view_str("no key"), view_of(plain, 16), &s, out), 0);
    assert_false(rsa_unwrap(ec, view_of(out, 128), back, sizeof back, &n));
    keyring_free(r);
}

/* Blocks that are no PKCS#1 type 2, encrypted as they are. */
static void unwrap_padding(void **state)
{
    (void)state;
    static const struct {
        uint8_t first, second;
        size_t padding; /* bytes before the zero; 0: no zero at all */
        bool good;
    } cases[] = {
        { 0, 2, 8, true },  { 0, 2, 7, false }, { 0, 2, 1, false },  { 0, 1, 8, false },
        { 1, 2, 8, false }, { 0, 2, 0, false }, { 0, 2, 125, true },
    };
    struct keyring *r = keyring_new(1, NULL);
    const struct key *k = keyring_key(r, "wrap", KEY_RSA_1024);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t block[128], wrapped[128], out[128];
        memset(block, 0x55, sizeof block);
        block[0] = cases[i].first;
        block[1] = cases[i].second;
        if (cases[i].padding != 0)
            block[2 + cases[i].padding] = 0;
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
        size_t wrapped_n = sizeof wrapped, n = 0;
        assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
        assert_int_equal(EVP_PKEY_encrypt(ctx, wrapped, &wrapped_n, block, sizeof block), 1);
        EVP_PKEY_CTX_free(ctx);
        bool ok = rsa_unwrap(k, view_of(wrapped, wrapped_n), out, sizeof out, &n);
        assert_int_equal(ok, cases[i].good);
        assert_int_equal(n, ok ? 125 - cases[i].padding : 0);
    }
    keyring_free(r);
}

static void aes_vectors(void **state)
{
    (void)state;
    /* NIST SP 800-38A, F.2.1: the first two blocks. */
    uint8_t key[16], iv[16], plain[32], want[32], out[32];
    unhex("2b7e151628aed2a6abf7158809cf4f3c", key, 16);
    unhex("000102030405060708090a0b0c0d0e0f", iv, 16);
    unhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51", plain, 32);
    unhex("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2", want, 32);
    aes128_cbc(true, key, iv, view_of(plain, 32), out);
    assert_memory_equal(out, want, 32);
    aes128_cbc(false, key, iv, view_of(out, 32), out); /* in place */
    assert_memory_equal(out, plain, 32);
    aes128_cbc(true, key, iv, view_of(plain, 0), out);
    assert_memory_equal(out, plain, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests),         cmocka_unit_test(keys_are_golden),
        cmocka_unit_test(keys_are_sound),  cmocka_unit_test(keys_differ),
        cmocka_unit_test(public_forms),    cmocka_unit_test(cache_is_used),
        cmocka_unit_test(cache_damaged),   cmocka_unit_test(cache_foreign),
        cmocka_unit_test(cache_unusable),  cmocka_unit_test(default_cache),
        cmocka_unit_test(pem_rejects),     cmocka_unit_test(pem_of_two_halves),
        cmocka_unit_test(ecdsa_vectors),   cmocka_unit_test(sizes_are_constants),
        cmocka_unit_test(sign_and_verify), cmocka_unit_test(verify_takes_no_nonsense),
        cmocka_unit_test(wrap_and_unwrap), cmocka_unit_test(wrap_limits),
        cmocka_unit_test(unwrap_padding),  cmocka_unit_test(aes_vectors),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_drop);
}
