/* Statistics that take a dimension out or run along one: indirect standardisation, inequality,
 * life tables, comparison, trend, process control, ratios. Units and the order of groups are
 * checked here; runtime/stats computes. */
#include "compiler/sema/forms.h"

#include "runtime/bytecode/natives.h"
#include "runtime/stats/estimate.h"

/* ---- Shared ------------------------------------------------------------------------- */

typedef struct {
    Compilation *c;
    const Scope *scope;
    const Expr *call;
} Form;

static Node *argument(const Form *f, uint32_t index) {
    const Expr *expr = call_argument(f->c, f->scope, f->call, index);
    Node *node = expr ? elaborate_node(f->c, f->scope, expr) : NULL;
    if (!node) return NULL;
    if (node->type.base == TYPE_QUANTITY && !node->type.row) return node;
    DiagName name = node->type.row ? DIAG_PERSONAL_DATA_LEAK : DIAG_TYPE_MISMATCH;
    sema_error(f->c, f->scope, name, expr->span,
               node->type.row
                   ? "a value of one person stands only inside an aggregate over people%.*s"
                   : "a number is wanted here; this is %.*s",
               SLICE_FMT(node->type.row ? (Slice){0} : type_text(f->c, &node->type)));
    return NULL;
}

static Node *estimate_argument(const Form *f, uint32_t index) {
    Node *node = argument(f, index);
    if (!node || node->type.estimate) return node;
    sema_error(f->c, f->scope, DIAG_TYPE_MISMATCH, node->span,
               "an estimate is wanted here, such as a rate or a proportion");
    return NULL;
}

static Node *confidence(const Form *f) {
    return confidence_node(f->c, f->scope, call_label_value(f->c, f->call, "at"), f->call->span);
}

static Node *number(const Form *f, int64_t value) {
    Node *node = node_exact(f->c, exact_from_int(value), f->call->span);
    return node;
}

static Node *native(const Form *f, Native op, Type type, Node **args, uint32_t count) {
    Node *node = node_new(f->c, NODE_CALL, type, f->call->span);
    node->op = (uint16_t)op;
    node->args = ARENA_NEW_ARRAY(f->c->arena, Node *, count);
    node->arg_count = count;
    for (uint32_t i = 0; i < count; i++) node->args[i] = args[i];
    return node;
}

/* Reads `across` into the call's dims. */
static bool across(const Form *f, Node *node) {
    const Phrase *phrase = call_label(f->c, f->call, "across");
    if (!phrase) {
        sema_error(f->c, f->scope, DIAG_MISSING_LABEL, f->call->span,
                   "`%.*s` wants `across` a dimension",
                   SLICE_FMT(quoted(f->c, f->call->left->span)));
        return false;
    }
    return phrase_dims(f->c, f->scope, NULL, phrase, node);
}

static bool one_dim(const Form *f, const Node *node) {
    if (node->dim_count == 1) return true;
    sema_error(f->c, f->scope, DIAG_DIMENSION_MISMATCH, f->call->span,
               "`%.*s` runs along one dimension", SLICE_FMT(quoted(f->c, f->call->left->span)));
    return false;
}

/* Dims and labels of the arguments, less the dims taken out. */
static void inherit(Node *node, bool keeps) {
    for (uint32_t i = 0; i < node->arg_count; i++) {
        Type arg = node->args[i]->type;
        int kept = 0;
        for (int d = 0; d < arg.dim_count; d++) {
            bool taken = false;
            for (int k = 0; k < node->dim_count; k++) taken |= arg.dims[d] == node->dims[k];
            if (!taken || keeps) arg.dims[kept++] = arg.dims[d];
        }
        arg.dim_count = (uint8_t)kept;
        type_join(&node->type, &arg);
    }
}

static bool labels(const Form *f, const char *const *known) {
    return call_labels_known(f->c, f->scope, f->call, known);
}

static Type estimate_type(Unit unit) {
    Type type = type_of(TYPE_QUANTITY);
    type.unit = unit;
    type.estimate = type.real = true;
    return type;
}

/* ---- Indirect standardisation ------------------------------------------------------- */

static Value *indirect(const Form *f, Native op) {
    static const char *const known[] = {"across", "against", "at", NULL};
    if (!labels(f, known)) return value_poison(f->c);
    const Phrase *against = call_label(f->c, f->call, "against");
    Node *args[5] = {argument(f, 0), argument(f, 1), NULL, NULL, confidence(f)};
    if (!args[0] || !args[1] || !args[4]) return value_poison(f->c);
    if (!against || against->values.count != 2) {
        sema_error(f->c, f->scope, DIAG_MISSING_LABEL, f->call->span,
                   "`%.*s` wants `against` reference events, reference person-time",
                   SLICE_FMT(quoted(f->c, f->call->left->span)));
        return value_poison(f->c);
    }
    for (int i = 0; i < 2; i++)
        args[2 + i] = elaborate_node(f->c, f->scope, against->values.items[i]);
    if (!args[2] || !args[3]) return value_poison(f->c);
    Unit unit =
        op == NATIVE_STATS_SMR ? UNIT_NONE : unit_per(args[0]->type.unit, args[1]->type.unit);
    Node *node = native(f, op, estimate_type(unit), args, 5);
    if (!across(f, node)) return value_poison(f->c);
    inherit(node, false);
    return value_from_node(f->c, node);
}

Value *form_isr(Compilation *c, const Scope *scope, const Expr *call) {
    return indirect(&(Form){c, scope, call}, NATIVE_STATS_ISR);
}
Value *form_smr(Compilation *c, const Scope *scope, const Expr *call) {
    return indirect(&(Form){c, scope, call}, NATIVE_STATS_SMR);
}

/* ---- Inequality --------------------------------------------------------------------- */

/* 0 on the value itself, 1 on a rate's logarithm, 2 on a proportion's logit. */
static int64_t scale_of(const Type *type) {
    if (type->percent) return 2;
    for (int i = 0; i < UNIT_MAX_BASES; i++) {
        if (type->unit.down[i]) return 1;
    }
    return 0;
}

typedef struct {
    int64_t repetitions, seed, generator, transform;
} Method;

static bool whole_of(const Form *f, const Expr *expr, int64_t least, int64_t most, int64_t *value) {
    Node *node = elaborate_node(f->c, f->scope, expr);
    if (!node) return false;
    bool whole = node->sort == NODE_CONST && node->constant.sort == CONST_EXACT &&
                 exact_to_int64(node->constant.exact, value);
    if (whole && *value >= least && *value <= most) return true;
    sema_error(f->c, f->scope, DIAG_OUT_OF_RANGE, expr->span,
               "a whole number from %lld to %lld is wanted here", (long long)least,
               (long long)most);
    return false;
}

/* using draws(10_000, seed: 7), using r_draws(…), using transformed */
static bool read_draws(const Form *f, const Expr *expr, Method *method) {
    Slice name = expr->left->kind == EXPR_WORD ? word(f->c, expr->left->atom) : (Slice){0};
    method->generator = slice_equal(name, SLICE("draws"))     ? 1
                        : slice_equal(name, SLICE("r_draws")) ? 2
                                                              : 0;
    if (!method->generator) return false;
    VEC_EACH(const Entry, entry, &expr->entries) {
        bool seed = entry->key && entry->key->kind == EXPR_WORD &&
                    slice_equal(word(f->c, entry->key->atom), SLICE("seed"));
        if (entry->key && !seed) return false;
        if (seed ? !whole_of(f, entry->value, 0, INT32_MAX, &method->seed)
                 : !whole_of(f, entry->value, 100, 10000000, &method->repetitions))
            return false;
    }
    return method->repetitions > 0;
}

static bool read_method(const Form *f, Method *method) {
    const Phrase *using = call_label(f->c, f->call, "using");
    *method = (Method){0};
    for (uint32_t i = 0; using && i < using->values.count; i++) {
        const Expr *expr = using->values.items[i];
        if (expr->kind == EXPR_WORD && slice_equal(word(f->c, expr->atom), SLICE("transformed"))) {
            method->transform = 1;
            continue;
        }
        if (expr->kind == EXPR_CALL && read_draws(f, expr, method)) continue;
        sema_error(
            f->c, f->scope, DIAG_TYPE_MISMATCH, expr->span,
            "`using` is followed by `draws(10_000, seed: 7)`, `r_draws(…)` or `transformed`");
        return false;
    }
    return true;
}

static bool ordered_groups(const Form *f, const Node *node) {
    const ModuleDim *dim = &f->c->module->dims.items[node->dims[0]];
    if (!dim->ordered) {
        sema_error(
            f->c, f->scope, DIAG_DIMENSION_MISMATCH, f->call->span,
            "%.*s has no order, and a slope needs one: declare it as `ordered(…)` or in bands",
            SLICE_FMT(dim->name));
        return false;
    }
    if (dim->member_count >= 5 && dim->member_count <= 100) return true;
    sema_error(f->c, f->scope, DIAG_OUT_OF_RANGE, f->call->span,
               "inequality is measured over 5 to 100 groups; %.*s has %u", SLICE_FMT(dim->name),
               dim->member_count);
    return false;
}

static Value *inequality(const Form *f, Native op) {
    static const char *const known[] = {"across", "at", "using", NULL};
    Method method;
    if (!labels(f, known)) return value_poison(f->c);
    Node *measure = estimate_argument(f, 0), *level = confidence(f);
    if (!measure || !level || !read_method(f, &method)) return value_poison(f->c);
    int64_t scale = scale_of(&measure->type);
    Node *args[7] = {measure,
                     level,
                     number(f, scale),
                     number(f, scale ? method.transform : 0),
                     number(f, method.repetitions),
                     number(f, method.seed),
                     number(f, method.generator)};
    Type type = estimate_type(op == NATIVE_STATS_RII ? UNIT_NONE : measure->type.unit);
    if (op == NATIVE_STATS_SII) {
        type.points = measure->type.percent;
        type.price = measure->type.price;
    }
    Node *node = native(f, op, type, args, 7);
    if (!across(f, node) || !one_dim(f, node) || !ordered_groups(f, node))
        return value_poison(f->c);
    inherit(node, false);
    return value_from_node(f->c, node);
}

Value *form_sii(Compilation *c, const Scope *scope, const Expr *call) {
    return inequality(&(Form){c, scope, call}, NATIVE_STATS_SII);
}
Value *form_rii(Compilation *c, const Scope *scope, const Expr *call) {
    return inequality(&(Form){c, scope, call}, NATIVE_STATS_RII);
}

/* gap(m across d between a, b): a less b. */
static Node *member_of(const Form *f, Node *measure, uint16_t dim, const Expr *expr) {
    const ModuleDim *found = &f->c->module->dims.items[dim];
    Slice text = expr->kind == EXPR_WORD     ? word(f->c, expr->atom)
                 : expr->kind == EXPR_STRING ? expr->text
                                             : source_map_text(f->c->sources, expr->span);
    Nearest nearest = {.wanted = text};
    for (uint32_t i = 0; i < found->member_count; i++) {
        if (slice_equal(found->members[i], text))
            return index_member(f->c, measure, dim, i, expr->span);
        nearest_offer(&nearest, found->members[i]);
    }
    Diag *diag =
        sema_error(f->c, f->scope, DIAG_UNKNOWN_CATEGORY, expr->span,
                   "`%.*s` is not a member of %.*s", SLICE_FMT(text), SLICE_FMT(found->name));
    nearest_fix(f->c, diag, expr->span, &nearest);
    return NULL;
}

Value *form_gap(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const known[] = {"across", "between", NULL};
    Form f = {c, scope, call};
    if (!labels(&f, known)) return value_poison(c);
    Node *measure = argument(&f, 0), dims = {0};
    if (!measure || !across(&f, &dims) || !one_dim(&f, &dims)) return value_poison(c);
    const Phrase *between = call_label(c, call, "between");
    if (between && between->values.count != 2) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, between->span,
                   "`between` names two members: `between \"1-2\", \"9+\"`");
        return value_poison(c);
    }
    const ModuleDim *dim = &c->module->dims.items[dims.dims[0]];
    Node *first = between ? member_of(&f, measure, dims.dims[0], between->values.items[0])
                          : index_member(c, measure, dims.dims[0], 0, call->span);
    Node *last = between
                     ? member_of(&f, measure, dims.dims[0], between->values.items[1])
                     : index_member(c, measure, dims.dims[0], dim->member_count - 1, call->span);
    return value_from_node(c, operate(c, scope, OP_SUB, first, last, call->span));
}

/* ---- Life expectancy ---------------------------------------------------------------- */

/* 0, 1-4, 5-9 … 85-89, 90+: the bands of the method, and no others. */
static bool life_bands(const Form *f, const Node *node) {
    const ModuleDim *dim = &f->c->module->dims.items[node->dims[0]];
    bool good = dim->member_count == 20 && slice_equal(dim->members[0], SLICE("0")) &&
                slice_equal(dim->members[1], SLICE("1-4")) &&
                slice_equal(dim->members[2], SLICE("5-9")) &&
                slice_equal(dim->members[19], SLICE("90+"));
    if (!good)
        sema_error(
            f->c, f->scope, DIAG_DIMENSION_MISMATCH, f->call->span,
            "a life table has the bands 0, 1-4, 5-9 … 90+: `band(age from 0, 1, 5 to 90 every 5)`");
    return good;
}

static Value *life(const Form *f, Native op) {
    static const char *const known[] = {"across", "at", NULL};
    if (!labels(f, known)) return value_poison(f->c);
    Node *args[3] = {argument(f, 0), argument(f, 1), confidence(f)};
    if (!args[0] || !args[1] || !args[2]) return value_poison(f->c);
    Node *node = native(f, op, estimate_type(unit_base(BASE_YEARS)), args, 3);
    if (!across(f, node) || !one_dim(f, node) || !life_bands(f, node)) return value_poison(f->c);
    bool each = op == NATIVE_STATS_LIFE_EXPECTANCY_AT;
    inherit(node, each);
    Type along = {.dim_count = 1, .dims = {node->dims[0]}};
    if (each) type_join(&node->type, &along);
    return value_from_node(f->c, node);
}

Value *form_life_expectancy(Compilation *c, const Scope *scope, const Expr *call) {
    return life(&(Form){c, scope, call}, NATIVE_STATS_LIFE_EXPECTANCY);
}

Value *form_life_expectancy_at(Compilation *c, const Scope *scope, const Expr *call) {
    return life(&(Form){c, scope, call}, NATIVE_STATS_LIFE_EXPECTANCY_AT);
}

/* ---- Comparison and trend ----------------------------------------------------------- */

static bool is_standardised(const Node *node) {
    if (node->sort == NODE_CALL &&
        (node->op == NATIVE_STATS_DSR || node->op == NATIVE_STATS_DSR_RECURRENT))
        return true;
    return (node->sort == NODE_AT || node->sort == NODE_BY) && is_standardised(node->args[0]);
}

static Value *judged(const Form *f, Native op) {
    static const char *const known[] = {"across", NULL};
    if (!labels(f, known)) return value_poison(f->c);
    Node *measure = estimate_argument(f, 0);
    if (!measure) return value_poison(f->c);
    int64_t kind = measure->type.percent               ? 0
                   : op == NATIVE_STATS_TREND          ? 1
                   : unit_is_none(&measure->type.unit) ? 1
                   : is_standardised(measure)          ? 3
                                                       : 2;
    Node *args[2] = {measure, number(f, kind)};
    Node *node = native(f, op, type_of(TYPE_TEXT), args, 2);
    if (!across(f, node) || !one_dim(f, node)) return value_poison(f->c);
    bool keeps = op == NATIVE_STATS_COMPARED;
    inherit(node, keeps);
    Type along = {.dim_count = 1, .dims = {node->dims[0]}};
    if (keeps) type_join(&node->type, &along);
    return value_from_node(f->c, node);
}

Value *form_compared(Compilation *c, const Scope *scope, const Expr *call) {
    return judged(&(Form){c, scope, call}, NATIVE_STATS_COMPARED);
}
Value *form_trend(Compilation *c, const Scope *scope, const Expr *call) {
    return judged(&(Form){c, scope, call}, NATIVE_STATS_TREND);
}

/* ---- Ratios and differences --------------------------------------------------------- */

static Value *compared_pair(const Form *f, Native op, bool of_rates) {
    static const char *const known[] = {"at", "across", NULL};
    if (!labels(f, known)) return value_poison(f->c);
    Node *args[3] = {estimate_argument(f, 0), estimate_argument(f, 1), confidence(f)};
    if (!args[0] || !args[1] || !args[2]) return value_poison(f->c);
    for (int i = 0; i < 2; i++) {
        if (args[i]->type.percent != of_rates) continue;
        sema_error(f->c, f->scope, DIAG_TYPE_MISMATCH, args[i]->span,
                   of_rates ? "a rate is wanted here" : "a proportion is wanted here");
        return value_poison(f->c);
    }
    if (!operate(f->c, f->scope, OP_SUB, args[0], args[1], f->call->span))
        return value_poison(f->c);
    bool difference = op == NATIVE_STATS_RISK_DIFFERENCE || op == NATIVE_STATS_RATE_DIFFERENCE;
    Type type = estimate_type(difference ? args[0]->type.unit : UNIT_NONE);
    type.points = difference && !of_rates;
    Node *node = native(f, op, type, args, 3);
    if (op == NATIVE_STATS_MANTEL_HAENSZEL && !across(f, node)) return value_poison(f->c);
    inherit(node, false);
    return value_from_node(f->c, node);
}

#define PAIR_FORM(name, op, of_rates)                                               \
    Value *form_##name(Compilation *c, const Scope *scope, const Expr *call) {      \
        return compared_pair(&(Form){c, scope, call}, NATIVE_STATS_##op, of_rates); \
    }
PAIR_FORM(risk_ratio, RISK_RATIO, false)
PAIR_FORM(risk_difference, RISK_DIFFERENCE, false)
PAIR_FORM(odds_ratio, ODDS_RATIO, false)
PAIR_FORM(rate_ratio, RATE_RATIO, true)
PAIR_FORM(rate_difference, RATE_DIFFERENCE, true)
PAIR_FORM(mantel_haenszel, MANTEL_HAENSZEL, false)

/* ---- Process control ---------------------------------------------------------------- */

static int time_dim(const Compilation *c, const Node *node) {
    for (int i = 0; i < node->type.dim_count; i++) {
        DimSort sort = c->module->dims.items[node->type.dims[i]].sort;
        if (sort >= DIM_YEAR && sort <= DIM_WEEK) return i;
    }
    return -1;
}

static bool using_word(const Form *f, const char *name) {
    const Phrase *using = call_label(f->c, f->call, "using");
    for (uint32_t i = 0; using && i < using->values.count; i++) {
        const Expr *expr = using->values.items[i];
        if (expr->kind == EXPR_WORD && slice_equal(word(f->c, expr->atom), slice_of(name)))
            return true;
    }
    return false;
}

static void add_part(const Form *f, Value *chart, const char *name, Native op, Type type,
                     Node **args, uint32_t count, const Node *series, int at) {
    Node *node = native(f, op, type, args, count);
    node->dims[node->dim_count++] = series->type.dims[at];
    inherit(node, op != NATIVE_SPC_ASSURANCE);
    Value *key = value_new(f->c, VALUE_CHOICE, f->call->span);
    key->word = intern(f->c->interner, slice_of(name));
    ValuePair pair = {.key = key, .value = value_from_node(f->c, node)};
    VEC_PUSH(f->c->arena, &chart->pairs, pair);
}

/* spc(series against target using decrease, screened): .mean .lower .upper .signal .variation
 * .assurance */
Value *form_spc(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const known[] = {"using", "against", NULL};
    Form f = {c, scope, call};
    if (!labels(&f, known)) return value_poison(c);
    Node *series = argument(&f, 0);
    if (!series) return value_poison(c);
    int at = time_dim(c, series);
    if (at < 0) {
        sema_error(
            c, scope, DIAG_DIMENSION_MISMATCH, call->span,
            "a chart wants a series over time: `let monthly by month = …`, then `spc(monthly)`");
        return value_poison(c);
    }
    const Expr *against = call_label_value(c, call, "against");
    Node *target = against ? elaborate_node(c, scope, against) : NULL;
    if (against && !target) return value_poison(c);
    int64_t direction = using_word(&f, "increase") ? 1 : using_word(&f, "decrease") ? -1 : 0;
    Node *screened = number(&f, using_word(&f, "screened"));
    if (!target) target = node_absent(c, TYPE_QUANTITY, ABSENT_MISSING, (Slice){0}, call->span);
    target = coerce_bare(c, target, &series->type);
    Node *args[5] = {series, screened, number(&f, 0), number(&f, direction), target};
    Type limit = type_of(TYPE_QUANTITY), text = type_of(TYPE_TEXT);
    limit.unit = series->type.unit;
    limit.percent = series->type.percent;
    limit.real = true;
    Value *chart = value_new(c, VALUE_PAIRS, call->span);
    add_part(&f, chart, "mean", NATIVE_SPC_MEAN, limit, args, 3, series, at);
    add_part(&f, chart, "lower", NATIVE_SPC_LOWER, limit, args, 3, series, at);
    add_part(&f, chart, "upper", NATIVE_SPC_UPPER, limit, args, 3, series, at);
    add_part(&f, chart, "signal", NATIVE_SPC_SIGNAL, text, args, 3, series, at);
    add_part(&f, chart, "variation", NATIVE_SPC_VARIATION, text, args, 4, series, at);
    add_part(&f, chart, "assurance", NATIVE_SPC_ASSURANCE, text, args, 5, series, at);
    return chart;
}
