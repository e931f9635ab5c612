#include "sim/load/secure.h"

#include "sim/load/roster.h"
#include "sim/wire/text.h"

/* From which TLS to which. */
struct versions {
    enum tls_version min, max;
};

uint32_t load_tls_kinds(const struct load_job *job)
{
    return job->fleet == NULL ? 1 : job->fleet->kind_count;
}

/* A phone speaks no newer one than its model does. */
static struct versions versions_of(const struct load_job *job, uint32_t kind)
{
    struct versions v = { job->tls_min, job->tls_max };
    if (job->fleet == NULL)
        return v;
    enum tls_version newest = (enum tls_version)model_table[job->fleet->kinds[kind].model].tls;
    v.max = v.max < newest ? v.max : newest;
    return v;
}

/* Which of its two suites a list asks for. */
static struct tls_config *own_client(const struct load_job *job, struct versions v, uint32_t thread,
                                     struct err *e)
{
    const char *list = job->cipher == NULL ? "AES256-SHA:AES128-SHA" : job->cipher;
    struct view rest = view_str(list);
    bool aes128 = false, aes256 = false, other = false;
    while (rest.n > 0) {
        struct view word = text_cut(&rest, ':');
        bool is128 = view_eq(word, view_str("AES128-SHA"));
        bool is256 = view_eq(word, view_str("AES256-SHA"));
        aes128 |= is128;
        aes256 |= is256;
        other |= !is128 && !is256;
    }
    struct tls_config *c =
        other ? NULL
              : tls_config_own(v.min, v.max, aes128, aes256, rng_mix(job->plan.seed + thread));
    if (c == NULL)
        err_set(e, "--client own speaks TLS 1.0 to 1.2 with AES256-SHA and AES128-SHA alone");
    return c;
}

struct tls_config *load_tls(const struct load_job *job, uint32_t thread, uint32_t kind,
                            const struct load_badge *badge, struct err *e)
{
    struct versions v = versions_of(job, kind);
    if (job->fleet != NULL && v.min > v.max) {
        err_set(e, "--tls: a %s of this fleet speaks none newer than 1.%u",
                model_table[job->fleet->kinds[kind].model].name, (unsigned)v.max);
        return NULL;
    }
    if (job->own)
        return own_client(job, v, thread, e);
    struct tls_config *c = badge == NULL
                               ? tls_config_new(false, view_of(NULL, 0), NULL, v.min, v.max)
                               : tls_config_new(false, badge->der, badge->key, v.min, v.max);
    if (c == NULL) {
        err_set(e, "a certificate that is not of its key");
        return NULL;
    }
    if (job->cipher == NULL || tls_config_ciphers(c, job->cipher))
        return c;
    tls_config_free(c);
    err_set(e, "--cipher %.200s: OpenSSL has no such cipher suite", job->cipher);
    return NULL;
}
