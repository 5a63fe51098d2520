/* Numbers, amounts and texts as they are written. A text prints what it holds, so that nothing
 * of one person may stand in it. */
#include "compiler/sema/expressions.h"

#include "runtime/base/date.h"

static Exact literal_exact(Compilation *c, const Expr *expr, int shift) {
    return exact_from_decimal(c->arena, expr->number.mantissa, expr->number.power + shift);
}

Node *number_literal(Compilation *c, const Scope *scope, const Expr *expr) {
    bool scaled = expr->kind == EXPR_PERCENT || expr->kind == EXPR_POINTS;
    Node *node = node_exact(c, literal_exact(c, expr, scaled ? -2 : 0), expr->span);
    node->type.percent = expr->kind == EXPR_PERCENT;
    node->type.points = expr->kind == EXPR_POINTS;
    node->type.bare = expr->kind == EXPR_NUMBER;
    if (expr->kind == EXPR_MONEY) {
        node->type.unit = unit_base(BASE_GBP);
        node->type.price = expr->real ? PRICE_REAL : PRICE_CASH;
        node->type.price_year = expr->real ? c->price_year : 0;
        node->type.because = expr->span;
        if (expr->real) prices_known(c, scope, expr->span);
    }
    return node;
}

Value *unit_literal(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *node = expr->left->kind == EXPR_POISON ? NULL : number_literal(c, scope, expr->left);
    if (!node) return value_poison(c);
    if (slice_equal(word(c, expr->atom), SLICE("relative")) && expr->left->kind == EXPR_PERCENT) {
        Value *change = value_new(c, VALUE_CHANGE, expr->span);
        change->node = node;
        change->relative = true;
        return change;
    }
    UnitWord *unit = unit_find(&c->units, expr->atom);
    if (unit && expr->left->kind == EXPR_NUMBER) {
        unit->used = true;
        node->constant.exact = exact_mul(c->arena, node->constant.exact, unit->scale);
        node->type.unit = unit->unit;
        node->type.because = expr->span;
        node->type.bare = false;
        node->span = expr->span;
        if (unit_is(&unit->unit, BASE_GBP)) node->type.price = PRICE_CASH;
        return value_from_node(c, node);
    }
    if (expr->left->kind == EXPR_POISON) return value_poison(c);
    if (name_lost(c, expr->atom)) return value_poison(c);
    Diag *diag = sema_error(c, scope, DIAG_UNDEFINED_NAME, expr->word_span,
                            "`%.*s` is not a unit of measurement%s", SLICE_FMT(word(c, expr->atom)),
                            expr->left->kind == EXPR_NUMBER ? "" : " that can follow this amount");
    if (decl_find(c, expr->atom)) {
        diag_fix(c->diags, diag, (Span){expr->left->span.end, expr->word_span.start}, SLICE(" of "),
                 "did you mean `%.*s of %.*s`?", SLICE_FMT(quoted(c, expr->left->span)),
                 SLICE_FMT(word(c, expr->atom)));
        return value_poison(c);
    }
    Nearest nearest = {.wanted = word(c, expr->atom)};
    VEC_EACH(UnitWord, known, &c->units.words) {
        nearest_offer(&nearest, word(c, known->name));
        if (known->singular != ATOM_NONE) nearest_offer(&nearest, word(c, known->singular));
    }
    nearest_fix(c, diag, expr->word_span, &nearest);
    return value_poison(c);
}

static uint32_t text_format(Compilation *c, const Scope *scope, const TextPart *part) {
    static const char *const names[] = {"percent", "pounds", "millions", "whole"};
    if (part->format == ATOM_NONE) return 0;
    Slice text = word(c, part->format);
    for (uint32_t i = 0; i < 4; i++) {
        if (slice_equal(text, slice_of(names[i]))) return i + 1;
    }
    if (slice_equal(text, SLICE("places")))
        return 5 + (uint32_t)(part->places < 0 ? 0 : part->places > 15 ? 15 : part->places);
    sema_error(c, scope, DIAG_TYPE_MISMATCH, part->span,
               "`%.*s` is not a format: percent, pounds, millions, whole or a number of places",
               SLICE_FMT(text));
    return 0;
}

/* A value within a text: its words where it has them, else a number in a format. */
static Node *text_part(Compilation *c, const Scope *scope, const TextPart *part) {
    if (!part->value) return node_text(c, part->literal, part->span);
    Value *value = value_strip(c, elaborate(c, scope, part->value));
    if (value->sort == VALUE_POISON) return NULL;
    if (value->sort == VALUE_CHOICE) return node_text(c, word(c, value->word), part->span);
    if (value->sort == VALUE_CHANGE) /* as written: -12% relative */
        return node_text(c, source_map_text(c->sources, value->span), part->span);
    if (value->sort == VALUE_DECL && !value->decl->kind->head.type)
        return node_text(
            c, value->decl->title.length ? value->decl->title : word(c, value->decl->name),
            part->span);
    if (value->sort == VALUE_MISSING) return node_text(c, SLICE("missing"), part->span);
    Node *node = value_node(c, scope, value, part->value->span);
    if (!node) return NULL;
    if (node->type.row) {
        sema_error(c, scope, DIAG_PERSONAL_DATA_LEAK, part->value->span,
                   "a value of one person cannot stand in a text");
        return NULL;
    }
    if (node->type.base == TYPE_TEXT) return node;
    if (node->type.dim_count) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, part->value->span,
                   "a text takes one number; this has one for each %.*s",
                   SLICE_FMT(c->module->dims.items[node->type.dims[0]].name));
        return NULL;
    }
    Type text = type_of(TYPE_TEXT);
    text.measure = node->type.measure;
    Node *format = node_new(c, NODE_FORMAT, text, part->span);
    format->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    format->args[0] = node;
    format->arg_count = 1;
    format->unit = unit_for(c, &node->type, NULL);
    format->member = text_format(c, scope, part);
    return format;
}

Value *text_literal(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *text = node_new(c, NODE_TEXT, type_of(TYPE_TEXT), expr->span);
    text->args = ARENA_NEW_ARRAY(c->arena, Node *, expr->parts.count);
    bool broken = false;
    VEC_EACH(const TextPart, part, &expr->parts) {
        Node *node = text_part(c, scope, part);
        broken |= !node;
        if (node) {
            text->args[text->arg_count++] = node;
            type_join(&text->type, &node->type);
        }
    }
    if (broken) return value_poison(c);
    if (text->arg_count == 1 && text->args[0]->sort == NODE_CONST) {
        text->args[0]->span = expr->span;
        return value_from_node(c, text->args[0]);
    }
    if (!text->arg_count) return value_from_node(c, node_text(c, SLICE(""), expr->span));
    return value_from_node(c, text);
}

bool expr_deadline(const Expr *expr, int32_t *day) {
    switch (expr->kind) {
    case EXPR_DATE: *day = date_from_civil(expr->year, expr->month, expr->day); return true;
    case EXPR_MONTH: *day = month_end(month_number(expr->year, expr->month)); return true;
    case EXPR_QUARTER:
        *day = quarter_end(financial_quarter_index(expr->year, expr->month));
        return true;
    default: return false;
    }
}
