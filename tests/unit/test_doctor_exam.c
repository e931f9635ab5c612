/* What the doctor makes of a file server that answers by HTTP one thing and by TFTP another: 503 is
 * "no such file" and "no transfer free", and only TFTP tells which. */
#include "sim/base/sys.h"
#include "sim/doctor/exam.h"
#include "sim/net/net.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define HERE 0x7f280701u /* 127.40.7.1 */

enum { HTTP = 6970, TFTP = 10069, WAIT_US = 300000, PATIENT_US = 20000000 };

/* Which of the names that are asked for it has: those that begin so; "": all, "-": none. */
struct shelf {
    const char *http;
    const char *tftp; /* NULL: nobody listens; "?": it says nothing */
};

static bool has(const char *shelf, const char *name)
{
    return strncmp(name, shelf, strlen(shelf)) == 0;
}

static int bound(int type, uint16_t port)
{
    struct sockaddr_in a = net_address(HERE, port);
    int on = 1, fd = socket(AF_INET, type, 0);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(fd, 16), 0);
    return fd;
}

static void serve_http(int fd, const char *shelf)
{
    static const char came[] = "HTTP/1.1 200 OK\r\nContent-length: 1\r\n\r\nx";
    static const char none[] = "HTTP/1.1 503 Service Unavailable\r\nContent-length: 0\r\n\r\n";
    for (;;) {
        char request[4096];
        int peer = accept(fd, NULL, NULL);
        ssize_t n = peer < 0 ? -1 : recv(peer, request, sizeof request - 1, 0);
        if (n < 6)
            _exit(1);
        request[n] = '\0';
        const char *answer = has(shelf, request + 5) ? came : none; /* behind "GET /" */
        if (send(peer, answer, strlen(answer), MSG_NOSIGNAL) < 0)
            _exit(1);
        close(peer);
    }
}

static void serve_tftp(int fd, const char *shelf)
{
    for (;;) {
        char request[1024];
        struct sockaddr_in from;
        socklen_t size = sizeof from;
        ssize_t n = recvfrom(fd, request, sizeof request - 1, 0, (struct sockaddr *)&from, &size);
        if (n < 2)
            _exit(1);
        request[n] = '\0';
        if (request[1] != 1 || shelf[0] == '?')
            continue; /* an acknowledgement, or it says nothing */
        bool it = has(shelf, request + 2);
        const char *answer = it ? "\0\3\0\1x" : "\0\5\0\1";
        if (sendto(fd, answer, 5, 0, (struct sockaddr *)&from, size) < 0)
            _exit(1);
    }
}

static pid_t server(int type, uint16_t port, void (*serve)(int fd, const char *), const char *shelf)
{
    int fd = bound(type, port);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(120);
        serve(fd, shelf);
    }
    close(fd);
    return child;
}

static void over(pid_t child)
{
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void examine(const struct shelf *s, struct exam *x, struct arena *arena)
{
    struct exam_told told = { .tftp = "127.40.7.1", .mac = "001121000000", .now_s = 1767250800 };
    struct err e = { "" };
    pid_t http = server(SOCK_STREAM, HTTP, serve_http, s->http), tftp = 0;
    if (s->tftp != NULL)
        tftp = server(SOCK_DGRAM, TFTP, serve_tftp, s->tftp);
    told.wait_us = s->tftp != NULL && s->tftp[0] == '?' ? WAIT_US : PATIENT_US;
    if (!exam_run(x, &told, arena, &e))
        fail_msg("%s", e.text);
    over(http);
    if (tftp != 0)
        over(tftp);
    assert_in_range(x->requests, 1, ASK_REQUESTS - 3); /* one for each TVS is left */
}

static void what_503_means(void **state)
{
    static const struct {
        struct shelf shelf;
        enum fetched_end itl, ctl, config;
        bool busy;
    } rows[] = {
        /* No CTL: TFTP says so; where it says nothing, HTTP gave the ITL all the same. */
        { { "ITL", "ITL" }, FETCHED_CAME, FETCHED_MISSING, FETCHED_MISSING, false },
        { { "ITL", "?" }, FETCHED_CAME, FETCHED_MISSING, FETCHED_MISSING, false },
        { { "ITL", NULL }, FETCHED_CAME, FETCHED_MISSING, FETCHED_MISSING, false },
        { { "", "" }, FETCHED_CAME, FETCHED_CAME, FETCHED_CAME, false },
        /* Busy. */
        { { "-", "" }, FETCHED_CAME, FETCHED_CAME, FETCHED_CAME, true },
        { { "ITL", "" }, FETCHED_CAME, FETCHED_CAME, FETCHED_CAME, true },
        { { "-", "ITL" }, FETCHED_CAME, FETCHED_MISSING, FETCHED_MISSING, true },
        { { "-", "ITLFile" },
          FETCHED_CAME,
          FETCHED_MISSING,
          FETCHED_MISSING,
          false }, /* not asked */
        /* Neither says anything of the ITL, and nothing else is asked; or both that there is
         * none. */
        { { "-", "?" }, FETCHED_BROKEN, 0, 0, false },
        { { "-", NULL }, FETCHED_BROKEN, 0, 0, false },
        { { "-", "-" }, FETCHED_MISSING, FETCHED_MISSING, FETCHED_MISSING, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena arena = arena_of(&sys_mem);
        struct exam x;
        examine(&rows[i].shelf, &x, &arena);
        assert_int_equal(x.itl.end, rows[i].itl);
        assert_int_equal(x.ctl.end, rows[i].ctl);
        assert_int_equal(x.config.end, rows[i].config);
        assert_int_equal(x.found.is[FIND_FILES], rows[i].busy ? FILES_BUSY : FILES_ANSWER);
        assert_int_equal(x.ctl.name[0] == '\0', x.itl.end == FETCHED_BROKEN);
        assert_true(x.itl.end != FETCHED_BROKEN || x.itl.why.text[0] != '\0');
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_503_means) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
