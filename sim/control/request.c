#include "sim/control/request.h"

#include "sim/base/near.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define DEEPEST 8 /* objects in each other; cJSON itself reads a thousand */

/* How a kind is asked for: by a member of its own, or as the first word of "ask". */
static const struct row {
    const char *member, *word;
    enum { NOTHING, NAME, FILTERS } takes; /* behind the word */
    const char *value, *help;              /* of the command line */
} rows[CONTROL_KINDS] = {
    [CONTROL_DO] = { "do", NULL, FILTERS, "WHOM ACT",
                     "an act of `cucmlab acts`, to HQ, HQ/pub, SEP... or phones: do HQ/pub restart "
                     "Cisco Tftp" },
    [CONTROL_REPORT] = { "ask", "report", NOTHING, "", "the report of now, as JSON" },
    [CONTROL_VERDICT] = { "ask", "verdict", NOTHING, "", "its first line" },
    [CONTROL_PHONE] = { "ask", "phone", NAME, "NAME", "where that phone stands" },
    [CONTROL_EXPLAIN] = { "ask", "explain", NAME, "NAME",
                          "what it holds, and why it decides as it does" },
    [CONTROL_COUNT] = { "ask", "count", FILTERS, "FILTER...",
                        "how many phones pass: model=8861, registered=false, lost=true" },
    [CONTROL_STEPS] = { "ask", "steps", NOTHING, "", "the steps so far" },
    [CONTROL_TIME] = { "ask", "time", NOTHING, "", "the lab's clock, and how the scenario stands" },
    [CONTROL_MEMORY] = { "ask", "memory", NOTHING, "",
                         "memory in use, held and resident, and open files" },
    [CONTROL_PAUSE] = { "pause", NULL, NOTHING, "", "the scenario waits, wherever it is" },
    [CONTROL_CONTINUE] = { "continue", NULL, NOTHING, "", "it goes on, and is not held any more" },
    [CONTROL_STEP] = { "step", NULL, NOTHING, "", "it goes on until the next step" },
    [CONTROL_STOP] = { "stop", NULL, NOTHING, "", "ends the run in order, with its report" },
    [CONTROL_SPEED] = { "speed", NULL, NOTHING, "F",
                        "seconds of the lab in one of the wall clock's, 0.1 to 100" },
};

struct control_command control_command(enum control_kind kind)
{
    const struct row *row = &rows[kind];
    return (struct control_command){ row->word != NULL ? row->word : row->member, row->value,
                                     row->help };
}

/* ---- members ---- */

static bool put_text(char *to, size_t room, const char *text, const char *what, struct err *e)
{
    size_t n = strlen(text);
    if (n >= room)
        return err_set(e, "%s has more than %zu bytes", what, room - 1);
    memcpy(to, text, n + 1);
    return true;
}

static bool read_id(const cJSON *v, struct control_request *r, struct err *e)
{
    if (cJSON_IsString(v) || (cJSON_IsNumber(v) && isfinite(v->valuedouble))) {
        if (cJSON_PrintPreallocated((cJSON *)v, r->id, sizeof r->id - 8, false))
            return true;
        r->id[0] = '\0';
    }
    return err_set(e, "id: a number or a text of at most %d bytes is expected", CONTROL_ID - 20);
}

static bool read_filter(const cJSON *v, struct control_request *r, struct err *e)
{
    if (r->filter_count == CONTROL_FILTERS)
        return err_set(e, "phones: more than %d filters", CONTROL_FILTERS);
    uint32_t i = r->filter_count++;
    struct script_filter *f = &r->filters[i];
    if (!put_text(r->room[i][0], sizeof r->room[i][0], v->string, "phones: a filter's name", e))
        return false;
    *f = (struct script_filter){ .key = r->room[i][0] };
    if (cJSON_IsBool(v)) {
        f->flag = cJSON_IsTrue(v);
        return true;
    }
    if (!cJSON_IsString(v))
        return err_set(e, "phones: %s is a text, true or false", f->key);
    f->text = r->room[i][1];
    return put_text(r->room[i][1], sizeof r->room[i][1], v->valuestring, f->key, e);
}

static bool read_filters(const cJSON *v, struct control_request *r, struct err *e)
{
    const cJSON *member;
    if (!cJSON_IsObject(v))
        return err_set(e, "phones: an object of filters is expected");
    r->filtered = true;
    cJSON_ArrayForEach(member, v)
    {
        if (!read_filter(member, r, e))
            return false;
    }
    return true;
}

/* ---- what is asked for ---- */

static bool unknown_question(const char *text, struct err *e)
{
    char hint[NEAR_ROOM], name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, " "), text);
    struct near n = near_of(name);
    for (int i = 0; i < CONTROL_KINDS; i++) {
        if (rows[i].word != NULL)
            near_try(&n, rows[i].word);
    }
    return err_set(e,
                   "ask: no question \"%.80s\"%s (report, verdict, phone NAME, explain NAME, "
                   "count, steps, time, memory)",
                   text, near_text(&n, hint));
}

static bool read_question(const char *text, struct control_request *r, struct err *e)
{
    size_t n = strcspn(text, " ");
    const char *rest = text + n + strspn(text + n, " ");
    for (int i = 0; i < CONTROL_KINDS; i++) {
        const char *word = rows[i].word;
        if (word == NULL || strlen(word) != n || memcmp(word, text, n) != 0)
            continue;
        r->kind = (enum control_kind)i;
        if (rows[i].takes == NAME && rest[0] == '\0')
            return err_set(e, "ask: %s of which phone? \"%s SEP001121000000\"", word, word);
        if (rows[i].takes != NAME && rest[0] != '\0')
            return err_set(e, "ask: nothing is expected behind \"%s\"", word);
        return put_text(r->text, sizeof r->text, rest, "ask", e);
    }
    return unknown_question(text, e);
}

static bool read_speed(const cJSON *v, struct control_request *r, struct err *e)
{
    r->speed = cJSON_IsNumber(v) ? v->valuedouble : 0;
    return (r->speed >= CONTROL_SPEED_LEAST && r->speed <= CONTROL_SPEED_MOST) ||
           err_set(e, "speed: a number from %g to %g is expected", CONTROL_SPEED_LEAST,
                   CONTROL_SPEED_MOST);
}

static bool read_what(const cJSON *v, enum control_kind kind, struct control_request *r,
                      struct err *e)
{
    const char *member = rows[kind].member;
    r->kind = kind;
    if (kind == CONTROL_SPEED)
        return read_speed(v, r, e);
    if (kind >= CONTROL_PAUSE)
        return cJSON_IsTrue(v) || err_set(e, "%s: true is expected", member);
    if (!cJSON_IsString(v))
        return err_set(e, "%s: a text is expected", member);
    if (kind != CONTROL_DO)
        return read_question(v->valuestring, r, e);
    return v->valuestring[0] == '\0'
               ? err_set(e, "do: whom and what is expected, \"HQ/pub restart Cisco Tftp\"")
               : put_text(r->text, sizeof r->text, v->valuestring, "do", e);
}

/* The first kind that is asked for by this member. */
static bool kind_of(const char *member, enum control_kind *kind)
{
    for (int i = 0; i < CONTROL_KINDS; i++) {
        *kind = (enum control_kind)i;
        if (strcmp(rows[i].member, member) == 0)
            return true;
    }
    return false;
}

static bool unknown_member(const char *name, struct err *e)
{
    char hint[NEAR_ROOM], cut[64];
    snprintf(cut, sizeof cut, "%s", name);
    struct near n = near_of(cut);
    for (int i = 0; i < CONTROL_KINDS; i++)
        near_try(&n, rows[i].member);
    return err_set(e,
                   "no member \"%.60s\"%s (do, ask, pause, continue, step, stop, speed; phones, "
                   "id)",
                   name, near_text(&n, hint));
}

static bool read_members(const cJSON *root, struct control_request *r, struct err *e)
{
    const cJSON *member, *what = NULL;
    enum control_kind kind, asked = CONTROL_KINDS;
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(root, "id");
    if (id != NULL && !read_id(id, r, e))
        return false;
    cJSON_ArrayForEach(member, root)
    {
        if (member == id)
            continue;
        if (strcmp(member->string, "phones") == 0) {
            if (r->filtered)
                return err_set(e, "two members phones");
            if (!read_filters(member, r, e))
                return false;
        } else if (!kind_of(member->string, &kind)) {
            return unknown_member(member->string, e);
        } else if (what != NULL) {
            return err_set(e, "%s and %s in one request", rows[asked].member, member->string);
        } else {
            what = member;
            asked = kind;
        }
    }
    if (what == NULL)
        return err_set(e, "one of do, ask, pause, continue, step, stop, speed is expected");
    if (!read_what(what, asked, r, e))
        return false;
    return !r->filtered || rows[r->kind].takes == FILTERS ||
           err_set(e, "phones: filters are of do and of count");
}

/* cJSON calls itself for each: a line of brackets would take its stack. */
static bool too_deep(struct view line)
{
    unsigned depth = 0;
    bool text = false;
    for (size_t i = 0; i < line.n; i++) {
        uint8_t c = line.p[i];
        if (text && c == '\\')
            i++;
        else if (c == '"')
            text = !text;
        else if (!text && (c == '{' || c == '['))
            depth++;
        else if (!text && (c == '}' || c == ']') && depth > 0)
            depth--;
        if (depth > DEEPEST)
            return true;
    }
    return false;
}

bool control_read(struct view line, struct control_request *out, struct err *e)
{
    const char *end = NULL;
    *out = (struct control_request){ .kind = CONTROL_KINDS };
    if (line.n > CONTROL_LINE_MAX)
        return err_set(e, "a line of more than %u bytes", CONTROL_LINE_MAX);
    if (memchr(line.p, 0, line.n) != NULL || too_deep(line))
        return err_set(e, "this is no request: one object of JSON a line is expected");
    cJSON *root = cJSON_ParseWithLengthOpts((const char *)line.p, line.n, &end, false);
    size_t at = end == NULL ? 0 : (size_t)(end - (const char *)line.p);
    while (root != NULL && at < line.n && strchr(" \t\r\n", line.p[at]) != NULL)
        at++;
    bool ok = root != NULL && at == line.n && cJSON_IsObject(root);
    if (!ok)
        err_set(e, "this is no request: one object of JSON a line is expected");
    ok = ok && read_members(root, out, e);
    cJSON_Delete(root);
    return ok;
}
