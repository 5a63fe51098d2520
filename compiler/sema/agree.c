/* Whether two values may meet: dimensions that line up, units and prices that are the same.
 * Says where each side has its unit or price from, and changes nothing. */
#include "compiler/sema/operators.h"

#include <string.h>

#include "runtime/base/date.h"

bool node_is_absent(const Node *node) {
    return node->sort == NODE_CONST && node->constant.sort == CONST_ABSENT;
}

bool node_is_exact(const Node *node) {
    return node->sort == NODE_CONST && node->constant.sort == CONST_EXACT;
}

/* Places that are not in any text (a condition decided here) are not shown. */
static void relate(const Operation *o, Diag *diag, Span span, const char *suffix, Slice what) {
    if (span.start) diag_relate(o->c->diags, diag, span, "%.*s%s", SLICE_FMT(what), suffix);
}

/* ---- Dimensions --------------------------------------------------------------------- */

enum { NAMED_MEMBERS = 4 };

/* "; only on the left: 85-89, 90+ and 3 more" */
static Slice absent_members(Compilation *c, const ModuleDim *from, const ModuleDim *in,
                            const char *side) {
    Slice text = {0};
    uint32_t absent = 0;
    for (uint32_t i = 0; i < from->member_count; i++) {
        bool found = false;
        for (uint32_t j = 0; j < in->member_count && !found; j++)
            found = slice_equal(from->members[i], in->members[j]);
        if (found || ++absent > NAMED_MEMBERS) continue;
        text = arena_printf(c->arena, "%.*s%s%.*s", SLICE_FMT(text), absent > 1 ? ", " : "",
                            SLICE_FMT(from->members[i]));
    }
    if (!absent) return text;
    Slice more = absent > NAMED_MEMBERS
                     ? arena_printf(c->arena, " and %u more", absent - NAMED_MEMBERS)
                     : (Slice){0};
    return arena_printf(c->arena, "; only on the %s: %.*s%.*s", side, SLICE_FMT(text),
                        SLICE_FMT(more));
}

static bool dim_mismatch(const Operation *o, const ModuleDim *left, const ModuleDim *right) {
    Slice only_left = absent_members(o->c, left, right, "left");
    Slice only_right = absent_members(o->c, right, left, "right");
    Diag *diag = sema_error(o->c, o->scope, DIAG_DIMENSION_MISMATCH, o->at,
                            "the two sides have different members of %.*s%.*s%.*s",
                            SLICE_FMT(left->name), SLICE_FMT(only_left), SLICE_FMT(only_right));
    diag_relate(o->c->diags, diag, o->left, "%u members", left->member_count);
    diag_relate(o->c->diags, diag, o->right, "%u members", right->member_count);
    return false;
}

static bool members_agree(const Operation *o, const Node *a, const Node *b) {
    for (int i = 0; i < a->type.dim_count; i++) {
        for (int j = 0; j < b->type.dim_count; j++) {
            const ModuleDim *left = &o->c->module->dims.items[a->type.dims[i]];
            const ModuleDim *right = &o->c->module->dims.items[b->type.dims[j]];
            if (left != right && slice_equal(left->name, right->name))
                return dim_mismatch(o, left, right);
        }
    }
    return true;
}

bool dims_agree(const Operation *o, const Node *a, const Node *b) {
    if (!members_agree(o, a, b)) return false;
    Type joined = a->type;
    int lacking = 0;
    for (int i = 0; i < b->type.dim_count; i++) {
        bool known = false;
        for (int j = 0; j < joined.dim_count; j++) known |= joined.dims[j] == b->type.dims[i];
        lacking += !known;
    }
    if (joined.dim_count + lacking <= MODULE_MAX_DIMS) return true;
    sema_error(o->c, o->scope, DIAG_LIMIT_REACHED, o->at, "a value has at most %d dimensions",
               MODULE_MAX_DIMS);
    return false;
}

/* ---- Prices ------------------------------------------------------------------------- */

static Slice price_text(Compilation *c, const Type *type) {
    if (type->price == PRICE_CASH) return SLICE("cash");
    if (!type->price_year) return SLICE("real"); /* the plan does not say at which prices */
    return arena_printf(c->arena, "real, at FY%d/%02d prices", type->price_year,
                        (type->price_year + 1) % 100);
}

static uint32_t line_of(const Compilation *c, Span span) {
    return source_map_position(c->sources, span.start).line;
}

/* "cash, from line 36" under the side; where it was written, "cash because of this". */
static void relate_price(const Operation *o, Diag *diag, const Node *node, Span used) {
    Slice what = node->type.price == PRICE_REAL ? SLICE("real") : SLICE("cash");
    Span from = node->type.because;
    if (from.start && line_of(o->c, from) != line_of(o->c, used))
        diag_relate(o->c->diags, diag, used, "%.*s, from line %u", SLICE_FMT(what),
                    line_of(o->c, from));
    relate(o, diag, from.start ? from : used, " because of this", what);
}

bool prices_agree(const Operation *o, const Node *a, const Node *b) {
    if (a->type.price == PRICE_NONE || b->type.price == PRICE_NONE) return true;
    if (a->type.price == b->type.price && a->type.price_year == b->type.price_year) return true;
    Compilation *c = o->c;
    Diag *diag =
        sema_error(c, o->scope, DIAG_PRICE_BASE_MISMATCH, o->at, "`%.*s` is %.*s, `%.*s` is %.*s",
                   SLICE_FMT(quoted(c, o->left)), SLICE_FMT(price_text(c, &a->type)),
                   SLICE_FMT(quoted(c, o->right)), SLICE_FMT(price_text(c, &b->type)));
    relate_price(o, diag, a, o->left);
    relate_price(o, diag, b, o->right);
    Span real = a->type.price == PRICE_REAL ? o->left : o->right;
    Slice text = source_map_text(c->sources, real);
    /* a list starts with the first amount, of another year than this one's */
    bool here = !o->year.length || real.start == o->right.start;
    if (here && !scope_rows(o->scope))
        diag_fix(c->diags, diag, real,
                 arena_printf(c->arena, "cash(%.*s)%.*s", SLICE_FMT(text), SLICE_FMT(o->year)),
                 "restate it in cash");
    return false;
}

/* ---- Units -------------------------------------------------------------------------- */

/* What the side is, and where it was made so. */
static void relate_unit(const Operation *o, Diag *diag, const Node *node, Span used) {
    Slice what = type_text(o->c, &node->type);
    Span from = node->type.because;
    bool here = from.start >= used.start && from.end <= used.end;
    relate(o, diag, used, here ? " because of this" : "", what);
    if (from.start && !here) relate(o, diag, from, " because of this", what);
}

/* A share of people compares with a plain percentage, and what two shares differ by with plain
 * points: 12% and 3pp with persons per persons. */
static bool is_share(const Type *share, const Type *plain) {
    return (share->percent || share->points) && unit_is_none(&plain->unit);
}

bool units_agree(const Operation *o, const Node *a, const Node *b, const char *doing) {
    if (unit_equal(&a->type.unit, &b->type.unit) || is_share(&a->type, &b->type) ||
        is_share(&b->type, &a->type))
        return prices_agree(o, a, b);
    Slice left = type_text(o->c, &a->type), right = type_text(o->c, &b->type);
    Diag *diag = sema_error(o->c, o->scope, DIAG_UNIT_MISMATCH, o->at, "%.*s and %.*s cannot be %s",
                            SLICE_FMT(left), SLICE_FMT(right), doing);
    relate_unit(o, diag, a, o->left);
    relate_unit(o, diag, b, o->right);
    return false;
}

/* `diabetes == 1`, where the file holds 0 and 1: the column is the condition itself. */
static void advise_flag(const Operation *o, Diag *diag, const Node *flag, const Node *number,
                        Span column) {
    if (flag->sort != NODE_COLUMN || flag->type.base != TYPE_BOOL || !node_is_exact(number)) return;
    if (o->op != OP_EQ && o->op != OP_NE) return;
    bool no = exact_is_zero(number->constant.exact) == (o->op == OP_EQ);
    Slice name = source_map_text(o->c->sources, column);
    Slice text = arena_printf(o->c->arena, "%s%.*s", no ? "not " : "", SLICE_FMT(name));
    diag_fix(o->c->diags, diag, span_join(o->left, o->right), text,
             "`%.*s` is a flag and a condition by itself: `%.*s`", SLICE_FMT(name),
             SLICE_FMT(text));
}

/* `age >= "65"`: a number in quotes is a text. */
static void advise_quotes(const Operation *o, Diag *diag, const Node *node, Span written) {
    if (node->sort != NODE_CONST || node->constant.sort != CONST_TEXT) return;
    Slice text = node->constant.text;
    bool number = text.length > 0;
    for (size_t i = 0; i < text.length; i++) number &= text.data[i] >= '0' && text.data[i] <= '9';
    if (number)
        diag_fix(o->c->diags, diag, written, text, "a number stands without quotes: `%.*s`",
                 SLICE_FMT(text));
}

bool across_agree(Compilation *c, const Scope *scope, const Node *given, const Node *taken,
                  Span span) {
    Operation o = {.c = c, .scope = scope, .span = span, .at = span, .left = span, .right = span};
    Node across = {.type.dim_count = taken->dim_count};
    memcpy(across.type.dims, taken->dims, taken->dim_count * sizeof taken->dims[0]);
    if (!members_agree(&o, given, &across)) return false;
    for (int i = 0; i < given->type.dim_count; i++) {
        uint16_t dim = given->type.dims[i];
        bool found = false;
        for (int j = 0; j < taken->dim_count; j++) found |= taken->dims[j] == dim;
        if (found) continue;
        Slice name = c->module->dims.items[dim].name;
        sema_error(c, scope, DIAG_DIMENSION_MISMATCH, span,
                   "`%.*s` is by %.*s, and the rate is taken across %.*s",
                   SLICE_FMT(quoted(c, span)), SLICE_FMT(name),
                   SLICE_FMT(c->module->dims.items[taken->dims[0]].name));
        return false;
    }
    return true;
}

static bool is_nothing(const Node *node) {
    return node_is_absent(node) ||
           (node_is_exact(node) && node->type.bare && exact_is_zero(node->constant.exact));
}

bool listed_agree(Compilation *c, const Scope *scope, const Node *first, const Node *next,
                  const Node *year) {
    Operation o = {.c = c,
                   .scope = scope,
                   .op = OP_ADD,
                   .span = next->span,
                   .at = next->span,
                   .left = first->span,
                   .right = next->span};
    if (year && year->constant.sort == CONST_YEAR)
        o.year =
            arena_printf(c->arena, "[%.*s]",
                         SLICE_FMT(financial_year_format(c->arena, (int)year->constant.integer)));
    if (is_nothing(first) || is_nothing(next)) return true;
    bool codes = first->type.base == TYPE_CODE && first->type.code_dim != next->type.code_dim;
    if (first->type.base != next->type.base || codes)
        return wrong_types(&o, first, next, "listed together", "") != NULL;
    return (next->type.base != TYPE_QUANTITY || units_agree(&o, first, next, "listed together")) &&
           dims_agree(&o, first, next);
}

Node *wrong_types(const Operation *o, const Node *a, const Node *b, const char *doing,
                  const char *advice) {
    Slice left = type_text(o->c, &a->type), right = type_text(o->c, &b->type);
    Diag *diag =
        sema_error(o->c, o->scope, DIAG_TYPE_MISMATCH, o->at, "%.*s and %.*s cannot be %s%s",
                   SLICE_FMT(left), SLICE_FMT(right), doing, advice);
    relate(o, diag, o->left, "", left);
    relate(o, diag, o->right, "", right);
    advise_flag(o, diag, a, b, o->left);
    advise_flag(o, diag, b, a, o->right);
    advise_quotes(o, diag, b, o->right);
    advise_quotes(o, diag, a, o->left);
    return NULL;
}

/* ---- Ranges of columns -------------------------------------------------------------- */

static const TableColumn *column_of(const Node *node) {
    VEC_EACH(const TableColumn, column, &node->table->columns) {
        if (column->column == node->column) return column;
    }
    return NULL;
}

bool range_agrees(const Operation *o, const Node *a, const Node *b) {
    const Node *column = a->sort == NODE_COLUMN ? a : b, *number = column == a ? b : a;
    if (column->sort != NODE_COLUMN || !node_is_exact(number)) return true;
    const TableColumn *info = column_of(column);
    const ModuleColumn *held =
        &o->c->module->tables.items[column->table->index].columns.items[column->column];
    if (!info || !held->has_range) return true;
    Arena *arena = o->c->arena;
    Exact scale = exact_from_ratio(arena, info->scale_num, info->scale_den);
    Exact value = exact_div(arena, number->constant.exact, scale);
    bool inside = exact_compare(value, exact_from_int(held->low)) >= 0 &&
                  exact_compare(value, exact_from_int(held->high)) <= 0;
    if (inside) return true;
    int64_t written = held->sort == COLUMN_MONEY ? COLUMN_MONEY_SCALE : 1;
    Diag *diag = sema_error(o->c, o->scope, DIAG_OUT_OF_RANGE, o->at,
                            "`%.*s` lies in %lld..%lld: nothing is told apart by %.*s",
                            SLICE_FMT(held->name), (long long)(held->low / written),
                            (long long)(held->high / written),
                            SLICE_FMT(quoted(o->c, number->span)));
    diag_relate(o->c->diags, diag, info->span, "its range is declared here");
    return false;
}
