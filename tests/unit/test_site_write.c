/* A site as files and on a screen: texts of strangers load back to the same bytes and run nothing,
 * whatever they are (sim/import/write.c, write_lua.c, site_print.c, site_json.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/import/write.h"
#include "sim/text/cell.h"
#include "sim/text/csv.h"
#include "sim/wire/shown.h"
#include "tests/unit/site_fixture.h"
#include "tests/unit/text_stream.h"

#include <cjson/cJSON.h>
#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define A "SEP001122334455"

/* Each does something where it is taken for program text. */
static const char *const evil[] = {
    "\" } } os.exit(7) --",
    "]] os.exit(7) --[[",
    "\\\" .. ran() .. \"",
    "\\",
    "\n ran() --",
    "\r\nran()",
    "\" .. ran() .. \"",
    "${ran()}",
    "'; ran(); '",
    "a\tb\x01\x1b[31m\x7f",
    "\xe2\x80\xae reversed",
    "\xff\xfe not UTF-8 \xc3",
    "caf\xc3\xa9 \xe6\x97\xa5",
    "\\065\\x41\\z\n\\u{41}",
    "--[==[",
    "=cmd|' /C calc'!A0",
    "1\0302",
};

enum { EVIL = sizeof evil / sizeof *evil };

static int begin(void **state)
{
    arena = arena_of(&sys_mem);
    return site_begin(state);
}

static int end(void **state)
{
    arena_free(&arena);
    return site_end(state);
}

/* ---- Lua ---- */

static lua_State *lua;
static int ran;

static int count_run(lua_State *L)
{
    ran++;
    lua_pushliteral(L, "");
    return 1;
}

static void assert_lua(struct view text)
{
    FILE *out = start_text();
    fputs("-- ", out);
    write_lua_comment(out, text);
    fputs("\nreturn ", out);
    write_lua_text(out, text);
    fputs(" -- ", out);
    write_lua_comment(out, text);
    fclose(out);
    size_t n;
    assert_int_equal(luaL_loadbufferx(lua, buffer, buffer_n, "=x", "t"), LUA_OK);
    free(buffer);
    assert_int_equal(lua_pcall(lua, 0, 1, 0), LUA_OK);
    const char *back = lua_tolstring(lua, -1, &n);
    assert_true(view_eq(view_of(back, n), text));
    lua_pop(lua, 1);
    assert_int_equal(ran, 0);
}

static void test_texts_in_lua(void **state)
{
    (void)state;
    char all[256];
    lua = luaL_newstate();
    ran = 0;
    lua_register(lua, "ran", count_run);
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    assert_lua(view_of(all, sizeof all));
    assert_lua(view_of("", 0));
    for (int i = 0; i < 256; i++) {
        char two[] = { (char)i, '7', (char)i };
        assert_lua(view_of(two, 3)); /* a digit behind an escape is none of it */
    }
    for (int i = 0; i < EVIL; i++)
        assert_lua(view_str(evil[i]));
    lua_close(lua);
}

/* What is UTF-8 and plain stays as people wrote it. */
static void test_texts_stay_readable(void **state)
{
    (void)state;
    FILE *out = start_text();
    write_lua_text(out, view_str("caf\xc3\xa9 \"x\"\n\xe2\x80\xae\xff"));
    assert_string_equal(finish_text(out), "\"caf\xc3\xa9 \\034x\\034\\010\\226\\128\\174\\255\"");
    char shown[40];
    assert_string_equal(shown_text(shown, sizeof shown, view_str("\x1b[2J\xc2\x9b\xc3\xa9")),
                        "\\x1b[2J\\xc2\\x9b\xc3\xa9");
    assert_string_equal(shown_text(shown, 4, view_str("ab\xc3\xa9z")), "ab");
}

/* ---- CSV ---- */

static void assert_cell(struct view text)
{
    uint8_t room[700];
    struct wr w = wr_of(room, sizeof room);
    wr_str(&w, "name,b\r\nx,");
    size_t at = w.n;
    cell_write(&w, text);
    assert_false(w.over);
    uint8_t first = room[at] == '"' ? room[at + 1] : room[at];
    assert_true(w.n == at || strchr("=+-@\t\r", first) == NULL);
    wr_str(&w, "\r\n");
    struct csv csv = csv_of(view_of(room, w.n));
    csv.keeps_blanks = true;
    struct csv_row row = { .most = 8 };
    assert_true(csv_next(&csv, &arena, &row));
    assert_true(csv_next(&csv, &arena, &row));
    assert_null(row.fault);
    assert_int_equal(row.count, 2);
    struct view back = cell_text(row.fields[1]);
    if (!view_eq(back, text))
        fail_msg("\"%.*s\" came back as \"%.*s\"", (int)text.n, (const char *)text.p, (int)back.n,
                 (const char *)back.p);
}

static void test_texts_in_csv(void **state)
{
    (void)state;
    static const char *const texts[] = { "",      "=1+1", "+1",     "-1",   "@x",   "\tx",
                                         "\rx",   "'",    "'=1",    "''=1", "'a",   "a'=",
                                         "\"",    "\"\"", "a,b",    "a;b",  "a\nb", "a\r\nb",
                                         " lead", "end ", "=\"x\"", "'\t",  "-",    "'-\n" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_cell(view_str(texts[i]));
    for (int i = 0; i < EVIL; i++)
        assert_cell(view_str(evil[i]));
}

/* ---- a whole site of them ---- */

/* Every fact that is a text, with that text. */
static void say_everywhere(const char *text)
{
    struct said s = reading_of(text, SURE_ANSWER, 0, 1);
    say(&s, FACT_NODE_ROLE, "pub", NULL, "publisher");
    const char *cert = cert_of(&s, "CN=pub", "a");
    say(&s, FACT_OWN, "pub", "TVS", cert);
    for (int k = 0; k < FACT_KINDS; k++) {
        if (fact_rows[k].form != FORM_TEXT)
            continue;
        bool node = strcmp(fact_rows[k].about, "node") == 0;
        bool phone = strcmp(fact_rows[k].about, "phone") == 0;
        const char *about = node ? "pub" : phone ? A : text;
        say(&s, (enum fact_kind)k, about, text, text);
        say(&s, (enum fact_kind)k, text, text, text);
    }
    say(&s, FACT_SERVICE, "pub", text, "stopped");
    say(&s, FACT_TRUSTED, "pub", text, cert);
    say(&s, FACT_TRUSTED, "pub", "CallManager-trust", cert);
    say(&s, FACT_GROUP_MEMBER, text, NULL, "pub");
    say(&s, FACT_TVS_SUBJECT, "CN=pub", "61", text);
    say(&s, FACT_TVS_ROLE, "CN=pub", "61", text);
    say(&s, FACT_PHONE_ITL, A, NULL, "fabdf758968791895609e4ccfea72fb10a799d03");
    say(&s, FACT_PHONE_ITL_RECORD, A, NULL, text);
}

static int take_any(lua_State *L)
{
    lua_newtable(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_setmetatable(L, -2);
    return 1;
}

/* Verbs of the language that take anything, and methods that do. */
static lua_State *state_of_stubs(void)
{
    static const char *const verbs[] = { "start", "cluster", "found", "list" };
    lua_State *L = luaL_newstate();
    lua_register(L, "ran", count_run);
    lua_newtable(L);      /* metatable */
    lua_pushvalue(L, -1); /* upvalue */
    lua_pushcclosure(L, take_any, 1);
    lua_newtable(L);
    const char *const methods[] = { "group", "pool", "phones" };
    for (size_t i = 0; i < 3; i++) {
        lua_pushvalue(L, -2);
        lua_setfield(L, -2, methods[i]);
    }
    lua_setfield(L, -3, "__index");
    for (size_t i = 0; i < 4; i++) {
        lua_pushvalue(L, -1);
        lua_setglobal(L, verbs[i]);
    }
    lua_pop(L, 2);
    return L;
}

static void test_injection_into_every_text(void **state)
{
    (void)state;
    for (int i = 0; i < EVIL; i++) {
        say_everywhere(evil[i]);
        make_site();
        FILE *out = start_text();
        write_lua(&site, "cluster", out);
        const char *text = finish_text(out);
        lua_State *L = state_of_stubs();
        ran = 0;
        if (luaL_loadbufferx(L, text, strlen(text), "=cluster.lua", "t") != LUA_OK ||
            lua_pcall(L, 0, 1, 0) != LUA_OK)
            fail_msg("%s\n%s", lua_tostring(L, -1), text);
        assert_int_equal(ran, 0);
        assert_int_equal(lua_type(L, -1), LUA_TTABLE); /* what it returns is the cluster */
        lua_close(L);

        out = start_text();
        site_print(&site, out);
        for (const char *p = finish_text(out); *p != '\0'; p++)
            assert_true(*p == '\n' || (unsigned char)*p >= 0x20);

        out = start_text();
        assert_true(site_json(&site, out));
        cJSON *json = cJSON_Parse(finish_text(out));
        assert_non_null(json);
        cJSON_Delete(json);
        site_free(&site);
        facts_free(&facts);
        facts_init(&facts, &sys_mem);
    }
}

static void test_descriptions_load_back(void **state)
{
    (void)state;
    struct said s = reading_of("x", SURE_ANSWER, 0, 0);
    char name[16];
    for (int i = 0; i < EVIL; i++) {
        (void)snprintf(name, sizeof name, "SEP0000000000%02X", i);
        say(&s, FACT_PHONE_MODEL, name, NULL, "Cisco 8841");
        say(&s, FACT_PHONE_DESCRIPTION, name, NULL, evil[i]);
    }
    make_site();
    FILE *out = start_text();
    write_phones(&site, out);
    struct csv csv = csv_of(view_str(finish_text(out)));
    csv.keeps_blanks = true;
    struct csv_row row = { .most = 20 };
    assert_true(csv_next(&csv, &arena, &row));
    assert_int_equal(row.count, 18);
    for (int i = 0; i < EVIL; i++) {
        assert_true(csv_next(&csv, &arena, &row));
        assert_null(row.fault);
        assert_int_equal(row.count, 18);
        if (strstr(evil[i], "\xff") == NULL)
            assert_true(view_eq(cell_text(row.fields[15]), view_str(evil[i])));
    }
}

/* ---- the schema ---- */

/* Every member is among the properties, down to the leaves. */
static void check_schema(const cJSON *schema, const cJSON *rule, const cJSON *value)
{
    const cJSON *ref = cJSON_GetObjectItem(rule, "$ref"), *v;
    if (ref != NULL)
        rule = cJSON_GetObjectItem(cJSON_GetObjectItem(schema, "$defs"),
                                   ref->valuestring + strlen("#/$defs/"));
    assert_non_null(rule);
    cJSON_ArrayForEach(v, value)
    {
        const char *key = cJSON_IsArray(value) ? "items" : v->string;
        const cJSON *of = cJSON_IsArray(value) ? rule : cJSON_GetObjectItem(rule, "properties");
        const cJSON *inner = cJSON_GetObjectItemCaseSensitive(of, key);
        if (inner == NULL)
            fail_msg("\"%s\" is not in docs/site.schema.json", key);
        check_schema(schema, inner, v);
    }
}

static void test_json_is_as_its_schema(void **state)
{
    (void)state;
    struct err e = { "" };
    struct view v;
    say_everywhere("x");
    make_site();
    FILE *out = start_text();
    assert_true(site_json(&site, out));
    cJSON *json = cJSON_Parse(finish_text(out));
    assert_true(sys_read_file("docs/site.schema.json", 1 << 20, &arena, &v, &e));
    cJSON *schema = cJSON_ParseWithLength((const char *)v.p, v.n);
    assert_non_null(schema);
    check_schema(schema, schema, json);
    const cJSON *key;
    cJSON_ArrayForEach(key, cJSON_GetObjectItem(schema, "required"))
    {
        assert_true(cJSON_HasObjectItem(json, key->valuestring));
    }
    cJSON_Delete(schema);
    cJSON_Delete(json);
}

/* ---- files ---- */

static char folder[64];

static const char *in_folder(const char *name)
{
    char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return arena_text(&arena, view_str(path));
}

static void make_folder(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/test_site_XXXXXX");
    assert_non_null(mkdtemp(folder));
}

static void drop_folder(void)
{
    char command[100];
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

static bool is_file(const char *name)
{
    struct stat st;
    return stat(in_folder(name), &st) == 0 && S_ISREG(st.st_mode);
}

static const char *der_path(const char *sha256)
{
    char name[100];
    (void)snprintf(name, sizeof name, "hq.certs/%s.der", sha256);
    return in_folder(name);
}

static struct site_replaced gone;

static void test_files(void **state)
{
    (void)state;
    struct err e = { "" };
    struct view bytes;
    struct said s = reading_of("x", SURE_ANSWER, 0, 0);
    const char *cert = cert_of(&s, "CN=pub", "a"), *unused = cert_of(&s, "CN=nobody", "b");
    say(&s, FACT_NODE_ROLE, "pub", NULL, "publisher");
    say(&s, FACT_OWN, "pub", "TVS", cert);
    say(&s, FACT_PHONE_MODEL, A, NULL, "Cisco 8841");
    make_site();
    make_folder();
    assert_true(site_write(&site, in_folder("hq.lua"), false, &gone, &e));
    assert_true(is_file("hq.lua") && is_file("hq.phones.csv"));
    assert_true(sys_read_file(der_path(cert), 10000, &arena, &bytes, &e));
    assert_true(view_eq(bytes, facts_blob(&facts, cert, false)->bytes));
    struct stat st;
    assert_int_not_equal(stat(der_path(unused), &st), 0);
    /* what is there stays */
    assert_false(site_write(&site, in_folder("hq.lua"), false, &gone, &e));
    assert_non_null(strstr(e.text, "--force"));
    assert_true(site_write(&site, in_folder("hq.lua"), true, &gone, &e));
    drop_folder();
}

/* Names of what is in the folder and in its own, with blanks between, in order. */
static const char *listed(void)
{
    char command[200], text[4000];
    (void)snprintf(command, sizeof command, "cd %s && find . -type f | sort | xargs md5sum",
                   folder);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    assert_int_equal(pclose(f), 0);
    return arena_text(&arena, view_str(text));
}

/* A site with a certificate of that name and, maybe, a phone. */
static const char *small_site(const char *subject, bool phones)
{
    site_free(&site);
    facts_free(&facts);
    facts_init(&facts, &sys_mem);
    struct said s = reading_of("x", SURE_ANSWER, 0, 0);
    const char *cert = cert_of(&s, subject, "a");
    say(&s, FACT_NODE_ROLE, "pub", NULL, "publisher");
    say(&s, FACT_OWN, "pub", "TVS", cert);
    if (phones)
        say(&s, FACT_PHONE_MODEL, A, NULL, "Cisco 8841");
    make_site();
    return cert;
}

static bool is_der(const char *sha256)
{
    struct stat st;
    return stat(der_path(sha256), &st) == 0;
}

/* What the import before had goes, and what is nobody's stays. */
static void test_an_earlier_import_is_replaced(void **state)
{
    (void)state;
    struct err e = { "" };
    make_folder();
    const char *old = small_site("CN=old", true);
    assert_true(site_write(&site, in_folder("hq.lua"), false, &gone, &e));
    assert_int_equal(gone.blobs, 0);
    assert_true(is_der(old) && is_file("hq.phones.csv"));
    assert_true(sys_write_file(in_folder("hq.certs/notes.txt"), view_str("mine"), &e));
    const char *new = small_site("CN=new", false);
    assert_true(site_write(&site, in_folder("hq.lua"), true, &gone, &e));
    assert_int_equal(gone.blobs, 1);
    assert_true(gone.phones);
    assert_true(is_der(new) && !is_der(old) && !is_file("hq.phones.csv"));
    assert_true(is_file("hq.certs/notes.txt"));
    /* Its certificates alone: of whom are they? */
    assert_int_equal(unlink(in_folder("hq.lua")), 0);
    assert_false(site_write(&site, in_folder("hq.lua"), false, &gone, &e));
    assert_non_null(strstr(e.text, "hq.certs"));
    drop_folder();
}

/* Files of at most so many bytes: what is larger is as on a disk that is full. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The Lua file is the largest, and the last. */
static void test_a_full_disk(void **state)
{
    (void)state;
    struct err e = { "" };
    (void)signal(SIGXFSZ, SIG_IGN);
    make_folder();
    (void)small_site("CN=old", true);
    for (int i = 0; i < 2; i++) {
        const char *before = listed();
        limit_files(1000);
        assert_false(site_write(&site, in_folder("hq.lua"), true, &gone, &e));
        limit_files(RLIM_INFINITY);
        assert_non_null(strstr(e.text, "hq.lua: File too large"));
        assert_string_equal(listed(), before);
        struct stat st;
        assert_true(i > 0 || stat(in_folder("hq.certs"), &st) != 0);
        assert_true(site_write(&site, in_folder("hq.lua"), true, &gone, &e));
        (void)small_site("CN=new", true);
    }
    drop_folder();
}

/* The place of the Lua file is taken: what was moved before it moves back. */
static void test_a_place_that_is_taken(void **state)
{
    (void)state;
    struct err e = { "" };
    make_folder();
    assert_int_equal(mkdir(in_folder("hq.lua"), 0777), 0);
    assert_true(sys_write_file(in_folder("hq.phones.csv"), view_str("mine"), &e));
    const char *before = listed();
    (void)small_site("CN=pub", true);
    assert_false(site_write(&site, in_folder("hq.lua"), true, &gone, &e));
    assert_non_null(strstr(e.text, "folder"));
    assert_string_equal(listed(), before);
    assert_int_not_equal(rmdir(in_folder("hq.certs")), 0);
    drop_folder();
}

static void test_names_of_files(void **state)
{
    (void)state;
    static const char *const bad[] = { "x", "x.txt", ".lua", "a b.lua", "\"x\".lua", "x.lua/" };
    struct err e = { "" };
    struct said s = reading_of("x", SURE_ANSWER, 0, 0);
    say(&s, FACT_NODE_ROLE, "pub", NULL, "publisher");
    make_site();
    make_folder();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(site_write(&site, in_folder(bad[i]), true, &gone, &e));
    assert_false(site_write(&site, in_folder("no/such/folder.lua"), true, &gone, &e));
    assert_true(site_write(&site, in_folder("none.lua"), false, &gone, &e));
    assert_false(is_file("none.phones.csv")); /* there are no phones */
    drop_folder();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_texts_in_lua),
        TEST(test_texts_stay_readable),
        TEST(test_texts_in_csv),
        TEST(test_injection_into_every_text),
        TEST(test_descriptions_load_back),
        TEST(test_files),
        TEST(test_an_earlier_import_is_replaced),
        TEST(test_a_full_disk),
        TEST(test_a_place_that_is_taken),
        TEST(test_names_of_files),
        TEST(test_json_is_as_its_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
