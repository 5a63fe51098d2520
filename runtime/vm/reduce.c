/* Along one dimension: sums, extremes, truth of all or any, running sums, one member, and
 * putting members together. Sums go in declared order, compensated where they are of reals. */
#include "runtime/stats/sum.h"
#include "runtime/vm/machine.h"

/* The cells of one line along the dimension: the first, and how far to the next. */
typedef struct {
    const Array *array;
    uint32_t first, step, count;
} Line;

static Line line_of(const Array *array, Axis axis, uint32_t outer, uint32_t inner) {
    return (Line){array, outer * axis.size * axis.inner + inner, axis.inner, axis.size};
}

static AbsentReason line_absent(const Line *line) {
    AbsentReason reason = ABSENT_NONE;
    for (uint32_t k = 0; line->array->absent && k < line->count; k++)
        reason = absent_merge(reason, array_absent(line->array, line->first + k * line->step));
    return reason;
}

static void sum_confidential(const Line *line, Array *out, uint32_t cell) {
    Sum values = {0, 0}, people = {0, 0};
    for (uint32_t k = 0; k < line->count; k++) {
        sum_add(&values, line->array->confidential[line->first + k * line->step]);
        sum_add(&people, line->array->people[line->first + k * line->step]);
    }
    out->confidential[cell] = sum_value(&values);
    out->people[cell] = sum_value(&people);
}

/* A sum under way: of reals or of exacts, or absent from the first absent cell on. */
typedef struct {
    Sum real;
    Exact exact;
    AbsentReason reason;
} Total;

static void total_add(Vm *vm, Total *total, const Array *array, uint32_t at) {
    total->reason = absent_merge(total->reason, array_absent(array, at));
    if (total->reason) return;
    if (array->type.elem == ELEM_REAL)
        sum_add(&total->real, array->as.real[at]);
    else
        total->exact = exact_add(vm->arena, total->exact, array->as.exact[at]);
}

static bool total_write(Vm *vm, const Total *total, Array *out, uint32_t cell) {
    if (total->reason)
        array_set_absent(vm->arena, out, cell, total->reason);
    else if (out->type.elem == ELEM_EXACT)
        return vm_set_exact(vm, out, cell, total->exact);
    else
        vm_set_real(vm, out, cell, sum_value(&total->real));
    return true;
}

static bool sum_line(Vm *vm, const Line *line, Array *out, uint32_t cell) {
    Total total = {.exact = EXACT_ZERO};
    for (uint32_t k = 0; k < line->count; k++)
        total_add(vm, &total, line->array, line->first + k * line->step);
    if (out->confidential) sum_confidential(line, out, cell);
    return total_write(vm, &total, out, cell);
}

static bool cumulate_line(Vm *vm, const Line *line, Array *out) {
    Total total = {.exact = EXACT_ZERO};
    for (uint32_t k = 0; k < line->count; k++) {
        uint32_t at = line->first + k * line->step;
        total_add(vm, &total, line->array, at);
        if (!total_write(vm, &total, out, at)) return false;
    }
    return true;
}

bool vm_sum(Vm *vm, const Instr *instr, Array *out) {
    const Array *a = &vm->registers[instr->a];
    Axis axis = axis_of(vm->module, &a->type, (uint16_t)instr->b);
    bool running = instr->op == OPCODE_CUMULATE;
    if (a->confidential && !running) array_keep_confidential(vm->arena, out);
    for (uint32_t o = 0; o < axis.outer; o++)
        for (uint32_t i = 0; i < axis.inner; i++) {
            Line line = line_of(a, axis, o, i);
            bool summed = running ? cumulate_line(vm, &line, out)
                                  : sum_line(vm, &line, out, o * axis.inner + i);
            if (!summed) return false;
        }
    return true;
}

static void extreme_of_line(Vm *vm, const Line *line, int sign, Array *out, uint32_t cell) {
    AbsentReason reason = line_absent(line);
    if (reason) {
        array_set_absent(vm->arena, out, cell, reason);
        return;
    }
    uint32_t best = line->first;
    for (uint32_t k = 1; k < line->count; k++) {
        uint32_t at = line->first + k * line->step;
        if (sign * vm_order(line->array, at, line->array, best) > 0) best = at;
    }
    array_copy_cell(vm->arena, out, cell, line->array, best);
}

bool vm_extreme(Vm *vm, const Instr *instr, Array *out) {
    const Array *a = &vm->registers[instr->a];
    Axis axis = axis_of(vm->module, &a->type, (uint16_t)instr->b);
    for (uint32_t o = 0; o < axis.outer; o++)
        for (uint32_t i = 0; i < axis.inner; i++) {
            Line line = line_of(a, axis, o, i);
            extreme_of_line(vm, &line, instr->op == OPCODE_MAX ? 1 : -1, out, o * axis.inner + i);
        }
    return true;
}

/* One cell that settles it is enough, whatever is absent beside it. */
static void truth_of_line(Vm *vm, const Line *line, bool settles, Array *out, uint32_t cell) {
    for (uint32_t k = 0; k < line->count; k++) {
        uint32_t at = line->first + k * line->step;
        if (array_absent(line->array, at) || (line->array->as.integer[at] != 0) != settles)
            continue;
        out->as.integer[cell] = settles;
        return;
    }
    AbsentReason reason = line_absent(line);
    if (reason)
        array_set_absent(vm->arena, out, cell, reason);
    else
        out->as.integer[cell] = !settles;
}

bool vm_all_any(Vm *vm, const Instr *instr, Array *out) {
    const Array *a = &vm->registers[instr->a];
    Axis axis = axis_of(vm->module, &a->type, (uint16_t)instr->b);
    for (uint32_t o = 0; o < axis.outer; o++)
        for (uint32_t i = 0; i < axis.inner; i++) {
            Line line = line_of(a, axis, o, i);
            truth_of_line(vm, &line, instr->op == OPCODE_ANY, out, o * axis.inner + i);
        }
    return true;
}

bool vm_index(Vm *vm, const Instr *instr, Array *out) {
    const Array *a = &vm->registers[instr->a];
    Axis axis = axis_of(vm->module, &a->type, (uint16_t)instr->b);
    if (a->confidential) array_keep_confidential(vm->arena, out);
    for (uint32_t o = 0; o < axis.outer; o++)
        for (uint32_t i = 0; i < axis.inner; i++) {
            uint32_t at = (o * axis.size + instr->c) * axis.inner + i;
            array_copy_cell(vm->arena, out, o * axis.inner + i, a, at);
        }
    return true;
}

static bool wholly_absent(const Array *array) {
    for (uint32_t i = 0; i < array->count; i++)
        if (!array_absent(array, i)) return false;
    return true;
}

/* Confidential values are kept where every part that holds a number has them: a part without
 * is open or computed, and to read it as exact would mix the two. */
static bool parts_confidential(const Vm *vm, const Instr *instr) {
    bool some = false;
    for (uint32_t k = 0; k < instr->c; k++) {
        const Array *part = &vm->registers[vm->module->args.items[instr->b + k]];
        if (!part->confidential && !wholly_absent(part)) return false;
        some = some || part->confidential;
    }
    return some;
}

bool vm_stack(Vm *vm, const Instr *instr, Array *out) {
    if (parts_confidential(vm, instr)) array_keep_confidential(vm->arena, out);
    uint32_t cell = 0;
    for (uint32_t k = 0; k < instr->c; k++) {
        const Array *part = &vm->registers[vm->module->args.items[instr->b + k]];
        for (uint32_t i = 0; i < part->count; i++)
            array_copy_cell(vm->arena, out, cell++, part, i);
    }
    return true;
}
