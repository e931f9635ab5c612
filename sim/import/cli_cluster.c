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

enum { MEMBER_WORDS = 8, ROW_LINES = 5 /* that a row may have become */ };

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

/* A terminal that is not wide enough, or somebody who copied from it, makes several lines of one.
 * Those behind line i up to the next address, heading or empty line. */
static uint32_t lines_of_row(const struct cli_text *t, uint32_t i)
{
    uint32_t n = 1;
    for (; n < ROW_LINES && i + n < t->count; n++) {
        struct view left = t->lines[i + n].text, first = cli_word(&left);
        if (first.n == 0 || is_address(first) || cli_begins(t->lines[i + n].text, "Server Table"))
            break;
    }
    return n;
}

enum { EDGE_BY_LENGTH, EDGE_WITHOUT, EDGE_WITH, EDGES };

/* They are one again; a blank at the edge of the screen may be lost: of a line that is shorter than
 * the longest it was. */
static struct view join(struct cli_text *t, uint32_t i, uint32_t lines, size_t width, int edge)
{
    size_t n = 0, room = 0;
    for (uint32_t k = 0; k < lines; k++)
        room += t->lines[i + k].text.n + 1;
    uint8_t *out = arena_take(&t->arena, room);
    for (uint32_t k = 0; k < lines; k++) {
        struct view line = t->lines[i + k].text;
        if (line.n > 0)
            memcpy(out + n, line.p, line.n);
        n += line.n;
        if (edge == EDGE_WITH || (edge == EDGE_BY_LENGTH && line.n < width))
            out[n++] = ' ';
    }
    return view_of(out, n);
}

static bool is_whole(struct view line, const struct member *m)
{
    const uint8_t *db = cli_find(line, " DB");
    return m->product.n > 0 && db != NULL && db >= m->product.p + m->product.n;
}

/* The member that line i begins; how many lines it takes, 0: none begins there. */
static uint32_t read_member(struct cli_text *t, uint32_t i, size_t width, struct member *m)
{
    struct view left = t->lines[i].text;
    if (!is_address(cli_word(&left)))
        return 0;
    uint32_t lines = lines_of_row(t, i);
    for (int edge = 0; edge < EDGES; edge++) {
        struct view row = join(t, i, lines, width, edge);
        if (member_of(row, m) && is_whole(row, m))
            return lines;
    }
    return member_of(t->lines[i].text, m) ? 1 : 0;
}

static size_t longest_line(const struct cli_text *t)
{
    size_t width = 0;
    for (uint32_t i = 0; i < t->count; i++)
        width = t->lines[i].text.n > width ? t->lines[i].text.n : width;
    return width;
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
    uint32_t found = 0, selves = 0, lines = 0, i, self_line = 0;
    cli_open(&t, s, p);
    size_t width = longest_line(&t);
    for (i = 0; i<t.count; i += lines> 0 ? lines : 1) {
        struct said at = cli_at(s, t.lines[i].line);
        lines = 0;
        if (cli_begins(t.lines[i].text, "Server Table"))
            break;
        lines = read_member(&t, i, width, &m);
        if (lines == 0)
            continue;
        found++;
        say_member(&at, &m);
        if (!m.since) {
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
