/* Boot: CTL, ITL, configuration, locale and ring list, one file after the other. */
#include "phones/step.h"

#include <string.h>

static void fetch(struct step *s, enum file_kind kind)
{
    struct phone *p = s->p;
    p->fetching = (uint8_t)kind;
    outbox_put(s->out, (struct action){
                           .type = ACT_FETCH,
                           .kind = (uint8_t)kind,
                           .request = step_request(p),
                           .server = s->env->places[p->place].tftp[p->tftp],
                           .a = model_table[p->model].order,
                       });
    step_deadline(s, step_knob(s, KNOB_FETCH_TIMEOUT_US));
}

/* The signed name of a kind where the lists hold a TFTP record, else the plain one. */
static enum file_kind by_lists(const struct step *s, enum file_kind plain, enum file_kind sgn)
{
    return trust_asks_signed(s->env->content, s->p->ctl, s->p->itl) ? sgn : plain;
}

void boot_enter(void *step)
{
    struct step *s = step;
    struct phone *p = s->p;
    /* Boot clears RAM: the TVS cache with it (inferred). */
    memset(p->cache, 0, sizeof p->cache);
    p->tftp = 0;
    uint64_t least = step_knob(s, KNOB_BOOT_MIN_US), most = step_knob(s, KNOB_BOOT_MAX_US);
    uint64_t spread = most > least ? rng_below(&p->rng, most - least + 1) : 0;
    step_deadline(s, least + spread + 1);
}

void boot_begin(struct step *s)
{
    struct phone *p = s->p;
    p->boot = (uint8_t)((p->ctl != 0 ? BOOT_HAD_CTL : 0) | (p->itl != 0 ? BOOT_HAD_ITL : 0));
    p->changes = s->env->changes;
    memset(p->refused, 0, sizeof p->refused);
    if (model_table[p->model].ctl) {
        step_go(s, PHONE_CTL);
        fetch(s, FILE_CTL);
    } else {
        step_go(s, PHONE_CONFIG);
        fetch(s, by_lists(s, FILE_CNF, FILE_CNF_SGN));
    }
}

static void list_status(struct step *s)
{
    struct phone *p = s->p;
    bool had = (p->boot & (BOOT_HAD_CTL | BOOT_HAD_ITL)) != 0;
    bool ctl = (p->boot & BOOT_NEW_CTL) != 0, itl = (p->boot & BOOT_NEW_ITL) != 0;
    if ((p->boot & BOOT_LIST_FAILED) != 0)
        step_status(s, STATUS_TRUST_LIST_UPDATE_FAILED, 0);
    if (ctl && itl && !had)
        step_status(s, STATUS_CTL_AND_ITL_INSTALLED, 0);
    else if (ctl && (p->boot & BOOT_HAD_CTL) == 0)
        step_status(s, STATUS_CTL_INSTALLED, 0);
    else if (itl && (p->boot & BOOT_HAD_ITL) == 0)
        step_status(s, STATUS_ITL_INSTALLED, 0);
    else if (ctl || itl)
        step_status(s, STATUS_TRUST_LIST_UPDATED, 0);
    else if (p->ctl == 0 && p->itl == 0)
        step_status(s, STATUS_NO_TRUST_LIST, 0);
    step_lost(s, FUNCTION_TRUST_LIST, (p->boot & BOOT_LIST_FAILED) != 0);
}

static void after_ctl(struct step *s)
{
    if (model_table[s->p->model].itl) {
        step_go(s, PHONE_ITL);
        fetch(s, FILE_ITL);
        return;
    }
    list_status(s);
    step_go(s, PHONE_CONFIG);
    fetch(s, by_lists(s, FILE_CNF, FILE_CNF_SGN));
}

static void after_itl(struct step *s)
{
    list_status(s);
    step_go(s, PHONE_CONFIG);
    fetch(s, by_lists(s, FILE_CNF, FILE_CNF_SGN));
}

static void after_config(struct step *s)
{
    bool ok = (s->p->boot & BOOT_CONFIG_OK) != 0;
    step_lost(s, FUNCTION_CONFIGURATION, !ok);
    if (!ok) {
        registration_begin(s); /* with what it holds */
        return;
    }
    step_go(s, PHONE_FILES);
    fetch(s, by_lists(s, FILE_LOCALE, FILE_LOCALE_SGN));
}

/* What follows a file that is done with, accepted or not. */
void boot_after_file(struct step *s)
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
            step_go(s, PHONE_FILES);
        fetch(s, by_lists(s, FILE_RINGLIST, FILE_RINGLIST_SGN));
        return;
    case FILE_RINGLIST:
    case FILE_RINGLIST_SGN:
        registration_begin(s);
        return;
    default:
        after_config(s);
    }
}

void boot_accept_list(struct step *s, enum trust_verdict verdict)
{
    struct phone *p = s->p;
    uint32_t *list = p->purpose == TRUST_CTL ? &p->ctl : &p->itl;
    if (*list != p->file) {
        p->boot |= p->purpose == TRUST_CTL ? BOOT_NEW_CTL : BOOT_NEW_ITL;
        *list = p->file;
        p->accepted_by[p->purpose] = (uint8_t)verdict;
        /* A changed list flushes the cache (observed, technote 118893). */
        memset(p->cache, 0, sizeof p->cache);
    }
    step_note(s, NOTE_ACCEPTED, p->file, verdict);
    boot_after_file(s);
}

/* True when the phone can read it: in clear, or under the key that it holds. */
static bool decrypts(const struct phone *p, const struct ct_file *file)
{
    return file->encrypted_to == 0 || file->encrypted_to == step_identity(p);
}

static bool is_configuration(enum file_kind kind)
{
    return kind >= FILE_CNF && kind <= FILE_DEFAULT_SGN;
}

void boot_accept_file(struct step *s, enum trust_verdict verdict)
{
    struct phone *p = s->p;
    const struct ct_file *file = content_get_file(s->env->content, p->file);
    bool configuration = content_kind(s->env->content, file->payload) == CT_CNF;
    if (configuration != is_configuration((enum file_kind)p->fetching) || !decrypts(p, file)) {
        boot_refuse(s); /* signed by somebody trusted, and not what was asked for, or unreadable */
        return;
    }
    if (configuration) {
        const struct cnf *cnf = content_get_cnf(s->env->content, file->payload);
        if (cnf->encr_config && !cnf->full_config && p->fetching != FILE_CNF_ENC) {
            step_note(s, NOTE_ACCEPTED, p->file, verdict);
            if (p->state != PHONE_CONFIG)
                step_go(s, PHONE_CONFIG);
            fetch(s, FILE_CNF_ENC);
            return;
        }
        p->config = file->payload;
        p->boot |= BOOT_CONFIG_OK;
        step_status(s, STATUS_CONFIG_USED, p->fetching);
    }
    step_note(s, NOTE_ACCEPTED, p->file, verdict);
    boot_after_file(s);
}

void boot_refuse(struct step *s)
{
    struct phone *p = s->p;
    p->refused[p->purpose] = p->file;
    p->refused_said = p->said;
    step_note(s, NOTE_REFUSED_FILE, p->file, p->fetching);
    if (p->purpose == TRUST_CONFIG)
        step_status(s, STATUS_FILE_REFUSED, p->fetching);
    else
        p->boot |= BOOT_LIST_FAILED;
    boot_after_file(s);
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

static enum trust_purpose purpose_of(enum file_kind kind)
{
    if (kind == FILE_CTL || kind == FILE_CTL_COMMON)
        return TRUST_CTL;
    if (kind == FILE_ITL || kind == FILE_ITL_COMMON)
        return TRUST_ITL;
    return TRUST_CONFIG;
}

static void file_missing(struct step *s)
{
    struct phone *p = s->p;
    enum file_kind kind = (enum file_kind)p->fetching, next = name_after(s, kind);
    if (next != kind) {
        fetch(s, next);
        return;
    }
    step_status(s, STATUS_FILE_NOT_FOUND, kind);
    boot_after_file(s);
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
    step_status(s, why, p->fetching);
    if (purpose_of((enum file_kind)p->fetching) != TRUST_CONFIG)
        p->boot |= BOOT_LIST_FAILED;
    boot_after_file(s);
}

static void file_came(struct step *s, const struct event *event)
{
    struct phone *p = s->p;
    enum trust_purpose purpose = purpose_of((enum file_kind)p->fetching);
    bool list = content_kind(s->env->content, event->a) == CT_LIST;
    bool too_large = list && event->b > model_table[p->model].itl_max;
    if (list == (purpose != TRUST_CONFIG) && !too_large) {
        judge_consider(s, purpose, event->a);
        return;
    }
    /* Not what was asked for, or more than it loads. */
    step_status(s, STATUS_SIZE_ERROR, p->fetching);
    if (too_large)
        p->boot |= BOOT_TOO_LARGE;
    if (purpose != TRUST_CONFIG)
        p->boot |= BOOT_LIST_FAILED;
    boot_after_file(s);
}

void boot_handle(void *step, const struct event *event)
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
        step_cancel(s, s->p->request);
        server_failed(s, STATUS_TFTP_TIMEOUT);
        break;
    default:
        break;
    }
}

void boot_start_handle(void *step, const struct event *event)
{
    if (event->type == EV_TIMER)
        boot_begin(step);
}
