/* The table of natives and the rules of their types. Knows names and types only: nothing here
 * computes, and nothing is allowed that natives.def does not list. */
#include "runtime/bytecode/natives.h"

#include <string.h>

#include "runtime/bytecode/verify.h"

#define VARIADIC_IS(text, word) (sizeof(text) == sizeof(word) && (text)[0] == (word)[0])

static const NativeInfo natives[NATIVE_COUNT] = {
#define NATIVE(name, qualified, registers, variadic, result, prose)                   \
    [NATIVE_##name] = {{qualified, sizeof(qualified) - 1},                            \
                       registers,                                                     \
                       VARIADIC_IS(variadic, "pairs"),                                \
                       VARIADIC_IS(variadic, "many"),                                 \
                       NATIVE_RESULT_##result,                                        \
                       {prose, sizeof(prose) - 1}},
#include "runtime/bytecode/natives.def"
#undef NATIVE
};

const NativeInfo *native_info(uint32_t native) { return &natives[native]; }

uint32_t native_find(Slice qualified) {
    for (uint32_t i = 0; i < NATIVE_COUNT; i++)
        if (slice_equal(natives[i].name, qualified)) return i;
    return MODULE_NONE;
}

/* A call being typed; every helper that fails names the rule and gives false. */
typedef struct {
    const Module *module;
    const NativeInfo *info;
    const Reg *registers;
    uint32_t register_count;
    const uint32_t *dims;
    uint32_t dim_count;
    RegType *type;
    Slice broken;
} Call;

static bool breaks(Call *call, const char *rule) {
    call->broken = slice_of(rule);
    return false;
}

static const RegType *register_type(const Call *call, uint32_t i) {
    return &call->module->code.items[call->registers[i]].type;
}

static bool check_arity(Call *call) {
    uint32_t letters = (uint32_t)strlen(call->info->registers), count = call->register_count;
    bool fits = call->info->pairs  ? count && count % letters == 0
                : call->info->many ? count >= letters - 1
                                   : count == letters;
    return fits || breaks(call, "native-arity");
}

static char letter_of(const Call *call, uint32_t i) {
    uint32_t letters = (uint32_t)strlen(call->info->registers);
    if (call->info->pairs) return call->info->registers[i % letters];
    return call->info->registers[i < letters ? i : letters - 1];
}

static bool letter_takes(char letter, const RegType *type) {
    switch (letter) {
    case 'b':
        return type->elem == ELEM_BOOL;
    case 'r':
        return type->elem == ELEM_REAL;
    case 'E':
        return type->elem == ELEM_REAL && type->estimate;
    case 'e':
        return type->elem == ELEM_EXACT;
    case 'n':
        return type->elem == ELEM_REAL || type->elem == ELEM_EXACT;
    case 'd':
        return type->elem == ELEM_DATE;
    case 'y':
        return type->elem == ELEM_YEAR;
    default:
        return type->elem == ELEM_TEXT;
    }
}

/* Checks each register against its letter and joins dims and labels into the type. */
static bool join_registers(Call *call) {
    for (uint32_t i = 0; i < call->register_count; i++) {
        const RegType *type = register_type(call, i);
        if (!letter_takes(letter_of(call, i), type)) return breaks(call, "operand-type");
        if (type->label > call->type->label) call->type->label = type->label;
        if (!regtype_union_dims(call->type, type)) return breaks(call, "too-many-dims");
    }
    return true;
}

static bool over_years(const Call *call) {
    return call->dim_count == 1 && call->module->dims.items[call->dims[0]].sort == DIM_YEAR;
}

static uint8_t numeric_elem(const Call *call) {
    for (uint32_t i = 0; i < call->register_count; i++)
        if (register_type(call, i)->elem == ELEM_REAL) return ELEM_REAL;
    return ELEM_EXACT;
}

static bool plus_year(Call *call) {
    if (!over_years(call)) return breaks(call, "native-dims");
    RegType year = {.dim_count = 1, .dims = {(uint16_t)call->dims[0]}};
    if (regtype_has_dim(call->type, year.dims[0])) return breaks(call, "native-dims");
    return regtype_union_dims(call->type, &year) || breaks(call, "too-many-dims");
}

/* Takes the call's dims, which must be dims of the first register, out of the result. */
static bool less_dims(Call *call) {
    if (!call->dim_count) return breaks(call, "native-dims");
    for (uint32_t i = 0; i < call->dim_count; i++) {
        uint16_t dim = (uint16_t)call->dims[i];
        bool there = regtype_has_dim(register_type(call, 0), dim);
        if (!there || !regtype_remove_dim(call->type, dim)) return breaks(call, "native-dims");
    }
    return true;
}

/* Takes the call's dims out of the result, each of some register. */
static bool without_dims(Call *call, ElemType elem) {
    call->type->elem = (uint8_t)elem;
    if (!call->dim_count) return breaks(call, "native-dims");
    for (uint32_t i = 0; i < call->dim_count; i++)
        if (!regtype_remove_dim(call->type, (uint16_t)call->dims[i]))
            return breaks(call, "native-dims");
    return true;
}

/* The call's second dim, which no register has, in place of its first, one of the first's. */
static bool one_dim_for_another(Call *call) {
    if (call->dim_count != 2) return breaks(call, "native-dims");
    RegType other = {.dim_count = 1, .dims = {(uint16_t)call->dims[1]}};
    uint16_t taken = (uint16_t)call->dims[0];
    bool fits = regtype_has_dim(register_type(call, 0), taken) &&
                !regtype_has_dim(call->type, other.dims[0]);
    if (!fits || !regtype_remove_dim(call->type, taken)) return breaks(call, "native-dims");
    return regtype_union_dims(call->type, &other) || breaks(call, "too-many-dims");
}

static bool same_as_first(Call *call) {
    call->type->elem = register_type(call, 0)->elem;
    return true;
}

/* Along one dim of the first register, which stays. */
static bool along(Call *call, ElemType elem, bool estimate) {
    call->type->elem = (uint8_t)elem;
    call->type->estimate = estimate;
    bool one = call->dim_count == 1 &&
               regtype_has_dim(register_type(call, 0), (uint16_t)call->dims[0]);
    return one || breaks(call, "native-dims");
}

static bool plain(Call *call, ElemType elem, bool estimate) {
    call->type->elem = (uint8_t)elem;
    call->type->estimate = estimate;
    return !call->dim_count || breaks(call, "native-dims");
}

static bool apply_rule(Call *call) {
    switch (call->info->result) {
    case NATIVE_RESULT_ESTIMATE:
        return plain(call, ELEM_REAL, true);
    case NATIVE_RESULT_ESTIMATE_LESS:
        call->type->elem = ELEM_REAL;
        call->type->estimate = 1;
        return less_dims(call);
    case NATIVE_RESULT_NUMERIC_PLUS:
        call->type->elem = numeric_elem(call);
        return plus_year(call);
    case NATIVE_RESULT_NUMERIC_LESS:
        call->type->elem = numeric_elem(call);
        return over_years(call) ? less_dims(call) : breaks(call, "native-dims");
    case NATIVE_RESULT_REAL_PLUS:
        call->type->elem = ELEM_REAL;
        return plus_year(call);
    case NATIVE_RESULT_SAME:
        return plain(call, ELEM_REAL, false) && same_as_first(call);
    case NATIVE_RESULT_SAME_ALONG: {
        bool one = call->dim_count == 1 &&
                   regtype_has_dim(call->type, (uint16_t)call->dims[0]);
        return one ? same_as_first(call) : breaks(call, "native-dims");
    }
    case NATIVE_RESULT_ESTIMATE_ALONG:
        return along(call, ELEM_REAL, true);
    case NATIVE_RESULT_REAL_ALONG:
        return along(call, ELEM_REAL, false);
    case NATIVE_RESULT_TEXT_ALONG:
        return along(call, ELEM_TEXT, false);
    case NATIVE_RESULT_TEXT_LESS:
        call->type->elem = ELEM_TEXT;
        return less_dims(call);
    case NATIVE_RESULT_REAL_LESS:
        return without_dims(call, ELEM_REAL);
    case NATIVE_RESULT_DATE_LESS:
        return without_dims(call, ELEM_DATE);
    case NATIVE_RESULT_REAL_FOR:
        call->type->elem = ELEM_REAL;
        return one_dim_for_another(call);
    case NATIVE_RESULT_BOOL:
        return plain(call, ELEM_BOOL, false);
    case NATIVE_RESULT_DATE:
        return plain(call, ELEM_DATE, false);
    case NATIVE_RESULT_EXACT:
        return plain(call, ELEM_EXACT, false);
    case NATIVE_RESULT_YEAR:
        return plain(call, ELEM_YEAR, false);
    case NATIVE_RESULT_REAL:
        return plain(call, ELEM_REAL, false);
    case NATIVE_RESULT_TEXT:
        return plain(call, ELEM_TEXT, false);
    }
    return false;
}

bool native_result_type(const Module *module, uint32_t native, const Reg *registers,
                        uint32_t register_count, const uint32_t *dims, uint32_t dim_count,
                        RegType *type, Slice *broken_rule) {
    Call call = {.module = module,         .info = &natives[native],
                 .registers = registers,   .register_count = register_count,
                 .dims = dims,             .dim_count = dim_count,
                 .type = type};
    *type = (RegType){0};
    if (check_arity(&call) && join_registers(&call) && apply_rule(&call)) return true;
    *broken_rule = call.broken;
    return false;
}
