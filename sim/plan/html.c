/* The plan as one page: no scripts, nothing from elsewhere, prints on A4. */
#include "sim/base/count.h"
#include "sim/plan/pictures.h"
#include "sim/plan/put.h"

#include <string.h>

/* Colours are said once, by name; on paper nothing dark is filled. */
static const char style[] =
    ":root{--ink:#1b2530;--soft:#5a6775;--line:#d5dce4;--wash:#f4f6f9;--good:#2b7a4b;--warn:#"
    "9a5b00;"
    "--bad:#b3261e;--blue:#1d5fa6}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:#fff;color:var(--ink);font:15px/1.5 \"Segoe UI\",\"Helvetica "
    "Neue\",Arial,"
    "\"Liberation Sans\",sans-serif}"
    "main{max-width:1120px;margin:0 auto;padding:24px 20px 48px}"
    "h1{font-size:25px;line-height:1.25;margin:0 0 4px}"
    "h2{font-size:18px;margin:34px 0 10px;padding-bottom:5px;border-bottom:2px solid var(--ink)}"
    "h3{font-size:16px;margin:0}"
    "p{margin:6px 0}"
    "code{font:13px/1.4 Consolas,\"Liberation Mono\",monospace;overflow-wrap:anywhere}"
    ".soft{color:var(--soft)}.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}"
    ".verdict{border:1px solid var(--line);border-left:6px solid var(--good);border-radius:4px;"
    "background:var(--wash);padding:12px 16px;margin:16px 0;font-size:17px;line-height:1.4}"
    ".verdict.warn{border-left-color:#d08a1d;color:inherit}.verdict.bad{border-left-color:var(--"
    "bad);"
    "color:inherit}"
    ".verdict b{display:block;font-size:12px;letter-spacing:.06em;text-transform:uppercase;"
    "color:var(--soft)}"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:10px;margin:"
    "16px 0}"
    ".tile{border:1px solid var(--line);border-radius:4px;padding:9px 12px}"
    ".tile b{display:block;font-size:22px;line-height:1.2;font-weight:600}"
    ".tile span{font-size:13px;color:var(--soft)}"
    "dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:3px 18px;margin:10px 0}"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}"
    ".wide{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-size:14px}"
    "th{text-align:left;font-weight:600;color:var(--soft);font-size:12.5px;vertical-align:bottom}"
    "th,td{padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}"
    "td{overflow-wrap:break-word}td.first{min-width:13em}td code{white-space:nowrap}"
    ".num{text-align:right;font-variant-numeric:tabular-nums}td.num{white-space:nowrap}"
    ".step{border:1px solid var(--line);border-radius:4px;margin:14px 0;padding:12px 16px 14px}"
    ".step header{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:baseline;margin-bottom:8px}"
    ".step header .when{color:var(--soft);margin-left:auto;white-space:nowrap}"
    ".nr{display:inline-block;min-width:25px;text-align:center;border:1.5px solid var(--ink);"
    "border-radius:13px;font-size:13px;font-weight:600;padding:1px 6px;margin-right:8px}"
    ".acts{margin:0 0 10px;padding:0;list-style:none}"
    ".acts li{padding:5px 0 5px 14px;border-left:3px solid var(--line);margin-bottom:5px}"
    ".acts .where{color:var(--blue)}"
    ".acts .doc,.acts .warns{font-size:13px;color:var(--soft)}"
    ".facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(270px,1fr));gap:10px 26px}"
    ".facts h4{margin:0 0 2px;font-size:12.5px;color:var(--soft);font-weight:600}"
    ".facts ul{margin:0;padding-left:17px}.facts .row{grid-column:1/-1}"
    "ul.tried,.facts ul.tried{list-style:none;padding:0}ul.tried li{margin:3px "
    "0}.tag{display:inline-block;border:1px solid "
    "currentColor;border-radius:3px;font-size:12px;"
    "padding:0 5px;white-space:nowrap}"
    ".refused{border:1px solid var(--bad);border-radius:4px;color:var(--bad);padding:6px 12px;"
    "margin:0 0 10px}.refused ul{margin:2px 0 0;padding-left:18px}"
    ".border{margin:14px 0;border-top:2px dashed var(--bad);color:var(--bad);padding-top:4px;"
    "font-weight:600}"
    "figure{margin:12px 0}figure svg{width:100%;height:auto;display:block}"
    "figcaption{font-size:13px;color:var(--soft);margin-top:4px}"
    ".key{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:13px;margin:2px 0 6px}"
    ".key i{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:5px}"
    ".one{white-space:nowrap}.tight td{padding-top:2px;padding-bottom:2px}.fate td{padding:9px 0 "
    "5px}"
    ".on-narrow{display:none}.pair{display:grid;grid-template-columns:1fr 1fr;gap:6px 24px}"
    ".pair figure{margin:4px 0}.pair h3{font-size:14px;margin-bottom:4px}td.long{min-width:270px}"
    "footer{margin-top:36px;border-top:1px solid var(--line);padding-top:8px;font-size:13px;"
    "color:var(--soft)}"
    "@media(max-width:640px){main{padding:16px 12px 32px}h1{font-size:21px}.step{padding:10px 12px}"
    ".step header .when{margin-left:0;width:100%}dl{grid-template-columns:1fr;gap:0}"
    "dd{margin-bottom:6px}.facts{grid-template-columns:1fr}"
    ".on-wide{display:none}.on-narrow{display:block}.pair{grid-template-columns:1fr}"
    ".cards td.long{display:block;text-align:left;min-width:0}.cards td.long::before{content:none}"
    ".cards thead{display:none}.cards tr{display:block;border-bottom:1px solid var(--line);"
    "padding:6px 0}.cards td{display:flex;justify-content:space-between;gap:12px;border:0;"
    "padding:1px 0;text-align:right;white-space:normal}"
    ".cards td::before{content:attr(data-l);color:var(--soft);text-align:left;flex:none}"
    ".cards td.first{display:block;text-align:left;font-weight:600;min-width:0}"
    ".cards td.first::before{content:none}}"
    "@page{size:A4;margin:14mm 13mm 16mm}"
    "@media print{body{font-size:10.5pt}main{max-width:none;padding:0}h2{break-after:avoid}"
    ".tile,.verdict{background:#fff}tr,figure,.acts li,.tile,.facts>div{break-inside:avoid}"
    ".step header{break-after:avoid}thead{display:table-header-group}.wide{overflow:visible}"
    "a{color:inherit}}";

/* ---- the head ---- */

static const char *mood(const struct plan *p)
{
    const struct plan_head *h = &p->head;
    return h->at_risk                                                              ? "bad"
           : h->lost_now > 0 || h->lost > 0 || h->unmended || h->uncertain != NULL ? "warn"
                                                                                   : "good";
}

static void put_tile(FILE *out, const char *value, const char *label, const char *mood)
{
    put_markup(out, "<div class=\"tile\"><b class=\"%r\">%s</b><span>%s</span></div>", mood, value,
               label);
}

static void put_clock_tile(FILE *out, uint64_t us, const char *label)
{
    char clock[PLAN_CLOCK];
    bool hours = strchr(plan_clock(us, clock), ':') != strrchr(clock, ':');
    put_markup(out, "<div class=\"tile\"><b>%s</b><span>%s (%r)</span></div>", clock, label,
               hours ? "h:min:s" : "min:s");
}

static void put_tiles(FILE *out, const struct plan *p)
{
    const struct plan_head *h = &p->head;
    struct plan_sums sums = plan_sums(p);
    fputs("<div class=\"tiles\">", out);
    put_tile(out, COUNTED(h->phones), "phones in all", "");
    put_tile(out, COUNTED(sums.out), "out of service at some time", "");
    put_clock_tile(out, sums.most_us, "longest of one phone");
    put_tile(out, COUNTED(h->lost), "lose something by it", h->lost > 0 ? "warn" : "good");
    put_tile(out, COUNTED(h->lost_now), "lack it at the end", h->lost_now > 0 ? "bad" : "good");
    put_tile(out, COUNTED(h->hands), "need a visit", h->hands > 0 ? "bad" : "good");
    put_clock_tile(out, h->end_us - h->begin_us, "the change lasts");
    fputs("</div>\n", out);
}

static void put_clusters(FILE *out, const struct plan_head *h)
{
    for (uint32_t i = 0; i < h->cluster_count; i++) {
        const struct plan_cluster *c = &h->clusters[i];
        put_markup(out, "<dt>Cluster</dt><dd><b>%s</b>, CUCM %s, %r: ", c->name, c->version,
                   c->mixed_mode ? "mixed mode" : "not in mixed mode");
        for (uint32_t n = 0; n < c->nodes.count; n++)
            put_markup(out, "%r%s", n == 0 ? "" : ", ", c->nodes.list[n]);
        fputs("</dd>", out);
    }
}

static void put_texts(FILE *out, const struct plan_texts *t)
{
    fputs("<ul>", out);
    for (uint32_t i = 0; i < t->count; i++)
        put_markup(out, "<li>%s</li>", t->list[i]);
    fputs("</ul>\n", out);
}

static void put_head(FILE *out, const struct plan *p)
{
    const struct plan_head *h = &p->head;
    put_markup(out, "<h1>%s</h1>\n<p class=\"soft\">Change page%r%s</p>\n", h->title,
               h->made == NULL ? "" : ", made ", h->made == NULL ? "" : h->made);
    put_markup(out, "<div class=\"verdict %r\"><b>Verdict</b>%s.</div>\n", mood(p), h->verdict);
    put_tiles(out, p);
    fputs("<dl>", out);
    put_clusters(out, h);
    put_markup(out, "<dt>Change</dt><dd>from %s to %s</dd>", h->begin, h->end);
    put_markup(out,
               "<dt>Made of</dt><dd>%s <code class=\"soft\">%s</code><br>%s <code "
               "class=\"soft\">%s</code></dd>",
               h->cluster_file, h->cluster_sha256, h->change_file, h->change_sha256);
    put_markup(out, "<dt>Made by</dt><dd>%s, seed %u, identity %u</dd></dl>\n", h->program, h->seed,
               h->identity);
    if (h->lost_before > 0)
        put_markup(out,
                   "<p class=\"warn\">%k lacked something before the change began, or would "
                   "have lost it at any boot without it; that is not counted here.</p>\n",
                   h->lost_before);
    if (h->failed.count > 0) {
        fputs("<h2>What the change expects and does not get</h2>\n<div class=\"bad\">", out);
        put_texts(out, &h->failed);
        fputs("</div>", out);
    }
}

/* ---- preflight ---- */

#define FINDINGS_SHOWN 12

/* What the change makes of it. */
static void put_gate(FILE *out, const struct plan_finding *f)
{
    if (f->stops != 0)
        put_markup(out, " <b class=\"bad\">Step %n must wait for it.</b>", f->stops);
    else if (f->mended != 0)
        put_markup(out, " <b class=\"good\">Mended in step %n.</b>", f->mended);
}

static void put_preflight(FILE *out, const struct plan *p)
{
    put_markup(out, "<h2>Preflight</h2>\n<p>%n checks of the cluster as it stands pass",
               p->checks_passed);
    if (p->preflight_count == 0) {
        fputs("; none fails or warns.</p>\n", out);
        return;
    }
    fputs(".</p>\n<ul class=\"tried\">", out);
    for (uint32_t i = 0; i < p->preflight_count && i < FINDINGS_SHOWN; i++) {
        const struct plan_finding *f = &p->preflight[i];
        put_markup(out, "<li><span class=\"tag %r\">%r</span> %s. <span class=\"soft\">%s</span>",
                   f->fails ? "bad" : "warn", f->fails ? "fails" : "warns", f->fact, f->what);
        put_gate(out, f);
        fputs("</li>", out);
    }
    fputs("</ul>\n", out);
    if (p->preflight_count > FINDINGS_SHOWN)
        put_markup(out,
                   "<p class=\"soft\">and %n more: <code>cucmlab preflight</code> has all.</p>\n",
                   p->preflight_count - FINDINGS_SHOWN);
}

/* ---- steps ---- */

static void put_refused(FILE *out, const struct plan_step *s)
{
    if (s->refused.count == 0)
        return;
    fputs("<div class=\"refused\"><b>Do not do this step while preflight fails in this:</b>", out);
    put_texts(out, &s->refused);
    fputs("</div>", out);
}

static void put_acts(FILE *out, const struct plan_step *s)
{
    fputs("<ol class=\"acts\">", out);
    for (uint32_t i = 0; i < s->act_count; i++) {
        const struct plan_act *a = &s->acts[i];
        put_markup(out, "<li><b>%s</b><br><span class=\"where\">%s</span>", a->what, a->where);
        if (a->doc != NULL)
            put_markup(out, "<div class=\"doc\">%s</div>", a->doc);
        if (a->warns != NULL)
            put_markup(out, "<div class=\"warns\">It asks: &#8220;%s&#8221;</div>", a->warns);
        fputs("</li>", out);
    }
    fputs("</ol>", out);
}

static void put_out(FILE *out, const struct plan_outage *o)
{
    if (o->phones == 0) {
        fputs("no phone", out);
        return;
    }
    put_markup(out, "%k; one phone %c, at most %c; all together %m phone-minutes", o->phones,
               o->median_us, o->most_us, o->total_us);
    if (o->failovers > 0)
        put_markup(out, "; %n failovers", o->failovers);
}

static void put_losses(FILE *out, const struct plan_step *s)
{
    if (s->loss_count == 0) {
        fputs("<span class=\"good\">nothing</span>", out);
        return;
    }
    fputs("<ul>", out);
    for (uint32_t i = 0; i < s->loss_count; i++) {
        const struct plan_loss *l = &s->losses[i];
        put_markup(out, "<li class=\"%r\">%s: %k, %r: %s</li>", l->open ? "bad" : "", l->function,
                   l->phones, l->open ? "open" : "back", l->back);
    }
    fputs("</ul>", out);
}

static void put_ways(FILE *out, const struct plan *p, uint32_t step)
{
    const struct plan_step *s = &p->steps[step];
    uint32_t like = plan_ways_as(p, step);
    static const char *const tags[] = {
        [RETURN_NOTHING] = "<span class=\"good\">nothing to take back</span>",
        [RETURN_WORKS] = "<span class=\"good\">there is one</span>",
        [RETURN_KEEPS] = "<span class=\"good\">none is needed: phones keep everything</span>",
        [RETURN_BY_ACTS] = "<span class=\"warn\">only with more acts, as below</span>",
        [RETURN_BY_HANDS] = "<span class=\"bad\">only with visits to phones</span>",
        [RETURN_NONE] = "<span class=\"bad\">none that was tried</span>"
    };
    fputs(tags[s->returns], out);
    if (s->stop != NULL)
        put_markup(out,
                   "<br><span class=\"soft\">If the work stops here and phones are reset: "
                   "%s</span>",
                   s->stop);
    if (s->way_count > 0 && like != 0)
        put_markup(out, "<br>What was tried came to the same as behind step %n.", like);
    if (s->way_count == 0 || like != 0)
        return;
    fputs("<ul class=\"tried\">", out);
    for (uint32_t i = 0; i < s->way_count; i++) {
        const struct plan_way *w = &s->ways[i];
        bool works = w->leads < RETURN_BY_HANDS;
        put_markup(out, "<li><b class=\"%r\">%r</b> %s: <span class=\"%r\">%s</span></li>",
                   works ? "good" : "bad", works ? "&#10003;" : "&#10007;", w->what,
                   works ? "good" : "bad", w->result);
    }
    fputs("</ul>", out);
}

static void put_fact(FILE *out, const char *title)
{
    put_markup(out, "<div><h4>%s</h4>", title);
}

static void put_step(FILE *out, const struct plan *p, uint32_t i)
{
    const struct plan_step *s = &p->steps[i];
    if (p->no_return == i + 1)
        fputs(
            "<p class=\"border\">Point of no return: behind this step phones lack something until "
            "somebody visits them, whatever was tried: to stop here, to take it back, a "
            "backup.</p>\n",
            out);
    put_markup(out,
               "<section class=\"step\"><header><h3><span class=\"nr\">%n</span>%s</h3><span "
               "class=\"when\">%s, %c</span></header>\n",
               i + 1, s->name, s->start, s->end_us - s->start_us);
    put_refused(out, s);
    put_acts(out, s);
    fputs("<div class=\"facts\">", out);
    put_fact(out, "Wait for");
    put_markup(out, "%s</div>", s->wait);
    put_fact(out, "Out of service");
    put_out(out, &s->out);
    fputs("</div>", out);
    if (s->under_way) {
        put_fact(out, "Not over yet");
        put_markup(out, "%s</div>", plan_under_way_words);
    }
    put_fact(out, "Phones lose");
    put_losses(out, s);
    fputs("</div>", out);
    if (s->restarts.count > 0) {
        put_fact(out, "Services that restart");
        put_texts(out, &s->restarts);
        fputs("</div>", out);
    }
    if (s->old.count > 0) {
        put_fact(out, "Works with an old certificate still");
        put_texts(out, &s->old);
        fputs("</div>", out);
    }
    fputs("<div class=\"row\"><h4>The way back from here</h4>", out);
    put_ways(out, p, i);
    fputs("</div></div></section>\n", out);
}

/* When a step begins; the day is left out where it is the same of all. */
static const char *begins(const struct plan *p, uint32_t i)
{
    const size_t day = sizeof "2026-11-30 " - 1;
    const char *start = p->steps[i].start;
    bool one_day = strncmp(p->steps[0].start, p->steps[p->step_count - 1].start, day) == 0;
    return one_day && strlen(start) > day ? start + day : start;
}

static void put_glance(FILE *out, const struct plan *p)
{
    fputs("<h2>The plan at a glance</h2>\n<table class=\"cards\"><thead><tr><th>Step<th>Begins<th "
          "class=\"num\">Lasts<th class=\"num\">Out of service<th class=\"num\">Longest<th "
          "class=\"num\">Phone-minutes<th class=\"num\">Lose something<th>Way "
          "back</tr></thead><tbody>\n",
          out);
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct plan_step *s = &p->steps[i];
        put_markup(
            out,
            "<tr><td class=\"first\"><span class=\"nr\">%n</span>%s</td><td "
            "class=\"one\" data-l=\"Begins\">%s</td><td class=\"num\" data-l=\"Lasts\">%c</td>",
            i + 1, s->name, begins(p, i), s->end_us - s->start_us);
        put_markup(out,
                   "<td class=\"num\" data-l=\"Out of service\">%n</td><td class=\"num\" "
                   "data-l=\"Longest\">%c</td><td class=\"num\" data-l=\"Phone-minutes\">%m</td>",
                   s->out.phones, s->out.most_us, s->out.total_us);
        put_markup(out,
                   "<td class=\"num\" data-l=\"Lose something\">%n</td><td data-l=\"Way back\" "
                   "class=\"one %r\">%r</td></tr>\n",
                   s->lose, s->returns >= RETURN_BY_HANDS ? "bad" : "",
                   plan_return_name(s->returns));
    }
    fputs("</tbody></table>\n<p class=\"soft\">Times are minutes:seconds, or "
          "hours:minutes:seconds. Longest: of one phone, of an outage that began in that step, to "
          "its end or to that of the change.</p>\n",
          out);
}

static void put_steps(FILE *out, const struct plan *p)
{
    fputs("<h2>Step by step</h2>\n", out);
    if (p->step_count > 0)
        put_markup(out, "<p class=\"soft\">How to see what to wait for: %s</p>\n", p->steps[0].see);
    for (uint32_t i = 0; i < p->step_count; i++)
        put_step(out, p, i);
}

/* ---- pictures ---- */

static void put_key(FILE *out, const struct plan *p)
{
    static const char *const colors[PLAN_STATES] = { "#cfe6d6", "#f2d16b", "#e8963c", "#c0392b",
                                                     "#dfe3e8" };
    fputs("<div class=\"key\">", out);
    for (int i = 0; i < PLAN_STATES; i++) {
        uint32_t most = 0;
        for (uint32_t k = 0; k < p->sample_count; k++)
            most = p->samples[k].phones[i] > most ? p->samples[k].phones[i] : most;
        if (most > 0)
            put_markup(out, "<span><i style=\"background:%r\"></i>%r (up to %n)</span>", colors[i],
                       plan_state_names[i], most);
    }
    fputs("</div>", out);
}

static void put_timeline(FILE *out, const struct plan *p)
{
    if (p->sample_count < 2)
        return;
    fputs("<h2>Phones over time</h2>\n<figure>", out);
    put_key(out, p);
    fputs("<div class=\"on-wide\">", out);
    picture_timeline(out, p, 1080);
    fputs("</div><div class=\"on-narrow\">", out);
    picture_timeline(out, p, 380);
    fputs(
        "</div><figcaption>Looked at every few seconds while something changes; where nothing does "
        "the time is shortened, and its length stands below. Numbers are the steps of the "
        "plan.</figcaption></figure>\n",
        out);
}

static void put_trust(FILE *out, const struct plan *p)
{
    const struct plan_trust *both[] = { &p->before, &p->after };
    if (p->before.node_count == 0 || p->after.node_count == 0)
        return;
    fputs("<h2>Cluster and trust</h2>\n<div class=\"pair\">", out);
    for (int i = 0; i < 2; i++) {
        put_markup(out, "<figure><h3>%r</h3><div class=\"on-wide\">",
                   i == 0 ? "Before the change" : "Behind it");
        picture_trust(out, both[i], 535);
        fputs("</div><div class=\"on-narrow\">", out);
        picture_trust(out, both[i], 380);
        fputs("</div></figure>\n", out);
    }
    fputs("</div><p class=\"soft\">A blue line: this key signs the ITL of that node. A line to the "
          "phones: so many of them have the certificate of its TVS in their ITL and can ask it "
          "(green all, orange some, red none). Orange boxes have another certificate than "
          "before.</p>\n",
          out);
}

/* ---- sites and pools ---- */

static bool same_notices(const struct plan_place *a, const struct plan_place *b)
{
    bool same = a->notice_count == b->notice_count;
    for (uint32_t n = 0; same && n < a->notice_count; n++)
        same = strcmp(a->notices[n].text, b->notices[n].text) == 0;
    return same;
}

/* What places that follow have in common. */
static void put_notices(FILE *out, const struct plan_place *k)
{
    fputs("<tr class=\"fate\"><td class=\"long\" colspan=\"6\">", out);
    for (uint32_t n = 0; n < k->notice_count; n++)
        put_markup(out, "<div class=\"%r\">%s</div>", k->notices[n].bad ? "bad" : "",
                   k->notices[n].text);
    if (k->notice_count == 0)
        fputs("Nothing.", out);
    fputs("</td></tr>\n", out);
}

static void put_place(FILE *out, const struct plan_place *k)
{
    put_markup(out,
               "<tr><td class=\"first\">%s%r%s</td><td class=\"num\" data-l=\"Phones\">%n</td>"
               "<td class=\"num\" data-l=\"Out of service\">%n</td><td class=\"num\" data-l=\"At a "
               "time\">%n</td>",
               k->site, k->site[0] == '\0' ? "" : ", ", k->pool, k->phones, k->out, k->at_a_time);
    put_markup(out,
               "<td class=\"num\" data-l=\"One phone, in all\">%c</td><td class=\"num %r\" "
               "data-l=\"Visits\">%n</td></tr>\n",
               k->most_us, k->hands > 0 ? "bad" : "", k->hands);
}

/* Places that notice the same stand together, where the first of them stands. */
static void put_places(FILE *out, const struct plan *p)
{
    uint32_t count = p->place_count < PLAN_RISK_ROWS ? p->place_count : PLAN_RISK_ROWS;
    bool put[PLAN_RISK_ROWS] = { 0 };
    fputs(
        "<h2>What users notice, by site and device pool</h2>\n<table class=\"cards "
        "tight\"><thead><tr><th>Site, device pool<th class=\"num\">Phones<th class=\"num\">Out of "
        "service<th class=\"num\">At a time<th class=\"num\">One phone, in all<th "
        "class=\"num\">Visits</tr></thead><tbody>\n",
        out);
    for (uint32_t i = 0; i < count; i++) {
        if (put[i])
            continue;
        put_notices(out, &p->places[i]);
        for (uint32_t n = i; n < count; n++) {
            if (put[n] || !same_notices(&p->places[i], &p->places[n]))
                continue;
            put_place(out, &p->places[n]);
            put[n] = true;
        }
    }
    fputs("</tbody></table>\n", out);
    if (p->place_count > count)
        put_markup(out,
                   "<p class=\"soft\">The first %n of %n; <code>--json FILE</code> has all.</p>\n",
                   count, p->place_count);
}

/* ---- runs ---- */

static void put_run(FILE *out, const struct plan *p, uint32_t i)
{
    const struct plan_run *run = &p->runs.list[i];
    const char *tag = i == p->runs.worst   ? " <span class=\"tag bad\">worst</span>"
                      : i == p->runs.usual ? " <span class=\"tag\">usual</span>"
                                           : "";
    put_markup(out,
               "<tr><td class=\"first\">%s%r</td><td class=\"num\" data-l=\"Phones in "
               "it\">%n%r</td>",
               run->name, tag, run->phones, run->whole ? "" : " (sample)");
    if (run->error != NULL) {
        put_markup(out, "<td class=\"long bad\" colspan=\"6\">%s</td></tr>\n", run->error);
        return;
    }
    put_markup(out,
               "<td class=\"num\" data-l=\"Out of service\">%n</td><td class=\"num\" "
               "data-l=\"Longest\">%c</td><td class=\"num\" data-l=\"Phone-minutes\">%m</td>",
               run->out, run->most_us, run->total_us);
    put_markup(out,
               "<td class=\"num\" data-l=\"Lose something\">%n</td><td class=\"num %r\" "
               "data-l=\"Lack it at the end\">%n</td><td class=\"num %r\" "
               "data-l=\"Visits\">%n</td></tr>\n",
               run->lost, run->lost_now > 0 ? "bad" : "", run->lost_now,
               run->hands > 0 ? "bad" : "", run->hands);
}

#define RUNS_SHOWN 12 /* of the seeds: the usual one and the worst are always among them */

static bool is_shown(const struct plan_runs *r, uint32_t i)
{
    return i >= r->seeds || r->seeds <= RUNS_SHOWN || i < RUNS_SHOWN - 2 || i == r->usual ||
           i == r->worst;
}

static void put_runs(FILE *out, const struct plan *p)
{
    if (p->runs.count < 2)
        return;
    put_markup(out,
               "<h2>The plan again: usual and worst</h2>\n<p>%n runs with other luck (delays, "
               "losses, order)%r.</p>\n<table class=\"cards\"><thead><tr><th>Run<th "
               "class=\"num\">Phones in it<th class=\"num\">Out of service<th "
               "class=\"num\">Longest<th class=\"num\">Phone-minutes<th class=\"num\">Lose "
               "something<th class=\"num\">Lack it at the end<th "
               "class=\"num\">Visits</tr></thead><tbody>\n",
               p->runs.seeds, p->runs.count > p->runs.seeds ? ", and what else was asked for" : "");
    for (uint32_t i = 0; i < p->runs.count; i++) {
        if (is_shown(&p->runs, i) && p->runs.list[i].kind != RUN_GUIDE)
            put_run(out, p, i);
    }
    fputs("</tbody></table>\n", out);
    if (p->runs.sampled != NULL)
        put_markup(out, "<p class=\"soft\">%s</p>\n", p->runs.sampled);
}

static void put_guide_row(FILE *out, const struct plan_run *run, const char *name)
{
    put_markup(out, "<tr><td class=\"first\">%s</td>", name);
    if (run->error != NULL) {
        put_markup(out, "<td class=\"long bad\" colspan=\"7\">%s</td></tr>\n", run->error);
        return;
    }
    put_markup(out,
               "<td class=\"num\" data-l=\"Lasts\">%c</td><td class=\"num\" data-l=\"Out of "
               "service\">%n</td><td class=\"num\" data-l=\"Longest\">%c</td><td class=\"num\" "
               "data-l=\"Phone-minutes\">%m</td>",
               run->took_us, run->out, run->most_us, run->total_us);
    put_markup(out,
               "<td class=\"num\" data-l=\"Lose something\">%n</td><td class=\"num %r\" "
               "data-l=\"Lack it at the end\">%n</td><td class=\"num %r\" "
               "data-l=\"Visits\">%n</td></tr>\n",
               run->lost, run->lost_now > 0 ? "bad" : "", run->lost_now,
               run->hands > 0 ? "bad" : "", run->hands);
}

static void put_guide(FILE *out, const struct plan *p)
{
    if (p->guide == 0)
        return;
    put_markup(out,
               "<h2>Beside the order of the guides</h2>\n<p>%s, run on this cluster with the same "
               "certificates renewed.</p>\n<table "
               "class=\"cards\"><thead><tr><th><th class=\"num\">Lasts<th class=\"num\">Out of "
               "service<th class=\"num\">Longest<th class=\"num\">Phone-minutes<th "
               "class=\"num\">Lose something<th class=\"num\">Lack it at the end<th "
               "class=\"num\">Visits</tr></thead><tbody>\n",
               p->runs.list[p->guide - 1].name);
    put_guide_row(out, &p->runs.list[0], "This plan");
    put_guide_row(out, &p->runs.list[p->guide - 1], "The guides");
    fputs("</tbody></table>\n<p class=\"soft\">The guides in steps: ", out);
    for (uint32_t i = 0; i < p->guide_order.count; i++)
        put_markup(out, "%r%s", i == 0 ? "" : "; ", p->guide_order.list[i]);
    fputs(".</p>\n", out);
}

/* ---- phones at risk ---- */

static void put_risk(FILE *out, const struct plan_risk *k)
{
    put_markup(out,
               "<tr><td class=\"first\">%s</td><td data-l=\"Model\">%s</td><td "
               "data-l=\"Pool\">%s</td>",
               k->name, k->model, k->pool);
    if (k->minutes > 0)
        put_markup(out, "<td class=\"num\" data-l=\"Minutes\">%n</td></tr>\n", k->minutes);
    else
        fputs("<td class=\"num\" data-l=\"Minutes\">&#8211;</td></tr>\n", out);
}

static bool same_fate(const struct plan_risk *a, const struct plan_risk *b)
{
    return strcmp(a->site, b->site) == 0 && strcmp(a->back, b->back) == 0 &&
           strcmp(a->lost, b->lost) == 0 && strcmp(a->since, b->since) == 0 &&
           (a->minutes > 0) == (b->minutes > 0);
}

/* What phones that follow have in common; how many of them there are, shown or not. */
static void put_fate(FILE *out, const struct plan *p, uint32_t first)
{
    const struct plan_risk *k = &p->risks[first];
    uint32_t count = 0;
    while (first + count < p->risk_count && same_fate(k, &p->risks[first + count]))
        count++;
    put_markup(out, "<tr class=\"fate\"><td class=\"long\" colspan=\"4\"><b>%s%r%k</b>", k->site,
               k->site[0] == '\0' ? "" : ": ", count);
    put_markup(out,
               " lack %s since \"%s\". <span class=\"%r\">They come back by: %s</span></td></tr>\n",
               k->lost, k->since, k->minutes > 0 ? "bad" : "", k->back);
}

static void put_risks(FILE *out, const struct plan *p)
{
    fputs("<h2>Phones at risk</h2>\n", out);
    if (p->head.searched != NULL)
        put_markup(out, "<p class=\"soft\">%s</p>\n", p->head.searched);
    if (p->risk_count == 0) {
        fputs("<p class=\"good\">None: no phone lacks anything at the end, or will at its next "
              "boot.</p>\n",
              out);
        return;
    }
    if (p->risk_count > PLAN_RISK_ROWS)
        put_markup(out, "<p>The first %n of %n; <code>--csv FILE</code> has all.</p>\n",
                   (uint32_t)PLAN_RISK_ROWS, p->risk_count);
    fputs("<table class=\"cards tight\"><thead><tr><th>Phone<th>Model<th>Device pool<th "
          "class=\"num\">Minutes of hands</tr></thead><tbody>\n",
          out);
    for (uint32_t i = 0; i < p->risk_count && i < PLAN_RISK_ROWS; i++) {
        if (i == 0 || !same_fate(&p->risks[i - 1], &p->risks[i]))
            put_fate(out, p, i);
        put_risk(out, &p->risks[i]);
    }
    fputs("</tbody></table>\n", out);
}

/* ---- what it rests on ---- */

static void put_rests(FILE *out, const struct plan *p)
{
    const struct plan_head *h = &p->head;
    fputs("<h2>What this rests on</h2>\n", out);
    if (h->cannot_know.count > 0) {
        fputs("<h3>Cannot be known from the files</h3>\n", out);
        put_texts(out, &h->cannot_know);
    }
    if (h->assumed.count > 0)
        fputs("<p>No source settles these; they bear on the verdict:</p>\n<table "
              "class=\"cards\"><thead><tr><th>Assumed<th>Value<th>What it "
              "is</tr></thead><tbody>\n",
              out);
    for (uint32_t i = 0; i < h->assumed.count; i++) {
        const struct plan_fact *f = &h->assumed.list[i];
        put_markup(out,
                   "<tr><td class=\"first\"><code>%s</code></td><td data-l=\"Value\">%s</td><td "
                   "data-l=\"It is\">%s</td></tr>\n",
                   f->name, f->value, f->doc);
    }
    if (h->assumed.count > 0)
        fputs("</tbody></table>\n", out);
    if (h->others.count > 0) {
        fputs("<h2>Besides phones (told, not simulated)</h2>\n", out);
        put_texts(out, &h->others);
    }
}

void plan_html(FILE *out, const struct plan *p)
{
    put_markup(out,
               "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
               "name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta "
               "name=\"generator\" content=\"%s\"><title>%s</title><style>%r</style></head>\n"
               "<body><main>\n",
               p->head.program, p->head.title, style);
    put_head(out, p);
    put_preflight(out, p);
    put_glance(out, p);
    put_timeline(out, p);
    put_steps(out, p);
    put_places(out, p);
    put_trust(out, p);
    put_runs(out, p);
    put_guide(out, p);
    put_rests(out, p);
    put_risks(out, p);
    if (p->head.command != NULL)
        put_markup(out, "<footer>Made by <code>%s</code></footer>\n", p->head.command);
    fputs("</main></body></html>\n", out);
}
