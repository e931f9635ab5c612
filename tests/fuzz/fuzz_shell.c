/* Whatever is typed at a node ends in a state that the session has a name for, in lines of text,
 * and changes nothing of the lab that it was forked from. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/cli/cli.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECOND 1000000ull

static bool pass(void *ctx, uint64_t us)
{
    struct lab *lab = ctx;
    if (us > 3600 * SECOND)
        return false;
    lab_run_until(lab, lab_now_us(lab) + us);
    return true;
}

static struct lab *two_nodes(void)
{
    static const char *const nodes[] = { "pub", "sub1" };
    struct lab_options o = lab_defaults();
    struct lab_cluster_spec spec = {
        .name = "HQ", .version = "12.5", .nodes = nodes, .node_count = 2, .domain = ""
    };
    struct err e = { "" };
    uint32_t cluster;
    struct lab *lab = lab_new(&o);
    CHECK(lab_cluster(lab, &spec, &cluster, &e));
    return lab;
}

static void type(struct cli *c, const char *line)
{
    const char *words[CLI_WORDS];
    struct sys_text text;
    CHECK(cli_complete(c, line, words) <= CLI_WORDS);
    FILE *out = sys_text_open(&text);
    cli_line(c, line, out);
    fclose(out);
    CHECK(text.n == 0 || text.p[text.n - 1] == '\n');
    CHECK((cli_state(c) == CLI_READY) == (strcmp(cli_prompt(c), "admin:") == 0) ||
          cli_state(c) == CLI_CLOSED);
    sys_text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lab *lab;
    char line[CLI_LINE + 100];
    if (lab == NULL)
        lab = two_nodes();
    uint64_t before = lab_hash(lab);
    struct lab_mark mark = lab_mark(lab);
    struct lab *fork = lab_fork(lab);
    struct cli_options o = { .lab = fork, .node = size & 1, .wait = pass, .ctx = fork };
    struct cli *c = cli_new(&o);
    for (size_t at = 0, lines = 0; at < size && lines < 20 && cli_state(c) != CLI_CLOSED; lines++) {
        size_t n = 0;
        for (; at < size && data[at] != '\n'; at++) {
            if (n < sizeof line - 1 && data[at] != '\0')
                line[n++] = (char)data[at];
        }
        at++;
        line[n] = '\0';
        type(c, line);
    }
    cli_free(c);
    lab_free(fork);
    lab_rewind(lab, &mark);
    CHECK(lab_hash(lab) == before);
    return 0;
}
