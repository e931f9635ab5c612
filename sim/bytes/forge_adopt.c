/* From bytes to content.  Everything is decoded and every signature verified, also where the forge
 * remembers that it made these very bytes: what it remembers (the hint) decides only what bytes
 * cannot tell, such as which of two certificates with the same names was meant. */
#include "sim/bytes/forge_impl.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/bytes/cnf_read.h"

#include <string.h>

/* One file under adoption. */
struct incoming {
    struct forge *f;
    struct view bytes;
    enum file_kind kind;
    const struct forge_device *device;
    uint32_t lsc;
    uint32_t hint; /* CT_LIST or CT_FILE; 0: none */
    uint64_t hash; /* of the bytes */
    struct arena arena;
};

static struct view text(const struct forge *f, uint32_t id)
{
    return content_get_text(f->content, id);
}

static struct view present(struct view v)
{
    return v.p != NULL ? v : view_str("");
}

/* ---- signatures ---- */

static bool is_configuration(enum file_kind kind)
{
    return kind == FILE_CNF || kind == FILE_CNF_SGN || kind == FILE_CNF_ENC ||
           kind == FILE_DEFAULT || kind == FILE_DEFAULT_SGN;
}

/* A file and a key are compared once. */
static bool verifies(struct incoming *in, const struct tl_header *h, uint32_t key)
{
    if (key == 0)
        return false;
    uint64_t pair = rng_mix(in->hash ^ rng_mix(key));
    pair |= pair == 0;
    const uint32_t *known = table_get(&in->f->verified, pair);
    if (known != NULL)
        return *known != 0;
    struct view public = forge_public(in->f, key), parts[2];
    bool rsa = public.n != 0 && public.p[0] == 0x30;
    size_t count = tl_signed(in->bytes, h, parts);
    bool ok = rsa && key_verify(public, (enum digest)h->digest, parts, count, h->signature);
    /* A stranger's configuration is one phone's alone, and comes again when that one boots. */
    if (in->hint != 0 || !is_configuration(in->kind))
        forge_put(in->f, &in->f->verified, pair, ok);
    return ok;
}

static bool is_named(const struct forge *f, uint32_t cert, const struct tl_header *h)
{
    const struct ct_cert *k = content_get_cert(f->content, cert);
    return view_eq(text(f, k->subject), h->signer_name) &&
           view_eq(text(f, k->issuer), h->signer_issuer) &&
           view_eq(text(f, k->serial), h->signer_serial);
}

/* What was signed by another key than its certificate's, and what has to verify under none. */
static bool signer_by_hint(struct incoming *in, const struct tl_header *h, struct ct_envelope *env)
{
    if (in->hint == 0)
        return false;
    const struct ct_envelope *made = content_envelope(in->f->content, in->hint);
    if (made->cert == 0 || !is_named(in->f, made->cert, h))
        return false;
    uint32_t key = content_get_cert(in->f->content, made->cert)->key;
    if (made->key == 0 && (key == 0 || verifies(in, h, key)))
        return false; /* its signer was not known then */
    if (made->key != 0 && !verifies(in, h, made->key))
        return false;
    env->cert = made->cert;
    env->signer = made->signer;
    env->key = made->key;
    return true;
}

/* The certificates with the header's issuer and serial number: first those that have its subject as
 * well; one whose key made the signature before one whose key did not. */
static void signer_by_names(struct incoming *in, const struct tl_header *h, struct ct_envelope *env)
{
    struct forge *f = in->f;
    uint32_t named = 0, signed_by = 0, at = 0, cert;
    while (forge_named(f, h->signer_issuer, h->signer_serial, &at, &cert)) {
        bool full = is_named(f, cert, h);
        if (full && named == 0)
            named = cert;
        bool better = signed_by == 0 || (full && !is_named(f, signed_by, h));
        if (better && verifies(in, h, content_get_cert(f->content, cert)->key))
            signed_by = cert;
    }
    env->cert = signed_by != 0 ? signed_by : named;
    if (env->cert == 0)
        env->cert = forge_cert_unknown(f, h);
    const struct ct_cert *k = content_get_cert(f->content, env->cert);
    env->signer = k->signer;
    env->key = signed_by != 0 ? k->key : 0;
}

static struct ct_envelope envelope_of(struct incoming *in, const struct tl_header *h)
{
    struct ct_envelope env = { .timestamp = h->timestamp,
                               .signer_version = (int16_t)h->signer_version,
                               .modulus_code = h->modulus < TL_MODULUS_CODES ? 0 : h->modulus,
                               .digest = h->digest };
    if (!signer_by_hint(in, h, &env))
        signer_by_names(in, h, &env);
    return env;
}

static bool same_envelope(const struct ct_envelope *a, const struct ct_envelope *b)
{
    return a->cert == b->cert && a->signer == b->signer && a->key == b->key &&
           a->timestamp == b->timestamp && a->digest == b->digest;
}

/* ---- trust lists ---- */

static struct ct_record record_of(struct forge *f, const struct tl_record *r)
{
    struct ct_record out = { .role = r->role, .cert = forge_cert_of(f, r) };
    if (out.cert == 0)
        out.form = TL_EMPTIED;
    else if (r->certificate.p == NULL)
        out.form = TL_HASH;
    else
        out.form = r->signature.p != NULL ? TL_FULL : TL_TOKEN;
    if (r->dns.n != 0) /* an empty name and none are written alike */
        out.dns = content_text(f->content, r->dns);
    struct rd rd = rd_of(r->ip);
    if (r->ip.n == 4)
        (void)rd_u32(&rd, &out.ip);
    return out;
}

static bool same_record(const struct forge *f, const struct ct_record *a, const struct ct_record *b)
{
    return a->role == b->role && a->form == b->form && a->ip == b->ip &&
           (a->form == TL_EMPTIED || a->cert == b->cert) &&
           view_eq(text(f, a->dns), text(f, b->dns));
}

static bool is_ctl(const struct incoming *in, const struct tl_header *h)
{
    if (h->file_name.n >= 3 && memcmp(h->file_name.p, "CTL", 3) == 0)
        return true;
    if (h->file_name.n >= 3 && memcmp(h->file_name.p, "ITL", 3) == 0)
        return false;
    return in->kind == FILE_CTL || in->kind == FILE_CTL_COMMON;
}

/* The list that the bytes were made from, where they still say the same. */
static bool is_hint_list(const struct incoming *in, bool ctl, const struct ct_envelope *env,
                         const struct ct_record *records, uint32_t count)
{
    struct content *c = in->f->content;
    if (in->hint == 0 || content_kind(c, in->hint) != CT_LIST)
        return false;
    const struct ct_list *l = content_get_list(c, in->hint);
    bool same = l->is_ctl == ctl && l->count == count && same_envelope(&l->envelope, env) &&
                l->envelope.signer_version == env->signer_version;
    for (uint32_t i = 0; same && i < count; i++)
        same = same_record(in->f, &l->records[i], &records[i]);
    return same;
}

static uint32_t adopt_list(struct incoming *in, const struct tl *t)
{
    struct forge *f = in->f;
    bool ctl = is_ctl(in, &t->header);
    uint64_t key = forge_hash(ctl ? 1 : 2, in->bytes);
    const uint32_t *known = table_get(&f->adopted, key);
    if (known != NULL)
        return *known;
    in->hint = forge_hint(f, in->bytes, in->kind, NULL);
    struct ct_record *records = arena_take(&in->arena, t->count * sizeof *records);
    for (uint32_t i = 0; i < t->count; i++)
        records[i] = record_of(f, &t->records[i]);
    struct ct_envelope env = envelope_of(in, &t->header);
    uint32_t id = in->hint;
    if (!is_hint_list(in, ctl, &env, records, t->count))
        id = content_list(f->content, ctl, &env, records, t->count);
    if (env.key != 0) /* else its signer may still come */
        forge_put(f, &f->adopted, key, id);
    return id;
}

/* ---- files ---- */

static const struct ct_file *hint_file(const struct incoming *in)
{
    struct content *c = in->f->content;
    if (in->hint == 0 || content_kind(c, in->hint) != CT_FILE)
        return NULL;
    return content_get_file(c, in->hint);
}

/* The payload that these bytes were made from: a blob has no name in a plain file, and a profile
 * may hold what its form of the file does not. */
static uint32_t payload_by_hint(struct incoming *in, struct view bytes, const struct cnf *read)
{
    struct content *c = in->f->content;
    const struct ct_file *made = hint_file(in);
    if (made == NULL)
        return 0;
    if (content_kind(c, made->payload) == CT_BLOB) {
        struct view blob = text(in->f, content_get_blob(c, made->payload)->bytes);
        return view_eq(blob, bytes) ? made->payload : 0;
    }
    const struct cnf *cnf = content_get_cnf(c, made->payload);
    if (read == NULL)
        return 0;
    if (memcmp(cnf, read, sizeof *cnf) == 0)
        return made->payload;
    struct view again = forge_cnf_text(cnf, in->device, &in->arena);
    return view_eq(again, bytes) ? made->payload : 0;
}

/* `name`: of the file inside. */
static uint32_t payload_of(struct incoming *in, struct view bytes, struct view name)
{
    struct content *c = in->f->content;
    struct cnf cnf;
    char device[64], line[64], uuid[64];
    bool read = is_configuration(in->kind) && cnf_read(bytes, &cnf, device, line, uuid, NULL);
    uint32_t made = payload_by_hint(in, bytes, read ? &cnf : NULL);
    if (made != 0)
        return made;
    return read ? content_cnf(c, &cnf) : content_blob(c, content_text(c, name), bytes);
}

static uint32_t file_as(struct incoming *in, const struct ct_file *file)
{
    const struct ct_file *made = hint_file(in);
    if (made != NULL && made->payload == file->payload &&
        made->encrypted_to == file->encrypted_to && same_envelope(&made->envelope, &file->envelope))
        return in->hint;
    return content_file(in->f->content, file);
}

static struct view asked_name(const struct incoming *in, char room[128])
{
    return view_of(room, file_name(in->kind, in->device->name, "", room));
}

/* Without ".sgn", ".enc.sgn". */
static struct view inner_name(struct view name)
{
    static const char *const ends[] = { ".enc.sgn", ".sgn" };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct view end = view_str(ends[i]);
        if (name.n >= end.n && view_eq(view_sub(name, name.n - end.n, end.n), end))
            return view_sub(name, 0, name.n - end.n);
    }
    return present(name);
}

static uint32_t unsigned_file(struct incoming *in, uint32_t payload)
{
    struct ct_file file = { .payload = payload, .envelope = { .signer_version = -1 } };
    return file_as(in, &file);
}

/* What no phone can make sense of. */
static uint32_t adopt_raw(struct incoming *in)
{
    char room[128];
    struct content *c = in->f->content;
    uint32_t name = content_text(c, asked_name(in, room));
    return unsigned_file(in, content_blob(c, name, in->bytes));
}

/* Plain where plain was asked for; no header of ours. */
static uint32_t adopt_plain(struct incoming *in)
{
    char room[128];
    bool plain = in->kind == FILE_CNF || in->kind == FILE_DEFAULT || in->kind == FILE_LOCALE ||
                 in->kind == FILE_RINGLIST;
    const struct ct_file *made = hint_file(in);
    if (!plain && (made == NULL || made->envelope.cert != 0))
        return adopt_raw(in);
    return unsigned_file(in, payload_of(in, in->bytes, asked_name(in, room)));
}

static uint32_t adopt_sgn(struct incoming *in, const struct tl_header *h)
{
    struct view inside = view_sub(in->bytes, h->length, in->bytes.n - h->length);
    struct ct_file file = { .envelope = envelope_of(in, h) };
    file.envelope.signer_version = -1; /* lists alone have one */
    file.payload = payload_of(in, inside, inner_name(h->file_name));
    return file_as(in, &file);
}

/* A file of a stranger's that stays shut: what is in it nobody knows, and no phone takes it.  The
 * pool says which file it was, so that two of them are two. */
static uint32_t unknown_payload(struct incoming *in)
{
    struct cnf cnf;
    cnf_init(&cnf);
    struct wr w = wr_of(cnf.device_pool, sizeof cnf.device_pool - 1);
    wr_fmt(&w, "encrypted %08x%08x", (unsigned)(in->hash >> 32), (unsigned)in->hash);
    return content_cnf(in->f->content, &cnf);
}

/* A phone without LSC and MIC has no key but the one that was typed in at it, if any. */
static bool opens(struct incoming *in, struct view *xml)
{
    uint8_t symmetric[ENVELOPE_SYMMETRIC];
    if (forge_symmetric(in->f, in->lsc, symmetric))
        return envelope_sym_open(in->bytes, symmetric, &in->arena, xml, NULL);
    return in->lsc != CONTENT_NOBODY &&
           envelope_enc_open(in->bytes, forge_phone_key(in->f, in->device, in->lsc), &in->arena,
                             xml, NULL);
}

static uint32_t adopt_enc(struct incoming *in, const struct tl_header *h)
{
    struct ct_file file = { .envelope = envelope_of(in, h) };
    const struct ct_file *made = hint_file(in);
    struct view xml;
    file.envelope.signer_version = -1;
    /* Keys of the deck are shared: a phone opens what is meant for its own certificate alone. */
    bool for_others = made != NULL && made->encrypted_to != in->lsc;
    if (for_others) {
        file.encrypted_to = made->encrypted_to;
        file.payload = made->payload;
    } else if (opens(in, &xml)) {
        file.encrypted_to = in->lsc;
        file.payload = payload_of(in, xml, inner_name(h->file_name));
    } else {
        file.encrypted_to = CONTENT_NOBODY;
        file.payload = unknown_payload(in);
    }
    return file_as(in, &file);
}

/* ---- the whole ---- */

static uint32_t adopt_any(struct incoming *in)
{
    struct tl_header h;
    struct tl t;
    if (!tl_decode_header(in->bytes, false, &in->arena, &h, NULL))
        return adopt_plain(in);
    switch (h.version) {
    case TL_LIST:
        return tl_decode(in->bytes, false, &in->arena, &t, NULL) ? adopt_list(in, &t)
                                                                 : adopt_raw(in);
    case TL_ENC:
        return adopt_enc(in, &h);
    default:
        return tl_is_plain(h.version) ? adopt_sgn(in, &h) : adopt_raw(in);
    }
}

static bool fits(struct view bytes, struct err *e)
{
    return bytes.n <= FORGE_FILE_MAX ||
           err_set(e, "a file of %zu bytes, expected at most %u", bytes.n, FORGE_FILE_MAX);
}

bool forge_adopt(struct forge *f, struct view bytes, enum file_kind kind,
                 const struct forge_device *device, uint32_t lsc, uint32_t *content, struct err *e)
{
    if (!fits(bytes, e))
        return false;
    struct incoming in = { .f = f,
                           .bytes = present(bytes),
                           .kind = kind,
                           .device = device,
                           .lsc = lsc == 0 ? CONTENT_MIC : lsc,
                           .hint = forge_hint(f, bytes, kind, device),
                           .hash = forge_hash(3, bytes),
                           .arena = arena_of(&sys_mem) };
    uint32_t before = f->content->count;
    *content = adopt_any(&in);
    if (*content >= before)
        forge_keep(f, *content, in.bytes);
    arena_free(&in.arena);
    return true;
}

bool forge_pass_on(struct forge *f, struct view bytes, enum file_kind kind,
                   const struct forge_device *device, uint32_t *content, struct err *e)
{
    struct incoming in = { .f = f, .bytes = present(bytes), .kind = kind, .device = device };
    if (!fits(bytes, e))
        return false;
    *content = forge_hint(f, bytes, kind, device);
    if (*content == 0) /* a list is no device's */
        *content = forge_hint(f, bytes, kind, NULL);
    if (*content == 0)
        *content = adopt_raw(&in);
    return true;
}
