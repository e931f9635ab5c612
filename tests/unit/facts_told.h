/* Facts of one file as text, for tests of readers: "fact|about|and|number|value" a line, then notes
 * as "! text" (damaged) or "note text", each with its line in front. */
#ifndef CUCMLAB_TESTS_FACTS_TOLD_H
#define CUCMLAB_TESTS_FACTS_TOLD_H

#include "sim/base/sys.h"
#include "sim/import/kinds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct facts facts_told;
static char facts_told_text[1 << 20];

static const struct file_kind_row *row_of(const struct file_kind_rows *family, struct piece p)
{
    for (uint32_t i = 0; i < family->count; i++) {
        if (family->rows[i].is(&p))
            return &family->rows[i];
    }
    return NULL;
}

static void tell_facts(const struct facts *f)
{
    struct wr w = wr_of(facts_told_text, sizeof facts_told_text - 1);
    for (uint32_t i = 0; i < f->count; i++) {
        const struct fact_said *s = &f->list[i];
        wr_fmt(&w, "%u %s|%s|%s|%u|%s\n", s->line, fact_rows[s->kind].name, facts_text(f, s->about),
               facts_text(f, s->about2), s->nth, facts_text(f, s->value));
    }
    for (uint32_t i = 0; i < f->note_count; i++)
        wr_fmt(&w, "%u %s %s\n", f->notes[i].line, f->notes[i].bad ? "!" : "note",
               f->notes[i].text);
    assert_false(w.over);
    facts_told_text[w.n] = '\0';
}

/* What a family makes of a file; the name of the row that read it in *kind, "" where none did. */
static const char *told_of(const struct file_kind_rows *family, struct view bytes,
                           const char **kind)
{
    struct piece p = { .bytes = bytes, .path = "file", .line = 1, .session = 7 };
    const struct file_kind_row *row = row_of(family, p);
    *kind = row != NULL ? row->name : "";
    facts_free(&facts_told);
    facts_init(&facts_told, &sys_mem);
    facts_told_text[0] = '\0';
    if (row != NULL) {
        struct reading r = { .path = "file", .kind = row->name, .session = 7, .line = 1 };
        struct said s = { .facts = &facts_told,
                          .reading = facts_begin(&facts_told, &r),
                          .line = 1 };
        row->read(&s, &p);
        tell_facts(&facts_told);
    }
    return facts_told_text;
}

#endif
