/* Expressions to values. Everything that does not depend on data is decided here: names,
 * members of declarations, repetition over lists; what remains is a node. A mistake is said
 * once, where it was made, and what depends on it stays silent. */
#include "compiler/sema/expressions.h"

#include "runtime/base/date.h"
#include "runtime/stats/estimate.h"

enum { DEPTH_LIMIT = 400 };

/* ---- Values as numbers -------------------------------------------------------------- */

bool fold_bool(const Node *node, bool *truth) {
    if (!node || node->sort != NODE_CONST || node->constant.sort != CONST_BOOL) return false;
    *truth = node->constant.integer != 0;
    return true;
}

/* A clause read as its value: nothing, one, or a list. */
Value *value_strip(Compilation *c, Value *value) {
    for (int i = 0; i < 8 && value->sort == VALUE_CLAUSE; i++)
        value = value_of_clause(c, value->clause);
    return value;
}

/* People where a condition on one row is wanted: whether the row's person is among them. */
static Node *membership(Compilation *c, const Scope *scope, const Value *value) {
    const Table *rows = NULL;
    for (const Scope *s = scope; s && !rows; s = s->outer) rows = s->rows;
    if (!rows || (rows != value->table && rows->population != value->table)) return NULL;
    Node *all = NULL;
    for (uint32_t i = 0; i < value->filter_count; i++)
        all = all ? operate(c, scope, OP_AND, all, value->filters[i], value->span)
                  : value->filters[i];
    return all ? all : node_bool(c, true, value->span);
}

Node *value_node(Compilation *c, const Scope *scope, Value *value) {
    value = value_strip(c, value);
    switch (value->sort) {
    case VALUE_POISON: return NULL;
    case VALUE_NODE:
    case VALUE_UNKNOWN: return value->node;
    case VALUE_MISSING: {
        Node *node = node_absent(c, TYPE_QUANTITY, ABSENT_MISSING, (Slice){0}, value->span);
        node->type.bare = true;
        return node;
    }
    case VALUE_DECL:
        if (value->decl->head && value->decl->kind->head.type)
            return value_node(c, scope, value_of_clause(c, value->decl->head));
        break;
    case VALUE_PEOPLE: {
        Node *node = membership(c, scope, value);
        if (node) return node;
        break;
    }
    case VALUE_DIMS:
        if (value->node && value->dim_count == 1) return value->node;
        break;
    case VALUE_PAIRS:
    case VALUE_CLAUSE:
    case VALUE_LIST:
    case VALUE_CHOICE:
    case VALUE_KIND:
    case VALUE_CHANGE:
    case VALUE_DISPLAY:
    case VALUE_RANGE:
    case VALUE_LIBRARY: break;
    }
    sema_error(c, scope, DIAG_TYPE_MISMATCH, value->span,
               "`%.*s` is %.*s; a number or condition is wanted here",
               SLICE_FMT(quoted(c, value->span)), SLICE_FMT(value_text(c, value)));
    return NULL;
}

Node *elaborate_node(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *value = elaborate(c, scope, expr);
    if (value->sort == VALUE_POISON) return NULL;
    if (value->sort != VALUE_NODE) value->span = expr->span;
    return value_node(c, scope, value);
}

Node *elaborate_condition(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *node = elaborate_node(c, scope, expr);
    if (!node || node->type.base == TYPE_BOOL) return node;
    if (node->sort == NODE_CONST && node->constant.sort == CONST_ABSENT)
        return node_absent(c, TYPE_BOOL, (int)node->constant.integer, node->constant.text,
                           expr->span);
    sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span, "a condition is wanted here; this is %.*s",
               SLICE_FMT(type_text(c, &node->type)));
    return NULL;
}

/* ---- Operators ---------------------------------------------------------------------- */

static Node *logic(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *left = elaborate_condition(c, scope, expr->left);
    bool truth, decided = fold_bool(left, &truth);
    if (decided && truth == (expr->op == OP_OR)) return node_bool(c, truth, expr->span);
    Node *right = elaborate_condition(c, scope, expr->right);
    if (!left || !right) return NULL;
    if (decided) return right;
    return operate(c, scope, expr->op, left, right, expr->span);
}

/* Changes keep their nature under a sign: -12% relative. */
static Value *negate(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *value = elaborate(c, scope, expr->left);
    if (value->sort == VALUE_CHANGE) {
        Value *change = value_new(c, VALUE_CHANGE, expr->span);
        *change = *value;
        change->span = expr->span;
        change->node = operate(c, scope, OP_NEG, value->node, NULL, expr->span);
        return change;
    }
    Node *node = value->sort == VALUE_POISON ? NULL : value_node(c, scope, value);
    return value_from_node(c, operate(c, scope, OP_NEG, node, NULL, expr->span));
}

static Value *display(Compilation *c, const Expr *expr) {
    Value *value = value_new(c, VALUE_DISPLAY, expr->span);
    value->has_denominator = true;
    if (!unit_of_expr(c, expr->left, &value->unit, &value->scale)) return value_poison(c);
    return value;
}

static Value *unary(Compilation *c, const Scope *scope, const Expr *expr) {
    if (expr->op == OP_NEG) return negate(c, scope, expr);
    if (expr->op == OP_PER_PREFIX) return display(c, expr);
    if (expr->op == OP_POS) return elaborate(c, scope, expr->left);
    Node *node = elaborate_condition(c, scope, expr->left);
    return value_from_node(c, operate(c, scope, OP_NOT, node, NULL, expr->span));
}

static Value *range(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *value = value_new(c, VALUE_RANGE, expr->span);
    value->from = value_from_node(c, elaborate_node(c, scope, expr->left));
    value->to = value_from_node(c, elaborate_node(c, scope, expr->right));
    if (value->from->sort == VALUE_POISON || value->to->sort == VALUE_POISON)
        return value_poison(c);
    return value;
}

static Value *binary(Compilation *c, const Scope *scope, const Expr *expr) {
    switch (expr->op) {
    case OP_AND:
    case OP_OR: return value_from_node(c, logic(c, scope, expr));
    case OP_IS:
    case OP_IS_NOT: return value_from_node(c, compare_is(c, scope, expr));
    case OP_IN: return value_from_node(c, compare_in(c, scope, expr));
    case OP_NOT_IN:
        return value_from_node(
            c, operate(c, scope, OP_NOT, compare_in(c, scope, expr), NULL, expr->span));
    case OP_RANGE: return range(c, scope, expr);
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE: return value_from_node(c, compare(c, scope, expr));
    case OP_PER: {
        Node *left = elaborate_node(c, scope, expr->left);
        Unit unit;
        Exact scale;
        if (!left || !unit_of_expr(c, expr->right, &unit, &scale)) return value_poison(c);
        Node *below = node_exact(c, scale, expr->right->span);
        below->type.unit = unit;
        return value_from_node(c, operate(c, scope, OP_PER, left, below, expr->span));
    }
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
    case OP_POW:
    case OP_NOT:
    case OP_NEG:
    case OP_POS:
    case OP_PER_PREFIX: break;
    }
    Node *left = elaborate_node(c, scope, expr->left),
         *right = elaborate_node(c, scope, expr->right);
    return value_from_node(c, operate(c, scope, expr->op, left, right, expr->span));
}

/* ---- The rest ----------------------------------------------------------------------- */

static Value *conditional(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *condition = elaborate_condition(c, scope, expr->left);
    bool truth;
    if (!condition) return value_poison(c);
    if (fold_bool(condition, &truth)) return elaborate(c, scope, truth ? expr->right : expr->other);
    Node *then = elaborate_node(c, scope, expr->right),
         *other = elaborate_node(c, scope, expr->other);
    return value_from_node(c, node_select(c, scope, condition, then, other, expr->span));
}

static Value *list(Compilation *c, const Scope *scope, const Expr *expr) {
    bool keyed = expr->entries.count && expr->entries.items[0].key;
    Value *value = value_new(c, keyed ? VALUE_PAIRS : VALUE_LIST, expr->span);
    VEC_EACH(const Entry, entry, &expr->entries) {
        if ((entry->key != NULL) != keyed) {
            sema_error(c, scope, DIAG_TYPE_MISMATCH, entry->value->span,
                       "either every entry of a list has a key or none has");
            return value_poison(c);
        }
        Value *item = elaborate(c, scope, entry->value);
        if (item->sort == VALUE_POISON) return item;
        if (!keyed) {
            VEC_PUSH(c->arena, &value->list, item);
            continue;
        }
        ValuePair pair = {.key = elaborate(c, scope, entry->key), .value = item};
        if (pair.key->sort == VALUE_POISON) return pair.key;
        VEC_PUSH(c->arena, &value->pairs, pair);
    }
    return keyed ? keyed_array(c, scope, value) : value;
}

static int find_year_dim(const Compilation *c, const Node *node) {
    for (int i = 0; i < node->type.dim_count; i++) {
        if (c->module->dims.items[node->type.dims[i]].sort == DIM_YEAR) return node->type.dims[i];
    }
    return -1;
}

static void drop_dim(Type *type, uint16_t dim) {
    int kept = 0;
    for (int i = 0; i < type->dim_count; i++) {
        if (type->dims[i] != dim) type->dims[kept++] = type->dims[i];
    }
    type->dim_count = (uint8_t)kept;
}

Node *index_member(Compilation *c, Node *node, uint16_t dim, uint32_t member, Span span) {
    Node *index = node_new(c, NODE_INDEX, node->type, span);
    index->type.estimate = node->type.estimate;
    drop_dim(&index->type, dim);
    index->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    index->args[0] = node;
    index->arg_count = 1;
    index->dim_count = 1;
    index->dims[0] = dim;
    index->member = member;
    return index;
}

static Value *index_year(Compilation *c, const Scope *scope, Node *node, const Node *year,
                         Span span) {
    int dim = find_year_dim(c, node);
    if (dim < 0) {
        sema_error(c, scope, DIAG_DIMENSION_MISMATCH, span,
                   "this value has no financial years to choose from");
        return value_poison(c);
    }
    const ModuleDim *years = &c->module->dims.items[dim];
    int64_t member = year->constant.integer - years->first;
    if (member < 0 || member >= years->member_count) {
        sema_error(c, scope, DIAG_OUT_OF_RANGE, span, "%.*s is outside %.*s to %.*s",
                   SLICE_FMT(financial_year_format(c->arena, (int)year->constant.integer)),
                   SLICE_FMT(years->members[0]),
                   SLICE_FMT(years->members[years->member_count - 1]));
        return value_poison(c);
    }
    return value_from_node(c, index_member(c, node, (uint16_t)dim, (uint32_t)member, span));
}

static Value *index_category(Compilation *c, const Scope *scope, Node *node, const Expr *key,
                             Span span) {
    Slice text = key->kind == EXPR_WORD     ? word(c, key->atom)
                 : key->kind == EXPR_STRING ? key->text
                                            : (Slice){0};
    for (int d = 0; d < node->type.dim_count; d++) {
        const ModuleDim *dim = &c->module->dims.items[node->type.dims[d]];
        for (uint32_t i = 0; i < dim->member_count; i++) {
            if (slice_equal(dim->members[i], text))
                return value_from_node(c, index_member(c, node, node->type.dims[d], i, span));
        }
    }
    sema_error(c, scope, DIAG_UNKNOWN_CATEGORY, key->span,
               "`%.*s` is not a member of any dimension of this value",
               SLICE_FMT(quoted(c, key->span)));
    return value_poison(c);
}

static Value *index_value(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *base = value_strip(c, elaborate(c, scope, expr->left));
    if (base->sort == VALUE_POISON || base->sort == VALUE_MISSING) return base;
    Node *node = value_node(c, scope, base);
    if (!node) return value_poison(c);
    for (uint32_t i = 0; i < expr->entries.count && node; i++) {
        const Expr *key = expr->entries.items[i].value;
        Value *result;
        if (key->kind == EXPR_STRING ||
            (key->kind == EXPR_WORD && !name_known(c, scope, key->atom, key->span))) {
            result = index_category(c, scope, node, key, expr->span);
        } else {
            Value *at = value_strip(c, elaborate(c, scope, key));
            if (at->sort == VALUE_MISSING) return at;
            if (at->sort == VALUE_NODE && at->node->sort == NODE_CONST &&
                at->node->type.base == TYPE_YEAR)
                result = index_year(c, scope, node, at->node, expr->span);
            else {
                if (at->sort != VALUE_POISON)
                    sema_error(c, scope, DIAG_TYPE_MISMATCH, key->span,
                               "a financial year or a member is wanted between [ and ]");
                return value_poison(c);
            }
        }
        if (result->sort == VALUE_POISON) return result;
        node = result->node;
    }
    return value_from_node(c, node);
}

/* ( value at … ) or ( people where … ). */
static Value *group(Compilation *c, const Scope *scope, const Expr *expr) {
    if (!expr->phrases.count) return elaborate(c, scope, expr->left);
    const Phrase *phrase = &expr->phrases.items[0];
    Slice label = word(c, phrase->label);
    if (slice_equal(label, SLICE("where")) && expr->phrases.count == 1) {
        Value *people = elaborate(c, scope, expr->left);
        return narrow_people(c, scope, people, phrase);
    }
    if (slice_equal(label, SLICE("at")) && expr->phrases.count == 1)
        return at_confidence(c, scope, expr->left, phrase);
    sema_error(c, scope, DIAG_UNKNOWN_LABEL, phrase->label_span,
               "in parentheses a value takes `at 99.8%%` and people take `where …`, nothing else");
    return value_poison(c);
}

static Value *elaborate_inner(Compilation *c, const Scope *scope, const Expr *expr) {
    switch (expr->kind) {
    case EXPR_POISON: return value_poison(c);
    case EXPR_WORD: return name_value(c, scope, expr);
    case EXPR_NUMBER:
    case EXPR_PERCENT:
    case EXPR_POINTS:
    case EXPR_MONEY: return value_from_node(c, number_literal(c, expr));
    case EXPR_UNIT: return unit_literal(c, scope, expr);
    case EXPR_STRING: return value_from_node(c, node_text(c, expr->text, expr->span));
    case EXPR_TEXT: return text_literal(c, scope, expr);
    case EXPR_DATE:
        return value_from_node(
            c, node_date(c, date_from_civil(expr->year, expr->month, expr->day), expr->span));
    case EXPR_MONTH:
        return value_from_node(
            c, node_date(c, date_from_civil(expr->year, expr->month, 1), expr->span));
    case EXPR_YEAR: return value_from_node(c, node_year(c, expr->year, expr->span));
    case EXPR_QUARTER:
        return value_from_node(
            c, node_date(c, quarter_start(financial_quarter_index(expr->year, expr->month)),
                         expr->span));
    case EXPR_BOOL: return value_from_node(c, node_bool(c, expr->truth, expr->span));
    case EXPR_MISSING: return value_new(c, VALUE_MISSING, expr->span);
    case EXPR_UNARY: return unary(c, scope, expr);
    case EXPR_BINARY: return binary(c, scope, expr);
    case EXPR_IF: return conditional(c, scope, expr);
    case EXPR_MEMBER:
        return value_member(c, scope, elaborate(c, scope, expr->left), expr->atom, expr->span);
    case EXPR_CALL: return elaborate_call(c, scope, expr);
    case EXPR_INDEX: return index_value(c, scope, expr);
    case EXPR_LIST: return list(c, scope, expr);
    case EXPR_GROUP: return group(c, scope, expr);
    }
    return value_poison(c);
}

Value *elaborate(Compilation *c, const Scope *scope, const Expr *expr) {
    if (c->depth >= DEPTH_LIMIT) {
        if (!c->too_deep)
            sema_error(c, scope, DIAG_LIMIT_REACHED, expr->span,
                       "definitions are nested more than %d deep: the limit", DEPTH_LIMIT);
        c->too_deep = true;
        return value_poison(c);
    }
    c->depth++;
    Value *value = elaborate_inner(c, scope, expr);
    c->depth--;
    return value;
}
