/* Phones of a real cluster: a phone export of CUCM's Bulk Administration (CSV) and the CallManager
 * group of each device pool, which the export does not carry.  Read by sim/session for
 * `--inventory` and `--pools`; the scenario's `phones {}` then use these rows (docs/INVENTORY.md).
 *
 * Columns are found by their names, in both forms that Cisco uses, in any order, the case of
 * letters aside; others are ignored.  Commas, semicolons or tabs; quotes as in RFC 4180; UTF-8,
 * UTF-16 or Latin-1.  No row vanishes: rows of the file = phones simulated + rows with nothing to
 * lose + rows left out, counted by device type. */
#ifndef CUCMLAB_INVENTORY_H
#define CUCMLAB_INVENTORY_H

#include "sim/lab.h"

#define INVENTORY_FILE_MAX (256u << 20) /* bytes */
#define INVENTORY_COLUMNS  4096         /* read; what stands behind them is passed over */
#define INVENTORY_NOTES    10000        /* kept; further bad rows are counted */
#define INVENTORY_TYPE     128          /* bytes of a device type, with its NUL */
#define INVENTORY_POOL     CLUSTER_NAME

/* What becomes of a row. */
enum inventory_fate {
    ROWS_SIMULATED, /* as what it is */
    ROWS_AS_OTHER,  /* as another model */
    ROWS_NOTHING,   /* it holds no trust list: nothing to lose here */
    ROWS_LEFT_OUT,  /* bad */
    ROWS_FATES
};

/* Rows of one device type with one fate; the sum of all is the rows of the file. */
struct inventory_type {
    const char *type; /* as the file writes it first; "": no device type */
    const char *why;  /* as another: "its family", "--as", "a plain device of its protocol"; nothing
                         to lose: what it is; else NULL */
    uint32_t rows, line; /* how many, and the first of them */
    uint8_t fate;        /* enum inventory_fate */
    uint8_t model;       /* simulated as: index into model_table */
};

/* What a user may do in the Settings of a phone: "Settings Access". */

struct inventory_row {
    char name[DEVICE_NAME];
    char pool[INVENTORY_POOL];
    char load[CNF_NAME]; /* "": the model's newest */
    uint8_t model;       /* index into model_table */
    uint8_t security_mode;
    uint8_t speaks;   /* SPEAKS() of the protocol that the file says; 0: the model's own */
    uint8_t settings; /* enum settings_access */
    bool encrypted;
    bool lsc;       /* it has an LSC of its cluster's CAPF */
    bool bent;      /* simulated as another model */
    bool taken;     /* some `phones {}` has it */
    bool elsewhere; /* another cluster had it before: that is its home */
    uint32_t phone; /* its number in the lab, where it is taken */
    uint32_t line;
};

/* What the reader has to say about the file: a row left out, or how something was taken. */
struct inventory_note {
    uint32_t line;
    bool bad;         /* the row was left out */
    const char *kind; /* of a bad one: what is wrong, without the value; else NULL */
    const char *text;
};

struct inventory {
    struct arena arena;
    struct inventory_row *rows;
    struct inventory_note *notes;
    struct inventory_type *types;
    uint32_t count, cap, note_count, note_cap, type_count, type_cap;
    uint32_t total;             /* rows of the file: header and empty lines apart */
    uint32_t fates[ROWS_FATES]; /* the same by what became of them */
    /* Of its phones, those that another cluster had before, by that one; of all these, with a type
     * here that is simulated as another model, and with another model there than here. */
    struct {
        char cluster[CLUSTER_NAME];
        uint32_t phones;
    } elsewhere[LAB_CLUSTERS];
    uint32_t elsewhere_count, elsewhere_bent, elsewhere_models;
};

/* What the user says of types: "TYPE=MODEL", each. */
struct inventory_as {
    const char *const *list;
    uint32_t count;
};

/* False, with `path` and the line in the error, where no row can be used: the file is empty, its
 * header lacks a column or is malformed, every row is bad, `as` names no model.  Free it in any
 * case. */
bool inventory_read(struct view csv, const char *path, struct inventory_as as,
                    struct inventory *out, struct err *e);
void inventory_free(struct inventory *inventory);
/* Some row was simulated as another model or left out. */
bool inventory_bent(const struct inventory *inventory);

struct inventory_pool {
    char name[INVENTORY_POOL];
    char members[CNF_SERVERS][CLUSTER_NAME]; /* node names, in order */
    uint32_t count, line;
};

struct inventory_pools {
    struct inventory_pool *pools;
    uint32_t count, cap;
};

/* Rows: pool, then one to three node names; further rows of the same pool behind it go on with its
 * nodes, so that what `run sql` prints can be read as it is.  A first row whose first field is
 * "pool", "Device Pool" or "(expression)" is the header; a line of '=' is passed over.  Any bad row
 * is an error. */
bool inventory_read_pools(struct view csv, const char *path, struct inventory_pools *out,
                          struct err *e);
void inventory_free_pools(struct inventory_pools *pools);

/* One file of phones, with the pools of its cluster. */
struct inventory_file {
    char cluster[CLUSTER_NAME];    /* whose phones they are; "": of the first cluster that asks */
    const char *path, *pools_path; /* borrowed; pools_path NULL: the scenario declares them all */
    struct inventory phones;
    struct inventory_pools pools;
    char sha256[65]; /* of the file's bytes, in hexadecimal digits */
};

/* SHA-256 of a file's bytes, in hexadecimal digits. */
void inventory_checksum(struct view bytes, char sha256[65]);
/* Reads both files; cluster, path and pools_path are set.  Free it in any case. */
bool inventory_file_read(struct inventory_file *f, struct inventory_as as, struct err *e);
void inventory_file_free(struct inventory_file *f);

/* Adds phones that nobody has yet to a cluster, grouped by what decides their configuration.  One
 * that another cluster has already stays that phone, at home there, and gets a row in this
 * cluster's database.  `pools`: those of pools that it names, a '*' at its end for anything; NULL:
 * all.  Pools that nobody knows are an error that names each of them.  Whoever asks frees
 * out->others in any case. */
bool inventory_add(struct lab *lab, uint32_t cluster, struct inventory_file *from,
                   const char *pools, struct lab_taken *out, struct err *e);
/* Groups rows of any file by what decides their configuration: the order in which they are added.
 */
void inventory_group_rows(const struct inventory_row **rows, uint32_t count);
/* New phones of rows in that order: row i gets the number *first + i. */
bool inventory_add_rows(struct lab *lab, uint32_t cluster, const char *path,
                        const struct inventory_row *const *rows, uint32_t count, uint32_t *first,
                        struct err *e);
/* Every phone of the file is in the lab; else an error that names pools. */
bool inventory_used_up(const struct inventory_file *f, struct err *e);

#endif
