#include "sim/talk/pages.h"

#include <string.h>

#define BASE "@" /* stands for what links begin with */

static const struct {
    const char *path, *text;
} pages[] = {
    { "ccmcip/xmldirectory.jsp", "<CiscoIPPhoneMenu>\n"
                                 "  <Title>Directories</Title>\n"
                                 "  <Prompt>Select a directory</Prompt>\n"
                                 "  <MenuItem>\n"
                                 "    <Name>Corporate Directory</Name>\n"
                                 "    <URL>" BASE "/ccmcip/xmldirectoryinput.jsp</URL>\n"
                                 "  </MenuItem>\n"
                                 "</CiscoIPPhoneMenu>\n" },
    { "ccmcip/xmldirectoryinput.jsp", "<CiscoIPPhoneInput>\n"
                                      "  <Title>Directory Search</Title>\n"
                                      "  <Prompt>Enter search criteria</Prompt>\n"
                                      "  <URL>" BASE "/ccmcip/xmldirectorylist.jsp</URL>\n"
                                      "  <InputItem>\n"
                                      "    <DisplayName>First Name</DisplayName>\n"
                                      "    <QueryStringParam>f</QueryStringParam>\n"
                                      "    <InputFlags>A</InputFlags>\n"
                                      "    <DefaultValue></DefaultValue>\n"
                                      "  </InputItem>\n"
                                      "  <InputItem>\n"
                                      "    <DisplayName>Last Name</DisplayName>\n"
                                      "    <QueryStringParam>l</QueryStringParam>\n"
                                      "    <InputFlags>A</InputFlags>\n"
                                      "    <DefaultValue></DefaultValue>\n"
                                      "  </InputItem>\n"
                                      "  <InputItem>\n"
                                      "    <DisplayName>Number</DisplayName>\n"
                                      "    <QueryStringParam>n</QueryStringParam>\n"
                                      "    <InputFlags>T</InputFlags>\n"
                                      "    <DefaultValue></DefaultValue>\n"
                                      "  </InputItem>\n"
                                      "</CiscoIPPhoneInput>\n" },
    { "ccmcip/xmldirectorylist.jsp", /* the lab has no users */
      "<CiscoIPPhoneDirectory>\n"
      "  <Title>Directory Search</Title>\n"
      "  <Prompt>Records 0 to 0 of 0</Prompt>\n"
      "</CiscoIPPhoneDirectory>\n" },
};

bool pages_find(const char *path, const char *base, struct wr *w)
{
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (strcmp(pages[i].path, path) != 0)
            continue;
        wr_view(w, view_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
        const char *rest = pages[i].text, *at;
        while ((at = strstr(rest, BASE)) != NULL) {
            wr_view(w, view_of(rest, (size_t)(at - rest)));
            wr_view(w, view_str(base));
            rest = at + strlen(BASE);
        }
        wr_view(w, view_str(rest));
        return true;
    }
    return false;
}
