/* What opcodes.def says of each instruction, and which registers an instruction reads: for the
 * verifier, the machine, the disassembler and whoever explains how a number was made. */
#ifndef RUNTIME_BYTECODE_INSTR_H
#define RUNTIME_BYTECODE_INSTR_H

#include "runtime/bytecode/module.h"

typedef enum {
    OPERAND_NONE,
    OPERAND_REG,
    OPERAND_KONST,
    OPERAND_QUERY,
    OPERAND_SERIES,
    OPERAND_DIM,
    OPERAND_NATIVE,
    OPERAND_ARGS,
    OPERAND_COUNT,
    OPERAND_IMM,
    OPERAND_UNIT
} OperandSort;

/* Result rules, as they stand in opcodes.def. */
typedef enum {
    RESULT_KONST,
    RESULT_QUERY,
    RESULT_MEASURED,
    RESULT_SPREAD,
    RESULT_NUMERIC,
    RESULT_SAME,
    RESULT_REAL,
    RESULT_EXACT,
    RESULT_COMPARE,
    RESULT_LOGIC,
    RESULT_SELECT,
    RESULT_REDUCE,
    RESULT_INDEX,
    RESULT_STACK,
    RESULT_TEXT,
    RESULT_FIELD,
    RESULT_NATIVE
} ResultRule;

typedef struct {
    const char *text; /* "to_real" */
    uint8_t operands[3]; /* OperandSort of a, b, c */
    uint8_t result;      /* ResultRule */
    const char *prose;
} OpcodeInfo;

/* The row of an opcode; `op` is below OPCODE_COUNT. */
const OpcodeInfo *opcode_info(uint8_t op);

/* The registers that a, b and c name, in that order; how many. */
unsigned instr_registers(const Instr *instr, Reg registers[3]);

/* The registers among the instruction's arguments, in order; none for most. */
typedef struct {
    const Reg *registers;
    uint32_t count;
} InstrArgs;

InstrArgs instr_arguments(const Module *module, const Instr *instr);

/* The dims among the arguments of a CALL, in order. */
typedef struct {
    const uint32_t *dims;
    uint32_t count;
} InstrDims;

InstrDims instr_call_dims(const Module *module, const Instr *instr);

/* How many of a, b and c of a row expression's node are nodes; of a ranking's, a and b. */
unsigned row_operands(RowOp op);

#endif
