/* Writes a cluster as it was found: cluster.lua, and beside it cluster.phones.csv and
 * cluster.certs/ (docs/CLUSTER.md), with a comment behind every fact that says its source.  Texts
 * of strangers get there through one function a form. */
#ifndef CUCMLAB_IMPORT_WRITE_H
#define CUCMLAB_IMPORT_WRITE_H

#include "sim/import/site.h"

/* `path` is that of the Lua file ("out/hq.lua"); phones and certificates are named after it
 * ("out/hq.phones.csv", "out/hq.certs/").  A file that is there already is an error without
 * `force`.  Through temporary files, the Lua file last: a reader never sees half of it. */
bool site_write(const struct site *s, const char *path, bool force, struct err *e);

/* Two parts of it, for tests and tools; fields of phones are sim/text/cell.h's. */
void write_lua(const struct site *s, const char *files, FILE *out);
void write_phones(const struct site *s, FILE *out);

/* A text as Lua's literal, quotes included: loads back to the same bytes, whatever they are, and
 * runs nothing. */
void write_lua_text(FILE *out, struct view text);
/* A text behind "-- " in Lua: on one line. */
void write_lua_comment(FILE *out, struct view text);

#endif
