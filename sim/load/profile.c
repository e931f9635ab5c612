#include "sim/load/profile.h"

#include "sim/load/units.h"
#include "sim/wire/text.h"

#include <string.h>

static bool cut(struct view *v, const char *word)
{
    size_t n = strlen(word);
    if (v->n < n || memcmp(v->p, word, n) != 0)
        return false;
    *v = view_sub(*v, n, v->n - n);
    return true;
}

/* "A..B": both sides. */
static bool range(struct view v, struct view *from, struct view *to)
{
    for (size_t i = 0; i + 1 < v.n; i++) {
        if (v.p[i] != '.' || v.p[i + 1] != '.')
            continue;
        *from = view_sub(v, 0, i);
        *to = view_sub(v, i + 2, v.n - i - 2);
        return true;
    }
    return false;
}

static bool steps(struct view v, uint64_t length_us, struct plan *p, struct err *e)
{
    uint32_t n = 1;
    for (size_t i = 0; i < v.n; i++)
        n += v.p[i] == ',';
    if (n > PLAN_PHASES)
        return err_set(e, "--profile: more than %d steps", PLAN_PHASES);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t rate;
        if (!units_rate(text_cut(&v, ','), &rate) || rate == 0)
            return err_set(e, "--profile steps: rates like 100,200,400 were expected");
        if (!plan_add(p, length_us / n, rate, rate, e))
            return false;
    }
    return true;
}

static bool ramp(struct view v, uint64_t length_us, struct plan *p, struct err *e)
{
    struct view from, to;
    uint64_t a, b;
    if (!range(v, &from, &to) || !units_rate(from, &a) || !units_rate(to, &b) || a + b == 0)
        return err_set(e, "--profile ramp: two rates like 100..1000 were expected");
    return plan_add(p, length_us, a, b, e);
}

/* Each phone is ready at an instant of its own between the two: together a rate that is even, at
 * random instants. */
bool profile_read_times(struct view v, uint64_t *first_us, uint64_t *last_us)
{
    struct view from, to;
    return range(v, &from, &to) && units_time(from, first_us) && units_time(to, last_us) &&
           *last_us > *first_us;
}

static bool boot_storm(struct view v, uint32_t phones, struct plan *p, struct profile_storm *storm,
                       struct err *e)
{
    uint64_t first = storm->first_us, last = storm->last_us;
    if (v.n > 0 && (!cut(&v, ":") || !profile_read_times(v, &first, &last)))
        return err_set(e, "--profile boot-storm: two times like 45s..90s were expected");
    *storm = (struct profile_storm){ true, first, last };
    p->random = true;
    return plan_add_count(p, last - first, phones, e);
}

bool profile_read(const char *words, uint64_t length_us, uint32_t phones, struct plan *p,
                  struct profile_storm *storm, struct err *e)
{
    struct view v = view_str(words);
    storm->is = false;
    if (cut(&v, "steps:"))
        return steps(v, length_us, p, e);
    if (cut(&v, "ramp:"))
        return ramp(v, length_us, p, e);
    if (cut(&v, "boot-storm"))
        return boot_storm(v, phones, p, storm, e);
    return err_set(e, "--profile %.100s: steps:R,R..., ramp:R..R or boot-storm was expected",
                   words);
}
