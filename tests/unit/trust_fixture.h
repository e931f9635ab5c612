/* Certificates, lists and files for tests of the trust decision. */
#ifndef CUCMLAB_TESTS_TRUST_FIXTURE_H
#define CUCMLAB_TESTS_TRUST_FIXTURE_H

#include "phones/trust.h"

#include "sim/base/sys.h"
#include "sim/core/contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct content c;
static uint32_t ccm, twin, other, tvs, tomcat; /* twin: names of ccm, another key */

static uint32_t make_cert(const char *name, const char *key_label)
{
    struct ct_key key = { .label = content_str(&c, key_label) };
    uint32_t text = content_str(&c, name);
    return content_cert(
        &c, (struct ct_cert){
                .subject = text, .issuer = text, .serial = text, .key = content_key(&c, &key) });
}

static int up(void **state)
{
    (void)state;
    content_init(&c, &sys_mem);
    ccm = make_cert("ccm", "ccm");
    twin = make_cert("ccm", "twin");
    other = make_cert("other", "other");
    tvs = make_cert("tvs", "tvs");
    tomcat = make_cert("tomcat", "tomcat");
    return 0;
}

static int down(void **state)
{
    (void)state;
    content_free(&c);
    return 0;
}

static struct ct_envelope signed_by(uint32_t cert)
{
    if (cert == 0)
        return (struct ct_envelope){ .signer_version = -1 };
    const struct ct_cert *k = content_get_cert(&c, cert);
    return (struct ct_envelope){
        .cert = cert, .signer = k->signer, .key = k->key, .signer_version = -1
    };
}

/* A list signed by `cert`, as one is offered. */
static uint32_t offered(uint32_t cert)
{
    struct ct_record r = { .role = TL_TVS, .cert = tvs };
    struct ct_envelope e = signed_by(cert);
    return content_list(&c, false, &e, &r, 1);
}

static uint32_t file_of(uint32_t cert)
{
    struct ct_file f = { .payload = content_blob(&c, content_str(&c, "r"), view_str("r")),
                         .envelope = signed_by(cert) };
    return content_file(&c, &f);
}

#endif
