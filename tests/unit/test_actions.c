/* Every action of a phone, in order, with its request: boot, TVS and its cache, services. */
#include "phone_alone.h"

static uint32_t ccm, other, tvs, web, itl, full;

static const struct ct_record *records_of(uint32_t signer)
{
    static struct ct_record r[4];
    r[0] = (struct ct_record){ .role = TL_SAST, .cert = signer };
    r[1] = (struct ct_record){ .role = TL_CCM_TFTP, .cert = signer };
    r[2] = (struct ct_record){ .role = TL_TVS, .cert = tvs };
    r[3] = (struct ct_record){ .role = TL_APP_SERVER, .cert = web };
    return r;
}

static void begin(const char *model)
{
    phone_begins(model);
    ccm = make_cert("ccm");
    other = make_cert("other");
    tvs = make_cert("tvs");
    web = make_cert("web");
    itl = make_list("itl", false, ccm, records_of(ccm), 4);
    struct cnf k = config_of(3);
    full = make_file("full", ccm, content_cnf(&c, &k), 0);
}

static int up(void **state)
{
    (void)state;
    begin("7965");
    return 0;
}

/* As it is after a boot with this list and this configuration; requests go on from 100. */
static void registered(uint32_t list, uint32_t file)
{
    phone.itl = list;
    phone.config = content_get_file(&c, file)->payload;
    phone.state = PHONE_REGISTERED;
    phone.registered = true;
    phone.last_request = 99;
}

/* Reset, and the CTL asked for. */
static void resets(void)
{
    phone.last_request = 0;
    tell((struct event){ .type = EVENT_RESET },
         "'RESTART; unregistered reset; #0 unregister; >Starting; until 5");
    timer(">CTL; #1 fetch CTL @1; until 11");
}

/* ---- boot ---- */

static void first_boot(void **state)
{
    (void)state;
    tell((struct event){ .type = EVENT_POWER_ON }, ">Starting; until 5");
    timer(">CTL; #1 fetch CTL @1; until 11");
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #2 fetch ITL @1; until 11");
    answer(EVENT_NO_FILE, 0, "#3 fetch ITLFile @1; until 11");
    answer(EVENT_FILE, itl,
           "takes itl by first; 'ITL_INSTALLED; >Config; #4 fetch cnf.sgn @1; until 11");
    answer(EVENT_FILE, full,
           "'USED cnf.sgn; takes full by ITL; >Files; #5 fetch locale.sgn @1; until 11");
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND locale.sgn; #6 fetch ring.sgn @1; until 11");
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND ring.sgn; >Registering; #7 register @1 MIC; until 13");
    answer(EVENT_REGISTERED, 0, "registered 1; >Registered");
}

/* A 7960 knows no ITL; without a CTL nothing is signed for it. */
static void without_an_itl(void **state)
{
    (void)state;
    phone_ends(NULL);
    begin("7960");
    uint32_t ctl = make_list("ctl", true, ccm, records_of(ccm), 4);
    tell((struct event){ .type = EVENT_POWER_ON }, ">Starting; until 5");
    timer(">CTL; #1 fetch CTL @1; until 11");
    answer(EVENT_NO_FILE, 0, "#2 fetch CTLFile @1; until 11");
    answer(EVENT_NO_FILE, 0,
           "'NOT_FOUND CTLFile; 'NO_TRUST_LIST; >Config; #3 fetch cnf @1; until 11");
    /* A cluster that does not know it: the configuration of all. */
    answer(EVENT_NO_FILE, 0, "#4 fetch default @1; until 11");
    answer(EVENT_NO_FILE, 0,
           "'NOT_FOUND default; lost configuration; >Registering; >Unregistered; "
           "lost registration; until 20");
    phone.last_request = 0;
    timer(">CTL; #1 fetch CTL @1; until 11");
    answer(EVENT_NO_FILE, 0, "#2 fetch CTLFile @1; until 11");
    answer(EVENT_FILE, ctl,
           "takes ctl by first; 'CTL_INSTALLED; >Config; #3 fetch cnf.sgn @1; until 11");
    answer(EVENT_NO_FILE, 0, "#4 fetch default.sgn @1; until 11");
    struct cnf k = config_of(1);
    k.is_default = 1;
    answer(EVENT_FILE, make_file("any", ccm, content_cnf(&c, &k), 0),
           "'USED default.sgn; takes any by CTL; regained configuration; >Files; "
           "#5 fetch locale.sgn @1; until 11");
}

static uint32_t unsigned_file(const char *text, uint32_t payload)
{
    struct ct_file f = { .payload = payload, .envelope = { .signer_version = -1 } };
    return name(text, content_file(&c, &f));
}

/* It holds no list at all: everything comes in clear, and is what was asked for or is refused. */
static void in_clear(void **state)
{
    (void)state;
    phone_ends(NULL);
    begin("7960");
    struct cnf k = config_of(1);
    name("nobody", CONTENT_NOBODY); /* what a model without a MIC shows */
    uint32_t config = unsigned_file("config", content_cnf(&c, &k)),
             tones = unsigned_file(
                 "tones", content_blob(&c, content_str(&c, "tones.xml"), view_str("<tones/>")));
    for (uint32_t wrong = 0; wrong < 2; wrong++) {
        phone.state = PHONE_OFF;
        phone.registered = false;
        phone.deadline_us = 0;
        phone.last_request = 0;
        tell((struct event){ .type = EVENT_POWER_ON }, ">Starting; until 5");
        timer(">CTL; #1 fetch CTL @1; until 11");
        answer(EVENT_NO_FILE, 0, "#2 fetch CTLFile @1; until 11");
        answer(EVENT_NO_FILE, 0,
               "'NOT_FOUND CTLFile; 'NO_TRUST_LIST; >Config; #3 fetch cnf @1; until 11");
        answer(EVENT_FILE, config,
               "'USED cnf; takes config by first; >Files; #4 fetch locale @1; until 11");
        answer(EVENT_FILE, wrong ? config : tones,
               wrong ? "refuses config as locale; lost common; 'AUTH_FAILED locale; #5 fetch ring "
                       "@1; until 11"
                     : "takes tones by first; #5 fetch ring @1; until 11");
        answer(EVENT_FILE, wrong ? config : tones,
               wrong ? "refuses config as ring; 'AUTH_FAILED ring; >Registering; "
                       "#6 register @1 nobody; until 13"
                     : "takes tones by first; >Registering; #6 register @1 nobody; until 13");
        answer(EVENT_REGISTERED, 0, "registered 1; >Registered");
    }
}

/* What the display says of the lists, by what it held, what came and what of it was refused.  A
 * list that is the same again says nothing. */
static void what_the_display_says(void **state)
{
    (void)state;
    enum { NONE, SAME, NEW, BAD };
    static const struct {
        bool had_ctl, had_itl;
        uint8_t ctl, itl;
        const char *ctl_says, *itl_says;
    } rows[] = {
        { false, false, NONE, NONE, "'NOT_FOUND", "'NOT_FOUND ITLFile; 'NO_TRUST_LIST" },
        { false, false, NEW, NEW, "takes new CTL by first",
          "takes new ITL by CTL; 'CTL_AND_ITL_INSTALLED" },
        { false, false, NEW, NONE, "takes new CTL by first", "'NOT_FOUND ITLFile; 'CTL_INSTALLED" },
        { false, true, NEW, SAME, "takes new CTL by ITL", "takes old ITL by CTL; 'CTL_INSTALLED" },
        { false, true, NEW, NEW, "takes new CTL by ITL", "takes new ITL by CTL; 'CTL_INSTALLED" },
        { false, true, NONE, SAME, "'NOT_FOUND", "takes old ITL by ITL" },
        { false, true, NONE, NEW, "'NOT_FOUND", "takes new ITL by ITL; 'TRUST_LIST_UPDATED" },
        { true, false, SAME, NEW, "takes old CTL by CTL", "takes new ITL by CTL; 'ITL_INSTALLED" },
        { true, true, NEW, SAME, "takes new CTL by CTL",
          "takes old ITL by CTL; 'TRUST_LIST_UPDATED" },
        { true, true, NEW, NEW, "takes new CTL by CTL",
          "takes new ITL by CTL; 'TRUST_LIST_UPDATED" },
        { true, true, SAME, SAME, "takes old CTL by CTL", "takes old ITL by CTL" },
        { true, true, BAD, SAME, "refuses bad CTL as CTL",
          "takes old ITL by CTL; 'UPDATE_FAILED; lost lists" },
        { true, true, SAME, BAD, "takes old CTL by CTL",
          "refuses bad ITL as ITL; 'UPDATE_FAILED; lost lists" },
        { true, true, NEW, BAD, "takes new CTL by CTL",
          "refuses bad ITL as ITL; 'UPDATE_FAILED; 'TRUST_LIST_UPDATED; lost lists" },
        { false, true, BAD, NEW, "refuses bad CTL as CTL",
          "takes new ITL by ITL; 'UPDATE_FAILED; 'TRUST_LIST_UPDATED; lost lists" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        phone_ends(NULL);
        begin("7965");
        struct ct_record more[5];
        memcpy(more, records_of(ccm), 4 * sizeof more[0]);
        more[4] = (struct ct_record){ .role = TL_CAPF, .cert = ccm };
        const uint32_t ctls[] = { 0, make_list("old CTL", true, ccm, more, 4),
                                  make_list("new CTL", true, ccm, more, 5),
                                  make_list("bad CTL", true, other, more, 4) };
        const uint32_t itls[] = { 0, make_list("old ITL", false, ccm, more, 3),
                                  make_list("new ITL", false, ccm, more, 5),
                                  make_list("bad ITL", false, other, more, 4) };
        phone.ctl = rows[i].had_ctl ? ctls[SAME] : 0;
        phone.itl = rows[i].had_itl ? itls[SAME] : 0;
        char want[300];
        tell((struct event){ .type = EVENT_POWER_ON }, ">Starting; until 5");
        timer(">CTL; #1 fetch CTL @1; until 11");
        snprintf(want, sizeof want, "%s; >ITL; #2 fetch ITL @1; until 11", rows[i].ctl_says);
        answer(rows[i].ctl == NONE ? EVENT_NO_FILE : EVENT_FILE, ctls[rows[i].ctl], want);
        uint32_t request = 3;
        if (rows[i].itl == NONE) {
            answer(EVENT_NO_FILE, 0, "#3 fetch ITLFile @1; until 11");
            request++;
        }
        snprintf(want, sizeof want, "%s; >Config; #%u fetch %s @1; until 11", rows[i].itl_says,
                 request,
                 phone.ctl == 0 && phone.itl == 0 && rows[i].itl == NONE ? "cnf" : "cnf.sgn");
        answer(rows[i].itl == NONE ? EVENT_NO_FILE : EVENT_FILE, itls[rows[i].itl], want);
    }
}

/* Nobody there, no answer: the second TFTP server, then without; each file from the start again. */
static void no_tftp(void **state)
{
    (void)state;
    phone_init(&phone, 3, phone.model, 1, 1);
    tell((struct event){ .type = EVENT_POWER_ON }, ">Starting; until 5");
    timer(">CTL; #1 fetch CTL @9; until 11");
    timer("#1 cancel; #2 fetch CTL @8; until 11");
    timer("#2 cancel; 'TIMEOUT; >ITL; #3 fetch ITL @8; until 11");
    answer(EVENT_REFUSED, 0,
           "'TFTP_ERROR ITL; 'UPDATE_FAILED; 'NO_TRUST_LIST; lost lists; >Config; "
           "#4 fetch cnf @8; until 11");
    answer(EVENT_REFUSED, 0,
           "'TFTP_ERROR cnf; lost configuration; >Registering; >Unregistered; lost registration; "
           "until 20");
    timer(">CTL; #5 fetch CTL @9; until 11");
}

/* What came is not what was asked for, whoever signed it; and more than it loads. */
static void another_thing(void **state)
{
    (void)state;
    uint32_t ring =
        make_file("ring", ccm, content_blob(&c, content_str(&c, "r"), view_str("r")), 0);
    registered(itl, full);
    resets();
    answer(EVENT_FILE, full, "'SIZE_ERROR; >ITL; #2 fetch ITL @1; until 11");
    tell((struct event){ .type = EVENT_FILE, .request = 2, .a = itl, .b = 65535 },
         "takes itl by ITL; 'UPDATE_FAILED; lost lists; >Config; #3 fetch cnf.sgn @1; until 11");
    answer(EVENT_FILE, itl,
           "'SIZE_ERROR cnf.sgn; lost configuration; >Registering; #4 register @1 MIC; until 13");
    answer(EVENT_REGISTERED, 0, "registered 1; >Registered");
    resets();
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #2 fetch ITL @1; until 11");
    answer(EVENT_FILE, itl,
           "takes itl by ITL; regained lists; >Config; #3 fetch cnf.sgn @1; until 11");
    answer(EVENT_FILE, ring,
           "refuses ring as cnf.sgn; 'AUTH_FAILED cnf.sgn; >Registering; #4 register @1 MIC; "
           "until 13");
    answer(EVENT_REGISTERED, 0, "registered 1; >Registered");
    resets();
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #2 fetch ITL @1; until 11");
    tell((struct event){ .type = EVENT_FILE, .request = 2, .a = itl, .b = 65536 },
         "'SIZE_ERROR ITL; 'UPDATE_FAILED; lost lists; >Config; #3 fetch cnf.sgn @1; until 11");
    answer(EVENT_FILE, full,
           "'USED cnf.sgn; takes full by ITL; regained configuration; >Files; "
           "#4 fetch locale.sgn @1; until 11");
    answer(EVENT_FILE, full,
           "refuses full as locale.sgn; lost common; 'AUTH_FAILED locale.sgn; #5 fetch ring.sgn "
           "@1; until 11");
    answer(EVENT_FILE, ring,
           "takes ring by ITL; >Registering; >Unregistered; lost registration; until 20");
}

/* The short file of an encrypted configuration leads to the long one, which only the key that it
 * was written for opens. */
static void encrypted(void **state)
{
    (void)state;
    struct cnf k = config_of(2);
    k.encr_config = 1;
    uint32_t whole = content_cnf(&c, &k);
    k.full_config = 0;
    uint32_t brief = make_file("short", ccm, content_cnf(&c, &k), 0);
    registered(itl, full);
    static const struct {
        bool lsc;
        uint32_t to; /* 0: its MIC; 1: its LSC */
        const char *want;
    } rows[] = {
        { false, 0, "'USED cnf.enc; takes long by ITL; >Files; #5 fetch locale.sgn @1; until 11" },
        { false, 1,
          "refuses long as cnf.enc; 'AUTH_FAILED cnf.enc; lost configuration; "
          ">Registering; #5 register @1 MIC; until 13" },
        { true, 1,
          "'USED cnf.enc; takes long by ITL; regained configuration; >Files; "
          "#5 fetch locale.sgn @1; until 11" },
        { true, 0,
          "refuses long as cnf.enc; 'AUTH_FAILED cnf.enc; lost configuration; "
          ">Registering; #5 register @1 other; until 13" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        phone.lsc = rows[i].lsc ? other : 0;
        phone.registered = true;
        phone.state = PHONE_REGISTERED;
        phone.request[GOAL_WORK] = 0;
        uint32_t file = make_file("long", ccm, whole, rows[i].to ? other : CONTENT_MIC);
        resets();
        answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #2 fetch ITL @1; until 11");
        answer(EVENT_FILE, itl, "takes itl by ITL; >Config; #3 fetch cnf.sgn @1; until 11");
        answer(EVENT_FILE, brief, "takes short by ITL; #4 fetch cnf.enc @1; until 11");
        named_count--;
        name("long", file);
        answer(EVENT_FILE, file, rows[i].want);
    }
}

/* In clear, and whole, though it says that it is encrypted: taken as it is.  The encrypted one
 * missing: no other name. */
static void encrypted_or_not(void **state)
{
    (void)state;
    struct cnf k = config_of(2);
    k.encr_config = 1;
    uint32_t whole = make_file("whole", ccm, content_cnf(&c, &k), 0);
    k.full_config = 0;
    uint32_t brief = make_file("short", ccm, content_cnf(&c, &k), 0);
    registered(itl, full);
    resets();
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #2 fetch ITL @1; until 11");
    answer(EVENT_FILE, itl, "takes itl by ITL; >Config; #3 fetch cnf.sgn @1; until 11");
    answer(EVENT_FILE, whole,
           "'USED cnf.sgn; takes whole by ITL; >Files; #4 fetch locale.sgn @1; until 11");
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND locale.sgn; #5 fetch ring.sgn @1; until 11");
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND ring.sgn; >Registering; #6 register @1 MIC; until 13");
    answer(EVENT_REGISTERED, 0, "registered 1; >Registered");
    resets();
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #2 fetch ITL @1; until 11");
    answer(EVENT_FILE, itl, "takes itl by ITL; >Config; #3 fetch cnf.sgn @1; until 11");
    answer(EVENT_FILE, brief, "takes short by ITL; #4 fetch cnf.enc @1; until 11");
    answer(EVENT_NO_FILE, 0,
           "'NOT_FOUND cnf.enc; lost configuration; >Registering; #5 register @1 MIC; until 13");
}

/* ---- TVS ---- */

/* A list by somebody unknown: each TVS of the configuration in order, each request by its number.
 */
static void asks_each(void **state)
{
    (void)state;
    uint32_t list = make_list("new", false, other, records_of(other), 4);
    registered(itl, full);
    resets();
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #2 fetch ITL @1; until 11");
    answer(EVENT_FILE, list, ">TVS; #3 tvs? @1; until 12");
    timer("#3 cancel; tvs 1 silent; #4 tvs? @2; until 12");
    answer(EVENT_TLS_CERT, ccm, "#4 refuse @2; tvs 2 stranger; #5 tvs? @3; until 12");
    env.now_us += 1000000;
    answer(EVENT_TLS_CERT, tvs, "#5 accept @3; until 11");
    answer(EVENT_TLS_OPEN, 0, "#5 query other other; until 11");
    tell((struct event){ .type = EVENT_TVS_REPLY, .request = 5, .status = 1 },
         "tvs 3 not trusted; refuses new as ITL; 'UPDATE_FAILED; lost lists; >Config; "
         "#6 fetch cnf.sgn @1; until 11");
    assert_int_equal(phone.cache[0].vouch, 0);
}

/* It says trusted and shows nobody, or it says no and shows somebody: neither vouches. */
static void half_an_answer(void **state)
{
    (void)state;
    registered(itl, full);
    for (int i = 0; i < 2; i++) {
        phone.registered = true;
        phone.state = PHONE_REGISTERED;
        phone.request[GOAL_WORK] = 0;
        phone.lost = 0;
        resets();
        answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #2 fetch ITL @1; until 11");
        answer(EVENT_FILE,
               i == 0 ? make_list("new", false, other, records_of(other), 4) : phone.offered,
               ">TVS; #3 tvs? @1; until 12");
        answer(EVENT_TLS_CERT, tvs, "#3 accept @1; until 12");
        answer(EVENT_TLS_OPEN, 0, "#3 query other other; until 12");
        tell((struct event){ .type = EVENT_TVS_REPLY,
                             .request = 3,
                             .status = (uint8_t)i,
                             .a = i == 0 ? 0 : other,
                             .b = 9,
                             .roles = UINT32_MAX },
             "tvs 1 not trusted; refuses new as ITL; 'UPDATE_FAILED; lost lists; >Config; "
             "#4 fetch cnf.sgn @1; until 11");
        assert_int_equal(phone.cache[0].vouch, 0);
        phone.offered = i == 0 ? content_said_of(&c, phone.refused[TRUST_ITL]).about : 0;
    }
}

/* A locale by somebody whom a TVS must vouch for: then the ring list, by what is in the cache. */
static void a_locale_through_tvs(void **state)
{
    (void)state;
    uint32_t locale =
        make_file("tones", other, content_blob(&c, content_str(&c, "l"), view_str("l")), 0);
    uint32_t ring =
        make_file("ring", other, content_blob(&c, content_str(&c, "r"), view_str("r")), 0);
    registered(itl, full);
    resets();
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #2 fetch ITL @1; until 11");
    answer(EVENT_FILE, itl, "takes itl by ITL; >Config; #3 fetch cnf.sgn @1; until 11");
    answer(EVENT_FILE, full,
           "'USED cnf.sgn; takes full by ITL; >Files; #4 fetch locale.sgn @1; until 11");
    answer(EVENT_FILE, locale, ">TVS; #5 tvs? @1; until 12");
    answer(EVENT_TLS_CERT, tvs, "#5 accept @1; until 12");
    answer(EVENT_TLS_OPEN, 0, "#5 query other other; until 12");
    vouches(other, ROLE_BIT(TL_TFTP), 60,
            "tvs 1 trusted; takes tones by TVS; >Files; #6 fetch ring.sgn @1; until 11");
    answer(EVENT_FILE, ring, "takes ring by cache; >Registering; #7 register @1 MIC; until 13");
}

/* ---- the cache ---- */

/* Directories shows `cert`; nothing is known of it: asked, and vouched for as long as `seconds`. */
static void asked(uint32_t cert, uint32_t seconds)
{
    phone.last_request = 0;
    tell((struct event){ .type = EVENT_PRESS, .a = KEY_DIRECTORIES },
         ">Service; #1 https? TLS @1; until 14");
    answer(EVENT_TLS_CERT, cert, ">TVS; #2 tvs? @1; until 12");
    answer(EVENT_TLS_CERT, tvs, "#2 accept @1; until 12");
    char want[80];
    snprintf(want, sizeof want, "#2 verify %s; until 12", name_of(cert));
    answer(EVENT_TLS_OPEN, 0, want);
    vouches(cert, ROLE_BIT(TL_APP_SERVER), seconds,
            "tvs 1 trusted; #1 accept TLS @1; >Service; until 14");
    answer(EVENT_TLS_OPEN, 0, "#1 get TLS @1; until 14");
    answer(EVENT_PAGE, 0, "Directories opened; >Registered");
}

static void remembered(uint32_t cert)
{
    phone.last_request = 0;
    tell((struct event){ .type = EVENT_PRESS, .a = KEY_DIRECTORIES },
         ">Service; #1 https? TLS @1; until 14");
    answer(EVENT_TLS_CERT, cert, "#1 accept TLS @1; until 14");
    answer(EVENT_TLS_OPEN, 0, "#1 get TLS @1; until 14");
    answer(EVENT_PAGE, 0, "Directories opened; >Registered");
}

static void at(uint32_t seconds)
{
    env.now_us = seconds * 1000000ull;
}

/* The answer that ends first makes room for a new one; one asked for again takes its own place. */
static void the_cache(void **state)
{
    (void)state;
    static const char *const names[] = { "A", "B", "C", "D" };
    uint32_t k[4];
    for (int i = 0; i < 4; i++)
        k[i] = make_cert(names[i]);
    registered(itl, full);
    at(0);
    asked(k[0], 200);
    asked(k[1], 100);
    asked(k[2], 300);
    asked(k[3], 400);
    at(150);
    remembered(k[0]);
    remembered(k[2]);
    remembered(k[3]);
    at(199);
    remembered(k[0]);
    at(250);
    asked(k[0], 10);
    remembered(k[0]);
    remembered(k[2]);
    remembered(k[3]);
    at(261);
    asked(k[1], 500);
    remembered(k[2]);
    remembered(k[3]);
}

/* Whose answer lies in each place, and until when. */
static void holds(const uint32_t certs[TRUST_CACHE], const uint32_t until_s[TRUST_CACHE])
{
    for (int i = 0; i < TRUST_CACHE; i++) {
        assert_int_equal(content_get_vouch(&c, phone.cache[i].vouch)->cert, certs[i]);
        assert_int_equal(phone.cache[i].until_s, until_s[i]);
    }
}

/* Its own place, though another ended earlier, before it or behind it. */
static void its_own_place(void **state)
{
    (void)state;
    uint32_t k[] = { make_cert("A"), make_cert("B"), make_cert("C") };
    registered(itl, full);
    at(0);
    asked(k[0], 500);
    asked(k[1], 300);
    asked(k[2], 200);
    holds(k, (const uint32_t[]){ 500, 300, 200 });
    at(310);
    asked(k[1], 600);
    holds(k, (const uint32_t[]){ 500, 910, 200 });
    at(550);
    asked(k[2], 600);
    holds(k, (const uint32_t[]){ 500, 910, 1150 });
    at(920);
    asked(k[1], 9);
    holds(k, (const uint32_t[]){ 500, 929, 1150 });
}

/* A time to live of 0 serves the decision that asked, and nobody after the second is over; one
 * without end has none. */
static void times_to_live(void **state)
{
    (void)state;
    uint32_t a = make_cert("A"), b = make_cert("B");
    registered(itl, full);
    at(1000);
    asked(a, 0);
    assert_int_equal(phone.cache[0].until_s, 1001);
    at(1001);
    asked(a, 1);
    at(1002);
    asked(b, UINT32_MAX);
    at(4000000);
    remembered(b);
}

/* A boot and a changed list flush it; the same list again does not. */
static void flushed(void **state)
{
    (void)state;
    uint32_t a = make_cert("A");
    registered(itl, full);
    at(1000);
    asked(a, 900);
    static const struct trust_cached nothing[TRUST_CACHE];
    struct trust_cached kept[TRUST_CACHE] = { { content_vouch(&c, a, 1), UINT32_MAX },
                                              { content_vouch(&c, a, 2), UINT32_MAX },
                                              { content_vouch(&c, a, 4), UINT32_MAX } };
    memcpy(phone.cache, kept, sizeof kept);
    memset(phone.refused, 255, sizeof phone.refused);
    resets();
    assert_memory_equal(phone.cache, nothing, sizeof nothing);
    for (size_t i = 0; i < sizeof phone.refused / sizeof phone.refused[0]; i++)
        assert_int_equal(phone.refused[i], 0);
    memcpy(phone.cache, kept, sizeof kept);
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #2 fetch ITL @1; until 11");
    answer(EVENT_FILE, itl, "takes itl by ITL; >Config; #3 fetch cnf.sgn @1; until 11");
    assert_memory_equal(phone.cache, kept, sizeof kept);
    answer(EVENT_NO_FILE, 0, "#4 fetch default.sgn @1; until 11");
    answer(
        EVENT_NO_FILE, 0,
        "'NOT_FOUND default.sgn; lost configuration; >Registering; #5 register @1 MIC; until 13");
    answer(EVENT_REGISTERED, 0, "registered 1; >Registered");
    resets();
    memcpy(phone.cache, kept, sizeof kept);
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #2 fetch ITL @1; until 11");
    answer(EVENT_FILE, make_list("next", false, ccm, records_of(ccm), 3),
           "takes next by ITL; 'TRUST_LIST_UPDATED; >Config; #3 fetch cnf.sgn @1; until 11");
    assert_memory_equal(phone.cache, nothing, sizeof nothing);
}

/* ---- services ---- */

static void press(enum key_press key, const char *want)
{
    phone.last_request = 0;
    tell((struct event){ .type = EVENT_PRESS, .a = key }, want);
}

/* Each key has its own server; nobody waits for it longer than the deadline, before the handshake
 * and after it. */
static void keys(void **state)
{
    (void)state;
    registered(itl, full);
    press(KEY_SERVICES, ">Service; #1 https? TLS @2; until 14");
    answer(EVENT_TLS_CERT, web, "#1 accept TLS @2; until 14");
    answer(EVENT_TLS_OPEN, 0, "#1 get TLS @2; until 14");
    answer(EVENT_PAGE, 0, "Services opened; >Registered");
    press(KEY_DIRECTORIES, ">Service; #1 https? TLS @1; until 14");
    timer("#1 cancel; Directories failed; 'HOST_NOT_FOUND; lost services; >Registered");
    press(KEY_SERVICES, ">Service; #1 https? TLS @2; until 14");
    env.now_us += 4000000;
    answer(EVENT_TLS_CERT, web, "#1 accept TLS @2; until 10");
    timer("#1 cancel; Services failed; 'HOST_NOT_FOUND; >Registered");
    press(KEY_SERVICES, ">Service; #1 https? TLS @2; until 14");
    answer(EVENT_REFUSED, 0, "Services failed; 'HOST_NOT_FOUND; >Registered");
    press(KEY_SERVICES, ">Service; #1 https? TLS @2; until 14");
    answer(EVENT_TLS_CERT, web, "#1 accept TLS @2; until 14");
    answer(EVENT_TLS_OPEN, 0, "#1 get TLS @2; until 14");
    answer(EVENT_PAGE, 0, "Services opened; regained services; >Registered");
}

/* Nobody vouches: the handshake is broken off under its own number. */
static void a_stranger(void **state)
{
    (void)state;
    registered(itl, full);
    press(KEY_DIRECTORIES, ">Service; #1 https? TLS @1; until 14");
    answer(EVENT_TLS_CERT, other, ">TVS; #2 tvs? @1; until 12");
    answer(EVENT_REFUSED, 0, "tvs 1 closed; #3 tvs? @2; until 12");
    answer(EVENT_REFUSED, 0, "tvs 2 closed; #4 tvs? @3; until 12");
    answer(EVENT_REFUSED, 0,
           "tvs 3 closed; #1 refuse TLS @1; Directories failed; 'HOST_NOT_FOUND; lost services; "
           ">Registered");
    assert_int_equal(content_said_of(&c, phone.refused[TRUST_HTTPS]).about, other);
    press(KEY_DIRECTORIES, ">Service; #1 https? TLS @1; until 14");
    answer(EVENT_TLS_CERT, web, "#1 accept TLS @1; until 14");
    assert_int_equal(phone.refused[TRUST_HTTPS], 0);
}

/* What the administrator wrote as the secured URL. */
static void urls(void **state)
{
    (void)state;
    static const char nowhere[] =
        ">Service; Directories failed; 'HOST_NOT_FOUND; lost services; >Registered";
    static const struct {
        const char *url, *want;
    } rows[] = {
        { "https://10.0.0.7:8443/ccmcip/x.jsp", ">Service; #1 https? TLS @7; until 14" },
        { "https://10.0.0.7/x", ">Service; #1 https? TLS @7; until 14" },
        { "https://10.0.0.7", ">Service; #1 https? TLS @7; until 14" },
        /* A plain one, as for a rollback: nothing is judged. */
        { "http://10.0.0.7:8080/x", ">Service; #1 get @7; until 14" },
        { "http://10.0.0.7", ">Service; #1 get @7; until 14" },
        { "", nowhere },
        { "https://", nowhere },
        { "https:/10.0.0.7", nowhere },
        { "http:/10.0.0.7", nowhere },
        { "ftp://10.0.0.7/x", nowhere },
        { "10.0.0.7", nowhere },
        /* Who carries it out looks the name up. */
        { "https://hq.example.com:8443/x", ">Service; #1 https? TLS @137; until 14" },
        { "https://10.0.0.71234567890123456789012345678901234567890123456789012345678901234567890/",
          nowhere },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cnf k = config_of(1);
        cnf_text(k.secure_directory_url, sizeof k.secure_directory_url, rows[i].url);
        registered(itl, make_file("x", ccm, content_cnf(&c, &k), 0));
        phone.request[GOAL_SERVICE] = 0;
        phone.deadline_us = 0;
        phone.lost = 0;
        press(KEY_DIRECTORIES, rows[i].want);
    }
}

/* Without a configuration there is no service, and no server to register at. */
static void no_configuration(void **state)
{
    (void)state;
    phone.state = PHONE_UNREGISTERED;
    phone.retry_us = phone.deadline_us = 20000000;
    press(KEY_SERVICES,
          ">Service; Services failed; 'HOST_NOT_FOUND; lost services; >Unregistered; until 19");
    assert_int_equal(phone_tvs_servers(&phone, &c), 0);
}

/* ---- started again without being shut down ---- */

/* It asks at once, where it asked before, and keeps what TVS said. */
static void restarted(void **state)
{
    const struct event restart = { .type = EVENT_RESET, .a = RESET_RESTART };
    (void)state;
    registered(itl, full);
    phone.cache[0].until_s = 7;
    phone.dhcp = 1;
    tell(restart, "'RESTART; unregistered restart; #0 unregister; >CTL; #100 fetch CTL @1; until "
                  "11");
    tell(restart, "'RESTART; #100 cancel; #101 fetch CTL @1; until 11"); /* busy as it is */
    assert_int_equal(phone.cache[0].until_s, 7);
    knobs.value[KNOB_RESTART_LISTS] = 0;
    tell(restart, "'RESTART; #101 cancel; >Config; #102 fetch cnf.sgn @1; until 11");
    tell((struct event){ .type = EVENT_RESET }, "'RESTART; #102 cancel; >Starting; until 5");
    timer(">CTL; #103 fetch CTL @9; until 11");
    assert_int_equal(phone.cache[0].until_s, 0);
}

/* Nothing where it has that configuration; else a restart. */
static void configuration_applied(void **state)
{
    (void)state;
    registered(itl, full);
    struct phone before = phone;
    struct event apply = { .type = EVENT_RESET, .a = RESET_APPLY, .b = phone.config };
    tell(apply, "");
    assert_memory_equal(&phone, &before, sizeof phone);
    apply.b = 0; /* it is in no database any more */
    tell(apply, "'RESTART; unregistered restart; #0 unregister; >CTL; #100 fetch CTL @1; until "
                "11");
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, phone_ends)
    const struct CMUnitTest tests[] = {
        TEST(first_boot),
        TEST(without_an_itl),
        TEST(in_clear),
        TEST(what_the_display_says),
        TEST(no_tftp),
        TEST(another_thing),
        TEST(encrypted),
        TEST(encrypted_or_not),
        TEST(asks_each),
        TEST(half_an_answer),
        TEST(a_locale_through_tvs),
        TEST(the_cache),
        TEST(its_own_place),
        TEST(times_to_live),
        TEST(flushed),
        TEST(keys),
        TEST(a_stranger),
        TEST(urls),
        TEST(no_configuration),
        TEST(restarted),
        TEST(configuration_applied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
