#include "sim/report/tlshow.h"

#include "nodes/version.h"
#include "sim/base/rng.h"
#include "sim/base/sys.h"
#include "sim/base/table.h"
#include "sim/crypto/crypto.h"

#include <string.h>

/* ---- tables ---- */

/* How the VALUE column of a row is made. */
enum value {
    NOTHING,
    TEXT,
    SERIAL,
    NUMBER,
    SUM,
    ROLE,
    HEX_LINES,
    CERTIFICATE,
    HASH,
    HASH_ALGORITHM
};

struct row {
    const char *name; /* NULL: no row */
    enum value value;
};

/* The misspellings are the product's. */
static const struct row header_rows[] = {
    [3] = { "SIGNERID", SUM },
    [4] = { "SIGNERNAME", TEXT },
    [5] = { "SERIALNUMBER", SERIAL },
    [6] = { "CANAME", TEXT },
    [7] = { "SIGNATUREINFO", SUM },
    [8] = { "DIGESTALGORTITHM", NOTHING },
    [9] = { "SIGNATUREALGOINFO", SUM },
    [10] = { "SIGNATUREALGORTITHM", NOTHING },
    [11] = { "SIGNATUREMODULUS", NOTHING },
    [12] = { "SIGNATURE", HEX_LINES },
    [14] = { "FILENAME", NOTHING },
    [15] = { "TIMESTAMP", NOTHING },
};

/* Tags that the product reads without a row of their own (28: assumed). */
static const uint8_t header_silent[] = { 1, 2, 13, 28 };

static const struct row record_rows[] = {
    [1] = { "RECORDLENGTH", NUMBER },     [2] = { "DNSNAME", TEXT },
    [3] = { "SUBJECTNAME", TEXT },        [4] = { "FUNCTION", ROLE },
    [5] = { "ISSUERNAME", TEXT },         [6] = { "SERIALNUMBER", SERIAL },
    [7] = { "PUBLICKEY", NOTHING },       [8] = { "SIGNATURE", NOTHING },
    [9] = { "CERTIFICATE", CERTIFICATE }, [10] = { "IPADDRESS", NOTHING },
    [11] = { "CERTHASH", HASH },          [12] = { "HASH ALGORITHM", HASH_ALGORITHM },
};

static const char *const table_head = "BYTEPOS TAG             LENGTH  VALUE\n"
                                      "------- ---             ------  -----\n";

enum { VALUE_COLUMN = 32 };

static const char *kind_name(enum tlshow_kind kind)
{
    return kind == TLSHOW_ITL ? "ITL" : "CTL";
}

/* ---- dates ---- */

/* Civil date from days since 1970 (the usual 400-year arithmetic), so that no time zone of the host
 * can come in. */
static void civil(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468; /* days since 0000-03-01 */
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t m = (5 * of_year + 2) / 153; /* 0 is March */
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

void tlshow_date(int64_t unix_s, char out[TLSHOW_DATE])
{
    static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970-01-01 was a Thursday */
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const int64_t first = -62167219200, last = 253402300799; /* 0000-01-01, 9999-12-31 */
    int64_t t = unix_s < first ? first : unix_s > last ? last : unix_s;
    int64_t day = t / 86400, second = t % 86400;
    if (second < 0) {
        day--;
        second += 86400;
    }
    int year, month, date;
    civil(day, &year, &month, &date);
    int week_day = (int)((day % 7 + 7) % 7);
    snprintf(out, TLSHOW_DATE, "%.3s %.3s %02u %02u:%02u:%02u UTC %04u", days + 3 * week_day,
             months + 3 * (month - 1), (unsigned)date % 100, (unsigned)(second / 3600) % 100,
             (unsigned)(second / 60 % 60), (unsigned)(second % 60), (unsigned)year % 10000);
}

const char *tlshow_timestamp(const struct tl_header *h, char out[TLSHOW_DATE])
{
    if (!h->has_timestamp)
        return "none";
    tlshow_date(h->timestamp, out);
    return out;
}

/* ---- pieces ---- */

static void put_text(FILE *out, struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        fputc(v.p[i] < 0x20 || v.p[i] == 0x7f ? '?' : v.p[i], out);
}

static void put_hex(FILE *out, struct view v, const char *between)
{
    for (size_t i = 0; i < v.n; i++)
        fprintf(out, "%s%02X", i == 0 ? "" : between, v.p[i]);
}

/* Eight bytes a line without leading zeroes, as the product does; the next lines under the value.
 */
static void put_hex_lines(FILE *out, struct view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (i != 0 && i % 8 == 0)
            fprintf(out, "\n%*s", VALUE_COLUMN, "");
        fprintf(out, "%-4x", v.p[i]);
    }
}

static void put_checksum(FILE *out, struct view digest, const char *name)
{
    for (size_t i = 0; i < digest.n; i++)
        fprintf(out, "%02x", digest.p[i]);
    fprintf(out, "(%s)\n", name);
}

/* A name as a row has it, without the NUL (or NULs: DNS names of 8.x) at its end. */
static struct view shown_text(struct view v)
{
    while (v.n != 0 && v.p[v.n - 1] == 0)
        v.n--;
    return v;
}

static unsigned number(struct view v)
{
    unsigned n = 0;
    for (size_t i = 0; i < v.n && i < 4; i++)
        n = n << 8 | v.p[i];
    return n;
}

static void put_role(FILE *out, uint16_t role)
{
    const char *name = tl_role_name(role);
    if (name != NULL)
        fputs(name, out);
    else
        fprintf(out, "UNKNOWN %u", role);
}

static void put_value(FILE *out, enum value value, struct view v)
{
    uint8_t sha1[64];
    switch (value) {
    case NOTHING:
        break;
    case TEXT:
        put_text(out, shown_text(v));
        break;
    case SERIAL:
        put_hex(out, v, ":");
        break;
    case NUMBER:
        fprintf(out, "%u", number(v));
        break;
    case SUM:
        fprintf(out, "%zu", v.n);
        break;
    case ROLE:
        put_role(out, (uint16_t)number(v));
        break;
    case HEX_LINES:
        put_hex_lines(out, v);
        break;
    case CERTIFICATE:
        put_hex(out, view_of(sha1, digest_of(DIGEST_SHA1, &v, 1, sha1)), " ");
        fputs(" (SHA1 Hash HEX)", out);
        break;
    case HASH:
        put_hex(out, v, " ");
        break;
    case HASH_ALGORITHM:
        if (number(v) == 1)
            fputs("SHA-1", out);
        else
            fprintf(out, "UNKNOWN %u", number(v));
        break;
    }
}

/* Would put_value() print anything?  Rows without a value end behind the length. */
static bool has_value(enum value value, struct view v)
{
    return value == TEXT ? shown_text(v).n != 0 : value != NOTHING && (v.n != 0 || value == SUM);
}

static void put_row(FILE *out, const struct tl_tlv *t, const char *name, enum value value)
{
    size_t length = value == SUM ? 2 : t->v.n; /* a container: the length of its own length */
    fprintf(out, "%-8u%-*s", t->tag, strlen(name) >= 16 ? 24 : 16, name);
    if (!has_value(value, t->v)) {
        fprintf(out, "%zu\n", length);
        return;
    }
    fprintf(out, "%-8zu", length);
    put_value(out, value, t->v);
    fputc('\n', out);
}

static void put_unknown(FILE *out, const struct tl_tlv *t)
{
    char name[16];
    snprintf(name, sizeof name, "UNKNOWN %u", t->tag);
    put_row(out, t, name, NOTHING);
}

/* ---- show itl, show ctl ---- */

static void print_header(FILE *out, const struct tl_header *h)
{
    fprintf(out, "Version:        %u.%u\n", (unsigned)h->version >> 8, h->version & 0xffu);
    fprintf(out, "HeaderLength:   %u (BYTES)\n\n%s", h->length, table_head);
    for (uint32_t i = 0; i < h->count; i++) {
        const struct tl_tlv *t = &h->tlvs[i];
        if (memchr(header_silent, t->tag, sizeof header_silent) != NULL)
            continue;
        if (t->tag < sizeof header_rows / sizeof *header_rows && header_rows[t->tag].name != NULL)
            put_row(out, t, header_rows[t->tag].name, header_rows[t->tag].value);
        else
            put_unknown(out, t);
    }
}

static bool signed_the_list(const struct tl_header *h, const struct tl_record *r)
{
    return r->issuer.p != NULL && r->serial.p != NULL && view_eq(r->issuer, h->signer_issuer) &&
           view_eq(r->serial, h->signer_serial);
}

static void print_record(FILE *out, const struct tl *t, uint32_t index, enum tlshow_kind kind)
{
    const struct tl_record *r = &t->records[index];
    fprintf(out, "%s Record #:%u\n----\n%s", kind_name(kind), index + 1, table_head);
    for (uint32_t i = 0; i < r->count; i++) {
        const struct tl_tlv *v = &r->tlvs[i];
        if (v->tag < sizeof record_rows / sizeof *record_rows && record_rows[v->tag].name != NULL)
            put_row(out, v, record_rows[v->tag].name, record_rows[v->tag].value);
        else
            put_unknown(out, v);
    }
    if (r->role == TL_SAST)
        fprintf(out, "This etoken was %sused to sign the %s file.\n",
                signed_the_list(&t->header, r) ? "" : "not ", kind_name(kind));
    fputc('\n', out);
}

void tlshow_print(FILE *out, const struct tl *t, const struct tlshow *how)
{
    const char *kind = kind_name(how->kind);
    if (how->checksums) {
        uint8_t md5[16], sha1[64];
        digest_md5(t->file, md5);
        fprintf(out, "The checksum value of the %s file:\n", kind);
        put_checksum(out, view_of(md5, 16), "MD5");
        put_checksum(out, view_of(sha1, digest_of(DIGEST_SHA1, &t->file, 1, sha1)), "SHA1");
        fputc('\n', out);
    }
    char date[TLSHOW_DATE];
    tlshow_date(how->modified_s, date);
    fprintf(out, "Length of %s file: %zu\n", kind, t->file.n);
    fprintf(out, "The %s File was last modified on %s\n\n", kind, date);
    fprintf(out, "Parse %s File\n----------------\n\n", kind);
    print_header(out, &t->header);
    fputc('\n', out);
    for (uint32_t i = 0; i < t->count; i++)
        print_record(out, t, i, how->kind);
    if (how->verified)
        fprintf(out, "The %s file was verified successfully.\n", kind);
    else
        fprintf(out, "Verification of the %s file failed.\nError parsing the %s file!!\n", kind,
                kind);
}

bool tlshow_has_checksums(const char *release, bool *checksums, struct err *e)
{
    char first[VERSION_NAME];
    snprintf(first, sizeof first, "%s.0", release);
    const struct version *v = version_find(release);
    if (v == NULL)
        v = version_find(first);
    if (v == NULL)
        return err_set(e, "no release \"%.40s\" of CUCM is known (8, 8.6, 10.5(2), 14SU1, ...)",
                       release);
    *checksums = v->shows_checksums;
    return true;
}

void tlshow_absent(FILE *out, enum tlshow_kind kind)
{
    const char *name = kind_name(kind);
    fprintf(out, "Length of %s file: 0\n", name);
    if (kind == TLSHOW_CTL)
        fputs("CTL File not found . Please run CTLClient plugin or run the CLI - utils ctl.. to "
              "generate the CTL file.\n",
              out);
    else
        fputs("ITL File not found.\n", out);
    fprintf(out, "Error parsing the %s File.\n", name);
}

/* ---- two lists side by side ---- */

static void put_who(FILE *out, struct view name, struct view serial)
{
    put_text(out, name);
    fputs(", serial number ", out);
    put_hex(out, serial, ":");
}

static void put_record(FILE *out, const struct tl_record *r)
{
    put_role(out, r->role);
    fputs(" record of ", out);
    if (r->subject.p != NULL) {
        put_who(out, r->subject, r->serial);
    } else {
        put_text(out, shown_text(r->dns));
        fputs(", emptied", out);
    }
}

static struct view record_bytes(const struct tl_record *r)
{
    return view_of(r->tlvs[0].v.p - 3, r->length); /* the record length stands first */
}

static bool same_record(const struct tl_record *x, const struct tl_record *y)
{
    return view_eq(record_bytes(x), record_bytes(y));
}

/* By what two records are paired: those of which all parts are equal. */
struct pair_key {
    uint16_t role;
    struct view parts[2];
};

typedef bool key_fn(const struct tl_record *r, struct pair_key *key); /* false: in no pair */

static bool by_bytes(const struct tl_record *r, struct pair_key *key)
{
    *key = (struct pair_key){ .role = r->role, .parts = { record_bytes(r), view_str("") } };
    return true;
}

/* The same certificate, whatever else changed about its record. */
static bool by_certificate(const struct tl_record *r, struct pair_key *key)
{
    *key = (struct pair_key){ .role = r->role, .parts = { r->issuer, r->serial } };
    return r->subject.p != NULL;
}

/* The same place with another certificate: a regenerated one. */
static bool by_subject(const struct tl_record *r, struct pair_key *key)
{
    *key = (struct pair_key){ .role = r->role, .parts = { r->subject, view_str("") } };
    return r->subject.p != NULL;
}

/* The same place: a server's section, emptied or filled. */
static bool by_server(const struct tl_record *r, struct pair_key *key)
{
    *key = (struct pair_key){ .role = r->role, .parts = { r->dns, view_str("") } };
    return shown_text(r->dns).n != 0;
}

static bool by_server_emptied(const struct tl_record *r, struct pair_key *key)
{
    return r->subject.p == NULL && by_server(r, key);
}

/* In this order; whoever found its pair is out of the next ones. */
static const struct {
    key_fn *old, *new;
} pairings[] = { { by_bytes, by_bytes },
                 { by_certificate, by_certificate },
                 { by_subject, by_subject },
                 { by_server, by_server_emptied },
                 { by_server_emptied, by_server } };

struct matching {
    const struct tl *old, *new;
    uint32_t *old_to_new, *new_to_old; /* index + 1; 0: none */
    uint32_t *next;                    /* of new records with one hash, in file order; + 1 */
};

static uint64_t hash_of(const struct pair_key *k)
{
    uint64_t h = rng_mix(k->role + 1u);
    for (size_t i = 0; i < 2; i++)
        h = rng_mix(rng_hash(h, k->parts[i]) ^ k->parts[i].n);
    return h + (h == 0); /* 0 is no key of a table */
}

static bool same_key(const struct pair_key *x, const struct pair_key *y)
{
    return x->role == y->role && view_eq(x->parts[0], y->parts[0]) &&
           view_eq(x->parts[1], y->parts[1]);
}

/* The first in the chain with this key, taken out of it; 0: none. */
static uint32_t take_first(const struct matching *m, uint32_t *at, key_fn *of,
                           const struct pair_key *wanted)
{
    for (; *at != 0; at = &m->next[*at - 1]) {
        struct pair_key key;
        (void)of(&m->new->records[*at - 1], &key);
        if (!same_key(&key, wanted))
            continue; /* another of the same hash */
        uint32_t found = *at;
        *at = m->next[found - 1];
        return found;
    }
    return 0;
}

/* Pairs what is still alone on both sides, in file order. */
static void match(struct matching *m, key_fn *old, key_fn *new)
{
    struct table heads = table_of(&sys_mem);
    struct pair_key key;
    for (uint32_t k = m->new->count; k-- > 0;) {
        if (m->new_to_old[k] != 0 || !new (&m->new->records[k], &key))
            continue;
        const uint32_t *head = table_get(&heads, hash_of(&key));
        m->next[k] = head != NULL ? *head : 0;
        table_put(&heads, hash_of(&key), k + 1);
    }
    for (uint32_t i = 0; i < m->old->count; i++) {
        if (m->old_to_new[i] != 0 || !old(&m->old->records[i], &key))
            continue;
        uint32_t *head = table_get(&heads, hash_of(&key));
        uint32_t found = head != NULL ? take_first(m, head, new, &key) : 0;
        m->old_to_new[i] = found;
        if (found != 0)
            m->new_to_old[found - 1] = i + 1;
    }
    table_free(&heads);
}

static const char *what_it_holds(const struct tl_record *r)
{
    return r->certificate.n != 0 ? "its whole certificate"
           : r->hash.n != 0      ? "the hash of its certificate"
                                 : "no certificate";
}

static void put_change(FILE *out, const struct tl_record *x, const struct tl_record *y)
{
    fputs("Changed: ", out);
    put_record(out, x);
    if (x->subject.p != NULL && y->subject.p == NULL) {
        fputs(": emptied", out);
    } else if (x->subject.p == NULL) {
        fputs(": filled with ", out);
        put_who(out, y->subject, y->serial);
    } else if (!view_eq(x->serial, y->serial) || !view_eq(x->issuer, y->issuer)) {
        fputs(": another certificate, serial number ", out);
        put_hex(out, y->serial, ":");
        if (!view_eq(x->issuer, y->issuer)) {
            fputs(", issued by ", out);
            put_text(out, y->issuer);
        }
    } else if (!view_eq(x->public, y->public)) {
        fputs(": another public key under the same serial number", out);
    } else if (strcmp(what_it_holds(x), what_it_holds(y)) != 0) {
        fprintf(out, ": held %s, holds %s", what_it_holds(x), what_it_holds(y));
    } else if (!view_eq(x->dns, y->dns)) {
        fputs(": server name was ", out);
        put_text(out, shown_text(x->dns));
        fputs(", is ", out);
        put_text(out, shown_text(y->dns));
    } else if (!view_eq(x->certificate, y->certificate) || !view_eq(x->hash, y->hash)) {
        fputs(": another certificate under the same serial number and key", out);
    } else {
        fputs(": same certificate, other details", out);
    }
    fputc('\n', out);
}

static unsigned diff_records(FILE *out, struct matching *m)
{
    unsigned count = 0;
    for (size_t i = 0; i < sizeof pairings / sizeof *pairings; i++)
        match(m, pairings[i].old, pairings[i].new);
    uint32_t last = 0;
    bool moved = false;
    for (uint32_t i = 0; i < m->old->count; i++) {
        const struct tl_record *x = &m->old->records[i];
        uint32_t to = m->old_to_new[i];
        if (to == 0) {
            fputs("Removed: ", out);
            put_record(out, x);
            fputc('\n', out);
            count++;
            continue;
        }
        moved |= to < last;
        last = to;
        if (!same_record(x, &m->new->records[to - 1])) {
            put_change(out, x, &m->new->records[to - 1]);
            count++;
        }
    }
    for (uint32_t k = 0; k < m->new->count; k++) {
        if (m->new_to_old[k] != 0)
            continue;
        fputs("Added: ", out);
        put_record(out, &m->new->records[k]);
        fputc('\n', out);
        count++;
    }
    if (moved) {
        fputs("Order of the records changed\n", out);
        count++;
    }
    return count;
}

static void put_signer_version(FILE *out, int32_t v)
{
    if (v < 0)
        fputs("none", out);
    else
        fprintf(out, "%d.%d", v >> 8, v & 0xff);
}

static unsigned diff_headers(FILE *out, const struct tl_header *x, const struct tl_header *y)
{
    unsigned count = 0;
    if (!view_eq(x->signer_name, y->signer_name) || !view_eq(x->signer_serial, y->signer_serial) ||
        !view_eq(x->signer_issuer, y->signer_issuer)) {
        fputs("Signer: was ", out);
        put_who(out, x->signer_name, x->signer_serial);
        fputs("\n        is ", out);
        put_who(out, y->signer_name, y->signer_serial);
        fputc('\n', out);
        count++;
    }
    if (x->digest != y->digest) {
        fprintf(out, "Digest: was %s, is %s\n", digest_name((enum digest)x->digest),
                digest_name((enum digest)y->digest));
        count++;
    }
    if (x->signature.n != y->signature.n) {
        fprintf(out, "Signing key: was %zu bits, is %zu bits\n", 8 * x->signature.n,
                8 * y->signature.n);
        count++;
    }
    if (x->signer_version != y->signer_version) {
        fputs("Signer version: was ", out);
        put_signer_version(out, x->signer_version);
        fputs(", is ", out);
        put_signer_version(out, y->signer_version);
        fputc('\n', out);
        count++;
    }
    if (!view_eq(x->file_name, y->file_name)) {
        fputs("File name: was ", out);
        put_text(out, x->file_name);
        fputs(", is ", out);
        put_text(out, y->file_name);
        fputc('\n', out);
        count++;
    }
    if (x->timestamp != y->timestamp) {
        char was[TLSHOW_DATE], is[TLSHOW_DATE];
        tlshow_date(x->timestamp, was);
        tlshow_date(y->timestamp, is);
        fprintf(out, "Timestamp: was %s, is %s\n", was, is);
        count++;
    }
    return count;
}

unsigned tlshow_diff(FILE *out, const struct tl *old, const struct tl *new)
{
    if (view_eq(old->file, new->file)) {
        fputs("The lists are the same, byte for byte.\n", out);
        return 0;
    }
    unsigned header = diff_headers(out, &old->header, &new->header);
    struct arena a = arena_of(&sys_mem);
    struct matching m = { old, new, arena_take(&a, old->count * sizeof(uint32_t) + 1),
                          arena_take(&a, new->count * sizeof(uint32_t) + 1),
                          arena_take(&a, new->count * sizeof(uint32_t) + 1) };
    unsigned records = diff_records(out, &m);
    arena_free(&a);
    if (records == 0)
        fputs("The records are the same.\n", out);
    if (header + records == 0) {
        fputs("The signature or details of the header differ.\n", out);
        return 1;
    }
    return header + records;
}

/* ---- signed files ---- */

static void put_line(FILE *out, const char *label)
{
    fprintf(out, "%-16s", label);
}

static void print_enc(FILE *out, const struct tl_enc *enc)
{
    put_line(out, "Encryption:");
    if (enc->key_algorithm == 1)
        fputs("AES-128-CBC", out);
    else
        fprintf(out, "unknown algorithm %u", enc->key_algorithm);
    fprintf(out, ", key under a %u-bit RSA key (%zu bytes), %u bytes of padding\n", enc->key_bits,
            enc->wrapped_key.n, enc->padding);
    put_line(out, "IV:");
    put_hex(out, enc->iv, " ");
    fputc('\n', out);
    put_line(out, "Plain digest:");
    fprintf(out, "%s ", digest_name((enum digest)enc->digest));
    put_hex(out, enc->plain_digest, " ");
    fputc('\n', out);
}

void tlshow_sgn(FILE *out, const struct tl_header *h, size_t payload_n)
{
    char date[TLSHOW_DATE];
    put_line(out, "File name:");
    put_text(out, h->file_name);
    fputc('\n', out);
    put_line(out, "Version:");
    fprintf(out, "%u.%u, %s\n", (unsigned)h->version >> 8, h->version & 0xffu,
            h->version == TL_LIST       ? "trust list"
            : h->has_enc                ? "encrypted and signed"
            : h->version == TL_FIRMWARE ? "signed firmware"
                                        : "signed");
    put_line(out, "Header:");
    fprintf(out, "%u bytes\n", h->length);
    put_line(out, "Content:");
    fprintf(out, "%zu bytes\n", payload_n);
    put_line(out, "Signer:");
    put_text(out, h->signer_name);
    fputc('\n', out);
    put_line(out, "Issuer:");
    put_text(out, h->signer_issuer);
    fputc('\n', out);
    put_line(out, "Serial number:");
    put_hex(out, h->signer_serial, ":");
    fputc('\n', out);
    put_line(out, "Signature:");
    fprintf(out, "RSA %zu bits, %s\n", 8 * h->signature.n, digest_name((enum digest)h->digest));
    put_line(out, "Timestamp:");
    fprintf(out, "%s\n", tlshow_timestamp(h, date));
    if (h->has_enc)
        print_enc(out, &h->enc);
}
