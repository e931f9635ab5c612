#include "sim/import/strange.h"

#include "sim/wire/text.h"

#include <string.h>

#define HEAD 4096 /* bytes of a file that are looked at */

static const char as_csv[] = "an Excel workbook: save the sheet as CSV";
static const char as_text[] = "a Word document: save it as plain text";
static const char old_office[] =
    "a file of old Office or Outlook (.xls, .doc, .msg): save it as CSV, or as plain text";
static const char picture[] = "a picture: a text that was copied, or saved, can be read";
static const char a_mail[] =
    "a mail, or a page in one file (.eml, .mht): save what is attached, the page as HTML";
static const char of_system[] = "what a system keeps of a folder, of no use here";
static const char other_archive[] =
    "an archive of a kind that is not opened: tar, zip and gzip are";

#define AT(at, bytes, words)                                                                       \
    {                                                                                              \
        (at), (bytes), sizeof(bytes) - 1, (words)                                                  \
    }

static const struct {
    size_t at;
    const char *bytes;
    size_t n;
    const char *words;
} strange[] = {
    AT(0, "%PDF-", "a PDF: what is copied out of it as text can be read"),
    AT(0, "{\\rtf", "a text with its fonts (RTF): save it as plain text"),
    AT(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", old_office),
    AT(0, "\x89PNG\r\n", picture),
    AT(0, "\xff\xd8\xff", picture),
    AT(0, "GIF8", picture),
    AT(0, "7z\xbc\xaf\x27\x1c", other_archive),
    AT(0, "Rar!\x1a\x07", other_archive),
    AT(0, "\xd4\xc3\xb2\xa1", "packets that were captured: they are not read here"),
    AT(0, "\x0a\x0d\x0d\x0a", "packets that were captured: they are not read here"),
    AT(0, "\0\5\x16\7", of_system), /* ._NAME of macOS */
    AT(4, "Bud1", of_system),       /* .DS_Store */
    AT(0, "[.ShellClassInfo]", of_system),
};

static bool holds(struct view v, const char *text)
{
    return v.n > 0 && memmem(v.p, v.n, text, strlen(text)) != NULL;
}

/* Lines of a head, "Name: value", with those of MIME among them. */
static bool is_mime(struct view v)
{
    bool version = false, type = false;
    while (v.n > 0) {
        struct view line = text_cut(&v, '\n');
        struct view name = text_trim(text_cut(&line, ':'));
        if (name.n == 0 && line.n == 0)
            break;
        version |= text_same(name, "MIME-Version");
        type |= text_same(name, "Content-Type");
    }
    return version && type;
}

const char *strange_words(struct view bytes)
{
    struct view head = view_sub(bytes, 0, bytes.n < HEAD ? bytes.n : HEAD);
    if (bytes.n == 0)
        return "there is nothing in it";
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
        size_t at = strange[i].at, n = strange[i].n;
        if (head.n >= at + n && memcmp(head.p + at, strange[i].bytes, n) == 0)
            return strange[i].words;
    }
    return is_mime(head) ? a_mail : NULL;
}

/* A zip whose first members say what all of them are together. */
const char *strange_document(struct view bytes)
{
    struct view head = view_sub(bytes, 0, bytes.n < HEAD ? bytes.n : HEAD);
    if (head.n < 4 || memcmp(head.p, "PK\3\4", 4) != 0)
        return NULL;
    if (holds(head, "mimetypeapplication/vnd.oasis.opendocument"))
        return "a document of LibreOffice: save it as CSV, or as plain text";
    if (!holds(head, "[Content_Types].xml"))
        return NULL;
    if (holds(bytes, "xl/workbook"))
        return as_csv;
    return holds(bytes, "word/document") ? as_text : NULL;
}
