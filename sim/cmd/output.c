#include "sim/cmd/output.h"

bool output_end(FILE *f, struct sys_text *text, const char *path, struct err *e)
{
    fclose(f);
    bool written = sys_write_file(path, view_of(text->p, text->n), e);
    sys_text_free(text);
    return written;
}
