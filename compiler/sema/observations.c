/* What was measured, period by period: numbers written out, and how they stand against what a
 * measure counts in a year. Refuses numbers without a first period, and years of a sum compared
 * with months of it. */
#include "compiler/sema/observations.h"

#include "runtime/base/date.h"
#include "runtime/bytecode/natives.h"
#include "runtime/bytecode/period.h"

enum { SERIES_LIMIT = 1200, FIRST_YEAR = 1900, LAST_YEAR = 2200 };

/* ---- Periods as written ----------------------------------------------------------------- */

bool expr_period(const Expr *expr, DimSort *sort, int32_t *first) {
    switch (expr->kind) {
    case EXPR_MONTH:
        *sort = DIM_MONTH;
        *first = month_start(month_number(expr->year, expr->month));
        return true;
    case EXPR_QUARTER:
        *sort = DIM_QUARTER;
        *first = quarter_start(financial_quarter_index(expr->year, expr->month));
        return true;
    case EXPR_YEAR:
        *sort = DIM_YEAR;
        *first = financial_year_start(expr->year);
        return true;
    case EXPR_DATE:
        *sort = DIM_WEEK;
        *first = date_from_civil(expr->year, expr->month, expr->day);
        return date_monday_of(*first) == *first;
    default: return false;
    }
}

/* The last day of the n-th period of that sort, the first of which begins on the day. */
static int32_t last_day(DimSort sort, int32_t first, uint32_t n) {
    int more = (int)n - 1;
    switch (sort) {
    case DIM_MONTH: return month_end(month_of(first) + more);
    case DIM_QUARTER: return quarter_end(quarter_of(first) + more);
    case DIM_YEAR: return financial_year_end(financial_year_of(first) + more);
    default: return first + 7 * (int32_t)n - 1;
    }
}

int series_dim(const Compilation *c, const Type *type) {
    for (int i = 0; i < type->dim_count; i++) {
        if (dim_is_time(&c->module->dims.items[type->dims[i]])) return i;
    }
    return -1;
}

/* ---- series(212, 198, missing from 2027-04) ---------------------------------------------- */

static bool series_start(Compilation *c, const Scope *scope, const Expr *call, DimSort *sort,
                         int32_t *first) {
    const Expr *from = call_label_value(c, call, "from");
    if (!from) {
        sema_error(c, scope, DIAG_MISSING_LABEL, call->span,
                   "`series` says from when: `series(212, 198 from 2027-04)` by month, `from "
                   "FY2027/28Q1` by quarter, `from FY2027/28` by financial year");
        return false;
    }
    if (expr_period(from, sort, first)) {
        int year = date_to_civil(*first).year;
        if (year >= FIRST_YEAR && year <= LAST_YEAR) return true;
        sema_error(c, scope, DIAG_OUT_OF_RANGE, from->span,
                   "a series begins in a year from %d to %d", FIRST_YEAR, LAST_YEAR);
    } else if (from->kind != EXPR_POISON) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, from->span,
                   "a series begins in a month `2027-04`, a quarter `FY2027/28Q1`, a financial "
                   "year `FY2027/28`, or a week by its Monday");
    }
    return false;
}

static bool is_absent(const Node *node) {
    return node->sort == NODE_CONST && node->constant.sort == CONST_ABSENT;
}

static Node *series_entry(Compilation *c, const Scope *scope, const Entry *entry) {
    if (entry->key) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, entry->key->span,
                   "a series lists its numbers one after the other; the first period stands after "
                   "`from`");
        return NULL;
    }
    Node *node = elaborate_node(c, scope, entry->value);
    if (!node) return NULL;
    if (node->type.base == TYPE_QUANTITY && !node->type.row && !node->type.measure &&
        !node->type.dim_count)
        return node;
    sema_error(c, scope, DIAG_TYPE_MISMATCH, entry->value->span,
               "one number for a period is wanted here; this is %.*s",
               SLICE_FMT(type_phrase(c, &node->type)));
    return NULL;
}

/* One kind of quantity: what is written without a unit takes that of the first that has one. */
static bool series_type(Compilation *c, const Scope *scope, Node **nodes, uint32_t count,
                        Type *type) {
    const Node *first = NULL;
    for (uint32_t i = 0; i < count; i++)
        if (!is_absent(nodes[i]) && (!first || (first->type.bare && !nodes[i]->type.bare)))
            first = nodes[i];
    *type = (first ? first : nodes[0])->type;
    type->estimate = false;
    for (uint32_t i = 0; i < count; i++) {
        nodes[i] = coerce_bare(c, nodes[i], type);
        if (first && !is_absent(nodes[i]) && !listed_agree(c, scope, first, nodes[i], NULL))
            return false;
    }
    return true;
}

Value *form_series(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const known[] = {"from", NULL};
    DimSort sort;
    int32_t first;
    uint32_t count = call->entries.count;
    if (!call_labels_known(c, scope, call, known) || !series_start(c, scope, call, &sort, &first))
        return value_poison(c);
    if (!count || count > SERIES_LIMIT) {
        sema_error(c, scope, count ? DIAG_LIMIT_REACHED : DIAG_TYPE_MISMATCH, call->span,
                   count ? "a series has at most %d numbers" : "a series lists its numbers",
                   SERIES_LIMIT);
        return value_poison(c);
    }
    Node **nodes = ARENA_NEW_ARRAY(c->arena, Node *, count);
    bool good = true;
    for (uint32_t i = 0; i < count; i++) {
        nodes[i] = series_entry(c, scope, &call->entries.items[i]);
        good &= nodes[i] != NULL;
    }
    Type type;
    if (!good || !series_type(c, scope, nodes, count, &type)) return value_poison(c);
    uint16_t dim = dim_periods(c, sort, first, last_day(sort, first, count));
    return value_from_node(c, stack(c, dim, nodes, count, type, call->span));
}

/* ---- Against a measure ------------------------------------------------------------------ */

/* What adds up over a year: events counted, and sums over them. A rate, a share, a mean and a
 * number of people do not. */
static bool adds_up(const Node *measure) {
    switch (measure->sort) {
    case NODE_AGG:
        return measure->table->events && !measure->person_time &&
               (measure->agg == AGG_ROWS || measure->agg == AGG_SUM);
    case NODE_AT:
    case NODE_BY:
    case NODE_INDEX: return adds_up(measure->args[0]);
    case NODE_OP:
        if (measure->op == OPCODE_ADD || measure->op == OPCODE_SUB)
            return adds_up(measure->args[0]) && adds_up(measure->args[1]);
        if (measure->op == OPCODE_MUL)
            return (adds_up(measure->args[0]) && measure->args[1]->sort == NODE_CONST) ||
                   (adds_up(measure->args[1]) && measure->args[0]->sort == NODE_CONST);
        return false;
    default: return false;
    }
}

/* How many periods of the series make a year: what a year of the measure is the sum of. 1 where it
 * does not add up. */
static int64_t periods_added(const Compilation *c, const Node *measure, const Node *series) {
    int at = series_dim(c, &series->type);
    if (at < 0 || !adds_up(measure)) return 1;
    return periods_in_year(c->module->dims.items[series->type.dims[at]].sort);
}

/* The arguments of a form as numbers; false where one is poison, with *missing where one is not
 * stated. */
static bool arguments(Compilation *c, const Scope *scope, const Expr *call, uint32_t count,
                      Node **nodes, bool *missing) {
    *missing = false;
    for (uint32_t i = 0; i < count; i++) {
        const Expr *expr = call_argument(c, scope, call, i);
        Value *value = expr ? elaborate_value(c, scope, expr) : value_poison(c);
        if (value->sort == VALUE_POISON) return false;
        *missing |= value->sort == VALUE_MISSING;
        nodes[i] = value_node(c, scope, value, expr->span);
        if (!nodes[i]) return false;
    }
    return true;
}

/* A measure as one number: it is not taken by the periods of the series that it meets. */
static Node *as_whole(Compilation *c, Node *node) {
    return node->type.measure ? measure_by(c, node, NULL, 0, node->span) : node;
}

/* in_period(level, measure, series): a level for a year as it is for one period of the series. */
Value *form_in_period(Compilation *c, const Scope *scope, const Expr *call) {
    Node *nodes[3];
    bool missing;
    if (!arguments(c, scope, call, 3, nodes, &missing)) return value_poison(c);
    if (missing) return value_new(c, VALUE_MISSING, call->span);
    int64_t periods = periods_added(c, nodes[1], nodes[2]);
    Node *level = as_whole(c, nodes[0]),
         *number = node_exact(c, exact_from_int(periods), call->span);
    if (periods == 1) return value_from_node(c, level);
    return value_from_node(c, operate(c, scope, OP_DIV, level, number, call->span));
}

/* Only of a series by period alone: what these say is said of all of it. */
static bool plain_series(Compilation *c, const Scope *scope, const Expr *call, const Node *node) {
    if (node->type.dim_count == 1 && series_dim(c, &node->type) == 0) return true;
    sema_error(c, scope, DIAG_DIMENSION_MISMATCH, call->span,
               "a series by month, quarter, week or financial year alone is wanted here");
    return false;
}

/* A native that takes the dimensions of all its arguments out. */
static Value *of_series(Compilation *c, Native op, Type type, Node *const *args, uint32_t count,
                        Span span) {
    Node **kept = ARENA_NEW_ARRAY(c->arena, Node *, count);
    for (uint32_t i = 0; i < count; i++) kept[i] = args[i];
    Node *node = call_node(c, op, type, span, kept, count);
    for (int i = 0; i < node->type.dim_count; i++) node->dims[i] = node->type.dims[i];
    node->dim_count = node->type.dim_count;
    node->type.dim_count = 0;
    node->type.estimate = node->type.bare = false;
    return value_from_node(c, node);
}

/* latest_year(series, measure): the last year of it that was measured. */
Value *form_latest_year(Compilation *c, const Scope *scope, const Expr *call) {
    Node *nodes[2];
    bool missing;
    if (!arguments(c, scope, call, 2, nodes, &missing)) return value_poison(c);
    if (missing) return value_new(c, VALUE_MISSING, call->span);
    if (!plain_series(c, scope, call, nodes[0])) return value_poison(c);
    Type type = nodes[0]->type;
    type.real = true;
    Node *args[2] = {
        nodes[0], node_exact(c, exact_from_int(periods_added(c, nodes[1], nodes[0])), call->span)};
    return of_series(c, NATIVE_SERIES_LATEST, type, args, 2, call->span);
}

/* last_measured(series): the last day of the last period that was measured. */
Value *form_last_measured(Compilation *c, const Scope *scope, const Expr *call) {
    Node *node;
    bool missing;
    if (!arguments(c, scope, call, 1, &node, &missing)) return value_poison(c);
    if (missing) return value_new(c, VALUE_MISSING, call->span);
    if (!plain_series(c, scope, call, node)) return value_poison(c);
    Type type = type_of(TYPE_DATE);
    type.real = node->type.real;
    return of_series(c, NATIVE_SERIES_LAST_DAY, type, &node, 1, call->span);
}

/* planned_then(trajectory, series): the level planned for the financial year in which most of the
 * last year that was measured lies. */
Value *form_planned_then(Compilation *c, const Scope *scope, const Expr *call) {
    Node *nodes[2];
    bool missing;
    if (!arguments(c, scope, call, 2, nodes, &missing)) return value_poison(c);
    if (missing) return value_new(c, VALUE_MISSING, call->span);
    if (!plain_series(c, scope, call, nodes[0]) || !plain_series(c, scope, call, nodes[1]))
        return value_poison(c);
    nodes[0] = as_whole(c, nodes[0]);
    Type type = nodes[0]->type;
    type.real = true;
    return of_series(c, NATIVE_SERIES_PLANNED, type, nodes, 2, call->span);
}

/* ---- Since the last break ---------------------------------------------------------------- */

/* The first member of the series' dimension that begins on the last of the days or after it; 0
 * where none is said. */
static uint32_t last_break(Compilation *c, const Value *days, const ModuleDim *dim) {
    int32_t last = INT32_MIN;
    for (uint32_t i = 0; days->sort == VALUE_LIST && i < days->list.count; i++) {
        const Value *day = value_strip(c, days->list.items[i]);
        if (day->sort == VALUE_NODE && day->node->sort == NODE_CONST &&
            day->node->type.base == TYPE_DATE && day->node->constant.integer > last)
            last = (int32_t)day->node->constant.integer;
    }
    uint32_t member = 0;
    while (member < dim->member_count && period_first_day(dim, member) < last) member++;
    return last == INT32_MIN || member == dim->member_count ? 0 : member;
}

/* since(series, days): the series from the last of the days on; all of it where there is none. */
Value *form_since(Compilation *c, const Scope *scope, const Expr *call) {
    Node *series;
    bool missing;
    const Expr *breaks = call_argument(c, scope, call, 1);
    if (!breaks || !arguments(c, scope, call, 1, &series, &missing)) return value_poison(c);
    const Value *days = elaborate_value(c, scope, breaks);
    if (days->sort == VALUE_POISON) return value_poison(c);
    if (missing) return value_new(c, VALUE_MISSING, call->span);
    if (!plain_series(c, scope, call, series)) return value_poison(c);
    uint16_t dim = series->type.dims[0];
    const ModuleDim found = c->module->dims.items[dim];
    uint32_t from = last_break(c, days, &found), count = found.member_count - from;
    if (!from) return value_from_node(c, series);
    Node **members = ARENA_NEW_ARRAY(c->arena, Node *, count);
    for (uint32_t i = 0; i < count; i++)
        members[i] = index_member(c, series, dim, from + i, call->span);
    int32_t first = period_first_day(&found, from);
    uint16_t since = dim_periods(c, found.sort, first, last_day(found.sort, first, count));
    Type type = members[0]->type;
    Node *node = stack(c, since, members, count, type, call->span);
    node->type.estimate = type.estimate;
    return value_from_node(c, node);
}

/* ---- What is due, and until when data speak ---------------------------------------------- */

/* Whether a level of that year comes before the one found: what is still to come before what is
 * past, and then the nearest. */
static bool comes_first(int64_t year, int64_t found, int64_t now) {
    if (year >= now) return found < now || year < found;
    return found < now && year > found;
}

/* due(each(t.by : level for t in target)): the level whose financial year is the first to end on
 * the plan's day or later; where all have ended, the last. */
Value *form_due(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *argument = call_argument(c, scope, call, 0);
    Value *pairs = argument ? elaborate_value(c, scope, argument) : value_poison(c);
    if (pairs->sort == VALUE_POISON || pairs->sort == VALUE_MISSING) return pairs;
    Value *due = value_new(c, VALUE_MISSING, call->span);
    int64_t found = INT64_MIN, now = financial_year_of(c->module->as_of);
    for (uint32_t i = 0; pairs->sort == VALUE_PAIRS && i < pairs->pairs.count; i++) {
        const Value *key = value_strip(c, pairs->pairs.items[i].key);
        bool year = key->sort == VALUE_NODE && key->node->sort == NODE_CONST &&
                    key->node->type.base == TYPE_YEAR;
        if (!year || !comes_first(key->node->constant.integer, found, now)) continue;
        found = key->node->constant.integer;
        due = pairs->pairs.items[i].value;
    }
    return due;
}

/* data_until(): the last day of the financial year that the latest snapshot of people stands for;
 * missing where the plan has no people. */
Value *form_data_until(Compilation *c, const Scope *scope, const Expr *call) {
    (void)scope;
    int32_t last = 0;
    for (uint32_t t = 0; t < c->module->tables.count; t++) {
        const ModuleTable *table = &c->module->tables.items[t];
        for (uint32_t s = 0; s < table->snapshots.count && table->sort == TABLE_POPULATION; s++) {
            int32_t day = table->snapshots.items[s].as_at;
            if (day > last) last = day;
        }
    }
    if (!last) return value_new(c, VALUE_MISSING, call->span);
    return value_from_node(c,
                           node_date(c, financial_year_end(financial_year_of(last)), call->span));
}

/* sole(list): its only item; missing where it has none, or several. */
Value *form_sole(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *argument = call_argument(c, scope, call, 0);
    Value *list = argument ? list_of(c, scope, argument) : value_poison(c);
    if (list->sort == VALUE_POISON) return list;
    return list->list.count == 1 ? list->list.items[0] : value_new(c, VALUE_MISSING, call->span);
}
