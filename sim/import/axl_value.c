#include "sim/import/axl_impl.h"

#include "nodes/model.h"
#include "sim/core/date.h"
#include "sim/inventory/columns.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

/* ---- values of a record ---- */

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

bool axl_same_path(struct view path, const char *wanted)
{
    for (size_t i = 0; i < path.n; i++) {
        uint8_t c = lower(path.p[i]);
        if (c == '_' || c == '-')
            continue;
        if (c != (uint8_t)*wanted || c == 0)
            return false;
        wanted++;
    }
    return *wanted == '\0';
}

struct view axl_path(const struct axl_record *r, uint32_t i)
{
    return view_of(r->text + r->values[i].path, r->values[i].path_n);
}

bool axl_is(const struct axl_record *r, uint32_t i, const char *path, struct view *value)
{
    const struct axl_value *v = &r->values[i];
    if (!axl_same_path(axl_path(r, i), path))
        return false;
    *value = text_trim(view_of(r->text + v->at, v->n));
    return value->n > 0;
}

struct view axl_value(const struct axl_record *r, const char *path, uint32_t *line)
{
    struct view value;
    for (uint32_t i = 0; i < r->count; i++) {
        if (axl_is(r, i, path, &value)) {
            if (line != NULL)
                *line = r->values[i].line;
            return value;
        }
    }
    return view_of(NULL, 0);
}

/* ---- how a value is written ---- */

static size_t write_text(const char *text, char *out, size_t room)
{
    int n = snprintf(out, room, "%s", text);
    return n > 0 && (size_t)n < room ? (size_t)n : 0;
}

size_t axl_yes_no(struct view v, char *out, size_t room)
{
    static const char *const yes[] = { "true", "t", "1", "yes", "y" };
    static const char *const no[] = { "false", "f", "0", "no", "n" };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (text_same(v, yes[i]))
            return write_text("yes", out, room);
        if (text_same(v, no[i]))
            return write_text("no", out, room);
    }
    return 0;
}

/* A word of one list as that of another; what is in none is handed on, to be told. */
static size_t as_word(struct view v, const char *const words[][2], size_t count, char *out,
                      size_t room)
{
    for (size_t i = 0; i < count; i++) {
        if (text_same(v, words[i][0]))
            return write_text(words[i][1], out, room);
    }
    size_t n = v.n < room ? v.n : room;
    memcpy(out, v.p, n);
    return n;
}

#define WORDS(table) table, sizeof(table) / sizeof *(table)

size_t axl_protocol(struct view v, char *out, size_t room)
{
    static const char *const words[][2] = { { "sip", "SIP" }, { "sccp", "SCCP" } };
    size_t n = as_word(v, WORDS(words), out, room);
    /* "Any", "Other", "CTI Remote Device": of none that is asked here. */
    return n == 3 || n == 4 ? (memcmp(out, "S", 1) == 0 ? n : 0) : 0;
}

size_t axl_status(struct view v, char *out, size_t room)
{
    static const char *const words[][2] = {
        { "Registered", "registered" },
        { "UnRegistered", "unregistered" },
        { "Rejected", "rejected" },
        { "Partial Registered", "partial" },
        { "PartiallyRegistered", "partial" },
        { "PartialRegistered", "partial" },
        { "Partially Registered", "partial" },
        { "Unknown", "unknown" },
        { "None", "unknown" },
    };
    return as_word(v, WORDS(words), out, room);
}

size_t axl_mode(struct view v, char *out, size_t room)
{
    static const char *const words[][2] = {
        { "Non Secure", "non-secure" },
        { "NonSecure", "non-secure" },
        { "Non-Secure", "non-secure" },
        { "Not Selected", "non-secure" },
        { "Authenticated", "authenticated" },
        { "Encrypted", "encrypted" },
        { "1", "non-secure" },
        { "2", "authenticated" },
        { "3", "encrypted" },
    };
    return as_word(v, WORDS(words), out, room);
}

size_t axl_role(struct view v, char *out, size_t room)
{
    static const char *const words[][2] = { { "Publisher", "publisher" },
                                            { "Subscriber", "subscriber" } };
    return as_word(v, WORDS(words), out, room);
}

size_t axl_product(struct view v, char *out, size_t room)
{
    static const char *const words[][2] = { { "CUCM Voice/Video", "callmanager" },
                                            { "CUCM IM and Presence", "cups" } };
    return as_word(v, WORDS(words), out, room);
}

size_t axl_web(struct view v, char *out, size_t room)
{
    bool on;
    return export_web(v, &on) ? write_text(on ? "yes" : "no", out, room) : 0;
}

size_t axl_settings(struct view v, char *out, size_t room)
{
    static const char *const words[] = { [SETTINGS_ENABLED] = "enabled",
                                         [SETTINGS_RESTRICTED] = "restricted",
                                         [SETTINGS_DISABLED] = "disabled" };
    uint8_t access;
    return export_settings(v, &access) ? write_text(words[access], out, room) : 0;
}

/* What CAPF's last operation left (inferred: an LSC is there behind one that succeeded). */
size_t axl_lsc(struct view v, char *out, size_t room)
{
    if (text_same(v, "Upgrade Success"))
        return write_text("yes", out, room);
    return text_same(v, "Delete Success") ? write_text("no", out, room) : 0;
}

size_t axl_date(struct view v, char *out, size_t room)
{
    char text[32], iso[DATE_TEXT];
    uint64_t s;
    int64_t local;
    if (text_number(v, UINT64_MAX, &s)) {
        if (s > (uint64_t)DATE_LAST_S * 10)
            s /= 1000; /* milliseconds */
        return s == 0 || s > (uint64_t)DATE_LAST_S
                   ? 0
                   : write_text(date_iso((int64_t)s, 0, iso), out, room);
    }
    bool utc = v.n > 0 && v.p[v.n - 1] == 'Z';
    size_t n = v.n < 19 ? v.n : 19; /* without parts of a second */
    memcpy(text, v.p, n);
    text[n] = '\0';
    if (n < 16 || !date_parse(text, &local, NULL))
        return 0;
    (void)date_iso(local, 0, iso);
    if (!utc)
        iso[19] = '\0';
    return write_text(iso, out, room);
}
