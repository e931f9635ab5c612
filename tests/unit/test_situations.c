/* Situations in which another model of lists, signers, TVS and boots, written from the documents
 * alone, once said something else than the program, and was right. */
#include "run_script.h"

/* A cluster that left mixed mode serves its last CTL for ever: it names CAPF alone.  When the key
 * that signed it is gone, phones that hold that very file lose nothing by being offered it again.
 */
static void same_list_is_no_loss(void **state)
{
    (void)state;
    static const char *const versions[] = { "10.5(2)", "11.5", "12.5", "14" };
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        char text[1200];
        snprintf(text, sizeof text,
                 "local hq = cluster { name = 'HQ', version = '%s', nodes = { 'pub' } }\n"
                 "local fleet = hq:phones { count = 2, model = '8845' } settle()\n"
                 "hq:ctl('mixed-mode') hq:ctl('non-secure-mode') hq.pub:restart('TFTP') settle()\n"
                 "fleet:reset() settle()\n"
                 "for _, name in ipairs { 'ITLRecovery', 'CallManager' } do\n"
                 "  hq.pub:regenerate(name) settle() hq.pub:restart('TFTP') settle()\n"
                 "  fleet:reset() settle() fleet:reset() settle()\n"
                 "end\n"
                 "fleet[1]:delete_trust_list() settle() fleet:reset() settle()\n"
                 "print(fleet:count { lost = true }, fleet:count { ever_lost = 'trust list' },\n"
                 "  fleet:count { itl_status = 'Match', ctl_by = 'none' },\n"
                 "  fleet:count { itl_status = 'Match' })\n",
                 versions[i]);
        expect_output(text, "0\t0\t0\t2\n");
    }
}

static void status_of_the_itl_in_words(void **state)
{
    (void)state;
    expect_output("local hq = cluster { name = 'HQ', version = '14', nodes = { 'pub', 'sub' } }\n"
                  "hq.pub:stop('TFTP') hq.sub:stop('TFTP')\n"
                  "local fleet = hq:phones { count = 1, model = '8845' } settle()\n"
                  "print(fleet[1].itl_status, fleet:count { itl_status = 'Not Installed' },\n"
                  "  fleet:count { itl_status = 'Mismatch' })\n"
                  "hq.pub:start('TFTP') settle() fleet:power('off') fleet:power('on') settle()\n"
                  "print(fleet[1].itl_status)\n"
                  "hq:set('phone_interaction', false) hq.pub:regenerate('TVS') settle()\n"
                  "print(fleet[1].itl_status)\n",
                  "Not Installed\t1\t0\nMatch\nMismatch\n");
}

/* The CLI asks for restarts of TFTP and of CallManager on all nodes: a CallManager that was not
 * restarted speaks no TLS yet, and none in clear afterwards. */
static void mode_begins_when_callmanager_starts(void **state)
{
    (void)state;
    static const struct {
        const char *version, *printed;
    } rows[] = { { "10.5(2)", "0\t0\t2\n0\t2\n" },
                 { "11.5", "0\t0\t2\n0\t2\n" },
                 { "12.5", "2\t2\t2\n2\t2\n" },
                 { "14", "2\t2\t2\n2\t2\n" } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[1400];
        snprintf(text, sizeof text,
                 "local hq = cluster { name = 'HQ', version = '%s', nodes = { 'pub', 'sub' } }\n"
                 "local fleet = hq:phones { count = 2, model = '8845', security = 'encrypted' }\n"
                 "local function all(s) hq.pub:restart(s) hq.sub:restart(s) settle() end\n"
                 "local function boot() fleet:power('off') fleet:power('on') settle()\n"
                 "  return fleet:count { registered = true } end\n"
                 "settle() hq:ctl('mixed-mode')\n"
                 "local at_once = boot() all('TFTP') local tftp = boot() all('CallManager')\n"
                 "print(at_once, tftp, boot())\n"
                 "hq:ctl('non-secure-mode') all('TFTP') tftp = boot() all('CallManager')\n"
                 "print(tftp, boot())\n",
                 rows[i].version);
        expect_output(text, rows[i].printed);
    }
}

/* Phones that the other cluster has no row of find its CTL under the common name alone. */
static void common_name_of_the_ctl(void **state)
{
    (void)state;
    static const char *const printed[] = { "none\tfirst trust\n", "first trust\tCTL\n" };
    for (size_t knob = 0; knob < 2; knob++) {
        char text[1000];
        snprintf(text, sizeof text,
                 "knob('asks_ctl_file', %zu)\n"
                 "local a = cluster { name = 'A', version = '12.5', nodes = { 'a' } }\n"
                 "local b = cluster { name = 'B', version = '12.5', nodes = { 'b' } }\n"
                 "local fleet = a:phones { count = 1, model = '8845' } settle()\n"
                 "b:ctl('mixed-mode') fleet:delete_trust_list() fleet:move { tftp = b.b }\n"
                 "a.a:stop('TFTP') settle() fleet:delete_trust_list() settle()\n"
                 "print(fleet[1].ctl_by, fleet[1].itl_by)\n",
                 knob);
        expect_output(text, printed[knob]);
    }
}

/* 11.5 where ITLRecovery was left at 1024 bits: the command fails until it is regenerated. */
static void short_recovery_key(void **state)
{
    (void)state;
    expect_output("local hq = cluster { name = 'HQ', version = '11.5', nodes = { 'pub' } }\n"
                  "local fleet = hq:phones { count = 2, model = '8845' } settle()\n"
                  "hq:set('itlrecovery_1024', true)\n"
                  "hq.pub:regenerate('CallManager', 'TVS') hq.pub:restart('TFTP', 'TVS')\n"
                  "settle() fleet:reset() settle()\n"
                  "print(fleet:count { needs_hands = true })\n"
                  "print(select(2, pcall(hq.itl, hq, 'reset localkey')):match('HQ: .*'))\n"
                  "hq.pub:regenerate('ITLRecovery') hq:itl('reset localkey')\n"
                  "hq:set('itlrecovery_1024', false)\n"
                  "print(fleet:count { needs_hands = true })\n",
                  "2\nHQ: the command fails, ITLRecovery of pub has 1024 bits still\n"
                  "2\n");
}

/* Security Guide: a new ITLRecovery in mixed mode. `utils ctl reset localkey` first, or phones that
 * cannot ask TVS keep the old CTL until somebody gives it. */
static void new_recovery_key_in_mixed_mode(void **state)
{
    (void)state;
    static const char *const versions[] = { "12.0", "12.5", "14SU3", "15" };
    for (size_t i = 0; i < 4; i++) {
        char text[1600];
        snprintf(
            text, sizeof text,
            "local function run(name, localkey)\n"
            "  local hq = cluster { name = name, version = '%s', nodes = { name } }\n"
            "  local pub = hq.nodes[1]\n"
            "  local function all() pub:restart('TFTP', 'CallManager') settle() end\n"
            "  hq:ctl('mixed-mode') all()\n"
            "  local secure = hq:phones { count = 2, model = '8861', security = 'encrypted' }\n"
            "  local old = hq:phones { count = 2, model = '7940' } settle()\n"
            "  local function next(act) hq:ctl(act) all() hq:reset() settle()\n"
            "    print(old[1].ctl_by, old:count { lost = true }, secure:count { lost = true })\n"
            "  end\n"
            "  pub:regenerate('ITLRecovery') settle()\n"
            "  if localkey then next('reset localkey') next('update') return end\n"
            "  next('update') print(old:count { needs_hands = true })\n"
            "  next('reset localkey') next('update')\n"
            "end\n"
            "run('a', true) run('b', false)\n",
            versions[i]);
        expect_output(text, "CTL\t0\t0\nCTL\t0\t0\n"
                            "first trust\t2\t0\n0\nCTL\t0\t0\nCTL\t0\t0\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_list_is_no_loss),
        cmocka_unit_test(status_of_the_itl_in_words),
        cmocka_unit_test(common_name_of_the_ctl),
        cmocka_unit_test(short_recovery_key),
        cmocka_unit_test(new_recovery_key_in_mixed_mode),
        cmocka_unit_test(mode_begins_when_callmanager_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
