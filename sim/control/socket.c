#include "sim/control/socket.h"

#include "sim/control/request.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG  128
#define TOO_LONG "{\"error\":\"a line of more than 65536 bytes\"}\n"
#define TOO_MANY "{\"error\":\"16 clients are connected already\"}\n"

struct client {
    struct control_socket *socket;
    int fd;
    struct ev_io in, out;
    uint8_t *line; /* CONTROL_LINE_MAX + 1 bytes */
    size_t n;      /* of them that are there */
    struct sys_text answer;
    size_t sent;
    bool last; /* closed once that is sent */
    bool eof;
    struct client *next;
};

struct control_socket {
    struct reactor *reactor;
    struct socket_owner owner;
    struct sockaddr_un address;
    dev_t device; /* of the path, as it was made */
    ino_t inode;
    int fd;
    struct ev_io io;
    struct ev_timer pause;
    struct client *clients;
    uint32_t count;
};

/* ---- clients ---- */

static void drop(struct client *c)
{
    struct control_socket *s = c->socket;
    struct client **at = &s->clients;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    s->count--;
    ev_io_stop(s->reactor->loop, &c->in);
    ev_io_stop(s->reactor->loop, &c->out);
    close(c->fd);
    sys_text_free(&c->answer);
    mem_free(&sys_mem, c->line);
    mem_free(&sys_mem, c);
}

static const uint8_t *line_end(const struct client *c)
{
    return memchr(c->line, '\n', c->n);
}

static bool has_work(const struct client *c)
{
    return c->answer.n == 0 && line_end(c) != NULL;
}

/* False: it is gone. */
static bool send_on(struct client *c)
{
    struct ev_loop *loop = c->socket->reactor->loop;
    while (c->sent < c->answer.n) {
        ssize_t n =
            send(c->fd, c->answer.p + c->sent, c->answer.n - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            ev_io_start(loop, &c->out);
            return true;
        }
        if (n < 0) {
            drop(c);
            return false;
        }
        c->sent += (size_t)n;
    }
    ev_io_stop(loop, &c->out);
    sys_text_free(&c->answer);
    c->sent = 0;
    if (c->last || (c->eof && line_end(c) == NULL)) {
        drop(c);
        return false;
    }
    if (!c->eof)
        ev_io_start(loop, &c->in);
    return true;
}

static void say(struct client *c, const char *text)
{
    FILE *f = sys_text_open(&c->answer);
    fputs(text, f);
    fclose(f);
}

/* One line, without its end; what is behind it moves up.  False: it is gone. */
static bool answer_one(struct client *c)
{
    struct control_socket *s = c->socket;
    size_t n = (size_t)(line_end(c) - c->line);
    bool blank = n == 0 || (n == 1 && c->line[0] == '\r');
    if (!blank)
        s->owner.answer(s->owner.ctx, view_of(c->line, n), &c->answer);
    c->n -= n + 1;
    memmove(c->line, c->line + n + 1, c->n);
    return send_on(c);
}

static void on_out(struct ev_loop *loop, struct ev_io *w, int events)
{
    struct client *c = w->data;
    struct control_socket *s = c->socket;
    (void)loop, (void)events;
    if (send_on(c) && has_work(c))
        s->owner.wake(s->owner.ctx);
}

static void on_in(struct ev_loop *loop, struct ev_io *w, int events)
{
    struct client *c = w->data;
    struct control_socket *s = c->socket;
    (void)events;
    ssize_t n = recv(c->fd, c->line + c->n, CONTROL_LINE_MAX + 1 - c->n, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    c->eof = n <= 0;
    c->n += n > 0 ? (size_t)n : 0;
    if (line_end(c) != NULL) { /* no more is read before it is answered */
        ev_io_stop(loop, &c->in);
        s->owner.wake(s->owner.ctx);
    } else if (c->eof) {
        drop(c); /* half a line is none */
    } else if (c->n > CONTROL_LINE_MAX) {
        ev_io_stop(loop, &c->in);
        c->last = true;
        say(c, TOO_LONG);
        send_on(c);
    }
}

static bool is_ours(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

static void let_in(struct control_socket *s, int fd)
{
    struct client *c = mem_take(&sys_mem, sizeof *c);
    *c = (struct client){ .socket = s, .fd = fd, .next = s->clients };
    c->line = mem_take(&sys_mem, CONTROL_LINE_MAX + 1);
    s->clients = c;
    s->count++;
    ev_io_init(&c->in, on_in, fd, EV_READ);
    ev_io_init(&c->out, on_out, fd, EV_WRITE);
    c->in.data = c->out.data = c;
    ev_io_start(s->reactor->loop, &c->in);
}

static void on_pause_over(struct ev_loop *loop, struct ev_timer *w, int events)
{
    struct control_socket *s = w->data;
    (void)events;
    ev_io_start(loop, &s->io);
}

static void greet(struct control_socket *s, int fd)
{
    if (is_ours(fd) && s->count < SOCKET_CLIENTS) {
        let_in(s, fd);
        return;
    }
    if (is_ours(fd))
        (void)!send(fd, TOO_MANY, sizeof TOO_MANY - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

/* All who wait: they may come faster than the loop comes by. */
static void on_accept(struct ev_loop *loop, struct ev_io *w, int events)
{
    struct control_socket *s = w->data;
    (void)loop;
    (void)events;
    for (int i = 0; i < BACKLOG; i++) {
        int fd = reactor_accept(s->reactor, &s->io, &s->pause);
        if (fd < 0)
            return;
        greet(s, fd);
    }
}

/* ---- the path ---- */

/* Nobody else may put another socket there. */
static bool check_folder(const char *path, struct err *e)
{
    char folder[sizeof((struct sockaddr_un *)NULL)->sun_path] = ".";
    struct stat st;
    const char *slash = strrchr(path, '/');
    if (slash != NULL) {
        size_t n = slash == path ? 1 : (size_t)(slash - path);
        memcpy(folder, path, n);
        folder[n] = '\0';
    }
    if (stat(folder, &st) != 0)
        return err_set(e, "%s: %s", folder, strerror(errno));
    if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return err_set(
            e,
            "%s: the folder %s is not yours alone to write in; the control socket goes into one "
            "that is yours alone",
            path, folder);
    return true;
}

/* A socket that a run left behind goes; nothing else does. */
static bool make_way(const struct control_socket *s, struct err *e)
{
    const char *path = s->address.sun_path;
    struct stat st;
    if (lstat(path, &st) != 0)
        return errno == ENOENT || err_set(e, "%s: %s", path, strerror(errno));
    if (!S_ISSOCK(st.st_mode) || st.st_uid != geteuid())
        return err_set(e, "%s: something else is there, and stays", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set(e, "%s: %s", path, strerror(errno));
    bool stale = connect(fd, (const struct sockaddr *)&s->address, sizeof s->address) != 0 &&
                 errno == ECONNREFUSED;
    close(fd);
    if (!stale)
        return err_set(e, "%s: somebody listens there already", path);
    return unlink(path) == 0 || err_set(e, "%s: %s", path, strerror(errno));
}

static bool bind_it(struct control_socket *s, struct err *e)
{
    const char *path = s->address.sun_path;
    struct stat st;
    s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t before = umask(0177);
    bool bound =
        s->fd >= 0 && bind(s->fd, (const struct sockaddr *)&s->address, sizeof s->address) == 0;
    int error = errno;
    umask(before);
    if (!bound)
        return err_set(e, "%s: %s", path, strerror(error));
    if (lstat(path, &st) != 0 || listen(s->fd, BACKLOG) != 0)
        return err_set(e, "%s: %s", path, strerror(errno));
    s->device = st.st_dev;
    s->inode = st.st_ino;
    return true;
}

struct control_socket *socket_new(struct reactor *r, const char *path,
                                  const struct socket_owner *owner, struct err *e)
{
    struct control_socket *s = mem_take(&sys_mem, sizeof *s);
    *s = (struct control_socket){ .reactor = r, .owner = *owner, .fd = -1 };
    s->address.sun_family = AF_UNIX;
    size_t n = strlen(path);
    bool ok = n > 0 && n < sizeof s->address.sun_path;
    if (ok)
        memcpy(s->address.sun_path, path, n + 1);
    else
        err_set(e, "%.120s: a path of 1 to %zu bytes is expected", path,
                sizeof s->address.sun_path - 1);
    ev_io_init(&s->io, on_accept, -1, EV_READ);
    ev_timer_init(&s->pause, on_pause_over, 0., 0.);
    s->io.data = s->pause.data = s;
    if (!ok || !check_folder(path, e) || !make_way(s, e) || !bind_it(s, e)) {
        socket_free(s);
        return NULL;
    }
    ev_io_set(&s->io, s->fd, EV_READ);
    ev_io_start(r->loop, &s->io);
    return s;
}

bool socket_has_work(const struct control_socket *s)
{
    for (const struct client *c = s->clients; c != NULL; c = c->next) {
        if (has_work(c))
            return true;
    }
    return false;
}

/* One line of each in turn, so that nobody waits for all that another one has to ask. */
void socket_serve(struct control_socket *s)
{
    struct client *next;
    for (struct client *c = s->clients; c != NULL; c = next) {
        next = c->next;
        if (has_work(c))
            answer_one(c);
    }
}

void socket_free(struct control_socket *s)
{
    struct stat st;
    if (s == NULL)
        return;
    while (s->clients != NULL)
        drop(s->clients);
    ev_io_stop(s->reactor->loop, &s->io);
    ev_timer_stop(s->reactor->loop, &s->pause);
    if (s->fd >= 0)
        close(s->fd);
    const char *path = s->address.sun_path;
    if (s->inode != 0 && lstat(path, &st) == 0 && st.st_dev == s->device && st.st_ino == s->inode)
        (void)unlink(path);
    mem_free(&sys_mem, s);
}
