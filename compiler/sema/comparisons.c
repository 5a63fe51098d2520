/* Two risks or two rates beside each other: ratios, differences and tests, alone, over strata and
 * over groups in order. Which counts they are made of, the estimates say. */
#include "compiler/sema/statistics.h"

/* Two estimates of the same sort that line up; the third argument says how, the last how sure. */
typedef struct {
    Native op;
    bool of_rates;
    bool difference;
    bool strata;              /* `across` is wanted */
    const char *const *words; /* of `using`, the first for nothing said */
    const char *wanted;
} Pair;

static bool same_sort(const Form *f, Node **args, bool of_rates) {
    for (int i = 0; i < 2; i++) {
        Unit *unit = &args[i]->type.unit;
        bool rate = false;
        for (int b = 0; b < UNIT_MAX_BASES; b++) rate |= unit->down[b] > 0;
        bool fits = of_rates ? rate && !args[i]->type.percent : args[i]->type.percent;
        if (fits) continue;
        sema_error(f->c, f->scope, DIAG_TYPE_MISMATCH, args[i]->span,
                   of_rates ? "a rate is wanted here" : "a proportion is wanted here");
        return false;
    }
    Native made = of_rates ? NATIVE_STATS_RATE : NATIVE_STATS_PROPORTION;
    for (int i = 0; i < 2; i++) {
        if (form_source(args[i]) == made || form_source(args[i]) == NATIVE_COUNT) continue;
        sema_error(f->c, f->scope, DIAG_TYPE_MISMATCH, args[i]->span,
                   of_rates ? "a crude rate is wanted here: the counts of a standardised one do not "
                              "make it; compare two of those with `significantly`"
                            : "a proportion is wanted here");
        return false;
    }
    return operate(f->c, f->scope, OP_SUB, args[0], args[1], f->call->span) != NULL;
}

static Value *pair(const Form *f, const Pair *p) {
    static const char *const plain[] = {"at", NULL}, *const using[] = {"at", "using", NULL},
                                          *const strata[] = {"at", "using", "across", NULL};
    int64_t choice = 0;
    if (!form_labels(f, p->strata ? strata : p->words ? using : plain)) return value_poison(f->c);
    if (p->words && !form_word(f, p->words, p->wanted, &choice)) return value_poison(f->c);
    Node *args[4] = {form_estimate(f, 0), form_estimate(f, 1), form_number(f, choice),
                     form_confidence(f)};
    if (!args[0] || !args[1] || !args[3] || !same_sort(f, args, p->of_rates))
        return value_poison(f->c);
    Type type = form_estimate_type(p->difference ? args[0]->type.unit : UNIT_NONE);
    type.points = p->difference && !p->of_rates;
    Node *node = form_native(f, p->op, type, args, 4);
    if (p->strata && !form_across(f, node)) return value_poison(f->c);
    form_inherit(node, false);
    return value_from_node(f->c, node);
}

static const char *const difference_words[] = {"newcombe", "wald", NULL};
static const char *const ratio_words[] = {"logarithmic", "exact", NULL};
static const char *const common_words[] = {"odds", "risks", NULL};

#define PAIR_FORM(name, ...)                                                   \
    Value *form_##name(Compilation *c, const Scope *scope, const Expr *call) { \
        static const Pair pair_of = {__VA_ARGS__};                             \
        return pair(&(Form){c, scope, call}, &pair_of);                        \
    }
PAIR_FORM(risk_ratio, .op = NATIVE_STATS_RISK_RATIO)
PAIR_FORM(odds_ratio, .op = NATIVE_STATS_ODDS_RATIO)
PAIR_FORM(risk_difference, .op = NATIVE_STATS_RISK_DIFFERENCE, .difference = true,
          .words = difference_words, .wanted = "`newcombe` or `wald`")
PAIR_FORM(rate_ratio, .op = NATIVE_STATS_RATE_RATIO, .of_rates = true, .words = ratio_words,
          .wanted = "`logarithmic` or `exact`")
PAIR_FORM(rate_difference, .op = NATIVE_STATS_RATE_DIFFERENCE, .of_rates = true, .difference = true)
PAIR_FORM(mantel_haenszel, .op = NATIVE_STATS_MANTEL_HAENSZEL, .strata = true,
          .words = common_words, .wanted = "`odds` or `risks`")

/* ---- Tests -------------------------------------------------------------------------- */

static Type test_type(void) {
    Type type = type_of(TYPE_QUANTITY);
    type.real = true;
    return type;
}

/* Parts .chi2 and .p of a test of two proportions, across strata or not. */
static Value *two_tests(const Form *f, Native op, bool strata) {
    static const char *const plain[] = {NULL}, *const across[] = {"across", NULL};
    static const char *const names[] = {"chi2", "p"};
    if (!form_labels(f, strata ? across : plain)) return value_poison(f->c);
    Node *args[3] = {form_estimate(f, 0), form_estimate(f, 1), NULL};
    if (!args[0] || !args[1] || !same_sort(f, args, false)) return value_poison(f->c);
    Value *parts = value_new(f->c, VALUE_PAIRS, f->call->span);
    for (int i = 0; i < 2; i++) {
        args[2] = form_number(f, i);
        Node *node = form_native(f, op, test_type(), args, 3);
        if (strata && !form_across(f, node)) return value_poison(f->c);
        form_inherit(node, false);
        form_add_part(f, parts, names[i], node);
    }
    return parts;
}

Value *form_risk_test(Compilation *c, const Scope *scope, const Expr *call) {
    return two_tests(&(Form){c, scope, call}, NATIVE_STATS_RISK_TEST, false);
}

Value *form_strata_test(Compilation *c, const Scope *scope, const Expr *call) {
    return two_tests(&(Form){c, scope, call}, NATIVE_STATS_STRATA_TEST, true);
}

/* Parts .chi2 .p .any_chi2 .any_p */
Value *form_trend_test(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const known[] = {"across", NULL};
    static const char *const names[] = {"chi2", "p", "any_chi2", "any_p"};
    Form f = {c, scope, call};
    Node *measure = form_labels(&f, known) ? form_estimate(&f, 0) : NULL;
    if (!measure) return value_poison(c);
    if (form_source(measure) != NATIVE_STATS_PROPORTION) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, measure->span,
                   "a proportion is wanted here: the test is of a part of a whole");
        return value_poison(c);
    }
    Value *parts = value_new(c, VALUE_PAIRS, call->span);
    for (int i = 0; i < 4; i++) {
        Node *args[2] = {measure, form_number(&f, i)};
        Node *node = form_native(&f, NATIVE_STATS_TREND_TEST, test_type(), args, 2);
        if (!form_across(&f, node) || !form_one_dim(&f, node)) return value_poison(c);
        const ModuleDim *dim = &c->module->dims.items[node->dims[0]];
        if (!dim->ordered) {
            sema_error(c, scope, DIAG_DIMENSION_MISMATCH, call->span,
                       "%.*s has no order, and a trend over it has no meaning: declare it as "
                       "`ordered(…)` or in bands",
                       SLICE_FMT(dim->name));
            return value_poison(c);
        }
        form_inherit(node, false);
        form_add_part(&f, parts, names[i], node);
    }
    return parts;
}
