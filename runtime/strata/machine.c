/* Evaluates programs of row expressions, a batch at a time. Loops run over whole batches, so
 * that they have a known length and become vector code; what lies past the rows of a last,
 * short batch is left over from before or zero, within its bounds, and never looked at. */
#include "runtime/strata/expr.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/strata/calendar.h"
#include "runtime/strata/ranking.h"

#define EACH(i) for (uint32_t i = 0; i < EXPR_BATCH; i++)

typedef void Kernel(const void *a, const void *b, void *out);

#define KERNEL(name, Type, Out, expression)                               \
    static void name(const void *va, const void *vb, void *vout) {        \
        const Type *restrict a = va, *restrict b = vb;                    \
        Out *restrict out = vout;                                         \
        EACH(i) out[i] = (Out)(expression);                               \
    }

#define COMPARISONS(suffix, Type)                    \
    KERNEL(eq_##suffix, Type, uint8_t, a[i] == b[i]) \
    KERNEL(ne_##suffix, Type, uint8_t, a[i] != b[i]) \
    KERNEL(lt_##suffix, Type, uint8_t, a[i] < b[i])  \
    KERNEL(le_##suffix, Type, uint8_t, a[i] <= b[i])

COMPARISONS(byte, uint8_t)
COMPARISONS(int, int32_t)
COMPARISONS(long, int64_t)
COMPARISONS(real, double)

/* Whole numbers are computed without sign, for what stands where a value is missing may wrap. */
#define ARITHMETIC(suffix, Type)                  \
    KERNEL(add_##suffix, Type, Type, a[i] + b[i]) \
    KERNEL(sub_##suffix, Type, Type, a[i] - b[i]) \
    KERNEL(mul_##suffix, Type, Type, a[i] * b[i])

ARITHMETIC(int, uint32_t)
ARITHMETIC(long, uint64_t)
ARITHMETIC(real, double)
KERNEL(div_real, double, double, a[i] / b[i])

static Kernel *const comparisons[4][4] = {
    {eq_byte, ne_byte, lt_byte, le_byte},
    {eq_int, ne_int, lt_int, le_int},
    {eq_long, ne_long, lt_long, le_long},
    {eq_real, ne_real, lt_real, le_real},
};

static Kernel *const arithmetic[4][3] = {
    {NULL, NULL, NULL},
    {add_int, sub_int, mul_int},
    {add_long, sub_long, mul_long},
    {add_real, sub_real, mul_real},
};

/* ---- Memory ---------------------------------------------------------------------------------- */

static size_t value_size(uint8_t repr) {
    static const size_t sizes[] = {1, 4, 8, 8};
    return sizes[repr];
}

/* Each step has its values and, after them, its missing marks. */
static size_t step_size(const ExprStep *step) {
    return EXPR_BATCH * (value_size(step->key.repr) + 1);
}

static void fill_constant(const ExprStep *step, void *values) {
    EACH(i) switch (step->key.repr) {
    case REPR_BYTE: ((uint8_t *)values)[i] = (uint8_t)step->key.value; break;
    case REPR_INT: ((int32_t *)values)[i] = (int32_t)step->key.value; break;
    case REPR_LONG: ((int64_t *)values)[i] = step->key.value; break;
    case REPR_REAL: ((double *)values)[i] = step->key.number; break;
    }
}

bool expr_machine_init(ExprMachine *machine, const ExprProgram *program) {
    size_t size = 0;
    for (uint32_t i = 0; i < program->steps.count; i++)
        size += step_size(&program->steps.items[i]);
    machine->program = program;
    machine->block = mem_alloc(size);
    machine->vectors = mem_alloc_array(program->steps.count, sizeof *machine->vectors);
    machine->buffers = mem_alloc_array(program->steps.count, sizeof *machine->buffers);
    if (!machine->block || !machine->vectors || !machine->buffers) {
        expr_machine_free(machine);
        return false;
    }
    char *next = machine->block;
    for (uint32_t i = 0; i < program->steps.count; i++) {
        const ExprStep *step = &program->steps.items[i];
        machine->buffers[i].values = next;
        machine->buffers[i].missing = (uint8_t *)next + EXPR_BATCH * value_size(step->key.repr);
        machine->vectors[i].values = next;
        if (step->key.op == ROW_CONST) fill_constant(step, next);
        next += step_size(step);
    }
    return true;
}

void expr_machine_free(ExprMachine *machine) {
    mem_free(machine->block);
    mem_free(machine->vectors);
    mem_free(machine->buffers);
    *machine = (ExprMachine){0};
}

/* ---- Missing marks ----------------------------------------------------------------------------- */

/* The marks of `count` rows from `row` as bytes; NULL where none of them is missing. */
static const uint8_t *expand_missing(const Column *column, uint64_t row, uint32_t count,
                                     uint8_t *out) {
    if (!column->missing) return NULL;
    uint8_t any = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = row + i;
        out[i] = column->missing[at / 8] >> at % 8 & 1;
        any |= out[i];
    }
    memset(out + count, 0, EXPR_BATCH - count);
    return any ? out : NULL;
}

/* Missing where either is. */
static const uint8_t *either_missing(const uint8_t *a, const uint8_t *b, uint8_t *restrict out) {
    if (!a || !b || a == b) return a ? a : b;
    EACH(i) out[i] = a[i] | b[i];
    return out;
}

/* ---- Columns ------------------------------------------------------------------------------------- */

/* Two bytes a value become four; of a short batch the rest is zero. */
static const void *load_column(const Column *column, uint64_t row, uint32_t count, void *out) {
    const char *from = (const char *)column->values + row * column->width;
    if (column->width == 2) {
        const uint16_t *narrow = (const uint16_t *)column->values + row;
        for (uint32_t i = 0; i < count; i++)
            ((int32_t *)out)[i] = narrow[i];
        memset((int32_t *)out + count, 0, (EXPR_BATCH - count) * sizeof(int32_t));
        return out;
    }
    if (count == EXPR_BATCH) return from;
    memcpy(out, from, (size_t)count * column->width);
    memset((char *)out + (size_t)count * column->width, 0,
           (size_t)(EXPR_BATCH - count) * column->width);
    return out;
}

#define GATHER(Type, Out)                                                         \
    for (uint32_t i = 0; i < count; i++)                                          \
        ((Out *)out)[i] =                                                         \
            person[i] == DATA_NO_PERSON ? 0 : ((const Type *)values)[person[i]]

static void gather_column(const Column *column, const uint32_t *person, uint32_t count, void *out) {
    const void *values = column->values;
    switch (column->width) {
    case 1: GATHER(uint8_t, uint8_t); break;
    case 2: GATHER(uint16_t, int32_t); break;
    case 4: GATHER(int32_t, int32_t); break;
    case 8: GATHER(int64_t, int64_t); break; /* doubles too: bits are bits */
    }
}

static const uint8_t *gather_missing(const Column *column, const uint32_t *person, uint32_t count,
                                     bool unmatched, uint8_t *out) {
    if (!column->missing && !unmatched) return NULL;
    uint8_t any = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = person[i];
        out[i] = at == DATA_NO_PERSON ||
                 (column->missing && (column->missing[at / 8] >> at % 8 & 1));
        any |= out[i];
    }
    memset(out + count, 0, EXPR_BATCH - count);
    return any ? out : NULL;
}

/* ---- Steps ----------------------------------------------------------------------------------------- */

typedef struct {
    const ExprStep *step;
    const ExprVector *a, *b, *c; /* operands, where the step has them */
    uint8_t a_repr;
    void *values; /* of its own */
    uint8_t *missing;
} Frame;

static ExprVector widen(const Frame *f) {
    const void *from = f->a->values;
    switch (f->step->key.repr) {
    case REPR_INT: EACH(i) ((int32_t *)f->values)[i] = ((const uint8_t *)from)[i]; break;
    case REPR_LONG:
        if (f->a_repr == REPR_BYTE)
            EACH(i) ((int64_t *)f->values)[i] = ((const uint8_t *)from)[i];
        else
            EACH(i) ((int64_t *)f->values)[i] = ((const int32_t *)from)[i];
        break;
    }
    return (ExprVector){f->values, f->a->missing};
}

static ExprVector truth(const Frame *f) {
    const void *from = f->a->values;
    uint8_t *restrict out = f->values;
    switch (f->a_repr) {
    case REPR_BYTE: EACH(i) out[i] = ((const uint8_t *)from)[i] != 0; break;
    case REPR_INT: EACH(i) out[i] = ((const int32_t *)from)[i] != 0; break;
    case REPR_LONG: EACH(i) out[i] = ((const int64_t *)from)[i] != 0; break;
    }
    return (ExprVector){out, f->a->missing};
}

/* False where either side is false, else missing where either is missing. */
static ExprVector logic_and(const Frame *f) {
    const uint8_t *a = f->a->values, *b = f->b->values;
    const uint8_t *ma = f->a->missing, *mb = f->b->missing;
    uint8_t *restrict out = f->values, *restrict missing = f->missing;
    EACH(i) out[i] = a[i] & b[i];
    if (!ma && !mb) return (ExprVector){out, NULL};
    if (ma && mb)
        EACH(i) missing[i] = (ma[i] | mb[i]) & (a[i] | ma[i]) & (b[i] | mb[i]);
    else if (ma)
        EACH(i) missing[i] = ma[i] & b[i];
    else
        EACH(i) missing[i] = mb[i] & a[i];
    return (ExprVector){out, missing};
}

/* True where either side is true, else missing where either is missing. */
static ExprVector logic_or(const Frame *f) {
    const uint8_t *a = f->a->values, *b = f->b->values;
    const uint8_t *ma = f->a->missing, *mb = f->b->missing;
    uint8_t *restrict out = f->values, *restrict missing = f->missing;
    if (!ma && !mb) {
        EACH(i) out[i] = a[i] | b[i];
        return (ExprVector){out, NULL};
    }
    EACH(i) {
        uint8_t no_a = ma ? ma[i] : 0, no_b = mb ? mb[i] : 0;
        out[i] = (uint8_t)((a[i] & (no_a ^ 1)) | (b[i] & (no_b ^ 1)));
        missing[i] = (uint8_t)((no_a | no_b) & (out[i] ^ 1));
    }
    return (ExprVector){out, missing};
}

static ExprVector logic_not(const Frame *f) {
    const uint8_t *a = f->a->values;
    uint8_t *restrict out = f->values;
    EACH(i) out[i] = a[i] ^ 1;
    return (ExprVector){out, f->a->missing};
}

static ExprVector is_missing(const Frame *f) {
    if (f->a->missing)
        memcpy(f->values, f->a->missing, EXPR_BATCH);
    else
        memset(f->values, 0, EXPR_BATCH);
    return (ExprVector){f->values, NULL};
}

static ExprVector compare(const Frame *f) {
    comparisons[f->a_repr][f->step->key.op - ROW_EQ](f->a->values, f->b->values, f->values);
    return (ExprVector){f->values, either_missing(f->a->missing, f->b->missing, f->missing)};
}

/* What is not a number any more is missing: it overflowed, or was divided by zero. */
static const uint8_t *drop_not_finite(const double *values, const uint8_t *known,
                                      uint8_t *missing) {
    int finite = 1;
    EACH(i) finite &= fabs(values[i]) <= DBL_MAX;
    if (finite) return known;
    EACH(i) missing[i] = fabs(values[i]) <= DBL_MAX ? (known ? known[i] : 0) : 1;
    return missing;
}

/* Whole numbers whose result may not fit into 64 bits. */
static ExprVector compute_checked(const Frame *f) {
    const int64_t *a = f->a->values, *b = f->b->values;
    const uint8_t *ma = f->a->missing, *mb = f->b->missing;
    int64_t *out = f->values;
    EACH(i) {
        bool lost = f->step->key.op == ROW_ADD   ? __builtin_add_overflow(a[i], b[i], &out[i])
                    : f->step->key.op == ROW_SUB ? __builtin_sub_overflow(a[i], b[i], &out[i])
                                                 : __builtin_mul_overflow(a[i], b[i], &out[i]);
        f->missing[i] = (uint8_t)(lost | (ma ? ma[i] : 0) | (mb ? mb[i] : 0));
    }
    return (ExprVector){out, f->missing};
}

static ExprVector compute(const Frame *f) {
    uint8_t op = f->step->key.op, repr = f->step->key.repr;
    if (f->step->checked) return compute_checked(f);
    Kernel *kernel = op == ROW_DIV ? div_real : arithmetic[repr][op - ROW_ADD];
    kernel(f->a->values, f->b->values, f->values);
    const uint8_t *missing = either_missing(f->a->missing, f->b->missing, f->missing);
    if (repr == REPR_REAL) missing = drop_not_finite(f->values, missing, f->missing);
    return (ExprVector){f->values, missing};
}

static ExprVector to_real(const Frame *f) {
    double *restrict out = f->values, number = f->step->key.number;
    const void *from = f->a->values;
    switch (f->a_repr) {
    case REPR_BYTE: EACH(i) out[i] = (double)((const uint8_t *)from)[i] * number; break;
    case REPR_INT: EACH(i) out[i] = (double)((const int32_t *)from)[i] * number; break;
    case REPR_LONG: EACH(i) out[i] = (double)((const int64_t *)from)[i] * number; break;
    }
    return (ExprVector){out, drop_not_finite(out, f->a->missing, f->missing)};
}

#define CHOOSE(Type)                                                            \
    do {                                                                        \
        const Type *a = f->a->values, *b = f->b->values;                        \
        Type *restrict out = f->values;                                         \
        EACH(i) out[i] = choice[i] ? a[i] : b[i];                               \
    } while (0)

/* a where `choice` is 1, else b. */
static void choose(const Frame *f, const uint8_t *choice) {
    switch (f->step->key.repr) {
    case REPR_BYTE: CHOOSE(uint8_t); break;
    case REPR_INT: CHOOSE(int32_t); break;
    case REPR_LONG: CHOOSE(int64_t); break;
    case REPR_REAL: CHOOSE(double); break;
    }
}

static ExprVector select_value(const Frame *f) {
    const uint8_t *choice = f->c->values, *mc = f->c->missing;
    const uint8_t *ma = f->a->missing, *mb = f->b->missing;
    choose(f, choice);
    if (!ma && !mb) return (ExprVector){f->values, mc};
    uint8_t *restrict missing = f->missing;
    EACH(i) {
        uint8_t chosen = choice[i] ? (ma ? ma[i] : 0) : (mb ? mb[i] : 0);
        missing[i] = (uint8_t)(chosen | (mc ? mc[i] : 0));
    }
    return (ExprVector){f->values, missing};
}

static ExprVector or_else(const Frame *f) {
    const uint8_t *ma = f->a->missing, *mb = f->b->missing;
    uint8_t *restrict missing = f->missing;
    if (!ma) return *f->a;
    EACH(i) missing[i] = ma[i] ^ 1;
    choose(f, missing);
    if (!mb) return (ExprVector){f->values, NULL};
    EACH(i) missing[i] = ma[i] & mb[i];
    return (ExprVector){f->values, missing};
}

static ExprVector look_up(const Frame *f) {
    const ExprTable *table = &f->step->table;
    const uint8_t *known = f->a->missing;
    uint64_t last = table->count - 1;
    uint8_t any = 0;
    EACH(i) {
        int64_t at = expr_whole(f->a->values, f->a_repr, i);
        uint64_t offset = (uint64_t)at - (uint64_t)table->low;
        int32_t code = table->codes[offset < last ? offset : last];
        uint8_t none = (uint8_t)((at < table->low) | (code == EXPR_NO_CODE) | (known ? known[i] : 0));
        if (none) code = 0;
        if (f->step->key.repr == REPR_BYTE)
            ((uint8_t *)f->values)[i] = (uint8_t)code;
        else
            ((int32_t *)f->values)[i] = code;
        f->missing[i] = none;
        any |= none;
    }
    return (ExprVector){f->values, any ? f->missing : NULL};
}

/* Groups of equal size: a key in a stratum to its group. */
static ExprVector ranked(const Frame *f) {
    const int64_t *strata = f->b->values;
    const uint8_t *ma = f->a->missing, *mb = f->b->missing;
    bool real = f->a_repr == REPR_REAL;
    EACH(i) {
        int64_t key = real ? ranking_key_of_real(((const double *)f->a->values)[i])
                           : ((const int64_t *)f->a->values)[i];
        int32_t group = ranking_group(f->step->ranking, strata[i], key);
        f->missing[i] = (uint8_t)((group < 0) | (ma ? ma[i] : 0) | (mb ? mb[i] : 0));
        if (f->step->key.repr == REPR_BYTE)
            ((uint8_t *)f->values)[i] = (uint8_t)(group < 0 ? 0 : group);
        else
            ((int32_t *)f->values)[i] = group < 0 ? 0 : group;
    }
    return (ExprVector){f->values, f->missing};
}

static ExprVector period(const Frame *f) {
    if (f->step->table.codes) return look_up(f);
    const int64_t *days = f->a->values;
    const uint8_t *known = f->a->missing;
    int64_t *out = f->values;
    EACH(i) {
        bool fits = calendar_code(f->step->key.op, days[i], f->step->key.value, &out[i]);
        f->missing[i] = fits ? (known ? known[i] : 0) : 1;
    }
    return (ExprVector){out, f->missing};
}

static ExprVector all_missing(const Frame *f) {
    memset(f->missing, 1, EXPR_BATCH);
    return (ExprVector){f->values, f->missing};
}

static ExprVector read_column(const ExprProgram *program, const Frame *f, uint64_t row,
                              uint32_t count) {
    const Column *column = f->step->column;
    if (f->step->key.op == ROW_COLUMN) {
        const uint8_t *missing = expand_missing(column, row, count, f->missing);
        return (ExprVector){load_column(column, row, count, f->values), missing};
    }
    const uint32_t *person = program->table->person + row;
    gather_column(column, person, count, f->values);
    bool unmatched = program->table->unmatched > 0;
    return (ExprVector){f->values,
                        gather_missing(column, person, count, unmatched, f->missing)};
}

static ExprVector run_step(const Frame *f) {
    switch (f->step->key.op) {
    case EXPR_WIDEN: return widen(f);
    case EXPR_TRUTH: return truth(f);
    case ROW_EQ:
    case ROW_NE:
    case ROW_LT:
    case ROW_LE: return compare(f);
    case ROW_AND: return logic_and(f);
    case ROW_OR: return logic_or(f);
    case ROW_NOT: return logic_not(f);
    case ROW_IS_MISSING: return is_missing(f);
    case ROW_ADD:
    case ROW_SUB:
    case ROW_MUL:
    case ROW_DIV: return compute(f);
    case ROW_TO_REAL: return to_real(f);
    case ROW_SELECT: return select_value(f);
    case ROW_OR_ELSE: return or_else(f);
    case ROW_TABLE: return look_up(f);
    case ROW_RANKED: return ranked(f);
    case ROW_YEAR:
    case ROW_QUARTER:
    case ROW_MONTH:
    case ROW_WEEK: return period(f);
    default: return all_missing(f);
    }
}

/* What is no operand (a column, a table) may be any number, and is not looked at. */
static const ExprVector *operand(const ExprMachine *machine, uint32_t step) {
    return step < machine->program->steps.count ? &machine->vectors[step] : NULL;
}

void expr_run(ExprMachine *machine, uint64_t row, uint32_t count) {
    const ExprProgram *program = machine->program;
    for (uint32_t i = 0; i < program->steps.count; i++) {
        const ExprStep *step = &program->steps.items[i];
        if (step->key.op == ROW_CONST) continue;
        Frame frame = {.step = step,
                       .a = operand(machine, step->key.a),
                       .b = operand(machine, step->key.b),
                       .c = operand(machine, step->key.c),
                       .values = machine->buffers[i].values,
                       .missing = machine->buffers[i].missing};
        if (!step->column) frame.a_repr = program->steps.items[step->key.a].key.repr;
        machine->vectors[i] = step->column ? read_column(program, &frame, row, count)
                                           : run_step(&frame);
    }
}
