/* Phones' own pages, one dialect a family: words, spacing and letters as observed on real phones of
 * it; rows that say nothing of lists and servers are few.  The security page of a DX80 is assumed
 * to have the words of its other ones. */
#include "tests/site/shapes.h"

#include <string.h>

enum form { FORM_JAVA, FORM_ENTITIES, FORM_LINES, FORM_SAVED };

struct dialect {
    enum form form;
    const char *title, *product; /* product: with %s for "CP-8841" and the device */
    const char *mac, *host, *domain, *ip, *tftp, *cm, *security, *web; /* tftp, cm: with %u */
    const char *ctl_file, *ctl_signature, *itl_file, *itl_signature, *capf, *server, *not_installed;
    const char *end;    /* the row behind the lists */
    bool active_triple; /* three blanks before Active */
};

/* clang-format off */
static const struct dialect dialects[] = {
    [FAMILY_78XX] = { FORM_ENTITIES, "Network Setup", "Cisco IP Phone %s ( %s )", "MAC Address",
                      "Host Name", "Domain Name", "IP Address", "TFTP Server %u", "Unified CM%u", "Security Mode",
                      "Web Access Enabled", "CTL File", "CTL Signature", "ITL File",
                      "ITL Signature", "CAPF Server", "CUCM Server / TFTP Server", "Not Installed",
                      "Automatic Port Synchronization", true },
    [FAMILY_88XX] = { FORM_ENTITIES, "Network setup", "Cisco IP Phone %s ( %s )", "MAC address",
                      "Host name", "Domain name", "IP address", "TFTP server %u", "CUCM server%u", "Security mode",
                      "Web access enabled", "CTL file", "CTL signature", "ITL file",
                      "ITL signature", "CAPF server", "CUCM server / TFTP server", "Not installed",
                      "Automatic port synchronization", false },
    [FAMILY_89XX] = { FORM_SAVED, "Network Setup", "Cisco IP Phone %s( %s )", "MAC Address",
                      "Host Name", "Domain Name", "IP Address", "TFTP Server %u", "CallManager %u", "Security Mode",
                      "Web Access Enabled", "CTL File", "CTL Signature", "ITL File",
                      "ITL Signature", "CAPF Server", "CUCM Server/TFTP Server", "Not Installed",
                      "Automatic Port Synchronization", false },
    [FAMILY_79XX] = { FORM_JAVA, "Network Configuration", "Cisco Unified IP Phone %s ( %s )",
                      "MAC Address", "Host Name", "Domain Name", "IP Address", "TFTP Server %u", "Unified CM %u", "Security Mode",
                      "Web Access Enabled", NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                      "Automatic Port Synchronization", true },
    [FAMILY_69XX] = { FORM_SAVED, "Network Setup", "Cisco IP Phone %s ( %s )", "MAC Address ",
                      "Host Name ", "Domain Name ", "IP Address ", "TFTP Server %u ", "Unified CM %u ", "Security Mode ",
                      "Web Access Enabled ", NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                      "Automatic Port Synchronization", false },
    [FAMILY_79X0] = { FORM_LINES, "Network Configuration",
                      "Cisco Systems, Inc. IP Phone %s ( %s ) ", "MAC Address", "Host Name", "Domain Name",
                      "IP Address", "TFTP Server %u", "CallManager %u", "Security Mode", "Web Access", NULL, NULL,
                      NULL, NULL, NULL, NULL, NULL, "Reverting Focus Priority", false },
    [FAMILY_DX] = { FORM_SAVED, "Network Setup", "Cisco %s ( %s )", "Ethernet MAC Address",
                    "Ethernet Host Name", "Ethernet Domain Name", "Ethernet IP Address", "TFTP Server %u",
                    "CUCM Server %u", "Security Mode", "Web Access", "CTL File", "CTL Signature", "ITL File",
                    "ITL Signature", "CAPF Server", "CUCM Server / TFTP Server", "Not Installed",
                    "LLDP Asset ID", false },
};
/* clang-format on */

/* As those phones write text: some of them every sign but letters and digits as an entity. */
static void text(FILE *f, const struct dialect *d, const char *s)
{
    for (; *s != '\0'; s++) {
        if (d->form == FORM_ENTITIES && strchr("/-'", *s) != NULL)
            fprintf(f, "&#x%X;", (unsigned char)*s);
        else if (strchr("<>&\"", *s) != NULL)
            fprintf(f, "&#x%X;", (unsigned char)*s);
        else
            fputc(*s, f);
    }
}

static void row(FILE *f, const struct dialect *d, const char *name, const char *value)
{
    static const char *const rows[][3] = {
        [FORM_JAVA] = { "<TR><TD><B> ", "</B></TD><td width=20></TD><TD><B>", "</B></TD></TR>" },
        [FORM_ENTITIES] = { "<TR><TD><B> ", "</B></TD><td width=20></TD><TD><B>",
                            "</B></TD></TR>" },
        [FORM_LINES] = { "\t\t<TR><TD><B>", "</B></TD>\n<td width=20></TD>\n<TD><B>",
                         "</B></TD>\n</TR>\n" },
        [FORM_SAVED] = { "<tr>\n<td><b>", "</b></td>\n<td width=\"20\"></td>\n<td><b>",
                         "</b></td>\n</tr>\n" },
    };
    fputs(rows[d->form][0], f);
    fputs(name, f); /* names of rows are as they are, slashes too (observed) */
    fputs(rows[d->form][1], f);
    text(f, d, value);
    fputs(rows[d->form][2], f);
}

static void head(FILE *f, const struct dialect *d, const struct truth_phone *p, const char *title)
{
    char model[64], line[160];
    bool g =
        model_rows[p->model].family == FAMILY_79XX || model_rows[p->model].family == FAMILY_79X0;
    snprintf(model, sizeof model, "CP-%s%s", model_rows[p->model].name + 6, g ? "G" : "");
    snprintf(line, sizeof line, d->product, model, p->name);
    fprintf(f,
            "<HTML>\n<HEAD><META http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">"
            "<TITLE>Cisco Systems, Inc.</TITLE>\n</HEAD>\n<BODY bgcolor=\"#FFFFFF\" "
            "text=\"#003031\" ><TABLE BORDER=\"1\" WIDTH=\"100%%\"><TR>\n<td WIDTH=\"200\" "
            "ALIGN=center><A HREF=\"http://www.cisco.com\"><IMG SRC=\"/FS/Logo.png\"></A></TD>"
            "<td HEIGHT=\"50\" bgcolor=\"#003031\"><p ALIGN=center><B><font color=\"#FFFFFF\" "
            "size=\"6\">%s</FONT></B><p ALIGN=center><B><font color=\"#FFFFFF\" size=\"4\">%s"
            "</FONT></FONT></B></TD>\n</TR>\n<TR><td WIDTH=\"200\" ALIGN=center VALIGN=top><TABLE "
            "BORDER=\"0\" CELLSPACING=\"10\"><TR>\n<TD><a href=\"/CGI/Java/Serviceability?adapter="
            "device.statistics.device\">Device information</A></TD></TR>\n</TABLE>\n</TD>\n"
            "<td VALIGN=top><DIV ALIGN=center>\n<TABLE BORDER=\"0\" CELLSPACING=\"10\" "
            "CELLPADDING=\"0\">",
            title, line);
}

static void foot(FILE *f)
{
    fputs("</TABLE></DIV></TD></TR></TABLE></BODY></HTML>\n", f);
}

static void list_rows(FILE *f, const struct dialect *d, const struct truth *t, uint32_t list,
                      const char *file, const char *signature)
{
    const struct truth_list *l = &t->lists[list];
    char hash[64], tftp[32]; /* "TFTP server": its role outside mixed mode (observed) */
    if (list == LIST_NONE) {
        row(f, d, file, d->not_installed);
        return;
    }
    row(f, d, file, "Installed");
    char *to = hash;
    for (int i = 0; i < 20; i++)
        to += snprintf(to, 4, "%c%c ", l->sha1[2 * i] & (l->sha1[2 * i] > '9' ? 0xdf : 0xff),
                       l->sha1[2 * i + 1] & (l->sha1[2 * i + 1] > '9' ? 0xdf : 0xff));
    row(f, d, signature, hash);
    snprintf(tftp, sizeof tftp, "%.*s", (int)strcspn(d->tftp, "%") - 1, d->tftp);
    for (uint32_t i = 0; i < l->count; i++) {
        const struct truth_record *r = &l->records[i];
        if (r->role == TL_TVS)
            row(f, d, "TVS", r->dns);
        else if (r->role == TL_CAPF)
            row(f, d, d->capf, t->certs[r->cert].cn);
        else if (r->role != TL_SAST) /* those are not shown (observed) */
            row(f, d, r->role == TL_TFTP ? tftp : d->server, r->dns);
    }
}

static void lists(FILE *f, const struct dialect *d, const struct truth *t,
                  const struct truth_phone *p)
{
    list_rows(f, d, t, p->ctl, d->ctl_file, d->ctl_signature);
    list_rows(f, d, t, p->itl, d->itl_file, d->itl_signature);
}

static void servers(FILE *f, const struct dialect *d, const struct truth *t,
                    const struct truth_phone *p)
{
    const struct truth_group *g = &t->groups[t->pools[p->pool].group];
    char name[64], value[96];
    uint32_t active = g->count;
    for (uint32_t k = 0; k < g->count; k++) {
        if (g->members[k] == p->server)
            active = k;
    }
    for (uint32_t k = 0; k < 5; k++) {
        const char *state = k == active ? "Active" : k == (active == 0) ? "Standby" : "";
        snprintf(name, sizeof name, d->cm, k + 1);
        value[0] = '\0';
        if (k < g->count)
            snprintf(value, sizeof value, "%s%s%s", t->nodes[g->members[k]].fqdn,
                     d->active_triple ? "   " : "  ", state);
        row(f, d, name, value);
    }
}

static void network_page(FILE *f, const struct truth *t, const struct truth_phone *p)
{
    uint8_t family = model_rows[p->model].family;
    const struct dialect *d = &dialects[family];
    char name[64], value[64];
    head(f, d, p, d->title);
    row(f, d, d->mac, p->name + 3);
    row(f, d, d->host, p->name);
    row(f, d, d->domain, t->domain);
    row(f, d, d->ip, say_ip(p->address, value));
    for (uint32_t k = 0; k < 2; k++) {
        snprintf(name, sizeof name, d->tftp, k + 1);
        row(f, d, name, phone_tftp(t, p, k, value));
    }
    row(f, d, "Alternate TFTP", "No");
    servers(f, d, t, p);
    row(f, d, "Directories URL", "https://cm-pub.corp.example:8443/ccmcip/xmldirectory.jsp");
    row(f, d, d->security,
        p->security == SECURITY_ENCRYPTED       ? "Encrypted"
        : p->security == SECURITY_AUTHENTICATED ? "Authenticated"
        : family == FAMILY_88XX                 ? "Non secure"
                                                : "Non Secure");
    row(f, d, d->web, family == FAMILY_79X0 ? "Enabled" : "Yes");
    if (d->ctl_file != NULL && family != FAMILY_DX)
        lists(f, d, t, p);
    row(f, d, d->end, "No");
    foot(f);
}

static void security_page(FILE *f, const struct truth *t, const struct truth_phone *p)
{
    const struct dialect *d = &dialects[FAMILY_DX];
    head(f, d, p, "Security Information");
    row(f, d, "Host Name", p->name);
    lists(f, d, t, p);
    foot(f);
}

/* "[8:52:30am 10/01/19]" of 78xx and 88xx, "9:52:58p" of the others (observed). */
static void stamp(int64_t s, bool dated, char out[64])
{
    char clock[64], day[64], noon[64];
    say_when(s, "%I:%M:%S", clock);
    say_when(s, "%m/%d/%y", day);
    const char *half = say_when(s, "%p", noon)[0] == 'A' ? "a" : "p";
    snprintf(out, 64, dated ? "[%.20s%sm %.20s]" : "%.20s%s", clock + (clock[0] == '0'), half, day);
}

/* What became of the lists, in the words of newer and of older phones. */
static const char *outcome(const struct truth_phone *p, bool dated)
{
    if (p->itl == LIST_OLD || p->itl == LIST_UNKNOWN)
        return dated ? "Trust List update failed" : "Trust List Update Failed";
    if (p->itl == LIST_NONE)
        return dated ? "No Trust List installed" : "No Trust List Installed";
    return dated ? "ITL installed" : "Trust List Updated";
}

static void status_page(FILE *f, const struct truth *t, const struct truth_phone *p)
{
    const struct dialect *d = &dialects[model_rows[p->model].family];
    bool dated = d->form == FORM_ENTITIES;
    char configuration[64], when[64], line[160];
    snprintf(configuration, sizeof configuration, "%s.cnf.xml.sgn", p->name);
    const char *const lines[] = { outcome(p, dated), "File Not Found : DistinctiveRingList",
                                  configuration };
    head(f, d, p, dated ? "Status messages" : "Status Messages");
    for (int i = 0; i < 3; i++) {
        stamp(t->options.now_s - 4000 + 10 * i, dated, when);
        snprintf(line, sizeof line, "%s %s", when, lines[i]);
        fputs("<TR><td width=20></TD><TD><B>", f);
        text(f, d, line);
        fputs("</B></TD></TR>", f);
    }
    foot(f);
}

void write_pages(struct out *o, const struct truth *t)
{
    for (uint32_t i = 0; i < t->phone_count; i++) {
        const struct truth_phone *p = &t->phones[i];
        if (!p->page)
            continue;
        network_page(out_text(o), t, p);
        out_end(o, false, "pages/%s-network.html", p->name);
        if (model_rows[p->model].family == FAMILY_DX) {
            security_page(out_text(o), t, p);
            out_end(o, false, "pages/%s-security.html", p->name);
        }
        if (i % 5 == 0) {
            status_page(out_text(o), t, p);
            out_end(o, false, "pages/%s-status.html", p->name);
        }
    }
}
