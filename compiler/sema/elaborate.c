/* Expressions to values. Everything that does not depend on data is decided here: names,
 * members of declarations, repetition over lists; what remains is a node. A mistake is said
 * once, where it was made, and what depends on it stays silent. */
#include "compiler/sema/clauses.h"

#include "runtime/base/date.h"
#include "runtime/stats/estimate.h"

enum { DEPTH_LIMIT = 400 };

/* ---- Values as numbers -------------------------------------------------------------- */

bool fold_bool(const Node *node, bool *truth) {
    if (!node || node->sort != NODE_CONST || node->constant.sort != CONST_BOOL) return false;
    *truth = node->constant.integer != 0;
    return true;
}

/* A clause read as its value: nothing, one, or a list. */
static Value *strip(Compilation *c, Value *value) {
    for (int i = 0; i < 8 && value->sort == VALUE_CLAUSE; i++)
        value = value_of_clause(c, value->clause);
    return value;
}

/* People where a condition on one row is wanted: whether the row's person is among them. */
static Node *membership(Compilation *c, const Scope *scope, const Value *value) {
    const Table *rows = NULL;
    for (const Scope *s = scope; s && !rows; s = s->outer) rows = s->rows;
    if (!rows || (rows != value->table && rows->population != value->table)) return NULL;
    Node *all = NULL;
    for (uint32_t i = 0; i < value->filter_count; i++)
        all = all ? operate(c, scope, OP_AND, all, value->filters[i], value->span)
                  : value->filters[i];
    return all ? all : node_bool(c, true, value->span);
}

Node *value_node(Compilation *c, const Scope *scope, Value *value) {
    value = strip(c, value);
    switch (value->sort) {
    case VALUE_POISON: return NULL;
    case VALUE_NODE:
    case VALUE_UNKNOWN: return value->node;
    case VALUE_MISSING: {
        Node *node = node_absent(c, TYPE_QUANTITY, ABSENT_MISSING, (Slice){0}, value->span);
        node->type.bare = true;
        return node;
    }
    case VALUE_DECL:
        if (value->decl->head && value->decl->kind->head.type)
            return value_node(c, scope, value_of_clause(c, value->decl->head));
        break;
    case VALUE_PEOPLE: {
        Node *node = membership(c, scope, value);
        if (node) return node;
        break;
    }
    case VALUE_DIMS:
        if (value->node && value->dim_count == 1) return value->node;
        break;
    case VALUE_PAIRS:
    case VALUE_CLAUSE:
    case VALUE_LIST:
    case VALUE_CHOICE:
    case VALUE_KIND:
    case VALUE_CHANGE:
    case VALUE_DISPLAY:
    case VALUE_RANGE:
    case VALUE_LIBRARY: break;
    }
    sema_error(c, scope, DIAG_TYPE_MISMATCH, value->span,
               "`%.*s` is %.*s; a number or condition is wanted here",
               SLICE_FMT(quoted(c, value->span)), SLICE_FMT(value_text(c, value)));
    return NULL;
}

Node *elaborate_node(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *value = elaborate(c, scope, expr);
    if (value->sort == VALUE_POISON) return NULL;
    if (value->sort != VALUE_NODE) value->span = expr->span;
    return value_node(c, scope, value);
}

Node *elaborate_condition(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *node = elaborate_node(c, scope, expr);
    if (!node || node->type.base == TYPE_BOOL) return node;
    if (node->sort == NODE_CONST && node->constant.sort == CONST_ABSENT)
        return node_absent(c, TYPE_BOOL, (int)node->constant.integer, node->constant.text,
                           expr->span);
    sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span, "a condition is wanted here; this is %.*s",
               SLICE_FMT(type_text(c, &node->type)));
    return NULL;
}

/* ---- Literals ----------------------------------------------------------------------- */

static Exact literal_exact(Compilation *c, const Expr *expr, int shift) {
    return exact_from_decimal(c->arena, expr->number.mantissa, expr->number.power + shift);
}

static Node *number_literal(Compilation *c, const Expr *expr) {
    bool scaled = expr->kind == EXPR_PERCENT || expr->kind == EXPR_POINTS;
    Node *node = node_exact(c, literal_exact(c, expr, scaled ? -2 : 0), expr->span);
    node->type.percent = expr->kind == EXPR_PERCENT;
    node->type.points = expr->kind == EXPR_POINTS;
    node->type.bare = expr->kind == EXPR_NUMBER;
    if (expr->kind == EXPR_MONEY) {
        node->type.unit = unit_base(BASE_GBP);
        node->type.price = expr->real ? PRICE_REAL : PRICE_CASH;
        node->type.price_year = expr->real ? c->price_year : 0;
    }
    return node;
}

static Value *unit_literal(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *node = number_literal(c, expr->left);
    if (slice_equal(word(c, expr->atom), SLICE("relative")) && expr->left->kind == EXPR_PERCENT) {
        Value *change = value_new(c, VALUE_CHANGE, expr->span);
        change->node = node;
        change->relative = true;
        return change;
    }
    UnitWord *unit = unit_find(&c->units, expr->atom);
    if (unit && expr->left->kind == EXPR_NUMBER) {
        unit->used = true;
        node->constant.exact = exact_mul(c->arena, node->constant.exact, unit->scale);
        node->type.unit = unit->unit;
        node->type.bare = false;
        node->span = expr->span;
        if (unit_is(&unit->unit, BASE_GBP)) node->type.price = PRICE_CASH;
        return value_from_node(c, node);
    }
    Diag *diag = sema_error(c, scope, DIAG_UNDEFINED_NAME, expr->word_span,
                            "`%.*s` is not a unit of measurement%s", SLICE_FMT(word(c, expr->atom)),
                            expr->left->kind == EXPR_NUMBER ? "" : " that can follow this amount");
    if (decl_find(c, expr->atom)) {
        diag_fix(c->diags, diag, (Span){expr->left->span.end, expr->word_span.start}, SLICE(" of "),
                 "did you mean `%.*s of %.*s`?", SLICE_FMT(quoted(c, expr->left->span)),
                 SLICE_FMT(word(c, expr->atom)));
        return value_poison(c);
    }
    Nearest nearest = {.wanted = word(c, expr->atom)};
    VEC_EACH(UnitWord, known, &c->units.words) {
        nearest_offer(&nearest, word(c, known->name));
        if (known->singular != ATOM_NONE) nearest_offer(&nearest, word(c, known->singular));
    }
    nearest_fix(c, diag, expr->word_span, &nearest);
    return value_poison(c);
}

static uint32_t text_format(Compilation *c, const Scope *scope, const TextPart *part) {
    static const char *const names[] = {"percent", "pounds", "millions", "whole"};
    if (part->format == ATOM_NONE) return 0;
    Slice text = word(c, part->format);
    for (uint32_t i = 0; i < 4; i++) {
        if (slice_equal(text, slice_of(names[i]))) return i + 1;
    }
    if (slice_equal(text, SLICE("places")))
        return 5 + (uint32_t)(part->places < 0 ? 0 : part->places > 15 ? 15 : part->places);
    sema_error(c, scope, DIAG_TYPE_MISMATCH, part->span,
               "`%.*s` is not a format: percent, pounds, millions, whole or a number of places",
               SLICE_FMT(text));
    return 0;
}

/* A value within a text: its words where it has them, else a number in a format. */
static Node *text_part(Compilation *c, const Scope *scope, const TextPart *part) {
    if (!part->value) return node_text(c, part->literal, part->span);
    Value *value = strip(c, elaborate(c, scope, part->value));
    if (value->sort == VALUE_POISON) return NULL;
    if (value->sort == VALUE_CHOICE) return node_text(c, word(c, value->word), part->span);
    if (value->sort == VALUE_DECL && !value->decl->kind->head.type)
        return node_text(
            c, value->decl->title.length ? value->decl->title : word(c, value->decl->name),
            part->span);
    if (value->sort == VALUE_MISSING) return node_text(c, SLICE("missing"), part->span);
    value->span = part->value->span;
    Node *node = value_node(c, scope, value);
    if (!node) return NULL;
    if (node->type.row) {
        sema_error(c, scope, DIAG_PERSONAL_DATA_LEAK, part->value->span,
                   "a value of one person cannot stand in a text");
        return NULL;
    }
    if (node->type.base == TYPE_TEXT) return node;
    if (node->type.dim_count) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, part->value->span,
                   "a text takes one number; this has one for each %.*s",
                   SLICE_FMT(c->module->dims.items[node->type.dims[0]].name));
        return NULL;
    }
    Type text = type_of(TYPE_TEXT);
    text.measure = node->type.measure;
    Node *format = node_new(c, NODE_FORMAT, text, part->span);
    format->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    format->args[0] = node;
    format->arg_count = 1;
    format->unit = unit_for(c, &node->type, NULL);
    format->member = text_format(c, scope, part);
    return format;
}

static Value *text_literal(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *text = node_new(c, NODE_TEXT, type_of(TYPE_TEXT), expr->span);
    text->args = ARENA_NEW_ARRAY(c->arena, Node *, expr->parts.count);
    bool broken = false;
    VEC_EACH(const TextPart, part, &expr->parts) {
        Node *node = text_part(c, scope, part);
        broken |= !node;
        if (node) {
            text->args[text->arg_count++] = node;
            type_join(&text->type, &node->type);
        }
    }
    if (broken) return value_poison(c);
    if (text->arg_count == 1 && text->args[0]->sort == NODE_CONST) {
        text->args[0]->span = expr->span;
        return value_from_node(c, text->args[0]);
    }
    if (!text->arg_count) return value_from_node(c, node_text(c, SLICE(""), expr->span));
    return value_from_node(c, text);
}

/* ---- Names -------------------------------------------------------------------------- */

static Decl *file_decl(const Compilation *c, uint32_t file, Atom name) {
    for (uint32_t i = 0; i < c->decls.count; i++) {
        Decl *decl = c->decls.items[i];
        if (decl->unit_index == file && decl->name == name && !decl->parent &&
            decl->kind->sort != SORT_FN)
            return decl;
    }
    return NULL;
}

static Value *column_value(Compilation *c, const Scope *scope, const Table *rows, Atom name,
                           Span span) {
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
            Value *column = column_value(c, scope, s->rows, name, span);
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

static Value *known_value(Compilation *c, const Scope *scope, Atom name, Span span) {
    Value *found = scoped_value(c, scope, name, span);
    if (found) return found;
    uint32_t file = scope_file(c, scope);
    Decl *decl = c->files.items[file].library ? file_decl(c, file, name) : NULL;
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

static Value *word_value(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *found = known_value(c, scope, expr->atom, expr->span);
    if (found) return found;
    Diag *diag = sema_error(c, scope, DIAG_UNDEFINED_NAME, expr->span,
                            "nothing named `%.*s` is declared", SLICE_FMT(word(c, expr->atom)));
    Nearest nearest = {.wanted = word(c, expr->atom)};
    offer_names(c, scope, &nearest);
    nearest_fix(c, diag, expr->span, &nearest);
    return value_poison(c);
}

/* ---- Members ------------------------------------------------------------------------ */

static Value *text_value(Compilation *c, Slice text, Span span) {
    return value_from_node(c, node_text(c, text, span));
}

static void add_descendants(Compilation *c, const Decl *decl, const Kind *kind, ValueList *list,
                            Span span) {
    for (uint32_t i = 0; i < decl->children.count; i++) {
        Decl *child = decl->children.items[i];
        if (child->kind == kind) {
            Value *value = value_new(c, VALUE_DECL, span);
            value->decl = child;
            VEC_PUSH(c->arena, list, value);
        }
        add_descendants(c, child, kind, list, span);
    }
}

/* A clause of a declaration, or all of a repeated one as a list. */
static Value *clause_value(Compilation *c, Decl *decl, const ClauseSpec *spec, Span span) {
    bool many = spec->cardinality == CLAUSE_REPEATED || spec->cardinality == CLAUSE_SEVERAL;
    Value *list = value_new(c, VALUE_LIST, span);
    Value *single = NULL;
    for (uint32_t i = 0; i < decl->clauses.count; i++) {
        Clause *clause = decl->clauses.items[i];
        if (clause->spec != spec) continue;
        elaborate_clause(c, clause);
        Value *value = value_new(c, VALUE_CLAUSE, span);
        value->clause = clause;
        single = value;
        if (spec->labels.count || !many) {
            VEC_PUSH(c->arena, &list->list, value);
            continue;
        }
        for (uint32_t j = 0; j < clause->values.count; j++)
            VEC_PUSH(c->arena, &list->list, clause->values.items[j]);
    }
    if (many) return list;
    return single ? single : clause_fallback(c, decl, spec, span);
}

static Value *derived_value(Compilation *c, Decl *decl, const ClauseSpec *spec, Span span) {
    Clause *clause = NULL;
    for (uint32_t i = 0; i < decl->clauses.count && !clause; i++) {
        if (decl->clauses.items[i]->spec == spec) clause = decl->clauses.items[i];
    }
    if (!clause) {
        clause = ARENA_NEW(c->arena, Clause);
        clause->spec = spec;
        clause->decl = decl;
        clause->item = decl->item;
        clause->span = decl->name_span;
        VEC_PUSH(c->arena, &decl->clauses, clause);
    }
    elaborate_clause(c, clause);
    if (!clause->values.count) return value_poison(c);
    (void)span;
    return clause->values.items[0];
}

static Value *label_value(Compilation *c, Clause *clause, Atom name, Span span) {
    elaborate_clause(c, clause);
    for (uint32_t i = 0; i < clause->labels.count; i++) {
        const ClauseLabel *label = &clause->labels.items[i];
        if (label->spec->label != name) continue;
        if (label->values.count == 1) return label->values.items[0];
        Value *list = value_new(c, VALUE_LIST, span);
        for (uint32_t j = 0; j < label->values.count; j++)
            VEC_PUSH(c->arena, &list->list, label->values.items[j]);
        return list;
    }
    for (uint32_t i = 0; i < clause->spec->labels.count; i++) {
        if (clause->spec->labels.items[i].label == name) return value_new(c, VALUE_MISSING, span);
    }
    return NULL;
}

static Value *decl_member(Compilation *c, Decl *decl, Atom member, Span span) {
    Slice text = word(c, member);
    const ClauseSpec *spec = kind_clause(decl->kind, member);
    if (spec && spec->cardinality == CLAUSE_DERIVED) return derived_value(c, decl, spec, span);
    if (spec) return clause_value(c, decl, spec, span);
    Decl *child = decl_child(decl, member);
    if (child) {
        child->used = true;
        return value_of_decl(c, child, span);
    }
    if (slice_equal(text, SLICE("name"))) return text_value(c, word(c, decl->name), span);
    if (slice_equal(text, SLICE("title")))
        return decl->title.length ? text_value(c, decl->title, span)
                                  : value_new(c, VALUE_MISSING, span);
    if (slice_equal(text, SLICE("kind"))) return text_value(c, word(c, decl->kind->name), span);
    if (slice_equal(text, SLICE("value")) && decl->kind->head.type)
        return value_of_clause(c, decl->head);
    if (slice_equal(text, SLICE("parent"))) {
        if (!decl->parent) return value_new(c, VALUE_MISSING, span);
        Value *parent = value_new(c, VALUE_DECL, span);
        parent->decl = decl->parent;
        return parent;
    }
    if (decl->head) {
        Value *label = label_value(c, decl->head, member, span);
        if (label) return label;
    }
    Kind *kind = kind_find(c, member);
    if (kind && kind->within.count) {
        Value *list = value_new(c, VALUE_LIST, span);
        add_descendants(c, decl, kind, &list->list, span);
        return list;
    }
    return NULL;
}

static Value *estimate_member(Compilation *c, Node *node, Atom member, Span span) {
    static const struct {
        const char *name;
        Opcode op;
    } fields[] = {{"value", OPCODE_VALUE},
                  {"lower", OPCODE_LOWER},
                  {"upper", OPCODE_UPPER},
                  {"numerator", OPCODE_NUMERATOR},
                  {"denominator", OPCODE_DENOMINATOR}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!slice_equal(word(c, member), slice_of(fields[i].name))) continue;
        Type type = node->type;
        type.estimate = false;
        if (i >= 3) {
            type.percent = false;
            for (int b = 0; b < UNIT_MAX_BASES; b++) {
                if (i == 4) type.unit.up[b] = type.unit.down[b];
                type.unit.down[b] = 0;
            }
        }
        return value_from_node(c, node_op(c, fields[i].op, type, span, node, NULL, NULL));
    }
    return NULL;
}

static Value *library_member(Compilation *c, const Value *base, Atom member, Span span) {
    Slice name = word(c, base->word);
    Slice longer = arena_printf(c->arena, "%.*s.%.*s", SLICE_FMT(name), SLICE_FMT(word(c, member)));
    for (uint32_t i = 0; i < c->files.count; i++) {
        if (!c->files.items[i].library) continue;
        if (slice_equal(c->files.items[i].name, name)) {
            Decl *decl = file_decl(c, i, member);
            if (decl) return value_of_decl(c, decl, span);
        }
        if (slice_equal(c->files.items[i].name, longer)) {
            Value *value = value_new(c, VALUE_LIBRARY, span);
            value->word = intern(c->interner, longer);
            return value;
        }
    }
    return NULL;
}

static void unknown_member(Compilation *c, const Scope *scope, Value *base, Atom member,
                           Span span) {
    Diag *diag = sema_error(c, scope, DIAG_UNDEFINED_NAME, span, "%.*s has nothing named `%.*s`",
                            SLICE_FMT(value_text(c, base)), SLICE_FMT(word(c, member)));
    Nearest nearest = {.wanted = word(c, member)};
    if (base->sort == VALUE_DECL) {
        for (uint32_t i = 0; i < base->decl->kind->clauses.count; i++)
            nearest_offer(&nearest, word(c, base->decl->kind->clauses.items[i]->name));
        for (uint32_t i = 0; i < base->decl->children.count; i++)
            nearest_offer(&nearest, word(c, base->decl->children.items[i]->name));
    }
    nearest_fix(c, diag, span, &nearest);
}

Value *value_member(Compilation *c, const Scope *scope, Value *base, Atom member, Span span) {
    Value *found = NULL;
    switch (base->sort) {
    case VALUE_POISON: return base;
    case VALUE_MISSING: return value_new(c, VALUE_MISSING, span);
    case VALUE_DECL: found = decl_member(c, base->decl, member, span); break;
    case VALUE_CLAUSE:
        found = label_value(c, base->clause, member, span);
        if (!found) return value_member(c, scope, strip(c, base), member, span);
        break;
    case VALUE_LIBRARY: found = library_member(c, base, member, span); break;
    case VALUE_RANGE:
        if (slice_equal(word(c, member), SLICE("from"))) found = base->from;
        if (slice_equal(word(c, member), SLICE("to"))) found = base->to;
        break;
    case VALUE_PEOPLE: found = column_value(c, scope, base->table, member, span); break;
    case VALUE_NODE:
        if (base->node->type.estimate) found = estimate_member(c, base->node, member, span);
        break;
    case VALUE_LIST:
    case VALUE_CHOICE:
    case VALUE_KIND:
    case VALUE_DIMS:
    case VALUE_CHANGE:
    case VALUE_DISPLAY:
    case VALUE_UNKNOWN:
    case VALUE_PAIRS: break;
    }
    if (found) return found;
    unknown_member(c, scope, base, member, span);
    return value_poison(c);
}

/* ---- Operators on values ------------------------------------------------------------ */

static Node *absent_bool(Compilation *c, Span span) {
    return node_absent(c, TYPE_BOOL, ABSENT_MISSING, (Slice){0}, span);
}

/* The member of a dimension that a bare word, a text or a number names. */
static Node *member_node(Compilation *c, const Scope *scope, uint16_t dim, const Expr *expr) {
    const ModuleDim *found = &c->module->dims.items[dim];
    Slice text = expr->kind == EXPR_WORD     ? word(c, expr->atom)
                 : expr->kind == EXPR_STRING ? expr->text
                                             : source_map_text(c->sources, expr->span);
    for (uint32_t i = 0; i < found->member_count; i++) {
        if (slice_equal(found->members[i], text)) return node_code(c, dim, i, expr->span);
    }
    Diag *diag =
        sema_error(c, scope, DIAG_UNKNOWN_CATEGORY, expr->span, "`%.*s` is not a member of %.*s",
                   SLICE_FMT(text), SLICE_FMT(found->name));
    Nearest nearest = {.wanted = text};
    for (uint32_t i = 0; i < found->member_count; i++) nearest_offer(&nearest, found->members[i]);
    nearest_fix(c, diag, expr->span, &nearest);
    return NULL;
}

static bool names_member(const Expr *expr) {
    return expr->kind == EXPR_WORD || expr->kind == EXPR_STRING;
}

static bool is_choice(Compilation *c, const Scope *scope, const Expr *expr, Value **value) {
    if (expr->kind != EXPR_MEMBER && expr->kind != EXPR_WORD) return false;
    if (expr->kind == EXPR_WORD && !known_value(c, scope, expr->atom, expr->span)) return false;
    *value = strip(c, elaborate(c, scope, expr));
    return (*value)->sort == VALUE_CHOICE || (*value)->sort == VALUE_MISSING ||
           (*value)->sort == VALUE_DECL;
}

/* A choice against a bare word of its set. */
static Node *compare_choice(Compilation *c, const Value *left, const Expr *right, bool equal,
                            Span span) {
    if (left->sort == VALUE_MISSING) return absent_bool(c, span);
    if (right->kind != EXPR_WORD) return NULL;
    return node_bool(c, (left->word == right->atom) == equal, span);
}

static Node *compare_static(Compilation *c, const Scope *scope, const Expr *expr, Operator op) {
    bool equal = op == OP_EQ;
    Value *left, *right;
    if (is_choice(c, scope, expr->left, &left)) {
        if (left->sort == VALUE_CHOICE)
            return compare_choice(c, left, expr->right, equal, expr->span);
        if (left->sort == VALUE_MISSING) {
            /* nothing stated: the comparison is neither true nor false */
            return absent_bool(c, expr->span);
        }
        if (left->decl->kind->head.type) return NULL;
        right = strip(c, elaborate(c, scope, expr->right));
        if (right->sort == VALUE_MISSING) return absent_bool(c, expr->span);
        if (right->sort == VALUE_DECL)
            return node_bool(c, (left->decl == right->decl) == equal, expr->span);
        return NULL;
    }
    return NULL;
}

/* Declarations that carry a number compare as themselves where the other side is a declaration
 * too: `s.from == this`. */
static Node *compare_decls(Compilation *c, const Scope *scope, const Expr *expr, Operator op) {
    if (expr->left->kind != EXPR_MEMBER && expr->left->kind != EXPR_WORD) return NULL;
    if (expr->right->kind != EXPR_MEMBER && expr->right->kind != EXPR_WORD) return NULL;
    if (expr->right->kind == EXPR_WORD && !known_value(c, scope, expr->right->atom, expr->span))
        return NULL;
    if (expr->left->kind == EXPR_WORD && !known_value(c, scope, expr->left->atom, expr->span))
        return NULL;
    Value *left = strip(c, elaborate(c, scope, expr->left)),
          *right = strip(c, elaborate(c, scope, expr->right));
    if (left->sort != VALUE_DECL || right->sort != VALUE_DECL) return NULL;
    return node_bool(c, (left->decl == right->decl) == (op == OP_EQ), expr->span);
}

static Node *compare_nodes(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *a, *b;
    if (names_member(expr->right)) {
        a = elaborate_node(c, scope, expr->left);
        if (!a) return NULL;
        b = a->type.base == TYPE_CODE ? member_node(c, scope, a->type.code_dim, expr->right)
                                      : elaborate_node(c, scope, expr->right);
    } else {
        b = elaborate_node(c, scope, expr->right);
        if (!b) return NULL;
        a = b->type.base == TYPE_CODE && names_member(expr->left)
                ? member_node(c, scope, b->type.code_dim, expr->left)
                : elaborate_node(c, scope, expr->left);
    }
    return operate(c, scope, expr->op, a, b, expr->span);
}

static Node *compare(Compilation *c, const Scope *scope, const Expr *expr) {
    if (expr->op == OP_EQ || expr->op == OP_NE) {
        Node *decls = compare_decls(c, scope, expr, expr->op);
        if (decls) return decls;
        Node *decided = compare_static(c, scope, expr, expr->op);
        if (decided) return decided;
    }
    return compare_nodes(c, scope, expr);
}

static Node *in_range(Compilation *c, const Scope *scope, Node *a, const Value *range, Span span) {
    Node *from = range->from ? value_node(c, scope, range->from) : NULL;
    Node *to = range->to ? value_node(c, scope, range->to) : NULL;
    Node *above = operate(c, scope, OP_GE, a, from, span),
         *below = operate(c, scope, OP_LE, a, to, span);
    return operate(c, scope, OP_AND, above, below, span);
}

static Node *in_list(Compilation *c, const Scope *scope, const Expr *expr, Value *left,
                     const Value *list) {
    Node *any = NULL;
    for (uint32_t i = 0; i < list->list.count; i++) {
        Value *item = strip(c, list->list.items[i]);
        Node *equal;
        if (left->sort == VALUE_DECL && item->sort == VALUE_DECL)
            equal = node_bool(c, left->decl == item->decl, expr->span);
        else if (left->sort == VALUE_CHOICE && item->sort == VALUE_CHOICE)
            equal = node_bool(c, left->word == item->word, expr->span);
        else
            equal = operate(c, scope, OP_EQ, value_node(c, scope, left), value_node(c, scope, item),
                            expr->span);
        if (!equal) return NULL;
        any = any ? operate(c, scope, OP_OR, any, equal, expr->span) : equal;
    }
    return any ? any : node_bool(c, false, expr->span);
}

/* `route in [direct_award_a, competitive]`, `sex in [F, M]`: bare words as members. */
static Node *in_words(Compilation *c, const Scope *scope, const Expr *expr, Value *left) {
    Node *node = left->sort == VALUE_CHOICE || left->sort == VALUE_MISSING
                     ? NULL
                     : value_node(c, scope, left);
    if (left->sort == VALUE_MISSING) return absent_bool(c, expr->span);
    if (left->sort != VALUE_CHOICE && !node) return NULL;
    Node *any = NULL;
    for (uint32_t i = 0; i < expr->right->entries.count; i++) {
        const Expr *member = expr->right->entries.items[i].value;
        Node *equal =
            left->sort == VALUE_CHOICE ? compare_choice(c, left, member, true, expr->span)
            : node->type.base == TYPE_CODE
                ? operate(c, scope, OP_EQ, node, member_node(c, scope, node->type.code_dim, member),
                          expr->span)
                : operate(c, scope, OP_EQ, node, elaborate_node(c, scope, member), expr->span);
        if (!equal) return NULL;
        any = any ? operate(c, scope, OP_OR, any, equal, expr->span) : equal;
    }
    return any ? any : node_bool(c, false, expr->span);
}

static Node *membership_test(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *left = strip(c, elaborate(c, scope, expr->left));
    if (left->sort == VALUE_POISON) return NULL;
    left->span = left->sort == VALUE_NODE ? left->span : expr->left->span;
    if (expr->right->kind == EXPR_LIST) return in_words(c, scope, expr, left);
    Value *right = strip(c, elaborate(c, scope, expr->right));
    if (right->sort == VALUE_POISON) return NULL;
    if (left->sort == VALUE_MISSING || right->sort == VALUE_MISSING)
        return absent_bool(c, expr->span);
    if (right->sort == VALUE_RANGE)
        return in_range(c, scope, value_node(c, scope, left), right, expr->span);
    if (right->sort == VALUE_LIST) return in_list(c, scope, expr, left, right);
    if (right->sort == VALUE_NODE && right->node->type.base == TYPE_YEAR) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->right->span,
                   "`in` asks whether a value is one of several; write `at %.*s`",
                   SLICE_FMT(quoted(c, expr->right->span)));
        return NULL;
    }
    sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->right->span,
               "`in` is followed by a range or a list; this is %.*s",
               SLICE_FMT(value_text(c, right)));
    return NULL;
}

static Node *logic(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *left = elaborate_condition(c, scope, expr->left);
    bool truth, decided = fold_bool(left, &truth);
    if (decided && truth == (expr->op == OP_OR)) return node_bool(c, truth, expr->span);
    Node *right = elaborate_condition(c, scope, expr->right);
    if (!left || !right) return NULL;
    if (decided) return right;
    return operate(c, scope, expr->op, left, right, expr->span);
}

/* Changes keep their nature under a sign: -12% relative. */
static Value *negate(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *value = elaborate(c, scope, expr->left);
    if (value->sort == VALUE_CHANGE) {
        Value *change = value_new(c, VALUE_CHANGE, expr->span);
        *change = *value;
        change->span = expr->span;
        change->node = operate(c, scope, OP_NEG, value->node, NULL, expr->span);
        return change;
    }
    Node *node = value->sort == VALUE_POISON ? NULL : value_node(c, scope, value);
    return value_from_node(c, operate(c, scope, OP_NEG, node, NULL, expr->span));
}

static Value *display(Compilation *c, const Expr *expr) {
    Value *value = value_new(c, VALUE_DISPLAY, expr->span);
    value->has_denominator = true;
    if (!unit_of_expr(c, expr->left, &value->unit, &value->scale)) return value_poison(c);
    return value;
}

static Value *unary(Compilation *c, const Scope *scope, const Expr *expr) {
    if (expr->op == OP_NEG) return negate(c, scope, expr);
    if (expr->op == OP_PER_PREFIX) return display(c, expr);
    if (expr->op == OP_POS) return elaborate(c, scope, expr->left);
    Node *node = elaborate_condition(c, scope, expr->left);
    return value_from_node(c, operate(c, scope, OP_NOT, node, NULL, expr->span));
}

/* `x is [not] missing`, `x is lower`. */
static Node *is_test(Compilation *c, const Scope *scope, const Expr *expr) {
    bool negated = expr->op == OP_IS_NOT;
    Value *left = strip(c, elaborate(c, scope, expr->left));
    if (left->sort == VALUE_POISON) return NULL;
    const Expr *right = expr->right;
    if (right->kind == EXPR_MISSING) {
        if (left->sort == VALUE_LIST)
            return node_bool(c, (left->list.count == 0) != negated, expr->span);
        if (left->sort != VALUE_NODE)
            return node_bool(c, (left->sort == VALUE_MISSING) != negated, expr->span);
        if (left->node->sort == NODE_CONST)
            return node_bool(c, (left->node->constant.sort == CONST_ABSENT) != negated, expr->span);
        Type type = type_of(TYPE_BOOL);
        type_join(&type, &left->node->type);
        Node *test = node_op(c, OPCODE_IS_ABSENT, type, expr->span, left->node, NULL, NULL);
        return negated ? operate(c, scope, OP_NOT, test, NULL, expr->span) : test;
    }
    if (right->kind == EXPR_WORD) {
        bool unknown = slice_equal(word(c, right->atom), SLICE("unknown"));
        bool same = (left->sort == VALUE_CHOICE && left->word == right->atom) ||
                    (unknown && left->sort == VALUE_UNKNOWN);
        return node_bool(c, same != negated, expr->span);
    }
    sema_error(c, scope, DIAG_TYPE_MISMATCH, right->span,
               "`is` is followed by `missing`, `unknown` or one word of a choice");
    return NULL;
}

static Value *range(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *value = value_new(c, VALUE_RANGE, expr->span);
    value->from = value_from_node(c, elaborate_node(c, scope, expr->left));
    value->to = value_from_node(c, elaborate_node(c, scope, expr->right));
    if (value->from->sort == VALUE_POISON || value->to->sort == VALUE_POISON)
        return value_poison(c);
    return value;
}

static Value *binary(Compilation *c, const Scope *scope, const Expr *expr) {
    switch (expr->op) {
    case OP_AND:
    case OP_OR: return value_from_node(c, logic(c, scope, expr));
    case OP_IS:
    case OP_IS_NOT: return value_from_node(c, is_test(c, scope, expr));
    case OP_IN: return value_from_node(c, membership_test(c, scope, expr));
    case OP_NOT_IN:
        return value_from_node(
            c, operate(c, scope, OP_NOT, membership_test(c, scope, expr), NULL, expr->span));
    case OP_RANGE: return range(c, scope, expr);
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE: return value_from_node(c, compare(c, scope, expr));
    case OP_PER: {
        Node *left = elaborate_node(c, scope, expr->left);
        Unit unit;
        Exact scale;
        if (!left || !unit_of_expr(c, expr->right, &unit, &scale)) return value_poison(c);
        Node *below = node_exact(c, scale, expr->right->span);
        below->type.unit = unit;
        return value_from_node(c, operate(c, scope, OP_PER, left, below, expr->span));
    }
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
    case OP_POW:
    case OP_NOT:
    case OP_NEG:
    case OP_POS:
    case OP_PER_PREFIX: break;
    }
    Node *left = elaborate_node(c, scope, expr->left),
         *right = elaborate_node(c, scope, expr->right);
    return value_from_node(c, operate(c, scope, expr->op, left, right, expr->span));
}

/* ---- The rest ----------------------------------------------------------------------- */

static Value *conditional(Compilation *c, const Scope *scope, const Expr *expr) {
    Node *condition = elaborate_condition(c, scope, expr->left);
    bool truth;
    if (!condition) return value_poison(c);
    if (fold_bool(condition, &truth)) return elaborate(c, scope, truth ? expr->right : expr->other);
    Node *then = elaborate_node(c, scope, expr->right),
         *other = elaborate_node(c, scope, expr->other);
    return value_from_node(c, node_select(c, scope, condition, then, other, expr->span));
}

static Value *list(Compilation *c, const Scope *scope, const Expr *expr) {
    bool keyed = expr->entries.count && expr->entries.items[0].key;
    Value *value = value_new(c, keyed ? VALUE_PAIRS : VALUE_LIST, expr->span);
    VEC_EACH(const Entry, entry, &expr->entries) {
        if ((entry->key != NULL) != keyed) {
            sema_error(c, scope, DIAG_TYPE_MISMATCH, entry->value->span,
                       "either every entry of a list has a key or none has");
            return value_poison(c);
        }
        Value *item = elaborate(c, scope, entry->value);
        if (item->sort == VALUE_POISON) return item;
        if (!keyed) {
            VEC_PUSH(c->arena, &value->list, item);
            continue;
        }
        ValuePair pair = {.key = elaborate(c, scope, entry->key), .value = item};
        if (pair.key->sort == VALUE_POISON) return pair.key;
        VEC_PUSH(c->arena, &value->pairs, pair);
    }
    return keyed ? keyed_array(c, scope, value) : value;
}

static int find_year_dim(const Compilation *c, const Node *node) {
    for (int i = 0; i < node->type.dim_count; i++) {
        if (c->module->dims.items[node->type.dims[i]].sort == DIM_YEAR) return node->type.dims[i];
    }
    return -1;
}

static void drop_dim(Type *type, uint16_t dim) {
    int kept = 0;
    for (int i = 0; i < type->dim_count; i++) {
        if (type->dims[i] != dim) type->dims[kept++] = type->dims[i];
    }
    type->dim_count = (uint8_t)kept;
}

Node *index_member(Compilation *c, Node *node, uint16_t dim, uint32_t member, Span span) {
    Node *index = node_new(c, NODE_INDEX, node->type, span);
    index->type.estimate = node->type.estimate;
    drop_dim(&index->type, dim);
    index->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    index->args[0] = node;
    index->arg_count = 1;
    index->dim_count = 1;
    index->dims[0] = dim;
    index->member = member;
    return index;
}

static Value *index_year(Compilation *c, const Scope *scope, Node *node, const Node *year,
                         Span span) {
    int dim = find_year_dim(c, node);
    if (dim < 0) {
        sema_error(c, scope, DIAG_DIMENSION_MISMATCH, span,
                   "this value has no financial years to choose from");
        return value_poison(c);
    }
    const ModuleDim *years = &c->module->dims.items[dim];
    int64_t member = year->constant.integer - years->first;
    if (member < 0 || member >= years->member_count) {
        sema_error(c, scope, DIAG_OUT_OF_RANGE, span, "%.*s is outside %.*s to %.*s",
                   SLICE_FMT(financial_year_format(c->arena, (int)year->constant.integer)),
                   SLICE_FMT(years->members[0]),
                   SLICE_FMT(years->members[years->member_count - 1]));
        return value_poison(c);
    }
    return value_from_node(c, index_member(c, node, (uint16_t)dim, (uint32_t)member, span));
}

static Value *index_category(Compilation *c, const Scope *scope, Node *node, const Expr *key,
                             Span span) {
    Slice text = key->kind == EXPR_WORD     ? word(c, key->atom)
                 : key->kind == EXPR_STRING ? key->text
                                            : (Slice){0};
    for (int d = 0; d < node->type.dim_count; d++) {
        const ModuleDim *dim = &c->module->dims.items[node->type.dims[d]];
        for (uint32_t i = 0; i < dim->member_count; i++) {
            if (slice_equal(dim->members[i], text))
                return value_from_node(c, index_member(c, node, node->type.dims[d], i, span));
        }
    }
    sema_error(c, scope, DIAG_UNKNOWN_CATEGORY, key->span,
               "`%.*s` is not a member of any dimension of this value",
               SLICE_FMT(quoted(c, key->span)));
    return value_poison(c);
}

static Value *index_value(Compilation *c, const Scope *scope, const Expr *expr) {
    Value *base = strip(c, elaborate(c, scope, expr->left));
    if (base->sort == VALUE_POISON || base->sort == VALUE_MISSING) return base;
    Node *node = value_node(c, scope, base);
    if (!node) return value_poison(c);
    for (uint32_t i = 0; i < expr->entries.count && node; i++) {
        const Expr *key = expr->entries.items[i].value;
        Value *result;
        if (key->kind == EXPR_STRING ||
            (key->kind == EXPR_WORD && !known_value(c, scope, key->atom, key->span))) {
            result = index_category(c, scope, node, key, expr->span);
        } else {
            Value *at = strip(c, elaborate(c, scope, key));
            if (at->sort == VALUE_MISSING) return at;
            if (at->sort == VALUE_NODE && at->node->sort == NODE_CONST &&
                at->node->type.base == TYPE_YEAR)
                result = index_year(c, scope, node, at->node, expr->span);
            else {
                if (at->sort != VALUE_POISON)
                    sema_error(c, scope, DIAG_TYPE_MISMATCH, key->span,
                               "a financial year or a member is wanted between [ and ]");
                return value_poison(c);
            }
        }
        if (result->sort == VALUE_POISON) return result;
        node = result->node;
    }
    return value_from_node(c, node);
}

/* ( value at … ) or ( people where … ). */
static Value *group(Compilation *c, const Scope *scope, const Expr *expr) {
    if (!expr->phrases.count) return elaborate(c, scope, expr->left);
    const Phrase *phrase = &expr->phrases.items[0];
    Slice label = word(c, phrase->label);
    if (slice_equal(label, SLICE("where")) && expr->phrases.count == 1) {
        Value *people = elaborate(c, scope, expr->left);
        return narrow_people(c, scope, people, phrase);
    }
    if (slice_equal(label, SLICE("at")) && expr->phrases.count == 1)
        return at_confidence(c, scope, expr->left, phrase);
    sema_error(c, scope, DIAG_UNKNOWN_LABEL, phrase->label_span,
               "in parentheses a value takes `at 99.8%%` and people take `where …`, nothing else");
    return value_poison(c);
}

static Value *elaborate_inner(Compilation *c, const Scope *scope, const Expr *expr) {
    switch (expr->kind) {
    case EXPR_POISON: return value_poison(c);
    case EXPR_WORD: return word_value(c, scope, expr);
    case EXPR_NUMBER:
    case EXPR_PERCENT:
    case EXPR_POINTS:
    case EXPR_MONEY: return value_from_node(c, number_literal(c, expr));
    case EXPR_UNIT: return unit_literal(c, scope, expr);
    case EXPR_STRING: return value_from_node(c, node_text(c, expr->text, expr->span));
    case EXPR_TEXT: return text_literal(c, scope, expr);
    case EXPR_DATE:
        return value_from_node(
            c, node_date(c, date_from_civil(expr->year, expr->month, expr->day), expr->span));
    case EXPR_MONTH:
        return value_from_node(
            c, node_date(c, date_from_civil(expr->year, expr->month, 1), expr->span));
    case EXPR_YEAR: return value_from_node(c, node_year(c, expr->year, expr->span));
    case EXPR_QUARTER:
        return value_from_node(
            c, node_date(c, quarter_start(financial_quarter_index(expr->year, expr->month)),
                         expr->span));
    case EXPR_BOOL: return value_from_node(c, node_bool(c, expr->truth, expr->span));
    case EXPR_MISSING: return value_new(c, VALUE_MISSING, expr->span);
    case EXPR_UNARY: return unary(c, scope, expr);
    case EXPR_BINARY: return binary(c, scope, expr);
    case EXPR_IF: return conditional(c, scope, expr);
    case EXPR_MEMBER:
        return value_member(c, scope, elaborate(c, scope, expr->left), expr->atom, expr->span);
    case EXPR_CALL: return elaborate_call(c, scope, expr);
    case EXPR_INDEX: return index_value(c, scope, expr);
    case EXPR_LIST: return list(c, scope, expr);
    case EXPR_GROUP: return group(c, scope, expr);
    }
    return value_poison(c);
}

Value *elaborate(Compilation *c, const Scope *scope, const Expr *expr) {
    if (c->depth >= DEPTH_LIMIT) {
        if (!c->too_deep)
            sema_error(c, scope, DIAG_LIMIT_REACHED, expr->span,
                       "definitions are nested more than %d deep: the limit", DEPTH_LIMIT);
        c->too_deep = true;
        return value_poison(c);
    }
    c->depth++;
    Value *value = elaborate_inner(c, scope, expr);
    c->depth--;
    return value;
}
