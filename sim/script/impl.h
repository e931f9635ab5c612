/* Shared inside sim/script: the state of a running scenario and what its parts call of each other.
 * Every function that takes a lua_State may raise a Lua error (a longjmp): it owns nothing then. */
#ifndef CUCMLAB_SCRIPT_IMPL_H
#define CUCMLAB_SCRIPT_IMPL_H

#include "sim/lab_found.h"
#include "sim/script/script.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

enum task_state { TASK_READY_AT, TASK_SETTLING, TASK_HELD, TASK_OVER };

/* A coroutine of the scenario: its main part, or a function given to at(). */
struct task {
    lua_State *co;
    int ref;           /* keeps the coroutine alive */
    uint8_t state;     /* enum task_state */
    bool answers;      /* resumed from settle(): gets two results */
    bool quiet;        /* first result */
    bool no_limit;     /* settle() without a limit: not getting quiet is an error */
    bool then;         /* the second source, before it begins: it waits for all to be quiet */
    int values;        /* on the stack of `co`: what a source is given, or returned */
    uint32_t idle;     /* second result */
    uint64_t due_us;   /* READY_AT: when; SETTLING: its limit, or when it looks again */
    uint64_t begun_us; /* SETTLING: since when */
    const char *held;  /* HELD: before which step */
};

struct script_set {
    const char *text; /* "name=value" */
    size_t name_len;
    bool used;
};

/* A site that an act names. */
struct script_site {
    uint32_t site;     /* CT_STR */
    bool stood;        /* phones were put there */
    const char *where; /* "scenario.lua:12: link", where something is said of it first; NULL */
};

struct script_source {
    const char *path;
    struct view text;
    char chunk[200]; /* how Lua names it in messages */
};

enum script_stage {
    SCRIPT_NEW,
    SCRIPT_RUNS,
    SCRIPT_ENDED,
    SCRIPT_BROKEN /* by an error */
};

struct script {
    struct script_options options;
    uint8_t stage; /* enum script_stage */
    struct lab *lab;
    lua_State *L;
    struct arena arena;
    struct script_source sources[2]; /* the second one is read with the first and run behind it */
    int then_ref;                    /* its function; LUA_NOREF: there is none, or it has begun */
    size_t memory_used;
    uint64_t budget; /* instructions left */
    uint64_t work;   /* lab_work() that was charged */
    size_t longest;  /* of the texts made so far, in bytes */
    bool exhausted;
    bool stopped;    /* by script_is_stopped(), in the middle of its instructions */
    bool long_text;  /* what no memory was given for was a text of over TEXT_MOST */
    uint32_t nested; /* calls of sandbox_enter() */
    struct rng random, parts;
    struct task *tasks;
    uint32_t task_count, task_cap, current;
    struct script_expect *expects;
    uint32_t expect_count, expect_cap;
    uint32_t expect_open;  /* line of an expect() that nothing was compared with yet; 0: none */
    const char *expect_in; /* and its source */
    struct script_param *params;
    uint32_t param_count, param_cap;
    struct script_set *sets;
    uint32_t set_count;
    uint32_t *off; /* phones that go off as soon as they have booted */
    uint32_t off_count, off_cap;
    uint8_t *config; /* by device number: enum file_kind + 1 of the configuration used last */
    uint32_t config_cap;
    struct script_site *sites;
    uint32_t site_count, site_cap;
    struct observer observer;
    const char *found_files[LAB_CLUSTERS]; /* `files` of found {}; NULL: none */
    bool settled; /* by itself, at its end, for what was found to become the present */
    bool rested;  /* by itself, behind the second source */
};

/* ---- state.c: what every part uses, below all of them ---- */

struct script *script_of(lua_State *L);
/* A copy that lasts as long as the script. */
const char *script_keep(struct script *s, const char *text);
/* ---- settle.c: what is still under way ---- */

/* For settle() without a limit: when it looks whether what is under way can come to an end; the
 * last time it gives up. */
uint64_t settle_looks_us(const struct lab *lab, uint64_t begun_us, uint64_t now_us);
/* It is over though all is not quiet: the last look, or nothing is under way but phones that tried
 * in vain again and again and may do so for ever.  `to_come`: functions of at(). */
bool settle_gives_up(const struct lab *lab, uint64_t begun_us, uint32_t to_come);
/* "8 of 8 phones: 8 Unregistered, ...". */
void settle_words(const struct lab *lab, uint64_t begun_us, uint32_t to_come, struct err *e);
bool script_is_stopped(const struct script *s); /* somebody wants it to end */
/* How many coroutines are due later. */
uint32_t script_to_come(const struct script *s);

/* A coroutine for the function on top of the stack of L, which is popped. */
void script_add_task(lua_State *L, struct script *s, uint64_t due_us);
/* Raises a Lua error, so it never returns; `return args_fail(...)` reads well. */
int args_fail(lua_State *L, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Pushes a text of the value without any address. */
const char *sandbox_tostring(lua_State *L, int arg);
#define VALUES_MOST 1000 /* that one call takes or gives back */
/* From now on the instructions of L count. */
void script_watch_budget(lua_State *L);
/* Takes `n` instructions off the budget. */
void sandbox_charge(lua_State *L, uint64_t n);
/* What the lab did and tried since this was asked last, in instructions. */
uint64_t script_worked(struct script *s);
/* Around a call of the scenario's functions from C, which holds C's stack: an error where too many
 * are nested.  enter() returns what leave() is to be given. */
uint32_t sandbox_enter(lua_State *L);
void sandbox_leave(lua_State *L, uint32_t outer);

/* When all is quiet for the first time, at the latest before the first step or act behind time 0:
 * what was found becomes the present, and phones that are off from the start, and have booted, go
 * off.  True: something happened. */
bool script_switch_off(struct script *s);
/* One that is off then. */
void script_is_off(struct script *s, uint32_t phone);

/* ---- folder.c: files beside the scenario ---- */

/* The name, or an error where it could be that of a file elsewhere; `what` it is of. */
const char *folder_name(lua_State *L, const char *verb, const char *what, const char *name);
#define FOLDER_PATH 4500 /* with its NUL */
/* Where that file lies; `folder` "": beside the scenario itself. */
void folder_path(lua_State *L, const char *verb, const char *folder, const char *name,
                 char path[FOLDER_PATH]);
/* What reading so many bytes counts as, whoever read them. */
void folder_charge(lua_State *L, size_t bytes);
/* The bytes of the file, in `a`. */
struct view folder_read(lua_State *L, const char *verb, const char *folder, const char *name,
                        size_t limit, struct arena *a);

/* ---- heard.c: what phones said while the script ran ---- */

void heard_begin(struct script *s);
void heard_end(struct script *s);
/* By which name the phone got the configuration that it uses; false: it has none. */
bool heard_config(const struct script *s, uint32_t phone, enum file_kind *kind);

/* ---- sites.c: names of sites, which nothing but their use declares ---- */

void sites_said(lua_State *L, uint32_t site, const char *verb);
void sites_stood(struct script *s, uint32_t site);
/* Once the scenario is over: a site of which something was said and where no phone ever stood is a
 * slip of the pen. */
bool sites_used(const struct script *s, struct err *e);

/* ---- args.c: reading arguments; errors say the verb and what was expected ---- */

/* No more than `most` arguments, the receiver of a method among them. */
void args_most(lua_State *L, int most, const char *verb);
/* `verb: no what "given" (one of a, b, c)` */
int args_unknown(lua_State *L, const char *verb, const char *what, const char *given,
                 const char *const *names, uint32_t count);
/* What was given, for a message: a text in quotes, "nothing", "a table". */
const char *args_given(lua_State *L, int arg);
/* A text that should be one of these words: `verb: a noun is expected, not 5 (one of a, b)`. */
const char *args_choice(lua_State *L, int arg, const char *verb, const char *noun,
                        const char *const *words, uint32_t count);
/* The table of models has too many rows for a message. */
int args_no_model(lua_State *L, const char *verb, const char *given);
/* `others`: what is no CUCM of these days may be named too. */
int args_no_version(lua_State *L, const char *verb, const char *given, bool others);
/* The function of a phone that is called so. */
enum phone_function args_function(lua_State *L, const char *verb, const char *name);
/* A text that is a word of an argument's closed set (act_words()). */
uint64_t args_word(lua_State *L, int arg, const char *verb, enum arg_type type, const char *noun);
uint64_t args_time(lua_State *L, int arg, const char *verb);    /* seconds or text */
uint64_t args_instant(lua_State *L, int arg, const char *verb); /* the same, or a date */
/* A value of a fact: a number in its own unit, a boolean or a text. */
uint64_t args_fact(lua_State *L, int arg, const char *verb, const struct fact *f);
const char *args_text(lua_State *L, int arg, const char *verb, const char *what);
/* A table that has no other fields than these. */
void args_table(lua_State *L, int arg, const char *verb, const char *const *keys, uint32_t count);
/* Fields: false (or NULL) where there is none. Texts live as long as the table. */
const char *args_field_text(lua_State *L, int arg, const char *verb, const char *key);
bool args_field_bool(lua_State *L, int arg, const char *verb, const char *key, bool *out);
bool args_field_time(lua_State *L, int arg, const char *verb, const char *key, uint64_t *us);
/* A date that is over, in Unix seconds; 0 where the field is not there. */
int64_t args_field_date(lua_State *L, int arg, const char *verb, const char *key);
bool args_field_number(lua_State *L, int arg, const char *verb, const char *key, double least,
                       double most, double *out);
/* A list of texts, or one text; at least one and at most `max`. */
uint32_t args_texts(lua_State *L, int arg, const char *verb, const char *what, const char **out,
                    uint32_t max);
/* Pushes the time in seconds, an integer where it is one. */
void args_push_time(lua_State *L, uint64_t us);

/* ---- bounds.c, strings.c, tables.c, pattern.c, and above them sandbox.c ---- */

#define TEXT_MOST (1u << 20) /* bytes of one text, fields of a table that one call goes through */

/* A function of Lua that a scenario may use. */
struct allowed {
    const char *name;
    lua_CFunction bound; /* called instead, with Lua's own as its upvalue; NULL: as it is */
};
extern const struct allowed string_allowed[], table_allowed[]; /* NULL ends them */
void strings_open(lua_State *L);

/* What a bound function calls: Lua's own; its arguments charged first; its results bounded too. */
int bound_call(lua_State *L);
void bound_arguments(lua_State *L);
void bound_number(lua_State *L, int arg); /* a text, to be read as a number */
int bound_plain(lua_State *L);
int bound_few(lua_State *L);

/* NULL: no memory.  `open_language` adds what a scenario has beside Lua's own functions. */
lua_State *sandbox_open(struct script *s, lua_CFunction open_language);

#define CAPTURES_MOST 32

struct capture {
    size_t at;
    ptrdiff_t n; /* negative: still open, or a position */
};

/* One try of a pattern on a text.  Errors are Lua's; its steps come off the budget. */
struct match {
    lua_State *L;
    struct view text, pattern; /* Lua's texts: a NUL stands behind each */
    uint64_t steps;
    uint32_t level, depth;
    struct capture captures[CAPTURES_MOST];
};

/* The pattern from `p` on, against the text from `s` on; *end is behind what matched. */
bool pattern_match(struct match *m, size_t s, size_t p, size_t *end);
/* The capture `i` of the match from `s` to `end`; absent where it is a position, which is pushed.
 */
struct view pattern_capture(struct match *m, uint32_t i, size_t s, size_t end);
void pattern_push(struct match *m, uint32_t i, size_t s, size_t end);
/* All of them, and where there is none (`whole`) the match; returns how many were pushed. */
int pattern_push_all(struct match *m, bool whole, size_t s, size_t end);

/* ---- the verbs ---- */

void verbs_open(lua_State *L);
void verbs_push_settle(lua_State *L); /* settle(), whatever the scenario has called so */
void admin_open(lua_State *L);
void certificate_open(lua_State *L);
void fleet_open(lua_State *L);
void expect_open(lua_State *L);
void found_open(lua_State *L);
void lookup_open(lua_State *L);
/* CT_LIST of a trust list of cluster.certs, a CTL or an ITL; read where nobody did yet. */
uint32_t found_list(lua_State *L, const char *verb, uint32_t cluster, const char *sha256, bool ctl);
/* Phones of the file that the table at 2 names, powered on: pushes the fleet. */
int found_phones(lua_State *L, uint32_t cluster);
/* `cluster "HQ"`: pushes the cluster that is called as the text at 1. */
int lookup_cluster(lua_State *L);
/* After the objects: adds a verb for each row of the table of acts. */
void acts_open(lua_State *L);

/* How the language has the arguments of acts, by type.  Those that are fields are given by name in
 * one table, the others in their order; a single argument of an act on a node may be given several
 * times; an act on phones that may be spread takes a time behind its arguments. */
struct act_form {
    const char *noun; /* of errors and of the page: "trust store" */
    const char *type; /* of editors: "TrustStore" */
    bool field, optional;
    bool others;     /* it takes other names than act_words() says */
    const char *doc; /* what it may be; NULL: the act says it */
};
extern const struct act_form act_forms[ARG_TYPES];

const char *act_object(const struct act_row *row); /* OBJECT_NODE, ... */
/* The verb is the first word of the name; what follows is the argument that chooses between rows of
 * one verb, ctl("update"); NULL where it is the only one. */
size_t act_verb_length(const struct act_row *row);
const char *act_choice(const struct act_row *row);
bool act_same_verb(const struct act_row *a, const struct act_row *b);
enum act_kind act_first(const struct act_row *row); /* of its verb */
bool act_in_fields(const struct act_row *row);
bool act_repeats(const struct act_row *row);
/* It goes into the database of a cluster that its field `cluster` names. */
bool act_may_name_cluster(const struct act_row *row); /* a field: else that of the phones */
bool act_of_cluster(const struct act_row *row);
uint32_t act_fields(const struct act_row *row, const char *names[ACT_ARGS + 1]);

/* ---- asked.c: what can be asked of one phone; filter.c: which phones of a fleet ---- */

/* A question that words answer: the field and the filter of that name.  The answer is 0 to count -
 * 1; word() has each in words. */
struct asked_row {
    const char *name;
    uint32_t count; /* ASKED_WORDS at most */
    const char *(*word)(uint32_t answer);
    uint32_t (*answer)(const struct script *s, uint32_t phone);
};
enum { ASKED_ROWS = 7, ASKED_WORDS = 64 };
extern const struct asked_row asked_table[ASKED_ROWS];

/* Settings, which only say something where the phone has a configuration, are none. */
bool asked_is_field(const char *key);
/* False and nothing pushed where a phone has no such field. */
bool asked_push(lua_State *L, uint32_t phone, const char *key);

struct object_fleet;
/* The phones that pass the filters at `arg` (nil: all), in memory of Lua that stays on the stack.
 */
uint32_t filter_phones(lua_State *L, const struct object_fleet *from, int arg, const char *verb,
                       const uint32_t **out);

/* ---- object.c: every object of a scenario is made and checked here ---- */

#define OBJECT_CLUSTER "cluster"     /* uint32_t, its number */
#define OBJECT_NODE    "node"        /* struct object_node */
#define OBJECT_CERT    "certificate" /* uint32_t, content */
#define OBJECT_FLEET   "fleet"       /* struct object_fleet */
#define OBJECT_EXPECT  "expectation" /* struct object_expect */

struct object_node {
    uint32_t cluster, node;
};

/* Phones first .. first + count - 1 where `listed` is false, else phones[]. */
struct object_fleet {
    uint32_t cluster, first, count;
    bool listed;
    bool single; /* one phone: has the fields of a phone */
    uint32_t phones[];
};

/* Its uservalues: 1 the value, 2 the text. */
struct object_expect {
    uint32_t line, source; /* index of the source where it stands */
};

/* Makes the metatable of an object: its methods, and the functions of the metatable itself. */
void object_open(lua_State *L, const char *type, const luaL_Reg *methods, const luaL_Reg *meta);
/* One method more: its name and the function on top of the stack, which are popped. */
void object_add_method(lua_State *L, const char *type);
/* Raises: there is no such field; names what there is: fields of its own, then methods. */
int object_no_field(lua_State *L, const char *type, const char *key, const char *const *own,
                    uint32_t count);
/* The method `key` of `type` on the stack; false and nothing pushed where there is none. */
bool object_method(lua_State *L, const char *type, const char *key);
/* __eq of objects that are the same where their bytes are. */
int object_same(lua_State *L);
/* The receiver of a method, with an error that tells of the colon. */
void *object_self(lua_State *L, const char *type, const char *verb);

void object_push_cluster(lua_State *L, uint32_t cluster);
void object_push_node(lua_State *L, uint32_t cluster, uint32_t node);
void object_push_cert(lua_State *L, uint32_t cert);
struct object_fleet *object_push_fleet(lua_State *L, uint32_t cluster, uint32_t first,
                                       uint32_t count);
/* A listed one; `phones` NULL: the caller fills them in. */
struct object_fleet *object_push_phones(lua_State *L, uint32_t cluster, const uint32_t *phones,
                                        uint32_t count);
/* Value and text are at 1 and 2 of the stack. */
void object_push_expect(lua_State *L, uint32_t line, uint32_t source);

/* What is at `arg`, or an error. */
uint32_t object_check_cluster(lua_State *L, int arg, const char *verb);
/* A node as an object, or by a name that one cluster alone has. */
/* How many clusters have a node of that name, and one of them; an error where none has. */
uint32_t object_nodes_named(lua_State *L, const char *name, const char *verb,
                            struct object_node *found);
struct object_node object_check_node(lua_State *L, int arg, const char *verb);
/* One node of this cluster or a list of them, as objects or names; returns how many. */
uint32_t object_check_nodes(lua_State *L, int arg, const char *verb, uint32_t cluster,
                            const char **names, uint32_t most);
uint32_t object_check_cert(lua_State *L, int arg, const char *verb);
const struct object_fleet *object_check_fleet(lua_State *L, int arg, const char *verb);
uint32_t object_phone_at(const struct object_fleet *f, uint32_t i); /* its number in the lab */

#define COUNT_OF(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

#endif
