/* Inside the virtual machine: what its parts share. Each operation fills one new array; it
 * returns false only where a limit was reached, and has then said which. */
#ifndef RUNTIME_VM_MACHINE_H
#define RUNTIME_VM_MACHINE_H

#include "runtime/bytecode/instr.h"
#include "runtime/bytecode/verify.h"
#include "runtime/vm/broadcast.h"
#include "runtime/vm/vm.h"

typedef struct {
    const Module *module;
    const VmOptions *options;
    Arena *arena;
    Array *registers;
    Reg reg; /* being computed */
    uint64_t steps, step_limit;
    VEC(VmNote) notes;
    Slice error;
} Vm;

/* Counts work: a cell, a byte of text, a digit group of a long exact number. */
bool vm_charge(Vm *vm, uint64_t steps);
bool vm_refuse(Vm *vm, const char *limit);

/* Adds a note on the register being computed, unless it has one of that name. */
void vm_note(Vm *vm, const char *name, const char *message);

/* Sets a cell of reals or exacts, or makes it absent: a result that is no number (over zero,
 * or beyond what may be held) is not calculable. */
void vm_set_real(Vm *vm, Array *out, uint32_t cell, double value);
bool vm_set_exact(Vm *vm, Array *out, uint32_t cell, Exact value);

/* A number cell, whatever it is held as; the cell is present. */
double vm_number(const Array *array, uint32_t cell);

/* The first note on absence among the operands is kept. */
void vm_take_note(Array *out, const Array *operand);

bool vm_arithmetic(Vm *vm, const Instr *instr, Array *out); /* ADD SUB MUL DIV */
bool vm_unary(Vm *vm, const Instr *instr, Array *out);      /* NEG POW ABS */
bool vm_convert(Vm *vm, const Instr *instr, Array *out);    /* TO_REAL TO_EXACT VALUE … */
bool vm_scale(Vm *vm, const Instr *instr, Array *out);
bool vm_compare(Vm *vm, const Instr *instr, Array *out); /* EQ NE LT LE */
bool vm_logic(Vm *vm, const Instr *instr, Array *out);   /* AND OR */
bool vm_not(Vm *vm, const Instr *instr, Array *out);
bool vm_is_absent(Vm *vm, const Instr *instr, Array *out);
bool vm_taken(Vm *vm, const Instr *instr, Array *out);
bool vm_select(Vm *vm, const Instr *instr, Array *out);
bool vm_or_else(Vm *vm, const Instr *instr, Array *out);
bool vm_sum(Vm *vm, const Instr *instr, Array *out);     /* SUM CUMULATE */
bool vm_extreme(Vm *vm, const Instr *instr, Array *out); /* MIN MAX */
bool vm_all_any(Vm *vm, const Instr *instr, Array *out);
bool vm_index(Vm *vm, const Instr *instr, Array *out);
bool vm_stack(Vm *vm, const Instr *instr, Array *out);
bool vm_spread(Vm *vm, const Instr *instr, Array *out);
bool vm_strata(Vm *vm, const Instr *instr, Array *out);
bool vm_measured(Vm *vm, const Instr *instr, Array *out);
bool vm_format(Vm *vm, const Instr *instr, Array *out);
bool vm_concat(Vm *vm, const Instr *instr, Array *out);
bool vm_call(Vm *vm, const Instr *instr, Array *out);

/* Orders two present cells of one element type that has an order or equality: -1, 0, 1. */
int vm_order(const Array *a, uint32_t i, const Array *b, uint32_t k);

#endif
