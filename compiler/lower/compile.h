/* From plan text to a verified module, in one call: load, parse, check, lower, verify. */
#ifndef COMPILER_LOWER_COMPILE_H
#define COMPILER_LOWER_COMPILE_H

#include "compiler/sema/options.h"
#include "runtime/base/diag.h"
#include "runtime/bytecode/module.h"

typedef struct {
    Slice path; /* of the plan, as messages show it; "-" for standard input */
    Slice text;
    Slice root; /* folder to which imports and files are confined; empty: the plan's */
    Slice eval; /* an expression to evaluate in the plan's scope: the module's last
                   output, named "eval"; empty: none */
    bool has_as_of;
    int32_t as_of;           /* overrides the plan's */
    const CompileData *data; /* --data for geographies, which are read when compiling */
    uint32_t data_count;
    uint64_t file_limit; /* 0: the default limits of safety */
    uint32_t import_limit, depth_limit, nesting_limit;
} CompileOptions;

typedef struct {
    Arena *arena;      /* for the tree, types and messages */
    SourceMap sources; /* filled; for rendering messages */
    DiagBag diags;     /* sorted; includes nothing of rules: those run in the VM */
    Module *module;    /* NULL where there are errors */
    bool is_library;   /* no `plan` item: checked as a library */
    bool data_missing; /* a geography's file could not be read: exit status 3 */
} CompileResult;

/* Never fails but by leaving to the arena's boundary; a plan with errors has no module.
 * The module lives in `module_arena`, which may be `arena`. */
void compile_plan(const CompileOptions *options, Arena *arena, Arena *module_arena,
                  CompileResult *result);

#endif
