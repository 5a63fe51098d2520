/* Aggregates over people: a stratification query for each measure, grouping and period. A
 * period without a snapshot is missing; dated events are those of the period. */
#include "compiler/lower/lower.h"

#include "runtime/base/date.h"
#include "runtime/stats/estimate.h"

static const ModuleTable *people_table(const Lowering *l, const Table *table) {
    return &l->module->tables.items[table->events ? table->population->index : table->index];
}

/* The snapshot of that financial year; MODULE_NONE where there is none. */
static uint32_t snapshot_of(const ModuleTable *people, int32_t year) {
    for (uint32_t i = 0; i < people->snapshots.count; i++) {
        if (financial_year_of(people->snapshots.items[i].as_at) == year) return i;
    }
    return MODULE_NONE;
}

static DimSort dim_sort(const Lowering *l, uint16_t dim) {
    return l->module->dims.items[dim].sort;
}

static int time_dim(const Lowering *l, const Context *context) {
    for (int i = 0; i < context->dim_count; i++) {
        DimSort sort = dim_sort(l, context->dims[i]);
        if (sort >= DIM_YEAR && sort <= DIM_WEEK) return i;
    }
    return -1;
}

/* ---- Cells that are not there ------------------------------------------------------- */

static Reg repeat_over(Lowering *l, Reg reg, const Context *context, int from, Span span) {
    for (int i = context->dim_count - 1; i >= from; i--) {
        uint32_t count = l->module->dims.items[context->dims[i]].member_count;
        uint32_t *args = ARENA_NEW_ARRAY(l->c->arena, uint32_t, count);
        for (uint32_t m = 0; m < count; m++) args[m] = reg;
        reg = emit_variadic(l, OPCODE_STACK, context->dims[i], args, count, span);
    }
    return reg;
}

static Reg absent_cells(Lowering *l, const Context *context, Slice note, Span span) {
    ModuleConst constant = {
        .sort = CONST_ABSENT, .elem = ELEM_REAL, .integer = ABSENT_MISSING, .text = note};
    return repeat_over(l, emit_const(l, constant, span), context, 0, span);
}

/* ---- Queries ------------------------------------------------------------------------ */

static bool query_equal(const StrataQuery *a, const StrataQuery *b) {
    if (a->table != b->table || a->snapshot != b->snapshot || a->filter != b->filter ||
        a->dim_count != b->dim_count || a->agg != b->agg || a->value != b->value ||
        a->valued != b->valued || a->rank != b->rank || a->scale_num != b->scale_num ||
        a->scale_den != b->scale_den)
        return false;
    for (int i = 0; i < a->dim_count; i++) {
        if (a->dims[i] != b->dims[i] || a->groups[i] != b->groups[i]) return false;
    }
    return true;
}

static uint64_t query_hash(const StrataQuery *query) {
    uint64_t hash = pool_mix((uint64_t)query->table << 32 | query->snapshot,
                             (uint64_t)query->filter << 32 | query->agg);
    hash = pool_mix(hash, (uint64_t)query->value << 32 | query->valued);
    for (int i = 0; i < query->dim_count; i++)
        hash = pool_mix(hash, (uint64_t)query->dims[i] << 32 | query->groups[i]);
    return hash;
}

static uint32_t add_query(Lowering *l, const StrataQuery *query) {
    uint64_t hash = query_hash(query);
    for (uint32_t i = pool_first(&l->queries, hash); i != POOL_END;
         i = pool_older(&l->queries, i)) {
        if (query_equal(&l->module->queries.items[i], query)) return i;
    }
    pool_add(&l->queries, hash);
    VEC_PUSH(l->module->arena, &l->module->queries, *query);
    return l->module->queries.count - 1;
}

/* A column whose type is wrong, which was said, may be the one that tells the group. */
static bool has_broken_column(const Table *table) {
    for (; table; table = table->population) {
        VEC_EACH(const TableColumn, column, &table->columns) {
            if (column->broken) return true;
        }
    }
    return false;
}

static bool add_groups(Lowering *l, const Node *node, const Context *context, StrataQuery *query) {
    for (int i = 0; i < context->dim_count; i++) {
        uint16_t dim = context->dims[i];
        Node *code = dim_row_code(l->c, node->table, dim);
        if (!code && has_broken_column(node->table)) return false;
        if (!code) {
            sema_error(l->c, &l->at, DIAG_DIMENSION_MISMATCH, node->span,
                       "`%.*s` cannot be broken down by %.*s", SLICE_FMT(node->text),
                       SLICE_FMT(l->module->dims.items[dim].name));
            return false;
        }
        if (dim_ambiguous(l->c, &l->at, node->table, dim, node->span)) return false;
        uint32_t row = lower_row(l, node->table, code);
        if (row == MODULE_NONE) return false;
        query->dims[query->dim_count] = dim;
        query->groups[query->dim_count++] = row;
    }
    return true;
}

/* Dated events of the financial year. */
static uint32_t within_year(Lowering *l, const Table *table, int32_t year) {
    uint32_t date = row_op(l, ROW_COLUMN, table->dated, 0, 0, false);
    uint32_t from = row_op(l, ROW_LE, row_const(l, financial_year_start(year)), date, 0, false);
    uint32_t to = row_op(l, ROW_LE, date, row_const(l, financial_year_end(year)), 0, false);
    return row_and(l, from, to);
}

static bool add_value(Lowering *l, const Node *node, StrataQuery *query) {
    query->value = query->valued = query->rank = MODULE_NONE;
    query->scale_num = query->scale_den = 1;
    if (!node->arg_count) return true;
    RowValue value;
    if (!lower_row_value(l, node->table, node->args[0], &value)) return false;
    uint32_t row = value.constant ? lower_row(l, node->table, node->args[0]) : value.node;
    if (row == MODULE_NONE) return false;
    bool ordered = node->agg == AGG_ORDERED;
    if (ordered && node->arg_count > 2) {
        query->rank = lower_row(l, node->table, node->args[2]);
        if (query->rank == MODULE_NONE) return false;
    }
    if (ordered || node->agg == AGG_SUM || node->agg == AGG_SUM_SQUARES) {
        query->value = row;
        query->scale_num = value.num;
        query->scale_den = value.den;
    } else {
        query->valued = row;
    }
    return true;
}

static Reg run_query(Lowering *l, const Node *node, const Context *context, int32_t year,
                     bool dated) {
    const ModuleTable *people = people_table(l, node->table);
    uint32_t snapshot = snapshot_of(people, year);
    StrataQuery query = {
        .table = node->table->index, .agg = node->agg, .filter = MODULE_NONE, .span = node->span};
    query.snapshot = snapshot == MODULE_NONE ? people->snapshots.count - 1 : snapshot;
    query.text = node->text;
    for (uint32_t i = 0; i < node->filter_count; i++) {
        uint32_t row = lower_row(l, node->table, node->filters[i]);
        if (row == MODULE_NONE) return MODULE_NONE;
        query.filter = row_and(l, query.filter, row);
    }
    if (dated && node->table->dated != MODULE_NONE)
        query.filter = row_and(l, query.filter, within_year(l, node->table, year));
    if (!add_groups(l, node, context, &query) || !add_value(l, node, &query)) return MODULE_NONE;
    uint32_t index = add_query(l, &query);
    if (node->agg != AGG_ORDERED) return emit(l, OPCODE_STRATA, index, 0, 0, node->span);
    Reg parameter = emit_const(l, node->args[1]->constant, node->args[1]->span);
    return emit(l, OPCODE_SPREAD, index, node->spread, parameter, node->span);
}

static Reg in_year(Lowering *l, const Node *node, const Context *context, int32_t year) {
    Slice lacking = data_lacking(l->c, node->table, year);
    return lacking.length ? absent_cells(l, context, lacking, node->span)
                          : run_query(l, node, context, year, true);
}

/* ---- Over time ---------------------------------------------------------------------- */

/* A measure by periods: the context without them, and what is known of each. */
typedef struct {
    Lowering *l;
    const Node *node;
    ModuleDim dim;
    uint16_t id;
    Context rest;
    int32_t year; /* of the last period looked at, and what was computed for it */
    Reg whole;
} Series;

static Series series_of(Lowering *l, const Node *node, const Context *context, int at) {
    Series s = {.l = l, .node = node, .id = context->dims[at], .rest = *context};
    s.dim = l->module->dims.items[s.id];
    for (int i = at; i + 1 < s.rest.dim_count; i++) s.rest.dims[i] = s.rest.dims[i + 1];
    s.rest.dim_count--;
    return s;
}

static Reg stack_periods(const Series *s, const Reg *regs) {
    for (uint32_t i = 0; i < s->dim.member_count; i++) {
        if (regs[i] == MODULE_NONE) return MODULE_NONE;
    }
    return emit_variadic(s->l, OPCODE_STACK, s->id, regs, s->dim.member_count, s->node->span);
}

/* "2026/27 to 2030/31" */
static Slice years_text(Arena *arena, const ModuleDim *dim) {
    return dim->member_count < 2
               ? dim->titles[0]
               : arena_printf(arena, "%.*s to %.*s", SLICE_FMT(dim->titles[0]),
                              SLICE_FMT(dim->titles[dim->member_count - 1]));
}

/* An amount of each year of the plan over people: nobody is known in any of those years, and
 * every cell would be missing. */
static bool some_year_known(const Series *s) {
    bool of_plan = s->id == s->l->c->horizon_dim && s->id != dim_data_years(s->l->c);
    if (!of_plan) return true; /* the years of the data were asked for, whatever is there */
    for (uint32_t i = 0; i < s->dim.member_count; i++) {
        if (!data_lacking(s->l->c, s->node->table, s->dim.first + (int32_t)i).length) return true;
    }
    Lowering *l = s->l;
    Slice text = quoted(l->c, s->node->span);
    Slice year = financial_year_format(l->c->arena, data_usual_year(l->c, s->node->table));
    sema_error(l->c, &l->at, DIAG_DIMENSION_MISMATCH, s->node->span,
               "there are no data for any of the years that this is asked for, %.*s: the latest "
               "number is `measured(%.*s at %.*s)`",
               SLICE_FMT(years_text(l->c->arena, &s->dim)), SLICE_FMT(text), SLICE_FMT(year));
    return false;
}

/* By financial year: each from its own snapshot. */
static Reg by_years(Series *s) {
    if (!some_year_known(s)) return MODULE_NONE;
    Reg *regs = ARENA_NEW_ARRAY(s->l->c->arena, Reg, s->dim.member_count);
    for (uint32_t i = 0; i < s->dim.member_count; i++)
        regs[i] = in_year(s->l, s->node, &s->rest, s->dim.first + (int32_t)i);
    return stack_periods(s, regs);
}

/* First and last day of a quarter, month or week. */
static void period_days(const Series *s, uint32_t member, int32_t *from, int32_t *to) {
    int32_t at = s->dim.first + (int32_t)member;
    if (s->dim.sort == DIM_WEEK) {
        *from = s->dim.first + 7 * (int32_t)member;
        *to = *from + 6;
        return;
    }
    /* quarters count from April: quarter 0 of a financial year is its months April to June */
    int step = s->dim.sort == DIM_QUARTER ? 3 : 1;
    int month = step == 3 ? at * 3 + 3 : at, next = month + step;
    *from = date_from_civil(month / 12, month % 12 + 1, 1);
    *to = date_from_civil(next / 12, next % 12 + 1, 1) - 1;
}

/* The part of the financial year that the period is: person-time is people times that. */
static Reg times_length(const Series *s, Reg reg, uint32_t member) {
    int32_t from, to;
    period_days(s, member, &from, &to);
    int32_t year = financial_year_of(from);
    int32_t days = financial_year_end(year) - financial_year_start(year) + 1;
    double length = (double)(to - from + 1) / (double)days;
    ModuleConst part = {.sort = CONST_REAL, .elem = ELEM_REAL, .real = length};
    Reg factor = emit_const(s->l, part, s->node->span);
    return reg == MODULE_NONE || factor == MODULE_NONE
               ? MODULE_NONE
               : emit(s->l, OPCODE_MUL, reg, factor, 0, s->node->span);
}

/* People by quarter, month or week: those of the snapshot of the period's financial year. */
static Reg people_by_periods(Series *s) {
    Reg *regs = ARENA_NEW_ARRAY(s->l->c->arena, Reg, s->dim.member_count);
    for (uint32_t i = 0; i < s->dim.member_count; i++) {
        int32_t from, to;
        period_days(s, i, &from, &to);
        int32_t year = financial_year_of(from);
        bool again = i && year == s->year;
        s->whole = again ? s->whole : in_year(s->l, s->node, &s->rest, year);
        s->year = year;
        regs[i] = s->node->person_time ? times_length(s, s->whole, i) : s->whole;
    }
    return stack_periods(s, regs);
}

/* Whether the file of the events says anything about the days. */
static bool covers_days(const Series *s, int32_t from, int32_t to) {
    const ModuleTable *events = &s->l->module->tables.items[s->node->table->index];
    return !events->covers_to || (events->covers_from <= from && events->covers_to >= to);
}

/* Events by quarter, month or week: each financial year's with the people of that year, and
 * nothing of periods that the file does not hold whole. */
static Reg events_by_periods(Series *s, const Context *context) {
    Reg *regs = ARENA_NEW_ARRAY(s->l->c->arena, Reg, s->dim.member_count);
    bool simple = people_table(s->l, s->node->table)->snapshots.count == 1;
    for (uint32_t i = 0; i < s->dim.member_count; i++) {
        int32_t from, to;
        period_days(s, i, &from, &to);
        simple &= covers_days(s, from, to);
    }
    if (simple)
        return run_query(s->l, s->node, context, financial_year_of(s->l->module->as_of), false);
    for (uint32_t i = 0; i < s->dim.member_count; i++) {
        int32_t from, to;
        period_days(s, i, &from, &to);
        int32_t year = financial_year_of(from);
        if (!i || year != s->year) s->whole = run_query(s->l, s->node, context, year, false);
        s->year = year;
        if (s->whole == MODULE_NONE) return MODULE_NONE;
        regs[i] = covers_days(s, from, to)
                      ? emit(s->l, OPCODE_INDEX, s->whole, s->id, i, s->node->span)
                      : absent_cells(s->l, &s->rest, SLICE("the events do not cover this period"),
                                     s->node->span);
    }
    return stack_periods(s, regs);
}

static Reg not_in_time(Lowering *l, const Node *node, const char *text) {
    sema_error(l->c, &l->at, DIAG_DIMENSION_MISMATCH, node->span, text, SLICE_FMT(node->text));
    return MODULE_NONE;
}

/* An amount of each year of the plan, asked for `by fy` of the data: people are counted at one
 * time. */
static Reg by_two_times(const Series *s, const ModuleDim *other) {
    Lowering *l = s->l;
    Arena *arena = l->c->arena;
    if (s->dim.sort != DIM_YEAR || other->sort != DIM_YEAR)
        return not_in_time(l, s->node, "`%.*s` is asked for by two periods of time at once");
    bool planned = s->dim.first == l->c->horizon_first;
    const ModuleDim *plan = planned ? &s->dim : other, *data = planned ? other : &s->dim;
    sema_error(l->c, &l->at, DIAG_DIMENSION_MISMATCH, s->node->span,
               "`%.*s` is asked for by two sets of years at once, %.*s of the plan and %.*s of the "
               "data: leave out `by fy`, and take one year of each, as in `[%.*s]` and "
               "`measured(%.*s at %.*s)`",
               SLICE_FMT(s->node->text), SLICE_FMT(years_text(arena, plan)),
               SLICE_FMT(years_text(arena, data)), SLICE_FMT(plan->members[0]),
               SLICE_FMT(quoted(l->c, s->node->span)),
               SLICE_FMT(data->members[data->member_count - 1]));
    return MODULE_NONE;
}

static Reg by_time(Lowering *l, const Node *node, const Context *context, int at) {
    Series s = series_of(l, node, context, at);
    int second = time_dim(l, &s.rest);
    if (second >= 0) return by_two_times(&s, &l->module->dims.items[s.rest.dims[second]]);
    if (node->table->events && node->table->dated == MODULE_NONE)
        return not_in_time(l, node,
                           "`%.*s` are not dated: which column says when they happened is "
                           "declared by `dated`");
    if (s.dim.sort == DIM_YEAR) return by_years(&s);
    return node->table->events ? events_by_periods(&s, context) : people_by_periods(&s);
}

bool splits_by(Lowering *l, const Table *table, uint16_t dim) {
    DimSort sort = dim_sort(l, dim);
    bool period = sort >= DIM_YEAR && sort <= DIM_WEEK;
    return (period && !table->events) || dim_row_code(l->c, table, dim) != NULL;
}

Reg lower_aggregate(Lowering *l, const Node *node, const Context *context) {
    const ModuleTable *people = people_table(l, node->table);
    if (!people->snapshots.count) return MODULE_NONE;
    int at = time_dim(l, context);
    if (at >= 0) return by_time(l, node, context, at);
    int32_t year = context->year ? context->year : data_usual_year(l->c, node->table);
    days_check_year(l, node, year);
    return in_year(l, node, context, year);
}
