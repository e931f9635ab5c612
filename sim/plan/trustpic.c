/* Who signs what and who vouches for whom, as a picture: keys that sign ITLs on the left, nodes in
 * the middle, phones on the right. */
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/plan/pictures.h"
#include "sim/plan/put.h"

#include <string.h>

const char *const plan_takes_names[PLAN_TAKES] = {
    [TAKES_SAME] = "hold this very list",
    [TAKES_BY_OWN] = "take it by their own",
    [TAKES_BY_TVS] = "take it by TVS",
    [TAKES_FIRST] = "have none, take any",
    [TAKES_NOT] = "refuse it",
    [TAKES_NO_ITL] = "keep no list, or off",
};

static const char *const takes_colors[PLAN_TAKES] = { "#2b7a4b", "#2b7a4b", "#9a5b00",
                                                      "#5a6775", "#b3261e", "#5a6775" };

enum { ROW = 78, BOX = 64, TOP = 26, NODES_MOST = 12 };

/* Columns of a picture of this width. */
struct columns {
    int keys, key_width, nodes, node_width, phones, phone_width;
};

static struct columns columns_of(int width)
{
    struct columns c = { .keys = 0,
                         .key_width = width * 25 / 100,
                         .nodes = width * 32 / 100,
                         .node_width = width * 30 / 100,
                         .phones = width * 74 / 100 };
    c.phone_width = width - c.phones;
    return c;
}

static const char *line_color(uint32_t knows, uint32_t of)
{
    return of == 0 || knows == 0 ? "#b3261e" : knows < of ? "#d08a1d" : "#2b7a4b";
}

static bool same_signer(const struct plan_signer *a, const struct plan_signer *b)
{
    return a->name != NULL && b->name != NULL && strcmp(a->name, b->name) == 0 &&
           strcmp(a->serial, b->serial) == 0;
}

/* Index of each node's key among the different ones. */
static uint32_t find_keys(const struct plan_trust *t, uint32_t nodes, uint32_t *of, uint32_t *first)
{
    uint32_t keys = 0;
    for (uint32_t i = 0; i < nodes; i++) {
        uint32_t k = 0;
        of[i] = UINT32_MAX;
        if (t->nodes[i].itl.name == NULL)
            continue;
        while (k < keys && !same_signer(&t->nodes[first[k]].itl, &t->nodes[i].itl))
            k++;
        if (k == keys)
            first[keys++] = i;
        of[i] = k;
    }
    return keys;
}

/* A text that does not leave its box: some 6.2 units a letter. */
static void put_short(FILE *out, int x, int y, int width, const char *attributes, const char *text)
{
    char cut[96];
    size_t most = (size_t)(width / 6);
    snprintf(cut, sizeof cut, "%.*s%s", (int)(most < sizeof cut - 4 ? most : sizeof cut - 4), text,
             strlen(text) > most ? "..." : "");
    put_markup(out, "<text x=\"%d\" y=\"%d\" %r>%s</text>", x, y, attributes, cut);
}

static void put_box(FILE *out, int x, int y, int width, int height, bool renewed)
{
    put_markup(out,
               "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" fill=\"%r\" "
               "stroke=\"%r\" stroke-width=\"%r\"/>\n",
               x, y, width, height, renewed ? "#fff6e6" : "#fff", renewed ? "#d08a1d" : "#9aa5b1",
               renewed ? "1.6" : "1");
}

static void put_signer(FILE *out, int x, int y, int width, const char *role,
                       const struct plan_signer *s)
{
    char text[200];
    if (s->name == NULL)
        snprintf(text, sizeof text, "%snone", role);
    else
        snprintf(text, sizeof text, "%s%s%s", role, s->serial, s->renewed ? ", new" : "");
    put_short(out, x, y, width, s->renewed ? "fill=\"#9a5b00\"" : "fill=\"#5a6775\"", text);
}

static void put_key(FILE *out, const struct columns *c, int y, const struct plan_signer *s)
{
    const char *of = strstr(s->name, " of ");
    char kind[80];
    snprintf(kind, sizeof kind, "%.*s", of == NULL ? 79 : (int)(of - s->name), s->name);
    put_box(out, c->keys + 1, y, c->key_width - 2, BOX, s->renewed);
    put_short(out, c->keys + 8, y + 17, c->key_width - 14, "font-weight=\"600\"", kind);
    put_short(out, c->keys + 8, y + 35, c->key_width - 14, "", of == NULL ? "" : of + 1);
    put_signer(out, c->keys + 8, y + 52, c->key_width - 14, "", s);
}

static void put_node(FILE *out, const struct columns *c, int y, const struct plan_node *n,
                     const struct plan_trust *t)
{
    bool renewed = n->itl.renewed || n->tvs.renewed || n->files.renewed;
    char text[120];
    put_box(out, c->nodes, y, c->node_width, BOX, renewed);
    put_short(out, c->nodes + 8, y + 17, c->node_width - 14, "font-weight=\"600\"", n->name);
    put_signer(out, c->nodes + 8, y + 35, c->node_width - 14, "files: ", &n->files);
    put_signer(out, c->nodes + 8, y + 52, c->node_width - 14, "TVS: ", &n->tvs);
    if (n->tvs.name == NULL)
        return;
    snprintf(text, sizeof text, "%s", COUNTED(n->knows_tvs));
    put_markup(out,
               "<path d=\"M%d %dH%d\" stroke=\"%r\" stroke-width=\"2\" fill=\"none\"/><text "
               "x=\"%d\" y=\"%d\" text-anchor=\"end\" font-size=\"11\" fill=\"%r\">%s</text>\n",
               c->nodes + c->node_width, y + 48, c->phones, line_color(n->knows_tvs, t->phones),
               c->phones - 4, y + 44, line_color(n->knows_tvs, t->phones), text);
}

static void put_phones(FILE *out, const struct columns *c, int height, const struct plan_trust *t)
{
    int y = TOP + 20;
    put_box(out, c->phones, TOP, c->phone_width - 1, height, false);
    put_markup(out, "<text x=\"%d\" y=\"%d\" font-weight=\"600\">%k</text>\n", c->phones + 8, y,
               t->phones);
    for (int i = 0; i < PLAN_TAKES; i++) {
        if (t->takes[i] == 0)
            continue;
        put_markup(out, "<text x=\"%d\" y=\"%d\" fill=\"%r\" font-weight=\"600\">%n</text>",
                   c->phones + 8, y += 22, takes_colors[i], t->takes[i]);
        put_short(out, c->phones + 8, y += 15, c->phone_width - 12, "font-size=\"11\"",
                  plan_takes_names[i]);
    }
}

static void put_titles(FILE *out, const struct columns *c)
{
    put_markup(out,
               "<g fill=\"#5a6775\" font-size=\"11\"><text x=\"1\" y=\"14\">signs the ITL of</text>"
               "<text x=\"%d\" y=\"14\">nodes</text><text x=\"%d\" y=\"14\" "
               "text-anchor=\"end\">know its TVS</text></g>\n",
               c->nodes, c->phones - 4);
}

void picture_trust(FILE *out, const struct plan_trust *t, int width)
{
    struct columns c = columns_of(width);
    uint32_t shown = t->node_count < NODES_MOST ? t->node_count : NODES_MOST;
    uint32_t of[NODES_MOST], first[NODES_MOST], keys = find_keys(t, shown, of, first);
    int rows = (int)(shown > 3 ? shown : 3), height = rows * ROW - (ROW - BOX);
    if (t->node_count == 0)
        return;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "
            "aria-label=\"Who signs what, who vouches for whom\" font-family=\"inherit\" "
            "font-size=\"12\" fill=\"#1b2530\">\n",
            width, TOP + height + 4);
    put_titles(out, &c);
    for (uint32_t i = 0; i < shown; i++) {
        int y = TOP + (int)i * ROW;
        if (of[i] != UINT32_MAX)
            fprintf(out, "<path d=\"M%d %dL%d %d\" stroke=\"#1d5fa6\" stroke-width=\"1.4\"/>\n",
                    c.key_width, TOP + (int)of[i] * ROW + 22, c.nodes, y + 22);
        put_node(out, &c, y, &t->nodes[i], t);
    }
    for (uint32_t k = 0; k < keys; k++)
        put_key(out, &c, TOP + (int)k * ROW, &t->nodes[first[k]].itl);
    put_phones(out, &c, height, t);
    fputs("</svg>\n", out);
}
