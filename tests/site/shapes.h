/* The shapes in which a site can be written, a row each. */
#ifndef CUCMLAB_TESTS_SITE_SHAPES_H
#define CUCMLAB_TESTS_SITE_SHAPES_H

#include "tests/site/out.h"
#include "tests/site/truth.h"

/* X(name, "name", "what it is") */
#define SHAPE_LIST(X)                                                                              \
    X(cli, "a log of a terminal for each node, many commands in each")                             \
    X(single, "outputs of single commands, a file each")                                           \
    X(bat, "Bulk Administration: phones, all details")                                             \
    X(specific, "Bulk Administration: phones, specific details")                                   \
    X(tar, "Bulk Administration: Import/Export tar")                                               \
    X(pages, "phones' own pages, status messages")                                                 \
    X(axl, "AXL, as XML")                                                                          \
    X(json, "AXL, as JSON")                                                                        \
    X(ris, "RISPort70: who is registered")                                                         \
    X(services, "ControlCenterServices of each node")                                              \
    X(snapshot, "Certificate Management: the snapshot of each node")                               \
    X(wire, "openssl s_client against TVS of each node")                                           \
    X(doctor, "cucmlab doctor --json against TVS of each node")                                    \
    X(pem, "certificates as PEM")                                                                  \
    X(der, "certificates as DER")                                                                  \
    X(tlv, "trust lists, the files")                                                               \
    X(itlstatus, "ITL File Status")                                                                \
    X(cachelist, "ConfigFileCacheList.txt of each TFTP node")

#define SHAPE_ENUM(name, ...) SHAPE_##name,
enum shape { SHAPE_LIST(SHAPE_ENUM) SHAPES };

/* Those that a cluster of its release has. */
uint32_t shapes_of(const struct truth *t);

#define SHAPE_WRITE(name, ...) void write_##name(struct out *o, const struct truth *t);
SHAPE_LIST(SHAPE_WRITE)

/* Outputs of commands, without prompt and command (cli.c, cli_cert.c, cli_list.c). */
void cli_cert_list_own(FILE *f, const struct truth *t, uint32_t node);
void cli_cert_list_trust(FILE *f, const struct truth *t, uint32_t node);
void cli_cert(FILE *f, const struct truth_cert *c, struct arena *a);
void cli_list(FILE *f, const struct truth *t, uint32_t list);
/* run sql: which queries there are, and what each prints. */
#define CLI_QUERIES 5
extern const char *const cli_queries[CLI_QUERIES];
void cli_sql(FILE *f, const struct truth *t, uint32_t query);

/* Text of XML, escaped. */
void say_xml(FILE *f, const char *text);
/* A string of JSON with its quotes. */
void say_json(FILE *f, const char *text);

/* One field of a CSV row, quoted where it must be; a comma before all but the first. */
void csv_field(FILE *f, bool first, const char *text);

#endif
