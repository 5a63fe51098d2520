/* What was measured of a KPI after the plan began: numbers written out, or the declaration of a
 * file that is read when the plan runs. Held against the measure it is of; opens no file. */
#include "compiler/sema/admit.h"

#include "compiler/sema/observations.h"
#include "compiler/sema/people.h"
#include "runtime/base/date.h"
#include "runtime/bytecode/natives.h"

enum { PERIOD_LIMIT = 1200 };

/* ---- The measure ---------------------------------------------------------------------------- */

/* The measure of what these are actuals of; NULL where it has none, or that is wrong. */
static const Node *measure_of(Compilation *c, const Decl *decl) {
    Decl *of = decl_of(c, decl);
    Clause *clause = of ? decl_clause(of, intern(c->interner, SLICE("measure"))) : NULL;
    const Value *value = clause ? value_strip(c, value_of_clause(c, clause)) : NULL;
    return value && value->sort == VALUE_NODE ? value->node : NULL;
}

/* One series each: which of two something stands by, nobody could say. */
static void check_sole(Compilation *c, const Decl *decl) {
    const Decl *of = decl_of(c, decl);
    for (uint32_t i = 0; of && i < decl->kind->decls.count; i++) {
        const Decl *other = decl->kind->decls.items[i];
        if (other == decl) return;
        if (decl_of(c, other) != of) continue;
        Diag *diag = sema_error(c, NULL, DIAG_DUPLICATE_NAME, decl->name_span,
                                "`%.*s` has actuals already: it stands by one series",
                                SLICE_FMT(word(c, of->name)));
        diag_relate(c->diags, diag, other->name_span, "declared here");
        return;
    }
}

/* ---- Written out ---------------------------------------------------------------------------- */

Value *admit_period(Admission *a) {
    DimSort sort;
    int32_t first;
    if (expr_period(a->expr, &sort, &first))
        return value_from_node(a->c, node_date(a->c, first, a->expr->span));
    sema_error(a->c, a->scope, DIAG_TYPE_MISMATCH, a->expr->span,
               "a period is wanted here: a month `2027-04`, a quarter `FY2027/28Q1`, a financial "
               "year `FY2027/28`, or the Monday of a week");
    return value_poison(a->c);
}

/* Whether all that is written out lies between 0% and 100%; said where it does not. */
static bool shares(Admission *a, const Node *series) {
    for (uint32_t i = 0; series->sort == NODE_STACK && i < series->arg_count; i++) {
        const Node *node = series->args[i];
        if (node->sort != NODE_CONST || node->constant.sort != CONST_EXACT) continue;
        if (exact_sign(node->constant.exact) >= 0 &&
            exact_compare(node->constant.exact, exact_from_int(1)) <= 0)
            continue;
        sema_error(a->c, a->scope, DIAG_OUT_OF_RANGE, node->span,
                   "a share lies between 0%% and 100%%");
        return false;
    }
    return true;
}

Value *admit_observations(Admission *a) {
    Value *value;
    Node *node =
        admit_node(a, "what was measured, such as `series(212, 198 from 2027-04)`,", &value);
    if (!node) return value;
    const Node *measure = measure_of(a->c, a->decl);
    if (a->clause == a->decl->head) check_sole(a->c, a->decl);
    if (!measure) return value_poison(a->c);
    if (node->type.measure || node->type.dim_count != 1 || series_dim(a->c, &node->type) < 0) {
        sema_error(a->c, a->scope, DIAG_DIMENSION_MISMATCH, a->expr->span,
                   "actuals are numbers by month, quarter, week or financial year, and nothing "
                   "else: `series(212, 198 from 2027-04)`");
        return value_poison(a->c);
    }
    Node *fitted = fit_measure(a, node, &measure->type, a->decl);
    if (fitted && measure->type.percent && !shares(a, fitted)) return value_poison(a->c);
    return fitted ? value_from_node(a->c, fitted) : not_fitting(a, node, &measure->type);
}

/* ---- A file --------------------------------------------------------------------------------- */

typedef struct {
    Compilation *c;
    Decl *decl;
    const Node *measure;
    Exact scale; /* a number as it is shown times this is one of the measure */
    ModuleMeasured series;
    DimSort sort; /* of the periods */
    bool has_period, broken;
} FileActuals;

static void refuse(FileActuals *f, DiagName name, Span span, const char *text) {
    f->broken = true;
    sema_error(f->c, NULL, name, span, "%s", text);
}

static bool period_type(const Compilation *c, const Expr *type, DimSort *sort) {
    static const char *const names[] = {"fy", "quarter", "month", "week"};
    for (int i = 0; type->kind == EXPR_WORD && i < 4; i++) {
        if (!slice_equal(word(c, type->atom), slice_of(names[i]))) continue;
        *sort = (DimSort)(DIM_YEAR + i);
        return true;
    }
    return false;
}

static int role_named(Slice name) {
    static const char *const names[MEASURED_COLUMNS] = {"value", "lower", "upper", "numerator",
                                                        "denominator"};
    for (int i = 0; i < MEASURED_COLUMNS; i++)
        if (slice_equal(name, slice_of(names[i]))) return i;
    return -1;
}

/* What the numbers of a column count: the measure's own unit, or what it has above or below. */
static Unit role_unit(const FileActuals *f, int role) {
    const Unit *unit = &f->measure->type.unit;
    Unit part = UNIT_NONE;
    if (role < MEASURED_NUMERATOR) return *unit;
    for (int i = 0; i < UNIT_MAX_BASES; i++)
        part.up[i] = role == MEASURED_NUMERATOR ? unit->up[i] : unit->down[i];
    return part;
}

/* `per 100_000 person_years` leaves out what is counted. */
static bool column_unit(FileActuals *f, const Expr *type, int role, Unit *unit, Exact *scale) {
    bool per = type->kind == EXPR_UNARY && type->op == OP_PER_PREFIX;
    if (!unit_of_expr(f->c, per ? type->left : type, unit, scale)) return false;
    if (!per) return true;
    Unit below = *unit;
    *unit = role_unit(f, role);
    for (int i = 0; i < UNIT_MAX_BASES; i++) unit->down[i] = below.up[i];
    *scale = exact_div(f->c->arena, exact_from_int(1), *scale);
    return true;
}

static bool is_share(const FileActuals *f, int role) {
    return role < MEASURED_NUMERATOR && f->measure->type.percent;
}

/* `number`: as the KPI is shown; a unit: that of the measure, at any scale. */
static bool column_scale(FileActuals *f, const Expr *type, int role, Exact *scale) {
    Compilation *c = f->c;
    bool plain = type->kind == EXPR_WORD && (slice_equal(word(c, type->atom), SLICE("number")) ||
                                             slice_equal(word(c, type->atom), SLICE("integer")));
    bool percent = type->kind == EXPR_WORD && slice_equal(word(c, type->atom), SLICE("percent"));
    *scale = role < MEASURED_NUMERATOR ? f->scale : exact_from_int(1);
    if (plain || (percent && is_share(f, role))) return true;
    Unit unit, wanted = role_unit(f, role);
    if (!percent && !column_unit(f, type, role, &unit, scale)) return false;
    if (!percent && unit_equal(&unit, &wanted)) return true;
    Type measured = f->measure->type;
    measured.unit = wanted;
    measured.percent &= role < MEASURED_NUMERATOR;
    sema_error(c, NULL, DIAG_UNIT_MISMATCH, type->span,
               "the measure is %.*s; this column holds %.*s", SLICE_FMT(type_phrase(c, &measured)),
               SLICE_FMT(quoted(c, type->span)));
    return false;
}

static void read_role(FileActuals *f, Decl *column, const Expr *type, bool may_miss, int role) {
    MeasuredColumn *read = &f->series.columns[role];
    Exact scale;
    read->header = column_header(f->c, column);
    read->may_miss = may_miss;
    if (!column_scale(f, type, role, &scale) || scale.big) {
        f->broken = true;
        return;
    }
    read->scale_num = scale.num;
    read->scale_den = scale.den;
}

static void read_column(FileActuals *f, Decl *column) {
    Compilation *c = f->c;
    bool may_miss = false;
    const Expr *type = column->item->type ? without_missing(column->item->type, &may_miss) : NULL;
    if (!type || type->kind == EXPR_POISON) {
        f->broken = true;
        return;
    }
    DimSort sort;
    if (period_type(c, type, &sort)) {
        if (f->has_period)
            refuse(f, DIAG_DUPLICATE_NAME, column->name_span,
                   "another column says the period already");
        f->has_period = true;
        f->sort = sort;
        f->series.period = column_header(c, column);
        return;
    }
    int role = role_named(word(c, column->name));
    if (role >= 0) {
        read_role(f, column, type, may_miss, role);
        return;
    }
    f->broken = true;
    Diag *diag = sema_error(c, NULL, DIAG_UNDEFINED_NAME, column->name_span,
                            "actuals have a column of the type month, quarter, fy or week, and the "
                            "columns value, lower, upper, numerator and denominator; its heading "
                            "in the file is said by `from \"…\"`");
    static const char *const names[] = {"value", "lower", "upper", "numerator", "denominator"};
    Nearest nearest = {.wanted = word(c, column->name)};
    for (int i = 0; i < MEASURED_COLUMNS; i++) nearest_offer(&nearest, slice_of(names[i]));
    nearest_fix(c, diag, column->name_span, &nearest);
}

static bool has_column(const FileActuals *f, MeasuredRole role) {
    return f->series.columns[role].header.length > 0;
}

/* What the columns must be together. */
static void check_columns(FileActuals *f) {
    bool counts = has_column(f, MEASURED_NUMERATOR) && has_column(f, MEASURED_DENOMINATOR);
    if (!f->has_period)
        refuse(f, DIAG_MISSING_CLAUSE, f->decl->name_span,
               "these actuals do not say of when they are: add `column month : month` (or quarter, "
               "fy, week)");
    if (!has_column(f, MEASURED_VALUE) && !counts)
        refuse(f, DIAG_MISSING_CLAUSE, f->decl->name_span,
               "these actuals have no numbers: add `column value : number`, or `column numerator` "
               "and `column denominator`");
    if (has_column(f, MEASURED_LOWER) != has_column(f, MEASURED_UPPER))
        refuse(f, DIAG_MISSING_CLAUSE, f->decl->name_span,
               "confidence limits are two: `column lower` and `column upper`");
    if (has_column(f, MEASURED_NUMERATOR) != has_column(f, MEASURED_DENOMINATOR))
        refuse(f, DIAG_MISSING_CLAUSE, f->decl->name_span,
               "counts are two: `column numerator` and `column denominator`");
    for (int i = 0; i < MEASURED_COLUMNS; i++) {
        if (f->series.columns[i].scale_den) continue;
        f->series.columns[i].scale_num = f->series.columns[i].scale_den = 1;
    }
}

/* Limits as the file has them; of a crude rate or a proportion its counts give them, of a
 * standardised one they do not. */
static MeasuredLimits limits_of(const FileActuals *f) {
    if (has_column(f, MEASURED_LOWER)) return MEASURED_LIMITS_GIVEN;
    const Node *measure = f->measure;
    bool counts = has_column(f, MEASURED_NUMERATOR);
    if (!counts || measure->sort != NODE_CALL) return MEASURED_WITHOUT_LIMITS;
    if (measure->op == NATIVE_STATS_PROPORTION) return MEASURED_LIMITS_PROPORTION;
    return measure->op == NATIVE_STATS_RATE ? MEASURED_LIMITS_RATE : MEASURED_WITHOUT_LIMITS;
}

/* The periods there may be: those covered, or those of the plan. */
static bool read_periods(FileActuals *f) {
    Compilation *c = f->c;
    int32_t from, to;
    days_covered(c, f->decl, &from, &to);
    if (!to && !c->has_horizon) return false;
    if (!to) {
        from = financial_year_start(c->horizon_first);
        to = financial_year_end(c->horizon_last);
    }
    f->series.dim = dim_periods(c, f->sort, from, to);
    uint32_t count = c->module->dims.items[f->series.dim].member_count;
    if (count && count <= PERIOD_LIMIT) return true;
    refuse(f, count ? DIAG_LIMIT_REACHED : DIAG_OUT_OF_RANGE, f->decl->name_span,
           count ? "actuals cover at most 1200 periods" : "these actuals cover no whole period");
    return false;
}

static Value *add_series(FileActuals *f) {
    Compilation *c = f->c;
    Type type = type_of(TYPE_QUANTITY);
    type.unit = f->measure->type.unit;
    type.percent = f->measure->type.percent;
    type.price = f->measure->type.price;
    type.price_year = f->measure->type.price_year;
    type.real = true;
    type.estimate = f->series.estimate;
    type.dim_count = 1;
    type.dims[0] = f->series.dim;
    Node *node = node_new(c, NODE_MEASURED, type, f->decl->name_span);
    node->member = c->module->measured.count;
    VEC_PUSH(c->module->arena, &c->module->measured, f->series);
    return value_from_node(c, node);
}

Value *actuals_of_file(Compilation *c, Decl *decl) {
    FileActuals f = {.c = c, .decl = decl, .measure = measure_of(c, decl)};
    if (!f.measure || decl->item->broken) return value_poison(c);
    Slice file = file_of(c, decl);
    check_sole(c, decl);
    if (!file.length) {
        refuse(&f, DIAG_MISSING_CLAUSE, decl->name_span,
               "these actuals have no numbers: write them, `= series(212, 198 from 2027-04)`, or "
               "say which file has them, `from \"data/actuals.csv\"`");
        return value_poison(c);
    }
    Arena *arena = c->module->arena;
    const Value *display = clause_display(c, decl);
    f.scale = f.measure->type.percent ? exact_from_decimal(c->arena, 1, -2) : exact_from_int(1);
    if (display && display->sort == VALUE_DISPLAY)
        f.scale = exact_div(c->arena, exact_from_int(1), display->display->scale);
    f.series = (ModuleMeasured){.name = arena_copy(arena, word(c, decl->name)),
                                .title = arena_copy(arena, decl->title),
                                .file = arena_copy(arena, file),
                                .encoding = encoding_of(c, decl),
                                .delimiter = delimiter_of(c, decl),
                                .span = decl->name_span};
    for (uint32_t i = 0; i < decl->children.count; i++)
        if (decl->children.items[i]->kind->sort == SORT_COLUMN)
            read_column(&f, decl->children.items[i]);
    check_columns(&f);
    if (f.broken || !read_periods(&f)) return value_poison(c);
    f.series.limits = (uint8_t)limits_of(&f);
    f.series.estimate = f.series.limits || has_column(&f, MEASURED_NUMERATOR);
    return add_series(&f);
}
