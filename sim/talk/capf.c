#include "sim/talk/capf.h"

#include "sim/base/check.h"

/* What CAPF says, and what is the answer to it. */
static const struct {
    uint8_t command, answer; /* enum capf_command */
} words[] = {
    [CAPF_SAYS_KEY] = { CAPF_KEY_GEN_REQ, CAPF_KEY_GEN_RES },
    [CAPF_SAYS_STORE] = { CAPF_STORE_CERT_REQ, CAPF_STORE_CERT_RES },
    [CAPF_SAYS_FETCH] = { CAPF_FETCH_CERT_REQ, CAPF_FETCH_CERT_RES },
    [CAPF_SAYS_DELETE] = { CAPF_DELETE_CERT_REQ, CAPF_DELETE_CERT_RES },
    [CAPF_SAYS_END] = { CAPF_END_SESSION, 0 },
    [TALK_CAPF_HELLO] = { CAPF_AUTH_REQ, CAPF_AUTH_RES },
};

#define WORDS (sizeof words / sizeof words[0])

struct capf_msg talk_capf_say(uint32_t session, const struct capf_told *told)
{
    CHECK(told->says < WORDS);
    struct capf_msg m = capf_msg_of((enum capf_command)words[told->says].command, session);
    switch (told->says) {
    case TALK_CAPF_HELLO: /* the peer's server says so whatever the mode of the order is */
        m.version = CAPF_VERSION;
        m.auth_type = CAPF_AUTH_NONE;
        break;
    case CAPF_SAYS_KEY:
        m.key_type = CAPF_RSA;
        m.key_size = (int32_t)told->with;
        break;
    case CAPF_SAYS_STORE:
        m.certificate_type = CAPF_LSC;
        m.certificate = told->certificate;
        break;
    case CAPF_SAYS_END:
        m.reason = (int16_t)told->with;
        break;
    default: /* to fetch, to delete: no more than that */
        break;
    }
    return m;
}

bool talk_capf_heard(const struct capf_msg *m, uint32_t session, struct capf_told *told)
{
    uint8_t says = 0;
    while (says < WORDS && words[says].command != m->command)
        says++;
    if (says == WORDS || m->session != session)
        return false;
    *told = (struct capf_told){ .says = says, .certificate = m->certificate };
    if (says == CAPF_SAYS_KEY)
        told->with = m->key_size > 0 ? (uint32_t)m->key_size : 0; /* of a curve: no bits */
    else if (says == CAPF_SAYS_END)
        told->with = (uint32_t)m->reason;
    return true;
}

struct capf_msg talk_capf_auth(uint32_t session, const char *device, struct view string)
{
    struct capf_msg m = capf_msg_of(CAPF_AUTH_RES, session);
    m.reason = CAPF_UPDATE_CERT;
    m.version = CAPF_VERSION;
    m.device = view_str(device);
    m.password = string;
    return m;
}

struct capf_msg talk_capf_key(uint32_t session, struct view spki)
{
    struct capf_msg m = capf_msg_of(CAPF_KEY_GEN_RES, session);
    m.public_key = spki;
    return m;
}

/* A phone that has nothing to show says so as the peer's client does. */
struct capf_msg talk_capf_done(uint32_t session, uint8_t asked, struct view certificate,
                               enum capf_cert kind)
{
    CHECK(asked < WORDS && words[asked].answer != 0);
    bool nothing = asked == CAPF_SAYS_FETCH && certificate.p == NULL;
    struct capf_msg m = capf_msg_of((enum capf_command)words[asked].answer, session);
    m.reason = nothing ? CAPF_INVALID_ELEMENT : CAPF_UPDATE_CERT;
    m.certificate = certificate;
    m.certificate_kind = (uint8_t)kind;
    return m;
}

/* That it has nothing to show is an answer to who wants to see it. */
static bool is_done(const struct capf_msg *m, uint8_t said)
{
    switch (said) {
    case CAPF_SAYS_KEY:
        return m->public_key.p != NULL;
    case CAPF_SAYS_FETCH:
        return true;
    default:
        return m->reason == CAPF_UPDATE_CERT || m->reason == CAPF_NO_ACTION;
    }
}

enum capf_came talk_capf_came(const struct capf_msg *m, uint32_t session, uint8_t said)
{
    if (m->session != session || said >= WORDS)
        return CAPF_CAME_OTHER;
    if (m->command == CAPF_REQUEST_IN_PROGRESS)
        return CAPF_CAME_WAIT;
    if (m->command != words[said].answer)
        return CAPF_CAME_OTHER;
    return is_done(m, said) ? CAPF_CAME_ANSWER : CAPF_CAME_FAILED;
}

bool talk_capf_bytes(const struct capf_msg *m, struct arena *a, struct view *bytes)
{
    struct wr w = wr_measure();
    if (!capf_encode(m, &w, NULL))
        return false;
    uint8_t *p = arena_take(a, w.n);
    w = wr_of(p, w.n);
    CHECK(capf_encode(m, &w, NULL) && !w.over);
    *bytes = view_of(p, w.n);
    return true;
}
