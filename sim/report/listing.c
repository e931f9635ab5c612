#include "sim/report/listing.h"

#include "sim/base/sys.h"
#include "sim/bytes/envelope.h"

static bool print_list(FILE *out, struct lab *lab, const struct cluster *cl, uint32_t list,
                       enum tlshow_kind kind, struct arena *a, struct err *e)
{
    struct view bytes;
    struct tl t;
    struct envelope_verdict v;
    enum file_kind file = kind == TLSHOW_ITL ? FILE_ITL_COMMON : FILE_CTL_COMMON;
    if (!lab_file_bytes(lab, list, file, NO_DEVICE, a, &bytes, e) ||
        !tl_decode(bytes, true, a, &t, e))
        return false;
    struct tlshow how = { .kind = kind,
                          .checksums =
                              cl->version->shows_checksums || cl->db.params[PARAM_CSCTO60209] != 0,
                          .modified_s = t.header.timestamp,
                          .verified = envelope_list_verify(&t, &v) };
    tlshow_print(out, &t, &how);
    return true;
}

bool listing_print(FILE *out, struct lab *lab, uint32_t cluster, uint32_t node,
                   enum tlshow_kind kind, struct err *e)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    const struct node_run *run = &cl->nodes[node].run;
    uint32_t list = kind == TLSHOW_ITL ? run->itl : run->ctl;
    struct arena a = arena_of(&sys_mem);
    bool ok = true;
    if (list == 0)
        tlshow_absent(out, kind);
    else
        ok = print_list(out, lab, cl, list, kind, &a, e);
    arena_free(&a);
    return ok;
}
