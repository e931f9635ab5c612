#include "sim/import/axl_impl.h"

#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

/* Writes the value of a fact; 0: it says nothing. */
typedef size_t (*as)(struct view v, char *out, size_t room);

#define VALUE_ROOM 64

/* ---- the table: which value of which record is which fact ---- */

/* The first row of a fact that has a value says it.  how NULL: a text. */
static const struct {
    enum axl_kind kind;
    const char *path;
    enum fact_kind fact;
    as how;
} says[] = {
    { AXL_PHONE, "model", FACT_PHONE_MODEL, NULL },
    { AXL_PHONE, "product", FACT_PHONE_MODEL, NULL },
    { AXL_PHONE, "description", FACT_PHONE_DESCRIPTION, NULL },
    { AXL_PHONE, "devicepoolname", FACT_PHONE_POOL, NULL },
    { AXL_PHONE, "protocol", FACT_PHONE_PROTOCOL, axl_protocol },
    { AXL_PHONE, "securityprofilename", FACT_PHONE_PROFILE, NULL },
    { AXL_PHONE, "loadinformation", FACT_PHONE_LOAD, NULL },
    { AXL_PHONE, "certificateoperation", FACT_PHONE_OPERATION, NULL },
    { AXL_PHONE, "certificatestatus", FACT_PHONE_LSC, axl_lsc },
    { AXL_PHONE, "vendorconfig/webaccess", FACT_PHONE_WEB, axl_web },
    { AXL_PHONE, "vendorconfig/settingsaccess", FACT_PHONE_SETTINGS, axl_settings },
    { AXL_REGISTRATION, "lastknownipaddress", FACT_PHONE_ADDRESS, NULL },
    { AXL_REGISTRATION, "lastknownucm", FACT_PHONE_SERVER, NULL },
    { AXL_REGISTRATION, "lastseen", FACT_PHONE_SEEN, axl_date },
    { AXL_REGISTRATION, "risstatus", FACT_PHONE_STATUS, axl_status },
    { AXL_GROUP, "tftpdefault", FACT_GROUP_TFTP, axl_yes_no },
    { AXL_POOL, "callmanagergroupname", FACT_POOL_GROUP, NULL },
    { AXL_NODE, "nodeusage", FACT_NODE_ROLE, axl_role },
    { AXL_NODE, "processnoderole", FACT_NODE_PRODUCT, axl_product },
    { AXL_NODE, "ipv6name", FACT_NODE_ADDRESS, NULL },
    { AXL_CALLMANAGER, "processnodename", FACT_CALLMANAGER, NULL },
    { AXL_PROFILE, "devicesecuritymode", FACT_PROFILE_MODE, axl_mode },
    { AXL_PROFILE, "tftpencryptedconfig", FACT_PROFILE_ENCRYPTED, axl_yes_no },
};

/* What else a record is asked for. */
static const struct {
    enum axl_kind kind;
    const char *path;
} others[] = {
    { AXL_PHONE, "name" },
    { AXL_REGISTRATION, "device" },
    { AXL_TVS, "subjectname" },
    { AXL_TVS, "issuername" },
    { AXL_TVS, "serialnumber" },
    { AXL_TVS, "timetolive" },
    { AXL_TVS, "roles/role/rolename" },
    { AXL_TVS, "services/service/servicename" },
    { AXL_GROUP, "name" },
    { AXL_GROUP, "members/member/callmanagername" },
    { AXL_GROUP, "members/member/priority" },
    { AXL_POOL, "name" },
    { AXL_NODE, "name" },
    { AXL_CALLMANAGER, "name" },
    { AXL_PROFILE, "name" },
    { AXL_VERSION, "version" },
    { AXL_DEVICE, "name" },
    { AXL_DEVICE, "status" },
    { AXL_DEVICE, "ipaddress" },
    { AXL_DEVICE, "ipaddress/item/ip" },
    { AXL_DEVICE, "ipaddress/ip" },
    { AXL_DEVICE, "activeloadid" },
    { AXL_DEVICE, "protocol" },
    { AXL_DEVICE, "model" },
    { AXL_DEVICE, "httpd" },
    { AXL_DEVICE, "timestamp" },
    { AXL_SERVICE, "servicename" },
    { AXL_SERVICE, "servicestatus" },
    { AXL_SERVICE, "reasoncode" },
    { AXL_SERVICE, "reasoncodestring" },
    { AXL_SERVICE, "starttime" },
    { AXL_IDENTITY, "service" },
    { AXL_IDENTITY, "certificate" },
    { AXL_TRUST, "service" },
    { AXL_TRUST, "certificatedata/certificate" },
    { AXL_SHOWN, "host" },
    { AXL_SHOWN, "port" },
    { AXL_SHOWN, "end" },
    { AXL_SHOWN, "certificate" },
    { AXL_LIST, "end" },
    { AXL_LIST, "bytes" },
    { AXL_LIST, "md5" },
    { AXL_LIST, "sha1" },
    { AXL_LIST, "signer" },
    { AXL_LIST, "issuer" },
    { AXL_LIST, "serial" },
    { AXL_LIST, "made" },
    { AXL_LIST, "base64" },
    { AXL_FAULT, "faultstring" },
    { AXL_FAULT, "reason/text" },
};

/* The name of what a record is about. */
static const char *const about[AXL_KINDS] = {
    [AXL_PHONE] = "name",   [AXL_REGISTRATION] = "device", [AXL_GROUP] = "name",
    [AXL_POOL] = "name",    [AXL_NODE] = "name",           [AXL_CALLMANAGER] = "name",
    [AXL_PROFILE] = "name",
};

/* Nameless objects, by members that others have not.  The first row that fits. */
static const struct {
    enum axl_kind kind;
    const char *has[2];
} marks[] = {
    { AXL_REGISTRATION, { "device", "lastseen" } },
    { AXL_REGISTRATION, { "device", "lastknownucm" } },
    { AXL_TVS, { "issuername", "timetolive" } },
    { AXL_TVS, { "issuername", "serialnumber" } },
    { AXL_PROFILE, { "name", "devicesecuritymode" } },
    { AXL_GROUP, { "name", "members/member/callmanagername" } },
    { AXL_GROUP, { "name", "tftpdefault" } },
    { AXL_POOL, { "name", "callmanagergroupname" } },
    { AXL_PHONE, { "name", "devicepoolname" } },
    { AXL_PHONE, { "name", "securityprofilename" } },
    { AXL_PHONE, { "name", "product" } },
    { AXL_NODE, { "name", "nodeusage" } },
    { AXL_NODE, { "name", "processnoderole" } },
    { AXL_CALLMANAGER, { "name", "processnodename" } },
    { AXL_DEVICE, { "name", "activeloadid" } },
    { AXL_DEVICE, { "name", "statusreason" } },
    { AXL_SERVICE, { "servicename", "servicestatus" } },
    /* Columns of the usual queries. */
    { AXL_SQL, { "cmgname", NULL } },
    { AXL_SQL, { "dpname", NULL } },
    { AXL_SQL, { "servername", NULL } },
    { AXL_SQL, { "tkdevicesecuritymode", NULL } },
    { AXL_SQL, { "paramname", "paramvalue" } },
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static bool has(const struct axl_record *r, const char *path)
{
    for (uint32_t i = 0; i < r->count; i++) {
        if (axl_same_path(axl_path(r, i), path))
            return true;
    }
    return false;
}

enum axl_kind axl_kind_of(const struct axl_record *r)
{
    for (size_t i = 0; i < COUNT(marks); i++) {
        if (has(r, marks[i].has[0]) && (marks[i].has[1] == NULL || has(r, marks[i].has[1])))
            return marks[i].kind;
    }
    return AXL_NONE;
}

bool axl_wants(enum axl_kind kind, struct view path)
{
    if (kind == AXL_SQL)
        return memchr(path.p, '/', path.n) == NULL;
    for (size_t i = 0; i < COUNT(says); i++) {
        if (says[i].kind == kind && axl_same_path(path, says[i].path))
            return true;
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        if (others[i].kind == kind && axl_same_path(path, others[i].path))
            return true;
    }
    return false;
}

/* ---- facts ---- */

static void say_fields(struct axl_walk *w, const struct axl_record *r, struct view name)
{
    struct said s = w->said;
    uint64_t said_already[(FACT_KINDS + 63) / 64] = { 0 };
    for (size_t i = 0; i < COUNT(says); i++) {
        uint32_t fact = says[i].fact;
        char out[VALUE_ROOM];
        struct view v;
        if (says[i].kind != r->kind || (said_already[fact / 64] >> fact % 64 & 1) != 0 ||
            (v = axl_value(r, says[i].path, &s.line)).n == 0)
            continue;
        if (says[i].how != NULL)
            v = view_of(out, says[i].how(v, out, sizeof out));
        if (v.n == 0)
            continue;
        said_already[fact / 64] |= UINT64_C(1) << fact % 64;
        facts_say(&s, says[i].fact, name, view_of(NULL, 0), 0, v);
    }
}

/* A row of the table of nodes that stands for none. */
static bool is_no_node(struct view name)
{
    return text_same(name, "EnterpriseWideData");
}

static void say_about(struct axl_walk *w, const struct axl_record *r)
{
    struct said s = w->said;
    struct view name = axl_value(r, about[r->kind], &s.line);
    if (name.n == 0) {
        facts_note(&s, true, "an object without a name: passed over");
        return;
    }
    if (r->kind == AXL_NODE && is_no_node(name))
        return;
    if (r->kind == AXL_NODE)
        facts_say(&s, FACT_NODE_LISTED, name, view_of(NULL, 0), 0, view_str("yes"));
    say_fields(w, r, name);
}

static void say_version(struct axl_walk *w, const struct axl_record *r)
{
    struct said s = w->said;
    struct view version = axl_value(r, "version", &s.line);
    if (version.n > 0)
        facts_say(&s, FACT_VERSION, view_str(r->node), view_of(NULL, 0), 0, version);
}

void axl_say(struct axl_walk *w, const struct axl_record *r)
{
    static void (*const by_kind[AXL_KINDS])(struct axl_walk *, const struct axl_record *) = {
        [AXL_TVS] = axl_say_tvs,           [AXL_GROUP] = axl_say_group,
        [AXL_VERSION] = say_version,       [AXL_SQL] = axl_say_sql,
        [AXL_DEVICE] = axl_keep_device,    [AXL_SERVICE] = axl_say_service,
        [AXL_IDENTITY] = axl_say_identity, [AXL_TRUST] = axl_say_trust,
        [AXL_FAULT] = axl_say_fault,       [AXL_SHOWN] = axl_say_shown,
        [AXL_LIST] = axl_say_list,
    };
    if (about[r->kind] != NULL)
        say_about(w, r);
    if (by_kind[r->kind] != NULL)
        by_kind[r->kind](w, r);
}
