#include "sim/control/client.h"

#include "sim/base/near.h"
#include "sim/control/request.h"
#include "sim/wire/text.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define WORDS 64 /* of one line */

/* ---- words to requests ---- */

static bool put_filter(cJSON *phones, const char *word, struct err *e)
{
    char key[64];
    const char *equals = strchr(word, '=');
    size_t n = equals == NULL ? 0 : (size_t)(equals - word);
    if (n == 0 || n >= sizeof key)
        return err_set(e, "\"%.60s\": a filter is expected, model=8861 or registered=false", word);
    memcpy(key, word, n);
    key[n] = '\0';
    bool yes = strcmp(equals + 1, "true") == 0;
    if (yes || strcmp(equals + 1, "false") == 0)
        cJSON_AddBoolToObject(phones, key, yes);
    else
        cJSON_AddStringToObject(phones, key, equals + 1);
    return true;
}

/* CONTROL_KINDS: it is none, and the error says which there are. */
static enum control_kind kind_of(const char *word, struct err *e)
{
    char hint[NEAR_ROOM], list[NEAR_LIST];
    const char *names[CONTROL_KINDS];
    struct near near = near_of(word);
    for (int k = 0; k < CONTROL_KINDS; k++) {
        names[k] = control_command((enum control_kind)k).word;
        if (strcmp(word, names[k]) == 0)
            return (enum control_kind)k;
        near_try(&near, names[k]);
    }
    err_set(e, "no command \"%.60s\"%s (%s)", word, near_text(&near, hint),
            near_list(names, CONTROL_KINDS, list));
    return CONTROL_KINDS;
}

/* As many words as its help says. */
static bool fits(enum control_kind kind, int count, struct err *e)
{
    struct control_command c = control_command(kind);
    if (count > (kind == CONTROL_SPEED ? 2 : 1) && (c.value[0] == '\0' || kind == CONTROL_SPEED))
        return err_set(e, "%s: nothing is expected behind it", c.word);
    if (c.value[0] != '\0' && count == 1 && kind != CONTROL_COUNT)
        return err_set(e, "%s: %s is expected behind it", c.word, c.value);
    return true;
}

static bool put_speed(cJSON *o, const char *verb, const char *text, struct err *e)
{
    char *end;
    double speed = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(speed))
        return err_set(e, "%s %.40s: a number from %g to %g is expected", verb, text,
                       CONTROL_SPEED_LEAST, CONTROL_SPEED_MOST);
    cJSON_AddNumberToObject(o, verb, speed);
    return true;
}

/* All words from `at` on, a blank between. */
static void join(const char *const *words, int at, int count, struct sys_text *out)
{
    FILE *f = sys_text_open(out);
    for (int i = at; i < count; i++)
        fprintf(f, "%s%s", i == at ? "" : " ", words[i]);
    fputc('\0', f);
    fclose(f);
}

static bool put_members(cJSON *o, const char *const *words, int count, struct err *e)
{
    const char *verb = words[0];
    struct sys_text text;
    enum control_kind kind = kind_of(verb, e);
    if (kind == CONTROL_KINDS || !fits(kind, count, e))
        return false;
    if (kind == CONTROL_SPEED)
        return put_speed(o, verb, words[1], e);
    if (kind >= CONTROL_PAUSE)
        return cJSON_AddTrueToObject(o, verb), true;
    bool counts = kind == CONTROL_COUNT, does = kind == CONTROL_DO;
    join(words, does ? 1 : 0, counts ? 1 : count, &text);
    cJSON_AddStringToObject(o, does ? "do" : "ask", text.p);
    sys_text_free(&text);
    cJSON *phones = counts && count > 1 ? cJSON_AddObjectToObject(o, "phones") : NULL;
    for (int i = 1; i < count && phones != NULL; i++) {
        if (!put_filter(phones, words[i], e))
            return false;
    }
    return true;
}

bool client_request(const char *const *words, int count, struct sys_text *request, struct err *e)
{
    struct control_request read;
    *request = (struct sys_text){ NULL, 0, 0 };
    char *text = NULL;
    bool ok = true;
    if (words[0][0] != '{') {
        cJSON *o = cJSON_CreateObject();
        ok = put_members(o, words, count, e);
        text = text_whole(cJSON_PrintUnformatted(o));
        cJSON_Delete(o);
    }
    FILE *f = sys_text_open(request);
    for (int i = 0; i < count && text == NULL; i++)
        fprintf(f, "%s%s", i == 0 ? "" : " ", words[i]);
    if (text != NULL)
        fputs(text, f);
    fclose(f);
    cJSON_free(text);
    return ok && control_read(view_of(request->p, request->n), &read, e);
}

/* ---- the socket ---- */

enum { SLOW_S = 5 }; /* an answer that takes longer: said once */

struct talk {
    int fd;
    bool slow;
    struct sys_text in; /* what came and was not taken yet */
};

static bool open_talk(struct talk *t, const char *path, struct err *e)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    size_t n = strlen(path);
    *t = (struct talk){ .fd = -1 };
    if (n >= sizeof a.sun_path)
        return err_set(e, "%.120s: a path of at most %zu bytes is expected", path,
                       sizeof a.sun_path - 1);
    memcpy(a.sun_path, path, n + 1);
    t->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct timeval slow = { .tv_sec = SLOW_S };
    if (t->fd >= 0)
        (void)setsockopt(t->fd, SOL_SOCKET, SO_RCVTIMEO, &slow, sizeof slow);
    if (t->fd >= 0 && connect(t->fd, (const struct sockaddr *)&a, sizeof a) == 0)
        return true;
    return err_set(e, "%s: %s (`cucmlab serve --control %s` listens there)", path, strerror(errno),
                   path);
}

static void close_talk(struct talk *t)
{
    if (t->fd >= 0)
        close(t->fd);
    sys_text_free(&t->in);
}

static bool send_all(const struct talk *t, const char *p, size_t n, struct err *e)
{
    while (n > 0) {
        ssize_t sent = send(t->fd, p, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return err_set(e, "the control socket was closed: %s", strerror(errno));
        p += sent;
        n -= (size_t)sent;
    }
    return true;
}

/* A report of a large fleet takes its time; a lab that was stopped (Ctrl-Z) takes all of it. */
static void tell_slow(struct talk *t)
{
    if (!t->slow)
        fprintf(stderr,
                "cucmlab: no answer for %d s: the lab works on it, or is stopped (Ctrl-Z)\n",
                SLOW_S);
    t->slow = true;
}

/* Up to and with its line feed: the whole of t->in, for one answer comes for one request. */
static bool receive(struct talk *t, struct err *e)
{
    char piece[65536];
    FILE *f = sys_text_open(&t->in);
    for (;;) {
        ssize_t n = recv(t->fd, piece, sizeof piece, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            tell_slow(t);
            continue;
        }
        if (n <= 0) {
            fclose(f);
            return err_set(e, "the control socket was closed before its answer");
        }
        fwrite(piece, 1, (size_t)n, f);
        if (piece[n - 1] == '\n')
            break;
    }
    fclose(f);
    return true;
}

static bool exchange(struct talk *t, const struct sys_text *request, struct err *e)
{
    sys_text_free(&t->in);
    return send_all(t, request->p, request->n, e) && send_all(t, "\n", 1, e) && receive(t, e);
}

/* ---- for people ---- */

static void print_ok(FILE *out, const cJSON *ok)
{
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(ok, "text");
    if (cJSON_IsString(text)) {
        fputs(text->valuestring, out);
        return;
    }
    char *printed = text_whole(cJSON_Print(ok));
    fprintf(out, "%s\n", printed);
    cJSON_free(printed);
}

static bool print_answer(FILE *out, const struct sys_text *answer, bool *refused, struct err *e)
{
    cJSON *o = cJSON_ParseWithLength(answer->p, answer->n);
    const cJSON *ok = cJSON_GetObjectItemCaseSensitive(o, "ok");
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(o, "error");
    bool good = ok != NULL;
    *refused = cJSON_IsString(error);
    if (good)
        print_ok(out, ok);
    else
        err_set(e, "%.380s", *refused ? error->valuestring : "what came is no answer");
    cJSON_Delete(o);
    return good;
}

bool client_ask(const char *path, const struct sys_text *request, FILE *out, bool *refused,
                struct err *e)
{
    struct talk t;
    *refused = false;
    bool ok =
        open_talk(&t, path, e) && exchange(&t, request, e) && print_answer(out, &t.in, refused, e);
    close_talk(&t);
    return ok;
}

/* The words of a line, in place; a request is one. */
static int split(char *line, const char *words[WORDS])
{
    int count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    if (line[strspn(line, " \t")] == '{')
        return words[0] = line + strspn(line, " \t"), 1;
    for (char *at = line + strspn(line, " \t"); *at != '\0' && count < WORDS;) {
        words[count++] = at;
        at += strcspn(at, " \t");
        if (*at != '\0')
            *at++ = '\0';
        at += strspn(at, " \t");
    }
    return count;
}

static bool is_refusal(const struct sys_text *answer)
{
    cJSON *o = cJSON_ParseWithLength(answer->p, answer->n);
    bool refused = cJSON_GetObjectItemCaseSensitive(o, "ok") == NULL;
    cJSON_Delete(o);
    return refused;
}

bool client_talk(const char *path, FILE *in, FILE *out, bool *refused, struct err *e)
{
    static char line[CONTROL_LINE_MAX + 2];
    const char *words[WORDS];
    struct talk t;
    struct err wrong = { "" };
    bool ok = open_talk(&t, path, e);
    *refused = false;
    while (ok && fgets(line, sizeof line, in) != NULL) {
        struct sys_text request;
        int count = split(line, words);
        if (count == 0)
            continue;
        if (!client_request(words, count, &request, &wrong)) {
            fprintf(stderr, "cucmlab: %s\n", wrong.text);
            *refused = true;
        } else if ((ok = exchange(&t, &request, e))) {
            *refused = is_refusal(&t.in) || *refused;
            ok = (fwrite(t.in.p, 1, t.in.n, out) == t.in.n && fflush(out) == 0) ||
                 err_set(e, "standard output: %s", strerror(errno));
        }
        sys_text_free(&request);
    }
    close_talk(&t);
    return ok;
}
