/* Statistics of counts, and those that take a dimension out or run along one: indirect
 * standardisation, inequality, life tables, trend, process control. Units and the order of groups are
 * checked here; runtime/stats computes. */
#include "compiler/sema/expressions.h"
#include "compiler/sema/observations.h"
#include "compiler/sema/statistics.h"

#include "runtime/base/date.h"
#include "runtime/bytecode/natives.h"
#include "runtime/bytecode/period.h"
#include "runtime/stats/estimate.h"
#include "runtime/stats/spc.h"

/* ---- Shared ------------------------------------------------------------------------ */

Node *form_argument(const Form *f, uint32_t index) {
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

Node *form_estimate(const Form *f, uint32_t index) {
    Node *node = form_argument(f, index);
    if (!node || node->type.estimate) return node;
    sema_error(f->c, f->scope, DIAG_TYPE_MISMATCH, node->span,
               "an estimate is wanted here, such as a rate or a proportion");
    return NULL;
}

/* An estimate with the limits that gradients and trends take standard errors from. */
Node *form_estimate_at_95(const Form *f) {
    Node *node = form_estimate(f, 0);
    if (!node) return NULL;
    Node *usual = estimate_at(f->c, node, confidence_node(f->c, f->scope, NULL, node->span));
    return usual ? usual : node;
}

Node *form_confidence(const Form *f) {
    return confidence_node(f->c, f->scope, call_label_value(f->c, f->call, "at"), f->call->span);
}

Node *form_number(const Form *f, int64_t value) {
    Node *node = node_exact(f->c, exact_from_int(value), f->call->span);
    return node;
}

Node *form_native(const Form *f, Native op, Type type, Node **args, uint32_t count) {
    Node *node = node_new(f->c, NODE_CALL, type, f->call->span);
    node->op = (uint16_t)op;
    node->args = ARENA_NEW_ARRAY(f->c->arena, Node *, count);
    node->arg_count = count;
    for (uint32_t i = 0; i < count; i++) node->args[i] = args[i];
    const Phrase *at = type.estimate ? call_label(f->c, f->call, "at") : NULL;
    if (at) confidence_further(f->c, f->scope, at, node);
    return node;
}

/* Reads `across` into the call's dims. */
bool form_across(const Form *f, Node *node) {
    const Phrase *phrase = call_label(f->c, f->call, "across");
    if (!phrase) {
        sema_error(f->c, f->scope, DIAG_MISSING_LABEL, f->call->span,
                   "`%.*s` wants `across` a dimension",
                   SLICE_FMT(quoted(f->c, f->call->left->span)));
        return false;
    }
    const Table *table = node->arg_count ? measured_table(node->args[0]) : NULL;
    return phrase_dims(f->c, f->scope, table, phrase, node);
}

bool form_one_dim(const Form *f, const Node *node) {
    if (node->dim_count == 1) return true;
    sema_error(f->c, f->scope, DIAG_DIMENSION_MISMATCH, f->call->span,
               "`%.*s` runs along one dimension", SLICE_FMT(quoted(f->c, f->call->left->span)));
    return false;
}

/* Dims and labels of the arguments, less the dims taken out. */
void form_inherit(Node *node, bool keeps) {
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

bool form_labels(const Form *f, const char *const *known) {
    return call_labels_known(f->c, f->scope, f->call, known);
}

Type form_estimate_type(Unit unit) {
    Type type = type_of(TYPE_QUANTITY);
    type.unit = unit;
    type.estimate = type.real = true;
    return type;
}

void form_add_part(const Form *f, Value *parts, const char *name, Node *node) {
    Value *key = value_new(f->c, VALUE_CHOICE, f->call->span);
    key->word = intern(f->c->interner, slice_of(name));
    ValuePair pair = {.key = key, .value = value_from_node(f->c, node)};
    VEC_PUSH(f->c->arena, &parts->pairs, pair);
}

bool form_word(const Form *f, const char *const *words, const char *wanted, int64_t *choice) {
    const Phrase *using = call_label(f->c, f->call, "using");
    *choice = 0;
    if (!using) return true;
    const Expr *expr = using->values.items[0];
    for (*choice = 0; using->values.count == 1 && expr->kind == EXPR_WORD && words[*choice];
         ++*choice) {
        if (slice_equal(word(f->c, expr->atom), slice_of(words[*choice]))) return true;
    }
    sema_error(f->c, f->scope, DIAG_TYPE_MISMATCH, using->span, "`using` is followed by %s",
               wanted);
    return false;
}

bool form_lines_up(const Form *f, Node *first, Node *second) {
    Node *bare = ARENA_NEW(f->c->arena, Node), *other = ARENA_NEW(f->c->arena, Node);
    *bare = *first;
    *other = *second;
    bare->type.unit = other->type.unit = UNIT_NONE;
    bare->type.price = other->type.price = PRICE_NONE;
    bare->type.percent = other->type.percent = bare->type.points = other->type.points = false;
    return operate(f->c, f->scope, OP_MUL, bare, other, f->call->span) != NULL;
}

bool count_limits_word(Compilation *c, const Scope *scope, const Expr *call, int64_t *limits) {
    static const char *const words[] = {"usual", "exact", "byar", NULL};
    return form_word(&(Form){c, scope, call}, words,
                     "`exact` or `byar`; without it limits are exact below ten events and Byar's "
                     "from there",
                     limits);
}

bool person_time(Compilation *c, const Scope *scope, const Node *node, Span span) {
    const Unit *unit = &node->type.unit;
    if (node->type.bare || unit->up[BASE_YEARS] > 0 || unit->up[BASE_DAYS] > 0) return true;
    Diag *diag = sema_error(c, scope, DIAG_UNIT_MISMATCH, span,
                            "a rate is of events over person-time; this is %.*s",
                            SLICE_FMT(type_phrase(c, &node->type)));
    Slice text = source_map_text(c->sources, span);
    if (slice_starts_with(text, SLICE("count(")))
        diag_fix(c->diags, diag, span,
                 arena_printf(c->arena, "person_years(%.*s",
                              SLICE_FMT(slice_sub(text, 6, text.length))),
                 "count the people for as long as the period lasts");
    return false;
}

/* ---- A count by itself ------------------------------------------------------------- */

/* poisson(count(falls) at 95%): the count with Poisson limits. */
Value *form_poisson(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const known[] = {"at", "using", NULL};
    Form f = {c, scope, call};
    int64_t limits;
    if (!form_labels(&f, known) || !count_limits_word(c, scope, call, &limits))
        return value_poison(c);
    Node *args[3] = {form_argument(&f, 0), form_number(&f, limits), form_confidence(&f)};
    if (!args[0] || !args[2]) return value_poison(c);
    if (args[0]->type.percent || args[0]->type.points || args[0]->type.price ||
        unit_is(&args[0]->type.unit, BASE_GBP)) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, call->entries.items[0].value->span,
                   "a count is wanted here, of events or people");
        return value_poison(c);
    }
    Node *node = form_native(&f, NATIVE_STATS_COUNT, form_estimate_type(args[0]->type.unit), args, 3);
    form_inherit(node, false);
    return value_from_node(c, node);
}

/* ---- Indirect standardisation ------------------------------------------------------ */

static Value *indirect(const Form *f, Native op) {
    static const char *const known[] = {"across", "against", "at", "using", NULL};
    int64_t limits;
    if (!form_labels(f, known) || !count_limits_word(f->c, f->scope, f->call, &limits))
        return value_poison(f->c);
    const Phrase *against = call_label(f->c, f->call, "against");
    Node *args[6] = {form_argument(f, 0), form_argument(f, 1), NULL, NULL, form_number(f, limits),
                     form_confidence(f)};
    if (!args[0] || !args[1] || !args[5]) return value_poison(f->c);
    if (!person_time(f->c, f->scope, args[1], f->call->entries.items[1].value->span))
        return value_poison(f->c);
    if (!against || against->values.count != 2) {
        sema_error(f->c, f->scope, DIAG_MISSING_LABEL, f->call->span,
                   "`%.*s` wants `against` reference events, reference person-time",
                   SLICE_FMT(quoted(f->c, f->call->left->span)));
        return value_poison(f->c);
    }
    for (int i = 0; i < 2; i++)
        args[2 + i] = elaborate_node(f->c, f->scope, against->values.items[i]);
    if (!args[2] || !args[3]) return value_poison(f->c);
    for (int i = 0; i < 2; i++) {
        args[2 + i] = coerce_bare(f->c, args[2 + i], &args[i]->type);
        if (unit_equal(&args[2 + i]->type.unit, &args[i]->type.unit)) continue;
        sema_error(f->c, f->scope, DIAG_UNIT_MISMATCH, against->values.items[i]->span,
                   "the reference %s wanted in the unit of what is compared with it: this is "
                   "%.*s, that is %.*s",
                   i ? "person-time is" : "events are",
                   SLICE_FMT(type_phrase(f->c, &args[2 + i]->type)),
                   SLICE_FMT(type_phrase(f->c, &args[i]->type)));
        return value_poison(f->c);
    }
    Unit unit =
        op == NATIVE_STATS_SMR ? UNIT_NONE : unit_per(args[0]->type.unit, args[1]->type.unit);
    Node *node = form_native(f, op, form_estimate_type(unit), args, 6);
    if (!form_across(f, node)) return value_poison(f->c);
    for (int i = 1; i < 4; i++) {
        if (args[i]->type.measure) continue;
        if (!across_agree(f->c, f->scope, args[i], node,
                          i < 2 ? f->call->entries.items[i].value->span : against->span))
            return value_poison(f->c);
    }
    form_inherit(node, false);
    return value_from_node(f->c, node);
}

Value *form_isr(Compilation *c, const Scope *scope, const Expr *call) {
    return indirect(&(Form){c, scope, call}, NATIVE_STATS_ISR);
}
Value *form_smr(Compilation *c, const Scope *scope, const Expr *call) {
    return indirect(&(Form){c, scope, call}, NATIVE_STATS_SMR);
}

/* ---- Inequality -------------------------------------------------------------------- */

/* 0 on the value itself, 1 on a rate's logarithm, 2 on a proportion's logit. */
static int64_t scale_of(const Type *type) {
    if (type->percent) return 2;
    for (int i = 0; i < UNIT_MAX_BASES; i++) {
        if (type->unit.down[i]) return 1;
    }
    return 0;
}

typedef struct {
    int64_t repetitions, seed, generator, transform, reversed;
} Method;

bool form_whole(const Form *f, const Expr *expr, int64_t least, int64_t most, int64_t *value) {
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

/* Whether the call is `draws(10_000, seed: 7)` or `r_draws(…)`. */
static bool is_draws(const Form *f, const Expr *expr, Method *method) {
    if (expr->kind != EXPR_CALL || expr->left->kind != EXPR_WORD) return false;
    Slice name = word(f->c, expr->left->atom);
    bool own = slice_equal(name, SLICE("draws"));
    uint32_t plain = 0;
    VEC_EACH(const Entry, entry, &expr->entries) {
        plain += !entry->key;
        if (entry->key && (entry->key->kind != EXPR_WORD ||
                           !slice_equal(word(f->c, entry->key->atom), SLICE("seed"))))
            return false;
    }
    method->generator = own ? 1 : 2;
    return (own || slice_equal(name, SLICE("r_draws"))) && plain == 1;
}

static bool read_draws(const Form *f, const Expr *expr, Method *method) {
    VEC_EACH(const Entry, entry, &expr->entries) {
        if (entry->key ? !form_whole(f, entry->value, 0, INT32_MAX, &method->seed)
                       : !form_whole(f, entry->value, 100, 10000000, &method->repetitions))
            return false;
    }
    return true;
}

/* using draws(10_000, seed: 7), using r_draws(…), using transformed, using reversed */
static bool read_method(const Form *f, Method *method) {
    const Phrase *using = call_label(f->c, f->call, "using");
    *method = (Method){0};
    for (uint32_t i = 0; using && i < using->values.count; i++) {
        const Expr *expr = using->values.items[i];
        if (expr->kind == EXPR_WORD && slice_equal(word(f->c, expr->atom), SLICE("transformed"))) {
            method->transform = 1;
        } else if (expr->kind == EXPR_WORD &&
                   slice_equal(word(f->c, expr->atom), SLICE("reversed"))) {
            method->reversed = 1;
        } else if (is_draws(f, expr, method)) {
            if (!read_draws(f, expr, method)) return false;
        } else {
            sema_error(
                f->c, f->scope, DIAG_TYPE_MISMATCH, expr->span,
                "`using` is followed by `draws(10_000, seed: 7)`, `r_draws(…)`, `transformed` or "
                "`reversed`, which looks from the last group to the first");
            return false;
        }
    }
    return true;
}

/* Inequality runs from one end of an order to the other; `what` needs it. */
static bool ordered_dim(const Form *f, uint16_t dim, const char *what, Span span) {
    const ModuleDim *found = &f->c->module->dims.items[dim];
    if (found->ordered) return true;
    sema_error(f->c, f->scope, DIAG_DIMENSION_MISMATCH, span,
               "%.*s has no order, and %s needs one: declare it as `ordered(…)` or in bands",
               SLICE_FMT(found->name), what);
    return false;
}

bool form_ordered(const Form *f, const Node *node, Span span) {
    const ModuleDim *dim = &f->c->module->dims.items[node->dims[0]];
    if (!ordered_dim(f, node->dims[0], "a slope", span)) return false;
    if (dim->member_count >= 5 && dim->member_count <= 100) return true;
    sema_error(f->c, f->scope, DIAG_OUT_OF_RANGE, span,
               "inequality is measured over 5 to 100 groups; %.*s has %u", SLICE_FMT(dim->name),
               dim->member_count);
    return false;
}

/* The index of the measure, before it is said across what. */
static Node *inequality_node(const Form *f, Native op, Node *measure, Node *level,
                             const Method *method) {
    int64_t scale = scale_of(&measure->type);
    if (method->transform && !scale) {
        sema_error(f->c, f->scope, DIAG_TYPE_MISMATCH, call_label(f->c, f->call, "using")->span,
                   "`transformed` is for rates, on their logarithm, and proportions, on their "
                   "logit; this is neither");
        return NULL;
    }
    Node *args[8] = {measure,
                     form_number(f, scale),
                     form_number(f, method->transform),
                     form_number(f, method->reversed),
                     form_number(f, method->repetitions),
                     form_number(f, method->seed),
                     form_number(f, method->generator),
                     level};
    Type type = form_estimate_type(op == NATIVE_STATS_RII ? UNIT_NONE : measure->type.unit);
    if (op == NATIVE_STATS_SII) {
        type.points = measure->type.percent;
        type.price = measure->type.price;
    }
    return form_native(f, op, type, args, 8);
}

static Value *inequality(const Form *f, Native op) {
    static const char *const known[] = {"across", "at", "using", NULL};
    Method method;
    if (!form_labels(f, known)) return value_poison(f->c);
    Node *measure = form_estimate_at_95(f), *level = form_confidence(f);
    if (!measure || !level || !read_method(f, &method)) return value_poison(f->c);
    Node *node = inequality_node(f, op, measure, level, &method);
    if (!node || !form_across(f, node) || !form_one_dim(f, node) ||
        !form_ordered(f, node, f->call->span))
        return value_poison(f->c);
    form_inherit(node, false);
    return value_from_node(f->c, node);
}

Value *form_sii(Compilation *c, const Scope *scope, const Expr *call) {
    return inequality(&(Form){c, scope, call}, NATIVE_STATS_SII);
}
Value *form_rii(Compilation *c, const Scope *scope, const Expr *call) {
    return inequality(&(Form){c, scope, call}, NATIVE_STATS_RII);
}

/* a less b: of two estimates with limits. */
static Node *difference(const Form *f, Node *a, Node *b) {
    Node *less = operate(f->c, f->scope, OP_SUB, a, b, f->call->span);
    if (!less || !a->type.estimate || !b->type.estimate) return less;
    Node *args[2] = {a, b};
    Node *node = form_native(f, NATIVE_STATS_DIFFERENCE, less->type, args, 2);
    node->type.estimate = true;
    return node;
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
    if (!form_labels(&f, known)) return value_poison(c);
    Node *measure = form_argument(&f, 0), dims = {0};
    if (!measure || !form_across(&f, &dims) || !form_one_dim(&f, &dims)) return value_poison(c);
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
    return value_from_node(c, difference(&f, first, last));
}

/* ---- Inequality that is aimed at ---------------------------------------------------- */

/* What `on` and `across` of a call name: a word of a choice and one dimension. */
typedef struct {
    bool slope; /* else the gap */
    uint16_t dim;
    Span span; /* where the dimension is named */
} Disparity;

static bool read_disparity(const Form *f, Disparity *d) {
    const Expr *on = call_label_value(f->c, f->call, "on"),
               *along = call_label_value(f->c, f->call, "across");
    if (!on || !along) {
        sema_error(f->c, f->scope, DIAG_MISSING_LABEL, f->call->span,
                   "`disparity` wants `on` sii or gap and `across` a dimension");
        return false;
    }
    const Value *word_of = value_strip(f->c, elaborate(f->c, f->scope, on));
    const Value *dims = value_strip(f->c, elaborate(f->c, f->scope, along));
    if (word_of->sort != VALUE_CHOICE || dims->sort != VALUE_DIMS) return false; /* said */
    *d = (Disparity){slice_equal(word(f->c, word_of->word), SLICE("sii")), dims->dims[0],
                     dims->span};
    if (dims->dim_count == 1) return true;
    sema_error(f->c, f->scope, DIAG_DIMENSION_MISMATCH, dims->span,
               "inequality runs along one dimension");
    return false;
}

static Node *gap_of(const Form *f, Node *measure, const Disparity *d) {
    if (!ordered_dim(f, d->dim, "a gap between its ends", d->span)) return NULL;
    uint32_t last = f->c->module->dims.items[d->dim].member_count - 1;
    return difference(f, index_member(f->c, measure, d->dim, 0, d->span),
                      index_member(f->c, measure, d->dim, last, d->span));
}

static Node *slope_of(const Form *f, Node *measure, const Disparity *d) {
    static const Method analytic = {0};
    Node *usual = confidence_node(f->c, f->scope, NULL, d->span);
    Node *node = inequality_node(f, NATIVE_STATS_SII, measure, usual, &analytic);
    node->dims[node->dim_count++] = d->dim;
    if (!form_ordered(f, node, d->span)) return NULL;
    form_inherit(node, false);
    return node;
}

/* disparity(measure on sii across imd_quintile at FY2025/26): with its limits, at 95%. */
Value *form_disparity(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const known[] = {"on", "across", "at", NULL};
    Form f = {c, scope, call};
    Disparity d;
    if (!form_labels(&f, known)) return value_poison(c);
    Node *measure = form_argument(&f, 0);
    int64_t year;
    if (!measure || !read_disparity(&f, &d)) return value_poison(c);
    const Expr *at = call_label_value(c, call, "at");
    if (!year_of(c, scope, at, &year)) return value_poison(c);
    Node *usual = estimate_at(c, measure, confidence_node(c, scope, NULL, measure->span));
    if (!usual) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, d.span,
                   "inequality is measured of an estimate, such as a rate or a proportion; this "
                   "measure is %.*s",
                   SLICE_FMT(type_phrase(c, &measure->type)));
        return value_poison(c);
    }
    if (at && !year) return value_new(c, VALUE_MISSING, call->span); /* of a year not said */
    usual = measure_at(c, usual, year, call->span);
    return value_from_node(c, d.slope ? slope_of(&f, usual, &d) : gap_of(&f, usual, &d));
}

/* ---- Life expectancy --------------------------------------------------------------- */

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

/* The band that begins at an age: of `from 65`. */
static bool life_from(const Form *f, const Expr *from, uint32_t *band) {
    int64_t age;
    if (!form_whole(f, from, 0, 90, &age)) return false;
    *band = age < 5 ? (uint32_t)(age > 0) : (uint32_t)(age / 5 + 1);
    if (age == 0 || age == 1 || (age >= 5 && age % 5 == 0)) return true;
    sema_error(f->c, f->scope, DIAG_OUT_OF_RANGE, from->span,
               "a life table knows the ages at which its bands begin: 0, 1, 5, 10 … 90");
    return false;
}

static Value *life(const Form *f, Native op) {
    static const char *const known[] = {"across", "at", "from", NULL};
    const Expr *from = call_label_value(f->c, f->call, "from");
    uint32_t band = 0;
    if (!form_labels(f, known) || (from && !life_from(f, from, &band))) return value_poison(f->c);
    if (from) op = NATIVE_STATS_LIFE_EXPECTANCY_AT;
    Node *args[3] = {form_argument(f, 0), form_argument(f, 1), form_confidence(f)};
    if (!args[0] || !args[1] || !args[2]) return value_poison(f->c);
    Node *node = form_native(f, op, form_estimate_type(unit_base(BASE_YEARS)), args, 3);
    if (!form_across(f, node) || !form_one_dim(f, node) || !life_bands(f, node)) return value_poison(f->c);
    bool each = op == NATIVE_STATS_LIFE_EXPECTANCY_AT;
    form_inherit(node, each);
    Type along = {.dim_count = 1, .dims = {node->dims[0]}};
    if (each) type_join(&node->type, &along);
    if (from) node = index_member(f->c, node, node->dims[0], band, f->call->span);
    return value_from_node(f->c, node);
}

Value *form_life_expectancy(Compilation *c, const Scope *scope, const Expr *call) {
    return life(&(Form){c, scope, call}, NATIVE_STATS_LIFE_EXPECTANCY);
}

Value *form_life_expectancy_at(Compilation *c, const Scope *scope, const Expr *call) {
    return life(&(Form){c, scope, call}, NATIVE_STATS_LIFE_EXPECTANCY_AT);
}

/* ---- Trend ------------------------------------------------------------------------- */

Native form_source(const Node *node) {
    while (node->sort == NODE_AT || node->sort == NODE_BY || node->sort == NODE_INDEX)
        node = node->args[0];
    return node->sort == NODE_CALL ? (Native)node->op : NATIVE_COUNT;
}

/* admissions, people: what is counted one by one, and so has the limits of a count */
static bool is_count(const Type *type) {
    uint32_t counted = 0;
    for (int i = 0; i < UNIT_MAX_BASES; i++) {
        if (type->unit.down[i] || (type->unit.up[i] && type->unit.up[i] != 1)) return false;
        bool countable = i != BASE_GBP && i != BASE_YEARS && i != BASE_DAYS;
        if (type->unit.up[i] && !countable) return false;
        counted += type->unit.up[i] != 0;
    }
    return counted == 1 && !type->percent && !type->points;
}

static Node *with_count_limits(const Form *f, Node *count, Node *level) {
    Node *args[3] = {count, form_number(f, 0), level};
    Node *node = form_native(f, NATIVE_STATS_COUNT, form_estimate_type(count->type.unit), args, 3);
    form_inherit(node, false);
    return node;
}

/* Rows or people counted one by one, or such counts added up. */
static bool is_counted(const Node *node) {
    while (node->sort == NODE_AT || node->sort == NODE_BY || node->sort == NODE_INDEX)
        node = node->args[0];
    if (node->sort == NODE_OP && node->op == OPCODE_ADD)
        return is_counted(node->args[0]) && is_counted(node->args[1]);
    return node->sort == NODE_AGG && (node->agg == AGG_ROWS || node->agg == AGG_PEOPLE) &&
           is_count(&node->type);
}

/* with_limits(count) */
Value *form_with_limits(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const known[] = {NULL};
    Form f = {c, scope, call};
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!argument || !form_labels(&f, known)) return value_poison(c);
    Value *value = value_strip(c, elaborate(c, scope, argument));
    if (value->sort != VALUE_NODE || value->node->type.estimate || !is_counted(value->node))
        return value;
    Node *level = confidence_node(c, scope, NULL, call->span);
    return level ? value_from_node(c, with_count_limits(&f, value->node, level)) : value_poison(c);
}

/* What a trend is made of: estimates have limits, counts those of a count; a number that is
 * neither has none, and the trend says so. */
static Node *trend_argument(const Form *f) {
    Node *measure = form_argument(f, 0);
    if (!measure) return NULL;
    Node *level = confidence_node(f->c, f->scope, NULL, measure->span);
    if (measure->type.estimate) {
        Node *usual = level ? estimate_at(f->c, measure, level) : NULL;
        return usual ? usual : measure;
    }
    if (!level || !is_count(&measure->type)) return measure;
    return with_count_limits(f, measure, level);
}

/* Along the dimension that `across` names, or the one of time that the series has. */
static bool along_time(const Form *f, const Node *series, Node *node) {
    int at = series_dim(f->c, &series->type);
    if (!call_label(f->c, f->call, "across") && at >= 0) {
        node->dims[node->dim_count++] = series->type.dims[at];
        return true;
    }
    if (!form_across(f, node) || !form_one_dim(f, node)) return false;
    const ModuleDim *dim = &f->c->module->dims.items[node->dims[0]];
    if (dim->ordered || dim->sort >= DIM_YEAR) return true;
    sema_error(f->c, f->scope, DIAG_DIMENSION_MISMATCH, f->call->span,
               "%.*s has no order: a trend is looked for over time, such as `fy`",
               SLICE_FMT(dim->name));
    return false;
}

static bool control_direction(const Form *f, int64_t *direction);

/* trend(series using decrease): .reason .judged */
Value *form_trend(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const known[] = {"across", "using", NULL};
    Form f = {c, scope, call};
    int64_t direction = 0;
    if (!form_labels(&f, known)) return value_poison(c);
    Node *measure = trend_argument(&f);
    if (!measure || !control_direction(&f, &direction)) return value_poison(c);
    bool proportion = measure->type.estimate && measure->type.percent;
    Node *args[3] = {measure, form_number(&f, !proportion), form_number(&f, direction)};
    Node *node = form_native(&f, NATIVE_STATS_TREND, type_of(TYPE_TEXT), args, 3);
    if (!along_time(&f, measure, node)) return value_poison(c);
    form_inherit(node, false);
    return value_from_node(c, node);
}

/* ---- Process control ----------------------------------------------------------------- */

/* How a chart is made. */
typedef struct {
    int64_t direction; /* 1: an increase is good, -1: a decrease, 0: neither */
    int64_t screened;  /* 1: moving ranges far out do not widen the limits */
    int64_t fixed;     /* points that fix the limits; 0: all */
} ControlOptions;

static bool control_word(Slice name, ControlOptions *options) {
    static const struct {
        const char *word;
        int64_t direction; /* 2: none said */
        int64_t screened;  /* -1: none said */
    } words[] = {{"increase", 1, -1}, {"decrease", -1, -1},
                 {"neutral", 0, -1},  {"higher", 1, -1}, /* as a KPI says which is better */
                 {"lower", -1, -1},   {"context", 0, -1},
                 {"screened", 2, 1},  {"unscreened", 2, 0}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!slice_equal(name, slice_of(words[i].word))) continue;
        if (words[i].direction != 2) options->direction = words[i].direction;
        if (words[i].screened >= 0) options->screened = words[i].screened;
        return true;
    }
    return false;
}

/* fixed(12) */
static bool fixed_points(const Form *f, const Expr *expr, bool *poisoned, ControlOptions *options) {
    bool fixed = expr->kind == EXPR_CALL && expr->left->kind == EXPR_WORD &&
                 slice_equal(word(f->c, expr->left->atom), SLICE("fixed")) &&
                 expr->entries.count == 1 && !expr->entries.items[0].key;
    if (!fixed) return false;
    const Expr *points = expr->entries.items[0].value;
    const Value *said = elaborate_value(f->c, f->scope, points);
    if (said->sort == VALUE_MISSING) return true;
    *poisoned =
        said->sort == VALUE_POISON || !form_whole(f, points, SPC_FIX_MIN, 100000, &options->fixed);
    return true;
}

/* A clause that says one of these words, `using k.better`; one that says nothing asks nothing. */
static bool control_choice(const Form *f, const Expr *expr, bool *poisoned,
                           ControlOptions *options) {
    if (expr->kind == EXPR_WORD && !name_known(f->c, f->scope, expr->atom, expr->span))
        return false;
    if (expr->kind != EXPR_WORD && expr->kind != EXPR_MEMBER) return false;
    const Value *value = elaborate_value(f->c, f->scope, expr);
    *poisoned = value->sort == VALUE_POISON;
    return *poisoned || value->sort == VALUE_MISSING ||
           (value->sort == VALUE_CHOICE && control_word(word(f->c, value->word), options));
}

static bool control_options(const Form *f, ControlOptions *options) {
    const Phrase *using = call_label(f->c, f->call, "using");
    *options = (ControlOptions){0};
    for (uint32_t i = 0; using && i < using->values.count; i++) {
        const Expr *expr = using->values.items[i];
        bool poisoned = false;
        if (expr->kind == EXPR_WORD && control_word(word(f->c, expr->atom), options)) continue;
        if (fixed_points(f, expr, &poisoned, options) ||
            control_choice(f, expr, &poisoned, options)) {
            if (poisoned) return false;
            continue;
        }
        sema_error(f->c, f->scope, DIAG_TYPE_MISMATCH, expr->span,
                   "`using` is followed by the good direction (`increase`, `decrease` or "
                   "`neutral`), by `screened` or `unscreened`, and by `fixed(12)`");
        return false;
    }
    return true;
}

/* trend(… using decrease): the good direction alone. */
static bool control_direction(const Form *f, int64_t *direction) {
    ControlOptions options;
    if (!control_options(f, &options)) return false;
    *direction = options.direction;
    return true;
}

typedef VEC(Node *) ArgumentList;

/* The first point that begins on the day or after it; the count where none does. */
static uint32_t point_from(const ModuleDim *dim, int32_t day) {
    uint32_t point = 0;
    while (point < dim->member_count && period_first_day(dim, point) < day) point++;
    return point;
}

/* One day, month or year of `after`; false after a message. */
static bool rebase_at(const Form *f, const Value *value, const ModuleDim *dim, Span span,
                      uint32_t *before, Node **arg) {
    const Node *day = value->sort == VALUE_NODE ? value->node : NULL;
    bool year = day && day->type.base == TYPE_YEAR;
    if (!day || day->sort != NODE_CONST || (!year && day->type.base != TYPE_DATE)) {
        if (value->sort != VALUE_POISON)
            sema_error(f->c, f->scope, DIAG_TYPE_MISMATCH, span,
                       "`after` is followed by days, months or years from which limits are made "
                       "anew");
        return false;
    }
    int32_t from = (int32_t)day->constant.integer;
    uint32_t point = point_from(dim, year ? financial_year_start(from) : from);
    if (point <= *before || point >= dim->member_count) {
        sema_error(f->c, f->scope, DIAG_OUT_OF_RANGE, span,
                   "limits are made anew within the series, each time later than before");
        return false;
    }
    *arg = form_number(f, *before = point);
    return true;
}

/* after 2027-04, 2028-04: from there on the limits are made anew. */
static bool rebases(const Form *f, const Node *series, int at, ArgumentList *args) {
    const ModuleDim *dim = &f->c->module->dims.items[series->type.dims[at]];
    const Phrase *after = call_label(f->c, f->call, "after");
    uint32_t before = 0;
    for (uint32_t i = 0; after && i < after->values.count; i++) {
        const Expr *expr = after->values.items[i];
        Value *value = elaborate_value(f->c, f->scope, expr);
        bool list = value->sort == VALUE_LIST;
        for (uint32_t k = 0; k < (list ? value->list.count : 1); k++) {
            /* those of a clause are said where they are written */
            Value *one = list ? value_strip(f->c, value->list.items[k]) : value;
            Node *arg;
            if (!rebase_at(f, one, dim, list ? one->span : expr->span, &before, &arg)) return false;
            VEC_PUSH(f->c->arena, args, arg);
        }
    }
    return true;
}

/* The target, in the series' unit; missing where there is none. */
static Node *target_of(const Form *f, const Node *series) {
    const Expr *against = call_label_value(f->c, f->call, "against");
    if (!against)
        return coerce_bare(
            f->c, node_absent(f->c, TYPE_QUANTITY, ABSENT_MISSING, (Slice){0}, f->call->span),
            &series->type);
    Node *target = elaborate_node(f->c, f->scope, against);
    if (!target) return NULL;
    target = coerce_bare(f->c, target, &series->type);
    Node *both[2] = {(Node *)(uintptr_t)series, target};
    /* a target is compared with the series: the same unit, and no dimension the series lacks */
    if (!operate(f->c, f->scope, OP_LE, both[0], both[1], against->span)) return NULL;
    for (int i = 0; i < target->type.dim_count; i++) {
        bool own = false;
        for (int d = 0; d < series->type.dim_count; d++)
            own |= series->type.dims[d] == target->type.dims[i];
        if (own) continue;
        sema_error(f->c, f->scope, DIAG_DIMENSION_MISMATCH, against->span,
                   "the series has no %.*s, by which this target is given",
                   SLICE_FMT(f->c->module->dims.items[target->type.dims[i]].name));
        return NULL;
    }
    return target;
}

typedef struct {
    const Form *f;
    Value *chart;
    Node **args;
    uint32_t arg_count;
    uint16_t dim; /* of time */
} Chart;

static void add_part(Chart *chart, const char *name, Native op, Type type) {
    const Form *f = chart->f;
    Node *node = form_native(f, op, type, chart->args, chart->arg_count);
    node->dims[node->dim_count++] = chart->dim;
    form_inherit(node, op != NATIVE_SPC_ASSURANCE);
    form_add_part(f, chart->chart, name, node);
}

/* The series of a chart: a measure is taken across the periods that are asked for. */
static Node *chart_series(const Form *f, int *at) {
    Node *series = form_argument(f, 0), dims = {0};
    if (!series) return NULL;
    if (call_label(f->c, f->call, "across")) {
        if (!form_across(f, &dims) || !form_one_dim(f, &dims)) return NULL;
        if (series->type.measure) series = measure_by(f->c, series, dims.dims, 1, series->span);
    }
    *at = series_dim(f->c, &series->type);
    if (*at >= 0) return series;
    sema_error(f->c, f->scope, DIAG_DIMENSION_MISMATCH, f->call->span,
               "a chart wants a series over time: `spc(m across month)`, or `let monthly by month "
               "= …`, then `spc(monthly)`");
    return NULL;
}

static Type limit_type(const Type *series) {
    Type limit = type_of(TYPE_QUANTITY);
    limit.unit = series->unit;
    limit.percent = series->percent;
    limit.price = series->price;
    limit.price_year = series->price_year;
    limit.real = true;
    return limit;
}

/* spc(series against target using decrease, screened after 2027-04): .mean .lower .upper .signal
 * .variation .assurance */
Value *form_spc(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const known[] = {"using", "against", "after", "across", NULL};
    Form f = {c, scope, call};
    ControlOptions options;
    int at;
    if (!form_labels(&f, known)) return value_poison(c);
    Node *series = chart_series(&f, &at), *target = series ? target_of(&f, series) : NULL;
    if (!target || !control_options(&f, &options)) return value_poison(c);
    Node *first[] = {series, form_number(&f, options.screened), form_number(&f, options.fixed),
                     form_number(&f, options.direction), target};
    ArgumentList args = {0};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) VEC_PUSH(c->arena, &args, first[i]);
    if (!rebases(&f, series, at, &args)) return value_poison(c);
    Type limit = limit_type(&series->type), text = type_of(TYPE_TEXT);
    Chart chart = {&f, value_new(c, VALUE_PAIRS, call->span), args.items, args.count,
                   series->type.dims[at]};
    add_part(&chart, "mean", NATIVE_SPC_MEAN, limit);
    add_part(&chart, "lower", NATIVE_SPC_LOWER, limit);
    add_part(&chart, "upper", NATIVE_SPC_UPPER, limit);
    add_part(&chart, "signal", NATIVE_SPC_SIGNAL, text);
    add_part(&chart, "variation", NATIVE_SPC_VARIATION, text);
    add_part(&chart, "assurance", NATIVE_SPC_ASSURANCE, text);
    return chart.chart;
}
