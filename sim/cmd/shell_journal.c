#include "sim/cmd/shell_journal.h"

#include "sim/cli/cli.h"
#include "sim/import/write.h"
#include "sim/lab_found.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct shell_journal shell_journal_of(uint32_t cluster, uint32_t node)
{
    return (struct shell_journal){ .cluster = cluster, .node = node };
}

static void close_open(struct shell_journal *j)
{
    if (j->stream != NULL)
        fclose(j->stream);
    j->stream = NULL;
    sys_text_free(&j->open);
    j->lines = 0;
}

void shell_journal_free(struct shell_journal *j)
{
    close_open(j);
    while (j->count > 0)
        shell_journal_drop(j);
    mem_free(&sys_mem, j->list);
}

void shell_journal_drop(struct shell_journal *j)
{
    mem_free(&sys_mem, j->list[--j->count].lines);
}

void shell_journal_begin(struct shell_journal *j, const struct session *s)
{
    close_open(j);
    j->begun_us = lab_now_us(s->lab);
    j->stream = sys_text_open(&j->open);
}

void shell_journal_line(struct shell_journal *j, const char *line)
{
    if (j->stream == NULL)
        return;
    fwrite(line, 1, strlen(line) + 1, j->stream);
    j->lines++;
}

void shell_journal_keep(struct shell_journal *j, const struct session *s)
{
    struct shell_entry entry = { .count = j->lines, .wait_us = lab_now_us(s->lab) - j->begun_us };
    if (j->stream == NULL)
        return;
    fclose(j->stream);
    j->stream = NULL;
    entry.lines = mem_take(&sys_mem, j->open.n);
    memcpy(entry.lines, j->open.p, j->open.n);
    mem_reserve(&sys_mem, (void **)&j->list, &j->cap, (size_t)j->count + 1, sizeof *j->list);
    j->list[j->count++] = entry;
    close_open(j);
}

/* ---- once more ---- */

/* Its lines, one by one. */
static const char *next_line(const char *line)
{
    return line + strlen(line) + 1;
}

static bool replay_one(const struct shell_journal *j, const struct shell_entry *entry,
                       struct session *s, FILE *out, struct err *e)
{
    const struct cli_options o = { .lab = s->lab, .cluster = j->cluster, .node = j->node };
    if (entry->wait_us > 0)
        return lab_run_until(s->lab, lab_now_us(s->lab) + entry->wait_us), true;
    const char **lines = mem_take(&sys_mem, entry->count * sizeof *lines);
    const char *line = entry->lines;
    for (uint32_t i = 0; i < entry->count; i++, line = next_line(line))
        lines[i] = line;
    bool ok = cli_type(&o, lines, entry->count, out, e);
    mem_free(&sys_mem, lines);
    return ok;
}

bool shell_journal_replay(const struct shell_journal *j, struct session *s, struct err *e)
{
    struct sys_text text;
    FILE *out = sys_text_open(&text);
    bool ok = true;
    for (uint32_t i = 0; i < j->count && ok; i++)
        ok = replay_one(j, &j->list[i], s, out, e);
    fclose(out);
    sys_text_free(&text);
    return ok;
}

/* ---- as a scenario ---- */

static void write_text(FILE *out, const char *text)
{
    write_lua_text(out, view_str(text));
}

/* What --set said stays so. */
static void write_params(FILE *out, const struct session *s)
{
    uint32_t count, given = 0;
    const struct script_param *params = script_params(s->script, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(params[i].value, params[i].standard) == 0)
            continue;
        fputs(given++ == 0 ? "local given = {\n" : "", out);
        fputs("  [", out);
        write_text(out, params[i].name);
        fprintf(out, "] = %s,\n", params[i].value);
    }
    if (given > 0)
        fputs("}\nlocal param = function(name, standard)\n"
              "  if given[name] ~= nil then return given[name] end\n"
              "  return param(name, standard)\nend\n",
              out);
}

static void write_entry(FILE *out, const struct shell_entry *entry)
{
    const char *line = entry->lines;
    if (entry->wait_us > 0) {
        fprintf(out, "wait(%" PRIu64 ".%06" PRIu64 ")\n", entry->wait_us / 1000000,
                entry->wait_us % 1000000);
        return;
    }
    fputs("node:cli(", out);
    for (uint32_t i = 0; i < entry->count; i++, line = next_line(line)) {
        fputs(i == 0 ? "" : ", ", out);
        write_text(out, line);
    }
    fputs(")\n", out);
}

static void write_scenario(FILE *out, const struct shell_journal *j, const struct session *s,
                           struct view source)
{
    const struct lab_options *o = &s->options.lab;
    const struct cluster *cl = &s->lab->state.clusters[j->cluster];
    fprintf(out,
            "-- What was done in a shell, behind the scenario that it began with.\n"
            "-- Its files are looked for beside this one; --seed %" PRIu64 " --identity %" PRIu64
            "\n",
            o->seed, o->identity);
    write_params(out, s);
    fputs(";(function(...)\n", out);
    fwrite(source.p, 1, source.n, out);
    fprintf(out, "\nend)(...)\nsettle(\"%uh\")\n\nlocal node = cluster(",
            (unsigned)(SESSION_PRESENT_US / 3600000000ull));
    write_text(out, cl->name);
    fputs(").nodes[", out);
    uint32_t nth = 0;
    FOR_EACH_NODE(cl, i)
    nth += i <= j->node;
    fprintf(out, "%u]\n", (unsigned)nth);
    for (uint32_t i = 0; i < j->count; i++)
        write_entry(out, &j->list[i]);
}

/* Both in one folder, whatever that is called. */
static bool beside(const char *a, const char *b)
{
    const char *paths[] = { a, b };
    struct stat is[2];
    for (int i = 0; i < 2; i++) {
        char folder[4096];
        const char *end = strrchr(paths[i], '/');
        snprintf(folder, sizeof folder, "%.*s", end == NULL ? 1 : (int)(end - paths[i]) + 1,
                 end == NULL ? "." : paths[i]);
        if (stat(folder, &is[i]) != 0)
            return false;
    }
    return is[0].st_dev == is[1].st_dev && is[0].st_ino == is[1].st_ino;
}

bool shell_journal_save(const struct shell_journal *j, const struct session *s, const char *path,
                        struct err *e)
{
    struct arena a = arena_of(&sys_mem);
    struct sys_text text;
    struct view source;
    if (lab_found(s->lab) != NULL && !beside(path, s->options.script.path))
        return err_set(e, "certificates and phones lie beside %.200s: it has to be saved there",
                       s->options.script.path);
    bool ok = script_source(s->options.script.path, &a, &source, e);
    FILE *out = sys_text_open(&text);
    if (ok)
        write_scenario(out, j, s, source);
    fclose(out);
    ok = ok && sys_write_file(path, view_of(text.p, text.n), e);
    sys_text_free(&text);
    arena_free(&a);
    return ok;
}
