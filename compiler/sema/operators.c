/* Operators on nodes: what may be added to, compared with and divided by what. Units, prices,
 * percent and points, and dimensions are checked here; constants are folded exactly. */
#include "compiler/sema/sema.h"

#include "runtime/bytecode/natives.h"
#include "runtime/stats/estimate.h"

static bool is_absent(const Node *node) {
    return node->sort == NODE_CONST && node->constant.sort == CONST_ABSENT;
}

static bool is_exact_const(const Node *node) {
    return node->sort == NODE_CONST && node->constant.sort == CONST_EXACT;
}

/* ---- Dimensions that line up -------------------------------------------------------- */

static Slice absent_members(Compilation *c, const ModuleDim *from, const ModuleDim *in) {
    Slice text = {0};
    int named = 0;
    for (uint32_t i = 0; i < from->member_count && named < 4; i++) {
        bool found = false;
        for (uint32_t j = 0; j < in->member_count && !found; j++)
            found = slice_equal(from->members[i], in->members[j]);
        if (!found)
            text = arena_printf(c->arena, "%.*s%s%.*s", SLICE_FMT(text), named++ ? ", " : "",
                                SLICE_FMT(from->members[i]));
    }
    return text;
}

static bool dims_agree(Compilation *c, const Scope *scope, const Node *a, const Node *b,
                       Span span) {
    for (int i = 0; i < a->type.dim_count; i++) {
        for (int j = 0; j < b->type.dim_count; j++) {
            const ModuleDim *left = &c->module->dims.items[a->type.dims[i]],
                            *right = &c->module->dims.items[b->type.dims[j]];
            if (left == right || !slice_equal(left->name, right->name)) continue;
            Slice only_left = absent_members(c, left, right),
                  only_right = absent_members(c, right, left);
            Diag *diag = sema_error(
                c, scope, DIAG_DIMENSION_MISMATCH, span,
                "the two sides have different members of %.*s%s%.*s%s%.*s", SLICE_FMT(left->name),
                only_left.length ? "; only on the left: " : "", SLICE_FMT(only_left),
                only_right.length ? "; only on the right: " : "", SLICE_FMT(only_right));
            diag_relate(c->diags, diag, a->span, "%u members", left->member_count);
            diag_relate(c->diags, diag, b->span, "%u members", right->member_count);
            return false;
        }
    }
    return true;
}

static bool too_many_dims(Compilation *c, const Scope *scope, const Node *a, const Node *b,
                          Span span) {
    Type joined = a->type;
    int lacking = 0;
    for (int i = 0; i < b->type.dim_count; i++) {
        bool known = false;
        for (int j = 0; j < joined.dim_count; j++) known |= joined.dims[j] == b->type.dims[i];
        lacking += !known;
    }
    if (joined.dim_count + lacking <= MODULE_MAX_DIMS) return false;
    sema_error(c, scope, DIAG_LIMIT_REACHED, span, "a value has at most %d dimensions",
               MODULE_MAX_DIMS);
    return true;
}

/* ---- Units that agree --------------------------------------------------------------- */

Node *coerce_bare(Compilation *c, Node *node, const Type *to) {
    if (!node->type.bare || unit_is_none(&to->unit)) return node;
    Node *copy = ARENA_NEW(c->arena, Node);
    *copy = *node;
    copy->type.bare = false;
    copy->type.unit = to->unit;
    copy->type.price = to->price;
    copy->type.price_year = to->price_year;
    return copy;
}

static Slice price_text(Compilation *c, const Type *type) {
    if (type->price == PRICE_REAL)
        return arena_printf(c->arena, "real, at FY%d/%02d prices", type->price_year,
                            (type->price_year + 1) % 100);
    return SLICE("cash");
}

static bool prices_agree(Compilation *c, const Scope *scope, const Node *a, const Node *b,
                         Span span) {
    if (a->type.price == PRICE_NONE || b->type.price == PRICE_NONE) return true;
    if (a->type.price == b->type.price && a->type.price_year == b->type.price_year) return true;
    Diag *diag =
        sema_error(c, scope, DIAG_PRICE_BASE_MISMATCH, span, "`%.*s` is %.*s, `%.*s` is %.*s",
                   SLICE_FMT(quoted(c, a->span)), SLICE_FMT(price_text(c, &a->type)),
                   SLICE_FMT(quoted(c, b->span)), SLICE_FMT(price_text(c, &b->type)));
    diag_relate(c->diags, diag, a->span, "%.*s because of this",
                SLICE_FMT(price_text(c, &a->type)));
    diag_relate(c->diags, diag, b->span, "%.*s because of this",
                SLICE_FMT(price_text(c, &b->type)));
    const Node *real = a->type.price == PRICE_REAL ? a : b;
    diag_fix(
        c->diags, diag, real->span,
        arena_printf(c->arena, "cash(%.*s)", SLICE_FMT(source_map_text(c->sources, real->span))),
        "restate it in cash");
    return false;
}

static void unit_mismatch(Compilation *c, const Scope *scope, const Node *a, const Node *b,
                          Span span, const char *doing) {
    Slice left = type_text(c, &a->type), right = type_text(c, &b->type);
    Diag *diag = sema_error(c, scope, DIAG_UNIT_MISMATCH, span, "%.*s and %.*s cannot be %s",
                            SLICE_FMT(left), SLICE_FMT(right), doing);
    diag_relate(c->diags, diag, a->span, "%.*s because of this", SLICE_FMT(left));
    diag_relate(c->diags, diag, b->span, "%.*s because of this", SLICE_FMT(right));
}

/* Both are quantities that may be added or compared. */
static bool units_agree(Compilation *c, const Scope *scope, Node *a, Node *b, Span span,
                        const char *doing) {
    if (!unit_equal(&a->type.unit, &b->type.unit)) {
        /* a share of people is a plain percentage: 12% compares with persons per persons */
        bool plain = (unit_is_none(&a->type.unit) && b->type.percent) ||
                     (unit_is_none(&b->type.unit) && a->type.percent);
        if (!plain) {
            unit_mismatch(c, scope, a, b, span, doing);
            return false;
        }
    }
    return prices_agree(c, scope, a, b, span);
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
    return type;
}

static void wrong_types(Compilation *c, const Scope *scope, const Node *a, const Node *b, Span span,
                        const char *doing) {
    Slice left = type_text(c, &a->type), right = type_text(c, &b->type);
    Diag *diag = sema_error(c, scope, DIAG_TYPE_MISMATCH, span, "%.*s and %.*s cannot be %s",
                            SLICE_FMT(left), SLICE_FMT(right), doing);
    diag_relate(c->diags, diag, a->span, "%.*s", SLICE_FMT(left));
    diag_relate(c->diags, diag, b->span, "%.*s", SLICE_FMT(right));
}

static Node *native_call(Compilation *c, Native native, Type type, Span span, Node *a, Node *b) {
    Node *node = node_new(c, NODE_CALL, type, span);
    node->op = (uint16_t)native;
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, 2);
    node->args[0] = a;
    node->args[1] = b;
    node->arg_count = b ? 2 : 1;
    type_join(&node->type, &a->type);
    if (b) type_join(&node->type, &b->type);
    return node;
}

/* ---- Dates -------------------------------------------------------------------------- */

static Node *add_date(Compilation *c, const Scope *scope, Operator op, Node *date, Node *other,
                      Span span) {
    if (op == OP_SUB && other->type.base == TYPE_DATE && !date->type.row) {
        Type days = type_of(TYPE_QUANTITY);
        days.unit = unit_base(BASE_DAYS);
        return native_call(c, NATIVE_DATE_DAYS, days, span, date, other);
    }
    if (date->type.row || other->type.base != TYPE_QUANTITY ||
        !unit_is(&other->type.unit, BASE_DAYS)) {
        wrong_types(c, scope, date, other, span,
                    op == OP_ADD ? "added; a date takes days: `90 days`" : "subtracted");
        return NULL;
    }
    if (op == OP_SUB) other = operate(c, scope, OP_NEG, other, NULL, span);
    return native_call(c, NATIVE_DATE_ADD, type_of(TYPE_DATE), span, date, other);
}

static Node *add_year(Compilation *c, const Scope *scope, Operator op, Node *year, Node *other,
                      Span span) {
    if (other->type.base != TYPE_QUANTITY ||
        !(other->type.bare || unit_is(&other->type.unit, BASE_YEARS))) {
        wrong_types(c, scope, year, other, span, "added");
        return NULL;
    }
    if (op == OP_SUB) other = operate(c, scope, OP_NEG, other, NULL, span);
    if (year->sort == NODE_CONST && is_exact_const(other)) {
        int64_t count;
        if (exact_to_int64(other->constant.exact, &count))
            return node_year(c, (int32_t)(year->constant.integer + count), span);
    }
    return native_call(c, NATIVE_YEAR_ADD, type_of(TYPE_YEAR), span, year, other);
}

/* ---- Arithmetic --------------------------------------------------------------------- */

static Node *fold(Compilation *c, const Scope *scope, Operator op, const Node *a, const Node *b,
                  Type type, Span span) {
    Exact result;
    switch (op) {
    case OP_ADD: result = exact_add(c->arena, a->constant.exact, b->constant.exact); break;
    case OP_SUB: result = exact_sub(c->arena, a->constant.exact, b->constant.exact); break;
    case OP_MUL: result = exact_mul(c->arena, a->constant.exact, b->constant.exact); break;
    default: result = exact_div(c->arena, a->constant.exact, b->constant.exact); break;
    }
    if (exact_overflowed(result)) {
        sema_error(c, scope, DIAG_NUMBER_OVERFLOW, span,
                   "the result has too many digits to be held exactly");
        return NULL;
    }
    Node *node = node_exact(c, result, span);
    node->type = type;
    return node;
}

static Node *combine(Compilation *c, const Scope *scope, Operator op, Node *a, Node *b, Type type,
                     Span span) {
    if (is_exact_const(a) && is_exact_const(b)) return fold(c, scope, op, a, b, type, span);
    Opcode opcode = op == OP_ADD   ? OPCODE_ADD
                    : op == OP_SUB ? OPCODE_SUB
                    : op == OP_MUL ? OPCODE_MUL
                                   : OPCODE_DIV;
    return node_op(c, opcode, type, span, a, b, NULL);
}

static Node *add(Compilation *c, const Scope *scope, Operator op, Node *a, Node *b, Span span) {
    if (a->type.base == TYPE_DATE) return add_date(c, scope, op, a, b, span);
    if (a->type.base == TYPE_YEAR) return add_year(c, scope, op, a, b, span);
    if (b->type.base == TYPE_DATE && op == OP_ADD) return add_date(c, scope, op, b, a, span);
    const char *doing = op == OP_ADD ? "added" : "subtracted";
    if (a->type.base != TYPE_QUANTITY || b->type.base != TYPE_QUANTITY) {
        wrong_types(c, scope, a, b, span, doing);
        return NULL;
    }
    /* nothing is nothing in every unit: the sum of an empty list */
    if (is_exact_const(a) && a->type.bare && exact_is_zero(a->constant.exact))
        a = coerce_bare(c, a, &b->type);
    if (is_exact_const(b) && b->type.bare && exact_is_zero(b->constant.exact))
        b = coerce_bare(c, b, &a->type);
    if (!units_agree(c, scope, a, b, span, doing)) return NULL;
    Type type = joined(a, b);
    if (unit_is_none(&type.unit)) type.unit = b->type.unit;
    type.points = op == OP_SUB && a->type.percent && b->type.percent
                      ? true
                      : a->type.points && b->type.points;
    type.percent = !type.points && (a->type.percent || b->type.percent);
    return combine(c, scope, op, a, b, type, span);
}

static Node *scale(Compilation *c, const Scope *scope, Operator op, Node *a, Node *b, Span span) {
    if (a->type.base != TYPE_QUANTITY || b->type.base != TYPE_QUANTITY) {
        wrong_types(c, scope, a, b, span, op == OP_MUL ? "multiplied" : "divided");
        return NULL;
    }
    if (op != OP_MUL && is_exact_const(b) && exact_is_zero(b->constant.exact)) {
        sema_error(c, scope, DIAG_DIVISION_BY_ZERO, b->span, "division by zero");
        return NULL;
    }
    Type type = joined(a, b);
    type.unit = op == OP_MUL   ? unit_multiply(a->type.unit, b->type.unit)
                : op == OP_PER ? unit_per(a->type.unit, b->type.unit)
                               : unit_divide(a->type.unit, b->type.unit);
    type.bare = false;
    type.points = a->type.points && b->type.bare;
    type.percent = op == OP_MUL
                       ? (a->type.percent && b->type.bare) || (a->type.bare && b->type.percent)
                       : a->type.percent && b->type.bare;
    bool money = unit_is(&type.unit, BASE_GBP) || type.unit.up[BASE_GBP];
    if (!money) {
        type.price = PRICE_NONE;
        type.price_year = 0;
    } else if (op == OP_MUL && !prices_agree(c, scope, a, b, span)) {
        return NULL;
    }
    return combine(c, scope, op, a, b, type, span);
}

static Node *power(Compilation *c, const Scope *scope, Node *a, Node *b, Span span) {
    int64_t exponent;
    if (!is_exact_const(b) || !exact_to_int64(b->constant.exact, &exponent) || exponent < -1000 ||
        exponent > 1000) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, b->span,
                   "the power after ^ is a whole number known without data, from -1000 to 1000");
        return NULL;
    }
    if (a->type.base != TYPE_QUANTITY) {
        wrong_types(c, scope, a, b, span, "raised to a power");
        return NULL;
    }
    Type type = joined(a, b);
    if (!unit_power(a->type.unit, (int)exponent, &type.unit)) {
        sema_error(c, scope, DIAG_LIMIT_REACHED, span, "a unit may be raised to powers up to 20");
        return NULL;
    }
    type.bare = a->type.bare;
    Node *node = node_op(c, OPCODE_POW, type, span, a, NULL, NULL);
    node->integer = exponent;
    return node;
}

/* ---- Comparison and logic ----------------------------------------------------------- */

static bool comparable(Compilation *c, const Scope *scope, Node **a, Node **b, Operator op,
                       Span span) {
    Type *left = &(*a)->type, *right = &(*b)->type;
    if (left->base != right->base) {
        wrong_types(c, scope, *a, *b, span, "compared");
        return false;
    }
    if (left->base == TYPE_QUANTITY) {
        *a = coerce_bare(c, *a, right);
        *b = coerce_bare(c, *b, left);
        return units_agree(c, scope, *a, *b, span, "compared");
    }
    if (left->base == TYPE_CODE && left->code_dim != right->code_dim) {
        wrong_types(c, scope, *a, *b, span, "compared");
        return false;
    }
    bool ordering = op != OP_EQ && op != OP_NE;
    if (ordering && left->base == TYPE_CODE && !c->module->dims.items[left->code_dim].ordered) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, span,
                   "%.*s has no order: declare the column as `ordered(…)`, or use == and in",
                   SLICE_FMT(c->module->dims.items[left->code_dim].name));
        return false;
    }
    if (ordering && (left->base == TYPE_BOOL || left->base == TYPE_TEXT)) {
        wrong_types(c, scope, *a, *b, span, "put in order");
        return false;
    }
    return true;
}

static Node *fold_compare(Compilation *c, Operator op, const Node *a, const Node *b, Span span) {
    if (a->sort != NODE_CONST || b->sort != NODE_CONST) return NULL;
    int order;
    if (is_exact_const(a) && is_exact_const(b))
        order = exact_compare(a->constant.exact, b->constant.exact);
    else if (a->constant.sort == CONST_TEXT && b->constant.sort == CONST_TEXT)
        order = slice_compare(a->constant.text, b->constant.text);
    else if (a->constant.sort == b->constant.sort && a->constant.sort != CONST_REAL &&
             a->constant.sort != CONST_ABSENT)
        order = (a->constant.integer > b->constant.integer) -
                (a->constant.integer < b->constant.integer);
    else
        return NULL;
    bool truth = op == OP_EQ   ? order == 0
                 : op == OP_NE ? order != 0
                 : op == OP_LT ? order < 0
                 : op == OP_LE ? order <= 0
                 : op == OP_GT ? order > 0
                               : order >= 0;
    return node_bool(c, truth, span);
}

static Node *compare_nodes(Compilation *c, const Scope *scope, Operator op, Node *a, Node *b,
                           Span span) {
    if (is_absent(a) || is_absent(b)) {
        const Node *absent = is_absent(a) ? a : b;
        return node_absent(c, TYPE_BOOL, (int)absent->constant.integer, absent->constant.text,
                           span);
    }
    if (!comparable(c, scope, &a, &b, op, span)) return NULL;
    Node *folded = fold_compare(c, op, a, b, span);
    if (folded) return folded;
    Type type = type_of(TYPE_BOOL);
    type_join(&type, &a->type);
    type_join(&type, &b->type);
    bool swap = op == OP_GT || op == OP_GE;
    Opcode opcode = op == OP_EQ                  ? OPCODE_EQ
                    : op == OP_NE                ? OPCODE_NE
                    : op == OP_LT || op == OP_GT ? OPCODE_LT
                                                 : OPCODE_LE;
    return node_op(c, opcode, type, span, swap ? b : a, swap ? a : b, NULL);
}

static Node *logic_nodes(Compilation *c, Operator op, Node *a, Node *b, Span span) {
    bool truth;
    if (fold_bool(a, &truth)) return truth == (op == OP_OR) ? node_bool(c, truth, span) : b;
    if (fold_bool(b, &truth)) return truth == (op == OP_OR) ? node_bool(c, truth, span) : a;
    Type type = type_of(TYPE_BOOL);
    type_join(&type, &a->type);
    type_join(&type, &b->type);
    return node_op(c, op == OP_AND ? OPCODE_AND : OPCODE_OR, type, span, a, b, NULL);
}

static Node *unary_node(Compilation *c, const Scope *scope, Operator op, Node *a, Span span) {
    bool truth;
    Type type = a->type;
    type.estimate = false;
    if (op == OP_NOT) {
        if (fold_bool(a, &truth)) return node_bool(c, !truth, span);
        return is_absent(a) ? a : node_op(c, OPCODE_NOT, type, span, a, NULL, NULL);
    }
    if (a->type.base != TYPE_QUANTITY) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, span,
                   "a number is wanted after the sign; this is %.*s",
                   SLICE_FMT(type_text(c, &a->type)));
        return NULL;
    }
    if (is_exact_const(a)) {
        Node *negative = node_exact(c, exact_neg(c->arena, a->constant.exact), span);
        negative->type = a->type;
        return negative;
    }
    return is_absent(a) ? a : node_op(c, OPCODE_NEG, type, span, a, NULL, NULL);
}

Node *operate(Compilation *c, const Scope *scope, Operator op, Node *a, Node *b, Span span) {
    if (!a) return NULL;
    if (op == OP_NOT || op == OP_NEG) return unary_node(c, scope, op, a, span);
    if (!b || !dims_agree(c, scope, a, b, span) || too_many_dims(c, scope, a, b, span)) return NULL;
    switch (op) {
    case OP_AND:
    case OP_OR: return logic_nodes(c, op, a, b, span);
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE: return compare_nodes(c, scope, op, a, b, span);
    default: break;
    }
    if (is_absent(a) || is_absent(b)) return is_absent(a) ? a : b;
    switch (op) {
    case OP_ADD:
    case OP_SUB: return add(c, scope, op, a, b, span);
    case OP_MUL:
    case OP_DIV:
    case OP_PER: return scale(c, scope, op, a, b, span);
    case OP_POW: return power(c, scope, a, b, span);
    default: return NULL;
    }
}

Node *node_select(Compilation *c, const Scope *scope, Node *condition, Node *a, Node *b,
                  Span span) {
    if (!condition || !a || !b) return NULL;
    if (!is_absent(a) && !is_absent(b)) {
        if (a->type.base != b->type.base) {
            wrong_types(c, scope, a, b, span, "the two outcomes of one `if`");
            return NULL;
        }
        if (a->type.base == TYPE_QUANTITY) {
            a = coerce_bare(c, a, &b->type);
            b = coerce_bare(c, b, &a->type);
            if (!units_agree(c, scope, a, b, span, "the two outcomes of one `if`")) return NULL;
        }
    }
    if (!dims_agree(c, scope, a, b, span)) return NULL;
    Type type = is_absent(a) ? b->type : a->type;
    type_join(&type, &a->type);
    type_join(&type, &b->type);
    type_join(&type, &condition->type);
    type.estimate = a->type.estimate && b->type.estimate;
    return node_op(c, OPCODE_SELECT, type, span, condition, a, b);
}
