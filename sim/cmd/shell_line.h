/* Lines for the shell: typed at a terminal, or read from standard input and shown behind the
 * prompt.  Called by sim/cmd/shell. */
#ifndef CUCMLAB_CMD_SHELL_LINE_H
#define CUCMLAB_CMD_SHELL_LINE_H

#include "sim/cli/cli.h"

struct shell_lines;

/* `c` is asked for the prompt and for completions; borrowed. */
struct shell_lines *shell_lines_open(FILE *out, struct cli *c);
void shell_lines_close(struct shell_lines *l);
bool shell_lines_is_terminal(const struct shell_lines *l);
/* What a line printed; on a terminal a page at a time, where the session wants that. */
void shell_lines_show(struct shell_lines *l, struct view text);
/* Without its end, valid until the next call; NULL: there are no more. */
const char *shell_lines_next(struct shell_lines *l);

#endif
