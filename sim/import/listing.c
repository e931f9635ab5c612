#include "sim/import/listing.h"

#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/import/kinds.h"
#include "sim/text/shown_print.h"

#include <cjson/cJSON.h>
#include <string.h>

/* ---- texts ---- */

static void put_str(FILE *out, const char *text)
{
    shown_print(out, view_str(text));
}

static void put_where(FILE *out, const struct reading *r, uint32_t line)
{
    put_str(out, r->path);
    if (line != 0)
        fprintf(out, ":%u", line);
}

/* ---- facts ---- */

void listing_facts(FILE *out, const struct facts *f)
{
    fputs("where\tkind of file\tfact\tabout\tand\tnumber\tvalue\n", out);
    for (uint32_t i = 0; i < f->count; i++) {
        const struct fact_said *s = &f->list[i];
        const struct reading *r = &f->readings[s->reading];
        put_where(out, r, r->line == 0 ? 0 : s->line);
        fprintf(out, "\t%s\t%s\t", r->kind, fact_rows[s->kind].name);
        shown_print(out, facts_view(f, s->about));
        fputc('\t', out);
        shown_print(out, facts_view(f, s->about2));
        fprintf(out, "\t%u\t", s->nth);
        shown_print(out, facts_view(f, s->value));
        fputc('\n', out);
    }
}

/* ---- kinds ---- */

enum { KINDS_MOST = 200, SHOWN_MOST = 5, NAMED_MOST = 12 };

/* What there is of one kind of file. */
struct kind_count {
    const char *kind;
    uint32_t files, facts, bad, notes;
};

struct kind_counts {
    struct kind_count list[KINDS_MOST];
    uint32_t count;
};

static struct kind_count *count_of(struct kind_counts *all, const char *kind)
{
    for (uint32_t i = 0; i < all->count; i++) {
        if (strcmp(all->list[i].kind, kind) == 0)
            return &all->list[i];
    }
    uint32_t at = all->count < KINDS_MOST ? all->count++ : KINDS_MOST - 1;
    all->list[at].kind = kind;
    return &all->list[at];
}

static void count_rows(const struct recognised *r, enum recognised_as as, struct kind_counts *all)
{
    for (uint32_t i = 0; i < r->count; i++) {
        const struct recognised_row *row = &r->rows[i];
        if (row->as != as)
            continue;
        struct kind_count *c = count_of(all, r->facts->readings[row->reading].kind);
        c->files++;
        c->facts += row->facts;
        c->bad += row->bad;
    }
}

/* The first note of a reading, for readings that are asked in their order; "" where it has none. */
static const char *note_of(const struct facts *f, uint32_t reading, uint32_t *at)
{
    uint32_t kept = f->note_count < FACTS_NOTES ? f->note_count : FACTS_NOTES;
    while (*at < kept && f->notes[*at].reading < reading)
        (*at)++;
    return *at < kept && f->notes[*at].reading == reading ? f->notes[*at].text : "";
}

/* What is said of some, and of how many, with the first of them. */
struct named {
    const char *words;
    uint32_t row, count;
};

static struct named *named_of(struct named *all, uint32_t *count, const char *words)
{
    for (uint32_t i = 0; i < *count; i++) {
        if (strcmp(all[i].words, words) == 0)
            return &all[i];
    }
    uint32_t at = *count < NAMED_MOST ? (*count)++ : NAMED_MOST - 1;
    if (all[at].words == NULL)
        all[at].words = words;
    return &all[at];
}

static void put_one(FILE *out, const struct recognised *r, uint32_t row)
{
    const struct reading *what = &r->facts->readings[r->rows[row].reading];
    fputs("  ", out);
    put_where(out, what, what->line > 1 ? what->line : 0);
}

/* Those of which nothing is said by their names; of the others the first with the same words. */
static void put_named(FILE *out, const struct recognised *r, enum recognised_as as, const char *say)
{
    struct named alike[NAMED_MOST] = { { NULL, 0, 0 } };
    uint32_t kinds = 0, bare = 0, note = 0;
    if (r->as[as] == 0)
        return;
    fprintf(out, "%s %s:\n", COUNTED(r->as[as]), say);
    for (uint32_t i = 0; i < r->count; i++) {
        if (r->rows[i].as != as)
            continue;
        const char *words = note_of(r->facts, r->rows[i].reading, &note);
        if (words[0] != '\0') {
            struct named *n = named_of(alike, &kinds, words);
            n->row = n->count++ == 0 ? i : n->row;
        } else if (bare++ < NAMED_MOST) {
            put_one(out, r, i);
            fputc('\n', out);
        }
    }
    if (bare > NAMED_MOST)
        fprintf(out, "  and %s more\n", COUNTED(bare - NAMED_MOST));
    for (uint32_t i = 0; i < kinds; i++) {
        put_one(out, r, alike[i].row);
        fputs(": ", out);
        put_str(out, alike[i].words);
        if (alike[i].count > 1)
            fprintf(out, "; and %s more", COUNTED(alike[i].count - 1));
        fputc('\n', out);
    }
}

/* "12 outputs of commands that are not read here: exit (8), set cli pagination off (4)". */
static void put_passed(FILE *out, const struct recognised *r)
{
    struct kind_counts all = { .count = 0 };
    for (uint32_t i = 0; i < r->count; i++) {
        if (r->rows[i].as == RECOGNISED_PASSED)
            count_of(&all, r->rows[i].command)->files++;
    }
    if (all.count == 0)
        return;
    fprintf(out, "%s of commands that are not read here: ",
            COUNTED_OF(r->as[RECOGNISED_PASSED], "output"));
    for (uint32_t i = 0; i < all.count && i < NAMED_MOST; i++) {
        fputs(i > 0 ? ", " : "", out);
        put_str(out, all.list[i].kind);
        fprintf(out, " (%s)", COUNTED(all.list[i].files));
    }
    fputs(all.count > NAMED_MOST ? ", ...\n" : "\n", out);
}

void listing_summary(FILE *out, const struct recognised *r)
{
    struct kind_counts all = { .count = 0 };
    count_rows(r, RECOGNISED, &all);
    fprintf(out, "%s of %s read, %s:\n", COUNTED_OF(r->as[RECOGNISED], "piece"),
            COUNTED_OF(all.count, "kind"), COUNTED_OF(r->facts->count, "fact"));
    for (uint32_t i = 0; i < all.count; i++) {
        const struct kind_count *c = &all.list[i];
        fprintf(out, "  %7s  %-38s %10s%s%s\n", COUNTED(c->files), c->kind,
                COUNTED_OF(c->facts, "fact"), c->bad > 0 ? ", " : "",
                c->bad > 0 ? COUNTED_OF(c->bad, "fault") : "");
    }
    put_passed(out, r);
    put_named(out, r, RECOGNISED_UNKNOWN, "not recognised");
    put_named(out, r, RECOGNISED_REFUSED, "refused");
    if (r->facts->secrets_dropped > 0)
        fprintf(out,
                "%s passed over: passwords, authentication strings and the like are not kept\n",
                COUNTED_OF(r->facts->secrets_dropped, "secret"));
}

/* ---- notes ---- */

void listing_notes(FILE *out, const struct recognised *r)
{
    struct kind_counts all = { .count = 0 };
    const struct facts *f = r->facts;
    uint32_t kept = f->note_count < FACTS_NOTES ? f->note_count : FACTS_NOTES;
    for (uint32_t i = 0; i < kept; i++) {
        const struct facts_note *n = &f->notes[i];
        const struct reading *what = &f->readings[n->reading];
        /* What a file is that no row knows stands where such files are named. */
        if (strcmp(what->kind, RECOGNISED_NOT) == 0 && !n->bad)
            continue;
        if (count_of(&all, what->kind)->notes++ >= SHOWN_MOST)
            continue;
        put_where(out, what, what->line == 0 ? 0 : n->line);
        fputs(": ", out);
        put_str(out, n->text);
        fputc('\n', out);
    }
    for (uint32_t i = 0; i < all.count; i++) {
        if (all.list[i].notes > SHOWN_MOST)
            fprintf(out, "%s: %s more\n", all.list[i].kind,
                    COUNTED_OF(all.list[i].notes - SHOWN_MOST, "note"));
    }
    if (f->note_count > kept)
        fprintf(out, "%s beyond these\n", COUNTED_OF(f->note_count - kept, "note"));
}

/* ---- tables ---- */

void listing_kinds(FILE *out)
{
    fputs("| Kind | What it tells | Sure | Shape |\n| --- | --- | --- | --- |\n", out);
    for (uint32_t i = 0; i < file_kind_families; i++) {
        for (uint32_t k = 0; k < file_kinds[i]->count; k++) {
            const struct file_kind_row *row = &file_kinds[i]->rows[k];
            fprintf(out, "| %s | %s | %d | %s |\n", row->name, row->gives, row->sure, row->source);
        }
    }
}

/* cJSON takes texts that end in NUL: what a terminal would not show is no loss. */
static void add_text(cJSON *to, const char *key, const char *text)
{
    struct sys_text t;
    FILE *out = sys_text_open(&t);
    put_str(out, text);
    fputc('\0', out);
    fclose(out);
    cJSON_AddStringToObject(to, key, t.p);
    sys_text_free(&t);
}

static void add_notes(cJSON *to, const struct recognised *r, uint32_t reading, uint32_t *at)
{
    const struct facts *f = r->facts;
    uint32_t kept = f->note_count < FACTS_NOTES ? f->note_count : FACTS_NOTES;
    cJSON *list = cJSON_AddArrayToObject(to, "notes");
    for (; *at < kept && f->notes[*at].reading <= reading; (*at)++) {
        const struct facts_note *n = &f->notes[*at];
        if (n->reading != reading)
            continue;
        cJSON *o = cJSON_CreateObject();
        cJSON_AddNumberToObject(o, "line", n->line);
        cJSON_AddBoolToObject(o, "bad", n->bad);
        add_text(o, "text", n->text);
        cJSON_AddItemToArray(list, o);
    }
}

static const char *const as_words[RECOGNISED_KINDS] = { [RECOGNISED] = "read",
                                                        [RECOGNISED_OPENED] = "opened",
                                                        [RECOGNISED_PASSED] = "passed over",
                                                        [RECOGNISED_UNKNOWN] = "not recognised",
                                                        [RECOGNISED_REFUSED] = "refused" };

/* Row by row: a table of 100,000 files is no tree in memory. */
void listing_json(FILE *out, const struct recognised *r)
{
    uint32_t note = 0;
    fputc('[', out);
    for (uint32_t i = 0; i < r->count; i++) {
        const struct recognised_row *row = &r->rows[i];
        const struct reading *what = &r->facts->readings[row->reading];
        cJSON *o = cJSON_CreateObject();
        add_text(o, "path", what->path);
        cJSON_AddNumberToObject(o, "line", what->line);
        cJSON_AddStringToObject(o, "as", as_words[row->as]);
        cJSON_AddStringToObject(o, "kind", what->kind);
        if (row->command != NULL)
            add_text(o, "command", row->command);
        cJSON_AddNumberToObject(o, "bytes", (double)row->bytes);
        cJSON_AddNumberToObject(o, "facts", row->facts);
        add_notes(o, r, row->reading, &note);
        char *text = cJSON_PrintUnformatted(o);
        fprintf(out, "%s\n  %s", i == 0 ? "" : ",", text);
        cJSON_free(text);
        cJSON_Delete(o);
    }
    fputs(r->count == 0 ? "]" : "\n]", out);
}
