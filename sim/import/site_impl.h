/* Between the files of site.c: facts by kind, who each name is, the one rule of two sources, and
 * what is said of it all.  Private to sim/import/site_*.c. */
#ifndef CUCMLAB_IMPORT_SITE_IMPL_H
#define CUCMLAB_IMPORT_SITE_IMPL_H

#include "sim/import/site.h"

#include "sim/crypto/crypto.h"

/* ---- who is who (site_who.c) ---- */

/* One name that something is called by: "cucm-pub", "cucm-pub.example.com", "10.1.1.10", session
 * "@3".  Names of one node share a root. */
struct site_name {
    struct view text;  /* lower case */
    const char *shown; /* as a file has it first */
    uint32_t parent;   /* in names; itself: a root */
    uint32_t fact;     /* the first that uses it; of an address: that says whose it is */
    uint32_t host;     /* of a root: a name of it that is NAME_HOST; SITE_NONE: it has none */
    uint32_t node;     /* of a root: in site.nodes; SITE_NONE: it is none */
    uint32_t here;     /* of a session: the name that a command in it was first said to run on */
    uint8_t form;      /* enum name_form */
    bool listed;       /* a server table has it */
    bool told;         /* something is said about it */
};

enum name_form { NAME_SESSION, NAME_ADDRESS, NAME_HOST, NAME_FULL };

/* Two different values of one fact. */
struct site_clash {
    const struct site_value *slot;
    uint32_t fact; /* the one that was not taken when they met */
};

struct site_work {
    const struct facts *facts;
    struct site *site;
    const struct mem *mem;
    uint32_t *order, start[FACT_KINDS + 1]; /* facts by kind, as they came */

    struct site_name *names;
    uint32_t name_count, name_cap;
    uint32_t *name_of; /* by text: name + 1 */
    int64_t *made_s; /* by reading: no earlier was it made, by all that its log says; 0: unknown */
    uint32_t *name_of_reading; /* of "@0": one of its own for each reading */
    struct table by_name;
    uint32_t *manager_of; /* by text of a CallManager's name: fact + 1 that says its node */
    bool has_table;       /* some source lists the servers */

    struct cert *certs; /* as site.certs */
    uint32_t cert_cap;
    const struct version *version;

    struct site_clash *clashes;
    uint32_t clash_count, clash_cap;

    struct table pool_of, group_of;       /* by text of its name: index */
    struct table pool_names, group_names; /* that are taken */
    uint32_t too_many;    /* facts of groups and pools beyond what a cluster can have */
    uint32_t *phone_of;   /* by text: index + 1 */
    struct table list_of; /* by SHA-1 of the file: index into site.lists */
};

/* Facts of one kind, as they came: w->order[i]. */
#define FOR_FACTS(w, kind, i) for (uint32_t i = (w)->start[kind]; i < (w)->start[(kind) + 1]; i++)

/* ---- site_work.c ---- */

void work_init(struct site_work *w, const struct facts *f, struct site *s);
void work_free(struct site_work *w);
const struct fact_said *work_fact(const struct site_work *w, uint32_t fact);
const char *work_value(const struct site_work *w, uint32_t fact); /* up to its first NUL */
struct view work_view(const struct site_work *w, uint32_t fact);
int64_t work_date(const char *text); /* FORM_DATE to Unix seconds; -1: none */
const char *work_print(struct site_work *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The rule: fact a goes before fact b. */
/* Dates readings by what their logs hold; what is beyond `most_s` is not believed. */
void work_date_readings(struct site_work *w, int64_t most_s);
bool work_surer(const struct site_work *w, uint32_t a, uint32_t b);
/* One more source of a value.  `text` is what it says, in the arena or of the facts; `same`: it is
 * what the slot has already. */
void work_offer(struct site_work *w, struct site_value *slot, uint32_t fact, const char *text,
                bool same);
/* The usual: the text of the fact, compared byte by byte. */
void work_take(struct site_work *w, struct site_value *slot, uint32_t fact);

/* A claim; sources follow by work_because(). */
void work_claim(struct site_work *w, enum site_how how, uint32_t count, const char *what,
                const char *value, const char *why);
void work_because(struct site_work *w, uint32_t fact); /* SITE_NONE: nothing */

const struct cert *work_cert(const struct site_work *w, const char *sha256); /* NULL: no bytes */

/* A claim for each slot about which sources disagree since `from` (site_clash.c). */
void work_tell_clashes(struct site_work *w, uint32_t from);

/* ---- one concern each ---- */

void who_find(struct site_work *w);           /* names */
void who_find_elsewhere(struct site_work *w); /* also those that groups and phones name */
void who_find_in_lists(struct site_work *w);  /* also servers of trust lists that are at hand */
uint32_t who_name(const struct site_work *w, uint32_t fact); /* of its about; SITE_NONE */
uint32_t who_root(const struct site_work *w, uint32_t name);
void who_choose(struct site_work *w); /* site.nodes of the names (site_choose.c) */
uint32_t who_is(const struct site_work *w, uint32_t fact);      /* about: node or SITE_NONE */
uint32_t who_is_text(const struct site_work *w, uint32_t text); /* a node's name in any form */
uint32_t who_is_view(const struct site_work *w, struct view name);
uint32_t who_is_host(const struct site_work *w, const char *host);
uint32_t who_is_member(const struct site_work *w, uint32_t text); /* a CallManager or a node */
const char *who_shown(const struct site_work *w, uint32_t name);  /* as people call it */
/* Of a name with ';', ',' or '/' between its parts; absent: none. */
struct view who_common_name(struct view name);
/* The host that a certificate is made for, by its subject; NULL: none. */
const char *who_host_of(struct site_work *w, const struct cert *c);

void apart_tell(struct site_work *w); /* files of two clusters (site_apart.c) */
/* One that stands in a trust list: its SHA-256; NULL: it is no certificate, or one too many. */
const char *certs_extra(struct site_work *w, struct view der);
void certs_read(struct site_work *w); /* what the certificates say that have bytes */
/* A service of a node, by its name, made where it has none yet; NULL: one too many. */
struct site_service *nodes_service(struct site_work *w, uint32_t node, struct view name);
/* It is said that Cisco CallManager is not activated there: it can be in no group (documented). */
bool nodes_lack_callmanager(const struct site_node *n);
void nodes_fill(struct site_work *w);  /* versions, services, own certificates */
void trust_fill(struct site_work *w);  /* trust stores, TVS */
void groups_fill(struct site_work *w); /* parameters, groups, pools */
/* The pool of that name, made where there is none yet; text 0: of phones whose pool nobody says. */
uint32_t groups_pool(struct site_work *w, uint32_t text, uint32_t fact);
uint32_t groups_new(struct site_work *w, struct view name, uint32_t fact);
uint32_t lists_by_sha1(const struct site_work *w, const char *sha1, bool ctl); /* SITE_NONE */
/* One that is known by no bytes; `sha1` NULL: not even by that. */
uint32_t lists_add(struct site_work *w, const char *sha1, bool ctl, uint32_t fact);
bool lists_is_record(struct view v);    /* "TVS cucm1.example.com", as docs/CLUSTER.md has it */
void records_fill(struct site_work *w); /* what nodes show of lists without bytes */
void lists_fill(struct site_work *w);   /* which lists there are and who serves them */
void phones_fill(struct site_work *w);

/* ---- what is taken where nobody says (site_usual.c) ---- */

const char *usual_model(struct site_work *w);
const char *const *usual_records(struct site_work *w, bool ctl, uint32_t *count);

#endif
