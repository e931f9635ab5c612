/* Boot: CTL, ITL, configuration, locale and ring list, one file after the other. */
#include "phones/step.h"

#include <string.h>

/* What a file is to a phone: the state in which it asks for it, the decision that judges it, and
 * the name that it asks for where the server has none of this one (itself: no other). */
static const struct file_row {
    uint8_t state, purpose, missing;
    bool configuration;
} files[FILE_KINDS] = {
    [FILE_CTL] = { PHONE_CTL, TRUST_CTL, FILE_CTL_COMMON, false },
    [FILE_CTL_COMMON] = { PHONE_CTL, TRUST_CTL, FILE_CTL_COMMON, false },
    [FILE_ITL] = { PHONE_ITL, TRUST_ITL, FILE_ITL_COMMON, false },
    [FILE_ITL_COMMON] = { PHONE_ITL, TRUST_ITL, FILE_ITL_COMMON, false },
    [FILE_CNF] = { PHONE_CONFIG, TRUST_CONFIG, FILE_DEFAULT, true },
    [FILE_CNF_SGN] = { PHONE_CONFIG, TRUST_CONFIG, FILE_DEFAULT_SGN, true },
    [FILE_CNF_ENC] = { PHONE_CONFIG, TRUST_CONFIG, FILE_CNF_ENC, true },
    [FILE_DEFAULT] = { PHONE_CONFIG, TRUST_CONFIG, FILE_DEFAULT, true },
    [FILE_DEFAULT_SGN] = { PHONE_CONFIG, TRUST_CONFIG, FILE_DEFAULT_SGN, true },
    [FILE_LOCALE] = { PHONE_FILES, TRUST_CONFIG, FILE_LOCALE, false },
    [FILE_LOCALE_SGN] = { PHONE_FILES, TRUST_CONFIG, FILE_LOCALE_SGN, false },
    [FILE_RINGLIST] = { PHONE_FILES, TRUST_CONFIG, FILE_RINGLIST, false },
    [FILE_RINGLIST_SGN] = { PHONE_FILES, TRUST_CONFIG, FILE_RINGLIST_SGN, false },
};

static const struct file_row *asked_for(const struct step *s)
{
    return &files[s->p->fetching];
}

static bool is_list(const struct step *s)
{
    return asked_for(s)->purpose != TRUST_CONFIG;
}

/* Ring list and locale: one that this attempt refused is lost, what the server has not is not
 * missed. */
static void common_file(struct step *s)
{
    if (asked_for(s)->state == PHONE_FILES)
        step_lost(s, FUNCTION_COMMON_FILES, s->p->refused[TRUST_CONFIG] != 0);
}

static enum next fetch(struct step *s, enum file_kind kind)
{
    struct phone *p = s->p;
    if (p->state != files[kind].state)
        step_go(s, files[kind].state);
    p->fetching = kind;
    step_ask(s, GOAL_WORK,
             (struct action){ .type = ACT_FETCH,
                              .kind = (uint8_t)kind,
                              .server = s->env->places[p->place].tftp[p->tftp],
                              .a = model_table[p->model].order });
    return NEXT_WAIT;
}

/* Under its signed name where the lists hold a TFTP record, else under the plain one. */
static enum next fetch_signed(struct step *s, enum file_kind plain, enum file_kind sgn)
{
    return fetch(s, trust_asks_signed(s->env->content, s->p->ctl, s->p->itl) ? sgn : plain);
}

void boot_enter(struct step *s)
{
    /* Boot clears RAM: the TVS cache with it (inferred). */
    memset(s->p->cache, 0, sizeof s->p->cache);
    s->p->place = s->p->dhcp; /* option 150 comes with the lease */
}

enum next boot_start_handle(struct step *s, const struct event *event)
{
    (void)s;
    (void)event;
    return NEXT_LISTS;
}

static enum next begin(struct step *s, bool lists)
{
    struct phone *p = s->p;
    p->tftp = 0;
    p->retry_us = 0;
    p->boot = (p->ctl != 0 ? BOOT_HAD_CTL : 0) | (p->itl != 0 ? BOOT_HAD_ITL : 0);
    memset(p->refused, 0, sizeof p->refused);
    step_gates(s);
    if (phone_cut_by(p, s->env) != PHONE_GATES)
        return NEXT_CUT;
    return lists ? fetch(s, FILE_CTL) : fetch_signed(s, FILE_CNF, FILE_CNF_SGN);
}

/* An attempt begins, at boot or after a wait. */
enum next boot_lists(struct step *s)
{
    return begin(s, model_table[s->p->model].ctl);
}

enum next boot_again(struct step *s)
{
    return begin(s, model_table[s->p->model].ctl && step_knob(s, KNOB_RESTART_LISTS) != 0);
}

/* ---- what follows a file ---- */

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

static enum next after_lists(struct step *s)
{
    list_status(s);
    return fetch_signed(s, FILE_CNF, FILE_CNF_SGN);
}

static enum next after_config(struct step *s)
{
    bool ok = (s->p->boot & BOOT_CONFIG_OK) != 0;
    step_lost(s, FUNCTION_CONFIGURATION, !ok);
    /* Without a new one it registers with what it holds. */
    return ok ? fetch_signed(s, FILE_LOCALE, FILE_LOCALE_SGN) : NEXT_REGISTER;
}

enum next boot_next_file(struct step *s)
{
    switch (s->p->fetching) {
    case FILE_CTL:
    case FILE_CTL_COMMON:
        return model_table[s->p->model].itl ? fetch(s, FILE_ITL) : after_lists(s);
    case FILE_ITL:
    case FILE_ITL_COMMON:
        return after_lists(s);
    case FILE_LOCALE:
    case FILE_LOCALE_SGN:
        return fetch_signed(s, FILE_RINGLIST, FILE_RINGLIST_SGN);
    case FILE_RINGLIST:
    case FILE_RINGLIST_SGN:
        return NEXT_REGISTER;
    default:
        return after_config(s);
    }
}

/* ---- what the decision leads to ---- */

static uint32_t offered(const struct step *s)
{
    return content_said_of(s->env->content, s->p->offered).about;
}

static enum next refused(struct step *s)
{
    struct phone *p = s->p;
    step_refuse(s);
    step_note(s, NOTE_REFUSED_FILE, offered(s), p->fetching);
    common_file(s);
    if (p->purpose == TRUST_CONFIG)
        step_status(s, STATUS_FILE_REFUSED, p->fetching);
    else
        p->boot |= BOOT_LIST_FAILED;
    return NEXT_FILE;
}

enum next boot_list_judged(struct step *s)
{
    struct phone *p = s->p;
    bool ctl = p->purpose == TRUST_CTL;
    uint32_t *list = ctl ? &p->ctl : &p->itl, file = offered(s);
    /* The very list that it holds replaces nothing, whoever knows its signer today: a CTL of a
     * cluster that left mixed mode names none, and lies on the server ever after. */
    if (s->verdict == TRUST_REFUSED)
        return *list == file ? NEXT_FILE : refused(s);
    if (*list != file) {
        *list = file;
        p->boot |= ctl ? BOOT_NEW_CTL : BOOT_NEW_ITL;
        if (ctl)
            p->ctl_by = s->verdict;
        else
            p->itl_by = s->verdict;
        /* A changed list flushes the cache (observed, technote 118893). */
        memset(p->cache, 0, sizeof p->cache);
    }
    step_note(s, NOTE_ACCEPTED, file, s->verdict);
    return NEXT_FILE;
}

/* True when the phone can read it: in clear, or under the key that it holds. */
static bool decrypts(const struct step *s, const struct ct_file *file)
{
    return file->encrypted_to == 0 || file->encrypted_to == phone_identity(s->p) ||
           file->encrypted_to == s->env->key;
}

/* The firmware that its configuration names, where anything is known of what loads do differently;
 * the time that takes is not simulated.  Loads are signed by Cisco: no list has a say in it. */
static void take_load(struct phone *p, const struct cnf *cnf)
{
    uint8_t model = model_newest(p->model);
    if (cnf->load[0] != '\0' && model_by_load(&model, cnf->load) == LOAD_SAYS)
        p->model = model;
}

enum next boot_file_judged(struct step *s)
{
    struct phone *p = s->p;
    const struct content *c = s->env->content;
    if (s->verdict == TRUST_REFUSED)
        return refused(s);
    const struct ct_file *file = content_get_file(c, offered(s));
    bool configuration = content_kind(c, file->payload) == CT_CNF;
    if (configuration != asked_for(s)->configuration || !decrypts(s, file))
        return refused(s); /* by somebody trusted, but not what was asked for, or unreadable */
    if (configuration) {
        const struct cnf *cnf = content_get_cnf(c, file->payload);
        if (cnf->encr_config && !cnf->full_config && p->fetching != FILE_CNF_ENC) {
            step_note(s, NOTE_ACCEPTED, offered(s), s->verdict);
            p->told = file->payload;
            if (phone_capf_is_due(p, c))
                return NEXT_CAPF; /* first: the file may be under a key that it has not yet */
            p->told = 0;
            return fetch(s, FILE_CNF_ENC);
        }
        if (p->config != file->payload)
            take_load(p, cnf);
        p->config = file->payload;
        p->boot |= BOOT_CONFIG_OK;
        step_status(s, STATUS_CONFIG_USED, p->fetching);
    }
    common_file(s);
    step_note(s, NOTE_ACCEPTED, offered(s), s->verdict);
    return NEXT_FILE;
}

/* ---- what comes ---- */

/* The name to ask for where the one it asked for is missing; the same again: none. */
static enum file_kind name_after(const struct step *s)
{
    const struct model *m = &model_table[s->p->model];
    enum file_kind kind = s->p->fetching;
    bool ctl_common =
        m->asks_ctl_common || (m->asks_itl_common && step_knob(s, KNOB_ASKS_CTL_FILE) != 0);
    if ((kind == FILE_CTL && !ctl_common) || (kind == FILE_ITL && !m->asks_itl_common))
        return kind;
    return files[kind].missing;
}

static enum next file_missing(struct step *s)
{
    enum file_kind kind = s->p->fetching, other = name_after(s);
    if (other != kind)
        return fetch(s, other);
    step_status(s, STATUS_FILE_NOT_FOUND, kind);
    common_file(s);
    return NEXT_FILE;
}

/* No answer, or nobody there: the next TFTP server of option 150, else go on with what it has. */
static enum next server_failed(struct step *s, enum status_message why)
{
    struct phone *p = s->p;
    if (p->tftp == 0 && s->env->places[p->place].tftp[1] != 0) {
        p->tftp = 1;
        return fetch(s, p->fetching);
    }
    step_status(s, why, p->fetching);
    if (is_list(s))
        p->boot |= BOOT_LIST_FAILED;
    return NEXT_FILE;
}

static enum next file_came(struct step *s, const struct event *event)
{
    struct phone *p = s->p;
    bool list = content_kind(s->env->content, event->a) == CT_LIST;
    bool too_large = list && event->b > model_table[p->model].itl_max;
    if (list == is_list(s) && !too_large)
        return step_judge(s, asked_for(s)->purpose, event->a);
    /* Not what was asked for, or more than it loads. */
    step_status(s, STATUS_SIZE_ERROR, p->fetching);
    if (too_large)
        p->boot |= BOOT_TOO_LARGE;
    if (is_list(s))
        p->boot |= BOOT_LIST_FAILED;
    return NEXT_FILE;
}

enum next boot_handle(struct step *s, const struct event *event)
{
    switch (event->type) {
    case EVENT_FILE:
        return file_came(s, event);
    case EVENT_NO_FILE:
        return file_missing(s);
    case EVENT_REFUSED:
        return server_failed(s, STATUS_TFTP_ERROR);
    default: /* EVENT_TIMER */
        return server_failed(s, STATUS_TFTP_TIMEOUT);
    }
}
