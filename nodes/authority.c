#include "nodes/authority.h"

#include "nodes/certs.h"
#include "sim/base/rng.h"

#include <stdio.h>
#include <string.h>

#define YEAR_S      (365ll * 86400)
#define YEARS_OF_CA 10
#define BEFORE_S    3600 /* validity begins: clocks differ */

/* Of everything that an authority makes: from the identity, what it is for, and when in the run it
 * was made, whatever the date of that: no two certificates of an issuer have one number. */
static uint32_t serial_of(const struct cluster_env *env, const char *what, int64_t now_s,
                          uint32_t years)
{
    uint64_t at_s = (uint64_t)(now_s - env->start_s);
    struct rng rng = rng_of(env->identity, what, at_s << 8 | years);
    uint8_t serial[16];
    rng_bytes(&rng, serial, sizeof serial);
    serial[0] = (uint8_t)(0x40 | (serial[0] & 0x3f)); /* full length, positive: no 00 in front */
    return content_text(env->content, view_of(serial, sizeof serial));
}

uint32_t authority_make(const struct cluster_env *env, const struct authority_spec *spec,
                        int64_t now_s)
{
    struct content *c = env->content;
    char label[CLUSTER_NAME + 16], text[CLUSTER_NAME + 64];
    snprintf(label, sizeof label, "authority %.*s", CLUSTER_NAME - 1, spec->name);
    snprintf(text, sizeof text, "CN=%.*s;O=cucmlab;C=NL", CLUSTER_NAME - 1, spec->name);
    uint32_t subject = content_str(c, text), years = spec->years == 0 ? YEARS_OF_CA : spec->years;
    struct ct_key key = { .label = content_str(c, label), .type = KEY_RSA_2048 };
    return content_cert(
        c, (struct ct_cert){
               .subject = subject,
               .issuer = spec->issuer == 0 ? subject : content_get_cert(c, spec->issuer)->subject,
               .issuer_cert = spec->issuer,
               .serial = serial_of(env, label, now_s, years),
               .key = content_key(c, &key),
               .not_before_s = now_s - BEFORE_S,
               .not_after_s = now_s + years * YEAR_S,
               .digest = DIGEST_SHA256,
               .ca = true,
           });
}

bool authority_signs(const struct content *c, uint32_t cert, struct err *e)
{
    const struct ct_cert *k = content_get_cert(c, cert);
    return (k->ca && content_get_key(c, k->key)->label != 0) ||
           err_set(e, "%s signs no certificates", content_get_str(c, k->subject));
}

/* A CSR of the same key signed again later is another certificate. */
static uint32_t serial_for(const struct cluster_env *env, const struct ct_cert *by,
                           const struct csr *csr, int64_t now_s, uint32_t years)
{
    const struct content *c = env->content;
    char what[4 * CLUSTER_NAME];
    snprintf(what, sizeof what, "%s signs %s",
             content_get_str(c, content_get_key(c, by->key)->label),
             content_get_str(c, content_get_key(c, csr->key)->label));
    return serial_of(env, what, now_s, years);
}

uint32_t authority_sign(const struct cluster_env *env, uint32_t authority, const struct csr *csr,
                        uint32_t years, int64_t now_s, struct err *e)
{
    struct content *c = env->content;
    const struct ct_cert *by = content_get_cert(c, authority);
    if (!authority_signs(c, authority, e))
        return 0;
    if (csr->key == 0)
        return err_set(e, "there is no CSR to sign"), 0;
    return content_cert(c, (struct ct_cert){ .subject = csr->subject,
                                             .issuer = by->subject,
                                             .issuer_cert = authority,
                                             .serial = serial_for(env, by, csr, now_s, years),
                                             .key = csr->key,
                                             .dns = csr->dns,
                                             .not_before_s = now_s - BEFORE_S,
                                             .not_after_s = now_s + years * YEAR_S,
                                             .digest = DIGEST_SHA256,
                                             .ca = csr->ca,
                                             .ipsec = csr->ipsec });
}

/* ---- tokens ---- */

#define TOKEN_ISSUER "cn=Cisco Manufacturing CA;o=Cisco Systems"
#define TOKEN_SERIAL 10 /* bytes (observed) */
#define TOKEN_PAD    24 /* letters of a name with the blanks behind it (observed) */

static uint32_t token_authority(const struct cluster_env *env)
{
    struct content *c = env->content;
    uint32_t subject = content_str(c, TOKEN_ISSUER);
    struct ct_key key = { .label = content_str(c, "authority of tokens"), .type = KEY_RSA_2048 };
    return content_cert(c, (struct ct_cert){ .subject = subject,
                                             .issuer = subject,
                                             .serial = serial_of(env, "tokens", env->start_s, 0),
                                             .key = content_key(c, &key),
                                             .not_before_s = env->start_s - BEFORE_S,
                                             .not_after_s = env->start_s + YEARS_OF_CA * YEAR_S,
                                             .digest = DIGEST_SHA1,
                                             .ca = true });
}

uint32_t token_make(const struct cluster_env *env, const char *name)
{
    struct content *c = env->content;
    char label[CLUSTER_NAME + 16], subject[CLUSTER_NAME + 64];
    snprintf(label, sizeof label, "token %.*s", CLUSTER_NAME - 1, name);
    /* The closing quotation mark is missing in Cisco's too (observed). */
    snprintf(subject, sizeof subject, TOKEN_CN "%-*.*s\";ou=IPCBU;o=\"Cisco Systems", TOKEN_PAD,
             CLUSTER_NAME - 1, name);
    struct ct_key key = { .label = content_str(c, label), .type = KEY_RSA_1024 };
    uint32_t long_serial = serial_of(env, label, env->start_s, 0);
    return content_cert(c, (struct ct_cert){
                               .subject = content_str(c, subject),
                               .issuer = content_str(c, TOKEN_ISSUER),
                               .issuer_cert = token_authority(env),
                               .serial = content_text(
                                   c, view_sub(content_get_text(c, long_serial), 0, TOKEN_SERIAL)),
                               .key = content_key(c, &key),
                               .not_before_s = env->start_s - BEFORE_S,
                               .not_after_s = env->start_s + YEARS_OF_CA * YEAR_S,
                               .digest = DIGEST_SHA1,
                           });
}

/* Lists write the names of tokens in small letters, their certificates' own are in capitals. */
static bool same_name(const char *a, const char *b)
{
    while (*a != '\0' && (*a | 32) == (*b | 32)) {
        a++;
        b++;
    }
    return *a == *b;
}

bool token_is(const struct content *c, uint32_t cert)
{
    const struct ct_cert *k = content_get_cert(c, cert);
    return !k->ca && same_name(content_get_str(c, k->issuer), TOKEN_ISSUER);
}
