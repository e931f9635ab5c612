/* Bytes of files that nodes serve, made once for all who ask: phones of a fleet ask for the same
 * lists, and one that got no answer asks again. */
#include "sim/live/impl.h"

#include "sim/base/rng.h"
#include "sim/wire/tftp.h"

#include <string.h>

#define KEPT_BYTES (8u << 20) /* of files that nobody may be asking for any more */

static bool same(const struct live_file_key *a, const struct live_file_key *b)
{
    return a->content == b->content && a->kind == b->kind && a->device == b->device &&
           a->netascii == b->netascii && strcmp(a->name, b->name) == 0;
}

static struct live_file **slot_of(struct live *l, const struct live_file_key *k)
{
    uint64_t h = rng_hash(rng_mix(k->content) ^ k->device, view_str(k->name));
    h = rng_mix(h ^ ((uint64_t)k->kind << 1 | k->netascii));
    return &l->files[h % LIVE_FILES];
}

/* A list is the same for all phones. */
static void one_for_all(const struct live *l, struct live_file_key *k)
{
    if (content_kind(l->world->content, k->content) != CT_LIST)
        return;
    k->device = NO_DEVICE;
    memset(k->name, 0, sizeof k->name);
}

/* Bytes of its own, no more than it takes. */
static struct view copy_of(struct view made, bool netascii)
{
    struct wr w = wr_measure();
    if (netascii)
        tftp_netascii(made, &w);
    else
        wr_view(&w, made);
    size_t n = w.n;
    w = wr_of(sys_malloc(n + 1), n);
    if (netascii)
        tftp_netascii(made, &w);
    else
        wr_view(&w, made);
    return view_of(w.p, n);
}

/* One slot for each place that keys fall on: the file that was there goes. */
static void keep(struct live *l, struct live_file **slot, struct live_file *f)
{
    if (f->bytes.n > KEPT_BYTES)
        return;
    if (f->bytes.n > KEPT_BYTES - l->file_bytes)
        files_forget(l);
    if (*slot != NULL)
        l->file_bytes -= (uint32_t)(*slot)->bytes.n;
    files_drop(*slot);
    *slot = f;
    f->users++;
    l->file_bytes += (uint32_t)f->bytes.n;
}

struct live_file *files_of(struct view bytes, bool netascii)
{
    struct live_file *f = reactor_take(sizeof *f);
    *f = (struct live_file){ .users = 1, .bytes = copy_of(bytes, netascii) };
    return f;
}

struct live_file *files_get(struct live *l, struct live_file_key key, struct err *why)
{
    const struct live_file_key asked = key;
    one_for_all(l, &key);
    struct live_file **slot = slot_of(l, &key);
    if (*slot != NULL && same(&(*slot)->key, &key)) {
        (*slot)->users++;
        return *slot;
    }
    struct forge_device device = forge_device_of(asked.device, asked.name);
    struct arena a = arena_of(&sys_mem);
    struct live_file *f = NULL;
    struct view made;
    if (forge_bytes(l->options.forge, key.content, (enum file_kind)key.kind, &device, &a, &made,
                    why)) {
        f = files_of(made, key.netascii);
        f->key = key;
        keep(l, slot, f);
    }
    arena_free(&a);
    return f;
}

void files_drop(struct live_file *f)
{
    if (f == NULL || --f->users != 0)
        return;
    sys_free((void *)f->bytes.p);
    reactor_give(f);
}

void files_forget(struct live *l)
{
    for (size_t i = 0; i < LIVE_FILES; i++) {
        files_drop(l->files[i]);
        l->files[i] = NULL;
    }
    l->file_bytes = 0;
}
