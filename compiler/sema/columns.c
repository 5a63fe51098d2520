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

const Expr *without_missing(const Expr *type, bool *may_miss) {
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

/* ---- Categories --------------------------------------------------------------------- */

static bool member_code(Compilation *c, const Expr *code, Slice *text) {
    if (code->kind == EXPR_WORD)
        *text = word(c, code->atom);
    else if (code->kind == EXPR_STRING)
        *text = code->text;
    else if (code->kind == EXPR_NUMBER || code->kind == EXPR_BOOL)
        *text = arena_copy(c->arena, source_map_text(c->sources, code->span));
    else if (code->kind != EXPR_POISON)
        sema_error(c, NULL, DIAG_TYPE_MISMATCH, code->span, "what the file has is a word, a number or a text: `F`, `1`, `\"not known\"`");
    return text->length > 0;
}

/* (F: "Female", M: "Male"), (fit, mild): each once. One place is left at the end. */
static bool read_members(Compilation *c, const Expr *call, ModuleDim *dim) {
    uint32_t count = call->entries.count;
    dim->members = ARENA_NEW_ARRAY(c->arena, Slice, count + 1);
    dim->titles = ARENA_NEW_ARRAY(c->arena, Slice, count + 1);
    HashMap seen;
    hashmap_init(&seen, c->arena);
    bool good = count > 0;
    if (!good) sema_error(c, NULL, DIAG_TYPE_MISMATCH, call->span, "a category lists its members");
    for (uint32_t i = 0; i < count; i++) {
        const Entry *entry = &call->entries.items[i];
        const Expr *code = entry->key ? entry->key : entry->value;
        Slice *member = &dim->members[dim->member_count++];
        uint64_t before;
        if (!member_code(c, code, member)) {
            good = false;
            continue;
        }
        bool titled = entry->key && entry->value->kind == EXPR_STRING;
        dim->titles[i] = titled ? entry->value->text : *member;
        if (hashmap_get(&seen, intern(c->interner, *member), &before)) {
            sema_error(c, NULL, DIAG_DUPLICATE_NAME, code->span, "`%.*s` is listed twice",
                       SLICE_FMT(*member));
            good = false;
        }
        hashmap_put(&seen, intern(c->interner, *member), i);
    }
    return good;
}

/* `or missing as unknown`: the same members and one more. They have no order: nobody knows where
 * it would stand. */
static uint16_t with_unknown(Compilation *c, ModuleDim dim) {
    dim.members[dim.member_count] = SLICE("unknown");
    dim.titles[dim.member_count++] = SLICE("Unknown");
    dim.ordered = false;
    return dim_intern(c, &dim);
}

static bool category_dim(Compilation *c, const Decl *decl, const Expr *call, ModuleColumn *column,
                         TableColumn *info) {
    ModuleDim dim = {.name = word(c, decl->name),
                     .sort = DIM_CATEGORY,
                     .ordered = is_word(c, call->left, "ordered")};
    dim.title = decl->title.length ? decl->title : dim.name;
    if (!read_members(c, call, &dim)) return false;
    column->sort = COLUMN_CATEGORY;
    column->dim = dim_intern(c, &dim);
    info->type = type_of(TYPE_CODE);
    info->type.code_dim = column->dim;
    if (info->unknown_member) info->unknown_dim = with_unknown(c, dim);
    return true;
}

/* ---- Flags -------------------------------------------------------------------------- */

/* One of the two texts, under the word it stands for; false: it says neither. */
static bool flag_text(Compilation *c, const Entry *entry, ModuleColumn *column, bool *known) {
    bool yes = is_word(c, entry->key, "yes");
    if (!yes && !is_word(c, entry->key, "no")) return false;
    Slice *text = &column->texts[yes];
    if (text->length) return false;
    *known &= member_code(c, entry->value, text);
    if (entry->value->kind == EXPR_STRING && !entry->value->text.length)
        sema_error(c, NULL, DIAG_TYPE_MISMATCH, entry->value->span,
                   "an empty field is missing, neither no nor yes: write the text that says `%s`, "
                   "and `or missing` behind the type",
                   yes ? "yes" : "no");
    return true;
}

/* `flag(no: N, yes: Y)` */
static bool flag_texts(Compilation *c, const Expr *call, ModuleColumn *column) {
    bool known = true, both = call->entries.count == 2;
    for (uint32_t i = 0; i < call->entries.count && both; i++)
        both = flag_text(c, &call->entries.items[i], column, &known);
    if (!both) {
        sema_error(c, NULL, DIAG_TYPE_MISMATCH, call->span,
                   "a flag says once what the file has for no and once what it has for yes: "
                   "`flag(no: N, yes: Y)`");
        return false;
    }
    if (known && slice_equal(column->texts[0], column->texts[1])) {
        sema_error(c, NULL, DIAG_DUPLICATE_NAME, call->span, "`%.*s` cannot be both no and yes",
                   SLICE_FMT(column->texts[0]));
        return false;
    }
    return known;
}

static bool flag_column(Compilation *c, const Expr *expr, ModuleColumn *column,
                        TableColumn *info) {
    column->sort = COLUMN_FLAG;
    info->type = type_of(TYPE_BOOL);
    return expr->kind != EXPR_CALL || flag_texts(c, expr, column);
}

/* The column as a number, code or condition of a row: where its missing values are a member,
 * they are that. */
Node *column_node(Compilation *c, const Table *table, const TableColumn *column, Span span) {
    Node *node = node_new(c, NODE_COLUMN, column->type, span);
    node->table = table;
    node->column = column->column;
    if (!column->unknown_member) return node;
    uint32_t last = c->module->dims.items[column->unknown_dim].member_count - 1;
    Type type = column->type;
    type.code_dim = column->unknown_dim;
    return node_op(c, OPCODE_OR_ELSE, type, span, node,
                   node_code(c, column->unknown_dim, last, span), NULL);
}

static bool geography_column(Compilation *c, const Phrase *of, ModuleColumn *column,
                             TableColumn *info, Type *type) {
    bool may_miss = column->may_miss;
    const Expr *name = of->values.count ? without_missing(of->values.items[0], &may_miss) : NULL;
    column->may_miss = may_miss;
    const Decl *geography =
        name ? decl_named(c, name, SORT_GEOGRAPHY, "a geography; `category of` wants one") : NULL;
    if (!geography) return false;
    info->geography = geography;
    column->sort = COLUMN_CATEGORY;
    column->dim = geography_finest(c, geography);
    *type = type_of(TYPE_CODE);
    type->code_dim = column->dim;
    return true;
}

/* A whole number as it is written, perhaps below nothing. */
static bool bound_written(const Expr *expr, int64_t *value) {
    bool negative = expr->kind == EXPR_UNARY && expr->op == OP_NEG;
    if (negative) expr = expr->left;
    if (expr->kind != EXPR_NUMBER || expr->number.power != 0) return false;
    *value = negative ? -expr->number.mantissa : expr->number.mantissa;
    return true;
}

static bool range_wanted(Compilation *c, const Expr *range) {
    sema_error(c, NULL, DIAG_TYPE_MISMATCH, range->span,
               "a range of whole numbers is wanted: `in 0..120`");
    return false;
}

static bool integer_range(Compilation *c, const Expr *range, ModuleColumn *column) {
    if (range->kind == EXPR_BINARY && range->op == OP_RANGE &&
        bound_written(range->left, &column->low) && bound_written(range->right, &column->high) &&
        column->low <= column->high) {
        column->has_range = true;
        return true;
    }
    return range_wanted(c, range);
}

/* A range of pounds, in the pence they are held in. */
static bool range_in_pence(Compilation *c, const Expr *range, ModuleColumn *column) {
    bool fits = !__builtin_mul_overflow(column->low, COLUMN_MONEY_SCALE, &column->low) &&
                !__builtin_mul_overflow(column->high, COLUMN_MONEY_SCALE, &column->high);
    return fits || range_wanted(c, range);
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
    info->scale_num = type->worth_num = unit->scale.num;
    info->scale_den = type->worth_den = unit->scale.den;
    if (is_word(c, name, "pounds")) {
        column->sort = COLUMN_MONEY;
        info->scale_den = COLUMN_MONEY_SCALE;
    }
    return true;
}

static bool unknown_column_type(Compilation *c, const Expr *type) {
    static const char *const spoken[][2] = {
        {"boolean", "flag"},
        {"bool", "flag"},
        {"yes/no", "flag(no: no, yes: yes)"},
        {"yes_no", "flag(no: no, yes: yes)"},
        {"Y/N", "flag(no: N, yes: Y)"},
        {"int", "integer"},
        {"decimal", "number"},
        {"float", "number"},
        {"id", "identifier"},
        {"key", "identifier"},
        {"money", "pounds"},
        {"datetime", "date"}};
    Slice text = quoted(c, type->span);
    Diag *diag = sema_error(
        c, NULL, DIAG_TYPE_MISMATCH, type->span,
        "`%.*s` is not a type of column: identifier, nhs_number, lsoa, integer, number, "
        "flag, flag(no: N, yes: Y), date, pence, pounds, a unit such as "
        "years, category(F: \"Female\", …), ordered(low, high) or `category of` a geography",
        SLICE_FMT(text));
    for (size_t i = 0; i < sizeof spoken / sizeof *spoken; i++) {
        if (slice_equal(text, slice_of(spoken[i][0])))
            diag_fix(c->diags, diag, type->span, slice_of(spoken[i][1]), "write `%s`", spoken[i][1]);
    }
    return false;
}

/* Only ever compared with each other: also the small area a person lives in, which a geography
 * must list before it can be counted by. */
static bool identifier_form(Compilation *c, const Expr *name, IdentifierForm *form) {
    *form = is_word(c, name, "nhs_number") ? IDENTIFIER_NHS_NUMBER
            : is_word(c, name, "lsoa")     ? IDENTIFIER_LSOA
                                           : IDENTIFIER_ANY;
    return *form != IDENTIFIER_ANY || is_word(c, name, "identifier");
}

/* A number, perhaps within a range: `years in 0..120`. */
static bool number_column(Compilation *c, const Expr *expr, ModuleColumn *column,
                          TableColumn *info) {
    const Expr *name = expr;
    if (expr->kind == EXPR_BINARY && expr->op == OP_IN) {
        name = expr->left;
        if (!integer_range(c, expr->right, column)) return false;
    }
    if (!quantity_column(c, name, column, info, &info->type)) return unknown_column_type(c, expr);
    bool pounds = column->has_range && column->sort == COLUMN_MONEY;
    return !pounds || range_in_pence(c, expr->right, column);
}

static bool named_type(Compilation *c, const Decl *decl, const Expr *expr, ModuleColumn *column,
                       TableColumn *info) {
    const Phrase *of = item_phrase(&decl->item->type_phrases, intern(c->interner, SLICE("of")));
    bool call = expr->kind == EXPR_CALL;
    if (is_word(c, expr, "category") && of)
        return geography_column(c, of, column, info, &info->type);
    if (call && (is_word(c, expr->left, "category") || is_word(c, expr->left, "ordered")))
        return category_dim(c, decl, expr, column, info);
    if (identifier_form(c, expr, &column->form)) {
        column->sort = COLUMN_IDENTIFIER;
        info->type.identifier = true;
    } else if (is_word(c, call ? expr->left : expr, "flag")) {
        return flag_column(c, expr, column, info);
    } else if (is_word(c, expr, "date")) {
        column->sort = COLUMN_DATE;
        info->type = type_of(TYPE_DATE);
    } else {
        return number_column(c, expr, column, info);
    }
    return true;
}

/* `or missing as unknown` */
static bool read_unknown(Compilation *c, const Item *item, TableColumn *info) {
    Atom label = intern(c->interner, SLICE("as"));
    const Phrase *as = item_phrase(&item->type_phrases, label);
    if (!as) as = item_phrase(&item->phrases, label);
    if (!as) return true;
    info->unknown_member = as->values.count == 1 && is_word(c, as->values.items[0], "unknown");
    if (!info->unknown_member)
        sema_error(c, NULL, DIAG_TYPE_MISMATCH, as->span,
                   "a type says `as` only in `or missing as unknown`");
    return info->unknown_member;
}

static bool column_type(Compilation *c, const Decl *decl, ModuleColumn *column, TableColumn *info) {
    const Item *item = decl->item;
    info->type = type_of(TYPE_QUANTITY);
    if (!item->type || item->type->kind == EXPR_POISON) return false;
    const Expr *expr = without_missing(item->type, &column->may_miss);
    if (!read_unknown(c, item, info) || !named_type(c, decl, expr, column, info)) return false;
    info->type.row = true;
    info->type.because = item->type->span;
    if (!info->unknown_member || (info->unknown_dim && column->may_miss)) return true;
    sema_error(c, NULL, DIAG_TYPE_MISMATCH, item->type->span,
               "only a category may count its missing values as a member: `category(…) or missing "
               "as unknown`");
    return false;
}

void declare_column(Compilation *c, const Decl *decl, ModuleColumn *column, TableColumn *info) {
    *info =
        (TableColumn){.name = decl->name, .scale_num = 1, .scale_den = 1, .span = decl->name_span};
    *column = (ModuleColumn){.name = column_header(c, decl), .span = decl->name_span};
    info->broken = !column_type(c, decl, column, info);
    info->type.row = true;
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
