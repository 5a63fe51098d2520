/* Declarations as records: what the report shows and `run` prints, with every number a
 * register. Knows the shape of kinds, none of their words. */
#include "compiler/lower/lower.h"

#include "runtime/base/buffer.h"

static const Context whole = {0};

/* ---- Values ------------------------------------------------------------------------- */

static Slice written(const Lowering *l, Span span) {
    return arena_copy(l->module->arena, source_map_text(l->c->sources, span));
}

typedef VEC(FieldValue) FieldValues;

/* The unit of a number, shown the declaration's way where it counts the same. */
static uint16_t shown_unit(Lowering *l, const Node *node, const Value *display) {
    bool same = display && node->type.base == TYPE_QUANTITY;
    for (int i = 0; same && i < UNIT_MAX_BASES; i++)
        same = node->type.unit.down[i] == display->display->unit.up[i];
    return unit_for(l->c, &node->type, same ? display->display : NULL);
}

static void add_word(Lowering *l, FieldValues *values, Slice text) {
    FieldValue field = {.sort = FIELD_WORD, .word = arena_copy(l->module->arena, text)};
    VEC_PUSH(l->module->arena, values, field);
}

/* Whose limits a shown estimate has, and which it has besides: each further one is the same estimate
 * computed again. */
static void add_intervals(Lowering *l, const Node *node, Reg reg) {
    const Node *own = node->type.estimate ? estimate_level(node) : NULL;
    if (!own || !l->module->code.items[reg].type.estimate) return;
    VEC_EACH(const ModuleInterval, known, &l->module->intervals) {
        if (known->reg == reg) return;
    }
    Node **levels;
    uint32_t count = estimate_levels(node, &levels);
    ModuleInterval interval = {reg, reg, exact_to_double(own->constant.exact)};
    VEC_PUSH(l->module->arena, &l->module->intervals, interval);
    for (uint32_t i = 0; i < count; i++) {
        Node *again = estimate_at(l->c, (Node *)(uintptr_t)node, levels[i]);
        Reg further = again ? lower_node(l, again, &whole) : MODULE_NONE;
        if (further == MODULE_NONE) continue;
        interval = (ModuleInterval){reg, further, exact_to_double(levels[i]->constant.exact)};
        VEC_PUSH(l->module->arena, &l->module->intervals, interval);
    }
}

static void add_node(Lowering *l, FieldValues *values, const Node *node, const Value *display,
                     Slice text) {
    if (!node) return;
    if (node->type.row) {
        sema_error(l->c, &l->at, DIAG_PERSONAL_DATA_LEAK, node->span,
                   "a value of one person stands only inside an aggregate over people");
        return;
    }
    Reg reg = lower_node(l, node, &whole);
    if (reg == MODULE_NONE) return;
    add_intervals(l, node, reg);
    FieldValue field = {
        .sort = FIELD_REGISTER, .reg = reg, .unit = shown_unit(l, node, display), .word = text};
    VEC_PUSH(l->module->arena, values, field);
}

static Slice dims_text(const Lowering *l, const Value *value) {
    Buffer text;
    buffer_init(&text, l->module->arena);
    for (int i = 0; i < value->dim_count; i++) {
        if (i) buffer_add(&text, SLICE(" * "));
        buffer_add(&text, l->module->dims.items[value->dims[i]].name);
    }
    return buffer_slice(&text);
}

static void add_value(Lowering *l, FieldValues *values, Value *value, const Value *display) {
    Compilation *c = l->c;
    uint64_t index;
    FieldValue missing = {.sort = FIELD_MISSING};
    switch (value->sort) {
    case VALUE_POISON: return;
    case VALUE_NODE:
    case VALUE_UNKNOWN: add_node(l, values, value->node, display, written(l, value->span)); return;
    case VALUE_CHANGE: add_node(l, values, value->node, display, written(l, value->span)); return;
    case VALUE_MISSING: VEC_PUSH(l->module->arena, values, missing); return;
    case VALUE_DECL:
        if (hashmap_get(&l->decl_index, value->decl->index + 1, &index)) {
            FieldValue field = {.sort = FIELD_DECL, .decl = (uint32_t)index};
            VEC_PUSH(l->module->arena, values, field);
        } else {
            add_word(l, values, word(c, value->decl->name));
        }
        return;
    case VALUE_CLAUSE: add_value(l, values, value_of_clause(c, value->clause), display); return;
    case VALUE_LIST:
        for (uint32_t i = 0; i < value->list.count; i++)
            add_value(l, values, value->list.items[i], display);
        return;
    case VALUE_CHOICE: add_word(l, values, word(c, value->word)); return;
    case VALUE_PEOPLE: add_word(l, values, value->text); return;
    case VALUE_DIMS: add_word(l, values, dims_text(l, value)); return;
    case VALUE_DISPLAY:
    case VALUE_RANGE: add_word(l, values, written(l, value->span)); return;
    case VALUE_LIBRARY: add_word(l, values, word(c, value->word)); return;
    case VALUE_PAIRS:
        for (uint32_t i = 0; i < value->pairs.count; i++)
            add_value(l, values, value->pairs.items[i].value, display);
        return;
    case VALUE_KIND: return;
    }
}

/* ---- Declarations ------------------------------------------------------------------- */

static bool is_recorded(const Decl *decl) {
    return !decl->library && !decl->kind->builtin;
}

static void add_label(Lowering *l, ModuleField *field, Slice name, const ValueList *list,
                      const Value *display) {
    FieldLabel label = {.label = arena_copy(l->module->arena, name)};
    FieldValues values = {0};
    for (uint32_t i = 0; i < list->count; i++) add_value(l, &values, list->items[i], display);
    label.values.items = values.items;
    label.values.count = values.count;
    label.values.capacity = values.capacity;
    VEC_PUSH(l->module->arena, &field->labels, label);
}

static void add_clause(Lowering *l, ModuleDecl *record, Clause *clause, const Value *display) {
    elaborate_clause(l->c, clause);
    bool head = clause == clause->decl->head;
    if (head && !clause->values.count && !clause->labels.count) return;
    ModuleField field = {.span = clause->span,
                         .derived = clause->spec->cardinality == CLAUSE_DERIVED};
    field.name =
        head ? SLICE("head") : arena_copy(l->module->arena, word(l->c, clause->spec->name));
    FieldValues values = {0};
    for (uint32_t i = 0; i < clause->values.count; i++)
        add_value(l, &values, clause->values.items[i], display);
    field.values.items = values.items;
    field.values.count = values.count;
    field.values.capacity = values.capacity;
    for (uint32_t i = 0; i < clause->labels.count; i++)
        add_label(l, &field, word(l->c, clause->labels.items[i].spec->label),
                  &clause->labels.items[i].values, display);
    VEC_PUSH(l->module->arena, &record->fields, field);
}

static void record_decl(Lowering *l, Decl *decl) {
    Arena *arena = l->module->arena;
    ModuleDecl record = {.kind = arena_copy(arena, word(l->c, decl->kind->name)),
                         .name = arena_copy(arena, word(l->c, decl->name)),
                         .title = arena_copy(arena, decl->title),
                         .doc = arena_copy(arena, decl->item->doc),
                         .span = decl->item->head_span,
                         .path = arena_copy(arena, decl->path),
                         .parent = MODULE_NONE};
    uint64_t parent;
    if (decl->parent && hashmap_get(&l->decl_index, decl->parent->index + 1, &parent))
        record.parent = (uint32_t)parent;
    VEC_PUSH(arena, &l->module->decls, record);
}

static void fill_decl(Lowering *l, Decl *decl) {
    uint64_t index;
    hashmap_get(&l->decl_index, decl->index + 1, &index);
    l->at.self = decl;
    const Value *display = clause_display(l->c, decl);
    ModuleDecl record = l->module->decls.items[index];
    for (uint32_t i = 0; i < decl->clauses.count; i++)
        add_clause(l, &record, decl->clauses.items[i], display);
    l->module->decls.items[index] = record;
}

void lower_decls(Lowering *l) {
    Compilation *c = l->c;
    for (uint32_t i = 0; i < c->decls.count; i++) {
        Decl *decl = c->decls.items[i];
        if (!is_recorded(decl)) continue;
        hashmap_put(&l->decl_index, decl->index + 1, l->module->decls.count);
        if (decl == c->plan) l->module->plan = l->module->decls.count;
        record_decl(l, decl);
    }
    for (uint32_t i = 0; i < c->decls.count; i++) {
        if (is_recorded(c->decls.items[i])) fill_decl(l, c->decls.items[i]);
    }
}

/* ---- Outputs ------------------------------------------------------------------------ */

void lower_output(Lowering *l, Slice name, Slice title, const Node *node, Span span) {
    if (!node || node->type.row) return;
    Reg reg = lower_node(l, node, &whole);
    if (reg == MODULE_NONE) return;
    add_intervals(l, node, reg);
    ModuleOutput output = {.name = arena_copy(l->module->arena, name),
                           .title = arena_copy(l->module->arena, title),
                           .reg = reg,
                           .unit = unit_for(l->c, &node->type, NULL),
                           .span = span};
    VEC_PUSH(l->module->arena, &l->module->outputs, output);
}

static void output_let(Lowering *l, Decl *decl) {
    l->at.self = decl;
    Value *value = value_of_decl(l->c, decl, decl->name_span);
    value = value_strip(l->c, value);
    Slice name = word(l->c, decl->name);
    if (decl->parent)
        name = arena_printf(l->c->arena, "%.*s.%.*s", SLICE_FMT(word(l->c, decl->parent->name)),
                            SLICE_FMT(name));
    if (value->sort == VALUE_NODE) lower_output(l, name, decl->title, value->node, decl->name_span);
    /* a value of several parts, such as a chart: each under its own name */
    for (uint32_t i = 0; value->sort == VALUE_PAIRS && i < value->pairs.count; i++) {
        const ValuePair *pair = &value->pairs.items[i];
        if (pair->key->sort != VALUE_CHOICE || pair->value->sort != VALUE_NODE) continue;
        Slice part = arena_printf(l->c->arena, "%.*s.%.*s", SLICE_FMT(name),
                                  SLICE_FMT(word(l->c, pair->key->word)));
        lower_output(l, part, decl->title, pair->value->node, decl->name_span);
    }
}

void lower_outputs(Lowering *l) {
    const Compilation *c = l->c;
    for (uint32_t i = 0; i < c->decls.count; i++) {
        Decl *decl = c->decls.items[i];
        if (decl->kind->sort == SORT_LET && !decl->library) output_let(l, decl);
    }
}
