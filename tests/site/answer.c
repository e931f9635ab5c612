#include "tests/site/answer.h"

#include "tests/site/shapes.h"

static void comma(struct answer *a)
{
    if (a->json && a->any)
        fputc(',', a->f);
    a->any = true;
}

static void uuid_text(FILE *f, uint32_t n)
{
    fprintf(f, "{%08X-0F1E-4D2C-8B3A-%012X}", n * 2654435761u, n);
}

void answer_begin(struct answer *a, FILE *f, bool json, const char *operation)
{
    *a = (struct answer){ .f = f, .json = json, .operation = operation };
    if (json)
        fputs("{\"return\": {", f);
    else
        fprintf(f,
                "<?xml version='1.0' encoding='UTF-8'?><soapenv:Envelope "
                "xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>"
                "<ns:%sResponse xmlns:ns=\"http://www.cisco.com/AXL/API/14.0\"><return>",
                operation);
}

void answer_end(struct answer *a)
{
    if (a->json)
        fputs("}, \"sequence\": null}\n", a->f);
    else
        fprintf(a->f, "</return></ns:%sResponse></soapenv:Body></soapenv:Envelope>", a->operation);
}

void answer_list(struct answer *a, const char *name)
{
    comma(a);
    a->names[a->depth++] = name;
    a->any = false;
    if (a->json)
        fprintf(a->f, "\"%s\": [", name);
}

void answer_list_end(struct answer *a)
{
    a->depth--;
    a->any = true;
    if (a->json)
        fputc(']', a->f);
}

void answer_item(struct answer *a, uint32_t uuid)
{
    comma(a);
    fprintf(a->f, a->json ? "{" : "<%s", a->names[a->depth - 1]);
    a->any = false;
    if (uuid != 0) {
        fputs(a->json ? "\"uuid\": \"" : " uuid=\"", a->f);
        uuid_text(a->f, uuid);
        fputc('"', a->f);
        a->any = true;
    }
    if (!a->json)
        fputc('>', a->f);
}

void answer_item_end(struct answer *a)
{
    a->any = true;
    if (a->json)
        fputc('}', a->f);
    else
        fprintf(a->f, "</%s>", a->names[a->depth - 1]);
}

void answer_open(struct answer *a, const char *name, uint32_t uuid)
{
    comma(a);
    a->names[a->depth++] = name;
    if (a->json)
        fprintf(a->f, "\"%s\": ", name);
    a->any = false;
    answer_item(a, uuid);
}

void answer_close(struct answer *a)
{
    answer_item_end(a);
    a->depth--;
}

static void value_of(struct answer *a, const char *value)
{
    if (a->json)
        say_json(a->f, value);
    else
        say_xml(a->f, value);
}

void answer_field(struct answer *a, const char *name, const char *value)
{
    comma(a);
    fprintf(a->f, a->json ? "\"%s\": " : "<%s>", name);
    value_of(a, value);
    if (!a->json)
        fprintf(a->f, "</%s>", name);
}

void answer_ref(struct answer *a, const char *name, const char *value, uint32_t uuid)
{
    comma(a);
    if (a->json) {
        fprintf(a->f, "\"%s\": {\"_value_1\": ", name);
        say_json(a->f, value);
        fputs(", \"uuid\": \"", a->f);
        uuid_text(a->f, uuid);
        fputs("\"}", a->f);
        return;
    }
    fprintf(a->f, "<%s uuid=\"", name);
    uuid_text(a->f, uuid);
    fputs("\">", a->f);
    say_xml(a->f, value);
    fprintf(a->f, "</%s>", name);
}
