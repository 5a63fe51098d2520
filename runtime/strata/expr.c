/* Makes a program of row nodes: one step for each different thing asked, its bounds worked out
 * from the columns' smallest and largest values, so that most of the work is done in bytes and
 * most overflows are proved away. Evaluates nothing: that is runtime/strata/machine.c's. */
#include "runtime/strata/expr.h"

#include <assert.h>
#include <string.h>

#include "runtime/base/date.h"
#include "runtime/bytecode/instr.h"
#include "runtime/strata/calendar.h"
#include "runtime/strata/ranking.h"
#include "runtime/strata/wide.h"

enum { MOST_DAYS = 1 << 20 };

void expr_program_init(ExprProgram *program, Arena *arena, const Module *module,
                       const TableData *table, const TableData *people,
                       struct RankingSet *rankings) {
    *program = (ExprProgram){.module = module,
                             .arena = arena,
                             .table = table,
                             .people = people,
                             .rankings = rankings};
    program->of_node = ARENA_NEW_ARRAY(arena, uint32_t, module->rows.count);
    memset(program->of_node, 0xFF, module->rows.count * sizeof *program->of_node);
    text_map_init(&program->index, arena, 0);
}

static Repr repr_for(int64_t low, int64_t high) {
    if (low >= 0 && high <= UINT8_MAX) return REPR_BYTE;
    return low >= INT32_MIN && high <= INT32_MAX ? REPR_INT : REPR_LONG;
}

static Repr wider(unsigned a, unsigned b) { return (Repr)(a > b ? a : b); }

static const ExprStep *step_at(const ExprProgram *program, uint32_t step) {
    return &program->steps.items[step];
}

/* Padding is set too, for keys are compared as bytes. */
static ExprStep new_step(unsigned op, Repr repr, uint32_t a, uint32_t b, uint32_t c) {
    ExprStep step;
    memset(&step, 0, sizeof step);
    step.key.op = (uint8_t)op;
    step.key.repr = (uint8_t)repr;
    step.key.a = a;
    step.key.b = b;
    step.key.c = c;
    return step;
}

static bool table_may_miss(const ExprStep *step, const ExprStep *from) {
    const ExprTable *table = &step->table;
    if (from->low < table->low) return true;
    for (uint32_t i = 0; i < table->count; i++)
        if (table->codes[i] == EXPR_NO_CODE) return true;
    return false;
}

unsigned expr_operands(const ExprStep *step) {
    uint8_t op = step->key.op;
    if (op == EXPR_ADD_THREE) return 3;
    return op == EXPR_WIDEN || op == EXPR_TRUTH ? 1 : row_operands((RowOp)op);
}

/* Of an event of nobody, whom no query counts, nothing is said. */
static bool may_miss(const ExprProgram *program, const ExprStep *step) {
    const uint32_t operands[] = {step->key.a, step->key.b, step->key.c};
    bool any = false;
    for (unsigned i = 0; i < expr_operands(step); i++) any |= step_at(program, operands[i])->may_miss;
    switch (step->key.op) {
    case ROW_COLUMN:
    case ROW_PERSON_COLUMN: return step->column->missing != NULL;
    case ROW_CONST:
    case ROW_IS_MISSING: return false;
    case EXPR_WIDEN:
    case EXPR_TRUTH:
    case EXPR_ADD_THREE:
    case ROW_EQ:
    case ROW_NE:
    case ROW_LT:
    case ROW_LE:
    case ROW_AND:
    case ROW_OR:
    case ROW_NOT:
    case ROW_SELECT:
    case ROW_OR_ELSE: return any;
    case ROW_ADD:
    case ROW_SUB:
    case ROW_MUL: return any || step->checked || step->key.repr == REPR_REAL;
    case ROW_TABLE:
        return any || table_may_miss(step, step_at(program, step->key.a));
    case ROW_YEAR:
    case ROW_QUARTER:
    case ROW_MONTH:
    case ROW_WEEK: return any || !step->table.codes;
    default: return true;
    }
}

/* The step, or the equal one that is there already. */
static uint32_t add_step(ExprProgram *program, const ExprStep *step) {
    Slice key = {(const char *)&step->key, sizeof step->key};
    uint64_t there;
    if (text_map_get(&program->index, key, &there)) return (uint32_t)there;
    text_map_put(&program->index, key, program->steps.count);
    VEC_PUSH(program->arena, &program->steps, *step);
    program->steps.items[program->steps.count - 1].may_miss = may_miss(program, step);
    return program->steps.count - 1;
}

static uint32_t widen(ExprProgram *program, uint32_t a, Repr repr) {
    const ExprStep *from = step_at(program, a);
    if (from->key.repr == repr) return a;
    ExprStep step = new_step(EXPR_WIDEN, repr, a, 0, 0);
    step.low = from->low;
    step.high = from->high;
    return add_step(program, &step);
}

static uint32_t truth(ExprProgram *program, uint32_t a) {
    const ExprStep *from = step_at(program, a);
    if (from->key.repr == REPR_BYTE && from->high <= 1) return a;
    ExprStep step = new_step(EXPR_TRUTH, REPR_BYTE, a, 0, 0);
    step.high = 1;
    return add_step(program, &step);
}

static uint32_t add_constant(ExprProgram *program, int64_t value) {
    ExprStep step = new_step(ROW_CONST, repr_for(value, value), 0, 0, 0);
    step.key.value = step.low = step.high = value;
    return add_step(program, &step);
}

static uint32_t add_real(ExprProgram *program, double number) {
    ExprStep step = new_step(ROW_CONST, REPR_REAL, 0, 0, 0);
    step.key.number = number;
    return add_step(program, &step);
}

static uint32_t add_missing(ExprProgram *program, bool real) {
    ExprStep step = new_step(ROW_MISSING, real ? REPR_REAL : REPR_BYTE, 0, 0, 0);
    return add_step(program, &step);
}

static uint32_t add_column(ExprProgram *program, unsigned op, uint32_t a) {
    bool joined = op == ROW_PERSON_COLUMN && program->table != program->people;
    const Column *column = joined ? &program->people->columns[a] : &program->table->columns[a];
    assert(!column->unverified);
    Repr repr = column->real         ? REPR_REAL
                : column->width <= 1 ? REPR_BYTE
                : column->width == 8 ? REPR_LONG
                                     : REPR_INT;
    ExprStep step = new_step(joined ? ROW_PERSON_COLUMN : ROW_COLUMN, repr, a, 0, 0);
    step.column = column;
    step.low = column->low;
    step.high = column->high;
    return add_step(program, &step);
}

static uint32_t add_comparison(ExprProgram *program, unsigned op, uint32_t a, uint32_t b) {
    Repr repr = wider(step_at(program, a)->key.repr, step_at(program, b)->key.repr);
    a = widen(program, a, repr);
    b = widen(program, b, repr);
    ExprStep step = new_step(op, REPR_BYTE, a, b, 0);
    step.high = 1;
    return add_step(program, &step);
}

static uint32_t add_logic(ExprProgram *program, unsigned op, uint32_t a, uint32_t b) {
    a = truth(program, a);
    b = truth(program, b);
    ExprStep step = new_step(op, REPR_BYTE, a, b, 0);
    step.high = 1;
    return add_step(program, &step);
}

/* The bounds of a sum, difference or product of whole numbers within theirs. */
static void bound(ExprStep *step, const ExprStep *a, const ExprStep *b) {
    Int128 ends[4];
    for (int i = 0; i < 4; i++) {
        Int128 x = i & 1 ? a->high : a->low, y = i & 2 ? b->high : b->low;
        ends[i] = step->key.op == ROW_ADD ? x + y : step->key.op == ROW_SUB ? x - y : x * y;
    }
    Int128 low = ends[0], high = ends[0];
    for (int i = 1; i < 4; i++) {
        if (ends[i] < low) low = ends[i];
        if (ends[i] > high) high = ends[i];
    }
    step->checked = low < INT64_MIN || high > INT64_MAX;
    step->low = step->checked ? INT64_MIN : (int64_t)low;
    step->high = step->checked ? INT64_MAX : (int64_t)high;
}

/* A sum of many is taken three at a time, which spares every other sum its way through memory. */
static bool adds_three(const ExprProgram *program, const ExprStep *step) {
    const ExprStep *inner = step_at(program, step->key.a);
    return step->key.op == ROW_ADD && !step->checked && inner->key.op == ROW_ADD &&
           inner->key.repr == step->key.repr && !inner->checked;
}

static void add_three(const ExprProgram *program, ExprStep *step) {
    const ExprStep *inner = step_at(program, step->key.a);
    step->key.op = EXPR_ADD_THREE;
    step->key.c = step->key.b;
    step->key.a = inner->key.a;
    step->key.b = inner->key.b;
}

static uint32_t add_arithmetic(ExprProgram *program, unsigned op, uint32_t a, uint32_t b) {
    ExprStep step = new_step(op, REPR_REAL, a, b, 0);
    const ExprStep *x = step_at(program, a), *y = step_at(program, b);
    if (x->key.repr == REPR_REAL) return add_step(program, &step);
    bound(&step, x, y);
    Repr repr = wider(wider(x->key.repr, y->key.repr), repr_for(step.low, step.high));
    step.key.repr = (uint8_t)repr;
    step.key.a = widen(program, a, repr);
    step.key.b = widen(program, b, repr);
    if (adds_three(program, &step)) add_three(program, &step);
    return add_step(program, &step);
}

static uint32_t add_negation(ExprProgram *program, uint32_t a) {
    if (step_at(program, a)->key.repr != REPR_REAL)
        return add_arithmetic(program, ROW_SUB, add_constant(program, 0), a);
    return add_arithmetic(program, ROW_MUL, add_real(program, -1), a);
}

static bool is_whole(const ExprStep *step, int64_t value) {
    return step->key.op == ROW_CONST && step->key.repr != REPR_REAL && step->key.value == value;
}

/* One of two values: SELECT by truth `c`, OR_ELSE by whether a is there. 1 where something is
 * true and else 0 is its truth. */
static uint32_t add_choice(ExprProgram *program, unsigned op, uint32_t a, uint32_t b, uint32_t c) {
    if (op == ROW_SELECT && is_whole(step_at(program, a), 1) && is_whole(step_at(program, b), 0))
        return c;
    Repr repr = wider(step_at(program, a)->key.repr, step_at(program, b)->key.repr);
    a = widen(program, a, repr);
    b = widen(program, b, repr);
    ExprStep step = new_step(op, repr, a, b, c);
    const ExprStep *x = step_at(program, a), *y = step_at(program, b);
    step.low = x->low < y->low ? x->low : y->low;
    step.high = x->high > y->high ? x->high : y->high;
    return add_step(program, &step);
}

static void bound_table(ExprStep *step) {
    const ExprTable *table = &step->table;
    for (uint32_t i = 0; i < table->count; i++) {
        if (table->codes[i] == EXPR_NO_CODE) continue;
        if (table->codes[i] < step->low) step->low = table->codes[i];
        if (table->codes[i] > step->high) step->high = table->codes[i];
    }
    step->key.repr = (uint8_t)repr_for(step->low, step->high);
}

/* What a byte leads to by another table, as a table of bytes. */
static void tabulate_bytes(ExprProgram *program, ExprStep *step, const ExprStep *from) {
    ExprTable *table = &step->table;
    if (from->key.repr != REPR_BYTE || step->key.repr != REPR_BYTE) return;
    table->bytes = ARENA_NEW_ARRAY(program->arena, uint8_t, 512);
    for (int64_t at = 0; at < 256; at++) {
        int64_t last = (int64_t)table->count - 1, offset = at - table->low;
        int32_t code = offset < 0 ? EXPR_NO_CODE : table->codes[offset < last ? offset : last];
        table->bytes[at] = (uint8_t)(code == EXPR_NO_CODE ? 0 : code);
        table->bytes[256 + at] = code == EXPR_NO_CODE;
        if (at >= from->low && at <= from->high) table->bytes_may_miss |= code == EXPR_NO_CODE;
    }
}

static uint32_t add_table(ExprProgram *program, uint32_t a, uint32_t b) {
    const RowTable *row = &program->module->row_tables.items[b];
    ExprStep step = new_step(ROW_TABLE, REPR_INT, a, b, 0);
    step.table = (ExprTable){.low = row->first,
                             .count = row->count,
                             .codes = ARENA_NEW_ARRAY(program->arena, int32_t, row->count)};
    for (uint32_t i = 0; i < row->count; i++)
        step.table.codes[i] = row->codes[i] < 0 ? EXPR_NO_CODE : row->codes[i];
    bound_table(&step);
    tabulate_bytes(program, &step, step_at(program, a));
    return add_step(program, &step);
}

/* Days that can occur are mostly few: their periods are looked up. */
static bool tabulate_days(ExprProgram *program, ExprStep *step, const ExprStep *days) {
    if (!date_in_range(days->low) || !date_in_range(days->high)) return false;
    if (days->high - days->low >= MOST_DAYS) return false;
    uint32_t count = (uint32_t)(days->high - days->low + 1);
    int32_t *codes = ARENA_NEW_ARRAY(program->arena, int32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        int64_t code;
        bool fits = calendar_code(step->key.op, days->low + i, step->key.value, &code) &&
                    code > INT32_MIN && code <= INT32_MAX;
        if (!fits) return false;
        codes[i] = (int32_t)code;
    }
    step->table = (ExprTable){.low = days->low, .count = count, .codes = codes};
    bound_table(step);
    return true;
}

static uint32_t add_period(ExprProgram *program, unsigned op, uint32_t a, int64_t value) {
    ExprStep step = new_step(op, REPR_LONG, a, 0, 0);
    step.key.value = value;
    if (!tabulate_days(program, &step, step_at(program, a))) {
        step.key.a = widen(program, a, REPR_LONG);
        step.low = INT64_MIN;
        step.high = INT64_MAX;
    }
    return add_step(program, &step);
}

static uint32_t add_to_real(ExprProgram *program, uint32_t a, double number) {
    ExprStep step = new_step(ROW_TO_REAL, REPR_REAL, a, 0, 0);
    step.key.number = number;
    return add_step(program, &step);
}

static uint32_t add_unary(ExprProgram *program, unsigned op, uint32_t a) {
    ExprStep step = new_step(op, REPR_BYTE, a, 0, 0);
    step.high = 1;
    return add_step(program, &step);
}

static uint32_t add_ranked(ExprProgram *program, uint32_t value, uint32_t stratum, uint32_t c) {
    const RowRanking *row = &program->module->rankings.items[c];
    if (step_at(program, value)->key.repr != REPR_REAL) value = widen(program, value, REPR_LONG);
    ExprStep step = new_step(ROW_RANKED, row->groups <= 256 ? REPR_BYTE : REPR_INT, value,
                             widen(program, stratum, REPR_LONG), c);
    step.high = (int64_t)row->groups - 1;
    step.ranking =
        ranking_of(program->rankings, program->module, c, program->people, program->arena);
    return add_step(program, &step);
}

/* The step of a node whose operands have theirs. */
static uint32_t add_node(ExprProgram *program, const RowNode *node) {
    const uint32_t *of = program->of_node;
    switch ((RowOp)node->op) {
    case ROW_COLUMN:
    case ROW_PERSON_COLUMN: return add_column(program, node->op, node->a);
    case ROW_CONST:
        return node->real ? add_real(program, node->number) : add_constant(program, node->value);
    case ROW_MISSING: return add_missing(program, node->real);
    case ROW_EQ:
    case ROW_NE:
    case ROW_LT:
    case ROW_LE: return add_comparison(program, node->op, of[node->a], of[node->b]);
    case ROW_AND:
    case ROW_OR: return add_logic(program, node->op, of[node->a], of[node->b]);
    case ROW_NOT: return add_unary(program, node->op, truth(program, of[node->a]));
    case ROW_IS_MISSING: return add_unary(program, node->op, of[node->a]);
    case ROW_ADD:
    case ROW_SUB:
    case ROW_MUL:
    case ROW_DIV: return add_arithmetic(program, node->op, of[node->a], of[node->b]);
    case ROW_NEG: return add_negation(program, of[node->a]);
    case ROW_TO_REAL: return add_to_real(program, of[node->a], node->number);
    case ROW_SELECT:
        return add_choice(program, node->op, of[node->b], of[node->c],
                          truth(program, of[node->a]));
    case ROW_OR_ELSE: return add_choice(program, node->op, of[node->a], of[node->b], 0);
    case ROW_TABLE: return add_table(program, of[node->a], node->b);
    case ROW_RANKED: return add_ranked(program, of[node->a], of[node->b], node->c);
    case ROW_YEAR:
    case ROW_QUARTER:
    case ROW_MONTH:
    case ROW_WEEK: return add_period(program, node->op, of[node->a], node->value);
    case ROW_OP_COUNT: break;
    }
    assert(!"a verified module has no such row node");
    return 0;
}

/* Depth first with a stack of its own: expressions may be deeper than the C stack. */
uint32_t expr_add(ExprProgram *program, uint32_t node) {
    VEC(uint32_t) open = {0};
    VEC_PUSH(program->arena, &open, node);
    while (open.count) {
        uint32_t at = open.items[open.count - 1], before = open.count;
        const RowNode *row = &program->module->rows.items[at];
        const uint32_t operands[] = {row->a, row->b, row->c};
        for (unsigned i = 0; i < row_operands((RowOp)row->op); i++)
            if (program->of_node[operands[i]] == MODULE_NONE)
                VEC_PUSH(program->arena, &open, operands[i]);
        if (open.count > before) continue;
        if (program->of_node[at] == MODULE_NONE) program->of_node[at] = add_node(program, row);
        open.count--;
    }
    return program->of_node[node];
}

uint32_t expr_add_truth(ExprProgram *program, uint32_t node) {
    return truth(program, expr_add(program, node));
}

uint64_t expr_row_bytes(const ExprProgram *program) {
    uint64_t bits = 0;
    bool joined = false;
    for (uint32_t i = 0; i < program->steps.count; i++) {
        const ExprStep *step = &program->steps.items[i];
        if (step->column) bits += step->column->width ? step->column->width * 8u : 1;
        joined |= step->key.op == ROW_PERSON_COLUMN;
    }
    return (bits + 7) / 8 + (joined ? sizeof *program->table->person : 0);
}
