/* People and what happened to them: tables, columns, snapshots, dimensions. Reads no
 * person-level data: everything here is declared. */
#include "compiler/sema/people.h"

#include <string.h>

#include "runtime/base/date.h"

/* ---- Dimensions --------------------------------------------------------------------- */

static bool dim_equal(const ModuleDim *a, const ModuleDim *b) {
    if (!slice_equal(a->name, b->name) || a->member_count != b->member_count ||
        a->first != b->first)
        return false;
    for (uint32_t i = 0; i < a->member_count; i++) {
        if (!slice_equal(a->members[i], b->members[i])) return false;
    }
    return true;
}

uint16_t dim_intern(Compilation *c, const ModuleDim *dim) {
    for (uint32_t i = 0; i < c->module->dims.count; i++) {
        ModuleDim *known = &c->module->dims.items[i];
        if (!dim_equal(known, dim)) continue;
        /* A table of a library lines up with the plan's dimension: the plan's words win. */
        if (known->sort == DIM_LIST && dim->sort != DIM_LIST) {
            known->sort = dim->sort;
            known->ordered = dim->ordered;
            known->title = dim->title;
            known->titles = dim->titles;
        }
        return (uint16_t)i;
    }
    VEC_PUSH(c->arena, &c->module->dims, *dim);
    return (uint16_t)(c->module->dims.count - 1);
}

uint16_t dim_years(Compilation *c, int32_t first, int32_t last) {
    uint32_t count = (uint32_t)(last - first + 1);
    ModuleDim dim = {.name = SLICE("fy"),
                     .title = SLICE("Financial year"),
                     .sort = DIM_YEAR,
                     .ordered = true,
                     .member_count = count,
                     .first = first};
    dim.members = ARENA_NEW_ARRAY(c->arena, Slice, count);
    dim.titles = ARENA_NEW_ARRAY(c->arena, Slice, count);
    for (uint32_t i = 0; i < count; i++) {
        dim.members[i] = financial_year_format(c->arena, first + (int32_t)i);
        dim.titles[i] = financial_year_format_short(c->arena, first + (int32_t)i);
    }
    return dim_intern(c, &dim);
}

uint16_t dim_data_years(Compilation *c) {
    int32_t first = 0, last = 0;
    for (uint32_t t = 0; t < c->module->tables.count; t++) {
        const ModuleTable *table = &c->module->tables.items[t];
        for (uint32_t s = 0; s < table->snapshots.count && table->sort == TABLE_POPULATION; s++) {
            int32_t year = financial_year_of(table->snapshots.items[s].as_at);
            if (!first || year < first) first = year;
            if (!last || year > last) last = year;
        }
        if (table->sort != TABLE_EVENTS || !table->covers_to) continue;
        int32_t from = financial_year_of(table->covers_from),
                to = financial_year_of(table->covers_to);
        if (!first || from < first) first = from;
        if (!last || to > last) last = to;
    }
    if (!first) return c->has_horizon ? c->horizon_dim : dim_years(c, 2025, 2025);
    return dim_years(c, first, last);
}

/* ---- Columns ------------------------------------------------------------------------ */

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
               "`%.*s` is not a type of column: identifier, integer, number, flag, date, pence, "
               "pounds, a unit such as "
               "years, category(F: \"Female\", …), ordered(low, high) or `category of` a geography",
               SLICE_FMT(quoted(c, type->span)));
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
    } else if (is_word(c, expr, "identifier")) {
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
}

static void declare_columns(Compilation *c, Decl *decl, Table *table, ModuleTable *module) {
    for (uint32_t i = 0; i < decl->children.count; i++) {
        Decl *child = decl->children.items[i];
        if (child->kind->sort != SORT_COLUMN) continue;
        TableColumn info = {.name = child->name,
                            .column = module->columns.count,
                            .scale_num = 1,
                            .scale_den = 1,
                            .span = child->name_span};
        ModuleColumn column = {.name = word(c, child->name), .span = child->name_span};
        column_type(c, child, &column, &info);
        VEC_PUSH(c->arena, &module->columns, column);
        VEC_PUSH(c->arena, &table->columns, info);
    }
}

/* ---- Tables ------------------------------------------------------------------------- */

static const Expr *clause_expr(const Compilation *c, const Decl *decl, const char *name) {
    const Clause *clause = decl_clause(decl, intern_find(c->interner, slice_of(name)));
    return clause && clause->exprs && clause->exprs->count ? clause->exprs->items[0] : NULL;
}

static const Expr *head_label(const Compilation *c, const Decl *decl, const char *label) {
    const Phrase *phrase =
        item_phrase(&decl->item->phrases, intern_find(c->interner, slice_of(label)));
    return phrase && phrase->values.count ? phrase->values.items[0] : NULL;
}

static int32_t date_of(const Expr *expr) {
    if (!expr || expr->kind != EXPR_DATE) return 0;
    return date_from_civil(expr->year, expr->month, expr->day);
}

static Slice file_of(const Compilation *c, const Decl *decl) {
    const Expr *from = head_label(c, decl, "from");
    return from && from->kind == EXPR_STRING ? from->text : (Slice){0};
}

static Table *new_table(Compilation *c, Decl *decl, ModuleTable *module) {
    Table *table = ARENA_NEW(c->arena, Table);
    table->decl = decl;
    table->index = c->module->tables.count;
    table->dated = MODULE_NONE;
    module->name = word(c, decl->name);
    module->title = decl->title.length ? decl->title : module->name;
    module->population = MODULE_NONE;
    module->dated = MODULE_NONE;
    module->key = MODULE_NONE;
    module->span = decl->name_span;
    decl->table = table;
    return table;
}

static void declare_population(Compilation *c, Decl *decl) {
    ModuleTable module = {.sort = TABLE_POPULATION, .unit = SLICE("persons")};
    Table *table = new_table(c, decl, &module);
    table->unit = unit_base(BASE_PERSONS);
    declare_columns(c, decl, table, &module);
    ModuleSnapshot first = {.file = file_of(c, decl),
                            .as_at = date_of(clause_expr(c, decl, "as_at"))};
    VEC_PUSH(c->arena, &module.snapshots, first);
    for (uint32_t i = 0; i < decl->clauses.count; i++) {
        const Clause *clause = decl->clauses.items[i];
        if (!slice_equal(word(c, clause->spec->name), SLICE("snapshot"))) continue;
        const Phrase *from =
            item_phrase(&clause->item->phrases, intern(c->interner, SLICE("from")));
        const Phrase *at = item_phrase(&clause->item->phrases, intern(c->interner, SLICE("at")));
        if (!from || !at || from->values.items[0]->kind != EXPR_STRING) continue;
        ModuleSnapshot snapshot = {.file = from->values.items[0]->text,
                                   .as_at = date_of(at->values.items[0])};
        VEC_PUSH(c->arena, &module.snapshots, snapshot);
    }
    for (uint32_t i = 0; i < module.columns.count; i++) {
        if (module.columns.items[i].sort == COLUMN_IDENTIFIER && module.key == MODULE_NONE)
            module.key = i;
    }
    if (module.key == MODULE_NONE && !decl->item->broken)
        sema_error(c, NULL, DIAG_MISSING_CLAUSE, decl->name_span,
                   "the population `%.*s` has no key: add `column person_id : identifier`",
                   SLICE_FMT(module.name));
    VEC_PUSH(c->arena, &c->module->tables, module);
}

static Decl *decl_named(Compilation *c, const Expr *expr, DeclSort sort, const char *wanted) {
    Decl *decl = expr && expr->kind == EXPR_WORD ? decl_find(c, expr->atom) : NULL;
    if (decl && decl->kind->sort == sort) {
        decl->used = true;
        return decl;
    }
    if (!expr) return NULL;
    Diag *diag = sema_error(c, NULL, DIAG_UNDEFINED_NAME, expr->span, "`%.*s` is not %s",
                            SLICE_FMT(quoted(c, expr->span)), wanted);
    if (expr->kind == EXPR_WORD) {
        Nearest nearest = {.wanted = word(c, expr->atom)};
        const Kind *kind = kind_of_sort(c, sort);
        for (uint32_t i = 0; kind && i < kind->decls.count; i++)
            nearest_offer(&nearest, word(c, kind->decls.items[i]->name));
        nearest_fix(c, diag, expr->span, &nearest);
    }
    return NULL;
}

static uint32_t column_named(Compilation *c, const Table *table, const Expr *expr) {
    if (!expr) return MODULE_NONE;
    const TableColumn *column = expr->kind == EXPR_WORD ? people_column(table, expr->atom) : NULL;
    if (column) return column->column;
    sema_error(c, NULL, DIAG_UNDEFINED_NAME, expr->span, "`%.*s` is not a column of `%.*s`",
               SLICE_FMT(quoted(c, expr->span)), SLICE_FMT(word(c, table->decl->name)));
    return MODULE_NONE;
}

static void check_key(Compilation *c, const ModuleTable *module, const Expr *on,
                      const Decl *population) {
    if (module->key == MODULE_NONE || module->columns.items[module->key].sort == COLUMN_IDENTIFIER)
        return;
    sema_error(c, NULL, DIAG_TYPE_MISMATCH, on->span,
               "events are joined to `%.*s` on an identifier",
               SLICE_FMT(word(c, population->name)));
}

/* The key of events that declare no column for it is that of the population, by name. */
static void add_key_column(Compilation *c, Table *table, ModuleTable *module, const Expr *on) {
    if (!on || on->kind != EXPR_WORD || people_column(table, on->atom)) return;
    TableColumn info = {.name = on->atom,
                        .column = module->columns.count,
                        .scale_num = 1,
                        .scale_den = 1,
                        .span = on->span};
    info.type = type_of(TYPE_QUANTITY);
    info.type.row = info.type.identifier = true;
    ModuleColumn column = {.name = word(c, on->atom), .sort = COLUMN_IDENTIFIER, .span = on->span};
    VEC_PUSH(c->arena, &module->columns, column);
    VEC_PUSH(c->arena, &table->columns, info);
}

static void declare_events(Compilation *c, Decl *decl) {
    ModuleTable module = {.sort = TABLE_EVENTS};
    Decl *population = decl_named(c, head_label(c, decl, "of"), SORT_POPULATION, "a population");
    if (!population || !population->table) return;
    Table *table = new_table(c, decl, &module);
    table->events = true;
    table->population = population->table;
    module.population = population->table->index;
    declare_columns(c, decl, table, &module);
    const Expr *on = head_label(c, decl, "on");
    add_key_column(c, table, &module, on);
    module.key = column_named(c, table, on);
    check_key(c, &module, on, population);
    module.dated = table->dated = column_named(c, table, clause_expr(c, decl, "dated"));
    const Expr *covers = clause_expr(c, decl, "covers");
    if (covers && covers->kind == EXPR_BINARY && covers->op == OP_RANGE) {
        module.covers_from = date_of(covers->left);
        module.covers_to = date_of(covers->right);
    }
    const Expr *unit = head_label(c, decl, "as");
    Exact scale;
    if (unit && unit_of_expr(c, unit, &table->unit, &scale))
        module.unit = arena_copy(c->arena, source_map_text(c->sources, unit->span));
    ModuleSnapshot file = {.file = file_of(c, decl)};
    VEC_PUSH(c->arena, &module.snapshots, file);
    VEC_PUSH(c->arena, &c->module->tables, module);
}

void sema_declare_people(Compilation *c) {
    const Kind *geographies = kind_of_sort(c, SORT_GEOGRAPHY);
    for (uint32_t i = 0; geographies && i < geographies->decls.count; i++)
        geography_read(c, geographies->decls.items[i]);
    const Kind *populations = kind_of_sort(c, SORT_POPULATION);
    for (uint32_t i = 0; populations && i < populations->decls.count; i++)
        declare_population(c, populations->decls.items[i]);
    const Kind *events = kind_of_sort(c, SORT_EVENTS);
    for (uint32_t i = 0; events && i < events->decls.count; i++)
        declare_events(c, events->decls.items[i]);
}

/* ---- The dimensions of a table ------------------------------------------------------ */

static Node *column_node(Compilation *c, const Table *table, const TableColumn *column) {
    Node *node = node_new(c, NODE_COLUMN, column->type, column->span);
    node->table = table;
    node->column = column->column;
    return node;
}

/* A column that is a code of the dimension, or of a finer level of its geography. */
static Node *column_code(Compilation *c, const Table *table, uint16_t dim) {
    for (uint32_t i = 0; i < table->columns.count; i++) {
        const TableColumn *column = &table->columns.items[i];
        if (column->type.base != TYPE_CODE) continue;
        if (column->type.code_dim == dim) return column_node(c, table, column);
        uint32_t parents =
            column->geography ? geography_parent_table(c, column->geography, dim) : MODULE_NONE;
        if (parents == MODULE_NONE) continue;
        Node *node = node_new(c, NODE_ROW_TABLE, column->type, column->span);
        node->type.code_dim = dim;
        node->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
        node->args[0] = column_node(c, table, column);
        node->arg_count = 1;
        node->member = parents;
        return node;
    }
    return NULL;
}

static Node *dimension_code(Compilation *c, const Table *table, uint16_t dim) {
    const Kind *kind = kind_of_sort(c, SORT_DIMENSION);
    for (uint32_t i = 0; kind && i < kind->decls.count; i++) {
        Decl *decl = kind->decls.items[i];
        Value *value = value_of_decl(c, decl, decl->name_span);
        if (value->sort != VALUE_DIMS || value->dims[0] != dim || value->table != table) continue;
        return value->node;
    }
    return NULL;
}

static Node *date_code(Compilation *c, const Table *table, uint16_t dim) {
    const ModuleDim *found = &c->module->dims.items[dim];
    if (!table->events || table->dated == MODULE_NONE || found->sort < DIM_YEAR ||
        found->sort > DIM_WEEK)
        return NULL;
    const TableColumn *column = &table->columns.items[0];
    for (uint32_t i = 0; i < table->columns.count; i++) {
        if (table->columns.items[i].column == table->dated) column = &table->columns.items[i];
    }
    Type type = type_of(TYPE_CODE);
    type.row = true;
    type.code_dim = dim;
    Node *node = node_new(c, NODE_ROW_DATE, type, column->span);
    static const RowOp ops[] = {ROW_YEAR, ROW_QUARTER, ROW_MONTH, ROW_WEEK};
    node->op = (uint16_t)ops[found->sort - DIM_YEAR];
    node->integer = found->first;
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    node->args[0] = column_node(c, table, column);
    node->arg_count = 1;
    return node;
}

Node *dim_row_code(Compilation *c, const Table *table, uint16_t dim) {
    Node *code = dimension_code(c, table, dim);
    if (!code) code = column_code(c, table, dim);
    if (!code) code = date_code(c, table, dim);
    if (!code && table->events) code = dim_row_code(c, table->population, dim);
    return code;
}

/* ---- What a bare word names where a dimension is expected --------------------------- */

typedef struct {
    uint16_t dim;
    bool found, twice;
} Candidates;

static void offer(Candidates *candidates, uint16_t dim) {
    candidates->twice |= candidates->found && candidates->dim != dim;
    candidates->found = true;
    candidates->dim = dim;
}

static void offer_columns(const Table *table, Atom name, Candidates *candidates) {
    for (; table; table = table->population) {
        const TableColumn *column = people_column(table, name);
        if (column && column->type.base == TYPE_CODE && !column->type.identifier)
            offer(candidates, column->type.code_dim);
    }
}

static void offer_all_columns(Compilation *c, const Table *table, Atom name,
                              Candidates *candidates) {
    if (table) {
        offer_columns(table, name, candidates);
        return;
    }
    static const DeclSort sorts[] = {SORT_POPULATION, SORT_EVENTS};
    for (int s = 0; s < 2; s++) {
        const Kind *kind = kind_of_sort(c, sorts[s]);
        for (uint32_t i = 0; kind && i < kind->decls.count; i++) {
            if (kind->decls.items[i]->table)
                offer_columns(kind->decls.items[i]->table, name, candidates);
        }
    }
}

/* A level's own name may be that of the column that holds the finest level: the level is meant. */
static void offer_levels(Compilation *c, Atom name, Candidates *candidates) {
    const Kind *kind = kind_of_sort(c, SORT_GEOGRAPHY);
    for (uint32_t i = 0; kind && i < kind->decls.count; i++) {
        uint16_t dim;
        if (geography_level(c, kind->decls.items[i], name, &dim)) offer(candidates, dim);
    }
}

static bool covered_days(const Compilation *c, int32_t *from, int32_t *to) {
    *from = *to = 0;
    for (uint32_t t = 0; t < c->module->tables.count; t++) {
        const ModuleTable *table = &c->module->tables.items[t];
        if (!table->covers_to) continue;
        if (!*from || table->covers_from < *from) *from = table->covers_from;
        if (!*to || table->covers_to > *to) *to = table->covers_to;
    }
    return *to != 0;
}

static uint16_t period_dim(Compilation *c, const char *name, DimSort sort) {
    int32_t from, to;
    if (!covered_days(c, &from, &to)) {
        from = financial_year_start(financial_year_of(c->module->as_of));
        to = financial_year_end(financial_year_of(c->module->as_of));
    }
    ModuleDim dim = {
        .name = slice_of(name), .title = slice_of(name), .sort = sort, .ordered = true};
    VEC(Slice) members = {0};
    VEC(Slice) titles = {0};
    int32_t day = from;
    if (sort == DIM_WEEK) {
        if (date_monday_of(day) != day) day = date_monday_of(day) + 7;
        dim.first = day;
        for (; day + 6 <= to; day += 7) {
            VEC_PUSH(c->arena, &members, date_format_iso(c->arena, day));
            VEC_PUSH(c->arena, &titles, date_format_long(c->arena, day));
        }
    } else {
        int step = sort == DIM_QUARTER ? 3 : 1;
        int month = date_to_civil(day).year * 12 + month_of(day) - 1;
        for (;; month++) {
            int32_t start = date_from_civil(month / 12, month % 12 + 1, 1), end;
            if (step == 3 && month % 3) continue;
            int last = month + step - 1;
            end = date_from_civil(last / 12, last % 12 + 1,
                                  date_days_in_month(last / 12, last % 12 + 1));
            if (end > to) break;
            if (start < from) continue;
            if (!members.count)
                dim.first = step == 3
                                ? financial_year_of(start) * 4 + financial_quarter_of(start) - 1
                                : month;
            VEC_PUSH(c->arena, &members,
                     step == 3 ? financial_quarter_format(c->arena, financial_year_of(start),
                                                          financial_quarter_of(start))
                               : arena_printf(c->arena, "%04d-%02d", month / 12, month % 12 + 1));
            VEC_PUSH(c->arena, &titles,
                     step == 3
                         ? members.items[members.count - 1]
                         : arena_printf(c->arena, "%s %d", month_name(month % 12 + 1), month / 12));
        }
    }
    dim.members = members.items;
    dim.titles = titles.items;
    dim.member_count = members.count;
    return dim_intern(c, &dim);
}

static bool period_named(Compilation *c, Atom name, uint16_t *dim) {
    Slice text = word(c, name);
    if (slice_equal(text, SLICE("fy")))
        *dim = dim_data_years(c);
    else if (slice_equal(text, SLICE("quarter")))
        *dim = period_dim(c, "quarter", DIM_QUARTER);
    else if (slice_equal(text, SLICE("month")))
        *dim = period_dim(c, "month", DIM_MONTH);
    else if (slice_equal(text, SLICE("week")))
        *dim = period_dim(c, "week", DIM_WEEK);
    else
        return false;
    return true;
}

static bool settle(Compilation *c, const Scope *scope, const Expr *expr,
                   const Candidates *candidates, uint16_t *dim) {
    if (candidates->twice)
        sema_error(c, scope, DIAG_AMBIGUOUS_NAME, expr->span,
                   "`%.*s` could be more than one dimension here", SLICE_FMT(word(c, expr->atom)));
    *dim = candidates->dim;
    return candidates->found;
}

static void offer_dim_names(Compilation *c, Nearest *nearest) {
    const Kind *dimensions = kind_of_sort(c, SORT_DIMENSION);
    for (uint32_t i = 0; dimensions && i < dimensions->decls.count; i++)
        nearest_offer(nearest, word(c, dimensions->decls.items[i]->name));
    for (uint32_t i = 0; i < c->module->dims.count; i++)
        nearest_offer(nearest, c->module->dims.items[i].name);
}

bool dim_resolve(Compilation *c, const Scope *scope, const Table *table, const Expr *expr,
                 uint16_t *dim) {
    if (expr->kind != EXPR_WORD) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span,
                   "the name of a dimension is wanted here; `*` crosses two");
        return false;
    }
    Decl *decl = decl_find(c, expr->atom);
    if (decl && decl->kind->sort == SORT_DIMENSION) {
        decl->used = true;
        Value *value = value_of_decl(c, decl, expr->span);
        if (value->sort != VALUE_DIMS) return false;
        *dim = value->dims[0];
        return true;
    }
    Candidates candidates = {0};
    offer_all_columns(c, table, expr->atom, &candidates);
    Candidates levels = {0};
    offer_levels(c, expr->atom, &levels);
    if (levels.found && !levels.twice) return settle(c, scope, expr, &levels, dim);
    if (settle(c, scope, expr, &candidates, dim)) return true;
    if (settle(c, scope, expr, &levels, dim)) return true;
    if (period_named(c, expr->atom, dim)) return true;
    for (uint32_t i = 0; i < c->module->dims.count; i++) {
        if (c->module->dims.items[i].sort != DIM_LIST ||
            !slice_equal(c->module->dims.items[i].name, word(c, expr->atom)))
            continue;
        *dim = (uint16_t)i;
        return true;
    }
    Diag *diag = sema_error(
        c, scope, DIAG_UNDEFINED_NAME, expr->span,
        "`%.*s` is not a dimension: a `dimension`, a category column, a geography level, or fy, "
        "quarter, month, week",
        SLICE_FMT(word(c, expr->atom)));
    Nearest nearest = {.wanted = word(c, expr->atom)};
    offer_dim_names(c, &nearest);
    nearest_fix(c, diag, expr->span, &nearest);
    return false;
}

Value *people_of(Compilation *c, Decl *decl) {
    if (!decl->table) return value_poison(c);
    Value *value = value_new(c, VALUE_PEOPLE, decl->name_span);
    value->table = decl->table;
    value->text = decl->title.length ? decl->title : word(c, decl->name);
    return value;
}
