/* What phones said in the run, kept for the scenario's questions. */
#include "sim/script/impl.h"
#include "sim/base/sys.h"

static void on_phone(void *ctx, uint32_t phone, const struct phone *before,
                     const struct event *event, const struct outbox *out, const struct phone *after,
                     uint64_t now_us)
{
    struct script *s = ctx;
    uint32_t at = 0;
    const struct action *note;
    (void)before, (void)event, (void)after, (void)now_us;
    while ((note = lab_next_note(out, &at)) != NULL) {
        if (note->kind != NOTE_STATUS || note->a != STATUS_CONFIG_USED)
            continue;
        mem_reserve(&sys_mem, (void **)&s->config, &s->config_cap, (size_t)phone + 1, 1);
        s->config[phone] = (uint8_t)(note->b + 1);
    }
}

void heard_begin(struct script *s)
{
    s->observer = (struct observer){ .ctx = s, .phone = on_phone };
    lab_observe(s->lab, &s->observer);
}

void heard_end(struct script *s)
{
    lab_unobserve(s->lab, &s->observer);
}

bool heard_config(const struct script *s, uint32_t phone, enum file_kind *kind)
{
    if (phone >= s->config_cap || s->config[phone] == 0)
        return false;
    *kind = (enum file_kind)(s->config[phone] - 1);
    return true;
}
