/* The file of phones that are off: each name that it keeps is found in any case of letters, once,
 * and the names a line each are the same list again. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/inventory/off.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void other_case(const char *name, char out[DEVICE_NAME])
{
    size_t i = 0;
    for (; name[i] != '\0'; i++) {
        char c = name[i];
        out[i] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? (char)(c ^ 0x20) : c;
    }
    out[i] = '\0';
}

static void check_names(struct off *off)
{
    CHECK(off_unknown(off, NULL) == off->count);
    for (uint32_t i = 0; i < off->count; i++) {
        struct off_phone *p = &off->phones[i];
        char other[DEVICE_NAME];
        CHECK(p->name[0] != '\0' && memchr(p->name, 0, sizeof p->name) != NULL && !p->found);
        CHECK(p->line > (i == 0 ? 0 : off->phones[i - 1].line));
        other_case(p->name, other);
        CHECK(off_asks(off, other) && p->found);
        if (i < 20) /* it looks at all of them */
            CHECK(off_unknown(off, NULL) == off->count - i - 1);
    }
    CHECK(off_unknown(off, NULL) == 0 && !off_asks(off, "no such phone"));
}

static void check_again(const struct off *off)
{
    struct arena a = arena_of(&sys_mem);
    uint8_t *text = arena_take(&a, off->count * (size_t)(DEVICE_NAME + 1) + 1);
    struct off again;
    struct err e = { "" };
    size_t n = 0;
    for (uint32_t i = 0; i < off->count; i++) {
        size_t length = strlen(off->phones[i].name);
        memcpy(text + n, off->phones[i].name, length);
        text[n + length] = '\n';
        n += length + 1;
    }
    CHECK(off_read(view_of(text, n), "f", &again, &e) && again.count == off->count);
    for (uint32_t i = 0; i < off->count; i++)
        CHECK(strcmp(again.phones[i].name, off->phones[i].name) == 0 &&
              again.phones[i].line == i + 1);
    off_free(&again);
    arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct off off;
    struct err e = { "" };
    if (off_read(view_of(data, size), "f", &off, &e)) {
        check_again(&off);
        check_names(&off);
    } else {
        CHECK(strncmp(e.text, "f:", 2) == 0);
    }
    off_free(&off);
    return 0;
}
