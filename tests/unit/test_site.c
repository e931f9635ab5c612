/* A small cluster as it was found (tests/vectors/site-small): the present, phones whose lists are
 * not those that are served, and both ways to run it. */
#include "tests/unit/site_maker.h"

#include <stdlib.h>

static void made(void **state)
{
    (void)state;
    if (getenv("SITE") != NULL)
        site_make(getenv("SITE"));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(made) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
