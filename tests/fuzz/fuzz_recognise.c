/* The recogniser with archives: whatever comes, limits hold, every piece has one row and one
 * reading, and no note is of a reading that there is not. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/import/recognise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct unpack_limits limits = {
    .files = 40, .depth = 3, .bytes = 1u << 20, .one = 1u << 18, .little = 1u << 16, .ratio = 20
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct facts f;
    struct recognised r;
    uint32_t sum = 0, said = 0;
    facts_init(&f, &sys_mem);
    recognise_begin(&r, &f, &limits);
    recognise_bytes(&r, "f", view_of(data, size));
    CHECK(r.count >= 1 && r.unpack.files <= limits.files && r.unpack.bytes <= limits.bytes);
    CHECK(r.depth == 0);
    for (int i = 0; i < RECOGNISED_KINDS; i++)
        sum += r.as[i];
    CHECK(sum == r.count);
    for (uint32_t i = 0; i < r.count; i++) {
        CHECK(r.rows[i].reading == i + 1 && r.rows[i].as < RECOGNISED_KINDS);
        CHECK(f.readings[i + 1].path != NULL && f.readings[i + 1].kind != NULL);
        CHECK(r.rows[i].as == RECOGNISED || r.rows[i].facts == 0);
        said += r.rows[i].facts;
    }
    CHECK(said == f.count && f.reading_count == r.count + 1);
    for (uint32_t i = 0; i < f.note_count && i < FACTS_NOTES; i++)
        CHECK(f.notes[i].reading >= 1 && f.notes[i].reading < f.reading_count);
    recognise_free(&r);
    facts_free(&f);
    return 0;
}
