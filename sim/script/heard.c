/* What phones said in the run, kept for the scenario's questions. */
#include "sim/script/impl.h"
#include "sim/base/sys.h"

static void on_note(void *ctx, uint32_t phone, const struct action *note, uint64_t now_us)
{
    struct script *s = ctx;
    if (note->kind == NOTE_STATUS && note->a == STATUS_CONFIG_USED) {
        mem_reserve(&sys_mem, (void **)&s->config, &s->config_cap, (size_t)phone + 1, 1);
        s->config[phone] = (uint8_t)(note->b + 1);
    }
    if (s->old_note != NULL)
        s->old_note(s->old_note_ctx, phone, note, now_us);
}

void heard_begin(struct script *s)
{
    s->old_note = s->lab->on_note;
    s->old_note_ctx = s->lab->on_note_ctx;
    s->lab->on_note = on_note;
    s->lab->on_note_ctx = s;
}

void heard_end(struct script *s)
{
    s->lab->on_note = s->old_note;
    s->lab->on_note_ctx = s->old_note_ctx;
}

bool heard_config(const struct script *s, uint32_t phone, enum file_kind *kind)
{
    if (phone >= s->config_cap || s->config[phone] == 0)
        return false;
    *kind = (enum file_kind)(s->config[phone] - 1);
    return true;
}
