/* Cash and real: amounts restated by the plan's deflator, a number for each financial year.
 * Cash is of the year it falls in; real is at the prices of the year that the plan names. */
#include "compiler/sema/forms.h"

#include "runtime/base/date.h"

/* ---- What the plan says about prices ------------------------------------------------ */

static Value *plan_clause(Compilation *c, const Scope *scope, Slice name, Span span) {
    if (!c->plan) return value_new(c, VALUE_MISSING, span);
    Value *plan = decl_itself(c, c->plan);
    return value_strip(c, value_member(c, scope, plan, intern(c->interner, name), span));
}

static Node *plan_lacks(Compilation *c, const Scope *scope, Span span, const char *what) {
    sema_error(c, scope, DIAG_MISSING_CLAUSE, span, "%s", what);
    return NULL;
}

static bool is_by_year(const Compilation *c, const Node *node) {
    return node->type.dim_count == 1 && c->module->dims.items[node->type.dims[0]].sort == DIM_YEAR;
}

Node *deflator_index(Compilation *c, const Scope *scope, Span span) {
    Value *deflator = plan_clause(c, scope, SLICE("deflator"), span);
    if (deflator->sort == VALUE_POISON) return NULL;
    if (deflator->sort == VALUE_NODE && is_by_year(c, deflator->node)) return deflator->node;
    return plan_lacks(c, scope, span,
                      deflator->sort == VALUE_NODE
                          ? "the plan's deflator is not a table by financial year"
                          : "the plan names no deflator: add `deflator nhs.deflators.gdp` to it");
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
    if (!c->has_horizon) return plan_lacks(c, scope, span, "the plan has no horizon");
    uint32_t count = c->module->dims.items[c->horizon_dim].member_count;
    Node **members = ARENA_NEW_ARRAY(c->arena, Node *, count);
    for (uint32_t i = 0; i < count; i++) {
        members[i] = deflator_at(c, scope, index, c->horizon_first + (int32_t)i, span);
        if (!members[i]) return NULL;
    }
    return stack(c, c->horizon_dim, members, count, members[0]->type, span);
}

bool prices_known(Compilation *c, const Scope *scope, Span span) {
    if (c->price_year || c->plan_is_library) return true;
    if (!c->prices_said)
        plan_lacks(c, scope, span,
                   "the plan does not say at which year's prices real amounts are: add "
                   "`prices FY2025/26` to it");
    c->prices_said = true;
    return false;
}

/* ---- Restated ----------------------------------------------------------------------- */

/* amount * to / from, as money of that price base. */
static Node *restate(Compilation *c, const Scope *scope, Node *amount, Node *to, Node *from,
                     PriceBase price, Span span) {
    Node *raised = operate(c, scope, OP_MUL, amount, to, span);
    Node *result = operate(c, scope, OP_DIV, raised, from, span);
    if (!result) return NULL;
    result->type.price = price;
    result->type.price_year = price == PRICE_REAL ? c->price_year : 0;
    result->type.because = span;
    return result;
}

static Node *money_argument(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *argument = call_argument(c, scope, call, 0);
    Node *node = elaborate_node(c, scope, argument);
    if (!node || node->type.unit.up[BASE_GBP] || node->type.bare) return node;
    sema_error(c, scope, DIAG_TYPE_MISMATCH, argument->span,
               "an amount of money is wanted here; this is %.*s",
               SLICE_FMT(type_phrase(c, &node->type)));
    return NULL;
}

/* An amount at the plan's prices as money of each year: over its own years, or the horizon's. */
Value *form_cash(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {NULL};
    Node *amount = money_argument(c, scope, call);
    if (!amount || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    if (amount->type.price != PRICE_REAL) return value_from_node(c, amount);
    Node *index = deflator_index(c, scope, call->span);
    if (!index) return value_poison(c);
    Node *base = deflator_at(c, scope, index, amount->type.price_year, call->span);
    Node *years = deflator_over_horizon(c, scope, index, call->span);
    return value_from_node(c, restate(c, scope, amount, years, base, PRICE_CASH, call->span));
}

static bool has_years(const Compilation *c, const Node *node) {
    for (int i = 0; i < node->type.dim_count; i++) {
        if (c->module->dims.items[node->type.dims[i]].sort == DIM_YEAR) return true;
    }
    return false;
}

/* Cash of each year at the plan's prices. */
Value *form_real(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {NULL};
    Node *amount = money_argument(c, scope, call);
    if (!amount || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    if (amount->type.price == PRICE_REAL) return value_from_node(c, amount);
    if (!has_years(c, amount)) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, call->span,
                   "cash is of the year it falls in: say which, `real([FY2027/28: £2m])`, or write "
                   "`£2m real`");
        return value_poison(c);
    }
    Node *index = deflator_index(c, scope, call->span);
    if (!index || !prices_known(c, scope, call->span)) return value_poison(c);
    Node *base = deflator_at(c, scope, index, c->price_year, call->span);
    Node *years = deflator_over_horizon(c, scope, index, call->span);
    return value_from_node(c, restate(c, scope, amount, base, years, PRICE_REAL, call->span));
}

/* uprated(£4_100 from FY2024/25): money of that year at the plan's prices. */
Value *form_uprated(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"from", NULL};
    Node *amount = money_argument(c, scope, call);
    if (!amount || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    const Expr *from = call_label_value(c, call, "from");
    Node *year = from ? elaborate_node(c, scope, from) : NULL;
    bool known = year && year->sort == NODE_CONST && year->constant.sort == CONST_YEAR;
    if (!known && (year || !from))
        sema_error(c, scope, from ? DIAG_TYPE_MISMATCH : DIAG_MISSING_LABEL,
                   from ? from->span : call->span,
                   "`uprated` wants the year that the amount is of: `uprated(£4_100 from "
                   "FY2024/25)`");
    Node *index = known ? deflator_index(c, scope, call->span) : NULL;
    if (!index || !prices_known(c, scope, call->span)) return value_poison(c);
    Node *to = deflator_at(c, scope, index, c->price_year, call->span);
    Node *base = deflator_at(c, scope, index, (int32_t)year->constant.integer, from->span);
    return value_from_node(c, restate(c, scope, amount, to, base, PRICE_REAL, call->span));
}
