/* The result rules of opcodes.def: what type an instruction computes from the types of what it
 * reads. Decides nothing about values, and reads nothing of a module that it has not first
 * found to be in range, so that it serves an untrusted one. */
#include "runtime/bytecode/verify.h"

#include <string.h>

#include "runtime/bytecode/instr.h"
#include "runtime/bytecode/natives.h"

/* ---- Types as values ----------------------------------------------------------------- */

bool regtype_has_dim(const RegType *type, uint16_t dim) {
    for (unsigned i = 0; i < type->dim_count; i++)
        if (type->dims[i] == dim) return true;
    return false;
}

bool regtype_union_dims(RegType *type, const RegType *other) {
    for (unsigned i = 0; i < other->dim_count; i++) {
        if (regtype_has_dim(type, other->dims[i])) continue;
        if (type->dim_count == MODULE_MAX_DIMS) return false;
        type->dims[type->dim_count++] = other->dims[i];
    }
    return true;
}

bool regtype_remove_dim(RegType *type, uint16_t dim) {
    unsigned kept = 0;
    for (unsigned i = 0; i < type->dim_count; i++)
        if (type->dims[i] != dim) type->dims[kept++] = type->dims[i];
    bool had = kept < type->dim_count;
    for (unsigned i = kept; i < type->dim_count; i++) type->dims[i] = 0;
    type->dim_count = (uint8_t)kept;
    return had;
}

bool regtype_equal(const RegType *a, const RegType *b) {
    if (a->elem != b->elem || a->label != b->label || a->estimate != b->estimate) return false;
    if (a->elem == ELEM_CODE && a->code_dim != b->code_dim) return false;
    return a->dim_count == b->dim_count &&
           !memcmp(a->dims, b->dims, a->dim_count * sizeof a->dims[0]);
}

uint64_t regtype_cells(const Module *module, const RegType *type) {
    uint64_t cells = 1;
    for (unsigned i = 0; i < type->dim_count; i++) {
        uint64_t members = module->dims.items[type->dims[i]].member_count;
        if (members && cells > UINT64_MAX / members) return UINT64_MAX;
        cells *= members;
    }
    return cells;
}

static bool is_number(const RegType *type) {
    return type->elem == ELEM_REAL || type->elem == ELEM_EXACT;
}

static bool is_ordered(const RegType *type) {
    return is_number(type) || type->elem == ELEM_DATE || type->elem == ELEM_YEAR ||
           type->elem == ELEM_CODE;
}

static bool same_elem(const RegType *a, const RegType *b) {
    return a->elem == b->elem && (a->elem != ELEM_CODE || a->code_dim == b->code_dim);
}

static uint8_t join_label(uint8_t a, uint8_t b) { return a > b ? a : b; }

/* ---- One instruction --------------------------------------------------------------------- */

/* What is being typed; every helper that fails names the rule and gives false. */
typedef struct {
    const Module *module;
    const Instr *instr;
    RegType *type;
    Slice broken;
} Typing;

static bool breaks(Typing *t, const char *rule) {
    t->broken = slice_of(rule);
    return false;
}

static const RegType *operand(const Typing *t, Reg reg) { return &t->module->code.items[reg].type; }

static bool reg_defined(Typing *t, Reg reg) {
    return reg < t->module->code.count || breaks(t, "register-not-yet-defined");
}

static bool dim_exists(Typing *t, uint32_t dim) {
    return dim < t->module->dims.count || breaks(t, "dim-out-of-range");
}

/* The instruction's arguments, c of them from b on, lie within the argument table. */
static bool args_exist(Typing *t) {
    uint64_t end = (uint64_t)t->instr->b + t->instr->c;
    return end <= t->module->args.count || breaks(t, "argument-out-of-range");
}

/* Makes the result `elem` over the union of dims, joining labels; starts from operand a. */
static bool start_from(Typing *t, Reg reg) {
    if (!reg_defined(t, reg)) return false;
    *t->type = *operand(t, reg);
    return true;
}

static bool join_with(Typing *t, Reg reg) {
    if (!reg_defined(t, reg)) return false;
    t->type->label = join_label(t->type->label, operand(t, reg)->label);
    return regtype_union_dims(t->type, operand(t, reg)) || breaks(t, "too-many-dims");
}

static void become(Typing *t, ElemType elem) {
    t->type->elem = (uint8_t)elem;
    t->type->estimate = 0;
    t->type->code_dim = 0;
}

static bool type_const(Typing *t) {
    static const uint8_t elems[] = {
        [CONST_BOOL] = ELEM_BOOL, [CONST_REAL] = ELEM_REAL, [CONST_EXACT] = ELEM_EXACT,
        [CONST_DATE] = ELEM_DATE, [CONST_YEAR] = ELEM_YEAR, [CONST_CODE] = ELEM_CODE,
        [CONST_TEXT] = ELEM_TEXT};
    if (t->instr->a >= t->module->consts.count) return breaks(t, "constant-out-of-range");
    const ModuleConst *constant = &t->module->consts.items[t->instr->a];
    if ((unsigned)constant->sort > CONST_ABSENT || (unsigned)constant->elem > ELEM_TEXT)
        return breaks(t, "constant-type");
    *t->type = (RegType){0};
    t->type->elem =
        constant->sort == CONST_ABSENT ? (uint8_t)constant->elem : elems[constant->sort];
    if (t->type->elem == ELEM_CODE) t->type->code_dim = constant->dim;
    return true;
}

static bool type_query(Typing *t) {
    if (t->instr->a >= t->module->queries.count) return breaks(t, "query-out-of-range");
    const StrataQuery *query = &t->module->queries.items[t->instr->a];
    if (query->dim_count > MODULE_MAX_DIMS) return breaks(t, "query-dims");
    *t->type = (RegType){.elem = ELEM_REAL, .label = LABEL_AGGREGATE, .dim_count = query->dim_count};
    if ((query->agg == AGG_ORDERED) != (t->instr->op == OPCODE_SPREAD))
        return breaks(t, "query-ordered");
    memcpy(t->type->dims, query->dims, query->dim_count * sizeof query->dims[0]);
    return true;
}

static bool type_measured(Typing *t) {
    if (t->instr->a >= t->module->measured.count) return breaks(t, "series-out-of-range");
    const ModuleMeasured *series = &t->module->measured.items[t->instr->a];
    if (!dim_exists(t, series->dim)) return false;
    *t->type = (RegType){.elem = ELEM_REAL, .label = LABEL_RELEASED, .estimate = series->estimate,
                         .dim_count = 1, .dims = {series->dim}};
    return true;
}

static bool type_spread(Typing *t) {
    if (!type_query(t) || !reg_defined(t, t->instr->c)) return false;
    const RegType *parameter = operand(t, t->instr->c);
    if (t->instr->b > MODULE_SPREAD_LAST) return breaks(t, "number-out-of-range");
    if (!is_number(parameter)) return breaks(t, "operand-type");
    if (parameter->dim_count) return breaks(t, "operand-not-scalar");
    t->type->estimate = 1;
    return true;
}

static bool type_numeric(Typing *t) {
    if (!start_from(t, t->instr->a) || !join_with(t, t->instr->b)) return false;
    if (!is_number(t->type) || operand(t, t->instr->b)->elem != t->type->elem)
        return breaks(t, "operand-type");
    t->type->estimate = 0;
    return true;
}

static bool type_same(Typing *t) {
    const Instr *instr = t->instr;
    if (!start_from(t, instr->a)) return false;
    t->type->estimate = 0;
    if (instr->op == OPCODE_NOT || instr->op == OPCODE_TAKEN)
        return t->type->elem == ELEM_BOOL || breaks(t, "operand-type");
    if (!is_number(t->type)) return breaks(t, "operand-type");
    if (instr->op == OPCODE_POW && instr->b > 2 * INSTR_POW_BIAS)
        return breaks(t, "number-out-of-range");
    if (instr->op == OPCODE_CUMULATE) {
        if (!dim_exists(t, instr->b)) return false;
        return regtype_has_dim(t->type, (uint16_t)instr->b) || breaks(t, "dim-not-in-operand");
    }
    return true;
}

static bool type_scale(Typing *t) {
    if (!start_from(t, t->instr->a) || !join_with(t, t->instr->b)) return false;
    const RegType *factor = operand(t, t->instr->b);
    if (t->type->elem != ELEM_REAL || factor->elem != ELEM_EXACT) return breaks(t, "operand-type");
    return !factor->dim_count || breaks(t, "operand-not-scalar");
}

static bool type_conversion(Typing *t, ElemType to) {
    if (!start_from(t, t->instr->a)) return false;
    bool from_bool = t->type->elem == ELEM_BOOL && to == ELEM_REAL;
    if (!is_number(t->type) && !from_bool) return breaks(t, "operand-type");
    become(t, to);
    return true;
}

static bool type_compare(Typing *t) {
    const Instr *instr = t->instr;
    if (!start_from(t, instr->a) || !join_with(t, instr->b)) return false;
    bool equality = instr->op == OPCODE_EQ || instr->op == OPCODE_NE;
    if (!same_elem(t->type, operand(t, instr->b)) || (!equality && !is_ordered(t->type)))
        return breaks(t, "operand-type");
    become(t, ELEM_BOOL);
    return true;
}

static bool type_logic(Typing *t) {
    if (!start_from(t, t->instr->a)) return false;
    if (t->instr->op == OPCODE_IS_ABSENT) {
        become(t, ELEM_BOOL);
        return true;
    }
    if (!join_with(t, t->instr->b)) return false;
    bool bools = t->type->elem == ELEM_BOOL && operand(t, t->instr->b)->elem == ELEM_BOOL;
    return bools || breaks(t, "operand-type");
}

/* The element type of two alternatives into the result, which is an estimate where both are. */
static bool type_alternatives(Typing *t, Reg first, Reg second) {
    const RegType *one = operand(t, first), *other = operand(t, second);
    if (!same_elem(one, other)) return breaks(t, "operand-type");
    t->type->elem = one->elem;
    t->type->code_dim = one->code_dim;
    t->type->estimate = one->estimate && other->estimate;
    return true;
}

static bool type_select(Typing *t) {
    const Instr *instr = t->instr;
    if (!start_from(t, instr->a)) return false;
    bool condition = t->type->elem == ELEM_BOOL;
    if (!join_with(t, instr->b)) return false;
    if (instr->op == OPCODE_OR_ELSE) return type_alternatives(t, instr->a, instr->b);
    if (!join_with(t, instr->c)) return false;
    if (!condition) return breaks(t, "operand-type");
    return type_alternatives(t, instr->b, instr->c);
}

static bool reduces(const Instr *instr, const RegType *type) {
    switch (instr->op) {
    case OPCODE_SUM:
        return is_number(type);
    case OPCODE_MIN:
    case OPCODE_MAX:
        return is_ordered(type);
    default:
        return type->elem == ELEM_BOOL;
    }
}

static bool type_reduce(Typing *t) {
    const Instr *instr = t->instr;
    if (!start_from(t, instr->a) || !dim_exists(t, instr->b)) return false;
    if (!reduces(instr, t->type)) return breaks(t, "operand-type");
    t->type->estimate = 0;
    return regtype_remove_dim(t->type, (uint16_t)instr->b) || breaks(t, "dim-not-in-operand");
}

static bool type_index(Typing *t) {
    const Instr *instr = t->instr;
    if (!start_from(t, instr->a) || !dim_exists(t, instr->b)) return false;
    if (!regtype_remove_dim(t->type, (uint16_t)instr->b)) return breaks(t, "dim-not-in-operand");
    bool member = instr->c < t->module->dims.items[instr->b].member_count;
    return member || breaks(t, "member-out-of-range");
}

static bool same_dims(const RegType *a, const RegType *b) {
    return a->dim_count == b->dim_count &&
           !memcmp(a->dims, b->dims, a->dim_count * sizeof a->dims[0]);
}

static bool type_stack(Typing *t) {
    const Instr *instr = t->instr;
    if (!dim_exists(t, instr->a) || !args_exist(t)) return false;
    if (!instr->c || instr->c != t->module->dims.items[instr->a].member_count)
        return breaks(t, "stack-count");
    const uint32_t *args = t->module->args.items + instr->b;
    if (!start_from(t, args[0])) return false;
    for (uint32_t i = 1; i < instr->c; i++) {
        if (!reg_defined(t, args[i])) return false;
        const RegType *type = operand(t, args[i]);
        if (!same_elem(t->type, type)) return breaks(t, "operand-type");
        if (!same_dims(t->type, type)) return breaks(t, "dims-not-aligned");
        t->type->label = join_label(t->type->label, type->label);
        t->type->estimate = t->type->estimate && type->estimate;
    }
    uint16_t dim = (uint16_t)instr->a;
    if (regtype_has_dim(t->type, dim)) return breaks(t, "dim-twice");
    if (t->type->dim_count == MODULE_MAX_DIMS) return breaks(t, "too-many-dims");
    memmove(t->type->dims + 1, t->type->dims, t->type->dim_count * sizeof dim);
    t->type->dims[0] = dim;
    t->type->dim_count++;
    return true;
}

static bool type_field(Typing *t) {
    if (!start_from(t, t->instr->a)) return false;
    if (!t->type->estimate) return breaks(t, "operand-type");
    become(t, ELEM_REAL);
    return true;
}

static bool type_format(Typing *t) {
    if (!start_from(t, t->instr->a)) return false;
    if (t->instr->b >= t->module->units.count) return breaks(t, "unit-out-of-range");
    if (t->instr->c > INSTR_FORMAT_LAST) return breaks(t, "number-out-of-range");
    become(t, ELEM_TEXT);
    return true;
}

static bool type_concat(Typing *t) {
    if (!args_exist(t)) return false;
    *t->type = (RegType){.elem = ELEM_TEXT};
    for (uint32_t i = 0; i < t->instr->c; i++) {
        Reg reg = t->module->args.items[t->instr->b + i];
        if (!reg_defined(t, reg)) return false;
        if (operand(t, reg)->elem != ELEM_TEXT) return breaks(t, "operand-type");
        if (operand(t, reg)->dim_count) return breaks(t, "operand-not-scalar");
        t->type->label = join_label(t->type->label, operand(t, reg)->label);
    }
    return true;
}

static bool type_call(Typing *t) {
    const Instr *instr = t->instr;
    if (instr->a >= NATIVE_COUNT) return breaks(t, "native-out-of-range");
    if (!args_exist(t)) return false;
    const uint32_t *args = t->module->args.items + instr->b;
    if (!instr->c || args[0] > instr->c - 1) return breaks(t, "native-arity");
    for (uint32_t i = 1; i <= args[0]; i++)
        if (!reg_defined(t, args[i])) return false;
    for (uint32_t i = args[0] + 1; i < instr->c; i++)
        if (!dim_exists(t, args[i])) return false;
    return native_result_type(t->module, instr->a, args + 1, args[0], args + 1 + args[0],
                              instr->c - 1 - args[0], t->type, &t->broken);
}

static bool type_instr(Typing *t) {
    if (t->instr->op >= OPCODE_COUNT) return breaks(t, "opcode-unknown");
    switch ((ResultRule)opcode_info(t->instr->op)->result) {
    case RESULT_KONST:
        return type_const(t);
    case RESULT_QUERY:
        return type_query(t);
    case RESULT_MEASURED:
        return type_measured(t);
    case RESULT_SPREAD:
        return type_spread(t);
    case RESULT_NUMERIC:
        return type_numeric(t);
    case RESULT_SAME:
        return t->instr->op == OPCODE_SCALE ? type_scale(t) : type_same(t);
    case RESULT_REAL:
        return type_conversion(t, ELEM_REAL);
    case RESULT_EXACT:
        return type_conversion(t, ELEM_EXACT);
    case RESULT_COMPARE:
        return type_compare(t);
    case RESULT_LOGIC:
        return type_logic(t);
    case RESULT_SELECT:
        return type_select(t);
    case RESULT_REDUCE:
        return type_reduce(t);
    case RESULT_INDEX:
        return type_index(t);
    case RESULT_STACK:
        return type_stack(t);
    case RESULT_TEXT:
        return t->instr->op == OPCODE_CONCAT ? type_concat(t) : type_format(t);
    case RESULT_FIELD:
        return type_field(t);
    case RESULT_NATIVE:
        return type_call(t);
    }
    return false;
}

bool instr_result_type(const Module *module, const Instr *instr, RegType *type,
                       Slice *broken_rule) {
    Typing typing = {.module = module, .instr = instr, .type = type};
    *type = (RegType){0};
    if (type_instr(&typing)) return true;
    *broken_rule = typing.broken;
    return false;
}
