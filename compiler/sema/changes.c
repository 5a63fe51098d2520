/* Changes from a baseline and levels to reach, in the unit of what they are of. An amount that
 * may be either is refused, and so is a percentage of a percentage. */
#include "compiler/sema/admit.h"

static const Expr *argument_word(const Expr *call) {
    const Expr *arg = call->entries.count ? call->entries.items[0].value : NULL;
    return arg && arg->kind == EXPR_WORD ? arg : NULL;
}

Decl *decl_of(Compilation *c, const Decl *decl) {
    const Phrase *of = item_phrase(&decl->item->phrases, intern(c->interner, SLICE("of")));
    const Expr *name = of && of->values.count ? of->values.items[0] : NULL;
    return name && name->kind == EXPR_WORD ? decl_find(c, name->atom) : NULL;
}

/* The declaration whose clause `value(c)` or `change(c)` speaks of: this one, the one this
 * clause refers to, or the one that this one is `of`. */
static Decl *measured_decl(Admission *a, Atom clause) {
    if (kind_clause(a->decl->kind, clause)) return a->decl;
    const Value *first = a->clause->values.count ? a->clause->values.items[0] : NULL;
    if (first && first->sort == VALUE_DECL && kind_clause(first->decl->kind, clause))
        return first->decl;
    Decl *of = decl_of(a->c, a->decl);
    return of && kind_clause(of->kind, clause) ? of : NULL;
}

static Value *own_display(Compilation *c, const Decl *decl) {
    for (uint32_t i = 0; i < decl->clauses.count; i++) {
        Clause *clause = decl->clauses.items[i];
        if (!clause->spec->type || !type_is_word(c, clause->spec->type, "display")) continue;
        Value *value = value_of_clause(c, clause);
        if (value->sort == VALUE_DISPLAY) return value;
    }
    return NULL;
}

/* What is `of` another is shown as that is. */
static Value *decl_display(Compilation *c, const Decl *decl) {
    Value *own = decl ? own_display(c, decl) : NULL;
    const Decl *of = own || !decl ? NULL : decl_of(c, decl);
    return of ? own_display(c, of) : own;
}

Value *clause_display(Compilation *c, const Decl *decl) {
    return decl_display(c, decl);
}

static bool measure_type(Admission *a, const Expr *call, Type *type, Decl **decl) {
    const Expr *name = argument_word(call);
    *decl = name ? measured_decl(a, name->atom) : NULL;
    Clause *clause = *decl ? decl_clause(*decl, name->atom) : NULL;
    if (!clause) return false;
    Value *measure = value_of_clause(a->c, clause);
    if (measure->sort != VALUE_NODE) return false;
    *type = measure->node->type;
    return true;
}

/* per 100_000 person_years, of admissions per person_years */
static bool leaves_out_counted(const Unit *unit, const Unit *measure) {
    Unit counted = *unit;
    for (int i = 0; i < UNIT_MAX_BASES; i++) {
        if (unit->up[i]) return false;
        counted.up[i] = measure->up[i];
    }
    return !unit_is_none(unit) && unit_equal(&counted, measure);
}

/* A number that leaves out what the measure counts (2_150 per 100_000 person_years), or all of
 * its unit, takes it from the measure, and the scale from how it is shown. */
static Node *fit_number(Admission *a, Node *node, const Type *type, const Decl *decl) {
    if (unit_equal(&node->type.unit, &type->unit)) return node;
    Node *fitted = ARENA_NEW(a->c->arena, Node);
    *fitted = *node;
    fitted->type.unit = type->unit;
    fitted->type.bare = false;
    fitted->type.percent = type->percent;
    if (leaves_out_counted(&node->type.unit, &type->unit)) return fitted;
    if (node->type.percent && type->percent) return fitted;
    if (!node->type.bare) return NULL;
    const Value *display = decl_display(a->c, decl);
    if (display && node->sort == NODE_CONST && node->constant.sort == CONST_EXACT)
        fitted->constant.exact =
            exact_div(a->c->arena, node->constant.exact, display->display->scale);
    return fitted;
}

/* Of a series each number. */
Node *fit_measure(Admission *a, Node *node, const Type *type, const Decl *decl) {
    if (node->sort != NODE_STACK || unit_equal(&node->type.unit, &type->unit))
        return fit_number(a, node, type, decl);
    Node *fitted = ARENA_NEW(a->c->arena, Node);
    *fitted = *node;
    fitted->args = ARENA_NEW_ARRAY(a->c->arena, Node *, node->arg_count);
    for (uint32_t i = 0; i < node->arg_count; i++) {
        fitted->args[i] = fit_number(a, node->args[i], type, decl);
        if (!fitted->args[i]) return NULL;
    }
    fitted->type.unit = type->unit;
    fitted->type.percent = type->percent;
    fitted->type.bare = false;
    return fitted;
}

Value *not_fitting(Admission *a, const Node *node, const Type *type) {
    sema_error(a->c, a->scope, DIAG_UNIT_MISMATCH, a->expr->span,
               "the measure is %.*s; this is %.*s", SLICE_FMT(type_phrase(a->c, type)),
               SLICE_FMT(type_text(a->c, &node->type)));
    return value_poison(a->c);
}

Value *admit_level(Admission *a, const Expr *call) {
    Type type;
    Decl *decl;
    Value *value;
    Node *node = admit_node(a, "a level", &value);
    if (!node || !measure_type(a, call, &type, &decl)) return node ? value : value_poison(a->c);
    Node *fitted = fit_measure(a, node, &type, decl);
    if (type.percent && fitted && fitted->sort == NODE_CONST &&
        fitted->constant.sort == CONST_EXACT &&
        (exact_sign(fitted->constant.exact) < 0 ||
         exact_compare(fitted->constant.exact, exact_from_int(1)) > 0)) {
        Diag *diag = sema_error(a->c, a->scope, DIAG_OUT_OF_RANGE, a->expr->span,
                                "a share lies between 0%% and 100%%");
        Slice written = quoted(a->c, a->expr->span);
        if (a->expr->kind == EXPR_NUMBER)
            diag_fix(a->c->diags, diag, a->expr->span,
                     arena_printf(a->c->arena, "%.*s%%", SLICE_FMT(written)), "write `%.*s%%`",
                     SLICE_FMT(written));
        return value_poison(a->c);
    }
    return fitted ? value_from_node(a->c, fitted) : not_fitting(a, node, &type);
}

/* Whether a level may stand here instead, after `to`. */
static bool takes_level(const Admission *a) {
    VEC_EACH(const LabelSpec, label, &a->clause->spec->labels)
    if (slice_equal(word(a->c, label->label), SLICE("to"))) return true;
    return false;
}

/* The amount as a change is written: a percentage of a percentage in points. */
static Slice change_words(const Admission *a, bool percentage) {
    Slice written = source_map_text(a->c->sources, a->expr->span);
    if (!percentage || a->expr->kind != EXPR_PERCENT) return quoted(a->c, a->expr->span);
    return arena_printf(a->c->arena, "%.*spp", (int)(written.length - 1), written.data);
}

static Value *change_or_level(Admission *a, bool percentage) {
    Slice amount = quoted(a->c, a->expr->span), change = change_words(a, percentage);
    if (!takes_level(a)) {
        sema_error(a->c, a->scope, DIAG_CHANGE_OR_LEVEL, a->expr->span,
                   "`%.*s` is a change, and a change carries its sign: `+%.*s` or `-%.*s`",
                   SLICE_FMT(amount), SLICE_FMT(change), SLICE_FMT(change));
        return value_poison(a->c);
    }
    Diag *diag = sema_error(a->c, a->scope, DIAG_CHANGE_OR_LEVEL, a->expr->span,
                            "`%.*s` may be a change from the baseline or a level to reach: a "
                            "change carries its sign, a level follows `to`",
                            SLICE_FMT(amount));
    Span at = {a->expr->span.start, a->expr->span.start};
    diag_fix(a->c->diags, diag, at, SLICE("to "),
             "a level: `to %.*s`; a change: `+%.*s` or `-%.*s`", SLICE_FMT(amount),
             SLICE_FMT(change), SLICE_FMT(change));
    return value_poison(a->c);
}

static Value *percent_or_points(Admission *a) {
    Slice written = source_map_text(a->c->sources, a->expr->span);
    Diag *diag =
        sema_error(a->c, a->scope, DIAG_PERCENT_OR_POINTS, a->expr->span,
                   "the measure is itself a percentage: `%.*s` may be relative or in points",
                   SLICE_FMT(written));
    Slice points = arena_printf(a->c->arena, "%.*spp", (int)(written.length - 1), written.data);
    diag_fix(a->c->diags, diag, a->expr->span, points,
             "write `%.*s` for percentage points or `%.*s relative` for a share of the baseline",
             SLICE_FMT(points), SLICE_FMT(written));
    return value_poison(a->c);
}

static Value *make_change(Admission *a, Node *amount, bool relative) {
    Value *change = value_new(a->c, VALUE_CHANGE, a->expr->span);
    change->node = amount;
    change->relative = relative;
    return change;
}

Value *admit_change(Admission *a, const Expr *call) {
    bool has_sign = a->expr->kind == EXPR_UNARY && (a->expr->op == OP_NEG || a->expr->op == OP_POS);
    Value *value = elaborate(a->c, a->scope, a->expr);
    if (value->sort == VALUE_POISON || value->sort == VALUE_MISSING) return value;
    if (!has_sign) {
        Type measured;
        Decl *of;
        return change_or_level(a, measure_type(a, call, &measured, &of) && measured.percent);
    }
    if (value->sort == VALUE_CHANGE) return value;
    if (value->sort != VALUE_NODE || value->node->type.base != TYPE_QUANTITY)
        return admit_fail(a, "a change", value);
    Node *node = value->node;
    Type type;
    Decl *decl;
    if (!measure_type(a, call, &type, &decl)) return make_change(a, node, node->type.percent);
    if (node->type.percent) return type.percent ? percent_or_points(a) : make_change(a, node, true);
    if (node->type.points) {
        if (!type.percent) return not_fitting(a, node, &type);
        Node *points = ARENA_NEW(a->c->arena, Node);
        *points = *node;
        points->type.unit = type.unit;
        return make_change(a, points, false);
    }
    Node *fitted = fit_measure(a, node, &type, decl);
    return fitted ? make_change(a, fitted, false) : not_fitting(a, node, &type);
}
