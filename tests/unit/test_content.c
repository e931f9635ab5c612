/* Shared content: one index for equal content, whatever lay in the padding; the predicate "empty";
 * signatures as keys; going back to a mark. */
#include "sim/base/sys.h"
#include "sim/core/content.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct content c;

static int up(void **state)
{
    (void)state;
    content_init(&c, &sys_mem);
    return 0;
}

static int down(void **state)
{
    (void)state;
    content_free(&c);
    return 0;
}

/* The same fields over another filling: padding must not count. */
static uint32_t key_over(int fill, const char *label)
{
    struct ct_key k;
    memset(&k, fill, sizeof k);
    k.label = content_str(&c, label);
    k.public = 0;
    k.type = 1;
    return content_key(&c, &k);
}

static uint32_t cert_over(int fill, const char *name, uint32_t key)
{
    struct ct_cert k;
    memset(&k, fill, sizeof k);
    k.subject = k.issuer = content_str(&c, name);
    k.serial = content_text(&c, view_of(name, 2));
    k.key = key;
    k.issuer_cert = k.dns = k.der = 0;
    k.not_before_s = 1;
    k.not_after_s = 2;
    k.digest = 1;
    k.ca = false;
    k.unmarked = false;
    k.ipsec = false;
    return content_cert(&c, k);
}

static struct ct_envelope signed_by(int fill, uint32_t cert)
{
    struct ct_envelope e;
    memset(&e, fill, sizeof e);
    e.cert = cert;
    e.signer = cert == 0 ? 0 : content_get_cert(&c, cert)->signer;
    e.key = cert == 0 ? 0 : content_get_cert(&c, cert)->key;
    e.timestamp = 5;
    e.signer_version = -1;
    e.digest = 1;
    e.modulus_code = 0;
    return e;
}

static struct ct_record record(int fill, uint16_t role, uint32_t cert)
{
    struct ct_record r;
    memset(&r, fill, sizeof r);
    r.role = role;
    r.form = TL_FULL;
    r.cert = cert;
    r.dns = content_str(&c, "pub");
    r.ip = 0;
    return r;
}

static uint32_t list_over(int fill, const uint16_t *roles, uint32_t count, uint32_t cert)
{
    struct ct_envelope e = signed_by(fill, cert);
    struct ct_record r[4];
    for (uint32_t i = 0; i < count; i++)
        r[i] = record(fill, roles[i] & 0xff, (roles[i] & 0x100) != 0 ? 0 : cert);
    return content_list(&c, false, &e, r, count);
}

static void equal_content_has_one_index(void **state)
{
    (void)state;
    uint32_t key = key_over(0, "k"), cert = cert_over(0, "CN=a", key);
    uint32_t count = c.count;
    assert_int_equal(key_over(0xff, "k"), key);
    assert_int_equal(cert_over(0x5a, "CN=a", key), cert);
    assert_true(key_over(0, "l") != key);
    assert_true(cert_over(0, "CN=b", key) != cert);
    assert_true(c.count > count);

    static const uint16_t roles[] = { TL_SAST, TL_TVS };
    uint32_t list = list_over(0, roles, 2, cert);
    assert_int_equal(list_over(0xff, roles, 2, cert), list);
    assert_true(list_over(0, roles, 1, cert) != list);

    struct ct_file f;
    memset(&f, 0, sizeof f);
    f.payload = content_blob(&c, content_str(&c, "ringlist.xml"), view_str("x"));
    f.envelope = signed_by(0, cert);
    uint32_t file = content_file(&c, &f), payload = f.payload;
    memset(&f, 0x77, sizeof f);
    f.payload = payload;
    f.envelope = signed_by(0x77, cert);
    f.encrypted_to = 0;
    assert_int_equal(content_file(&c, &f), file);
    f.encrypted_to = CONTENT_MIC;
    assert_true(content_file(&c, &f) != file);
}

static void texts(void **state)
{
    (void)state;
    assert_int_equal(content_text(&c, view_of(NULL, 0)), 0);
    uint32_t empty = content_str(&c, "");
    assert_true(empty != 0);
    assert_string_equal(content_get_str(&c, empty), "");
    assert_string_equal(content_get_str(&c, 0), "");
    assert_null(content_get_text(&c, 0).p);
    uint32_t nul = content_text(&c, view_of("a\0b", 3));
    assert_true(nul != content_str(&c, "a"));
    assert_int_equal(content_get_text(&c, nul).n, 3);
    const char *kept = content_get_str(&c, content_str(&c, "kept"));
    for (uint32_t i = 0; i < 5000; i++) {
        uint32_t id = content_text(&c, view_of(&i, sizeof i));
        assert_memory_equal(content_get_text(&c, id).p, &i, sizeof i);
    }
    assert_ptr_equal(content_get_str(&c, content_str(&c, "kept")), kept); /* addresses stay */
    assert_int_equal(content_kind(&c, nul), CT_TEXT);
}

static void empty_and_tftp(void **state)
{
    (void)state;
    static const struct {
        uint16_t roles[3]; /* 0x100: emptied */
        uint32_t count;
        bool empty, tftp;
    } rows[] = {
        { { TL_SAST, TL_CAPF }, 2, true, false },
        { { TL_SAST, 0x100 | TL_CCM_TFTP, 0x100 | TL_TVS }, 3, true, false },
        { { TL_SAST, TL_TVS }, 2, false, false },
        { { TL_SAST, TL_CCM_TFTP }, 2, false, true },
        { { TL_TFTP }, 1, false, true },
        { { TL_CCM }, 1, false, false },
        { { TL_APP_SERVER, TL_SAST }, 2, true, false },
    };
    uint32_t cert = cert_over(0, "CN=a", key_over(0, "k"));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct ct_list *l =
            content_get_list(&c, list_over(0, rows[i].roles, rows[i].count, cert));
        for (uint32_t k = 0; k < l->count; k++) {
            bool emptied = (rows[i].roles[k] & 0x100) != 0;
            const struct ct_record *r = &l->records[k];
            assert_int_equal(r->role, rows[i].roles[k] & 0xff);
            assert_int_equal(r->cert, emptied ? 0 : cert);
            assert_int_equal(r->signer, emptied ? 0 : content_get_cert(&c, cert)->signer);
        }
        assert_int_equal(l->empty, rows[i].empty);
        assert_int_equal(l->has_tftp, rows[i].tftp);
    }
}

static void signatures(void **state)
{
    (void)state;
    static const uint16_t roles[] = { TL_SAST };
    uint32_t key = key_over(0, "k"), mine = cert_over(0, "CN=a", key);
    uint32_t renewed = cert_over(0, "CN=b", key), other = cert_over(0, "CN=c", key_over(0, "l"));
    uint32_t list = list_over(0, roles, 1, mine);
    assert_true(content_signed_by(&c, list, mine));
    assert_true(content_signed_by(&c, list, renewed)); /* the same key */
    assert_false(content_signed_by(&c, list, other));
    assert_false(content_signed_by(&c, list, 0));
    struct ct_envelope nobody = signed_by(0, mine);
    nobody.key = 0;
    struct ct_record r = record(0, TL_SAST, mine);
    assert_false(content_signed_by(&c, content_list(&c, false, &nobody, &r, 1), mine));
}

/* ---- what it means ---- */

/* Things one field apart, of every kind: no two have one index, nor one meaning. */
static uint32_t ids[100];
static uint32_t id_count;

static uint32_t one(uint32_t id)
{
    for (uint32_t i = 0; i < id_count; i++) {
        if (ids[i] == id || content_meaning(&c, ids[i]) == content_meaning(&c, id))
            fail_msg("number %u as number %u", (unsigned)id_count, (unsigned)i);
    }
    ids[id_count++] = id;
    return id;
}

/* Another time makes another thing that means the same. */
static void same_meaning(uint32_t id, uint32_t other)
{
    assert_true(id != other);
    assert_true(content_meaning(&c, id) == content_meaning(&c, other));
}

/* `k` is as usual but for one field. */
#define APART(field, value, make)                                                                  \
    do {                                                                                           \
        k = usual;                                                                                 \
        k.field = (value);                                                                         \
        one(make);                                                                                 \
    } while (0)
#define LATER(first, field, make)                                                                  \
    do {                                                                                           \
        k = usual;                                                                                 \
        k.field += 5;                                                                              \
        same_meaning(first, make);                                                                 \
    } while (0)

static uint32_t file_with(struct ct_file *file, const struct ct_envelope *envelope)
{
    file->envelope = *envelope;
    return content_file(&c, file);
}

static void keys_and_certificates(uint32_t text, uint32_t other)
{
    const struct ct_signer *signer = content_get_signer(&c, one(content_signer(&c, text, other)));
    assert_true(signer->issuer == text && signer->serial == other);
    one(content_signer(&c, other, text));
    struct ct_key key = { text, 0, KEY_RSA_2048 };
    uint32_t first = one(content_key(&c, &key));
    key.type = KEY_RSA_3072;
    one(content_key(&c, &key));
    key.label = other;
    one(content_key(&c, &key));
    key.public = text;
    uint32_t second = one(content_key(&c, &key));

    const struct ct_cert usual = { .subject = text,
                                   .issuer = text,
                                   .serial = text,
                                   .key = first,
                                   .not_before_s = 1,
                                   .not_after_s = 2,
                                   .digest = DIGEST_SHA1 };
    uint32_t cert = one(content_cert(&c, usual));
    struct ct_cert k = usual;
    APART(subject, other, content_cert(&c, k));
    APART(issuer, other, content_cert(&c, k));
    APART(serial, other, content_cert(&c, k));
    APART(key, second, content_cert(&c, k));
    APART(issuer_cert, cert, content_cert(&c, k));
    APART(dns, text, content_cert(&c, k));
    APART(digest, DIGEST_SHA256, content_cert(&c, k));
    APART(ca, true, content_cert(&c, k));
    APART(der, text, content_cert(&c, k));
    LATER(cert, not_before_s, content_cert(&c, k));
    LATER(cert, not_after_s, content_cert(&c, k));
}

static void lists_and_files(uint32_t text, uint32_t cert, uint32_t other)
{
    const struct ct_envelope usual = signed_by(0, cert);
    const struct ct_record two[] = { record(0, TL_SAST, cert), record(0, TL_CAPF, cert) };
    struct ct_envelope k = usual;
    struct ct_record r[2] = { two[0], two[1] };
    uint32_t list = one(content_list(&c, false, &k, r, 2));
    one(content_list(&c, true, &k, r, 2));
    one(content_list(&c, false, &k, r, 1));
    struct ct_file file = { .payload = content_blob(&c, text, view_str("x")), .envelope = usual };
    uint32_t plain = one(content_file(&c, &file));
    APART(cert, other, content_list(&c, false, &k, r, 2));
    APART(cert, other, file_with(&file, &k));
    APART(signer, content_get_cert(&c, other)->signer, content_list(&c, false, &k, r, 2));
    APART(signer, content_get_cert(&c, other)->signer, file_with(&file, &k));
    APART(key, content_get_cert(&c, other)->key, content_list(&c, false, &k, r, 2));
    APART(key, content_get_cert(&c, other)->key, file_with(&file, &k));
    APART(signer_version, 0x0101, content_list(&c, false, &k, r, 2));
    APART(signer_version, 0x0101, file_with(&file, &k));
    APART(digest, DIGEST_SHA512, content_list(&c, false, &k, r, 2));
    APART(digest, DIGEST_SHA512, file_with(&file, &k));
    LATER(list, timestamp, content_list(&c, false, &k, r, 2));
    LATER(plain, timestamp, file_with(&file, &k));
    r[1] = two[1];
    r[1].role = TL_APP_SERVER;
    one(content_list(&c, false, &usual, r, 2));
    r[1] = two[1];
    r[1].form = TL_HASH;
    one(content_list(&c, false, &usual, r, 2));
    r[1] = two[1];
    r[1].cert = other;
    one(content_list(&c, false, &usual, r, 2));
    r[1] = two[1];
    r[1].dns = text;
    one(content_list(&c, false, &usual, r, 2));
    r[1] = two[1];
    r[1].ip = 1;
    one(content_list(&c, false, &usual, r, 2));
    const struct ct_record turned[] = { two[1], two[0] };
    one(content_list(&c, false, &usual, turned, 2));

    file.envelope = usual;
    static const uint32_t nobody[] = { CONTENT_MIC, CONTENT_NOBODY };
    for (int i = 0; i < 3; i++) {
        file.encrypted_to = i < 2 ? nobody[i] : cert;
        one(content_file(&c, &file));
    }
    file.encrypted_to = 0;
    file.payload = content_blob(&c, text, view_str("y"));
    one(content_file(&c, &file));
    one(file.payload);
    one(content_blob(&c, content_str(&c, "other"), view_str("y")));
}

static void what_was_said(uint32_t cert, uint32_t other)
{
    const struct ct_said usual = { .about = cert };
    struct ct_said k;
    one(content_said(&c, &usual));
    APART(about, other, content_said(&c, &k));
    APART(shown[0], other, content_said(&c, &k));
    APART(shown[CNF_SERVERS - 1], other, content_said(&c, &k));
    APART(outcome[0], 1, content_said(&c, &k));
    APART(outcome[CNF_SERVERS - 1], 1, content_said(&c, &k));
    APART(ctl, other, content_said(&c, &k));
    APART(itl, other, content_said(&c, &k));
    APART(config, other, content_said(&c, &k));
    APART(over, true, content_said(&c, &k));
    APART(config, cert, content_said(&c, &k));
    uint32_t said = content_said(&c, &k);
    struct ct_said back = content_said_of(&c, said);
    assert_memory_equal(&back, &k, sizeof k);
    back = content_said_of(&c, cert); /* the thing alone: nothing was said of it */
    assert_memory_equal(&back, &usual, sizeof back);
    back = content_said_of(&c, 0);
    assert_int_equal(back.about, 0);
    one(content_vouch(&c, cert, 1));
    one(content_vouch(&c, cert, 2));
    one(content_vouch(&c, other, 1));
}

static void configurations(void)
{
    struct cnf usual, k;
    cnf_init(&usual);
    for (int i = 0; i < CNF_SERVERS; i++)
        cnf_server_init(&usual.servers[i]);
    for (int i = 0; i < CNF_TVS_MAX; i++)
        cnf_tvs_init(&usual.tvs[i]);
    uint32_t cnf = one(content_cnf(&c, &usual));
    APART(capf_port, k.capf_port + 1, content_cnf(&c, &k));
    APART(register_expires_s, k.register_expires_s + 1, content_cnf(&c, &k));
    APART(keepalive_expires_s, k.keepalive_expires_s + 1, content_cnf(&c, &k));
    APART(is_default, k.is_default + 1, content_cnf(&c, &k));
    APART(information_url[CNF_URL - 2], k.information_url[CNF_URL - 2] + 1, content_cnf(&c, &k));
    for (int i = 0; i < CNF_SERVERS; i++) {
        APART(servers[i].sccp_port, k.servers[i].sccp_port + 1, content_cnf(&c, &k));
        APART(servers[i].sip_port, k.servers[i].sip_port + 1, content_cnf(&c, &k));
        APART(servers[i].secure_sip_port, k.servers[i].secure_sip_port + 1, content_cnf(&c, &k));
        APART(servers[i].address[0], k.servers[i].address[0] + 1, content_cnf(&c, &k));
    }
    for (int i = 0; i < CNF_TVS_MAX; i++)
        APART(tvs[i].port, k.tvs[i].port + 1, content_cnf(&c, &k));
    LATER(cnf, version_stamp, content_cnf(&c, &k));
}

/* What a thing means is the same wherever it lies, and no two things mean the same. */
static void meanings(void **state)
{
    uint64_t meaning[100];
    (void)state;
    for (int again = 0; again < 2; again++) {
        content_free(&c);
        content_init(&c, &sys_mem);
        for (uint32_t i = 0; again && i < 50; i++) /* others are there before */
            content_text(&c, view_of(&i, sizeof i));
        id_count = 0;
        uint32_t text = one(content_str(&c, "CN=a")), other = one(content_str(&c, "CN=b"));
        keys_and_certificates(text, other);
        uint32_t cert = cert_over(0, "CN=c", key_over(0, "c")),
                 second = cert_over(0, "CN=d", key_over(0, "d"));
        lists_and_files(text, cert, second);
        what_was_said(cert, second);
        configurations();
        assert_int_equal(content_meaning(&c, 0), 0);
        for (uint32_t i = 0; i < id_count; i++) {
            if (again)
                assert_true(content_meaning(&c, ids[i]) == meaning[i]);
            meaning[i] = content_meaning(&c, ids[i]);
            assert_true(meaning[i] != 0);
        }
    }
}

static void memo(void **state)
{
    (void)state;
    uint32_t value;
    assert_false(content_recall(&c, 8, &value));
    content_remember(&c, 8, 5);
    content_remember(&c, 0, 6);
    assert_true(content_recall(&c, 8, &value) && value == 5);
    assert_true(content_recall(&c, 0, &value) && value == 6);
    content_remember(&c, 8, 7);
    assert_true(content_recall(&c, 8, &value) && value == 7);
}

/* ---- going back ---- */

#define OPS    400
#define MARKS  8
#define TOPICS 12 /* so few that much is asked for again */

/* One thing that is added or remembered, and the index that came of it. */
struct op {
    uint8_t what, topic;
    uint32_t value, id;
};

static uint32_t file_about(char *name, uint32_t topic)
{
    struct ct_file f = { .envelope = { .signer_version = -1 }, .encrypted_to = CONTENT_MIC };
    f.payload = content_blob(&c, content_str(&c, "ringlist.xml"), view_str(name));
    if (topic % 2 == 0)
        f.envelope = signed_by(0, cert_over(0, name, key_over(0, "k")));
    return content_file(&c, &f);
}

static uint32_t cnf_about(char *name)
{
    struct cnf cnf;
    cnf_init(&cnf);
    assert_true(cnf_text(cnf.device_pool, sizeof cnf.device_pool, name));
    return content_cnf(&c, &cnf);
}

static uint32_t do_op(const struct op *op)
{
    static const uint16_t roles[] = { TL_SAST, TL_TVS, TL_CCM_TFTP };
    char name[32];
    snprintf(name, sizeof name, "CN=number %u", (unsigned)op->topic);
    uint32_t id;
    switch (op->what) {
    case 0:
        return content_str(&c, name);
    case 1:
        return cert_over(0, name, key_over(0, name));
    case 2:
        id = cert_over(0, "CN=of all", key_over(0, name));
        return list_over(0, roles, 1 + op->topic % 3, id);
    case 3:
        return cnf_about(name);
    case 4:
        return file_about(name, op->topic);
    default:
        content_remember(&c, rng_mix(op->topic), op->value);
        return 0;
    }
}

/* Everything that can be asked of the two is the same. */
static void assert_same_as(const struct content *other)
{
    assert_int_equal(c.count, other->count);
    for (uint32_t id = 0; id < c.count; id++) {
        assert_int_equal(content_kind(&c, id), content_kind(other, id));
        assert_int_equal(content_meaning(&c, id), content_meaning(other, id));
        if (content_kind(&c, id) == CT_TEXT)
            assert_string_equal(content_get_str(&c, id), content_get_str(other, id));
    }
    for (uint64_t topic = 0; topic < TOPICS; topic++) {
        uint32_t one = 0, two = 0;
        assert_int_equal(content_recall(&c, rng_mix(topic), &one),
                         content_recall(other, rng_mix(topic), &two));
        assert_int_equal(one, two);
    }
}

/* What was done and not taken back, done again from the start. */
static void assert_replayed(const struct op *ops, uint32_t count)
{
    struct content kept = c;
    content_init(&c, &sys_mem);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(do_op(&ops[i]), ops[i].id);
    assert_same_as(&kept);
    content_free(&c);
    c = kept;
    for (uint32_t i = 0; i < count; i++) { /* all is there, and none twice */
        if (ops[i].what < 5)
            assert_int_equal(do_op(&ops[i]), ops[i].id);
    }
    assert_int_equal(c.count, kept.count);
}

static void marks_at_random(void **state)
{
    (void)state;
    struct op ops[OPS];
    struct {
        struct content_mark mark;
        uint32_t ops;
    } marks[MARKS];
    uint32_t count = 0, depth = 0;
    struct rng r = rng_of(1, "marks", 0);
    for (uint32_t round = 0; round < 4000; round++) {
        uint64_t dice = rng_below(&r, 20);
        if (dice == 0 && depth < MARKS) {
            marks[depth].mark = content_mark(&c);
            marks[depth++].ops = count;
        } else if ((dice == 1 || count == OPS) && depth > 0) {
            depth = 1 + (uint32_t)rng_below(&r, depth); /* several marks at once, or one again */
            content_rewind(&c, marks[depth - 1].mark);
            count = marks[depth - 1].ops;
            assert_replayed(ops, count);
            depth -= rng_chance(&r, 500000);
        } else if (count < OPS) {
            struct op op = { .what = (uint8_t)rng_below(&r, 6),
                             .topic = (uint8_t)rng_below(&r, TOPICS),
                             .value = (uint32_t)rng_below(&r, 3) };
            op.id = do_op(&op);
            ops[count++] = op;
        } else {
            depth = count = 0;
            content_free(&c);
            content_init(&c, &sys_mem);
        }
    }
    assert_replayed(ops, count);
}

/* A hundred thousand forks that make a certificate and a list each: none of it stays. */
static void forks_keep_nothing(void **state)
{
    (void)state;
    for (uint8_t topic = 0; topic < TOPICS; topic++)
        for (uint8_t what = 0; what < 6; what++)
            do_op(&(struct op){ .what = what, .topic = topic, .value = 1 });
    struct content_mark mark = content_mark(&c);
    size_t bytes = c.arena.bytes;
    uint32_t cap = 0, index = 0, memo = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        char name[32];
        static const uint16_t roles[] = { TL_SAST, TL_TVS };
        snprintf(name, sizeof name, "CN=of fork %u", (unsigned)i);
        uint32_t cert = cert_over(0, name, key_over(0, name));
        content_remember(&c, rng_mix(1000 + i), list_over(0, roles, 2, cert));
        assert_true(c.count > mark.count);
        content_rewind(&c, mark);
        assert_int_equal(c.count, mark.count);
        assert_int_equal(c.arena.bytes, bytes);
        if (i == 0) {
            cap = c.cap + c.memo_cap;
            index = c.index.cap;
            memo = c.memo.cap;
        }
    }
    assert_int_equal(c.cap + c.memo_cap, cap);
    assert_int_equal(c.index.cap, index);
    assert_int_equal(c.memo.cap, memo);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, down)
    const struct CMUnitTest tests[] = { TEST(equal_content_has_one_index),
                                        TEST(texts),
                                        TEST(empty_and_tftp),
                                        TEST(signatures),
                                        TEST(meanings),
                                        TEST(memo),
                                        TEST(marks_at_random),
                                        TEST(forks_keep_nothing) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
