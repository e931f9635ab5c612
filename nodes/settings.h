/* Settings of a phone, as its page in Administration has them: one table.  The act that changes
 * one, the filters of scenarios and the fields of a phone there read it.  A new setting is a row,
 * and what it does a line of profile.c.  Pure. */
#ifndef CUCMLAB_NODES_SETTINGS_H
#define CUCMLAB_NODES_SETTINGS_H

#include "nodes/model.h"

enum setting {
    SETTING_POOL,       /* Device Pool */
    SETTING_SECURITY,   /* mode of the Device Security Profile */
    SETTING_ENCRYPTED,  /* TFTP Encrypted Config of that */
    SETTING_WEB_ACCESS, /* Web Access */
    SETTING_URLS,   /* secured URLs of the phone itself, in place of the enterprise parameters */
    SETTING_LOAD,   /* Phone Load Name */
    SETTING_DOT1X,  /* 802.1x Authentication: the ports want it, and the phones do it */
    SETTING_VPN,    /* VPN Profile: the phones come through the gateway */
    SETTING_ACCESS, /* Settings Access of the phone's menu */
    SETTINGS
};

/* Of SETTING_URLS. */
enum setting_urls { URLS_ENTERPRISE, URLS_HTTP, URLS_HTTPS };

struct setting_row {
    const char *name;         /* of scenarios: "web_access" */
    const char *title;        /* on the page: "Web Access" */
    const char *const *words; /* what it may be; NULL: a name */
    uint32_t count;
    void (*put)(const struct cluster *cl, struct device_class *k, uint64_t value);
    uint64_t (*get)(const struct cluster *cl, const struct device_class *k);
    /* What a configuration says that a phone has taken: a filter; NULL: it does not say. */
    const char *(*in_force)(const struct cnf *c);
    /* As a remedy: who has it `on` has it `off` instead; both 0: that is never tried. */
    uint8_t on, off;
};

extern const struct setting_row setting_table[SETTINGS];
bool setting_find(const char *name, enum setting *s);

/* This kind of phones has what a remedy turns off. */
bool setting_is_on(const struct cluster *cl, const struct device_class *k, enum setting s);

/* A value is the number of a word, the index of a device pool, or the CT_TEXT of a name. */
bool setting_valid(const struct cluster *cl, enum setting s, uint64_t value);
/* Room for CNF_NAME. */
void setting_print(const struct cluster *cl, enum setting s, uint64_t value, char *out,
                   size_t room);
bool setting_parse(const struct cluster *cl, enum setting s, const char *text, uint64_t *value);

#endif
