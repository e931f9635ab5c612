/* From content to bytes: trust lists, plain, signed and encrypted files, and their lengths. */
#include "sim/bytes/forge_impl.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <string.h>

static struct view text(const struct forge *f, uint32_t id)
{
    return content_get_text(f->content, id);
}

/* ---- the signer ---- */

/* The type of a CT_KEY, ours or a stranger's; RSA-2048 for an unknown one (0). */
static enum key_type key_type(struct forge *f, uint32_t key)
{
    /* The lengths of a public key's record form rise with its size. */
    static const struct {
        uint16_t longest;
        enum key_type type;
    } strangers[] = {
        { 160, KEY_RSA_1024 }, { 300, KEY_RSA_2048 }, { 420, KEY_RSA_3072 }, { 1100, KEY_RSA_4096 }
    };
    if (key == 0)
        return KEY_RSA_2048;
    const struct ct_key *k = content_get_key(f->content, key);
    if (k->type < KEY_TYPES)
        return (enum key_type)k->type;
    struct view public = text(f, k->public);
    if (public.n != 0 && public.p[0] == 0x04)
        return KEY_EC_P256; /* which curve is all the same: none signs a file */
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
        if (public.n <= strangers[i].longest)
            return strangers[i].type;
    return KEY_RSA_4096;
}

/* Names of envelope.cert, key of envelope.key.  A file that verifies under no key is signed by
 * somebody of the right size, and spoilt afterwards. */
static void signer_of(struct forge *f, const struct ct_envelope *env, struct envelope_signer *out)
{
    const struct ct_cert *k = content_get_cert(f->content, env->cert);
    *out = (struct envelope_signer){
        .type = key_type(f, env->key != 0 ? env->key : k->key),
        .subject = text(f, k->subject),
        .issuer = text(f, k->issuer),
        .serial = text(f, k->serial),
        .digest = (enum digest)env->digest,
        .timestamp = env->timestamp,
        .signer_version = env->signer_version,
        .modulus_code = env->modulus_code,
    };
}

/* Can it be signed at all, or (`measure`) would its length be known if it were: that of a
 * stranger's key of a known type is.  Makes no key. */
static bool can_sign(struct forge *f, const struct ct_envelope *env, enum key_type type,
                     bool measure, struct err *e)
{
    const struct ct_cert *k = content_get_cert(f->content, env->cert);
    const struct ct_key *key = env->key == 0 ? NULL : content_get_key(f->content, env->key);
    if (key != NULL && key->label == 0 && !(measure && key->type < KEY_TYPES))
        return err_set(e, "the private key of %s is not ours",
                       content_get_str(f->content, k->subject));
    return envelope_signature_bytes(type, env->modulus_code, e) != 0;
}

/* Puts the private key in. */
static bool signer_key(struct forge *f, const struct ct_envelope *env, struct envelope_signer *s,
                       struct err *e)
{
    if (!can_sign(f, env, s->type, false, e))
        return false;
    s->key =
        env->key != 0 ? forge_private(f, env->key) : keyring_key(f->ring, "wrong signer", s->type);
    return true;
}

/* Where the signature has to be wrong, all of its bits are. */
static void spoil(const struct ct_envelope *env, struct view file)
{
    struct arena scratch = arena_of(&sys_mem);
    struct tl_header h;
    if (env->key == 0) {
        CHECK(tl_decode_header(file, true, &scratch, &h, NULL));
        uint8_t *at = (uint8_t *)h.signature.p; /* made here a moment ago */
        for (size_t i = 0; i < h.signature.n; i++)
            at[i] ^= 0xff;
    }
    arena_free(&scratch);
}

/* ---- trust lists ---- */

static struct view sha1_of(struct view der, bool measure, struct arena *a)
{
    uint8_t out[64] = { 0 };
    if (!measure)
        digest_of(DIGEST_SHA1, &der, 1, out);
    return arena_copy(a, view_of(out, digest_size(DIGEST_SHA1)));
}

static bool record_of(struct forge *f, const struct ct_record *r, bool measure, struct arena *a,
                      struct tl_new_record *out, struct err *e)
{
    *out = (struct tl_new_record){ .form = (enum tl_form)r->form,
                                   .role = r->role,
                                   .dns = text(f, r->dns) };
    if (r->ip != 0) {
        uint8_t *ip = arena_take(a, 4);
        struct wr w = wr_of(ip, 4);
        wr_u32(&w, r->ip);
        out->ip = view_of(ip, 4);
    }
    if (r->form == TL_EMPTIED)
        return true;
    if (r->cert == 0)
        return err_set(e, "no certificate");
    const struct ct_cert *k = content_get_cert(f->content, r->cert);
    struct forge_parts parts;
    if (!forge_cert_parts(f, r->cert, measure, &parts))
        return err_set(e, "the certificate of %s cannot be made: a private key is not ours",
                       content_get_str(f->content, k->subject));
    out->subject = text(f, k->subject);
    out->issuer = text(f, k->issuer);
    out->serial = text(f, k->serial);
    out->public = parts.public;
    out->signature = parts.signature;
    out->certificate = parts.der;
    out->hash = sha1_of(parts.der, measure, a);
    return true;
}

static bool records_of(struct forge *f, const struct ct_list *l, bool measure, struct arena *a,
                       struct tl_new_record **out, struct err *e)
{
    *out = arena_take(a, l->count * sizeof **out);
    for (uint32_t i = 0; i < l->count; i++)
        if (!record_of(f, &l->records[i], measure, a, &(*out)[i], e))
            return err_prefix(e, "record %u", i + 1);
    return true;
}

static const char *list_name(const struct ct_list *l)
{
    return l->is_ctl ? "CTLFile.tlv" : "ITLFile.tlv";
}

static void keep(struct forge *f, uint32_t content, struct view bytes)
{
    mem_reserve(&sys_mem, (void **)&f->files, &f->file_cap, (size_t)f->file_count + 1,
                sizeof *f->files);
    forge_put(f, &f->kept, forge_id(content), f->file_count);
    f->files[f->file_count++] = bytes;
}

void forge_keep(struct forge *f, uint32_t content, struct view bytes)
{
    if (table_get(&f->kept, forge_id(content)) == NULL)
        keep(f, content, arena_copy(&f->arena, bytes));
}

static bool kept(const struct forge *f, uint32_t content, struct view *out)
{
    const uint32_t *at = table_get(&f->kept, forge_id(content));
    if (at != NULL)
        *out = f->files[*at];
    return at != NULL;
}

static bool measure_list(struct forge *f, const struct ct_list *l, size_t *n, struct err *e)
{
    struct arena scratch = arena_of(&sys_mem);
    struct tl_new_record *records = NULL;
    struct envelope_signer s;
    signer_of(f, &l->envelope, &s);
    *n = 0;
    if (can_sign(f, &l->envelope, s.type, true, e) && records_of(f, l, true, &scratch, &records, e))
        *n = envelope_list_length(&s, view_str(list_name(l)), records, l->count, e);
    arena_free(&scratch);
    return *n != 0;
}

/* One file for all devices. */
static bool make_list(struct forge *f, const struct ct_list *l, struct arena *a, struct view *out,
                      struct err *e)
{
    struct arena scratch = arena_of(&sys_mem);
    struct tl_new_record *records = NULL;
    struct envelope_signer s;
    signer_of(f, &l->envelope, &s);
    bool ok = signer_key(f, &l->envelope, &s, e) &&
              records_of(f, l, false, &scratch, &records, e) &&
              envelope_list_make(&s, view_str(list_name(l)), records, l->count, a, out, e);
    struct tl made;
    if (ok) { /* a list that its own maker cannot read is a bug of ours, never an answer */
        spoil(&l->envelope, *out);
        CHECK(tl_decode(*out, true, &scratch, &made, NULL) && made.count == l->count);
    }
    arena_free(&scratch);
    return ok;
}

/* ---- files ---- */

static void write_cnf(const struct cnf *cnf, const struct forge_device *device, struct wr *w)
{
    struct cnf_own own = { device->name, device->line, device->uuid };
    cnf_write(cnf, &own, w);
}

struct view forge_cnf_text(const struct cnf *cnf, const struct forge_device *device,
                           struct arena *a)
{
    struct wr measure = wr_measure();
    write_cnf(cnf, device, &measure);
    struct wr w = wr_of(arena_take(a, measure.n), measure.n);
    write_cnf(cnf, device, &w);
    CHECK(!w.over && w.n == measure.n);
    return view_of(w.p, w.n);
}

static size_t payload_length(const struct forge *f, uint32_t payload,
                             const struct forge_device *device)
{
    if (content_kind(f->content, payload) == CT_BLOB)
        return text(f, content_get_blob(f->content, payload)->bytes).n;
    struct wr measure = wr_measure();
    write_cnf(content_get_cnf(f->content, payload), device, &measure);
    return measure.n;
}

static struct view payload_text(const struct forge *f, uint32_t payload,
                                const struct forge_device *device, struct arena *a)
{
    if (content_kind(f->content, payload) == CT_BLOB)
        return text(f, content_get_blob(f->content, payload)->bytes);
    return forge_cnf_text(content_get_cnf(f->content, payload), device, a);
}

/* The name as it was asked for: a header holds it. A locale's folder is the blob's. */
static struct view name_of(const struct forge *f, const struct ct_file *file, enum file_kind kind,
                           const struct forge_device *device, struct arena *a)
{
    bool locale = kind == FILE_LOCALE || kind == FILE_LOCALE_SGN;
    if (!locale || content_kind(f->content, file->payload) != CT_BLOB) {
        char name[128];
        size_t n = file_name(kind, device->name, "", name);
        return arena_copy(a, view_of(name, n));
    }
    struct view folder = text(f, content_get_blob(f->content, file->payload)->name);
    struct view end = view_str(kind == FILE_LOCALE_SGN ? ".sgn" : "");
    struct wr w = wr_of(arena_take(a, folder.n + end.n), folder.n + end.n);
    wr_view(&w, folder);
    wr_view(&w, end);
    return view_of(w.p, w.n);
}

static bool can_encrypt(const struct ct_file *file, struct err *e)
{
    if (file->encrypted_to == CONTENT_NOBODY)
        return err_set(e, "encrypted to a key that nobody knows");
    if (file->encrypted_to != 0 && file->envelope.cert == 0)
        return err_set(e, "encrypted, but not signed: there is no such format (FORMATS section 3)");
    return true;
}

static bool measure_file(struct forge *f, const struct ct_file *file, enum file_kind kind,
                         const struct forge_device *device, size_t *n, struct err *e)
{
    if (!can_encrypt(file, e))
        return false;
    size_t payload = payload_length(f, file->payload, device);
    *n = payload;
    if (file->envelope.cert == 0)
        return true;
    struct arena scratch = arena_of(&sys_mem);
    struct envelope_signer s;
    uint8_t key[ENVELOPE_SYMMETRIC];
    signer_of(f, &file->envelope, &s);
    struct view name = name_of(f, file, kind, device, &scratch);
    *n = 0;
    if (can_sign(f, &file->envelope, s.type, true, e))
        *n = file->encrypted_to == 0 ? envelope_sgn_length(&s, name, payload, e)
             : forge_symmetric(f, file->encrypted_to, key)
                 ? envelope_sym_length(&s, name, payload, e)
                 : envelope_enc_length(&s, name, payload, KEY_RSA_2048, e);
    arena_free(&scratch);
    return *n != 0;
}

static bool encrypt(struct forge *f, const struct envelope_signer *s, struct view name,
                    struct view xml, uint32_t content, const struct forge_device *device,
                    struct arena *a, struct view *out, struct err *e)
{
    uint32_t to = content_get_file(f->content, content)->encrypted_to;
    uint64_t what = rng_hash(content_meaning(f->content, content), xml);
    struct rng r = rng_of(f->identity, "enc", rng_hash(what, view_str(device->name)));
    uint8_t key[ENVELOPE_SYMMETRIC];
    if (forge_symmetric(f, to, key))
        return envelope_sym_make(s, name, xml, key, &r, a, out, e);
    return envelope_enc_make(s, name, xml, forge_phone_opens(f, device, to), &r, a, out, e);
}

static bool make_file(struct forge *f, uint32_t content, enum file_kind kind,
                      const struct forge_device *device, struct arena *a, struct view *out,
                      struct err *e)
{
    const struct ct_file *file = content_get_file(f->content, content);
    if (!can_encrypt(file, e))
        return false;
    struct view payload = payload_text(f, file->payload, device, a);
    if (file->envelope.cert == 0) {
        *out = arena_copy(a, payload);
        return true;
    }
    struct envelope_signer s;
    signer_of(f, &file->envelope, &s);
    if (!signer_key(f, &file->envelope, &s, e))
        return false;
    struct view name = name_of(f, file, kind, device, a);
    if (file->encrypted_to == 0) {
        if (!envelope_sgn_make(&s, name, payload, a, out, e))
            return false;
    } else if (!encrypt(f, &s, name, payload, content, device, a, out, e)) {
        return false;
    }
    spoil(&file->envelope, *out);
    return true;
}

/* ---- lists and files ---- */

static bool measure(struct forge *f, uint32_t content, enum file_kind kind,
                    const struct forge_device *device, size_t *n, struct err *e)
{
    bool list = content_kind(f->content, content) == CT_LIST;
    bool ok = list ? measure_list(f, content_get_list(f->content, content), n, e)
                   : measure_file(f, content_get_file(f->content, content), kind, device, n, e);
    return ok && (*n <= UINT32_MAX || err_set(e, "%zu bytes are too many", *n));
}

static bool make(struct forge *f, uint32_t content, enum file_kind kind,
                 const struct forge_device *device, struct arena *a, struct view *out,
                 struct err *e)
{
    size_t n;
    bool list = content_kind(f->content, content) == CT_LIST;
    if (list ? !make_list(f, content_get_list(f->content, content), a, out, e)
             : !make_file(f, content, kind, device, a, out, e))
        return false;
    CHECK(measure(f, content, kind, device, &n, NULL) && n == out->n);
    return true;
}

/* Says which file it was. */
static bool refuse(struct forge *f, uint32_t content, enum file_kind kind,
                   const struct forge_device *device, struct err *e)
{
    struct arena scratch = arena_of(&sys_mem);
    struct view name =
        content_kind(f->content, content) == CT_LIST
            ? view_str(list_name(content_get_list(f->content, content)))
            : name_of(f, content_get_file(f->content, content), kind, device, &scratch);
    err_prefix(e, "%.*s", (int)name.n, (const char *)name.p);
    arena_free(&scratch);
    return false;
}

/* ---- lengths ---- */

/* True where XML writes it as it is, so that only its length counts. */
static bool is_plain(const char *value, size_t *n)
{
    for (*n = 0; value[*n] != '\0'; ++*n) {
        uint8_t c = (uint8_t)value[*n];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_' || c == '.';
        if (!plain)
            return false;
    }
    return true;
}

/* What a file's length depends on; false where it is more than these few lengths. */
static bool length_key(uint32_t content, enum file_kind kind, const struct forge_device *device,
                       uint64_t *key)
{
    size_t name, line, uuid;
    if (!is_plain(device->name, &name) || !is_plain(device->line, &line) ||
        !is_plain(device->uuid, &uuid))
        return false;
    uint64_t lengths = (uint64_t)kind << 24 | name << 16 | line << 8 | uuid;
    *key = rng_mix((uint64_t)content << 32 | lengths);
    return true;
}

uint32_t forge_length(struct forge *f, uint32_t content, enum file_kind kind,
                      const struct forge_device *device, struct err *e)
{
    struct view bytes;
    if (kept(f, content, &bytes))
        return (uint32_t)bytes.n; /* of a list, or at most FORGE_FILE_MAX */
    bool list = content_kind(f->content, content) == CT_LIST;
    uint64_t key = rng_mix((uint64_t)content << 32);
    bool cached = list || length_key(content, kind, device, &key);
    const uint32_t *known = cached ? table_get(&f->lengths, key) : NULL;
    if (known != NULL)
        return *known;
    size_t n;
    if (!measure(f, content, kind, device, &n, e)) {
        refuse(f, content, kind, device, e);
        return 0;
    }
    if (cached)
        forge_put(f, &f->lengths, key, (uint32_t)n);
    return (uint32_t)n;
}

/* ---- bytes ---- */

/* A plain file says nothing about what it was made from, so that who asked for it is part of the
 * key; a list is the same for all. */
static uint64_t hint_key(struct view bytes, enum file_kind kind, const struct forge_device *device)
{
    if (device == NULL)
        return forge_hash(FILE_KINDS, bytes);
    return forge_hash(rng_hash((uint64_t)kind, view_str(device->name)), bytes);
}

uint32_t forge_hint(const struct forge *f, struct view bytes, enum file_kind kind,
                    const struct forge_device *device)
{
    const uint32_t *content = table_get(&f->hints, hint_key(bytes, kind, device));
    return content != NULL ? *content : 0;
}

bool forge_bytes(struct forge *f, uint32_t content, enum file_kind kind,
                 const struct forge_device *device, struct arena *a, struct view *out,
                 struct err *e)
{
    struct view bytes;
    bool list = content_kind(f->content, content) == CT_LIST;
    bool known = kept(f, content, &bytes);
    if (!known && !make(f, content, kind, device, list ? &f->arena : a, &bytes, e))
        return refuse(f, content, kind, device, e);
    if (list && !known)
        keep(f, content, bytes);
    *out = list || known ? arena_copy(a, bytes) : bytes;
    forge_put(f, &f->hints, hint_key(*out, kind, list ? NULL : device), content);
    return true;
}
