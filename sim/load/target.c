#include "sim/load/target.h"

#include "sim/base/sys.h"
#include "sim/net/net.h"
#include "sim/wire/text.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define LOOPBACK 127u

#define ADDRESSES 64 /* of a name; what is behind them is not asked either */

/* "0x7f.1", "127.1", "0177.0.0.1", "2130706433": some programs read those as 127.0.0.1, others as
 * something else.  Whom a load goes to must not hang on that. */
static bool is_odd_address(const char *name)
{
    const struct addrinfo hints = { .ai_family = AF_INET, .ai_flags = AI_NUMERICHOST };
    struct addrinfo *found = NULL;
    if (getaddrinfo(name, NULL, &hints, &found) != 0)
        return false;
    freeaddrinfo(found);
    return true;
}

/* False: it is none as one writes it, four decimal numbers without zeros before them. */
static bool plain_address(const char *text, uint32_t *ip)
{
    char again[16];
    *ip = text_address(text);
    text_put_address(*ip, again);
    return strcmp(again, text) == 0;
}

bool target_one_of(const char *name, const uint32_t *ips, uint32_t count, uint32_t *ip,
                   struct err *e)
{
    for (uint32_t i = 1; i < count; i++) {
        if ((ips[i] >> 24 == LOOPBACK) != (ips[0] >> 24 == LOOPBACK))
            return err_set(e,
                           "%.200s is an address of this machine and another one too: name the "
                           "address",
                           name);
    }
    *ip = ips[0];
    return true;
}

static bool look_up(const char *name, uint32_t *ip, struct err *e)
{
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found = NULL;
    int why = getaddrinfo(name, NULL, &hints, &found);
    if (why != 0)
        return err_set(e, "%.200s: no IPv4 address: %s", name, gai_strerror(why));
    uint32_t ips[ADDRESSES] = { 0 }, count = 0;
    for (const struct addrinfo *at = found; at != NULL && count < ADDRESSES; at = at->ai_next) {
        struct sockaddr_in a;
        memcpy(&a, at->ai_addr, sizeof a);
        ips[count++] = ntohl(a.sin_addr.s_addr);
    }
    freeaddrinfo(found);
    return target_one_of(name, ips, count, ip, e);
}

/* Class D and above, and 0.0.0.0/8, are no host's. */
static bool is_host(uint32_t ip)
{
    return ip >> 24 != 0 && ip >> 24 < 224;
}

bool target_read(struct target *t, const char *words, uint16_t usual_port, struct err *e)
{
    struct view rest = view_str(words), host = text_cut(&rest, ':');
    uint64_t port = usual_port;
    if (host.n == 0 || host.n >= sizeof t->host)
        return err_set(e, "%.200s: HOST or HOST:PORT was expected", words);
    if (memchr(words, ':', strlen(words)) != NULL &&
        (!text_number(rest, 65535, &port) || port == 0))
        return err_set(e, "%.200s: a port from 1 to 65535 was expected behind ':'", words);
    memcpy(t->host, host.p, host.n);
    t->host[host.n] = '\0';
    t->port = (uint16_t)port;
    bool plain = plain_address(t->host, &t->ip);
    if (!plain && is_odd_address(t->host))
        return err_set(e, "%.200s: an address is written as four decimal numbers, 127.0.0.1",
                       t->host);
    if (!plain && !look_up(t->host, &t->ip, e))
        return false;
    return is_host(t->ip) || err_set(e, "%.200s is no address of a host", t->host);
}

bool target_read_source(struct target *t, const char *words, struct err *e)
{
    char text[2][16];
    struct view rest = view_str(words), first = text_cut(&rest, '-');
    const struct view parts[2] = { first, rest.n == 0 ? first : rest };
    uint32_t ip[2];
    for (int i = 0; i < 2; i++) {
        if (parts[i].n >= sizeof text[i])
            return err_set(e, "--source %.200s: ADDR or ADDR-ADDR was expected", words);
        if (parts[i].n > 0)
            memcpy(text[i], parts[i].p, parts[i].n);
        text[i][parts[i].n] = '\0';
        if (!plain_address(text[i], &ip[i]) || !is_host(ip[i]))
            return err_set(e, "--source %.200s: ADDR or ADDR-ADDR was expected", words);
    }
    if (ip[1] < ip[0] || ip[1] - ip[0] >= TARGET_FROM)
        return err_set(e, "--source %.200s: a range of 1 to %d addresses was expected", words,
                       TARGET_FROM);
    t->from = ip[0];
    t->from_count = ip[1] - ip[0] + 1;
    return true;
}

bool target_source_is_ours(const struct target *t, struct err *e)
{
    const uint32_t ends[2] = { t->from, t->from + (t->from_count == 0 ? 0 : t->from_count - 1) };
    for (int i = 0; i < 2 && t->from_count > 0; i++) {
        char ip[16];
        int fd = net_socket(SOCK_STREAM, ends[i], 0);
        if (fd >= 0) {
            close(fd);
            continue;
        }
        net_text(ends[i], ip);
        return err_set(e, "--source %s: %s", ip, strerror(errno));
    }
    return true;
}

bool target_is_loopback(const struct target *t)
{
    return t->ip >> 24 == LOOPBACK;
}

uint32_t target_source(const struct target *t, uint64_t number)
{
    return t->from_count == 0 ? 0 : t->from + (uint32_t)(number % t->from_count);
}

static bool says_yes(const struct target *t, const struct target_consent *c)
{
    char address[16], line[16];
    text_put_address(t->ip, address);
    fprintf(c->ask,
            "This puts load on %s (%s:%u), which is not this machine. Is it yours to load?\n"
            "Type yes to go on: ",
            t->host, address, t->port);
    fflush(c->ask);
    return fgets(line, sizeof line, c->answer) != NULL && strcmp(line, "yes\n") == 0;
}

bool target_allowed(const struct target *t, const struct target_consent *c, struct err *e)
{
    char address[16];
    text_put_address(t->ip, address);
    if (target_is_loopback(t))
        return c->again == NULL || strcmp(c->again, t->host) == 0 ||
               err_set(e, "one word too many: %.200s", c->again);
    if (!c->allowed)
        return err_set(e, "%s (%s) is not this machine's loopback; --allow-remote %s allows it",
                       t->host, address, t->host);
    if (c->again != NULL)
        return strcmp(c->again, t->host) == 0 ||
               err_set(e, "--allow-remote %.100s is not the target, %.100s", c->again, t->host);
    if (c->ask == NULL || c->answer == NULL)
        return err_set(e,
                       "%s (%s): without a terminal --allow-remote must repeat it: "
                       "--allow-remote %s",
                       t->host, address, t->host);
    return says_yes(t, c) || err_set(e, "%s: not confirmed", t->host);
}
