/* The change page: what a plan is found to cost, the ways back, the runs beside it, and that no
 * text of a stranger is markup.  What must come out is what the technotes say (116232, 214231). */
#include "tests/unit/plan_made.h"

#include "sim/plan/put.h"

#include <cjson/cJSON.h>

/* ---- plans ---- */

static const char both[] =
    "-- Both at once\nlocal hq = ... step('Regenerate both', function() for _, n in "
    "ipairs(hq.nodes) do n:regenerate('CallManager', 'TVS') end end) settle() step('Restart', "
    "function() for _, n in ipairs(hq.nodes) do n:restart('TVS', 'TFTP') end settle() end) "
    "step('Reset', function() hq:reset() settle() end)";

/* 116232: the signer and every TVS are unknown: each phone has to be visited. */
static void test_unsafe(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m, nine, both);
    const struct plan *p = &m.plan;
    assert_true(m.good);
    assert_string_equal(p->head.title, "Both at once");
    assert_int_equal(p->head.phones, 12);
    assert_int_equal(p->head.hands, 12);
    assert_int_equal(p->head.lost_before, 0);
    assert_true(p->head.at_risk && p->head.error == NULL);
    assert_non_null(strstr(p->head.verdict, "12 of 12 phones must be visited"));
    assert_int_equal(p->step_count, 3);
    assert_string_equal(p->steps[0].acts[0].what, "Regenerate CallManager on pub, sub");
    assert_string_equal(p->steps[0].acts[0].where,
                        "Certificate Management: Regenerate; set cert regen");
    assert_string_equal(p->steps[0].acts[1].what, "Regenerate TVS on pub, sub");
    assert_int_equal(p->steps[0].old.count, 3); /* TFTP, TVS, CallManager go on with the old ones */
    assert_int_equal(p->steps[1].restarts.count, 2);
    assert_int_equal(p->steps[1].lose, 12); /* secure services, unnoticed */
    assert_int_equal(p->steps[2].out.phones, 12);
    assert_true(p->steps[2].out.most_us >= p->steps[2].out.median_us &&
                p->steps[2].out.median_us > 0);
    assert_int_equal(p->steps[2].match, 0);
    assert_int_equal(p->steps[2].of_match, 12);
    const struct plan_way *on = &p->steps[0].ways[p->steps[0].way_count - 1];
    assert_non_null(strstr(on->what, "Go on: restart ")); /* TFTP, phones, TVS in that order */
    assert_int_equal(on->leads, RETURN_BY_ACTS);
    assert_int_equal(p->steps[0].returns, RETURN_BY_ACTS);
    assert_int_equal(p->no_return, 2);
    for (int i = 1; i < 3; i++)
        assert_int_equal(p->steps[i].returns, RETURN_BY_HANDS);
    assert_int_equal(p->risk_count, 12);
    assert_true(p->risks[0].minutes > 0);
    assert_non_null(strstr(p->risks[0].lost, "trust list"));
    assert_int_equal(p->before.takes[TAKES_SAME], 12);
    assert_int_equal(p->after.takes[TAKES_NOT], 12);
    assert_int_equal(p->before.nodes[0].knows_tvs, 12);
    assert_int_equal(p->after.nodes[0].knows_tvs, 0);
    assert_true(p->after.nodes[0].itl.renewed && !p->before.nodes[0].itl.renewed);
    done(&m);
}

/* One after the other, phones in between: nobody is visited; a backup from before leads back while
 * the phones know its keys. */
static void test_safe(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m, nine,
         "local hq = ... step('Backup', function() hq:backup() settle() end) "
         "for _, own in ipairs { 'CallManager', 'TVS' } do step(own, function() for _, n in "
         "ipairs(hq.nodes) do n:regenerate(own) n:restart('TVS') end settle() for _, n in "
         "ipairs(hq.nodes) do n:restart('TFTP') end settle() hq:reset() settle() end) end "
         "expect(1):equals(2)");
    const struct plan *p = &m.plan;
    assert_true(m.good);
    assert_int_equal(p->head.hands, 0);
    assert_int_equal(p->head.lost_now, 0);
    assert_false(p->head.at_risk);
    assert_int_equal(p->head.failed.count, 1);
    assert_non_null(strstr(p->head.failed.list[0], "change.lua:1: "));
    assert_non_null(strstr(p->head.failed.list[0], "expected 2, got 1"));
    assert_non_null(strstr(p->steps[0].wait, "the backup has ended with SUCCESS"));
    assert_null(strstr(p->steps[1].wait, "backup"));
    assert_non_null(strstr(p->steps[1].wait, "the services run"));
    assert_non_null(strstr(p->steps[1].wait, "12 of 12 hold the ITL that is served now"));
    assert_int_equal(p->steps[0].returns, RETURN_NOTHING);
    assert_int_equal(p->steps[1].returns, RETURN_WORKS);
    assert_string_equal(p->steps[1].ways[1].result, "all is as it was before the change");
    assert_int_equal(p->steps[1].ways[0].leads, RETURN_NONE); /* no certificate comes back */
    /* A backup has the old signer, and no TVS that phones know; but nobody needs it. */
    assert_true(p->steps[2].ways[1].leads >= RETURN_BY_HANDS);
    assert_int_equal(p->steps[2].returns, RETURN_KEEPS);
    assert_int_equal(p->no_return, 0);
    assert_int_equal(p->steps[1].match, 12);
    assert_int_equal(p->after.takes[TAKES_SAME], 12);
    done(&m);
}

/* A backup from before the change is a way out that takes the change back: no reason to call it
 * harmless. */
static void test_restore_is_no_remedy(void **state)
{
    (void)state;
    struct made m = { 0 };
    char change[1000];
    snprintf(change, sizeof change,
             "step('Backup', function() cluster('HQ'):backup() end) settle() %s",
             strchr(both, '\n') + 1);
    make(&m, nine, change);
    assert_true(m.good);
    assert_int_equal(m.plan.head.hands, 12);
    assert_int_equal(m.plan.head.undone, 12);
    assert_true(m.plan.head.at_risk);
    assert_non_null(strstr(m.plan.head.verdict, "unless a backup is restored"));
    assert_int_equal(m.plan.runs.list[0].hands, 12);
    done(&m);
}

/* Secure services that were lost before the change (TVS has ended) are not asked for: localkey
 * gives back what the change took. */
static void test_asks_for_what_it_had(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m,
         "start('2020-01-01 09:00', 'Z') local hq = cluster { name = 'HQ', version = '11.5', nodes "
         "= { 'pub' } } local all = hq:phones { count = 3, model = '8841' } settle() wait('1500d') "
         "for _, own in ipairs { 'ITLRecovery', 'CallManager', 'tomcat' } do "
         "hq.pub:regenerate(own) settle() hq.pub:restart('TFTP') settle() hq:reset() settle() end "
         "wait('500d') hq:reset() settle() all:press('Directories') settle() return hq",
         "local hq = ... step('CallManager', function() hq.pub:regenerate('CallManager') settle() "
         "hq.pub:restart('TFTP') settle() hq:reset() settle() end)");
    assert_true(m.good);
    assert_int_equal(m.plan.head.lost_before, 3);
    assert_int_equal(m.plan.head.lost_now, 3);
    assert_int_equal(m.plan.steps[0].returns, RETURN_BY_ACTS);
    assert_non_null(strstr(m.plan.steps[0].stop, "`utils itl reset localkey` on pub"));
    assert_int_equal(m.plan.no_return, 0);
    done(&m);
}

/* A phone that is off meets the change at its next boot: where its list knows neither the signer
 * nor TVS by then it is visited, whatever an old backup would bring back; where TVS vouches, not.
 */
static void test_phones_that_are_off(void **state)
{
    (void)state;
    static const struct {
        const char *certs;
        uint32_t hands;
        const char *says;
    } rows[] = {
        { "'CallManager', 'TVS'", 5,
          "5 of 12 phones must be visited by hand once they are switched on, unless a backup is "
          "restored" },
        { "'CallManager'", 0, "no phone of 12 loses anything" },
        { "'TVS'", 0, "no phone of 12 loses anything" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct made m = { 0 };
        char change[800];
        snprintf(change, sizeof change,
                 "local hq = ... step('Backup', function() hq:backup() settle() end) "
                 "for _, own in ipairs { %s } do step(own, function() for _, n in "
                 "ipairs(hq.nodes) do n:regenerate(own) n:restart('TVS') end settle() for _, n in "
                 "ipairs(hq.nodes) do n:restart('TFTP') end settle() hq:reset() settle() end) end",
                 rows[i].certs);
        make(&m,
             "local hq = cluster { name = 'HQ', version = '9.1', nodes = { 'pub', 'sub' } } "
             "hq:phones { count = 7, model = '7965' } local off = hq:phones { count = 5, model = "
             "'7965' } settle() off:power('off') return hq",
             change);
        assert_true(m.good);
        assert_int_equal(m.plan.head.hands, rows[i].hands);
        assert_int_equal(m.plan.head.hands_off, rows[i].hands);
        assert_int_equal(m.plan.head.lost_off, rows[i].hands);
        assert_int_equal(m.plan.runs.list[0].hands, rows[i].hands);
        assert_non_null(strstr(m.plan.head.verdict, rows[i].says));
        done(&m);
    }
}

static void test_taken_back(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m, nine,
         "local hq = ... step('Other URL', function() hq:set('https_services', false) hq:reset() "
         "settle() end) step('Web access', function() phones {}:set('web_access', 'disabled') "
         "hq:reset() settle() end)");
    assert_true(m.good);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(m.plan.steps[i].returns, RETURN_WORKS);
        assert_int_equal(m.plan.steps[i].ways[0].leads, RETURN_WORKS);
        assert_non_null(strstr(m.plan.steps[i].ways[0].what, "Take it back: "));
    }
    assert_non_null(strstr(m.plan.steps[1].ways[0].what, "web_access"));
    assert_int_equal(m.plan.no_return, 0);
    done(&m);
}

static void test_nothing(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m, nine, "step('Think', function() wait('1m') end)");
    assert_true(m.good);
    assert_int_equal(m.plan.step_count, 1);
    assert_int_equal(m.plan.steps[0].act_count, 0);
    assert_int_equal(m.plan.steps[0].returns, RETURN_NOTHING);
    assert_int_equal(m.plan.steps[0].end_us - m.plan.steps[0].start_us, 60000000);
    assert_string_equal(m.plan.head.verdict,
                        "no phone of 12 loses anything; none is out of service");
    assert_int_equal(m.plan.risk_count, 0);
    done(&m);
}

static void test_errors(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m, nine,
         "local hq = ...\nstep('One', function() hq.pub:restart('TFTP') settle() end)\n"
         "step('Two', function() hq.pub:regenerate('CallManger') end)");
    assert_true(m.good);
    assert_non_null(m.plan.head.error);
    assert_non_null(strstr(m.plan.head.error, "change.lua:3: regenerate"));
    assert_non_null(strstr(m.plan.head.verdict, "the change stops at an error"));
    assert_true(m.plan.head.at_risk);
    assert_int_equal(m.plan.step_count, 2); /* as far as it came */
    done(&m);
    struct made not_read = { 0 }, no_cluster = { 0 }, local = { 0 };
    make(&local, nine, "\nhq.pub:regenerate('TVS')");
    assert_true(local.good);
    assert_non_null(strstr(local.plan.head.error, "change.lua:2: "));
    assert_non_null(strstr(local.plan.head.error, "`local hq = cluster \"NAME\"` finds one"));
    done(&local);
    make(&not_read, nine, "local = 1");
    assert_false(not_read.good);
    assert_non_null(strstr(not_read.e.text, "change.lua:1: "));
    done(&not_read);
    make(&no_cluster, "nonsense()", "wait(1)");
    assert_false(no_cluster.good);
    assert_non_null(strstr(no_cluster.e.text, no_cluster.path));
    done(&no_cluster);
}

/* What phones lacked before is not the plan's. */
static void test_lost_before(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m,
         "local hq = cluster { name = 'HQ', version = '9.1', nodes = { 'pub', 'sub' } } local f = "
         "hq:phones { count = 12, model = '7965' } settle() f:first(5):link { down = true } "
         "for _, n in ipairs(hq.nodes) do n:regenerate('CallManager') n:restart('TVS', 'TFTP') end "
         "settle() hq:reset() settle() return hq",
         "step('Nothing', function() wait('1m') end)");
    assert_true(m.good);
    assert_true(m.plan.head.lost_before >= 5);
    assert_int_equal(m.plan.head.lost, 0);
    assert_int_equal(m.plan.head.lost_now, 0);
    assert_int_equal(m.plan.risk_count, 0);
    done(&m);
}

/* Phones that any boot would strand, with a list of strangers: a change that only resets them takes
 * nothing from them, and does not say that they have it back. */
static void test_stranded_before(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m,
         "local hq = cluster { name = 'HQ', version = '9.1', nodes = { 'pub', 'sub' } } local f = "
         "hq:phones { count = 12, model = '7965' } settle() f:first(5):link { down = true } "
         "for _, n in ipairs(hq.nodes) do n:regenerate('CallManager') end "
         "settle() for _, n in ipairs(hq.nodes) do n:restart('TFTP') end settle() "
         "hq:reset() settle() "
         "for _, n in ipairs(hq.nodes) do n:regenerate('TVS') n:restart('TVS', 'TFTP') end "
         "settle() hq:reset() settle() f:first(5):link { down = false } settle() return hq",
         "local hq = ... step('Reset', function() hq:reset() settle() end)");
    const struct plan_head *h = &m.plan.head;
    assert_true(m.good);
    assert_int_equal(h->lost_before, 5);
    assert_int_equal(h->hands_before, 5);
    assert_int_equal(h->hands, 0);
    assert_int_equal(h->lost, 0);
    assert_int_equal(h->lost_now, 0);
    assert_int_equal(m.plan.steps[0].lose, 0);
    assert_int_equal(m.plan.steps[0].loss_count, 0);
    assert_int_equal(m.plan.places[0].lost, 0);
    assert_non_null(strstr(h->verdict, "no phone of 12 loses anything"));
    assert_non_null(strstr(h->verdict, "5 phones need hands with or without it"));
    done(&m);
}

/* Steps are those of the page, in words that come from elsewhere too. */
static void test_step_numbers(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m, nine,
         "local hq = ... step('Wait', function() wait('1m') end) step('Stop', function() for _, n "
         "in ipairs(hq.nodes) do n:stop('CallManager') end settle() wait('10m') end) "
         "step('Start', function() for _, n in ipairs(hq.nodes) do n:start('CallManager') end "
         "settle() wait('10m') end)");
    const struct plan_step *stop = &m.plan.steps[1];
    assert_true(m.good);
    assert_int_equal(stop->lose, 12);
    assert_true(stop->loss_count > 0);
    assert_non_null(strstr(stop->losses[0].back, " in step 3"));
    assert_null(strstr(stop->losses[0].back, " in step 4"));
    done(&m);
}

/* ---- runs ---- */

static void test_runs(void **state)
{
    (void)state;
    struct made one = { 0 }, four = { 0 };
    struct plan_options o = options_of(&one, nine, both);
    o.seeds = 3;
    o.off_percent = 25;
    o.each_node_down = true;
    o.no_guide = false;
    o.threads = 1;
    make_with(&one, &o);
    o.threads = 4;
    make_with(&four, &o);
    const struct plan_runs *r = &one.plan.runs;
    assert_int_equal(r->seeds, 3);
    assert_int_equal(r->count, 3 + 1 + 2 + 1);
    assert_int_equal(one.plan.guide, 7);
    assert_true(one.plan.guide_order.count > 0);
    assert_null(r->sampled);
    for (uint32_t i = 0; i < r->count; i++) {
        assert_null(r->list[i].error);
        assert_true(r->list[i].whole);
        /* The guides' order of 9.1 visits nobody; all others lose everybody. */
        assert_int_equal(r->list[i].hands, r->list[i].kind == RUN_GUIDE ? 0 : 12);
    }
    assert_true(r->list[4].total_us > r->list[0].total_us); /* a node cut off */
    char *a = written(&one.plan, plan_json), *b = written(&four.plan, plan_json);
    assert_string_equal(a, b); /* how many threads there are makes no difference */
    free(a);
    free(b);
    plan_free(&four.plan);
    done(&one);
}

/* Sampled runs, of a change that makes phones by luck: what one run has another may lack. */
static void test_sample(void **state)
{
    (void)state;
    struct made m = { 0 };
    struct plan_options o = options_of(&m, nine,
                                       "local hq = ... step('More', function() hq:phones { count = "
                                       "math.random(1, 40), model = '8845' } settle() end)");
    o.seeds = 12;
    o.off_percent = 25;
    o.whole_events = 1;
    make_with(&m, &o);
    const struct plan_runs *r = &m.plan.runs;
    assert_true(m.good);
    assert_non_null(r->sampled);
    assert_true(r->list[0].whole && r->list[0].phones > 12);
    for (uint32_t i = 1; i < r->count; i++) {
        assert_null(r->list[i].error);
        assert_false(r->list[i].whole);
        assert_int_equal(r->list[i].hands, 0);
    }
    done(&m);
}

/* The lab has so many steps: none is left for the change. */
static void test_no_step_left(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(
        &m,
        "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub' } } hq:phones { count "
        "= 2, model = '8845' } for i = 1, 999 do step('s', function() end) end return hq",
        "local hq = ... hq:reset() settle()");
    assert_false(m.good);
    assert_non_null(strstr(m.e.text, "all 999 steps"));
    done(&m);
}

/* Two interruptions in one step: at a time is one of them, the sum is both. */
static void test_longest(void **state)
{
    (void)state;
    struct made once = { 0 }, twice = { 0 };
    make(&once, nine, "local hq = ... step('s', function() hq:reset() settle() end)");
    make(&twice, nine,
         "local hq = ... step('s', function() for i = 1, 9 do hq:reset() settle() end end)");
    const struct plan_outage *one = &once.plan.steps[0].out, *nine_times = &twice.plan.steps[0].out;
    assert_int_equal(one->phones, 12);
    assert_true(one->most_us > 30000000 && one->median_us <= one->most_us);
    assert_true(nine_times->most_us < 2 * one->most_us);
    assert_true(nine_times->median_us <= nine_times->most_us);
    assert_true(nine_times->total_us > 8 * one->total_us);
    assert_true(twice.plan.runs.list[0].most_us == nine_times->most_us);
    done(&once);
    done(&twice);
}

/* Equal acts at one instant are one row, one after the other are as many; the page says once what
 * comes of them. */
static void test_many_acts(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m, nine,
         "local hq = ... step('s', function() hq.pub:restart('TFTP') hq.sub:restart('TFTP') for i "
         "= 1, 20000 do hq:set('tvs_ttl_s', 2000 + i) wait('1s') end settle() end)");
    const struct plan_step *s = &m.plan.steps[0];
    assert_int_equal(s->act_count, 20001);
    assert_string_equal(s->acts[0].what, "Restart Cisco Tftp on pub, sub");
    assert_non_null(s->acts[1].doc);
    for (uint32_t i = 2; i < s->act_count; i++)
        assert_null(s->acts[i].doc);
    done(&m);
}

/* ---- writers ---- */

static void test_numbers(void **state)
{
    (void)state;
    struct made m = { 0 };
    struct plan_options o = options_of(&m, nine, both);
    o.session.lab.seed = UINT64_MAX - 1;
    make_with(&m, &o);
    m.plan.runs.list[0].total_us = 70000ull * 86400 * 365 * 1000000;
    m.plan.steps[0].out.total_us = m.plan.runs.list[0].total_us;
    char *html = written(&m.plan, plan_html), *markdown = written(&m.plan, plan_markdown);
    assert_non_null(strstr(html, "seed 18446744073709551614, identity 1<"));
    assert_non_null(strstr(html, ">36,792,000,000<"));
    assert_non_null(strstr(markdown, "| 36,792,000,000 |"));
    free(html);
    free(markdown);
    done(&m);
}

/* Names of files and errors have any bytes: JSON is UTF-8, and nothing steers a terminal. */
static void test_bytes(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m, nine, both);
    m.plan.head.cluster_file = "a\xff.lua";
    m.plan.head.verdict = "b\x1b[2J\xe2\x80\xae\xc3";
    char *json = written(&m.plan, plan_json), *words = written(&m.plan, plan_words),
         *line = written(&m.plan, plan_verdict);
    assert_non_null(strstr(json, "\"a?.lua\""));
    assert_non_null(strstr(words, "VERDICT: b\\x1b[2J\\xe2\\x80\\xae\\xc3\n"));
    assert_string_equal(line, "VERDICT: b\\x1b[2J\\xe2\\x80\\xae\\xc3\n");
    free(json);
    free(words);
    free(line);
    done(&m);
}

static void test_escapes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *html, *markdown, *csv;
    } rows[] = {
        { "<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;", "&lt;b>&amp;\"'", "\"<b>&\"\"'\"," },
        { "a\x01"
          "b\x1b[2J",
          "a[U+0001]b[U+001B][2J", "a[U+0001]b[U+001B]\\[2J", "a[U+0001]b[U+001B][2J," },
        { "\xff\xc0\x80", "[byte FF][byte C0][byte 80]", "[byte FF][byte C0][byte 80]",
          "[byte FF][byte C0][byte 80]," },
        { "x\xe2\x80\xaey", "x[U+202E]y", "x[U+202E]y", "x[U+202E]y," },
        { "x\xd8\x9cy", "x[U+061C]y", "x[U+061C]y", "x[U+061C]y," },
        { "\xf3\xa0\x81\x81", "[U+E0041]", "[U+E0041]", "[U+E0041]," },
        { "=1+1", "=1+1", "=1+1", "\"'=1+1\"," },
        { "+a", "+a", "+a", "\"'+a\"," },
        { "@a", "@a", "@a", "\"'@a\"," },
        { "-a", "-a", "-a", "\"'-a\"," },
        { "a|b*`_", "a|b*`_", "a\\|b\\*\\`\\_", "a|b*`_," },
        { "Z\xc3\xbcrich", "Z\xc3\xbcrich", "Z\xc3\xbcrich", "Z\xc3\xbcrich," },
        { "\xed\xa0\x80", "[byte ED][byte A0][byte 80]", "[byte ED][byte A0][byte 80]",
          "[byte ED][byte A0][byte 80]," },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text;
        size_t n;
        FILE *f = open_memstream(&text, &n);
        put_html(f, rows[i].text);
        fputc('\n', f);
        put_markdown(f, rows[i].text);
        fputc('\n', f);
        put_csv(f, rows[i].text, ',');
        fclose(f);
        char expected[400];
        snprintf(expected, sizeof expected, "%s\n%s\n%s", rows[i].html, rows[i].markdown,
                 rows[i].csv);
        assert_string_equal(text, expected);
        free(text);
    }
}

static void test_page(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m,
         "local hq = cluster { name = 'HQ', version = '9.1', nodes = { 'pub', 'sub' } } "
         "local f = hq:phones { count = 300, model = '7965' } f:site('<script>x</script>') return "
         "hq",
         both);
    assert_true(m.good);
    char *html = written(&m.plan, plan_html);
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "http://1"));
    assert_null(strstr(html, "src="));
    assert_non_null(strstr(html, "&lt;script&gt;x&lt;/script&gt;"));
    assert_non_null(strstr(html, "The first 200 of 300"));
    assert_true(strlen(html) < 500000);
    free(html);
    char *csv = written(&m.plan, plan_csv), *line = csv;
    uint32_t lines = 0;
    for (; *line != '\0'; line++)
        lines += *line == '\n';
    assert_int_equal(lines, 301);
    free(csv);
    char *json = written(&m.plan, plan_json);
    cJSON *root = cJSON_Parse(json);
    assert_non_null(root);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(root, "risks")), 300);
    cJSON_Delete(root);
    free(json);
    char *markdown = written(&m.plan, plan_markdown);
    assert_null(strstr(markdown, "<script"));
    free(markdown);
    done(&m);
}

static const cJSON *item(const cJSON *o, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(o, key);
}

/* Every member is in the schema and what it requires is there, all the way down. */
static void check(const cJSON *o, const cJSON *schema, const char *name)
{
    const cJSON *v, *properties = item(schema, "properties");
    cJSON_ArrayForEach(v, o)
    {
        const cJSON *of = cJSON_IsArray(o) ? item(schema, "items") : item(properties, v->string);
        if (of == NULL && (cJSON_IsArray(o) || properties != NULL))
            fail_msg("\"%s\" of \"%s\" is not in docs/plan.schema.json",
                     v->string == NULL ? "[]" : v->string, name);
        check(v, of, v->string == NULL ? name : v->string);
    }
    cJSON_ArrayForEach(v, item(schema, "required"))
    {
        if (item(o, v->valuestring) == NULL)
            fail_msg("\"%s\" of \"%s\" is not there", v->valuestring, name);
    }
}

static void test_schema(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    struct view v;
    struct made m = { 0 };
    assert_true(sys_read_file("docs/plan.schema.json", 1 << 20, &a, &v, &m.e));
    cJSON *schema = cJSON_ParseWithLength((const char *)v.p, v.n);
    struct plan_options o = options_of(&m, nine, both);
    o.seeds = 2;
    o.no_guide = false;
    make_with(&m, &o);
    char *json = written(&m.plan, plan_json);
    cJSON *root = cJSON_Parse(json);
    assert_non_null(root);
    check(root, schema, "the plan");
    cJSON_Delete(root);
    cJSON_Delete(schema);
    free(json);
    arena_free(&a);
    done(&m);
}

/* ---- ready-made changes ---- */

/* Nobody is visited, nobody lacks anything, all are registered as before.  `writes`: what stands in
 * it; NULL: no matter. */
static void run_recipe_on(const char *cluster, const char *change, const char *writes)
{
    struct made m = { 0 };
    struct arena arena = arena_of(&sys_mem);
    struct view text = { 0 };
    if (!make_recipe_in(&m, cluster, change, &arena, &text))
        fail_msg("%s on %s: %s", change, cluster, m.e.text);
    if (writes != NULL && memmem(text.p, text.n, writes, strlen(writes)) == NULL)
        fail_msg("%s on %s has no %s: %.*s", change, cluster, writes, (int)text.n,
                 (const char *)text.p);
    if (m.plan.head.error != NULL || m.plan.head.hands > 0 || m.plan.head.lost_now > 0 ||
        m.plan.head.failed.count > 0 || m.plan.head.refused)
        fail_msg("%s on %s: %s%s", change, cluster, m.plan.head.verdict,
                 m.plan.head.failed.count > 0 ? m.plan.head.failed.list[0] : "");
    arena_free(&arena);
    done(&m);
}

static void run_recipe(const char *version, const char *change, bool mixed)
{
    char cluster[700];
    snprintf(
        cluster, sizeof cluster,
        "local hq = cluster { name = 'HQ', version = '%s', nodes = { 'backup', 'sub1', 'sub2' } } "
        "hq:group('A', { 'sub1', 'sub2' }) hq:pool('A', 'A') hq:phones { count = 8, model = "
        "'8845', pool = 'A'%s } hq:phones { count = 4, model = '7965', pool = 'A' } %s return hq",
        version, mixed ? ", security = 'encrypted', lsc = true" : "",
        mixed ? "settle() hq:ctl('mixed-mode') for _, n in ipairs(hq.nodes) do "
                "n:restart('TFTP', 'CallManager') end settle() hq:reset() settle()"
              : "");
    run_recipe_on(cluster, change, NULL);
}

/* Whatever the version and the mode, with a publisher that is called as a verb is: nobody is
 * visited, and all are registered as before. */
static void test_recipes(void **state)
{
    (void)state;
    static const char *const versions[] = { "8.6",  "9.1", "10.5",  "11.5", "12.0",
                                            "12.5", "14",  "14SU2", "15SU2" };
    static const char *const changes[] = { "renew:all",    "renew:callmanager", "renew:tvs",
                                           "renew:tomcat", "renew:capf",        "rename:sub1=other",
                                           "restore:sub2" };
    for (size_t v = 0; v < sizeof versions / sizeof *versions; v++) {
        for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
            run_recipe(versions[v], changes[i], false);
    }
    run_recipe("10.5", "renew:all", true);
    run_recipe("12.5", "renew:all", true);
    run_recipe("15", "renew:all", true);
    run_recipe("12.5", "renew:itlrecovery", true);
}

#define STANDS(version, more)                                                                      \
    "local hq = cluster { name = 'HQ', version = '" version "', nodes = { 'pub', 'sub1' }" more    \
    " } hq:group('A', { 'sub1', 'pub' }) hq:pool('A', 'A') "
#define PHONES_OF(more)                                                                            \
    "hq:phones { count = 4, model = '7965', pool = 'A'" more " } hq:phones { count = 2, model = "  \
    "'7960', pool = 'A'" more " } settle() "
#define EVERYWHERE(act) "for _, n in ipairs(hq.nodes) do n:" act " end settle() "

/* A change begins with what was renewed before and never came to the phones, and with what they
 * need to follow the rest. */
static void test_recipes_as_things_stand(void **state)
{
    static const struct {
        const char *cluster, *change, *writes;
    } cases[] = {
        /* TVS is new and in service, the lists that phones hold have the one before */
        { STANDS("9.1", "") PHONES_OF("") EVERYWHERE("regenerate('TVS')")
              EVERYWHERE("restart('TVS')"),
          "renew:callmanager", "make the lists of now" },
        /* CallManager and TVS are new on the disk, and nothing has started since */
        { STANDS("9.1", "") PHONES_OF("") EVERYWHERE("regenerate('TVS', 'CallManager')"),
          "renew:tomcat", "Cisco Trust Verification Service takes up its certificate of now" },
        /* some hold another list than the one served */
        { STANDS("9.1", "") PHONES_OF("") "hq.pub:regenerate('TVS') settle() " EVERYWHERE(
              "restart('TVS', 'TFTP')"),
          "rename:sub1=other", "itl_status = \"Mismatch\"" },
        /* TVS has ended: nobody vouches for a new signer */
        { "start('2025-01-10 06:00') " STANDS("9.1", ", installed = '2020-01-01 06:00'")
              PHONES_OF(""),
          "renew:all", NULL },
        { "start('2025-01-10 06:00') " STANDS("9.1", ", installed = '2020-01-01 06:00'")
              PHONES_OF(""),
          "renew:callmanager", "Renew TVS" },
        /* the CTL has lost one of its two roots */
        { STANDS("12.5", "")
              PHONES_OF(", security = 'encrypted', lsc = true") "hq:ctl('mixed-mode') " EVERYWHERE(
                  "restart('TFTP', 'CallManager')") "hq:reset() settle() "
                                                    "hq.pub:regenerate('ITLRecovery') settle() "
                                                    "hq:itl('reset localkey') settle() hq:reset() "
                                                    "settle() " EVERYWHERE(
                                                        "restart('TFTP')") "hq:reset() settle() ",
          "renew:callmanager", "hq:ctl(\"reset localkey\")" },
        /* a CTL by tokens stays one */
        { STANDS("11.5", "")
              PHONES_OF(", security = 'encrypted', lsc = true") "hq:ctl_client('mixed-mode', token "
                                                                "{ name = 'SAST-1' }, token { name "
                                                                "= 'SAST-2' }) " EVERYWHERE(
                                                                    "restart('TFTP', "
                                                                    "'CallManager')") "hq:reset() "
                                                                                      "settle() ",
          "renew:callmanager", "hq:ctl_client(\"update\", token { name = \"SAST-1\" })" },
        /* who has no ITL learns of the new CAPF by the CTL, before it gets an LSC of it */
        { STANDS("10.0", "")
              PHONES_OF(", security = 'encrypted', lsc = true") "hq:ctl('mixed-mode') " EVERYWHERE(
                  "restart('TFTP', 'CallManager')") "hq:reset() settle() ",
          "renew:capf", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        run_recipe_on(cases[i].cluster, cases[i].change, cases[i].writes);
}

static uint32_t times(struct view text, const char *what)
{
    uint32_t n = 0;
    const uint8_t *at = text.p, *end = text.p + text.n;
    while ((at = memmem(at, (size_t)(end - at), what, strlen(what))) != NULL) {
        at += strlen(what);
        n++;
    }
    return n;
}

/* Before 14 each node has a CAPF certificate, and the publisher alone works with its own: that of
 * another is renewed only where it is past its time (technote 214231). */
static void test_capf_of_the_publisher(void **state)
{
    static const struct {
        const char *cluster;
        uint32_t times;
    } cases[] = {
        { STANDS("9.1", "") PHONES_OF(""), 1 },
        { STANDS("12.5", "") PHONES_OF(""), 1 },
        { STANDS("14", "") PHONES_OF(""), 1 },
        { "start('2025-01-10 06:00') " STANDS("9.1", ", installed = '2020-01-01 06:00'")
              PHONES_OF(""),
          2 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made m = { 0 };
        struct arena arena = arena_of(&sys_mem);
        struct view text = { 0 };
        assert_true(make_recipe_in(&m, cases[i].cluster, "renew:capf", &arena, &text));
        assert_int_equal(times(text, "regenerate(\"CAPF\")"), cases[i].times);
        arena_free(&arena);
        done(&m);
    }
}

/* What is wrong with the cluster that phones move to is mended first too. */
static void test_move_mends_both(void **state)
{
    (void)state;
    run_recipe_on(STANDS("9.1", "") "hq:phones { count = 4, model = '8845', pool = 'A' } "
                                    "local new = cluster { name = 'NEW', version = '12.5', "
                                    "nodes = { 'npub', 'nsub' } } settle() "
                                    "new:set('rollback', true) settle()",
                  "move:NEW", "new:set(\"rollback\", false)");
}

static void test_no_recipe(void **state)
{
    (void)state;
    static const struct {
        const char *change, *says;
    } bad[] = { { "renew", "one of renew:" },
                { "renew:", "renew:" },
                { "renew:callmanger", "did you mean callmanager?" },
                { "renew:itlrecovery", "CUCM 9.1 has no such certificate" },
                { "rename:pub", "NODE=NEW is expected" },
                { "rename:pub=", "NODE=NEW is expected" },
                { "rename:pub=a\"b", "node" },
                { "rename:publ=x", "has no node \"publ\"" },
                { "restore:x", "has no node \"x\"" },
                { "move:HQ", "another cluster" },
                { "frobnicate:x", "one of renew:" } };
    struct made m = { 0 };
    struct plan_options o = options_of(&m, nine, "");
    o.session.script.then = NULL;
    struct session *s = session_new(&o.session, &m.e);
    assert_int_equal(session_run(s, &m.e), SCRIPT_PASSED);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct arena arena = arena_of(&sys_mem);
        struct view text;
        struct err e = { "" };
        assert_false(recipe_write(s->lab, bad[i].change, &arena, &text, &e));
        if (strstr(e.text, bad[i].says) == NULL)
            fail_msg("%s: %s", bad[i].change, e.text);
        arena_free(&arena);
    }
    session_free(s);
    done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unsafe),
        cmocka_unit_test(test_safe),
        cmocka_unit_test(test_asks_for_what_it_had),
        cmocka_unit_test(test_phones_that_are_off),
        cmocka_unit_test(test_taken_back),
        cmocka_unit_test(test_restore_is_no_remedy),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_lost_before),
        cmocka_unit_test(test_stranded_before),
        cmocka_unit_test(test_step_numbers),
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_page),
        cmocka_unit_test(test_schema),
        cmocka_unit_test(test_recipes),
        cmocka_unit_test(test_recipes_as_things_stand),
        cmocka_unit_test(test_capf_of_the_publisher),
        cmocka_unit_test(test_move_mends_both),
        cmocka_unit_test(test_no_recipe),
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_no_step_left),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_many_acts),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
