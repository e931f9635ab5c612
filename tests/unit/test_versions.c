/* The version table cell by cell, against a second one written out from the documents: a letter a
 * version, in the order of `names`. */
#include "nodes/acts.h"
#include "nodes/version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const char *const names[] = { "8.0",     "8.6",   "9.1",        "10.0",       "10.5(1)",
                                     "10.5(2)", "11.0",  "11.5",       "11.5(1)SU1", "11.5(1)SU3",
                                     "12.0",    "12.5",  "12.5(1)SU3", "12.5(1)SU6", "14",
                                     "14SU1",   "14SU2", "14SU3",      "15",         "15SU2" };

enum { VERSIONS = sizeof names / sizeof names[0] };

static const struct {
    const char *title, *letters;
    const char *words[5]; /* what a, b, c, d, e stand for */
} rows[] = {
    { "ITL signed by", "aaaaaaaaaabbbbbbbbbb", { "CallManager", "ITLRecovery" } },
    { "second SAST of the ITL", "aaabbbbbbbcccccccccc", { "none", "ITLRecovery", "CallManager" } },
    { "tokenless CTL signed by", "aaabbbbbbbcccccccccc", { "none", "CallManager", "ITLRecovery" } },
    { "second SAST of the CTL", "aaaaabbbbbcccccccccc", { "none", "ITLRecovery", "CallManager" } },
    { "SAST records of a CTL by tokens",
      "aaaaaaabbbbbbbbbbccc",
      { "tokens", "tokens, ITLRecovery, CallManager", "none" } },
    { "`utils itl reset localkey` signs with",
      "aaabbbbbbbcccccccccc",
      { "none", "ITLRecovery", "CallManager" } },
    { "made on the publisher alone",
      "aaaaaaaaaaabbbcccccc",
      { "none", "ITLRecovery", "CAPF, ITLRecovery" } },
    { "a new ITLRecovery lives",
      "aaabbbbbbbccccdddddd",
      { "none", "5 years", "20 years", "`itlrecovery_years`" } },
    { "new CallManager, TVS, tomcat, ipsec live",
      "aaaaaaaaaaaaaabbbbbb",
      { "5 years", "`tls_certificate_years`" } },
    { "TVS and CAPF records of the ITL hold", "aaaaaaaaaaabbbbbbbbb", { "hash", "certificate" } },
    { "ITL is rebuilt after a certificate change",
      "aaaaaaaaaaaaaabbbbbb",
      { "when TFTP starts", "by itself" } },
    { "services that restart after it", "aaaaaaaaaaaaaabbbbbb", { "none", "TVS, CAPF" } },
    { "CallManager takes up a new certificate",
      "aaaaaaaaaaaaaaabbbbb",
      { "when it starts", "by itself" } },
    { "phones are reset after it", "aaaaaaaaaaaaaabbbbbb", { "by hand", "by itself" } },
    { "a new CTL is served",
      "aaaaaaaaaabbbbcccccc",
      { "when TFTP starts", "`ctl_served_at_once`", "at once" } },
    { "CallManager goes by a new mode",
      "aaaaaaaaaabbbbcccccc",
      { "when it starts", "`ctl_served_at_once`", "at once" } },
    { "phones are reset after `utils ctl update CTLFile`",
      "aaaaaaaaaaaaaabbbbbb",
      { "by hand", "by itself" } },
    { "rollback parameter: new ITL, phones reset",
      "aaaaaaaaaaabbbbbbbbb",
      { "when TFTP starts; reset by hand", "by itself" } },
    { "a trust store and the subject of a node's own certificate",
      "aaaaaaaaaaaaaaaaaabb",
      { "taken", "refused" } },
    { "multi-server certificates",
      "aaaabbcdddddddeeeeee",
      { "none", "CallManager, tomcat", "CallManager, CallManager-ECDSA, tomcat",
        "CallManager, CallManager-ECDSA, tomcat, tomcat-ECDSA",
        "CallManager, CallManager-ECDSA, TVS, tomcat, tomcat-ECDSA" } },
    { "multi-server certificates that are self-signed", "aaaaaaaaaaaaaabbbbbb", { "no", "yes" } },
    { "certificates of one name in a trust store",
      "aaaaaaaaaaaaabbbbbbb",
      { "`one_per_name`", "one" } },
    { "a trust certificate is deleted",
      "aaaaaabbbbcccccccccc",
      { "from that node", "`deletes_on_one_node`", "from every node" } },
    { "reuse of the tomcat certificate for CallManager", "aaaaaaaaaaaaaabbbbbb", { "no", "yes" } },
    { "`set tls min-version`", "aaaaaaaaabbbbbbbbbbc", { "none", "up to 1.2", "up to 1.3" } },
    { "newest TLS of its services", "aaaaabbbbbbbbbbbbbbc", { "1.0", "1.2", "1.3" } },
    { "oldest TLS after an installation", "aaaaaaaaaaaaaaaaaaab", { "1.0", "1.2" } },
    { "an upgrade to it is a standard one from, and a refresh upgrade from before",
      "abbccccccccddddddddd",
      { "7.1", "8.6", "10.0", "12.5" } },
    { "an upgrade to it begins at", "aaaaaaaaaaaaaaaaaabb", { "anywhere", "12.5" } },
    { "ITLRecovery in an upgrade from before 12.5",
      "aaaaaaaaaaabaaaaaaaa",
      { "kept", "`fn70613`" } },
    { "expired trust certificates in an upgrade",
      "aaaaaaaaaaaaabaabbbb",
      { "kept", "left behind" } },
    { "the ITL before, on the server", "abbbbbbbbbbbbbbbbbbb", { "no", "kept for Cisco TAC" } },
    { "FIPS mode", "abbbbbbbbbbbbbbbbbbb", { "no", "yes" } },
    { "mixed mode asks for the export-controlled licence",
      "aaaaaaaaaabbbbbbbbbb",
      { "no", "yes" } },
    { "column ITL File Status of phones", "aaaaaaaaaaaaaabbbbbb", { "no", "yes" } },
    { "auto-registration in mixed mode", "aaaaaaabbbbbbbbbbbbb", { "off", "as without" } },
    { "format of a bulk export", "aaabbbbbbbbbbbbbbbbb", { "of 8.x and 9.x", "of 10.0 on" } },
    { "CallManager key", "aaaaaabbbbbbbbbbbbbb", { "RSA 1024", "RSA 2048" } },
    { "CallManager-ECDSA key", "aaaaaabbbbbbbbbbbbbb", { "none", "P-384" } },
    { "TVS key", "aaaaaaaaaaaaaaaaaaaa", { "RSA 2048" } },
    { "CAPF key", "aaaaaabbbbbbbbbbbbbb", { "RSA 1024", "RSA 2048" } },
    { "tomcat key", "aaabbbbbbbbbbbbbbbbb", { "RSA 1024", "RSA 2048" } },
    { "tomcat-ECDSA key", "aaaaaaabbbbbbbbbbbbb", { "none", "P-384" } },
    { "ITLRecovery key", "aaabbbcccccccccccccc", { "none", "RSA 1024", "RSA 2048" } },
    { "ipsec key", "aaaaaabbbbbbbbbbbbbb", { "RSA 1024", "RSA 2048" } },
    { "extended usages of CallManager, TVS, tomcat, ipsec",
      "aaaaaabbbbbbbbbbbbbb",
      { "server, client, IPsec", "server, client" } },
    { "digest of its certificates", "aaaaaabbbbbbbbbbbbbb", { "SHA-1", "SHA-256" } },
    { "digest of LSCs", "aaaaaaaabbbbbbbbbbbb", { "SHA-1", "SHA-256" } },
    { "tag 28 of lists", "aaaaaabbbbbbbbbbbbbb", { "none", "1.0" } },
    { "`show itl` and `show ctl` print checksums",
      "aabbbbbbbbbbbbbbbbbb",
      { "`cscTo60209`", "yes" } },
};

static void every_cell(void **state)
{
    (void)state;
    assert_int_equal(version_count, VERSIONS);
    assert_int_equal(version_column_count, sizeof rows / sizeof rows[0]);
    for (uint32_t k = 0; k < version_column_count; k++) {
        const struct version_column *c = &version_columns[k];
        assert_string_equal(c->title, rows[k].title);
        assert_int_equal(strlen(rows[k].letters), VERSIONS);
        for (uint32_t v = 0; v < VERSIONS; v++) {
            char cell[VERSION_CELL];
            c->print(version_find(names[v]), c->own, cell);
            assert_string_equal(cell, rows[k].words[rows[k].letters[v] - 'a']);
        }
    }
}

/* Each cell has a mark, by the last version that says one; what is not assumed has a source. */
static void every_mark(void **state)
{
    (void)state;
    for (uint32_t k = 0; k < version_column_count; k++) {
        const struct version_column *c = &version_columns[k];
        const struct version_mark *last = NULL;
        assert_string_equal(c->marks[0].from, names[0]);
        for (uint32_t m = 0; m < VERSION_MARKS && c->marks[m].from != NULL; m++) {
            const struct version *from = version_find(c->marks[m].from);
            assert_non_null(from);
            assert_string_equal(from->name, c->marks[m].from);
            assert_true(last == NULL || from > version_find(last->from));
            assert_true(c->marks[m].sure == ASSUMED || c->marks[m].source[0] != '\0');
            last = &c->marks[m];
            assert_ptr_equal(version_mark(c, from), last);
        }
        assert_ptr_equal(version_mark(c, &version_table[0]), &c->marks[0]);
        assert_ptr_equal(version_mark(c, &version_table[version_count - 1]), last);
    }
}

/* How sure, cell by cell, of some that lie on an edge. */
static void some_marks(void **state)
{
    (void)state;
    static const struct {
        const char *title, *version;
        uint8_t sure;
        const char *source;
    } cells[] = {
        { "ITL signed by", "15", DOCUMENTED, "214231" },
        { "TVS and CAPF records of the ITL hold", "8.6", OBSERVED, "116232" },
        { "TVS and CAPF records of the ITL hold", "12.0", ASSUMED, "" },
        { "CallManager key", "10.5(1)", OBSERVED, "118893" },
        { "CallManager key", "14SU3", ASSUMED, "" },
        { "digest of its certificates", "12.0", ASSUMED, "" },
        { "digest of its certificates", "12.5", DOCUMENTED, "RN 12.5(1)" },
        { "expired trust certificates in an upgrade", "14SU1", INFERRED, "SG 14 names 14SU2" },
        { "expired trust certificates in an upgrade", "15SU2", DOCUMENTED, "SG 14" },
    };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        const struct version_mark *mark = NULL;
        for (uint32_t k = 0; k < version_column_count; k++) {
            if (strcmp(version_columns[k].title, cells[i].title) == 0)
                mark = version_mark(&version_columns[k], version_find(cells[i].version));
        }
        assert_non_null(mark);
        assert_int_equal(mark->sure, cells[i].sure);
        assert_string_equal(mark->source, cells[i].source);
    }
}

static void found_by_name(void **state)
{
    (void)state;
    for (uint32_t v = 0; v < VERSIONS; v++) {
        assert_string_equal(version_table[v].name, names[v]);
        assert_ptr_equal(version_find(names[v]), &version_table[v]);
    }
    static const struct {
        const char *asked, *row;
    } read_as[] = {
        { "8.0(3)", "8.0" },
        { "8.5", "8.0" },
        { "8.5(1)SU4", "8.0" },
        { "8.6(2)", "8.6" },
        { "9.0(1)", "8.6" },
        { "9.1(2)SU1", "9.1" },
        { "10.0(1)", "10.0" },
        { "10.5", "10.5(1)" },
        { "10.5(1)SU1a", "10.5(1)" },
        { "10.5(2)SU10", "10.5(2)" },
        { "11.0(1a)SU4", "11.0" },
        { "11.5(1)", "11.5" },
        { "11.5(1)SU2", "11.5(1)SU1" },
        { "11.5SU3", "11.5(1)SU3" },
        { "11.5(1)SU11", "11.5(1)SU3" },
        { "12.0(1)SU5", "12.0" },
        { "12.5(1)SU2", "12.5" },
        { "12.5(1)SU5", "12.5(1)SU3" },
        { "12.5(1)SU8a", "12.5(1)SU6" },
        { "14SU4a", "14SU3" },
        { "15SU1a", "15" },
        { "15SU3", "15SU2" },
        { "15SU4a", "15SU2" },
    };
    for (size_t i = 0; i < sizeof read_as / sizeof read_as[0]; i++)
        assert_string_equal(version_find(read_as[i].asked)->name, read_as[i].row);
    static const char *const none[] = { "",           "8",      "8.6 ",   "8.7",     "7.0",
                                        "13",         "14.1",   "14su1",  "16",      "15SU",
                                        "15SU3ab",    "12.5()", "12.5(1", "12.5(0)", "12.5(1)SU123",
                                        "12.5SU1(1)", ".5",     "12,5",   "-8.6",    "8.6(2)x" };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_null(version_find(none[i]));
}

/* From which version on an act is there, or up to which, is said as the column that it goes by. */
static void acts_by_version(void **state)
{
    (void)state;
    uint32_t told = 0;
    for (int k = 0; k < ACTS; k++) {
        const struct act_row *row = act_table[k];
        if (row->has == NULL)
            continue;
        bool first = row->has(&version_table[0]);
        uint32_t edge = 0, edges = 0;
        for (uint32_t v = 1; v < VERSIONS; v++) {
            if (row->has(&version_table[v]) != row->has(&version_table[v - 1])) {
                edges++;
                edge = v;
            }
        }
        assert_int_equal(edges, 1);
        char says[48];
        snprintf(says, sizeof says, "is there %s %s", first ? "up to" : "from",
                 version_table[first ? edge - 1 : edge].name);
        size_t n = strlen(says), whole = strlen(row->since);
        assert_true(whole > n);
        assert_string_equal(row->since + whole - n, says);
        told++;
    }
    assert_true(told >= 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_cell), cmocka_unit_test(every_mark),
                                        cmocka_unit_test(some_marks),
                                        cmocka_unit_test(found_by_name),
                                        cmocka_unit_test(acts_by_version) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
