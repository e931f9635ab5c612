/* Files from outside that are not what they should be, and those of Cisco's own form: signed
 * firmware, header version 1.1 without a timestamp (our own files, signed with a test key). */
#include "sim/base/sys.h"
#include "sim/cmd/tools.h"
#include "sim/wire/tl_make.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#define FIRMWARE "tests/vectors/firmware/"
#define LISTINGS "tests/vectors/listings/"

static struct arena arena;
static char path[64];
static const char *out, *problems;

static int set_up(void **state)
{
    (void)state;
    arena = arena_of(&sys_mem);
    snprintf(path, sizeof path, "/tmp/cucmlab-tools-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 || close(fd) != 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return unlink(path);
}

/* The tool's exit status; what it wrote is in `out` and `problems`. */
static int tool(const char *name, const char *action, const char *file, const char *option,
                const char *value)
{
    const char *words[] = { action, file, option, value };
    char *argv[4], *text, *wrong;
    size_t text_n, wrong_n;
    for (int i = 0; i < 4; i++)
        argv[i] = (char *)(uintptr_t)words[i];
    int argc = option == NULL ? 2 : value == NULL ? 3 : 4;
    FILE *o = open_memstream(&text, &text_n), *e = open_memstream(&wrong, &wrong_n);
    int status = tools_run(name, argc, argv, o, e);
    fclose(o);
    fclose(e);
    out = arena_text(&arena, view_of(text, text_n));
    problems = arena_text(&arena, view_of(wrong, wrong_n));
    free(text);
    free(wrong);
    return status;
}

static void put_file(struct view v)
{
    struct err e = { "" };
    if (!sys_write_file(path, v, &e))
        fail_msg("%s", e.text);
}

static struct view get_file(const char *name)
{
    struct view v = { NULL, 0 };
    struct err e = { "" };
    if (!sys_read_file(name, 1 << 20, &arena, &v, &e))
        fail_msg("%s", e.text);
    return v;
}

/* ---- signed firmware ---- */

static const struct {
    const char *path, *name;
    unsigned header, padding, content;
} images[] = { { FIRMWARE "lab.sbn", "lab.sbn", 368, 0, 184 },
               { FIRMWARE "lab1.loads", "lab1.loads", 372, 1, 19 },
               { FIRMWARE "lab.loads", "lab.loads", 372, 2, 19 },
               { FIRMWARE "term.sgn", "term.sgn", 372, 3, 11 } };

static void firmware_is_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        char expected[512];
        snprintf(expected, sizeof expected,
                 "File name:      %s\n"
                 "Version:        1.1, signed firmware\n"
                 "Header:         %u bytes\n"
                 "Content:        %u bytes\n"
                 "Signer:         CN=labSigner;OU=Test;O=Lab\n"
                 "Issuer:         CN=labCA;OU=Test;O=Lab\n"
                 "Serial number:  12:34:56:78:90:AB:CD:EF\n"
                 "Signature:      RSA 2048 bits, SHA-1\n"
                 "Timestamp:      none\n",
                 images[i].name, images[i].header, images[i].content);
        assert_int_equal(tool("sgn", "show", images[i].path, "--strict", NULL), 0);
        assert_string_equal(out, expected);
        struct tl_header h;
        struct err e = { "" };
        assert_true(tl_decode_header(get_file(images[i].path), true, &arena, &h, &e));
        assert_false(h.has_timestamp || h.has_enc);
        assert_int_equal(h.signer_version, -1);
        assert_int_equal(h.modulus, 2);
        const struct tl_tlv *last = &h.tlvs[h.count - 1];
        assert_int_equal(last->tag == 13 ? last->v.n : 0, images[i].padding);
    }
}

static void firmware_verifies(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(tool("sgn", "verify", images[i].path, "--with", FIRMWARE "signer.pem"), 0);
        assert_string_equal(out, "Signer:    CN=labSigner;OU=Test;O=Lab\n"
                                 "Issuer:    CN=labCA;OU=Test;O=Lab, serial number "
                                 "12:34:56:78:90:AB:CD:EF\n"
                                 "Signature: RSA 2048 bits, SHA-1, timestamp none\n"
                                 "Good: signed by the key of this certificate.\n");
        assert_int_equal(
            tool("sgn", "verify", images[i].path, "--with", "tests/vectors/peer/tvs.pem"), 1);
        uint8_t *bad = (uint8_t *)arena_copy(&arena, get_file(images[i].path)).p;
        bad[images[i].header] ^= 1;
        put_file(view_of(bad, images[i].header + images[i].content));
        assert_int_equal(tool("sgn", "verify", path, "--with", FIRMWARE "signer.pem"), 1);
        assert_non_null(strstr(out, "does not verify with this key"));
    }
}

static void firmware_is_stripped(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct view file = get_file(images[i].path);
        assert_int_equal(tool("sgn", "strip", images[i].path, NULL, NULL), 0);
        assert_memory_equal(out, file.p + images[i].header, images[i].content);
    }
    assert_int_equal(tool("itl", "show", images[0].path, NULL, NULL), 2);
    assert_string_equal(problems, "cucmlab itl show: " FIRMWARE
                                  "lab.sbn: offset 3: version 1.1 is a signed file, not a trust "
                                  "list (1.2): use `cucmlab sgn`\n");
}

/* A phone takes no list, file or encrypted file without a timestamp, so no tool does. */
static void others_need_their_timestamp(void **state)
{
    (void)state;
    uint8_t *file = (uint8_t *)arena_copy(&arena, get_file(images[0].path)).p;
    static const struct {
        uint8_t version[2];
        const char *says;
    } cases[] = { { { 1, 0 }, "header without timestamp (tag 15)" },
                  { { 1, 2 }, "header without timestamp (tag 15)" },
                  { { 2, 0 }, "header without timestamp (tag 15)" },
                  { { 1, 3 }, "version 1.3 is none of 1.2, 1.0, 1.1, 2.0 (FORMATS section 1)" } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memcpy(file + 3, cases[i].version, 2);
        put_file(view_of(file, 552));
        assert_int_equal(tool("sgn", "show", path, NULL, NULL), 2);
        assert_non_null(strstr(problems, cases[i].says));
    }
}

/* ---- what it looks like, and what is expected ---- */

static void says_what_it_looks_like(void **state)
{
    (void)state;
#define LIST(kind) "the file itself as TFTP serves it (http://NODE:6970/" kind "File.tlv)"
    static const struct {
        const char *tool, *content;
        size_t n;
        const char *what, *expected;
    } cases[] = {
        { "ctl", "admin: show ctl\nThe checksum value of the CTL file:\n0c05(MD5)\n", 0,
          "the text that `show ctl` prints", LIST("CTL") },
        { "ctl", "Length of CTL file: 4947\r\n", 0, "the text that `show ctl` prints",
          LIST("CTL") },
        { "itl", "ITL Record #:1\n----\nBYTEPOS TAG\n", 0, "the text that `show itl` prints",
          LIST("ITL") },
        { "itl", "admin:show ctl\nThe CTL file was verified\nof the CTL file\n", 0,
          "the text that `show ctl` prints", LIST("ITL") },
        { "itl", "------- ---\nBYTEPOS TAG  LENGTH  VALUE\n", 0,
          "the text that `show itl` or `show ctl` prints", LIST("ITL") },
        { "ctl", "Length of CTL file: 0\nCTL File not found . Please run CTLClient plugin\n", 0,
          "what `show ctl` prints where there is no CTL file", LIST("CTL") },
        { "itl", "\xef\xbb\xbf  Length of ITL file: 5438", 0, "the text that `show itl` prints",
          LIST("ITL") },
        { "itl", "\xff\xfeL\0e\0", 6, "text in UTF-16", LIST("ITL") },
        { "itl", "AQACAQI=\n", 0, "text", LIST("ITL") },
        { "itl", "<html>404</html>", 0, "text that begins with '<' (XML, or a server's error page)",
          LIST("ITL") },
        { "sgn", "-----BEGIN CERTIFICATE-----\n", 0, "a PEM file",
          "a signed file as TFTP serves it (.sgn)" },
        { "sgn", "HTTP/1.1 200 OK\r\n\r\n\1\0\2", 22, "a server's answer with its header lines",
          "a signed file as TFTP serves it (.sgn)" },
        { "ctl", "\x30\x82\x03\x01\x30\x82", 0, "a certificate or key in DER", LIST("CTL") },
        { "ctl", "\x1f\x8b\x08\0", 4, "a gzip archive", LIST("CTL") },
        { "ctl", "PK\x03\x04\x14\0", 6, "a zip archive", LIST("CTL") },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char says[256];
        size_t n = cases[i].n != 0 ? cases[i].n : strlen(cases[i].content);
        put_file(view_of(cases[i].content, n));
        snprintf(says, sizeof says, "cucmlab %s show: %s: this is %s; expected %s\n", cases[i].tool,
                 path, cases[i].what, cases[i].expected);
        assert_int_equal(tool(cases[i].tool, "show", path, NULL, NULL), 2);
        assert_string_equal(problems, says);
        assert_string_equal(out, "");
    }
    assert_int_equal(tool("ctl", "show", LISTINGS "show-ctl-10.0.1.txt", NULL, NULL), 2);
    assert_non_null(strstr(problems, "this is the text that `show ctl` prints; expected "));
    put_file(view_of("\0\0\0\0", 4)); /* who knows */
    assert_int_equal(tool("ctl", "show", path, NULL, NULL), 2);
    assert_non_null(strstr(problems, "offset 0: 4 bytes hold no header"));
}

/* ---- long lists ---- */

/* Two lists of many records that differ everywhere are compared in a moment. */
static void long_lists_are_compared(void **state)
{
    (void)state;
    enum { RECORDS = 40000, ROOM = RECORDS * 64 + 1024 };
    uint8_t *bytes[2];
    struct view files[2];
    struct err e = { "" };
    char names[2][80];
    for (uint32_t f = 0; f < 2; f++) {
        struct tl_new_header h = { .version = TL_LIST,
                                   .signer_version = -1,
                                   .signer_name = view_str("CN=pub"),
                                   .signer_serial = view_str("\x01"),
                                   .signer_issuer = view_str("CN=pub"),
                                   .digest = 1,
                                   .signature_bytes = 64,
                                   .file_name = view_str("ITLFile.tlv") };
        size_t signature_at;
        bytes[f] = arena_take(&arena, ROOM);
        struct wr w = wr_of(bytes[f], ROOM);
        assert_true(tl_write_header(&h, &w, &signature_at, &e));
        for (uint32_t i = 0; i < RECORDS; i++) {
            char subject[32], serial[16];
            /* Half have one name; serial numbers are new. */
            snprintf(subject, sizeof subject, "CN=n%u", i % 2 == 0 ? 0 : i);
            snprintf(serial, sizeof serial, "%u", f * RECORDS + i);
            struct tl_new_record r = { .form = TL_TOKEN,
                                       .role = TL_TVS,
                                       .dns = view_str(""),
                                       .subject = view_str(subject),
                                       .issuer = view_str("CN=i"),
                                       .serial = view_str(serial) };
            assert_true(tl_write_record(&r, &w, &e));
        }
        files[f] = view_of(bytes[f], w.n);
        snprintf(names[f], sizeof names[f], "%s.%u", path, f);
        assert_true(sys_write_file(names[f], files[f], &e));
    }
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    assert_int_equal(tool("itl", "diff", names[0], names[1], NULL), 1);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    unlink(names[0]);
    unlink(names[1]);
    size_t changed = 0;
    for (const char *p = strstr(out, "Changed: "); p != NULL; p = strstr(p + 1, "Changed: "))
        changed++;
    assert_int_equal(changed, RECORDS);
    assert_null(strstr(out, "Removed: "));
    assert_null(strstr(out, "Order of the records changed"));
    assert_true(to.tv_sec - from.tv_sec < 5); /* half a minute where every pair was looked at */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(firmware_is_shown),       cmocka_unit_test(firmware_verifies),
        cmocka_unit_test(firmware_is_stripped),    cmocka_unit_test(others_need_their_timestamp),
        cmocka_unit_test(says_what_it_looks_like), cmocka_unit_test(long_lists_are_compared),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
