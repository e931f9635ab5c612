/* Logs and outputs of the command line: whatever comes, pieces have no byte that a terminal would
 * obey, lines that ascend and lie in the log, and cutting what was cut changes nothing; and each
 * reader, given anything at all, gives facts without control characters on lines that there are. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/import/cli.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_shown(struct view v, bool lines)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < 0x20 ? v.p[i] != '\t' && !(lines && v.p[i] == '\n') : v.p[i] == 0x7f)
            return false;
    }
    return true;
}

static uint32_t lines_of(struct view v)
{
    uint32_t lines = 1;
    for (size_t i = 0; i < v.n; i++)
        lines += v.p[i] == '\n';
    return lines;
}

/* ---- readers ---- */

static void check_facts(const struct facts *f, uint32_t from, uint32_t first, uint32_t last)
{
    for (uint32_t i = from; i < f->count; i++) {
        const struct fact_said *said = &f->list[i];
        CHECK(said->line >= first && said->line <= last);
        /* A certificate in SQL has ends of lines, and is no text. */
        CHECK(is_shown(facts_view(f, said->about), false));
        CHECK(is_shown(facts_view(f, said->about2), false));
        CHECK(is_shown(facts_view(f, said->value), false));
    }
}

static void read_with(struct facts *f, const struct file_kind_row *row, const struct piece *p)
{
    struct reading r = { .path = p->path, .kind = row->name, .session = 1, .line = p->line };
    struct said s = { .facts = f, .reading = facts_begin(f, &r), .line = p->line };
    uint32_t before = f->count;
    row->read(&s, p);
    check_facts(f, before, p->line, p->line + lines_of(p->bytes));
}

/* ---- logs ---- */

struct log {
    struct facts facts;
    uint32_t lines, line, pieces;
    size_t bytes;
    uint64_t sum; /* of what was cut, to compare */
};

static void on_piece(void *ctx, const struct piece *p)
{
    struct log *log = ctx;
    CHECK(is_shown(p->bytes, true) && p->line >= log->line && p->line <= log->lines + 1);
    CHECK(p->command == NULL || (p->command[0] != 0 && is_shown(view_str(p->command), false)));
    CHECK(p->session >= 7 && p->session % CLI_LOGIN == 7);
    log->line = p->line;
    log->pieces++;
    log->bytes += p->bytes.n;
    for (size_t i = 0; i < p->bytes.n; i++)
        log->sum = log->sum * 31 + p->bytes.p[i];
    for (uint32_t i = 0; i < kinds_cli.count; i++) {
        if (kinds_cli.rows[i].is(p)) {
            read_with(&log->facts, &kinds_cli.rows[i], p);
            return;
        }
    }
}

static void cut(struct view text)
{
    struct log log = { .lines = lines_of(text) };
    facts_init(&log.facts, &sys_mem);
    (void)cli_is_log(text);
    cli_log_cut(text, "f", 7, on_piece, &log);
    CHECK(log.bytes <= text.n + 1);
    facts_free(&log.facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cut(view_of(data, size));
    if (size < 2)
        return 0;
    /* One reader by the first byte, whatever it thinks of the rest. */
    const struct file_kind_row *row = &kinds_cli.rows[data[0] % kinds_cli.count];
    static const char *const commands[] = { NULL, "show cert own CallManager/CallManager.pem",
                                            "run sql select d.name, tm.name as model from device "
                                            "d join typemodel tm on tm.enum=d.tkmodel",
                                            "run sql select * from certificate" };
    struct facts f;
    facts_init(&f, &sys_mem);
    struct piece p = { .bytes = view_of(data + 2, size - 2),
                       .path = "f",
                       .command = commands[data[1] % 4],
                       .line = 5,
                       .session = 1 };
    (void)row->is(&p);
    read_with(&f, row, &p);
    facts_free(&f);
    return 0;
}
