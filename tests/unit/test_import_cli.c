/* Logs of the command line: cut at their prompts, whatever a terminal left in them, and the thin
 * path through cluster, certificates and lists.  Shapes: observed outputs of 10.x to 15. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/import_cli.h"

static const char cluster[] =
    "10.9.1.12 cm-sub.lab.example cm-sub Subscriber callmanager DBSub authenticated using TCP "
    "since Thu Oct 28 11:24:16 2021\n"
    "10.9.1.11 cm-pub.lab.example cm-pub Publisher callmanager DBPub authenticated\n"
    "\n"
    "Server Table (processnode) Entries\n"
    "----------------------------------\n"
    "cm-pub.lab.example\n"
    "cm-sub.lab.example\n";

static const char itl[] =
    "The checksum value of the ITL file:\n"
    "0c05655de63fe2a042cf252d96c6d601(MD5)\n"
    "8c92d1a569f7263cf4485812366e66e3b503a201(SHA1)\n"
    "\n"
    "Length of ITL file: 1442\n"
    "The ITL File was last modified on Fri Jul 07 13:05:18 BST 2023\n"
    "\n"
    "        Parse ITL File\n"
    "        ----------------\n"
    "\n"
    "Version:        1.2\n"
    "HeaderLength:   304 (BYTES)\n"
    "\n"
    "BYTEPOS TAG             LENGTH  VALUE\n"
    "------- ---             ------  -----\n"
    "3       SIGNERID        2       117\n"
    "4       SIGNERNAME      44      CN=ITLRECOVERY_cm-pub;OU=Lab;O=Example;L=Riv;\n"
    "ST=A;C=FR\n"
    "5       SERIALNUMBER    4       3C:F9:27:0A\n"
    "6       CANAME          44      CN=ITLRECOVERY_cm-pub;OU=Lab;O=Example;L=Riv;\n"
    "ST=A;C=FR\n"
    "7       SIGNATUREINFO   2       15\n"
    "8       DIGESTALGORTITHM        1\n"
    "9       SIGNATUREALGOINFO       2       8\n"
    "10      SIGNATUREALGORTITHM     1\n"
    "11      SIGNATUREMODULUS        1\n"
    "12      SIGNATURE       16\n"
    "        45  ec  5  c  9e  68  6d  e6\n"
    "        8   7   6  5  4   3   2   1\n"
    "14      FILENAME        12\n"
    "15      TIMESTAMP       4\n"
    "\n"
    "        ITL Record #:1\n"
    "                  ----\n"
    "BYTEPOS TAG             LENGTH  VALUE\n"
    "------- ---             ------  -----\n"
    "1       RECORDLENGTH    2       738\n"
    "2       DNSNAME         1       \n"
    "3       SUBJECTNAME     25      CN=ITLRECOVERY_cm-pub;O\n"
    "=\n"
    "4       FUNCTION        2       System Administrator Security Token\n"
    "5       ISSUERNAME      7       CN=self\n"
    "6       SERIALNUMBER    4       3C:F9:27:0A\n"
    "7       PUBLICKEY       270     \n"
    "8       SIGNATURE       256     \n"
    "9       CERTIFICATE     955     5C AF 7D 23 FE 82 DB 87 2B 6F 4D B7 F0 \n"
    "9D D5 86 EE E0 8B FC (SHA1 Hash HEX) \n"
    "This etoken was used to sign the ITL file.\n"
    "\n"
    "        ITL Record #:2\n"
    "                  ----\n"
    "BYTEPOS TAG             LENGTH  VALUE\n"
    "------- ---             ------  -----\n"
    "1       RECORDLENGTH    2       400\n"
    "2       DNSNAME         19      cm-pub.lab.example\n"
    "3       SUBJECTNAME     22      CN=cm-pub.lab.example\n"
    "4       FUNCTION        2       TVS\n"
    "5       ISSUERNAME      22      CN=cm-pub.lab.example\n"
    "6       SERIALNUMBER    2       2E:3E\n"
    "7       PUBLICKEY       270     \n"
    "8       SIGNATURE       256     \n"
    "11      CERTHASH        20      C7 E1 D9 7A CC B0 2B C2 A8 B2 90 FB\n"
    "AA FE 66 5B EC 41 42 5D\n"
    "12      HASH ALGORITHM  1       SHA-1\n"
    "\n"
    "The ITL file was verified successfully.\n";

static void check_cluster(const char *here)
{
    assert_string_equal(value_of(FACT_HERE, here, "", 0), "cm-pub");
    assert_string_equal(value_of(FACT_NODE_ADDRESS, "cm-sub", "", 0), "10.9.1.12");
    assert_string_equal(value_of(FACT_NODE_FQDN, "cm-pub", "", 0), "cm-pub.lab.example");
    assert_string_equal(value_of(FACT_NODE_ROLE, "cm-pub", "", 0), "publisher");
    assert_string_equal(value_of(FACT_NODE_ROLE, "cm-sub", "", 0), "subscriber");
    assert_string_equal(value_of(FACT_NODE_PRODUCT, "cm-sub", "", 0), "callmanager");
    assert_int_equal(said_of(FACT_NODE_LISTED, NULL, "", "yes"), 2);
    assert_int_equal(said_of(FACT_NODE_LISTED, "cm-sub.lab.example", "", "yes"), 1);
}

static void check_itl(const char *here)
{
    const char *file = "ITLFile.tlv";
    assert_string_equal(value_of(FACT_LIST_MD5, here, file, 0), "0c05655de63fe2a042cf252d96c6d601");
    assert_string_equal(value_of(FACT_LIST_SHA1, here, file, 0),
                        "8c92d1a569f7263cf4485812366e66e3b503a201");
    assert_string_equal(value_of(FACT_LIST_LENGTH, here, file, 0), "1442");
    assert_string_equal(value_of(FACT_LIST_MADE, here, file, 0), "2023-07-07T12:05:18Z");
    assert_string_equal(value_of(FACT_LIST_VERIFIES, here, file, 0), "yes");
    assert_string_equal(value_of(FACT_LIST_SIGNER, here, file, 0),
                        "CN=ITLRECOVERY_cm-pub;OU=Lab;O=Example;L=Riv;ST=A;C=FR");
    assert_string_equal(value_of(FACT_LIST_SIGNER_SERIAL, here, file, 0), "3CF9270A");
    assert_string_equal(value_of(FACT_RECORD_ROLE, here, file, 0), "SAST");
    assert_string_equal(value_of(FACT_RECORD_ROLE, here, file, 1), "TVS");
    assert_string_equal(value_of(FACT_RECORD_DNS, here, file, 0), "");
    assert_string_equal(value_of(FACT_RECORD_DNS, here, file, 1), "cm-pub.lab.example");
    /* Wrapped in the middle of an attribute: 24 bytes and the NUL. */
    assert_string_equal(value_of(FACT_RECORD_SUBJECT, here, file, 0), "CN=ITLRECOVERY_cm-pub;O=");
    assert_string_equal(value_of(FACT_RECORD_ISSUER, here, file, 1), "CN=cm-pub.lab.example");
    assert_string_equal(value_of(FACT_RECORD_SERIAL, here, file, 1), "2E3E");
    assert_string_equal(value_of(FACT_RECORD_SHA1, here, file, 0),
                        "5caf7d23fe82db872b6f4db7f09dd586eee08bfc");
    assert_string_equal(value_of(FACT_RECORD_SHA1, here, file, 1),
                        "c7e1d97accb02bc2a8b290fbaafe665bec41425d");
}

static const char cert_head[] = "[\n"
                                "  Version: V3\n"
                                "  Serial Number: 2B6E11\n"
                                "  SignatureAlgorithm: SHA256withECDSA (1.2.840.10045.4.3.2)\n"
                                "  Issuer Name: O=Example, CN=cm-pub.lab.example\n"
                                "  Validity From: Sun Jul 08 13:05:19 BST 2018\n"
                                "           To:   Fri Jul 07 13:05:18 BST 2023\n"
                                "  Subject Name: O=Example, CN=cm-pub.lab.example\n"
                                "\n"
                                "]";

static void test_one_log(void **state)
{
    (void)state;
    struct view der = made_cert("CN=cm-pub.lab.example;O=Example");
    const char *sha256 = hex_of(DIGEST_SHA256, der);
    const char *log = join("Command Line Interface is starting up, please wait ...\n\n"
                           "   Welcome to the Platform Command Line Interface\n\n"
                           "admin:show network cluster\n",
                           cluster, "admin: show cert own CallManager/CallManager.pem\n");
    log = join(log, join(cert_head, pem_of(der), "admin:show itl\n"), itl);
    read_log(join(log, "admin:exit\n", ""), 3);
    check_cluster("@3");
    check_itl("@3");
    assert_string_equal(value_of(FACT_OWN, "@3", "CallManager", 0), sha256);
    assert_int_equal(facts.note_count, 0);
    assert_int_equal(piece_count, 4);
    assert_string_equal(piece_kinds[0], "show network cluster");
    assert_int_equal(piece_lines[0], 6);
    assert_int_equal(line_of(FACT_NODE_ADDRESS, "10.9.1.11"), 7);
    assert_string_equal(piece_commands[1], "show cert own CallManager/CallManager.pem");
    assert_string_equal(piece_kinds[3], "set cli, exit, quit");
}

/* CR LF, colours, a pager that was overwritten, a typing error and time stamps: the same facts, on
 * the same lines. */
static const char *as_captured(const char *log, const char *stamp)
{
    struct sys_text t;
    FILE *out = sys_text_open(&t);
    struct view left = view_str(log), line;
    for (uint32_t n = 1; text_line(&left, &line); n++) {
        if (n % 7 == 0)
            fprintf(out,
                    "%s\x1b[1mPress <enter> for 1 line, <space> for one page, or <q> to quit"
                    "\x1b[0m\r%*s\r",
                    stamp[0] == 0 ? "" : stamp, 70, "");
        if (n % 7 != 0 || stamp[0] == 0)
            fputs(stamp, out);
        if (line.n >= 6 && memcmp(line.p, "admin:", 6) == 0)
            fprintf(out, "admin:shwo\b\b\b\x1b[Kh\x1b[Kow\b\b\b\b\x1b[K%.*s", (int)line.n - 6,
                    (const char *)line.p + 6);
        else
            fwrite(line.p, 1, line.n, out);
        fputs("\x1b[0m\r\n", out);
    }
    fclose(out);
    char *text = arena_text(&arena, view_of(t.p, t.n));
    sys_text_free(&t);
    return text;
}

static void test_a_captured_log(void **state)
{
    (void)state;
    const char *log = join("admin:show network cluster\n", cluster, "admin:show itl\n");
    log = as_captured(join(log, itl, "admin:\n"), "");
    assert_non_null(strstr(log, "\x1b[1mPress <enter>"));
    read_log(log, 9);
    check_cluster("@9");
    check_itl("@9");
    assert_int_equal(line_of(FACT_NODE_ADDRESS, "10.9.1.11"), 3);
    assert_int_equal(facts.note_count, 0);
    assert_int_equal(piece_count, 2);
}

static void test_stamps(void **state)
{
    (void)state;
    static const char *const stamps[] = {
        "[2026-03-14 06:00:01.250] ",  "2026/03/14 06:00:01: ",  "06:00:01 ",
        "[14.03.2026 06:00:01,250]\t", "3/14/2026 6:00:01 AM: ", "> > 06:00:01 "
    };
    for (size_t i = 0; i < sizeof stamps / sizeof *stamps; i++) {
        end_facts(NULL);
        begin_facts(NULL);
        const char *log = join("admin:show network cluster\n", cluster, "admin:show itl\n");
        struct sys_text t;
        FILE *out = sys_text_open(&t);
        struct view left = view_str(join(log, itl, "")), line;
        for (unsigned n = 0; text_line(&left, &line); n++) {
            char stamp[40];
            (void)snprintf(stamp, sizeof stamp, "%s", stamps[i]);
            char *second = strstr(stamp, ":01");
            second[1] = (char)('0' + n / 10 % 6);
            second[2] = (char)('0' + n % 10);
            fprintf(out, "%s%.*s\n", stamp, (int)line.n, (const char *)line.p);
        }
        fclose(out);
        read_log(arena_text(&arena, view_of(t.p, t.n)), 9);
        sys_text_free(&t);
        check_cluster("@9");
        check_itl("@9");
        assert_int_equal(facts.note_count, 0);
    }
}

/* As a mail quotes it, and with the blanks that mails and documents make of two of ours. */
static void test_quoted(void **state)
{
    (void)state;
    static const char *const quotes[] = { "> ", "> > ", ">> ", "| ", ">" };
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        end_facts(NULL);
        begin_facts(NULL);
        const char *log = join("admin:show network cluster\n", cluster, "\nadmin:show itl\n");
        struct sys_text t;
        FILE *out = sys_text_open(&t);
        struct view left = view_str(join(log, itl, "")), line;
        while (text_line(&left, &line)) {
            fprintf(out, "%s", quotes[i]);
            for (size_t k = 0; k < line.n; k++) {
                bool two = line.p[k] == ' ' && k + 1 < line.n && line.p[k + 1] == ' ';
                fprintf(out, "%s%c", two ? "\xc2\xa0" : "", two ? ' ' : line.p[k]);
                k += two;
            }
            fputc('\n', out);
        }
        fclose(out);
        end_facts(NULL);
        begin_facts(NULL);
        const char *quoted = arena_text(&arena, view_of(t.p, t.n));
        sys_text_free(&t);
        read_log(quoted, 9);
        check_cluster("@9");
        check_itl("@9");
        assert_int_equal(facts.note_count, 0);
    }
}

static void test_what_is_a_log(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is;
    } cases[] = {
        { "admin:show itl\nLength of ITL file: 0\n", true },
        { "admin: show itl", true },
        { "banner\r\n\x1b[32madmin:\x1b[0mutils service list\r\n", true },
        { "admin:\nadmin:\nadmin:run sql select name from processnode\n", true },
        { "Primary Node =trueadmin:show itl\n", true },
        { "Length of ITL file: 0\n", false },
        { "admin:", false },
        { "admin:password\n", false },
        { "", false },
        { "<html><pre>admin:show itl</pre>", false },
        { "{\"text\": \"admin:show itl\"}", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(cli_is_log(view_str(cases[i].text)), cases[i].is);
}

static void test_where_a_log_is_cut(void **state)
{
    (void)state;
    /* An output before the first prompt, a prompt behind an unfinished line, an empty one, a query
     * that runs over the edge of the screen, and a second login. */
    read_log("Active Master Version: 14.0.1.11900-132\n"
             "admin:utils service list\n"
             "Cisco Tftp[STARTED]\n"
             "Primary Node =trueadmin:show tls min-version\n"
             "Configured TLS minimum version: 1.2\n"
             "admin:\n"
             "admin:run sql select paramname,paramvalue from processconfig where par \ramname='a'\n"
             "admin:exit\n"
             "   Welcome to the Platform Command Line Interface\n"
             "admin:show tls min-version\n"
             "Configured TLS minimum version: 1.0\n",
             4);
    assert_int_equal(piece_count, 6);
    assert_string_equal(piece_kinds[0], "show version active, show version inactive");
    assert_string_equal(piece_commands[0], "");
    assert_string_equal(piece_kinds[1], "utils service list");
    assert_string_equal(value_of(FACT_NODE_ROLE, "@4", "", 0), "publisher");
    assert_int_equal(piece_lines[2], 5);
    assert_string_equal(piece_commands[3], "run sql select paramname,paramvalue from processconfig "
                                           "where paramname='a'");
    assert_string_equal(value_of(FACT_NODE_TLS, "@4", "", 0), "1.2");
    assert_int_equal(piece_sessions[4], 4);
    assert_int_equal(piece_sessions[5], 4 + CLI_LOGIN);
    char here[FACTS_HERE_ROOM];
    (void)snprintf(here, sizeof here, "@%u", 4 + CLI_LOGIN);
    assert_string_equal(value_of(FACT_NODE_TLS, here, "", 0), "1.0");
}

static void test_alone(void **state)
{
    (void)state;
    read_output(NULL, cluster);
    assert_string_equal(piece_kinds[0], "show network cluster");
    check_cluster("@1");
    read_output(NULL, itl);
    assert_string_equal(piece_kinds[0], "show itl");
    check_itl("@1");
    assert_int_equal(facts.note_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_log, begin_facts, end_facts),
        cmocka_unit_test_setup_teardown(test_a_captured_log, begin_facts, end_facts),
        cmocka_unit_test_setup_teardown(test_stamps, begin_facts, end_facts),
        cmocka_unit_test_setup_teardown(test_quoted, begin_facts, end_facts),
        cmocka_unit_test_setup_teardown(test_what_is_a_log, begin_facts, end_facts),
        cmocka_unit_test_setup_teardown(test_where_a_log_is_cut, begin_facts, end_facts),
        cmocka_unit_test_setup_teardown(test_alone, begin_facts, end_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
