/* Files as people have them: encodings, separators, quotes, both forms of headers, device types of
 * every kind, fleets of several files. */
#include "tests/unit/run_script.h"
#include "sim/inventory/inventory.h"
#include "sim/text/encoding.h"
#include "sim/report/rows.h"

#include <iconv.h>

#define HEADER "Device Name,Device Pool,Device Type,Description,Device Protocol\n"

static struct inventory v;
static struct err error;

static bool read_as(const char *bytes, size_t n, struct inventory_as as)
{
    error.text[0] = '\0';
    inventory_free(&v);
    return inventory_read(view_of(bytes, n), "f.csv", as, &v, &error);
}

static void good_bytes(const char *bytes, size_t n)
{
    if (!read_as(bytes, n, (struct inventory_as){ NULL, 0 }))
        fail_msg("%s", error.text);
}

static void good(const char *text)
{
    good_bytes(text, strlen(text));
}

static const char *note(uint32_t line)
{
    for (uint32_t i = 0; i < v.note_count; i++) {
        if (v.notes[i].line == line)
            return v.notes[i].text;
    }
    return "";
}

static void fates(uint32_t simulated, uint32_t other, uint32_t nothing, uint32_t bad)
{
    const uint32_t right[] = { simulated, other, nothing, bad };
    for (int k = 0; k < ROWS_FATES; k++)
        assert_int_equal(v.fates[k], right[k]);
    assert_int_equal(v.total, simulated + other + nothing + bad);
}

/* ---- encodings ---- */

static size_t encoded(const char *text, const char *as, const char *mark, size_t mark_n, char *out,
                      size_t room)
{
    iconv_t how = iconv_open(as, "UTF-8");
    assert_true(how != (iconv_t)-1);
    memcpy(out, mark, mark_n);
    char *from = (char *)(uintptr_t)text, *to = out + mark_n;
    size_t n = strlen(text), left = room - mark_n;
    assert_true(iconv(how, &from, &n, &to, &left) != (size_t)-1);
    iconv_close(how);
    return room - left;
}

static void encodings(void **state)
{
    static const struct {
        const char *name, *mark;
        size_t n;
    } cases[] = {
        { "UTF-8", "", 0 },
        { "UTF-8", "\xef\xbb\xbf", 3 },
        { "UTF-16LE", "\xff\xfe", 2 },
        { "UTF-16BE", "\xfe\xff", 2 },
        { "UTF-16LE", "", 0 },
        { "UTF-16BE", "", 0 },
        { "ISO-8859-1", "", 0 },
        { "WINDOWS-1252", "", 0 },
    };
    static const char text[] =
        HEADER "SEP0011215A1AE3,Caf\xc3\xa9-\xc3\x9c,Cisco 7841,\"a, b\",SIP\r\n"
               "SEP0011215A1AE4,Noord,Cisco 8841,,SIP\r\n";
    char bytes[1000];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n = encoded(text, cases[i].name, cases[i].mark, cases[i].n, bytes, sizeof bytes);
        good_bytes(bytes, n);
        fates(2, 0, 0, 0);
        assert_string_equal(v.rows[0].pool, "Caf\xc3\xa9-\xc3\x9c");
        assert_string_equal(v.rows[1].pool, "Noord");
        assert_int_equal(v.rows[1].line, 3);
    }
    size_t n = encoded(text, "UTF-16LE", "\xff\xfe", 2, bytes, sizeof bytes);
    assert_false(read_as(bytes, n - 1, (struct inventory_as){ NULL, 0 }));
    assert_string_equal(error.text, "f.csv: it looks like UTF-16LE and is none");
    n = encoded("pool,a\nNoordzijde \xc3\xa9,pub\n", "UTF-16BE", "\xfe\xff", 2, bytes,
                sizeof bytes);
    struct inventory_pools p;
    assert_true(inventory_read_pools(view_of(bytes, n), "p.csv", &p, &error));
    assert_string_equal(p.pools[0].name, "Noordzijde \xc3\xa9");
    inventory_free_pools(&p);
}

/* What iconv() makes of it. */
static struct view as_utf8(const char *bytes, size_t n, const char *from, char *out, size_t room)
{
    iconv_t how = iconv_open("UTF-8", from);
    assert_true(how != (iconv_t)-1);
    char *in = (char *)(uintptr_t)bytes, *to = out;
    size_t left = room;
    bool good = iconv(how, &in, &n, &to, &left) != (size_t)-1 && n == 0;
    iconv_close(how);
    return good ? view_of(out, room - left) : (struct view){ NULL, 0 };
}

static void same_as_iconv(const char *bytes, size_t n, const char *from)
{
    char out[64];
    struct arena a = arena_of(&sys_mem);
    struct view right = as_utf8(bytes, n, from, out, sizeof out), got;
    struct err e = { "" };
    bool good = text_from_file(view_of(bytes, n), &a, &got, &e);
    if (good != (right.p != NULL) || (good && !view_eq(got, right)))
        fail_msg("%s: %02x %02x %02x %02x", from, (uint8_t)bytes[n - 4], (uint8_t)bytes[n - 3],
                 (uint8_t)bytes[n - 2], (uint8_t)bytes[n - 1]);
    arena_free(&a);
}

/* Each byte of the two encodings of one, each unit of UTF-16 alone and before each kind of unit. */
static void every_character(void **state)
{
    static const uint32_t behind[] = { 'a', 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000 };
    (void)state;
    for (int byte = 0x80; byte < 0x100; byte++) {
        bool windows = strchr("\x81\x8d\x8f\x90\x9d", byte) == NULL;
        const char bytes[] = { 'a', 'b', (char)byte, '-' };
        same_as_iconv(bytes, 4, windows ? "WINDOWS-1252" : "ISO-8859-1");
    }
    const char both[] = { (char)0x80, (char)0x81, 'a', 'b' };
    same_as_iconv(both, 4, "ISO-8859-1");
    for (uint32_t u = 0; u < 0x10000; u += u < 0xd7f0 || u > 0xe010 ? 7 : 1) {
        for (size_t k = 0; k < sizeof behind / sizeof *behind; k++) {
            const uint32_t w = behind[k];
            const char little[] = {
                'a', 0, 'b', 0, (char)u, (char)(u >> 8), (char)w, (char)(w >> 8)
            };
            const char big[] = { 0, 'a', 0, 'b', (char)(u >> 8), (char)u, (char)(w >> 8), (char)w };
            same_as_iconv(little, 8, "UTF-16LE");
            same_as_iconv(little, 6, "UTF-16LE");
            same_as_iconv(little, 7, "UTF-16LE");
            same_as_iconv(big, 8, "UTF-16BE");
        }
    }
}

/* ---- separators, line ends, quotes ---- */

static void separators(void **state)
{
    static const char *const files[] = {
        "Device Name;Device Pool;Device Type\nSEP0011215A1AE3;\"A;B\";Cisco 7841\n",
        "Device Name\tDevice Pool\tDevice Type\r\nSEP0011215A1AE3\t\"A;B\"\tCisco 7841\r\n",
        "sep=|\nDevice Name|Device Pool|Device Type\nSEP0011215A1AE3|A;B|Cisco 7841\n",
        "Device Name;Device Pool;Device Type\rSEP0011215A1AE3;\"A;B\";Cisco 7841\r",
        "\"Device Name\",\"x;y;z;;;\",\"Device Pool\",Device Type\nSEP0011215A1AE3,,A;B,Cisco 7841",
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        good(files[i]);
        fates(1, 0, 0, 0);
        assert_string_equal(v.rows[0].pool, "A;B");
        assert_int_equal(v.rows[0].line, i == 2 ? 3 : 2);
    }
    struct inventory_pools p;
    assert_true(inventory_read_pools(view_str("A;pub;sub1\nB;sub1\n"), "p", &p, &error));
    assert_int_equal(p.pools[0].count, 2);
    assert_string_equal(p.pools[1].members[0], "sub1");
    inventory_free_pools(&p);
}

/* A quote that does not end costs its own row and no other. */
static void stray_quotes(void **state)
{
    (void)state;
    good(HEADER "SEP0011215A1AE1,HQ,Cisco 7841,,SIP\n"
                "SEP0011215A1AE2,\"HQ,Cisco 7841,,SIP\n"
                "SEP0011215A1AE3,HQ,Cisco 7841,,SIP\n"
                "SEP0011215A1AE4,HQ,Cisco 7841,\"Archer, Ben\",SIP\n"
                "SEP0011215A1AE5,HQ,Cisco 7841,,SIP\n");
    fates(4, 0, 0, 1);
    assert_string_equal(note(3), "the quote that begins here does not end");
    assert_string_equal(v.rows[1].name, "SEP0011215A1AE3");
    assert_int_equal(v.rows[1].line, 4);
    /* A line break in quotes is one, as long as no phone begins behind it. */
    good(HEADER "SEP0011215A1AE1,HQ,Cisco 7841,\"two\nlines, \"\"three\"\"\r\nSEP000\",SIP\n"
                "SEP0011215A1AE2,HQ,Cisco 7841,,SIP\n");
    fates(2, 0, 0, 0);
    assert_int_equal(v.rows[1].line, 5);
    good(
        "Description,Device Name,Device Pool,Device Type\n\"front\ndesk\",SEP0011215A1AE1,HQ,Cisco "
        "7841\nx,CSFX,HQ,Cisco Jabber\n\"a\nb,CSFY,HQ,text\nc\",CSFZ,HQ,Cisco Jabber\n");
    fates(3, 0, 0, 0);
    /* The last row, and lines that are no phones: each is counted. */
    good(HEADER "SEP0011215A1AE1,HQ,Cisco 7841,,SIP\n"
                "SEP0011215A1AE2,HQ,Cisco 7841,\"x,SIP\n"
                "y,z\n"
                "SEP0011215A1AE3,HQ,Cisco 7841,\"and another,SIP\n");
    fates(1, 0, 0, 3);
    assert_string_equal(note(3), "the quote that begins here does not end");
    assert_string_equal(note(4), "no device type for \"y\"");
    assert_string_equal(note(5), "the quote that begins here does not end");
    assert_false(read_as("Device Name,\"Device Pool\nx\n", 26, (struct inventory_as){ NULL, 0 }));
    assert_string_equal(error.text, "f.csv:1: the quote that begins here does not end");
}

static void quotes_and_names(void **state)
{
    (void)state;
    good("Device Name,Device Pool,Device Type\n"
         "CSFZOE,\"Zone \"\"Z\"\"\",Cisco Unified Client Services Framework\n"
         "csfzoe,HQ,Cisco Unified Client Services Framework\n"
         "sepabcdefabcdef,\"\"\"\",cisco 7841\n"
         "SEP00112Z5A0000,HQ,Cisco 7841\n"
         "SEPABCDEFABCDE`,HQ,Cisco 7841\n"
         "A.z_0-9[,HQ,Cisco 7841\n"
         "A.z_0-9Z,HQ,Cisco 7841\n");
    fates(3, 0, 0, 4);
    assert_string_equal(v.rows[0].name, "CSFZOE");
    assert_string_equal(v.rows[0].pool, "Zone \"Z\"");
    assert_string_equal(note(3), "second row of \"csfzoe\"");
    assert_string_equal(v.rows[1].name, "SEPABCDEFABCDEF");
    assert_string_equal(v.rows[1].pool, "\"");
    assert_string_equal(note(5), "bad device name \"SEP00112Z5A0000\"");
    assert_string_equal(note(6), "bad device name \"SEPABCDEFABCDE`\"");
    assert_string_equal(note(7), "bad device name \"A.z_0-9[\"");
    assert_string_equal(v.rows[2].name, "A.z_0-9Z");
}

/* A short row has none of the fields of the row before it. */
static void short_rows(void **state)
{
    (void)state;
    good("Device Name,Device Pool,Device Type,Device Security Profile,Phone Load Name\n"
         "SEP0011215A1AE1,HQ,Cisco 7965,HQ secure,SCCP45.9-2-1S\n"
         "SEP0011215A1AE2,HQ,Cisco 7965\n"
         "SEP0011215A1AE3,HQ\n");
    fates(2, 0, 0, 1);
    assert_int_equal(v.rows[0].security_mode, CNF_ENCRYPTED);
    assert_string_equal(v.rows[0].load, "SCCP45.9-2-1S");
    assert_int_equal(v.rows[1].security_mode, CNF_NON_SECURE);
    assert_string_equal(v.rows[1].load, "");
    assert_string_equal(note(4), "no device type for \"SEP0011215A1AE3\"");
}

static void many_columns(void **state)
{
    char *text;
    size_t n;
    (void)state;
    FILE *f = open_memstream(&text, &n);
    fputs("Device Name,Device Pool,Device Type", f);
    for (int i = 0; i < 5000; i++)
        fprintf(f, ",Line Text Label %d", i);
    fputs("\nSEP0011215A1AE1,HQ,Cisco 7841", f);
    for (int i = 0; i < 5000; i++)
        fputs(",\"x\"", f);
    fputs("\n", f);
    fclose(f);
    good_bytes(text, n);
    fates(1, 0, 0, 0);
    free(text);
}

/* ---- headers ---- */

static void both_headers(void **state)
{
    static const char *const names[] = { "Device Security Profile", "Security Profile",
                                         "SECURITY PROFILE" };
    char text[300];
    (void)state;
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof text,
                 "Device Name,Device Pool,Device Type,%s,Phone Load Name,Device Protocol\n"
                 "SEP0011215A1AE3,HQ,Cisco 8841,8841 encrypted,,SIP\n",
                 names[i]);
        good(text);
        assert_int_equal(v.rows[0].security_mode, CNF_ENCRYPTED);
        assert_string_equal(note(1), "");
    }
    good("Device Name,Device Pool,Device Type\nSEP0011215A1AE3,HQ,Cisco 8841\n");
    assert_int_equal(v.note_count, 3);
    assert_string_equal(v.notes[0].text,
                        "no column \"Device Security Profile\": all phones count as non-secure");
    assert_string_equal(v.notes[1].text,
                        "no column \"Phone Load Name\": all phones have the newest "
                        "load of their model");
    assert_string_equal(v.notes[2].text,
                        "no column \"Device Protocol\": all phones speak the usual "
                        "protocol of their model");
    for (int i = 0; i < 3; i++)
        assert_false(v.notes[i].bad);
}

/* ---- device types ---- */

static void is_type(uint32_t i, const char *type, uint32_t rows, int fate, const char *model,
                    const char *why)
{
    const struct inventory_type *t = &v.types[i];
    assert_string_equal(t->type, type);
    assert_int_equal(t->rows, rows);
    assert_int_equal(t->fate, fate);
    if (model != NULL)
        assert_string_equal(model_table[t->model].name, model);
    if (why == NULL)
        assert_null(t->why);
    else
        assert_string_equal(t->why, why);
}

static const char of_all_kinds[] = HEADER "SEP000000000001,HQ,Cisco 7841,,SIP\n"
                                          "SEP000000000002,HQ,CISCO 7841,,SIP\n"
                                          "SEP000000000003,HQ,Cisco 8899,,SIP\n"
                                          "SEP000000000004,HQ,Acme Door,,SCCP\n"
                                          "SEP000000000005,HQ,Acme Door,,SIP\n"
                                          "SEP000000000006,HQ,Acme Gate,,\n"
                                          "UCCX Port 1,,CTI Port,,SCCP\n"
                                          "AN0011215A1AE3000,HQ,Analog Phone,,SCCP\n"
                                          "SEP00000000000,HQ,Cisco 7841,,SIP\n"
                                          "SEP000000000007,HQ,,,SIP\n"
                                          "SEP000000000008,\"HQ,Cisco 7841,,SIP\n"
                                          "SEP000000000009,HQ,Cisco 7841,,SIP\n";

static void kinds_of_types(void **state)
{
    (void)state;
    good(of_all_kinds);
    fates(3, 4, 2, 3);
    assert_int_equal(v.type_count, 9);
    is_type(0, "Cisco 7841", 3, ROWS_SIMULATED, "7841", NULL);
    is_type(1, "Cisco 8899", 1, ROWS_AS_OTHER, "88xx", "its family");
    is_type(2, "Acme Door", 1, ROWS_AS_OTHER, "SCCP device", "a plain device of its protocol");
    is_type(3, "Acme Door", 1, ROWS_AS_OTHER, "SIP device", "a plain device of its protocol");
    is_type(4, "Acme Gate", 1, ROWS_AS_OTHER, "SIP device", "a plain device of its protocol");
    is_type(5, "CTI Port", 1, ROWS_NOTHING, NULL, "an application, no device");
    is_type(6, "Analog Phone", 1, ROWS_NOTHING, NULL,
            "a port of a gateway, which holds no trust list");
    is_type(7, "Cisco 7841", 1, ROWS_LEFT_OUT, NULL, NULL);
    is_type(8, "", 2, ROWS_LEFT_OUT, NULL, NULL);
    assert_int_equal(v.types[7].line, 10);
    assert_true(inventory_bent(&v));
    good(HEADER "SEP000000000001,HQ,Cisco 7841,,SIP\nUCCX,,CTI Port,,\n");
    assert_false(inventory_bent(&v));
}

static void said_as(void **state)
{
    static const char *const words[] = { "acme door=7841", "CTI Port=Jabber",
                                         "Cisco 7841=Cisco 8841" };
    (void)state;
    if (!read_as(of_all_kinds, strlen(of_all_kinds), (struct inventory_as){ words, 3 }))
        fail_msg("%s", error.text);
    is_type(0, "Cisco 7841", 3, ROWS_AS_OTHER, "8841", "--as");
    is_type(2, "Acme Door", 1, ROWS_AS_OTHER, "7841", "--as");
    is_type(3, "Acme Door", 1, ROWS_AS_OTHER, "7841", "--as");
    is_type(5, "CTI Port", 0, ROWS_AS_OTHER, "Jabber", "--as"); /* its name is none of a phone */
    static const char *const slip[] = { "Acme Dor=7841" };
    if (!read_as(of_all_kinds, strlen(of_all_kinds), (struct inventory_as){ slip, 1 }))
        fail_msg("%s", error.text);
    assert_string_equal(v.notes[v.note_count - 1].text,
                        "--as: no row has the device type \"Acme Dor\"");
    assert_false(v.notes[v.note_count - 1].bad);
    static const char *const bad[] = { "x", "=7841", "Cisco 1=7999" };
    static const char *const says[] = {
        "--as x: TYPE=MODEL was expected", "--as =7841: TYPE=MODEL was expected",
        "--as Cisco 1=7999: no model \"7999\"; `cucmlab models` shows them"
    };
    for (int i = 0; i < 3; i++) {
        assert_false(
            read_as(of_all_kinds, strlen(of_all_kinds), (struct inventory_as){ bad + i, 1 }));
        assert_string_equal(error.text, says[i]);
    }
}

static void in_words(void **state)
{
    char text[ROWS_TEXT], *printed;
    size_t n;
    struct inventory_file f = { .path = "f.csv", .cluster = "HQ", .pools_path = "p.csv" };
    (void)state;
    good(of_all_kinds);
    f.phones = v;
    memset(f.sha256, 'a', 64);
    assert_string_equal(rows_line(&v, text), "12 rows: 3 phones, 4 phones simulated as another "
                                             "model, 2 with nothing to lose, 3 left out");
    assert_string_equal(rows_verdict(&f, 1, text),
                        "4 phones are simulated as another model, 3 rows "
                        "of the inventory are left out");
    assert_string_equal(rows_verdict(NULL, 0, text), "");
    FILE *out = open_memstream(&printed, &n);
    rows_print(out, &f, 1);
    fclose(out);
    assert_string_equal(
        printed,
        "Inventory of HQ: f.csv\n"
        "  12 rows: 3 phones, 4 phones simulated as another model, 2 with nothing to lose, 3 left "
        "out\n"
        "  pools: p.csv\n"
        "          2  (no device type)                         left out, the first in line 11\n"
        "          1  Cisco 7841                               left out, the first in line 10\n"
        "          1  Analog Phone                             nothing to lose: a port of a "
        "gateway, which holds no trust list\n"
        "          1  CTI Port                                 nothing to lose: an application, no "
        "device\n"
        "          1  Acme Door                                simulated as SCCP device (a plain "
        "device of its protocol)\n"
        "          1  Acme Door                                simulated as SIP device (a plain "
        "device of its protocol)\n"
        "          1  Acme Gate                                simulated as SIP device (a plain "
        "device of its protocol)\n"
        "          1  Cisco 8899                               simulated as Cisco 8800 series (its "
        "family)\n"
        "  simulated as they are: 3 Cisco 7841\n"
        "  line 1: no column \"Device Security Profile\": all phones count as non-secure\n"
        "  line 1: no column \"Phone Load Name\": all phones have the newest load of their "
        "model\n\n");
    free(printed);
}

/* ---- what is told when a file is read ---- */

static void tells(const char *text, const char *want)
{
    struct inventory_file f = { .path = "f.csv", .cluster = "HQ" };
    char *told;
    size_t n;
    good(text);
    f.phones = v;
    FILE *out = open_memstream(&told, &n);
    rows_tell(out, &f);
    fclose(out);
    assert_string_equal(told, want);
    free(told);
}

/* One row with another separator than the header; a separator that is none. */
static void mixed(void **state)
{
    (void)state;
    tells("Device Name,Device Pool,Device Type,Security Profile,Phone Load Name,Device Protocol\n"
          "SEP000000000001;HQ;Cisco 7841;;;SIP\n"
          "SEP000000000002,HQ,Cisco 7841,,,SIP\n",
          "f.csv:2: one field alone, where the header has several: "
          "\"SEP000000000001;HQ;Cisco 7841;;;SIP\" (row left out)\n"
          "f.csv: 2 rows: 1 phone, 1 left out\n");
    inventory_free(&v);
    assert_false(inventory_read(view_str("sep=\nDevice Name,Device Pool\n"), "f.csv",
                                (struct inventory_as){ NULL, 0 }, &v, &error));
    assert_string_equal(error.text, "f.csv:1: no column \"Device Name\" in the header; it begins "
                                    "with \"sep=\"");
}

/* Bad rows first, a few of each kind, in the order in which the kinds come; then how things were
 * taken; then the sum. */
static void bundled(void **state)
{
    (void)state;
    tells("Device Name,Device Pool,Device Type,Security Profile,Phone Load Name,Device Protocol\n"
          "SEP000000000001,HQ,Cisco 7841,7841 Secure,,SIP\n"
          "SEP000000000002,,Cisco 7841,,,SIP\n"
          "SEP1,HQ,Cisco 7841,,,SIP\n"
          "SEP000000000003,,Cisco 7841,,,SIP\n"
          "SEP000000000004,,Cisco 7841,,,SIP\n"
          "SEP000000000005,,Cisco 7841,,,SIP\n"
          "SEP000000000006,,Cisco 7841,,,SIP\n"
          "SEP000000000007,HQ,Cisco 7841,odd,,SIP\n"
          "SEP000000000008,HQ,Cisco 7841,8841 encrypted,,SIP\n"
          "SEP000000000009,HQ,Cisco 7841,8841 encrypted,,SIP\n"
          "SEP00000000000A,HQ,Cisco 7841,encrypted too,,SIP\n"
          "SEP00000000000B,HQ,Cisco 7841,Encrypted Config,,SIP\n"
          "SEP00000000000C,HQ,Cisco 7841,non-secure,,SIP\n",
          "f.csv:3: no device pool for \"SEP000000000002\" (row left out)\n"
          "f.csv:5: no device pool for \"SEP000000000003\" (row left out)\n"
          "f.csv:6: no device pool for \"SEP000000000004\" (row left out)\n"
          "f.csv: no device pool for: 2 more, the last in line 8 (rows left out)\n"
          "f.csv:4: bad device name \"SEP1\" (row left out)\n"
          "f.csv:10: 2 security profiles, the first \"8841 encrypted\" (3 phones), are taken by "
          "their names as encrypted, with an LSC of this cluster if it is their home\n"
          "f.csv:13: security profile \"Encrypted Config\" (1 phone) is taken by its name as "
          "encrypted, with an LSC of this cluster if it is their home, configuration files "
          "encrypted\n"
          "f.csv:2: security profile \"7841 Secure\" (1 phone) is taken by its name as encrypted, "
          "with an LSC of this cluster if it is their home\n"
          "f.csv:9: security profile \"odd\" (1 phone) is taken by its name as non-secure\n"
          "f.csv: 13 rows: 7 phones, 6 left out\n");
}

/* ---- pools ---- */

static void as_run_sql_prints(void **state)
{
    struct inventory_pools p;
    (void)state;
    assert_true(inventory_read_pools(view_str("(expression)  \n=============\nA,pub \nA,sub1\n"
                                              "B,sub1\n"),
                                     "p", &p, &error));
    assert_int_equal(p.count, 2);
    assert_int_equal(p.pools[0].count, 2);
    assert_string_equal(p.pools[0].members[1], "sub1");
    assert_int_equal(p.pools[1].line, 5);
    inventory_free_pools(&p);
    static const char *const bad[] = { "A,1\nA,2\nA,3\nA,4\n", "A,1\nB,1\nA,2\n", "A,\tx\x01\n" };
    static const char *const says[] = { "p:4: more than 3 group members for pool \"A\"",
                                        "p:3: pool \"A\" stands in line 1 already",
                                        "p:1: bad group member \"x?\"" };
    for (int i = 0; i < 3; i++) {
        assert_false(inventory_read_pools(view_str(bad[i]), "p", &p, &error));
        assert_string_equal(error.text, says[i]);
        inventory_free_pools(&p);
    }
}

/* ---- in a session ---- */

static void run_with(struct run *r, const char *scenario, const char *const *files, uint32_t count,
                     const char *const *pools, uint32_t pools_count)
{
    size_t n;
    put_file(r->path, scenario, strlen(scenario));
    struct session_options o = options_for(r, r->path, 1);
    o.inventories = files;
    o.inventory_count = count;
    o.pools = pools;
    o.pools_count = pools_count;
    FILE *out = open_memstream(&r->out, &n);
    o.script.out = out;
    r->session = session_new(&o, &r->e);
    if (r->session != NULL)
        r->result = session_run(r->session, &r->e);
    fclose(out);
}

/* The fleet of today: the verdict speaks of every row. */
static void a_fleet_of_today(void **state)
{
    static const char *const file[] = { "tests/vectors/fleet.csv" };
    static const char *const pools[] = { "tests/vectors/fleet-pools.txt" };
    struct run r = { 0 };
    struct report report;
    (void)state;
    run_with(
        &r,
        "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub1', 'sub2' } }"
        " local f = hq:phones { count = 1, model = '7965' } settle() "
        "print(f:count(), f:count { registered = true }, f:count { model = '7841' }, "
        "f:count { model = '88xx' }, f:count { model = '7942' })",
        file, 1, pools, 1);
    assert_string_equal(r.e.text, "");
    assert_string_equal(r.out, "254\t254\t40\t2\t9\n");
    const struct inventory *i = &r.session->files[0].phones;
    assert_int_equal(i->total, 292);
    assert_int_equal(i->fates[ROWS_SIMULATED], 251);
    assert_int_equal(i->fates[ROWS_AS_OTHER], 3);
    assert_int_equal(i->fates[ROWS_NOTHING], 36);
    assert_int_equal(i->fates[ROWS_LEFT_OUT], 2);
    session_report(r.session, 0, 0, &report);
    assert_string_equal(
        report.verdict,
        "no phone loses anything; 3 phones are simulated as another model, 2 rows of "
        "the inventory are left out");
    report_free(&report);
    done(&r);
}

static char *csv_of_pools(char path[64], const char *rows)
{
    char text[2000];
    snprintf(text, sizeof text, HEADER "%s", rows);
    put_file(path, text, strlen(text));
    return path;
}

#define TWO                                                                                        \
    "local a = cluster { name = 'A', version = '8.6', nodes = { 'pub' } } "                        \
    "local b = cluster { name = 'B', version = '12.5', nodes = { 'pub' } } "                       \
    "a:pool('N', { 'pub' }) a:pool('NW', { 'pub' }) a:pool('S', { 'pub' }) "
static const char rows_a[] = "SEP000000000001,N,Cisco 7841,,\nSEP000000000002,NW,Cisco 7841,,\n"
                             "SEP000000000003,S,Cisco 7841,,\nSEP000000000004,S,Cisco 7841,,\n";

static void expect_run(const char *scenario, const char *out, const char *e)
{
    char a[64], b[64], of_a[80], of_b[80];
    const char *files[] = { of_a, of_b };
    struct run r = { 0 };
    snprintf(of_a, sizeof of_a, "A=%s", csv_of_pools(a, rows_a));
    snprintf(of_b, sizeof of_b, "B=%s", csv_of_pools(b, "SEP000000000009,Default,Cisco 8841,,\n"));
    run_with(&r, scenario, files, 2, NULL, 0);
    if (e[0] == '\0')
        assert_string_equal(r.e.text, "");
    else if (strstr(r.e.text, e) == NULL)
        fail_msg("expected %s\nis %s", e, r.e.text);
    assert_string_equal(r.out, out);
    done(&r);
    unlink(a);
    unlink(b);
}

/* One file a cluster, and several fleets of one file. */
static void clusters_and_fleets(void **state)
{
    (void)state;
    expect_run(TWO "local x, y = a:phones { count = 5, model = '7965', inventory = 'N*' }, "
                   "a:phones { count = 5, model = '7965' } "
                   "local own = a:phones { count = 7, model = '7965', inventory = false } "
                   "local z = b:phones { count = 1, model = '7965' } settle() "
                   "print(x:count(), y:count(), own:count(), z:count { model = '8841' })",
               "2\t2\t7\t1\n", "");
    expect_run(TWO "a:phones { count = 5, model = '7965' } a:phones { count = 1, model = '7965' }",
               "", ": all its phones are in other fleets already");
    expect_run(TWO "a:phones { count = 5, model = '7965', inventory = 'X' }", "",
               "no phone in it that no other fleet has is in the pool \"X\"");
    expect_run(
        TWO "a:phones { count = 5, model = '7965', inventory = 'N' } "
            "b:phones { count = 1, model = '7965' }",
        "",
        ": phones that no `phones {}` of the scenario took, by pool: \"NW\" (1 from line 3), "
        "\"S\" (2 from line 4)");
    expect_run("cluster { name = 'A', version = '8.6', nodes = { 'pub' } }", "",
               ": phones that no `phones {}` of the scenario took");
    expect_run("cluster { name = 'C', version = '8.6', nodes = { 'pub' } }", "",
               "it has no cluster \"A\", so --inventory A=");
    expect_run(TWO "a:phones { count = 5, model = '7965', inventory = 3 }", "",
               "phones: inventory is the name of a device pool, with * at its end, or false");
}

/* A phone that was put into the new cluster before it moves stands in both exports: one phone, at
 * home where the scenario asks first, in both databases. */
static void prepared_for_a_move(void **state)
{
    static const char scenario[] =
        "local a = cluster { name = 'A', version = '12.5', nodes = { 'pub' } } "
        "local b = cluster { name = 'B', version = '12.5', nodes = { 'npub' } } "
        "a:pool('N', { 'pub' }) b:pool('M', { 'npub' }) "
        "local old = a:phones { count = 1, model = '7841' } "
        "local new = b:phones { count = 1, model = '7841' } settle() "
        "print(old:count(), new:count(), new:count { server = 'npub' }, new:count { pool = 'N' }, "
        "new[1], new[2], new[3], new[2].model, new[2].server) "
        "a:set('rollback', true) a.pub:restart('TVS', 'TFTP') wait('1m') old:reset() settle() "
        "new:where { pool = 'N' }:move { tftp = b.npub } new:reset() settle() "
        "print(new:count { server = 'npub' }, old:count { server = 'npub' })";
    char a[64], b[64], of_a[80], of_b[80], line[ROWS_TEXT], *text;
    const char *files[] = { of_a, of_b };
    size_t n;
    struct run r = { 0 };
    struct report report;
    (void)state;
    snprintf(of_a, sizeof of_a, "A=%s",
             csv_of_pools(a, "SEP000000000001,N,Cisco 7841,,\nSEP000000000002,N,Cisco 8899,,\n"
                             "SEP000000000003,N,Cisco 7841,,\n"));
    snprintf(of_b, sizeof of_b, "B=%s",
             csv_of_pools(b, "SEP000000000002,M,Cisco 8899,,\nSEP000000000009,Default,Cisco 8841,,"
                             "\nSEP000000000001,M,Cisco 7821,,\n"));
    run_with(&r, scenario, files, 2, NULL, 0);
    assert_string_equal(r.e.text, "");
    assert_string_equal(r.out, "3\t3\t1\t2\tSEP000000000009\tSEP000000000002\tSEP000000000001\t88xx"
                               "\tpub\n3\t2\n");
    assert_int_equal(r.session->lab->state.phone_count, 4);
    const struct inventory_file *f = r.session->files;
    assert_string_equal(rows_line(&f[0].phones, line),
                        "3 rows: 2 phones, 1 phone simulated as another model");
    assert_string_equal(rows_line(&f[1].phones, line),
                        "3 rows: 2 phones, 1 phone simulated as another model; 2 of the phones "
                        "are at home in A");
    session_report(r.session, 0, 0, &report);
    assert_non_null(strstr(report.verdict, "; 1 phone is simulated as another model"));
    report_free(&report);
    FILE *out = open_memstream(&text, &n);
    rows_print(out, f + 1, 1);
    fclose(out);
    assert_non_null(strstr(text, "\n  a phone of several files is one phone, in each of their "
                                 "databases; its home is the cluster whose `phones` comes first in "
                                 "the scenario\n  of these 1 has another model at home than here, "
                                 "which is the one simulated\n"));
    free(text);
    done(&r);
    unlink(a);
    unlink(b);
}

/* The LSC of one that moves is from its home, and files are not encrypted to another's. */
static void prepared_and_secure(void **state)
{
    static const char scenario[] =
        "local a = cluster { name = 'A', version = '12.5', nodes = { 'pub' } } "
        "local b = cluster { name = 'B', version = '12.5', nodes = { 'npub' } } "
        "a:phones { count = 1, model = '7841' } b:phones { count = 1, model = '7841' }";
    static const char rows[] = "Device Name,Device Pool,Device Type,Device Security Profile\n"
                               "SEP000000000001,Default,Cisco 7841,Encrypted\n";
    char a[64], b[64], of_a[80], of_b[80];
    const char *files[] = { of_a, of_b };
    struct run r = { 0 };
    (void)state;
    put_file(a, rows, strlen(rows));
    put_file(b, rows, strlen(rows));
    snprintf(of_a, sizeof of_a, "A=%s", a);
    snprintf(of_b, sizeof of_b, "B=%s", b);
    run_with(&r, scenario, files, 2, NULL, 0);
    assert_string_equal(r.e.text, "");
    const struct lab_state *s = &r.session->lab->state;
    assert_int_equal(s->phone_count, 1);
    assert_int_not_equal(s->phones[0].lsc, 0);
    const struct device_class *home = config_class_of(&s->clusters[0], 0),
                              *there = config_class_of(&s->clusters[1], 0);
    assert_int_equal(home->security_mode, CNF_ENCRYPTED);
    assert_int_equal(there->security_mode, CNF_ENCRYPTED);
    assert_int_equal(home->lsc, s->phones[0].lsc);
    assert_int_equal(there->lsc, 0);
    done(&r);
    unlink(a);
    unlink(b);
}

static void whose_files(void **state)
{
    static const struct {
        const char *files[2], *pools[2], *says;
    } cases[] = {
        { { "a.csv", "b.csv" },
          { NULL },
          "two files of phones: --inventory CLUSTER=FILE says whose" },
        { { "A=a.csv", "A=b.csv" }, { NULL }, "two files of phones of A" },
        { { "A=a.csv" },
          { "B=p.csv" },
          "--pools B=p.csv: it says the groups of --inventory B=FILE" },
        { { NULL }, { "p.csv" }, "--pools p.csv: it says the groups of --inventory FILE" },
        { { "A=a.csv" }, { "p.csv", "A=q.csv" }, "two --pools for a.csv" },
        { { "./x=y/a.csv" }, { NULL }, "./x=y/a.csv: " },
        { { "A=/nowhere/a.csv" }, { NULL }, "/nowhere/a.csv: " },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run r = { 0 };
        uint32_t n = (cases[i].files[0] != NULL) + (cases[i].files[1] != NULL);
        uint32_t k = (cases[i].pools[0] != NULL) + (cases[i].pools[1] != NULL);
        run_with(&r, "", cases[i].files, n, cases[i].pools, k);
        assert_null(r.session);
        if (strncmp(r.e.text, cases[i].says, strlen(cases[i].says)) != 0)
            fail_msg("%zu: %s", i, r.e.text);
        done(&r);
    }
}

static int end(void **state)
{
    (void)state;
    inventory_free(&v);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings),
        cmocka_unit_test(every_character),
        cmocka_unit_test(separators),
        cmocka_unit_test(stray_quotes),
        cmocka_unit_test(quotes_and_names),
        cmocka_unit_test(short_rows),
        cmocka_unit_test(many_columns),
        cmocka_unit_test(both_headers),
        cmocka_unit_test(kinds_of_types),
        cmocka_unit_test(said_as),
        cmocka_unit_test(in_words),
        cmocka_unit_test(mixed),
        cmocka_unit_test(bundled),
        cmocka_unit_test(as_run_sql_prints),
        cmocka_unit_test(a_fleet_of_today),
        cmocka_unit_test(clusters_and_fleets),
        cmocka_unit_test(prepared_for_a_move),
        cmocka_unit_test(prepared_and_secure),
        cmocka_unit_test(whose_files),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
