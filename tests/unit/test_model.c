/* The table of models against a second one, written from the documents and not from the first; how
 * models are found; what follows from a column.  Sources: see phones/model.c. */
#include "tests/unit/lab_fixture.h"
#include "tests/unit/run_script.h"

/* ---- the second table ---- */

enum { SCCP = 1, SIP = 2, BOTH = 3 };
enum { NO, CTL = 1, ITL = 2, MIC = 4, HTTPS = 8, ALL = 15 };

/* What a group of models have alike, and "name=CUCM's number" of each, ',' between them. */
static const struct group_of_models {
    int speaks, first, has;
    const char *tls;
    int order;
    int ctl_common, itl_common, minutes;
    int dialect;
    const char *models;
} groups[] = {
    { SIP, SIP, NO, "1.0", FETCH_TFTP, 0, 0, 3, DIALECT_SECUREAPP, "3905=592,3911=446,3951=412" },
    { BOTH, SCCP, ALL, "1.0", FETCH_TFTP, 0, 1, 3, DIALECT_89XX,
      "6901=547,6911=548,6921=495,6941=496,6945=564,6961=497" },
    { SIP, SIP, ALL, "1.2", FETCH_HTTP_TFTP, 0, 1, 3, DIALECT_SECUREAPP,
      "7811=36213,7821=621,7832=36247,7841=622,7861=623,8811=36217,8811NS=36339,8841=683,"
      "8841NS=36340,8845=36224,8851=684,8851NR=36232,8851NS=36338,8861=685,8865=36225,"
      "8865NR=36248,8832=36258,8832NR=36260,8821=36216,840=36320,860=36319,"
      "Webex Room Kit=36251,Webex Room Kit Plus=36255,Webex Room Kit Pro=36292,"
      "Webex Room Kit Mini=36299,Room Kit EQ=36341,Room Kit EQX=36344,Webex Room 55=36254,"
      "Webex Room 55 Dual=36295,Webex Room 70 Single=36259,Webex Room 70 Dual=36265,"
      "Webex Room 70 Single G2=36296,Webex Room 70 Dual G2=36297,Webex Room Panorama=36308,"
      "Webex Room 70 Panorama=36309,Webex Room Phone=36312,Webex Room Bar=36335,"
      "Room Bar Pro=36343,Webex Board 55=36304,Webex Board 70=36305,Webex Board 85=36306,"
      "Webex Board Pro 55=36333,Webex Board Pro 75=36334,Webex Desk Pro=36307,"
      "Webex Desk LE=36322,Webex Desk=36324,Webex Desk Mini=36326,Webex Desk Hub=36327,"
      "Webex DX80=36239,TelePresence DX70=36241,SX10=682,SX20=626,SX80=688,MX200 G2=689,"
      "MX300 G2=690,MX700=36207,MX800=36208,MX800 Dual=36227" },
    { SIP, SIP, ALL, "1.0", FETCH_HTTP_TFTP, 0, 1, 3, DIALECT_SECUREAPP,
      "8831=659,DX70=36043,DX80=36042,DX650=647,Cius=593,Cius SP=632,ATA 187=550,ATA 190=681,"
      "ATA 191=36262,ATA 192=0" },
    { SIP, SIP, ALL, "1.3", FETCH_HTTP_TFTP, 0, 1, 3, DIALECT_SECUREAPP,
      "9811=0,9821=0,9841=0,9851=0,9861=0,9861NR=0,9871=0,9871NR=0,8875=36336,8875NR=36337" },
    { BOTH, SCCP, CTL, "1.0", FETCH_TFTP, 1, 0, 4, DIALECT_SECD, "7940=8,7960=7" },
    { BOTH, SCCP, ALL, "1.0", FETCH_TFTP, 0, 1, 3, DIALECT_SECD,
      "7906=369,7911=307,7931=348,7941=115,7941G-GE=309,7942=434,7945=435,7961=30018,"
      "7961G-GE=308,7962=404,7965=436,7970=30006,7971=119,7975=437" },
    { SCCP, SCCP, ALL, "1.0", FETCH_TFTP, 0, 1, 3, DIALECT_SECD, "7921=365,7925=484,7926=577" },
    { SCCP, SCCP, NO, "1.0", FETCH_TFTP, 0, 0, 3, DIALECT_SECD,
      "7902=30008,7910=6,7920=30002,7935=9,7936=30019,7937=431,7985=302,12 S=4,12 SP=3,12 SP+=2,"
      "30 SP+=1,30 VIP=5,ATA 186=12,IP-STE=30035,SCCP Phone=20,SPA8800=253" },
    { BOTH, SCCP, NO, "1.0", FETCH_TFTP, 0, 0, 3, DIALECT_SECD, "7905=20000,7912=30007" },
    { BOTH, SIP, ALL, "1.0", FETCH_HTTP_TFTP, 0, 1, 3, DIALECT_89XX, "8941=586" },
    { BOTH, SIP, ALL, "1.0", FETCH_TFTP, 0, 1, 3, DIALECT_89XX, "8945=585" },
    { SIP, SIP, ALL, "1.0", FETCH_HTTP_TFTP, 0, 1, 3, DIALECT_89XX, "8961=540,9951=537,9971=493" },
    { SIP, SIP, CTL, "1.2", FETCH_HTTP_TFTP, 0, 0, 1, DIALECT_SECUREAPP,
      "Jabber=503,Jabber iPhone=562,Jabber Android=575,Jabber Tablet=652,Webex VDI=36302,"
      "VXC 6215=634" },
    { SIP, SIP, NO, "1.2", FETCH_HTTP_TFTP, 0, 0, 1, DIALECT_SECUREAPP,
      "CUPC=358,CUMC=468,CUC-RTX=648" },
    { BOTH, SCCP, CTL, "1.0", FETCH_TFTP, 0, 0, 1, DIALECT_SECD, "CIPC=30016" },
    { SIP, SIP, CTL | MIC, "1.0", FETCH_HTTP_TFTP, 0, 0, 3, DIALECT_SECUREAPP,
      "CTS=375,CTS 1000=478,CTS 1100=520,CTS 1300-47=591,CTS 1300-65=505,CTS 200=557,CTS 3000=479,"
      "CTS 3200=480,CTS 400=558,CTS 500-32=590,CTS 500-37=481,TX1310-65=596,TX9000=619,TX9200=620,"
      "IX5000=36210,EX60=604,EX90=584,Codec C40=608,Codec C60=607,Codec C90=606,Quick Set C20=609,"
      "Profile 42 (C20)=610,Profile 42 (C40)=633,Profile 42 (C60)=611,Profile 52 (C40)=612,"
      "Profile 52 (C60)=613,Profile 52 Dual (C60)=614,Profile 65 (C60)=615,"
      "Profile 65 Dual (C90)=616,MX200=617,MX300=627,E20=580" },
    { SIP, SIP, NO, "1.2", FETCH_TFTP, 0, 0, 3, DIALECT_SECUREAPP,
      "SIP Basic=336,SIP Advanced=374,AS-SIP=631,Desktop Video=588,Single Screen Room=582,"
      "Multiple Screen Room=583,Ascom IP-DECT=598,Nokia S60=376,Motorola CN622=335,"
      "BlackBerry MVS=522,Transnova S3=521,SIP Station=36298" },
};

static void as_the_second_table(const struct model *m, const struct group_of_models *g, int type)
{
    bool listed = m->ctl || m->itl;
    int is[] = {
        m->device_type,
        (m->transports & SPEAKS(CNF_SCCP) ? SCCP : 0) | (m->transports & SPEAKS(CNF_SIP) ? SIP : 0),
        m->protocol == CNF_SCCP ? SCCP : SIP,
        (m->ctl ? CTL : 0) | (m->itl ? ITL : 0) | (m->mic ? MIC : 0) | (m->https ? HTTPS : 0),
        m->order,
        listed && m->asks_ctl_common,
        listed && m->asks_itl_common,
        m->erase_minutes,
        m->dialect,
        (int)m->itl_max
    };
    int right[] = { type,          g->speaks,     g->first,   g->has,     g->order,
                    g->ctl_common, g->itl_common, g->minutes, g->dialect, 65535 };
    for (size_t i = 0; i < sizeof is / sizeof is[0]; i++) {
        if (is[i] != right[i])
            fail_msg("%s: column %zu is %d, the second table has %d", m->name, i, is[i], right[i]);
    }
    assert_string_equal(model_tls_name((enum model_tls)m->tls), g->tls);
}

static void each_cell(void **state)
{
    uint32_t found = 0;
    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        char *list = strdup(groups[i].models), *rest = list, *entry;
        while ((entry = strsep(&rest, ",")) != NULL) {
            char *equals = strrchr(entry, '=');
            uint8_t index;
            *equals = '\0';
            if (!model_find(entry, &index))
                fail_msg("no model %s", entry);
            assert_string_equal(model_table[index].name, entry);
            as_the_second_table(&model_table[index], &groups[i], (int)strtol(equals + 1, NULL, 10));
            found++;
        }
        free(list);
    }
    uint32_t rows = 0;
    for (uint32_t i = FAMILIES; i < model_count; i++)
        rows += model_table[i].before.major == 0;
    assert_int_equal(found, rows);
}

/* ---- rows ---- */

static void rows_are_whole(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < model_count; i++) {
        const struct model *m = &model_table[i];
        assert_true(m->family < FAMILIES && model_table[m->family].family == m->family);
        assert_true((i < FAMILIES) == (m->device_type == 0 && i == m->family) || i >= FAMILIES);
        assert_true((m->transports & SPEAKS(m->protocol)) != 0);
        assert_true(strlen(m->name) > 0 && strlen(m->name) < 32 && strlen(m->product) < 48);
        assert_memory_equal(m->agent, "Cisco-CP", 8);
        assert_true(m->tls <= MODEL_TLS_1_3 && m->erase_minutes > 0 && m->itl_max > 0);
        assert_true(m->ctl || m->itl || m->keys == NULL);
        assert_true(m->itl || !m->asks_itl_common);
        for (int f = 0; f < MODEL_FACTS; f++)
            assert_true(m->sure[f] <= ASSUMED);
        for (uint32_t k = 0; k < i; k++) {
            const struct model *o = &model_table[k];
            bool same = strcmp(m->name, o->name) == 0;
            assert_true(same == (strcmp(m->product, o->product) == 0));
            assert_true(!same || (m->before.major != 0 && k == i - 1));
            assert_true(same || m->device_type == 0 || m->device_type != o->device_type);
        }
        uint8_t index;
        assert_true(model_find(m->name, &index) && model_same(index, (uint8_t)i));
        assert_true(model_find(m->product, &index) && model_same(index, (uint8_t)i));
        assert_null(model_find_bystander(m->product));
    }
}

static void is_model(const char *name, const char *model)
{
    uint8_t index;
    if (!model_find(name, &index))
        fail_msg("no model \"%s\"", name);
    assert_string_equal(model_table[index].name, model);
    assert_int_equal(model_table[index].before.major, 0);
}

static void names(void **state)
{
    uint8_t index;
    (void)state;
    is_model("7965", "7965");
    is_model("Cisco 7965", "7965");
    is_model("cisco 7965g", "7965");
    is_model("Cisco 7965G-GE", "7965");
    is_model("Cisco 7961G-GE", "7961G-GE");
    is_model("Cisco 7961G", "7961");
    is_model("Cisco 7925G-EX", "7925");
    is_model("Cisco 8821-EX", "8821");
    is_model("Cisco Unified Client Services Framework", "Jabber");
    is_model("CISCO JABBER", "Jabber");
    is_model("Cisco TelePresence DX80", "Webex DX80");
    is_model("Cisco Spark Room Kit", "Webex Room Kit");
    is_model("Cisco ATA 188", "ATA 186");
    assert_false(model_find("7999", &index));
    assert_false(model_find("", &index));
    assert_false(model_find("G", &index));
    assert_false(model_find("Cisco 7965X", &index));
    /* What was found before says nothing of the next name. */
    assert_true(model_find("Cisco 7965G", &index));
    assert_false(model_find("Cisco 7965H", &index));
}

static void is_of_family(const char *product, const char *family)
{
    uint8_t index;
    if (!model_find_family(product, &index))
        fail_msg("no family has \"%s\"", product);
    assert_string_equal(model_table[index].name, family);
    assert_false(model_find(product, &index));
}

static void families(void **state)
{
    uint8_t index;
    (void)state;
    is_of_family("Cisco 8899", "88xx");
    is_of_family("cisco 8867NR", "88xx");
    is_of_family("Cisco 8825", "882x");
    is_of_family("Cisco 8878", "98xx");
    is_of_family("Cisco 9899", "98xx");
    is_of_family("Cisco Desk Phone 9851", "98xx"); /* the names of product pages */
    is_of_family("Cisco Video Phone 8875", "98xx");
    is_of_family("Cisco Webex Wireless Phone 860S", "8xx");
    is_of_family("Cisco Wireless Phone 840", "8xx");
    is_of_family("Cisco 840S", "8xx");
    is_of_family("Cisco IP Phone 8841", "88xx");
    is_of_family("Cisco IP Phone 7841", "78xx");
    is_of_family("Cisco 7899", "78xx");
    is_of_family("Cisco 7999", "79xx");
    is_of_family("Cisco 7929", "792x");
    is_of_family("Cisco 9961", "89xx");
    is_of_family("Cisco 6999", "69xx");
    is_of_family("Cisco 3999", "39xx");
    is_of_family("Cisco 850", "8xx");
    is_of_family("Cisco Webex Room Kit Giant", "Room");
    is_of_family("Cisco Jabber for Watches", "soft client");
    is_of_family("Cisco TelePresence 9999", "TelePresence");
    is_of_family("Cisco ATA 199", "ATA");
    is_of_family("Third-party Gate Opener", "SIP device");
    assert_false(model_find_family("Cisco 88", &index));
    assert_false(model_find_family("Cisco 8x99", &index));
    assert_false(model_find_family("Cisco 8500", &index));
    assert_false(model_find_family("Polycom 88", &index));
    assert_false(model_find_family("", &index));
}

static void bystanders(void **state)
{
    (void)state;
    assert_string_equal(model_find_bystander("cti port")->why, "an application, no device");
    assert_string_equal(model_find_bystander("Analog Phone")->why,
                        "a port of a gateway, which holds no trust list");
    assert_string_equal(model_find_bystander("Cisco VG310")->why,
                        "a port of a gateway, which holds no trust list");
    assert_string_equal(model_find_bystander("7916 24-Button Line Expansion Module")->why,
                        "an expansion module of a phone");
    assert_string_equal(model_find_bystander("Remote Destination Profile")->why,
                        "somebody's mobile number, no device");
    assert_null(model_find_bystander("CTI Ports"));
    assert_null(model_find_bystander("7916"));
    assert_null(model_find_bystander(""));
}

/* ---- loads ---- */

static void load_says(const char *name, const char *load, int result, bool https)
{
    uint8_t index;
    assert_true(model_find(name, &index));
    assert_int_equal(model_by_load(&index, load), result);
    assert_string_equal(model_table[index].name, name);
    assert_int_equal(model_table[index].https, https);
}

static void loads(void **state)
{
    char text[16];
    (void)state;
    load_says("7965", "SCCP45.9-3-1SR4-1S", LOAD_SAYS, false);
    load_says("7965", "SCCP45.9-2-9", LOAD_SAYS, false);
    load_says("7965", "SCCP45.8-5-2S", LOAD_SAYS, false);
    load_says("7965", "SCCP45.9-2-255", LOAD_SAYS, false);
    load_says("7965", "SCCP45.8-255-255", LOAD_SAYS, false);
    load_says("7965", "SIP45.9-3-3-1S", LOAD_SAYS, true);
    load_says("7965", "SCCP45.9-4-2SR3-1S", LOAD_SAYS, true);
    load_says("7965", "SCCP45.10-0-0", LOAD_SAYS, true);
    load_says("7961G-GE", "SCCP41.9-0-2", LOAD_SAYS, false);
    load_says("7965", "load", LOAD_NO_NUMBER, true);
    load_says("7965", "SCCP45.9", LOAD_NO_NUMBER, true);
    load_says("7965", "SCCP45.9-x-1", LOAD_NO_NUMBER, true);
    load_says("7965", "SCCP45.9-2-300", LOAD_NO_NUMBER, true);
    load_says("7965", "", LOAD_NO_NUMBER, true);
    load_says("8845", "sip8845_65.12-1-1SR1-4", LOAD_NOTHING, true);
    load_says("SPA8800", "x.1-1-1", LOAD_NOTHING, false);
    assert_string_equal(model_load_print((struct model_load){ 9, 3, 3 }, text), "9.3(3)");
}

/* ---- what follows ---- */

/* An older load opens the plain URL: TVS is asked by the newer alone. */
static void older_loads_need_no_tvs(void **state)
{
    (void)state;
    expect_output("local c = cluster { name = 'C', version = '8.6', nodes = { 'pub' } } "
                  "local old = c:phones { count = 2, model = '7965', load = 'SCCP45.9-2-1S' } "
                  "local new = c:phones { count = 3, model = '7965', load = 'SCCP45.9-4-2S' } "
                  "settle() c.pub:stop('Cisco Trust Verification Service') "
                  "old:press('Directories') new:press('Directories') settle() "
                  "print(old:count { lost = 'secure services' }, new:count { lost = true }, "
                  "old:count { model = '7965' })",
                  "0\t3\t2\n");
}

static void loads_of_scenarios(void **state)
{
    (void)state;
    expect_error(LAB "hq:phones { count = 1, model = '8845', load = 'sip8845_65.12-1-1' }", 1,
                 "phones: nothing is known of what loads of a 8845 do differently: leave load out");
    expect_error(LAB "hq:phones { count = 1, model = '7965', load = 'newest' }", 1,
                 "phones: there is no release in the load \"newest\" (\"SCCP45.9-4-2SR3-1S\")");
}

/* Boots ten secure phones in a healthy mixed-mode cluster; how many register. */
static uint32_t secure_phones(const char *model, bool lsc, uint32_t *rejected)
{
    struct fixture f = { .version = "11.5",
                         .nodes = 1,
                         .group = 1,
                         .phones = 10,
                         .model = model,
                         .security = CNF_ENCRYPTED,
                         .lsc = lsc,
                         .mixed = true };
    struct lab *lab = make(f);
    uint32_t registered = 0;
    for (uint32_t i = 0; i < 10; i++)
        registered += phone_is_registered(&lab->state.phones[i]);
    *rejected = heard[0].rejected[REJECT_LSC];
    lab_free(lab);
    return registered;
}

static void who_has_a_mic(void **state)
{
    uint32_t rejected;
    (void)state;
    assert_int_equal(secure_phones("7965", false, &rejected), 10);
    assert_int_equal(secure_phones("7940", true, &rejected), 10);
    assert_int_equal(secure_phones("7940", false, &rejected), 0);
    assert_true(rejected > 0);
    assert_int_equal(secure_phones("Jabber", true, &rejected), 10);
    assert_int_equal(secure_phones("Jabber", false, &rejected), 0);
}

/* Jabber: a CTL in mixed mode, no ITL; else the unsigned configuration. */
static void jabber(void **state)
{
    (void)state;
    for (int mixed = 0; mixed < 2; mixed++) {
        struct fixture f = { .version = "12.5",
                             .nodes = 1,
                             .group = 1,
                             .phones = 1,
                             .model = "Jabber",
                             .security = CNF_ENCRYPTED,
                             .lsc = true,
                             .mixed = mixed != 0 };
        struct lab *lab = make(f);
        const struct phone *p = &lab->state.phones[0];
        assert_true(phone_is_registered(p));
        assert_int_equal(p->ctl != 0, mixed);
        assert_int_equal(p->itl, 0);
        assert_int_equal(heard[0].config_used[FILE_CNF], !mixed);
        assert_int_equal(heard[0].config_used[FILE_CNF_SGN], mixed);
        lab_free(lab);
    }
}

/* `set tls min-version`: a model whose newest TLS is older has no TVS, no secured pages and,
 * secure, no CallManager.  Observed of 79xx and 99xx. */
static void oldest_tls(void **state)
{
    static const char *const models[] = { "7965", "9971", "7841", "8861", "9841" };
    static const int newest[] = { 0, 0, 2, 2, 3 };
    (void)state;
    for (int oldest = 0; oldest <= 3; oldest++) {
        for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
            struct fixture f = { "15SU2", 1,    1,    1,     models[i], CNF_ENCRYPTED,
                                 false,   true, true, false, 0 };
            bool speaks = newest[i] >= oldest;
            struct lab *lab = make_off(f);
            lab_param(lab, 0, PARAM_TLS_MIN, (uint64_t)oldest);
            power_all(lab, true);
            settled(lab);
            assert_int_equal(registered(lab), speaks);
            lab_free(lab);
        }
    }
    expect_output("local c = cluster { name = 'C', version = '12.5', nodes = { 'pub' } } "
                  "local old = c:phones { count = 2, model = '7965' } "
                  "local new = c:phones { count = 3, model = '8861' } "
                  "settle() c:set('set tls min-version', 2) "
                  "old:press('Directories') new:press('Directories') settle() "
                  "print(old:count { lost = 'secure services' }, new:count { lost = true }) "
                  "c:set('tls_min', 0) old:press('Directories') settle() "
                  "print(old:count { lost = true })",
                  "2\t0\n0\n");
}

static void oldest_tls_is_told(void **state)
{
    struct run r = { 0 };
    struct report report;
    char *text;
    size_t n;
    (void)state;
    run(&r,
        "local c = cluster { name = 'C', version = '11.5(1)SU3', nodes = { 'pub' } } "
        "c:phones { count = 1, model = '7965' } settle() c:set('tls_min', 1) "
        "c.pub:regenerate('CallManager') c.pub:restart('Cisco Tftp') settle() c:reset() settle()");
    assert_string_equal(r.e.text, "");
    session_report(r.session, 0, 0, &report);
    FILE *out = open_memstream(&text, &n);
    report_print(out, &report);
    fclose(out);
    assert_non_null(strstr(text, "TVS 1, pub: its newest TLS, 1.0, is older than that "
                                 "node takes (1.1)"));
    free(text);
    report_free(&report);
    done(&r);
}

/* A model without Security by Default takes the plain URL. */
static void plain_urls(void **state)
{
    static const char *const models[] = { "7940", "Jabber", "SIP Advanced", "EX90" };
    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        struct fixture f = { "12.5", 1, 1, 1, models[i], 0, false, false, false, false, 0 };
        struct lab *lab = make(f);
        assert_true(phone_is_registered(&lab->state.phones[0]));
        lab_press(lab, 0, KEY_DIRECTORIES, lab_now_us(lab) + 1);
        settled(lab);
        assert_int_equal(heard[0].page[1], 1);
        assert_int_equal(lab->state.phones[0].lost, 0);
        lab_free(lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cell),
        cmocka_unit_test(rows_are_whole),
        cmocka_unit_test(names),
        cmocka_unit_test(families),
        cmocka_unit_test(bystanders),
        cmocka_unit_test(loads),
        cmocka_unit_test(older_loads_need_no_tvs),
        cmocka_unit_test(loads_of_scenarios),
        cmocka_unit_test(who_has_a_mic),
        cmocka_unit_test(jabber),
        cmocka_unit_test(plain_urls),
        cmocka_unit_test(oldest_tls),
        cmocka_unit_test(oldest_tls_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
