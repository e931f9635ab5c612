#include "sim/predict/way.h"

#include "sim/base/count.h"
#include "sim/predict/standby.h"

#include <string.h>

/* ---- harm ---- */

uint8_t way_with_common(uint8_t lost)
{
    bool old = (lost & FSM_BIT(FUNCTION_CONFIGURATION)) != 0;
    return (uint8_t)(lost | (old ? FSM_BIT(FUNCTION_COMMON_FILES) : 0));
}

uint8_t way_costs(uint8_t behind, uint8_t boots_alone)
{
    return behind & (uint8_t)~way_with_common(boots_alone);
}

uint8_t way_takes(uint8_t behind, uint8_t now)
{
    if ((now & FSM_BIT(FUNCTION_REGISTRATION)) != 0)
        now |= FSM_BIT(FUNCTION_SECURE_SERVICES);
    return behind & (uint8_t)~way_with_common(now);
}

/* ---- order ---- */

uint32_t way_breadth(const struct way *w)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->count; i++)
        n += 4u * act_table[w->acts[i].act.kind]->remedy.narrow + w->acts[i].width;
    return n;
}

bool way_gives_up(const struct way *w)
{
    bool gives_up = false;
    for (uint32_t i = 0; i < w->count; i++) {
        const struct act_remedy *row = &act_table[w->acts[i].act.kind]->remedy;
        gives_up |= row->gives_up != NULL && row->gives_up(&w->acts[i].act);
    }
    return gives_up;
}

bool way_is_dear(const struct way *w)
{
    bool dear = false;
    for (uint32_t i = 0; i < w->count; i++)
        dear |= act_table[w->acts[i].act.kind]->remedy.dear;
    return dear;
}

static int order(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

int way_compare(const struct way *a, const struct way *b)
{
    int by = order(a->kind, b->kind);
    if (by == 0)
        by = order(a->harm.phones, b->harm.phones);
    if (by == 0)
        by = order(way_gives_up(a), way_gives_up(b));
    if (by == 0)
        by = order(way_is_dear(a), way_is_dear(b));
    if (by == 0)
        by = order(a->count, b->count);
    return by != 0 ? by : order(way_breadth(a), way_breadth(b));
}

static const struct {
    enum act_kind act;
    const char *after;
} hands[] = {
    [HAND_ERASES] = { DO_DELETE_TRUST_LIST, "deleting its trust lists by hand" },
    [HAND_RESETS] = { DO_FACTORY_RESET, "a factory reset by hand" },
    [HAND_TYPES] = { DO_TYPE_KEY, "typing in its symmetric key by hand" },
};

static bool same_act(const struct way_act *a, const struct way_act *b)
{
    return a->act.kind == b->act.kind && a->act.node == b->act.node && a->cluster == b->cluster &&
           a->width == b->width && memcmp(a->act.arg, b->act.arg, sizeof a->act.arg) == 0;
}

bool way_same(const struct way *a, const struct way *b)
{
    bool same =
        a->kind == b->kind && a->count == b->count && a->why == b->why && a->hand == b->hand;
    for (uint32_t i = 0; i < a->count && same; i++)
        same = same_act(&a->acts[i], &b->acts[i]);
    return same;
}

/* ---- words ---- */

/* Each kind; of acts what is common to all. */
static const struct kind_words {
    const char *name, *title, *sentence, *after;
} kinds[WAY_KINDS] = {
    [WAY_NONE] = { "none", "back already", "Nothing to do: it came back during the run.",
                   "came back by itself" },
    [WAY_BOOT] = { "boot", "next boot", NULL, "its next boot" },
    [WAY_ACTS] = { "acts", "acts on the cluster", NULL, NULL },
    [WAY_HANDS] = { "hands", "needs hands", NULL, NULL },
    [WAY_UNKNOWN] = { "unknown", "not found", NULL, "nothing that was tried" },
};

const char *way_reach_name(enum way_reach reach)
{
    static const char *const names[] = { "all", "some", "nobody" };
    return names[reach];
}

/* WAY_UNKNOWN, by why no CallManager takes it: where to look. */
static const char *const look_at[REFUSALS] = {
    [REJECT_NONE] = "look at its network",
    [REJECT_UNKNOWN_DEVICE] = "it is not in the database of the cluster that it asks",
    [REJECT_LSC] = "the CAPF that issued its LSC is not trusted, so it wants a new LSC",
    [REJECT_SECURITY] = "its device security profile does not fit the mode of the cluster",
    [REJECT_GROUP] = "its CallManager group does not name the node that it asks",
    [REJECT_DATES] = "its LSC or MIC is not within its time, so it wants a new LSC",
    [REJECT_OTHER] = "CallManager has a reason of its own",
    [REFUSAL_TLS] = "its newest TLS is older than what the nodes take",
    [REFUSAL_MODEL] = "its model holds no CTL, so that it can have no secure profile",
    [REFUSAL_NO_CTL] = "it holds no CTL, so that over TLS it trusts no CallManager",
    [REFUSAL_TOO_LARGE] = "the list that its TFTP server has is larger than its model loads",
    [REFUSAL_CERTIFICATE] = "its lists do not have the certificate of the CallManager that it asks",
};

const char *way_kind_name(enum way_kind kind)
{
    return kinds[kind].name;
}

const char *way_kind_title(enum way_kind kind)
{
    return kinds[kind].title;
}

static struct wr text_at(char out[WAY_TEXT])
{
    return wr_of(out, WAY_TEXT - 1);
}

static void end_text(const struct wr *w, char out[WAY_TEXT])
{
    out[w->n < WAY_TEXT ? w->n : WAY_TEXT - 1] = '\0';
}

static const struct act_remedy *row_of(const struct way_act *a)
{
    return &act_table[a->act.kind]->remedy;
}

void way_name(const struct way *w, char out[WAY_TEXT])
{
    struct wr t = text_at(out);
    if (w->kind != WAY_ACTS)
        wr_fmt(&t, "%s", kinds[w->kind].name);
    for (uint32_t i = 0; i < w->count && w->kind == WAY_ACTS; i++)
        wr_fmt(&t, "%s%s", i == 0 ? "" : "+", row_of(&w->acts[i])->name);
    end_text(&t, out);
}

void way_title(const struct way *w, char out[WAY_TEXT])
{
    struct wr t = text_at(out);
    if (w->kind != WAY_ACTS)
        wr_fmt(&t, "%s", kinds[w->kind].title);
    else if (w->count == 1)
        wr_fmt(&t, "%s", row_of(&w->acts[0])->title);
    else
        wr_fmt(&t, "%u acts", (unsigned)w->count);
    end_text(&t, out);
}

static void put_node(struct wr *t, const struct lab *lab, const struct way_act *a)
{
    const struct cluster *cl = &lab->state.clusters[a->cluster];
    bool several = lab->state.cluster_count > 1;
    if (a->width != WIDTH_ONE)
        wr_fmt(t, "every node%s%s", several ? " of " : "", several ? cl->name : "");
    else
        wr_fmt(t, "%s%s%s", several ? cl->name : "", several ? "/" : "",
               cl->nodes[a->act.node].disk.name);
}

void way_put_server(struct wr *w, const struct lab *lab, uint32_t ip)
{
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        uint32_t node;
        if (!cluster_node_at(cl, ip, &node))
            continue;
        wr_fmt(w, "%s%s%s", lab->state.cluster_count > 1 ? cl->name : "",
               lab->state.cluster_count > 1 ? "/" : "", cl->nodes[node].disk.name);
        return;
    }
    wr_fmt(w, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

/* A parameter that no page has is set by a command, which is its title. */
static bool by_command(const struct way_act *a)
{
    return act_table[a->act.kind]->args[0].type == ARG_PARAM &&
           param_table[a->act.arg[0]].unit == UNIT_TLS;
}

/* A parameter as its page has it, and a switch too. */
static void put_arg(struct wr *t, const struct lab *lab, const struct way_act *a, uint32_t i)
{
    char text[ACT_TEXT];
    const struct act_row *row = act_table[a->act.kind];
    if (row->args[i].type == ARG_PARAM) {
        const struct fact *f = &param_table[a->act.arg[i]];
        const char *quote = by_command(a) ? "" : "\"";
        wr_fmt(t, "%s%s%s", quote, f->title != NULL ? f->title : f->name, quote);
        return;
    }
    if (row->args[i].type == ARG_SERVER) {
        way_put_server(t, lab, (uint32_t)a->act.arg[i]);
        return;
    }
    const char *entered = row->args[i].type == ARG_VALUE
                              ? param_entered((enum param)a->act.arg[i - 1], a->act.arg[i])
                              : NULL;
    if (entered != NULL) {
        wr_fmt(t, "%s", entered);
        return;
    }
    if (row->args[i].type == ARG_PORT) {
        const struct port_kind *port = &port_kinds[a->act.arg[i]];
        wr_fmt(t, "%s port %u (%s)", port->udp ? "UDP" : "TCP", port->number, port->name);
        return;
    }
    if (row->args[i].type == ARG_VALUE)
        fact_print(&param_table[a->act.arg[i - 1]], a->act.arg[i], text);
    else
        act_print_arg(&lab->state.clusters[a->cluster], &a->act, i, text);
    wr_fmt(t, "%s", text);
}

/* The cluster that the certificate of an upload is from. */
static void put_peer(struct wr *t, const struct lab *lab, const struct way_act *a)
{
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct database *db = &lab->state.clusters[c].db;
        for (uint32_t i = 0; i < db->row_count; i++) {
            if (db->rows[i].store == STORE_OWN && db->rows[i].cert == a->act.arg[1]) {
                wr_fmt(t, "%s", lab->state.clusters[c].name);
                return;
            }
        }
    }
}

/* "n2 before n1": a phone asks the second where the first does not answer. */
static void put_servers(struct wr *t, const struct lab *lab, const struct way_act *a)
{
    const struct act_arg *args = act_table[a->act.kind]->args;
    for (uint32_t i = 0; i < ACT_ARGS && args[i].type == ARG_SERVER; i++) {
        if (i > 0 && (a->act.arg[i] == 0 || a->act.arg[i] == a->act.arg[i - 1]))
            continue;
        wr_fmt(t, "%s", i == 0 ? "" : " before ");
        put_arg(t, lab, a, i);
    }
}

static void put_token(struct wr *t, const struct lab *lab, const struct way_act *a,
                      const char *token)
{
    switch (token[0]) {
    case 'n':
        put_node(t, lab, a);
        break;
    case 'c':
        wr_fmt(t, "%s", lab->state.clusters[a->cluster].name);
        break;
    case 'p':
        put_peer(t, lab, a);
        break;
    case 's':
        put_servers(t, lab, a);
        break;
    default:
        put_arg(t, lab, a, (uint32_t)(token[0] - '0'));
    }
}

const uint8_t way_restarts[SERVICES] = {
    SERVICE_TVS,        SERVICE_TFTP,    SERVICE_CALLMANAGER,  SERVICE_TOMCAT,     SERVICE_CAPF,
    SERVICE_CTIMANAGER, SERVICE_HAPROXY, SERVICE_CTL_PROVIDER, SERVICE_CERT_CHANGE
};

static void put_then(struct wr *t, uint32_t services)
{
    const char *between = ", restart ";
    for (int i = 0; i < SERVICES; i++) {
        uint8_t s = way_restarts[i];
        if ((services & SERVICE_BIT(s)) == 0)
            continue;
        wr_fmt(t, "%s%s", between, service_name((enum service)s));
        between = " and ";
    }
    if (services != 0)
        wr_fmt(t, " on every node");
}

static void put_how(struct wr *t, const struct lab *lab, const struct way_act *a, const char *how)
{
    for (const char *p = how; *p != '\0'; p++) {
        if (*p != '{') {
            wr_fmt(t, "%c", *p);
            continue;
        }
        put_token(t, lab, a, p + 1);
        p += strcspn(p, "}");
    }
}

static const char *how_of(const struct way_act *a)
{
    if (by_command(a))
        return "`{0} {1}` on every node";
    return a->width == WIDTH_ALL ? row_of(a)->everything : row_of(a)->how;
}

static void put_words(struct wr *t, const struct lab *lab, const struct way_act *a)
{
    const struct act_remedy *row = row_of(a);
    put_how(t, lab, a, how_of(a));
    put_then(t, row->then == NULL ? 0 : row->then(&lab->state.clusters[a->cluster], &a->act));
}

void way_put_act(struct wr *w, const struct lab *lab, uint8_t cluster, const struct act *act)
{
    struct way_act a = { .act = *act, .cluster = cluster, .width = WIDTH_ONE };
    put_how(w, lab, &a, how_of(&a));
}

void way_act_words(const struct lab *lab, const struct way_act *a, char out[WAY_TEXT])
{
    struct wr t = text_at(out);
    put_words(&t, lab, a);
    end_text(&t, out);
}

static void put_harm(struct wr *t, const struct way *w)
{
    const char *between = "";
    if (w->harm.phones == 0)
        return;
    wr_fmt(t, " It would cost %s ", COUNTED_OF(w->harm.phones, "other phone"));
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((w->harm.functions & FSM_BIT(f)) == 0)
            continue;
        wr_fmt(t, "%s%s", between, lab_function_name((enum phone_function)f));
        between = ", ";
    }
    wr_fmt(t, ".");
}

static void upper(char *p)
{
    if (*p >= 'a' && *p <= 'z')
        *p = (char)(*p - 'a' + 'A');
}

static const char *times(uint8_t boots)
{
    return boots <= 1 ? "" : boots == 2 ? " twice" : boots == 3 ? " three times" : " four times";
}

static const char *number(uint8_t boots)
{
    return boots <= 1 ? "a" : boots == 2 ? "two" : boots == 3 ? "three" : "four";
}

/* A boot that somebody gives the phone; as an order, and as what is done. */
static void put_boot_order(struct wr *t, uint8_t reach, uint8_t boots)
{
    wr_fmt(t, "%s the phone%s", reach == REACHES_NOBODY ? "unplug" : "reset", times(boots));
    if (reach == REACHES_SOME)
        wr_fmt(t, " (unplug it where it is registered nowhere)");
}

static void put_boot_done(struct wr *t, uint8_t reach, uint8_t boots)
{
    wr_fmt(t, "%s %s%s", number(boots), reach == REACHES_NOBODY ? "power cycle" : "reset",
           boots > 1 ? "s" : "");
    if (reach == REACHES_SOME)
        wr_fmt(t, " (a power cycle where it is registered nowhere)");
}

/* The next boots, which nothing has to go before. */
static void put_next_boots(struct wr *t, const struct way *w)
{
    put_boot_order(t, w->reach, w->boots);
    if (w->reach == REACHES_NOBODY)
        wr_fmt(t, ": it is registered nowhere, so that no reset reaches it");
    else
        wr_fmt(t, ", or wait until it boots%s: it comes back by itself", times(w->boots));
}

/* What was tried let replication end first. */
static bool waits(const struct lab *lab, const struct way *w)
{
    bool under_way = false;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++)
        under_way |= cluster_replicates(&lab->state.clusters[c], lab_now_us(lab));
    return under_way && w->kind != WAY_NONE && w->kind != WAY_UNKNOWN;
}

static const char replicated[] = "when the database is replicated";

void way_sentence(const struct lab *lab, const struct way *w, char out[WAY_TEXT])
{
    struct wr t = text_at(out);
    if (waits(lab, w))
        wr_fmt(&t, "%s: ", replicated);
    if (kinds[w->kind].sentence != NULL)
        wr_fmt(&t, "%s", kinds[w->kind].sentence);
    else
        for (uint32_t i = 0; i < w->count; i++) {
            wr_fmt(&t, "%s", i == 0 ? "" : "; then ");
            put_words(&t, lab, &w->acts[i]);
            if (w->alone)
                continue;
            wr_fmt(&t, ", then ");
            put_boot_order(&t, w->acts[i].reach, w->acts[i].boots);
        }
    if (w->kind == WAY_HANDS)
        wr_fmt(&t, "%s%s%s", w->count == 0 ? "" : "; then ",
               act_table[hands[w->hand].act]->remedy.how,
               w->count == 0 ? ": none of the acts on the cluster that were tried helps" : "");
    if (w->kind == WAY_BOOT)
        put_next_boots(&t, w);
    if (w->kind == WAY_UNKNOWN)
        wr_fmt(&t,
               "Nothing that was tried helps, not even deleting the trust lists on the phone: %s",
               look_at[w->why]);
    if (kinds[w->kind].sentence == NULL)
        wr_fmt(&t, ".");
    put_harm(&t, w);
    end_text(&t, out);
    upper(out);
}

void way_after(const struct lab *lab, const struct way *w, char out[WAY_TEXT])
{
    struct wr t = text_at(out);
    for (uint32_t i = 0; i < w->count; i++) {
        wr_fmt(&t, "%s", i == 0 ? "" : "; ");
        put_words(&t, lab, &w->acts[i]);
        bool booted = w->alone || (w->kind == WAY_HANDS && i + 1 == w->count); /* by the hands */
        if (booted)
            continue;
        wr_fmt(&t, ", then ");
        put_boot_done(&t, w->acts[i].reach, w->acts[i].boots);
    }
    if (w->kind == WAY_BOOT && w->reach == REACHES_NOBODY)
        put_boot_done(&t, w->reach, w->boots);
    else if (w->kind == WAY_BOOT && w->boots > 1)
        wr_fmt(&t, "its next %s boots", w->boots == 2 ? "two" : w->boots == 3 ? "three" : "four");
    else if (w->kind != WAY_ACTS)
        wr_fmt(&t, "%s%s", w->count == 0 ? "" : "; ",
               w->kind == WAY_HANDS ? hands[w->hand].after : kinds[w->kind].after);
    if (waits(lab, w))
        wr_fmt(&t, ", %s", replicated);
    end_text(&t, out);
}
