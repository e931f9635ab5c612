#include "sim/doctor/words.h"

#include "phones/trust.h"
#include "sim/core/contract.h"
#include "sim/core/date.h"
#include "sim/doctor/judge.h"
#include "sim/doctor/look.h"
#include "sim/wire/text.h"

#include <inttypes.h>
#include <string.h>

#define LABEL 20 /* columns of marks and labels before the text of a check */
#define WIDTH 100

/* ---- small things ---- */

/* Names come from outside: they must not write to the terminal. */
static void put_name(FILE *out, struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        fputc(v.p[i] < 0x20 || v.p[i] == 0x7f ? '?' : v.p[i], out);
}

static void put_hex(FILE *out, struct view v, const char *between)
{
    for (size_t i = 0; i < v.n && i < 64; i++)
        fprintf(out, "%s%02X", i == 0 ? "" : between, v.p[i]);
}

static const char *date(int64_t s, char out[DATE_TEXT])
{
    return s < 0 || s > DATE_LAST_S ? "a date that no clock here has" : date_iso(s, 0, out);
}

/* Words broken at WIDTH, further lines under the first word. */
static void put_wrapped(FILE *out, const char *text, size_t indent, size_t at)
{
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, " ");
        if (at > indent && at + 1 + n > WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            fputc(' ', out);
            at++;
        }
        fwrite(p, 1, n, out);
        at += n;
        p += n;
        p += strspn(p, " ");
    }
    fputc('\n', out);
}

/* A mark, what was looked at; what was found follows on that line. */
enum mark { MARK_OK, MARK_BAD, MARK_NONE };

static void begin(FILE *out, enum mark mark, const char *label)
{
    static const char *const marks[] = { "ok", "!!", "--" };
    fprintf(out, "  %s  %-*s", marks[mark], LABEL - 6, label);
}

static void more(FILE *out)
{
    fprintf(out, "%*s", LABEL, "");
}

static const char *end_of(enum fetched_end end)
{
    static const char *const words[] = { "came", "no such file", "refused: nobody listens there",
                                         "no answer", "broken off" };
    return words[end];
}

/* ---- the checks ---- */

static void put_tries(FILE *out, const struct exam *x)
{
    char ip[16];
    text_put_address(x->ip, ip);
    for (uint32_t i = 0; i < x->try_count; i++) {
        const struct exam_try *t = &x->tries[i];
        bool good = t->end == FETCHED_CAME || t->end == FETCHED_MISSING;
        if (i == 0)
            begin(out, good ? MARK_OK : MARK_BAD, "file server");
        else
            more(out);
        fprintf(out, "%s %s port %u: %s\n", ip, t->http ? "HTTP" : "TFTP", t->port,
                good ? "answers" : end_of(t->end));
    }
}

static void put_signer(FILE *out, const struct tl_header *h)
{
    char text[DATE_TEXT];
    more(out);
    fputs("signed by ", out);
    put_name(out, h->signer_name);
    fputc('\n', out);
    more(out);
    fputs("issuer ", out);
    put_name(out, h->signer_issuer);
    fputc('\n', out);
    more(out);
    fputs("serial number ", out);
    put_hex(out, h->signer_serial, ":");
    fputc('\n', out);
    if (h->has_timestamp) {
        more(out);
        fprintf(out, "made %s\n", date(h->timestamp, text));
    }
}

static void put_sums(FILE *out, const struct exam_file *f)
{
    more(out);
    fputs("MD5 ", out);
    put_hex(out, view_of(f->md5, sizeof f->md5), "");
    fputc('\n', out);
    more(out);
    fputs("SHA-1 ", out);
    put_hex(out, view_of(f->sha1, sizeof f->sha1), "");
    fputc('\n', out);
}

static void put_file(FILE *out, const struct exam_file *f, const char *label, bool needed)
{
    if (f->name[0] == '\0')
        return;
    if (f->bytes.p == NULL) {
        bool missing = f->end == FETCHED_MISSING;
        begin(out, missing && !needed ? MARK_NONE : MARK_BAD, label);
        fprintf(out, "%s: %s%s%s\n", f->name, end_of(f->end), f->why.text[0] != '\0' ? ", " : "",
                f->why.text);
        return;
    }
    begin(out, f->good && f->why.text[0] == '\0' ? MARK_OK : MARK_BAD, label);
    fprintf(out, "%s, %zu bytes", f->name, f->bytes.n);
    if (f->why.text[0] != '\0') {
        fputs(": ", out);
        put_name(out, view_str(f->why.text));
    }
    fputc('\n', out);
    put_sums(out, f);
    if (f->header.length != 0)
        put_signer(out, &f->header);
}

/* Dates of a certificate that is over or has not begun; what is within its time is not worth a
 * line. */
static void put_dates(FILE *out, const struct exam *x, const struct exam_cert *c, const char *whose)
{
    char from[DATE_TEXT], to[DATE_TEXT];
    if (!c->known ||
        (c->cert.not_after_s >= x->told.now_s && c->cert.not_before_s <= x->told.now_s))
        return;
    begin(out, MARK_BAD, "dates");
    fprintf(out, "the certificate of %s is valid from %s to %s\n", whose,
            date(c->cert.not_before_s, from), date(c->cert.not_after_s, to));
}

static void put_clock(FILE *out, const struct exam *x)
{
    char text[DATE_TEXT];
    begin(out, x->found.is[FIND_CLOCK] == CLOCK_WRONG ? MARK_BAD : MARK_OK, "clock");
    fprintf(out, "this machine has %s\n", date(x->told.now_s, text));
    put_dates(out, x, &x->itl_signer, "the ITL's signer");
    put_dates(out, x, &x->config_signer, "the configuration's signer");
}

/* ---- TVS ---- */

static void put_tvs_end(FILE *out, const struct exam_tvs *t)
{
    static const char *const words[] = { "not asked", "handshake done",
                                         "refused: nobody listens there", "no answer",
                                         "broken off: " };
    fprintf(out, "port %u: %s", t->port, words[t->talk.end]);
    if (t->talk.end == ASK_BROKEN)
        put_name(out, view_str(t->talk.why.text));
    else if (t->talk.cipher != NULL)
        fprintf(out, ", %s", t->talk.cipher);
    fputc('\n', out);
}

static void put_shown(FILE *out, const struct exam *x, const struct exam_tvs *t)
{
    char from[DATE_TEXT], to[DATE_TEXT];
    const struct cert *c = &t->shown.cert;
    more(out);
    fputs("shows ", out);
    put_name(out, c->subject);
    fputc('\n', out);
    more(out);
    fputs("issuer ", out);
    put_name(out, c->issuer);
    fputc('\n', out);
    more(out);
    fputs("serial number ", out);
    put_hex(out, c->serial, ":");
    fputc('\n', out);
    more(out);
    fprintf(out, "valid from %s to %s%s\n", date(c->not_before_s, from), date(c->not_after_s, to),
            c->not_after_s < x->told.now_s    ? ": EXPIRED"
            : c->not_before_s > x->told.now_s ? ": NOT VALID YET"
                                              : "");
}

static void put_compared(FILE *out, const struct exam *x, const struct exam_tvs *t)
{
    if (t->served != SAME_UNKNOWN) {
        more(out);
        fprintf(out, "the ITL served has %s certificate as TVS\n",
                t->served == SAME_YES ? "this" : "another");
    }
    if (t->served == SAME_NO && t->record != 0) {
        more(out);
        fprintf(out, "record %u of it: serial number ", t->record);
        put_hex(out, x->itl.list.records[t->record - 1].serial, ":");
        fputc('\n', out);
    }
    if (t->phone != SAME_UNKNOWN) {
        more(out);
        fprintf(out, "the phone's ITL %s\n",
                t->phone == SAME_YES ? "has it too: the phone takes this TVS"
                                     : "has it not: the phone breaks off");
    }
}

static void put_said(FILE *out, uint8_t answer, const char *of)
{
    if (answer == ANSWER_UNKNOWN)
        return;
    more(out);
    fprintf(out, "says of the signer of %s: %s\n", of,
            answer == ANSWER_YES ? "trusted" : "NOT TRUSTED");
}

static void put_tvs(FILE *out, const struct exam *x, const struct exam_tvs *t)
{
    bool expired = t->shown.known && t->shown.cert.not_after_s < x->told.now_s;
    bool good = t->talk.end == ASK_TALKED && t->served != SAME_NO && t->vouches == ANSWER_YES &&
                t->vouches_config != ANSWER_NO && !expired;
    begin(out, good ? MARK_OK : MARK_BAD, "TVS");
    fprintf(out, "%s ", t->host);
    if (!t->asked) {
        fprintf(out, "was not asked%s%s\n", t->unknown.text[0] != '\0' ? ": " : "",
                t->unknown.text);
        return;
    }
    put_tvs_end(out, t);
    if (t->shown.known)
        put_shown(out, x, t);
    put_compared(out, x, t);
    put_said(out, t->vouches, "the ITL");
    put_said(out, t->vouches_config, "the configuration");
}

/* ---- the phone ---- */

static void put_phone(FILE *out, const struct exam *x)
{
    static const char *const by[] = { "", "takes the ITL served by itself: it knows the signer",
                                      "does not know the signer, but another SAST of the cluster",
                                      "knows no SAST of the cluster" };
    uint8_t same = x->found.is[FIND_PHONE_ITL];
    if (same == SAME_UNKNOWN) {
        begin(out, MARK_NONE, "phone's ITL");
        fputs("not compared (--phone-itl FILE or --phone-itl-checksum HEX)\n", out);
        return;
    }
    begin(out, same == SAME_YES ? MARK_OK : MARK_BAD, "phone's ITL");
    fprintf(out, "%s the one served\n", same == SAME_YES ? "is" : "is not");
    if (!x->phone_itl.good)
        return;
    put_sums(out, &x->phone_itl);
    put_signer(out, &x->phone_itl.header);
    if (same == SAME_YES)
        return;
    if (x->found.is[FIND_BY_ITSELF] != BY_ITSELF_UNKNOWN) {
        more(out);
        fprintf(out, "%s\n", by[x->found.is[FIND_BY_ITSELF]]);
    }
    if (x->decided) {
        more(out);
        fprintf(out, "a phone with it %s the ITL served in the box \"%s\" (docs/DECISION.md)\n",
                x->takes ? "takes" : "refuses", trust_boxes[x->box].name);
    }
}

static const char *const answers[] = { "not known", "yes", "no" };

static void put_four(FILE *out, const struct exam *x)
{
    fputs("\nErase the ITL of a phone only where all four hold\n", out);
    for (uint32_t i = 0; i < JUDGE_FOUR; i++)
        fprintf(out, "  %u. %-63s %s\n", i + 1, judge_four[i].words,
                answers[judge_holds(&x->found, i)]);
}

/* What is missing, and how it is found out. */
static const struct {
    uint8_t finding;
    const char *words;
} missing[] = {
    { FIND_PHONE_ITL, "the phone's ITL: --phone-itl-checksum HEX, as the phone shows it, or "
                      "--phone-itl FILE" },
    { FIND_BY_ITSELF, "which SAST the phone's lists hold: --phone-itl FILE, an ITL file of that "
                      "checksum (and --phone-ctl FILE where the cluster has a CTL)" },
    { FIND_TVS_PHONE,
      "which TVS certificate the phone's ITL lists: --phone-itl FILE, an ITL file of "
      "that checksum; and every TVS that the phone may ask: --mac MAC instead of --tvs, and all "
      "must "
      "answer" },
    { FIND_REFUSES, "whether the phone refuses (\"Trust List Update Failed\" in its Status "
                    "Messages): --phone-refuses yes or no" },
    { FIND_BACKUP, "whether a backup has the old CallManager key (DRS, or ITLRecovery.p12): "
                   "--key-backup yes or no" },
};

static void put_missing(FILE *out, const struct exam *x)
{
    uint32_t facts = judge_missing(&x->found);
    if (facts != 0)
        fputs("\nWhat is missing\n", out);
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        if ((facts >> missing[i].finding & 1u) == 0)
            continue;
        fputs("  - ", out);
        put_wrapped(out, missing[i].words, 4, 4);
    }
}

static const char *const outcomes[] = { "HEALTHY", "SICK", "CANNOT TELL" };

void words_text(FILE *out, const struct exam *x)
{
    const struct diagnosis *d = judge(&x->found);
    fprintf(out, "%s: %s\n", outcomes[d->outcome], d->title);
    put_wrapped(out, d->why, 0, 0);
    if (d->outcome == OUTCOME_SICK && !d->erase)
        fputs("Do not erase the ITL of any phone for this.\n", out);
    for (uint32_t i = 0; i < JUDGE_STEPS && d->steps[i] != NULL; i++) {
        fprintf(out, "%s  %u. ", i == 0 ? "\nDo this\n" : "", i + 1);
        put_wrapped(out, d->steps[i], 5, 5);
    }
    put_missing(out, x);
    fputs("\nWhat each check found\n", out);
    put_tries(out, x);
    put_clock(out, x);
    put_file(out, &x->ctl, "CTL", false);
    put_file(out, &x->itl, "ITL", true);
    put_file(out, &x->config, "configuration", true);
    for (uint32_t i = 0; i < x->tvs_count; i++)
        put_tvs(out, x, &x->tvs[i]);
    put_phone(out, x);
    put_four(out, x);
    fprintf(out, "\nAsked: %u request%s, %u handshake%s.\n", x->requests,
            x->requests == 1 ? "" : "s", x->handshakes, x->handshakes == 1 ? "" : "s");
}
