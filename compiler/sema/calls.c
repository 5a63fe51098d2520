/* Calls: which form of the language (forms.def) or function of the library a name is; and the
 * forms that belong to no other subject. */
#include "compiler/sema/sema.h"

#include <stdio.h>

#include "compiler/sema/expressions.h"
#include "runtime/bytecode/natives.h"
#include "runtime/bytecode/verify.h"
#include "runtime/stats/estimate.h"

Value *form_or_else(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *first = call_argument(c, scope, call, 0),
               *second = call_argument(c, scope, call, 1);
    if (!first || !second) return value_poison(c);
    Value *value = elaborate_value(c, scope, first);
    if (value->sort == VALUE_MISSING) return elaborate(c, scope, second);
    if (value->sort != VALUE_NODE) return value;
    Node *other = elaborate_node(c, scope, second);
    return value_from_node(c, node_or_else(c, scope, value->node, other, call->span));
}

Value *form_cumulative(Compilation *c, const Scope *scope, const Expr *call) {
    Node *node = elaborate_node(c, scope, call_argument(c, scope, call, 0));
    if (!node) return value_poison(c);
    Node *running = node_new(c, NODE_REDUCE, node->type, call->span);
    running->op = OPCODE_CUMULATE;
    running->type.estimate = false;
    running->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    running->args[0] = node;
    running->arg_count = 1;
    for (int i = 0; i < node->type.dim_count; i++) {
        if (c->module->dims.items[node->type.dims[i]].sort == DIM_YEAR)
            running->dims[running->dim_count++] = node->type.dims[i];
    }
    return value_from_node(c, running->dim_count ? running : node);
}

Value *form_abs(Compilation *c, const Scope *scope, const Expr *call) {
    Node *node = elaborate_node(c, scope, call_argument(c, scope, call, 0));
    if (!node) return value_poison(c);
    Type type = node->type;
    type.estimate = false;
    return value_from_node(c, node_op(c, OPCODE_ABS, type, call->span, node, NULL, NULL));
}

/* working_days(8 after 2026-05-01 using bank_holidays): holidays are a list of dates. */
Value *form_working_days(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"after", "using", NULL};
    const Expr *after = call_label_value(c, call, "after"),
               *argument = call_argument(c, scope, call, 0);
    if (!argument || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    if (!after) {
        sema_error(c, scope, DIAG_MISSING_LABEL, call->span, "`working_days` wants `after` a date");
        return value_poison(c);
    }
    const Expr *using = call_label_value(c, call, "using");
    Value *holidays = using ? list_of(c, scope, using) : value_new(c, VALUE_LIST, call->span);
    if (holidays->sort == VALUE_POISON) return holidays;
    uint32_t count = 2 + holidays->list.count;
    Node **args = ARENA_NEW_ARRAY(c->arena, Node *, count);
    args[0] = elaborate_node(c, scope, argument);
    args[1] = elaborate_node(c, scope, after);
    for (uint32_t i = 0; i < holidays->list.count; i++)
        args[2 + i] = value_node(c, scope, holidays->list.items[i], using->span);
    for (uint32_t i = 0; i < count; i++) {
        if (!args[i]) return value_poison(c);
        if (args[i]->sort == NODE_CONST && args[i]->constant.sort == CONST_ABSENT)
            return value_from_node(
                c, node_absent(c, TYPE_DATE, ABSENT_MISSING, (Slice){0}, call->span));
    }
    return value_from_node(
        c, call_node(c, NATIVE_DATE_WORKING_DAYS, type_of(TYPE_DATE), call->span, args, count));
}

static const struct {
    const char *name;
    Value *(*elaborate)(Compilation *, const Scope *, const Expr *);
} forms[] = {
#define FORM(form, name, prose) {name, form_##form},
#include "compiler/sema/forms.def"
#undef FORM
};

/* ---- Functions ---------------------------------------------------------------------- */

static void unknown_function(Compilation *c, const Scope *scope, const Expr *call) {
    Span span = call->left->span;
    Slice name = source_map_text(c->sources, span);
    const Decl *decl = decl_find(c, call->left->atom);
    if (decl) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, span, "`%.*s` is %.*s, not a function",
                   SLICE_FMT(name), SLICE_FMT(with_article(c, decl->kind->name)));
        return;
    }
    Diag *diag = sema_error(c, scope, DIAG_UNDEFINED_NAME, span, "there is no function `%.*s`",
                            SLICE_FMT(name));
    static const char *const others[][2] = {{"average", "mean"},
                                            {"avg", "mean"},
                                            {"share", "proportion"},
                                            {"percentage", "proportion"},
                                            {"number", "count"}};
    Nearest nearest = {.wanted = name};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (slice_equal(name, slice_of(others[i][0]))) nearest.best = slice_of(others[i][1]);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        nearest_offer(&nearest, slice_of(forms[i].name));
    for (uint32_t i = 0; i < c->fns.count; i++)
        nearest_offer(&nearest, word(c, c->fns.items[i]->name));
    nearest_fix(c, diag, span, &nearest);
}

void forms_declare(Compilation *c) {
    hashmap_init(&c->form_names, c->arena);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        hashmap_put(&c->form_names, intern(c->interner, slice_of(forms[i].name)), i);
}

/* A function of a library is known in the files that use it. */
static bool is_visible(Compilation *c, const Scope *scope, const Decl *fn, const Expr *call) {
    if (file_sees(c, scope_file(c, scope), fn->unit_index)) return true;
    Slice library = c->files.items[fn->unit_index].name;
    Diag *diag = sema_error(c, scope, DIAG_UNDEFINED_NAME, call->left->span,
                            "the function `%.*s` is of the library `%.*s`, which this file does "
                            "not use",
                            SLICE_FMT(word(c, fn->name)), SLICE_FMT(library));
    use_fix(c, diag, scope_file(c, scope), library);
    return false;
}

Value *elaborate_call(Compilation *c, const Scope *scope, const Expr *call) {
    if (call->left->kind != EXPR_WORD) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, call->left->span,
                   "only a function's name may stand before parentheses");
        return value_poison(c);
    }
    uint64_t found;
    if (hashmap_get(&c->form_names, call->left->atom, &found))
        return forms[found].elaborate(c, scope, call);
    if (!hashmap_get(&c->fn_names, call->left->atom, &found)) {
        if (name_lost(c, call->left->atom)) return value_poison(c);
        unknown_function(c, scope, call);
        return value_poison(c);
    }
    Decl *fn = (Decl *)(uintptr_t)found;
    return is_visible(c, scope, fn, call) ? call_function(c, scope, fn, call) : value_poison(c);
}
