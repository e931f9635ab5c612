/* Makes tests/vectors/site-small: certificates and trust lists of a cluster that no lab of the
 * tests has (another identity), as files of a real one would be.  Run by test_site with SITE=FOLDER
 * in its environment; else the committed files are looked at. */
#ifndef CUCMLAB_TESTS_SITE_MAKER_H
#define CUCMLAB_TESTS_SITE_MAKER_H

#include "tests/unit/lab_fixture.h"

#include "nodes/certs.h"
#include "sim/base/sys.h"
#include "sim/inventory/inventory.h"

#include <sys/stat.h>

struct site_maker {
    struct lab *lab;
    const char *folder;
    struct arena arena;
};

static inline struct lab *site_lab(uint64_t identity, const char *const *nodes, uint32_t count)
{
    struct lab_options o = lab_defaults();
    struct err e = { "" };
    uint32_t cluster;
    o.identity = identity;
    struct lab *lab = lab_new(&o);
    struct lab_cluster_spec spec = { "HQ", "12.5(1)SU4", nodes, count, "example.com" };
    assert_true(lab_cluster(lab, &spec, &cluster, &e));
    return lab;
}

/* Under the SHA-256 of its bytes. */
static inline const char *site_write(struct site_maker *m, struct view bytes, const char *end)
{
    char path[600], *sha256 = arena_take(&m->arena, 65);
    struct err e = { "" };
    inventory_checksum(bytes, sha256);
    snprintf(path, sizeof path, "%s/cluster.certs/%s%s", m->folder, sha256, end);
    if (!sys_write_file(path, bytes, &e))
        fail_msg("%s", e.text);
    return sha256;
}

static inline const char *site_cert(struct site_maker *m, uint32_t node, enum own own)
{
    uint32_t cert = m->lab->state.clusters[0].nodes[node].disk.own[own];
    return site_write(m, forge_der(m->lab->base->forge, cert), ".der");
}

static inline const char *site_list(struct site_maker *m, uint32_t list)
{
    struct err e = { "" };
    struct view bytes;
    assert_true(lab_file_bytes(m->lab, list, FILE_ITL_COMMON, NO_DEVICE, &m->arena, &bytes, &e));
    return site_write(m, bytes, ".tlv");
}

static inline const char *site_itl(struct site_maker *m, uint32_t node)
{
    return site_list(m, m->lab->state.clusters[0].nodes[node].run.itl);
}

/* The lines of one node; `runs` NULL: all services work with what is on the disk. */
static inline void site_node(struct site_maker *m, FILE *f, uint32_t node, const char *old_tvs)
{
    const struct cluster *cl = &m->lab->state.clusters[0];
    fprintf(f, "    [\"%s\"] = {\n      address = \"10.1.1.%u\",\n      own = {\n",
            cl->nodes[node].disk.name, 10 + node);
    for (int own = 0; own < OWNS; own++) {
        if (certs_has_own(cl, node, (enum own)own))
            fprintf(f, "        [\"%s\"] = \"%s\",\n", own_name((enum own)own),
                    site_cert(m, node, (enum own)own));
    }
    fprintf(f, "      },\n      itl = \"%s\",\n      replication = 2,\n", site_itl(m, node));
    if (old_tvs != NULL)
        fprintf(f, "      runs = { TVS = \"%s\" },\n", old_tvs);
    if (node == 1)
        fprintf(f, "      services = { [\"Cisco CTIManager\"] = \"stopped\" },\n"
                   "      since = { [\"Cisco CTIManager\"] = \"2026-09-01 10:00\" },\n");
    fprintf(f, "    },\n");
}

static inline void site_lua(struct site_maker *m, FILE *f, const char *old_tvs)
{
    fprintf(f, "-- HQ: a small cluster as it was found, made by tests/unit/site_maker.h\n"
               "start(\"2025-01-06 06:00\")\n\n"
               "local hq = cluster { name = \"HQ\", version = \"12.5(1)SU4\", domain = "
               "\"example.com\",\n"
               "                     nodes = { \"cucm-pub\", \"cucm-sub1\" } }\n"
               "found {\n  cluster = hq,\n  files = \"cluster\",\n  mixed_mode = false,\n"
               "  parameters = { rollback = false },\n  backup = \"none\",\n  nodes = {\n");
    site_node(m, f, 0, NULL);
    site_node(m, f, 1, old_tvs);
    fprintf(f, "  },\n}\n"
               "hq:group(\"CMG-1\", { \"cucm-sub1\", \"cucm-pub\" })\n"
               "hq:pool(\"DP-HQ\", \"CMG-1\")\n"
               "list { cluster = hq, name = \"itl-1\", file = \"ITL\",\n"
               "       sha1 = \"0123456789abcdef0123456789abcdef01234567\",\n"
               "       records = { \"TVS cucm-pub.example.com\", \"TVS cucm-sub1.example.com\",\n"
               "                   \"CCM+TFTP cucm-pub.example.com\" } }\n"
               "hq:phones { file = \"cluster.phones.csv\" }\n");
}

static inline void site_phones(FILE *f, const char *old_itl, const char *other_itl)
{
    fprintf(f, "name,model,pool,security,encrypted,protocol,load,settings,lsc,itl,ctl,state,since,"
               "web,itl_status,description,source\r\n");
    fprintf(f, "SEP001121000001,8845,DP-HQ,non-secure,no,SIP,,enabled,no,served,none,on,,yes,"
               "match,Reception,itl status\r\n");
    fprintf(f,
            "SEP001121000002,7965,DP-HQ,non-secure,no,SCCP,,enabled,no,%s,none,on,,yes,"
            "mismatch,\"Desk 2, left\",page\r\n",
            old_itl);
    fprintf(f,
            "SEP001121000003,8845,DP-HQ,non-secure,no,SIP,,enabled,no,%s,none,on,,no,,"
            "From the other site,page\r\n",
            other_itl);
    fprintf(f,
            "SEP001121000004,8845,DP-HQ,non-secure,no,SIP,,enabled,no,%s,none,off,"
            "2024-12-01T08:30:00Z,,,,assumed\r\n",
            old_itl);
    fprintf(f,
            "SEP001121000005,8845,DP-HQ,non-secure,no,SIP,,enabled,no,itl-1,,on,,yes,,,page\r\n");
    fprintf(f, "SEP001121000006,8845,DP-HQ,non-secure,,,,,,,,,,,,,\r\n");
}

static inline FILE *site_file(const struct site_maker *m, const char *name)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", m->folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    return f;
}

/* The cluster, whose ITLRecovery was regenerated on the publisher and TVS on the subscriber; the
 * list from before that, and one of another cluster. */
static inline void site_make(const char *folder)
{
    static const char *const nodes[] = { "cucm-pub", "cucm-sub1" }, *const others[] = { "far" };
    struct site_maker m = { .lab = site_lab(77, nodes, 2), .folder = folder };
    char path[600];
    m.arena = arena_of(&sys_mem);
    snprintf(path, sizeof path, "%s/cluster.certs", folder);
    mkdir(folder, 0777);
    mkdir(path, 0777);
    const char *old_itl = site_itl(&m, 0), *old_tvs = site_cert(&m, 1, OWN_TVS);
    regenerate(m.lab, 0, OWN_ITLRECOVERY);
    regenerate(m.lab, 1, OWN_TVS);
    settled(m.lab);
    restart_everywhere(m.lab);
    settled(m.lab);
    FILE *f = site_file(&m, "cluster.lua");
    site_lua(&m, f, old_tvs);
    fclose(f);
    lab_free(m.lab);
    m.lab = site_lab(78, others, 1);
    f = site_file(&m, "cluster.phones.csv");
    site_phones(f, old_itl, site_itl(&m, 0));
    fclose(f);
    lab_free(m.lab);
    arena_free(&m.arena);
}

#endif
