#include "sim/load/tvs.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/load/roster.h"
#include "sim/load/lines.h"
#include "sim/talk/tvs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- what is said ---- */

static struct view request(const struct asking *a, struct arena *arena)
{
    const struct load_job *job = a->job;
    const struct cert *cert = &job->cert;
    char device[64], name[LINES_DEVICE];
    struct view bytes;
    lines_device(job, a->phone, name);
    const char *model = job->fleet == NULL ? job->model : roster_model(job->fleet, a->phone)->name;
    snprintf(device, sizeof device, "CP-%.*s-%s", (int)strcspn(model, " "), model, name);
    struct tvs_msg m = job->query ? talk_tvs_query(view_str(device), a->number, cert->subject,
                                                   cert->issuer, cert->serial)
                                  : talk_tvs_verify(view_str(device), a->number, cert->der);
    CHECK(talk_tvs_bytes(&m, arena, &bytes)); /* tried before the run */
    return bytes;
}

static enum heard reply(const struct asking *a, struct view in, size_t *n)
{
    struct tvs_msg m,
        asked = { .type = a->job->query ? TVS_QUERY_CERT_REQ : TVS_CERT_VERIFICATION_REQ,
                  .session = a->number };
    struct tvs_told told;
    if (!tvs_whole(in, n, NULL))
        return HEARD_WRONG;
    if (*n == 0)
        return HEARD_MORE;
    if (!tvs_decode(view_sub(in, 0, *n), &m, NULL) || !talk_tvs_heard(&asked, &m, &told))
        return HEARD_WRONG;
    return told.status == 0 ? HEARD_YES : HEARD_NO;
}

static const struct exchange exchange = { true, false, false, TVS_MAX, request, reply, NULL };

const struct client load_tvs = LINES_CLIENT(exchange);

/* ---- a look before the run ---- */

#define LOOK_US 10000000 /* it measures nothing: --timeout may be shorter */

struct look {
    struct arena *arena;
    struct view der;
    bool done;
    struct err *e;
};

static void look_judge(struct stream *s)
{
    struct look *l = s->owner;
    l->der = arena_copy(l->arena, tls_peer_cert(s->tls));
    stream_judge(s, true);
}

static void look_opened(struct stream *s)
{
    struct look *l = s->owner;
    l->done = true;
    stream_finish(s);
}

static void look_nothing(struct stream *s)
{
    (void)s;
}

static void look_ended(struct stream *s, enum stream_end end)
{
    struct look *l = s->owner;
    int alert;
    enum load_fault fault = lines_fault(s, end, &alert);
    l->done = true;
    l->der = view_of(NULL, 0);
    err_set(l->e, "no TLS handshake: %s%s%s", tally_fault_names[fault], alert >= 0 ? " " : "",
            alert >= 0 ? tally_alert_names[alert] : "");
}

static bool take_a_look(const struct load_job *job, struct arena *a, struct view *der,
                        struct err *e)
{
    static const struct stream_ops look_ops = { look_opened, look_judge, look_nothing, look_nothing,
                                                look_ended };
    struct look look = { .arena = a, .e = e };
    const struct stream_way way = { target_source(&job->target, 0), job->target.ip,
                                    job->target.port };
    struct load_job by_openssl = *job; /* one of our own holds no handshake */
    by_openssl.own = false;
    struct tls_config *config = load_tls(&by_openssl, 0, 0, NULL, e);
    if (config == NULL)
        return false;
    struct reactor r;
    reactor_open(&r);
    reactor_enter(&r);
    struct stream *s = stream_connect_by(&r, &way, tls_new(config), TVS_MAX, &look_ops, &look);
    if (s != NULL)
        stream_deadline(s, job->timeout_us > LOOK_US ? job->timeout_us : LOOK_US);
    else
        err_set(e, "no socket is left");
    while (s != NULL && !look.done)
        reactor_turn(&r);
    stream_drop_all(&r);
    reactor_reap(&r);
    reactor_leave(&r);
    reactor_close(&r);
    tls_config_free(config);
    *der = look.der;
    return look.der.p != NULL;
}

#define CERT_FILE_MOST 65536

bool load_tvs_certificate(struct load_job *job, const char *path, struct arena *a, struct err *e)
{
    struct view file;
    if (path == NULL && !take_a_look(job, a, &file, e))
        return err_prefix(e, "%s:%u", job->target.host, job->target.port);
    if (path != NULL && !sys_read_file(path, CERT_FILE_MOST, a, &file, e))
        return err_prefix(e, "--cert");
    if (!cert_from_file(file, a, &job->cert, e))
        return err_prefix(e, "%s", path == NULL ? "the certificate that the target shows" : path);
    const struct cert *c = &job->cert;
    struct view bytes, name = view_str("CP-0123456789012345678901234567890-SEP001121000000");
    struct tvs_msg m = job->query ? talk_tvs_query(name, 1, c->subject, c->issuer, c->serial)
                                  : talk_tvs_verify(name, 1, c->der);
    return talk_tvs_bytes(&m, a, &bytes) ||
           err_set(e, "a certificate or names that no TVS message holds");
}
