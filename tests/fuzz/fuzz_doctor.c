/* The doctor's look at what came: any bytes as the ITL served, the phone's ITL,
 * a configuration and the certificate of a TVS give findings and a report, or
 * are told as bad. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/doctor/judge.h"
#include "sim/doctor/look.h"
#include "sim/doctor/words.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next part: two bytes of length, then so many as there are. */
static struct view part(struct rd *r)
{
    uint16_t n = 0;
    struct view v = { NULL, 0 };
    if (!rd_u16(r, &n))
        return v;
    if (n > rd_left(r))
        n = (uint16_t)rd_left(r);
    (void)rd_view(r, n, &v);
    return v;
}

static void came(struct exam_file *f, const char *name, struct view bytes)
{
    memcpy(f->name, name, strlen(name) + 1);
    f->bytes = bytes;
    f->end = bytes.p == NULL ? FETCHED_MISSING : FETCHED_CAME;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = arena_of(&sys_mem);
    struct rd r = rd_of(view_of(data, size));
    struct exam *x = arena_take(&a, sizeof *x);
    struct sys_text text;
    x->arena = &a;
    x->told = (struct exam_told){
        .tftp = "127.0.0.11", .now_s = 1800000000, .refuses = ANSWER_YES, .backup = ANSWER_NO
    };
    x->tries[0] = (struct exam_try){ true, 6970, FETCHED_CAME };
    x->try_count = x->tvs_count = 1;
    came(&x->itl, "ITLFile.tlv", part(&r));
    came(&x->phone_itl, "of the phone", part(&r));
    came(&x->config, "SEP001121000000.cnf.xml.sgn", part(&r));
    x->tvs[0].talk.der = part(&r);
    x->tvs[0].talk.end = ASK_TALKED;
    x->tvs[0].asked = true;
    x->tvs[0].vouches = ANSWER_YES;
    x->tvs[0].vouched = part(&r);
    look_at_list(&x->itl, &a);
    look_at_list(&x->phone_itl, &a);
    look_at_signed(&x->config, &a);
    look(x);
    CHECK(x->itl.good || !judge(&x->found)->erase);
    FILE *out = sys_text_open(&text);
    words_text(out, x);
    words_json(out, x);
    fclose(out);
    sys_text_free(&text);
    arena_free(&a);
    return 0;
}
