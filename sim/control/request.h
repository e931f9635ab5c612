/* One request of somebody who controls a lab: a line of JSON, read into plain data.  The grammar is
 * docs/CONTROL.md; docs/control-schema.json has it as a schema.  Nothing here looks at a lab. */
#ifndef CUCMLAB_CONTROL_REQUEST_H
#define CUCMLAB_CONTROL_REQUEST_H

#include "sim/base/buf.h"
#include "sim/base/err.h"
#include "sim/script/script.h"

#define CONTROL_LINE_MAX    65536u /* bytes of a request, its line feed not among them */
#define CONTROL_TEXT        512    /* of an act, or of a name */
#define CONTROL_ID          80     /* of what tells answers apart */
#define CONTROL_FILTERS     16
#define CONTROL_SPEED_LEAST 0.1
#define CONTROL_SPEED_MOST  100.0

enum control_kind {
    CONTROL_DO,
    CONTROL_REPORT,
    CONTROL_VERDICT,
    CONTROL_PHONE,
    CONTROL_EXPLAIN,
    CONTROL_COUNT,
    CONTROL_STEPS,
    CONTROL_TIME,
    CONTROL_MEMORY,
    CONTROL_PAUSE,
    CONTROL_CONTINUE,
    CONTROL_STEP,
    CONTROL_STOP,
    CONTROL_SPEED,
    CONTROL_KINDS
};

struct control_request {
    enum control_kind kind;
    char text[CONTROL_TEXT];                       /* DO: whom and what; PHONE, EXPLAIN: the name */
    char id[CONTROL_ID];                           /* as JSON, repeated in the answer; "": none */
    struct script_filter filters[CONTROL_FILTERS]; /* of the member `phones` */
    uint32_t filter_count;
    bool filtered; /* there was that member */
    double speed;
    char room[CONTROL_FILTERS][2][64]; /* the filters' texts */
};

/* A command of `cucmlab control PATH`: its word, what stands behind it ("" for nothing), one line
 * of help. */
struct control_command {
    const char *word, *value, *help;
};
struct control_command control_command(enum control_kind kind);

/* False: it is none; the error says what was expected.  `id` is filled where it was read before. */
bool control_read(struct view line, struct control_request *out, struct err *e);

#endif
