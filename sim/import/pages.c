/* What a phone says of itself on its own pages: Network Setup, Security Information, Status
 * Messages, Device Information, of every family, as HTML or as the text of it that somebody saved.
 * Which phone it is stands on the page (its host name, its MAC address, its heading) and never in
 * the name of a file.  Shapes: pages of real phones of 14 models (observed). */
#include "phones/model.h"
#include "sim/core/device.h"
#include "sim/import/html.h"
#include "sim/import/kinds.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

/* ---- names of rows ---- */

/* A name of a row without blanks and signs, in small letters: families write "CUCM server1",
 * "Unified CM 1", "CTL file" and "CTL File". */
#define NAME_ROOM 48

static void plain(struct view name, char out[NAME_ROOM])
{
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < NAME_ROOM - 1; i++) {
        uint8_t c = name.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (uint8_t)(c + 32);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
            out[n++] = (char)c;
    }
    out[n] = '\0';
}

/* A page that is being read: who it is of is known at its end, so that rows are kept until then. */
enum { ROWS_MOST = 400 };
enum { LIST_NOT, LIST_CTL, LIST_ITL };

/* A list that is neither "Installed" nor "Not installed": in another language, where a signature
 * that follows says more. */
struct odd {
    uint32_t line; /* 0: there is none */
    char shown[80];
};

struct kept {
    uint8_t kind;
    uint32_t nth, line;
    struct view value;
};

struct page {
    struct said here;
    struct arena arena;
    char host[DEVICE_NAME], mac[DEVICE_NAME], heading[DEVICE_NAME];
    struct kept kept[ROWS_MOST];
    uint32_t count, messages;
    uint32_t first_line;
    uint8_t list; /* whose records follow */
    uint32_t records;
    bool ctl_open, itl_open; /* installed, and no signature has said which it is */
    struct odd odd[LIST_ITL + 1];
    bool foreign_too; /* rows in other languages are looked for */
    bool foreign;     /* and there were some */
    uint32_t known;   /* rows that say something here */
};

static void keep(struct page *p, enum fact_kind kind, uint32_t nth, struct view value)
{
    if (p->count == ROWS_MOST) {
        facts_note(&p->here, true, "a page of too many rows: the rest is not read");
        p->count++;
    }
    if (p->count > ROWS_MOST)
        return;
    p->kept[p->count++] = (struct kept){ .kind = (uint8_t)kind,
                                         .nth = nth,
                                         .line = p->here.line,
                                         .value = arena_copy(&p->arena, value) };
}

static void keep_str(struct page *p, enum fact_kind kind, uint32_t nth, const char *value)
{
    keep(p, kind, nth, view_str(value));
}

/* ---- values ---- */

/* The first that is one stays. */
static void take_name(struct view v, char to[DEVICE_NAME])
{
    char name[DEVICE_NAME];
    if (to[0] == '\0' && device_read_name(v, name))
        memcpy(to, name, sizeof name);
}

static void take_host(struct page *p, uint32_t nth, struct view v)
{
    (void)nth;
    take_name(v, p->host);
}

/* "00:b8:b3..." or "00B8B3..." */
static void take_mac(struct page *p, uint32_t nth, struct view v)
{
    char name[4 + 12 + 1] = "SEP";
    size_t n = 3;
    (void)nth;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == ':' || v.p[i] == '-' || v.p[i] == '.')
            continue;
        if (text_hex(v.p[i]) < 0 || n == 15)
            return;
        name[n++] = (char)v.p[i];
    }
    if (n == 15)
        take_name(view_of(name, n), p->mac);
}

static void take_address(struct page *p, uint32_t nth, struct view v)
{
    (void)nth;
    keep(p, FACT_PHONE_ADDRESS, 0, v);
}

static void take_tftp(struct page *p, uint32_t nth, struct view v)
{
    if (nth >= 1 && nth <= 2 && !view_eq(v, view_str("0.0.0.0")))
        keep(p, FACT_PHONE_TFTP, nth - 1, v);
}

/* "cucm02.example.com   Active": behind the name is its state, "Active", "Standby" or a word for
 * them. */
static void take_server(struct page *p, uint32_t nth, struct view v)
{
    if (nth < 1 || nth > 5)
        return;
    size_t n = 0;
    while (n < v.n && v.p[n] > ' ')
        n++;
    struct view name = view_sub(v, 0, n), state = text_trim(view_sub(v, n, v.n - n));
    if (text_same(state, "Active"))
        keep(p, FACT_PHONE_SERVER, 0, name);
    keep(p, FACT_PHONE_CM, nth - 1, name);
}

static bool is_yes(struct view v)
{
    static const char *const words[] = { "Yes", "Enabled", "Read only", "ReadOnly", "True", "On" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (text_same(v, words[i]))
            return true;
    }
    return false;
}

static bool is_no(struct view v)
{
    static const char *const words[] = { "No", "Disabled", "False", "Off" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (text_same(v, words[i]))
            return true;
    }
    return false;
}

static void take_web(struct page *p, uint32_t nth, struct view v)
{
    (void)nth;
    if (is_yes(v) || is_no(v))
        keep_str(p, FACT_PHONE_WEB, 0, is_yes(v) ? "yes" : "no");
}

static void take_lsc(struct page *p, uint32_t nth, struct view v)
{
    (void)nth;
    if (text_same(v, "Installed") || text_same(v, "Not installed"))
        keep_str(p, FACT_PHONE_LSC, 0, text_same(v, "Installed") ? "yes" : "no");
}

/* "Non secure", "Authenticated", "Encrypted". */
static void take_mode(struct page *p, uint32_t nth, struct view v)
{
    static const char *const words[][2] = { { "Non secure", "non-secure" },
                                            { "Non-secure", "non-secure" },
                                            { "Nonsecure", "non-secure" },
                                            { "Authenticated", "authenticated" },
                                            { "Encrypted", "encrypted" } };
    (void)nth;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (text_same(v, words[i][0])) {
            keep_str(p, FACT_PHONE_MODE, 0, words[i][1]);
            return;
        }
    }
}

/* "sip88xx.12-5-1SR3-74"; "8.0(5.0)" is no name of a load. */
static void take_load(struct page *p, uint32_t nth, struct view v)
{
    (void)nth;
    if (memchr(v.p, '(', v.n) == NULL)
        keep(p, FACT_PHONE_LOAD, 0, v);
}

/* "CP-8841", "CP-7945G": as Administration calls it where the table has it, else as it stands. */
static void take_model(struct page *p, uint32_t nth, struct view v)
{
    char name[64];
    uint8_t model;
    (void)nth;
    size_t n = v.n < sizeof name ? v.n : sizeof name - 1;
    memcpy(name, v.p, n);
    name[n] = '\0';
    const char *bare = strncmp(name, "CP-", 3) == 0 ? name + 3 : name;
    if (model_find(bare, &model))
        keep_str(p, FACT_PHONE_MODEL, 0, model_table[model].product);
    else
        keep(p, FACT_PHONE_MODEL, 0, v);
}

/* ---- lists ---- */

static void take_file(struct page *p, uint8_t list, enum fact_kind kind, struct view v)
{
    p->list = list;
    p->records = 0;
    if (text_same(v, "Not installed")) {
        keep_str(p, kind, 0, "none");
        p->list = LIST_NOT;
    } else if (text_same(v, "Installed")) {
        *(list == LIST_CTL ? &p->ctl_open : &p->itl_open) = true;
    } else {
        p->odd[list].line = p->here.line;
        text_escape(p->odd[list].shown, sizeof p->odd[list].shown, v);
    }
}

static void take_ctl_file(struct page *p, uint32_t nth, struct view v)
{
    (void)nth;
    take_file(p, LIST_CTL, FACT_PHONE_CTL, v);
}

static void take_itl_file(struct page *p, uint32_t nth, struct view v)
{
    (void)nth;
    take_file(p, LIST_ITL, FACT_PHONE_ITL, v);
}

/* "FA BD F7 ...": 20 bytes. */
static bool read_signature(struct view v, char hash[41])
{
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == ' ' || v.p[i] == ':' || v.p[i] == '\n')
            continue;
        int digit = text_hex(v.p[i]);
        if (digit < 0 || n == 40)
            return false;
        hash[n++] = "0123456789abcdef"[digit];
    }
    hash[n] = '\0';
    return n == 40;
}

/* The SHA-1 of the file. */
static bool take_signature(struct page *p, enum fact_kind kind, struct view v)
{
    char hash[41];
    bool read = read_signature(v, hash);
    p->odd[kind == FACT_PHONE_CTL ? LIST_CTL : LIST_ITL].line = 0;
    if (read)
        keep_str(p, kind, 0, hash);
    else
        facts_note(&p->here, true, "a signature that is not 20 bytes: which list it is stays open");
    return read;
}

static void take_ctl_signature(struct page *p, uint32_t nth, struct view v)
{
    (void)nth;
    p->ctl_open = !take_signature(p, FACT_PHONE_CTL, v);
}

static void take_itl_signature(struct page *p, uint32_t nth, struct view v)
{
    (void)nth;
    p->itl_open = !take_signature(p, FACT_PHONE_ITL, v);
}

static void take_record(struct page *p, const char *role, struct view v)
{
    char text[FACTS_TEXT + 32];
    if (p->list == LIST_NOT)
        return;
    int n = snprintf(text, sizeof text, "%s %.*s", role,
                     (int)(v.n < FACTS_TEXT - 20 ? v.n : FACTS_TEXT - 20), (const char *)v.p);
    keep(p, p->list == LIST_CTL ? FACT_PHONE_CTL_RECORD : FACT_PHONE_ITL_RECORD, p->records++,
         view_of(text, (size_t)n));
}

static void take_tvs(struct page *p, uint32_t nth, struct view v)
{
    (void)nth;
    take_record(p, "TVS", v);
}

static void take_capf(struct page *p, uint32_t nth, struct view v)
{
    (void)nth;
    take_record(p, "CAPF", v);
}

static void take_both(struct page *p, uint32_t nth, struct view v)
{
    (void)nth;
    take_record(p, "CCM+TFTP", v);
}

/* "TFTP server" of a list; "TFTP server 1" of the settings has a number. */
static void take_record_tftp(struct page *p, uint32_t nth, struct view v)
{
    if (nth == 0)
        take_record(p, "TFTP", v);
    else
        take_tftp(p, nth, v);
}

static void take_cm(struct page *p, uint32_t nth, struct view v)
{
    if (nth == 0)
        take_record(p, "CCM", v);
    else
        take_server(p, nth, v);
}

/* ---- the table ---- */

/* Rows by their name; numbered: with a number behind it, "CUCM server1".  `list`: it may stand in
 * a list, and does not end it. */
static const struct row {
    const char *name;
    bool numbered, list;
    void (*take)(struct page *p, uint32_t nth, struct view v);
} page_rows[] = {
    { "hostname", false, false, take_host },
    { "ethernethostname", false, false, take_host },
    { "macaddress", false, false, take_mac },
    { "ethernetmacaddress", false, false, take_mac },
    { "ipaddress", false, false, take_address },
    { "ethernetipaddress", false, false, take_address },
    { "tftpserver", true, true, take_record_tftp },
    { "cucmserver", true, true, take_cm },
    { "unifiedcm", true, true, take_cm },
    { "callmanager", true, true, take_cm },
    { "server", true, false, take_server }, /* 8821 */
    { "securitymode", false, false, take_mode },
    { "webaccess", false, false, take_web },
    { "webaccessenabled", false, false, take_web },
    { "ctlfile", false, true, take_ctl_file },
    { "ctlsignature", false, true, take_ctl_signature },
    { "itlfile", false, true, take_itl_file },
    { "itlsignature", false, true, take_itl_signature },
    { "tvs", false, true, take_tvs },
    { "capfserver", false, true, take_capf },
    { "cucmservertftpserver", false, true, take_both },
    { "unifiedcmtftpserver", false, true, take_both },
    { "unifiedcmservertftpserver", false, true, take_both },
    { "callmanagertftpserver", false, true, take_both },
    { "modelnumber", false, false, take_model },
    { "version", false, false, take_load },
    { "lsc", false, false, take_lsc },
};

/* The row of a name; its number, 0 where it has none. */
static const struct row *find_row(struct view name, uint32_t *nth)
{
    char text[NAME_ROOM];
    plain(name, text);
    size_t n = strlen(text);
    *nth = 0;
    for (size_t i = 0; i < sizeof page_rows / sizeof *page_rows; i++) {
        const struct row *r = &page_rows[i];
        size_t own = strlen(r->name);
        if (strncmp(text, r->name, own) != 0 || n > own + 1)
            continue;
        if (n == own)
            return r;
        if (r->numbered && text[own] >= '1' && text[own] <= '9') {
            *nth = (uint32_t)(text[own] - '0');
            return r;
        }
    }
    return NULL;
}

/* ---- in another language ---- */

/* What stands in the name of a row whatever its language is. */
enum {
    SAYS_ITL = 1,
    SAYS_CTL = 2,
    SAYS_TVS = 4,
    SAYS_CAPF = 8,
    SAYS_TFTP = 16,
    SAYS_CM = 32,
    SAYS_MAC = 64
};

static const struct {
    const char *word;
    uint8_t says;
} shared_words[] = { { "ITL", SAYS_ITL },   { "CTL", SAYS_CTL },        { "TVS", SAYS_TVS },
                     { "CAPF", SAYS_CAPF }, { "TFTP", SAYS_TFTP },      { "CUCM", SAYS_CM },
                     { "CM", SAYS_CM },     { "CallManager", SAYS_CM }, { "MAC", SAYS_MAC } };

/* Of one word, whose last letter may be a number, "CUCM1". */
static uint8_t word_says(struct view word, uint32_t *nth)
{
    if (word.n > 0 && word.p[word.n - 1] >= '1' && word.p[word.n - 1] <= '9') {
        *nth = (uint32_t)(word.p[word.n - 1] - '0');
        word.n--;
    }
    for (size_t i = 0; i < sizeof shared_words / sizeof *shared_words; i++) {
        if (text_same(word, shared_words[i].word))
            return shared_words[i].says;
    }
    return 0;
}

static bool is_letter(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Words are what no sign and no letter beyond ASCII parts: "ITL-Datei", "Fichier ITL". */
static uint8_t name_says(struct view name, uint32_t *nth)
{
    uint8_t says = 0;
    *nth = 0;
    for (size_t i = 0; i < name.n;) {
        size_t n = 0;
        while (i + n < name.n && is_letter(name.p[i + n]))
            n++;
        if (n > 0)
            says |= word_says(view_sub(name, i, n), nth);
        i += n > 0 ? n : 1;
    }
    return says;
}

static const struct row foreign_lists[2][2] = {
    { { "ctlfile", false, true, take_ctl_file },
      { "ctlsignature", false, true, take_ctl_signature } },
    { { "itlfile", false, true, take_itl_file },
      { "itlsignature", false, true, take_itl_signature } },
};

/* By what every language leaves as it is: "ITL-Signatur", "Serveur CUCM/Serveur TFTP". */
static const struct row *find_foreign(struct view name, struct view value, uint32_t *nth)
{
    static const struct {
        uint8_t says;
        bool numbered;
        struct row row;
    } rows[] = {
        { SAYS_TVS, false, { "tvs", false, true, take_tvs } },
        { SAYS_CAPF, false, { "capf", false, true, take_capf } },
        { SAYS_CM | SAYS_TFTP, false, { "both", false, true, take_both } },
        { SAYS_TFTP, false, { "tftp", false, true, take_record_tftp } },
        { SAYS_TFTP, true, { "tftp", true, true, take_record_tftp } },
        { SAYS_CM, true, { "cm", true, true, take_cm } },
        { SAYS_MAC, false, { "mac", false, false, take_mac } },
    };
    uint8_t says = name_says(name, nth);
    char hash[41];
    if (says == SAYS_CTL || says == SAYS_ITL)
        return &foreign_lists[says == SAYS_ITL][read_signature(value, hash)];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].says == says && rows[i].numbered == (*nth != 0))
            return &rows[i].row;
    }
    return NULL;
}

static void take_row(struct page *p, struct view name, struct view value)
{
    uint32_t nth;
    const struct row *r = find_row(name, &nth);
    if (r == NULL && p->foreign_too) {
        r = find_foreign(name, value, &nth);
        p->foreign |= r != NULL && (r->take == take_ctl_file || r->take == take_itl_file);
    }
    if (r == NULL || !r->list)
        p->list = LIST_NOT;
    if (r == NULL)
        return;
    p->known++;
    if (r->take != NULL && value.n > 0)
        r->take(p, nth, value);
}

/* ---- lines ---- */

/* "9:52:58p ...", "[8:52:30am 10/01/19] ...": a status message. */
static bool is_message(struct view v)
{
    size_t at = 0, digits = 0, colons = 0;
    at += v.n > 0 && v.p[0] == '[';
    for (; at < v.n && (v.p[at] == ':' || (v.p[at] >= '0' && v.p[at] <= '9')); at++) {
        colons += v.p[at] == ':';
        digits += v.p[at] != ':';
    }
    return colons == 2 && digits >= 5 && digits <= 6 && at < v.n &&
           (v.p[at] == 'a' || v.p[at] == 'p' || v.p[at] == ' ' || v.p[at] == ']');
}

static bool holds(struct view v, const char *text)
{
    return v.n > 0 && memmem(v.p, v.n, text, strlen(text)) != NULL;
}

/* "Cisco IP Phone CP-8841 ( SEP001122334455 )": its two parts. */
static bool is_heading(struct view v, struct view *product, char device[DEVICE_NAME])
{
    struct view left = text_trim(v);
    struct view before = text_trim(text_cut(&left, '('));
    struct view name = text_trim(text_cut(&left, ')'));
    size_t at = before.n;
    while (at > 0 && before.p[at - 1] > ' ')
        at--;
    *product = view_sub(before, at, before.n - at);
    return left.n == 0 && holds(before, "Cisco") && device_read_name(name, device);
}

static void take_heading(struct page *p, struct view v)
{
    char device[DEVICE_NAME];
    struct view product;
    if (p->heading[0] != '\0' || !is_heading(v, &product, device))
        return;
    memcpy(p->heading, device, sizeof device);
    p->known++;
    if (product.n > 3 && memcmp(product.p, "CP-", 3) == 0)
        take_model(p, 0, product);
}

static void take_line(struct page *p, struct view v)
{
    if (is_message(v)) {
        keep(p, FACT_PHONE_MESSAGE, p->messages++, v);
        p->known++;
    } else {
        take_heading(p, v);
    }
}

/* ---- the whole ---- */

/* Its host name, else its MAC address, else its heading. */
static const char *owner(const struct page *p)
{
    return p->host[0] != '\0' ? p->host : p->mac[0] != '\0' ? p->mac : p->heading;
}

static void close_page(struct page *p)
{
    const char *name = owner(p);
    if (p->ctl_open)
        keep_str(p, FACT_PHONE_CTL, 0, "installed");
    if (p->itl_open)
        keep_str(p, FACT_PHONE_ITL, 0, "installed");
    for (int i = LIST_CTL; i <= LIST_ITL; i++) {
        p->here.line = p->odd[i].line;
        if (p->odd[i].line != 0)
            facts_note(&p->here, true,
                       "a list that is \"%s\": Installed or Not installed was expected",
                       p->odd[i].shown);
    }
    uint32_t kept = p->count < ROWS_MOST ? p->count : ROWS_MOST;
    p->here.line = p->first_line;
    if (p->foreign)
        facts_note(&p->here, false,
                   "a page that is not in English: lists and servers are read, other rows are not");
    if (name[0] == '\0' && p->known > 0)
        facts_note(&p->here, true, "no host name, MAC address or heading says whose page it is");
    for (uint32_t i = 0; name[0] != '\0' && i < kept; i++) {
        const struct kept *k = &p->kept[i];
        p->here.line = k->line;
        facts_say(&p->here, (enum fact_kind)k->kind, view_str(name), view_of("", 0), k->nth,
                  k->value);
    }
    if (name[0] != '\0' && kept == 0)
        facts_note(&p->here, false, "a page of %s with nothing in it that is of use here", name);
    arena_free(&p->arena);
}

static void open_page(struct page *p, const struct said *s, const struct piece *piece)
{
    memset(p, 0, sizeof *p);
    p->here = *s;
    p->arena = arena_of(s->facts->mem);
    p->first_line = piece->line;
}

/* ---- HTML ---- */

static void take_lines(struct page *p, struct view cell)
{
    while (cell.n > 0)
        take_line(p, text_trim(text_cut(&cell, '\n')));
}

static void on_row(void *ctx, const struct html_row *r)
{
    struct page *p = ctx;
    uint32_t nth;
    p->here.line = p->first_line + r->line - 1;
    if (r->count >= 2 && is_message(r->cells[0])) {
        char text[FACTS_TEXT];
        int n =
            snprintf(text, sizeof text, "%.*s %.*s", (int)r->cells[0].n,
                     (const char *)r->cells[0].p, (int)r->cells[1].n, (const char *)r->cells[1].p);
        take_line(p, view_of(text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1));
    } else if (r->count >= 2) {
        take_row(p, r->cells[0], r->cells[1]);
        take_lines(p, r->cells[1]); /* beside the logo is the heading */
    } else if (find_row(r->cells[0], &nth) != NULL) {
        take_row(p, r->cells[0], view_of("", 0));
    } else {
        take_lines(p, r->cells[0]);
    }
}

static bool begins_as_html(struct view v)
{
    static const char *const tags[] = { "<html", "<!doctype html", "<table", "<head" };
    struct view head = text_trim(view_sub(v, 0, v.n < 1000 ? v.n : 1000));
    if (head.n == 0 || head.p[0] != '<')
        return false;
    for (size_t i = 0; i < head.n; i++) {
        for (size_t k = 0; k < sizeof tags / sizeof *tags; k++) {
            size_t n = strlen(tags[k]);
            if (i + n <= head.n && text_same(view_sub(head, i, n), tags[k]))
                return true;
        }
    }
    return false;
}

/* Addresses of their pages, or what every one of them has. */
static bool is_html_page(const struct piece *p)
{
    static const char *const marks[] = { "adapter=device.",    "/NetworkConfiguration",
                                         "/DeviceInformation", "Host name",
                                         "Host Name",          "( SEP" };
    if (p->bytes.n > HTML_MOST || !begins_as_html(p->bytes))
        return false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (holds(p->bytes, marks[i]))
            return true;
    }
    return false;
}

/* It tells of lists, and not in English. */
static bool is_foreign(struct view v)
{
    static const char *const english[] = { "CTL file", "CTL File", "ITL file", "ITL File" };
    for (size_t i = 0; i < sizeof english / sizeof *english; i++) {
        if (holds(v, english[i]))
            return false;
    }
    return holds(v, "ITL") || holds(v, "CTL");
}

static void read_html_page(const struct said *s, const struct piece *piece)
{
    struct page p;
    struct err e = { "" };
    open_page(&p, s, piece);
    p.foreign_too = is_foreign(piece->bytes);
    if (!html_rows(piece->bytes, on_row, &p, &e))
        facts_note(s, true, "%s", e.text);
    close_page(&p);
}

/* ---- the same as text ---- */

/* "CTL file<TAB>Installed", "CTL file   Installed", "CTL file | Installed", "CTL file Installed":
 * the first that fits.  False: it is no row that is known. */
static bool split(struct view line, struct view *name, struct view *value)
{
    uint32_t nth;
    *name = line;
    *value = view_of("", 0);
    if (find_row(line, &nth) != NULL)
        return true;
    size_t at = 0;
    while (at < line.n && line.p[at] != '\t' && line.p[at] != '|' &&
           (line.p[at] != ' ' || at + 1 == line.n || line.p[at + 1] != ' '))
        at++;
    for (size_t end = at < line.n ? at : line.n; end > 0; end--) {
        if (end != at && line.p[end] != ' ')
            continue;
        *name = view_sub(line, 0, end);
        *value = view_sub(line, end, line.n - end);
        while (value->n > 0 && (value->p[0] <= ' ' || value->p[0] == '|'))
            *value = view_sub(*value, 1, value->n - 1);
        if (find_row(*name, &nth) != NULL)
            return true;
    }
    return false;
}

#define LINE_MOST 300

static void take_text_line(struct page *p, struct view line)
{
    struct view name, value;
    if (line.n == 0 || line.n > LINE_MOST)
        return;
    if (is_message(line))
        take_line(p, line);
    else if (split(line, &name, &value))
        take_row(p, name, value);
    else
        p->list = LIST_NOT, take_heading(p, line);
}

/* A name and a MAC address, and servers or lists; or a heading and messages below it. */
static bool is_text_page(const struct piece *p)
{
    struct view left = p->bytes, name, value;
    char device[DEVICE_NAME];
    bool heading = false, message = false, who = false;
    uint32_t lines = 0, known = 0, nth;
    while (left.n > 0 && lines++ < 200) {
        struct view line = text_trim(text_cut(&left, '\n'));
        if (line.n > LINE_MOST)
            return false;
        message |= is_message(line);
        heading |= line.n > 0 && is_heading(line, &value, device);
        if (line.n == 0 || !split(line, &name, &value))
            continue;
        void (*take)(struct page *, uint32_t, struct view) = find_row(name, &nth)->take;
        who |= take == take_host || take == take_mac;
        known += take != take_host && take != take_mac;
    }
    return (heading && message) || (who && known >= 3);
}

static void read_text_page(const struct said *s, const struct piece *piece)
{
    struct page p;
    struct view left = piece->bytes;
    open_page(&p, s, piece);
    for (p.here.line = piece->line; left.n > 0; p.here.line++)
        take_text_line(&p, text_trim(text_cut(&left, '\n')));
    close_page(&p);
}

static const struct file_kind_row rows[] = {
    { .name = "phone's page (HTML)",
      .gives = "its CTL and ITL with signature and records, servers in their order, TFTP servers, "
               "web access, model, load, status messages; in other languages lists and servers",
      .source = "observed; other languages: assumed",
      .sure = SURE_PAGE,
      .text = true,
      .is = is_html_page,
      .read = read_html_page },
    { .name = "phone's page (text)",
      .gives = "the same, where somebody saved what such a page shows",
      .source = "inferred",
      .sure = SURE_PAGE,
      .text = true,
      .is = is_text_page,
      .read = read_text_page },
};

const struct file_kind_rows kinds_pages = { rows, sizeof rows / sizeof *rows };
