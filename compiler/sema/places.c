/* Members of a dimension beside each other, such as places: against their average by a funnel, against
 * a benchmark, in groups of equal size; how a total is spread over them. */
#include "compiler/sema/statistics.h"

#include "runtime/stats/funnel.h"

/* What a funnel is made for: 0 proportions, 1 ratios of observed to expected, 2 crude and 3
 * standardised rates. False: for nothing else. */
static bool funnel_kind(const Node *measure, int64_t *kind) {
    switch (form_source(measure)) {
    case NATIVE_STATS_PROPORTION: *kind = 0; return true;
    case NATIVE_STATS_ISR:
    case NATIVE_STATS_SMR: *kind = 1; return true;
    case NATIVE_STATS_RATE: *kind = 2; return true;
    case NATIVE_STATS_DSR:
    case NATIVE_STATS_DSR_RECURRENT: *kind = 3; return true;
    default: return false;
    }
}

static bool funnel_wanted(const Form *f, const Node *measure, int64_t *kind) {
    if (funnel_kind(measure, kind)) return true;
    sema_error(f->c, f->scope, DIAG_TYPE_MISMATCH, measure->span,
               "proportions, rates and standardised ratios are compared with their average; "
               "two other estimates with `significantly`");
    return false;
}

/* compared_by(measure): how `comparisons` of it are made. */
Value *form_compared_by(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *expr = call_argument(c, scope, call, 0);
    Node *measure = expr ? elaborate_node(c, scope, expr) : NULL;
    int64_t kind;
    if (!measure) return value_poison(c);
    if (!measure->type.measure ||
        !estimate_at(c, measure, confidence_node(c, NULL, NULL, call->span)))
        return value_new(c, VALUE_MISSING, call->span);
    bool funnel = funnel_kind(measure, &kind) && kind < 3;
    Slice how = funnel ? SLICE("funnel") : SLICE("limits");
    return value_from_node(c, node_text(c, how, call->span));
}

/* A funnel judges counts by the count expected of them; a directly standardised rate has none,
 * and is judged by its limits as a mean is. */
Node *parts_against_whole(Compilation *c, Node *measure, const Value *crossing) {
    Span span = crossing->span;
    Node *outer_level = node_exact(c, exact_from_ratio(c->arena, 998, 1000), span);
    Node *inner = estimate_at(c, measure, confidence_node(c, NULL, NULL, span));
    Node *outer = estimate_at(c, measure, outer_level);
    int64_t kind;
    bool time = false; /* a year is no part of another */
    for (int i = 0; i < crossing->dim_count; i++) {
        DimSort sort = c->module->dims.items[crossing->dims[i]].sort;
        time |= sort >= DIM_YEAR && sort <= DIM_WEEK;
    }
    if (!inner || !outer || time) return NULL;
    bool funnel = funnel_kind(measure, &kind) && kind < 3;
    Node **args = ARENA_NEW_ARRAY(c->arena, Node *, 4);
    args[0] = measure_by(c, inner, crossing->dims, crossing->dim_count, span);
    args[1] = measure_by(c, outer, crossing->dims, crossing->dim_count, span);
    args[2] = measure_by(c, inner, NULL, 0, span);
    args[3] = node_exact(c, exact_from_int(funnel ? kind > 0 : 2), span);
    return call_node(c, NATIVE_STATS_AGAINST, type_of(TYPE_TEXT), span, args, 4);
}

static Node *along(const Form *f, Native op, Type type, Node **args, uint32_t count, bool keeps) {
    Node *node = form_native(f, op, type, args, count);
    if (!form_across(f, node) || !form_one_dim(f, node)) return NULL;
    form_inherit(node, keeps);
    Type dim = {.dim_count = 1, .dims = {node->dims[0]}};
    if (keeps) type_join(&node->type, &dim);
    return node;
}

/* ---- Against a benchmark ------------------------------------------------------------ */

/* compared(m against b using lower): by the interval of m. */
static Value *benchmark(const Form *f, Node *measure, const Expr *against) {
    static const char *const words[] = {"neither", "higher", "lower", NULL};
    static const int64_t directions[] = {0, 1, -1};
    int64_t choice;
    Node *level = elaborate_node(f->c, f->scope, against);
    if (!level ||
        !form_word(f, words, "the direction that is better, `higher` or `lower`", &choice))
        return value_poison(f->c);
    level = coerce_bare(f->c, level, &measure->type);
    if (!operate(f->c, f->scope, OP_LE, measure, level, against->span)) return value_poison(f->c);
    Node *args[3] = {measure, level, form_number(f, directions[choice])};
    Node *node = form_native(f, NATIVE_STATS_BENCHMARK, type_of(TYPE_TEXT), args, 3);
    form_inherit(node, false);
    return value_from_node(f->c, node);
}

Value *form_compared(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const known[] = {"across", "against", "using", NULL};
    Form f = {c, scope, call};
    if (!form_labels(&f, known)) return value_poison(c);
    const Expr *against = call_label_value(c, call, "against");
    const Phrase *across = call_label(c, call, "across"), *using = call_label(c, call, "using");
    if ((against && across) || (using && !against)) {
        sema_error(c, scope, DIAG_UNKNOWN_LABEL, using && !against ? using->span : across->span,
                   "`compared` takes `across` a dimension, or `against` a benchmark and `using` the "
                   "direction that is better");
        return value_poison(c);
    }
    Node *measure = against ? form_estimate(&f, 0) : form_estimate_at_95(&f);
    int64_t kind;
    if (!measure) return value_poison(c);
    if (against) return benchmark(&f, measure, against);
    if (!funnel_wanted(&f, measure, &kind)) return value_poison(c);
    Node *args[2] = {measure, form_number(&f, kind)};
    return value_from_node(c,
                           along(&f, NATIVE_STATS_COMPARED, type_of(TYPE_TEXT), args, 2, true));
}

/* ---- Funnels ------------------------------------------------------------------------- */

/* The points at which the curves are drawn: 1 … 100. */
static uint16_t points_dim(Compilation *c) {
    ModuleDim dim = {.name = SLICE("point"),
                     .title = SLICE("Point"),
                     .sort = DIM_BAND,
                     .ordered = true,
                     .member_count = FUNNEL_POINTS};
    dim.members = ARENA_NEW_ARRAY(c->arena, Slice, FUNNEL_POINTS);
    for (uint32_t i = 0; i < FUNNEL_POINTS; i++)
        dim.members[i] = arena_printf(c->arena, "%u", i + 1);
    dim.titles = dim.members;
    return dim_intern(c, &dim);
}

static Type shown_as(const Node *measure) {
    Type type = type_of(TYPE_QUANTITY);
    type.unit = measure->type.unit;
    type.percent = measure->type.percent;
    type.real = true;
    return type;
}

/* What lies along the axis: of a rate what it is over, else people or events. */
static Type axis_type(const Node *measure) {
    Type type = type_of(TYPE_QUANTITY);
    type.real = true;
    for (int i = 0; i < UNIT_MAX_BASES && !measure->type.percent; i++)
        type.unit.up[i] = measure->type.unit.down[i];
    return type;
}

static bool add_curve(const Form *f, Value *parts, const char *name, Node *measure, int64_t kind,
                      int64_t part, Type type) {
    Node *args[3] = {measure, form_number(f, kind), form_number(f, part)};
    Node *node = form_native(f, NATIVE_STATS_FUNNEL_LIMIT, type, args, 3);
    if (!form_across(f, node) || !form_one_dim(f, node)) return false;
    form_inherit(node, false);
    Type points = {.dim_count = 1, .dims = {points_dim(f->c)}};
    node->dims[node->dim_count++] = points.dims[0];
    type_join(&node->type, &points);
    form_add_part(f, parts, name, node);
    return true;
}

/* funnel(m across place): .average .compared .at, and over 100 points .size, the limits and where
 * on the axis they are. */
Value *form_funnel(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const known[] = {"across", NULL};
    static const char *const limits[] = {"lower_95", "upper_95", "lower_998", "upper_998"};
    static const char *const places[] = {"at_lower_95", "at_upper_95", "at_lower_998",
                                         "at_upper_998"};
    Form f = {c, scope, call};
    Node *measure = form_labels(&f, known) ? form_estimate_at_95(&f) : NULL;
    int64_t kind;
    if (!measure || !funnel_wanted(&f, measure, &kind)) return value_poison(c);
    if (form_source(measure) == NATIVE_STATS_ISR) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, measure->span,
                   "a funnel of indirectly standardised rates is drawn of their ratios: `smr(…)`");
        return value_poison(c);
    }
    Node *args[2] = {measure, form_number(&f, kind)};
    Type axis = axis_type(measure), shown = shown_as(measure);
    Node *average = along(&f, NATIVE_STATS_FUNNEL_AVERAGE, shown, args, 2, false);
    Node *compared =
        average ? along(&f, NATIVE_STATS_COMPARED, type_of(TYPE_TEXT), args, 2, true) : NULL;
    Node *at = compared ? along(&f, NATIVE_STATS_FUNNEL_SIZE, axis, args, 2, true) : NULL;
    if (!at) return value_poison(c);
    Value *parts = value_new(c, VALUE_PAIRS, call->span);
    form_add_part(&f, parts, "average", average);
    form_add_part(&f, parts, "compared", compared);
    form_add_part(&f, parts, "at", at);
    Type size = type_of(TYPE_QUANTITY);
    size.real = true;
    if (!add_curve(&f, parts, "size", measure, kind, 0, size)) return value_poison(c);
    for (int i = 0; i < 4; i++) {
        if (!add_curve(&f, parts, limits[i], measure, kind, 1 + i, shown) ||
            !add_curve(&f, parts, places[i], measure, kind, 5 + i, axis))
            return value_poison(c);
    }
    return parts;
}

/* ---- Groups of equal size ------------------------------------------------------------ */

Value *groups_of_members(Compilation *c, const Scope *scope, const Expr *call, uint32_t groups,
                         bool highest_first) {
    Form f = {c, scope, call};
    const Phrase *within = call_label(c, call, "within");
    Node *value = form_argument(&f, 0);
    if (!value) return value_poison(c);
    if (within) {
        sema_error(c, scope, DIAG_DIMENSION_MISMATCH, within->span,
                   "groups of members are made apart for every other dimension of the value; "
                   "`within` is for groups of people");
        return value_poison(c);
    }
    Node *args[3] = {value, form_number(&f, groups), form_number(&f, highest_first)};
    Type type = type_of(TYPE_QUANTITY);
    type.real = true;
    return value_from_node(c, along(&f, NATIVE_STATS_QUANTILE_GROUP, type, args, 3, true));
}

/* ---- How a total is spread ----------------------------------------------------------- */

/* Amounts and, beside them, how many people each member has; without them each counts once. */
static bool amounts(const Form *f, Node **args) {
    args[0] = form_argument(f, 0);
    args[1] = !args[0]                         ? NULL
              : f->call->entries.count > 1 ? form_argument(f, 1)
                                           : form_number(f, 1);
    return args[0] && args[1] && form_lines_up(f, args[0], args[1]);
}

Value *gini_of_members(Compilation *c, const Scope *scope, const Expr *call, bool corrected) {
    Form f = {c, scope, call};
    Node *args[3];
    if (!amounts(&f, args)) return value_poison(c);
    args[2] = form_number(&f, corrected);
    return value_from_node(
        c, along(&f, NATIVE_STATS_GINI, form_estimate_type(UNIT_NONE), args, 3, false));
}

/* lorenz(cost, people across place): .people and .share, the poorest first. */
Value *lorenz_of_members(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const names[] = {"people", "share"};
    Form f = {c, scope, call};
    Node *args[3];
    if (!amounts(&f, args)) return value_poison(c);
    Value *parts = value_new(c, VALUE_PAIRS, call->span);
    for (int i = 0; i < 2; i++) {
        Type type = type_of(TYPE_QUANTITY);
        type.real = type.percent = true;
        args[2] = form_number(&f, i);
        Node *node = along(&f, NATIVE_STATS_LORENZ, type, args, 3, true);
        if (!node) return value_poison(c);
        form_add_part(&f, parts, names[i], node);
    }
    return parts;
}

Value *concentration_of_members(Compilation *c, const Scope *scope, const Expr *call,
                                ConcentrationWords words) {
    static const int64_t methods[] = {1, 2, 0}; /* of words: regression, convenient, direct */
    Form f = {c, scope, call};
    Node *measure = form_estimate(&f, 0), *level = form_confidence(&f);
    if (!measure || !level) return value_poison(c);
    if (words.form >= 2 && !measure->type.percent) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, measure->span,
                   "`erreygers` and `wagstaff` are for what lies between known bounds: over groups, "
                   "for a proportion");
        return value_poison(c);
    }
    Node *args[4] = {measure, form_number(&f, words.method_said ? methods[words.method] : 0),
                     form_number(&f, words.form), level};
    Type type = form_estimate_type(words.form == 1 ? measure->type.unit : UNIT_NONE);
    type.points = words.form == 1 && measure->type.percent;
    Node *node = along(&f, NATIVE_STATS_CONCENTRATION, type, args, 4, false);
    if (!node || !form_ordered(&f, node, call->span)) return value_poison(c);
    return value_from_node(c, node);
}
