#include "sim/import/write.h"

bool site_write(const struct site *s, const char *path, bool force, struct err *e)
{
    (void)s;
    (void)force;
    return err_set(e, "%s: cannot be written yet", path);
}
