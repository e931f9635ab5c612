/* Checks of the lists that TFTP serves. */
#include "sim/preflight/say.h"

#include "nodes/certs.h"
#include "nodes/lists.h"
#include "sim/base/count.h"

#include <string.h>

/* Security Guide 14: more than 39 certificates make an ITL of more than 64 KB, which phones do not
 * load, and they do not register (documented). */
#define ITL_MOST   65536
#define CERTS_MOST 39
#define NEAR_CERTS 33 /* where the next nodes would do it */
#define NEAR_ITL   (ITL_MOST * 85 / 100)

static const struct ct_list *list_of(const struct preflight_see *s, uint32_t list)
{
    return content_get_list(s->lab->base->content, list);
}

/* One that came in as a hash alone is met too. */
static bool lists(const struct preflight_see *s, uint32_t list, uint32_t roles, uint32_t cert)
{
    return lists_have(s->cl, list, roles, cert);
}

static bool serves_itl(const struct preflight_see *s, uint32_t node)
{
    return see_runs(s, node, SERVICE_TFTP) && s->cl->nodes[node].run.itl != 0;
}

/* ---- size ---- */

static uint32_t certs_in(const struct ct_list *l)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->count; i++)
        n += l->records[i].cert != 0;
    return n;
}

static void look_itl_size(struct preflight_see *s)
{
    FOR_EACH_NODE(s->cl, i)
    {
        struct preflight_who who = { .phones = 0 };
        struct forge_device nobody = forge_device_of(0, "");
        struct err e = { "" };
        if (!serves_itl(s, i))
            continue;
        uint32_t itl = s->cl->nodes[i].run.itl, certs = certs_in(list_of(s, itl));
        uint32_t bytes = forge_length(s->lab->base->forge, itl, FILE_ITL_COMMON, &nobody, &e);
        who_node(&who, i);
        if (bytes > ITL_MOST || certs > CERTS_MOST)
            say(s, PREFLIGHT_FAIL, &who, "The ITL of %s has %s and %s", s->cl->nodes[i].disk.name,
                COUNTED_OF(certs, "certificate"), COUNTED_OF(bytes, "byte"));
        else if (bytes > NEAR_ITL || certs > NEAR_CERTS)
            say(s, PREFLIGHT_WARN, &who, "The ITL of %s has %s and %s: it is near what phones load",
                s->cl->nodes[i].disk.name, COUNTED_OF(certs, "certificate"),
                COUNTED_OF(bytes, "byte"));
    }
}

/* ---- who stands in it ---- */

static void look_tvs_listed(struct preflight_see *s)
{
    if (!s->cl->version->sbd || s->cl->db.params[PARAM_ROLLBACK] != 0)
        return;
    FOR_EACH_NODE(s->cl, i)
    {
        struct preflight_who who = { .phones = 0 };
        FOR_EACH_NODE(s->cl, k)
        {
            uint32_t used = s->cl->nodes[k].run.used[SERVICE_TVS];
            if (serves_itl(s, i) && see_runs(s, k, SERVICE_TVS) && used != 0 &&
                !lists(s, s->cl->nodes[i].run.itl, ROLE_BIT(TL_TVS), used))
                who_node(&who, k);
        }
        if (who_nodes(&who) > 0)
            say(s, PREFLIGHT_FAIL, &who,
                "The ITL of %s has not the certificate that TVS on %s works with",
                s->cl->nodes[i].disk.name, say_nodes(s, &who));
    }
}

static void look_tftp_listed(struct preflight_see *s)
{
    const uint32_t roles = ROLE_BIT(TL_TFTP) | ROLE_BIT(TL_CCM_TFTP);
    if (!s->cl->version->sbd || s->cl->db.params[PARAM_ROLLBACK] != 0)
        return;
    FOR_EACH_NODE(s->cl, i)
    {
        struct preflight_who who = { .phones = 0 };
        uint32_t used = s->cl->nodes[i].run.used[SERVICE_TFTP];
        if (!serves_itl(s, i) || used == 0 || lists(s, s->cl->nodes[i].run.itl, roles, used))
            continue;
        who_node(&who, i);
        say(s, PREFLIGHT_FAIL, &who,
            "The ITL of %s has not the certificate that its TFTP signs files with, %s",
            s->cl->nodes[i].disk.name, say_cert(s, used));
    }
}

/* A CTL by tokens is made by the client, with one of them, and by nothing else: `utils ctl update
 * CTLFile` makes one without tokens in its place. */
static const char *update_words(struct preflight_see *s)
{
    struct client_ctl client;
    lists_client_ctl(s->cl, &client);
    if (client.token_count == 0)
        return "utils ctl update CTLFile on the publisher";
    struct view token = certs_common_name(s->lab->base->content, client.tokens[0]);
    return say_text(s, "Update CTL File with the Cisco CTL Client and a token of it (%.*s)",
                    (int)token.n, (const char *)token.p);
}

/* Secure phones trust CallManager by the CTL alone. With a multi-server certificate it holds the
 * publisher's, which is that of all. */
static void look_ctl_callmanager(struct preflight_see *s)
{
    const uint32_t roles = ROLE_BIT(TL_CCM) | ROLE_BIT(TL_CCM_TFTP);
    struct preflight_who who = { .phones = 0 };
    uint32_t ctl = s->cl->db.ctl;
    if (!s->cl->db.mixed_mode)
        return;
    if (ctl == 0 || list_of(s, ctl)->empty) {
        say(s, PREFLIGHT_FAIL, NULL, "The cluster is in mixed mode and serves no CTL");
        return;
    }
    FOR_EACH_NODE(s->cl, i)
    {
        uint32_t used = s->cl->nodes[i].run.used[SERVICE_CALLMANAGER];
        if (see_runs(s, i, SERVICE_CALLMANAGER) && used != 0 && !lists(s, ctl, roles, used))
            who_node(&who, i);
    }
    if (who_nodes(&who) > 0)
        say(s, PREFLIGHT_FAIL, &who,
            "The CTL has not the certificate that CallManager on %s works with", say_nodes(s, &who))
            ->what = say_text(s,
                              "%s, restart Cisco Tftp and Cisco CallManager on every node, reset "
                              "the phones.",
                              update_words(s));
}

/* The key that signs the next CTL is known, and the CTL of now does not trust it. */
static bool lacks_signer(const struct preflight_see *s)
{
    uint8_t signer = s->cl->version->ctl_signer;
    return lists_ctl_is_tokenless(s->cl) && !see_made(s, 0, (enum own)signer) &&
           !lists_ctl_trusts(s->cl, signer);
}

static void look_ctl_signer(struct preflight_see *s)
{
    const struct version *v = s->cl->version;
    if (!lacks_signer(s))
        return;
    bool other = v->ctl_signer == OWN_ITLRECOVERY && /* `utils ctl reset localkey` */
                 lists_ctl_trusts(s->cl, v->ctl_second_sast);
    const char *left = !other ? ""
                              : say_text(s, "; of those that it trusts %s alone is left",
                                         own_name((enum own)v->ctl_second_sast));
    struct preflight_finding *f =
        say(s, other ? PREFLIGHT_WARN : PREFLIGHT_FAIL, NULL,
            "The CTL has not %s of the publisher, which signs the next one%s",
            own_name((enum own)v->ctl_signer), left);
    if (!other)
        f->what = "Phones take the next one by TVS, where they have one: update it with TVS "
                  "untouched; those without need their CTL deleted.";
}

/* ---- what nobody has any more ---- */

static bool is_somewhere(const struct preflight_see *s, uint32_t signer)
{
    const struct content *c = s->lab->base->content;
    for (uint32_t i = 0; i < s->cl->db.row_count; i++) {
        const struct cert_row *r = &s->cl->db.rows[i];
        if (r->until_us == UINT64_MAX && content_get_cert(c, r->cert)->signer == signer)
            return true;
    }
    for (uint32_t i = 0; i < s->cl->token_count; i++) {
        if (content_get_cert(c, s->cl->tokens[i])->signer == signer)
            return true;
    }
    FOR_EACH_NODE(s->cl, i)
    {
        for (int own = 0; own < OWNS; own++) {
            uint32_t cert = s->cl->nodes[i].disk.own[own];
            if (cert != 0 && content_get_cert(c, cert)->signer == signer)
                return true;
        }
    }
    return false;
}

/* `what` NULL: as the row has it. */
static void look_in_list(struct preflight_see *s, uint32_t list, const char *where,
                         const struct preflight_who *who, const char *what)
{
    const struct ct_list *l = list_of(s, list);
    struct say_list gone = { .count = 0 };
    for (uint32_t i = 0; i < l->count; i++) {
        const struct ct_record *r = &l->records[i];
        bool before = false;
        for (uint32_t k = 0; k < i; k++)
            before = before || l->records[k].signer == r->signer;
        if (r->cert != 0 && !before && !is_somewhere(s, r->signer))
            say_add(&gone, say_text(s, "%s %s", tl_role_name(r->role), say_cert(s, r->cert)));
    }
    if (gone.count == 0)
        return;
    struct preflight_finding *f =
        say(s, PREFLIGHT_WARN, who, "The %s holds what no node has any more: %s", where,
            say_end(s, &gone));
    f->what = what == NULL ? f->what : what;
}

static void look_list_gone(struct preflight_see *s)
{
    FOR_EACH_NODE(s->cl, i)
    {
        struct preflight_who who = { .phones = 0 };
        who_node(&who, i);
        if (serves_itl(s, i))
            look_in_list(s, s->cl->nodes[i].run.itl,
                         say_text(s, "ITL of %s", s->cl->nodes[i].disk.name), &who, NULL);
    }
    if (s->cl->db.ctl == 0 || !s->cl->db.mixed_mode)
        return;
    look_in_list(s, s->cl->db.ctl, "CTL", NULL,
                 say_text(s, "%s%s, restart Cisco Tftp, reset the phones, and only then begin.",
                          lacks_signer(s) ? "First what ctl-signer asks for; then " : "",
                          update_words(s)));
}

/* ---- signatures ---- */

/* Nodes that serve that list, and phones that hold it. */
static void find_users(struct preflight_see *s, uint32_t list, struct preflight_who *served,
                       struct preflight_who *held)
{
    FOR_EACH_NODE(s->cl, i)
    {
        if (s->cl->nodes[i].run.itl == list || s->cl->nodes[i].run.ctl == list)
            who_node(served, i);
    }
    FOR_EACH_PHONE(s, i)
    {
        const struct phone *p = &s->lab->state.phones[i];
        if (p->itl == list || p->ctl == list)
            who_phone(held, i);
    }
}

static bool is_at_hand(const struct lab_found *found, uint32_t cert)
{
    for (uint32_t i = 0; i < found->cert_count; i++) {
        if (found->certs[i].content == cert)
            return true;
    }
    return false;
}

static void say_unverified(struct preflight_see *s, const struct lab_found_blob *list)
{
    struct preflight_who served = { .phones = 0 }, held = { .phones = 0 };
    uint32_t signer = list_of(s, list->content)->envelope.cert;
    const char *what = list_of(s, list->content)->is_ctl ? "CTL" : "ITL";
    find_users(s, list->content, &served, &held);
    bool is_served = who_nodes(&served) > 0;
    if (!is_served && held.phones == 0)
        return;
    const char *users = is_served ? say_text(s, "served by %s", say_nodes(s, &served))
                                  : say_text(s, "held by %s", say_phones(s, &held));
    memcpy(held.nodes, served.nodes, sizeof held.nodes);
    if (!is_at_hand(s->found, signer))
        say(s, PREFLIGHT_UNKNOWN, &held,
            "No file has the certificate that signed the %s %.8s..., %s: %s", what, list->sha256,
            users, say_cert(s, signer));
    else
        say(s, is_served ? PREFLIGHT_FAIL : PREFLIGHT_WARN, &held,
            "The signature of the %s %.8s..., %s, is none of %s, which its header names", what,
            list->sha256, users, say_cert(s, signer));
}

static void look_list_unverified(struct preflight_see *s)
{
    for (uint32_t i = 0; s->found != NULL && i < s->found->list_count; i++) {
        if (s->found->lists[i].unverified)
            say_unverified(s, &s->found->lists[i]);
    }
}

/* ---- the recovery key ---- */

static uint32_t callmanager_bits(const struct preflight_see *s, uint32_t node)
{
    return certs_rsa_bits(s->lab->base->content, s->cl->nodes[node].disk.own[OWN_CALLMANAGER]);
}

/* Nodes alike are one finding: what the publisher makes for all is the same everywhere. */
static void look_itlrecovery_small(struct preflight_see *s)
{
    uint64_t done[FOUND_NODES] = { 0 };
    FOR_EACH_NODE(s->cl, i)
    {
        struct preflight_who who = { .phones = 0 };
        uint32_t spare = certs_recovery_bits(s->cl, i), ccm = callmanager_bits(s, i);
        if (spare == 0 || spare >= ccm || (done[i / 64] >> i % 64 & 1) != 0)
            continue;
        for (uint32_t k = i; k < s->cl->node_count; k++) {
            if (!s->cl->nodes[k].removed && certs_recovery_bits(s->cl, k) == spare &&
                callmanager_bits(s, k) == ccm) {
                who_node(&who, k);
                done[k / 64] |= UINT64_C(1) << k % 64;
            }
        }
        say(s, PREFLIGHT_FAIL, &who, "ITLRecovery of %s has %u bits, CallManager %u",
            say_nodes(s, &who), spare, ccm);
    }
}

const struct preflight_check preflight_checks_lists[] = {
    { .name = "itl-size",
      .title = "ITL over 64 KiB, or of more than 39 certificates",
      .good = "The ITLs are of a size that phones load",
      .source = "the ITL as each TFTP serves it",
      .why = "A larger ITL does not load, and the phone does not register (Security Guide 14).",
      .what = "Have fewer certificates: multi-server certificates, no second key sizes, no nodes "
              "that nobody needs.",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_RENEWAL | PREFLIGHT_STOPS_MODE,
      .look = look_itl_size },
    { .name = "tvs-listed",
      .title = "the certificates of TVS in the ITLs",
      .good = "The ITLs have the certificate of every TVS",
      .source = "the ITL as each TFTP serves it; certificates that TVS works with",
      .why = "A phone that does not find the certificate of a TVS in its list asks that TVS "
             "nothing.",
      .what = "Restart TVS where it works with an old certificate, then Cisco Tftp everywhere, "
              "and reset the phones.",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_RENEWAL | PREFLIGHT_STOPS_NODES | PREFLIGHT_STOPS_MODE,
      .look = look_tvs_listed },
    { .name = "tftp-listed",
      .title = "the certificate that signs files in the ITL beside them",
      .good = "Each ITL has the certificate that its TFTP signs files with",
      .source = "the ITL as each TFTP serves it; the certificate that TFTP works with",
      .why = "Phones that hold this list refuse the configurations that come with it, unless TVS "
             "vouches.",
      .what = "Restart Cisco Tftp on that node, and look again: the ITL is made anew.",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_RENEWAL | PREFLIGHT_STOPS_NODES | PREFLIGHT_STOPS_MODE,
      .look = look_tftp_listed },
    { .name = "ctl-callmanager",
      .title = "the certificates of CallManager in the CTL",
      .good = "The CTL has the certificate of every CallManager, or the cluster is not in mixed "
              "mode",
      .source = "the CTL as it is served; certificates that CallManager works with",
      .why = "Phones with a secure profile trust CallManager by the CTL alone, and do not register "
             "at one that it has not.",
      .what = "utils ctl update CTLFile on the publisher, restart Cisco Tftp and Cisco CallManager "
              "on every node, reset the phones.",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_RENEWAL | PREFLIGHT_STOPS_NODES | PREFLIGHT_STOPS_MODE,
      .look = look_ctl_callmanager },
    { .name = "ctl-signer",
      .title = "the key that signs the next CTL among those that the CTL trusts",
      .good = "The CTL has the key that signs the next one, or is by tokens, or there is none",
      .source = "the CTL as it is served; own certificates of the publisher",
      .why = "A phone takes a CTL by the roots of the one that it holds. With one root left, that "
             "one must not change before the other is back (field notice 70613).",
      .what = "Before anything else, and before that certificate is renewed: utils ctl reset "
              "localkey, restart Cisco CallManager and Cisco CTIManager everywhere, reset the "
              "phones; then utils ctl update CTLFile, and the same again (field notice 70613).",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_SIGNERS | PREFLIGHT_STOPS_NODES,
      .look = look_ctl_signer },
    { .name = "list-gone",
      .title = "certificates in the lists that no node has any more",
      .good = "Whatever the lists hold some node or trust store has",
      .source = "the lists as they are served; own certificates and trust stores",
      .why = "The list was made before the last renewal: a restart of TFTP makes another one, and "
             "phones have to take it.",
      .what = "Restart Cisco Tftp (of the CTL: make it anew first), reset the phones, and only "
              "then begin.",
      .worst = PREFLIGHT_WARN,
      .look = look_list_gone },
    { .name = "list-unverified",
      .title = "trust lists whose signature does not fit, or nobody can verify",
      .good = "The signature of every list that a file has is that of who signed it",
      .source = "the lists of cluster.certs, verified with the certificates there",
      .why = "No phone takes a list whose signature does not fit: the file was changed on its way, "
             "or another one is served. What is said of phones that hold it rests on that file.",
      .what =
          "Get it once more from the TFTP server itself (ITLFile.tlv, CTLFile.tlv), hold it "
          "against `show itl` and `show ctl` there; where it is the same, restart Cisco Tftp on "
          "that node (a CTL: make it anew first).",
      .collect = "the certificate that signed it: `show cert own` of who its header names, or the "
                 "security token's, as a file",
      .worst = PREFLIGHT_FAIL,
      .look = look_list_unverified },
    { .name = "itlrecovery-small",
      .title = "ITLRecovery smaller than CallManager",
      .good = "The key of ITLRecovery is not smaller than that of CallManager",
      .source = "own certificates of the nodes",
      .why = "With a smaller ITLRecovery `utils itl reset localkey` fails: the way back that "
             "everybody counts on is none (technote 214231).",
      .what = "Renew ITLRecovery first, by itself, with every phone there and TVS untouched, and "
              "save ITLRecovery.p12 anew.",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_SIGNERS,
      .look = look_itlrecovery_small },
    { .name = NULL },
};
