/* Nodes to instructions, each once for every context it is asked for in. */
#include "compiler/lower/lower.h"

#include <stdio.h>
#include <string.h>

#include "runtime/bytecode/natives.h"
#include "runtime/bytecode/verify.h"
#include "runtime/stats/estimate.h"

enum { CODE_LIMIT = 4 << 20, DEPTH_LIMIT = 4000, CONTEXT_LIMIT = 4000 };

/* ---- Emitting ----------------------------------------------------------------------- */

/* What an instruction refuses although every part of it was checked: too many cells, or measures
 * whose dimensions met only here. Anything else is a fault of the checker, unless it has said
 * that the plan is wrong. */
static void ill_formed(Lowering *l, Slice rule, Span span) {
    if (slice_starts_with(rule, SLICE("register-too-large")) ||
        slice_starts_with(rule, SLICE("query-too-large"))) {
        sema_error(l->c, &l->at, DIAG_LIMIT_REACHED, span,
                   "this value has too many cells: at most %u", MODULE_MAX_CELLS);
    } else if (slice_starts_with(rule, SLICE("too-many-dims"))) {
        sema_error(l->c, &l->at, DIAG_LIMIT_REACHED, span, "a value has at most %d dimensions",
                   MODULE_MAX_DIMS);
    } else if (!diag_bag_count(l->c->diags, SEVERITY_ERROR)) {
        char message[160];
        snprintf(message, sizeof message, "the checker let through what breaks the rule %.*s",
                 SLICE_FMT(rule));
        boundary_leave(l->c->arena->boundary, SCP_FAULT, message);
    }
}

static Reg append(Lowering *l, Instr instr) {
    Module *module = l->module;
    Slice rule = {0};
    if (module->code.count >= CODE_LIMIT) {
        if (!l->c->limit_said)
            sema_error(l->c, &l->at, DIAG_LIMIT_REACHED, instr.span,
                       "the plan unfolds into more than %d steps: the limit", CODE_LIMIT);
        l->c->limit_said = true;
        return MODULE_NONE;
    }
    if (!instr_result_type(module, &instr, &instr.type, &rule)) {
        ill_formed(l, rule, instr.span);
        return MODULE_NONE;
    }
    VEC_PUSH(module->arena, &module->code, instr);
    return module->code.count - 1;
}

Reg emit(Lowering *l, Opcode op, uint32_t a, uint32_t b, uint32_t c, Span span) {
    return append(l, (Instr){.op = (uint8_t)op, .a = a, .b = b, .c = c, .span = span});
}

Reg emit_variadic(Lowering *l, Opcode op, uint32_t a, const uint32_t *args, uint32_t count,
                  Span span) {
    uint32_t first = l->module->args.count;
    for (uint32_t i = 0; i < count; i++) VEC_PUSH(l->module->arena, &l->module->args, args[i]);
    return emit(l, op, a, first, count, span);
}

static bool same_const(const ModuleConst *a, const ModuleConst *b) {
    return a->sort == b->sort && a->elem == b->elem && a->integer == b->integer &&
           a->dim == b->dim && a->real == b->real && slice_equal(a->text, b->text) &&
           (a->sort != CONST_EXACT || exact_compare(a->exact, b->exact) == 0);
}

static uint64_t const_hash(const ModuleConst *constant) {
    uint64_t hash = pool_mix(constant->sort, constant->elem);
    hash = pool_mix(hash, (uint64_t)constant->integer);
    hash = pool_mix(hash, constant->dim);
    if (constant->sort == CONST_EXACT) {
        hash = pool_mix(hash, (uint64_t)constant->exact.num);
        return pool_mix(hash, (uint64_t)constant->exact.den);
    }
    return constant->text.length ? pool_mix(hash, hash_bytes(constant->text, 0)) : hash;
}

Reg emit_const(Lowering *l, ModuleConst constant, Span span) {
    Module *module = l->module;
    if (constant.sort != CONST_EXACT) constant.exact = EXACT_ZERO;
    uint64_t hash = const_hash(&constant);
    for (uint32_t i = pool_first(&l->consts, hash); i != POOL_END; i = pool_older(&l->consts, i)) {
        if (same_const(&module->consts.items[i], &constant))
            return emit(l, OPCODE_CONST, i, 0, 0, span);
    }
    pool_add(&l->consts, hash);
    VEC_PUSH(module->arena, &module->consts, constant);
    return emit(l, OPCODE_CONST, module->consts.count - 1, 0, 0, span);
}

static const RegType *type_at(const Lowering *l, Reg reg) {
    return &l->module->code.items[reg].type;
}

static bool is_absent_const(const Lowering *l, Reg reg) {
    const Instr *instr = &l->module->code.items[reg];
    return instr->op == OPCODE_CONST && l->module->consts.items[instr->a].sort == CONST_ABSENT;
}

/* An absent constant of the element type wanted; else the value as a double. */
static Reg convert(Lowering *l, Reg reg, ElemType elem, Span span) {
    if (reg == MODULE_NONE || type_at(l, reg)->elem == elem) return reg;
    if (is_absent_const(l, reg)) {
        ModuleConst constant = l->module->consts.items[l->module->code.items[reg].a];
        constant.elem = elem;
        return emit_const(l, constant, span);
    }
    if (elem == ELEM_REAL) return emit(l, OPCODE_TO_REAL, reg, 0, 0, span);
    if (elem == ELEM_EXACT) return emit(l, OPCODE_TO_EXACT, reg, 0, 0, span);
    return reg;
}

static bool numeric(ElemType elem) {
    return elem == ELEM_REAL || elem == ELEM_EXACT;
}

/* Registers of one element type: doubles where any is. */
static bool unify(Lowering *l, Reg *regs, uint32_t count, Span span) {
    ElemType elem = type_at(l, regs[0])->elem;
    bool settled = !is_absent_const(l, regs[0]);
    for (uint32_t i = 1; i < count; i++) {
        ElemType other = type_at(l, regs[i])->elem;
        if (is_absent_const(l, regs[i])) continue;
        if (!settled)
            elem = other;
        else if (numeric(elem) && numeric(other) && other == ELEM_REAL)
            elem = ELEM_REAL;
        settled = true;
    }
    for (uint32_t i = 0; i < count; i++) {
        regs[i] = convert(l, regs[i], elem, span);
        if (regs[i] == MODULE_NONE) return false;
    }
    return true;
}

/* ---- Contexts ----------------------------------------------------------------------- */

static bool context_equal(const Context *a, const Context *b) {
    if (a->dim_count != b->dim_count || a->year != b->year) return false;
    for (int i = 0; i < a->dim_count; i++) {
        if (a->dims[i] != b->dims[i]) return false;
    }
    return true;
}

static uint32_t context_id(Lowering *l, const Context *context) {
    for (uint32_t i = 0; i < l->contexts.count; i++) {
        if (context_equal(&l->contexts.items[i], context)) return i;
    }
    VEC_PUSH(l->c->arena, &l->contexts, *context);
    return l->contexts.count - 1;
}

static bool context_has(const Context *context, uint16_t dim) {
    for (int i = 0; i < context->dim_count; i++) {
        if (context->dims[i] == dim) return true;
    }
    return false;
}

static bool widen(Lowering *l, Context *context, const uint16_t *dims, int count, Span span) {
    for (int i = 0; i < count; i++) {
        if (context_has(context, dims[i])) {
            sema_error(l->c, &l->at, DIAG_DIMENSION_MISMATCH, span,
                       "%.*s is asked for already: it cannot be taken across as well",
                       SLICE_FMT(l->module->dims.items[dims[i]].name));
            return false;
        }
        if (context->dim_count == MODULE_MAX_DIMS) return false;
        context->dims[context->dim_count++] = dims[i];
    }
    return true;
}

/* Natives that take a dimension out of their arguments, or run along one. */
static bool taken_across(const NativeInfo *info) {
    switch (info->result) {
    case NATIVE_RESULT_ESTIMATE_LESS:
    case NATIVE_RESULT_ESTIMATE_ALONG:
    case NATIVE_RESULT_REAL_ALONG:
    case NATIVE_RESULT_TEXT_ALONG:
    case NATIVE_RESULT_TEXT_LESS:
    case NATIVE_RESULT_REAL_LESS:
    case NATIVE_RESULT_REAL_FOR: return true;
    default: return false;
    }
}

/* A measure is taken with the dims of the node that asks; those it has anyway need no asking. */
static bool widen_for(Lowering *l, Context *context, const Node *arg, const Node *node) {
    if (!arg->type.measure) return true;
    for (int i = 0; i < node->dim_count; i++) {
        bool own = false;
        for (int d = 0; d < arg->type.dim_count; d++) own |= arg->type.dims[d] == node->dims[i];
        if (!own && !widen(l, context, &node->dims[i], 1, node->span)) return false;
    }
    return true;
}

static bool measure_splits(Lowering *l, const Node *node, uint16_t dim);

/* ---- Nodes -------------------------------------------------------------------------- */

static bool type_has(const Type *type, uint16_t dim) {
    for (int i = 0; i < type->dim_count; i++) {
        if (type->dims[i] == dim) return true;
    }
    return false;
}

static bool any_splits(Lowering *l, const Node *node, uint16_t dim) {
    DimSort sort = l->module->dims.items[dim].sort;
    if (node->sort == NODE_AGG) return splits_by(l, node->table, dim);
    /* what is taken at one year is the same number whatever year it meets */
    if (node->sort == NODE_AT && node->integer && sort >= DIM_YEAR && sort <= DIM_WEEK)
        return false;
    for (int i = 0; node->sort == NODE_TOTAL && i < node->dim_count; i++) {
        if (node->dims[i] == dim) return false;
    }
    for (uint32_t i = 0; i < node->arg_count; i++) {
        if (measure_splits(l, node->args[i], dim)) return true;
    }
    return false;
}

/* Whether something that the measure counts can be split by the dimension. */
static bool measure_splits(Lowering *l, const Node *node, uint16_t dim) {
    if (!node->type.measure) return false;
    uint64_t found, key = lower_key(node, dim);
    if (hashmap_get(&l->splits, key, &found)) return found;
    bool splits = any_splits(l, node, dim);
    hashmap_put(&l->splits, key, splits);
    return splits;
}

/* A measure that meets an array is taken with the array's dimensions as well. */
static bool widen_to_meet(Lowering *l, Context *context, const Node *arg, const Node *node) {
    for (uint32_t i = 0; arg->type.measure && i < node->arg_count; i++) {
        const Type *other = &node->args[i]->type;
        for (int d = 0; d < other->dim_count; d++) {
            uint16_t dim = other->dims[d];
            if (type_has(&arg->type, dim) || context_has(context, dim)) continue;
            if (measure_splits(l, arg, dim) && !widen(l, context, &dim, 1, node->span))
                return false;
        }
    }
    return true;
}

static Reg lower_args(Lowering *l, const Node *node, const Context *context, Reg *regs) {
    for (uint32_t i = 0; i < node->arg_count; i++) {
        Context inner = *context;
        if (!widen_to_meet(l, &inner, node->args[i], node)) return MODULE_NONE;
        regs[i] = lower_node(l, node->args[i], &inner);
        if (regs[i] == MODULE_NONE) return MODULE_NONE;
    }
    return 0;
}

static Reg lower_op(Lowering *l, const Node *node, const Context *context) {
    Reg regs[3] = {0, 0, 0};
    if (lower_args(l, node, context, regs) == MODULE_NONE) return MODULE_NONE;
    if (node->op == OPCODE_POW)
        return emit(l, OPCODE_POW, regs[0], (uint32_t)(node->integer + INSTR_POW_BIAS), 0,
                    node->span);
    bool select = node->op == OPCODE_SELECT;
    if ((select || node->arg_count == 2) && !unify(l, select ? regs + 1 : regs, 2, node->span))
        return MODULE_NONE;
    Reg result = emit(l, (Opcode)node->op, regs[0], regs[1], regs[2], node->span);
    if (result != MODULE_NONE && node->when_condition)
        return emit(l, OPCODE_TAKEN, result, 0, 0, node->span);
    return result;
}

static Reg lower_reduce(Lowering *l, const Node *node, const Context *context) {
    Context inner = *context;
    const Node *arg = node->args[0];
    if (arg->type.measure && node->op != OPCODE_CUMULATE) {
        for (int i = 0; i < node->dim_count; i++) {
            bool own = false;
            for (int d = 0; d < arg->type.dim_count; d++) own |= arg->type.dims[d] == node->dims[i];
            if (!own && !widen(l, &inner, &node->dims[i], 1, node->span)) return MODULE_NONE;
        }
    }
    Reg reg = lower_node(l, arg, &inner);
    for (int i = 0; i < node->dim_count && reg != MODULE_NONE; i++) {
        if (!regtype_has_dim(type_at(l, reg), node->dims[i])) continue;
        reg = emit(l, (Opcode)node->op, reg, node->dims[i], 0, node->span);
    }
    return reg;
}

/* ---- Members of a stack --------------------------------------------------------------- */

static Reg repeated_true(Lowering *l, const RegType *dims, Span span) {
    ModuleConst truth = {.sort = CONST_BOOL, .elem = ELEM_BOOL, .integer = 1};
    Reg reg = emit_const(l, truth, span);
    for (int i = dims->dim_count - 1; i >= 0 && reg != MODULE_NONE; i--) {
        uint32_t count = l->module->dims.items[dims->dims[i]].member_count;
        uint32_t *args = ARENA_NEW_ARRAY(l->c->arena, uint32_t, count);
        for (uint32_t m = 0; m < count; m++) args[m] = reg;
        reg = emit_variadic(l, OPCODE_STACK, dims->dims[i], args, count, span);
    }
    return reg;
}

/* The members of a stack have the same dimensions in the same order: one that lacks a dimension
 * is repeated along it. */
static bool line_up(Lowering *l, Reg *regs, uint32_t count, Span span) {
    RegType all = *type_at(l, regs[0]);
    bool same = true;
    for (uint32_t i = 1; i < count; i++) {
        const RegType *type = type_at(l, regs[i]);
        same &= type->dim_count == all.dim_count &&
                !memcmp(type->dims, all.dims, all.dim_count * sizeof all.dims[0]);
        for (int d = 0; d < type->dim_count; d++) {
            if (regtype_has_dim(&all, type->dims[d])) continue;
            if (all.dim_count == MODULE_MAX_DIMS) return false;
            all.dims[all.dim_count++] = type->dims[d];
        }
    }
    Reg mask = same ? 0 : repeated_true(l, &all, span);
    for (uint32_t i = 0; i < count && !same && mask != MODULE_NONE; i++) {
        regs[i] = emit(l, OPCODE_SELECT, mask, regs[i], regs[i], span);
        if (regs[i] == MODULE_NONE) return false;
    }
    return mask != MODULE_NONE;
}

static Reg lower_stack(Lowering *l, const Node *node, const Context *context) {
    Reg *regs = ARENA_NEW_ARRAY(l->c->arena, Reg, node->arg_count);
    if (!node->arg_count || lower_args(l, node, context, regs) == MODULE_NONE) return MODULE_NONE;
    if (!unify(l, regs, node->arg_count, node->span)) return MODULE_NONE;
    if (!line_up(l, regs, node->arg_count, node->span)) return MODULE_NONE;
    return emit_variadic(l, OPCODE_STACK, node->dims[0], regs, node->arg_count, node->span);
}

static ElemType wanted_elem(char letter, const Lowering *l, Reg reg) {
    switch (letter) {
    case 'r': return ELEM_REAL;
    case 'e': return ELEM_EXACT;
    default: return type_at(l, reg)->elem;
    }
}

static char letter_of(const NativeInfo *info, uint32_t position) {
    size_t length = 0;
    while (info->registers[length]) length++;
    if (!length) return 'n';
    if (info->pairs) return info->registers[position % length];
    return info->registers[position < length ? position : length - 1];
}

static Reg lower_call(Lowering *l, const Node *node, const Context *context) {
    const NativeInfo *info = native_info(node->op);
    uint32_t count = node->arg_count,
             *args = ARENA_NEW_ARRAY(l->c->arena, uint32_t, 1 + count + node->dim_count);
    args[0] = count;
    for (uint32_t i = 0; i < count; i++) {
        Context inner = *context;
        Node taken = *node; /* the second dim of two that stand for each other is the result's */
        if (info->result == NATIVE_RESULT_REAL_FOR) taken.dim_count = 1;
        if (taken_across(info) && !widen_for(l, &inner, node->args[i], &taken)) return MODULE_NONE;
        if (!widen_to_meet(l, &inner, node->args[i], node)) return MODULE_NONE;
        Reg reg = lower_node(l, node->args[i], &inner);
        if (reg == MODULE_NONE) return MODULE_NONE;
        args[1 + i] = convert(l, reg, wanted_elem(letter_of(info, i), l, reg), node->span);
        if (args[1 + i] == MODULE_NONE) return MODULE_NONE;
    }
    for (int i = 0; i < node->dim_count; i++) args[1 + count + (uint32_t)i] = node->dims[i];
    return emit_variadic(l, OPCODE_CALL, node->op, args, 1 + count + node->dim_count, node->span);
}

static Reg lower_total(Lowering *l, const Node *node, const Context *context) {
    Context inner = {.year = context->year};
    for (int i = 0; i < context->dim_count; i++) {
        bool dropped = false;
        for (int d = 0; d < node->dim_count; d++) dropped |= node->dims[d] == context->dims[i];
        if (!dropped) inner.dims[inner.dim_count++] = context->dims[i];
    }
    return lower_node(l, node->args[0], &inner);
}

/* The dimensions asked for, in the order they were written, then those the value has anyway; it
 * is repeated along those it lacks. */
static Reg lower_by(Lowering *l, const Node *node, const Context *context) {
    Context inner = {.year = context->year, .dim_count = node->dim_count};
    for (int i = 0; i < node->dim_count; i++) inner.dims[i] = node->dims[i];
    Reg reg = lower_node(l, node->args[0], &inner);
    if (reg == MODULE_NONE) return reg;
    RegType wanted = {.dim_count = node->dim_count}, has = *type_at(l, reg);
    memcpy(wanted.dims, node->dims, node->dim_count * sizeof node->dims[0]);
    if (!regtype_union_dims(&wanted, &has)) return MODULE_NONE;
    if (wanted.dim_count == has.dim_count &&
        !memcmp(wanted.dims, has.dims, has.dim_count * sizeof has.dims[0]))
        return reg;
    Reg mask = repeated_true(l, &wanted, node->span);
    return mask == MODULE_NONE ? mask : emit(l, OPCODE_SELECT, mask, reg, reg, node->span);
}

static Reg lower_text(Lowering *l, const Node *node, const Context *context) {
    Reg *regs = ARENA_NEW_ARRAY(l->c->arena, Reg, node->arg_count + 1);
    if (lower_args(l, node, context, regs) == MODULE_NONE) return MODULE_NONE;
    return emit_variadic(l, OPCODE_CONCAT, 0, regs, node->arg_count, node->span);
}

static Reg lower_const(Lowering *l, const Node *node) {
    ModuleConst constant = node->constant;
    if (constant.sort == CONST_CODE) constant.elem = ELEM_CODE;
    return emit_const(l, constant, node->span);
}

static Reg lower_fresh(Lowering *l, const Node *node, const Context *context) {
    Context inner = *context;
    Reg reg;
    switch (node->sort) {
    case NODE_CONST: return lower_const(l, node);
    case NODE_OP: return lower_op(l, node, context);
    case NODE_REDUCE: return lower_reduce(l, node, context);
    case NODE_INDEX:
        if (!widen_for(l, &inner, node->args[0], node)) return MODULE_NONE;
        reg = lower_node(l, node->args[0], &inner);
        return reg == MODULE_NONE
                   ? reg
                   : emit(l, OPCODE_INDEX, reg, node->dims[0], node->member, node->span);
    case NODE_STACK: return lower_stack(l, node, context);
    case NODE_CALL: return lower_call(l, node, context);
    case NODE_TOTAL: return lower_total(l, node, context);
    case NODE_AT:
        if (node->integer) inner.year = (int32_t)node->integer;
        return lower_node(l, node->args[0], &inner);
    case NODE_BY: return lower_by(l, node, context);
    case NODE_MEASURED: return emit(l, OPCODE_MEASURED, node->member, 0, 0, node->span);
    case NODE_AGG: return lower_aggregate(l, node, context);
    case NODE_TEXT: return lower_text(l, node, context);
    case NODE_FORMAT:
        reg = lower_node(l, node->args[0], context);
        return reg == MODULE_NONE
                   ? reg
                   : emit(l, OPCODE_FORMAT, reg, node->unit, node->member, node->span);
    case NODE_COLUMN:
    case NODE_ROW_TABLE:
    case NODE_RANKED:
    case NODE_ROW_DATE: break;
    }
    sema_error(l->c, &l->at, DIAG_PERSONAL_DATA_LEAK, node->span,
               "a value of one person stands only inside an aggregate over people");
    return MODULE_NONE;
}

/* Pieces of an arena lie 16 bytes apart, and addresses have up to 52 bits. */
uint64_t lower_key(const Node *node, uint32_t context) {
    return (uint64_t)context << 48 | (uint64_t)(uintptr_t)node >> 4;
}

static bool too_much(Lowering *l, const Node *node) {
    if (l->depth < DEPTH_LIMIT && l->contexts.count < CONTEXT_LIMIT) return false;
    if (!l->c->limit_said)
        sema_error(l->c, &l->at, DIAG_LIMIT_REACHED, node->span,
                   l->depth < DEPTH_LIMIT
                       ? "measures are asked for in more than %d ways: the limit"
                       : "values rest on each other more than %d deep: the limit",
                   l->depth < DEPTH_LIMIT ? CONTEXT_LIMIT : DEPTH_LIMIT);
    l->c->limit_said = true;
    return true;
}

/* Nodes are shared, and each is lowered once in a context. */
Reg lower_node(Lowering *l, const Node *node, const Context *context) {
    uint64_t found, key = lower_key(node, context_id(l, context));
    if (hashmap_get(&l->memo, key, &found)) return (Reg)found;
    if (too_much(l, node)) return MODULE_NONE;
    l->depth++;
    Reg reg = lower_fresh(l, node, context);
    l->depth--;
    hashmap_put(&l->memo, key, reg);
    return reg;
}
