/* Names of files: what parses is written again as the very same name, except that a locale's
 * folder may be left out for the default one. */
#include "sim/base/check.h"
#include "sim/core/contract.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char device[64], locale[64], name[128];
    enum file_kind kind;
    memset(device, 1, sizeof device);
    memset(locale, 1, sizeof locale);
    bool known = file_parse(view_of(data, size), &kind, device, locale);
    CHECK(memchr(device, '\0', sizeof device) != NULL);
    CHECK(memchr(locale, '\0', sizeof locale) != NULL);
    if (!known)
        return 0;
    CHECK(kind < FILE_KINDS);
    CHECK(strchr(device, '/') == NULL && strchr(locale, '/') == NULL);
    size_t n = file_name(kind, device, locale, name);
    CHECK(n == size && memcmp(name, data, n) == 0);
    return 0;
}
