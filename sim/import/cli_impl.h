/* What the readers of command line outputs share: lines as a terminal showed them, dates as the
 * product writes them.  For cli*.c alone. */
#ifndef CUCMLAB_IMPORT_CLI_IMPL_H
#define CUCMLAB_IMPORT_CLI_IMPL_H

#include "sim/import/cli.h"

/* ---- lines (cli_lines.c) ---- */

/* One line as it stood on the screen when it was left: escapes, backspaces and what was overwritten
 * are off.  `out` has raw.n bytes. */
size_t cli_screen_line(struct view raw, uint8_t *out);

struct cli_line {
    struct view text;
    uint32_t line; /* in the file */
};

/* A piece in lines, without what a pager left between them. */
struct cli_text {
    struct arena arena;
    struct cli_line *lines;
    uint32_t count;
};

void cli_open(struct cli_text *t, const struct said *s, const struct piece *p);
void cli_close(struct cli_text *t);

/* Line i with the next one behind it: a terminal of 80 columns wrapped it there. */
struct view cli_with_next(struct cli_text *t, uint32_t i);

/* All lines from i on, as one text: line i + n of the piece behind its n-th '\n'. */
struct view cli_joined(struct cli_text *t, uint32_t i);
/* Whether `line` begins with it, blanks in front and the case of letters aside. */
bool cli_begins(struct view line, const char *with);
/* Where it stands first, letters as they are; NULL: nowhere. */
const uint8_t *cli_find(struct view line, const char *what);
/* What stands behind it in the line, trimmed; absent where it is not there. */
struct view cli_behind(struct view line, const char *what);
/* The next word up to a blank, off the front of *v; absent at the end. */
struct view cli_word(struct view *v);
/* Words of a line, at most `most` of them; how many. */
uint32_t cli_words(struct view line, struct view *words, uint32_t most);

/* The same place, another line. */
struct said cli_at(const struct said *s, uint32_t line);
/* Whether a command begins with these words, whatever the blanks and the case; what stands behind
 * them in *rest (may be NULL). */
bool cli_is_command(struct view command, const char *words, struct view *rest);
/* "CallManager" of "show cert own CallManager"; absent where the piece has another command or none.
 */
struct view cli_argument(const struct piece *p, const char *words);
/* The node that the command ran on, which a FACT_HERE of the same log names. */
void cli_say(const struct said *s, enum fact_kind kind, struct view about2, uint32_t nth,
             struct view value);
/* When the output was made, where it says so: the newest of its session counts. */
void cli_made(const struct said *s, int64_t unix_s);

/* ---- dates (cli_date.c) ---- */

enum cli_zone {
    CLI_ZONE_NONE,    /* the text names none */
    CLI_ZONE_KNOWN,   /* then the date is UTC */
    CLI_ZONE_UNKNOWN, /* it names one that several places share, or nobody knows */
};

struct cli_date {
    char text[24];  /* FORM_DATE */
    int64_t unix_s; /* of its own clock where the zone is not known */
    uint8_t zone;   /* enum cli_zone */
    struct view zone_name;
};

/* "Fri Jul 07 13:05:18 BST 2023", "Thu Oct 28 11:24:16 2021", "Mon Mar 2, 2026 00:36:32",
 * "2023-07-17-16-47", "2026-02-27 02:15:30", "02/27/2026 02:00:00": the first date in the text, and
 * what stands behind it in *rest (may be NULL). */
bool cli_date_find(struct view text, struct cli_date *out, struct view *rest);
void cli_date_unix(int64_t unix_s, struct cli_date *out); /* UTC */
/* "CEST", "GMT+01:00", "+0100": seconds east of UTC. */
bool cli_zone_find(struct view name, int32_t *offset_s);
/* The same, with a note where its zone is not known: one a reading. */
bool cli_date_read(const struct said *s, struct view text, struct cli_date *out);

/* ---- readers, each with its rows in cli.c ---- */

void cli_read_itl(const struct said *s, const struct piece *p);
void cli_read_ctl(const struct said *s, const struct piece *p);
void cli_read_cert_list_own(const struct said *s, const struct piece *p);
void cli_read_cert_list_trust(const struct said *s, const struct piece *p);
void cli_read_cert(const struct said *s, const struct piece *p);
void cli_read_cluster(const struct said *s, const struct piece *p);
void cli_read_eth0(const struct said *s, const struct piece *p);
void cli_read_status(const struct said *s, const struct piece *p);
void cli_read_version(const struct said *s, const struct piece *p);
void cli_read_services(const struct said *s, const struct piece *p);
void cli_read_replication(const struct said *s, const struct piece *p);
void cli_read_backup_history(const struct said *s, const struct piece *p);
void cli_read_backup_status(const struct said *s, const struct piece *p);
void cli_read_tls(const struct said *s, const struct piece *p);
void cli_read_fips(const struct said *s, const struct piece *p);
void cli_read_ctl_mode(const struct said *s, const struct piece *p);
void cli_read_aside(const struct said *s, const struct piece *p);
void cli_read_sql(const struct said *s, const struct piece *p);
bool cli_sql_is(const struct piece *p); /* of one without a command */

#endif
