/* What CUCM's command line prints: one output saved as a file, or the log of a terminal with many
 * commands in it, as it was pasted or captured.
 *
 * Called by the recogniser (a log is cut into pieces before rows are asked) and by kinds.c.
 * Shapes: each row of cli.c says where its own is from. */
#ifndef CUCMLAB_IMPORT_CLI_H
#define CUCMLAB_IMPORT_CLI_H

#include "sim/import/kinds.h"

/* Whether a prompt of CUCM's command line stands in it ("admin:show itl"). */
bool cli_is_log(struct view text);

/* Each login behind the first one in a log may be at another node: its pieces have the session
 * plus this, plus twice this, ... */
#define CLI_LOGIN 0x100000u

/* A piece for each command, in their order, `session` (or more, see above) in all of them; one
 * before the first prompt too where a row of kinds_cli knows it.  Escapes, backspaces, what was
 * overwritten and the timestamps of a terminal program are off, lines keep their numbers; the login
 * banner goes.  Piece and command, which is a stranger's text, are good during the call alone. */
void cli_log_cut(struct view text, const char *path, uint32_t session,
                 void (*each)(void *ctx, const struct piece *p), void *ctx);

#endif
