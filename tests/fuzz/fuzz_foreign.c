/* Certificates and trust lists of strangers become content: whatever comes, what was taken can be
 * measured, has the bytes that came, and comes again as the same. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/bytes/foreign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void certificate(struct foreign *x, struct forge *f, struct view der)
{
    struct err e = { "" };
    uint32_t number, again;
    if (!foreign_add(x, der, &number, &e)) {
        CHECK(e.text[0] != '\0');
        return;
    }
    uint32_t cert = foreign_cert(x, number);
    CHECK(foreign_add(x, der, &again, NULL) && again == number);
    CHECK(forge_der_length(f, cert) > 0);
    if (!foreign_has_stand_in(x, number))
        CHECK(view_eq(forge_der(f, cert), der));
}

static void list(struct foreign *x, struct forge *f, struct view bytes)
{
    struct err e = { "" };
    struct forge_device nobody = forge_device_of(0, "");
    uint32_t list, again;
    bool verified;
    if (!foreign_list(x, bytes, &list, &verified, &e)) {
        CHECK(e.text[0] != '\0');
        return;
    }
    CHECK(foreign_list(x, bytes, &again, &verified, NULL) && again == list);
    e.text[0] =
        '\0'; /* one that is too long for its form, or signed by an EC key, cannot be made */
    CHECK(forge_length(f, list, FILE_ITL_COMMON, &nobody, &e) > 0 || e.text[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct content content;
    content_init(&content, &sys_mem);
    struct forge *f = forge_new(&content, 1, NULL);
    struct foreign *x = foreign_new(f, false);
    certificate(x, f, view_of(data, size));
    list(x, f, view_of(data, size));
    foreign_free(x);
    forge_free(f);
    content_free(&content);
    return 0;
}
