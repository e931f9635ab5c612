#include "tests/site/shapes.h"

#include <openssl/evp.h>
#include <string.h>
#include <time.h>

const char *say_ip(uint32_t address, char out[64])
{
    snprintf(out, 64, "%u.%u.%u.%u", address >> 24, (address >> 16) & 255, (address >> 8) & 255,
             address & 255);
    return out;
}

const char *say_hex(struct view v, const char *between, char *out, size_t room)
{
    struct wr w = wr_of(out, room);
    for (size_t i = 0; i < v.n; i++)
        wr_fmt(&w, "%s%02X", i == 0 ? "" : between, v.p[i]);
    wr_u8(&w, 0);
    return out;
}

const char *say_when(int64_t s, const char *form, char out[64])
{
    struct tm tm;
    time_t t = (time_t)s;
    gmtime_r(&t, &tm);
    out[strftime(out, 64, form, &tm)] = '\0';
    return out;
}

const char *say_date(int64_t s, char out[64])
{
    return say_when(s, "%a %b %d %H:%M:%S UTC %Y", out);
}

const char *say_profile(const struct truth *t, const struct truth_phone *p, char out[96])
{
    static const char *const modes[] = { "Standard %s Non-Secure Profile", "%s Authenticated",
                                         "%s Encrypted" };
    const struct model_row *m = &model_rows[p->model];
    char mode[64];
    (void)t;
    snprintf(mode, sizeof mode, modes[p->security], m->sip ? "SIP" : "SCCP");
    snprintf(out, 96, "%s - %s%s", m->name, mode, p->encrypted_config ? ", Encrypted Config" : "");
    return out;
}

const char *phone_tftp(const struct truth *t, const struct truth_phone *p, uint32_t nth,
                       char out[64])
{
    uint32_t first = t->pools[p->pool].tftp, other = first;
    for (uint32_t i = 0; i < t->node_count; i++) {
        if (t->nodes[i].tftp && i != first)
            other = i;
    }
    return say_ip(t->nodes[nth == 0 ? first : other].address, out);
}

struct view pem_of(const struct truth_cert *c, struct arena *a)
{
    static const char head[] = "-----BEGIN CERTIFICATE-----\n",
                      end[] = "-----END CERTIFICATE-----\n";
    size_t room = sizeof head + sizeof end + c->der.n * 2 + 16;
    struct wr w = wr_of(arena_take(a, room), room);
    wr_str(&w, head);
    for (size_t at = 0; at < c->der.n; at += 48) {
        size_t n = c->der.n - at < 48 ? c->der.n - at : 48;
        uint8_t line[72];
        EVP_EncodeBlock(line, c->der.p + at, (int)n);
        wr_fmt(&w, "%s\n", (const char *)line);
    }
    wr_str(&w, end);
    return view_of(w.p, w.n);
}

void say_xml(FILE *f, const char *s)
{
    for (; *s != '\0'; s++) {
        const char *entity = *s == '<' ? "&lt;" : *s == '>' ? "&gt;" : *s == '&' ? "&amp;" : NULL;
        if (entity != NULL)
            fputs(entity, f);
        else
            fputc(*s, f);
    }
}

void say_json(FILE *f, const char *s)
{
    fputc('"', f);
    for (; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\')
            fprintf(f, "\\%c", *s);
        else if ((unsigned char)*s < 0x20)
            fprintf(f, "\\u%04x", (unsigned char)*s);
        else
            fputc(*s, f);
    }
    fputc('"', f);
}
