/* A forge that went back to a mark, with its content, is the forge that never went on: the same
 * things asked of it afterwards give the same indices, lengths and bytes. */
#include "tests/unit/forge_fixture.h"

#include <stdlib.h>

#define OPS   60
#define MARKS 5
#define WHATS 12

static char cache[] = "/tmp/cucmlab-mark-XXXXXX";

/* What a stranger made: a certificate, a list that tells of some certificates by their hash alone,
 * and one of those. */
static struct view their_cert, their_list, their_tvs;
/* Certificates that somebody made with keys of ours. */
static struct view borrowed[2];

static int begin(void **state)
{
    (void)state;
    if (mkdtemp(cache) == NULL)
        return 1;
    arena = arena_of(&sys_mem);
    struct content theirs;
    content_init(&theirs, &sys_mem);
    fill(&theirs);
    struct forge *their_forge = forge_new(&theirs, SEED + 1, NULL);
    struct ct_envelope env = envelope_by(&theirs, recovery, 0x0101);
    uint32_t list = itl_in(&theirs, TL_HASH, &env);
    ok(forge_bytes(their_forge, list, FILE_ITL, device(1), &arena, &their_list, &error));
    their_cert = arena_copy(&arena, forge_der(their_forge, ccm));
    their_tvs = arena_copy(&arena, forge_der(their_forge, tvs));
    borrowed[0] = foreign(SEED, "even", "CN=borrowed", 1);
    borrowed[1] = foreign(SEED, "odd", "CN=borrowed", 2);
    forge_free(their_forge);
    content_free(&theirs);
    return 0;
}

static int end(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", cache);
    arena_free(&arena);
    return system(command);
}

static void fresh(void)
{
    content_init(&content, &sys_mem);
    fill(&content);
    forge = forge_new(&content, SEED, cache);
}

static void gone(void)
{
    forge_free(forge);
    content_free(&content);
}

/* ---- what may be asked ---- */

struct op {
    uint8_t what, topic;
    uint64_t result;
};

static uint64_t with(uint64_t h, struct view v)
{
    return rng_hash(h + v.n, v);
}

static uint32_t cert_about(uint32_t topic)
{
    char cn[32];
    snprintf(cn, sizeof cn, "node %u", (unsigned)topic);
    return cert_in(&content, cn, topic % 2 == 0 ? "even" : "odd", KEY_RSA_1024, (uint8_t)topic,
                   topic % 3 == 0 ? capf : 0);
}

/* Length, bytes, and back. */
static uint64_t made(uint32_t id, enum file_kind kind, const struct forge_device *d, uint32_t lsc)
{
    uint64_t h = forge_length(forge, id, kind, d, &error);
    h = with(h, bytes_of(id, kind, d));
    return rng_mix(h ^ adopted(forge, bytes_of(id, kind, d), kind, d, lsc));
}

static uint64_t spoilt(uint32_t id, const struct forge_device *d, uint32_t topic)
{
    struct view v = arena_copy(&arena, bytes_of(id, FILE_CNF_SGN, d));
    ((uint8_t *)v.p)[v.n - 1 - topic] ^= 1;
    return adopted(forge, v, FILE_CNF_SGN, d, CONTENT_MIC);
}

static uint64_t do_op(uint32_t what, uint32_t topic)
{
    const struct forge_device *d = device(topic);
    uint32_t id = 0;
    switch (what) {
    case 0:
        return with(forge_der_length(forge, cert_about(topic)), view_str(""));
    case 1:
        return with(1, forge_der(forge, cert_about(topic)));
    case 2:
        return made(itl_of(topic % 2 == 0 ? TL_FULL : TL_HASH, topic % 3 == 0 ? ccm : recovery, -1),
                    FILE_ITL, d, CONTENT_MIC);
    case 3:
        ok(forge_adopt_cert(forge, topic % 2 == 0 ? their_cert : forge_der(forge, ccm), &id,
                            &error));
        return id;
    case 4:
        return with(adopted(forge, their_list, FILE_ITL, d, CONTENT_MIC), view_str(""));
    case 5: /* its certificate was known by its hash alone, or it is a new one */
        ok(forge_adopt_cert(forge, their_tvs, &id, &error));
        return with(id, forge_der(forge, id));
    case 6:
        id = topic % 2 == 0 ? CONTENT_MIC : capf;
        return made(signed_of(profile_of(FULL), ccm, id), FILE_CNF_ENC, d, id);
    case 7:
        return with(7, forge_phone_cert(forge, d, topic % 2 == 0 ? capf : CONTENT_MIC, NULL));
    case 8: /* the same bytes under several names: which one was meant last? */
        id = plain_of(blob_of(topic % 2 == 0 ? "ringlist.xml" : "rings.xml", "<Rings/>"));
        return with(id, bytes_of(id, FILE_RINGLIST, device(0)));
    case 9:
        return adopted(forge, view_str("<Rings/>"), FILE_RINGLIST, device(0), CONTENT_MIC);
    case 10:
        ok(forge_adopt_cert(forge, borrowed[topic % 2], &id, &error));
        return (uint64_t)id << 32 | content_get_cert(&content, id)->key;
    default:
        return spoilt(signed_of(profile_of(FULL), ccm, 0), d, topic);
    }
}

static void assert_replayed(const struct op *ops, uint32_t count)
{
    struct content kept = content;
    struct forge *kept_forge = forge;
    fresh();
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(do_op(ops[i].what, ops[i].topic), ops[i].result);
    assert_int_equal(content.count, kept.count);
    for (uint32_t id = 0; id < kept.count; id++)
        assert_int_equal(content_meaning(&content, id), content_meaning(&kept, id));
    gone();
    content = kept;
    forge = kept_forge;
}

static void marks_at_random(void **state)
{
    (void)state;
    struct op ops[OPS];
    struct forge_mark marks[MARKS];
    uint32_t at[MARKS], count = 0, depth = 0;
    struct rng r = rng_of(2, "forge marks", 0);
    fresh();
    for (uint32_t round = 0; round < 1500; round++) {
        uint64_t dice = rng_below(&r, 8);
        if (dice == 0 && depth < MARKS) {
            marks[depth] = forge_mark(forge);
            at[depth++] = count;
        } else if ((dice == 1 || count == OPS) && depth > 0) {
            depth = 1 + (uint32_t)rng_below(&r, depth);
            forge_rewind(forge, &marks[depth - 1]);
            count = at[depth - 1];
            depth -= rng_chance(&r, 300000);
        } else if (count < OPS) {
            struct op op = { .what = (uint8_t)rng_below(&r, WHATS),
                             .topic = (uint8_t)rng_below(&r, 5) };
            op.result = do_op(op.what, op.topic);
            ops[count++] = op;
        }
        if (round % 100 == 99)
            assert_replayed(ops, count);
        if (count == OPS && depth == 0) {
            gone();
            fresh();
            count = 0;
        }
    }
    gone();
}

/* A certificate that was known by its hash alone when the mark was made: its DER is not known any
 * more, and comes in again. */
static void an_arrival_is_taken_back(void **state)
{
    (void)state;
    fresh();
    uint32_t list = adopted(forge, their_list, FILE_ITL, device(1), CONTENT_MIC);
    uint32_t hashed = content_get_list(&content, list)->records[3].cert, cert;
    assert_null(forge_der(forge, hashed).p);
    struct forge_mark mark = forge_mark(forge);
    for (int round = 0; round < 3; round++) {
        assert_null(forge_der(forge, hashed).p);
        ok(forge_adopt_cert(forge, their_tvs, &cert, &error));
        assert_int_equal(cert, hashed);
        assert_true(view_eq(forge_der(forge, hashed), their_tvs));
        forge_rewind(forge, &mark);
    }
    gone();
}

/* Forks that regenerate and look at the bytes: neither content nor the forge grows, and a key that
 * was made stays. */
static void forks_keep_nothing(void **state)
{
    (void)state;
    fresh();
    do_op(1, 1);
    struct forge_mark mark = forge_mark(forge);
    uint32_t count = content.count, keys = 0;
    uint64_t first = 0;
    for (uint32_t i = 0; i < 50; i++) {
        uint64_t h = do_op(1, 2);
        for (uint32_t what = 2; what < WHATS; what++)
            h = rng_mix(h ^ do_op(what, 2));
        assert_true(i == 0 || h == first);
        first = h;
        assert_true(content.count > count);
        forge_rewind(forge, &mark);
        assert_int_equal(content.count, count);
        assert_true(i == 0 || forge_keys_made(forge) == keys);
        keys = forge_keys_made(forge);
    }
    gone();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(marks_at_random),
                                        cmocka_unit_test(an_arrival_is_taken_back),
                                        cmocka_unit_test(forks_keep_nothing) };
    return cmocka_run_group_tests(tests, begin, end);
}
