/* Central TFTP: whom a TFTP asks for what it has not, what it keeps and for how long, and what is
 * refused (technote 116232; System Configuration Guide 15, Proxy TFTP). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "nodes/calendar.h"
#include "nodes/remote.h"
#include "tests/unit/nodes_fixture.h"

#define MINUTE_US (60 * SECOND_US)

static void ask_at(uint32_t a, uint32_t b, uint32_t c)
{
    do_act((struct act){ .kind = DO_REMOTE_TFTP_ADD, .arg = { a, b, c } }, SECOND_US);
}

static struct served ask(struct file_asked a, uint64_t now_us)
{
    return serve_asked(&cl, 0, &a, now_us);
}

/* The addresses that are asked, one after the other, for phone 7's file where each answers like
 * that; "5 6 8". */
static const char *asked(uint8_t kind, enum ask_came came)
{
    static char text[80];
    struct file_asked a = { .kind = kind, .device = 7 };
    struct served s;
    text[0] = '\0';
    while ((s = ask(a, SECOND_US)).elsewhere != 0) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s%u", n == 0 ? "" : " ", (unsigned)s.elsewhere);
        a.place = s.place;
        a.came = (uint8_t)came;
    }
    return text;
}

/* One remote cluster after the other; another address of the same one where one does not answer. */
static void order(void **state)
{
    (void)state;
    make("11.5", 1);
    assert_string_equal(asked(FILE_ITL, CAME_NO_ANSWER), ""); /* nobody is to be asked */
    ask_at(5, 6, 7);
    ask_at(8, 0, 0);
    ask_at(9, 10, 0);
    static const uint8_t of_phones[] = { FILE_CTL, FILE_ITL, FILE_CNF, FILE_CNF_SGN, FILE_CNF_ENC };
    for (size_t i = 0; i < sizeof of_phones; i++) {
        assert_string_equal(asked(of_phones[i], CAME_NO_ANSWER), "5 6 7 8 9 10");
        assert_string_equal(asked(of_phones[i], CAME_NO_FILE), "5 8 9");
    }
    do_act((struct act){ .kind = DO_REMOTE_TFTP_DELETE, .arg = { 2 } }, SECOND_US);
    assert_string_equal(asked(FILE_ITL, CAME_NO_FILE), "5 9");
    do_act((struct act){ .kind = DO_REMOTE_TFTP_DELETE }, SECOND_US);
    assert_string_equal(asked(FILE_ITL, CAME_NO_ANSWER), "9 10");
    /* A TFTP that asks is answered with what is here alone. */
    struct served s = ask((struct file_asked){ .kind = FILE_ITL, .by_node = true, .device = 7 }, 1);
    assert_int_equal(s.content, 0);
    assert_int_equal(s.elsewhere, 0);
    unmake();
}

/* Common files are its own; CTLFile.tlv, which it has not, by the parameter. */
static void common_files(void **state)
{
    static const uint8_t kinds[] = { FILE_ITL_COMMON, FILE_DEFAULT_SGN, FILE_LOCALE_SGN,
                                     FILE_RINGLIST_SGN, FILE_RINGLIST };
    (void)state;
    make("11.5", 1);
    ask_at(5, 0, 0);
    for (uint64_t common = 0; common < 2; common++) {
        cl.db.params[PARAM_PROXY_COMMON] = common;
        for (size_t i = 0; i < sizeof kinds; i++) {
            struct served s = ask((struct file_asked){ .kind = kinds[i], .device = 7 }, 1);
            assert_int_equal(s.content, serve_file(&cl, 0, kinds[i], 7, 0));
            assert_int_not_equal(s.content, 0);
            assert_int_equal(s.elsewhere, 0);
        }
        assert_string_equal(asked(FILE_CTL_COMMON, CAME_NO_ANSWER), common != 0 ? "5" : "");
    }
    unmake();
}

static uint32_t kept(uint32_t device, uint64_t now_us)
{
    struct served s = ask((struct file_asked){ .kind = FILE_ITL, .device = device }, now_us);
    return s.elsewhere == 0 ? s.content : 0;
}

static void came(uint32_t device, uint32_t file, uint64_t now_us)
{
    struct file_asked a = {
        .kind = FILE_ITL, .came = CAME_FILE, .device = device, .content = file, .place = 1
    };
    assert_int_equal(ask(a, now_us).content, file);
}

/* 30 minutes, or until TFTP is restarted (documented). */
static void what_is_kept(void **state)
{
    (void)state;
    make("11.5", 1);
    ask_at(5, 0, 0);
    uint32_t list = cl.nodes[0].run.itl;
    came(7, list, 10 * SECOND_US);
    came(8, list, 20 * SECOND_US);
    assert_int_equal(kept(7, 30 * MINUTE_US + 10 * SECOND_US - 1), list);
    assert_int_equal(kept(7, 30 * MINUTE_US + 10 * SECOND_US), 0);
    assert_int_equal(kept(8, 30 * MINUTE_US + 10 * SECOND_US), list);
    assert_int_equal(kept(9, MINUTE_US), 0);
    /* Whoever waits is told on the minute, and what is over is put away. */
    assert_int_equal(calendar_us(&cl, SECOND_US, NULL, 0), 31 * MINUTE_US);
    uint64_t change = cl.change;
    cluster_tick(&cl, 31 * MINUTE_US);
    assert_int_equal(cl.change, change + 1);
    assert_int_equal(cl.relays.count, 0);
    assert_int_equal(cl.relays.due_us, 0);

    came(7, list, 40 * MINUTE_US);
    do_act((struct act){ .kind = DO_REMOTE_TFTP_DELETE, .arg = { 1 } }, 41 * MINUTE_US);
    ask_at(6, 0, 0);
    assert_int_equal(kept(7, 42 * MINUTE_US), list); /* that forgets nothing */
    restart_service(0, SERVICE_TVS, 43 * MINUTE_US);
    assert_int_equal(kept(7, 44 * MINUTE_US), list);
    restart_service(0, SERVICE_TFTP, 44 * MINUTE_US);
    assert_int_equal(kept(7, 45 * MINUTE_US), 0);
    unmake();
}

/* A trial has some of the phones, under other numbers. */
static void chosen(void **state)
{
    static const uint32_t devices[] = { 9, 7 };
    (void)state;
    make("11.5", 1);
    ask_at(5, 0, 0);
    uint32_t lists[] = { cl.nodes[0].run.itl, 0, 0 };
    for (uint32_t i = 0; i < 3; i++)
        came(7 + i, lists[0], SECOND_US);
    remote_choose(&cl, devices, 2);
    assert_int_equal(cl.relays.count, 2);
    assert_int_equal(kept(0, SECOND_US), lists[0]);
    assert_int_equal(kept(1, SECOND_US), lists[0]);
    assert_int_equal(kept(7, SECOND_US), 0);
    unmake();
}

static void refused(struct act act, const char *said)
{
    struct err e = { "" };
    assert_false(cluster_do(&cl, &act, SECOND_US, &e));
    assert_string_equal(e.text, said);
}

static void refusals(void **state)
{
    (void)state;
    make("11.5", 2);
    ask_at(5, 6, 0);
    refused((struct act){ .kind = DO_REMOTE_TFTP_ADD, .arg = { 0, 7, 0 } },
            "HQ: a TFTP address of the remote cluster is expected");
    refused((struct act){ .kind = DO_REMOTE_TFTP_ADD, .arg = { 7, 0x7f00000c, 0 } },
            "HQ: sub1 is a node of this cluster, a loop");
    refused((struct act){ .kind = DO_REMOTE_TFTP_ADD, .arg = { 7, 8, 6 } },
            "HQ: remote cluster 1 has that TFTP address already");
    refused((struct act){ .kind = DO_REMOTE_TFTP_ADD, .arg = { 7, 8, 7 } },
            "HQ: one TFTP address twice");
    refused((struct act){ .kind = DO_REMOTE_TFTP_DELETE, .arg = { 2 } },
            "HQ: there is no remote cluster 2");
    assert_int_equal(cl.db.remote_count, 1);
    unmake();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order),  cmocka_unit_test(common_files), cmocka_unit_test(what_is_kept),
        cmocka_unit_test(chosen), cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
