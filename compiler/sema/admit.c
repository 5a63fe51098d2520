/* One written value against the type its kind declares: numbers, texts, choices, references,
 * series, people. Refuses what the type does not list, with what it does. */
#include "compiler/sema/expressions.h"

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

bool type_is_call(const Compilation *c, const Expr *type, const char *name) {
    return type->kind == EXPR_CALL && type->left->kind == EXPR_WORD &&
           slice_equal(word(c, type->left->atom), slice_of(name));
}

bool type_is_word(const Compilation *c, const Expr *type, const char *name) {
    return type->kind == EXPR_WORD && slice_equal(word(c, type->atom), slice_of(name));
}

static const Expr *find_call(const Compilation *c, const Alternatives *all, const char *name) {
    for (int i = 0; i < all->count; i++) {
        if (type_is_call(c, all->items[i], name)) return all->items[i];
    }
    return NULL;
}

static bool lists_word(const Compilation *c, const Alternatives *all, const char *name) {
    for (int i = 0; i < all->count; i++) {
        if (type_is_word(c, all->items[i], name)) return true;
    }
    return false;
}

/* ---- Admission ---------------------------------------------------------------------- */

typedef Value *(*Admit)(Admission *a);

Value *admit_fail(Admission *a, const char *wanted, const Value *got) {
    if (got->sort == VALUE_POISON) return value_poison(a->c);
    bool no_years = got->sort == VALUE_PAIRS && a->c->plan && !a->c->has_horizon;
    if (no_years) return value_poison(a->c); /* the horizon is wrong, and that was said */
    sema_error(a->c, a->scope, DIAG_TYPE_MISMATCH, a->expr->span, "%s is wanted here; this is %.*s",
               wanted, SLICE_FMT(value_text(a->c, got)));
    return value_poison(a->c);
}

Value *admit_read(Admission *a) {
    Value *value = elaborate(a->c, a->scope, a->expr);
    value = value_strip(a->c, value);
    return value;
}

/* Of a word that names nothing the clause's type says what was wanted; a text lacks its quotes. */
static Value *read_wanted(Admission *a, const char *wanted) {
    Compilation *c = a->c;
    uint32_t before = c->diags->items.count;
    Value *value = admit_read(a);
    if (a->expr->kind != EXPR_WORD || c->diags->items.count != before + 1) return value;
    Diag *diag = c->diags->items.items[before];
    bool unknown = slice_equal(diag->name, slice_of(diag_name_text(DIAG_UNDEFINED_NAME)));
    if (!unknown || diag->span.start != a->expr->span.start) return value;
    diag->message = arena_printf(c->arena, "%.*s; %s is wanted here", SLICE_FMT(diag->message),
                                 wanted);
    return value;
}

Node *admit_node(Admission *a, const char *wanted, Value **value) {
    *value = read_wanted(a, wanted);
    if ((*value)->sort == VALUE_DECL && (*value)->decl->kind->head.type) {
        Node *node = value_node(a->c, a->scope, *value, a->expr->span);
        *value = value_from_node(a->c, node);
    }
    if ((*value)->sort != VALUE_NODE) {
        *value = admit_fail(a, wanted, *value);
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
    *value = admit_fail(a, wanted, *value);
    return NULL;
}

static Value *admit_base(Admission *a, BaseType base, const char *wanted) {
    Value *value = read_wanted(a, wanted);
    if (value->sort == VALUE_NODE && value->node->type.base == base && !value->node->type.row)
        return value;
    if (value->sort == VALUE_MISSING) return value;
    if (value->sort == VALUE_NODE && value->node->sort == NODE_CONST &&
        value->node->constant.sort == CONST_ABSENT)
        return value;
    return admit_fail(a, wanted, value);
}

static Value *admit_text(Admission *a) {
    Compilation *c = a->c;
    uint32_t before = c->diags->items.count;
    Value *value = admit_base(a, TYPE_TEXT, "a text in quotes");
    if (a->expr->kind != EXPR_WORD || c->diags->items.count != before + 1) return value;
    Diag *diag = c->diags->items.items[before];
    Slice text = arena_printf(c->arena, "\"%.*s\"", SLICE_FMT(quoted(c, a->expr->span)));
    if (!diag->fix_message.length)
        diag_fix(c->diags, diag, a->expr->span, text, "a text: `%.*s`", SLICE_FMT(text));
    return value;
}

/* A month has many days: which one is meant is certain only where it is the last. */
static Value *refuse_month(Admission *a) {
    Compilation *c = a->c;
    int month = month_number(a->expr->year, a->expr->month);
    sema_error(c, a->scope, DIAG_BAD_DATE, a->expr->span,
               "a day is wanted here, and a month has many: write %.*s for its first or %.*s for "
               "its last",
               SLICE_FMT(date_format_iso(c->arena, month_start(month))),
               SLICE_FMT(date_format_iso(c->arena, month_end(month))));
    return value_poison(c);
}

static Value *admit_date(Admission *a) {
    int32_t day;
    if (a->deadline && expr_deadline(a->expr, &day))
        return value_from_node(a->c, node_date(a->c, day, a->expr->span));
    if (a->expr->kind == EXPR_MONTH) return refuse_month(a);
    return admit_base(a, TYPE_DATE, "a date such as 2026-09-30");
}

/* `target -10% by 2029-03`: the year in which the day or month lies. */
static Value *refuse_day(Admission *a) {
    Compilation *c = a->c;
    bool month = a->expr->kind == EXPR_MONTH;
    int32_t day = month ? month_start(month_number(a->expr->year, a->expr->month))
                        : date_from_civil(a->expr->year, a->expr->month, a->expr->day);
    Slice year = financial_year_format(c->arena, financial_year_of(day));
    Diag *diag = sema_error(c, a->scope, DIAG_TYPE_MISMATCH, a->expr->span,
                            "a financial year is wanted here; this is a %s",
                            month ? "month" : "day");
    diag_fix(c->diags, diag, a->expr->span, year, "it lies in %.*s", SLICE_FMT(year));
    return value_poison(c);
}

static Value *admit_year(Admission *a) {
    if (a->expr->kind == EXPR_MONTH || a->expr->kind == EXPR_DATE) return refuse_day(a);
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

/* A number that lacks its mark, `3.5` for `3.5%` or `£3.5`. */
static Value *admit_unmarked(Admission *a, const Value *got, const char *wanted,
                             const char *before, const char *behind) {
    Compilation *c = a->c;
    if (a->expr->kind != EXPR_NUMBER) return admit_fail(a, wanted, got);
    Slice number = quoted(c, a->expr->span);
    Slice text = arena_printf(c->arena, "%s%.*s%s", before, SLICE_FMT(number), behind);
    Diag *diag = sema_error(c, a->scope, DIAG_TYPE_MISMATCH, a->expr->span,
                            "%s is wanted here; this is a number without a unit", wanted);
    diag_fix(c->diags, diag, a->expr->span, text, "write `%.*s`", SLICE_FMT(text));
    return value_poison(c);
}

static Value *admit_percent(Admission *a) {
    Value *value;
    Node *node = admit_node(a, "a percentage", &value);
    if (!node || node->type.percent) return value;
    return admit_unmarked(a, value, "a percentage", "", "%");
}

static Value *admit_number(Admission *a) {
    Value *value;
    Node *node = admit_node(a, "a number", &value);
    if (!node || unit_is_none(&node->type.unit)) return value;
    return admit_fail(a, "a number without a unit", value);
}

static Value *admit_quantity(Admission *a) {
    Value *value;
    admit_node(a, "a number", &value);
    return value;
}

static Value *admit_money(Admission *a) {
    Value *value;
    Node *node = admit_node(a, "an amount of money", &value);
    if (!node || unit_is(&node->type.unit, BASE_GBP)) return value;
    bool plain = node->type.bare || unit_is_none(&node->type.unit);
    if (plain) return admit_unmarked(a, value, "an amount of money, with its £,", "£", "");
    return admit_fail(a, "an amount of money", value);
}

static bool over_years(const Compilation *c, const Node *node) {
    for (int i = 0; i < node->type.dim_count; i++) {
        if (c->module->dims.items[node->type.dims[i]].sort == DIM_YEAR) return true;
    }
    return false;
}

/* `[£100k, £300k]`: amounts, and no years. */
static Value *refuse_list(Admission *a) {
    Compilation *c = a->c;
    Slice text = SLICE("[");
    for (uint32_t i = 0; i < a->expr->entries.count; i++)
        text = arena_printf(c->arena, "%.*s%s%.*s: %.*s", SLICE_FMT(text), i ? ", " : "",
                            SLICE_FMT(financial_year_format(c->arena, c->horizon_first + (int)i)),
                            SLICE_FMT(quoted(c, a->expr->entries.items[i].value->span)));
    text = arena_printf(c->arena, "%.*s]", SLICE_FMT(text));
    Diag *diag = sema_error(c, a->scope, DIAG_TYPE_MISMATCH, a->expr->span,
                            "an amount for each financial year says which year it is for");
    if (c->horizon_first)
        diag_fix(c->diags, diag, a->expr->span, text, "say which years: `%.*s`", SLICE_FMT(text));
    return value_poison(c);
}

static Value *admit_series(Admission *a) {
    bool list = a->expr->kind == EXPR_LIST && a->expr->entries.count;
    if (list && !a->expr->entries.items[0].key) return refuse_list(a);
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
    Node *node = admit_node(a, "a measure", &value);
    if (node && !node->type.measure && node->type.dim_count == 0 && node->sort == NODE_CONST)
        return admit_fail(
            a, "a measure over people, such as `rate(count(falls), person_years(residents))`",
            value);
    return value;
}

static const Decl *people_titled(Compilation *c, Slice title) {
    static const DeclSort sorts[] = {SORT_SEGMENT, SORT_POPULATION};
    for (size_t s = 0; s < sizeof sorts / sizeof *sorts; s++) {
        const Kind *kind = kind_of_sort(c, sorts[s]);
        for (uint32_t i = 0; kind && i < kind->decls.count; i++) {
            if (slice_equal(kind->decls.items[i]->title, title)) return kind->decls.items[i];
        }
    }
    return NULL;
}

static Value *admit_population(Admission *a) {
    Value *value = admit_read(a);
    if (value->sort == VALUE_PEOPLE) return value;
    bool said = a->decl && a->decl->kind->sort == SORT_SEGMENT; /* where its people are narrowed */
    if (said) return value_poison(a->c);
    const Decl *titled = a->expr->kind == EXPR_STRING ? people_titled(a->c, a->expr->text) : NULL;
    if (!titled) return admit_fail(a, "the name of a population or of a segment", value);
    Slice name = word(a->c, titled->name);
    Diag *diag = sema_error(a->c, a->scope, DIAG_TYPE_MISMATCH, a->expr->span,
                            "the name of a population or of a segment is wanted here; this is a "
                            "title");
    diag_fix(a->c->diags, diag, a->expr->span, name, "it is the title of `%.*s`", SLICE_FMT(name));
    return value_poison(a->c);
}

static Value *admit_table(Admission *a) {
    Value *value = admit_read(a);
    if (value->sort == VALUE_NODE && value->node->type.dim_count) return value;
    return admit_fail(a, "a table such as nhs.deflators.gdp", value);
}

static Value *admit_display(Admission *a) {
    if (a->expr->kind == EXPR_UNARY && a->expr->op == OP_PER_PREFIX)
        return elaborate(a->c, a->scope, a->expr);
    sema_error(a->c, a->scope, DIAG_TYPE_MISMATCH, a->expr->span,
               "`shown` says per how many: `shown per 100_000 person_years`");
    return value_poison(a->c);
}

/* The people or events that the declaration measures, whose columns are meant before others'. */
static const Table *table_of_measure(const Admission *a) {
    for (uint32_t i = 0; a->decl && i < a->decl->clauses.count; i++) {
        Clause *clause = a->decl->clauses.items[i];
        if (clause == a->clause || !clause->spec->type ||
            !type_is_word(a->c, clause->spec->type, "measure"))
            continue;
        Value *value = value_strip(a->c, value_of_clause(a->c, clause));
        return value->sort == VALUE_NODE ? measured_table(value->node) : NULL;
    }
    return NULL;
}

static Value *admit_dimension(Admission *a) {
    Node dims = {0};
    Phrase phrase = {.span = a->expr->span};
    Expr *expr = (Expr *)(uintptr_t)a->expr;
    VEC_PUSH(a->c->arena, &phrase.values, expr);
    if (!phrase_dims(a->c, a->scope, table_of_measure(a), &phrase, &dims)) return value_poison(a->c);
    Value *value = value_new(a->c, VALUE_DIMS, a->expr->span);
    value->dim_count = dims.dim_count;
    for (int i = 0; i < dims.dim_count; i++) value->dims[i] = dims.dims[i];
    return value;
}

static Value *admit_any(Admission *a) {
    return admit_read(a);
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
#define TYPE(name, admit, prose) {name, admit},
#include "compiler/sema/types.def"
#undef TYPE
};

static Admit type_named(const Compilation *c, const Expr *type) {
    if (type->kind != EXPR_WORD) return NULL;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (slice_equal(word(c, type->atom), slice_of(types[i].name))) return types[i].admit;
    }
    return NULL;
}

/* ---- Choices ------------------------------------------------------------------------ */

bool type_takes_word(const Compilation *c, const Expr *type, Atom word) {
    if (type->kind == EXPR_BINARY && type->op == OP_OR)
        return type_takes_word(c, type->left, word) || type_takes_word(c, type->right, word);
    if (type_is_call(c, type, "list") && type->entries.count)
        return type_takes_word(c, type->entries.items[0].value, word);
    if (!type_is_call(c, type, "one_of")) return false;
    VEC_EACH(const Entry, entry, &type->entries) {
        if (entry->value->kind == EXPR_WORD && entry->value->atom == word) return true;
    }
    return false;
}

bool type_is_choice(const Compilation *c, const Expr *type) {
    if (type->kind == EXPR_BINARY && type->op == OP_OR)
        return type_is_choice(c, type->left) && type_is_choice(c, type->right);
    return type_is_call(c, type, "one_of");
}

static void add_words(Compilation *c, const Expr *type, Nearest *nearest, Slice *text) {
    if (type->kind == EXPR_BINARY && type->op == OP_OR) {
        add_words(c, type->left, nearest, text);
        add_words(c, type->right, nearest, text);
    }
    if (!type_is_call(c, type, "one_of")) return;
    uint32_t left = type->entries.count;
    VEC_EACH(const Entry, entry, &type->entries) {
        left--;
        if (entry->value->kind != EXPR_WORD) continue;
        Slice name = word(c, entry->value->atom);
        nearest_offer(nearest, name);
        const char *between = !text->length ? "" : left ? ", " : " or ";
        *text = arena_printf(c->arena, "%.*s%s%.*s", SLICE_FMT(*text), between, SLICE_FMT(name));
    }
}

Slice type_words(Compilation *c, const Expr *type, Nearest *nearest) {
    Slice text = {0};
    add_words(c, type, nearest, &text);
    return text;
}

/* `true` where the choice is `yes` or `no`. */
static Slice yes_or_no(const Admission *a, const Expr *type) {
    if (a->expr->kind != EXPR_BOOL) return (Slice){0};
    Slice spoken = a->expr->truth ? SLICE("yes") : SLICE("no");
    return type_takes_word(a->c, type, intern(a->c->interner, spoken)) ? spoken : (Slice){0};
}

static Value *wrong_choice(Admission *a, const Expr *type) {
    Nearest nearest = {.wanted = quoted(a->c, a->expr->span)};
    Slice text = type_words(a->c, type, &nearest);
    Diag *diag =
        sema_error(a->c, a->scope, DIAG_UNKNOWN_CATEGORY, a->expr->span,
                   "`%.*s` is not one of %.*s", SLICE_FMT(nearest.wanted), SLICE_FMT(text));
    Slice spoken = yes_or_no(a, type);
    if (spoken.length)
        diag_fix(a->c->diags, diag, a->expr->span, spoken, "write `%.*s`", SLICE_FMT(spoken));
    else
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
    int32_t last;
    if (expr_deadline(day, &last)) {
        ModuleUnknown unknown = {.until = last, .span = day->span};
        VEC_PUSH(a->c->module->arena, &a->c->module->unknowns, unknown);
    }
    if (expr_deadline(day, &last) && a->c->module->as_of && last < a->c->module->as_of)
        sema_error(a->c, a->scope, DIAG_UNKNOWN_EXPIRED, day->span,
                   "this was to be known by %.*s, and the plan speaks of %.*s",
                   SLICE_FMT(date_format_long(a->c->arena, last)),
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

/* A milestone of another intention is known by its owner: `falls_service.live`. */
static bool offer_owned(Admission *a, const Alternatives *all, Diag *diag) {
    for (int i = 0; i < all->count; i++) {
        const Kind *kind =
            all->items[i]->kind == EXPR_WORD ? kind_find(a->c, all->items[i]->atom) : NULL;
        for (uint32_t j = 0; kind && j < kind->decls.count; j++) {
            const Decl *decl = kind->decls.items[j];
            if (decl->name != a->expr->atom || !decl->parent || decl->parent == a->decl) continue;
            Slice full =
                arena_printf(a->c->arena, "%.*s.%.*s", SLICE_FMT(word(a->c, decl->parent->name)),
                             SLICE_FMT(word(a->c, decl->name)));
            diag_fix(a->c->diags, diag, a->expr->span, full, "that of `%.*s` is `%.*s`",
                     SLICE_FMT(word(a->c, decl->parent->name)), SLICE_FMT(full));
            return true;
        }
    }
    return false;
}

static Value *wrong_reference(Admission *a, const Alternatives *all, const Value *got) {
    if (got && got->sort == VALUE_POISON) return value_poison(a->c);
    Slice wanted = {0};
    bool undefined = !got;
    Nearest nearest = {.wanted = quoted(a->c, a->expr->span)};
    for (int i = 0; i < all->count; i++) {
        const Kind *kind =
            all->items[i]->kind == EXPR_WORD ? kind_find(a->c, all->items[i]->atom) : NULL;
        if (!kind) continue;
        Slice name = undefined ? word(a->c, kind->name) : with_article(a->c, kind->name);
        wanted = arena_printf(a->c->arena, "%.*s%s%.*s", SLICE_FMT(wanted),
                              wanted.length ? " or " : "", SLICE_FMT(name));
        for (uint32_t j = 0; j < kind->decls.count; j++)
            nearest_offer(&nearest, word(a->c, kind->decls.items[j]->name));
    }
    Diag *diag = undefined ? sema_error(a->c, a->scope, DIAG_UNDEFINED_NAME, a->expr->span,
                                        "no %.*s is named `%.*s`", SLICE_FMT(wanted),
                                        SLICE_FMT(nearest.wanted))
                           : sema_error(a->c, a->scope, DIAG_TYPE_MISMATCH, a->expr->span,
                                        "the name of %.*s is wanted here; this is %.*s",
                                        SLICE_FMT(wanted), SLICE_FMT(value_text(a->c, got)));
    if (undefined && offer_owned(a, all, diag)) return value_poison(a->c);
    nearest_fix(a->c, diag, a->expr->span, &nearest);
    return value_poison(a->c);
}

static Value *admit_reference(Admission *a, const Alternatives *all) {
    if (a->expr->kind == EXPR_WORD) {
        Decl *own = NULL;
        for (Decl *around = a->decl; around && !own; around = around->parent)
            own = decl_child(a->c, around, a->expr->atom);
        Decl *decl =
            own && kind_listed(a->c, all, own->kind) ? own : decl_find(a->c, a->expr->atom);
        if (!decl && name_lost(a->c, a->expr->atom)) return value_poison(a->c);
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

/* ---- One value against its type ----------------------------------------------------- */

static Value *admit_range(Admission *a, const Expr *call) {
    Value *value = elaborate(a->c, a->scope, a->expr);
    if (value->sort != VALUE_RANGE)
        return admit_fail(a, "a range such as FY2026/27 .. FY2030/31", value);
    const Expr *inner = call->entries.count ? call->entries.items[0].value : NULL;
    bool years = inner && type_is_word(a->c, inner, "fy");
    BaseType base = years ? TYPE_YEAR : TYPE_DATE;
    if (value->from->node->type.base != base || value->to->node->type.base != base)
        return admit_fail(a, years ? "a range of financial years" : "a range of dates",
                          value->from);
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
    if (type_is_call(a->c, type, "value")) return admit_level(a, type);
    if (type_is_call(a->c, type, "change")) return admit_change(a, type);
    if (type_is_call(a->c, type, "range")) return admit_range(a, type);
    if (type->kind == EXPR_BINARY && type->op == OP_IN) return admit_bounded(a, type);
    Admit named = type_named(a->c, type);
    return named ? named(a) : NULL;
}

/* ---- Alternatives ------------------------------------------------------------------- */

/* What is neither a word of a choice nor a reference: a number, a text, a date … */
static bool is_other(const Compilation *c, const Expr *type) {
    if (type_is_call(c, type, "one_of") || type_is_word(c, type, "unknown")) return false;
    return type->kind != EXPR_WORD || type_named(c, type);
}

static bool is_reference(const Compilation *c, const Expr *type) {
    return type->kind == EXPR_WORD && !type_named(c, type) && !type_is_word(c, type, "unknown");
}

/* Whether a value of that sort could be what the alternative wants; its own check says more. */
static bool could_be(const Compilation *c, const Expr *type, const Value *value) {
    if (type_is_word(c, type, "any") || value->sort == VALUE_POISON) return true;
    if (type_is_word(c, type, "population") || type_is_word(c, type, "segment"))
        return value->sort == VALUE_PEOPLE;
    if (type_is_call(c, type, "range")) return value->sort == VALUE_RANGE;
    if (type_is_call(c, type, "change") && value->sort == VALUE_CHANGE) return true;
    if (value->sort != VALUE_NODE) return false;
    BaseType base = value->node->type.base;
    if (type_is_word(c, type, "text")) return base == TYPE_TEXT;
    if (type_is_word(c, type, "date")) return base == TYPE_DATE;
    if (type_is_word(c, type, "fy")) return base == TYPE_YEAR;
    if (type_is_word(c, type, "condition")) return base == TYPE_BOOL;
    return base == TYPE_QUANTITY;
}

/* The alternative that the value is held against: where several are listed, one it could be. */
static const Expr *other_alternative(Admission *a, const Alternatives *all) {
    const Expr *first = NULL, *fitting = NULL;
    int count = 0;
    for (int i = 0; i < all->count; i++) {
        if (!is_other(a->c, all->items[i])) continue;
        if (!count++) first = all->items[i];
    }
    if (count < 2) return first;
    const Value *value = admit_read(a);
    for (int i = 0; i < all->count && !fitting; i++) {
        if (is_other(a->c, all->items[i]) && could_be(a->c, all->items[i], value))
            fitting = all->items[i];
    }
    return fitting ? fitting : first;
}

/* Types under which `or` and `in` are written as such. */
static bool takes_conditions(const Compilation *c, const Alternatives *all) {
    for (int i = 0; i < all->count; i++) {
        Admit admit_as = type_named(c, all->items[i]);
        if (admit_as == admit_written || admit_as == admit_condition || admit_as == admit_any)
            return true;
    }
    return false;
}

static bool is_time(const Expr *expr) {
    return expr->kind == EXPR_YEAR || expr->kind == EXPR_MONTH || expr->kind == EXPR_DATE;
}

/* `5% or lower`, `"x" and "y"`, `14_300 contacts in FY2025/26`: prepositions and lists as speech
 * has them, which are conditions here. */
static Value *spoken(Admission *a, const Alternatives *all) {
    const Expr *expr = a->expr;
    bool joined = expr->kind == EXPR_BINARY && (expr->op == OP_OR || expr->op == OP_AND);
    bool within = expr->kind == EXPR_BINARY && expr->op == OP_IN;
    if ((!joined && !within) || takes_conditions(a->c, all)) return NULL;
    Slice left = quoted(a->c, expr->left->span), right = quoted(a->c, expr->right->span);
    const char *op = within ? "in" : expr->op == OP_OR ? "or" : "and";
    Diag *diag = sema_error(
        a->c, a->scope, DIAG_TYPE_MISMATCH, expr->word_span,
        "`%s` makes a condition, and `%.*s` takes %s", op,
        SLICE_FMT(word(a->c, a->clause->spec->name)),
        within              ? is_time(expr->right) ? "a value: a year is said with `at`" : "a value"
        : expr->op == OP_OR ? "one value: which direction is better is said by a clause of its own"
                            : "values with commas between them");
    Span tail = {expr->left->span.end, expr->right->span.end};
    if (within && !is_time(expr->right)) return value_poison(a->c);
    if (within)
        diag_fix(a->c->diags, diag, expr->word_span, SLICE("at"), "write `%.*s at %.*s`",
                 SLICE_FMT(left), SLICE_FMT(right));
    else if (expr->op == OP_OR)
        diag_fix(a->c->diags, diag, tail, SLICE(""), "write `%.*s`", SLICE_FMT(left));
    else
        diag_fix(a->c->diags, diag, (Span){expr->left->span.end, expr->right->span.start},
                 SLICE(", "), "write `%.*s, %.*s`", SLICE_FMT(left), SLICE_FMT(right));
    return value_poison(a->c);
}

/* A word of the type's closed sets, or nearly one. */
static Value *admit_word(Admission *a, const Expr *type, const Alternatives *all) {
    if (a->expr->kind != EXPR_WORD) return NULL;
    if (type_takes_word(a->c, type, a->expr->atom)) {
        Value *value = value_new(a->c, VALUE_CHOICE, a->expr->span);
        value->word = a->expr->atom;
        value->type = type;
        return value;
    }
    if (lists_word(a->c, all, "unknown") && type_is_word(a->c, a->expr, "unknown"))
        return admit_unknown(a, all);
    Nearest nearest = {.wanted = word(a->c, a->expr->atom)};
    type_words(a->c, type, &nearest);
    bool misspelt = nearest.best.length &&
                    !name_known(a->c, a->scope, a->expr->atom, a->expr->span) &&
                    !name_lost(a->c, a->expr->atom);
    return misspelt ? wrong_choice(a, type) : NULL;
}

/* Whether the word or member is to be read as the name of a declaration. */
static bool wants_reference(Admission *a, const Alternatives *all, const Expr *other) {
    bool any = false;
    for (int i = 0; i < all->count; i++) any |= is_reference(a->c, all->items[i]);
    if (!any || (a->expr->kind != EXPR_WORD && a->expr->kind != EXPR_MEMBER)) return any && !other;
    const Decl *decl = a->expr->kind == EXPR_WORD ? decl_find(a->c, a->expr->atom) : NULL;
    return !other || (decl && kind_listed(a->c, all, decl->kind));
}

Value *admit(Admission *a, const Expr *type) {
    Alternatives all = {0};
    flatten(type, &all);
    if (a->expr->kind == EXPR_MISSING) return value_new(a->c, VALUE_MISSING, a->expr->span);
    if (a->expr->kind == EXPR_POISON) return value_poison(a->c);
    Value *value = admit_word(a, type, &all);
    if (!value) value = spoken(a, &all);
    if (value) return value;
    const Expr *other = other_alternative(a, &all);
    if (wants_reference(a, &all, other)) return admit_reference(a, &all);
    if (other) value = admit_alternative(a, other);
    if (value) return value;
    if (find_call(a->c, &all, "one_of")) return wrong_choice(a, type);
    return admit_fail(a, "another value", value_new(a->c, VALUE_MISSING, a->expr->span));
}

/* The value as it is written here: the same one may stand elsewhere too. */
static Value *placed(Compilation *c, Value *value, Span span) {
    if (value->sort == VALUE_POISON ||
        (value->span.start == span.start && value->span.end == span.end))
        return value;
    Value *copy = ARENA_NEW(c->arena, Value);
    *copy = *value;
    copy->span = span;
    return copy;
}

/* `by` and `until` say by when. */
static bool says_by_when(const Compilation *c, const Clause *clause, const Expr *type) {
    VEC_EACH(const LabelSpec, label, &clause->spec->labels) {
        Slice name = word(c, label->label);
        if (label->type == type)
            return slice_equal(name, SLICE("by")) || slice_equal(name, SLICE("until"));
    }
    return false;
}

void admit_list(Compilation *c, const Scope *scope, Clause *clause, const Expr *type,
                const ExprList *exprs, ValueList *values) {
    Admission a = {.c = c, .scope = scope, .decl = clause->decl, .clause = clause};
    a.deadline = says_by_when(c, clause, type);
    bool many = type_is_call(c, type, "list");
    const Expr *item = many && type->entries.count ? type->entries.items[0].value : type;
    for (uint32_t i = 0; i < exprs->count; i++) {
        if (i && !many) {
            sema_error(c, scope, DIAG_TYPE_MISMATCH, exprs->items[i]->span,
                       clause->spec->cardinality == CLAUSE_REPEATED
                           ? "`%.*s` takes one value here: write one line for each"
                           : "`%.*s` takes one value here",
                       SLICE_FMT(word(c, clause->spec->name)));
            return;
        }
        a.expr = exprs->items[i];
        Value *value = admit(&a, item);
        VEC_PUSH(c->arena, values, placed(c, value, exprs->items[i]->span));
    }
}
