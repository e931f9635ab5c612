#include "phones/phone.h"

#include "phones/step.h"
#include "sim/base/check.h"
#include "sim/core/driver.h"

#include <string.h>

#define BACKOFF_MAX 16 /* doublings; the knob caps it long before */

/* What one boot saw, to tell at its end what the phone lost and gained. */
enum boot_bit {
    BOOT_HAD_CTL = 1,
    BOOT_HAD_ITL = 2,
    BOOT_NEW_CTL = 4,
    BOOT_NEW_ITL = 8,
    BOOT_LIST_FAILED = 16,
    BOOT_CONFIG_OK = 32,
    BOOT_DECRYPT = 64 /* the short signed file said: fetch the encrypted one */
};

void phone_init(struct phone *p, uint32_t device, uint8_t model, uint16_t place, uint64_t seed)
{
    memset(p, 0, sizeof *p);
    p->rng = rng_of(seed, "phone", device);
    p->device = device;
    p->model = model;
    p->place = place;
    p->state = PHONE_OFF;
    p->cause = CAUSE_INITIALIZED;
}

/* ---- small helpers of a step ---- */

static uint64_t knob(const struct step *s, enum knob k)
{
    return s->env->knobs->value[k];
}

static uint32_t now_s(const struct step *s)
{
    return (uint32_t)(s->env->now_us / 1000000);
}

static void put_note(struct step *s, enum note kind, uint32_t a, uint32_t b)
{
    outbox_put(s->out, (struct action){ .type = ACT_NOTE, .kind = (uint8_t)kind, .a = a, .b = b });
}

static void status(struct step *s, enum status_message m, uint32_t kind)
{
    put_note(s, NOTE_STATUS, m, kind);
}

static void set_deadline(struct step *s, uint64_t in_us)
{
    s->p->deadline_us = s->env->now_us + in_us;
}

static uint16_t next_request(struct phone *p)
{
    p->request++;
    p->request += p->request == 0;
    return p->request;
}

static void go(struct step *s, enum phone_state to)
{
    struct phone *p = s->p;
    CHECK((phone_states[p->state].goes & FSM_BIT(to)) != 0);
    put_note(s, NOTE_STATE, to, p->state);
    p->state = (uint8_t)to;
    p->deadline_us = 0;
    p->idle = false;
    if (phone_states[to].enter != NULL)
        phone_states[to].enter(s);
}

static void set_lost(struct step *s, enum phone_function f, bool lost)
{
    uint8_t bit = FSM_BIT(f);
    if (((s->p->lost & bit) != 0) == lost)
        return;
    s->p->lost ^= bit;
    put_note(s, lost ? NOTE_LOST : NOTE_REGAINED, f, 0);
}

static struct trust_rules rules_of(const struct knobs *k)
{
    return (struct trust_rules){ k->value[KNOB_NEXT_TVS_ON_UNKNOWN] != 0,
                                 k->value[KNOB_CCM_IN_ITL] != 0 };
}

static const struct cnf *config_of(const struct phone *p, const struct content *c)
{
    return p->config == 0 ? NULL : content_get_cnf(c, p->config);
}

uint32_t phone_tvs_servers(const struct phone *p, const struct content *c)
{
    const struct cnf *cnf = config_of(p, c);
    /* Phones ignore TVS entries of XMLDefault (CSCuq33297, documented). */
    if (cnf == NULL || cnf->is_default || !model_table[p->model].itl)
        return 0;
    return cnf->tvs_count < TRUST_TVS_SERVERS ? cnf->tvs_count : TRUST_TVS_SERVERS;
}

static enum trust_verdict decide(const struct step *s, enum trust_purpose purpose, uint32_t what)
{
    struct phone *p = s->p;
    struct trust_held held = { p->ctl, p->itl, p->cache };
    struct trust_rules rules = rules_of(s->env->knobs);
    return trust_decide(s->env->content, &rules, purpose, what, &held, &p->said,
                        phone_tvs_servers(p, s->env->content), now_s(s), NULL);
}

/* ---- fetching ---- */

static void fetch(struct step *s, enum file_kind kind)
{
    struct phone *p = s->p;
    p->fetching = (uint8_t)kind;
    outbox_put(s->out, (struct action){
                           .type = ACT_FETCH,
                           .kind = (uint8_t)kind,
                           .request = next_request(p),
                           .server = s->env->places[p->place].tftp[p->tftp],
                           .a = model_table[p->model].order,
                       });
    set_deadline(s, knob(s, KNOB_FETCH_TIMEOUT_US));
}

/* The signed name of a kind where the lists hold a TFTP record, else the plain one. */
static enum file_kind by_lists(const struct step *s, enum file_kind plain, enum file_kind sgn)
{
    return trust_asks_signed(s->env->content, s->p->ctl, s->p->itl) ? sgn : plain;
}

static void starting_enter(void *step)
{
    struct step *s = step;
    struct phone *p = s->p;
    /* Boot clears RAM: the TVS cache with it (inferred). */
    memset(p->cache, 0, sizeof p->cache);
    p->tftp = 0;
    uint64_t least = knob(s, KNOB_BOOT_MIN_US), most = knob(s, KNOB_BOOT_MAX_US);
    uint64_t spread = most > least ? rng_below(&p->rng, most - least + 1) : 0;
    set_deadline(s, least + spread + 1);
}

static void begin_lists(struct step *s)
{
    struct phone *p = s->p;
    p->boot = (uint8_t)((p->ctl != 0 ? BOOT_HAD_CTL : 0) | (p->itl != 0 ? BOOT_HAD_ITL : 0));
    memset(p->refused, 0, sizeof p->refused);
    if (model_table[p->model].ctl) {
        go(s, PHONE_CTL);
        fetch(s, FILE_CTL);
    } else {
        go(s, PHONE_CONFIG);
        fetch(s, by_lists(s, FILE_CNF, FILE_CNF_SGN));
    }
}

static void list_status(struct step *s)
{
    struct phone *p = s->p;
    bool had = (p->boot & (BOOT_HAD_CTL | BOOT_HAD_ITL)) != 0;
    bool ctl = (p->boot & BOOT_NEW_CTL) != 0, itl = (p->boot & BOOT_NEW_ITL) != 0;
    if ((p->boot & BOOT_LIST_FAILED) != 0)
        status(s, STATUS_TRUST_LIST_UPDATE_FAILED, 0);
    if (ctl && itl && !had)
        status(s, STATUS_CTL_AND_ITL_INSTALLED, 0);
    else if (ctl && (p->boot & BOOT_HAD_CTL) == 0)
        status(s, STATUS_CTL_INSTALLED, 0);
    else if (itl && (p->boot & BOOT_HAD_ITL) == 0)
        status(s, STATUS_ITL_INSTALLED, 0);
    else if (ctl || itl)
        status(s, STATUS_TRUST_LIST_UPDATED, 0);
    else if (p->ctl == 0 && p->itl == 0)
        status(s, STATUS_NO_TRUST_LIST, 0);
    set_lost(s, FUNCTION_TRUST_LIST, (p->boot & BOOT_LIST_FAILED) != 0);
}

static void after_ctl(struct step *s)
{
    if (model_table[s->p->model].itl) {
        go(s, PHONE_ITL);
        fetch(s, FILE_ITL);
        return;
    }
    list_status(s);
    go(s, PHONE_CONFIG);
    fetch(s, by_lists(s, FILE_CNF, FILE_CNF_SGN));
}

static void after_itl(struct step *s)
{
    list_status(s);
    go(s, PHONE_CONFIG);
    fetch(s, by_lists(s, FILE_CNF, FILE_CNF_SGN));
}

static void register_at(struct step *s, uint32_t index);

static void begin_registration(struct step *s)
{
    go(s, PHONE_REGISTERING);
    register_at(s, 0);
}

static void after_config(struct step *s)
{
    bool ok = (s->p->boot & BOOT_CONFIG_OK) != 0;
    set_lost(s, FUNCTION_CONFIGURATION, !ok);
    if (!ok) {
        begin_registration(s); /* with what it holds */
        return;
    }
    go(s, PHONE_FILES);
    fetch(s, by_lists(s, FILE_LOCALE, FILE_LOCALE_SGN));
}

/* What follows a file that is done with, accepted or not. */
static void after_file(struct step *s)
{
    struct phone *p = s->p;
    switch (p->fetching) {
    case FILE_CTL:
    case FILE_CTL_COMMON:
        after_ctl(s);
        return;
    case FILE_ITL:
    case FILE_ITL_COMMON:
        after_itl(s);
        return;
    case FILE_LOCALE:
    case FILE_LOCALE_SGN:
        if (p->state != PHONE_FILES)
            go(s, PHONE_FILES);
        fetch(s, by_lists(s, FILE_RINGLIST, FILE_RINGLIST_SGN));
        return;
    case FILE_RINGLIST:
    case FILE_RINGLIST_SGN:
        begin_registration(s);
        return;
    default:
        after_config(s);
    }
}

/* ---- accepting and refusing ---- */

static void accept_list(struct step *s)
{
    struct phone *p = s->p;
    uint32_t *list = p->purpose == TRUST_CTL ? &p->ctl : &p->itl;
    if (*list != p->file) {
        p->boot |= p->purpose == TRUST_CTL ? BOOT_NEW_CTL : BOOT_NEW_ITL;
        *list = p->file;
        /* A changed list flushes the cache (observed, technote 118893). */
        memset(p->cache, 0, sizeof p->cache);
    }
}

/* What it shows in TLS and decrypts with: LSC before MIC (documented). */
static uint32_t own_identity(const struct phone *p)
{
    return p->lsc != 0 ? p->lsc : CONTENT_MIC;
}

/* True when the phone can read it: in clear, or under the key that it holds. */
static bool decrypts(const struct phone *p, const struct ct_file *file)
{
    return file->encrypted_to == 0 || file->encrypted_to == own_identity(p);
}

static void refuse(struct step *s);

static void accept_file(struct step *s)
{
    struct phone *p = s->p;
    const struct ct_file *file = content_get_file(s->env->content, p->file);
    if (content_kind(s->env->content, file->payload) == CT_CNF) {
        const struct cnf *cnf = content_get_cnf(s->env->content, file->payload);
        if (!decrypts(p, file)) {
            refuse(s);
            return;
        }
        if (cnf->encr_config && !cnf->full_config && p->fetching == FILE_CNF_SGN) {
            put_note(s, NOTE_ACCEPTED, p->file, p->purpose);
            if (p->state != PHONE_CONFIG)
                go(s, PHONE_CONFIG);
            fetch(s, FILE_CNF_ENC);
            return;
        }
        p->config = file->payload;
        p->boot |= BOOT_CONFIG_OK;
        status(s, STATUS_CONFIG_USED, p->fetching);
    }
    put_note(s, NOTE_ACCEPTED, p->file, p->purpose);
    after_file(s);
}

static void refuse(struct step *s)
{
    struct phone *p = s->p;
    p->refused[p->purpose] = p->file;
    p->refused_said = p->said;
    put_note(s, NOTE_REFUSED_FILE, p->file, p->fetching);
    if (p->purpose == TRUST_CONFIG)
        status(s, STATUS_FILE_REFUSED, p->fetching);
    else
        p->boot |= BOOT_LIST_FAILED;
    after_file(s);
}

static void open_tvs(struct step *s)
{
    struct phone *p = s->p;
    const struct cnf *cnf = config_of(p, s->env->content);
    uint32_t server = 0;
    while (p->said.outcome[server] != TVS_NOT_ASKED)
        server++;
    p->tvs = (uint8_t)server;
    outbox_put(s->out, (struct action){ .type = ACT_TVS_OPEN,
                                        .request = next_request(p),
                                        .server = phone_address(cnf->tvs[server].address) });
    set_deadline(s, knob(s, KNOB_TVS_TIMEOUT_US));
}

static void service_verdict(struct step *s, enum trust_verdict verdict);

/* Goes on with `file` as far as what is known allows. */
static void judge(struct step *s)
{
    struct phone *p = s->p;
    enum trust_verdict verdict = decide(s, (enum trust_purpose)p->purpose, p->file);
    if (verdict == TRUST_ASK_TVS) {
        if (p->state != PHONE_TVS)
            go(s, PHONE_TVS);
        open_tvs(s);
    } else if (p->purpose == TRUST_HTTPS) {
        service_verdict(s, verdict);
    } else if (verdict == TRUST_REFUSED) {
        refuse(s);
    } else if (p->purpose == TRUST_CONFIG) {
        accept_file(s);
    } else {
        put_note(s, NOTE_ACCEPTED, p->file, verdict);
        accept_list(s);
        after_file(s);
    }
}

static void consider(struct step *s, enum trust_purpose purpose, uint32_t what)
{
    s->p->file = what;
    s->p->purpose = (uint8_t)purpose;
    memset(&s->p->said, 0, sizeof s->p->said);
    judge(s);
}

/* ---- the states that fetch ---- */

static enum trust_purpose purpose_of(enum file_kind kind)
{
    if (kind == FILE_CTL || kind == FILE_CTL_COMMON)
        return TRUST_CTL;
    if (kind == FILE_ITL || kind == FILE_ITL_COMMON)
        return TRUST_ITL;
    return TRUST_CONFIG;
}

/* The name to ask for where `kind` is missing; the same kind again: none. */
static enum file_kind name_after(const struct step *s, enum file_kind kind)
{
    const struct model *m = &model_table[s->p->model];
    switch (kind) {
    case FILE_CTL:
        return m->asks_ctl_common ? FILE_CTL_COMMON : kind;
    case FILE_ITL:
        return m->asks_itl_common ? FILE_ITL_COMMON : kind;
    case FILE_CNF:
        return FILE_DEFAULT;
    case FILE_CNF_SGN:
        return FILE_DEFAULT_SGN;
    default:
        return kind;
    }
}

static void file_missing(struct step *s)
{
    struct phone *p = s->p;
    enum file_kind kind = (enum file_kind)p->fetching, next = name_after(s, kind);
    if (next != kind) {
        fetch(s, next);
        return;
    }
    status(s, STATUS_FILE_NOT_FOUND, kind);
    after_file(s);
}

/* No answer, or nobody there: the next TFTP server of option 150, else go on with what it has. */
static void server_failed(struct step *s, enum status_message why)
{
    struct phone *p = s->p;
    if (p->tftp == 0 && s->env->places[p->place].tftp[1] != 0) {
        p->tftp = 1;
        fetch(s, (enum file_kind)p->fetching);
        return;
    }
    status(s, why, p->fetching);
    if (purpose_of((enum file_kind)p->fetching) != TRUST_CONFIG)
        p->boot |= BOOT_LIST_FAILED;
    after_file(s);
}

static void file_came(struct step *s, const struct event *event)
{
    struct phone *p = s->p;
    enum trust_purpose purpose = purpose_of((enum file_kind)p->fetching);
    bool list = content_kind(s->env->content, event->a) == CT_LIST;
    if (list != (purpose != TRUST_CONFIG) ||
        (list && event->b > model_table[p->model].itl_max)) {
        /* Not what was asked for, or more than it loads (documented for an ITL over 64 KB). */
        status(s, STATUS_SIZE_ERROR, p->fetching);
        if (list)
            p->boot |= BOOT_LIST_FAILED;
        after_file(s);
        return;
    }
    consider(s, purpose, event->a);
}

static void fetching_handle(void *step, const struct event *event)
{
    struct step *s = step;
    switch (event->type) {
    case EV_FILE:
        file_came(s, event);
        break;
    case EV_NO_FILE:
        file_missing(s);
        break;
    case EV_REFUSED:
        server_failed(s, STATUS_TFTP_ERROR);
        break;
    case EV_TIMER:
        outbox_put(s->out, (struct action){ .type = ACT_CANCEL, .request = s->p->request });
        server_failed(s, STATUS_TFTP_TIMEOUT);
        break;
    default:
        break;
    }
}

static void starting_handle(void *step, const struct event *event)
{
    if (event->type == EV_TIMER)
        begin_lists(step);
}

/* ---- TVS ---- */

static void tvs_ended(struct step *s, enum tvs_outcome outcome)
{
    struct phone *p = s->p;
    p->said.outcome[p->tvs] = (uint8_t)outcome;
    put_note(s, NOTE_TVS, p->tvs, outcome);
    judge(s);
}

static void remember(struct step *s, const struct event *event)
{
    struct phone *p = s->p;
    struct trust_cached *slot = &p->cache[0];
    for (int i = 0; i < TRUST_CACHE; i++) {
        if (p->cache[i].cert == event->a) {
            slot = &p->cache[i];
            break;
        }
        if (p->cache[i].until_s < slot->until_s)
            slot = &p->cache[i]; /* free ones are the oldest of all */
    }
    *slot = (struct trust_cached){ event->a, event->roles, now_s(s) + event->b };
}

static void tvs_cert(struct step *s, uint32_t cert)
{
    struct phone *p = s->p;
    p->said.shown[p->tvs] = cert;
    if (decide(s, TRUST_TVS_SERVER, cert) == TRUST_REFUSED) {
        outbox_put(s->out, (struct action){ .type = ACT_TLS_REFUSE, .request = p->request });
        tvs_ended(s, TVS_CERT_REFUSED);
        return;
    }
    outbox_put(s->out, (struct action){ .type = ACT_TLS_ACCEPT, .request = p->request });
    if (p->purpose == TRUST_HTTPS) {
        outbox_put(s->out, (struct action){ .type = ACT_TVS_VERIFY, .request = p->request,
                                            .a = p->file });
    } else {
        const struct ct_envelope *e = content_envelope(s->env->content, p->file);
        outbox_put(s->out, (struct action){ .type = ACT_TVS_QUERY, .request = p->request,
                                            .a = e->signer, .b = e->cert });
    }
}

static void tvs_handle(void *step, const struct event *event)
{
    struct step *s = step;
    switch (event->type) {
    case EV_TLS_CERT:
        tvs_cert(s, event->a);
        break;
    case EV_TVS_REPLY:
        if (event->status == 0 && event->a != 0)
            remember(s, event);
        tvs_ended(s, event->status == 0 && event->a != 0 ? TVS_TRUSTED : TVS_NOT_TRUSTED);
        break;
    case EV_REFUSED:
        tvs_ended(s, TVS_CONN_REFUSED);
        break;
    case EV_TIMER:
        outbox_put(s->out, (struct action){ .type = ACT_CANCEL, .request = s->p->request });
        tvs_ended(s, TVS_NO_ANSWER);
        break;
    default:
        break;
    }
}

/* ---- registration ---- */

uint32_t phone_address(const char *text)
{
    uint32_t address = 0, part = 0;
    int parts = 0, digits = 0;
    for (;; text++) {
        if (*text >= '0' && *text <= '9') {
            part = part * 10 + (uint32_t)(*text - '0');
            if (++digits > 3 || part > 255)
                return 0;
        } else if ((*text == '.' || *text == '\0') && digits > 0) {
            address = address << 8 | part;
            parts++;
            part = 0;
            digits = 0;
            if (*text == '\0')
                return parts == 4 ? address : 0;
        } else {
            return 0;
        }
    }
}

static bool is_secure(const struct cnf *cnf)
{
    return cnf != NULL && cnf->security_mode >= CNF_AUTHENTICATED;
}

uint32_t phone_server(const struct phone *p, const struct phone_env *env, uint32_t index)
{
    const struct cnf *cnf = config_of(p, env->content);
    uint32_t count = cnf == NULL ? 0 : cnf->server_count;
    if (index < count)
        return phone_address(cnf->servers[index].address);
    /* The last resort: the TFTP server, where it is not in the group already. */
    uint32_t tftp = env->places[p->place].tftp[p->tftp];
    if (index > count || is_secure(cnf) || env->knobs->value[KNOB_REGISTER_AT_TFTP] == 0)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        if (phone_address(cnf->servers[i].address) == tftp)
            return 0;
    }
    return tftp;
}

static uint32_t fingerprint(const struct step *s)
{
    const struct phone *p = s->p;
    uint64_t h = phone_trust_hash(p, s->env->content, now_s(s));
    for (int i = 0; i <= TRUST_HTTPS; i++)
        h = rng_mix(h ^ p->refused[i]);
    h = rng_hash(h, view_of(p->refused_said.outcome, sizeof p->refused_said.outcome));
    h = rng_mix(h ^ p->lost ^ ((uint64_t)p->boot & BOOT_LIST_FAILED));
    return (uint32_t)h | 1;
}

static void unregistered_enter(void *step)
{
    struct step *s = step;
    struct phone *p = s->p;
    set_lost(s, FUNCTION_REGISTRATION, true);
    uint64_t wait = knob(s, KNOB_RETRY_US), most = knob(s, KNOB_RETRY_MAX_US);
    for (int i = 0; i < p->fails && wait < most; i++)
        wait *= 2;
    set_deadline(s, wait < most ? wait : most);
    p->fails += p->fails < BACKOFF_MAX;
    uint32_t print = fingerprint(s);
    p->idle = print == p->attempt;
    p->attempt = print;
}

static void register_at(struct step *s, uint32_t index)
{
    struct phone *p = s->p;
    uint32_t server = phone_server(p, s->env, index);
    const struct cnf *cnf = config_of(p, s->env->content);
    if (server == 0 && cnf != NULL && index + 1 < cnf->server_count) {
        register_at(s, index + 1); /* a member without an address */
        return;
    }
    if (server == 0) {
        go(s, PHONE_UNREGISTERED);
        return;
    }
    p->server = (uint8_t)index;
    outbox_put(s->out, (struct action){
                           .type = ACT_REGISTER,
                           .kind = is_secure(cnf) ? TRANSPORT_TLS : TRANSPORT_TCP,
                           .request = next_request(p),
                           .server = server,
                           .a = own_identity(p),
                       });
    set_deadline(s, knob(s, KNOB_REGISTER_TIMEOUT_US));
}

static void registering_handle(void *step, const struct event *event)
{
    struct step *s = step;
    struct phone *p = s->p;
    switch (event->type) {
    case EV_REGISTERED:
        put_note(s, NOTE_REGISTERED, p->server, 0);
        set_lost(s, FUNCTION_REGISTRATION, false);
        p->fails = 0;
        p->attempt = 0;
        go(s, PHONE_REGISTERED);
        break;
    case EV_TLS_CERT:
        if (decide(s, TRUST_CCM_SERVER, event->a) != TRUST_REFUSED) {
            outbox_put(s->out, (struct action){ .type = ACT_TLS_ACCEPT, .request = p->request,
                                                .a = own_identity(p), .b = ASK_REGISTER });
            break;
        }
        outbox_put(s->out, (struct action){ .type = ACT_TLS_REFUSE, .request = p->request });
        register_at(s, p->server + 1u);
        break;
    case EV_REJECTED:
        put_note(s, NOTE_REJECTED, event->a, p->server);
        register_at(s, p->server + 1u);
        break;
    case EV_REFUSED:
        register_at(s, p->server + 1u);
        break;
    case EV_TIMER:
        outbox_put(s->out, (struct action){ .type = ACT_CANCEL, .request = p->request });
        register_at(s, p->server + 1u);
        break;
    default:
        break;
    }
}

/* ---- HTTPS services ---- */

static void service_done(struct step *s, bool ok)
{
    struct phone *p = s->p;
    put_note(s, NOTE_SERVICE, p->key, ok);
    if (!ok)
        status(s, STATUS_HOST_NOT_FOUND, 0);
    set_lost(s, FUNCTION_SECURE_SERVICES, !ok);
    go(s, (enum phone_state)p->after_service);
    if (p->state == PHONE_UNREGISTERED)
        return; /* entering set its retry */
}

/* Address of "https://10.0.0.1:8443/…"; 0 where the URL is not secured or names no address. */
static uint32_t url_address(const char *url)
{
    static const char scheme[] = "https://";
    if (strncmp(url, scheme, sizeof scheme - 1) != 0)
        return 0;
    char host[CNF_NAME];
    size_t n = 0;
    for (const char *p = url + sizeof scheme - 1;
         *p != '\0' && *p != ':' && *p != '/' && n + 1 < sizeof host; p++)
        host[n++] = *p;
    host[n] = '\0';
    return phone_address(host);
}

static uint32_t service_server(const struct step *s)
{
    const struct cnf *cnf = config_of(s->p, s->env->content);
    if (cnf == NULL)
        return 0;
    return url_address(s->p->key == KEY_DIRECTORIES ? cnf->secure_directory_url
                                                    : cnf->secure_services_url);
}

static void service_verdict(struct step *s, enum trust_verdict verdict)
{
    struct phone *p = s->p;
    bool refused = verdict == TRUST_REFUSED;
    outbox_put(s->out, (struct action){ .type = refused ? ACT_TLS_REFUSE : ACT_TLS_ACCEPT,
                                        .request = p->service_request,
                                        .server = service_server(s),
                                        .b = ASK_HTTPS_PAGE });
    if (refused) {
        p->refused[TRUST_HTTPS] = p->file;
        p->refused_said = p->said;
        service_done(s, false);
        return;
    }
    p->refused[TRUST_HTTPS] = 0;
    p->request = p->service_request; /* the page is awaited under the held number */
    if (p->state != PHONE_SERVICE)
        go(s, PHONE_SERVICE);
    set_deadline(s, knob(s, KNOB_HTTPS_TIMEOUT_US));
}

static void press(struct step *s, uint32_t key)
{
    struct phone *p = s->p;
    p->key = (uint8_t)key;
    p->after_service = p->state;
    uint32_t server = service_server(s);
    go(s, PHONE_SERVICE);
    if (server == 0) {
        service_done(s, false);
        return;
    }
    p->service_request = next_request(p);
    outbox_put(s->out, (struct action){ .type = ACT_HTTPS, .request = p->service_request,
                                        .server = server });
    set_deadline(s, knob(s, KNOB_HTTPS_TIMEOUT_US));
}

static void service_handle(void *step, const struct event *event)
{
    struct step *s = step;
    switch (event->type) {
    case EV_TLS_CERT:
        consider(s, TRUST_HTTPS, event->a);
        break;
    case EV_PAGE:
        service_done(s, true);
        break;
    case EV_TIMER:
        outbox_put(s->out, (struct action){ .type = ACT_CANCEL, .request = s->p->request });
        service_done(s, false);
        break;
    case EV_REFUSED:
        service_done(s, false);
        break;
    default:
        break;
    }
}

/* ---- registered, unregistered, off ---- */

static void registered_handle(void *step, const struct event *event)
{
    struct step *s = step;
    if (event->type == EV_PRESS) {
        press(s, event->a);
    } else if (event->type == EV_SERVER_LOST) {
        s->p->cause = CAUSE_KEEPALIVE_TO;
        put_note(s, NOTE_UNREGISTERED, s->p->cause, 0);
        begin_registration(s);
    }
}

static void unregistered_handle(void *step, const struct event *event)
{
    struct step *s = step;
    if (event->type == EV_TIMER) {
        s->p->tftp = 0;
        begin_lists(s); /* tries again from the lists, as at boot */
    } else if (event->type == EV_PRESS) {
        press(s, event->a);
    }
}

#define ANY_REQUEST (FSM_BIT(EV_REFUSED) | FSM_BIT(EV_TIMER))
#define FILE_EVENTS (ANY_REQUEST | FSM_BIT(EV_FILE) | FSM_BIT(EV_NO_FILE))
#define TO_START (FSM_BIT(PHONE_STARTING) | FSM_BIT(PHONE_OFF))

const struct fsm_state phone_states[PHONE_STATES] = {
    [PHONE_OFF] = { "Off", "without power; flash keeps lists, configuration and LSC", NULL, NULL, 0,
                    TO_START, NULL },
    [PHONE_STARTING] = { "Starting", "boots; RAM is empty", starting_enter, starting_handle,
                         FSM_BIT(EV_TIMER),
                         TO_START | FSM_BIT(PHONE_CTL) | FSM_BIT(PHONE_CONFIG), "boot_max_us" },
    [PHONE_CTL] = { "Requesting CTL", "asks its TFTP server for the CTL file", NULL,
                    fetching_handle, FILE_EVENTS,
                    TO_START | FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_ITL) | FSM_BIT(PHONE_CONFIG),
                    "fetch_timeout_us" },
    [PHONE_ITL] = { "Requesting ITL", "asks for the ITL file, by its own name first", NULL,
                    fetching_handle, FILE_EVENTS,
                    TO_START | FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_CONFIG), "fetch_timeout_us" },
    [PHONE_CONFIG] = { "Requesting configuration",
                       "asks for its configuration: signed, encrypted or plain by what it holds",
                       NULL, fetching_handle, FILE_EVENTS,
                       TO_START | FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_FILES) |
                           FSM_BIT(PHONE_REGISTERING),
                       "fetch_timeout_us" },
    [PHONE_FILES] = { "Requesting files", "asks for locale and ring list", NULL, fetching_handle,
                      FILE_EVENTS, TO_START | FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_REGISTERING),
                      "fetch_timeout_us" },
    [PHONE_TVS] = { "Contacting TVS", "asks a TVS server about a signer or a certificate", NULL,
                    tvs_handle, ANY_REQUEST | FSM_BIT(EV_TLS_CERT) | FSM_BIT(EV_TVS_REPLY),
                    TO_START | FSM_BIT(PHONE_ITL) | FSM_BIT(PHONE_CONFIG) | FSM_BIT(PHONE_FILES) |
                        FSM_BIT(PHONE_REGISTERING) | FSM_BIT(PHONE_SERVICE) |
                        FSM_BIT(PHONE_REGISTERED) | FSM_BIT(PHONE_UNREGISTERED),
                    "tvs_timeout_us" },
    [PHONE_REGISTERING] = { "Registering", "tries the CallManagers of its group in order", NULL,
                            registering_handle,
                            ANY_REQUEST | FSM_BIT(EV_REGISTERED) | FSM_BIT(EV_REJECTED) |
                                FSM_BIT(EV_TLS_CERT),
                            TO_START | FSM_BIT(PHONE_REGISTERED) | FSM_BIT(PHONE_UNREGISTERED),
                            "register_timeout_us" },
    [PHONE_REGISTERED] = { "Registered", "in service; keepalives are no events", NULL,
                           registered_handle, FSM_BIT(EV_SERVER_LOST) | FSM_BIT(EV_PRESS),
                           TO_START | FSM_BIT(PHONE_SERVICE) | FSM_BIT(PHONE_REGISTERING), NULL },
    [PHONE_UNREGISTERED] = { "Unregistered", "no server took it; waits to try again",
                             unregistered_enter, unregistered_handle,
                             FSM_BIT(EV_TIMER) | FSM_BIT(EV_PRESS),
                             TO_START | FSM_BIT(PHONE_CTL) | FSM_BIT(PHONE_CONFIG) |
                                 FSM_BIT(PHONE_SERVICE),
                             "retry_max_us" },
    [PHONE_SERVICE] = { "Opening a service", "an HTTPS service, its certificate to be judged", NULL,
                        service_handle,
                        ANY_REQUEST | FSM_BIT(EV_TLS_CERT) | FSM_BIT(EV_PAGE),
                        TO_START | FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_REGISTERED) |
                            FSM_BIT(PHONE_UNREGISTERED),
                        "https_timeout_us" },
};

/* ---- the dispatcher ---- */

static void restart(struct step *s, enum restart_cause cause)
{
    struct phone *p = s->p;
    if (phone_is_registered(p))
        put_note(s, NOTE_UNREGISTERED, cause, 0);
    next_request(p); /* whatever is on its way is stale now */
    p->cause = (uint8_t)cause;
    p->fails = 0;
    p->attempt = 0;
    go(s, cause == CAUSE_POWER && p->state != PHONE_OFF ? PHONE_OFF : PHONE_STARTING);
}

/* Events that any state takes: somebody acts on the phone. */
static bool handle_anywhere(struct step *s, const struct event *event)
{
    struct phone *p = s->p;
    switch (event->type) {
    case EV_POWER_ON:
        if (p->state == PHONE_OFF)
            restart(s, CAUSE_INITIALIZED);
        return true;
    case EV_POWER_OFF:
        if (p->state != PHONE_OFF)
            restart(s, CAUSE_POWER);
        return true;
    case EV_RESET:
        if (p->state != PHONE_OFF) {
            status(s, STATUS_RESTART_REQUESTED, 0);
            restart(s, CAUSE_RESET_RESET);
        }
        return true;
    case EV_ERASE:
        if (p->state != PHONE_OFF) {
            status(s, STATUS_ERASING, 0);
            p->ctl = p->itl = 0;
            restart(s, CAUSE_PHONE_KEYPAD);
        }
        return true;
    case EV_SERVER_LOST:
        if (p->state == PHONE_REGISTERED)
            return false;
        if (phone_is_registered(p)) /* busy with a service: it notices on its way back */
            p->after_service = PHONE_UNREGISTERED;
        return true;
    default:
        return false;
    }
}

static bool is_answer(uint8_t type)
{
    return type >= EV_FILE && type <= EV_PAGE && type != EV_SERVER_LOST;
}

void phone_step(struct phone *p, const struct phone_env *env, const struct event *event,
                struct outbox *out)
{
    struct step s = { p, env, out };
    if (handle_anywhere(&s, event))
        return;
    if (is_answer(event->type) && event->request != p->request)
        return; /* stale */
    const struct fsm_state *state = &phone_states[p->state];
    if ((state->takes & FSM_BIT(event->type)) == 0) {
        /* A key may be pressed at any time; an answer or a timer that its state did not ask for is
         * our own bug. */
        CHECK(event->type == EV_PRESS);
        return;
    }
    if (event->type == EV_TIMER) {
        CHECK(p->deadline_us != 0 && (p->idle || p->deadline_us <= env->now_us));
        p->deadline_us = 0;
    }
    state->handle(&s, event);
}

/* ---- what others ask of a phone ---- */

bool phone_is_registered(const struct phone *p)
{
    return p->state == PHONE_REGISTERED ||
           ((p->state == PHONE_SERVICE ||
             (p->state == PHONE_TVS && p->purpose == TRUST_HTTPS)) &&
            p->after_service == PHONE_REGISTERED);
}

/* The next instant after `now` at the phone's own offset of an interval. */
static uint64_t own_point(const struct phone *p, uint64_t interval_us, uint64_t now_us)
{
    uint64_t offset = rng_mix(p->device + 0x9e3779b9u) % interval_us;
    uint64_t point = now_us - now_us % interval_us + offset;
    return point > now_us ? point : point + interval_us;
}

uint64_t phone_wake_us(const struct phone *p, const struct knobs *k, uint64_t now_us)
{
    return own_point(p, k->value[KNOB_RETRY_US], now_us);
}

uint64_t phone_keepalive_us(const struct phone *p, const struct knobs *k, uint64_t now_us)
{
    return own_point(p, k->value[KNOB_KEEPALIVE_US], now_us);
}

uint64_t phone_trust_hash(const struct phone *p, const struct content *c, uint32_t at_s)
{
    (void)c;
    uint64_t h = rng_mix(((uint64_t)p->ctl << 32 | p->itl) + 1);
    h = rng_mix(h ^ ((uint64_t)p->config << 32 | p->lsc));
    h = rng_mix(h ^ ((uint64_t)p->model << 16 | p->place));
    for (int i = 0; i < TRUST_CACHE; i++) {
        if (p->cache[i].cert != 0 && p->cache[i].until_s > at_s)
            h += rng_mix(((uint64_t)p->cache[i].cert << 32) ^ p->cache[i].roles ^ 0x63616368u);
    }
    return h;
}

bool phone_explain(const struct phone *p, const struct phone_env *env, enum trust_purpose purpose,
                   struct trust_chain *chain, enum trust_verdict *verdict)
{
    CHECK(purpose <= TRUST_HTTPS);
    uint32_t what = p->refused[purpose];
    chain->count = 0;
    if (what == 0)
        return false;
    struct trust_held held = { p->ctl, p->itl, p->cache };
    struct trust_rules rules = rules_of(env->knobs);
    *verdict = trust_decide(env->content, &rules, purpose, what, &held, &p->refused_said,
                            phone_tvs_servers(p, env->content),
                            (uint32_t)(env->now_us / 1000000), chain);
    return true;
}
