/* The functions that libraries declare: those with a body are checked anew at each call with
 * the values given there; native ones against the types of their declaration. */
#include "compiler/sema/forms.h"

enum { UNFOLD_LIMIT = 100000, PARAM_LIMIT = 16, CALL_DEPTH_LIMIT = 500 };

/* ---- Declarations ------------------------------------------------------------------- */

static bool add_param(Compilation *c, FnSpec *fn, const Expr *name, Expr *type, Atom label) {
    FnParam param = {.type = type, .label = label};
    if (name && name->kind == EXPR_WORD) param.name = name->atom;
    VEC_PUSH(c->arena, &fn->params, param);
    return !name || name->kind == EXPR_WORD;
}

static Slice native_name(const Compilation *c, const Item *item) {
    Atom using = intern_find(c->interner, SLICE("using"));
    const Phrase *phrase = item_phrase(&item->type_phrases, using);
    if (!phrase) phrase = item_phrase(&item->value_phrases, using);
    const Expr *name = phrase && phrase->values.count ? phrase->values.items[0] : NULL;
    return name && name->kind == EXPR_STRING ? name->text : (Slice){0};
}

/* (a, b from c): positions by name, labels with the name their value has in the body. A native
 * function has types in place of names after labels. */
static bool read_params(Compilation *c, FnSpec *fn, const Expr *head) {
    bool good = true;
    VEC_EACH(const Entry, entry, &head->entries) {
        good &= entry->key ? add_param(c, fn, entry->key, entry->value, ATOM_NONE)
                           : add_param(c, fn, entry->value, NULL, ATOM_NONE);
    }
    VEC_EACH(const Phrase, phrase, &head->phrases) {
        Expr *value = phrase->values.count == 1 ? phrase->values.items[0] : NULL;
        good &= value != NULL;
        good &= fn->native.length ? add_param(c, fn, NULL, value, phrase->label)
                                  : add_param(c, fn, value, NULL, phrase->label);
    }
    return good;
}

static bool fn_fail(Compilation *c, DiagName name, Span span, const char *text) {
    sema_error(c, NULL, name, span, "%s", text);
    return false;
}

static bool read_fn(Compilation *c, FnSpec *fn, const Item *item) {
    const Expr *head = item->values.count ? item->values.items[0] : NULL;
    if (item->broken) return false;
    fn->body = item->value;
    fn->result = item->type;
    fn->native = native_name(c, item);
    if (!head || head->kind != EXPR_CALL || (!fn->body && !fn->native.length))
        return fn_fail(c, DIAG_SYNTAX_ERROR, item->head_span,
                       "a function is written `fn name(a, b) = …`");
    if (head->entries.count + head->phrases.count > PARAM_LIMIT)
        return fn_fail(c, DIAG_LIMIT_REACHED, head->span, "a function has at most 16 arguments");
    if (!read_params(c, fn, head))
        return fn_fail(c, DIAG_SYNTAX_ERROR, head->span,
                       "the arguments of a function are plain names");
    return true;
}

bool fn_declare(Compilation *c, Decl *decl) {
    if (decl->fn) return decl->fn->good;
    decl->fn = ARENA_NEW(c->arena, FnSpec);
    decl->fn->good = read_fn(c, decl->fn, decl->item);
    return decl->fn->good;
}

/* ---- Functions that end ------------------------------------------------------------- */

/* A walk along calls, each body once: a call of what is still being walked goes in a circle. */
typedef struct {
    Compilation *c;
    HashMap state; /* Decl.index → WorkState */
    uint32_t depth;
} CallWalk;

static void walk_body(CallWalk *walk, const Expr *expr);

static void walk_fn(CallWalk *walk, Decl *fn) {
    uint64_t state;
    Compilation *c = walk->c;
    if (!hashmap_get(&walk->state, fn->index, &state)) {
        hashmap_put(&walk->state, fn->index, STATE_BUSY);
        walk->depth++;
        if (fn->item->value && walk->depth < CALL_DEPTH_LIMIT) walk_body(walk, fn->item->value);
        walk->depth--;
        hashmap_put(&walk->state, fn->index, STATE_DONE);
    } else if (state == STATE_BUSY && fn_declare(c, fn)) {
        sema_error(c, NULL, DIAG_CIRCULAR_DEFINITION, fn->name_span,
                   "the function `%.*s` calls itself, directly or by way of others",
                   SLICE_FMT(word(c, fn->name)));
        fn->fn->good = false; /* its calls are not looked into */
    }
}

static void walk_parts(CallWalk *walk, const Expr *expr) {
    const Expr *sides[] = {expr->left, expr->right, expr->other};
    for (int i = 0; i < 3; i++) {
        if (sides[i]) walk_body(walk, sides[i]);
    }
    VEC_EACH(const Entry, entry, &expr->entries) {
        walk_body(walk, entry->value);
        if (entry->key) walk_body(walk, entry->key);
    }
    VEC_EACH(const Phrase, phrase, &expr->phrases) {
        for (uint32_t i = 0; i < phrase->values.count; i++)
            walk_body(walk, phrase->values.items[i]);
    }
    VEC_EACH(const TextPart, part, &expr->parts) {
        if (part->value) walk_body(walk, part->value);
    }
}

static void walk_body(CallWalk *walk, const Expr *expr) {
    uint64_t found;
    bool call = expr->kind == EXPR_CALL && expr->left->kind == EXPR_WORD &&
                hashmap_get(&walk->c->fn_names, expr->left->atom, &found);
    if (call) walk_fn(walk, (Decl *)(uintptr_t)found);
    walk_parts(walk, expr);
}

void sema_check_fns(Compilation *c) {
    CallWalk walk = {.c = c};
    hashmap_init(&walk.state, c->arena);
    for (uint32_t i = 0; i < c->fns.count; i++) fn_declare(c, c->fns.items[i]);
    for (uint32_t i = 0; i < c->fns.count; i++) walk_fn(&walk, c->fns.items[i]);
}

/* ---- Functions with a body ---------------------------------------------------------- */

static bool bind_params(Compilation *c, const Scope *scope, const Decl *decl, const Expr *call,
                        Binding *bindings) {
    uint32_t position = 0;
    bool good = true;
    for (uint32_t i = 0; i < decl->fn->params.count; i++) {
        const FnParam *param = &decl->fn->params.items[i];
        const Expr *given = NULL;
        if (param->label == ATOM_NONE) {
            given = call_argument(c, scope, call, position++);
        } else {
            const Phrase *phrase = item_phrase(&call->phrases, param->label);
            given = phrase && phrase->values.count ? phrase->values.items[0] : NULL;
            if (!given)
                sema_error(c, scope, DIAG_MISSING_LABEL, call->span, "`%.*s` wants `%.*s`",
                           SLICE_FMT(word(c, decl->name)), SLICE_FMT(word(c, param->label)));
        }
        if (!given) return false;
        bindings[i] = (Binding){.name = param->name, .value = elaborate(c, scope, given)};
        good &= bindings[i].value->sort != VALUE_POISON;
    }
    return good;
}

static bool call_shape(Compilation *c, const Scope *scope, const Decl *decl, const Expr *call) {
    uint32_t positions = 0;
    const char *known[PARAM_LIMIT + 1] = {0};
    uint32_t labels = 0;
    for (uint32_t i = 0; i < decl->fn->params.count; i++) {
        const FnParam *param = &decl->fn->params.items[i];
        if (param->label == ATOM_NONE)
            positions++;
        else
            known[labels++] = word(c, param->label).data;
    }
    bool open = decl->fn->native.length > 0;
    if (!open && call->entries.count > positions) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, call->entries.items[positions].value->span,
                   "`%.*s` takes %u argument%s", SLICE_FMT(word(c, decl->name)), positions,
                   positions == 1 ? "" : "s");
        return false;
    }
    return call_labels_known(c, scope, call, known);
}

/* Counts the bodies that one call of the plan unfolds into: functions that call others twice
 * double with each step. */
static bool unfold(Compilation *c, const Scope *scope, const Expr *call) {
    bool outermost = true;
    for (const Scope *s = scope; s && outermost; s = s->outer ? s->outer : s->caller)
        outermost = !s->call_span.start;
    if (outermost) c->unfolded = 0;
    if (++c->unfolded <= UNFOLD_LIMIT) return true;
    if (!c->limit_said)
        sema_error(c, scope, DIAG_LIMIT_REACHED, call->span,
                   "this call unfolds into more than 100,000 calls of other functions: the limit");
    c->limit_said = true;
    return false;
}

static Value *call_body(Compilation *c, const Scope *scope, Decl *decl, const Expr *call) {
    Binding bindings[PARAM_LIMIT];
    if (!bind_params(c, scope, decl, call, bindings)) return value_poison(c);
    if (decl->state == STATE_BUSY) {
        sema_error(c, scope, DIAG_CIRCULAR_DEFINITION, call->span,
                   "`%.*s` is defined by way of itself", SLICE_FMT(word(c, decl->name)));
        return value_poison(c);
    }
    Scope body = {.bindings = bindings,
                  .binding_count = decl->fn->params.count,
                  .file = decl->unit_index,
                  .caller = scope,
                  .call_span = call->span,
                  .call_name = word(c, decl->name)};
    if (!unfold(c, scope, call)) return value_poison(c);
    decl->state = STATE_BUSY;
    Value *value = elaborate(c, &body, decl->fn->body);
    decl->state = STATE_NEW;
    return value;
}

Value *call_function(Compilation *c, const Scope *scope, Decl *decl, const Expr *call) {
    if (!fn_declare(c, decl) || !call_shape(c, scope, decl, call)) return value_poison(c);
    decl->used = true;
    return decl->fn->body ? call_body(c, scope, decl, call) : call_native(c, scope, decl, call);
}
