/* Rows of SQL: what a column is, by its name or by its table and name, and what a row with such
 * columns says.  Two tables; the order of columns does not matter. */
#include "sim/import/sql.h"

#include "sim/crypto/pem.h"
#include "sim/import/cli_impl.h"
#include "sim/import/secrets.h"
#include "sim/wire/text.h"

#include <string.h>

/* ---- columns ---- */

enum meaning {
    NOTHING,
    GROUP,
    GROUP_TFTP,
    PRIORITY,
    CALLMANAGER,
    NODE,
    NODE_USAGE,
    POOL,
    DEVICE,
    CLASS,
    DESCRIPTION,
    MODEL,
    MODEL_NUMBER,
    PROTOCOL,
    LOAD,
    PROFILE,
    MODE,
    ENCRYPTED,
    SEEN,
    LAST_NODE,
    LAST_ADDRESS,
    RIS_STATUS,
    PARAM,
    PARAM_VALUE,
    SERVER,
    SERVICE,
    CERTIFICATE,
    SUBJECT,
    ISSUER,
    SERIAL,
    ROLE,
    TTL,
    NAME, /* of whatever it is */
    MEANINGS
};

/* "table.column" where the query is known; else the names that people give them.  "_" does not
 * count. */
static const struct {
    const char *name;
    uint8_t is;
} columns[] = {
    { "callmanagergroup.name", GROUP },
    { "cmgname", GROUP },
    { "cmggroup", GROUP },
    { "cmg", GROUP },
    { "cmgroup", GROUP },
    { "groupname", GROUP },
    { "callmanagergroup", GROUP },
    { "callmanagergroupname", GROUP },
    { "callmanagergroup.tftpdefault", GROUP_TFTP },
    { "tftpdefault", GROUP_TFTP },
    { "callmanagergroupmember.priority", PRIORITY },
    { "priority", PRIORITY },
    { "callmanager.name", CALLMANAGER },
    { "cmname", CALLMANAGER },
    { "callmanager", CALLMANAGER },
    { "callmanagername", CALLMANAGER },
    { "ccmname", CALLMANAGER },
    { "processnode.name", NODE },
    { "nodename", NODE },
    { "pnname", NODE },
    { "processnode", NODE },
    { "processnodename", NODE },
    { "node", NODE },
    { "typenodeusage.name", NODE_USAGE },
    { "processnode.tknodeusage", NODE_USAGE },
    { "tknodeusage", NODE_USAGE },
    { "nodeusage", NODE_USAGE },
    { "devicepool.name", POOL },
    { "dpname", POOL },
    { "devicepool", POOL },
    { "devicepoolname", POOL },
    { "pool", POOL },
    { "poolname", POOL },
    { "device.name", DEVICE },
    { "devicename", DEVICE },
    { "device", DEVICE },
    { "phone", DEVICE },
    { "phonename", DEVICE },
    { "dname", DEVICE },
    { "typeclass.name", CLASS },
    { "device.tkclass", CLASS },
    { "tkclass", CLASS },
    { "device.description", DESCRIPTION },
    { "devicedescription", DESCRIPTION },
    { "description", DESCRIPTION },
    { "typemodel.name", MODEL },
    { "typeproduct.name", MODEL },
    { "model", MODEL },
    { "modelname", MODEL },
    { "devicetype", MODEL },
    { "phonemodel", MODEL },
    { "phonetype", MODEL },
    { "typemodel", MODEL },
    { "device.tkmodel", MODEL_NUMBER },
    { "tkmodel", MODEL_NUMBER },
    { "typedeviceprotocol.name", PROTOCOL },
    { "device.tkdeviceprotocol", PROTOCOL },
    { "tkdeviceprotocol", PROTOCOL },
    { "protocol", PROTOCOL },
    { "deviceprotocol", PROTOCOL },
    { "device.specialloadinformation", LOAD },
    { "specialloadinformation", LOAD },
    { "loadinformation", LOAD },
    { "load", LOAD },
    { "securityprofile.name", PROFILE },
    { "securityprofile", PROFILE },
    { "securityprofilename", PROFILE },
    { "spname", PROFILE },
    { "profilename", PROFILE },
    { "profile", PROFILE },
    { "typedevicesecuritymode.name", MODE },
    { "securityprofile.tkdevicesecuritymode", MODE },
    { "tkdevicesecuritymode", MODE },
    { "devicesecuritymode", MODE },
    { "securitymode", MODE },
    { "mode", MODE },
    { "securityprofile.tftpencryptedconfig", ENCRYPTED },
    { "securityprofile.tftpencryption", ENCRYPTED },
    { "tftpencryptedconfig", ENCRYPTED },
    { "tftpencryption", ENCRYPTED },
    { "registrationdynamic.lastseen", SEEN },
    { "lastseen", SEEN },
    { "registrationdynamic.lastactive", SEEN },
    { "lastactive", SEEN },
    { "registrationdynamic.lastknownucm", LAST_NODE },
    { "lastknownucm", LAST_NODE },
    { "registrationdynamic.lastknownipaddress", LAST_ADDRESS },
    { "lastknownipaddress", LAST_ADDRESS },
    { "typerisstatus.name", RIS_STATUS },
    { "registrationdynamic.risstatus", RIS_STATUS },
    { "risstatus", RIS_STATUS },
    { "processconfig.paramname", PARAM },
    { "paramname", PARAM },
    { "processconfig.paramvalue", PARAM_VALUE },
    { "paramvalue", PARAM_VALUE },
    { "certificate.servername", SERVER },
    { "servername", SERVER },
    { "typecertificateservice.name", SERVICE },
    { "servicename", SERVICE },
    { "certificateservice", SERVICE },
    { "service", SERVICE },
    { "certificate.certificate", CERTIFICATE },
    { "certificate", CERTIFICATE },
    { "certificate.subjectname", SUBJECT },
    { "subjectname", SUBJECT },
    { "certificate.issuername", ISSUER },
    { "issuername", ISSUER },
    { "certificate.serialnumber", SERIAL },
    { "serialnumber", SERIAL },
    { "typetrustrole.name", ROLE },
    { "rolename", ROLE },
    { "trustrole", ROLE },
    { "role", ROLE },
    { "certificate.timetolive", TTL },
    { "timetolive", TTL },
    { "name", NAME },
};

static uint8_t lower(uint8_t c)
{
    return (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static bool is_called(struct view v, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '_')
            continue;
        if (name[n] == 0 || lower(v.p[i]) != (uint8_t)name[n])
            return false;
        n++;
    }
    return name[n] == 0;
}

static uint8_t meaning_of(struct view column)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (is_called(column, columns[i].name))
            return columns[i].is;
    }
    return NOTHING;
}

struct row {
    const struct said *s;
    struct view is[MEANINGS]; /* absent: no such column; empty: it has no value */
    bool listed;              /* the node is a row of processnode itself */
};

static bool has(const struct row *r, uint8_t meaning)
{
    return r->is[meaning].p != NULL;
}

/* ---- values ---- */

struct word_row {
    const char *is, *word;
};

static const struct word_row security_modes[] = { { "Non Secure", "non-secure" },
                                                  { "1", "non-secure" }, /* numbers: assumed */
                                                  { "Authenticated", "authenticated" },
                                                  { "2", "authenticated" },
                                                  { "Encrypted", "encrypted" },
                                                  { "3", "encrypted" },
                                                  { NULL, NULL } };
static const struct word_row protocols[] = {
    { "SIP", "SIP" }, { "11", "SIP" }, { "SCCP", "SCCP" }, { "0", "SCCP" }, { NULL, NULL }
};
static const struct word_row statuses[] = { { "Registered", "registered" },
                                            { "UnRegistered", "unregistered" },
                                            { "Rejected", "rejected" },
                                            { "PartiallyRegistered", "partial" },
                                            { "Partial Registered", "partial" },
                                            { "Partially Registered", "partial" },
                                            { "Unknown", "unknown" },
                                            { NULL, NULL } };
static const struct word_row booleans[] = { { "t", "yes" },    { "f", "no" },  { "true", "yes" },
                                            { "false", "no" }, { "1", "yes" }, { "0", "no" },
                                            { NULL, NULL } };
static const struct word_row usages[] = { { "Publisher", "publisher" },
                                          { "0", "publisher" },
                                          { "Subscriber", "subscriber" },
                                          { "1", "subscriber" },
                                          { NULL, NULL } };

static void say_word(const struct row *r, enum fact_kind kind, struct view about, struct view v,
                     const struct word_row *words)
{
    for (; words->is != NULL; words++) {
        if (text_same(v, words->is)) {
            facts_say(r->s, kind, about, (struct view){ NULL, 0 }, 0, view_str(words->word));
            return;
        }
    }
    char shown[60];
    text_escape(shown, sizeof shown, v);
    facts_note(r->s, false, "%s: \"%s\" is not known", fact_rows[kind].name, shown);
}

/* Unix seconds, or a date in words. */
static void say_date(const struct row *r, enum fact_kind kind, struct view about, struct view v)
{
    struct cli_date d;
    uint64_t seconds;
    if (text_number(v, UINT32_MAX, &seconds)) {
        if (seconds == 0) /* never */
            return;
        cli_date_unix((int64_t)seconds, &d);
    } else if (!cli_date_read(r->s, v, &d)) {
        char shown[60];
        text_escape(shown, sizeof shown, v);
        facts_note(r->s, true, "%s: \"%s\" is no date", fact_rows[kind].name, shown);
        return;
    }
    facts_say(r->s, kind, about, (struct view){ NULL, 0 }, 0, view_str(d.text));
}

/* ---- what a row says ---- */

enum how { AS_TEXT, AS_DATE, AS_MODE, AS_PROTOCOL, AS_STATUS, AS_YES_NO, AS_USAGE, AS_NUMBER };

static const struct word_row *const words_of[] = {
    [AS_MODE] = security_modes, [AS_PROTOCOL] = protocols, [AS_STATUS] = statuses,
    [AS_YES_NO] = booleans,     [AS_USAGE] = usages,       [AS_NUMBER] = NULL,
};

/* Said where the row has all of them, and none of `unless`. */
static const struct rule {
    enum fact_kind kind;
    uint8_t about, about2, value, how, unless;
} rules[] = {
    { FACT_POOL_GROUP, POOL, NOTHING, GROUP, AS_TEXT, NOTHING },
    { FACT_CALLMANAGER, CALLMANAGER, NOTHING, NODE, AS_TEXT, NOTHING },
    { FACT_GROUP_TFTP, GROUP, NOTHING, GROUP_TFTP, AS_YES_NO, NOTHING },
    { FACT_NODE_ROLE, NODE, NOTHING, NODE_USAGE, AS_USAGE, NOTHING },
    { FACT_PROFILE_MODE, PROFILE, NOTHING, MODE, AS_MODE, NOTHING },
    { FACT_PROFILE_ENCRYPTED, PROFILE, NOTHING, ENCRYPTED, AS_YES_NO, NOTHING },
    { FACT_PHONE_MODEL, DEVICE, NOTHING, MODEL, AS_TEXT, NOTHING },
    { FACT_PHONE_MODEL, DEVICE, NOTHING, MODEL_NUMBER, AS_TEXT, MODEL },
    { FACT_PHONE_DESCRIPTION, DEVICE, NOTHING, DESCRIPTION, AS_TEXT, NOTHING },
    { FACT_PHONE_POOL, DEVICE, NOTHING, POOL, AS_TEXT, NOTHING },
    { FACT_PHONE_PROTOCOL, DEVICE, NOTHING, PROTOCOL, AS_PROTOCOL, NOTHING },
    { FACT_PHONE_PROFILE, DEVICE, NOTHING, PROFILE, AS_TEXT, NOTHING },
    { FACT_PHONE_LOAD, DEVICE, NOTHING, LOAD, AS_TEXT, NOTHING },
    { FACT_PHONE_SEEN, DEVICE, NOTHING, SEEN, AS_DATE, NOTHING },
    { FACT_PHONE_SERVER, DEVICE, NOTHING, LAST_NODE, AS_TEXT, NOTHING },
    { FACT_PHONE_ADDRESS, DEVICE, NOTHING, LAST_ADDRESS, AS_TEXT, NOTHING },
    { FACT_PHONE_STATUS, DEVICE, NOTHING, RIS_STATUS, AS_STATUS, NOTHING },
    { FACT_TVS_SUBJECT, ISSUER, SERIAL, SUBJECT, AS_TEXT, NOTHING },
    { FACT_TVS_ROLE, ISSUER, SERIAL, ROLE, AS_TEXT, NOTHING },
    { FACT_TVS_SERVICE, ISSUER, SERIAL, SERVICE, AS_TEXT, NOTHING },
    { FACT_TVS_TTL, ISSUER, SERIAL, TTL, AS_NUMBER, NOTHING },
};

static void apply(const struct row *r, const struct rule *rule)
{
    struct view about = r->is[rule->about], v = r->is[rule->value];
    struct view about2 = rule->about2 == NOTHING ? (struct view){ NULL, 0 } : r->is[rule->about2];
    if (about.n == 0 || v.n == 0 || (rule->about2 != NOTHING && about2.n == 0) ||
        (rule->unless != NOTHING && r->is[rule->unless].n > 0))
        return;
    if (rule->how == AS_TEXT || rule->how == AS_NUMBER)
        facts_say(r->s, rule->kind, about, about2, 0, v);
    else if (rule->how == AS_DATE)
        say_date(r, rule->kind, about, v);
    else
        say_word(r, rule->kind, about, v, words_of[rule->how]);
}

/* A member of a group: its order is that of the numbers, which begin with 1, or with 0 where a tool
 * wrote them. */
static void say_member(const struct row *r)
{
    struct view member = r->is[NODE].n > 0     ? r->is[NODE]
                         : r->is[SERVER].n > 0 ? r->is[SERVER]
                                               : r->is[CALLMANAGER];
    uint64_t priority = 0;
    if (r->is[GROUP].n == 0 || member.n == 0 || has(r, POOL) || has(r, DEVICE))
        return;
    if (!text_number(r->is[PRIORITY], UINT16_MAX, &priority))
        facts_note(r->s, false, "a member of a group without its priority: take that column too");
    facts_say(r->s, FACT_GROUP_MEMBER, r->is[GROUP], (struct view){ NULL, 0 }, (uint32_t)priority,
              member);
}

static void say_node(const struct row *r)
{
    if (r->listed && r->is[NODE].n > 0 && !text_same(r->is[NODE], "EnterpriseWideData"))
        facts_say(r->s, FACT_NODE_LISTED, r->is[NODE], (struct view){ NULL, 0 }, 0,
                  view_str("yes"));
}

static void say_parameter(const struct row *r)
{
    struct view name = r->is[PARAM], value = r->is[PARAM_VALUE], node = r->is[NODE];
    if (name.n == 0 || !has(r, PARAM_VALUE) || secrets_drop(r->s->facts, name, value))
        return;
    if (text_same(node, "EnterpriseWideData"))
        node.n = 0;
    facts_say(r->s, FACT_PARAMETER, name, node, 0, value);
}

/* PEM, or base64 alone. */
static bool der_of(struct view v, struct arena *a, struct view *der)
{
    struct pem block;
    size_t from = 0;
    return pem_next(v, &from, &block) ? pem_decode(&block, a, der) : pem_base64_read(v, a, der);
}

static bool is_trust(struct view service)
{
    static const char end[] = "-trust";
    size_t n = sizeof end - 1;
    return service.n > n && text_same(view_sub(service, service.n - n, n), end);
}

/* The database's view: whose an own certificate is it says, and what is trusted it holds for all
 * nodes. */
static void say_certificate(const struct row *r)
{
    struct view server = r->is[SERVER].n > 0 ? r->is[SERVER] : r->is[NODE], der;
    struct view service = r->is[SERVICE];
    if (r->is[CERTIFICATE].n == 0)
        return;
    struct arena a = arena_of(r->s->facts->mem);
    char sha256[65];
    if (!der_of(r->is[CERTIFICATE], &a, &der))
        facts_note(r->s, true, "a certificate that is neither PEM nor base64");
    else if (facts_cert(r->s, der, sha256)) {
        facts_say(r->s, FACT_IN_DATABASE, server, service, 0, view_str(sha256));
        if (service.n > 0 && is_trust(service))
            facts_say(r->s, FACT_TRUSTED, (struct view){ NULL, 0 }, service, 0, view_str(sha256));
        else if (service.n > 0 && server.n > 0)
            facts_say(r->s, FACT_OWN, server, service, 0, view_str(sha256));
    }
    arena_free(&a);
}

/* ---- a row ---- */

/* Phones are devices among others: trunks, gateways, ports, and profiles. */
static bool is_phone(const struct row *r)
{
    static const char *const begins[] = { "SEP", "ATA",  "CSF", "TCT", "BOT",
                                          "TAB", "CIPC", "VGC", "AN0", "AN1" };
    struct view name = r->is[DEVICE];
    if (r->is[CLASS].n > 0)
        return text_same(r->is[CLASS], "Phone") || text_same(r->is[CLASS], "1");
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        if (cli_begins(name, begins[i]))
            return true;
    }
    return false;
}

/* "name" of a table that nobody names: by what stands beside it. */
static void what_name(struct row *r)
{
    struct view name = r->is[NAME];
    bool mac = name.n == 15 && cli_begins(name, "SEP");
    uint8_t is = has(r, PARAM) || has(r, PARAM_VALUE) ? NODE
                 : has(r, CERTIFICATE)                ? SERVICE
                 : mac                                ? DEVICE
                 : has(r, MODE) || has(r, ENCRYPTED)  ? PROFILE
                 : has(r, NODE_USAGE)                 ? NODE
                                                      : NOTHING;
    if (is != NOTHING && !has(r, is))
        r->is[is] = name;
}

void sql_row(const struct said *s, const struct sql_cell *cells, uint32_t count)
{
    struct row r = { .s = s };
    for (uint32_t i = 0; i < count; i++) {
        uint8_t is = meaning_of(cells[i].column);
        if (secrets_drop(s->facts, cells[i].column, cells[i].value) || is == NOTHING)
            continue;
        if (!has(&r, is))
            r.is[is] = view_of(cells[i].value.p != NULL ? (const char *)cells[i].value.p : "",
                               cells[i].value.n);
        r.listed = r.listed || is_called(cells[i].column, "processnode.name");
    }
    if (has(&r, NAME))
        what_name(&r);
    if (has(&r, DEVICE) && !is_phone(&r))
        r.is[DEVICE].n = 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        apply(&r, &rules[i]);
    say_member(&r);
    say_node(&r);
    say_parameter(&r);
    say_certificate(&r);
}
