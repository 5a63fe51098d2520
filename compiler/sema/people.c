/* People and what happened to them: tables, keys, snapshots. Reads no person-level data:
 * everything here is declared. */
#include "compiler/sema/people.h"

#include "runtime/base/date.h"

enum { TABLE_LIMIT = 256 }; /* the verifier takes no more */

static const Expr *clause_expr(const Compilation *c, const Decl *decl, const char *name) {
    const Clause *clause = decl_clause(decl, intern_find(c->interner, slice_of(name)));
    return clause && clause->exprs && clause->exprs->count ? clause->exprs->items[0] : NULL;
}

static const Expr *head_label(const Compilation *c, const Decl *decl, const char *label) {
    const Phrase *phrase =
        item_phrase(&decl->item->phrases, intern_find(c->interner, slice_of(label)));
    return phrase && phrase->values.count ? phrase->values.items[0] : NULL;
}

/* Days are needed before any value is known: they are written out. Another literal is the
 * clause's own to refuse. */
static int32_t day_written(Compilation *c, const Expr *expr) {
    if (!expr) return 0;
    if (expr->kind == EXPR_DATE) return date_from_civil(expr->year, expr->month, expr->day);
    bool computed = expr->kind == EXPR_WORD || expr->kind == EXPR_MEMBER ||
                    expr->kind == EXPR_CALL || expr->kind == EXPR_BINARY || expr->kind == EXPR_IF ||
                    expr->kind == EXPR_GROUP;
    if (computed)
        sema_error(c, NULL, DIAG_TYPE_MISMATCH, expr->span,
                   "a day is written out here: `2026-03-31`");
    return 0;
}

void days_covered(Compilation *c, const Decl *decl, int32_t *first, int32_t *last) {
    const Expr *covers = clause_expr(c, decl, "covers");
    *first = *last = 0;
    if (!covers || covers->kind != EXPR_BINARY || covers->op != OP_RANGE) return;
    const Expr *from = covers->left, *to = covers->right;
    *first = from->kind == EXPR_MONTH ? date_from_civil(from->year, from->month, 1)
                                      : day_written(c, from);
    if (to->kind == EXPR_MONTH)
        *last = date_from_civil(to->year, to->month, date_days_in_month(to->year, to->month));
    else
        *last = day_written(c, to);
}

Slice file_of(const Compilation *c, const Decl *decl) {
    const Expr *from = head_label(c, decl, "from");
    return from && from->kind == EXPR_STRING ? from->text : (Slice){0};
}

TextEncoding encoding_of(const Compilation *c, const Decl *decl) {
    const Expr *expr = clause_expr(c, decl, "encoding");
    Slice name = expr && expr->kind == EXPR_WORD ? word(c, expr->atom) : SLICE("");
    if (slice_equal(name, SLICE("windows_1252"))) return ENCODING_WINDOWS_1252;
    return slice_equal(name, SLICE("utf_16")) ? ENCODING_UTF_16 : ENCODING_UTF_8;
}

char delimiter_of(Compilation *c, const Decl *decl) {
    const Expr *expr = clause_expr(c, decl, "delimiter");
    if (!expr || expr->kind != EXPR_STRING) return 0;
    if (expr->text.length == 1 && delimiter_sound(expr->text.data[0])) return expr->text.data[0];
    sema_error(c, NULL, DIAG_TYPE_MISMATCH, expr->span,
               "between fields stands one mark: `\",\"`, `\";\"`, `\"|\"`, a tab `\"\\t\"`, or one "
               "of `: ~ ^ !`");
    return 0;
}

static bool without_header(const Compilation *c, const Decl *decl) {
    const Expr *expr = clause_expr(c, decl, "header");
    return expr && expr->kind == EXPR_WORD && slice_equal(word(c, expr->atom), SLICE("no"));
}

static Table *new_table(Compilation *c, Decl *decl, ModuleTable *module) {
    Table *table = ARENA_NEW(c->arena, Table);
    table->decl = decl;
    table->index = c->module->tables.count;
    if (table->index == TABLE_LIMIT)
        sema_error(c, NULL, DIAG_LIMIT_REACHED, decl->name_span,
                   "more than %d populations and events: the limit", TABLE_LIMIT);
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

/* In order of their dates, whatever the order they were written in. */
static void add_snapshot(Compilation *c, ModuleTable *module, ModuleSnapshot snapshot, Span span) {
    uint32_t at = 0;
    while (at < module->snapshots.count && module->snapshots.items[at].as_at < snapshot.as_at) at++;
    if (at < module->snapshots.count && module->snapshots.items[at].as_at == snapshot.as_at) {
        sema_error(c, NULL, DIAG_DUPLICATE_NAME, span, "`%.*s` has people of this date already",
                   SLICE_FMT(module->name));
        return;
    }
    VEC_PUSH(c->arena, &module->snapshots, snapshot);
    for (uint32_t i = module->snapshots.count - 1; i > at; i--)
        module->snapshots.items[i] = module->snapshots.items[i - 1];
    module->snapshots.items[at] = snapshot;
}

/* A small area has many people. */
static bool tells_people_apart(const ModuleColumn *column) {
    return column->sort == COLUMN_IDENTIFIER && column->form != IDENTIFIER_LSOA;
}

static void declare_population(Compilation *c, Decl *decl) {
    ModuleTable module = {.sort = TABLE_POPULATION, .unit = SLICE("persons")};
    Table *table = new_table(c, decl, &module);
    table->unit = unit_base(BASE_PERSONS);
    table->unit_span = decl->name_span;
    module.encoding = encoding_of(c, decl);
    module.delimiter = delimiter_of(c, decl);
    module.headless = without_header(c, decl);
    declare_columns(c, decl, table, &module);
    ModuleSnapshot first = {.file = file_of(c, decl),
                            .as_at = day_written(c, clause_expr(c, decl, "as_at"))};
    VEC_PUSH(c->arena, &module.snapshots, first);
    for (uint32_t i = 0; i < decl->clauses.count; i++) {
        const Clause *clause = decl->clauses.items[i];
        if (!slice_equal(word(c, clause->spec->name), SLICE("snapshot"))) continue;
        const Phrase *from =
            item_phrase(&clause->item->phrases, intern(c->interner, SLICE("from")));
        const Phrase *at = item_phrase(&clause->item->phrases, intern(c->interner, SLICE("at")));
        if (!from || !at || from->values.items[0]->kind != EXPR_STRING) continue;
        ModuleSnapshot snapshot = {.file = from->values.items[0]->text,
                                   .as_at = day_written(c, at->values.items[0])};
        add_snapshot(c, &module, snapshot, at->values.items[0]->span);
    }
    for (uint32_t i = 0; i < module.columns.count && module.key == MODULE_NONE; i++)
        if (tells_people_apart(&module.columns.items[i])) module.key = i;
    if (module.key == MODULE_NONE && !decl->item->broken)
        sema_error(c, NULL, DIAG_MISSING_CLAUSE, decl->name_span,
                   "the population `%.*s` has no key: add `column person_id : identifier`",
                   SLICE_FMT(module.name));
    VEC_PUSH(c->arena, &c->module->tables, module);
}

Decl *decl_named(Compilation *c, const Expr *expr, DeclSort sort, const char *wanted) {
    Decl *decl = expr && expr->kind == EXPR_WORD ? decl_find(c, expr->atom) : NULL;
    if (decl && decl->kind->sort == sort) {
        decl->used = true;
        return decl;
    }
    if (!expr || (expr->kind == EXPR_WORD && name_lost(c, expr->atom))) return NULL;
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

static uint32_t dated_column(Compilation *c, const Table *table, const ModuleTable *module,
                             const Expr *dated) {
    uint32_t column = column_named(c, table, dated);
    if (column == MODULE_NONE || module->columns.items[column].sort == COLUMN_DATE) return column;
    sema_error(c, NULL, DIAG_TYPE_MISMATCH, dated->span, "events are dated by a column of dates");
    return MODULE_NONE;
}

/* ---- The column that joins events to people ------------------------------------------ */

static const ModuleColumn *people_key(const Compilation *c, const Table *people) {
    const ModuleTable *module = &c->module->tables.items[people->index];
    return &module->columns.items[module->key];
}

static bool identifies(const TableColumn *column) { return column && column->type.identifier; }

static bool no_identifier(Compilation *c, const Expr *on, const Table *table) {
    sema_error(c, NULL, DIAG_TYPE_MISMATCH, on->span,
               "events are joined to people on an identifier; `%.*s` of `%.*s` is none",
               SLICE_FMT(quoted(c, on->span)), SLICE_FMT(word(c, table->decl->name)));
    return false;
}

static bool unknown_key(Compilation *c, const Table *table, const Expr *on) {
    const Table *people = table->population;
    Slice events = word(c, table->decl->name), name = quoted(c, on->span);
    Diag *diag = sema_error(c, NULL, DIAG_UNDEFINED_NAME, on->span,
                            "`%.*s` is no identifier of `%.*s`, nor a column that `%.*s` declares: "
                            "events are joined to people on a column that both have",
                            SLICE_FMT(name), SLICE_FMT(word(c, people->decl->name)),
                            SLICE_FMT(events));
    Nearest nearest = {.wanted = name};
    for (const Table *of = table; of; of = of->population) {
        VEC_EACH(const TableColumn, column, &of->columns)
            if (identifies(column)) nearest_offer(&nearest, word(c, column->name));
    }
    nearest_fix(c, diag, on->span, &nearest);
    return false;
}

/* Where a population has several identifiers, the one that its events are joined on tells its
 * people apart. */
static bool take_key(Compilation *c, const Table *people, const TableColumn *column,
                     const Expr *on) {
    ModuleTable *module = &c->module->tables.items[people->index];
    if (module->key == column->column) return true;
    for (uint32_t t = 0; t < c->module->tables.count; t++) {
        const ModuleTable *other = &c->module->tables.items[t];
        if (other->sort != TABLE_EVENTS || other->population != people->index) continue;
        sema_error(c, NULL, DIAG_TYPE_MISMATCH, on->span,
                   "`%.*s` are joined to `%.*s` on `%.*s`; all events of a population are joined "
                   "on the same identifier",
                   SLICE_FMT(other->name), SLICE_FMT(module->name),
                   SLICE_FMT(module->columns.items[module->key].name));
        return false;
    }
    module->key = column->column;
    return true;
}

static bool several_identifiers(Compilation *c, const Table *people, const Expr *on) {
    uint32_t count = 0;
    VEC_EACH(const ModuleColumn, column, &c->module->tables.items[people->index].columns)
        count += tells_people_apart(column);
    if (count < 2) return false;
    sema_error(c, NULL, DIAG_AMBIGUOUS_NAME, on->span,
               "`%.*s` has several identifiers: name the one that `%.*s` holds like it does",
               SLICE_FMT(word(c, people->decl->name)), SLICE_FMT(quoted(c, on->span)));
    return true;
}

/* Whether the events can be joined on that: a column of both by name, or one that the events
 * declare where the people have a single identifier. */
static bool may_join(Compilation *c, const Table *table, const Expr *on) {
    const Table *people = table->population;
    const TableColumn *own = people_column(table, on->atom);
    const TableColumn *theirs = people_column(people, on->atom);
    if (own && !own->broken && !identifies(own)) return no_identifier(c, on, table);
    if (theirs && !theirs->broken && !identifies(theirs)) return no_identifier(c, on, people);
    if (theirs) return theirs->broken || take_key(c, people, theirs, on);
    return own ? !several_identifiers(c, people, on) : unknown_key(c, table, on);
}

/* The key of events that declare no column for it is that of the population, by name. */
static void add_key_column(Compilation *c, Table *table, ModuleTable *module, const Expr *on) {
    TableColumn info = {.name = on->atom,
                        .column = module->columns.count,
                        .scale_num = 1,
                        .scale_den = 1,
                        .span = on->span};
    info.type = type_of(TYPE_QUANTITY);
    info.type.row = info.type.identifier = true;
    ModuleColumn column = {.name = word(c, on->atom),
                           .sort = COLUMN_IDENTIFIER,
                           .form = people_key(c, table->population)->form,
                           .span = on->span};
    VEC_PUSH(c->arena, &module->columns, column);
    VEC_PUSH(c->arena, &table->columns, info);
}

/* An NHS number with blanks in one file and without in the other is the same where both know it for
 * one. */
static void check_forms(Compilation *c, const Table *table, const ModuleTable *module,
                        const Expr *on) {
    static const char *const forms[] = {"identifier", "nhs_number", "lsoa"};
    const ModuleColumn *theirs = people_key(c, table->population);
    const ModuleColumn *own = &module->columns.items[module->key];
    if (theirs->sort != COLUMN_IDENTIFIER || own->form == theirs->form) return;
    Diag *diag = sema_error(c, NULL, DIAG_TYPE_MISMATCH, on->span,
                            "`%.*s` is declared `%s` here and `%.*s` of `%.*s` is declared `%s`: "
                            "what joins them is declared alike in both",
                            SLICE_FMT(word(c, on->atom)), forms[own->form], SLICE_FMT(theirs->name),
                            SLICE_FMT(word(c, table->population->decl->name)), forms[theirs->form]);
    diag_relate(c->diags, diag, own->span, "`%s` here", forms[own->form]);
    diag_relate(c->diags, diag, theirs->span, "`%s` here", forms[theirs->form]);
}

static void join_events(Compilation *c, Table *table, ModuleTable *module, const Expr *on) {
    if (!on || on->kind != EXPR_WORD || !may_join(c, table, on)) return;
    if (c->module->tables.items[table->population->index].key == MODULE_NONE) return; /* said */
    if (!people_column(table, on->atom) && module->headless) {
        sema_error(c, NULL, DIAG_MISSING_CLAUSE, on->span,
                   "a file without headings has its columns in the order they are declared in: add "
                   "`column %.*s : identifier` where it stands",
                   SLICE_FMT(word(c, on->atom)));
        return;
    }
    if (!people_column(table, on->atom)) add_key_column(c, table, module, on);
    const TableColumn *own = people_column(table, on->atom);
    module->key = own->column;
    if (!own->broken) check_forms(c, table, module, on);
}

static void declare_events(Compilation *c, Decl *decl) {
    ModuleTable module = {.sort = TABLE_EVENTS};
    const Expr *of = head_label(c, decl, "of");
    if (of && of->kind == EXPR_WORD && !decl_find(c, of->atom)) return; /* its clause says so */
    Decl *population = decl_named(c, of, SORT_POPULATION, "a population");
    if (!population || !population->table) return;
    Table *table = new_table(c, decl, &module);
    table->events = true;
    table->population = population->table;
    module.population = population->table->index;
    module.encoding = encoding_of(c, decl);
    module.delimiter = delimiter_of(c, decl);
    module.headless = without_header(c, decl);
    declare_columns(c, decl, table, &module);
    join_events(c, table, &module, head_label(c, decl, "on"));
    module.dated = table->dated = dated_column(c, table, &module, clause_expr(c, decl, "dated"));
    days_covered(c, decl, &module.covers_from, &module.covers_to);
    const Expr *unit = head_label(c, decl, "as");
    Exact scale;
    table->unit_span = unit ? unit->span : decl->name_span;
    if (unit && unit_of_expr(c, unit, &table->unit, &scale))
        module.unit = arena_copy(c->arena, source_map_text(c->sources, unit->span));
    ModuleSnapshot file = {.file = file_of(c, decl)};
    VEC_PUSH(c->arena, &module.snapshots, file);
    VEC_PUSH(c->arena, &c->module->tables, module);
}

static void each_decl(Compilation *c, const Kind *kind, void (*read)(Compilation *, Decl *)) {
    for (uint32_t i = 0; kind && i < kind->decls.count; i++) {
        c->at = kind->decls.items[i];
        read(c, kind->decls.items[i]);
    }
    c->at = NULL;
}

void sema_declare_people(Compilation *c) {
    const Kind *geographies = kind_of_sort(c, SORT_GEOGRAPHY);
    each_decl(c, geographies, geography_read);
    const Kind *populations = kind_of_sort(c, SORT_POPULATION);
    each_decl(c, populations, declare_population);
    const Kind *events = kind_of_sort(c, SORT_EVENTS);
    each_decl(c, events, declare_events);
}

Value *people_of(Compilation *c, Decl *decl) {
    if (!decl->table) return value_poison(c);
    Value *value = value_new(c, VALUE_PEOPLE, decl->name_span);
    value->table = decl->table;
    value->text = decl->title.length ? decl->title : word(c, decl->name);
    return value;
}
