#include "sim/live/impl.h"

#include "sim/base/rng.h"
#include "sim/talk/tvs.h"

#include <string.h>

#define LOCALES_MAX 256 /* folders that strangers may make the lab know */

/* ---- what runs, with which certificate ---- */

bool answer_running(struct live *l, uint32_t node, enum ask_kind kind)
{
    return l->world->running(l->world->ctx, node, kind);
}

bool answer_silent(struct live *l, uint32_t node)
{
    struct ask ask = { .kind = ASK_TVS_CERT, .device = NO_DEVICE }; /* asks for no file */
    struct event e;
    return live_ask(l, node, &ask, &e) == ASK_SILENT;
}

bool answer_shows(struct live *l, uint32_t node, enum ask_kind kind, uint32_t *cert,
                  uint32_t *speaks)
{
    struct ask ask = { .kind = (uint8_t)kind, .device = NO_DEVICE };
    struct event e;
    if (live_ask(l, node, &ask, &e) != ASK_ANSWERED)
        return false;
    *cert = e.a;
    *speaks = e.b;
    return e.a != 0;
}

/* ---- files ---- */

/* The default folder, and those that configurations name: strangers who ask for others take nothing
 * from them. */
static bool locale_is_ours(const struct live *l, const char *name)
{
    const struct content *c = l->world->content;
    char file[128];
    size_t n = strlen(name);
    (void)file_name(FILE_LOCALE, "", "", file);
    if (strncmp(file, name, n) == 0 && file[n] == '/')
        return true;
    for (uint32_t id = 1; id < c->count; id++) {
        if (content_kind(c, id) == CT_CNF &&
            strcmp(content_get_cnf(c, id)->network_locale, name) == 0)
            return true;
    }
    return false;
}

/* CT_TEXT of a folder; 0 where strangers have asked for too many. */
static uint32_t locale_of(struct live *l, const char *name)
{
    uint64_t key = rng_mix(rng_hash(0x6c6f63616c65ull, view_str(name)));
    key += key == 0;
    uint32_t *known = table_get(&l->locales, key);
    if (known != NULL)
        return *known;
    if (l->locales.count >= LOCALES_MAX && !locale_is_ours(l, name))
        return 0;
    uint32_t text = content_str(l->world->content, name);
    table_put(&l->locales, key, text);
    return text;
}

/* Asked as w->ask has it. */
static enum answer file_asked(struct live *l, uint32_t node, struct file_wanted *w,
                              struct live_file **file)
{
    struct event e;
    struct err why = { "" };
    enum ask_result result = live_ask(l, node, &w->ask, &e);
    if (result == ASK_ELSEWHERE) {
        w->server = e.a;
        w->ask.place = e.b;
        w->wait_us = (uint64_t)e.roles * 1000;
        return ANSWER_ELSEWHERE;
    }
    if (result != ASK_ANSWERED)
        return ANSWER_STOPPED;
    if (e.type != EVENT_FILE)
        return ANSWER_MISSING;
    struct live_file_key key = {
        .content = e.a, .device = w->ask.device, .kind = w->ask.file, .netascii = w->netascii
    };
    memcpy(key.name, w->device, sizeof key.name);
    *file = files_get(l, key, &why);
    if (*file != NULL)
        return ANSWER_OK;
    live_says(l, node, "cannot make %s", why.text);
    return ANSWER_MISSING;
}

enum answer answer_file(struct live *l, uint32_t node, struct view name, struct file_wanted *w,
                        struct live_file **file, struct access *access)
{
    enum file_kind kind;
    char device[64], locale[64];
    if (name.n >= sizeof w->name || !file_parse(name, &kind, device, locale) ||
        strlen(device) >= sizeof w->device)
        return answer_running(l, node, ASK_FILE) ? ANSWER_MISSING : ANSWER_STOPPED;
    memcpy(w->name, name.p, name.n);
    memcpy(w->device, device, strlen(device));
    w->ask.kind = ASK_FILE;
    w->ask.file = (uint8_t)kind;
    w->ask.device = live_device(l, device);
    access_phone(access, l, w->ask.device);
    if (locale[0] != '\0') {
        w->ask.a = locale_of(l, locale);
        if (w->ask.a == 0)
            return ANSWER_MISSING;
    }
    return file_asked(l, node, w, file);
}

/* Content of the bytes of another server. */
static bool passed_on(struct live *l, const struct file_wanted *w, struct view bytes,
                      uint32_t *content)
{
    struct forge_device device = forge_device_of(w->ask.device, w->device);
    return forge_pass_on(l->options.forge, bytes, (enum file_kind)w->ask.file, &device, content,
                         NULL);
}

/* Of a phone that the lab has not: no node keeps its file, and no content remembers it. */
static bool passes_through(const struct file_wanted *w)
{
    return w->ask.came == CAME_FILE && w->device[0] != '\0' && w->ask.device == NO_DEVICE;
}

enum answer answer_came(struct live *l, uint32_t node, struct file_wanted *w, struct view bytes,
                        struct live_file **file)
{
    if (passes_through(w)) {
        if (!answer_running(l, node, ASK_FILE))
            return ANSWER_STOPPED;
        *file = files_of(bytes, w->netascii);
        return ANSWER_OK;
    }
    if (w->ask.came == CAME_FILE && !passed_on(l, w, bytes, &w->ask.b))
        w->ask.came = CAME_NO_ANSWER;
    enum answer found = file_asked(l, node, w, file);
    live_look_ahead(l); /* the node keeps what came for a while */
    return found;
}

/* ---- TVS ---- */

static uint32_t tvs_device(struct live *l, struct view device)
{
    char text[16] = "";
    struct view name = talk_tvs_device(device);
    if (name.n > 0 && name.n < sizeof text)
        memcpy(text, name.p, name.n);
    return live_device(l, text);
}

/* The ask that a request stands for; false where it is about a certificate that the lab does not
 * have, so that no store can hold it. */
static bool tvs_ask(struct live *l, const struct tvs_msg *m, struct ask *ask)
{
    uint32_t at = 0, cert = 0;
    memset(ask, 0, sizeof *ask);
    ask->device = tvs_device(l, m->device);
    if (m->type == TVS_QUERY_CERT_REQ) {
        ask->kind = ASK_TVS_QUERY;
        if (!certs_next(l, m->issuer, m->serial, &at, &cert))
            return false;
        ask->a = content_get_cert(l->world->content, cert)->signer;
        ask->b = cert;
        return true;
    }
    ask->kind = ASK_TVS_VERIFY;
    ask->a = certs_of_der(l, m->certificate);
    return ask->a != 0;
}

/* Of a certificate that came whole; absent: the lab has it not. */
static struct view subject_of(const struct live *l, const struct ask *ask)
{
    const struct content *c = l->world->content;
    if (ask->kind != ASK_TVS_VERIFY || ask->a == 0)
        return view_of(NULL, 0);
    return content_get_text(c, content_get_cert(c, ask->a)->subject);
}

bool answer_tvs(struct live *l, uint32_t node, struct view message, struct arena *a,
                struct view *reply, struct access *access)
{
    struct tvs_msg in, out;
    struct event e = { .status = 1 };
    struct ask ask;
    uint8_t roles[32];
    if (!talk_tvs_asked(message, &in))
        return false;
    bool known = tvs_ask(l, &in, &ask);
    access_tvs(access, &in, subject_of(l, &ask));
    access_phone(access, l, ask.device);
    if (known && live_ask(l, node, &ask, &e) != ASK_ANSWERED)
        return false;
    access_answer(access, 0, e.status == 0 ? "trusted" : "not trusted");
    struct tvs_told told = { .status = e.status, .roles = e.roles, .ttl_s = e.b };
    if (e.status == 0 && in.type == TVS_QUERY_CERT_REQ)
        told.certificate = forge_der(l->options.forge, e.a);
    out = talk_tvs_reply(&in, &told, roles);
    return talk_tvs_bytes(&out, a, reply);
}
