/* Shared inside sim/plan: what is written down while the change runs, and the parts that fill the
 * plan in. */
#ifndef CUCMLAB_PLAN_IMPL_H
#define CUCMLAB_PLAN_IMPL_H

#include "sim/lab_outage.h"
#include "sim/plan/plan.h"

/* ---- impl.c: lists in the arena of the plan ---- */

/* Room for one element more at *list; returns it, zeroed. */
void *plan_more(struct arena *a, void *list, uint32_t *count, uint32_t *cap, size_t size);
const char *plan_keep(struct arena *a, const char *text);
const char *plan_fmt(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void plan_add_text(struct arena *a, struct plan_texts *to, const char *text);
/* A time as reports show it: its date where the scenario has one, else from the start. */
const char *plan_time(struct arena *a, const struct lab *lab, uint64_t us);
/* The same within a day: "06:02". */
const char *plan_time_of_day(struct arena *a, const struct lab *lab, uint64_t us);
/* "1:35", minutes and seconds; "2:05:00" with hours; "<0:01" what is less, and not nothing. */
#define PLAN_CLOCK 32
char *plan_clock(uint64_t us, char out[PLAN_CLOCK]);
/* The number of the step behind which all that was tried came to the same as behind this one, all
 * steps between too; 0: there is none. */
uint32_t plan_ways_as(const struct plan *p, uint32_t step);
/* Of a step that does not wait until what it began is over. */
extern const char plan_under_way_words[];
/* "1 min 35 s", "2 h 5 min". */
char *plan_span(uint64_t us, char out[PLAN_CLOCK]);

/* ---- uncertain.c ---- */

struct backup;
const char *plan_backup_time(struct arena *a, const struct lab *lab, const struct backup *b);
/* "TVS of sub1": of what a restore of it on this node brings back, that which no file knows; NULL:
 * nothing. */
#define PLAN_EVERY_NODE UINT32_MAX
const char *plan_backup_unknown(struct arena *a, const struct lab *lab, uint32_t cluster,
                                const struct backup *b, uint32_t node);

/* ---- record.c: what is written down while it runs ---- */

struct recorded_act {
    struct act act;
    uint8_t cluster;
    uint16_t step;
    uint64_t at_us;
    const char *words; /* its own and those of its arguments, as things were then */
    uint32_t phones;   /* of acts on phones: whom[], or as many from `first` on */
    const uint32_t *whom;
    uint32_t first;
    uint8_t reverse;  /* enum reverse (back.h) */
    struct act back;  /* what takes it back */
    const char *name; /* likewise, where that has a name: of now */
};

/* The lab as it was when a step was over: clusters, and a phone of each state. */
struct recorded_point {
    uint16_t step;
    struct lab *lab; /* its phone i stands for whom[i] */
    uint32_t *whom;  /* numbers in the lab that ran */
    uint32_t *alike; /* how many each stands for */
    uint32_t phones; /* of the point */
    uint32_t acts;   /* of the record, done by then */
    uint32_t registered, on, match, of_match;
    struct plan_texts old; /* services that work with what is no more */
    bool under_way;        /* it is not quiet yet */
};

/* When phones of a place were out of service in a step. */
struct recorded_window {
    uint64_t first_us, last_us;
    uint32_t most; /* at one time; 0: none was */
};

struct recorded_place {
    uint32_t cluster, site, pool;
    uint32_t phones;
    const char *name;                /* of the pool */
    struct recorded_window *windows; /* by step of the change */
    uint32_t window_count, window_cap;
};

struct record {
    struct session *session;
    struct lab *lab;
    struct arena *arena; /* of the plan */
    struct observer observer;
    bool begun;
    uint64_t begun_us;
    uint32_t first_step; /* of the change */
    struct lab *base;    /* the clusters as they were then, with one phone */
    uint8_t *had;        /* by phone: FSM_BIT of each function that it lacked then */
    uint8_t *next;       /* likewise: it would have lost at its next boot */
    uint64_t *rows;      /* by phone: its row in the database, and where it looks for files */
    uint8_t *hands;      /* by phone: it needed hands then, or would have behind its next boot */
    uint32_t had_count;
    struct recorded_act *acts;
    uint32_t act_count, act_cap;
    struct recorded_point start; /* before the change */
    struct recorded_point *points;
    uint32_t point_count, point_cap;
    struct plan_sample *samples;
    uint32_t sample_count, sample_cap;
    struct recorded_place *places;
    uint32_t place_count, place_cap;
    struct table place_at;
    uint16_t *place_of; /* by phone */
    uint32_t place_of_count, place_of_cap;
    const char *uncertain; /* what a restore brought back that nobody knows; NULL: none did */
    bool points_wanted;
    /* false: a run more, of which nothing but the outcome is asked */
};

void record_init(struct record *r, struct session *s, struct arena *a);
/* The change begins (struct script_options, then_begins). */
bool record_begin(void *ctx, struct err *e);
/* What an administrator has said of a phone: its row in the databases, DHCP option 150. */
uint64_t record_row(const struct lab *lab, uint32_t phone);
/* The change is over. */
void record_end(struct record *r);
void record_free(struct record *r);
/* Now: phones by state. */
void record_sample(struct record *r);
/* Of a place, by the number of the step in the lab's record. */
struct recorded_window record_window(const struct record *r, uint32_t place, uint32_t step);

#endif
