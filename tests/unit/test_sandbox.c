/* What a scenario may not do: reach outside, differ from run to run, or never end. */
#include "tests/unit/run_script.h"

static void test_globals(void **state)
{
    (void)state;
    expect_output("for k in pairs(_ENV) do print(k) end",
                  "assert\nat\nauthority\ncluster\nerror\nexpect\nfound\nipairs\nknob\nlist\nmath\n"
                  "now\npairs\nparam\n"
                  "pcall\nphones\npool\nprint\nrefused\nselect\nsettle\nstart\nstep\nstring\ntable"
                  "\ntoken\ntonumber\n"
                  "tostring\ntype\nutf8\nwait\n");
    expect_output("for _, t in ipairs { string, table, math, utf8 } do local names = {} "
                  "for k in pairs(t) do names[#names + 1] = k end "
                  "print(table.concat(names, ' ')) end",
                  "byte char find format gmatch gsub len lower match rep reverse sub upper\n"
                  "concat insert move pack remove sort unpack\n"
                  "abs ceil floor fmod huge max maxinteger min mininteger modf pi random sqrt "
                  "tointeger type ult\n"
                  "char charpattern codepoint codes len offset\n");
    /* Nor through the metatable of texts or of an object. */
    expect_output("print(('x').dump, ('x').pack, ('x').format('%d', 7))", "nil\tnil\t7\n");
    expect_error(LAB "print(hq.__index)", 1, "cluster: no field or verb \"__index\"");
    expect_error(LAB "hq.x = 1", 1, "attempt to index a cluster value");
    expect_error("string.rep.x = 1", 1, "attempt to index a function value");
}

static void test_no_addresses(void **state)
{
    (void)state;
    expect_output("print({}, print, tostring({}), tostring(function() end))",
                  "table\tfunction\ttable\tfunction\n");
    expect_output("print(string.format('%s|%10s|%-6s|%q', {}, print, {}, 'x'))",
                  "table|  function|table |\"x\"\n");
    expect_output(
        LAB "print(hq, hq.pub, fleet, fleet[1], expect(1):equals(1), string.format('%s', hq))",
        "cluster HQ\tnode pub of HQ\tfleet of 10 phones\tSEP001121000000\texpectation\t"
        "cluster HQ\n");
    expect_output("print(0 / 0, -(0 / 0), 1 / 0)", "nan\tnan\tinf\n");
    expect_output("print(string.format('%f %g %.1f', 0 / 0, -(0 / 0), 1 / 0))", "nan nan inf\n");
    expect_error("print(string.format('%p', {}))", 1, "no \"%p\"");
    expect_error("print(string.format('%5.3p', {}))", 1, "no \"%p\"");
    expect_error("print('x' .. {})", 1, "attempt to concatenate a table value");
}

static void test_error_values(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, "error({})");
    assert_int_equal(r.result, SCRIPT_ERROR);
    assert_non_null(strstr(r.e.text, "error() with a table"));
    assert_null(strstr(r.e.text + strlen(r.path), "0x"));
    done(&r);
}

/* Every error says file and line, Lua's own limits too. */
static void test_errors_have_a_place(void **state)
{
    (void)state;
    char deep[4096] = "\nlocal x = ";
    expect_error("\nerror({})", 2, "error() with a table");
    expect_error("local x = 1\n\nerror(nil)", 3, "error() with a nil");
    expect_error("\nassert(nil, {})", 2, "error() with a table");
    expect_error("\nerror('plain', 0)", 2, "plain");
    expect_error("\nlocal s = 'x'\nwhile true do\ns = s .. s end", 4, "a text of more than 1 MB");
    expect_error("local t = {}\nfor i = 1, 1e8 do\nt[i] = {}\nend", 3,
                 "needs more than its 256 MB of memory");
    expect_error("\nlocal function f() return pcall(f) and f() end\nf()", 2, "");
    expect_error("local n = 0\nlocal function f() n = n + 1\nstep('x' .. n, f) end\nf()", 3,
                 "more than 60 calls of pcall, step, table.sort and string.gsub in each other");
    expect_error("local function f()\nreturn (('x'):gsub('.', f)) end\nf()", 2,
                 "more than 60 calls");
    expect_error("local function f()\ntable.sort({ 1, 2 }, f) end\nf()", 2, "more than 60 calls");
    expect_output("local function f(n) if n > 0 then return select(2, pcall(f, n - 1)) end "
                  "return 'bottom' end print(f(58))\n"
                  "for i = 1, 200 do pcall(error, 1) pcall(pcall, error) end print(f(58))",
                  "bottom\nbottom\n");
    size_t n = strlen(deep);
    memset(deep + n, '(', 3000);
    deep[n + 3000] = '\0';
    static const char too_deep[] = "too many blocks, functions, tables, parentheses or operators "
                                   "in each other (Lua reads 200)";
    expect_error(deep, 2, too_deep);
    memset(deep + n, '{', 3000);
    expect_error(deep, 2, too_deep);
    memset(deep + n, '-', 1);
    for (size_t i = 0; i < 3000; i++)
        memcpy(deep + n + i, &"1^"[i % 2], 1);
    expect_error(deep, 2, too_deep);
    for (size_t i = 0; i < 2996; i += 4)
        memcpy(deep + n + i, "''..", 4);
    deep[n + 2996] = '\0';
    expect_error(deep, 2, too_deep);
}

/* Everyday patterns cost what they take, and no pattern is refused for its looks. */
static void test_patterns_cost_their_steps(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t most;
    } cheap[] = {
        { "for i = 1, 1000 do assert(('2025-01-06 06:00:00'):match("
          "'^(%d+)-(%d+)-(%d+) (%d+):(%d+):(%d+)$')) end",
          100000 },
        { "for i = 1, 1000 do assert(('enterprise parameter = 10 min'):match("
          "'(%w+)%s*=%s*(%d+)')) end",
          200000 },
        { "for i = 1, 1000 do assert(('key = value'):match('(%w+)%s*=%s*(%w+)')) end", 60000 },
        { "assert(not ('a'):rep(20):find('.-.-.-b'))", 60000 },
        { "assert(('x'):rep(20000):find('x', 1, true)) assert(#('ab'):rep(1000):gsub('a', '') "
          "== 1000)",
          60000 },
        { "string.rep('', 1 << 60)", 20000 },
    };
    for (size_t i = 0; i < sizeof cheap / sizeof cheap[0]; i++) {
        struct run r = { 0 };
        put_file(r.path, cheap[i].text, strlen(cheap[i].text));
        struct session_options o = options_for(&r, r.path, 1);
        o.script.instructions = cheap[i].most;
        run_file(&r, &o);
        if (r.result != SCRIPT_PASSED)
            fail_msg("%s\n  ended with %d: %s", cheap[i].text, r.result, r.e.text);
        done(&r);
    }
}

/* One instruction that looks through a long text, or has the lab try something, costs more than
 * one. */
static void test_long_texts_cost(void **state)
{
    (void)state;
    static const char compared[] = "local x = ('x'):rep(1000000) local a, b, c = x .. 'a', "
                                   "x .. 'b', x .. 'a' local t = { [a] = 1 }",
                      number[] = "local n = (' '):rep(99999) .. '1'";
    static const struct {
        const char *first, *work;
        int times;
    } works[] = {
        { compared, "a < b", 4000 }, /* 30 us each */
        { compared, "a == c", 4000 },
        { compared, "t[c]", 4000 },
        { number, "math.floor(n)", 20000 },
        { number, "math.fmod(n, 2)", 20000 },
        { number, "math.random(n)", 20000 },
        { number, "select(n, 1)", 20000 },
        { number, "('x'):find('x', n)", 20000 },
        { number, "('x'):gsub('x', 'y', n)", 20000 },
        { number, "('x'):rep(n)", 20000 },
        { number, "('%d'):format(n)", 20000 },
        { number, "table.concat({}, '', n)", 20000 },
        { "local t = {} for i = 1, 2000 do t['k' .. i] = i end",
          "nil for _ in pairs(t) do break end", 20 }, /* all are put in order */
        { "local t = {} for i = 1, 20 do t[('x'):rep(99999) .. i] = i end",
          "nil for _ in pairs(t) do break end", 5 },
        /* A knob that is set may change every answer, so that each is found anew by trying. */
        { LAB "settle()", "fleet:count { needs_hands = true }, knob('retry_us', '30s')", 20000 },
        { LAB "settle()", "fleet:where { lost = true }, knob('retry_us', '30s')", 20000 },
        { LAB "settle()", "fleet:lost_minutes('registration'), knob('retry_us', '30s')", 20000 },
        { LAB "settle()", "fleet[1].lost, knob('retry_us', '30s')", 20000 },
        { "", "authority { name = 'CA' }", 20000 },
        { "local x = ('x'):rep(60000)", "expect(x):contains('y')", 20000 },
    };
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) {
        struct run r = { 0 };
        char text[400];
        int n = snprintf(text, sizeof text, "%s for i = 1, %d do local _ = %s end", works[i].first,
                         works[i].times, works[i].work);
        put_file(r.path, text, (size_t)n);
        struct session_options o = options_for(&r, r.path, 1);
        o.script.instructions = 1200000;
        run_file(&r, &o);
        if (r.result != SCRIPT_ERROR || strstr(r.e.text, "too many instructions") == NULL)
            fail_msg("%s\n  ended with %d: %s", works[i].work, r.result, r.e.text);
        done(&r);
    }
}

static void test_pairs(void **state)
{
    (void)state;
    expect_output("for k, v in pairs { b = 1, a = 2, ab = 3, 'one', 'two', [-5] = 4, [2.5] = 5, "
                  "[true] = 6, [false] = 7, ['2'] = 8 } do print(k, v) end",
                  "-5\t4\n1\tone\n2\ttwo\n2.5\t5\n2\t8\na\t2\nab\t3\nb\t1\nfalse\t7\ntrue\t6\n");
    expect_output("local t = { a = 1, b = 2, c = 3 } "
                  "for k in pairs(t) do print(k) t.b = nil t[k] = nil t.d = 1 end print(t.d)",
                  "a\nc\n1\n");
    expect_output("for _ in pairs {} do print('x') end print('end')", "end\n");
    expect_error("for k in pairs { [{}] = 1 } do end", 1, "a key that is a table has no order");
    expect_error("for k in pairs { [print] = 1 } do end", 1,
                 "a key that is a function has no order");
    expect_error(LAB "for k in pairs { [hq] = 1 } do end", 1,
                 "a key that is a userdata has no order");
}

static void test_who_signs(void **state)
{
    (void)state;
    expect_error(LAB "authority { name = 'CA', issuer = hq.pub:certificate('tomcat') }", 1,
                 "authority: CN=pub;OU=Lab;O=cucmlab;L=Utrecht;ST=Utrecht;C=NL signs no "
                 "certificates");
    expect_output(LAB "local ca = authority { name = 'CA' } "
                      "print(authority { name = 'B', issuer = ca }.issuer, "
                      "authority { name = 'C', issuer = hq.pub:certificate('CAPF') } ~= ca)",
                  "CN=CA;O=cucmlab;C=NL\ttrue\n");
}

/* What stands behind a byte 0 is text as well. */
static void test_contains(void **state)
{
    (void)state;
    expect_output("expect('a\\0b'):contains('b') expect(''):contains('') "
                  "expect('abc'):contains('bc') print('held')",
                  "held\n");
}

static void test_budget(void **state)
{
    (void)state;
    static const char *const loops[] = {
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "local function f() pcall(f) f() end f()",
        "at(0, function() while true do end end) while true do end",
        "local t = {} for i = 1, 1e9 do t[i % 1000] = { i } end",
        "while true do pcall(string.rep, 'x', 1000000) end",
        "local t = {} for i = 1, 99999 do t[i] = i end while true do table.insert(t, 1, 0) end",
        "local t = {} for i = 1, 100000 do t[i] = -i end while true do table.sort(t) end",
        "while true do table.move({}, 1, 1000000, 2) end",
        "while true do pcall(string.find, ('a'):rep(400), '.-.-b') end",
        "while true do pcall(string.find, ('a'):rep(9999), ('a'):rep(5000) .. 'b', 1, true) end",
        "local s = ('x'):rep(1000000) while true do local _ = s .. 'y' end",
        "while true do pcall(print, ('x'):rep(1000000)) end",
        "while true do wait(1) end",
        LAB "while true do fleet:reset() settle() end",
        LAB "while true do knob('retry_us', '60s') end",
        "while true do pcall(string.find, ('a'):rep(3000), '.-.-.-.-b') end",
        "string.match(('a'):rep(5000), '(.-)(.-)(.-)b')",
        "for x in string.gmatch(('a'):rep(5000), '.-.-.-b') do end",
        "string.gsub(('a'):rep(5000), '.-.-.-b', '')",
        "string.find(('a'):rep(30), ('a?'):rep(30) .. ('b'):rep(3))",
        "string.find(('('):rep(9000), '%b()')",
        "while true do pcall(string.rep, '', 1 << 60) end",
        "local t = { [9] = '' } for i = 2, 20000 do t[i] = '' end t[9] = nil "
        "while true do pcall(table.concat, t, '', 10, 20000) end",
        "local s = ('1'):rep(100000) while true do local _ = s + 1 end",
        "local s = ('1'):rep(100000) while true do local _ = -s end",
        "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(10000) .. i end "
        "while true do table.sort(t) end",
        "local t = {} for i = 1, 1000 do t[i] = i end "
        "while true do table.sort(t, function(a, b) return a < b end) end",
        "while true do wait(1) end", /* what only lets time pass ends too */
        LAB "while true do fleet:reset() settle() end",
    };
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        struct run r = { 0 };
        put_file(r.path, loops[i], strlen(loops[i]));
        struct session_options o = options_for(&r, r.path, 1);
        o.script.instructions = 3000000;
        run_file(&r, &o);
        if (r.result != SCRIPT_ERROR || strstr(r.e.text, "too many instructions") == NULL)
            fail_msg("%s\n  ended with %d: %s", loops[i], r.result, r.e.text);
        done(&r);
    }
}

/* Acts on phones in a loop in which no time passes, or too little, end before they fill the memory;
 * a thousand at one instant are done. */
static void test_acts_without_time(void **state)
{
    (void)state;
    static const char *const loops[] = {
        "fleet:reset()",
        "fleet:power('off') fleet:power('on')",
        "fleet:press('Directories')",
        "fleet:press('Directories', '1h')",
        "fleet:delete_trust_list()",
        "fleet[1]:press('Directories')",
        "fleet:press('Directories', '30d') wait(0.01)",
        "fleet:move { tftp = 'pub' }",
        "fleet:link { delay = '2ms' }",
    };
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        struct run r = { 0 };
        char text[400];
        int n = snprintf(text, sizeof text, LAB "settle()\nwhile true do\n%s\nend", loops[i]);
        put_file(r.path, text, (size_t)n);
        struct session_options o = options_for(&r, r.path, 1);
        run_file(&r, &o);
        if (r.result != SCRIPT_ERROR || strstr(r.e.text, "let time pass") == NULL ||
            strstr(r.e.text, ":3: ") == NULL)
            fail_msg("%s\n  ended with %d: %s", loops[i], r.result, r.e.text);
        assert_in_range(r.lab->driver->held(r.lab->driver->self), 0, 110000);
        done(&r);
    }
    struct run r = { 0 };
    run(&r,
        LAB "settle() for i = 1, 1000 do fleet:press('Directories') fleet:reset() end settle()");
    assert_int_equal(r.result, SCRIPT_PASSED);
    done(&r);
}

static void test_memory(void **state)
{
    (void)state;
    static const char *const hogs[] = {
        "local t = {} for i = 1, 1e8 do t[i] = ('x'):rep(100000) .. i end",
        "local t = {} for i = 1, 1e8 do t[i] = i end",
        "local s = 'x' while true do s = s .. s end",
        "local t = {} for i = 1, 30 do t[i] = ('x'):rep(1000000) end print(#table.concat(t))",
    };
    for (size_t i = 0; i < sizeof hogs / sizeof hogs[0]; i++) {
        struct run r = { 0 };
        put_file(r.path, hogs[i], strlen(hogs[i]));
        struct session_options o = options_for(&r, r.path, 1);
        o.script.memory = 8 << 20;
        run_file(&r, &o);
        if (r.result != SCRIPT_ERROR ||
            (strstr(r.e.text, "memory") == NULL && strstr(r.e.text, "1 MB") == NULL))
            fail_msg("%s\n  ended with %d: %s", hogs[i], r.result, r.e.text);
        assert_true(r.script->memory_used <= (8 << 20));
        done(&r);
    }
    struct run tiny = { 0 };
    put_file(tiny.path, "print(1)", 8);
    struct session_options o = options_for(&tiny, tiny.path, 1);
    o.script.memory = 1000;
    run_file(&tiny, &o);
    assert_int_equal(tiny.result, SCRIPT_ERROR);
    done(&tiny);
}

/* No memory at any point: an error each time, never a crash. */
static void test_memory_steps(void **state)
{
    (void)state;
    static const char text[] = "local p = param('p', 'x') local t = {} for i = 1, 50 do t[i] = "
                               "('y'):rep(i * 20) end for k in pairs(t) do at(k, function() "
                               "expect(k, t[k]):equals(k) wait(1) end) end settle() print(now())";
    bool passed = false;
    for (size_t memory = 16 << 10; !passed; memory += 512) {
        struct run r = { 0 };
        put_file(r.path, text, strlen(text));
        struct session_options o = options_for(&r, r.path, 1);
        o.script.memory = memory;
        run_file(&r, &o);
        passed = r.result == SCRIPT_PASSED;
        assert_true(passed || strstr(r.e.text, "memory") != NULL);
        assert_true(memory < (4 << 20));
        done(&r);
    }
}

static void test_bounds(void **state)
{
    (void)state;
    expect_error("string.rep('x', 1 << 40)", 1, "string.rep: the result would be larger");
    expect_error("('xy'):rep(1 << 62, ',')", 1, "string.rep: the result would be larger");
    expect_error("string.gsub(('a'):rep(50000), 'a', ('b'):rep(50000))", 1,
                 "string.gsub: the result would be larger than 1 MB");
    expect_error("local s = ('x'):rep(400000) string.format('%s%s%s', s, s, s)", 1,
                 "string.format: the result would be larger");
    expect_error("local function f(...) return f(1, ...) end f()", 1, "more than 1000 arguments");
    expect_error("table.unpack({}, 1, 5000)", 1, "more than 1000 values");
    expect_error("string.byte(('x'):rep(5000), 1, -1)", 1, "more than 1000 values");
    expect_error("table.move({}, 1, 1 << 50, 2)", 1, "fields of a table at once");
    expect_output("print(('10.1.0.11'):match('^(%d+)%.(%d+)%.(%d+)%.(%d+)$'))", "10\t1\t0\t11\n");
    expect_output("print((('a.b.c'):gsub('%.', '/')), ('abc'):find('c', 1, true), ('x'):rep(3))",
                  "a/b/c\t3\txxx\n");
    expect_output("for w in ('one two'):gmatch('%a+') do print(w) end", "one\ntwo\n");
    expect_output("print(table.unpack({ 1, 2, 3 }, 2)) print(table.concat({ 1, 2, 3 }, '-', 2, 3))",
                  "2\t3\n2-3\n");
}

static void test_source(void **state)
{
    (void)state;
    struct run r = { 0 };
    struct session_options o = options_for(&r, "/nonexistent/x.lua", 1);
    run_file(&r, &o);
    assert_int_equal(r.result, SCRIPT_ERROR);
    assert_non_null(strstr(r.e.text, "/nonexistent/x.lua"));
    done(&r);

    struct run binary = { 0 };
    put_file(binary.path, "\x1bLua\x54\0\x19\x93\r\n\x1a\n", 12);
    o = options_for(&binary, binary.path, 1);
    run_file(&binary, &o);
    assert_int_equal(binary.result, SCRIPT_ERROR);
    assert_non_null(strstr(binary.e.text, "binary"));
    done(&binary);

    struct run large = { 0 };
    char *text = calloc(1, SCRIPT_SOURCE_MAX + 1);
    memset(text, '\n', SCRIPT_SOURCE_MAX + 1);
    put_file(large.path, text, SCRIPT_SOURCE_MAX + 1);
    free(text);
    o = options_for(&large, large.path, 1);
    run_file(&large, &o);
    assert_int_equal(large.result, SCRIPT_ERROR);
    done(&large);

    expect_output("", "");
    expect_error("local x = = 1", 1, "unexpected symbol near '='");
    expect_error("print(1)\n\nfoo()", 3, "attempt to call a nil value (global 'foo')");
}

/* ---- the same again ---- */

static void test_repeatable(void **state)
{
    (void)state;
    static const char text[] =
        LAB "for i = 1, 20 do print(math.random(), math.random(6), math.random(-3, 3), "
            "math.random(math.mininteger, math.maxinteger)) end "
            "for _, p in ipairs(fleet:part(0.5)) do print(p.name) end settle() print(now())";
    char *a = printed(text, 7), *b = printed(text, 7), *c = printed(text, 8);
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    free(a);
    free(b);
    free(c);
    expect_error("math.random(3, 2)", 1, "bad argument #1 to 'random' (interval is empty)");
    expect_error("math.random(-1)", 1, "bad argument #1 to 'random' (interval is empty)");
    expect_error("math.random(1, 2, 3)", 1, "wrong number of arguments");
    expect_output("for i = 1, 1000 do local x = math.random(2, 4) assert(x >= 2 and x <= 4) "
                  "x = math.random() assert(x >= 0 and x < 1) end print('ok')",
                  "ok\n");
}

static void test_no_leaks_between_runs(void **state)
{
    (void)state;
    expect_output("leaked = 1 string.upper = nil string.rep = print print(leaked)", "1\n");
    expect_output("print(leaked, ('x'):upper(), ('x'):rep(2))", "nil\tX\txx\n");
}

/* A slip of the pen in a word of the language is told; what is far from all of them is not. */
static void words_of_the_language(void **state)
{
    (void)state;
    expect_error("\nclutser { name = 'HQ' }", 2,
                 "attempt to call a nil value (global 'clutser'): did you mean cluster?");
    expect_error("Wait('5m')", 1, "(global 'Wait'): did you mean wait?");
    expect_error("maht.floor(1)", 1, "(global 'maht'): did you mean math?");
    expect_error("local function f() setle() end f()", 1, "(global 'setle'): did you mean settle?");
    expect_error("elephants()", 1, "attempt to call a nil value (global 'elephants')");
    expect_error("io.open('x')", 1,
                 "(global 'io'): it is not here: a scenario reads no other file");
    expect_error("require 'os'", 1, "(global 'require'): it is not here");
}

/* As editors save it: with a mark, as UTF-16, in the letters of Windows. */
static void encodings(void **state)
{
    (void)state;
    static const char marked[] = "\xef\xbb\xbf-- one\r\nprint('x')\r\n";
    static const char wide[] = "\xff\xfe-\0-\0 \0o\0n\0e\0\n\0p\0r\0i\0n\0t\0(\0'\0x\0'\0)";
    static const char windows[] = "-- one\nprint('x', 'caf\xe9')\n";
    static const struct {
        const char *bytes;
        size_t n;
        const char *out;
    } cases[] = {
        { marked, sizeof marked - 1, "x\n" },
        { wide, sizeof wide, "x\n" },
        { windows, sizeof windows - 1, "x\tcaf\xc3\xa9\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run r = { 0 };
        struct script_header header;
        put_file(r.path, cases[i].bytes, cases[i].n);
        assert_true(script_header(r.path, &header, &r.e));
        assert_string_equal(header.title, "one");
        struct session_options o = options_for(&r, r.path, 1);
        run_file(&r, &o);
        assert_string_equal(r.e.text, "");
        assert_string_equal(r.out, cases[i].out);
        done(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings),
        cmocka_unit_test(words_of_the_language),
        cmocka_unit_test(test_globals),
        cmocka_unit_test(test_no_addresses),
        cmocka_unit_test(test_error_values),
        cmocka_unit_test(test_errors_have_a_place),
        cmocka_unit_test(test_patterns_cost_their_steps),
        cmocka_unit_test(test_long_texts_cost),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_who_signs),
        cmocka_unit_test(test_contains),
        cmocka_unit_test(test_acts_without_time),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_memory_steps),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_source),
        cmocka_unit_test(test_repeatable),
        cmocka_unit_test(test_no_leaks_between_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
