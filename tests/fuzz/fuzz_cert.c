/* Certificates: whatever the bytes, a clean refusal or a certificate that can be used: its fields
 * inside the limits, its key checked, its names one more time through the maker. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/crypto/crypto.h"
#include "sim/crypto/impl.h"
#include "sim/crypto/pkcs7.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(struct view name, struct arena *a)
{
    CHECK(name.p != NULL && name.n <= 6 * CERT_LIMIT);
    CHECK(name.n == 0 || memchr(name.p, 0, name.n) == NULL);
    struct view der = name_encode(name, a);
    const uint8_t *p = der.p;
    X509_NAME *parsed = d2i_X509_NAME(NULL, &p, (long)der.n);
    CHECK(parsed != NULL && p == der.p + der.n);
    struct view once, twice;
    CHECK(name_flatten(parsed, a, &once, NULL));
    X509_NAME_free(parsed);
    /* A value with ";O=" in it becomes two attributes the first time, and then stays as it is. */
    der = name_encode(once, a);
    p = der.p;
    parsed = d2i_X509_NAME(NULL, &p, (long)der.n);
    CHECK(parsed != NULL && name_flatten(parsed, a, &twice, NULL));
    X509_NAME_free(parsed);
    CHECK(view_eq(once, twice));
}

static void check_cert(const struct cert *c, struct view der, struct arena *a)
{
    CHECK(view_eq(c->der, der));
    check_name(c->subject, a);
    check_name(c->issuer, a);
    CHECK(c->serial.n >= 1 && c->serial.p >= der.p && c->serial.p + c->serial.n <= der.p + der.n);
    CHECK(c->public.n > 0 && c->signature.n > 0);
    CHECK(c->bits >= 256 && c->bits <= 4096);
    (void)cert_signed_by(c, c->public, a);
    struct view text = view_str("text");
    (void)key_verify(c->public, DIGEST_SHA256, &text, 1, c->signature);
}

/* Chains: each part lies in what came, and none is empty. */
static void check_chain(struct view in, struct arena *a)
{
    struct view *certs;
    uint32_t count;
    struct err e = { "" };
    if (!pkcs7_is(in))
        return;
    if (!pkcs7_certs(in, a, &certs, &count, &e)) {
        CHECK(e.text[0] != '\0');
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        CHECK(certs[i].n >= 2 && certs[i].p > in.p && certs[i].p + certs[i].n <= in.p + in.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = arena_of(&sys_mem);
    struct view in = view_of(data, size);
    struct err e = { "" };
    struct cert c;
    if (cert_parse(in, &a, &c, &e))
        check_cert(&c, in, &a);
    else
        CHECK(e.text[0] != '\0');
    check_chain(in, &a);
    e.text[0] = '\0';
    if (!cert_from_file(in, &a, &c, &e))
        CHECK(e.text[0] != '\0');
    arena_free(&a);
    return 0;
}
