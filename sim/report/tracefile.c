#include "sim/report/tracefile.h"

#include "sim/base/sys.h"
#include "sim/report/fmt.h"
#include "sim/report/story.h"
#include "sim/wire/shown.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char *const note_names[NOTE_KINDS] = {
    [NOTE_STATE] = "state",       [NOTE_STATUS] = "status",
    [NOTE_ACCEPTED] = "accepted", [NOTE_REFUSED_FILE] = "refused",
    [NOTE_TVS] = "tvs",           [NOTE_LOST] = "lost",
    [NOTE_REGAINED] = "regained", [NOTE_REGISTERED] = "registered",
    [NOTE_REJECTED] = "rejected", [NOTE_UNREGISTERED] = "unregistered",
    [NOTE_SERVICE] = "service",   [NOTE_CAPF] = "capf",
};

static const char *const node_names[] = {
    [TRACE_SERVICE] = "service",     [TRACE_LIST] = "list",       [TRACE_CERT] = "certificate",
    [TRACE_RESET_ALL] = "reset-all", [TRACE_FAILURE] = "failure", [TRACE_ALARM] = "alarm",
};

/* ---- notes in words ---- */

static void file_of(const struct lab *lab, uint32_t phone, uint32_t kind, char out[128])
{
    char name[DEVICE_NAME];
    lab_phone_name(lab, phone, name);
    file_name((enum file_kind)(kind < FILE_KINDS ? kind : FILE_CNF), name, "", out);
}

static const char *kind_word(const struct lab *lab, uint32_t content)
{
    if (content_kind(lab->base->content, content) == CT_LIST)
        return content_get_list(lab->base->content, content)->is_ctl ? "CTL" : "ITL";
    return "file";
}

/* ", content 7" in a trace, which numbers content; nothing elsewhere. */
static const char *content_number(uint32_t number, char out[32])
{
    out[0] = '\0';
    if (number != 0)
        snprintf(out, 32, ", content %" PRIu32, number);
    return out;
}

static void accepted(const struct lab *lab, uint32_t a, uint32_t b, uint32_t number, char out[256])
{
    char content[32];
    const char *kind = kind_word(lab, a);
    snprintf(out, 256, "accepted %s%s%s%s", kind, content_number(number, content),
             kind[0] == 'f' ? "" : ", ",
             kind[0] == 'f' ? "" : story_verdict((enum trust_verdict)b));
}

static void status_text(const struct lab *lab, uint32_t phone, uint32_t a, uint32_t b,
                        char out[256])
{
    char file[128], text[160];
    file_of(lab, phone, b, file);
    phone_status_text((enum status_message)a, lab->state.phones[phone].model, file, text);
    snprintf(out, 256, "\"%s\"", text);
}

void tracefile_note(const struct lab *lab, uint32_t phone, uint8_t note, uint32_t a, uint32_t b,
                    uint32_t number, char out[256])
{
    static const char *const rejects[REJECT_REASONS] = {
        [REJECT_NONE] = "taken",
        [REJECT_UNKNOWN_DEVICE] = "unknown device",
        [REJECT_LSC] = "LSC not trusted",
        [REJECT_SECURITY] = "security mode",
        [REJECT_GROUP] = "not in its CallManager group",
        [REJECT_DATES] = "certificate not within its time",
        [REJECT_OTHER] = "for a reason of its own",
    };
    static const char *const capf[CAPF_OUTCOMES] = {
        [CAPF_INSTALLED] = "LSC installed",
        [CAPF_DELETED] = "LSC deleted",
        [CAPF_SHOWN] = "certificate shown",
        [CAPF_NOTHING] = "nothing to be done",
        [CAPF_REFUSED] = "refused",
        [CAPF_UNTRUSTED] = "its certificate is trusted by nobody",
        [CAPF_UNREACHABLE] = "no answer",
    };
    char file[128], content[32];
    switch (note) {
    case NOTE_STATE:
        snprintf(out, 256, "%s", phone_states[a].name);
        break;
    case NOTE_STATUS:
        status_text(lab, phone, a, b, out);
        break;
    case NOTE_ACCEPTED:
        accepted(lab, a, b, number, out);
        break;
    case NOTE_REFUSED_FILE:
        file_of(lab, phone, b, file);
        snprintf(out, 256, "refused %s%s", file, content_number(number, content));
        break;
    case NOTE_TVS:
        snprintf(out, 256, "TVS %u: %s", a + 1, story_outcome((enum tvs_outcome)b));
        break;
    case NOTE_LOST:
    case NOTE_REGAINED:
        snprintf(out, 256, "%s %s", note_names[note], lab_function_name((enum phone_function)a));
        break;
    case NOTE_REGISTERED:
        snprintf(out, 256, "registered at server %u of its group", a + 1);
        break;
    case NOTE_REJECTED:
        snprintf(out, 256, "rejected by server %u: %s", b + 1, rejects[a]);
        break;
    case NOTE_UNREGISTERED:
        snprintf(out, 256, "unregistered: %s", phone_cause_name((enum restart_cause)a));
        break;
    case NOTE_CAPF:
        snprintf(out, 256, "CAPF: %s", capf[a]);
        break;
    default:
        snprintf(out, 256, "%s: %s", a == KEY_DIRECTORIES ? "Directories" : "Services",
                 b != 0 ? "answered" : "failed");
        break;
    }
}

static void node_text(const struct lab *lab, const struct trace_line *l, char out[TRACE_TEXT])
{
    static const char *const states[] = { "stopped", "starting", "running" };
    char serial[FMT_ROOM], name[81];
    switch (l->what) {
    case TRACE_SERVICE:
        snprintf(out, 256, "%s %s", service_name((enum service)l->a), states[l->b % 3]);
        break;
    case TRACE_LIST:
        snprintf(out, 256, "%s, content %" PRIu32 "%s", kind_word(lab, l->a), l->content,
                 l->b != 0 ? ": hash not changed" : ": built");
        break;
    case TRACE_CERT: {
        struct view cn = story_common_name(lab->base->content, l->a);
        snprintf(out, 256, "new %s certificate, content %" PRIu32 ": %s, serial %s",
                 l->b < OWNS ? own_name((enum own)l->b) : "trusted", l->content,
                 shown_text(name, sizeof name, cn),
                 fmt_serial(content_get_text(lab->base->content,
                                             content_get_cert(lab->base->content, l->a)->serial),
                            serial));
        break;
    }
    case TRACE_FAILURE:
    case TRACE_ALARM:
        snprintf(out, TRACE_TEXT, "%s", l->text);
        break;
    default:
        snprintf(out, 256, "asks its phones to reset");
        break;
    }
}

/* ---- lines ---- */

static void put_json_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            fprintf(out, "\\%c", *p);
        else if (*p < 0x20)
            fprintf(out, "\\u%04x", *p);
        else
            fputc(*p, out);
    }
    fputc('"', out);
}

static void who_of(const struct lab *lab, const struct trace_line *l, char out[2 * CLUSTER_NAME])
{
    uint32_t cluster = l->id >> 8, node = l->id & 255;
    /* One that is being made has its nodes already. */
    bool built = cluster < LAB_CLUSTERS && cluster <= lab->state.cluster_count &&
                 lab->state.clusters[cluster].env != NULL;
    if (l->who == TRACE_PHONE)
        lab_phone_name(lab, l->id, out);
    else if (l->who == TRACE_ADMIN)
        snprintf(out, 2 * CLUSTER_NAME, "step %" PRIu32, l->id);
    else if (built && l->who == TRACE_ACT && node == TRACE_NO_NODE)
        snprintf(out, 2 * CLUSTER_NAME, "%s", lab->state.clusters[cluster].name);
    else if (built && node < lab->state.clusters[cluster].node_count)
        snprintf(out, 2 * CLUSTER_NAME, "%s/%s", lab->state.clusters[cluster].name,
                 lab->state.clusters[cluster].nodes[node].disk.name);
    else
        snprintf(out, 2 * CLUSTER_NAME, "cluster %" PRIu32 " node %" PRIu32, cluster, node);
}

void tracefile_words(const struct lab *lab, const struct trace_line *l, char who[TRACEFILE_WHO],
                     char text[TRACE_TEXT])
{
    who_of(lab, l, who);
    if (l->who == TRACE_PHONE)
        tracefile_note(lab, l->id, l->what, l->a, l->b, l->content, text);
    else if (l->who == TRACE_NODE)
        node_text(lab, l, text);
    else
        snprintf(text, TRACE_TEXT, "%s", l->text == NULL ? "" : l->text);
}

static void put_words(const struct tracefile *t, const struct trace_line *l)
{
    static const char *const kinds[] = { "phone", "node", "step", "act" };
    char who[TRACEFILE_WHO], text[TRACE_TEXT], clock[FMT_ROOM], date[DATE_TEXT];
    bool dated = t->lab->base->options.dated;
    const char *what = l->who == TRACE_PHONE  ? note_names[l->what]
                       : l->who == TRACE_NODE ? node_names[l->what]
                                              : kinds[l->who];
    tracefile_words(t->lab, l, who, text);
    if (!t->json) {
        fprintf(t->out, "%s %s%s%s %s\n", fmt_clock(l->at_us, clock),
                dated ? lab_iso(t->lab, l->at_us, date) : "", dated ? " " : "", who, text);
        return;
    }
    fprintf(t->out, "{\"at_us\":%" PRIu64, l->at_us);
    if (dated)
        fprintf(t->out, ",\"date\":\"%s\"", lab_iso(t->lab, l->at_us, date));
    fprintf(t->out, ",\"kind\":\"%s\",\"who\":", kinds[l->who]);
    put_json_text(t->out, who);
    fprintf(t->out, ",\"what\":\"%s\",\"a\":%" PRIu32 ",\"b\":%" PRIu32 ",\"text\":", what,
            l->content != 0 ? l->content : l->a, l->b);
    put_json_text(t->out, text);
    fputs("}\n", t->out);
}

/* Why the first that could not be written was not: what is written later says another reason. */
static void put_line(void *ctx, const struct trace_line *l)
{
    struct tracefile *t = ctx;
    put_words(t, l);
    if (t->error == 0 && ferror(t->out) != 0)
        t->error = errno;
}

bool tracefile_open(struct tracefile *t, struct lab *lab, const char *path, struct err *e)
{
    size_t n = strlen(path);
    *t = (struct tracefile){ .lab = lab, .path = path };
    t->json = n >= 6 && strcmp(path + n - 6, ".jsonl") == 0;
    t->out = sys_is_stdout(path) ? stdout : sys_open(path, "w");
    if (t->out == NULL)
        return err_set(e, "%s: %s", path, strerror(errno));
    lab_trace_begin(&t->trace, lab, put_line, t);
    return true;
}

bool tracefile_close(struct tracefile *t, struct err *e)
{
    if (t->out == NULL)
        return true;
    fprintf(t->out, t->json ? "{\"hash\":\"%016" PRIx64 "\"}\n" : "hash %016" PRIx64 "\n",
            t->trace.trace.hash);
    lab_trace_end(&t->trace, t->lab);
    if ((t->out == stdout ? fflush(stdout) : fclose(t->out)) != 0 && t->error == 0)
        t->error = errno;
    t->out = NULL;
    return t->error == 0 ||
           err_set(e, "%s: could not write all of it: %s",
                   sys_is_stdout(t->path) ? "standard output" : t->path, strerror(t->error));
}
