/* Who listens to a lab, and what it is told. */

#include "tests/unit/lab_fixture.h"

#include "sim/base/sys.h"
#include "sim/crypto/crypto.h"
#include "sim/lab_trace.h"
#include "sim/report/accesslog.h"
#include "sim/report/dump.h"
#include "sim/report/tracefile.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *at)
{
    (void)s, (void)type, (void)at;
    return remove(path);
}

/* ---- all that there is to hear ---- */

struct listener {
    struct observer observer;
    uint32_t steps_of_phones, notes, changed_states, asks, answers, acts, lines, steps, steps_over;
    uint32_t phones_in_acts, last_step;
    uint8_t last_act;
};

static void on_phone(void *ctx, uint32_t phone, const struct phone *before,
                     const struct event *event, const struct outbox *out, const struct phone *after,
                     uint64_t now_us)
{
    struct listener *l = ctx;
    uint32_t at = 0, said = 0;
    const struct action *note;
    (void)now_us;
    assert_in_range(phone, 0, 2);
    assert_in_range(event->type, 0, EVENT_TYPES - 1);
    while ((note = lab_next_note(out, &at)) != NULL) {
        l->notes++;
        if (note->kind != NOTE_STATE)
            continue;
        if (said++ == 0)
            assert_int_equal(note->b, before->state);
    }
    /* Every change of state is said in the step that made it. */
    assert_true(said > 0 || before->state == after->state);
    l->changed_states += before->state != after->state;
    l->steps_of_phones++;
}

static void on_ask(void *ctx, uint32_t node, const struct ask *ask, enum ask_result result,
                   const struct event *answer, uint64_t now_us)
{
    struct listener *l = ctx;
    (void)now_us;
    assert_int_equal(node >> 8, 0);
    assert_in_range(ask->kind, 0, ASK_KINDS - 1);
    l->asks++;
    l->answers += result == ASK_ANSWERED;
    if (result == ASK_ANSWERED && answer->type == EVENT_FILE)
        assert_true(answer->a != 0 && answer->b > 0); /* a file has a length */
}

static void on_act(void *ctx, uint32_t cluster, const struct act *act, const struct lab_whom *whom,
                   uint64_t now_us)
{
    struct listener *l = ctx;
    (void)now_us;
    assert_int_equal(cluster, 0);
    l->acts++;
    l->last_act = act->kind;
    l->phones_in_acts += whom == NULL ? 0 : whom->count;
}

static void on_node(void *ctx, const struct trace_line *line)
{
    assert_int_equal(line->who, TRACE_NODE);
    ((struct listener *)ctx)->lines++;
}

static void on_step(void *ctx, uint32_t step)
{
    struct listener *l = ctx;
    l->steps++;
    l->last_step = step;
}

/* Before the next one begins. */
static void on_step_over(void *ctx)
{
    struct listener *l = ctx;
    assert_int_equal(l->steps_over, l->steps);
    l->steps_over++;
}

static void all_is_told(void **state)
{
    (void)state;
    struct lab *lab =
        make_off((struct fixture){ .version = "12.5", .nodes = 2, .group = 2, .phones = 3 });
    struct listener all = { .observer = { .ctx = &all,
                                          .phone = on_phone,
                                          .ask = on_ask,
                                          .act = on_act,
                                          .node = on_node,
                                          .step = on_step,
                                          .step_over = on_step_over } };
    struct listener acts = { .observer = { .ctx = &acts, .act = on_act } };
    struct err e = { "" };
    lab_observe(lab, &all.observer);
    lab_observe(lab, &acts.observer);
    struct act power = { .kind = DO_POWER, .arg = { 1 } };
    lab_step(lab, "on");
    assert_true(lab_do_phones(lab, 0, &power, &(struct lab_whom){ .count = 3 }, &e));
    settled(lab);
    assert_int_equal(all.steps, 1);
    assert_int_equal(all.steps_over, 1); /* what was before the first one */
    assert_int_equal(all.last_step, 1);
    assert_int_equal(all.phones_in_acts, 3);
    assert_true(all.changed_states > 12 && all.notes > all.changed_states);
    assert_int_equal(all.steps_of_phones + all.asks, lab->driver->events(lab->driver->self));
    assert_true(all.answers > 12 && all.answers <= all.asks);
    assert_int_equal(all.lines, 0);
    assert_true(lab_regenerate(lab, 0, 1, OWN_TVS, &e));
    assert_int_equal(all.last_act, DO_REGENERATE);
    assert_true(all.lines > 0);
    assert_int_equal(acts.acts, all.acts);
    assert_int_equal(acts.steps_of_phones, 0);

    /* One that went hears no more; the other does. */
    uint32_t before = all.steps_of_phones, heard_acts = acts.acts;
    lab_unobserve(lab, &all.observer);
    lab_unobserve(lab, &all.observer);
    assert_true(lab_do_phones(lab, 0, &power, &(struct lab_whom){ .count = 3 }, &e));
    lab_press(lab, 0, KEY_DIRECTORIES, lab_now_us(lab));
    settled(lab);
    assert_int_equal(all.steps_of_phones, before);
    assert_int_equal(acts.acts, heard_acts + 1);
    lab_free(lab);
}

/* ---- a file that cannot be made ---- */

struct failures {
    uint32_t count;
    uint32_t node;
    char text[200];
};

static void take_failure(void *ctx, const struct trace_line *l)
{
    struct failures *f = ctx;
    if (l->who != TRACE_NODE || l->what != TRACE_FAILURE)
        return;
    if (f->count++ != 0)
        return; /* the first is looked at */
    f->node = l->id;
    snprintf(f->text, sizeof f->text, "%s", l->text);
}

/* No format has a code for the signature of a 3072-bit key. */
static void sign_with_3072_bits(struct lab *lab)
{
    struct content *c = lab->base->content;
    struct node *n = &lab->state.clusters[0].nodes[0];
    struct ct_cert cert = *content_get_cert(c, n->run.used[SERVICE_TFTP]);
    struct ct_key key = { .label = content_str(c, "HQ/big"), .type = KEY_RSA_3072 };
    cert.key = content_key(c, &key);
    n->run.used[SERVICE_TFTP] = content_cert(c, cert);
}

static void cannot_be_made(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 1 });
    struct failures f = { 0 };
    struct lab_trace trace;
    char folder[] = "/tmp/observe-XXXXXX";
    struct dump dump;
    struct err e = { "" };
    fine(lab);
    assert_non_null(mkdtemp(folder));
    assert_true(dump_open(&dump, lab, folder, &e));
    lab_trace_begin(&trace, lab, take_failure, &f);
    forget();
    sign_with_3072_bits(lab);
    lab_reset_phone(lab, 0, lab_now_us(lab));
    settled(lab);
    /* For the phone it is not there: it asks for the default one, which cannot be made either. */
    assert_int_equal(heard[0].not_found[FILE_DEFAULT_SGN], 1);
    assert_int_equal(heard[0].status[STATUS_FILE_REFUSED], 0);
    assert_int_equal(f.count, 2);
    assert_int_equal(f.node, 0);
    assert_string_equal(f.text,
                        "cannot make SEP001121000000.cnf.xml.sgn: a 3072-bit key cannot sign:"
                        " the format has no code for a 384-byte signature");
    /* The same for one that no directory has. */
    struct ask ask = { .kind = ASK_FILE, .file = FILE_RINGLIST_SGN, .device = NO_DEVICE };
    struct event answer = { 0 };
    assert_int_equal(lab->world.ask(lab, 0, &ask, lab_now_us(lab), &answer), ASK_ANSWERED);
    assert_int_equal(answer.type, EVENT_NO_FILE);
    assert_int_equal(answer.a, 0);
    assert_true(dump_close(&dump, &e));
    char path[128];
    struct stat s;
    snprintf(path, sizeof path, "%s/HQ/pub/SEP001121000000.cnf.xml.sgn", folder);
    assert_true(stat(path, &s) != 0);
    snprintf(path, sizeof path, "%s/HQ/pub/ringlist.xml.sgn", folder);
    assert_true(stat(path, &s) != 0);
    lab_trace_end(&trace, lab);
    lab_free(lab);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- --dump ---- */

static size_t size_of(const char *folder, const char *name)
{
    char path[256];
    struct stat s;
    snprintf(path, sizeof path, "%s/HQ/pub/%s", folder, name);
    return stat(path, &s) == 0 ? (size_t)s.st_size : 0;
}

static void ask_for(struct lab *lab, enum file_kind kind, uint32_t device, const char *locale)
{
    struct ask ask = { .kind = ASK_FILE, .file = (uint8_t)kind, .device = device };
    struct event answer = { 0 };
    if (locale != NULL)
        ask.a = content_str(lab->base->content, locale);
    assert_int_equal(lab->world.ask(lab, 0, &ask, lab_now_us(lab), &answer), ASK_ANSWERED);
    assert_int_equal(answer.type, EVENT_FILE);
}

/* What is signed is written under its own name, a locale's file under the folder that was asked
 * for. */
static void dumped(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 1 });
    char folder[] = "/tmp/observe-XXXXXX";
    struct dump dump;
    struct err e = { "" };
    assert_non_null(mkdtemp(folder));
    assert_true(dump_open(&dump, lab, folder, &e));
    ask_for(lab, FILE_ITL, 0, NULL);
    ask_for(lab, FILE_LOCALE_SGN, 0, NULL);
    ask_for(lab, FILE_LOCALE_SGN, 0, "Dutch_Netherlands");
    ask_for(lab, FILE_CNF, 0, NULL); /* not signed */
    assert_true(dump_close(&dump, &e));
    ask_for(lab, FILE_RINGLIST_SGN, 0, NULL); /* it listens no more */
    assert_true(size_of(folder, "ITLSEP001121000000.tlv") > 1000);
    size_t plain = size_of(folder, "English_United_States_g3-tones.xml.sgn");
    assert_true(plain > 256);
    assert_int_equal(size_of(folder, "Dutch_Netherlands_g3-tones.xml.sgn"), plain - 8);
    assert_int_equal(size_of(folder, "SEP001121000000.cnf.xml"), 0);
    assert_int_equal(size_of(folder, "ringlist.xml.sgn"), 0);

    assert_false(dump_open(&dump, lab, "/proc/no/such", &e));
    assert_string_equal(e.text, "--dump /proc/no/such: No such file or directory");
    assert_true(dump_close(&dump, &e));
    assert_false(dump_open(&dump, lab, "/proc/self", &e)); /* there, but nobody may write in it */
    assert_string_equal(e.text, "--dump: /proc/self/file: No such file or directory");
    assert_true(dump_close(&dump, &e));
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_true(dump_open(&dump, lab, folder, &e));
    rmdir(folder); /* gone in the middle of the run: told once, and no other file is tried */
    ask_for(lab, FILE_ITL, 0, NULL);
    assert_int_equal(mkdir(folder, 0700), 0);
    ask_for(lab, FILE_LOCALE_SGN, 0, NULL);
    assert_false(dump_close(&dump, &e));
    assert_memory_equal(e.text, "--dump: /tmp/observe-", 21);
    assert_int_equal(rmdir(folder), 0);
    lab_free(lab);
}

/* A list that was served and the one behind it: both are there, and under which time. */
static void versions(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 1 });
    char folder[] = "/tmp/observe-XXXXXX";
    struct dump dump;
    struct err e = { "" };
    assert_non_null(mkdtemp(folder));
    assert_true(dump_open(&dump, lab, folder, &e));
    lab_run_until(lab, 90000000);
    ask_for(lab, FILE_ITL, 0, NULL);
    ask_for(lab, FILE_ITL, 0, NULL);
    assert_true(lab_regenerate(lab, 0, 0, OWN_TVS, &e));
    assert_true(lab_service(lab, 0, 0, SERVICE_TFTP, DO_RESTART, &e));
    lab_run_until(lab, 150000000);
    ask_for(lab, FILE_ITL, 0, NULL);
    ask_for(lab, FILE_ITL, 0, NULL);
    assert_true(dump_close(&dump, &e));
    assert_true(size_of(folder, "ITLSEP001121000000.tlv") > 1000);
    assert_true(size_of(folder, "ITLSEP001121000000.tlv.0-01-30.000000") > 1000);
    assert_int_equal(size_of(folder, "ITLSEP001121000000.tlv.0-02-30.000000"), 0);
    lab_free(lab);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void listing(const char *folder, const char *name, char out[256])
{
    char path[256];
    snprintf(path, sizeof path, "%s/HQ/pub/%s", folder, name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    out[fread(out, 1, 255, f)] = '\0';
    fclose(f);
}

/* What the shell of each node prints at the end: checksums by version, in 8.x by its fix. */
static void listings(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        bool fixed, checksums;
    } rows[] = { { "8.6", false, false }, { "8.6", true, true }, { "10.0", false, true } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lab *lab = make(
            (struct fixture){ .version = rows[i].version, .nodes = 1, .group = 1, .phones = 1 });
        char folder[] = "/tmp/observe-XXXXXX", text[256];
        struct dump dump;
        struct err e = { "" };
        lab_param(lab, 0, PARAM_CSCTO60209, rows[i].fixed);
        assert_non_null(mkdtemp(folder));
        assert_true(dump_open(&dump, lab, folder, &e));
        assert_true(dump_close(&dump, &e));
        listing(folder, "show-itl.txt", text);
        const char *first =
            rows[i].checksums ? "The checksum value of the ITL file:\n" : "Length of ITL file: ";
        assert_memory_equal(text, first, strlen(first));
        listing(folder, "show-ctl.txt", text);
        assert_memory_equal(text, "Length of CTL file: 0\nCTL File not found .", 42);
        lab_free(lab);
        nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    }
}

static bool is_there(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

/* No command prints an ITL where there is none, and a server that is no CUCM has no such shell. */
static void listings_of_others(void **state)
{
    (void)state;
    static const char *const seven[] = { "seven" }, *const files[] = { "files" };
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 1 });
    struct lab_cluster_spec specs[] = { { "OLD", "7.1", seven, 1, "" },
                                        { "FS", "file server", files, 1, "" } };
    char folder[] = "/tmp/observe-XXXXXX";
    struct dump dump;
    struct err e = { "" };
    uint32_t cluster;
    for (int i = 0; i < 2; i++)
        assert_true(lab_cluster(lab, &specs[i], &cluster, &e));
    assert_non_null(mkdtemp(folder));
    assert_true(dump_open(&dump, lab, folder, &e));
    assert_true(dump_close(&dump, &e));
    assert_true(is_there(folder, "HQ/pub/show-itl.txt"));
    assert_false(is_there(folder, "OLD/seven/show-itl.txt"));
    assert_true(is_there(folder, "OLD/seven/show-ctl.txt"));
    assert_false(is_there(folder, "FS"));
    lab_free(lab);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- an access log whose disk was full for a while ---- */

static void asked(const struct accesslog *l, const char *what)
{
    struct access a = { .service = "HTTP", .answer = "200" };
    snprintf(a.asked, sizeof a.asked, "%s", what);
    l->observer.access(l->observer.ctx, &a, 0);
}

/* It said that there are no more lines: one that has some with a hole before them would be read as
 * whole. */
static void full_disk(void **state)
{
    char path[] = "/tmp/observe-XXXXXX", text[4096];
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 1 });
    struct accesslog l;
    struct err e = { "" };
    (void)state;
    assert_return_code(close(mkstemp(path)), 0);
    assert_true(accesslog_open(&l, lab, path, &e));
    asked(&l, "first");
    int file = dup(fileno(l.out)), full = open("/dev/full", O_WRONLY);
    assert_true(file >= 0 && full >= 0);
    assert_return_code(dup2(full, fileno(l.out)), 0);
    asked(&l, "second");
    assert_return_code(dup2(file, fileno(l.out)), 0);
    asked(&l, "third");
    assert_return_code(close(file) + close(full), 0);
    assert_false(accesslog_close(&l, &e));
    assert_non_null(strstr(e.text, "No space left on device"));
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    assert_non_null(strstr(text, "first"));
    assert_null(strstr(text, "third"));
    assert_return_code(unlink(path), 0);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_told),    cmocka_unit_test(full_disk),
        cmocka_unit_test(cannot_be_made), cmocka_unit_test(dumped),
        cmocka_unit_test(listings),       cmocka_unit_test(listings_of_others),
        cmocka_unit_test(versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
