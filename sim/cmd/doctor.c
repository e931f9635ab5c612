#include "sim/cmd/output.h"
#include "sim/cmd/doctor.h"

#include "sim/base/sys.h"
#include "sim/cmd/options.h"
#include "sim/cmd/today.h"
#include "sim/doctor/judge.h"
#include "sim/doctor/words.h"
#include "sim/wire/text.h"

#include <stddef.h>
#include <string.h>

enum { WAIT_S = 5, WAIT_MOST_S = 60 };

struct job {
    struct exam_told told;
    const char *json;
    bool states;
};

static bool take_answer(uint8_t *out, const char *name, const char *value, struct err *e)
{
    bool yes = strcmp(value, "yes") == 0;
    if (!yes && strcmp(value, "no") != 0)
        return err_set(e, "%s %.60s: yes or no was expected", name, value);
    if (*out != ANSWER_UNKNOWN)
        return err_set(e, "%s is given twice", name);
    *out = yes ? ANSWER_YES : ANSWER_NO;
    return true;
}

static bool take_refuses(void *to, const char *value, struct err *e)
{
    return take_answer(&((struct job *)to)->told.refuses, "--phone-refuses", value, e);
}

static bool take_backup(void *to, const char *value, struct err *e)
{
    return take_answer(&((struct job *)to)->told.backup, "--key-backup", value, e);
}

static bool take_wait(void *to, const char *value, struct err *e)
{
    uint64_t s;
    if (!text_number(view_str(value), WAIT_MOST_S, &s) || s == 0)
        return err_set(e, "--wait %.60s: seconds from 1 to %d were expected", value, WAIT_MOST_S);
    ((struct job *)to)->told.wait_us = s * 1000000;
    return true;
}

static const struct option options[] = {
    { "--tftp", "HOST[:PORT]", 1, NULL, offsetof(struct job, told.tftp),
      "the phone's TFTP server; without PORT: HTTP 6970, then TFTP 69, then 10069; with another "
      "PORT than 6970: TFTP" },
    { "--tvs", "HOST[:PORT]", 1, NULL, offsetof(struct job, told.tvs),
      "the TVS to ask (default: those of the phone's configuration, else the TFTP server)" },
    { "--mac", "MAC", 1, NULL, offsetof(struct job, told.mac),
      "the phone: its own files are fetched, and its configuration" },
    { "--phone-itl", "FILE", 1, NULL, offsetof(struct job, told.phone_itl),
      "the ITL that the phone holds (a file with the checksum that the phone shows)" },
    { "--phone-itl-checksum", "HEX", 1, NULL, offsetof(struct job, told.checksum),
      "its checksum as the phone shows it: MD5 or SHA-1" },
    { "--phone-ctl", "FILE", 1, NULL, offsetof(struct job, told.phone_ctl),
      "the CTL that the phone holds, in a cluster that has one" },
    { "--phone-refuses", "yes|no", 1, take_refuses, 0,
      "the phone shows that it refuses the ITL or its configuration" },
    { "--key-backup", "yes|no", 1, take_backup, 0,
      "a backup has the TFTP private key (CallManager) from before the change" },
    { "--wait", "SECONDS", 1, take_wait, 0, "for each answer (default 5)" },
    { "--json", "FILE", 1, NULL, offsetof(struct job, json), "writes all of it as JSON" },
    { "--states", NULL, 1, NULL, offsetof(struct job, states),
      "asks nobody: prints what it can say, in the order in which it looks" },
};

static struct options reader(struct job *j)
{
    return (struct options){
        .table = options, .count = sizeof options / sizeof *options, .of = 1, .to = j
    };
}

void doctor_help(FILE *out)
{
    struct options o = reader(NULL);
    fputs("Usage: cucmlab doctor --tftp HOST [OPTION...]\n  fetches CTL, ITL and a configuration, "
          "asks TVS, and says whether the ITL of a\n  phone must be erased, or what to do instead; "
          "at most 10 requests and 3\n  handshakes\n\nOptions:\n",
          out);
    options_help(&o, out);
    fputs("Exit status: 0 healthy; 1 sick; 4 cannot tell, with what is "
          "missing;\n2 wrong use.\n",
          out);
}

static bool parse(struct job *j, int argc, char *const *argv, struct err *e)
{
    struct options o = reader(j);
    j->told.wait_us = WAIT_S * UINT64_C(1000000);
    if (!options_read(&o, argc, argv, e) || !today(&j->told.now_s, e))
        return false;
    if (j->states)
        return true;
    if (j->told.tftp == NULL)
        return err_set(e, "--tftp HOST is needed: the phone's TFTP server");
    return j->json == NULL || sys_can_write(j->json, e) || err_prefix(e, "--json");
}

static bool write_json(const struct job *j, const struct exam *x, struct err *e)
{
    struct sys_text text;
    if (j->json == NULL)
        return true;
    FILE *out = sys_text_open(&text);
    words_json(out, x);
    return output_end(out, &text, j->json, e) || err_prefix(e, "--json");
}

static const int exits[] = { [OUTCOME_HEALTHY] = 0, [OUTCOME_SICK] = 1, [OUTCOME_UNTOLD] = 4 };

static void put_states(FILE *out)
{
    for (uint32_t i = 0; i < judge_count; i++)
        fprintf(out, "%d  %-26s %s\n", exits[judge_rows[i].outcome], judge_rows[i].key,
                judge_rows[i].title);
}

int doctor_run(int argc, char *const *argv, FILE *out, FILE *problems)
{
    struct job j = { .json = NULL };
    struct arena arena = arena_of(&sys_mem);
    struct exam *x = arena_take(&arena, sizeof *x);
    struct err e = { "" };
    int status = 2;
    bool good = parse(&j, argc, argv, &e);
    if (good && j.states) {
        put_states(out);
        status = 0;
    } else if (good && exam_run(x, &j.told, &arena, &e) && write_json(&j, x, &e)) {
        if (j.json == NULL || !sys_is_stdout(j.json))
            words_text(out, x);
        status = exits[judge(&x->found)->outcome];
    } else {
        fprintf(problems, "cucmlab doctor: %s\n", e.text);
    }
    arena_free(&arena);
    return status;
}
