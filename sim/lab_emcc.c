/* Users of another cluster who are logged in at phones (extension mobility across clusters). */
#include "nodes/emcc.h"
#include "sim/base/sys.h"
#include "sim/lab_impl.h"

bool lab_is_visited(const struct lab *lab, uint32_t phone)
{
    return phone < lab->state.visit_count && lab->state.visits[phone].home != 0;
}

/* A table for all phones as soon as somebody logs in. */
static struct lab_visit *visit_of(struct lab *lab, uint32_t phone)
{
    struct lab_state *s = &lab->state;
    if (phone >= s->visit_count) {
        mem_reserve(&sys_mem, (void **)&s->visits, &s->visit_cap, s->phone_count,
                    sizeof *s->visits);
        s->visit_count = s->phone_count;
    }
    return &s->visits[phone];
}

/* The cluster that it is registered at, where the page opens; NULL: nobody can log in there. */
static const struct cluster *visited_at(const struct lab *lab, uint32_t phone)
{
    uint32_t node = lab->state.cold[phone].node;
    const struct phone *p = &lab->state.phones[phone];
    bool opens = phone_is_registered(p) && (p->lost & FSM_BIT(FUNCTION_SECURE_SERVICES)) == 0;
    return opens && node != 0 ? &lab->state.clusters[(node - 1) >> 8] : NULL;
}

bool lab_can_login(const struct lab *lab, uint32_t home, uint32_t phone, struct err *e)
{
    const struct cluster *visiting = visited_at(lab, phone);
    if (lab_is_visited(lab, phone))
        return err_set(e, "%s: somebody is logged in there already",
                       lab->state.clusters[home].name);
    return visiting == NULL ||
           emcc_can(visiting, &lab->state.clusters[home], phone, lab_now_us(lab), e);
}

/* The TFTP servers of the home cluster that the phone is told: two at most, as DHCP has. */
static uint16_t servers_of(struct lab *lab, uint32_t home)
{
    const struct cluster *cl = &lab->state.clusters[home];
    uint32_t tftp[2] = { 0, 0 }, n = 0;
    FOR_EACH_NODE(cl, i)
    {
        if (n < 2 && services_is_activated(cl, i, SERVICE_TFTP))
            tftp[n++] = cl->nodes[i].disk.ip;
    }
    return lab_dhcp(lab, tftp[0], tftp[1]);
}

bool lab_login(struct lab *lab, uint32_t home, uint32_t phone, const char *pool, struct err *e)
{
    const struct cluster *visiting = visited_at(lab, phone);
    if (visiting == NULL)
        return true;
    struct lab_phones_spec spec = {
        .pool = pool, .security_mode = emcc_security(visiting, &lab->state.clusters[home], phone)
    };
    if (!lab_known_phone(lab, home, &spec, phone, e))
        return false;
    struct phone *p = &lab->state.phones[phone];
    *visit_of(lab, phone) = (struct lab_visit){ .dhcp = p->dhcp, .home = (uint8_t)(home + 1) };
    p->dhcp = servers_of(lab, home);
    lab_phone_changed(lab, phone);
    return true;
}

void lab_logout(struct lab *lab, uint32_t phone)
{
    if (!lab_is_visited(lab, phone))
        return;
    struct lab_visit *visit = visit_of(lab, phone);
    config_unset_class(&lab->state.clusters[visit->home - 1], phone);
    lab->state.phones[phone].dhcp = visit->dhcp;
    visit->home = 0;
    lab_phone_changed(lab, phone);
}

void lab_move(struct lab *lab, uint32_t phone, uint16_t dhcp)
{
    if (lab_is_visited(lab, phone))
        visit_of(lab, phone)->dhcp = dhcp;
    else
        lab->state.phones[phone].dhcp = dhcp;
    lab_phone_changed(lab, phone);
}

uint64_t lab_visit_hash(const struct lab *lab, uint32_t phone)
{
    if (!lab_is_visited(lab, phone))
        return 0;
    const struct lab_visit *visit = &lab->state.visits[phone];
    const uint32_t *tftp = lab->state.dhcp[visit->dhcp].tftp;
    return rng_mix(visit->home ^ rng_mix((uint64_t)tftp[0] << 32 | tftp[1]));
}
