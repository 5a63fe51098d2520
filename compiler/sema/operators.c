/* Operators on nodes: what comes of adding, scaling, comparing. Whether the two sides may meet
 * is agree.c's to say; constants are folded exactly. */
#include "compiler/sema/operators.h"

#include <string.h>

#include "runtime/base/date.h"
#include "runtime/bytecode/natives.h"
#include "runtime/stats/estimate.h"

enum { MOST_POWER = 1000, MOST_UNIT_POWER = 20 };

/* ---- Numbers without a unit --------------------------------------------------------- */

static bool only_below(const Unit *unit) {
    for (int i = 0; i < UNIT_MAX_BASES; i++) {
        if (unit->up[i]) return false;
    }
    return true;
}

/* A bare number takes the unit it meets; `5 per 100 person_years` what is counted. */
Node *coerce_bare(Compilation *c, Node *node, const Type *to) {
    if (!node->type.bare || unit_is_none(&to->unit)) return node;
    Unit counted = to->unit;
    for (int i = 0; i < UNIT_MAX_BASES; i++) counted.up[i] = node->type.unit.up[i];
    bool fits = unit_is_none(&node->type.unit) ||
                (only_below(&node->type.unit) && unit_equal(&counted, &node->type.unit));
    if (!fits) return node;
    Node *copy = ARENA_NEW(c->arena, Node);
    *copy = *node;
    copy->type.bare = false;
    copy->type.unit = to->unit;
    copy->type.price = to->price;
    copy->type.price_year = to->price_year;
    if (!to->row || !to->worth_num || !node_is_exact(node)) return copy;
    copy->type.worth_num = to->worth_num;
    copy->type.worth_den = to->worth_den;
    copy->constant.exact = exact_mul(c->arena, node->constant.exact,
                                     exact_from_ratio(c->arena, to->worth_num, to->worth_den));
    return copy;
}

/* Of two values of rows that become one: what a number is worth beside both, or as much as it says. */
static void join_worth(Type *type, const Type *other) {
    if (type->worth_num == other->worth_num && type->worth_den == other->worth_den) return;
    type->worth_num = type->worth_den = 0;
}

static Type joined(const Node *a, const Node *b) {
    Type type = a->type;
    type_join(&type, &b->type);
    type.estimate = false;
    type.bare = a->type.bare && b->type.bare;
    if (type.price == PRICE_NONE) {
        type.price = b->type.price;
        type.price_year = b->type.price_year;
    }
    if (unit_is_none(&a->type.unit)) type.because = b->type.because;
    return type;
}

/* ---- Dates -------------------------------------------------------------------------- */

static Node *native_call(const Operation *o, Native native, Type type, Node *a, Node *b) {
    Node *node = node_new(o->c, NODE_CALL, type, o->span);
    node->op = (uint16_t)native;
    node->args = ARENA_NEW_ARRAY(o->c->arena, Node *, 2);
    node->args[node->arg_count++] = a;
    type_join(&node->type, &a->type);
    if (!b) return node;
    node->args[node->arg_count++] = b;
    type_join(&node->type, &b->type);
    return node;
}

/* Days of rows are whole numbers and are added as such. */
static Node *row_days(const Operation *o, BaseType base, Node *a, Node *b) {
    Type type = type_of(base);
    type_join(&type, &a->type);
    type_join(&type, &b->type);
    if (base == TYPE_QUANTITY) type.unit = unit_base(BASE_DAYS);
    return node_op(o->c, o->op == OP_ADD ? OPCODE_ADD : OPCODE_SUB, type, o->span, a, b, NULL);
}

static Node *negative(const Operation *o, Node *node) {
    return operate(o->c, o->scope, OP_NEG, node, NULL, o->span);
}

static Node *add_date(const Operation *o, Node *date, Node *other) {
    bool row = date->type.row || other->type.row;
    if (o->op == OP_SUB && other->type.base == TYPE_DATE) {
        if (row) return row_days(o, TYPE_QUANTITY, date, other);
        Type days = type_of(TYPE_QUANTITY);
        days.unit = unit_base(BASE_DAYS);
        return native_call(o, NATIVE_DATE_DAYS, days, date, other);
    }
    if (other->type.base != TYPE_QUANTITY || !unit_is(&other->type.unit, BASE_DAYS))
        return wrong_types(o, date, other, o->op == OP_ADD ? "added" : "subtracted",
                           "; a date takes days: `90 days`");
    if (row) return row_days(o, TYPE_DATE, date, other);
    if (o->op == OP_SUB) other = negative(o, other);
    return native_call(o, NATIVE_DATE_ADD, type_of(TYPE_DATE), date, other);
}

static Node *years_between(const Operation *o, Node *a, Node *b) {
    Type type = type_of(TYPE_QUANTITY);
    Node *from = native_call(o, NATIVE_YEAR_NUMBER, type, b, NULL);
    Node *to = native_call(o, NATIVE_YEAR_NUMBER, type, a, NULL);
    Node *years = operate(o->c, o->scope, OP_SUB, to, from, o->span);
    if (years) years->type.unit = unit_base(BASE_YEARS);
    return years;
}

static Node *known_year(const Operation *o, const Node *year, const Node *count) {
    int64_t years;
    if (year->sort != NODE_CONST || !node_is_exact(count)) return NULL;
    if (!exact_to_int64(count->constant.exact, &years)) return NULL;
    int64_t found =
        o->op == OP_SUB ? year->constant.integer - years : year->constant.integer + years;
    if (years > -10000 && years < 10000 && found >= DATE_FIRST_YEAR && found < DATE_LAST_YEAR)
        return node_year(o->c, (int32_t)found, o->span);
    return NULL;
}

static Node *add_year(const Operation *o, Node *year, Node *other) {
    if (o->op == OP_SUB && other->type.base == TYPE_YEAR) return years_between(o, year, other);
    if (other->type.base != TYPE_QUANTITY ||
        !(other->type.bare || unit_is(&other->type.unit, BASE_YEARS)))
        return wrong_types(o, year, other, o->op == OP_ADD ? "added" : "subtracted",
                           "; a financial year takes years: `2 years`");
    Node *known = known_year(o, year, other);
    if (known) return known;
    if (o->op == OP_SUB) other = negative(o, other);
    return native_call(o, NATIVE_YEAR_ADD, type_of(TYPE_YEAR), year, other);
}

/* ---- Arithmetic --------------------------------------------------------------------- */

static Node *overflow(const Operation *o) {
    sema_error(o->c, o->scope, DIAG_NUMBER_OVERFLOW, o->at,
               "the result has too many digits to be held exactly");
    return NULL;
}

static Exact fold_exact(Arena *arena, Operator op, Exact a, Exact b) {
    switch (op) {
    case OP_ADD: return exact_add(arena, a, b);
    case OP_SUB: return exact_sub(arena, a, b);
    case OP_MUL: return exact_mul(arena, a, b);
    default: return exact_div(arena, a, b);
    }
}

static Node *combine(const Operation *o, Node *a, Node *b, Type type) {
    if (node_is_exact(a) && node_is_exact(b)) {
        Exact result = fold_exact(o->c->arena, o->op, a->constant.exact, b->constant.exact);
        if (exact_overflowed(result)) return overflow(o);
        Node *node = node_exact(o->c, result, o->span);
        node->type = type;
        return node;
    }
    Opcode opcode = o->op == OP_ADD   ? OPCODE_ADD
                    : o->op == OP_SUB ? OPCODE_SUB
                    : o->op == OP_MUL ? OPCODE_MUL
                                      : OPCODE_DIV;
    return node_op(o->c, opcode, type, o->span, a, b, NULL);
}

/* Nothing is nothing in every unit: the sum of an empty list. */
static Node *nothing_of(Compilation *c, Node *node, const Type *to) {
    bool nothing = node_is_exact(node) && node->type.bare && exact_is_zero(node->constant.exact);
    return nothing ? coerce_bare(c, node, to) : node;
}

static Node *add(const Operation *o, Node *a, Node *b) {
    if (a->type.base == TYPE_DATE) return add_date(o, a, b);
    if (a->type.base == TYPE_YEAR) return add_year(o, a, b);
    if (b->type.base == TYPE_DATE && o->op == OP_ADD) return add_date(o, b, a);
    if (b->type.base == TYPE_YEAR && o->op == OP_ADD) return add_year(o, b, a);
    const char *doing = o->op == OP_ADD ? "added" : "subtracted";
    bool texts = a->type.base == TYPE_TEXT && b->type.base == TYPE_TEXT;
    if (a->type.base != TYPE_QUANTITY || b->type.base != TYPE_QUANTITY)
        return wrong_types(o, a, b, doing,
                           texts ? "; values are put into a text by `{…}` between three quotes"
                                 : "");
    a = nothing_of(o->c, a, &b->type);
    b = nothing_of(o->c, b, &a->type);
    if (!units_agree(o, a, b, doing)) return NULL;
    Type type = joined(a, b);
    if (unit_is_none(&type.unit)) type.unit = b->type.unit;
    join_worth(&type, &b->type);
    type.points = o->op == OP_SUB && a->type.percent && b->type.percent
                      ? true
                      : a->type.points && b->type.points;
    type.percent = !type.points && (a->type.percent || b->type.percent);
    return combine(o, a, b, type);
}

static bool is_money(const Unit *unit) {
    return unit->up[BASE_GBP] > 0;
}

/* What a quantity is a number of where it is multiplied or divided: people of people, a share,
 * are a plain number. */
static Unit scaling_unit(const Type *type) {
    bool share = type->percent && memcmp(type->unit.up, type->unit.down, sizeof type->unit.up) == 0;
    return share ? UNIT_NONE : type->unit;
}

/* Whether it is pounds times something else: no amount of anything. */
static bool is_money_of_things(const Unit *unit) {
    for (int i = 0; i < UNIT_MAX_BASES; i++) {
        if (i != BASE_GBP && unit->up[i] > 0) return is_money(unit);
    }
    return false;
}

/* `£390 * count(admissions)`: what one of them costs is `£390 per admission`. */
static void refuse_money_of_things(const Operation *o, const Node *a, const Node *b) {
    Compilation *c = o->c;
    bool left = is_money(&a->type.unit);
    const Node *money = left ? a : b, *things = left ? b : a;
    Span at = left ? o->left : o->right;
    Slice many = unit_side_text(&c->units, c->arena, things->type.unit.up, UNIT_OF_MANY);
    Slice one = unit_side_text(&c->units, c->arena, things->type.unit.up, UNIT_OF_ONE);
    Slice written = unit_word_of_one(&c->units, c->arena, things->type.unit.up);
    Diag *diag = sema_error(c, o->scope, DIAG_UNIT_MISMATCH, o->at,
                            "pounds multiplied by %.*s are no amount of money: say that the amount "
                            "is for each %.*s, with `per %.*s`",
                            SLICE_FMT(many), SLICE_FMT(one), SLICE_FMT(written));
    diag_relate(c->diags, diag, left ? o->right : o->left, "%.*s", SLICE_FMT(many));
    Span made = money->type.because.start ? money->type.because : at;
    Slice amount = source_map_text(c->sources, made);
    diag_relate(c->diags, diag, made, "pounds");
    bool one_amount = slice_starts_with(amount, SLICE("£")) && !money->type.dim_count;
    if (!one_amount) return;
    bool apart = made.start == at.start && !left; /* `per` and `*` go from left to right */
    Slice text = arena_printf(c->arena, "%s%.*s per %.*s%s", apart ? "(" : "", SLICE_FMT(amount),
                              SLICE_FMT(written), apart ? ")" : "");
    diag_fix(c->diags, diag, made, text, "an amount for each: `%.*s per %.*s`", SLICE_FMT(amount),
             SLICE_FMT(written));
}

static bool scalable(const Operation *o, const Node *a, const Node *b) {
    if (a->type.base != TYPE_QUANTITY || b->type.base != TYPE_QUANTITY) {
        wrong_types(o, a, b, o->op == OP_MUL ? "multiplied" : "divided", "");
        return false;
    }
    if (o->op != OP_MUL && node_is_exact(b) && exact_is_zero(b->constant.exact)) {
        sema_error(o->c, o->scope, DIAG_DIVISION_BY_ZERO, o->right, "division by zero");
        return false;
    }
    bool both_money = is_money(&a->type.unit) && is_money(&b->type.unit);
    if (both_money && o->op == OP_MUL) {
        Diag *diag = sema_error(o->c, o->scope, DIAG_UNIT_MISMATCH, o->at,
                                "money multiplied by money is no amount of anything");
        diag_relate(o->c->diags, diag, o->left, "an amount of money");
        diag_relate(o->c->diags, diag, o->right, "an amount of money");
        return false;
    }
    return !both_money || prices_agree(o, a, b);
}

static bool within_powers(const Operation *o, const Unit *unit) {
    for (int i = 0; i < UNIT_MAX_BASES; i++) {
        if (unit->up[i] <= MOST_UNIT_POWER && unit->down[i] <= MOST_UNIT_POWER) continue;
        sema_error(o->c, o->scope, DIAG_LIMIT_REACHED, o->at,
                   "a unit may be raised to powers up to %d", MOST_UNIT_POWER);
        return false;
    }
    return true;
}

static Node *scale(const Operation *o, Node *a, Node *b) {
    if (!scalable(o, a, b)) return NULL;
    Type type = joined(a, b);
    Unit left = scaling_unit(&a->type), right = scaling_unit(&b->type);
    type.unit = o->op == OP_MUL   ? unit_multiply(left, right)
                : o->op == OP_PER ? unit_per(left, right)
                                  : unit_divide(left, right);
    if (!within_powers(o, &type.unit)) return NULL;
    if (o->op == OP_MUL && is_money_of_things(&type.unit)) {
        refuse_money_of_things(o, a, b);
        return NULL;
    }
    if (o->op == OP_MUL && unit_is_none(&a->type.unit)) {
        type.worth_num = b->type.worth_num;
        type.worth_den = b->type.worth_den;
    } else if (o->op == OP_PER || !unit_is_none(&b->type.unit)) {
        type.worth_num = type.worth_den = 0;
    }
    type.bare = a->type.bare && (b->type.bare || o->op == OP_PER);
    type.points = o->op == OP_MUL
                      ? (a->type.points && b->type.bare) || (a->type.bare && b->type.points)
                      : a->type.points && b->type.bare;
    type.percent = o->op == OP_MUL ? (a->type.percent && (b->type.bare || b->type.percent)) ||
                                         (a->type.bare && b->type.percent)
                                   : a->type.percent && b->type.bare;
    if (!is_money(&type.unit)) {
        type.price = PRICE_NONE;
        type.price_year = 0;
    }
    return combine(o, a, b, type);
}

static Node *power(const Operation *o, Node *a, Node *b) {
    int64_t exponent;
    if (a->type.base != TYPE_QUANTITY || b->type.base != TYPE_QUANTITY)
        return wrong_types(o, a, b, "a power", "");
    if (!node_is_exact(b) || !exact_to_int64(b->constant.exact, &exponent) ||
        exponent < -MOST_POWER || exponent > MOST_POWER) {
        sema_error(o->c, o->scope, DIAG_TYPE_MISMATCH, o->right,
                   "the power after ^ is a whole number known without data, from -%d to %d",
                   MOST_POWER, MOST_POWER);
        return NULL;
    }
    Type type = joined(a, b);
    type.worth_num = type.worth_den = 0;
    type.bare = a->type.bare;
    if (!unit_power(a->type.unit, (int)exponent, &type.unit)) {
        sema_error(o->c, o->scope, DIAG_LIMIT_REACHED, o->at,
                   "a unit may be raised to powers up to %d", MOST_UNIT_POWER);
        return NULL;
    }
    if (node_is_exact(a)) {
        Exact result = exact_pow(o->c->arena, a->constant.exact, (int)exponent);
        if (exact_overflowed(result)) return overflow(o);
        Node *known = node_exact(o->c, result, o->span);
        known->type = type;
        return known;
    }
    Node *node = node_op(o->c, OPCODE_POW, type, o->span, a, NULL, NULL);
    node->integer = exponent;
    return node;
}

/* ---- Comparison --------------------------------------------------------------------- */

static bool in_order(const Operation *o, const Node *a, const Node *b) {
    if (o->op == OP_EQ || o->op == OP_NE) return true;
    if (a->type.base == TYPE_BOOL || a->type.base == TYPE_TEXT)
        return wrong_types(o, a, b, "put in order", "") != NULL;
    const ModuleDim *dim =
        a->type.base == TYPE_CODE ? &o->c->module->dims.items[a->type.code_dim] : NULL;
    if (!dim || dim->ordered) return true;
    Slice other = dim->member_count > 1 ? dim->members[1] : dim->members[0];
    sema_error(o->c, o->scope, DIAG_TYPE_MISMATCH, o->at,
               "%.*s has no order: %slist those you mean, such as `in [%.*s, %.*s]`",
               SLICE_FMT(dim->name),
               dim->sort == DIM_CATEGORY ? "declare the column as `ordered(…)`, or " : "",
               SLICE_FMT(member_written(o->c, dim->members[0])),
               SLICE_FMT(member_written(o->c, other)));
    return false;
}

/* Where the missing values of a column are a member, that has no place in the order: what is
 * missing is neither below nor above. */
static Node *ordered_side(const Operation *o, Node *node) {
    bool unknown = node->type.base == TYPE_CODE && node->sort == NODE_OP &&
                   node->op == OPCODE_OR_ELSE && node->args[0]->sort == NODE_COLUMN &&
                   node->args[1]->sort == NODE_CONST;
    return unknown && o->op >= OP_LT ? node->args[0] : node;
}

static bool member_of_order(const Operation *o, Node **member, const Node *side) {
    uint16_t dim = side->type.code_dim;
    const ModuleDim *found = &o->c->module->dims.items[dim];
    if ((*member)->constant.integer < found->member_count) {
        *member = node_code(o->c, dim, (uint32_t)(*member)->constant.integer, (*member)->span);
        return true;
    }
    sema_error(o->c, o->scope, DIAG_TYPE_MISMATCH, o->at,
               "nobody knows where `unknown` stands in the order of %.*s", SLICE_FMT(found->name));
    return false;
}

/* Both sides of `frailty >= moderate` as members of the column's own order. */
static bool settle_order(const Operation *o, Node **a, Node **b) {
    Node *left = ordered_side(o, *a), *right = ordered_side(o, *b);
    bool good = true;
    if (left != *a && (*b)->sort == NODE_CONST) good = member_of_order(o, &right, left);
    if (right != *b && good && (*a)->sort == NODE_CONST && left == *a)
        good = member_of_order(o, &left, right);
    *a = left;
    *b = right;
    return good;
}

static bool comparable(const Operation *o, Node **a, Node **b) {
    if (!settle_order(o, a, b)) return false;
    const Type *left = &(*a)->type, *right = &(*b)->type;
    bool year_and_date = (left->base == TYPE_YEAR && right->base == TYPE_DATE) ||
                         (left->base == TYPE_DATE && right->base == TYPE_YEAR);
    bool same =
        left->base == right->base && (left->base != TYPE_CODE || left->code_dim == right->code_dim);
    if (!same)
        return wrong_types(o, *a, *b, "compared",
                           year_and_date ? "; `start_of(…)` and `end_of(…)` are the days of a "
                                           "year, `year_of(…)` the year of a day"
                                         : "") != NULL;
    if (left->base != TYPE_QUANTITY) return in_order(o, *a, *b);
    *a = coerce_bare(o->c, *a, right);
    *b = coerce_bare(o->c, *b, left);
    return units_agree(o, *a, *b, "compared") && range_agrees(o, *a, *b);
}

static bool holds(Operator op, int order) {
    switch (op) {
    case OP_EQ: return order == 0;
    case OP_NE: return order != 0;
    case OP_LT: return order < 0;
    case OP_LE: return order <= 0;
    case OP_GT: return order > 0;
    default: return order >= 0;
    }
}

static bool constants_order(const ModuleConst *a, const ModuleConst *b, int *order) {
    if (a->sort != b->sort || a->sort == CONST_REAL || a->sort == CONST_ABSENT) return false;
    if (a->sort == CONST_EXACT)
        *order = exact_compare(a->exact, b->exact);
    else if (a->sort == CONST_TEXT)
        *order = slice_compare(a->text, b->text);
    else
        *order = (a->integer > b->integer) - (a->integer < b->integer);
    return true;
}

static Node *compare_nodes(const Operation *o, Node *a, Node *b) {
    if (node_is_absent(a) || node_is_absent(b)) {
        const ModuleConst *absent = node_is_absent(a) ? &a->constant : &b->constant;
        return node_absent(o->c, TYPE_BOOL, (int)absent->integer, absent->text, o->span);
    }
    if (!comparable(o, &a, &b)) return NULL;
    int order;
    if (a->sort == NODE_CONST && b->sort == NODE_CONST &&
        constants_order(&a->constant, &b->constant, &order))
        return node_bool(o->c, holds(o->op, order), o->span);
    Type type = type_of(TYPE_BOOL);
    type_join(&type, &a->type);
    type_join(&type, &b->type);
    bool swap = o->op == OP_GT || o->op == OP_GE;
    Opcode opcode = o->op == OP_EQ                     ? OPCODE_EQ
                    : o->op == OP_NE                   ? OPCODE_NE
                    : o->op == OP_LT || o->op == OP_GT ? OPCODE_LT
                                                       : OPCODE_LE;
    return node_op(o->c, opcode, type, o->span, swap ? b : a, swap ? a : b, NULL);
}

/* ---- Logic -------------------------------------------------------------------------- */

static Node *logic(const Operation *o, Node *a, Node *b) {
    bool truth, decisive = o->op == OP_OR;
    if (fold_bool(a, &truth)) return truth == decisive ? a : b;
    if (fold_bool(b, &truth)) return truth == decisive ? b : a;
    if (a->type.base != TYPE_BOOL || b->type.base != TYPE_BOOL)
        return wrong_types(o, a, b, decisive ? "joined by `or`" : "joined by `and`", "");
    Type type = type_of(TYPE_BOOL);
    type_join(&type, &a->type);
    type_join(&type, &b->type);
    return node_op(o->c, decisive ? OPCODE_OR : OPCODE_AND, type, o->span, a, b, NULL);
}

static Node *unary(const Operation *o, Node *a) {
    bool truth;
    Type type = a->type;
    type.estimate = false;
    if (o->op == OP_NOT && fold_bool(a, &truth)) return node_bool(o->c, !truth, o->span);
    if (node_is_absent(a)) return a;
    if (o->op == OP_NOT) return node_op(o->c, OPCODE_NOT, type, o->span, a, NULL, NULL);
    if (a->type.base != TYPE_QUANTITY) {
        sema_error(o->c, o->scope, DIAG_TYPE_MISMATCH, o->span,
                   "a number is wanted after the sign; this is %.*s",
                   SLICE_FMT(type_phrase(o->c, &a->type)));
        return NULL;
    }
    if (!node_is_exact(a)) return node_op(o->c, OPCODE_NEG, type, o->span, a, NULL, NULL);
    Node *negated = node_exact(o->c, exact_neg(o->c->arena, a->constant.exact), o->span);
    negated->type = a->type;
    return negated;
}

/* ---- All of them -------------------------------------------------------------------- */

static Node *apply(const Operation *o, Node *a, Node *b) {
    Operator op = o->op;
    if (!a) return NULL;
    if (op == OP_NOT || op == OP_NEG) return unary(o, a);
    if (!b || !dims_agree(o, a, b)) return NULL;
    if (op == OP_AND || op == OP_OR) return logic(o, a, b);
    if (op >= OP_EQ && op <= OP_GE) return compare_nodes(o, a, b);
    if (node_is_absent(a) || node_is_absent(b)) return node_is_absent(a) ? a : b;
    switch (op) {
    case OP_ADD:
    case OP_SUB: return add(o, a, b);
    case OP_MUL:
    case OP_DIV:
    case OP_PER: return scale(o, a, b);
    case OP_POW: return power(o, a, b);
    default: return NULL;
    }
}

static Operation operation_between(Compilation *c, const Scope *scope, Operator op, const Node *a,
                                   const Node *b, Span span) {
    Operation o = {.c = c, .scope = scope, .op = op, .span = span, .at = span};
    if (a) o.left = a->span;
    if (b) o.right = b->span;
    return o;
}

Node *operate(Compilation *c, const Scope *scope, Operator op, Node *a, Node *b, Span span) {
    Operation o = operation_between(c, scope, op, a, b, span);
    return apply(&o, a, b);
}

Node *operate_as_written(Compilation *c, const Scope *scope, const Expr *expr, Node *a, Node *b) {
    Operation o = {.c = c, .scope = scope, .op = expr->op, .span = expr->span};
    o.at = expr->word_span.start ? expr->word_span : expr->span;
    o.left = expr->left->span;
    o.right = expr->right->span;
    return apply(&o, a, b);
}

/* Two values of which one will stand: of one type, one unit, one price. */
static bool alternatives(const Operation *o, Node **a, Node **b, const char *doing) {
    if (node_is_absent(*a) || node_is_absent(*b)) return true;
    const Type *left = &(*a)->type, *right = &(*b)->type;
    bool codes = left->base == TYPE_CODE && left->code_dim != right->code_dim;
    if (left->base != right->base || codes) return wrong_types(o, *a, *b, doing, "") != NULL;
    if (left->base != TYPE_QUANTITY) return true;
    *a = coerce_bare(o->c, *a, right);
    *b = coerce_bare(o->c, *b, left);
    return units_agree(o, *a, *b, doing);
}

static Type alternative_type(const Node *a, const Node *b) {
    Type type = node_is_absent(a) ? b->type : a->type;
    if (!node_is_absent(a) && !node_is_absent(b)) join_worth(&type, &b->type);
    type_join(&type, &a->type);
    type_join(&type, &b->type);
    type.estimate = a->type.estimate && b->type.estimate;
    return type;
}

Node *node_select(Compilation *c, const Scope *scope, Node *condition, Node *a, Node *b,
                  Span span) {
    if (!condition || !a || !b) return NULL;
    Operation o = operation_between(c, scope, OP_OR, a, b, span);
    if (!alternatives(&o, &a, &b, "the two outcomes of one `if`") || !dims_agree(&o, a, b) ||
        !dims_agree(&o, condition, a) || !dims_agree(&o, condition, b))
        return NULL;
    Type type = alternative_type(a, b);
    type_join(&type, &condition->type);
    return node_op(c, OPCODE_SELECT, type, span, condition, a, b);
}

Node *node_or_else(Compilation *c, const Scope *scope, Node *a, Node *b, Span span) {
    if (!a || !b) return NULL;
    Operation o = operation_between(c, scope, OP_OR, a, b, span);
    if (!alternatives(&o, &a, &b, "the value and what stands for it") || !dims_agree(&o, a, b))
        return NULL;
    return node_op(c, OPCODE_OR_ELSE, alternative_type(a, b), span, a, b, NULL);
}
