/* What a declared name stands for: lets, tables, dimensions, segments; and the pass over all
 * declarations that finds every mistake, used or not. */
#include "compiler/sema/expressions.h"

#include "runtime/base/date.h"
#include "runtime/stats/estimate.h"

/* ---- The plan's own facts, needed before anything else ------------------------------ */

static const Expr *plan_expr(const Compilation *c, const char *name) {
    const Clause *clause = decl_clause(c->plan, intern_find(c->interner, slice_of(name)));
    return clause && clause->exprs && clause->exprs->count ? clause->exprs->items[0] : NULL;
}

static void read_horizon(Compilation *c) {
    const Expr *horizon = plan_expr(c, "horizon");
    bool range = horizon && horizon->kind == EXPR_BINARY && horizon->op == OP_RANGE &&
                 horizon->left->kind == EXPR_YEAR && horizon->right->kind == EXPR_YEAR;
    if (!range || horizon->left->year > horizon->right->year)
        return; /* the clause's own check says so */
    if (horizon->right->year - horizon->left->year > 99) {
        diag_add(c->diags, DIAG_LIMIT_REACHED, horizon->span,
                 "a horizon of more than 100 years: the limit");
        return;
    }
    c->has_horizon = true;
    c->horizon_first = horizon->left->year;
    c->horizon_last = horizon->right->year;
    c->horizon_dim = dim_years(c, c->horizon_first, c->horizon_last);
}

static bool plan_word(const Compilation *c, const char *name, const char *value) {
    const Expr *expr = plan_expr(c, name);
    return expr && expr->kind == EXPR_WORD && slice_equal(word(c, expr->atom), slice_of(value));
}

void sema_declare_plan(Compilation *c) {
    if (!c->plan) return;
    Module *module = c->module;
    read_horizon(c);
    const Expr *as_of = plan_expr(c, "as_of"), *prices = plan_expr(c, "prices");
    if (as_of && as_of->kind == EXPR_DATE)
        module->as_of = date_from_civil(as_of->year, as_of->month, as_of->day);
    if (c->options.has_as_of) module->as_of = c->options.as_of;
    if (prices && prices->kind == EXPR_YEAR) c->price_year = prices->year;
    module->horizon_first = c->horizon_first;
    module->horizon_last = c->horizon_last;
    module->price_year = c->price_year;
    module->final_status = plan_word(c, "status", "final");
    module->policy = plan_word(c, "protection", "exact")       ? 2
                     : plan_word(c, "protection", "midpoint6") ? 1
                                                               : 0;
}

/* ---- Lets and tables ---------------------------------------------------------------- */

/* [north: £1m, south: £2m] over the members of a dimension; those not listed are missing. */
static Value *members_array(Compilation *c, const Scope *scope, const Expr *list, uint16_t dim) {
    const ModuleDim *found = &c->module->dims.items[dim];
    uint32_t count = found->member_count;
    Node **members = ARENA_NEW_ARRAY(c->arena, Node *, count);
    Node *first = NULL;
    bool good = true;
    VEC_EACH(const Entry, entry, &list->entries) {
        Node *member = entry->key ? member_node(c, scope, dim, entry->key) : NULL;
        Node *node = elaborate_node(c, scope, entry->value);
        if (!entry->key)
            sema_error(c, scope, DIAG_TYPE_MISMATCH, entry->value->span,
                       "either every entry of a list has a key or none has");
        good &= member && node && (!first || listed_agree(c, scope, first, node, NULL));
        if (!member || !node) continue;
        if (!first) first = node;
        Node **place = &members[member->constant.integer];
        if (*place) {
            sema_error(c, scope, DIAG_DUPLICATE_NAME, entry->key->span,
                       "`%.*s` stands in the list twice", SLICE_FMT(quoted(c, entry->key->span)));
            good = false;
        }
        *place = node;
    }
    if (!good || !first) return value_poison(c);
    for (uint32_t i = 0; i < count; i++) {
        if (!members[i])
            members[i] = node_absent(c, first->type.base, ABSENT_MISSING, (Slice){0}, list->span);
    }
    Type type = first->type;
    type.bare = type.estimate = false;
    for (uint32_t i = 0; i < count; i++) type_join(&type, &members[i]->type);
    return value_from_node(c, stack(c, dim, members, count, type, list->span));
}

static bool is_keyed(const Expr *expr) {
    return expr->kind == EXPR_LIST && expr->entries.count && expr->entries.items[0].key;
}

static bool keys_are_years(const Expr *list) {
    return list->entries.items[0].key->kind == EXPR_YEAR;
}

/* `let x by place * sex = m`: the measure as an array; a keyed list by one dimension is one. */
static Value *let_by(Compilation *c, const Scope *scope, const Item *item, const Phrase *by) {
    Node dims = {0};
    if (is_keyed(item->value) && !keys_are_years(item->value)) {
        if (!phrase_dims(c, scope, NULL, by, &dims)) return value_poison(c);
        if (dims.dim_count == 1) return members_array(c, scope, item->value, dims.dims[0]);
        sema_error(c, scope, DIAG_DIMENSION_MISMATCH, by->span, "a list has keys of one dimension");
        return value_poison(c);
    }
    Node *node = elaborate_node(c, scope, item->value);
    if (!phrase_dims(c, scope, node ? measured_table(node) : NULL, by, &dims) || !node)
        return value_poison(c);
    if (!node->type.row)
        return value_from_node(c, measure_by(c, node, dims.dims, dims.dim_count, item->head_span));
    sema_error(c, scope, DIAG_PERSONAL_DATA_LEAK, item->value->span,
               "a value of one person stands only inside an aggregate over people");
    return value_poison(c);
}

static Value *let_value(Compilation *c, Decl *decl) {
    const Item *item = decl->item;
    Scope scope = {.self = decl->parent, .file = decl->unit_index};
    if (!item->value) {
        if (!item->broken)
            sema_error(c, &scope, DIAG_MISSING_CLAUSE, item->head_span,
                       "`let` gives a name a value: `let name = …`");
        return value_poison(c);
    }
    Atom label = intern(c->interner, SLICE("by"));
    const Phrase *by = item_phrase(&item->phrases, label);
    if (!by) by = item_phrase(&item->value_phrases, label);
    if (by) return let_by(c, &scope, item, by);
    Value *value = elaborate(c, &scope, item->value);
    if (value->sort != VALUE_NODE || !value->node->type.row) return value;
    sema_error(c, &scope, DIAG_PERSONAL_DATA_LEAK, item->value->span,
               "a value of one person stands only inside an aggregate over people");
    return value_poison(c);
}

static bool key_text(Compilation *c, const Expr *key, Slice *text) {
    if (key->kind == EXPR_STRING)
        *text = key->text;
    else if (key->kind == EXPR_WORD)
        *text = word(c, key->atom);
    else if (key->kind == EXPR_NUMBER)
        *text = arena_copy(c->arena, source_map_text(c->sources, key->span));
    else
        return false;
    return true;
}

static uint16_t table_dim(Compilation *c, const Expr *list, const Phrase *by) {
    ModuleDim dim = {.sort = DIM_LIST, .ordered = true, .member_count = list->entries.count};
    dim.name = by && by->values.count && by->values.items[0]->kind == EXPR_WORD
                   ? word(c, by->values.items[0]->atom)
                   : SLICE("key");
    dim.title = dim.name;
    dim.members = ARENA_NEW_ARRAY(c->arena, Slice, dim.member_count);
    dim.titles = dim.members;
    for (uint32_t i = 0; i < dim.member_count; i++) {
        const Expr *key = list->entries.items[i].key;
        if (key_text(c, key, &dim.members[i])) continue;
        sema_error(c, NULL, DIAG_TYPE_MISMATCH, key->span,
                   "the keys of a table are words, texts, whole numbers or financial years");
        return UINT16_MAX;
    }
    return dim_intern(c, &dim);
}

static uint16_t table_years(Compilation *c, const Expr *list) {
    int32_t first = list->entries.items[0].key->year;
    for (uint32_t i = 0; i < list->entries.count; i++) {
        const Expr *key = list->entries.items[i].key;
        if (key->kind == EXPR_YEAR && key->year == first + (int32_t)i) continue;
        sema_error(c, NULL, DIAG_OUT_OF_RANGE, key->span,
                   "the years of a table follow each other without a gap");
        return UINT16_MAX;
    }
    return dim_years(c, first, first + (int32_t)list->entries.count - 1);
}

/* Whether it is a list of which every entry has its key. */
static bool is_keyed_list(const Expr *list) {
    if (!list || list->kind != EXPR_LIST) return false;
    for (uint32_t i = 0; i < list->entries.count; i++)
        if (!list->entries.items[i].key) return false;
    return list->entries.count > 0;
}

static Value *table_value(Compilation *c, Decl *decl) {
    const Expr *list = decl->item->value;
    Scope scope = {.file = decl->unit_index};
    if (!is_keyed_list(list)) {
        if (!decl->item->broken)
            sema_error(c, &scope, DIAG_TYPE_MISMATCH, decl->item->head_span,
                       "a table is a list with keys: `table t by age_band = [\"0-4\": 5_000, …]`");
        return value_poison(c);
    }
    const Phrase *by = item_phrase(&decl->item->phrases, intern(c->interner, SLICE("by")));
    uint16_t dim = list->entries.items[0].key->kind == EXPR_YEAR ? table_years(c, list)
                                                                 : table_dim(c, list, by);
    if (dim == UINT16_MAX) return value_poison(c);
    Node *node = node_new(c, NODE_STACK, type_of(TYPE_QUANTITY), list->span);
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, list->entries.count);
    for (uint32_t i = 0; i < list->entries.count; i++) {
        Node *value = elaborate_node(c, &scope, list->entries.items[i].value);
        if (!value) return value_poison(c);
        if (i && !operate(c, &scope, OP_ADD, node->args[0], value, value->span))
            return value_poison(c);
        node->args[node->arg_count++] = value;
    }
    node->type = node->args[0]->type;
    node->type.bare = false;
    node->dim_count = node->type.dim_count = 1;
    node->dims[0] = node->type.dims[0] = dim;
    return value_from_node(c, node);
}

/* ---- Dimensions and segments -------------------------------------------------------- */

/* The same codes under the dimension's own name. */
static Node *renamed(Compilation *c, const Decl *decl, Node *code) {
    ModuleDim dim = c->module->dims.items[code->type.code_dim];
    dim.name = word(c, decl->name);
    dim.title = decl->title.length ? decl->title : dim.name;
    Node *node = ARENA_NEW(c->arena, Node);
    *node = *code;
    node->type.code_dim = dim_intern(c, &dim);
    if (code->sort == NODE_ROW_TABLE || code->sort == NODE_RANKED) return node;
    RowTable same = {.count = dim.member_count,
                     .codes = ARENA_NEW_ARRAY(c->arena, int32_t, dim.member_count)};
    for (uint32_t i = 0; i < dim.member_count; i++) same.codes[i] = (int32_t)i;
    node->sort = NODE_ROW_TABLE;
    node->member = c->module->row_tables.count;
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    node->args[0] = code;
    node->arg_count = 1;
    VEC_PUSH(c->arena, &c->module->row_tables, same);
    return node;
}

static const Expr *head_word(Compilation *c, const Decl *decl, const char *label) {
    const Phrase *phrase = item_phrase(&decl->item->phrases, intern(c->interner, slice_of(label)));
    return phrase && phrase->values.count ? phrase->values.items[0] : NULL;
}

static Value *dimension_value(Compilation *c, Decl *decl) {
    Scope outer = {.self = decl, .file = decl->unit_index};
    const Expr *of = head_word(c, decl, "of");
    if (!of || !decl->item->value) return value_poison(c);
    Value *people = people_argument(c, &outer, of, NULL);
    if (people->sort == VALUE_POISON) return people;
    Scope rows = {.outer = &outer, .rows = people->table};
    Node *code = elaborate_node(c, &rows, decl->item->value);
    if (!code) return value_poison(c);
    if (code->type.base != TYPE_CODE) {
        sema_error(c, &outer, DIAG_TYPE_MISMATCH, decl->item->value->span,
                   "a dimension is made of bands or categories: `band(age from 0 to 90 every 5)`; "
                   "this is %.*s",
                   SLICE_FMT(type_phrase(c, &code->type)));
        return value_poison(c);
    }
    Value *value = value_new(c, VALUE_DIMS, decl->name_span);
    value->node = renamed(c, decl, code);
    value->table = people->table;
    value->dim_count = 1;
    value->dims[0] = value->node->type.code_dim;
    return value;
}

static Value *segment_value(Compilation *c, Decl *decl) {
    Scope outer = {.self = decl, .file = decl->unit_index};
    const Expr *of = head_word(c, decl, "of");
    const Phrase *where = item_phrase(&decl->item->phrases, intern(c->interner, SLICE("where")));
    if (!of || !where || (decl->head && decl->head->mislabelled)) return value_poison(c);
    Value *people = people_argument(c, &outer, of, where);
    if (people->sort != VALUE_PEOPLE) return people;
    people->text = decl->title.length ? decl->title : word(c, decl->name);
    return people;
}

static Value *compute(Compilation *c, Decl *decl) {
    switch (decl->kind->sort) {
    case SORT_LET: return let_value(c, decl);
    case SORT_TABLE: return table_value(c, decl);
    case SORT_DIMENSION: return dimension_value(c, decl);
    case SORT_SEGMENT: return segment_value(c, decl);
    case SORT_POPULATION:
    case SORT_EVENTS: return people_of(c, decl);
    default: break;
    }
    return decl_itself(c, decl);
}

Value *value_of_decl(Compilation *c, Decl *decl, Span span) {
    if (decl->state == STATE_BUSY) {
        circular(c, decl->name_span, word(c, decl->name), decl->path);
        return value_poison(c);
    }
    if (decl->state == STATE_NEW) {
        decl->state = STATE_BUSY;
        VEC_PUSH(c->arena, &c->busy, decl->name_span);
        decl->value = compute(c, decl);
        c->busy.count--;
        decl->state = STATE_DONE;
    }
    Value *value = ARENA_NEW(c->arena, Value);
    *value = *decl->value;
    if (value->sort != VALUE_DIMS) value->span = span;
    if (value->sort == VALUE_NODE) {
        /* used here, made there: messages point at the use */
        Node *node = ARENA_NEW(c->arena, Node);
        *node = *value->node;
        node->span = span;
        if (node->sort != NODE_CONST && node->sort != NODE_AGG) return value;
        value->node = node;
    }
    return value;
}

/* ---- Everything --------------------------------------------------------------------- */

static void elaborate_decl(Compilation *c, Decl *decl) {
    value_of_decl(c, decl, decl->name_span);
    for (uint32_t i = 0; i < decl->clauses.count; i++) elaborate_clause(c, decl->clauses.items[i]);
    if (c->diags->items.count > 2000) return;
    for (uint32_t i = 0; i < decl->kind->clauses.count; i++) {
        const ClauseSpec *spec = decl->kind->clauses.items[i];
        if (spec->cardinality != CLAUSE_DERIVED || decl->item->broken) continue;
        value_member(c, NULL, decl_itself(c, decl), spec->name, decl->name_span);
    }
}

static void warn_unused(Compilation *c) {
    for (uint32_t i = 0; i < c->decls.count; i++) {
        const Decl *decl = c->decls.items[i];
        bool watched = decl->kind->sort == SORT_SEGMENT || decl->kind->sort == SORT_DIMENSION ||
                       decl->kind->sort == SORT_FN;
        bool wrong =
            (decl->value && decl->value->sort == VALUE_POISON) || (decl->fn && !decl->fn->good);
        if (wrong) continue; /* and said so */
        if (!watched || decl->used || decl->library || decl->name == ATOM_NONE ||
            c->plan_is_library)
            continue;
        Diag *diag = diag_add(c->diags, DIAG_UNUSED_DECLARATION, decl->name_span,
                              "the %.*s `%.*s` is used nowhere",
                              SLICE_FMT(word(c, decl->kind->name)), SLICE_FMT(word(c, decl->name)));
        diag->path = decl->path;
    }
}

void sema_elaborate_all(Compilation *c) {
    sema_check_fns(c);
    for (uint32_t i = 0; i < c->decls.count; i++) {
        Decl *decl = c->decls.items[i];
        if (decl->library && decl->kind->sort != SORT_RULE)
            continue; /* when somebody uses it */
        else if (!decl->kind->builtin || decl->kind->sort == SORT_LET ||
                 decl->kind->sort == SORT_TABLE)
            elaborate_decl(c, decl);
    }
    warn_unused(c);
}
