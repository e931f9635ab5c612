/* The pages that a phone's Directories button opens: XML objects of Cisco's IP phone services.  The
 * addresses are those of a real node (observed); what the pages say beyond the names of their
 * elements is assumed.  Pure. */
#ifndef CUCMLAB_TALK_PAGES_H
#define CUCMLAB_TALK_PAGES_H

#include "sim/base/buf.h"

#define PAGES_MAX 2048 /* bytes of the longest */

/* The page of that path (without the leading '/'); `base` begins its links:
 * "https://127.0.0.11:8443". False, and nothing written: there is none. */
bool pages_find(const char *path, const char *base, struct wr *w);

#endif
