/* The columns of a phone export of Bulk Administration that are read: by name and never by place,
 * since an export of Specific Details has those that somebody chose, in whatever order.  What is
 * not here is never looked at: "Secure Shell Password", "Authentication String" and whatever else
 * is nobody's business.  Read by rows.c (phones of a scenario) and by sim/import (facts).  Pure. */
#ifndef CUCMLAB_INVENTORY_COLUMNS_H
#define CUCMLAB_INVENTORY_COLUMNS_H

#include "sim/text/csv.h"

enum export_column {
    EXPORT_NAME,
    EXPORT_DESCRIPTION,
    EXPORT_POOL,
    EXPORT_TYPE,
    EXPORT_PROFILE,
    EXPORT_LOAD,
    EXPORT_PROTOCOL,
    EXPORT_OPERATION, /* of CAPF, that is pending */
    EXPORT_SETTINGS,
    EXPORT_WEB,
    EXPORT_XML, /* vendorConfig */
    EXPORT_COLUMNS
};

/* As exports have it (observed); the guide has another name for some, which is_export_column()
 * takes as well (documented). */
const char *export_column_name(enum export_column c);
/* The case of letters aside. */
bool is_export_column(struct view field, enum export_column c);
/* Where each column stands in a header; -1: it has none. */
void export_columns_of(const struct csv_row *header, int64_t at[EXPORT_COLUMNS]);
/* The field of a row; empty where there is none. */
struct view export_field(const struct csv_row *row, const int64_t at[EXPORT_COLUMNS],
                         enum export_column c);

/* The text of an element of a vendorConfig, "settingsAccess"; empty where there is none.  The first
 * that stands there: no XML is parsed, for a field of a table may be cut anywhere. */
struct view export_xml(struct view xml, const char *element);

/* "Settings Access" by its word or its number (enum settings_access), "Web Access" likewise.
 * False: it says neither. */
bool export_settings(struct view said, uint8_t *access);
bool export_web(struct view said, bool *on);

#endif
