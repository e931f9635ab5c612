/* Bulk Administration: the export of phones with the header of a real one (observed, 11.x or
 * 12.x), the one with columns that somebody chose, in the words of Cisco's guide, and the tar of
 * Import/Export (names of files and of the columns that are known observed in tools, the rest made
 * up).  Two columns hold secrets, which no import may keep. */
#include "tests/site/shapes.h"

#include <string.h>

static const char *const header[] = {
    "Device Name",
    "Description",
    "Device Pool",
    "Phone Button Template",
    "CSS",
    "AAR CSS",
    "Location",
    "Extension Mobility",
    "Network Locale",
    "Media Resource Group List",
    "User Hold MOH Audio Source",
    "Network Hold MOH Audio Source",
    "Device User Locale",
    "Packet Capture Mode",
    "Packet Capture Duration",
    "Built in Bridge",
    "Privacy",
    "Retry Video Call as Audio",
    "Ignore Presentation Indicators",
    "Softkey Template",
    "Module 1",
    "Module 2",
    "Phone Load Name",
    "Module 1 Load Name",
    "Module 2 Load Name",
    "Information",
    "Directory",
    "Messages",
    "Services",
    "Authentication Server",
    "Proxy Server",
    "Idle",
    "Idle Timer",
    "MLPP Indication",
    "MLPP Preemption",
    "MLPP Domain",
    "Device Type",
    "User ID 1",
    "Common Phone Profile",
    "Owner User ID",
    "Allow CTI Control Flag",
    "Device Presence Group",
    "Device Security Profile",
    "Device Subscribe CSS",
    "Unattended Port",
    "Require DTMF Reception",
    "RFC2833 Disabled",
    "Certificate Operation",
    "Authentication String",
    "Operation Completes By",
    "Device Protocol",
    "Secure Shell User",
    "Secure Shell Password",
    "XML",
    "Dial Rules",
    "CSS Reroute",
    "Rerouting Calling Search Space",
    "DTMF Signalling",
    "Default DTMF Capability",
    "SIP Profile",
    "MTP Preferred Originating Codec",
    "Logout Profile",
    "MTP Required",
    "Digest User",
    "Signaling Port",
    "Protected Device",
    "Primary Phone",
    "Geo Location",
    "Always Use Prime Line",
    "Module 3",
    "Module 3 Load Name",
    "Mobility Identity Name",
    "Directory Number 1",
    "Route Partition 1",
    "Alerting Name 1",
    "Line Text Label 1",
    "Party Entrance Tone 1",
    "Log Missed Calls 1",
};
#define HEADER (sizeof header / sizeof *header)

void csv_field(FILE *f, bool first, const char *text)
{
    if (!first)
        fputc(',', f);
    if (strpbrk(text, ",\"\n\r") == NULL) {
        fputs(text, f);
        return;
    }
    fputc('"', f);
    for (const char *p = text; *p != '\0'; p++)
        fprintf(f, *p == '"' ? "\"\"" : "%c", *p);
    fputc('"', f);
}

/* What a column says of a phone; "" where it says nothing here.  `out` has 256 bytes. */
static const char *value(const struct truth *t, const struct truth_phone *p, const char *column,
                         char *out)
{
    const struct model_row *m = &model_rows[p->model];
    if (strcmp(column, "Device Name") == 0)
        return p->name;
    if (strcmp(column, "Description") == 0)
        return p->description;
    if (strcmp(column, "Device Pool") == 0)
        return t->pools[p->pool].name;
    if (strcmp(column, "Device Type") == 0)
        return m->name;
    if (strcmp(column, "Phone Load Name") == 0)
        return m->load;
    if (strcmp(column, "Device Protocol") == 0)
        return m->sip ? "SIP" : "SCCP";
    if (strcmp(column, "Device Security Profile") == 0 || strcmp(column, "Security Profile") == 0)
        return say_profile(t, p, out);
    if (strcmp(column, "Certificate Operation") == 0)
        return "No Pending Operation";
    if (strcmp(column, "Authentication String") == 0)
        return p->lsc ? "SECRET-AUTH-4711" : "";
    if (strcmp(column, "Secure Shell User") == 0)
        return "helpdesk";
    if (strcmp(column, "Secure Shell Password") == 0)
        return "SECRET-SSH-4711";
    if (strcmp(column, "Directory Number 1") == 0)
        return snprintf(out, 256, "%u", p->dn) > 0 ? out : "";
    if (strcmp(column, "Location") == 0)
        return "Hub_None";
    if (strcmp(column, "XML") != 0)
        return strncmp(column, "Module", 6) == 0 ? "" : "f";
    /* web access: 0 is on (observed); settings access: 0 off, 1 on, 2 restricted (inferred) */
    snprintf(out, 256,
             "<vendorConfig><webAccess>%d</webAccess><settingsAccess>%u</settingsAccess>"
             "<sshAccess>1</sshAccess></vendorConfig>",
             p->web ? 0 : 1, p->settings);
    return out;
}

static void phones(FILE *f, const struct truth *t, const char *const *columns, size_t count)
{
    char text[256];
    for (size_t k = 0; k < count; k++)
        csv_field(f, k == 0, columns[k]);
    fputc('\n', f);
    for (uint32_t i = 0; i < t->phone_count; i++) {
        for (size_t k = 0; k < count; k++)
            csv_field(f, k == 0, value(t, &t->phones[i], columns[k], text));
        fputc('\n', f);
    }
}

void write_bat(struct out *o, const struct truth *t)
{
    phones(out_text(o), t, header, HEADER);
    out_end(o, true, "bat/phones-all-details.txt");
}

void write_specific(struct out *o, const struct truth *t)
{
    static const char *const columns[] = { "Device Type", "Device Name",     "Security Profile",
                                           "Device Pool", "Device Protocol", "Phone Load Name",
                                           "Description" };
    phones(out_text(o), t, columns, sizeof columns / sizeof *columns);
    out_end(o, false, "specific/phones.csv");
}

static void groups(FILE *f, const struct truth *t)
{
    fputs("CALL MANAGER GROUP NAME,TFTP GROUP,CALL MANAGER 1,CALL MANAGER 2,CALL MANAGER 3\n", f);
    for (uint32_t g = 0; g < t->group_count; g++) {
        fprintf(f, "%s,%s", t->groups[g].name, g == 0 ? "t" : "f");
        for (uint32_t k = 0; k < 3; k++)
            fprintf(f, k < t->groups[g].count ? ",CM_%s" : ",",
                    t->nodes[t->groups[g].members[k]].name);
        fputc('\n', f);
    }
}

static void pools(FILE *f, const struct truth *t)
{
    fputs(
        "DEVICE POOL NAME,DATE/TIME GROUP,CISCO UNIFIED CALLMANAGER GROUP,REGION,SRST REFERENCE\n",
        f);
    for (uint32_t i = 0; i < t->pool_count; i++)
        fprintf(f, "%s,CMLocal,%s,Default,Disable\n", t->pools[i].name,
                t->groups[t->pools[i].group].name);
}

static void managers(FILE *f, const struct truth *t)
{
    fputs("CISCO UNIFIED CALLMANAGER NAME,DESCRIPTION,SERVER,ETHERNET PHONE PORT\n", f);
    for (uint32_t i = 0; i < t->node_count; i++) {
        if (t->nodes[i].call)
            fprintf(f, "CM_%s,%s,%s,2000\n", t->nodes[i].name, t->nodes[i].name, t->nodes[i].fqdn);
    }
}

static void all_phones(FILE *f, const struct truth *t)
{
    phones(f, t, header, HEADER);
}

void write_tar(struct out *o, const struct truth *t)
{
    static const struct {
        const char *name;
        void (*print)(FILE *, const struct truth *);
    } parts[] = { { "callmanager.csv", managers },
                  { "callmanagergroup.csv", groups },
                  { "devicepool.csv", pools },
                  { "phone.csv", all_phones } };
    enum { PARTS = sizeof parts / sizeof *parts };
    struct sys_text texts[PARTS];
    struct member members[PARTS + 1];
    struct arena a = arena_of(&sys_mem);
    members[0] = (struct member){ "header.txt", view_str("callmanager.csv\ncallmanagergroup.csv\n"
                                                         "devicepool.csv\nphone.csv\n") };
    for (int i = 0; i < PARTS; i++) {
        FILE *f = sys_text_open(&texts[i]);
        parts[i].print(f, t);
        fclose(f);
        members[i + 1] = (struct member){ parts[i].name, view_of(texts[i].p, texts[i].n) };
    }
    out_bytes(o, out_tar(members, PARTS + 1, &a), "tar/export.tar");
    for (int i = 0; i < PARTS; i++)
        sys_text_free(&texts[i]);
    arena_free(&a);
}
