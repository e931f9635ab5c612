#include "sim/inventory/columns.h"

#include "sim/lab.h"
#include "sim/wire/text.h"

#include <string.h>

/* The name in real exports, then that of Cisco's guide where it is another one. */
static const char *const names[EXPORT_COLUMNS][2] = {
    [EXPORT_NAME] = { "Device Name", NULL },
    [EXPORT_DESCRIPTION] = { "Description", NULL },
    [EXPORT_POOL] = { "Device Pool", NULL },
    [EXPORT_TYPE] = { "Device Type", NULL },
    [EXPORT_PROFILE] = { "Device Security Profile", "Security Profile" },
    [EXPORT_LOAD] = { "Phone Load Name", NULL },
    [EXPORT_PROTOCOL] = { "Device Protocol", NULL },
    [EXPORT_OPERATION] = { "Certificate Operation", NULL },
    [EXPORT_SETTINGS] = { "Settings Access", NULL },
    [EXPORT_WEB] = { "Web Access", NULL },
    [EXPORT_XML] = { "XML", NULL },
};

const char *export_column_name(enum export_column c)
{
    return names[c][0];
}

bool is_export_column(struct view field, enum export_column c)
{
    return text_same(field, names[c][0]) || (names[c][1] != NULL && text_same(field, names[c][1]));
}

void export_columns_of(const struct csv_row *header, int64_t at[EXPORT_COLUMNS])
{
    for (int c = 0; c < EXPORT_COLUMNS; c++) {
        at[c] = -1;
        for (uint32_t i = 0; i < header->count && at[c] < 0; i++) {
            if (is_export_column(header->fields[i], (enum export_column)c))
                at[c] = i;
        }
    }
}

struct view export_field(const struct csv_row *row, const int64_t at[EXPORT_COLUMNS],
                         enum export_column c)
{
    if (at[c] < 0 || at[c] >= row->count)
        return view_of("", 0);
    return row->fields[at[c]];
}

struct view export_xml(struct view xml, const char *element)
{
    size_t n = strlen(element);
    for (size_t i = 0; i + n + 2 <= xml.n; i++) {
        if (xml.p[i] != '<' || xml.p[i + n + 1] != '>' ||
            !text_same(view_sub(xml, i + 1, n), element))
            continue;
        struct view rest = view_sub(xml, i + n + 2, xml.n - i - n - 2);
        return text_trim(text_cut(&rest, '<'));
    }
    return view_of("", 0);
}

/* Words of the administration pages and numbers of the vendorConfig (observed: <webAccess>0 is on;
 * 2 is "Read Only"). */
static const struct {
    const char *word;
    uint8_t access;
} settings_words[] = {
    { "enabled", SETTINGS_ENABLED },       { "1", SETTINGS_ENABLED },
    { "disabled", SETTINGS_DISABLED },     { "0", SETTINGS_DISABLED },
    { "restricted", SETTINGS_RESTRICTED }, { "2", SETTINGS_RESTRICTED },
};

static const struct {
    const char *word;
    bool on;
} web_words[] = {
    { "enabled", true }, { "0", true },         { "read only", true },
    { "2", true },       { "disabled", false }, { "1", false },
};

bool export_settings(struct view said, uint8_t *access)
{
    for (size_t i = 0; i < sizeof settings_words / sizeof *settings_words; i++) {
        if (text_same(said, settings_words[i].word)) {
            *access = settings_words[i].access;
            return true;
        }
    }
    return false;
}

bool export_web(struct view said, bool *on)
{
    for (size_t i = 0; i < sizeof web_words / sizeof *web_words; i++) {
        if (text_same(said, web_words[i].word)) {
            *on = web_words[i].on;
            return true;
        }
    }
    return false;
}
