/* What calls of every sort share: labels, dimensions, a level of confidence. */
#include "compiler/sema/forms.h"

const Phrase *call_label(const Compilation *c, const Expr *call, const char *label) {
    return item_phrase(&call->phrases, intern_find(c->interner, slice_of(label)));
}

const Expr *call_label_value(const Compilation *c, const Expr *call, const char *label) {
    const Phrase *phrase = call_label(c, call, label);
    return phrase && phrase->values.count ? phrase->values.items[0] : NULL;
}

const Expr *call_argument(Compilation *c, const Scope *scope, const Expr *call, uint32_t index) {
    if (index < call->entries.count) return call->entries.items[index].value;
    sema_error(c, scope, DIAG_TYPE_MISMATCH, call->span,
               "`%.*s` wants %u argument%s before its labels",
               SLICE_FMT(quoted(c, call->left->span)), index + 1, index ? "s" : "");
    return NULL;
}

/* Labels that no call takes more than one value of. */
static bool takes_one(Slice label) {
    static const char *const labels[] = {"over", "where", "of", "into", "every", "to"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (slice_equal(label, slice_of(labels[i]))) return true;
    }
    return false;
}

static bool one_value(Compilation *c, const Scope *scope, const Phrase *phrase, Slice label) {
    if (phrase->values.count < 2 || !takes_one(label)) return true;
    sema_error(c, scope, DIAG_TYPE_MISMATCH, phrase->values.items[1]->span,
               "`%.*s` takes one value", SLICE_FMT(label));
    return false;
}

bool at_one_value(Compilation *c, const Scope *scope, const Expr *call) {
    const Phrase *at = call_label(c, call, "at");
    if (!at || at->values.count < 2) return true;
    sema_error(c, scope, DIAG_TYPE_MISMATCH, at->values.items[1]->span,
               "`at` takes one value here");
    return false;
}

/* What is said with a label in speech, or elsewhere in the language. */
static const char *label_advice(Slice label) {
    if (slice_equal(label, SLICE("where")))
        return ": people and events are counted first, `count(… where …)`";
    if (slice_equal(label, SLICE("by"))) return ": it stands behind the parentheses, `count(…) by …`";
    if (slice_equal(label, SLICE("over")) || slice_equal(label, SLICE("under")))
        return ": two values are compared with `>` or `<`";
    return "";
}

/* `age between 20 and 30`. */
static void between_fix(Compilation *c, Diag *diag, const Phrase *phrase) {
    const Expr *value = phrase->values.count ? phrase->values.items[0] : NULL;
    bool range = value && value->kind == EXPR_BINARY && value->op == OP_AND;
    if (!range || !slice_equal(word(c, phrase->label), SLICE("between"))) return;
    Slice text = arena_printf(c->arena, "in %.*s .. %.*s", SLICE_FMT(quoted(c, value->left->span)),
                              SLICE_FMT(quoted(c, value->right->span)));
    diag_fix(c->diags, diag, span_join(phrase->label_span, value->span), text, "write `%.*s`",
             SLICE_FMT(text));
}

bool call_labels_known(Compilation *c, const Scope *scope, const Expr *call,
                       const char *const *known) {
    bool good = true;
    for (uint32_t i = 0; i < call->phrases.count; i++) {
        Slice label = word(c, call->phrases.items[i].label);
        bool found = false;
        for (const char *const *name = known; *name; name++)
            found |= slice_equal(label, slice_of(*name));
        for (uint32_t j = 0; j < i && found; j++) {
            if (call->phrases.items[j].label != call->phrases.items[i].label) continue;
            sema_error(c, scope, DIAG_REPEATED_LABEL, call->phrases.items[i].label_span,
                       "`%.*s` is given twice", SLICE_FMT(label));
            good = false;
        }
        if (found) {
            good &= one_value(c, scope, &call->phrases.items[i], label);
            continue;
        }
        good = false;
        Diag *diag = sema_error(c, scope, DIAG_UNKNOWN_LABEL, call->phrases.items[i].label_span,
                                "`%.*s` says nothing that `%.*s` takes%s", SLICE_FMT(label),
                                SLICE_FMT(quoted(c, call->left->span)), label_advice(label));
        between_fix(c, diag, &call->phrases.items[i]);
    }
    return good;
}

/* Dimensions that a clause names: `equity.across`. */
static bool given_dims(Compilation *c, const Scope *scope, const Expr *expr, Node *dims) {
    Value *value = elaborate(c, scope, expr);
    if (value->sort == VALUE_POISON) return false;
    if (value->sort != VALUE_DIMS) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span,
                   "a dimension is wanted here; this is %.*s", SLICE_FMT(value_text(c, value)));
        return false;
    }
    for (int i = 0; i < value->dim_count && dims->dim_count < MODULE_MAX_DIMS; i++)
        dims->dims[dims->dim_count++] = value->dims[i];
    return true;
}

/* Dimensions written `a * b` or `a, b`. */
static bool collect_dims(Compilation *c, const Scope *scope, const Table *table, const Expr *expr,
                         Node *dims) {
    if (expr->kind == EXPR_BINARY && expr->op == OP_MUL)
        return collect_dims(c, scope, table, expr->left, dims) &&
               collect_dims(c, scope, table, expr->right, dims);
    if (expr->kind == EXPR_MEMBER) return given_dims(c, scope, expr, dims);
    uint16_t dim;
    if (!dim_resolve(c, scope, table, expr, &dim)) return false;
    for (int i = 0; i < dims->dim_count; i++) {
        if (dims->dims[i] != dim) continue;
        sema_error(c, scope, DIAG_DIMENSION_MISMATCH, expr->span, "`%.*s` stands here twice",
                   SLICE_FMT(quoted(c, expr->span)));
        return false;
    }
    if (dims->dim_count == MODULE_MAX_DIMS) {
        sema_error(c, scope, DIAG_LIMIT_REACHED, expr->span, "at most %d dimensions can be crossed",
                   MODULE_MAX_DIMS);
        return false;
    }
    dims->dims[dims->dim_count++] = dim;
    return true;
}

bool phrase_dims(Compilation *c, const Scope *scope, const Table *table, const Phrase *phrase,
                 Node *dims) {
    for (uint32_t i = 0; i < phrase->values.count; i++) {
        if (!collect_dims(c, scope, table, phrase->values.items[i], dims)) return false;
    }
    return true;
}

/* The table a measure counts, for reading bare names of dimensions. */
const Table *measured_table(const Node *node) {
    if (node->sort == NODE_AGG) return node->table;
    for (uint32_t i = 0; i < node->arg_count; i++) {
        const Table *table = measured_table(node->args[i]);
        if (table) return table;
    }
    return NULL;
}

Node *confidence_node(Compilation *c, const Scope *scope, const Expr *at, Span span) {
    if (!at) return node_exact(c, exact_from_ratio(c->arena, 95, 100), span);
    Node *node = elaborate_node(c, scope, at);
    if (!node) return NULL;
    Exact low = exact_from_ratio(c->arena, 9, 10);
    bool fits = node->sort == NODE_CONST && node->constant.sort == CONST_EXACT &&
                node->type.percent && exact_compare(node->constant.exact, low) >= 0 &&
                exact_compare(node->constant.exact, exact_from_int(1)) < 0;
    if (fits) return node;
    sema_error(c, scope, DIAG_OUT_OF_RANGE, at->span,
               "a confidence level lies from 90%% up to, not including, 100%%");
    return NULL;
}

static bool same_level(const Node *a, const Node *b) {
    return exact_compare(a->constant.exact, b->constant.exact) == 0;
}

bool confidence_further(Compilation *c, const Scope *scope, const Phrase *at, Node *node) {
    enum { MOST = 8 };
    uint32_t count = at->values.count;
    if (count > MOST) {
        sema_error(c, scope, DIAG_LIMIT_REACHED, at->span,
                   "an estimate has intervals at 8 levels at most");
        return false;
    }
    Node **levels = ARENA_NEW_ARRAY(c->arena, Node *, count);
    for (uint32_t i = 0; i < count; i++) {
        const Expr *expr = at->values.items[i];
        if (i || !estimate_level(node)) levels[i] = confidence_node(c, scope, expr, expr->span);
        else levels[i] = (Node *)(uintptr_t)estimate_level(node);
        for (uint32_t j = 0; j < i && levels[i]; j++) {
            if (!same_level(levels[i], levels[j])) continue;
            sema_error(c, scope, DIAG_REPEATED_LABEL, expr->span, "%.*s stands here twice",
                       SLICE_FMT(quoted(c, expr->span)));
            return false;
        }
        if (!levels[i]) return false;
    }
    node->levels = levels + 1;
    node->level_count = count ? count - 1 : 0;
    return true;
}

/* Which argument of an estimate is its confidence: the last of every native but the Gini
 * coefficient, which has no limits, and a difference, whose limits are those of what it is made of; the parameter of a concentration index; MODULE_NONE where there is none. */
static uint32_t confidence_of(const Node *node) {
    if (!node->type.estimate || !node->arg_count) return MODULE_NONE;
    if (node->sort == NODE_CALL)
        return node->op == NATIVE_STATS_GINI || node->op == NATIVE_STATS_DIFFERENCE
                   ? MODULE_NONE
                   : node->arg_count - 1;
    bool concentration =
        node->sort == NODE_AGG && node->agg == AGG_ORDERED &&
        node->spread >= SPREAD_CONCENTRATION && node->spread < SPREAD_LORENZ;
    return concentration ? 1 : MODULE_NONE;
}

/* Whether the node passes on an estimate that it is given. */
static bool passes_on(const Node *node) {
    switch ((NodeSort)node->sort) {
    case NODE_BY:
    case NODE_AT:
    case NODE_INDEX:
    case NODE_TOTAL:
    case NODE_STACK: return true;
    case NODE_CALL: return node->op == NATIVE_STATS_DIFFERENCE;
    case NODE_OP:
        return node->op == OPCODE_SELECT || node->op == OPCODE_OR_ELSE || node->op == OPCODE_SCALE;
    default: return false;
    }
}

Node *estimate_at(Compilation *c, Node *node, Node *confidence) {
    uint32_t at = confidence_of(node);
    if (!node->type.estimate || (at == MODULE_NONE && !passes_on(node))) return NULL;
    Node *copy = ARENA_NEW(c->arena, Node);
    *copy = *node;
    copy->levels = NULL;
    copy->level_count = 0;
    copy->args = ARENA_NEW_ARRAY(c->arena, Node *, node->arg_count);
    for (uint32_t i = 0; i < node->arg_count; i++) {
        bool inner = at == MODULE_NONE && node->args[i]->type.estimate;
        copy->args[i] = i == at ? confidence
                        : inner ? estimate_at(c, node->args[i], confidence)
                                : node->args[i];
        if (!copy->args[i]) return NULL;
    }
    return copy;
}

/* The node whose limits an estimate shows; NULL where that is no single one. */
static const Node *limits_from(const Node *node) {
    while (node && node->type.estimate && confidence_of(node) == MODULE_NONE) {
        const Node *inner = NULL;
        for (uint32_t i = 0; passes_on(node) && i < node->arg_count; i++) {
            if (!node->args[i]->type.estimate) continue;
            if (inner && inner != node->args[i]) return NULL;
            inner = node->args[i];
        }
        node = inner;
    }
    return node && node->type.estimate ? node : NULL;
}

const Node *estimate_level(const Node *node) {
    const Node *from = limits_from(node);
    const Node *level = from ? from->args[confidence_of(from)] : NULL;
    bool known = level && level->sort == NODE_CONST && level->constant.sort == CONST_EXACT;
    return known ? level : NULL;
}

uint32_t estimate_levels(const Node *node, Node ***levels) {
    const Node *from = limits_from(node);
    *levels = from ? from->levels : NULL;
    return from ? from->level_count : 0;
}

Value *at_confidence(Compilation *c, const Scope *scope, const Expr *estimate, const Phrase *at) {
    Node *confidence = confidence_node(c, scope, at->values.items[0], at->span);
    Value *value = elaborate(c, scope, estimate);
    if (!confidence || value->sort == VALUE_POISON) return value_poison(c);
    Node *node = value_node(c, scope, value, estimate->span);
    if (!node) return value_poison(c);
    node = estimate_at(c, node, confidence);
    if (node && at->values.count > 1) {
        Node *made = (Node *)(uintptr_t)limits_from(node); /* a copy that is this one's own */
        if (!made)
            sema_error(c, scope, DIAG_TYPE_MISMATCH, at->values.items[1]->span,
                       "one of two estimates, whichever holds, has intervals at one level");
        if (!made || !confidence_further(c, scope, at, made)) return value_poison(c);
    }
    if (node) return value_from_node(c, node);
    sema_error(c, scope, DIAG_TYPE_MISMATCH, estimate->span,
               "`at` gives the confidence of an estimate, such as a rate or a proportion");
    return value_poison(c);
}
