/* The values of clauses and their labels, elaborated when first asked for; defaults, and values
 * that follow from others. */
#include "compiler/sema/admit.h"

const ClauseLabel *clause_label(Compilation *c, Clause *clause, Atom label) {
    elaborate_clause(c, clause);
    for (uint32_t i = 0; i < clause->labels.count; i++) {
        if (clause->labels.items[i].spec->label == label) return &clause->labels.items[i];
    }
    return NULL;
}

static void elaborate_derived(Compilation *c, Clause *clause) {
    Scope scope = {.self = clause->decl, .members = true, .file = file_at(c, clause->spec->span)};
    Value *value = elaborate(c, &scope, clause->spec->derived);
    VEC_PUSH(c->arena, &clause->values, value);
}

/* Exactly one of the value and the label that stands for it. */
static void check_given_once(Compilation *c, const Scope *scope, Clause *clause) {
    if (!clause->spec->may_miss || clause->item->broken) return;
    const ClauseLabel *instead = NULL;
    for (uint32_t i = 0; i < clause->labels.count && !instead; i++) {
        const LabelSpec *spec = clause->labels.items[i].spec;
        if (spec->may_miss && type_is_call(c, spec->type, "value"))
            instead = &clause->labels.items[i];
    }
    if (clause->exprs && instead)
        sema_error(c, scope, DIAG_CHANGE_OR_LEVEL, instead->phrase->span,
                   "`%.*s` is either a change or a level, not both",
                   SLICE_FMT(word(c, clause->spec->name)));
    if (!clause->exprs && !instead)
        sema_error(c, scope, DIAG_MISSING_CLAUSE, clause->span, "`%.*s` has no value",
                   SLICE_FMT(word(c, clause->spec->name)));
}

static void elaborate_written(Compilation *c, Clause *clause) {
    Scope scope = {.self = clause->decl, .file = clause->decl->unit_index};
    const ClauseSpec *spec = clause->spec;
    if (clause->exprs && spec->type) {
        admit_list(c, &scope, clause, spec->type, clause->exprs, &clause->values);
    } else if (clause == clause->decl->head && clause->decl->kind->sort == SORT_ACTUALS) {
        VEC_PUSH(c->arena, &clause->values, actuals_of_file(c, clause->decl));
    } else if (clause->exprs && clause->exprs->count && clause->labels.count) {
        sema_error(c, &scope, DIAG_TYPE_MISMATCH, clause->exprs->items[0]->span,
                   "`%.*s` takes its value after a label", SLICE_FMT(word(c, spec->name)));
    } else if (spec->type && !spec->may_miss && clause != clause->decl->head &&
               !clause->item->broken && !clause->mislabelled) {
        Nearest unused = {0};
        Slice words = type_words(c, spec->type, &unused);
        sema_error(c, &scope, DIAG_MISSING_CLAUSE, clause->span, "`%.*s` has no value%s%.*s",
                   SLICE_FMT(word(c, spec->name)), words.length ? ": one of " : "",
                   SLICE_FMT(words));
    }
    if (clause != clause->decl->head) check_given_once(c, &scope, clause);
    for (uint32_t i = 0; i < clause->labels.count; i++) {
        ClauseLabel *label = &clause->labels.items[i];
        admit_list(c, &scope, clause, label->spec->type, &label->phrase->values, &label->values);
    }
}

/* Where the clause is named: a head is its declaration, and so is what follows from others. */
static Span clause_word(const Clause *clause) {
    bool written = clause != clause->decl->head && clause->spec->cardinality != CLAUSE_DERIVED;
    return written ? clause->item->word_span : clause->decl->name_span;
}

void elaborate_clause(Compilation *c, Clause *clause) {
    if (clause->state == STATE_DONE) return;
    if (clause->state == STATE_BUSY) {
        bool head = clause == clause->decl->head;
        Atom name = head ? clause->decl->name : clause->spec->name;
        circular(c, clause_word(clause), word(c, name), clause->decl->path);
        return;
    }
    clause->state = STATE_BUSY;
    VEC_PUSH(c->arena, &c->busy, clause_word(clause));
    if (clause->spec->cardinality == CLAUSE_DERIVED)
        elaborate_derived(c, clause);
    else
        elaborate_written(c, clause);
    c->busy.count--;
    clause->state = STATE_DONE;
}

Value *missing_of(Compilation *c, const Expr *type, Span span) {
    Value *missing = value_new(c, VALUE_MISSING, span);
    missing->type = type;
    return missing;
}

/* Several values are a list, one is itself; what could not be read is not the same as what is
 * not there. */
static Value *read_values(Compilation *c, const Clause *clause) {
    const ClauseSpec *spec = clause->spec;
    bool many = spec->type && type_is_call(c, spec->type, "list");
    if (clause->values.count == 1 && !many) return clause->values.items[0];
    if (clause->values.count || many) {
        Value *list = value_new(c, VALUE_LIST, clause->span);
        list->list = clause->values;
        return list;
    }
    bool unreadable = clause->item->broken || (clause->exprs && !spec->may_miss);
    return unreadable ? value_poison(c) : missing_of(c, spec->type, clause->span);
}

Value *value_of_clause(Compilation *c, Clause *clause) {
    bool circle = clause->state == STATE_BUSY;
    elaborate_clause(c, clause); /* says where it goes in a circle */
    if (circle) return value_poison(c);
    if (!clause->value) clause->value = read_values(c, clause);
    return clause->value;
}

Value *clause_fallback(Compilation *c, Decl *decl, const ClauseSpec *spec, Span span) {
    if (!spec->fallback) return missing_of(c, spec->type, span);
    Clause clause = {.spec = spec, .decl = decl, .item = decl->item, .span = span};
    Scope scope = {.self = decl, .file = file_at(c, spec->span)};
    Admission a = {
        .c = c, .scope = &scope, .decl = decl, .clause = &clause, .expr = spec->fallback};
    return admit(&a, spec->type);
}
