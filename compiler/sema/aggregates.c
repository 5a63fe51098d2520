/* Aggregates: people and events counted, summed and averaged, shares of people, and what is
 * reduced or repeated along a dimension. A value of one person goes in; only counts and sums
 * over many come out. */
#include "compiler/sema/forms.h"

#include "runtime/bytecode/natives.h"

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
    type.because = people->table->unit_span;
    if (value) {
        type.because = value->type.because;
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
        node->text = arena_printf(c->arena, "%.*s over %.*s", SLICE_FMT(quoted(c, value->span)),
                                  SLICE_FMT(people->text));
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
               SLICE_FMT(type_phrase(c, &node->type)));
    return NULL;
}

/* ---- Forms -------------------------------------------------------------------------- */

Value *form_count(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"where", "for", NULL};
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!argument || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    if (call_label(c, call, "for")) return list_count(c, scope, call, NULL);
    Value *value = elaborate(c, scope, argument);
    if (value->sort == VALUE_POISON) return value;
    if (value->sort != VALUE_PEOPLE) return list_count(c, scope, call, value);
    const Phrase *where = call_label(c, call, "where");
    Value *people = where ? narrow_people(c, scope, value, where) : value;
    if (people->sort == VALUE_POISON) return people;
    return value_from_node(c, aggregate(c, people, AGG_ROWS, NULL, call->span));
}

Value *reduce_along(Compilation *c, const Scope *scope, const Expr *call, Opcode op) {
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

Value *form_sum(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"over", "where", "across", "for", NULL};
    if (!call_argument(c, scope, call, 0) || !call_labels_known(c, scope, call, labels))
        return value_poison(c);
    if (call_label(c, call, "for")) return list_sum(c, scope, call);
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

Node *call_node(Compilation *c, Native native, Type type, Span span, Node **args, uint32_t count) {
    Node *node = node_new(c, NODE_CALL, type, span);
    node->op = (uint16_t)native;
    node->args = args;
    node->arg_count = count;
    for (uint32_t i = 0; i < count; i++) type_join(&node->type, &args[i]->type);
    return node;
}

Value *form_mean(Compilation *c, const Scope *scope, const Expr *call) {
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
    args[2]->text = args[0]->text;
    args[3] = confidence;
    Type type = value->type;
    type.row = false;
    type.measure = type.real = type.estimate = true;
    Node *node = call_node(c, NATIVE_STATS_MEAN, type, call->span, args, 4);
    const Phrase *at = call_label(c, call, "at");
    return at && !confidence_further(c, scope, at, node) ? value_poison(c)
                                                         : value_from_node(c, node);
}

Value *form_distinct(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"where", NULL};
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!argument || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    Value *people = people_argument(c, scope, argument, call_label(c, call, "where"));
    if (people->sort == VALUE_POISON) return people;
    return value_from_node(c, aggregate(c, people, AGG_PEOPLE, NULL, call->span));
}

Value *form_person_years(Compilation *c, const Scope *scope, const Expr *call) {
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
    count->person_time = true;
    count->type.unit = unit_multiply(count->type.unit, unit_base(BASE_YEARS));
    return value_from_node(c, count);
}

/* People or events as their count; a count that is given, or made of others, as itself. A part that is
 * counted is of a whole that is. */
static Node *share_of(Compilation *c, const Scope *scope, const Expr *expr, bool counted) {
    Value *value = elaborate(c, scope, expr);
    if (value->sort == VALUE_POISON) return NULL;
    if (value->sort == VALUE_PEOPLE) return aggregate(c, value, AGG_ROWS, NULL, expr->span);
    value = value_strip(c, value);
    Node *node = value->sort == VALUE_NODE ? value->node : NULL;
    bool count = node && node->type.base == TYPE_QUANTITY && !node->type.row &&
                 !node->type.estimate && !node->type.percent && node->type.price == PRICE_NONE;
    if (count && (!counted || node->type.measure)) return node;
    sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span,
               "people or events are wanted here, or a count of them; this is %.*s",
               SLICE_FMT(value_text(c, value)));
    return NULL;
}

/* Whether those above lie among those below: people of the same table, by their conditions; counts
 * that are given count the same. */
static bool part_of_whole(Compilation *c, const Scope *scope, Node **args, Span span) {
    if (args[0]->sort == NODE_AGG && args[1]->sort == NODE_AGG) {
        bool within = args[0]->table == args[1]->table && args[0]->agg == args[1]->agg &&
                      args[0]->person_time == args[1]->person_time && args[0]->agg != AGG_SUM &&
                      people_within(args[0], args[1]);
        if (!within) population_mismatch(c, scope, args[0], args[1], span);
        return within;
    }
    args[0] = coerce_bare(c, args[0], &args[1]->type);
    args[1] = coerce_bare(c, args[1], &args[0]->type);
    return operate(c, scope, OP_LE, args[0], args[1], span) != NULL;
}

Value *form_proportion(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"of", "at", NULL};
    const Expr *part = call_argument(c, scope, call, 0), *of = call_label_value(c, call, "of");
    if (!part || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    if (!of) {
        sema_error(c, scope, DIAG_MISSING_LABEL, call->span,
                   "`proportion` wants `of`: `proportion(frail of older)`");
        return value_poison(c);
    }
    Node **args = ARENA_NEW_ARRAY(c->arena, Node *, 3);
    args[0] = share_of(c, scope, part, false);
    args[1] = share_of(c, scope, of, !args[0] || args[0]->type.measure);
    args[2] = confidence_node(c, scope, call_label_value(c, call, "at"), call->span);
    if (!args[0] || !args[1] || !args[2] || !part_of_whole(c, scope, args, call->span))
        return value_poison(c);
    Type type = type_of(TYPE_QUANTITY);
    type.unit = unit_per(args[0]->type.unit, args[1]->type.unit);
    type.percent = type.real = type.estimate = true;
    Node *node = call_node(c, NATIVE_STATS_PROPORTION, type, call->span, args, 3);
    const Phrase *at = call_label(c, call, "at");
    return at && !confidence_further(c, scope, at, node) ? value_poison(c)
                                                         : value_from_node(c, node);
}

/* Of a measure: taken without the dimensions. Of an array: added up along those it has. Either is
 * repeated along them wherever it meets a value that has them. */
Value *form_total(Compilation *c, const Scope *scope, const Expr *call) {
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
    if (!inner->type.measure) return reduce_along(c, scope, call, OPCODE_SUM);
    Node *node = node_new(c, NODE_TOTAL, inner->type, call->span);
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    node->args[0] = inner;
    node->arg_count = 1;
    if (!phrase_dims(c, scope, measured_table(inner), across, node)) return value_poison(c);
    return value_from_node(c, node);
}

static Value *of_one_person(Compilation *c, const Scope *scope, const Expr *call) {
    Slice name = quoted(c, call->left->span);
    sema_error(c, scope, DIAG_PERSONAL_DATA_LEAK, call->span,
               "the `%.*s` over people is the value of one person: ask for "
               "`quantile(… at %s over …)`",
               SLICE_FMT(name), slice_equal(name, SLICE("min")) ? "5%" : "95%");
    return value_poison(c);
}

static Value *least_of(Compilation *c, const Scope *scope, const Expr *call, Opcode op) {
    static const char *const labels[] = {"across", NULL};
    if (call_label(c, call, "over")) return of_one_person(c, scope, call);
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

Value *form_min(Compilation *c, const Scope *scope, const Expr *call) {
    return least_of(c, scope, call, OPCODE_MIN);
}
Value *form_max(Compilation *c, const Scope *scope, const Expr *call) {
    return least_of(c, scope, call, OPCODE_MAX);
}
