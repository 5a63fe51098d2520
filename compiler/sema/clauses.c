/* The values of clauses against the types their kinds declare: choices, references, changes
 * and levels, series, people. Refuses what the type does not list, with what it does. */
#include "compiler/sema/clauses.h"

#include "runtime/base/date.h"
#include "runtime/stats/estimate.h"

/* ---- Types as written --------------------------------------------------------------- */

typedef struct {
    const Expr *items[24];
    int count;
} Alternatives;

static void flatten(const Expr *type, Alternatives *all) {
    if (type->kind == EXPR_BINARY && type->op == OP_OR) {
        flatten(type->left, all);
        flatten(type->right, all);
    } else if (all->count < 24 && type->kind != EXPR_MISSING) {
        all->items[all->count++] = type;
    }
}

static bool is_call(const Compilation *c, const Expr *type, const char *name) {
    return type->kind == EXPR_CALL && type->left->kind == EXPR_WORD &&
           slice_equal(word(c, type->left->atom), slice_of(name));
}

static bool is_word(const Compilation *c, const Expr *type, const char *name) {
    return type->kind == EXPR_WORD && slice_equal(word(c, type->atom), slice_of(name));
}

static const Expr *find_call(const Compilation *c, const Alternatives *all, const char *name) {
    for (int i = 0; i < all->count; i++) {
        if (is_call(c, all->items[i], name)) return all->items[i];
    }
    return NULL;
}

static bool lists_word(const Compilation *c, const Alternatives *all, const char *name) {
    for (int i = 0; i < all->count; i++) {
        if (is_word(c, all->items[i], name)) return true;
    }
    return false;
}

/* ---- Admission ---------------------------------------------------------------------- */

typedef struct {
    Compilation *c;
    const Scope *scope;
    Decl *decl;
    Clause *clause;
    const Expr *expr;
} Admission;

typedef Value *(*Admit)(Admission *a);

static Value *fail(Admission *a, const char *wanted, const Value *got) {
    if (got->sort == VALUE_POISON) return value_poison(a->c);
    sema_error(a->c, a->scope, DIAG_TYPE_MISMATCH, a->expr->span, "%s is wanted here; this is %.*s",
               wanted, SLICE_FMT(value_text(a->c, got)));
    return value_poison(a->c);
}

static Value *read_value(Admission *a) {
    Value *value = elaborate(a->c, a->scope, a->expr);
    for (int i = 0; i < 4 && value->sort == VALUE_CLAUSE; i++)
        value = value_of_clause(a->c, value->clause);
    return value;
}

static Node *quantity_of(Admission *a, const char *wanted, Value **value) {
    *value = read_value(a);
    if ((*value)->sort == VALUE_DECL && (*value)->decl->kind->head.type) {
        Node *node = value_node(a->c, a->scope, *value);
        *value = value_from_node(a->c, node);
    }
    if ((*value)->sort != VALUE_NODE) {
        *value = fail(a, wanted, *value);
        return NULL;
    }
    Node *node = (*value)->node;
    if (node->type.row) {
        sema_error(a->c, a->scope, DIAG_PERSONAL_DATA_LEAK, a->expr->span,
                   "a value of one person stands only inside an aggregate over people");
        *value = value_poison(a->c);
        return NULL;
    }
    if (node->type.base == TYPE_QUANTITY) return node;
    *value = fail(a, wanted, *value);
    return NULL;
}

static Value *admit_base(Admission *a, BaseType base, const char *wanted) {
    Value *value = read_value(a);
    if (value->sort == VALUE_NODE && value->node->type.base == base && !value->node->type.row)
        return value;
    if (value->sort == VALUE_MISSING) return value;
    if (value->sort == VALUE_NODE && value->node->sort == NODE_CONST &&
        value->node->constant.sort == CONST_ABSENT)
        return value;
    return fail(a, wanted, value);
}

static Value *admit_text(Admission *a) {
    return admit_base(a, TYPE_TEXT, "a text in quotes");
}
static Value *admit_date(Admission *a) {
    return admit_base(a, TYPE_DATE, "a date such as 2026-09-30");
}
static Value *admit_year(Admission *a) {
    return admit_base(a, TYPE_YEAR, "a financial year such as FY2026/27");
}

static Value *admit_condition(Admission *a) {
    Node *node = elaborate_condition(a->c, a->scope, a->expr);
    if (!node) return value_poison(a->c);
    if (node->sort == NODE_OP) {
        Node *copy = ARENA_NEW(a->c->arena, Node);
        *copy = *node;
        copy->when_condition = true;
        node = copy;
    }
    return value_from_node(a->c, node);
}

static Value *admit_percent(Admission *a) {
    Value *value;
    Node *node = quantity_of(a, "a percentage", &value);
    if (!node || node->type.percent) return value;
    return fail(a, "a percentage such as 3.5%", value);
}

static Value *admit_number(Admission *a) {
    Value *value;
    Node *node = quantity_of(a, "a number", &value);
    if (!node || unit_is_none(&node->type.unit)) return value;
    return fail(a, "a number without a unit", value);
}

static Value *admit_quantity(Admission *a) {
    Value *value;
    quantity_of(a, "a number", &value);
    return value;
}

static Value *admit_money(Admission *a) {
    Value *value;
    Node *node = quantity_of(a, "an amount of money", &value);
    if (!node || unit_is(&node->type.unit, BASE_GBP)) return value;
    if (node->type.bare) return fail(a, "an amount of money such as £1.2m", value);
    return fail(a, "an amount of money", value);
}

static bool over_years(const Compilation *c, const Node *node) {
    for (int i = 0; i < node->type.dim_count; i++) {
        if (c->module->dims.items[node->type.dims[i]].sort == DIM_YEAR) return true;
    }
    return false;
}

static Value *admit_series(Admission *a) {
    Value *value = admit_money(a);
    if (value->sort != VALUE_NODE || over_years(a->c, value->node)) return value;
    Diag *diag = sema_error(a->c, a->scope, DIAG_TYPE_MISMATCH, a->expr->span,
                            "an amount for each financial year is wanted here; this is one amount");
    diag_fix(a->c->diags, diag, a->expr->span,
             arena_printf(a->c->arena, "[FY%d/%02d: %.*s]", a->c->horizon_first,
                          (a->c->horizon_first + 1) % 100,
                          SLICE_FMT(source_map_text(a->c->sources, a->expr->span))),
             "say which years: `[FY2026/27: £1m]` for one, `stepped(FY2026/27: £1m)` for that year "
             "and every one after");
    return value_poison(a->c);
}

static Value *admit_measure(Admission *a) {
    Value *value;
    Node *node = quantity_of(a, "a measure", &value);
    if (node && !node->type.measure && node->type.dim_count == 0 && node->sort == NODE_CONST)
        return fail(a,
                    "a measure over people, such as `rate(count(falls), person_years(residents))`",
                    value);
    return value;
}

static Value *admit_population(Admission *a) {
    Value *value = read_value(a);
    return value->sort == VALUE_PEOPLE ? value : fail(a, "people", value);
}

static Value *admit_table(Admission *a) {
    Value *value = read_value(a);
    if (value->sort == VALUE_NODE && value->node->type.dim_count) return value;
    return fail(a, "a table such as nhs.deflators.gdp", value);
}

static Value *admit_display(Admission *a) {
    if (a->expr->kind == EXPR_UNARY && a->expr->op == OP_PER_PREFIX)
        return elaborate(a->c, a->scope, a->expr);
    sema_error(a->c, a->scope, DIAG_TYPE_MISMATCH, a->expr->span,
               "`shown` says per how many: `shown per 100_000 person_years`");
    return value_poison(a->c);
}

static Value *admit_dimension(Admission *a) {
    Node dims = {0};
    Phrase phrase = {.span = a->expr->span};
    Expr *expr = (Expr *)(uintptr_t)a->expr;
    VEC_PUSH(a->c->arena, &phrase.values, expr);
    if (!phrase_dims(a->c, a->scope, NULL, &phrase, &dims)) return value_poison(a->c);
    Value *value = value_new(a->c, VALUE_DIMS, a->expr->span);
    value->dim_count = dims.dim_count;
    for (int i = 0; i < dims.dim_count; i++) value->dims[i] = dims.dims[i];
    return value;
}

static Value *admit_any(Admission *a) {
    return read_value(a);
}

/* Read elsewhere, as written: names of columns, units, conditions on rows. */
static Value *admit_written(Admission *a) {
    Value *value = value_new(a->c, VALUE_CHOICE, a->expr->span);
    value->word = intern(a->c->interner, quoted(a->c, a->expr->span));
    return value;
}

static const struct {
    const char *name;
    Admit admit;
} types[] = {
    {"text", admit_text},
    {"date", admit_date},
    {"fy", admit_year},
    {"condition", admit_condition},
    {"percent", admit_percent},
    {"number", admit_number},
    {"quantity", admit_quantity},
    {"money", admit_money},
    {"series", admit_series},
    {"measure", admit_measure},
    {"population", admit_population},
    {"segment", admit_population},
    {"table", admit_table},
    {"display", admit_display},
    {"dimension", admit_dimension},
    {"any", admit_any},
    {"column_name", admit_written},
    {"column_type", admit_written},
    {"unit", admit_written},
    {"row_condition", admit_written},
    {"grouping", admit_written},
};

static Admit type_named(const Compilation *c, const Expr *type) {
    if (type->kind != EXPR_WORD) return NULL;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (slice_equal(word(c, type->atom), slice_of(types[i].name))) return types[i].admit;
    }
    return NULL;
}

/* ---- Choices ------------------------------------------------------------------------ */

static bool chosen(const Compilation *c, const Alternatives *all, Atom atom) {
    for (int i = 0; i < all->count; i++) {
        if (!is_call(c, all->items[i], "one_of")) continue;
        for (uint32_t j = 0; j < all->items[i]->entries.count; j++) {
            const Expr *item = all->items[i]->entries.items[j].value;
            if (item->kind == EXPR_WORD && item->atom == atom) return true;
        }
    }
    return false;
}

static Slice choices_text(Compilation *c, const Alternatives *all, Nearest *nearest) {
    Slice text = {0};
    for (int i = 0; i < all->count; i++) {
        if (!is_call(c, all->items[i], "one_of")) continue;
        uint32_t count = all->items[i]->entries.count;
        for (uint32_t j = 0; j < count; j++) {
            const Expr *item = all->items[i]->entries.items[j].value;
            if (item->kind != EXPR_WORD) continue;
            nearest_offer(nearest, word(c, item->atom));
            text = arena_printf(c->arena, "%.*s%s%.*s", SLICE_FMT(text),
                                text.length ? (j + 1 == count ? " or " : ", ") : "",
                                SLICE_FMT(word(c, item->atom)));
        }
    }
    return text;
}

static Value *wrong_choice(Admission *a, const Alternatives *all) {
    Nearest nearest = {.wanted = quoted(a->c, a->expr->span)};
    Slice text = choices_text(a->c, all, &nearest);
    Diag *diag =
        sema_error(a->c, a->scope, DIAG_UNKNOWN_CATEGORY, a->expr->span,
                   "`%.*s` is not one of %.*s", SLICE_FMT(nearest.wanted), SLICE_FMT(text));
    nearest_fix(a->c, diag, a->expr->span, &nearest);
    return value_poison(a->c);
}

/* ---- Unknown until ------------------------------------------------------------------ */

static Value *admit_unknown(Admission *a, const Alternatives *all) {
    Value *value = value_new(a->c, VALUE_UNKNOWN, a->expr->span);
    Atom until_label = intern(a->c->interner, SLICE("until")),
         because_label = intern(a->c->interner, SLICE("because"));
    const Phrase *until = item_phrase(&a->clause->item->phrases, until_label);
    const Phrase *because = item_phrase(&a->clause->item->phrases, because_label);
    if (!until || !because) {
        sema_error(
            a->c, a->scope, DIAG_MISSING_LABEL, a->expr->span,
            "what is unknown says until when and why: `unknown until 2027-06-30 because \"…\"`");
        return value_poison(a->c);
    }
    const Expr *day = until->values.items[0], *why = because->values.items[0];
    Slice note = arena_printf(
        a->c->arena, "until %.*s: %.*s", SLICE_FMT(source_map_text(a->c->sources, day->span)),
        SLICE_FMT(why->kind == EXPR_STRING ? why->text : quoted(a->c, why->span)));
    if (day->kind == EXPR_DATE && a->c->module->as_of &&
        date_from_civil(day->year, day->month, day->day) < a->c->module->as_of)
        sema_error(a->c, a->scope, DIAG_UNKNOWN_EXPIRED, day->span,
                   "this was to be known by %.*s, and the plan speaks of %.*s",
                   SLICE_FMT(date_format_long(a->c->arena,
                                              date_from_civil(day->year, day->month, day->day))),
                   SLICE_FMT(date_format_long(a->c->arena, a->c->module->as_of)));
    BaseType base = lists_word(a->c, all, "date") ? TYPE_DATE : TYPE_QUANTITY;
    value->node = node_absent(a->c, base, ABSENT_UNKNOWN, note, a->expr->span);
    value->node->type.bare = true;
    return value;
}

/* ---- References --------------------------------------------------------------------- */

static bool kind_listed(const Compilation *c, const Alternatives *all, const Kind *kind) {
    for (int i = 0; i < all->count; i++) {
        if (all->items[i]->kind == EXPR_WORD && kind_find(c, all->items[i]->atom) == kind)
            return true;
    }
    return false;
}

static Value *wrong_reference(Admission *a, const Alternatives *all, const Value *got) {
    if (got && got->sort == VALUE_POISON) return value_poison(a->c);
    Slice wanted = {0};
    Nearest nearest = {.wanted = quoted(a->c, a->expr->span)};
    for (int i = 0; i < all->count; i++) {
        const Kind *kind =
            all->items[i]->kind == EXPR_WORD ? kind_find(a->c, all->items[i]->atom) : NULL;
        if (!kind) continue;
        wanted = arena_printf(a->c->arena, "%.*s%s%.*s", SLICE_FMT(wanted),
                              wanted.length ? " or " : "", SLICE_FMT(word(a->c, kind->name)));
        for (uint32_t j = 0; j < kind->decls.count; j++)
            nearest_offer(&nearest, word(a->c, kind->decls.items[j]->name));
    }
    bool undefined = !got;
    Diag *diag = undefined ? sema_error(a->c, a->scope, DIAG_UNDEFINED_NAME, a->expr->span,
                                        "no %.*s is named `%.*s`", SLICE_FMT(wanted),
                                        SLICE_FMT(nearest.wanted))
                           : sema_error(a->c, a->scope, DIAG_TYPE_MISMATCH, a->expr->span,
                                        "the name of a %.*s is wanted here; this is %.*s",
                                        SLICE_FMT(wanted), SLICE_FMT(value_text(a->c, got)));
    nearest_fix(a->c, diag, a->expr->span, &nearest);
    return value_poison(a->c);
}

static Value *admit_reference(Admission *a, const Alternatives *all) {
    if (a->expr->kind == EXPR_WORD) {
        Decl *own = NULL;
        for (Decl *around = a->decl; around && !own; around = around->parent)
            own = decl_child(around, a->expr->atom);
        Decl *decl =
            own && kind_listed(a->c, all, own->kind) ? own : decl_find(a->c, a->expr->atom);
        if (!decl) return wrong_reference(a, all, NULL);
        decl->used = true;
        Value *value = value_new(a->c, VALUE_DECL, a->expr->span);
        value->decl = decl;
        return kind_listed(a->c, all, decl->kind) ? value : wrong_reference(a, all, value);
    }
    Value *value = elaborate(a->c, a->scope, a->expr);
    if (value->sort == VALUE_DECL && kind_listed(a->c, all, value->decl->kind)) return value;
    return wrong_reference(a, all, value);
}

/* ---- Changes and levels ------------------------------------------------------------- */

static const Expr *argument_word(const Expr *call) {
    const Expr *arg = call->entries.count ? call->entries.items[0].value : NULL;
    return arg && arg->kind == EXPR_WORD ? arg : NULL;
}

/* The declaration whose clause `value(c)` or `change(c)` speaks of: this one, or the one this
 * clause refers to. */
static Decl *measured_decl(Admission *a, Atom clause) {
    if (kind_clause(a->decl->kind, clause)) return a->decl;
    const Value *first = a->clause->values.count ? a->clause->values.items[0] : NULL;
    return first && first->sort == VALUE_DECL && kind_clause(first->decl->kind, clause)
               ? first->decl
               : NULL;
}

static Value *decl_display(Compilation *c, const Decl *decl) {
    for (uint32_t i = 0; decl && i < decl->clauses.count; i++) {
        Clause *clause = decl->clauses.items[i];
        if (!clause->spec->type || !is_word(c, clause->spec->type, "display")) continue;
        Value *value = value_of_clause(c, clause);
        if (value->sort == VALUE_DISPLAY) return value;
    }
    return NULL;
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

/* A number that leaves out what the measure counts (2_150 per 100_000 person_years), or all of
 * its unit, takes it from the measure, and the scale from how it is shown. */
static Node *fit_measure(Admission *a, Node *node, const Type *type, const Decl *decl) {
    if (unit_equal(&node->type.unit, &type->unit)) return node;
    Node *fitted = ARENA_NEW(a->c->arena, Node);
    *fitted = *node;
    fitted->type.unit = type->unit;
    fitted->type.bare = false;
    fitted->type.percent = type->percent;
    Unit counted = node->type.unit;
    for (int i = 0; i < UNIT_MAX_BASES; i++) counted.up[i] = type->unit.up[i];
    if (!unit_is_none(&node->type.unit) && unit_equal(&counted, &type->unit)) return fitted;
    if (node->type.percent && type->percent) return fitted;
    if (!node->type.bare) return NULL;
    const Value *display = decl_display(a->c, decl);
    if (display && node->sort == NODE_CONST && node->constant.sort == CONST_EXACT)
        fitted->constant.exact = exact_div(a->c->arena, node->constant.exact, display->scale);
    return fitted;
}

static Value *not_fitting(Admission *a, const Node *node, const Type *type) {
    sema_error(a->c, a->scope, DIAG_UNIT_MISMATCH, a->expr->span,
               "the measure is %.*s; this is %.*s", SLICE_FMT(type_text(a->c, type)),
               SLICE_FMT(type_text(a->c, &node->type)));
    return value_poison(a->c);
}

static Value *admit_level(Admission *a, const Expr *call) {
    Type type;
    Decl *decl;
    Value *value;
    Node *node = quantity_of(a, "a level", &value);
    if (!node || !measure_type(a, call, &type, &decl)) return node ? value : value_poison(a->c);
    Node *fitted = fit_measure(a, node, &type, decl);
    if (type.percent && fitted && fitted->sort == NODE_CONST &&
        fitted->constant.sort == CONST_EXACT &&
        (exact_sign(fitted->constant.exact) < 0 ||
         exact_compare(fitted->constant.exact, exact_from_int(1)) > 0)) {
        sema_error(a->c, a->scope, DIAG_OUT_OF_RANGE, a->expr->span,
                   "a share lies between 0%% and 100%%");
        return value_poison(a->c);
    }
    return fitted ? value_from_node(a->c, fitted) : not_fitting(a, node, &type);
}

static Value *change_or_level(Admission *a) {
    Diag *diag = sema_error(a->c, a->scope, DIAG_CHANGE_OR_LEVEL, a->expr->span,
                            "`%.*s` may be a change from the baseline or a level to reach: a "
                            "change carries its sign, a level follows `to`",
                            SLICE_FMT(quoted(a->c, a->expr->span)));
    Span at = {a->expr->span.start, a->expr->span.start};
    diag_fix(a->c->diags, diag, at, SLICE("to "),
             "a level: `to %.*s`; a change: `+%.*s` or `-%.*s`",
             SLICE_FMT(quoted(a->c, a->expr->span)), SLICE_FMT(quoted(a->c, a->expr->span)),
             SLICE_FMT(quoted(a->c, a->expr->span)));
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

static Value *admit_change(Admission *a, const Expr *call) {
    bool has_sign = a->expr->kind == EXPR_UNARY && (a->expr->op == OP_NEG || a->expr->op == OP_POS);
    Value *value = elaborate(a->c, a->scope, a->expr);
    if (value->sort == VALUE_POISON || value->sort == VALUE_MISSING) return value;
    if (!has_sign) return change_or_level(a);
    if (value->sort == VALUE_CHANGE) return value;
    if (value->sort != VALUE_NODE || value->node->type.base != TYPE_QUANTITY)
        return fail(a, "a change", value);
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

/* ---- One value against its type ----------------------------------------------------- */

static Value *admit_range(Admission *a, const Expr *call) {
    Value *value = elaborate(a->c, a->scope, a->expr);
    if (value->sort != VALUE_RANGE) return fail(a, "a range such as FY2026/27 .. FY2030/31", value);
    const Expr *inner = call->entries.count ? call->entries.items[0].value : NULL;
    bool years = inner && is_word(a->c, inner, "fy");
    BaseType base = years ? TYPE_YEAR : TYPE_DATE;
    if (value->from->node->type.base != base || value->to->node->type.base != base)
        return fail(a, years ? "a range of financial years" : "a range of dates", value->from);
    if (value->from->node->constant.integer <= value->to->node->constant.integer) return value;
    sema_error(a->c, a->scope, DIAG_OUT_OF_RANGE, a->expr->span, "the range ends before it starts");
    return value_poison(a->c);
}

static Value *admit_bounded(Admission *a, const Expr *type) {
    Value *value = admit_number(a);
    if (value->sort != VALUE_NODE || value->node->sort != NODE_CONST ||
        value->node->constant.sort != CONST_EXACT)
        return value;
    const Expr *range = type->right;
    if (range->kind != EXPR_BINARY || range->op != OP_RANGE) return value;
    Exact low =
        exact_from_decimal(a->c->arena, range->left->number.mantissa, range->left->number.power);
    Exact high =
        exact_from_decimal(a->c->arena, range->right->number.mantissa, range->right->number.power);
    if (exact_compare(value->node->constant.exact, low) >= 0 &&
        exact_compare(value->node->constant.exact, high) <= 0)
        return value;
    sema_error(a->c, a->scope, DIAG_OUT_OF_RANGE, a->expr->span,
               "a number from %.*s to %.*s is wanted here",
               SLICE_FMT(exact_format_shortest(a->c->arena, low)),
               SLICE_FMT(exact_format_shortest(a->c->arena, high)));
    return value_poison(a->c);
}

static Value *admit_alternative(Admission *a, const Expr *type) {
    if (is_call(a->c, type, "value")) return admit_level(a, type);
    if (is_call(a->c, type, "change")) return admit_change(a, type);
    if (is_call(a->c, type, "range")) return admit_range(a, type);
    if (type->kind == EXPR_BINARY && type->op == OP_IN) return admit_bounded(a, type);
    Admit named = type_named(a->c, type);
    return named ? named(a) : NULL;
}

static Value *admit(Admission *a, const Expr *type) {
    Alternatives all = {0};
    flatten(type, &all);
    bool is_bare = a->expr->kind == EXPR_WORD;
    if (a->expr->kind == EXPR_MISSING) return value_new(a->c, VALUE_MISSING, a->expr->span);
    if (is_bare && chosen(a->c, &all, a->expr->atom)) {
        Value *value = value_new(a->c, VALUE_CHOICE, a->expr->span);
        value->word = a->expr->atom;
        return value;
    }
    if (is_bare && lists_word(a->c, &all, "unknown") && is_word(a->c, a->expr, "unknown"))
        return admit_unknown(a, &all);
    const Expr *other = NULL;
    bool references = false;
    for (int i = 0; i < all.count && !other; i++) {
        bool known = type_named(a->c, all.items[i]) || all.items[i]->kind != EXPR_WORD;
        if (is_call(a->c, all.items[i], "one_of") || is_word(a->c, all.items[i], "unknown"))
            continue;
        if (known)
            other = all.items[i];
        else
            references = true;
    }
    if (references && (is_bare || a->expr->kind == EXPR_MEMBER)) {
        Decl *decl = is_bare ? decl_find(a->c, a->expr->atom) : NULL;
        if (!other || (decl && kind_listed(a->c, &all, decl->kind)))
            return admit_reference(a, &all);
    }
    if (other) {
        Value *value = admit_alternative(a, other);
        if (value) return value;
    }
    if (references) return admit_reference(a, &all);
    if (find_call(a->c, &all, "one_of")) return wrong_choice(a, &all);
    return fail(a, "another value", value_new(a->c, VALUE_MISSING, a->expr->span));
}

static void admit_list(Compilation *c, const Scope *scope, Clause *clause, const Expr *type,
                       const ExprList *exprs, ValueList *values) {
    Admission a = {.c = c, .scope = scope, .decl = clause->decl, .clause = clause};
    bool many = is_call(c, type, "list");
    const Expr *item = many && type->entries.count ? type->entries.items[0].value : type;
    for (uint32_t i = 0; i < exprs->count; i++) {
        if (i && !many) {
            sema_error(c, scope, DIAG_TYPE_MISMATCH, exprs->items[i]->span,
                       "`%.*s` takes one value here", SLICE_FMT(word(c, clause->spec->name)));
            return;
        }
        a.expr = exprs->items[i];
        Value *value = admit(&a, item);
        if (value->sort != VALUE_POISON) value->span = exprs->items[i]->span;
        VEC_PUSH(c->arena, values, value);
    }
}

/* ---- Clauses ------------------------------------------------------------------------ */

const ClauseLabel *clause_label(Compilation *c, Clause *clause, Atom label) {
    elaborate_clause(c, clause);
    for (uint32_t i = 0; i < clause->labels.count; i++) {
        if (clause->labels.items[i].spec->label == label) return &clause->labels.items[i];
    }
    return NULL;
}

static void elaborate_derived(Compilation *c, Clause *clause) {
    Scope scope = {.self = clause->decl, .members = true, .file = clause->decl->unit_index};
    Value *value = elaborate(c, &scope, clause->spec->derived);
    VEC_PUSH(c->arena, &clause->values, value);
}

/* Exactly one of the value and the label that stands for it. */
static void check_given_once(Compilation *c, const Scope *scope, Clause *clause) {
    if (!clause->spec->may_miss || clause->item->broken) return;
    const ClauseLabel *instead = NULL;
    for (uint32_t i = 0; i < clause->labels.count && !instead; i++) {
        const LabelSpec *spec = clause->labels.items[i].spec;
        if (spec->may_miss && is_call(c, spec->type, "value")) instead = &clause->labels.items[i];
    }
    if (clause->exprs && instead)
        sema_error(c, scope, DIAG_CHANGE_OR_LEVEL, instead->phrase->span,
                   "`%.*s` is either a change or a level, not both",
                   SLICE_FMT(word(c, clause->spec->name)));
    if (!clause->exprs && !instead)
        sema_error(c, scope, DIAG_MISSING_CLAUSE, clause->span, "`%.*s` has no value",
                   SLICE_FMT(word(c, clause->spec->name)));
}

static void elaborate_written(Compilation *c, Clause *clause) {
    Scope scope = {.self = clause->decl, .file = clause->decl->unit_index};
    const ClauseSpec *spec = clause->spec;
    if (clause->exprs && spec->type) {
        admit_list(c, &scope, clause, spec->type, clause->exprs, &clause->values);
    } else if (clause->exprs && clause->exprs->count) {
        sema_error(c, &scope, DIAG_TYPE_MISMATCH, clause->exprs->items[0]->span,
                   "`%.*s` takes its value after a label", SLICE_FMT(word(c, spec->name)));
    } else if (spec->type && !spec->may_miss && clause != clause->decl->head &&
               !clause->item->broken) {
        sema_error(c, &scope, DIAG_MISSING_CLAUSE, clause->span, "`%.*s` has no value",
                   SLICE_FMT(word(c, spec->name)));
    }
    if (clause != clause->decl->head) check_given_once(c, &scope, clause);
    for (uint32_t i = 0; i < clause->labels.count; i++) {
        ClauseLabel *label = &clause->labels.items[i];
        admit_list(c, &scope, clause, label->spec->type, &label->phrase->values, &label->values);
    }
}

void elaborate_clause(Compilation *c, Clause *clause) {
    if (clause->state == STATE_DONE) return;
    if (clause->state == STATE_BUSY) {
        Diag *diag =
            diag_add(c->diags, DIAG_CIRCULAR_DEFINITION, clause->span,
                     "`%.*s` is defined by way of itself", SLICE_FMT(word(c, clause->spec->name)));
        diag->path = clause->decl->path;
        return;
    }
    clause->state = STATE_BUSY;
    if (clause->spec->cardinality == CLAUSE_DERIVED)
        elaborate_derived(c, clause);
    else
        elaborate_written(c, clause);
    clause->state = STATE_DONE;
}

Value *value_of_clause(Compilation *c, Clause *clause) {
    if (clause->state == STATE_BUSY) {
        elaborate_clause(c, clause); /* says that it goes in a circle */
        return value_poison(c);
    }
    elaborate_clause(c, clause);
    bool many = clause->spec->type && is_call(c, clause->spec->type, "list");
    if (clause->values.count == 1 && !many) return clause->values.items[0];
    if (!clause->values.count && !many)
        return value_new(c, clause->exprs && !clause->spec->may_miss ? VALUE_POISON : VALUE_MISSING,
                         clause->span);
    Value *list = value_new(c, VALUE_LIST, clause->span);
    for (uint32_t i = 0; i < clause->values.count; i++)
        VEC_PUSH(c->arena, &list->list, clause->values.items[i]);
    return list;
}

Value *clause_fallback(Compilation *c, Decl *decl, const ClauseSpec *spec, Span span) {
    if (!spec->fallback) return value_new(c, VALUE_MISSING, span);
    Clause clause = {.spec = spec, .decl = decl, .item = decl->item, .span = span};
    Scope scope = {.self = decl, .file = decl->unit_index};
    Admission a = {
        .c = c, .scope = &scope, .decl = decl, .clause = &clause, .expr = spec->fallback};
    return admit(&a, spec->type);
}
