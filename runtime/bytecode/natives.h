/* The native functions a module may call, as natives.def lists them: their names, what they
 * take, and the type they give. What they compute lives in runtime/vm. */
#ifndef RUNTIME_BYTECODE_NATIVES_H
#define RUNTIME_BYTECODE_NATIVES_H

#include "runtime/bytecode/module.h"

typedef enum {
#define NATIVE(name, qualified, registers, variadic, result, prose) NATIVE_##name,
#include "runtime/bytecode/natives.def"
#undef NATIVE
    NATIVE_COUNT
} Native;

typedef enum {
    NATIVE_RESULT_ESTIMATE,
    NATIVE_RESULT_ESTIMATE_LESS,
    NATIVE_RESULT_NUMERIC_PLUS,
    NATIVE_RESULT_NUMERIC_LESS,
    NATIVE_RESULT_REAL_PLUS,
    NATIVE_RESULT_SAME,
    NATIVE_RESULT_SAME_ALONG,
    NATIVE_RESULT_ESTIMATE_ALONG,
    NATIVE_RESULT_REAL_ALONG,
    NATIVE_RESULT_TEXT_ALONG,
    NATIVE_RESULT_TEXT_LESS,
    NATIVE_RESULT_REAL_LESS,
    NATIVE_RESULT_DATE_LESS,
    NATIVE_RESULT_REAL_FOR,
    NATIVE_RESULT_BOOL,
    NATIVE_RESULT_DATE,
    NATIVE_RESULT_EXACT,
    NATIVE_RESULT_YEAR,
    NATIVE_RESULT_REAL,
    NATIVE_RESULT_TEXT
} NativeResult;

typedef struct {
    Slice name;            /* "stats.rate" */
    const char *registers; /* one letter a register argument, see natives.def */
    bool pairs, many;      /* how the letters repeat */
    NativeResult result;
    Slice prose;
} NativeInfo;

/* The row of a native; `native` is below NATIVE_COUNT. */
const NativeInfo *native_info(uint32_t native);

/* The native of that qualified name, or MODULE_NONE. */
uint32_t native_find(Slice qualified);

/* The type of a call of `native` on these register arguments and dims. Registers must be
 * defined: below module->code.count. False: the arguments do not fit, and `broken_rule` is the
 * verifier's name of what they break (`native-arity`, `operand-type`, `native-dims`, …). */
bool native_result_type(const Module *module, uint32_t native, const Reg *registers,
                        uint32_t register_count, const uint32_t *dims, uint32_t dim_count,
                        RegType *type, Slice *broken_rule);

#endif
