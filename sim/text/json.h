/* JSON as a stream of values, never as a tree: answers of 60,000 phones take no memory, the line of
 * each value is known, and of a file that breaks off the rest counts.  What Python prints of the
 * same (single quotes, None, True, tuples, adjacent strings, objects by their repr) reads alike,
 * for that is what scripts leave behind.
 *
 * Every value begins and ends; a text comes in pieces between; null is a value without text.  An
 * array has no value of its own: each of its elements bears the array's name.
 * Bytes are UTF-8; texts are handed on as they are.  Nothing is allocated. */
#ifndef CUCMLAB_TEXT_JSON_H
#define CUCMLAB_TEXT_JSON_H

#include "sim/base/buf.h"
#include "sim/base/err.h"

struct json; /* one that is being read */

struct json_calls {
    uint32_t depth; /* most values inside each other, at most 255 */
    /* name: without escapes undone; "" at the top. */
    void (*begin)(struct json *j, void *ctx, struct view name, bool element);
    void (*text)(struct json *j, void *ctx, struct view text);
    void (*end)(struct json *j, void *ctx);
};

uint32_t json_line(const struct json *j); /* from 1 */
void json_stop(struct json *j);           /* enough: the reading ends, as a good one */

/* One value or several behind each other.  False with "line N: what": what was called before that
 * was called. */
bool json_read(struct view bytes, const struct json_calls *calls, void *ctx, struct err *e);

#endif
