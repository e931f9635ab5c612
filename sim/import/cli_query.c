#include "sim/import/cli_query.h"

#include "sim/wire/text.h"

#include <string.h>

/* ---- words ---- */

static bool is_name(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '*' || c == ':';
}

/* The next word, text in quotes or mark; absent at the end. */
static struct view token(struct view *left)
{
    *left = text_trim(*left);
    if (left->n == 0)
        return (struct view){ NULL, 0 };
    size_t n = 1;
    if (left->p[0] == '\'' || left->p[0] == '"') {
        while (n < left->n && left->p[n] != left->p[0])
            n++;
        n += n < left->n;
    } else if (is_name(left->p[0])) {
        while (n < left->n && is_name(left->p[n]))
            n++;
    }
    struct view word = view_sub(*left, 0, n);
    *left = view_sub(*left, n, left->n - n);
    return word;
}

static bool is_any(struct view word, const char *words)
{
    struct view left = view_str(words);
    while (left.n > 0) {
        struct view one = text_cut(&left, ' ');
        char text[16] = { 0 };
        memcpy(text, one.p, one.n < sizeof text ? one.n : sizeof text - 1);
        if (text_same(word, text))
            return true;
    }
    return false;
}

/* ---- SELECT ---- */

/* The name before and the one behind the dot. */
static void split(struct view word, struct query_item *item)
{
    struct view left = word, table = text_cut(&left, '.');
    bool dotted = table.n < word.n;
    item->table = dotted ? table : (struct view){ NULL, 0 };
    item->column = dotted ? left : word;
}

/* One item: a column, maybe within functions, and what it is called. */
static void item_of(struct view text, struct query *q)
{
    struct query_item item = { 0 };
    struct view left = text, word, last = { NULL, 0 };
    uint32_t columns = 0, depth = 0;
    bool counts = false;
    while ((word = token(&left)).n > 0) {
        depth += word.p[0] == '(';
        depth -= word.p[0] == ')' && depth > 0;
        if (!is_name(word.p[0]) || is_any(word, "as"))
            continue;
        last = word;
        counts = counts || is_any(word, "count sum max min avg case");
        struct view next = left;
        next = token(&next);
        bool call = next.n > 0 && next.p[0] == '(', number = word.p[0] >= '0' && word.p[0] <= '9';
        if (call || number || (columns > 0 && depth == 0))
            continue;
        split(word, &item);
        columns++;
    }
    if (last.n == 0 || q->item_count == QUERY_COLUMNS)
        return;
    struct query_item named = { 0 };
    split(last, &named);
    if (view_eq(named.column, view_str("*")))
        q->all = true;
    if (counts || columns != 1)
        item = (struct query_item){ 0 };
    item.called = named.column;
    q->items[q->item_count++] = item;
}

/* The list up to FROM; gives what stands behind that. */
static struct view items_of(struct view left, struct query *q)
{
    struct view begin = left, word;
    uint32_t depth = 0;
    while (left.n > 0) {
        struct view before = left;
        word = token(&left);
        if (word.n == 0)
            break;
        depth += word.p[0] == '(';
        depth -= word.p[0] == ')' && depth > 0;
        bool from = depth == 0 && is_any(word, "from"), comma = depth == 0 && word.p[0] == ',';
        if (depth == 0 && is_any(word, "first skip limit")) {
            (void)token(&left); /* how many */
            begin = left;
        } else if (depth == 0 && is_any(word, "distinct unique all")) {
            begin = left;
        } else if (from || comma) {
            item_of(view_of(begin.p, (size_t)(before.p - begin.p)), q);
            begin = left;
        }
        if (from)
            return left;
    }
    return (struct view){ NULL, 0 };
}

/* ---- FROM ---- */

static void tables_of(struct view left, struct query *q)
{
    bool expected = true;
    struct view word;
    while ((word = token(&left)).n > 0) {
        if (is_any(word, "where order group having union"))
            return;
        bool name = is_name(word.p[0]);
        if (is_any(word, "join outer") || word.p[0] == ',') {
            expected = true;
        } else if (expected && name && !is_any(word, "inner left right full")) {
            if (q->table_count == QUERY_TABLES)
                return;
            q->tables[q->table_count++] = (struct query_table){ word, word };
            struct view next = left, alias = token(&next);
            if (is_any(alias, "as"))
                alias = token(&next);
            if (alias.n > 0 && is_name(alias.p[0]) &&
                !is_any(alias, "on join inner left right full outer where order group having union "
                               "using"))
                q->tables[q->table_count - 1].alias = alias;
            expected = false;
        }
    }
}

void query_of(struct view text, struct query *q)
{
    q->table_count = q->item_count = 0;
    q->all = false;
    struct view left = text, word;
    while ((word = token(&left)).n > 0) {
        if (!is_any(word, "select"))
            continue;
        tables_of(items_of(left, q), q);
        return;
    }
}

/* ---- names of columns ---- */

static struct view real_name(const struct query *q, struct view alias)
{
    char text[64] = { 0 };
    if (alias.n == 0 || alias.n >= sizeof text)
        return q->table_count == 1 ? q->tables[0].name : (struct view){ NULL, 0 };
    memcpy(text, alias.p, alias.n);
    for (uint32_t i = 0; i < q->table_count; i++) {
        if (text_same(q->tables[i].alias, text) || text_same(q->tables[i].name, text))
            return q->tables[i].name;
    }
    return (struct view){ NULL, 0 };
}

static bool same(struct view a, struct view b)
{
    char text[64] = { 0 };
    if (b.n >= sizeof text)
        return false;
    if (b.n > 0)
        memcpy(text, b.p, b.n);
    return text_same(a, text);
}

static const struct query_item *item_at(const struct query *q, uint32_t at, uint32_t count,
                                        struct view called)
{
    if (q->item_count == count && at < count && !q->all)
        return &q->items[at];
    for (uint32_t i = 0; i < q->item_count; i++) {
        if (same(q->items[i].called, called))
            return &q->items[i];
    }
    return NULL;
}

struct view query_column(const struct query *q, uint32_t at, uint32_t count, struct view called,
                         struct arena *a)
{
    const struct query_item *item = item_at(q, at, count, called);
    struct query_item own = { .column = called };
    if (item == NULL && q->all)
        item = &own;
    if (item == NULL || item->column.n == 0)
        return called;
    struct view table = real_name(q, item->table);
    /* "informix.processnode", "db:processnode" */
    for (size_t i = table.n; i > 0; i--) {
        if (table.p[i - 1] == '.' || table.p[i - 1] == ':') {
            table = view_sub(table, i, table.n - i);
            break;
        }
    }
    if (table.n == 0)
        return called;
    uint8_t *out = arena_take(a, table.n + 1 + item->column.n);
    memcpy(out, table.p, table.n);
    out[table.n] = '.';
    memcpy(out + table.n + 1, item->column.p, item->column.n);
    return view_of(out, table.n + 1 + item->column.n);
}
