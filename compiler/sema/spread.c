/* Groups of equal size (a dimension), and statistics of how something is spread over people. */
#include "compiler/sema/forms.h"

static const Table *rows_of(const Scope *scope) {
    for (; scope; scope = scope->outer) {
        if (scope->rows) return scope->rows;
    }
    return NULL;
}

/* ---- Groups of equal size ----------------------------------------------------------- */

/* Whether people can be told apart by what the groups are made within. */
static bool strata_known(Compilation *c, const Scope *scope, const Table *table,
                         const Phrase *within, Node *dims) {
    if (!within) return true;
    if (!phrase_dims(c, scope, table, within, dims)) return false;
    for (int i = 0; i < dims->dim_count; i++) {
        if (dim_row_code(c, table, dims->dims[i])) continue;
        sema_error(c, scope, DIAG_DIMENSION_MISMATCH, within->span, "people have no %.*s",
                   SLICE_FMT(c->module->dims.items[dims->dims[i]].name));
        return false;
    }
    return true;
}

static ModuleDim groups_dim(Compilation *c, uint32_t groups) {
    ModuleDim dim = {.name = SLICE("group"),
                     .title = SLICE("Group"),
                     .sort = DIM_BAND,
                     .ordered = true,
                     .member_count = groups};
    dim.members = ARENA_NEW_ARRAY(c->arena, Slice, groups);
    for (uint32_t i = 0; i < groups; i++) dim.members[i] = arena_printf(c->arena, "%u", i + 1);
    dim.titles = dim.members;
    return dim;
}

static bool highest_first(Compilation *c, const Scope *scope, const Expr *call, bool *turned) {
    const Expr *using = call_label_value(c, call, "using");
    *turned = false;
    if (!using) return true;
    *turned = using->kind == EXPR_WORD && slice_equal(word(c, using->atom), SLICE("highest_first"));
    if (!*turned)
        sema_error(c, scope, DIAG_TYPE_MISMATCH, using->span,
                   "`using` is followed by `highest_first`");
    return *turned;
}

/* value by rank among all people, or within strata: codes 0 … groups - 1, lowest first. */
static Value *ranked(Compilation *c, const Scope *scope, const Expr *call, uint32_t groups) {
    const Table *table = rows_of(scope);
    const Expr *argument = call_argument(c, scope, call, 0);
    Node *value = argument ? elaborate_node(c, scope, argument) : NULL;
    Node *group = node_new(c, NODE_RANKED, type_of(TYPE_CODE), call->span);
    bool turned;
    if (!value || !highest_first(c, scope, call, &turned)) return value_poison(c);
    if (!table || table->events || value->type.base != TYPE_QUANTITY || !value->type.row) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, call->span,
                   "groups of equal size are made of a number of each person, in a `dimension`, or "
                   "`across` a dimension of its members");
        return value_poison(c);
    }
    if (!strata_known(c, scope, table, call_label(c, call, "within"), group))
        return value_poison(c);
    ModuleDim dim = groups_dim(c, groups);
    group->type.row = true;
    group->type.code_dim = dim_intern(c, &dim);
    group->ranked = table;
    group->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    group->args[0] = value;
    group->arg_count = 1;
    group->groups = groups;
    group->highest_first = turned;
    return value_from_node(c, group);
}

/* Of people, in a dimension; of the members of one, `across` it. */
static Value *groups_of(Compilation *c, const Scope *scope, const Expr *call, uint32_t groups) {
    bool turned;
    if (!call_label(c, call, "across")) return ranked(c, scope, call, groups);
    return highest_first(c, scope, call, &turned)
               ? groups_of_members(c, scope, call, groups, turned)
               : value_poison(c);
}

static Value *named_groups(Compilation *c, const Scope *scope, const Expr *call, uint32_t groups) {
    static const char *const labels[] = {"within", "across", "using", NULL};
    if (!call_labels_known(c, scope, call, labels)) return value_poison(c);
    return groups_of(c, scope, call, groups);
}

Value *form_quintile(Compilation *c, const Scope *scope, const Expr *call) {
    return named_groups(c, scope, call, 5);
}

Value *form_decile(Compilation *c, const Scope *scope, const Expr *call) {
    return named_groups(c, scope, call, 10);
}

Value *form_quantile_group(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"into", "within", "across", "using", NULL};
    const Expr *into = call_label_value(c, call, "into");
    int64_t groups;
    if (!call_labels_known(c, scope, call, labels)) return value_poison(c);
    Node *count = into ? elaborate_node(c, scope, into) : NULL;
    bool whole = count && count->sort == NODE_CONST && count->constant.sort == CONST_EXACT &&
                 exact_to_int64(count->constant.exact, &groups) && groups >= 2 && groups <= 1000;
    if (whole) return groups_of(c, scope, call, (uint32_t)groups);
    sema_error(c, scope, DIAG_OUT_OF_RANGE, into ? into->span : call->span,
               "`quantile_group` wants `into` from 2 to 1,000 groups");
    return value_poison(c);
}

/* ---- Spread over people ------------------------------------------------------------- */

static Node *row_number(Compilation *c, const Scope *scope, const Value *people, const Expr *expr) {
    Scope inner = {.outer = scope, .rows = people->table};
    Node *node = elaborate_node(c, &inner, expr);
    if (!node) return NULL;
    if (node->type.base == TYPE_BOOL && node->type.row) {
        Node *one = node_exact(c, exact_from_int(1), expr->span);
        Node *zero = node_exact(c, exact_from_int(0), expr->span);
        return node_select(c, scope, node, one, zero, expr->span);
    }
    if (node->type.base == TYPE_QUANTITY && node->type.row) return node;
    sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span,
               "a number of each person is wanted here; this is %.*s",
               SLICE_FMT(type_phrase(c, &node->type)));
    return NULL;
}

static Value *spread(Compilation *c, const Scope *scope, const Expr *call, SpreadSort sort,
                     Node *parameter) {
    const Expr *argument = call_argument(c, scope, call, 0),
               *over = call_label_value(c, call, "over");
    if (!argument || !parameter) return value_poison(c);
    if (!over) {
        sema_error(c, scope, DIAG_MISSING_LABEL, call->span, "`%.*s` wants `over` people",
                   SLICE_FMT(quoted(c, call->left->span)));
        return value_poison(c);
    }
    Value *people = people_argument(c, scope, over, call_label(c, call, "where"));
    if (people->sort == VALUE_POISON) return people;
    Node *value = row_number(c, scope, people, argument);
    const Expr *by = call_label_value(c, call, "by");
    Node *rank = by ? row_number(c, scope, people, by) : NULL;
    if (!value || (by && !rank)) return value_poison(c);
    Node *node = aggregate(c, people, AGG_ORDERED, value, call->span);
    if (sort != SPREAD_QUANTILE) {
        node->type.unit = UNIT_NONE;
        node->type.price = PRICE_NONE;
        node->type.percent = sort == SPREAD_LORENZ;
    }
    node->type.estimate = true;
    node->spread = (uint8_t)sort;
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, 3);
    node->args[0] = value;
    node->args[1] = parameter;
    node->args[2] = rank;
    node->arg_count = rank ? 3 : 2;
    return value_from_node(c, node);
}

/* quantile(stay at 90% over falls), lorenz(cost at 50% over residents) */
static Value *at_share(Compilation *c, const Scope *scope, const Expr *call, SpreadSort sort) {
    static const char *const labels[] = {"at", "over", "where", NULL};
    const Expr *at = call_label_value(c, call, "at");
    if (!call_labels_known(c, scope, call, labels) || !at_one_value(c, scope, call))
        return value_poison(c);
    Node *share = at ? elaborate_node(c, scope, at) : NULL;
    if (at && !share) return value_poison(c);
    bool fits = share && share->sort == NODE_CONST && share->constant.sort == CONST_EXACT &&
                share->type.percent && exact_sign(share->constant.exact) >= 0 &&
                exact_compare(share->constant.exact, exact_from_int(1)) <= 0;
    if (fits) return spread(c, scope, call, sort, share);
    sema_error(c, scope, DIAG_OUT_OF_RANGE, at ? at->span : call->span,
               "`%.*s` wants `at` a share from 0%% to 100%%: `%.*s(… at 90%% over …)`",
               SLICE_FMT(quoted(c, call->left->span)), SLICE_FMT(quoted(c, call->left->span)));
    return value_poison(c);
}

Value *form_quantile(Compilation *c, const Scope *scope, const Expr *call) {
    return at_share(c, scope, call, SPREAD_QUANTILE);
}

Value *form_lorenz(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"across", NULL};
    if (!call_label(c, call, "across")) return at_share(c, scope, call, SPREAD_LORENZ);
    return call_labels_known(c, scope, call, labels) ? lorenz_of_members(c, scope, call)
                                                     : value_poison(c);
}

/* gini(cost over residents using corrected): times n/(n - 1) */
Value *form_gini(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const people[] = {"over", "where", "using", NULL},
                                    *const members[] = {"across", "using", NULL};
    const Expr *using = call_label_value(c, call, "using");
    bool across = call_label(c, call, "across") != NULL;
    if (!call_labels_known(c, scope, call, across ? members : people)) return value_poison(c);
    if (using &&
        (using->kind != EXPR_WORD || !slice_equal(word(c, using->atom), SLICE("corrected")))) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, using->span, "`using` is followed by `corrected`");
        return value_poison(c);
    }
    if (across) return gini_of_members(c, scope, call, using != NULL);
    return spread(c, scope, call, SPREAD_GINI,
                  node_exact(c, exact_from_int(using != NULL), call->span));
}

/* using erreygers, direct */
static bool concentration_words(Compilation *c, const Scope *scope, const Expr *call,
                                ConcentrationWords *words) {
    static const char *const forms[] = {"relative", "generalised", "erreygers", "wagstaff"};
    static const char *const methods[] = {"regression", "convenient", "direct"};
    const Phrase *using = call_label(c, call, "using");
    bool form_said = false;
    *words = (ConcentrationWords){0};
    for (uint32_t i = 0; using && i < using->values.count; i++) {
        const Expr *expr = using->values.items[i];
        Slice text = expr->kind == EXPR_WORD ? word(c, expr->atom) : SLICE("");
        int form = 0, method = 0;
        while (form < 4 && !slice_equal(text, slice_of(forms[form]))) form++;
        while (method < 3 && !slice_equal(text, slice_of(methods[method]))) method++;
        if ((form == 4 && method == 3) || (form < 4 ? form_said : words->method_said)) {
            sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span,
                       "the index is one of relative, generalised, erreygers and wagstaff, made by "
                       "one of regression, convenient and direct");
            return false;
        }
        if (form < 4) words->form = form;
        if (method < 3) words->method = method;
        form_said |= form < 4;
        words->method_said |= method < 3;
    }
    return true;
}

/* concentration(cost over residents by imd_rank using erreygers, direct) */
Value *form_concentration(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const people[] = {"over", "where", "by", "at", "using", NULL},
                                    *const members[] = {"across", "at", "using", NULL};
    bool across = call_label(c, call, "across") != NULL;
    ConcentrationWords words;
    if (!call_labels_known(c, scope, call, across ? members : people) ||
        !concentration_words(c, scope, call, &words))
        return value_poison(c);
    if (across) return concentration_of_members(c, scope, call, words);
    if (!call_label(c, call, "by")) {
        sema_error(c, scope, DIAG_MISSING_LABEL, call->span,
                   "`concentration` wants `by` what people are ranked by, or `across` groups in "
                   "order");
        return value_poison(c);
    }
    Node *level = confidence_node(c, scope, call_label_value(c, call, "at"), call->span);
    Value *value = spread(c, scope, call,
                          (SpreadSort)(SPREAD_CONCENTRATION + 4 * words.method + words.form), level);
    const Phrase *at = call_label(c, call, "at");
    if (value->sort == VALUE_NODE && at && !confidence_further(c, scope, at, value->node))
        return value_poison(c);
    return value;
}
