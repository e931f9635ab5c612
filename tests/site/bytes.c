/* Certificates and lists: the Certificate Management API's snapshot (keys as three tools read
 * them), what openssl s_client prints, the JSON of `cucmlab doctor`, and the things themselves. */
#include "tests/site/shapes.h"

#include <string.h>

static void pem_json(FILE *f, const struct truth_cert *c, struct arena *a)
{
    struct arena_mark mark = arena_mark(a);
    say_json(f, arena_text(a, pem_of(c, a)));
    arena_rewind(a, mark);
}

/* Whether the names of stores end in -trust is not certain: nodes take turns. */
static void trusts(FILE *f, const struct truth *t, uint32_t node, struct arena *a)
{
    const char *between_stores = "";
    for (int store = 0; store < STORES; store++) {
        const char *name = store_names[store], *between = "";
        size_t n = node % 2 == 0 ? strlen(name) : strlen(name) - strlen("-trust");
        fprintf(f, "%s\n    {\"service\": \"%.*s\", \"certificate_data\": [", between_stores,
                (int)n, name);
        between_stores = ",";
        for (uint32_t i = 0; i < t->trust_count; i++) {
            const struct truth_cert *c = &t->certs[t->trust[i].cert];
            if (t->trust[i].store != store || (t->trust[i].on >> node & 1) == 0)
                continue;
            fprintf(f, "%s\n      {\"filename\": \"%s\", \"certificate\": ", between, c->file);
            pem_json(f, c, a);
            fputc('}', f);
            between = ",";
        }
        fputs("]}", f);
    }
}

void write_snapshot(struct out *o, const struct truth *t)
{
    struct arena a = arena_of(&sys_mem);
    for (uint32_t n = 0; n < t->node_count && t->train >= TRAIN_14; n++) {
        FILE *f = out_text(o);
        const char *between = "";
        fprintf(f,
                "{\n  \"trackingId\": \"ROUTERGW_%08x-1d2e\",\n  \"server\": \"%s\",\n"
                "  \"identities\": [",
                n * 2654435761u, t->nodes[n].fqdn);
        for (int unit = 0; unit < UNITS; unit++) {
            if (t->nodes[n].own[unit] == 0)
                continue;
            fprintf(f, "%s\n    {\"service\": \"%s\", \"certificate\": ", between,
                    unit_names[unit]);
            pem_json(f, &t->certs[t->nodes[n].own[unit]], &a);
            fputs(", \"csr\": \"\"}", f);
            between = ",";
        }
        fputs("],\n  \"trusts\": [", f);
        trusts(f, t, n, &a);
        fputs("],\n  \"revokedCertificates\": []\n}\n", f);
        out_end(o, false, "snapshot/%s.json", t->nodes[n].name);
    }
    arena_free(&a);
}

/* As OpenSSL 3 writes names: "CN = a, OU = b". */
static void openssl_name(FILE *f, struct view name)
{
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '=')
            fputs(" = ", f);
        else if (name.p[i] == ';')
            fputs(", ", f);
        else
            fputc(name.p[i], f);
    }
}

void write_wire(struct out *o, const struct truth *t)
{
    struct arena a = arena_of(&sys_mem);
    for (uint32_t n = 0; n < t->node_count && t->train >= TRAIN_ITL; n++) {
        FILE *f = out_text(o);
        fprintf(f, "$ openssl s_client -connect %s:2445 -showcerts </dev/null\n", t->nodes[n].fqdn);
        if (t->nodes[n].runs_tvs == 0) {
            fputs("40B7A2C1D27F0000:error:8000006F:system library:BIO_connect:Connection "
                  "refused:crypto/bio/bio_sock2.c:125:calling connect()\nconnect:errno=111\n",
                  f);
        } else {
            const struct truth_cert *c = &t->certs[t->nodes[n].runs_tvs];
            struct view pem = pem_of(c, &a);
            fputs("CONNECTED(00000003)\ndepth=0 ", f);
            openssl_name(f, c->subject);
            fputs("\nverify error:num=18:self-signed certificate\nverify return:1\n---\n"
                  "Certificate chain\n 0 s:",
                  f);
            openssl_name(f, c->subject);
            fputs("\n   i:", f);
            openssl_name(f, c->issuer);
            fprintf(f, "\n   a:PKEY: rsaEncryption, 2048 (bit); sigalg: RSA-SHA256\n%.*s",
                    (int)pem.n, (const char *)pem.p);
            fputs("---\nServer certificate\nsubject=", f);
            openssl_name(f, c->subject);
            fputs("\nissuer=", f);
            openssl_name(f, c->issuer);
            fputs("\n---\nNo client certificate CA names sent\n---\nSSL handshake has read 1604 "
                  "bytes and written 373 bytes\nVerification error: self-signed certificate\n---\n"
                  "New, TLSv1.2, Cipher is ECDHE-RSA-AES256-GCM-SHA384\nDONE\n",
                  f);
        }
        out_end(o, false, "wire/%s.txt", t->nodes[n].name);
    }
    arena_free(&a);
}

void write_doctor(struct out *o, const struct truth *t)
{
    struct arena a = arena_of(&sys_mem);
    char text[256], serial[80];
    for (uint32_t n = 0; n < t->node_count && t->train >= TRAIN_ITL; n++) {
        uint32_t shown = t->nodes[n].runs_tvs;
        FILE *f = out_text(o);
        fprintf(
            f,
            "{\n\t\"outcome\": \"healthy\",\n\t\"diagnosis\": \"healthy\",\n\t\"title\": \"\",\n"
            "\t\"why\": \"\",\n\t\"erase_itl\": false,\n\t\"steps\": [],\n"
            "\t\"erase_only_where\": [],\n\t\"clock\": \"%s\",\n\t\"tvs\": [{\n"
            "\t\t\"host\": \"%s\",\n\t\t\"port\": 2445,\n\t\t\"end\": \"%s\"",
            say_when(t->options.now_s, "%Y-%m-%dT%H:%M:%SZ", text), t->nodes[n].fqdn,
            shown != 0 ? "talked" : "refused");
        if (shown != 0) {
            const struct truth_cert *c = &t->certs[shown];
            fputs(",\n\t\t\"certificate\": ", f);
            pem_json(f, c, &a);
            fprintf(f, ",\n\t\t\"subject\": \"%.*s\",\n\t\t\"issuer\": \"%.*s\"", (int)c->subject.n,
                    (const char *)c->subject.p, (int)c->issuer.n, (const char *)c->issuer.p);
            fprintf(f, ",\n\t\t\"serial\": \"%s\",\n\t\t\"not_before\": \"%s\"",
                    say_hex(c->serial, "", serial, sizeof serial),
                    say_when(c->from_s, "%Y-%m-%dT%H:%M:%SZ", text));
            fprintf(f, ",\n\t\t\"not_after\": \"%s\"",
                    say_when(c->to_s, "%Y-%m-%dT%H:%M:%SZ", text));
        }
        fputs(",\n\t\t\"in_served_itl\": null,\n\t\t\"in_phone_itl\": null,\n"
              "\t\t\"vouches_for_itl_signer\": null,\n"
              "\t\t\"vouches_for_configuration_signer\": null\n\t}],\n\t\"requests\": 0,\n"
              "\t\"handshakes\": 1\n}\n",
              f);
        out_end(o, false, "doctor/%s.json", t->nodes[n].name);
    }
    arena_free(&a);
}

void write_pem(struct out *o, const struct truth *t)
{
    struct arena a = arena_of(&sys_mem);
    for (uint32_t i = 1; i <= t->cert_count; i++)
        out_bytes(o, pem_of(&t->certs[i], &a), "pem/%u.pem", i);
    arena_free(&a);
}

void write_der(struct out *o, const struct truth *t)
{
    for (uint32_t i = 1; i <= t->cert_count; i++)
        out_bytes(o, t->certs[i].der, "der/%u.der", i);
}

void write_tlv(struct out *o, const struct truth *t)
{
    for (uint32_t k = LIST_NONE + 1; k < LISTS; k++) {
        if (t->lists[k].at_hand && t->lists[k].count > 0)
            out_bytes(o, t->lists[k].bytes, "tlv/%u.tlv", k);
    }
}

void write_itlstatus(struct out *o, const struct truth *t)
{
    if (t->train < TRAIN_14)
        return;
    FILE *f = out_text(o);
    fputs("name,status,tftp\n", f);
    for (uint32_t i = 0; i < t->phone_count; i++) {
        const struct truth_phone *p = &t->phones[i];
        fprintf(f, "%s,%s,%s\n", p->name, truth_itl_status(t, p),
                t->nodes[t->pools[p->pool].tftp].fqdn);
    }
    out_end(o, false, "itlstatus/itl-file-status.csv");
}

/* A name a line, then white space and more (told by tools that read it; no sample is public). */
void write_cachelist(struct out *o, const struct truth *t)
{
    for (uint32_t n = 0; n < t->node_count; n++) {
        if (!t->nodes[n].tftp)
            continue;
        FILE *f = out_text(o);
        for (uint32_t i = 0; i < t->phone_count; i++) {
            const struct truth_phone *p = &t->phones[i];
            fprintf(f, "%s.cnf.xml%s %u\n", p->name,
                    p->encrypted_config        ? ".enc.sgn"
                    : model_rows[p->model].sbd ? ".sgn"
                                               : "",
                    9000 + i % 3000);
        }
        out_end(o, false, "cachelist/%s.txt", t->nodes[n].name);
    }
}
