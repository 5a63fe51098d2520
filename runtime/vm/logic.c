/* Truth: comparing, three-valued logic, choosing. An absent cell is neither true nor false,
 * and only a truth that the present cells settle alone comes out of one. */
#include "runtime/vm/machine.h"

static int order_integers(int64_t a, int64_t b) { return (a > b) - (a < b); }

static int order_reals(double a, double b) { return (a > b) - (a < b); }

int vm_order(const Array *a, uint32_t i, const Array *b, uint32_t k) {
    switch ((ElemType)a->type.elem) {
    case ELEM_REAL:
        return order_reals(a->as.real[i], b->as.real[k]);
    case ELEM_EXACT:
        return exact_compare(a->as.exact[i], b->as.exact[k]);
    case ELEM_TEXT:
        return slice_compare(a->as.text[i], b->as.text[k]);
    case ELEM_BOOL:
    case ELEM_DATE:
    case ELEM_YEAR:
    case ELEM_CODE:
        break;
    }
    return order_integers(a->as.integer[i], b->as.integer[k]);
}

static bool comparison_holds(Opcode op, int order) {
    switch (op) {
    case OPCODE_EQ:
        return order == 0;
    case OPCODE_NE:
        return order != 0;
    case OPCODE_LT:
        return order < 0;
    default:
        return order <= 0;
    }
}

bool vm_compare(Vm *vm, const Instr *instr, Array *out) {
    Lane lanes[] = {{.array = &vm->registers[instr->a]}, {.array = &vm->registers[instr->b]}};
    Walk walk;
    walk_start(&walk, vm->module, &out->type, lanes, 2);
    for (uint32_t i = 0; i < out->count; i++, walk_next(&walk)) {
        AbsentReason reason = walk_absent(&walk);
        if (reason) {
            array_set_absent(vm->arena, out, i, reason);
            continue;
        }
        int order = vm_order(lanes[0].array, lanes[0].at, lanes[1].array, lanes[1].at);
        out->as.integer[i] = comparison_holds(instr->op, order);
    }
    return true;
}

static bool is_settled(const Lane *lane, bool by) {
    return !array_absent(lane->array, lane->at) && (lane->array->as.integer[lane->at] != 0) == by;
}

bool vm_logic(Vm *vm, const Instr *instr, Array *out) {
    bool settles = instr->op == OPCODE_OR; /* the truth that wins over everything */
    Lane lanes[] = {{.array = &vm->registers[instr->a]}, {.array = &vm->registers[instr->b]}};
    Walk walk;
    walk_start(&walk, vm->module, &out->type, lanes, 2);
    for (uint32_t i = 0; i < out->count; i++, walk_next(&walk)) {
        AbsentReason reason = walk_absent(&walk);
        if (is_settled(&lanes[0], settles) || is_settled(&lanes[1], settles))
            out->as.integer[i] = settles;
        else if (reason)
            array_set_absent(vm->arena, out, i, reason);
        else
            out->as.integer[i] = !settles;
    }
    return true;
}

bool vm_not(Vm *vm, const Instr *instr, Array *out) {
    const Array *a = &vm->registers[instr->a];
    for (uint32_t i = 0; i < out->count; i++) {
        if (array_absent(a, i))
            array_set_absent(vm->arena, out, i, array_absent(a, i));
        else
            out->as.integer[i] = !a->as.integer[i];
    }
    return true;
}

/* What is withheld is not missing: it is there, and nobody is told. */
bool vm_is_absent(Vm *vm, const Instr *instr, Array *out) {
    const Array *a = &vm->registers[instr->a];
    for (uint32_t i = 0; i < out->count; i++) {
        AbsentReason reason = array_absent(a, i);
        if (reason == ABSENT_NO_DATA)
            array_set_absent(vm->arena, out, i, reason);
        else
            out->as.integer[i] = reason == ABSENT_MISSING || reason == ABSENT_UNKNOWN;
    }
    return true;
}

/* Most money moves: a `when` that rests on people is taken to hold while no data are open. */
bool vm_taken(Vm *vm, const Instr *instr, Array *out) {
    const Array *a = &vm->registers[instr->a];
    for (uint32_t i = 0; i < out->count; i++) {
        AbsentReason reason = array_absent(a, i);
        if (reason && reason != ABSENT_NO_DATA)
            array_set_absent(vm->arena, out, i, reason);
        else
            out->as.integer[i] = reason ? true : a->as.integer[i] != 0;
    }
    return true;
}

bool vm_select(Vm *vm, const Instr *instr, Array *out) {
    Lane lanes[] = {{.array = &vm->registers[instr->a]},
                    {.array = &vm->registers[instr->b]},
                    {.array = &vm->registers[instr->c]}};
    Walk walk;
    walk_start(&walk, vm->module, &out->type, lanes, 3);
    for (uint32_t i = 0; i < out->count; i++, walk_next(&walk)) {
        AbsentReason reason = array_absent(lanes[0].array, lanes[0].at);
        if (reason) {
            array_set_absent(vm->arena, out, i, reason);
            continue;
        }
        const Lane *chosen = &lanes[lanes[0].array->as.integer[lanes[0].at] ? 1 : 2];
        array_copy_cell(vm->arena, out, i, chosen->array, chosen->at);
    }
    return true;
}

bool vm_or_else(Vm *vm, const Instr *instr, Array *out) {
    Lane lanes[] = {{.array = &vm->registers[instr->a]}, {.array = &vm->registers[instr->b]}};
    Walk walk;
    walk_start(&walk, vm->module, &out->type, lanes, 2);
    for (uint32_t i = 0; i < out->count; i++, walk_next(&walk)) {
        bool missing = array_absent(lanes[0].array, lanes[0].at) == ABSENT_MISSING;
        const Lane *chosen = &lanes[missing ? 1 : 0];
        array_copy_cell(vm->arena, out, i, chosen->array, chosen->at);
    }
    return true;
}
