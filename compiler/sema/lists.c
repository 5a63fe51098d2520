/* Lists of declarations and values: repetition over them, what holds for all or any, texts put
 * together. Everything here is decided without data, so that it unfolds before the plan runs. */
#include "compiler/sema/expressions.h"

#include "runtime/stats/estimate.h"

/* ---- Repetition over declarations --------------------------------------------------- */

/* The years of a range, first to last; of dates there are none. */
static Value *years_of(Compilation *c, const Value *range, Value *list) {
    const Node *from = range->from->node, *to = range->to->node;
    if (!from || from->type.base != TYPE_YEAR || from->sort != NODE_CONST || !to ||
        to->sort != NODE_CONST)
        return list;
    for (int64_t year = from->constant.integer; year <= to->constant.integer; year++)
        VEC_PUSH(c->arena, &list->list,
                 value_from_node(c, node_year(c, (int32_t)year, list->span)));
    return list;
}

static Value *items_of(Compilation *c, Kind *kind) {
    if (kind->items) return kind->items;
    kind->items = value_new(c, VALUE_LIST, SPAN_NONE);
    for (uint32_t i = 0; i < kind->decls.count; i++)
        VEC_PUSH(c->arena, &kind->items->list, decl_itself(c, kind->decls.items[i]));
    return kind->items;
}

static Value *as_list(Compilation *c, Value *value, Span span) {
    if (value->sort == VALUE_LIST || value->sort == VALUE_POISON) return value;
    if (value->sort == VALUE_KIND) return items_of(c, value->kind);
    Value *list = value_new(c, VALUE_LIST, span);
    if (value->sort == VALUE_RANGE) return years_of(c, value, list);
    if (value->sort != VALUE_MISSING) VEC_PUSH(c->arena, &list->list, value);
    return list;
}

Value *list_of(Compilation *c, const Scope *scope, const Expr *expr) {
    return as_list(c, elaborate_value(c, scope, expr), expr->span);
}

/* ---- for … in … where … ------------------------------------------------------------- */

/* Called with each item bound; false where it is ill-formed. */
typedef bool (*EachBody)(Compilation *c, const Scope *inner, void *data);

/* Whether the item is among those that `where` keeps: TRUTH_POISON after a message. */
static Truth is_kept(Compilation *c, const Scope *inner, const Phrase *where) {
    if (!where) return TRUTH_TRUE;
    Node *open = NULL;
    Truth truth = elaborate_truth(c, inner, where->values.items[0], &open);
    if (truth != TRUTH_OPEN) return truth;
    sema_error(c, inner, DIAG_TYPE_MISMATCH, where->span,
               "which items of a list are meant is decided before any data are read; this depends "
               "on data");
    return TRUTH_POISON;
}

static bool for_each(Compilation *c, const Scope *scope, const Expr *call, EachBody body,
                     void *data) {
    const Phrase *loop = call_label(c, call, "for"), *where = call_label(c, call, "where");
    const Expr *in = loop && loop->values.count == 1 ? loop->values.items[0] : NULL;
    if (!in || in->kind != EXPR_BINARY || in->op != OP_IN || in->left->kind != EXPR_WORD) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, loop ? loop->span : call->span,
                   "`for` is followed by a name, `in` and a list: `for m in i.milestone`");
        return false;
    }
    Value *list = list_of(c, scope, in->right);
    if (list->sort == VALUE_POISON) return false;
    for (uint32_t i = 0; i < list->list.count; i++) {
        Binding binding = {.name = in->left->atom, .value = list->list.items[i]};
        Scope inner = {.outer = scope, .bindings = &binding, .binding_count = 1};
        Truth kept = is_kept(c, &inner, where);
        if (kept == TRUTH_POISON) return false;
        if (kept == TRUTH_TRUE && !body(c, &inner, data)) return false;
    }
    return true;
}

typedef struct {
    const Expr *call;
    Operator op;
    Node *result;
    Truth truth;
    uint32_t count;
    Value *list;
    bool broken; /* an item is wrong, and that was said */
} Gathering;

/* What is missing adds nothing. */
static bool gather_node(Compilation *c, const Scope *inner, void *data) {
    Gathering *gathering = data;
    const Expr *call = gathering->call;
    Node *node = elaborate_node(c, inner, call->entries.items[0].value);
    if (!node) return false;
    if (node->sort == NODE_CONST && node->constant.sort == CONST_ABSENT) return true;
    gathering->result = gathering->result
                            ? operate(c, inner, gathering->op, gathering->result, node, call->span)
                            : node;
    return gathering->result != NULL;
}

static bool gather_truth(Compilation *c, const Scope *inner, void *data) {
    Gathering *gathering = data;
    const Expr *expr = gathering->call->entries.items[0].value;
    Node *open = NULL;
    Truth truth = elaborate_truth(c, inner, expr, &open);
    gathering->truth = truth_join(c, inner, gathering->op, gathering->truth, gathering->result,
                                  truth, open, gathering->call->span, &gathering->result);
    return gathering->truth != TRUTH_POISON;
}

static bool gather_count(Compilation *c, const Scope *inner, void *data) {
    (void)c;
    (void)inner;
    ((Gathering *)data)->count++;
    return true;
}

static bool gather_value(Compilation *c, const Scope *inner, void *data) {
    Gathering *gathering = data;
    const Entry *entry = &gathering->call->entries.items[0];
    Value *value = elaborate(c, inner, entry->value);
    Value *key = entry->key ? elaborate(c, inner, entry->key) : NULL;
    /* what is wrong with one item hides nothing that is wrong with the next */
    gathering->broken |= value->sort == VALUE_POISON || (key && key->sort == VALUE_POISON);
    if (key)
        VEC_PUSH(c->arena, &gathering->list->pairs, ((ValuePair){.key = key, .value = value}));
    else
        VEC_PUSH(c->arena, &gathering->list->list, value);
    return true;
}

static Node *whole(Compilation *c, uint32_t count, Span span) {
    Node *node = node_exact(c, exact_from_int(count), span);
    node->type.bare = true;
    return node;
}

/* A list folded with an operator: sum(e for m in xs), all(…), any(…). */
/* A list added up: nothing added up is nought in every unit. */
Value *list_sum(Compilation *c, const Scope *scope, const Expr *call) {
    Gathering gathering = {.call = call, .op = OP_ADD};
    if (!for_each(c, scope, call, gather_node, &gathering)) return value_poison(c);
    return value_from_node(c, gathering.result ? gathering.result : whole(c, 0, call->span));
}

static Value *for_truth(Compilation *c, const Scope *scope, const Expr *call, Operator op) {
    Gathering gathering = {.call = call, .op = op, .truth = truth_of(op == OP_AND)};
    if (!for_each(c, scope, call, gather_truth, &gathering)) return value_poison(c);
    return truth_value(c, gathering.truth, gathering.result, call->span);
}

/* The items of `count(i.milestone where done is missing)`: what an item says is known bare. */
static bool count_kept(Compilation *c, const Scope *scope, const Value *list, const Phrase *where,
                       uint32_t *count) {
    for (uint32_t i = 0; i < list->list.count; i++) {
        Value *item = list->list.items[i];
        Scope inner = {.outer = scope};
        if (item->sort == VALUE_DECL) {
            inner.self = item->decl;
            inner.members = true;
        } else if (item->sort == VALUE_CLAUSE) {
            inner.binding_count = item->clause->spec->labels.count;
            inner.bindings = ARENA_NEW_ARRAY(c->arena, Binding, inner.binding_count + 1);
        }
        for (uint32_t b = 0; b < inner.binding_count; b++) {
            Atom label = item->clause->spec->labels.items[b].label;
            inner.bindings[b] =
                (Binding){.name = label, .value = value_member(c, scope, item, label, item->span)};
        }
        Truth kept = is_kept(c, &inner, where);
        if (kept == TRUTH_POISON) return false;
        *count += kept == TRUTH_TRUE;
    }
    return true;
}

Value *list_count(Compilation *c, const Scope *scope, const Expr *call, Value *counted) {
    Gathering gathering = {.call = call};
    if (call_label(c, call, "for")) {
        if (!for_each(c, scope, call, gather_count, &gathering)) return value_poison(c);
        return value_from_node(c, whole(c, gathering.count, call->span));
    }
    Value *list = as_list(c, value_strip(c, counted), call->span);
    if (list->sort == VALUE_POISON) return list;
    uint32_t count = 0;
    if (!count_kept(c, scope, list, call_label(c, call, "where"), &count)) return value_poison(c);
    return value_from_node(c, whole(c, count, call->span));
}

/* ---- Forms -------------------------------------------------------------------------- */

static Value *quantifier(Compilation *c, const Scope *scope, const Expr *call, Operator op,
                         Opcode along) {
    static const char *const labels[] = {"for", "where", "across", NULL};
    if (!call_argument(c, scope, call, 0) || !call_labels_known(c, scope, call, labels))
        return value_poison(c);
    if (call_label(c, call, "for")) return for_truth(c, scope, call, op);
    if (call_label(c, call, "across")) return reduce_along(c, scope, call, along);
    Node *node = elaborate_condition(c, scope, call->entries.items[0].value);
    if (!node) return value_poison(c);
    /* without labels: over every dimension the condition has */
    Node *reduce = node_new(c, NODE_REDUCE, node->type, call->span);
    reduce->op = (uint16_t)along;
    reduce->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    reduce->args[0] = node;
    reduce->arg_count = 1;
    for (int i = 0; i < node->type.dim_count; i++)
        reduce->dims[reduce->dim_count++] = node->type.dims[i];
    reduce->type.dim_count = 0;
    return value_from_node(c, reduce->dim_count ? reduce : node);
}

Value *form_all(Compilation *c, const Scope *scope, const Expr *call) {
    return quantifier(c, scope, call, OP_AND, OPCODE_ALL);
}
Value *form_any(Compilation *c, const Scope *scope, const Expr *call) {
    return quantifier(c, scope, call, OP_OR, OPCODE_ANY);
}

Value *form_each(Compilation *c, const Scope *scope, const Expr *call) {
    if (!call_argument(c, scope, call, 0)) return value_poison(c);
    Gathering gathering = {.call = call};
    gathering.list =
        value_new(c, call->entries.items[0].key ? VALUE_PAIRS : VALUE_LIST, call->span);
    bool all = for_each(c, scope, call, gather_value, &gathering);
    return all && !gathering.broken ? gathering.list : value_poison(c);
}

Value *form_acyclic(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!argument || argument->kind != EXPR_MEMBER) {
        if (argument)
            sema_error(c, scope, DIAG_TYPE_MISMATCH, argument->span,
                       "`acyclic` is given references of an item: `acyclic(i.depends_on)`");
        return value_poison(c);
    }
    Value *start = elaborate(c, scope, argument->left);
    if (start->sort != VALUE_DECL) return value_poison(c);
    return value_from_node(
        c, node_bool(c, references_end(c, start->decl, argument->atom), call->span));
}

/* Whether something is stated: a list with items, a value that is there. */
Value *form_has(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!argument) return value_poison(c);
    Value *value = elaborate_value(c, scope, argument);
    if (value->sort == VALUE_POISON) return value;
    bool there = value->sort == VALUE_LIST ? value->list.count > 0 : value->sort != VALUE_MISSING;
    return truth_value(c, truth_of(there), NULL, call->span);
}

/* listed(["one", missing, "two"]): what is there as one text, "one and two"; missing where
 * nothing is. The items are decided without data. */
Value *form_listed(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!argument) return value_poison(c);
    Value *list = list_of(c, scope, argument);
    if (list->sort == VALUE_POISON) return list;
    VEC(Slice) items = {0};
    for (uint32_t i = 0; i < list->list.count; i++) {
        const Value *item = list->list.items[i];
        if (item->sort == VALUE_MISSING) continue;
        if (item->sort != VALUE_NODE || item->node->sort != NODE_CONST ||
            item->node->constant.sort != CONST_TEXT) {
            sema_error(c, scope, DIAG_TYPE_MISMATCH, argument->span,
                       "`listed` joins texts that are known without data; this is %.*s",
                       SLICE_FMT(value_text(c, item)));
            return value_poison(c);
        }
        VEC_PUSH(c->arena, &items, item->node->constant.text);
    }
    if (!items.count) return value_new(c, VALUE_MISSING, call->span);
    Slice text = items.items[0];
    for (uint32_t i = 1; i < items.count; i++)
        text = arena_printf(c->arena, "%.*s%s%.*s", SLICE_FMT(text),
                            i + 1 == items.count ? " and " : ", ", SLICE_FMT(items.items[i]));
    return value_from_node(c, node_text(c, text, call->span));
}
