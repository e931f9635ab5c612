#include "sim/doctor/words.h"

#include "phones/trust.h"
#include "sim/base/sys.h"
#include "sim/core/date.h"
#include "sim/crypto/pem.h"
#include "sim/doctor/judge.h"
#include "sim/wire/text.h"

#include <cjson/cJSON.h>

/* Names come from outside: what is no UTF-8 is written as '?'. */
static void add_view(cJSON *to, const char *key, struct view v, struct arena *a)
{
    char *text = arena_text(a, v);
    for (size_t i = 0; i < v.n;) {
        uint8_t c = (uint8_t)text[i];
        size_t n = c >= 0x80 ? text_utf8((const uint8_t *)text + i) : c != 0;
        if (n == 0)
            text[i] = '?';
        i += n == 0 ? 1 : n;
    }
    cJSON_AddStringToObject(to, key, text);
}

static void add_hex(cJSON *to, const char *key, struct view v, struct arena *a)
{
    char *text = arena_take(a, 2 * v.n + 1);
    for (size_t i = 0; i < v.n; i++)
        snprintf(text + 2 * i, 3, "%02X", v.p[i]);
    cJSON_AddStringToObject(to, key, text);
}

static void add_date(cJSON *to, const char *key, int64_t s)
{
    char text[DATE_TEXT];
    if (s >= 0 && s <= DATE_LAST_S)
        cJSON_AddStringToObject(to, key, date_iso(s, 0, text));
}

/* An answer that is not known is null. */
static void add_answer(cJSON *to, const char *key, uint8_t answer)
{
    if (answer == ANSWER_UNKNOWN)
        cJSON_AddNullToObject(to, key);
    else
        cJSON_AddBoolToObject(to, key, answer == ANSWER_YES);
}

static const char *end_of(enum fetched_end end)
{
    static const char *const names[] = { "came", "missing", "refused", "silent", "broken" };
    return names[end];
}

static void add_file(cJSON *to, const char *key, const struct exam_file *f, struct arena *a)
{
    if (f->name[0] == '\0')
        return;
    cJSON *o = cJSON_AddObjectToObject(to, key);
    cJSON_AddStringToObject(o, "name", f->name);
    cJSON_AddStringToObject(o, "end", end_of(f->end));
    if (f->why.text[0] != '\0')
        add_view(o, "why", view_str(f->why.text), a);
    if (f->bytes.p == NULL)
        return;
    cJSON_AddNumberToObject(o, "bytes", (double)f->bytes.n);
    cJSON_AddBoolToObject(o, "good", f->good && f->why.text[0] == '\0');
    add_hex(o, "md5", view_of(f->md5, sizeof f->md5), a);
    add_hex(o, "sha1", view_of(f->sha1, sizeof f->sha1), a);
    if (f->list.count > 0)
        cJSON_AddStringToObject(o, "base64", pem_base64(f->bytes, a));
    if (f->header.length == 0)
        return;
    add_view(o, "signer", f->header.signer_name, a);
    add_view(o, "issuer", f->header.signer_issuer, a);
    add_hex(o, "serial", f->header.signer_serial, a);
    if (f->header.has_timestamp)
        add_date(o, "made", f->header.timestamp);
}

static void add_tvs(cJSON *list, const struct exam_tvs *t, struct arena *a)
{
    static const char *const ends[] = { "not asked", "talked", "refused", "silent", "broken" };
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToArray(list, o);
    add_view(o, "host", view_str(t->host), a);
    cJSON_AddNumberToObject(o, "port", t->port);
    cJSON_AddStringToObject(o, "end", ends[t->talk.end]);
    if (t->talk.why.text[0] != '\0')
        add_view(o, "why", view_str(t->talk.why.text), a);
    if (t->talk.der.p != NULL)
        cJSON_AddStringToObject(o, "certificate", pem_write(t->talk.der, "CERTIFICATE", a));
    if (t->shown.known) {
        add_view(o, "subject", t->shown.cert.subject, a);
        add_view(o, "issuer", t->shown.cert.issuer, a);
        add_hex(o, "serial", t->shown.cert.serial, a);
        add_date(o, "not_before", t->shown.cert.not_before_s);
        add_date(o, "not_after", t->shown.cert.not_after_s);
    }
    add_answer(o, "in_served_itl", t->served);
    add_answer(o, "in_phone_itl", t->phone);
    add_answer(o, "vouches_for_itl_signer", t->vouches);
    add_answer(o, "vouches_for_configuration_signer", t->vouches_config);
}

static void add_diagnosis(cJSON *root, const struct exam *x)
{
    static const char *const outcomes[] = { "healthy", "sick", "cannot tell" };
    const struct diagnosis *d = judge(&x->found);
    cJSON_AddStringToObject(root, "outcome", outcomes[d->outcome]);
    cJSON_AddStringToObject(root, "diagnosis", d->key);
    cJSON_AddStringToObject(root, "title", d->title);
    cJSON_AddStringToObject(root, "why", d->why);
    cJSON_AddBoolToObject(root, "erase_itl", d->erase);
    cJSON *steps = cJSON_AddArrayToObject(root, "steps");
    for (uint32_t i = 0; i < JUDGE_STEPS && d->steps[i] != NULL; i++)
        cJSON_AddItemToArray(steps, cJSON_CreateString(d->steps[i]));
    cJSON *four = cJSON_AddArrayToObject(root, "erase_only_where");
    for (uint32_t i = 0; i < JUDGE_FOUR; i++) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddItemToArray(four, o);
        cJSON_AddStringToObject(o, "condition", judge_four[i].words);
        add_answer(o, "holds", (uint8_t)judge_holds(&x->found, i));
    }
}

void words_json(FILE *out, const struct exam *x)
{
    struct arena a = arena_of(&sys_mem);
    cJSON_InitHooks(&(cJSON_Hooks){ sys_malloc, sys_free });
    cJSON *root = cJSON_CreateObject();
    add_diagnosis(root, x);
    add_date(root, "clock", x->told.now_s);
    add_view(root, "tftp", view_str(x->told.tftp), &a);
    if (x->device[0] != '\0')
        add_view(root, "device", view_str(x->device), &a);
    add_file(root, "ctl", &x->ctl, &a);
    add_file(root, "itl", &x->itl, &a);
    add_file(root, "configuration", &x->config, &a);
    add_file(root, "phone_itl", &x->phone_itl, &a);
    if (x->decided) {
        cJSON_AddBoolToObject(root, "phone_takes_itl", x->takes);
        cJSON_AddStringToObject(root, "box", trust_boxes[x->box].name);
    }
    cJSON *tvs = cJSON_AddArrayToObject(root, "tvs");
    for (uint32_t i = 0; i < x->tvs_count; i++)
        add_tvs(tvs, &x->tvs[i], &a);
    cJSON_AddNumberToObject(root, "requests", x->requests);
    cJSON_AddNumberToObject(root, "handshakes", x->handshakes);
    char *text = text_whole(cJSON_Print(root));
    fprintf(out, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(root);
    arena_free(&a);
}
