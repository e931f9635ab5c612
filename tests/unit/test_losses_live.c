/* What was lost, asked of a lab on real sockets: as in virtual time, in either order. */
#include "live_lab.h"

#include "sim/predict/losses.h"

#define FEW 4

struct answers {
    uint32_t lost, ever, hands, kept, at_risk, off; /* phones */
};

/* Both certificates are new; nobody has booted, nobody has pressed a key, and one phone is off. */
static struct lab *unnoticed(bool live, struct losses *losses)
{
    struct setup s = { live, "8.6", 1, 1, FEW, "7965", 0, false, false, NULL };
    struct lab *lab = booted(&s);
    losses_init(losses, lab);
    lab_power(lab, FEW - 1, false, lab_now_us(lab));
    lab_step(lab, "both");
    act_regenerate(lab, OWN_CALLMANAGER);
    act_regenerate(lab, OWN_TVS);
    act_service(lab, SERVICE_TFTP, DO_RESTART);
    act_service(lab, SERVICE_TVS, DO_RESTART);
    quiet(lab);
    lab_run_until(lab, lab_now_us(lab) + 100 * MS);
    return lab;
}

static uint32_t hands(struct losses *l)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < FEW; i++)
        n += losses_need_hands(l, i);
    return n;
}

static struct answers answers(bool live, bool hands_first)
{
    struct losses losses;
    struct lab *lab = unnoticed(live, &losses);
    struct answers a = { 0 };
    struct lab_loss loss;
    a.hands = hands_first ? hands(&losses) : 0;
    for (uint32_t i = 0; i < FEW; i++) {
        a.lost += losses_now(&losses, i) != 0;
        a.ever += losses_of(&losses, i, &loss);
    }
    assert_int_equal(lab->record.loss_count, 0);
    assert_int_equal(hands(&losses), hands_first ? a.hands : FEW);
    a.hands = hands(&losses);
    const struct verdict *v = losses_verdict(&losses);
    assert_int_equal(v->need_hands, a.hands);
    a.at_risk = v->boots[STANDS_UP].by_way[WAY_HANDS];
    a.off = v->boots[STANDS_OFF].by_way[WAY_HANDS];
    lab_step(lab, "the next one");
    a.kept = lab->record.loss_count;
    losses_free(&losses);
    done();
    return a;
}

static void as_in_virtual_time(void **state)
{
    (void)state;
    struct answers first = answers(false, false);
    assert_int_equal(first.lost, FEW - 1);
    assert_int_equal(first.ever, FEW - 1);
    assert_int_equal(first.hands, FEW);
    assert_int_equal(first.kept, FEW - 1);
    assert_int_equal(first.at_risk, FEW - 1);
    assert_int_equal(first.off, 1);
    for (int k = 1; k < 4; k++) {
        struct answers again = answers(k > 1, k % 2 != 0);
        assert_memory_equal(&again, &first, sizeof first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(as_in_virtual_time) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
