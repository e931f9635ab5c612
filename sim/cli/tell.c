/* What commands are made of: where one is, telling and asking, doing an act. */
#include "sim/cli/command.h"

#include <stdarg.h>
#include <string.h>

static const char ready[] = "admin:"; /* observed */

/* ---- where one is ---- */

struct cluster *cli_cluster(const struct cli *c)
{
    return &c->options.lab->state.clusters[c->options.cluster];
}

struct node *cli_node(const struct cli *c)
{
    return &cli_cluster(c)->nodes[c->options.node];
}

uint64_t cli_now_us(const struct cli *c)
{
    return lab_now_us(c->options.lab);
}

bool cli_is_publisher(const struct cli *c)
{
    return c->options.node == 0;
}

/* ---- asking and telling ---- */

void cli_print(struct cli *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(c->out, format, args);
    va_end(args);
}

bool cli_fail(struct cli *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(c->why.text, sizeof c->why.text, format, args);
    va_end(args);
    fprintf(c->out, "%s\nExecuted command unsuccessfully\n", c->why.text);
    return false;
}

void cli_ready(struct cli *c)
{
    c->answer = NULL;
    snprintf(c->prompt, sizeof c->prompt, "%s", ready);
}

bool cli_ask(struct cli *c, const char *question, command_answer *answer)
{
    snprintf(c->prompt, sizeof c->prompt, "%s", question);
    c->answer = answer;
    return true;
}

bool cli_is_yes(const char *answer)
{
    return strcmp(answer, "y") == 0 || strcmp(answer, "Y") == 0 || strcmp(answer, "yes") == 0 ||
           strcmp(answer, "Yes") == 0 || strcmp(answer, "YES") == 0;
}

/* ---- acts ---- */

bool cli_parse(const struct cli *c, enum act_kind kind, const char *args, struct act *act,
               struct err *e)
{
    char text[ACT_TEXT];
    snprintf(text, sizeof text, "%s%s%s", act_table[kind]->name, args[0] == '\0' ? "" : " ", args);
    return act_parse(cli_cluster(c), (enum act_scope)act_table[kind]->scope, c->options.node, text,
                     act, e);
}

bool cli_do(struct cli *c, const struct act *act)
{
    struct err e = { "" };
    if (!lab_do(c->options.lab, c->options.cluster, act, &e))
        return cli_fail(c, "%s", e.text);
    c->done++;
    return true;
}

bool cli_can(struct cli *c, enum act_kind kind, const char *args)
{
    struct err e = { "" };
    c->then.kind = ACTS;
    return (cli_parse(c, kind, args, &c->act, &e) &&
            cluster_can(cli_cluster(c), &c->act, cli_now_us(c), &e)) ||
           cli_fail(c, "%s", e.text);
}

bool cli_do_asked(struct cli *c)
{
    return cli_do(c, &c->act) && (c->then.kind == ACTS || cli_do(c, &c->then));
}

bool cli_yes_do(struct cli *c, const char *answer)
{
    return cli_is_yes(answer) ? cli_do_asked(c) : cli_fail(c, "Operation cancelled");
}
