#include "sim/core/contract.h"

#include "sim/base/check.h"

#include <stdio.h>
#include <string.h>

void outbox_put(struct outbox *out, struct action action)
{
    CHECK(out->count < OUTBOX_ACTIONS);
    out->actions[out->count++] = action;
}

/* A name is prefix, then the device name or the locale folder, then suffix. */
enum middle { MIDDLE_NONE, MIDDLE_DEVICE, MIDDLE_LOCALE };

static const struct {
    const char *prefix;
    enum middle middle;
    const char *suffix;
} names[FILE_KINDS] = {
    [FILE_CTL] = { "CTL", MIDDLE_DEVICE, ".tlv" },
    [FILE_CTL_COMMON] = { "CTLFile.tlv", MIDDLE_NONE, "" },
    [FILE_ITL] = { "ITL", MIDDLE_DEVICE, ".tlv" },
    [FILE_ITL_COMMON] = { "ITLFile.tlv", MIDDLE_NONE, "" },
    [FILE_CNF] = { "", MIDDLE_DEVICE, ".cnf.xml" },
    [FILE_CNF_SGN] = { "", MIDDLE_DEVICE, ".cnf.xml.sgn" },
    [FILE_CNF_ENC] = { "", MIDDLE_DEVICE, ".cnf.xml.enc.sgn" },
    [FILE_DEFAULT] = { "XMLDefault.cnf.xml", MIDDLE_NONE, "" },
    [FILE_DEFAULT_SGN] = { "XMLDefault.cnf.xml.sgn", MIDDLE_NONE, "" },
    [FILE_LOCALE] = { "", MIDDLE_LOCALE, "/g3-tones.xml" },
    [FILE_LOCALE_SGN] = { "", MIDDLE_LOCALE, "/g3-tones.xml.sgn" },
    [FILE_RINGLIST] = { "ringlist.xml", MIDDLE_NONE, "" },
    [FILE_RINGLIST_SGN] = { "ringlist.xml.sgn", MIDDLE_NONE, "" },
};

#define DEFAULT_LOCALE "English_United_States" /* documented: what CUCM installs with */

size_t file_name(enum file_kind kind, const char *device, const char *locale, char out[128])
{
    const char *middle = "";
    if (names[kind].middle == MIDDLE_DEVICE)
        middle = device;
    else if (names[kind].middle == MIDDLE_LOCALE)
        middle = locale[0] == '\0' ? DEFAULT_LOCALE : locale;
    int n = snprintf(out, 128, "%s%s%s", names[kind].prefix, middle, names[kind].suffix);
    CHECK(n > 0 && n < 128);
    return (size_t)n;
}

/* What stands between prefix and suffix; absent where the name has another shape. */
static struct view between(struct view name, const char *prefix, const char *suffix)
{
    size_t p = strlen(prefix), s = strlen(suffix);
    if (name.n < p + s || memcmp(name.p, prefix, p) != 0 ||
        memcmp(name.p + name.n - s, suffix, s) != 0)
        return view_of(NULL, 0);
    return view_of(name.p + p, name.n - p - s);
}

static bool contains(struct view v, uint8_t byte)
{
    return v.n != 0 && memchr(v.p, byte, v.n) != NULL;
}

bool file_parse(struct view name, enum file_kind *kind, char device[64], char locale[64])
{
    device[0] = locale[0] = '\0';
    for (int pass = 0; pass < 2; pass++) { /* whole names first: "CTLFile.tlv" is no device */
        for (int k = 0; k < FILE_KINDS; k++) {
            if ((names[k].middle == MIDDLE_NONE) != (pass == 0))
                continue;
            struct view middle = between(name, names[k].prefix, names[k].suffix);
            if (middle.p == NULL || contains(middle, '.') || contains(middle, '/') ||
                contains(middle, '\0'))
                continue;
            if ((names[k].middle == MIDDLE_NONE) != (middle.n == 0) || middle.n > 63)
                continue;
            char *to = names[k].middle == MIDDLE_DEVICE ? device : locale;
            if (middle.n != 0) {
                memcpy(to, middle.p, middle.n);
                to[middle.n] = '\0';
            }
            *kind = (enum file_kind)k;
            return true;
        }
    }
    return false;
}
