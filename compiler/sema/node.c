/* Making nodes and values, and saying in words what they are. */
#include <string.h>

#include "compiler/sema/sema.h"
#include "runtime/stats/estimate.h"

Type type_of(BaseType base) {
    return (Type){.base = base};
}

void type_join(Type *type, const Type *other) {
    type->measure |= other->measure;
    type->row |= other->row;
    type->identifier |= other->identifier;
    type->real |= other->real;
    for (int i = 0; i < other->dim_count; i++) {
        bool known = false;
        for (int j = 0; j < type->dim_count; j++) known |= type->dims[j] == other->dims[i];
        if (!known && type->dim_count < MODULE_MAX_DIMS)
            type->dims[type->dim_count++] = other->dims[i];
    }
}

Node *node_new(Compilation *c, NodeSort sort, Type type, Span span) {
    Node *node = ARENA_NEW(c->arena, Node);
    node->sort = sort;
    node->type = type;
    node->span = span;
    return node;
}

Node *node_op(Compilation *c, Opcode op, Type type, Span span, Node *a, Node *b, Node *d) {
    Node *node = node_new(c, NODE_OP, type, span);
    node->op = (uint16_t)op;
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, 3);
    Node *args[] = {a, b, d};
    for (int i = 0; i < 3 && args[i]; i++) node->args[node->arg_count++] = args[i];
    return node;
}

static Node *node_constant(Compilation *c, BaseType base, ModuleConst constant, Span span) {
    Node *node = node_new(c, NODE_CONST, type_of(base), span);
    node->constant = constant;
    return node;
}

Node *node_exact(Compilation *c, Exact value, Span span) {
    return node_constant(c, TYPE_QUANTITY,
                         (ModuleConst){.sort = CONST_EXACT, .elem = ELEM_EXACT, .exact = value},
                         span);
}

Node *node_bool(Compilation *c, bool truth, Span span) {
    return node_constant(
        c, TYPE_BOOL, (ModuleConst){.sort = CONST_BOOL, .elem = ELEM_BOOL, .integer = truth}, span);
}

Node *node_text(Compilation *c, Slice text, Span span) {
    return node_constant(c, TYPE_TEXT,
                         (ModuleConst){.sort = CONST_TEXT, .elem = ELEM_TEXT, .text = text}, span);
}

Node *node_date(Compilation *c, int32_t days, Span span) {
    return node_constant(
        c, TYPE_DATE, (ModuleConst){.sort = CONST_DATE, .elem = ELEM_DATE, .integer = days}, span);
}

Node *node_year(Compilation *c, int32_t year, Span span) {
    return node_constant(
        c, TYPE_YEAR, (ModuleConst){.sort = CONST_YEAR, .elem = ELEM_YEAR, .integer = year}, span);
}

Node *node_code(Compilation *c, uint16_t dim, uint32_t member, Span span) {
    ModuleConst constant = {.sort = CONST_CODE, .elem = ELEM_CODE, .integer = member, .dim = dim};
    Node *node = node_constant(c, TYPE_CODE, constant, span);
    node->type.code_dim = dim;
    return node;
}

static ElemType absent_elem(BaseType base) {
    switch (base) {
    case TYPE_BOOL: return ELEM_BOOL;
    case TYPE_DATE: return ELEM_DATE;
    case TYPE_YEAR: return ELEM_YEAR;
    case TYPE_TEXT: return ELEM_TEXT;
    case TYPE_QUANTITY:
    case TYPE_CODE:
    case TYPE_ABSENT: break;
    }
    return ELEM_EXACT;
}

Node *node_absent(Compilation *c, BaseType base, int reason, Slice note, Span span) {
    ModuleConst constant = {
        .sort = CONST_ABSENT, .elem = absent_elem(base), .integer = reason, .text = note};
    return node_constant(c, base, constant, span);
}

Value *value_new(Compilation *c, ValueSort sort, Span span) {
    Value *value = ARENA_NEW(c->arena, Value);
    value->sort = sort;
    value->span = span;
    return value;
}

Value *value_from_node(Compilation *c, Node *node) {
    if (!node) return value_poison(c);
    Value *value = value_new(c, VALUE_NODE, node->span);
    value->node = node;
    return value;
}

Value *decl_itself(Compilation *c, Decl *decl) {
    if (decl->self) return decl->self;
    decl->self = value_new(c, VALUE_DECL, decl->name_span);
    decl->self->decl = decl;
    return decl->self;
}

Value *value_poison(Compilation *c) {
    return value_new(c, VALUE_POISON, SPAN_NONE);
}

static bool side_is_empty(const int8_t *side) {
    for (int i = 0; i < UNIT_MAX_BASES; i++) {
        if (side[i]) return false;
    }
    return true;
}

Slice type_text(const Compilation *c, const Type *type) {
    switch (type->base) {
    case TYPE_BOOL: return SLICE("a condition");
    case TYPE_DATE: return SLICE("a date");
    case TYPE_YEAR: return SLICE("a financial year");
    case TYPE_TEXT: return SLICE("text");
    case TYPE_ABSENT: return SLICE("nothing");
    case TYPE_CODE:
        return arena_printf(c->arena, "a member of %.*s",
                            SLICE_FMT(c->module->dims.items[type->code_dim].name));
    case TYPE_QUANTITY: break;
    }
    if (type->points) return SLICE("percentage points");
    if (type->percent) return SLICE("a percentage");
    if (unit_is(&type->unit, BASE_GBP)) return SLICE("an amount of money");
    return unit_text(&c->units, c->arena, &type->unit);
}

Slice type_phrase(const Compilation *c, const Type *type) {
    bool counted = type->base == TYPE_QUANTITY && !type->percent && !type->points &&
                   !unit_is_none(&type->unit) && !unit_is(&type->unit, BASE_GBP) &&
                   side_is_empty(type->unit.down);
    Slice text = type_text(c, type);
    return counted ? arena_printf(c->arena, "a number of %.*s", SLICE_FMT(text)) : text;
}

Slice value_text(Compilation *c, const Value *value) {
    switch (value->sort) {
    case VALUE_NODE: return type_phrase(c, &value->node->type);
    case VALUE_MISSING: return SLICE("missing");
    case VALUE_DECL:
        return arena_printf(c->arena, "the %.*s `%.*s`",
                            SLICE_FMT(word(c, value->decl->kind->name)),
                            SLICE_FMT(word(c, value->decl->name)));
    case VALUE_CLAUSE:
        return arena_printf(c->arena, "the clause `%.*s`",
                            SLICE_FMT(word(c, value->clause->spec->name)));
    case VALUE_LIST: return SLICE("a list");
    case VALUE_CHOICE:
        return arena_printf(c->arena, "the word `%.*s`", SLICE_FMT(word(c, value->word)));
    case VALUE_KIND:
        return arena_printf(c->arena, "all items of the kind `%.*s`",
                            SLICE_FMT(word(c, value->kind->name)));
    case VALUE_PEOPLE: return value->table->events ? SLICE("events") : SLICE("people");
    case VALUE_DIMS: return SLICE("a dimension");
    case VALUE_CHANGE: return SLICE("a change");
    case VALUE_DISPLAY: return SLICE("a way to show a number");
    case VALUE_RANGE: return SLICE("a range");
    case VALUE_LIBRARY:
        return arena_printf(c->arena, "the library `%.*s`", SLICE_FMT(word(c, value->word)));
    case VALUE_UNKNOWN: return SLICE("unknown");
    case VALUE_PAIRS: return SLICE("a keyed list");
    case VALUE_POISON: break;
    }
    return SLICE("something unreadable");
}

static bool unit_matches(const ModuleUnit *a, const ModuleUnit *b) {
    return a->sort == b->sort && a->num == b->num && a->den == b->den && a->whole == b->whole &&
           a->price_year == b->price_year && slice_equal(a->label, b->label) &&
           slice_equal(a->prose, b->prose);
}

static uint16_t unit_add(Compilation *c, ModuleUnit unit) {
    for (uint32_t i = 0; i < c->module->units.count; i++) {
        if (unit_matches(&c->module->units.items[i], &unit)) return (uint16_t)i;
    }
    VEC_PUSH(c->arena, &c->module->units, unit);
    return (uint16_t)(c->module->units.count - 1);
}

/* "admissions per 100000 person_years", with the readers' words beside it. */
static ModuleUnit rate_unit(Compilation *c, const Unit *unit, Exact scale) {
    int64_t per = 1;
    if (exact_is_integer(scale)) exact_to_int64(scale, &per);
    Slice up = unit_side_text(&c->units, c->arena, unit->up, UNIT_AS_WRITTEN);
    Slice down = unit_side_text(&c->units, c->arena, unit->down, UNIT_AS_WRITTEN);
    Slice up_prose = unit_side_text(&c->units, c->arena, unit->up, UNIT_OF_MANY);
    Slice down_prose = unit_side_text(&c->units, c->arena, unit->down,
                                      per == 1 ? UNIT_OF_ONE : UNIT_OF_MANY);
    ModuleUnit result = {.sort = UNIT_PLAIN, .num = per, .den = 1};
    if (per == 1) {
        result.label = arena_printf(c->arena, "%.*s%sper %.*s", SLICE_FMT(up), up.length ? " " : "",
                                    SLICE_FMT(down));
        result.prose = arena_printf(c->arena, "%.*s%sper %.*s", SLICE_FMT(up_prose),
                                    up.length ? " " : "", SLICE_FMT(down_prose));
    } else {
        result.label = arena_printf(c->arena, "%.*s%sper %lld %.*s", SLICE_FMT(up),
                                    up.length ? " " : "", (long long)per, SLICE_FMT(down));
        Slice text = exact_format_grouped(c->arena, scale, 0);
        result.prose = arena_printf(c->arena, "%.*s%sper %.*s %.*s", SLICE_FMT(up_prose),
                                    up.length ? " " : "", SLICE_FMT(text), SLICE_FMT(down_prose));
    }
    return result;
}

uint16_t unit_for(Compilation *c, const Type *type, const Display *display) {
    if (type->base != TYPE_QUANTITY) return 0;
    if (display) return unit_add(c, rate_unit(c, &type->unit, display->scale));
    if (type->points)
        return unit_add(c, (ModuleUnit){.label = SLICE("percentage points"),
                                        .prose = SLICE("percentage points"),
                                        .sort = UNIT_POINTS,
                                        .num = 100,
                                        .den = 1});
    if (type->percent)
        return unit_add(c, (ModuleUnit){.label = SLICE("percent"),
                                        .prose = SLICE("%"),
                                        .sort = UNIT_PERCENT,
                                        .num = 100,
                                        .den = 1});
    if (unit_is(&type->unit, BASE_GBP))
        return unit_add(
            c, (ModuleUnit){.label = SLICE("gbp"),
                            .prose = SLICE("£"),
                            .sort = UNIT_MONEY,
                            .num = 1,
                            .den = 1,
                            .price_year = type->price == PRICE_REAL ? type->price_year : 0});
    if (unit_is_none(&type->unit)) return 0;
    if (!side_is_empty(type->unit.down))
        return unit_add(c, rate_unit(c, &type->unit, exact_from_int(1)));
    return unit_add(c,
                    (ModuleUnit){.label = unit_side_text(&c->units, c->arena, type->unit.up,
                                                           UNIT_AS_WRITTEN),
                                 .prose = unit_side_text(&c->units, c->arena, type->unit.up,
                                                           UNIT_OF_MANY),
                                 .sort = UNIT_PLAIN,
                                 .num = 1,
                                 .den = 1});
}

static bool const_equal(const ModuleConst *a, const ModuleConst *b) {
    if (a->sort != b->sort || a->integer != b->integer || a->dim != b->dim) return false;
    if (a->sort == CONST_EXACT) return exact_compare(a->exact, b->exact) == 0;
    if (a->sort == CONST_REAL) return a->real == b->real;
    return a->sort != CONST_TEXT || slice_equal(a->text, b->text);
}

/* What of a node its sort gives meaning to, beside type, dims and arguments. */
static bool same_meaning(const Node *a, const Node *b) {
    switch ((NodeSort)a->sort) {
    case NODE_CONST: return const_equal(&a->constant, &b->constant);
    case NODE_OP:
    case NODE_AT:
    case NODE_ROW_DATE: return a->integer == b->integer;
    case NODE_INDEX:
    case NODE_ROW_TABLE:
    case NODE_FORMAT: return a->member == b->member && a->unit == b->unit;
    case NODE_MEASURED: return a->member == b->member;
    case NODE_COLUMN: return a->table == b->table && a->column == b->column;
    case NODE_AGG:
        return a->table == b->table && a->agg == b->agg && a->spread == b->spread &&
               a->person_time == b->person_time;
    case NODE_RANKED:
        return a->ranked == b->ranked && a->groups == b->groups &&
               a->highest_first == b->highest_first;
    case NODE_REDUCE:
    case NODE_STACK:
    case NODE_CALL:
    case NODE_TOTAL:
    case NODE_BY:
    case NODE_TEXT: break;
    }
    return true;
}

/* Expressions share parts, so that a comparison part by part may have no end to speak of: after
 * so many steps two nodes count as different. */
enum { EQUAL_STEPS = 10000 };

static bool equal_within(const Node *a, const Node *b, int *steps);

static bool all_equal(Node *const *a, Node *const *b, uint32_t count, int *steps) {
    for (uint32_t i = 0; i < count; i++) {
        if (!equal_within(a[i], b[i], steps)) return false;
    }
    return true;
}

static bool equal_within(const Node *a, const Node *b, int *steps) {
    if (a == b) return true;
    if (--*steps < 0 || a->sort != b->sort || a->op != b->op || a->arg_count != b->arg_count ||
        a->dim_count != b->dim_count || !same_meaning(a, b) ||
        memcmp(a->dims, b->dims, a->dim_count * sizeof a->dims[0]) != 0)
        return false;
    if (!all_equal(a->args, b->args, a->arg_count, steps)) return false;
    if (a->sort != NODE_AGG) return true;
    return a->filter_count == b->filter_count &&
           all_equal(a->filters, b->filters, a->filter_count, steps);
}

bool node_equal(const Node *a, const Node *b) {
    int steps = EQUAL_STEPS;
    return equal_within(a, b, &steps);
}
