/* For tests of the import: text through the recogniser, and what it says then. */
#ifndef CUCMLAB_TESTS_IMPORT_READ_H
#define CUCMLAB_TESTS_IMPORT_READ_H

#include "sim/base/sys.h"
#include "sim/import/recognise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct facts facts;
static struct recognised got;

static int begin(void **state)
{
    (void)state;
    facts_init(&facts, &sys_mem);
    recognise_begin(&got, &facts, &unpack_usual);
    return 0;
}

static int end(void **state)
{
    (void)state;
    recognise_free(&got);
    facts_free(&facts);
    return 0;
}

static inline void read_text(const char *path, const char *text)
{
    recognise_bytes(&got, path, view_str(text));
}

/* The fact of this kind, about and number; NULL where nobody says one. */
static inline const struct fact_said *fact_of(enum fact_kind kind, const char *about, uint32_t nth)
{
    for (uint32_t i = 0; i < facts.count; i++) {
        const struct fact_said *f = &facts.list[i];
        if (f->kind == kind && f->nth == nth && strcmp(facts_text(&facts, f->about), about) == 0)
            return f;
    }
    return NULL;
}

static inline const char *said(enum fact_kind kind, const char *about, uint32_t nth)
{
    const struct fact_said *f = fact_of(kind, about, nth);
    return f == NULL ? NULL : facts_text(&facts, f->value);
}

#define assert_said(kind, about, nth, value)                                                       \
    do {                                                                                           \
        const char *it_says = said((kind), (about), (nth));                                        \
        assert_non_null(it_says);                                                                  \
        assert_string_equal(it_says, (value));                                                     \
    } while (0)

static inline uint32_t count_of(enum fact_kind kind)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < facts.count; i++)
        n += facts.list[i].kind == kind;
    return n;
}

static inline const struct recognised_row *row_of(const char *path)
{
    for (uint32_t i = 0; i < got.count; i++) {
        if (strcmp(facts.readings[got.rows[i].reading].path, path) == 0)
            return &got.rows[i];
    }
    return NULL;
}

/* "BAT export of phones"; NULL: no such path. */
static inline const char *kind_of_path(const char *path)
{
    const struct recognised_row *row = row_of(path);
    return row == NULL ? NULL : facts.readings[row->reading].kind;
}

static inline bool noted(const char *part)
{
    for (uint32_t i = 0; i < facts.note_count && i < FACTS_NOTES; i++) {
        if (strstr(facts.notes[i].text, part) != NULL)
            return true;
    }
    return false;
}

/* For a test that fails: what there is. */
static inline void show_all(void)
{
    for (uint32_t i = 0; i < got.count; i++)
        print_message("%s: %s, %u facts\n", facts.readings[got.rows[i].reading].path,
                      facts.readings[got.rows[i].reading].kind, got.rows[i].facts);
    for (uint32_t i = 0; i < facts.note_count; i++)
        print_message("%s:%u: %s\n", facts.readings[facts.notes[i].reading].path,
                      facts.notes[i].line, facts.notes[i].text);
}

#endif
