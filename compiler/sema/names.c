/* What a bare word names: an argument, a column of the rows asked about, something of the
 * declaration around, of the plan, of a library; and the nearest known word where it is none. */
#include "compiler/sema/expressions.h"

Decl *name_in_file(const Compilation *c, uint32_t file, Atom name) {
    for (uint32_t i = 0; i < c->decls.count; i++) {
        Decl *decl = c->decls.items[i];
        if (decl->unit_index == file && decl->name == name && !decl->parent &&
            decl->kind->sort != SORT_FN)
            return decl;
    }
    return NULL;
}

Value *name_column(Compilation *c, const Scope *scope, const Table *rows, Atom name, Span span) {
    const TableColumn *own = people_column(rows, name);
    const TableColumn *person = rows->population ? people_column(rows->population, name) : NULL;
    if (own && person && !own->type.identifier) {
        Diag *diag =
            sema_error(c, scope, DIAG_AMBIGUOUS_NAME, span,
                       "`%.*s` is a column of `%.*s` and of `%.*s`: write `%.*s.%.*s`",
                       SLICE_FMT(word(c, name)), SLICE_FMT(word(c, rows->decl->name)),
                       SLICE_FMT(word(c, rows->population->decl->name)),
                       SLICE_FMT(word(c, rows->population->decl->name)), SLICE_FMT(word(c, name)));
        diag_relate(c->diags, diag, own->span, "declared here");
        diag_relate(c->diags, diag, person->span, "and here");
        return value_poison(c);
    }
    const TableColumn *column = own ? own : person;
    if (!column) return NULL;
    if (column->type.identifier) {
        sema_error(c, scope, DIAG_PERSONAL_DATA_LEAK, span,
                   "`%.*s` identifies people: it can only join events to them",
                   SLICE_FMT(word(c, name)));
        return value_poison(c);
    }
    Node *node = node_new(c, NODE_COLUMN, column->type, span);
    node->table = own ? rows : rows->population;
    node->column = column->column;
    return value_from_node(c, node);
}

static Value *member_value(Compilation *c, Decl *self, Atom name, Span span) {
    if (slice_equal(word(c, name), SLICE("value")) && self->kind->head.type)
        return value_of_clause(c, self->head);
    const ClauseSpec *spec = kind_clause(self->kind, name);
    if (!spec) {
        for (uint32_t i = 0; i < self->kind->head.labels.count; i++) {
            if (self->kind->head.labels.items[i].label == name) goto known;
        }
        return NULL;
    }
known:;
    Value base = {.sort = VALUE_DECL, .decl = self, .span = span};
    return value_member(c, NULL, &base, name, span);
}

static Value *scoped_value(Compilation *c, const Scope *scope, Atom name, Span span) {
    for (const Scope *s = scope; s; s = s->outer) {
        for (uint32_t i = 0; i < s->binding_count; i++) {
            if (s->bindings[i].name == name) return s->bindings[i].value;
        }
        if (s->rows) {
            Value *column = name_column(c, scope, s->rows, name, span);
            if (column) return column;
        }
        if (s->self && s->members) {
            if (slice_equal(word(c, name), SLICE("this"))) {
                Value *self = value_new(c, VALUE_DECL, span);
                self->decl = s->self;
                return self;
            }
            Value *member = member_value(c, s->self, name, span);
            if (member) return member;
        }
        for (Decl *around = s->self; around; around = around->parent) {
            Decl *child = decl_child(around, name);
            if (!child || !(child->kind->local || child->kind->sort == SORT_LET)) continue;
            child->used = true;
            return value_of_decl(c, child, span);
        }
    }
    return NULL;
}

static uint32_t scope_file(const Compilation *c, const Scope *scope) {
    for (; scope; scope = scope->outer) {
        if (!scope->outer) return scope->file;
    }
    return c->files.count ? c->files.count - 1 : 0;
}

static Value *library_value(Compilation *c, uint32_t file, Atom name, Span span) {
    for (uint32_t i = 0; i < c->files.count; i++) {
        const LoadedFile *loaded = &c->files.items[i];
        if (!loaded->library) continue;
        bool first_part = slice_starts_with(
            loaded->name, arena_printf(c->arena, "%.*s.", SLICE_FMT(word(c, name))));
        if (loaded->short_name != name && !first_part) continue;
        Value *value = value_new(c, VALUE_LIBRARY, span);
        value->word = loaded->short_name == name ? intern(c->interner, loaded->name) : name;
        return value;
    }
    (void)file;
    return NULL;
}

Value *name_known(Compilation *c, const Scope *scope, Atom name, Span span) {
    Value *found = scoped_value(c, scope, name, span);
    if (found) return found;
    uint32_t file = scope_file(c, scope);
    Decl *decl = c->files.items[file].library ? name_in_file(c, file, name) : NULL;
    if (!decl) decl = decl_find(c, name);
    if (decl) {
        decl->used = true;
        return value_of_decl(c, decl, span);
    }
    Kind *kind = kind_find(c, name);
    if (kind && kind->sort == SORT_PLAN && c->plan) {
        Value *plan = value_new(c, VALUE_DECL, span);
        plan->decl = c->plan;
        return plan;
    }
    if (kind && !kind->builtin) {
        Value *all = value_new(c, VALUE_KIND, span);
        all->kind = kind;
        return all;
    }
    return library_value(c, file, name, span);
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

Value *name_value(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *found = name_known(c, scope, expr->atom, expr->span);
    if (found) return found;
    Diag *diag = sema_error(c, scope, DIAG_UNDEFINED_NAME, expr->span,
                            "nothing named `%.*s` is declared", SLICE_FMT(word(c, expr->atom)));
    Nearest nearest = {.wanted = word(c, expr->atom)};
    offer_names(c, scope, &nearest);
    nearest_fix(c, diag, expr->span, &nearest);
    return value_poison(c);
}
