#include "sim/import/axl_impl.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/import/secrets.h"
#include "sim/text/json.h"
#include "sim/text/xml.h"
#include "sim/wire/text.h"

#include <string.h>

/* ---- what is a record ---- */

/* By its name, or by its name within another; `element`: as an element of an array alone, where
 * JSON leaves the name out that XML has for each. */
static const struct {
    enum axl_kind kind;
    const char *name, *within;
    bool element;
} records[] = {
    { AXL_PHONE, "phone", NULL, false },
    { AXL_REGISTRATION, "registrationdynamic", NULL, false },
    { AXL_TVS, "tvscertificate", NULL, false },
    { AXL_GROUP, "callmanagergroup", NULL, false },
    { AXL_POOL, "devicepool", NULL, false },
    { AXL_NODE, "processnode", NULL, false },
    { AXL_CALLMANAGER, "callmanager", NULL, false },
    { AXL_PROFILE, "phonesecurityprofile", NULL, false },
    { AXL_VERSION, "componentversion", NULL, false },
    { AXL_SQL, "row", NULL, false },
    { AXL_DEVICE, "item", "cmdevices", false },
    { AXL_DEVICE, "cmdevices", NULL, true },
    { AXL_SERVICE, "item", "serviceinfolist", false },
    { AXL_SERVICE, "serviceinfolist", NULL, true },
    { AXL_IDENTITY, "identities", NULL, false },
    { AXL_TRUST, "trusts", NULL, false },
    { AXL_FAULT, "fault", NULL, false },
    { AXL_SHOWN, "tvs", NULL, true },
    { AXL_LIST, "itl", NULL, false },
    { AXL_LIST, "ctl", NULL, false },
    { AXL_LIST, "phoneitl", NULL, false },
};

/* Answers by their own names, for those that hold nothing. */
static const struct {
    enum axl_kind kind;
    const char *name;
} answers[] = {
    { AXL_PHONE, "listphoneresponse" },
    { AXL_PHONE, "getphoneresponse" },
    { AXL_REGISTRATION, "listregistrationdynamicresponse" },
    { AXL_REGISTRATION, "getregistrationdynamicresponse" },
    { AXL_TVS, "listtvscertificateresponse" },
    { AXL_TVS, "gettvscertificateresponse" },
    { AXL_GROUP, "listcallmanagergroupresponse" },
    { AXL_GROUP, "getcallmanagergroupresponse" },
    { AXL_POOL, "listdevicepoolresponse" },
    { AXL_POOL, "getdevicepoolresponse" },
    { AXL_NODE, "listprocessnoderesponse" },
    { AXL_NODE, "getprocessnoderesponse" },
    { AXL_CALLMANAGER, "listcallmanagerresponse" },
    { AXL_CALLMANAGER, "getcallmanagerresponse" },
    { AXL_PROFILE, "listphonesecurityprofileresponse" },
    { AXL_PROFILE, "getphonesecurityprofileresponse" },
    { AXL_VERSION, "getccmversionresponse" },
    { AXL_SQL, "executesqlqueryresponse" },
    { AXL_DEVICE, "selectcmdeviceextresponse" },
    { AXL_DEVICE, "selectcmdeviceresponse" },
    { AXL_DEVICE, "selectcmdeviceresult" },
    { AXL_SERVICE, "soapgetservicestatusresponse" },
};

/* Values whose text is that of the value around them: what zeep, xmltodict, xml2js and others make
 * of an element with attributes (observed). */
static const char *const clear[] = { "_value_1", "#text", "$value", "_text", "$t", "_" };

/* Members beside an answer that say which node it is from. */
static const char *const nodes[] = {
    "server", "tftp", "node", "host", "hostname", "processnodename"
};

#define SNIFF_BYTES  65536
#define DOCUMENTS    200000 /* read of one file */
#define BROKEN       200    /* of those that are damaged */
#define HEAD_BYTES   65536
#define COUNT(table) (sizeof(table) / sizeof *(table))

static bool among(struct view name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (view_eq(name, view_str(names[i])))
            return true;
    }
    return false;
}

static enum axl_kind record_of(const struct axl_walk *w, const char *name, bool element)
{
    const char *within = w->depth > 1 ? w->levels[w->depth - 1].name : "";
    for (size_t i = 0; i < COUNT(records); i++) {
        if (records[i].kind >= AXL_DOCTOR && !w->doctor)
            continue;
        if ((!records[i].element || element) && strcmp(name, records[i].name) == 0 &&
            (records[i].within == NULL || strcmp(within, records[i].within) == 0))
            return records[i].kind;
    }
    return AXL_NONE;
}

/* ---- the record that is open ---- */

static uint32_t here(const struct axl_walk *w)
{
    return w->line_more + w->line(w->reader);
}

static void open_record(struct axl_walk *w, enum axl_kind kind, bool nameless)
{
    w->kind = kind;
    w->nameless = nameless;
    w->record_depth = w->depth;
    w->record_line = here(w);
    w->path_n = w->text_n = w->value_count = 0;
    w->path_over = w->large = false;
    for (uint32_t i = 0; i <= w->depth; i++)
        w->levels[i].value = 0;
    if (w->first == AXL_NONE)
        w->first = kind;
}

/* Puts bytes behind the text of the record. */
static bool put(struct axl_walk *w, const void *bytes, size_t n)
{
    if (n > AXL_RECORD - w->text_n)
        return false;
    mem_reserve(w->mem, (void **)&w->text, &w->text_cap, w->text_n + n, 1);
    memcpy(w->text + w->text_n, bytes, n);
    w->text_n += (uint32_t)n;
    return true;
}

static void begin_value(struct axl_walk *w)
{
    struct view path = view_of(w->path, w->path_n);
    if (w->path_over || w->large || (!w->nameless && !axl_wants(w->kind, path)))
        return;
    uint32_t at = w->text_n;
    if (w->value_count == AXL_VALUES || !put(w, path.p, path.n)) {
        w->large = true;
        return;
    }
    mem_reserve(w->mem, (void **)&w->values, &w->value_cap, (size_t)w->value_count + 1,
                sizeof *w->values);
    w->values[w->value_count++] =
        (struct axl_value){ .path = at, .path_n = w->path_n, .at = w->text_n, .line = here(w) };
    w->levels[w->depth].value = w->value_count;
}

static void close_record(struct axl_walk *w)
{
    char here[FACTS_HERE_ROOM];
    struct axl_record r = { .kind = w->kind,
                            .line = w->record_line,
                            .name = w->levels[w->record_depth].name,
                            .text = w->text,
                            .values = w->values,
                            .count = w->value_count };
    w->record_depth = 0;
    w->said.line = r.line;
    if (w->sniff) {
        if (w->nameless)
            w->first = axl_kind_of(&r);
        return;
    }
    r.node = w->kind == AXL_DEVICE ? w->ris_node
             : w->node[0] != '\0'  ? w->node
             : w->asked[0] != '\0' ? w->asked
                                   : facts_here(&w->said, here);
    if (w->large && !w->nameless)
        facts_note(&w->said, true, "an object of over %u MB or %d values: passed over",
                   AXL_RECORD >> 20, AXL_VALUES);
    if (w->nameless)
        r.kind = w->large ? AXL_NONE : axl_kind_of(&r);
    if (r.kind == AXL_NONE)
        w->unnamed++;
    if (!w->large && r.kind != AXL_NONE) {
        w->records++;
        axl_say(w, &r);
    }
    w->kind = AXL_NONE;
}

/* ---- the stream ---- */

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static struct view without_prefix(struct view name)
{
    for (size_t i = name.n; i > 0; i--) {
        if (name.p[i - 1] == ':')
            return view_sub(name, i, name.n - i);
    }
    return name;
}

/* Small letters, without '_' and '-'. */
static void plain_name(struct view name, char out[AXL_NAME])
{
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < AXL_NAME - 1; i++) {
        uint8_t c = lower(name.p[i]);
        if (c != '_' && c != '-' && c != 0)
            out[n++] = (char)c;
    }
    out[n] = '\0';
}

static void extend_path(struct axl_walk *w, struct view name)
{
    size_t slash = w->path_n > 0;
    if (w->path_over || name.n + slash > AXL_PATH - w->path_n) {
        w->path_over = true;
        return;
    }
    if (slash)
        w->path[w->path_n++] = '/';
    memcpy(w->path + w->path_n, name.p, name.n);
    w->path_n += (uint32_t)name.n;
}

/* The same few names come again and again. */
static bool is_secret(struct axl_walk *w, struct view name)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < name.n; i++)
        h = (h ^ name.p[i]) * 16777619u;
    struct axl_known *k = &w->known[h % AXL_KNOWN];
    if (k->n != name.n || name.n > sizeof k->name || memcmp(k->name, name.p, name.n) != 0) {
        k->secret = secrets_is(name);
        k->n = (uint8_t)(name.n <= sizeof k->name ? name.n : 0);
        memcpy(k->name, name.p, k->n);
        return k->n > 0 ? k->secret : secrets_is(name);
    }
    return k->secret;
}

/* What stands around records: answers by their names, and whose they are. */
static void begin_outside(struct axl_walk *w, bool element)
{
    const struct axl_level *level = &w->levels[w->depth];
    const char *within = w->levels[w->depth - 1].name; /* of level 0: "" */
    for (size_t i = 0; i < COUNT(answers) && w->first == AXL_NONE; i++) {
        if (strcmp(level->name, answers[i].name) == 0)
            w->first = answers[i].kind;
    }
    if (strcmp(level->name, "item") == 0 ? strcmp(within, "cmnodes") == 0
                                         : element && strcmp(level->name, "cmnodes") == 0)
        w->ris_node[0] = '\0';
    w->into = NULL;
    if (strcmp(level->name, "name") == 0 &&
        (strcmp(within, "item") == 0 || strcmp(within, "cmnodes") == 0))
        w->into = w->ris_node;
    else if (among(view_str(level->name), nodes, COUNT(nodes)))
        w->into = w->node;
    else if (w->doctor && strcmp(level->name, "device") == 0)
        w->into = w->ris_node;
    else if (w->doctor && strcmp(level->name, "clock") == 0)
        w->into = w->clock;
    /* The names of its files are those of many others. */
    if (w->depth == 2 && w->nameless && strcmp(level->name, "eraseitl") == 0) {
        w->doctor = true;
        w->first = w->first == AXL_NONE ? AXL_DOCTOR : w->first;
    }
    w->into_n = 0;
    w->into_depth = w->depth;
}

/* At the top: another answer, of another node. */
static void begin_top(struct axl_walk *w)
{
    const char *name = w->levels[1].name;
    w->node[0] = w->ris_node[0] = '\0';
    /* A phone's configuration has elements of the same names. */
    w->stop =
        strcmp(name, "device") == 0 || strcmp(name, "default") == 0 || strcmp(name, "html") == 0;
    if (name[0] == '\0')
        open_record(w, AXL_NONE, true);
}

void axl_begin(struct axl_walk *w, struct view name, bool element)
{
    name = without_prefix(name);
    struct axl_level *level = &w->levels[++w->depth];
    CHECK(w->depth <= AXL_DEPTH);
    plain_name(name, level->name);
    level->path_n = w->path_n;
    level->path_over = w->path_over;
    level->value = 0;
    level->clear = w->depth > 1 && among(name, clear, COUNT(clear));
    if (level->clear)
        return;
    w->secret = w->secret_counted = false;
    enum axl_kind kind = AXL_NONE;
    if (w->record_depth == 0 || w->nameless)
        kind = record_of(w, level->name, element);
    if (kind != AXL_NONE) {
        open_record(w, kind, false);
        return;
    }
    if (w->record_depth == 0 || w->nameless)
        begin_outside(w, element);
    if (w->depth == 1)
        begin_top(w);
    else if (w->record_depth != 0) {
        w->secret = is_secret(w, name);
        extend_path(w, name);
        if (!w->secret)
            begin_value(w);
    }
}

/* `value` from 1; 0: nobody wants it.  Of a text around other values the first part counts. */
static void add_text(struct axl_walk *w, uint32_t value, struct view text)
{
    if (w->record_depth == 0 || value == 0 || value > w->value_count || w->large)
        return;
    struct axl_value *v = &w->values[value - 1];
    if (v->n == 0)
        v->at = w->text_n;
    if (v->at + v->n != w->text_n)
        return;
    if (put(w, text.p, text.n))
        v->n += (uint32_t)text.n;
    else
        w->large = true;
}

void axl_text(struct axl_walk *w, struct view text)
{
    if (w->secret && !w->secret_counted && !w->sniff && text_trim(text).n > 0) {
        w->said.facts->secrets_dropped++;
        w->secret_counted = true;
    }
    uint32_t depth = w->depth;
    while (depth > 0 && w->levels[depth].clear)
        depth--;
    if (w->into != NULL && depth == w->into_depth) {
        for (size_t i = 0; i < text.n && w->into_n < sizeof w->node - 1; i++)
            w->into[w->into_n++] = (char)text.p[i];
        w->into[w->into_n] = '\0';
    }
    add_text(w, w->levels[depth].value, text);
}

void axl_end(struct axl_walk *w)
{
    CHECK(w->depth > 0);
    struct axl_level *level = &w->levels[w->depth];
    if (!level->clear) {
        w->secret = false;
        if (w->into != NULL && w->depth <= w->into_depth)
            w->into = NULL;
        if (w->depth == w->record_depth)
            close_record(w);
        w->path_n = level->path_n;
        w->path_over = level->path_over;
    }
    w->depth--;
}

/* ---- XML and JSON ---- */

static uint32_t line_of_xml(const void *reader)
{
    return xml_line(reader);
}

static void xml_on_begin(struct xml *x, void *ctx, const struct xml_tag *tag)
{
    struct axl_walk *w = ctx;
    w->reader = x;
    axl_begin(w, view_str(tag->name), false);
    /* Another answer, where the end of this one is lost. */
    w->stop = w->stop || (w->depth > 1 && text_same(view_str(tag->name), "Envelope"));
    if (w->stop || (w->sniff && w->first != AXL_NONE))
        xml_fail(x, "<%s> is not expected here", tag->name);
}

static void xml_on_text(struct xml *x, void *ctx, struct view text)
{
    (void)x;
    axl_text(ctx, text);
}

static void xml_on_end(struct xml *x, void *ctx, uint32_t depth)
{
    (void)x, (void)depth;
    axl_end(ctx);
}

static uint32_t line_of_json(const void *reader)
{
    return json_line(reader);
}

static void json_on_begin(struct json *j, void *ctx, struct view name, bool element)
{
    struct axl_walk *w = ctx;
    w->reader = j;
    axl_begin(w, name, element);
    if (w->stop || (w->sniff && w->first != AXL_NONE))
        json_stop(j);
}

/* "<Element paramname at 0x7f1c>": what Python prints of an element that zeep left as it was; what
 * stood in it is not there. */
static bool is_shell(struct view text)
{
    static const char begin[] = "<Element ";
    return text.n > sizeof begin && memcmp(text.p, begin, sizeof begin - 1) == 0;
}

static void json_on_text(struct json *j, void *ctx, struct view text)
{
    struct axl_walk *w = ctx;
    (void)j;
    if (!is_shell(text)) {
        axl_text(ctx, text);
        return;
    }
    w->shell_line = w->shells++ == 0 ? here(w) : w->shell_line;
}

static void json_on_end(struct json *j, void *ctx)
{
    struct axl_walk *w = ctx;
    axl_end(w);
    if (w->sniff && w->first != AXL_NONE)
        json_stop(j);
}

/* What the reader says is "line N: what". */
static void note_broken(const struct axl_walk *w, const struct err *e)
{
    struct said s = w->said;
    struct view text = view_str(e->text);
    uint64_t line;
    if (text.n > 5 && memcmp(text.p, "line ", 5) == 0) {
        text = view_sub(text, 5, text.n - 5);
        if (text_number(text_cut(&text, ':'), UINT32_MAX, &line))
            s.line = w->line_more + (uint32_t)line;
    }
    text = text_trim(text);
    facts_note(&s, true, "the answer breaks off or is damaged: %.*s", (int)text.n,
               (const char *)text.p);
}

/* "https://HOST:8443/...": of the command that asked, or of the head of HTTP. */
static void look_for_host(struct axl_walk *w, struct view text)
{
    static const char mark[] = "https://";
    const uint8_t *at = text.n > 0 ? memmem(text.p, text.n, mark, sizeof mark - 1) : NULL;
    size_t n = 0;
    if (at == NULL)
        return;
    at += sizeof mark - 1;
    while (at + n < text.p + text.n && n < sizeof w->asked - 1 && at[n] > ' ' && at[n] < 0x7f &&
           strchr("/:'\"?\\", at[n]) == NULL)
        n++;
    memcpy(w->asked, at, n);
    w->asked[n] = '\0';
}

static void walk_xml(struct axl_walk *w, struct view bytes)
{
    static const struct xml_calls calls = { AXL_DEPTH, xml_on_begin, xml_on_end, xml_on_text };
    struct xml_place place = { 0, 1 };
    size_t before = 0;
    uint32_t documents = 0, broken = 0;
    w->line = line_of_xml;
    while (xml_find(bytes, &place)) {
        if (documents++ == DOCUMENTS || broken == BROKEN) {
            w->said.line = w->line_more + place.line;
            facts_note(&w->said, true, "%u answers, %u of them damaged: the rest is not read",
                       documents - 1, broken);
            return;
        }
        struct err e = { "" };
        look_for_host(w, view_sub(bytes, before, place.at - before));
        w->depth = w->record_depth = w->path_n = 0;
        w->kind = AXL_NONE;
        w->nameless = w->stop = w->path_over = false;
        w->into = NULL;
        bool good = xml_read_at(bytes, &place, &calls, w, &e);
        if (w->sniff)
            return;
        broken += !good;
        if (!good)
            note_broken(w, &e);
        before = place.at;
    }
}

static void walk_json(struct axl_walk *w, struct view bytes)
{
    static const struct json_calls calls = { AXL_DEPTH, json_on_begin, json_on_text, json_on_end };
    struct err e = { "" };
    w->line = line_of_json;
    if (!json_read(bytes, &calls, w, &e) && !w->sniff)
        note_broken(w, &e);
}

static bool says(struct view v, const char *what)
{
    return v.n > 0 && memmem(v.p, v.n, what, strlen(what)) != NULL;
}

/* Where the answer begins: at once, or at a line of its own behind the command that asked and the
 * head of HTTP, where somebody kept them.  False: this is no answer. */
static bool body_of(struct view v, struct view *head, struct view *body)
{
    size_t most = v.n < HEAD_BYTES ? v.n : HEAD_BYTES;
    bool line = true;
    size_t i = v.n >= 3 && memcmp(v.p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (; i < most; i++) {
        uint8_t c = v.p[i];
        if (line && (c == '<' || c == '{' || c == '[' || c == '('))
            break;
        line = c == '\n' || (line && (c == ' ' || c == '\t'));
    }
    *head = view_sub(v, 0, i);
    *body = view_sub(v, i, v.n - i);
    return i < most && (text_trim(*head).n <= 3 || says(*head, "curl") || says(*head, "HTTP/") ||
                        says(*head, "https://"));
}

/* Pages and configurations are many, and known by their first tag. */
static bool is_other(struct view body)
{
    static const char *const names[] = { "html",  "head",   "body",   "table",
                                         "title", "device", "default" };
    size_t n = 1;
    while (n < body.n && n < 20 && ((body.p[n] | 0x20) >= 'a' && (body.p[n] | 0x20) <= 'z'))
        n++;
    if (body.n > 3 && memcmp(body.p, "<!", 2) == 0 && body.p[2] != '-')
        return true;
    for (size_t i = 0; i < COUNT(names); i++) {
        if (body.p[0] == '<' && text_same(view_sub(body, 1, n - 1), names[i]))
            return true;
    }
    return false;
}

static void note_shells(const struct axl_walk *w)
{
    struct said s = w->said;
    s.line = w->shell_line;
    if (w->shells > 0)
        facts_note(&s, true,
                   "%u values are \"<Element ...>\", what Python prints of elements without what "
                   "is in them: print tag and text of each, or save the answer itself",
                   w->shells);
}

enum axl_kind axl_file(const struct said *s, const struct piece *p, bool sniff)
{
    struct view head, body;
    if (!body_of(p->bytes, &head, &body) || (sniff && is_other(body)))
        return AXL_NONE;
    uint8_t c = body.p[0];
    uint32_t lines = p->line > 0 ? p->line - 1 : 0;
    for (size_t i = 0; i < head.n; i++)
        lines += head.p[i] == '\n';
    if (sniff && body.n > SNIFF_BYTES)
        body.n = SNIFF_BYTES;
    struct axl_walk *w = mem_take(&sys_mem, sizeof *w);
    memset(w, 0, sizeof *w);
    w->said = *s;
    w->mem = &sys_mem;
    w->sniff = sniff;
    w->line_more = lines;
    w->arena = arena_of(w->mem);
    w->by_device = table_of(w->mem);
    look_for_host(w, head);
    (c == '<' ? walk_xml : walk_json)(w, body);
    /* A snapshot has both, in whatever order. */
    enum axl_kind first = w->first == AXL_TRUST ? AXL_IDENTITY : w->first;
    if (!sniff) {
        note_shells(w);
        axl_say_devices(w);
        axl_say_clock(w);
        if (w->records == 0)
            facts_note(s, false, "the answer holds nothing that is known here");
        else if (w->unnamed > 0)
            facts_note(s, false, "%u objects are none that is known here", w->unnamed);
    }
    table_free(&w->by_device);
    arena_free(&w->arena);
    mem_free(w->mem, w->devices);
    mem_free(w->mem, w->values);
    mem_free(w->mem, w->text);
    mem_free(w->mem, w);
    return first;
}
