/* Bands of people, and values over financial years: keyed series, levels after changes,
 * trajectories, measures at a year. */
#include "compiler/sema/forms.h"

#include "runtime/base/date.h"
#include "runtime/bytecode/natives.h"
#include "runtime/stats/estimate.h"

/* ---- Keyed series ------------------------------------------------------------------- */

Node *stack(Compilation *c, uint16_t dim, Node **members, uint32_t count, Type type, Span span) {
    Node *node = node_new(c, NODE_STACK, type, span);
    node->args = members;
    node->arg_count = count;
    node->dim_count = 1;
    node->dims[0] = dim;
    Type own = type;
    node->type.dim_count = 1;
    node->type.dims[0] = dim;
    type_join(&node->type, &own);
    node->type.estimate = false;
    return node;
}

/* All values of a keyed list as one kind of quantity; the first says which. */
static bool same_quantity(Compilation *c, const Scope *scope, const Value *pairs, Node **nodes,
                          Type *type) {
    const Node *first = nodes[0];
    *type = first->type;
    for (uint32_t i = 1; i < pairs->pairs.count; i++) {
        if (!listed_agree(c, scope, first, nodes[i], pairs->pairs.items[i].key->node)) return false;
        type_join(type, &nodes[i]->type);
        /* nothing says nothing about what is listed */
        if (unit_is_none(&type->unit) && first->type.bare) type->unit = nodes[i]->type.unit;
        if (type->price == PRICE_NONE) type->price = nodes[i]->type.price;
    }
    type->bare = false;
    type->estimate = false;
    return true;
}

bool outside_horizon(Compilation *c, const Scope *scope, int64_t year, Span span) {
    bool inside = year >= c->horizon_first && year <= c->horizon_last;
    if (inside || !c->has_horizon) return false; /* a horizon that is wrong was said to be */
    sema_error(c, scope, DIAG_OUT_OF_RANGE, span,
               "%.*s is outside the plan's horizon, %.*s to %.*s",
               SLICE_FMT(financial_year_format(c->arena, (int)year)),
               SLICE_FMT(financial_year_format(c->arena, c->horizon_first)),
               SLICE_FMT(financial_year_format(c->arena, c->horizon_last)));
    return true;
}

bool one_year_amount(Compilation *c, const Scope *scope, const Node *node, const Value *year,
                     Span span) {
    for (int i = 0; i < node->type.dim_count; i++) {
        if (c->module->dims.items[node->type.dims[i]].sort != DIM_YEAR) continue;
        Slice key = year && year->node->constant.sort == CONST_YEAR
                        ? financial_year_format(c->arena, (int)year->node->constant.integer)
                        : (Slice){0};
        Diag *diag = sema_error(c, scope, DIAG_DIMENSION_MISMATCH, span,
                                "this is an amount for each of several years; an amount of one "
                                "year is wanted here");
        if (key.length)
            diag_fix(c->diags, diag, (Span){span.end, span.end},
                     arena_printf(c->arena, "[%.*s]", SLICE_FMT(key)), "take that of %.*s",
                     SLICE_FMT(key));
        return false;
    }
    return true;
}

/* The amounts at their places of the horizon; false after a message about each that has none. */
static bool place_years(Compilation *c, const Scope *scope, const Value *pairs, Node **nodes,
                        Node **members) {
    bool good = true;
    for (uint32_t i = 0; i < pairs->pairs.count; i++) {
        const Value *key = pairs->pairs.items[i].key;
        int64_t year = key->node->constant.integer;
        if (outside_horizon(c, scope, year, key->span) ||
            !one_year_amount(c, scope, nodes[i], key, nodes[i]->span)) {
            good = false;
            continue;
        }
        Node **member = &members[year - c->horizon_first];
        if (*member) {
            sema_error(c, scope, DIAG_DUPLICATE_NAME, key->span,
                       "this financial year stands in the list twice");
            good = false;
        }
        *member = nodes[i];
    }
    return good;
}

/* Over the horizon: money is £0 in years that are not listed, all else is missing there. */
static Value *year_array(Compilation *c, const Scope *scope, Value *pairs, Node **nodes) {
    if (!c->has_horizon) return pairs;
    Type type;
    uint32_t count = c->module->dims.items[c->horizon_dim].member_count;
    Node **members = ARENA_NEW_ARRAY(c->arena, Node *, count);
    bool alike = same_quantity(c, scope, pairs, nodes, &type);
    if (!place_years(c, scope, pairs, nodes, members) || !alike) return value_poison(c);
    bool money = type.unit.up[BASE_GBP] > 0;
    for (uint32_t i = 0; i < count; i++) {
        if (members[i]) continue;
        members[i] = money ? node_exact(c, exact_from_int(0), pairs->span)
                           : node_absent(c, type.base, ABSENT_MISSING, (Slice){0}, pairs->span);
    }
    return value_from_node(c, stack(c, c->horizon_dim, members, count, type, pairs->span));
}

Value *keyed_array(Compilation *c, const Scope *scope, Value *pairs) {
    Node **nodes = ARENA_NEW_ARRAY(c->arena, Node *, pairs->pairs.count);
    for (uint32_t i = 0; i < pairs->pairs.count; i++) {
        const Value *key = pairs->pairs.items[i].key;
        if (key->sort != VALUE_NODE || key->node->sort != NODE_CONST ||
            key->node->constant.sort != CONST_YEAR)
            return pairs;
        nodes[i] =
            value_node(c, scope, pairs->pairs.items[i].value, pairs->pairs.items[i].value->span);
        if (!nodes[i]) return value_poison(c);
    }
    return year_array(c, scope, pairs, nodes);
}

/* ---- Measures at a year ------------------------------------------------------------- */

Node *measure_at(Compilation *c, Node *measure, int64_t year, Span span) {
    if (!measure->type.measure) return measure;
    Node *node = node_new(c, NODE_AT, measure->type, span);
    node->type.measure = measure->type.measure;
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    node->args[0] = measure;
    node->arg_count = 1;
    node->integer = year;
    return node;
}

bool year_of(Compilation *c, const Scope *scope, const Expr *at, int64_t *year) {
    *year = 0;
    if (!at) return true;
    Value *value = elaborate_value(c, scope, at);
    if (value->sort == VALUE_MISSING) return true;
    if (value->sort == VALUE_NODE && value->node->sort == NODE_CONST &&
        value->node->type.base == TYPE_YEAR) {
        *year = value->node->constant.integer;
        return true;
    }
    if (value->sort != VALUE_POISON)
        sema_error(c, scope, DIAG_TYPE_MISMATCH, at->span, "a financial year is wanted after `at`");
    return false;
}

Value *form_measured(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"at", NULL};
    if (!at_one_value(c, scope, call)) return value_poison(c);
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!argument || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    Node *measure = elaborate_node(c, scope, argument);
    int64_t year;
    if (!measure || !year_of(c, scope, call_label_value(c, call, "at"), &year))
        return value_poison(c);
    return value_from_node(c, measure_at(c, measure, year, call->span));
}

Node *measure_by(Compilation *c, Node *measure, const uint16_t *dims, int count, Span span) {
    Node *node = node_new(c, NODE_BY, measure->type, span);
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    node->args[0] = measure;
    node->arg_count = 1;
    node->type.measure = false;
    for (int i = 0; i < count; i++) node->dims[node->dim_count++] = dims[i];
    Type whole = measure->type;
    node->type.dim_count = 0;
    for (int i = 0; i < count; i++) node->type.dims[node->type.dim_count++] = dims[i];
    whole.measure = false;
    type_join(&node->type, &whole);
    return node;
}

/* What a measure comes to for each of several crossings of dimensions, in turn. */
typedef Value *CrossingValue(Compilation *c, Node *measure, const Value *crossing);

/* The measure at the year of the call, with `whole` first and then each crossing after `by`. */
static Value *over_crossings(Compilation *c, const Scope *scope, const Expr *call,
                             CrossingValue *value) {
    static const char *const labels[] = {"by", "at", NULL};
    static const Value whole = {.sort = VALUE_DIMS};
    if (!at_one_value(c, scope, call)) return value_poison(c);
    const Expr *argument = call_argument(c, scope, call, 0), *by = call_label_value(c, call, "by");
    if (!argument || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    Node *measure = elaborate_node(c, scope, argument);
    int64_t year;
    if (!measure || !year_of(c, scope, call_label_value(c, call, "at"), &year))
        return value_poison(c);
    Value *dims = by ? elaborate(c, scope, by) : value_new(c, VALUE_LIST, call->span);
    dims = value_strip(c, dims);
    if (dims->sort == VALUE_POISON) return dims;
    Node *at = measure_at(c, measure, year, call->span);
    Value *results = value_new(c, VALUE_LIST, call->span);
    VEC_PUSH(c->arena, &results->list, value(c, at, &whole));
    if (!measure->type.measure) return results;
    for (uint32_t i = 0; dims->sort == VALUE_LIST && i < dims->list.count; i++) {
        if (dims->list.items[i]->sort == VALUE_DIMS)
            VEC_PUSH(c->arena, &results->list, value(c, at, dims->list.items[i]));
    }
    return results;
}

static Value *by_crossing(Compilation *c, Node *measure, const Value *crossing) {
    if (!measure->type.measure) return value_from_node(c, measure);
    Span span = crossing->dim_count ? crossing->span : measure->span;
    return value_from_node(
        c, measure_by(c, measure, crossing->dims, crossing->dim_count, span));
}

static Value *against_whole(Compilation *c, Node *measure, const Value *crossing) {
    Node *node = crossing->dim_count ? parts_against_whole(c, measure, crossing) : NULL;
    return node ? value_from_node(c, node) : value_new(c, VALUE_MISSING, measure->span);
}

Value *form_breakdowns(Compilation *c, const Scope *scope, const Expr *call) {
    return over_crossings(c, scope, call, by_crossing);
}

/* As many values as `breakdowns`, in the same order: the whole is compared with nothing. */
Value *form_comparisons(Compilation *c, const Scope *scope, const Expr *call) {
    return over_crossings(c, scope, call, against_whole);
}

/* ---- Levels after changes ----------------------------------------------------------- */

static Value *stripped(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *value = elaborate_value(c, scope, expr);
    return value;
}

/* Where a target of a clause stands: a level by `to`, or a change of the baseline. */
static Node *level_after(Compilation *c, const Scope *scope, Node *baseline, Value *target,
                         Span span) {
    if (target->sort == VALUE_CLAUSE) {
        elaborate_clause(c, target->clause);
        const ClauseLabel *to = clause_label(c, target->clause, intern(c->interner, SLICE("to")));
        if (to && to->values.count)
            return value_node(c, scope, to->values.items[0], to->phrase->span);
        target = value_of_clause(c, target->clause);
    }
    if (target->sort == VALUE_NODE) return target->node;
    if (target->sort != VALUE_CHANGE) return NULL;
    if (!baseline || !target->node) return NULL;
    if (!target->relative) return operate(c, scope, OP_ADD, baseline, target->node, span);
    Node *one = node_exact(c, exact_from_int(1), span);
    one->type.bare = true;
    return operate(c, scope, OP_MUL, baseline, operate(c, scope, OP_ADD, one, target->node, span),
                   span);
}

Value *form_reached(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *base = call_argument(c, scope, call, 0), *change = call_argument(c, scope, call, 1);
    if (!base || !change) return value_poison(c);
    Value *baseline = stripped(c, scope, base);
    Value *target = elaborate(c, scope, change);
    if (baseline->sort == VALUE_POISON || target->sort == VALUE_POISON) return value_poison(c);
    Node *node = baseline->sort == VALUE_MISSING
                     ? node_absent(c, TYPE_QUANTITY, ABSENT_MISSING, (Slice){0}, call->span)
                     : value_node(c, scope, baseline, base->span);
    return value_from_node(c, level_after(c, scope, node, target, call->span));
}

/* narrowed(difference, e): by a share of it, or by an amount taken from its size. */
Value *form_narrowed(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *base = call_argument(c, scope, call, 0), *by = call_argument(c, scope, call, 1);
    if (!base || !by) return value_poison(c);
    Value *difference = stripped(c, scope, base), *change = value_strip(c, elaborate(c, scope, by));
    if (difference->sort == VALUE_POISON || change->sort == VALUE_POISON) return value_poison(c);
    if (difference->sort == VALUE_MISSING || change->sort != VALUE_CHANGE)
        return value_new(c, VALUE_MISSING, call->span);
    Node *node = value_node(c, scope, difference, base->span);
    if (!node || change->relative)
        return value_from_node(c, level_after(c, scope, node, change, call->span));
    Node *zero = node_exact(c, exact_from_int(0), call->span);
    zero->type.bare = true;
    Node *above = operate(c, scope, OP_GE, node, zero, call->span);
    Node *less = operate(c, scope, OP_ADD, node, change->node, call->span);
    Node *more = operate(c, scope, OP_SUB, node, change->node, call->span);
    return value_from_node(c, node_select(c, scope, above, less, more, call->span));
}

/* within_limits(level, estimate) */
Value *form_within_limits(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *of = call_argument(c, scope, call, 0), *in = call_argument(c, scope, call, 1);
    if (!of || !in) return value_poison(c);
    Value *value = stripped(c, scope, of), *estimate = stripped(c, scope, in);
    if (value->sort == VALUE_POISON || estimate->sort == VALUE_POISON) return value_poison(c);
    Node *no = node_bool(c, false, call->span);
    bool asked = value->sort == VALUE_NODE && estimate->sort == VALUE_NODE &&
                 estimate->node->type.estimate;
    if (!asked) return value_from_node(c, no);
    Type limit = estimate->node->type;
    limit.estimate = false;
    Node *level = value->node, *of_it = estimate->node;
    Node *lower = node_op(c, OPCODE_LOWER, limit, call->span, of_it, NULL, NULL);
    Node *upper = node_op(c, OPCODE_UPPER, limit, call->span, of_it, NULL, NULL);
    Node *above = operate(c, scope, OP_GE, level, lower, call->span);
    Node *below = above ? operate(c, scope, OP_LE, level, upper, call->span) : NULL;
    if (!below) return value_poison(c);
    Node *both = operate(c, scope, OP_AND, above, below, call->span);
    return value_from_node(c, node_or_else(c, scope, both, no, call->span));
}

/* trajectory(year : level, each(t.by : level for t in target)): over the years from the first to
 * the last. */
static bool add_point(Compilation *c, const Scope *scope, Value *key, Value *value, Node **args,
                      uint32_t *count) {
    key = value_strip(c, key);
    value = value_strip(c, value);
    if (key->sort == VALUE_MISSING || value->sort == VALUE_MISSING) return true;
    if (key->sort != VALUE_NODE || key->node->sort != NODE_CONST ||
        key->node->type.base != TYPE_YEAR)
        return false;
    Node *level = value_node(c, scope, value, value->span);
    if (!level) return false;
    args[(*count)++] = key->node;
    args[(*count)++] = level;
    return true;
}

Value *form_trajectory(Compilation *c, const Scope *scope, const Expr *call) {
    Node **args = ARENA_NEW_ARRAY(c->arena, Node *, 256);
    uint32_t count = 0;
    for (uint32_t i = 0; i < call->entries.count; i++) {
        const Entry *entry = &call->entries.items[i];
        if (entry->key) {
            if (!add_point(c, scope, elaborate(c, scope, entry->key),
                           elaborate(c, scope, entry->value), args, &count))
                return value_poison(c);
            continue;
        }
        Value *more = elaborate(c, scope, entry->value);
        if (more->sort == VALUE_POISON) return more;
        for (uint32_t j = 0; more->sort == VALUE_PAIRS && j < more->pairs.count && count < 250;
             j++) {
            if (!add_point(c, scope, more->pairs.items[j].key, more->pairs.items[j].value, args,
                           &count))
                return value_poison(c);
        }
    }
    if (count < 4) return value_new(c, VALUE_MISSING, call->span);
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (uint32_t i = 0; i < count; i += 2) {
        int64_t year = args[i]->constant.integer;
        if (year < first) first = year;
        if (year > last) last = year;
    }
    if (last - first > 200) return value_new(c, VALUE_MISSING, call->span);
    Type type = args[1]->type;
    for (uint32_t i = 1; i < count; i += 2) type_join(&type, &args[i]->type);
    type.estimate = type.bare = false;
    type.real = true;
    Node *node = node_new(c, NODE_CALL, type, call->span);
    node->op = NATIVE_PLAN_TRAJECTORY;
    node->args = args;
    node->arg_count = count;
    node->dims[node->dim_count++] = dim_years(c, (int32_t)first, (int32_t)last);
    node->type.dims[node->type.dim_count++] = node->dims[0];
    return value_from_node(c, node);
}

/* The member of a year: after the last there is, the last; before the first, none. */
static Value *member_of_year(Compilation *c, Node *node, uint16_t dim, int64_t year, Span span) {
    const ModuleDim *years = &c->module->dims.items[dim];
    int64_t member = year - years->first;
    if (member >= (int64_t)years->member_count) member = (int64_t)years->member_count - 1;
    if (member < 0) return value_new(c, VALUE_MISSING, span);
    return value_from_node(c, index_member(c, node, dim, (uint32_t)member, span));
}

/* latest(series), latest(series at year): the last year that data stand for, where none is said. */
Value *form_latest(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"at", NULL};
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!call_labels_known(c, scope, call, labels)) return value_poison(c);
    Value *value = argument ? stripped(c, scope, argument) : value_poison(c);
    if (value->sort == VALUE_POISON || value->sort == VALUE_MISSING) return value;
    Node *node = value_node(c, scope, value, argument->span);
    int64_t year;
    if (!node || !year_of(c, scope, call_label_value(c, call, "at"), &year))
        return value_poison(c);
    const ModuleDim *data = &c->module->dims.items[dim_data_years(c)];
    if (!year) year = data->first + (int64_t)data->member_count - 1;
    for (int i = 0; i < node->type.dim_count; i++) {
        uint16_t dim = node->type.dims[i];
        if (c->module->dims.items[dim].sort == DIM_YEAR)
            return member_of_year(c, node, dim, year, call->span);
    }
    return value_from_node(c, node);
}
