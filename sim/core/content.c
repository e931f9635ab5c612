#include "sim/core/content.h"

#include "sim/base/check.h"

#include <string.h>

/* Entries point into the arena: what a kind has is immutable once it is there. */
struct ct_entry {
    enum ct_kind kind;
    uint32_t size;
    const void *data;
    uint64_t meaning;
};

/* What the memo said of a key before it was told something else. */
struct content_memo {
    uint64_t key;
    uint32_t before;
    bool known;
};

void content_init(struct content *c, const struct mem *mem)
{
    *c = (struct content){
        .mem = mem, .arena = arena_of(mem), .index = table_of(mem), .memo = table_of(mem)
    };
    mem_reserve(mem, (void **)&c->entries, &c->cap, 64, sizeof *c->entries);
    c->count = 1; /* 0 is none */
}

void content_free(struct content *c)
{
    c->mem->resize(c->mem->ctx, c->entries, 0);
    c->mem->resize(c->mem->ctx, c->memos, 0);
    table_free(&c->index);
    table_free(&c->memo);
    arena_free(&c->arena);
    memset(c, 0, sizeof *c);
}

enum ct_kind content_kind(const struct content *c, uint32_t id)
{
    CHECK(id < c->count);
    return c->entries[id].kind;
}

static uint64_t identity(enum ct_kind kind, struct view v)
{
    uint64_t h = rng_digest(0x636f6e74656e74u + kind, v);
    return h == 0 ? 1 : h;
}

/* ---- meaning ---- */

static uint64_t mix_all(uint64_t h, const uint64_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = rng_mix(h ^ values[i]) + i;
    return h;
}
#define MIX(h, ...)                                                                                \
    mix_all(h, (const uint64_t[]){ __VA_ARGS__ },                                                  \
            sizeof(uint64_t[]){ __VA_ARGS__ } / sizeof(uint64_t))

/* No timestamp: the same act at another time means the same. */
static uint64_t envelope_meaning(const struct content *c, const struct ct_envelope *e)
{
    return MIX(0, content_meaning(c, e->cert), content_meaning(c, e->signer),
               content_meaning(c, e->key), (uint16_t)e->signer_version,
               (uint64_t)e->modulus_code << 8 | e->digest);
}

static uint64_t list_meaning(const struct content *c, const struct ct_list *l)
{
    uint64_t h = MIX(envelope_meaning(c, &l->envelope), l->is_ctl, l->count);
    for (uint32_t i = 0; i < l->count; i++) {
        const struct ct_record *r = &l->records[i];
        h = MIX(h, r->role, r->form, content_meaning(c, r->cert), content_meaning(c, r->dns),
                r->ip);
    }
    return h;
}

/* Numbers apart from the texts: the same on either endianness. */
static uint64_t cnf_meaning(const struct cnf *from)
{
    struct cnf z = *from;
    uint64_t h = MIX(0, z.capf_port, z.register_expires_s, z.keepalive_expires_s);
    z.capf_port = 0;
    z.register_expires_s = z.keepalive_expires_s = z.version_stamp = 0;
    for (int i = 0; i < CNF_SERVERS; i++) {
        struct cnf_server *s = &z.servers[i];
        h = MIX(h, s->sccp_port, s->sip_port, s->secure_sip_port);
        s->sccp_port = s->sip_port = s->secure_sip_port = 0;
    }
    for (int i = 0; i < CNF_TVS_MAX; i++) {
        h = MIX(h, z.tvs[i].port);
        z.tvs[i].port = 0;
    }
    return rng_hash(h, view_of(&z, sizeof z));
}

static uint64_t cert_meaning(const struct content *c, const struct ct_cert *k)
{
    return MIX(0, content_meaning(c, k->subject), content_meaning(c, k->issuer),
               content_meaning(c, k->serial), content_meaning(c, k->key),
               content_meaning(c, k->issuer_cert), content_meaning(c, k->dns), k->digest, k->ca,
               k->unmarked, k->ipsec, content_meaning(c, k->der));
}

/* CONTENT_MIC and CONTENT_NOBODY are no entries: they mean themselves. */
static uint64_t recipient_meaning(const struct content *c, uint32_t id)
{
    return id == CONTENT_MIC || id == CONTENT_NOBODY ? id : content_meaning(c, id);
}

static uint64_t said_meaning(const struct content *c, const struct ct_said *said)
{
    uint64_t h = content_meaning(c, said->about);
    for (int i = 0; i < CNF_SERVERS; i++)
        h = MIX(h, content_meaning(c, said->shown[i]), said->outcome[i]);
    return MIX(h, content_meaning(c, said->ctl), content_meaning(c, said->itl),
               content_meaning(c, said->config), said->over, said->dated);
}

static uint64_t meaning_of(const struct content *c, enum ct_kind kind, const void *data,
                           uint32_t size)
{
    const struct ct_signer *signer = data;
    const struct ct_key *key = data;
    const struct ct_blob *blob = data;
    const struct ct_file *file = data;
    const struct ct_vouch *vouch = data;
    uint64_t h;
    switch (kind) {
    case CT_SIGNER:
        h = MIX(0, content_meaning(c, signer->issuer), content_meaning(c, signer->serial));
        break;
    case CT_KEY:
        h = MIX(0, content_meaning(c, key->label), content_meaning(c, key->public), key->type);
        break;
    case CT_CERT:
        h = cert_meaning(c, data);
        break;
    case CT_LIST:
        h = list_meaning(c, data);
        break;
    case CT_CNF:
        h = cnf_meaning(data);
        break;
    case CT_BLOB:
        h = MIX(0, content_meaning(c, blob->name), content_meaning(c, blob->bytes));
        break;
    case CT_FILE:
        h = MIX(envelope_meaning(c, &file->envelope), content_meaning(c, file->payload),
                recipient_meaning(c, file->encrypted_to));
        break;
    case CT_SAID:
        h = said_meaning(c, data);
        break;
    case CT_VOUCH:
        h = MIX(0, content_meaning(c, vouch->cert), vouch->roles);
        break;
    default:
        h = rng_hash(0, view_of(data, size));
    }
    h = rng_mix(h ^ (uint64_t)kind << 56);
    return h == 0 ? 1 : h;
}

uint64_t content_meaning(const struct content *c, uint32_t id)
{
    CHECK(id < c->count);
    return id == 0 ? 0 : c->entries[id].meaning;
}

/* ---- interning ---- */

/* The entry whose identity is these bytes; 0: there is none. */
static uint32_t known(const struct content *c, enum ct_kind kind, struct view v)
{
    uint64_t h = identity(kind, v);
    uint32_t at = 0, id;
    while (table_next(&c->index, h, &at, &id)) {
        const struct ct_entry *entry = &c->entries[id];
        if (entry->kind == kind && entry->size == v.n && memcmp(entry->data, v.p, v.n) == 0)
            return id;
    }
    return 0;
}

/* Finds or adds it. */
static uint32_t intern(struct content *c, enum ct_kind kind, struct view v)
{
    uint32_t id = known(c, kind, v);
    if (id != 0)
        return id;
    mem_reserve(c->mem, (void **)&c->entries, &c->cap, (size_t)c->count + 1, sizeof *c->entries);
    id = c->count++;
    uint8_t *copy = arena_take(&c->arena, v.n + 1); /* the NUL serves content_get_str() */
    memcpy(copy, v.p, v.n);
    c->entries[id] =
        (struct ct_entry){ kind, (uint32_t)v.n, copy, meaning_of(c, kind, copy, (uint32_t)v.n) };
    table_add(&c->index, identity(kind, v), id);
    return id;
}

static const void *get(const struct content *c, enum ct_kind kind, uint32_t id)
{
    CHECK(id > 0 && id < c->count && c->entries[id].kind == kind);
    return c->entries[id].data;
}

uint32_t content_text(struct content *c, struct view v)
{
    return v.p == NULL ? 0 : intern(c, CT_TEXT, v);
}

uint32_t content_known_text(const struct content *c, struct view v)
{
    return v.p == NULL ? 0 : known(c, CT_TEXT, v);
}

uint32_t content_str(struct content *c, const char *text)
{
    return content_text(c, view_str(text));
}

uint32_t content_signer(struct content *c, uint32_t issuer, uint32_t serial)
{
    struct ct_signer s = { issuer, serial };
    return intern(c, CT_SIGNER, view_of(&s, sizeof s));
}

/* Structs with padding are built field by field over zeroes, because identity is their bytes. */
uint32_t content_key(struct content *c, const struct ct_key *k)
{
    struct ct_key z;
    memset(&z, 0, sizeof z);
    z.label = k->label;
    z.public = k->public;
    z.type = k->type;
    return intern(c, CT_KEY, view_of(&z, sizeof z));
}

#define SYMMETRIC "symmetric key "

/* Known by its label, as the lab's own keys are; what type that has matters to nobody. */
uint32_t content_symmetric(struct content *c, const char *digits)
{
    char label[sizeof SYMMETRIC + SYMMETRIC_DIGITS];
    struct wr w = wr_of(label, sizeof label - 1);
    wr_fmt(&w, SYMMETRIC "%.*s", SYMMETRIC_DIGITS, digits);
    return content_key(
        c, &(struct ct_key){ .label = content_text(c, view_of(w.p, w.n)), .type = KEY_RSA_2048 });
}

bool content_symmetric_digits(const struct content *c, uint32_t key,
                              char digits[SYMMETRIC_DIGITS + 1])
{
    struct view label = content_get_text(c, content_get_key(c, key)->label);
    struct view front = view_str(SYMMETRIC);
    if (label.n != front.n + SYMMETRIC_DIGITS || !view_eq(view_sub(label, 0, front.n), front))
        return false;
    memcpy(digits, label.p + front.n, SYMMETRIC_DIGITS);
    digits[SYMMETRIC_DIGITS] = '\0';
    return true;
}

uint32_t content_cert(struct content *c, struct ct_cert k)
{
    struct ct_cert z;
    memset(&z, 0, sizeof z);
    z.subject = k.subject;
    z.issuer = k.issuer;
    z.serial = k.serial;
    z.signer = content_signer(c, k.issuer, k.serial);
    z.key = k.key;
    z.issuer_cert = k.issuer_cert;
    z.dns = k.dns;
    z.not_before_s = k.not_before_s;
    z.not_after_s = k.not_after_s;
    z.digest = k.digest;
    z.ca = k.ca;
    z.unmarked = k.unmarked;
    z.ipsec = k.ipsec;
    z.der = k.der;
    return intern(c, CT_CERT, view_of(&z, sizeof z));
}

uint32_t content_lsc(struct content *c, uint32_t capf, uint8_t digest, int64_t not_before_s,
                     int64_t not_after_s)
{
    const struct ct_cert *k = content_get_cert(c, capf);
    uint32_t issuer = k->subject, serial = k->serial;
    return content_cert(c, (struct ct_cert){ .subject = content_str(c, "LSC"),
                                             .issuer = issuer,
                                             .serial = serial,
                                             .issuer_cert = capf,
                                             .not_before_s = not_before_s,
                                             .not_after_s = not_after_s,
                                             .digest = digest });
}

uint32_t content_lsc_of(struct content *c, uint32_t capf, uint32_t came)
{
    struct ct_cert k = *content_get_cert(c, came);
    k.key = 0;
    k.issuer_cert = capf;
    return content_cert(c, k);
}

uint32_t content_lsc_issuer(const struct content *c, uint32_t lsc)
{
    const struct ct_cert *k = content_get_cert(c, lsc);
    bool issued = k->key == 0 && k->issuer_cert != 0;
    return issued ? k->issuer_cert : lsc;
}

enum ct_date content_date(const struct content *c, uint32_t cert, int64_t clock_s)
{
    const struct ct_cert *k = content_get_cert(c, cert);
    if (k->not_after_s == 0)
        return DATE_WITHIN;
    return clock_s > k->not_after_s    ? DATE_OVER
           : clock_s < k->not_before_s ? DATE_BEFORE
                                       : DATE_WITHIN;
}

static void copy_envelope(struct ct_envelope *to, const struct ct_envelope *from)
{
    to->cert = from->cert;
    to->signer = from->signer;
    to->key = from->key;
    to->timestamp = from->timestamp;
    to->signer_version = from->signer_version;
    to->modulus_code = from->modulus_code;
    to->digest = from->digest;
}

static bool has_certificate(const struct ct_record *r)
{
    return r->cert != 0;
}

static bool counts_against_empty(uint16_t role)
{
    return role == TL_CCM || role == TL_CCM_TFTP || role == TL_TFTP || role == TL_TVS;
}

uint32_t content_list(struct content *c, bool is_ctl, const struct ct_envelope *envelope,
                      const struct ct_record *records, uint32_t count)
{
    size_t size = sizeof(struct ct_list) + (size_t)count * sizeof(struct ct_record);
    struct ct_list *z = c->mem->resize(c->mem->ctx, NULL, size);
    memset(z, 0, size);
    struct ct_record *out = z->records;
    z->is_ctl = is_ctl;
    z->empty = true;
    copy_envelope(&z->envelope, envelope);
    z->count = count;
    for (uint32_t i = 0; i < count; i++) {
        const struct ct_record *r = &records[i];
        out[i].role = r->role;
        out[i].form = r->form;
        out[i].cert = r->cert;
        out[i].signer = r->cert == 0 ? 0 : content_get_cert(c, r->cert)->signer;
        out[i].dns = r->dns;
        out[i].ip = r->ip;
        if (has_certificate(r) && counts_against_empty(r->role))
            z->empty = false;
        if (has_certificate(r) && (r->role == TL_CCM_TFTP || r->role == TL_TFTP))
            z->has_tftp = true;
    }
    uint32_t id = intern(c, CT_LIST, view_of(z, size));
    c->mem->resize(c->mem->ctx, z, 0);
    return id;
}

uint32_t content_cnf(struct content *c, const struct cnf *cnf)
{
    return intern(c, CT_CNF, view_of(cnf, sizeof *cnf));
}

uint32_t content_blob(struct content *c, uint32_t name, struct view bytes)
{
    struct ct_blob b = { name, content_text(c, bytes) };
    return intern(c, CT_BLOB, view_of(&b, sizeof b));
}

uint32_t content_file(struct content *c, const struct ct_file *file)
{
    struct ct_file z;
    memset(&z, 0, sizeof z);
    z.payload = file->payload;
    copy_envelope(&z.envelope, &file->envelope);
    z.encrypted_to = file->encrypted_to;
    return intern(c, CT_FILE, view_of(&z, sizeof z));
}

uint32_t content_said(struct content *c, const struct ct_said *said)
{
    struct ct_said z;
    memset(&z, 0, sizeof z);
    z.about = said->about;
    memcpy(z.shown, said->shown, sizeof z.shown);
    memcpy(z.outcome, said->outcome, sizeof z.outcome);
    z.ctl = said->ctl;
    z.itl = said->itl;
    z.config = said->config;
    z.over = said->over;
    z.dated = said->dated;
    return intern(c, CT_SAID, view_of(&z, sizeof z));
}

uint32_t content_vouch(struct content *c, uint32_t cert, uint32_t roles)
{
    struct ct_vouch v = { cert, roles };
    return intern(c, CT_VOUCH, view_of(&v, sizeof v));
}

struct view content_get_text(const struct content *c, uint32_t id)
{
    if (id == 0)
        return view_of(NULL, 0);
    const void *p = get(c, CT_TEXT, id);
    return view_of(p, c->entries[id].size);
}

const char *content_get_str(const struct content *c, uint32_t id)
{
    return id == 0 ? "" : get(c, CT_TEXT, id);
}

const struct ct_signer *content_get_signer(const struct content *c, uint32_t id)
{
    return get(c, CT_SIGNER, id);
}

const struct ct_key *content_get_key(const struct content *c, uint32_t id)
{
    return get(c, CT_KEY, id);
}

const struct ct_cert *content_get_cert(const struct content *c, uint32_t id)
{
    return get(c, CT_CERT, id);
}

const struct ct_list *content_get_list(const struct content *c, uint32_t id)
{
    return get(c, CT_LIST, id);
}

const struct cnf *content_get_cnf(const struct content *c, uint32_t id)
{
    return get(c, CT_CNF, id);
}

const struct ct_blob *content_get_blob(const struct content *c, uint32_t id)
{
    return get(c, CT_BLOB, id);
}

const struct ct_file *content_get_file(const struct content *c, uint32_t id)
{
    return get(c, CT_FILE, id);
}

const struct ct_vouch *content_get_vouch(const struct content *c, uint32_t id)
{
    return get(c, CT_VOUCH, id);
}

struct ct_said content_said_of(const struct content *c, uint32_t id)
{
    if (id == 0 || content_kind(c, id) != CT_SAID)
        return (struct ct_said){ .about = id };
    return *(const struct ct_said *)get(c, CT_SAID, id);
}

const struct ct_envelope *content_envelope(const struct content *c, uint32_t id)
{
    if (content_kind(c, id) == CT_LIST)
        return &content_get_list(c, id)->envelope;
    return &content_get_file(c, id)->envelope;
}

bool content_recall(const struct content *c, uint64_t key, uint32_t *value)
{
    const uint32_t *found = table_get(&c->memo, key | 1);
    if (found == NULL)
        return false;
    *value = *found;
    return true;
}

void content_remember(struct content *c, uint64_t key, uint32_t value)
{
    key |= 1;
    const uint32_t *before = table_get(&c->memo, key);
    mem_reserve(c->mem, (void **)&c->memos, &c->memo_cap, (size_t)c->memo_count + 1,
                sizeof *c->memos);
    c->memos[c->memo_count++] =
        (struct content_memo){ key, before == NULL ? 0 : *before, before != NULL };
    table_put(&c->memo, key, value);
}

bool content_signed_by(const struct content *c, uint32_t id, uint32_t cert)
{
    uint32_t key = content_envelope(c, id)->key;
    return key != 0 && cert != 0 && key == content_get_cert(c, cert)->key;
}

/* ---- going back ---- */

struct content_mark content_mark(const struct content *c)
{
    return (struct content_mark){ c->count, c->memo_count, arena_mark(&c->arena) };
}

static void forget_memo(struct content *c, const struct content_memo *m)
{
    if (m->known)
        table_put(&c->memo, m->key, m->before);
    else
        table_drop(&c->memo, m->key, *table_get(&c->memo, m->key));
}

void content_rewind(struct content *c, struct content_mark mark)
{
    CHECK(mark.count <= c->count && mark.memo_count <= c->memo_count);
    while (c->memo_count > mark.memo_count)
        forget_memo(c, &c->memos[--c->memo_count]);
    while (c->count > mark.count) {
        const struct ct_entry *entry = &c->entries[--c->count];
        table_drop(&c->index, identity(entry->kind, view_of(entry->data, entry->size)), c->count);
    }
    arena_rewind(&c->arena, mark.arena);
}
