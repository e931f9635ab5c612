#include "sim/load/tally.h"

#include <string.h>

const char *const tally_fault_names[FAULTS] = {
    [FAULT_REFUSED] = "refused",         [FAULT_RESET] = "reset",
    [FAULT_CLOSED] = "closed",           [FAULT_TIMEOUT] = "timeout",
    [FAULT_ALERT] = "TLS alert",         [FAULT_TLS] = "TLS",
    [FAULT_REPLY] = "bad reply",         [FAULT_UNREACHABLE] = "unreachable",
    [FAULT_LOCAL] = "no port or memory", [FAULT_UNFINISHED] = "unfinished",
    [FAULT_UNBEGUN] = "never begun",
};

/* RFC 8446, section 6, and the older ones of RFC 5246, as OpenSSL's reason strings end. */
const char *const tally_alert_names[TALLY_ALERTS] = {
    "unexpected message",
    "bad record mac",
    "decryption failed",
    "record overflow",
    "decompression failure",
    "handshake failure",
    "no certificate",
    "bad certificate",
    "unsupported certificate",
    "certificate revoked",
    "certificate expired",
    "certificate unknown",
    "illegal parameter",
    "unknown ca",
    "access denied",
    "decode error",
    "decrypt error",
    "export restriction",
    "protocol version",
    "insufficient security",
    "internal error",
    "inappropriate fallback",
    "user cancelled",
    "no renegotiation",
    "unrecognized name",
    "certificate required",
    "another",
};

/* OpenSSL writes "unknown ca", RFC 8446 unknown_ca. */
static bool is_same(const char *text, const char *name, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((text[i] == '_' ? ' ' : text[i]) != name[i])
            return false;
    }
    return true;
}

int tally_alert(const char *why)
{
    const char *at = strstr(why, "alert ");
    if (at == NULL || strstr(at, " sent)") != NULL) /* ours: "no such suite (alert ... sent)" */
        return -1;
    at += strlen("alert ");
    for (int i = 0; i < TALLY_ALERTS - 1; i++) {
        size_t n = strlen(tally_alert_names[i]);
        if (is_same(at, tally_alert_names[i], n) && (at[n] == '\0' || strcmp(at + n, " came") == 0))
            return i;
    }
    return TALLY_ALERTS - 1;
}

#define COUNTER(f)                                                                                 \
    {                                                                                              \
#f, offsetof(struct tally, f)                                                              \
    }
const struct tally_field tally_counters[TALLY_COUNTERS] = {
    COUNTER(begun),      COUNTER(trusted),   COUNTER(not_trusted), COUNTER(connections),
    COUNTER(full),       COUNTER(resumed),   COUNTER(reconnects),  COUNTER(held),
    COUNTER(unanswered), COUNTER(meanwhile),
};
const struct tally_field tally_hists[TALLY_HISTS] = { COUNTER(latency), COUNTER(handshake),
                                                      COUNTER(late) };

uint64_t *tally_counter(struct tally *t, int i)
{
    return (uint64_t *)(void *)((char *)t + tally_counters[i].at);
}

struct hist *tally_hist(struct tally *t, int i)
{
    return (struct hist *)(void *)((char *)t + tally_hists[i].at);
}

struct tally tally_of(const struct mem *mem)
{
    struct tally t = { 0 };
    for (int i = 0; i < TALLY_HISTS; i++)
        *tally_hist(&t, i) = hist_of(mem);
    return t;
}

void tally_free(struct tally *t)
{
    for (int i = 0; i < TALLY_HISTS; i++)
        hist_free(tally_hist(t, i));
}

void tally_clear(struct tally *t)
{
    for (int i = 0; i < TALLY_COUNTERS; i++)
        *tally_counter(t, i) = 0;
    memset(t->faults, 0, sizeof t->faults);
    memset(t->alerts, 0, sizeof t->alerts);
    for (int i = 0; i < TALLY_HISTS; i++)
        hist_clear(tally_hist(t, i));
}

void tally_merge(struct tally *into, const struct tally *from)
{
    struct tally f = *from; /* the same fields by their places, read only */
    for (int i = 0; i < TALLY_COUNTERS; i++)
        *tally_counter(into, i) += *tally_counter(&f, i);
    for (int i = 0; i < FAULTS; i++)
        into->faults[i] += from->faults[i];
    for (int i = 0; i < TALLY_ALERTS; i++)
        into->alerts[i] += from->alerts[i];
    for (int i = 0; i < TALLY_HISTS; i++)
        hist_merge(tally_hist(into, i), tally_hist(&f, i));
}

uint64_t tally_answers(const struct tally *t)
{
    return t->trusted + t->not_trusted;
}

uint64_t tally_errors(const struct tally *t)
{
    uint64_t n = 0;
    for (int i = 0; i < FAULTS; i++)
        n += t->faults[i];
    return n;
}

uint64_t tally_latency_at(const struct tally *t, uint32_t ppm10)
{
    return hist_at_before(&t->latency, t->unanswered, ppm10);
}

uint64_t tally_latency_max(const struct tally *t)
{
    return t->unanswered > 0 ? TALLY_NEVER : t->latency.max_us;
}

uint64_t tally_latency_mean(const struct tally *t)
{
    if (t->unanswered > 0)
        return TALLY_NEVER;
    return t->latency.count == 0 ? 0 : t->latency.sum_us / t->latency.count;
}
