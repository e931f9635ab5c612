/* cluster.lua: the cluster as a scenario without steps, a comment with its source behind each fact
 * (docs/CLUSTER.md). */
#include "sim/import/write.h"

#include "nodes/params.h"
#include "sim/core/date.h"
#include "sim/text/shown_print.h"
#include "sim/wire/text.h"

#include <string.h>

#define CLAIMS_SHOWN 200 /* at the head, of each kind */

/* ---- texts ---- */

/* Backslashes, quotes and what cannot be seen are escaped; three digits each, so that a digit
 * behind one is none of it.  The whole is UTF-8: a reader that tells encodings apart by the bytes
 * takes it as that. */
void write_lua_text(FILE *out, struct view text)
{
    fputc('"', out);
    for (size_t i = 0; i < text.n;) {
        size_t n = shown_as_is(text, i);
        if (n == 0 || text.p[i] == '"' || text.p[i] == '\\')
            fprintf(out, "\\%03u", text.p[i]);
        else
            fwrite(text.p + i, 1, n, out);
        i += n == 0 ? 1 : n;
    }
    fputc('"', out);
}

/* Scenarios take no text with control characters, and none that is no UTF-8 (sim/script/args.c):
 * what is neither becomes '?'. */
static void put_view(FILE *out, struct view text)
{
    char plain[FACTS_TEXT + 1];
    size_t n = 0;
    for (size_t i = 0; i < text.n && n + 4 < sizeof plain;) {
        size_t bytes = shown_plain(text, i);
        if (bytes > 0)
            memcpy(plain + n, text.p + i, bytes);
        else
            plain[n] = '?';
        n += bytes == 0 ? 1 : bytes;
        i += bytes == 0 ? 1 : bytes;
    }
    write_lua_text(out, view_of(plain, n));
}

static void put(FILE *out, const char *text)
{
    put_view(out, view_str(text));
}

/* Line ends are among what is written out, so a comment ends where its line does. */
void write_lua_comment(FILE *out, struct view text)
{
    shown_print(out, text);
}

static void say(FILE *out, const char *text)
{
    write_lua_comment(out, view_str(text));
}

/* " -- show network cluster, pub.log:12" and the end of the line. */
static void because(const struct site *s, uint32_t fact, const char *else_why, FILE *out)
{
    char where[SITE_WHERE];
    fputs(" -- ", out);
    if (fact == SITE_NONE) {
        say(out, else_why);
    } else {
        struct site_source from = site_source_of(s, fact);
        say(out, s->facts->readings[from.reading].kind);
        fputs(", ", out);
        say(out, site_where(s, from, where));
    }
    fputc('\n', out);
}

static const char *date_text(int64_t unix_s, char out[DATE_TEXT])
{
    date_print(unix_s, 0, out);
    out[16] = '\0'; /* minutes */
    return out;
}

/* A date of a fact ("2026-03-14T06:00:00Z") as scenarios write it. */
static void put_date(FILE *out, const char *iso)
{
    char text[DATE_TEXT] = "";
    size_t n = strlen(iso) < 16 ? strlen(iso) : 16;
    memcpy(text, iso, n);
    if (n > 10)
        text[10] = ' ';
    put(out, text);
}

/* ---- the head ---- */

static void write_claims(const struct site *s, enum site_how how, const char *title, FILE *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->claim_count; i++) {
        const struct site_claim *c = &s->claims[i];
        if (c->how != how)
            continue;
        if (count == 0)
            fprintf(out, "--\n-- %s\n", title);
        uint32_t alike = site_claims_alike(s, i);
        i += alike;
        if (count++ >= CLAIMS_SHOWN)
            continue;
        char where[SITE_WHERE];
        fputs("--   ", out);
        say(out, c->what);
        if (alike > 0)
            fprintf(out, " and %u more", (unsigned)alike);
        fputs(c->value[0] != '\0' ? ": " : "", out);
        say(out, c->value);
        fputs(c->why[0] != '\0' ? "; " : "", out);
        say(out, c->why);
        for (uint32_t k = 0; k < c->source_count && k < 3; k++)
            fprintf(out, "%s%s", k == 0 ? " (" : ", ",
                    site_where(s, s->sources[c->sources + k], where));
        fputs(c->source_count > 0 ? ")\n" : "\n", out);
    }
    if (count > CLAIMS_SHOWN)
        fprintf(out, "--   and %u more\n", (unsigned)(count - CLAIMS_SHOWN));
}

static void write_head(const struct site *s, FILE *out)
{
    char date[DATE_TEXT];
    fputs("-- ", out);
    say(out, s->name);
    fprintf(out, ": a cluster as it was found on %.10s\n", date_text(s->present_s, date));
    fprintf(out, "-- made from %u pieces of files, %u facts; %u nodes, %u phones\n",
            (unsigned)(s->facts->reading_count - 1), (unsigned)s->facts->count,
            (unsigned)s->node_count, (unsigned)s->phone_count);
    write_claims(s, SITE_ASSUMED, "assumed:", out);
    write_claims(s, SITE_CANNOT_KNOW, "not known, and what to collect:", out);
    write_claims(s, SITE_CONTRADICTS, "contradicts:", out);
    fprintf(out, "\nstart(\"%s\", \"Z\")", date_text(s->present_s, date));
    fprintf(out, " -- %s\n\n",
            s->present_said ? "the newest date that a source says of itself; UTC"
                            : "the day of the import; no source says a date of itself");
    fputs("local cl = cluster { name = ", out);
    put(out, s->name);
    fputs(", version = ", out);
    put(out, s->version);
    if (s->domain != NULL) {
        fputs(", domain = ", out);
        put(out, s->domain);
    }
    fputs(",\n                     nodes = { ", out);
    for (uint32_t i = 0; i < s->node_count; i++) {
        fputs(i == 0 ? "" : ", ", out);
        put(out, s->nodes[i].name);
    }
    fputs(" } }", out);
    because(s, s->version_said.fact, "version assumed", out);
}

/* ---- nodes ---- */

static void write_cert(const struct site *s, const char *sha256, FILE *out)
{
    const struct site_cert *c = site_cert_of(s, sha256);
    put(out, sha256);
    fputc(',', out);
    if (c == NULL)
        return;
    char until[DATE_TEXT];
    fputs(" -- ", out);
    say(out, c->subject);
    fprintf(out, ", %s %u, until %.10s", c->rsa ? "RSA" : "EC", (unsigned)c->bits,
            date_text(c->not_after_s, until));
}

/* " (show cert own, pub.log:12)" behind what stands in the comment already. */
static void from(const struct site *s, uint32_t fact, FILE *out)
{
    char where[SITE_WHERE];
    if (fact != SITE_NONE) {
        fputs("; ", out);
        say(out, site_where(s, site_source_of(s, fact), where));
    }
    fputc('\n', out);
}

static void write_own(const struct site *s, const struct site_node *n, FILE *out)
{
    bool begun = false;
    for (int i = 0; i < OWNS; i++) {
        if (n->own[i].text == NULL)
            continue;
        fputs(begun ? "" : "      own = {\n", out);
        begun = true;
        fprintf(out, "        [\"%s\"] = ", own_name((enum own)i));
        write_cert(s, n->own[i].text, out);
        from(s, n->own[i].fact, out);
    }
    fputs(begun ? "      },\n" : "", out);
}

static const char *state_word(const char *state)
{
    return strcmp(state, "not-activated") == 0    ? "not activated"
           : strcmp(state, "out-of-service") == 0 ? "out of service"
                                                  : state;
}

/* Those that the model has, and others that do not run. */
static bool is_written(const struct site_service *s)
{
    return s->state.text != NULL &&
           (s->service < SERVICES || strcmp(s->state.text, "stopped") == 0);
}

static void write_services(const struct site *s, const struct site_node *n, FILE *out)
{
    bool begun = false;
    for (uint32_t i = 0; i < n->service_count; i++) {
        const struct site_service *v = &n->services[i];
        if (!is_written(v))
            continue;
        fputs(begun ? "" : "      services = {\n", out);
        begun = true;
        fputs("        [", out);
        put(out, v->name);
        fprintf(out, "] = \"%s\",", state_word(v->state.text));
        because(s, v->state.fact, "", out);
    }
    fputs(begun ? "      },\n" : "", out);
    begun = false;
    for (uint32_t i = 0; i < n->service_count; i++) {
        const struct site_service *v = &n->services[i];
        if (v->since.text == NULL || v->service == SERVICES)
            continue;
        fputs(begun ? "" : "      since = {\n", out);
        begun = true;
        fputs("        [", out);
        put(out, v->name);
        fputs("] = ", out);
        put_date(out, v->since.text);
        fputc(',', out);
        because(s, v->since.fact, "", out);
    }
    fputs(begun ? "      },\n" : "", out);
}

static void write_runs(const struct site *s, const struct site_node *n, FILE *out)
{
    bool begun = false;
    for (uint32_t i = 0; i < n->service_count; i++) {
        const struct site_service *v = &n->services[i];
        if (v->runs.text == NULL || v->service == SERVICES)
            continue;
        fputs(begun ? "" : "      runs = {\n", out);
        begun = true;
        fprintf(out, "        [\"%s\"] = ", service_name((enum service)v->service));
        put(out, v->runs.text);
        fputs(", -- ", out);
        say(out, v->runs_why);
        from(s, v->runs.fact, out);
    }
    fputs(begun ? "      },\n" : "", out);
}

static void write_value(const struct site *s, const char *key, const struct site_value *v,
                        FILE *out)
{
    if (v->text == NULL)
        return;
    fprintf(out, "      %s = ", key);
    put(out, v->text);
    fputc(',', out);
    because(s, v->fact, "assumed", out);
}

static void write_small(const struct site *s, const struct site_node *n, FILE *out)
{
    uint64_t state;
    if (n->replication.text != NULL && text_number(view_str(n->replication.text), 4, &state)) {
        fprintf(out, "      replication = %u,", (unsigned)state);
        because(s, n->replication.fact, "", out);
    }
    if (n->fips.text != NULL) {
        fprintf(out, "      fips = %s,", strcmp(n->fips.text, "yes") == 0 ? "true" : "false");
        because(s, n->fips.fact, "", out);
    }
    write_value(s, "tls", &n->tls, out);
}

static void write_node(const struct site *s, const struct site_node *n, FILE *out)
{
    fputs("    [", out);
    put(out, n->name);
    fputs("] = {", out);
    because(s, n->source, "assumed", out);
    write_value(s, "address", &n->address, out);
    if (n->domain != NULL && (s->domain == NULL || strcmp(n->domain, s->domain) != 0)) {
        fputs("      domain = ", out);
        put(out, n->domain);
        fputc(',', out);
        because(s, n->fqdn.fact, "of its full name", out);
    }
    write_own(s, n, out);
    write_runs(s, n, out);
    write_services(s, n, out);
    write_value(s, "itl", &n->itl, out);
    write_value(s, "ctl", &n->ctl, out);
    write_small(s, n, out);
    fputs("    },\n", out);
}

/* ---- trust ---- */

static void write_trusted(const struct site *s, const struct site_trust *t, FILE *out)
{
    fputs(t->everywhere ? "      " : "      { ", out);
    put(out, t->sha256);
    if (!t->everywhere) {
        fputs(", on = { ", out);
        for (uint32_t i = 0, n = 0; i < s->node_count; i++) {
            if ((t->on & UINT64_C(1) << i) == 0)
                continue;
            fputs(n++ == 0 ? "" : ", ", out);
            put(out, s->nodes[i].name);
        }
        fputs(" } }", out);
    }
    const struct site_cert *c = site_cert_of(s, t->sha256);
    fputs(", -- ", out);
    say(out, c == NULL ? "" : c->subject);
    from(s, t->fact, out);
}

static void write_trust(const struct site *s, FILE *out)
{
    uint32_t other = 0;
    bool any = false;
    for (int kind = STORE_OWN + 1; kind < STORES; kind++) {
        bool begun = false;
        for (uint32_t i = 0; i < s->trust_count; i++) {
            if (s->trust[i].kind != kind)
                continue;
            fputs(any ? "" : "  trust = {\n", out);
            any = true;
            if (!begun)
                fprintf(out, "    [\"%s\"] = {\n", store_name((enum store)kind));
            begun = true;
            write_trusted(s, &s->trust[i], out);
        }
        fputs(begun ? "    },\n" : "", out);
    }
    for (uint32_t i = 0; i < s->trust_count; i++)
        other += s->trust[i].kind == STORES;
    fputs(any ? "  },\n" : "", out);
    if (other > 0)
        fprintf(out, "  -- %u certificates lie in stores that phones have nothing to do with\n",
                (unsigned)other);
}

static void write_tvs(const struct site *s, FILE *out)
{
    bool begun = false;
    for (uint32_t i = 0; i < s->tvs_count; i++) {
        const struct site_tvs *t = &s->tvs[i];
        if (t->sha256 == NULL)
            continue;
        fputs(begun ? "" : "  tvs = {\n", out);
        begun = true;
        fputs("    { ", out);
        put(out, t->sha256);
        if (t->has_ttl)
            fprintf(out, ", ttl = %u", (unsigned)t->ttl_s);
        struct view left = view_str(t->roles);
        for (bool first = true; left.n > 0; first = false) {
            fputs(first ? ", roles = { " : ", ", out);
            put_view(out, text_cut(&left, ','));
        }
        fputs(t->roles[0] == '\0' ? " }, -- " : " } }, -- ", out);
        say(out, t->subject == NULL ? t->issuer : t->subject);
        from(s, t->fact, out);
    }
    fputs(begun ? "  },\n" : "", out);
}

/* ---- the cluster ---- */

static void write_parameters(const struct site *s, FILE *out)
{
    if (s->mixed_mode.text != NULL) {
        bool on = strcmp(s->mixed_mode.text, "yes") == 0;
        fprintf(out, "  mixed_mode = %s,", on ? "true" : "false");
        because(s, s->mixed_mode.fact, "assumed", out);
    }
    for (uint32_t i = 0; i < s->parameter_count; i++) {
        const struct site_parameter *p = &s->parameters[i];
        const struct fact *f = &param_table[p->param];
        fputs(i == 0 ? "  parameters = {\n" : "", out);
        if (f->unit == UNIT_SWITCH)
            fprintf(out, "    %s = %s,", f->name, p->value != 0 ? "true" : "false");
        else
            fprintf(out, "    %s = %llu,", f->name, (unsigned long long)p->value);
        because(s, p->fact, "", out);
    }
    fputs(s->parameter_count > 0 ? "  },\n" : "", out);
    if (s->backup.text != NULL) {
        fputs("  backup = ", out);
        if (strcmp(s->backup.text, "none") == 0)
            put(out, "none");
        else
            put_date(out, s->backup.text);
        fputc(',', out);
        because(s, s->backup.fact, "", out);
    } else {
        fputs("  -- backup = \"2026-01-31 02:00\" or \"none\": the newest that succeeded\n", out);
    }
    fputs("  -- itlrecovery_saved = true or false: was ITLRecovery.p12 saved? No file says it.\n"
          "  -- backup_restores = true or false: was a restore tried? No file says it.\n",
          out);
}

static void write_found(const struct site *s, const char *files, FILE *out)
{
    fputs("\nfound {\n  cluster = cl,\n  files = ", out);
    put(out, files);
    fputs(",\n", out);
    write_parameters(s, out);
    fputs("  nodes = {\n", out);
    for (uint32_t i = 0; i < s->node_count; i++)
        write_node(s, &s->nodes[i], out);
    fputs("  },\n", out);
    write_trust(s, out);
    write_tvs(s, out);
    fputs("}\n\n", out);
}

static void write_groups(const struct site *s, FILE *out)
{
    for (uint32_t i = 0; i < s->group_count; i++) {
        const struct site_group *g = &s->groups[i];
        if (g->count == 0) {
            fputs("-- CallManager group ", out);
            say(out, g->name);
            fputs(": Cisco CallManager is activated on none of its nodes\n", out);
            continue;
        }
        fputs("cl:group(", out);
        put(out, g->name);
        for (uint32_t k = 0; k < g->count; k++) {
            fputs(k == 0 ? ", { " : ", ", out);
            put(out, s->nodes[g->members[k]].name);
        }
        fputs(" })", out);
        because(s, g->fact, "assumed", out);
    }
    for (uint32_t i = 0; i < s->pool_count; i++) {
        fputs("cl:pool(", out);
        put(out, s->pools[i].name);
        fputs(", ", out);
        const struct site_group *g = &s->groups[s->pools[i].group];
        put(out, g->count == 0 ? "Default" : g->name); /* which the lab has */
        fputc(')', out);
        because(s, s->pools[i].assumed ? SITE_NONE : s->pools[i].fact, "its group is assumed", out);
    }
}

static void write_lists(const struct site *s, FILE *out)
{
    for (uint32_t i = 0; i < s->list_count; i++) {
        const struct site_list *l = &s->lists[i];
        if (l->name == NULL)
            continue;
        fputs("\nlist { cluster = cl, name = ", out);
        put(out, l->name);
        fprintf(out, ", file = \"%s\"", l->is_ctl ? "CTL" : "ITL");
        if (l->sha1 != NULL) {
            fputs(", sha1 = ", out);
            put(out, l->sha1);
        }
        fprintf(out, ", -- held by %u phones", (unsigned)l->holders);
        from(s, l->fact, out);
        fputs("       records = {", out);
        for (uint32_t k = 0; k < l->record_count; k++) {
            fputs(k == 0 ? " " : ", ", out);
            put(out, l->records[k]);
        }
        fputs(" } }\n", out);
    }
}

/* Where phones stand is in no file that is read: how it is filled in, of a pool of theirs. */
static void write_sites(const struct site *s, FILE *out)
{
    uint32_t pool = s->phones[0].pool;
    fputs("-- Where phones stand no file says: a line for each pool, and the link of each site.\n"
          "-- phones { cluster = cl, pool = ",
          out);
    put(out, s->pools[pool].name);
    fputs(" }:site(\"Site 1\")\n-- cl:link { site = \"Site 1\", delay = 0.02, rate = 1250000 }\n",
          out);
}

void write_lua(const struct site *s, const char *files, FILE *out)
{
    write_head(s, out);
    write_found(s, files, out);
    write_groups(s, out);
    write_lists(s, out);
    if (s->phone_count > 0) {
        char name[300];
        (void)snprintf(name, sizeof name, "%s.phones.csv", files);
        fputs("\ncl:phones { file = ", out);
        put(out, name);
        fprintf(out, " } -- %u phones\n", (unsigned)s->phone_count);
        write_sites(s, out);
    }
    fputs("\nreturn cl\n", out);
}
