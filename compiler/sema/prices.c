/* Cash and real: amounts restated by the plan's deflator. */
#include "compiler/sema/forms.h"

#include "runtime/base/date.h"

Node *deflator_index(Compilation *c, const Scope *scope, Span span) {
    Value *deflator = c->plan ? value_member(c, scope, decl_itself(c, c->plan),
                                             intern(c->interner, SLICE("deflator")), span)
                              : value_new(c, VALUE_MISSING, span);
    deflator = value_strip(c, deflator);
    if (deflator->sort == VALUE_NODE) return deflator->node;
    if (deflator->sort != VALUE_POISON)
        sema_error(c, scope, DIAG_MISSING_CLAUSE, span,
                   "the plan names no deflator: add `deflator nhs.deflators.gdp` to it");
    return NULL;
}

Node *deflator_at(Compilation *c, const Scope *scope, Node *index, int32_t year, Span span) {
    const ModuleDim *years = &c->module->dims.items[index->type.dims[0]];
    int32_t member = year - years->first;
    if (member >= 0 && (uint32_t)member < years->member_count)
        return index_member(c, index, index->type.dims[0], (uint32_t)member, span);
    sema_error(c, scope, DIAG_OUT_OF_RANGE, span, "the plan's deflator has no value for %.*s",
               SLICE_FMT(financial_year_format(c->arena, year)));
    return NULL;
}

Node *deflator_over_horizon(Compilation *c, const Scope *scope, Node *index, Span span) {
    if (!c->has_horizon) return NULL;
    uint32_t count = c->module->dims.items[c->horizon_dim].member_count;
    Node **members = ARENA_NEW_ARRAY(c->arena, Node *, count);
    for (uint32_t i = 0; i < count; i++) {
        members[i] = deflator_at(c, scope, index, c->horizon_first + (int32_t)i, span);
        if (!members[i]) return NULL;
    }
    return stack(c, c->horizon_dim, members, count, members[0]->type, span);
}

/* An amount at the prices of another year, as money of its own year, by the plan's deflator. */
Value *form_cash(Compilation *c, const Scope *scope, const Expr *call) {
    Node *node = elaborate_node(c, scope, call_argument(c, scope, call, 0));
    if (!node) return value_poison(c);
    if (node->type.price != PRICE_REAL) return value_from_node(c, node);
    Node *index = deflator_index(c, scope, call->span);
    if (!index) return value_poison(c);
    Node *base = deflator_at(c, scope, index, node->type.price_year, call->span);
    Node *years = deflator_over_horizon(c, scope, index, call->span);
    Node *result = operate(c, scope, OP_DIV, operate(c, scope, OP_MUL, node, years, call->span),
                           base, call->span);
    if (result) {
        result->type.price = PRICE_CASH;
        result->type.price_year = 0;
    }
    return value_from_node(c, result);
}
