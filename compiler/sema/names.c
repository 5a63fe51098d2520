/* What a bare word names: an argument, a column of the rows asked about, something of the
 * declaration around, of the plan, of a library; and the nearest known word where it is none. */
#include "compiler/sema/embedded.h"
#include "compiler/sema/expressions.h"
#include "compiler/sema/people.h"

uint32_t scope_file(const Compilation *c, const Scope *scope) {
    while (scope && scope->outer) scope = scope->outer;
    return scope ? scope->file : c->files.count - 1;
}

/* ---- Columns ------------------------------------------------------------------------ */

static Value *ambiguous_column(Compilation *c, const Scope *scope, const Table *rows,
                               const TableColumn *column, Slice other, Span other_span, Span span) {
    Slice name = word(c, column->name), table = word(c, rows->decl->name);
    Diag *diag = sema_error(c, scope, DIAG_AMBIGUOUS_NAME, span,
                            "`%.*s` is a column of `%.*s` and %.*s: write `%.*s.%.*s` for the "
                            "column of `%.*s`",
                            SLICE_FMT(name), SLICE_FMT(table), SLICE_FMT(other), SLICE_FMT(table),
                            SLICE_FMT(name), SLICE_FMT(table));
    diag_relate(c->diags, diag, column->span, "a column of `%.*s`", SLICE_FMT(table));
    diag_relate(c->diags, diag, other_span, "and %.*s", SLICE_FMT(other));
    diag_fix(c->diags, diag, span,
             arena_printf(c->arena, "%.*s.%.*s", SLICE_FMT(table), SLICE_FMT(name)),
             "for the column of `%.*s`", SLICE_FMT(table));
    return value_poison(c);
}

static Slice column_of(Compilation *c, const Table *table) {
    return arena_printf(c->arena, "a column of `%.*s`", SLICE_FMT(word(c, table->decl->name)));
}

/* The larger area the row's own lies in, `place` where the rows have neighbourhoods; or what is
 * known of that area. */
static Value *area_of_row(Compilation *c, const Table *rows, Atom name, Span span) {
    for (const Table *table = rows; table; table = table->population) {
        VEC_EACH(const TableColumn, column, &table->columns) {
            uint16_t dim;
            if (!column->geography) continue;
            const AreaAttribute *attribute = geography_attribute(column->geography, name);
            if (attribute) {
                Node *area = node_new(c, NODE_COLUMN, column->type, span);
                area->table = table;
                area->column = column->column;
                return value_from_node(c, attribute_of_row(c, area, attribute, span));
            }
            if (!geography_level(c, column->geography, name, &dim)) continue;
            Node *code = dim_row_code(c, rows, dim);
            if (!code) continue;
            Node *node = ARENA_NEW(c->arena, Node);
            *node = *code;
            node->span = span;
            return value_from_node(c, node);
        }
    }
    return NULL;
}

static Value *read_column(Compilation *c, const Scope *scope, const Table *table,
                          const TableColumn *column, Span span) {
    if (column->type.identifier) {
        sema_error(c, scope, DIAG_PERSONAL_DATA_LEAK, span,
                   "`%.*s` identifies people: it can only join events to them",
                   SLICE_FMT(word(c, column->name)));
        return value_poison(c);
    }
    if (column->broken) return value_poison(c);
    return value_from_node(c, column_node(c, table, column, span));
}

/* A bare name among the columns of the rows and of their people. */
static Value *bare_column(Compilation *c, const Scope *scope, const Table *rows, Atom name,
                          Span span) {
    const TableColumn *own = people_column(rows, name);
    const TableColumn *person = rows->population ? people_column(rows->population, name) : NULL;
    if (own && person && !own->type.identifier)
        return ambiguous_column(c, scope, rows->population, person, column_of(c, rows), own->span,
                                span);
    if (own) return read_column(c, scope, rows, own, span);
    if (person) return read_column(c, scope, rows->population, person, span);
    return area_of_row(c, rows, name, span);
}

Value *name_column(Compilation *c, const Scope *scope, const Table *table, Atom name, Span span) {
    for (const Table *of = table; of; of = of->population) {
        const TableColumn *column = people_column(of, name);
        if (column) return read_column(c, scope, of, column, span);
    }
    return area_of_row(c, table, name, span);
}

/* Whether a declaration may stand in a condition on rows: an organisation or a KPI may not, and
 * so cannot be meant. */
static bool is_value(const Decl *decl) {
    switch (decl->kind->sort) {
    case SORT_LET:
    case SORT_TABLE:
    case SORT_SEGMENT:
    case SORT_DIMENSION: return true;
    default: return decl->kind->head.type != NULL;
    }
}

/* What an argument or a value of the plan is called is no column of the rows as well. */
static Value *unambiguous_column(Compilation *c, const Scope *scope, const Scope *at, Atom name,
                                 Span span) {
    Value *value = bare_column(c, scope, at->rows, name, span);
    if (!value || value->sort != VALUE_NODE || value->node->sort != NODE_COLUMN) return value;
    const Table *table = value->node->table;
    for (const Scope *s = at->outer; s; s = s->outer) {
        for (uint32_t i = 0; i < s->binding_count; i++) {
            if (s->bindings[i].name == name)
                return ambiguous_column(c, scope, table, people_column(table, name),
                                        SLICE("an argument"), s->bindings[i].value->span, span);
        }
    }
    const Decl *decl = c->files.items[scope_file(c, scope)].library ? NULL : decl_find(c, name);
    if (!decl || !is_value(decl)) return value;
    Slice other =
        arena_printf(c->arena, "the %.*s of that name", SLICE_FMT(word(c, decl->kind->name)));
    return ambiguous_column(c, scope, table, people_column(table, name), other, decl->name_span,
                            span);
}

/* ---- From within outwards ----------------------------------------------------------- */

static bool is_head_label(const Kind *kind, Atom name) {
    VEC_EACH(const LabelSpec, label, &kind->head.labels) {
        if (label->label == name) return true;
    }
    return false;
}

/* What the declaration itself says: in derived clauses, and where items of a list are counted. */
static Value *own_member(Compilation *c, Decl *self, Atom name, Span span) {
    Slice text = word(c, name);
    if (slice_equal(text, SLICE("this"))) return decl_itself(c, self);
    if (slice_equal(text, SLICE("value")) && self->kind->head.type)
        return value_of_clause(c, self->head);
    if (!kind_clause(self->kind, name) && !is_head_label(self->kind, name)) return NULL;
    return value_member(c, NULL, decl_itself(c, self), name, span);
}

/* A let or a declaration of a kind within a kind, known bare inside its parent. */
static Value *member_around(Compilation *c, const Decl *self, Atom name, Span span) {
    for (const Decl *around = self; around; around = around->parent) {
        Decl *child = decl_child(c, around, name);
        if (!child || !(child->kind->local || child->kind->sort == SORT_LET)) continue;
        child->used = true;
        return value_of_decl(c, child, span);
    }
    return NULL;
}

static Value *scoped_value(Compilation *c, const Scope *scope, Atom name, Span span) {
    for (const Scope *s = scope; s; s = s->outer) {
        for (uint32_t i = 0; i < s->binding_count; i++) {
            if (s->bindings[i].name == name) return s->bindings[i].value;
        }
        Value *value = s->rows ? unambiguous_column(c, scope, s, name, span) : NULL;
        if (!value && s->self && s->members) value = own_member(c, s->self, name, span);
        if (!value && s->self) value = member_around(c, s->self, name, span);
        if (value) return value;
    }
    return NULL;
}

/* ---- The plan's and the libraries' -------------------------------------------------- */

/* `esp2013` or the `nhs` of `nhs.esp2013`, in a file that uses it. */
static Value *library_value(Compilation *c, uint32_t from, Atom name, Span span) {
    Slice text = word(c, name);
    for (uint32_t i = 0; i < c->files.count; i++) {
        const LoadedFile *file = &c->files.items[i];
        if (!file->library || file->prelude || !file_sees(c, from, i)) continue;
        bool first_part = slice_starts_with(file->name, text) && file->name.length > text.length &&
                          file->name.data[text.length] == '.';
        if (file->short_name != name && !first_part) continue;
        Value *value = value_new(c, VALUE_LIBRARY, span);
        value->word = file->short_name == name ? intern(c->interner, file->name) : name;
        return value;
    }
    return NULL;
}

static Value *kind_value(Compilation *c, Kind *kind, Span span) {
    if (kind->sort == SORT_PLAN && c->plan) return value_of_decl(c, c->plan, span);
    if (kind->builtin) return NULL;
    Value *all = value_new(c, VALUE_KIND, span);
    all->kind = kind;
    return all;
}

Value *name_known(Compilation *c, const Scope *scope, Atom name, Span span) {
    Value *found = scoped_value(c, scope, name, span);
    if (found) return found;
    uint32_t file = scope_file(c, scope);
    Decl *decl = c->files.items[file].library ? decl_in_file(c, file, name) : NULL;
    if (!decl) decl = decl_find(c, name);
    if (decl) {
        decl->used = true;
        return value_of_decl(c, decl, span);
    }
    Kind *kind = kind_find(c, name);
    Value *value = kind ? kind_value(c, kind, span) : NULL;
    return value ? value : library_value(c, file, name, span);
}

/* ---- Unknown names ------------------------------------------------------------------ */

/* A library that is there, and that this file does not use. */
static bool offer_library(Compilation *c, const Scope *scope, Diag *diag, Slice name) {
    for (size_t i = 0; i < scp_stdlib_count; i++) {
        Slice library = library_name(c, i);
        size_t dot = library.length;
        while (dot && library.data[dot - 1] != '.') dot--;
        if (!slice_equal(slice_sub(library, dot, library.length), name)) continue;
        use_fix(c, diag, scope_file(c, scope), library);
        return true;
    }
    return false;
}

static void offer_names(Compilation *c, const Scope *scope, Nearest *nearest) {
    for (const Scope *s = scope; s; s = s->outer) {
        for (uint32_t i = 0; i < s->binding_count; i++)
            nearest_offer(nearest, word(c, s->bindings[i].name));
        for (const Table *table = s->rows; table; table = table->population) {
            VEC_EACH(const TableColumn, column, &table->columns)
            nearest_offer(nearest, word(c, column->name));
        }
        for (Decl *around = s->self; around; around = around->parent) {
            for (uint32_t i = 0; i < around->children.count; i++)
                nearest_offer(nearest, word(c, around->children.items[i]->name));
        }
    }
    for (uint32_t i = 0; i < c->names.count; i++)
        nearest_offer(nearest, word(c, (Atom)c->names.entries[i].key));
}

/* `admissions where fy == FY2025/26`: time is what events are counted by, and nothing that a row
 * has. */
static bool period_in_condition(Compilation *c, const Scope *scope, const Expr *expr) {
    static const char *const periods[] = {"fy", "quarter", "month", "week"};
    const Table *rows = scope_rows(scope);
    Slice name = word(c, expr->atom), days = {0};
    bool period = false;
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
        period |= slice_equal(name, slice_of(periods[i]));
    if (!rows || !period) return false;
    VEC_EACH(const TableColumn, column, &rows->columns)
        if (rows->events && column->column == rows->dated)
            days = arena_printf(c->arena,
                                "; a condition compares days: `%.*s in 2026-04-01 .. 2026-06-30`",
                                SLICE_FMT(word(c, column->name)));
    sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span,
               "`%.*s` is no column: what is counted is asked for `by %.*s`, or for one year with "
               "`measured(count(…) at FY2026/27)`%.*s",
               SLICE_FMT(name), SLICE_FMT(name), SLICE_FMT(days));
    return true;
}

Value *name_value(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *found = name_known(c, scope, expr->atom, expr->span);
    if (found) return found;
    if (name_lost(c, expr->atom)) return value_poison(c);
    if (period_in_condition(c, scope, expr)) return value_poison(c);
    uint64_t fn;
    if (hashmap_get(&c->fn_names, expr->atom, &fn) ||
        hashmap_get(&c->form_names, expr->atom, &fn)) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span,
                   "`%.*s` is a function: what it is asked of stands in parentheses after it",
                   SLICE_FMT(word(c, expr->atom)));
        return value_poison(c);
    }
    Diag *diag = sema_error(c, scope, DIAG_UNDEFINED_NAME, expr->span,
                            "nothing named `%.*s` is declared", SLICE_FMT(word(c, expr->atom)));
    Nearest nearest = {.wanted = word(c, expr->atom)};
    offer_names(c, scope, &nearest);
    if (!offer_library(c, scope, diag, nearest.wanted)) nearest_fix(c, diag, expr->span, &nearest);
    return value_poison(c);
}
