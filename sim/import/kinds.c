#include "sim/import/kinds.h"

/* clang-format off */
const struct file_kind_rows *const file_kinds[] = {
    &kinds_bulk, /* tables, by the names in their first row */
    &kinds_cli,
    &kinds_axl,
    &kinds_bytes,
    &kinds_pages,
    &kinds_papers, /* last: it takes a certificate wherever it stands */
};
/* clang-format on */

const uint32_t file_kind_families = sizeof file_kinds / sizeof *file_kinds;
