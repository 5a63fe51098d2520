/* Arithmetic on whole arrays. Reals that come to no number (over zero, too large) and exact
 * quotients by zero are not calculable, never infinite. Exact values of people stay beside the
 * protected ones only where array.h says so. */
#include <math.h>

#include "runtime/vm/machine.h"

void vm_set_real(Vm *vm, Array *out, uint32_t cell, double value) {
    if (isfinite(value))
        out->as.real[cell] = value;
    else
        array_set_absent(vm->arena, out, cell, ABSENT_NOT_CALCULABLE);
}

/* A number beyond what exact numbers may be is no number; long ones cost more. */
bool vm_set_exact(Vm *vm, Array *out, uint32_t cell, Exact value) {
    if (exact_overflowed(value)) {
        array_set_absent(vm->arena, out, cell, ABSENT_NOT_CALCULABLE);
        return vm_charge(vm, EXACT_BITS / 64);
    }
    out->as.exact[cell] = value;
    return !value.big || vm_charge(vm, exact_bits(value) / 64);
}

double vm_number(const Array *array, uint32_t cell) {
    if (array->type.elem == ELEM_EXACT) return exact_to_double(array->as.exact[cell]);
    if (array->type.elem == ELEM_REAL) return array->as.real[cell];
    return (double)array->as.integer[cell];
}

/* ---- Two operands ---------------------------------------------------------------------------- */

static double compute_real(Opcode op, double a, double b) {
    switch (op) {
    case OPCODE_ADD:
        return a + b;
    case OPCODE_SUB:
        return a - b;
    case OPCODE_MUL:
        return a * b;
    default:
        return b == 0 ? NAN : a / b;
    }
}

static Exact compute_exact(Arena *arena, Opcode op, Exact a, Exact b) {
    switch (op) {
    case OPCODE_ADD:
        return exact_add(arena, a, b);
    case OPCODE_SUB:
        return exact_sub(arena, a, b);
    case OPCODE_MUL:
        return exact_mul(arena, a, b);
    default:
        return exact_div(arena, a, b);
    }
}

static bool stays_confidential(Opcode op, const Array *a, const Array *b) {
    if (op == OPCODE_ADD || op == OPCODE_SUB) return a->confidential && b->confidential;
    if (a->confidential && !b->confidential) return b->type.label == LABEL_OPEN;
    return op == OPCODE_MUL && b->confidential && !a->confidential && a->type.label == LABEL_OPEN;
}

static double confidential_value(const Lane *lane) {
    if (lane->array->confidential) return lane->array->confidential[lane->at];
    return array_absent(lane->array, lane->at) ? NAN : lane->array->as.real[lane->at];
}

static double confidential_people(const Lane *lane) {
    return lane->array->people ? lane->array->people[lane->at] : 0;
}

bool vm_arithmetic(Vm *vm, const Instr *instr, Array *out) {
    const Array *a = &vm->registers[instr->a], *b = &vm->registers[instr->b];
    Lane lanes[] = {{.array = a}, {.array = b}};
    Walk walk;
    if (stays_confidential(instr->op, a, b)) array_keep_confidential(vm->arena, out);
    walk_start(&walk, vm->module, &out->type, lanes, 2);
    for (uint32_t i = 0; i < out->count; i++, walk_next(&walk)) {
        uint32_t x = lanes[0].at, y = lanes[1].at;
        AbsentReason reason = walk_absent(&walk);
        if (out->confidential) {
            out->confidential[i] = compute_real(instr->op, confidential_value(&lanes[0]),
                                                confidential_value(&lanes[1]));
            out->people[i] = fmax(confidential_people(&lanes[0]), confidential_people(&lanes[1]));
        }
        if (reason)
            array_set_absent(vm->arena, out, i, reason);
        else if (out->type.elem == ELEM_REAL)
            vm_set_real(vm, out, i, compute_real(instr->op, a->as.real[x], b->as.real[y]));
        else if (!vm_set_exact(vm, out, i, compute_exact(vm->arena, instr->op, a->as.exact[x],
                                                         b->as.exact[y])))
            return false;
    }
    return true;
}

/* ---- One operand ----------------------------------------------------------------------------- */

/* By squaring, so that no library's pow decides the last bit. */
static double power_real(double base, int exponent) {
    double result = 1;
    for (unsigned left = (unsigned)(exponent < 0 ? -exponent : exponent); left; left >>= 1) {
        if (left & 1) result *= base;
        base *= base;
    }
    return exponent < 0 ? 1 / result : result;
}

static double unary_real(const Instr *instr, double x) {
    if (instr->op == OPCODE_NEG) return 0 - x; /* no negative zero */
    if (instr->op == OPCODE_ABS) return fabs(x);
    return power_real(x, (int)instr->b - INSTR_POW_BIAS);
}

static Exact unary_exact(Arena *arena, const Instr *instr, Exact x) {
    if (instr->op == OPCODE_NEG) return exact_neg(arena, x);
    if (instr->op == OPCODE_ABS) return exact_abs(arena, x);
    return exact_pow(arena, x, (int)instr->b - INSTR_POW_BIAS);
}

bool vm_unary(Vm *vm, const Instr *instr, Array *out) {
    const Array *a = &vm->registers[instr->a];
    for (uint32_t i = 0; i < out->count; i++) {
        if (array_absent(a, i))
            array_set_absent(vm->arena, out, i, array_absent(a, i));
        else if (out->type.elem == ELEM_REAL)
            vm_set_real(vm, out, i, unary_real(instr, a->as.real[i]));
        else if (!vm_set_exact(vm, out, i, unary_exact(vm->arena, instr, a->as.exact[i])))
            return false;
    }
    return true;
}

/* The array of an estimate that a field names; an estimate read as a number is its value. */
static const double *field_of(Opcode op, const Array *a) {
    switch (op) {
    case OPCODE_LOWER:
        return a->lower;
    case OPCODE_UPPER:
        return a->upper;
    case OPCODE_NUMERATOR:
        return a->numerator;
    case OPCODE_DENOMINATOR:
        return a->denominator;
    default:
        return a->type.elem == ELEM_REAL ? a->as.real : NULL;
    }
}

static bool to_exact(Vm *vm, const Array *a, Array *out, uint32_t cell) {
    if (a->type.elem == ELEM_EXACT) return vm_set_exact(vm, out, cell, a->as.exact[cell]);
    return vm_set_exact(vm, out, cell, exact_from_double(vm->arena, a->as.real[cell]));
}

/* A field that is not there (limits withheld, a count suppressed) of an estimate that is. */
static AbsentReason field_absent(Opcode op, const Array *a, const double *field, uint32_t cell) {
    bool count = op == OPCODE_NUMERATOR || op == OPCODE_DENOMINATOR;
    AbsentReason reason = array_absent(a, cell);
    if (field && isfinite(field[cell]) && (count || !reason)) return ABSENT_NONE;
    if (reason || !field) return reason;
    return count ? ABSENT_SUPPRESSED : ABSENT_NOT_CALCULABLE;
}

bool vm_convert(Vm *vm, const Instr *instr, Array *out) {
    const Array *a = &vm->registers[instr->a];
    const double *field = field_of(instr->op, a);
    for (uint32_t i = 0; i < out->count; i++) {
        AbsentReason reason = field_absent(instr->op, a, field, i);
        if (reason)
            array_set_absent(vm->arena, out, i, reason);
        else if (instr->op == OPCODE_TO_EXACT) {
            if (!to_exact(vm, a, out, i)) return false;
        } else
            vm_set_real(vm, out, i, field ? field[i] : vm_number(a, i));
    }
    return true;
}

/* ---- Scaling --------------------------------------------------------------------------------- */

/* A statistic rounded for publication is a short decimal, and is scaled as that decimal, so
 * that 0.00123 per person is 123 per 100,000 and not a neighbour of it. */
static double scaled(Vm *vm, double value, Exact factor, double rough_factor) {
    Exact decimal;
    if (isfinite(value) && exact_from_short_decimal(vm->arena, value, &decimal))
        return exact_to_double(exact_mul(vm->arena, decimal, factor));
    return value * rough_factor;
}

bool vm_scale(Vm *vm, const Instr *instr, Array *out) {
    const Array *a = &vm->registers[instr->a], *factor = &vm->registers[instr->b];
    double rough = vm_number(factor, 0);
    for (uint32_t i = 0; i < out->count; i++) {
        AbsentReason reason = absent_merge(array_absent(a, i), array_absent(factor, 0));
        if (out->lower) {
            out->numerator[i] = a->numerator[i];
            out->denominator[i] = a->denominator[i];
            out->method[i] = a->method[i];
        }
        if (reason) {
            array_set_absent(vm->arena, out, i, reason);
            continue;
        }
        vm_set_real(vm, out, i, scaled(vm, a->as.real[i], factor->as.exact[0], rough));
        if (!out->lower) continue;
        double one = scaled(vm, a->lower[i], factor->as.exact[0], rough);
        double other = scaled(vm, a->upper[i], factor->as.exact[0], rough);
        out->lower[i] = rough < 0 ? other : one;
        out->upper[i] = rough < 0 ? one : other;
    }
    return true;
}
