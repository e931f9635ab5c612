/* A request from outside: what is read is bounded and of a known kind, its id is JSON, and an error
 * is one line. */
#include "sim/base/check.h"
#include "sim/control/request.h"

#include <cjson/cJSON.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct control_request r;
    struct err e = { "" };
    bool ok = control_read(view_of(data, size), &r, &e);
    CHECK(memchr(r.id, 0, sizeof r.id) != NULL && memchr(r.text, 0, sizeof r.text) != NULL);
    CHECK(r.filter_count <= CONTROL_FILTERS);
    CHECK(ok == (e.text[0] == '\0') && strchr(e.text, '\n') == NULL);
    if (ok) {
        CHECK(r.kind < CONTROL_KINDS);
        CHECK(r.kind != CONTROL_SPEED || (r.speed >= 0.1 && r.speed <= 100));
        for (uint32_t i = 0; i < r.filter_count; i++)
            CHECK(r.filters[i].key == r.room[i][0]);
    }
    if (r.id[0] != '\0') {
        cJSON *id = cJSON_Parse(r.id);
        CHECK(cJSON_IsString(id) || cJSON_IsNumber(id));
        cJSON_Delete(id);
    }
    return 0;
}
