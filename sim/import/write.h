/* Writes a cluster as it was found: cluster.lua, and beside it cluster.phones.csv and
 * cluster.certs/ (docs/CLUSTER.md), with a comment behind every fact that says its source.  Texts
 * of strangers get there through one function a form. */
#ifndef CUCMLAB_IMPORT_WRITE_H
#define CUCMLAB_IMPORT_WRITE_H

#include "sim/import/site.h"

/* Whether `path` can be that of the Lua file (below), and is free where not `force`: asked before a
 * long import. */
bool site_can_write(const char *path, bool force, struct err *e);

/* What an earlier import had left and is gone. */
struct site_replaced {
    uint32_t blobs; /* certificates and lists that this one does not name */
    bool phones;    /* its phones: this one has none */
};

/* `path` is that of the Lua file ("out/hq.lua"); phones and certificates are named after it
 * ("out/hq.phones.csv", "out/hq.certs/").  Files that are there already are an error without
 * `force`; with it they are replaced, and what is left of them goes.  All of it is written beside
 * before anything is put in place, the Lua file last: what goes wrong leaves what was there. */
bool site_write(const struct site *s, const char *path, bool force, struct site_replaced *replaced,
                struct err *e);

/* Two parts of it, for tests and tools; fields of phones are sim/text/cell.h's. */
void write_lua(const struct site *s, const char *files, FILE *out);
void write_phones(const struct site *s, FILE *out);

/* A text as Lua's literal, quotes included: loads back to the same bytes, whatever they are, and
 * runs nothing. */
void write_lua_text(FILE *out, struct view text);
/* A text behind "-- " in Lua: on one line. */
void write_lua_comment(FILE *out, struct view text);

#endif
