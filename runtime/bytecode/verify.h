/* The rules of types that the verifier holds code to, for whoever makes code: the compiler's
 * lowering asks here for the type of what it is about to append, so that both agree. */
#ifndef RUNTIME_BYTECODE_VERIFY_H
#define RUNTIME_BYTECODE_VERIFY_H

#include "runtime/bytecode/module.h"

/* Cells of one register, and of one query. */
#define MODULE_MAX_CELLS (UINT32_C(16) << 20)

/* POW's b is the exponent plus this, from 0 to twice this. */
#define INSTR_POW_BIAS 1024

/* FORMAT's c from INSTR_FORMAT_PLACES on is a number of decimal places, up to 20. */
#define INSTR_FORMAT_PLACES 5
#define INSTR_FORMAT_LAST (INSTR_FORMAT_PLACES + 20)

/* The type of what the instruction computes, by the result rules of opcodes.def, from the
 * types of the registers it reads (any of module->code; instr->type is not read). False: the
 * instruction is ill-formed, and `broken_rule` is the name of the rule it breaks. */
bool instr_result_type(const Module *module, const Instr *instr, RegType *type,
                       Slice *broken_rule);

/* Adds to `type` the dims of `other` that it lacks, in other's order. False: over
 * MODULE_MAX_DIMS. */
bool regtype_union_dims(RegType *type, const RegType *other);

/* Takes dim out of the type. False: it has none such. */
bool regtype_remove_dim(RegType *type, uint16_t dim);

bool regtype_has_dim(const RegType *type, uint16_t dim);
bool regtype_equal(const RegType *a, const RegType *b);

/* Cells of a register of that type; UINT64_MAX where the product does not fit. */
uint64_t regtype_cells(const Module *module, const RegType *type);

#endif
