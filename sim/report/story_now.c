#include "sim/report/story_parts.h"

static void put_tls_server(const struct story *s, const struct cluster *cl, uint32_t node)
{
    uint32_t cert = serve_certificate(cl, node, SERVICE_CALLMANAGER);
    if (cert == 0) {
        fputs("has no certificate to show\n", s->out);
        return;
    }
    struct trust_question q = phone_question(s->p, &s->env, TRUST_CCM_SERVER, cert, NULL);
    struct trust_chain chain = { .count = 0 };
    enum trust_verdict v = trust_decide(&q, &chain);
    fputs("shows ", s->out);
    story_put_cert(s->out, s->c, cert);
    fprintf(s->out, v == TRUST_REFUSED ? ": refused\n" : ": accepted\n");
    for (uint32_t i = 0; i < chain.count; i++)
        story_put_check(s, TRUST_CCM_SERVER, 0, &chain.checks[i]);
}

/* Whose network is cut off between them, in words; NULL: nobody's. */
static const char *cut_off(const struct story *s, uint32_t phone, uint32_t node, enum ask_kind kind)
{
    const struct driver *d = s->lab->driver;
    struct link own = d->phone_link_of(d->self, phone), its = d->node_link_of(d->self, node);
    enum lab_way way = lab_way_to(s->lab, phone, node, kind);
    bool off = s->lab->state.clusters[node >> 8].nodes[node & 255].run.off;
    return link_is_cut(&own)       ? "the phone's own network is cut off"
           : link_is_cut(&its)     ? "its network is cut off"
           : off                   ? "the node is shut down"
           : way == LAB_WAY_CUT    ? "nothing passes between the phone's site and it"
           : way == LAB_WAY_CLOSED ? "a firewall between them closes the port"
                                   : NULL;
}

/* It never gets that far. */
static bool put_gate(const struct story *s)
{
    static const char *const gates[PHONE_GATES] = {
        [PHONE_DOT1X] = "802.1X fails, and its port is closed: the RADIUS server",
        [PHONE_VPN] = "its VPN fails, and it has no other way: the gateway",
    };
    enum phone_gates gate = phone_cut_by(s->p, &s->env);
    if (gate == PHONE_GATES)
        return false;
    uint32_t shown = phone_identity(s->p);
    fprintf(s->out, "  It has no network. %s %s.\n", gates[gate],
            shown == CONTENT_NOBODY ? "wants a certificate, and it has neither an LSC nor a MIC"
            : shown == CONTENT_MIC  ? "does not take its MIC"
                                    : "does not take its LSC");
    return true;
}

/* One CallManager as it is now: runs it, would it take the phone? */
static void put_callmanager(const struct story *s, uint32_t device, uint32_t ip, bool tls)
{
    static const char *const reasons[REJECT_REASONS] = {
        [REJECT_NONE] = "takes it",
        [REJECT_UNKNOWN_DEVICE] = "does not know this device",
        [REJECT_LSC] = "does not trust the CAPF of its LSC",
        [REJECT_SECURITY] = "asks for another security mode",
        [REJECT_GROUP] = "takes nobody whose CallManager group does not name it",
        [REJECT_DATES] = "refuses its LSC or MIC: not within its time",
        [REJECT_OTHER] = "has a reason of its own",
    };
    uint32_t at;
    if (!lab_node_at(s->lab, ip, &at)) {
        fputs("nobody there\n", s->out);
        return;
    }
    const struct cluster *cl = &s->lab->state.clusters[at >> 8];
    uint32_t node = at & 255;
    const char *cut = cut_off(s, device, at, ASK_REGISTER);
    if (cut != NULL) {
        fprintf(s->out, "%s\n", cut);
        return;
    }
    if (!serve_running(cl, node, SERVICE_CALLMANAGER)) {
        fputs("the service does not run\n", s->out);
        return;
    }
    if (tls && !lab_speaks_tls(s->lab, device, cl)) {
        story_put_refused(s, ip);
        fputc('\n', s->out);
        return;
    }
    enum reject_reason why =
        serve_register(cl, node, device, tls ? TRANSPORT_TLS : TRANSPORT_TCP,
                       lab_shown(s->lab, device, phone_identity(s->p)), s->env.now_us);
    if (tls)
        put_tls_server(s, cl, node);
    if (!tls || why != REJECT_NONE)
        fprintf(s->out, "%s%s\n", tls ? "         and " : "",
                why == REJECT_LSC && phone_identity(s->p) == CONTENT_NOBODY
                    ? "asks for a certificate, and it has neither an LSC nor a MIC"
                    : reasons[why]);
}

void story_put_registration(const struct story *s, uint32_t device)
{
    const struct cnf *cnf = story_config(s);
    bool tls = cnf != NULL && cnf->security_mode >= CNF_AUTHENTICATED;
    if (put_gate(s))
        return;
    fprintf(s->out, "  It could not register%s. As things are now:\n",
            tls ? " (over TLS: its profile is secure)" : "");
    uint32_t ip, i = 0;
    for (; i <= CNF_SERVERS && (ip = phone_server(s->p, &s->env, i)) != 0; i++) {
        fprintf(s->out, "      %u. CallManager ", i + 1);
        story_put_node(s, ip);
        fputs(": ", s->out);
        put_callmanager(s, device, ip, tls);
    }
    if (i == 0)
        fputs("      It knows no CallManager: it holds no configuration.\n", s->out);
}

/* Lost without a refusal: no file came. */
void story_put_tftp(const struct story *s, uint32_t phone)
{
    const struct phone_place *place = &s->env.places[s->p->place];
    fputs("  It refused nothing: files did not come. As things are now:\n", s->out);
    for (int i = 0; i < 2 && place->tftp[i] != 0; i++) {
        uint32_t node;
        fputs("      TFTP server ", s->out);
        story_put_node(s, place->tftp[i]);
        if (!lab_node_at(s->lab, place->tftp[i], &node))
            fputs(": nobody there\n", s->out);
        else if (cut_off(s, phone, node, ASK_FILE) != NULL)
            fprintf(s->out, ": %s\n", cut_off(s, phone, node, ASK_FILE));
        else
            fprintf(s->out, ": Cisco Tftp %s\n",
                    serve_running(&s->lab->state.clusters[node >> 8], node & 255, SERVICE_TFTP)
                        ? "runs now"
                        : "does not run");
    }
    if (place->tftp[0] == 0)
        fputs("      It has no TFTP server: DHCP option 150 names none.\n", s->out);
}
