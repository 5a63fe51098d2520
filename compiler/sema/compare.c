/* Comparisons, and what decides without data whether they hold: declarations and words of a
 * choice are compared here, numbers and categories become nodes. Opposite a choice or a category
 * a bare word is a member of that set and nothing else. */
#include "compiler/sema/expressions.h"

#include "runtime/base/date.h"
#include "runtime/stats/estimate.h"

/* ---- Truth -------------------------------------------------------------------------- */

Truth truth_of(bool holds) {
    return holds ? TRUTH_TRUE : TRUTH_FALSE;
}

Truth truth_not(Truth truth) {
    if (truth == TRUTH_TRUE) return TRUTH_FALSE;
    return truth == TRUTH_FALSE ? TRUTH_TRUE : truth;
}

/* What a condition came to, where it is decided. */
static Truth node_truth(const Node *node) {
    if (!node) return TRUTH_POISON;
    if (node->sort != NODE_CONST) return TRUTH_OPEN;
    if (node->constant.sort == CONST_ABSENT) return TRUTH_ABSENT;
    return node->constant.sort == CONST_BOOL ? truth_of(node->constant.integer) : TRUTH_OPEN;
}

Truth truth_open(Node *node, Node **open) {
    *open = node;
    return node_truth(node);
}

Node *truth_node(Compilation *c, Truth truth, Node *open, Span span) {
    switch (truth) {
    case TRUTH_POISON: return NULL;
    case TRUTH_FALSE:
    case TRUTH_TRUE: return node_bool(c, truth == TRUTH_TRUE, span);
    case TRUTH_ABSENT: return node_absent(c, TYPE_BOOL, ABSENT_MISSING, (Slice){0}, span);
    case TRUTH_OPEN: break;
    }
    return open;
}

static bool is_certain(Truth truth) {
    return truth == TRUTH_FALSE || truth == TRUTH_TRUE;
}

Truth truth_join(Compilation *c, const Scope *scope, Operator op, Truth left, Node *left_open,
                 Truth right, Node *right_open, Span span, Node **open) {
    Truth decisive = op == OP_OR ? TRUTH_TRUE : TRUTH_FALSE;
    if (left == TRUTH_POISON || right == TRUTH_POISON) return TRUTH_POISON;
    if (left == decisive || right == decisive) return decisive;
    *open = is_certain(left) ? right_open : left_open;
    if (is_certain(left)) return right;
    if (is_certain(right) || (left == TRUTH_ABSENT && right == TRUTH_ABSENT)) return left;
    Node *a = truth_node(c, left, left_open, span), *b = truth_node(c, right, right_open, span);
    return truth_open(operate(c, scope, op, a, b, span), open);
}

/* ---- Members of a set --------------------------------------------------------------- */

static bool may_name_member(const Expr *expr) {
    return expr->kind == EXPR_WORD || expr->kind == EXPR_STRING;
}

/* Opposite a category also a number: `fifth == 1`. */
static bool may_name_code(const Expr *expr) {
    return may_name_member(expr) || expr->kind == EXPR_NUMBER;
}

static Slice member_text(Compilation *c, const Expr *expr) {
    if (expr->kind == EXPR_WORD) return word(c, expr->atom);
    return expr->kind == EXPR_STRING ? expr->text : source_map_text(c->sources, expr->span);
}

static bool has_title(const ModuleDim *dim, uint32_t i) {
    return dim->titles && dim->titles[i].length && !slice_equal(dim->titles[i], dim->members[i]);
}

/* ": F (Female), M (Male)", where they are few. */
static Slice members_text(Compilation *c, const ModuleDim *dim) {
    Slice text = {0};
    for (uint32_t i = 0; i < dim->member_count && dim->member_count <= 8; i++) {
        text = arena_printf(c->arena, "%.*s%s%.*s", SLICE_FMT(text), i ? ", " : ": ",
                            SLICE_FMT(dim->members[i]));
        if (has_title(dim, i))
            text = arena_printf(c->arena, "%.*s (%.*s)", SLICE_FMT(text),
                                SLICE_FMT(dim->titles[i]));
    }
    return text;
}

/* `female`, where the file has F and the plan says that it means "Female". */
static bool offer_by_title(Compilation *c, Diag *diag, const ModuleDim *dim, Slice text,
                           Span span) {
    Nearest nearest = {.wanted = text};
    for (uint32_t i = 0; i < dim->member_count; i++) {
        if (!has_title(dim, i)) continue;
        nearest_offer(&nearest, dim->titles[i]);
        if (!slice_equal(nearest.best, dim->titles[i]) && !slice_equal(text, dim->titles[i]))
            continue;
        diag_fix(c->diags, diag, span, member_written(c, dim->members[i]),
                 dim->sort == DIM_CATEGORY ? "%.*s is `%.*s` in the data"
                                           : "%.*s is the label `%.*s`",
                 SLICE_FMT(dim->titles[i]), SLICE_FMT(dim->members[i]));
        return true;
    }
    return false;
}

static void nearest_member(Compilation *c, Diag *diag, Span span, Slice member) {
    Slice written = member.length ? member_written(c, member) : member;
    if (member.length)
        diag_fix(c->diags, diag, span, written, "did you mean `%.*s`?", SLICE_FMT(written));
}

/* The member of a dimension that a bare word, a text or a number names. */
Node *member_node(Compilation *c, const Scope *scope, uint16_t dim, const Expr *expr) {
    const ModuleDim *found = &c->module->dims.items[dim];
    if (!found->member_count) return NULL; /* its file could not be read */
    Slice text = member_text(c, expr);
    Nearest nearest = {.wanted = text};
    for (uint32_t i = 0; i < found->member_count; i++) {
        if (slice_equal(found->members[i], text)) return node_code(c, dim, i, expr->span);
        nearest_offer(&nearest, found->members[i]);
    }
    bool of_band = expr->kind == EXPR_NUMBER && found->sort == DIM_BAND &&
                   has_title(found, found->member_count - 1);
    Diag *diag = sema_error(c, scope, DIAG_UNKNOWN_CATEGORY, expr->span,
                            "`%.*s` is not a member of %.*s%.*s%s", SLICE_FMT(text),
                            SLICE_FMT(found->name), SLICE_FMT(members_text(c, found)),
                            of_band ? "; compare the number that the bands are made of, or name a "
                                      "band by its label between quotes"
                                    : "");
    if (nearest.best.length || !offer_by_title(c, diag, found, text, expr->span))
        nearest_member(c, diag, expr->span, nearest.best);
    return NULL;
}

static bool choice_known(Compilation *c, const Scope *scope, const Value *choice,
                         const Expr *word_expr) {
    if (!choice->type || type_takes_word(c, choice->type, word_expr->atom)) return true;
    Nearest nearest = {.wanted = word(c, word_expr->atom)};
    Slice words = type_words(c, choice->type, &nearest);
    Diag *diag =
        sema_error(c, scope, DIAG_UNKNOWN_CATEGORY, word_expr->span, "`%.*s` is not one of %.*s",
                   SLICE_FMT(nearest.wanted), SLICE_FMT(words));
    nearest_fix(c, diag, word_expr->span, &nearest);
    return false;
}

/* ---- The two sides of a comparison -------------------------------------------------- */

/* One side: a value, or a word that the other side's set decides. */
typedef struct {
    const Expr *expr;
    Value *value; /* NULL: not yet known */
} Side;

static bool is_sort(const Side *side, ValueSort sort) {
    return side->value && side->value->sort == sort;
}

static bool is_code(const Side *side) {
    return side->value && side->value->sort == VALUE_NODE &&
           side->value->node->type.base == TYPE_CODE;
}

/* A word of a choice, or nothing where a clause takes one: then only what the other side says
 * tells whether a word was meant. */
static bool is_choice(Compilation *c, const Side *side, const Side *other) {
    const Value *value = side->value;
    if (!value || value->sort != VALUE_MISSING) return value && value->sort == VALUE_CHOICE;
    if (!value->type) return false;
    return type_is_choice(c, value->type) ||
           (other->expr->kind == EXPR_WORD && type_takes_word(c, value->type, other->expr->atom));
}

static bool is_set(Compilation *c, const Side *side, const Side *other) {
    return is_code(side) || is_choice(c, side, other);
}

/* A dimension where one row is asked about: the row's own member of it. */
static Value *of_row(Compilation *c, const Scope *scope, Value *value, Span span) {
    value = value_strip(c, value);
    if (value->sort != VALUE_DIMS || !scope_rows(scope)) return value;
    Node *found = value_node(c, scope, value, span);
    if (!found) return value_poison(c);
    Node *node = ARENA_NEW(c->arena, Node);
    *node = *found;
    node->span = span;
    return value_from_node(c, node);
}

static void settle(Compilation *c, const Scope *scope, Side *side) {
    if (!side->value)
        side->value = of_row(c, scope, elaborate(c, scope, side->expr), side->expr->span);
}

/* A bare word that means something here, without a message where it does not. */
static void settle_known(Compilation *c, const Scope *scope, Side *side) {
    if (side->value || side->expr->kind != EXPR_WORD) return;
    Value *known = name_known(c, scope, side->expr->atom, side->expr->span);
    if (known) side->value = of_row(c, scope, known, side->expr->span);
}

/* `smoker is yes`: a flag is a condition by itself, and other columns have no words. */
static Truth not_a_choice(Compilation *c, const Scope *scope, const Side *left, const Expr *right,
                          bool negated) {
    Slice name = quoted(c, left->expr->span);
    bool flag = left->value->node->type.base == TYPE_BOOL;
    Slice said = member_text(c, right);
    bool no = slice_equal(said, SLICE("no")) || slice_equal(said, SLICE("N"));
    no = no != negated;
    Diag *diag =
        sema_error(c, scope, DIAG_TYPE_MISMATCH, span_join(left->expr->span, right->span),
                   flag ? "`%.*s` is a condition by itself: write `%.*s` or `not %.*s`"
                        : "`%.*s` has no words to choose from: compare `%.*s` with ==, <, >= "
                          "or `in`, or ask whether `%.*s is missing`",
                   SLICE_FMT(name), SLICE_FMT(name), SLICE_FMT(name));
    if (flag)
        diag_fix(c->diags, diag, span_join(left->expr->span, right->span),
                 arena_printf(c->arena, "%s%.*s", no ? "not " : "", SLICE_FMT(name)),
                 "write `%s%.*s`", no ? "not " : "", SLICE_FMT(name));
    return TRUTH_POISON;
}

static bool is_flag(const Side *side) {
    return is_sort(side, VALUE_NODE) && side->value->node->sort == NODE_COLUMN &&
           side->value->node->type.base == TYPE_BOOL;
}

/* `smoker == yes`, `smoker == "Y"` */
static bool flag_with_word(Compilation *c, const Scope *scope, const Side *left, const Side *right,
                           Operator op) {
    const Expr *said = right->expr;
    bool text = said->kind == EXPR_STRING || (said->kind == EXPR_WORD && !right->value);
    if (!is_flag(left) || !text || (op != OP_EQ && op != OP_NE)) return false;
    not_a_choice(c, scope, left, said, op == OP_NE);
    return true;
}

/* Each side is elaborated once, and a bare word opposite a set not at all. */
static void settle_sides(Compilation *c, const Scope *scope, Side *left, Side *right,
                         Operator op) {
    if (!may_name_member(left->expr)) settle(c, scope, left);
    if (!may_name_member(right->expr)) settle(c, scope, right);
    if (is_sort(left, VALUE_POISON) || is_sort(right, VALUE_POISON)) return;
    if (!is_set(c, right, left)) settle_known(c, scope, left);
    if (is_sort(left, VALUE_POISON)) return; /* the other may be a member of what it was to be */
    if (!is_set(c, left, right)) settle_known(c, scope, right);
    if (is_sort(right, VALUE_POISON)) return;
    if (is_set(c, left, right) && may_name_member(right->expr)) {
        right->value = NULL;
    } else if (is_set(c, right, left) && may_name_member(left->expr)) {
        left->value = NULL;
    } else if (flag_with_word(c, scope, left, right, op)) {
        left->value = value_poison(c);
    } else {
        settle(c, scope, left);
        settle(c, scope, right);
        if (is_code(left) && right->expr->kind == EXPR_NUMBER) right->value = NULL;
        if (is_code(right) && left->expr->kind == EXPR_NUMBER) left->value = NULL;
    }
}

static Node *side_node(Compilation *c, const Scope *scope, const Side *side, const Side *set) {
    if (!side->value) return member_node(c, scope, set->value->node->type.code_dim, side->expr);
    return value_node(c, scope, side->value, side->expr->span);
}

/* `age_band == 0-17`: a label that reads as a sum. */
static bool label_as_sum(Compilation *c, const Scope *scope, const Side *set, const Side *other) {
    if (!is_code(set) || other->expr->kind != EXPR_BINARY) return false;
    const ModuleDim *dim = &c->module->dims.items[set->value->node->type.code_dim];
    Slice text = source_map_text(c->sources, other->expr->span);
    for (uint32_t i = 0; i < dim->member_count; i++) {
        if (!slice_equal(dim->members[i], text)) continue;
        Slice written = member_written(c, text);
        Diag *diag = sema_error(c, scope, DIAG_TYPE_MISMATCH, other->expr->span,
                                "`%.*s` is a sum; the label of %.*s stands between quotes",
                                SLICE_FMT(text), SLICE_FMT(dim->name));
        diag_fix(c->diags, diag, other->expr->span, written, "write `%.*s`", SLICE_FMT(written));
        return true;
    }
    return false;
}

static Truth compare_numbers(Compilation *c, const Scope *scope, Operator op, const Side *left,
                             const Side *right, const Expr *expr, Node **open) {
    if (label_as_sum(c, scope, left, right) || label_as_sum(c, scope, right, left))
        return TRUTH_POISON;
    Node *a = side_node(c, scope, left, right), *b = side_node(c, scope, right, left);
    return truth_open(expr->op == op ? operate_as_written(c, scope, expr, a, b)
                                     : operate(c, scope, op, a, b, expr->span),
                      open);
}

static Truth same(Operator op, bool equal) {
    return truth_of(equal == (op == OP_EQ));
}

static Truth not_a_word(Compilation *c, const Scope *scope, const Side *choice, const Side *other) {
    Diag *diag = sema_error(c, scope, DIAG_TYPE_MISMATCH, other->expr->span,
                            "`%.*s` is one word of a choice; it is compared with a word of it",
                            SLICE_FMT(quoted(c, choice->expr->span)));
    if (other->expr->kind == EXPR_STRING)
        diag_fix(c->diags, diag, other->expr->span, other->expr->text, "leave out the quotes");
    return TRUTH_POISON;
}

/* A choice against a word of its set, or against another choice. */
static Truth compare_choice(Compilation *c, const Scope *scope, Operator op, const Side *choice,
                            const Side *other) {
    const Value *value = other->value;
    if (!value && other->expr->kind != EXPR_WORD) return not_a_word(c, scope, choice, other);
    if (!value && !choice_known(c, scope, choice->value, other->expr)) return TRUTH_POISON;
    if (value && value->sort != VALUE_CHOICE && value->sort != VALUE_MISSING)
        return not_a_word(c, scope, choice, other);
    if (choice->value->sort == VALUE_MISSING) return TRUTH_ABSENT;
    if (value && value->sort == VALUE_MISSING) return TRUTH_ABSENT;
    return same(op, choice->value->word == (value ? value->word : other->expr->atom));
}

/* == and !=: declarations and words are compared as what they are, all else as numbers. */
static Truth compare_equal(Compilation *c, const Scope *scope, Operator op, const Side *left,
                           const Side *right, const Expr *expr, Node **open) {
    if (is_choice(c, left, right)) return compare_choice(c, scope, op, left, right);
    if (is_choice(c, right, left)) return compare_choice(c, scope, op, right, left);
    if (is_sort(left, VALUE_DECL) && is_sort(right, VALUE_DECL))
        return same(op, left->value->decl == right->value->decl);
    if (is_sort(left, VALUE_MISSING) || is_sort(right, VALUE_MISSING)) return TRUTH_ABSENT;
    return compare_numbers(c, scope, op, left, right, expr, open);
}

/* `x == missing` is never true of anything: what is missing equals nothing. */
static Truth asks_missing(Compilation *c, const Scope *scope, const Expr *expr) {
    Slice name = quoted(c, expr->left->span);
    bool negated = expr->op == OP_NE;
    Diag *diag = sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span,
                            "nothing is equal to what is missing: ask whether it `is %smissing`",
                            negated ? "not " : "");
    diag_fix(c->diags, diag, expr->span,
             arena_printf(c->arena, "%.*s is %smissing", SLICE_FMT(name), negated ? "not " : ""),
             "write `%.*s is %smissing`", SLICE_FMT(name), negated ? "not " : "");
    return TRUTH_POISON;
}

Truth compare(Compilation *c, const Scope *scope, const Expr *expr, Node **open) {
    if (expr->right->kind == EXPR_MISSING) return asks_missing(c, scope, expr);
    Side left = {.expr = expr->left}, right = {.expr = expr->right};
    settle_sides(c, scope, &left, &right, expr->op);
    if (is_sort(&left, VALUE_POISON) || is_sort(&right, VALUE_POISON)) return TRUTH_POISON;
    if (expr->op == OP_EQ || expr->op == OP_NE)
        return compare_equal(c, scope, expr->op, &left, &right, expr, open);
    if (!is_choice(c, &left, &right) && !is_choice(c, &right, &left))
        return compare_numbers(c, scope, expr->op, &left, &right, expr, open);
    sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span,
               "the words of a choice have no order: use == or `in`");
    return TRUTH_POISON;
}

/* ---- in ----------------------------------------------------------------------------- */

/* Nothing lies in a range that ends before it starts. */
static bool range_is_empty(Compilation *c, const Scope *scope, const Value *range, Span span) {
    const Node *from = range->from->node, *to = range->to->node;
    if (!from || !to || from->sort != NODE_CONST || to->sort != NODE_CONST) return false;
    bool empty = from->constant.sort == CONST_EXACT && to->constant.sort == CONST_EXACT
                     ? exact_compare(from->constant.exact, to->constant.exact) > 0
                     : from->constant.sort == to->constant.sort &&
                           from->constant.integer > to->constant.integer;
    if (empty) sema_error(c, scope, DIAG_OUT_OF_RANGE, span, "the range ends before it starts");
    return empty;
}

static Truth in_range(Compilation *c, const Scope *scope, const Side *left, const Value *range,
                      Span span, Node **open) {
    if (range_is_empty(c, scope, range, range->span)) return TRUTH_POISON;
    Node *node = value_node(c, scope, left->value, left->expr->span);
    Node *above = operate(c, scope, OP_GE, node, value_node(c, scope, range->from, span), span);
    Node *below =
        above ? operate(c, scope, OP_LE, node, value_node(c, scope, range->to, span), span) : NULL;
    return truth_open(operate(c, scope, OP_AND, above, below, span), open);
}

/* `route in [direct_award_a, competitive]`, `sex in [F, M]`, `3 in [1, 2]` */
static Truth in_written(Compilation *c, const Scope *scope, const Side *left, const Expr *list,
                        Node **open) {
    Truth found = TRUTH_FALSE;
    VEC_EACH(const Entry, entry, &list->entries) {
        Side item = {.expr = entry->value};
        Node *item_open = NULL;
        bool member = is_code(left) ? may_name_code(item.expr)
                                    : is_set(c, left, &item) && may_name_member(item.expr);
        if (!member) settle(c, scope, &item);
        if (is_sort(&item, VALUE_POISON)) return TRUTH_POISON;
        Truth equal = compare_equal(c, scope, OP_EQ, left, &item, item.expr, &item_open);
        found = truth_join(c, scope, OP_OR, found, *open, equal, item_open, item.expr->span, open);
        if (found == TRUTH_POISON) return found;
    }
    return found;
}

static Truth in_list(Compilation *c, const Scope *scope, const Side *left, const Value *list,
                     Span span, Node **open) {
    Truth found = TRUTH_FALSE;
    Expr listed = {.kind = EXPR_POISON, .span = span};
    for (uint32_t i = 0; i < list->list.count; i++) {
        Side item = {.expr = &listed, .value = value_strip(c, list->list.items[i])};
        Node *item_open = NULL;
        if (is_sort(&item, VALUE_POISON)) return TRUTH_POISON;
        Truth equal = compare_equal(c, scope, OP_EQ, left, &item, &listed, &item_open);
        found = truth_join(c, scope, OP_OR, found, *open, equal, item_open, span, open);
        if (found == TRUTH_POISON) return found;
    }
    return found;
}

/* `frailty in mild .. severe`: both ends are members, and the range ends with the second. */
static Truth in_members(Compilation *c, const Scope *scope, const Side *left, const Expr *range,
                        Node **open) {
    const Expr *written[2] = {range->left, range->right};
    Value *ends[2];
    for (int i = 0; i < 2; i++) {
        Side end = {.expr = written[i]};
        if (!may_name_code(end.expr)) settle(c, scope, &end);
        if (is_sort(&end, VALUE_POISON)) return TRUTH_POISON;
        ends[i] = value_from_node(c, side_node(c, scope, &end, left));
        if (ends[i]->sort == VALUE_POISON) return TRUTH_POISON;
    }
    Value *value = value_new(c, VALUE_RANGE, range->span);
    value->from = ends[0];
    value->to = ends[1];
    return in_range(c, scope, left, value, range->span, open);
}

/* The days of a period: of a financial year, a quarter or a month. */
static bool period_days(const Expr *expr, int32_t *from, int32_t *to) {
    switch (expr->kind) {
    case EXPR_YEAR:
        *from = financial_year_start(expr->year);
        *to = financial_year_end(expr->year);
        return true;
    case EXPR_QUARTER:
        *from = quarter_start(financial_quarter_index(expr->year, expr->month));
        return expr_deadline(expr, to);
    case EXPR_MONTH:
        *from = month_start(month_number(expr->year, expr->month));
        return expr_deadline(expr, to);
    default: return false;
    }
}

/* `admitted in FY2025/26`: a day is one of the days from the first to the last. */
static bool advise_days(Compilation *c, const Scope *scope, const Side *left, const Expr *right) {
    int32_t from, to;
    bool day = is_sort(left, VALUE_NODE) && left->value->node->type.base == TYPE_DATE;
    if (!day || !period_days(right, &from, &to)) return false;
    Slice days = arena_printf(c->arena, "%.*s .. %.*s", SLICE_FMT(date_format_iso(c->arena, from)),
                              SLICE_FMT(date_format_iso(c->arena, to)));
    Diag *diag = sema_error(c, scope, DIAG_TYPE_MISMATCH, right->span,
                            "`in` is followed by a range or a list; `%.*s` is a period, and its "
                            "days are `%.*s`",
                            SLICE_FMT(quoted(c, right->span)), SLICE_FMT(days));
    diag_fix(c->diags, diag, right->span, days, "name its first and its last day");
    return true;
}

static Truth not_several(Compilation *c, const Scope *scope, const Expr *expr, const Value *right) {
    Slice written = quoted(c, expr->right->span);
    if (right->sort == VALUE_NODE && right->node->type.base == TYPE_YEAR) {
        sema_error(
            c, scope, DIAG_TYPE_MISMATCH, expr->span,
            "`in` asks whether a value is one of several; a measure is asked for a year with "
            "`measured(… at %.*s)`",
            SLICE_FMT(written));
        return TRUTH_POISON;
    }
    sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->right->span,
               "`in` is followed by a range or a list; this is %.*s",
               SLICE_FMT(value_text(c, right)));
    return TRUTH_POISON;
}

/* `sex in F` */
static Truth one_member(Compilation *c, const Scope *scope, const Expr *expr) {
    Slice written = quoted(c, expr->right->span);
    Diag *diag = sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->right->span,
                            "`in` is followed by a range or a list: `in [%.*s]`, or `== %.*s`",
                            SLICE_FMT(written), SLICE_FMT(written));
    diag_fix(c->diags, diag, expr->right->span,
             arena_printf(c->arena, "[%.*s]", SLICE_FMT(written)), "make it a list");
    return TRUTH_POISON;
}

Truth compare_in(Compilation *c, const Scope *scope, const Expr *expr, Node **open) {
    Side left = {.expr = expr->left};
    settle(c, scope, &left);
    if (is_sort(&left, VALUE_POISON)) return TRUTH_POISON;
    const Expr *list = expr->right->kind == EXPR_LIST ? expr->right : NULL;
    bool keyed = list && list->entries.count && list->entries.items[0].key;
    if (list && !keyed) return in_written(c, scope, &left, list, open);
    bool range = expr->right->kind == EXPR_BINARY && expr->right->op == OP_RANGE;
    if (range && is_code(&left)) return in_members(c, scope, &left, expr->right, open);
    if (advise_days(c, scope, &left, expr->right)) return TRUTH_POISON;
    bool member = expr->right->kind == EXPR_WORD && is_code(&left) &&
                  !name_known(c, scope, expr->right->atom, expr->right->span);
    if (member) return one_member(c, scope, expr);
    Value *right = value_strip(c, elaborate(c, scope, expr->right));
    if (right->sort == VALUE_POISON) return TRUTH_POISON;
    if (is_sort(&left, VALUE_MISSING) || right->sort == VALUE_MISSING) return TRUTH_ABSENT;
    if (right->sort == VALUE_RANGE) return in_range(c, scope, &left, right, expr->span, open);
    if (right->sort == VALUE_LIST) return in_list(c, scope, &left, right, expr->span, open);
    return not_several(c, scope, expr, right);
}

/* ---- is ----------------------------------------------------------------------------- */

static Truth is_absent(Compilation *c, const Value *value, Span span, Node **open) {
    if (value->sort == VALUE_LIST) return truth_of(value->list.count == 0);
    if (value->sort != VALUE_NODE) return truth_of(value->sort == VALUE_MISSING);
    if (value->node->sort == NODE_CONST)
        return truth_of(value->node->constant.sort == CONST_ABSENT);
    Type type = type_of(TYPE_BOOL);
    type_join(&type, &value->node->type);
    return truth_open(node_op(c, OPCODE_IS_ABSENT, type, span, value->node, NULL, NULL), open);
}

/* `is` has no third answer: where nothing is stated it is not that. */
static Truth decided(Compilation *c, Truth truth, Node **open, Span span) {
    if (truth == TRUTH_ABSENT) return TRUTH_FALSE;
    if (truth != TRUTH_OPEN) return truth;
    Type type = (*open)->type;
    return truth_open(
        node_op(c, OPCODE_OR_ELSE, type, span, *open, node_bool(c, false, span), NULL), open);
}

/* `x is missing`, `baseline is unknown`, `better is lower`, `lead.at is northshire_icb`. */
Truth compare_is(Compilation *c, const Scope *scope, const Expr *expr, Node **open) {
    const Expr *right = expr->right;
    Side left = {.expr = expr->left}, other = {.expr = right};
    settle(c, scope, &left);
    if (is_sort(&left, VALUE_POISON)) return TRUTH_POISON;
    if (right->kind == EXPR_MISSING) return is_absent(c, left.value, expr->span, open);
    if (right->kind != EXPR_WORD && right->kind != EXPR_STRING && right->kind != EXPR_MEMBER) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, right->span,
                   "`is` is followed by `missing`, `unknown`, a word of a choice or a name; "
                   "numbers are compared with ==");
        return TRUTH_POISON;
    }
    bool unknown = type_is_word(c, right, "unknown") && !is_code(&left);
    if (unknown || is_sort(&left, VALUE_UNKNOWN))
        return truth_of(unknown && is_sort(&left, VALUE_UNKNOWN));
    if (!is_set(c, &left, &other) || !may_name_member(right)) {
        if (is_sort(&left, VALUE_NODE) && left.value->node->type.row)
            return not_a_choice(c, scope, &left, right, false);
        /* a clause that takes a word or something else, and holds something else */
        if (right->kind == EXPR_WORD && !is_sort(&left, VALUE_DECL) &&
            !name_known(c, scope, right->atom, right->span))
            return TRUTH_FALSE;
        settle(c, scope, &other);
        if (is_sort(&other, VALUE_POISON)) return TRUTH_POISON;
    }
    Truth truth = compare_equal(c, scope, OP_EQ, &left, &other, expr, open);
    return decided(c, truth, open, expr->span);
}
