#include "sim/report/captured.h"

#include "sim/base/sys.h"
#include "sim/capture/capture.h"
#include "sim/lab_capture.h"
#include "sim/report/story.h"
#include "sim/report/tracefile.h"

static enum trust_purpose purpose_of(uint32_t kind)
{
    return kind == FILE_CTL || kind == FILE_CTL_COMMON   ? TRUST_CTL
           : kind == FILE_ITL || kind == FILE_ITL_COMMON ? TRUST_ITL
                                                         : TRUST_CONFIG;
}

static uint32_t address_of(const struct captured *k, const struct trace_line *l)
{
    const struct lab *lab = k->lab;
    uint32_t cluster = l->id >> 8, node = l->id & 255;
    if (l->who == TRACE_PHONE)
        return lab_capture_ip(lab, l->id);
    return l->who != TRACE_ADMIN && cluster < lab->state.cluster_count &&
                   node < lab->state.clusters[cluster].node_count
               ? lab->state.clusters[cluster].nodes[node].disk.ip
               : 0;
}

/* With the story of what was refused. */
static void say_refusal(struct captured *k, const struct trace_line *l, const char *said)
{
    struct sys_text text;
    FILE *out = sys_text_open(&text);
    fprintf(out, "%s\n", said);
    story_refused(out, k->lab, l->id, purpose_of(l->b));
    fputc('\0', out);
    fclose(out);
    capture_says(k->capture, l->at_us, address_of(k, l), said, text.p);
    sys_text_free(&text);
}

static void on_line(void *ctx, const struct trace_line *l)
{
    struct captured *k = ctx;
    char who[TRACEFILE_WHO], text[TRACE_TEXT], said[TRACEFILE_WHO + TRACE_TEXT + 2];
    if (l->who == TRACE_PHONE && l->what == NOTE_STATE)
        return;
    if (!k->lab->base->options.live) /* start() was before the first line, if it was */
        capture_clock(k->capture, (uint64_t)k->lab->base->options.start_s * 1000000);
    tracefile_words(k->lab, l, who, text);
    snprintf(said, sizeof said, "%s: %s", who, text);
    if (l->who == TRACE_PHONE && l->what == NOTE_REFUSED_FILE)
        say_refusal(k, l, said);
    else
        capture_says(k->capture, l->at_us, address_of(k, l), said, "");
}

void captured_begin(struct captured *k, struct lab *lab, struct capture *capture)
{
    k->lab = lab;
    k->capture = capture;
    lab_trace_begin(&k->trace, lab, on_line, k);
}

void captured_end(struct captured *k)
{
    if (k->lab != NULL)
        lab_trace_end(&k->trace, k->lab);
    k->lab = NULL;
}
