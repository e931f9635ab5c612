/* Answers of the cluster's web services, as somebody saved them: AXL, Real-time Information (RIS),
 * Control Center Services, Certificate Management.  SOAP with any prefixes, with or without the
 * envelope, or JSON and what Python prints, as scripts dump it; several answers behind each other
 * in one file.
 *
 * For the files of axl*.c alone, which share this.  An answer, in XML or in JSON, is a stream of
 * named values; a record is one that a row of axl_records names ("phone", "CmDevices/item"), with
 * all that stands in it.  axl_walk.c makes records of the stream, axl_say.c and axl_more.c facts of
 * records. */
#ifndef CUCMLAB_IMPORT_AXL_IMPL_H
#define CUCMLAB_IMPORT_AXL_IMPL_H

#include "sim/import/kinds.h"

enum axl_kind {
    AXL_NONE,
    AXL_PHONE,
    AXL_REGISTRATION,
    AXL_TVS,
    AXL_GROUP,
    AXL_POOL,
    AXL_NODE,
    AXL_CALLMANAGER,
    AXL_PROFILE,
    AXL_VERSION,
    AXL_SQL,
    AXL_DEVICE,  /* of RIS */
    AXL_SERVICE, /* of Control Center Services */
    AXL_IDENTITY,
    AXL_TRUST,
    AXL_FAULT,
    AXL_DOCTOR, /* of `cucmlab doctor`: none by itself */
    AXL_SHOWN,
    AXL_LIST,
    AXL_KINDS
};

#define AXL_DEPTH  64         /* values inside each other */
#define AXL_NAME   64         /* bytes of a name, with its NUL; a longer one is cut */
#define AXL_PATH   200        /* of a path within a record */
#define AXL_RECORD (8u << 20) /* bytes of a record */
#define AXL_VALUES 20000      /* of a record */

/* One value within a record. */
struct axl_value {
    uint32_t path, path_n; /* offsets in the text of the record */
    uint32_t at, n;
    uint32_t line;
};

struct axl_record {
    enum axl_kind kind;
    uint32_t line;
    const char *name; /* of the record itself: "phone" */
    const char *node; /* whose answer it is: a name, or facts_here(); "" in records of RIS: none */
    const char *text;
    const struct axl_value *values;
    uint32_t count;
};

/* A device of RIS: of several rows about one the newest counts. */
struct axl_device {
    const char *name, *node; /* texts in the arena of the walk */
    const char *status, *address, *load, *protocol, *model, *web;
    uint64_t since_s; /* Unix seconds; 0: not said */
    uint32_t line;
};

/* A name that came before. */
#define AXL_KNOWN 256
struct axl_known {
    char name[40];
    uint8_t n;
    bool secret;
};

struct axl_level {
    char name[AXL_NAME]; /* small letters, without prefix, '_' and '-' */
    uint32_t path_n;     /* of the path before it, and whether that had no room */
    bool path_over;
    uint32_t value; /* of the record, from 1, that its text is of; 0: none */
    bool clear;     /* its text is that of the value around it: "_value_1" */
};

struct axl_walk {
    struct said said;
    const struct mem *mem;
    bool sniff;          /* stop at the first answer that is known */
    enum axl_kind first; /* of the answer that came first: by its records, or by its own name */
    uint32_t (*line)(const void *reader);
    const void *reader;
    uint32_t line_more; /* lines of the file before what the reader sees */
    uint32_t depth;
    struct axl_level levels[AXL_DEPTH + 1];
    /* The record that is open. */
    enum axl_kind kind;    /* AXL_NONE: none, or one that has no name yet */
    uint32_t record_depth; /* 0: none */
    uint32_t record_line;
    bool nameless, large;
    char path[AXL_PATH];
    uint32_t path_n;
    bool path_over;
    char *text;
    uint32_t text_n, text_cap;
    struct axl_value *values;
    uint32_t value_count, value_cap;
    /* Where it stands. */
    char asked[256];    /* host of the command before it; "": none */
    char node[256];     /* "": the answer does not say */
    char ris_node[256]; /* of RIS; of the doctor the phone */
    char clock[256];    /* when it looked */
    bool doctor;
    char *into; /* one of these two, while its text comes */
    uint32_t into_n, into_depth;
    bool secret, secret_counted;
    bool stop; /* it is something else */
    struct axl_known known[AXL_KNOWN];
    uint32_t shells, shell_line; /* values whose text Python left out; the first */
    uint32_t records, unnamed;   /* how many were said; objects that are none */
    struct arena arena;
    struct table by_device;
    struct axl_device *devices;
    uint32_t device_count, device_cap;
};

/* ---- axl_walk.c ---- */

void axl_begin(struct axl_walk *w, struct view name, bool element);
void axl_text(struct axl_walk *w, struct view text);
void axl_end(struct axl_walk *w);
/* A file, whole: its facts; with `sniff` the kind of its first answer, and no fact. */
enum axl_kind axl_file(const struct said *s, const struct piece *p, bool sniff);

/* ---- axl_say.c ---- */

/* Which kind a nameless object is, by its members; AXL_NONE: none. */
enum axl_kind axl_kind_of(const struct axl_record *r);
/* Whether values of that path are wanted in a record of that kind. */
bool axl_wants(enum axl_kind kind, struct view path);
void axl_say(struct axl_walk *w, const struct axl_record *r);

/* ---- axl_value.c ---- */

struct view axl_path(const struct axl_record *r, uint32_t i); /* of its value i */
/* Small letters in the path that is wanted; '_' and '-' of the other do not count. */
bool axl_same_path(struct view path, const char *wanted);
/* Whether value i is one of that path and not empty; trimmed. */
bool axl_is(const struct axl_record *r, uint32_t i, const char *path, struct view *value);
/* The first value of a path that is not empty, trimmed; else absent. */
struct view axl_value(const struct axl_record *r, const char *path, uint32_t *line);
/* A value as these services write it, as facts have it; 0: it says nothing. */
size_t axl_date(struct view v, char *out, size_t room);
size_t axl_status(struct view v, char *out, size_t room); /* of a registration */
size_t axl_yes_no(struct view v, char *out, size_t room);
size_t axl_protocol(struct view v, char *out, size_t room);
size_t axl_mode(struct view v, char *out, size_t room);
size_t axl_role(struct view v, char *out, size_t room);
size_t axl_product(struct view v, char *out, size_t room);
size_t axl_web(struct view v, char *out, size_t room);
size_t axl_settings(struct view v, char *out, size_t room);
size_t axl_lsc(struct view v, char *out, size_t room);

/* ---- axl_more.c: what takes more than a table ---- */

void axl_say_tvs(struct axl_walk *w, const struct axl_record *r);
void axl_say_group(struct axl_walk *w, const struct axl_record *r);
void axl_say_sql(struct axl_walk *w, const struct axl_record *r);
void axl_say_service(struct axl_walk *w, const struct axl_record *r);
void axl_say_identity(struct axl_walk *w, const struct axl_record *r);
void axl_say_trust(struct axl_walk *w, const struct axl_record *r);
void axl_say_fault(struct axl_walk *w, const struct axl_record *r);
/* ---- axl_doctor.c ---- */

void axl_say_shown(struct axl_walk *w, const struct axl_record *r);
void axl_say_list(struct axl_walk *w, const struct axl_record *r);
void axl_say_clock(struct axl_walk *w);

/* ---- axl_more.c ---- */

/* Keeps a device, and says those that were kept. */
void axl_keep_device(struct axl_walk *w, const struct axl_record *r);
void axl_say_devices(struct axl_walk *w);

#endif
