/* Expressions to values. Everything that does not depend on data is decided here: names,
 * members of declarations, repetition over lists; what remains is a node. A mistake is said
 * once, where it was made, and what depends on it stays silent. */
#include "compiler/sema/expressions.h"

#include "runtime/base/date.h"
#include "runtime/stats/estimate.h"

enum { DEPTH_LIMIT = 1500, STEP_LIMIT = 20000000 };

/* ---- Values as numbers -------------------------------------------------------------- */

bool fold_bool(const Node *node, bool *truth) {
    if (!node || node->sort != NODE_CONST || node->constant.sort != CONST_BOOL) return false;
    *truth = node->constant.integer != 0;
    return true;
}

Value *value_strip(Compilation *c, Value *value) {
    while (value->sort == VALUE_CLAUSE) value = value_of_clause(c, value->clause);
    return value;
}

Value *elaborate_value(Compilation *c, const Scope *scope, const Expr *expr) {
    return value_strip(c, elaborate(c, scope, expr));
}

const Table *scope_rows(const Scope *scope) {
    for (; scope; scope = scope->outer) {
        if (scope->rows) return scope->rows;
    }
    return NULL;
}

/* People where a condition on one row is wanted: whether the row's person is among them. */
static Node *membership(Compilation *c, const Scope *scope, const Value *value, Span span) {
    const Table *rows = scope_rows(scope);
    if (!rows || (rows != value->table && rows->population != value->table)) return NULL;
    Node *all = NULL;
    for (uint32_t i = 0; i < value->filter_count; i++)
        all = all ? operate(c, scope, OP_AND, all, value->filters[i], span) : value->filters[i];
    return all ? all : node_bool(c, true, span);
}

/* A dimension where one row is asked about, or its person. */
static Node *dimension_of_row(const Scope *scope, const Value *value) {
    const Table *rows = scope_rows(scope);
    bool theirs = rows && (rows == value->table || rows->population == value->table);
    return theirs ? value->node : NULL;
}

static Node *missing_node(Compilation *c, Span span) {
    Node *node = node_absent(c, TYPE_QUANTITY, ABSENT_MISSING, (Slice){0}, span);
    node->type.bare = true;
    return node;
}

Node *value_node(Compilation *c, const Scope *scope, Value *value, Span span) {
    Node *node = NULL;
    value = value_strip(c, value);
    switch (value->sort) {
    case VALUE_POISON: return NULL;
    case VALUE_NODE:
    case VALUE_UNKNOWN: return value->node;
    case VALUE_MISSING: return missing_node(c, span);
    case VALUE_DECL:
        if (value->decl->head && value->decl->kind->head.type)
            return value_node(c, scope, value_of_clause(c, value->decl->head), span);
        break;
    case VALUE_PEOPLE: node = membership(c, scope, value, span); break;
    case VALUE_CHANGE: node = value->node; break; /* its amount: `t < 0` asks for its sign */
    case VALUE_DIMS: node = dimension_of_row(scope, value); break;
    case VALUE_PAIRS:
    case VALUE_CLAUSE:
    case VALUE_LIST:
    case VALUE_CHOICE:
    case VALUE_KIND:
    case VALUE_DISPLAY:
    case VALUE_RANGE:
    case VALUE_LIBRARY: break;
    }
    if (node) return node;
    Slice numbers = value->sort == VALUE_DECL ? decl_numbers(c, value->decl) : (Slice){0};
    if (value->sort == VALUE_PEOPLE)
        numbers = arena_printf(c->arena, "`count(%.*s)`", SLICE_FMT(quoted(c, span)));
    sema_error(c, scope, DIAG_TYPE_MISMATCH, span,
               "`%.*s` is %.*s; a number or condition is wanted here%s%.*s",
               SLICE_FMT(quoted(c, span)), SLICE_FMT(value_text(c, value)),
               numbers.length ? ", such as " : "", SLICE_FMT(numbers));
    return NULL;
}

Node *elaborate_node(Compilation *c, const Scope *scope, const Expr *expr) {
    if (!expr) return NULL; /* what is not there was said to be missing */
    return value_node(c, scope, elaborate(c, scope, expr), expr->span);
}

/* ---- Conditions --------------------------------------------------------------------- */

static Node *as_condition(Compilation *c, const Scope *scope, Node *node, Span span) {
    if (!node || node->type.base == TYPE_BOOL) return node;
    if (node->sort == NODE_CONST && node->constant.sort == CONST_ABSENT)
        return node_absent(c, TYPE_BOOL, (int)node->constant.integer, node->constant.text, span);
    sema_error(c, scope, DIAG_TYPE_MISMATCH, span, "a condition is wanted here; this is %.*s",
               SLICE_FMT(type_phrase(c, &node->type)));
    return NULL;
}

/* `ward == Quayside or Fenland`: what is compared is said each time. */
static void advise_again(Compilation *c, const Expr *expr, Diag *diag) {
    const Expr *left = expr->left, *right = expr->right;
    bool unknown = slice_equal(diag->name, slice_of(diag_name_text(DIAG_UNDEFINED_NAME)));
    bool compared = left->kind == EXPR_BINARY && (left->op == OP_EQ || left->op == OP_NE);
    if (!unknown || !compared || right->kind != EXPR_WORD || diag->span.start != right->span.start)
        return;
    Span begun = {left->span.start, left->right->span.start};
    Slice text = arena_copy(c->arena, source_map_text(c->sources, begun));
    diag->fix_message = (Slice){0};
    diag->edits.count = 0;
    diag_fix(c->diags, diag, (Span){right->span.start, right->span.start}, text,
             "what is compared is said each time: `%.*s%.*s`", SLICE_FMT(text),
             SLICE_FMT(quoted(c, right->span)));
}

/* and, or: what the left side decides, the right side is not asked. */
static Truth logic(Compilation *c, const Scope *scope, const Expr *expr, Node **open) {
    Truth decisive = expr->op == OP_OR ? TRUTH_TRUE : TRUTH_FALSE;
    Node *left_open = NULL, *right_open = NULL;
    Truth left = elaborate_truth(c, scope, expr->left, &left_open);
    if (left == decisive) return left;
    uint32_t before = c->diags->items.count;
    Truth right = elaborate_truth(c, scope, expr->right, &right_open);
    if (c->diags->items.count == before + 1) advise_again(c, expr, c->diags->items.items[before]);
    return truth_join(c, scope, expr->op, left, left_open, right, right_open, expr->span, open);
}

static Truth negation(Compilation *c, const Scope *scope, Truth truth, Node **open, Span span) {
    if (truth != TRUTH_OPEN) return truth_not(truth);
    return truth_open(operate(c, scope, OP_NOT, *open, NULL, span), open);
}

static bool is_truth(const Expr *expr) {
    if (expr->kind == EXPR_UNARY) return expr->op == OP_NOT;
    return expr->kind == EXPR_BINARY && expr->op <= OP_IS_NOT;
}

static Truth truth_inner(Compilation *c, const Scope *scope, const Expr *expr, Node **open) {
    switch (expr->op) {
    case OP_AND:
    case OP_OR: return logic(c, scope, expr, open);
    case OP_NOT:
        return negation(c, scope, elaborate_truth(c, scope, expr->left, open), open, expr->span);
    case OP_IN: return compare_in(c, scope, expr, open);
    case OP_NOT_IN: return negation(c, scope, compare_in(c, scope, expr, open), open, expr->span);
    case OP_IS: return compare_is(c, scope, expr, open);
    case OP_IS_NOT: return negation(c, scope, compare_is(c, scope, expr, open), open, expr->span);
    default: return compare(c, scope, expr, open);
    }
}

Truth elaborate_truth(Compilation *c, const Scope *scope, const Expr *expr, Node **open) {
    if (!is_truth(expr)) {
        Node *node = elaborate_node(c, scope, expr);
        return truth_open(as_condition(c, scope, node, expr->span), open);
    }
    if (!elaborate_enter(c, scope, expr)) return TRUTH_POISON;
    Truth truth = truth_inner(c, scope, expr, open);
    elaborate_leave(c);
    return truth;
}

Node *elaborate_condition(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *open = NULL;
    Truth truth = elaborate_truth(c, scope, expr, &open);
    return truth_node(c, truth, open, expr->span);
}

/* ---- Operators ---------------------------------------------------------------------- */

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
    Node *node = value_node(c, scope, value, expr->left->span);
    return value_from_node(c, operate(c, scope, OP_NEG, node, NULL, expr->span));
}

static Value *display(Compilation *c, const Expr *expr) {
    Value *value = value_new(c, VALUE_DISPLAY, expr->span);
    value->display = ARENA_NEW(c->arena, Display);
    if (!unit_of_expr(c, expr->left, &value->display->unit, &value->display->scale))
        return value_poison(c);
    return value;
}

static Value *unary(Compilation *c, const Scope *scope, const Expr *expr) {
    if (expr->op == OP_NEG) return negate(c, scope, expr);
    if (expr->op == OP_PER_PREFIX) return display(c, expr);
    return elaborate(c, scope, expr->left); /* a plus sign */
}

/* Conditions are decided so often that those that are share one value: it has no place. */
static Value *decided_value(Compilation *c, bool truth) {
    if (!c->decided[truth]) c->decided[truth] = value_from_node(c, node_bool(c, truth, SPAN_NONE));
    return c->decided[truth];
}

Value *truth_value(Compilation *c, Truth truth, Node *open, Span span) {
    if (truth == TRUTH_FALSE || truth == TRUTH_TRUE) return decided_value(c, truth == TRUTH_TRUE);
    return value_from_node(c, truth_node(c, truth, open, span));
}

static Value *condition(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *open = NULL;
    Truth truth = truth_inner(c, scope, expr, &open);
    return truth_value(c, truth, open, expr->span);
}

static Value *range(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *value = value_new(c, VALUE_RANGE, expr->span);
    value->from = value_from_node(c, elaborate_node(c, scope, expr->left));
    value->to = value_from_node(c, elaborate_node(c, scope, expr->right));
    if (value->from->sort == VALUE_POISON || value->to->sort == VALUE_POISON)
        return value_poison(c);
    return value;
}

static Value *per(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *left = elaborate_node(c, scope, expr->left);
    Unit unit;
    Exact scale;
    if (!unit_of_expr(c, expr->right, &unit, &scale) || !left) return value_poison(c);
    Node *below = node_exact(c, scale, expr->right->span);
    below->type.unit = unit;
    return value_from_node(c, operate_as_written(c, scope, expr, left, below));
}

static Value *binary(Compilation *c, const Scope *scope, const Expr *expr) {
    if (expr->op == OP_RANGE) return range(c, scope, expr);
    if (expr->op == OP_PER) return per(c, scope, expr);
    Node *left = elaborate_node(c, scope, expr->left);
    Node *right = elaborate_node(c, scope, expr->right);
    return value_from_node(c, operate_as_written(c, scope, expr, left, right));
}

/* ---- The rest ----------------------------------------------------------------------- */

static Value *conditional(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *open = NULL;
    Truth truth = elaborate_truth(c, scope, expr->left, &open);
    if (truth == TRUTH_TRUE) return elaborate(c, scope, expr->right);
    if (truth == TRUTH_FALSE) return elaborate(c, scope, expr->other);
    Node *then = elaborate_node(c, scope, expr->right);
    Node *other = elaborate_node(c, scope, expr->other);
    if (truth == TRUTH_POISON) return value_poison(c);
    if (truth == TRUTH_ABSENT) return value_new(c, VALUE_MISSING, expr->span);
    return value_from_node(c, node_select(c, scope, open, then, other, expr->span));
}

/* Keys are financial years; members of another dimension have no meaning by themselves. */
static Value *list_key(Compilation *c, const Scope *scope, const Expr *key) {
    bool named = key->kind == EXPR_STRING ||
                 (key->kind == EXPR_WORD && !name_known(c, scope, key->atom, key->span));
    if (!named) return elaborate_value(c, scope, key);
    sema_error(c, scope, DIAG_TYPE_MISMATCH, key->span,
               "the keys of a list are financial years; of what other set `%.*s` is a member is "
               "said by what the value is by: `let x by place = [north: £1m, south: £2m]`",
               SLICE_FMT(quoted(c, key->span)));
    return value_poison(c);
}

static Value *list(Compilation *c, const Scope *scope, const Expr *expr) {
    bool keyed = expr->entries.count && expr->entries.items[0].key, good = true;
    bool keys_read = true;
    Value *value = value_new(c, keyed ? VALUE_PAIRS : VALUE_LIST, expr->span);
    VEC_EACH(const Entry, entry, &expr->entries) {
        if ((entry->key != NULL) != keyed) {
            sema_error(c, scope, DIAG_TYPE_MISMATCH, entry->value->span,
                       "either every entry of a list has a key or none has");
            return value_poison(c);
        }
        ValuePair pair = {.value = elaborate(c, scope, entry->value)};
        if (keyed && keys_read) {
            pair.key = list_key(c, scope, entry->key);
            keys_read = pair.key->sort != VALUE_POISON; /* wrong for one, wrong for all */
        }
        good &= pair.value->sort != VALUE_POISON;
        if (keyed)
            VEC_PUSH(c->arena, &value->pairs, pair);
        else
            VEC_PUSH(c->arena, &value->list, pair.value);
    }
    if (!good || !keys_read) return value_poison(c);
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
    bool nothing = node->sort == NODE_CONST && node->type.bare &&
                   node->constant.sort == CONST_EXACT && exact_is_zero(node->constant.exact);
    if (nothing) return value_from_node(c, node); /* the sum of an empty list, in every year */
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

/* The dimension that has a member of that name; false where none has. */
static bool find_member(const Compilation *c, const Node *node, Slice text, uint16_t *dim,
                        uint32_t *member) {
    for (int d = 0; d < node->type.dim_count; d++) {
        const ModuleDim *found = &c->module->dims.items[node->type.dims[d]];
        for (uint32_t i = 0; i < found->member_count; i++) {
            if (!slice_equal(found->members[i], text)) continue;
            *dim = node->type.dims[d];
            *member = i;
            return true;
        }
    }
    return false;
}

static Value *no_member(Compilation *c, const Scope *scope, const Node *node, const Expr *key) {
    Nearest nearest = {.wanted = key->kind == EXPR_STRING ? key->text : quoted(c, key->span)};
    for (int d = 0; d < node->type.dim_count; d++) {
        const ModuleDim *dim = &c->module->dims.items[node->type.dims[d]];
        for (uint32_t i = 0; i < dim->member_count; i++) nearest_offer(&nearest, dim->members[i]);
        if (!dim->member_count) return value_poison(c); /* its file could not be read */
    }
    Diag *diag = sema_error(c, scope, DIAG_UNKNOWN_CATEGORY, key->span,
                            "`%.*s` is not a member of any dimension of this value",
                            SLICE_FMT(nearest.wanted));
    nearest_fix(c, diag, key->span, &nearest);
    return value_poison(c);
}

/* A word or text between brackets is a member where the value has one of that name. */
static Value *index_one(Compilation *c, const Scope *scope, Node *node, const Expr *key,
                        Span span) {
    Slice text = key->kind == EXPR_WORD     ? word(c, key->atom)
                 : key->kind == EXPR_STRING ? key->text
                                            : (Slice){0};
    uint16_t dim;
    uint32_t member;
    if (text.length && find_member(c, node, text, &dim, &member))
        return value_from_node(c, index_member(c, node, dim, member, span));
    if (key->kind == EXPR_STRING) return no_member(c, scope, node, key);
    if (key->kind == EXPR_WORD && !name_known(c, scope, key->atom, key->span))
        return no_member(c, scope, node, key);
    Value *at = elaborate_value(c, scope, key);
    if (at->sort == VALUE_MISSING || at->sort == VALUE_POISON) return at;
    if (at->sort == VALUE_NODE && at->node->sort == NODE_CONST &&
        at->node->type.base == TYPE_YEAR && at->node->constant.sort == CONST_YEAR)
        return index_year(c, scope, node, at->node, span);
    sema_error(c, scope, DIAG_TYPE_MISMATCH, key->span,
               "a financial year or a member is wanted between [ and ]; this is %.*s",
               SLICE_FMT(value_text(c, at)));
    return value_poison(c);
}

static Value *index_value(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *value = elaborate_value(c, scope, expr->left);
    if (value->sort == VALUE_MISSING) return value;
    for (uint32_t i = 0; i < expr->entries.count; i++) {
        Node *node = value_node(c, scope, value, expr->left->span);
        if (!node) return value_poison(c);
        value = index_one(c, scope, node, expr->entries.items[i].value, expr->span);
        if (value->sort == VALUE_MISSING || value->sort == VALUE_POISON) return value;
    }
    return value;
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
    case EXPR_MONEY: return value_from_node(c, number_literal(c, scope, expr));
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
    case EXPR_UNARY:
    case EXPR_BINARY:
        if (is_truth(expr)) return condition(c, scope, expr);
        return expr->kind == EXPR_UNARY ? unary(c, scope, expr) : binary(c, scope, expr);
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

/* Every step inwards is counted: a plan may ask for more than anybody will wait for. */
bool elaborate_enter(Compilation *c, const Scope *scope, const Expr *expr) {
    bool deep = c->depth >= DEPTH_LIMIT, long_winded = ++c->steps > STEP_LIMIT;
    if (!deep && !long_winded) {
        c->depth++;
        return true;
    }
    if (!c->limit_said && deep)
        sema_error(c, scope, DIAG_LIMIT_REACHED, expr->span,
                   "definitions are nested more than %d deep: the limit", DEPTH_LIMIT);
    if (!c->limit_said && !deep)
        sema_error(c, scope, DIAG_LIMIT_REACHED, expr->span,
                   "the plan unfolds into more than %d steps: the limit", STEP_LIMIT);
    c->limit_said = true;
    return false;
}

void elaborate_leave(Compilation *c) {
    c->depth--;
}

Value *elaborate(Compilation *c, const Scope *scope, const Expr *expr) {
    if (!expr || !elaborate_enter(c, scope, expr)) return value_poison(c);
    Value *value = elaborate_inner(c, scope, expr);
    elaborate_leave(c);
    return value;
}
