/* The directory of devices: a number and a name for each phone of the lab.  A generated fleet is a
 * range of MAC addresses and costs no memory a phone; imported names are kept.  Numbers are dense,
 * from 0.  Shared by phones (who they are) and nodes (which device asks).  Pure. */
#ifndef CUCMLAB_CORE_DEVICE_H
#define CUCMLAB_CORE_DEVICE_H

#include "sim/base/mem.h"
#include "sim/base/table.h"

#define DEVICE_NAME 16 /* "SEP0011215A1AE3" and its NUL: CUCM allows 15 characters */

struct device_range {
    uint32_t first, count;
    uint64_t mac;               /* of the first; 0: named ones */
    char (*names)[DEVICE_NAME]; /* named ones: those that follow each other are one range */
    uint32_t cap;
    uint32_t others; /* of the named ones, those that are not SEP<MAC> */
};

struct device_dir {
    const struct mem *mem;
    struct device_range *ranges;
    uint32_t range_count, range_cap;
    uint32_t count;
    struct table by_name; /* of the named ones */
};

/* A device name: 1 to 15 letters, digits, '.', '_', '-'; after SEP a MAC address, which is written
 * in upper case.  False: it is none. */
bool device_read_name(struct view v, char out[DEVICE_NAME]);

void device_init(struct device_dir *d, const struct mem *mem);
void device_free(struct device_dir *d);
/* The same devices in a directory that has none yet. */
void device_copy(struct device_dir *to, const struct device_dir *from);
/* `count` devices SEP<MAC>, MACs counting up from `mac`; returns the first number. */
uint32_t device_add_range(struct device_dir *d, uint64_t mac, uint32_t count);
/* The first of `count` MACs in a row, from `mac` on, that no device here has. */
uint64_t device_free_macs(const struct device_dir *d, uint64_t mac, uint32_t count);
/* Devices by name (copied); names already checked to be 1 to 15 characters and new. */
uint32_t device_add_names(struct device_dir *d, const char *const *names, uint32_t count);
void device_name(const struct device_dir *d, uint32_t device, char out[DEVICE_NAME]);
/* SEP<MAC>, 15 characters, all of which stand for themselves in any file. */
bool device_is_sep(const struct device_dir *d, uint32_t device);
bool device_find(const struct device_dir *d, const char *name, uint32_t *device);

#endif
