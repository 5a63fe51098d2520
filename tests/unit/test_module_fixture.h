/* A module made by hand that is well-formed and uses every instruction, every native, every
 * row operation and every part a module has; and what it takes to make further ones. Used by
 * the tests of modules and of the machine, and as the seed of the fuzzer. */
#ifndef TESTS_UNIT_TEST_MODULE_FIXTURE_H
#define TESTS_UNIT_TEST_MODULE_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/date.h"
#include "runtime/bytecode/natives.h"
#include "runtime/bytecode/verify.h"

/* ---- Making code ----------------------------------------------------------------------------- */

/* Appends the instruction with the type it has by the rules. */
static inline Reg emit(Module *module, Opcode op, uint32_t a, uint32_t b, uint32_t c) {
    Instr instr = {.op = (uint8_t)op, .a = a, .b = b, .c = c, .span = {10, 20}};
    Slice broken;
    if (!instr_result_type(module, &instr, &instr.type, &broken)) {
        fprintf(stderr, "instruction %u: %.*s\n", module->code.count, SLICE_FMT(broken));
        abort();
    }
    VEC_PUSH(module->arena, &module->code, instr);
    return module->code.count - 1;
}

static inline Reg emit_const(Module *module, ModuleConst constant) {
    VEC_PUSH(module->arena, &module->consts, constant);
    return emit(module, OPCODE_CONST, module->consts.count - 1, 0, 0);
}

static inline Reg emit_exact(Module *module, int64_t num, int64_t den) {
    Exact exact = exact_from_ratio(module->arena, num, den);
    return emit_const(module, (ModuleConst){.sort = CONST_EXACT, .exact = exact});
}

static inline Reg emit_real(Module *module, double real) {
    return emit_const(module, (ModuleConst){.sort = CONST_REAL, .real = real});
}

static inline Reg emit_integer(Module *module, ConstSort sort, int64_t integer) {
    return emit_const(module, (ModuleConst){.sort = sort, .integer = integer});
}

static inline Reg emit_text(Module *module, const char *text) {
    return emit_const(module, (ModuleConst){.sort = CONST_TEXT, .text = slice_of(text)});
}

static inline Reg emit_absent(Module *module, ElemType elem, int reason) {
    return emit_const(module, (ModuleConst){.sort = CONST_ABSENT, .elem = elem, .integer = reason});
}

/* Appends arguments to the table; where they begin. */
static inline uint32_t push_args(Module *module, const uint32_t *args, uint32_t count) {
    uint32_t first = module->args.count;
    for (uint32_t i = 0; i < count; i++) VEC_PUSH(module->arena, &module->args, args[i]);
    return first;
}

#define REGS(...)                      \
    (const uint32_t[]){__VA_ARGS__}, \
        sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)

static inline Reg emit_stack(Module *module, uint32_t dim, const uint32_t *regs, uint32_t count) {
    return emit(module, OPCODE_STACK, dim, push_args(module, regs, count), count);
}

static inline Reg emit_concat(Module *module, const uint32_t *regs, uint32_t count) {
    return emit(module, OPCODE_CONCAT, 0, push_args(module, regs, count), count);
}

static inline Reg emit_call_over(Module *module, const char *name, const uint32_t *dims,
                                 uint32_t dim_count, const uint32_t *regs, uint32_t count) {
    uint32_t first = push_args(module, &count, 1);
    push_args(module, regs, count);
    push_args(module, dims, dim_count);
    return emit(module, OPCODE_CALL, native_find(slice_of(name)), first, count + 1 + dim_count);
}

/* A call; one dim, or MODULE_NONE. */
static inline Reg emit_call(Module *module, const char *name, uint32_t dim, const uint32_t *regs,
                            uint32_t count) {
    return emit_call_over(module, name, &dim, dim != MODULE_NONE, regs, count);
}

static inline uint32_t add_dim(Module *module, const char *name, DimSort sort, uint32_t count,
                               const char *const *members, int32_t first) {
    ModuleDim dim = {.name = slice_of(name), .title = slice_of(name), .sort = sort,
                     .ordered = sort != DIM_CATEGORY, .member_count = count, .first = first};
    dim.members = ARENA_NEW_ARRAY(module->arena, Slice, count);
    dim.titles = ARENA_NEW_ARRAY(module->arena, Slice, count);
    for (uint32_t i = 0; i < count; i++) {
        dim.members[i] = members ? slice_of(members[i])
                                 : financial_year_format(module->arena, first + (int)i);
        dim.titles[i] = members ? arena_printf(module->arena, "The %s", members[i])
                                : financial_year_format_short(module->arena, first + (int)i);
    }
    VEC_PUSH(module->arena, &module->dims, dim);
    return module->dims.count - 1;
}

static inline uint32_t add_row(Module *module, RowNode node) {
    VEC_PUSH(module->arena, &module->rows, node);
    return module->rows.count - 1;
}

/* ---- The fixture ----------------------------------------------------------------------------- */

/* dims: 3 places, 3 years from 2025, 2 bands, the 20 of life tables */
enum { DIM_AT_PLACE, DIM_AT_FY, DIM_AT_BAND, DIM_AT_AGE };
enum { UNIT_AT_PLAIN, UNIT_AT_PERCENT, UNIT_AT_GBP, UNIT_AT_RATE, UNIT_AT_PEOPLE, UNIT_AT_POINTS };
enum { TABLE_AT_PEOPLE, TABLE_AT_FALLS };
enum { COLUMN_AT_ID, COLUMN_AT_AGE, COLUMN_AT_PLACE, COLUMN_AT_WEIGHT }; /* of people */
enum { COLUMN_AT_PERSON, COLUMN_AT_DAY, COLUMN_AT_COST };                /* of falls */
/* queries by place and band: people, falls, distinct fallers, cost, its squares, squared falls */
enum { QUERY_AT_PEOPLE, QUERY_AT_FALLS, QUERY_AT_FALLERS, QUERY_AT_COST, QUERY_AT_COST_SQUARES,
       QUERY_AT_SQUARED_FALLS, QUERY_AT_TOTAL, QUERY_COUNT,
       QUERY_AT_ORDERED = QUERY_COUNT }; /* costs by place and band in order of age: of SPREAD */

static inline void fixture_head(Module *module) {
    module->compiler_version = SLICE("0.1.0");
    module->edition = 2026;
    module->as_of = date_from_civil(2026, 11, 1);
    module->horizon_first = 2025;
    module->horizon_last = 2027;
    module->price_year = 2025;
}

static inline void fixture_units(Module *module) {
    Arena *arena = module->arena;
    VEC_PUSH(arena, &module->units,
             (ModuleUnit){SLICE("percent"), SLICE("%"), UNIT_PERCENT, 100, 1, false, 0});
    VEC_PUSH(arena, &module->units,
             (ModuleUnit){SLICE("gbp"), SLICE("£"), UNIT_MONEY, 1, 1, false, 2025});
    VEC_PUSH(arena, &module->units,
             (ModuleUnit){SLICE("falls per 100000 person_years"),
                          SLICE("per 100,000 person-years"), UNIT_PLAIN, 100000, 1, false, 0});
    VEC_PUSH(arena, &module->units,
             (ModuleUnit){SLICE("persons"), SLICE("people"), UNIT_PLAIN, 1, 1, true, 0});
    VEC_PUSH(arena, &module->units, (ModuleUnit){SLICE("pp"), SLICE("percentage points"),
                                                 UNIT_POINTS, 100, 1, false, 0});
}

static inline void fixture_dims(Module *module) {
    static const char *const places[] = {"north", "south", "east"};
    static const char *const bands[] = {"0-64", "65+"};
    static const char *const ages[] = {"0",     "1-4",   "5-9",   "10-14", "15-19",
                                       "20-24", "25-29", "30-34", "35-39", "40-44",
                                       "45-49", "50-54", "55-59", "60-64", "65-69",
                                       "70-74", "75-79", "80-84", "85-89", "90+"};
    add_dim(module, "place", DIM_GEOGRAPHY, 3, places, 0);
    add_dim(module, "fy", DIM_YEAR, 3, NULL, 2025);
    add_dim(module, "age_band", DIM_BAND, 2, bands, 0);
    add_dim(module, "life_band", DIM_BAND, 20, ages, 0);
}

static inline void fixture_people(Module *module) {
    Arena *arena = module->arena;
    ModuleTable people = {.name = SLICE("residents"), .title = SLICE("Residents"),
                          .sort = TABLE_POPULATION, .key = COLUMN_AT_ID,
                          .population = MODULE_NONE, .dated = MODULE_NONE, .unit = SLICE("")};
    VEC_PUSH(arena, &people.snapshots,
             (ModuleSnapshot){SLICE("data/people.csv"), date_from_civil(2026, 3, 31)});
    VEC_PUSH(arena, &people.snapshots,
             (ModuleSnapshot){SLICE("data/people-2027.csv"), date_from_civil(2027, 3, 31)});
    VEC_PUSH(arena, &people.columns,
             (ModuleColumn){.name = SLICE("person_id"), .sort = COLUMN_IDENTIFIER});
    VEC_PUSH(arena, &people.columns, (ModuleColumn){.name = SLICE("age"), .sort = COLUMN_INTEGER,
                                                    .has_range = true, .low = 0, .high = 120});
    VEC_PUSH(arena, &people.columns, (ModuleColumn){.name = SLICE("place"),
                                                    .sort = COLUMN_CATEGORY, .may_miss = true,
                                                    .dim = DIM_AT_PLACE});
    VEC_PUSH(arena, &people.columns,
             (ModuleColumn){.name = SLICE("weight"), .sort = COLUMN_REAL, .may_miss = true});
    VEC_PUSH(arena, &module->tables, people);
}

static inline void fixture_falls(Module *module) {
    Arena *arena = module->arena;
    ModuleTable falls = {.name = SLICE("falls"), .title = SLICE("Falls"), .sort = TABLE_EVENTS,
                         .key = COLUMN_AT_PERSON, .population = TABLE_AT_PEOPLE,
                         .dated = COLUMN_AT_DAY, .unit = SLICE("admissions"),
                         .covers_from = date_from_civil(2025, 4, 1),
                         .covers_to = date_from_civil(2026, 3, 31)};
    VEC_PUSH(arena, &falls.snapshots, (ModuleSnapshot){SLICE("data/falls.csv"), 0});
    VEC_PUSH(arena, &falls.columns,
             (ModuleColumn){.name = SLICE("person_id"), .sort = COLUMN_IDENTIFIER});
    VEC_PUSH(arena, &falls.columns, (ModuleColumn){.name = SLICE("admitted"), .sort = COLUMN_DATE});
    VEC_PUSH(arena, &falls.columns, (ModuleColumn){.name = SLICE("cost"), .sort = COLUMN_MONEY});
    VEC_PUSH(arena, &module->tables, falls);
}

/* One node of every operation, after those the queries use. */
static inline void fixture_more_rows(Module *module, uint32_t integer, uint32_t real) {
    for (RowOp op = ROW_EQ; op <= ROW_LE; op++)
        add_row(module, (RowNode){.op = op, .a = real, .b = real});
    for (RowOp op = ROW_AND; op <= ROW_OR; op++)
        add_row(module, (RowNode){.op = op, .a = integer, .b = integer});
    for (RowOp op = ROW_NOT; op <= ROW_IS_MISSING; op++)
        add_row(module, (RowNode){.op = op, .a = integer});
    for (RowOp op = ROW_ADD; op <= ROW_DIV; op++)
        add_row(module, (RowNode){.op = op, .real = 1, .a = real, .b = real});
    add_row(module, (RowNode){.op = ROW_NEG, .real = 1, .a = real});
    add_row(module, (RowNode){.op = ROW_TO_REAL, .real = 1, .a = integer, .number = 0.5});
    add_row(module, (RowNode){.op = ROW_SELECT, .real = 1, .a = integer, .b = real, .c = real});
    add_row(module, (RowNode){.op = ROW_OR_ELSE, .a = integer, .b = integer});
    for (RowOp op = ROW_YEAR; op <= ROW_WEEK; op++)
        add_row(module, (RowNode){.op = op, .a = integer, .value = 2025});
    add_row(module, (RowNode){.op = ROW_MISSING});
}

static inline void fixture_queries(Module *module) {
    Arena *arena = module->arena;
    int32_t *codes = ARENA_NEW_ARRAY(arena, int32_t, 2);
    codes[1] = 1;
    VEC_PUSH(arena, &module->row_tables, (RowTable){.first = 64, .count = 2, .codes = codes});
    uint32_t age = add_row(module, (RowNode){.op = ROW_COLUMN, .a = COLUMN_AT_AGE});
    uint32_t place = add_row(module, (RowNode){.op = ROW_COLUMN, .a = COLUMN_AT_PLACE});
    uint32_t band = add_row(module, (RowNode){.op = ROW_TABLE, .a = age, .b = 0});
    uint32_t their_age = add_row(module, (RowNode){.op = ROW_PERSON_COLUMN, .a = COLUMN_AT_AGE});
    uint32_t their_place =
        add_row(module, (RowNode){.op = ROW_PERSON_COLUMN, .a = COLUMN_AT_PLACE});
    uint32_t their_band = add_row(module, (RowNode){.op = ROW_TABLE, .a = their_age, .b = 0});
    uint32_t cost = add_row(module, (RowNode){.op = ROW_COLUMN, .a = COLUMN_AT_COST});
    uint32_t adult = add_row(module, (RowNode){.op = ROW_CONST, .value = 18});
    uint32_t grown = add_row(module, (RowNode){.op = ROW_LE, .a = adult, .b = age});
    uint32_t half = add_row(module, (RowNode){.op = ROW_CONST, .real = 1, .number = 0.5});
    fixture_more_rows(module, adult, half);
    StrataQuery people = {.table = TABLE_AT_PEOPLE, .filter = grown, .dim_count = 2,
                          .dims = {DIM_AT_PLACE, DIM_AT_BAND}, .groups = {place, band},
                          .agg = AGG_ROWS, .value = MODULE_NONE, .rank = MODULE_NONE,
                          .valued = MODULE_NONE, .scale_num = 1, .scale_den = 1,
                          .text = SLICE("count(residents)")};
    StrataQuery falls = people;
    falls.table = TABLE_AT_FALLS;
    falls.filter = MODULE_NONE;
    falls.groups[0] = their_place;
    falls.groups[1] = their_band;
    falls.text = SLICE("count(falls)");
    VEC_PUSH(arena, &module->queries, people);
    VEC_PUSH(arena, &module->queries, falls);
    falls.agg = AGG_PEOPLE;
    VEC_PUSH(arena, &module->queries, falls);
    falls.agg = AGG_SUM;
    falls.value = falls.valued = cost;
    falls.scale_den = 100;
    VEC_PUSH(arena, &module->queries, falls);
    falls.agg = AGG_SUM_SQUARES;
    VEC_PUSH(arena, &module->queries, falls);
    falls.agg = AGG_SUM_SQUARED_EVENTS;
    falls.value = falls.valued = MODULE_NONE;
    falls.scale_den = 1;
    VEC_PUSH(arena, &module->queries, falls);
    people.dim_count = 0;
    VEC_PUSH(arena, &module->queries, people);
    falls.agg = AGG_ORDERED;
    falls.value = cost;
    falls.rank = their_age;
    falls.scale_den = 100;
    VEC_PUSH(arena, &module->queries, falls);
    RowRanking ranking = {.table = TABLE_AT_PEOPLE, .value = age, .stratum = band,
                          .stratum_count = 2, .groups = 5};
    VEC_PUSH(arena, &module->rankings, ranking);
    add_row(module, (RowNode){.op = ROW_RANKED, .a = age, .b = band, .c = 0});
}

/* A file of measurements over years; its register. */
static inline Reg fixture_measured(Module *module) {
    ModuleMeasured series = {.name = SLICE("falls_actuals"),
                             .title = SLICE("Falls so far"),
                             .file = SLICE("data/actuals.csv"),
                             .dim = DIM_AT_FY,
                             .period = SLICE("Year"),
                             .estimate = true,
                             .limits = MEASURED_LIMITS_RATE,
                             .span = {3, 7}};
    for (int i = 0; i < MEASURED_COLUMNS; i++)
        series.columns[i] = (MeasuredColumn){.scale_num = 1, .scale_den = 1 + i};
    series.columns[MEASURED_NUMERATOR].header = SLICE("Admissions");
    series.columns[MEASURED_DENOMINATOR].header = SLICE("Person-years");
    series.columns[MEASURED_DENOMINATOR].may_miss = true;
    VEC_PUSH(module->arena, &module->measured, series);
    return emit(module, OPCODE_MEASURED, 0, 0, 0);
}

/* Every statistic of spread, of the ordered query; the register of the first. */
static inline Reg fixture_spread(Module *module) {
    Reg share = emit_exact(module, 19, 20), first = module->code.count;
    for (uint32_t sort = 0; sort <= MODULE_SPREAD_LAST; sort++)
        emit(module, OPCODE_SPREAD, QUERY_AT_ORDERED, sort, share);
    return first;
}

/* Statistics on the queries; the register of a rate standardised over age, by place. */
static inline Reg fixture_statistics(Module *module) {
    Reg query[QUERY_COUNT];
    for (uint32_t i = 0; i < QUERY_COUNT; i++) query[i] = emit(module, OPCODE_STRATA, i, 0, 0);
    Reg level = emit_exact(module, 19, 20);
    Reg young = emit_exact(module, 3, 5), old = emit_exact(module, 2, 5);
    Reg weights = emit_stack(module, DIM_AT_BAND, REGS(young, old));
    Reg falls = query[QUERY_AT_FALLS], people = query[QUERY_AT_PEOPLE];
    Reg rate = emit_call(module, "stats.rate", MODULE_NONE, REGS(falls, people, level, level));
    VEC_PUSH(module->arena, &module->intervals, ((ModuleInterval){rate, rate, 0.95}));
    Reg share = emit_call(module, "stats.proportion", MODULE_NONE,
                          REGS(query[QUERY_AT_FALLERS], people, level));
    emit_call(module, "stats.mean", MODULE_NONE,
              REGS(query[QUERY_AT_COST], query[QUERY_AT_COST_SQUARES], falls, level));
    emit_call(module, "stats.dsr_recurrent", DIM_AT_BAND,
              REGS(falls, query[QUERY_AT_SQUARED_FALLS], people, weights, level));
    Reg dsr = emit_call(module, "stats.dsr", DIM_AT_BAND, REGS(falls, people, weights, level));
    emit_call(module, "stats.significant", MODULE_NONE, REGS(rate, share));
    for (Opcode op = OPCODE_VALUE; op <= OPCODE_DENOMINATOR; op++) emit(module, op, dsr, 0, 0);
    Reg thousand = emit_exact(module, 1000, 1);
    return emit(module, OPCODE_SCALE, dsr, thousand, 0);
}

/* A register for a letter of natives.def. */
static inline Reg fixture_argument(Module *module, char letter, Reg real, Reg estimate) {
    if (letter == 'r') return real;
    if (letter == 'E') return estimate;
    if (letter == 'd') return emit_integer(module, CONST_DATE, 20000);
    if (letter == 'y') return emit_integer(module, CONST_YEAR, 2026);
    if (letter == 't') return emit_text(module, "text");
    if (letter == 'b') return emit_integer(module, CONST_BOOL, 1);
    return emit_exact(module, 19, 20);
}

/* The natives that nothing else of the fixture calls: each across or along twenty ages, where
 * it takes a dim of its first register. */
static inline void fixture_other_natives(Module *module) {
    Reg level = emit_exact(module, 19, 20), totals[20];
    for (int i = 0; i < 20; i++) totals[i] = QUERY_AT_TOTAL;
    Reg real = emit_stack(module, DIM_AT_AGE, totals, 20);
    Reg estimate = emit_call(module, "stats.rate", MODULE_NONE, REGS(real, real, level, level));
    bool called[NATIVE_COUNT] = {false};
    for (uint32_t i = 0; i < module->code.count; i++)
        if (module->code.items[i].op == OPCODE_CALL) called[module->code.items[i].a] = true;
    for (uint32_t native = 0; native < NATIVE_COUNT; native++) {
        const NativeInfo *info = native_info(native);
        Reg registers[16];
        uint32_t count = (uint32_t)strlen(info->registers), over = 0;
        static const uint32_t dims[] = {DIM_AT_AGE, DIM_AT_FY};
        RegType type;
        Slice broken;
        if (called[native]) continue;
        for (uint32_t i = 0; i < count; i++)
            registers[i] = fixture_argument(module, info->registers[i], real, estimate);
        while (over < 2 && !native_result_type(module, native, registers, count, dims, over, &type,
                                               &broken))
            over++;
        emit_call_over(module, info->name.data, dims, over, registers, count);
    }
}

/* Money over years; the register of a series by year. */
static inline Reg fixture_money(Module *module) {
    Reg y0 = emit_integer(module, CONST_YEAR, 2025), y2 = emit_integer(module, CONST_YEAR, 2027);
    Reg low = emit_exact(module, 2000000, 1), high = emit_exact(module, 12000000, 1);
    Reg rate = emit_exact(module, 21, 1000);
    Reg ramp = emit_call(module, "money.ramp", DIM_AT_FY, REGS(y0, low, y2, high));
    emit_call(module, "money.stepped", DIM_AT_FY, REGS(y0, low, y2, high));
    Reg grow = emit_call(module, "money.grow", DIM_AT_FY, REGS(y0, low, rate));
    emit_call(module, "plan.trajectory", DIM_AT_FY, REGS(y0, low, y2, high));
    Reg posted = emit_call(module, "money.posted", MODULE_NONE, REGS(grow));
    emit_call(module, "money.change", DIM_AT_FY, REGS(posted));
    emit_call(module, "money.npv", DIM_AT_FY, REGS(ramp, rate));
    emit(module, OPCODE_CUMULATE, ramp, DIM_AT_FY, 0);
    emit(module, OPCODE_SUM, ramp, DIM_AT_FY, 0);
    emit(module, OPCODE_INDEX, ramp, DIM_AT_FY, 2);
    return ramp;
}

static inline void fixture_arithmetic(Module *module, Reg exact) {
    Reg real = emit(module, OPCODE_TO_REAL, exact, 0, 0);
    Reg by_place = emit_stack(module, DIM_AT_PLACE, REGS(real, real, real));
    for (Opcode op = OPCODE_ADD; op <= OPCODE_DIV; op++) emit(module, op, by_place, real, 0);
    emit(module, OPCODE_NEG, exact, 0, 0);
    emit(module, OPCODE_POW, exact, INSTR_POW_BIAS + 2, 0);
    emit(module, OPCODE_ABS, exact, 0, 0);
    emit(module, OPCODE_TO_EXACT, real, 0, 0);
    for (Opcode op = OPCODE_EQ; op <= OPCODE_LE; op++) emit(module, op, exact, exact, 0);
    Reg truth = emit(module, OPCODE_LT, by_place, real, 0);
    emit(module, OPCODE_AND, truth, truth, 0);
    emit(module, OPCODE_OR, truth, truth, 0);
    emit(module, OPCODE_NOT, truth, 0, 0);
    emit(module, OPCODE_TAKEN, truth, 0, 0);
    emit(module, OPCODE_SELECT, truth, real, by_place);
    emit(module, OPCODE_IS_ABSENT, real, 0, 0);
    emit(module, OPCODE_OR_ELSE, by_place, real, 0);
    emit(module, OPCODE_MIN, real, DIM_AT_FY, 0);
    emit(module, OPCODE_MAX, real, DIM_AT_FY, 0);
    emit(module, OPCODE_ALL, truth, DIM_AT_PLACE, 0);
    emit(module, OPCODE_ANY, truth, DIM_AT_PLACE, 0);
}

static inline void fixture_dates(Module *module) {
    Reg day = emit_integer(module, CONST_DATE, date_from_civil(2026, 12, 24));
    Reg holiday = emit_integer(module, CONST_DATE, date_from_civil(2026, 12, 25));
    Reg three = emit_exact(module, 3, 1);
    emit_call(module, "date.add", MODULE_NONE, REGS(day, three));
    emit_call(module, "date.days", MODULE_NONE, REGS(holiday, day));
    Reg year = emit_call(module, "date.year", MODULE_NONE, REGS(day));
    emit_call(module, "date.start", MODULE_NONE, REGS(year));
    emit_call(module, "date.end", MODULE_NONE, REGS(year));
    emit_call(module, "date.working_days", MODULE_NONE, REGS(three, day, holiday));
    emit_call(module, "year.add", MODULE_NONE, REGS(year, three));
    emit_call(module, "year.number", MODULE_NONE, REGS(year));
}

/* The register of a scalar condition; the message is the one before. */
static inline Reg fixture_texts(Module *module, Reg amount) {
    Reg first = emit(module, OPCODE_INDEX, amount, DIM_AT_FY, 0);
    Reg shown = emit(module, OPCODE_FORMAT, first, UNIT_AT_GBP, 3);
    Reg start = emit_text(module, "The cost is "), code = emit_text(module, "QZ9");
    Reg pattern = emit_text(module, "Q[A-Z0-9]{2}");
    emit_integer(module, CONST_BOOL, 1);
    emit_const(module, (ModuleConst){.sort = CONST_CODE, .integer = 1, .dim = DIM_AT_PLACE});
    emit_const(module, (ModuleConst){.sort = CONST_ABSENT, .elem = ELEM_REAL, .integer = 3,
                                     .text = SLICE("until 2027-06-30: first linked extract")});
    emit_real(module, 0.125);
    emit_call(module, "text.placeholder", MODULE_NONE, REGS(code));
    emit_concat(module, REGS(start, shown));
    return emit_call(module, "text.matches", MODULE_NONE, REGS(code, pattern));
}

static inline void fixture_decls(Module *module, Reg rate) {
    Arena *arena = module->arena;
    ModuleDecl plan = {.kind = SLICE("plan"), .name = SLICE("northshire"), .title = SLICE("Plan"),
                       .parent = MODULE_NONE, .path = SLICE("Plan"), .span = {1, 9},
                       .doc = SLICE("A plan — of sorts.")};
    ModuleDecl kpi = {.kind = SLICE("kpi"), .name = SLICE("falls_rate"), .title = SLICE("Falls"),
                      .parent = 0, .path = SLICE("Plan > KPI: Falls"), .span = {10, 90}};
    ModuleField measure = {.name = SLICE("measure"), .span = {12, 30}};
    VEC_PUSH(arena, &measure.values, (FieldValue){.sort = FIELD_REGISTER, .reg = rate,
                                                  .unit = UNIT_AT_RATE, .decl = MODULE_NONE});
    VEC_PUSH(arena, &measure.values, (FieldValue){.sort = FIELD_WORD, .word = SLICE("lower")});
    FieldLabel by = {.label = SLICE("by")};
    VEC_PUSH(arena, &by.values, (FieldValue){.sort = FIELD_DECL, .decl = 0});
    VEC_PUSH(arena, &by.values, (FieldValue){.sort = FIELD_MISSING});
    VEC_PUSH(arena, &measure.labels, by);
    VEC_PUSH(arena, &kpi.fields, measure);
    VEC_PUSH(arena, &module->decls, plan);
    VEC_PUSH(arena, &module->decls, kpi);
    module->plan = 0;
}

static inline void fixture_rest(Module *module, Reg rate, Reg condition) {
    Arena *arena = module->arena;
    VEC_PUSH(arena, &module->outputs, (ModuleOutput){SLICE("rate"), SLICE("Rate"), rate,
                                                     UNIT_AT_RATE, {40, 50}});
    ModuleRequirement rule = {.rule = SLICE("kpi-has-owner"), .decl = 1, .condition = condition,
                              .message = condition - 1, .severity = 2, .draft_severity = 1,
                              .from = date_from_civil(2025, 11, 4), .source = SLICE("Framework"),
                              .why = SLICE("Because."), .waivable = true, .span = {12, 14}};
    VEC_PUSH(arena, &rule.values, (ModuleSubValue){SLICE("i.lead"), rate, UNIT_AT_RATE});
    VEC_PUSH(arena, &module->requirements, rule);
    VEC_PUSH(arena, &module->allows,
             (ModuleAllow){SLICE("kpi-has-owner"), 1, SLICE("agreed"), SLICE("Chief Officer"),
                           date_from_civil(2027, 3, 31), {60, 70}});
    ModuleSource source = {.path = SLICE("plan.scp"), .sha256 = SLICE("00ff"), .base = 1};
    VEC_PUSH(arena, &source.line_starts, 0);
    VEC_PUSH(arena, &source.line_starts, 17);
    VEC_PUSH(arena, &module->sources, source);
    VEC_PUSH(arena, &module->inputs,
             (ModuleInput){SLICE("places"), SLICE("data/places.csv"), SLICE("11ee")});
    VEC_PUSH(arena, &module->unknowns, (ModuleUnknown){date_from_civil(2027, 6, 30), {70, 80}});
}

static inline Module *fixture_module(Arena *arena) {
    Module *module = module_new(arena);
    fixture_head(module);
    fixture_units(module);
    fixture_dims(module);
    fixture_people(module);
    fixture_falls(module);
    fixture_queries(module);
    Reg rate = fixture_statistics(module);
    Reg series = fixture_money(module);
    fixture_arithmetic(module, series);
    fixture_dates(module);
    fixture_spread(module);
    fixture_measured(module);
    fixture_other_natives(module);
    Reg condition = fixture_texts(module, series);
    fixture_decls(module, rate);
    fixture_rest(module, rate, condition);
    return module;
}

#endif
