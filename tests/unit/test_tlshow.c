/* What an administrator sees of a trust list, against text built from Cisco's listings. */
#include "sim/base/sys.h"
#include "sim/report/tlshow.h"
#include "sim/wire/tl_make.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/text_stream.h"

static int set_up(void **state)
{
    (void)state;
    arena = arena_of(&sys_mem);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct view load(const char *name)
{
    char path[256];
    struct view v = { NULL, 0 };
    struct err e = { "" };
    snprintf(path, sizeof path, "tests/vectors/%s", name);
    if (!sys_read_file(path, 1 << 20, &arena, &v, &e))
        fail_msg("%s", e.text);
    return v;
}

static struct tl decoded(struct view file)
{
    struct tl t;
    struct err e = { "" };
    if (!tl_decode(file, false, &arena, &t, &e))
        fail_msg("%s", e.text);
    return t;
}

static const char *shown(const struct tl *t, struct tlshow how)
{
    FILE *out = start_text();
    tlshow_print(out, t, &how);
    return finish_text(out);
}

static void ctl_of_10(void **state)
{
    (void)state;
    struct tl t = decoded(load("listings/CTLFile-10.0.1.tlv"));
    const char *text = shown(&t, (struct tlshow){ TLSHOW_CTL, true, 1424795865, true });
    assert_string_equal(text, arena_text(&arena, load("listings/show-ctl-10.0.1.txt")));
}

static void itl_of_8(void **state)
{
    (void)state;
    struct tl t = decoded(load("listings/ITLFile-8.x.tlv"));
    const char *text = shown(&t, (struct tlshow){ TLSHOW_ITL, false, 1311776184, false });
    assert_string_equal(text, arena_text(&arena, load("listings/show-itl-8.x.txt")));
}

/* usecallmanager.nz: no DNS name, names before function; rows stand as the tags stood. */
static void itl_of_another_implementation(void **state)
{
    (void)state;
    struct tl t = decoded(load("peer/ITLSEP0011215A1AE3.tlv"));
    const char *text = shown(&t, (struct tlshow){ TLSHOW_ITL, true, 0, true });
    static const char *const lines[] = {
        "Length of ITL file: 9290\n",
        "The ITL File was last modified on Thu Jan 01 00:00:00 UTC 1970\n",
        "\n6       CANAME          80      ",
        "\n5       SERIALNUMBER    16      77:AA:11:BB:22:CC:33:DD:44:EE:55:FF:66:00:11:22\n7   ",
        "\nITL Record #:2\n----\n",
        "\n4       FUNCTION        2       TFTP\n7       PUBLICKEY       97\n",
        "This etoken was used to sign the ITL file.\n\nITL Record #:2\n",
        "This etoken was not used to sign the ITL file.\n\nITL Record #:3\n",
        "The ITL file was verified successfully.\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (strstr(text, lines[i]) == NULL)
            fail_msg("no \"%s\"", lines[i]);
    const char *etoken = strstr(text, "etoken");
    size_t count = 0;
    for (; etoken != NULL; etoken = strstr(etoken + 1, "etoken"))
        count++;
    assert_int_equal(count, 2); /* after the SAST records alone */
    assert_null(strstr(text, "UNKNOWN"));
}

static void unknown_things_and_hostile_names(void **state)
{
    (void)state;
    /* Record 3 of the CTL, emptied, its name and function patched; an unknown tag behind. */
    struct view file = load("listings/CTLFile-10.0.1.tlv");
    uint8_t *bytes = arena_take(&arena, file.n + 5);
    memcpy(bytes, file.p, file.n);
    memcpy(bytes + file.n, "\xc8\0\2zz", 5);
    size_t last = file.n - 33;
    bytes[last + 4] = 38;
    bytes[last + 8] = 0x1b; /* an escape in the DNS name */
    bytes[last + 25] = 9;   /* function */
    struct tl t = decoded(view_of(bytes, file.n + 5));
    const char *text = shown(&t, (struct tlshow){ TLSHOW_CTL, true, 0, false });
    assert_non_null(strstr(text, "2       DNSNAME         13      ?0.48.47.154\n"
                                 "4       FUNCTION        2       UNKNOWN 9\n"
                                 "10      IPADDRESS       4\n"
                                 "200     UNKNOWN 200     2\n"
                                 "\nVerification of the CTL file failed.\n"
                                 "Error parsing the CTL file!!\n"));
    assert_null(strchr(text, 0x1b));
}

/* By the column of the versions: none in 8.x (technote 116232). */
static void checksums_by_release(void **state)
{
    (void)state;
    static const struct {
        const char *release;
        bool checksums;
    } rows[] = { { "8", false },     { "8.6", false }, { "8.5(1)SU2", false }, { "9.1", true },
                 { "9.1(2)", true }, { "10", true },   { "12.5(1)SU8", true }, { "15SU3", true } };
    struct err e = { "" };
    bool checksums;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        checksums = !rows[i].checksums;
        assert_true(tlshow_has_checksums(rows[i].release, &checksums, &e));
        assert_int_equal(checksums, rows[i].checksums);
    }
    static const char *const none[] = { "7", "", "13", "8.6x", "100000000000000000000" };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(tlshow_has_checksums(none[i], &checksums, &e));
    assert_non_null(strstr(e.text, "no release \"100000000000000000000\" of CUCM"));
}

static void absent(void **state)
{
    (void)state;
    FILE *out = start_text();
    tlshow_absent(out, TLSHOW_CTL);
    assert_string_equal(finish_text(out),
                        "Length of CTL file: 0\n"
                        "CTL File not found . Please run CTLClient plugin or run the CLI - utils "
                        "ctl.. to generate the CTL file.\n"
                        "Error parsing the CTL File.\n");
    out = start_text();
    tlshow_absent(out, TLSHOW_ITL);
    assert_string_equal(finish_text(out), "Length of ITL file: 0\nITL File not found.\n"
                                          "Error parsing the ITL File.\n");
}

static void dates(void **state)
{
    (void)state;
    static const struct {
        int64_t s;
        const char *text;
    } cases[] = {
        { 1425671113, "Fri Mar 06 19:45:13 UTC 2015" },
        { 0, "Thu Jan 01 00:00:00 UTC 1970" },
        { -1, "Wed Dec 31 23:59:59 UTC 1969" },
        { 951782400, "Tue Feb 29 00:00:00 UTC 2000" },
        { 4107542400, "Mon Mar 01 00:00:00 UTC 2100" }, /* no leap year */
        { 4294967295, "Sun Feb 07 06:28:15 UTC 2106" },
        { INT64_MAX, "Fri Dec 31 23:59:59 UTC 9999" },
        { INT64_MIN, "Sat Jan 01 00:00:00 UTC 0000" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[TLSHOW_DATE];
        tlshow_date(cases[i].s, out);
        assert_string_equal(out, cases[i].text);
    }
}

/* ---- differences ---- */

static struct tl_new_record sast(void)
{
    return (struct tl_new_record){ .form = TL_FULL,
                                   .role = TL_SAST,
                                   .dns = view_str("pub"),
                                   .subject = view_str("CN=pub"),
                                   .issuer = view_str("CN=pub"),
                                   .serial = view_str("\x5a\x01"),
                                   .public = view_str("key"),
                                   .signature = view_str("sig"),
                                   .certificate = view_str("cert") };
}

static struct tl_new_record with_role(uint16_t role)
{
    struct tl_new_record r = sast();
    r.role = role;
    return r;
}

static struct tl_new_header plain_header(void)
{
    return (struct tl_new_header){ .version = TL_LIST,
                                   .signer_version = -1,
                                   .signer_name = view_str("CN=pub"),
                                   .signer_serial = view_str("\x5a\x01"),
                                   .signer_issuer = view_str("CN=pub"),
                                   .digest = 1,
                                   .signature_bytes = 128,
                                   .file_name = view_str("ITLFile.tlv"),
                                   .timestamp = 0 };
}

static struct tl made(struct tl_new_header h, const struct tl_new_record *records, size_t count)
{
    uint8_t *file = arena_take(&arena, 8192);
    struct wr w = wr_of(file, 8192);
    struct err e = { "" };
    size_t signature_at;
    assert_true(tl_write_header(&h, &w, &signature_at, &e));
    for (size_t i = 0; i < count; i++)
        assert_true(tl_write_record(&records[i], &w, &e));
    return decoded(view_of(file, w.n));
}

static void differs(struct tl a, struct tl b, unsigned count, const char *expected)
{
    FILE *out = start_text();
    unsigned n = tlshow_diff(out, &a, &b);
    assert_string_equal(finish_text(out), expected);
    assert_int_equal(n, count);
}

static void differences_of_headers(void **state)
{
    (void)state;
    struct tl_new_record r = sast();
    struct tl_new_header h = plain_header(), g = h;
    differs(made(h, &r, 1), made(h, &r, 1), 0, "The lists are the same, byte for byte.\n");
    g.timestamp = 60;
    differs(made(h, &r, 1), made(g, &r, 1), 1,
            "Timestamp: was Thu Jan 01 00:00:00 UTC 1970, is Thu Jan 01 00:01:00 UTC 1970\n"
            "The records are the same.\n");
    g = h;
    g.signer_name = view_str("CN=ITLRECOVERY_pub");
    g.signer_serial = view_str("\x07");
    g.digest = 3;
    g.signature_bytes = 256;
    g.signer_version = 0x101;
    g.file_name = view_str("CTLFile.tlv");
    differs(made(h, &r, 1), made(g, &r, 1), 5,
            "Signer: was CN=pub, serial number 5A:01\n"
            "        is CN=ITLRECOVERY_pub, serial number 07\n"
            "Digest: was SHA-1, is SHA-512\n"
            "Signing key: was 1024 bits, is 2048 bits\n"
            "Signer version: was none, is 1.1\n"
            "File name: was ITLFile.tlv, is CTLFile.tlv\n"
            "The records are the same.\n");
    struct tl a = made(h, &r, 1), b = made(h, &r, 1);
    ((uint8_t *)b.header.signature.p)[5] = 1;
    differs(a, b, 1, "The records are the same.\nThe signature or details of the header differ.\n");
}

static void differences_of_records(void **state)
{
    (void)state;
    struct tl_new_record s = sast(), tftp = with_role(TL_CCM_TFTP), tvs = with_role(TL_TVS);
    struct tl_new_header h = plain_header();
    struct tl_new_record renewed = tvs, hashed = tvs, emptied = tvs, other = tvs, key = tvs;
    struct tl_new_record issued = tvs, named = tvs, cert = tvs, address = tvs;
    renewed.serial = view_str("\x07");
    hashed.form = TL_HASH;
    hashed.hash = view_str("01234567890123456789");
    emptied.form = TL_EMPTIED;
    other.subject = view_str("CN=sub");
    other.serial = view_str("\x09");
    key.public = view_str("another");
    issued.issuer = view_str("CN=CA");
    named.dns = view_str("10.0.0.1");
    cert.certificate = view_str("another");
    address.ip = view_str("1234");
    const struct tl_new_record before[] = { s, tftp, tvs };
    const struct {
        struct tl_new_record after[4];
        size_t count;
        unsigned differences;
        const char *text;
    } cases[] = {
        { { s, tftp }, 2, 1, "Removed: TVS record of CN=pub, serial number 5A:01\n" },
        { { s, tftp, tvs, other }, 4, 1, "Added: TVS record of CN=sub, serial number 09\n" },
        { { s, tftp, other },
          3,
          2,
          "Removed: TVS record of CN=pub, serial number 5A:01\n"
          "Added: TVS record of CN=sub, serial number 09\n" },
        { { s, tftp, renewed },
          3,
          1,
          "Changed: TVS record of CN=pub, serial number 5A:01: another certificate, serial number "
          "07\n" },
        { { s, tftp, issued },
          3,
          1,
          "Changed: TVS record of CN=pub, serial number 5A:01: another certificate, serial number "
          "5A:01, issued by CN=CA\n" },
        { { s, tftp, hashed },
          3,
          1,
          "Changed: TVS record of CN=pub, serial number 5A:01: held its whole certificate, holds "
          "the hash of its certificate\n" },
        { { s, tftp, emptied },
          3,
          1,
          "Changed: TVS record of CN=pub, serial number 5A:01: emptied\n" },
        { { s, tftp, key },
          3,
          1,
          "Changed: TVS record of CN=pub, serial number 5A:01: another public key under the same "
          "serial number\n" },
        { { s, tftp, named },
          3,
          1,
          "Changed: TVS record of CN=pub, serial number 5A:01: server name was pub, is "
          "10.0.0.1\n" },
        { { s, tftp, cert },
          3,
          1,
          "Changed: TVS record of CN=pub, serial number 5A:01: another certificate under the same "
          "serial number and key\n" },
        { { s, tftp, address },
          3,
          1,
          "Changed: TVS record of CN=pub, serial number 5A:01: same certificate, other details\n" },
        { { tftp, s, tvs }, 3, 1, "Order of the records changed\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        differs(made(h, before, 3), made(h, cases[i].after, cases[i].count), cases[i].differences,
                cases[i].text);
    const struct tl_new_record empty_list[] = { s, tftp, emptied };
    differs(made(h, empty_list, 3), made(h, before, 3), 1,
            "Changed: TVS record of pub, emptied: filled with CN=pub, serial number 5A:01\n");
    /* By its own name before by its server's. */
    struct tl_new_record filled = other;
    filled.dns = tvs.dns;
    const struct tl_new_record both[] = { filled, renewed, emptied };
    const struct tl_new_record one[] = { tvs };
    differs(made(h, one, 1), made(h, both, 3), 3,
            "Changed: TVS record of CN=pub, serial number 5A:01: another certificate, serial "
            "number 07\n"
            "Added: TVS record of CN=sub, serial number 09\n"
            "Added: TVS record of pub, emptied\n");
    differs(made(h, empty_list, 3), made(h, empty_list, 2), 1,
            "Removed: TVS record of pub, emptied\n");
}

/* ---- signed files ---- */

static const char *sgn_text(const char *name)
{
    struct view file = load(name);
    struct tl_header h;
    struct err e = { "" };
    if (!tl_decode_header(file, true, &arena, &h, &e))
        fail_msg("%s", e.text);
    FILE *out = start_text();
    tlshow_sgn(out, &h, file.n - h.length);
    return finish_text(out);
}

static void signed_files(void **state)
{
    (void)state;
    static const char *const signer =
        "Signer:         C=US,ST=North Carolina,L=RTP,O=Cisco,OU=TAC,CN=cucm-pub.lab.example\n";
    const char *text = sgn_text("peer/sha512/SEP0011215A1AE3.cnf.xml.sgn");
    assert_non_null(strstr(text, "File name:      SEP0011215A1AE3.cnf.xml.sgn\n"
                                 "Version:        1.0, signed\n"
                                 "Header:         484 bytes\n"
                                 "Content:        507 bytes\n"));
    assert_non_null(strstr(text, signer));
    assert_non_null(strstr(text, "\nSignature:      RSA 2048 bits, SHA-512\n"));
    assert_non_null(strstr(text, "\nSerial number:  5A:1B:2C:3D:4E:5F:60:71\n"));
    assert_null(strstr(text, "Encryption:"));
    text = sgn_text("peer/enc/SEP0011215A1AE3.cnf.xml.enc.sgn");
    assert_non_null(strstr(text, "Version:        2.0, encrypted and signed\n"));
    assert_non_null(strstr(text, "Encryption:     AES-128-CBC, key under a 2048-bit RSA key (256 "
                                 "bytes), 5 bytes of padding\n"
                                 "IV:             06 7E F9 68 D0 94 20 76 02 AC 88 7A FF D9 EF 78\n"
                                 "Plain digest:   SHA-1 AA E3 59 E2 E9 2D BD 38 37 A5 BE C9 A9 6A "
                                 "F8 2D 54 2B 00 F5\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ctl_of_10),
        cmocka_unit_test(itl_of_8),
        cmocka_unit_test(itl_of_another_implementation),
        cmocka_unit_test(unknown_things_and_hostile_names),
        cmocka_unit_test(checksums_by_release),
        cmocka_unit_test(absent),
        cmocka_unit_test(dates),
        cmocka_unit_test(differences_of_headers),
        cmocka_unit_test(differences_of_records),
        cmocka_unit_test(signed_files),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
