/* Comparisons where one side decides what a bare word on the other may be: a member of a
 * category, a word of a choice, a declaration. */
#include "compiler/sema/expressions.h"

#include "runtime/stats/estimate.h"

static Node *absent_bool(Compilation *c, Span span) {
    return node_absent(c, TYPE_BOOL, ABSENT_MISSING, (Slice){0}, span);
}

/* The member of a dimension that a bare word, a text or a number names. */
static Node *member_node(Compilation *c, const Scope *scope, uint16_t dim, const Expr *expr) {
    const ModuleDim *found = &c->module->dims.items[dim];
    Slice text = expr->kind == EXPR_WORD     ? word(c, expr->atom)
                 : expr->kind == EXPR_STRING ? expr->text
                                             : source_map_text(c->sources, expr->span);
    for (uint32_t i = 0; i < found->member_count; i++) {
        if (slice_equal(found->members[i], text)) return node_code(c, dim, i, expr->span);
    }
    Diag *diag =
        sema_error(c, scope, DIAG_UNKNOWN_CATEGORY, expr->span, "`%.*s` is not a member of %.*s",
                   SLICE_FMT(text), SLICE_FMT(found->name));
    Nearest nearest = {.wanted = text};
    for (uint32_t i = 0; i < found->member_count; i++) nearest_offer(&nearest, found->members[i]);
    nearest_fix(c, diag, expr->span, &nearest);
    return NULL;
}

static bool names_member(const Expr *expr) {
    return expr->kind == EXPR_WORD || expr->kind == EXPR_STRING;
}

static bool is_choice(Compilation *c, const Scope *scope, const Expr *expr, Value **value) {
    if (expr->kind != EXPR_MEMBER && expr->kind != EXPR_WORD) return false;
    if (expr->kind == EXPR_WORD && !name_known(c, scope, expr->atom, expr->span)) return false;
    *value = value_strip(c, elaborate(c, scope, expr));
    return (*value)->sort == VALUE_CHOICE || (*value)->sort == VALUE_MISSING ||
           (*value)->sort == VALUE_DECL;
}

/* A choice against a bare word of its set. */
static Node *compare_choice(Compilation *c, const Value *left, const Expr *right, bool equal,
                            Span span) {
    if (left->sort == VALUE_MISSING) return absent_bool(c, span);
    if (right->kind != EXPR_WORD) return NULL;
    return node_bool(c, (left->word == right->atom) == equal, span);
}

static Node *compare_static(Compilation *c, const Scope *scope, const Expr *expr, Operator op) {
    bool equal = op == OP_EQ;
    Value *left, *right;
    if (is_choice(c, scope, expr->left, &left)) {
        if (left->sort == VALUE_CHOICE)
            return compare_choice(c, left, expr->right, equal, expr->span);
        if (left->sort == VALUE_MISSING) {
            /* nothing stated: the comparison is neither true nor false */
            return absent_bool(c, expr->span);
        }
        if (left->decl->kind->head.type) return NULL;
        right = value_strip(c, elaborate(c, scope, expr->right));
        if (right->sort == VALUE_MISSING) return absent_bool(c, expr->span);
        if (right->sort == VALUE_DECL)
            return node_bool(c, (left->decl == right->decl) == equal, expr->span);
        return NULL;
    }
    return NULL;
}

/* Declarations that carry a number compare as themselves where the other side is a declaration
 * too: `s.from == this`. */
static Node *compare_decls(Compilation *c, const Scope *scope, const Expr *expr, Operator op) {
    if (expr->left->kind != EXPR_MEMBER && expr->left->kind != EXPR_WORD) return NULL;
    if (expr->right->kind != EXPR_MEMBER && expr->right->kind != EXPR_WORD) return NULL;
    if (expr->right->kind == EXPR_WORD && !name_known(c, scope, expr->right->atom, expr->span))
        return NULL;
    if (expr->left->kind == EXPR_WORD && !name_known(c, scope, expr->left->atom, expr->span))
        return NULL;
    Value *left = value_strip(c, elaborate(c, scope, expr->left)),
          *right = value_strip(c, elaborate(c, scope, expr->right));
    if (left->sort != VALUE_DECL || right->sort != VALUE_DECL) return NULL;
    return node_bool(c, (left->decl == right->decl) == (op == OP_EQ), expr->span);
}

/* One side of a comparison. A change is compared by its amount: `t < 0` asks for its sign. */
static Node *compared(Compilation *c, const Scope *scope, const Expr *expr) {
    if (expr->kind != EXPR_WORD && expr->kind != EXPR_MEMBER) return elaborate_node(c, scope, expr);
    Value *value = value_strip(c, elaborate(c, scope, expr));
    if (value->sort == VALUE_CHANGE) return value->node;
    return elaborate_node(c, scope, expr);
}

static Node *compare_nodes(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *a, *b;
    if (names_member(expr->right)) {
        a = compared(c, scope, expr->left);
        if (!a) return NULL;
        b = a->type.base == TYPE_CODE ? member_node(c, scope, a->type.code_dim, expr->right)
                                      : compared(c, scope, expr->right);
    } else {
        b = compared(c, scope, expr->right);
        if (!b) return NULL;
        a = b->type.base == TYPE_CODE && names_member(expr->left)
                ? member_node(c, scope, b->type.code_dim, expr->left)
                : compared(c, scope, expr->left);
    }
    return operate(c, scope, expr->op, a, b, expr->span);
}

Node *compare(Compilation *c, const Scope *scope, const Expr *expr) {
    if (expr->op == OP_EQ || expr->op == OP_NE) {
        Node *decls = compare_decls(c, scope, expr, expr->op);
        if (decls) return decls;
        Node *decided = compare_static(c, scope, expr, expr->op);
        if (decided) return decided;
    }
    return compare_nodes(c, scope, expr);
}

static Node *in_range(Compilation *c, const Scope *scope, Node *a, const Value *range, Span span) {
    Node *from = range->from ? value_node(c, scope, range->from) : NULL;
    Node *to = range->to ? value_node(c, scope, range->to) : NULL;
    Node *above = operate(c, scope, OP_GE, a, from, span),
         *below = operate(c, scope, OP_LE, a, to, span);
    return operate(c, scope, OP_AND, above, below, span);
}

static Node *in_list(Compilation *c, const Scope *scope, const Expr *expr, Value *left,
                     const Value *list) {
    Node *any = NULL;
    for (uint32_t i = 0; i < list->list.count; i++) {
        Value *item = value_strip(c, list->list.items[i]);
        Node *equal;
        if (left->sort == VALUE_DECL && item->sort == VALUE_DECL)
            equal = node_bool(c, left->decl == item->decl, expr->span);
        else if (left->sort == VALUE_CHOICE && item->sort == VALUE_CHOICE)
            equal = node_bool(c, left->word == item->word, expr->span);
        else
            equal = operate(c, scope, OP_EQ, value_node(c, scope, left), value_node(c, scope, item),
                            expr->span);
        if (!equal) return NULL;
        any = any ? operate(c, scope, OP_OR, any, equal, expr->span) : equal;
    }
    return any ? any : node_bool(c, false, expr->span);
}

/* `route in [direct_award_a, competitive]`, `sex in [F, M]`: bare words as members. */
static Node *in_words(Compilation *c, const Scope *scope, const Expr *expr, Value *left) {
    Node *node = left->sort == VALUE_CHOICE || left->sort == VALUE_MISSING
                     ? NULL
                     : value_node(c, scope, left);
    if (left->sort == VALUE_MISSING) return absent_bool(c, expr->span);
    if (left->sort != VALUE_CHOICE && !node) return NULL;
    Node *any = NULL;
    for (uint32_t i = 0; i < expr->right->entries.count; i++) {
        const Expr *member = expr->right->entries.items[i].value;
        Node *equal =
            left->sort == VALUE_CHOICE ? compare_choice(c, left, member, true, expr->span)
            : node->type.base == TYPE_CODE
                ? operate(c, scope, OP_EQ, node, member_node(c, scope, node->type.code_dim, member),
                          expr->span)
                : operate(c, scope, OP_EQ, node, elaborate_node(c, scope, member), expr->span);
        if (!equal) return NULL;
        any = any ? operate(c, scope, OP_OR, any, equal, expr->span) : equal;
    }
    return any ? any : node_bool(c, false, expr->span);
}

Node *compare_in(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *left = value_strip(c, elaborate(c, scope, expr->left));
    if (left->sort == VALUE_POISON) return NULL;
    left->span = left->sort == VALUE_NODE ? left->span : expr->left->span;
    if (expr->right->kind == EXPR_LIST) return in_words(c, scope, expr, left);
    Value *right = value_strip(c, elaborate(c, scope, expr->right));
    if (right->sort == VALUE_POISON) return NULL;
    if (left->sort == VALUE_MISSING || right->sort == VALUE_MISSING)
        return absent_bool(c, expr->span);
    if (right->sort == VALUE_RANGE)
        return in_range(c, scope, value_node(c, scope, left), right, expr->span);
    if (right->sort == VALUE_LIST) return in_list(c, scope, expr, left, right);
    if (right->sort == VALUE_NODE && right->node->type.base == TYPE_YEAR) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->right->span,
                   "`in` asks whether a value is one of several; write `at %.*s`",
                   SLICE_FMT(quoted(c, expr->right->span)));
        return NULL;
    }
    sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->right->span,
               "`in` is followed by a range or a list; this is %.*s",
               SLICE_FMT(value_text(c, right)));
    return NULL;
}

/* `x is [not] missing`, `x is lower`. */
Node *compare_is(Compilation *c, const Scope *scope, const Expr *expr) {
    bool negated = expr->op == OP_IS_NOT;
    Value *left = value_strip(c, elaborate(c, scope, expr->left));
    if (left->sort == VALUE_POISON) return NULL;
    const Expr *right = expr->right;
    if (right->kind == EXPR_MISSING) {
        if (left->sort == VALUE_LIST)
            return node_bool(c, (left->list.count == 0) != negated, expr->span);
        if (left->sort != VALUE_NODE)
            return node_bool(c, (left->sort == VALUE_MISSING) != negated, expr->span);
        if (left->node->sort == NODE_CONST)
            return node_bool(c, (left->node->constant.sort == CONST_ABSENT) != negated, expr->span);
        Type type = type_of(TYPE_BOOL);
        type_join(&type, &left->node->type);
        Node *test = node_op(c, OPCODE_IS_ABSENT, type, expr->span, left->node, NULL, NULL);
        return negated ? operate(c, scope, OP_NOT, test, NULL, expr->span) : test;
    }
    if (right->kind == EXPR_WORD) {
        bool unknown = slice_equal(word(c, right->atom), SLICE("unknown"));
        bool same = (left->sort == VALUE_CHOICE && left->word == right->atom) ||
                    (unknown && left->sort == VALUE_UNKNOWN);
        return node_bool(c, same != negated, expr->span);
    }
    sema_error(c, scope, DIAG_TYPE_MISMATCH, right->span,
               "`is` is followed by `missing`, `unknown` or one word of a choice");
    return NULL;
}
