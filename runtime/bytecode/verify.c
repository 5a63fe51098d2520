/* The verifier: one pass over a module before anything of it runs. Each rule has a name, and
 * the first one broken is reported with where. It trusts no index, no count and no type that
 * it has not recomputed, and mends nothing. */
#include "runtime/bytecode/verify.h"

#include <math.h>

#include "runtime/base/date.h"
#include "runtime/base/diag.h"
#include "runtime/bytecode/instr.h"

/* Together they bound the work on row expressions, which are checked once a table; and how deep
 * rankings can rest on one another. */
enum { MOST_TABLES = 256, MOST_ROWS = 1 << 20, MOST_RANKINGS = 1024, MOST_MEASURED = 1024 };

/* Reasons of absence are runtime/stats' and start at 1; vm.c asserts that there are as many. */
enum { ABSENT_REASONS = 8 };

typedef struct {
    const Module *module;
    Arena *arena;
    Slice error;
    const char *part; /* what is being checked, for the message: "instruction" */
    uint32_t index;
} Verifier;

static bool breaks(Verifier *v, const char *rule) {
    v->error = arena_printf(v->arena, "%s: %s %u", rule, v->part, v->index);
    return false;
}

static void at(Verifier *v, const char *part, uint32_t index) {
    v->part = part;
    v->index = index;
}

static bool holds(Verifier *v, bool condition, const char *rule) {
    return condition || breaks(v, rule);
}

static bool check_span(Verifier *v, Span span) {
    return holds(v, span.start <= span.end, "span-order");
}

static bool check_day(Verifier *v, int32_t day) {
    return holds(v, date_in_range(day), "date-out-of-range");
}

static bool check_reg(Verifier *v, Reg reg) {
    return holds(v, reg < v->module->code.count, "register-out-of-range");
}

static bool check_unit(Verifier *v, uint16_t unit) {
    return holds(v, unit < v->module->units.count, "unit-out-of-range");
}

static bool check_decl(Verifier *v, uint32_t decl) {
    return holds(v, decl == MODULE_NONE || decl < v->module->decls.count, "decl-out-of-range");
}

static bool check_dim(Verifier *v, uint32_t dim) {
    return holds(v, dim < v->module->dims.count, "dim-out-of-range");
}

static bool fy_in_range(int64_t fy) { return fy >= DATE_FIRST_YEAR && fy < DATE_LAST_YEAR; }

/* ---- Head, units, dimensions, constants ----------------------------------------------------- */

static bool check_head(Verifier *v) {
    const Module *module = v->module;
    at(v, "head", 0);
    bool horizon = (!module->horizon_first && !module->horizon_last) ||
                   (fy_in_range(module->horizon_first) && fy_in_range(module->horizon_last) &&
                    module->horizon_first <= module->horizon_last);
    return check_day(v, module->as_of) && holds(v, horizon, "horizon-order") &&
           holds(v, module->policy <= 2, "policy-unknown") && check_decl(v, module->plan);
}

static bool check_units(Verifier *v) {
    at(v, "unit", 0);
    uint32_t count = v->module->units.count;
    if (!holds(v, count && count <= UINT16_MAX + 1u, "unit-count")) return false;
    if (!holds(v, v->module->units.items[0].sort == UNIT_PLAIN, "unit-plain-first")) return false;
    for (uint32_t i = 0; i < count; i++) {
        at(v, "unit", i);
        const ModuleUnit *unit = &v->module->units.items[i];
        if (!holds(v, unit->num > 0 && unit->den > 0, "unit-scale")) return false;
    }
    return true;
}

static bool check_dims(Verifier *v) {
    at(v, "dimension", 0);
    if (!holds(v, v->module->dims.count <= UINT16_MAX, "dim-count")) return false;
    for (uint32_t i = 0; i < v->module->dims.count; i++) {
        at(v, "dimension", i);
        const ModuleDim *dim = &v->module->dims.items[i];
        bool counted = dim->member_count && dim->member_count <= MODULE_MAX_CELLS;
        if (!holds(v, counted, "dim-member-count")) return false;
        int64_t last = (int64_t)dim->first + dim->member_count - 1;
        bool years = dim->sort != DIM_YEAR || (fy_in_range(dim->first) && fy_in_range(last));
        if (!holds(v, years, "dim-years")) return false;
    }
    return true;
}

static bool const_fits(const Module *module, const ModuleConst *constant) {
    int64_t integer = constant->integer;
    bool has_dim = constant->dim < module->dims.count;
    switch (constant->sort) {
    case CONST_BOOL:
        return integer == 0 || integer == 1;
    case CONST_REAL:
        return isfinite(constant->real);
    case CONST_EXACT:
        return exact_valid(constant->exact);
    case CONST_DATE:
        return date_in_range(integer);
    case CONST_YEAR:
        return fy_in_range(integer);
    case CONST_CODE:
        return has_dim && integer >= 0 &&
               integer < module->dims.items[constant->dim].member_count;
    case CONST_TEXT:
        return true;
    case CONST_ABSENT:
        return integer >= 1 && integer <= ABSENT_REASONS &&
               (constant->elem != ELEM_CODE || has_dim);
    }
    return false;
}

static bool check_consts(Verifier *v) {
    for (uint32_t i = 0; i < v->module->consts.count; i++) {
        at(v, "constant", i);
        const ModuleConst *constant = &v->module->consts.items[i];
        if (!holds(v, const_fits(v->module, constant), "constant-type")) return false;
    }
    return true;
}

/* ---- Tables ---------------------------------------------------------------------------------- */

static bool check_delimiter(Verifier *v, char mark) {
    return holds(v, !mark || delimiter_sound(mark), "delimiter");
}

static bool check_column(Verifier *v, const ModuleColumn *column) {
    bool category = column->sort != COLUMN_CATEGORY || column->dim < v->module->dims.count;
    bool range = !column->has_range || column->low <= column->high;
    bool none = !column->texts[0].length && !column->texts[1].length;
    bool texts = none || (column->sort == COLUMN_FLAG && column->texts[0].length &&
                          column->texts[1].length &&
                          !slice_equal(column->texts[0], column->texts[1]));
    return holds(v, category, "dim-out-of-range") && holds(v, range, "column-range") &&
           holds(v, texts, "flag-texts") &&
           check_span(v, column->span);
}

static bool check_snapshots(Verifier *v, const ModuleTable *table) {
    if (!holds(v, table->snapshots.count, "snapshot-count")) return false;
    if (table->sort == TABLE_EVENTS) return holds(v, table->snapshots.count == 1, "snapshot-count");
    for (uint32_t i = 0; i < table->snapshots.count; i++) {
        if (!check_day(v, table->snapshots.items[i].as_at)) return false;
        bool later = !i || table->snapshots.items[i - 1].as_at < table->snapshots.items[i].as_at;
        if (!holds(v, later, "snapshot-order")) return false;
    }
    return true;
}

static bool check_events(Verifier *v, const ModuleTable *table) {
    const Module *module = v->module;
    bool population = table->population < module->tables.count &&
                      module->tables.items[table->population].sort == TABLE_POPULATION;
    bool dated = table->dated == MODULE_NONE ||
                 (table->dated < table->columns.count &&
                  table->columns.items[table->dated].sort == COLUMN_DATE);
    return holds(v, population, "table-population") && holds(v, dated, "table-dated") &&
           check_day(v, table->covers_from) && check_day(v, table->covers_to) &&
           holds(v, table->covers_from <= table->covers_to, "table-covers");
}

static bool check_table(Verifier *v, const ModuleTable *table) {
    for (uint32_t i = 0; i < table->columns.count; i++)
        if (!check_column(v, &table->columns.items[i])) return false;
    bool key = table->key < table->columns.count &&
               table->columns.items[table->key].sort == COLUMN_IDENTIFIER;
    if (!check_delimiter(v, table->delimiter)) return false;
    if (!holds(v, key, "table-key") || !check_snapshots(v, table)) return false;
    if (table->sort == TABLE_EVENTS && !check_events(v, table)) return false;
    return check_span(v, table->span);
}

static bool check_tables(Verifier *v) {
    at(v, "table", 0);
    if (!holds(v, v->module->tables.count <= MOST_TABLES, "table-count")) return false;
    for (uint32_t i = 0; i < v->module->tables.count; i++) {
        at(v, "table", i);
        if (!check_table(v, &v->module->tables.items[i])) return false;
    }
    return true;
}

/* ---- Row expressions --------------------------------------------------------------------------- */

/* Integers and doubles are not mixed; truth and codes are integers. */
static bool row_typed(const RowNode *nodes, const RowNode *node) {
    bool real = node->real;
    bool a = row_operands(node->op) > 0 && nodes[node->a].real;
    bool b = row_operands(node->op) > 1 && nodes[node->b].real;
    bool c = row_operands(node->op) > 2 && nodes[node->c].real;
    switch ((RowOp)node->op) {
    case ROW_COLUMN:
    case ROW_PERSON_COLUMN: /* held against each table that uses them */
    case ROW_MISSING:
        return true;
    case ROW_CONST:
        return !real || isfinite(node->number);
    case ROW_EQ:
    case ROW_NE:
    case ROW_LT:
    case ROW_LE:
        return !real && a == b;
    case ROW_AND:
    case ROW_OR:
        return !real && !a && !b;
    case ROW_IS_MISSING:
        return !real;
    case ROW_NOT:
    case ROW_TABLE:
    case ROW_YEAR:
    case ROW_QUARTER:
    case ROW_MONTH:
    case ROW_WEEK:
        return !real && !a;
    case ROW_ADD:
    case ROW_SUB:
    case ROW_MUL:
    case ROW_OR_ELSE:
        return a == real && b == real;
    case ROW_DIV:
        return real && a && b;
    case ROW_NEG:
        return a == real;
    case ROW_TO_REAL:
        return real && !a && isfinite(node->number);
    case ROW_RANKED:
        return !real && !b;
    case ROW_SELECT:
        return !a && b == real && c == real;
    case ROW_OP_COUNT:
        break;
    }
    return false;
}

/* A look-up in a ranking: of values held as those ranked, and made before, so that no ranking
 * can rest on itself. */
static bool check_ranked(Verifier *v, const RowNode *node, uint32_t i) {
    const Module *module = v->module;
    if (!holds(v, node->c < module->rankings.count, "ranking-out-of-range")) return false;
    const RowRanking *ranking = &module->rankings.items[node->c];
    bool before = ranking->value < i && ranking->stratum < i;
    return holds(v, before, "ranking-order") &&
           holds(v, module->rows.items[ranking->value].real == module->rows.items[node->a].real,
                 "row-type");
}

static bool check_row(Verifier *v, uint32_t i) {
    const RowNode *nodes = v->module->rows.items, *node = &nodes[i];
    if (!holds(v, node->op < ROW_OP_COUNT, "row-op-unknown")) return false;
    if (!holds(v, node->real <= 1, "row-type")) return false;
    const uint32_t operands[] = {node->a, node->b, node->c};
    for (unsigned k = 0; k < row_operands(node->op); k++)
        if (!holds(v, operands[k] < i, "row-node-order")) return false;
    if (node->op == ROW_RANKED && !check_ranked(v, node, i)) return false;
    bool table = node->op != ROW_TABLE || node->b < v->module->row_tables.count;
    return holds(v, table, "row-table-out-of-range") &&
           holds(v, row_typed(nodes, node), "row-type");
}

static bool check_rows(Verifier *v) {
    at(v, "row expression", 0);
    if (!holds(v, v->module->rows.count <= MOST_ROWS, "row-count")) return false;
    for (uint32_t i = 0; i < v->module->row_tables.count; i++) {
        at(v, "look-up table", i);
        const RowTable *table = &v->module->row_tables.items[i];
        bool range = table->count && table->first <= INT64_MAX - (int64_t)table->count;
        if (!holds(v, range, "row-table-range")) return false;
        for (uint32_t k = 0; k < table->count; k++)
            if (!holds(v, table->codes[k] >= -1, "row-table-code")) return false;
    }
    for (uint32_t i = 0; i < v->module->rows.count; i++) {
        at(v, "row expression", i);
        if (!check_row(v, i)) return false;
    }
    return true;
}

/* ---- Queries -------------------------------------------------------------------------------------- */

static bool column_readable(const ModuleTable *table, uint32_t column, bool real) {
    if (column >= table->columns.count) return false;
    ColumnSort sort = table->columns.items[column].sort;
    return sort != COLUMN_IDENTIFIER && (sort == COLUMN_REAL) == real;
}

/* Which row nodes may be evaluated over rows of the table: those whose columns it has, never
 * an identifier. */
static void find_readable(const Module *module, const ModuleTable *table, bool *readable) {
    for (uint32_t i = 0; i < module->rows.count; i++) {
        const RowNode *node = &module->rows.items[i];
        readable[i] = true;
        if (node->op == ROW_COLUMN)
            readable[i] = column_readable(table, node->a, node->real);
        if (node->op == ROW_PERSON_COLUMN)
            readable[i] = table->sort == TABLE_EVENTS &&
                          column_readable(&module->tables.items[table->population], node->a,
                                          node->real);
        const uint32_t operands[] = {node->a, node->b, node->c};
        for (unsigned k = 0; k < row_operands(node->op); k++)
            readable[i] = readable[i] && readable[operands[k]];
    }
}

/* A node of a query: there, readable over its table, and an integer where one is needed. */
static bool check_node(Verifier *v, uint32_t node, const bool *readable, bool integer) {
    const Module *module = v->module;
    return holds(v, node < module->rows.count, "row-out-of-range") &&
           holds(v, readable[node], "row-column") &&
           holds(v, !integer || !module->rows.items[node].real, "row-type");
}

/* Whether what is known of the node's codes fits the dimension; the engine checks the rest. */
static bool codes_fit(const Module *module, const StrataQuery *query, uint32_t node,
                      uint32_t members) {
    const RowNode *row = &module->rows.items[node];
    const ModuleTable *table = &module->tables.items[query->table];
    if (row->op == ROW_PERSON_COLUMN) table = &module->tables.items[table->population];
    if (row->op == ROW_COLUMN || row->op == ROW_PERSON_COLUMN) {
        const ModuleColumn *column = &table->columns.items[row->a];
        return column->sort != COLUMN_CATEGORY ||
               module->dims.items[column->dim].member_count <= members;
    }
    if (row->op != ROW_TABLE) return true;
    const RowTable *codes = &module->row_tables.items[row->b];
    for (uint32_t i = 0; i < codes->count; i++)
        if (codes->codes[i] >= (int64_t)members) return false;
    return true;
}

static bool check_groups(Verifier *v, const StrataQuery *query, const bool *readable) {
    RegType type = {.dim_count = query->dim_count};
    if (!holds(v, query->dim_count <= MODULE_MAX_DIMS, "query-dims")) return false;
    for (unsigned i = 0; i < query->dim_count; i++) {
        type.dims[i] = query->dims[i];
        if (!check_dim(v, query->dims[i])) return false;
        for (unsigned k = 0; k < i; k++)
            if (!holds(v, query->dims[k] != query->dims[i], "query-dims")) return false;
        if (!check_node(v, query->groups[i], readable, true)) return false;
        uint32_t members = v->module->dims.items[query->dims[i]].member_count;
        bool fit = codes_fit(v->module, query, query->groups[i], members);
        if (!holds(v, fit, "query-codes")) return false;
    }
    return holds(v, regtype_cells(v->module, &type) <= MODULE_MAX_CELLS, "query-too-large");
}

static bool check_aggregate(Verifier *v, const StrataQuery *query, const bool *readable) {
    const ModuleTable *table = &v->module->tables.items[query->table];
    bool ordered = query->agg == AGG_ORDERED;
    bool sums = query->agg == AGG_SUM || query->agg == AGG_SUM_SQUARES || ordered;
    bool recurs = query->agg == AGG_SUM_SQUARED_EVENTS;
    if (!holds(v, sums == (query->value != MODULE_NONE), "query-value")) return false;
    if (!holds(v, !recurs || table->sort == TABLE_EVENTS, "query-value")) return false;
    if (sums && !check_node(v, query->value, readable, false)) return false;
    if (!holds(v, ordered || query->rank == MODULE_NONE, "query-value")) return false;
    if (query->rank != MODULE_NONE && !check_node(v, query->rank, readable, false)) return false;
    if (query->valued != MODULE_NONE && !check_node(v, query->valued, readable, false))
        return false;
    return holds(v, query->scale_num > 0 && query->scale_den > 0, "query-scale");
}

static bool check_query(Verifier *v, const StrataQuery *query, const bool *readable) {
    const Module *module = v->module;
    const ModuleTable *table = &module->tables.items[query->table];
    const ModuleTable *people =
        table->sort == TABLE_EVENTS ? &module->tables.items[table->population] : table;
    if (!holds(v, query->snapshot < people->snapshots.count, "query-snapshot")) return false;
    if (query->filter != MODULE_NONE && !check_node(v, query->filter, readable, true))
        return false;
    return check_groups(v, query, readable) && check_aggregate(v, query, readable) &&
           check_span(v, query->span);
}

static bool check_queries_of(Verifier *v, uint32_t table, bool *readable) {
    const Module *module = v->module;
    bool found = false;
    for (uint32_t i = 0; i < module->queries.count; i++) {
        const StrataQuery *query = &module->queries.items[i];
        if (query->table != table) continue;
        if (!found) find_readable(module, &module->tables.items[table], readable);
        found = true;
        at(v, "query", i);
        if (!check_query(v, query, readable)) return false;
    }
    return true;
}

static bool check_ranking(Verifier *v, const RowRanking *ranking, const bool *readable) {
    bool size = ranking->groups >= 2 && ranking->groups <= 1000 && ranking->stratum_count >= 1 &&
                ranking->stratum_count <= 1 << 20;
    return holds(v, size, "ranking-size") && check_node(v, ranking->value, readable, false) &&
           check_node(v, ranking->stratum, readable, true);
}

static bool check_rankings_of(Verifier *v, uint32_t table, bool *readable) {
    const Module *module = v->module;
    bool found = false;
    for (uint32_t i = 0; i < module->rankings.count; i++) {
        const RowRanking *ranking = &module->rankings.items[i];
        if (ranking->table != table) continue;
        if (!found) find_readable(module, &module->tables.items[table], readable);
        found = true;
        at(v, "ranking", i);
        if (!check_ranking(v, ranking, readable)) return false;
    }
    return true;
}

static bool check_rankings(Verifier *v) {
    const Module *module = v->module;
    at(v, "ranking", 0);
    if (!holds(v, module->rankings.count <= MOST_RANKINGS, "ranking-count")) return false;
    for (uint32_t i = 0; i < module->rankings.count; i++) {
        at(v, "ranking", i);
        uint32_t table = module->rankings.items[i].table;
        bool population =
            table < module->tables.count && module->tables.items[table].sort == TABLE_POPULATION;
        if (!holds(v, population, "ranking-table")) return false;
    }
    bool *readable = ARENA_NEW_ARRAY(v->arena, bool, module->rows.count);
    for (uint32_t i = 0; i < module->tables.count; i++)
        if (!check_rankings_of(v, i, readable)) return false;
    return true;
}

static bool check_queries(Verifier *v) {
    const Module *module = v->module;
    for (uint32_t i = 0; i < module->queries.count; i++) {
        at(v, "query", i);
        bool table = module->queries.items[i].table < module->tables.count;
        if (!holds(v, table, "query-table")) return false;
    }
    bool *readable = ARENA_NEW_ARRAY(v->arena, bool, module->rows.count);
    for (uint32_t i = 0; i < module->tables.count; i++)
        if (!check_queries_of(v, i, readable)) return false;
    return true;
}

/* ---- Measured series --------------------------------------------------------------------------------- */

/* A column that is not there has no heading, and the scale one. */
static bool check_measured(Verifier *v, const ModuleMeasured *series) {
    const MeasuredColumn *columns = series->columns;
    if (!check_dim(v, series->dim) || !check_delimiter(v, series->delimiter)) return false;
    DimSort sort = v->module->dims.items[series->dim].sort;
    bool time = sort >= DIM_YEAR && sort <= DIM_WEEK;
    bool counts = columns[MEASURED_NUMERATOR].header.length > 0 &&
                  columns[MEASURED_DENOMINATOR].header.length > 0;
    bool limits = columns[MEASURED_LOWER].header.length > 0 &&
                  columns[MEASURED_UPPER].header.length > 0;
    bool source = series->limits == MEASURED_LIMITS_GIVEN        ? limits
                  : series->limits != MEASURED_WITHOUT_LIMITS    ? counts
                                                                 : true;
    for (int i = 0; i < MEASURED_COLUMNS; i++)
        if (!holds(v, columns[i].scale_num > 0 && columns[i].scale_den > 0, "series-scale"))
            return false;
    return holds(v, time, "series-periods") &&
           holds(v, series->limits <= MODULE_MEASURED_LIMITS_LAST, "series-limits") &&
           holds(v, source && (series->estimate || !series->limits), "series-limits") &&
           holds(v, series->period.length && (columns[MEASURED_VALUE].header.length || counts),
                 "series-columns") &&
           check_span(v, series->span);
}

static bool check_all_measured(Verifier *v) {
    at(v, "series", 0);
    if (!holds(v, v->module->measured.count <= MOST_MEASURED, "series-count")) return false;
    for (uint32_t i = 0; i < v->module->measured.count; i++) {
        at(v, "series", i);
        if (!check_measured(v, &v->module->measured.items[i])) return false;
    }
    return true;
}

/* ---- Code --------------------------------------------------------------------------------------------- */

static bool unused_are_zero(const Instr *instr) {
    const uint8_t *sorts = opcode_info(instr->op)->operands;
    return (sorts[0] != OPERAND_NONE || !instr->a) && (sorts[1] != OPERAND_NONE || !instr->b) &&
           (sorts[2] != OPERAND_NONE || !instr->c);
}

static bool check_instr(Verifier *v, const Module *before, const Instr *instr) {
    RegType type;
    Slice rule;
    if (!instr_result_type(before, instr, &type, &rule)) return breaks(v, rule.data);
    if (!holds(v, unused_are_zero(instr), "unused-operand")) return false;
    if (!holds(v, instr->type.label >= type.label, "label-too-low")) return false;
    if (!holds(v, regtype_equal(&type, &instr->type), "result-type")) return false;
    bool fits = regtype_cells(v->module, &type) <= MODULE_MAX_CELLS;
    return holds(v, fits, "register-too-large") && check_span(v, instr->span);
}

/* An instruction sees the module as it was before it: only registers above are defined. */
static bool check_code(Verifier *v) {
    Module before = *v->module;
    for (uint32_t i = 0; i < v->module->code.count; i++) {
        at(v, "instruction", i);
        before.code.count = i;
        if (!check_instr(v, &before, &v->module->code.items[i])) return false;
    }
    return true;
}

/* ---- Declarations, outputs, requirements ---------------------------------------------------------------- */

static bool check_value(Verifier *v, const FieldValue *value) {
    switch (value->sort) {
    case FIELD_REGISTER:
        return check_reg(v, value->reg) && check_unit(v, value->unit);
    case FIELD_DECL:
        return holds(v, value->decl < v->module->decls.count, "decl-out-of-range");
    case FIELD_WORD:
    case FIELD_MISSING:
        return true;
    }
    return breaks(v, "field-sort");
}

static bool check_field(Verifier *v, const ModuleField *field) {
    for (uint32_t i = 0; i < field->values.count; i++)
        if (!check_value(v, &field->values.items[i])) return false;
    for (uint32_t i = 0; i < field->labels.count; i++) {
        const FieldLabel *label = &field->labels.items[i];
        for (uint32_t k = 0; k < label->values.count; k++)
            if (!check_value(v, &label->values.items[k])) return false;
    }
    return check_span(v, field->span);
}

static bool check_decls(Verifier *v) {
    for (uint32_t i = 0; i < v->module->decls.count; i++) {
        at(v, "declaration", i);
        const ModuleDecl *decl = &v->module->decls.items[i];
        bool order = decl->parent == MODULE_NONE || decl->parent < i;
        if (!holds(v, order, "decl-parent-order") || !check_span(v, decl->span)) return false;
        for (uint32_t k = 0; k < decl->fields.count; k++)
            if (!check_field(v, &decl->fields.items[k])) return false;
    }
    return true;
}

static bool check_outputs(Verifier *v) {
    for (uint32_t i = 0; i < v->module->outputs.count; i++) {
        at(v, "output", i);
        const ModuleOutput *output = &v->module->outputs.items[i];
        if (!check_reg(v, output->reg) || !check_unit(v, output->unit)) return false;
        if (!check_span(v, output->span)) return false;
    }
    return true;
}

/* Estimates of the same shape, at a level that limits can have. */
static bool check_intervals(Verifier *v) {
    for (uint32_t i = 0; i < v->module->intervals.count; i++) {
        at(v, "interval", i);
        const ModuleInterval *interval = &v->module->intervals.items[i];
        if (!check_reg(v, interval->reg) || !check_reg(v, interval->further)) return false;
        const RegType *type = &v->module->code.items[interval->reg].type;
        const RegType *further = &v->module->code.items[interval->further].type;
        bool alike = type->estimate && regtype_equal(type, further);
        bool level = interval->level > 0 && interval->level < 1;
        if (!holds(v, alike, "interval-type") || !holds(v, level, "interval-level")) return false;
    }
    return true;
}

static bool is_scalar_of(const Module *module, Reg reg, ElemType elem) {
    if (reg >= module->code.count) return false;
    const RegType *type = &module->code.items[reg].type;
    return type->elem == elem && !type->dim_count;
}

static bool check_in_force(Verifier *v, const ModuleRequirement *requirement) {
    bool order = !requirement->from || !requirement->until ||
                 requirement->from <= requirement->until;
    return check_day(v, requirement->from) && check_day(v, requirement->until) &&
           holds(v, order, "requirement-in-force");
}

static bool check_requirement(Verifier *v, const ModuleRequirement *requirement) {
    const Module *module = v->module;
    bool condition = is_scalar_of(module, requirement->condition, ELEM_BOOL);
    bool message = is_scalar_of(module, requirement->message, ELEM_TEXT);
    bool severity = requirement->severity <= SEVERITY_ERROR &&
                    requirement->draft_severity <= SEVERITY_ERROR;
    if (!check_decl(v, requirement->decl) || !check_in_force(v, requirement)) return false;
    if (!holds(v, condition, "requirement-condition")) return false;
    if (!holds(v, message, "requirement-message")) return false;
    if (!holds(v, severity, "requirement-severity")) return false;
    for (uint32_t i = 0; i < requirement->values.count; i++) {
        const ModuleSubValue *value = &requirement->values.items[i];
        if (!check_reg(v, value->reg) || !check_unit(v, value->unit)) return false;
    }
    return check_span(v, requirement->span);
}

static bool check_requirements(Verifier *v) {
    for (uint32_t i = 0; i < v->module->requirements.count; i++) {
        at(v, "requirement", i);
        if (!check_requirement(v, &v->module->requirements.items[i])) return false;
    }
    for (uint32_t i = 0; i < v->module->allows.count; i++) {
        at(v, "allow", i);
        const ModuleAllow *allow = &v->module->allows.items[i];
        if (!check_decl(v, allow->decl) || !check_day(v, allow->until)) return false;
        if (!check_span(v, allow->span)) return false;
    }
    return true;
}

static bool check_sources(Verifier *v) {
    for (uint32_t i = 0; i < v->module->sources.count; i++) {
        at(v, "source", i);
        const ModuleSource *source = &v->module->sources.items[i];
        bool after = !i || v->module->sources.items[i - 1].base < source->base;
        if (!holds(v, after, "source-order")) return false;
        for (uint32_t k = 1; k < source->line_starts.count; k++) {
            bool grows = source->line_starts.items[k - 1] < source->line_starts.items[k];
            if (!holds(v, grows, "source-lines")) return false;
        }
    }
    return true;
}

static bool check_unknowns(Verifier *v) {
    for (uint32_t i = 0; i < v->module->unknowns.count; i++) {
        at(v, "unknown", i);
        const ModuleUnknown *unknown = &v->module->unknowns.items[i];
        if (!check_day(v, unknown->until) || !check_span(v, unknown->span)) return false;
    }
    return true;
}

Slice module_verify(const Module *module, Arena *arena) {
    Verifier v = {.module = module, .arena = arena, .error = SLICE("")};
    bool well_formed = check_head(&v) && check_units(&v) && check_dims(&v) && check_consts(&v) &&
                       check_tables(&v) && check_rows(&v) && check_rankings(&v) &&
                       check_queries(&v) && check_all_measured(&v) && check_code(&v) &&
                       check_decls(&v) && check_outputs(&v) && check_intervals(&v) &&
                       check_requirements(&v) && check_sources(&v) &&
                       check_unknowns(&v);
    return well_formed ? SLICE("") : v.error;
}
