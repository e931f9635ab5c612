#include "sim/report/operations.h"

#include "nodes/capf.h"
#include "nodes/config.h"
#include "sim/base/count.h"

#include <cjson/cJSON.h>

/* Phones with one Certificate Operation Status, on the pages of one cluster. */
struct operations {
    uint32_t phones;
    char example[DEVICE_NAME];
};

static void count(const struct lab *lab, const struct cluster *cl,
                  struct operations by[CAPF_STATUSES])
{
    for (int s = 0; s < CAPF_STATUSES; s++)
        by[s].phones = 0;
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        const struct device_class *row = config_class_of(cl, i);
        if (row != NULL && by[row->capf.status].phones++ == 0)
            lab_phone_name(lab, i, by[row->capf.status].example);
    }
}

void operations_print(FILE *out, const struct report *r)
{
    const char *head = "Certificate Operation Status (CAPF), on the pages of phones:\n";
    const struct lab_state *state = &r->lab->state;
    bool any = false, several = state->cluster_count > 1;
    for (uint32_t c = 0; c < state->cluster_count; c++) {
        struct operations by[CAPF_STATUSES];
        count(r->lab, &state->clusters[c], by);
        for (int s = CAPF_STATUS_NONE + 1; s < CAPF_STATUSES; s++) {
            if (by[s].phones == 0)
                continue;
            fprintf(out, "%s  %s%s%s: %s; %s %s\n", any ? "" : head,
                    several ? state->clusters[c].name : "", several ? ": " : "",
                    capf_status_name((enum capf_status)s), COUNTED_OF(by[s].phones, "phone"),
                    by[s].phones == 1 ? "it is" : "one of them is", by[s].example);
            any = true;
        }
    }
    if (any)
        fputc('\n', out);
}

void operations_json(cJSON *root, const struct report *r)
{
    const struct lab_state *state = &r->lab->state;
    cJSON *list = NULL;
    for (uint32_t c = 0; c < state->cluster_count; c++) {
        struct operations by[CAPF_STATUSES];
        count(r->lab, &state->clusters[c], by);
        for (int s = CAPF_STATUS_NONE + 1; s < CAPF_STATUSES; s++) {
            if (by[s].phones == 0)
                continue;
            if (list == NULL)
                list = cJSON_AddArrayToObject(root, "certificate_operations");
            cJSON *one = cJSON_CreateObject();
            cJSON_AddStringToObject(one, "cluster", state->clusters[c].name);
            cJSON_AddStringToObject(one, "status", capf_status_name((enum capf_status)s));
            cJSON_AddNumberToObject(one, "phones", by[s].phones);
            cJSON_AddStringToObject(one, "example", by[s].example);
            cJSON_AddItemToArray(list, one);
        }
    }
}
