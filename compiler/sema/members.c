/* What stands after a dot: clauses and labels of declarations, parts of an estimate or a range,
 * what a library holds. */
#include "compiler/sema/expressions.h"

#include "runtime/bytecode/natives.h"

static Value *text_value(Compilation *c, Slice text, Span span) {
    return value_from_node(c, node_text(c, text, span));
}

/* ---- Clauses and what stands within ------------------------------------------------- */

static void add_descendants(Compilation *c, const Decl *decl, const Kind *kind, ValueList *list) {
    for (uint32_t i = 0; i < decl->children.count; i++) {
        Decl *child = decl->children.items[i];
        if (child->kind == kind) VEC_PUSH(c->arena, list, decl_itself(c, child));
        add_descendants(c, child, kind, list);
    }
}

static Value *descendants(Compilation *c, const Decl *decl, const Kind *kind) {
    Value *list = value_new(c, VALUE_LIST, decl->name_span);
    add_descendants(c, decl, kind, &list->list);
    return list;
}

/* One as written: its value, with its labels as members. */
static Value *written_clause(Compilation *c, Clause *clause) {
    Value *value = value_new(c, VALUE_CLAUSE, clause->span);
    value->clause = clause;
    return value;
}

/* All of a repeated clause: each with its labels where it takes any, else the values alone. */
static Value *clause_list(Compilation *c, const Decl *decl, const ClauseSpec *spec) {
    Value *list = value_new(c, VALUE_LIST, decl->name_span);
    for (uint32_t i = 0; i < decl->clauses.count; i++) {
        Clause *clause = decl->clauses.items[i];
        if (clause->spec != spec) continue;
        elaborate_clause(c, clause);
        if (spec->labels.count) VEC_PUSH(c->arena, &list->list, written_clause(c, clause));
        for (uint32_t j = 0; j < clause->values.count && !spec->labels.count; j++)
            VEC_PUSH(c->arena, &list->list, clause->values.items[j]);
    }
    return list;
}

static Value *clause_value(Compilation *c, Decl *decl, const ClauseSpec *spec) {
    if (spec->cardinality == CLAUSE_REPEATED || spec->cardinality == CLAUSE_SEVERAL)
        return clause_list(c, decl, spec);
    Clause *clause = decl_clause(decl, spec->name);
    return clause ? written_clause(c, clause) : clause_fallback(c, decl, spec, decl->name_span);
}

static Clause *derived_clause(Compilation *c, Decl *decl, const ClauseSpec *spec) {
    Clause *clause = decl_clause(decl, spec->name);
    if (clause) return clause;
    clause = ARENA_NEW(c->arena, Clause);
    clause->spec = spec;
    clause->decl = decl;
    clause->item = decl->item;
    clause->span = decl->name_span;
    VEC_PUSH(c->arena, &decl->clauses, clause);
    return clause;
}

static Value *derived_value(Compilation *c, Decl *decl, const ClauseSpec *spec) {
    Clause *clause = derived_clause(c, decl, spec);
    elaborate_clause(c, clause);
    return clause->values.count ? clause->values.items[0] : value_poison(c);
}

/* What a clause or the declarations of a kind within are, made once. */
static Value *kept_member(Compilation *c, Decl *decl, Atom member) {
    const ClauseSpec *spec = kind_clause(decl->kind, member);
    if (spec && spec->cardinality == CLAUSE_DERIVED) return derived_value(c, decl, spec);
    const Kind *kind = spec ? NULL : kind_find(c, member);
    if (!spec && !(kind && kind->within.count)) return NULL;
    uint64_t found, key = (uint64_t)decl->index << 32 | member;
    if (hashmap_get(&c->kept, key, &found)) return (Value *)(uintptr_t)found;
    Value *value = spec ? clause_value(c, decl, spec) : descendants(c, decl, kind);
    hashmap_put(&c->kept, key, (uint64_t)(uintptr_t)value);
    return value;
}

static const LabelSpec *find_label(const ClauseSpec *spec, Atom name) {
    VEC_EACH(const LabelSpec, label, &spec->labels) {
        if (label->label == name) return label;
    }
    return NULL;
}

static Value *label_value(Compilation *c, Clause *clause, Atom name, Span span) {
    const LabelSpec *spec = find_label(clause->spec, name);
    if (!spec) return NULL;
    elaborate_clause(c, clause);
    VEC_EACH(const ClauseLabel, label, &clause->labels) {
        if (label->spec != spec) continue;
        if (label->values.count == 1) return label->values.items[0];
        Value *list = value_new(c, VALUE_LIST, span);
        list->list = label->values;
        return list;
    }
    return missing_of(c, spec->type, span);
}

/* ---- What every declaration says of itself ------------------------------------------ */

static void add_texts(Compilation *c, const ValueList *values, ValueList *texts) {
    for (uint32_t i = 0; i < values->count; i++) {
        Value *value = values->items[i];
        if (value->sort == VALUE_NODE && value->node->type.base == TYPE_TEXT)
            VEC_PUSH(c->arena, texts, value);
    }
}

/* All that a declaration says in words: its title and the texts of its clauses and labels. */
static Value *decl_texts(Compilation *c, const Decl *decl, Span span) {
    Value *texts = value_new(c, VALUE_LIST, span);
    if (decl->title.length) VEC_PUSH(c->arena, &texts->list, text_value(c, decl->title, span));
    for (uint32_t i = 0; i < decl->clauses.count; i++) {
        Clause *clause = decl->clauses.items[i];
        if (clause->spec->cardinality == CLAUSE_DERIVED) continue;
        elaborate_clause(c, clause);
        add_texts(c, &clause->values, &texts->list);
        for (uint32_t l = 0; l < clause->labels.count; l++)
            add_texts(c, &clause->labels.items[l].values, &texts->list);
    }
    return texts;
}

/* name, title, kind, parent, texts, value */
static Value *own_fact(Compilation *c, Decl *decl, Slice fact, Span span) {
    if (slice_equal(fact, SLICE("name"))) return text_value(c, word(c, decl->name), span);
    if (slice_equal(fact, SLICE("kind"))) return text_value(c, word(c, decl->kind->name), span);
    if (slice_equal(fact, SLICE("texts"))) return decl_texts(c, decl, span);
    if (slice_equal(fact, SLICE("title")))
        return decl->title.length ? text_value(c, decl->title, span)
                                  : value_new(c, VALUE_MISSING, span);
    if (slice_equal(fact, SLICE("value")) && decl->kind->head.type)
        return value_of_clause(c, decl->head);
    if (!slice_equal(fact, SLICE("parent"))) return NULL;
    return decl->parent ? decl_itself(c, decl->parent) : value_new(c, VALUE_MISSING, span);
}

static Value *decl_member(Compilation *c, Decl *decl, Atom member, Span span) {
    /* labels are reserved words: nothing else has their names */
    Value *found = decl->head ? label_value(c, decl->head, member, span) : NULL;
    if (found) return found;
    if (kind_clause(decl->kind, member)) return kept_member(c, decl, member);
    Decl *child = decl_child(c, decl, member);
    if (child) {
        child->used = true;
        return value_of_decl(c, child, span);
    }
    found = own_fact(c, decl, word(c, member), span);
    return found ? found : kept_member(c, decl, member);
}

/* ---- Parts of numbers, members of libraries ----------------------------------------- */

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

/* The other things that a trend says: the same call with another native. */
static Value *trend_member(Compilation *c, const Node *trend, Atom member, Span span) {
    Slice name = word(c, member);
    bool reason = slice_equal(name, SLICE("reason"));
    if (!reason && !slice_equal(name, SLICE("judged"))) return NULL;
    Node *node = ARENA_NEW(c->arena, Node);
    *node = *trend;
    node->op = reason ? NATIVE_STATS_TREND_REASON : NATIVE_STATS_TREND_JUDGED;
    node->span = span;
    return value_from_node(c, node);
}

/* Of `nhs`, the library `nhs.esp2013`; of that, what it declares. Each only where it is used. */
static Value *library_member(Compilation *c, const Scope *scope, const Value *base, Atom member,
                             Span span) {
    Slice name = word(c, base->word);
    Slice longer = arena_printf(c->arena, "%.*s.%.*s", SLICE_FMT(name), SLICE_FMT(word(c, member)));
    uint32_t from = scope_file(c, scope);
    for (uint32_t i = 0; i < c->files.count; i++) {
        const LoadedFile *file = &c->files.items[i];
        if (!file->library || !file_sees(c, from, i)) continue;
        Decl *decl = slice_equal(file->name, name) ? decl_in_file(c, i, member) : NULL;
        if (decl) return value_of_decl(c, decl, span);
        if (!slice_equal(file->name, longer)) continue;
        Value *value = value_new(c, VALUE_LIBRARY, span);
        value->word = intern(c->interner, longer);
        return value;
    }
    return NULL;
}

static void offer_declared(Compilation *c, const Value *library, Nearest *nearest) {
    for (uint32_t i = 0; i < c->decls.count; i++) {
        const Decl *decl = c->decls.items[i];
        if (slice_equal(c->files.items[decl->unit_index].name, word(c, library->word)))
            nearest_offer(nearest, word(c, decl->name));
    }
}

static void offer_members(Compilation *c, const Value *base, Nearest *nearest) {
    static const char *const facts[] = {"name", "title", "kind", "parent", "texts"};
    static const char *const parts[] = {"value", "lower", "upper", "numerator", "denominator"};
    for (int i = 0; base->sort == VALUE_DECL && i < 5; i++)
        nearest_offer(nearest, slice_of(facts[i]));
    for (int i = 0; base->sort == VALUE_NODE && i < 5; i++)
        nearest_offer(nearest, slice_of(parts[i]));
    if (base->sort == VALUE_LIBRARY) offer_declared(c, base, nearest);
    if (base->sort != VALUE_DECL) return;
    const Kind *kind = base->decl->kind;
    for (uint32_t i = 0; i < kind->clauses.count; i++)
        nearest_offer(nearest, word(c, kind->clauses.items[i]->name));
    for (uint32_t i = 0; i < kind->head.labels.count; i++)
        nearest_offer(nearest, word(c, kind->head.labels.items[i].label));
    for (uint32_t i = 0; i < base->decl->children.count; i++)
        nearest_offer(nearest, word(c, base->decl->children.items[i]->name));
}

static void unknown_member(Compilation *c, const Scope *scope, Value *base, Atom member,
                           Span span) {
    Slice name = word(c, member);
    Span at = {span.end - (uint32_t)name.length, span.end}; /* the word after the dot */
    bool estimate = base->sort == VALUE_NODE && base->node->type.estimate;
    Slice what = estimate ? SLICE("an estimate") : value_text(c, base);
    Diag *diag = sema_error(
        c, scope, DIAG_UNDEFINED_NAME, at, "%.*s has nothing named `%.*s`%s", SLICE_FMT(what),
        SLICE_FMT(name), estimate ? ": it has value, lower, upper, numerator and denominator" : "");
    Nearest nearest = {.wanted = name};
    offer_members(c, base, &nearest);
    nearest_fix(c, diag, at, &nearest);
}

/* A part of a value that has several: `spc(monthly).upper`. */
static Value *pair_member(const Value *base, Atom member) {
    for (uint32_t i = 0; i < base->pairs.count; i++) {
        const Value *key = base->pairs.items[i].key;
        if (key->sort == VALUE_CHOICE && key->word == member) return base->pairs.items[i].value;
    }
    return NULL;
}

Value *value_member(Compilation *c, const Scope *scope, Value *base, Atom member, Span span) {
    Value *found = NULL;
    switch (base->sort) {
    case VALUE_POISON: return base;
    case VALUE_MISSING: return value_new(c, VALUE_MISSING, span);
    case VALUE_DECL: found = decl_member(c, base->decl, member, span); break;
    case VALUE_CLAUSE:
        found = label_value(c, base->clause, member, span);
        if (!found) return value_member(c, scope, value_strip(c, base), member, span);
        break;
    case VALUE_LIBRARY: found = library_member(c, scope, base, member, span); break;
    case VALUE_RANGE:
        if (slice_equal(word(c, member), SLICE("from"))) found = base->from;
        if (slice_equal(word(c, member), SLICE("to"))) found = base->to;
        break;
    case VALUE_PEOPLE: found = name_column(c, scope, base->table, member, span); break;
    case VALUE_NODE:
        if (base->node->type.estimate) found = estimate_member(c, base->node, member, span);
        if (base->node->sort == NODE_CALL && base->node->op == NATIVE_STATS_TREND)
            found = trend_member(c, base->node, member, span);
        break;
    case VALUE_LIST:
    case VALUE_CHOICE:
    case VALUE_KIND:
    case VALUE_DIMS:
    case VALUE_CHANGE:
    case VALUE_DISPLAY:
    case VALUE_UNKNOWN:
    case VALUE_PAIRS: found = pair_member(base, member); break;
    }
    if (found) return found;
    unknown_member(c, scope, base, member, span);
    return value_poison(c);
}
