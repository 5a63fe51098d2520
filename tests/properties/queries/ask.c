/* Random questions: conditions, what is summed, by what it is split; each as words of a plan and as
 * SQL. Conditions of SQL have the same three truths as those of the language. */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Literals ---------------------------------------------------------------------------------- */

static const Records *table_of(const Batch *batch, const Column *column) {
    for (int t = 0; t < batch->table_count; t++)
        if (column >= batch->tables[t].columns && column < batch->tables[t].columns + MOST_COLUMNS)
            return &batch->tables[t];
    return NULL;
}

static const char *alias_of(const Batch *batch, const Column *column) {
    return table_of(batch, column) == batch->tables ? "p" : "e";
}

static bool is_dated(const Records *table, const Column *column) {
    return table->dated >= 0 && column == &table->columns[table->dated];
}

/* A value that somebody has, or one near it; of the day of an event one of the year that is counted
 * where no other is asked for, for a plan that speaks of another is refused. */
static Value some_value(Batch *batch, const Column *column) {
    Chance *c = &batch->chance;
    const Records *table = table_of(batch, column);
    Value value = {.whole = pick(c, column->low, column->high), .real = (double)pick(c, -9, 99) / 8};
    if (column->sort == COLUMN_DAY) value.whole = pick(c, day_of(1950, 1, 1), day_of(2027, 1, 1));
    if (column->sort == COLUMN_FLAG) value.whole = pick(c, 0, 1);
    if (column->member_count) value.whole = pick(c, 0, column->member_count - 1);
    if (is_dated(table, column)) {
        value.whole = pick(c, day_of(batch->usual_year, 4, 2), day_of(batch->usual_year + 1, 3, 30));
        return value;
    }
    if (!table->rows || one_in(c, 5)) return value;
    size_t row = (size_t)pick(c, 0, table->rows - 1);
    const Value *own = &table->values[row * (size_t)table->column_count +
                                      (size_t)(column - table->columns)];
    return own->missing ? value : *own;
}

/* As the plan and SQL write it. */
typedef struct {
    char *plan, *sql;
} Written;

static char *grouped(Chance *c, long long number) {
    char *plain = join("%lld", number);
    size_t length = strlen(plain);
    if (length < 5 || number < 0 || one_in(c, 2)) return plain;
    char *out = take(2 * length), *at = out;
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) *at++ = '_';
        *at++ = plain[i];
    }
    return out;
}

static Written pounds(Chance *c, int64_t pence) {
    long long size = pence < 0 ? -pence : pence;
    const char *sign = pence < 0 ? "-" : "";
    char *whole = grouped(c, size / 100);
    return (Written){size % 100 ? join("%s£%s.%02lld", sign, whole, size % 100)
                                : join("%s£%s", sign, whole),
                     join("%lld", (long long)pence)};
}

enum { MOST_DIGITS = 18 }; /* of a number in a plan */

static Written literal(Batch *batch, const Column *column, Value value) {
    Chance *c = &batch->chance;
    while (strlen(join("%lld", llabs(value.whole))) > MOST_DIGITS) value.whole /= 10;
    switch (column->sort) {
    case COLUMN_DECIMAL: {
        char *text = join("%.*f", (int)pick(c, 0, 4), value.real);
        if (strlen(text) > 12) text = "1000000.5";
        return (Written){text, join("%s%s", text, strchr(text, '.') ? "" : ".0")};
    }
    case COLUMN_DAY: return (Written){day_text(value.whole), join("'%s'", day_text(value.whole))};
    case COLUMN_POUNDS: return pounds(c, value.whole);
    case COLUMN_CODE:
    case COLUMN_ORDERED:
    case COLUMN_AREA:
        return (Written){column->members[value.whole], join("%lld", (long long)value.whole)};
    default: break;
    }
    return (Written){grouped(c, value.whole), join("%lld", (long long)value.whole)};
}

static Written some_literal(Batch *batch, const Column *column) {
    return literal(batch, column, some_value(batch, column));
}

/* ---- Conditions -------------------------------------------------------------------------------- */

static Cond *leaf(char *plan, char *sql) {
    Cond *cond = take(sizeof *cond);
    *cond = (Cond){.sort = COND_LEAF, .plan = plan, .sql = sql};
    return cond;
}

static Cond *both(CondSort sort, Cond *left, Cond *right) {
    Cond *cond = take(sizeof *cond);
    *cond = (Cond){.sort = sort, .left = left, .right = right};
    return cond;
}

static char *value_sql(const Batch *batch, const Column *column) {
    const char *alias = alias_of(batch, column);
    if (column->unknown) return join("ifnull(%s.%s, %d)", alias, column->name, column->member_count);
    return join("%s.%s", alias, column->name);
}

static bool is_code(const Column *column) {
    return column->sort == COLUMN_CODE || column->sort == COLUMN_ORDERED ||
           column->sort == COLUMN_AREA;
}

static Cond *compare(Batch *batch, const Column *column) {
    static const char *const plan_ops[] = {"==", "!=", "<", "<=", ">", ">="};
    static const char *const sql_ops[] = {"=", "<>", "<", "<=", ">", ">="};
    bool unordered = column->sort == COLUMN_CODE || column->sort == COLUMN_AREA;
    int64_t op = pick(&batch->chance, 0, unordered ? 1 : 5);
    Written other = some_literal(batch, column);
    if (column->sort == COLUMN_PENCE && one_in(&batch->chance, 2))
        other = pounds(&batch->chance, some_value(batch, column).whole);
    if (column->unknown && one_in(&batch->chance, 4))
        other = (Written){"unknown", join("%d", column->member_count)};
    return leaf(join("%s %s %s", column->name, plan_ops[op], other.plan),
                join("%s %s %s", value_sql(batch, column), sql_ops[op], other.sql));
}

static Cond *within_range(Batch *batch, const Column *column) {
    Value low = some_value(batch, column), high = some_value(batch, column);
    bool turned = column->sort == COLUMN_DECIMAL ? low.real > high.real : low.whole > high.whole;
    Written from = literal(batch, column, turned ? high : low);
    Written to = literal(batch, column, turned ? low : high);
    if (strtod(from.sql, NULL) > strtod(to.sql, NULL)) to = from;
    const char *not = one_in(&batch->chance, 4) ? "not " : "";
    return leaf(join("%s %sin %s .. %s", column->name, not, from.plan, to.plan),
                join("%s %sBETWEEN %s AND %s", value_sql(batch, column), not, from.sql, to.sql));
}

static Cond *in_list(Batch *batch, const Column *column) {
    Written one = some_literal(batch, column);
    char *plan = one.plan, *sql = one.sql;
    for (int64_t n = pick(&batch->chance, 0, 5); n > 0; n--) {
        one = some_literal(batch, column);
        plan = join("%s, %s", plan, one.plan);
        sql = join("%s, %s", sql, one.sql);
    }
    const char *not = one_in(&batch->chance, 4) ? "not " : "";
    return leaf(join("%s %sin [%s]", column->name, not, plan),
                join("%s %sIN (%s)", value_sql(batch, column), not, sql));
}

static Cond *is_missing(Batch *batch, const Column *column) {
    bool not = one_in(&batch->chance, 2);
    return leaf(join("%s is %smissing", column->name, not ? "not " : ""),
                join("%s IS %sNULL", value_sql(batch, column), not ? "NOT " : ""));
}

/* A coarser area than the column's own. */
static Cond *area_above(Batch *batch, const Column *column) {
    const Geography *places = &batch->geographies[column->geography];
    int64_t level = pick(&batch->chance, 0, places->level_count - 1);
    int64_t member = pick(&batch->chance, 0, places->sizes[level] - 1);
    bool not = one_in(&batch->chance, 3);
    return leaf(join("%s %s %s_%lld", places->levels[level], not ? "!=" : "==", places->levels[level],
                     (long long)member),
                join("(SELECT l%lld FROM %s WHERE l0 = %s.%s) %s %lld", (long long)level, places->name,
                     alias_of(batch, column), column->name, not ? "<>" : "=", (long long)member));
}

/* Another column of the same sort, of the same rows. */
static const Column *fellow(Batch *batch, const Column *column) {
    const Records *table = table_of(batch, column);
    for (int tries = 0; tries < 6; tries++) {
        const Column *other = &table->columns[pick(&batch->chance, 0, table->column_count - 1)];
        if (other->sort == column->sort && other != column) return other;
    }
    return NULL;
}

static bool is_small(const Column *column) {
    return column->low > -5000000000 && column->high < 5000000000;
}

static Cond *compare_columns(Batch *batch, const Column *column) {
    const Column *other = fellow(batch, column);
    if (!other || is_code(column) || column->sort == COLUMN_FLAG) return compare(batch, column);
    char *left = column->name, *sql = value_sql(batch, column);
    if (column->sort == COLUMN_WHOLE && is_small(column) && one_in(&batch->chance, 2)) {
        long long by = pick(&batch->chance, 1, 9);
        left = join("%s * %lld - 3", left, by);
        sql = join("%s * %lld - 3", sql, by);
    }
    return leaf(join("%s < %s", left, other->name), join("%s < %s", sql, value_sql(batch, other)));
}

static const Column *some_column(Batch *batch, int table) {
    const Records *from = &batch->tables[table && one_in(&batch->chance, 2) ? table : 0];
    return &from->columns[pick(&batch->chance, 0, from->column_count - 1)];
}

static Cond *make_leaf(Batch *batch, int table, int segments) {
    Chance *c = &batch->chance;
    if (segments && one_in(c, 6)) {
        int s = (int)pick(c, 0, segments - 1);
        Ask all_of = {.segment = s};
        char *sql[2];
        ask_sql(batch, &all_of, sql);
        return leaf(batch->segments[s].name, sql[0]);
    }
    const Column *column = some_column(batch, table);
    if (column->may_miss && one_in(c, 8)) return is_missing(batch, column);
    if (column->sort == COLUMN_FLAG) return leaf(column->name, value_sql(batch, column));
    if (column->sort == COLUMN_AREA && one_in(c, 2)) return area_above(batch, column);
    switch (pick(c, 0, 5)) {
    case 0: return in_list(batch, column);
    case 1:
        return is_code(column) && column->sort != COLUMN_ORDERED ? in_list(batch, column)
                                                                 : within_range(batch, column);
    case 2: return compare_columns(batch, column);
    default: return compare(batch, column);
    }
}

static Cond *make_cond(Batch *batch, int table, int segments, int depth) {
    Chance *c = &batch->chance;
    if (depth == 0 || one_in(c, 3)) return make_leaf(batch, table, segments);
    Cond *left = make_cond(batch, table, segments, depth - 1);
    if (one_in(c, 5)) return both(COND_NOT, left, NULL);
    return both(one_in(c, 2) ? COND_AND : COND_OR, left,
                make_cond(batch, table, segments, depth - 1));
}

static char *bracketed(const Cond *cond, bool need) {
    return need ? join("(%s)", cond_plan(cond)) : cond_plan(cond);
}

/* No more brackets than `or`, `and`, `not` need. */
char *cond_plan(const Cond *cond) {
    switch (cond->sort) {
    case COND_TRUE: return "true";
    case COND_LEAF: return cond->plan;
    case COND_NOT: return join("not %s", bracketed(cond->left, cond->left->sort == COND_AND ||
                                                                   cond->left->sort == COND_OR));
    case COND_AND:
        return join("%s and %s", bracketed(cond->left, cond->left->sort == COND_OR),
                    bracketed(cond->right, cond->right->sort == COND_OR));
    case COND_OR: return join("%s or %s", cond_plan(cond->left), cond_plan(cond->right));
    }
    return NULL;
}

char *cond_sql(const Cond *cond) {
    switch (cond->sort) {
    case COND_TRUE: return "1";
    case COND_LEAF: return join("(%s)", cond->sql);
    case COND_NOT: return join("(NOT %s)", cond_sql(cond->left));
    default:
        return join("(%s %s %s)", cond_sql(cond->left), cond->sort == COND_AND ? "AND" : "OR",
                    cond_sql(cond->right));
    }
}

/* ---- What is summed ---------------------------------------------------------------------------- */

static bool is_number(const Column *column) {
    return column->sort <= COLUMN_POUNDS || column->sort == COLUMN_FLAG;
}

static const Column *number_column(Batch *batch, int table) {
    for (int tries = 0; tries < 60; tries++) {
        const Column *column = some_column(batch, table);
        if (is_number(column)) return column;
    }
    return NULL;
}

/* Whole numbers that pass 64 bits are missing, in the language and by these functions. */
static Summed combined(Batch *batch, int table, const Column *column, const Column *other) {
    Chance *c = &batch->chance;
    bool real = column->sort == COLUMN_DECIMAL;
    bool money = column->sort == COLUMN_PENCE || column->sort == COLUMN_POUNDS;
    char *a = value_sql(batch, column), *b = other ? value_sql(batch, other) : NULL;
    long long by = pick(c, -3, 9);
    char *factor = by < 0 ? join("(%lld)", by) : join("%lld", by);
    switch (pick(c, 0, 5)) {
    case 0:
        if (!other) break;
        return (Summed){join("%s + %s", column->name, other->name),
                        real ? join("finite(%s + %s)", a, b) : join("plus(%s, %s)", a, b), real, money};
    case 1:
        if (!other || money || column->sort == COLUMN_YEARS) break;
        return (Summed){join("%s * %s", column->name, other->name),
                        real ? join("finite(%s * %s)", a, b) : join("times(%s, %s)", a, b), real, money};
    case 2:
        return (Summed){join("%s * %s", column->name, factor),
                        real ? join("finite(%s * %lld.0)", a, by) : join("times(%s, %lld)", a, by), real,
                        money};
    case 3: return (Summed){join("-%s", column->name), join("-%s", a), real, money};
    case 4: {
        Cond *cond = make_cond(batch, table, 0, 1);
        if (!other) break;
        return (Summed){
            join("if %s then %s else %s", cond_plan(cond), column->name, other->name),
            join("CASE WHEN %s THEN %s WHEN NOT %s THEN %s END", cond_sql(cond), a, cond_sql(cond),
                 b),
            real, money};
    }
    default: break;
    }
    return (Summed){column->name, a, real, money};
}

static bool make_summed(Batch *batch, int table, Summed *summed) {
    const Column *column = number_column(batch, table);
    if (!column) return false;
    bool money = column->sort == COLUMN_PENCE || column->sort == COLUMN_POUNDS;
    *summed = (Summed){column->name, value_sql(batch, column), column->sort == COLUMN_DECIMAL, money};
    if (column->sort == COLUMN_FLAG && one_in(&batch->chance, 2)) {
        Cond *cond = make_cond(batch, table, 0, 1);
        *summed = (Summed){join("(%s)", cond_plan(cond)), cond_sql(cond), false, false};
    } else if (column->sort != COLUMN_FLAG && one_in(&batch->chance, 2)) {
        *summed = combined(batch, table, column, fellow(batch, column));
    }
    return true;
}

/* ---- Questions --------------------------------------------------------------------------------- */

/* A plan that asks for periods of which none is known is refused. */
static bool nothing_known(const Dim *dim) {
    for (int i = 0; i < dim->size; i++)
        if (!dim->uncovered[i]) return false;
    return true;
}

static void split(Batch *batch, Ask *ask) {
    Chance *c = &batch->chance;
    static const int wanted[] = {0, 1, 1, 1, 2, 2, 2, 3, 4};
    int want = wanted[pick(c, 0, 8)];
    int64_t cells = 1;
    bool dated = ask->year != 0;
    for (int tries = 0; ask->dim_count < want && tries < 30; tries++) {
        int d = (int)pick(c, 0, batch->dim_count - 1);
        const Dim *dim = &batch->dims[d];
        bool rate = ask->sort == ASK_RATE && dim->sort != BY_CODE;
        if (rate || cells * dim->size > batch->most_cells || (dim->sort != BY_CODE && dated)) continue;
        if (!may_split(batch, d, ask->table) || (ask->sort == ASK_RATE && dim->table)) continue;
        bool twice = nothing_known(dim);
        for (int i = 0; i < ask->dim_count; i++) twice |= ask->dims[i] == d;
        if (twice) continue;
        dated |= dim->sort != BY_CODE;
        cells *= dim->size;
        ask->dims[ask->dim_count++] = d;
    }
}

static Cond *anybody(void) {
    Cond *cond = take(sizeof *cond);
    cond->sort = COND_TRUE;
    return cond;
}

static Cond *some_cond(Batch *batch, int table) {
    return one_in(&batch->chance, 3)
               ? anybody()
               : make_cond(batch, table, batch->segment_count, (int)pick(&batch->chance, 0, 3));
}

static bool make_ask(Batch *batch, Ask *ask) {
    Chance *c = &batch->chance;
    *ask = (Ask){.sort = (AskSort)pick(c, ASK_COUNT, ASK_RATE), .segment = -1};
    ask->table = (int)pick(c, 0, batch->table_count - 1);
    if (ask->sort == ASK_DISTINCT || ask->sort == ASK_RATE)
        if (ask->table == 0) ask->table = batch->table_count - 1;
    if (ask->sort == ASK_YEARS) ask->table = 0;
    if (ask->table == 0 && (ask->sort == ASK_DISTINCT || ask->sort == ASK_RATE))
        ask->sort = ASK_COUNT;
    if (batch->segment_count && ask->table == 0 && one_in(c, 3))
        ask->segment = (int)pick(c, 0, batch->segment_count - 1);
    ask->where = some_cond(batch, ask->sort == ASK_RATE ? 0 : ask->table);
    ask->part = ask->sort == ASK_SHARE ? make_cond(batch, ask->table, batch->segment_count, 1)
                : ask->sort == ASK_RATE ? some_cond(batch, ask->table)
                                        : anybody();
    bool dated = ask->table && batch->tables[ask->table].dated >= 0;
    if ((dated || !ask->table) && ask->sort != ASK_RATE && one_in(c, 6))
        ask->year = batch->usual_year - (int)pick(c, 0, 2);
    if ((ask->sort == ASK_SUM || ask->sort == ASK_MEAN) &&
        !make_summed(batch, ask->table, &ask->summed))
        return false;
    if (dated && names(join("%s %s %s", cond_plan(ask->where), cond_plan(ask->part),
                            ask->summed.plan ? ask->summed.plan : ""),
                       batch->tables[ask->table].columns[0].name))
        ask->year = 0;
    split(batch, ask);
    return true;
}

static void make_segments(Batch *batch) {
    for (int64_t n = pick(&batch->chance, 0, 5); n > 0; n--) {
        Segment *segment = &batch->segments[batch->segment_count];
        segment->name = join("some%d", batch->segment_count);
        segment->parent = (int)pick(&batch->chance, -1, batch->segment_count - 1);
        segment->where = make_cond(batch, 0, batch->segment_count, 2);
        batch->segment_count++;
    }
}

void make_asks(Batch *batch, int count) {
    make_segments(batch);
    batch->asks = take((size_t)count * sizeof *batch->asks);
    while (batch->ask_count < count)
        if (make_ask(batch, &batch->asks[batch->ask_count])) batch->ask_count++;
}

/* ---- As words of a plan ------------------------------------------------------------------------ */

static char *narrowed(const char *whom, const Cond *cond) {
    return cond->sort == COND_TRUE ? join("%s", whom) : join("%s where %s", whom, cond_plan(cond));
}

static Cond *joined(const Cond *left, const Cond *right) {
    if (left->sort == COND_TRUE) return (Cond *)right;
    if (right->sort == COND_TRUE) return (Cond *)left;
    return both(COND_AND, (Cond *)left, (Cond *)right);
}

static const char *whom_of(const Batch *batch, const Ask *ask) {
    return ask->segment >= 0 ? batch->segments[ask->segment].name : batch->tables[ask->table].name;
}

static char *measure_plan(const Batch *batch, const Ask *ask) {
    const char *whom = whom_of(batch, ask);
    switch (ask->sort) {
    case ASK_COUNT: return join("count(%s)", narrowed(whom, ask->where));
    case ASK_DISTINCT: return join("distinct(%s)", narrowed(whom, ask->where));
    case ASK_SUM: return join("sum(%s over %s)", ask->summed.plan, narrowed(whom, ask->where));
    case ASK_MEAN: return join("mean(%s over %s)", ask->summed.plan, narrowed(whom, ask->where));
    case ASK_YEARS: return join("person_years(%s)", narrowed(whom, ask->where));
    case ASK_SHARE:
        return join("proportion((%s) of (%s))", narrowed(whom, joined(ask->where, ask->part)),
                    narrowed(whom, ask->where));
    case ASK_RATE:
        return join("rate(count(%s), person_years(%s))",
                    narrowed(whom, joined(ask->where, ask->part)), narrowed("people", ask->where));
    }
    return NULL;
}

char *ask_plan(const Batch *batch, const Ask *ask) {
    char *measure = measure_plan(batch, ask);
    if (!ask->year) return measure;
    return join("measured(%s at FY%d/%02d)", measure, ask->year, (ask->year + 1) % 100);
}

/* ---- As SQL ------------------------------------------------------------------------------------ */

static char *segment_sql(const Batch *batch, int index) {
    char *sql = "1";
    for (; index >= 0; index = batch->segments[index].parent)
        sql = join("%s AND %s", cond_sql(batch->segments[index].where), sql);
    return sql;
}

static bool by_period(const Batch *batch, const Ask *ask) {
    bool found = false;
    for (int i = 0; i < ask->dim_count; i++) found |= batch->dims[ask->dims[i]].sort != BY_CODE;
    return found;
}

/* The period: the year asked for, or that of the population's date; none where the question is split
 * by periods, or the events have no date. */
static char *period_sql(const Batch *batch, const Ask *ask) {
    const Records *table = &batch->tables[ask->table];
    if (by_period(batch, ask) || !ask->table || table->dated < 0) return "1";
    int year = ask->year ? ask->year : batch->usual_year;
    return join("e.%s BETWEEN '%d-04-01' AND '%d-03-31'", table->columns[table->dated].name, year,
                year + 1);
}

/* As whom people are counted: as they were in the year of the event, or at the last date where they
 * are not known in that year. */
static char *snapshot_sql(const Batch *batch, const Ask *ask, int table) {
    int last = batch->snapshots - 1, year = ask->year ? ask->year : batch->usual_year;
    if (by_period(batch, ask) && last && table) {
        char *day = join("e.%s", batch->tables[table].columns[batch->tables[table].dated].name);
        for (int i = 0; i < ask->dim_count; i++) /* a week is of the year it begins in */
            if (batch->dims[ask->dims[i]].sort == BY_WEEK)
                day = join("date(%s, 'weekday 0', '-6 days')", day);
        return join("p.snapshot = CASE WHEN %s BETWEEN '%d-04-01' AND '%d-03-31' THEN 0 ELSE 1 END",
                    day, batch->years[0], batch->years[0] + 1);
    }
    if (by_period(batch, ask)) return "1";
    int own = snapshot_of(batch, year);
    return join("p.snapshot = %d", own < 0 ? last : own);
}

static char *select_sql(const Batch *batch, const Ask *ask, const char *number, int table,
                        const char *where) {
    char *columns = "", *keys = "";
    for (int i = 0; i < ask->dim_count; i++) {
        columns = join("%s%s AS d%d, ", columns, batch->dims[ask->dims[i]].sql, i);
        keys = join("%s%s%d", keys, i ? ", " : " GROUP BY ", i + 1);
    }
    char *from = table ? join("%s AS e JOIN p ON p.id = e.person", batch->tables[table].name)
                       : join("p");
    return join("SELECT %s%s FROM %s WHERE %s AND %s%s", columns, number, from,
                snapshot_sql(batch, ask, table), where, keys);
}

void ask_sql(const Batch *batch, const Ask *ask, char *sql[2]) {
    char *whom = segment_sql(batch, ask->segment);
    sql[1] = NULL;
    if (!ask->where) { /* only who they are */
        sql[0] = whom;
        return;
    }
    char *where = join("%s AND %s AND %s", whom, cond_sql(ask->where), period_sql(batch, ask));
    char *part = join("%s AND %s", where, cond_sql(ask->part));
    const char *value = ask->summed.sql, *sum = ask->summed.real ? "exact_sum" : "whole_sum";
    switch (ask->sort) {
    case ASK_COUNT:
    case ASK_YEARS: sql[0] = select_sql(batch, ask, "count(*)", ask->table, where); break;
    case ASK_DISTINCT:
        sql[0] = select_sql(batch, ask, "count(DISTINCT e.person)", ask->table, where);
        break;
    case ASK_MEAN:
        sql[1] = select_sql(batch, ask, join("count(%s)", value), ask->table, where);
        /* fall through */
    case ASK_SUM:
        sql[0] = select_sql(batch, ask, join("%s(%s)", sum, value), ask->table, where);
        break;
    case ASK_SHARE:
        sql[0] = select_sql(batch, ask, "count(*)", ask->table, part);
        sql[1] = select_sql(batch, ask, "count(*)", ask->table, where);
        break;
    case ASK_RATE:
        sql[0] = select_sql(batch, ask, "count(*)", ask->table, part);
        sql[1] = select_sql(batch, ask, "count(*)", 0, cond_sql(ask->where));
        break;
    }
}

/* Whether the text has the word as a whole. */
bool names(const char *text, const char *word) {
    size_t length = strlen(word);
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    for (const char *at = text; (at = strstr(at, word)); at++) {
        bool before = at > text && strchr(letters, at[-1]);
        bool after = at[length] && strchr(letters, at[length]);
        if (!before && !after) return true;
    }
    return false;
}
