/* The tables: their columns, and what the database of a node has in them.  Certificates are those
 * that the node sees, which need not be those on the disks: behind a restore that CSCtn50405 spoilt
 * the two differ, and this is where one looks. */
#ifdef HAVE_SQLITE
#include "sim/cli/sql.h"

#include "nodes/certs.h"
#include "nodes/settings.h"
#include "sim/base/rng.h"
#include "sim/crypto/pem.h"

#include <string.h>

static const struct cluster *cluster_of(const struct sql_fill *f)
{
    return &f->lab->state.clusters[f->cluster];
}

/* ---- keys ---- */

/* What a key is of: equal numbers of other kinds are others. */
enum of {
    OF_NODE,
    OF_GROUP,
    OF_MEMBER,
    OF_CALLMANAGER,
    OF_POOL,
    OF_PROFILE,
    OF_DEVICE,
    OF_REGISTRATION,
    OF_CERTIFICATE,
    OF_SERVICE_MAP,
    OF_ROLE_MAP,
    OF_PARAMETER
};

static void put_key(struct sql_fill *f, enum of of, uint64_t id)
{
    char text[40];
    uint64_t identity = f->lab->base->options.identity + cluster_of(f)->number;
    uint64_t a = rng_mix(rng_mix(identity * 1000 + of) ^ id), b = rng_mix(a);
    snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(a >> 32),
             (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xffff), (unsigned)(b >> 48),
             (unsigned long long)(b & 0xffffffffffffull));
    sql_str(f, text);
}

/* What parameters of the whole cluster belong to (observed). */
static void put_enterprise_key(struct sql_fill *f)
{
    sql_str(f, "00000000-1111-0000-0000-000000000000");
}

/* ---- types ---- */

struct type_row {
    int number;
    const char *name, *moniker;
};

static void put_types(struct sql_fill *f, const struct type_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sql_number(f, rows[i].number);
        sql_str(f, rows[i].name);
        sql_str(f, rows[i].moniker);
        sql_end(f);
    }
}

#define TYPES(table, ...)                                                                          \
    static void fill_##table(struct sql_fill *f)                                                   \
    {                                                                                              \
        static const struct type_row rows[] = { __VA_ARGS__ };                                     \
        put_types(f, rows, sizeof rows / sizeof *rows);                                            \
    }

TYPES(typenodeusage, { 0, "Publisher", "NODE_USAGE_PUBLISHER" },
      { 1, "Subscriber", "NODE_USAGE_SUBSCRIBER" })
TYPES(typeclass, { 1, "Phone", "CLASS_PHONE" })
TYPES(typedeviceprotocol, { 0, "SCCP", "DEVICE_PROTOCOL_SCCP" },
      { 11, "SIP", "DEVICE_PROTOCOL_SIP" })
TYPES(typedevicesecuritymode, { 1, "Non Secure", "DEVICE_SECURITY_MODE_NONE" },
      { 2, "Authenticated", "DEVICE_SECURITY_MODE_AUTHENTICATED" },
      { 3, "Encrypted", "DEVICE_SECURITY_MODE_ENCRYPTED" })
TYPES(typecertificatedistribution, { 0, "this-server", "SERVER_ONLY" },
      { 1, "Multi-server(SAN)", "MULTI_SERVER" })
TYPES(typerisstatus, { 0, "Unknown", "RIS_STATUS_UNKNOWN" },
      { 1, "Registered", "RIS_STATUS_REGISTERED" },
      { 2, "Unregistered", "RIS_STATUS_UNREGISTERED" })

/* Names: AXL's XTrustRole (documented); numbers: as trust lists have the role (inferred). */
TYPES(typetrustrole, { TL_SAST, "SAST", "TRUST_ROLE_SAST" },
      { TL_CCM, "CallManager", "TRUST_ROLE_CCM" },
      { TL_CCM_TFTP, "CallManagerTFTP", "TRUST_ROLE_CCM_TFTP" },
      { TL_TFTP, "TFTP", "TRUST_ROLE_TFTP" }, { TL_CAPF, "CAPF", "TRUST_ROLE_CAPF" },
      { TL_APP_SERVER, "Application Server", "TRUST_ROLE_APP_SERVER" },
      { TL_TVS, "Authentication and Authorization", "TRUST_ROLE_TVS" })

/* Own certificates first, then trust stores: the number of a row. */
static int service_of(const struct cert_row *r)
{
    return r->store == STORE_OWN ? 1 + r->own : 1 + OWNS + r->store;
}

static void fill_typecertificateservice(struct sql_fill *f)
{
    for (int i = 0; i < OWNS; i++) {
        struct type_row row = { 1 + i, own_name((enum own)i), own_name((enum own)i) };
        put_types(f, &row, 1);
    }
    for (int i = STORE_OWN + 1; i < STORES; i++) {
        struct type_row row = { 1 + OWNS + i, store_name((enum store)i),
                                store_name((enum store)i) };
        put_types(f, &row, 1);
    }
}

/* ---- nodes, groups, pools ---- */

static void fill_processnode(struct sql_fill *f)
{
    const struct cluster *cl = cluster_of(f);
    char full[2 * CLUSTER_NAME];
    put_enterprise_key(f);
    sql_str(f, "EnterpriseWideData");
    sql_str(f, "");
    sql_null(f);
    sql_number(f, 1);
    sql_end(f);
    FOR_EACH_NODE(cl, i)
    {
        cluster_host_name(cl, i, full);
        put_key(f, OF_NODE, i);
        sql_str(f, full);
        sql_str(f, "");
        sql_number(f, i != 0);
        sql_number(f, i + 2);
        sql_end(f);
    }
}

static void fill_callmanager(struct sql_fill *f)
{
    const struct cluster *cl = cluster_of(f);
    char name[CLUSTER_NAME + 4];
    FOR_EACH_NODE(cl, i)
    {
        if (!services_is_activated(cl, i, SERVICE_CALLMANAGER))
            continue;
        snprintf(name, sizeof name, "CM_%s", cl->nodes[i].disk.name);
        put_key(f, OF_CALLMANAGER, i);
        sql_str(f, name);
        sql_str(f, cl->nodes[i].disk.name);
        put_key(f, OF_NODE, i);
        sql_end(f);
    }
}

static void fill_callmanagergroup(struct sql_fill *f)
{
    const struct database *db = &cluster_of(f)->db;
    for (uint32_t i = 0; i < db->group_count; i++) {
        put_key(f, OF_GROUP, i);
        sql_str(f, db->groups[i].name);
        sql_flag(f, i == 0);
        sql_end(f);
    }
}

static void fill_callmanagergroupmember(struct sql_fill *f)
{
    const struct database *db = &cluster_of(f)->db;
    for (uint32_t i = 0; i < db->group_count; i++) {
        for (uint32_t k = 0; k < db->groups[i].count; k++) {
            put_key(f, OF_MEMBER, (uint64_t)i * CNF_SERVERS + k);
            put_key(f, OF_GROUP, i);
            put_key(f, OF_CALLMANAGER, db->groups[i].members[k]);
            sql_number(f, k + 1);
            sql_end(f);
        }
    }
}

static void fill_devicepool(struct sql_fill *f)
{
    const struct database *db = &cluster_of(f)->db;
    for (uint32_t i = 0; i < db->pool_count; i++) {
        put_key(f, OF_POOL, i);
        sql_str(f, db->pools[i].name);
        put_key(f, OF_GROUP, db->pools[i].group);
        sql_end(f);
    }
}

/* Values as the database has them (documented: ClusterSecurityMode, RollBackToPreGrayback). */
static void fill_processconfig(struct sql_fill *f)
{
    const struct database *db = &cluster_of(f)->db;
    const struct {
        const char *name, *value;
    } rows[] = { { "ClusterSecurityMode", db->mixed_mode ? "1" : "0" },
                 { "RollBackToPreGrayback", db->params[PARAM_ROLLBACK] != 0 ? "T" : "F" } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put_key(f, OF_PARAMETER, i);
        sql_str(f, rows[i].name);
        sql_str(f, rows[i].value);
        put_enterprise_key(f);
        sql_end(f);
    }
}

/* ---- certificates ---- */

/* The rows that this node sees, certificate by certificate. */
static const struct cert_row *seen_row(const struct sql_fill *f, uint32_t i)
{
    const struct cluster *cl = cluster_of(f);
    const struct cert_row *r = &cl->db.rows[i];
    return cert_row_seen(cl, r, f->node, lab_now_us(f->lab)) ? r : NULL;
}

/* A certificate is one row of the table, in however many stores it lies: here the first of them. */
static bool is_first(const struct sql_fill *f, uint32_t i)
{
    const struct database *db = &cluster_of(f)->db;
    for (uint32_t k = 0; k < i; k++) {
        if (db->rows[k].cert == db->rows[i].cert && seen_row(f, k) != NULL)
            return false;
    }
    return true;
}

/* "CN=pub;OU=Lab" as pages and traces of TVS show it: "CN=pub,OU=Lab". */
static void put_name(struct sql_fill *f, uint32_t text)
{
    struct view v = arena_copy(f->a, content_get_text(f->lab->base->content, text));
    uint8_t *p = arena_take(f->a, v.n + 1);
    for (size_t i = 0; i < v.n; i++)
        p[i] = v.p[i] == ';' ? ',' : v.p[i];
    sql_text(f, view_of(p, v.n));
}

static void put_serial(struct sql_fill *f, uint32_t text)
{
    struct view v = content_get_text(f->lab->base->content, text);
    char *out = arena_take(f->a, 2 * v.n + 1);
    for (size_t i = 0; i < v.n; i++)
        snprintf(out + 2 * i, 3, "%02x", v.p[i]);
    sql_text(f, view_of(out, 2 * v.n));
}

static void put_address(struct sql_fill *f, uint32_t ip)
{
    char text[16];
    snprintf(text, sizeof text, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
    sql_str(f, text);
}

static void put_certificate(struct sql_fill *f, const struct cert_row *r)
{
    const struct cluster *cl = cluster_of(f);
    const struct ct_cert *k = content_get_cert(f->lab->base->content, r->cert);
    struct view der = forge_der(f->lab->base->forge, r->cert);
    char full[2 * CLUSTER_NAME];
    struct arena_mark mark = arena_mark(f->a);
    cluster_host_name(cl, r->node, full);
    put_key(f, OF_CERTIFICATE, content_meaning(f->lab->base->content, r->cert));
    put_name(f, k->subject);
    put_name(f, k->issuer);
    put_serial(f, k->serial);
    put_address(f, cl->nodes[r->node].disk.ip);
    sql_null(f);
    sql_str(f, full);
    if (der.p == NULL)
        sql_null(f); /* only its names are known */
    else
        sql_str(f, pem_write(der, "CERTIFICATE", f->a));
    sql_number(f, r->store == STORE_OWN &&
                      (cl->nodes[r->node].disk.multi_server & OWN_BIT(r->own)) != 0);
    sql_number(f, (int64_t)(r->has_ttl ? r->ttl_s : cl->db.params[PARAM_TVS_TTL_S]));
    sql_end(f);
    arena_rewind(f->a, mark);
}

static void fill_certificate(struct sql_fill *f)
{
    for (uint32_t i = 0; i < cluster_of(f)->db.row_count; i++) {
        const struct cert_row *r = seen_row(f, i);
        if (r != NULL && is_first(f, i))
            put_certificate(f, r);
    }
}

static void fill_certificateservicecertificatemap(struct sql_fill *f)
{
    for (uint32_t i = 0; i < cluster_of(f)->db.row_count; i++) {
        const struct cert_row *r = seen_row(f, i);
        if (r == NULL)
            continue;
        put_key(f, OF_SERVICE_MAP, i);
        put_key(f, OF_CERTIFICATE, content_meaning(f->lab->base->content, r->cert));
        sql_number(f, service_of(r));
        sql_end(f);
    }
}

/* Roles by the tables of nodes/kinds.h; CallManager's own are those of "Authentication and
 * Authorization" as well (documented: technote 116232, the query of CSCtn50405). */
static uint32_t roles_of(const struct cert_row *r)
{
    uint32_t roles = r->store == STORE_OWN ? own_kinds[r->own].roles : store_kinds[r->store].roles;
    bool callmanager =
        r->store == STORE_OWN && (r->own == OWN_CALLMANAGER || r->own == OWN_CALLMANAGER_ECDSA);
    return callmanager ? roles | ROLE_BIT(TL_TVS) : roles;
}

static void fill_certificatetrustrolemap(struct sql_fill *f)
{
    const struct database *db = &cluster_of(f)->db;
    for (uint32_t i = 0; i < db->row_count; i++) {
        uint32_t roles = 0;
        if (seen_row(f, i) == NULL || !is_first(f, i))
            continue;
        for (uint32_t k = i; k < db->row_count; k++) {
            if (db->rows[k].cert == db->rows[i].cert && seen_row(f, k) != NULL)
                roles |= roles_of(&db->rows[k]);
        }
        for (int role = 0; role < 32; role++) {
            if ((roles & ROLE_BIT(role)) == 0)
                continue;
            put_key(f, OF_ROLE_MAP, (uint64_t)i * 32 + (uint64_t)role);
            put_key(f, OF_CERTIFICATE, content_meaning(f->lab->base->content, db->rows[i].cert));
            sql_number(f, role);
            sql_end(f);
        }
    }
}

/* ---- phones ---- */

/* Phones that this database has: class + 1 by their numbers. */
static const struct device_class *class_of(const struct sql_fill *f, uint32_t phone)
{
    return config_class_of(cluster_of(f), phone);
}

#define NO_TYPE 30000 /* tkmodel of models whose number nobody knows: 30000 + index (assumed) */

static int64_t type_of(uint8_t model)
{
    return model_table[model].device_type != 0 ? model_table[model].device_type : NO_TYPE + model;
}

static bool has_type_before(uint32_t model)
{
    for (uint32_t i = 0; i < model; i++) {
        if (type_of((uint8_t)i) == type_of((uint8_t)model))
            return true;
    }
    return false;
}

static void fill_typemodel(struct sql_fill *f)
{
    for (uint32_t i = 0; i < model_count; i++) {
        struct type_row row = { (int)type_of((uint8_t)i), model_table[i].product,
                                model_table[i].name };
        if (!has_type_before(i))
            put_types(f, &row, 1);
    }
}

static void fill_typeproduct(struct sql_fill *f)
{
    for (uint32_t i = 0; i < model_count; i++) {
        if (has_type_before(i))
            continue;
        sql_number(f, type_of((uint8_t)i));
        sql_str(f, model_table[i].product);
        sql_str(f, model_table[i].name);
        sql_number(f, type_of((uint8_t)i));
        sql_end(f);
    }
}

/* A Device Security Profile: one of each model, protocol, mode and kind of configuration. */
static uint64_t profile_of(const struct device_class *k, uint8_t model)
{
    return (uint64_t)type_of(model) << 8 | (uint64_t)k->protocol << 4 |
           (uint64_t)k->security_mode << 1 | k->encrypted;
}

static void put_profile(struct sql_fill *f, uint8_t model, unsigned protocol, unsigned mode,
                        bool encrypted)
{
    static const char *const modes[] = { "", "Non-Secure", "Authenticated", "Encrypted" };
    char name[200];
    struct device_class k = { .protocol = (uint8_t)protocol,
                              .security_mode = (uint8_t)mode,
                              .encrypted = encrypted };
    snprintf(name, sizeof name, "%s - Standard %s %s Profile%s", model_table[model].product,
             protocol == CNF_SIP ? "SIP" : "SCCP", modes[mode],
             encrypted ? ", TFTP Encrypted Config" : "");
    put_key(f, OF_PROFILE, profile_of(&k, model));
    sql_str(f, name);
    sql_str(f, name);
    sql_number(f, mode);
    sql_flag(f, encrypted);
    sql_number(f, type_of(model));
    sql_end(f);
}

static void fill_securityprofile(struct sql_fill *f)
{
    for (uint32_t m = 0; m < model_count; m++) {
        for (unsigned p = CNF_SCCP; p <= CNF_SIP && !has_type_before(m); p++) {
            for (unsigned mode = CNF_NON_SECURE; mode <= CNF_ENCRYPTED; mode++) {
                put_profile(f, (uint8_t)m, p, mode, false);
                put_profile(f, (uint8_t)m, p, mode, true);
            }
        }
    }
}

static void put_device(struct sql_fill *f, uint32_t phone, const struct device_class *k)
{
    char name[DEVICE_NAME];
    uint8_t model = f->lab->state.phones[phone].model;
    lab_phone_name(f->lab, phone, name);
    put_key(f, OF_DEVICE, phone);
    sql_str(f, name);
    sql_str(f, "");
    sql_number(f, type_of(model));
    sql_number(f, type_of(model));
    sql_number(f, 1);
    sql_number(f, k->protocol == CNF_SIP ? 11 : 0);
    put_key(f, OF_POOL, k->pool);
    put_key(f, OF_PROFILE, profile_of(k, model));
    sql_str(f, k->load);
    sql_end(f);
}

static void fill_device(struct sql_fill *f)
{
    for (uint32_t i = 0; i < f->lab->state.phone_count; i++) {
        const struct device_class *k = class_of(f, i);
        if (k != NULL)
            put_device(f, i, k);
    }
}

/* Where and when each was seen last: one that is registered now; one that is not when it went.  Who
 * never registered has no row. */
static void put_registration(struct sql_fill *f, uint32_t phone)
{
    const struct lab_cold *cold = &f->lab->state.cold[phone];
    bool here = f->lab->state.phones[phone].state == PHONE_REGISTERED;
    uint64_t us = here ? lab_now_us(f->lab) : cold->since_us;
    put_key(f, OF_REGISTRATION, phone);
    put_key(f, OF_DEVICE, phone);
    sql_str(f, lab_server_of(f->lab, phone));
    sql_number(f, f->lab->cluster_env.start_s + (int64_t)(us / 1000000));
    sql_number(f, f->lab->cluster_env.start_s + (int64_t)(us / 1000000));
    sql_number(f, here ? 1 : 2);
    sql_end(f);
}

static void fill_registrationdynamic(struct sql_fill *f)
{
    for (uint32_t i = 0; i < f->lab->state.phone_count; i++) {
        if (class_of(f, i) != NULL && f->lab->state.cold[i].served)
            put_registration(f, i);
    }
}

/* ---- the tables ---- */

#define TYPE "enum integer, name text, moniker text"

const struct sql_table sql_tables[] = {
    { "processnode", "pkid text, name text, description text, tknodeusage integer, nodeid integer",
      fill_processnode },
    { "typenodeusage", TYPE, fill_typenodeusage },
    { "callmanager", "pkid text, name text, description text, fkprocessnode text",
      fill_callmanager },
    { "callmanagergroup", "pkid text, name text, tftpdefault text", fill_callmanagergroup },
    { "callmanagergroupmember",
      "pkid text, fkcallmanagergroup text, fkcallmanager text, priority integer",
      fill_callmanagergroupmember },
    { "devicepool", "pkid text, name text, fkcallmanagergroup text", fill_devicepool },
    { "processconfig", "pkid text, paramname text, paramvalue text, fkprocessnode text",
      fill_processconfig },
    { "certificate",
      "pkid text, subjectname text, issuername text, serialnumber text, ipv4address text, "
      "ipv6address text, servername text, certificate text, tkcertificatedistribution integer, "
      "timetolive integer",
      fill_certificate },
    { "certificateservicecertificatemap",
      "pkid text, fkcertificate text, tkcertificateservice integer",
      fill_certificateservicecertificatemap },
    { "certificatetrustrolemap", "pkid text, fkcertificate text, tktrustrole integer",
      fill_certificatetrustrolemap },
    { "typetrustrole", TYPE, fill_typetrustrole },
    { "typecertificateservice", TYPE, fill_typecertificateservice },
    { "typecertificatedistribution", TYPE, fill_typecertificatedistribution },
    { "device",
      "pkid text, name text, description text, tkmodel integer, tkproduct integer, tkclass "
      "integer, tkdeviceprotocol integer, fkdevicepool text, fksecurityprofile text, "
      "specialloadinformation text",
      fill_device },
    { "typemodel", TYPE, fill_typemodel },
    { "typeproduct", TYPE ", tkmodel integer", fill_typeproduct },
    { "typeclass", TYPE, fill_typeclass },
    { "typedeviceprotocol", TYPE, fill_typedeviceprotocol },
    { "securityprofile",
      "pkid text, name text, description text, tkdevicesecuritymode integer, tftpencryptedconfig "
      "text, tkmodel integer",
      fill_securityprofile },
    { "typedevicesecuritymode", TYPE, fill_typedevicesecuritymode },
    { "registrationdynamic",
      "pkid text, fkdevice text, lastknownucm text, lastseen integer, lastactive integer, "
      "tkrisstatus integer",
      fill_registrationdynamic },
    { "typerisstatus", TYPE, fill_typerisstatus },
};

const uint32_t sql_table_count = sizeof sql_tables / sizeof *sql_tables;

#endif
