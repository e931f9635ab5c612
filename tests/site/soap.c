/* Serviceability: RISPort70 (observed, 15 and older) and ControlCenterServices.  Both answers name
 * no node that was asked; a status of services is kept as it was asked on a terminal, with the
 * command before it. */
#include "tests/site/shapes.h"

#define BATCH 1000

static const char head[] = "<?xml version='1.0' encoding='utf-8'?>\n<soapenv:Envelope "
                           "xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">"
                           "<soapenv:Body>";
static const char foot[] = "</soapenv:Body></soapenv:Envelope>\n";

static void device(FILE *f, const struct truth *t, const struct truth_phone *p)
{
    const struct model_row *m = &model_rows[p->model];
    char ip[64];
    fprintf(f,
            "<ns1:item><ns1:Name>%s</ns1:Name><ns1:DirNumber>%u-%s</ns1:DirNumber>"
            "<ns1:DeviceClass>Phone</ns1:DeviceClass><ns1:Model>%u</ns1:Model>"
            "<ns1:Product>%u</ns1:Product><ns1:Httpd>%s</ns1:Httpd><ns1:RegistrationAttempts>0"
            "</ns1:RegistrationAttempts><ns1:Status>%s</ns1:Status><ns1:StatusReason>%d"
            "</ns1:StatusReason><ns1:Protocol>%s</ns1:Protocol>",
            p->name, p->dn, p->on ? "Registered" : "UnRegistered", m->type, m->type,
            p->web ? "Yes" : "No", p->on ? "Registered" : "UnRegistered", p->on ? 0 : 13,
            m->sip ? "SIP" : "SCCP");
    fputs("<ns1:Description>", f);
    say_xml(f, p->description);
    fprintf(f,
            "</ns1:Description><ns1:LoginUserId></ns1:LoginUserId><ns1:IPAddress><ns1:item>"
            "<ns1:IP>%s</ns1:IP><ns1:IPAddrType>ipv4</ns1:IPAddrType><ns1:Attribute>Unknown"
            "</ns1:Attribute></ns1:item></ns1:IPAddress><ns1:ActiveLoadID>%s</ns1:ActiveLoadID>"
            "<ns1:InactiveLoadID></ns1:InactiveLoadID><ns1:DownloadStatus>Unknown"
            "</ns1:DownloadStatus><ns1:TimeStamp>%lld</ns1:TimeStamp></ns1:item>",
            say_ip(p->address, ip), m->load, (long long)p->since_s);
    (void)t;
}

/* RIS forgets: of those that are off it knows the ones of today alone. */
static bool ris_knows(const struct truth *t, const struct truth_phone *p)
{
    return p->on || t->options.now_s - p->since_s < 86400;
}

static void ris(struct out *o, const struct truth *t, uint32_t from, uint32_t to)
{
    FILE *f = out_text(o);
    uint32_t found = 0;
    for (uint32_t i = from; i < to; i++)
        found += ris_knows(t, &t->phones[i]);
    fprintf(f,
            "%s<ns1:selectCmDeviceResponse xmlns:ns1=\"http://schemas.cisco.com/ast/soap\">"
            "<ns1:selectCmDeviceReturn><ns1:SelectCmDeviceResult><ns1:TotalDevicesFound>%u"
            "</ns1:TotalDevicesFound><ns1:CmNodes>",
            head, found);
    for (uint32_t n = 0; n < t->node_count; n++) {
        if (!t->nodes[n].call)
            continue;
        fprintf(f,
                "<ns1:item><ns1:ReturnCode>Ok</ns1:ReturnCode><ns1:Name>%s</ns1:Name>"
                "<ns1:NoChange>false</ns1:NoChange><ns1:CmDevices>",
                t->nodes[n].fqdn);
        for (uint32_t i = from; i < to; i++) {
            if (t->phones[i].server == n && ris_knows(t, &t->phones[i]))
                device(f, t, &t->phones[i]);
        }
        fputs("</ns1:CmDevices></ns1:item>", f);
    }
    fprintf(f,
            "</ns1:CmNodes></ns1:SelectCmDeviceResult><ns1:StateInfo>&lt;StateInfo "
            "ClusterWide=\"1\"/&gt;</ns1:StateInfo></ns1:selectCmDeviceReturn>"
            "</ns1:selectCmDeviceResponse>%s",
            foot);
    out_end(o, false, "ris/ris-%u.xml", from / BATCH);
}

void write_ris(struct out *o, const struct truth *t)
{
    for (uint32_t i = 0; i < t->phone_count; i += BATCH)
        ris(o, t, i, i + BATCH < t->phone_count ? i + BATCH : t->phone_count);
}

static void service(FILE *f, const struct truth *t, const struct truth_service *s, const char *name)
{
    static const char *const reasons[] = { "", "Commanded Out of Service",
                                           "Service Not Activated" };
    static const int codes[] = { -1, -1058, -1068 };
    char since[64] = "";
    bool on = s->state == SERVICE_STARTED;
    if (on)
        say_when(s->since_s, "%a %b %e %H:%M:%S %Y", since);
    fprintf(f,
            "<ns1:item><ns1:ServiceName>%s</ns1:ServiceName><ns1:ServiceStatus>%s"
            "</ns1:ServiceStatus><ns1:ReasonCode>%d</ns1:ReasonCode><ns1:ReasonCodeString>%s"
            "</ns1:ReasonCodeString><ns1:StartTime>%s</ns1:StartTime><ns1:UpTime>%lld"
            "</ns1:UpTime></ns1:item>",
            name, on ? "Started" : "Stopped", codes[s->state], reasons[s->state], since,
            on ? (long long)(t->options.now_s - s->since_s) : -1);
}

void write_services(struct out *o, const struct truth *t)
{
    for (uint32_t n = 0; n < t->node_count; n++) {
        FILE *f = out_text(o);
        fprintf(f,
                "$ curl -sk -u admin https://%s:8443/controlcenterservice2/services/"
                "ControlCenterServices -H 'SOAPAction: soapGetServiceStatus' -d @ask.xml\n",
                t->nodes[n].fqdn);
        fprintf(f,
                "%s<ns1:soapGetServiceStatusResponse "
                "xmlns:ns1=\"http://schemas.cisco.com/ast/soap\"><ns1:soapGetServiceStatusReturn>"
                "<ns1:ReturnCode>0</ns1:ReturnCode><ns1:ServiceInfoList>",
                head);
        for (uint32_t k = 0; k < TRUTH_SERVICES; k++) {
            if (t->nodes[n].services[k].state == SERVICE_ABSENT)
                continue;
            service(f, t, &t->nodes[n].services[k], service_rows[k].name);
        }
        fprintf(f,
                "</ns1:ServiceInfoList></ns1:soapGetServiceStatusReturn>"
                "</ns1:soapGetServiceStatusResponse>%s",
                foot);
        out_end(o, false, "services/%s.txt", t->nodes[n].name);
    }
}
