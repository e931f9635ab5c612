/* Outputs that say what nodes there are and what one of them is: `show network cluster`, `show
 * network eth0`, `show status`, `show version`, `show tls min-version`, `utils fips status`, `utils
 * ctl`. */
#include "sim/import/cli_impl.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

static const struct view none = { NULL, 0 };

/* An address, of either kind: enough to tell it from a name. */
static bool is_address(struct view v)
{
    bool colon = false, dot = false, digit = false;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] != '.' && v.p[i] != ':' && text_hex(v.p[i]) < 0)
            return false;
        colon = colon || v.p[i] == ':';
        dot = dot || v.p[i] == '.';
        digit = digit || (v.p[i] >= '0' && v.p[i] <= '9');
    }
    char text[16];
    if (colon || v.n >= sizeof text)
        return colon && v.n >= 2;
    if (v.n > 0)
        memcpy(text, v.p, v.n);
    text[v.n] = 0;
    return dot && digit && text_address(text) != 0;
}

/* ---- show network cluster ---- */

/* address [full name] host Publisher|Subscriber product DBPub|DBSub ... [using TCP since DATE] */
struct member {
    struct view address, fqdn, host, role, product;
    bool since; /* the line of another node than the one that was asked */
};

enum { MEMBER_WORDS = 8 };

static bool member_of(struct view line, struct member *m)
{
    struct view words[MEMBER_WORDS];
    uint32_t count = cli_words(line, words, MEMBER_WORDS), role = 1;
    while (role < count && !text_same(words[role], "Publisher") &&
           !text_same(words[role], "Subscriber"))
        role++;
    if (role >= count || role < 2 || role > 3 || !is_address(words[0]))
        return false;
    *m = (struct member){ .address = words[0],
                          .fqdn = role == 3 ? words[1] : none,
                          .host = words[role - 1],
                          .role = words[role],
                          .product = role + 1 < count ? words[role + 1] : none,
                          .since = cli_find(line, " since ") != NULL };
    return true;
}

static void say_member(const struct said *s, const struct member *m)
{
    facts_say(s, FACT_NODE_ADDRESS, m->host, none, 0, m->address);
    if (m->fqdn.n > 0)
        facts_say(s, FACT_NODE_FQDN, m->host, none, 0, m->fqdn);
    facts_say(s, FACT_NODE_ROLE, m->host, none, 0,
              view_str(text_same(m->role, "Publisher") ? "publisher" : "subscriber"));
    if (m->product.n > 0)
        facts_say(s, FACT_NODE_PRODUCT, m->host, none, 0, m->product);
}

/* A line may have been wrapped where it says since when. */
static bool since_when(struct cli_text *t, uint32_t i, struct member *m)
{
    struct member other;
    if (!m->since && i + 1 < t->count && !member_of(t->lines[i + 1].text, &other))
        m->since = cli_find(cli_with_next(t, i), " since ") != NULL;
    return m->since;
}

/* Names below the heading of the server table, of which the publisher alone shows one. */
static void server_table(const struct said *s, const struct cli_text *t, uint32_t i)
{
    for (; i < t->count; i++) {
        struct said at = cli_at(s, t->lines[i].line);
        struct view left = t->lines[i].text, name = cli_word(&left);
        if (name.n == 0 || name.p[0] == '-')
            continue;
        if (text_trim(left).n != 0)
            return;
        facts_say(&at, FACT_NODE_LISTED, name, none, 0, view_str("yes"));
    }
}

void cli_read_cluster(const struct said *s, const struct piece *p)
{
    struct cli_text t;
    struct member m, self = { 0 };
    uint32_t found = 0, selves = 0, i, self_line = 0;
    cli_open(&t, s, p);
    for (i = 0; i < t.count; i++) {
        struct said at = cli_at(s, t.lines[i].line);
        if (cli_begins(t.lines[i].text, "Server Table"))
            break;
        if (!member_of(t.lines[i].text, &m))
            continue;
        found++;
        say_member(&at, &m);
        if (!since_when(&t, i, &m)) {
            selves++;
            self = m;
            self_line = at.line;
        }
    }
    if (i < t.count)
        server_table(s, &t, i + 1);
    if (selves == 1) {
        struct said at = cli_at(s, self_line);
        cli_say(&at, FACT_HERE, none, 0, self.host);
    }
    if (found == 0)
        facts_note(s, true, "no line of a node: address, name, Publisher or Subscriber");
    cli_close(&t);
}

/* ---- fields "Name : value" ---- */

/* The value behind "NAME" and a colon, up to where another field of the line begins (two blanks, a
 * word, a colon): "IP Address     : 10.1.1.10          IP Mask    : 255.255.255.000". */
static struct view field(struct view line, const char *name)
{
    const uint8_t *at = cli_find(line, name);
    if (at == NULL || (at > line.p && at[-1] != ' '))
        return none;
    struct view left = view_of(at + strlen(name), 0);
    left.n = (size_t)(line.p + line.n - left.p);
    struct view gap = text_cut(&left, ':');
    if (text_trim(gap).n != 0 || left.p == gap.p + gap.n)
        return none;
    left = text_trim(left);
    for (size_t i = 0; i + 1 < left.n; i++) {
        if (left.p[i] == ' ' && left.p[i + 1] == ' ')
            left.n = i;
    }
    return left;
}

struct field_row {
    const char *name;
    enum fact_kind kind;
};

static uint32_t read_fields(const struct said *s, const struct cli_text *t,
                            const struct field_row *rows, uint32_t count)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        struct said at = cli_at(s, t->lines[i].line);
        for (uint32_t k = 0; k < count; k++) {
            struct view v = field(t->lines[i].text, rows[k].name);
            if (v.n == 0 || text_same(v, "Not Configured"))
                continue;
            cli_say(&at, rows[k].kind, none, 0, v);
            found++;
        }
    }
    return found;
}

#define COUNT(rows) ((uint32_t)(sizeof(rows) / sizeof *(rows)))

void cli_read_eth0(const struct said *s, const struct piece *p)
{
    static const struct field_row rows[] = { { "IP Address", FACT_NODE_ADDRESS },
                                             { "IPv6 Address", FACT_NODE_ADDRESS },
                                             { "Domain", FACT_NODE_DOMAIN } };
    struct cli_text t;
    cli_open(&t, s, p);
    if (read_fields(s, &t, rows, COUNT(rows)) == 0)
        facts_note(s, true, "neither \"IP Address\" nor \"Domain\" is in it");
    cli_close(&t);
}

/* "Date               : Mon Mar 2, 2026 00:36:32", by the clock of the node's zone, which has a
 * name in words alone. */
static void status_date(const struct said *s, const struct cli_text *t)
{
    for (uint32_t i = 0; i < t->count; i++) {
        struct said at = cli_at(s, t->lines[i].line);
        struct cli_date d;
        struct view v = field(t->lines[i].text, "Date");
        if (v.n > 0 && cli_date_read(&at, v, &d)) {
            cli_made(&at, d.unix_s);
            return;
        }
    }
}

/* "Time Zone          : Israel Standard Time (Asia/Jerusalem)" */
static void status_zone(const struct said *s, const struct cli_text *t)
{
    for (uint32_t i = 0; i < t->count; i++) {
        struct said at = cli_at(s, t->lines[i].line);
        struct view v = field(t->lines[i].text, "Time Zone"), inner = v;
        (void)text_cut(&inner, '(');
        inner = text_cut(&inner, ')');
        if (v.n > 0)
            cli_say(&at, FACT_NODE_ZONE, none, 0, inner.n > 0 ? inner : v);
    }
}

void cli_read_status(const struct said *s, const struct piece *p)
{
    static const struct field_row rows[] = { { "Host Name", FACT_HERE },
                                             { "Product Ver", FACT_VERSION } };
    struct cli_text t;
    cli_open(&t, s, p);
    if (read_fields(s, &t, rows, COUNT(rows)) == 0)
        facts_note(s, true, "neither \"Host Name\" nor \"Product Ver\" is in it");
    status_zone(s, &t);
    status_date(s, &t);
    cli_close(&t);
}

void cli_read_version(const struct said *s, const struct piece *p)
{
    static const struct field_row rows[] = { { "Active Master Version", FACT_VERSION },
                                             { "Inactive Master Version", FACT_VERSION_INACTIVE } };
    struct cli_text t;
    cli_open(&t, s, p);
    if (read_fields(s, &t, rows, COUNT(rows)) == 0)
        facts_note(s, true, "no \"Master Version\" is in it");
    cli_close(&t);
}

/* ---- sentences ---- */

/* What a sentence says, the first that stands in the output. */
struct sentence {
    const char *says;
    enum fact_kind kind;
    const char *about, *value;
};

static void read_sentence(const struct said *s, const struct piece *p, const struct sentence *rows,
                          uint32_t count, const char *else_note)
{
    struct cli_text t;
    uint32_t found = 0;
    cli_open(&t, s, p);
    for (uint32_t i = 0; i < t.count; i++) {
        struct said at = cli_at(s, t.lines[i].line);
        for (uint32_t k = 0; k < count; k++) {
            if (cli_find(t.lines[i].text, rows[k].says) == NULL)
                continue;
            found++;
            if (rows[k].about != NULL)
                facts_say_str(&at, rows[k].kind, rows[k].about, NULL, 0, rows[k].value);
            else
                cli_say(&at, rows[k].kind, none, 0, view_str(rows[k].value));
            break;
        }
    }
    if (found == 0 && else_note != NULL)
        facts_note(s, false, "%s", else_note);
    cli_close(&t);
}

void cli_read_fips(const struct said *s, const struct piece *p)
{
    static const struct sentence rows[] = {
        { "NOT operating in FIPS mode", FACT_NODE_FIPS, NULL, "no" },
        { "not operating in FIPS mode", FACT_NODE_FIPS, NULL, "no" },
        { "operating in NON-FIPS mode", FACT_NODE_FIPS, NULL, "no" },
        { "operating in FIPS mode", FACT_NODE_FIPS, NULL, "yes" },
    };
    read_sentence(s, p, rows, COUNT(rows), "it does not say whether FIPS mode is on");
}

void cli_read_ctl_mode(const struct said *s, const struct piece *p)
{
    static const struct sentence rows[] = {
        { "Cluster set to Mixed Mode", FACT_PARAMETER, "ClusterSecurityMode", "1" },
        { "Cluster set to Non Secure Mode", FACT_PARAMETER, "ClusterSecurityMode", "0" },
    };
    read_sentence(s, p, rows, COUNT(rows), NULL);
}

void cli_read_tls(const struct said *s, const struct piece *p)
{
    struct cli_text t;
    uint32_t found = 0;
    cli_open(&t, s, p);
    for (uint32_t i = 0; i < t.count; i++) {
        struct said at = cli_at(s, t.lines[i].line);
        struct view left = cli_behind(t.lines[i].text, "minimum version:"), v = cli_word(&left);
        if (v.n > 0 && v.p[0] == 'v')
            v = view_sub(v, 1, v.n - 1);
        if (v.n == 0)
            continue;
        cli_say(&at, FACT_NODE_TLS, none, 0, v);
        found++;
    }
    if (found == 0)
        facts_note(s, true, "no \"Configured TLS minimum version\" is in it");
    cli_close(&t);
}

void cli_read_aside(const struct said *s, const struct piece *p)
{
    (void)s;
    (void)p;
}
