#include "sim/fleet/names.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

/* Shared with the thread that looks; whoever lets go last frees it. */
struct lookup {
    pthread_mutex_t lock;
    struct names *owner; /* NULL: it is gone */
    bool done, alone;    /* one of the two let go */
    uint32_t ip;
    char host[]; /* with its NUL */
};

struct name {
    uint32_t number;
    struct lookup *lookup;
};

struct names {
    struct ev_loop *loop;
    struct ev_async wake;
    void (*done)(void *ctx);
    void *ctx;
    struct name *all;
    uint32_t count, cap;
};

static void let_go(struct lookup *k)
{
    bool last = k->alone;
    k->alone = true;
    pthread_mutex_unlock(&k->lock);
    if (!last)
        return;
    pthread_mutex_destroy(&k->lock);
    mem_free(&sys_mem, k);
}

static uint32_t look_up(const char *host)
{
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found = NULL;
    struct sockaddr_in a;
    if (getaddrinfo(host, NULL, &hints, &found) != 0)
        return 0;
    memcpy(&a, found->ai_addr, sizeof a);
    freeaddrinfo(found);
    return ntohl(a.sin_addr.s_addr);
}

static void *look(void *arg)
{
    struct lookup *k = arg;
    uint32_t ip = look_up(k->host);
    pthread_mutex_lock(&k->lock);
    k->ip = ip;
    k->done = true;
    if (k->owner != NULL)
        ev_async_send(k->owner->loop, &k->owner->wake);
    let_go(k);
    return NULL;
}

static struct lookup *begin(struct names *n, const char *host)
{
    size_t length = strlen(host) + 1;
    pthread_attr_t attr;
    pthread_t thread;
    struct lookup *k = mem_take(&sys_mem, sizeof *k + length);
    memset(k, 0, sizeof *k);
    memcpy(k->host, host, length);
    k->owner = n;
    CHECK(pthread_mutex_init(&k->lock, NULL) == 0 && pthread_attr_init(&attr) == 0);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attr, look, k) != 0) {
        k->done = k->alone = true; /* no thread to be had: nobody knows it */
    }
    pthread_attr_destroy(&attr);
    return k;
}

static const struct name *find(const struct names *n, uint32_t number)
{
    for (uint32_t i = 0; i < n->count; i++)
        if (n->all[i].number == number)
            return &n->all[i];
    return NULL;
}

bool names_find(struct names *n, uint32_t number, const char *host, uint32_t *ip)
{
    const struct name *name = find(n, number);
    *ip = 0;
    if (name == NULL && n->count == NAMES_MOST)
        return true;
    if (name == NULL) {
        mem_reserve(&sys_mem, (void **)&n->all, &n->cap, (size_t)n->count + 1, sizeof *n->all);
        n->all[n->count] = (struct name){ number, begin(n, host) };
        name = &n->all[n->count++];
    }
    struct lookup *k = name->lookup;
    pthread_mutex_lock(&k->lock);
    bool done = k->done;
    *ip = k->ip;
    pthread_mutex_unlock(&k->lock);
    return done;
}

const char *names_text(const struct names *n, uint32_t number)
{
    const struct name *name = find(n, number);
    return name == NULL ? NULL : name->lookup->host;
}

static void on_wake(struct ev_loop *loop, struct ev_async *w, int events)
{
    const struct names *n = w->data;
    (void)loop, (void)events;
    n->done(n->ctx);
}

struct names *names_new(struct ev_loop *loop, void (*done)(void *ctx), void *ctx)
{
    struct names *n = mem_take(&sys_mem, sizeof *n);
    memset(n, 0, sizeof *n);
    n->loop = loop;
    n->done = done;
    n->ctx = ctx;
    ev_async_init(&n->wake, on_wake);
    n->wake.data = n;
    ev_async_start(loop, &n->wake);
    return n;
}

void names_free(struct names *n)
{
    if (n == NULL)
        return;
    ev_async_stop(n->loop, &n->wake);
    for (uint32_t i = 0; i < n->count; i++) {
        struct lookup *k = n->all[i].lookup;
        pthread_mutex_lock(&k->lock);
        k->owner = NULL;
        let_go(k);
    }
    mem_free(&sys_mem, n->all);
    mem_free(&sys_mem, n);
}
