/* Dimensions: by what people, events and numbers are split. Finds what a bare word names where
 * a dimension is expected, and how a row comes to its member. */
#include "compiler/sema/people.h"

#include "runtime/base/date.h"

enum { DIM_LIMIT = 65534 }; /* the verifier takes no more */

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

static uint64_t dim_hash(const ModuleDim *dim) {
    uint64_t hash = pool_mix(hash_bytes(dim->name, 0), dim->member_count);
    hash = pool_mix(hash, (uint64_t)(int64_t)dim->first);
    return dim->member_count ? pool_mix(hash, hash_bytes(dim->members[0], 0)) : hash;
}

/* A table of a library lines up with the plan's dimension: the plan's words win. */
static void adopt(ModuleDim *known, const ModuleDim *dim) {
    if (known->sort != DIM_LIST || dim->sort == DIM_LIST) return;
    known->sort = dim->sort;
    known->ordered = dim->ordered;
    known->title = dim->title;
    known->titles = dim->titles;
}

static uint16_t too_many_dims(Compilation *c) {
    if (!c->limit_said)
        sema_error(c, NULL, DIAG_LIMIT_REACHED, c->at ? c->at->name_span : SPAN_NONE,
                   "more than %d sets of members: the limit", DIM_LIMIT);
    c->limit_said = true;
    return 0; /* no module is made of it */
}

uint16_t dim_intern(Compilation *c, const ModuleDim *dim) {
    uint64_t hash = dim_hash(dim);
    for (uint32_t i = pool_first(&c->dim_pool, hash); i != POOL_END;
         i = pool_older(&c->dim_pool, i)) {
        if (!dim_equal(&c->module->dims.items[i], dim)) continue;
        adopt(&c->module->dims.items[i], dim);
        return (uint16_t)i;
    }
    if (c->module->dims.count == DIM_LIMIT) return too_many_dims(c);
    pool_add(&c->dim_pool, hash);
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

/* ---- The dimensions of a table ------------------------------------------------------ */

/* The dimension that a column of codes splits by. */
static uint16_t column_dim(const TableColumn *column) {
    return column->unknown_member ? column->unknown_dim : column->type.code_dim;
}

/* The dimension's member of a row by that column: its own code, or that of a coarser area, or of
 * what is known of its area; NULL where the column does not tell. */
static Node *code_of_column(Compilation *c, const Table *table, const TableColumn *column,
                            uint16_t dim) {
    if (column->type.base != TYPE_CODE || column->broken) return NULL;
    Node *own = column_node(c, table, column, column->span);
    if (column_dim(column) == dim) return own;
    if (!column->geography) return NULL;
    const AreaAttribute *attribute = geography_attribute_of(column->geography, dim);
    if (attribute) return attribute_of_row(c, own, attribute, column->span);
    uint32_t parents = geography_parent_table(c, column->geography, dim);
    if (parents == MODULE_NONE) return NULL;
    Node *node = node_new(c, NODE_ROW_TABLE, column->type, column->span);
    node->type.code_dim = dim;
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    node->args[0] = own;
    node->arg_count = 1;
    node->member = parents;
    return node;
}

/* Columns of the rows and of their people that tell the member: one of the dimension's own name
 * is meant before others. */
typedef struct {
    Node *code;
    const Table *table[2];
    const TableColumn *column[2]; /* the one meant; another that could be, or NULL */
    bool named;
} Telling;

static void add_telling(Telling *telling, const Table *table, const TableColumn *column, Node *code,
                        bool named) {
    if (telling->named && !named) return;
    bool better = named && !telling->named;
    int place = telling->column[0] && !better ? 1 : 0;
    if (better) telling->column[1] = NULL;
    telling->table[place] = table;
    telling->column[place] = column;
    if (!place) telling->code = code;
    telling->named = named;
}

static Telling telling_columns(Compilation *c, const Table *table, uint16_t dim) {
    Telling telling = {0};
    Slice name = c->module->dims.items[dim].name;
    for (; table; table = table->population) {
        VEC_EACH(const TableColumn, column, &table->columns) {
            Node *code = code_of_column(c, table, column, dim);
            if (code)
                add_telling(&telling, table, column, code,
                            slice_equal(word(c, column->name), name));
        }
    }
    return telling;
}

static Node *dimension_code(Compilation *c, const Table *table, uint16_t dim) {
    const Kind *kind = kind_of_sort(c, SORT_DIMENSION);
    for (uint32_t i = 0; kind && i < kind->decls.count; i++) {
        Decl *decl = kind->decls.items[i];
        if (decl->state == STATE_BUSY) continue; /* the one being defined */
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
    node->args[0] = column_node(c, table, column, column->span);
    node->arg_count = 1;
    return node;
}

static Node *find_row_code(Compilation *c, const Table *table, uint16_t dim) {
    Node *code = dimension_code(c, table, dim);
    if (!code) code = date_code(c, table, dim);
    if (!code && table->events) code = dimension_code(c, table->population, dim);
    return code ? code : telling_columns(c, table, dim).code;
}

bool dim_ambiguous(Compilation *c, const Scope *scope, const Table *table, uint16_t dim,
                   Span span) {
    if (dimension_code(c, table, dim) || date_code(c, table, dim)) return false;
    if (table->events && dimension_code(c, table->population, dim)) return false;
    Telling telling = telling_columns(c, table, dim);
    if (!telling.column[1]) return false;
    Slice names[2];
    for (int i = 0; i < 2; i++)
        names[i] =
            arena_printf(c->arena, "`%.*s` of `%.*s`", SLICE_FMT(word(c, telling.column[i]->name)),
                         SLICE_FMT(word(c, telling.table[i]->decl->name)));
    Slice name = c->module->dims.items[dim].name;
    Diag *diag = sema_error(c, scope, DIAG_AMBIGUOUS_NAME, span,
                            "`%.*s` could be told by %.*s or by %.*s: give the one that is meant a "
                            "name of its own by a `dimension`",
                            SLICE_FMT(name), SLICE_FMT(names[0]), SLICE_FMT(names[1]));
    for (int i = 0; i < 2; i++)
        diag_relate(c->diags, diag, telling.column[i]->span, "%.*s", SLICE_FMT(names[i]));
    return true;
}

Node *dim_row_code(Compilation *c, const Table *table, uint16_t dim) {
    uint64_t found, key = (uint64_t)table->index << 16 | dim;
    if (hashmap_get(&c->row_codes, key, &found)) return (Node *)(uintptr_t)found;
    Node *code = find_row_code(c, table, dim);
    /* what is not found may be a dimension that is being defined */
    if (code) hashmap_put(&c->row_codes, key, (uint64_t)(uintptr_t)code);
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
            offer(candidates, column_dim(column));
        VEC_EACH(const TableColumn, area, &table->columns) {
            const AreaAttribute *attribute =
                area->geography ? geography_attribute(area->geography, name) : NULL;
            if (attribute && attribute->type.base == TYPE_CODE)
                offer(candidates, attribute->type.code_dim);
        }
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

typedef struct {
    int32_t first; /* as ModuleDim.first */
    VEC(Slice) members;
    VEC(Slice) titles;
} Periods;

/* Weeks from Monday that lie wholly within the days. */
static void add_weeks(Compilation *c, int32_t from, int32_t to, Periods *periods) {
    int32_t day = date_monday_of(from) == from ? from : date_monday_of(from) + 7;
    periods->first = day;
    for (; day + 6 <= to; day += 7) {
        VEC_PUSH(c->arena, &periods->members, date_format_iso(c->arena, day));
        VEC_PUSH(c->arena, &periods->titles, date_format_long(c->arena, day));
    }
}

/* Days of a month counted from January of the year 0. */
static int32_t first_of_month(int month) {
    return date_from_civil(month / 12, month % 12 + 1, 1);
}

static void add_months(Compilation *c, int32_t from, int32_t to, Periods *periods) {
    CivilDate day = date_to_civil(from);
    int month = day.year * 12 + day.month - 1 + (day.day > 1);
    periods->first = month;
    for (; first_of_month(month + 1) - 1 <= to; month++) {
        VEC_PUSH(c->arena, &periods->members,
                 arena_printf(c->arena, "%04d-%02d", month / 12, month % 12 + 1));
        VEC_PUSH(c->arena, &periods->titles,
                 arena_printf(c->arena, "%s %d", month_name(month % 12 + 1), month / 12));
    }
}

static void add_quarters(Compilation *c, int32_t from, int32_t to, Periods *periods) {
    CivilDate day = date_to_civil(from);
    int month = day.year * 12 + day.month - 1 + (day.day > 1);
    while (month % 3) month++;
    int32_t start = first_of_month(month);
    periods->first = financial_year_of(start) * 4 + financial_quarter_of(start) - 1;
    for (; first_of_month(month + 3) - 1 <= to; month += 3) {
        start = first_of_month(month);
        Slice name = financial_quarter_format(c->arena, financial_year_of(start),
                                              financial_quarter_of(start));
        VEC_PUSH(c->arena, &periods->members, name);
        VEC_PUSH(c->arena, &periods->titles, name);
    }
}

uint16_t dim_periods(Compilation *c, DimSort sort, int32_t from, int32_t to) {
    if (sort == DIM_YEAR) {
        int32_t first =
            financial_year_of(from) + (financial_year_start(financial_year_of(from)) < from);
        int32_t last = financial_year_of(to) - (financial_year_end(financial_year_of(to)) > to);
        return dim_years(c, first, last < first ? first : last);
    }
    Periods periods = {0};
    const char *name = sort == DIM_WEEK ? "week" : sort == DIM_MONTH ? "month" : "quarter";
    if (sort == DIM_WEEK) add_weeks(c, from, to, &periods);
    if (sort == DIM_MONTH) add_months(c, from, to, &periods);
    if (sort == DIM_QUARTER) add_quarters(c, from, to, &periods);
    ModuleDim dim = {.name = slice_of(name),
                     .title = slice_of(name),
                     .sort = sort,
                     .ordered = true,
                     .first = periods.first,
                     .members = periods.members.items,
                     .titles = periods.titles.items,
                     .member_count = periods.members.count};
    return dim_intern(c, &dim);
}

/* Periods within the days that the events of the plan cover; where none says, within the
 * financial year that the plan speaks of. */
static uint16_t period_dim(Compilation *c, DimSort sort) {
    int32_t from, to;
    if (!covered_days(c, &from, &to)) {
        from = financial_year_start(financial_year_of(c->module->as_of));
        to = financial_year_end(financial_year_of(c->module->as_of));
    }
    return dim_periods(c, sort, from, to);
}

static bool period_named(Compilation *c, Atom name, uint16_t *dim) {
    Slice text = word(c, name);
    if (slice_equal(text, SLICE("fy")))
        *dim = dim_data_years(c);
    else if (slice_equal(text, SLICE("quarter")))
        *dim = period_dim(c, DIM_QUARTER);
    else if (slice_equal(text, SLICE("month")))
        *dim = period_dim(c, DIM_MONTH);
    else if (slice_equal(text, SLICE("week")))
        *dim = period_dim(c, DIM_WEEK);
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

/* ", such as fifth, age_band": the plan's own, as far as they are few. */
static Slice dims_declared(Compilation *c) {
    enum { MOST_NAMED = 6 };
    const Kind *kind = kind_of_sort(c, SORT_DIMENSION);
    Slice text = {0};
    uint32_t count = 0;
    for (uint32_t i = 0; kind && i < kind->decls.count && count < MOST_NAMED; i++) {
        if (kind->decls.items[i]->library) continue;
        text = arena_printf(c->arena, "%.*s%s%.*s", SLICE_FMT(text), count++ ? ", " : "; declared: ",
                            SLICE_FMT(word(c, kind->decls.items[i]->name)));
    }
    return text;
}

/* ---- What is no dimension ----------------------------------------------------------- */

static const TableColumn *column_anywhere(Compilation *c, const Table *table, Atom name,
                                          const Table **owner) {
    for (*owner = table; *owner; *owner = (*owner)->population) {
        const TableColumn *column = people_column(*owner, name);
        if (column) return column;
    }
    for (uint32_t i = 0; !table && i < c->decls.count; i++) {
        *owner = c->decls.items[i]->table;
        const TableColumn *column = *owner ? people_column(*owner, name) : NULL;
        if (column) return column;
    }
    return NULL;
}

/* A column that is no category: nobody is counted by who they are, and numbers want bands. */
static bool column_is_none(Compilation *c, const Scope *scope, const Table *table,
                           const Expr *expr) {
    const Table *owner;
    const TableColumn *column = column_anywhere(c, table, expr->atom, &owner);
    Slice name = word(c, expr->atom);
    if (!column) return false;
    if (column->broken) return true;
    if (column->type.identifier) {
        sema_error(c, scope, DIAG_PERSONAL_DATA_LEAK, expr->span,
                   "`%.*s` identifies people: nothing is broken down by it", SLICE_FMT(name));
        return true;
    }
    bool number = column->type.base == TYPE_QUANTITY;
    Diag *diag = sema_error(
        c, scope, DIAG_TYPE_MISMATCH, expr->span,
        number ? "`%.*s` is a column of numbers, not a dimension: make bands of it, `dimension "
                 "%.*s_band of %.*s = band(%.*s from …)`"
               : "`%.*s` is a column without a set of members, not a dimension",
        SLICE_FMT(name), SLICE_FMT(name), SLICE_FMT(word(c, owner->decl->name)), SLICE_FMT(name));
    diag_relate(c->diags, diag, column->span, "declared here");
    return true;
}

static bool no_dimension(Compilation *c, const Scope *scope, const Table *table, const Expr *expr) {
    if (name_lost(c, expr->atom) || column_is_none(c, scope, table, expr)) return false;
    Diag *diag = sema_error(
        c, scope, DIAG_UNDEFINED_NAME, expr->span,
        "`%.*s` is not a dimension: a `dimension`, a category column, a geography level, or fy, "
        "quarter, month, week%.*s",
        SLICE_FMT(word(c, expr->atom)), SLICE_FMT(dims_declared(c)));
    Nearest nearest = {.wanted = word(c, expr->atom)};
    offer_dim_names(c, &nearest);
    nearest_fix(c, diag, expr->span, &nearest);
    return false;
}

/* ---- In order ----------------------------------------------------------------------- */

static bool declared_dim(Compilation *c, const Expr *expr, bool *found, uint16_t *dim) {
    Decl *decl = decl_find(c, expr->atom);
    *found = decl && decl->kind->sort == SORT_DIMENSION;
    if (!*found) return false;
    decl->used = true;
    const Value *value = value_of_decl(c, decl, expr->span);
    if (value->sort != VALUE_DIMS) return false;
    *dim = value->dims[0];
    return true;
}

/* The dimension of a library's table, where the plan has none of that name. */
static bool listed_dim(Compilation *c, Atom name, uint16_t *dim) {
    for (uint32_t i = 0; i < c->module->dims.count; i++) {
        const ModuleDim *known = &c->module->dims.items[i];
        if (known->sort != DIM_LIST || !slice_equal(known->name, word(c, name))) continue;
        *dim = (uint16_t)i;
        return true;
    }
    return false;
}

/* A geography's level may have the name of the column that holds its finest one: then the level
 * is meant. */
bool dim_resolve(Compilation *c, const Scope *scope, const Table *table, const Expr *expr,
                 uint16_t *dim) {
    if (expr->kind != EXPR_WORD) {
        if (expr->kind != EXPR_POISON)
            sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span,
                       "the name of a dimension is wanted here; `*` crosses two");
        return false;
    }
    bool declared;
    if (declared_dim(c, expr, &declared, dim)) return true;
    if (declared) return false;
    Candidates columns = {0}, levels = {0};
    offer_all_columns(c, table, expr->atom, &columns);
    offer_levels(c, expr->atom, &levels);
    if (levels.found && !levels.twice) return settle(c, scope, expr, &levels, dim);
    return settle(c, scope, expr, &columns, dim) || settle(c, scope, expr, &levels, dim) ||
           period_named(c, expr->atom, dim) || listed_dim(c, expr->atom, dim) ||
           no_dimension(c, scope, table, expr);
}
