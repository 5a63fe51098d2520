/* Every rule of the verifier, each by a module that breaks it and nothing before it: a good
 * module is changed in one place, and must be refused by that rule's name. */
#include "tests/unit/test_base_fixture.h"

#include "runtime/bytecode/instr.h"
#include "tests/unit/test_module_fixture.h"

typedef void Mutation(Module *module);

typedef struct {
    const char *rule;
    Mutation *mutate;
} BadModule;

#define MUTATION(name) static void name(Module *m)

/* The last instruction with that opcode. */
static Instr *find(Module *m, Opcode op) {
    for (uint32_t i = m->code.count; i-- > 0;)
        if (m->code.items[i].op == op) return &m->code.items[i];
    fail_msg("the fixture lacks %s", opcode_info((uint8_t)op)->text);
    return NULL;
}

/* The first call of that native. */
static Instr *find_call(Module *m, const char *name) {
    uint32_t native = native_find(slice_of(name));
    for (uint32_t i = 0; i < m->code.count; i++)
        if (m->code.items[i].op == OPCODE_CALL && m->code.items[i].a == native)
            return &m->code.items[i];
    fail_msg("the fixture lacks %s", name);
    return NULL;
}

/* The last that puts reals together by place. */
static Instr *find_stack(Module *m) {
    for (uint32_t i = m->code.count; i-- > 0;)
        if (m->code.items[i].op == OPCODE_STACK && m->code.items[i].a == DIM_AT_PLACE)
            return &m->code.items[i];
    fail_msg("the fixture lacks a stack by place");
    return NULL;
}

static uint32_t *args_of(Module *m, Instr *instr) { return m->args.items + instr->b; }

/* A register of that element type with that many dims. */
static Reg any_reg(Module *m, ElemType elem, unsigned dims) {
    for (uint32_t i = 0; i < m->code.count; i++) {
        const RegType *type = &m->code.items[i].type;
        if (type->elem == elem && type->dim_count == dims && !type->estimate) return i;
    }
    fail_msg("the fixture lacks a register of type %d", elem);
    return 0;
}

static uint32_t find_const(Module *m, ConstSort sort) {
    for (uint32_t i = 0; i < m->consts.count; i++)
        if (m->consts.items[i].sort == sort) return i;
    fail_msg("the fixture lacks a constant of sort %d", sort);
    return 0;
}

static ModuleConst *konst(Module *m, ConstSort sort) {
    return &m->consts.items[find_const(m, sort)];
}

static RowNode *row(Module *m, RowOp op) {
    for (uint32_t i = m->rows.count; i-- > 0;)
        if (m->rows.items[i].op == op) return &m->rows.items[i];
    fail_msg("the fixture lacks a row operation");
    return NULL;
}

static StrataQuery *query(Module *m, int index) { return &m->queries.items[index]; }

static ModuleTable *table(Module *m, int index) { return &m->tables.items[index]; }

/* Appends code without asking for its type, as a hostile writer would. */
static void append(Module *m, Opcode op, uint32_t a, uint32_t b, uint32_t c, RegType type) {
    Instr instr = {.op = (uint8_t)op, .a = a, .b = b, .c = c, .type = type};
    VEC_PUSH(m->arena, &m->code, instr);
}

static const RegType SCALAR_REAL = {.elem = ELEM_REAL};

/* ---- Head, units, dimensions, constants ------------------------------------------------------ */

MUTATION(as_of_beyond_the_calendar) { m->as_of = DATE_LAST + 1; }
MUTATION(horizon_backwards) { m->horizon_last = m->horizon_first - 1; }
MUTATION(horizon_half_given) { m->horizon_first = 0; }
MUTATION(policy_unheard_of) { m->policy = 3; }
MUTATION(plan_that_is_not_there) { m->plan = m->decls.count; }
MUTATION(no_units) { m->units.count = 0; }
MUTATION(first_unit_not_plain) { m->units.items[0].sort = UNIT_MONEY; }
MUTATION(unit_over_zero) { m->units.items[1].den = 0; }
MUTATION(unit_of_nothing) { m->units.items[1].num = -1; }
MUTATION(dim_without_members) { m->dims.items[0].member_count = 0; }
MUTATION(dim_too_long) { m->dims.items[0].member_count = MODULE_MAX_CELLS + 1; }
MUTATION(years_out_of_the_calendar) { m->dims.items[DIM_AT_FY].first = 9998; }
MUTATION(bool_of_two) { konst(m, CONST_BOOL)->integer = 2; }
MUTATION(real_not_a_number) { konst(m, CONST_REAL)->real = NAN; }
MUTATION(exact_over_zero) { konst(m, CONST_EXACT)->exact.den = 0; }
MUTATION(exact_not_in_lowest_terms) { konst(m, CONST_EXACT)->exact = (Exact){2, 4, NULL}; }
MUTATION(date_beyond_the_calendar) { konst(m, CONST_DATE)->integer = DATE_FIRST - 1; }
MUTATION(year_of_nought) { konst(m, CONST_YEAR)->integer = 0; }
MUTATION(code_beyond_its_dim) { konst(m, CONST_CODE)->integer = 3; }
MUTATION(code_below_zero) { konst(m, CONST_CODE)->integer = -1; }
MUTATION(code_of_no_dim) { konst(m, CONST_CODE)->dim = 99; }
MUTATION(reason_unheard_of) { konst(m, CONST_ABSENT)->integer = 9; }
MUTATION(absent_without_reason) { konst(m, CONST_ABSENT)->integer = 0; }
MUTATION(constant_of_no_sort) { konst(m, CONST_TEXT)->sort = CONST_ABSENT + 1; }

/* ---- Tables ---------------------------------------------------------------------------------- */

MUTATION(category_of_no_dim) { table(m, 0)->columns.items[COLUMN_AT_PLACE].dim = 99; }
MUTATION(range_backwards) { table(m, 0)->columns.items[COLUMN_AT_AGE].low = 121; }
MUTATION(flag_with_text_for_yes_alone) {
    ModuleColumn *column = &table(m, 0)->columns.items[COLUMN_AT_AGE];
    column->sort = COLUMN_FLAG;
    column->texts[1] = SLICE("Y");
}
MUTATION(flag_of_one_text_for_both) {
    ModuleColumn *column = &table(m, 0)->columns.items[COLUMN_AT_AGE];
    column->sort = COLUMN_FLAG;
    column->texts[0] = column->texts[1] = SLICE("Y");
}
MUTATION(number_with_texts_of_a_flag) {
    ModuleColumn *column = &table(m, 0)->columns.items[COLUMN_AT_AGE];
    column->texts[0] = SLICE("N");
    column->texts[1] = SLICE("Y");
}
MUTATION(key_beyond_columns) { table(m, 0)->key = 99; }
MUTATION(key_not_an_identifier) { table(m, 0)->key = COLUMN_AT_AGE; }
MUTATION(fields_set_apart_by_quotes) { table(m, 0)->delimiter = '"'; }
MUTATION(fields_set_apart_by_lines) { table(m, 0)->delimiter = '\n'; }
MUTATION(no_snapshots) { table(m, 0)->snapshots.count = 0; }
MUTATION(events_of_two_files) {
    VEC_PUSH(m->arena, &table(m, 1)->snapshots, (ModuleSnapshot){SLICE("x.csv"), 0});
}
MUTATION(snapshots_out_of_order) {
    table(m, 0)->snapshots.items[0].as_at = table(m, 0)->snapshots.items[1].as_at;
}
MUTATION(snapshot_beyond_the_calendar) { table(m, 0)->snapshots.items[0].as_at = INT32_MIN; }
MUTATION(events_of_events) { table(m, 1)->population = TABLE_AT_FALLS; }
MUTATION(events_of_nobody) { table(m, 1)->population = MODULE_NONE; }
MUTATION(dated_by_no_date) { table(m, 1)->dated = COLUMN_AT_COST; }
MUTATION(covers_backwards) { table(m, 1)->covers_to = table(m, 1)->covers_from - 1; }
MUTATION(tables_without_end) {
    while (m->tables.count <= 256) VEC_PUSH(m->arena, &m->tables, *table(m, 0));
}

/* ---- Row expressions ------------------------------------------------------------------------- */

MUTATION(row_operation_unheard_of) { row(m, ROW_NEG)->op = ROW_OP_COUNT; }
MUTATION(row_reads_itself) {
    RowNode *node = row(m, ROW_NEG);
    node->a = (uint32_t)(node - m->rows.items);
}
MUTATION(row_reads_below) { row(m, ROW_SELECT)->c = m->rows.count; }
MUTATION(row_table_that_is_not_there) { row(m, ROW_TABLE)->b = 1; }
MUTATION(row_mixes_reals) { row(m, ROW_EQ)->a = 0; }
MUTATION(row_truth_is_real) { row(m, ROW_AND)->real = 1; }
MUTATION(row_divides_integers) { row(m, ROW_DIV)->a = row(m, ROW_DIV)->b = 0; }
MUTATION(row_infinite_constant) { m->rows.items[9].number = INFINITY; }
MUTATION(row_flag_of_two) { row(m, ROW_NEG)->real = 2; }
MUTATION(look_up_below_missing) { m->row_tables.items[0].codes[0] = -2; }
MUTATION(look_up_empty) { m->row_tables.items[0].count = 0; }
MUTATION(look_up_past_the_end) { m->row_tables.items[0].first = INT64_MAX; }

MUTATION(look_up_in_no_ranking) { row(m, ROW_RANKED)->c = m->rankings.count; }
MUTATION(look_up_before_its_ranking) {
    m->rankings.items[0].value = (uint32_t)(row(m, ROW_RANKED) - m->rows.items);
}
MUTATION(look_up_before_its_strata) { m->rankings.items[0].stratum = m->rows.count; }
MUTATION(look_up_of_a_real_among_integers) { row(m, ROW_RANKED)->a = 9; }
MUTATION(look_up_in_a_real_stratum) { row(m, ROW_RANKED)->b = 9; }
MUTATION(group_that_is_real) { row(m, ROW_RANKED)->real = 1; }

/* ---- Measured series -------------------------------------------------------------------------- */

static ModuleMeasured *series(Module *m) { return &m->measured.items[0]; }

MUTATION(series_over_no_dim) { series(m)->dim = (uint16_t)m->dims.count; }
MUTATION(series_over_places) { series(m)->dim = DIM_AT_PLACE; }
MUTATION(series_at_no_scale) { series(m)->columns[MEASURED_LOWER].scale_den = 0; }
MUTATION(series_at_a_negative_scale) { series(m)->columns[MEASURED_VALUE].scale_num = -1; }
MUTATION(series_with_unknown_limits) { series(m)->limits = MODULE_MEASURED_LIMITS_LAST + 1; }
MUTATION(series_with_limits_of_no_columns) { series(m)->limits = MEASURED_LIMITS_GIVEN; }
MUTATION(series_with_limits_it_does_not_carry) { series(m)->estimate = false; }
MUTATION(series_of_no_period) { series(m)->period = SLICE(""); }
MUTATION(series_of_nothing) {
    series(m)->columns[MEASURED_NUMERATOR].header = SLICE("");
    series(m)->limits = MEASURED_WITHOUT_LIMITS;
}
MUTATION(series_that_is_not_there) { find(m, OPCODE_MEASURED)->a = m->measured.count; }
MUTATION(series_without_end) {
    while (m->measured.count <= 1024) VEC_PUSH(m->arena, &m->measured, *series(m));
}

/* ---- Rankings --------------------------------------------------------------------------------- */

static RowRanking *ranking(Module *m) { return &m->rankings.items[0]; }

MUTATION(ranking_of_no_table) { ranking(m)->table = m->tables.count; }
MUTATION(ranking_of_events) { ranking(m)->table = TABLE_AT_FALLS; }
MUTATION(ranking_into_one_group) { ranking(m)->groups = 1; }
MUTATION(ranking_into_too_many_groups) { ranking(m)->groups = 1001; }
MUTATION(ranking_within_nothing) { ranking(m)->stratum_count = 0; }
MUTATION(ranking_within_too_much) { ranking(m)->stratum_count = (1 << 20) + 1; }
MUTATION(ranking_of_what_events_hold) {
    add_row(m, (RowNode){.op = ROW_RANKED, .a = 0, .b = 2, .c = 1});
    VEC_PUSH(m->arena, &m->rankings, *ranking(m));
    m->rankings.items[1].value = 3; /* the age of a person's person */
}
MUTATION(ranking_by_an_identifier) {
    uint32_t id = add_row(m, (RowNode){.op = ROW_COLUMN, .a = COLUMN_AT_ID});
    VEC_PUSH(m->arena, &m->rankings, *ranking(m));
    m->rankings.items[1].value = id;
}
MUTATION(ranking_within_reals) {
    VEC_PUSH(m->arena, &m->rankings, *ranking(m));
    m->rankings.items[1].stratum = 9;
}
MUTATION(rankings_without_end) {
    while (m->rankings.count <= 1024) VEC_PUSH(m->arena, &m->rankings, *ranking(m));
}

/* ---- Queries --------------------------------------------------------------------------------- */

MUTATION(query_in_no_order) { query(m, QUERY_AT_ORDERED)->value = MODULE_NONE; }
MUTATION(query_ranked_beyond) { query(m, QUERY_AT_ORDERED)->rank = m->rows.count; }
MUTATION(count_in_order) { query(m, QUERY_AT_FALLS)->rank = 3; }
MUTATION(values_counted) { find(m, OPCODE_STRATA)->a = QUERY_AT_ORDERED; }
MUTATION(spread_of_counts) { find(m, OPCODE_SPREAD)->a = QUERY_AT_FALLS; }
MUTATION(spread_of_no_sort) { find(m, OPCODE_SPREAD)->b = MODULE_SPREAD_LAST + 1; }
MUTATION(spread_by_a_date) { find(m, OPCODE_SPREAD)->c = any_reg(m, ELEM_DATE, 0); }
MUTATION(spread_by_a_series) { find(m, OPCODE_SPREAD)->c = any_reg(m, ELEM_REAL, 1); }
MUTATION(spread_made_open) { find(m, OPCODE_SPREAD)->type.label = LABEL_RELEASED; }
MUTATION(spread_without_limits) { find(m, OPCODE_SPREAD)->type.estimate = 0; }

MUTATION(query_of_no_table) { query(m, 0)->table = 2; }
MUTATION(query_of_no_snapshot) { query(m, 0)->snapshot = 2; }
MUTATION(query_filter_beyond) { query(m, 0)->filter = m->rows.count; }
MUTATION(query_filter_real) { query(m, 0)->filter = 9; }
MUTATION(query_reads_an_identifier) { m->rows.items[0].a = COLUMN_AT_ID; }
MUTATION(query_reads_the_person_of_a_person) { query(m, 0)->groups[0] = 4; }
MUTATION(query_column_beyond) { m->rows.items[0].a = 99; }
MUTATION(query_column_real) { m->rows.items[0].a = COLUMN_AT_WEIGHT; }
MUTATION(query_over_no_dim) { query(m, 0)->dims[0] = 99; }
MUTATION(query_dim_twice) { query(m, 0)->dims[1] = query(m, 0)->dims[0]; }
MUTATION(query_of_nine_dims) { query(m, 0)->dim_count = 9; }
MUTATION(query_codes_beyond_the_dim) { m->row_tables.items[0].codes[1] = 2; }
MUTATION(query_category_beyond_the_dim) { query(m, 0)->groups[1] = 1; }
MUTATION(query_too_large) {
    m->dims.items[DIM_AT_PLACE].member_count = MODULE_MAX_CELLS;
    m->consts.count = 0; /* before it is looked at: its members are not there */
}
MUTATION(query_sum_of_nothing) { query(m, QUERY_AT_COST)->value = MODULE_NONE; }
MUTATION(query_count_of_something) { query(m, QUERY_AT_PEOPLE)->value = 0; }
MUTATION(query_recurrence_of_people) { query(m, QUERY_AT_PEOPLE)->agg = AGG_SUM_SQUARED_EVENTS; }
MUTATION(query_scaled_by_zero) { query(m, 0)->scale_den = 0; }

/* ---- Code ------------------------------------------------------------------------------------ */

MUTATION(opcode_unheard_of) { m->code.items[3].op = OPCODE_COUNT; }
MUTATION(reads_itself) {
    Instr *instr = find(m, OPCODE_ABS);
    instr->a = (uint32_t)(instr - m->code.items);
}
MUTATION(reads_below) { find(m, OPCODE_SELECT)->c = m->code.count; }
MUTATION(argument_reads_below) { args_of(m, find_stack(m))[1] = m->code.count; }
MUTATION(call_reads_below) { args_of(m, find_call(m, "date.days"))[1] = m->code.count; }
MUTATION(no_such_constant) { find(m, OPCODE_CONST)->a = m->consts.count; }
MUTATION(no_such_query) { find(m, OPCODE_STRATA)->a = m->queries.count; }
MUTATION(no_such_native) { find(m, OPCODE_CALL)->a = NATIVE_COUNT; }
MUTATION(no_such_unit) { find(m, OPCODE_FORMAT)->b = m->units.count; }
MUTATION(no_such_dim) { find(m, OPCODE_SUM)->b = m->dims.count; }
MUTATION(dim_number_cut_to_16_bits) { find(m, OPCODE_SUM)->b += 65536; }
MUTATION(arguments_past_the_table) { find(m, OPCODE_CONCAT)->c = UINT32_MAX; }
MUTATION(call_past_the_table) { find(m, OPCODE_CALL)->b = UINT32_MAX; }
MUTATION(sum_of_exact_and_real) {
    find(m, OPCODE_ADD)->b = any_reg(m, ELEM_EXACT, 0);
}
MUTATION(sum_of_texts) {
    Instr *instr = find(m, OPCODE_AND);
    instr->op = OPCODE_ADD;
}
MUTATION(not_of_a_number) { find(m, OPCODE_NOT)->a = any_reg(m, ELEM_REAL, 1); }
MUTATION(order_of_truths) {
    Instr *instr = find(m, OPCODE_AND);
    instr->op = OPCODE_LT;
}
MUTATION(select_between_types) { find(m, OPCODE_SELECT)->b = any_reg(m, ELEM_EXACT, 0); }
MUTATION(select_by_a_number) { find(m, OPCODE_SELECT)->a = find(m, OPCODE_SELECT)->b; }
MUTATION(limit_of_no_estimate) { find(m, OPCODE_LOWER)->a = any_reg(m, ELEM_REAL, 1); }
MUTATION(scaled_by_a_real) { find(m, OPCODE_SCALE)->b = any_reg(m, ELEM_REAL, 0); }
MUTATION(scaled_by_a_series) { find(m, OPCODE_SCALE)->b = any_reg(m, ELEM_EXACT, 1); }
MUTATION(all_of_numbers) { find(m, OPCODE_ALL)->a = any_reg(m, ELEM_REAL, 1); }
MUTATION(text_of_numbers) { args_of(m, find(m, OPCODE_CONCAT))[0] = any_reg(m, ELEM_EXACT, 0); }
MUTATION(text_of_a_series) {
    Reg amount = any_reg(m, ELEM_EXACT, 1);
    Reg texts = emit(m, OPCODE_FORMAT, amount, 0, 0);
    append(m, OPCODE_CONCAT, 0, push_args(m, &texts, 1), 1, (RegType){.elem = ELEM_TEXT});
}
MUTATION(stack_of_two_types) {
    args_of(m, find_stack(m))[1] = any_reg(m, ELEM_EXACT, 1);
}
MUTATION(stack_of_two_shapes) { args_of(m, find_stack(m))[1] = any_reg(m, ELEM_REAL, 0); }
MUTATION(stack_along_its_own_dim) {
    Instr *stack = find_stack(m);
    Reg made = (Reg)(stack - m->code.items);
    RegType type = stack->type;
    append(m, OPCODE_STACK, DIM_AT_PLACE, push_args(m, REGS(made, made, made)), 3, type);
}
MUTATION(stack_with_one_missing) { find_stack(m)->c--; }
MUTATION(sum_along_no_dim_of_it) { find(m, OPCODE_SUM)->b = DIM_AT_BAND; }
MUTATION(index_along_no_dim_of_it) { find(m, OPCODE_INDEX)->b = DIM_AT_BAND; }
MUTATION(running_sum_along_no_dim_of_it) { find(m, OPCODE_CUMULATE)->b = DIM_AT_BAND; }
MUTATION(member_beyond_the_dim) { find(m, OPCODE_INDEX)->c = 3; }
MUTATION(power_too_large) { find(m, OPCODE_POW)->b = 2 * INSTR_POW_BIAS + 1; }
MUTATION(places_too_many) { find(m, OPCODE_FORMAT)->c = INSTR_FORMAT_LAST + 1; }
MUTATION(operand_for_nothing) { find(m, OPCODE_ABS)->b = 1; }
MUTATION(text_with_an_operand) { find(m, OPCODE_CONCAT)->a = 1; }
MUTATION(result_of_another_type) { find(m, OPCODE_ABS)->type.elem = ELEM_DATE; }
MUTATION(result_of_another_shape) { find(m, OPCODE_ABS)->type.dim_count = 0; }
MUTATION(result_an_estimate) { find(m, OPCODE_VALUE)->type.estimate = 1; }
MUTATION(label_open_for_people) { find(m, OPCODE_STRATA)->type.label = LABEL_OPEN; }
MUTATION(label_lost_on_the_way) { find(m, OPCODE_SCALE)->type.label = LABEL_RELEASED; }
MUTATION(label_lost_in_a_call) { find_call(m, "stats.rate")->type.label = LABEL_OPEN; }
MUTATION(label_too_high) { find(m, OPCODE_ABS)->type.label = LABEL_AGGREGATE; }
MUTATION(span_backwards) { m->code.items[5].span = (Span){9, 8}; }
MUTATION(too_many_dims) {
    Reg reg = any_reg(m, ELEM_REAL, 0);
    static const char *const one[] = {"a"};
    for (int i = 0; i < MODULE_MAX_DIMS; i++) {
        uint32_t dim = add_dim(m, "d", DIM_LIST, 1, one, 0);
        reg = emit_stack(m, dim, REGS(reg));
    }
    append(m, OPCODE_ADD, reg, any_reg(m, ELEM_REAL, 1), 0, SCALAR_REAL);
}
MUTATION(register_too_large) {
    const char **names = calloc(5000, sizeof *names);
    uint32_t *regs = calloc(5000, sizeof *regs);
    Reg one = emit_real(m, 1);
    for (int i = 0; i < 5000; i++) names[i] = "m", regs[i] = one;
    uint32_t dims[2] = {add_dim(m, "d", DIM_LIST, 5000, names, 0),
                        add_dim(m, "e", DIM_LIST, 5000, names, 0)};
    Reg left = emit_stack(m, dims[0], regs, 5000), right = emit_stack(m, dims[1], regs, 5000);
    emit(m, OPCODE_ADD, left, right, 0);
    free(names);
    free(regs);
}

/* ---- Calls ----------------------------------------------------------------------------------- */

MUTATION(call_with_too_few) {
    Instr *call = find_call(m, "stats.rate");
    args_of(m, call)[0]--;
    call->c--;
}
MUTATION(call_without_arguments) { find_call(m, "stats.rate")->c = 0; }
MUTATION(call_that_counts_too_many) { args_of(m, find_call(m, "stats.rate"))[0] = 99; }
MUTATION(call_with_half_a_pair) {
    Instr *call = find_call(m, "money.stepped");
    args_of(m, call)[4] = args_of(m, call)[5];
    args_of(m, call)[0]--;
    call->c--;
}
MUTATION(call_of_an_exact) {
    args_of(m, find_call(m, "stats.rate"))[1] = any_reg(m, ELEM_EXACT, 0);
}
MUTATION(significance_of_numbers) {
    args_of(m, find_call(m, "stats.significant"))[1] = any_reg(m, ELEM_REAL, 2);
}
MUTATION(standardised_across_nothing) { find_call(m, "stats.dsr")->c--; }
MUTATION(standardised_across_no_dim_of_it) {
    args_of(m, find_call(m, "stats.dsr"))[5] = DIM_AT_FY;
}
MUTATION(call_over_no_such_dim) { args_of(m, find_call(m, "stats.dsr"))[5] = 99; }
MUTATION(ramp_over_places) { args_of(m, find_call(m, "money.ramp"))[5] = DIM_AT_PLACE; }
MUTATION(change_along_places) { args_of(m, find_call(m, "money.change"))[2] = DIM_AT_PLACE; }
MUTATION(days_over_a_dim) {
    Reg day = any_reg(m, ELEM_DATE, 0);
    uint32_t args[] = {2, day, day, DIM_AT_FY};
    append(m, OPCODE_CALL, NATIVE_DATE_DAYS, push_args(m, args, 4), 4,
           (RegType){.elem = ELEM_EXACT});
}

/* ---- Declarations and what rests on them ----------------------------------------------------- */

MUTATION(parent_after_child) { m->decls.items[0].parent = 1; }
MUTATION(parent_of_itself) { m->decls.items[1].parent = 1; }
MUTATION(field_of_no_register) { m->decls.items[1].fields.items[0].values.items[0].reg = 9999; }
MUTATION(field_of_no_unit) { m->decls.items[1].fields.items[0].values.items[0].unit = 99; }
MUTATION(label_of_no_decl) {
    m->decls.items[1].fields.items[0].labels.items[0].values.items[0].decl = 2;
}
MUTATION(field_of_no_sort) {
    m->decls.items[1].fields.items[0].values.items[0].sort = FIELD_MISSING + 1;
}
MUTATION(output_of_no_register) { m->outputs.items[0].reg = MODULE_NONE; }
MUTATION(output_of_no_unit) { m->outputs.items[0].unit = 99; }
MUTATION(interval_of_no_register) { m->intervals.items[0].further = MODULE_NONE; }
MUTATION(interval_of_another_shape) { m->intervals.items[0].further = any_reg(m, ELEM_EXACT, 0); }
MUTATION(interval_of_everything) { m->intervals.items[0].level = 1; }
MUTATION(condition_that_is_a_number) {
    m->requirements.items[0].condition = any_reg(m, ELEM_REAL, 0);
}
MUTATION(condition_over_places) { m->requirements.items[0].condition = any_reg(m, ELEM_BOOL, 1); }
MUTATION(message_that_is_a_number) { m->requirements.items[0].message = any_reg(m, ELEM_REAL, 0); }
MUTATION(severity_unheard_of) { m->requirements.items[0].draft_severity = 3; }
MUTATION(rule_over_before_it_begins) { m->requirements.items[0].until = 1; }
MUTATION(rule_of_no_decl) { m->requirements.items[0].decl = 99; }
MUTATION(sub_value_of_no_register) { m->requirements.items[0].values.items[0].reg = 9999; }
MUTATION(unknown_until_no_day) { m->unknowns.items[0].until = DATE_LAST + 1; }
MUTATION(allow_of_no_decl) { m->allows.items[0].decl = 99; }
MUTATION(sources_out_of_order) { VEC_PUSH(m->arena, &m->sources, m->sources.items[0]); }
MUTATION(lines_out_of_order) { m->sources.items[0].line_starts.items[1] = 0; }

static const BadModule bad_modules[] = {
    {"date-out-of-range", as_of_beyond_the_calendar},
    {"horizon-order", horizon_backwards},
    {"horizon-order", horizon_half_given},
    {"policy-unknown", policy_unheard_of},
    {"decl-out-of-range", plan_that_is_not_there},
    {"unit-count", no_units},
    {"unit-plain-first", first_unit_not_plain},
    {"unit-scale", unit_over_zero},
    {"unit-scale", unit_of_nothing},
    {"dim-member-count", dim_without_members},
    {"dim-member-count", dim_too_long},
    {"dim-years", years_out_of_the_calendar},
    {"constant-type", bool_of_two},
    {"constant-type", real_not_a_number},
    {"constant-type", exact_over_zero},
    {"constant-type", exact_not_in_lowest_terms},
    {"constant-type", date_beyond_the_calendar},
    {"constant-type", year_of_nought},
    {"constant-type", code_beyond_its_dim},
    {"constant-type", code_below_zero},
    {"constant-type", code_of_no_dim},
    {"constant-type", reason_unheard_of},
    {"constant-type", absent_without_reason},
    {"constant-type", constant_of_no_sort},
    {"dim-out-of-range", category_of_no_dim},
    {"column-range", range_backwards},
    {"flag-texts", flag_with_text_for_yes_alone},
    {"flag-texts", flag_of_one_text_for_both},
    {"flag-texts", number_with_texts_of_a_flag},
    {"delimiter", fields_set_apart_by_quotes},
    {"delimiter", fields_set_apart_by_lines},
    {"table-key", key_beyond_columns},
    {"table-key", key_not_an_identifier},
    {"snapshot-count", no_snapshots},
    {"snapshot-count", events_of_two_files},
    {"snapshot-order", snapshots_out_of_order},
    {"date-out-of-range", snapshot_beyond_the_calendar},
    {"table-population", events_of_events},
    {"table-population", events_of_nobody},
    {"table-dated", dated_by_no_date},
    {"table-covers", covers_backwards},
    {"table-count", tables_without_end},
    {"row-op-unknown", row_operation_unheard_of},
    {"row-node-order", row_reads_itself},
    {"row-node-order", row_reads_below},
    {"row-table-out-of-range", row_table_that_is_not_there},
    {"row-type", row_mixes_reals},
    {"row-type", row_truth_is_real},
    {"row-type", row_divides_integers},
    {"row-type", row_infinite_constant},
    {"row-type", row_flag_of_two},
    {"row-table-code", look_up_below_missing},
    {"row-table-range", look_up_empty},
    {"row-table-range", look_up_past_the_end},
    {"ranking-out-of-range", look_up_in_no_ranking},
    {"ranking-order", look_up_before_its_ranking},
    {"ranking-order", look_up_before_its_strata},
    {"row-type", look_up_of_a_real_among_integers},
    {"row-type", look_up_in_a_real_stratum},
    {"row-type", group_that_is_real},
    {"dim-out-of-range", series_over_no_dim},
    {"series-periods", series_over_places},
    {"series-scale", series_at_no_scale},
    {"series-scale", series_at_a_negative_scale},
    {"series-limits", series_with_unknown_limits},
    {"series-limits", series_with_limits_of_no_columns},
    {"series-limits", series_with_limits_it_does_not_carry},
    {"series-columns", series_of_no_period},
    {"series-columns", series_of_nothing},
    {"series-out-of-range", series_that_is_not_there},
    {"series-count", series_without_end},
    {"ranking-table", ranking_of_no_table},
    {"ranking-table", ranking_of_events},
    {"ranking-size", ranking_into_one_group},
    {"ranking-size", ranking_into_too_many_groups},
    {"ranking-size", ranking_within_nothing},
    {"ranking-size", ranking_within_too_much},
    {"row-column", ranking_of_what_events_hold},
    {"row-column", ranking_by_an_identifier},
    {"row-type", ranking_within_reals},
    {"ranking-count", rankings_without_end},
    {"query-value", query_in_no_order},
    {"row-out-of-range", query_ranked_beyond},
    {"query-value", count_in_order},
    {"query-ordered", values_counted},
    {"query-ordered", spread_of_counts},
    {"number-out-of-range", spread_of_no_sort},
    {"operand-type", spread_by_a_date},
    {"operand-not-scalar", spread_by_a_series},
    {"label-too-low", spread_made_open},
    {"result-type", spread_without_limits},
    {"query-table", query_of_no_table},
    {"query-snapshot", query_of_no_snapshot},
    {"row-out-of-range", query_filter_beyond},
    {"row-type", query_filter_real},
    {"row-column", query_reads_an_identifier},
    {"row-column", query_reads_the_person_of_a_person},
    {"row-column", query_column_beyond},
    {"row-column", query_column_real},
    {"dim-out-of-range", query_over_no_dim},
    {"query-dims", query_dim_twice},
    {"query-dims", query_of_nine_dims},
    {"query-codes", query_codes_beyond_the_dim},
    {"query-codes", query_category_beyond_the_dim},
    {"query-too-large", query_too_large},
    {"query-value", query_sum_of_nothing},
    {"query-value", query_count_of_something},
    {"query-value", query_recurrence_of_people},
    {"query-scale", query_scaled_by_zero},
    {"opcode-unknown", opcode_unheard_of},
    {"register-not-yet-defined", reads_itself},
    {"register-not-yet-defined", reads_below},
    {"register-not-yet-defined", argument_reads_below},
    {"register-not-yet-defined", call_reads_below},
    {"constant-out-of-range", no_such_constant},
    {"query-out-of-range", no_such_query},
    {"native-out-of-range", no_such_native},
    {"unit-out-of-range", no_such_unit},
    {"dim-out-of-range", no_such_dim},
    {"dim-out-of-range", dim_number_cut_to_16_bits},
    {"argument-out-of-range", arguments_past_the_table},
    {"argument-out-of-range", call_past_the_table},
    {"operand-type", sum_of_exact_and_real},
    {"operand-type", sum_of_texts},
    {"operand-type", not_of_a_number},
    {"operand-type", order_of_truths},
    {"operand-type", select_between_types},
    {"operand-type", select_by_a_number},
    {"operand-type", limit_of_no_estimate},
    {"operand-type", scaled_by_a_real},
    {"operand-not-scalar", scaled_by_a_series},
    {"operand-type", all_of_numbers},
    {"operand-type", text_of_numbers},
    {"operand-not-scalar", text_of_a_series},
    {"operand-type", stack_of_two_types},
    {"dims-not-aligned", stack_of_two_shapes},
    {"dim-twice", stack_along_its_own_dim},
    {"stack-count", stack_with_one_missing},
    {"dim-not-in-operand", sum_along_no_dim_of_it},
    {"dim-not-in-operand", index_along_no_dim_of_it},
    {"dim-not-in-operand", running_sum_along_no_dim_of_it},
    {"member-out-of-range", member_beyond_the_dim},
    {"number-out-of-range", power_too_large},
    {"number-out-of-range", places_too_many},
    {"unused-operand", operand_for_nothing},
    {"unused-operand", text_with_an_operand},
    {"result-type", result_of_another_type},
    {"result-type", result_of_another_shape},
    {"result-type", result_an_estimate},
    {"label-too-low", label_open_for_people},
    {"label-too-low", label_lost_on_the_way},
    {"label-too-low", label_lost_in_a_call},
    {"result-type", label_too_high},
    {"span-order", span_backwards},
    {"too-many-dims", too_many_dims},
    {"register-too-large", register_too_large},
    {"native-arity", call_with_too_few},
    {"native-arity", call_without_arguments},
    {"native-arity", call_that_counts_too_many},
    {"native-arity", call_with_half_a_pair},
    {"operand-type", call_of_an_exact},
    {"operand-type", significance_of_numbers},
    {"native-dims", standardised_across_nothing},
    {"native-dims", standardised_across_no_dim_of_it},
    {"dim-out-of-range", call_over_no_such_dim},
    {"native-dims", ramp_over_places},
    {"native-dims", change_along_places},
    {"native-dims", days_over_a_dim},
    {"decl-parent-order", parent_after_child},
    {"decl-parent-order", parent_of_itself},
    {"register-out-of-range", field_of_no_register},
    {"unit-out-of-range", field_of_no_unit},
    {"decl-out-of-range", label_of_no_decl},
    {"field-sort", field_of_no_sort},
    {"register-out-of-range", output_of_no_register},
    {"unit-out-of-range", output_of_no_unit},
    {"register-out-of-range", interval_of_no_register},
    {"interval-type", interval_of_another_shape},
    {"interval-level", interval_of_everything},
    {"requirement-condition", condition_that_is_a_number},
    {"requirement-condition", condition_over_places},
    {"requirement-message", message_that_is_a_number},
    {"requirement-severity", severity_unheard_of},
    {"requirement-in-force", rule_over_before_it_begins},
    {"decl-out-of-range", rule_of_no_decl},
    {"register-out-of-range", sub_value_of_no_register},
    {"date-out-of-range", unknown_until_no_day},
    {"decl-out-of-range", allow_of_no_decl},
    {"source-order", sources_out_of_order},
    {"source-lines", lines_out_of_order},
};

static bool names_rule(Slice error, const char *rule) {
    Slice name = slice_of(rule);
    return slice_starts_with(error, name) && error.length > name.length &&
           error.data[name.length] == ':';
}

ARENA_TEST(every_bad_module_is_refused_by_its_rule) {
    int wrong = 0;
    for (size_t i = 0; i < sizeof bad_modules / sizeof *bad_modules; i++) {
        Module *module = fixture_module(arena);
        bad_modules[i].mutate(module);
        Slice error = module_verify(module, arena);
        if (names_rule(error, bad_modules[i].rule)) continue;
        fprintf(stderr, "row %zu wanted %s, got \"%.*s\"\n", i, bad_modules[i].rule,
                SLICE_FMT(error));
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

ARENA_TEST(fixture_uses_every_instruction_and_native) {
    Module *module = fixture_module(arena);
    bool opcodes[OPCODE_COUNT] = {false}, natives[NATIVE_COUNT] = {false};
    VEC_EACH(Instr, instr, &module->code) {
        opcodes[instr->op] = true;
        if (instr->op == OPCODE_CALL) natives[instr->a] = true;
    }
    for (int i = 0; i < OPCODE_COUNT; i++)
        if (!opcodes[i]) fail_msg("no %s", opcode_info((uint8_t)i)->text);
    for (uint32_t i = 0; i < NATIVE_COUNT; i++)
        if (!natives[i]) fail_msg("no %s", native_info(i)->name.data);
}

ARENA_TEST(natives_are_found_by_their_names) {
    (void)arena;
    for (uint32_t i = 0; i < NATIVE_COUNT; i++)
        assert_int_equal(native_find(native_info(i)->name), i);
    assert_int_equal(native_find(SLICE("stats")), MODULE_NONE);
    assert_int_equal(native_find(SLICE("")), MODULE_NONE);
}

/* ---- Result rules ---------------------------------------------------------------------------- */

static const RegType *type_of(Module *module, Reg reg) { return &module->code.items[reg].type; }

ARENA_TEST(dims_join_by_name_with_the_first_operands_first) {
    Module *module = fixture_module(arena);
    Reg people = 0; /* by place and band */
    Reg real = emit_real(module, 1);
    Reg years = emit_stack(module, DIM_AT_FY, REGS(real, real, real));
    Reg sum = emit(module, OPCODE_ADD, years, people, 0);
    assert_int_equal(type_of(module, sum)->dim_count, 3);
    assert_int_equal(type_of(module, sum)->dims[0], DIM_AT_FY);
    assert_int_equal(type_of(module, sum)->dims[1], DIM_AT_PLACE);
    assert_int_equal(type_of(module, sum)->dims[2], DIM_AT_BAND);
    assert_int_equal(type_of(module, sum)->label, LABEL_AGGREGATE);
}

ARENA_TEST(arithmetic_on_an_estimate_is_a_plain_number) {
    Module *module = fixture_module(arena);
    Reg rate = (Reg)(find_call(module, "stats.rate") - module->code.items);
    Reg factor = emit_exact(module, 2, 1);
    Reg places = emit(module, OPCODE_INDEX, rate, DIM_AT_BAND, 0);
    assert_true(type_of(module, places)->estimate);
    assert_true(type_of(module, emit(module, OPCODE_SCALE, rate, factor, 0))->estimate);
    assert_false(type_of(module, emit(module, OPCODE_NEG, rate, 0, 0))->estimate);
    assert_false(type_of(module, emit(module, OPCODE_ADD, rate, rate, 0))->estimate);
    assert_false(type_of(module, emit(module, OPCODE_MAX, rate, DIM_AT_PLACE, 0))->estimate);
    Reg stacked = emit_stack(module, DIM_AT_FY, REGS(rate, rate, rate));
    assert_true(type_of(module, stacked)->estimate);
}

ARENA_TEST(standardising_takes_its_dims_away) {
    Module *module = fixture_module(arena);
    const RegType *type = &find_call(module, "stats.dsr")->type;
    assert_int_equal(type->dim_count, 1);
    assert_int_equal(type->dims[0], DIM_AT_PLACE);
    assert_true(type->estimate);
}

ARENA_TEST(series_add_the_year_last_and_stay_exact) {
    Module *module = fixture_module(arena);
    const RegType *type = &find_call(module, "money.ramp")->type;
    assert_int_equal(type->elem, ELEM_EXACT);
    assert_int_equal(type->dims[type->dim_count - 1], DIM_AT_FY);
    assert_int_equal(find_call(module, "money.npv")->type.dim_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bad_module_is_refused_by_its_rule),
        cmocka_unit_test(fixture_uses_every_instruction_and_native),
        cmocka_unit_test(natives_are_found_by_their_names),
        cmocka_unit_test(dims_join_by_name_with_the_first_operands_first),
        cmocka_unit_test(arithmetic_on_an_estimate_is_a_plain_number),
        cmocka_unit_test(standardising_takes_its_dims_away),
        cmocka_unit_test(series_add_the_year_last_and_stay_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
