/* The table of instructions, from opcodes.def. The registers of an instruction may only be
 * asked for once the verifier has passed it. */
#include "runtime/bytecode/instr.h"

static const OpcodeInfo opcodes[OPCODE_COUNT] = {
#define OPCODE(name, text, a, b, c, result, prose) \
    [OPCODE_##name] = {text, {OPERAND_##a, OPERAND_##b, OPERAND_##c}, RESULT_##result, prose},
#include "runtime/bytecode/opcodes.def"
#undef OPCODE
};

const OpcodeInfo *opcode_info(uint8_t op) { return &opcodes[op]; }

unsigned instr_registers(const Instr *instr, Reg registers[3]) {
    const uint8_t *sorts = opcodes[instr->op].operands;
    const Reg operands[] = {instr->a, instr->b, instr->c};
    unsigned count = 0;
    for (unsigned i = 0; i < 3; i++)
        if (sorts[i] == OPERAND_REG) registers[count++] = operands[i];
    return count;
}

InstrArgs instr_arguments(const Module *module, const Instr *instr) {
    if (opcodes[instr->op].operands[1] != OPERAND_ARGS || !instr->c) return (InstrArgs){0};
    const uint32_t *args = module->args.items + instr->b;
    if (instr->op == OPCODE_CALL) return (InstrArgs){args + 1, args[0]};
    return (InstrArgs){args, instr->c};
}

InstrDims instr_call_dims(const Module *module, const Instr *instr) {
    const uint32_t *args = module->args.items + instr->b;
    return (InstrDims){args + 1 + args[0], instr->c - 1 - args[0]};
}

unsigned row_operands(RowOp op) {
    switch (op) {
    case ROW_COLUMN:
    case ROW_PERSON_COLUMN:
    case ROW_CONST:
    case ROW_MISSING:
    case ROW_OP_COUNT:
        return 0;
    case ROW_NOT:
    case ROW_IS_MISSING:
    case ROW_NEG:
    case ROW_TO_REAL:
    case ROW_TABLE:
    case ROW_YEAR:
    case ROW_QUARTER:
    case ROW_MONTH:
    case ROW_WEEK:
        return 1;
    case ROW_SELECT:
        return 3;
    case ROW_EQ:
    case ROW_NE:
    case ROW_LT:
    case ROW_LE:
    case ROW_AND:
    case ROW_OR:
    case ROW_ADD:
    case ROW_SUB:
    case ROW_MUL:
    case ROW_DIV:
    case ROW_OR_ELSE:
    case ROW_RANKED:
        return 2;
    }
    return 0;
}
