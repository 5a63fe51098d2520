/* Calls: the forms of the language (forms.def) and the functions that the library declares. */
#include "compiler/sema/sema.h"

#include <stdio.h>

#include "compiler/sema/forms.h"
#include "runtime/bytecode/natives.h"
#include "runtime/bytecode/verify.h"
#include "runtime/stats/estimate.h"

/* ---- Arguments ---------------------------------------------------------------------- */

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
        if (found) continue;
        good = false;
        sema_error(c, scope, DIAG_UNKNOWN_LABEL, call->phrases.items[i].label_span,
                   "`%.*s` says nothing that `%.*s` takes", SLICE_FMT(label),
                   SLICE_FMT(quoted(c, call->left->span)));
    }
    return good;
}

/* Dimensions written `a * b` or `a, b`. */
static bool collect_dims(Compilation *c, const Scope *scope, const Table *table, const Expr *expr,
                         Node *dims) {
    if (expr->kind == EXPR_BINARY && expr->op == OP_MUL)
        return collect_dims(c, scope, table, expr->left, dims) &&
               collect_dims(c, scope, table, expr->right, dims);
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
static const Table *measured_table(const Node *node) {
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

/* ---- People ------------------------------------------------------------------------- */

/* Adds a condition, split at its `and`s so that conditions can be compared one by one. */
static void add_filters(Compilation *c, Value *people, Node *condition) {
    if (condition->sort == NODE_OP && condition->op == OPCODE_AND) {
        add_filters(c, people, condition->args[0]);
        add_filters(c, people, condition->args[1]);
        return;
    }
    bool truth;
    if (fold_bool(condition, &truth) && truth) return;
    Node **filters = ARENA_NEW_ARRAY(c->arena, Node *, people->filter_count + 1);
    for (uint32_t i = 0; i < people->filter_count; i++) {
        filters[i] = people->filters[i];
        if (node_equal(people->filters[i], condition)) return;
    }
    filters[people->filter_count] = condition;
    people->filters = filters;
    people->filter_count++;
}

Value *narrow_people(Compilation *c, const Scope *scope, Value *people, const Phrase *where) {
    if (people->sort == VALUE_POISON) return people;
    if (people->sort != VALUE_PEOPLE) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, people->span,
                   "`where` narrows people or events; this is %.*s",
                   SLICE_FMT(value_text(c, people)));
        return value_poison(c);
    }
    Value *narrowed = ARENA_NEW(c->arena, Value);
    *narrowed = *people;
    if (where->values.count > 1) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, where->values.items[1]->span,
                   "`where` takes one condition: join two with `and`");
        return value_poison(c);
    }
    Scope inner = {.outer = scope, .rows = people->table};
    Node *condition = elaborate_condition(c, &inner, where->values.items[0]);
    if (!condition) return value_poison(c);
    if (condition->type.measure) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, where->span,
                   "inside `where` nothing is counted or summed: it asks about one row");
        return value_poison(c);
    }
    add_filters(c, narrowed, condition);
    narrowed->text = arena_printf(c->arena, "%.*s where %.*s", SLICE_FMT(people->text),
                                  SLICE_FMT(quoted(c, where->values.items[0]->span)));
    return narrowed;
}

Value *people_argument(Compilation *c, const Scope *scope, const Expr *expr, const Phrase *where) {
    Value *people = elaborate(c, scope, expr);
    if (people->sort == VALUE_POISON) return people;
    if (people->sort != VALUE_PEOPLE) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span,
                   "people or events are wanted here; this is %.*s",
                   SLICE_FMT(value_text(c, people)));
        return value_poison(c);
    }
    return where ? narrow_people(c, scope, people, where) : people;
}

Node *aggregate(Compilation *c, const Value *people, AggSort agg, Node *value, Span span) {
    Type type = type_of(TYPE_QUANTITY);
    type.measure = true;
    type.real = true;
    type.unit = agg == AGG_PEOPLE ? unit_base(BASE_PERSONS) : people->table->unit;
    if (value) {
        type.unit = value->type.unit;
        type.percent = value->type.percent;
        type.price = value->type.price;
        type.price_year = value->type.price_year;
    }
    Node *node = node_new(c, NODE_AGG, type, span);
    node->agg = agg;
    node->table = people->table;
    node->filters = people->filters;
    node->filter_count = people->filter_count;
    node->text = people->text;
    if (value) {
        node->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
        node->args[0] = value;
        node->arg_count = 1;
    }
    return node;
}

/* The value summed over people: a number of the row. */
static Node *row_value(Compilation *c, const Scope *scope, const Value *people, const Expr *expr) {
    Scope inner = {.outer = scope, .rows = people->table};
    Node *node = elaborate_node(c, &inner, expr);
    if (!node) return NULL;
    if (node->type.base == TYPE_BOOL && node->type.row) {
        Node *one = node_exact(c, exact_from_int(1), expr->span),
             *zero = node_exact(c, exact_from_int(0), expr->span);
        one->type.bare = zero->type.bare = false;
        return node_select(c, scope, node, one, zero, expr->span);
    }
    if (node->type.base == TYPE_QUANTITY && !node->type.measure) return node;
    sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span,
               "a number of each person or event is wanted here; this is %.*s",
               SLICE_FMT(type_text(c, &node->type)));
    return NULL;
}

/* ---- Repetition over declarations --------------------------------------------------- */

static Value *as_list(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *value = elaborate(c, scope, expr);
    for (int i = 0; i < 4 && value->sort == VALUE_CLAUSE; i++)
        value = value_of_clause(c, value->clause);
    if (value->sort == VALUE_LIST || value->sort == VALUE_POISON) return value;
    Value *list = value_new(c, VALUE_LIST, expr->span);
    if (value->sort == VALUE_MISSING) return list;
    if (value->sort != VALUE_KIND) {
        VEC_PUSH(c->arena, &list->list, value);
        return list;
    }
    for (uint32_t i = 0; i < value->kind->decls.count; i++) {
        Value *item = value_new(c, VALUE_DECL, expr->span);
        item->decl = value->kind->decls.items[i];
        VEC_PUSH(c->arena, &list->list, item);
    }
    return list;
}

/* `for m in xs [where …]`: calls `body` with each item bound; false where it is ill-formed. */
typedef bool (*EachBody)(Compilation *c, const Scope *inner, void *data);

static bool for_each(Compilation *c, const Scope *scope, const Expr *call, EachBody body,
                     void *data) {
    const Phrase *loop = call_label(c, call, "for"), *where = call_label(c, call, "where");
    const Expr *in = loop && loop->values.count == 1 ? loop->values.items[0] : NULL;
    if (!in || in->kind != EXPR_BINARY || in->op != OP_IN || in->left->kind != EXPR_WORD) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, loop ? loop->span : call->span,
                   "`for` is followed by a name, `in` and a list: `for m in i.milestone`");
        return false;
    }
    Value *list = as_list(c, scope, in->right);
    if (list->sort == VALUE_POISON) return false;
    for (uint32_t i = 0; i < list->list.count; i++) {
        Binding binding = {.name = in->left->atom, .value = list->list.items[i]};
        Scope inner = {.outer = scope, .bindings = &binding, .binding_count = 1};
        if (where) {
            Node *condition = elaborate_condition(c, &inner, where->values.items[0]);
            bool truth;
            if (!condition) return false;
            if (condition->sort == NODE_CONST && condition->constant.sort == CONST_ABSENT) continue;
            if (!fold_bool(condition, &truth)) {
                sema_error(c, scope, DIAG_TYPE_MISMATCH, where->span,
                           "this condition cannot be decided without data");
                return false;
            }
            if (!truth) continue;
        }
        if (!body(c, &inner, data)) return false;
    }
    return true;
}

typedef struct {
    const Expr *call;
    Operator op;
    Node *result;
    uint32_t count;
    Value *list;
} Gathering;

static bool gather_node(Compilation *c, const Scope *inner, void *data) {
    Gathering *gathering = data;
    const Expr *expr = gathering->call->entries.items[0].value;
    bool condition = gathering->op == OP_AND || gathering->op == OP_OR;
    Node *node = condition ? elaborate_condition(c, inner, expr) : elaborate_node(c, inner, expr);
    if (!node) return false;
    gathering->count++;
    bool absent = node->sort == NODE_CONST && node->constant.sort == CONST_ABSENT;
    if (absent && !condition) return true;
    gathering->result = gathering->result ? operate(c, inner, gathering->op, gathering->result,
                                                    node, gathering->call->span)
                                          : node;
    return gathering->result != NULL;
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
    if (value->sort == VALUE_POISON) return false;
    if (entry->key) {
        ValuePair pair = {.key = elaborate(c, inner, entry->key), .value = value};
        if (pair.key->sort == VALUE_POISON) return false;
        VEC_PUSH(c->arena, &gathering->list->pairs, pair);
    } else {
        VEC_PUSH(c->arena, &gathering->list->list, value);
    }
    return true;
}

static Node *whole(Compilation *c, uint32_t count, Span span) {
    Node *node = node_exact(c, exact_from_int(count), span);
    node->type.bare = true;
    return node;
}

/* A list folded with an operator: sum(e for m in xs), all(…), any(…). */
static Value *fold_list(Compilation *c, const Scope *scope, const Expr *call, Operator op) {
    Gathering gathering = {.call = call, .op = op};
    if (!call_argument(c, scope, call, 0) || !for_each(c, scope, call, gather_node, &gathering))
        return value_poison(c);
    if (gathering.result) return value_from_node(c, gathering.result);
    if (op != OP_ADD) return value_from_node(c, node_bool(c, op == OP_AND, call->span));
    Node *zero = whole(c, 0, call->span);
    return value_from_node(c, zero);
}

/* ---- Forms -------------------------------------------------------------------------- */

static Value *form_count(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"where", "for", NULL};
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!argument || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    if (call_label(c, call, "for")) {
        Gathering gathering = {.call = call};
        if (!for_each(c, scope, call, gather_count, &gathering)) return value_poison(c);
        return value_from_node(c, whole(c, gathering.count, call->span));
    }
    Value *value = elaborate(c, scope, argument);
    if (value->sort == VALUE_POISON) return value;
    if (value->sort == VALUE_PEOPLE) {
        const Phrase *where = call_label(c, call, "where");
        Value *people = where ? narrow_people(c, scope, value, where) : value;
        if (people->sort == VALUE_POISON) return people;
        return value_from_node(c, aggregate(c, people, AGG_ROWS, NULL, call->span));
    }
    Value *list = as_list(c, scope, argument);
    if (list->sort == VALUE_POISON) return list;
    return value_from_node(c, whole(c, list->list.count, call->span));
}

static Value *reduce_along(Compilation *c, const Scope *scope, const Expr *call, Opcode op) {
    Node *argument = elaborate_node(c, scope, call_argument(c, scope, call, 0));
    if (!argument) return value_poison(c);
    Node *node = node_new(c, NODE_REDUCE, argument->type, call->span);
    node->op = (uint16_t)op;
    node->type.estimate = false;
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    node->args[0] = argument;
    node->arg_count = 1;
    if (!phrase_dims(c, scope, measured_table(argument), call_label(c, call, "across"), node))
        return value_poison(c);
    for (int d = 0; d < node->dim_count; d++) {
        int kept = 0;
        bool found = false;
        for (int i = 0; i < node->type.dim_count; i++) {
            /* the years of a series are the years asked for, whichever they are */
            uint16_t own = node->type.dims[i];
            bool same =
                own == node->dims[d] || slice_equal(c->module->dims.items[own].name,
                                                    c->module->dims.items[node->dims[d]].name);
            if (same) node->dims[d] = own;
            found |= same;
            if (!same) node->type.dims[kept++] = own;
        }
        node->type.dim_count = (uint8_t)kept;
        if (found || argument->type.measure) continue;
        sema_error(c, scope, DIAG_DIMENSION_MISMATCH, call->span, "this value has no %.*s",
                   SLICE_FMT(c->module->dims.items[node->dims[d]].name));
        return value_poison(c);
    }
    return value_from_node(c, node);
}

static Value *form_sum(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"over", "where", "across", "for", NULL};
    if (!call_argument(c, scope, call, 0) || !call_labels_known(c, scope, call, labels))
        return value_poison(c);
    if (call_label(c, call, "for")) return fold_list(c, scope, call, OP_ADD);
    if (call_label(c, call, "across")) return reduce_along(c, scope, call, OPCODE_SUM);
    const Expr *over = call_label_value(c, call, "over");
    if (!over) {
        sema_error(c, scope, DIAG_MISSING_LABEL, call->span,
                   "`sum` wants `over` people (`sum(acute_cost over residents)`), `across` a "
                   "dimension or `for` each item of a list");
        return value_poison(c);
    }
    Value *people = people_argument(c, scope, over, call_label(c, call, "where"));
    if (people->sort == VALUE_POISON) return people;
    Node *value = row_value(c, scope, people, call->entries.items[0].value);
    return value ? value_from_node(c, aggregate(c, people, AGG_SUM, value, call->span))
                 : value_poison(c);
}

static Node *call_node(Compilation *c, Native native, Type type, Span span, Node **args,
                       uint32_t count) {
    Node *node = node_new(c, NODE_CALL, type, span);
    node->op = (uint16_t)native;
    node->args = args;
    node->arg_count = count;
    for (uint32_t i = 0; i < count; i++) type_join(&node->type, &args[i]->type);
    return node;
}

static Value *form_mean(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"over", "where", "at", NULL};
    const Expr *argument = call_argument(c, scope, call, 0),
               *over = call_label_value(c, call, "over");
    if (!argument || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    if (!over) {
        sema_error(c, scope, DIAG_MISSING_LABEL, call->span,
                   "`mean` wants `over` people: `mean(stay over falls)`");
        return value_poison(c);
    }
    Value *people = people_argument(c, scope, over, call_label(c, call, "where"));
    if (people->sort == VALUE_POISON) return people;
    Node *value = row_value(c, scope, people, argument);
    Node *confidence = confidence_node(c, scope, call_label_value(c, call, "at"), call->span);
    if (!value || !confidence) return value_poison(c);
    Node **args = ARENA_NEW_ARRAY(c->arena, Node *, 4);
    args[0] = aggregate(c, people, AGG_SUM, value, call->span);
    args[1] = aggregate(c, people, AGG_SUM_SQUARES, value, call->span);
    args[2] = aggregate(c, people, AGG_ROWS, NULL, call->span);
    args[2]->args = args[0]->args; /* counted where the value is there */
    args[2]->arg_count = 1;
    args[3] = confidence;
    Type type = value->type;
    type.row = false;
    type.measure = type.real = type.estimate = true;
    return value_from_node(c, call_node(c, NATIVE_STATS_MEAN, type, call->span, args, 4));
}

static Value *form_distinct(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"where", NULL};
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!argument || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    Value *people = people_argument(c, scope, argument, call_label(c, call, "where"));
    if (people->sort == VALUE_POISON) return people;
    return value_from_node(c, aggregate(c, people, AGG_PEOPLE, NULL, call->span));
}

static Value *form_person_years(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"where", NULL};
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!argument || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    Value *people = people_argument(c, scope, argument, call_label(c, call, "where"));
    if (people->sort == VALUE_POISON) return people;
    if (people->table->events) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, argument->span,
                   "person-years are of people; these are events");
        return value_poison(c);
    }
    Node *count = aggregate(c, people, AGG_ROWS, NULL, call->span);
    Node *year = node_exact(c, exact_from_int(1), call->span);
    year->type.unit = unit_base(BASE_YEARS);
    return value_from_node(c, operate(c, scope, OP_MUL, count, year, call->span));
}

static Value *form_proportion(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"of", "at", NULL};
    const Expr *part = call_argument(c, scope, call, 0), *of = call_label_value(c, call, "of");
    if (!part || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    if (!of) {
        sema_error(c, scope, DIAG_MISSING_LABEL, call->span,
                   "`proportion` wants `of`: `proportion(frail of older)`");
        return value_poison(c);
    }
    Value *a = people_argument(c, scope, part, NULL), *b = people_argument(c, scope, of, NULL);
    Node *confidence = confidence_node(c, scope, call_label_value(c, call, "at"), call->span);
    if (a->sort == VALUE_POISON || b->sort == VALUE_POISON || !confidence) return value_poison(c);
    Node **args = ARENA_NEW_ARRAY(c->arena, Node *, 3);
    args[0] = aggregate(c, a, AGG_ROWS, NULL, part->span);
    args[1] = aggregate(c, b, AGG_ROWS, NULL, of->span);
    args[2] = confidence;
    if (a->table != b->table || !people_within(args[0], args[1])) {
        population_mismatch(c, scope, args[0], args[1], call->span);
        return value_poison(c);
    }
    Type type = type_of(TYPE_QUANTITY);
    type.unit = unit_per(a->table->unit, b->table->unit);
    type.percent = type.measure = type.real = type.estimate = true;
    return value_from_node(c, call_node(c, NATIVE_STATS_PROPORTION, type, call->span, args, 3));
}

static Value *form_total(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"across", NULL};
    const Expr *argument = call_argument(c, scope, call, 0);
    const Phrase *across = call_label(c, call, "across");
    if (!argument || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    Node *inner = elaborate_node(c, scope, argument);
    if (!inner) return value_poison(c);
    if (!across) {
        sema_error(c, scope, DIAG_MISSING_LABEL, call->span, "`total` wants `across` a dimension");
        return value_poison(c);
    }
    Node *node = node_new(c, NODE_TOTAL, inner->type, call->span);
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    node->args[0] = inner;
    node->arg_count = 1;
    if (!phrase_dims(c, scope, measured_table(inner), across, node)) return value_poison(c);
    return value_from_node(c, node);
}

static Value *least_of(Compilation *c, const Scope *scope, const Expr *call, Opcode op) {
    static const char *const labels[] = {"across", NULL};
    if (!call_argument(c, scope, call, 0) || !call_labels_known(c, scope, call, labels))
        return value_poison(c);
    if (call_label(c, call, "across")) return reduce_along(c, scope, call, op);
    Node *result = NULL;
    VEC_EACH(const Entry, entry, &call->entries) {
        Node *node = elaborate_node(c, scope, entry->value);
        if (!node) return value_poison(c);
        Node *less =
            result ? operate(c, scope, op == OPCODE_MIN ? OP_LE : OP_GE, result, node, call->span)
                   : NULL;
        result = result ? node_select(c, scope, less, result, node, call->span) : node;
        if (!result) return value_poison(c);
    }
    return value_from_node(c, result);
}

static Value *form_min(Compilation *c, const Scope *scope, const Expr *call) {
    return least_of(c, scope, call, OPCODE_MIN);
}
static Value *form_max(Compilation *c, const Scope *scope, const Expr *call) {
    return least_of(c, scope, call, OPCODE_MAX);
}

static Value *quantifier(Compilation *c, const Scope *scope, const Expr *call, Operator op,
                         Opcode along) {
    static const char *const labels[] = {"for", "where", "across", NULL};
    if (!call_argument(c, scope, call, 0) || !call_labels_known(c, scope, call, labels))
        return value_poison(c);
    if (call_label(c, call, "for")) return fold_list(c, scope, call, op);
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

static Value *form_all(Compilation *c, const Scope *scope, const Expr *call) {
    return quantifier(c, scope, call, OP_AND, OPCODE_ALL);
}
static Value *form_any(Compilation *c, const Scope *scope, const Expr *call) {
    return quantifier(c, scope, call, OP_OR, OPCODE_ANY);
}

static Value *form_each(Compilation *c, const Scope *scope, const Expr *call) {
    if (!call_argument(c, scope, call, 0)) return value_poison(c);
    Gathering gathering = {.call = call};
    gathering.list =
        value_new(c, call->entries.items[0].key ? VALUE_PAIRS : VALUE_LIST, call->span);
    return for_each(c, scope, call, gather_value, &gathering) ? gathering.list : value_poison(c);
}

static Value *form_or_else(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *first = call_argument(c, scope, call, 0),
               *second = call_argument(c, scope, call, 1);
    if (!first || !second) return value_poison(c);
    Value *value = elaborate(c, scope, first);
    for (int i = 0; i < 4 && value->sort == VALUE_CLAUSE; i++)
        value = value_of_clause(c, value->clause);
    if (value->sort == VALUE_MISSING) return elaborate(c, scope, second);
    if (value->sort != VALUE_NODE) return value;
    Node *other = elaborate_node(c, scope, second);
    if (!other) return value_poison(c);
    other = coerce_bare(c, other, &value->node->type);
    Type type = value->node->type;
    type_join(&type, &other->type);
    return value_from_node(c,
                           node_op(c, OPCODE_OR_ELSE, type, call->span, value->node, other, NULL));
}

static Value *form_acyclic(Compilation *c, const Scope *scope, const Expr *call) {
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

static Value *form_cumulative(Compilation *c, const Scope *scope, const Expr *call) {
    Node *node = elaborate_node(c, scope, call_argument(c, scope, call, 0));
    if (!node) return value_poison(c);
    Node *running = node_new(c, NODE_REDUCE, node->type, call->span);
    running->op = OPCODE_CUMULATE;
    running->type.estimate = false;
    running->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    running->args[0] = node;
    running->arg_count = 1;
    for (int i = 0; i < node->type.dim_count; i++) {
        if (c->module->dims.items[node->type.dims[i]].sort == DIM_YEAR)
            running->dims[running->dim_count++] = node->type.dims[i];
    }
    return value_from_node(c, running->dim_count ? running : node);
}

static Value *form_abs(Compilation *c, const Scope *scope, const Expr *call) {
    Node *node = elaborate_node(c, scope, call_argument(c, scope, call, 0));
    if (!node) return value_poison(c);
    Type type = node->type;
    type.estimate = false;
    return value_from_node(c, node_op(c, OPCODE_ABS, type, call->span, node, NULL, NULL));
}

/* working_days(8 after 2026-05-01 using bank_holidays): holidays are a list of dates. */
static Value *form_working_days(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"after", "using", NULL};
    const Expr *after = call_label_value(c, call, "after"),
               *argument = call_argument(c, scope, call, 0);
    if (!argument || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    if (!after) {
        sema_error(c, scope, DIAG_MISSING_LABEL, call->span, "`working_days` wants `after` a date");
        return value_poison(c);
    }
    const Expr *using = call_label_value(c, call, "using");
    Value *holidays = using ? as_list(c, scope, using) : value_new(c, VALUE_LIST, call->span);
    if (holidays->sort == VALUE_POISON) return holidays;
    uint32_t count = 2 + holidays->list.count;
    Node **args = ARENA_NEW_ARRAY(c->arena, Node *, count);
    args[0] = elaborate_node(c, scope, argument);
    args[1] = elaborate_node(c, scope, after);
    for (uint32_t i = 0; i < holidays->list.count; i++)
        args[2 + i] = value_node(c, scope, holidays->list.items[i]);
    for (uint32_t i = 0; i < count; i++) {
        if (!args[i]) return value_poison(c);
        if (args[i]->sort == NODE_CONST && args[i]->constant.sort == CONST_ABSENT)
            return value_from_node(
                c, node_absent(c, TYPE_DATE, ABSENT_MISSING, (Slice){0}, call->span));
    }
    return value_from_node(
        c, call_node(c, NATIVE_DATE_WORKING_DAYS, type_of(TYPE_DATE), call->span, args, count));
}

/* Whether something is stated: a list with items, a value that is there. */
static Value *form_has(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!argument) return value_poison(c);
    Value *value = elaborate(c, scope, argument);
    for (int i = 0; i < 4 && value->sort == VALUE_CLAUSE; i++)
        value = value_of_clause(c, value->clause);
    if (value->sort == VALUE_POISON) return value;
    bool there = value->sort == VALUE_LIST ? value->list.count > 0 : value->sort != VALUE_MISSING;
    return value_from_node(c, node_bool(c, there, call->span));
}

/* An amount at the prices of another year, as money of its own year, by the plan's deflator. */
static Value *form_cash(Compilation *c, const Scope *scope, const Expr *call) {
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

/* listed(["one", missing, "two"]): what is there as one text, "one and two"; missing where
 * nothing is. The items are decided without data. */
static Value *form_listed(Compilation *c, const Scope *scope, const Expr *call) {
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!argument) return value_poison(c);
    Value *list = as_list(c, scope, argument);
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

static const struct {
    const char *name;
    Value *(*elaborate)(Compilation *, const Scope *, const Expr *);
} forms[] = {
#define form_COUNT              form_count
#define form_SUM                form_sum
#define form_MEAN               form_mean
#define form_DISTINCT           form_distinct
#define form_PERSON_YEARS       form_person_years
#define form_PROPORTION         form_proportion
#define form_TOTAL              form_total
#define form_MIN                form_min
#define form_MAX                form_max
#define form_ALL                form_all
#define form_ANY                form_any
#define form_EACH               form_each
#define form_BAND               form_band
#define form_OR_ELSE            form_or_else
#define form_MEASURED           form_measured
#define form_BREAKDOWNS         form_breakdowns
#define form_REACHED            form_reached
#define form_TRAJECTORY         form_trajectory
#define form_ACYCLIC            form_acyclic
#define form_CUMULATIVE         form_cumulative
#define form_ABS                form_abs
#define form_WORKING_DAYS       form_working_days
#define form_HAS                form_has
#define form_LATEST             form_latest
#define form_CASH               form_cash
#define form_LISTED             form_listed
#define FORM(NAME, name, prose) {name, form_##NAME},
#include "compiler/sema/forms.def"
#undef FORM
};

/* ---- Functions ---------------------------------------------------------------------- */

static void unknown_function(Compilation *c, const Scope *scope, const Expr *call) {
    Span span = call->left->span;
    Slice name = source_map_text(c->sources, span);
    Diag *diag = sema_error(c, scope, DIAG_UNDEFINED_NAME, span, "there is no function `%.*s`",
                            SLICE_FMT(name));
    Nearest nearest = {.wanted = name};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        nearest_offer(&nearest, slice_of(forms[i].name));
    for (uint32_t i = 0; i < c->fns.count; i++)
        nearest_offer(&nearest, word(c, c->fns.items[i]->name));
    nearest_fix(c, diag, span, &nearest);
}

Value *elaborate_call(Compilation *c, const Scope *scope, const Expr *call) {
    if (call->left->kind != EXPR_WORD) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, call->left->span,
                   "only a function's name may stand before parentheses");
        return value_poison(c);
    }
    Slice name = word(c, call->left->atom);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (slice_equal(name, slice_of(forms[i].name))) return forms[i].elaborate(c, scope, call);
    }
    uint64_t found;
    if (hashmap_get(&c->fn_names, call->left->atom, &found))
        return call_function(c, scope, (Decl *)(uintptr_t)found, call);
    unknown_function(c, scope, call);
    return value_poison(c);
}
