/* The columns that populations and events declare, with their types. */
#include "compiler/sema/people.h"

#include <string.h>

const TableColumn *people_column(const Table *table, Atom name) {
    for (uint32_t i = 0; i < table->columns.count; i++) {
        if (table->columns.items[i].name == name) return &table->columns.items[i];
    }
    return NULL;
}

static bool is_word(const Compilation *c, const Expr *expr, const char *text) {
    return expr && expr->kind == EXPR_WORD && slice_equal(word(c, expr->atom), slice_of(text));
}

static const Expr *without_missing(const Expr *type, bool *may_miss) {
    if (type->kind != EXPR_BINARY || type->op != OP_OR || type->right->kind != EXPR_MISSING)
        return type;
    *may_miss = true;
    return type->left;
}

Slice column_header(Compilation *c, const Decl *decl) {
    Atom label = intern(c->interner, SLICE("from"));
    const Phrase *from = item_phrase(&decl->item->type_phrases, label);
    if (!from) from = item_phrase(&decl->item->phrases, label);
    const Expr *header = from && from->values.count ? from->values.items[0] : NULL;
    return header && header->kind == EXPR_STRING ? header->text : word(c, decl->name);
}

static void category_dim(Compilation *c, const Decl *decl, const Expr *call, bool ordered,
                         ModuleColumn *column, Type *type) {
    uint32_t count = call->entries.count;
    ModuleDim dim = {.name = word(c, decl->name),
                     .sort = DIM_CATEGORY,
                     .ordered = ordered,
                     .member_count = count};
    dim.title = decl->title.length ? decl->title : dim.name;
    dim.members = ARENA_NEW_ARRAY(c->arena, Slice, count);
    dim.titles = ARENA_NEW_ARRAY(c->arena, Slice, count);
    for (uint32_t i = 0; i < count; i++) {
        const Entry *entry = &call->entries.items[i];
        const Expr *code = entry->key ? entry->key : entry->value;
        if (code->kind == EXPR_WORD)
            dim.members[i] = word(c, code->atom);
        else if (code->kind == EXPR_STRING)
            dim.members[i] = code->text;
        else if (code->kind == EXPR_NUMBER)
            dim.members[i] = arena_copy(c->arena, source_map_text(c->sources, code->span));
        else
            sema_error(c, NULL, DIAG_TYPE_MISMATCH, code->span, "a category is a word or a text");
        dim.titles[i] =
            entry->key && entry->value->kind == EXPR_STRING ? entry->value->text : dim.members[i];
        for (uint32_t j = 0; j < i; j++) {
            if (slice_equal(dim.members[i], dim.members[j]))
                sema_error(c, NULL, DIAG_DUPLICATE_NAME, code->span, "`%.*s` is listed twice",
                           SLICE_FMT(dim.members[i]));
        }
    }
    column->sort = COLUMN_CATEGORY;
    column->dim = dim_intern(c, &dim);
    *type = type_of(TYPE_CODE);
    type->code_dim = column->dim;
}

static void geography_column(Compilation *c, const Decl *decl, const Phrase *of,
                             ModuleColumn *column, TableColumn *info, Type *type) {
    bool may_miss = column->may_miss;
    const Expr *name = of->values.count ? without_missing(of->values.items[0], &may_miss) : NULL;
    column->may_miss = may_miss;
    Decl *geography = name && name->kind == EXPR_WORD ? decl_find(c, name->atom) : NULL;
    if (!geography || geography->kind->sort != SORT_GEOGRAPHY) {
        sema_error(c, NULL, DIAG_UNDEFINED_NAME, of->span,
                   "`category of` is followed by the name of a geography");
        return;
    }
    geography->used = true;
    info->geography = geography;
    column->sort = COLUMN_CATEGORY;
    column->dim = geography_finest(c, geography);
    *type = type_of(TYPE_CODE);
    type->code_dim = column->dim;
    (void)decl;
}

static void integer_range(Compilation *c, const Expr *range, ModuleColumn *column) {
    const Expr *low = range->left, *high = range->right;
    if (range->kind != EXPR_BINARY || range->op != OP_RANGE || low->kind != EXPR_NUMBER ||
        high->kind != EXPR_NUMBER || low->number.power != 0 || high->number.power != 0 ||
        low->number.mantissa > high->number.mantissa) {
        sema_error(c, NULL, DIAG_TYPE_MISMATCH, range->span,
                   "a range of whole numbers is wanted: `in 0..120`");
        return;
    }
    column->has_range = true;
    column->low = low->number.mantissa;
    column->high = high->number.mantissa;
}

/* A number of a unit: held in the unit written, canonical by its scale. */
static bool quantity_column(Compilation *c, const Expr *name, ModuleColumn *column,
                            TableColumn *info, Type *type) {
    *type = type_of(TYPE_QUANTITY);
    type->real = true;
    if (is_word(c, name, "number")) {
        column->sort = COLUMN_REAL;
        return true;
    }
    column->sort = COLUMN_INTEGER;
    if (is_word(c, name, "integer")) return true;
    if (name->kind != EXPR_WORD || !unit_find(&c->units, name->atom)) return false;
    UnitWord *unit = unit_find(&c->units, name->atom);
    unit->used = true;
    type->unit = unit->unit;
    if (unit_is(&unit->unit, BASE_GBP)) type->price = PRICE_CASH;
    if (unit->scale.big) return false;
    info->scale_num = unit->scale.num;
    info->scale_den = unit->scale.den;
    if (is_word(c, name, "pounds")) {
        column->sort = COLUMN_MONEY;
        info->scale_den = 100;
    }
    return true;
}

static void unknown_column_type(Compilation *c, const Expr *type) {
    sema_error(c, NULL, DIAG_TYPE_MISMATCH, type->span,
               "`%.*s` is not a type of column: identifier, nhs_number, lsoa, integer, number, "
               "flag, date, pence, pounds, a unit such as "
               "years, category(F: \"Female\", …), ordered(low, high) or `category of` a geography",
               SLICE_FMT(quoted(c, type->span)));
}

/* Only ever compared with each other: also the small area a person lives in, which a geography
 * must list before it can be counted by. */
static bool identifier_form(Compilation *c, const Expr *name, IdentifierForm *form) {
    *form = is_word(c, name, "nhs_number") ? IDENTIFIER_NHS_NUMBER
            : is_word(c, name, "lsoa")     ? IDENTIFIER_LSOA
                                           : IDENTIFIER_ANY;
    return *form != IDENTIFIER_ANY || is_word(c, name, "identifier");
}

static void column_type(Compilation *c, const Decl *decl, ModuleColumn *column, TableColumn *info) {
    const Item *item = decl->item;
    Type *type = &info->type;
    *type = type_of(TYPE_QUANTITY);
    if (!item->type) return;
    const Expr *expr = without_missing(item->type, &column->may_miss);
    const Phrase *of = item_phrase(&item->type_phrases, intern(c->interner, SLICE("of")));
    if (is_word(c, expr, "category") && of) {
        geography_column(c, decl, of, column, info, type);
    } else if (expr->kind == EXPR_CALL &&
               (is_word(c, expr->left, "category") || is_word(c, expr->left, "ordered"))) {
        category_dim(c, decl, expr, is_word(c, expr->left, "ordered"), column, type);
    } else if (identifier_form(c, expr, &column->form)) {
        column->sort = COLUMN_IDENTIFIER;
        type->identifier = true;
    } else if (is_word(c, expr, "flag")) {
        column->sort = COLUMN_FLAG;
        *type = type_of(TYPE_BOOL);
    } else if (is_word(c, expr, "date")) {
        column->sort = COLUMN_DATE;
        *type = type_of(TYPE_DATE);
    } else {
        const Expr *name = expr;
        if (expr->kind == EXPR_BINARY && expr->op == OP_IN) {
            name = expr->left;
            integer_range(c, expr->right, column);
        }
        if (!quantity_column(c, name, column, info, type)) unknown_column_type(c, expr);
    }
    type->row = true;
    type->because = item->type->span;
}

void declare_column(Compilation *c, const Decl *decl, ModuleColumn *column, TableColumn *info) {
    *info =
        (TableColumn){.name = decl->name, .scale_num = 1, .scale_den = 1, .span = decl->name_span};
    *column = (ModuleColumn){.name = column_header(c, decl), .span = decl->name_span};
    column_type(c, decl, column, info);
}

void declare_columns(Compilation *c, Decl *decl, Table *table, ModuleTable *module) {
    for (uint32_t i = 0; i < decl->children.count; i++) {
        Decl *child = decl->children.items[i];
        if (child->kind->sort != SORT_COLUMN) continue;
        TableColumn info;
        ModuleColumn column;
        declare_column(c, child, &column, &info);
        info.column = module->columns.count;
        VEC_PUSH(c->arena, &module->columns, column);
        VEC_PUSH(c->arena, &table->columns, info);
    }
}
