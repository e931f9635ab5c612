/* Lists that a node shows and nobody has the bytes of: what `show itl` and `show ctl` say of their
 * records stands for them. */
#include "sim/import/site_phones.h"

#include "sim/base/rng.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

struct shown {
    struct site_work *w;
    struct table roles; /* reading and list -> the first of its records, in w->order */
    struct table subjects, names, hashes; /* reading, list and record -> fact */
    struct table certs;                   /* SHA-1 of the DER -> index into site.certs */
};

static bool is_ctl(const struct site_work *w, uint32_t fact)
{
    struct view file = facts_view(w->facts, work_fact(w, fact)->about2);
    return file.n >= 3 && text_same(view_sub(file, 0, 3), "CTL");
}

static uint64_t key_of(uint32_t reading, bool ctl, uint32_t nth)
{
    return rng_mix(((uint64_t)reading << 32 | nth) << 1 | ctl) | 1;
}

static void index_kind(struct shown *s, struct table *t, enum fact_kind kind)
{
    const struct site_work *w = s->w;
    FOR_FACTS(w, kind, i)
    {
        const struct fact_said *f = work_fact(w, w->order[i]);
        table_put(t, key_of(f->reading, is_ctl(w, w->order[i]), f->nth), w->order[i]);
    }
}

/* The fact about the same record; SITE_NONE. */
static uint32_t beside(const struct shown *s, const struct table *t, uint32_t role)
{
    const struct fact_said *f = work_fact(s->w, role);
    const uint32_t *fact = table_get(t, key_of(f->reading, is_ctl(s->w, role), f->nth));
    return fact == NULL ? SITE_NONE : *fact;
}

/* "TVS cucm1.example.com", by the common name of its certificate, else by its DNS name. */
static const char *record_text(const struct shown *s, uint32_t role)
{
    struct site_work *w = s->w;
    uint32_t subject = beside(s, &s->subjects, role), dns = beside(s, &s->names, role);
    struct view cn =
        subject == SITE_NONE ? view_of(NULL, 0) : who_common_name(work_view(w, subject));
    if (cn.n == 0 && dns != SITE_NONE)
        cn = work_view(w, dns);
    if (cn.n == 0 || cn.n > 255)
        return "";
    return work_print(w, "%s %.*s", work_value(w, role), (int)cn.n, (const char *)cn.p);
}

/* Roles of a reading stand behind each other: where they begin. */
static void index_roles(struct shown *s)
{
    const struct site_work *w = s->w;
    FOR_FACTS(w, FACT_RECORD_ROLE, i)
    {
        uint64_t key = key_of(work_fact(w, w->order[i])->reading, is_ctl(w, w->order[i]), 0);
        if (table_get(&s->roles, key) == NULL)
            table_put(&s->roles, key, i);
    }
}

/* Those of the list that the reading of `fact` shows. */
static void take_records(const struct shown *s, uint32_t fact, struct site_list *list)
{
    struct site_work *w = s->w;
    uint32_t reading = work_fact(w, fact)->reading, end = w->start[FACT_RECORD_ROLE + 1], run = 0;
    const uint32_t *first = table_get(&s->roles, key_of(reading, list->is_ctl, 0));
    if (first == NULL)
        return;
    while (*first + run < end && run < SITE_RECORDS &&
           work_fact(w, w->order[*first + run])->reading == reading)
        run++;
    const char **records = arena_take(&w->site->arena, run * sizeof *records);
    for (uint32_t i = *first; i < *first + run; i++) {
        const char *text = record_text(s, w->order[i]);
        if (is_ctl(w, w->order[i]) == list->is_ctl && lists_is_record(view_str(text)))
            records[list->record_count++] = text;
    }
    if (list->record_count > 0)
        list->records = records;
}

/* Every hash that some node showed, also that of a log from before. */
static void take_hashes(const struct shown *s)
{
    struct site_work *w = s->w;
    FOR_FACTS(w, FACT_LIST_SHA1, i)
    {
        uint32_t fact = w->order[i];
        bool ctl = is_ctl(w, fact);
        const char *sha1 = work_value(w, fact);
        uint32_t list = strlen(sha1) == 40 ? lists_by_sha1(w, sha1, ctl) : SITE_NONE;
        if (list == SITE_NONE && strlen(sha1) == 40)
            list = lists_add(w, sha1, ctl, fact);
        if (list != SITE_NONE && w->site->lists[list].sha256 == NULL &&
            w->site->lists[list].records == NULL)
            take_records(s, fact, &w->site->lists[list]);
    }
}

/* ---- which certificate TFTP works with ---- */

static void index_certs(struct shown *s)
{
    const struct site *site = s->w->site;
    for (uint32_t i = 0; i < site->cert_count; i++) {
        uint8_t digest[64];
        size_t n = digest_of(DIGEST_SHA1, &s->w->certs[i].der, 1, digest);
        table_put(&s->certs, rng_hash(9, view_of(digest, n)) | 1, i);
    }
}

static bool read_hash(const char *hex, uint8_t out[20])
{
    for (size_t i = 0; i < 20; i++) {
        int high = text_hex((uint8_t)hex[2 * i]);
        int low = high < 0 ? -1 : text_hex((uint8_t)hex[2 * i + 1]);
        if (low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return hex[40] == '\0';
}

/* The certificate of a record, by its hash; SITE_NONE: it is not at hand.  *told: its hash is. */
static uint32_t cert_of_record(const struct shown *s, uint32_t role, bool *told)
{
    uint8_t hash[20];
    uint32_t fact = beside(s, &s->hashes, role);
    *told = fact != SITE_NONE && read_hash(work_value(s->w, fact), hash);
    if (!*told)
        return SITE_NONE;
    const uint32_t *cert = table_get(&s->certs, rng_hash(9, view_of(hash, sizeof hash)) | 1);
    return cert == NULL ? SITE_NONE : *cert;
}

/* That for EC is named after the other, and is none that TFTP signs with. */
static bool is_ec(const struct shown *s, uint32_t role)
{
    const char *text = record_text(s, role), *dot = strchr(text, '.');
    size_t n = dot == NULL ? strlen(text) : (size_t)(dot - text);
    return n > 3 && memcmp(text + n - 3, "-EC", 3) == 0;
}

static void say_runs(struct shown *s, uint32_t node, uint32_t role)
{
    struct site_work *w = s->w;
    struct site_node *n = &w->site->nodes[node];
    const struct site_value *own = &n->own[OWN_CALLMANAGER];
    bool told;
    uint32_t cert = cert_of_record(s, role, &told);
    if (!told || n->itl.text != NULL || own->text == NULL ||
        (cert != SITE_NONE && strcmp(w->site->certs[cert].sha256, own->text) == 0))
        return;
    struct site_service *tftp = nodes_service(w, node, view_str(service_name(SERVICE_TFTP)));
    if (tftp == NULL || tftp->runs.text != NULL)
        return;
    const char *what = work_print(w, "certificate that %s of %s works with", tftp->name, n->name);
    tftp->runs =
        (struct site_value){ cert == SITE_NONE ? "unknown" : w->site->certs[cert].sha256, role };
    tftp->runs_why = "it stands in the ITL that TFTP serves, and another one lies on the disk";
    if (cert == SITE_NONE)
        work_claim(w, SITE_CANNOT_KNOW, 1, what, "",
                   "the ITL that it serves has another one than lies on the disk, which is in no "
                   "file: ITLFile.tlv of that node has its bytes");
    else
        work_claim(w, SITE_KNOWN, 1, what, w->site->certs[cert].sha256, "");
    work_because(w, role);
    work_because(w, own->fact);
}

/* The list that counts is the one whose hash was taken, or of which no hash is known. */
static void find_signers(struct shown *s)
{
    struct site_work *w = s->w;
    FOR_FACTS(w, FACT_RECORD_ROLE, i)
    {
        uint32_t role = w->order[i], node = who_is(w, role);
        struct view text = work_view(w, role);
        if (node == SITE_NONE || is_ctl(w, role) || is_ec(s, role) ||
            (!text_same(text, "TFTP") && !text_same(text, "CCM+TFTP")))
            continue;
        const struct site_value *sha1 = &w->site->nodes[node].itl_sha1;
        if (sha1->fact == SITE_NONE ||
            work_fact(w, sha1->fact)->reading == work_fact(w, role)->reading)
            say_runs(s, node, role);
    }
}

void records_fill(struct site_work *w)
{
    struct shown s = { .w = w };
    s.roles = s.subjects = s.names = s.hashes = s.certs = table_of(w->mem);
    index_roles(&s);
    index_kind(&s, &s.subjects, FACT_RECORD_SUBJECT);
    index_kind(&s, &s.names, FACT_RECORD_DNS);
    index_kind(&s, &s.hashes, FACT_RECORD_SHA1);
    index_certs(&s);
    take_hashes(&s);
    find_signers(&s);
    table_free(&s.roles);
    table_free(&s.subjects);
    table_free(&s.names);
    table_free(&s.hashes);
    table_free(&s.certs);
}
