#include "nodes/gate.h"

void gates_begin(struct cluster *cl)
{
    for (int g = 0; g < GATES; g++)
        gate_add(cl, (enum gate_kind)g, cl->nodes[0].disk.own[OWN_CAPF]);
}

bool gate_trusts(const struct cluster *cl, enum gate_kind gate, uint32_t ca)
{
    const struct gate *g = &cl->gates[gate];
    for (uint32_t i = 0; i < g->count; i++) {
        if (g->ca[i] == ca)
            return true;
    }
    return false;
}

void gate_add(struct cluster *cl, enum gate_kind gate, uint32_t ca)
{
    struct gate *g = &cl->gates[gate];
    if (g->count < GATE_CAS && ca != 0)
        g->ca[g->count++] = ca;
}

void gate_remove(struct cluster *cl, enum gate_kind gate, uint32_t ca)
{
    struct gate *g = &cl->gates[gate];
    uint32_t kept = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        if (g->ca[i] != ca)
            g->ca[kept++] = g->ca[i];
    }
    g->count = (uint8_t)kept;
}

/* In any order. */
uint64_t gates_hash(const struct cluster *cl)
{
    uint64_t h = 0;
    for (int g = 0; g < GATES; g++) {
        uint64_t sum = 0;
        for (uint32_t i = 0; i < cl->gates[g].count; i++)
            sum += rng_mix(content_meaning(cl->env->content, cl->gates[g].ca[i]) + 1);
        h = rng_mix(h ^ sum) + cl->gates[g].open;
    }
    return h;
}
