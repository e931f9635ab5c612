/* What people write behind the options of load: rates that change, fleets, times and rates,
 * addresses.  Whatever is taken is a plan whose instants never go back and end with it, a fleet
 * with everybody in it, an address as it was written. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/load/roster.h"
#include "sim/load/profile.h"
#include "sim/load/target.h"
#include "sim/load/units.h"
#include "sim/wire/text.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_plan(const struct plan *p)
{
    uint64_t all = 0, before = 0;
    for (uint32_t i = 0; i < p->phase_count; i++) {
        CHECK(p->phases[i].first == all);
        all += p->phases[i].count;
    }
    CHECK(all == p->count);
    uint64_t step = p->count / 50 + 1;
    for (uint64_t n = 0; n < p->count; n += step) {
        uint64_t at = plan_at_us(p, n);
        const struct plan_phase *f = &p->phases[plan_phase_of(p, n)];
        CHECK(at >= before && at >= f->begin_us && at <= f->begin_us + f->length_us);
        before = at;
    }
    CHECK(p->count == 0 || plan_at_us(p, p->count - 1) <= p->length_us);
    CHECK(plan_phase_at(p, p->length_us) == p->phase_count);
}

static void check_profile(const char *words, uint64_t length_us, uint32_t phones, bool random)
{
    struct plan p = { .seed = 1, .random = random };
    struct profile_storm storm = { false, 45000000, 90000000 };
    struct err e = { "" };
    if (profile_read(words, length_us, phones, &p, &storm, &e)) {
        CHECK(!storm.is || (storm.last_us > storm.first_us && p.count == phones));
        check_plan(&p);
    } else {
        CHECK(e.text[0] != '\0');
    }
}

static void check_fleet(const char *words, enum load_asks asks)
{
    struct load_fleet f = { .count = 0 };
    struct err e = { "" };
    char text[40];
    uint64_t all = 0;
    if (roster_read(&f, words, asks, &e)) {
        roster_shuffle(&f, 3);
        for (uint32_t i = 0; i < f.kind_count; i++)
            all += f.kinds[i].count;
        CHECK(f.count > 0 && all == f.count && roster_model(&f, f.count - 1) != NULL);
    } else {
        CHECK(strncmp(e.text, "--fleet", 7) == 0);
    }
    roster_print(&f, text, sizeof text);
    CHECK(strlen(text) < sizeof text);
    roster_free(&f);
}

/* No name: nobody shall be asked for it. */
static void check_target(const char *words)
{
    struct target t = { .port = 0 };
    char again[16];
    struct err e = { "" };
    if (words[strspn(words, "0123456789.:x")] != '\0')
        return;
    if (!target_read(&t, words, 2445, &e)) {
        CHECK(e.text[0] != '\0');
        return;
    }
    text_put_address(t.ip, again);
    CHECK(t.port != 0 && strcmp(again, t.host) == 0 && t.ip >> 24 != 0 && t.ip >> 24 < 224);
}

static void check_source(const char *words)
{
    struct target t = { .port = 0 };
    if (!target_read_source(&t, words, NULL))
        return;
    CHECK(t.from_count >= 1 && t.from_count <= TARGET_FROM);
    for (uint64_t n = 0; n < 3; n++)
        CHECK(target_source(&t, n << 40 | n) - t.from < t.from_count);
}

static void check_units(struct view v)
{
    uint64_t n;
    if (units_time(v, &n))
        CHECK(n <= 30u * 86400ull * 1000000u);
    if (units_rate(v, &n))
        CHECK(n <= 10000000000u);
    if (profile_read_times(v, &n, &(uint64_t){ 0 }))
        CHECK(n <= 30u * 86400ull * 1000000u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t lengths[] = { 1, 1000, 10000000, 30u * 86400ull * 1000000u };
    static const uint32_t phones[] = { 1, 7, 1000, 1000000 };
    struct arena a = arena_of(&sys_mem);
    if (size < 1)
        return 0;
    uint8_t way = data[0];
    struct view v = view_of(data + 1, size - 1);
    const char *words = arena_text(&a, v);
    check_profile(words, lengths[way & 3], phones[way >> 2 & 3], (way & 16) != 0);
    check_fleet(words, (enum load_asks)((way >> 5) % 3));
    check_target(words);
    check_source(words);
    check_units(v);
    arena_free(&a);
    return 0;
}
