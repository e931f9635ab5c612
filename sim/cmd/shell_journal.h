/* What was done in a shell: the commands that changed something, and the times that passed, so that
 * it can be done once more, but for the last, or be saved as a scenario.  Called by sim/cmd/shell.
 */
#ifndef CUCMLAB_CMD_SHELL_JOURNAL_H
#define CUCMLAB_CMD_SHELL_JOURNAL_H

#include "sim/session.h"

/* One of them: a command with its answers, each line ended by '\0'; or time alone. */
struct shell_entry {
    char *lines;
    uint32_t count; /* of lines */
    uint64_t wait_us;
};

struct shell_journal {
    struct shell_entry *list;
    uint32_t count, cap;
    uint32_t cluster, node;
    struct sys_text open; /* the command under way */
    FILE *stream;
    uint32_t lines;
    uint64_t begun_us;
};

struct shell_journal shell_journal_of(uint32_t cluster, uint32_t node);
void shell_journal_free(struct shell_journal *j);
/* A command begins; a line of it; it did something. */
void shell_journal_begin(struct shell_journal *j, const struct session *s);
void shell_journal_line(struct shell_journal *j, const char *line);
void shell_journal_keep(struct shell_journal *j, const struct session *s);
/* Forgets the last. */
void shell_journal_drop(struct shell_journal *j);
/* Does all of it again. */
bool shell_journal_replay(const struct shell_journal *j, struct session *s, struct err *e);
/* The scenario of `s` and behind it all of this, as one file. */
bool shell_journal_save(const struct shell_journal *j, const struct session *s, const char *path,
                        struct err *e);

#endif
