/* Making an empty module. Filling it is the compiler's affair. */
#include "runtime/bytecode/module.h"

Module *module_new(Arena *arena) {
    Module *module = ARENA_NEW(arena, Module);
    module->arena = arena;
    module->plan = MODULE_NONE;
    VEC_PUSH(arena, &module->units,
             (ModuleUnit){.label = SLICE(""), .prose = SLICE(""), .num = 1, .den = 1});
    return module;
}
