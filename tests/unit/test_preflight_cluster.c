/* Checks of services, lists, certificates, trust stores and ways back: each healthy and sick. */
#include "tests/unit/preflight_fixture.h"

#define PHONES "hq:phones { count = 3, model = '8845' } settle() "
#define MIXED                                                                                      \
    TWO "hq:ctl('mixed-mode') for _, n in ipairs(hq.nodes) do "                                    \
        "n:restart('Cisco Tftp', 'Cisco CallManager') end settle() "

/* ---- services ---- */

static void callmanager_of_a_group(void **state)
{
    (void)state;
    expect_said(TWO PHONES, "callmanager-stopped", PREFLIGHT_PASS, "");
    expect_said(TWO PHONES "hq.sub1:stop('Cisco CallManager') settle()", "callmanager-stopped",
                PREFLIGHT_WARN, "does not run on sub1 of group Default");
    expect_said(TWO PHONES "hq.sub1:stop('Cisco CallManager') hq.pub:stop('Cisco CallManager') "
                           "settle()",
                "callmanager-stopped", PREFLIGHT_FAIL, "can register at nobody");
}

static void tftp_where_phones_look(void **state)
{
    (void)state;
    expect_said(TWO PHONES, "tftp-stopped", PREFLIGHT_PASS, "");
    expect_said(TWO PHONES "hq.pub:stop('Cisco Tftp') settle()", "tftp-stopped", PREFLIGHT_WARN,
                "does not run on pub: one server is left to 3 phones");
    expect_said(TWO PHONES "hq.pub:stop('Cisco Tftp') hq.sub1:stop('Cisco Tftp') settle()",
                "tftp-stopped", PREFLIGHT_FAIL, "no file comes to 3 phones");
}

static void services_that_somebody_told(void **state)
{
    struct sight l;
    (void)state;
    told_nothing();
    tell(2);
    told_nodes[0].services[SERVICE_TFTP].state = FOUND_STARTED;
    look_at(&l, TWO PHONES);
    const struct preflight_finding *f =
        says(&l, "services-told", PREFLIGHT_UNKNOWN, "which services run on sub1");
    assert_non_null(strstr(f->what, "utils service list"));
    end_sight(&l);
    told_nodes[1].services[SERVICE_TVS].state = FOUND_STOPPED;
    look_at(&l, TWO PHONES);
    passes(&l, "services-told");
    end_sight(&l);
}

/* What is on the disk counts only behind a restart (12.5: TVS does not restart by itself). */
static void services_with_an_old_certificate(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "service-old", PREFLIGHT_PASS, "");
    expect_said(TWO PHONES "hq.sub1:regenerate('TVS') settle()", "service-old", PREFLIGHT_WARN,
                "Cisco Trust Verification Service on sub1 works with another TVS");
    told_nothing();
    tell(2);
    told_nodes[1].services[SERVICE_TVS].unknown = true;
    look_at(&l, TWO PHONES "hq.sub1:regenerate('TVS') settle()");
    says(&l, "service-old", PREFLIGHT_WARN, "one that was made before, which no file has");
    end_sight(&l);
}

static void capf_in_mixed_mode(void **state)
{
    (void)state;
    expect_said(MIXED PHONES, "capf-stopped", PREFLIGHT_PASS, "");
    expect_said(TWO "hq.pub:stop('Cisco Certificate Authority Proxy Function') " PHONES,
                "capf-stopped", PREFLIGHT_PASS, "");
    expect_said(MIXED "hq.pub:stop('Cisco Certificate Authority Proxy Function') " PHONES,
                "capf-stopped", PREFLIGHT_WARN, "on pub in a cluster in mixed mode");
}

/* REPLICATION SETUP: 2 is good, 3 bad, 4 setup failed (Cisco, 0 to 4 documented). */
static void replication(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "replication", PREFLIGHT_UNKNOWN, "pub, sub1 (assumed: good)");
    expect_said(TWO PHONES "hq.sub1:dbreplication('stop') settle()", "replication", PREFLIGHT_FAIL,
                "to sub1 is stopped");
    expect_said("local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub' } } " PHONES,
                "replication", PREFLIGHT_PASS, "");
    told_nothing();
    tell(2);
    told_sides[0].replication = told_sides[1].replication = 2;
    look_at(&l, TWO PHONES);
    passes(&l, "replication");
    end_sight(&l);
    told_sides[1].replication = 3;
    look_at(&l, TWO PHONES "hq.sub1:dbreplication('stop') settle()");
    const struct preflight_finding *f =
        says(&l, "replication", PREFLIGHT_FAIL, "to sub1 is bad (3)");
    assert_int_equal(f->who.nodes[0], 2);
    end_sight(&l);
    look_at(&l, TWO PHONES); /* it was set up anew since */
    passes(&l, "replication");
    end_sight(&l);
    told_sides[1].replication = 0;
    look_at(&l, TWO PHONES);
    says(&l, "replication", PREFLIGHT_WARN, "not started (0)");
    end_sight(&l);
}

/* ---- lists ---- */

/* Security Guide 14: more than 39 certificates, more than 64 KB.  Phones that hold no ITL: what
 * becomes of those that do is asked elsewhere, and takes long. */
static void size_of_an_itl(void **state)
{
#define MANY                                                                                       \
    "local names = { 'pub' } for i = 1, 20 do names[#names + 1] = 'sub' .. i end "                 \
    "local hq = cluster { name = 'HQ', version = '12.5', nodes = names } "                         \
    "hq:phones { count = 2, model = '7960' } settle() "
    (void)state;
    expect_said(TWO PHONES, "itl-size", PREFLIGHT_PASS, "");
    expect_said(MANY "for _, n in ipairs(hq.nodes) do n:generate('TVS', 'RSA-4096') "
                     "n:generate('CallManager', 'RSA-4096') end settle() "
                     "for _, n in ipairs(hq.nodes) do n:restart('TVS', 'TFTP') end settle() ",
                "itl-size", PREFLIGHT_WARN, "it is near what phones load");
    expect_said(MANY "hq:set('itl_all_tftp', true) "
                     "for _, n in ipairs(hq.nodes) do n:generate('TVS', 'RSA-4096') "
                     "n:generate('CallManager', 'RSA-4096') end settle() "
                     "for _, n in ipairs(hq.nodes) do n:restart('TVS', 'TFTP') end settle() ",
                "itl-size", PREFLIGHT_FAIL, "The ITL of pub has");
}

static void tvs_in_the_lists(void **state)
{
    (void)state;
    expect_said(TWO PHONES, "tvs-listed", PREFLIGHT_PASS, "");
    expect_said(OLD PHONES "hq.pub:regenerate('TVS') hq.pub:restart('TVS') settle()", "tvs-listed",
                PREFLIGHT_FAIL, "has not the certificate that TVS on pub works with");
    expect_said(OLD PHONES "hq.pub:regenerate('TVS') settle()", "tvs-listed", PREFLIGHT_PASS, "");
}

static void signers_of_files_in_the_lists(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "tftp-listed", PREFLIGHT_PASS, "");
    told_nothing();
    run_sight(&l, TWO PHONES);
    struct cluster *cl = &l.r.lab->state.clusters[0];
    cl->nodes[0].run.used[SERVICE_TFTP] = cl->nodes[1].disk.own[OWN_TVS];
    judge_sight(&l, NULL);
    says(&l, "tftp-listed", PREFLIGHT_FAIL, "The ITL of pub has not the certificate that its TFTP");
    end_sight(&l);
}

/* Technote 214231, Security Guide: without `utils ctl update CTLFile` secure phones stay away. */
static void callmanager_in_the_ctl(void **state)
{
    (void)state;
    expect_said(TWO PHONES, "ctl-callmanager", PREFLIGHT_PASS, "");
    expect_said(MIXED PHONES, "ctl-callmanager", PREFLIGHT_PASS, "");
    expect_said(MIXED PHONES "hq.sub1:regenerate('CallManager') "
                             "hq.sub1:restart('Cisco Tftp', 'Cisco CallManager') settle()",
                "ctl-callmanager", PREFLIGHT_FAIL, "CallManager on sub1 works with");
}

/* Field notice 70613: a CTL that has lost one of its two roots; before 12.0 TVS alone is left. */
static void signer_of_the_next_ctl(void **state)
{
    (void)state;
    expect_said(TWO PHONES, "ctl-signer", PREFLIGHT_PASS, "");
    expect_said(MIXED PHONES, "ctl-signer", PREFLIGHT_PASS, "");
    expect_said(MIXED PHONES "hq.pub:regenerate('ITLRecovery') settle()", "ctl-signer",
                PREFLIGHT_WARN,
                "has not ITLRecovery of the publisher, which signs the next one; of "
                "those that it trusts CallManager alone is left");
    expect_said(MIXED PHONES "hq.pub:regenerate('ITLRecovery', 'CallManager') settle()",
                "ctl-signer", PREFLIGHT_FAIL, "has not ITLRecovery of the publisher");
    expect_said(MIXED PHONES "hq.pub:regenerate('CallManager') settle()", "ctl-signer",
                PREFLIGHT_PASS, "");
}

/* Tokens are nobody's certificates, and a CTL of theirs is updated by the client alone. */
static void a_ctl_by_tokens(void **state)
{
#define BY_TOKENS                                                                                  \
    "local hq = cluster { name = 'HQ', version = '11.5', nodes = { 'pub', 'sub1' } } " PHONES      \
    "hq:ctl_client('mixed-mode', token { name = 'SAST-1' }, token { name = 'SAST-2' }) "           \
    "for _, n in ipairs(hq.nodes) do n:restart('TFTP', 'CallManager') end settle() "
    (void)state;
    expect_said(BY_TOKENS, "list-gone", PREFLIGHT_PASS, "");
    expect_said(BY_TOKENS "hq.pub:regenerate('CallManager') settle()", "ctl-signer", PREFLIGHT_PASS,
                "");
    expect_said(BY_TOKENS "hq.sub1:regenerate('CallManager') "
                          "hq.sub1:restart('Cisco Tftp', 'Cisco CallManager') settle()",
                "ctl-callmanager", PREFLIGHT_FAIL, "CallManager on sub1 works with");
}

static void what_nobody_has_any_more(void **state)
{
    (void)state;
    expect_said(OLD PHONES, "list-gone", PREFLIGHT_PASS, "");
    expect_said(OLD PHONES "hq.pub:regenerate('TVS') settle()", "list-gone", PREFLIGHT_WARN,
                "holds what no node has any more: TVS pub");
}

/* A list of a file whose signature is none of its signer's; one whose signer nobody has. */
static void signatures_of_lists(void **state)
{
    struct lab_found_blob list = { .sha256 = "0e0b2a00b210bc1a" }, signer = { .content = 0 };
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "list-unverified", PREFLIGHT_PASS, "");
    told_nothing();
    tell(2);
    told_lab = (struct lab_found){ .lists = &list, .list_count = 1, .certs = &signer };
    for (int i = 0; i < 5; i++) {
        run_sight(&l, TWO PHONES);
        struct lab *lab = l.r.lab;
        list.content = lab->state.clusters[0].nodes[0].run.itl;
        signer.content = content_get_list(lab->base->content, list.content)->envelope.cert;
        told_lab.cert_count = i != 1; /* it is at hand */
        list.unverified = i < 4;
        for (uint32_t n = 0; n < 2 && i > 1; n++) /* others are served now */
            lab->state.clusters[0].nodes[n].run.itl = 0;
        for (uint32_t n = 0; n < lab->state.phone_count && i > 2; n++) /* and nobody holds it */
            lab->state.phones[n].itl = 0;
        judge_sight(&l, NULL);
        if (i == 0)
            says(&l, "list-unverified", PREFLIGHT_FAIL, "0e0b2a00..., served by pub,");
        else if (i == 1)
            says(&l, "list-unverified", PREFLIGHT_UNKNOWN, "that signed the ITL 0e0b2a00...");
        else if (i == 2)
            says(&l, "list-unverified", PREFLIGHT_WARN, "held by SEP");
        else
            passes(&l, "list-unverified");
        end_sight(&l);
    }
    told_nothing();
}

/* Technote 214231: ITLRecovery left at 1024 bits, CallManager renewed with 2048. */
static void itlrecovery_smaller(void **state)
{
#define ELEVEN "local hq = cluster { name = 'HQ', version = '11.5', nodes = { 'pub', 'sub1' } } "
    (void)state;
    expect_said(ELEVEN PHONES, "itlrecovery-small", PREFLIGHT_PASS, "");
    expect_said(ELEVEN "hq:set('itlrecovery_1024', true) " PHONES, "itlrecovery-small",
                PREFLIGHT_FAIL, "ITLRecovery of pub, sub1 has 1024 bits, CallManager 2048");
    expect_said(TWO PHONES "hq.sub1:generate('CallManager', 'RSA-4096') settle()",
                "itlrecovery-small", PREFLIGHT_FAIL, "2048 bits, CallManager 4096");
}

/* One that was found with 1024 bits is as good as one that an upgrade left so: where ITLRecovery is
 * the local key, the command fails; where that of CallManager is, it does not. */
static void localkey_of_a_small_recovery_key(void **state)
{
    static const struct {
        const char *text;
        bool fails;
    } rows[] = { { ELEVEN PHONES, true }, { TWO PHONES, false } };
    const struct act reset = { .kind = DO_ITL_RESET_LOCALKEY };
    (void)state;
    for (int small = 0; small < 2; small++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct sight l;
            struct err e = { "" };
            told_nothing();
            run_sight(&l, rows[i].text);
            struct cluster *cl = &l.r.lab->state.clusters[0];
            struct content *c = l.r.lab->base->content;
            struct ct_cert found = *content_get_cert(c, cl->nodes[0].disk.own[OWN_ITLRECOVERY]);
            struct ct_key key = *content_get_key(c, found.key);
            key.type = small ? KEY_RSA_1024 : KEY_RSA_2048;
            key.label = content_str(c, "found");
            found.key = content_key(c, &key);
            cl->nodes[0].disk.own[OWN_ITLRECOVERY] = content_cert(c, found);
            assert_int_equal(lab_do(l.r.lab, 0, &reset, &e), !(small && rows[i].fails));
            if (e.text[0] != '\0')
                assert_non_null(strstr(e.text, "ITLRecovery of pub has 1024 bits still"));
            judge_sight(&l, NULL);
            end_sight(&l);
        }
    }
}

/* ---- certificates ---- */

/* 12.5 makes them for five years. */
static void certificates_that_end(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES "wait('1700d')", "certificate-ending", PREFLIGHT_PASS, "");
    told_nothing();
    look_at(&l, TWO PHONES "wait('1750d')");
    const struct preflight_finding *f = says(&l, "certificate-ending", PREFLIGHT_WARN,
                                             "1. to renew: tomcat of pub, sub1, which ends");
    assert_int_equal(f->who.nodes[0], 3);
    /* TVS before CallManager (Security Guide 14). */
    uint32_t tvs = 0, ccm = 0;
    for (uint32_t i = 0; i < l.p.count; i++) {
        tvs = strstr(l.p.list[i].fact, "to renew: TVS") != NULL ? i : tvs;
        ccm = strstr(l.p.list[i].fact, "to renew: CallManager of") != NULL ? i : ccm;
    }
    assert_true(tvs > 0 && tvs < ccm);
    passes(&l, "certificate-ended");
    end_sight(&l);
    look_at(&l, TWO PHONES "wait('1900d')");
    says(&l, "certificate-ended", PREFLIGHT_FAIL, "tomcat of pub, sub1 ended on");
    passes(&l, "certificate-ending");
    end_sight(&l);
}

/* Dates of what the lab made in place of what no file has are nobody's. */
static void certificates_that_no_file_has(void **state)
{
    struct sight l;
    (void)state;
    told_nothing();
    look_at(&l, TWO PHONES);
    says(&l, "certificate-untold", PREFLIGHT_UNKNOWN, "No file has certificates of HQ");
    end_sight(&l);
    tell(2);
    look_at(&l, TWO PHONES "wait('1900d')");
    says(&l, "certificate-untold", PREFLIGHT_UNKNOWN, "CallManager of pub");
    passes(&l, "certificate-ended");
    end_sight(&l);
    run_sight(&l, TWO PHONES);
    for (uint32_t n = 0; n < 2; n++)
        memcpy(told_nodes[n].own, l.r.lab->state.clusters[0].nodes[n].disk.own,
               sizeof told_nodes[n].own);
    judge_sight(&l, NULL);
    passes(&l, "certificate-untold");
    end_sight(&l);
}

static void certificates_of_tomorrow(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "certificate-not-yet", PREFLIGHT_PASS, "");
    told_nothing();
    look_at(&l, TWO PHONES "hq.pub:clock { ahead = '30d' } hq.pub:regenerate('TVS') settle()");
    says(&l, "certificate-not-yet", PREFLIGHT_FAIL, "TVS of pub begins on");
    end_sight(&l);
}

static void lscs_that_end(void **state)
{
#define LSC "hq:phones { count = 3, model = '8845', lsc = true } settle() "
    (void)state;
    expect_said(MIXED LSC, "lsc-ending", PREFLIGHT_PASS, "");
    expect_said(MIXED LSC "wait('1780d')", "lsc-ending", PREFLIGHT_WARN,
                "The LSC of 3 phones ends");
    expect_said(MIXED LSC "wait('1900d')", "lsc-ending", PREFLIGHT_FAIL,
                "The LSC of 3 phones ended");
}

static uint32_t renamed(struct lab *lab, uint32_t cert, const char *dns, uint32_t like)
{
    struct content *c = lab->base->content;
    struct ct_cert k = *content_get_cert(c, cert);
    k.dns = dns == NULL ? 0 : content_str(c, dns);
    if (like != 0)
        k.subject = k.issuer = content_get_cert(c, like)->subject;
    return content_cert(c, k);
}

static void one_subject_twice(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "subject-twice", PREFLIGHT_PASS, "");
    told_nothing();
    run_sight(&l, TWO PHONES);
    struct cluster *cl = &l.r.lab->state.clusters[0];
    uint32_t first = cl->nodes[0].disk.own[OWN_TVS];
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        struct cert_row *r = &cl->db.rows[i];
        if (r->store == STORE_OWN && r->own == OWN_TVS && r->node == 1)
            r->cert = renamed(l.r.lab, r->cert, NULL, first);
    }
    judge_sight(&l, NULL);
    says(&l, "subject-twice", PREFLIGHT_WARN, "have one subject in TVS");
    end_sight(&l);
    /* An older one of the same name in the store that has a copy of the own one. */
    run_sight(&l, TWO PHONES OTHER
              "hq.pub:upload('CallManager-trust', other.opub:certificate('CallManager')) settle()");
    cl = &l.r.lab->state.clusters[0];
    first = cl->nodes[0].disk.own[OWN_CALLMANAGER];
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        struct cert_row *r = &cl->db.rows[i];
        if (r->store == STORE_CALLMANAGER_TRUST)
            r->cert = renamed(l.r.lab, r->cert, NULL, first);
    }
    judge_sight(&l, NULL);
    says(&l, "subject-twice", PREFLIGHT_WARN, "have one subject in CallManager-trust");
    end_sight(&l);
}

/* A multi-server certificate is one for several nodes, and names them. */
static void one_certificate_on_two_nodes(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "same-certificate", PREFLIGHT_PASS, ""); /* ITLRecovery is copied */
    for (int named = 0; named < 2; named++) {
        told_nothing();
        run_sight(&l, TWO PHONES);
        struct cluster *cl = &l.r.lab->state.clusters[0];
        uint32_t cert =
            renamed(l.r.lab, cl->nodes[0].disk.own[OWN_CALLMANAGER], named ? "pub,sub1" : "pub", 0);
        cl->nodes[0].disk.own[OWN_CALLMANAGER] = cl->nodes[1].disk.own[OWN_CALLMANAGER] = cert;
        judge_sight(&l, NULL);
        if (named)
            passes(&l, "same-certificate");
        else
            says(&l, "same-certificate", PREFLIGHT_WARN, "pub, sub1 have the same CallManager");
        end_sight(&l);
    }
}

/* ---- trust stores ---- */

static void stores_that_differ(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "trust-differs", PREFLIGHT_UNKNOWN, "trust stores of HQ");
    told_nothing();
    tell(2);
    told.model.trust_told = true;
    look_at(&l, TWO PHONES OTHER
            "hq.pub:upload('CallManager-trust', other.opub:certificate('CallManager')) settle()");
    passes(&l, "trust-differs");
    end_sight(&l);
    look_at(&l, TWO PHONES OTHER "hq:set('capf_trust_stays_local', true) "
                                 "hq.pub:upload('CAPF-trust', other.opub:certificate('CAPF')) "
                                 "settle()");
    says(&l, "trust-differs", PREFLIGHT_WARN, "lies in CAPF-trust, but not on sub1");
    end_sight(&l);
}

/* Replication that stands still keeps a renewed certificate from the other TVS. */
static void answers_that_differ(void **state)
{
    (void)state;
    expect_said(TWO PHONES, "tvs-differs", PREFLIGHT_PASS, "");
    expect_said(TWO PHONES
                "hq.sub1:dbreplication('stop') hq.pub:regenerate('CallManager') settle()",
                "tvs-differs", PREFLIGHT_FAIL, "TVS on sub1 does not vouch for CallManager");
}

static void cas_of_mics(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "mic-ca", PREFLIGHT_PASS, "");
    expect_said(TWO PHONES "hq:delete_mic_ca('CallManager-trust', 'Cisco_Manufacturing_CA_SHA2')"
                           "hq:delete_mic_ca('CallManager-trust', 'Cisco_Manufacturing_CA')",
                "mic-ca", PREFLIGHT_WARN, "it signed the MIC of 3 phones, none of which");
    told_nothing();
    look_at(&l, MIXED "hq:phones { count = 3, model = '8845', security = 'encrypted' } settle() "
                      "hq:delete_mic_ca('CallManager-trust', 'Cisco_Manufacturing_CA_SHA2')"
                      "hq:delete_mic_ca('CallManager-trust', 'Cisco_Manufacturing_CA')");
    says(&l, "mic-ca", PREFLIGHT_FAIL, "3 of which show it to CallManager now");
    end_sight(&l);
    /* Every CUCM comes with them: files without any have not all of the stores. */
    tell(2);
    told.model.trust_told = true;
    look_at(&l, TWO PHONES);
    says(&l, "mic-ca", PREFLIGHT_UNKNOWN, "No file has any CA of MICs");
    end_sight(&l);
    /* Where they have one, what is not among them is not there. */
    run_sight(&l, TWO PHONES);
    struct content *c = l.r.lab->base->content;
    struct ct_cert k = *content_get_cert(c, l.r.lab->state.clusters[0].nodes[0].disk.own[OWN_TVS]);
    k.subject = k.issuer = content_str(c, "CN=CAP-RTP-001");
    struct found_trust trust = { .cert = content_cert(c, k), .store = STORE_CAPF_TRUST };
    told.model.trust = &trust;
    told.model.trust_count = 1;
    judge_sight(&l, NULL);
    says(&l, "mic-ca", PREFLIGHT_WARN, "is not in CallManager-trust");
    end_sight(&l);
}

/* ---- ways back ---- */

static void backups(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "backup", PREFLIGHT_UNKNOWN, "No file says when");
    expect_said(TWO PHONES "hq:backup() settle()", "backup", PREFLIGHT_PASS, "The newest backup");
    expect_said(TWO PHONES "hq:backup() wait('10d') hq.sub1:regenerate('TVS') settle()", "backup",
                PREFLIGHT_FAIL, "TVS of sub1 is younger");
    told_nothing();
    tell(2);
    told.backup = LAB_NO;
    look_at(&l, TWO PHONES);
    says(&l, "backup", PREFLIGHT_FAIL, "There is no backup");
    end_sight(&l);
    told.backup = LAB_YES;
    told.backup_s = 2000000000;
    look_at(&l, TWO PHONES);
    says(&l, "backup", PREFLIGHT_UNKNOWN, "no file says when a certificate was renewed last");
    end_sight(&l);
}

static void backups_that_restore(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "backup-restores", PREFLIGHT_UNKNOWN, "can be restored");
    told_nothing();
    tell(2);
    told.backup_restores = LAB_NO;
    look_at(&l, TWO PHONES);
    says(&l, "backup-restores", PREFLIGHT_FAIL, "cannot be restored");
    end_sight(&l);
    told.backup_restores = LAB_YES;
    look_at(&l, TWO PHONES);
    passes(&l, "backup-restores");
    end_sight(&l);
}

static void the_key_outside(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "p12", PREFLIGHT_UNKNOWN, "ITLRecovery.p12");
    expect_said(OLD PHONES, "p12", PREFLIGHT_PASS, ""); /* 8.6 has none */
    expect_said(TWO PHONES "hq.pub:save_itlrecovery()", "p12", PREFLIGHT_PASS, "");
    told_nothing();
    tell(2);
    told.itlrecovery_saved = LAB_NO;
    look_at(&l, TWO PHONES);
    says(&l, "p12", PREFLIGHT_WARN, "was not saved");
    end_sight(&l);
}

static void the_rollback_parameter(void **state)
{
    struct sight l;
    (void)state;
    expect_said(TWO PHONES, "rollback", PREFLIGHT_PASS, "");
    expect_said(TWO PHONES "hq:set('rollback', true) settle()", "rollback", PREFLIGHT_FAIL,
                "is True");
    told_nothing();
    tell(2);
    look_at(&l, TWO PHONES);
    says(&l, "rollback", PREFLIGHT_UNKNOWN, "No file says");
    end_sight(&l);
    told.params_told[PARAM_ROLLBACK / 64] |= UINT64_C(1) << PARAM_ROLLBACK % 64;
    look_at(&l, TWO PHONES);
    passes(&l, "rollback");
    end_sight(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callmanager_of_a_group),
        cmocka_unit_test(tftp_where_phones_look),
        cmocka_unit_test(services_that_somebody_told),
        cmocka_unit_test(services_with_an_old_certificate),
        cmocka_unit_test(capf_in_mixed_mode),
        cmocka_unit_test(replication),
        cmocka_unit_test(size_of_an_itl),
        cmocka_unit_test(tvs_in_the_lists),
        cmocka_unit_test(signers_of_files_in_the_lists),
        cmocka_unit_test(callmanager_in_the_ctl),
        cmocka_unit_test(what_nobody_has_any_more),
        cmocka_unit_test(signer_of_the_next_ctl),
        cmocka_unit_test(a_ctl_by_tokens),
        cmocka_unit_test(signatures_of_lists),
        cmocka_unit_test(itlrecovery_smaller),
        cmocka_unit_test(localkey_of_a_small_recovery_key),
        cmocka_unit_test(certificates_that_end),
        cmocka_unit_test(certificates_that_no_file_has),
        cmocka_unit_test(certificates_of_tomorrow),
        cmocka_unit_test(lscs_that_end),
        cmocka_unit_test(one_subject_twice),
        cmocka_unit_test(one_certificate_on_two_nodes),
        cmocka_unit_test(stores_that_differ),
        cmocka_unit_test(answers_that_differ),
        cmocka_unit_test(cas_of_mics),
        cmocka_unit_test(backups),
        cmocka_unit_test(backups_that_restore),
        cmocka_unit_test(the_key_outside),
        cmocka_unit_test(the_rollback_parameter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
