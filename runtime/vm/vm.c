/* The dispatch loop: every register of a verified module, once, in order, as whole arrays. The
 * machine has no jump, so what it costs is known before it runs and counted while it does. It
 * opens nothing, prints nothing and keeps nothing. */
#include "runtime/vm/vm.h"

#include <assert.h>

#include "runtime/vm/machine.h"

static_assert(ABSENT_COUNT == 9, "the verifier knows eight reasons of absence");

enum { DEFAULT_STEPS = 1000 * 1000 * 1000 };

bool vm_refuse(Vm *vm, const char *limit) {
    vm->error = arena_printf(vm->arena, "limit reached: %s", limit);
    return false;
}

bool vm_charge(Vm *vm, uint64_t steps) {
    uint64_t left = vm->step_limit - vm->steps;
    vm->steps += steps < left ? steps : left;
    if (steps <= left) return true;
    vm->error = arena_printf(vm->arena, "limit reached: more than %llu steps",
                             (unsigned long long)vm->step_limit);
    return false;
}

void vm_take_note(Array *out, const Array *operand) {
    if (!out->absent_note.length) out->absent_note = operand->absent_note;
}

void vm_note(Vm *vm, const char *name, const char *message) {
    for (uint32_t i = vm->notes.count; i-- > 0 && vm->notes.items[i].reg == vm->reg;)
        if (slice_equal(vm->notes.items[i].name, slice_of(name))) return;
    VEC_PUSH(vm->arena, &vm->notes, (VmNote){slice_of(name), vm->reg, slice_of(message)});
}

/* ---- Constants ------------------------------------------------------------------------------- */

static bool evaluate_const(Vm *vm, const Instr *instr, Array *out) {
    const ModuleConst *constant = &vm->module->consts.items[instr->a];
    switch (constant->sort) {
    case CONST_REAL:
        out->as.real[0] = constant->real;
        return true;
    case CONST_EXACT:
        return vm_set_exact(vm, out, 0, constant->exact);
    case CONST_TEXT:
        out->as.text[0] = constant->text;
        return true;
    case CONST_ABSENT:
        array_set_absent(vm->arena, out, 0, (AbsentReason)constant->integer);
        out->absent_note = constant->text;
        return true;
    case CONST_BOOL:
    case CONST_DATE:
    case CONST_YEAR:
    case CONST_CODE:
        break;
    }
    out->as.integer[0] = constant->integer;
    return true;
}

/* ---- The loop -------------------------------------------------------------------------------- */

static bool evaluate(Vm *vm, const Instr *instr, Array *out) {
    switch ((Opcode)instr->op) {
    case OPCODE_CONST:
        return evaluate_const(vm, instr, out);
    case OPCODE_STRATA:
        return vm_strata(vm, instr, out);
    case OPCODE_MEASURED:
        return vm_measured(vm, instr, out);
    case OPCODE_SPREAD:
        return vm_spread(vm, instr, out);
    case OPCODE_ADD:
    case OPCODE_SUB:
    case OPCODE_MUL:
    case OPCODE_DIV:
        return vm_arithmetic(vm, instr, out);
    case OPCODE_NEG:
    case OPCODE_POW:
    case OPCODE_ABS:
        return vm_unary(vm, instr, out);
    case OPCODE_TO_REAL:
    case OPCODE_TO_EXACT:
    case OPCODE_VALUE:
    case OPCODE_LOWER:
    case OPCODE_UPPER:
    case OPCODE_NUMERATOR:
    case OPCODE_DENOMINATOR:
        return vm_convert(vm, instr, out);
    case OPCODE_EQ:
    case OPCODE_NE:
    case OPCODE_LT:
    case OPCODE_LE:
        return vm_compare(vm, instr, out);
    case OPCODE_AND:
    case OPCODE_OR:
        return vm_logic(vm, instr, out);
    case OPCODE_NOT:
        return vm_not(vm, instr, out);
    case OPCODE_TAKEN:
        return vm_taken(vm, instr, out);
    case OPCODE_SELECT:
        return vm_select(vm, instr, out);
    case OPCODE_IS_ABSENT:
        return vm_is_absent(vm, instr, out);
    case OPCODE_OR_ELSE:
        return vm_or_else(vm, instr, out);
    case OPCODE_SUM:
    case OPCODE_CUMULATE:
        return vm_sum(vm, instr, out);
    case OPCODE_MIN:
    case OPCODE_MAX:
        return vm_extreme(vm, instr, out);
    case OPCODE_ALL:
    case OPCODE_ANY:
        return vm_all_any(vm, instr, out);
    case OPCODE_INDEX:
        return vm_index(vm, instr, out);
    case OPCODE_STACK:
        return vm_stack(vm, instr, out);
    case OPCODE_SCALE:
        return vm_scale(vm, instr, out);
    case OPCODE_FORMAT:
        return vm_format(vm, instr, out);
    case OPCODE_CONCAT:
        return vm_concat(vm, instr, out);
    case OPCODE_CALL:
        return vm_call(vm, instr, out);
    case OPCODE_COUNT:
        break;
    }
    assert(!"a verified module has no other instruction");
    return false;
}

/* Cells read by the instruction: a reduction to one cell costs what it walks over. */
static uint64_t cells_read(const Vm *vm, const Instr *instr) {
    bool register_a = instr->op != OPCODE_CONST && instr->op != OPCODE_STRATA &&
                      instr->op != OPCODE_SPREAD && instr->op != OPCODE_MEASURED &&
                      instr->op != OPCODE_STACK && instr->op != OPCODE_CONCAT &&
                      instr->op != OPCODE_CALL;
    return register_a ? vm->registers[instr->a].count : instr->c;
}

static void take_notes(const Vm *vm, const Instr *instr, Array *out) {
    Reg operands[3];
    unsigned count = instr_registers(instr, operands);
    for (unsigned i = 0; i < count; i++) vm_take_note(out, &vm->registers[operands[i]]);
    InstrArgs args = instr_arguments(vm->module, instr);
    for (uint32_t i = 0; i < args.count; i++) vm_take_note(out, &vm->registers[args.registers[i]]);
}

static bool run(Vm *vm) {
    for (uint32_t i = 0; i < vm->module->code.count; i++) {
        const Instr *instr = &vm->module->code.items[i];
        uint64_t cells = regtype_cells(vm->module, &instr->type);
        if (!vm_charge(vm, cells + cells_read(vm, instr))) return false;
        Array *out = &vm->registers[i];
        vm->reg = i;
        *out = array_new(vm->arena, vm->module, instr->type);
        if (!evaluate(vm, instr, out)) return false;
        if (out->absent) take_notes(vm, instr, out);
    }
    return true;
}

ScpStatus vm_run(const Module *module, const VmOptions *options, Arena *arena, VmResult *result,
                 Slice *error) {
    Vm vm = {.module = module, .options = options, .arena = arena};
    vm.step_limit = options->step_limit ? options->step_limit : DEFAULT_STEPS;
    vm.registers = ARENA_NEW_ARRAY(arena, Array, module->code.count);
    bool finished = run(&vm);
    *result = (VmResult){.module = module, .registers = vm.registers, .steps = vm.steps};
    result->notes.items = vm.notes.items;
    result->notes.count = result->notes.capacity = vm.notes.count;
    if (finished) return SCP_OK;
    *error = vm.error;
    return SCP_LIMIT;
}

/* ---- Requirements ---------------------------------------------------------------------------- */

RequirementOutcome vm_requirement(const VmResult *result, uint32_t requirement, int32_t as_of) {
    const ModuleRequirement *row = &result->module->requirements.items[requirement];
    bool begun = !row->from || row->from <= as_of;
    bool over = row->until && row->until < as_of;
    if (!begun || over) return REQUIREMENT_NOT_IN_FORCE;
    const Array *condition = &result->registers[row->condition];
    if (array_absent(condition, 0)) return REQUIREMENT_UNKNOWN;
    return condition->as.integer[0] ? REQUIREMENT_PASSED : REQUIREMENT_FAILED;
}
