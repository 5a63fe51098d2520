/* Kinds and units as data: reads `kind`, `extend` and `unit` items of every loaded file into
 * tables. Knows only the few kinds of core.def by name, and no word of commissioning. */
#include "compiler/sema/sema.h"

static const struct {
    DeclSort sort;
    const char *text;
} core_kinds[] = {
#define CORE(name, text, prose) {SORT_##name, text},
#include "compiler/sema/core.def"
#undef CORE
};

static DeclSort sort_of(Slice name) {
    for (size_t i = 0; i < sizeof core_kinds / sizeof *core_kinds; i++) {
        if (slice_equal(slice_of(core_kinds[i].text), name)) return core_kinds[i].sort;
    }
    return SORT_PLAIN;
}

Kind *kind_find(const Compilation *c, Atom name) {
    uint64_t found;
    return hashmap_get(&c->kind_names, name, &found) ? (Kind *)(uintptr_t)found : NULL;
}

Kind *kind_of_sort(const Compilation *c, DeclSort sort) {
    for (uint32_t i = 0; i < c->kinds.count; i++) {
        if (c->kinds.items[i]->sort == sort) return c->kinds.items[i];
    }
    return NULL;
}

const ClauseSpec *kind_clause(const Kind *kind, Atom name) {
    for (uint32_t i = 0; i < kind->clauses.count; i++) {
        if (kind->clauses.items[i]->name == name) return kind->clauses.items[i];
    }
    return NULL;
}

static Kind *add_kind(Compilation *c, Atom name, Slice title, Span span) {
    Kind *kind = ARENA_NEW(c->arena, Kind);
    kind->name = name;
    kind->title = title;
    kind->span = span;
    kind->sort = sort_of(word(c, name));
    kind->head.kind = kind;
    kind->head.cardinality = CLAUSE_REQUIRED;
    VEC_PUSH(c->arena, &c->kinds, kind);
    hashmap_put(&c->kind_names, name, (uint64_t)(uintptr_t)kind);
    return kind;
}

/* `T or missing` is T that may be left out. */
static Expr *strip_missing(Expr *type, bool *may_miss) {
    *may_miss = false;
    if (!type || type->kind != EXPR_BINARY || type->op != OP_OR) return type;
    if (type->right->kind == EXPR_MISSING) {
        *may_miss = true;
        return type->left;
    }
    return type;
}

/* Whether `unknown` is among the choices of a type. */
static bool admits_unknown(const Compilation *c, const Expr *type) {
    if (!type) return false;
    if (type->kind == EXPR_WORD) return slice_equal(word(c, type->atom), SLICE("unknown"));
    return type->kind == EXPR_BINARY && type->op == OP_OR &&
           (admits_unknown(c, type->left) || admits_unknown(c, type->right));
}

/* Wherever a type lists `unknown`, its two labels come with it. */
static void add_unknown_labels(Compilation *c, ClauseSpec *spec) {
    if (!admits_unknown(c, spec->type)) return;
    LabelSpec until = {
        .label = intern(c->interner, SLICE("until")), .may_miss = true, .span = spec->span};
    LabelSpec because = {
        .label = intern(c->interner, SLICE("because")), .may_miss = true, .span = spec->span};
    until.type = ARENA_NEW(c->arena, Expr);
    *until.type = (Expr){.kind = EXPR_WORD, .atom = intern(c->interner, SLICE("date"))};
    because.type = ARENA_NEW(c->arena, Expr);
    *because.type = (Expr){.kind = EXPR_WORD, .atom = intern(c->interner, SLICE("text"))};
    VEC_PUSH(c->arena, &spec->labels, until);
    VEC_PUSH(c->arena, &spec->labels, because);
}

static void read_labels(Compilation *c, ClauseSpec *spec, const PhraseList *phrases, Atom skip) {
    for (uint32_t i = 0; i < phrases->count; i++) {
        const Phrase *phrase = &phrases->items[i];
        if (phrase->label == skip || !phrase->values.count) continue;
        LabelSpec label = {.label = phrase->label, .span = phrase->span};
        label.type = strip_missing(phrase->values.items[0], &label.may_miss);
        VEC_PUSH(c->arena, &spec->labels, label);
    }
}

static bool read_cardinality(Slice text, Cardinality *cardinality) {
    static const char *const names[] = {"required", "optional", "several", "repeated", "derived"};
    for (int i = 0; i < 5; i++) {
        if (!slice_equal(text, slice_of(names[i]))) continue;
        *cardinality = (Cardinality)i;
        return true;
    }
    return false;
}

static void read_clause(Compilation *c, Kind *kind, const Item *item) {
    Cardinality cardinality;
    if (!read_cardinality(word(c, item->word), &cardinality)) {
        diag_add(c->diags, DIAG_UNKNOWN_CLAUSE, item->word_span,
                 "a kind declares its clauses with `required`, `optional`, `several`, `repeated` "
                 "or `derived`");
        return;
    }
    if (item->broken || !item->values.count || item->values.items[0]->kind != EXPR_WORD) return;
    Atom name = item->values.items[0]->atom;
    if (kind_clause(kind, name)) {
        diag_add(c->diags, DIAG_DUPLICATE_NAME, item->values.items[0]->span,
                 "`%.*s` already takes a clause `%.*s`", SLICE_FMT(word(c, kind->name)),
                 SLICE_FMT(word(c, name)));
        return;
    }
    ClauseSpec *spec = ARENA_NEW(c->arena, ClauseSpec);
    spec->name = name;
    spec->cardinality = cardinality;
    spec->doc = item->doc;
    spec->span = item->head_span;
    spec->kind = kind;
    if (cardinality == CLAUSE_DERIVED) {
        spec->derived = item->value;
    } else {
        spec->type = strip_missing(item->type, &spec->may_miss);
        spec->fallback = item->value;
        read_labels(c, spec, &item->phrases, ATOM_NONE);
        read_labels(c, spec, &item->type_phrases, ATOM_NONE);
        read_labels(c, spec, &item->value_phrases, ATOM_NONE);
        add_unknown_labels(c, spec);
    }
    VEC_PUSH(c->arena, &kind->clauses, spec);
}

static void read_within(Compilation *c, Kind *kind, const Item *item, Atom within) {
    const Phrase *phrase = item_phrase(&item->phrases, within);
    if (!phrase) return;
    for (uint32_t i = 0; i < phrase->values.count; i++) {
        if (phrase->values.items[i]->kind == EXPR_WORD)
            VEC_PUSH(c->arena, &kind->within, phrase->values.items[i]->atom);
    }
}

static void read_kind_in(Compilation *c, const Item *item, Kind *outer) {
    if (item->broken || !item->values.count || item->values.items[0]->kind != EXPR_WORD) return;
    Atom name = item->values.items[0]->atom;
    Kind *known = kind_find(c, name);
    if (known) {
        Diag *diag = diag_add(c->diags, DIAG_DUPLICATE_NAME, item->values.items[0]->span,
                              "the kind `%.*s` is already declared", SLICE_FMT(word(c, name)));
        if (known->span.start) diag_relate(c->diags, diag, known->span, "declared here");
        return;
    }
    Kind *kind =
        add_kind(c, name, item->title ? item->title->text : word(c, name), item->head_span);
    kind->doc = item->doc;
    kind->file = file_at(c, item->span);
    Atom within = intern(c->interner, SLICE("within"));
    read_within(c, kind, item, within);
    kind->head.name = name;
    kind->head_colon = item->type != NULL;
    kind->head.type = strip_missing(item->type ? item->type : item->value, &kind->head.may_miss);
    read_labels(c, &kind->head, &item->phrases, within);
    read_labels(c, &kind->head, &item->type_phrases, within);
    read_labels(c, &kind->head, &item->value_phrases, within);
    if (outer) {
        kind->local = true;
        VEC_PUSH(c->arena, &kind->within, outer->name);
    }
    Atom nested = intern(c->interner, SLICE("kind"));
    for (uint32_t i = 0; i < item->block.count; i++) {
        if (item->block.items[i]->word == nested)
            read_kind_in(c, item->block.items[i], kind);
        else
            read_clause(c, kind, item->block.items[i]);
    }
}

static void read_kind(Compilation *c, const Item *item) {
    read_kind_in(c, item, NULL);
}

static void read_extend(Compilation *c, const Item *item) {
    if (item->broken || !item->values.count || item->values.items[0]->kind != EXPR_WORD) return;
    Kind *kind = kind_find(c, item->values.items[0]->atom);
    if (!kind) {
        diag_add(c->diags, DIAG_UNKNOWN_KIND, item->values.items[0]->span,
                 "there is no kind `%.*s` to extend",
                 SLICE_FMT(word(c, item->values.items[0]->atom)));
        return;
    }
    for (uint32_t i = 0; i < item->block.count; i++) read_clause(c, kind, item->block.items[i]);
}

/* ---- Units -------------------------------------------------------------------------- */

static void read_unit(Compilation *c, const Item *item) {
    if (item->broken || !item->values.count || item->values.items[0]->kind != EXPR_WORD) return;
    Atom name = item->values.items[0]->atom;
    if (unit_find(&c->units, name)) {
        diag_add(c->diags, DIAG_DUPLICATE_NAME, item->values.items[0]->span,
                 "the unit `%.*s` is already declared", SLICE_FMT(word(c, name)));
        return;
    }
    UnitWord unit = {.name = name, .base = -1, .scale = exact_from_int(1), .span = item->head_span};
    if (item->value) {
        if (!unit_of_expr(c, item->value, &unit.unit, &unit.scale)) return;
    } else {
        unit.base = unit_declare_base(&c->units, name);
        if (unit.base < 0) {
            diag_add(c->diags, DIAG_LIMIT_REACHED, item->span,
                     "more than %d units of measurement: the limit", UNIT_MAX_BASES);
            return;
        }
        unit.unit = unit_base(unit.base);
    }
    for (uint32_t i = 0; i < item->block.count; i++) {
        const Item *clause = item->block.items[i];
        if (!clause->values.count) continue;
        const Expr *value = clause->values.items[0];
        if (slice_equal(word(c, clause->word), SLICE("singular")) && value->kind == EXPR_WORD)
            unit.singular = value->atom;
        else if (slice_equal(word(c, clause->word), SLICE("prose")) && value->kind == EXPR_STRING)
            unit.prose = value->text;
        else
            diag_add(c->diags, DIAG_UNKNOWN_CLAUSE, clause->word_span,
                     "a unit takes `singular` (a word) and `prose` (a text)");
    }
    VEC_PUSH(c->arena, &c->units.words, unit);
}

static bool exact_of_number(Compilation *c, const Expr *expr, Exact *value) {
    if (expr->kind != EXPR_NUMBER && expr->kind != EXPR_UNIT) return false;
    *value = exact_from_decimal(c->arena, expr->number.mantissa, expr->number.power);
    return true;
}

bool unit_of_expr(Compilation *c, const Expr *expr, Unit *unit, Exact *scale) {
    if (expr->kind == EXPR_WORD) {
        const UnitWord *found = unit_find(&c->units, expr->atom);
        if (found) {
            *unit = found->unit;
            *scale = found->scale;
            return true;
        }
        if (name_lost(c, expr->atom)) return false;
        Diag *diag =
            sema_error(c, NULL, DIAG_UNDEFINED_NAME, expr->span,
                       "`%.*s` is not a unit of measurement", SLICE_FMT(word(c, expr->atom)));
        Nearest nearest = {.wanted = word(c, expr->atom)};
        VEC_EACH(UnitWord, known, &c->units.words) nearest_offer(&nearest, word(c, known->name));
        nearest_fix(c, diag, expr->span, &nearest);
        return false;
    }
    if (exact_of_number(c, expr, scale)) {
        *unit = UNIT_NONE;
        if (expr->kind != EXPR_UNIT) return true;
        Expr name = {.kind = EXPR_WORD, .atom = expr->atom, .span = expr->word_span};
        Exact own;
        if (!unit_of_expr(c, &name, unit, &own)) return false;
        *scale = exact_mul(c->arena, *scale, own);
        return true;
    }
    if (expr->kind == EXPR_BINARY &&
        (expr->op == OP_MUL || expr->op == OP_DIV || expr->op == OP_PER)) {
        Unit left, right;
        Exact left_scale, right_scale;
        if (!unit_of_expr(c, expr->left, &left, &left_scale)) return false;
        if (!unit_of_expr(c, expr->right, &right, &right_scale)) return false;
        *unit = expr->op == OP_MUL   ? unit_multiply(left, right)
                : expr->op == OP_DIV ? unit_divide(left, right)
                                     : unit_per(left, right);
        if (expr->op == OP_MUL)
            *scale = exact_mul(c->arena, left_scale, right_scale);
        else
            *scale = exact_div(c->arena, left_scale, right_scale);
        return true;
    }
    diag_add(c->diags, DIAG_TYPE_MISMATCH, expr->span, "a unit of measurement is wanted here");
    return false;
}

/* ---- All files ---------------------------------------------------------------------- */

static void each_item(Compilation *c, const char *kind, void (*read)(Compilation *, const Item *)) {
    Atom wanted = intern(c->interner, slice_of(kind));
    for (uint32_t f = 0; f < c->files.count; f++) {
        const File *tree = c->files.items[f].tree;
        for (uint32_t i = 0; i < tree->items.count; i++) {
            if (tree->items.items[i]->word == wanted) read(c, tree->items.items[i]);
        }
    }
}

/* Kinds of the compiler itself: what they may contain is checked where they are read. */
static void add_builtin(Compilation *c, const char *name, bool anywhere) {
    Kind *kind = add_kind(c, intern(c->interner, slice_of(name)), slice_of(name), SPAN_NONE);
    kind->builtin = true;
    kind->anywhere = anywhere;
}

void sema_read_kinds(Compilation *c) {
    static const char *const top[] = {"fn",     "table", "unit", "kind",
                                      "extend", "rule",  "use",  "edition"};
    for (size_t i = 0; i < sizeof top / sizeof *top; i++) add_builtin(c, top[i], false);
    add_builtin(c, "let", true);
    add_builtin(c, "allow", true);
    each_item(c, "kind", read_kind);
    each_item(c, "extend", read_extend);
    each_item(c, "unit", read_unit);
}
