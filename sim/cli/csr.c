/* Certificates that come from elsewhere: `set csr gen`, `show csr`, `set cert import`, `set cert
 * delete`, Bulk Certificate Management.  Lines: the command line reference, Set Commands
 * (documented); where it has none they are assumed. */
#include "nodes/certs.h"
#include "sim/base/sys.h"
#include "sim/cli/command.h"
#include "sim/crypto/pem.h"

#include <string.h>

/* ---- set csr gen, show csr ---- */

static bool has_csr(const struct version *v)
{
    return v->cucm;
}

static bool gen(struct cli *c, uint32_t count, const char *const *args)
{
    char text[ACT_TEXT];
    (void)count;
    snprintf(text, sizeof text, "%.100s self standard", args[0]);
    if (!cli_can(c, DO_CSR, text) || !cli_do_asked(c))
        return false;
    cli_print(c, "Successfully Generated CSR for %s.\n", args[0]);
    return true;
}

static bool list_csr(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    for (int own = 0; own < OWNS; own++) {
        if (cli_node(c)->disk.csr[own].key != 0)
            cli_print(c, "%s/%s.csr\n", own_name((enum own)own), own_name((enum own)own));
    }
    return true;
}

/* "tomcat/tomcat.csr", "tomcat" */
static bool csr_of_file(const char *text, enum own *own)
{
    char unit[CLI_LINE];
    size_t n = strcspn(text, "/");
    snprintf(unit, sizeof unit, "%.*s", (int)n, text);
    const char *file = text + n + (text[n] == '/');
    return own_find(unit, own) &&
           (*file == '\0' || (strncmp(file, unit, n) == 0 && strcmp(file + n, ".csr") == 0));
}

static bool show_csr(struct cli *c, uint32_t count, const char *const *args)
{
    enum own own;
    struct arena a = arena_of(&sys_mem);
    (void)count;
    if (!csr_of_file(args[0], &own) || cli_node(c)->disk.csr[own].key == 0)
        return cli_fail(c, "%s: no such CSR", args[0]);
    const struct csr *csr = &cli_node(c)->disk.csr[own];
    struct forge_request r = { csr->subject, csr->key, csr->dns, csr->ca, csr->ipsec };
    struct view der = forge_csr(c->options.lab->base->forge, &r, &a);
    bool ok = der.p != NULL;
    if (ok)
        cli_print(c, "%s", pem_write(der, "CERTIFICATE REQUEST", &a));
    else
        cli_fail(c, "%s: the key of this CSR is not known here", args[0]);
    arena_free(&a);
    return ok;
}

/* ---- a certificate that is pasted ---- */

#define PASTED_MOST (64u << 10)

static bool import_pasted(struct cli *c)
{
    struct arena a = arena_of(&sys_mem);
    struct view text = view_of(c->pasted, c->pasted_n), der;
    struct err e = { "" };
    struct pem block;
    size_t from = 0;
    uint32_t cert = 0;
    bool ok = pem_next(text, &from, &block) && pem_is(&block, "CERTIFICATE") &&
              pem_decode(&block, &a, &der) &&
              forge_adopt_cert(c->options.lab->base->forge, der, &cert, &e);
    arena_free(&a);
    if (!ok)
        return cli_fail(c, "The certificate cannot be read%s%s", e.text[0] == '\0' ? "" : ": ",
                        e.text);
    const char *unit = c->act.kind == DO_UPLOAD ? store_name((enum store)c->act.arg[0])
                                                : own_name((enum own)c->act.arg[0]);
    c->act.arg[1] = cert;
    if (!cli_do_asked(c))
        return false;
    cli_print(c,
              "Successfully imported certificate for %s.\n"
              "Please restart services related to %s for the new certificate to\nbecome active.\n",
              unit, unit);
    return true;
}

/* Up to the line that ends it. */
static bool paste_line(struct cli *c, const char *line)
{
    size_t n = strlen(line);
    if (c->pasted_n + n + 1 > PASTED_MOST)
        return cli_fail(c, "The certificate is longer than %u bytes", PASTED_MOST);
    mem_reserve(&sys_mem, (void **)&c->pasted, &c->pasted_cap, c->pasted_n + n + 1, 1);
    memcpy(c->pasted + c->pasted_n, line, n);
    c->pasted_n += (uint32_t)n;
    c->pasted[c->pasted_n++] = '\n';
    return strstr(line, "-----END") != NULL ? import_pasted(c) : cli_ask(c, "", paste_line);
}

static bool paste(struct cli *c)
{
    c->pasted_n = 0;
    cli_print(c, "Paste the Certificate and Hit Enter\n\n");
    return cli_ask(c, "", paste_line);
}

static bool import_own(struct cli *c, uint32_t count, const char *const *args)
{
    enum own own;
    (void)count;
    if (!own_find(args[0], &own))
        return cli_fail(c, "%s: no such certificate", args[0]);
    if (cli_node(c)->disk.csr[own].key == 0)
        return cli_fail(c, "File /usr/local/platform/.security/%s/keys/%s.csr Does Not Exist",
                        args[0], args[0]);
    c->then.kind = ACTS;
    c->act = (struct act){ .kind = DO_INSTALL, .node = (uint8_t)c->options.node, .arg = { own } };
    return paste(c);
}

/* "CallManager-trust", or the unit whose store it is: "CallManager". */
static bool find_store(const char *text, enum store *store)
{
    char name[CLI_LINE];
    snprintf(name, sizeof name, "%.100s-trust", text);
    return store_find(text, store) || store_find(name, store);
}

static bool import_trust(struct cli *c, uint32_t count, const char *const *args)
{
    enum store store;
    (void)count;
    if (!find_store(args[0], &store))
        return cli_fail(c, "%s: no such trust store", args[0]);
    c->then.kind = ACTS;
    c->act = (struct act){ .kind = DO_UPLOAD, .node = (uint8_t)c->options.node, .arg = { store } };
    return paste(c);
}

/* ---- set cert delete ---- */

static bool delete (struct cli *c, uint32_t count, const char *const *args)
{
    enum store store;
    (void)count;
    if (!find_store(args[0], &store))
        return cli_fail(c, "%s: no such trust store", args[0]);
    uint32_t cert = cli_trusted(c, store, args[1]);
    if (cert == 0)
        return cli_fail(c, "%s/%s: no such certificate", store_name(store), args[1]);
    c->then.kind = ACTS;
    c->act =
        (struct act){ .kind = DO_DELETE, .node = (uint8_t)c->options.node, .arg = { store, cert } };
    if (!cli_do_asked(c))
        return false;
    cli_print(c, "Successfully deleted certificate %s/%s.\n", store_name(store), args[1]);
    return true;
}

/* ---- bulk ---- */

static bool got_directory(struct cli *c, const char *answer)
{
    return cli_can(c, DO_BULK_SFTP, answer) && cli_do_asked(c);
}

static bool bulk_sftp(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    return cli_ask(c, "SFTP server and directory: ", got_directory);
}

static bool says(struct cli *c, const char *unit, const char *format)
{
    enum bulk_unit all = BULK_ALL;
    if (strcmp(unit, bulk_unit_name(all)) != 0) {
        cli_print(c, format, unit);
        return true;
    }
    for (int u = BULK_ALL + 1; u < BULK_UNITS; u++)
        cli_print(c, format, bulk_unit_name((enum bulk_unit)u));
    return true;
}

static bool bulk_export(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    return cli_can(c, DO_BULK_EXPORT, args[0]) && cli_do_asked(c) &&
           says(c, args[0], "Successfully exported %s certificate(s) to sftp server.\n");
}

static bool bulk_consolidate(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    return cli_can(c, DO_BULK_CONSOLIDATE, args[0]) && cli_do_asked(c) &&
           says(c, args[0], "Successfully consolidated %s certificates.\n");
}

static bool bulk_import(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    return cli_can(c, DO_BULK_IMPORT, args[0]) && cli_do_asked(c) &&
           says(c, args[0], "Successfully imported %s certificates.\n");
}

/* ---- words ---- */

static const char *own_choice(const struct cli *c, uint32_t arg, uint32_t i)
{
    (void)c;
    return arg == 0 && i < OWNS ? own_name((enum own)i) : NULL;
}

static const char *store_choice(const struct cli *c, uint32_t arg, uint32_t i)
{
    (void)c;
    return arg == 0 && i + 1 < STORES ? store_name((enum store)(i + 1)) : NULL;
}

static const char *unit_choice(const struct cli *c, uint32_t arg, uint32_t i)
{
    (void)c;
    return arg == 0 && i < BULK_UNITS ? bulk_unit_name((enum bulk_unit)i) : NULL;
}

#define REFERENCE "documented: Command Line Interface Reference, Set Commands"

const struct command commands_csr[] = {
    { .words = "set csr gen",
      .args = "unit",
      .has = has_csr,
      .run = gen,
      .choice = own_choice,
      .help = "Generates a certificate signing request, with a new key",
      .source = REFERENCE },
    { .words = "show csr list own",
      .args = "",
      .run = list_csr,
      .help = "Displays which certificate signing requests there are",
      .source = "documented: Command Line Interface Reference, Show Commands; its lines assumed" },
    { .words = "show csr own",
      .args = "name",
      .run = show_csr,
      .choice = own_choice,
      .help = "Displays a certificate signing request, as PKCS #10",
      .source = "documented: Command Line Interface Reference, Show Commands" },
    { .words = "set cert import own",
      .args = "unit [ca]",
      .run = import_own,
      .choice = own_choice,
      .help = "Takes the certificate that was signed for this node's CSR, which is pasted",
      .source = REFERENCE },
    { .words = "set cert import trust",
      .args = "unit",
      .run = import_trust,
      .choice = store_choice,
      .help = "Takes a trust certificate, which is pasted",
      .source = REFERENCE },
    { .words = "set cert delete",
      .args = "unit name",
      .run = delete,
      .choice = store_choice,
      .help = "Deletes a trust certificate",
      .source = REFERENCE "; its line assumed" },
    { .words = "set cert bulk sftp",
      .args = "",
      .where = ON_PUBLISHER,
      .run = bulk_sftp,
      .help = "Says where certificates are exchanged with other clusters",
      .source = REFERENCE "; its question assumed" },
    { .words = "set cert bulk export",
      .args = "unit",
      .where = ON_PUBLISHER,
      .run = bulk_export,
      .choice = unit_choice,
      .help = "Exports the certificates of all nodes",
      .source = REFERENCE },
    { .words = "set cert bulk consolidate",
      .args = "unit",
      .where = ON_PUBLISHER,
      .run = bulk_consolidate,
      .choice = unit_choice,
      .help = "Makes one file of what clusters have exported",
      .source = REFERENCE "; its line assumed" },
    { .words = "set cert bulk import",
      .args = "unit",
      .where = ON_PUBLISHER,
      .run = bulk_import,
      .choice = unit_choice,
      .help = "Imports the certificates of the other clusters",
      .source = REFERENCE },
    { .words = NULL },
};
