#include "tests/hostile/hostile.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

void sleep_ms(uint64_t ms)
{
    struct timespec t = { .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000 };
    (void)nanosleep(&t, NULL);
}

static void deadlines(int fd, unsigned ms)
{
    struct timeval t = { .tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

static int connected(int fd, const void *to, socklen_t size, unsigned deadline_ms)
{
    if (fd < 0)
        return -1;
    deadlines(fd, deadline_ms);
    if (connect(fd, to, size) == 0)
        return fd;
    close(fd);
    return -1;
}

int dial(const struct target *t, uint16_t port, unsigned deadline_ms)
{
    struct sockaddr_in to = ports_address(t, port);
    if (t->metrics != 0 && port == t->metrics)
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connected(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), &to, sizeof to, deadline_ms);
}

static int dial_control(const struct target *t)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    snprintf(to.sun_path, sizeof to.sun_path, "%s", t->control);
    return connected(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), &to, sizeof to, 20000);
}

/* Until its end or, `line`, a line feed. */
static size_t talk(int fd, const char *said, char *heard, size_t cap, bool line)
{
    size_t n = 0;
    if (fd < 0)
        return 0;
    if (send(fd, said, strlen(said), MSG_NOSIGNAL) == (ssize_t)strlen(said)) {
        ssize_t got;
        while (n < cap - 1 && (got = recv(fd, heard + n, cap - 1 - n, 0)) > 0) {
            n += (size_t)got;
            if (line && memchr(heard, '\n', n) != NULL)
                break;
        }
    }
    heard[n] = '\0';
    close(fd);
    return n;
}

static double number_behind(const char *text, const char *line)
{
    const char *p = strstr(text, line);
    return p == NULL ? -1 : strtod(p + strlen(line), NULL);
}

static double member(const cJSON *ok, const char *name)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(ok, name);
    return cJSON_IsNumber(v) ? v->valuedouble : -1;
}

static void look_memory(const struct target *t, struct looked *l)
{
    static char heard[65536];
    if (talk(dial_control(t), "{\"ask\":\"memory\"}\n", heard, sizeof heard, true) == 0) {
        snprintf(l->why, sizeof l->why, "control does not answer: %s", strerror(errno));
        return;
    }
    cJSON *o = cJSON_Parse(heard);
    const cJSON *ok = cJSON_GetObjectItemCaseSensitive(o, "ok");
    l->in_use = member(ok, "in_use");
    l->resident = member(ok, "resident");
    l->files = member(ok, "files");
    l->good = ok != NULL;
    if (!l->good)
        snprintf(l->why, sizeof l->why, "control says %.100s", heard);
    cJSON_Delete(o);
}

struct looked look(const struct target *t)
{
    static char heard[1 << 20];
    struct looked l = { .good = false };
    look_memory(t, &l);
    if (talk(dial(t, t->metrics, 20000), "GET /metrics HTTP/1.0\r\n\r\n", heard, sizeof heard,
             false) == 0) {
        snprintf(l.why, sizeof l.why, "metrics do not answer: %s", strerror(errno));
        l.good = false;
    }
    l.registered = number_behind(heard, "cucmlab_connections{of=\"registered phones\"} ");
    l.others = number_behind(heard, "cucmlab_connections{of=\"others\"} ");
    l.transfers = 0;
    for (const char *p = heard; (p = strstr(p, "\ncucmlab_transfers{")) != NULL; p++)
        l.transfers += number_behind(p, "} ");
    return l;
}
