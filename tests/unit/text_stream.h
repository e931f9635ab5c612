/* What is printed, as a text that lives as long as the tests. */
#ifndef CUCMLAB_TESTS_TEXT_STREAM_H
#define CUCMLAB_TESTS_TEXT_STREAM_H

#include "sim/base/mem.h"

#include <stdio.h>
#include <stdlib.h>

static struct arena arena; /* of the test: it begins and ends it */

static char *buffer;
static size_t buffer_n;

static FILE *start_text(void)
{
    FILE *out = open_memstream(&buffer, &buffer_n);
    assert_non_null(out);
    return out;
}

static const char *finish_text(FILE *out)
{
    fclose(out);
    const char *text = arena_text(&arena, view_of(buffer, buffer_n));
    free(buffer);
    return text;
}

#endif
