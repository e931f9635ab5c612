/* Answers of web services into facts (sim/import/axl*.c), in the shapes that clients save. */
#include "tests/unit/facts_told.h"

static const struct row {
    const char *kind, *text, *facts;
} rows[] = {
    /* ---- phones ---- */
    { "AXL phones",
      "<?xml version='1.0' encoding='UTF-8'?>\n<soapenv:Envelope xmlns:soapenv=\"http://schemas."
      "xmlsoap.org/soap/envelope/\"><soapenv:Body><ns:listPhoneResponse xmlns:ns=\"http://www."
      "cisco.com/AXL/API/12.5\"><return>\n<phone uuid=\"{A}\"><name>SEP001122334455</name>\n"
      "<description>Desk &lt;4&gt;</description><product>Cisco 8845</product>"
      "<model>Cisco 8845</model><class>Phone</class><protocol>SIP</protocol>"
      "<devicePoolName uuid=\"{B}\">DP-1</devicePoolName>"
      "<loadInformation special=\"false\">sip8845_65.12-1-1</loadInformation>"
      "<securityProfileName uuid=\"{C}\">Encrypted 8845</securityProfileName></phone>\n"
      "<phone uuid=\"{D}\"><name>SEP001122334466</name></phone>\n"
      "</return></ns:listPhoneResponse></soapenv:Body></soapenv:Envelope>\n",
      "4 model|SEP001122334455||0|Cisco 8845\n4 description|SEP001122334455||0|Desk <4>\n"
      "4 device pool|SEP001122334455||0|DP-1\n4 protocol|SEP001122334455||0|SIP\n"
      "4 security profile|SEP001122334455||0|Encrypted 8845\n"
      "4 load|SEP001122334455||0|sip8845_65.12-1-1\n" },
    /* The envelope away, another prefix; only the phone's own name counts; secrets. */
    { "AXL phones",
      "<x:getPhoneResponse xmlns:x=\"u\"><return><phone><name>SEPA</name>\n"
      "<vendorConfig><webAccess>1</webAccess><settingsAccess>2</settingsAccess>"
      "<sshPwd>sesame1</sshPwd></vendorConfig>\n<protocol>SCCP</protocol>"
      "<certificateOperation>No Pending Operation</certificateOperation>"
      "<authenticationString>sesame2</authenticationString>"
      "<certificateStatus>Upgrade Success</certificateStatus>"
      "<lines><line><dirn><pattern>1001</pattern></dirn><name>no</name></line></lines>"
      "<services><service><name>no</name></service></services></phone></return>"
      "</x:getPhoneResponse>",
      "3 protocol|SEPA||0|SCCP\n"
      "3 certificate operation|SEPA||0|No Pending Operation\n3 LSC|SEPA||0|yes\n"
      "2 web access|SEPA||0|no\n2 settings access|SEPA||0|restricted\n" },
    /* As zeep hands it out, as JSON. */
    { "AXL phones",
      "{\"return\": {\"phone\": [\n{\"name\": \"SEPA\", \"description\": null, \"devicePoolName\": "
      "{\"_value_1\": \"DP \\u00e4\\ud83d\\udcde\", \"uuid\": \"{B}\"},\n\"model\": \"Cisco "
      "7841\"},\n{\"name\": \"SEPB\", \"model\": \"Cisco 8811\", \"lines\": null}]}, "
      "\"sequence\": null}",
      "3 model|SEPA||0|Cisco 7841\n2 device pool|SEPA||0|DP \xc3\xa4\xf0\x9f\x93\x9e\n"
      "4 model|SEPB||0|Cisco 8811\n" },
    /* As Python prints it; a single object. */
    { "AXL phones",
      "{\n    'return': {\n        'phone': {\n            'name': 'SEPA',\n"
      "            'description': \"Bob's\",\n            'devicePoolName': {\n"
      "                '_value_1': 'DP-1',\n                'uuid': '{B}'\n            },\n"
      "            'isActive': True,\n            'ctiid': None\n        }\n    }\n}\n",
      "5 description|SEPA||0|Bob's\n6 device pool|SEPA||0|DP-1\n" },
    /* The list alone; what an XML to JSON tool makes of attributes. */
    { "AXL phones",
      "[{\"name\":\"SEPA\",\"product\":\"Cisco 8845\",\"devicePoolName\":{\"$\":{\"uuid\":\"x\"},"
      "\"_\":\"DP-1\"}},\n{\"name\":\"SEPB\",\"product\":\"Cisco 8841\"},{\"else\":1}]",
      "1 model|SEPA||0|Cisco 8845\n1 device pool|SEPA||0|DP-1\n2 model|SEPB||0|Cisco 8841\n"
      "1 note 1 objects are none that is known here\n" },
    { "AXL phones",
      "{\"soapenv:Envelope\":{\"soapenv:Body\":{\"ns:listPhoneResponse\":{\"return\":{\"phone\":{"
      "\"@uuid\":\"x\",\"name\":\"SEPA\",\"devicePoolName\":{\"@uuid\":\"y\",\"#text\":\"DP-1\"}}}"
      "}}}}",
      "1 device pool|SEPA||0|DP-1\n" },
    { "AXL phones", "<return><phone><model>Cisco 8845</model></phone></return>",
      "1 ! an object without a name: passed over\n" },
    { "AXL phones",
      "<s:Envelope><s:Body><n:listPhoneResponse><return/></n:listPhoneResponse>"
      "</s:Body></s:Envelope>",
      "1 note the answer holds nothing that is known here\n" },
    /* ---- several answers, one of them cut ---- */
    { "AXL phones",
      "$ curl -k https://cucm1.example.com:8443/axl/ -d @a.xml\nHTTP/1.1 200\n\n"
      "<?xml version='1.0'?><e><return><phone><name>A</name><model>M</model></phone>\n<phone><na\n"
      "<?xml version='1.0'?><e><return><componentVersion><version>12.5.1.10000-22</version>"
      "</componentVersion></return></e>",
      "4 model|A||0|M\n6 version|cucm1.example.com||0|12.5.1.10000-22\n"
      "6 ! the answer breaks off or is damaged: " },
    /* ---- others ---- */
    { "AXL registrations",
      "<return><registrationDynamic uuid=\"x\"><device uuid=\"y\">SEPA</device>"
      "<lastKnownIpAddress>10.1.2.3</lastKnownIpAddress><lastKnownUcm>CM_sub1</lastKnownUcm>"
      "<lastSeen>1767225600</lastSeen><risStatus>Partial Registered</risStatus>"
      "</registrationDynamic>\n<registrationDynamic><device>SEPB</device><lastSeen>0</lastSeen>"
      "<risStatus>Unregistered</risStatus></registrationDynamic><registrationDynamic>"
      "<device>SEPC</device><lastSeen>2026-01-01 10:00:00.0</lastSeen></registrationDynamic>"
      "</return>",
      "1 address|SEPA||0|10.1.2.3\n1 registered at|SEPA||0|CM_sub1\n"
      "1 last seen|SEPA||0|2026-01-01T00:00:00Z\n1 registration|SEPA||0|partial\n"
      "2 registration|SEPB||0|unregistered\n2 last seen|SEPC||0|2026-01-01T10:00:00\n" },
    { "AXL TVS store",
      "<return><tvsCertificate uuid=\"x\"><subjectName>CN=pub</subjectName><issuerName>CN=ca"
      "</issuerName><serialNumber>0A0B</serialNumber><timeToLive>86400</timeToLive>"
      "<ipv4Address/><ipv6Address/><roles><role><roleName>SAST</roleName></role><role>"
      "<roleName>TFTP</roleName></role></roles><services><service><serviceName>Phone-SAST-trust"
      "</serviceName></service></services></tvsCertificate><tvsCertificate><subjectName>CN=x"
      "</subjectName></tvsCertificate></return>",
      "1 TVS store: subject|CN=ca|0A0B|0|CN=pub\n1 TVS store: time to live|CN=ca|0A0B|0|86400\n"
      "1 TVS store: role|CN=ca|0A0B|0|SAST\n1 TVS store: role|CN=ca|0A0B|1|TFTP\n"
      "1 TVS store: service|CN=ca|0A0B|0|Phone-SAST-trust\n"
      "1 ! a certificate of the TVS store without issuer or serial number\n" },
    /* Priorities from 1, not in their order. */
    { "AXL CallManager groups",
      "<return><callManagerGroup><name>G</name><tftpDefault>t</tftpDefault><members><member>"
      "<callManagerName>CM_b</callManagerName><priority>2</priority></member><member><priority>1"
      "</priority><callManagerName>CM_a</callManagerName></member></members></callManagerGroup>"
      "</return>",
      "1 TFTP default group|G||0|yes\n1 member of a group|G||0|CM_a\n"
      "1 member of a group|G||1|CM_b\n" },
    /* What zeep leaves as elements, Python prints without what is in them. */
    { "AXL SQL",
      "{'return': {'row': [[<Element paramname at 0x7f1c2a>, <Element paramvalue at 0x7f1c2b>],\n"
      "[<Element paramname at 0x7f1c2c>]]}, 'sequence': None}",
      "1 ! 3 values are \"<Element ...>\", what Python prints of elements without what is in them: "
      "print tag and text of each, or save the answer itself\n" },
    { "AXL SQL", "[{'profilename': 'P', 'tkdevicesecuritymode': '3'}]",
      "1 device security mode|P||0|encrypted\n" },
    { "AXL device pools",
      "{'return': {'devicePool': [{'name': 'P', 'callManagerGroupName': {'_value_1': 'G', 'uuid': "
      "None}}]}}",
      "1 group of a pool|P||0|G\n" },
    { "AXL nodes",
      "<return><processNode><name>EnterpriseWideData</name></processNode><processNode><name>pub"
      "</name><nodeUsage>Publisher</nodeUsage><processNodeRole>CUCM Voice/Video</processNodeRole>"
      "<ipv6Name>2001:db8::1</ipv6Name></processNode><processNode><name>imp</name><nodeUsage>"
      "Subscriber</nodeUsage><processNodeRole>CUCM IM and Presence</processNodeRole>"
      "</processNode></return>",
      "1 in the server table|pub||0|yes\n1 role|pub||0|publisher\n1 product|pub||0|callmanager\n"
      "1 address|pub||0|2001:db8::1\n1 in the server table|imp||0|yes\n1 role|imp||0|subscriber\n"
      "1 product|imp||0|cups\n" },
    { "AXL CallManagers",
      "<return><callManager><name>CM_pub</name><processNodeName>pub</processNodeName>"
      "</callManager></return>",
      "1 CallManager runs on|CM_pub||0|pub\n" },
    { "AXL security profiles",
      "<return><phoneSecurityProfile><name>P1</name><deviceSecurityMode>Non Secure"
      "</deviceSecurityMode><tftpEncryptedConfig>false</tftpEncryptedConfig>"
      "</phoneSecurityProfile><phoneSecurityProfile><name>P2</name><deviceSecurityMode>Encrypted"
      "</deviceSecurityMode><tftpEncryptedConfig>true</tftpEncryptedConfig>"
      "</phoneSecurityProfile><phoneSecurityProfile><name>P3</name><deviceSecurityMode>Odd"
      "</deviceSecurityMode></phoneSecurityProfile></return>",
      "1 device security mode|P1||0|non-secure\n1 TFTP encrypted config|P1||0|no\n"
      "1 device security mode|P2||0|encrypted\n1 TFTP encrypted config|P2||0|yes\n"
      "1 ! device security mode: \"Odd\" is not what is expected here\n" },
    { "AXL version",
      "{\"return\": {\"componentVersion\": {\"version\": \"14.0.1.10000-20\"}}, \"sequence\": 1}",
      "1 version|@7||0|14.0.1.10000-20\n" },
    { "SOAP fault",
      "<s:Envelope><s:Body><s:Fault><faultcode>s:Server.RateControl</faultcode>\n<faultstring>"
      "Exceeded allowed rate for Realtime information</faultstring></s:Fault></s:Body>"
      "</s:Envelope>",
      "2 ! an error in place of an answer: Exceeded allowed rate for Realtime information\n" },
    /* ---- RIS: a phone that moved, one that is nowhere ---- */
    { "RIS devices",
      "<ns1:selectCmDeviceResponse><ns1:selectCmDeviceReturn><ns1:SelectCmDeviceResult>"
      "<ns1:TotalDevicesFound>3</ns1:TotalDevicesFound><ns1:CmNodes><ns1:item><ns1:ReturnCode>Ok"
      "</ns1:ReturnCode><ns1:Name>sub1</ns1:Name><ns1:CmDevices>\n"
      "<ns1:item><ns1:Name>SEPA</ns1:Name><ns1:Status>UnRegistered</ns1:Status>"
      "<ns1:TimeStamp>1767225700</ns1:TimeStamp></ns1:item>\n"
      "<ns1:item><ns1:Name>SEPB</ns1:Name><ns1:Model>684</ns1:Model><ns1:Httpd>No</ns1:Httpd>"
      "<ns1:Status>UnRegistered</ns1:Status><ns1:Protocol>Any</ns1:Protocol><ns1:TimeStamp>"
      "1767225600</ns1:TimeStamp></ns1:item></ns1:CmDevices></ns1:item>\n<ns1:item><ns1:Name>sub2"
      "</ns1:Name><ns1:CmDevices><ns1:item><ns1:Name>SEPA</ns1:Name><ns1:IPAddress><ns1:item>"
      "<ns1:IP>10.1.1.1</ns1:IP></ns1:item></ns1:IPAddress><ns1:Status>Registered</ns1:Status>"
      "<ns1:Protocol>SIP</ns1:Protocol><ns1:ActiveLoadID>sip88xx.12</ns1:ActiveLoadID>"
      "<ns1:TimeStamp>1767225600</ns1:TimeStamp></ns1:item></ns1:CmDevices></ns1:item>"
      "</ns1:CmNodes></ns1:SelectCmDeviceResult></ns1:selectCmDeviceReturn>"
      "</ns1:selectCmDeviceResponse>",
      "4 registration|SEPA||0|registered\n4 registration since|SEPA||0|2026-01-01T00:00:00Z\n"
      "4 registered at|SEPA||0|sub2\n4 address|SEPA||0|10.1.1.1\n4 load|SEPA||0|sip88xx.12\n"
      "4 protocol|SEPA||0|SIP\n3 registration|SEPB||0|unregistered\n"
      "3 registration since|SEPB||0|2026-01-01T00:00:00Z\n3 registered at|SEPB||0|sub1\n"
      "3 model|SEPB||0|684\n3 web access|SEPB||0|no\n" },
    { "RIS devices",
      "{\"SelectCmDeviceResult\": {\"TotalDevicesFound\": 1, \"CmNodes\": {\"item\": [{\"ReturnCode"
      "\": \"Ok\", \"Name\": \"sub1\", \"CmDevices\": {\"item\": [{\"Name\": \"SEPA\", \"IPAddress"
      "\": {\"item\": [{\"IP\": \"10.1.1.1\", \"IPAddrType\": \"ipv4\"}]}, \"Status\": "
      "\"Registered\", \"TimeStamp\": 1767225600}]}}]}}, \"StateInfo\": \"x\"}",
      "1 registration|SEPA||0|registered\n1 registration since|SEPA||0|2026-01-01T00:00:00Z\n"
      "1 registered at|SEPA||0|sub1\n1 address|SEPA||0|10.1.1.1\n" },
    { "RIS devices", "<selectCmDeviceResponse><CmNodes xsi:nil=\"true\"/></selectCmDeviceResponse>",
      "1 note the answer holds nothing that is known here\n" },
    /* ---- services ---- */
    { "Control Center services",
      "$ curl -sk https://pub.example.com:8443/controlcenterservice2/services/x\n"
      "<ns1:soapGetServiceStatusResponse><ns1:ServiceInfoList>"
      "<ns1:item><ns1:ServiceName>Cisco Tftp</ns1:ServiceName><ns1:ServiceStatus>Started"
      "</ns1:ServiceStatus><ns1:ReasonCode>-1</ns1:ReasonCode><ns1:ReasonCodeString> "
      "</ns1:ReasonCodeString><ns1:StartTime>Fri Oct  9 06:58:03 2026</ns1:StartTime><ns1:UpTime>"
      "7</ns1:UpTime></ns1:item>\n<ns1:item><ns1:ServiceName>Cisco CAPF</ns1:ServiceName>"
      "<ns1:ServiceStatus>Stopped</ns1:ServiceStatus><ns1:ReasonCode>-1068</ns1:ReasonCode>"
      "</ns1:item><ns1:item><ns1:ServiceName>A</ns1:ServiceName><ns1:ServiceStatus>Stopped"
      "</ns1:ServiceStatus><ns1:ReasonCodeString>Commanded Out of Service</ns1:ReasonCodeString>"
      "</ns1:item><ns1:item><ns1:ServiceName>B</ns1:ServiceName><ns1:ServiceStatus>Stopped"
      "</ns1:ServiceStatus><ns1:ReasonCodeString>Component is not running</ns1:ReasonCodeString>"
      "</ns1:item></ns1:ServiceInfoList></ns1:soapGetServiceStatusResponse>",
      "2 service|pub.example.com|Cisco Tftp|0|started\n"
      "2 service runs since|pub.example.com|Cisco Tftp|0|2026-10-09T06:58:03\n"
      "3 service|pub.example.com|Cisco CAPF|0|not-activated\n"
      "3 service|pub.example.com|A|0|out-of-service\n3 service|pub.example.com|B|0|stopped\n" },
    /* ---- what is none ---- */
    { "", "<device><devicePool><name>Default</name></devicePool></device>", NULL },
    { "", "<html><body><phone><name>x</name></phone></body></html>", NULL },
    { "", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><phone><name>&b;</name></phone>",
      NULL },
    { "", "{\"outcome\": \"healthy\", \"tvs\": [{\"host\": \"a\"}]}", NULL },
    { "", "Device Name,Description\nSEPA,x\n", NULL },
    { "", "[2026-01-01] a log", NULL },
    { "", "", NULL },
};

/* A text that ends in a blank is the beginning of what is told. */
static bool same_told(const char *told, const char *wanted)
{
    size_t n = strlen(wanted);
    return n > 0 && wanted[n - 1] == ' ' ? strncmp(told, wanted, n) == 0
                                         : strcmp(told, wanted) == 0;
}

static void answers_are_facts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *kind, *told = told_of(&kinds_axl, view_str(rows[i].text), &kind);
        if (strcmp(kind, rows[i].kind) != 0)
            fail_msg("row %zu is \"%s\", not \"%s\"", i, kind, rows[i].kind);
        if (rows[i].facts != NULL && !same_told(told, rows[i].facts))
            fail_msg("row %zu:\n%s\n--- and not:\n%s", i, told, rows[i].facts);
    }
}

static void secrets_are_dropped(void **state)
{
    (void)state;
    const char *kind;
    told_of(&kinds_axl, view_str(rows[1].text), &kind);
    assert_int_equal(facts_told.secrets_dropped, 2);
    for (uint32_t i = 0; i < facts_told.text_count; i++)
        assert_null(strstr(facts_text(&facts_told, i), "sesame"));
}

/* Cut anywhere: what was whole before counts, and nothing else is said. */
static void answers_that_break_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = strlen(rows[i].text);
        for (size_t cut = 0; cut < n; cut++) {
            char *part = test_malloc(cut + 1);
            const char *kind;
            memcpy(part, rows[i].text, cut);
            told_of(&kinds_axl, view_of(part, cut), &kind);
            test_free(part);
        }
    }
    const char *kind,
        *told = told_of(
            &kinds_axl,
            view_str(
                "{\"return\": {\"phone\": [\n{\"name\": \"A\", \"model\": \"M\"},\n{\"name\": \"B"),
            &kind);
    assert_string_equal(told, "2 model|A||0|M\n"
                              "3 ! the answer breaks off or is damaged: it ends within a text\n");
}

static void bombs_are_refused(void **state)
{
    (void)state;
    static char text[400000];
    const char *kind, *told;
    struct wr w = wr_of(text, sizeof text);
    wr_str(&w, "{\"return\": {\"phone\": [{\"name\": \"A\", \"model\": \"M\"},\n");
    for (int i = 0; i < 100000; i++)
        wr_u8(&w, '[');
    told = told_of(&kinds_axl, view_of(text, w.n), &kind);
    assert_string_equal(told, "1 model|A||0|M\n2 ! the answer breaks off or is damaged: values "
                              "nested deeper than 64\n");
    w = wr_of(text, sizeof text);
    wr_str(&w, "<return><phone><name>A</name><model>M</model></phone>\n");
    for (int i = 0; i < 100000; i++)
        wr_str(&w, "<a>");
    told = told_of(&kinds_axl, view_of(text, w.n), &kind);
    assert_string_equal(told, "1 model|A||0|M\n2 ! the answer breaks off or is damaged: elements "
                              "nested deeper than 64\n");
    /* One broken answer behind the other: the first ones are told, then it is enough. */
    w = wr_of(text, sizeof text);
    wr_str(&w, "<return><phone><name>A</name><model>M</model></phone></return>\n");
    for (int i = 0; i < 60000; i++)
        wr_str(&w, "<?xml ");
    told = told_of(&kinds_axl, view_of(text, w.n), &kind);
    assert_int_equal(facts_told.note_count, 201);
    assert_non_null(strstr(told, "201 answers, 200 of them damaged: the rest is not read"));
    /* A value longer than any: cut, and said. */
    w = wr_of(text, sizeof text);
    wr_str(&w, "<return><phone><name>A</name><description>");
    for (int i = 0; i < 300000; i++)
        wr_u8(&w, 'd');
    wr_str(&w, "</description><model>M</model></phone></return>");
    told_of(&kinds_axl, view_of(text, w.n), &kind);
    assert_int_equal(facts_told.count, 2);
    assert_int_equal(facts_view(&facts_told, facts_told.list[1].value).n, FACTS_TEXT);
    assert_int_equal(facts_told.note_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_facts),
        cmocka_unit_test(secrets_are_dropped),
        cmocka_unit_test(answers_that_break_off),
        cmocka_unit_test(bombs_are_refused),
    };
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    facts_free(&facts_told);
    return bad;
}
