#include "sim/report/accesslog.h"

#include "sim/base/sys.h"
#include "sim/report/fmt.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char *name_of(const struct accesslog *l)
{
    return sys_is_stdout(l->path) ? "standard output" : l->path;
}

static void put(void *ctx, const struct access *a, uint64_t now_us)
{
    struct accesslog *l = ctx;
    char clock[FMT_ROOM], date[DATE_TEXT], node[LAB_NODE_NAME], ip[FMT_ROOM];
    bool dated = l->lab->base->options.dated;
    if (a->done || l->error != 0)
        return; /* the request behind it has a line; or it was said that there are no more */
    fprintf(l->out, "%s %s%s%s %s %s:%u %s \"%s\" \"%s\" %" PRIu64 "\n", fmt_clock(now_us, clock),
            dated ? lab_iso(l->lab, now_us, date) : "", dated ? " " : "",
            lab_node_name(l->lab, a->node, node), a->service, fmt_ip(a->ip, ip), (unsigned)a->port,
            a->phone[0] == '\0' ? "-" : a->phone, a->asked, a->answer, a->bytes);
    if (fflush(l->out) == 0) /* somebody reads along */
        return;
    l->error = errno;
    fprintf(stderr, "cucmlab: %s: %s; it has no lines from here on\n", name_of(l),
            strerror(l->error));
}

bool accesslog_open(struct accesslog *l, struct lab *lab, const char *path, struct err *e)
{
    *l = (struct accesslog){ .lab = lab, .path = path };
    l->out = sys_is_stdout(path) ? stdout : sys_open(path, "w");
    if (l->out == NULL)
        return err_set(e, "%s: %s", path, strerror(errno));
    l->observer = (struct observer){ .ctx = l, .access = put };
    lab_observe(lab, &l->observer);
    return true;
}

bool accesslog_close(struct accesslog *l, struct err *e)
{
    if (l->out == NULL)
        return true;
    lab_unobserve(l->lab, &l->observer);
    if ((l->out == stdout ? fflush(stdout) : fclose(l->out)) != 0 && l->error == 0)
        l->error = errno;
    l->out = NULL;
    return l->error == 0 ||
           err_set(e, "%s: could not write all of it: %s", name_of(l), strerror(l->error));
}
