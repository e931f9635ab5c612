#include "sim/cmd/tools.h"

#include "sim/base/sys.h"
#include "sim/bytes/envelope.h"
#include "sim/cmd/options.h"
#include "sim/report/tlshow.h"
#include "sim/wire/text.h"

#include <string.h>

enum { GOOD = 0, FAILED = 1, WRONG = 2 };

struct job {
    const char *tool, *action;
    const char *files[2];
    const char *with;
    bool checksums, strict;
    struct arena arena;
    FILE *out, *problems;
};

/* ---- messages ---- */

static int wrong(struct job *j, const struct err *e)
{
    fprintf(j->problems, "cucmlab %s %s: %s\n", j->tool, j->action, e->text);
    return WRONG;
}

static void put_hex(FILE *out, struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        fprintf(out, "%s%02X", i == 0 ? "" : ":", v.p[i]);
}

/* Names come from the file: they must not write to the terminal. */
static void put_name(FILE *out, struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        fputc(v.p[i] < 0x20 || v.p[i] == 0x7f ? '?' : v.p[i], out);
}

static void put_signer(FILE *out, const struct tl_header *h)
{
    fputs("Signer:    ", out);
    put_name(out, h->signer_name);
    fputs("\nIssuer:    ", out);
    put_name(out, h->signer_issuer);
    fputs(", serial number ", out);
    put_hex(out, h->signer_serial);
    char date[TLSHOW_DATE];
    fprintf(out, "\nSignature: RSA %zu bits, %s, timestamp %s\n", 8 * h->signature.n,
            digest_name((enum digest)h->digest), tlshow_timestamp(h, date));
}

/* ---- reading ---- */

/* What somebody has in hand in place of a file of CUCM's: how it begins, or what stands in a text
 * of its kind. */
static const struct look {
    const char *begins, *holds;
    const char *what;
} looks[] = {
    { "<", NULL, "text that begins with '<' (XML, or a server's error page)" },
    { "-----BEGIN", NULL, "a PEM file" },
    { "\x30\x82", NULL, "a certificate or key in DER" },
    { "\x1f\x8b", NULL, "a gzip archive" },
    { "PK\x03\x04", NULL, "a zip archive" },
    { "HTTP/", NULL, "a server's answer with its header lines" },
    { "\xff\xfe", NULL, "text in UTF-16" },
    { "\xfe\xff", NULL, "text in UTF-16" },
    { NULL, "CTL File not found", "what `show ctl` prints where there is no CTL file" },
    { NULL, "ITL File not found", "what `show itl` prints where there is no ITL file" },
    { NULL, "of CTL file", "the text that `show ctl` prints" },
    { NULL, "of the CTL file", "the text that `show ctl` prints" },
    { NULL, "CTL Record #", "the text that `show ctl` prints" },
    { NULL, "of ITL file", "the text that `show itl` prints" },
    { NULL, "of the ITL file", "the text that `show itl` prints" },
    { NULL, "ITL Record #", "the text that `show itl` prints" },
    { NULL, "BYTEPOS", "the text that `show itl` or `show ctl` prints" },
    { NULL, "", "text" },
};

enum { LOOKED_AT = 4096 };

static bool is_text(struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        if ((v.p[i] < 0x20 && v.p[i] != '\t' && v.p[i] != '\r' && v.p[i] != '\n') || v.p[i] == 0x7f)
            return false;
    return true;
}

/* NULL where it may be what it should be: those begin with a tag, which is no text. */
static const char *looks_like(struct view file)
{
    static const char bom[] = "\xef\xbb\xbf";
    struct view head = view_sub(file, 0, file.n < LOOKED_AT ? file.n : LOOKED_AT);
    if (head.n >= 3 && memcmp(head.p, bom, 3) == 0)
        head = view_sub(head, 3, head.n - 3);
    head = text_trim(head);
    bool text = is_text(head);
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        const struct look *l = &looks[i];
        size_t n = strlen(l->begins != NULL ? l->begins : l->holds);
        if (l->begins != NULL ? head.n >= n && memcmp(head.p, l->begins, n) == 0
                              : text && memmem(head.p, head.n, l->holds, n) != NULL)
            return l->what;
    }
    return NULL;
}

static const char *expected_by(const struct job *j)
{
    return strcmp(j->tool, "sgn") == 0 ? "a signed file as TFTP serves it (.sgn)"
           : strcmp(j->tool, "ctl") == 0
               ? "the file itself as TFTP serves it (http://NODE:6970/CTLFile.tlv)"
               : "the file itself as TFTP serves it (http://NODE:6970/ITLFile.tlv)";
}

static bool load(struct job *j, const char *path, struct view *file, struct err *e)
{
    if (!sys_read_file(path, TOOLS_FILE_MAX, &j->arena, file, e))
        return false;
    if (file->n == 0)
        return err_set(e, "%s: the file is empty", path);
    const char *what = looks_like(*file);
    return what == NULL || err_set(e, "%s: this is %s; expected %s", path, what, expected_by(j));
}

static bool load_list(struct job *j, const char *path, struct tl *list, struct err *e)
{
    struct view file;
    struct tl_header h;
    if (!load(j, path, &file, e))
        return false;
    struct err ignored = { "" };
    if (tl_decode_header(file, false, &j->arena, &h, &ignored) && h.version != TL_LIST)
        return err_set(e,
                       "%s: offset 3: version %u.%u is %s, not a trust list (1.2): use `cucmlab "
                       "sgn`",
                       path, h.version >> 8, h.version & 0xffu,
                       tl_is_plain(h.version) ? "a signed file" : "an encrypted file");
    return tl_decode(file, j->strict, &j->arena, list, e) || err_prefix(e, "%s", path);
}

static bool load_cert(struct job *j, struct cert *cert, struct err *e)
{
    struct view file;
    if (!sys_read_file(j->with, TOOLS_FILE_MAX, &j->arena, &file, e))
        return false;
    return cert_from_file(file, &j->arena, cert, e) || err_prefix(e, "%s", j->with);
}

/* ---- names ---- */

#define NAME_PARTS 32

/* The attributes of a name, "CN=a;O=b" as CUCM writes it or "O=b, CN=a" as other tools do, each
 * without the backslashes before separators.  Returns how many; more than fit is 0. */
static uint32_t split_name(struct view name, struct arena *a, struct view parts[NAME_PARTS])
{
    uint8_t separator = name.n != 0 && memchr(name.p, ';', name.n) != NULL ? ';' : ',';
    uint8_t *text = arena_take(a, name.n + 1);
    size_t n = 0, start = 0;
    uint32_t count = 0;
    for (size_t i = 0; i <= name.n; i++) {
        if (i < name.n && name.p[i] != separator) {
            i += name.p[i] == '\\' && i + 1 < name.n;
            text[n++] = name.p[i];
            continue;
        }
        struct view part = text_trim(view_of(text + start, n - start));
        if (part.n != 0 && count == NAME_PARTS)
            return 0;
        if (part.n != 0)
            parts[count++] = part;
        start = n;
    }
    return count;
}

/* Two spellings of one name: the same attributes in whatever order. */
static bool same_name(struct view x, struct view y, struct arena *a)
{
    struct view in_x[NAME_PARTS], in_y[NAME_PARTS];
    if (view_eq(x, y))
        return true;
    uint32_t n = split_name(x, a, in_x);
    if (n == 0 || n != split_name(y, a, in_y))
        return false;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = i;
        while (k < n && !view_eq(in_x[i], in_y[k]))
            k++;
        if (k == n)
            return false;
        struct view found = in_y[k];
        in_y[k] = in_y[i];
        in_y[i] = found;
    }
    return true;
}

/* ---- signatures ---- */

/* Against the certificate of --with: the names first, since they tell more than a bad signature. */
static int verify_with(struct job *j, struct view file, const struct tl_header *h)
{
    struct cert cert;
    struct err e = { "" };
    if (!load_cert(j, &cert, &e))
        return wrong(j, &e);
    bool named = same_name(cert.issuer, h->signer_issuer, &j->arena) &&
                 view_eq(cert.serial, h->signer_serial);
    if (!named) {
        fputs("The file names another signer than this certificate: issuer ", j->out);
        put_name(j->out, cert.issuer);
        fputs(", serial number ", j->out);
        put_hex(j->out, cert.serial);
        fputc('\n', j->out);
    }
    if (!envelope_verify(file, cert.public, &e)) {
        fprintf(j->out, "FAILED: %s\n", e.text);
        return FAILED;
    }
    if (!named) {
        fputs("FAILED: the signature is that of this certificate's key, but a phone looks the "
              "signer up by issuer and serial number\n",
              j->out);
        return FAILED;
    }
    fputs("Good: signed by the key of this certificate.\n", j->out);
    return GOOD;
}

static int verify_list(struct job *j, const struct tl *list)
{
    if (j->with != NULL)
        return verify_with(j, list->file, &list->header);
    struct envelope_verdict v;
    if (!envelope_list_verify(list, &v)) {
        fprintf(j->out, "FAILED: %s\n", v.error.text);
        return FAILED;
    }
    fprintf(j->out, "Good: signed by the SAST in record %u of %u.\n", v.record, list->count);
    return GOOD;
}

/* ---- actions ---- */

/* What the file says it is; where it does not say, what it was asked as. */
static enum tlshow_kind kind_of(const struct job *j, const struct tl *list)
{
    if (view_eq(list->header.file_name, view_str("CTLFile.tlv")))
        return TLSHOW_CTL;
    if (view_eq(list->header.file_name, view_str("ITLFile.tlv")))
        return TLSHOW_ITL;
    return strcmp(j->tool, "ctl") == 0 ? TLSHOW_CTL : TLSHOW_ITL;
}

static int list_show(struct job *j)
{
    struct tl list;
    struct err e = { "" };
    struct envelope_verdict v;
    if (!load_list(j, j->files[0], &list, &e))
        return wrong(j, &e);
    bool good = envelope_list_verify(&list, &v);
    /* A file that was copied has lost the date of the original: the list's own stands for it. */
    struct tlshow how = { .kind = kind_of(j, &list),
                          .checksums = j->checksums,
                          .modified_s = list.header.timestamp,
                          .verified = good };
    tlshow_print(j->out, &list, &how);
    if (!good)
        fprintf(j->problems, "cucmlab %s show: %s: %s\n", j->tool, j->files[0], v.error.text);
    return good ? GOOD : FAILED;
}

static int list_verify(struct job *j)
{
    struct tl list;
    struct err e = { "" };
    if (!load_list(j, j->files[0], &list, &e))
        return wrong(j, &e);
    fputs("File:      ", j->out);
    put_name(j->out, list.header.file_name);
    fprintf(j->out, ", %zu bytes, %u records%s\n", list.file.n, list.count,
            tl_is_empty(&list) ? ", empty to a phone (no CCM, TFTP or TVS certificate)" : "");
    put_signer(j->out, &list.header);
    return verify_list(j, &list);
}

static int list_diff(struct job *j)
{
    struct tl a, b;
    struct err e = { "" };
    if (!load_list(j, j->files[0], &a, &e) || !load_list(j, j->files[1], &b, &e))
        return wrong(j, &e);
    return tlshow_diff(j->out, &a, &b) == 0 ? GOOD : FAILED;
}

static bool load_signed(struct job *j, struct view *file, struct tl_header *h, struct err *e)
{
    return load(j, j->files[0], file, e) && (tl_decode_header(*file, j->strict, &j->arena, h, e) ||
                                             err_prefix(e, "%s", j->files[0]));
}

static int sgn_show(struct job *j)
{
    struct view file;
    struct tl_header h;
    struct err e = { "" };
    if (!load_signed(j, &file, &h, &e))
        return wrong(j, &e);
    tlshow_sgn(j->out, &h, file.n - h.length);
    return j->with == NULL ? GOOD : verify_with(j, file, &h);
}

static int sgn_verify(struct job *j)
{
    struct view file;
    struct tl_header h;
    struct err e = { "" };
    if (j->with == NULL) {
        err_set(&e, "--with CERT.pem is needed: a signed file does not hold its signer's key");
        return wrong(j, &e);
    }
    if (!load_signed(j, &file, &h, &e))
        return wrong(j, &e);
    put_signer(j->out, &h);
    return verify_with(j, file, &h);
}

static int sgn_strip(struct job *j)
{
    struct view file, payload;
    struct tl_header h;
    struct err e = { "" };
    if (!load_signed(j, &file, &h, &e))
        return wrong(j, &e);
    if (h.has_enc)
        return err_set(&e, "%s: encrypted: only the phone's private key opens it", j->files[0]),
               wrong(j, &e);
    if (!envelope_sgn_strip(file, &payload, &e))
        return err_prefix(&e, "%s", j->files[0]), wrong(j, &e);
    if (j->with != NULL) {
        /* The words must not mix with the file. */
        FILE *out = j->out;
        j->out = j->problems;
        int status = verify_with(j, file, &h);
        j->out = out;
        if (status != GOOD)
            return status;
    }
    if (fwrite(payload.p, 1, payload.n, j->out) != payload.n)
        return err_set(&e, "could not write all of it"), wrong(j, &e);
    return GOOD;
}

/* ---- the command line ---- */

enum { OPT_RELEASE = 1, OPT_WITH = 2, OPT_STRICT = 4 };

static const struct action {
    const char *tool, *name;
    int files;
    unsigned options;
    int (*run)(struct job *);
    const char *help;
} actions[] = {
    { "itl", "show", 1, OPT_RELEASE | OPT_STRICT, list_show,
      "prints it as CUCM's `show itl` does" },
    { "itl", "verify", 1, OPT_WITH | OPT_STRICT, list_verify,
      "checks structure and signature, against its own SAST record or CERT" },
    { "itl", "diff", 2, OPT_STRICT, list_diff, "what differs between an old and a new list" },
    { "ctl", "show", 1, OPT_RELEASE | OPT_STRICT, list_show,
      "prints it as CUCM's `show ctl` does" },
    { "ctl", "verify", 1, OPT_WITH | OPT_STRICT, list_verify,
      "checks structure and signature, against its own SAST record or CERT" },
    { "ctl", "diff", 2, OPT_STRICT, list_diff, "what differs between an old and a new list" },
    { "sgn", "show", 1, OPT_WITH | OPT_STRICT, sgn_show, "prints its header" },
    { "sgn", "verify", 1, OPT_WITH | OPT_STRICT, sgn_verify, "checks its signature with CERT" },
    { "sgn", "strip", 1, OPT_WITH | OPT_STRICT, sgn_strip,
      "writes what was signed to standard output; with CERT where it verifies" },
};

enum { ACTIONS = sizeof actions / sizeof *actions };

static bool take_release(void *to, const char *value, struct err *e)
{
    return tlshow_has_checksums(value, &((struct job *)to)->checksums, e) ||
           err_prefix(e, "--release");
}

static const struct option options[] = {
    { "--release", "VERSION", OPT_RELEASE, take_release, 0,
      "prints it as that release does; 8.x without checksums" },
    { "--with", "CERT.pem", OPT_WITH, NULL, offsetof(struct job, with),
      "the certificate to verify with" },
    { "--strict", NULL, OPT_STRICT, NULL, offsetof(struct job, strict),
      "refuses tags that are not known" },
};

void tools_help(const char *tool, FILE *out)
{
    struct options o = { .table = options, .count = sizeof options / sizeof *options };
    fputs("Usage:\n", out);
    for (int i = 0; i < ACTIONS; i++) {
        const struct action *a = &actions[i];
        if (strcmp(a->tool, tool) != 0)
            continue;
        o.of |= a->options;
        fprintf(out, "  cucmlab %s %s %s%s%s%s\n      %s\n", tool, a->name,
                a->files == 2 ? "OLD NEW" : "FILE",
                (a->options & OPT_RELEASE) != 0 ? " [--release 8.6]" : "",
                a->run == sgn_verify           ? " --with CERT.pem"
                : (a->options & OPT_WITH) != 0 ? " [--with CERT.pem]"
                                               : "",
                (a->options & OPT_STRICT) != 0 ? " [--strict]" : "", a->help);
    }
    fputs("FILE \"-\" is standard input.\n\nOptions:\n", out);
    options_help(&o, out);
    fputs("Exit status: 0 good, 1 does not verify or differs, 2 bad file or wrong use.\n", out);
}

static const struct action *find_action(const char *tool, const char *name)
{
    for (int i = 0; i < ACTIONS; i++) {
        if (strcmp(actions[i].tool, tool) == 0 && strcmp(actions[i].name, name) == 0)
            return &actions[i];
    }
    return NULL;
}

static bool parse(struct job *j, const struct action *a, int argc, char *const *argv, struct err *e)
{
    struct options o = { .table = options,
                         .count = sizeof options / sizeof *options,
                         .of = a->options,
                         .to = j,
                         .words = j->files,
                         .most = a->files };
    if (!options_read(&o, argc - 1, argv + 1, e))
        return false;
    if (o.found < a->files)
        return err_set(e, a->files == 2 ? "two files are needed" : "a file is needed");
    return true;
}

int tools_run(const char *tool, int argc, char *const *argv, FILE *out, FILE *problems)
{
    const struct action *a = argc > 0 ? find_action(tool, argv[0]) : NULL;
    if (a == NULL) {
        if (argc > 0)
            fprintf(problems, "cucmlab %s: unknown action \"%s\"\n", tool, argv[0]);
        tools_help(tool, problems);
        return WRONG;
    }
    struct job j = { .tool = tool,
                     .action = a->name,
                     .checksums = true,
                     .arena = arena_of(&sys_mem),
                     .out = out,
                     .problems = problems };
    struct err e = { "" };
    int status = parse(&j, a, argc, argv, &e) ? a->run(&j) : wrong(&j, &e);
    arena_free(&j.arena);
    return status;
}
