/* The virtual machine: evaluates every register of a verified module, once, in order. It
 * holds no source text and prints nothing. Fuel and memory are counted and limited. */
#ifndef RUNTIME_VM_VM_H
#define RUNTIME_VM_VM_H

#include "runtime/data/measured.h"
#include "runtime/disclosure/policy.h"
#include "runtime/strata/strata.h"
#include "runtime/vm/array.h"

typedef struct {
    const StrataResult *strata; /* NULL: `check`, every query is ABSENT_NO_DATA */
    const MeasuredData *measured; /* one a series of the module; NULL: ABSENT_NO_DATA alike */
    Policy policy;
    uint64_t step_limit;  /* cells computed; 0: 10^9 */
} VmOptions;

/* What a reader of a statistic should know; at most one of a name for a register. */
typedef struct {
    Slice name; /* `strata-left-out`, `strata-too-small` */
    Reg reg;
    Slice message;
} VmNote;

typedef struct {
    const Module *module;
    Array *registers; /* module->code.count of them */
    uint64_t steps;
    VEC(VmNote) notes; /* in order of registers */
} VmResult;

/* SCP_OK or SCP_LIMIT with `error`. Arrays live in the arena. */
ScpStatus vm_run(const Module *module, const VmOptions *options, Arena *arena, VmResult *result,
                 Slice *error);

typedef enum {
    REQUIREMENT_PASSED,
    REQUIREMENT_FAILED,
    REQUIREMENT_UNKNOWN,
    REQUIREMENT_NOT_IN_FORCE
} RequirementOutcome;

/* What a requirement came to as of that day. */
RequirementOutcome vm_requirement(const VmResult *result, uint32_t requirement, int32_t as_of);

/* A cell as text in a unit, for readers (`£1,250.50`, `12.5%`, `6 August 2018`, `2026/27`), or
 * its reason in words (`suppressed`, `unknown until 2027-06-30: first linked extract`). */
Slice vm_cell_text(Arena *arena, const Module *module, const Array *array, uint32_t cell,
                   uint16_t unit);

#endif
