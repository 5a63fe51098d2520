/* What tests of the machine share: a module without code, running one, reading its cells. */
#ifndef TESTS_UNIT_TEST_VM_FIXTURE_H
#define TESTS_UNIT_TEST_VM_FIXTURE_H

#include "tests/unit/test_base_fixture.h"

#include "runtime/vm/vm.h"
#include "tests/unit/test_module_fixture.h"

/* A module with the fixture's units and dims and no code. */
static inline Module *empty_module(Arena *arena) {
    Module *module = module_new(arena);
    fixture_head(module);
    fixture_units(module);
    fixture_dims(module);
    return module;
}

static inline VmResult run_with(Module *module, VmOptions options) {
    VmResult result;
    Slice error = SLICE("");
    assert_slice(module_verify(module, module->arena), "");
    ScpStatus status = vm_run(module, &options, module->arena, &result, &error);
    if (status != SCP_OK) fail_msg("%.*s", SLICE_FMT(error));
    return result;
}

static inline VmResult run(Module *module) { return run_with(module, (VmOptions){0}); }

static inline double real_at(const VmResult *result, Reg reg, uint32_t cell) {
    assert_int_equal(array_absent(&result->registers[reg], cell), ABSENT_NONE);
    return result->registers[reg].as.real[cell];
}

static inline AbsentReason reason_at(const VmResult *result, Reg reg, uint32_t cell) {
    return array_absent(&result->registers[reg], cell);
}

static inline void assert_exact(const VmResult *result, Reg reg, uint32_t cell, const char *want) {
    Arena *arena = result->module->arena;
    assert_int_equal(reason_at(result, reg, cell), ABSENT_NONE);
    assert_slice(exact_format_shortest(arena, result->registers[reg].as.exact[cell]), want);
}

static inline int truth_at(const VmResult *result, Reg reg, uint32_t cell) {
    const Array *array = &result->registers[reg];
    return array_absent(array, cell) ? -(int)array_absent(array, cell)
                                     : (int)array->as.integer[cell];
}

/* Reals over the three places, or over the three years. */
static inline Reg reals(Module *module, uint32_t dim, double a, double b, double c) {
    Reg x = emit_real(module, a), y = emit_real(module, b), z = emit_real(module, c);
    return emit_stack(module, dim, REGS(x, y, z));
}

#endif
