/* One event to one phone, now or later: what somebody or something does to it. */
#include "sim/base/check.h"
#include "sim/lab_impl.h"

void lab_deliver(struct lab *lab, uint32_t phone, struct event event, uint64_t at_us)
{
    CHECK(phone < lab->state.phone_count);
    if (lab->state.cold[phone].absent)
        return;
    lab->state.delivered++;
    lab->driver->deliver(lab->driver->self, phone, &event, at_us);
}

void lab_power(struct lab *lab, uint32_t phone, bool on, uint64_t at_us)
{
    lab_deliver(lab, phone, (struct event){ .type = on ? EVENT_POWER_ON : EVENT_POWER_OFF }, at_us);
}

void lab_reset_as(struct lab *lab, uint32_t phone, enum reset_kind kind, uint64_t at_us)
{
    lab_deliver(lab, phone, (struct event){ .type = EVENT_RESET, .a = kind }, at_us);
}

void lab_reset_phone(struct lab *lab, uint32_t phone, uint64_t at_us)
{
    lab_reset_as(lab, phone, RESET_RESET, at_us);
}

void lab_press(struct lab *lab, uint32_t phone, enum key_press key, uint64_t at_us)
{
    lab_deliver(lab, phone, (struct event){ .type = EVENT_PRESS, .a = key }, at_us);
}

void lab_erase(struct lab *lab, uint32_t phone, uint64_t at_us)
{
    lab_deliver(lab, phone, (struct event){ .type = EVENT_ERASE }, at_us);
}

void lab_factory_reset(struct lab *lab, uint32_t phone, uint64_t at_us)
{
    lab_deliver(lab, phone, (struct event){ .type = EVENT_FACTORY }, at_us);
}
