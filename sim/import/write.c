/* Phones as CSV, certificates and lists as files, and the order in which all of it gets onto the
 * disk. */
#include "sim/import/write.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"
#include "sim/base/sys.h"
#include "sim/core/date.h"
#include "sim/import/stage.h"
#include "sim/text/cell.h"
#include "sim/wire/text.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_ROOM 1024

/* ---- phones ---- */

/* A cell of the file, which is UTF-8: bytes that are none become '?'. */
static void cell(FILE *out, const char *text)
{
    uint8_t room[2 * FACTS_TEXT + 8];
    char plain[FACTS_TEXT + 1];
    size_t n = 0;
    for (const uint8_t *p = (const uint8_t *)text; *p != 0 && n + 4 < sizeof plain;) {
        size_t bytes = *p < 0x80 ? 1 : text_utf8(p);
        memcpy(plain + n, bytes == 0 ? (const uint8_t *)"?" : p, bytes == 0 ? 1 : bytes);
        n += bytes == 0 ? 1 : bytes;
        p += bytes == 0 ? 1 : bytes;
    }
    struct wr w = wr_of(room, sizeof room);
    cell_write(&w, view_of(plain, n));
    CHECK(!w.over);
    fwrite(room, 1, w.n, out);
}

/* How its ITL is known. */
static const char *source_text(const struct site *s, const struct site_phone *p)
{
    if (p->itl.how == SITE_HOLDS_UNKNOWN || p->itl.fact == SITE_NONE)
        return "assumed";
    return s->facts->list[p->itl.fact].kind == FACT_PHONE_ITL ? "page" : "itl status";
}

static const char *since_text(const char *iso, char out[DATE_TEXT])
{
    size_t n = strlen(iso) < 16 ? strlen(iso) : 16;
    memcpy(out, iso, n);
    out[n] = '\0';
    if (n > 10)
        out[10] = ' ';
    return out;
}

static void write_phone(const struct site *s, const struct site_phone *p, FILE *out)
{
    char since[DATE_TEXT], tftp[2 * CLUSTER_NAME + 2] = "";
    for (uint32_t i = 0; i < p->tftp_count; i++) {
        size_t n = strlen(tftp);
        (void)snprintf(tftp + n, sizeof tftp - n, "%s%s", i == 0 ? "" : " ",
                       s->nodes[p->tftp[i]].name);
    }
    const char *cells[] = {
        p->name,
        p->model.text != NULL && p->model.text[0] != '\0' ? p->model.text : s->usual_model,
        s->pools[p->pool].name,
        p->security.text,
        p->encrypted.text,
        p->protocol.text,
        p->load.text,
        p->settings.text,
        p->lsc.text,
        site_held_text(s, &p->itl),
        site_held_text(s, &p->ctl),
        p->state.text,
        p->since.text == NULL ? NULL : since_text(p->since.text, since),
        p->web.text,
        p->itl_status.text,
        p->description.text,
        source_text(s, p),
        tftp,
    };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        if (i > 0)
            fputc(',', out);
        if (cells[i] != NULL)
            cell(out, cells[i]);
    }
    fputs("\r\n", out);
}

void write_phones(const struct site *s, FILE *out)
{
    fputs("name,model,pool,security,encrypted,protocol,load,settings,lsc,itl,ctl,state,since,web,"
          "itl_status,description,source,tftp\r\n",
          out);
    for (uint32_t i = 0; i < s->phone_count; i++)
        write_phone(s, &s->phones[i], out);
}

/* ---- files ---- */

struct writing {
    const struct site *s;
    char files[PATH_ROOM];       /* "out/cluster" */
    char folder[PATH_ROOM + 8];  /* "out/cluster.certs" */
    char phones[PATH_ROOM + 16]; /* "out/cluster.phones.csv" */
    struct stage stage;
    struct table staged; /* names of its blobs */
    struct err *e;
};

/* "out/cluster.lua" to "out/cluster"; what stands before the last dot of the name. */
static bool cut_path(struct writing *w, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    size_t n = dot == NULL || dot == name ? strlen(path) : (size_t)(dot - path);
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
    if (n + 100 > sizeof w->files)
        return err_set(w->e, "%.60s...: the path is too long", path);
    if (dot == NULL || strcmp(dot, ".lua") != 0)
        return err_set(w->e, "%s: the name of a Lua file is expected, cluster.lua", path);
    if (dot == name || strspn(name, good) != strlen(name) || dot - name > 100)
        return err_set(w->e, "%s: letters, digits, '-', '.' and '_' are expected in its name",
                       path);
    memcpy(w->files, path, n);
    w->files[n] = '\0';
    (void)snprintf(w->folder, sizeof w->folder, "%s.certs", w->files);
    (void)snprintf(w->phones, sizeof w->phones, "%s.phones.csv", w->files);
    return true;
}

/* ---- certificates and lists ---- */

/* "<sha256>.der", "<sha256>.tlv": a name that import gives. */
static bool is_blob_name(const char *name)
{
    size_t n = strspn(name, "0123456789abcdef");
    return n == 64 && (strcmp(name + n, ".der") == 0 || strcmp(name + n, ".tlv") == 0);
}

static uint64_t name_key(const char *name)
{
    return rng_hash(8, view_str(name)) | 1;
}

static bool write_blob(struct writing *w, const char *sha256, bool list)
{
    char name[80], path[PATH_ROOM + 90];
    const struct facts_blob *b = site_blob(w->s, sha256, list);
    CHECK(b != NULL);
    (void)snprintf(name, sizeof name, "%s.%s", sha256, list ? "tlv" : "der");
    if (table_get(&w->staged, name_key(name)) != NULL)
        return true;
    table_put(&w->staged, name_key(name), 1);
    (void)snprintf(path, sizeof path, "%s/%s", w->folder, name);
    return stage_add(&w->stage, path, b->bytes, w->e);
}

static bool write_node_certs(struct writing *w, const struct site_node *n)
{
    bool good = true;
    for (int i = 0; i < OWNS && good; i++)
        good = n->own[i].text == NULL || write_blob(w, n->own[i].text, false);
    for (uint32_t i = 0; i < n->service_count && good; i++) {
        const struct site_service *v = &n->services[i];
        if (v->runs.text != NULL && strcmp(v->runs.text, "unknown") != 0)
            good = write_blob(w, v->runs.text, false);
    }
    return good;
}

/* Those that cluster.lua and cluster.phones.csv name. */
static bool write_blobs(struct writing *w)
{
    const struct site *s = w->s;
    bool good = true;
    for (uint32_t i = 0; i < s->node_count && good; i++)
        good = write_node_certs(w, &s->nodes[i]);
    for (uint32_t i = 0; i < s->trust_count && good; i++)
        good = s->trust[i].kind == STORES || write_blob(w, s->trust[i].sha256, false);
    for (uint32_t i = 0; i < s->tvs_count && good; i++)
        good = s->tvs[i].sha256 == NULL || write_blob(w, s->tvs[i].sha256, false);
    for (uint32_t i = 0; i < s->list_count && good; i++) {
        const struct site_list *l = &s->lists[i];
        bool used = l->sha256 != NULL && (l->served_by != 0 || l->holders > 0);
        good = !used || write_blob(w, l->sha256, true);
    }
    return good;
}

static bool write_stream(struct writing *w, const char *path, bool lua)
{
    struct sys_text text;
    const char *slash = strrchr(w->files, '/');
    FILE *out = sys_text_open(&text);
    if (lua)
        write_lua(w->s, slash == NULL ? w->files : slash + 1, out);
    else
        write_phones(w->s, out);
    (void)fclose(out);
    bool good = stage_add(&w->stage, path, view_of(text.p, text.n), w->e);
    sys_text_free(&text);
    return good;
}

/* ---- what an earlier import left ---- */

/* Certificates and lists in the folder that are none of this import's; `drop`: takes them away. */
static uint32_t other_blobs(const struct writing *w, bool drop)
{
    DIR *d = opendir(w->folder);
    const struct dirent *one;
    uint32_t count = 0;
    while (d != NULL && (one = readdir(d)) != NULL) {
        char path[PATH_ROOM + 90];
        if (!is_blob_name(one->d_name) || table_get(&w->staged, name_key(one->d_name)) != NULL)
            continue;
        (void)snprintf(path, sizeof path, "%s/%.70s", w->folder, one->d_name);
        count += !drop || unlink(path) == 0;
    }
    if (d != NULL)
        closedir(d);
    return count;
}

static bool is_there(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static bool is_free(const struct writing *w, const char *path)
{
    const char *const places[] = { path, w->phones };
    for (size_t i = 0; i < 2; i++) {
        if (is_there(places[i]))
            return err_set(w->e, "%s: it is there already; --force replaces it", places[i]);
    }
    return other_blobs(w, false) == 0 ||
           err_set(w->e, "%s: files of another import are in it; --force replaces them", w->folder);
}

static void drop_others(const struct writing *w, struct site_replaced *replaced)
{
    replaced->blobs = other_blobs(w, true);
    if (w->s->phone_count == 0)
        replaced->phones = unlink(w->phones) == 0;
    if (w->staged.count == 0)
        (void)rmdir(w->folder);
}

bool site_can_write(const char *path, bool force, struct err *e)
{
    struct writing w = { .e = e, .staged = table_of(&sys_mem) };
    return cut_path(&w, path) && (force || is_free(&w, path));
}

bool site_write(const struct site *s, const char *path, bool force, struct site_replaced *replaced,
                struct err *e)
{
    struct writing w = { .s = s, .e = e, .staged = table_of(&sys_mem) };
    *replaced = (struct site_replaced){ .blobs = 0 };
    bool good = site_can_write(path, force, e) && cut_path(&w, path) &&
                stage_begin(&w.stage, &sys_mem, path, e) && write_blobs(&w) &&
                (s->phone_count == 0 || write_stream(&w, w.phones, false)) &&
                write_stream(&w, path, true) &&
                stage_move(&w.stage, w.staged.count > 0 ? w.folder : NULL, e);
    if (good)
        drop_others(&w, replaced);
    if (w.stage.mem != NULL)
        stage_end(&w.stage);
    table_free(&w.staged);
    return good;
}
