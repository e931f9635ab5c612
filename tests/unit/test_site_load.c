/* What import writes loads: a cluster of any facts, with the names that people give their nodes,
 * groups and pools, runs to the present (sim/import/write_lua.c, docs/CLUSTER.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/rng.h"
#include "sim/import/write.h"
#include "sim/wire/text.h"
#include "tests/unit/run_script.h"
#include "tests/unit/site_fixture.h"

#define A "SEP001122334455"
#define B "SEP001122334466"
#define C "SEP001122334477"

#define SEEDS 60 /* of test_whatever_is_written_loads; SITE_SEED=N: from there on */

static char folder[64];

static int begin(void **state)
{
    (void)snprintf(folder, sizeof folder, "/tmp/test_site_XXXXXX");
    assert_non_null(mkdtemp(folder));
    return site_begin(state);
}

static int end(void **state)
{
    char command[100];
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
    return site_end(state);
}

static const char *path_of(const char *name)
{
    char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return arena_text(&kept, view_str(path));
}

/* Writes the site and runs it; `more` is Lua that stands behind the phones.  "": it loaded. */
static const char *load(const char *more)
{
    struct run r = { 0 };
    struct err e = { "" };
    struct view lua;
    const char *path = path_of("hq.lua");
    struct site_replaced gone;
    if (!site_write(&site, path, true, &gone, &e))
        fail_msg("%s", e.text);
    if (more != NULL) {
        static const char tail[] = "return cl\n";
        assert_true(sys_read_file(path, 1 << 20, &kept, &lua, &e));
        char *text = arena_take(&kept, lua.n + strlen(more) + 1);
        size_t n = lua.n - strlen(tail);
        memcpy(text, lua.p, n);
        memcpy(text + n, more, strlen(more) + 1);
        assert_true(sys_write_file(path, view_str(text), &e));
    }
    struct session_options o = options_for(&r, path, 1);
    run_file(&r, &o);
    const char *wrong = arena_text(&kept, view_str(r.e.text));
    done(&r);
    return wrong;
}

static void assert_loads(void)
{
    const char *wrong = load(NULL);
    if (wrong[0] != '\0')
        fail_msg("%s", wrong);
}

static struct said two_nodes(void)
{
    struct said s = reading_of("pub.log", SURE_ANSWER, 0, 1);
    say(&s, FACT_NODE_ROLE, "pub", NULL, "publisher");
    say(&s, FACT_NODE_ROLE, "sub", NULL, "subscriber");
    return s;
}

/* ---- groups that phones' pages tell ---- */

/* A server without Cisco CallManager can be in no group, whoever names it. */
static void test_a_page_names_a_server_without_callmanager(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_NODE_ROLE, "tftp", NULL, "subscriber");
    say(&s, FACT_SERVICE, "tftp", "Cisco CallManager", "not-activated");
    s = reading_of("page.html", SURE_PAGE, 0, 0);
    say(&s, FACT_PHONE_POOL, A, NULL, "Q");
    say_nth(&s, FACT_PHONE_CM, A, 0, "tftp");
    say_nth(&s, FACT_PHONE_CM, A, 1, "sub");
    say_nth(&s, FACT_PHONE_CM, A, 2, "pub");
    make_site();
    const struct site_group *g = &site.groups[site.pools[phone(A)->pool].group];
    assert_int_equal(g->count, 2);
    assert_string_equal(site.nodes[g->members[0]].name, "sub");
    assert_non_null(strstr(claim(SITE_CONTRADICTS, "servers of phones")->why, "CallManager"));
    assert_loads();
}

static void test_a_page_of_servers_without_callmanager_alone(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_SERVICE, "sub", "Cisco CallManager", "not-activated");
    s = reading_of("page.html", SURE_PAGE, 0, 0);
    say(&s, FACT_PHONE_POOL, A, NULL, "Q");
    say_nth(&s, FACT_PHONE_CM, A, 0, "sub");
    make_site();
    assert_loads();
}

/* By its name and by its address: one server. */
static void test_a_page_names_a_server_twice(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_NODE_ADDRESS, "sub", NULL, "10.1.1.11");
    s = reading_of("page.html", SURE_PAGE, 0, 0);
    say(&s, FACT_PHONE_POOL, A, NULL, "Q");
    say_nth(&s, FACT_PHONE_CM, A, 0, "sub");
    say_nth(&s, FACT_PHONE_CM, A, 1, "10.1.1.11");
    say_nth(&s, FACT_PHONE_CM, A, 2, "pub");
    make_site();
    assert_int_equal(site.groups[site.pools[phone(A)->pool].group].count, 2);
    assert_loads();
}

/* ---- names ---- */

/* Words of Lua, of its library and of our own vocabulary; numbers and what looks like them; what
 * stands in host names besides letters. */
static const char *const names[] = {
    "end",     "nil",     "true",   "function", "local",  "and",       "string", "table",
    "print",   "cluster", "phones", "group",    "pool",   "backup",    "set",    "reset",
    "node",    "nodes",   "name",   "version",  "all",    "hq",        "cl",     "found",
    "list",    "start",   "step",   "expect",   "settle", "publisher", "none",   "served",
    "unknown", "Default", "007",    "1e5",      "0x10",   "12",        "-1",     "a-b",
    "a--b",    "cucm_1",  "on",     "off",      "self",   "10-1-1-10", "CAPF",   "TVS",
};

enum { NAMES = sizeof names / sizeof *names };

static void test_names_of_nodes_groups_and_pools(void **state)
{
    for (int i = 0; i < NAMES; i++) {
        const char *one = names[i], *two = names[(i + 1) % NAMES];
        char full[80], more[400];
        struct said s = reading_of("pub.log", SURE_ANSWER, 0, 1);
        (void)snprintf(full, sizeof full, "%s.example.com", one);
        say(&s, FACT_NODE_ROLE, one, NULL, "publisher");
        say(&s, FACT_NODE_FQDN, one, NULL, full);
        say(&s, FACT_NODE_ROLE, two, NULL, "subscriber");
        say_nth(&s, FACT_GROUP_MEMBER, one, 0, two);
        say_nth(&s, FACT_GROUP_MEMBER, one, 1, one);
        say(&s, FACT_POOL_GROUP, two, NULL, one);
        say(&s, FACT_PHONE_POOL, A, NULL, two);
        say_nth(&s, FACT_PHONE_TFTP, A, 0, one);
        make_site();
        (void)snprintf(more, sizeof more,
                       "settle() local hq = cluster \"%s\" "
                       "expect(hq:node(\"%s\").name):equals(\"%s\") "
                       "expect(hq:node(\"%s\").name):equals(\"%s\") "
                       "hq:node(\"%s\"):restart(\"TVS\") "
                       "expect(#phones { pool = \"%s\" }):equals(1) "
                       "expect(#phones { registered = true, server = \"%s\" }):equals(1) ",
                       site.name, one, one, two, two, one, two, two);
        const char *wrong = load(more);
        if (wrong[0] != '\0')
            fail_msg("%s, %s: %s", one, two, wrong);
        end(state);
        begin(state);
    }
}

/* A label that is no name, a domain that the lab has no room for. */
static void test_names_that_the_lab_cannot_have(void **state)
{
    (void)state;
    struct said s = two_nodes();
    char full[200] = "sub.";
    memset(full + 4, 'x', 100);
    say(&s, FACT_NODE_FQDN, "sub", NULL, full);
    say(&s, FACT_NODE_ROLE, ".dot", NULL, "subscriber");
    say(&s, FACT_NODE_FQDN, "pub", NULL, "pub.exa mple.com");
    make_site();
    assert_int_equal(site.node_count, 2);
    assert_non_null(claim_of(SITE_CONTRADICTS, "domain of sub"));
    assert_non_null(claim_of(SITE_CONTRADICTS, "domain of pub"));
    assert_loads();
}

/* The lines that stand there to be filled in load as they are. */
static void test_sites_are_to_be_filled_in(void **state)
{
    (void)state;
    struct err e = { "" };
    struct view lua;
    struct said s = two_nodes();
    say(&s, FACT_PHONE_POOL, A, NULL, "a \"pool\"\nof two lines");
    make_site();
    assert_loads();
    assert_true(sys_read_file(path_of("hq.lua"), 1 << 20, &kept, &lua, &e));
    const char *text = arena_text(&kept, lua), *phones = strstr(text, "-- phones { cluster = cl");
    const char *link = strstr(text, "-- cl:link {");
    assert_non_null(phones);
    assert_non_null(link);
    char more[600];
    (void)snprintf(more, sizeof more, "%.*s\n%.*s\n", (int)strcspn(phones + 3, "\n"), phones + 3,
                   (int)strcspn(link + 3, "\n"), link + 3);
    assert_string_equal(load(more), "");
}

/* ---- any facts ---- */

struct chance {
    struct rng rng;
    const char *certs[6], *lists[4], *hash;
};

static const char *any(struct chance *c, const char *const *words, uint32_t count)
{
    return words[rng_below(&c->rng, count)];
}

#define ANY(c, words) any(c, words, sizeof(words) / sizeof *(words))

static const char *any_node(struct chance *c)
{
    static const char *const few[] = { "pub", "pub.example.com", "10.1.1.10", "@1", "@0",
                                       "sub", "10.1.1.11",       "CM_sub" };
    return rng_below(&c->rng, 4) > 0 ? ANY(c, few) : any(c, names, NAMES);
}

static const char *any_about(struct chance *c, const char *of)
{
    static const char *const few[] = { "G", "H", "end", "Default", "\"; x", "a\nb", "" };
    static const char *const phones[] = { A, B, C, "SEP0011223344FF", "=x" };
    if (strcmp(of, "node") == 0 || strcmp(of, "server") == 0)
        return any_node(c);
    if (strcmp(of, "phone") == 0)
        return ANY(c, phones);
    return ANY(c, few);
}

static const char *any_about2(struct chance *c, const char *of)
{
    static const char *const services[] = { "Cisco CallManager", "Cisco Tftp", "Cisco CAPF",
                                            "Cisco Trust Verification Service", "Other" };
    static const char *const units[] = { "CallManager", "TVS",         "CAPF",
                                         "tomcat",      "ITLRecovery", "CallManager-ECDSA" };
    static const char *const stores[] = { "CallManager-trust", "CAPF-trust", "Phone-SAST-trust" };
    static const char *const ports[] = { "2445", "8443", "5061" };
    static const char *const files[] = { "ITLFile.tlv", "CTLFile.tlv" };
    return strcmp(of, "service") == 0 ? ANY(c, services)
           : strcmp(of, "unit") == 0  ? ANY(c, units)
           : strcmp(of, "store") == 0 ? ANY(c, stores)
           : strcmp(of, "port") == 0  ? ANY(c, ports)
           : strcmp(of, "file") == 0  ? ANY(c, files)
           : strcmp(of, "") == 0      ? NULL
                                      : any_node(c);
}

static const char *any_text(struct chance *c)
{
    static const char *const texts[] = { "G",
                                         "H",
                                         "P",
                                         "end",
                                         "Cisco 8845",
                                         "Cisco 7965",
                                         "Cisco ATA 187",
                                         "Remote Destination Profile",
                                         "36213",
                                         "12.5.1.14900-63",
                                         "14.0.1.13900-155",
                                         "8.6.2.20000-2",
                                         "1",
                                         "0",
                                         "T",
                                         "2",
                                         "3",
                                         "none",
                                         "installed",
                                         "TVS pub.example.com",
                                         "CAPF CAPF-1e55d2d1",
                                         "CCM+TFTP sub",
                                         "TFTP pub",
                                         "SAST pub",
                                         "strange pub",
                                         "TVS ",
                                         "sip88xx.12-5-1SR3-74",
                                         "a\"b\n",
                                         "callmanager",
                                         "encrypted profile",
                                         "example.com" };
    return rng_below(&c->rng, 3) > 0   ? ANY(c, texts)
           : rng_below(&c->rng, 4) > 0 ? any_node(c)
                                       : c->hash;
}

static const char *any_word(struct chance *c, const char *words)
{
    const char *found = "";
    uint32_t n = 0;
    for (struct view left = view_str(words); left.n > 0;) {
        struct view word = text_cut(&left, ' ');
        if (rng_below(&c->rng, ++n) == 0)
            found = arena_text(&kept, word);
    }
    return found;
}

static const char *any_value(struct chance *c, const struct fact_row *row)
{
    static const char *const dates[] = { "2026-03-14T06:00:00Z", "2025-01-01T00:00:00",
                                         "1999-01-01T00:00:00Z", "2036-01-01T00:00:00Z" };
    switch ((enum fact_form)row->form) {
    case FORM_NUMBER:
        return "86400";
    case FORM_DATE:
        return ANY(c, dates);
    case FORM_YES_NO:
        return any_word(c, "yes no");
    case FORM_WORD:
        return any_word(c, row->words);
    case FORM_HASH:
        return c->hash;
    case FORM_CERT:
        return ANY(c, c->certs);
    case FORM_LIST:
        return ANY(c, c->lists);
    default:
        return any_text(c);
    }
}

static void make_things(struct chance *c, struct said *s)
{
    static const char *const subjects[] = { "CN=pub.example.com", "CN=sub", "CN=CAPF-1e55d2d1",
                                            "CN=elsewhere",       "CN=sub", "CN=pub-EC" };
    for (uint32_t i = 0; i < 6; i++) {
        char serial[2] = { (char)('a' + i), '\0' };
        c->certs[i] = cert_by(s, subjects[i], subjects[i], serial, 1600000000 + 50000000 * i,
                              i == 5 ? KEY_EC_P256 : KEY_RSA_1024);
    }
    for (uint32_t i = 0; i < 4; i++)
        c->lists[i] =
            list_of(s, i == 3 ? "CTLFile.tlv" : "ITLFile.tlv", i == 1 ? TL_TFTP : TL_CCM_TFTP,
                    facts_blob(&facts, c->certs[i % 3], false)->bytes, 1000 + i);
    c->hash = sha1_of(c->lists[rng_below(&c->rng, 4)]);
}

static void say_anything(uint64_t seed)
{
    struct chance c = { .rng = rng_of(seed, "facts", 0) };
    struct said s = reading_of("a.log", SURE_ANSWER, 0, 1);
    make_things(&c, &s);
    uint64_t count = 1 + rng_below(&c.rng, 120);
    for (uint64_t i = 0; i < count; i++) {
        const struct fact_row *row = &fact_rows[rng_below(&c.rng, FACT_KINDS)];
        if (rng_below(&c.rng, 10) == 0)
            s = reading_of("b", (enum sure)(1 + rng_below(&c.rng, 5)), 0,
                           (uint32_t)rng_below(&c.rng, 3));
        const char *about = any_about(&c, row->about), *about2 = any_about2(&c, row->about2);
        facts_say_str(&s, (enum fact_kind)(row - fact_rows), about, about2,
                      (uint32_t)rng_below(&c.rng, 4), any_value(&c, row));
    }
}

static void test_whatever_is_written_loads(void **state)
{
    const char *from = getenv("SITE_SEED");
    uint64_t first = from == NULL ? 1 : strtoull(from, NULL, 10), last = first + SEEDS;
    for (uint64_t seed = first; seed < last; seed++) {
        say_anything(seed);
        make_site();
        const char *wrong = load(NULL);
        if (wrong[0] != '\0')
            fail_msg("seed %llu: %s", (unsigned long long)seed, wrong);
        end(state);
        begin(state);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_a_page_names_a_server_without_callmanager),
        TEST(test_a_page_of_servers_without_callmanager_alone),
        TEST(test_a_page_names_a_server_twice),
        TEST(test_names_of_nodes_groups_and_pools),
        TEST(test_names_that_the_lab_cannot_have),
        TEST(test_sites_are_to_be_filled_in),
        TEST(test_whatever_is_written_loads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
