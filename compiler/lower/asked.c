/* The expression of `scpc eval`: a value in the plan's scope, at the dimensions it names. Refuses
 * what is no one value, and says what to ask for instead. */
#include "compiler/lower/lower.h"
#include "compiler/sema/forms.h"

/* The scope of the plan's own file: what it uses is known. */
static Scope plan_scope(const Compilation *c) {
    uint32_t file = 0;
    while (file < c->files.count && c->files.items[file].library) file++;
    return (Scope){.file = file};
}

static void say_list(Compilation *c, const Scope *scope, const Expr *asked) {
    Slice text = quoted(c, asked->span);
    bool literal = asked->kind == EXPR_LIST;
    if (literal)
        sema_error(c, scope, DIAG_TYPE_MISMATCH, asked->span,
                   "this is a list; one value is printed: ask for its items one by one");
    else
        sema_error(c, scope, DIAG_TYPE_MISMATCH, asked->span,
                   "`%.*s` is a list; one value is printed: ask for `count(%.*s)`, or for what one "
                   "of its items says",
                   SLICE_FMT(text), SLICE_FMT(text));
}

static void say_people(Compilation *c, const Scope *scope, const Value *value, const Expr *asked) {
    Diag *diag = sema_error(c, scope, DIAG_TYPE_MISMATCH, asked->span,
                            "these are %.*s; what is printed is a number: count them",
                            SLICE_FMT(value_text(c, value)));
    Slice text = source_map_text(c->sources, asked->span);
    Slice fixed = arena_printf(c->arena, "count(%.*s)", SLICE_FMT(text));
    diag_fix(c->diags, diag, asked->span, fixed, "ask how many");
}

static void say_declaration(Compilation *c, const Scope *scope, const Decl *decl,
                            const Expr *asked) {
    Slice numbers = decl_numbers(c, decl), text = quoted(c, asked->span);
    if (numbers.length)
        sema_error(c, scope, DIAG_TYPE_MISMATCH, asked->span,
                   "`%.*s` is a whole %.*s; one value is printed: ask for %.*s", SLICE_FMT(text),
                   SLICE_FMT(word(c, decl->kind->name)), SLICE_FMT(numbers));
    else
        sema_error(c, scope, DIAG_TYPE_MISMATCH, asked->span,
                   "`%.*s` is a whole %.*s; one value is printed: ask for what it says, such as "
                   "`%.*s.title`",
                   SLICE_FMT(text), SLICE_FMT(word(c, decl->kind->name)), SLICE_FMT(text));
}

/* NULL after a message. */
static Node *one_value(Compilation *c, const Scope *scope, const Expr *asked) {
    Value *value = elaborate_value(c, scope, asked);
    if (value->sort == VALUE_LIST || value->sort == VALUE_KIND)
        say_list(c, scope, asked);
    else if (value->sort == VALUE_PEOPLE)
        say_people(c, scope, value, asked);
    else if (value->sort == VALUE_DECL && !value->decl->kind->head.type)
        say_declaration(c, scope, value->decl, asked);
    else if (value->sort == VALUE_CHOICE)
        return node_text(c, word(c, value->word), asked->span);
    else
        return value_node(c, scope, value, asked->span);
    return NULL;
}

static const Phrase *asked_by(const Compilation *c, const Expr *asked) {
    if (asked->kind != EXPR_GROUP || asked->phrases.count != 1) return NULL;
    const Phrase *phrase = &asked->phrases.items[0];
    return slice_equal(word(c, phrase->label), SLICE("by")) ? phrase : NULL;
}

void lower_asked(Lowering *l, const Expr *asked) {
    Compilation *c = l->c;
    Scope scope = plan_scope(c);
    const Phrase *by = asked_by(c, asked);
    Node *node = one_value(c, &scope, by ? asked->left : asked);
    if (!node) return;
    if (node->type.row) {
        sema_error(c, &scope, DIAG_PERSONAL_DATA_LEAK, asked->span,
                   "a value of one person stands only inside an aggregate over people");
        return;
    }
    Node dims = {0};
    if (by && !phrase_dims(c, &scope, measured_table(node), by, &dims)) return;
    if (by) node = measure_by(c, node, dims.dims, dims.dim_count, asked->span);
    lower_output(l, SLICE("eval"), SLICE(""), node, asked->span);
}
