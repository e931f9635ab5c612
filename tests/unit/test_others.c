/* Whom it concerns besides phones: what was done, and nothing else. */
#include "tests/unit/run_script.h"

#include "sim/base/sys.h"
#include "sim/report/others.h"

#include <cjson/cJSON.h>

static const struct {
    const char *what, *acts, *text; /* as printed; "": nothing is */
} cases[] = {
    { "nothing was done", "", "" },
    { "a certificate that concerns phones alone", "hq.pub:regenerate('TVS')", "" },
    { "one that concerns others", "hq.pub:regenerate('TVS', 'ipsec')",
      "Besides phones (told, not simulated):\n"
      "  another ipsec certificate: DRS backups and restores between nodes fail until Cisco DRF "
      "Master and Cisco DRF Local were restarted everywhere\n\n" },
    { "in a lab of two clusters",
      "cluster { name = 'BR', version = '8.6', nodes = { 'b1' } } "
      "hq.pub:regenerate('ipsec')",
      "Besides phones (told, not simulated):\n"
      "  HQ, another ipsec certificate: DRS backups and restores between nodes fail until Cisco "
      "DRF Master and Cisco DRF Local were restarted everywhere\n\n" },
    { "out of mixed mode",
      "br = cluster { name = 'BR', version = '12.5', nodes = { 'b1' } } "
      "br:ctl('mixed-mode') br:ctl('non-secure-mode')",
      "Besides phones (told, not simulated):\n"
      "  BR, utils ctl set-cluster non-secure-mode: Unity Connection with encryption looks for a "
      "CCM+TFTP record in the ITL of this cluster (TCP 6972), finds none, and refuses it\n\n" },
};

static void each_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run r = { 0 };
        struct sys_text text;
        char scenario[1000];
        snprintf(scenario, sizeof scenario,
                 "hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } %s",
                 cases[i].acts);
        run(&r, scenario);
        assert_string_equal(r.e.text, "");
        struct report report = { .lab = r.lab };
        FILE *f = sys_text_open(&text);
        others_print(f, &report);
        fclose(f);
        if (!view_eq(view_of(text.p, text.n), view_str(cases[i].text)))
            fail_msg("%s: %.*s", cases[i].what, (int)text.n, text.p);
        sys_text_free(&text);
        cJSON *root = cJSON_CreateObject();
        others_json(root, &report);
        assert_int_equal(cJSON_GetArraySize(root->child), cases[i].text[0] != '\0');
        cJSON_Delete(root);
        done(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_case) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
