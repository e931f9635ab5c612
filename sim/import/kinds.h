/* The kinds of files that can be read, a row each, and how one is known by its content alone, never
 * by its name.  What a file may hold: an archive of files, a log with many commands, one answer.
 * kinds.c has the table; readers are one file a family (cli_*.c, axl.c, pages.c, ...). */
#ifndef CUCMLAB_IMPORT_KINDS_H
#define CUCMLAB_IMPORT_KINDS_H

#include "sim/import/facts.h"

/* One piece of input, whole: text in UTF-8 with lines that end in LF where the row says so (the
 * recogniser has seen to it, NULs and control characters are there still), else bytes. */
struct piece {
    struct view bytes;
    const char *path;    /* "logs.tar:pub.txt" */
    const char *command; /* of a log: the command whose output it is, "show itl"; NULL: a file */
    uint32_t line;       /* in the file, of the first line; 1 */
    uint32_t session;    /* as in struct reading */
};

/* How sure a file of that kind makes a fact: where two contradict, the higher goes. */
enum sure {
    SURE_OWN_FORM = 1, /* a form of our own, or typed by somebody */
    SURE_PAGE,         /* what a phone says of itself on its pages */
    SURE_EXPORT,       /* a bulk export: of the day on which it was made */
    SURE_ANSWER,       /* AXL, SQL, RIS, command line: the database or the service itself */
    SURE_BYTES         /* the thing itself: certificate, list, the certificate on the wire */
};

struct file_kind_row {
    const char *name;   /* "show itl", "AXL listPhone", "BAT export of phones" */
    const char *gives;  /* for IMPORT.md: which facts, in words */
    const char *source; /* where the shape is from: documented, observed, inferred */
    uint8_t sure;       /* enum sure */
    bool text;          /* made UTF-8 with LF before `is` looks */
    /* Cheap, and looks at the content alone; never at path.  Of a piece of a log `command` too. */
    bool (*is)(const struct piece *p);
    /* Puts facts and notes; never fails: what cannot be used is a note with its line. */
    void (*read)(const struct said *s, const struct piece *p);
};

/* Rows of a family, in the order in which they are asked; the first that says yes reads. */
struct file_kind_rows {
    const struct file_kind_row *rows;
    uint32_t count;
};

/* The families, in the order in which they are asked: a line of kinds.c each, those that know a
 * form by its first words before those that look for something anywhere. */
extern const struct file_kind_rows *const file_kinds[];
extern const uint32_t file_kind_families;

extern const struct file_kind_rows kinds_cli;    /* cli.c: outputs of the command line */
extern const struct file_kind_rows kinds_axl;    /* axl.c: answers of AXL and other services */
extern const struct file_kind_rows kinds_bulk;   /* bulk.c: exports of Bulk Administration, CSVs */
extern const struct file_kind_rows kinds_bytes;  /* bytes.c: what servers show in TLS */
extern const struct file_kind_rows kinds_pages;  /* pages.c: phones' own pages */
extern const struct file_kind_rows kinds_papers; /* papers.c: certificates, lists, signed files */

#endif
