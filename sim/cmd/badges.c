#include "sim/cmd/badges.h"

#include "sim/base/sys.h"
#include "sim/load/lines.h"

#include <string.h>

void badges_make(struct badges *b, uint64_t identity, struct load_job *job)
{
    content_init(&b->content, &sys_mem);
    b->forge = forge_new(&b->content, identity, keyring_default_cache());
    b->list = mem_take(&sys_mem, job->phones * sizeof *b->list);
    for (uint32_t i = 0; i < job->phones; i++) {
        char name[LINES_DEVICE];
        lines_device(job, i, name);
        struct forge_device device = forge_device_of(i, name);
        b->list[i].der = forge_phone_cert(b->forge, &device, CONTENT_MIC, &b->list[i].key);
    }
    job->badges = b->list;
}

void badges_free(struct badges *b)
{
    if (b->forge == NULL)
        return;
    mem_free(&sys_mem, b->list);
    forge_free(b->forge);
    content_free(&b->content);
}
