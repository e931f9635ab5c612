/* Files, folders and archives into pieces: everything is found by what is in it, nothing goes
 * missing in silence, and what means harm is refused (sim/import/recognise.h, unpack.h). */
#include "tests/unit/import_read.h"

#include "sim/crypto/pem.h"

#include "tests/unit/packed.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char phones[] = "Device Name,Device Pool\nSEP0011215A1AE3,DP-A\n";
static const char pools[] = "pool,first\nDP-A,sub1\n";

static void as_limits(const struct unpack_limits *limits)
{
    recognise_free(&got);
    recognise_begin(&got, &facts, limits);
}

static bool refused_for(const char *path, const char *part)
{
    const struct recognised_row *row = row_of(path);
    return row != NULL && row->as == RECOGNISED_REFUSED && row->facts == 0 && noted(part);
}

/* ---- kinds of archives ---- */

static void test_archives_of_every_kind(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int format, filter;
    } kinds[] = {
        { "tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE },
        { "zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE },
        { "gzip", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP },
        { "bzip2", ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FILTER_BZIP2 },
        { "xz", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_XZ },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char path[64];
        pack_begin(kinds[i].format, kinds[i].filter);
        pack("folder/a.png", view_str(phones));
        pack("b.exe", view_str(pools));
        recognise_bytes(&got, kinds[i].name, pack_end());
        assert_string_equal(kind_of_path(kinds[i].name), kinds[i].name);
        snprintf(path, sizeof path, "%s:folder/a.png", kinds[i].name);
        assert_string_equal(kind_of_path(path), "BAT export of phones");
        snprintf(path, sizeof path, "%s:b.exe", kinds[i].name);
        assert_string_equal(kind_of_path(path), "pools (CSV)");
    }
    assert_int_equal(got.as[RECOGNISED], 10);
    assert_int_equal(got.as[RECOGNISED_OPENED], 5);
    assert_int_equal(facts.note_count, 0);
}

/* A zip says in two places of each member that its name is UTF-8 (bit 11). */
static struct view said_to_be_utf8(struct view v)
{
    uint8_t *b = packed_bytes[packed_at];
    for (size_t i = 0; i + 10 < v.n; i++) {
        if (memcmp(b + i, "PK\3\4", 4) == 0)
            b[i + 7] |= 8;
        if (memcmp(b + i, "PK\1\2", 4) == 0)
            b[i + 9] |= 8;
    }
    return v;
}

/* Whatever the locale: this program has none. */
static void test_names_beyond_ascii(void **state)
{
    (void)state;
    static const int formats[] = { ARCHIVE_FORMAT_ZIP, ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE,
                                   ARCHIVE_FORMAT_TAR_GNUTAR };
    static const char *const names[] = { "B\xc3\xbcro M\xc3\xbcnchen/p", "\xe6\x97\xa5/p",
                                         "\xf0\x9f\x93\x9e" };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            char archive[8], path[64];
            snprintf(archive, sizeof archive, "%zu%zu", i, k);
            pack_begin(formats[i], ARCHIVE_FILTER_NONE);
            pack(names[k], view_str(phones));
            recognise_bytes(&got, archive, said_to_be_utf8(pack_end()));
            snprintf(path, sizeof path, "%s:%s", archive, names[k]);
            assert_string_equal(kind_of_path(path), "BAT export of phones");
        }
    }
    assert_int_equal(facts.note_count, 0);
}

/* What people hand over in place of a text is named, and not opened where it is a zip by chance. */
static void test_what_is_handed_over(void **state)
{
    (void)state;
    static const struct {
        const char *path, *bytes;
        size_t n;
        const char *says;
    } cases[] = {
#define CASE(path, bytes, says) { path, bytes, sizeof(bytes) - 1, says }
        CASE("a", "%PDF-1.7\n%\xe2\xe3", "a PDF"),
        CASE("b", "{\\rtf1\\ansi admin:show itl\\par}", "RTF"),
        CASE("c", "\x89PNG\r\n\x1a\n\0\0", "a picture"),
        CASE("d", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "Outlook"),
        CASE("e", "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n",
             "a mail"),
        CASE("f", "\0\5\x16\7\0\2\0\0Mac OS X", "what a system keeps"),
        CASE("g", "", "there is nothing in it"),
        CASE("h", "7z\xbc\xaf\x27\x1c\0\4", "is not opened"),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        recognise_bytes(&got, cases[i].path, view_of(cases[i].bytes, cases[i].n));
        assert_string_equal(kind_of_path(cases[i].path), "not recognised");
        assert_true(noted(cases[i].says));
    }
    static const char *const inside[][2] = { { "xl/workbook.xml", "an Excel workbook" },
                                             { "word/document.xml", "a Word document" } };
    for (size_t i = 0; i < 2; i++) {
        uint32_t before = got.count;
        pack_begin(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE);
        pack("[Content_Types].xml", view_str("<Types/>"));
        pack(inside[i][0], view_str("<row/>"));
        recognise_bytes(&got, inside[i][1], pack_end());
        assert_int_equal(got.count, before + 1);
        assert_int_equal(row_of(inside[i][1])->as, RECOGNISED_UNKNOWN);
        assert_true(noted(inside[i][1]));
    }
}

static void test_an_empty_member(void **state)
{
    (void)state;
    pack_begin(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE);
    pack("a", view_of("", 0));
    recognise_bytes(&got, "t", pack_end());
    assert_string_equal(kind_of_path("t:a"), "not recognised");
}

/* A file that is packed alone keeps its path: nobody else gave it a name. */
static void test_one_file_in_a_filter(void **state)
{
    (void)state;
    recognise_bytes(&got, "phones", pack_alone(ARCHIVE_FILTER_GZIP, view_str(phones)));
    assert_int_equal(got.count, 2);
    assert_string_equal(facts.readings[got.rows[1].reading].path, "phones");
    assert_string_equal(facts.readings[got.rows[1].reading].kind, "BAT export of phones");
}

static void test_a_tar_of_long_ago(void **state)
{
    (void)state;
    pack_begin(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE);
    pack("a", view_str(phones));
    struct view v = pack_end();
    uint8_t *b = packed_bytes[packed_at];
    unsigned sum = 0;
    memset(b + 257, 0, 8); /* no "ustar" */
    memset(b + 148, ' ', 8);
    for (int i = 0; i < 512; i++)
        sum += b[i];
    snprintf((char *)b + 148, 8, "%06o", sum);
    recognise_bytes(&got, "t", v);
    assert_string_equal(kind_of_path("t:a"), "BAT export of phones");
}

static void test_archives_in_archives(void **state)
{
    (void)state;
    pack_begin(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE);
    pack("p", view_str(phones));
    struct view inner = pack_end();
    pack_begin(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP);
    pack("inner", inner);
    pack("after", view_str(pools));
    recognise_bytes(&got, "t", pack_end());
    assert_string_equal(kind_of_path("t:inner"), "zip");
    assert_string_equal(kind_of_path("t:inner:p"), "BAT export of phones");
    /* The path of the outer one comes back behind it. */
    assert_string_equal(kind_of_path("t:after"), "pools (CSV)");
}

static void test_eight_archives_deep(void **state)
{
    (void)state;
    struct view v = view_str(phones);
    for (int i = 0; i < 8; i++)
        v = pack_alone(ARCHIVE_FILTER_GZIP, v);
    recognise_bytes(&got, "8", v);
    assert_int_equal(got.as[RECOGNISED], 1);
    v = pack_alone(ARCHIVE_FILTER_GZIP, v);
    recognise_bytes(&got, "9", v);
    assert_int_equal(got.as[RECOGNISED], 1);
    assert_int_equal(got.as[RECOGNISED_REFUSED], 1);
    assert_true(noted("an archive in an archive, and so on"));
}

/* ---- what is refused ---- */

static void test_links_devices_and_odd_names(void **state)
{
    (void)state;
    static const char *const odd[] = { "/etc/passwd", "a/../../b", "..", "a\nb" };
    pack_begin(ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FILTER_NONE);
    pack("good", view_str(phones));
    pack_as("link", AE_IFLNK, "/etc/passwd", view_of("", 0));
    pack_as("hard", AE_IFREG, "good", view_of("", 0));
    pack_as("device", AE_IFCHR, NULL, view_of("", 0));
    pack_as("fifo", AE_IFIFO, NULL, view_of("", 0));
    pack_as("folder", AE_IFDIR, NULL, view_of("", 0));
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        pack(odd[i], view_str(phones));
    pack("a..b/B\xc3\xbcro", view_str(pools));
    recognise_bytes(&got, "t", pack_end());
    assert_true(refused_for("t:link", "a symbolic link"));
    assert_true(refused_for("t:hard", "a hard link"));
    assert_true(refused_for("t:device", "a device, or no file"));
    assert_true(refused_for("t:fifo", "a device, or no file"));
    assert_null(row_of("t:folder"));
    assert_true(refused_for("t:/etc/passwd", "its name begins at the root"));
    assert_true(refused_for("t:a/../../b", "its name leads out of the archive"));
    assert_true(refused_for("t:..", "its name leads out of the archive"));
    assert_true(refused_for("t:a\nb", "control characters in its name"));
    assert_int_equal(got.as[RECOGNISED_REFUSED], 8);
    /* The good ones are read, whatever stands between them. */
    assert_string_equal(kind_of_path("t:good"), "BAT export of phones");
    assert_string_equal(kind_of_path("t:a..b/B\xc3\xbcro"), "pools (CSV)");
}

static const uint8_t zeros[4u << 20];

static void test_a_bomb(void **state)
{
    (void)state;
    static const struct unpack_limits small = { .files = 100,
                                                .depth = 8,
                                                .bytes = 1u << 30,
                                                .one = 1u << 30,
                                                .little = 1u << 20,
                                                .ratio = 100 };
    as_limits(&small);
    pack_begin(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP);
    pack("good", view_str(phones));
    pack("zeros", view_of(zeros, sizeof zeros)); /* gzip makes them 1,000 times smaller */
    pack("behind", view_str(pools));
    struct view v = pack_end();
    assert_true(v.n * small.ratio < sizeof zeros);
    recognise_bytes(&got, "t", v);
    assert_true(noted("it unpacks to far more than an export does"));
    assert_string_equal(kind_of_path("t:good"), "BAT export of phones");
    assert_null(row_of("t:zeros"));
    assert_null(row_of("t:behind"));
}

static void test_all_of_it_too_much(void **state)
{
    (void)state;
    static const struct unpack_limits small = {
        .files = 100, .depth = 8, .bytes = 1u << 20, .one = 1u << 30, .little = 1u << 30, .ratio = 1
    };
    as_limits(&small);
    pack_begin(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE);
    for (int i = 0; i < 4; i++)
        pack("zeros", view_of(zeros, (1u << 18) + 1));
    struct view v = pack_end();
    recognise_bytes(&got, "t", v);
    assert_true(noted("too much when unpacked"));
    assert_int_equal(got.as[RECOGNISED_UNKNOWN], 3);
}

static void test_one_file_too_large(void **state)
{
    (void)state;
    static uint8_t letters[100000];
    memset(letters, 'x', sizeof letters);
    static const struct unpack_limits small = {
        .files = 100, .depth = 8, .bytes = 1u << 30, .one = 1000, .little = 1u << 30, .ratio = 1
    };
    as_limits(&small);
    recognise_bytes(&got, "t", pack_alone(ARCHIVE_FILTER_GZIP, view_of(letters, sizeof letters)));
    assert_true(noted("a file in it is too large"));
    assert_int_equal(got.as[RECOGNISED_REFUSED], 1);
}

/* A member without a byte, stored and packed, and a gzip of nothing. */
static void test_files_of_nothing(void **state)
{
    (void)state;
    pack_begin(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE);
    pack("nothing", view_str(""));
    pack("good", view_str(phones));
    recognise_bytes(&got, "t", pack_end());
    assert_string_equal(kind_of_path("t:good"), "BAT export of phones");
    recognise_bytes(&got, "g", pack_alone(ARCHIVE_FILTER_GZIP, view_str("")));
    assert_int_equal(got.as[RECOGNISED], 1);
}

static void test_too_many_files(void **state)
{
    (void)state;
    static const struct unpack_limits small = {
        .files = 3, .depth = 8, .bytes = 1u << 30, .one = 1u << 30, .little = 1u << 30, .ratio = 1
    };
    as_limits(&small);
    pack_begin(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE);
    for (int i = 0; i < 5; i++)
        pack("p", view_str(phones));
    recognise_bytes(&got, "t", pack_end()); /* it is a file itself */
    assert_int_equal(got.as[RECOGNISED], 2);
    assert_true(noted("too many files"));
    recognise_bytes(&got, "x", view_str(phones));
    assert_int_equal(got.as[RECOGNISED], 2);
    assert_true(got.full);
}

/* Nothing but the zeros that end a tar. */
static void test_nothing_in_it(void **state)
{
    (void)state;
    recognise_bytes(&got, "t", pack_alone(ARCHIVE_FILTER_GZIP, view_of(zeros, 10240)));
    assert_int_equal(got.count, 1);
    assert_true(noted("there is nothing in it"));
}

static void test_an_encrypted_zip(void **state)
{
    (void)state;
    packed_at = 0;
    pack_begin(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE);
    pack("a", view_str(phones));
    struct view v = pack_end();
    /* Bit 0 of its flags, in its own header and in the directory at the end. */
    uint8_t *b = packed_bytes[packed_at], *central = memmem(b, v.n, "PK\1\2", 4);
    assert_non_null(central);
    b[6] |= 1;
    central[8] |= 1;
    recognise_bytes(&got, "z", v);
    assert_true(refused_for("z:a", "it is encrypted"));
}

/* ---- damage ---- */

static void test_a_tar_that_breaks_off(void **state)
{
    (void)state;
    pack_begin(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE);
    pack("a", view_str(pools));
    pack("b", view_str("Device Name,Device Pool\nSEP0011215A1AE3,A\nSEP0011215A1AE4,B\n"));
    struct view v = pack_end();
    recognise_bytes(&got, "t", view_sub(v, 0, 512 + 512 + 512 + 45));
    assert_string_equal(kind_of_path("t:a"), "pools (CSV)");
    assert_said(FACT_PHONE_POOL, "SEP0011215A1AE3", 0, "A");
    assert_null(fact_of(FACT_PHONE_POOL, "SEP0011215A1AE4", 0));
    assert_true(row_of("t:b")->bad > 0);
    assert_true(noted("it is damaged"));
}

static void test_damaged_archives(void **state)
{
    (void)state;
    pack_begin(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP);
    pack("a", view_str(pools));
    struct view v = pack_end();
    recognise_bytes(&got, "cut", view_sub(v, 0, v.n / 2));
    recognise_bytes(&got, "magic", view_str("\x1f\x8b\x08 and nothing else"));
    recognise_bytes(&got, "zip", view_str("PK\3\4 and nothing else"));
    assert_int_equal(got.as[RECOGNISED], 0);
    assert_true(got.as[RECOGNISED_REFUSED] >= 3);
}

/* ---- keys ---- */

static void test_no_key_is_read(void **state)
{
    (void)state;
    static const char both[] = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
                               "-----BEGIN PRIVATE KEY-----\nMIIEvSECRET\n-----END PRIVATE KEY---"
                               "--\n";
    static const uint8_t p12[] = { 0x30, 0x82, 0x01, 0x00, 0x02, 0x01, 0x03, 0x30,
                                   0x82, 0x00, 0xf0, 0x06, 0x09, 0x2a, 0x86 };
    read_text("both", both);
    recognise_bytes(&got, "store", view_of(p12, sizeof p12));
    uint8_t wide[2 * sizeof both] = { 0xff, 0xfe }; /* UTF-16 */
    for (size_t i = 0; i + 1 < sizeof both; i++)
        wide[2 * i + 2] = (uint8_t)both[i];
    recognise_bytes(&got, "wide", view_of(wide, sizeof wide));
    assert_true(refused_for("wide", "a private key"));
    assert_true(refused_for("both", "a private key"));
    assert_true(refused_for("store", "a PKCS#12 store"));
    for (uint32_t i = 0; i < facts.text_count; i++)
        assert_null(strstr(facts_text(&facts, i), "MIIE"));
}

/* A chain as a CA hands it out: DER, PEM, and PEM that calls it a certificate. */
static void test_chains(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    struct view v;
    struct err e = { "" };
    assert_true(sys_read_file("tests/vectors/peer/chain.p7b", 1 << 20, &a, &v, &e));
    recognise_bytes(&got, "der", v);
    assert_string_equal(kind_of_path("der"), "certificates (PKCS#7)");
    read_text("pem", pem_write(v, "PKCS7", &a));
    read_text("called", pem_write(v, "CERTIFICATE", &a));
    assert_string_equal(kind_of_path("pem"), "certificates (PEM)");
    assert_int_equal(facts.cert_count, 2);
    assert_int_equal(count_of(FACT_CERT_FOUND), 6);
    assert_int_equal(facts.note_count, 0);
    recognise_bytes(&got, "cut", view_sub(v, 0, v.n / 2));
    assert_int_equal(count_of(FACT_CERT_FOUND), 6);
    uint8_t *bad = arena_take(&a, v.n);
    memcpy(bad, v.p, v.n);
    bad[28]++; /* what is signed is no sequence */
    recognise_bytes(&got, "bad", view_of(bad, v.n));
    assert_true(row_of("bad")->bad > 0);
    arena_free(&a);
}

/* ---- text ---- */

static void test_encodings_and_line_ends(void **state)
{
    (void)state;
    char wide[2 * sizeof phones], lines[sizeof phones];
    for (size_t i = 0; i < sizeof phones - 1; i++) {
        wide[2 * i] = phones[i];
        wide[2 * i + 1] = 0;
        lines[i] = phones[i] == '\n' ? '\r' : phones[i];
    }
    recognise_bytes(&got, "utf-16", view_of(wide, 2 * (sizeof phones - 1)));
    recognise_bytes(&got, "cr", view_of(lines, sizeof phones - 1));
    read_text("bom", "\xef\xbb\xbf"
                     "Device Name,Device Pool\r\r\nSEP0011215A1AE3,DP-A\r\r\n");
    read_text("latin", "Device Name,Device Pool\nSEP0011215A1AE3,B\xfcro\n");
    assert_int_equal(got.as[RECOGNISED], 4);
    assert_int_equal(facts.count, 4);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(facts.list[i].line, 2);
    assert_string_equal(facts_text(&facts, facts.list[0].value), "DP-A");
    assert_string_equal(facts_text(&facts, facts.list[2].value), "DP-A");
    assert_string_equal(facts_text(&facts, facts.list[3].value), "B\xc3\xbcro");
}

static void test_what_nobody_knows(void **state)
{
    (void)state;
    static const uint8_t picture[] = { 0x89, 'P', 'N', 'G', 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 13 };
    recognise_bytes(&got, "picture", view_of(picture, sizeof picture));
    read_text("letter", "Dear colleague,\nthe phones are down.\n");
    read_text("empty", "");
    assert_int_equal(got.as[RECOGNISED_UNKNOWN], 3);
    assert_string_equal(kind_of_path("letter"), "not recognised");
    assert_int_equal(facts.count, 0);
}

/* A log is cut at its prompts; what no row reads is counted by its command. */
static void test_a_log(void **state)
{
    (void)state;
    read_text("log", "admin:show version active\r\nActive Master Version: 14.0.1.11900-132\r\n"
                     "Active Version Installed Software Options:\r\nNo Installed Software Options "
                     "Found.\r\nadmin:show myself\r\n\r\nMachine Name: pub\r\nadmin:");
    assert_int_equal(count_of(FACT_VERSION), 1);
    assert_int_equal(got.as[RECOGNISED_PASSED], 1);
    assert_int_equal(got.as[RECOGNISED_UNKNOWN], 0);
    const struct recognised_row *last = &got.rows[got.count - 1];
    assert_string_equal(last->command, "show myself");
    assert_int_equal(last->as, RECOGNISED_PASSED);
    assert_int_equal(facts.readings[last->reading].line, 6);
}

/* What was signed is read as if it stood there alone. */
static void test_a_signed_file(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    struct view v;
    struct err e = { "" };
    assert_true(
        sys_read_file("tests/vectors/peer/SEP0011215A1AE3.cnf.xml.sgn", 1 << 20, &a, &v, &e));
    recognise_bytes(&got, "s", v);
    assert_int_equal(got.count, 2);
    assert_string_equal(facts.readings[got.rows[0].reading].kind, "signed file");
    assert_string_equal(facts.readings[got.rows[1].reading].kind, "phone's configuration");
    assert_true(got.rows[1].bytes < v.n);
    arena_free(&a);
}

/* ---- paths ---- */

static void put(const char *path, const char *text)
{
    struct err e = { "" };
    assert_true(sys_write_file(path, view_str(text), &e));
}

static void test_a_folder(void **state)
{
    (void)state;
    char dir[] = "/tmp/cucmlab-test-XXXXXX", path[6][64];
    static const char *const names[] = { "b", "sub", "sub/a", "link", "pipe", "c" };
    struct err e = { "" };
    assert_non_null(mkdtemp(dir));
    for (int i = 0; i < 6; i++)
        snprintf(path[i], sizeof path[i], "%s/%s", dir, names[i]);
    assert_int_equal(mkdir(path[1], 0700), 0);
    put(path[0], phones);
    put(path[2], pools);
    put(path[5], phones);
    assert_int_equal(symlink(path[0], path[3]), 0);
    assert_int_equal(mkfifo(path[4], 0600), 0);
    assert_true(recognise_path(&got, dir, &e));
    assert_int_equal(got.as[RECOGNISED], 3);
    assert_true(refused_for(path[3], "a symbolic link"));
    assert_true(refused_for(path[4], "a device, or no file"));
    /* In the order of their names, so that the same folder gives the same facts. */
    assert_string_equal(facts.readings[got.rows[0].reading].path, path[0]);
    assert_string_equal(facts.readings[got.rows[1].reading].path, path[5]);
    assert_false(recognise_path(&got, "/nowhere/at/all", &e));
    assert_non_null(strstr(e.text, "/nowhere/at/all: "));
    for (int i = 5; i >= 0; i--)
        assert_int_equal(remove(path[i]), 0);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_archives_of_every_kind),
        TEST(test_names_beyond_ascii),
        TEST(test_what_is_handed_over),
        TEST(test_an_empty_member),
        TEST(test_one_file_in_a_filter),
        TEST(test_a_tar_of_long_ago),
        TEST(test_archives_in_archives),
        TEST(test_eight_archives_deep),
        TEST(test_links_devices_and_odd_names),
        TEST(test_a_bomb),
        TEST(test_all_of_it_too_much),
        TEST(test_one_file_too_large),
        TEST(test_files_of_nothing),
        TEST(test_too_many_files),
        TEST(test_nothing_in_it),
        TEST(test_an_encrypted_zip),
        TEST(test_a_tar_that_breaks_off),
        TEST(test_damaged_archives),
        TEST(test_no_key_is_read),
        TEST(test_chains),
        TEST(test_encodings_and_line_ends),
        TEST(test_what_nobody_knows),
        TEST(test_a_log),
        TEST(test_a_signed_file),
        TEST(test_a_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
