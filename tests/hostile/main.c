/* Usage: hostile --ip ADDRESS --tftp PORT --metrics PORT --control PATH [OPTION...]
 *
 *   --from ADDRESS    hostile clients have its first 16 bits (127.29.0.0)
 *   --ms N            of each round (1000)
 *   --at-once         one round of all kinds, instead of one round of each
 *   --kind NAME       this one alone
 *   --most N          connections of hostile clients together (6000)
 *   --no-memory       memory is not judged: a sanitizer has an allocator of its own
 *   --list            the kinds
 *
 * Prints a line a round and a table; exit 1 where a good client was not served, a registered phone
 * was thrown out, or memory or files of the server are not back where they were. */
#include "tests/hostile/hostile.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define SETTLE_MS 75000 /* until everything of the hostile ones is over at the latest */
#define WITHIN    1.1   /* of what it was */
#define LEAST_MS  2000  /* of the first crowd */
#define MOST_MS   30000
#define TOGETHER  0.3 /* of their own pace, where all kinds come at once: two cores are enough */

struct run {
    struct target target;
    struct good *good;
    unsigned ms;
    size_t most;
    bool at_once, memory, failed;
    const char *kind;
    double registered; /* the fewest that were seen, while more were there before */
    atomic_bool stop;
};

static bool is_tcp(size_t k)
{
    return k < kind_count;
}

static const char *name_of(size_t k)
{
    return is_tcp(k) ? kinds[k].name : shot_kinds[k - kind_count].name;
}

static const char *what_of(size_t k)
{
    return is_tcp(k) ? kinds[k].what : shot_kinds[k - kind_count].what;
}

/* ---- one round ---- */

struct round {
    struct run *run;
    uint64_t mask, until_ms;
    uint64_t begun, sent;
    size_t open;
    double pace;
};

static void *over_tcp(void *arg)
{
    struct round *r = arg;
    struct visits *v = visits_new(&r->run->target, r->run->most, r->pace);
    visits_run(v, r->mask, r->until_ms, &r->run->stop);
    r->begun = visits_begun(v);
    r->open = visits_most(v);
    visits_free(v);
    return NULL;
}

static void *over_udp(void *arg)
{
    struct round *r = arg;
    struct shots *all[16];
    size_t n = 0;
    for (size_t k = 0; k < shot_kind_count; k++)
        if ((r->mask >> (kind_count + k) & 1) != 0)
            all[n++] = shots_new(&r->run->target, &shot_kinds[k]);
    while (now_ms() < r->until_ms && !r->run->stop) {
        for (size_t i = 0; i < n; i++)
            shots_tick(all[i], 10, r->pace);
        sleep_ms(10);
    }
    for (size_t i = 0; i < n; i++) {
        r->sent += shots_sent(all[i]);
        shots_free(all[i]);
    }
    return NULL;
}

/* Looks now and then whether the phones are still there. */
static void watch(struct run *run, uint64_t until_ms)
{
    while (now_ms() < until_ms) {
        uint64_t left = until_ms - now_ms();
        sleep_ms(left < 1000 ? left : 1000);
        struct looked l = look(&run->target);
        if (l.good && l.registered < run->registered)
            run->registered = l.registered;
        if (!l.good)
            printf("the server says nothing of itself: %s\n", l.why);
        fflush(stdout);
        run->failed |= !l.good;
    }
}

static void one_round(struct run *run, uint64_t mask, const char *name)
{
    struct good_tally before = good_so_far(run->good), after;
    pthread_t tcp, other;
    struct round r = { .run = run,
                       .mask = mask,
                       .until_ms = now_ms() + run->ms,
                       .pace = run->at_once ? TOGETHER : 1 },
                 u = r;
    uint64_t tcp_kinds = mask & (((uint64_t)1 << kind_count) - 1);
    if (pthread_create(&tcp, NULL, over_tcp, &r) != 0 ||
        pthread_create(&other, NULL, over_udp, &u) != 0)
        abort();
    watch(run, r.until_ms);
    pthread_join(tcp, NULL);
    pthread_join(other, NULL);
    after = good_so_far(run->good);
    printf("%-14s", name);
    if (tcp_kinds != 0)
        printf(" %6llu connections, %5zu together", (unsigned long long)r.begun, r.open);
    if (mask != tcp_kinds)
        printf(" %6llu datagrams", (unsigned long long)u.sent);
    printf("; good ones: %llu asked, %llu answered\n",
           (unsigned long long)(after.all.asked - before.all.asked),
           (unsigned long long)(after.all.answered - before.all.answered));
    fflush(stdout);
}

static void rounds(struct run *run)
{
    uint64_t all = 0;
    for (size_t k = 0; k < kind_count + shot_kind_count; k++) {
        if (run->kind != NULL && strcmp(run->kind, name_of(k)) != 0)
            continue;
        all |= (uint64_t)1 << k;
        if (!run->at_once)
            one_round(run, (uint64_t)1 << k, name_of(k));
    }
    if (run->at_once)
        one_round(run, all, run->kind != NULL ? run->kind : "all at once");
    if (all == 0) {
        fprintf(stderr, "hostile: no kind %s\n", run->kind);
        exit(2);
    }
}

/* ---- before and after ---- */

/* A lost one may be there for a minute: the long run alone waits for them. */
static bool holds_transfers(const struct run *run, const struct looked *now)
{
    return run->at_once && now->transfers > 0;
}

static bool is_back(const struct run *run, const struct looked *before, const struct looked *now)
{
    bool memory =
        now->in_use <= before->in_use * WITHIN && now->resident <= before->resident * WITHIN;
    return now->good && (memory || !run->memory) && !holds_transfers(run, now) &&
           (now->files <= before->files || before->files == 0);
}

/* Back, and falling no more. */
static struct looked settled(const struct run *run, const struct looked *before)
{
    uint64_t until = now_ms() + SETTLE_MS;
    struct looked now = look(&run->target), last = now;
    for (int same = 0; now_ms() < until && (same < 4 || !is_back(run, before, &now)); last = now) {
        sleep_ms(500);
        now = look(&run->target);
        same = now.in_use < last.in_use || now.resident < last.resident ? 0 : same + 1;
    }
    return now;
}

static void row(const char *what, double before, double after, const char *unit)
{
    printf("%-28s %12.0f %12.0f %s\n", what, before, after, unit);
}

static void print_row(const struct good_row *r, const char *name)
{
    printf("%-28s %12llu %12llu %9llu ms\n", name, (unsigned long long)r->asked,
           (unsigned long long)r->answered, (unsigned long long)r->longest_ms);
}

static void print_good(const struct good_tally *t)
{
    printf("\n%-28s %12s %12s %12s\n", "good clients", "requests", "answered", "longest wait");
    for (const struct good_row *r = t->rows; r->name != NULL; r++)
        print_row(r, r->name);
    print_row(&t->all, "all");
    printf("\n");
}

static bool fault(bool is, const char *what)
{
    if (is)
        printf("FAULT: %s\n", what);
    return is;
}

static bool judged(struct run *run, const struct good_tally *t, const struct looked *before,
                   const struct looked *after)
{
    print_good(t);
    printf("%-28s %12s %12s\n", "", "before", "after");
    row("memory in use", before->in_use, after->in_use, "bytes");
    row("memory resident", before->resident, after->resident, "bytes");
    row("open files", before->files, after->files, "");
    row("transfers", before->transfers, after->transfers, "");
    row("registered phones", before->registered, run->registered, "the fewest meanwhile");
    bool bad = run->failed;
    if (t->all.answered < t->all.asked)
        printf("FAULT: a good client was not served: %s\n", t->first);
    bad |= t->all.answered < t->all.asked;
    bad |= fault(before->registered < 1, "no phone was registered, so none could be thrown out");
    bad |= fault(run->registered < before->registered, "a registered phone was thrown out");
    bad |= fault(holds_transfers(run, after), "transfers are held by nobody");
    bad |= fault(!after->good, "the server says nothing of itself");
    bad |= fault(after->files > before->files && before->files > 0, "files stay open");
    if (!run->memory)
        return !bad;
    bad |= fault(after->in_use > before->in_use * WITHIN, "memory in use is not back within 10 %");
    bad |= fault(after->resident > before->resident * WITHIN,
                 "memory resident is not back within 10 %");
    return !bad;
}

/* The tables of the loop and of libraries grow with the most that there were: what the server takes
 * is looked at when it has seen a crowd once. */
static void warm_up(struct run *run, struct looked *before)
{
    unsigned part = run->at_once ? run->ms / 20 : 0;
    unsigned warm_ms = part < LEAST_MS ? LEAST_MS : part > MOST_MS ? MOST_MS : part;
    struct round r = {
        .run = run, .mask = ~(uint64_t)0, .until_ms = now_ms() + warm_ms, .pace = 1
    };
    (void)over_tcp(&r);
    r.until_ms = now_ms() + 500;
    (void)over_udp(&r);
    uint64_t until = now_ms() + 10000;
    do {
        sleep_ms(500);
        *before = look(&run->target);
    } while (before->others > 1 && now_ms() < until);
}

/* ---- options ---- */

static void list(void)
{
    for (size_t k = 0; k < kind_count + shot_kind_count; k++)
        printf("%-14s %s\n", name_of(k), what_of(k));
}

static unsigned number(const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*end == '\0' && n > 0 && n <= 100000000)
        return (unsigned)n;
    fprintf(stderr, "hostile: %s: a number of 1 to 100000000 is expected\n", text);
    exit(2);
}

/* Of loopback: nobody else is ever attacked. */
static in_addr_t address(const char *text)
{
    struct in_addr a;
    if (inet_pton(AF_INET, text, &a) == 1 && ntohl(a.s_addr) >> 24 == 127)
        return a.s_addr;
    fprintf(stderr, "hostile: %s: an address of 127.0.0.0/8 is expected\n", text);
    exit(2);
}

static void read_options(struct run *run, int argc, char **argv)
{
    static const struct option all[] = { { "ip", 1, NULL, 'i' },      { "from", 1, NULL, 'f' },
                                         { "tftp", 1, NULL, 't' },    { "metrics", 1, NULL, 'm' },
                                         { "control", 1, NULL, 'c' }, { "ms", 1, NULL, 's' },
                                         { "at-once", 0, NULL, 'a' }, { "kind", 1, NULL, 'k' },
                                         { "most", 1, NULL, 'n' },    { "no-memory", 0, NULL, 'x' },
                                         { "list", 0, NULL, 'l' },    { NULL, 0, NULL, 0 } };
    int c;
    while ((c = getopt_long(argc, argv, "", all, NULL)) != -1) {
        switch (c) {
        case 'i':
            run->target.ip = address(optarg);
            break;
        case 'f':
            run->target.from = address(optarg);
            break;
        case 't':
            run->target.tftp = (uint16_t)number(optarg);
            break;
        case 'm':
            run->target.metrics = (uint16_t)number(optarg);
            break;
        case 'c':
            run->target.control = optarg;
            break;
        case 's':
            run->ms = number(optarg);
            break;
        case 'a':
            run->at_once = true;
            break;
        case 'k':
            run->kind = optarg;
            break;
        case 'n':
            run->most = number(optarg);
            break;
        case 'x':
            run->memory = false;
            break;
        case 'l':
            list();
            exit(0);
        default:
            exit(2);
        }
    }
}

/* As many as the limit of open files leaves the good ones. */
static size_t fitting(size_t most)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0)
        return most;
    r.rlim_cur = r.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &r);
    return r.rlim_cur > most + 1500 ? most : r.rlim_cur > 3000 ? r.rlim_cur - 1500 : 256;
}

int main(int argc, char **argv)
{
    struct run run = { .ms = 1000, .memory = true, .most = 6000 };
    run.target.from = htonl(0x7f1d0000);
    read_options(&run, argc, argv);
    if (run.target.ip == 0 || run.target.tftp == 0 || run.target.metrics == 0 ||
        run.target.control == NULL) {
        fprintf(stderr, "hostile: --ip, --tftp, --metrics and --control are needed\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    run.most = fitting(run.most);
    ports_make();
    visits_make();
    ports_find(&run.target);
    run.good = good_new(&run.target);
    struct good_tally first = good_round(run.good);
    if (first.all.answered < first.all.asked) {
        printf("FAULT: before anything hostile: %s\n", first.first);
        return 1;
    }
    sleep_ms(1500); /* connections of that round linger for a second */
    struct looked before = look(&run.target);
    warm_up(&run, &before);
    run.registered = before.registered;
    printf("%zu ports, %.0f registered phones\n", run.target.count, before.registered);
    good_start(run.good);
    rounds(&run);
    struct good_tally tally = good_stop(run.good);
    struct looked after = settled(&run, &before);
    bool good = judged(&run, &tally, &before, &after);
    good_free(run.good);
    return good ? 0 : 1;
}
