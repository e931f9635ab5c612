/* Plants faults in a C source of this tree, one at a time, for tests/mutate/run.sh.
 *
 *   plant list SEED MOST FILE HEADER...    at most MOST faults, one a line, kinds as even as may be
 *   plant make NUMBER FILE HEADER...       the source with that one fault, on standard output
 *
 * A line of the list is NUMBER KIND LINE FIRST LAST WAS NOW, tabs between: FIRST and LAST are the
 * lines of the function around it, 0 outside.  It reads tokens, no grammar: what does not compile
 * is for the compiler to say.  The headers tell which enumerators are siblings.  Lines keep their
 * numbers.  CHECK(), _Static_assert() and the preprocessor are left alone. */
#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum token_kind { WORD, NUMBER, TEXT, MARK };

/* What the innermost brace around a token is. */
enum frame { OUTSIDE, TYPE, TABLE, BLOCK, VALUE };

struct token {
    uint32_t at, length, line;
    uint32_t close;       /* of a bracket: the token that closes it; else 0 */
    uint32_t first, last; /* lines of the function around it, 0: none */
    uint8_t kind, frame;
    bool alone; /* left alone */
};

struct source {
    char *text;
    size_t length;
    struct token *tokens;
    uint32_t count;
};

#define KINDS                                                                                      \
    X(CONSTANT, "constant")                                                                        \
    X(CELL, "table cell")                                                                          \
    X(STATEMENT, "deleted statement")                                                              \
    X(LENGTH, "length")                                                                            \
    X(ENUMERATOR, "enumerator")                                                                    \
    X(ARITHMETIC, "arithmetic")                                                                    \
    X(RELATION, "relation")                                                                        \
    X(INITIALIZER, "initializer")                                                                  \
    X(LOGIC, "logic")                                                                              \
    X(RETURN, "return")                                                                            \
    X(NEGATE, "negate")
#define X(id, name) KIND_##id,
enum kind { KINDS FAULT_KINDS };
#undef X
#define X(id, name) name,
static const char *const kind_names[] = { KINDS };
#undef X

struct fault {
    uint8_t kind;
    uint32_t at, length, line, first, last;
    char *now;
};

static struct fault *faults;
static uint32_t fault_count;

/* Enumerators of all headers, in order; `group`: which enum. */
static struct enumerator {
    char name[64];
    uint32_t group;
} * enumerators;
static uint32_t enumerator_count, group_count;

static void *grown(void *p, size_t count, size_t size)
{
    if (count % 256 != 0)
        return p;
    p = realloc(p, (count + 256) * size);
    if (p == NULL)
        exit(3);
    return p;
}

/* ---- tokens ---- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static uint32_t blank(const char *s, bool line_start)
{
    if (isspace((unsigned char)s[0]))
        return 1;
    uint32_t n = 2;
    if (s[0] == '/' && s[1] == '/')
        return (uint32_t)strcspn(s, "\n");
    if (s[0] == '/' && s[1] == '*') {
        while (s[n] != '\0' && !(s[n] == '*' && s[n + 1] == '/'))
            n++;
        return s[n] == '\0' ? n : n + 2;
    }
    if (s[0] != '#' || !line_start)
        return 0;
    for (n = 0; s[n] != '\0' && s[n] != '\n'; n++) {
        if (s[n] == '\\' && s[n + 1] != '\0')
            n++;
    }
    return n;
}

static uint32_t mark_length(const char *s)
{
    static const char *const long_marks[] = { "<<=", ">>=", "...", "->", "++", "--", "<<", ">>",
                                              "<=",  ">=",  "==",  "!=", "&&", "||", "+=", "-=",
                                              "*=",  "/=",  "%=",  "&=", "|=", "^=" };
    for (size_t i = 0; i < sizeof long_marks / sizeof long_marks[0]; i++) {
        if (strncmp(s, long_marks[i], strlen(long_marks[i])) == 0)
            return (uint32_t)strlen(long_marks[i]);
    }
    return 1;
}

static uint32_t token_length(const char *s, uint8_t *kind)
{
    uint32_t n = 1;
    if (isdigit((unsigned char)s[0])) {
        *kind = NUMBER;
        while (is_word(s[n]) || s[n] == '.')
            n++;
        return n;
    }
    if (is_word(s[0])) {
        *kind = WORD;
        while (is_word(s[n]))
            n++;
        return n;
    }
    *kind = s[0] == '"' || s[0] == '\'' ? TEXT : MARK;
    if (*kind == MARK)
        return mark_length(s);
    while (s[n] != '\0' && s[n] != s[0])
        n += s[n] == '\\' ? 2 : 1;
    return n + 1;
}

static void tokens_of(struct source *s)
{
    uint32_t line = 1;
    bool line_start = true;
    for (uint32_t at = 0; at < s->length;) {
        uint32_t n = blank(s->text + at, line_start);
        uint8_t kind = MARK;
        if (n == 0) {
            n = token_length(s->text + at, &kind);
            s->tokens = grown(s->tokens, s->count, sizeof *s->tokens);
            s->tokens[s->count++] =
                (struct token){ .at = at, .length = n, .line = line, .kind = kind };
            line_start = false;
        }
        for (uint32_t i = at; i < at + n; i++) {
            line += s->text[i] == '\n';
            line_start = line_start || s->text[i] == '\n';
        }
        at += n;
    }
}

static bool is(const struct source *s, uint32_t i, const char *text)
{
    return i < s->count && strlen(text) == s->tokens[i].length &&
           strncmp(s->text + s->tokens[i].at, text, s->tokens[i].length) == 0;
}

static bool is_one_of(const struct source *s, uint32_t i, const char *const *texts)
{
    for (; *texts != NULL; texts++) {
        if (is(s, i, *texts))
            return true;
    }
    return false;
}

/* The last token of what is before a `{` that opens a value: "=", "(", ",", "return", "(type)". */
static bool opens_value(const struct source *s, uint32_t i, uint32_t open)
{
    static const char *const before[] = { "=", "(", ",", "return", "?", "[", NULL };
    static const char *const heads[] = { "if", "for", "while", "switch", NULL };
    if (i == 0)
        return false;
    if (!is(s, i - 1, ")"))
        return is_one_of(s, i - 1, before);
    return open > 0 && !is_one_of(s, open - 1, heads) &&
           !(s->tokens[open - 1].kind == WORD && !is(s, open - 1, "return") &&
             !is(s, open - 1, "sizeof"));
}

/* Is the declaration that token i is in a type's body, or a table that outlives its function? */
static enum frame frame_of(const struct source *s, uint32_t i, uint32_t open, enum frame around)
{
    static const char *const types[] = { "enum", "struct", "union", NULL };
    if (around == TYPE || around == TABLE)
        return around;
    if (is_one_of(s, i - 1, types) || (i > 1 && is_one_of(s, i - 2, types)))
        return TYPE;
    if (!opens_value(s, i, open))
        return BLOCK;
    if (around == VALUE || (around == OUTSIDE && !is(s, i - 1, ")")))
        return around == VALUE ? VALUE : TABLE;
    uint32_t k = i;
    while (k > 0 && !is(s, k - 1, ";") && !is(s, k - 1, "{") && !is(s, k - 1, "}"))
        k--;
    /* "static const struct { ... } rows[] = {": the type stands before. */
    if (k > 0 && is(s, k - 1, "}") && s->tokens[k].kind == WORD && is(s, i - 1, "="))
        return TABLE;
    return is(s, k, "static") ? TABLE : around == OUTSIDE ? BLOCK : VALUE;
}

/* Brackets, frames and functions. */
static void nest(struct source *s)
{
    static uint32_t stack[256];
    uint32_t depth = 0, first = 0, last_open = 0;
    enum frame frames[256] = { OUTSIDE };
    uint32_t braces = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        struct token *t = &s->tokens[i];
        bool opens = is(s, i, "(") || is(s, i, "[") || is(s, i, "{");
        if (is(s, i, "{") && depth < 256 && braces < 255) {
            enum frame f = i == 0 ? BLOCK : frame_of(s, i, last_open, frames[braces]);
            frames[++braces] = f;
            if (braces == 1 && f == BLOCK)
                first = i;
        }
        t->frame = (uint8_t)frames[braces];
        if (opens && depth < 256)
            stack[depth++] = i;
        if ((is(s, i, ")") || is(s, i, "]") || is(s, i, "}")) && depth > 0) {
            s->tokens[stack[--depth]].close = i;
            last_open = stack[depth];
        }
        if (!is(s, i, "}") || braces == 0)
            continue;
        if (braces-- == 1 && first != 0) {
            for (uint32_t k = first; k <= i; k++) {
                s->tokens[k].first = s->tokens[first].line;
                s->tokens[k].last = t->line;
            }
            first = 0;
        }
    }
}

static void leave_alone(struct source *s)
{
    for (uint32_t i = 0; i + 1 < s->count; i++) {
        if (!is(s, i, "CHECK") && !is(s, i, "_Static_assert"))
            continue;
        for (uint32_t k = i; k <= s->tokens[i + 1].close; k++)
            s->tokens[k].alone = true;
    }
}

static struct source read_source(const char *path)
{
    struct source s = { 0 };
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        exit(2);
    }
    size_t room = 4u << 20;
    s.text = malloc(room);
    if (s.text == NULL)
        exit(3);
    s.length = fread(s.text, 1, room - 1, f);
    s.text[s.length] = '\0';
    fclose(f);
    tokens_of(&s);
    nest(&s);
    leave_alone(&s);
    return s;
}

/* ---- enumerators ---- */

static void learn(const struct source *s)
{
    for (uint32_t i = 0; i + 2 < s->count; i++) {
        if (!is(s, i, "enum"))
            continue;
        uint32_t open = is(s, i + 1, "{") ? i + 1 : i + 2;
        if (!is(s, open, "{"))
            continue;
        group_count++;
        for (uint32_t k = open + 1; k < s->tokens[open].close; k++) {
            const struct token *t = &s->tokens[k];
            if (t->kind != WORD || !(is(s, k - 1, "{") || is(s, k - 1, ",")) || t->length > 63)
                continue;
            enumerators = grown(enumerators, enumerator_count, sizeof *enumerators);
            struct enumerator *e = &enumerators[enumerator_count++];
            memcpy(e->name, s->text + t->at, t->length);
            e->name[t->length] = '\0';
            e->group = group_count;
        }
    }
}

/* The next one of the same enum, round and round; NULL: none, or no enumerator. */
static const char *sibling(const struct source *s, uint32_t i)
{
    for (uint32_t k = 0; k < enumerator_count; k++) {
        if (!is(s, i, enumerators[k].name))
            continue;
        uint32_t next = k + 1;
        if (next == enumerator_count || enumerators[next].group != enumerators[k].group) {
            next = k;
            while (next > 0 && enumerators[next - 1].group == enumerators[k].group)
                next--;
        }
        return next == k ? NULL : enumerators[next].name;
    }
    return NULL;
}

/* ---- faults ---- */

/* Tokens `from` to `to` become before + what stood there (where `keep`) + behind. */
static void plant(const struct source *s, enum kind kind, uint32_t from, uint32_t to,
                  const char *before, bool keep, const char *behind)
{
    const struct token *a = &s->tokens[from], *b = &s->tokens[to];
    uint32_t length = b->at + b->length - a->at, lines = 0;
    size_t room = strlen(before) + length + strlen(behind) + 1;
    char *now = calloc(1, room + length);
    if (now == NULL)
        exit(3);
    size_t n = (size_t)snprintf(now, room, "%s%.*s%s", before, keep ? (int)length : 0,
                                s->text + a->at, behind);
    for (uint32_t i = 0; !keep && i < length; i++)
        lines += s->text[a->at + i] == '\n';
    while (lines-- > 0)
        now[n++] = '\n';
    faults = grown(faults, fault_count, sizeof *faults);
    faults[fault_count++] = (struct fault){ .kind = (uint8_t)kind,
                                            .at = a->at,
                                            .length = length,
                                            .line = a->line,
                                            .first = a->first,
                                            .last = a->last,
                                            .now = now };
}

static bool is_operand_end(const struct source *s, uint32_t i)
{
    const struct token *t = &s->tokens[i];
    return t->kind == NUMBER || (t->kind == WORD && !is(s, i, "return")) || is(s, i, ")") ||
           is(s, i, "]");
}

/* Operators of two operands, and what each becomes. */
static void operators(const struct source *s, uint32_t i)
{
    static const struct {
        const char *was, *now;
        uint8_t kind;
    } rows[] = {
        { "+", "-", KIND_ARITHMETIC },   { "-", "+", KIND_ARITHMETIC },
        { "*", "/", KIND_ARITHMETIC },   { "/", "*", KIND_ARITHMETIC },
        { "%", "/", KIND_ARITHMETIC },   { "<<", ">>", KIND_ARITHMETIC },
        { ">>", "<<", KIND_ARITHMETIC }, { "&", "|", KIND_ARITHMETIC },
        { "|", "&", KIND_ARITHMETIC },   { "+=", "-=", KIND_ARITHMETIC },
        { "-=", "+=", KIND_ARITHMETIC }, { "|=", "&=", KIND_ARITHMETIC },
        { "&=", "|=", KIND_ARITHMETIC }, { "++", "--", KIND_ARITHMETIC },
        { "--", "++", KIND_ARITHMETIC }, { "<", "<=", KIND_RELATION },
        { "<=", "<", KIND_RELATION },    { ">", ">=", KIND_RELATION },
        { ">=", ">", KIND_RELATION },    { "==", "!=", KIND_RELATION },
        { "!=", "==", KIND_RELATION },   { "&&", "||", KIND_LOGIC },
        { "||", "&&", KIND_LOGIC },
    };
    static const char *const sides[] = { "++", "--", NULL };
    /* "struct x *p", "(type *)": a star behind a name may be a declaration; spaces tell. */
    bool star = is(s, i, "*") && s->text[s->tokens[i].at + 1] != ' ';
    if (star || i == 0 || (!is_operand_end(s, i - 1) && !is_one_of(s, i, sides)))
        return;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        if (is(s, i, rows[r].was))
            plant(s, (enum kind)rows[r].kind, i, i, rows[r].now, false, "");
    }
}

static void values(const struct source *s, uint32_t i)
{
    const struct token *t = &s->tokens[i];
    enum kind kind = t->frame == TABLE ? KIND_CELL : KIND_CONSTANT;
    bool designator = i > 0 && is(s, i - 1, "[") && is(s, i + 1, "]") && is(s, i + 2, "=");
    if (designator || (t->frame != TABLE && t->first == 0))
        return;
    if (t->kind == NUMBER)
        plant(s, kind, i, i, is(s, i, "0") ? "1" : "(", !is(s, i, "0"),
              is(s, i, "0")    ? ""
              : t->at % 2 == 0 ? " + 1)"
                               : " - 1)");
    if (t->kind == TEXT && t->frame == TABLE && s->text[t->at] == '"')
        plant(s, kind, i, i, "\"x\" ", true, "");
    if (is(s, i, "true") || is(s, i, "false"))
        plant(s, kind, i, i, is(s, i, "true") ? "false" : "true", false, "");
    const char *other = t->kind == WORD ? sibling(s, i) : NULL;
    if (other != NULL)
        plant(s, t->frame == TABLE ? KIND_CELL : KIND_ENUMERATOR, i, i, other, false, "");
}

static void lengths(const struct source *s, uint32_t i)
{
    static const char *const names[] = { "len",  "length", "size", "count", "most",
                                         "room", "limit",  "used", "n",     NULL };
    static const char *const changed[] = { "=", "+=", "-=", "++", "--", "(", "|=", "[", NULL };
    const struct token *t = &s->tokens[i];
    if (t->first == 0 || t->frame == TABLE || t->frame == TYPE || i == 0)
        return;
    if (is(s, i, "sizeof"))
        plant(s, KIND_LENGTH, i, i, "-1 + ", true, "");
    bool declared = s->tokens[i - 1].kind == WORD && !is(s, i - 1, "return");
    bool pointer = is(s, i - 1, "*") && s->text[s->tokens[i - 1].at + 1] != ' ';
    if (is_one_of(s, i, names) && !is_one_of(s, i + 1, changed) && !declared && !pointer &&
        !is(s, i - 1, "++") && !is(s, i - 1, "--"))
        plant(s, KIND_LENGTH, i, i, "", true, t->at % 2 == 0 ? " + 1" : " - 1");
}

/* The `;` that ends the statement of token i; 0: none in this block. */
static uint32_t statement_end(const struct source *s, uint32_t i)
{
    for (; i < s->count && !is(s, i, "}"); i++) {
        if (is(s, i, ";"))
            return i;
        if (s->tokens[i].close != 0)
            i = s->tokens[i].close;
    }
    return 0;
}

static bool starts_statement(const struct source *s, uint32_t i)
{
    if (is(s, i - 1, ";") || is(s, i - 1, "{") || is(s, i - 1, "}") || is(s, i - 1, "else") ||
        is(s, i - 1, "do"))
        return true;
    if (is(s, i - 1, ":")) /* behind "case X:" and "default:" */
        return is(s, i - 2, "default") || is(s, i - 3, "case");
    static const char *const heads[] = { "if", "for", "while", "switch", NULL };
    if (!is(s, i - 1, ")"))
        return false;
    for (uint32_t k = i - 1; k > 0; k--) {
        if (s->tokens[k].close == i - 1)
            return is_one_of(s, k - 1, heads);
    }
    return false;
}

/* A call, an assignment, break and continue; no declaration. */
static void statements(const struct source *s, uint32_t i)
{
    static const char *const jumps[] = { "break", "continue", NULL };
    static const char *const others[] = { "return", "if",     "for",      "while", "switch", "do",
                                          "else",   "static", "case",     "const", "struct", "enum",
                                          "goto",   "bool",   "unsigned", NULL };
    const struct token *t = &s->tokens[i];
    uint32_t end = statement_end(s, i);
    bool star = is(s, i, "*");
    if (t->first == 0 || t->frame != BLOCK || (t->kind != WORD && !star) || end == 0 ||
        i + 1 >= s->count || !starts_statement(s, i) || is_one_of(s, i, others))
        return;
    bool declares = s->tokens[i + 1].kind == WORD || (is(s, i + 1, "*") && !star);
    if (is_one_of(s, i, jumps) || star || !declares)
        plant(s, KIND_STATEMENT, i, end, ";", false, "");
}

static void returns(const struct source *s, uint32_t i)
{
    uint32_t end = statement_end(s, i);
    if (!is(s, i, "return") || end <= i + 1)
        return;
    bool zero = end == i + 2 && (is(s, i + 1, "0") || is(s, i + 1, "NULL"));
    if (end == i + 2 && (is(s, i + 1, "true") || is(s, i + 1, "false")))
        plant(s, KIND_RETURN, i + 1, i + 1, is(s, i + 1, "true") ? "false" : "true", false, "");
    else
        plant(s, KIND_RETURN, i + 1, end - 1, zero ? "1" : "0", false, "");
    if (!zero && end > i + 2)
        plant(s, KIND_RETURN, i + 1, end - 1, "!(", true, ")");
}

static void conditions(const struct source *s, uint32_t i)
{
    if ((is(s, i, "if") || is(s, i, "while")) && is(s, i + 1, "(") &&
        s->tokens[i + 1].close > i + 2)
        plant(s, KIND_NEGATE, i + 2, s->tokens[i + 1].close - 1, "!(", true, ")");
}

/* ".name = value" within a value in a function: left out. */
static void initializers(const struct source *s, uint32_t i)
{
    const struct token *t = &s->tokens[i];
    if (t->first == 0 || t->frame != VALUE || !is(s, i, ".") || !is(s, i + 2, "=") ||
        !(is(s, i - 1, "{") || is(s, i - 1, ",")))
        return;
    uint32_t end = i;
    while (end + 1 < s->count && !is(s, end + 1, ",") && !is(s, end + 1, "}"))
        end = s->tokens[end + 1].close != 0 ? s->tokens[end + 1].close : end + 1;
    if (is(s, end + 1, ","))
        plant(s, KIND_INITIALIZER, i, end + 1, "", false, "");
    else
        plant(s, KIND_INITIALIZER, i, end, "", false, "");
}

static void find_faults(const struct source *s)
{
    static void (*const finders[])(const struct source *,
                                   uint32_t) = { operators, values,     lengths,     statements,
                                                 returns,   conditions, initializers };
    for (uint32_t i = 0; i < s->count; i++) {
        bool body = s->tokens[i].first != 0 || s->tokens[i].frame == TABLE;
        for (size_t f = 0; body && !s->tokens[i].alone && s->tokens[i].frame != TYPE &&
                           f < sizeof finders / sizeof finders[0];
             f++)
            finders[f](s, i);
    }
}

/* ---- what is asked for ---- */

static uint64_t mixed(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static void say(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool space = isspace((unsigned char)text[i]);
        if (!space || (i > 0 && !isspace((unsigned char)text[i - 1])))
            putchar(space ? ' ' : text[i]);
    }
}

static void print_fault(const struct source *s, uint32_t number)
{
    const struct fault *f = &faults[number];
    printf("%" PRIu32 "\t%s\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\t", number, kind_names[f->kind],
           f->line, f->first, f->last);
    say(s->text + f->at, f->length);
    putchar('\t');
    if (f->now[strspn(f->now, " \n;")] == '\0')
        fputs("(nothing)", stdout);
    say(f->now, strlen(f->now));
    putchar('\n');
}

/* The kinds in turn, each fault of a kind by its draw. */
static void list(const struct source *s, uint64_t seed, uint32_t most)
{
    bool *listed = calloc(fault_count + 1, 1);
    if (listed == NULL)
        exit(3);
    for (uint32_t printed = 0, idle = 0, turn = (uint32_t)(mixed(seed) % FAULT_KINDS);
         printed < most && idle < FAULT_KINDS; turn = (turn + 1) % FAULT_KINDS) {
        uint32_t best = fault_count;
        uint64_t least = 0;
        for (uint32_t i = 0; i < fault_count; i++) {
            uint64_t draw = mixed(seed * 1000003 + i);
            if (faults[i].kind == turn && !listed[i] && (best == fault_count || draw < least)) {
                best = i;
                least = draw;
            }
        }
        idle = best == fault_count ? idle + 1 : 0;
        if (best == fault_count)
            continue;
        listed[best] = true;
        print_fault(s, best);
        printed++;
    }
    free(listed);
}

static int make(const struct source *s, uint32_t number)
{
    if (number >= fault_count)
        return 2;
    const struct fault *f = &faults[number];
    fwrite(s->text, 1, f->at, stdout);
    fputs(f->now, stdout);
    fwrite(s->text + f->at + f->length, 1, s->length - f->at - f->length, stdout);
    return 0;
}

int main(int argc, char **argv)
{
    bool lists = argc > 4 && strcmp(argv[1], "list") == 0;
    if (!lists && !(argc > 3 && strcmp(argv[1], "make") == 0)) {
        fputs("usage: plant list SEED MOST FILE HEADER... | plant make NUMBER FILE HEADER...\n",
              stderr);
        return 2;
    }
    int file = lists ? 4 : 3;
    for (int i = file; i < argc; i++) {
        struct source header = read_source(argv[i]);
        learn(&header);
    }
    struct source s = read_source(argv[file]);
    find_faults(&s);
    if (!lists)
        return make(&s, (uint32_t)strtoul(argv[2], NULL, 10));
    list(&s, strtoull(argv[2], NULL, 10), (uint32_t)strtoul(argv[3], NULL, 10));
    return 0;
}
