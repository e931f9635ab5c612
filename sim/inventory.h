/* Phones of a real cluster: a phone export of CUCM's Bulk Administration (CSV) and the CallManager
 * group of each device pool, which the export does not carry.  Read by sim/session for
 * `--inventory` and `--pools`; the scenario's first `phones {}` then uses these rows.
 *
 * Columns are found by their names (Device Name, Device Pool, Device Type, Device Security Profile,
 * Phone Load Name), in any order, the case of letters aside; others are ignored.  The last two may
 * be missing.  A bad row is noted with its line and left out, the rest is used.  RFC 4180: quotes,
 * CR LF or LF, a UTF-8 byte order mark. */
#ifndef CUCMLAB_INVENTORY_H
#define CUCMLAB_INVENTORY_H

#include "sim/lab.h"

#define INVENTORY_FILE_MAX (256u << 20) /* bytes */
#define INVENTORY_COLUMNS  4096
#define INVENTORY_NOTES    10000 /* kept; further bad rows are counted */

struct inventory_row {
    char name[DEVICE_NAME];
    char pool[CLUSTER_NAME];
    char load[CNF_NAME]; /* "": the model's */
    uint8_t model;       /* index into model_table */
    uint8_t security_mode;
    bool encrypted;
    uint32_t line;
};

/* What the reader has to say about the file: a row left out, or what a profile's name was taken
 * for. */
struct inventory_note {
    uint32_t line;
    bool bad; /* the row was left out */
    const char *text;
};

struct inventory {
    struct arena arena;
    struct inventory_row *rows;
    struct inventory_note *notes;
    uint32_t count, cap, note_count, note_cap;
    uint32_t bad; /* rows left out */
};

struct inventory_pool {
    char name[CLUSTER_NAME];
    char members[CNF_SERVERS][CLUSTER_NAME]; /* node names, in order */
    uint32_t count, line;
};

struct inventory_pools {
    struct inventory_pool *pools;
    uint32_t count, cap;
};

/* False, with `path` and the line in the error, where no row can be used: the file is empty, its
 * header lacks a column or is malformed, every row is bad.  Free it in any case. */
bool inventory_read(struct view csv, const char *path, struct inventory *out, struct err *e);
void inventory_free(struct inventory *inventory);

/* Rows: pool, then one to three node names.  A first row whose first field is "pool" or "Device
 * Pool" is the header.  Any bad row is an error. */
bool inventory_read_pools(struct view csv, const char *path, struct inventory_pools *out,
                          struct err *e);
void inventory_free_pools(struct inventory_pools *pools);

/* What was read, with the names of the files for errors.  `pools` NULL: the scenario declares them
 * all. */
struct inventory_source {
    const struct inventory *phones;
    const char *path;
    const struct inventory_pools *pools;
    const char *pools_path;
};

/* Adds the phones to a cluster, grouped by what decides their configuration; their device numbers
 * follow each other from *first.  A pool that nobody knows is an error with the line of the row. */
bool inventory_add(struct lab *lab, uint32_t cluster, const struct inventory_source *from,
                   uint32_t *first, uint32_t *count, struct err *e);

#endif
